"""Of all that a project is compared with, the repositories and files that may hold something of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from clonescan.audit.others import Installed, Opened, Others
from clonescan.audit.project import Project, Texts
from clonescan.background import open_background
from clonescan.entities import Entry, Repository, Skipped
from clonescan.errors import ClonescanError
from clonescan.evidence.credits import credits, tells
from clonescan.index import Index, open_index, related
from clonescan.index.add import writer
from clonescan.index.facts import chosen, key, method
from clonescan.index.folder import contents, publish
from clonescan.kinds.held import Held
from clonescan.kinds.reading import Reader, Reading, with_counts
from clonescan.settings import Settings
from clonescan.sources import open_source
from clonescan.sources.cache import cache_folder
from clonescan.sources.interface import WHOLE, Contents, Progress, Reaches, Snapshot, no_progress

COPY_SHARE = 0.5
"""A repository is another copy of the project if more of its files than this, and of the project's, are the same bytes.
Units that are the same but for their names say no such thing: that is how a disguised copy looks."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A repository with those of its files that may hold something of the project; `is_copy`: it is the project."""

    repository: Repository
    reading: Reading
    snapshot: Snapshot
    is_copy: bool = False


class Absent:
    """A Snapshot of a repository that cannot be opened any more: nothing of it can be read."""

    def __init__(self, repository: Repository) -> None:
        self.repository = repository

    def entries(self) -> tuple[Entry, ...]:
        """See Snapshot."""
        return ()

    def skipped(self) -> tuple[Skipped, ...]:
        """See Snapshot."""
        return ()

    def read(
        self, wanted: Sequence[Entry], progress: Progress = no_progress, reaches: Reaches = WHOLE
    ) -> Contents:
        """See Snapshot."""
        yield from ((entry, Skipped(entry.path, "its repository cannot be read")) for entry in wanted)


def candidates(
    project: Project, ours: Reading, others: Others, files: Reader, settings: Settings, progress: Progress
) -> Iterator[Candidate]:
    """Every repository that may hold something of ours, one at a time: their readings are large."""
    yield from _installed(ours, others.installed, files, settings, progress)
    yield from (_opened(ours, one, files) for one in others.opened)
    if others.index:
        yield from _indexed(project, ours, others.index, settings, progress)


def _installed(
    ours: Reading, installed: Sequence[Installed], files: Reader, settings: Settings, progress: Progress
) -> Iterator[Candidate]:
    """The packages, looked up in an index of all that was ever met, which lies in the cache: the new ones are added."""
    folder = cache_folder(settings, "packages")
    own = replace(settings, index=str(folder))
    known = {entry.folder.name.partition(".")[0]: entry.facts for entry in contents(folder).indexed}
    background = open_background(chosen(own))
    made_by = method(own, background)
    by_key = {key(_state(one, settings)): one for one in installed}
    new = [name for name in by_key if name not in known or known[name].method != made_by]
    for done, name in enumerate(new):
        progress("Reading packages", done, len(new))
        one = by_key[name]
        held = Held(one.open(settings), settings, files.progress)
        reading = files.read(held)
        repository = with_counts(replace(held.repository, credits=credits(Texts(held).some(tells))), reading)
        publish(folder, name, writer(repository, reading.files, _state(one, settings), made_by, background))
    index = open_index(folder, own)
    here = tuple(entry for entry in index.indexed if entry.folder.name.partition(".")[0] in by_key)
    sources = {entry.facts.repository.id: by_key[entry.folder.name.partition(".")[0]] for entry in here}
    for found in related(replace(index, indexed=here, unasked=()), ours.files).related:
        one = sources[found.repository.id]
        named = replace(found.repository, id=one.id, source=one.source)
        yield Candidate(named, found.reading, one.open(settings), _is_copy(ours, found.reading, named))


def _state(one: Installed, settings: Settings) -> str:
    """All that decides what is read of a package."""
    return repr((one.package.digest, settings.exclude, settings.max_file_bytes))


def _opened(ours: Reading, one: Opened, files: Reader) -> Candidate:
    reading = files.read(one.snapshot)
    told = credits(Texts(one.snapshot).some(tells))
    repository = with_counts(replace(one.snapshot.repository, id=one.id, credits=told), reading)
    return Candidate(repository, reading, one.snapshot, _is_copy(ours, reading, repository))


def _is_copy(ours: Reading, theirs: Reading, repository: Repository) -> bool:
    mine, others = ({(file.kind, file.blob_id) for file in read.files} for read in (ours, theirs))
    return len(mine & others) > COPY_SHARE * max(len(mine), sum(repository.files.values()))


def _indexed(
    project: Project, ours: Reading, index: Index, settings: Settings, progress: Progress
) -> Iterator[Candidate]:
    for found in related(index, ours.files).related:
        own = project.folder is not None and Path(found.repository.source) == project.folder.resolve()
        copy = own or _is_copy(ours, found.reading, found.repository)
        snapshot: Snapshot
        try:
            snapshot = open_source(found.repository.source, settings, progress)
        except ClonescanError:
            snapshot = Absent(found.repository)
        yield Candidate(found.repository, found.reading, snapshot, copy)
