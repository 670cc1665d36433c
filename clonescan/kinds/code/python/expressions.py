"""Expressions of Python: one spelling for what has several."""

from __future__ import annotations

import re
from typing import Any

from tree_sitter import Node

from clonescan.fingerprint import NOTHING
from clonescan.kinds.code.grammar import Grammar
from clonescan.kinds.code.literals import number
from clonescan.kinds.code.python.patterns import Patterns
from clonescan.kinds.code.python.texts import content
from clonescan.kinds.code.shapes import CALL, PLACEHOLDER
from clonescan.kinds.code.symbols import BUILTINS, Symbols
from clonescan.kinds.code.visitor import MAX_DEPTH, Visit

_DISPLAYED = frozenset((b"supe", b"dict", b"list", b"tupl", b"set(", b"map(", b"isin", b"floa"))  # how such calls begin
_GETATTR = b"getattr("
_NAME = re.compile(rb"[A-Za-z_]\w*")
_PAIRS = ("pattern_list", "tuple_pattern")
_NAMED = ("keyword_argument", "list_splat", "dictionary_splat")
_ROWS_MADE = (b"list", b"tuple", b"set")
_ROWS = ("tuple_pattern", "parenthesized_expression")
_DEFAULTS = ("default_parameter", "typed_default_parameter")
_SPLATS = ("list_splat_pattern", "dictionary_splat_pattern")
_PARAMETERS = ("identifier", "typed_parameter", *_DEFAULTS, *_SPLATS)


