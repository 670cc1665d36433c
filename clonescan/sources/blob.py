"""git's id of a file's content, computed for files that come from no object store, whole or in their beginning."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha1

from clonescan.entities import Entry, Skipped
from clonescan.sources.pointer import Pointer, pointer

_HEAD = "head:"
_POINTER, _LARGE = "pointer:", "lfs:"
"""Before the id of an LFS pointer, where its own text was read, and where what it points at was: the text of a local
folder and the content from a server are not the same, though git has one id for both."""


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
    return of_blob(Entry(entry.path, digest.hexdigest(), len(content)), content)


def of_blob(entry: Entry, content: bytes) -> Entry:
    """An entry with git's own id, which is told apart if the content is a pointer's text."""
    return replace(entry, blob_id=f"{_POINTER}{entry.blob_id}") if pointer(content) else entry


def of_large(entry: Entry, found: Pointer) -> Entry:
    """The entry of a pointer whose file was read: that file's size, and an id that equal pointers share."""
    return replace(entry, blob_id=f"{_LARGE}{entry.blob_id}", size=found.size)


def _with_head_id(entry: Entry, head: bytes) -> Entry:
    """The entry of a file of which only the beginning was read, with an id that no whole content has."""
    digest = sha1(b"head %d\0" % (entry.size or 0) + head, usedforsecurity=False).hexdigest()
    return replace(entry, blob_id=f"{_HEAD}{digest}")


def of_git(blob_id: str) -> str:
    """git's own id of a file whose text was read, be it a pointer or not."""
    return blob_id.removeprefix(_POINTER)


def is_whole(blob_id: str) -> bool:
    """Whether files of this id are the same bit for bit."""
    return not blob_id.startswith(_HEAD)
