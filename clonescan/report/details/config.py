"""The details of a config match: which value became which, and what is on one side only."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from clonescan.report.details.values import Detail, number, part, rows
from clonescan.report.escape import shorten, visible
from clonescan.report.interface import View
from clonescan.report.style import FAINT, LEFT, RIGHT, heading, listed

_RELATIONS = {
    "same": "the same",
    "renamed": "under another key",
    "moved": "in another section",
    "changed": "changed",
    "left": "left only",
    "right": "right only",
}
_TELLING = ("renamed", "changed", "moved", "left", "right", "same")
"""What a reader looks for comes first: of what stayed the same a number is enough."""


def sentences(detail: Detail) -> Iterator[str]:
    """How many values correspond, and how."""
    counts = part(detail, "counts")
    words = [f"{number(counts, name):,} {text}" for name, text in _RELATIONS.items() if number(counts, name)]
    if words:
        yield f"values: {', '.join(words)}"


def sections(detail: Detail, view: View) -> Iterator[RenderableType]:
    """The values as a table of keys, those that differ first."""
    entries = sorted(rows(detail, "entries"), key=lambda entry: _place(entry.get("relation")))
    if not entries:
        return
    yield from heading("Values", next(sentences(detail), ""))
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    width = (view.width - 24) // 2
    for entry in entries[: view.top]:
        relation = _RELATIONS.get(str(entry.get("relation")), "")
        left, right = (_value(part(entry, side), width) for side in ("left", "right"))
        table.add_row(Text(relation, FAINT), Text(left, LEFT), Text(right, RIGHT))
    yield from listed(table, len(entries) - view.top)


def _place(relation: object) -> int:
    return _TELLING.index(str(relation)) if relation in _TELLING else len(_TELLING)


def _value(side: Detail, width: int) -> str:
    """A key and its value, each cut to the width."""
    if not side:
        return ""
    key, value = (visible(str(side.get(name, ""))) for name in ("key", "value"))
    return f"{shorten(key, width)}\n  {shorten(value, width - 2)}"
