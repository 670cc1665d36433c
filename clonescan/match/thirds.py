"""What the other repositories of a scan hold of what two of them share, for kinds that are handed on as a whole.

A tokenizer is taken over by everybody who builds on a model. That two repositories have it says nothing if a third one
of the scan has it, too: all three are users of one base. What only two have of it remains. Code is different, and stays
out: an original must not vanish because somebody else copied it, too.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from clonescan.fingerprint import Array
from clonescan.match.corpus import Corpus
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
    """The features of all units of some kinds, with the units that hold each."""

    def __init__(self, corpus: Corpus, weights: Array, kinds: Collection[str]) -> None:
        wanted = np.array([file.kind in kinds for file in corpus.files], bool)
        rows = np.flatnonzero(wanted[corpus.unit_file[corpus.owners]]) if wanted.any() else np.empty(0, np.int64)
        order = rows[np.argsort(corpus.features[rows], kind="stable")]
        self.corpus = corpus
        self.weights = weights
        self.units = corpus.owners[order].astype(np.int64)
        self.counts = np.bincount(corpus.features[rows], minlength=len(weights))
        self.starts = offsets(self.counts)[:-1]

    def elsewhere(self, shared: Rows, matches: int, repositories: tuple[int, int]) -> Elsewhere:
        """What of each match stands in repositories other than these two."""
        features = self.corpus.features[shared.left]
        held, weight = np.zeros(len(features), bool), self.weights[features]
        found = Elsewhere(held, np.full(matches, -1), np.zeros(matches))
        keys, bits = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for batch in batches(self.counts[features]):
            row, place = spread(self.starts[features[batch]], self.counts[features[batch]])
            row, unit = row + batch.start, self.units[place]
            other = ~np.isin(self.corpus.unit_repository[unit], repositories)
            row, unit = row[other], unit[other]
            held[row] = True
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
        return found
