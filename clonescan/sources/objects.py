"""Reads trees and blobs from an object store through an empty git directory of our own.

The repository's own configuration is never seen that way: it can name programs that git starts on a mere read, and
it can make git fetch a missing object by itself, one request each. Here a missing object is just missing.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from pathlib import Path

from clonescan.entities import Entry, Reach, Skipped
from clonescan.errors import SourceError
from clonescan.evidence.licence import is_candidate, stating
from clonescan.sources.cache import scratch_folder
from clonescan.sources.command import GitFailed, environment, interactive, output
from clonescan.sources.names import shown, unfit
from clonescan.sources.regular import read_within

_CHUNK = 1 << 20
_IRREGULAR = {b"120000": "symbolic link", b"160000": "submodule"}


@functools.cache
def empty_git_dir() -> Path:
    """A bare repository with nothing in it, for as long as this process lasts."""
    folder = scratch_folder() / "empty.git"
    init(folder)
    return folder


def init(folder: Path) -> None:
    """Make `folder` a bare repository without hooks. Raises GitFailed."""
    arguments = ("init", "--bare", "--quiet", "--template=", "--object-format=sha1", "--", str(folder))
    output(folder.parent, arguments, environment(folder))


@dataclass(frozen=True, slots=True)
class Listing:
    """The files of a commit's tree within a folder, and those that may tell the licence, from there or above.

    `attributes` are all `.gitattributes` of the tree, with their paths from its top; `inside` is the folder, with a
    slash behind it, or "".
    """

    entries: tuple[Entry, ...]
    skipped: tuple[Skipped, ...]
    licences: tuple[Entry, ...]
    attributes: tuple[Entry, ...] = ()
    inside: str = ""


class Objects:
    """An object store, open for reading."""

    def __init__(self, store: Path) -> None:
        """`store` is the `objects` folder of a repository."""
        self._variables = environment(empty_git_dir(), store)
        self._git = interactive(empty_git_dir(), self._variables)

    def size(self, object_id: str) -> int | None:
        """Bytes of an object, None if the store lacks it."""
        try:
            return self._git.get_object_header(object_id)[2]
        except (ValueError, OSError):
            return None

    def content(self, object_id: str, reach: Reach | None = None) -> bytes | None:
        """The bytes of a blob, or those of its beginning; None if the store lacks it or cannot read it."""
        try:
            *_, size, stream = self._git.stream_object_data(object_id)
            content = read_within(stream, object_id, reach or Reach(size))
            while stream.read(_CHUNK):
                pass  # git writes a blob to its end, and the next one behind it
        except (ValueError, OSError):
            return None
        return content if isinstance(content, bytes) else None

    def commit(self, object_id: str) -> str | None:
        """The commit that a full or abbreviated id of a commit or tag means; None if there is none, or several."""
        if not re.fullmatch(r"[0-9a-f]{4,40}", object_id):
            return None
        try:
            found = self._output("rev-parse", "--verify", "--quiet", f"{object_id}^{{commit}}")
        except GitFailed:
            return None
        return found.decode().strip()

    def ancestor(self, commit: str, steps: str) -> str | None:
        """The commit that `~` and `^` lead to from a commit; None if there is none."""
        try:
            return self._output("rev-parse", "--verify", "--quiet", f"{commit}{steps}^{{commit}}").decode().strip()
        except GitFailed:
            return None

    def merge_base(self, one: str, other: str) -> str | None:
        """The commit that two commits have in common; None if there is none, or the store is too shallow to tell."""
        try:
            found = self._output("merge-base", one, other).decode().split()
        except GitFailed:
            return None
        return found[0] if found else None

    def listing(self, commit: str, subdir: str = "") -> Listing:
        """The tree of a commit below `subdir`. Raises SourceError if there is no such folder or the tree is broken."""
        entries, skipped, licences, attributes = [], [], [], []
        inside = f"{subdir}/" if subdir else ""
        seen = False
        for mode, object_id, name in self._tree(commit):
            path = shown(name)
            if is_candidate(path) and not unfit(name) and mode not in _IRREGULAR:
                licences.append(Entry(path, object_id))
            if path.rpartition("/")[2] == ".gitattributes" and mode not in _IRREGULAR:
                attributes.append(Entry(path, object_id))
            if not path.startswith(inside):
                continue
            seen, path = True, path.removeprefix(inside)
            reason = _IRREGULAR.get(mode) or unfit(name)
            if reason:
                skipped.append(Skipped(path, reason))
            else:
                entries.append(Entry(path, object_id))
        if subdir and not seen:
            raise SourceError(f"there is no folder {subdir} at commit {commit[:12]}")
        left_out = tuple(sorted(skipped, key=lambda one: one.path))
        return Listing(_sorted(entries), left_out, _near(licences, inside), _sorted(attributes), inside)

    def _tree(self, commit: str) -> list[tuple[bytes, str, bytes]]:
        try:
            printed = self._output("ls-tree", "-r", "-z", "--full-tree", commit)
        except GitFailed:
            raise SourceError(f"the tree of commit {commit[:12]} cannot be read") from None
        lines = [line.partition(b"\t") for line in printed.split(b"\0") if line]
        return [(head.split()[0], head.split()[2].decode(), name) for head, _, name in lines]

    def _output(self, *arguments: str) -> bytes:
        return output(empty_git_dir(), arguments, self._variables)


def _sorted(entries: list[Entry]) -> tuple[Entry, ...]:
    return tuple(sorted(entries, key=lambda one: one.path))


def _near(licences: list[Entry], inside: str) -> tuple[Entry, ...]:
    """The files that tell the licence of the folder that is looked at, or else that of the whole tree."""
    by_path = {one.path: one for one in licences}
    here = stating(path.removeprefix(inside) for path in by_path if path.startswith(inside))
    return tuple(by_path[inside + path] for path in here) or tuple(by_path[path] for path in stating(by_path))
