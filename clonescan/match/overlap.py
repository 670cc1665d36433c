"""How much of one repository has a counterpart in another; what both have from a third place counts on no side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from clonescan.entities import Overlap
from clonescan.fingerprint import Array
from clonescan.match.corpus import Corpus
from clonescan.match.score import Scorer

DISTINCTIVE = 1_000
"""Millibits that a unit must hold to be counted among the units: one bit, or it says nothing to anybody."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What a match shares: features, and the share of each one's weight that no third place accounts for."""

    left: int
    right: int
    features: Array
    net: Array


def overlaps(
    corpus: Corpus, scorer: Scorer, shared: Sequence[Shared], sides: tuple[int, int], names: tuple[str, str]
) -> list[Overlap]:
    """The overlap of two repositories, both ways, for each kind and for all of them."""
    found = []
    for ours in sides:
        side = [(row.left if ours == sides[0] else row.right, row) for row in shared]
        for kind in ("all", *sorted({file.kind for file in corpus.files if file.repository in sides})):
            found.append(_overlap(corpus, scorer, side, ours, kind, names if ours == sides[0] else names[::-1]))
    return found


def _overlap(
    corpus: Corpus,
    scorer: Scorer,
    side: Sequence[tuple[int, Shared]],
    repository: int,
    kind: str,
    names: tuple[str, str],
) -> Overlap:
    of_kind = np.array([kind in ("all", file.kind) for file in corpus.files], bool)
    mine = (corpus.unit_repository == repository) & of_kind[corpus.unit_file]
    total = int(scorer.totals[mine].sum())
    gross, net, structure, kept = 0.0, 0.0, 0.0, 0.0
    rows: Mapping[int, list[Shared]] = defaultdict(list)
    for unit, row in side:
        if mine[unit]:
            rows[unit].append(row)
    for unit in sorted(rows):
        covered, left = _union(rows[unit])
        gross += float(scorer.weights[covered].sum())
        net += float((scorer.weights[covered] * left).sum())
        structure += float(scorer.structural[covered].sum())
        kept += float((scorer.structural[covered] * left).sum())
    distinctive = mine & (scorer.totals >= DISTINCTIVE)
    return Overlap(
        from_repository=names[0],
        to_repository=names[1],
        kind=kind,
        overlap=kept / (total - structure + kept) if kept else 0.0,
        matched_units=sum(1 for unit in rows if distinctive[unit]),
        units=int(distinctive.sum()),
        evidence_bits=gross / 1000,
        net_bits=net / 1000,
    )


def _union(rows: Sequence[Shared]) -> tuple[Array, Array]:
    """Each feature that any match of a unit shares, with the least that is left of it."""
    features = np.concatenate([row.features for row in rows])
    net = np.concatenate([row.net for row in rows])
    covered, index = np.unique(features, return_inverse=True)
    left = np.ones(len(covered))
    np.minimum.at(left, index, net)
    return covered, left
