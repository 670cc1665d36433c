"""The self-audit: a project beside each repository it may have code from, and how what they share stands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from clonescan import __version__
from clonescan.background import open_background
from clonescan.background.store import Background
from clonescan.comparison import Compared, compared, counts, described, gathered, hidden, parameters, reading
from clonescan.entities import Audit, Match, Report, Repository, Skipped, Standing
from clonescan.evidence.credits import credits, tells
from clonescan.evidence.standing import Standings
from clonescan.explain import excerpts
from clonescan.graph import families
from clonescan.kinds.held import Held
from clonescan.kinds.reading import Reader, Reading
from clonescan.match.findings import findings
from clonescan.match.internal import match_within
from clonescan.origins import best_origins
from clonescan.others import Other, Others
from clonescan.policy import Policy
from clonescan.project import Project, Texts
from clonescan.settings import Settings
from clonescan.sources.changes import Changes
from clonescan.sources.interface import Progress, Snapshot
from clonescan.wording import Wording

CELL = "#cell-"
"""Between the path of a notebook and the number of a cell in it."""

COPY_SHARE = 0.5
"""A repository is another copy of the project if more of its files than this, and of the project's, are the same."""


@dataclass(frozen=True, eq=False)
class Beside:
    """A repository beside the project, and what they share; nothing if it is another copy of the project."""

    repository: Repository
    snapshot: Snapshot
    matches: Sequence[Match] = ()
    compared: Compared | None = None


def audit(project: Project, others: Others, policy: Policy, settings: Settings, progress: Progress) -> Report:
    """What a project shares with others: each part of it with its best origin, and how that stands.

    What the project allows itself and what is in its baseline is not looked at: see `policy.judged`. Raises SourceError
    or BackgroundError.
    """
    background = open_background(settings.background)
    with reading(background, settings, progress) as files:
        bench = Bench(project, files, background, settings)
        found = list(bench.beside(others, progress))
        within = bench.within() if policy.internal else ()
    rows = best_origins(_touched(project.changes, (match for one in found for match in one.matches)))
    named = {match.right.repository for match in rows}
    kept = [one for one in found if one.repository.id in named]
    report = Report(
        tool={"name": "clonescan", "version": __version__},
        parameters=parameters(settings, background, bench.masked) | {"audit": _asked(policy)},
        repositories=(bench.own, *(one.repository for one in kept)),
        overlap=tuple(row for one in kept if one.compared for row in one.compared.overlap),
        matches=(*rows, *_touched(project.changes, within)),
        renames=tuple(row for one in kept if one.compared for row in one.compared.renames),
        families=families(rows),
        audit=_audit(project, others, found),
    )
    if not settings.embed_source:
        return report
    return replace(
        report, excerpts=excerpts(report, [project.compared, *(one.snapshot for one in kept)], settings, progress)
    )


class Bench:
    """The project, read once, to hold others beside it one at a time: their readings are large."""

    def __init__(self, project: Project, files: Reader, background: Background, settings: Settings) -> None:
        self.project = project
        self.files = files
        self.background = background
        self.settings = settings
        self.ours = files.read(project.compared)
        self.own = _counted(project.own, project.compared, self.ours)
        self.standings = Standings(self.own, project.texts)
        self.masked = hidden([self.ours], [self.own], background)

    def beside(self, others: Others, progress: Progress) -> Iterator[Beside]:
        """Each of the others beside the project."""
        number = len(others.repositories)
        shared = replace(self.settings, max_chance=self.settings.max_chance / max(1, number))  # among all of them
        for done, other in enumerate(others.repositories):
            progress("Comparing", done, number)
            yield self._beside(other, shared)
        progress("Comparing", number, number)

    def _beside(self, other: Other, settings: Settings) -> Beside:
        snapshot = Held(other.open(), self.settings, self.files.progress)
        theirs = self.files.read(snapshot)
        named = replace(snapshot.repository, id=other.id, credits=credits(Texts(snapshot).some(tells)))
        named = _counted(named, snapshot, theirs)
        if _is_copy(self.ours, theirs):
            return Beside(named, snapshot)
        repositories, readings = [self.own, named], [self.ours, theirs]
        masked = self.masked | hidden([theirs], [named], self.background)
        evidence = gathered(readings, repositories, self.background, masked)
        pair = compared(evidence, (0, 1), settings)
        wording = Wording([self.project.compared, snapshot], repositories, self.settings)
        rows = described(evidence, [pair.findings], settings, wording)
        return Beside(named, snapshot, [self._stood(match, named, wording) for match in rows], pair)

    def within(self) -> Sequence[Match]:
        """What the project has twice."""
        evidence = gathered([self.ours], [self.own], self.background, self.masked)
        twice = findings(evidence, match_within(evidence.scorer, 0, self.settings.max_chance), (0, 0))
        wording = Wording([self.project.compared], [self.own], self.settings)
        rows = described(evidence, [twice], self.settings, wording)
        return [replace(match, standing=Standing("internal")) for match in rows]

    def _stood(self, match: Match, other: Repository, wording: Wording) -> Match:
        text = wording.text.get((1, match.right.path.partition(CELL)[0]))
        return replace(match, standing=self.standings.of(match.left, other, match.right, text))


def _counted(repository: Repository, snapshot: Snapshot, read: Reading) -> Repository:
    (counted,) = counts([snapshot], [read])
    facts = {name: getattr(counted, name) for name in ("files", "not_compared", "units", "skipped")}
    return replace(repository, **facts)


def _is_copy(ours: Reading, theirs: Reading) -> bool:
    """Whether two readings are of the same repository, by the contents of their files."""
    one, other = (
        {(file.kind, file.blob_id) for file in read.files if len(file.fingerprint.hashes)} for read in (ours, theirs)
    )
    same = len(one & other)
    return same > COPY_SHARE * max(len(one), len(other), 1)


def _touched(changes: Changes | None, matches: Iterable[Match]) -> Iterable[Match]:
    """Of a change the matches with lines of the project that it touches; else all."""
    return matches if changes is None else (match for match in matches if _is_touched(changes, match))


def _is_touched(changes: Changes, match: Match) -> bool:
    left, right = match.left, match.right
    sides = [(left, [row[:2] for row in match.lines] or [(left.start_line, left.end_line)])]
    if right.repository == left.repository:
        sides.append((right, [row[2:] for row in match.lines] or [(right.start_line, right.end_line)]))
    return any(changes.touch(place.path.partition(CELL)[0], ranges) for place, ranges in sides)


def _asked(policy: Policy) -> dict[str, object]:
    """What of the policy decides what is found."""
    return {"against": list(policy.against), "environment": policy.environment, "internal": policy.internal}


def _audit(project: Project, others: Others, found: Sequence[Beside]) -> Audit:
    copies = [one.repository.id for one in found if one.compared is None]
    return Audit(
        against=others.against,
        compared=tuple(one.repository.id for one in found if one.compared),
        left_out=(*others.left_out, *(Skipped(name, "most of its files are the project's") for name in copies)),
        since=project.changes.since if project.changes else None,
        fail_at=0.0,
        notes=(),
        tally=(),
    )
