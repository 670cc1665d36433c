"""Finds pairs of units that may correspond: a join on the rare features that both sides hold."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from clonescan.fingerprint import Array
from clonescan.match.corpus import Corpus
from clonescan.segments import BATCH, batches, distinct, offsets, order, spread

RARE_CAP = 100
"""Features that more distinct units of a side hold find no candidates: they would pair everything with everything."""

KEEP = 10
"""Candidates kept for each unit and side."""


@dataclass(frozen=True, eq=False)
class Candidates:
    """Pairs of units, with the rare evidence that they share in millibits."""

    left: Array
    right: Array
    bits: Array

    def __getitem__(self, chosen: Array) -> Candidates:
        return Candidates(self.left[chosen], self.right[chosen], self.bits[chosen])

    def __len__(self) -> int:
        return len(self.left)


def candidates(corpus: Corpus, weights: Array, left: Array, right: Array) -> tuple[Array, Array]:
    """The best candidates between two sets of units (one of each set of equal units), as ascending pairs."""
    kept: list[Candidates] = []
    of_right: list[Candidates] = []
    for found in _sharing(corpus, weights, left, right):
        kept.append(_best(found))
        of_right.append(found)
        if sum(map(len, of_right)) > BATCH:
            of_right = [_best_of_right(of_right)]
    every = _joined([*kept, _best_of_right(of_right)])
    keys = distinct(every.left * corpus.units + every.right)
    ours, theirs = np.divmod(keys, max(1, corpus.units))
    return ours, theirs


def _sharing(corpus: Corpus, weights: Array, left: Array, right: Array) -> Iterator[Candidates]:
    """All pairs of units that share rare features, all of some left units at a time."""
    ours, theirs = _held(corpus, left), _held(corpus, right)
    counts = [np.bincount(features, minlength=len(weights)) for _, features in (ours, theirs)]
    rare = (weights > 0) & (counts[0] > 0) & (counts[0] <= RARE_CAP) & (counts[1] <= RARE_CAP)
    (units, features), (others, known) = (
        (unit[places], held[places]) for unit, held in (ours, theirs) for places in [np.flatnonzero(rare[held])]
    )
    others = others[order(known)]
    places = offsets(np.where(rare, counts[1], 0))
    starts = np.flatnonzero(np.diff(units, prepend=-1))
    ends = np.r_[starts[1:], len(units)]
    sizes = offsets(counts[1][features])
    for batch in batches(sizes[ends] - sizes[starts]):
        low, high = starts[batch][0], ends[batch][-1]
        row, place = spread(places[features[low:high]], counts[1][features[low:high]])
        yield _summed(units[low:high][row], others[place], weights[features[low:high]][row], corpus.units)


def _summed(left: Array, right: Array, bits: Array, width: int) -> Candidates:
    """Each pair once, ascending, with the sum of its bits, which lie in the low digits while it is sorted."""
    low = int(bits.max(initial=1)).bit_length()
    rows = np.sort((left * width + right) << low | bits)
    keys = rows >> low
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]][: len(keys)])
    ours, theirs = np.divmod(keys[starts], width)
    sums = offsets(rows & ((1 << low) - 1))
    return Candidates(ours, theirs, np.diff(sums[np.r_[starts, len(rows)]]))


def _best(found: Candidates) -> Candidates:
    """The KEEP best candidates of each unit on the left, among equal ones those of the first units on the right."""
    highest = np.zeros((int(found.left.max(initial=-1)) + 1, KEEP), np.int64)
    np.maximum.at(highest.reshape(-1), found.left * KEEP + np.arange(len(found)) % KEEP, found.bits)
    # At least KEEP rows of a unit that has so many, with a unit, its best first, as the digits of a number.
    rows = found[np.flatnonzero(found.bits >= highest.min(axis=1)[found.left])]
    high, low = (int(column.max(initial=0)).bit_length() for column in (rows.bits, rows.right))
    most = (1 << high) - 1
    ranked = np.sort((rows.left << high | most - rows.bits) << low | rows.right)
    units = ranked >> high + low
    ranked = ranked[np.arange(len(ranked)) - np.searchsorted(units, units) < KEEP]
    return Candidates(ranked >> high + low, ranked & (1 << low) - 1, most - (ranked >> low & most))


def _best_of_right(parts: Sequence[Candidates]) -> Candidates:
    return _turned(_best(_turned(_joined(parts))))


def _turned(found: Candidates) -> Candidates:
    return Candidates(found.right, found.left, found.bits)


def _joined(parts: Sequence[Candidates]) -> Candidates:
    none = np.empty(0, np.int64)
    return Candidates(
        *(np.concatenate([none, *(getattr(part, name) for part in parts)]) for name in ("left", "right", "bits"))
    )


def _held(corpus: Corpus, units: Array) -> tuple[Array, Array]:
    """The rows (unit, feature) of these units."""
    segment, rows = spread(corpus.offsets[units], np.diff(corpus.offsets)[units])
    return units[segment], corpus.features[rows]
