"""Statements and definitions of Python: one spelling for what has several."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from tree_sitter import Node

from clonescan.fingerprint import NOTHING, ORDER, STRUCTURE
from clonescan.kinds.code.expressions import MAX_DEPTH, MAX_ROW
from clonescan.kinds.code.python.arrays import MAX_AXES, is_in_place
from clonescan.kinds.code.python.returned import Returned
from clonescan.kinds.code.python.temporaries import SIZES, WORD
from clonescan.kinds.code.recorder import Unit
from clonescan.kinds.code.shapes import PLACEHOLDER, Key
from clonescan.kinds.code.walk import Run

_DEFINED = re.compile(
    rb"^[ \t]+(?:async[ \t]+)?def[ \t]+(\w+)|\b(?:self|cls)\.(\w++)[ \t]*+(?::[^=\n]{1,200}+)?=(?!=)", re.MULTILINE
)
# The two halves of the above, eight times as fast because each begins with a text that can be searched for.
_DEF = re.compile(rb"def[ \t]+(\w+)")
_INDENT = re.compile(rb"[ \t]+(?:async[ \t]+)?")
_ASSIGNED = re.compile(rb"self\.(?<!\wself\.)(\w++)[ \t]*+(?::[^=\n]{1,200}+)?=(?!=)")
_MOST_INDENT = 1_000  # bytes; more before a `def` is no indentation that anybody wrote
_MOST_TARGETS = 16  # of one assignment: each has the value once more
_RUNNERS = (b"pytest", b"unittest")
_FIRST = ("parenthesized_expression", "comparison_operator", "boolean_operator", "binary_operator", "not_operator")
_MAX_NESTING = 100  # definitions inside definitions: Python itself refuses more indentation


class PythonWalker(Returned):
    """Reads Python 2 and 3."""

    @classmethod
    def runs(cls) -> dict[str, Run]:
        """Python's own statements."""
        return super().runs() | _RUNS

    def definitions(self, source: bytes) -> set[bytes]:
        """Methods, and what is assigned on `self`."""
        methods = {found.group(1) for found in _DEF.finditer(source) if self.is_indented(source, found.start())}
        if b"cls." in source or b"self" in methods:  # the halves may overlap
            return {name for found in _DEFINED.finditer(source) for name in found.groups() if name}
        return methods.union(_ASSIGNED.findall(source))

    def is_indented(self, source: bytes, place: int) -> bool:
        """Whether a line begins with blanks that end here."""
        start = source.rfind(b"\n", max(0, place - _MOST_INDENT), place) + 1
        return bool((start or place < _MOST_INDENT) and _INDENT.fullmatch(source, start, place))

    def expression_statement(self, node: Node, depth: int) -> None:
        """Expressions joined by commas are statements of their own; a string alone is a comment."""
        for kid in node.named_children:
            kind = kid.type
            if kind == "assignment":
                self.assignment(kid, depth)
            elif kind == "augmented_assignment":
                self.augmented(kid, depth)
            elif self.roles.get(kid.kind_id) not in ("string", "noise"):
                self.expression(kid, depth)

    def expression(self, node: Node, depth: int) -> None:
        """An expression as a statement; `xs.append(x)` is the body of a comprehension."""
        if node.type == "tuple":
            for kid in node.named_children:
                self.expression(kid, depth)
            return
        appended, changed = self.appended(node), self.changed(node)
        for value in appended:
            self.append(node.named_children[0].named_children[0], value, node, depth)
        if appended:
            return
        if changed is not None:
            self.store(changed, self.visit(node, depth), node, depth)
        else:
            self.simple(node, depth)

    def append(self, row: Node, value: Node, at: Node, depth: int) -> None:
        """`xs.append(x)`; which row it is, is of no interest but for its name."""
        self.visit(row, depth)
        shape = self.node((b"append", self.visit(value, depth)), value)
        self.push(shape, at.start_byte, at.end_byte)

    def changed(self, node: Node) -> Node | None:
        """What a statement changes in place: `x.add_(y)` is `x = x.add(y)`, and `init.zeros_(x)` changes `x`."""
        function = node.named_children[0] if node.type == "call" else None
        if function is None or function.type != "attribute" or not is_in_place(self.text(function)):
            return None
        value = function.named_children[0]
        if self.path(function):
            value = (node.named_children[-1].named_children or [node])[0]
        return value if value.type in ("identifier", "attribute", "subscript") else None

    def grown(self, left: Node, right: Node) -> list[Node]:
        """What `xs + [x, y]` adds to the row that it is assigned to."""
        sides = [kid for kid in right.children if kid.kind_id not in self.noise]
        if len(sides) != 3 or sides[1].type != "+" or self.text(sides[0]) != self.text(left):
            return []
        return self.members(sides[2])

    def members(self, row: Node) -> list[Node]:
        """What stands in `(x, y)` or `[x, y]`, if that is a few things and all that there is."""
        if row.type not in ("list", "tuple"):
            return []
        kids = [kid for kid in row.named_children if kid.kind_id not in self.noise]
        return kids if len(kids) <= MAX_ROW and all(kid.type != "list_splat" for kid in kids) else []

    def appended(self, node: Node) -> list[Node]:
        """What `xs.append(x)`, `xs.add(x)` or `xs.extend([x, y])` adds."""
        kids = node.named_children
        if len(kids) != 2 or node.type != "call" or kids[0].type != "attribute":
            return []
        name, values = self.text(kids[0].named_children[-1]), kids[1].named_children
        if len(values) != 1 or values[0].type == "keyword_argument":
            return []
        if name == b"extend":
            return self.members(values[0])
        return values if name in (b"append", b"add") else []

    def assignment(self, node: Node, depth: int) -> None:
        """`a = b = c` and `a, b = c, d` become single assignments."""
        kids = node.named_children
        single = len(kids) == 2 and kids[0].type in ("identifier", "attribute")
        if single and kids[1].kind_id not in self.noise and kids[1].type != "assignment":
            self.assign(kids[0], kids[1], node, depth)
            return
        targets: list[Node] = []
        value: Node | None = node
        while value is not None and value.type == "assignment":
            parts = [kid for kid in value.named_children if kid.kind_id not in self.noise]
            targets.append(parts[0])
            value = parts[1] if len(parts) > 1 else None
        if value is None:
            self.field(targets[0], node)
            return
        for target in targets[:_MOST_TARGETS]:
            for left, right in self.pairs(target, value):
                self.assign(left, right, node, depth)

    def pairs(self, target: Node, value: Node) -> list[tuple[Node, Node]]:
        """The single assignments in one."""
        roles = self.roles
        if roles.get(target.kind_id) == "sequence" and roles.get(value.kind_id) == "sequence":
            left, right = target.named_children, value.named_children
            plain = all("splat" not in kid.type for kid in (*left, *right))
            each = len(left) == len(right) and plain and value.type in ("expression_list", "tuple")
            if each and not self.depends(left, right):
                return list(zip(left, right, strict=True))
        return [(target, value)]

    def depends(self, left: list[Node], right: list[Node]) -> bool:
        """Whether a value has a name that an assignment before it would have set: `a, b = b, a`."""
        taken = set[bytes]()
        for target, value in zip(left, right, strict=True):
            if taken and not taken.isdisjoint(WORD.findall(self.text(value))):
                return True
            taken.update(WORD.findall(self.text(target).partition(b"[")[0])[-1:])
        return False

    def assign(self, left: Node, right: Node, at: Node, depth: int) -> None:
        """One target, one value."""
        if self.unit.kind == "module" and self.text(left) == b"__all__":
            self.exported(right)
            return
        last = self.carrier(left, at)
        if last is not None:
            self.give(right, at, last, depth)
            return
        if self.conditional_in(right):

            def store(value: Node) -> None:
                if self.text(value) != self.text(left):  # `x = x` says nothing
                    self.store(left, self.visit(value, depth + 1), at, depth)

            self.branches(right, at, depth, store)
            return
        added = self.grown(left, right) if right.type == "binary_operator" else []
        for member in added:
            self.append(left, member, at, depth)
        if added:
            return
        if left.type == "pattern_list" and self.unpacked(left, right, at, depth):
            return
        value = self.visit(right, depth + 1)
        if self.is_item(right) or not self.hold(left, right, value, at):
            self.store(left, value, at, depth)

    def unpacked(self, left: Node, right: Node, at: Node, depth: int) -> bool:
        """`b, c = x.shape` sets each by itself; returns whether the assignment is one."""
        row, first = self.stretch(self.unwrapped(right))
        targets = [kid for kid in left.named_children if kid.kind_id not in self.noise]
        if targets and targets[0].type == "list_splat_pattern" and not first:  # `*_, h, w`
            targets, first = targets[1:], 1 - len(targets)
        is_plain = all(target.type in ("identifier", "attribute") for target in targets)
        if not is_plain or len(targets) > MAX_AXES or not self.text(row).endswith(SIZES):
            return False
        sizes = self.visit(row, depth + 1)
        names = self.names
        for place, target in enumerate(targets, first):
            if self.text(target) == b"_":
                continue
            self.names = [*names]
            item = self.size(sizes, self.integer(place, at), at)
            if not self.hold(target, right, item, at):
                self.store(target, item, at, depth)
        self.names = []
        return True

    def branches(self, node: Node, at: Node, depth: int, end: Callable[[Node], None]) -> None:
        """What is done with a value; `x = a if c else b` is `if c: x = a` and `else: x = b`."""
        parts = self.conditional_in(node)
        if not parts or depth > MAX_DEPTH:
            end(node)
            return
        value, condition, other = parts
        shape, is_negated = self.truth(condition, depth)
        head, within = self.node((b"if", shape), condition), self.within
        self.push(head, at.start_byte, at.end_byte)
        for side, part in ((True, other), (False, value)) if is_negated else ((True, value), (False, other)):
            self.within = self.under(within, head, side)
            self.branches(part, at, depth + 1, end)
        self.within = within

    def return_(self, node: Node, depth: int) -> None:
        """What a function returns; nothing where no branch comes to it."""
        values = node.named_children
        if node.id in self.unreached:
            self.unreached.discard(node.id)
        elif len(values) == 1:
            self.give(values[0], node, node, depth)
        else:
            self.simple(node, depth)

    def give(self, value: Node, at: Node, last: Node, depth: int) -> None:
        """`return a if c else b` is `if c: return a` and `return b`; what returns it reaches to the end of `last`."""

        def end(value: Node) -> None:
            shape = self.node((b"return_statement", self.visit(value, depth + 1)), at)
            self.push(shape, at.start_byte, last.end_byte)

        self.branches(value, at, depth, end)

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
        added = self.members(right) if sign == "+" else []
        for member in added:
            self.append(left, member, node, depth)
        if added:
            return
        mark = len(self.names)
        before = self.visit(left, depth + 1)
        middle = len(self.names)
        value = self.binary(sign.encode(), before, self.visit(right, depth + 1), node, mark, middle)
        last = self.carrier(left, node)
        if last is not None:
            shape = self.node((b"return_statement", value), node)
        else:
            shape = self.node((b"=", self.target(left, depth + 1), value), node)
        self.push(shape, node.start_byte, (last or node).end_byte)

    def if_(self, node: Node, depth: int) -> None:
        """A branch; with an `else`, the branch of the positive condition comes first."""
        condition = node.child_by_field_name("condition")
        body = node.child_by_field_name("consequence")
        others = node.children_by_field_name("alternative")
        if condition is None or body is None:
            self.compound(node, depth)
            return
        kids, place = self.here
        carried = self.carry(node) if node.type == "if_statement" else b""
        if self.source.find(b":=", condition.start_byte, condition.end_byte) >= 0:
            self.lift(condition, depth)
        shape, is_negated = self.truth(condition, depth)
        head = self.node((b"if", shape), node)
        self.push(head, node.start_byte, condition.end_byte)
        within = self.within
        sides = [(body, not is_negated)]
        if others:
            sides += [(part, is_negated) for part in others]
            if is_negated and len(others) == 1 and others[0].type == "else_clause":
                sides.reverse()
        behind = 0
        for part, side in sides:
            self.within = behind or self.under(within, head, side)
            self.run(part, depth + 1)
            behind = self.within if others and part.type == "elif_clause" else 0  # which stands behind those before
        self.within = within
        if node.type == "elif_clause" or (place + 1 < len(kids) and self.is_left(self.last(body), carried)):
            self.within = behind or self.under(within, head, is_negated)
        if carried:
            for part in self.bodies_of(node):
                self.carriers.pop(part.id, None)

    def lift(self, condition: Node, depth: int) -> None:
        """Set before a branch what its condition sets first of all: `if (x := f()) > 1`."""
        while condition.type != "named_expression":
            if condition.type not in _FIRST or not condition.named_children:
                return
            condition = condition.named_children[0]
        left, right = condition.named_children[0], condition.named_children[-1]
        self.store(left, self.visit(right, depth + 1), condition, depth)
        self.lifted.add(self.base + condition.start_byte)

    def assert_(self, node: Node, depth: int) -> None:
        """`assert c, text` is `if not c: raise AssertionError(text)`."""
        condition, *texts = (kid for kid in node.named_children if kid.kind_id not in self.noise)
        shape, is_negated = self.truth(condition, depth)
        head = self.node((b"if", shape), node)
        self.push(head, node.start_byte, condition.end_byte)
        within = self.within
        self.within = self.under(within, head, is_negated)
        self.symbol(b"AssertionError", node)
        error = self.node((b"raise_statement", *self.visit_all(texts, depth + 1)), node)
        self.push(error, node.start_byte, node.end_byte)
        self.within = self.under(within, head, not is_negated)

    def bare(self, node: Node, depth: int) -> None:
        """`else`, `try`, `finally`: no head, only bodies."""
        within = self.within
        parent = node.parent if node.type == "else_clause" else None
        if parent is None or parent.type != "if_statement":  # a branch has said so
            self.within = self.under(within, self.leaf(b"t:" + self.types[node.kind_id], node, NOTHING))
        for kid in node.named_children:
            self.run(kid, depth + 1)
        self.within = within

    def for_(self, node: Node, depth: int) -> None:
        """A loop over an iterable."""
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        if left is None or right is None:
            self.compound(node, depth)
            return
        head = self.loop(left, right, node, depth)
        self.push(head, node.start_byte, right.end_byte)
        self.bodies(node, head, depth)

    def while_(self, node: Node, depth: int) -> None:
        """A loop on a condition."""
        condition = node.child_by_field_name("condition")
        if condition is None:
            self.compound(node, depth)
            return
        shape, is_negated = self.truth(condition, depth)
        head = self.node((b"while", shape), node)
        self.push(head, node.start_byte, condition.end_byte)
        within = self.within
        self.within = within + is_negated
        self.bodies(node, head, depth)
        self.within = within

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
        unit = Unit(self.text(name), kind, first.start_byte, node.end_byte, self.base)
        unit.names.add(unit.name)
        unit.node = node if kind == "function" else None

        def inside() -> None:
            for decorator in decorators:
                self.decorator(decorator.named_children[0], depth + 1)
            self.head(node, kind, depth)
            if body:
                self.run(body, depth + 1)

        if depth > _MAX_NESTING:
            return
        self.nested(unit, inside)

    def decorator(self, node: Node, depth: int) -> None:
        """What a definition is wrapped in; not what a runner of tests is told of it, which is everyone's."""
        path = self.path(node.named_children[0] if node.type == "call" else node)
        if path is None or path.partition(b".")[0] not in _RUNNERS:
            self.names, kept = [], self.names
            self.visit(node, depth)
            self.names = kept

    def head(self, node: Node, kind: str, depth: int) -> None:
        """The first statement of a unit."""
        name = node.child_by_field_name("name")
        self.names = [self.text(name)] if name else []
        parts = node.child_by_field_name("parameters" if kind == "function" else "superclasses")
        if kind == "function":
            shapes = self.parameters(parts, depth) if parts else []
            key: Key = (b"def", *shapes)
            role = ORDER  # all defaults at once: evidence where they were kept, and one that changed costs nothing
        else:
            shapes = self.arguments(parts, PLACEHOLDER, depth + 1) if parts else []
            key, role = (b"class", *shapes), STRUCTURE
        self.push(self.node(key, node, (), role), node.start_byte, parts.end_byte if parts else node.start_byte)


_RUNS: dict[str, Any] = {
    "expression_statement": PythonWalker.expression_statement,
    "if_statement": PythonWalker.if_,
    "assert_statement": PythonWalker.assert_,
    "elif_clause": PythonWalker.if_,
    "else_clause": PythonWalker.bare,
    "try_statement": PythonWalker.bare,
    "finally_clause": PythonWalker.bare,
    "for_statement": PythonWalker.for_,
    "while_statement": PythonWalker.while_,
    "print_statement": PythonWalker.print_statement,
    "return_statement": PythonWalker.return_,
    "import_statement": PythonWalker.import_,
    "import_from_statement": PythonWalker.import_from,
    "decorated_definition": PythonWalker.decorated,
    "function_definition": PythonWalker.function,
    "class_definition": PythonWalker.classes,
}
