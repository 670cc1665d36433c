"""Decides which candidates are matches: each copied region is explained once, an original may explain many copies."""

from __future__ import annotations

import numpy as np

from clonescan.fingerprint import Array
from clonescan.match.judge import Judge
from clonescan.match.score import Scorer, Scores
from clonescan.match.shared import LEFT, RIGHT

AS_SIMILAR = 0.9
"""How similar a unit must be to an original, against the best copy of that original, to count as one more copy of it.

An original with two copies and a copy with two possible originals, one of them a sibling of the true one, look alike.
What tells them apart is that copies are about equally near, and siblings are not."""

INSIDE = 0.7
KEPT = 0.25
"""A unit of which this share is inside another is a piece of it if no better piece holds so much of what they share."""

REMAINDER = 0.1
"""A unit of which less than this share is unexplained needs no second original."""


def assign(scores: Scores, scorer: Scorer, judge: Judge, equals: tuple[Array, Array]) -> Array:
    """Choose among accepted candidates of one pair of repositories: which of them are matches and no runners-up.

    `equals`: for how many equal units of each side each unit stands; so many counterparts may each be the best. The
    choice is the same with the sides swapped.
    """
    covers = [_cover(scores, scorer, judge, side, equals[side]) for side in (LEFT, RIGHT)]
    further = np.zeros(len(scores), bool)
    for side in (LEFT, RIGHT):
        mine, original = np.flatnonzero(covers[side] & ~covers[1 - side]), covers[1 - side]
        further[mine[_nearness(scores, mine, original, side) >= AS_SIMILAR]] = True
        inside = mine[scores.containment[side][mine] >= INSIDE]
        further[inside[_keeps_more(scores, scorer, inside, original, side)]] = True
    return _left_over(scores, covers[LEFT] & covers[RIGHT]) | (further & judge.is_sure(scores))


def _left_over(scores: Scores, found: Array) -> Array:
    """The same with matches between units that have none: the best of one may have gone to a better one of its own.

    Best pairs first, turn by turn, as in a stable matching (Gale and Shapley, 1962).
    """
    found = found.copy()
    while True:
        free = np.ones(len(scores), bool)
        for side in (LEFT, RIGHT):
            free &= ~np.isin(scores.units(side), scores.units(side)[found])
        rows = np.flatnonzero(free)
        if not len(rows):
            return found
        found[rows[best(scores[rows], LEFT) & best(scores[rows], RIGHT)]] = True


def _nearness(scores: Scores, mine: Array, better: Array, side: int) -> Array:
    """How near units of a side are to their originals, against the best of those that explain these: by similarity or
    by what they share, whichever is less. Around a stretch of code in a long function all similarities are low."""
    originals = scores.units(1 - side)
    found = np.ones(len(mine))
    for near in (scores.similarity, scores.structural.astype(np.float64)):
        best = np.zeros(int(originals.max(initial=-1)) + 1)
        np.maximum.at(best, originals[better], near[better])
        best = best[originals[mine]]
        found = np.minimum(found, np.divide(near[mine], best, out=np.ones(len(mine)), where=best > 0))
    return found


def _keeps_more(scores: Scores, scorer: Scorer, mine: Array, better: Array, side: int) -> Array:
    """Whether pairs share what the better counterparts of the original do not have."""
    taken = _held(scores, scorer, better, 1 - side)
    found = np.zeros(len(mine), bool)
    left, right = scores.left[mine], scores.right[mine]
    for batch, shared in scorer.shared(left, right):
        rest = scorer.score(left[batch], right[batch], shared[~taken[shared.rows(1 - side)]])
        found[batch] = rest.structural >= KEPT * scores.structural[mine][batch]
    return found


def best(scores: Scores, side: int) -> Array:
    """Which pairs are the best of their unit of a side."""
    order, starts = _ranked(scores, side)
    found = np.zeros(len(scores), bool)
    found[order[starts]] = True
    return found


def _ranked(scores: Scores, side: int) -> tuple[Array, Array]:
    """The pairs by their unit of a side, best first, and where each unit begins."""
    units, others = scores.units(side), scores.units(1 - side)
    order = np.lexsort((others, -scores.similarity, -scores.evidence, units))
    return order, np.flatnonzero(np.diff(units[order], prepend=-1))


def _cover(scores: Scores, scorer: Scorer, judge: Judge, side: int, equals: Array) -> Array:
    """For each unit of one side the candidates that explain it: the best, one for each unit that equals it, then others
    for what is left of it.

    Greedy set cover over the features of each unit. All units take turns together: the second turn is for the second
    best candidate of every unit that the best one does not explain.
    """
    units, (order, starts) = scores.units(side), _ranked(scores, side)
    counts = np.diff(starts, append=len(order))
    chosen = np.zeros(len(scores), bool)
    chosen[order] = np.arange(len(order)) - np.repeat(starts, counts) < equals[units[order]]
    best = order[starts]
    total = scorer.totals[units[best]]
    enough = np.maximum(judge.bar // 2, REMAINDER * total)
    open_bits = total - scores.structural[best]
    explained = _held(scores, scorer, best, side)
    pending = np.arange(len(starts))
    turn = 1
    while len(pending := pending[(counts[pending] > turn) & (open_bits[pending] >= enough[pending])]):
        rows = order[starts[pending] + turn]
        for batch, shared in scorer.shared(scores.left[rows], scores.right[rows]):
            which, unit, ours = rows[batch], pending[batch], shared.rows(side)
            rest = scorer.score(scores.left[which], scores.right[which], shared[~explained[ours]])
            accepted = judge[which].accepts(rest)
            chosen[which] |= accepted
            explained[ours[accepted[shared.pair]]] = True
            open_bits[unit] -= np.where(accepted, rest.structural, 0)
        turn += 1
    return chosen


def _held(scores: Scores, scorer: Scorer, chosen: Array, side: int) -> Array:
    """Which features of the units of a side are shared in the chosen candidates, by their places in all units."""
    found = np.zeros(len(scorer.corpus.features), bool)
    for _, shared in scorer.shared(scores.left[chosen], scores.right[chosen]):
        found[shared.rows(side)] = True
    return found
