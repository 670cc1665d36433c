"""Rename maps: one name for one name, the most frequent pair first, and the same from either side."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clonescan.match.renames import consistency, one_to_one, renames

_names = st.sampled_from(["grid", "extent", "scale", "wave", "x"])
counted = st.dictionaries(st.tuples(_names, _names), st.integers(1, 9), max_size=12)


@given(counted)
def test_no_name_stands_for_two(pairs: dict[tuple[str, str], int]) -> None:
    kept = one_to_one(pairs)
    assert len({left for left, _ in kept}) == len({right for _, right in kept}) == len(kept)
    assert kept.items() <= pairs.items()
    assert list(kept.values()) == sorted(kept.values(), reverse=True)


@given(counted)
def test_no_pair_is_left_out_that_has_its_names_for_itself(pairs: dict[tuple[str, str], int]) -> None:
    """What is not kept loses to one that is at least as frequent."""
    kept = one_to_one(pairs)
    for (left, right), count in pairs.items():
        rivals = [number for (a, b), number in kept.items() if a == left or b == right]
        assert rivals and max(rivals) >= count


@given(counted)
def test_both_sides_see_the_same(pairs: dict[tuple[str, str], int]) -> None:
    turned = {(right, left): count for (left, right), count in pairs.items()}
    assert one_to_one(turned) == {(right, left): count for (left, right), count in one_to_one(pairs).items()}


@given(counted)
def test_the_share_of_a_pair_is_in_0_to_1(pairs: dict[tuple[str, str], int]) -> None:
    shares = consistency(pairs)
    assert shares.keys() == pairs.keys()
    for (left, right), share in shares.items():
        alone = sum(left == a or right == b for a, b in pairs) == 1
        assert 0 < share <= 1 and (share == 1) == alone


def test_names_that_stayed_take_their_place_and_are_not_told() -> None:
    """`x` stayed `x` where that is its most frequent counterpart, and is no rename."""
    found = renames({("x", "x"): 5, ("x", "grid"): 2, ("y", "x"): 3, ("y", "h"): 1})
    assert [(one.left, one.right, one.count) for one in found] == [("y", "h", 1)]
