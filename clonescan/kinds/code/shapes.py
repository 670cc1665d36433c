"""Canonical subtrees of one file, hash-consed: equal shapes are one integer, so each is hashed and weighed once.

Hash-consing is Ershov's (1958) value numbering: a shape is a label and the integers of its children, looked up in one
dictionary. A file's shapes then form a DAG whose children always come before their parents.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b

from clonescan.fingerprint import NOTHING, STRUCTURE

PLACEHOLDER = 0
"""The shape of every name that a copier is free to change."""

MIN_SIZE = 4
"""Nodes that a subtree needs to be a feature: `x + y` has three and stands in every file."""

LEVELS = 2
"""Levels of a statement below its own by which its neighbours know it: of `x = f(g(y))`, that `f` is given a call."""

CALL, KEYWORD = b"call", b"kw"
"""The labels of calls and of arguments by name."""

MASK = (1 << 64) - 1
_MIX = 0x9E3779B97F4A7C15  # 2^64 / golden ratio, odd: spreads small integers over all bits (Knuth, TAOCP 6.4)
_BEGUN, _ENDED = 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9  # odd, of xxHash: a node is hashed otherwise than what is in it

Key = tuple[bytes | int, ...]


@lru_cache(maxsize=1 << 16)
def label_hash(label: bytes) -> int:
    """64 bits of a label, the same on every machine."""
    return int.from_bytes(blake2b(label, digest_size=8).digest(), "little")


def mixed(one: int, other: int) -> int:
    """64 bits of two numbers in a row."""
    value = (one ^ other) * _MIX & MASK
    return value ^ value >> 29


class Shapes:
    """The table of shapes of one file: parallel lists, one entry a shape, children before parents."""

    __slots__ = ("crowns", "hash", "height", "index", "inner", "keys", "kind", "size")

    def __init__(self) -> None:
        self.index: dict[Key, int] = {(b"_",): PLACEHOLDER}
        self.hash = [label_hash(b"_")]
        self.kind = [NOTHING]
        self.size = [1]
        self.height = [0]
        self.inner: list[tuple[int, ...]] = [()]
        self.keys: list[Key] = [(b"_",)]
        self.crowns: dict[int, int] = {}

    def leaf(self, label: bytes, kind: int) -> int:
        """The shape of a label alone."""
        key = (label,)
        found = self.index.get(key)
        return self.add(key, kind) if found is None else found

    def number(self, value: int, kind: int) -> int:
        """The shape of 64 bits that were hashed already."""
        found = self.index.setdefault((b"#", value), len(self.hash))
        if found == len(self.hash):
            self.hash.append(value)
            self.kind.append(kind)
            self.size.append(1)
            self.height.append(0)
            self.inner.append(())
            self.keys.append((b"#", value))
        return found

    def crown(self, shape: int) -> int:
        """The shape of a statement's outermost levels: what it would be had all that is deeper been computed before."""
        if self.height[shape] <= LEVELS:
            return shape
        found = self.crowns.get(shape)
        if found is None:
            found = self.crowns[shape] = self._top(shape, LEVELS)
        return found

    def _top(self, shape: int, levels: int) -> int:
        if not self.height[shape]:
            return shape
        if not levels:
            return PLACEHOLDER
        label, *children = self.keys[shape]
        key = (label, *[self._top(child, levels - 1) for child in children])  # type: ignore[arg-type]
        found = self.index.get(key)
        return self.add(key, STRUCTURE) if found is None else found

    def outer(self, key: Key) -> Key:
        """A call of something known as it would be had each argument been computed before; the same if each was.

        So a temporary that was inlined, or pulled out, leaves the outer call as it was.
        """
        label, *parts = key
        if label != CALL or not parts or parts[0] == PLACEHOLDER:
            return key
        return (CALL, parts[0], *[self._flat(part) for part in parts[1:]])  # type: ignore[arg-type]

    def _flat(self, argument: int) -> int:
        if self.size[argument] == 1:
            return argument
        label, *parts = self.keys[argument]
        if label != KEYWORD:
            return PLACEHOLDER
        key: Key = (KEYWORD, *parts[:-1], PLACEHOLDER)
        found = self.index.get(key)
        return self.add(key, STRUCTURE) if found is None else found

    def add(self, key: Key, kind: int, extra: tuple[int, ...] = ()) -> int:
        """Enter a new shape. `extra` are shapes that count as inside it though they are no children, as the outer call
        of a call does.
        """
        if key[0] == CALL:
            outer = self.outer(key)
            if outer != key:
                found = self.index.get(outer)
                extra = (self.add(outer, STRUCTURE) if found is None else found,)
        number = self.index[key] = len(self.hash)
        value = label_hash(key[0])
        size, height = 1, 0
        children: tuple[int, ...] = key[1:]  # type: ignore[assignment]
        if children:
            hashes, sizes, heights = self.hash, self.size, self.height
            value = value * _BEGUN & MASK
            for child in children:
                value = (value ^ hashes[child]) * _MIX & MASK
                value ^= value >> 29
                size += sizes[child]
                if heights[child] >= height:
                    height = heights[child] + 1
            value = (value + len(children)) * _ENDED & MASK
            value ^= value >> 32
            if extra:
                children += extra
                height = max(height, *(heights[child] + 1 for child in extra))
        self.hash.append(value)
        self.keys.append(key)
        self.kind.append(NOTHING if kind == STRUCTURE and size < MIN_SIZE else kind)
        self.size.append(size)
        self.height.append(height)
        self.inner.append(children)
        return number
