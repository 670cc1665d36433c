"""Builds the fingerprint of an artifact that is no source code: shapes, units, features and statements, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from clonescan.fingerprint import ANCHOR, NOTHING, UNIT_KINDS, Array, Fingerprint
from clonescan.kinds.code.shapes import Key, Shapes
from clonescan.segments import offsets


@dataclass(slots=True)
class _Unit:
    """A unit with its features, each with the statement and the bytes that it first occurs in."""

    name: str
    start_line: int
    end_line: int
    features: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    statements: list[tuple[int, int, int, Sequence[str]]] = field(default_factory=list)


class Builder:
    """Collects what one artifact holds; features go to the unit that was opened last."""

    def __init__(self, kind: str) -> None:
        """`kind` is one of UNIT_KINDS; it keeps the labels of different kinds apart."""
        self.kind = kind
        self.shapes = Shapes()
        self.units: list[_Unit] = []
        self._prefix = kind.encode() + b":"

    def leaf(self, label: bytes, role: int = ANCHOR) -> int:
        """The shape of a label alone."""
        return self.shapes.leaf(self._prefix + label, role)

    def node(self, label: bytes, *children: int, role: int = ANCHOR, inside: tuple[int, ...] = ()) -> int:
        """The shape of a label with children; `inside` are shapes that count as inside it though they are no children.

        A STRUCTURE of fewer than MIN_SIZE nodes is no feature, an ANCHOR always is.
        """
        key: Key = (self._prefix + label, *children)
        found = self.shapes.index.get(key)
        return self.shapes.add(key, role, inside) if found is None else found

    def unit(self, name: str, start_line: int = 1, end_line: int = 1) -> None:
        """Open a unit; lines are 1-based and inclusive."""
        self.units.append(_Unit(name, start_line, end_line))

    def hold(self, shape: int, start: int = 0, end: int = 0) -> int:
        """Note that the unit holds a shape, in these bytes of the file, in the statement that comes next."""
        unit = self.units[-1]
        unit.features.setdefault(shape, (len(unit.statements), start, end))
        return shape

    def statement(self, shape: int, start_line: int, end_line: int, names: Sequence[str] = ()) -> None:
        """End a statement: what is aligned with others, and the names in it that a copier is free to change."""
        self.units[-1].statements.append((shape, start_line, end_line, names))

    def fingerprint(self, notes: Sequence[str] = (), mark: str = "") -> Fingerprint:
        """All of it. Units without a statement are left out."""
        units = [unit for unit in self.units if unit.statements]
        statements = [statement for unit in units for statement in unit.statements]
        strings: dict[str, int] = {}
        names = [strings.setdefault(name, len(strings)) for *_, called in statements for name in called]
        unit_names = [strings.setdefault(unit.name, len(strings)) for unit in units]
        held = [self._held(unit) for unit in units]
        rows = np.concatenate([np.empty((0, 4), np.int64), *held])
        table = np.array([statement[:3] for statement in statements], np.int64).reshape(-1, 3)
        shapes = self.shapes
        return Fingerprint(
            hashes=np.asarray(shapes.hash, np.uint64),
            roles=np.asarray(shapes.kind, np.uint8),
            heights=np.asarray(shapes.height, np.uint16),
            inner_offsets=_offsets([len(inner) for inner in shapes.inner]),
            inner=np.array([shape for inner in shapes.inner for shape in inner], np.uint32),
            unit_names=np.array(unit_names, np.uint32),
            unit_kinds=np.full(len(units), UNIT_KINDS.index(self.kind), np.uint8),
            unit_cells=np.zeros(len(units), np.uint32),
            unit_starts=np.array([unit.start_line for unit in units], np.uint32),
            unit_ends=np.array([unit.end_line for unit in units], np.uint32),
            feature_offsets=_offsets([len(found) for found in held]),
            features=rows[:, 0].astype(np.uint32),
            feature_statements=rows[:, 1].astype(np.uint32),
            feature_starts=rows[:, 2].astype(np.uint32),
            feature_ends=rows[:, 3].astype(np.uint32),
            statement_offsets=_offsets([len(unit.statements) for unit in units]),
            statement_shapes=table[:, 0].astype(np.uint32),
            statement_starts=table[:, 1].astype(np.uint32),
            statement_ends=table[:, 2].astype(np.uint32),
            name_offsets=_offsets([len(called) for *_, called in statements]),
            names=np.array(names, np.uint32),
            strings=tuple(strings),
            notes=tuple(notes),
            mark=mark,
        )

    def _held(self, unit: _Unit) -> Array:
        """Rows (shape, statement, first byte, last byte), ascending by shape."""
        last = len(unit.statements) - 1
        rows = [
            (shape, min(statement, last), start, end)
            for shape, (statement, start, end) in sorted(unit.features.items())
            if self.shapes.kind[shape] != NOTHING
        ]
        return np.array(rows, np.int64).reshape(-1, 4)


def _offsets(counts: Sequence[int]) -> Array:
    return offsets(np.array(counts, np.int64)).astype(np.uint32)
