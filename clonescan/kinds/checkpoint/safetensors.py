"""Reads the header of a `.safetensors` file: eight bytes of length, then JSON; the weights are never looked at.

The format is https://github.com/huggingface/safetensors: little-endian length N, N bytes of JSON that give each tensor
its type, shape and bytes, then the bytes themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from math import prod
from typing import Any

from clonescan.kinds.checkpoint.tensors import HEADER_LIMIT, Tensor, TensorMap, dimensions, parsed, tensor_map
from clonescan.kinds.interface import Unreadable

PREFIX = 8

BITS = {
    "BOOL": 8, "U8": 8, "I8": 8, "F8_E5M2": 8, "F8_E4M3": 8, "F8_E8M0": 8, "F8_E5M2FNUZ": 8, "F8_E4M3FNUZ": 8,
    "I16": 16, "U16": 16, "F16": 16, "BF16": 16, "I32": 32, "U32": 32, "F32": 32, "I64": 64, "U64": 64, "F64": 64,
    "C64": 64, "F4": 4, "F6_E2M3": 6, "F6_E3M2": 6,
}  # fmt: skip
"""Bits of an element of each type; what is not listed is not checked against its bytes."""


def enough(beginning: bytes) -> int:
    """How many bytes the header needs with its length; of a header that claims too much no more is read."""
    claimed = int.from_bytes(beginning[:PREFIX], "little")
    return PREFIX + claimed if claimed <= HEADER_LIMIT else 0


def read(data: bytes) -> TensorMap:
    """The tensor map of a file, given its beginning. Raises Unreadable."""
    length = int.from_bytes(data[:PREFIX], "little")
    if len(data) < PREFIX or length > HEADER_LIMIT:
        raise Unreadable(f"a header that claims {length:,} bytes" if len(data) >= PREFIX else "no header")
    if len(data) < PREFIX + length:
        raise Unreadable("the header is cut off")
    rows = parsed(data[PREFIX : PREFIX + length])
    rows.pop("__metadata__", None)
    ends = [0]
    tensors = list(_tensors(rows, ends))
    return tensor_map(tensors, PREFIX + length + ends[-1])


def _tensors(rows: Mapping[str, Any], ends: list[int]) -> Iterator[Tensor]:
    """The tensors; `ends` gets where the last of their bytes ends. No two of them may overlap."""
    spans = []
    for name, row in rows.items():
        if not isinstance(row, dict) or not isinstance(row.get("dtype"), str):
            raise Unreadable("a tensor without a type")
        shape = dimensions(row.get("shape"))
        start, end = _offsets(row.get("data_offsets"))
        if (bits := BITS.get(row["dtype"])) and end - start != (prod(shape) * bits + 7) // 8:
            raise Unreadable("a tensor's bytes are not as many as its shape asks for")
        spans.append((start, end))
        yield Tensor(name, shape, row["dtype"][:20])
    spans.sort()
    if any(start < end for (_, end), (start, _) in pairwise(spans)):
        raise Unreadable("tensors overlap")
    ends.append(max((end for _, end in spans), default=0))


def _offsets(value: object) -> tuple[int, int]:
    if not (isinstance(value, list) and len(value) == 2 and all(type(place) is int for place in value)):
        raise Unreadable("a tensor without a place")
    start, end = value
    if not 0 <= start <= end < 1 << 63:
        raise Unreadable("a tensor's place is no place")
    return start, end
