"""Rename maps: one name for one name, the most frequent pair first, and the same from either side."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from clonescan.match import renames

_names = st.sampled_from(["grid", "extent", "scale", "wave", "x"])
counted = st.dictionaries(st.tuples(_names, _names), st.integers(1, 9), max_size=12)


Counts = dict[tuple[str, str], int]


def numbered(pairs: Counts) -> tuple[renames.Pairs, list[str]]:
    """The pairs as arrays of one group, and the names by number."""
    strings = sorted({name for pair in pairs for name in pair}, reverse=True)
    rows = [(0, strings.index(left), strings.index(right), count) for (left, right), count in pairs.items()]
    return renames.counted(*np.array(rows, np.int64).reshape(-1, 4).T), strings


def named(pairs: renames.Pairs, values: Iterable[float], strings: list[str]) -> dict[tuple[str, str], float]:
    """Values of pairs by their names."""
    keys = zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)
    return {(strings[left], strings[right]): value for (left, right), value in zip(keys, values, strict=True)}


def one_to_one(pairs: Counts) -> dict[tuple[str, str], float]:
    """The pairs that are kept with their counts, in order."""
    found, strings = numbered(pairs)
    kept = found[renames.one_to_one(found, strings)]
    return named(kept, kept.count.tolist(), strings)


def consistency(pairs: Counts) -> dict[tuple[str, str], float]:
    """The share of each pair."""
    found, strings = numbered(pairs)
    return named(found, renames.consistency(found).tolist(), strings)


@given(counted)
def test_no_name_stands_for_two(pairs: Counts) -> None:
    kept = one_to_one(pairs)
    assert len({left for left, _ in kept}) == len({right for _, right in kept}) == len(kept)
    assert kept.items() <= pairs.items()
    assert list(kept.values()) == sorted(kept.values(), reverse=True)


@given(counted)
def test_no_pair_is_left_out_that_has_its_names_for_itself(pairs: Counts) -> None:
    """What is not kept loses to one that is at least as frequent."""
    kept = one_to_one(pairs)
    for (left, right), count in pairs.items():
        rivals = [number for (a, b), number in kept.items() if a == left or b == right]
        assert rivals and max(rivals) >= count


@given(counted)
def test_both_sides_see_the_same(pairs: Counts) -> None:
    turned = {(right, left): count for (left, right), count in pairs.items()}
    assert one_to_one(turned) == {(right, left): count for (left, right), count in one_to_one(pairs).items()}


@given(counted)
def test_the_share_of_a_pair_is_in_0_to_1(pairs: Counts) -> None:
    shares = consistency(pairs)
    assert shares.keys() == pairs.keys()
    for (left, right), share in shares.items():
        alone = sum(left == a or right == b for a, b in pairs) == 1
        assert 0 < share <= 1 and (share == 1) == alone


def test_names_that_stayed_take_their_place() -> None:
    """`x` stayed `x` where that is its most frequent counterpart, and became nothing else."""
    kept = one_to_one({("x", "x"): 5, ("x", "grid"): 2, ("y", "x"): 3, ("y", "h"): 1})
    assert kept == {("x", "x"): 5, ("y", "h"): 1}


def test_groups_have_nothing_to_do_with_each_other() -> None:
    """A name of one match is free in the next."""
    pairs = renames.Pairs(*(np.array(column) for column in ([0, 1, 1], [0, 0, 2], [1, 1, 1], [2, 1, 3])))
    assert renames.one_to_one(pairs, ["a", "b", "c"]).tolist() == [0, 2]
