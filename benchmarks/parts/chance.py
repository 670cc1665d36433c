"""Fits how often units of unrelated packages match by chance: the constants of clonescan/match/chance.py.

For each unit of the left package the strongest candidate of the right one counts; log2(number at least as strong /
pairs of units) is then a straight line over the strength (Karlin and Altschul, 1990). The line is fitted on some pairs
of packages and tried on others.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
from harness.cases import CHANCE
from harness.intervals import of_count
from harness.results import Options, Row
from truth import prepared

from clonescan.background import open_background
from clonescan.background.masking import masked
from clonescan.kinds import MISMATCHES
from clonescan.kinds.cache import ExtractionCache
from clonescan.kinds.reading import reader
from clonescan.match.candidates import candidates
from clonescan.match.chance import LAMBDA, LOG2_KAPPA
from clonescan.match.corpus import File, gather
from clonescan.match.score import Scorer
from clonescan.match.weights import weigh
from clonescan.segments import distinct
from clonescan.settings import Settings
from clonescan.sources import open_source
from clonescan.sources.interface import no_progress

LEVELS = (6, 7, 8, 9, 10, 12, 14, 16, 20)
"""Strengths in bits at which chance matches are counted."""


def chance(options: Options) -> Iterator[Row]:
    """For each group of pairs and each strength: the matches observed and those expected; and the fit."""
    for group, pairs in CHANCE.items():
        found: list[float] = []
        size = 0
        for pair in options.narrowed(pairs):
            case = prepared.plain(options.sources, options.work, pair)
            here, units = strengths(case.left, case.right)
            yield {"kind": "pair", "group": group, "pair": pair, "pairs": units, "observed": counts(here)}
            found, size = found + here, size + units
        if not found:
            continue
        rows = [
            {
                "strength": level,
                "observed": count,
                "interval": of_count(count),
                "expected": size * 2.0 ** (LOG2_KAPPA - LAMBDA * level),
            }
            for level, count in zip(LEVELS, counts(found), strict=True)
        ]
        yield {
            "kind": "group",
            "group": group,
            "pairs": size,
            "levels": rows,
            **(fit(rows, size) if group == "tuned" else {}),
        }


def counts(found: Iterable[float]) -> list[int]:
    """How many are at least as strong as each level."""
    strong = np.sort(np.fromiter(found, float))
    return [int(len(strong) - np.searchsorted(strong, level)) for level in LEVELS]


def fit(rows: Iterable[Row], size: int) -> Row:
    """The line through the levels at which anything was seen."""
    seen = [row for row in rows if row["observed"]]
    if len(seen) < 2:
        return {}
    shares = [math.log2(row["observed"] / size) for row in seen]
    slope, offset = np.polyfit([row["strength"] for row in seen], shares, 1)
    return {"lambda": -float(slope), "log2_kappa": float(offset), "in_use": [LAMBDA, LOG2_KAPPA]}


def strengths(left: Path, right: Path) -> tuple[list[float], int]:
    """The strongest candidate of each left unit in bits, and the number of pairs of units."""
    background = open_background("default")
    settings = Settings()
    with reader(background.symbols, settings, ExtractionCache(None), no_progress) as files:
        readings = [files.read(open_source(str(side), settings)) for side in (left, right)]
    corpus = gather(
        [
            File(number, file.path, file.kind, file.blob_id, file.mark, file.fingerprint)
            for number, reading in enumerate(readings)
            for file in reading.files
        ]
    )
    hidden = frozenset[int]().union(
        *(
            masked(background, np.concatenate([file.fingerprint.hashes for file in reading.files]), side.name)
            for reading, side in zip(readings, (left, right), strict=True)
        )
    )
    weights = weigh(corpus, background, hidden)
    sides = [np.flatnonzero(corpus.unit_repository == number) for number in (0, 1)]
    scores = Scorer(corpus, weights, MISMATCHES).scores(*candidates(corpus, weights, sides[0], sides[1]))
    best = np.zeros(corpus.units)
    np.maximum.at(best, scores.left, scores.strength / 1000)
    return best[distinct(scores.left)].tolist(), len(sides[0]) * len(sides[1])
