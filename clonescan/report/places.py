"""Where a side of a match is, on one line of a terminal."""

from __future__ import annotations

from rich.text import Text

from clonescan.entities import Place
from clonescan.report.escape import shorten, visible
from clonescan.report.style import FAINT
from clonescan.report.words import lines


def place(at: Place, style: str, width: int) -> Text:
    """One line: the path shortened in the middle as far as needed, lines and unit whole where they fit."""
    where = lines(at)
    mark = f" ({visible(at.marked)})" if at.marked else ""
    path, unit = visible(at.path), visible(at.unit)
    room = width - len(where) - len(mark) - 2
    unit = shorten(unit, max(room // 2, room - len(path)))
    return Text.assemble((shorten(path, room - len(unit)) + where, style), f"  {unit}", (mark, FAINT))
