"""The clone graph in short, for a terminal: repositories, families by size, hubs, the centre."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from clonescan.report.escape import shorten, visible
from clonescan.report.interface import PLAIN, View
from clonescan.report.style import FAINT, HEADING, NUMBER, heading, indented, more
from clonescan.report.terminal import printed
from clonescan.report.words import bits, counted
from clonescan.summary import Group, Hub, Summary


def render(summary: Summary, view: View = PLAIN) -> str:
    """Return the summary as text of at most `view.width` columns."""
    sections = (_repositories, _families, _hubs)
    return printed((part for section in sections for part in section(summary, view)), view)


def _repositories(summary: Summary, view: View) -> Iterator[RenderableType]:
    yield Text.assemble(("Repositories", HEADING), ("  what each shares with the others", FAINT))
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style=FAINT)
    table.add_column("", overflow="fold")
    for name in ("others", "units", "matches", "net bits"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in summary.standings:
        others = f"{row.neighbours} of {len(summary.standings) - 1}"
        name = shorten(visible(row.repository), view.width - 46)
        table.add_row(Text(name), others, f"{row.units:,}", f"{row.matches:,}", bits(row.net_bits))
    yield indented(table)
    yield indented(_centre(summary))


def _centre(summary: Summary) -> str:
    if summary.centre is not None:
        return f"The centre is {visible(summary.centre)}: it shares most with most of the others."
    if len(summary.standings) < 3:
        return "Two repositories have no centre."
    return "No repository is the centre." if summary.groups else "There are no matches, and so no centre."


def _families(summary: Summary, view: View) -> Iterator[RenderableType]:
    if not summary.groups:
        return
    yield from heading("Families", f"{len(summary.groups):,}, the largest first, each by its strongest match")
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for group in summary.groups[: view.top]:
        table.add_row(Text(counted(len(group.family.members), "unit"), NUMBER), _family(group, view.width - 16))
    yield indented(table)
    yield from more(len(summary.groups) - view.top)


def _family(group: Group, width: int) -> Text:
    match = group.strongest
    where = counted(len({member.repository for member in group.family.members}), "repository", "repositories")
    names = (shorten(visible(place.unit), (width - 3) // 2) for place in (match.left, match.right))
    return Text.assemble(" ↔ ".join(names), (f"\nin {where}, up to {bits(match.net_bits)} net bits", FAINT))


def _hubs(summary: Summary, view: View) -> Iterator[RenderableType]:
    if not summary.hubs:
        return
    yield from heading("Hubs", "units with several counterparts")
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for hub in summary.hubs[: view.top]:
        table.add_row(Text(f"{hub.counterparts:,}", NUMBER), _hub(hub, view.width - 8))
    yield indented(table)
    yield from more(len(summary.hubs) - view.top)


def _hub(hub: Hub, width: int) -> Text:
    unit = hub.member
    where = f"{unit.repository}, {unit.path}"
    return Text.assemble(shorten(visible(unit.unit), width), ("\n" + shorten(visible(where), width), FAINT))
