"""The details of a checkpoint match: how many tensors correspond, what was renamed, and whether the weights are one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from clonescan.report.details.values import Detail, number, part, rows
from clonescan.report.escape import shorten, visible
from clonescan.report.interface import View
from clonescan.report.style import FAINT, LEFT, NUMBER, RIGHT, heading, indented, listed

NAMED = 3
"""Renamed parts that a sentence names."""

LONGEST = 24
"""Characters of such a part that a sentence shows."""

AMBIGUOUS = "or another one like it"
"""What is said of parts that neither shape nor name nor order tells apart."""


def sentences(detail: Detail) -> Iterator[str]:
    """What corresponds, the most frequent renames, and the same weights."""
    found = part(detail, "tensors")
    if found:
        left, right, both = (number(found, key) for key in ("left", "right", "corresponding"))
        yield f"{both:,} of {f'{left:,}' if left == right else f'{left:,} and {right:,}'} tensors correspond"
    told = [row for row in rows(detail, "prefixes") if not row.get("ambiguous")]
    if told:
        yield ", ".join(_renamed(row, LONGEST) for row in told[:NAMED]) + (", ..." if len(told) > NAMED else "")
    if part(detail, "same_weights"):
        size = number(part(detail, "same_weights"), "bytes")
        yield "the same weights bit for bit" + (f", {size / 1e6:,.1f} MB" if size else "")


def sections(detail: Detail, view: View) -> Iterator[RenderableType]:
    """The sentences, the renamed parts of names, and the tensors, those that differ only in layers as one row."""
    found = list(sentences({**detail, "prefixes": []}))
    if found:
        yield from heading("Tensors", "")
        yield from (indented(line) for line in found)
    renames = rows(detail, "prefixes")
    if renames:
        yield from heading("Renamed", "parts of names, left → right")
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
        for row in renames[: view.top]:
            said = AMBIGUOUS if row.get("ambiguous") else ""
            table.add_row(_renamed(row, view.width // 4), Text(f"{number(row, 'count'):,}", NUMBER), Text(said, FAINT))
        yield from listed(table, len(renames) - view.top)
    tree = rows(detail, "tree")
    if tree:
        yield from heading("Layout", _legend(tree))
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
        width = (view.width - 26) // 2
        for row in tree[: view.top]:
            left, right = (shorten(visible(str(row.get(side) or "")), width) for side in ("left", "right"))
            table.add_row(Text(left, LEFT), Text(right, RIGHT), Text(_shape(row), FAINT))
        yield from listed(table, len(tree) - view.top)


def _legend(tree: Sequence[Detail]) -> str:
    open_ = f", ? for `{AMBIGUOUS}`" if any(row.get("ambiguous") for row in tree) else ""
    return f"* stands for a number of a layer{open_}"


def _renamed(row: Detail, width: int) -> str:
    left, right = (shorten(visible(str(row.get(side, ""))), width) for side in ("left", "right"))
    return f"{left} → {right}"


def _shape(row: Detail) -> str:
    shape = row.get("shape")
    dims = " x ".join(map(str, shape)) if isinstance(shape, list | tuple) else ""
    times = f"{number(row, 'count')} times" if number(row, "count") > 1 else ""
    return "  ".join(filter(None, (dims, times, "?" if row.get("ambiguous") else "")))
