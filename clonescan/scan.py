"""The pipeline: repositories become snapshots, fingerprints, matches, and a report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from itertools import chain, combinations

import numpy as np

from clonescan import __version__
from clonescan.background import open_background
from clonescan.background.masking import masked
from clonescan.background.store import Background
from clonescan.entities import Match, Overlap, Report, Repository, RepositoryRename
from clonescan.evidence.residue import residue
from clonescan.explain import excerpts
from clonescan.fingerprint import Array
from clonescan.graph import families
from clonescan.kinds import KINDS, version
from clonescan.kinds.cache import ExtractionCache
from clonescan.kinds.held import opened
from clonescan.kinds.reading import Reading, reader
from clonescan.match.corpus import File, gather
from clonescan.match.findings import Evidence, Findings, covered, findings, matches
from clonescan.match.names import names
from clonescan.match.overlap import overlaps
from clonescan.match.pair import Limits, match
from clonescan.match.renames import consistency, counted, one_to_one
from clonescan.match.score import Scorer, Scores, joined
from clonescan.match.thirds import Thirds
from clonescan.match.weights import document_frequency, weigh
from clonescan.segments import distinct
from clonescan.settings import Settings
from clonescan.sources.cache import cache_folder
from clonescan.sources.interface import Progress, Snapshot, no_progress
from clonescan.wording import Wording

DEFAULTS = Settings()


def scan(sources: Sequence[str], settings: Settings = DEFAULTS, progress: Progress = no_progress) -> Report:
    """Compare every pair of these sources.

    Raises UsageError, SourceError or BackgroundError.
    """
    open_background(settings.background)  # says what is wrong with it before anything is fetched
    return compare(opened(sources, settings, progress), settings, progress)


def compare(snapshots: Sequence[Snapshot], settings: Settings, progress: Progress) -> Report:
    """Compare every pair of these snapshots. Raises SourceError or BackgroundError."""
    background = open_background(settings.background)
    with ExitStack() as stack:
        folder = cache_folder(settings, "extractions") if settings.use_cache else None
        cache = stack.enter_context(ExtractionCache(folder))
        files = stack.enter_context(reader(background.symbols, settings, cache, progress))
        readings = [files.read(snapshot) for snapshot in snapshots]
    repositories = _repositories(snapshots, readings)
    progress("Matching", 0, None)
    evidence = _evidence(readings, repositories, background)
    found = [_compare(evidence, pair, settings) for pair in combinations(range(len(snapshots)), 2)]
    rows = _described(evidence, [rows for rows, _, _ in found], settings, Wording(snapshots, repositories, settings))
    paths = [[entry.path for entry in snapshot.entries()] for snapshot in snapshots]
    report = Report(
        tool={"name": "clonescan", "version": __version__},
        parameters=_parameters(settings, background, evidence),
        repositories=tuple(repositories),
        overlap=tuple(row for _, rows, _ in found for row in rows),
        matches=rows,
        renames=tuple(row for _, _, rows in found for row in rows),
        families=families(rows),
        residue=residue(evidence.corpus.files, paths, repositories, background, evidence.masked),
    )
    if not settings.embed_source:
        return report
    return replace(report, excerpts=excerpts(report, snapshots, settings, progress))


def _repositories(snapshots: Sequence[Snapshot], readings: Sequence[Reading]) -> list[Repository]:
    """The scanned repositories with what was counted in them; a name that comes twice gets a number."""
    found: list[Repository] = []
    names: Counter[str] = Counter()
    for snapshot, reading in zip(snapshots, readings, strict=True):
        repository = snapshot.repository
        names[repository.id] += 1
        number = names[repository.id]
        found.append(
            replace(
                repository,
                id=repository.id if number == 1 else f"{repository.id} ({number})",
                files=dict(sorted(Counter(file.kind for file in reading.files).items())),
                not_compared=reading.not_compared,
                units=sum(len(file.fingerprint.unit_names) for file in reading.files),
                skipped=reading.skipped,
            )
        )
    return found


def _evidence(readings: Sequence[Reading], repositories: Sequence[Repository], background: Background) -> Evidence:
    """All units of all repositories, weighed."""
    corpus = gather(
        [
            File(number, file.path, file.kind, file.blob_id, file.mark, file.fingerprint)
            for number, reading in enumerate(readings)
            for file in reading.files
        ]
    )
    hidden: frozenset[int] = frozenset().union(
        *(masked(background, _hashes(reading), repo.id) for reading, repo in zip(readings, repositories, strict=True))
    )
    scorer = Scorer(corpus, weigh(corpus, background, hidden))
    thirds = Thirds(corpus, scorer.weights, [kind.NAME for kind in KINDS if kind.HANDED_ON])
    packages = document_frequency(corpus, background, hidden).packages
    return Evidence(corpus, names(corpus.files), scorer, thirds, background, hidden, packages, repositories)


def _hashes(reading: Reading) -> Array:
    hashes = [file.fingerprint.hashes for file in reading.files]
    return np.concatenate(hashes) if hashes else np.empty(0, np.uint64)


def _compare(
    evidence: Evidence, pair: tuple[int, int], settings: Settings
) -> tuple[Findings, list[Overlap], list[RepositoryRename]]:
    """The matches, overlaps and renames of two repositories."""
    limits = Limits(settings.max_chance, settings.include_runners_up)
    matched = match(evidence.scorer, evidence.names, *pair, limits)
    found = findings(evidence, matched, pair)
    ends = (evidence.repositories[pair[0]].id, evidence.repositories[pair[1]].id)
    overlap = overlaps(evidence.corpus, evidence.scorer, covered(found, pair), ends)
    return found, overlap, _renames(evidence, found, ends)


def _renames(evidence: Evidence, found: Findings, ends: tuple[str, str]) -> list[RepositoryRename]:
    """Which name became which over all matches of a pair, most frequent first.

    In a partial match the lines around what was copied align by accident: there a name must come twice.
    """
    names = found.aligned.names
    least = np.array([2 if kind == "partial" else 1 for kind in found.types], np.int64)
    best = names[~found.matched.runner_up[names.group] & (names.count >= least[names.group])]
    pairs = counted(np.zeros_like(best.group), best.left, best.right, best.count)
    shares, strings = consistency(pairs), evidence.names.strings
    kept = one_to_one(pairs, strings)
    changed = kept[pairs.left[kept] != pairs.right[kept]]
    rows = zip(*(column[changed].tolist() for column in (pairs.left, pairs.right, pairs.count, shares)), strict=True)
    return [RepositoryRename(*ends, strings[left], strings[right], count, share) for left, right, count, share in rows]


def _described(
    evidence: Evidence, found: Sequence[Findings], settings: Settings, wording: Wording
) -> tuple[Match, ...]:
    """The matches that are asked for with their strongest features in words, best evidence first."""
    wanted = [_wanted(rows.matched.scores, settings) for rows in found]
    scores = joined([rows.matched.scores[want] for rows, want in zip(found, wanted, strict=True)])
    thirds = np.concatenate([rows.thirds[want] for rows, want in zip(found, wanted, strict=True)])
    files = distinct(evidence.corpus.unit_file[np.r_[scores.left, scores.right, thirds[thirds >= 0]]])
    wording.prepare(evidence.corpus.files[file] for file in files.tolist())
    words = wording.describe, wording.correspond
    described = (matches(evidence, *pair, *words) for pair in zip(found, wanted, strict=True))
    return tuple(sorted(chain(*described), key=lambda row: (-row.net_bits, -row.evidence_bits, row.id)))


def _wanted(scores: Scores, settings: Settings) -> Array:
    found: Array = (scores.similarity >= settings.min_similarity) & (scores.evidence / 1000 >= settings.min_evidence)
    return found


def _parameters(settings: Settings, background: Background, evidence: Evidence) -> dict[str, object]:
    """What the result depends on beside the repositories."""
    return {
        "min_similarity": settings.min_similarity,
        "min_evidence": settings.min_evidence,
        "max_chance": settings.max_chance,
        "exclude": list(settings.exclude),
        "include_runners_up": settings.include_runners_up,
        "max_file_bytes": settings.max_file_bytes,
        "method": version(background.symbols),
        "background": {
            "name": settings.background,
            "packages": sum(p.code for number, p in enumerate(background.packages) if number not in evidence.masked),
            "masked": sorted(background.packages[number].name for number in evidence.masked),
        },
    }
