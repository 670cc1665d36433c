"""All formats alike: text without anything that a terminal obeys, the same for the same report, files of their own."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings

from clonescan.entities import Place, Report
from clonescan.errors import UsageError
from clonescan.report import FORMATS, chosen
from clonescan.report.json import load
from clonescan.report.output import outputs, write_all
from clonescan.results import Result
from report.samples import HOSTILE, LEFT, audits, example, match, reports


@settings(deadline=None, max_examples=40)
@given(reports() | audits())
def test_any_report_is_printable_and_comes_out_of_json_the_same(report: Report) -> None:
    saved = load(FORMATS["json"].render(report))
    for name, format in FORMATS.items():
        text = format.render(report)
        assert text.endswith("\n") and all(char.isprintable() or char == "\n" for char in text), name
        assert format.render(saved) == text, name


@pytest.mark.parametrize("name", FORMATS)
def test_hostile_names_do_not_stop_a_file(name: str, tmp_path: Path) -> None:
    report = example(matches=(match(left=Place(LEFT, HOSTILE, HOSTILE, 1, 2)),))
    write_all(Result(report).shown, outputs([name], str(tmp_path / "report")), {}, 20, verbose=False)
    assert (tmp_path / "report").read_text("utf-8") == chosen(name).render(report)


def test_file_names_differ() -> None:
    assert len({format.file_name for format in FORMATS.values()}) == len(FORMATS)


def test_a_folder_is_made_only_when_there_is_something_to_write(tmp_path: Path) -> None:
    wanted = outputs(["json", "csv", "json"], str(tmp_path / "new"))
    assert len(wanted) == 2 and not (tmp_path / "new").exists()
    write_all(Result(example()).shown, wanted, {}, 20, verbose=False)
    assert {path.name for path in (tmp_path / "new").iterdir()} == {"report.json", "matches.csv"}


def test_an_unknown_format_is_refused_with_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match='no format "xml"; choose one of text, json'):
        outputs(["json", "xml"], str(tmp_path))
