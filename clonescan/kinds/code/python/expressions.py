"""Expressions of Python: one spelling for what has several."""

from __future__ import annotations

from typing import Any

from tree_sitter import Node

from clonescan.fingerprint import NOTHING
from clonescan.kinds.code.expressions import MAX_DEPTH, Visit
from clonescan.kinds.code.grammar import Grammar
from clonescan.kinds.code.literals import number
from clonescan.kinds.code.python.texts import Texts
from clonescan.kinds.code.shapes import PLACEHOLDER
from clonescan.kinds.code.symbols import BUILTINS, Symbols

MAX_AXES = 16
"""Indices of one subscript that are looked through for new axes: arrays have at most a handful."""

_DISPLAYED = frozenset((b"supe", b"dict", b"list", b"tupl", b"set(", b"map("))  # how such calls begin
_ROWS_MADE = (b"list", b"tuple", b"set")
_APPLIED = frozenset((b"range", b"arange", b"square", b"sqrt", b"str", b"size"))  # what `apply` looks at
_COUNTED = (b"range", b"arange")
_ROWS = ("tuple_pattern", "parenthesized_expression")
_DEFAULTS = ("default_parameter", "typed_default_parameter")
_SPLATS = ("list_splat_pattern", "dictionary_splat_pattern")
_PARAMETERS = ("identifier", "typed_parameter", *_DEFAULTS, *_SPLATS)


