"""Writes one tokenizer in every format, as other programs do."""

from __future__ import annotations

import json
import struct
from base64 import b64encode
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

SOURCE = Path(__file__).parents[2] / "fixtures/original/tokenizer/tokenizer.json"
LETTERS = {
    byte: chr(byte) if 0x21 <= byte <= 0x7E or 0xA1 <= byte <= 0xAC or byte >= 0xAE else "" for byte in range(256)
}
LETTERS |= {byte: chr(0x100 + number) for number, byte in enumerate(b for b, letter in LETTERS.items() if not letter)}
BYTES = {letter: byte for byte, letter in LETTERS.items()}


def source() -> dict[str, Any]:
    """The tokenizer of the fixtures: byte-level BPE."""
    found: dict[str, Any] = json.loads(SOURCE.read_text(encoding="utf-8"))
    return found


def learned() -> list[bytes]:
    """Its tokens but the added ones, as bytes."""
    tokenizer = source()
    added = {row["content"] for row in tokenizer["added_tokens"]}
    return [bytes(BYTES[letter] for letter in token) for token in tokenizer["model"]["vocab"] if token not in added]


def texts() -> list[str]:
    """Those that are text of two letters or more."""
    return [token.decode() for token in learned() if len(token) > 1 and token.decode("utf-8", "ignore")]


def byte_level(token: bytes) -> str:
    """A token in the letters of GPT-2."""
    return "".join(LETTERS[byte] for byte in token)


def pieces(tokens: Sequence[str]) -> list[str]:
    """Tokens as SentencePiece writes them."""
    return [token.replace(" ", "▁") for token in tokens]


def tokenizer_json(model: Mapping[str, Any], **parts: Any) -> bytes:
    """A tokenizer.json with this model."""
    return json.dumps({"version": "1.0", "added_tokens": [], **parts, "model": model}).encode()


def tiktoken(tokens: Sequence[bytes]) -> bytes:
    """OpenAI's format."""
    return b"".join(b"%s %d\n" % (b64encode(token), rank) for rank, token in enumerate(tokens))


def tekken(tokens: Sequence[bytes], special: int = 10) -> bytes:
    """Mistral's format."""
    rows = [{"rank": n, "token_bytes": b64encode(token).decode(), "token_str": None} for n, token in enumerate(tokens)]
    config = {"default_vocab_size": len(rows) + special, "default_num_special_tokens": special, "pattern": "[a-z]+|."}
    return json.dumps({"config": config, "vocab": rows}).encode()


def sentencepiece(found: Sequence[tuple[str, int]], rules: bytes = b"") -> bytes:
    """SentencePiece's format: pieces with their kinds, as a protobuf message."""
    normalizer = _field(3, _field(2, rules)) if rules else b""
    score = b"\x15" + struct.pack("<f", -1.5)
    rows = (_field(1, piece.encode()) + score + b"\x18" + _varint(kind) for piece, kind in found)
    return b"".join(_field(1, row) for row in rows) + _field(2, b"\x18\x02") + normalizer


def _field(number: int, content: bytes) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value: int) -> bytes:
    low = bytes([value & 0x7F | (0x80 if value > 0x7F else 0)])
    return low + _varint(value >> 7) if value > 0x7F else low
