"""Locals of Python that are set once and used once, right behind: they are read as their values."""

from __future__ import annotations

import re

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
        unit, name = self.unit, self.text(left)
        if unit.node is None or not name or name in self.bound or left.type != "identifier":
            return False
        if self.shapes.size[value] > MAX_HELD or unit.end - unit.start > MAX_SEARCHED:
            return False
        kids, place = self.here
        following = [kid for kid in kids[place + 1 : place + 1 + _WINDOW] if kid.kind_id not in self.noise][:REACH]
        if not following or self.source.find(name, at.end_byte, following[-1].end_byte) < 0:
            return False
        use = self.only_use(name, left, unit.node)
        reader = next((place for place, node in enumerate(following) if use is not None and use < node.end_byte), None)
        if use is None or reader is None or not self.is_read(use, following[reader]):
            return False
        if reader and not self.is_steady(right, following[:reader]):
            return False
        self.bound.add(name)
        self.held[name] = Held(left, value, self.names, self.began(at.start_byte))
        self.names = []
        return True

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
        source, end, size = self.source, function.end_byte, len(name)
        found = None
        place = source.find(name, function.start_byte, end)
        while place >= 0:
            if place != left.start_byte and self.is_variable(place, place + size, function):
                if found is not None or place < left.start_byte:
                    return None
                found = place
            place = source.find(name, place + size, end)
        return found

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
        """Whether a value is the same behind these statements: it calls nothing, and they set none of its names."""
        if self.calls(value) or any(node.type != "expression_statement" for node in statements):
            return False
        roots = {name.split(b".", 1)[0] for name in self.names}
        return not any(
            roots.intersection(WORD.findall(self.text(node))) and not self.is_apart(node, roots) for node in statements
        )

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
        inner = statement.named_children[0]
        if inner.type != "assignment" or self.calls(inner):
            return False
        target = inner.named_children[0]
        return target.type == "identifier" and self.text(target) not in roots

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
