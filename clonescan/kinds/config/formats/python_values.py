"""Python expressions as the values of a config: literals, calls as sections, names as what they stand for."""

from __future__ import annotations

import ast
import operator
import warnings
from collections.abc import Callable, Mapping
from contextlib import suppress

from tree_sitter import Node

from clonescan.kinds.config import tree
from clonescan.kinds.config.tree import MAX_DEPTH, Scalar, Section

TYPE = "type"
"""The key for what is called: mmengine writes `dict(type=Adam, lr=1)`, others `Adam(lr=1)`."""

_ROWS = ("list", "tuple", "set")
_MAPPINGS = (
    "dict", "OrderedDict", "Dict", "ConfigDict", "Config", "CN", "CfgNode", "EasyDict", "edict", "AttrDict", "Munch",
    "Namespace", "SimpleNamespace",
)  # fmt: skip
_WRAPPERS = ("tuple", "list", "set", "frozenset", "deepcopy", "copy", "Path")
_FIELDS = ("field", "Field", "attrib", "ib")
_MAX_INTEGER = 1 << 64
_OPERATIONS: Mapping[str, Callable[[float, float], float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "//": operator.floordiv,
}  # fmt: skip


class Expression(Scalar):
    """What only running the module would tell, as its source."""


class Values:
    """Reads the expressions of one module; `names` are those that stand for a value."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.names: dict[str, tree.Node] = {}
        self.unpacked = 0

    def read(self, node: Node, depth: int) -> tree.Node:
        """The value of an expression."""
        while node.type == "parenthesized_expression" and node.named_children:
            node = node.named_children[0]
        if depth < MAX_DEPTH:
            if node.type in _ROWS:
                return self.row(node, depth)
            if node.type == "dictionary":
                return self.dictionary(node, depth)
            if node.type == "call":
                return self.call(node, depth)
            if node.type == "identifier" and self.text(node) in self.names:
                return self.names[self.text(node)]
        return self.scalar(node)

    def default(self, node: Node) -> tree.Node | None:
        """The default that a field of a record has; None if it has none."""
        callee = node.child_by_field_name("function") if node.type == "call" else None
        if callee is None or self.text(callee).rsplit(".", 1)[-1] not in _FIELDS:
            return self.read(node, 0)
        arguments = node.child_by_field_name("arguments")
        for kid in arguments.named_children if arguments else ():
            key, value = kid.child_by_field_name("name"), kid.child_by_field_name("value")
            if kid.type != "keyword_argument":
                return None if kid.type == "ellipsis" else self.read(kid, 0)
            if key and value and self.text(key) in ("default", "default_factory", "factory"):
                body = value.child_by_field_name("body") if value.type == "lambda" else None
                return self.read(body or value, 0)
        return None

    def row(self, node: Node, depth: int) -> Section:
        """A list, tuple or set."""
        section = self.section(node, keyed=False)
        for kid in node.named_children:
            if kid.type != "comment":
                section.put("", self.read(kid, depth + 1))
        return section

    def dictionary(self, node: Node, depth: int) -> Section:
        """`{key: value}`; what is unpacked in it is part of it."""
        section = self.section(node)
        for kid in node.named_children:
            key, value = kid.child_by_field_name("key"), kid.child_by_field_name("value")
            if kid.type == "pair" and key and value:
                section.put(self.string(key), self.read(value, depth + 1))
            elif kid.type == "dictionary_splat" and kid.named_children:
                self.unpack(kid, section, depth)
        return section

    def unpack(self, node: Node, section: Section, depth: int) -> None:
        """`**other`."""
        other = self.read(node.named_children[0], depth + 1)
        for key, value in other.entries if isinstance(other, Section) and other.keyed else ():
            if self.unpacked >= tree.MAX_LEAVES:
                return
            self.unpacked += 1
            section.put(key, value)

    def call(self, node: Node, depth: int) -> tree.Node:
        """A call with keywords is a section, with what is called as its type; `list([1])` is its argument."""
        callee, arguments = node.child_by_field_name("function"), node.child_by_field_name("arguments")
        if callee is None or arguments is None or arguments.type != "argument_list":
            return self.scalar(node)
        kids = [kid for kid in arguments.named_children if kid.type != "comment"]
        name = self.text(callee).rsplit(".", 1)[-1]
        if name in _WRAPPERS and len(kids) == 1 and kids[0].type not in ("keyword_argument", "dictionary_splat"):
            return self.read(kids[0], depth + 1)
        section = self.section(node)
        if name not in _MAPPINGS:
            if not kids or kids[0].type not in ("keyword_argument", "dictionary_splat") or self.data.count(
                b"\n", callee.start_byte, callee.end_byte
            ):
                return self.scalar(node)
            section.put(TYPE, self.called(callee))
        for kid in kids:
            key, value = kid.child_by_field_name("name"), kid.child_by_field_name("value")
            if kid.type == "keyword_argument" and key and value:
                section.put(self.text(key), self.read(value, depth + 1))
            elif kid.type == "dictionary_splat" and kid.named_children:
                self.unpack(kid, section, depth)
            elif kid.type == "dictionary":
                for inner, found in self.dictionary(kid, depth + 1).entries:
                    section.put(inner, found)
        return section

    def called(self, callee: Node) -> Scalar:
        """What is called; of detectron2's `LazyCall(Adam)` it is `Adam`."""
        inner = callee.child_by_field_name("arguments") if callee.type == "call" else None
        if inner and len(inner.named_children) == 1:
            callee = inner.named_children[0]
        return Scalar(self.text(callee), callee.start_point[0] + 1, callee.end_point[0] + 1)

    def section(self, node: Node, keyed: bool = True) -> Section:
        """An empty section where a node stands."""
        return Section(node.start_point[0] + 1, node.end_point[0] + 1, keyed)

    def scalar(self, node: Node) -> Scalar:
        """A literal, or an expression as its source; dotted names such as `torch.bfloat16` are values."""
        line, end = node.start_point[0] + 1, node.end_point[0] + 1
        if node.type in ("string", "concatenated_string"):
            return Scalar(self.string(node), line, end)
        value = self.number(node, 0)
        if value is not None:
            return Scalar(repr(value), line, end)
        text = " ".join(self.text(node).split())
        if node.type in ("true", "false", "none", "attribute", "identifier"):
            return Scalar(text, line, end)
        return Expression(text, line, end)

    def number(self, node: Node, depth: int) -> float | None:
        """The value of a number, or of arithmetic with numbers alone."""
        while node.type == "parenthesized_expression" and node.named_children:
            node = node.named_children[0]
        if node.type in ("integer", "float"):
            try:
                found = ast.literal_eval(self.text(node)) if node.end_byte - node.start_byte < 40 else None
            except (ValueError, SyntaxError):
                return None
            return found if isinstance(found, int | float) and abs(found) < _MAX_INTEGER else None
        kids = node.named_children
        if depth > MAX_DEPTH or node.type not in ("unary_operator", "binary_operator"):
            return None
        values = [self.number(kid, depth + 1) for kid in kids]
        sign = self.text(node.child_by_field_name("operator"))
        if len(values) == 1 and values[0] is not None and sign in "+-":
            return -values[0] if sign == "-" else values[0]
        if len(values) != 2 or values[0] is None or values[1] is None or sign not in _OPERATIONS:
            return None
        try:
            return _OPERATIONS[sign](values[0], values[1])
        except (ZeroDivisionError, OverflowError):
            return None

    def target(self, node: Node) -> list[str] | None:
        """The path that is assigned to: `_C.MODEL["width"]`; None for anything else."""
        path: list[str] = []
        while node.type in ("attribute", "subscript") and len(path) < MAX_DEPTH:
            kids = node.named_children
            if node.type == "subscript" and (len(kids) != 2 or kids[1].type != "string"):
                return None
            path.append(self.string(kids[-1]))
            node = kids[0]
        return [self.text(node), *reversed(path)] if node.type == "identifier" else None

    def string(self, node: Node) -> str:
        """What a string says; the source of anything else."""
        if node.type == "concatenated_string":
            return "".join(self.string(kid) for kid in node.named_children if kid.type == "string")
        text = self.text(node)
        if node.type != "string":
            return text
        if "\\" in text:
            with suppress(ValueError, SyntaxError), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # Python warns of escapes that it does not know
                found = ast.literal_eval(text)
                return found if isinstance(found, str) else text
        text = text.lstrip("rRbBuUfF")
        quote = 3 if text[:3] in ('"""', "'''") else 1
        return text[quote:-quote]

    def text(self, node: Node | None) -> str:
        """The source of a node."""
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace") if node else ""
