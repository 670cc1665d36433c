"""Reads a Git LFS pointer: the SHA-256 and the size of a file that lies elsewhere.

The format is https://github.com/git-lfs/git-lfs/blob/main/docs/spec.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

START = b"version https://git-lfs.github.com/spec/v1"

LIMIT = 1024
"""Bytes below which a pointer stays by its specification."""

_OID = re.compile(rb"^oid sha256:([0-9a-f]{64})\r?$", re.M)
_SIZE = re.compile(rb"^size (\d{1,19})\r?$", re.M)


@dataclass(frozen=True, slots=True)
class Pointer:
    """What a pointer says: 64 hex digits, and bytes."""

    oid: str
    size: int


def read(data: bytes) -> Pointer | None:
    """The pointer that a file is; None if it is none."""
    if not data.startswith(START) or len(data) >= LIMIT:
        return None
    oid, size = _OID.search(data), _SIZE.search(data)
    return Pointer(oid[1].decode(), int(size[1])) if oid and size else None
