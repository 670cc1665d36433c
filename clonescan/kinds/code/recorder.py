"""What has been read of a file so far: its units, and a log of the statements in them with the shapes they hold."""

from __future__ import annotations

from array import array
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from clonescan.fingerprint import ANCHOR, NAME, STRUCTURE
from clonescan.kinds.code.grammar import Grammar
from clonescan.kinds.code.shapes import PLACEHOLDER, Key, Shapes
from clonescan.kinds.code.symbols import Symbols

NO_STATEMENT = (PLACEHOLDER, 0, 0)

MAX_SHAPES = 1 << 19
"""Shapes after which a new table is begun, between two files: one takes about 300 bytes, and most of the shapes of a
large repository still meet again."""


class At(Protocol):
    """Where something stands: a node, or the like."""

    @property
    def start_byte(self) -> int:
        """Its first byte."""

    @property
    def end_byte(self) -> int:
        """The byte behind it."""


class Span(NamedTuple):
    """A place that no node was made for."""

    start_byte: int
    end_byte: int


class Record(NamedTuple):
    """What reading a stretch of source left behind.

    `triples` holds three integers for each shape that was touched, in the order of first occurrence: the shape, and the
    bytes at which it starts and ends, counted from the record's origin. The last triple is the canonical statement that
    the stretch ends in, or `NO_STATEMENT`; `names` are the source names of its placeholders, and `targets` those of
    them that it sets.
    """

    triples: bytes
    names: tuple[bytes, ...] = ()
    targets: tuple[bytes, ...] = ()


@dataclass(slots=True)
class Unit:
    """A function, class body or module body while it is being read; `number` counts the units of a file."""

    name: bytes
    kind: str
    start: int
    end: int
    number: int = 0
    names: set[bytes] = field(default_factory=set)
    bound: set[bytes] = field(default_factory=set)


class Recorder:
    """Notes units and shapes while files are being read; `units`, `log` and `shapes` hold the result for one file.

    The table of shapes, and what is known of each, stays from file to file.
    """

    def __init__(self, grammar: Grammar, symbols: Symbols) -> None:
        self.grammar = grammar
        self.symbols = symbols
        self.synonyms = {name.encode(): other.encode() for name, other in grammar.synonyms.items()}
        self.pending: dict[int, At] = {}
        self.touch = self.pending.setdefault
        self.source = b""
        self.base = 0
        self.forget()
        self.begin()

    def forget(self) -> None:
        """Begin a new table of shapes."""
        self.shapes = Shapes()
        self.anchors: dict[bytes, int] = {}
        self.kept: dict[bytes, int] = {}
        self.paths: dict[int, bytes] = {}

    def begin(self) -> None:
        """Begin a file."""
        if len(self.shapes) > MAX_SHAPES:
            self.forget()
        self.units: list[Unit] = []
        self.log: list[tuple[Record, int, int]] = []
        self.imports: dict[bytes, bytes] = {}
        self.names: list[bytes] = []
        self.targets: list[bytes] = []
        self.pending.clear()
        self.origin = 0

    # Units

    def open(self, unit: Unit) -> None:
        """Make a unit the one that statements go to; its bound names include those of the unit around it."""
        if self.units and unit.kind != "module":
            unit.bound |= self.unit.bound if self.unit.kind == "function" else set()
        unit.number = len(self.units)
        self.units.append(unit)
        self.enter(unit)

    def enter(self, unit: Unit) -> None:
        """Direct what is read to this unit."""
        self.flush()
        self.unit = unit
        self.bound = unit.bound
        self.names = []
        self.targets = []

    def close(self) -> None:
        """End a unit: its names become features, which add evidence when they were kept."""
        self.flush()
        triples: list[int] = []
        for name in sorted(self.unit.names - self.grammar.receivers):
            shape = self.kept.get(name)
            if shape is None:
                shape = self.kept[name] = self.shape((b"name:" + name,), NAME)
            triples += (shape, 0, 0)
        triples += NO_STATEMENT
        self.log.append((Record(array("I", triples).tobytes()), self.unit.start, self.unit.number))

    def nested(self, unit: Unit, body: Callable[[], None]) -> None:
        """Read a unit inside another one."""
        outer = self.unit
        if outer.kind != "module":
            unit.name = outer.name + b"." + unit.name
        self.open(unit)
        body()
        self.close()
        self.enter(outer)

    def push(self, shape: int, start: int, end: int) -> None:
        """End a statement."""
        for name in self.names:
            if b"." in name:
                self.unit.names.update(name.split(b".")[1:])
        self.note((shape, start - self.origin, end - self.origin), tuple(self.names), tuple(self.targets))
        self.names = []
        self.targets = []

    def flush(self) -> None:
        """Log the shapes that were touched since the last statement ended."""
        if self.pending:
            self.note(NO_STATEMENT, (), ())

    def note(self, statement: tuple[int, int, int], names: tuple[bytes, ...], targets: tuple[bytes, ...]) -> None:
        """Log the shapes that were touched since the last record, and a statement."""
        origin = self.origin
        triples: list[int] = []
        for shape, at in self.pending.items():
            triples += (shape, at.start_byte - origin, at.end_byte - origin)
        triples += statement
        self.pending.clear()
        record = Record(array("I", triples).tobytes(), names, targets)
        self.log.append((record, origin + self.base, self.unit.number))

    # Shapes

    def shape(self, key: Key, kind: int, extra: tuple[int, ...] = ()) -> int:
        """The shape of a label and its children."""
        found = self.shapes.index.get(key)
        return self.shapes.add(key, extra, kind) if found is None else found

    def node(self, key: Key, at: At, extra: tuple[int, ...] = ()) -> int:
        """The shape of a subtree, which the unit holds."""
        shape = self.shapes.index.get(key)
        if shape is None:
            shape = self.shapes.add(key, extra, STRUCTURE)
        self.touch(shape, at)
        return shape

    def leaf(self, label: bytes, at: At, kind: int = ANCHOR) -> int:
        """The shape of a symbol or literal, which the unit holds."""
        shape = self.shapes.index.get((label,))
        if shape is None:
            shape = self.shapes.add((label,), (), kind)
        self.touch(shape, at)
        return shape

    def symbol(self, name: bytes, at: At) -> int:
        """The anchor of a symbol that stays in the structure, under its one name."""
        shape = self.anchors.get(name)
        if shape is None:
            shape = self.anchors[name] = self.shape((b"sym:" + self.synonym(name),), ANCHOR)
            self.paths[shape] = self.synonym(name)
        self.touch(shape, at)
        return shape

    def synonym(self, name: bytes) -> bytes:
        """The one name for what libraries offer under several."""
        return self.synonyms.get(name, name)

    def placeholder(self, name: bytes) -> int:
        """The shape of a name that is free to change; the name itself is kept for the rename map."""
        self.names.append(name)
        return PLACEHOLDER

    def text(self, node: At) -> bytes:
        """The source of a node."""
        return self.source[node.start_byte : node.end_byte]
