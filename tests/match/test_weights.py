"""What features weigh: the rarer the more, a subtree only what it adds to what is inside it, and never less than 0."""

from __future__ import annotations

import math
from functools import cache
from itertools import pairwise

import numpy as np
import pytest

from clonescan.background import open_background
from clonescan.background.store import Background
from clonescan.fingerprint import ANCHOR, NOTHING, STRUCTURE
from clonescan.kinds import code
from clonescan.match.corpus import Corpus, File, gather
from clonescan.match.weights import document_frequency, weigh
from match.samples import FIXTURES, IMPORTS, fixture, function

NONE: frozenset[int] = frozenset()


def corpus(*repositories: dict[str, str]) -> Corpus:
    """The units of some repositories."""
    symbols = open_background("none").symbols
    return gather(
        [
            File(number, path, "code", f"{number} {path}", "", code.extract(path, text.encode(), symbols))
            for number, files in enumerate(repositories)
            for path, text in files.items()
        ]
    )


@cache
def fixtures() -> Corpus:
    """The units of the fixtures."""
    return corpus(fixture("original"), fixture("disguised"))


def inside(found: Corpus, feature: int) -> set[int]:
    """All features inside one, however deep."""
    reached: set[int] = set()
    pending = [feature]
    while pending:
        at = pending.pop()
        new = set(found.inner[found.inner_offsets[at] : found.inner_offsets[at + 1]].tolist()) - reached
        reached |= new
        pending += new
    return reached


@pytest.mark.parametrize("background", ["default", "none"])
def test_no_weight_is_negative_and_some_are_not_zero(background: str) -> None:
    weights = weigh(fixtures(), open_background(background), NONE)
    assert weights.min() == 0 and weights.max() > 1000
    assert weights.dtype.kind == "i", "integers add up the same in any order"


def test_what_is_no_feature_weighs_nothing() -> None:
    weights = weigh(fixtures(), open_background("default"), NONE)
    assert not weights[fixtures().roles == NOTHING].any()


def test_a_weight_is_the_inverse_frequency_less_the_largest_inside() -> None:
    """In a single small file nothing but the background speaks; each figure is computed here the long way."""
    found = corpus({"a.py": IMPORTS + function("f", 1, 5) + function("g", 2, 5)})
    background = open_background("default")
    frequency = document_frequency(found, background, NONE).documents
    packages = sum(package.code for package in background.packages)

    def idf(feature: int) -> float:
        held = max(1, int(frequency[feature]))
        return math.log2((packages + 1) / held) if found.roles[feature] != NOTHING else 0.0

    weights = weigh(found, background, NONE)
    for feature in range(len(found.hashes)):
        expected = max(0.0, idf(feature) - max(map(idf, inside(found, feature)), default=0.0))
        assert weights[feature] == pytest.approx(1000 * expected, abs=1)


def test_a_rare_thing_under_many_others_counts_once() -> None:
    """One number that nobody has, in ten nested calls: the calls around it add nothing of their own."""
    wrapped = "g(1, " * 10 + "x.permute(3, 1, 4, 2)" + ")" * 10
    deep, flat = (
        corpus({"a.py": f"def f(x):\n    return {text}\n"}) for text in (wrapped, "g(1, x.permute(3, 1, 4, 2))")
    )
    sums = [int(weigh(found, open_background("none"), NONE)[found.roles == STRUCTURE].sum()) for found in (deep, flat)]
    assert sums[0] == sums[1]


def test_the_rarer_never_weighs_less() -> None:
    """Of anchors that hold nothing inside and occur once, the one in fewer packages weighs at least as much."""
    found, background = fixtures(), open_background("default")
    weights, frequency = weigh(found, background, NONE), document_frequency(found, background, NONE).packages
    once = np.bincount(found.features, minlength=len(found.hashes)) == 1
    plain = (found.roles == ANCHOR) & (np.diff(found.inner_offsets) == 0) & once
    by_frequency = sorted(zip(frequency[plain].tolist(), weights[plain].tolist(), strict=True))
    assert len({frequency for frequency, _ in by_frequency}) > 5
    for (rare, more), (common, less) in pairwise(by_frequency):
        assert more >= less or rare == common


def test_what_many_units_at_hand_hold_weighs_less() -> None:
    """A repository's own idiom is no evidence, though no package has it."""
    idiom = "import torch\n\n\ndef f{}(x):\n    x = torch.roll(x, 77) @ torch.roll(x, 78)\n    return x\n"
    own = {f"{number}.py": idiom.format(number) for number in range(400)}
    others = {path: f"def g(x):\n    return h(x, 1, 2)[{number}:]\n" for number, path in enumerate(own)}
    for background in ("default", "none"):
        sums = []
        for files in ({**others, "0.py": own["0.py"]}, own):
            found = corpus({**others, "0.py": own["0.py"]}, files)
            sums.append(int(weigh(found, open_background(background), NONE)[found.held(0)].sum()))
        assert sums[0] > 1.5 * sums[1]


def test_masked_packages_have_no_say() -> None:
    """With all of the packages masked that hold a feature, it is as rare as if nobody had it."""
    background = open_background("default")
    found = fixtures()
    every = frozenset(range(len(background.packages)))
    assert not document_frequency(found, background, every).packages.any()
    most = frozenset(range(len(background.packages) - 2))
    assert (document_frequency(found, background, most).packages <= 2).all()
    assert document_frequency(found, background, NONE).packages.max() > 2


def test_without_a_background_the_repositories_alone_speak() -> None:
    assert not document_frequency(fixtures(), open_background("none"), NONE).packages.any()
    assert np.array_equal(weigh(fixtures(), Background(), NONE), weigh(fixtures(), open_background("none"), NONE))


def test_nothing_weighs_nothing() -> None:
    assert len(weigh(corpus({}), open_background("default"), NONE)) == 0
    assert FIXTURES.is_dir()
