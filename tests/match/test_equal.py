"""Which of several equal units is the counterpart of which."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clonescan.fingerprint import STRUCTURE
from clonescan.match.corpus import File
from clonescan.match.equal import Side, counterparts, side
from match.test_score import corpus
from match.test_weights import corpus as read

look = st.tuples(*(st.integers(0, 2) for _ in range(3)))
"""The file, name and path of a unit."""

partner = st.lists(st.integers(-1, 11), min_size=12, max_size=12)
"""For each unit the other one whose file is its file's partner; here each unit is a file."""


some = st.lists(look, min_size=1, max_size=6)


@given(some, some, partner, st.booleans(), st.booleans())
def test_the_most_alike_are_counterparts(
    ours: list[tuple[int, ...]],
    theirs: list[tuple[int, ...]],
    partners: list[int],
    each: bool,
    each_other: bool,
) -> None:
    """By file, name, path, partner, then order; all of a side are asked for, or only those that are each other's."""
    looks = [*ours, *theirs]
    left, right = range(len(ours)), range(len(ours), len(looks))

    def nearest(unit: int, others: range) -> int:
        def differences(other: int) -> tuple[int, ...]:
            looked = zip(looks[unit], looks[other], strict=True)
            return (*(a != b for a, b in looked), partners[unit] != other, other)

        return min(others, key=differences)

    forth = {(unit, nearest(unit, right)) for unit in left}
    back = {(nearest(unit, left), unit) for unit in right}
    blank = read({"a.py": "x = 1\n"}).files[0].fingerprint
    files = [File(0, str(path), "code", str(blob), "", blank) for blob, _, path in looks]
    every = replace(corpus([{} for _ in looks], [STRUCTURE] * 24), files=files)
    repositories = np.array([0] * len(ours) + [1] * len(theirs))
    every = replace(every, unit_repository=repositories, unit_file=np.arange(len(looks)))
    classes = np.zeros(len(looks), np.uint64)
    sides: tuple[Side, Side] = side(every, classes, 0), side(every, classes, 1)
    names = np.array([name for _, name, _ in looks])
    first = np.array([0]), np.array([len(ours)])
    number, *units = counterparts(
        every, names, np.array(partners), sides, first, (np.array([each]), np.array([each_other]))
    )
    found = list(zip(*(column.tolist() for column in units), strict=True))
    assert not number.any()
    assert found == sorted((forth & back) | (forth if each else set()) | (back if each_other else set()))
