"""From the log of a file to its fingerprint: all units at once, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from clonescan.fingerprint import NOTHING, ORDER, UNIT_KINDS, Array, Fingerprint
from clonescan.kinds.code.recorder import NO_STATEMENT, Record, Recorder, Unit
from clonescan.kinds.code.shapes import PLACEHOLDER, TALLEST, Shapes, chained


class Lines:
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


class _Log(NamedTuple):
    """The log, an entry a record: its origin and unit, and how many statements of the unit came before."""

    records: Sequence[Record]
    origin: Array
    unit: Array
    place: Array


class _Statements(NamedTuple):
    """The statements of a file, unit by unit, and how many each unit has."""

    record: Array
    unit: Array
    shape: Array
    start: Array
    end: Array
    counts: Array


class _Touches(NamedTuple):
    """What units hold: each shape with its unit, statement and bytes, and the record that it comes from."""

    shape: Array
    unit: Array
    place: Array
    start: Array
    end: Array
    record: Array


def pack(read: Recorder, lines: Lines, notes: tuple[str, ...], mark: str) -> Fingerprint:
    """The fingerprint of the file that was read last."""
    log, statements = _arrays(read)
    pairs, orders = _orders(log, statements, len(read.shapes))
    touches = _in_order(_touches(log), orders)
    numbers = _Numbers(touches.shape)
    hashes, roles, heights = _described(read.shapes, numbers, pairs)
    inner, inner_offsets = _inner(read.shapes, numbers, pairs)
    kept, feature_offsets = _features(touches, numbers, roles, statements.counts)
    units = [unit for unit, count in zip(read.units, statements.counts.tolist(), strict=True) if count]
    statement_offsets = _offsets(statements.counts[statements.counts > 0])
    first, last = _bounds(units, statements, statement_offsets)
    names = [log.records[record].names for record in statements.record.tolist()]
    strings: dict[bytes, int] = {}
    return Fingerprint(
        hashes=hashes,
        roles=roles,
        heights=heights,
        inner_offsets=inner_offsets,
        inner=inner,
        names=np.asarray([strings.setdefault(name, len(strings)) for row in names for name in row], np.uint32),
        unit_names=np.asarray([strings.setdefault(unit.name, len(strings)) for unit in units], np.uint32),
        unit_kinds=np.asarray([UNIT_KINDS.index(unit.kind) for unit in units], np.uint8),
        unit_cells=lines.cell(first),
        unit_starts=lines.line(first, first),
        unit_ends=lines.line(np.maximum(last - 1, first), first),
        feature_offsets=feature_offsets,
        features=numbers.touched[kept],
        feature_statements=np.minimum(touches.place, statements.counts[touches.unit] - 1)[kept],
        feature_starts=touches.start[kept],
        feature_ends=touches.end[kept],
        statement_offsets=statement_offsets,
        statement_shapes=numbers.of(statements.shape),
        statement_starts=lines.line(statements.start, statements.start),
        statement_ends=lines.line(np.maximum(statements.end - 1, statements.start), statements.start),
        name_offsets=_offsets(np.asarray([len(row) for row in names], np.int64)),
        strings=tuple(name.decode("utf-8", "replace") for name in strings),
        notes=notes,
        mark=mark,
    )


def _arrays(read: Recorder) -> tuple[_Log, _Statements]:
    """The log, and the statements in it."""
    records = [record for record, _, _ in read.log]
    origin = np.asarray([origin for _, origin, _ in read.log], np.int64)
    owner = np.asarray([unit for _, _, unit in read.log], np.int64)
    shape, start, end = np.asarray([record[1:4] for record in records], np.int64).reshape(-1, 3).T
    by_unit = np.argsort(owner, kind="stable")
    is_statement = shape[by_unit] != NO_STATEMENT
    chosen = by_unit[is_statement]
    counts = np.bincount(owner[chosen], minlength=len(read.units))
    place = np.empty_like(owner)
    place[by_unit] = np.cumsum(is_statement) - is_statement - (np.cumsum(counts) - counts)[owner[by_unit]]
    start, end = start + origin, end + origin
    return (
        _Log(records, origin, owner, place),
        _Statements(chosen, owner[chosen], shape[chosen], start[chosen], end[chosen], counts),
    )


def _touches(log: _Log) -> _Touches:
    """What the records touch."""
    lengths = np.asarray([len(record.touched) for record in log.records], np.int64)
    triples = np.frombuffer(b"".join([record.touched for record in log.records]), np.uintc).reshape(-1, 3)
    record = np.repeat(np.arange(len(lengths)), lengths // (3 * triples.itemsize))
    shape, start, end = triples.T.astype(np.int64)
    origin = log.origin[record]
    return _Touches(shape, log.unit[record], log.place[record], start + origin, end + origin, record)


def _orders(log: _Log, statements: _Statements, free: int) -> tuple[Array, _Touches]:
    """The pairs of shapes of statements in a row, and where they stand; pair n gets the number `free` + n.

    They are features, so that an order of common statements can be evidence.
    """
    after = np.flatnonzero(statements.unit[1:] == statements.unit[:-1]) + 1
    shape, record = statements.shape, statements.record[after]
    codes, number = np.unique(shape[after - 1] << 32 | shape[after], return_inverse=True)
    where = (log.unit[record], log.place[record], statements.start[after - 1], statements.end[after], record)
    return np.stack([codes >> 32, codes & 0xFFFFFFFF], axis=1), _Touches(number + free, *where)


def _in_order(touches: _Touches, orders: _Touches) -> _Touches:
    """Both in the order of their records; the order of two statements comes behind all that the second one touches."""
    joined = [np.concatenate(columns) for columns in zip(touches, orders, strict=True)]
    order = np.argsort(joined[-1], kind="stable")
    return _Touches(*(column[order] for column in joined))


class _Numbers:
    """The numbers of the shapes in one file, by first occurrence; the placeholder is always the first."""

    def __init__(self, touched: Array) -> None:
        self.shapes, first, inverse = np.unique(
            np.concatenate([[PLACEHOLDER], touched]), return_index=True, return_inverse=True
        )
        self.order = np.argsort(first)
        self.number = np.empty(len(first), np.uint32)
        self.number[self.order] = np.arange(len(first))
        self.touched = self.number[inverse[1:]]

    def of(self, shapes: Array) -> Array:
        """The numbers of these shapes."""
        return self.number[np.searchsorted(self.shapes, shapes)]


def _described(table: Shapes, numbers: _Numbers, pairs: Array) -> tuple[Array, Array, Array]:
    """Hash, role and height of each shape: out of the table, or, of the orders of statements, made here."""
    shapes = numbers.shapes[: len(numbers.shapes) - len(pairs)]
    every, tallness = table.column("hash"), table.column("height")
    height = np.minimum(tallness[pairs].max(1, initial=0).astype(np.int64) + 1, TALLEST)
    return (
        np.concatenate([every[shapes], chained(b";", every[pairs])])[numbers.order],
        np.concatenate([table.column("kind")[shapes], np.full(len(pairs), ORDER, np.uint8)])[numbers.order],
        np.concatenate([tallness[shapes], height])[numbers.order],
    )


def _inner(table: Shapes, numbers: _Numbers, pairs: Array) -> tuple[Array, Array]:
    """The shapes inside each shape, in a row, and where those of each begin."""
    shapes = numbers.shapes[: len(numbers.shapes) - len(pairs)]
    starts = table.column("starts")
    counts = np.concatenate([starts[shapes + 1] - starts[shapes], np.full(len(pairs), pairs.shape[1])])
    every = np.concatenate(
        [table.column("inner")[_rows(starts[shapes], counts[: len(shapes)])], pairs.reshape(-1)]
    )
    row = _rows((np.cumsum(counts) - counts)[numbers.order], counts[numbers.order])
    return numbers.of(every[row]), _offsets(counts[numbers.order])


def _rows(starts: Array, counts: Array) -> Array:
    """The places `start`, `start + 1`, ... of rows that begin at `starts`, behind one another."""
    places: Array = np.arange(counts.sum()) + np.repeat(starts - (np.cumsum(counts) - counts), counts)
    return places


def _features(touches: _Touches, numbers: _Numbers, roles: Array, counts: Array) -> tuple[Array, Array]:
    """Which touches are features of units that have statements, unit by unit in order of their shapes."""
    _, first = np.unique(touches.unit << 32 | numbers.touched, return_index=True)
    kept = first[(roles[numbers.touched[first]] != NOTHING) & (counts[touches.unit[first]] > 0)]
    return kept, _offsets(np.bincount(touches.unit[kept], minlength=len(counts))[counts > 0])


def _bounds(units: Sequence[Unit], statements: _Statements, offsets: Array) -> tuple[Array, Array]:
    """First and last byte of each unit; a module's are those of its statements."""
    spans = np.asarray([(unit.start, unit.end) for unit in units], np.int64).reshape(-1, 2)
    inside = [np.minimum.reduceat(statements.start, offsets[:-1]), np.maximum.reduceat(statements.end, offsets[:-1])]
    is_module = np.asarray([[unit.kind == "module"] for unit in units], bool).reshape(-1, 1)
    return tuple(np.where(is_module, np.stack(inside, axis=1), spans).T)


def _offsets(counts: Array) -> Array:
    offsets = np.zeros(len(counts) + 1, np.uint32)
    np.cumsum(counts, out=offsets[1:])
    return offsets
