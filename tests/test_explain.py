"""Explaining a match: it is found by its id, and both sides are read again as the report saw them."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from report.samples import LEFT, RIGHT, example, match, repository

from clonescan.cli import run
from clonescan.entities import Excerpt, Match, Place, Report
from clonescan.errors import UsageError
from clonescan.explain import both_sides, excerpts, explain, find
from clonescan.report.json import load
from clonescan.settings import Settings
from clonescan.sources import open_source

OFFLINE = Settings(use_cache=False, offline=True)


def _git(folder: Path, *arguments: str) -> str:
    who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "commit.gpgsign=false")
    return subprocess.run(
        ["git", "-C", str(folder), *who, *arguments], check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Two plain folders with one file each."""
    left, right = tmp_path / "left", tmp_path / "right"
    left.mkdir()
    right.mkdir()
    (left / "a.py").write_bytes(b"one\r\ntwo\r\nthree\r\n")
    (right / "b.py").write_text("eins\nzwei\n")
    return left, right


def _report(
    left: Path, right: Path, *, path: str = "a.py", lines: tuple[int, int] = (2, 3), commit: str | None = None
) -> Report:
    return example(
        repositories=(
            repository(LEFT, source=str(left), commit=commit),
            repository(RIGHT, source=str(right), commit=None),
        ),
        matches=(match(left=Place(LEFT, path, "f", *lines), right=Place(RIGHT, "b.py", "g", 1, 2)),),
    )


def _explained(report: Report) -> tuple[tuple[str, ...], str]:
    side = explain(report, report.matches[0].id, OFFLINE).left
    return side.lines, side.problem


def test_both_sides_are_read_from_their_places(folders: tuple[Path, Path]) -> None:
    report = _report(*folders)
    explanation = explain(report, report.matches[0].id, OFFLINE)
    assert explanation.left.lines == ("two", "three")
    assert explanation.right.lines == ("eins", "zwei")
    assert explanation.parameters == report.parameters


def test_a_repository_that_moved_on_is_read_at_the_commit_of_the_report(folders: tuple[Path, Path]) -> None:
    left, right = folders
    _git(left, "init", "-q")
    _git(left, "add", "a.py")
    _git(left, "commit", "-qm", "one")
    commit = _git(left, "rev-parse", "HEAD").strip()
    (left / "a.py").write_text("all new\n")
    _git(left, "commit", "-qam", "two")
    assert _explained(_report(left, right, commit=commit)) == (("two", "three"), "")


def test_a_commit_that_is_gone_is_said(folders: tuple[Path, Path]) -> None:
    lines, problem = _explained(_report(*folders, commit="1" * 40))
    assert lines == () and problem == f"{LEFT} is not what it was when the report was written."


@pytest.mark.parametrize(
    ("path", "lines", "words"),
    [
        ("gone.py", (1, 2), "gone.py is not there any more"),
        ("a.py", (3, 40), "a.py has changed: it has no line 40 any more"),
    ],
)
def test_a_file_that_changed_is_said(folders: tuple[Path, Path], path: str, lines: tuple[int, int], words: str) -> None:
    shown, problem = _explained(_report(*folders, path=path, lines=lines))
    assert shown == () and words in problem


def test_a_source_out_of_reach_is_said_and_the_other_side_stays(folders: tuple[Path, Path]) -> None:
    left, right = folders
    report = _report(left / "gone", right)
    explanation = explain(report, report.matches[0].id, OFFLINE)
    assert explanation.left.lines == () and "gone" in explanation.left.problem
    assert explanation.right.lines == ("eins", "zwei") and explanation.right.problem == ""


def test_a_cell_of_a_notebook(folders: tuple[Path, Path]) -> None:
    left, right = folders
    code = ["%magic\n", "y = 1\n", "z = 2"]
    cells = [{"cell_type": "markdown", "source": "x"}, {"cell_type": "code", "source": code}]
    (left / "n.ipynb").write_text(json.dumps({"cells": cells}))
    assert _explained(_report(left, right, path="n.ipynb#cell-2")) == (("y = 1", "z = 2"), "")
    for path in ("n.ipynb#cell-1", "n.ipynb#cell-3", "n.ipynb#cell-0", "a.py#cell-1", "gone.ipynb#cell-1"):
        lines, problem = _explained(_report(left, right, path=path))
        assert lines == () and "is not there any more" in problem


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"\xef\xbb\xbfx = '\xc3\xa4'", "x = 'ä'"),
        (b"# coding: latin-1\nx = '\xe4'", "# coding: latin-1"),
        (b"x = '\xe4'", "x = 'ä'"),
        (b"# coding: nonsense\n", "# coding: nonsense"),
        (b"one\rtwo\rthree", "one"),
    ],
)
def test_encodings(folders: tuple[Path, Path], content: bytes, line: str) -> None:
    (folders[0] / "a.py").write_bytes(content)
    assert _explained(_report(*folders, lines=(1, 1))) == ((line,), "")


def test_what_is_no_text_is_said(folders: tuple[Path, Path]) -> None:
    (folders[0] / "a.py").write_bytes(bytes(1000))
    lines, problem = _explained(_report(*folders))
    assert lines == () and "binary" in problem


