"""git's id of a file's content, computed for files that come from no object store, whole or in their beginning."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha1

from clonescan.entities import Entry, Skipped

_HEAD = "head:"


def identified(entry: Entry, content: bytes | Skipped) -> Entry:
    """The entry with the id of what was read for it, which is its beginning where the file is longer."""
    if isinstance(content, Skipped):
        return entry
    whole = entry.size is None or entry.size <= len(content)
    return with_id(entry, content) if whole else _with_head_id(entry, content)


def with_id(entry: Entry, content: bytes) -> Entry:
    """The entry with the blob id and size of the content that was read for it."""
    digest = sha1(b"blob %d\0" % len(content), usedforsecurity=False)
    digest.update(content)
    return Entry(entry.path, digest.hexdigest(), len(content))


def _with_head_id(entry: Entry, head: bytes) -> Entry:
    """The entry of a file of which only the beginning was read, with an id that no whole content has."""
    digest = sha1(b"head %d\0" % (entry.size or 0) + head, usedforsecurity=False).hexdigest()
    return replace(entry, blob_id=f"{_HEAD}{digest}")


def is_whole(blob_id: str) -> bool:
    """Whether files of this id are the same bit for bit."""
    return not blob_id.startswith(_HEAD)
