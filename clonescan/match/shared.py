"""Which features two units share: a join of sorted arrays, for any number of pairs of units at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from clonescan.fingerprint import Array
from clonescan.match.corpus import Corpus
from clonescan.segments import chosen, spread

LEFT, RIGHT = 0, 1


@dataclass(frozen=True, eq=False)
class Rows:
    """What pairs of units share, a row a feature; `left` and `right` are its places in `corpus.features`.

    Ascending by `pair`, the number of the pair, and by feature.
    """

    pair: Array
    left: Array
    right: Array

    def __getitem__(self, rows: Array) -> Rows:
        places = chosen(rows)
        return Rows(self.pair[places], self.left[places], self.right[places])

    def rows(self, side: int) -> Array:
        """The places in the units of one side."""
        return (self.left, self.right)[side]


def joined(parts: Sequence[tuple[int, Rows]]) -> Rows:
    """The rows of several batches of pairs as one, given the number of the first pair of each batch."""
    none = np.empty(0, np.int64)
    return Rows(
        np.concatenate([none, *(first + rows.pair for first, rows in parts)]),
        np.concatenate([none, *(rows.left for _, rows in parts)]),
        np.concatenate([none, *(rows.right for _, rows in parts)]),
    )


class Join:
    """Finds what different units of a corpus share, of the features that weigh something."""

    def __init__(self, corpus: Corpus, weights: Array) -> None:
        holders = np.bincount(corpus.features, minlength=len(weights))
        self.rows = np.flatnonzero(((weights > 0) & (holders > 1))[corpus.features])
        self.offsets = np.searchsorted(self.rows, corpus.offsets)
        self.sizes = np.diff(self.offsets)
        self.features = corpus.features[self.rows].astype(np.int64)
        self.width = len(weights)
        self.keys = np.repeat(np.arange(corpus.units) * self.width, self.sizes) + self.features

    def cost(self, left: Array, right: Array) -> Array:
        """How many rows are looked at for each pair of units."""
        found: Array = np.minimum(self.sizes[left], self.sizes[right])
        return found

    def shared(self, left: Array, right: Array) -> Rows:
        """What each pair of units shares: the features of the smaller unit are looked up in the larger one."""
        turned = self.sizes[left] > self.sizes[right]
        few, many = np.where(turned, right, left), np.where(turned, left, right)
        pair, ours = spread(self.offsets[few], self.sizes[few])
        wanted = self.features[ours] + np.repeat(many * self.width, self.sizes[few])
        theirs = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        both = np.flatnonzero(self.keys[theirs] == wanted)
        pair, ours, theirs = pair[both], self.rows[ours[both]], self.rows[theirs[both]]
        swap = turned[pair]
        return Rows(pair, np.where(swap, theirs, ours), np.where(swap, ours, theirs))