class PythonExpressions(Patterns):
    """Visits the expressions of Python 2 and 3."""

    def __init__(self, grammar: Grammar, symbols: Symbols) -> None:
        super().__init__(grammar, symbols)
        self.builtins |= BUILTINS
        self.loops: set[int] = set()
        self.lifted: set[int] = set()

    @classmethod
    def expressions(cls) -> dict[str, Visit]:
        """Python's own expressions, beside the ones that every language has."""
        return super().expressions() | _EXPRESSIONS

    def unary(self, node: Node, depth: int) -> int:
        """`-x`; a negative number is a number."""
        sign, operand = node.children[0].type, node.named_children[-1]
        if sign == "-" and self.roles.get(operand.kind_id) == "number":
            return self.value(b"-" + self.number_text(operand), node)
        inner = self.visit(operand, depth + 1)
        return inner if sign == "+" else self.node((b"u" + sign.encode(), inner), node)

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
        return self.looped(self.element(body, depth + 1), heads, node)

    def element(self, body: Node, depth: int) -> int:
        """What a comprehension adds each time: `{k: v for ...}` sets `d[k] = v`."""
        if body.type == "pair":
            key, value = self.visit_all(body.named_children, depth)
            return self.node((b"=", self.node((b"[]", PLACEHOLDER, key), body), value), body)
        return self.node((b"append", self.visit(body, depth)), body)

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
        """The head of a loop; the iterable is read before its target is bound.

        `for i in range(len(xs))` and `for i, x in enumerate(xs)` are loops over `xs`.
        """
        row = self.numbered(right)
        if row is not None:
            self.trace(self.source[right.start_byte : right.start_byte + 5])
        iterable = self.visit(row or right, depth + 1)
        pair = left.named_children if row and left.type in _PAIRS else ()
        if len(pair) == 2:
            self.target(pair[0], depth + 1)
            left = pair[1]
        return self.node((b"for", self.target(left, depth + 1), iterable), at)

    def numbered(self, node: Node) -> Node | None:
        """The row that `enumerate(xs)` or `range(len(xs))` numbers."""
        row = self.only_argument(node, b"enumerate(")
        if row is None:
            length = self.only_argument(node, b"range(")
            row = length and self.only_argument(length, b"len(")
        return row

    def only_argument(self, node: Node, start: bytes) -> Node | None:
        """What a call that starts like this is given, if it is one thing."""
        if not self.source.startswith(start, node.start_byte) or node.type != "call" or start[:-1] in self.bound:
            return None
        arguments = node.named_children[-1]
        kids = [kid for kid in arguments.named_children if kid.kind_id not in self.noise]
        plain = arguments.type == "argument_list" and len(kids) == 1 and kids[0].type not in _NAMED
        return kids[0] if plain else None

    def raised(self, node: Node, depth: int) -> int:
        """What is raised; which error it is, is a feature beside."""
        kids = [kid for kid in node.named_children if kid.kind_id not in self.noise]
        if not kids or kids[0].type != "call":
            return self.generic(node, depth)
        error, arguments = kids[0].named_children[0], kids[0].named_children[-1]
        self.visit(error, depth + 1)
        return self.node((b"raise_statement", *self.arguments(arguments, PLACEHOLDER, depth + 1)), node)

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
        got = self.got(node) if self.source[start : start + 8] == _GETATTR else None
        if got:
            path = self.path(node)
            return self.api(path, node) if path else self.accessed(*got, node, depth)
        formatted = self.formatted(node)
        return super().call(node, depth) if formatted is None else self.filled(*formatted, node, depth)

    def access(self, node: Node) -> tuple[Node, bytes, Node] | None:
        """`x.name`, and `getattr(x, "name")` as well."""
        got = self.source.startswith(_GETATTR, node.start_byte) and self.got(node)
        return got or super().access(node)

    def got(self, node: Node) -> tuple[Node, bytes, Node] | None:
        """The object, the name and where that stands of `getattr(x, "name")`."""
        if node.type != "call" or b"getattr" in self.bound:
            return None
        function, arguments = node.named_children[0], node.named_children[-1]
        kids = [kid for kid in arguments.named_children if kid.kind_id not in self.noise]
        if function.type != "identifier" or len(kids) != 2 or kids[1].type != "string" or kids[0].type in _NAMED:
            return None
        name = content(self.text(kids[1]))
        return (kids[0], name, kids[1]) if _NAME.fullmatch(name) else None

    def path(self, node: Node) -> bytes | None:
        """`getattr(torch, "cat")` is `torch.cat`."""
        got = self.got(node) if self.source.startswith(_GETATTR, node.start_byte) else None
        if got is None:
            return super().path(node)
        home = self.path(got[0])
        return home + b"." + got[1] if home else None

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
            return self.node((CALL, self.symbol(name, node)), node)
        if arguments.type == "generator_expression":
            return self.visit(arguments, depth + 1) if name in _ROWS_MADE else None
        kids = [kid for kid in arguments.named_children if kid.kind_id not in self.noise]
        if name == b"dict":
            if not all(kid.type == "keyword_argument" for kid in kids):
                return None
            pairs = [self.pair(pair, depth + 2) for pair in kids]
            return self.node((b"dictionary", *pairs), node) if pairs else self.leaf(b"t:dictionary", node, NOTHING)
        if name == b"isinstance":
            return self.of_types(kids, node, depth)
        if name == b"float":
            is_infinite = len(kids) == 1 and kids[0].type == "string" and content(self.text(kids[0])) == b"inf"
            return self.api(b"math.inf", node) if is_infinite else None
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

    def of_types(self, kids: list[Node], node: Node, depth: int) -> int | None:
        """`isinstance(x, (A, B))`, in whatever order."""
        if len(kids) != 2 or kids[1].type != "tuple":
            return None
        value = self.visit(kids[0], depth + 1)
        types = [kid for kid in kids[1].named_children if kid.kind_id not in self.noise]
        row = self.node((b"seq", *self.ordered(self.apart(types, lambda kid: self.visit(kid, depth + 2)))), node)
        return self.apply(self.symbol(b"isinstance", node), [value, row], node)

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
    "raise_statement": PythonExpressions.raised,
    "named_expression": PythonExpressions.named_expression,
    "as_pattern": PythonExpressions.as_pattern,
    "call": PythonExpressions.call,
}
