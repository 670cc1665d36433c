"""Disguises single functions of a package the way copiers do, at four levels, seeded, on Python's own `ast`.

Level n includes the levels below it:

1. names of locals, parameters, functions, classes, self attributes and import aliases changed; comments, docstrings
   and annotations dropped; reformatted.
2. assignments merged into tuples, temporaries inlined, append loops made comprehensions, branches inverted, keyword
   arguments shuffled, augmented assignments expanded.
3. dead statements and logging inserted, checks dropped, independent statements swapped, default numbers changed,
   strings reworded, methods turned into functions.
4. only a stretch taken and put into other code, functions split in two or merged, calls replaced by equivalents,
   attributes renamed on every object, `for` loops rewritten as `while` with an index.

It shares no code with clonescan, so that the one cannot see with the other's eyes.
"""

from __future__ import annotations

import ast
import copy
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from disguise import rewrites
from disguise.package import Package
from disguise.rename import Namer, Renamer, Stripper
from disguise.scopes import Binding, arguments, bindings

Shape = Literal["whole", "stretch", "split", "merge"]
Enough = Callable[[str, Sequence[ast.stmt]], bool]
"""Whether statements of a file carry enough to be told from others."""

MIN_LINES = 5
"""Shorter stretches are no cases: the issue asks for functions of five lines or more."""


@dataclass(frozen=True, slots=True)
class Original:
    """A function as it stands in its package; lines are 1-based and inclusive."""

    path: str
    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Span:
    """The lines of an original that became the lines `start`..`end` of a piece."""

    original: Original
    original_start: int
    original_end: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Disguised code, ready to be put at module level, into a class, or inside a function."""

    text: str
    place: Literal["module", "class", "function"]
    shape: Shape
    spans: tuple[Span, ...]
    imports: tuple[str, ...]
    base: str = ""


@dataclass(slots=True)
class _Subject:
    """A function in a renamed copy of its module, on its way to becoming a piece."""

    original: Original
    function: ast.FunctionDef
    module: ast.Module
    namer: Namer
    rng: random.Random
    base: str = ""
    method: bool = False


def functions(tree: ast.AST, prefix: str = "") -> Iterable[tuple[str, ast.FunctionDef]]:
    """Functions and methods with their qualified names, those inside functions left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from functions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.If | ast.Try | ast.With):
            yield from functions(node, prefix)


def disguise(
    package: Package, originals: Sequence[Original], level: int, shape: Shape, rng: random.Random, enough: Enough
) -> Piece | None:
    """One piece of one original, of two for a merge; None where an original does not lend itself to the shape."""
    taken = set[str]()
    subjects = [_subject(package, original, level, rng, taken) for original in originals]
    if level >= 3:
        for subject in subjects:
            _to_function(subject)
    if shape == "stretch":
        return _stretch(subjects[0], level, enough)
    if shape == "split":
        return _split(subjects[0], level, enough)
    if shape == "merge":
        return _merge(subjects[0], subjects[1], level)
    return _whole(subjects[0], level)


def _subject(package: Package, original: Original, level: int, rng: random.Random, taken: set[str]) -> _Subject:
    tree = Stripper().visit(copy.deepcopy(package.trees[original.path]))
    namer = Namer(rng, package.identifiers | taken)
    Renamer(package, original.path, namer, every_object=level >= 4, alone=True).visit(tree)
    taken |= set(namer.mapping.values())
    parent, node = next(
        (parent, node)
        for parent in ast.walk(tree)
        for node in ast.iter_child_nodes(parent)
        if isinstance(node, ast.FunctionDef) and _start(node) == original.start
    )
    method = isinstance(parent, ast.ClassDef)
    base = ast.unparse(parent.bases[0]) if isinstance(parent, ast.ClassDef) and parent.bases else ""
    return _Subject(original, node, tree, namer, rng, base, method)


def _start(node: ast.FunctionDef) -> int:
    return min([node.lineno, *(d.lineno for d in node.decorator_list)])


