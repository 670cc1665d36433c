"""Remembers how source was read, so that a text that comes again, in this file or another, is not read again.

Half of the statements of a large repository repeat the text of an earlier one. What reading a statement does depends on
its text, and on what the names in it stand for; both make the key, so that a remembered reading is what another one
would be. A name that is no word of the text is never looked up.
"""

from __future__ import annotations

import re
from collections.abc import Hashable
from typing import NamedTuple

from clonescan.kinds.code.recorder import Record

MIN_NODES = 14
"""Nodes that are worth remembering: of 6, 14, 24 and 40 this was the fastest, and it takes half the memory of 6."""

MAX_TEXT = 1000
"""Longer statements are tables and prose, and seldom come again."""

MAX_READINGS = 1 << 16
"""Readings after which all are forgotten, between two files: one takes two kilobytes with its share of the shapes."""

_WORD = re.compile(rb"[A-Za-z_][A-Za-z0-9_]*")


class Reading(NamedTuple):
    """What reading a stretch of source does.

    It logs records, gives the unit names, binds names, drops imports, leaves names of placeholders and variables that
    it sets to the statement that it is in, and yields shapes.
    """

    records: tuple[Record, ...]
    names: frozenset[bytes]
    bound: frozenset[bytes]
    dropped: tuple[bytes, ...]
    left: tuple[bytes, ...]
    targets: tuple[bytes, ...]
    shapes: tuple[int, ...]


class Memory:
    """Readings by what they depend on."""

    def __init__(self) -> None:
        self.readings: dict[Hashable, Reading] = {}
        self.by_text: dict[bytes, frozenset[bytes]] = {}

    def words(self, text: bytes) -> frozenset[bytes] | None:
        """The words of a text that is worth remembering; all names in it are among them."""
        found = self.by_text.get(text)
        if found is None and len(text) <= MAX_TEXT and text.isascii() and not text.startswith((b'"', b"'")):
            found = self.by_text[text] = frozenset(_WORD.findall(text))
        return found
