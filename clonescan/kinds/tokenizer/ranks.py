"""Readers of bare lists of tokens in their order: tiktoken, tekken, `vocab.txt`, and lists of merges."""

from __future__ import annotations

import binascii
from collections.abc import Mapping
from itertools import chain
from operator import itemgetter
from typing import Any

from clonescan.kinds.interface import Foreign, Unreadable
from clonescan.kinds.tokenizer.documents import document, notes, text
from clonescan.kinds.tokenizer.listing import MOST, Listing, bounded, listing
from clonescan.kinds.tokenizer.parts import JOINT, Tokenizer
from clonescan.kinds.tokenizer.spelling import spell_all, speller

LEAST_TOKENS = 16
"""A list of fewer lines is no vocabulary that says anything."""

SAME_RANK = "tokens of one rank, as where the file is cut off; what it holds is compared"

LONGEST = 512
"""Characters of a token; a file with longer lines is a text."""


HIGHEST = 2**31
"""Ids lie below: they are numbers of rows of an embedding."""


def tiktoken(data: bytes) -> Tokenizer:
    """OpenAI's and Qwen's: a line a token, base64 and rank. Raises Unreadable or Foreign."""
    lines = data.split(b"\n", MOST + 1)
    bounded(lines)
    rows: list[tuple[bytes, int]] = []
    for number, line in enumerate(lines):
        token, _, rank = line.strip().partition(b" ")
        if not token:
            continue
        try:
            rows.append((binascii.a2b_base64(token, strict_mode=number < LEAST_TOKENS), int(rank)))
        except (binascii.Error, ValueError):
            if number < LEAST_TOKENS:
                raise Foreign from None
            raise Unreadable(f"line {number + 1:,} is no token with its rank") from None
    cut = len({rank for _, rank in rows}) < len(rows)
    return Tokenizer(vocabulary=by_id(rows), notes=(SAME_RANK,) if cut else ())


def tekken(data: bytes) -> Tokenizer:
    """Mistral's: ranks with base64, of which as many are used as `default_vocab_size` leaves beside the special ones.

    Source: mistral-common, `Tekkenizer`. Raises Unreadable or Foreign.
    """
    found = document(data)
    config, rows = found.get("config"), found.get("vocab")
    if not isinstance(config, dict) or not isinstance(rows, list):
        raise Foreign
    bounded(rows)
    special = _number(config.get("default_num_special_tokens"))
    used = max(0, _number(config.get("default_vocab_size")) - special) or len(rows)
    try:
        tokens = [(binascii.a2b_base64(row["token_bytes"]), special + number) for number, row in enumerate(rows[:used])]
        names = {str(row["token_str"]): int(row["rank"]) for row in found.get("special_tokens") or ()}
    except (binascii.Error, ValueError, TypeError, KeyError):
        raise Unreadable("not all of its tokens can be read") from None
    pattern = config.get("pattern")
    pipeline = {"pre_tokenizer": split_by(pattern)} if isinstance(pattern, str) else {}
    return Tokenizer(by_id(tokens), added=names, pipeline=pipeline, notes=notes(data, found))


def split_by(pattern: str) -> Mapping[str, Any]:
    """How a `tokenizer.json` says that a byte-level tokenizer splits texts by a pattern."""
    split = {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}
    letters = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": False}
    return {"type": "Sequence", "pretokenizers": [split, letters]}


def vocabulary(data: bytes) -> Tokenizer:
    """`vocab.txt`: a line a token, whose number is its id. Raises Unreadable or Foreign."""
    tokens = text(data).split("\n", MOST + 1)
    bounded(tokens)
    tokens = [token.removesuffix("\r") for token in tokens[: len(tokens) - (not tokens[-1])]]
    if len(tokens) < LEAST_TOKENS or max(map(len, tokens)) > LONGEST:
        raise Foreign
    if sum(" " in token.strip() or "\t" in token for token in tokens) * 20 > len(tokens):
        raise Foreign
    return Tokenizer(vocabulary=listing((token, number) for number, token in enumerate(map(speller(tokens), tokens))))


def merges(data: bytes) -> Tokenizer:
    """`merges.txt` and `vocab.bpe`: a line a merge, of two halves, behind a line with the version; or Foreign."""
    lines = text(data).split("\n", MOST + 1)
    bounded(lines)
    first = 1 if lines[0].startswith(("#version", '"')) or lines[0].count(" ") != 1 else 0
    rows = [halves for line in lines[first:] if len(halves := tuple(line.rstrip("\r").split(" "))) == 2]
    if len(rows) < LEAST_TOKENS or len(rows) * 20 < (len(lines) - first) * 19:
        raise Foreign
    return Tokenizer(merges=spelled([(left, right) for left, right in rows]))


def spelled(pairs: list[tuple[str, str]]) -> Listing:
    """Merges in the one spelling. Halves repeat, so that each is spelled once."""
    halves = list(dict.fromkeys(chain.from_iterable(pairs)))
    known = dict(zip(halves, spell_all(speller(halves), halves), strict=True))
    items = [known[left] + JOINT + known[right] for left, right in pairs]
    return listing(zip(items, range(len(items)), strict=True))


def by_id(rows: list[tuple[bytes, int]]) -> Listing:
    """A vocabulary of tokens with their ids. Raises Unreadable."""
    numbers = [number for _, number in rows]
    if numbers and not 0 <= min(numbers) <= max(numbers) < HIGHEST:
        raise Unreadable("an id of a token is out of range")
    return listing(sorted(rows, key=itemgetter(1)))


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0



