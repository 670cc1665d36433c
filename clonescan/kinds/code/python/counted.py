"""Loops of Python that count by hand: they are the loops over what they count."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tree_sitter import Node

from clonescan.kinds.code.grammar import Grammar
from clonescan.kinds.code.python.rows import Rows
from clonescan.kinds.code.symbols import Symbols

_AHEAD = 3  # statements between `i = 0` and its loop: other counters and rows
_STEP = re.compile(rb"(\w+)\s*(?:\+=\s*1|=\s*(?:\1\s*\+\s*1|1\s*\+\s*\1))")


@dataclass(frozen=True, slots=True)
class Count:
    """What a `while` counts: up to `limit`, or all of `row`; `target` is the item that it sets, or else the counter."""

    limit: Node
    row: Node | None
    target: Node


class Counted(Rows):
    """Reads `i = 0`, `while i < n:` and `i += 1` as `for i in range(n):`; as a loop over `xs` where n is its length.

    `counts` maps such loops to what they count; what sets and steps the counter is `unread`.
    """

    def __init__(self, grammar: Grammar, symbols: Symbols) -> None:
        super().__init__(grammar, symbols)
        self.counts: dict[int, Count] = {}

    def counts_from(self, left: Node, right: Node) -> bool:
        """Whether an assignment sets the counter of a loop that follows, which then is known as one."""
        if right.type != "integer" or left.type != "identifier" or self.text(right) != b"0":
            return False
        for node in self.following(_AHEAD):
            if node.type == "while_statement":
                return self.is_counted(node, left)
            if node.type != "expression_statement":
                break
        return False

    def is_counted(self, loop: Node, counter: Node) -> bool:
        """Whether a loop counts this name up; what it does so with is left out from here on."""
        name = self.text(counter)
        condition, body = loop.child_by_field_name("condition"), loop.child_by_field_name("body")
        if condition is None or body is None or condition.type != "comparison_operator":
            return False
        compared = condition.children
        if len(compared) != 3 or compared[1].type != "<" or self.text(compared[0]) != name:
            return False
        statements = [kid for kid in body.named_children if kid.kind_id not in self.noise]
        steps = [node for node in statements if self.steps(node, name)]
        if len(steps) != 1 or steps[0].id not in [node.id for node in (*statements[:2], statements[-1])]:
            return False
        limit = compared[2]
        row = self.only_argument(limit, b"len(")
        target = self.item_of(statements[0], row, name) if row is not None else None
        self.counts[loop.id] = Count(limit, row, target or counter)
        self.unread.add(steps[0].id)
        if target is not None:
            self.unread.add(statements[0].id)
        return True

    def steps(self, statement: Node, name: bytes) -> bool:
        """Whether a statement is `name += 1`."""
        found = _STEP.fullmatch(self.text(statement)) if statement.type == "expression_statement" else None
        return bool(found and found[1] == name)

    def item_of(self, statement: Node, row: Node, name: bytes) -> Node | None:
        """What `x = row[name]` sets; None for any other statement."""
        inner = statement.named_children[0] if statement.type == "expression_statement" else statement
        if inner.type != "assignment" or len(inner.named_children) != 2:
            return None
        target, value = inner.named_children
        return target if self.text(value) == self.text(row) + b"[" + name + b"]" else None

    def counted(self, node: Node, depth: int) -> int:
        """The head of a loop that counts."""
        count = self.counts.pop(node.id)
        self.trace(b"count")  # what it is read as would not see its limit change
        if count.row is None:
            iterable = self.apply(self.symbol(b"range", node), [self.visit(count.limit, depth + 1)], node)
        else:
            iterable = self.visit(count.row, depth + 1)
        return self.node((b"for", self.target(count.target, depth + 1), iterable), node)
