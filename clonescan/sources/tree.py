"""The snapshot of a commit: its tree and blobs in an object store, wherever that came from."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from clonescan.entities import Entry, Reach, Repository, Skipped
from clonescan.evidence.licence import identify
from clonescan.sources.attributes import Attributes
from clonescan.sources.blob import of_blob, of_large
from clonescan.sources.interface import WHOLE, Contents, Progress, Reaches, no_progress
from clonescan.sources.objects import Listing, Objects
from clonescan.sources.pointer import POINTER_BYTES, Pointer, pointer, stand_in
from clonescan.sources.regular import too_large

Fetch = Callable[[Sequence[str], Progress], Objects]
"""Get these blobs, by id, into an object store, and say which."""

Large = Callable[[Sequence[tuple[Pointer, Reach]], Progress], Callable[[Pointer, Reach], bytes | str]]
"""Get what these LFS pointers point at, and give each content, or say in short words why there is none."""

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
        large: Large | None = None,
    ) -> None:
        """`fetch` gets what `objects` lacks, `large` what LFS pointers mean; None where nothing is had elsewhere."""
        self._repository = repository
        self._objects = objects
        self._listing = listing
        self._max_file_bytes = max_file_bytes
        self._fetch = fetch
        self._large = large
        self._not_had: dict[str, Skipped] = {}

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
        return (*self._listing.skipped, *self._not_had.values())

    def read(
        self, wanted: Sequence[Entry], progress: Progress = no_progress, reaches: Reaches = WHOLE
    ) -> Contents:
        """See Snapshot."""
        told = self._told_by_id(wanted, reaches, progress)
        asked = dict.fromkeys(entry.blob_id for entry in (*wanted, *self._listing.licences) if entry not in told)
        missing = [blob_id for blob_id in asked if self._objects.size(blob_id) is None]
        if missing and self._fetch:
            self._objects = self._fetch(missing, progress)
        reach = {entry.path: reaches.get(entry.path, Reach(self._max_file_bytes)) for entry in wanted}
        pointers = self._pointers(asked) if self._large else {}
        asks = [(pointers[entry.blob_id], reach[entry.path]) for entry in wanted if entry.blob_id in pointers]
        large = self._large(asks, progress) if self._large and asks else None
        for done, entry in enumerate(wanted):
            progress(f"reading {self._repository.id}", done, len(wanted))
            if entry in told:
                yield entry, stand_in(entry.blob_id)
                continue
            if large and entry.blob_id in pointers:
                found = pointers[entry.blob_id]
                content = large(found, reach[entry.path])
                if isinstance(content, bytes):
                    yield of_large(entry, found), content
                    continue
                self._not_had[entry.path] = Skipped(entry.path, f"in Git LFS: {content}")
            yield self._content(entry, reach[entry.path])
        progress(f"reading {self._repository.id}", len(wanted), len(wanted))

    def _told_by_id(self, wanted: Sequence[Entry], reaches: Reaches, progress: Progress) -> frozenset[Entry]:
        """The files of which only a pointer would be read, and that are none: weights in the repository itself.

        No server says how large a blob is, nor sends a part of it. What is in Git LFS the attributes tell.
        """
        asks = [entry for entry in wanted if entry.path in reaches and reaches[entry.path].pointer]
        absent = [entry for entry in asks if self._objects.size(entry.blob_id) is None]
        if not absent or not self._fetch:
            return frozenset()
        files = [entry for entry in self._listing.attributes if self._objects.size(entry.blob_id) is None]
        if files:
            self._objects = self._fetch([entry.blob_id for entry in files], progress)
        reach = Reach(LICENCE_BYTES, head=True)
        read = ((entry.path, self._objects.content(entry.blob_id, reach)) for entry in self._listing.attributes)
        attributes = Attributes({path: content for path, content in read if content})
        return frozenset(entry for entry in absent if not attributes.in_lfs(self._listing.inside + entry.path))

    def _pointers(self, blob_ids: Iterable[str]) -> dict[str, Pointer]:
        """Those of these blobs that are LFS pointers."""
        sizes = ((blob_id, self._objects.size(blob_id)) for blob_id in blob_ids)
        short = [blob_id for blob_id, size in sizes if size is not None and size < POINTER_BYTES]
        read = ((blob_id, pointer(self._objects.content(blob_id) or b"")) for blob_id in short)
        return {blob_id: found for blob_id, found in read if found}

    def _content(self, entry: Entry, reach: Reach) -> tuple[Entry, bytes | Skipped]:
        size = self._objects.size(entry.blob_id)
        if size is None:
            return entry, Skipped(entry.path, "its content is not in the repository")
        if size > reach.limit and not reach.head:
            return entry, Skipped(entry.path, too_large(reach.limit))
        content = self._objects.content(entry.blob_id, reach)
        if content is None:
            return entry, Skipped(entry.path, "its content is damaged")
        return of_blob(replace(entry, size=size), content), content
