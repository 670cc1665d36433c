"""What is known of all of a repository, so that some of its files can be compared as if the others were there, too."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clonescan.fingerprint import Array


@dataclass(frozen=True, eq=False)
class Whole:
    """What is known of all of a repository, where only some of its files are at hand.

    `units` in it, and how many of them `differ` in what they hold. `hashes` (ascending) of features that several units
    hold, and how many are `holding` each; any other feature stands in one unit at most. `holds`: the packages of the
    background that the repository is, or has in it.
    """

    units: int
    differ: int
    hashes: Array
    holding: Array
    holds: frozenset[str]

    def counts(self, hashes: Array) -> Array:
        """How many units hold each of these features, those that are not known counted as 0."""
        place = np.minimum(np.searchsorted(self.hashes, hashes), max(0, len(self.hashes) - 1))
        if not len(self.hashes):
            return np.zeros(len(hashes), np.int64)
        return np.where(self.hashes[place] == hashes, self.holding[place], 0).astype(np.int64)
