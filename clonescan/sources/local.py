"""A local folder: the files of a work tree as they are on disk, or a commit of a repository in it.

Nothing of the folder's own git configuration is ever read, because it can name programs that git starts.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

from clonescan.entities import Entry, Reach, Repository, Skipped
from clonescan.errors import SourceError
from clonescan.evidence.licence import identify, stating
from clonescan.settings import Settings
from clonescan.sources.address import LocalAddress
from clonescan.sources.blob import identified
from clonescan.sources.command import GitFailed, environment, output
from clonescan.sources.gitdir import GitDir, enclosing
from clonescan.sources.interface import WHOLE, Contents, Progress, Reaches, no_progress
from clonescan.sources.names import shown, unfit
from clonescan.sources.objects import Objects, empty_git_dir
from clonescan.sources.regular import read_beneath
from clonescan.sources.tree import LICENCE_BYTES, CommitSnapshot


def open_local(address: LocalAddress, settings: Settings) -> CommitSnapshot | FolderSnapshot:
    """The files on disk, or those of a commit if a REF is given or there is no work tree. Raises SourceError."""
    try:
        folder = address.path.resolve(strict=True)
    except (OSError, RuntimeError):
        raise SourceError(f"there is no such folder: {address.source}") from None
    if not folder.is_dir():
        raise SourceError(f"neither a folder nor an archive: {address.source}")
    repository = enclosing(folder)
    if repository and (address.ref or not repository.work_tree):
        return _commit(address, folder, repository, settings)
    if address.ref:
        raise SourceError(f"not a git repository, so there is no {address.ref} in it: {address.source}")
    return FolderSnapshot(address, folder, repository, settings.max_file_bytes)


def _commit(address: LocalAddress, folder: Path, repository: GitDir, settings: Settings) -> CommitSnapshot:
    objects = Objects(repository.objects)
    commit = repository.commit(objects, address.ref or "HEAD")
    if not commit and not address.ref:
        raise SourceError(f"the repository is empty, or its default branch is: {address.source}")
    if not commit:
        raise SourceError(f"there is no branch, tag or commit {address.ref} in {address.source}")
    inside = folder.relative_to(repository.work_tree).as_posix() if repository.work_tree else "."
    name = folder.name.removesuffix(".git") + (f"@{address.ref}" if address.ref else "")
    named = Repository(id=name, source=address.source, commit=commit)
    listing = objects.listing(commit, "" if inside == "." else inside)
    return CommitSnapshot(named, objects, listing, settings.max_file_bytes)


class FolderSnapshot:
    """A Snapshot of the files below a folder that git would not ignore, or that its last commit holds."""

    def __init__(self, address: LocalAddress, folder: Path, repository: GitDir | None, max_file_bytes: int) -> None:
        """`repository` is the one that the folder belongs to, if any. Raises SourceError."""
        objects = Objects(repository.objects) if repository else None
        commit = repository.commit(objects, "HEAD") if repository and objects else None
        self._folder = folder
        self._max_file_bytes = max_file_bytes
        tracked = _tracked(folder, repository, objects, commit)
        names = {*_not_ignored(folder, repository, address.source), *tracked}
        self._entries, self._skipped = sorted_out(folder, names)
        self._repository = Repository(
            id=folder.name or str(folder), source=address.source, commit=commit, license=self._licence()
        )

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

    def _licence(self) -> str | None:
        here = stating(one.path for one in self._entries)
        contents = {path: read_beneath(self._folder, path, Reach(LICENCE_BYTES)) for path in here}
        return identify({path: content for path, content in contents.items() if isinstance(content, bytes)})


def _not_ignored(folder: Path, repository: GitDir | None, source: str) -> list[bytes]:
    """The files that git would not ignore; all of them by their own rules if the folder as a whole is ignored."""
    top = repository.work_tree if repository and repository.work_tree else folder
    exclude = repository.common / "info" / "exclude" if repository else None
    if exclude and isinstance(read_beneath(exclude.parent, exclude.name, Reach(LICENCE_BYTES)), Skipped):
        exclude = None
    try:
        return _others(folder, top, exclude) or _others(folder, folder, exclude)
    except (GitFailed, OSError):
        raise SourceError(f"the folder cannot be listed: {source}") from None


def _others(folder: Path, top: Path, exclude: Path | None) -> list[bytes]:
    """What git lists with an index of our own that is empty: everything below is "other", but for what is ignored."""
    arguments = [f"--work-tree={top}", "ls-files", "--others", "--exclude-standard", "-z"]
    if exclude:
        arguments.append(f"--exclude-from={exclude}")
    inside = b"" if folder == top else os.fsencode(folder.relative_to(top)) + b"/"
    if inside:
        arguments += ["--", f":(top,literal){os.fsdecode(inside)}"]
    printed = output(top, arguments, environment(empty_git_dir()))
    return [name.removeprefix(inside) for name in printed.split(b"\0") if name and name != inside]


def _tracked(folder: Path, repository: GitDir | None, objects: Objects | None, commit: str | None) -> list[bytes]:
    """What the last commit holds below the folder and is still on disk, ignored or not."""
    if not (repository and repository.work_tree and objects and commit):
        return []
    inside = folder.relative_to(repository.work_tree).as_posix()
    try:
        entries = objects.listing(commit, "" if inside == "." else inside).entries
    except SourceError:
        return []
    return [entry.path.encode() for entry in entries if os.path.lexists(folder / entry.path)]


def sorted_out(folder: Path, names: set[bytes]) -> tuple[tuple[Entry, ...], tuple[Skipped, ...]]:
    """The regular files below a folder among these names, and why the others are none; both sorted by path."""
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
    return tuple(sorted(entries, key=lambda one: one.path)), tuple(sorted(skipped, key=lambda one: one.path))


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
