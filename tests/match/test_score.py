"""Candidates and scores of made-up units against the same computed one pair at a time, as it is defined."""

from __future__ import annotations

from collections import Counter
from itertools import permutations, product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonescan import segments
from clonescan.fingerprint import ANCHOR, NAME, ORDER, STRUCTURE, Array
from clonescan.kinds.builder import Builder
from clonescan.match import candidates as finding
from clonescan.match.corpus import Corpus, File
from clonescan.match.score import LITTLE, MOSTLY, STATEMENT_CAP, STEP, WHOLE, Scorer
from clonescan.segments import offsets

FEATURES, STATEMENTS = 24, 5
HEIGHTS = np.arange(FEATURES) % 8

MISMATCH = {"loose": 0.1, "tight": 0.25}
KINDS = tuple(MISMATCH)
EMPTY = Builder("config").fingerprint()

Unit = dict[int, int]
"""The statement that each feature of a unit is in."""

units = st.lists(
    st.dictionaries(st.integers(0, FEATURES - 1), st.integers(0, STATEMENTS - 1), max_size=14), min_size=2, max_size=8
)
weighed = st.lists(st.integers(0, 9000), min_size=FEATURES, max_size=FEATURES)
roles = st.lists(st.sampled_from([STRUCTURE, ANCHOR, NAME, ORDER]), min_size=FEATURES, max_size=FEATURES)


def corpus(made: list[Unit], role: list[int]) -> Corpus:
    """These units, of STATEMENTS statements each, the first half of them of one repository."""
    ordered = [sorted(unit.items()) for unit in made]
    nothing = np.empty(0, np.int64)
    counts = np.array([len(unit) for unit in ordered])
    return Corpus(
        files=[File(0, "", KINDS[unit % 2], "", "", EMPTY) for unit in range(len(made))],
        hashes=np.arange(FEATURES, dtype=np.uint64),
        roles=np.array(role, np.uint8),
        heights=HEIGHTS,
        inner_offsets=nothing,
        inner=nothing,
        unit_file=np.arange(len(made)),
        unit_local=np.zeros(len(made), np.int64),
        unit_repository=np.arange(len(made)) * 2 // len(made),
        offsets=offsets(counts),
        features=np.array([feature for unit in ordered for feature, _ in unit], np.int64),
        statements=np.array([statement for unit in ordered for _, statement in unit], np.int64),
        owners=np.repeat(np.arange(len(made)), counts),
        rows=nothing,
        statement_offsets=np.arange(len(made) + 1) * STATEMENTS,
        statement_shapes=np.arange(len(made) * STATEMENTS) % FEATURES,
        statement_starts=nothing,
        statement_ends=nothing,
    )


