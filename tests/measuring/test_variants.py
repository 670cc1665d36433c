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
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for all of them, as in a measurement."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def whole(cache: Path) -> dict[str, float]:
    """The matches of the fixtures with their bits."""
    return bits(AS_IT_IS.scan(FIXTURES / "original", FIXTURES / "disguised", cache))


def bits(report: clonescan.Report) -> dict[str, float]:
    """The bits of each match."""
    return {f"{match.left.unit} = {match.right.unit}": match.evidence_bits for match in report.matches}


@pytest.mark.parametrize("name", VARIANTS)
def test_a_part_can_be_left_out(name: str, whole: dict[str, float], cache: Path) -> None:
    found = bits(VARIANTS[name].scan(FIXTURES / "original", FIXTURES / "disguised", cache))
    assert found
    assert (found == whole) == (name in UNSEEN)
