"""The pipeline: repositories become snapshots, fingerprints, matches, and a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

from clonescan import __version__
from clonescan.background import open_background
from clonescan.comparison import compared, counts, described, gathered, hidden, parameters, reading
from clonescan.entities import Report
from clonescan.evidence.residue import residue
from clonescan.explain import excerpts
from clonescan.graph import families
from clonescan.index.thirds import Thirds, indexed
from clonescan.kinds.held import opened
from clonescan.kinds.reading import no_collector
from clonescan.settings import Settings
from clonescan.sources.interface import Progress, Snapshot, no_progress
from clonescan.wording import Wording

DEFAULTS = Settings()


def scan(sources: Sequence[str], settings: Settings = DEFAULTS, progress: Progress = no_progress) -> Report:
    """Compare every pair of these sources.

    Raises UsageError, SourceError or BackgroundError.
    """
    open_background(settings.background)  # says what is wrong with it before anything is fetched
    return compare(opened(sources, settings, progress), settings, progress)


@no_collector()
def compare(snapshots: Sequence[Snapshot], settings: Settings, progress: Progress) -> Report:
    """Compare every pair of these snapshots. Raises SourceError or BackgroundError."""
    background = open_background(settings.background)
    with reading(background, settings, progress) as files:
        readings = [files.read(snapshot) for snapshot in snapshots]
    repositories = counts(snapshots, readings)
    progress("Matching", 0, None)
    masked = hidden(readings, repositories, background)
    thirds = indexed(readings, repositories, settings) if settings.index else Thirds()
    every = [*repositories, *thirds.repositories]
    evidence = gathered([*readings, *thirds.readings], every, background, masked, len(thirds.readings))
    wording = Wording(snapshots, every, settings)
    sides = combinations(range(len(snapshots)), 2)
    pairs = [compared(evidence, pair, settings, wording.measures) for pair in sides]
    rows = described(evidence, [pair.findings for pair in pairs], settings, wording)
    paths = [[entry.path for entry in snapshot.entries()] for snapshot in snapshots]
    own = [file for file in evidence.corpus.files if file.repository < len(repositories)]
    report = Report(
        tool={"name": "clonescan", "version": __version__},
        parameters=parameters(settings, background, masked) | thirds.parameters,
        repositories=tuple(repositories),
        overlap=tuple(row for pair in pairs for row in pair.overlap),
        matches=rows,
        renames=tuple(row for pair in pairs for row in pair.renames),
        families=families(rows),
        residue=residue(own, paths, repositories, background, masked),
    )
    if not settings.embed_source:
        return report
    return replace(report, excerpts=excerpts(report, snapshots, settings, progress))
