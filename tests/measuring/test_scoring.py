"""The one rule by which all tools are judged, on made-up matches."""

from __future__ import annotations

import pytest
from harness.intervals import of_count, of_share
from harness.scoring import Found, Lines, Pair, curve, score

PAIR = Pair(Lines("a.py", 1, 10), Lines("b.py", 101, 110), siblings=(Lines("c.py", 1, 10),))


def found(left: Lines, right: Lines, weight: float = 1.0) -> Found:
    """A match."""
    return Found(left, right, weight)


def test_half_of_the_smaller_range_is_enough() -> None:
    """On both sides, and less is not."""
    assert score([PAIR], [found(Lines("a.py", 6, 20), Lines("b.py", 100, 108))]).recall == 1
    assert score([PAIR], [found(Lines("a.py", 7, 20), Lines("b.py", 100, 108))]).recall == 0


def test_a_sibling_of_the_original_is_right_but_not_exact() -> None:
    """Nothing tells which of the two was taken."""
    result = score([PAIR], [found(Lines("c.py", 1, 10), PAIR.right)])
    assert (result.recall, result.precision, result.exact) == (1, 1, 0)


def test_every_other_match_is_wrong() -> None:
    """In planted code and elsewhere."""
    result = score([PAIR], [found(PAIR.left, PAIR.right), found(Lines("d.py", 1, 9), PAIR.right),
                            found(PAIR.left, Lines("b.py", 1, 9)), found(PAIR.left, Lines("e.py", 1, 9))])  # fmt: skip
    assert (len(result.wrong), len(result.unplanted), result.precision) == (1, 2, 0.25)


def test_the_curve_goes_from_the_strongest_match_to_all() -> None:
    """Precision falls where weak matches are wrong."""
    rows = curve([PAIR], [found(PAIR.left, PAIR.right, 9), found(PAIR.left, Lines("e.py", 1, 9), 1)])
    assert rows[0] == (9, 1, 1)
    assert rows[-1] == (1, 1, 0.5)


def test_the_interval_holds_the_share() -> None:
    """Also at its ends."""
    assert of_share(10, 10)[0] < 1 == of_share(10, 10)[1]
    assert of_share(0, 10)[0] == 0 < of_share(0, 10)[1]
    assert of_count(0) == pytest.approx((0, 3.7), abs=0.1)
    assert of_count(10) == pytest.approx((4.8, 18.4), abs=0.1)
