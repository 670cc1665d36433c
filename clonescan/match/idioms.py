"""Which lines of a match are everyone's: its evidence does not lie there, though they correspond."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from clonescan.entities import Common
from clonescan.fingerprint import Array
from clonescan.match.corpus import Corpus
from clonescan.match.shared import Rows
from clonescan.segments import offsets, spread

COMMON = 1_000
"""Millibits that a statement holds less than if half of the ecosystem's packages hold all that is in it."""

Stretch = tuple[int, int]
Sides = tuple[Array, Array]


def idioms(corpus: Corpus, sides: Sides, shared: Rows, bits: tuple[Array, Array], wanted: Array) -> list[Common]:
    """Of each match that is wanted the lines of its units, left and right, whose statements hold less than COMMON.

    Neither the rarest thing in such a statement is worth more, nor all that the match shares and that comes there
    first, such as a text that was kept; what comes a second time is as rare as it was the first time. `bits`: the
    weight of each feature, and what the rarest thing in it is worth, in millibits.
    """
    weights = bits[0][corpus.features[shared.left]]
    left, right = (
        _of_side(corpus, units, np.bincount(_places(corpus, units, shared.pair, rows), weights), bits[1], wanted)
        for units, rows in zip(sides, (shared.left, shared.right), strict=True)
    )
    return [Common(one, other) for one, other in zip(left, right, strict=True)]


def _places(corpus: Corpus, units: Array, pair: Array, rows: Array) -> Array:
    """The statement of each shared feature, among the statements of all matches on one side."""
    found: Array = offsets(np.diff(corpus.statement_offsets)[units])[pair] + corpus.statements[rows]
    return found


def _of_side(corpus: Corpus, units: Array, first: Array, rarest: Array, wanted: Array) -> list[tuple[Stretch, ...]]:
    sizes = np.diff(corpus.statement_offsets)[units]
    bases = offsets(sizes).tolist()
    _, rows = spread(corpus.statement_offsets[units], sizes)
    first = np.pad(first, (0, len(rows) - len(first)))
    common = ((first < COMMON) & (rarest[corpus.statement_shapes[rows]] < COMMON)).tolist()
    starts, ends = corpus.statement_starts[rows].tolist(), corpus.statement_ends[rows].tolist()
    found: list[tuple[Stretch, ...]] = [()] * len(units)
    for match in np.flatnonzero(wanted).tolist():
        lines: tuple[set[int], set[int]] = set(), set()
        for row in range(bases[match], bases[match + 1]):
            lines[common[row]].update(range(starts[row], ends[row] + 1))
        found[match] = tuple(_stretches(lines[True] - lines[False]))
    return found


def _stretches(lines: Iterable[int]) -> Iterator[Stretch]:
    """Lines as runs of consecutive ones."""
    ordered = sorted(lines)
    if not ordered:
        return
    first = last = ordered[0]
    for line in ordered[1:]:
        if line > last + 1:
            yield first, last
            first = line
        last = line
    yield first, last
