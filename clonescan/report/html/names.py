"""The rename map of each pair as a table: old, new, how often, how consistent, and in which matches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from clonescan.entities import Match, Report, RepositoryRename
from clonescan.report.escape import visible

MOST_ROWS = 1_000
"""Rows of one pair's table; the report as JSON has all of them."""


@dataclass(frozen=True, slots=True)
class NameRow:
    """One renamed name; `where` is the strongest match that shows it, `more` how many others do."""

    left: str
    right: str
    count: int
    consistency: float
    where: str
    match_id: str
    more: int


@dataclass(frozen=True, slots=True)
class NameTable:
    """The names of one pair; `more` counts the rows that are left out."""

    left: str
    right: str
    rows: Sequence[NameRow]
    more: int


def name_tables(report: Report) -> list[NameTable]:
    """Return a table for each pair that has renamed names, the longest first, and in it the most frequent ones."""
    where = defaultdict[tuple[str, str, str, str], list[Match]](list)
    for match in report.matches:
        for rename in match.renames:
            where[match.left.repository, match.right.repository, rename.left, rename.right].append(match)
    pairs = defaultdict[tuple[str, str], list[RepositoryRename]](list)
    for row in report.renames:
        pairs[row.left_repository, row.right_repository].append(row)
    return [
        NameTable(
            *pair,
            [_row(row, where[(*pair, row.left, row.right)]) for row in sorted(rows, key=_order)[:MOST_ROWS]],
            max(0, len(rows) - MOST_ROWS),
        )
        for pair, rows in sorted(pairs.items(), key=lambda item: -len(item[1]))
    ]


def _order(row: RepositoryRename) -> tuple[int, float, str, str]:
    return -row.count, -row.consistency, row.left, row.right


def _row(row: RepositoryRename, matches: Sequence[Match]) -> NameRow:
    first = matches[0] if matches else None
    where = f"{first.left.path}:{first.left.start_line}" if first else ""
    match_id = visible(first.id) if first else ""
    return NameRow(row.left, row.right, row.count, row.consistency, where, match_id, max(0, len(matches) - 1))
