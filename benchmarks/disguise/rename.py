"""Copies a repository with every name changed that a copier can change, the same way everywhere.

A name is changed where it is certainly the package's own: locals, functions, classes and import aliases by Python's
scoping rules; attributes and keyword arguments if the package defines them and nothing foreign has one of that name.
What cannot be told from the text stays: names inside strings (but those of ``__all__`` and ``__slots__``), and the
parameters of methods that share their name with a keyword of somebody else's function.
"""

from __future__ import annotations

import ast
import copy
import json
import random
import sys
from collections.abc import Callable, Iterable
from itertools import count
from pathlib import Path, PurePosixPath

from disguise.names import OTHERS, identifiers, read_package, read_words
from disguise.package import Package
from disguise.scopes import FunctionNode, ScopeNode, ScopeWalker, absolute, arguments, last_name

WORDS = sorted(read_words(Path(__file__).with_name("words.txt")))


class Namer:
    """Invents one new name for each old one, none of them in use, in the style of the old one."""

    def __init__(self, rng: random.Random, taken: Iterable[str]) -> None:
        self.rng = rng
        self.taken = {*taken, *OTHERS}
        self.mapping: dict[str, str] = {}

    def __call__(self, old: str) -> str:
        """The new name of `old`."""
        if (old.startswith("__") and old.endswith("__")) or old == "_":
            return old
        if old not in self.mapping:
            self.mapping[old] = self._invent(old)
        return self.mapping[old]

    def _invent(self, old: str) -> str:
        for attempt in count():
            length = min(1 + attempt // 5, 4) if len(old) < 4 else self.rng.choice((1, 2, 2, 3)) + attempt // 20
            new = "_".join(self.rng.choice(WORDS) for _ in range(length))
            if old.isupper() and len(old) > 1:
                new = new.upper()
            elif old.lstrip("_")[:1].isupper():
                new = new.title().replace("_", "")
            new = old[: len(old) - len(old.lstrip("_"))] + new
            if new not in self.taken:
                self.taken.add(new)
                break
        return new


class Renamer(ScopeWalker):
    """Changes the names in one file in place.

    With `alone` the file's functions are taken for themselves: all their parameters change, and all attributes of
    `self` that torch does not read, since nobody else needs to find them; `every_object` says whether attributes
    change on other objects, too.
    """

    def __init__(
        self,
        package: Package,
        path: str,
        namer: Callable[[str], str],
        every_object: bool = True,
        alone: bool = False,
    ) -> None:
        super().__init__(package, path)
        self.namer = namer
        self.every_object = every_object
        self.alone = alone
        self.self_attributes = package.self_attributes if alone else package.attributes
        self.parameters = package.parameters
        self.bases: list[list[str]] = []
        imports = [n for n in ast.walk(package.trees[path]) if isinstance(n, ast.Import | ast.ImportFrom)]
        self.starred = any(a.name == "*" for n in imports for a in n.names)
        # `import name.sub` gives `name` no other name.
        plain = [a.name for n in imports for a in n.names if not a.asname]
        self.dotted_only = {name.partition(".")[0] for name in plain if "." in name}

    def visit_ClassDef(self, node: ast.ClassDef) -> ast.AST:
        self.bases.append([last_name(base) for base in node.bases])
        super().visit_ClassDef(node)
        self.bases.pop()
        return node

    def own_names(self, node: ScopeNode) -> None:
        if isinstance(node, ast.Module):
            return
        outer = self.scopes[-2]
        if isinstance(node, FunctionNode | ast.ClassDef):
            free = not isinstance(outer.node, ast.ClassDef) or node.name in self.self_attributes
            self._rename_parameters(
                node, isinstance(outer.node, ast.ClassDef) and node.name != "__init__" and not self.alone
            )
            node.name = self.namer(node.name) if free else node.name
            if isinstance(node, FunctionNode):
                node.returns = None
        elif isinstance(node, ast.Lambda):
            self._rename_parameters(node, False)

    def _rename_parameters(self, node: ScopeNode, method: bool) -> None:
        if not isinstance(node, FunctionNode | ast.Lambda):
            return
        for argument in arguments(node.args):
            argument.annotation = None
            if argument.arg not in {"self", "cls"} and (not method or argument.arg in self.package.keywords):
                argument.arg = self.namer(argument.arg)

    def _renamed(self, name: str) -> str:
        """The new form of a bare name, by what it stands for here."""
        binding = self.resolve(name)
        if binding is None:
            return self.namer(name) if self.starred and name in self.parameters else name
        if name in {"self", "cls"}:
            return name
        if binding.kind == "member":
            return self.namer(name) if name in self.self_attributes else name
        if binding.kind == "parameter":
            scope = next(s.node for s in reversed(self.scopes) if s.names.get(name) is binding)
            assert isinstance(scope, FunctionNode | ast.Lambda)
            return name if name in {a.arg for a in arguments(scope.args)} else self.namer(name)
        kept = binding.kind == "external import" and binding.target == name and name in self.dotted_only
        return name if kept else self.namer(name)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        node.id = self._renamed(node.id)
        return node

    def visit_Global(self, node: ast.Global) -> ast.AST:
        node.names = [self._renamed(name) for name in node.names]
        return node

    def visit_Nonlocal(self, node: ast.Nonlocal) -> ast.AST:
        node.names = [self._renamed(name) for name in node.names]
        return node

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> ast.AST:
        node.name = self._renamed(node.name) if node.name else None
        return self.generic_visit(node)

    def visit_MatchAs(self, node: ast.MatchAs) -> ast.AST:
        node.name = self._renamed(node.name) if node.name else None
        return self.generic_visit(node)

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        owner = self.dotted(node.value)
        on_self = isinstance(node.value, ast.Name) and node.value.id in {"self", "cls"}
        if owner and self.package.owns(owner):
            free = owner in self.package.modules or node.attr in self.package.attributes
        else:
            free = not owner and node.attr in self.package.attributes and self.every_object
            free = free or (on_self and node.attr in self.self_attributes)
        self.visit(node.value)
        node.attr = self.namer(node.attr) if free else node.attr
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        known = self._keywords_of(node)
        foreign = bool((dotted := self.dotted(node.func)) and not self.package.owns(dotted))
        foreign = foreign and last_name(node.func) != "partial"
        for keyword in node.keywords:
            if keyword.arg and (keyword.arg in known or (not foreign and keyword.arg in self.package.keywords)):
                keyword.arg = self.namer(keyword.arg)
        return self.generic_visit(node)

    def _keywords_of(self, node: ast.Call) -> frozenset[str]:
        """The parameters of the function or class of the package that is certainly called here."""
        target = node.args[0] if last_name(node.func) == "partial" and node.args else node.func
        nothing = frozenset[str]()
        if isinstance(target, ast.Attribute) and target.attr == "__init__" and self.bases:
            return nothing.union(*(self.parameters.get(name, nothing) for name in self.bases[-1]))
        dotted = self.dotted(target)
        if dotted and self.package.owns(dotted):
            return self.parameters.get(dotted.rpartition(".")[2], nothing)
        if isinstance(target, ast.Name) and (binding := self.resolve(target.id)) and binding.kind == "global":
            return self.parameters.get(target.id, nothing)
        return nothing

    def visit_Import(self, node: ast.Import) -> ast.AST:
        for alias in node.names:
            if self.package.owns(alias.name):
                bound, alias.name = alias.asname, self._module(alias.name)
                alias.asname = self.namer(bound) if bound else None
            elif alias.asname or "." not in alias.name:
                new = self._renamed(alias.asname or alias.name)
                alias.asname = new if new != alias.name else None
        return node

    def _module(self, dotted: str) -> str:
        return ".".join(map(self.namer, dotted.split("."))) if dotted else ""

    def visit_ImportFrom(self, node: ast.ImportFrom) -> ast.AST:
        module = absolute("." * node.level + (node.module or ""), self.path)
        own = module in self.package.modules
        if node.module == "__future__":
            return node
        for alias in node.names:
            if alias.name == "*":
                continue
            bound = self._renamed(alias.asname or alias.name)
            if own:
                alias.name = self.namer(alias.name)
            alias.asname = bound if bound != alias.name else None
        if own and node.module:
            node.module = self._module(node.module)
        return node

    def visit_Assign(self, node: ast.Assign) -> ast.AST:
        target = node.targets[0].id if isinstance(node.targets[0], ast.Name) else ""
        if target in {"__all__", "__slots__", "__match_args__"}:
            for text in ast.walk(node.value):
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    free = target == "__all__" or text.value in self.package.attributes
                    text.value = self.namer(text.value) if free else text.value
        return self.generic_visit(node)


class Stripper(ast.NodeTransformer):
    """Drops docstrings and the annotations that a program can do without (the fields of a class need theirs)."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        if isinstance(node, ast.Module | ast.ClassDef | FunctionNode):
            node.body = [s for s in node.body if not _is_text(s)]
            if not node.body and not isinstance(node, ast.Module):
                node.body = [ast.Pass()]
        if isinstance(node, FunctionNode):
            node.returns = None
            for argument in arguments(node.args):
                argument.annotation = None
            node.body = [plain for s in node.body if (plain := _without_annotation(s))] or [ast.Pass()]
        return node


def _is_text(statement: ast.stmt) -> bool:
    return (
        isinstance(statement, ast.Expr)
        and isinstance(statement.value, ast.Constant)
        and isinstance(statement.value.value, str)
    )


def _without_annotation(statement: ast.stmt) -> ast.stmt | None:
    if not isinstance(statement, ast.AnnAssign):
        return statement
    if statement.value is None:
        return None
    return ast.copy_location(ast.Assign(targets=[statement.target], value=statement.value), statement)


def rename_repository(source: Path, target: Path, seed: int = 0) -> dict[str, str]:
    """Write a renamed copy of the folder `source` to `target`; returns which of its own names became which."""
    package = read_package(source)
    namer = Namer(random.Random(seed), package.identifiers)
    written = set[str]()
    for path in sorted(p for p in source.rglob("*") if p.is_file()):
        old = path.relative_to(source).as_posix()
        if old not in package.trees:
            _write(target / _new_path(old, namer, keep_name=True), path.read_bytes())
            continue
        tree = Stripper().visit(copy.deepcopy(package.trees[old]))
        Renamer(package, old, namer).visit(tree)
        written |= identifiers([tree])
        _write(target / _new_path(old, namer), (ast.unparse(ast.fix_missing_locations(tree)) + "\n").encode())
    own = package.defined
    return {old: new for old, new in sorted(namer.mapping.items()) if new in written and old in own}


def _new_path(old: str, namer: Namer, keep_name: bool = False) -> str:
    pure = PurePosixPath(old)
    name = pure.name if keep_name else namer(pure.stem) + pure.suffix
    return str(PurePosixPath(*map(namer, pure.parts[:-1]), name))


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def main() -> None:
    """`PYTHONPATH=benchmarks python -m disguise.rename SOURCE TARGET [SEED]`: write the copy and print the names."""
    source, target, *seed = sys.argv[1:]
    mapping = rename_repository(Path(source), Path(target), *map(int, seed))
    sys.stdout.write(json.dumps(mapping, indent=1) + "\n")


if __name__ == "__main__":
    main()
