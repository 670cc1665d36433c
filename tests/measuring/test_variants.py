"""The method with a part left out still runs, and what is left out shows."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools.variants import AS_IT_IS, VARIANTS

import clonescan

FIXTURES = Path(clonescan.__file__).parents[1] / "fixtures"
UNSEEN = {"all of it", "masking"}
"""What leaves the fixtures as they are: nothing of the background is in them."""


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, float]:
    """The matches of the fixtures with their bits."""
    return bits(AS_IT_IS.scan(FIXTURES / "original", FIXTURES / "disguised", tmp_path_factory.mktemp("cache")))


def bits(report: clonescan.Report) -> dict[str, float]:
    """The bits of each match."""
    return {f"{match.left.unit} = {match.right.unit}": match.evidence_bits for match in report.matches}


@pytest.mark.parametrize("name", VARIANTS)
def test_a_part_can_be_left_out(name: str, whole: dict[str, float], tmp_path: Path) -> None:
    found = bits(VARIANTS[name].scan(FIXTURES / "original", FIXTURES / "disguised", tmp_path))
    assert found
    assert (found == whole) == (name in UNSEEN)
