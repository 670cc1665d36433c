"""A long list of tokens or merges, packed: a hundred thousand are three megabytes, and are compared as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b

import numpy as np

from clonescan.fingerprint import Array
from clonescan.kinds.interface import Unreadable

MOST = 1_000_000
"""Items of a list: the largest vocabularies have a quarter of that."""

_SIZES = "<u8"
_DTYPES = ("<u8", "<i4", "<i4")
"""Of hashes, ends and numbers, as `pack` has them."""


@dataclass(frozen=True, eq=False)
class Listing(Sequence[bytes]):
    """Different items in order: their bytes one after the other, where each ends, the number and the hash of each.

    Without its text and ends it can be compared, and not read. Hashes have 64 bits: that two of a million different
    items have the same one happens once in forty million lists.
    """

    text: bytes
    ends: Array
    numbers: Array
    hashes: Array

    @cached_property
    def ascending(self) -> Array:
        """The places of all items by their hashes."""
        return np.argsort(self.hashes)

    def __len__(self) -> int:
        return len(self.hashes)

    def __getitem__(self, place: int) -> bytes:  # type: ignore[override]
        return self.text[int(self.ends[place - 1]) if place else 0 : int(self.ends[place])]

    def __iter__(self) -> Iterator[bytes]:
        start = 0
        for end in self.ends.tolist():
            yield self.text[start:end]
            start = end


def bounded(items: Sized) -> None:
    """Raises Unreadable for a list that is too long to be that of a tokenizer."""
    if len(items) > MOST:
        raise Unreadable(f"more than {MOST:,} tokens or merges")


def listing(rows: Iterable[tuple[bytes, int]]) -> Listing:
    """Pack items with their numbers; of an item that comes twice the first one counts. Raises Unreadable."""
    pairs = list(rows)
    if len({item for item, _ in pairs}) < len(pairs):
        found = dict(reversed(pairs))  # of an item that comes twice the first one is the last here
        pairs = [(item, found.pop(item)) for item, _ in pairs if item in found]
    bounded(pairs)
    items, numbers = [item for item, _ in pairs], [number for _, number in pairs]
    return Listing(
        b"".join(items),
        np.cumsum(np.fromiter(map(len, items), np.int64, len(items))).astype(np.int32),
        np.array(numbers, np.int32),
        hashed(items),
    )


def hashed(items: Iterable[bytes]) -> Array:
    """64 bits of each item."""
    return np.frombuffer(b"".join([blake2b(item, digest_size=8).digest() for item in items]), "<u8")


def bare(found: Listing) -> Listing:
    """A list of which only the hashes are wanted."""
    return Listing(b"", EMPTY.ends, EMPTY.numbers, found.hashes)


def pack(found: Listing) -> bytes:
    """A list as bytes."""
    columns = [array.astype(dtype, copy=False) for array, dtype in zip(_columns(found), _DTYPES, strict=True)]
    sizes = np.array([len(column) for column in columns], _SIZES)
    return b"".join([sizes.tobytes(), *(column.tobytes() for column in columns), found.text])


def unpack(data: bytes) -> Listing:
    """The inverse of `pack`."""
    sizes = np.frombuffer(data, _SIZES, len(_DTYPES))
    start, columns = sizes.nbytes, list[Array]()
    for dtype, size in zip(_DTYPES, sizes.tolist(), strict=True):
        columns.append(np.frombuffer(data, dtype, size, start))
        start += columns[-1].nbytes
    hashes, ends, numbers = columns
    return Listing(data[start:], ends, numbers, hashes)


def _columns(found: Listing) -> tuple[Array, Array, Array]:
    return found.hashes, found.ends, found.numbers


def both(left: Listing, right: Listing) -> tuple[Array, Array]:
    """The places of what is in both, ascending on the left."""
    if np.array_equal(left.hashes, right.hashes):
        return np.arange(len(left)), np.arange(len(left))
    counterpart = np.full(len(left), -1)
    if len(right):
        wanted, known = left.hashes[left.ascending], right.hashes[right.ascending]
        place = np.minimum(np.searchsorted(known, wanted), len(right) - 1)
        counterpart[left.ascending] = np.where(known[place] == wanted, right.ascending[place], -1)
    ours = np.flatnonzero(counterpart >= 0)
    return ours, counterpart[ours]


def held(places: Array, found: Listing) -> Array:
    """Which items of a list stand at these places."""
    mask = np.zeros(len(found), bool)
    mask[places] = True
    return mask


EMPTY = listing(())
