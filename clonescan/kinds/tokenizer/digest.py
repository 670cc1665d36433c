"""What the verdict on a tokenizer looks at instead of its file: parsed once, and kept as arrays.

A file of 129,000 tokens and their merges takes half a second to parse; its digest, which is shorter, is there at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate, pairwise
from typing import Any

from clonescan.kinds.tokenizer.extract import extracted
from clonescan.kinds.tokenizer.formats import read
from clonescan.kinds.tokenizer.listing import EMPTY, Listing, bare, listing, pack, unpack
from clonescan.kinds.tokenizer.parts import Tokenizer

KEPT = 32
"""Digests that stay read while matches are put into words: one of 129,000 tokens and their merges has 5 MB."""

_SIZE = 8
"""Bytes of the length in front of the head."""

Parts = Mapping[str, str | None]
"""Components in canonical text by name."""


@dataclass(frozen=True, eq=False)
class Digest:
    """A tokenizer as it is compared; an empty part is one that the file does not have.

    `vocabulary` as in `Tokenizer`; of `merges` the hashes alone. `named`: the added tokens with their ids, -1 where the
    file does not say. `words`: those for features, by shape.
    """

    vocabulary: Listing = EMPTY
    merges: Listing = EMPTY
    named: Listing = EMPTY
    pipeline: Parts = field(default_factory=dict)
    settings: Parts = field(default_factory=dict)
    templates: Parts = field(default_factory=dict)
    words: Mapping[int, str] = field(default_factory=dict)


def digest(path: str, data: bytes) -> bytes:
    """The digest of a file as bytes. Raises Unreadable or Foreign."""
    found = read(path, data)
    packed = [pack(each) for each in (found.vocabulary, bare(found.merges), named(found))]
    head = json.dumps(
        {
            "sizes": [len(each) for each in packed],
            "parts": [_written(parts) for parts in (found.pipeline, found.settings, found.templates)],
            "words": [*extracted(path, data).words.items()],
        }
    ).encode()
    return b"".join([len(head).to_bytes(_SIZE, "little"), head, *packed])


def named(found: Tokenizer) -> Listing:
    """The added tokens of a file with their ids, -1 where it does not say."""
    rows = [(token, -1 if number is None else number) for token, number in found.added.items()]
    return listing((token.encode("utf-8", "surrogatepass"), number) for token, number in sorted(rows, key=_place))


def _place(row: tuple[str, int]) -> tuple[int, str]:
    return row[1], row[0]


def _written(parts: Mapping[str, Any]) -> Parts:
    return {name: None if tree is None else str(_sorted(tree)) for name, tree in parts.items()}


def _sorted(tree: Any) -> Any:
    """A tree in which the order of keys, which means nothing, is that of the alphabet."""
    if isinstance(tree, dict):
        return {key: _sorted(tree[key]) for key in sorted(tree)}
    return [*map(_sorted, tree)] if isinstance(tree, list) else tree


@lru_cache(maxsize=KEPT)
def undigested(data: bytes) -> Digest:
    """The inverse of `digest`."""
    start = _SIZE + int.from_bytes(data[:_SIZE], "little")
    head = json.loads(data[_SIZE:start])
    ends = [*accumulate(head["sizes"], initial=start)]
    vocabulary, merges, added = (unpack(data[start:end]) for start, end in pairwise(ends))
    pipeline, settings, templates = head["parts"]
    return Digest(vocabulary, merges, added, pipeline, settings, templates, dict(head["words"]))
