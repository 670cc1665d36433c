"""Branches of Python: one form for `if`, `elif`, branches inside branches, and `assert`."""

from __future__ import annotations

from tree_sitter import Node

from clonescan.kinds.code.python.counted import Counted

_MOST_CONDITIONS = 8  # of branches inside one another: nobody joins as many
_FIRST = ("parenthesized_expression", "comparison_operator", "boolean_operator", "binary_operator", "not_operator")


class Branches(Counted):
    """Reads branches, that of the positive condition first."""

    def if_(self, node: Node, depth: int) -> None:
        """A branch and those beside it."""
        others = node.children_by_field_name("alternative")
        conditions, body = self.conditions(node, others)
        if body is None:
            self.compound(node, depth)
            return
        kids, place = self.here
        carried = self.carry(node) if node.type == "if_statement" else b""
        within = self.within
        behind = self.branch(conditions, body, others, node, depth)
        is_left = place + 1 < len(kids) and self.is_left(self.last(body), carried)
        self.within = behind if node.type == "elif_clause" or is_left else within
        if carried:
            for part in self.bodies_of(node):
                self.carriers.pop(part.id, None)

    def conditions(self, node: Node, others: list[Node]) -> tuple[list[Node], Node | None]:
        """The conditions of a branch and its body; a branch that is all that another holds is one with it."""
        condition, body = node.child_by_field_name("condition"), node.child_by_field_name("consequence")
        if condition is None or body is None:
            return [], None
        found = [condition]
        while not others and len(found) < _MOST_CONDITIONS:
            only = self.last(body)
            if only is None or only.type != "if_statement" or only.children_by_field_name("alternative"):
                break
            if sum(kid.kind_id not in self.noise for kid in body.named_children) > 1:
                break
            condition, inner = only.child_by_field_name("condition"), only.child_by_field_name("consequence")
            if condition is None or inner is None or b":=" in self.text(condition):
                break
            found.append(condition)
            body = inner
        return found, body

    def branch(self, conditions: list[Node], body: Node, others: list[Node], node: Node, depth: int) -> int:
        """A branch with what else may be taken, that of the positive condition first; where what it leaves out stands.

        `elif` is `if` inside `else`.
        """
        if self.source.find(b":=", conditions[0].start_byte, conditions[0].end_byte) >= 0:
            self.lift(conditions[0], depth)
        shape, is_negated = self.all_true(conditions, depth)
        head = self.node((b"if", shape), node)
        self.push(head, node.start_byte, conditions[-1].end_byte)
        within = self.within
        left = self.under(within, head, is_negated)
        if is_negated:
            self.within = left
            self.alternatives(others, depth)
        self.within = self.under(within, head, not is_negated)
        self.run(body, depth + 1)
        if not is_negated:
            self.within = left
            self.alternatives(others, depth)
        return left

    def alternatives(self, others: list[Node], depth: int) -> None:
        """What else may be taken, each where those before it are not; the last two are a branch with its `else`."""
        for place, part in enumerate(others):
            behind = others[place + 1 : place + 3]  # all that matters is whether there are none, one or more
            conditions, body = self.conditions(part, behind)
            if body is None:
                self.run(part, depth + 1)
                continue
            self.within = self.branch(conditions, body, behind if len(behind) == 1 else [], part, depth + 1)
            if len(behind) == 1:
                return

    def all_true(self, conditions: list[Node], depth: int) -> tuple[int, bool]:
        """Conditions that must all hold, without their `not`, and whether they had one."""
        if len(conditions) == 1:
            return self.truth(conditions[0], depth)
        operands = [operand for condition in conditions for operand in self.operands(condition, b"and")]
        shape = self.junction(b"and", self.apart(operands, lambda kid: self.visit(kid, depth + 1)), conditions[0])
        return self.opposite.get(shape, shape), shape in self.opposite

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
