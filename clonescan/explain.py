"""One match with the text of both its sides, read again from the places that the report names."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clonescan.entities import Entry, Excerpt, Match, Place, Report, Repository, Skipped
from clonescan.errors import ClonescanError, SourceError, UsageError
from clonescan.kinds import claims, named, widest
from clonescan.kinds.interface import Unreadable
from clonescan.settings import Settings
from clonescan.sources import open_source
from clonescan.sources.address import ArchiveAddress, GitAddress, LocalAddress, parse
from clonescan.sources.blob import is_whole
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


def both_sides(
    report: Report, settings: Settings, progress: Progress = no_progress, opened: Sequence[Snapshot] = ()
) -> Mapping[str, tuple[Side, Side]]:
    """Return both sides of every match by its id; each repository is opened once and its files read in one batch.

    `opened`: the report's repositories in their order, where whoever compared them still has them.
    """
    snapshots = {repository.id: snapshot for repository, snapshot in zip(report.repositories, opened, strict=False)}
    kinds = _kinds(report)
    found = {place: _nowhere(place) for place in kinds} | embedded(report, kinds)
    for repository in report.repositories:
        wanted = {
            place: kind
            for place, kind in kinds.items()
            if place.repository == repository.id and not found[place].lines
        }
        if wanted:
            found |= _sides(repository, wanted, settings, progress, snapshots.get(repository.id))
    return {match.id: (found[match.left], found[match.right]) for match in report.matches}


def _kinds(report: Report) -> dict[Place, str]:
    """All places that matches name, with the kinds that they are compared as."""
    return {place: match.kind for match in report.matches for place in (match.left, match.right)}


def embedded(report: Report, places: Collection[Place]) -> dict[Place, Side]:
    """Return those places whose text the report itself holds (`scan --embed-source`)."""
    texts = {(row.repository, row.path, row.start_line, row.end_line): row.text for row in report.excerpts}
    keys = {place: (place.repository, place.path, place.start_line, place.end_line) for place in places}
    return {place: Side(place, tuple(texts[key].split("\n"))) for place, key in keys.items() if key in texts}


def excerpts(
    report: Report, snapshots: Sequence[Snapshot], settings: Settings, progress: Progress = no_progress
) -> tuple[Excerpt, ...]:
    """Return the text of all places that matches name, sorted, read from the report's repositories in their order.

    What cannot be read is left out: whoever wants it later reads it again, or is told why not.
    """
    kinds = _kinds(report)
    found: dict[Place, Side] = {}
    for repository, snapshot in zip(report.repositories, snapshots, strict=True):
        wanted = {place: kind for place, kind in kinds.items() if place.repository == repository.id}
        found |= _sides_in(snapshot, wanted, settings, progress) if wanted else {}
    rows = {
        (place.repository, place.path, place.start_line, place.end_line): "\n".join(side.lines)
        for place, side in found.items()
        if side.lines
    }
    return tuple(Excerpt(*key, text) for key, text in sorted(rows.items()))


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
    found = embedded(report, [place])
    if found:
        return found[place]
    repository = next((row for row in report.repositories if row.id == place.repository), None)
    if repository is None:
        return _nowhere(place)
    return _sides(repository, {place: kind}, settings, progress)[place]


def _nowhere(place: Place) -> Side:
    return Side(place, problem=f"The report does not say where {place.repository} is.")


def _sides(
    repository: Repository,
    kinds: Mapping[Place, str],
    settings: Settings,
    progress: Progress,
    opened: Snapshot | None = None,
) -> dict[Place, Side]:
    """Return these places of one repository with their lines, as they are now or were at the report's commit."""
    try:
        now = opened or _opened_again(repository, settings, progress)
        moved = now.repository.commit != repository.commit
        comparable = {place: kind for place, kind in kinds.items() if place.blob_id or not moved}
        found = _sides_in(now, comparable, settings, progress)
        missing = {place: kind for place, kind in kinds.items() if place not in found or found[place].problem}
        if missing and (moved or repository.commit):
            found |= _sides_then(repository, missing, found, settings, progress)
        return found
    except ClonescanError as error:
        return {place: Side(place, problem=str(error)) for place in kinds}


def _opened_again(repository: Repository, settings: Settings, progress: Progress) -> Snapshot:
    """Open the source as it is now; raises SourceError if it cannot be read, UsageError if its form is not known."""
    source = repository.source
    if _is_gone(repository, settings):
        relative = "" if Path(source).is_absolute() else ", which the report names as seen from the folder of the scan"
        raise SourceError(f"{repository.id} is not, or no more, at {source}{relative}.")
    return open_source(source, settings, progress)


