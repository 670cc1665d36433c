"""What each name of a Python file stands for, by Python's scoping rules, and a walker that knows it at each node."""

from __future__ import annotations

import ast
import pathlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from disguise.package import Package

Kind = Literal["local", "parameter", "member", "global", "own import", "external import"]
FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef
Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
ScopeNode = ast.Module | ast.ClassDef | FunctionNode | ast.Lambda | Comprehension


@dataclass(frozen=True, slots=True)
class Binding:
    """What a name stands for in a scope; `target` is the dotted path behind an import."""

    kind: Kind
    target: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """The names that one module, class, function or comprehension binds."""

    node: ast.AST
    names: Mapping[str, Binding]


def arguments(args: ast.arguments) -> list[ast.arg]:
    """All parameters, in the order of the source."""
    star = [a for a in (args.vararg, args.kwarg) if a]
    return [*args.posonlyargs, *args.args, *args.kwonlyargs, *star]


def bound_names(statement: ast.stmt) -> set[str]:
    """The names a statement binds in its own scope, by assignment, definition or import."""
    return set(_bindings([statement]))


def last_name(node: ast.expr) -> str:
    """The last component of a dotted name or call: `c` of `a.b.c`, of `a.b.c(...)` and of `a.b.c[...]`."""
    while isinstance(node, ast.Call | ast.Subscript):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def bindings(node: ScopeNode) -> dict[str, Binding]:
    """The names that a scope binds, without those of the scopes inside it."""
    if isinstance(node, Comprehension):
        targets = [n for g in node.generators for n in ast.walk(g.target)]
        return {n.id: Binding("local") for n in targets if isinstance(n, ast.Name)}
    if isinstance(node, ast.Lambda):
        return {a.arg: Binding("parameter") for a in arguments(node.args)}
    kind: Kind = "global" if isinstance(node, ast.Module) else "member" if isinstance(node, ast.ClassDef) else "local"
    found = _bindings(node.body, kind)
    elsewhere = {n for s in _statements(node.body) if isinstance(s, ast.Global | ast.Nonlocal) for n in s.names}
    found = {name: binding for name, binding in found.items() if name not in elsewhere}
    if isinstance(node, FunctionNode):
        found |= {a.arg: Binding("parameter") for a in arguments(node.args)}
    return found


def _statements(body: list[ast.stmt]) -> Iterator[ast.AST]:
    """All nodes of a block, without those inside the scopes that it opens."""
    pending: list[ast.AST] = list(reversed(body))
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, FunctionNode | ast.ClassDef):
            pending += [*node.decorator_list]
        elif not isinstance(node, ast.Lambda):
            pending += reversed(list(ast.iter_child_nodes(node)))


def _bindings(body: list[ast.stmt], kind: Kind = "local") -> dict[str, Binding]:
    found = dict[str, Binding]()
    generators = [g for s in _statements(body) if isinstance(s, Comprehension) for g in s.generators]
    inside = {id(n) for g in generators for n in ast.walk(g.target)}
    for node in _statements(body):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store | ast.Del) and id(node) not in inside:
            found.setdefault(node.id, Binding(kind))
        elif isinstance(node, FunctionNode | ast.ClassDef):
            found[node.name] = Binding(kind)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            found |= _imported(node)
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            found.setdefault(node.name, Binding(kind))
        elif isinstance(node, ast.MatchMapping) and node.rest:
            found.setdefault(node.rest, Binding(kind))
    return found


def _imported(node: ast.Import | ast.ImportFrom) -> dict[str, Binding]:
    """Imports as bindings; a relative path keeps its dots, `Resolver` knows what they mean."""
    if isinstance(node, ast.ImportFrom):
        prefix = "." * node.level + (node.module or "")
        names = [a for a in node.names if a.name != "*"]
        return {a.asname or a.name: Binding("external import", f"{prefix}:{a.name}") for a in names}
    found = dict[str, Binding]()
    for alias in node.names:
        name = alias.asname or alias.name.partition(".")[0]
        target = alias.name if alias.asname else name
        # `import a` beside `import a.b`: the plain one decides whether `a` can have another name.
        if name not in found or "." not in alias.name:
            found[name] = Binding("external import", target)
    return found


