"""What the canonical form of Python needs beyond the data of its grammar: one spelling for what has several."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from tree_sitter import Node

from clonescan.fingerprint import NOTHING
from clonescan.kinds.code.grammar import Grammar
from clonescan.kinds.code.shapes import PLACEHOLDER, Key
from clonescan.kinds.code.symbols import BUILTINS, Symbols
from clonescan.kinds.code.walk import MAX_DEPTH, Run, Unit, Visit, Walker

_DEFINED = re.compile(
    rb"^[ \t]+(?:async[ \t]+)?def[ \t]+(\w+)|\b(?:self|cls)\.(\w+)[ \t]*(?::[^=\n]+)?=(?!=)", re.MULTILINE
)
_MIRRORED = {b">": b"<", b">=": b"<="}
_NEGATED = {b"!=": b"==", b"is not": b"is", b"not in": b"in"}
_PARAMETERS = ("identifier", "default_parameter", "typed_parameter", "typed_default_parameter")
_SPLATS = ("list_splat_pattern", "dictionary_splat_pattern")


class PythonWalker(Walker):
    """Reads Python 2 and 3."""

    def __init__(self, grammar: Grammar, symbols: Symbols) -> None:
        super().__init__(grammar, symbols)
        self.builtins |= BUILTINS

    def expressions(self) -> dict[str, Visit]:
        """Python's own expressions, beside the ones that every language has."""
        return super().expressions() | _EXPRESSIONS

    def runs(self) -> dict[str, Run]:
        """Python's own statements."""
        return super().runs() | _RUNS

    def definitions(self, source: bytes) -> set[bytes]:
        """Methods, and what is assigned on `self`."""
        return {name for found in _DEFINED.finditer(source) for name in found.groups() if name}

    # Expressions

    def comparison(self, node: Node, depth: int) -> int:
        """`a > b` is `b < a`; `a != b` is `not a == b`."""
        kids = [kid for kid in node.children if kid.kind_id not in self.noise]
        if len(kids) != 3:
            return self.generic(node, depth)
        mark = len(self.names)
        left = self.visit(kids[0], depth + 1)
        middle = len(self.names)
        right = self.visit(kids[2], depth + 1)
        sign = kids[1].type.encode()
        if sign in _MIRRORED:
            sign, left, right = _MIRRORED[sign], right, left
            self.names[mark:] = self.names[middle:] + self.names[mark:middle]
        if sign in _NEGATED:
            return self.negate(self.node((_NEGATED[sign], left, right), node), node)
        return self.node((sign, left, right), node)

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

    def unary(self, node: Node, depth: int) -> int:
        """`-x`; a negative number is a number."""
        sign, operand = node.children[0].type, node.named_children[-1]
        if sign == "-" and self.grammar.roles.get(operand.kind_id) == "number":
            return self.value(b"-" + self.number_text(operand), node)
        inner = self.visit(operand, depth + 1)
        return inner if sign == "+" else self.node((b"u" + sign.encode(), inner), node)

    def conditional(self, node: Node, depth: int) -> int:
        """`a if c else b`, with the condition made positive."""
        kids = [kid for kid in node.named_children if kid.kind_id not in self.noise]
        if len(kids) != 3:
            return self.generic(node, depth)
        condition = self.visit(kids[1], depth + 1)
        branches = [kids[0], kids[2]]
        if condition in self.opposite:
            condition = self.opposite[condition]
            branches.reverse()
        return self.node((b"?", condition, *self.visit_all(branches, depth + 1)), node)

    def subscript(self, node: Node, depth: int) -> int:
        """`a[i, j]`."""
        return self.node((b"[]", *self.visit_all(node.named_children, depth + 1)), node)

    def slice(self, node: Node, depth: int) -> int:
        """`a:b:c`; which parts are missing matters."""
        parts = [self.leaf(b"t::", node, NOTHING)]
        for kid in node.children:
            if kid.is_named:
                parts.append(self.visit(kid, depth + 1))
            else:
                parts.append(parts[0])
        return self.node((b":", *parts[1:]), node)

    def text_parts(self, node: Node, depth: int) -> int:
        """A string with or without prefix; of an f-string the expressions in it stay."""
        return self.strings([node], node, depth)

    def concatenated(self, node: Node, depth: int) -> int:
        """Strings behind one another are one."""
        return self.strings([kid for kid in node.named_children if kid.kind_id not in self.noise], node, depth)

    def strings(self, parts: Sequence[Node], at: Node, depth: int) -> int:
        """The shape of what these string nodes make together."""
        kids = [kid for part in parts for kid in part.named_children]
        holes = [kid for kid in kids if kid.type == "interpolation" and kid.named_children]
        if not holes:
            return self.literal(b"".join(_content(self.text(part)) for part in parts), at)
        for kid in kids:
            if kid.type == "string_content":
                self.literal(self.text(kid), kid)
        return self.node((b"fstring", *(self.visit(hole.named_children[0], depth + 1) for hole in holes)), at)

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
        return self.node((b"comprehension", element, *heads), node)

    def clause(self, node: Node, depth: int) -> int:
        """`for x in xs` or `if c` of a comprehension."""
        if node.type == "if_clause":
            return self.node((b"if", self.positive(node.named_children[-1], depth)), node)
        left, right = node.named_children[0], node.named_children[-1]
        return self.loop(left, right, node, depth)

    def loop(self, left: Node, right: Node, at: Node, depth: int) -> int:
        """The head of a loop; the iterable is read before its target is bound."""
        iterable = self.visit(right, depth + 1)
        return self.node((b"for", self.target(left, depth + 1), iterable), at)

    def positive(self, node: Node, depth: int) -> int:
        """A condition without its `not`: which branch is taken is often turned round."""
        condition = self.visit(node, depth + 1)
        return self.opposite.get(condition, condition)

    def named_expression(self, node: Node, depth: int) -> int:
        """`(x := v)`."""
        left, right = node.named_children[0], node.named_children[-1]
        value = self.visit(right, depth + 1)
        return self.node((b"=", self.target(left, depth + 1), value), node)

    def call(self, node: Node, depth: int) -> int:
        """A call; `super(A, self)` is `super()`, and `x.size(i)` is `x.shape[i]`."""
        if self.text(node.named_children[0]) == b"super":
            return self.node((b"call", self.symbol(b"super", node)), node)
        return super().call(node, depth)

    def apply(self, callee: int, values: list[int], at: Node) -> int:
        """A call whose operation has a second spelling in the common array libraries takes the first."""
        if self.paths.get(callee) == b"size" and 1 <= len(values) <= 2:
            shape = self.node((b".", self.symbol(b"shape", at), values[0]), at)
            return shape if len(values) == 1 else self.node((b"[]", shape, values[1]), at)
        return super().apply(callee, values, at)

    def target(self, node: Node, depth: int) -> int:
        """What is assigned to; bare names are bound from here on."""
        if depth > MAX_DEPTH:
            return PLACEHOLDER
        if node.type == "identifier":
            name = self.text(node)
            if self.unit.kind != "module":
                self.bound.add(name)
            elif name in self.imports:
                del self.imports[name]
            return self.placeholder(name)
        if self.grammar.roles.get(node.kind_id) == "sequence" or node.type == "list_splat_pattern":
            inner = [self.target(kid, depth + 1) for kid in node.named_children if kid.kind_id not in self.noise]
            return self.node((b"seq", *inner), node)
        return self.visit(node, depth)

    def number_text(self, node: Node) -> bytes:
        """The canonical text of a number node."""
        from clonescan.kinds.code.walk import number

        return number(self.text(node))

    # Statements

    def expression_statement(self, node: Node, depth: int) -> None:
        """Expressions joined by commas are statements of their own; a string alone is a comment."""
        for kid in node.named_children:
            if kid.type == "assignment":
                self.assignment(kid, depth)
            elif kid.type == "augmented_assignment":
                self.augmented(kid, depth)
            elif self.grammar.roles.get(kid.kind_id) not in ("string", "noise"):
                self.expression(kid, depth)

    def expression(self, node: Node, depth: int) -> None:
        """An expression as a statement; `xs.append(x)` is the body of a comprehension."""
        if node.type == "tuple":
            for kid in node.named_children:
                self.expression(kid, depth)
            return
        appended = self.appended(node)
        if appended is None:
            self.simple(node, depth)
            return
        shape = self.node((b"append", self.visit(appended, depth)), appended)
        self.push(shape, node.start_byte, node.end_byte)

    def appended(self, node: Node) -> Node | None:
        """What `xs.append(x)` or `xs.add(x)` adds."""
        if node.type != "call" or len(node.named_children) != 2:
            return None
        function, arguments = node.named_children
        if function.type != "attribute" or self.text(function.named_children[-1]) not in (b"append", b"add"):
            return None
        values = arguments.named_children
        return values[0] if len(values) == 1 and values[0].type != "keyword_argument" else None

    def assignment(self, node: Node, depth: int) -> None:
        """`a = b = c` and `a, b = c, d` become single assignments."""
        targets: list[Node] = []
        value: Node | None = node
        while value is not None and value.type == "assignment":
            parts = [kid for kid in value.named_children if kid.kind_id not in self.noise]
            targets.append(parts[0])
            value = parts[1] if len(parts) > 1 else None
        if value is None:
            self.field(targets[0], node)
            return
        for target in targets:
            for left, right in self.pairs(target, value):
                self.assign(left, right, node, depth)

    def pairs(self, target: Node, value: Node) -> list[tuple[Node, Node]]:
        """The single assignments in one."""
        roles = self.grammar.roles
        if roles.get(target.kind_id) == "sequence" and roles.get(value.kind_id) == "sequence":
            left, right = target.named_children, value.named_children
            plain = all("splat" not in kid.type for kid in (*left, *right))
            if len(left) == len(right) and plain and value.type in ("expression_list", "tuple"):
                return list(zip(left, right, strict=True))
        return [(target, value)]

    def assign(self, left: Node, right: Node, at: Node, depth: int) -> None:
        """One target, one value."""
        if self.text(left) == b"__all__":
            self.exported(right)
            return
        value = self.visit(right, depth + 1)
        shape = self.node((b"=", self.target(left, depth + 1), value), at)
        self.push(shape, at.start_byte, at.end_byte)

    def exported(self, node: Node) -> None:
        """`__all__` lists names, which a copier is free to change."""
        for kid in node.named_children:
            self.unit.names.add(self.text(kid).strip(b"\"'"))

    def field(self, target: Node, at: Node) -> None:
        """`name: type` alone."""
        self.push(self.node((b"field", self.target(target, 0)), at), at.start_byte, at.end_byte)

    def augmented(self, node: Node, depth: int) -> None:
        """`x += v` is `x = x + v`."""
        kids = [kid for kid in node.children if kid.kind_id not in self.noise]
        left, sign, right = kids[0], kids[1].type.removesuffix("="), kids[-1]
        mark = len(self.names)
        before = self.visit(left, depth + 1)
        middle = len(self.names)
        value = self.binary(sign.encode(), before, self.visit(right, depth + 1), node, mark, middle)
        shape = self.node((b"=", self.target(left, depth + 1), value), node)
        self.push(shape, node.start_byte, node.end_byte)

    def if_(self, node: Node, depth: int) -> None:
        """A branch; with an `else`, the branch of the positive condition comes first."""
        condition = node.child_by_field_name("condition")
        body = node.child_by_field_name("consequence")
        others = node.children_by_field_name("alternative")
        if condition is None or body is None:
            self.compound(node, depth)
            return
        shape = self.visit(condition, depth + 1)
        bodies = [body, *others]
        if shape in self.opposite:
            shape = self.opposite[shape]
            if len(others) == 1 and others[0].type == "else_clause":
                bodies.reverse()
        self.push(self.node((b"if", shape), node), node.start_byte, condition.end_byte)
        for part in bodies:
            self.run(part, depth + 1)

    def bare(self, node: Node, depth: int) -> None:
        """`else`, `try`, `finally`: no head, only bodies."""
        for kid in node.named_children:
            self.run(kid, depth + 1)

    def for_(self, node: Node, depth: int) -> None:
        """A loop over an iterable."""
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            self.compound(node, depth)
            return
        self.push(self.loop(left, right, node, depth), node.start_byte, right.end_byte)
        self.bodies(node, depth)

    def while_(self, node: Node, depth: int) -> None:
        """A loop on a condition."""
        condition = node.child_by_field_name("condition")
        if condition is None:
            self.compound(node, depth)
            return
        shape = self.node((b"while", self.positive(condition, depth)), node)
        self.push(shape, node.start_byte, condition.end_byte)
        self.bodies(node, depth)

    def bodies(self, node: Node, depth: int) -> None:
        """What is inside a loop, and its `else`."""
        for kid in node.named_children:
            if self.grammar.roles.get(kid.kind_id) in ("block", "compound"):
                self.run(kid, depth + 1)

    def as_pattern(self, node: Node, depth: int) -> int:
        """`value as name`."""
        kids = [kid for kid in node.named_children if kid.kind_id not in self.noise]
        shape = self.visit(kids[0], depth + 1)
        for kid in kids[1:]:
            for name in kid.named_children or [kid]:
                self.target(name, depth + 1)
        return shape

    def print_statement(self, node: Node, depth: int) -> None:
        """Python 2's `print x` is `print(x)`."""
        values = self.visit_all(node.named_children, depth + 1)
        shape = self.apply(self.symbol(b"print", node), values, node)
        self.push(shape, node.start_byte, node.end_byte)

    def import_(self, node: Node, depth: int) -> None:
        """`import a.b as c`: what each name stands for. A repository's own modules are free names."""
        for name in node.named_children:
            if name.type == "aliased_import":
                path, alias = (self.text(kid) for kid in name.named_children)
                self.bind(alias, path)
            else:
                first = self.text(name).split(b".")[0]
                self.bind(first, first)

    def import_from(self, node: Node, depth: int) -> None:
        """`from a import b as c`; star imports are left alone."""
        module, *names = node.named_children
        prefix = b"" if module.type == "relative_import" else self.text(module) + b"."
        for name in names:
            if name.type == "aliased_import":
                path, alias = (self.text(kid) for kid in name.named_children)
                self.bind(alias, prefix + path if prefix else b"")
            elif name.type == "dotted_name":
                self.bind(self.text(name), prefix + self.text(name) if prefix else b"")

    def bind(self, alias: bytes, path: bytes) -> None:
        """Note what a name stands for; an empty path is a module of the repository's own."""
        self.imports[alias] = path
        self.bound.discard(alias)

    # Definitions

    def decorated(self, node: Node, depth: int) -> None:
        """A definition with its decorators, which belong to it."""
        *decorators, definition = (kid for kid in node.named_children if kid.kind_id not in self.noise)
        kind = "class" if definition.type == "class_definition" else "function"
        self.definition(definition, kind, depth, decorators)

    def function(self, node: Node, depth: int) -> None:
        """A function or method."""
        self.definition(node, "function", depth, [])

    def classes(self, node: Node, depth: int) -> None:
        """A class: its head and fields."""
        self.definition(node, "class", depth, [])

    def definition(self, node: Node, kind: str, depth: int, decorators: Sequence[Node]) -> None:
        """A unit with its head: the defaults of its parameters, or its bases."""
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is None:
            self.block(node, depth)
            return
        first = decorators[0] if decorators else node
        unit = Unit(self.text(name), kind, first.start_byte + self.base, node.end_byte + self.base)
        unit.names.add(unit.name)

        def inside() -> None:
            for decorator in decorators:
                self.names, kept = [], self.names
                self.visit(decorator.named_children[0], depth + 1)
                self.names = kept
            self.head(node, kind, depth)
            if body:
                self.run(body, depth + 1)

        if depth > _MAX_NESTING:
            return
        self.nested(unit, inside)

    def head(self, node: Node, kind: str, depth: int) -> None:
        """The first statement of a unit."""
        name = node.child_by_field_name("name")
        self.names = [self.text(name)] if name else []
        parts = node.child_by_field_name("parameters" if kind == "function" else "superclasses")
        if kind == "function":
            shapes = self.parameters(parts, depth) if parts else []
            key: Key = (b"def", *shapes)
        else:
            shapes = self.arguments(parts, PLACEHOLDER, depth + 1) if parts else []
            key = (b"class", *shapes)
        self.push(self.node(key, node), node.start_byte, parts.end_byte if parts else node.start_byte)

    def parameters(self, node: Node, depth: int) -> list[int]:
        """Bind the parameters; the shapes of their defaults."""
        shapes: list[int] = []
        for kid in node.named_children:
            if kid.type not in _PARAMETERS and kid.type not in _SPLATS:
                continue
            inner = kid.child_by_field_name("name") or (kid if kid.type == "identifier" else kid.named_children[0])
            if inner.type in _SPLATS:
                inner = inner.named_children[0]
            text = self.text(inner)
            self.bound.add(text)
            if text not in self.grammar.receivers:
                self.unit.names.add(text)
                self.placeholder(text)
            value = kid.child_by_field_name("value")
            if value is not None:
                shapes.append(self.node((b"default", self.visit(value, depth + 1)), kid))
        return shapes


