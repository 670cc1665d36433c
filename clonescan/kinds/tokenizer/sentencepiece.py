"""Reads a SentencePiece `.model`: a protobuf message, of which a few fields are wanted.

By hand, within bounds: the libraries protobuf and sentencepiece are a megabyte of compiled code that would parse the
files of strangers, for a format of four kinds of fields. Source: `sentencepiece_model.proto` of SentencePiece.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from clonescan.kinds.interface import Foreign, Unreadable
from clonescan.kinds.tokenizer.listing import bounded, listing
from clonescan.kinds.tokenizer.parts import Tokenizer
from clonescan.kinds.tokenizer.spelling import speller

_PIECES, _TRAINER, _NORMALIZER = 1, 2, 3
_NORMAL, _UNKNOWN, _CONTROL, _ADDED, _UNUSED, _BYTE = range(1, 7)

CUT_OFF = "ends behind its pieces, without how it was trained; what it holds is compared"

FIRST = b"\x0a"
"""The first byte of a model: a field of bytes, numbered 1, which is a piece."""

Field = tuple[int, int | bytes]


class _Broken(ValueError):
    """What is no protobuf message."""


def model(data: bytes) -> Tokenizer:
    """The pieces with their ids, and the normalizer. Raises Unreadable, or Foreign if it begins like something else."""
    pieces: list[tuple[str, int]] = []
    normalizer: dict[int, int | bytes] = {}
    last = 0
    try:
        for number, value in _fields(data):
            last = max(last, number)
            if number == _PIECES and isinstance(value, bytes):
                pieces.append(_piece(value))
                bounded(pieces)
            elif number == _NORMALIZER and isinstance(value, bytes):
                normalizer = dict(_fields(value))
    except (_Broken, UnicodeDecodeError):
        if not pieces:
            raise Foreign from None
        raise Unreadable(f"no SentencePiece model behind {len(pieces):,} pieces") from None
    if not pieces or not any(kind == _NORMAL for _, kind in pieces):
        raise Foreign
    return _tokenizer(pieces, normalizer, () if last >= _TRAINER else (CUT_OFF,))


def _tokenizer(
    pieces: list[tuple[str, int]], normalizer: dict[int, int | bytes], notes: tuple[str, ...]
) -> Tokenizer:
    spell = speller([piece for piece, kind in pieces if kind == _NORMAL])
    vocabulary = listing(
        (spell(piece) if kind in (_NORMAL, _UNUSED) else piece.encode(), number)
        for number, (piece, kind) in enumerate(pieces)
    )
    special = {piece: number for number, (piece, kind) in enumerate(pieces) if kind in (_UNKNOWN, _CONTROL, _ADDED)}
    return Tokenizer(vocabulary=vocabulary, added=special, pipeline=_pipeline(normalizer), notes=notes)


def _piece(data: bytes) -> tuple[str, int]:
    """The text of a piece and its kind."""
    piece, kind = b"", _NORMAL
    for number, value in _fields(data):
        if number == 1 and isinstance(value, bytes):
            piece = value
        elif number == 3 and isinstance(value, int):
            kind = value
    return piece.decode(), kind


def _pipeline(normalizer: dict[int, int | bytes]) -> dict[str, Any]:
    """The normalizer's rules, as a `tokenizer.json` holds them; what that one derives from flags is left out."""
    rules = normalizer.get(2)
    return {"normalizer": {"type": "Precompiled", "rules": rules}} if isinstance(rules, bytes) and rules else {}


def _fields(data: bytes) -> Iterator[Field]:
    """The fields of a message: numbers and bytes. Raises _Broken. Every step reads at least one byte of `data`."""
    place, end = 0, len(data)
    while place < end:
        key, place = _varint(data, place)
        number, wire = key >> 3, key & 7
        if wire == 0:
            value, place = _varint(data, place)
            yield number, value
            continue
        if wire == 2:
            size, place = _varint(data, place)
        elif wire in (1, 5):
            size = 8 if wire == 1 else 4
        else:
            raise _Broken
        if not number or size > end - place:
            raise _Broken
        yield number, data[place : place + size]
        place += size


def _varint(data: bytes, place: int) -> tuple[int, int]:
    """A number of at most ten bytes, and the place behind it."""
    value = 0
    for shift, byte in enumerate(data[place : place + 10]):
        value |= (byte & 0x7F) << 7 * shift
        if byte < 0x80:
            return value, place + shift + 1
    raise _Broken
