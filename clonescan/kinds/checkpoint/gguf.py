"""Reads the header of a GGUF file, versions 2 and 3: its metadata is passed over, its tensor infos are the map.

The format is https://github.com/ggml-org/ggml/blob/master/docs/gguf.md. Every count is checked against what is left
of the data before anything is made of it.
"""

from __future__ import annotations

import struct

from clonescan.kinds.checkpoint.tensors import MAX_NAME, MAX_TENSORS, Tensor, TensorMap, tensor_map
from clonescan.kinds.interface import Unreadable

MAGIC = b"GGUF"

READ = 16_000_000
"""Bytes that are read, since nothing says how long the header is: most of it is the tokenizer, 8 MB for 128,000
tokens with their merges."""

MAX_METADATA = 10_000
MAX_RANK = 8
_SIZES = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
_STRING, _ARRAY = 8, 9

TYPES = {
    0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 6: "Q5_0", 7: "Q5_1", 8: "Q8_0", 9: "Q8_1", 10: "Q2_K", 11: "Q3_K",
    12: "Q4_K", 13: "Q5_K", 14: "Q6_K", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS", 19: "IQ1_S",
    20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 24: "I8", 25: "I16", 26: "I32", 27: "I64", 28: "F64",
    29: "IQ1_M", 30: "BF16", 34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4",
}  # fmt: skip


def enough(_beginning: bytes) -> int:
    """How many bytes are read."""
    return READ


def read(data: bytes) -> TensorMap:
    """The tensor map of a file, given its beginning. Raises Unreadable."""
    header = _Header(data)
    version = header.number("<I")
    if version not in (2, 3):
        raise Unreadable(f"GGUF version {version}; 2 and 3 are read")
    tensors, entries = header.number("<Q"), header.number("<Q")
    if tensors > MAX_TENSORS or entries > MAX_METADATA:
        raise Unreadable(f"a header that claims {tensors:,} tensors and {entries:,} entries")
    for _ in range(entries):
        header.skip(header.number("<Q"))
        header.value(header.number("<I"))
    return tensor_map([header.tensor() for _ in range(tensors)])


class _Header:
    """What is left of a header."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = len(MAGIC)

    def skip(self, count: int) -> int:
        """Pass over so many bytes; returns where they start. Raises Unreadable if there are fewer."""
        start = self.place
        if count > len(self.data) - start:
            raise Unreadable("the header is cut off" if len(self.data) < READ else "the header is too long")
        self.place += count
        return start

    def number(self, form: str) -> int:
        """The next number."""
        found: int = struct.unpack_from(form, self.data, self.skip(struct.calcsize(form)))[0]
        return found

    def value(self, kind: int) -> None:
        """Pass over a value of metadata. Arrays in arrays, which the format allows and nobody writes, are refused."""
        if kind == _STRING:
            self.skip(self.number("<Q"))
        elif kind == _ARRAY:
            inner, count = self.number("<I"), self.number("<Q")
            if inner == _STRING:
                self._check(count * 8)
                for _ in range(count):
                    self.skip(self.number("<Q"))
            else:
                self.skip(count * self._size(inner))
        else:
            self.skip(self._size(kind))

    def _check(self, count: int) -> None:
        self.skip(count)
        self.place -= count

    def _size(self, kind: int) -> int:
        if kind not in _SIZES:
            raise Unreadable("metadata of an unknown type")
        return _SIZES[kind]

    def tensor(self) -> Tensor:
        """The next tensor; GGUF counts dimensions from the innermost one."""
        length = self.number("<Q")
        if length > MAX_NAME:
            raise Unreadable(f"a tensor's name has more than {MAX_NAME:,} characters")
        start = self.skip(length)
        name = self.data[start : start + length].decode("utf-8", "replace")
        rank = self.number("<I")
        if rank > MAX_RANK:
            raise Unreadable(f"a tensor of more than {MAX_RANK} dimensions")
        shape = tuple(self.number("<Q") for _ in range(rank))[::-1]
        dtype = self.number("<I")
        self.skip(8)
        return Tensor(name, shape, TYPES.get(dtype, f"type {dtype}"))
