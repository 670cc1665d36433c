"""Makes text of a scanned repository safe to show: nothing in it can move a cursor, hide, or turn around."""

from __future__ import annotations


def visible(text: str) -> str:
    """Return `text` with control characters, bidi overrides, lone surrogates and the like written as escapes."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)


def shorten(text: str, width: int) -> str:
    """Return `text` in at most `width` characters, the middle left out, most of the end kept."""
    if len(text) <= width:
        return text
    head = max(0, width - 1) // 3
    tail = max(0, width - 1 - head)
    return f"{text[:head]}…{text[len(text) - tail :]}" if width > 0 else ""
