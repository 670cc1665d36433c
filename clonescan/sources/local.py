"""A local folder: the files of a work tree as they are on disk, or a commit of a repository in it.

Nothing of the folder's own git configuration is ever read, because it can name programs that git starts.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from clonescan.entities import Reach, Repository, Skipped
from clonescan.errors import SourceError
from clonescan.evidence.licence import stating
from clonescan.settings import Settings
from clonescan.sources.address import LocalAddress
from clonescan.sources.command import GitFailed, environment, output_and_warnings
from clonescan.sources.folder import FolderSnapshot
from clonescan.sources.gitdir import GitDir, enclosing
from clonescan.sources.names import shown
from clonescan.sources.objects import Objects, empty_git_dir
from clonescan.sources.regular import read_beneath
from clonescan.sources.tree import LICENCE_BYTES, CommitSnapshot

_UNREAD = re.compile(r"^warning: could not open directory '(?P<path>.*)/': (?P<why>.*)$", re.M)
"""What git says of a folder that it cannot list, before it goes on as if nothing were in it."""


def open_local(address: LocalAddress, settings: Settings) -> CommitSnapshot | FolderSnapshot:
    """The files on disk, or those of a commit if a REF is given or there is no work tree. Raises SourceError."""
    try:
        folder = address.path.resolve(strict=True)
    except PermissionError as error:
        raise SourceError(f"the folder cannot be read: {address.source}: {error.strerror}") from None
    except (OSError, RuntimeError):
        raise SourceError(f"there is no such folder: {address.source}") from None
    if not folder.is_dir():
        raise SourceError(f"neither a folder nor an archive: {address.source}")
    repository = enclosing(folder)
    if repository and (address.ref or not repository.work_tree):
        return _commit(address, folder, repository, settings)
    if address.ref:
        raise SourceError(f"not a git repository, so there is no {address.ref} in it: {address.source}")
    return _work_tree(address, folder, repository, settings)


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


def _work_tree(address: LocalAddress, folder: Path, repository: GitDir | None, settings: Settings) -> FolderSnapshot:
    """The files below a folder that git would not ignore, or that its last commit holds. Raises SourceError."""
    objects = Objects(repository.objects) if repository else None
    commit = repository.commit(objects, "HEAD") if repository and objects else None
    tracked = _tracked(folder, repository, objects, commit)
    not_ignored, unread = _not_ignored(folder, repository, address.source)
    known = Repository(id=folder.name or str(folder), source=address.source, commit=commit)
    return FolderSnapshot(known, folder, {*not_ignored, *tracked}, stating, settings.max_file_bytes, unread)


def _not_ignored(folder: Path, repository: GitDir | None, source: str) -> tuple[list[bytes], list[Skipped]]:
    """The files that git would not ignore; all of them by their own rules if the folder as a whole is ignored.

    With them the folders below that cannot be listed. Raises SourceError if the folder itself cannot be.
    """
    top = repository.work_tree if repository and repository.work_tree else folder
    exclude = repository.common / "info" / "exclude" if repository else None
    if exclude and isinstance(read_beneath(exclude.parent, exclude.name, Reach(LICENCE_BYTES)), Skipped):
        exclude = None
    try:
        os.scandir(folder).close()  # git takes a folder that it cannot list for an empty one
        found, unread = _others(folder, top, exclude)
        if not found and not unread:
            found, unread = _others(folder, folder, exclude)
    except OSError as error:
        raise SourceError(f"the folder cannot be listed: {source}: {error.strerror}") from None
    except GitFailed:
        raise SourceError(f"the folder cannot be listed: {source}") from None
    return found, unread


def _others(folder: Path, top: Path, exclude: Path | None) -> tuple[list[bytes], list[Skipped]]:
    """What git lists with an index of our own that is empty: everything below is "other", but for what is ignored.

    With it the folders below that it could not list.
    """
    arguments = [f"--work-tree={top}", "ls-files", "--others", "--exclude-standard", "-z"]
    if exclude:
        arguments.append(f"--exclude-from={exclude}")
    inside = b"" if folder == top else os.fsencode(folder.relative_to(top)) + b"/"
    if inside:
        arguments += ["--", f":(top,literal){os.fsdecode(inside)}"]
    printed, said = output_and_warnings(top, arguments, environment(empty_git_dir()))
    unread = [(os.fsencode(one["path"]).removeprefix(inside), one["why"]) for one in _UNREAD.finditer(said)]
    names = [name.removeprefix(inside) for name in printed.split(b"\0") if name and name != inside]
    return names, [Skipped(shown(path), f"a folder that cannot be read: {why}") for path, why in unread]


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
