"""Progress: drawn for a terminal only, and harmless whatever is being fetched."""

from __future__ import annotations

import io
import sys

import pytest

from clonescan.report import progress
from clonescan.sources.interface import no_progress


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_progress_only_where_somebody_watches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    with progress.shown(True) as tell:
        assert tell is no_progress
    monkeypatch.setattr(sys, "stderr", Terminal())
    with progress.shown(False) as tell:
        assert tell is no_progress


def test_progress_names_the_tasks_and_escapes_them(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    monkeypatch.setenv("TERM", "xterm")
    with progress.shown(True) as tell:
        tell("Fetching \x1b]0;title\x07 [red]x", 1, None)
        tell("Parsing", 3, 10)
    drawn = stream.getvalue()
    assert "Fetching \\x1b]0;title\\x07 [red]x" in drawn and "\x1b]0;" not in drawn
    assert "3/10" in drawn
