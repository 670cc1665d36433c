"""Which names of a Python package belong to it, so that a copier can change them, and which belong to others."""

from __future__ import annotations

import ast
import builtins
import io
import logging
import pathlib
import re
import sys
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from disguise.package import Package
from disguise.scopes import FunctionNode, ScopeWalker, arguments, bound_names, last_name

PYTHON_OBJECTS = (str, bytes, int, float, complex, list, tuple, dict, set, object, type, Exception, slice, property)
STANDARD_OBJECTS = (pathlib.Path, io.StringIO, logging.Logger, re.Pattern, re.Match)
FRAMEWORK_BASES = {"object", "ABC", "Protocol", "Module", "Enum", "Generic", "NamedTuple", "TypedDict", "Exception"}


def read_words(path: pathlib.Path) -> frozenset[str]:
    """The words of a text file, without its comment lines."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


OTHERS = read_words(pathlib.Path(__file__).with_name("torch_names.txt")) | {
    name for thing in (*PYTHON_OBJECTS, *STANDARD_OBJECTS, builtins) for name in dir(thing)
}


def parse(folder: pathlib.Path) -> dict[str, ast.Module]:
    """Every file of a folder that is valid Python, by its path relative to the folder."""
    trees = {}
    for path in sorted(folder.rglob("*.py")):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                trees[path.relative_to(folder).as_posix()] = ast.parse(path.read_bytes())
        except (SyntaxError, ValueError):
            continue
    return trees


def read_package(folder: pathlib.Path) -> Package:
    """Parse a folder and find out which names are its own."""
    trees = parse(folder)
    modules = dict(_module_names(trees))
    if (folder / "__init__.py").exists():
        modules |= {".".join(filter(None, (folder.name, name))): path for name, path in modules.items()}
    return own_names(Package(trees, modules))


def identifiers(trees: Iterable[ast.AST]) -> set[str]:
    """Every identifier in some files, whatever it stands for, but for the names in import statements."""
    fields = ("id", "attr", "arg", "name")
    nodes = (node for tree in trees for node in ast.walk(tree) if not isinstance(node, ast.alias))
    return {value for node in nodes for f in fields if isinstance(value := getattr(node, f, None), str)}


def _module_names(trees: Mapping[str, ast.Module]) -> Iterator[tuple[str, str]]:
    """Dotted names as seen from the folder itself, and from the folder that holds the outermost package (`src/`)."""
    packages = {pathlib.PurePosixPath(path).parent.parts for path in trees if path.endswith("__init__.py")}
    for path in trees:
        pure = pathlib.PurePosixPath(path)
        parts = pure.parts[:-1] if pure.name == "__init__.py" else (*pure.parts[:-1], pure.stem)
        outermost = next((depth - 1 for depth in range(1, len(parts) + 1) if parts[:depth] in packages), 0)
        for root in {0, outermost}:
            if parts[root:] and parts[root] not in sys.stdlib_module_names:
                for end in range(root + 1, len(parts)):
                    yield ".".join(parts[root:end]), "/".join(parts[:end])
                yield ".".join(parts[root:]), path


def own_names(package: Package) -> Package:
    """The package with its free attributes, keywords and parameters filled in."""
    defined_attributes, defined_keywords = set[str](), set[str]()
    for tree in package.trees.values():
        defined_attributes |= set(_attributes_defined(tree))
        functions = [node for node in ast.walk(tree) if isinstance(node, FunctionNode)]
        defined_keywords |= {a.arg for node in functions for a in arguments(node.args)}
    foreign_attributes, foreign_keywords = set(OTHERS), set(OTHERS)
    for path, tree in package.trees.items():
        survey = _Survey(package, path, defined_attributes)
        survey.visit(tree)
        foreign_attributes |= survey.attributes
        foreign_keywords |= survey.keywords
    hooks = _hooks(package)
    self_attributes = frozenset(n for n in defined_attributes - OTHERS - hooks if not _dunder(n))
    attributes = self_attributes - foreign_attributes
    keywords = frozenset(n for n in (defined_keywords | attributes) - foreign_keywords if not _dunder(n))
    parameters = _parameters(package, attributes, keywords)
    everything = frozenset(identifiers(package.trees.values()))
    defined = frozenset(defined_attributes | {n for tree in package.trees.values() for n in _names_defined(tree)})
    return replace(
        package,
        attributes=attributes,
        self_attributes=self_attributes,
        keywords=keywords,
        parameters=parameters,
        identifiers=everything,
        defined=defined,
    )


def _names_defined(tree: ast.Module) -> Iterator[str]:
    """Everything that an assignment, a parameter or a definition binds anywhere in a file."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, FunctionNode | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.arg):
            yield node.arg