def absolute(module: str, path: str) -> str:
    """The dotted path that a relative module name in the file `path` stands for."""
    level = len(module) - len(module.lstrip("."))
    if not level:
        return module
    parts = pathlib.PurePosixPath(path).parts[:-1]
    return ".".join(filter(None, (*parts[: len(parts) - level + 1], module.lstrip("."))))


class ScopeWalker(ast.NodeTransformer):
    """Walks a file and knows at each node what each name stands for."""

    def __init__(self, package: Package, path: str) -> None:
        self.package = package
        self.path = path
        self.scopes: list[Scope] = []

    def enter(self, node: ScopeNode) -> None:
        """Open the scope of a node."""
        self.scopes.append(Scope(node, {name: self._placed(b) for name, b in bindings(node).items()}))

    def leave(self) -> None:
        """Close the innermost scope."""
        self.scopes.pop()

    def _placed(self, binding: Binding) -> Binding:
        if binding.kind != "external import":
            return binding
        module, _, name = binding.target.partition(":")
        module = absolute(module, self.path)
        target = f"{module}.{name}" if name else module
        own = target in self.package.modules or (module in self.package.modules and bool(name))
        return Binding("own import" if own else "external import", target)

    def resolve(self, name: str) -> Binding | None:
        """What a name stands for here, None for a builtin or a name nobody binds."""
        for depth, scope in enumerate(reversed(self.scopes)):
            if name in scope.names and (depth == 0 or not isinstance(scope.node, ast.ClassDef)):
                return scope.names[name]
        return None

    def dotted(self, node: ast.expr) -> str | None:
        """The import path behind a dotted expression: `torch.nn.Linear` of `nn.Linear`; None for anything else."""
        if isinstance(node, ast.Attribute):
            base = self.dotted(node.value)
            return f"{base}.{node.attr}" if base else None
        if isinstance(node, ast.Name):
            binding = self.resolve(node.id)
            return binding.target if binding and binding.target else None
        return None

    def visit_Module(self, node: ast.Module) -> ast.AST:
        return self._scoped(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._scoped(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> ast.AST:
        return self._scoped(node)

    def visit_Lambda(self, node: ast.Lambda) -> ast.AST:
        return self._scoped(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        return self._scoped(node)

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        return self._scoped(node)

    def visit_SetComp(self, node: ast.SetComp) -> ast.AST:
        return self._scoped(node)

    def visit_DictComp(self, node: ast.DictComp) -> ast.AST:
        return self._scoped(node)

    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        return self._scoped(node)

    def _scoped(self, node: ScopeNode) -> ast.AST:
        """Visit a node's children within its scope, and outside it what Python evaluates outside it."""
        outside = set(map(id, _outside(node)))
        for child in _outside(node):
            self.visit(child)
        self.enter(node)
        self.own_names(node)
        for child in ast.iter_child_nodes(node):
            if id(child) not in outside:
                self._inside(child, outside)
        self.leave()
        return node

    def _inside(self, child: ast.AST, outside: set[int]) -> None:
        if isinstance(child, ast.arguments):
            for argument in arguments(child):
                self.visit(argument)
        elif isinstance(child, ast.comprehension):
            for part in ast.iter_child_nodes(child):
                if id(part) not in outside:
                    self.visit(part)
        else:
            self.visit(child)

    def own_names(self, node: ScopeNode) -> None:
        """Called inside each scope before its children are visited."""


def _outside(node: ScopeNode) -> list[ast.AST]:
    """The children of a scope that are evaluated in the enclosing one."""
    if isinstance(node, Comprehension):
        return [node.generators[0].iter]
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *node.keywords]
    if isinstance(node, ast.Lambda | FunctionNode):
        defaults = [d for d in (*node.args.defaults, *node.args.kw_defaults) if d]
        return [*defaults, *(node.decorator_list if isinstance(node, FunctionNode) else [])]
    return []
