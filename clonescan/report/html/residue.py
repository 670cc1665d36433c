"""Names in one repository that only another one defines, as the page lists them."""

from __future__ import annotations

from dataclasses import dataclass

from clonescan.entities import Report

MOST_ROWS = 500
"""Rows of the table: the rarest names tell, and twenty repositories that lean on each other leave thousands."""


@dataclass(frozen=True, slots=True)
class ResidueRow:
    """`name`, a `what`, stands in `repository` at `at`; only `other` defines it, at `defined`."""

    repository: str
    other: str
    name: str
    what: str
    at: str
    defined: str


@dataclass(frozen=True, slots=True)
class ResidueTable:
    """The rows, and how many more are left out."""

    rows: list[ResidueRow]
    more: int


def residue(report: Report) -> ResidueTable:
    """Return the residue, rarest first as the report has it."""
    rows = [
        ResidueRow(
            repository=row.repository,
            other=row.other,
            name=row.name,
            what=row.what,
            at=f"{row.path}:{row.line}",
            defined=f"{row.defined_path}:{row.defined_line}" if row.defined_path else "",
        )
        for row in report.residue[:MOST_ROWS]
    ]
    return ResidueTable(rows, max(0, len(report.residue) - MOST_ROWS))