def _dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")


def _attributes_defined(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            for statement in node.body:
                yield from bound_names(statement)
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _is_self(node.value):
            yield node.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args:
            first = node.args[0]
            if node.func.attr == "register_buffer" and isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def _is_self(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id in {"self", "cls"}


def _hooks(package: Package) -> set[str]:
    """Public methods of classes with a foreign base that nobody in the package calls: the base calls them."""
    used = {n.attr for tree in package.trees.values() for n in ast.walk(tree) if isinstance(n, ast.Attribute)}
    classes = [n for tree in package.trees.values() for n in ast.walk(tree) if isinstance(n, ast.ClassDef)]
    own = {c.name for c in classes} | FRAMEWORK_BASES
    return {
        method.name
        for c in classes
        if any(last_name(base) not in own for base in c.bases)
        for method in c.body
        if isinstance(method, FunctionNode) and method.name not in used and not method.name.startswith("_")
    }


def _parameters(package: Package, attributes: frozenset[str], keywords: frozenset[str]) -> dict[str, frozenset[str]]:
    table = dict[str, frozenset[str]]()
    bases = dict[str, list[str]]()
    for tree in package.trees.values():
        for node in tree.body:
            if isinstance(node, FunctionNode):
                table[node.name] = frozenset(a.arg for a in arguments(node.args)) | table.get(node.name, frozenset())
            elif isinstance(node, ast.ClassDef):
                bases[node.name] = [last_name(base) for base in node.bases]
                init = next((m for m in node.body if isinstance(m, FunctionNode) and m.name == "__init__"), None)
                if init:
                    table[node.name] = frozenset(a.arg for a in arguments(init.args)) - {"self"}
                elif any("dataclass" in ast.unparse(d) for d in node.decorator_list):
                    table[node.name] = attributes & keywords
    for name in bases:
        table.setdefault(name, _inherited(name, bases, table, depth=8))
    return table


def _inherited(
    name: str, bases: Mapping[str, list[str]], table: Mapping[str, frozenset[str]], depth: int
) -> frozenset[str]:
    if name in table or depth == 0:
        return table.get(name, frozenset())
    return frozenset().union(*(_inherited(base, bases, table, depth - 1) for base in bases.get(name, ())))


class _Survey(ScopeWalker):
    """Collects the attributes and keywords that are used on things from outside the package."""

    def __init__(self, package: Package, path: str, defined: set[str]) -> None:
        super().__init__(package, path)
        self.defined = defined
        self.attributes = set[str]()
        self.keywords = set[str]()

    def foreign(self, node: ast.expr) -> bool:
        """Whether an expression certainly leads to something that is not the package's own."""
        while isinstance(node, ast.Call | ast.Subscript):
            node = node.func if isinstance(node, ast.Call) else node.value
        if isinstance(node, ast.Attribute):
            dotted = self.dotted(node)
            return not self.package.owns(dotted) if dotted else self.foreign(node.value)
        if isinstance(node, ast.Name):
            binding = self.resolve(node.id)
            return binding.kind == "external import" if binding else hasattr(builtins, node.id)
        return isinstance(node, ast.Constant | ast.JoinedStr)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        for alias in node.names:
            binding = self.resolve(alias.asname or alias.name)
            if binding and binding.kind == "external import":
                self.attributes.add(alias.name)
        return node

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        if self.foreign(node.value) and not (isinstance(node.value, ast.Call) and last_name(node.value) == "super"):
            self.attributes.add(node.attr)
        return self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        method = isinstance(node.func, ast.Attribute) and node.func.attr not in self.defined
        if (method or self.foreign(node.func)) and last_name(node.func) not in {"super", "partial", "__init__"}:
            self.keywords |= {k.arg for k in node.keywords if k.arg}
        if last_name(node.func) in {"add_argument", "namedtuple", "getattr", "setattr", "hasattr"}:
            texts = [n.value for a in node.args for n in ast.walk(a) if isinstance(n, ast.Constant)]
            self.attributes |= {t.lstrip("-").replace("-", "_") for t in texts if isinstance(t, str)}
        return self.generic_visit(node)
