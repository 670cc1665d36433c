"""Equal units: those of a repository that hold the same features are compared once, and told apart by their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from clonescan.fingerprint import EVIDENCE, NESTING, Array
from clonescan.match.corpus import Corpus
from clonescan.segments import offsets, order, spread

_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, eq=False)
class Side:
    """The units of a repository by what they hold.

    `first`: the first of each set of equal units, ascending. The set of such a unit u is
    `members[starts[u]:starts[u] + counts[u]]`, and the files that hold one of them are `files[file_starts[u]:...]`.
    """

    first: Array
    members: Array
    starts: Array
    counts: Array
    files: Array
    file_starts: Array
    file_counts: Array

    def equal_to(self, firsts: Array) -> tuple[Array, Array]:
        """The sets of equal units whose first ones these are, as (number in `firsts`, unit)."""
        number, place = spread(self.starts[firsts], self.counts[firsts])
        return number, self.members[place]


def equal_units(corpus: Corpus, roles: Sequence[int] = (*EVIDENCE, NESTING)) -> Array:
    """A number for each unit, the same for units that hold the same features of these roles."""
    mixed = (corpus.hashes ^ (corpus.hashes >> np.uint64(31))) * _MIX
    mixed[~np.isin(corpus.roles, roles)] = 0
    sums = np.r_[np.uint64(0), np.cumsum(mixed[corpus.features], dtype=np.uint64)]
    found: Array = sums[corpus.offsets[1:]] - sums[corpus.offsets[:-1]]
    return found


def side(corpus: Corpus, classes: Array, repository: int) -> Side:
    """The units of one repository, by the numbers of `equal_units`."""
    units = np.flatnonzero(corpus.unit_repository == repository)
    _, place, inverse = np.unique(classes[units], return_index=True, return_inverse=True)
    first = units[place][inverse]
    places = order(first)
    owner, members = first[places], units[places]
    files = corpus.unit_file[members]
    fresh = np.r_[True, (np.diff(owner) != 0) | (np.diff(files) != 0)][: len(members)]
    counts, file_counts = (np.bincount(owner[which], minlength=corpus.units) for which in (slice(None), fresh))
    return Side(
        first=np.unique(first),
        members=members,
        starts=offsets(counts)[:-1],
        counts=counts,
        files=files[fresh].astype(np.int64),
        file_starts=offsets(file_counts)[:-1],
        file_counts=file_counts,
    )


def counterparts(
    corpus: Corpus,
    names: Array,
    partners: Array,
    sides: tuple[Side, Side],
    firsts: tuple[Array, Array],
    every: tuple[Array, Array],
) -> tuple[Array, Array, Array]:
    """Pairs of the units that pairs of first units stand for, as (number of the pair, unit, unit).

    Nearest is that of one's file, name and path and in the partner of one's file, or of most of that in this order,
    else the first. `every`: whether each unit of a side gets its nearest counterpart; else only units that are each
    other's do. `names`: numbers for the names of units; `partners` as the module of that name has them.
    """
    (ours, units), (theirs, others) = (side.equal_to(first) for side, first in zip(sides, firsts, strict=True))
    blobs, paths = _numbered([file.blob_id for file in corpus.files]), _numbered([file.path for file in corpus.files])
    looks = blobs[corpus.unit_file], names, paths[corpus.unit_file]
    looking, seen = (*looks, partners[corpus.unit_file]), (*looks, corpus.unit_file)
    forth = np.stack([ours, units, _nearest(looking, seen, ours, units, theirs, others)])
    back = np.stack([theirs, _nearest(looking, seen, theirs, others, ours, units), others])
    rows, asked = np.concatenate([forth, back], axis=1), np.r_[every[0][ours], every[1][theirs]]
    places = np.lexsort(rows[::-1])
    rows, asked = rows[:, places], asked[places]
    same = (rows[:, 1:] == rows[:, :-1]).all(axis=0)
    once, mutual = np.r_[True, ~same][: len(places)], np.r_[same, False][: len(places)]
    number, left, right = rows[:, once & (asked | mutual)]
    return number, left, right


def _nearest(
    looking: Sequence[Array], seen: Sequence[Array], sets: Array, units: Array, other_sets: Array, others: Array
) -> Array:
    """For each unit of some sets the first of the others of its set, in their order, that is `seen` as what it is
    `looking` for, or the most alike."""
    found, rest = np.full(len(units), -1), np.arange(len(units))
    for same in product((True, False), repeat=len(looking)):
        mine, known = (
            mixed([numbers, *(look[held] for look, wanted in zip(looks, same, strict=True) if wanted)])
            for looks, numbers, held in ((looking, sets[rest], units[rest]), (seen, other_sets, others))
        )
        places = order(known)
        known = known[places]
        place = np.minimum(np.searchsorted(known, mine), len(known) - 1)
        hit = known[place] == mine
        found[rest[hit]] = others[places[place[hit]]]
        rest = rest[~hit]
    return found


def _numbered(texts: Sequence[str]) -> Array:
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(text, len(numbers)) for text in texts], np.int64)


def mixed(columns: Sequence[Array]) -> Array:
    """One number for the numbers in a row."""
    found = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        found = (found ^ column.astype(np.uint64)) * _MIX
        found ^= found >> np.uint64(31)
    return found
