"""Builds a background from packages: which symbols are everyone's, which features stand in which packages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from loky import ProcessPoolExecutor  # type: ignore[import-untyped]

from clonescan.background.store import KEY_BITS, SKETCH, SKETCH_SOURCES, Background, Known, Package, pack_units
from clonescan.fingerprint import ANCHOR, STRUCTURE, UNIT_KINDS, Array
from clonescan.kinds import code
from clonescan.kinds.code.paths import grammar_of, mark
from clonescan.kinds.code.source import parts
from clonescan.kinds.code.symbols import ROLES, Symbols, uses
from clonescan.kinds.interface import Unreadable

SYMBOL_PACKAGES = 3
"""A symbol is everyone's if so many packages use it: two may be one project and its fork."""

Files = Sequence[tuple[str, bytes]]
Read = Callable[[str], tuple[Package, Files]]
"""Opens a package: its name, version and top-level folders, and the files that are code."""


@dataclass(frozen=True, slots=True)
class _Sketch:
    path: str
    unit: str
    keys: Array


@dataclass(frozen=True, slots=True)
class _Features:
    package: Package
    keys: Array
    sketches: list[_Sketch]


def build(packages: Sequence[str], read: Read, jobs: int | None = None) -> Background:
    """Build a background of these packages; `read` must be picklable. Nothing of a package is executed."""
    with ProcessPoolExecutor(jobs) as pool:
        symbols = _everyones(pool.map(partial(_uses, read), packages))
        found = list(pool.map(partial(_features, read, symbols), packages))
    keys, masks = _occurrences([features.keys for features in found])
    units, sketch_keys, sketch_units = _sketches(found, keys, masks)
    counts = Counter(unit.package for unit in units)
    return Background(
        packages=tuple(
            Package(f.package.name, f.package.version, f.package.names, counts[i]) for i, f in enumerate(found)
        ),
        symbols=symbols,
        method=code.version(symbols),
        keys=keys,
        masks=masks,
        sketch_keys=sketch_keys,
        sketch_units=sketch_units,
        packed_units=pack_units(units),
    )


@dataclass(frozen=True, slots=True)
class _Counts:
    """Of one package: in how many files each symbol is used, and in how many of those it is not defined."""

    package: Package
    used: dict[str, Counter[bytes]]
    foreign: dict[str, Counter[bytes]]


def _uses(read: Read, name: str) -> _Counts:
    package, files = read(name)
    used: dict[str, Counter[bytes]] = {role: Counter() for role in ROLES}
    foreign: dict[str, Counter[bytes]] = {role: Counter() for role in ROLES}
    own = {name.encode() for name in package.names}
    for path, data in files:
        grammar = grammar_of(path)
        if grammar is None or mark(path):
            continue
        try:
            text = b"".join(part.text for part in parts(path, data))
        except Unreadable:
            continue
        found = uses(grammar.parser().parse(text).root_node, text, grammar)
        for role in ROLES:
            used[role].update(found.used[role])
            foreign[role].update(found.used[role] - found.defined - own)
    return _Counts(package, used, foreign)


def _everyones(counts: Iterable[_Counts]) -> Symbols:
    """Symbols that several packages use, mostly in files that do not define them."""
    used: dict[str, Counter[bytes]] = {role: Counter() for role in ROLES}
    foreign: dict[str, Counter[bytes]] = {role: Counter() for role in ROLES}
    packages: dict[str, Counter[bytes]] = {role: Counter() for role in ROLES}
    for count in counts:
        for role in ROLES:
            used[role].update(count.used[role])
            foreign[role].update(count.foreign[role])
            packages[role].update(list(count.foreign[role]))
    return Symbols(
        **{
            role: frozenset(
                symbol
                for symbol, number in packages[role].items()
                if number >= SYMBOL_PACKAGES and foreign[role][symbol] * 2 >= used[role][symbol]
            )
            for role in ROLES
        }
    )


def _features(read: Read, symbols: Symbols, name: str) -> _Features:
    package, files = read(name)
    keys: list[Array] = []
    sketches: list[_Sketch] = []
    for path, data in files:
        try:
            found = code.extract(path, data, symbols)
        except Unreadable:
            continue
        short = found.hashes >> np.uint64(64 - KEY_BITS)
        keys.append(short[found.roles > 0])
        if mark(path):
            continue
        for unit in range(len(found.unit_names)):
            features = found.features[found.feature_offsets[unit] : found.feature_offsets[unit + 1]]
            telling = features[(found.roles[features] == STRUCTURE) | (found.roles[features] == ANCHOR)]
            kind = UNIT_KINDS[found.unit_kinds[unit]]
            label = found.strings[found.unit_names[unit]] if kind != "module" else "<module>"
            sketches.append(_Sketch(path, label, np.unique(short[telling])))
    return _Features(package, np.unique(np.concatenate(keys)) if keys else np.empty(0, np.uint64), sketches)


def _occurrences(packages: Sequence[Array]) -> tuple[Array, Array]:
    """The keys that two or more packages hold, sorted, and the mask of the packages of each."""
    keys = np.concatenate(packages)
    bits = np.repeat(np.uint64(1) << np.arange(len(packages), dtype=np.uint64), [len(found) for found in packages])
    order = np.argsort(keys, kind="stable")
    keys, bits = keys[order], bits[order]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]])
    masks = np.bitwise_or.reduceat(bits, starts)
    shared = np.diff(np.r_[starts, len(keys)]) >= 2
    return keys[starts][shared], masks[shared]


def _sketches(found: Sequence[_Features], keys: Array, masks: Array) -> tuple[list[Known], Array, Array]:
    """A few of the rarest features of each unit: of those that at most SKETCH_SOURCES packages hold, the lowest.

    Taking the lowest hashes makes copies of a unit keep the same features (Broder's bottom-k sketch, 1997).
    """
    units: list[Known] = []
    kept: list[Array] = []
    common = keys[np.bitwise_count(masks) > SKETCH_SOURCES]
    for number, features in enumerate(found):
        for sketch in features.sketches:
            rare = sketch.keys[~np.isin(sketch.keys, common, assume_unique=True)]
            if len(rare) >= SKETCH // 2:
                units.append(Known(number, sketch.path, sketch.unit))
                kept.append(rare[:SKETCH])
    owners = np.repeat(np.arange(len(kept), dtype=np.uint32), [len(rare) for rare in kept])
    flat = np.concatenate(kept) if kept else np.empty(0, np.uint64)
    order = np.argsort(flat, kind="stable")
    return units, flat[order], owners[order]
