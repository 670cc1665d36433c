"""clonescan tells whether one machine-learning repository shares code with another, with evidence to check."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from clonescan.entities import (
    Attribution,
    Audit,
    Containment,
    Credits,
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
    Standing,
    Tally,
)
from clonescan.errors import BackgroundError, ClonescanError, SourceError, UsageError
from clonescan.settings import Settings

if TYPE_CHECKING:
    from clonescan.sources.interface import Progress

__all__ = [
    "Attribution",
    "Audit",
    "BackgroundError",
    "ClonescanError",
    "Containment",
    "Credits",
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
    "Standing",
    "Tally",
    "UsageError",
    "__version__",
    "audit",
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


def audit(
    project: str = ".",
    *,
    since: str = "",
    changed: Sequence[str | Path] | None = None,
    progress: Progress | None = None,
    **options: object,
) -> Report:
    """Compare a project with what it may have code from, and return what they share and how each match stands.

    Of a change only what differs from the commit `since` is looked at, or the files `changed` of a local project. The
    other keywords are the fields of `Settings` and `Policy`; neither a config file nor the environment is looked at,
    but for which Python environment is active. `policy.fails(report)` tells whether the audit fails.
    Raises what `scan` does.
    """
    from clonescan.audit.policy import Policy
    from clonescan.audit.scope import Scope
    from clonescan.configuration import from_keywords, policy_keywords
    from clonescan.results import audit as run
    from clonescan.sources.interface import no_progress

    asked = {key: value for key, value in options.items() if key in Policy.__dataclass_fields__}
    settings = from_keywords({key: value for key, value in options.items() if key not in asked})
    scope = Scope(project, since, None if changed is None else tuple(map(Path, changed)))
    return run(scope, policy_keywords(asked), settings, progress or no_progress).report


class _Package(ModuleType):
    """Keeps `scan` and `audit` the functions: importing the module of that name would put the module in its place."""

    def __setattr__(self, name: str, value: object) -> None:
        if name not in ("scan", "audit") or not isinstance(value, ModuleType):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
