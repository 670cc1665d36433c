"""Locals of Python that are set once and used once, right behind: they are read as their values."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from tree_sitter import Node

from clonescan.kinds.code.python.constants import Constants
from clonescan.kinds.code.recorder import Held

REACH = 4
"""Statements behind an assignment in which its local may be read; lines that a copier put between do not hide it."""

MAX_HELD = 24
"""Nodes of a value that is read where it is used: a step, and no long chain of them, since what is in one statement
counts as one coincidence."""

_WINDOW = 10 * REACH  # comments among the next statements
MAX_SEARCHED = 1 << 16
"""Bytes of a function that is looked through for the name of each local."""

SIZES = (b".shape", b".size()")
"""How the sizes of an array end."""

WORD = re.compile(rb"\w+")
_APART = frozenset((b"", *(bytes((byte,)) for byte in range(128) if not (chr(byte).isalnum() or chr(byte) == "_"))))
"""What may stand beside a name and is no part of it."""


class Temporaries(Constants):
    """Reads `t = f(x)` and `y = g(t)` as `y = g(f(x))`."""

    def store(self, left: Node, value: int, at: Node, depth: int) -> None:
        """Set a target to a value that has been read."""
        shape = self.node((b"=", self.target(left, depth + 1), value), at)
        self.push(shape, at.start_byte, at.end_byte)

    def hold(self, left: Node, right: Node, value: int, at: Node) -> bool:
        """Keep a value until its local is read, where the local is there for nothing else and the value is the same."""
        unit = self.unit
        if unit.node is None or left.type != "identifier" or unit.end - unit.start > MAX_SEARCHED:
            return False
        name = self.text(left)
        if not name or name in self.held or self.shapes.size[value] > MAX_HELD:
            return False
        following = self.following(1 if name in self.bound else REACH)
        if not following or self.source.find(name, at.end_byte, following[-1].end_byte) < 0:
            return False
        if not self.is_chained(name, following[0]) and not self.is_temporary(name, left, right, following, unit.node):
            return False
        self.bound.add(name)
        self.held[name] = Held(left, value, self.names, self.began(at.start_byte))
        self.names = []
        return True

    def following(self, most: int) -> list[Node]:
        """The statements that come next in this block, so many at most."""
        kids, place = self.here
        behind = (kid for kid in kids[place + 1 : place + 1 + _WINDOW] if kid.kind_id not in self.noise)
        return [*islice(behind, most)]

    def is_temporary(self, name: bytes, left: Node, right: Node, following: list[Node], function: Node) -> bool:
        """Whether a local is new here, and read once, by one of the statements that follow, and then has this value."""
        if name in self.bound:
            return False
        use = self.only_use(name, left, function)
        reader = next((place for place, node in enumerate(following) if use is not None and use < node.end_byte), None)
        if use is None or reader is None or not self.is_read(use, following[reader]):
            return False
        return not reader or self.is_steady(right, following[:reader])

    def is_chained(self, name: bytes, statement: Node) -> bool:
        """Whether a statement reads a local once and sets it anew, or ends the function: `x = f(x)` and `x = g(x)`."""
        inner = statement.named_children[0] if statement.type == "expression_statement" else statement
        if inner.type == "assignment":
            target, *values = inner.named_children
            if len(values) != 1 or target.type != "identifier" or self.text(target) != name:
                return False
            read = values[0]
        elif inner.type == "return_statement" and inner.named_children:
            read = inner.named_children[0]
        else:
            return False
        uses = [*islice(self.places(name, read), 2)]
        return len(uses) == 1 and self.is_read(uses[0], statement)

    def settle(self, depth: int) -> None:
        """Set the last local that waits for a use, which was not read."""
        _, held = self.held.popitem()
        self.names = held.names
        self.since = held.start
        self.store(held.left, held.shape, held.left, depth)

    def is_item(self, value: Node) -> bool:
        """Whether a value is an item by number, which a loop or the unpacking of a row may set as well.

        Not of the sizes of an array, whose unpacking sets each by itself.
        """
        value = self.unwrapped(value)
        if value.type != "subscript" or self.text(value.named_children[0]).endswith(SIZES):
            return False
        kids = [kid for kid in value.named_children[1:] if kid.kind_id not in self.noise]
        return len(kids) == 1 and kids[0].type in ("integer", "unary_operator", "identifier")

    def only_use(self, name: bytes, left: Node, function: Node) -> int | None:
        """The byte where a function has this name, if beside `left` it has it once, and behind."""
        found = None
        for place in self.places(name, function):
            if place != left.start_byte:
                if found is not None or place < left.start_byte:
                    return None
                found = place
        return found

    def places(self, name: bytes, within: Node) -> Iterator[int]:
        """The bytes where a variable of this name stands."""
        place = self.source.find(name, within.start_byte, within.end_byte)
        while place >= 0:
            if self.is_variable(place, place + len(name), within):
                yield place
            place = self.source.find(name, place + len(name), within.end_byte)

    def is_variable(self, start: int, end: int, function: Node) -> bool:
        """Whether these bytes are a name by itself: no part of a word, attribute, keyword, string or comment."""
        around = self.source[start - 1 : start], self.source[end : end + 1]
        if around[0] == b"." or not _APART.issuperset(around):
            return False
        node = function.descendant_for_byte_range(start, end)
        if node is None or node.type != "identifier":
            return False
        if not self.source[end : end + 9].lstrip().startswith(b"="):
            return True
        parent = node.parent
        return parent is None or parent.type != "keyword_argument"

    def is_steady(self, value: Node, statements: list[Node]) -> bool:
        """Whether a value is the same behind these statements: it only computes, and they set none of its names."""
        if any(node.type != "expression_statement" for node in statements):
            return False
        roots = {name.split(b".", 1)[0] for name in self.names}
        if self.calls(value):
            return self.is_operation(value) and all(self.is_local(node, roots) for node in statements)
        return not any(
            roots.intersection(WORD.findall(self.text(node))) and not self.is_apart(node, roots) for node in statements
        )

    def is_operation(self, value: Node) -> bool:
        """Whether everything that is called is an operation of a library, and none in place."""
        pending = [value]
        while pending:
            node = pending.pop()
            if node.type == "call":
                access = self.access(node.named_children[0])
                name = access[1] if access else b""
                is_known = self.path(node.named_children[0]) or (access and self.known(name, access[0]))
                if not is_known or name[-1:] == b"_":
                    return False
            pending += node.named_children
        return True

    def is_local(self, statement: Node, roots: set[bytes]) -> bool:
        """Whether a statement only sets a local, none of these."""
        inner = statement.named_children[0]
        if inner.type != "assignment" or len(inner.named_children) != 2:
            return False
        target = inner.named_children[0]
        return target.type == "identifier" and self.text(target) not in roots

    def calls(self, node: Node) -> bool:
        """Whether anything is called that may change something."""
        pending = [node] if b"(" in self.text(node) else []
        while pending:
            node = pending.pop()
            if node.type == "call" and not self.text(node.named_children[0]).endswith(b".size"):
                return True
            pending += node.named_children
        return False

    def is_apart(self, statement: Node, roots: set[bytes]) -> bool:
        """Whether a statement sets a local, none of these, and calls nothing that may change one of them."""
        return self.is_local(statement, roots) and not self.calls(statement)

    def is_read(self, use: int, statement: Node) -> bool:
        """Whether a statement reads a name that stands here, whenever it runs and before it sets any."""
        first = self.read_first(statement)
        return first is not None and first.start_byte <= use < first.end_byte

    def read_first(self, node: Node) -> Node | None:
        """The part of a statement that is read whenever the statement is, and before anything is set."""
        if node.type == "if_statement":
            return node.child_by_field_name("condition")
        if node.type == "for_statement":
            return node.child_by_field_name("right")
        if node.type not in ("expression_statement", "return_statement", "assert_statement", "raise_statement"):
            return None
        while node.type in ("expression_statement", "return_statement", "assignment", "augmented_assignment"):
            if not node.named_children:
                return None
            node = node.named_children[-1]
        parts = self.conditional_in(node)
        return parts[1] if parts else node
