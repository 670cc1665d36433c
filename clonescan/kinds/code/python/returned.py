"""Locals of Python that only carry what a function returns: they are read as returned where they are set."""

from __future__ import annotations

from collections.abc import Iterator

from tree_sitter import Node

from clonescan.kinds.code.grammar import Grammar
from clonescan.kinds.code.python.temporaries import REACH, WORD, Temporaries
from clonescan.kinds.code.symbols import Symbols

LEAVING = ("return_statement", "raise_statement", "continue_statement", "break_statement")
_MAX_DEEP = 20  # branches inside branches that are looked into: nobody reads more


class Returned(Temporaries):
    """Reads `x = f(x)` and `return x` as `return f(x)`, out of branches as well.

    `carriers` maps the blocks behind which a function only returns a local to the local; `unread` are statements that
    are left out, since what they say was read elsewhere.
    """

    def __init__(self, grammar: Grammar, symbols: Symbols) -> None:
        super().__init__(grammar, symbols)
        self.carriers: dict[int, bytes] = {}
        self.unread: set[int] = set()

    def returned(self, statement: Node) -> tuple[bytes, Node | None, int]:
        """The local that a function returns behind a statement, if that is all that it does with it; where, and how
        many statements come before that.
        """
        kids, place = self.here
        between = 0
        for node in kids[place + 1 : place + 2 + REACH]:
            if node.type == "return_statement":
                values = node.named_children
                name = self.text(values[0]) if len(values) == 1 and values[0].type == "identifier" else b""
                free = not between or name not in WORD.findall(self.source, statement.end_byte, node.start_byte)
                return (name, node, between) if free and self.unit.node is not None else (b"", None, 0)
            if node.kind_id not in self.noise:
                between += 1
                if node.type != "expression_statement":
                    return b"", None, 0
        block = statement.parent if self.carriers and not between else None
        return (self.carriers.get(block.id, b"") if block else b""), None, 0

    def carry(self, branch: Node) -> bytes:
        """The local that a branch sets for a function to return, from here on carried out of its blocks."""
        name, end, between = self.returned(branch)
        if name:
            self.passed(between)
            self.carriers.update((body.id, name) for body in self.bodies_of(branch))
            if end and self.is_complete(branch, name):
                self.unread.add(end.id)
        return name

    def carrier(self, left: Node, at: Node) -> Node | None:
        """Where an assignment ends that sets what the function does nothing with but return it; None for another."""
        name, end, between = self.returned(at.parent or at) if left.type == "identifier" else (b"", None, 0)
        if not name or name != self.text(left):
            return None
        if end is None:
            return at
        self.unread.add(end.id)
        self.passed(between)
        return at if between else end

    def passed(self, between: int) -> None:
        """Note that a local is returned behind other statements, which may have changed what it holds."""
        if between:
            self.trace(b"returned%d" % between)

    def bodies_of(self, branch: Node) -> Iterator[Node]:
        """The blocks of a branch."""
        for part in (branch, *branch.children_by_field_name("alternative")):
            body = part.child_by_field_name("body" if part.type == "else_clause" else "consequence")
            if body is not None:
                yield body

    def last(self, body: Node) -> Node | None:
        """The last statement of a block."""
        found = body.named_child(body.named_child_count - 1) if body.named_child_count else None
        while found is not None and found.kind_id in self.noise:
            found = found.prev_named_sibling
        return found

    def is_complete(self, branch: Node, name: bytes, deep: int = 0) -> bool:
        """Whether every way through a branch sets this local last of all, or leaves."""
        if not any(part.type == "else_clause" for part in branch.children_by_field_name("alternative")):
            return False
        return all(self.is_left(self.last(body), name, deep) for body in self.bodies_of(branch))

    def is_left(self, statement: Node | None, name: bytes, deep: int = 0) -> bool:
        """Whether what follows a block that ends so does not run behind it, with this local for a return value."""
        if statement is None:
            return False
        if statement.type == "if_statement":
            return bool(name) and deep < _MAX_DEEP and self.is_complete(statement, name, deep + 1)
        return statement.type in LEAVING or (bool(name) and self.sets(statement, name))

    def sets(self, statement: Node, name: bytes) -> bool:
        """Whether a statement sets this local and nothing else."""
        inner = statement.named_children[0] if statement.type == "expression_statement" else statement
        if inner.type not in ("assignment", "augmented_assignment") or len(inner.named_children) < 2:
            return False
        return inner.named_children[0].type == "identifier" and self.text(inner.named_children[0]) == name
