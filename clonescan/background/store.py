"""The ecosystem's document frequencies: loaded, saved, and asked which packages a feature occurs in."""

from __future__ import annotations

import json
import struct
import zlib
from collections.abc import Sequence
from dataclasses import astuple, dataclass, field
from functools import cached_property
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from clonescan.errors import BackgroundError
from clonescan.fingerprint import Array
from clonescan.kinds.code.symbols import ROLES, Symbols
from clonescan.segments import offsets, spread

MAGIC = b"clonescan background 3\n"

KEY_BITS = 40
"""Bits of a feature's hash that are kept: among a million keys, one in a million lookups then finds a wrong one."""

MAX_PACKAGES = 64  # one bit each of an unsigned 64-bit mask

SKETCH = 6
"""Features kept of each unit. Measured: with six, a copy of a unit of average size still holds one or more."""

SKETCH_SOURCES = 2
"""A feature says where a unit comes from only if at most so many packages hold it; sketches are of such features."""

SKETCH_PRESENT = 0.5
"""A known unit is taken to be held by what holds so much of its sketch."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package of the background. `names` are its top-level folders, `units` how many of its units are sketched.

    `code` is false for one that is there for its tokenizers and configs alone. `documents`: its units of other kinds.
    """

    name: str
    version: str
    names: tuple[str, ...] = ()
    units: int = 0
    code: bool = True
    documents: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """A unit of a package that an origin can be named by."""

    package: int
    path: str
    unit: str


@dataclass(frozen=True)
class Background:
    """Which packages hold a feature.

    `keys` (sorted, KEY_BITS wide) and `masks` say it for the features of two or more packages, bit i for package i.
    Of other kinds than code it is said by documents, since one package holds hundreds of configs: `counted_keys`
    (sorted), `counted_packages` and `counted_numbers` give, a row a feature and package, in how many of its units; all
    of its code counts as one more unit, that of the words in it as keys and values of a config;
    `sketch_keys` (sorted) and `sketch_units` give, for a few of the rarest features of each known unit, that unit.
    """

    packages: tuple[Package, ...] = ()
    symbols: Symbols = field(default_factory=Symbols)
    method: str = ""
    keys: Array = field(default_factory=lambda: np.empty(0, np.uint64))
    masks: Array = field(default_factory=lambda: np.empty(0, np.uint64))
    counted_keys: Array = field(default_factory=lambda: np.empty(0, np.uint64))
    counted_packages: Array = field(default_factory=lambda: np.empty(0, np.uint8))
    counted_numbers: Array = field(default_factory=lambda: np.empty(0, np.uint32))
    sketch_keys: Array = field(default_factory=lambda: np.empty(0, np.uint64))
    sketch_units: Array = field(default_factory=lambda: np.empty(0, np.uint32))
    packed_units: tuple[tuple[int, str, tuple[str, ...]], ...] = ()

    @cached_property
    def unit_packages(self) -> Array:
        """The package of each known unit, in the order that `sketch_units` counts them."""
        packages = np.array([package for package, _, _ in self.packed_units], np.int64)
        return np.repeat(packages, np.diff(self._unit_places))

    @cached_property
    def _unit_places(self) -> Array:
        return offsets(np.array([len(units) for _, _, units in self.packed_units], np.int64))

    @cached_property
    def sketch_sizes(self) -> Array:
        """How many features each known unit has in its sketch."""
        return np.bincount(self.sketch_units, minlength=len(self.unit_packages))

    @cached_property
    def sketch_ends(self) -> Array:
        """The highest key that the sketch of each known unit speaks of: a short one holds all that the unit has."""
        ends = np.zeros(len(self.unit_packages), np.uint64)
        ends[self.sketch_units] = self.sketch_keys  # ascending, so that the highest remains
        ends[self.sketch_sizes < SKETCH] = np.uint64(2**KEY_BITS - 1)
        return ends

    def unit(self, number: int) -> Known:
        """A known unit."""
        file = int(np.searchsorted(self._unit_places, number, "right")) - 1
        package, path, units = self.packed_units[file]
        return Known(package, path, units[number - int(self._unit_places[file])])

    def occurrences(self, hashes: Array) -> Array:
        """For each 64-bit hash the mask of the packages that hold it; 0 where fewer than two do."""
        wanted = hashes >> np.uint64(64 - KEY_BITS)
        if not len(self.keys):
            return np.zeros(len(hashes), np.uint64)
        place = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return np.where(self.keys[place] == wanted, self.masks[place], np.uint64(0))

    def documents(self, hashes: Array, masked: frozenset[int]) -> tuple[Array, Array]:
        """For each 64-bit hash how many packages and how many units of them hold it, for what is counted by units."""
        wanted = hashes >> np.uint64(64 - KEY_BITS)
        low = np.searchsorted(self.counted_keys, wanted, "left")
        which, place = spread(low, np.searchsorted(self.counted_keys, wanted, "right") - low)
        asked = ~np.isin(self.counted_packages[place], sorted(masked))
        which, place = which[asked], place[asked]
        packages = np.bincount(which, minlength=len(hashes))
        return packages, np.bincount(which, self.counted_numbers[place], len(hashes)).astype(np.int64)

    def sketched(self, hashes: Array) -> tuple[Array, Array]:
        """The known units that a feature is a sketch of, as pairs (index into `hashes`, index into `units`)."""
        wanted = hashes >> np.uint64(64 - KEY_BITS)
        low = np.searchsorted(self.sketch_keys, wanted, "left")
        which, place = spread(low, np.searchsorted(self.sketch_keys, wanted, "right") - low)
        return which, self.sketch_units[place].astype(np.int64)


