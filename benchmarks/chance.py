"""Fits how often units of unrelated packages match by chance: the constants of clonescan/match/chance.py.

`python benchmarks/chance.py FOLDER [LEFT:RIGHT ...]`, where FOLDER holds one folder for each package, as a wheel
unpacks. For each unit of the left package the strongest candidate of the right one counts; log2(number at least as
strong / pairs of units) is then a straight line over the strength (Karlin and Altschul, 1990).
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np

from clonescan.background import open_background
from clonescan.background.masking import masked
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

FIT = (
    "litgpt:timm",
    "torchtune:timm",
    "litgpt:kornia",
    "vit_pytorch:litgpt",
    "mmdet:trl",
    "torch_geometric:torchtune",
    "speechbrain:timm",
    "segmentation_models_pytorch:litgpt",
)
HELD_OUT = ("kornia:trl", "mmengine:speechbrain", "accelerate:torch_geometric", "datasets:mmdet", "peft:speechbrain")
"""Pairs of packages that share no history, as far as their comments say."""

LEVELS = (6, 7, 8, 9, 10, 12, 14, 16)
"""Strengths in bits at which chance matches are counted."""


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
    scores = Scorer(corpus, weights).scores(*candidates(corpus, weights, sides[0], sides[1]))
    best = np.zeros(corpus.units)
    np.maximum.at(best, scores.left, scores.strength / 1000)
    return best[distinct(scores.left)].tolist(), len(sides[0]) * len(sides[1])


def tail(sources: Path, names: tuple[str, ...]) -> list[tuple[int, int, float]]:
    """For each level: how many matches are at least as strong, and log2 of their share of all pairs of units."""
    every: list[float] = []
    pairs = 0
    for name in names:
        left, right = name.split(":")
        found, size = strengths(sources / left, sources / right)
        every += found
        pairs += size
    counts = [sum(strength >= level for strength in every) for level in LEVELS]
    return [
        (level, count, float(np.log2(count / pairs))) for level, count in zip(LEVELS, counts, strict=True) if count
    ]


def main() -> None:
    """Print the fit on some pairs and how it holds on others."""
    sources, *given = sys.argv[1:]
    fitted = tail(Path(sources), tuple(given) or FIT)
    levels, shares = [row[0] for row in fitted], [row[2] for row in fitted]
    slope, offset = np.polyfit(levels, shares, 1)
    print(f"fit: lambda {-slope:.2f}, log2 kappa {offset:.1f}; in use: {LAMBDA}, {LOG2_KAPPA}")
    for title, rows in (("fitted", fitted), *([("held out", tail(Path(sources), HELD_OUT))] if not given else [])):
        print(f"\n{title}\n| strength at least | matches | log2 of share | in use |\n| --- | --- | --- | --- |")
        for level, count, share in rows:
            print(f"| {level} | {count} | {share:.1f} | {LOG2_KAPPA - LAMBDA * level:.1f} |")


if __name__ == "__main__":
    main()