def local(number: int, unit: Unit, shared: set[int], weights: list[int], role: list[int]) -> float:
    """The best run of statements of a unit, all of them tried."""
    gains = []
    mismatch = MISMATCH[KINDS[number % 2]]
    for statement in range(STATEMENTS):
        here = {feature for feature, where in unit.items() if where == statement}
        won = sum(weights[feature] for feature in here & shared if role[feature] != NAME)
        lost = sum(weights[feature] for feature in here - shared if role[feature] in (STRUCTURE, ANCHOR))
        held = sum(weights[feature] for feature in here if role[feature] in (STRUCTURE, ANCHOR))
        height = int(HEIGHTS[(number * STATEMENTS + statement) % FEATURES]) if MOSTLY * lost <= held else STEP
        gains.append(min(won, STATEMENT_CAP * max(height, STEP) // STEP) - mismatch * lost)
    return max(sum(gains[low:high]) for low in range(STATEMENTS + 1) for high in range(low, STATEMENTS + 1))


def structural(features: set[int], weights: list[int], role: list[int]) -> int:
    """What structure and anchors weigh."""
    return sum(weights[feature] for feature in features if role[feature] in (STRUCTURE, ANCHOR))


@given(units, weighed, roles)
def test_every_pair_has_the_score_that_is_defined(made: list[Unit], weights: list[int], role: list[int]) -> None:
    pairs = np.array(list(permutations(range(len(made)), 2)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segments, "BATCH", 50)
        scores = Scorer(corpus(made, role), np.array(weights), MISMATCH).scores(pairs[:, 0], pairs[:, 1])
    for number, (left, right) in enumerate(pairs.tolist()):
        shared = made[left].keys() & made[right].keys()
        evidence, same = sum(weights[feature] for feature in shared), structural(shared, weights, role)
        names = sum(weights[feature] for feature in shared if role[feature] == NAME)
        totals = [structural(set(made[unit]), weights, role) for unit in (left, right)]
        run = min(local(unit, made[unit], shared, weights, role) for unit in (left, right))
        row = {name: getattr(scores, name)[number] for name in ("evidence", "structural", "names", "local", "strength")}
        assert (row["evidence"], row["structural"], row["names"]) == (evidence, same, names)
        assert row["local"] == pytest.approx(run, abs=1)
        assert scores.similarity[number] == pytest.approx(same / (sum(totals) - same) if any(totals) else 1)
        told = [sum(w for f, w in enumerate(weights) if f in made[unit] and role[f] != NAME) for unit in (left, right)]
        parts = zip((same, same, evidence - names, evidence - names), totals + told, strict=True)
        whole = WHOLE + max(part / max(total, LITTLE) for part, total in parts)
        assert row["strength"] == pytest.approx((row["local"] + min(names, row["local"])) * whole, abs=1)


@given(units, weighed, roles, st.integers(0, 30_000))
def test_weak_pairs_are_left_out(made: list[Unit], weights: list[int], role: list[int], least: int) -> None:
    pairs = np.array(list(permutations(range(len(made)), 2)))
    scorer = Scorer(corpus(made, role), np.array(weights), MISMATCH)
    every = scorer.scores(pairs[:, 0], pairs[:, 1])
    strong = scorer.scores(pairs[:, 0], pairs[:, 1], lambda most: most.strength >= least)
    strong, kept = (found[found.strength >= least] for found in (strong, every))
    for name in ("left", "right", "evidence", "local", "strength"):
        assert np.array_equal(getattr(strong, name), getattr(kept, name))


def best(bits: Counter[tuple[int, int]], side: int) -> set[tuple[int, int]]:
    """The best two pairs of each unit of a side, of equal ones that of the first unit of the other."""
    found = set()
    for unit in {pair[side] for pair in bits}:
        mine = [pair for pair in bits if pair[side] == unit]
        found |= set(sorted(mine, key=lambda pair: (-bits[pair], pair[1 - side]))[:2])
    return found


@given(units, weighed, st.sampled_from([1, 10, 1_000_000]))
def test_candidates_share_the_rarest(made: list[Unit], weights: list[int], batch: int) -> None:
    """Features that more than two units of a side hold find none; two candidates are kept for each unit."""
    every = corpus(made, [STRUCTURE] * FEATURES)
    sides: list[Array] = [np.flatnonzero(every.unit_repository == number) for number in (0, 1)]
    bits: Counter[tuple[int, int]] = Counter()
    for feature in range(FEATURES):
        holders = [[unit for unit in side.tolist() if feature in made[unit]] for side in sides]
        if weights[feature] and all(len(held) <= 2 for held in holders):
            bits.update(dict.fromkeys(product(*holders), weights[feature]))
    with pytest.MonkeyPatch.context() as patch:
        for module, name, value in ((finding, "RARE_CAP", 2), (finding, "KEEP", 2), (segments, "BATCH", batch)):
            patch.setattr(module, name, value)
        patch.setattr(finding, "BATCH", batch)
        left, right = finding.candidates(every, np.array(weights), *sides)
    found = list(zip(left.tolist(), right.tolist(), strict=True))
    assert found == sorted(best(bits, 0) | best(bits, 1))
