"""Chat templates as canonical Jinja trees: parsed and never rendered, without spacing, names and wording.

Names that a template sets itself, loop variables and the attributes of its namespaces are placeholders; what it is
given (`messages`, `bos_token`), attributes, filters and short strings stay. Text that it puts out is a feature of its
own, line by line.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from jinja2 import Environment, TemplateError, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser

from clonescan.fingerprint import NAME, NOTHING, STRUCTURE
from clonescan.kinds.builder import Builder
from clonescan.kinds.code.shapes import PLACEHOLDER
from clonescan.kinds.interface import Unreadable
from clonescan.kinds.tokenizer.everyones import is_everyones

LONGEST = 200_000
"""Characters of a template: the longest real ones have some twenty thousand."""

DEEPEST = 80
"""Levels of a template's tree: real ones have some twenty."""

HEADROOM = 3_000
"""Calls that jinja2's parser may nest: the same in every process, or the result would depend on who calls."""

FEWEST_WORDS = 3
"""A line of text says something from so many words on; shorter ones are roles and headings that everybody writes."""

_WORDS = re.compile(r"\w+")
_TOKENS = re.compile(r"<[^<>\s]{1,80}>|\[/?[A-Za-z_]{1,80}\]")


class _Generation(Extension):
    """Hugging Face's `{% generation %}`, which marks what the model writes."""

    tags = {"generation"}  # noqa: RUF012

    def parse(self, parser: Parser) -> nodes.Node | list[nodes.Node]:
        """What stands between the tags."""
        next(parser.stream)
        return parser.parse_statements(("name:endgeneration",), drop_needle=True)


_ENVIRONMENT = Environment(
    trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.loopcontrols", "jinja2.ext.do", _Generation]
)  # nothing is ever rendered with it


def parse(source: str) -> nodes.Template:
    """The tree of a template. Raises Unreadable."""
    if len(source) > LONGEST:
        raise Unreadable(f"a chat template of more than {LONGEST:,} characters")
    before = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(_calls() + HEADROOM)
        tree = _ENVIRONMENT.parse(source)
    except RecursionError:
        raise Unreadable("a chat template is nested too deeply") from None
    except TemplateError as error:
        raise Unreadable(f"a chat template cannot be parsed: {error}") from None
    except (ValueError, OverflowError):
        raise Unreadable("a chat template holds a number that is too long") from None
    finally:
        sys.setrecursionlimit(before)
    if _depth(tree) > DEEPEST:
        raise Unreadable("a chat template is nested too deeply")
    return tree


def _calls() -> int:
    """How many calls are open."""
    frame, count = sys._getframe(), 0
    while frame.f_back:
        frame, count = frame.f_back, count + 1
    return count


def _depth(tree: nodes.Node) -> int:
    level, depth = [tree], 0
    while level and depth <= DEEPEST:
        level = [child for node in level for child in node.iter_child_nodes()]
        depth += 1
    return depth


def texts(source: str) -> list[str]:
    """The texts of a template that can be parsed, line by line as they stand in it; no names of attributes."""
    lines = (line for text in _texts(parse(source)) for line in text.splitlines())
    return [*filter(None, (" ".join(line.split()) for line in lines))]


def _texts(node: nodes.Node) -> Iterator[str]:
    value = _text_of(node)
    if value is not None:
        yield value
    names = (node.arg,) if isinstance(node, nodes.Getitem) else ()
    for child in node.iter_child_nodes():
        if not (child in names and isinstance(child, nodes.Const)):
            yield from _texts(child)


def _text_of(node: nodes.Node) -> str | None:
    value = node.data if isinstance(node, nodes.TemplateData) else getattr(node, "value", None)
    return value if isinstance(node, nodes.TemplateData | nodes.Const) and isinstance(value, str) else None


