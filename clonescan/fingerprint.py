"""What a kind makes of one artifact and `match/` works on: units, features and statements as arrays, and as bytes."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

NOTHING, STRUCTURE, ANCHOR, NAME, ORDER, NESTING = range(6)
"""What a shape is as a feature: none, a canonical subtree, an anchor; and what adds evidence where it was kept but
stands in no denominator, since a copier is free to change it: a name or wording, and the order of two statements.
Which statements stand under which heads, of a unit in all, is no evidence, and tells equal units from others."""

EVIDENCE = (STRUCTURE, ANCHOR, NAME, ORDER)
"""What a feature may be that counts."""

UNIT_KINDS = ("module", "class", "function", "config", "tokenizer", "checkpoint", "document")

Array = NDArray[Any]

_DTYPES = {
    "hashes": "<u8",
    "roles": "u1",
    "heights": "<u2",
    "inner_offsets": "<u4",
    "inner": "<u4",
    "unit_names": "<u4",
    "unit_kinds": "u1",
    "unit_cells": "<u4",
    "unit_starts": "<u4",
    "unit_ends": "<u4",
    "feature_offsets": "<u4",
    "features": "<u4",
    "feature_statements": "<u4",
    "feature_starts": "<u4",
    "feature_ends": "<u4",
    "statement_offsets": "<u4",
    "statement_shapes": "<u4",
    "statement_starts": "<u4",
    "statement_ends": "<u4",
    "name_offsets": "<u4",
    "names": "<u4",
}


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """One artifact as arrays.

    Shapes (S of them, children before parents): `hashes`, `roles` (NOTHING..NESTING), `heights`, and the shapes inside
    each as `inner[inner_offsets[i]:inner_offsets[i + 1]]`.

    Units (U): name (index into `strings`), kind (index into UNIT_KINDS), notebook cell (0: none), first and last line
    (1-based, inclusive); their features `features[feature_offsets[u]:feature_offsets[u + 1]]` (shape numbers, each
    once) with the statement and the bytes of the unit that each first occurs in; and their statements in reading order.

    Statements: shape, lines, and the source names of the placeholders (indices into `strings`) in canonical order.

    `notes` say what could not be read; `mark` is "generated" or ""; `mentions` are names in the file's texts, as
    (what, name, cell, line) (see `kinds.mentions`).
    """

    hashes: Array
    roles: Array
    heights: Array
    inner_offsets: Array
    inner: Array
    unit_names: Array
    unit_kinds: Array
    unit_cells: Array
    unit_starts: Array
    unit_ends: Array
    feature_offsets: Array
    features: Array
    feature_statements: Array
    feature_starts: Array
    feature_ends: Array
    statement_offsets: Array
    statement_shapes: Array
    statement_starts: Array
    statement_ends: Array
    name_offsets: Array
    names: Array
    strings: tuple[str, ...]
    notes: tuple[str, ...]
    mark: str = ""
    mentions: tuple[tuple[str, str, int, int], ...] = ()


def encode(fingerprint: Fingerprint) -> bytes:
    """A fingerprint as bytes: what passes between processes and lies in the cache."""
    arrays = [np.ascontiguousarray(getattr(fingerprint, name), dtype) for name, dtype in _DTYPES.items()]
    head = json.dumps(
        {
            "lengths": [len(array) for array in arrays],
            "strings": fingerprint.strings,
            "notes": fingerprint.notes,
            "mark": fingerprint.mark,
            "mentions": fingerprint.mentions,
        }
    ).encode()
    return b"".join([struct.pack("<I", len(head)), head, *(array.tobytes() for array in arrays)])


def decode(data: bytes) -> Fingerprint:
    """The inverse of `encode`. Raises ValueError on anything else."""
    if len(data) < 4:
        raise ValueError("not a fingerprint")
    (size,) = struct.unpack_from("<I", data)
    head = json.loads(data[4 : 4 + size])
    offset = 4 + size
    arrays: dict[str, Array] = {}
    for (name, dtype), length in zip(_DTYPES.items(), head["lengths"], strict=True):
        arrays[name] = np.frombuffer(data, dtype, length, offset)
        offset += arrays[name].nbytes
    if offset != len(data):
        raise ValueError("not a fingerprint")
    mentions = tuple((what, name, cell, line) for what, name, cell, line in head["mentions"])
    strings, notes = tuple(head["strings"]), tuple(head["notes"])
    return Fingerprint(**arrays, strings=strings, notes=notes, mark=head["mark"], mentions=mentions)


def check(found: Fingerprint) -> None:
    """Raise ValueError unless the arrays of a fingerprint from elsewhere fit together as its docstring says."""
    shapes, units, statements = len(found.hashes), len(found.unit_names), len(found.statement_shapes)
    counts, held, inside = (
        _sizes(column) for column in (found.statement_offsets, found.feature_offsets, found.inner_offsets)
    )
    fits = (
        all(len(column) == shapes for column in (found.roles, found.heights))
        and all(len(c) == units for c in (found.unit_kinds, found.unit_cells, found.unit_starts, found.unit_ends))
        and all(len(column) == len(found.features) for column in (found.feature_starts, found.feature_ends))
        and all(len(column) == statements for column in (found.statement_starts, found.statement_ends))
        and _divides(found.inner_offsets, shapes, len(found.inner))
        and _divides(found.feature_offsets, units, len(found.features))
        and _divides(found.statement_offsets, units, statements)
        and _divides(found.name_offsets, statements, len(found.names))
        and _below(found.roles, NESTING + 1)
        and _below(found.unit_kinds, len(UNIT_KINDS))
        and _below(found.inner, np.repeat(np.arange(shapes), inside))
        and all(_below(column, shapes) for column in (found.features, found.statement_shapes))
        and all(_below(column, len(found.strings)) for column in (found.unit_names, found.names))
        and _below(found.feature_statements, np.repeat(np.maximum(counts, 1), held))
        and all(isinstance(text, str) for text in (*found.strings, *found.notes, found.mark))
        and all(
            isinstance(one, str) and isinstance(name, str) and isinstance(cell, int) and isinstance(line, int)
            for one, name, cell, line in found.mentions
        )
    )
    if not fits:
        raise ValueError("its parts do not fit together")


def _divides(ends: Array, parts: int, size: int) -> bool:
    """Whether these are the offsets of so many parts of an array of this size."""
    whole = len(ends) == parts + 1 and ends[0] == 0 and ends[-1] == size
    return bool(whole and (_sizes(ends) >= 0).all())


def _sizes(ends: Array) -> Array:
    signed = ends.astype(np.int64)
    found: Array = signed[1:] - signed[:-1]
    return found


def _below(values: Array, limit: Array | int) -> bool:
    return np.shape(limit) in ((), values.shape) and bool((values < limit).all())


assert [field.name for field in fields(Fingerprint)][: len(_DTYPES)] == list(_DTYPES)