_MAX_NESTING = 100  # definitions inside definitions: Python itself refuses more indentation


def _content(text: bytes) -> bytes:
    """A string literal without prefix and quotes."""
    text = text.lstrip(b"rRbBuUfF")
    for quote in (b'"""', b"'''"):
        if text.startswith(quote):
            return text[3:-3]
    return text[1:-1]


_EXPRESSIONS: dict[str, Any] = {
    "comparison_operator": PythonWalker.comparison,
    "not_operator": PythonWalker.invert,
    "unary_operator": PythonWalker.unary,
    "conditional_expression": PythonWalker.conditional,
    "subscript": PythonWalker.subscript,
    "slice": PythonWalker.slice,
    "string": PythonWalker.text_parts,
    "concatenated_string": PythonWalker.concatenated,
    "lambda": PythonWalker.lambda_,
    "list_comprehension": PythonWalker.comprehension,
    "set_comprehension": PythonWalker.comprehension,
    "dictionary_comprehension": PythonWalker.comprehension,
    "generator_expression": PythonWalker.comprehension,
    "named_expression": PythonWalker.named_expression,
    "as_pattern": PythonWalker.as_pattern,
    "call": PythonWalker.call,
}

_RUNS: dict[str, Any] = {
    "expression_statement": PythonWalker.expression_statement,
    "if_statement": PythonWalker.if_,
    "elif_clause": PythonWalker.if_,
    "else_clause": PythonWalker.bare,
    "try_statement": PythonWalker.bare,
    "finally_clause": PythonWalker.bare,
    "for_statement": PythonWalker.for_,
    "while_statement": PythonWalker.while_,
    "print_statement": PythonWalker.print_statement,
    "import_statement": PythonWalker.import_,
    "import_from_statement": PythonWalker.import_from,
    "decorated_definition": PythonWalker.decorated,
    "function_definition": PythonWalker.function,
    "class_definition": PythonWalker.classes,
}


walker = PythonWalker