class PythonExpressions(Texts):
    """Visits the expressions of Python 2 and 3."""

    def __init__(self, grammar: Grammar, symbols: Symbols) -> None:
        super().__init__(grammar, symbols)
        self.builtins |= BUILTINS
        self.loops: set[int] = set()
        self.lifted: set[int] = set()
        self.roots: dict[int, int] = {}

    @classmethod
    def expressions(cls) -> dict[str, Visit]:
        """Python's own expressions, beside the ones that every language has."""
        return super().expressions() | _EXPRESSIONS

    def binary(self, sign: bytes, left: int, right: int, at: Node, mark: int, middle: int) -> int:
        """`1 / sqrt(x)` is `rsqrt(x)`."""
        if sign == b"/" and right in self.roots and left == self.index.get((b"num:1",)):
            return self.apply(self.symbol(b"rsqrt", at), [self.roots[right]], at)
        return super().binary(sign, left, right, at, mark, middle)

    def unary(self, node: Node, depth: int) -> int:
        """`-x`; a negative number is a number."""
        sign, operand = node.children[0].type, node.named_children[-1]
        if sign == "-" and self.roles.get(operand.kind_id) == "number":
            return self.value(b"-" + self.number_text(operand), node)
        inner = self.visit(operand, depth + 1)
        return inner if sign == "+" else self.node((b"u" + sign.encode(), inner), node)

    def subscript(self, node: Node, depth: int) -> int:
        """`a[i, j]`; `a[:, None]` is `a.unsqueeze(1)`."""
        kids = node.named_children
        if self.source.find(b"None", node.start_byte, node.end_byte) >= 0:
            axes = self.new_axes([kid for kid in kids[1:] if kid.kind_id not in self.noise])
            if axes:
                shape = self.visit(kids[0], depth + 1)
                for axis in axes:
                    shape = self.apply(self.symbol(b"unsqueeze", node), [shape, self.value(b"%d" % axis, node)], node)
                return shape
        return self.node((b"[]", *self.visit_all(kids, depth + 1)), node)

    def new_axes(self, indices: list[Node]) -> list[int]:
        """Where an index puts axes of length one, if it does nothing else; behind `...` counted from the last."""
        axes: list[int] = []
        if len(indices) > MAX_AXES:
            return axes
        texts = [self.text(index) for index in indices]
        for place, text in enumerate(texts):
            if text == b"None":
                kept = [other for other in texts[place:] if other != b"None"]
                axes.append(-1 - len(kept) if b"..." in texts[:place] else place)
            elif text not in (b":", b"..."):
                return []
        return axes

    def slice(self, node: Node, depth: int) -> int:
        """`a:b:c`; which parts are missing matters."""
        parts = [self.leaf(b"t::", node, NOTHING)]
        for kid in node.children:
            if kid.is_named:
                parts.append(self.visit(kid, depth + 1))
            else:
                parts.append(parts[0])
        return self.node((b":", *parts[1:]), node)

    def lambda_(self, node: Node, depth: int) -> int:
        """A lambda; what its parameters are called means nothing."""
        *parameters, body = node.named_children
        for group in parameters:
            self.parameters(group, depth)
        return self.node((b"lambda", self.visit(body, depth + 1)), node)

    def comprehension(self, node: Node, depth: int) -> int:
        """A comprehension is its loop: the same heads and the same `append` as the statement form."""
        body, *clauses = (kid for kid in node.named_children if kid.kind_id not in self.noise)
        heads = [self.clause(clause, depth + 1) for clause in clauses]
        element = self.node((b"append", self.visit(body, depth + 1)), body)
        return self.looped(element, heads, node)

    def looped(self, element: int, heads: list[int], at: Node) -> int:
        """The shape of a comprehension, which is in order when it is added to another."""
        shape = self.node((b"comprehension", element, *heads), at)
        self.loops.add(shape)
        self.rows.add(shape)
        return shape

    def clause(self, node: Node, depth: int) -> int:
        """`for x in xs` or `if c` of a comprehension."""
        if node.type == "if_clause":
            shape, is_negated = self.truth(node.named_children[-1], depth)
            head = self.node((b"if", shape), node)
            if is_negated:
                self.unit.nesting += self.under(0, head, False)
            return head
        left, right = node.named_children[0], node.named_children[-1]
        return self.loop(left, right, node, depth)

    def loop(self, left: Node, right: Node, at: Node, depth: int) -> int:
        """The head of a loop; the iterable is read before its target is bound."""
        iterable = self.visit(right, depth + 1)
        return self.node((b"for", self.target(left, depth + 1), iterable), at)

    def named_expression(self, node: Node, depth: int) -> int:
        """`(x := v)`."""
        left, right = node.named_children[0], node.named_children[-1]
        if self.base + node.start_byte in self.lifted:
            return self.visit(left, depth + 1)
        value = self.visit(right, depth + 1)
        return self.node((b"=", self.target(left, depth + 1), value), node)

    def call(self, node: Node, depth: int) -> int:
        """A call; `"{}".format(a)` is an f-string."""
        start = node.start_byte
        if self.source[start : start + 4] in _DISPLAYED:
            shape = self.displayed(node, depth)
            if shape is not None:
                return shape
        formatted = self.formatted(node)
        return super().call(node, depth) if formatted is None else self.filled(*formatted, node, depth)

    def displayed(self, node: Node, depth: int) -> int | None:
        """A call for which there is other syntax: `dict(a=b)` is `{"a": b}`, `list()` is `[]`, `super(A, self)` is
        `super()`, and `map(lambda x: y, xs)` is `(y for x in xs)`; None for another call."""
        function, arguments = node.named_children[0], node.named_children[-1]
        if function.type != "identifier":
            return None
        name = self.text(function)
        if name in self.bound or name in self.imports:
            return None
        if name == b"super":
            return self.node((b"call", self.symbol(name, node)), node)
        if arguments.type == "generator_expression":
            return self.visit(arguments, depth + 1) if name in _ROWS_MADE else None
        kids = [kid for kid in arguments.named_children if kid.kind_id not in self.noise]
        if name == b"dict":
            if not all(kid.type == "keyword_argument" for kid in kids):
                return None
            pairs = [self.pair(pair, depth + 2) for pair in kids]
            return self.node((b"dictionary", *pairs), node) if pairs else self.leaf(b"t:dictionary", node, NOTHING)
        if name == b"map":
            return self.mapped(kids, node, depth)
        if name not in _ROWS_MADE:
            return None
        if not kids and name != b"set":  # there is no other way to write an empty one
            return self.sequence(arguments, depth)
        if len(kids) != 1 or kids[0].type not in ("list_comprehension", "generator_expression", "call"):
            return None
        shape = self.visit(kids[0], depth + 1)
        return shape if shape in self.loops else self.apply(self.symbol(name, node), [shape], node)

    def mapped(self, kids: list[Node], node: Node, depth: int) -> int | None:
        """`map(lambda x: y, xs)` as its comprehension."""
        if len(kids) != 2 or kids[0].type != "lambda":
            return None
        *parameters, body = kids[0].named_children
        names = [name for group in parameters for name in group.named_children]
        if len(names) != 1 or names[0].type != "identifier":
            return None
        element = self.node((b"append", self.visit(body, depth + 2)), body)
        return self.looped(element, [self.loop(names[0], kids[1], node, depth + 1)], node)

    def pair(self, node: Node, depth: int) -> int:
        """`a=b` as `"a": b`."""
        name, *_, value = node.named_children
        return self.node((b"pair", self.literal(self.text(name), name), self.visit(value, depth)), node)

    def apply(self, callee: int, values: list[int], at: Node) -> int:
        """A call whose operation has a second spelling in the common array libraries takes the first."""
        name = self.paths.get(callee)
        if name not in _APPLIED:
            return super().apply(callee, values, at)
        if name in _COUNTED and len(values) > 1 and values[0] == self.index.get((b"num:0",)):
            if values[1] not in self.keywords and all(value in self.keywords for value in values[2:]):
                values = values[1:]  # `range(0, n)` is `range(n)`
        elif name == b"square" and len(values) == 1:
            return self.node((b"**", values[0], self.value(b"2", at)), at)
        elif name == b"sqrt" and len(values) == 1:
            shape = super().apply(callee, values, at)
            self.roots[shape] = values[0]
            return shape
        elif name == b"str" and len(values) == 1:
            shape = super().apply(callee, values, at)
            self.texts[shape] = (values[0],)
            return shape
        elif name == b"size" and 1 <= len(values) <= 2:
            shape = self.node((b".", self.symbol(b"shape", at), values[0]), at)
            return shape if len(values) == 1 else self.node((b"[]", shape, values[1]), at)
        return super().apply(callee, values, at)

    def as_pattern(self, node: Node, depth: int) -> int:
        """`value as name`."""
        kids = [kid for kid in node.named_children if kid.kind_id not in self.noise]
        shape = self.visit(kids[0], depth + 1)
        for kid in kids[1:]:
            for name in kid.named_children or [kid]:
                self.target(name, depth + 1)
        return shape

    def target(self, node: Node, depth: int) -> int:
        """What is assigned to; bare names are bound from here on."""
        if depth > MAX_DEPTH:
            return PLACEHOLDER
        if node.type in _ROWS and b"," not in self.text(node):  # parentheses around one target
            inside = [kid for kid in node.named_children if kid.kind_id not in self.noise]
            node = inside[0] if len(inside) == 1 else node
        if node.type == "identifier":
            name = self.text(node)
            if self.unit.kind != "module":
                self.bound.add(name)
            elif name in self.imports:
                del self.imports[name]
            self.targets.append(name)
            return self.placeholder(name)
        if self.roles.get(node.kind_id) == "sequence" or node.type == "list_splat_pattern":
            inner = [self.target(kid, depth + 1) for kid in node.named_children if kid.kind_id not in self.noise]
            return self.node((b"seq", *inner), node)
        shape = self.visit(node, depth)
        if shape == PLACEHOLDER:
            self.targets.append(self.names[-1])
        return shape

    def number_text(self, node: Node) -> bytes:
        """The canonical text of a number node."""
        return number(self.text(node))

    def parameters(self, node: Node, depth: int) -> list[int]:
        """Bind the parameters; the shapes of their defaults."""
        shapes: list[int] = []
        for kid in node.named_children:
            kind = kid.type
            if kind not in _PARAMETERS:
                continue
            inner, value = kid, None
            if kind in _DEFAULTS:
                value = kid.child_by_field_name("value")
                inner = kid.child_by_field_name("name") or kid.named_children[0]
            elif kind != "identifier":
                inner = kid.named_children[0] if kind == "typed_parameter" else kid
            if inner.type in _SPLATS:
                inner = inner.named_children[0]
            text = self.text(inner)
            self.bound.add(text)
            if text not in self.grammar.receivers:
                self.unit.names.add(text)
                self.placeholder(text)
            if value is not None:
                shapes.append(self.node((b"default", self.visit(value, depth + 1)), kid))
        return shapes


_EXPRESSIONS: dict[str, Any] = {
    "comparison_operator": PythonExpressions.comparison,
    "boolean_operator": PythonExpressions.boolean,
    "binary_operator": PythonExpressions.arithmetic,
    "not_operator": PythonExpressions.invert,
    "unary_operator": PythonExpressions.unary,
    "conditional_expression": PythonExpressions.conditional,
    "subscript": PythonExpressions.subscript,
    "slice": PythonExpressions.slice,
    "string": PythonExpressions.text_parts,
    "concatenated_string": PythonExpressions.concatenated,
    "lambda": PythonExpressions.lambda_,
    "list_comprehension": PythonExpressions.comprehension,
    "set_comprehension": PythonExpressions.comprehension,
    "dictionary_comprehension": PythonExpressions.comprehension,
    "generator_expression": PythonExpressions.comprehension,
    "named_expression": PythonExpressions.named_expression,
    "as_pattern": PythonExpressions.as_pattern,
    "call": PythonExpressions.call,
}
