"""Tables of the report, in Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

Lines = list[str]


def table(head: Sequence[str], body: Iterable[Sequence[str]]) -> Lines:
    """A Markdown table."""
    rows = [head, ["---"] * len(head), *body]
    return [*("| " + " | ".join(row) + " |" for row in rows), ""]
