"""Decides which candidates are matches: each copied region is explained once, an original may explain many copies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from clonescan.fingerprint import Array
from clonescan.match.score import Score, Scorer

LEAF_SIMILARITY = 0.5
"""What a copy needs to be reported beside a better copy of the same unit, as containment of it in that unit.

A unit that is the best match of another, which itself has a better one, may be a second copy, or only a sibling of the
true one; a sibling of which less than half is shared says nothing new."""

REMAINDER = 0.1
"""A unit of which less than this share is unexplained needs no second original."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """A candidate with its verdict."""

    score: Score
    runner_up: bool


class Judge:
    """What makes a score a match: its strength against a bar in millibits."""

    def __init__(self, bar: int) -> None:
        self.bar = bar

    def accepts(self, score: Score) -> bool:
        """Whether chance alone would not show this."""
        return score.strength >= self.bar


def assign(scores: Sequence[Score], scorer: Scorer, judge: Judge) -> list[Assigned]:
    """Choose among the candidates of one pair of repositories. The choice is the same with the sides swapped."""
    good = [score for score in scores if judge.accepts(score)]
    from_left = _covers(good, scorer, judge, left=True)
    from_right = _covers(good, scorer, judge, left=False)
    found = []
    for score in good:
        pair = (score.left, score.right)
        ours, theirs = pair in from_left, pair in from_right
        if ours and theirs:
            found.append(Assigned(score, False))
        elif ours or theirs:
            leaf = score.containment[0 if ours else 1]
            found.append(Assigned(score, leaf < LEAF_SIMILARITY))
        else:
            found.append(Assigned(score, True))
    return found


def _covers(scores: Iterable[Score], scorer: Scorer, judge: Judge, left: bool) -> set[tuple[int, int]]:
    """For each unit of one side the candidates that explain it: the best, then what explains a good part of the rest."""
    of: Mapping[int, list[Score]] = defaultdict(list)
    for score in scores:
        of[score.left if left else score.right].append(score)
    chosen: set[tuple[int, int]] = set()
    for unit, options in of.items():
        options.sort(key=lambda score: (-score.evidence, -score.similarity, score.right if left else score.left))
        chosen |= _cover(unit, options, scorer, judge, left)
    return chosen


def _cover(unit: int, options: Sequence[Score], scorer: Scorer, judge: Judge, left: bool) -> set[tuple[int, int]]:
    best = options[0]
    chosen = {(best.left, best.right)}
    total = best.left_total if left else best.right_total
    explained: Array = scorer.shared(best.left, best.right)
    nothing = np.empty(0, explained.dtype)
    open_bits = total - best.structural
    for option in options[1:]:
        if open_bits < max(judge.bar // 2, REMAINDER * total):
            break
        rest = scorer.score(option.left, option.right, (explained, nothing))
        if judge.accepts(rest):
            chosen.add((option.left, option.right))
            explained = np.union1d(explained, scorer.shared(option.left, option.right))
            open_bits -= rest.structural
    return chosen
