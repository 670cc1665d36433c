"""The report for a terminal: what was scanned, overlap, names, the strongest matches, one sentence for each pair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from itertools import combinations, groupby

from rich.console import RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from clonescan.entities import Match, Overlap, Place, Report, Repository, RepositoryRename
from clonescan.report.escape import shorten, visible
from clonescan.report.interface import PLAIN, View, background_packages
from clonescan.report.terminal import printed
from clonescan.report.words import alike, bits, chance, contained, counted, evidence, lines, origin
from clonescan.settings import Settings

HEADING = "bold"
FAINT = "dim"
NUMBER = "bold cyan"
LEFT, RIGHT = "magenta", "green"
MOST_REASONS = 4
NUMBER_COLUMNS = 46
"""Columns of the overlap table that its numbers may need beside the names."""

CONSISTENT = 0.9
"""From here on a rename is listed among the consistent ones, if it was seen more than once."""


def render(report: Report, view: View = PLAIN) -> str:
    """Return the report as text of at most `view.width` columns."""
    sections = (_scanned, _overlap, _renames, _matches, _residue, _summary)
    return printed((part for section in sections for part in section(report, view)), view)


def _scanned(report: Report, view: View) -> Iterator[RenderableType]:
    tool = f"{report.tool.get('name', 'clonescan')} {report.tool.get('version', '')}".strip()
    yield Text.assemble((visible(tool), HEADING), f", {visible(_background(report))}")
    settings = visible("; ".join(_settings(report.parameters)))
    if settings:
        yield Text(f"Settings: {settings}")
    for repository in report.repositories:
        yield Text()
        yield _repository_line(repository)
        yield from (indented(line) for line in _repository_facts(repository))
        if view.verbose:
            yield from (indented(f"{visible(file.path)}: {visible(file.reason)}", 4) for file in repository.skipped)


def _background(report: Report) -> str:
    packages = background_packages(report.parameters)
    if not packages:
        return "weights from the scanned repositories alone"
    background = report.parameters["background"]
    words = f"weights from the background {background.get('name', '')} of {counted(packages, 'package')}"
    masked = background.get("masked")
    return words + (f" without {', '.join(map(str, masked))}" if masked else "")


def _settings(parameters: Mapping[str, object]) -> Iterator[str]:
    """Yield the settings that are not the default: they decide what a reader does not see."""
    default = Settings()
    for field in fields(Settings):
        value = parameters.get(field.name)
        if isinstance(value, list):
            value = tuple(value)
        if field.name != "background" and value is not None and value != getattr(default, field.name):
            shown = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
            yield f"{field.name} = {shown}"


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
        yield visible(f"skipped {counted(len(repository.skipped), 'file')}: {_most_common(reasons)}")
    if repository.not_compared:
        yield visible(f"not compared: {_most_common(Counter(repository.not_compared))}")


def _most_common(counts: Counter[str]) -> str:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = [f"{name} ({number:,})" for name, number in ordered[:MOST_REASONS]]
    rest = sum(number for _, number in ordered[MOST_REASONS:])
    return ", ".join(shown) + (f", other ({rest:,})" if rest else "")


def _overlap(report: Report, view: View) -> Iterator[RenderableType]:
    yield from heading("Overlap", "how much of each repository has a counterpart in the other")
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style=FAINT)
    table.add_column("")
    with_net = any(bits(row.net_bits) != bits(row.evidence_bits) for row in report.overlap)
    for name in ("overlap", "units", "bits", *(["net bits"] if with_net else [])):
        table.add_column(name, justify="right", no_wrap=True)
    kinds = {row.kind for row in report.overlap} - {"all"}
    for row in report.overlap:
        if row.kind == "all" or len(kinds) > 1:
            table.add_row(*_overlap_row(row, view.width - NUMBER_COLUMNS, with_net))
    yield indented(table)


def _overlap_row(row: Overlap, width: int, with_net: bool) -> Iterator[Text]:
    if row.kind == "all":
        whole = shorten(visible(row.from_repository), width)
        other = shorten(visible(row.to_repository), width - 5)
        yield Text.assemble(whole, (f"\n  in {other}", FAINT))
    else:
        yield Text(f"    {visible(row.kind)}")
    yield Text(f"{row.overlap:.1%}", NUMBER if row.kind == "all" else "")
    yield Text(f"{row.matched_units:,} of {row.units:,}")
    yield Text(bits(row.evidence_bits))
    if with_net:
        yield Text(bits(row.net_bits))


def _renames(report: Report, view: View) -> Iterator[RenderableType]:
    for left, right in _pairs(report):
        rows = [row for row in report.renames if (row.left_repository, row.right_repository) == (left, right)]
        if not rows:
            continue
        yield from heading("Names", f"{visible(left)} → {visible(right)}")
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
        for row in sorted(rows, key=_rename_order)[: view.top]:
            width = (view.width - 34) // 2
            consistency = "" if row.consistency >= 0.9995 else f"in {row.consistency:.0%} of places"
            table.add_row(
                Text(visible(shorten(row.left, width)), LEFT),
                Text("→", FAINT),
                Text(visible(shorten(row.right, width)), RIGHT),
                Text(counted(row.count, "time"), justify="right"),
                Text(consistency, FAINT),
            )
        yield indented(table)
        yield from more(len(rows) - view.top)


def _rename_order(row: RepositoryRename) -> tuple[bool, int, float, str, str]:
    consistent = row.consistency >= CONSISTENT and row.count > 1
    return not consistent, -row.count, -row.consistency, row.left, row.right


def _matches(report: Report, view: View) -> Iterator[RenderableType]:
    if not report.matches:
        yield from heading("Matches", "none")
        return
    yield from heading("Matches", "the strongest first; `clonescan explain` shows one side by side")
    groups = _grouped(report.matches)
    strongest = list(enumerate(groups[: view.top], 1))
    for left, right in _pairs(report):
        of_pair = [row for row in strongest if _between(row[1][0], left, right)]
        if of_pair and len(report.repositories) > 2:
            yield Text()
            yield Text(visible(f"{left} ↔ {right}"), HEADING)
        for number, (match, *others) in of_pair:
            yield Text()
            yield from _match(number, match, len({row.kind for row in report.matches}) > 1, view)
            for side in ("left", "right"):
                yield from _also(side, sum(getattr(other, side) == getattr(match, side) for other in others))
    yield from more(len(report.matches) - sum(len(group) for _, group in strongest))


def _grouped(matches: Iterable[Match]) -> list[list[Match]]:
    """Matches with the ones of the same unit behind them: a unit with forty counterparts is one thing to read."""
    groups: list[list[Match]] = []
    of: dict[tuple[str, Place], list[Match]] = {}
    for match in matches:
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


def _between(match: Match, left: str, right: str) -> bool:
    return (match.left.repository, match.right.repository) == (left, right)


def _match(number: int, match: Match, with_kind: bool, view: View) -> Iterator[RenderableType]:
    kind = f"{visible(match.kind)}, " if with_kind else ""
    yield Text.assemble(
        (f"{number:>3}  ", FAINT),
        (evidence(match), NUMBER),
        f"  {kind}{alike(match)}  ",
        (visible(match.id), FAINT),
    )
    yield indented(_place(match.left, LEFT, view.width - 5), 5)
    yield indented(_place(match.right, RIGHT, view.width - 5), 5)
    yield indented(Text(chance(match.expected_by_chance), FAINT), 5)
    if contained(match):
        yield indented(Text(contained(match), FAINT), 5)
    if match.common_origin:
        yield indented(origin(match.common_origin), 5)


def _place(place: Place, style: str, width: int) -> Text:
    """One line: the path shortened in the middle as far as needed, lines and unit whole where they fit."""
    where = lines(place)
    mark = f" ({visible(place.marked)})" if place.marked else ""
    path, unit = visible(place.path), visible(place.unit)
    room = width - len(where) - len(mark) - 2
    unit = shorten(unit, max(room // 2, room - len(path)))
    return Text.assemble((shorten(path, room - len(unit)) + where, style), f"  {unit}", (mark, FAINT))


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
    for left, right in _pairs(report):
        yield indented(_sentence(report, left, right))


def _sentence(report: Report, left: str, right: str) -> str:
    matches = [
        match
        for match in report.matches
        if _between(match, left, right) and not match.runner_up
    ]
    names = f"{visible(left)} and {visible(right)}"
    empty = [visible(repo.id) for repo in report.repositories if repo.id in (left, right) and not repo.units]
    if empty:
        return f"Nothing to compare between {names}: no code was read in {' and '.join(empty)}."
    if not matches and (report.parameters.get("min_evidence") or report.parameters.get("min_similarity")):
        return f"No matches between {names} that the settings above let through."
    if not matches:
        return f"No matches between {names}: nothing corresponds beyond what everyone shares."
    shares = {(row.from_repository, row.to_repository): row for row in report.overlap if row.kind == "all"}
    words = f"{counted(len(matches), 'match', 'matches')} between {names}"
    words += f", the strongest with {evidence(matches[0])} of evidence"
    common = sum(match.common_origin is not None for match in matches)
    if common:
        words += f", {common:,} of them with a known common origin"
    if (left, right) in shares and (right, left) in shares:
        there, back = shares[left, right].overlap, shares[right, left].overlap
        words += f"; {there:.1%} of the first has a counterpart in the second, and {back:.1%} the other way round"
    return words + "."


def _pairs(report: Report) -> Iterable[tuple[str, str]]:
    return combinations([repository.id for repository in report.repositories], 2)


def heading(name: str, explanation: str) -> Iterator[RenderableType]:
    yield Text()
    yield Text.assemble((name, HEADING), (f"  {explanation}" if explanation else "", FAINT))


def more(number: int) -> Iterator[RenderableType]:
    if number > 0:
        yield indented(Text(f"and {number:,} more", FAINT))


def indented(part: RenderableType, columns: int = 2) -> Padding:
    return Padding(Text(part) if isinstance(part, str) else part, (0, 0, 0, columns))
