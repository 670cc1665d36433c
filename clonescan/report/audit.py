"""The report of an audit for a terminal: a table by standing, then the matches, the most important first."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from clonescan.entities import Audit, Match, Report, StandingName
from clonescan.report.details import sentences
from clonescan.report.escape import visible
from clonescan.report.interface import View
from clonescan.report.places import place
from clonescan.report.standing import (
    MEANING,
    TITLES,
    also,
    asked,
    fails,
    groups,
    licences,
    remark,
    scope,
    stated,
    verdict,
)
from clonescan.report.style import FAINT, HEADING, LEFT, NUMBER, RIGHT, heading, indented, more
from clonescan.report.words import alike, bits, counted, evidence, origin

STYLES: dict[StandingName, str] = {
    "conflict": "bold red",
    "unattributed": "bold yellow",
    "attributed": "green",
    "allowed": "cyan",
    "internal": "dim",
}


def compared(audit: Audit, view: View) -> Iterator[RenderableType]:
    """What the project was compared with, and what was left out."""
    yield indented(visible(scope(audit)))
    reasons: dict[str, list[str]] = {}
    for one in audit.left_out:
        reasons.setdefault(one.reason, []).append(one.path)
    for reason, names in reasons.items():
        shown = ", ".join(names) if view.verbose or len(names) <= 3 else counted(len(names), "package")
        yield indented(visible(f"left out: {shown}: {reason}"))


def standings(audit: Audit) -> Iterator[RenderableType]:
    """The table by standing."""
    yield from heading("Standing", "")
    if not audit.tally:
        yield indented("no matches")
        return
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style=FAINT)
    table.add_column("")
    for name in ("matches", "files", "bits", "failing"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in audit.tally:
        amounts = (f"{row.matches:,}", f"{row.files:,}", bits(row.evidence_bits), f"{row.failing:,}")
        table.add_row(Text(TITLES[row.standing], STYLES[row.standing]), *amounts)
    yield indented(table)


def matches(report: Report, view: View) -> Iterator[RenderableType]:
    """The matches of each standing, each with its origin, what is said of it, and what to do about it."""
    assert report.audit is not None
    number = 0
    for name, rows in groups(report):
        yield from heading(TITLES[name], MEANING[name])
        for match in rows[: view.top]:
            number += 1
            yield Text()
            yield from _match(number, match, report.audit, view)
        yield from more(len(rows) - view.top)


def _match(number: int, match: Match, audit: Audit, view: View) -> Iterator[RenderableType]:
    standing = match.standing
    assert standing is not None
    kind = "" if match.kind == "code" else f"{visible(match.kind)}, "
    fail = ("  fails", "bold red") if fails(match, audit) else ("", "")
    yield Text.assemble(
        (f"{number:>3}  ", FAINT), (evidence(match), NUMBER), f"  {kind}{alike(match)}  ", (match.id, FAINT), fail
    )
    yield indented(place(match.left, LEFT, view.width - 5), 5)
    yield indented(place(match.right, RIGHT, view.width - 5), 5)
    yield indented(Text(visible(_of(match)), FAINT), 5)
    for words in (stated(standing), standing.reason, asked(standing), remark(standing)):
        if words:
            yield indented(visible(words), 5)
    yield from (indented(line, 5) for line in sentences(match))
    if match.common_origin:
        yield indented(origin(match.common_origin), 5)


def _of(match: Match) -> str:
    assert match.standing is not None
    where = f"in {match.right.repository}" if match.standing.name != "internal" else "in the project itself"
    others = also(match.standing)
    also_in = f"; also in {others}" if others else ""
    return f"{where}{also_in}; {licences(match.standing)}" if match.standing.name != "internal" else where


def summary(report: Report) -> Iterator[RenderableType]:
    """What the reader must know besides, and whether the audit fails."""
    assert report.audit is not None
    yield from heading("In short", "")
    for note in report.audit.notes:
        yield indented(visible(note))
    yield indented(Text(verdict(report), HEADING))
    if report.matches:
        yield indented("`clonescan explain` shows a match of a saved report side by side.")
