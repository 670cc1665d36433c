"""Where repositories come from: one module a place, one function to open any of them."""

from __future__ import annotations

from clonescan.settings import Settings
from clonescan.sources.address import ArchiveAddress, GitAddress, InstalledAddress, LocalAddress, PypiAddress, parse
from clonescan.sources.archive import open_archive
from clonescan.sources.git import open_git
from clonescan.sources.interface import Progress, Snapshot, no_progress
from clonescan.sources.local import open_local

__all__ = ["Progress", "Snapshot", "no_progress", "open_source"]


def open_source(text: str, settings: Settings, progress: Progress = no_progress) -> Snapshot:
    """The snapshot of the repository that `text` names, in any form that people paste.

    Raises UsageError for a form that is none, SourceError for a repository that cannot be read.
    """
    match parse(text, allow_http=settings.allow_http):
        case GitAddress() as address:
            return open_git(address, settings, progress)
        case LocalAddress() as address:
            return open_local(address, settings)
        case ArchiveAddress() as address:
            return open_archive(address, settings)
        case PypiAddress() as address:
            from clonescan.sources.pypi import open_pypi  # a fifth of a second, which only packages need

            return open_pypi(address, settings, progress)
        case InstalledAddress() as address:
            from clonescan.sources.installed import open_installed

            return open_installed(address, settings)