def _rewrite(subject: _Subject, function: ast.AST, level: int) -> None:
    """The rewrites of a level, on a whole function or on some statements of it."""
    rng, namer = subject.rng, subject.namer
    if level >= 4:
        rewrites.replace_calls(function, rng, _aliases(subject.module))
        rewrites.loops_to_while(function, rng, namer)
    if level >= 3:
        rewrites.drop_checks(function, rng)
        rewrites.swap_independent(function, rng)
        rewrites.change_defaults(function, rng)
        rewrites.reword(function, rng, namer)
    if level >= 2:
        rewrites.inline_temporaries(function, rng)
        rewrites.comprehend(function, rng)
        rewrites.merge_assignments(function, rng)
        rewrites.invert_branches(function, rng)
        rewrites.shuffle_keywords(function, rng)
        rewrites.expand_augmented(function, rng)
    if level >= 3:
        rewrites.insert_noise(function, rng, namer)
    ast.fix_missing_locations(function)


def _aliases(module: ast.Module) -> dict[str, str]:
    found = bindings(module).items()
    return {name: binding.target.replace(":", ".") for name, binding in found if binding.target}


def _to_function(subject: _Subject) -> None:
    """A method becomes a function of its object, unless it asks for its class."""
    names = {n.id for n in ast.walk(subject.function) if isinstance(n, ast.Name)}
    decorated = {ast.unparse(d) for d in subject.function.decorator_list}
    if not subject.method or names & {"super", "__class__"} or decorated & {"classmethod", "property"}:
        return
    new = subject.namer("self_")
    for node in ast.walk(subject.function):
        if isinstance(node, ast.Name) and node.id == "self":
            node.id = new
        elif isinstance(node, ast.arg) and node.arg == "self":
            node.arg = new
    subject.function.decorator_list = []
    subject.function.name = subject.namer("function_")
    subject.method = False


def _piece(subjects: Sequence[_Subject], text: str, shape: Shape, spans: Sequence[Span], inside: bool = False) -> Piece:
    first = subjects[0]
    imports = sorted({line for subject in subjects for line in _imports(subject, text)})
    place: Literal["module", "class", "function"] = "function" if inside else "class" if first.method else "module"
    return Piece(text, place, shape, tuple(spans), tuple(imports), first.base)


def _imports(subject: _Subject, text: str) -> Iterable[str]:
    """The imports that a text needs: those of its module, and one for what stood beside it in the module."""
    tree = ast.parse(text)
    used = {n.id for n in ast.walk(tree) if isinstance(n, ast.Name)}
    for node in ast.walk(subject.module):
        if isinstance(node, ast.Import | ast.ImportFrom):
            wanted = [a for a in node.names if (a.asname or a.name.partition(".")[0]) in used and a.name != "*"]
            if wanted:
                made = copy.copy(node)
                made.names = wanted
                yield ast.unparse(made)
    beside = sorted(n for n, b in bindings(subject.module).items() if n in used and not b.target)
    local = {n for n, b in bindings(tree).items() if isinstance(b, Binding)}
    if names := [n for n in beside if n not in local]:
        yield f"from .{subject.namer('beside_')} import {', '.join(names)}"
    if "logging" in used:
        yield "import logging"


def _span(original: Original, nodes: Sequence[ast.stmt], start: int, end: int) -> Span:
    return Span(original, nodes[0].lineno, max(n.end_lineno or n.lineno for n in nodes), start, end)


def _whole(subject: _Subject, level: int) -> Piece:
    original = subject.original
    _rewrite(subject, subject.function, level)
    text = ast.unparse(subject.function)
    lines = text.count("\n") + 1
    return _piece([subject], text, "whole", [Span(original, original.start, original.end, 1, lines)])


def _body(statements: list[ast.stmt]) -> ast.Module:
    return ast.Module(body=statements, type_ignores=[])


def _stretch(subject: _Subject, level: int, enough: Enough) -> Piece | None:
    """A run of statements, a third of the function or more, to stand inside other code."""
    body = subject.function.body
    total = subject.original.end - subject.original.start + 1
    choices = []
    for start in range(len(body)):
        for end in range(start + 1, len(body) + 1):
            span = _span(subject.original, body[start:end], 0, 0)
            lines = span.original_end - span.original_start + 1
            if max(MIN_LINES, total / 3) <= lines <= total * 2 / 3 and enough(subject.original.path, body[start:end]):
                choices.append((start, end))
    if not choices or any(isinstance(n, ast.Nonlocal | ast.Await) for n in ast.walk(subject.function)):
        return None
    start, end = subject.rng.choice(choices)
    taken = _body(body[start:end])
    span = _span(subject.original, taken.body, 1, 1)
    _rewrite(subject, taken, level)
    text = ast.unparse(taken)
    span = Span(span.original, span.original_start, span.original_end, 1, text.count("\n") + 1)
    return _piece([subject], text, "stretch", [span], inside=True)