def save(background: Background, path: Path) -> None:
    """Write a background file. Keys go as differences, bytes of one weight together, so that they compress."""
    distinct, index = np.unique(background.masks, return_inverse=True)
    arrays = {
        "keys": _differences(background.keys),
        "masks": distinct.astype("<u8"),
        "mask_index": index.astype("<u4"),
        "counted_keys": _differences(background.counted_keys),
        "counted_packages": background.counted_packages.astype("u1"),
        "counted_numbers": background.counted_numbers.astype("<u4"),
        "sketch_keys": _differences(background.sketch_keys),
        "sketch_units": background.sketch_units.astype("<u4"),
    }
    head = {
        "method": background.method,
        "packages": [list(astuple(package)) for package in background.packages],
        "symbols": {role: sorted(s.decode("latin-1") for s in getattr(background.symbols, role)) for role in ROLES},
        "units": background.packed_units,
        "arrays": [[name, array.dtype.str, len(array)] for name, array in arrays.items()],
    }
    text = json.dumps(head, separators=(",", ":")).encode()
    planes = b"".join(array.view(np.uint8).reshape(len(array), array.itemsize).T.tobytes() for array in arrays.values())
    body = zlib.compress(struct.pack("<I", len(text)) + text + planes, 9)
    path.write_bytes(MAGIC + body)


def load(path: Path) -> Background:
    """Read a background file. Raises BackgroundError if it is missing or broken."""
    data = read(path)
    try:
        return _unpack(zlib.decompress(data[len(MAGIC) :]))
    except (ValueError, KeyError, TypeError, IndexError, zlib.error, struct.error):
        raise BackgroundError(f"The background file {path} is broken.") from None


def read(path: Path) -> bytes:
    """The bytes of a background file. Raises BackgroundError if it is missing or something else."""
    try:
        data = path.read_bytes()
    except OSError:
        raise BackgroundError(f"The background file {path} cannot be read.") from None
    if not data.startswith(MAGIC):
        raise BackgroundError(f"{path} is not a background file of this version of clonescan.")
    return data


def _unpack(body: bytes) -> Background:
    (size,) = struct.unpack_from("<I", body)
    head: dict[str, Any] = json.loads(body[4 : 4 + size])
    offset, arrays = 4 + size, {}
    for name, kind, length in head["arrays"]:
        dtype = np.dtype(kind)
        planes = np.frombuffer(body, np.uint8, length * dtype.itemsize, offset).reshape(dtype.itemsize, length)
        arrays[name] = np.ascontiguousarray(planes.T).view(dtype).reshape(length)
        offset += planes.nbytes
    return Background(
        packages=tuple(
            Package(name, version, tuple(names), *numbers) for name, version, names, *numbers in head["packages"]
        ),
        symbols=Symbols(**{role: frozenset(s.encode("latin-1") for s in head["symbols"][role]) for role in ROLES}),
        method=head["method"],
        keys=np.cumsum(arrays["keys"], dtype=np.uint64),
        masks=arrays["masks"][arrays["mask_index"]],
        counted_keys=np.cumsum(arrays["counted_keys"], dtype=np.uint64),
        counted_packages=arrays["counted_packages"],
        counted_numbers=arrays["counted_numbers"],
        sketch_keys=np.cumsum(arrays["sketch_keys"], dtype=np.uint64),
        sketch_units=arrays["sketch_units"],
        packed_units=tuple((package, path, tuple(units)) for package, path, units in head["units"]),
    )


def _differences(keys: Array) -> Array:
    return np.diff(keys.astype(np.uint64), prepend=np.uint64(0)).astype("<u8")


def pack_units(units: Sequence[Known]) -> tuple[tuple[int, str, tuple[str, ...]], ...]:
    """Units grouped by file, as they are stored."""
    grouped = groupby(units, key=lambda unit: (unit.package, unit.path))
    return tuple((package, path, tuple(unit.unit for unit in group)) for (package, path), group in grouped)
