"""Rename maps: which name became which, one name for one name, in each match or between two repositories."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clonescan.fingerprint import Array
from clonescan.segments import numbered, offsets


@dataclass(frozen=True, eq=False)
class Pairs:
    """Names in each other's place: `count` times `right` stands for `left` in one match, or in all of a `group`.

    Each pair of a group is there once; names are numbers.
    """

    group: Array
    left: Array
    right: Array
    count: Array

    def __getitem__(self, chosen: Array) -> Pairs:
        return Pairs(self.group[chosen], self.left[chosen], self.right[chosen], self.count[chosen])


def counted(group: Array, left: Array, right: Array, count: Array) -> Pairs:
    """The pairs with equal ones added up, in order."""
    order = np.lexsort((right, left, group))
    group, left, right = group[order], left[order], right[order]
    starts = np.flatnonzero(_changes(group) | _changes(left) | _changes(right))
    sums = offsets(count[order])
    return Pairs(group[starts], left[starts], right[starts], np.diff(sums[np.r_[starts, len(group)]]))


def one_to_one(pairs: Pairs, strings: Sequence[str]) -> Array:
    """Which pairs a greedy one-to-one mapping in each group keeps, most frequent first; names that stayed take part.

    Equally frequent pairs go by their two names, whichever side these stand on.
    """
    left, right = np.split(_ranks(np.r_[pairs.left, pairs.right], strings), 2)
    order = np.lexsort((left, np.maximum(left, right), np.minimum(left, right), -pairs.count, pairs.group))
    width = int(max(left.max(initial=0), right.max(initial=0))) + 1
    sides = [numbered(pairs.group * width + side)[1][order] for side in (left, right)]
    once = [np.bincount(side)[side] == 1 for side in sides]
    kept = once[0] & once[1]
    asked = np.flatnonzero(~kept)  # of most names all is said: neither stands for another one
    taken = bytearray(len(order)), bytearray(len(order))
    for number, ours, theirs in zip(asked.tolist(), *(side[asked].tolist() for side in sides), strict=True):
        if not (taken[0][ours] or taken[1][theirs]):
            taken[0][ours] = taken[1][theirs] = kept[number] = True
    found: Array = order[kept]
    return found


def consistency(pairs: Pairs) -> Array:
    """For each pair of one group the share that it has of all counterparts of either of its names, in (0, 1]."""
    left, right = np.bincount(pairs.left, pairs.count), np.bincount(pairs.right, pairs.count)
    found: Array = pairs.count / (left[pairs.left] + right[pairs.right] - pairs.count)
    return found


def _ranks(numbers: Array, strings: Sequence[str]) -> Array:
    """Names as their places in the alphabet."""
    distinct, inverse = np.unique(numbers, return_inverse=True)
    places = np.empty(len(distinct), np.int64)
    places[_alphabetical([strings[number] for number in distinct.tolist()])] = np.arange(len(distinct))
    return places[inverse]


def _alphabetical(strings: Sequence[str]) -> Array:
    return np.array(sorted(range(len(strings)), key=strings.__getitem__), np.int64)


def _changes(values: Array) -> Array:
    found: Array = np.diff(values, prepend=-1) != 0
    return found
