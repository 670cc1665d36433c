"""Common origin: what both sides of a match also share with a third, a package of the background."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from clonescan.background.store import KEY_BITS, SKETCH_PRESENT, SKETCH_SOURCES, Background
from clonescan.fingerprint import Array
from clonescan.segments import batches, offsets, spread, within

ORIGIN_SHARE = 0.75
"""A third is named only if it holds at least so much of what both sides share. It is estimated, from stored features
and a sketch of the others, so that all of it cannot be asked for."""

LOOKED_AT = 8
"""Known units that are looked at for each match, those with most of its features first."""


@dataclass(frozen=True, eq=False)
class Shared:
    """What matches share, a row a feature in order of the matches: those of match m are `places[m]:places[m + 1]`.

    Each row is a number of a feature; `hashes`, with 64 bits, `weights` and `structural` are of all features. Only
    structure and anchors are in sketches: others weigh 0 here.
    """

    places: Array
    features: Array
    hashes: Array
    weights: Array
    structural: Array


@dataclass(frozen=True, eq=False)
class Discount:
    """The known unit that each match is also found in, -1 for none; and of each row the share that is left without."""

    units: Array
    left: Array


@dataclass(frozen=True, eq=False)
class _Thirds:
    """Known units that may hold what a match shares, the likeliest of each match first; `hits`: rows in its sketch."""

    match: Array
    unit: Array
    hits: Array

    def __getitem__(self, chosen: Array | slice) -> _Thirds:
        return _Thirds(self.match[chosen], self.unit[chosen], self.hits[chosen])


def discount(background: Background, shared: Shared, masked: frozenset[int]) -> Discount:
    """The common origins of matches: of the units of packages that are not `masked` the one that holds most."""
    asked = _Asked(background, shared, masked)
    thirds = asked.thirds()
    share = np.empty(len(thirds.match))
    for batch, third, row, left in asked.left(thirds):
        weights = shared.weights[shared.features[row]]
        sums = (np.bincount(third, bits, batch.stop - batch.start) for bits in (left * weights, weights))
        share[batch] = 1 - np.divide(*sums)
    order = np.lexsort((-share, thirds.match))
    best = order[np.diff(thirds.match[order], prepend=-1) != 0]
    named = thirds[best[share[best] >= ORIGIN_SHARE]]
    found = Discount(np.full(len(shared.places) - 1, -1), np.ones(len(shared.features)))
    found.units[named.match] = named.unit
    for _, _, row, left in asked.left(named):
        found.left[row] = left
    return found


class _Asked:
    """What the background says of shared features: the packages that hold each, and the sketches that it is in."""

    def __init__(self, background: Background, shared: Shared, masked: frozenset[int]) -> None:
        here = np.zeros(len(shared.hashes), bool)
        here[shared.features] = True
        numbers = np.flatnonzero(here)
        which, units = background.sketched(shared.hashes[numbers])
        asked = ~np.isin(background.unit_packages[units], sorted(masked))
        which, units = which[asked], units[asked]
        counts = np.bincount(numbers[which], minlength=len(here))
        row, place = spread(offsets(counts)[shared.features], counts[shared.features])
        self.background = background
        self.shared = shared
        self.masks = np.zeros(len(here), np.uint64)
        self.masks[numbers] = background.occurrences(shared.hashes[numbers])
        self.known = max(1, len(background.sketch_sizes))
        self.sketched = np.sort(row * self.known + units[place])

    def thirds(self) -> _Thirds:
        """Units that are likely to hold what a match shares, since so much of their sketch is in it."""
        row, unit = np.divmod(self.sketched, self.known)
        match = np.searchsorted(self.shared.places, row, "right") - 1
        keys = np.sort(match * self.known + unit)
        starts = np.flatnonzero(np.diff(keys, prepend=-1))
        hits = np.diff(starts, append=len(keys))
        match, unit = np.divmod(keys[starts], self.known)
        weights = np.diff(offsets(self.shared.weights[self.shared.features])[self.shared.places])
        present = (hits >= SKETCH_PRESENT * self.background.sketch_sizes[unit]) & (weights[match] > 0)
        found = _Thirds(match[present], unit[present], hits[present])
        found = found[np.lexsort((found.unit, -found.hits, found.match))]
        first = np.searchsorted(found.match, found.match)
        return found[np.arange(len(first)) - first < LOOKED_AT]

    def left(self, thirds: _Thirds) -> Iterator[tuple[slice, Array, Array, Array]]:
        """Of each row of each third's match what is left: nothing of what the package holds, a share of what nobody
        has; as (thirds of a batch, number of the third in it, row, share).

        Features of one package alone are stored only as sketches, the lowest of each unit: of what is shared and as
        low, the part that is in the sketch is the part that the unit holds (Broder 1997).
        """
        starts, counts = self.shared.places[:-1][thirds.match], np.diff(self.shared.places)[thirds.match]
        for batch in batches(counts):
            third, row = spread(starts[batch], counts[batch])
            unit, feature = thirds.unit[batch][third], self.shared.features[row]
            masks = self.masks[feature]
            package = self.background.unit_packages[unit].astype(np.uint64)
            held = ((masks >> package) & np.uint64(1) == 1) | within(row * self.known + unit, self.sketched)
            low = self.shared.hashes[feature] >> np.uint64(64 - KEY_BITS) <= self.background.sketch_ends[unit]
            sampled = self.shared.structural[feature] & (np.bitwise_count(masks) <= SKETCH_SOURCES) & low
            share = thirds.hits[batch] / np.maximum(1, np.bincount(third, sampled, batch.stop - batch.start))
            yield batch, third, row, np.where(held, 0.0, np.where(masks == 0, 1.0 - share[third], 1.0))
