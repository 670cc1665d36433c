"""How much of a repository has a counterpart in another: all of it in itself, nothing in a stranger."""

from __future__ import annotations

from pathlib import Path

import pytest

from clonescan.entities import Report
from clonescan.scan import scan
from clonescan.settings import Settings
from match.samples import FIXTURES, IMPORTS, function, write


def compared(*sources: str, background: str = "default") -> Report:
    """A scan that keeps nothing."""
    return scan(sources, Settings(use_cache=False, jobs=1, background=background))


@pytest.mark.parametrize("background", ["default", "none"])
@pytest.mark.parametrize("name", ["original", "disguised", "bystander"])
def test_a_repository_overlaps_wholly_with_itself(name: str, background: str) -> None:
    """Every unit that holds anything is matched to itself."""
    report = compared(*[str(FIXTURES / name)] * 2, background=background)
    assert [row.overlap for row in report.overlap] == pytest.approx([1.0] * len(report.overlap))
    assert all(row.matched_units == row.units for row in report.overlap)
    assert all(row.units > 20 for row in report.overlap if row.kind in ("all", "code"))
    assert not report.renames
    itself = [
        match for match in report.matches if (match.left.path, match.left.unit) == (match.right.path, match.right.unit)
    ]
    assert len(itself) >= report.overlap[0].units
    assert all(match.clone_type == "identical" and match.similarity == 1.0 for match in itself)


def test_strangers_do_not_overlap(tmp_path: Path) -> None:
    left = write(tmp_path / "left", {"a.py": IMPORTS + function("warp", 5) + function("fold", 6)})
    right = write(tmp_path / "right", {"b.py": "def greet(name):\n    print(name)\n"})
    assert all(row.overlap == row.evidence_bits == row.matched_units == 0 for row in compared(left, right).overlap)


def test_overlap_has_a_direction(tmp_path: Path) -> None:
    """A small repository that is wholly in a large one."""
    small = IMPORTS + function("warp", 5)
    large = small + "".join(function(f"own{seed}", seed) for seed in range(10, 19))
    left, right = write(tmp_path / "left", {"a.py": small}), write(tmp_path / "right", {"b.py": large})
    rows = {(row.from_repository, row.kind): row for row in compared(left, right).overlap}
    assert set(rows) == {("left", "all"), ("left", "code"), ("right", "all"), ("right", "code")}
    assert rows["left", "all"].overlap > 0.95
    assert 0.03 < rows["right", "all"].overlap < 0.25
    assert rows["right", "all"].matched_units == 1 and rows["right", "all"].units == 10
    for (side, kind), row in rows.items():
        assert row.overlap == rows[side, "all"].overlap and kind in ("all", "code")
        assert 0 <= row.net_bits <= row.evidence_bits


def test_what_is_copied_twice_counts_once(tmp_path: Path) -> None:
    """Two originals of one function do not make more of it than it holds."""
    left = write(tmp_path / "left", {"a.py": IMPORTS + function("warp", 5)})
    copies = IMPORTS + function("one", 5, local="a") + function("two", 5, local="b")
    right = write(tmp_path / "right", {"b.py": copies})
    rows = [row for row in compared(left, right).overlap if row.kind == "all"]
    assert all(0.9 < row.overlap <= 1.0 for row in rows)
    assert [row.matched_units for row in rows] == [1, 2]
