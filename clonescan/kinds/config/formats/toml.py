"""TOML by tree-sitter: positions, and what stands around an error."""

from __future__ import annotations

import tomllib

import tree_sitter_toml
from tree_sitter import Language, Node, Parser

from clonescan.kinds.config import tree
from clonescan.kinds.config.tree import BROKEN, MAX_DEPTH, TOO_DEEP, TWICE, Document, Read, Scalar, Section

_LANGUAGE = Language(tree_sitter_toml.language())
_KEYS = ("bare_key", "quoted_key", "dotted_key")


def read(data: bytes) -> Read:
    """The one document of a file."""
    root = Parser(_LANGUAGE).parse(data).root_node
    document = Section(1, root.end_point[0] + 1)
    reader = _Reader(data)
    if root.has_error:
        reader.notes.add(BROKEN)
    reader.table(root, document, 0)
    return Read([Document("<config>", document)], tuple(sorted(reader.notes)))


class _Reader:
    """Turns syntax nodes into sections and scalars."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.notes: set[str] = set()

    def table(self, node: Node, section: Section, depth: int) -> None:
        """Add what stands in a document, a table, or the rest of a broken one."""
        root = section
        for kid in node.named_children:
            if kid.type == "pair":
                self.pair(kid, section, depth)
            elif kid.type in ("table", "table_array_element"):
                self.table(kid, self.named(kid, root), depth)
            elif kid.type == "ERROR" and depth < MAX_DEPTH:
                self.table(kid, section, depth + 1)

    def named(self, node: Node, root: Section) -> Section:
        """The section that `[a.b]` or `[[a.b]]` opens."""
        line, end = node.start_point[0] + 1, self.end(node)
        path = next((self.path(kid) for kid in node.named_children if kid.type in _KEYS), ["?"])
        section = self.walk(root, path[:-1], line)
        if node.type == "table":
            section = section.section(path[-1], line)
        else:
            rows = section.get(path[-1])
            if not isinstance(rows, Section) or rows.keyed:
                rows = Section(line, end, keyed=False)
                section.put(path[-1], rows)
            section = Section(line, end)
            rows.put("", section)
        section.end = max(section.end, end)
        return section

    def walk(self, section: Section, path: list[str], line: int) -> Section:
        """The section at the end of a path; of a row of tables the last one is meant."""
        if len(path) > MAX_DEPTH:
            self.notes.add(TOO_DEEP)
        for step in path[:MAX_DEPTH]:
            rows = section.get(step)
            last = rows.last() if isinstance(rows, Section) and not rows.keyed else None
            section = last if isinstance(last, Section) else section.section(step, line)
        return section

    def pair(self, node: Node, section: Section, depth: int) -> None:
        """`a.b = value`."""
        kids = node.named_children
        path = next((self.path(kid) for kid in kids if kid.type in _KEYS), None)
        if path is None or kids[-1].type in _KEYS:
            return
        value = self.value(kids[-1], depth + 1)
        if value is None:
            return
        section = self.walk(section, path[:-1], value.line)
        if section.put(path[-1], value):
            self.notes.add(TWICE)

    def value(self, node: Node, depth: int) -> tree.Node | None:
        """A value; None for what is none."""
        line, end = node.start_point[0] + 1, self.end(node)
        if node.is_missing or node.type in ("comment", "ERROR"):
            return None
        if node.type not in ("array", "inline_table"):
            return Scalar(self.text(node), line, end)
        if depth >= MAX_DEPTH:
            self.notes.add(TOO_DEEP)
            return None
        section = Section(line, end, keyed=node.type == "inline_table")
        for kid in node.named_children:
            if kid.type == "pair":
                self.pair(kid, section, depth)
            else:
                item = self.value(kid, depth + 1)
                if item:
                    section.put("", item)
        return section

    def path(self, node: Node) -> list[str]:
        """The keys of a key; a dotted one is a nested pair of keys."""
        keys: list[str] = []
        pending = [node]
        while pending:
            node = pending.pop()
            if node.type == "dotted_key":
                pending.extend(reversed(node.named_children))
            else:
                keys.append(self.text(node))
        return keys

    def text(self, node: Node) -> str:
        """The source of a scalar or key, a string decoded."""
        text = self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")
        if node.type not in ("string", "quoted_key"):
            return text
        try:
            return str(tomllib.loads(f"x = {text}")["x"])
        except (tomllib.TOMLDecodeError, RecursionError):
            return text.strip("\"'")

    def end(self, node: Node) -> int:
        """The last line of a node; a table ends with the line break behind it."""
        row, column = node.end_point
        return max(node.start_point[0] + 1, row + (1 if column else 0))
