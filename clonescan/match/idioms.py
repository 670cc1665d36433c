"""Which lines of a match are everyone's: its evidence does not lie there, though they correspond."""

from __future__ import annotations

from itertools import pairwise

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
    match, rows = spread(corpus.statement_offsets[units], np.where(wanted, sizes, 0))
    first = np.pad(first, (0, int(sizes.sum()) - len(first)))[np.repeat(wanted, sizes)]
    common = (first < COMMON) & (rarest[corpus.statement_shapes[rows]] < COMMON)
    starts = corpus.statement_starts[rows]
    ends = np.maximum(starts, corpus.statement_ends[rows])
    low, high = np.full(len(units), np.iinfo(np.int64).max), np.zeros(len(units), np.int64)
    np.minimum.at(low, match, starts)
    np.maximum.at(high, match, ends)
    bases = offsets(np.maximum(high + 2 - low, 0))  # a place for each line of a match, and one between two matches
    shift = bases[:-1] - low
    starts, ends = starts + shift[match], ends + shift[match] + 1
    everyones, other = (_covered(starts[which], ends[which], int(bases[-1])) for which in (common, ~common))
    return _stretches(np.flatnonzero(everyones & ~other), bases, shift)


def _covered(starts: Array, ends: Array, size: int) -> Array:
    """Which of so many places lie in one of these ranges or more, by how many have begun and not ended."""
    found: Array = np.cumsum(np.bincount(starts, minlength=size) - np.bincount(ends, minlength=size)) > 0
    return found


def _stretches(places: Array, bases: Array, shift: Array) -> list[tuple[Stretch, ...]]:
    """The runs of these ascending places, as lines of each match."""
    breaks = np.flatnonzero(np.diff(places) != 1) + 1
    first, last = places[np.r_[0, breaks][: len(places)]], places[np.r_[breaks, len(places)][: len(places)] - 1]
    match = np.searchsorted(bases, first, "right") - 1
    lines = list(zip((first - shift[match]).tolist(), (last - shift[match]).tolist(), strict=True))
    return [tuple(lines[low:high]) for low, high in pairwise(np.searchsorted(first, bases).tolist())]
