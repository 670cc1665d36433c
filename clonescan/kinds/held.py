"""Snapshots whose compared files are all known by content, before anything is made of them."""

from __future__ import annotations

from collections.abc import Sequence

import pathspec

from clonescan.entities import Entry, Repository, Skipped
from clonescan.errors import UsageError
from clonescan.kinds import claims, widest
from clonescan.settings import Settings
from clonescan.sources import open_source
from clonescan.sources.interface import WHOLE, Contents, Progress, Reaches, Snapshot, no_progress
from clonescan.sources.regular import too_large

KEPT_BYTES = 100_000_000
"""Of what was read so much stays in memory; files beyond it, tokenizers by the dozen, are read again where wanted."""

CHANGED = "changed while it was read"


class Held:
    """A Snapshot that has read what no blob id told about, once: a work tree's or an archive's files.

    What it has read stays as it was: a file that is read again and has become another is skipped.

    `unread` is what of these could not be read. `lost` says whether a file was missing or damaged that its blob id
    promised: another time it may be there.
    """

    def __init__(self, snapshot: Snapshot, settings: Settings, progress: Progress) -> None:
        """Raises SourceError if the snapshot cannot be read."""
        self._snapshot = snapshot
        self._data: dict[str, bytes | Skipped] = {}
        self.lost = False
        excluded = pathspec.GitIgnoreSpec.from_lines(settings.exclude)
        unknown = [entry for entry in snapshot.entries() if not entry.blob_id]
        kept = [entry for entry in unknown if not (settings.exclude and excluded.match_file(entry.path))]
        claimed = ((entry.path, claims(entry.path, settings.max_file_bytes)) for entry in kept)
        reaches = {path: widest(list(kinds.values())) for path, kinds in claimed if kinds}
        found: dict[str, Entry] = {}
        size = 0
        if reaches:
            for entry, data in snapshot.read([entry for entry in kept if entry.path in reaches], progress, reaches):
                found[entry.path] = entry
                size += 0 if isinstance(data, Skipped) else len(data)
                if isinstance(data, Skipped) or size <= KEPT_BYTES:
                    self._data[entry.path] = data
        self._again = {path: (found[path], reaches[path]) for path in found.keys() - self._data.keys()}
        self._entries = tuple(found.get(entry.path, entry) for entry in snapshot.entries())
        self.unread = tuple(data for data in self._data.values() if isinstance(data, Skipped))

    @property
    def repository(self) -> Repository:
        """See Snapshot."""
        return self._snapshot.repository

    def entries(self) -> tuple[Entry, ...]:
        """See Snapshot."""
        return self._entries

    def skipped(self) -> tuple[Skipped, ...]:
        """See Snapshot."""
        return self._snapshot.skipped()

    @property
    def state(self) -> str:
        """What tells what a comparison reads of it from any other state of it."""
        files = [(entry.path, entry.blob_id) for entry in self.entries()]
        return repr((self.repository, files, self.skipped(), self.unread))

    def read(
        self, wanted: Sequence[Entry], progress: Progress = no_progress, reaches: Reaches = WHOLE
    ) -> Contents:
        """See Snapshot."""
        yield from ((entry, self._data[entry.path]) for entry in wanted if entry.path in self._data)
        rest = [entry for entry in wanted if entry.path not in self._data]
        reaches = {**reaches, **{path: reach for path, (_, reach) in self._again.items()}}
        for entry, data in self._snapshot.read(rest, progress, reaches):
            before, _ = self._again.get(entry.path, (entry, None))
            if entry.blob_id != before.blob_id:
                data = Skipped(entry.path, CHANGED)
            reach = reaches.get(entry.path)
            known = isinstance(data, bytes) or (reach is not None and data.reason == too_large(reach.limit))
            self.lost |= not known
            yield before, data


def opened(sources: Sequence[str], settings: Settings, progress: Progress) -> list[Held]:
    """The snapshots of what these texts name. Raises UsageError and SourceError."""
    if len(sources) < 2:
        raise UsageError("A scan compares repositories with each other: name two or more sources.")
    snapshots = [open_source(source, settings, progress) for source in sources]
    return [Held(snapshot, settings, progress) for snapshot in snapshots]
