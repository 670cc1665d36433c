"""Reads a regular file below a folder without ever following a link or waiting for a pipe."""

from __future__ import annotations

import io
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from clonescan.entities import PROBE, Reach, Skipped


class Readable(Protocol):
    """What gives its next bytes."""

    def read(self, size: int, /) -> bytes:
        """At most so many bytes, fewer at the end."""


def too_large(limit: int) -> str:
    """The reason why a file of more than `limit` bytes is skipped."""
    return f"larger than {limit / 1e6:g} MB"


def read_within(file: Readable, path: str, reach: Reach) -> bytes | Skipped:
    """What is to be read of an open file, never more than its reach."""
    if not reach.head:
        content = file.read(reach.limit + 1)
        return content if len(content) <= reach.limit else Skipped(path, too_large(reach.limit))
    if reach.enough is None:
        return file.read(reach.limit)
    content = file.read(min(PROBE, reach.limit))
    return content + file.read(max(0, min(reach.enough(content), reach.limit) - len(content)))


def read_beneath(folder: Path, path: str, reach: Reach) -> bytes | Skipped:
    """What is to be read of a regular file, reached from `folder` without following any link."""
    try:
        with opened_beneath(folder, path) as file:
            return read_within(file, path, reach) if file else Skipped(path, "not a regular file")
    except OSError as error:
        return Skipped(path, f"cannot be read: {error.strerror}")


@contextmanager
def opened_beneath(folder: Path, path: str) -> Iterator[io.BufferedReader | None]:
    """A regular file, reached from `folder` without following any link; None if it is none. Raises OSError."""
    *parents, name = path.split("/")
    at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for parent in parents:
            above, at = at, os.open(parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
            os.close(above)
        descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=at)
    finally:
        os.close(at)
    with os.fdopen(descriptor, "rb") as file:
        yield file if stat.S_ISREG(os.fstat(descriptor).st_mode) else None
