"""The canonical shape of an expression; what data can say of a language is here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain, pairwise
from typing import Any, TypeVar

from tree_sitter import Node

from clonescan.fingerprint import ANCHOR, NAME, NOTHING, ORDER
from clonescan.kinds.code.grammar import Grammar
from clonescan.kinds.code.literals import einsum, number
from clonescan.kinds.code.recorder import Recorder
from clonescan.kinds.code.shapes import PLACEHOLDER
from clonescan.kinds.code.symbols import MAX_TEXT, Symbols

MAX_DEPTH = 200
"""Deeper expressions end in a placeholder: no hand-written code nests so far, and Python's stack is finite."""

MAX_KEPT_INTEGER = 4
"""Integers up to this magnitude stay in the structure: they are axes and indices. Others are settings, which change."""

MAX_ROW = 8
"""Literals in a row up to which each counts by itself: a kernel size or means of colours, but no lookup table."""

SYMMETRIC = frozenset((b"+", b"*", b"==", b"!=", b"&", b"|", b"^"))
"""Operators whose sides may be exchanged, but for the sum of rows."""

_LITERALS = ("number", "string", "noise")
_EINSUM = re.compile(rb"[A-Za-z0-9_.() ,]*->[A-Za-z0-9_.() ,]*")
_WORDS = re.compile(rb"\S+\s+\S+\s+\S")
_HEAD = re.compile(rb"([A-Za-z_][A-Za-z0-9_]*)[\x00-\x7f]")

Handler = TypeVar("Handler")
Part = TypeVar("Part")
Order = Callable[[int], tuple[int, int] | int]
Visit = Callable[[Any, Node, int], int]


@dataclass(frozen=True, slots=True)
class Constant:
    """A number or string that a file gives a name to, once and for all: `EPS = 1e-5`."""

    text: bytes
    is_number: bool

    def visit(self, reader: Expressions, at: Node) -> int:
        """Its shape, where its name stands for it."""
        return reader.value(self.text, at) if self.is_number else reader.literal(self.text, at)


