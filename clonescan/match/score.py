"""How strongly two units match: shared bits, similarity, containment, and a local score that weighs what differs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace

import numpy as np

from clonescan.fingerprint import ANCHOR, NAME, STRUCTURE, Array
from clonescan.match.corpus import Corpus
from clonescan.match.shared import Join, Rows
from clonescan.segments import batches, best_runs, chosen, offsets, spread

STATEMENT_CAP = 8_000
"""Most millibits that one statement adds to the local score: features of one expression come together, so that one
unusual idiom which two strangers both know is one coincidence and not several."""

STEP = 3
"""Levels of a statement for which it may add so much, if it is shared as a whole: what is in it could be as many
statements, each of which would add its own."""

MOSTLY = 4
"""A statement is shared as a whole if no more than one part in so many of its bits is not: common things that are
strewn over it do not make it so."""

WHOLE = 0.3
"""A match of which no side is contained in the other keeps this share of its local score; what is wholly contained
has 1 + WHOLE times its local score. Chance finds bits in long units, and rarely all of a unit."""

MOST_STRENGTH = 2 * (1 + WHOLE)
"""No match is stronger than so many times its local score: doubled by kept names, and all of one side in the other."""

LITTLE = 3_000
"""A unit that holds less than so many millibits is not contained by having all of it in common."""

_FINE = 1_000
"""Microbits in a millibit: the local score is summed in whole ones, so that no order of summation changes it."""

_STRUCTURAL = (STRUCTURE, ANCHOR)


@dataclass(frozen=True, eq=False)
class Scores:
    """Pairs of units, all in millibits: all that they share (`evidence`), and of it structure and anchors.

    `local`: the best run of statements on either side, shared bits less a part of those unshared; the smaller of the
    two sides. `names`: the names that they share. `left_total`, `right_total`: structure and anchors of each unit;
    `left_all`, `right_all`: also the order of its statements, all but names.
    """

    left: Array
    right: Array
    evidence: Array
    structural: Array
    local: Array
    names: Array
    left_total: Array
    right_total: Array
    left_all: Array
    right_all: Array

    def __len__(self) -> int:
        return len(self.left)

    def __getitem__(self, rows: Array) -> Scores:
        places = chosen(rows)
        return Scores(*(getattr(self, field.name)[places] for field in fields(self)))

    def units(self, side: int) -> Array:
        """The units of one side."""
        return (self.left, self.right)[side]

    @property
    def similarity(self) -> Array:
        """Weighted Jaccard index of structure and anchors, in [0, 1]."""
        return _share(self.structural, self.left_total + self.right_total - self.structural)

    @property
    def containment(self) -> tuple[Array, Array]:
        """The share of each side's structure and anchors that the other has, in [0, 1]."""
        return _share(self.structural, self.left_total), _share(self.structural, self.right_total)

    @property
    def strength(self) -> Array:
        """What chance is judged by: the local score, more where one side is wholly contained in the other.

        Kept names at most double it. Names and texts alone make no match: a checkpoint's layout or a public API puts
        the same ones into code that was written independently. Contained is a unit as to its structure, or with the
        order of its statements: of a row of common ones that is all that there is.
        """
        shared = (self.structural, self.structural, self.evidence - self.names, self.evidence - self.names)
        totals = (self.left_total, self.right_total, self.left_all, self.right_all)
        inside = [part / np.maximum(total, LITTLE) for part, total in zip(shared, totals, strict=True)]
        whole = WHOLE + np.maximum.reduce(inside)
        found: Array = ((self.local + np.minimum(self.names, self.local)) * whole).astype(np.int64)
        return found


Hopeful = Callable[[Scores], Array]
"""Which scores are worth a closer look."""


def _share(part: Array, whole: Array) -> Array:
    """What the part is of the whole; all of it where there is nothing."""
    found: Array = np.divide(part, whole, out=np.ones(len(part)), where=whole > 0)
    return found


def joined(parts: Sequence[Scores]) -> Scores:
    """Several sets of scores as one."""
    none = np.empty(0, np.int64)
    return Scores(*(np.concatenate([none, *(getattr(part, field.name) for part in parts)]) for field in fields(Scores)))


def structure_only(corpus: Corpus, weights: Array) -> Array:
    """The weights of structure and anchors, 0 for what a copier is free to change."""
    found: Array = np.where(np.isin(corpus.roles, _STRUCTURAL), weights, 0)
    return found


