"""From a snapshot to fingerprints: picks the files of each kind, reads and parses what is not cached, in parallel."""

from __future__ import annotations

import gc
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pathspec
from loky import ProcessPoolExecutor  # type: ignore[import-untyped]

from clonescan.entities import Entry, Reach, Repository, Skipped
from clonescan.fingerprint import Fingerprint, decode, encode
from clonescan.kinds import claims, code, document, named, widest
from clonescan.kinds.cache import DigestCache, ExtractionCache
from clonescan.kinds.code.paths import language_not_compared, mark
from clonescan.kinds.code.symbols import Symbols
from clonescan.kinds.interface import Foreign, Unreadable
from clonescan.kinds.keys import DIGESTS, Keys, digest_key
from clonescan.kinds.mentions import CALLED, mentions
from clonescan.settings import Settings
from clonescan.sources.blob import with_id
from clonescan.sources.cache import cache_folder
from clonescan.sources.interface import Progress, Snapshot
from clonescan.sources.regular import too_large
from clonescan.whole import Whole

BATCH_BYTES = 500_000
"""Source handed to a worker at once: enough to hide the hand-over, little enough to keep all of them busy."""

INLINE_BYTES = 400_000
"""Less source than this is parsed at once in this process: starting workers takes longer."""

PORTION_BYTES = 64_000_000
"""Source that is held at once: all of most repositories, and eight of the largest files that are read whole."""

_READ, _FAILED, _FOREIGN = b"R", b"F", b"N"


@dataclass(frozen=True, slots=True)
class Extracted:
    """One file as one kind compares it."""

    path: str
    kind: str
    blob_id: str
    mark: str
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class Reading:
    """What a snapshot holds: compared files, the languages not compared by number of files, and what was skipped.

    `whole` is known where these are only some of the files.
    """

    files: tuple[Extracted, ...]
    not_compared: Mapping[str, int]
    skipped: tuple[Skipped, ...]
    whole: Whole | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """A file's content for one kind."""

    kind: str
    path: str
    data: bytes


Made = tuple[bytes, bytes]
"""What comes of a file: its fingerprint behind one byte, or the reason why there is none behind another; and the digest
that its kind looks at again, empty where that is the file."""

Part = tuple[str, str]
"""A path and the kind that the file there is compared as."""

Claimed = Mapping[str, Mapping[str, Reach]]
"""By path the kinds that compare a file, each with how much of it is read."""


