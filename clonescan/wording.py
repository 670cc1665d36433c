"""Words for features and correspondences: looks at the matched files once more, since fingerprints keep no text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from clonescan.background import open_background
from clonescan.entities import Entry, Origin, Repository, Skipped
from clonescan.kinds import KINDS, claims, named, widest
from clonescan.kinds.cache import DigestCache
from clonescan.kinds.interface import Measurer, Namer, Side, Third
from clonescan.kinds.keys import DIGESTS, Keys, digest_key
from clonescan.match.corpus import File
from clonescan.match.measured import Measures, Placed
from clonescan.settings import Settings
from clonescan.sources.cache import cache_folder
from clonescan.sources.interface import Snapshot

KEPT = 32
"""Digests that stay at hand: one of 129,000 tokens and their merges has 5 MB."""


class Wording:
    """Describes features and correspondences in the words of their source."""

    def __init__(
        self, snapshots: Sequence[Snapshot], repositories: Sequence[Repository], settings: Settings
    ) -> None:
        """`repositories`: the snapshots as the report names them."""
        self.snapshots = snapshots
        self.repositories = repositories
        self.max_bytes = settings.max_file_bytes
        self._text: dict[tuple[int, str], bytes] = {}
        self._entries: dict[int, dict[str, Entry]] = {}
        self._keys = Keys(open_background(settings.background).symbols)
        self._folder = cache_folder(settings, DIGESTS)
        self._digests: dict[str, bytes | None] = {}

    def prepare(self, files: Iterable[File]) -> None:
        """Read these files, in one batch a repository, but for those whose kind makes a digest."""
        wanted: dict[tuple[int, str], bool] = {}
        for file in files:
            place = file.repository, file.path
            wanted[place] = wanted.get(place, False) or named(file.kind).DIGEST is None
        for number, snapshot in enumerate(self.snapshots):
            entries = [entry for entry in snapshot.entries() if wanted.get((number, entry.path))]
            for entry, data in self._read(number, entries):
                self._known(number)[entry.path] = entry
                self._text[number, entry.path] = data

    def _known(self, number: int) -> dict[str, Entry]:
        """The files of a repository by path; none of one that is only indexed."""
        if number not in self._entries:
            entries = self.snapshots[number].entries() if number < len(self.snapshots) else ()
            self._entries[number] = {entry.path: entry for entry in entries}
        return self._entries[number]

    def _read(self, number: int, entries: Sequence[Entry]) -> Iterator[tuple[Entry, bytes]]:
        """Those of these files that can be read."""
        claimed = ((entry.path, claims(entry.path, self.max_bytes)) for entry in entries)
        reaches = {path: widest(list(kinds.values())) for path, kinds in claimed}
        for entry, data in self.snapshots[number].read(entries, reaches=reaches):
            if not isinstance(data, Skipped):
                yield entry, data

    def text(self, number: int, path: str) -> bytes | None:
        """A file that something was found in; None where it has gone meanwhile."""
        if (number, path) in self._text or path not in self._known(number):
            return self._text.get((number, path))
        return next((data for _, data in self._read(number, [self._known(number)[path]])), None)

    def _data(self, file: File) -> bytes | None:
        """What its kind looks at again; None where the file has gone meanwhile."""
        if file.path not in self._known(file.repository):
            return None
        if named(file.kind).DIGEST is None:
            return self.text(file.repository, file.path)
        key = digest_key(self._keys.extraction(file.kind, file.path, file.blob_id))
        if key not in self._digests:
            if len(self._digests) == KEPT:
                del self._digests[next(iter(self._digests))]
            self._digests[key] = self._digest(file, key)
        return self._digests[key]

    def _digest(self, file: File, key: str) -> bytes | None:
        """The digest of a file, from the cache or made again if the file is still what was compared."""
        make = named(file.kind).DIGEST
        with DigestCache(self._folder) as cache:
            for known in cache.get([key]).values():
                return known
            for entry, data in self._read(file.repository, [self._known(file.repository)[file.path]]):
                if make is not None and entry.blob_id == file.blob_id:
                    digest = make(file.path, data)
                    cache.put([(key, digest)])
                    return digest
        return None

    def describe(self, file: File, features: Sequence[int]) -> list[str]:
        """The words of features, by their places in the fingerprint; empty where the file has gone meanwhile."""
        data = self._data(file)
        if data is None:
            return [""] * len(features)
        return named(file.kind).describe(file.path, data, file.fingerprint, features)

    def correspond(self, left: Placed, right: Placed, origin: Origin | None, third: Placed | None) -> Mapping[str, Any]:
        """How two units correspond, by file and number within; nothing where a file has gone meanwhile."""
        ours, theirs = self._side(left), self._side(right)
        if ours is None or theirs is None:
            return {}
        return named(left[0].kind).correspond(ours, theirs, self._third(origin, third))

    @property
    def measures(self) -> Measures:
        """What counts what two units share, and names their names, for the kinds whose features do not tell."""
        return Measures(
            {kind.NAME: partial(self._measure, kind.MEASURE) for kind in KINDS if kind.MEASURE},
            {kind.NAME: partial(self._name, kind.NAMER) for kind in KINDS if kind.NAMER},
        )

    def _measure(self, measure: Measurer, left: Placed, right: Placed) -> tuple[int, int, int] | bool | None:
        """What two units share; None where a file has gone meanwhile."""
        ours, theirs = self._side(left), self._side(right)
        return measure(ours, theirs) if ours and theirs else None

    def _name(self, namer: Namer, left: Placed, right: Placed) -> Sequence[tuple[str, str, int]] | None:
        """Which names of two units stand for each other; None where a file has gone meanwhile."""
        ours, theirs = self._side(left), self._side(right)
        return namer(ours, theirs) if ours and theirs else None

    def _side(self, placed: Placed) -> Side | None:
        file, unit = placed
        data = self._data(file)
        if data is None:
            return None
        size = self._known(file.repository)[file.path].size
        return Side(file.path, data, file.fingerprint, unit, file.blob_id, size)

    def _third(self, origin: Origin | None, third: Placed | None) -> Third | None:
        """The third place that both sides share something with; it is no origin where that is little."""
        if third is None:
            return Third(origin.repository, origin.version, origin.path) if origin else None
        file, _ = third
        repository = self.repositories[file.repository]
        return Third(repository.id, repository.version or "", file.path, self._side(third))
