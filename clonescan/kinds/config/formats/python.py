"""Configs in Python: modules of settings, defaults of classes and of command line arguments, records."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain

from tree_sitter import Node, Query, QueryCursor

from clonescan.kinds.code.paths import grammar_of
from clonescan.kinds.config import tree
from clonescan.kinds.config.formats import python_records
from clonescan.kinds.config.formats.python_values import Expression, Values
from clonescan.kinds.config.tree import BROKEN, MAX_DEPTH, MAX_LEAVES, Document, Read, Scalar, Section

LEAST = 3
"""Literal defaults that make a config: a class of two is one among thousands."""

LEAST_FLAT = 5
"""The same for a module of settings without any section, which could as well be one of constants."""

_CODE = re.compile(rb"^(?:from|import|def|class|async def|@\w|if __name__)\b", re.MULTILINE)
_ENDING = r"(?:Config|Configuration|Cfg|Args|Arguments|Options|Settings|HParams|Params)"
_BASES = ("BaseModel", "BaseSettings", "NamedTuple")
_CONFIG_NAME = re.compile(rf"{_ENDING}$|^(?:{'|'.join(_BASES)})$")
_CONFIG_CLASS = re.compile(
    rf"class (?:\w*{_ENDING}\b|\w+\((?:[^)\n]*[\w.])?(?:{_ENDING}|{'|'.join(_BASES)})\b)".encode()
)
_RECORD = re.compile(r"(^|\.)(dataclass|define|frozen|attrs|attr\.s|attributes)$")
_RECORD_CLASS = re.compile(
    rb"@[\w.]*(?:dataclass|define|frozen|attrs|attr\.s|attributes)\b[^\n]*\n"
    rb"(?:[ \t]*@[^\n]*\n)*[ \t]*class [^\n]*\n"
    rb"(?:(?:[ \t][^\n]*)?\n)*?[ \t]+\w+ *:[^=\n(]*= *+(?!None\b)"
)
"""A decorated class, and in its body a field with a default that says something."""

_SETTINGS = re.compile(
    rb"^(?!__|_import)[A-Za-z_][\w.]* *= *(?:(?:dict|L\(\w+\)|\w*[cC]onfig\w*|CN)\(|\{|\[)", re.MULTILINE
)
_BLOCK = re.compile(rb"^(?:def|class|async def|if|for|while|try)\b", re.MULTILINE)

_LANGUAGE = grammar_of("x.py")
assert _LANGUAGE is not None
_PARSER, _GRAMMAR = _LANGUAGE, _LANGUAGE.language
_ARGUMENTS = Query(
    _GRAMMAR,
    '(call function: (attribute attribute: (identifier) @name) arguments: (argument_list) @call'
    ' (#eq? @name "add_argument")) (function_definition) @function',
)
_STATEMENTS = ("expression_statement", "import_statement", "import_from_statement", "with_statement", "pass_statement",
               "comment", "future_import_statement", "delete_statement")  # fmt: skip


def is_code(data: bytes) -> bool:
    """Whether this is Python that defines or imports something; no other format has such lines."""
    return _CODE.search(data) is not None


def glance(data: bytes) -> bool:
    """Whether Python source can hold a config: a search for the few words that every form needs."""
    if b".add_argument(" in data and data.count(b"default") + data.count(b"store_") >= LEAST:
        return True
    if _RECORD_CLASS.search(data) or _CONFIG_CLASS.search(data) or python_records.glance(data, LEAST):
        return True
    return not _BLOCK.search(data) and _SETTINGS.search(data) is not None


def read(data: bytes) -> Read:
    """Every config of a module: itself if it is one of settings, else its classes and functions, in reading order."""
    root = _PARSER.tree(data).root_node
    reader = _Reader(data)
    settings = reader.settings(root)
    parts = reader.classes(root, "", 0), reader.arguments(root, data), reader.records(root)
    documents = [settings] if settings else [*chain(*parts)]
    documents.sort(key=lambda document: (document.root.line, document.name))
    notes = {BROKEN} if root.has_error and documents else set()
    return Read(documents, tuple(sorted(notes)))


class _Reader:
    """Finds the configs of a syntax tree."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.values = Values(data)

    def settings(self, root: Node) -> Document | None:
        """The module as settings: nothing but assignments, most of them of mappings or to no constants."""
        statements = [kid for kid in root.named_children if kid.type != "comment"]
        if any(kid.type not in _STATEMENTS for kid in statements):
            return None
        section = Section(1, root.end_point[0] + 1)
        for kid in statements:
            for node in kid.named_children if kid.type == "expression_statement" else ():
                if node.type == "assignment":
                    self.assign(node, section)
        sections = {key for key, node in section.entries if isinstance(node, Section) and node.keyed and len(node)}
        plain = [key for key, _ in section.entries if key.upper() != key or key in sections]
        nested = bool(sections)
        if 2 * len(plain) < len(section) or _literals(section) < (LEAST if nested else LEAST_FLAT):
            return None
        return Document("<config>", section)

    def assign(self, node: Node, section: Section) -> None:
        """`a = value` or `a.b["c"] = value` of a module of settings; a name stands for its value from then on."""
        left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
        path = self.values.target(left) if left else None
        if path is None or right is None or re.fullmatch(r"__\w+__|_import_structure", path[0]):
            return
        value = self.values.read(right, 0)
        for step in path[:-1][:MAX_DEPTH]:
            section = section.section(step, value.line)
        section.put(path[-1], value)
        section.end = max(section.end, value.end)
        if len(path) == 1:
            self.values.names[path[0]] = value

    def classes(self, block: Node, outer: str, depth: int) -> Iterator[Document]:
        """The classes of a block that hold defaults, and those inside them."""
        for kid in block.named_children:
            decorators = [self.text(d).lstrip("@ ") for d in kid.named_children if d.type == "decorator"]
            node = kid.child_by_field_name("definition") if kid.type == "decorated_definition" else kid
            body = node.child_by_field_name("body") if node and node.type == "class_definition" else None
            if node is None or body is None or depth > MAX_DEPTH:
                continue
            name = outer + self.text(node.child_by_field_name("name"))
            if self.is_config(node, name, decorators):
                section = Section(node.start_point[0] + 1, node.end_point[0] + 1)
                for key, value in (*self.fields(body), *self.parameters(body)):
                    section.put(key, value)
                section.end = max([section.line, *(value.end for value in section.values)])
                if _literals(section) >= LEAST:
                    yield Document(f"{name} defaults", section)
            yield from self.classes(body, f"{name}.", depth + 1)

    def is_config(self, node: Node, name: str, decorators: Iterable[str]) -> bool:
        """Whether a class says by its decorator, its name or its bases that it is a record of settings."""
        if any(_RECORD.search(decorator.partition("(")[0].strip()) for decorator in decorators):
            return True
        superclasses = node.child_by_field_name("superclasses")
        bases = [self.text(base).rsplit(".", 1)[-1] for base in superclasses.named_children] if superclasses else []
        return any(_CONFIG_NAME.search(word) for word in (name, *bases))

    def fields(self, body: Node) -> Iterator[tuple[str, tree.Node]]:
        """`name: type = default` and `name = default`."""
        for statement in body.named_children:
            for node in statement.named_children if statement.type == "expression_statement" else ():
                left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
                if node.type == "assignment" and left and right and left.type == "identifier":
                    value = self.values.default(right)
                    if value:
                        yield self.text(left), value

    def parameters(self, body: Node) -> Iterator[tuple[str, tree.Node]]:
        """The defaults of `__init__`."""
        for node in body.named_children:
            name = node.child_by_field_name("name")
            if node.type != "function_definition" or name is None or self.text(name) != "__init__":
                continue
            parameters = node.child_by_field_name("parameters")
            for parameter in parameters.named_children if parameters else ():
                key, right = parameter.child_by_field_name("name"), parameter.child_by_field_name("value")
                if key and right:
                    yield self.text(key), self.values.read(right, 0)

    def arguments(self, root: Node, data: bytes) -> Iterator[Document]:
        """The defaults of command line arguments, those of a function together."""
        if b".add_argument(" not in data:
            return
        found = QueryCursor(_ARGUMENTS).captures(root)
        functions = [(node.start_byte, node.end_byte, node) for node in found.get("function", ())]
        calls = [(node.start_byte, node.end_byte, node) for node in found.get("call", ())]
        places = sorted([*((s, -e, n, True) for s, e, n in functions), *((s, -e, n, False) for s, e, n in calls)],
                        key=lambda place: place[:2])  # fmt: skip
        sections: dict[str, Section] = {}
        around: list[Node] = []
        for start, _, node, is_function in places:
            while around and around[-1].end_byte <= start:
                around.pop()
            if is_function:
                around.append(node)
                continue
            entry = self.argument(node)
            if entry and len(sections) <= MAX_LEAVES:
                names = [self.text(function.child_by_field_name("name")) for function in around[-2:]]
                section = sections.setdefault(".".join(names) or "<module>", Section(entry[1].line, entry[1].end))
                section.put(*entry)
                section.end = max(section.end, entry[1].end)
        for name, section in sections.items():
            if _literals(section) >= LEAST:
                yield Document(f"{name} arguments", section)

    def records(self, root: Node) -> Iterator[Document]:
        """The records that values are given to one by one."""
        for name, section in python_records.records(root, self.values):
            if _literals(section) >= LEAST:
                yield Document(f"{name} settings", section)

    def argument(self, call: Node) -> tuple[str, tree.Node] | None:
        """The long name of an argument and its default; a flag that is stored when given is false by default."""
        name, default, action = "", None, ""
        for kid in call.named_children:
            if kid.type == "keyword_argument":
                key, right = kid.child_by_field_name("name"), kid.child_by_field_name("value")
                if key is None or right is None:
                    continue
                if self.text(key) == "default":
                    default = self.values.read(right, 0)
                elif self.text(key) == "action":
                    action = self.text(right).strip("\"'")
            elif kid.type == "string":
                word = self.text(kid).strip("\"'")
                name = word if word.startswith("--") or not name else name
        if default is None and action in ("store_true", "store_false"):
            line = call.start_point[0] + 1
            default = Scalar(str(action == "store_false"), line, line)
        return (name.lstrip("-"), default) if name and default else None

    def text(self, node: Node | None) -> str:
        """The source of a node."""
        return self.data[node.start_byte : node.end_byte].decode("utf-8", "replace") if node else ""


def _literals(root: Section) -> int:
    """The values of a section that say something: no None, and no expression that only running would tell.

    A section that stands under several keys is looked at once, and no more are counted than anybody asks for.
    """
    count, seen, pending = 0, set[int](), [root]
    while pending and count < LEAST_FLAT:
        section = pending.pop()
        if id(section) in seen:
            continue
        seen.add(id(section))
        for node in section.values:
            if isinstance(node, Section):
                count += not node.keyed and len(node) > 0
                pending.append(node)
            else:
                count += node.text != "None" and not isinstance(node, Expression)
    return count
