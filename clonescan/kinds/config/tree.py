"""A config as a tree of sections and values with their lines, whatever format it was written in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

MAX_DEPTH = 60
"""Deeper sections are left out: no hand-written config nests so far, and Python's stack is finite."""

MAX_LEAVES = 5_000
"""Values of a file that are compared; the longest configs of transformers and mmdet hold some hundreds."""

TOO_DEEP = f"nested more than {MAX_DEPTH} levels deep; what is deeper is not compared"
MULTIPLIED = "its aliases stand for more values than are compared of any file"
LEFT = "what could be read is compared"
BROKEN = f"syntax errors; {LEFT}"
TWICE = "holds keys that are given twice; the last of each counts"


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value as text, strings without quotes and escapes; lines are 1-based and inclusive."""

    text: str
    line: int
    end: int


class Section:
    """Keys with what they stand for, or without `keyed` a sequence, whose keys are empty; lines as of a Scalar.

    The same section may stand under several keys, as an alias of YAML or a name of Python does.
    """

    __slots__ = ("_nodes", "end", "keyed", "line")

    def __init__(self, line: int, end: int, keyed: bool = True) -> None:
        self.line = line
        self.end = end
        self.keyed = keyed
        self._nodes: dict[str | int, Node] = {}

    def put(self, key: str, node: Node) -> bool:
        """Add an entry; returns whether it replaces one, as the last one of equal keys does in every format."""
        place: str | int = key if self.keyed else len(self._nodes)
        replaced = self._nodes.pop(place, None) is not None
        self._nodes[place] = node
        return replaced

    def get(self, key: str) -> Node | None:
        """What a key stands for."""
        return self._nodes.get(key)

    def section(self, key: str, line: int) -> Section:
        """The section under a key; a new one if there is none."""
        known = self._nodes.get(key)
        if isinstance(known, Section) and known.keyed:
            return known
        made = Section(line, line)
        self.put(key, made)
        return made

    def last(self) -> Node | None:
        """The last entry."""
        return next(reversed(self._nodes.values()), None)

    def __len__(self) -> int:
        return len(self._nodes)

    def __bool__(self) -> bool:
        return True

    @property
    def values(self) -> Iterable[Node]:
        """What the keys stand for, in reading order."""
        return self._nodes.values()

    @property
    def entries(self) -> Iterable[tuple[str, Node]]:
        """The keys and what they stand for, in reading order."""
        return ((key if isinstance(key, str) else "", node) for key, node in self._nodes.items())


Node = Scalar | Section


@dataclass(frozen=True, slots=True)
class Document:
    """What is compared as one: a file, a document of a stream, a class."""

    name: str
    root: Section


@dataclass(frozen=True, slots=True)
class Read:
    """The documents of a file, and what could not be read of it."""

    documents: Sequence[Document]
    notes: tuple[str, ...] = ()
