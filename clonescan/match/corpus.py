"""All units of all scanned repositories in one set of arrays, with features as dense integers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

import numpy as np

from clonescan.fingerprint import EVIDENCE, Array, Fingerprint
from clonescan.segments import numbered, offsets, order, spread
from clonescan.whole import Whole


@dataclass(frozen=True, slots=True)
class File:
    """One compared file; `repository` is its place among the scanned ones. Equal `blob_id`s are equal bytes."""

    repository: int
    path: str
    kind: str
    blob_id: str
    mark: str
    fingerprint: Fingerprint


NONE: Mapping[int, Whole] = MappingProxyType({})


@dataclass(frozen=True, eq=False)
class Corpus:
    """Units (U) of all files, and the features (F) that they hold.

    `hashes`, `roles`: of each feature. `unit_file`, `unit_local`: where each unit stands. Unit u holds the features
    `features[offsets[u]:offsets[u + 1]]`, ascending, each first in the statement `statements[...]` of the unit.
    `owners`: the unit of each of these rows; `rows`: its place in the fingerprint of the unit's file. The statements
    of unit u are `statement_offsets[u]` and following, in reading order, each a canonical shape as a feature,
    on some lines.
    `inner_offsets`, `inner`, `heights`: the features inside each feature.
    `wholes`: by number, the repositories of which only some files are here; what is counted is counted in all of them.
    """

    files: Sequence[File]
    hashes: Array
    roles: Array
    heights: Array
    inner_offsets: Array
    inner: Array
    unit_file: Array
    unit_local: Array
    unit_repository: Array
    offsets: Array
    features: Array
    statements: Array
    owners: Array
    rows: Array
    statement_offsets: Array
    statement_shapes: Array
    statement_starts: Array
    statement_ends: Array
    wholes: Mapping[int, Whole] = field(default_factory=dict)

    @property
    def units(self) -> int:
        """How many units there are."""
        return len(self.unit_file)

    def held(self, unit: int) -> Array:
        """The features of a unit, ascending."""
        found: Array = self.features[self.offsets[unit] : self.offsets[unit + 1]]
        return found

    def place(self, unit: int) -> tuple[File, int]:
        """The file of a unit and its number within."""
        return self.files[self.unit_file[unit]], int(self.unit_local[unit])


def gather(files: Sequence[File], wholes: Mapping[int, Whole] = NONE) -> Corpus:
    """Join the fingerprints of all files."""
    prints = [file.fingerprint for file in files]
    hashes = _joined([found.hashes for found in prints], np.uint64)
    first, dense = numbered(hashes)
    sizes = np.array([len(found.hashes) for found in prints], np.int64)
    bases = np.cumsum(sizes) - sizes
    inner_offsets, inner = _inner(prints, bases, first, dense)
    unit_counts = [len(found.unit_names) for found in prints]
    per_unit = _counts([found.feature_offsets for found in prints])
    owners = np.repeat(np.arange(len(per_unit), dtype=np.int32), per_unit)
    ids = dense[_based([found.features for found in prints], bases)]
    rows = order(owners.astype(np.int64) * max(1, len(first)) + ids)
    repositories = np.array([file.repository for file in files], np.int32)
    unit_file = np.repeat(np.arange(len(files), dtype=np.int32), unit_counts)
    return Corpus(
        files=files,
        hashes=hashes[first],
        roles=_joined([found.roles for found in prints], np.uint8)[first],
        heights=_joined([found.heights for found in prints], np.uint16)[first],
        inner_offsets=inner_offsets,
        inner=inner,
        unit_file=unit_file,
        unit_local=_joined([np.arange(count) for count in unit_counts], np.int64),
        unit_repository=repositories[unit_file] if len(files) else np.empty(0, np.int32),
        offsets=offsets(per_unit),
        features=ids[rows],
        statements=_joined([found.feature_statements for found in prints], np.uint32)[rows].astype(np.int32),
        owners=owners,
        rows=_joined([np.arange(len(found.features)) for found in prints], np.int32)[rows],
        statement_offsets=offsets(_counts([found.statement_offsets for found in prints])),
        statement_shapes=dense[_based([found.statement_shapes for found in prints], bases)],
        statement_starts=_joined([found.statement_starts for found in prints], np.int64),
        statement_ends=_joined([found.statement_ends for found in prints], np.int64),
        wholes=wholes,
    )


def _inner(prints: Sequence[Fingerprint], bases: Array, first: Array, dense: Array) -> tuple[Array, Array]:
    """What is inside each distinct feature, read off its first occurrence."""
    counts = _counts([found.inner_offsets for found in prints])
    every = _based([found.inner for found in prints], bases)
    _, take = spread(offsets(counts)[first], counts[first])
    return offsets(counts[first]), dense[every[take]]


def _based(arrays: Sequence[Array], bases: Array) -> Array:
    """Shapes of files as shapes of all files."""
    sizes = [len(array) for array in arrays]
    found: Array = _joined(arrays, np.int64) + np.repeat(bases, sizes)
    return found


def _counts(places: Sequence[Array]) -> Array:
    """The sizes of the segments of files, given where these begin and end."""
    return _joined([ends[1:] - ends[:-1] for ends in places], np.int64)


def _joined(arrays: Sequence[Array], dtype: type) -> Array:
    return np.concatenate(arrays).astype(dtype, copy=False) if arrays else np.empty(0, dtype)


def feature_mask(roles: Array) -> Array:
    """Which shapes are features that count."""
    mask: Array = np.isin(roles, EVIDENCE)
    return mask
