"""JSON, with comments and trailing commas, by tree-sitter: positions, and what stands around an error."""

from __future__ import annotations

import json

import tree_sitter_json
from tree_sitter import Language, Node, Parser

from clonescan.kinds.config import tree
from clonescan.kinds.config.tree import BROKEN, MAX_DEPTH, TOO_DEEP, TWICE, Document, Read, Scalar, Section

_LANGUAGE = Language(tree_sitter_json.language())


def read(data: bytes) -> Read:
    """The one document of a file; a root that is no object is a section without keys."""
    root = Parser(_LANGUAGE).parse(data).root_node
    reader = _Reader(data)
    if root.type == "ERROR":
        reader.notes.add(BROKEN)
    values = [kid for kid in root.named_children if kid.type != "comment"]
    found = reader.node(values[0], 0) if len(values) == 1 and values[0].type in ("object", "array") else None
    if not isinstance(found, Section):
        found = Section(1, root.end_point[0] + 1, keyed=not data.lstrip().startswith(b"["))
        reader.object(root, found, 0)
    return Read([Document("<config>", found)], tuple(sorted(reader.notes)))


class _Reader:
    """Turns syntax nodes into sections and scalars."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.notes: set[str] = set()

    def node(self, node: Node, depth: int) -> tree.Node | None:
        """A value; None for what is none."""
        line, end = node.start_point[0] + 1, node.end_point[0] + 1
        if node.is_missing or node.type in ("comment", "ERROR"):
            return None
        if node.type in ("object", "array"):
            if depth >= MAX_DEPTH:
                self.notes.add(TOO_DEEP)
                return None
            section = Section(line, end, keyed=node.type == "object")
            self.object(node, section, depth)
            return section
        return Scalar(self.text(node), line, end)

    def object(self, node: Node, section: Section, depth: int) -> None:
        """Add what an object, an array or the rest of a broken one holds."""
        if node.child_count and node.children[-1].is_missing:
            self.notes.add(BROKEN)
        for kid in node.named_children:
            if kid.type == "pair":
                key, value = kid.child_by_field_name("key"), kid.child_by_field_name("value")
                found = self.node(value, depth + 1) if value else None
                if key and found and section.put(self.text(key), found):
                    self.notes.add(TWICE)
            elif kid.type == "ERROR":
                if self.data[kid.start_byte : kid.end_byte].strip() != b",":
                    self.notes.add(BROKEN)
                self.rest(kid, section, depth)
            elif not section.keyed:
                found = self.node(kid, depth + 1)
                if found:
                    section.put("", found)
            elif kid.type == "object":
                self.object(kid, section, depth)

    def rest(self, error: Node, section: Section, depth: int) -> None:
        """The pairs of a broken object."""
        if depth < MAX_DEPTH and section.keyed:
            self.object(error, section, depth + 1)

    def text(self, node: Node) -> str:
        """The source of a scalar, a string decoded."""
        text = self.data[node.start_byte : node.end_byte].decode("utf-8", "replace")
        if node.type != "string":
            return text
        try:
            return str(json.loads(text))
        except (ValueError, RecursionError):
            return text.strip("\"'")
