"""Adds repositories to an index: reads what is new or changed, and replaces what was there."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Literal

from clonescan.background import open_background
from clonescan.background.store import Background
from clonescan.entities import Repository
from clonescan.errors import ClonescanError, UsageError
from clonescan.index.facts import Facts, chosen, key, method, write_facts
from clonescan.index.folder import Indexed, contents, drop, index_folder, is_index, publish
from clonescan.index.postings import holds, searched, tables
from clonescan.index.tables import database, read_files, seal, write_tables
from clonescan.kinds.cache import ExtractionCache
from clonescan.kinds.held import Held
from clonescan.kinds.reading import Extracted, Reader, Reading, pack, reader, titles, with_counts
from clonescan.settings import Settings
from clonescan.sources import open_source
from clonescan.sources.address import ArchiveAddress, LocalAddress, parse
from clonescan.sources.cache import cache_folder
from clonescan.sources.interface import Progress, no_progress

What = Literal["added", "replaced", "unchanged", "failed"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a source: `problem` says why it failed, in one sentence; `repository` is None then."""

    source: str
    what: What
    repository: Repository | None = None
    problem: str = ""


def add(sources: Sequence[str], settings: Settings, progress: Progress = no_progress) -> Iterator[Outcome]:
    """Add repositories to the index, each as soon as it is read; what is there and has not changed is passed over.

    A source that fails is told of and leaves what was there. Raises UsageError or BackgroundError.
    """
    background = open_background(chosen(settings))
    folder = index_folder(settings)
    with ExitStack() as stack:
        cache = stack.enter_context(_Known(cache_folder(settings, "extractions") if settings.use_cache else None))
        files = stack.enter_context(reader(background.symbols, settings, cache, progress))
        adding = _Adding(folder, settings, background, files, cache)
        for source in dict.fromkeys(sources):
            yield adding.add(source, progress)


def update(names: Sequence[str], settings: Settings, progress: Progress = no_progress) -> Iterator[Outcome]:
    """Add again what is indexed, or only these of it, by id or source. Raises UsageError or BackgroundError."""
    found = contents(index_folder(settings)).indexed
    wanted = chosen_of(found, names) if names else found
    sources = []
    for entry in wanted:
        source = entry.facts.repository.source
        if entry.facts.imported and _is_local(source):
            yield Outcome(source, "failed", problem=f"{source} is a path of the machine that it was exported from")
        else:
            sources.append(source)
    yield from add(sources, settings, progress)


def remove(names: Sequence[str], settings: Settings) -> None:
    """Take repositories out of the index by id or source, damaged ones by their folder's name. Raises UsageError."""
    folder = index_folder(settings)
    found = contents(folder)
    broken = {place.name: place for place, _ in found.damaged}
    sound = chosen_of(found.indexed, [name for name in names if name not in broken])
    drop(folder, [*(entry.folder for entry in sound), *(broken[name] for name in names if name in broken)])


def _is_local(source: str) -> bool:
    """Whether a source is a path, which means something else on another machine."""
    try:
        return isinstance(parse(source, exists=lambda path: "/" in path), LocalAddress | ArchiveAddress)
    except UsageError:
        return True


def chosen_of(indexed: Sequence[Indexed], names: Sequence[str]) -> tuple[Indexed, ...]:
    """The repositories that go by these ids or sources. Raises UsageError if one is unknown or means several."""
    found: dict[Path, Indexed] = {}
    for name in names:
        source = normal(name)
        same = [entry for entry in indexed if entry.facts.repository.source in (name, source)]
        same = same or [entry for entry in indexed if entry.facts.repository.id == name]
        if not same:
            raise UsageError(f"Nothing in the index goes by {name}; `clonescan index list` shows what is there.")
        if len(same) > 1:
            sources = ", ".join(entry.facts.repository.source for entry in same)
            raise UsageError(f"Several repositories in the index go by {name}; name one of the sources {sources}.")
        found[same[0].folder] = same[0]
    return tuple(found.values())