def _split(subject: _Subject, level: int, enough: Enough) -> Piece | None:
    """Two functions for one: the first ends by calling the second with the names that it needs."""
    function, body = subject.function, subject.function.body
    cuts = [
        at
        for at in range(1, len(body))
        if all(enough(subject.original.path, half) and _lines(half) >= MIN_LINES for half in (body[:at], body[at:]))
    ]
    suspended = any(isinstance(n, ast.Yield | ast.YieldFrom | ast.Nonlocal | ast.Global) for n in ast.walk(function))
    if not cuts or suspended or subject.method:
        return None
    cut = subject.rng.choice(cuts)
    halves = [_body(body[:cut]), _body(body[cut:])]
    spans = [_span(subject.original, half.body, 0, 0) for half in halves]
    known = {n.id for n in ast.walk(halves[0]) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Store)}
    known |= {a.arg for a in arguments(function.args)}
    needed = sorted(known & set(rewrites.loads(halves[1])))
    for half in halves:
        _rewrite(subject, half, level)
    second = subject.namer("second_half_")
    call = f"return {second}({', '.join(needed)})"
    texts = [
        _function_text(function.name, ast.unparse(function.args), halves[0].body, call),
        _function_text(second, ", ".join(needed), halves[1].body),
    ]
    offsets = [1, texts[0].count("\n") + 4]
    placed = [
        Span(s.original, s.original_start, s.original_end, offset, offset + text.count("\n"))
        for s, offset, text in zip(spans, offsets, texts, strict=True)
    ]
    return _piece([subject], "\n\n\n".join(texts), "split", placed)


def _lines(statements: Sequence[ast.stmt]) -> int:
    return max(s.end_lineno or s.lineno for s in statements) - statements[0].lineno + 1


def _function_text(name: str, parameters: str, body: list[ast.stmt], last: str = "") -> str:
    made = ast.parse(f"def {name}({parameters}):\n    pass")
    function = made.body[0]
    assert isinstance(function, ast.FunctionDef)
    function.body = [*body, *ast.parse(last).body]
    return ast.unparse(ast.fix_missing_locations(made))


def _merge(first: _Subject, second: _Subject, level: int) -> Piece | None:
    """One function that does what two did, one after the other; the first may return at its end only."""
    returns = [n for n in ast.walk(first.function) if isinstance(n, ast.Return)]
    both = (first.function, second.function)
    suspended = any(isinstance(n, ast.Yield | ast.YieldFrom | ast.Nonlocal) for f in both for n in ast.walk(f))
    if first.method or second.method or suspended or any(r is not first.function.body[-1] for r in returns):
        return None
    if returns:
        value = returns[0].value or ast.Constant(value=None)
        kept = ast.Assign(targets=[ast.Name(id=first.namer("result_"), ctx=ast.Store())], value=value)
        first.function.body[-1] = ast.copy_location(kept, returns[0])
    spans, bodies = list[Span](), list[list[ast.stmt]]()
    for subject in (first, second):
        body = _body(subject.function.body)
        spans.append(_span(subject.original, body.body, 0, 0))
        _rewrite(subject, body, level)
        bodies.append(body.body)
    names = [a.arg for f in both for a in arguments(f.args)]
    parameters = ", ".join(f"{name}=None" for name in dict.fromkeys(names))
    text = _function_text(first.function.name, parameters, bodies[0] + bodies[1])
    function = ast.parse(text).body[0]
    assert isinstance(function, ast.FunctionDef)
    parts = (function.body[: len(bodies[0])], function.body[len(bodies[0]) :])
    placed = [
        Span(s.original, s.original_start, s.original_end, part[0].lineno, part[-1].end_lineno or part[-1].lineno)
        for s, part in zip(spans, parts, strict=True)
    ]
    return _piece([first, second], text, "merge", placed)
