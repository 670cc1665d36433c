"""Statements of Python: one spelling for what has several."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tree_sitter import Node

from clonescan.fingerprint import NOTHING
from clonescan.kinds.code.python.arrays import MAX_AXES, is_in_place
from clonescan.kinds.code.python.branches import Branches
from clonescan.kinds.code.python.temporaries import SIZES, WORD
from clonescan.kinds.code.visitor import MAX_DEPTH
from clonescan.kinds.code.walk import Run

_MOST_TARGETS = 16  # of one assignment: each has the value once more


class PythonWalker(Branches):
    """Reads Python 2 and 3."""

    @classmethod
    def runs(cls) -> dict[str, Run]:
        """Python's own statements."""
        return super().runs() | _RUNS

    def expression_statement(self, node: Node, depth: int) -> None:
        """Expressions joined by commas are statements of their own; a string alone is a comment."""
        if node.id in self.unread:
            self.unread.discard(node.id)
            return
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

    def changed(self, node: Node) -> Node | None:
        """What a statement changes in place: `x.add_(y)` is `x = x.add(y)`, and `init.zeros_(x)` changes `x`."""
        function = node.named_children[0] if node.type == "call" else None
        if function is None or function.type != "attribute" or not is_in_place(self.text(function)):
            return None
        value = function.named_children[0]
        if self.path(function):
            value = (node.named_children[-1].named_children or [node])[0]
        return value if value.type in ("identifier", "attribute", "subscript") else None

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
        if self.alias(left, right) or self.counts_from(left, right):
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
        if node.id in self.unread:
            self.unread.discard(node.id)
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
        if node.id in self.counts:
            head = self.counted(node, depth)
            self.push(head, node.start_byte, condition.end_byte)
            self.bodies(node, head, depth)
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
