"""Reads a regular file below a folder without ever following a link or waiting for a pipe."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from clonescan.entities import Skipped


def too_large(limit: int) -> str:
    """The reason why a file of more than `limit` bytes is skipped."""
    return f"larger than {limit / 1e6:g} MB"


def read_beneath(folder: Path, path: str, limit: int) -> bytes | Skipped:
    """The bytes of a regular file of at most `limit` bytes, reached from `folder` without following any link."""
    *parents, name = path.split("/")
    try:
        at = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            for parent in parents:
                above, at = at, os.open(parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=at)
                os.close(above)
            descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=at)
        finally:
            os.close(at)
        with os.fdopen(descriptor, "rb") as file:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return Skipped(path, "not a regular file")
            content = file.read(limit + 1)
    except OSError as error:
        return Skipped(path, f"cannot be read: {error.strerror}")
    return content if len(content) <= limit else Skipped(path, too_large(limit))
