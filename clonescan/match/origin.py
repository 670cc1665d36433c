"""Common origin: what both sides of a match also share with a third, a package of the background."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clonescan.background.store import KEY_BITS, SKETCH_PRESENT, SKETCH_SOURCES, Background
from clonescan.entities import Origin
from clonescan.fingerprint import Array

ORIGIN_SHARE = 0.75
"""A third is named only if it holds at least so much of what both sides share. It is estimated, from stored features
and a sketch of the others, so that all of it cannot be asked for."""


@dataclass(frozen=True, slots=True)
class Discount:
    """The third that a match is also found in, and which share of each feature's weight is left without it."""

    origin: Origin
    left: Array


def discount(
    background: Background, hashes: Array, weights: Array, structural: Array, masked: frozenset[int]
) -> Discount | None:
    """The common origin of what a match shares, given as 64-bit hashes with their weights; None if there is none.

    `structural` says which features are structure or anchors: only such are in sketches.
    """
    which, units = background.sketched(hashes)
    if not len(which) or not weights.sum():
        return None
    hits = np.bincount(units)
    found = np.flatnonzero(hits >= SKETCH_PRESENT * background.sketch_sizes[: len(hits)])
    found = found[~np.isin(background.unit_packages[found], sorted(masked))]
    best: tuple[float, int, Array] | None = None
    for unit in found[np.argsort(-hits[found], kind="stable")][:8].tolist():
        left = _left(background, hashes, structural, unit, which[units == unit])
        share = 1 - float((left * weights).sum() / weights.sum())
        if share >= ORIGIN_SHARE and (best is None or share > best[0]):
            best = (share, unit, left)
    if best is None:
        return None
    known = background.units[best[1]]
    package = background.packages[known.package]
    return Discount(Origin(package.name, package.version, known.path, known.unit), best[2])


def _left(background: Background, hashes: Array, structural: Array, unit: int, sketched: Array) -> Array:
    """What is left of each feature: nothing of those that the package holds, a share of those that nobody else has.

    Features of one package alone are stored only as sketches, the lowest of each unit: of what is shared and as low,
    the part that is in the sketch is the part that the unit holds (Broder 1997).
    """
    package = int(background.unit_packages[unit])
    masks = background.occurrences(hashes)
    held = (masks >> np.uint64(package)) & np.uint64(1) == 1
    held[sketched] = True
    keys = hashes >> np.uint64(64 - KEY_BITS)
    highest = background.sketch_keys[background.sketch_units == unit].max()
    sampled = structural & (np.bitwise_count(masks) <= SKETCH_SOURCES) & (keys <= highest)
    share = len(sketched) / float(max(1, sampled.sum()))
    return np.where(held, 0.0, np.where(masks == 0, 1.0 - share, 1.0))
