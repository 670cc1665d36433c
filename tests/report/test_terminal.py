"""The terminal: when there is colour, how wide it is, and what becomes of a report that goes elsewhere."""

from __future__ import annotations

import io
import os
import stat
import sys
from pathlib import Path

import pytest

from clonescan.errors import UsageError
from clonescan.report import terminal
from clonescan.report.interface import View


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("columns", "width"), [("80", 80), ("100", 100), ("300", 120), ("60", 60), ("10", 40)])
def test_a_terminal_has_its_own_width(monkeypatch: pytest.MonkeyPatch, columns: str, width: int) -> None:
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setenv("COLUMNS", columns)
    assert terminal.view(None, {}, 5, True) == View(width, True, 5, True)


@pytest.mark.parametrize(
    ("environ", "colour"),
    [({}, True), ({"NO_COLOR": "1"}, False), ({"NO_COLOR": ""}, True), ({"TERM": "dumb"}, False)],
)
def test_no_color_is_honoured(monkeypatch: pytest.MonkeyPatch, environ: dict[str, str], colour: bool) -> None:
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert terminal.view(None, environ, 20).colour is colour


def test_pipes_and_files_are_plain(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert terminal.view(Path("report.txt"), {}, 20) == View(80, False, 20)
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert terminal.view(None, {}, 20) == View(80, False, 20)


def test_a_file_is_replaced_whole_and_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    terminal.write("old", path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~terminal._umask()
    path.chmod(0o640)
    terminal.write("new\n\u2192", path)
    assert path.read_bytes() == "new\n\u2192".encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]


def test_a_failed_write_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "report.json"
    path.write_text("old")
    monkeypatch.setattr(Path, "replace", _full)
    with pytest.raises(UsageError, match="No space left on device"):
        terminal.write("new", path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def _full(*_arguments: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_device_is_written_to_and_not_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    terminal.write("through", pipe)
    assert os.read(reader, 100) == b"through"
    os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_missing_folder_or_a_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r'The folder ".*gone" for the report does not exist'):
        terminal.check_writable(tmp_path / "gone" / "report.json")
    with pytest.raises(UsageError, match="is a folder"):
        terminal.check_writable(tmp_path)
