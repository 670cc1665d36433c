"""The snapshot of a commit: its tree and blobs in an object store, wherever that came from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from clonescan.entities import Entry, Reach, Repository, Skipped
from clonescan.evidence.licence import identify
from clonescan.sources.interface import WHOLE, Contents, Progress, Reaches, no_progress
from clonescan.sources.objects import Listing, Objects
from clonescan.sources.regular import too_large

Fetch = Callable[[Sequence[str], Progress], Objects]
"""Get these blobs, by id, into an object store, and say which."""

LICENCE_BYTES = 1_000_000
"""A licence or package description is shorter by far."""


class CommitSnapshot:
    """A Snapshot of one commit. Its licence is known as soon as the blobs that tell it are there: after `read`."""

    def __init__(
        self,
        repository: Repository,
        objects: Objects,
        listing: Listing,
        max_file_bytes: int,
        fetch: Fetch | None = None,
    ) -> None:
        """`fetch` gets what `objects` lacks; None where nothing can be had from elsewhere."""
        self._repository = repository
        self._objects = objects
        self._listing = listing
        self._max_file_bytes = max_file_bytes
        self._fetch = fetch

    @property
    def repository(self) -> Repository:
        """See Snapshot."""
        sizes = {entry: self._objects.size(entry.blob_id) for entry in self._listing.licences}
        short = [entry for entry, size in sizes.items() if size is not None and size <= LICENCE_BYTES]
        return replace(
            self._repository,
            license=identify({entry.path: self._objects.content(entry.blob_id) or b"" for entry in short}),
        )

    def entries(self) -> tuple[Entry, ...]:
        """See Snapshot."""
        return self._listing.entries

    def skipped(self) -> tuple[Skipped, ...]:
        """See Snapshot."""
        return self._listing.skipped

    def read(
        self, wanted: Sequence[Entry], progress: Progress = no_progress, reaches: Reaches = WHOLE
    ) -> Contents:
        """See Snapshot."""
        asked = dict.fromkeys(entry.blob_id for entry in (*wanted, *self._listing.licences))
        missing = [blob_id for blob_id in asked if self._objects.size(blob_id) is None]
        if missing and self._fetch:
            self._objects = self._fetch(missing, progress)
        default = Reach(self._max_file_bytes)
        for done, entry in enumerate(wanted):
            progress(f"reading {self._repository.id}", done, len(wanted))
            yield self._content(entry, reaches.get(entry.path, default))
        progress(f"reading {self._repository.id}", len(wanted), len(wanted))

    def _content(self, entry: Entry, reach: Reach) -> tuple[Entry, bytes | Skipped]:
        size = self._objects.size(entry.blob_id)
        if size is None:
            return entry, Skipped(entry.path, "its content is not in the repository")
        if size > reach.limit and not reach.head:
            return entry, Skipped(entry.path, too_large(reach.limit))
        content = self._objects.content(entry.blob_id, reach)
        return replace(entry, size=size), Skipped(entry.path, "its content is damaged") if content is None else content
