"""Strings and numbers in one spelling."""

from __future__ import annotations

import re
from functools import lru_cache

_LETTERS = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")


def einsum(text: bytes) -> bytes:
    """An einsum or rearrange pattern with its axes renamed by first occurrence: `hw,d->hwd` is `a b,c->a b c`.

    A pattern with blanks or parentheses names its axes by words, as einops does; else every letter is an axis.
    """
    axes: dict[bytes, bytes] = {}

    def rename(word: re.Match[bytes]) -> bytes:
        return axes.setdefault(word.group(), b"%d" % len(axes))

    text = re.sub(rb"\s*(,|->)\s*", rb"\1", text)
    if b" " not in text:
        text = re.sub(rb"(?<=[A-Za-z])(?=[A-Za-z])", b" ", text)
    return _LETTERS.sub(rename, b" ".join(text.replace(b"->", b" -> ").replace(b",", b" , ").split()))


@lru_cache(maxsize=1 << 12)
def number(text: bytes) -> bytes:
    """A number in one notation: 1e-05, 0.00001 and 1E-5 are one, and so are 0xFF and 255."""
    plain = text.replace(b"_", b"").rstrip(b"lL")
    if len(plain) > 30:
        return plain
    try:
        return b"%d" % int(plain, 0)
    except ValueError:
        pass
    try:
        value = float(plain)
    except ValueError:
        return plain
    return b"%d" % int(value) if value.is_integer() and abs(value) < 1e15 else repr(value).encode()
