"""Configs in Python that give their values one by one to a record: `config = ConfigDict()`, then `config.lr = 0.1`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from tree_sitter import Node

from clonescan.kinds.config import tree
from clonescan.kinds.config.formats.python_values import Values
from clonescan.kinds.config.tree import MAX_DEPTH, Section

_RECORD = (
    r"(?:CN|CfgNode|ConfigDict|EasyDict|edict|AttrDict|Munch|(?:Simple)?Namespace|\w{0,40}(?:[cC]onfig|cfg)\w{0,40})"
)
"""What makes a record of settings: the classes of yacs, ml_collections and others, and what is called after configs."""

_CALLED = re.compile(rf"(?:.*\.)?{_RECORD}", re.DOTALL)
_MADE = re.compile(rf"= *(?:\w{{1,40}}\.){{0,4}}{_RECORD}\(".encode())
_NAME = re.compile(rb"(\w+) *$")
_GIVEN = re.compile(rb"^[ \t]*(\w+)\.[\w.]+ *= *[^=\s]", re.MULTILINE)
_LONGEST = 200
"""Bytes of a line before the sign in which the name of a record is looked for."""


def glance(data: bytes, least: int) -> bool:
    """Whether so many values can be given to a record that is made here."""
    names = set()
    for match in _MADE.finditer(data):
        name = _NAME.search(data, max(0, match.start() - _LONGEST), match.start())
        if name:
            names.add(name[1])
    if not names:
        return False
    given = Counter[bytes]()
    for match in _GIVEN.finditer(data):
        given[match[1]] += match[1] in names
        if given[match[1]] == least:
            return True
    return False


def records(block: Node, values: Values, outer: str = "", depth: int = 0) -> Iterator[tuple[str, Section]]:
    """The records of a module or function and of the functions in it, with their names, without parts of others."""
    made = _Made(values)
    for node in _statements(block):
        body = node.child_by_field_name("body")
        if node.type == "assignment":
            made.assign(node)
        elif body and depth < MAX_DEPTH:
            name = values.text(node.child_by_field_name("name"))
            yield from records(body, values, f"{outer}{name}.", depth + 1)
    for name, section in made.roots.items():
        if id(section) not in made.inside:
            yield outer + name, section


def _statements(block: Node) -> Iterator[Node]:
    """The assignments and functions of a block, and the assignments in its `with` statements, in reading order."""
    for kid in block.named_children:
        inner = kid.child_by_field_name("body" if kid.type == "with_statement" else "definition")
        for node in inner.named_children if kid.type == "with_statement" and inner else [inner or kid]:
            if node.type == "function_definition":
                yield node
            elif node.type == "expression_statement":
                yield from (part for part in node.named_children if part.type == "assignment")


@dataclass(slots=True)
class _Made:
    """The records that a block makes: under the names they stand for, those it began with, and those put in others."""

    values: Values
    known: dict[str, Section] = field(default_factory=dict)
    roots: dict[str, Section] = field(default_factory=dict)
    inside: set[int] = field(default_factory=set)

    def assign(self, node: Node) -> None:
        """`a = ConfigDict()`, `a.b = value`, `c = a.b`, or several of them in one statement."""
        paths = list[list[str]]()
        value: Node | None = node
        while value and value.type == "assignment":
            left = value.child_by_field_name("left")
            paths.append((self.values.target(left) if left else None) or [])
            value = value.child_by_field_name("right")
        if value is None:
            return
        record = self.record(value)
        for path in paths:
            if len(path) == 1:
                self.name(path[0], record, value)
            elif path and path[0] in self.known:
                self.put(path, record or self.values.read(value, 0))

    def name(self, name: str, record: Section | None, value: Node) -> None:
        """A name stands for a record, or from now on for none."""
        self.known.pop(name, None)
        if record is not None:
            self.known[name] = record
            if value.type == "call":
                self.roots[name] = record

    def put(self, path: list[str], value: tree.Node) -> None:
        """Give a record a value, which may be another record."""
        section = root = self.known[path[0]]
        for step in path[1:-1]:
            section = section.section(step, value.line)
        section.put(path[-1], value)
        if isinstance(value, Section) and value is not root:
            self.inside.add(id(value))
        for each in (root, section):
            each.end = max(each.end, value.end)

    def record(self, value: Node) -> Section | None:
        """The record that an expression makes or that it names."""
        if value.type == "call":
            callee = value.child_by_field_name("function")
            if callee is None or not _CALLED.fullmatch(self.values.text(callee)[-_LONGEST:]):
                return None
            found = self.values.read(value, 0)
            return found if isinstance(found, Section) and found.keyed else self.values.section(value)
        path = self.values.target(value)
        if path is None or path[0] not in self.known:
            return None
        section: tree.Node | None = self.known[path[0]]
        for step in path[1:]:
            section = section.get(step) if isinstance(section, Section) and section.keyed else None
        return section if isinstance(section, Section) and section.keyed else None
