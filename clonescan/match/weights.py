"""What a feature is worth, in millibits: how rare it is in the ecosystem, less what is inside it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from clonescan.background.store import Background
from clonescan.fingerprint import Array
from clonescan.match.corpus import Corpus, feature_mask
from clonescan.segments import offsets, spread

MILLI = 1000

PRIOR_UNITS = 500
"""Units of an imagined third repository added to the local counts, so that a small repository's few units do not make
everything in it look common: with it a feature loses weight only where more than one unit in thirty holds it."""

LOCAL_CAP = 5.0
"""Most bits a feature can have without a background: what 31 packages would give to one that none of them holds."""


@dataclass(frozen=True, eq=False)
class Frequency:
    """Of each feature in how many packages of the background it occurs, and how often as document frequency counts:
    in packages, or for kinds that packages hold many of in units; of a pair at least as often as chance would have it.
    """

    packages: Array
    documents: Array


def document_frequency(corpus: Corpus, background: Background, masked: frozenset[int]) -> Frequency:
    """How often each feature occurs in the background, the masked packages left out."""
    keep = sum(1 << i for i in range(len(background.packages)) if i not in masked)
    holding = np.bitwise_count(background.occurrences(corpus.hashes) & np.uint64(keep)).astype(np.int64)
    packages, units = background.documents(corpus.hashes, masked)
    return Frequency(holding + packages, holding + np.maximum(units, _by_chance(corpus, background, masked, units)))


def _by_chance(corpus: Corpus, background: Background, masked: frozenset[int], units: Array) -> Array:
    """In how many units of the background all that is inside a feature would meet if it were independent.

    That nobody has this pair of values says little if many have the one and many the other: as language models do of
    words that were never seen in a row, its frequency is estimated from those of its parts (Katz's back-off, 1987).
    """
    known = [package for number, package in enumerate(background.packages) if number not in masked]
    documents = sum(package.documents for package in known)
    every = max(1, documents + sum(package.code for package in known))
    starts, counts = corpus.inner_offsets[:-1], np.diff(corpus.inner_offsets)
    several = np.flatnonzero(counts > 1)
    segment, rows = spread(starts[several], counts[several])
    with np.errstate(divide="ignore"):
        shares = np.log2(units[corpus.inner[rows]] / every)
    found = np.zeros(len(units), np.int64)
    found[several] = np.exp2(np.bincount(segment, shares, len(several))) * documents
    return found


def weigh(
    corpus: Corpus, background: Background, masked: frozenset[int], repositories: Collection[int] | None = None
) -> Array:
    """The weight of every feature in millibits, at least 0.

    `repositories`: those whose frequencies count, by number; all of the corpus if not given.
    """
    if repositories is None:
        repositories = np.unique(corpus.unit_repository).tolist()
    packages = _packages(background, masked)
    return _weights(corpus, background, masked, _local(corpus, repositories, PRIOR_UNITS if packages else 1))


def weigh_alone(corpus: Corpus, background: Background) -> Array:
    """The same by the background alone, whatever the repositories at hand hold."""
    return _weights(corpus, background, frozenset(), np.full(len(corpus.hashes), np.inf))


def _packages(background: Background, masked: frozenset[int]) -> int:
    return sum(package.code for number, package in enumerate(background.packages) if number not in masked)


def _weights(corpus: Corpus, background: Background, masked: frozenset[int], local: Array) -> Array:
    packages = _packages(background, masked)
    if packages:
        frequency = document_frequency(corpus, background, masked).documents
        idf = np.minimum(np.log2((packages + 1) / np.maximum(frequency, 1)), local)
    else:
        idf = np.minimum(LOCAL_CAP, local)
    idf = np.where(feature_mask(corpus.roles), np.maximum(idf, 0.0), 0.0)
    found: Array = np.rint(MILLI * np.maximum(0.0, idf - _largest_inside(corpus, idf))).astype(np.int64)
    return found


def _local(corpus: Corpus, repositories: Collection[int], prior: int) -> Array:
    """Inverse frequency among the units of the repositories at hand, the lowest of them all."""
    lowest = np.full(len(corpus.hashes), np.inf)
    owner = corpus.unit_repository[corpus.owners]
    for repository in repositories:
        units = int((corpus.unit_repository == repository).sum())
        holding = np.bincount(corpus.features[owner == repository], minlength=len(corpus.hashes))
        if whole := corpus.wholes.get(repository):
            units, holding = whole.units, np.maximum(holding, whole.counts(corpus.hashes))
        lowest = np.minimum(lowest, np.log2((units + prior) / np.maximum(holding, 1)))
    return lowest


def rarest(corpus: Corpus, weights: Array) -> Array:
    """What the rarest thing in each feature is worth, itself included: weights say what each adds to those inside."""
    best = weights.copy()
    for shapes, rows, places in _levels(corpus):
        best[shapes] = weights[shapes] + np.maximum.reduceat(best[rows], places)
    return best


def _largest_inside(corpus: Corpus, idf: Array) -> Array:
    """The largest idf among the features inside each feature."""
    inside = np.zeros(len(idf))
    best = idf.copy()
    for shapes, rows, places in _levels(corpus):
        inside[shapes] = np.maximum.reduceat(best[rows], places)
        best[shapes] = np.maximum(idf[shapes], inside[shapes])
    return inside


def _levels(corpus: Corpus) -> Iterator[tuple[Array, Array, Array]]:
    """Features that hold others, level by level from below; those inside all of a level, and where each one's begin."""
    starts, counts = corpus.inner_offsets[:-1], np.diff(corpus.inner_offsets)
    order = np.argsort(corpus.heights, kind="stable")
    levels = np.searchsorted(corpus.heights[order], np.arange(1, int(corpus.heights.max(initial=0)) + 2))
    for low, high in pairwise(levels):
        shapes = order[low:high]
        shapes = shapes[counts[shapes] > 0]
        if len(shapes):
            _, rows = spread(starts[shapes], counts[shapes])
            yield shapes, corpus.inner[rows], offsets(counts[shapes])[:-1]
