"""How strongly two units match: shared bits, similarity, containment, and a local score that weighs what differs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clonescan.fingerprint import ANCHOR, NAME, STRUCTURE, Array
from clonescan.match.corpus import Corpus

MISMATCH = 0.1
"""What a bit that only one side has costs in the local score: a stretch counts while a tenth of its bits are shared,
so that a copy edited line by line still stands out, and shared bits scattered over a long unit do not."""

STATEMENT_CAP = 8_000
"""Most millibits that one statement adds to the local score: features of one expression come together, so that one
unusual idiom which two strangers both know is one coincidence and not several."""

WHOLE = 0.3
"""A match of which no side is contained in the other keeps this share of its local score; what is wholly contained
has 1 + WHOLE times its local score. Chance finds bits in long units, and rarely all of a unit."""

_STRUCTURAL = (STRUCTURE, ANCHOR)


@dataclass(frozen=True, slots=True)
class Score:
    """A pair of units, all in millibits: all that they share (`evidence`), and of it structure and anchors.

    `local`: the best run of statements on either side, shared bits less MISMATCH of those unshared; the smaller of the
    two sides. `left_total`, `right_total`: structure and anchors of each unit. `names`: the names that they share.
    """

    left: int
    right: int
    evidence: int
    structural: int
    local: int
    names: int
    left_total: int
    right_total: int

    @property
    def similarity(self) -> float:
        """Weighted Jaccard index of structure and anchors, in [0, 1]."""
        union = self.left_total + self.right_total - self.structural
        return self.structural / union if union else 0.0

    @property
    def containment(self) -> tuple[float, float]:
        """The share of each side's structure and anchors that the other has, in [0, 1]."""
        return (
            self.structural / self.left_total if self.left_total else 0.0,
            self.structural / self.right_total if self.right_total else 0.0,
        )

    @property
    def strength(self) -> int:
        """What chance is judged by: the local score, more where one side is wholly contained in the other.

        Kept names at most double it. Names and texts alone make no match: a checkpoint's layout or a public API puts
        the same ones into code that was written independently.
        """
        whole = WHOLE + max(self.containment)
        return int((self.local + min(self.names, self.local)) * whole)


def structure_only(corpus: Corpus, weights: Array) -> Array:
    """The weights of structure and anchors, 0 for what a copier is free to change."""
    found: Array = np.where(np.isin(corpus.roles, _STRUCTURAL), weights, 0)
    return found


def totals(corpus: Corpus, weights: Array) -> Array:
    """The structure and anchors that each unit holds, in millibits."""
    structural = structure_only(corpus, weights)
    sums = np.r_[0, np.cumsum(structural[corpus.features])]
    found: Array = sums[corpus.offsets[1:]] - sums[corpus.offsets[:-1]]
    return found


class Scorer:
    """Scores pairs of units of one corpus."""

    def __init__(self, corpus: Corpus, weights: Array) -> None:
        self.corpus = corpus
        self.weights = weights
        self.structural = structure_only(corpus, weights)
        self.gains = np.where(corpus.roles == NAME, 0, weights)
        self.totals = totals(corpus, weights)

    def score(self, left: int, right: int, without: tuple[Array, Array] | None = None) -> Score:
        """Score a pair; `without` are features of each side that something else explains already, ascending."""
        ours, theirs = self.corpus.held(left), self.corpus.held(right)
        shared = np.intersect1d(ours, theirs, assume_unique=True)
        if without is not None:
            shared = np.setdiff1d(shared, np.union1d(*without), assume_unique=True)
        return Score(
            left=left,
            right=right,
            evidence=int(self.weights[shared].sum()),
            structural=int(self.structural[shared].sum()),
            names=int((self.weights[shared] - self.gains[shared]).sum()),
            local=min(self._local(left, ours, shared), self._local(right, theirs, shared)),
            left_total=int(self.totals[left]),
            right_total=int(self.totals[right]),
        )

    def shared(self, left: int, right: int) -> Array:
        """The features that two units share, ascending."""
        return np.intersect1d(self.corpus.held(left), self.corpus.held(right), assume_unique=True)

    def evidence(self, one: int, other: int) -> int:
        """The bits that two units share, names counted; they may be of one repository."""
        return int(self.weights[self.shared(one, other)].sum())

    def _local(self, unit: int, held: Array, shared: Array) -> int:
        """The best run of statements (Bentley's maximum subarray)."""
        both = np.isin(held, shared, assume_unique=True)
        where = self.corpus.where(unit)
        shared_bits = np.bincount(where, np.where(both, self.gains[held], 0))
        lost_bits = np.bincount(where, np.where(both, 0, self.structural[held]))
        gains = np.cumsum(np.r_[0.0, np.minimum(shared_bits, STATEMENT_CAP) - MISMATCH * lost_bits])
        return int(np.max(gains - np.minimum.accumulate(gains)))
