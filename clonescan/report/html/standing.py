"""How an audit's matches stand, as the page lists them."""

from __future__ import annotations

from dataclasses import dataclass

from clonescan.entities import Match, Report
from clonescan.report.standing import MEANING, TITLES, facts, fails, groups, scope, verdict
from clonescan.report.words import bits

MOST_LISTED = 500
"""Matches of one standing that are listed; the page shows all of them in its list of matches."""


@dataclass(frozen=True, slots=True)
class Stands:
    """One match."""

    evidence: str
    ours: str
    unit: str
    theirs: str
    said: list[str]
    fails: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The matches of one standing; `more` are not listed."""

    title: str
    meaning: str
    rows: list[Stands]
    more: int
    tally: tuple[str, str, str, str]


@dataclass(frozen=True, slots=True)
class Standings:
    """All of it."""

    verdict: str
    scope: str
    notes: tuple[str, ...]
    left_out: list[str]
    groups: list[Group]


def standings(report: Report) -> Standings | None:
    """Return how the matches of an audit stand; None for a scan."""
    audit = report.audit
    if audit is None:
        return None
    amounts = {
        row.standing: (f"{row.matches:,}", f"{row.files:,}", bits(row.evidence_bits), f"{row.failing:,}")
        for row in audit.tally
    }

    def stands(match: Match) -> Stands:
        ours, theirs = match.left, match.right
        return Stands(
            evidence=bits(match.evidence_bits),
            ours=f"{ours.path}:{ours.start_line}",
            unit=ours.unit,
            theirs=f"{theirs.repository}, {theirs.path}:{theirs.start_line}",
            said=list(facts(match))[1:],
            fails=fails(match, audit),
        )

    return Standings(
        verdict=verdict(report),
        scope=scope(audit),
        notes=audit.notes,
        left_out=[f"{one.path}: {one.reason}" for one in audit.left_out],
        groups=[
            Group(
                title=TITLES[name],
                meaning=MEANING[name],
                rows=[stands(match) for match in rows[:MOST_LISTED]],
                more=max(0, len(rows) - MOST_LISTED),
                tally=amounts.get(name, ("", "", "", "")),
            )
            for name, rows in groups(report)
        ],
    )
