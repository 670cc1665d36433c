"""Decides which candidates are matches: each copied region is explained once, an original may explain many copies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from clonescan.fingerprint import Array
from clonescan.match.score import Score, Scorer

AS_SIMILAR = 0.9
"""How similar a unit must be to an original, against the best copy of that original, to count as one more copy of it.

An original with two copies and a copy with two possible originals, one of them a sibling of the true one, look alike.
What tells them apart is that copies are about equally near, and siblings are not."""

CHANGED_MORE = 0.5
"""The same for a side of which most such units are about as similar as the best one."""

INSIDE = 0.7
KEPT = 3_000
"""A unit of which this share is inside another is a piece of it if it holds millibits that no better piece does."""

REMAINDER = 0.1
"""A unit of which less than this share is unexplained needs no second original."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """A candidate with its verdict."""

    score: Score
    runner_up: bool


class Judge:
    """What makes a score a match: its strength against a bar in millibits, and against a higher one to be sure."""

    def __init__(self, bar: int, sure: int) -> None:
        self.bar = bar
        self.sure = sure

    def accepts(self, score: Score) -> bool:
        """Whether chance alone would not show this."""
        return score.strength >= self.bar

    def is_sure(self, score: Score) -> bool:
        """Whether it stands beyond the best one, too: a coincidence with one unit is one with all of its siblings."""
        return score.strength >= self.sure


def assign(scores: Sequence[Score], scorer: Scorer, judge: Judge, equals: Mapping[int, int]) -> list[Assigned]:
    """Choose among the candidates of one pair of repositories. The choice is the same with the sides swapped.

    `equals`: for how many equal units of its repository each unit stands; so many counterparts may each be the best.
    """
    good = [score for score in scores if judge.accepts(score)]
    from_left = _covers(good, scorer, judge, equals, left=True)
    from_right = _covers(good, scorer, judge, equals, left=False)
    known = {(score.left, score.right): score for score in good}
    explains = _grouped(from_left, 0), _grouped(from_right, 1)
    further: dict[bool, dict[Score, float]] = {True: {}, False: {}}
    pieces: set[Score] = set()
    for score in good:
        pair = (score.left, score.right)
        ours = pair in from_left
        if ours != (pair in from_right):
            partners = explains[1][score.right] if ours else explains[0][score.left]
            best = max(known[(unit, score.right) if ours else (score.left, unit)].similarity for unit in partners)
            further[ours][score] = score.similarity / best if best else 1.0
            if score.containment[0 if ours else 1] >= INSIDE and _keeps_more(score, partners, scorer):
                pieces.add(score)
    copies = pieces | _copies(further[True]) | _copies(further[False])
    mutual = from_left & from_right
    copies = {score for score in copies if judge.is_sure(score)}
    return [Assigned(score, (score.left, score.right) not in mutual and score not in copies) for score in good]


def _copies(further: Mapping[Score, float]) -> set[Score]:
    """Which of a side's units that are not the best copy of their original are copies of it all the same.

    `further` gives how similar each is to the original, against the best copy. Where most are about as similar, the
    side holds copies, and the others are copies that were changed more; where few are, they are siblings.
    """
    near = {score for score, ratio in further.items() if ratio >= AS_SIMILAR}
    if len(near) * 2 >= len(further):
        return {score for score, ratio in further.items() if ratio >= CHANGED_MORE}
    return near


def _keeps_more(score: Score, partners: Sequence[int], scorer: Scorer) -> bool:
    """Whether a pair shares what the better counterparts do not have."""
    held = np.unique(np.concatenate([scorer.corpus.held(unit) for unit in partners]))
    rest = scorer.score(score.left, score.right, (held, held[:0]))
    return rest.structural >= KEPT


def _grouped(pairs: Iterable[tuple[int, int]], side: int) -> dict[int, list[int]]:
    """The counterparts of each unit of one side."""
    groups: dict[int, list[int]] = defaultdict(list)
    for pair in sorted(pairs):
        groups[pair[side]].append(pair[1 - side])
    return groups


def _covers(
    scores: Iterable[Score], scorer: Scorer, judge: Judge, equals: Mapping[int, int], left: bool
) -> set[tuple[int, int]]:
    """For each unit of one side the candidates that explain it: the best, one for each unit that equals it, then others
    for what is left of it."""
    of: Mapping[int, list[Score]] = defaultdict(list)
    for score in scores:
        of[score.left if left else score.right].append(score)
    chosen: set[tuple[int, int]] = set()
    for unit, options in of.items():
        options.sort(key=lambda score: (-score.evidence, -score.similarity, score.right if left else score.left))
        chosen |= {(score.left, score.right) for score in options[: equals[unit]]}
        chosen |= _cover(options, scorer, judge, left)
    return chosen


def _cover(options: Sequence[Score], scorer: Scorer, judge: Judge, left: bool) -> set[tuple[int, int]]:
    """Greedy set cover over the features of one unit; `options` come best first."""
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
