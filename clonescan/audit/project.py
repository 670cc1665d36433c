"""The project that is audited: what of it is compared, all that it says, and what is its own among the installed."""

from __future__ import annotations

import ast
import os.path
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.utils import canonicalize_name

from clonescan.audit.scope import Scope
from clonescan.entities import Entry, Reach, Repository, Skipped
from clonescan.errors import UsageError
from clonescan.evidence.credits import credits, tells
from clonescan.kinds.held import Held
from clonescan.settings import Settings
from clonescan.sources import open_source
from clonescan.sources.address import LocalAddress, parse
from clonescan.sources.changes import Changes, changes_since
from clonescan.sources.installed import Distribution
from clonescan.sources.interface import WHOLE, Contents, Progress, Reaches, Snapshot, no_progress

TEXT_BYTES = 4_000_000
"""The longest file that is looked at for where something is from."""


@dataclass(frozen=True, eq=False)
class Project:
    """`compared` holds the files that are compared, of a change those that it touches; `texts` holds all files.

    `folder` is None where the project is no local folder.
    """

    compared: Held
    texts: Texts
    own: Repository
    folder: Path | None
    changes: Changes | None


class Texts(Mapping[str, bytes]):
    """All files of a snapshot by path, each read when it is asked for; what cannot be read is empty."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._entries = {entry.path: entry for entry in snapshot.entries()}
        self._read: dict[str, bytes] = {}

    def __getitem__(self, path: str) -> bytes:
        if path not in self._read:
            self._prepare([path])
        return self._read[path]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def some(self, wanted: Callable[[str], bool]) -> dict[str, bytes]:
        """The files whose paths are `wanted`, read in one batch."""
        paths = [path for path in self if wanted(path)]
        self._prepare(paths)
        return {path: self._read[path] for path in paths}

    def _prepare(self, paths: Collection[str]) -> None:
        wanted = [self._entries[path] for path in paths if path not in self._read]
        for entry, content in self._snapshot.read(wanted, reaches={one.path: Reach(TEXT_BYTES) for one in wanted}):
            self._read[entry.path] = b"" if isinstance(content, Skipped) else content


class Narrowed:
    """A Snapshot of some files of another one."""

    def __init__(self, snapshot: Snapshot, paths: Collection[str]) -> None:
        self._snapshot = snapshot
        self._paths = frozenset(paths)

    @property
    def repository(self) -> Repository:
        """See Snapshot."""
        return self._snapshot.repository

    def entries(self) -> tuple[Entry, ...]:
        """See Snapshot."""
        return tuple(entry for entry in self._snapshot.entries() if entry.path in self._paths)

    def skipped(self) -> tuple[Skipped, ...]:
        """See Snapshot."""
        return tuple(one for one in self._snapshot.skipped() if one.path in self._paths)

    def read(
        self, wanted: Sequence[Entry], progress: Progress = no_progress, reaches: Reaches = WHOLE
    ) -> Contents:
        """See Snapshot."""
        return self._snapshot.read(wanted, progress, reaches)


def open_project(scope: Scope, license: str, settings: Settings, progress: Progress) -> Project:
    """The project, of which what is in the scope is compared.

    `license` replaces what its files state. Raises UsageError and SourceError.
    """
    address = parse(scope.source, allow_http=settings.allow_http)
    local = isinstance(address, LocalAddress) and not address.ref
    folder = address.path.absolute() if local and isinstance(address, LocalAddress) else None
    if folder is None and scope.since:
        raise UsageError(f"Changes are looked at in a local folder, which {scope.source} is not.")
    snapshot = open_source(scope.source, settings, progress)
    texts = Texts(snapshot)
    changes = None
    if scope.changed is not None and folder:
        changes = Changes(dict.fromkeys(_inside(folder, scope.changed)))
    elif scope.since and folder:
        snapshot = Held(snapshot, settings, progress)
        changes = changes_since(folder, scope.since, snapshot)
    compared = Held(snapshot if changes is None else Narrowed(snapshot, changes.lines), settings, progress)
    own = replace(snapshot.repository, credits=credits(texts.some(tells)))
    return Project(compared, texts, replace(own, license=license or own.license), folder, changes)


def _inside(folder: Path, paths: Sequence[Path]) -> Iterator[str]:
    """The paths of files in a folder, as a snapshot has them. Raises UsageError for one that is none."""
    top = folder.resolve()
    for path in paths:
        place = path.absolute().parent.resolve() / path.name
        if not place.is_relative_to(top):
            raise UsageError(f'The changed file "{path}" is not in the project, {folder}.')
        if not os.path.lexists(place):
            raise UsageError(f'The changed file "{path}" does not exist: leave out what was deleted.')
        if place.is_dir() and not place.is_symlink():
            raise UsageError(f'"{path}" is a folder; --changed takes files.')
        yield place.relative_to(top).as_posix()


def is_own(project: Project, package: Distribution) -> str:
    """Why an installed package is the project itself, or "" if it is another one."""
    if package.origin[0] and project.folder and Path(package.origin[0]).resolve() == project.folder.resolve():
        return "it is the project itself, installed from its folder"
    names = {canonicalize_name(name) for name in (*project.own.credits.names, *_setup_names(project.texts))}
    return "it has the project's name" if package.key in names else ""


def _setup_names(texts: Mapping[str, bytes]) -> Iterator[str]:
    """The name that a `setup.py` passes to `setup` as it stands there; nothing of it is run."""
    try:
        tree = ast.parse(texts.get("setup.py", b""))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            for keyword in node.keywords:
                if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                    yield str(keyword.value.value)
