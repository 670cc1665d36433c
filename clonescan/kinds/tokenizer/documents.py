"""Reads JSON and text of strangers: what is broken, too deep or of another encoding is refused with its reason."""

from __future__ import annotations

from typing import Any

import orjson

from clonescan.kinds.interface import Foreign, Unreadable

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


def text(data: bytes) -> str:
    """A text. Raises Unreadable where it is not UTF-8."""
    try:
        return data.removeprefix(_BOM).decode()
    except UnicodeDecodeError:
        raise Unreadable("not UTF-8") from None
