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


@dataclass(frozen=True, eq=False)
class Listing(Sequence[bytes]):
    """Different items in order: their bytes one after the other, where each ends, the number and the hash of each.

    Hashes have 64 bits: that two of a million different items have the same one happens once in forty million lists.
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
        return len(self.ends)

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
    found = dict(reversed(pairs))  # of an item that comes twice the first one is the last here
    if len(found) < len(pairs):
        pairs = [(item, found.pop(item)) for item, _ in pairs if item in found]
    bounded(pairs)
    items, numbers = zip(*pairs, strict=True) if pairs else ((), ())
    return Listing(
        b"".join(items),
        np.cumsum(np.fromiter(map(len, items), np.int64, len(items))).astype(np.int32),
        np.array(numbers, np.int32),
        hashed(items),
    )


def hashed(items: Iterable[bytes]) -> Array:
    """64 bits of each item."""
    return np.frombuffer(b"".join([blake2b(item, digest_size=8).digest() for item in items]), "<u8")


def both(left: Listing, right: Listing) -> tuple[Array, Array]:
    """The places of what is in both, ascending on the left."""
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
