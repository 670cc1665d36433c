"""Builds a background from packages: which symbols are everyone's, which features stand in which packages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from loky import ProcessPoolExecutor  # type: ignore[import-untyped]

from clonescan.background.store import KEY_BITS, SKETCH, SKETCH_SOURCES, Background, Known, Package, pack_units
from clonescan.entities import Reach
from clonescan.fingerprint import ANCHOR, EVIDENCE, STRUCTURE, UNIT_KINDS, Array, Fingerprint
from clonescan.kinds import code, config, named, version
from clonescan.kinds.code.paths import grammar_of, mark
from clonescan.kinds.code.source import parts
from clonescan.kinds.code.symbols import ROLES, Symbols, uses
from clonescan.kinds.config.words import of_code
from clonescan.kinds.interface import Foreign, Unreadable
from clonescan.segments import distinct

SYMBOL_PACKAGES = 3
"""A symbol is everyone's if so many packages use it: two may be one project and its fork."""



@dataclass(frozen=True, slots=True)
class Listed:
    """A source of the background; `code` is false if only its other artifacts are wanted.

    `version` is that of a folder, which does not say it itself.
    """

    source: str
    code: bool = True
    version: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """A file of a package with the kinds that claim it."""

    path: str
    claims: Mapping[str, Reach]
    data: bytes


Files = Sequence[File]
Read = Callable[[Listed], tuple[Package, Files]]
"""Opens a package: its name, version and top-level folders, and the files that a kind claims."""


@dataclass(frozen=True, slots=True)
class _Sketch:
    path: str
    unit: str
    keys: Array
    is_config: bool


@dataclass(frozen=True, slots=True)
class _Features:
    """What a package holds: the keys of its code, those of other kinds with their number of units, those that the words
    of its code would have in a config, and its units.
    """

    package: Package
    keys: Array
    counted: Array
    numbers: Array
    words: Array
    sketches: list[_Sketch]


