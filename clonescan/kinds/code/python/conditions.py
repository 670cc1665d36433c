"""Conditions of Python: one spelling for what can be turned round, negated and chained."""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from clonescan.kinds.code.expressions import MAX_KEPT_INTEGER
from clonescan.kinds.code.grammar import Grammar
from clonescan.kinds.code.symbols import Symbols
from clonescan.kinds.code.visitor import MAX_DEPTH
from clonescan.kinds.code.walk import Walker

_MIRRORED = {b">": b"<", b">=": b"<="}
_NEGATED = {b"!=": b"==", b"is not": b"is", b"not in": b"in"}
_OPPOSITE = {">=": b"<", "<=": b">"}
_ORDERED = (b"<", b"<=")
_SMALL = range(-MAX_KEPT_INTEGER, MAX_KEPT_INTEGER + 1)
_COMPARED = (b"==", b"<", b"<=")
_DUAL = {b"and": b"or", b"or": b"and"}


class Conditions(Walker):
    """Visits comparisons, `and`, `or`, `not` and the conditional expression.

    `lengths` maps shapes of `len(x)` to `x`.
    """

    def __init__(self, grammar: Grammar, symbols: Symbols) -> None:
        super().__init__(grammar, symbols)
        self.groups = frozenset(grammar.kinds["parenthesized_expression"])
        self.lengths: dict[int, int] = {}
        self.conditionals = self.groups.union(grammar.kinds["conditional_expression"])

    def binary(self, sign: bytes, left: int, right: int, at: Node, mark: int, middle: int) -> int:
        """`a > b` is `b < a`; `a != b` is `not a == b`; `a == None` is `a is None`; `len(a) == 0` is `not a`."""
        if sign in _NEGATED:
            return self.negate(self.binary(_NEGATED[sign], left, right, at, mark, middle), at)
        if sign in _MIRRORED:
            sign, left, right = _MIRRORED[sign], right, left
            self.names[mark:] = self.names[middle:] + self.names[mark:middle]
        elif sign == b"==" or sign == b"is":
            none = self.index.get((b"t:none",), -1)
            if none in (left, right):
                return self.node((b"is", right if none == left else left, none), at)
        found = None
        if sign in _COMPARED and (left in self.lengths or right in self.lengths):
            found = self.emptiness(sign, left, right, at)
        if found is None and sign in _ORDERED:
            found = self.above(sign, left, right, at)
        if found is not None:
            return found
        return super().binary(sign, left, right, at, mark, middle)

    def small(self) -> dict[int | None, int]:
        """The small whole numbers that the file has, by their shapes."""
        return {self.index.get((b"num:%d" % number,)): number for number in _SMALL}

    def above(self, sign: bytes, left: int, right: int, at: Node) -> int | None:
        """`x >= 4` is `3 < x`, and so is what is not `x < 4`; None where neither side is a small whole number."""
        small = self.small()
        number, other = (left, right) if left in small else (right, left)
        if number not in small:
            return None
        least = small[number] - ((sign == b"<=") == (number == left))
        if least < small[number]:
            self.trace(b"whole%d" % least)
        shape = self.node((b"<", self.value(b"%d" % least, at), other), at)
        return shape if number == left else self.negate(shape, at)

    def emptiness(self, sign: bytes, left: int, right: int, at: Node) -> int | None:
        """A comparison of a length that asks whether there is anything; None for another."""
        zero, one = self.index.get((b"num:0",), -1), self.index.get((b"num:1",), -1)
        if sign == b"==" and zero in (left, right):
            return self.negate(self.lengths[right if left == zero else left], at)
        if (sign == b"<" and right == one) or (sign == b"<=" and right == zero):
            return self.negate(self.lengths[left], at)
        if (sign == b"<" and left == zero) or (sign == b"<=" and left == one):
            return self.lengths[right]
        return None

    def negate(self, shape: int, at: Node) -> int:
        """The opposite of a condition; twice is none."""
        if shape in self.opposite:
            return self.opposite[shape]
        opposite = self.node((b"not", shape), at)
        self.opposite[opposite] = shape
        return opposite

    def invert(self, node: Node, depth: int) -> int:
        """`not x`."""
        return self.negate(self.visit(node.named_children[-1], depth + 1), node)

    def truth(self, node: Node, depth: int) -> tuple[int, bool]:
        """A condition without its `not`, and whether it had one: which branch is taken is often turned round.

        Where only the truth of `a >= b` matters, it is `not a < b`.
        """
        inner = self.unwrapped(node)
        kind = self.types[inner.kind_id]
        kids = inner.children if kind == b"comparison_operator" else ()
        if len(kids) == 3 and kids[1].type in _OPPOSITE:
            mark = len(self.names)
            left = self.visit(kids[0], depth + 2)
            middle = len(self.names)
            right = self.visit(kids[2], depth + 2)
            opposite = self.binary(_OPPOSITE[kids[1].type], left, right, inner, mark, middle)
            return self.opposite.get(opposite, opposite), opposite not in self.opposite
        if kind == b"not_operator" and depth <= MAX_DEPTH:
            condition, is_negated = self.truth(inner.named_children[-1], depth + 1)
            return condition, not is_negated
        condition = self.visit(inner, depth + 1)
        condition = self.lengths.get(condition, condition)
        return self.opposite.get(condition, condition), condition in self.opposite

    def comparison(self, node: Node, depth: int) -> int:
        """`a < b`; `a < b < c` is `a < b and b < c`."""
        kids = [kid for kid in node.children if kid.kind_id not in self.noise]
        if len(kids) < 5 or len(kids) % 2 == 0 or depth > MAX_DEPTH:
            return self.operator(node, depth)
        signs = [self.types[kid.kind_id] for kid in kids[1::2]]

        def link(number: int) -> int:
            mark = len(self.names)
            left = self.visit(kids[2 * number], depth + 2)
            middle = len(self.names)
            right = self.visit(kids[2 * number + 2], depth + 2)
            return self.binary(signs[number], left, right, node, mark, middle)

        return self.junction(b"and", self.apart(range(len(signs)), link), node)

    def boolean(self, node: Node, depth: int) -> int:
        """`a and b`, in one order; `not a or not b` is `not (a and b)` (De Morgan)."""
        kids = [kid for kid in node.children if kid.kind_id not in self.noise]
        if len(kids) != 3:
            return self.generic(node, depth)
        sign = self.types[kids[1].kind_id]
        operands = self.operands(node, sign)
        return self.junction(sign, self.apart(operands, lambda kid: self.visit(kid, depth + 1)), node)

    def operands(self, node: Node, sign: bytes) -> list[Node]:
        """What this operator joins, however it is bracketed."""
        found: list[Node] = []
        pending = [node]
        while pending:
            node = self.unwrapped(pending.pop())
            kids = [kid for kid in node.children if kid.kind_id not in self.noise]
            if node.type == "boolean_operator" and len(kids) == 3 and self.types[kids[1].kind_id] == sign:
                pending += kids[2], kids[0]
            else:
                found.append(node)
        return found

    def unwrapped(self, node: Node) -> Node:
        """An expression without the parentheses around it."""
        while node.kind_id in self.groups:
            kids = [kid for kid in node.named_children if kid.kind_id not in self.noise]
            if len(kids) != 1:
                break
            node = kids[0]
        return node

    def junction(self, sign: bytes, parts: list[tuple[int, list[bytes]]], at: Node) -> int:
        """These conditions under an operator; where most are negated, the whole is."""
        negative = 2 * sum(shape in self.opposite for shape, _ in parts)
        if negative > len(parts) or (negative == len(parts) and sign == b"or"):
            turned = [(self.negate(shape, at), names) for shape, names in parts]
            return self.negate(self.joined(_DUAL[sign], self.ordered(turned), at), at)
        return self.joined(sign, self.ordered(parts), at)

    def joined(self, sign: bytes, parts: Sequence[int], at: Node) -> int:
        """Shapes under an operator, from the left; so many that nobody wrote them all at once."""
        if len(parts) > MAX_DEPTH:
            return self.node((sign, *parts), at)
        found, *rest = parts
        for part in rest:
            found = self.node((sign, found, part), at)
        return found

    def conditional(self, node: Node, depth: int) -> int:
        """`a if c else b`, with the condition made positive."""
        parts = self.conditional_in(node)
        if not parts:
            return self.generic(node, depth)
        condition, is_negated = self.truth(parts[1], depth)
        branches = [parts[0], parts[2]]
        if is_negated:
            branches.reverse()
        return self.node((b"?", condition, *self.visit_all(branches, depth + 1)), node)

    def conditional_in(self, node: Node) -> list[Node]:
        """The value, the condition and the other value of `a if c else b`, in parentheses or not; none of another."""
        if node.kind_id not in self.conditionals:
            return []
        node = self.unwrapped(node)
        if node.type != "conditional_expression":
            return []
        kids = [kid for kid in node.named_children if kid.kind_id not in self.noise]
        return kids if len(kids) == 3 else []
