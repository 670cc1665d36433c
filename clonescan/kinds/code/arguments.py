"""The arguments of a call: one spelling for what may be given by place, by name, or not at all."""

from __future__ import annotations

from itertools import chain, pairwise

from tree_sitter import Node

from clonescan.fingerprint import ORDER
from clonescan.kinds.code.grammar import Grammar, Signature
from clonescan.kinds.code.literals import number
from clonescan.kinds.code.shapes import KEYWORD, PLACEHOLDER
from clonescan.kinds.code.symbols import Symbols
from clonescan.kinds.code.visitor import Visitor

MAX_ROW = 8
"""Literals in a row up to which each counts by itself: a kernel size or means of colours, but no lookup table."""

_UNKNOWN = Signature((), {})


class Arguments(Visitor):
    """Visits arguments. `keywords` maps the shapes of keywords to that of their name."""

    def __init__(self, grammar: Grammar, symbols: Symbols) -> None:
        super().__init__(grammar, symbols)
        self.keywords: dict[int, int] = {}

    def arguments(self, node: Node, callee: int, depth: int, before: int = 0) -> list[int]:
        """The shapes of the arguments, keywords behind and in one order; `before` them stands the receiver.

        Of a known operation, what must be given stands by place, what may be left out by name, unless it is what the
        operation takes by default; and a row that comes last is its members: `permute(x, (0, 2, 1))` and
        `x.permute(0, 2, 1)` are one. Of any other, nothing says what stands where.
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
        options: list[tuple[bytes, Node]] = []
        if callee != PLACEHOLDER and (plain or keywords):
            signature = self.grammar.signatures.get(self.paths.get(callee, b""), _UNKNOWN)
            if keywords or signature.optional:
                plain, options, keywords = self.placed(signature, before, plain, keywords)
            plain = self.spread(plain)
        shapes: list[int] = []
        marks = [len(self.names)]
        for kid in plain:  # a comprehension would be one more frame of Python's finite stack at every level
            shapes.append(self.visit(kid, depth))
            if callee == PLACEHOLDER:
                marks.append(len(self.names))
        if callee == PLACEHOLDER and (keywords or (shapes and shapes.count(shapes[0]) < len(shapes))):
            return self.in_any_order(plain, shapes, marks, keywords, node, depth)
        if not keywords and not options:
            return shapes
        named = self.apart(options, lambda option: self.option(*option, depth))
        named += self.apart(keywords, lambda keyword: self.keyword(keyword, depth))
        return shapes + self.ordered(named, self.keyword_order)

    def placed(
        self, signature: Signature, before: int, plain: list[Node], keywords: list[Node]
    ) -> tuple[list[Node], list[tuple[bytes, Node]], list[Node]]:
        """Arguments by place, those that could be left out, by name, and the other keywords."""
        named = {self.synonym(self.text(keyword.named_children[0])): keyword for keyword in keywords}
        places, optional = signature.places, signature.optional
        given: list[tuple[bytes, Node]] = []
        found: list[Node] = []
        for place, kid in enumerate(plain, before):
            if "splat" in kid.type:
                found += plain[place - before :]
                break
            name = places[place] if place < len(places) else b""
            if name in optional:
                given.append((name, kid))
            else:
                found.append(kid)
        for name in places[before + len(plain) :]:
            if name not in named or name in optional:
                break
            found.append(named.pop(name).named_children[-1])
        given += [(name, named.pop(name).named_children[-1]) for name in [*named] if name in optional]
        for name in self.grammar.positional.intersection(named):
            found.append(named.pop(name).named_children[-1])
        return found, [item for item in given if not self.is_default(optional[item[0]], *item)], [*named.values()]

    def is_default(self, default: bytes, name: bytes, value: Node) -> bool:
        """Whether an argument is what would be taken without it; noted, since not everybody writes it."""
        text = self.text(value)
        same = number(text) == number(default) if text[:1].isdigit() else text.strip(b"\"'") == default
        if same:
            self.trace(name + b"=" + default)
        return same

    def option(self, name: bytes, value: Node, depth: int) -> int:
        """An argument that may be left out, by its name."""
        return self.labelled(name, self.visit(value, depth + 1), value)

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
            self.node((b"given", *shapes[:last]), at, ORDER)
        self.names += chain.from_iterable(own for _, own in rest)
        return ordered + [shape for shape, _ in rest]

    def keyword_order(self, shape: int) -> tuple[int, int]:
        """Keywords come in the order of their names, whatever is given."""
        hashes = self.shapes.hash
        return hashes[self.keywords[shape]], hashes[shape]

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
            shape = self.node((KEYWORD, self.visit(kids[-1], depth + 1)), node)
            self.keywords[shape] = PLACEHOLDER
            return shape
        return self.labelled(self.synonym(name), self.visit(kids[-1], depth + 1), node)

    def labelled(self, name: bytes, value: int, at: Node) -> int:
        """The shape of a known keyword with this value."""
        label = self.leaf(b"kw:" + name, at)
        shape = self.node((KEYWORD, label, value), at)
        self.keywords[shape] = label
        return shape
