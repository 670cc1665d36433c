"""Strings of Python: one spelling for a text that is filled in."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tree_sitter import Node

from clonescan.fingerprint import NOTHING
from clonescan.kinds.code.arguments import MAX_ROW
from clonescan.kinds.code.grammar import Grammar
from clonescan.kinds.code.python.conditions import Conditions
from clonescan.kinds.code.symbols import Symbols

_STRINGS = ("string", "concatenated_string")
_ROOTS = {b"0.5": b"sqrt", b"-0.5": b"rsqrt"}
_HALVES = {b"%d" % 2**power: repr(0.5**power).encode() for power in range(1, 7)}
_HOLE = re.compile(rb"\{[^{}]*\}|%(?:\(\w*\))?[-#0 +]*+[\d*]*+(?:\.[\d*]++)?[a-zA-Z]")
"""A replacement field of `str.format`, or a conversion specifier of `%`."""


class Texts(Conditions):
    """Visits strings, and what fills them in: `f"a{x}"`, `"a{}".format(x)`, `"a%s" % x` and `"a" + str(x)` are one.

    `texts` maps the shapes that are texts to the values that fill them in.
    """

    def __init__(self, grammar: Grammar, symbols: Symbols) -> None:
        super().__init__(grammar, symbols)
        self.texts: dict[int, tuple[int, ...]] = {}

    def binary(self, sign: bytes, left: int, right: int, at: Node, mark: int, middle: int) -> int:
        """A binary operator; a sum of texts is a text, with what is between them filled in."""
        if sign != b"+" or not (left in self.texts or right in self.texts):
            return super().binary(sign, left, right, at, mark, middle)
        holes = self.texts.get(left, (left,)) + self.texts.get(right, (right,))
        if len(holes) > MAX_ROW:
            return self.node((sign, left, right), at)
        return self.filling(holes, at) if holes else self.leaf(b"str", at, NOTHING)

    def plain(self, text: bytes, at: Node) -> int:
        """A text that nothing fills in."""
        shape = self.literal(text, at)
        self.texts[shape] = ()
        return shape

    def filling(self, holes: tuple[int, ...], at: Node) -> int:
        """The shape of a text with these values in it."""
        shape = self.node((b"fstring", *holes), at)
        self.texts[shape] = holes
        return shape

    def text_parts(self, node: Node, depth: int) -> int:
        """A string with or without prefix; of an f-string the expressions in it stay."""
        text = self.text(node)
        return self.strings([node], node, depth) if b"{" in text else self.plain(content(text), node)

    def row_text(self, node: Node) -> bytes:
        """A literal as it stands in a table: quotes mean nothing."""
        text = self.text(node)
        return content(text) if node.type == "string" else text

    def concatenated(self, node: Node, depth: int) -> int:
        """Strings behind one another are one."""
        return self.strings([kid for kid in node.named_children if kid.kind_id not in self.noise], node, depth)

    def strings(self, parts: Sequence[Node], at: Node, depth: int) -> int:
        """The shape of what these string nodes make together."""
        texts = [self.text(part) for part in parts]
        if b"{" not in b"".join(texts):
            return self.plain(b"".join([content(text) for text in texts]), at)
        kids = [kid for part in parts for kid in part.named_children]
        holes = [kid for kid in kids if kid.type == "interpolation" and kid.named_children]
        if not holes:
            return self.plain(b"".join([content(text) for text in texts]), at)
        for kid in kids:
            if kid.type == "string_content":
                self.literal(self.text(kid), kid)
        return self.filling(tuple(self.visit(hole.named_children[0], depth + 1) for hole in holes), at)

    def arithmetic(self, node: Node, depth: int) -> int:
        """A binary operator; `"%s" % x` is an f-string."""
        kids = [kid for kid in node.children if kid.kind_id not in self.noise]
        if len(kids) != 3:
            return self.generic(node, depth)
        sign = kids[1].type
        if sign != "%" or kids[0].type not in _STRINGS:
            return self.power(sign, kids, node, depth)
        row = kids[2]
        holes = [kid for kid in row.named_children if kid.kind_id not in self.noise] if row.type == "tuple" else [row]
        return self.filled(kids[0], holes, node, depth)

    def power(self, sign: str, kids: list[Node], node: Node, depth: int) -> int:
        """`x ** 0.5` is `sqrt(x)`, `x ** -0.5` is `rsqrt(x)`, `x * x` is `x ** 2`, and `x / 2` is `x * 0.5`."""
        left, _, right = kids
        if sign == "**":
            root = _ROOTS.get(self.text(self.unwrapped(right)))
            if root:
                return self.apply(self.symbol(root, node), [self.visit(left, depth + 1)], node)
        elif sign == "*" and left.kind_id == right.kind_id and b"(" not in self.text(left) == self.text(right):
            return self.node((b"**", self.visit(left, depth + 1), self.value(b"2", node)), node)
        elif sign == "/" and self.text(right) in _HALVES:
            mark, value = len(self.names), self.visit(left, depth + 1)
            factor = self.value(_HALVES[self.text(right)], right)
            return self.binary(b"*", value, factor, node, mark, len(self.names))
        return self.operation(kids, node, depth)

    def formatted(self, node: Node) -> tuple[Node, list[Node]] | None:
        """The text and the values of `"{}".format(x)`; None for another call."""
        if self.source.find(b".format", node.start_byte, node.end_byte) < 0:
            return None
        function, arguments = node.named_children[0], node.named_children[-1]
        if function.type != "attribute" or arguments.type != "argument_list":
            return None
        text, name = function.named_children[0], function.named_children[-1]
        if text.type not in _STRINGS or self.text(name) != b"format":
            return None
        values = [kid for kid in arguments.named_children if kid.kind_id not in self.noise]
        return text, [kid.named_children[-1] if kid.type == "keyword_argument" else kid for kid in values]

    def filled(self, text: Node, holes: Sequence[Node], at: Node, depth: int) -> int:
        """The shape of a text with what these nodes say in it."""
        parts = [text] if text.type == "string" else [kid for kid in text.named_children if kid.type == "string"]
        for piece in _HOLE.split(b"".join(content(self.text(part)) for part in parts)):
            if piece:
                self.literal(piece, text)
        return self.filling(tuple(self.visit(hole, depth + 1) for hole in holes), at)


def content(text: bytes) -> bytes:
    """A string literal without prefix and quotes."""
    text = text.lstrip(b"rRbBuUfF")
    for quote in (b'"""', b"'''"):
        if text.startswith(quote):
            return text[3:-3]
    return text[1:-1]
