"""The self-audit: a project beside each repository it may have code from, and how what they share stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from clonescan import __version__
from clonescan.audit.candidates import Candidate, candidates
from clonescan.audit.origins import best_origins
from clonescan.audit.others import Others
from clonescan.audit.policy import Policy
from clonescan.audit.project import Project
from clonescan.background import open_background
from clonescan.background.store import Background
from clonescan.comparison import Compared, compared, described, gathered, hidden, parameters, reading
from clonescan.entities import Audit, Match, Report, Repository, Skipped, Standing
from clonescan.evidence.standing import Standings
from clonescan.explain import excerpts
from clonescan.graph import families
from clonescan.kinds.reading import Reading, with_counts
from clonescan.match.findings import findings
from clonescan.match.internal import match_within
from clonescan.settings import Settings
from clonescan.sources.changes import Changes
from clonescan.sources.interface import Progress, Snapshot
from clonescan.wording import Wording

CELL = "#cell-"
"""Between the path of a notebook and the number of a cell in it."""


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
        ours = files.read(project.compared)
        bench = Bench(project, ours, background, settings)
        near = replace(settings, max_chance=settings.max_chance / max(1, others.number))  # shared among all of them
        found: list[Beside] = []
        for candidate in candidates(project, ours, others, files, settings, progress):
            progress("Comparing", len(found), None)
            found.append(bench.beside(candidate, near))
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
    """The project, read once, to hold others beside it."""

    def __init__(self, project: Project, ours: Reading, background: Background, settings: Settings) -> None:
        self.project = project
        self.ours = ours
        self.background = background
        self.settings = settings
        self.own = with_counts(project.own, ours)
        self.standings = Standings(self.own, project.texts)
        self.masked = hidden([ours], [self.own], background)

    def beside(self, other: Candidate, settings: Settings) -> Beside:
        """What the project shares with another repository, and how it stands."""
        if other.is_copy:
            return Beside(other.repository, other.snapshot)
        repositories, readings = [self.own, other.repository], [self.ours, other.reading]
        masked = self.masked | hidden([other.reading], [other.repository], self.background)
        evidence = gathered(readings, repositories, self.background, masked)
        wording = Wording([self.project.compared, other.snapshot], repositories, settings)
        pair = compared(evidence, (0, 1), settings, wording.measures)
        rows = described(evidence, [pair.findings], settings, wording)
        return Beside(other.repository, other.snapshot, [self._stood(row, other, wording) for row in rows], pair)

    def within(self) -> Sequence[Match]:
        """What the project has twice."""
        evidence = gathered([self.ours], [self.own], self.background, self.masked)
        wording = Wording([self.project.compared], [self.own], self.settings)
        matched = match_within(evidence.scorer, 0, self.settings.max_chance)
        twice = findings(evidence, matched, (0, 0), wording.measures)
        rows = described(evidence, [twice], self.settings, wording)
        return [replace(match, standing=Standing("internal")) for match in rows]

    def _stood(self, match: Match, other: Candidate, wording: Wording) -> Match:
        text = wording.text(1, match.right.path.partition(CELL)[0])
        return replace(match, standing=self.standings.of(match.left, other.repository, match.right, text))


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
    asked = {"environment": policy.environment, "index": policy.index, "internal": policy.internal}
    return {"against": list(policy.against)} | asked


def _audit(project: Project, others: Others, found: Sequence[Beside]) -> Audit:
    copies = [one.repository.id for one in found if one.compared is None]
    indexed = [entry.facts.repository.id for entry in others.index.indexed] if others.index else []
    every = [*(one.id for one in others.installed), *(one.id for one in others.opened), *indexed]
    return Audit(
        against=others.against,
        compared=tuple(name for name in every if name not in copies),
        left_out=(*others.left_out, *(Skipped(name, "most of it is the project's") for name in copies)),
        since=project.changes.since if project.changes else None,
        fail_at=0.0,
        notes=(),
        tally=(),
    )
