"""One match with the text of both its sides, read again from the places that the report names."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from clonescan.entities import Entry, Match, Place, Report, Repository, Skipped
from clonescan.errors import ClonescanError, SourceError, UsageError
from clonescan.kinds.code.source import parts
from clonescan.kinds.interface import Unreadable
from clonescan.settings import Settings
from clonescan.sources import open_source
from clonescan.sources.address import GitAddress, LocalAddress, parse
from clonescan.sources.interface import Progress, Snapshot, no_progress

DEFAULTS = Settings()
_CELL = re.compile(r"(?P<notebook>.+)#cell-(?P<number>[1-9][0-9]{0,6})")


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a match: the lines of its place from the first on, or in one sentence why there are none."""

    place: Place
    lines: tuple[str, ...] = ()
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that a reader needs to judge one match; `parameters` are those of the report."""

    match: Match
    left: Side
    right: Side
    parameters: Mapping[str, Any] = field(default_factory=dict)


def explain(
    report: Report, match_id: str, settings: Settings = DEFAULTS, progress: Progress = no_progress
) -> Explanation:
    """Return the match that `match_id` or a prefix of it names, with both sides read at the report's commits.

    Raises UsageError if no match or several have that id; a side that cannot be read any more says so itself.
    """
    match = find(report, match_id)
    left, right = (_side(report, place, settings, progress) for place in (match.left, match.right))
    return Explanation(match, left, right, report.parameters)


def both_sides(
    report: Report, settings: Settings, progress: Progress = no_progress
) -> Mapping[str, tuple[Side, Side]]:
    """Return both sides of every match by its id; each repository is opened once and its files read in one batch."""
    places = {place for match in report.matches for place in (match.left, match.right)}
    found = {place: _nowhere(place) for place in places}
    for repository in report.repositories:
        wanted = [place for place in places if place.repository == repository.id]
        if wanted:
            found |= _sides(repository, wanted, settings, progress)
    return {match.id: (found[match.left], found[match.right]) for match in report.matches}


def find(report: Report, match_id: str) -> Match:
    """Return the match with this id or unique prefix of one; raises UsageError if there is none, or several."""
    found = [match for match in report.matches if match_id and match.id.startswith(match_id)]
    exact = [match for match in found if match.id == match_id]
    if not found:
        raise UsageError(f'The report has no match "{match_id}".')
    if len(found) > 1 and not exact:
        raise UsageError(f'"{match_id}" begins the ids of {len(found)} matches, among them {_some_ids(found)}.')
    return (exact or found)[0]


def _some_ids(matches: list[Match]) -> str:
    return " and ".join(match.id for match in matches[:2])


def _side(report: Report, place: Place, settings: Settings, progress: Progress) -> Side:
    repository = next((row for row in report.repositories if row.id == place.repository), None)
    if repository is None:
        return _nowhere(place)
    return _sides(repository, [place], settings, progress)[place]


def _nowhere(place: Place) -> Side:
    return Side(place, problem=f"The report does not say where {place.repository} is.")


def _sides(
    repository: Repository, places: Collection[Place], settings: Settings, progress: Progress
) -> dict[Place, Side]:
    """Return these places of one repository with their lines."""
    try:
        contents = _contents(_reopened(repository, settings, progress), {place.path for place in places}, progress)
    except ClonescanError as error:
        return {place: Side(place, problem=str(error)) for place in places}
    texts = {path: _text(path, entry, content) for path, (entry, content) in contents.items()}
    return {place: _cut_out(place, *texts[place.path]) for place in places}


def _cut_out(place: Place, lines: Sequence[str], problem: str) -> Side:
    """Return the lines of a place out of those of its file, unless there is a problem with it."""
    if problem:
        return Side(place, problem=problem)
    if len(lines) < place.end_line:
        return Side(place, problem=f"{place.path} has changed: it has no line {place.end_line} any more.")
    return Side(place, tuple(lines[place.start_line - 1 : place.end_line]))


def _reopened(repository: Repository, settings: Settings, progress: Progress) -> Snapshot:
    """Open the source, or the report's commit by name if the source has moved on since; raises SourceError."""
    snapshot = open_source(repository.source, settings, progress)
    if snapshot.repository.commit == repository.commit:
        return snapshot
    try:
        return open_source(_pinned(repository, settings), settings, progress)
    except ClonescanError as error:
        raise SourceError(f"{repository.id} is not what it was when the report was written.") from error


def _pinned(repository: Repository, settings: Settings) -> str:
    """Return the source with the report's commit in place of the branch or tag that it may name."""
    address = parse(repository.source, allow_http=settings.allow_http)
    ref = address.ref if isinstance(address, GitAddress | LocalAddress) else ""
    return f"{repository.source.removesuffix(f'@{ref}')}@{repository.commit}"


def _contents(
    snapshot: Snapshot, paths: Collection[str], progress: Progress
) -> dict[str, tuple[Entry | None, bytes | Skipped]]:
    """Return the file that holds each path, or None, and what is in it; a path may name a notebook's cell."""
    entries = {entry.path: entry for entry in snapshot.entries()}
    holding = {path: entries.get(path) or entries.get(_notebook(path)) for path in paths}
    wanted = sorted({entry.path for entry in holding.values() if entry})
    read = {entry.path: content for entry, content in snapshot.read([entries[path] for path in wanted], progress)}
    return {path: (entry, read[entry.path] if entry else b"") for path, entry in holding.items()}


def _notebook(path: str) -> str:
    cell = _CELL.fullmatch(path)
    return cell["notebook"] if cell else ""


def _text(path: str, entry: Entry | None, content: bytes | Skipped) -> tuple[Sequence[str], str]:
    """Return the lines of a file or of a notebook's cell as they were compared, and why there are none."""
    if isinstance(content, Skipped):
        return (), f"{content.path} cannot be read: {content.reason}."
    cell = _CELL.fullmatch(path) if entry and entry.path != path else None
    try:
        found = parts(entry.path, content) if entry else []
    except Unreadable as error:
        return (), str(error)
    text = next((part.text for part in found if part.cell == int(cell["number"] if cell else 0)), None)
    return ((), f"{path} is not there any more.") if text is None else (text.decode().split("\n"), "")
