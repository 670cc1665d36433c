"""Walks a syntax tree once and turns it into units of canonical statements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from tree_sitter import Node

from clonescan.kinds.code.expressions import MAX_DEPTH, Expressions, by_kind
from clonescan.kinds.code.grammar import Grammar
from clonescan.kinds.code.memory import MAX_READINGS, MIN_NODES, Memory, Reading
from clonescan.kinds.code.recorder import Unit
from clonescan.kinds.code.shapes import PLACEHOLDER
from clonescan.kinds.code.symbols import Symbols

Run = Callable[[Any, Node, int], None]
Read = Callable[[Any, Node, int], Sequence[int]]


class Walker(Expressions):
    """Reads files. Subclasses add what a language's data cannot say, by overriding `expressions` and `runs`.

    `plain` are the types of the statements that can be remembered: what reading one does depends on its text and on
    what the ASCII words in it stand for, and it neither imports anything nor holds a unit.
    """

    plain: ClassVar[tuple[str, ...]] = ()

    def __init__(self, grammar: Grammar, symbols: Symbols) -> None:
        super().__init__(grammar, symbols)
        self.runners = by_kind(self.runs(), grammar)
        self.memorable = frozenset(kind for name in self.plain for kind in grammar.kinds.get(name, ()))

    def forget(self) -> None:
        """Begin a new table of shapes."""
        super().forget()
        self.memory = Memory()

    def begin(self) -> None:
        """Begin a file."""
        if len(self.memory.readings) > MAX_READINGS:
            self.memory = Memory()
        super().begin()
        self.watching = False

    def runs(self) -> dict[str, Run]:
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
        root = self.grammar.parser().parse(source).root_node
        self.torn = root.has_error
        self.open(Unit(b"<module>", "module", base, base + len(source)))
        self.block(root, 0)
        self.close()
        return self.torn

    def definitions(self, source: bytes) -> set[bytes]:
        """The attributes that a file gives to its own objects; a rewriter may know them."""
        return set()

    def run(self, node: Node, depth: int) -> None:
        """Read one statement."""
        runner = self.runners.get(node.kind_id)
        if runner:
            runner(self, node, depth)
        else:
            self.simple(node, depth)

    def skip(self, node: Node, depth: int) -> None:
        """Noise."""

    def block(self, node: Node, depth: int) -> None:
        """A list of statements."""
        if depth > MAX_DEPTH:
            return
        for kid in node.named_children:
            if kid.kind_id in self.memorable and not self.names:
                self.remember(kid, depth + 1, Walker.statement)
            else:
                self.careful(kid, depth + 1)

    def remember(self, node: Node, depth: int, read: Read) -> Sequence[int]:
        """Read what may have been read before."""
        nodes = node.descendant_count
        at = depth if depth + nodes > MAX_DEPTH else 0  # a visit goes one deeper for each level of the tree at most
        if nodes < MIN_NODES or self.watching or (at and self.names) or (self.torn and node.has_error):
            return read(self, node, depth)
        start = node.start_byte
        text = self.source[start : node.end_byte]
        words = self.memory.words(text)
        if words is None:
            return read(self, node, depth)
        if self.pending:
            self.flush()
        bound, imported = words & self.bound, tuple(map(self.imports.get, words))
        key = (text, node.kind_id, nodes, at, self.unit.kind == "module", bound, words & self.own, imported)
        reading = self.memory.readings.get(key)
        if reading is None:
            reading = self.memory.readings[key] = self.watch(node, depth, read, words, bound)
            return reading.shapes
        number, origin = self.unit.number, start + self.base
        for record in reading.records:
            self.log.append((record, origin, number))
        if reading.names:
            self.unit.names |= reading.names
        if reading.bound:
            self.bound |= reading.bound
        for name in reading.dropped:
            del self.imports[name]
        self.names += reading.left
        self.targets += reading.targets
        return reading.shapes

    def watch(self, node: Node, depth: int, read: Read, words: frozenset[bytes], bound: frozenset[bytes]) -> Reading:
        """Read, and note everything that this does."""
        unit, first = self.unit, len(self.log)
        names, unit.names = unit.names, set()
        before, self.names = self.names, []
        earlier, self.targets = self.targets, []
        imported = [word for word in words if word in self.imports] if unit.kind == "module" else []
        self.origin, self.watching = node.start_byte, True
        try:
            shapes = tuple(read(self, node, depth))
            self.flush()
        finally:
            self.origin, self.watching = 0, False
            given, unit.names = frozenset(unit.names), names
            names |= given
        left, self.names = tuple(self.names), before + self.names
        targets, self.targets = tuple(self.targets), earlier + self.targets
        return Reading(
            tuple([record for record, _, _ in self.log[first:]]),
            given,
            (words & unit.bound) - bound,
            tuple([word for word in imported if word not in self.imports]),
            left,
            targets,
            shapes,
        )

    def statement(self, node: Node, depth: int) -> Sequence[int]:
        """Read a statement, which yields nothing."""
        self.careful(node, depth)
        return ()

    def expressed(self, node: Node, depth: int) -> Sequence[int]:
        """The shape of an expression."""
        return (self.visit(node, depth),)

    def careful(self, node: Node, depth: int) -> None:
        """Read a statement; one that a syntax error has torn, so that parts of it are missing, is left out."""
        unit = self.unit
        try:
            self.run(node, depth)
        except (IndexError, ValueError):
            if not node.has_error:
                raise
            self.enter(unit)

    def simple(self, node: Node, depth: int) -> None:
        """A statement without a body."""
        shape = self.visit(node, depth)
        if shape != PLACEHOLDER:
            self.push(shape, node.start_byte, node.end_byte)
        self.names = []
        self.targets = []

    def compound(self, node: Node, depth: int) -> None:
        """A statement with bodies: its head is a statement of its own, what is in the bodies follows."""
        head = [kid for kid in node.named_children if self.grammar.roles.get(kid.kind_id) not in ("block", "compound")]
        shapes = self.visit_all(head, depth)
        if shapes:
            self.push(self.node((node.type.encode(), *shapes), node), node.start_byte, head[-1].end_byte)
        for kid in node.named_children:
            if self.grammar.roles.get(kid.kind_id) in ("block", "compound"):
                self.run(kid, depth + 1)

    def function(self, node: Node, depth: int) -> None:
        """A function: a unit of its own."""
        self.define(node, "function", depth)

    def classes(self, node: Node, depth: int) -> None:
        """A class: its fields are a unit, its methods are others."""
        self.define(node, "class", depth)

    def define(self, node: Node, kind: str, depth: int) -> None:
        """Read a definition by its fields `name` and `body`."""
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        unit = Unit(self.text(name) if name else b"<anonymous>", kind, node.start_byte, node.end_byte)
        unit.start, unit.end = unit.start + self.base, unit.end + self.base
        unit.names.add(unit.name)

        def inside() -> None:
            if body:
                self.run(body, depth + 1)

        self.nested(unit, inside)
