"""Matches two repositories: candidates, scores, assignment, and the units that equal units stand for."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from clonescan.fingerprint import Array
from clonescan.match.assign import assign, best
from clonescan.match.candidates import candidates
from clonescan.match.chance import expected
from clonescan.match.corpus import Corpus
from clonescan.match.equal import Side, counterparts, equal_units, side
from clonescan.match.judge import corresponding, hopeful, judge, near
from clonescan.match.names import Names
from clonescan.match.neighbours import neighbours
from clonescan.match.partners import partners
from clonescan.match.score import Scorer, Scores, joined
from clonescan.match.shared import LEFT, RIGHT
from clonescan.segments import spread
from clonescan.sources.blob import is_whole

_NONE = np.empty(0, np.int64)


@dataclass(frozen=True, slots=True)
class Limits:
    """The expected chance matches for a thousand units up to which candidates are reported; are runners-up, too?"""

    chance: float
    runners_up: bool


@dataclass(frozen=True, eq=False)
class Matched:
    """Pairs of units that match, with the chance matches to expect, and whether a better match explains them.

    `second`: the units of each side that are in runners-up alone, whether these are reported or not; equal ones once.
    """

    scores: Scores
    chance: Array
    runner_up: Array
    second: tuple[Array, Array] = (_NONE, _NONE)

    def __len__(self) -> int:
        return len(self.chance)

    def __getitem__(self, chosen: Array) -> Matched:
        return Matched(self.scores[chosen], self.chance[chosen], self.runner_up[chosen], self.second)


def match(scorer: Scorer, names: Names, left: int, right: int, limits: Limits) -> Matched:
    """All matches between two repositories of a corpus, in order of their units."""
    corpus, weights = scorer.corpus, scorer.weights
    classes = equal_units(corpus)
    sides = side(corpus, classes, left), side(corpus, classes, right)
    scores = scorer.scores(*candidates(corpus, weights, sides[0].first, sides[1].first), hopeful)
    strict = judge((_differ(corpus, sides[0], left), _differ(corpus, sides[1], right)), limits.chance)
    files, related = corresponding(corpus, sides, scores, scorer.totals, strict)
    scores = _together(corpus, scores, scorer.scores(*neighbours(corpus, names, sides, files), hopeful))
    places = [near(corpus, sides, scores, known) for known in (files, related)]
    judging = replace(strict, near=places[0], related=places[1] > 0)
    good = np.flatnonzero(judging.accepts(scores))
    scores, judging = scores[good], judging[good]
    runner_up = ~assign(scores, scorer, judging, (sides[0].counts, sides[1].counts))
    wanted = np.flatnonzero(limits.runners_up | ~runner_up)
    matched = Matched(scores, judging.chance(scores), runner_up, _second(scores, runner_up))[wanted]
    twins = _twins(corpus, scorer, left, right, judging.pairs)
    return _first(twins, _expanded(corpus, names, sides, matched, judging.is_everywhere(scores)[wanted]))


def _second(scores: Scores, runner_up: Array) -> tuple[Array, Array]:
    left, right = (np.setdiff1d(scores.units(side), scores.units(side)[~runner_up]) for side in (LEFT, RIGHT))
    return left, right


def _differ(corpus: Corpus, side: Side, repository: int) -> int:
    """How many different units a repository has."""
    whole = corpus.wholes.get(repository)
    return whole.differ if whole else len(side.first)


def _together(corpus: Corpus, *parts: Scores) -> Scores:
    """All pairs of units once, ascending."""
    scores = joined(parts)
    _, place = np.unique(scores.left * corpus.units + scores.right, return_index=True)
    return scores[place]


def _first(twins: Matched, others: Matched) -> Matched:
    """All of both in order of their units; what is in both is as in the first."""
    every = Matched(
        joined([twins.scores, others.scores]),
        np.concatenate([twins.chance, others.chance]),
        np.concatenate([twins.runner_up, others.runner_up]),
        others.second,
    )
    order = np.lexsort((every.scores.right, every.scores.left))
    left, right = every.scores.left[order], every.scores.right[order]
    fresh = (np.diff(left, prepend=-1) != 0) | (np.diff(right, prepend=-1) != 0)
    return every[order[fresh]]


def _expanded(corpus: Corpus, names: Names, sides: tuple[Side, Side], matched: Matched, sure: Array) -> Matched:
    """The same for the units that each matched unit stands for.

    Of forty equal units each is named once, with what its set matches best, if that is `sure`; in the other matches of
    the set those that are nearest are named.
    """
    firsts = matched.scores.left, matched.scores.right
    every = sure & best(matched.scores, LEFT), sure & best(matched.scores, RIGHT)
    files = partners(corpus, sides, matched.scores)
    number, left, right = counterparts(corpus, names.units, files, sides, firsts, every)
    found = matched[number]
    return replace(found, scores=replace(found.scores, left=left, right=right))


def _twins(corpus: Corpus, scorer: Scorer, left: int, right: int, pairs: int) -> Matched:
    """The units of files that are bit for bit the same; what is judged is the whole file."""
    first: dict[tuple[str, str], int] = {}
    namesake: dict[tuple[str, str, str], int] = {}
    for number, file in enumerate(corpus.files):
        if file.repository == right and is_whole(file.blob_id):
            first.setdefault((file.kind, file.blob_id), number)
            namesake[file.kind, file.blob_id, file.path] = number
    twins = [
        (number, namesake.get((file.kind, file.blob_id, file.path), first[file.kind, file.blob_id]))
        for number, file in enumerate(corpus.files)
        if file.repository == left and (file.kind, file.blob_id) in first
    ]
    ours, theirs = np.array(twins, np.int64).reshape(-1, 2).T
    starts = np.searchsorted(corpus.unit_file, np.arange(len(corpus.files) + 1))
    segment, units = spread(starts[ours], starts[ours + 1] - starts[ours])
    bits = np.bincount(segment, scorer.totals[units], len(ours))
    worth = scorer.totals[units] > 0
    segment, units = segment[worth], units[worth]
    scores = scorer.scores(units, units + (starts[theirs] - starts[ours])[segment])
    return Matched(scores, expected(bits, pairs)[segment], np.zeros(len(units), bool))
