"""What a project is compared with: the packages of its environment, sources that are named, or an index."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from clonescan.audit.policy import Policy
from clonescan.audit.project import Project, is_own
from clonescan.entities import Skipped
from clonescan.kinds.held import Held
from clonescan.settings import Settings
from clonescan.sources import open_source
from clonescan.sources.environment import environment
from clonescan.sources.folder import FolderSnapshot
from clonescan.sources.installed import Distribution, distributions, installed
from clonescan.sources.interface import Progress
from clonescan.sources.names import numbered

if TYPE_CHECKING:
    from clonescan.index import Index


@dataclass(frozen=True, slots=True)
class Installed:
    """An installed package: its id and source in the report."""

    package: Distribution
    id: str
    source: str

    def open(self, settings: Settings) -> FolderSnapshot:
        """Its files; no package is opened before it is needed."""
        return installed(self.package, self.source, settings)


@dataclass(frozen=True, slots=True)
class Opened:
    """A source that was named: its id in the report, and its files."""

    id: str
    snapshot: Held


@dataclass(frozen=True)
class Others:
    """All that a project is compared with; `against` says it in words, `left_out` what is not among it, and why."""

    against: str
    installed: Sequence[Installed] = ()
    opened: Sequence[Opened] = ()
    index: Index | None = None
    left_out: tuple[Skipped, ...] = ()

    @property
    def number(self) -> int:
        """How many repositories there are."""
        return len(self.installed) + len(self.opened) + (len(self.index.indexed) if self.index else 0)

    @property
    def state(self) -> str:
        """What tells this state of them all from any other."""
        indexed = [(entry.folder.name, entry.facts.state) for entry in self.index.indexed] if self.index else []
        installed = [(one.source, one.package.digest) for one in self.installed]
        return repr((self.against, self.left_out, installed, [one.snapshot.state for one in self.opened], indexed))

    @property
    def lost(self) -> bool:
        """Whether a file could not be had that may be there another time."""
        return any(one.snapshot.lost for one in self.opened)


def others(project: Project, policy: Policy, settings: Settings, progress: Progress) -> Others:
    """What the policy says, or else the packages of the environment. Raises UsageError and SourceError."""
    found = Others(", ".join(policy.against), opened=_opened(policy.against, settings, progress))
    if policy.index:
        found = _with_index(found, policy.index, settings)
    if policy.environment or not (policy.against or policy.index):
        found = _with_environment(found, project, policy.environment)
    return found


def _opened(sources: Sequence[str], settings: Settings, progress: Progress) -> list[Opened]:
    """These sources; a name that comes twice gets a number."""
    snapshots = [Held(open_source(source, settings, progress), settings, progress) for source in sources]
    names = numbered(snapshot.repository.id for snapshot in snapshots)
    return [Opened(name, snapshot) for name, snapshot in zip(names, snapshots, strict=True)]


def _with_index(found: Others, place: str, settings: Settings) -> Others:
    from clonescan.index import index_folder, open_index  # loads what most audits do without

    named = replace(settings, index=place)
    index = open_index(index_folder(named), named)
    number = len(index.indexed)
    words = f"an index of {number:,} {'repository' if number == 1 else 'repositories'}"
    left_out = tuple(Skipped("index", reason) for reason in index.unasked)
    return replace(found, against=_joined(words, found.against), index=index, left_out=(*found.left_out, *left_out))


def _with_environment(found: Others, project: Project, place: str) -> Others:
    there = environment(place, os.environ, project.folder)
    at = f"@{place}" if place else ""
    packages = distributions(there)
    reasons = {package.id: _unusable(project, package) for package in packages}
    usable = [package for package in packages if not reasons[package.id]]
    words = f"{len(usable)} packages of {there.found}, {there.folder}"
    return replace(
        found,
        against=_joined(words, found.against),
        installed=[Installed(one, one.id, f"installed:{one.key}=={one.version}{at}") for one in usable],
        left_out=(*(Skipped(name, reason) for name, reason in reasons.items() if reason), *found.left_out),
    )


def _joined(*words: str) -> str:
    return ", ".join(filter(None, words))


def _unusable(project: Project, package: Distribution) -> str:
    own = is_own(project, package)
    if own:
        return own
    if package.origin[1]:
        return f"it is used from {package.origin[0] or 'elsewhere'}: name that folder with --against"
    return "" if package.record else "it has no list of its files"
