"""Finds a folder's git directory and reads its refs as plain files, so that git itself never looks at it."""

from __future__ import annotations

import os.path
import re
from dataclasses import dataclass
from pathlib import Path

from clonescan.entities import Reach
from clonescan.errors import SourceError
from clonescan.sources.objects import Objects
from clonescan.sources.regular import read_beneath

_SMALL = 10_000
_PACKED = 200_000_000
_SYMBOLIC_DEPTH = 5


@dataclass(frozen=True, slots=True)
class GitDir:
    """A git directory: `common` is what linked work trees share; `work_tree` is None for a bare repository."""

    folder: Path
    common: Path
    work_tree: Path | None

    @property
    def objects(self) -> Path:
        """The object store."""
        return self.common / "objects"

    def commit(self, objects: Objects, name: str) -> str | None:
        """The commit of "HEAD", a branch, a tag, a remote's branch, or an id, full or short."""
        for ref in _spellings(name):
            found = self._value(ref)
            commit = objects.commit(found) if found else None
            if commit:
                return commit
        return objects.commit(name.lower())

    def _value(self, ref: str, depth: int = 0) -> str | None:
        if ".." in ref.split("/") or depth > _SYMBOLIC_DEPTH:
            return None
        for folder in dict.fromkeys((self.folder, self.common)):
            text = _text(folder, ref, _SMALL)
            if text.startswith("ref: refs/"):
                return self._value(text.removeprefix("ref: ").strip(), depth + 1)
            if re.fullmatch(r"[0-9a-f]{40}\s*", text):
                return text.strip()
        packed = re.search(rf"^([0-9a-f]{{40}}) {re.escape(ref)}$", _text(self.common, "packed-refs", _PACKED), re.M)
        return packed[1] if packed else None


def enclosing(folder: Path) -> GitDir | None:
    """The repository that `folder` is, or is in; None if it is in none. Raises SourceError for a format not known."""
    found = _bare(folder) or next(filter(None, (_at(place) for place in (folder, *folder.parents))), None)
    if found:
        _check_format(found)
    return found


def _bare(folder: Path) -> GitDir | None:
    looks_so = _is_folder(folder / "objects") and _is_folder(folder / "refs") and _text(folder, "HEAD", _SMALL)
    return GitDir(folder, folder, None) if looks_so else None


def _is_folder(path: Path) -> bool:
    return os.path.isdir(path)  # noqa: PTH112 - of a path, is_dir raises where nobody may look


def _at(place: Path) -> GitDir | None:
    dot_git = place / ".git"
    if _is_folder(dot_git) and not os.path.islink(dot_git):  # noqa: PTH114 - as in _is_folder
        return GitDir(dot_git, dot_git, place) if _text(dot_git, "HEAD", _SMALL) else None
    pointer = _text(place, ".git", _SMALL)
    if not pointer.startswith("gitdir: "):
        return None
    folder = (place / pointer.removeprefix("gitdir: ").strip()).resolve()
    if not _text(folder, "HEAD", _SMALL):
        raise SourceError(f"the git directory of {place} is not where its .git file says")
    common = _text(folder, "commondir", _SMALL).strip()
    return GitDir(folder, (folder / common).resolve() if common else folder, place)


def _check_format(found: GitDir) -> None:
    """Only two of git's many settings matter here, and both would leave us without refs or objects."""
    config = _text(found.common, "config", _SMALL * 100)
    if re.search(r"^\s*objectformat\s*=\s*\"?sha256", config, re.I | re.M):
        raise SourceError(f"its object ids are SHA-256, which is not supported: {found.common}")
    if re.search(r"^\s*refstorage\s*=\s*\"?reftable", config, re.I | re.M):
        raise SourceError(f"its refs are stored as a reftable, which is not supported: {found.common}")


def _spellings(name: str) -> tuple[str, ...]:
    if name == "HEAD" or name.startswith("refs/"):
        return (name,)
    places = ("heads", "tags", "remotes", "remotes/origin")
    return tuple(f"refs/{place}/{name}" for place in places)


def _text(folder: Path, path: str, limit: int) -> str:
    content = read_beneath(folder, path, Reach(limit))
    return content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
