"""Makes an index larger than the real packages at hand: variants of them, each with features of its own.

A variant of a package keeps every feature that two or more of the packages hold, and has other hashes for all that
only this one holds, the same ones throughout the variant: what everybody writes grows with the index as it does among
real repositories, and what is a repository's own stays so. It is cut into repositories of a common size. Which common
features stand together in a unit is that of the package, so that ours meets more of them than among strangers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

import numpy as np

from clonescan.entities import Repository
from clonescan.fingerprint import Array
from clonescan.index.folder import Indexed
from clonescan.index.tables import database, read_files
from clonescan.kinds.reading import Extracted, Reading, with_counts

UNITS = 1_000
"""Units from which on a variant is cut: what a repository of a model or two holds."""

NOWHERE = "/nowhere"
"""Where a variant says to come from: it has fingerprints, and no files."""

_MIX = 0x9E3779B97F4A7C15


@dataclass(frozen=True, eq=False)
class Relative:
    """A repository that was made up, with its files."""

    repository: Repository
    files: Sequence[Extracted]


def packages(indexed: Sequence[Indexed]) -> dict[str, list[Extracted]]:
    """The files of indexed repositories, by their names."""
    with database() as connection:
        return {entry.facts.repository.id: read_files(connection, entry.folder) for entry in indexed}


def relatives(known: dict[str, list[Extracted]]) -> Iterator[Relative]:
    """Variants of these packages, without end: one of each package, and then another one of each."""
    held = [np.unique(np.concatenate([file.fingerprint.hashes for file in files])) for files in known.values()]
    hashes, holders = np.unique(np.concatenate(held), return_counts=True)
    own = hashes[holders == 1]
    for turn in count(1):
        for name, files in known.items():
            for number, part in enumerate(_cut(files), 1):
                label = f"{name}-variant-{turn}-{number}"
                made = [_varied(file, own, turn) for file in part]
                repository = with_counts(Repository(label, f"{NOWHERE}/{label}"), Reading(tuple(made), {}, ()))
                yield Relative(repository, made)


def _cut(files: Sequence[Extracted]) -> Iterator[list[Extracted]]:
    part: list[Extracted] = []
    for file in files:
        part.append(file)
        if sum(len(one.fingerprint.unit_names) for one in part) >= UNITS:
            yield part
            part = []
    if part:
        yield part


def _varied(file: Extracted, own: Array, turn: int) -> Extracted:
    """A file with other hashes for what is the package's own; its bytes are those of no other file."""
    hashes = file.fingerprint.hashes
    mine = own[np.minimum(np.searchsorted(own, hashes), len(own) - 1)] == hashes
    other = (hashes ^ np.uint64(turn * _MIX % 2**64)) * np.uint64(_MIX)
    print_ = replace(file.fingerprint, hashes=np.where(mine, other ^ (other >> np.uint64(32)), hashes))
    return replace(file, blob_id=f"{int(file.blob_id[-32:], 16) + turn:040x}", fingerprint=print_)
