"""The steps that scan and audit share: snapshots become readings, readings evidence, evidence the matches of a pair."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np

from clonescan.background import masking
from clonescan.background.store import Background
from clonescan.entities import Match, Overlap, Repository, RepositoryRename
from clonescan.fingerprint import Array
from clonescan.kinds import KINDS, MISMATCHES, version
from clonescan.kinds.cache import ExtractionCache
from clonescan.kinds.reading import Reader, Reading, reader, titles, with_counts
from clonescan.match.corpus import File, gather
from clonescan.match.findings import Evidence, Findings, covered, findings, matches
from clonescan.match.measured import Measures
from clonescan.match.names import names
from clonescan.match.overlap import overlaps
from clonescan.match.pair import Limits, match
from clonescan.match.renames import consistency, counted, one_to_one
from clonescan.match.score import Scorer, joined
from clonescan.match.thirds import Thirds
from clonescan.match.weights import document_frequency, weigh
from clonescan.segments import distinct
from clonescan.settings import Settings
from clonescan.sources.cache import cache_folder
from clonescan.sources.interface import Progress, Snapshot
from clonescan.sources.names import numbered
from clonescan.wording import Wording


@dataclass(frozen=True, eq=False)
class Compared:
    """Two repositories beside each other: their matches, how much of each they are, and the names that changed."""

    findings: Findings
    overlap: Sequence[Overlap]
    renames: Sequence[RepositoryRename]


@contextmanager
def reading(background: Background, settings: Settings, progress: Progress) -> Iterator[Reader]:
    """What reads snapshots for this background, with its cache and workers."""
    with ExitStack() as stack:
        folder = cache_folder(settings, "extractions") if settings.use_cache else None
        cache = stack.enter_context(ExtractionCache(folder))
        yield stack.enter_context(reader(background.symbols, settings, cache, progress))


def counts(snapshots: Sequence[Snapshot], readings: Sequence[Reading]) -> list[Repository]:
    """The read repositories with what was counted in them; a name that comes twice gets a number."""
    names = numbered(snapshot.repository.id for snapshot in snapshots)
    return [
        with_counts(replace(snapshot.repository, id=name), reading)
        for snapshot, reading, name in zip(snapshots, readings, names, strict=True)
    ]


def hidden(readings: Sequence[Reading], repositories: Sequence[Repository], background: Background) -> frozenset[int]:
    """The packages of the background that one of these repositories is or holds."""
    sides = zip(readings, repositories, strict=True)
    return frozenset().union(*(_hidden(one, repository, background) for one, repository in sides))


def _hidden(reading: Reading, repository: Repository, background: Background) -> frozenset[int]:
    if reading.whole:
        held = reading.whole.holds
        return frozenset(number for number, package in enumerate(background.packages) if package.name in held)
    return masking.masked(background, _hashes(reading), titles(repository, reading.files))


def gathered(
    readings: Sequence[Reading],
    repositories: Sequence[Repository],
    background: Background,
    masked: frozenset[int],
    thirds: int = 0,
) -> Evidence:
    """All units of all repositories, weighed by the background without what is masked.

    The last so many are `thirds` from an index: they weigh nothing, and are only looked at for what others share.
    """
    scanned = len(readings) - thirds
    corpus = gather(
        [
            File(number, file.path, file.kind, file.blob_id, file.mark, file.fingerprint)
            for number, reading in enumerate(readings)
            for file in reading.files
        ],
        {number: reading.whole for number, reading in enumerate(readings) if reading.whole},
    )
    scorer = Scorer(corpus, weigh(corpus, background, masked, range(scanned)), MISMATCHES)
    elsewhere = Thirds(corpus, scorer.weights, [kind.NAME for kind in KINDS if kind.HANDED_ON], scanned)
    packages = document_frequency(corpus, background, masked).packages
    return Evidence(corpus, names(corpus.files), scorer, elsewhere, background, masked, packages, repositories)


def _hashes(reading: Reading) -> Array:
    hashes = [file.fingerprint.hashes for file in reading.files]
    return np.concatenate(hashes) if hashes else np.empty(0, np.uint64)


def compared(evidence: Evidence, pair: tuple[int, int], settings: Settings, measures: Measures) -> Compared:
    """The matches, overlaps and renames of two repositories."""
    limits = Limits(settings.max_chance, settings.include_runners_up)
    matched = match(evidence.scorer, evidence.names, *pair, limits)
    found = findings(evidence, matched, pair, measures)
    ends = (evidence.repositories[pair[0]].id, evidence.repositories[pair[1]].id)
    overlap = overlaps(evidence.corpus, evidence.scorer, covered(found, pair), ends)
    return Compared(found, overlap, _renames(found, ends))


def _renames(found: Findings, ends: tuple[str, str]) -> list[RepositoryRename]:
    """Which name became which over all matches of a pair, most frequent first.

    In a partial match the lines around what was copied align by accident: there a name must come twice.
    """
    names = found.names
    least = np.array([2 if kind == "partial" else 1 for kind in found.types], np.int64)
    best = names[~found.matched.runner_up[names.group] & (names.count >= least[names.group])]
    pairs = counted(np.zeros_like(best.group), best.left, best.right, best.count)
    shares, strings = consistency(pairs), found.strings
    kept = one_to_one(pairs, strings)
    changed = kept[pairs.left[kept] != pairs.right[kept]]
    rows = zip(*(column[changed].tolist() for column in (pairs.left, pairs.right, pairs.count, shares)), strict=True)
    return [RepositoryRename(*ends, strings[left], strings[right], count, share) for left, right, count, share in rows]


def described(
    evidence: Evidence, found: Sequence[Findings], settings: Settings, wording: Wording
) -> tuple[Match, ...]:
    """The matches that are asked for with their strongest features in words, best evidence first."""
    wanted = [_wanted(rows, settings) for rows in found]
    scores = joined([rows.matched.scores[want] for rows, want in zip(found, wanted, strict=True)])
    thirds = np.concatenate([rows.thirds[want] for rows, want in zip(found, wanted, strict=True)])
    files = distinct(evidence.corpus.unit_file[np.r_[scores.left, scores.right, thirds[thirds >= 0]]])
    wording.prepare(evidence.corpus.files[file] for file in files.tolist())
    words = wording.describe, wording.correspond
    rows = (matches(evidence, *pair, *words) for pair in zip(found, wanted, strict=True))
    return tuple(sorted(chain(*rows), key=lambda row: (-row.net_bits, -row.evidence_bits, row.id)))


def _wanted(rows: Findings, settings: Settings) -> Array:
    bits = rows.matched.scores.evidence / 1000
    found: Array = (rows.shares.similarity >= settings.min_similarity) & (bits >= settings.min_evidence)
    return found


def parameters(settings: Settings, background: Background, masked: frozenset[int]) -> dict[str, object]:
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
            "packages": sum(p.code for number, p in enumerate(background.packages) if number not in masked),
            "packages_without_code": sum(
                not p.code for number, p in enumerate(background.packages) if number not in masked
            ),
            "masked": sorted(background.packages[number].name for number in masked),
        },
    }
