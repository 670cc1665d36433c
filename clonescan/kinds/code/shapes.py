"""Canonical subtrees, hash-consed: equal shapes are one integer, so each is hashed and weighed once.

Hash-consing is Ershov's (1958) value numbering: a shape is a label and the integers of its children, looked up in one
dictionary. Shapes then form a DAG whose children always come before their parents. One table serves many files, which
have most of their shapes in common; what a shape is depends on its label and children alone, never on the file.
"""

from __future__ import annotations

from array import array
from functools import lru_cache
from hashlib import blake2b

import numpy as np

from clonescan.fingerprint import NOTHING, STRUCTURE, Array

PLACEHOLDER = 0
"""The shape of every name that a copier is free to change."""

MIN_SIZE = 4
"""Nodes that a subtree needs to be a feature: `x + y` has three and stands in every file."""

_MASK = (1 << 64) - 1
_MIX = 0x9E3779B97F4A7C15  # 2^64 / golden ratio, odd: spreads small integers over all bits (Knuth, TAOCP 6.4)
_FOLD = 29

TALLEST = 65535
"""The height that stands for all above it: heights have two bytes."""

Key = tuple[bytes | int, ...]


@lru_cache(maxsize=1 << 16)
def label_hash(label: bytes) -> int:
    """64 bits of a label, the same on every machine."""
    return int.from_bytes(blake2b(label, digest_size=8).digest(), "little")


class Shapes:
    """A table of shapes: parallel arrays, one entry a shape, children before parents.

    What is inside shape `i` is `inner[starts[i] : starts[i + 1]]`; sizes are counted up to `MIN_SIZE`.
    """

    __slots__ = ("hash", "height", "index", "inner", "kind", "scratch", "size", "starts")

    def __init__(self) -> None:
        self.index: dict[Key, int] = {(b"_",): PLACEHOLDER}
        self.hash = array("Q", [label_hash(b"_")])
        self.kind = array("B", [NOTHING])
        self.size = array("B", [1])
        self.height = array("H", [0])
        self.inner = array("I")
        self.starts = array("q", [0, 0])
        self.scratch: Array = np.empty(0, np.int64)

    def __len__(self) -> int:
        return len(self.hash)

    def column(self, name: str) -> Array:
        """One of the arrays, for reading; no shape can be added as long as it is held."""
        values: array[int] = getattr(self, name)
        return np.frombuffer(values, values.typecode) if values else np.empty(0, values.typecode)

    def numbers(self, size: int) -> Array:
        """A place to write a number for each of `size` shapes; it holds anything, and is the same one every time."""
        if len(self.scratch) < size:
            self.scratch = np.empty(2 * size, np.int64)
        return self.scratch

    def add(self, key: Key, extra: tuple[int, ...], kind: int) -> int:
        """Enter a new shape. `extra` are shapes that count as inside it though they are no children."""
        number = len(self.hash)
        value = label_hash(key[0])
        size, height = 1, 0
        children: tuple[int, ...] = key[1:]  # type: ignore[assignment]
        for child in children:
            value = ((value ^ self.hash[child]) * _MIX) & _MASK
            value ^= value >> _FOLD
            size += self.size[child]
        for child in children + extra if extra else children:
            if self.height[child] >= height:
                height = self.height[child] + 1
        self.hash.append(value)
        self.kind.append(NOTHING if kind == STRUCTURE and size < MIN_SIZE else kind)
        self.size.append(min(size, MIN_SIZE))
        self.height.append(min(height, TALLEST))
        self.inner.extend(children + extra)
        self.starts.append(len(self.inner))
        self.index[key] = number
        return number


def chained(label: bytes, children: Array) -> Array:
    """The hashes of shapes with this label, from the hashes of their children, a row a shape."""
    values = np.full(len(children), label_hash(label), np.uint64)
    for column in children.T:
        values = (values ^ column) * np.uint64(_MIX)
        values ^= values >> np.uint64(_FOLD)
    return values
