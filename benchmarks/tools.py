"""The tools that the benchmark runs, each as a function from two folders to the matches that it reports."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from scoring import Found, Lines

import clonescan

Tool = Callable[[Path, Path], list[Found]]


def clonescan_with(background: str) -> Tool:
    """clonescan with a background ("default", "none" or a file), else at its defaults."""

    def run(left: Path, right: Path) -> list[Found]:
        report = clonescan.scan(str(left), str(right), background=background)
        return [_found(match) for match in report.matches if not match.runner_up and match.kind == "code"]

    return run


def _found(match: clonescan.Match) -> Found:
    note = f"{match.clone_type} {match.similarity:.2f} {match.left.unit} = {match.right.unit}"
    return Found(_hull(match, 0), _hull(match, 2), match.evidence_bits, note)


def _hull(match: clonescan.Match, side: int) -> Lines:
    """From the first to the last aligned line of a side; the whole unit where nothing is aligned."""
    place = match.right if side else match.left
    starts = [block[side] for block in match.lines] or [place.start_line]
    ends = [block[side + 1] for block in match.lines] or [place.end_line]
    return Lines(place.path, min(starts), max(ends))


TOOLS: dict[str, Tool] = {
    "clonescan": clonescan_with("default"),
    "clonescan-no-background": clonescan_with("none"),
}
