"""Imports of Python, and other names for what was imported: what each name stands for."""

from __future__ import annotations

import re

from tree_sitter import Node

from clonescan.kinds.code.grammar import Grammar
from clonescan.kinds.code.python.returned import Returned
from clonescan.kinds.code.python.temporaries import MAX_SEARCHED
from clonescan.kinds.code.symbols import Symbols

_MAX_USES = 500  # of one name: each costs a way down the tree
_IMPORTED = re.compile(rb"importlib\.import_module\([\"']([\w.]+)[\"']\)")
_PATTERNS = ("pattern_list", "tuple_pattern", "list_pattern", "list_splat_pattern")
_SETTING = ("assignment", "augmented_assignment", "for_statement", "for_in_clause", "named_expression")
_BINDING = (
    "parameters", "lambda_parameters", "default_parameter", "typed_default_parameter", "typed_parameter",
    "as_pattern_target", "delete_statement", "global_statement", "nonlocal_statement", "aliased_import", "dotted_name",
    "function_definition", "class_definition",
)  # fmt: skip


class Imports(Returned):
    """Reads imports and `L = nn.Linear`; `aliased` are the names that functions gave, and what each was before."""

    def __init__(self, grammar: Grammar, symbols: Symbols) -> None:
        super().__init__(grammar, symbols)
        self.aliased: list[tuple[bytes, bytes | None]] = []

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
        """`from a import b as c`; a star stands for the calls that are well known."""
        module, *names = node.named_children
        prefix = b"" if module.type == "relative_import" else self.text(module) + b"."
        for name in names:
            if name.type == "aliased_import":
                path, alias = (self.text(kid) for kid in name.named_children)
                self.bind(alias, prefix + path if prefix else b"")
            elif name.type == "dotted_name":
                self.bind(self.text(name), prefix + self.text(name) if prefix else b"")
            elif name.type == "wildcard_import" and prefix.partition(b".")[0] in self.symbols.module:
                self.starred = self.starred or prefix

    def bind(self, alias: bytes, path: bytes) -> None:
        """Note what a name stands for; an empty path is a module of the repository's own."""
        self.imports[alias] = path
        self.bound.discard(alias)

    def alias(self, left: Node, right: Node) -> bool:
        """Whether an assignment only gives another name to what was imported: `L = nn.Linear`."""
        if left.type != "identifier" or right.type not in ("identifier", "attribute", "call"):
            return False
        path = self.loaded(right) if right.type == "call" else self.path(right)
        name = self.text(left)
        if not path or path.partition(b".")[0] not in self.symbols.module or not self.is_set_once(left):
            return False
        if self.unit.kind == "function":
            self.aliased.append((name, self.imports.get(name)))
        self.bind(name, path)
        return True

    def forget(self, most: int) -> None:
        """End a function: of the names that functions gave to what was imported, only so many still hold."""
        while len(self.aliased) > most:
            name, before = self.aliased.pop()
            if before is None:
                self.imports.pop(name, None)
            else:
                self.imports[name] = before

    def loaded(self, call: Node) -> bytes | None:
        """The module that `importlib.import_module("torch.nn")` gives."""
        if self.imports.get(b"importlib") != b"importlib":
            return None
        found = _IMPORTED.fullmatch(self.text(call))
        return found[1] if found else None

    def is_set_once(self, left: Node) -> bool:
        """Whether a function, or the file where it is the module, sets a name here and never again."""
        scope = self.unit.node or self.grammar.tree(self.source).root_node
        if self.unit.kind == "class" or scope.end_byte - scope.start_byte > MAX_SEARCHED:
            return False
        for uses, place in enumerate(self.places(self.text(left), scope)):
            if uses == _MAX_USES or (place != left.start_byte and self.is_set_at(place, scope)):
                return False
        return True

    def is_set_at(self, place: int, scope: Node) -> bool:
        """Whether the name that stands here is bound to something."""
        node = scope.descendant_for_byte_range(place, place + 1)
        parent = node and node.parent
        while parent is not None and parent.type in _PATTERNS:
            node, parent = parent, parent.parent
        if node is None or parent is None:
            return False
        first = parent.named_children[0] if parent.named_children else node
        return parent.type in _BINDING or (parent.type in _SETTING and first.start_byte == node.start_byte)
