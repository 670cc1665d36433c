"""One match with the text of both its sides, read again from the places that the report names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from clonescan.entities import Entry, Match, Place, Reach, Report, Repository, Skipped
from clonescan.errors import ClonescanError, SourceError, UsageError
from clonescan.kinds import claims, named
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
    left, right = (_side(report, place, match.kind, settings, progress) for place in (match.left, match.right))
    return Explanation(match, left, right, report.parameters)


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


def _side(report: Report, place: Place, kind: str, settings: Settings, progress: Progress) -> Side:
    repository = next((row for row in report.repositories if row.id == place.repository), None)
    if repository is None:
        return Side(place, problem=f"The report does not say where {place.repository} is.")
    try:
        lines = _source(_reopened(repository, settings, progress), place.path, kind, settings, progress)
    except (ClonescanError, Unreadable) as error:
        return Side(place, problem=str(error))
    if not lines:
        return Side(place)
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


def _source(snapshot: Snapshot, path: str, kind: str, settings: Settings, progress: Progress) -> list[str]:
    """Return the lines of a file or of a notebook's cell as they were compared."""
    entries = {entry.path: entry for entry in snapshot.entries()}
    cell = None if path in entries else _CELL.fullmatch(path)
    entry = entries.get(cell["notebook"] if cell else path)
    reach = claims(entry.path, settings.max_file_bytes).get(kind) if entry else None
    if entry is None or reach is None:
        raise SourceError(f"{path} is not there any more.")
    content = _content(snapshot, entry, reach, progress)
    lines = named(kind).lines(entry.path, content, int(cell["number"] if cell else 0))
    if lines is None:
        raise SourceError(f"{path} is not there any more.")
    return lines


def _content(snapshot: Snapshot, entry: Entry, reach: Reach, progress: Progress) -> bytes:
    [(_, content)] = snapshot.read([entry], progress, {entry.path: reach})
    if isinstance(content, Skipped):
        raise SourceError(f"{entry.path} cannot be read: {content.reason}.")
    return content
