"""CSV: a row a match, and nothing in it that a spreadsheet would run."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given, settings

from clonescan.entities import Family, Member, Place, Report
from clonescan.report import csv as module
from clonescan.report.escape import visible
from clonescan.report.json import rounded
from report.samples import LEFT, RIGHT, example, match, reports

STARTERS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")  # noqa: RUF001 - the wide ones are meant


def _rows(report: Report) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(module.render(report), newline=""), strict=True))


def test_a_row_says_what_the_match_says() -> None:
    family = Family("f00", (Member(LEFT, "encoder/resampler.py", "Resampler.forward"), Member(RIGHT, "y.py", "g")))
    first, second = _rows(example(families=(family,)))
    assert first["id"] == match(1).id and first["clone_type"] == "renamed" and first["runner_up"] == "false"
    assert first["left_path"] == "encoder/resampler.py"
    assert (first["left_start_line"], first["right_end_line"]) == ("88", "160")
    assert float(first["evidence_bits"]) == 312.44 and first["family"] == "f00"
    assert first["renames"] == "grid_size → extent (3), pos_embed → pe (7)"
    assert "transformers 4.44.2" in second["common_origin"]


@pytest.mark.parametrize("start", STARTERS)
@pytest.mark.parametrize("blank", ["", "  "])
def test_no_cell_begins_like_a_formula(start: str, blank: str) -> None:
    name = f"{blank}{start}cmd|' /C calc'!A0"
    [row] = _rows(example(matches=(match(left=Place(name, name, name, 1, 2, name)),)))
    for cell in row.values():
        assert not cell.lstrip().startswith(STARTERS)
    assert row["left_unit"] == ("'" + name if start not in "\t\r" else visible(name))


@settings(deadline=None, max_examples=80)
@given(reports())
def test_any_report_is_read_back(report: Report) -> None:
    rows = _rows(report)
    assert len(rows) == len(report.matches)
    for row, found in zip(rows, rounded(report).matches, strict=True):
        assert None not in row and None not in row.values()
        assert _given(row["left_unit"]) == visible(found.left.unit)
        assert _given(row["right_path"]) == visible(found.right.path)
        assert float(row["net_bits"]) == found.net_bits
        assert not any(cell.lstrip().startswith(STARTERS) for key, cell in row.items() if "bits" not in key)


def _given(cell: str) -> str:
    """What was written: one apostrophe taken away."""
    return cell[1:] if cell.startswith("'") else cell
