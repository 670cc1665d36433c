"""Words for features: reads the matched files once more, since fingerprints keep places and not text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from clonescan.entities import Entry, Skipped
from clonescan.kinds import kind_of
from clonescan.match.corpus import File
from clonescan.sources.interface import Snapshot


class Wording:
    """Describes features in the words of their source."""

    def __init__(self, snapshots: Sequence[Snapshot]) -> None:
        self.snapshots = snapshots
        self.entries: list[dict[str, Entry]] = [{} for _ in snapshots]
        self.text: dict[tuple[int, str], bytes] = {}

    def prepare(self, files: Iterable[File]) -> None:
        """Read these files, in one batch a repository."""
        wanted = sorted({(file.repository, file.path) for file in files})
        for number, snapshot in enumerate(self.snapshots):
            paths = {path for repository, path in wanted if repository == number}
            for entry, data in snapshot.read([entry for entry in snapshot.entries() if entry.path in paths]):
                if not isinstance(data, Skipped):
                    self.text[number, entry.path] = data

    def describe(self, file: File, features: Sequence[int]) -> list[str]:
        """The words of features, by their places in the fingerprint; empty where the file has gone meanwhile."""
        data = self.text.get((file.repository, file.path))
        if data is None:
            return [""] * len(features)
        return kind_of(file.path).describe(file.path, data, file.fingerprint, features)
