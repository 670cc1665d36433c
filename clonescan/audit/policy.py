"""What a project asks of its own audit, the [audit] section of its config file, and how matches stand to it."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path

import pathspec

from clonescan.audit.baseline import Baseline, plain
from clonescan.entities import Match, Report, Standing, StandingName, Tally

ORDER: tuple[StandingName, ...] = ("conflict", "unattributed", "attributed", "allowed", "internal")
"""Standings, the most important first."""

OPEN: tuple[StandingName, ...] = ("conflict", "unattributed")
"""What somebody has to do something about."""

FAIL_AT = 30.0
"""Bits. Of the 19 matches from here on that torchtune 0.6.1 and x-transformers 2.31 have with transformers 4.44.2, 17
hold the same algorithm statement by statement, and 2 log to the same service in the same way. Where nothing was taken
over (this repository beside 75 packages) the strongest match has 26, an idiom of ten lines."""


@dataclass(frozen=True)
class Allowance:
    """Matches that a project has a reason for: those in files and units of ours, and of origins, that fit the patterns.

    `path` in gitignore syntax, `unit` and `origin` (a name without version) with `*`; "" fits everything. It holds up
    to and including the day `expires`.
    """

    reason: str
    path: str = ""
    unit: str = ""
    origin: str = ""
    expires: datetime.date | None = None

    @cached_property
    def _paths(self) -> pathspec.GitIgnoreSpec:
        return pathspec.GitIgnoreSpec.from_lines([self.path])

    def fits(self, match: Match) -> bool:
        """Whether it speaks of this match."""
        ours, origin = match.left, plain(match.right.repository)
        return (
            (not self.path or self._paths.match_file(ours.path.partition("#cell-")[0]))
            and fnmatchcase(ours.unit, self.unit or "*")
            and fnmatchcase(origin.lower(), self.origin.lower() or "*")
        )

    def __str__(self) -> str:
        parts = [f"{name} {value}" for name in ("path", "unit", "origin") if (value := getattr(self, name))]
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Policy:
    """What an audit may be told beyond `Settings`; defaults < config file < options."""

    against: tuple[str, ...] = ()
    """Sources to compare with, in place of the packages of the environment."""

    environment: str = ""
    """The Python environment whose packages are compared with; "" for the active one."""

    index: str = ""
    """An index to compare with, in place of the packages of the environment; "default" for that of the user."""

    fail_at: float = FAIL_AT
    """Bits of evidence from which an unattributed or conflicting match fails the audit."""

    license: str = ""
    """The project's licence, an SPDX expression; "" for what its files state."""

    baseline: Path | None = None
    """The file that says what was there before and is no news (`--update-baseline` writes it)."""

    internal: bool = False
    """Find what the project has twice in itself, too."""

    allow: tuple[Allowance, ...] = ()
    """Matches that there is a reason for."""


def judged(report: Report, policy: Policy, baseline: Baseline | None, today: datetime.date) -> Report:
    """The report of an audit with what is allowed, what is in the baseline, what fails, and the tally of it all."""
    assert report.audit is not None
    current = [one for one in policy.allow if one.expires is None or today <= one.expires]
    known = baseline.known(report.matches) if baseline else frozenset[str]()
    matches = tuple(_judged(match, current, match.id in known) for match in report.matches)
    notes = (*report.audit.notes, *_notes(policy.allow, current, report.matches))
    audit = replace(report.audit, fail_at=policy.fail_at, notes=notes, tally=tally(matches, policy.fail_at))
    return replace(report, matches=matches, audit=audit)


def _judged(match: Match, allowances: Sequence[Allowance], known: bool) -> Match:
    standing = match.standing or Standing("unattributed")
    allowance = next((one for one in allowances if one.fits(match)), None) if standing.name in OPEN else None
    if allowance:
        expires = allowance.expires.isoformat() if allowance.expires else None
        standing = replace(standing, name="allowed", reason=allowance.reason, expires=expires)
    return replace(match, standing=replace(standing, known=known))


def _notes(allowances: Iterable[Allowance], current: Sequence[Allowance], matches: Sequence[Match]) -> Iterable[str]:
    """What a reader must know about the allowances."""
    for one in allowances:
        fitting = [match for match in matches if match.standing and match.standing.name in OPEN and one.fits(match)]
        if one not in current and one.expires:
            yield f"What was allowed for {one} expired on {one.expires.isoformat()} and no longer counts."
        elif not fitting:
            yield f"Nothing needs to be allowed for {one}: the entry can go."


def failing(match: Match, fail_at: float) -> bool:
    """Whether a match makes the audit fail."""
    standing = match.standing
    return bool(standing and standing.name in OPEN and not standing.known and match.evidence_bits >= fail_at)


def tally(matches: Sequence[Match], fail_at: float) -> tuple[Tally, ...]:
    """The matches of each standing that there is."""
    by_name: Mapping[StandingName, list[Match]] = {
        name: [match for match in matches if match.standing and match.standing.name == name] for name in ORDER
    }
    return tuple(
        Tally(
            standing=name,
            matches=len(rows),
            files=len({match.left.path for match in rows}),
            evidence_bits=round(sum(match.evidence_bits for match in rows), 3),
            failing=sum(failing(match, fail_at) for match in rows),
        )
        for name, rows in by_name.items()
        if rows
    )


def fails(report: Report) -> bool:
    """Whether an audit found what it is there to find."""
    return report.audit is not None and any(row.failing for row in report.audit.tally)
