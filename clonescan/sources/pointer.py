"""Reads Git LFS pointers: the few lines that stand in a repository for a large file that is kept elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass

POINTER_BYTES = 1024
"""A pointer is shorter (Git LFS specification, "The Pointer")."""

BEGINNING = b"version https://git-lfs.github.com/spec/v1\n"
_REST = re.compile(
    rb"(?:ext-[^\n]*\n)*oid sha256:(?P<oid>[0-9a-f]{64})\n(?:[a-z0-9.-]+ [^\n]*\n)*?size (?P<size>[0-9]{1,18})\n?"
)


@dataclass(frozen=True, slots=True)
class Pointer:
    """What a pointer says of the file: its SHA-256, hex, and its bytes."""

    oid: str
    size: int


def pointer(content: bytes) -> Pointer | None:
    """The pointer that this content is; None if it is none."""
    if len(content) >= POINTER_BYTES or not content.startswith(BEGINNING):
        return None
    found = _REST.fullmatch(content, len(BEGINNING))
    return Pointer(found["oid"].decode(), int(found["size"])) if found else None


_STANDS_FOR = b"\0blob "


def stand_in(blob_id: str) -> bytes:
    """What is handed on for a file that is told by its blob id alone, because its content was not fetched."""
    return _STANDS_FOR + blob_id.encode()


def stands_for(content: bytes) -> str | None:
    """The blob id that this content stands for; None if it is a content."""
    return content.removeprefix(_STANDS_FOR).decode() if content.startswith(_STANDS_FOR) else None