@dataclass
class Canonical:
    """Enters templates into a fingerprint; `words` says what each shape stands for.

    `line`: where all of a template stands, for one inside JSON, whose own lines are no lines of a file.
    """

    builder: Builder
    words: dict[int, str]
    line: int | None = None
    _local: frozenset[str] = frozenset()
    _free: frozenset[str] = frozenset()
    _names: list[str] = field(default_factory=list)

    def enter(self, tree: nodes.Template) -> None:
        """Enter a template into the unit that is open."""
        self._local = frozenset(_set_here(tree))
        self._free = frozenset(_of_namespaces(tree))
        for shape in self._body(tree.body):
            self._hold(shape)

    def _body(self, body: Sequence[nodes.Node]) -> list[int]:
        """The shapes of statements; each simple one, and the head of each compound one, is aligned with others."""
        return [shape for node in body for shape in self._statement(node)]

    def _statement(self, node: nodes.Node) -> Iterator[int]:
        if isinstance(node, nodes.Output):
            pieces = self._pieces(node.nodes)
            if pieces:
                yield self._end(self._node("Output", *pieces), node)
        elif isinstance(node, nodes.For):
            parts = [self._shape(part) for part in (node.target, node.iter, node.test) if part]
            head = self._end(self._node("For", *parts), node)
            yield self._node("Loop", head, *self._body(node.body), *self._body(node.else_))
        elif isinstance(node, nodes.If):
            head = self._end(self._node("If", self._shape(node.test)), node)
            inner = self._body(node.body), self._body(node.elif_), self._body(node.else_)
            yield self._node("Branch", head, *(shape for shapes in inner for shape in shapes))
        elif isinstance(node, nodes.Macro | nodes.CallBlock | nodes.FilterBlock | nodes.With | nodes.Scope):
            head = self._end(self._node(type(node).__name__), node)
            yield self._node("Block", head, *self._body(node.body))
        else:
            yield self._end(self._shape(node), node)

    def _end(self, shape: int, node: nodes.Node) -> int:
        """End a statement at the line of its node."""
        self._hold(shape)
        line = self.line or node.lineno
        self.builder.statement(shape, line, line, self._names)
        self._names = []
        return shape

    def _hold(self, shape: int) -> None:
        self.builder.hold(shape)

    def _node(self, label: str, *children: int) -> int:
        shape = self.builder.node(label.encode("utf-8", "surrogatepass"), *children, role=STRUCTURE)
        self.builder.hold(shape)
        if shape not in self.words:
            inner = [self.words.get(child, "…") for child in children]
            self.words[shape] = f"{label}({', '.join(inner)})"[:160] if inner else label
        return shape

    def _shape(self, node: nodes.Node) -> int:
        """The canonical shape of an expression, or of a statement without a body."""
        if isinstance(node, nodes.Name):
            return self._name(node.name)
        if isinstance(node, nodes.NSRef):
            self._names += [node.name, node.attr]
            return self._node("Attribute", PLACEHOLDER, PLACEHOLDER)
        if isinstance(node, nodes.Getattr):
            return self._attribute(node.node, node.attr)
        if isinstance(node, nodes.Getitem) and isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            return self._attribute(node.node, node.arg.value)
        if isinstance(node, nodes.Const):
            return self._constant(node.value)
        if isinstance(node, nodes.TemplateData):
            return self._text(node.data)
        if isinstance(node, nodes.Add | nodes.Concat):
            return self._node("Join", *self._pieces([node]))
        if isinstance(node, nodes.Keyword) and node.key in self._free:
            self._names.append(node.key)
            return self._node("Keyword", PLACEHOLDER, self._shape(node.value))
        plain = [f"{value}" for _, value in node.iter_fields() if isinstance(value, str | int | float)]
        label = " ".join([type(node).__name__, *(value for value in plain if value not in self._local)])
        return self._node(label, *(self._shape(child) for child in node.iter_child_nodes()))

    def _name(self, name: str) -> int:
        if name in self._local:
            self._names.append(name)
            return PLACEHOLDER
        return self._node(f"Name {name}")

    def _attribute(self, node: nodes.Node, name: str) -> int:
        if name not in self._free:
            return self._node(f"Attribute {name}", self._shape(node))
        found = self._shape(node)
        self._names.append(name)
        return self._node("Attribute", found, PLACEHOLDER)

    def _constant(self, value: object) -> int:
        if isinstance(value, str) and (" " in value.strip() or "\n" in value):
            return self._text(value)
        return self._node(f"Const {value!r}")

    def _text(self, text: str) -> int:
        """Text that is put out: its lines are features of their own, since whoever copies may reword them."""
        for line in text.splitlines():
            plain = " ".join(line.split())
            says = len(_WORDS.findall(_TOKENS.sub(" ", plain))) >= FEWEST_WORDS
            role = NAME if says and not is_everyones(plain) else NOTHING
            shape = self.builder.leaf(b"text " + plain.encode("utf-8", "surrogatepass"), role)
            self.words[shape] = f'"{plain}"'[:160]
            self.builder.hold(shape)
        return self.builder.leaf(b"Text", NOTHING)

    def _pieces(self, found: Iterable[nodes.Node]) -> list[int]:
        """What is put out or joined, `a + b` and `a ~ b` taken apart, texts in a row as one, blanks left out."""
        shapes: list[int] = []
        for node in _flat(found):
            value = _text_of(node)
            if value is not None:
                if not value.strip():
                    continue
                text = self._text(value)
                if shapes and shapes[-1] == text:
                    continue
                shapes.append(text)
            else:
                shapes.append(self._shape(node))
        return shapes


def _flat(found: Iterable[nodes.Node]) -> Iterator[nodes.Node]:
    for node in found:
        if isinstance(node, nodes.Concat):
            yield from _flat(node.nodes)
        elif isinstance(node, nodes.Add):
            yield from _flat((node.left, node.right))
        else:
            yield node


def _set_here(tree: nodes.Template) -> Iterator[str]:
    """The names that a template sets: variables of loops and `set`, macros with their parameters."""
    for name in tree.find_all(nodes.Name):
        if name.ctx != "load":
            yield name.name
    for macro in tree.find_all(nodes.Macro):
        yield macro.name


def _of_namespaces(tree: nodes.Template) -> Iterator[str]:
    """The attributes that a template gives to its namespaces."""
    for reference in tree.find_all(nodes.NSRef):
        yield reference.attr
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name == "namespace":
            yield from (keyword.key for keyword in call.kwargs)
