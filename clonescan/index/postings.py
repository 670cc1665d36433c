"""What a repository is found by: of its different units the rare features, each with the units that hold it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np

from clonescan.background.masking import masked
from clonescan.background.store import Background
from clonescan.fingerprint import Array
from clonescan.index.tables import Tables
from clonescan.kinds.reading import Extracted
from clonescan.match.candidates import RARE_CAP
from clonescan.match.corpus import Corpus, File, gather
from clonescan.match.equal import equal_units
from clonescan.match.score import structure_only
from clonescan.match.weights import weigh_alone

TELLING = 1_000
"""Millibits from which a feature is searched by: one bit, or more than half of all packages hold it."""


@dataclass(frozen=True, eq=False)
class Searched:
    """The different units of some files, and rows of features that tell where one comes from.

    `classes`: of each unit a hash of what it holds; `first`: the first unit of each class, ascending. Of each row the
    `hashes`, the number of the different unit in `first`, and the `bits` in millibits.
    """

    corpus: Corpus
    classes: Array
    first: Array
    hashes: Array
    units: Array
    bits: Array


def searched(files: Sequence[Extracted], background: Background) -> Searched:
    """What these files are found by, and find others by."""
    corpus = gather([File(0, file.path, file.kind, file.blob_id, file.mark, file.fingerprint) for file in files])
    weights = structure_only(corpus, weigh_alone(corpus, background))
    classes = equal_units(corpus)
    first = np.sort(np.unique(classes, return_index=True)[1])
    number = np.full(corpus.units, -1)
    number[first] = np.arange(len(first))
    rows = np.flatnonzero((number[corpus.owners] >= 0) & (weights >= TELLING)[corpus.features])
    holders = np.bincount(corpus.features[rows], minlength=len(weights))
    rows = rows[holders[corpus.features[rows]] <= RARE_CAP]
    features = corpus.features[rows]
    return Searched(corpus, classes, first, corpus.hashes[features], number[corpus.owners[rows]], weights[features])


def tables(found: Searched) -> Tables:
    """The tables that a repository is searched by."""
    corpus = found.corpus
    order = np.lexsort((found.units, found.hashes))
    _, inverse = np.unique(found.classes, return_inverse=True)
    numbers = np.empty(len(found.first), np.int64)
    numbers[inverse[found.first]] = np.arange(len(found.first))
    unit = numbers[inverse]
    pairs = np.unique(np.stack([unit, corpus.unit_file]), axis=1) if corpus.units else np.empty((2, 0), np.int64)
    holding = np.bincount(corpus.features, minlength=len(corpus.hashes))
    several = np.flatnonzero(holding >= 2)
    return Tables(
        units={"unit": pairs[0], "file": pairs[1], "content": found.classes[found.first][pairs[0]]},
        postings={"hash": found.hashes[order], "unit": found.units[order]},
        frequencies={"hash": corpus.hashes[several], "units": holding[several]},
    )


def holds(found: Searched, background: Background, names: Collection[str]) -> tuple[str, ...]:
    """The packages of the background that a repository of these names is, or has in it."""
    return tuple(background.packages[number].name for number in sorted(masked(background, found.corpus.hashes, names)))