def _is_gone(repository: Repository, settings: Settings) -> bool:
    """Whether the source was a path at which there is nothing now: from elsewhere it may read like OWNER/NAME."""
    if "://" in repository.source:
        return False
    try:
        address = parse(repository.source, allow_http=settings.allow_http)
    except UsageError:
        return True
    if isinstance(address, LocalAddress | ArchiveAddress):
        return not address.path.exists()
    return isinstance(address, GitAddress) and bool(address.web) and not repository.link


def _sides_then(
    repository: Repository,
    kinds: Mapping[Place, str],
    now: Mapping[Place, Side],
    settings: Settings,
    progress: Progress,
) -> Mapping[Place, Side]:
    """Return these places as they were at the report's commit; raises SourceError if nothing else tells of them."""
    try:
        source = _pinned(repository, settings)
        then = _sides_in(open_source(source, settings, progress), kinds, settings, progress)
    except ClonescanError as error:
        if kinds.keys() <= now.keys():
            return {}  # what is wrong with them now is told already
        raise SourceError(f"{repository.id} is not what it was when the report was written.") from error
    return {place: side for place, side in then.items() if not side.problem or place not in now}


def _sides_in(
    snapshot: Snapshot, kinds: Mapping[Place, str], settings: Settings, progress: Progress
) -> dict[Place, Side]:
    """Return these places of a repository that is open, read in one batch; raises SourceError."""
    contents = _contents(snapshot, {place.path for place in kinds}, settings, progress)
    wanted = {(place.path, kind) for place, kind in kinds.items()}
    texts = {(path, kind): _text(path, kind, *contents[path]) for path, kind in wanted}
    blob_ids = {path: entry.blob_id if entry else "" for path, (entry, _) in contents.items()}
    return {
        place: _cut_out(place, blob_ids[place.path], *texts[place.path, kind]) for place, kind in kinds.items()
    }


def _cut_out(place: Place, blob_id: str, lines: Sequence[str], problem: str) -> Side:
    """Return the lines of a place out of those of its file, unless there is a problem with it; binary data has none."""
    if problem or not lines:
        return Side(place, problem=problem)
    if place.blob_id and is_whole(place.blob_id) and blob_id != place.blob_id:
        return Side(place, problem=f"{place.path} has changed since it was compared.")
    if len(lines) < place.end_line:
        return Side(place, problem=f"{place.path} has changed: it has no line {place.end_line} any more.")
    return Side(place, tuple(lines[place.start_line - 1 : place.end_line]))


def _pinned(repository: Repository, settings: Settings) -> str:
    """Return the source with the report's commit in place of the branch or tag that it may name."""
    address = parse(repository.source, allow_http=settings.allow_http)
    ref = address.ref if isinstance(address, GitAddress | LocalAddress) else ""
    return f"{repository.source.removesuffix(f'@{ref}')}@{repository.commit}"


def _contents(
    snapshot: Snapshot, paths: Collection[str], settings: Settings, progress: Progress
) -> dict[str, tuple[Entry | None, bytes | Skipped]]:
    """Return the file that holds each path, or None, and what is in it; the path of a notebook's cell names it."""
    entries = {entry.path: entry for entry in snapshot.entries()}
    holding = {path: entries.get(path) or entries.get(_notebook(path)) for path in paths}
    claimed = {entry.path: claims(entry.path, settings.max_file_bytes) for entry in holding.values() if entry}
    wanted = [entries[path] for path in sorted(claimed) if claimed[path]]
    reaches = {entry.path: widest(list(claimed[entry.path].values())) for entry in wanted}
    read = {entry.path: (entry, content) for entry, content in snapshot.read(wanted, progress, reaches)}
    return {
        path: read[entry.path] if entry and entry.path in read else (None, b"") for path, entry in holding.items()
    }


def _notebook(path: str) -> str:
    cell = _CELL.fullmatch(path)
    return cell["notebook"] if cell else ""


def _text(path: str, kind: str, entry: Entry | None, content: bytes | Skipped) -> tuple[Sequence[str], str]:
    """Return the lines of a file or of a notebook's cell as they were compared, and why there are none."""
    if isinstance(content, Skipped):
        return (), f"{content.path} cannot be read: {content.reason}."
    cell = _CELL.fullmatch(path) if entry and entry.path != path else None
    try:
        lines = named(kind).lines(entry.path, content, int(cell["number"] if cell else 0)) if entry else None
    except Unreadable as error:
        return (), str(error)
    return ((), f"{path} is not there any more.") if lines is None else (lines, "")
