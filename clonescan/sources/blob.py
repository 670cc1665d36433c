"""git's id of a file's content, computed for files that come from no object store."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha1

from clonescan.entities import Entry


def with_id(entry: Entry, content: bytes) -> Entry:
    """The entry with the blob id and size of the content that was read for it."""
    header = b"blob %d\0" % len(content)
    return replace(entry, blob_id=sha1(header + content, usedforsecurity=False).hexdigest(), size=len(content))
