"""What is in an index and what became of what was added, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from clonescan.index.add import Outcome
from clonescan.index.survey import Row, Survey
from clonescan.report.escape import shorten, visible
from clonescan.report.interface import PLAIN, View
from clonescan.report.style import FAINT, HEADING, indented
from clonescan.report.terminal import printed
from clonescan.report.words import counted


def render_list(survey: Survey, view: View = PLAIN) -> str:
    """Return the repositories of an index, one a line."""
    return printed(_list(survey, view), view)


def render_stats(survey: Survey, view: View = PLAIN) -> str:
    """Return an index in numbers."""
    return printed(_stats(survey), view)


def render_outcome(outcome: Outcome, view: View = PLAIN) -> str:
    """Return what became of a source, as a line."""
    if outcome.repository is None:
        return f"failed     {visible(outcome.problem)}\n"
    units = counted(outcome.repository.units, "unit")
    name = shorten(visible(outcome.repository.id), view.width - 13 - len(units))
    return f"{outcome.what:<10} {name}, {units}\n"


def _list(survey: Survey, view: View) -> Iterator[RenderableType]:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style=FAINT)
    table.add_column("repository")
    for name in ("units", "MB", ""):
        table.add_column(name, justify="right" if name else "left", no_wrap=True)
    for row in survey.rows:
        width = view.width - 32
        both = Text.assemble(
            (shorten(visible(row.repository.id), width), HEADING),
            (f"\n  {shorten(visible(_facts(row)), width - 2)}", FAINT),
        )
        table.add_row(both, f"{row.repository.units:,}", f"{row.size / 1e6:.1f}", _state(row))
    yield table if survey.rows else Text("The index is empty.")


def _facts(row: Row) -> str:
    repository = row.repository
    facts = (
        repository.source,
        f"version {repository.version}" if repository.version else "",
        f"commit {repository.commit[:10]}" if repository.commit else "",
        repository.license or "",
    )
    return " · ".join(filter(None, facts))


def _state(row: Row) -> str:
    states = ("damaged" if row.damage else "", "outdated" if row.outdated else "", "imported" if row.imported else "")
    return ", ".join(filter(None, states))


def _stats(survey: Survey) -> Iterator[RenderableType]:
    rows = survey.rows
    yield Text(visible(survey.folder), HEADING)
    yield indented(counted(len(rows), "repository", "repositories"))
    files = ", ".join(counted(number, f"{kind} file") for kind, number in survey.files.items())
    yield indented(f"{files or 'no files'}, {counted(sum(row.repository.units for row in rows), 'unit')}")
    yield indented(f"{sum(row.postings for row in rows):,} features to search by")
    yield indented(f"{sum(row.size for row in rows) / 1e6:,.1f} MB")
    for word, number in (
        ("outdated: `clonescan index update` makes them anew", sum(row.outdated for row in rows)),
        ("damaged: add them again, or remove them", sum(bool(row.damage) for row in rows)),
    ):
        if number:
            yield indented(f"{number:,} {word}")
