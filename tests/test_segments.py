"""Arithmetic on segments against the same done one segment at a time."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonescan import segments
from clonescan.fingerprint import Array

runs = st.lists(st.lists(st.integers(-9, 9), max_size=6), max_size=8)
numbers = st.lists(st.integers(-(2**40), 2**40), max_size=20)


def ints(values: list[int]) -> Array:
    """Integers as an array."""
    return np.array(values, np.int64)


def best_run(gains: list[int]) -> int:
    """The largest sum of a run, all of them tried."""
    return max(sum(gains[low:high]) for low in range(len(gains) + 1) for high in range(low, len(gains) + 1))


@given(runs)
def test_the_best_run_of_each_segment(gains: list[list[int]]) -> None:
    flat = ints([gain for segment in gains for gain in segment])
    found = segments.best_runs(flat, ints([len(segment) for segment in gains]))
    assert found.tolist() == [best_run(segment) for segment in gains]


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 5)), max_size=10))
def test_spread_lists_every_place(stretches: list[tuple[int, int]]) -> None:
    starts, counts = ints([start for start, _ in stretches]), ints([count for _, count in stretches])
    segment, place = segments.spread(starts, counts)
    expected = [(n, start + i) for n, (start, count) in enumerate(stretches) for i in range(count)]
    assert list(zip(segment.tolist(), place.tolist(), strict=True)) == expected


@given(numbers, numbers)
def test_distinct_and_within(values: list[int], known: list[int]) -> None:
    ordered = segments.distinct(ints(known))
    assert ordered.tolist() == sorted(set(known))
    assert segments.within(ints(values), ordered).tolist() == [value in known for value in values]


@given(st.lists(st.integers(0, 30), max_size=20))
def test_batches_are_all_segments_in_order_and_no_larger_than_asked(costs: list[int]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(segments, "BATCH", 40)
        found = [range(len(costs))[batch] for batch in segments.batches(ints(costs))]
    assert [number for batch in found for number in batch] == list(range(len(costs)))
    assert all(len(batch) == 1 or sum(costs[number] for number in batch) <= 40 for batch in found)


@given(st.lists(st.integers(0, 2**64 - 1) | st.sampled_from([0, 1, 2**63, 2**63 + 1, 2**64 - 1])))
def test_order_is_that_of_a_stable_sort_and_numbers_go_by_it(values: list[int]) -> None:
    """Also where the keys leave no room for their places, and differ in their last digits alone."""
    keys = np.array(values, np.uint64)
    assert segments.order(keys).tolist() == sorted(range(len(values)), key=values.__getitem__)
    first, found = segments.numbered(keys)
    known = sorted(set(values))
    assert first.tolist() == [values.index(value) for value in known]
    assert found.tolist() == [known.index(value) for value in values]
