"""Words for features and correspondences: reads the matched files once more, since fingerprints keep no text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from clonescan.entities import Entry, Skipped
from clonescan.kinds import claims, named, widest
from clonescan.kinds.interface import Side
from clonescan.match.corpus import File
from clonescan.settings import Settings
from clonescan.sources.interface import Snapshot


class Wording:
    """Describes features and correspondences in the words of their source."""

    def __init__(self, snapshots: Sequence[Snapshot], settings: Settings) -> None:
        self.snapshots = snapshots
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

    def correspond(self, left: tuple[File, int], right: tuple[File, int]) -> Mapping[str, Any]:
        """How two units correspond, by file and number within; nothing where a file has gone meanwhile."""
        sides = [
            Side(file.path, data, file.fingerprint, unit, file.blob_id, self.sizes[file.repository, file.path])
            for file, unit in (left, right)
            if (data := self.text.get((file.repository, file.path))) is not None
        ]
        return named(left[0].kind).correspond(*sides) if len(sides) == 2 else {}
