"""Equal units: those of a repository that hold the same features are compared once, and told apart by their names."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from clonescan.fingerprint import Array
from clonescan.match.corpus import Corpus
from clonescan.segments import offsets

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

    def equal_to(self, first: int) -> list[int]:
        """The set of equal units whose first one this is."""
        found: list[int] = self.members[self.starts[first] : self.starts[first] + self.counts[first]].tolist()
        return found


def equal_units(corpus: Corpus, without: int | None = None) -> Array:
    """A number for each unit, the same for units that hold the same features, those of one role left out."""
    mixed = (corpus.hashes ^ (corpus.hashes >> np.uint64(31))) * _MIX
    mixed[corpus.roles == without] = 0
    sums = np.r_[np.uint64(0), np.cumsum(mixed[corpus.features], dtype=np.uint64)]
    found: Array = sums[corpus.offsets[1:]] - sums[corpus.offsets[:-1]]
    return found


def side(corpus: Corpus, classes: Array, repository: int) -> Side:
    """The units of one repository, by the numbers of `equal_units`."""
    units = np.flatnonzero(corpus.unit_repository == repository)
    _, place, inverse = np.unique(classes[units], return_index=True, return_inverse=True)
    first = units[place][inverse]
    order = np.argsort(first, kind="stable")
    owner, members = first[order], units[order]
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
    corpus: Corpus, ours: Sequence[int], theirs: Sequence[int], every: tuple[bool, bool]
) -> Iterator[tuple[int, int]]:
    """Pairs of the units of two sets: nearest is that of one's name, else of its path, else the first.

    `every`: whether each unit of a side gets its nearest counterpart; else only units that are each other's do.
    """
    there = set(zip(ours, _nearest(corpus, ours, theirs), strict=True))
    here = set(zip(_nearest(corpus, theirs, ours), theirs, strict=True))
    yield from sorted((there & here) | (there if every[0] else set()) | (here if every[1] else set()))


def _nearest(corpus: Corpus, units: Sequence[int], others: Sequence[int]) -> Iterator[int]:
    """For each unit the first of the others with the same file, name and path, or with most of that in this order."""
    known: list[dict[Hashable, int]] = [{} for _ in _ALIKE]
    for other in reversed(others):
        mine = _name(corpus, other)
        for alike, first in zip(_ALIKE, known, strict=True):
            first[tuple(mine[i] for i in alike)] = other
    for unit in units:
        mine = _name(corpus, unit)
        keys = (tuple(mine[i] for i in alike) for alike in _ALIKE)
        yield next(first[key] for key, first in zip(keys, known, strict=True) if key in first)


_ALIKE = [[i for i, wanted in enumerate(same) if wanted] for same in product((True, False), repeat=3)]


def _name(corpus: Corpus, unit: int) -> tuple[str, str, str]:
    file, _ = corpus.place(unit)
    return file.blob_id, corpus.name(unit), file.path