class Reader:
    """Reads snapshots with one set of symbols; holds the worker processes and the cache."""

    def __init__(self, symbols: Symbols, settings: Settings, cache: ExtractionCache, progress: Progress) -> None:
        self.symbols = symbols
        self.settings = settings
        self.cache = cache
        self.progress = progress
        self.keys = Keys(symbols)
        self.pool: ProcessPoolExecutor | None = None

    def read(self, snapshot: Snapshot) -> Reading:
        """Read everything of a snapshot that is compared. Raises SourceError if the snapshot cannot be read."""
        excluded = pathspec.GitIgnoreSpec.from_lines(self.settings.exclude)
        entries = [entry for entry in snapshot.entries() if not excluded.match_file(entry.path)]
        claimed = {entry.path: claims(entry.path, self.settings.max_file_bytes) for entry in entries}
        wanted = [entry for entry in entries if claimed[entry.path]]
        others = Counter(filter(None, (language_not_compared(entry.path) for entry in entries)))
        skipped: list[Skipped] = []
        results: dict[Part, tuple[str, bytes]] = {}
        known = self.cache.get([key for entry in wanted if entry.blob_id for key in self._keys(entry, claimed)])
        missing: list[Entry] = []
        for entry in wanted:
            keys = self._keys(entry, claimed) if entry.blob_id else {}
            if keys and keys.keys() <= known.keys():
                results |= {(entry.path, kind): (entry.blob_id, known[key]) for key, kind in keys.items()}
            else:
                missing.append(entry)
        blobs = self._blobs(snapshot, missing, claimed, skipped)
        results.update(self._extract(blobs, claimed, skipped, len(missing)))
        files: list[Extracted] = []
        reasons: list[tuple[Part, str]] = []
        for part in sorted(results):
            file, told = _unpacked(part, *results[part])
            files += [file] if file else []
            reasons += [(part, reason) for reason in told]
        skipped += _left(reasons, files)
        unread = tuple(sorted(dict.fromkeys([*snapshot.skipped(), *skipped]), key=lambda s: s.path))
        return Reading(tuple(files), dict(sorted(others.items())), unread)

    def _keys(self, entry: Entry, claimed: Claimed) -> dict[str, str]:
        """The cache keys of a file with the kinds that they are for."""
        return {self.keys.extraction(kind, entry.path, entry.blob_id): kind for kind in claimed[entry.path]}

    def _blobs(
        self, snapshot: Snapshot, wanted: Sequence[Entry], claimed: Claimed, skipped: list[Skipped]
    ) -> Iterator[tuple[Entry, bytes]]:
        reaches = {entry.path: widest(list(claimed[entry.path].values())) for entry in wanted}
        for entry, data in snapshot.read(wanted, self.progress, reaches):
            if isinstance(data, Skipped):
                skipped.append(data)
            else:
                yield entry if entry.blob_id else with_id(entry, data), data

    def _extract(
        self, blobs: Iterable[tuple[Entry, bytes]], claimed: Claimed, skipped: list[Skipped], total: int
    ) -> Iterator[tuple[Part, tuple[str, bytes]]]:
        """Fingerprints of new blobs, a portion of them at once."""
        done = 0
        for portion in _portions(blobs):
            done += len(portion)
            yield from self._extract_portion(portion, claimed, skipped, done, total)

    def _extract_portion(
        self, blobs: Sequence[tuple[Entry, bytes]], claimed: Claimed, skipped: list[Skipped], end: int, total: int
    ) -> Iterator[tuple[Part, tuple[str, bytes]]]:
        """Each content once; what a work tree turns out to hold may be cached already. `end`: files done after it."""
        owners: dict[str, list[tuple[Part, str]]] = {}
        fresh: dict[str, Work] = {}
        for entry, data in blobs:
            for key, kind in self._keys(entry, claimed).items():
                owners.setdefault(key, []).append(((entry.path, kind), entry.blob_id))
                reach = claimed[entry.path][kind]
                if len(data) > reach.limit and not reach.head:
                    skipped.append(Skipped(entry.path, too_large(reach.limit)))
                elif len(owners[key]) == 1:
                    fresh[key] = Work(kind, entry.path, data[: reach.limit])
        known = self.cache.get(list(fresh))
        foreign = [key for key, item in fresh.items() if key not in known and not named(item.kind).glance(item.data)]
        self.cache.put((key, _FOREIGN) for key in foreign)
        known |= dict.fromkeys(foreign, _FOREIGN)
        for key, packed in known.items():
            yield from ((part, (ident, packed)) for part, ident in owners[key])
        work = [(key, item) for key, item in fresh.items() if key not in known]
        done = max(end - len(work), 0)
        for batch, made in self._run(work):
            rows = [(key, packed) for (key, _), (packed, _) in zip(batch, made, strict=True)]
            digests = [(digest_key(key), digest) for (key, _), (_, digest) in zip(batch, made, strict=True) if digest]
            self.cache.put(rows)
            if digests:
                with DigestCache(cache_folder(self.settings, DIGESTS)) as cache:
                    cache.put(digests)
            done += len(rows)
            self.progress("Parsing", done, max(done, total))
            for key, packed in rows:
                yield from ((part, (ident, packed)) for part, ident in owners[key])

    def _run(self, work: Sequence[tuple[str, Work]]) -> Iterator[tuple[Sequence[tuple[str, Work]], list[Made]]]:
        jobs = self.settings.jobs or os.cpu_count() or 1
        batches = list(_batches(work))
        if jobs == 1 or sum(len(item.data) for _, item in work) < INLINE_BYTES:
            for batch in batches:
                yield batch, extract_batch(self.symbols, [item for _, item in batch])
            return
        if self.pool is None:
            self.pool = ProcessPoolExecutor(jobs, initializer=_start, initargs=(self.symbols,))
        packed = self.pool.map(_work, [[item for _, item in batch] for batch in batches])
        yield from zip(batches, packed, strict=True)

    def close(self) -> None:
        """End the worker processes."""
        if self.pool is not None:
            self.pool.shutdown(kill_workers=True)


