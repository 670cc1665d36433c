"""The command line on real folders: what it prints and where, its exit codes, and one sentence for each mistake."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import jsonschema  # type: ignore[import-untyped]
import pytest
from unprivileged import run_unprivileged

import clonescan
from clonescan.cli import run
from clonescan.errors import BackgroundError, SourceError
from clonescan.report import FORMATS
from clonescan.report.json import SCHEMA_FILE

ORIGINAL = """
import torch
import torch.nn.functional as F

def adjust_cache(sizes, limits, table):
    tall = torch.max(sizes[:, 0])
    broad = torch.max(sizes[:, 1])
    if tall > limits[0] or broad > limits[1]:
        limits = [max(tall, limits[0]), max(broad, limits[1])]
        table = torch.einsum("hw,d->hwd", sizes, table.roll(-31, dims=2))
    return F.pad(table, (0, 0, 0, 70), value=-17.25), limits
"""
TWO = ["--format", "json", "--format", "csv"]
NAMES = {"adjust_cache": "grow", "sizes": "shapes", "limits": "most", "table": "grid", "tall": "a", "broad": "b"}


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A current folder with three repositories: an original, one with other names, and one of its own."""
    renamed = ORIGINAL
    for old, new in NAMES.items():
        renamed = renamed.replace(old, new)
    for name, text in (("original", ORIGINAL), ("renamed", renamed), ("other", "def greet(name):\n    print(name)\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.py").write_text(text)
    monkeypatch.chdir(tmp_path)
    for variable in [name for name in os.environ if name.startswith("CLONESCAN_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("CLONESCAN_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.setenv("CLONESCAN_JOBS", "1")
    return tmp_path


def _scan_json(*arguments: str) -> dict[str, object]:
    assert run(["scan", "original", "renamed", "--format", "json", "--out", "report.json", *arguments]) == 0
    report: dict[str, object] = json.loads(Path("report.json").read_text())
    return report


def _python(*arguments: str, **environ: str) -> subprocess.Popen[str]:
    root = str(Path(clonescan.__file__).parents[1])
    return subprocess.Popen(
        [sys.executable, *arguments],
        env=os.environ | {"PYTHONPATH": root} | environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_a_scan_prints_what_corresponds(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", "original", "renamed"]) == 0
    printed = capsys.readouterr()
    assert "adjust_cache" in printed.out and "model.py:5-11  grow" in printed.out
    assert "\x1b" not in printed.out and printed.err == ""
    assert max(map(len, printed.out.splitlines())) <= 80


def test_an_edited_copy_beside_an_exact_one_is_told_of(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is a runner-up: a sibling of the copy would look the same."""
    edited = ORIGINAL.replace("adjust_cache", "grow").replace("    broad =", "    print(sizes.std())\n    broad =")
    edited = edited.replace("return F.pad(table, (0, 0, 0, 70), value=-17.25), ", "return ")
    Path("copies").mkdir()
    Path("copies/exact.py").write_text(ORIGINAL)
    Path("copies/edited.py").write_text(edited)
    assert run(["scan", "original", "copies", "--format", "json", "--out", "report.json", "--report", "page.html"]) == 0
    report = json.loads(Path("report.json").read_text())
    assert [match["right"]["path"] for match in report["matches"]] == ["exact.py"]
    assert [row["runners_up"] for row in report["overlap"] if row["kind"] == "all"] == [0, 1]
    told = "1 unit of copies has no match but runners-up"
    assert run(["report", "report.json"]) == 0
    assert f"{told} (--all lists them)." in " ".join(capsys.readouterr().out.split())
    assert told in Path("page.html").read_text()
    assert run(["scan", "original", "copies", "--all"]) == 0
    printed = " ".join(capsys.readouterr().out.split())
    assert "edited.py" in printed and f"{told}." in printed


def test_unrelated_repositories_have_no_match(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", "original", "other"]) == 0
    assert "No matches between original and other" in capsys.readouterr().out


def test_json_is_what_the_schema_says_and_has_no_trace_of_the_machine(here: Path) -> None:
    jsonschema.validate(_scan_json(), json.loads(SCHEMA_FILE.read_text()))
    first = Path("report.json").read_bytes()
    assert str(here).encode() not in first
    _scan_json("--jobs", "2", "--no-cache")
    assert Path("report.json").read_bytes() == first


def test_one_format_is_printed(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", "original", "renamed", "--format", "graphml"]) == 0
    assert capsys.readouterr().out.startswith("<graphml")


def test_several_formats_are_files_of_a_folder(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    formats = [word for name in FORMATS for word in ("--format", name)]
    assert run(["scan", "original", "renamed", "--out", "reports", *formats, "--format", "json"]) == 0
    assert capsys.readouterr().out == ""
    assert {path.name for path in Path("reports").iterdir()} == {format.file_name for format in FORMATS.values()}
    assert run(["report", "reports/report.json", "--out", "again", *formats]) == 0
    for path in Path("reports").iterdir():
        assert (Path("again") / path.name).read_bytes() == path.read_bytes()


def test_a_saved_report_is_written_in_another_format(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _scan_json()
    assert run(["scan", "original", "renamed"]) == 0
    scanned = capsys.readouterr().out
    shutil.rmtree("original")
    assert run(["report", "report.json"]) == 0
    assert capsys.readouterr().out == scanned
    assert run(["report", "report.json", "--format", "markdown", "--out", "report.md"]) == 0
    assert Path("report.md").read_text().startswith("## What corresponds")


def test_embedded_source_is_there_when_the_repository_is_gone(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plain, embedded = _scan_json(), _scan_json("--embed-source")
    assert plain.pop("excerpts") == [] and embedded["excerpts"]
    jsonschema.validate(embedded, json.loads(SCHEMA_FILE.read_text()))
    excerpts = embedded.pop("excerpts")
    assert isinstance(excerpts, list) and plain == embedded
    assert excerpts[0]["text"].startswith("def adjust_cache(sizes, limits, table):\n    tall =")
    shutil.rmtree("original")
    shutil.rmtree("renamed")
    matches = embedded["matches"]
    assert isinstance(matches, list)
    assert run(["explain", "report.json", matches[0]["id"]]) == 0
    assert "def grow(shapes, most, grid):" in capsys.readouterr().out


def test_the_graph_is_drawn_and_told(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _scan_json()
    assert run(["graph", "report.json", "--out", "graph.svg"]) == 0
    assert "adjust_cache ↔ grow" in capsys.readouterr().out
    assert Path("graph.svg").read_text().startswith("<svg")
    assert run(["graph", "report.json", "--out", "graph.png"]) == 0
    assert Path("graph.png").read_bytes().startswith(b"\x89PNG")


def test_reports_are_compared(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _scan_json()
    text = Path("renamed/model.py").read_text()
    Path("renamed/model.py").write_text("# moved\n\n" + text)
    assert run(["scan", "original", "renamed", "--format", "json", "--out", "moved.json"]) == 0
    assert run(["scan", "original", "other", "--format", "json", "--out", "none.json"]) == 0
    assert run(["diff", "report.json", "moved.json", "--fail-on-new"]) == 0
    assert "0 new, 0 gone, 0 changed, 1 in other lines only." in " ".join(capsys.readouterr().out.split())
    assert run(["diff", "report.json", "none.json", "--fail-on-new"]) == 0
    assert run(["diff", "none.json", "report.json"]) == 0
    capsys.readouterr()
    assert run(["diff", "none.json", "report.json", "--fail-on-new", "--format", "json"]) == 1
    assert len(json.loads(capsys.readouterr().out)["new"]) == 1


@pytest.mark.parametrize(("threshold", "code"), [("0.5", 1), ("50%", 1), ("100%", 1), ("1", 1)])
def test_a_crossed_threshold_exits_1_and_is_told(
    here: Path, threshold: str, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["scan", "original", "original", "--fail-on", threshold]) == code
    sentence = f"--fail-on {threshold} is reached: 100.0% of original has a counterpart in original (2)."
    assert capsys.readouterr().err == f"clonescan: {sentence}\n"


def test_a_threshold_out_of_reach_exits_0(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scan", "original", "other", "--fail-on", "0.01"]) == 0
    assert capsys.readouterr().err == ""


def test_options_reach_the_scan(here: Path) -> None:
    assert _scan_json()["matches"]
    assert not _scan_json("--min-evidence", "100000")["matches"]
    parameters = _scan_json("--exclude", "x/**", "--exclude", "y", "--background", "none", "--all")["parameters"]
    assert isinstance(parameters, dict)
    assert parameters["exclude"] == ["x/**", "y"] and parameters["include_runners_up"] is True
    assert parameters["background"]["packages"] == 0


def test_the_config_file_reaches_the_scan(here: Path) -> None:
    (here / ".clonescan.toml").write_text("min-evidence = 100000\n")
    assert not _scan_json()["matches"]
    assert _scan_json("--min-evidence", "1")["matches"]


def test_explain_shows_a_match_of_a_report(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = _scan_json()
    matches = report["matches"]
    assert isinstance(matches, list)
    assert run(["explain", "report.json", matches[0]["id"][:6]]) == 0
    printed = capsys.readouterr().out
    assert "def adjust_cache(sizes, limits," in printed and "def grow(shapes, most, grid):" in printed
    assert "adjust_cache  →  grow" in printed and "in at most one of the" in printed
    assert run(["explain", "report.json", matches[0]["id"], "--out", "match.txt"]) == 0
    assert Path("match.txt").read_text() == printed


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["scan"], 2, "two or more sources"),
        (["scan", "original"], 2, "two or more sources"),
        (["scna", "a", "b"], 2, "Did you mean 'scan'?"),
        (["scan", "a", "b", "--formt", "json"], 2, "--formt"),
        (["scan", "a", "b", "--format", "xml"], 2, 'no format "xml"; choose one of text, json, markdown, csv'),
        (["scan", "a", "b", "--top", "-1"], 2, "--top"),
        (["scan", "a", "b", "--min-similarity", "2"], 2, "min_similarity"),
        (["scan", "a", "b", "--fail-on", "30"], 2, "30%"),
        (["scan", "a", "b", "--config", "gone.toml"], 2, "gone.toml"),
        (["scan", "a", "b", "--out", "gone/report.json"], 2, 'gone" for the report does not exist'),
        (["scan", "a", "b", "--out", "original"], 2, "is a folder"),
        (["scan", "a", "b", "--out", "outdir/"], 2, '"outdir/" is the path of a folder'),
        (["scan", "a", "b", "--report", "outdir/"], 2, '"outdir/" is the path of a folder'),
        (["audit", "--notice", "outdir/"], 2, '"outdir/" is the path of a folder'),
        (["explain", "gone.json", "x", "--out", "outdir/"], 2, '"outdir/" is the path of a folder'),
        (["background", "build", "--out", "outdir/"], 2, '"outdir/" is the path of a folder'),
        (["index", "export", "outdir/"], 2, '"outdir/" is the path of a folder'),
        (["scan", "original", "renamed", "--background", "gone.bin"], 2, "gone.bin"),
        (["scan", "original", "./gone"], 3, "gone"),
        (["scan", "a", "b", *TWO], 2, "Several formats need --out FOLDER"),
        (["scan", "a", "b", *TWO, "--out", "original/model.py"], 2, "no folder"),
        (["scan", "a", "b", *TWO, "--out", "gone/out"], 2, "does not exist"),
        (["scan", "a", "b", "--report", "x.html", "--out", "./x.html"], 2, "written twice"),
        (["scan", "a", "b", "--out", ".", *TWO, "--report", "report.json"], 2, "written twice"),
        (["audit", "original", "--report", "x", "--notice", "x"], 2, "written twice"),
        (["report", "gone.json", "--html", "x", "--out", "x"], 2, "written twice"),
        (["report", "gone.json"], 2, "gone.json"),
        (["report", "original/model.py", "--format", "xml"], 2, 'no format "xml"'),
        (["graph", "gone.json"], 2, "gone.json"),
        (["graph", "gone.json", "--out", "graph.pdf"], 2, ".svg or a .png"),
        (["diff", "gone.json", "gone.json"], 2, "gone.json"),
        (["diff", "gone.json", "gone.json", "--format", "xml"], 2, "one of text, json"),
        (["explain"], 2, "REPORT.json"),
        (["explain", "gone.json", "x"], 2, "gone.json"),
        (["explain", "original/model.py", "x"], 2, "no clonescan report"),
    ],
)
def test_each_mistake_is_one_sentence_on_standard_error(
    here: Path, capsys: pytest.CaptureFixture[str], arguments: Sequence[str], code: int, words: str
) -> None:
    assert run(arguments) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert words in printed.err
    assert printed.err.startswith("clonescan: ") and printed.err.count("\n") == 1


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SourceError("gone \x1b[2J"), 3),
        (BackgroundError("too old"), 2),
        (KeyboardInterrupt(), 130),
        (ZeroDivisionError("ours"), 70),
    ],
)
def test_what_goes_wrong_decides_the_exit_code(
    here: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: BaseException, code: int
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(importlib.import_module("clonescan.results"), "scan", fail)
    assert run(["scan", "original", "renamed"]) == code
    printed = capsys.readouterr()
    assert printed.out == "" and "\x1b" not in printed.err
    assert ("Traceback" in printed.err) == (code == 70)
    assert code != 130 or printed.err == ""


def test_an_interrupted_process_is_quiet(here: Path) -> None:
    code = "import importlib, signal, sys, time\nmodule = importlib.import_module('clonescan.results')\n"
    code += "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a shell's background jobs start without one
    code += "module.scan = lambda *_: (print('ready', flush=True), time.sleep(30))\n"
    code += "from clonescan.cli import main\nsys.argv = ['clonescan', 'scan', 'a', 'b']\nmain()"
    process = _python("-c", code)
    assert process.stdout is not None and process.stdout.readline() == "ready\n"
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=20) == ("", "")
    assert process.returncode == 130


def test_a_reader_that_goes_away_is_no_error(here: Path) -> None:
    process = _python("-m", "clonescan", "scan", "original", "renamed", "--format", "json")
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert process.stderr.read() == ""
    assert process.wait(timeout=60) == 0


def test_an_encoding_without_arrows_is_no_error(here: Path) -> None:
    process = _python("-m", "clonescan", "scan", "original", "renamed", PYTHONIOENCODING="ascii")
    printed, complaint = process.communicate(timeout=60)
    assert (process.returncode, complaint) == (0, "")
    assert "adjust_cache  \\u2192  grow" in printed


def test_version_and_help_are_quick_and_import_nothing_heavy() -> None:
    code = "import sys, clonescan.cli\nclonescan.cli.run(sys.argv[1:])\n"
    code += "print([name for name in ('networkx', 'numpy', 'orjson', 'tree_sitter', 'git') if name in sys.modules])"
    for option, words in (("--version", f"clonescan {clonescan.__version__}"), ("--help", "explain")):
        start = time.perf_counter()
        process = _python("-c", code, option)
        printed, _ = process.communicate(timeout=20)
        assert words in printed and printed.endswith("[]\n")
        assert time.perf_counter() - start < 3


def test_the_version_is_that_of_the_package() -> None:
    project = Path(clonescan.__file__).parents[1] / "pyproject.toml"
    assert f'version = "{clonescan.__version__}"' in project.read_text()


def test_without_a_command_there_is_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    assert "scan" in capsys.readouterr().out


def test_the_api_takes_settings_as_keywords_and_stays_a_function(here: Path) -> None:
    first = clonescan.scan("original", "renamed", jobs=1, cache_dir=here / "cache")
    again = clonescan.scan("original", "renamed", "other", jobs=1, use_cache=False, min_evidence=1e6)
    assert isinstance(first, clonescan.Report) and first.matches
    assert len(again.repositories) == 3 and not again.matches
    with pytest.raises(clonescan.UsageError, match='Unknown setting "job" in the call'):
        clonescan.scan("original", "renamed", job=1)


@pytest.mark.parametrize("arguments", ["scan original renamed", "scan renamed other --format json", "--version", "-h"])
def test_a_full_disk_is_told_in_a_sentence(here: Path, arguments: str) -> None:
    with Path("/dev/full").open("w") as full:
        process = subprocess.run(
            [sys.executable, "-m", "clonescan", *arguments.split()],
            env=os.environ | {"PYTHONPATH": str(Path(clonescan.__file__).parents[1])},
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert process.returncode == 2
    assert process.stderr.startswith("clonescan: ") and process.stderr.endswith(": No space left on device.\n")
    assert process.stderr.count("\n") == 1


def test_closed_streams_are_told_of_where_they_can_be(here: Path) -> None:
    command = f"{sys.executable} -m clonescan scan original"
    environ = os.environ | {"PYTHONPATH": str(Path(clonescan.__file__).parents[1])}
    for rest, code, said in (
        ("renamed >&-", 2, "clonescan: The report cannot be printed: standard output is closed.\n"),
        ("renamed --out r.txt 2>&-", 0, ""),
        ("nowhere.zip 2>&-", 3, ""),
    ):
        done = subprocess.run(f"{command} {rest}", shell=True, env=environ, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (code, "", said)
    assert "adjust_cache" in Path("r.txt").read_text()


def test_a_cache_folder_that_cannot_be_written_is_wrong_usage(here: Path) -> None:
    Path("shut").mkdir(mode=0o555)
    Path("shut/git").mkdir(mode=0o555)
    Path("file").touch()
    for sources, folder in (
        (("original", "renamed"), "file"),
        (("original", "renamed"), "shut"),
        (("original", "git://127.0.0.1:1/a/b"), "shut"),
    ):
        done = run_unprivileged("scan", *sources, "--cache-dir", folder, cwd=here)
        assert done.returncode == 2 and done.stdout == "" and done.stderr.count("\n") == 1
        assert "the cache folder cannot be written" in done.stderr and "--no-cache" in done.stderr
        assert run(["scan", "original", "renamed", "--cache-dir", folder, "--no-cache"]) == 0
