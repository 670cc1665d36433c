"""Matches two repositories: candidates, scores, assignment, and the units that equal units stand for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from clonescan.fingerprint import Array
from clonescan.match.assign import Judge, assign
from clonescan.match.candidates import candidates
from clonescan.match.chance import bar, expected
from clonescan.match.corpus import Corpus
from clonescan.match.score import Score, Scorer

FLOOR = 8_000
"""Below so many millibits nothing can be told, however small the repositories are."""

NEAR_FLOOR = 6_000
"""The same between files that are known to correspond."""

SURE = 1e-3
"""Expected chance matches below which a unit may match several: what may be chance is reported once."""

NEAR_CHANCE = 0.05
"""Chance matches allowed between two files that correspond: there are many such pairs of files."""

NEAR_SAME = 0.8
LEAST = 3_000
"""Units of such files that are so similar and share so many millibits correspond, even if what they hold is common."""

_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Limits:
    """The expected chance matches for a thousand units up to which candidates are reported; threads of the query."""

    chance: float
    threads: int


@dataclass(frozen=True, slots=True)
class Matched:
    """Two units that match."""

    left: int
    right: int
    score: Score
    chance: float
    runner_up: bool


def match(corpus: Corpus, weights: Array, scorer: Scorer, left: int, right: int, limits: Limits) -> list[Matched]:
    """All matches between two repositories of a corpus, in order of their units."""
    classes = equal_units(corpus)
    sides = [_representatives(corpus, classes, repository) for repository in (left, right)]
    pairs = len(sides[0]) * len(sides[1])
    ours, theirs = (np.array(sorted(side), np.int64) for side in sides)
    found = candidates(corpus, weights, ours, theirs, limits.threads)
    worth = found.evidence >= LEAST
    rows = zip(found.left[worth].tolist(), found.right[worth].tolist(), strict=True)
    scores = [scorer.score(a, b) for a, b in rows]
    smaller = min(len(side) for side in sides)
    least = max(FLOOR, bar(limits.chance * smaller / 1000, pairs))
    judge = _neighbourly(corpus, sides, scores, Judge(least, max(least, bar(SURE, pairs))))
    assigned = assign(scores, scorer, judge, {unit: len(equal) for side in sides for unit, equal in side.items()})
    pairs = max(1, pairs)
    matched = _twins(corpus, scorer, left, right, pairs)
    for row in assigned:
        chance = judge.chance(row.score, pairs)
        sure = judge.is_sure(row.score)
        for a, b in _expand(corpus, sides[0][row.score.left], sides[1][row.score.right], sure):
            matched.setdefault((a, b), Matched(a, b, row.score, chance, row.runner_up))
    return [matched[key] for key in sorted(matched)]


def equal_units(corpus: Corpus) -> Array:
    """A number for each unit, the same for units that hold the same features."""
    mixed = (corpus.hashes ^ (corpus.hashes >> np.uint64(31))) * _MIX
    sums = np.r_[np.uint64(0), np.cumsum(mixed[corpus.features], dtype=np.uint64)]
    found: Array = sums[corpus.offsets[1:]] - sums[corpus.offsets[:-1]]
    return found


def _representatives(corpus: Corpus, classes: Array, repository: int) -> dict[int, list[int]]:
    """The units of a repository, grouped: the first of each set of equal ones, and all of them."""
    groups: dict[int, list[int]] = {}
    first: dict[int, int] = {}
    for unit in np.flatnonzero(corpus.unit_repository == repository).tolist():
        groups.setdefault(first.setdefault(int(classes[unit]), unit), []).append(unit)
    return groups


class _Neighbours(Judge):
    """A judge who asks less between files that correspond: there are few pairs of units in them."""

    def __init__(self, judge: Judge, near: dict[tuple[int, int], int]) -> None:
        super().__init__(judge.bar, judge.sure)
        self.near = near
        self.bars = {pair: min(judge.bar, max(NEAR_FLOOR, bar(NEAR_CHANCE, size))) for pair, size in near.items()}

    def chance(self, score: Score, pairs: int) -> float:
        """Expected chance matches as strong; between files that correspond, among their units only."""
        return expected(score.strength, self.near.get((score.left, score.right), pairs))

    def is_sure(self, score: Score) -> bool:
        """Files that correspond are no coincidence."""
        return (score.left, score.right) in self.bars or super().is_sure(score)

    def accepts(self, score: Score) -> bool:
        """Whether it is strong enough for where it stands, or all but the same as what stands there."""
        bar_ = self.bars.get((score.left, score.right))
        if bar_ is None:
            return score.strength >= self.bar
        return score.strength >= bar_ or (score.evidence >= LEAST and score.similarity >= NEAR_SAME)


def _neighbourly(
    corpus: Corpus, sides: Sequence[dict[int, list[int]]], scores: Sequence[Score], judge: Judge
) -> _Neighbours:
    """Lower the bar for pairs of units in files between which there is a match already."""
    known: set[tuple[int, int]] = set()
    for score in scores:
        if judge.is_sure(score):
            known |= _file_pairs(corpus, sides, score)
    sizes = np.bincount(corpus.unit_file)
    near: dict[tuple[int, int], int] = {}
    for score in scores:
        found = [int(sizes[a] * sizes[b]) for a, b in _file_pairs(corpus, sides, score) & known]
        if found:
            near[score.left, score.right] = min(found)
    return _Neighbours(judge, near)


def _file_pairs(corpus: Corpus, sides: Sequence[dict[int, list[int]]], score: Score) -> set[tuple[int, int]]:
    ours = {int(corpus.unit_file[unit]) for unit in sides[0][score.left]}
    theirs = {int(corpus.unit_file[unit]) for unit in sides[1][score.right]}
    return {(a, b) for a in ours for b in theirs}


def _twins(
    corpus: Corpus, scorer: Scorer, left: int, right: int, pairs: int
) -> dict[tuple[int, int], Matched]:
    """The units of files that are bit for bit the same; what is judged is the whole file."""
    units = _units_of_files(corpus)
    twins: dict[str, list[int]] = defaultdict(list)
    for number, file in enumerate(corpus.files):
        if file.repository == right:
            twins[file.blob_id].append(number)
    matched: dict[tuple[int, int], Matched] = {}
    for number, file in enumerate(corpus.files):
        if file.repository != left or file.blob_id not in twins:
            continue
        others = twins[file.blob_id]
        same = [other for other in others if corpus.files[other].path == file.path] or others[:1]
        bits = int(scorer.totals[units[number]].sum())
        for a, b in zip(units[number], units[same[0]], strict=True):
            if scorer.totals[a] > 0:
                matched[a, b] = Matched(a, b, scorer.score(a, b), expected(bits, pairs), False)
    return matched


def _units_of_files(corpus: Corpus) -> list[list[int]]:
    units: list[list[int]] = [[] for _ in corpus.files]
    for unit, file in enumerate(corpus.unit_file.tolist()):
        units[file].append(unit)
    return units


def _expand(corpus: Corpus, ours: Sequence[int], theirs: Sequence[int], sure: bool) -> Iterator[tuple[int, int]]:
    """Each of several equal units gets one counterpart: that of its name, else of its path, else the first.

    If the match is not `sure`, only those that are each other's.
    """
    if len(ours) == len(theirs) == 1:
        yield ours[0], theirs[0]
        return
    names = {unit: _name(corpus, unit) for unit in (*ours, *theirs)}
    forth = {a: min(theirs, key=lambda b: (_distance(names[a], names[b]), b)) for a in ours}
    back = {b: min(ours, key=lambda a: (_distance(names[a], names[b]), a)) for b in theirs}
    there, here = set(forth.items()), {(a, b) for b, a in back.items()}
    yield from sorted(there | here if sure else there & here)


def _name(corpus: Corpus, unit: int) -> tuple[str, str, str]:
    file, local = corpus.place(unit)
    found = file.fingerprint
    return found.strings[found.unit_names[local]], file.path, file.blob_id


def _distance(one: tuple[str, str, str], other: tuple[str, str, str]) -> tuple[bool, bool, bool]:
    return one[2] != other[2], one[0] != other[0], one[1] != other[1]
