"""How many bits of its own each stretch of a package carries: structure and anchors, by clonescan's weights.

This decides only which functions are planted, before anything is compared: below twenty bits nothing can be told. The
package itself is not counted as a part of the background.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from clonescan.background import open_background
from clonescan.background.masking import masked
from clonescan.fingerprint import NAME, Array
from clonescan.kinds import code
from clonescan.kinds.cache import ExtractionCache
from clonescan.kinds.reading import reader
from clonescan.match.corpus import Corpus, File, gather
from clonescan.match.score import structure_only
from clonescan.match.weights import weigh
from clonescan.settings import Settings
from clonescan.sources import open_source
from clonescan.sources.interface import no_progress


@dataclass(frozen=True, slots=True)
class Features:
    """The features of a file: the lines that each stands on, its number among all features, and its bits."""

    starts: Array
    ends: Array
    ids: Array
    bits: Array

    def within(self, start: int, end: int) -> float:
        """The bits of some lines, each feature once."""
        inside = (self.starts >= start) & (self.ends <= end)
        _, first = np.unique(self.ids[inside], return_index=True)
        return float(self.bits[inside][first].sum())


def own_bits(folder: Path) -> dict[str, Features]:
    """The features of every Python file of a package, by path."""
    corpus, weights = _weighed(folder, [folder])
    weights = structure_only(corpus, weights)
    file_of_row = corpus.unit_file[corpus.owners]
    table = {}
    for number, file in enumerate(corpus.files):
        if file.kind != code.NAME:
            continue
        held, mine = file.fingerprint, np.flatnonzero(file_of_row == number)
        breaks = np.flatnonzero(np.frombuffer((folder / file.path).read_bytes(), np.uint8) == ord("\n"))
        ends = (held.feature_starts, held.feature_ends - 1)
        starts, last = (np.searchsorted(breaks, places[corpus.rows[mine]]) + 1 for places in ends)
        table[file.path] = Features(starts, last, corpus.features[mine], weights[corpus.features[mine]])
    return table


def own_units(folder: Path, kind: str) -> dict[str, float]:
    """The bits of every file of a kind without its names: those of its strongest unit, by path."""
    corpus, weights = _weighed(folder, [folder])
    bits = np.bincount(corpus.owners, np.where(corpus.roles == NAME, 0, weights)[corpus.features], corpus.units)
    table: dict[str, float] = {}
    for unit, number in enumerate(corpus.unit_file.tolist()):
        file = corpus.files[number]
        if file.kind == kind:
            table[file.path] = max(table.get(file.path, 0.0), float(bits[unit]))
    return table


def kept_units(original: Path, copies: Path, pairs: Iterable[tuple[str, str]]) -> list[float]:
    """The bits that each pair of a file and its copy share, names included: those of their strongest units."""
    corpus, weights = _weighed(original, [original, copies])
    held: dict[tuple[int, str], list[Array]] = {}
    for unit, number in enumerate(corpus.unit_file.tolist()):
        file = corpus.files[number]
        held.setdefault((file.repository, file.path), []).append(corpus.held(unit))
    return [
        max(
            (float(weights[np.intersect1d(one, other)].sum()) for one in held.get((0, left), ())
             for other in held.get((1, right), ())),
            default=0.0,
        )
        for left, right in pairs
    ]  # fmt: skip


def _weighed(package: Path, folders: Sequence[Path]) -> tuple[Corpus, Array]:
    """All units of some folders, and the bits of each feature, where the first is a package of this name."""
    background, settings = open_background("default"), Settings(use_cache=False)
    with reader(background.symbols, settings, ExtractionCache(None), no_progress) as files:
        found = [files.read(open_source(str(folder), settings)).files for folder in folders]
    corpus = gather([
        File(number, file.path, file.kind, file.blob_id, file.mark, file.fingerprint)
        for number, read in enumerate(found) for file in read
    ])  # fmt: skip
    hidden = masked(background, corpus.hashes, package.name)
    return corpus, weigh(corpus, background, hidden, [0]) / 1000
