"""From a snapshot to fingerprints: picks the files of each kind, reads and parses what is not cached, in parallel."""

from __future__ import annotations

import gc
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha1

import pathspec
from loky import ProcessPoolExecutor  # type: ignore[import-untyped]

from clonescan.entities import Entry, Skipped
from clonescan.fingerprint import Fingerprint, decode, encode
from clonescan.kinds import claimed, kind_of, version
from clonescan.kinds.cache import ExtractionCache
from clonescan.kinds.code.paths import language_not_compared, mark
from clonescan.kinds.code.symbols import Symbols
from clonescan.kinds.interface import Unreadable
from clonescan.settings import Settings
from clonescan.sources.interface import Progress, Snapshot

BATCH_BYTES = 500_000
"""Source handed to a worker at once: enough to hide the hand-over, little enough to keep all of them busy."""

INLINE_BYTES = 400_000
"""Less source than this is parsed at once in this process: starting workers takes longer."""

_READ, _FAILED = b"R", b"F"


@dataclass(frozen=True, slots=True)
class Extracted:
    """One compared file."""

    path: str
    kind: str
    blob_id: str
    mark: str
    fingerprint: Fingerprint


@dataclass(frozen=True, slots=True)
class Reading:
    """What a snapshot holds: compared files, the languages not compared by number of files, and what was skipped."""

    files: tuple[Extracted, ...]
    not_compared: Mapping[str, int]
    skipped: tuple[Skipped, ...]


Work = tuple[str, bytes]
Extract = Callable[[Sequence[Work]], list[bytes]]


class Reader:
    """Reads snapshots with one set of symbols; holds the worker processes and the cache."""

    def __init__(self, symbols: Symbols, settings: Settings, cache: ExtractionCache, progress: Progress) -> None:
        self.symbols = symbols
        self.settings = settings
        self.cache = cache
        self.progress = progress
        self.version = version(symbols)
        self.pool: ProcessPoolExecutor | None = None

    def read(self, snapshot: Snapshot) -> Reading:
        """Read everything of a snapshot that is compared. Raises SourceError if the snapshot cannot be read."""
        excluded = pathspec.GitIgnoreSpec.from_lines(self.settings.exclude)
        entries = [entry for entry in snapshot.entries() if not excluded.match_file(entry.path)]
        wanted = [entry for entry in entries if claimed(entry.path)]
        others = Counter(filter(None, (language_not_compared(entry.path) for entry in entries)))
        skipped = list(snapshot.skipped())
        known = self.cache.get([self._key(entry.path, entry.blob_id) for entry in wanted if entry.blob_id])
        results: dict[str, tuple[str, bytes]] = {}
        missing: list[Entry] = []
        for entry in wanted:
            cached = known.get(self._key(entry.path, entry.blob_id)) if entry.blob_id else None
            if cached is None:
                missing.append(entry)
            else:
                results[entry.path] = (entry.blob_id, cached)
        for path, blob_id, data in self._extract(self._blobs(snapshot, missing, skipped), len(missing)):
            results[path] = (blob_id, data)
        files = []
        for path in sorted(results):
            file = self._unpack(path, *results[path], skipped)
            if file is not None:
                files.append(file)
        return Reading(tuple(files), dict(sorted(others.items())), tuple(sorted(skipped, key=lambda s: s.path)))

    def _key(self, path: str, blob_id: str) -> str:
        suffix = path.rsplit(".", 1)[-1] if "." in path else path
        return f"{self.version} {suffix} {blob_id}"

    def _blobs(
        self, snapshot: Snapshot, wanted: Sequence[Entry], skipped: list[Skipped]
    ) -> Iterator[tuple[str, str, bytes]]:
        for entry, data in snapshot.read(wanted, self.progress):
            if isinstance(data, Skipped):
                skipped.append(data)
            else:
                yield entry.path, entry.blob_id or blob_id(data), data

    def _extract(self, blobs: Iterable[tuple[str, str, bytes]], total: int) -> Iterator[tuple[str, str, bytes]]:
        """Fingerprints of new blobs, each content once; what a work tree turns out to hold may be cached already."""
        done = 0
        owners: dict[str, list[tuple[str, str]]] = {}
        fresh: list[tuple[str, Work]] = []
        for path, ident, data in blobs:
            key = self._key(path, ident)
            owners.setdefault(key, []).append((path, ident))
            if len(owners[key]) == 1:
                fresh.append((key, (path, data)))
        known = self.cache.get([key for key, _ in fresh])
        for key, data in known.items():
            yield from ((path, ident, data) for path, ident in owners[key])
        fresh = [item for item in fresh if item[0] not in known]
        done = total - len(fresh)
        for batch, packed in self._run(fresh):
            rows = [(key, data) for (key, _), data in zip(batch, packed, strict=True)]
            self.cache.put(rows)
            done += len(rows)
            self.progress("Parsing", done, total)
            for key, data in rows:
                yield from ((path, ident, data) for path, ident in owners[key])

    def _run(
        self, work: Sequence[tuple[str, Work]]
    ) -> Iterator[tuple[Sequence[tuple[str, Work]], list[bytes]]]:
        jobs = self.settings.jobs or os.cpu_count() or 1
        batches = list(_batches(work))
        if jobs == 1 or sum(len(data) for _, (_, data) in work) < INLINE_BYTES:
            for batch in batches:
                yield batch, extract_batch(self.symbols, [item for _, item in batch])
            return
        if self.pool is None:
            self.pool = ProcessPoolExecutor(jobs, initializer=_start, initargs=(self.symbols,))
        packed = self.pool.map(_work, [[item for _, item in batch] for batch in batches])
        yield from zip(batches, packed, strict=True)

    def _unpack(self, path: str, ident: str, data: bytes, skipped: list[Skipped]) -> Extracted | None:
        if data[:1] == _FAILED:
            skipped.append(Skipped(path, data[1:].decode()))
            return None
        found = decode(data[1:])
        skipped += [Skipped(path, note) for note in found.notes]
        return Extracted(path, kind_of(path).NAME, ident, mark(path) or found.mark, found)

    def close(self) -> None:
        """End the worker processes."""
        if self.pool is not None:
            self.pool.shutdown(kill_workers=True)


