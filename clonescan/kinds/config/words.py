"""The words of source code as what they would be in a config: a key or a value that all code mentions is everyone's."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
from tree_sitter import Node

from clonescan.fingerprint import Array
from clonescan.kinds.code.grammar import Grammar
from clonescan.kinds.code.source import parts
from clonescan.kinds.code.symbols import MAX_TEXT
from clonescan.kinds.config import spelling
from clonescan.kinds.config.features import Features
from clonescan.kinds.config.units import Units

_NAME = re.compile(r"[^\W\d]\w*")
_QUOTES = "\"'"


def of_code(path: str, data: bytes, grammar: Grammar) -> Array:
    """The hashes of config features, each once, ascending: a name of the code as a key and as a value, which may be the
    name of a class; a short string likewise; and a number as a value. Raises Unreadable.
    """
    texts = {text for part in parts(path, data) for text in _words(part.text, grammar)}
    found = Features(Units((), ()))
    values = {found.word(spelling.value(text)) for text in texts}
    keys = {found.key(key) for text in texts if _NAME.fullmatch(text) for key in [spelling.key(text)] if key}
    table = found.builder.shapes
    shapes, pending = set[int](), keys | values
    while pending:
        shapes |= pending
        pending = {part for shape in pending for part in table.inner[shape]} - shapes
    return np.array(sorted(table.hash[shape] for shape in shapes), np.uint64)


def _words(source: bytes, grammar: Grammar) -> Iterator[str]:
    """The names, numbers and short strings of a text, as they stand there."""
    pending: list[Node] = [grammar.tree(source).root_node]
    while pending:
        node = pending.pop()
        role = grammar.roles.get(node.kind_id)
        kids = node.named_children
        if role == "string" or not kids:
            text = source[node.start_byte : node.end_byte].decode("utf-8", "replace")
            if role == "string" and len(text) <= MAX_TEXT + 2 and text[:1] in _QUOTES:
                yield text[1:-1]
            elif role == "number" or (role != "string" and _NAME.fullmatch(text)):
                yield text
        else:
            pending.extend(kids)
