"""Which symbols a copier is not free to change: what the ecosystem's packages use without defining it themselves."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from hashlib import blake2b

from tree_sitter import Node

from clonescan.kinds.code.grammar import Grammar


@dataclass(frozen=True)
class Symbols:
    """Known symbols by the role they are used in; what is in none of them becomes a placeholder.

    attribute: on any object (`.shape`, `.register_buffer`); keyword: of a call (`dim=`); module: top-level packages
    that names are imported from (`torch`); text: short strings (`"bilinear"`).
    """

    attribute: frozenset[bytes] = frozenset()
    keyword: frozenset[bytes] = frozenset()
    module: frozenset[bytes] = frozenset()
    text: frozenset[bytes] = frozenset()

    def digest(self) -> str:
        """A short hash of the whole table, for cache keys and version checks."""
        whole = b"\n\n".join(b"\n".join(sorted(getattr(self, field.name))) for field in fields(self))
        return blake2b(whole, digest_size=8).hexdigest()


BUILTINS = frozenset(name.encode() for name in dir(builtins) if not name.startswith("_"))
ROLES = tuple(field.name for field in fields(Symbols))
MAX_TEXT = 40  # longer strings are prose or data, which a copier may reword


@dataclass(frozen=True)
class Uses:
    """The symbols one file uses, by role, and the names that it defines itself."""

    used: dict[str, set[bytes]]
    defined: set[bytes]


def uses(root: Node, source: bytes, grammar: Grammar) -> Uses:
    """Collect every symbol of a file; a plain walk, needed only when a background is built."""
    used: dict[str, set[bytes]] = {role: set() for role in ROLES}
    defined: set[bytes] = set()
    handlers = _collectors(source, grammar, used, defined)
    pending = [root]
    while pending:
        node = pending.pop()
        role = grammar.roles.get(node.kind_id, node.type)
        if role in handlers:
            handlers[role](node)
        pending.extend(node.named_children)
    return Uses(used, defined)


def _collectors(
    source: bytes, grammar: Grammar, used: dict[str, set[bytes]], defined: set[bytes]
) -> dict[str, Callable[[Node], None]]:
    def text(node: Node) -> bytes:
        return source[node.start_byte : node.end_byte]

    def attribute(node: Node) -> None:
        kids = node.named_children
        used["attribute"].add(text(kids[-1]))

    def keyword(node: Node) -> None:
        used["keyword"].add(text(node.named_children[0]))

    def string(node: Node) -> None:
        body = text(node)
        if len(body) <= MAX_TEXT + 2 and body[:1] in (b'"', b"'"):
            used["text"].add(body[1:-1])

    def definition(node: Node) -> None:
        name = node.child_by_field_name("name")
        if name is not None:
            defined.add(text(name))
        parameters = node.child_by_field_name("parameters")
        for parameter in parameters.named_children if parameters else ():
            defined.add(text(parameter.child_by_field_name("name") or (parameter.named_children or [parameter])[0]))

    def assignment(node: Node) -> None:
        for target in _targets(node.named_children[0]):
            defined.add(text(target.named_children[-1] if target.type == "attribute" else target))

    def imports(node: Node) -> None:
        for module in node.named_children[:1] if node.type == "import_from_statement" else node.named_children:
            if module.type != "relative_import":
                used["module"].add(text(module).split(b".")[0].split(b" ")[0])

    return {
        "attribute": attribute,
        "keyword": keyword,
        "string": string,
        "function": definition,
        "class": definition,
        "assignment": assignment,
        "import_statement": imports,
        "import_from_statement": imports,
    }


def _targets(node: Node) -> Iterable[Node]:
    return node.named_children if node.type in ("pattern_list", "tuple_pattern") else (node,)
