"""Sketches of long lists: a few features by which two vocabularies, or two lists of merges, are recognised.

That two vocabularies share a token is no coincidence that counts: both learned it from one language. What strangers do
not share is *all* of a handful of tokens picked by hash, and which token comes next in an order that was learned from
data. So the features are handfuls (whatever the order) and neighbours (whatever the ids start from), of both the
lowest by hash: a bottom-k sketch (Broder, 1997), whose shared part estimates the shared part of the lists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise

import numpy as np

from clonescan.fingerprint import Array
from clonescan.segments import offsets

SIZE = 32
"""Features kept of each sort. The similarity of two lists is then told within some six percent, which is enough to find
them (the verdict is exact), and a list weighs about as much as five functions: three hundred bits."""

CUT = 8
"""A handful ends at a hash that this divides, as content-defined chunks do: tokens that are added change one handful
each, and leave the others."""

SMALLEST = 6
"""Smaller handfuls are left out: strangers that share 60% of their tokens have one in twenty of six in common, and of
the average one, of thirteen, one in seven hundred."""

RUN = 4
"""So many in a row that ascend as texts do are an alphabet, which nobody learned from data; one in twenty-four of a
learned order looks like one."""

_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, eq=False)
class Sketch:
    """Features by hash, ascending, each with the places in the list of what it is made of; `whole` is of all of it."""

    handfuls: Sequence[tuple[int, Array]]
    neighbours: Sequence[tuple[int, Array]]
    whole: int


def sketch(items: Sequence[bytes], hashes: Array) -> Sketch:
    """The sketch of a list in its order, of items with these hashes."""
    whole = blake2b(hashes.tobytes(), digest_size=8).digest()
    return Sketch(_handfuls(hashes), _neighbours(items, hashes), int.from_bytes(whole, "little"))


def _handfuls(found: Array) -> list[tuple[int, Array]]:
    order = np.argsort(found, kind="stable")[: SIZE * CUT * 8]
    ascending = found[order]
    ends = np.flatnonzero(ascending % np.uint64(CUT) == 0) + 1
    starts = np.r_[0, ends][: len(ends)]
    large = ends - starts >= SMALLEST
    starts, ends = starts[large][:SIZE], ends[large][:SIZE]
    return [
        (int(_mixed(_mixed(ascending[low:high]).sum(keepdims=True))[0]), order[low:high])
        for low, high in zip(starts.tolist(), ends.tolist(), strict=True)
    ]


def _neighbours(items: Sequence[bytes], found: Array) -> list[tuple[int, Array]]:
    if len(items) < 2:
        return []
    ascends = np.array([one < other for one, other in pairwise(items)], bool)
    alphabet = _in_runs(ascends) | _in_runs(~ascends)
    pairs = _mixed(_mixed(found[:-1]) ^ found[1:])
    places = np.flatnonzero(~alphabet)
    lowest = places[np.argsort(pairs[places], kind="stable")[:SIZE]]
    return [(int(pairs[place]), np.array([place, place + 1])) for place in lowest.tolist()]


def _in_runs(ascends: Array) -> Array:
    """Which steps lie in a run of so many items that all go one way."""
    sums = offsets(ascends.astype(np.int64))
    steps = RUN - 1
    full = np.flatnonzero(sums[steps:] - sums[:-steps] == steps) if len(ascends) >= steps else np.empty(0, np.int64)
    inside = np.zeros(len(ascends) + 1, np.int64)
    np.add.at(inside, full, 1)
    np.add.at(inside, full + steps, -1)
    found: Array = np.cumsum(inside)[:-1] > 0
    return found


def _mixed(values: Array) -> Array:
    mixed = (values ^ (values >> np.uint64(31))) * _MIX
    found: Array = mixed ^ (mixed >> np.uint64(29))
    return found
