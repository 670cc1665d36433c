"""What has been read of a file so far: its shapes, its units, and the statements in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from tree_sitter import Node

from clonescan.fingerprint import ANCHOR, NAME, NESTING, NOTHING, ORDER, STRUCTURE
from clonescan.kinds.code.grammar import Grammar
from clonescan.kinds.code.shapes import MASK, PLACEHOLDER, Key, Shapes, label_hash, mixed
from clonescan.kinds.code.symbols import Symbols

MAX_BOUND = 2_000
"""Names of a function that the functions in it know of: nobody writes as many, and each of them copies them all."""

MAX_NAME = 500
"""Bytes of a name that go before the names of what is inside."""

ATTRIBUTE = b"attribute:"
"""Before the name of an attribute that is free, and evidence where it was kept."""

_READ = b"="
"""Before the name of a local that is read as its value: such names come last, since not all who write the value have
one."""


@dataclass(slots=True)
class Statement:
    """One canonical statement: its shape, where it stands in bytes, and the source names of its placeholders.

    `seen` counts the shapes that its unit holds by the end of it.
    """

    shape: int
    start: int
    end: int
    names: list[bytes]
    seen: int


@dataclass(slots=True)
class Unit:
    """A function, class body or module body while it is being read.

    Places are bytes of the part of the file that begins at `base`. `seen` maps each of its shapes, in the order of the
    statements, to where it first begins; `ends` say where that ends. `writers` maps each variable to the statement that
    set it last. `nesting` sums up which statements stand under which heads, and what their one spelling leaves out.
    `node`: of a function, where a rewriter may look up what its names are.
    """

    name: bytes
    kind: str
    start: int
    end: int
    base: int
    seen: dict[int, int] = field(default_factory=dict)
    ends: list[int] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    names: set[bytes] = field(default_factory=set)
    bound: set[bytes] = field(default_factory=set)
    writers: dict[bytes, int] = field(default_factory=dict)
    nesting: int = 0
    node: Node | None = None


@dataclass(frozen=True, slots=True)
class Held:
    """What a local stands for that is read as its value: the shape and its names; it is set from `start` on."""

    left: Node
    shape: int
    names: list[bytes]
    start: int


class Recorder:
    """Notes units and shapes while a file is being read; `units` and `shapes` hold the result."""

    def __init__(self, grammar: Grammar, symbols: Symbols) -> None:
        self.grammar = grammar
        self.symbols = symbols
        self.shapes = Shapes()
        self.index = self.shapes.index
        self.units: list[Unit] = []
        self.imports: dict[bytes, bytes] = {}
        self.anchors: dict[bytes, int] = {}
        self.paths: dict[int, bytes] = {}
        self.held: dict[bytes, Held] = {}
        self.since: int | None = None
        self.within = 0
        self.base = 0
        self.source = b""

    # Units

    def open(self, unit: Unit) -> None:
        """Make a unit the one that statements go to; its bound names include those of the unit around it."""
        if self.units and unit.kind != "module":
            outer = self.unit.bound if self.unit.kind == "function" else set()
            unit.bound |= outer if len(outer) <= MAX_BOUND else set()
        self.units.append(unit)
        self.enter(unit)

    def enter(self, unit: Unit) -> None:
        """Direct what is read to this unit."""
        self.unit = unit
        self.seen = unit.seen
        self.ends = unit.ends
        self.bound = unit.bound
        self.names: list[bytes] = []
        self.targets: list[bytes] = []

    def close(self) -> None:
        """End a unit: its names become features, which add evidence when they were kept, and its nesting another."""
        if self.unit.nesting:
            self.seen[self.shapes.number(self.unit.nesting & MASK, NESTING)] = self.unit.start
            self.ends.append(self.unit.start)
        for name in sorted(self.unit.names):
            counted = self.index.get((ATTRIBUTE + name,)) in self.seen  # once is enough
            if name not in self.grammar.receivers and not counted:
                shape = self.shapes.leaf(b"name:" + name, NAME)
                if shape not in self.seen:
                    self.seen[shape] = self.unit.start
                    self.ends.append(self.unit.start)
        self.unit.bound = set()

    def nested(self, unit: Unit, body: Callable[[], None]) -> None:
        """Read a unit inside another one."""
        outer = self.unit
        if outer.kind != "module" and len(outer.name) <= MAX_NAME:
            unit.name = outer.name + b"." + unit.name
        within, self.within = self.within, 0
        self.open(unit)
        body()
        self.close()
        self.within = within
        self.enter(outer)

    def push(self, shape: int, start: int, end: int) -> None:
        """End a statement; two statements in a row are a feature, so that an order of common ones can be evidence."""
        unit, names = self.unit, self.names
        if self.since is not None:
            start = self.began(start)
            names = [name for name in names if name[:1] != _READ] + [name[1:] for name in names if name[:1] == _READ]
        if self.within:  # a sum, so that the order of statements does not matter
            unit.nesting += self.within * self.shapes.hash[shape] & MASK
        statements, crown = unit.statements, self.shapes.crown(shape)
        if crown not in self.seen:
            self.seen[crown] = start
            self.ends.append(end)
        if statements:
            before = statements[-1]
            self.order((b";", self.shapes.crown(before.shape), crown), before.start, end)
        self.flow(crown, start, end)
        for name in names:
            if b"." in name:
                unit.names.update(name.split(b".")[1:])
        statements.append(Statement(shape, start, end, names, len(self.seen)))
        self.names = []

    def flow(self, shape: int, start: int, end: int) -> None:
        """A statement that sets a variable and one that uses it are a feature, whatever stands between them; `shape` is
        the crown of the second.
        """
        writers = self.unit.writers
        if writers:
            found = set()
            for name in self.names:
                variable = name if name in writers else name.split(b".", 1)[0]
                if variable in writers:
                    found.add(writers[variable])
            for writer in sorted(found):
                self.order((b">", writer, shape), start, end)
        if self.targets:
            for name in self.targets:
                writers[name] = shape
            self.targets = []

    def under(self, within: int, head: int, side: bool = True) -> int:
        """Where a statement stands that is under a head, on this side of it, which is `within` others itself."""
        return mixed(within, self.shapes.hash[head] + side)

    def trace(self, detail: bytes) -> None:
        """Note what the one spelling leaves out, so that units which differ in it are not told to be the same."""
        self.unit.nesting = self.unit.nesting + label_hash(b"as:" + detail) & MASK

    def began(self, start: int) -> int:
        """Where a statement begins, with the setting of the locals that are read as their values in it."""
        since, self.since = self.since, None
        return start if since is None else min(start, since)

    def release(self, name: bytes) -> int:
        """The shape of the value that a local stands for; its names come where the local is."""
        held = self.held.pop(name)
        self.names += (_READ + name, *held.names)
        self.since = self.began(held.start)
        return held.shape

    def order(self, key: Key, start: int, end: int) -> None:
        """Note how two statements stand to each other."""
        shape = self.index.get(key)
        if shape is None:
            shape = self.shapes.add(key, ORDER)
        if shape not in self.seen:
            self.seen[shape] = start
            self.ends.append(end)

    # Shapes

    def node(self, key: Key, at: Node, kind: int = STRUCTURE) -> int:
        """The shape of a subtree; the unit notes where it first holds it."""
        shape = self.index.get(key)
        if shape is None:
            shape = self.shapes.add(key, kind)
        if shape not in self.seen:
            self.seen[shape] = at.start_byte
            self.ends.append(at.end_byte)
        return shape

    def leaf(self, label: bytes, at: Node, kind: int = ANCHOR) -> int:
        """The shape of a symbol or literal."""
        shape = self.index.get((label,))
        if shape is None:
            shape = self.shapes.leaf(label, kind)
        if shape not in self.seen:
            self.seen[shape] = at.start_byte
            self.ends.append(at.end_byte)
        return shape

    def symbol(self, name: bytes, at: Node) -> int:
        """The anchor of a symbol that stays in the structure, under its one name."""
        shape = self.anchors.get(name)
        if shape is None:
            path = self.synonym(name)
            grammar = self.grammar  # `mul` is a sign, which is no anchor either
            other = path in grammar.operators or path in grammar.casts or path in grammar.respelled
            kind = NOTHING if other else ANCHOR
            shape = self.anchors[name] = self.shapes.leaf(b"sym:" + path, kind)
            self.paths[shape] = path
        if shape not in self.seen:
            self.seen[shape] = at.start_byte
            self.ends.append(at.end_byte)
        return shape

    def synonym(self, name: bytes) -> bytes:
        """The one name for what libraries offer under several."""
        return self.grammar.synonyms.get(name, name)

    def placeholder(self, name: bytes) -> int:
        """The shape of a name that is free to change; the name itself is kept for the rename map."""
        self.names.append(name)
        return PLACEHOLDER

    def text(self, node: Node) -> bytes:
        """The source of a node."""
        return self.source[node.start_byte : node.end_byte]
