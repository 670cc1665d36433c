"""The files of a folder as they are on disk: those of a work tree, or of an installed package."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path

from clonescan.entities import Entry, Reach, Repository, Skipped
from clonescan.evidence.licence import identify
from clonescan.sources.blob import identified
from clonescan.sources.interface import WHOLE, Contents, Progress, Reaches, no_progress
from clonescan.sources.names import shown, unfit
from clonescan.sources.regular import read_beneath
from clonescan.sources.tree import LICENCE_BYTES

Telling = Callable[[Sequence[str]], list[str]]
"""Those of some paths that may tell the licence of what they belong to."""


class FolderSnapshot:
    """A Snapshot of some of the files below a folder."""

    def __init__(
        self,
        known: Repository,
        folder: Path,
        names: set[bytes],
        telling: Telling,
        max_file_bytes: int,
        unread: Sequence[Skipped] = (),
    ) -> None:
        """`known`: the repository but for its licence, which may stand in the files that `telling` picks.

        `names`: paths below the folder, which may lead anywhere; those that are no files of it are skipped.
        `unread`: the folders below of which nobody knows what is in them.
        """
        self._folder = folder
        self._max_file_bytes = max_file_bytes
        self._entries, skipped = _sorted_out(folder, names)
        self._skipped = tuple(sorted((*skipped, *unread), key=lambda one: one.path))
        self._repository = replace(known, license=self._licence(telling))

    @property
    def repository(self) -> Repository:
        """See Snapshot."""
        return self._repository

    def entries(self) -> tuple[Entry, ...]:
        """See Snapshot."""
        return self._entries

    def skipped(self) -> tuple[Skipped, ...]:
        """See Snapshot."""
        return self._skipped

    def read(
        self, wanted: Sequence[Entry], progress: Progress = no_progress, reaches: Reaches = WHOLE
    ) -> Contents:
        """See Snapshot."""
        default = Reach(self._max_file_bytes)
        for done, entry in enumerate(wanted):
            progress(f"reading {self._repository.id}", done, len(wanted))
            content = read_beneath(self._folder, entry.path, reaches.get(entry.path, default))
            yield identified(entry, content), content
        progress(f"reading {self._repository.id}", len(wanted), len(wanted))

    def _licence(self, telling: Telling) -> str | None:
        near = telling([entry.path for entry in self._entries])
        contents = {path: read_beneath(self._folder, path, Reach(LICENCE_BYTES)) for path in near}
        return identify({path: content for path, content in contents.items() if isinstance(content, bytes)})


def _sorted_out(folder: Path, names: set[bytes]) -> tuple[tuple[Entry, ...], list[Skipped]]:
    """The regular files below a folder among these names, sorted by path, and why the others are none."""
    entries, skipped = [], []
    behind_link: dict[str, bool] = {}
    for name in sorted(names):
        reason, size = unfit(name.removesuffix(b"/")), None
        if not reason:
            reason, size = _looked_at(str(folder), name.decode(), behind_link)
        if reason:
            skipped.append(Skipped(shown(name.removesuffix(b"/")), reason))
        else:
            entries.append(Entry(shown(name), size=size))
    return tuple(sorted(entries, key=lambda one: one.path)), skipped


def _looked_at(folder: str, path: str, behind_link: dict[str, bool]) -> tuple[str, int | None]:
    """(why the path is no file to compare, its size). `behind_link`: what is known of folders, each looked at once."""
    if path.endswith("/"):
        return "a git repository of its own", None
    parent = path.rpartition("/")[0]
    if parent and _is_behind_link(folder, parent, behind_link):
        return "behind a symbolic link", None
    try:
        status = os.lstat(f"{folder}/{path}")
    except OSError as error:
        return f"cannot be read: {error.strerror}", None
    if stat.S_ISLNK(status.st_mode):
        return "symbolic link", None
    return ("", status.st_size) if stat.S_ISREG(status.st_mode) else ("not a regular file", None)


def _is_behind_link(folder: str, inside: str, known: dict[str, bool]) -> bool:
    """Whether a folder inside the folder is a symbolic link, or stands behind one."""
    if inside in known:
        return known[inside]
    linked = False
    for place in accumulate(inside.split("/"), "{}/{}".format):
        if place not in known:
            known[place] = linked or os.path.islink(f"{folder}/{place}")  # noqa: PTH114 - no path object for each
        linked = known[place]
    return linked
