"""Rows of Python that grow: one spelling for what appends to them."""

from __future__ import annotations

from tree_sitter import Node

from clonescan.kinds.code.arguments import MAX_ROW
from clonescan.kinds.code.python.definitions import Definitions


class Rows(Definitions):
    """Reads `xs += [x]`, `xs = xs + (x,)` and `xs.extend([x])` as `xs.append(x)`."""

    def append(self, row: Node, value: Node, at: Node, depth: int) -> None:
        """`xs.append(x)`; which row it is, is of no interest but for its name."""
        self.visit(row, depth)
        shape = self.node((b"append", self.visit(value, depth)), value)
        self.push(shape, at.start_byte, at.end_byte)

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
