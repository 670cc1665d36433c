"""Similarity and containment of matches: as their features weigh, or counted where features are only a sketch."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from clonescan.fingerprint import Array
from clonescan.match.corpus import Corpus, File
from clonescan.match.score import Scores

Placed = tuple[File, int]
"""A unit as its file and its number within."""

Measures = Mapping[str, Callable[[Placed, Placed], tuple[int, int, int] | bool | None]]
"""By kind what counts what two units hold, and what both do; or what tells whether they say the same, where features
hold all but some of their words; None where neither can be told. Handed in."""


@dataclass(frozen=True, eq=False)
class Shares:
    """What matches share of both sides together and of each, in [0, 1]. `counted`: of which that is exact. `worded`: of
    which both sides say the same, as far as their kind can tell.
    """

    similarity: Array
    left: Array
    right: Array
    counted: Array
    worded: Array


def shares(corpus: Corpus, scores: Scores, measures: Measures) -> Shares:
    """What these matches share."""
    found = Shares(scores.similarity, *scores.containment, np.zeros(len(scores), bool), np.ones(len(scores), bool))
    wanted = np.array([file.kind in measures for file in corpus.files], bool)[corpus.unit_file[scores.left]]
    for number in np.flatnonzero(wanted).tolist():
        ours, theirs = (corpus.place(int(units[number])) for units in (scores.left, scores.right))
        counts = measures[ours[0].kind](ours, theirs)
        if isinstance(counts, bool):
            found.worded[number] = counts
        elif counts is not None:
            left, right, both = counts
            found.similarity[number] = both / max(1, left + right - both)
            found.left[number], found.right[number] = both / max(1, left), both / max(1, right)
            found.counted[number] = True
    return found
