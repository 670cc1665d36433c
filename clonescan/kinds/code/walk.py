"""Walks a syntax tree once and turns it into units of canonical statements."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from tree_sitter import Node

from clonescan.kinds.code.expressions import Constant, Expressions
from clonescan.kinds.code.grammar import Grammar
from clonescan.kinds.code.recorder import Unit
from clonescan.kinds.code.shapes import PLACEHOLDER
from clonescan.kinds.code.symbols import Symbols
from clonescan.kinds.code.visitor import MAX_DEPTH, by_kind

Run = Callable[[Any, Node, int], None]


class Walker(Expressions):
    """Reads one file. Subclasses add what a language's data cannot say, by overriding `expressions` and `runs`."""

    def __init__(self, grammar: Grammar, symbols: Symbols) -> None:
        super().__init__(grammar, symbols)
        self.runners = _runners(grammar, self.runs)

    @classmethod
    def runs(cls) -> dict[str, Run]:
        """How to read a statement, by role or node type."""
        return {
            "noise": Walker.skip,
            "block": Walker.block,
            "compound": Walker.compound,
            "function": Walker.function,
            "class": Walker.classes,
        }

    def read(self, source: bytes, base: int = 0) -> bool:
        """Read a file, or a part of one that stands `base` bytes in. Returns whether it holds syntax errors."""
        self.source, self.base = source, base
        self.own |= self.definitions(source)
        root = self.grammar.tree(source).root_node
        for name, constant in self.named_literals(root).items():
            self.constants[name] = None if name in self.constants else constant
        self.open(Unit(b"<module>", "module", 0, len(source), base))
        self.block(root, 0)
        self.close()
        return root.has_error

    def definitions(self, source: bytes) -> set[bytes]:
        """The attributes that a file gives to its own objects; a rewriter may know them."""
        return set()

    def named_literals(self, root: Node) -> dict[bytes, Constant | None]:
        """The literals that a file gives a name to, None for names set otherwise; a rewriter may know them."""
        return {}

    def run(self, node: Node, depth: int) -> None:
        """Read one statement."""
        self.runners.get(node.kind_id, Walker.simple)(self, node, depth)

    def skip(self, node: Node, depth: int) -> None:
        """Noise."""

    def block(self, node: Node, depth: int) -> None:
        """A list of statements."""
        if depth > MAX_DEPTH:
            return
        unit, runners, held, within = self.unit, self.runners, len(self.held), self.within
        kids = node.named_children
        for place, kid in enumerate(kids):
            self.here = kids, place
            try:
                runners.get(kid.kind_id, Walker.simple)(self, kid, depth + 1)
            except (IndexError, ValueError):  # a syntax error has torn it, so that parts are missing: left out
                if not kid.has_error:
                    raise
                self.enter(unit)
        while len(self.held) > held:
            self.settle(depth)
        self.within = within

    def settle(self, depth: int) -> None:
        """Set the last local that waits for a use, at the end of its block; a rewriter may hold values."""
        self.held.popitem()

    def simple(self, node: Node, depth: int) -> None:
        """A statement without a body."""
        shape = self.visit(node, depth)
        if shape != PLACEHOLDER:
            self.push(shape, node.start_byte, node.end_byte)
        self.names = []
        self.targets = []

    def compound(self, node: Node, depth: int) -> None:
        """A statement with bodies: its head is a statement of its own, what is in the bodies follows."""
        head = [kid for kid in node.named_children if self.roles.get(kid.kind_id) not in ("block", "compound")]
        shapes = self.visit_all(head, depth)
        shape = self.node((node.type.encode(), *shapes), node)
        if shapes:
            self.push(shape, node.start_byte, head[-1].end_byte)
        self.bodies(node, shape, depth)

    def bodies(self, node: Node, head: int, depth: int) -> None:
        """What stands in a statement with bodies, under its head."""
        within = self.within
        self.within = self.under(within, head)
        for kid in node.named_children:
            if self.roles.get(kid.kind_id) in ("block", "compound"):
                self.run(kid, depth + 1)
        self.within = within

    def function(self, node: Node, depth: int) -> None:
        """A function: a unit of its own."""
        self.define(node, "function", depth)

    def classes(self, node: Node, depth: int) -> None:
        """A class: its fields are a unit, its methods are others."""
        self.define(node, "class", depth)

    def define(self, node: Node, kind: str, depth: int) -> None:
        """Read a definition by its fields `name` and `body`."""
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        unit = Unit(self.text(name) if name else b"<anonymous>", kind, node.start_byte, node.end_byte, self.base)
        unit.names.add(unit.name)

        def inside() -> None:
            if body:
                self.run(body, depth + 1)

        self.nested(unit, inside)


@cache
def _runners(grammar: Grammar, runs: Callable[[], dict[str, Run]]) -> dict[int, Run]:
    return by_kind(runs(), grammar)
