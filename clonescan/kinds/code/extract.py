"""From the bytes of a source file to its fingerprint: a pure function of the bytes, the grammar and the symbols."""

from __future__ import annotations

import importlib
from array import array
from collections.abc import Sequence
from itertools import chain

import numpy as np

from clonescan.fingerprint import NOTHING, UNIT_KINDS, Array, Fingerprint
from clonescan.kinds.code.grammar import Grammar
from clonescan.kinds.code.recorder import Statement, Unit
from clonescan.kinds.code.source import Part, is_generated
from clonescan.kinds.code.symbols import Symbols
from clonescan.kinds.code.walk import Walker

METHOD = "15"
"""Version of the canonical form; a change of any feature's hash needs a new one."""


def walker(grammar: Grammar, symbols: Symbols) -> Walker:
    """A walker for one file, with the rewriting that the grammar asks for."""
    if grammar.rewriter is None:
        return Walker(grammar, symbols)
    made: Walker = importlib.import_module(grammar.rewriter).walker(grammar, symbols)
    return made


def fingerprint(parts: Sequence[Part], grammar: Grammar, symbols: Symbols) -> Fingerprint:
    """The fingerprint of a file given as its parts."""
    reader = walker(grammar, symbols)
    base, bases, notes = 0, [], []
    for part in parts:
        if reader.read(part.text, base):
            where = f"cell {part.cell}: " if part.cell else ""
            notes.append(f"{where}syntax errors; what could be read around them is compared")
        bases.append(base)
        base += len(part.text)
    whole = b"".join(part.text for part in parts)
    mark = "generated" if is_generated(whole) else ""
    return _pack(reader, _Lines(whole, bases, [part.cell for part in parts]), tuple(notes), mark)


class _Lines:
    """Byte offsets of a file to 1-based lines within their part, and to notebook cells."""

    def __init__(self, text: bytes, bases: Sequence[int], cells: Sequence[int]) -> None:
        data = np.frombuffer(text, np.uint8)
        self.breaks = np.flatnonzero(data == 10)
        self.bases = np.asarray(bases or [0])
        self.cells = np.asarray(cells or [0])
        self.first = np.searchsorted(self.breaks, self.bases)

    def cell(self, offsets: Array) -> Array:
        """The notebook cell of each offset; 0 in a plain file."""
        return self.cells[np.searchsorted(self.bases, offsets, "right") - 1]

    def line(self, offsets: Array, within: Array) -> Array:
        """The line of each offset in the part that `within` lies in."""
        part = np.searchsorted(self.bases, within, "right") - 1
        return np.searchsorted(self.breaks, offsets) - self.first[part] + 1


def _pack(reader: Walker, lines: _Lines, notes: tuple[str, ...], mark: str) -> Fingerprint:
    shapes, units = reader.shapes, [unit for unit in reader.units if unit.statements]
    statements = [statement for unit in units for statement in unit.statements]
    strings: dict[bytes, int] = {}
    names = [strings.setdefault(name, len(strings)) for statement in statements for name in statement.names]
    unit_names = [strings.setdefault(unit.name, len(strings)) for unit in units]
    roles = np.frombuffer(bytes(shapes.kind), np.uint8)
    bases = _integers([unit.base for unit in units])
    counts = _integers([len(unit.statements) for unit in units])
    features, where, spans, offsets = _features(units, statements, counts, bases, roles)
    first, last = (bound + bases for bound in _bounds(units))
    within = np.repeat(bases, counts)
    starts = _integers([statement.start for statement in statements]) + within
    ends = _integers([statement.end for statement in statements]) + within
    return Fingerprint(
        hashes=np.asarray(array("Q", shapes.hash)),
        roles=roles,
        heights=np.asarray(array("H", shapes.height)),
        inner_offsets=_offsets([*map(len, shapes.inner)]),
        inner=_integers([*chain.from_iterable(shapes.inner)]),
        unit_names=_integers(unit_names),
        unit_kinds=np.asarray([UNIT_KINDS.index(unit.kind) for unit in units], np.uint8),
        unit_cells=lines.cell(first),
        unit_starts=lines.line(first, first),
        unit_ends=lines.line(np.maximum(last - 1, first), first),
        feature_offsets=offsets,
        features=features,
        feature_statements=where,
        feature_starts=spans[0],
        feature_ends=spans[1],
        statement_offsets=_offsets(counts),
        statement_shapes=_integers([statement.shape for statement in statements]),
        statement_starts=lines.line(starts, starts),
        statement_ends=lines.line(np.maximum(ends - 1, starts), starts),
        name_offsets=_offsets([len(statement.names) for statement in statements]),
        names=_integers(names),
        strings=tuple(name.decode("utf-8", "replace") for name in strings),
        notes=notes,
        mark=mark,
    )


def _features(
    units: Sequence[Unit], statements: Sequence[Statement], counts: Array, bases: Array, roles: Array
) -> tuple[Array, Array, tuple[Array, Array], Array]:
    """The features of all units in one array, in order of their shapes, with the statement and the bytes of each."""
    sizes = _integers([len(unit.seen) for unit in units])
    shapes = _integers([*chain.from_iterable([unit.seen for unit in units])])
    starts = _integers([*chain.from_iterable([unit.seen.values() for unit in units])])
    ends = _integers([*chain.from_iterable([unit.ends for unit in units])])
    unit = np.repeat(np.arange(len(units)), sizes)
    # How many shapes had been seen by the end of each statement, in all units together, says which one each is in.
    before = np.cumsum(sizes) - sizes
    seen = _integers([statement.seen for statement in statements]) + np.repeat(before, counts)
    where = np.searchsorted(seen, np.arange(len(shapes)), "right") - (np.cumsum(counts) - counts)[unit]
    where = np.minimum(where, counts[unit] - 1)
    kept = np.flatnonzero(roles[shapes] != NOTHING)
    kept = kept[np.argsort(unit[kept] * len(roles) + shapes[kept])]
    unit = unit[kept]
    spans = starts[kept] + bases[unit], ends[kept] + bases[unit]
    return shapes[kept], where[kept], spans, _offsets(np.bincount(unit, minlength=len(units)))


def _bounds(units: Sequence[Unit]) -> tuple[Array, Array]:
    """First and last byte of each unit; a module's are those of its statements."""

    def span(unit: Unit) -> tuple[int, int]:
        if unit.kind != "module":
            return unit.start, unit.end
        places: list[Statement] = unit.statements
        return min(place.start for place in places), max(place.end for place in places)

    spans = np.asarray([span(unit) for unit in units], np.int64).reshape(-1, 2)
    return spans[:, 0], spans[:, 1]


def _integers(values: list[int]) -> Array:
    """Numbers of 32 bits as int64; numpy takes seven times as long to read a list as `array` does."""
    return np.asarray(array("I", values)).astype(np.int64)


def _offsets(counts: Array | Sequence[int]) -> Array:
    offsets = np.zeros(len(counts) + 1, np.uint32)
    np.cumsum(counts, out=offsets[1:])
    return offsets
