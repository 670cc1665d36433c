"""Where fetched objects and packages are kept, and the lock that lets one process at a time change a place there."""

from __future__ import annotations

import atexit
import fcntl
import functools
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from platformdirs import user_cache_path

from clonescan.errors import UsageError
from clonescan.settings import Settings

FETCHED = frozenset({"git", "lfs", "pypi"})
"""Rooms in which what comes from elsewhere is stored before it is read; others do without what cannot be kept."""


def cache_folder(settings: Settings, room: str) -> Path:
    """The existing folder for what `room` keeps; one of this process that is removed at exit if nothing is to be kept.

    Raises UsageError if it cannot be made, or if nothing can be fetched into it.
    """
    if not settings.use_cache:
        folder = scratch_folder() / room
    else:
        folder = (settings.cache_dir or user_cache_path("clonescan", appauthor=False)) / room
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if room.partition("/")[0] in FETCHED and not settings.offline:
            tempfile.TemporaryFile(dir=folder).close()
    except OSError as error:
        raise UsageError(
            f"the cache folder cannot be written: {folder}: {error.strerror}; --no-cache does without it,"
            " --cache-dir names another one"
        ) from None
    return folder.resolve()


@functools.cache
def scratch_folder() -> Path:
    """A folder of this process, removed at exit."""
    folder = Path(tempfile.mkdtemp(prefix="clonescan-"))
    atexit.register(_remove, folder, os.getpid())
    return folder


def _remove(folder: Path, owner: int) -> None:
    if os.getpid() == owner:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def locked(path: Path) -> Iterator[int]:
    """Hold the lock file `path` alone, waiting for it; gives its descriptor.

    A child process that is handed the descriptor keeps the lock when its parent is killed, so that nobody cleans up
    under it. The lock ends with the last process that has it, whatever way that ends.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        os.close(descriptor)