def _unpacked(part: Part, ident: str, data: bytes) -> tuple[Extracted | None, Sequence[str]]:
    """What came of a file, if anything, and what could not be read of it."""
    path, kind = part
    if data[:1] != _READ:
        return None, [data[1:].decode()] if data[:1] == _FAILED else []
    found = decode(data[1:])
    return Extracted(path, kind, ident, mark(path) or found.mark, found), found.notes


def _left(reasons: Sequence[tuple[Part, str]], files: Sequence[Extracted]) -> list[Skipped]:
    """The reasons that hold: what one kind cannot read is not lost if it is another's, and that one read all of it.

    Code is lost nevertheless: other kinds look at a few values in it.
    """
    whole = {file.path for file in files if file.kind != document.NAME and not file.fingerprint.notes}
    return [Skipped(path, reason) for (path, kind), reason in reasons if kind == code.NAME or path not in whole]


@contextmanager
def reader(symbols: Symbols, settings: Settings, cache: ExtractionCache, progress: Progress) -> Iterator[Reader]:
    """A reader whose workers end with the block."""
    made = Reader(symbols, settings, cache, progress)
    try:
        yield made
    finally:
        made.close()


def with_counts(repository: Repository, reading: Reading) -> Repository:
    """A repository with what was counted in it; documents are not compared."""
    return replace(
        repository,
        files=dict(sorted(Counter(file.kind for file in reading.files if file.kind != document.NAME).items())),
        not_compared=reading.not_compared,
        units=sum(len(file.fingerprint.unit_names) for file in reading.files),
        skipped=reading.skipped,
    )


def titles(repository: Repository, files: Iterable[Extracted]) -> set[str]:
    """What a repository is called: its id, and what packages in it say they are called."""
    mentioned = (mention for file in files for mention in file.fingerprint.mentions)
    called = {name for what, name, *_ in mentioned if what == CALLED}
    return called | {repository.id, *repository.credits.names}


def pack(fingerprint: Fingerprint) -> bytes:
    """A fingerprint as the cache holds it."""
    return _READ + encode(fingerprint)


def extract_batch(symbols: Symbols, batch: Sequence[Work]) -> list[Made]:
    """What comes of these files."""
    with no_collector():
        return [_extract_one(symbols, work) for work in batch]


def _extract_one(symbols: Symbols, work: Work) -> Made:
    kind = named(work.kind)
    try:
        found = kind.extract(work.path, work.data, symbols)
        digest = kind.DIGEST(work.path, work.data) if kind.DIGEST else b""
        return pack(replace(found, mentions=mentions(work.path, work.data))), digest
    except Foreign:
        return _FOREIGN, b""
    except Unreadable as reason:
        return _FAILED + str(reason).encode(), b""
    except Exception as error:  # one file of a stranger must not end the scan of all others
        return _FAILED + f"could not be parsed ({type(error).__name__})".encode(), b""


@contextmanager
def no_collector() -> Iterator[None]:
    """Without Python's search for cycles: a scan makes millions of objects and no cycle, and it took a fifth."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


_SYMBOLS = Symbols()


def _start(symbols: Symbols) -> None:
    global _SYMBOLS
    _SYMBOLS = symbols
    gc.disable()  # for good: a worker does nothing but extract


def _work(batch: Sequence[Work]) -> list[Made]:
    return extract_batch(_SYMBOLS, batch)


def _portions(blobs: Iterable[tuple[Entry, bytes]]) -> Iterator[list[tuple[Entry, bytes]]]:
    portion: list[tuple[Entry, bytes]] = []
    size = 0
    for entry, data in blobs:
        portion.append((entry, data))
        size += len(data)
        if size >= PORTION_BYTES:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


def _batches(work: Sequence[tuple[str, Work]]) -> Iterator[list[tuple[str, Work]]]:
    batch: list[tuple[str, Work]] = []
    size = 0
    for item in work:
        batch.append(item)
        size += len(item[1].data)
        if size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
