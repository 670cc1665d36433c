"""The method with a part of it left out, by replacing functions of clonescan from outside: the product has no switches.

What is replaced are seams: the arrays between gathering and scoring, the weights, the settings, the walker of a file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

import clonescan
from clonescan.fingerprint import ANCHOR, NAME, NOTHING, ORDER, Array
from clonescan.kinds.code.grammar import Grammar
from clonescan.kinds.code.symbols import Symbols
from clonescan.kinds.code.walk import Walker
from clonescan.match import corpus, pair, weights
from clonescan.scan import scan
from clonescan.settings import Settings

Without = Callable[[], AbstractContextManager[object]]


@dataclass(frozen=True, slots=True)
class Variant:
    """The method in one form: settings, what is replaced, and whether files must be read anew in this process."""

    words: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    without: Without = nullcontext
    reads_anew: bool = False

    def scan(self, left: Path, right: Path, cache: Path) -> clonescan.Report:
        """Compare two folders."""
        own: dict[str, Any] = {"use_cache": False, "jobs": 1} if self.reads_anew else {"cache_dir": cache}
        with self.without():  # below the kept reports, which know nothing of what is replaced
            return scan((str(left), str(right)), Settings(**own, **self.settings))


def _role(role: int) -> Without:
    """Features of a role are none."""

    @contextmanager
    def without() -> Iterator[None]:
        def gather(*arguments: Any) -> corpus.Corpus:
            found = corpus.gather(*arguments)
            return replace(found, roles=np.where(found.roles == role, NOTHING, found.roles).astype(found.roles.dtype))

        with patch("clonescan.comparison.gather", gather):
            yield

    return without


@contextmanager
def _equal_weights() -> Iterator[None]:
    """Every feature weighs what one weighs on average, so that the bits of a whole repository stay the same."""

    def weigh(found: corpus.Corpus, *arguments: Any) -> Array:
        right = weights.weigh(found, *arguments)
        counted = corpus.feature_mask(found.roles)
        held = found.features[counted[found.features]]
        mean = round(float(right[held].mean())) if len(held) else 0
        return np.where(counted, mean, 0).astype(np.int64)

    with patch("clonescan.comparison.weigh", weigh):
        yield


@contextmanager
def _plain_walker() -> Iterator[None]:
    """The walker of a language without rewriting; two shapes of a unit can have one hash there, and count once."""

    def walker(grammar: Grammar, symbols: Symbols) -> Walker:
        return Walker(grammar, symbols)

    def gather(*arguments: Any) -> corpus.Corpus:
        found = corpus.gather(*arguments)
        owners = found.owners
        kept = np.r_[True, (np.diff(found.features) != 0) | (np.diff(owners) != 0)][: len(owners)]
        rows = {name: getattr(found, name)[kept] for name in ("features", "statements", "owners", "rows")}
        return replace(found, offsets=np.searchsorted(owners[kept], np.arange(found.units + 1)), **rows)

    with patch("clonescan.kinds.code.extract.walker", walker), patch("clonescan.comparison.gather", gather):
        yield


def _no_neighbours() -> AbstractContextManager[object]:
    """No file is known to correspond to another."""

    def corresponding(*_: object) -> tuple[Array, Array]:
        return np.empty(0, np.int64), np.empty(0, np.int64)

    return patch.object(pair, "corresponding", corresponding)


def _nothing_masked() -> AbstractContextManager[object]:
    def hidden(*_: object) -> frozenset[int]:
        return frozenset()

    return patch("clonescan.scan.hidden", hidden)


AS_IT_IS = Variant("the method as it is")

VARIANTS: Mapping[str, Variant] = {
    "all of it": AS_IT_IS,
    "canonicalisation": Variant("files read without rewriting", without=_plain_walker, reads_anew=True),
    "anchors": Variant(
        "library calls, attributes, keywords, strings and numbers are no features", without=_role(ANCHOR)
    ),
    "names": Variant("names that were kept are no features", without=_role(NAME)),
    "order": Variant("the order of statements is no feature", without=_role(ORDER)),
    "IDF": Variant("all features weigh the same", without=_equal_weights),
    "background": Variant("`background = none`", settings={"background": "none"}),
    "canonicalisation and background": Variant(
        "both; the background is canonical, so that without one the comparison with *background* is the fair one",
        settings={"background": "none"},
        without=_plain_walker,
        reads_anew=True,
    ),
    "assignment": Variant("runners-up are matches, too", settings={"include_runners_up": True}),
    "neighbour rule": Variant("the same bar everywhere", without=_no_neighbours),
    "masking": Variant("the scanned packages count as a part of the background", without=_nothing_masked),
}
"""What is left out, by its name."""