def totals(corpus: Corpus, weights: Array) -> Array:
    """What each unit holds, in millibits."""
    sums = offsets(weights[corpus.features])
    found: Array = sums[corpus.offsets[1:]] - sums[corpus.offsets[:-1]]
    return found


class Scorer:
    """Scores pairs of units of one corpus; `mismatch`: what a bit that only one side has costs, by kind."""

    def __init__(self, corpus: Corpus, weights: Array, mismatch: Mapping[str, float]) -> None:
        self.corpus = corpus
        self.weights = weights
        self.structural = structure_only(corpus, weights)
        self.gains = np.where(corpus.roles == NAME, 0, weights)
        self.totals = totals(corpus, self.structural)
        self.all = totals(corpus, self.gains)
        self.join = Join(corpus, weights)
        costs = np.array([round(_FINE * mismatch[file.kind]) for file in corpus.files], np.int64)
        self.mismatch = costs[corpus.unit_file]
        self.statements = np.diff(corpus.statement_offsets)
        where = corpus.statement_offsets[:-1][corpus.owners] + corpus.statements
        self.statement_bits = _sums(where, self.structural[corpus.features], int(corpus.statement_offsets[-1]))

    def shared(self, left: Array, right: Array) -> Iterator[tuple[slice, Rows]]:
        """What pairs of units share, for a bounded number of them at a time."""
        costs = self.join.cost(left, right) + self.statements[left] + self.statements[right]
        for batch in batches(costs):
            yield batch, self.join.shared(left[batch], right[batch])

    def scores(self, left: Array, right: Array, hopeful: Hopeful | None = None) -> Scores:
        """The scores of pairs of units, or of those that are hopeful with the highest local score that they may have.

        Most candidates are not, and local scores are half of the work.
        """
        parts = []
        for batch, shared in self.shared(left, right):
            most = self._most(left[batch], right[batch], shared)
            if hopeful is not None:
                worth = hopeful(most)
                most, shared = most[worth], shared[worth[shared.pair]]
                shared = replace(shared, pair=(np.cumsum(worth) - 1)[shared.pair])
            parts.append(self._scored(most, shared))
        return joined(parts)

    def score(self, left: Array, right: Array, shared: Rows) -> Scores:
        """The scores of pairs of units by what they share, or by what of it nothing else explains."""
        return self._scored(self._most(left, right, shared), shared)

    def _most(self, left: Array, right: Array, shared: Rows) -> Scores:
        """The scores of pairs of units if no statement had too much of what they share, or anything else in it."""
        features = self.corpus.features[shared.left]
        evidence, structural, named = (
            _sums(shared.pair, bits[features], len(left)) for bits in (self.weights, self.structural, self.gains)
        )
        return Scores(
            left=left,
            right=right,
            evidence=evidence,
            structural=structural,
            local=named,
            names=evidence - named,
            left_total=self.totals[left],
            right_total=self.totals[right],
            left_all=self.all[left],
            right_all=self.all[right],
        )

    def _scored(self, most: Scores, shared: Rows) -> Scores:
        sides = (most.left, shared.left), (most.right, shared.right)
        return replace(most, local=np.minimum(*(self._local(units, rows, shared.pair) for units, rows in sides)))

    def evidence(self, one: int, other: int) -> int:
        """The bits that two units share, names counted; they may be of one repository."""
        return int(self.scores(np.array([one]), np.array([other])).evidence[0])

    def _local(self, units: Array, rows: Array, pair: Array) -> Array:
        """The best run of statements of each unit, where it shares these rows."""
        counts = self.statements[units]
        where = offsets(counts)[:-1][pair] + self.corpus.statements[rows]
        features = self.corpus.features[rows]
        _, statements = spread(self.corpus.statement_offsets[units], counts)
        shared = _sums(where, self.gains[features], len(statements))
        lost = self.statement_bits[statements] - _sums(where, self.structural[features], len(statements))
        whole = MOSTLY * lost <= self.statement_bits[statements]
        heights = self.corpus.heights[self.corpus.statement_shapes[statements]].astype(np.int64)
        most = STATEMENT_CAP * np.where(whole, np.maximum(heights, STEP), STEP) // STEP
        gains = _FINE * np.minimum(shared, most) - np.repeat(self.mismatch[units], counts) * lost
        return best_runs(gains, counts) // _FINE


def _sums(groups: Array, bits: Array, size: int) -> Array:
    """The sum of each group, exact: bits are integers, and no sum of them comes near 2 to the power of 53."""
    return np.bincount(groups, bits, size).astype(np.int64)
