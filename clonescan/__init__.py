"""clonescan tells whether one machine-learning repository shares code with another, with evidence to check."""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

from clonescan.entities import (
    Containment,
    Excerpt,
    Family,
    Feature,
    Match,
    Member,
    Origin,
    Overlap,
    Place,
    Rename,
    Report,
    Repository,
    RepositoryRename,
    Skipped,
)
from clonescan.errors import BackgroundError, ClonescanError, SourceError, UsageError
from clonescan.settings import Settings

if TYPE_CHECKING:
    from clonescan.sources.interface import Progress

__all__ = [
    "BackgroundError",
    "ClonescanError",
    "Containment",
    "Excerpt",
    "Family",
    "Feature",
    "Match",
    "Member",
    "Origin",
    "Overlap",
    "Place",
    "Rename",
    "Report",
    "Repository",
    "RepositoryRename",
    "Settings",
    "Skipped",
    "SourceError",
    "UsageError",
    "__version__",
    "scan",
]

__version__ = "0.1.0"


def scan(left: str, right: str, *more: str, progress: Progress | None = None, **settings: object) -> Report:
    """Compare two or more repositories, every pair of them, and return what corresponds.

    A source is a URL, a folder, an archive or `pypi:NAME`; the keywords are the fields of `Settings`, and neither a
    config file nor the environment is looked at. `progress` is called as (task, done, total or None).
    Raises UsageError for a wrong setting, SourceError for a repository that cannot be read, BackgroundError for an
    unusable background.
    """
    from clonescan.configuration import from_keywords
    from clonescan.results import scan as run
    from clonescan.sources.interface import no_progress

    return run((left, right, *more), from_keywords(settings), progress or no_progress).report


class _Package(ModuleType):
    """Keeps `clonescan.scan` the function: importing the module of that name would put the module in its place."""

    def __setattr__(self, name: str, value: object) -> None:
        if name != "scan" or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
