"""The canonical shape of an expression; what data can say of a language is here."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from tree_sitter import Node

from clonescan.fingerprint import ANCHOR, NAME, NOTHING, ORDER
from clonescan.kinds.code.arguments import MAX_ROW, Arguments
from clonescan.kinds.code.grammar import Grammar
from clonescan.kinds.code.literals import einsum, number
from clonescan.kinds.code.recorder import ATTRIBUTE
from clonescan.kinds.code.shapes import CALL, PLACEHOLDER, Key
from clonescan.kinds.code.symbols import MAX_TEXT, Symbols
from clonescan.kinds.code.visitor import MAX_DEPTH, Visit

MAX_KEPT_INTEGER = 4
"""Integers up to this magnitude stay in the structure: they are axes and indices. Others are settings, which change."""

SYMMETRIC = frozenset((b"+", b"*", b"==", b"!=", b"&", b"|", b"^"))
"""Operators whose sides may be exchanged, but for the sum of rows."""

_LITERALS = ("number", "string", "noise")
_EINSUM = re.compile(rb"[A-Za-z0-9_.() ,]*->[A-Za-z0-9_.() ,]*")
_WORDS = re.compile(rb"\S+\s+\S+\s+\S")
_HEAD = re.compile(rb"([A-Za-z_][A-Za-z0-9_]*)[\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class Constant:
    """A number or string that a file gives a name to, once and for all: `EPS = 1e-5`."""

    text: bytes
    is_number: bool

    def visit(self, reader: Expressions, at: Node) -> int:
        """Its shape, where its name stands for it."""
        return reader.value(self.text, at) if self.is_number else reader.literal(self.text, at)


class Expressions(Arguments):
    """Visits expressions; subclasses add what a language's data cannot say, by overriding `expressions`."""

    def __init__(self, grammar: Grammar, symbols: Symbols) -> None:
        super().__init__(grammar, symbols)
        self.opposite: dict[int, int] = {}
        self.own: set[bytes] = set()
        self.rows: set[int] = set()
        self.origins: dict[bytes, tuple[bytes, bytes, bytes]] = {}
        self.constants: dict[bytes, Constant | None] = {}
        self.starred = b""
        self.builtins = grammar.builtins
        self.fields = symbols.attribute if grammar.fields is None else symbols.attribute & grammar.fields

    @classmethod
    def expressions(cls) -> dict[str, Visit]:
        """How to visit an expression, by role or node type; each returns the shape."""
        return super().expressions() | {
            "identifier": Expressions.identifier,
            "attribute": Expressions.attribute,
            "call": Expressions.call,
            "operator": Expressions.operator,
            "group": Expressions.group,
            "sequence": Expressions.sequence,
            "string": Expressions.string,
            "number": Expressions.number,
        }

    def group(self, node: Node, depth: int) -> int:
        """Parentheses mean nothing."""
        inner = self.visit_all(node.named_children, depth + 1)
        return inner[0] if len(inner) == 1 else self.node((b"seq", *inner), node)

    def sequence(self, node: Node, depth: int) -> int:
        """Tuples, lists and sets, which are often interchangeable."""
        kids = node.named_children
        if len(kids) > MAX_ROW and all(self.roles.get(kid.kind_id) in _LITERALS for kid in kids):
            return self.table(kids, node)
        shape = self.node((b"seq", *self.visit_all(kids, depth + 1)), node)
        self.rows.add(shape)
        return shape

    def table(self, kids: Sequence[Node], at: Node) -> int:
        """A long row of literals is data: a feature for each stretch, not for each number."""
        texts = [self.row_text(kid) for kid in kids if kid.kind_id not in self.noise]
        rows = [b",".join(texts[start : start + MAX_ROW]) for start in range(0, len(texts), MAX_ROW)]
        return self.node((b"table", *(self.leaf(b"row:" + row, at) for row in rows)), at)

    def row_text(self, node: Node) -> bytes:
        """A literal as it stands in a table; a rewriter may know several spellings."""
        return self.text(node)

    def operator(self, node: Node, depth: int) -> int:
        """A binary operator; where its sides may be exchanged, they are in one order."""
        kids = [kid for kid in node.children if kid.kind_id not in self.noise]
        return self.operation(kids, node, depth) if len(kids) == 3 else self.generic(node, depth)

    def operation(self, kids: Sequence[Node], node: Node, depth: int) -> int:
        """The shape of the left side, sign and right side of a binary operator."""
        mark = len(self.names)
        left = self.visit(kids[0], depth + 1)
        middle = len(self.names)
        right = self.visit(kids[2], depth + 1)
        return self.binary(self.types[kids[1].kind_id], left, right, node, mark, middle)

    def binary(self, sign: bytes, left: int, right: int, at: Node, mark: int, middle: int) -> int:
        """The shape of `left sign right`; `mark` and `middle` say where the names of each side begin."""
        if sign == b"+" and (left in self.rows or right in self.rows):
            shape = self.node((sign, left, right), at)
            self.rows.add(shape)
            return shape
        if sign in SYMMETRIC and self.shapes.hash[left] > self.shapes.hash[right]:
            left, right = right, left
            self.names[mark:] = self.names[middle:] + self.names[mark:middle]
        return self.node((sign, left, right), at)

    def identifier(self, node: Node, depth: int) -> int:
        """A bare name: an imported one, a builtin, a constant of the file, or a placeholder."""
        name = self.source[node.start_byte : node.end_byte]
        if name not in self.bound:
            path = self.imports.get(name)
            if path:
                return self.api(path, node)
            if path is None and name in self.builtins:
                return self.symbol(name, node)
            if path is None and self.starred and name in self.grammar.signatures:
                return self.api(self.starred + name, node)
            constant = self.constants.get(name)
            if constant:
                return constant.visit(self, node)
        elif name in self.held:
            return self.release(name)
        self.names.append(name)
        return PLACEHOLDER

    def path(self, node: Node) -> bytes | None:
        """The full dotted name of what was imported from outside (`torch.nn.Linear`), else None."""
        head = _HEAD.match(self.source, node.start_byte)
        if head and head[1] not in self.imports:
            return None  # were there an imported name at the bottom, it would be the first word
        roles = self.roles
        parts: list[bytes] = []
        while roles.get(node.kind_id) == "attribute" and len(parts) < MAX_DEPTH:
            node, *_, last = node.named_children
            parts.append(self.text(last))
        if roles.get(node.kind_id) != "identifier" or self.text(node) in self.bound:
            return None
        start = self.imports.get(self.text(node))
        return b".".join([start, *reversed(parts)]) if start else None

    def api(self, path: bytes, node: Node) -> int:
        """The anchor of an imported name: its last component in the structure, the full path as a feature beside."""
        found = self.origins.get(path)
        if found is None:
            module, _, last = self.grammar.paths.get(path, path).rpartition(b".")
            found = self.origins[path] = last, self.origin(module, self.synonym(last)), path.split(b".", 1)[0]
        last, origin, package = found
        if package not in self.symbols.module:
            self.unit.names.add(last)
            return self.placeholder(self.text(node))
        symbol = self.symbol(last, node)
        if origin:
            self.node((origin, symbol), node, ANCHOR)
        return symbol

    def origin(self, module: bytes, name: bytes) -> bytes:
        """The label of what is imported from here; empty for an operation that may as well be called as a method."""
        home = self.grammar.functional.get(module)
        if home and name in self.grammar.methods:
            return b""
        return b"api:" + b".".join(filter(None, (home or module, name)))

    def known(self, name: bytes, receiver: Node) -> bool:
        """Whether a method is one that the ecosystem fixes: not one that the file gives to its own objects."""
        return (name in self.symbols.attribute or name in self.grammar.methods) and (
            name not in self.own or self.text(receiver) not in self.grammar.receivers
        )

    def access(self, node: Node) -> tuple[Node, bytes, Node] | None:
        """The object of which something is taken, under which name, and where that stands; None for any other node."""
        if self.roles.get(node.kind_id) != "attribute":
            return None
        kids = node.named_children
        return kids[0], self.text(kids[-1]), kids[-1]

    def attribute(self, node: Node, depth: int) -> int:
        """`object.name`: what others' objects have stays, a free name melts into the placeholder of its object.

        What a method reads of its own object is free, whoever set it: its class may stay behind.
        """
        path = self.path(node)
        if path:
            return self.api(path, node)
        kids = node.named_children
        return self.accessed(kids[0], self.text(kids[-1]), kids[-1], node, depth)

    def accessed(self, receiver: Node, name: bytes, last: Node, at: Node, depth: int) -> int:
        """The shape of what is taken of an object under a name."""
        target = self.visit(receiver, depth + 1)
        if name in self.symbols.attribute and self.text(receiver) not in self.grammar.receivers:
            if self.is_field(name):
                return self.member(name, target, last, at)
            self.leaf(ATTRIBUTE + name, last, ORDER)  # evidence where it was kept, and no structure
        if target == PLACEHOLDER and self.names:
            self.names[-1] += b"." + name
            return PLACEHOLDER
        self.names.append(b"." + name)
        return self.node((b".", target), at)

    def is_field(self, name: bytes) -> bool:
        """Whether what is read under this name is what others' objects have, as all have what is `__so__`."""
        return name in self.fields or name[:2] == b"__"

    def member(self, name: bytes, target: int, last: Node, at: Node) -> int:
        """The shape of a known attribute, whose name stands in `last`."""
        return self.node((b".", self.symbol(name, last), target), at)

    def call(self, node: Node, depth: int) -> int:
        """A call; the method form and the function form of a library's operation are one."""
        noise = self.noise
        kids = [kid for kid in node.named_children if kid.kind_id not in noise]
        if self.roles.get(kids[0].kind_id) == "call":
            shape = self.made(kids, node, depth)
            if shape is not None:
                return shape
        callee, receiver = self.callee(kids[0], depth + 1)
        values = [] if receiver is None else [receiver]
        mark = len(self.names)
        for arguments in kids[1:]:
            values += self.arguments(arguments, callee, depth + 1, len(values))
        if receiver is not None and self.paths.get(callee) in self.grammar.identities:
            del self.names[mark:]
            return self.unchanged(callee, values, node)
        return self.apply(callee, values, node)

    def made(self, kids: list[Node], at: Node, depth: int) -> int | None:
        """The call of what is made on the spot, as that of the function: `nn.GELU()(x)` is `F.gelu(x)`; else None."""
        what, *how = (kid for kid in kids[0].named_children if kid.kind_id not in self.noise)
        path = self.path(what)
        home, _, name = path.rpartition(b".") if path else (b"", b"", b"")
        if name not in self.grammar.called:
            return None
        callee = self.api(home + b".functional." + self.grammar.called[name], at)
        values: list[int] = []
        for arguments in (*kids[1:], *how):
            values += self.arguments(arguments, callee, depth + 1, len(values))
        return self.apply(callee, values, at)

    def unchanged(self, callee: int, values: list[int], at: Node) -> int:
        """A call that returns its first operand, which stands for it; what else it is given is a feature beside.

        `x.float()` is `x.to(torch.float32)`.
        """
        cast = self.grammar.casts.get(self.paths[callee]) if len(values) == 1 else None
        if cast:
            callee = self.symbol(b"to", at)
            values.append(self.api(cast, at))
        if len(values) > 1:
            keys = self.shapes.keys
            given = [int(keys[value][-1]) if value in self.keywords else value for value in values[1:]]
            self.node((CALL, callee, PLACEHOLDER, *sorted(given, key=self.shapes.hash.__getitem__)), at)
        return values[0]

    def callee(self, node: Node, depth: int) -> tuple[int, int | None]:
        """What is called, and on what; free names have no receiver, so that a method and a function look alike."""
        access = self.access(node)
        if access is None:
            return self.visit(node, depth), None
        path = self.path(node)
        if path:
            return self.api(path, node), None
        receiver, name, last = access
        target = self.visit(receiver, depth + 1)
        if self.known(name, receiver):
            return self.symbol(name, last), target
        if target == PLACEHOLDER and self.names:
            self.names[-1] += b"." + name
            return PLACEHOLDER, None
        self.names.append(b"." + name)
        return PLACEHOLDER, target

    def apply(self, callee: int, values: list[int], at: Node) -> int:
        """The shape of a call; what it would be had its arguments been computed before is a feature, too."""
        sign = self.grammar.operators.get(self.paths.get(callee, b""))
        if sign and len(values) == 2:
            end = len(self.names)  # which names are of which side is not known any more
            return self.binary(sign, values[0], values[1], at, end, end)
        key: Key = (CALL, callee, *values)
        outer = self.shapes.outer(key)
        if outer != key:
            self.node(outer, at)
        return self.node(key, at)

    def string(self, node: Node, depth: int) -> int:
        """A string: patterns of einsum stay, others are a placeholder and a feature beside."""
        return self.literal(self.text(node).strip(b"\"'"), node)

    def literal(self, text: bytes, at: Node) -> int:
        """The shape of a string with this content."""
        if b"->" in text and _EINSUM.fullmatch(text):
            return self.leaf(b"str:" + einsum(text), at, NOTHING)
        if len(text) <= MAX_TEXT and text in self.symbols.text and not _WORDS.match(text):
            self.leaf(b"str:" + text, at)
        elif len(text) > 2:
            self.leaf(b"text:" + text, at, NAME)
        return self.leaf(b"str", at, NOTHING)

    def number(self, node: Node, depth: int) -> int:
        """A number, however it is written."""
        return self.value(number(self.text(node)), node)

    def value(self, text: bytes, at: Node) -> int:
        """The shape of a number: small integers stay, others are a placeholder and an anchor of their own."""
        shape = self.leaf(b"num:" + text, at)
        digits = text.removeprefix(b"-")
        if digits.isdigit() and len(digits) < 3 and int(digits) <= MAX_KEPT_INTEGER:
            return shape
        return self.leaf(b"num", at, NOTHING)