def listed(path: Path) -> list[str]:
    """The sources that a file names, one a line; `#` begins a comment at the start of a line or behind a blank.

    A relative path is one beside the file if that exists. Raises UsageError.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        raise UsageError(f'The list "{path}" cannot be read: {reason}.') from None
    sources = [f" {line}".partition(" #")[0].strip() for line in lines]
    beside = [str(path.parent / source) if source.startswith(("./", "../")) else source for source in sources]
    return [source for source in beside if source]


def normal(source: str) -> str:
    """A source as the index knows it: a path from the root, so that it means the same elsewhere."""
    try:
        address = parse(source, allow_http=True)
    except UsageError:
        return source
    if isinstance(address, LocalAddress):
        return f"{address.path.resolve()}" + (f"@{address.ref}" if address.ref else "")
    if isinstance(address, ArchiveAddress):
        return str(address.path.resolve())
    return address.source


class _Adding:
    """Adds one source after the other."""

    def __init__(self, folder: Path, settings: Settings, background: Background, files: Reader, cache: _Known) -> None:
        self.folder = folder
        self.settings = settings
        self.background = background
        self.method = method(settings, background)
        self.files = files
        self.cache = cache
        known = contents(folder).indexed if is_index(folder) else ()
        self.known = {entry.folder.name.partition(".")[0]: entry for entry in known}

    def add(self, source: str, progress: Progress) -> Outcome:
        """Add one source. Raises UsageError if the index cannot be written."""
        name = normal(source)
        before = self.known.get(key(name))
        try:
            held = Held(open_source(name, self.settings, progress), self.settings, progress)
            state = self._state(held)
            if before and self._is_current(before, state):
                return Outcome(name, "unchanged", before.facts.repository)
            self.cache.known = self._fingerprints(before)
            reading = self.files.read(held)
        except ClonescanError as error:
            return Outcome(name, "failed", problem=str(error))
        repository = with_counts(replace(held.repository, source=name), reading)
        publish(self.folder, key(name), self._writer(repository, reading, "" if held.lost else state))
        return Outcome(name, "replaced" if before else "added", repository)

    def _writer(self, repository: Repository, reading: Reading, state: str) -> Callable[[Path], None]:
        return writer(repository, reading.files, state, self.method, self.background)

    def _state(self, held: Held) -> str:
        """A hash of all that decides what comes of a snapshot."""
        settings = self.settings.exclude, self.settings.max_file_bytes
        facts = [(entry.path, entry.blob_id) for entry in held.entries()], held.skipped(), held.unread
        who = held.repository.id, held.repository.commit, held.repository.version
        return blake2b(repr((who, settings, facts)).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()

    def _is_current(self, entry: Indexed, state: str) -> bool:
        facts = entry.facts
        same = facts.state == state and facts.method == self.method and not facts.imported
        return same and facts.seal == seal(entry.folder)

    def _fingerprints(self, before: Indexed | None) -> Mapping[str, bytes]:
        """What the index knows of an older state of a repository, by the keys of the cache."""
        import duckdb

        if before is None or before.facts.method != self.method or before.facts.imported:
            return {}
        try:
            with database() as connection:
                files = read_files(connection, before.folder)
        except (duckdb.Error, ValueError, zlib.error):  # it is replaced anyway
            return {}
        return {
            self.files.keys.extraction(file.kind, file.path, file.blob_id): pack(file.fingerprint) for file in files
        }


def writer(
    repository: Repository,
    files: Sequence[Extracted],
    state: str,
    made_by: str,
    background: Background,
    imported: bool = False,
) -> Callable[[Path], None]:
    """What writes a repository into an empty folder."""

    def write(draft: Path) -> None:
        found = searched(files, background)
        write_tables(files, tables(found), draft)
        counts = len(found.first), len(found.hashes)
        held = holds(found, background, titles(repository, files))
        write_facts(Facts(made_by, state, repository, *counts, held, seal(draft), imported), draft)

    return write


class _Known(ExtractionCache):
    """A cache of extractions that also knows those of the repository's older state in the index."""

    known: Mapping[str, bytes] = {}

    def get(self, keys: Sequence[str]) -> dict[str, bytes]:
        """See Cache."""
        found = {name: self.known[name] for name in keys if name in self.known}
        return found | super().get([name for name in keys if name not in found])
