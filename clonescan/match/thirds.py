"""What third repositories hold of what two share: those of the scan, for kinds that are handed on, and indexed ones.

A tokenizer is taken over by everybody who builds on a model. That two repositories have it says nothing if a third one
of the scan has it, too: all three are users of one base. What only two have of it remains. Code is different, and stays
out: an original must not vanish because somebody else copied it, too. An indexed repository is a third for all kinds,
and where it is named as the origin what it holds is no evidence.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import numpy as np

from clonescan.fingerprint import Array
from clonescan.match.corpus import Corpus
from clonescan.match.origin import ORIGIN_SHARE
from clonescan.match.shared import Rows
from clonescan.segments import batches, offsets, spread


@dataclass(frozen=True, eq=False)
class Elsewhere:
    """Which shared rows a third repository holds; of each match the unit there that holds most, -1 for none, and the
    share of the match's weight that this one holds.
    """

    held: Array
    units: Array
    share: Array


class Thirds:
    """The features of all units that may be thirds, with the units that hold each."""

    def __init__(self, corpus: Corpus, weights: Array, kinds: Collection[str], scanned: int) -> None:
        """`kinds`: those that are handed on. So many repositories are scanned; the others come from the index."""
        handed_on = np.array([file.kind in kinds for file in corpus.files], bool)
        wanted = handed_on | np.array([file.repository >= scanned for file in corpus.files], bool)
        rows = np.flatnonzero(wanted[corpus.unit_file[corpus.owners]]) if wanted.any() else np.empty(0, np.int64)
        order = rows[np.argsort(corpus.features[rows], kind="stable")]
        self.corpus = corpus
        self.weights = weights
        self.handed_on = handed_on
        self.units = corpus.owners[order].astype(np.int64)
        self.counts = np.bincount(corpus.features[rows], minlength=len(weights))
        self.starts = offsets(self.counts)[:-1]

    def elsewhere(self, shared: Rows, matches: int, repositories: tuple[int, int]) -> Elsewhere:
        """What of each match stands in repositories other than these two."""
        weight = self.weights[self.corpus.features[shared.left]]
        handed_on = self.handed_on[self.corpus.unit_file[self.corpus.owners[shared.left]]]
        found = Elsewhere(np.zeros(len(weight), bool), np.full(matches, -1), np.zeros(matches))
        keys, bits = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for row, unit in self._held(shared, repositories):
            found.held[row[handed_on[row]]] = True
            keys.append(shared.pair[row] * self.corpus.units + unit)
            bits.append(weight[row])
        key, which = np.unique(np.concatenate(keys), return_inverse=True)
        sums = np.bincount(which, np.concatenate(bits), len(key))
        match, unit = np.divmod(key, max(1, self.corpus.units))
        order = np.lexsort((unit, -sums, match))
        best = order[np.diff(match[order], prepend=-1) != 0]
        totals = np.bincount(shared.pair, weight, matches)[match[best]]
        found.units[match[best]] = unit[best]
        found.share[match[best]] = np.divide(sums[best], totals, out=np.zeros(len(best)), where=totals > 0)
        found.units[shared.pair[~handed_on & (found.share[shared.pair] < ORIGIN_SHARE)]] = -1
        for row, unit in self._held(shared, repositories):
            found.held[row[found.units[shared.pair[row]] == unit]] = True
        return found

    def _held(self, shared: Rows, repositories: tuple[int, int]) -> Iterator[tuple[Array, Array]]:
        """The shared rows that units of other repositories than these two hold, each with one such unit."""
        features = self.corpus.features[shared.left]
        for batch in batches(self.counts[features]):
            row, place = spread(self.starts[features[batch]], self.counts[features[batch]])
            unit = self.units[place]
            other = ~np.isin(self.corpus.unit_repository[unit], repositories)
            yield row[other] + batch.start, unit[other]