def test_a_match_is_found_by_id_or_unique_prefix() -> None:
    report = example(matches=tuple(match(id=name) for name in ("abc1", "abd2", "abc")))

    def found(text: str) -> Match:
        return find(report, text)

    assert [found(text).id for text in ("abc1", "abd", "abc")] == ["abc1", "abd2", "abc"]
    with pytest.raises(UsageError, match='no match "x"'):
        found("x")
    with pytest.raises(UsageError, match='no match ""'):
        found("")
    with pytest.raises(UsageError, match='"ab" begins the ids of 3 matches'):
        found("ab")


def test_both_sides_of_all_matches_are_read_at_once(folders: tuple[Path, Path]) -> None:
    report = _report(*folders)
    left, right = both_sides(report, OFFLINE)[report.matches[0].id]
    assert (left.lines, right.lines) == (("two", "three"), ("eins", "zwei"))


def test_embedded_text_is_taken_first_and_the_rest_is_read(folders: tuple[Path, Path]) -> None:
    report = replace(_report(*folders), excerpts=(Excerpt(LEFT, "a.py", 2, 3, "kept\ntext"),))
    (folders[0] / "a.py").unlink()
    left, right = both_sides(report, OFFLINE)[report.matches[0].id]
    assert (left.lines, right.lines) == (("kept", "text"), ("eins", "zwei"))
    assert explain(report, report.matches[0].id, OFFLINE).left.lines == ("kept", "text")


def test_excerpts_are_what_is_read_back(folders: tuple[Path, Path]) -> None:
    report = _report(*folders)
    snapshots = [open_source(str(folder), OFFLINE) for folder in folders]
    found = excerpts(report, snapshots, OFFLINE)
    assert found == (Excerpt(LEFT, "a.py", 2, 3, "two\nthree"), Excerpt(RIGHT, "b.py", 1, 2, "eins\nzwei"))
    (folders[0] / "a.py").unlink()
    again = [open_source(str(folder), OFFLINE) for folder in folders]
    assert [row.repository for row in excerpts(report, again, OFFLINE)] == [RIGHT]


@pytest.fixture
def scanned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with a work tree, whose last commit is what is in it, and a plain folder with the same."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CLONESCAN_CACHE_DIR", str(tmp_path / "cache"))
    fixtures = Path(__file__).parents[1] / "fixtures"
    for name in ("original", "disguised"):
        shutil.copytree(fixtures / name, tmp_path / name)
    _git(tmp_path, "init", "-q", "original")
    _git(tmp_path / "original", "add", ".")
    _git(tmp_path / "original", "commit", "-qm", "one")
    return tmp_path


def _scan(capsys: pytest.CaptureFixture[str]) -> tuple[Match, Path, str]:
    """The strongest match in code of the two folders, the file of its left side, and how it is explained."""
    assert run(["scan", "original", "disguised", "--format", "json", "--out", "report.json"]) == 0
    found = next(match for match in load(Path("report.json").read_text()).matches if match.kind == "code")
    return found, Path("original", found.left.path), _explain(found, capsys)


def _explain(match: Match, capsys: pytest.CaptureFixture[str]) -> str:
    capsys.readouterr()
    assert run(["explain", "report.json", match.id]) == 0
    return capsys.readouterr().out


def test_a_file_edited_after_the_scan_is_read_at_the_commit(
    scanned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    match, file, before = _scan(capsys)
    lines = file.read_text().splitlines(keepends=True)
    file.write_text("".join(lines[10:]))
    assert _explain(match, capsys) == before
    _git(scanned / "original", "commit", "-qam", "two")
    assert _explain(match, capsys) == before
    file.unlink()
    assert _explain(match, capsys) == before


def test_a_file_that_was_not_committed_is_read_as_it_is_or_told_to_have_changed(
    scanned: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    _, file, _ = _scan(capsys)
    committed = file.read_text()
    file.write_text("\n" + committed)
    match, file, before = _scan(capsys)
    _git(scanned / "original", "commit", "-qam", "two")
    assert _explain(match, capsys) == before  # what was scanned has become a commit since
    file.write_text("\n\n" + committed)
    after = _explain(match, capsys)
    assert f"{match.left.path} has changed since it was compared." in after
    beside = f" = {match.right.start_line} def "
    assert beside in before and beside not in after
    assert run(["report", "report.json", "--html", "page.html"]) == 0
    assert "has changed since it was compared" in Path("page.html").read_text()


def test_a_plain_folder_that_changed_is_told(scanned: Path, capsys: pytest.CaptureFixture[str]) -> None:
    match, _, _ = _scan(capsys)
    file = Path("disguised", match.right.path)
    file.write_text("\n" + file.read_text())
    assert f"{match.right.path} has changed since it was compared." in _explain(match, capsys)


@pytest.mark.parametrize("source", ["disguised", "./disguised", "inside/disguised"])
def test_a_source_that_is_not_there_from_here_is_told(
    scanned: Path, source: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One below another folder looks like a repository of a forge, which nobody may be asked for."""
    Path("inside").mkdir()
    Path("inside/disguised").symlink_to(scanned / "disguised")
    assert run(["scan", "original", source, "--format", "json", "--out", "report.json"]) == 0
    match = load(Path("report.json").read_text()).matches[0]
    Path("elsewhere").mkdir()
    monkeypatch.chdir("elsewhere")
    assert run(["explain", "../report.json", match.id]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    told = "which the report names as seen from the folder of the scan."
    assert f"original is not, or no more, at original, {told}" in printed
    assert f"disguised is not, or no more, at {source}, {told}" in printed
