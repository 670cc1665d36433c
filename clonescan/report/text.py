"""The report for a terminal: what was scanned, overlap, names, the strongest matches, one sentence for each pair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from clonescan.entities import Match, Overlap, Place, Report, Repository
from clonescan.report import audit
from clonescan.report.details import sentences
from clonescan.report.escape import shorten, visible
from clonescan.report.interface import PLAIN, View
from clonescan.report.json import rounded
from clonescan.report.places import place
from clonescan.report.style import FAINT, HEADING, LEFT, NUMBER, RIGHT, heading, indented, listed, more
from clonescan.report.terminal import printed
from clonescan.report.words import (
    KNOWN,
    alike,
    background,
    between,
    bits,
    chance,
    contained,
    counted,
    evidence,
    hidden,
    index,
    is_known,
    most_common,
    origin,
    pairs,
    rename_order,
    sentence,
    settings,
    share,
)

NUMBER_COLUMNS = 46
"""Columns of the overlap table that its numbers may need beside the names."""


def render(report: Report, view: View = PLAIN) -> str:
    """Return the report as text of at most `view.width` columns."""
    report = rounded(report)
    sections = (_scanned, _overlap, _renames, _matches, _residue, _summary) if report.audit is None else (_audited,)
    return printed((part for section in sections for part in section(report, view)), view)


def _audited(report: Report, view: View) -> Iterator[RenderableType]:
    assert report.audit is not None
    yield from _settings(report)
    yield from _repository(report.repositories[0], view)
    yield from audit.compared(report.audit, view)
    yield from audit.standings(report.audit)
    yield from audit.matches(report, view)
    yield from audit.summary(report)


def _scanned(report: Report, view: View) -> Iterator[RenderableType]:
    yield from _settings(report)
    for repository in report.repositories:
        yield from _repository(repository, view)


def _settings(report: Report) -> Iterator[RenderableType]:
    tool = f"{report.tool.get('name', 'clonescan')} {report.tool.get('version', '')}".strip()
    yield Text.assemble((visible(tool), HEADING), f", weights from {visible(background(report))}")
    yield from (Text(visible(f"Background: {line}")) for line in hidden(report))
    yield from (Text(visible(f"Index: {line}")) for line in index(report))
    changed = visible("; ".join(settings(report.parameters)))
    if changed:
        yield Text(f"Settings: {changed}")


def _repository(repository: Repository, view: View) -> Iterator[RenderableType]:
    yield Text()
    yield _repository_line(repository)
    yield from (indented(line) for line in _repository_facts(repository))
    if view.verbose:
        yield from (indented(f"{visible(file.path)}: {visible(file.reason)}", 4) for file in repository.skipped)


def _repository_line(repository: Repository) -> Text:
    facts = [
        f"version {repository.version}" if repository.version else "",
        f"commit {repository.commit[:10]}" if repository.commit else "",
        f"licence {repository.license}" if repository.license else "no licence found",
    ]
    line = Text(visible(repository.id), HEADING)
    return line.append(visible("  " + " · ".join(fact for fact in facts if fact)), "not bold")


def _repository_facts(repository: Repository) -> Iterator[str]:
    if repository.source != repository.id:
        yield visible(repository.source)
    files = ", ".join(counted(number, f"{kind} file") for kind, number in sorted(repository.files.items()) if number)
    yield visible(f"{files}, {counted(repository.units, 'unit')}" if files else "nothing in it can be compared")
    if repository.skipped:
        reasons = Counter(file.reason for file in repository.skipped)
        yield visible(f"skipped {counted(len(repository.skipped), 'file')}: {most_common(reasons)}")
    if repository.not_compared:
        yield visible(f"not compared: {most_common(Counter(repository.not_compared))}")


def _overlap(report: Report, view: View) -> Iterator[RenderableType]:
    yield from heading("Overlap", "how much of each repository has a counterpart in the other")
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style=FAINT)
    table.add_column("")
    with_net = any(bits(row.net_bits) != bits(row.evidence_bits) for row in report.overlap)
    for name in ("overlap", "units", "bits", *(["net bits"] if with_net else [])):
        table.add_column(name, justify="right", no_wrap=True)
    kinds = {row.kind for row in report.overlap} - {"all"}
    shown = [row for row in report.overlap if row.kind == "all" or len(kinds) > 1]
    for row in shown:
        table.add_row(*_overlap_row(row, view.width - NUMBER_COLUMNS, with_net))
    yield indented(table)
    if any(map(is_known, shown)):
        yield indented(Text(KNOWN, FAINT))


def _overlap_row(row: Overlap, width: int, with_net: bool) -> Iterator[Text]:
    if row.kind == "all":
        whole = shorten(visible(row.from_repository), width)
        other = shorten(visible(row.to_repository), width - 5)
        yield Text.assemble(whole, (f"\n  in {other}", FAINT))
    else:
        yield Text(f"    {visible(row.kind)}")
    yield Text(share(row), NUMBER if row.kind == "all" else "")
    yield Text(f"{row.matched_units:,} of {row.units:,}")
    yield Text(bits(row.evidence_bits))
    if with_net:
        yield Text(bits(row.net_bits))


def _renames(report: Report, view: View) -> Iterator[RenderableType]:
    for left, right in pairs(report):
        rows = [row for row in report.renames if (row.left_repository, row.right_repository) == (left, right)]
        if not rows:
            continue
        yield from heading("Names", f"{visible(left)} → {visible(right)}")
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
        for row in sorted(rows, key=rename_order)[: view.top]:
            width = (view.width - 34) // 2
            consistency = "" if row.consistency >= 0.9995 else f"in {row.consistency:.0%} of places"
            table.add_row(
                Text(visible(shorten(row.left, width)), LEFT),
                Text("→", FAINT),
                Text(visible(shorten(row.right, width)), RIGHT),
                Text(counted(row.count, "time"), justify="right"),
                Text(consistency, FAINT),
            )
        yield from listed(table, len(rows) - view.top)


def _matches(report: Report, view: View) -> Iterator[RenderableType]:
    if not report.matches:
        yield from heading("Matches", "none")
        return
    yield from heading("Matches", "the strongest first; `clonescan explain` shows one side by side")
    strongest = _listed(_grouped(report.matches), view.top)
    for left, right in pairs(report):
        of_pair = [row for row in strongest if between(row[1][0], left, right)]
        if of_pair and len(report.repositories) > 2:
            yield Text()
            yield Text(visible(f"{left} ↔ {right}"), HEADING)
        for number, (match, *others) in of_pair:
            yield Text()
            yield from _match(number, match, len({row.kind for row in report.matches}) > 1, view)
            for side in ("left", "right"):
                yield from _also(side, sum(getattr(other, side) == getattr(match, side) for other in others))
    yield from more(len(report.matches) - sum(len(group) for _, group in strongest))


def _listed(groups: list[list[Match]], top: int) -> list[tuple[int, list[Match]]]:
    """The first groups with their numbers, and the first of each kind that is not among these."""
    numbered = list(enumerate(groups, 1))
    shown, rest = numbered[:top], numbered[top:] if top else []
    first = {group[0].kind: (number, group) for number, group in reversed(rest)}
    for _, (match, *_) in shown:
        first.pop(match.kind, None)
    return [*shown, *sorted(first.values(), key=lambda row: row[0])]


def _grouped(matches: Iterable[Match]) -> list[list[Match]]:
    """Matches with the ones of the same unit behind them: a unit with forty counterparts is one thing to read.

    Runners-up stand alone: whoever asks for them wants to see them.
    """
    groups: list[list[Match]] = []
    of: dict[tuple[str, Place], list[Match]] = {}
    for match in matches:
        if match.runner_up:
            groups.append([match])
            continue
        keys = ((match.right.repository, match.left), (match.left.repository, match.right))
        group = next((of[key] for key in keys if key in of), None)
        if group is None:
            group = []
            groups.append(group)
            of.update(dict.fromkeys(keys, group))
        group.append(match)
    return groups


def _also(side: str, number: int) -> Iterator[RenderableType]:
    if number:
        words = f"the {side} one also matches {counted(number, 'other unit', 'other units')}"
        yield indented(Text(words, FAINT), 5)


def _match(number: int, match: Match, with_kind: bool, view: View) -> Iterator[RenderableType]:
    kind = f"{visible(match.kind)}, " if with_kind else ""
    yield Text.assemble(
        (f"{number:>3}  ", FAINT),
        (evidence(match), NUMBER),
        f"  {kind}{alike(match)}  ",
        (visible(match.id), FAINT),
    )
    yield indented(place(match.left, LEFT, view.width - 5), 5)
    yield indented(place(match.right, RIGHT, view.width - 5), 5)
    yield indented(Text(chance(match.expected_by_chance), FAINT), 5)
    if contained(match):
        yield indented(Text(contained(match), FAINT), 5)
    yield from (indented(line, 5) for line in sentences(match))
    if match.common_origin:
        yield indented(origin(match.common_origin), 5)


def _residue(report: Report, view: View) -> Iterator[RenderableType]:
    groups = {ends: list(rows) for ends, rows in groupby(report.residue, lambda row: (row.repository, row.other))}
    if groups:
        yield from heading("Residue", "names that only the other repository defines, the rarest first")
    for (repository, other), rows in groups.items():
        yield Text()
        yield Text(visible(f"in {repository}, defined in {other}"), HEADING)
        for row in rows[: view.top]:
            width = view.width - 4
            name = shorten(visible(row.name), width - 12)
            yield indented(Text.assemble((name, LEFT), (f"  {visible(row.what)}", FAINT)))
            yield indented(Text(_lined(row.path, row.line, width)), 4)
            if row.defined_path:
                yield indented(Text(_lined(row.defined_path, row.defined_line, width, "defined in "), FAINT), 4)
        yield from more(len(rows) - view.top)


def _lined(path: str, line: int, width: int, before: str = "") -> str:
    return f"{before}{shorten(visible(path), width - len(before) - 8)}:{line}"


def _summary(report: Report, _view: View) -> Iterator[RenderableType]:
    yield from heading("In short", "")
    for left, right in pairs(report):
        yield indented(sentence(report, left, right))