@contextmanager
def reader(symbols: Symbols, settings: Settings, cache: ExtractionCache, progress: Progress) -> Iterator[Reader]:
    """A reader whose workers end with the block."""
    made = Reader(symbols, settings, cache, progress)
    try:
        yield made
    finally:
        made.close()


def blob_id(data: bytes) -> str:
    """Git's id of a content."""
    return sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def extract_batch(symbols: Symbols, batch: Sequence[Work]) -> list[bytes]:
    """Fingerprints as bytes behind one byte, or the reason why there is none behind another."""
    with _no_collector():
        return [_extract_one(symbols, path, data) for path, data in batch]


def _extract_one(symbols: Symbols, path: str, data: bytes) -> bytes:
    try:
        return _READ + encode(kind_of(path).extract(path, data, symbols))
    except Unreadable as reason:
        return _FAILED + str(reason).encode()
    except Exception as error:  # one file of a stranger must not end the scan of all others
        return _FAILED + f"could not be parsed ({type(error).__name__})".encode()


@contextmanager
def _no_collector() -> Iterator[None]:
    """Without Python's search for cycles: extraction makes millions of objects and no cycle, and it took a fifth."""
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


def _work(batch: Sequence[Work]) -> list[bytes]:
    return extract_batch(_SYMBOLS, batch)


def _batches(work: Sequence[tuple[str, Work]]) -> Iterator[list[tuple[str, Work]]]:
    batch: list[tuple[str, Work]] = []
    size = 0
    for item in work:
        batch.append(item)
        size += len(item[1][1])
        if size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