def build(packages: Sequence[Listed], read: Read, jobs: int | None = None) -> Background:
    """Build a background of these packages; `read` must be picklable. Nothing of a package is executed."""
    with ProcessPoolExecutor(jobs) as pool:
        symbols = _everyones(pool.map(partial(_uses, read), packages))
        found = list(pool.map(partial(_features, read, symbols), packages))
    keys, masks = _occurrences([features.keys for features in found])
    counted = _counted(found)
    units, sketch_keys, sketch_units = _sketches(found, _common(keys, masks, counted[0]))
    counts = Counter(unit.package for unit in units)
    return Background(
        packages=tuple(
            replace(features.package, units=counts[number]) for number, features in enumerate(found)
        ),
        symbols=symbols,
        method=version(symbols),
        keys=keys,
        masks=masks,
        counted_keys=counted[0],
        counted_packages=counted[1],
        counted_numbers=counted[2],
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


def _uses(read: Read, listed: Listed) -> _Counts:
    package, files = read(listed)
    used: dict[str, Counter[bytes]] = {role: Counter() for role in ROLES}
    foreign: dict[str, Counter[bytes]] = {role: Counter() for role in ROLES}
    own = {name.encode() for name in package.names}
    for file in files if package.code else ():
        grammar = grammar_of(file.path)
        if grammar is None or mark(file.path):
            continue
        try:
            text = b"".join(part.text for part in parts(file.path, file.data))
        except Unreadable:
            continue
        found = uses(grammar.tree(text).root_node, text, grammar)
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


def _features(read: Read, symbols: Symbols, listed: Listed) -> _Features:
    package, files = read(listed)
    keys: list[Array] = []
    counted: list[Array] = []
    words: list[Array] = []
    sketches: list[_Sketch] = []
    for file in files if package.code else ():
        words += _words(file)
    for file in files:
        for kind, found in _extracted(file, symbols, package.code):
            short = found.hashes >> np.uint64(64 - KEY_BITS)
            if kind == code.NAME:
                keys.append(short[np.isin(found.roles, EVIDENCE)])
            else:
                counted += (distinct(short[features[found.roles[features] > 0]]) for features in _held(found))
            if not mark(file.path):
                sketches += _units(file.path, found, short)
    numbers = np.unique(_joined(counted), return_counts=True)
    package = replace(package, documents=len(counted))
    return _Features(package, distinct(_joined(keys)), *numbers, distinct(_joined(words)), sketches)


def _words(file: File) -> Iterator[Array]:
    """The keys of what a file mentions that could stand in a config, if it is one of code."""
    grammar = None if mark(file.path) else grammar_of(file.path)
    if grammar is not None:
        with suppress(Unreadable):
            yield of_code(file.path, file.data, grammar) >> np.uint64(64 - KEY_BITS)


def _extracted(file: File, symbols: Symbols, with_code: bool) -> Iterator[tuple[str, Fingerprint]]:
    """The fingerprints of a file, by kind."""
    for kind, reach in file.claims.items():
        data = file.data[: reach.limit]
        if (kind == code.NAME and not with_code) or not named(kind).glance(data):
            continue
        with suppress(Unreadable, Foreign):
            yield kind, named(kind).extract(file.path, data, symbols)


def _held(found: Fingerprint) -> list[Array]:
    """The features of each unit."""
    return np.split(found.features, found.feature_offsets[1:-1]) if len(found.unit_names) else []


def _units(path: str, found: Fingerprint, short: Array) -> Iterator[_Sketch]:
    """Every unit of a file with the keys that tell where it comes from."""
    for unit, features in enumerate(_held(found)):
        telling = features[(found.roles[features] == STRUCTURE) | (found.roles[features] == ANCHOR)]
        kind = UNIT_KINDS[found.unit_kinds[unit]]
        label = found.strings[found.unit_names[unit]] if kind != "module" else "<module>"
        yield _Sketch(path, label, np.unique(short[telling]), kind == config.NAME)


def _counted(found: Sequence[_Features]) -> tuple[Array, Array, Array]:
    """Keys that two or more units hold or that the code of several packages mentions, ascending, with the packages of
    each and their numbers of units; all code of a package that mentions it is one more.
    """
    keys, packages, numbers = _rows([(features.counted, features.numbers) for features in found])
    words, mentioning, ones = _rows([(features.words, np.ones(len(features.words), np.int64)) for features in found])
    shared, everyones = _totals(keys, numbers) >= 2, _totals(words, ones) >= SYMBOL_PACKAGES
    keys, packages = np.r_[keys[shared], words[everyones]], np.r_[packages[shared], mentioning[everyones]]
    rows, which = np.unique(np.stack([keys, packages.astype(np.uint64)]), axis=1, return_inverse=True)
    counts = np.bincount(which, np.r_[numbers[shared], ones[everyones]], rows.shape[1])
    return rows[0], rows[1].astype(np.uint8), counts.astype(np.int64)


def _rows(counts: Sequence[tuple[Array, Array]]) -> tuple[Array, Array, Array]:
    """The counts of all packages as rows (key, package, number)."""
    packages = np.repeat(np.arange(len(counts), dtype=np.uint8), [len(keys) for keys, _ in counts])
    numbers = np.concatenate([np.empty(0, np.int64), *(numbers for _, numbers in counts)])
    return _joined([keys for keys, _ in counts]), packages, numbers


def _totals(keys: Array, numbers: Array) -> Array:
    """For each row the sum over all rows of its key."""
    _, which = np.unique(keys, return_inverse=True)
    found: Array = np.bincount(which, numbers)[which] if len(keys) else np.empty(0)
    return found


def _joined(arrays: Sequence[Array]) -> Array:
    return np.concatenate([np.empty(0, np.uint64), *arrays])


def _occurrences(packages: Sequence[Array]) -> tuple[Array, Array]:
    """The keys that two or more packages hold, sorted, and the mask of the packages of each."""
    keys = np.concatenate(packages)
    bits = np.repeat(np.uint64(1) << np.arange(len(packages), dtype=np.uint64), [len(found) for found in packages])
    order = np.argsort(keys, kind="stable")
    keys, bits = keys[order], bits[order]
    starts = np.flatnonzero(np.r_[True, keys[1:] != keys[:-1]][: len(keys)])
    masks = np.bitwise_or.reduceat(bits, starts)
    shared = np.diff(np.r_[starts, len(keys)]) >= 2
    return keys[starts][shared], masks[shared]


def _common(keys: Array, masks: Array, counted: Array) -> tuple[Array, Array]:
    """The keys that more than SKETCH_SOURCES packages hold: of code, and of what is `counted` by units."""
    found, packages = np.unique(counted, return_counts=True)
    return keys[np.bitwise_count(masks) > SKETCH_SOURCES], found[packages > SKETCH_SOURCES]


def _sketches(found: Sequence[_Features], common: tuple[Array, Array]) -> tuple[list[Known], Array, Array]:
    """A few of the rarest features of each unit: of those that are not `common` in code or in configs, the lowest.

    Taking the lowest hashes makes copies of a unit keep the same features (Broder's bottom-k sketch, 1997). Of a
    tokenizer or checkpoint all count: the base that many packages have is what is to be named.
    """
    units: list[Known] = []
    kept: list[Array] = []
    for number, features in enumerate(found):
        for sketch in features.sketches:
            everyones = common[sketch.is_config]
            rare = sketch.keys[~np.isin(sketch.keys, everyones, assume_unique=True)]
            if len(rare) >= SKETCH // 2:
                units.append(Known(number, sketch.path, sketch.unit))
                kept.append(rare[:SKETCH])
    owners = np.repeat(np.arange(len(kept), dtype=np.uint32), [len(rare) for rare in kept])
    flat = np.concatenate(kept) if kept else np.empty(0, np.uint64)
    order = np.argsort(flat, kind="stable")
    return units, flat[order], owners[order]
