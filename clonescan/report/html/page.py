"""What the page is made from: a report, and the source of both sides of its matches as far as it is at hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from clonescan.entities import Report
from clonescan.explain import Side


@dataclass(frozen=True, slots=True)
class Page:
    """A report with the sides of its matches by match id; a side that is None, or a match that is missing, is gone."""

    report: Report
    sides: Mapping[str, tuple[Side | None, Side | None]] = field(default_factory=dict)
