"""How much of one repository has a counterpart in another; what both have from a third place counts on no side."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from clonescan.entities import Overlap
from clonescan.fingerprint import Array
from clonescan.match.corpus import Corpus
from clonescan.match.score import Scorer
from clonescan.segments import distinct

DISTINCTIVE = 1_000
"""Millibits that a unit must hold to be counted among the units: one bit, or it says nothing to anybody."""


@dataclass(frozen=True, eq=False)
class Covered:
    """What matches share of one repository: their units, and a row a feature as its place in `corpus.features`, with
    the share of its weight that no third place accounts for. `second`: the units that are in runners-up alone.
    `shares`: what of each unit was counted to be shared, NaN where its features tell that.
    """

    repository: int
    units: Array
    second: Array
    rows: Array
    net: Array
    shares: Array


def overlaps(corpus: Corpus, scorer: Scorer, sides: tuple[Covered, Covered], names: tuple[str, str]) -> list[Overlap]:
    """The overlap of two repositories, both ways, for each kind and for all of them."""
    repositories = {side.repository for side in sides}
    mine = (file for file in corpus.files if file.repository in repositories and len(file.fingerprint.unit_names))
    kinds = sorted({file.kind for file in mine})
    return [
        _overlap(corpus, scorer, side, kind, ends)
        for side, ends in zip(map(_united, sides), (names, names[::-1]), strict=True)
        for kind in ("all", *kinds)
    ]


def _united(side: Covered) -> Covered:
    """Each feature that any match of its unit shares once, with the least that is left of it."""
    order = np.lexsort((side.net, side.rows))
    rows = side.rows[order]
    first = np.diff(rows, prepend=-1) != 0
    return replace(side, rows=rows[first], net=side.net[order][first])


def _counted(corpus: Corpus, scorer: Scorer, side: Covered) -> Array:
    """The structural bits of each shared row: in units whose shared part was counted, brought to that part of them."""
    bits, owners = scorer.structural[corpus.features[side.rows]].astype(np.float64), corpus.owners[side.rows]
    counted = np.zeros(corpus.units)
    np.fmax.at(counted, side.units, side.shares)
    held = np.bincount(owners, bits, corpus.units)
    known = np.isin(owners, side.units[~np.isnan(side.shares)]) & (held[owners] > 0)
    unit = owners[known]
    bits[known] *= counted[unit] * scorer.totals[unit] / held[unit]
    return bits


def _overlap(corpus: Corpus, scorer: Scorer, side: Covered, kind: str, names: tuple[str, str]) -> Overlap:
    of_kind = np.array([kind in ("all", file.kind) for file in corpus.files], bool)
    mine = (corpus.unit_repository == side.repository) & of_kind[corpus.unit_file]
    total = int(scorer.totals[mine].sum())
    held = mine[corpus.owners[side.rows]]
    features, left = corpus.features[side.rows[held]], side.net[held]
    weights, structural = scorer.weights[features], _counted(corpus, scorer, side)[held]
    kept = float((structural * left).sum())
    distinctive = mine & (scorer.totals >= DISTINCTIVE)
    return Overlap(
        from_repository=names[0],
        to_repository=names[1],
        kind=kind,
        overlap=kept / (total - float(structural.sum()) + kept) if kept else 0.0,
        matched_units=int(distinctive[distinct(side.units)].sum()),
        units=int(distinctive.sum()),
        runners_up=int(distinctive[np.setdiff1d(side.second, side.units)].sum()),
        evidence_bits=float(weights.sum()) / 1000,
        net_bits=float((weights * left).sum()) / 1000,
    )
