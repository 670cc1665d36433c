"""How the formats for a terminal look: styles, headings, indentation."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

HEADING = "bold"
FAINT = "dim"
NUMBER = "bold cyan"
LEFT, RIGHT = "magenta", "green"


def heading(name: str, explanation: str) -> Iterator[RenderableType]:
    yield Text()
    yield Text.assemble((name, HEADING), (f"  {explanation}" if explanation else "", FAINT))


def more(number: int) -> Iterator[RenderableType]:
    if number > 0:
        yield indented(Text(f"and {number:,} more", FAINT))


def listed(table: Table, left_out: int) -> Iterator[RenderableType]:
    """A table of the first rows of a list, unless none were asked for, and how many are left out."""
    if table.row_count:
        yield indented(table)
    yield from more(left_out)


def indented(part: RenderableType, columns: int = 2) -> Padding:
    return Padding(Text(part) if isinstance(part, str) else part, (0, 0, 0, columns))
