"""Definitions of Python: units with their heads."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tree_sitter import Node

from clonescan.fingerprint import ORDER, STRUCTURE
from clonescan.kinds.code.python.imports import Imports
from clonescan.kinds.code.recorder import Unit
from clonescan.kinds.code.shapes import PLACEHOLDER, Key

_DEFINED = re.compile(
    rb"^[ \t]+(?:async[ \t]+)?def[ \t]+(\w+)|\b(?:self|cls)\.(\w++)[ \t]*+(?::[^=\n]{1,200}+)?=(?!=)", re.MULTILINE
)
# The two halves of the above, eight times as fast because each begins with a text that can be searched for.
_DEF = re.compile(rb"def[ \t]+(\w+)")
_INDENT = re.compile(rb"[ \t]+(?:async[ \t]+)?")
_ASSIGNED = re.compile(rb"self\.(?<!\wself\.)(\w++)[ \t]*+(?::[^=\n]{1,200}+)?=(?!=)")
_MOST_INDENT = 1_000  # bytes; more before a `def` is no indentation that anybody wrote
_RUNNERS = (b"pytest", b"unittest")
_MAX_NESTING = 100  # definitions inside definitions: Python itself refuses more indentation


class Definitions(Imports):
    """Reads functions and classes."""

    def definitions(self, source: bytes) -> set[bytes]:
        """Methods, and what is assigned on `self`."""
        methods = {found.group(1) for found in _DEF.finditer(source) if self.is_indented(source, found.start())}
        if b"cls." in source or b"self" in methods:  # the halves may overlap
            return {name for found in _DEFINED.finditer(source) for name in found.groups() if name}
        return methods.union(_ASSIGNED.findall(source))

    def is_indented(self, source: bytes, place: int) -> bool:
        """Whether a line begins with blanks that end here."""
        start = source.rfind(b"\n", max(0, place - _MOST_INDENT), place) + 1
        return bool((start or place < _MOST_INDENT) and _INDENT.fullmatch(source, start, place))

    def decorated(self, node: Node, depth: int) -> None:
        """A definition with its decorators, which belong to it."""
        *decorators, definition = (kid for kid in node.named_children if kid.kind_id not in self.noise)
        kind = "class" if definition.type == "class_definition" else "function"
        self.definition(definition, kind, depth, decorators)

    def function(self, node: Node, depth: int) -> None:
        """A function or method."""
        self.definition(node, "function", depth, [])

    def classes(self, node: Node, depth: int) -> None:
        """A class: its head and fields."""
        self.definition(node, "class", depth, [])

    def definition(self, node: Node, kind: str, depth: int, decorators: Sequence[Node]) -> None:
        """A unit with its head: the defaults of its parameters, or its bases."""
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is None:
            self.block(node, depth)
            return
        first = decorators[0] if decorators else node
        unit = Unit(self.text(name), kind, first.start_byte, node.end_byte, self.base)
        unit.names.add(unit.name)
        unit.node = node if kind == "function" else None

        def inside() -> None:
            for decorator in decorators:
                self.decorator(decorator.named_children[0], depth + 1)
            self.head(node, kind, depth)
            if body:
                self.run(body, depth + 1)

        if depth > _MAX_NESTING:
            return
        aliased = len(self.aliased)
        self.nested(unit, inside)
        self.forget(aliased)

    def decorator(self, node: Node, depth: int) -> None:
        """What a definition is wrapped in; not what a runner of tests is told of it, which is everyone's."""
        path = self.path(node.named_children[0] if node.type == "call" else node)
        if path is None or path.partition(b".")[0] not in _RUNNERS:
            self.names, kept = [], self.names
            self.visit(node, depth)
            self.names = kept

    def head(self, node: Node, kind: str, depth: int) -> None:
        """The first statement of a unit."""
        name = node.child_by_field_name("name")
        self.names = [self.text(name)] if name else []
        parts = node.child_by_field_name("parameters" if kind == "function" else "superclasses")
        if kind == "function":
            shapes = self.parameters(parts, depth) if parts else []
            key: Key = (b"def", *shapes)
            role = ORDER  # all defaults at once: evidence where they were kept, and one that changed costs nothing
        else:
            shapes = self.arguments(parts, PLACEHOLDER, depth + 1) if parts else []
            key, role = (b"class", *shapes), STRUCTURE
        self.push(self.node(key, node, role), node.start_byte, parts.end_byte if parts else node.start_byte)
