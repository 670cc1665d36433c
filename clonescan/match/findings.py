"""From matched units to what a report says of them: places, lines, renames, features, clone type, common origin."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from clonescan.background.store import Background
from clonescan.entities import CloneType, Containment, Feature, Match, Place, Repository
from clonescan.fingerprint import ANCHOR, NAME, ORDER, STRUCTURE, UNIT_KINDS, Array
from clonescan.match.align import Alignment, align
from clonescan.match.corpus import Corpus, File
from clonescan.match.origin import discount
from clonescan.match.overlap import Shared
from clonescan.match.pair import Matched
from clonescan.match.renames import renames
from clonescan.match.score import Scorer

LEAST_LISTED = 100
"""Millibits from which a feature is worth a line."""

LISTED_FEATURES = 12
"""Features listed with a match, the strongest first: enough to convince, few enough to read."""

_ROLES = {STRUCTURE: "structure", ANCHOR: "anchor", NAME: "name", ORDER: "order"}

Describe = Callable[[File, Sequence[int]], list[str]]
"""Words for features of a file, by their places in its fingerprint; what a kind knows is handed in."""


@dataclass(frozen=True, slots=True)
class Finding:
    """A match as it is reported, with what it shares and the names that stand in each other's place."""

    match: Match
    shared: Shared
    names: Counter[tuple[str, str]]


@dataclass(frozen=True, eq=False)
class Evidence:
    """What findings are made from: the corpus with its scores, and the background with what is masked of it."""

    corpus: Corpus
    scorer: Scorer
    background: Background
    masked: frozenset[int]
    packages: Array
    repositories: Sequence[Repository]


def finding(evidence: Evidence, row: Matched) -> Finding:
    """Everything about one match but the words of its features, which need the source."""
    corpus, scorer = evidence.corpus, evidence.scorer
    features = scorer.shared(row.left, row.right)
    features = features[scorer.weights[features] > 0]
    weights = scorer.weights[features]
    structural = np.isin(corpus.roles[features], (STRUCTURE, ANCHOR))
    found = discount(
        evidence.background, corpus.hashes[features], np.where(structural, weights, 0), structural, evidence.masked
    )
    net = np.ones(len(features)) if found is None else found.left
    aligned = align(corpus, row.left, row.right, scorer.weights)
    places = [_place(evidence, unit) for unit in (row.left, row.right)]
    left, right = row.score.containment
    match = Match(
        id=_identity(*places),
        kind=corpus.place(row.left)[0].kind,
        clone_type=_clone_type(corpus, row, aligned),
        similarity=row.score.similarity,
        containment=Containment(left, right),
        evidence_bits=row.score.evidence / 1000,
        net_bits=float((weights * net).sum()) / 1000,
        expected_by_chance=row.chance,
        left=places[0],
        right=places[1],
        lines=aligned.lines,
        renames=renames(aligned.names),
        detail=_detail(corpus, row, aligned),
        common_origin=found.origin if found else None,
        runner_up=row.runner_up,
    )
    return Finding(match, Shared(row.left, row.right, features, net), aligned.names)


def features(evidence: Evidence, row: Shared, describe: Describe) -> tuple[Feature, ...]:
    """The strongest features of a match in words; of two wordings the first in the alphabet."""
    corpus, weights = evidence.corpus, evidence.scorer.weights[row.features]
    order = np.lexsort((corpus.hashes[row.features], -weights))[:LISTED_FEATURES]
    order = order[weights[order] >= LEAST_LISTED]
    chosen = row.features[order]
    words = []
    for unit in (row.left, row.right):
        file, _ = corpus.place(unit)
        words.append(describe(file, _rows(corpus, unit, chosen)))
    listed = [
        Feature(min(ours, theirs), int(bits) / 1000, int(evidence.packages[number]), _ROLES[int(corpus.roles[number])])  # type: ignore[arg-type]
        for ours, theirs, bits, number in zip(*words, weights[order], chosen, strict=True)
    ]
    return tuple(sorted(listed, key=lambda feature: (-feature.bits, feature.text)))


def _rows(corpus: Corpus, unit: int, chosen: Array) -> list[int]:
    """Where features of a unit stand in the fingerprint of its file."""
    file, local = corpus.place(unit)
    found = file.fingerprint
    low, high = int(found.feature_offsets[local]), int(found.feature_offsets[local + 1])
    held = corpus.shape_ids[int(corpus.shape_bases[corpus.unit_file[unit]]) + found.features[low:high].astype(np.int64)]
    order = np.argsort(held, kind="stable")
    return [low + int(row) for row in order[np.searchsorted(held[order], chosen)]]


def _clone_type(corpus: Corpus, row: Matched, aligned: Alignment) -> CloneType:
    same = np.array_equal(corpus.held(row.left), corpus.held(row.right))
    if aligned.exact and same:
        return "identical"
    if row.score.structural == row.score.left_total == row.score.right_total and min(aligned.covered) == 1:
        return "renamed"
    return "partial" if min(row.score.containment) < 0.5 else "modified"


def _detail(corpus: Corpus, row: Matched, aligned: Alignment) -> dict[str, object]:
    file, local = corpus.place(row.left)
    other, there = corpus.place(row.right)
    return {
        "unit_kind": {
            "left": UNIT_KINDS[file.fingerprint.unit_kinds[local]],
            "right": UNIT_KINDS[other.fingerprint.unit_kinds[there]],
        },
        "statements_aligned": {"left": round(aligned.covered[0], 4), "right": round(aligned.covered[1], 4)},
        "identical_files": file.blob_id == other.blob_id,
    }


def _place(evidence: Evidence, unit: int) -> Place:
    file, local = evidence.corpus.place(unit)
    found = file.fingerprint
    repository = evidence.repositories[file.repository]
    cell, start, end = (int(array[local]) for array in (found.unit_cells, found.unit_starts, found.unit_ends))
    link = None
    if repository.link is not None and not cell:
        link = (repository.link, file.path, start, end)
    return Place(
        repository=repository.id,
        path=f"{file.path}#cell-{cell}" if cell else file.path,
        unit=found.strings[found.unit_names[local]],
        start_line=start,
        end_line=end,
        link=_permalink(*link) if link else None,
        marked=file.mark,
    )


def _permalink(template: str, path: str, start: int, end: int) -> str:
    from urllib.parse import quote

    parts = {"{path}": quote(path), "{start}": str(start), "{end}": str(end)}
    for mark, value in parts.items():
        template = template.replace(mark, value)
    return template


def _identity(left: Place, right: Place) -> str:
    """An id that does not depend on the order of the sides."""
    sides = sorted(f"{p.repository}\0{p.path}\0{p.unit}\0{p.start_line}" for p in (left, right))
    return blake2b("\0\0".join(sides).encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
