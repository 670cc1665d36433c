"""Reads JSON and text of strangers: what is broken, too deep or of another encoding is refused with its reason."""

from __future__ import annotations

from typing import Any

import orjson

from clonescan.kinds.interface import Foreign, Unreadable

TWICE = "holds keys that are given twice; the last of each counts"

_BOM = b"\xef\xbb\xbf"


def document(data: bytes) -> dict[str, Any]:
    """A JSON object; of keys that come twice the last one counts, as it does for the libraries that load tokenizers.

    Raises Unreadable where it is no JSON (orjson refuses more than 1,024 levels), Foreign where it is no object.
    """
    try:
        found = orjson.loads(data.removeprefix(_BOM))
    except orjson.JSONDecodeError as error:
        raise Unreadable(f"no JSON: {error.msg} at line {error.lineno:,}") from None
    if not isinstance(found, dict):
        raise Foreign
    return found


def notes(data: bytes, found: dict[str, Any]) -> tuple[str, ...]:
    """What is wrong with a document that can be read: that it has more keys than what was read of it.

    In front of a colon a quotation mark ends a key, or is part of a text, which says the same on both sides. Raises
    Unreadable where it is nested too deeply to tell (orjson writes 254 levels).
    """
    try:
        written = orjson.dumps(found)
    except orjson.JSONEncodeError:
        raise Unreadable("too many levels deep") from None
    return (TWICE,) if data.count(b'":') > written.count(b'":') else ()


def text(data: bytes) -> str:
    """A text. Raises Unreadable where it is not UTF-8."""
    try:
        return data.removeprefix(_BOM).decode()
    except UnicodeDecodeError:
        raise Unreadable("not UTF-8") from None
