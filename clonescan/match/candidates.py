"""Finds pairs of units that may correspond: one relational query over rare features that both sides hold."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from clonescan.fingerprint import NAME, Array
from clonescan.match.corpus import Corpus

_QUERY = (Path(__file__).parent / "candidates.sql").read_text(encoding="utf-8")

RARE_CAP = 100
"""Features that more distinct units of a side hold find no candidates: they would pair everything with everything."""

KEEP = 10
"""Candidates kept for each unit and side."""


@dataclass(frozen=True, eq=False)
class Candidates:
    """Pairs of units, with the evidence that they share in millibits, names counted and not."""

    left: Array
    right: Array
    evidence: Array
    unnamed: Array


def candidates(corpus: Corpus, weights: Array, left: Array, right: Array, threads: int) -> Candidates:
    """The best candidates between two sets of units (one of each set of equal units)."""
    both = np.zeros(len(weights), bool)
    held = [_held(corpus, units) for units in (left, right)]
    both[np.intersect1d(held[0][1], held[1][1])] = True
    both &= weights > 0
    connection = duckdb.connect(config={"threads": threads})
    for name, (units, features) in zip(("left_held", "right_held"), held, strict=True):
        keep = both[features]
        connection.register(name, {"unit": units[keep], "feature": features[keep]})
    ids = np.flatnonzero(both).astype(np.int32)
    unnamed = (corpus.roles[ids] != NAME).astype(np.int64)
    connection.register("weights", {"feature": ids, "weight": weights[ids], "unnamed": unnamed})
    query = _QUERY.replace("$cap", str(RARE_CAP)).replace("$keep", str(KEEP))
    found = connection.execute(query).fetchnumpy()
    connection.close()
    return Candidates(
        left=np.asarray(found["left_unit"], np.int64),
        right=np.asarray(found["right_unit"], np.int64),
        evidence=np.asarray(found["evidence"], np.int64),
        unnamed=np.asarray(found["unnamed"], np.int64),
    )


def _held(corpus: Corpus, units: Array) -> tuple[Array, Array]:
    """The rows (unit, feature) of these units."""
    counts = np.diff(corpus.offsets)[units]
    ends = np.cumsum(counts)
    total = int(ends[-1]) if len(ends) else 0
    take = np.repeat(corpus.offsets[units] - (ends - counts), counts) + np.arange(total)
    return np.repeat(units, counts).astype(np.int32), corpus.features[take].astype(np.int32)
