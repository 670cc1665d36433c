"""What a file says in words: its comments and docstrings, or the paragraphs of a text, with their lines."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from itertools import pairwise

from tree_sitter import Node, Query, QueryCursor

from clonescan.kinds.code.grammar import Grammar
from clonescan.kinds.code.paths import grammar_of
from clonescan.kinds.code.source import parts, to_utf8
from clonescan.kinds.interface import Unreadable

TEXT_BYTES = 1_000_000
"""Read of one file: the longest module of transformers has half of it, the longest README of a package a tenth."""

MAX_REMARKS = 5_000
"""Kept of one file: the most that a module of transformers has is a tenth of it."""

BREAK = "\v"
"""A blank that stands for the end of a paragraph."""

_ITEMS = ("- ", "* ", "\u2022 ", "+ ")
_COMMENT_TYPES = ("comment", "line_comment", "block_comment")
_MARKS = re.compile(r"^(?:[#!;%]+|//+[/!]?|/\*+|\*+/|\*(?!\*)|--)[ \t]?|\*/$")
_QUOTES = re.compile(r'^[rRbBuUfF]{0,2}(?:"""|\'\'\'|"|\')|(?:"""|\'\'\'|"|\')$')
_HASHED = (".yaml", ".yml", ".toml", ".cfg", ".ini", ".sh", ".conf")
_UNHEARD = (".json", ".safetensors", ".bin", ".model", ".pt", ".gguf")
"""Formats that have no comments, or that are no text."""


@dataclass(frozen=True)
class Remark:
    """A comment, a docstring or a paragraph: its first line in the file or cell (cell 0: a plain file), its words line
    by line without comment marks, and whether the file's code has not begun yet.
    """

    cell: int
    start: int
    lines: tuple[str, ...]
    is_header: bool = False

    @property
    def end(self) -> int:
        """Its last line."""
        return self.start + len(self.lines) - 1

    @cached_property
    def text(self) -> str:
        """All of it on one line, with BREAK before what does not go on with the sentence.

        That is a paragraph, and an item of a list that no colon introduces.
        """
        parts = list(self.lines[:1])
        listed = False
        for last, line in pairwise(self.lines):
            is_item = line.startswith(_ITEMS)
            listed = is_item and (listed or last.endswith(":"))
            goes_on = (bool(line) and not is_item) or listed or last.endswith(":")
            parts += [" " if goes_on else BREAK, line]
        return "".join(parts)

    def line_at(self, offset: int) -> int:
        """The line of the file in which the character at `offset` of `text` stands."""
        for number, line in enumerate(self.lines):
            offset -= len(line) + 1
            if offset < 0:
                return self.start + number
        return self.end


def remarks(path: str, data: bytes) -> tuple[Remark, ...]:
    """The remarks of a file, in the order of its lines; of a file that cannot be read there are none."""
    data = data[:TEXT_BYTES]
    grammar = grammar_of(path)
    try:
        if grammar:
            found = _notebook_texts(data) if path.endswith(".ipynb") else []
            for part in parts(path, data):
                found += _of_code(part.text, part.cell, grammar)
        elif path.endswith(_UNHEARD):
            return ()
        else:
            found = list(_paragraphs(to_utf8(data).decode("utf-8", "replace"), path.endswith(_HASHED)))
    except Unreadable:
        return ()
    return tuple(sorted(found, key=lambda remark: (remark.cell, remark.start))[:MAX_REMARKS])


def _of_code(data: bytes, cell: int, grammar: Grammar) -> list[Remark]:
    tree = grammar.tree(data)
    nodes = sorted(QueryCursor(_query(grammar)).captures(tree.root_node).get("remark", ()), key=lambda n: n.start_byte)
    begun = _first_code(tree.root_node)
    found: list[Remark] = []
    joinable: set[Remark] = set()
    for node in nodes:
        text = data[node.start_byte : node.end_byte].decode("utf-8", "replace")
        alone = not data[data.rfind(b"\n", 0, node.start_byte) + 1 : node.start_byte].strip()
        is_comment = node.type in _COMMENT_TYPES
        lines = tuple(_bare(line, is_comment) for line in text.split("\n"))
        remark = Remark(cell, node.start_point[0] + 1, lines, node.start_byte < begun)
        if is_comment and alone and found and found[-1].end == remark.start - 1 and found[-1] in joinable:
            remark = Remark(cell, found[-1].start, found.pop().lines + lines, remark.is_header)
        joinable = {remark} if is_comment and alone else set()
        found.append(remark)
    return found


@cache
def _query(grammar: Grammar) -> Query:
    """Comments, and strings that are statements of their own."""
    types = [name for name in _COMMENT_TYPES if name in grammar.kinds]
    patterns = [f"({name}) @remark" for name in types]
    if "expression_statement" in grammar.kinds and "string" in grammar.kinds:
        patterns.append("(expression_statement . (string) @remark .)")
    return Query(grammar.language, "\n".join(patterns))


def _first_code(root: Node) -> int:
    """Where the first statement begins that is no docstring."""
    for child in root.children:
        text = child.type == "expression_statement" and child.child_count == 1 and child.children[0].type == "string"
        if child.type not in _COMMENT_TYPES and not text:
            return child.start_byte
    return root.end_byte


def _bare(line: str, is_comment: bool) -> str:
    line = line.strip()
    return " ".join((_MARKS.sub("", line) if is_comment else _QUOTES.sub("", line)).split())


def _notebook_texts(data: bytes) -> list[Remark]:
    """The cells of a notebook that are text."""
    found = []
    try:
        for number, cell in enumerate(json.loads(data)["cells"], 1):
            if cell["cell_type"] == "markdown":
                source = cell["source"]
                text = source if isinstance(source, str) else "".join(source)
                found.append(Remark(number, 1, tuple(line.strip() for line in text.split("\n"))))
    except (ValueError, TypeError, KeyError, RecursionError):
        pass
    return found


def _paragraphs(text: str, hashed: bool) -> Iterator[Remark]:
    """Runs of lines that are not empty; where `hashed`, those that begin with `#`."""
    lines: list[str] = []
    header = True
    for number, line in enumerate([*text.split("\n"), ""], 1):
        line = line.strip()
        if line and (not hashed or line.startswith("#")):
            lines.append(_MARKS.sub("", line).strip() if hashed else line)
            continue
        if lines:
            yield Remark(0, number - len(lines), tuple(lines), header and hashed)
        lines = []
        header = header and not line
