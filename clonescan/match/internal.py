"""Matches a repository with itself: the units that it has twice."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from clonescan.fingerprint import Array
from clonescan.match.assign import best
from clonescan.match.candidates import candidates
from clonescan.match.chance import expected
from clonescan.match.corpus import Corpus
from clonescan.match.equal import Side, equal_units, side
from clonescan.match.judge import hopeful, judge
from clonescan.match.pair import Matched
from clonescan.match.score import Scorer, joined
from clonescan.match.shared import LEFT, RIGHT


def match_within(scorer: Scorer, repository: int, chance: float) -> Matched:
    """The pairs of units of one repository that match, the earlier unit on the left.

    Of a set of equal units the first is matched with each of the others. Others are matched if each is the best match
    of one of the two. `chance` as for two repositories.
    """
    corpus = scorer.corpus
    own = side(corpus, equal_units(corpus), repository)
    pairs = judge((len(own.first), len(own.first)), chance)
    left, right = candidates(corpus, scorer.weights, own.first, own.first)
    once = left < right
    alike = scorer.scores(left[once], right[once], hopeful)
    anywhere = replace(pairs, near=np.zeros(len(alike), np.int64), related=np.zeros(len(alike), bool))
    alike = alike[np.flatnonzero(anywhere.accepts(alike))]
    alike = alike[np.flatnonzero(best(alike, LEFT) | best(alike, RIGHT))]
    equal = scorer.scores(*_equal(corpus, own), hopeful)
    equal = equal[np.flatnonzero(equal.strength >= pairs.bar)]
    scores = joined([equal, alike])
    scores = scores[np.lexsort((scores.right, scores.left))]
    return Matched(scores, expected(scores.strength, pairs.pairs), np.zeros(len(scores), bool))


def _equal(corpus: Corpus, own: Side) -> tuple[Array, Array]:
    """The first unit of each set of equal units with each of the others."""
    number, units = own.equal_to(own.first)
    firsts = own.first[number]
    others = units != firsts
    return firsts[others], units[others]
