"""The packages that the shipped background is built from, and how one is read: from the package index, unexecuted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from clonescan.background.build import Files, build
from clonescan.background.store import MAX_PACKAGES, Background, Package
from clonescan.entities import Skipped
from clonescan.errors import UsageError
from clonescan.kinds import code
from clonescan.settings import Settings
from clonescan.sources import open_source

LIST = Path(__file__).parent / "packages.txt"


def listed(path: Path) -> list[str]:
    """The sources of a list: one a line, `NAME==VERSION` for a package of the index; `#` begins a comment.

    Raises UsageError.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"The list of packages {path} cannot be read.") from None
    found = [line.split("#")[0].strip() for line in lines]
    sources = [f"pypi:{line}" if "==" in line and ":" not in line else line for line in found if line]
    if not 2 <= len(sources) <= MAX_PACKAGES:
        raise UsageError(f"A background is built from 2 to {MAX_PACKAGES} packages; {path} lists {len(sources)}.")
    return sources


def build_from(path: Path, settings: Settings) -> Background:
    """Build a background from the sources that a list names. Raises UsageError or SourceError."""
    return build(listed(path), Reader(settings), settings.jobs or None)


class Reader:
    """Reads one source for `build`; a class so that it can be handed to another process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = replace(settings, jobs=1)

    def __call__(self, source: str) -> tuple[Package, Files]:
        """The package and its code files. Raises SourceError."""
        snapshot = open_source(source, self.settings)
        wanted = [entry for entry in snapshot.entries() if code.claims(entry.path)]
        files = [
            (entry.path, data) for entry, data in snapshot.read(wanted) if not isinstance(data, Skipped)
        ]
        name, _, version = snapshot.repository.id.partition(" ")
        tops = {path.split("/", 1)[0] for path, _ in files if "/" in path}
        return Package(name, snapshot.repository.version or version, tuple(sorted(tops))), files