class Expressions(Recorder):
    """Visits expressions, each node once.

    Subclasses add what a language's data cannot say, by overriding `expressions`.
    """

    def __init__(self, grammar: Grammar, symbols: Symbols) -> None:
        super().__init__(grammar, symbols)
        self.keywords: dict[int, int] = {}
        self.opposite: dict[int, int] = {}
        self.own: set[bytes] = set()
        self.rows: set[int] = set()
        self.origins: dict[bytes, tuple[bytes, bytes, bytes]] = {}
        self.constants: dict[bytes, Constant | None] = {}
        self.builtins = grammar.builtins
        self.roles = grammar.roles
        self.types, self.noise, self.visitors = _tables(grammar, self.expressions)

    @classmethod
    def expressions(cls) -> dict[str, Visit]:
        """How to visit an expression, by role or node type; each returns the shape."""
        return {
            "identifier": Expressions.identifier,
            "attribute": Expressions.attribute,
            "call": Expressions.call,
            "operator": Expressions.operator,
            "group": Expressions.group,
            "sequence": Expressions.sequence,
            "string": Expressions.string,
            "number": Expressions.number,
        }

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
            module, _, last = path.rpartition(b".")
            found = self.origins[path] = last, self.origin(module, self.synonym(last)), path.split(b".", 1)[0]
        last, origin, package = found
        if package not in self.symbols.module:
            self.unit.names.add(last)
            return self.placeholder(self.text(node))
        symbol = self.symbol(last, node)
        if origin:
            self.node((origin, symbol), node, (), ANCHOR)
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

    def attribute(self, node: Node, depth: int) -> int:
        """`object.name`: a known name stays, a free one melts into the placeholder of its object.

        What a method reads of its own object is free, whoever set it: its class may stay behind.
        """
        path = self.path(node)
        if path:
            return self.api(path, node)
        kids = node.named_children
        target, name = self.visit(kids[0], depth + 1), self.text(kids[-1])
        if name in self.symbols.attribute and self.text(kids[0]) not in self.grammar.receivers:
            return self.member(name, target, kids[-1], node)
        if target == PLACEHOLDER and self.names:
            self.names[-1] += b"." + name
            return PLACEHOLDER
        self.names.append(b"." + name)
        return self.node((b".", target), node)

    def member(self, name: bytes, target: int, last: Node, at: Node) -> int:
        """The shape of a known attribute, whose name stands in `last`."""
        return self.node((b".", self.symbol(name, last), target), at)

    def call(self, node: Node, depth: int) -> int:
        """A call; the method form and the function form of a library's operation are one."""
        noise = self.noise
        kids = [kid for kid in node.named_children if kid.kind_id not in noise]
        callee, receiver = self.callee(kids[0], depth + 1)
        values = [] if receiver is None else [receiver]
        mark = len(self.names)
        for arguments in kids[1:]:
            values += self.arguments(arguments, callee, depth + 1, len(values))
        if receiver is not None and self.paths.get(callee) in self.grammar.identities:
            del self.names[mark:]
            return self.unchanged(callee, values, node)
        return self.apply(callee, values, node)

    def unchanged(self, callee: int, values: list[int], at: Node) -> int:
        """A call that returns its first operand, which stands for it; what else it is given is a feature beside.

        `x.float()` is `x.to(torch.float32)`.
        """
        cast = self.grammar.casts.get(self.paths[callee]) if len(values) == 1 else None
        if cast:
            callee = self.symbol(b"to", at)
            values.append(self.api(cast, at))
        if len(values) > 1:
            self.node((b"call", callee, PLACEHOLDER, *values[1:]), at)
        return values[0]

    def callee(self, node: Node, depth: int) -> tuple[int, int | None]:
        """What is called, and on what; free names have no receiver, so that a method and a function look alike."""
        if self.roles.get(node.kind_id) != "attribute":
            return self.visit(node, depth), None
        path = self.path(node)
        if path:
            return self.api(path, node), None
        kids = node.named_children
        target, name = self.visit(kids[0], depth + 1), self.text(kids[-1])
        if self.known(name, kids[0]):
            return self.symbol(name, kids[-1]), target
        if target == PLACEHOLDER and self.names:
            self.names[-1] += b"." + name
            return PLACEHOLDER, None
        self.names.append(b"." + name)
        return PLACEHOLDER, target

    def arguments(self, node: Node, callee: int, depth: int, before: int = 0) -> list[int]:
        """The shapes of the arguments, keywords behind and in one order; `before` them stands the receiver.

        Of a known operation, keywords that may be given by place are, and a row that comes last is its members:
        `permute(x, (0, 2, 1))` and `x.permute(0, 2, 1)` are one. Of any other, nothing says what stands where.
        """
        roles = self.roles
        if roles.get(node.kind_id) != "arguments":
            return [self.visit(node, depth)]
        plain: list[Node] = []
        keywords: list[Node] = []
        for kid in node.named_children:
            role = roles.get(kid.kind_id)
            if role == "keyword":
                keywords.append(kid)
            elif role != "noise":
                plain.append(kid)
        if callee != PLACEHOLDER:
            if keywords:
                plain, keywords = self.placed(callee, before, plain, keywords)
            plain = self.spread(plain)
        shapes: list[int] = []
        marks = [len(self.names)]
        for kid in plain:  # a comprehension would be one more frame of Python's finite stack at every level
            shapes.append(self.visit(kid, depth))
            if callee == PLACEHOLDER:
                marks.append(len(self.names))
        if callee == PLACEHOLDER and (keywords or (shapes and shapes.count(shapes[0]) < len(shapes))):
            return self.in_any_order(plain, shapes, marks, keywords, node, depth)
        if not keywords:
            return shapes
        named = self.apart(keywords, lambda kid: self.keyword(kid, depth))
        return shapes + self.ordered(named, self.keyword_order)

    def apart(self, parts: Iterable[Part], read: Callable[[Part], int]) -> list[tuple[int, list[bytes]]]:
        """The shapes of parts, each with the names in it, which wait to be put in order."""
        found: list[tuple[int, list[bytes]]] = []
        for part in parts:
            mark = len(self.names)
            shape = read(part)
            found.append((shape, self.names[mark:]))
            del self.names[mark:]
        return found

    def in_any_order(
        self, plain: list[Node], shapes: list[int], marks: list[int], keywords: list[Node], at: Node, depth: int
    ) -> list[int]:
        """The arguments of a call of a free name, by place or by name; how they stood is a feature beside."""
        names = [self.names[start:end] for start, end in pairwise(marks)]
        parts = list(zip(shapes, names, strict=True))
        del self.names[marks[0] :]
        last = next((place for place, kid in enumerate(plain) if "splat" in kid.type), len(plain))
        found, rest = parts[:last], parts[last:]
        for keyword in keywords:
            mark = len(self.names)
            name, *_, value = keyword.named_children
            self.names.append(b"." + self.text(name))
            shape = self.visit(value, depth + 1)
            found.append((shape, self.names[mark:]))
            del self.names[mark:]
        ordered = self.ordered(found)
        if ordered[:last] != shapes[:last]:
            self.node((b"given", *shapes[:last]), at, (), ORDER)
        self.names += chain.from_iterable(own for _, own in rest)
        return ordered + [shape for shape, _ in rest]

    def keyword_order(self, shape: int) -> tuple[int, int]:
        """Keywords come in the order of their names, whatever is given."""
        hashes = self.shapes.hash
        return hashes[self.keywords[shape]], hashes[shape]

    def ordered(self, found: list[tuple[int, list[bytes]]], order: Order | None = None) -> list[int]:
        """Shapes in an order that does not depend on how they are written, and their names likewise."""
        key = order or self.shapes.hash.__getitem__
        found.sort(key=lambda item: key(item[0]))
        for _, names in found:
            self.names += names
        return [shape for shape, _ in found]

    def placed(
        self, callee: int, before: int, plain: list[Node], keywords: list[Node]
    ) -> tuple[list[Node], list[Node]]:
        """Arguments with the keywords that a call may as well give by place in theirs, and the other keywords."""
        named = {self.synonym(self.text(keyword.named_children[0])): keyword for keyword in keywords}
        found = list(plain)
        for name in self.grammar.signatures.get(self.paths.get(callee, b""), ())[before + len(plain) :]:
            if name not in named:
                break
            found.append(named.pop(name).named_children[-1])
        for name in self.grammar.positional.intersection(named):
            found.append(named.pop(name).named_children[-1])
        return found, list(named.values())

    def spread(self, plain: list[Node]) -> list[Node]:
        """Arguments with the members of a row that comes last in its place."""
        if not plain or self.roles.get(plain[-1].kind_id) != "sequence":
            return plain
        kids = [kid for kid in plain[-1].named_children if kid.kind_id not in self.noise]
        return plain[:-1] + kids if len(kids) <= MAX_ROW else plain

    def keyword(self, node: Node, depth: int) -> int:
        """`name=value`; the name stays if the ecosystem knows it."""
        kids = node.named_children
        name = self.text(kids[0])
        if name not in self.symbols.keyword:
            self.placeholder(b"." + name)
            shape = self.node((b"kw", self.visit(kids[-1], depth + 1)), node)
            self.keywords[shape] = PLACEHOLDER
            return shape
        return self.labelled(self.synonym(name), self.visit(kids[-1], depth + 1), node)

    def labelled(self, name: bytes, value: int, at: Node) -> int:
        """The shape of a known keyword with this value."""
        label = self.leaf(b"kw:" + name, at)
        shape = self.node((b"kw", label, value), at)
        self.keywords[shape] = label
        return shape

    def apply(self, callee: int, values: list[int], at: Node) -> int:
        """The shape of a call, with the shape it would have if each argument were a name beside it.

        So a temporary that was inlined, or pulled out, leaves the outer call as it was.
        """
        sign = self.grammar.operators.get(self.paths.get(callee, b""))
        if sign and len(values) == 2:
            end = len(self.names)  # which names are of which side is not known any more
            return self.binary(sign, values[0], values[1], at, end, end)
        if callee == PLACEHOLDER:
            return self.node((b"call", callee, *values), at)
        flat = [self.flat(value, at) for value in values]
        if flat == values:
            return self.node((b"call", callee, *values), at)
        outer = self.node((b"call", callee, *flat), at)
        return self.node((b"call", callee, *values), at, (outer,))

    def flat(self, value: int, at: Node) -> int:
        """An argument as it would be had it been computed before the call."""
        if self.shapes.size[value] == 1:
            return value
        label = self.keywords.get(value)
        if label is None:
            return PLACEHOLDER
        return self.node((b"kw", label, PLACEHOLDER) if label else (b"kw", PLACEHOLDER), at)

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


@cache
def _tables(
    grammar: Grammar, expressions: Callable[[], dict[str, Visit]]
) -> tuple[dict[int, bytes], frozenset[int], dict[int, Visit]]:
    """By node kind id: the type, whether it is noise, and how to visit it."""
    types = {kind: name.encode() for name, kinds in grammar.kinds.items() for kind in kinds}
    noise = frozenset(kind for kind, role in grammar.roles.items() if role == "noise")
    visitors: dict[int, Visit] = dict.fromkeys(types, Expressions.generic)
    return types, noise, visitors | by_kind(expressions(), grammar)


def by_kind(handlers: dict[str, Handler], grammar: Grammar) -> dict[int, Handler]:
    """Handlers by node kind id; a handler for a node type goes before one for its role."""
    table = {kind: handlers[role] for kind, role in grammar.roles.items() if role in handlers}
    for name, handler in handlers.items():
        table.update(dict.fromkeys(grammar.kinds.get(name, ()), handler))
    return table
