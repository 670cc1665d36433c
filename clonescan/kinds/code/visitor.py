"""Visits the nodes of expressions: by the type or the role of each, down to a depth."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, TypeVar

from tree_sitter import Node

from clonescan.fingerprint import NOTHING
from clonescan.kinds.code.grammar import Grammar
from clonescan.kinds.code.recorder import Recorder
from clonescan.kinds.code.shapes import PLACEHOLDER
from clonescan.kinds.code.symbols import Symbols

MAX_DEPTH = 200
"""Deeper expressions end in a placeholder: no hand-written code nests so far, and Python's stack is finite."""

Handler = TypeVar("Handler")
Part = TypeVar("Part")
Order = Callable[[int], tuple[int, int] | int]
Visit = Callable[[Any, Node, int], int]


class Visitor(Recorder):
    """Visits each node once. Subclasses say how, by overriding `expressions`."""

    def __init__(self, grammar: Grammar, symbols: Symbols) -> None:
        super().__init__(grammar, symbols)
        self.roles = grammar.roles
        self.types, self.noise, self.visitors = _tables(grammar, self.expressions)

    @classmethod
    def expressions(cls) -> dict[str, Visit]:
        """How to visit an expression, by role or node type; each returns the shape."""
        return {}

    def visit(self, node: Node, depth: int) -> int:
        """The shape of an expression."""
        return self.visitors[node.kind_id](self, node, depth) if depth <= MAX_DEPTH else PLACEHOLDER

    def visit_all(self, nodes: Iterable[Node], depth: int) -> list[int]:
        """The shapes of expressions, comments left out."""
        visitors, noise = self.visitors, self.noise
        if depth > MAX_DEPTH:
            return [PLACEHOLDER for node in nodes if node.kind_id not in noise]
        return [visitors[kind](self, node, depth) for node in nodes if (kind := node.kind_id) not in noise]

    def generic(self, node: Node, depth: int) -> int:
        """Any node that no role speaks of: its type and its children."""
        kids = node.named_children
        children = self.visit_all(kids, depth + 1) if kids else ()
        if not children:
            return self.leaf(b"t:" + self.types[node.kind_id], node, NOTHING)
        return self.node((self.types[node.kind_id], *children), node)

    def apart(self, parts: Iterable[Part], read: Callable[[Part], int]) -> list[tuple[int, list[bytes]]]:
        """The shapes of parts, each with the names in it, which wait to be put in order."""
        found: list[tuple[int, list[bytes]]] = []
        for part in parts:
            mark = len(self.names)
            shape = read(part)
            found.append((shape, self.names[mark:]))
            del self.names[mark:]
        return found

    def ordered(self, found: list[tuple[int, list[bytes]]], order: Order | None = None) -> list[int]:
        """Shapes in an order that does not depend on how they are written, and their names likewise."""
        key = order or self.shapes.hash.__getitem__
        found.sort(key=lambda item: key(item[0]))
        for _, names in found:
            self.names += names
        return [shape for shape, _ in found]


@cache
def _tables(
    grammar: Grammar, expressions: Callable[[], dict[str, Visit]]
) -> tuple[dict[int, bytes], frozenset[int], dict[int, Visit]]:
    """By node kind id: the type, whether it is noise, and how to visit it."""
    types = {kind: name.encode() for name, kinds in grammar.kinds.items() for kind in kinds}
    noise = frozenset(kind for kind, role in grammar.roles.items() if role == "noise")
    visitors: dict[int, Visit] = dict.fromkeys(types, Visitor.generic)
    return types, noise, visitors | by_kind(expressions(), grammar)


def by_kind(handlers: dict[str, Handler], grammar: Grammar) -> dict[int, Handler]:
    """Handlers by node kind id; a handler for a node type goes before one for its role."""
    table = {kind: handlers[role] for kind, role in grammar.roles.items() if role in handlers}
    for name, handler in handlers.items():
        table.update(dict.fromkeys(grammar.kinds.get(name, ()), handler))
    return table
