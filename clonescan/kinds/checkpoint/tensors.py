"""A tensor map: the names of a checkpoint's tensors, with shapes and types where the file says them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from clonescan.kinds.interface import Unreadable

HEADER_LIMIT = 32_000_000
"""Bytes of a header or an index that are read: DeepSeek-V3's index of 91,991 tensors, the longest known, has 9 MB."""

MAX_TENSORS = 250_000
"""More tensors are refused: nearly three times as many as DeepSeek-V3 has."""

MAX_NAME = 1_000
MAX_DEPTH = 60
MAX_RANK = 16
"""Longer names, more components of them and more dimensions are refused: no module tree is as deep, no tensor so."""


@dataclass(frozen=True, slots=True)
class Tensor:
    """One tensor: its full name, its dimensions in the order of PyTorch, its type, and the line that names it (from 1).

    Shape and type are None where the file does not say them. `place` is the one in a file that lists its tensors in
    another order than that of their names, as they were made: None where order says nothing.
    """

    name: str
    shape: tuple[int, ...] | None = None
    dtype: str | None = None
    line: int = 1
    place: int | None = None


@dataclass(frozen=True, slots=True)
class TensorMap:
    """The tensors of a checkpoint in order of their names; `size` is that of the whole file in bytes, if known."""

    tensors: tuple[Tensor, ...]
    size: int | None = None

    @property
    def shaped(self) -> bool:
        """Whether shapes are known."""
        return all(tensor.shape is not None for tensor in self.tensors)


def tensor_map(tensors: Iterable[Tensor], size: int | None = None) -> TensorMap:
    """A tensor map, its names checked. Raises Unreadable."""
    found: dict[str, Tensor] = {}
    for tensor in tensors:
        if tensor.name in found:
            raise Unreadable("a tensor is named twice")
        _check(tensor)
        found[tensor.name] = tensor
        if len(found) > MAX_TENSORS:
            raise Unreadable(f"more than {MAX_TENSORS:,} tensors")
    if not found:
        raise Unreadable("no tensors in it")
    rows = list(found.values())
    if not _by_name(rows):
        rows = [replace(tensor, place=place) for place, tensor in enumerate(rows)]
    return TensorMap(tuple(sorted(rows, key=lambda tensor: tensor.name)), size)


def _by_name(tensors: Sequence[Tensor]) -> bool:
    """Whether these stand in order of their names, those of a type by themselves: as most writers sort them."""
    names: dict[str | None, list[str]] = {}
    for tensor in tensors:
        names.setdefault(tensor.dtype, []).append(tensor.name)
    return all(any(rows == sorted(rows, key=key) for key in (None, _counting)) for rows in names.values())


def _counting(name: str) -> list[tuple[bool, int, str]]:
    """A key that puts layer 2 before layer 10."""
    parts = name.split(".")
    return [(part.isdecimal(), len(part) if part.isdecimal() else 0, part) for part in parts]


def _check(tensor: Tensor) -> None:
    if not tensor.name or len(tensor.name) > MAX_NAME:
        raise Unreadable(f"a tensor's name has more than {MAX_NAME:,} characters or none")
    if tensor.name.count(".") >= MAX_DEPTH:
        raise Unreadable(f"a tensor's name has more than {MAX_DEPTH} parts")
    if tensor.shape is not None and len(tensor.shape) > MAX_RANK:
        raise Unreadable(f"a tensor of more than {MAX_RANK} dimensions")


def dimensions(value: object) -> tuple[int, ...]:
    """A shape as a file gives it. Raises Unreadable on all but integers that a file can hold."""
    if not isinstance(value, Sequence) or isinstance(value, str) or len(value) > MAX_RANK:
        raise Unreadable("a tensor's shape is no list of dimensions")
    if not all(type(dim) is int and 0 <= dim < 1 << 63 for dim in value):
        raise Unreadable("a tensor's dimension is no size")
    return tuple(value)


def parsed(text: bytes) -> dict[str, Any]:
    """A JSON object in which no key comes twice. Raises Unreadable."""
    try:
        found = json.loads(text, object_pairs_hook=_once)
    except (ValueError, RecursionError):
        raise Unreadable("not valid JSON") from None
    if not isinstance(found, dict):
        raise Unreadable("not a JSON object")
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Unreadable("a key comes twice")
    return found
