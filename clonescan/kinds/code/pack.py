"""From the log of a file to its fingerprint: all units at once, as arrays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from clonescan.fingerprint import NOTHING, ORDER, UNIT_KINDS, Array, Fingerprint
from clonescan.kinds.code.recorder import Record, Recorder, Unit
from clonescan.kinds.code.shapes import PLACEHOLDER, TALLEST, Shapes, chained

_LABELS = (b";", b">")
_ROW, _FLOW = range(len(_LABELS))


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
        lines: Array = np.searchsorted(self.breaks, offsets) + 1
        if len(self.bases) == 1:
            return lines
        return lines - self.first[np.searchsorted(self.bases, within, "right") - 1]


class _Statements(NamedTuple):
    """The statements of a file, unit by unit, and how many each unit has."""

    record: Array
    unit: Array
    place: Array
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
    records = [record for record, _, _ in read.log]
    origins = np.asarray([origin for _, origin, _ in read.log], np.int64)
    owners = np.asarray([unit for _, _, unit in read.log], np.int64)
    statements, touches = _arrays(records, origins, owners, len(read.units))
    pairs, orders = _orders(statements, _flows(statements, records), len(read.shapes))
    touches = _in_order(touches, orders)
    numbers = _Numbers(touches.shape, read.shapes.numbers(len(read.shapes) + len(pairs)))
    hashes, roles, heights = _described(read.shapes, numbers.shapes, pairs)
    inner, inner_offsets = _inner(read.shapes, numbers, pairs)
    kept, feature_offsets = _features(touches, numbers, roles, statements.counts)
    units = [unit for unit, count in zip(read.units, statements.counts.tolist(), strict=True) if count]
    statement_offsets = _offsets(statements.counts[statements.counts > 0])
    first, last = _bounds(units, statements, statement_offsets)
    names = [records[record].names for record in statements.record.tolist()]
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
        statement_shapes=numbers.number[statements.shape],
        statement_starts=lines.line(statements.start, statements.start),
        statement_ends=lines.line(np.maximum(statements.end - 1, statements.start), statements.start),
        name_offsets=_offsets(np.asarray([len(row) for row in names], np.int64)),
        strings=tuple(name.decode("utf-8", "replace") for name in strings),
        notes=notes,
        mark=mark,
    )


def _arrays(records: Sequence[Record], origins: Array, owners: Array, units: int) -> tuple[_Statements, _Touches]:
    """The statements in the log, and all that it touches."""
    triples = np.frombuffer(b"".join([record.triples for record in records]), np.uintc).reshape(-1, 3)
    lengths = np.asarray([len(record.triples) for record in records], np.int64) // (3 * triples.itemsize)
    record = np.repeat(np.arange(len(records)), lengths)
    shape, start, end = triples.T.astype(np.int64)
    start += origins[record]
    end += origins[record]
    last = np.cumsum(lengths) - 1
    is_statement = shape[last] != PLACEHOLDER
    by_unit = np.argsort(owners, kind="stable")
    chosen = by_unit[is_statement[by_unit]]
    counts = np.bincount(owners[chosen], minlength=units)
    before = np.empty(len(records), np.int64)
    before[by_unit] = np.cumsum(is_statement[by_unit]) - is_statement[by_unit]
    before -= (np.cumsum(counts) - counts)[owners]
    rows = last[chosen]
    statements = _Statements(chosen, owners[chosen], before[chosen], shape[rows], start[rows], end[rows], counts)
    held = np.ones(len(shape), bool)
    held[last] = False
    record = record[held]
    return statements, _Touches(shape[held], owners[record], before[record], start[held], end[held], record)


def _flows(statements: _Statements, records: Sequence[Record]) -> Array:
    """Rows of two statements of a unit, one that sets a variable and one that uses it before it is set again."""
    rows: list[tuple[int, int]] = []
    writers: dict[bytes, int] = {}
    unit = -1
    for number, (record, owner) in enumerate(zip(statements.record.tolist(), statements.unit.tolist(), strict=True)):
        if owner != unit:
            unit, writers = owner, {}
        _, names, targets = records[record]
        if writers:
            used = {name if name in writers else name.partition(b".")[0] for name in names}
            rows += sorted([(writers[name], number) for name in used if name in writers])
        for name in targets:
            writers[name] = number
    return np.asarray(rows, np.int64).reshape(-1, 2)


def _orders(statements: _Statements, flows: Array, free: int) -> tuple[Array, _Touches]:
    """How statements stand to one another, as distinct rows (form, shape, shape), and where; row n has the number
    `free` + n.

    Two statements in a row are a feature, so that an order of common ones can be evidence; and so are one that sets a
    variable and one that uses it, whatever stands between them.
    """
    record, unit, place, shape, start, end, _ = statements
    after = np.flatnonzero(unit[1:] == unit[:-1]) + 1
    first, second = np.concatenate([np.stack([after - 1, after], axis=1), flows]).T
    form = np.repeat([_ROW, _FLOW], [len(after), len(flows)])
    begin = np.where(form == _ROW, start[first], start[second])
    rows = np.stack([form, shape[first], shape[second]], axis=1)
    codes, number = np.unique(form << 62 | shape[first] << 31 | shape[second], return_inverse=True)
    distinct = np.empty((len(codes), 3), np.int64)
    distinct[number] = rows
    orders = _Touches(number + free, unit[second], place[second], begin, end[second], record[second])
    return distinct, orders


def _in_order(touches: _Touches, orders: _Touches) -> _Touches:
    """Both in the order of their records; the order of two statements comes behind all that the second one touches."""
    joined = [np.concatenate(columns) for columns in zip(touches, orders, strict=True)]
    order = np.argsort(joined[-1], kind="stable")
    return _Touches(*(column[order] for column in joined))


class _Numbers:
    """The numbers of the shapes in one file, by first occurrence; the placeholder is always the first.

    `shapes` are the shapes in that order, `touched` is the number of each touch, and `number` that of each such shape.
    """

    def __init__(self, touched: Array, number: Array) -> None:
        touched = np.concatenate([[PLACEHOLDER], touched])
        places = np.arange(len(touched))
        self.number = number
        self.number[touched[::-1]] = places[::-1]  # of several places of a shape the last that is written stays
        first = self.number[touched] == places
        self.shapes = touched[first]
        self.number[self.shapes] = np.arange(len(self.shapes))
        self.touched = self.number[touched[1:]]


def _described(table: Shapes, shapes: Array, pairs: Array) -> tuple[Array, Array, Array]:
    """Hash, role and height of each shape: out of the table, or, of the orders of statements, made here."""
    is_pair = shapes >= len(table)
    known, pairs = shapes[~is_pair], pairs[shapes[is_pair] - len(table)]
    hashes, heights = np.empty(len(shapes), np.uint64), np.empty(len(shapes), np.uint16)
    roles = np.full(len(shapes), ORDER, np.uint8)
    every, tallness = table.column("hash"), table.column("height")
    hashes[~is_pair], heights[~is_pair], roles[~is_pair] = every[known], tallness[known], table.column("kind")[known]
    form, shapes_of = pairs[:, 0], pairs[:, 1:]
    for number, label in enumerate(_LABELS):
        hashes[np.flatnonzero(is_pair)[form == number]] = chained(label, every[shapes_of[form == number]])
    heights[is_pair] = np.minimum(tallness[shapes_of].max(1, initial=0).astype(np.int64) + 1, TALLEST)
    return hashes, roles, heights


def _inner(table: Shapes, numbers: _Numbers, pairs: Array) -> tuple[Array, Array]:
    """The shapes inside each shape, in a row, and where those of each begin."""
    starts = table.column("starts")
    is_pair = numbers.shapes >= len(table)
    known = np.where(is_pair, PLACEHOLDER, numbers.shapes)
    first = starts[known]
    counts = np.where(is_pair, 2, starts[known + 1] - first)
    inside = np.empty(counts.sum(), np.int64)
    of_pair = np.repeat(is_pair, counts)
    inside[~of_pair] = table.column("inner")[_rows(first, np.where(is_pair, 0, counts))]
    inside[of_pair] = pairs[numbers.shapes[is_pair] - len(table), 1:].reshape(-1)
    return numbers.number[inside], _offsets(counts)


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
