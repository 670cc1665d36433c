"""Names in one repository that only another one defines, as the page lists them."""

from __future__ import annotations

from dataclasses import dataclass

from clonescan.entities import Report


@dataclass(frozen=True, slots=True)
class ResidueRow:
    """`name`, a `what`, stands in `repository` at `at`; only `other` defines it, at `defined`."""

    repository: str
    other: str
    name: str
    what: str
    at: str
    defined: str


def residue(report: Report) -> list[ResidueRow]:
    """Return the residue, rarest first as the report has it."""
    return [
        ResidueRow(
            repository=row.repository,
            other=row.other,
            name=row.name,
            what=row.what,
            at=f"{row.path}:{row.line}",
            defined=f"{row.defined_path}:{row.defined_line}" if row.defined_path else "",
        )
        for row in report.residue
    ]
