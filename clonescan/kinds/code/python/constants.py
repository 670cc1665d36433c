"""Names that a Python file gives to numbers and texts, once and for all."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tree_sitter import Node

from clonescan.kinds.code.expressions import Constant
from clonescan.kinds.code.python.expressions import PythonExpressions
from clonescan.kinds.code.python.texts import content

_GLOBAL = re.compile(rb"^[ \t]+global[ \t]+([\w, \t]+)", re.MULTILINE)
_ASSIGNMENTS = ("assignment", "augmented_assignment")
_SETTING = (*_ASSIGNMENTS, "for_statement")


class Constants(PythonExpressions):
    """Knows which names of a module stand for a literal."""

    def named_literals(self, root: Node) -> dict[bytes, Constant | None]:
        """What a statement of the module itself sets, to a number or string, and nothing sets again; else None."""
        found: dict[bytes, Constant | None] = {}
        for statement in root.named_children:
            for node in statement.named_children if statement.type == "expression_statement" else ():
                kind = node.type
                if kind in _ASSIGNMENTS:
                    constant = self.constant(node.named_children[-1]) if kind == "assignment" else None
                    for name in self.named(node):
                        found[name] = constant if name not in found else None
        known = [name for name, constant in found.items() if constant]
        for statement in root.named_children if known else ():
            if self.roles.get(statement.kind_id) == "compound":
                found.update(dict.fromkeys(self.set_inside(statement)))
        for names in _GLOBAL.findall(self.source) if b"global " in self.source else ():
            found.update(dict.fromkeys(names.replace(b",", b" ").split()))
        return found

    def constant(self, value: Node) -> Constant | None:
        """A literal, in parentheses or not; None for anything else."""
        value = self.unwrapped(value)
        if value.type == "string" and all(kid.type != "interpolation" for kid in value.named_children):
            return Constant(content(self.text(value)), is_number=False)
        sign, number = b"", value
        if value.type == "unary_operator" and value.children[0].type == "-":
            sign, number = b"-", value.named_children[-1]
        is_number = self.roles.get(number.kind_id) == "number"
        return Constant(sign + self.number_text(number), is_number=True) if is_number else None

    def set_inside(self, statement: Node) -> Iterator[bytes]:
        """The names that are set in a branch, loop or `try` of the module."""
        pending = [statement]
        while pending:
            node = pending.pop()
            if node.type in _SETTING:
                yield from self.named(node)
            pending += (
                kid
                for kid in node.named_children
                if kid.type in ("expression_statement", *_ASSIGNMENTS)
                or self.roles.get(kid.kind_id) in ("block", "compound")
            )

    def named(self, node: Node) -> Iterator[bytes]:
        """The bare names that an assignment or the head of a loop sets."""
        pending = [node]
        while pending:
            target = pending.pop()
            if target.type == "identifier":
                yield self.text(target)
            elif target.type in _SETTING:
                first, *rest = target.named_children
                pending += [first, *(kid for kid in rest[-1:] if kid.type == "assignment")]
            elif self.roles.get(target.kind_id) == "sequence":
                pending += target.named_children
