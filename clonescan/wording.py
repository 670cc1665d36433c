"""Words for features and correspondences: reads the matched files once more, since fingerprints keep no text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from clonescan.entities import Entry, Origin, Repository, Skipped
from clonescan.kinds import claims, named, widest
from clonescan.kinds.interface import Side, Third
from clonescan.match.corpus import File
from clonescan.match.findings import Placed
from clonescan.settings import Settings
from clonescan.sources.interface import Snapshot


class Wording:
    """Describes features and correspondences in the words of their source."""

    def __init__(
        self, snapshots: Sequence[Snapshot], repositories: Sequence[Repository], settings: Settings
    ) -> None:
        """`repositories`: the snapshots as the report names them."""
        self.snapshots = snapshots
        self.repositories = repositories
        self.max_bytes = settings.max_file_bytes
        self.text: dict[tuple[int, str], bytes] = {}
        self.sizes: dict[tuple[int, str], int | None] = {}

    def prepare(self, files: Iterable[File]) -> None:
        """Read these files, in one batch a repository."""
        wanted = {(file.repository, file.path) for file in files}
        for number, snapshot in enumerate(self.snapshots):
            entries = [entry for entry in snapshot.entries() if (number, entry.path) in wanted]
            for entry, data in self._read(snapshot, entries):
                if not isinstance(data, Skipped):
                    self.text[number, entry.path] = data
                    self.sizes[number, entry.path] = entry.size

    def _read(self, snapshot: Snapshot, entries: Sequence[Entry]) -> Iterable[tuple[Entry, bytes | Skipped]]:
        claimed = ((entry.path, claims(entry.path, self.max_bytes)) for entry in entries)
        return snapshot.read(entries, reaches={path: widest(list(kinds.values())) for path, kinds in claimed})

    def describe(self, file: File, features: Sequence[int]) -> list[str]:
        """The words of features, by their places in the fingerprint; empty where the file has gone meanwhile."""
        data = self.text.get((file.repository, file.path))
        if data is None:
            return [""] * len(features)
        return named(file.kind).describe(file.path, data, file.fingerprint, features)

    def correspond(self, left: Placed, right: Placed, origin: Origin | None, third: Placed | None) -> Mapping[str, Any]:
        """How two units correspond, by file and number within; nothing where a file has gone meanwhile."""
        ours, theirs = self._side(left), self._side(right)
        if ours is None or theirs is None:
            return {}
        return named(left[0].kind).correspond(ours, theirs, self._third(origin, third))

    def _side(self, placed: Placed) -> Side | None:
        file, unit = placed
        data = self.text.get((file.repository, file.path))
        if data is None:
            return None
        return Side(file.path, data, file.fingerprint, unit, file.blob_id, self.sizes[file.repository, file.path])

    def _third(self, origin: Origin | None, third: Placed | None) -> Third | None:
        """The third place that both sides share something with; it is no origin where that is little."""
        if third is None:
            return Third(origin.repository, origin.version, origin.path) if origin else None
        file, _ = third
        repository = self.repositories[file.repository]
        return Third(repository.id, repository.version or "", file.path, self._side(third))
