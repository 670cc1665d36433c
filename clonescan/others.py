"""What a project is compared with: the packages of its environment, or the sources that are named."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from clonescan.entities import Skipped
from clonescan.kinds.held import Held
from clonescan.policy import Policy
from clonescan.project import Project, is_own
from clonescan.settings import Settings
from clonescan.sources import open_source
from clonescan.sources.environment import environment
from clonescan.sources.installed import Distribution, InstalledSnapshot, distributions
from clonescan.sources.interface import Progress, Snapshot


@dataclass(frozen=True, slots=True)
class Other:
    """A repository to compare with: its id in the report, what tells this state of it from others, how to open it."""

    id: str
    state: str
    open: Callable[[], Snapshot]


@dataclass(frozen=True, slots=True)
class Others:
    """All of them; `against` says in words what they are, `left_out` what is not among them, and why.

    `held`: those that had to be opened to know what state they are in.
    """

    against: str
    repositories: Sequence[Other]
    left_out: tuple[Skipped, ...] = ()
    held: Sequence[Held] = ()

    @property
    def lost(self) -> bool:
        """Whether a file could not be had that may be there another time."""
        return any(snapshot.lost for snapshot in self.held)


def others(project: Project, policy: Policy, settings: Settings, progress: Progress) -> Others:
    """What the policy says, or else the packages of the environment. Raises UsageError and SourceError."""
    opened = [Held(open_source(source, settings, progress), settings, progress) for source in policy.against]
    named = list(_numbered(opened))
    if policy.against and not policy.environment:
        return Others(", ".join(policy.against), named, held=opened)
    found = environment(policy.environment, os.environ, project.folder)
    place = f"@{policy.environment}" if policy.environment else ""
    usable: list[Other] = []
    left_out: list[Skipped] = []
    for package in distributions(found):
        reason = _unusable(project, package)
        if reason:
            left_out.append(Skipped(package.id, reason))
        else:
            source = f"installed:{package.key}=={package.version}{place}"
            usable.append(Other(package.id, package.digest, partial(InstalledSnapshot, package, source, settings)))
    against = f"{len(usable)} packages of {found.found}, {found.folder}"
    return Others(", ".join([against, *policy.against]), [*usable, *named], tuple(left_out), opened)


def _unusable(project: Project, package: Distribution) -> str:
    own = is_own(project, package)
    if own:
        return own
    if package.origin[1]:
        return f"it is used from {package.origin[0] or 'elsewhere'}: name that folder with --against"
    return "" if package.record else "it has no list of its files"


def _numbered(opened: Sequence[Held]) -> Iterator[Other]:
    """Those that are open already; a name that comes twice gets a number."""
    names: Counter[str] = Counter()
    for snapshot in opened:
        name = snapshot.repository.id
        names[name] += 1
        yield Other(name if names[name] == 1 else f"{name} ({names[name]})", snapshot.state, partial(_same, snapshot))


def _same(snapshot: Snapshot) -> Snapshot:
    return snapshot
