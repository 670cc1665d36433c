"""The packages that the shipped background is built from, and how one is read: from the package index, unexecuted."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from clonescan.background.build import File, Files, Listed, build
from clonescan.background.store import MAX_PACKAGES, Background, Package
from clonescan.entities import Skipped
from clonescan.errors import UsageError
from clonescan.kinds import claims, widest
from clonescan.settings import Settings
from clonescan.sources import open_source

LIST = Path(__file__).parent / "packages.txt"

_WITHOUT_CODE = " without code"


def listed(path: Path) -> list[Listed]:
    """The sources of a list: one a line, `NAME==VERSION` for a package of the index; `#` begins a comment.

    `./FOLDER` lies beside the list.

    "without code" behind a source takes its tokenizers, configs and checkpoints alone. Raises UsageError.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"The list of packages {path} cannot be read.") from None
    found = [line.split("#")[0].strip() for line in lines]
    sources = [_listed(line, path.parent) for line in found if line]
    if not 2 <= len(sources) <= MAX_PACKAGES:
        raise UsageError(f"A background is built from 2 to {MAX_PACKAGES} packages; {path} lists {len(sources)}.")
    return sources


def _listed(line: str, folder: Path) -> Listed:
    source = line.removesuffix(_WITHOUT_CODE).rstrip()
    code = source == line
    if source.startswith("./"):
        path, _, version = source.partition("==")
        return Listed(str(folder / path), code, version)
    return Listed(f"pypi:{source}" if "==" in source and ":" not in source else source, code)


def build_from(path: Path, settings: Settings) -> Background:
    """Build a background from the sources that a list names. Raises UsageError or SourceError."""
    return build(listed(path), Reader(settings), settings.jobs or None)


class Reader:
    """Reads one source for `build`; a class so that it can be handed to another process."""

    def __init__(self, settings: Settings) -> None:
        self.settings = replace(settings, jobs=1)

    def __call__(self, listed: Listed) -> tuple[Package, Files]:
        """The package and the files of it that a kind claims. Raises SourceError."""
        snapshot = open_source(listed.source, self.settings)
        claimed = {entry.path: claims(entry.path, self.settings.max_file_bytes) for entry in snapshot.entries()}
        wanted = [entry for entry in snapshot.entries() if claimed[entry.path]]
        reaches = {entry.path: widest(list(claimed[entry.path].values())) for entry in wanted}
        files = [
            File(entry.path, claimed[entry.path], data)
            for entry, data in snapshot.read(wanted, reaches=reaches)
            if not isinstance(data, Skipped)
        ]
        name, _, version = snapshot.repository.id.partition(" ")
        tops = {file.path.split("/", 1)[0] for file in files if "/" in file.path}
        version = listed.version or snapshot.repository.version or version
        return Package(name, version, tuple(sorted(tops)), code=listed.code), files


