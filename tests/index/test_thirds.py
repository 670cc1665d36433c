"""What both sides of a scan share with an indexed repository has its origin there, unless that is one of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from match.samples import fixture, function, write

from clonescan.cli import run
from clonescan.entities import Match, Report
from clonescan.report.markdown import render as markdown
from clonescan.report.text import render
from clonescan.results import scan as kept
from clonescan.scan import scan
from clonescan.settings import Settings

from .conftest import added, module

OWN = range(900, 912)


def project(folder: Path, seeds: dict[int, str], local: str, name: str) -> str:
    """A repository with code of its own and functions from these seeds under these names."""
    functions = "".join(function(called, seed, local=local) for seed, called in seeds.items())
    return write(folder, {"model.py": f"import torch\n\n\n{functions}", **fixture(name)})


@pytest.fixture
def sides(tmp_path: Path) -> tuple[str, str]:
    """Two repositories that share `taken`, which the library has, and `own`, which it has not."""
    left = project(tmp_path / "left", {7: "taken", 8: "own"}, "a", "original")
    return left, project(tmp_path / "right", {7: "got", 8: "owned"}, "b", "bystander")


def library(folder: Path, *more: int) -> str:
    """A repository that is indexed: it has function 7, and others that nobody took."""
    return write(folder, {"lib/core.py": module([7, *OWN, *more], "w", "lib")})


def between(report: Report, left: str) -> Match:
    (found,) = (match for match in report.matches if match.left.unit == left)
    return found


def test_the_common_origin_is_named_and_no_evidence(
    tmp_path: Path, settings: Settings, sides: tuple[str, str]
) -> None:
    added(settings, library(tmp_path / "library"))
    alone = scan(sides, Settings(use_cache=False, jobs=1))
    report = scan(sides, settings)
    taken, own = between(report, "taken"), between(report, "own")
    assert taken.common_origin is not None
    origin = taken.common_origin
    assert (origin.repository, origin.path, origin.unit) == ("library", "lib/core.py", "lib_7")
    assert taken.net_bits < 0.05 * taken.evidence_bits
    assert own.common_origin is None and own.net_bits == own.evidence_bits
    for before in alone.matches:
        after = next(match for match in report.matches if match.id == before.id)
        assert after.evidence_bits == before.evidence_bits
        assert after.expected_by_chance == before.expected_by_chance
    rows = [row for row in report.overlap if row.kind == "all"]
    before_rows = [row for row in alone.overlap if row.kind == "all"]
    for row, old in zip(rows, before_rows, strict=True):
        assert 0 < row.net_bits < 0.7 * old.net_bits
        assert 0 < row.overlap < old.overlap
    assert report.residue == alone.residue
    assert [repository.id for repository in report.repositories] == ["left", "right"]
    assert report.parameters["index"] == {
        "name": settings.index,
        "repositories": 1,
        "left_out": [],
        "unasked": [],
    }
    assert "both also in library" in " ".join(render(report).split())
    assert "an index of 1 repository" in render(report) and "an index of 1 repository" in markdown(report)


def test_names_that_only_the_two_share_remain(tmp_path: Path, settings: Settings) -> None:
    """The library has the code under other names: that both renamed it alike is evidence between them."""
    both = {7: "taken_by_the_first_of_both"}
    left = project(tmp_path / "left", both, "a", "original")
    right = project(tmp_path / "right", both, "a", "bystander")
    added(settings, library(tmp_path / "library"))
    match = between(scan([left, right], settings), "taken_by_the_first_of_both")
    assert match.common_origin is not None and 0 < match.net_bits < 0.5 * match.evidence_bits


def test_a_part_is_no_origin(tmp_path: Path, settings: Settings, sides: tuple[str, str]) -> None:
    """A library that holds less than the rule asks for of what both share accounts for nothing."""
    half = function("half", 7, length=6, local="w")
    added(settings, write(tmp_path / "library", {"core.py": f"import torch\n\n\n{half}{module(OWN, 'w')}"}))
    match = between(scan(sides, settings), "taken")
    assert match.common_origin is None and match.net_bits == match.evidence_bits


def test_a_copy_of_a_side_is_no_third(tmp_path: Path, settings: Settings, sides: tuple[str, str]) -> None:
    """The same source, the same name in another version, a fork by what it holds: all are said and left out."""
    added(settings, sides[0])
    (tmp_path / "elsewhere").mkdir()
    added(settings, project(tmp_path / "elsewhere/right-1.2", {7: "got", 30: "new"}, "c", "bystander"))
    fork = project(tmp_path / "fork", {7: "taken", 8: "own", 31: "more"}, "z", "original")
    added(settings, fork)
    report = scan(sides, settings)
    assert all(match.common_origin is None and match.net_bits == match.evidence_bits for match in report.matches)
    facts = report.parameters["index"]
    assert facts["left_out"] == ["fork", "left", "right-1.2"] and facts["repositories"] == 3
    assert "fork, left, right-1.2" in " ".join(render(report).split())


def test_a_third_that_one_side_has_is_none(tmp_path: Path, settings: Settings, sides: tuple[str, str]) -> None:
    added(settings, write(tmp_path / "library", {"core.py": module(OWN, "w")}))
    report = scan(sides, settings)
    assert all(match.common_origin is None for match in report.matches)


def test_a_kept_report_is_not_that_of_another_index(
    tmp_path: Path, settings: Settings, sides: tuple[str, str]
) -> None:
    keeping = Settings(index=settings.index, cache_dir=tmp_path / "cache", jobs=1)
    added(keeping, library(tmp_path / "library"))
    assert between(kept(sides, keeping).report, "taken").common_origin
    write(tmp_path / "library", {"lib/core.py": module(OWN, "w", "lib")})
    added(keeping, str(tmp_path / "library"))
    assert not between(kept(sides, keeping).report, "taken").common_origin


def test_the_command_line(
    tmp_path: Path, sides: tuple[str, str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`--index` alone is the user's own index, and a path behind it another one."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("CLONESCAN_JOBS", "1")
    monkeypatch.chdir(tmp_path)
    assert run(["index", "list"]) == 2
    assert "There is no index" in capsys.readouterr().err
    assert run(["index", "add", library(tmp_path / "library"), "nowhere", "--no-cache"]) == 3
    printed = capsys.readouterr().out
    assert "added      library, 13 units" in printed and "failed" in printed
    for index in (["--index"], ["--index", "data/clonescan/index"]):
        options = ["--no-cache", "--format", "json", "--out", "report.json"]
        assert run(["scan", *sides, *options, *index]) == 0
        matches = json.loads((tmp_path / "report.json").read_text())["matches"]
        assert any(match["common_origin"] for match in matches)
    assert run(["scan", *sides, "--index", "--no-cache", "--report", "page.html"]) == 0
    assert "--index" in (tmp_path / "page.html").read_text()
    assert run(["scan", *sides, "--index", "nowhere"]) == 2
    (tmp_path / ".clonescan.toml").write_text('index = "data"\n')
    assert run(["scan", *sides]) == 2
    (tmp_path / ".clonescan.toml").unlink()
    capsys.readouterr()
    assert run(["index", "list"]) == run(["index", "stats"]) == run(["index", "export", "all.zip"]) == 0
    shown = capsys.readouterr().out
    assert "library" in shown and "1 code file, 13 units" in shown
    assert max(map(len, shown.splitlines())) <= 80
    assert run(["index", "import", "all.zip", "--index", "other"]) == 0
    assert run(["index", "update", "--no-cache"]) == run(["index", "remove", "library"]) == 0
    capsys.readouterr()
    assert run(["index", "list"]) == 0 and "empty" in capsys.readouterr().out
    assert run(["index", "add"]) == run(["index", "remove", "library"]) == 2
