"""What features and statements do not tell of matches, as their kind does: how much they share, under which names."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from clonescan.fingerprint import Array
from clonescan.match.corpus import Corpus, File
from clonescan.match.names import Names
from clonescan.match.renames import Pairs, counted
from clonescan.match.score import Scores

Placed = tuple[File, int]
"""A unit as its file and its number within."""


@dataclass(frozen=True, slots=True)
class Measures:
    """By kind what counts what two units hold, and what both do, or tells whether they say the same, where features
    hold all but some of their words; and what says which names stand for each other, how often. None where that cannot
    be told. Handed in.
    """

    counts: Mapping[str, Callable[[Placed, Placed], tuple[int, int, int] | bool | None]]
    names: Mapping[str, Callable[[Placed, Placed], Sequence[tuple[str, str, int]] | None]]


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
    for number, ours, theirs in _of(corpus, scores, measures.counts):
        counts = measures.counts[ours[0].kind](ours, theirs)
        if isinstance(counts, bool):
            found.worded[number] = counts
        elif counts is not None:
            left, right, both = counts
            found.similarity[number] = both / max(1, left + right - both)
            found.left[number], found.right[number] = both / max(1, left), both / max(1, right)
            found.counted[number] = True
    return found


def named(
    corpus: Corpus, names: Names, scores: Scores, aligned: Pairs, measures: Measures
) -> tuple[Pairs, Sequence[str]]:
    """The names in each other's place, as numbers: as statements are aligned, or as the kind says. With all names."""
    told = {
        number: found
        for number, ours, theirs in _of(corpus, scores, measures.names)
        if (found := measures.names[ours[0].kind](ours, theirs)) is not None
    }
    if not told:
        return aligned, names.strings
    numbers = {name: number for number, name in enumerate(names.strings)}
    rows = [
        (number, numbers.setdefault(left, len(numbers)), numbers.setdefault(right, len(numbers)), count)
        for number, said in told.items()
        for left, right, count in said
    ]
    kept = aligned[np.flatnonzero(~np.isin(aligned.group, list(told)))]
    columns = (kept.group, kept.left, kept.right, kept.count), np.array(rows, np.int64).reshape(-1, 4).T
    return counted(*(np.concatenate(both) for both in zip(*columns, strict=True))), list(numbers)


def _of(corpus: Corpus, scores: Scores, kinds: Collection[str]) -> Iterator[tuple[int, Placed, Placed]]:
    """The matches of these kinds by number, with both sides."""
    wanted = np.array([file.kind in kinds for file in corpus.files], bool)[corpus.unit_file[scores.left]]
    for number in np.flatnonzero(wanted).tolist():
        yield number, corpus.place(int(scores.left[number])), corpus.place(int(scores.right[number]))
