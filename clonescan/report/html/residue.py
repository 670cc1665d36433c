"""Names in one repository that only another one defines, if the report lists any."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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
    """Return the residue, rarest first as the report has it; older reports have none."""
    return [
        ResidueRow(
            repository=str(_fact(row, "repository") or ""),
            other=str(_fact(row, "other") or ""),
            name=str(_fact(row, "name") or ""),
            what=str(_fact(row, "what") or ""),
            at=_place(_fact(row, "path"), _fact(row, "line")),
            defined=_place(_fact(row, "defined_path"), _fact(row, "defined_line")),
        )
        for row in getattr(report, "residue", ())
    ]


def _fact(row: Any, name: str) -> Any:
    return row.get(name) if isinstance(row, Mapping) else getattr(row, name, None)


def _place(path: Any, line: Any) -> str:
    return f"{path}:{line}" if path and line else str(path or "")
