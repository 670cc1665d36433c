"""Hides disguised functions of one package in the files of another, and writes down where."""

from __future__ import annotations

import ast
import random
import shutil
import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

from harness.scoring import Lines, Pair

from disguise.levels import MIN_LINES, Enough, Original, Piece, Shape, Span, disguise, functions
from disguise.names import parse, read_package
from disguise.own import own_bits
from disguise.package import Package
from disguise.rename import Stripper
from disguise.scopes import FunctionNode
from disguise.siblings import with_siblings

MIN_BITS = 20.0
"""What a case must carry of its own: below that nothing can be told."""
MAX_LINES = 200
SHAPES: Mapping[Shape, int] = {"whole": 25, "stretch": 35, "split": 20, "merge": 20}
"""How often each shape is tried at level 4."""


def copy_python(source: Path, target: Path) -> None:
    """Copy the Python files of a folder."""
    for path in sorted(source.rglob("*.py")):
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)


def eligible(package: Package, enough: Enough) -> list[Original]:
    """The functions that are long and distinctive enough to be cases."""
    found = []
    for path, tree in package.trees.items():
        for name, function in functions(tree):
            start = min([function.lineno, *(d.lineno for d in function.decorator_list)])
            end = function.end_lineno or start
            fitting = MIN_LINES <= end - start + 1 <= MAX_LINES and enough(path, [function])
            if fitting and _code_lines(function) >= MIN_LINES:
                found.append(Original(path, name, start, end))
    return found


def _code_lines(function: ast.FunctionDef) -> int:
    bare = Stripper().visit(ast.parse(ast.unparse(function)))
    return ast.unparse(bare).count("\n") + 1


def pieces(
    package: Package, originals: Sequence[Original], level: int, rng: random.Random, enough: Enough
) -> Iterator[Piece]:
    """Every original disguised; one that does not lend itself to the shape drawn for it is taken as a whole."""
    waiting = list(originals)
    while waiting:
        shape = rng.choices(list(SHAPES), list(SHAPES.values()))[0] if level >= 4 else "whole"
        taken = waiting[: 2 if shape == "merge" else 1]
        piece = disguise(package, taken, level, shape, rng, enough) if len(taken) == 2 or shape != "merge" else None
        if piece is None:
            taken = taken[:1]
            piece = disguise(package, taken, level, "whole", rng, enough)
        assert piece is not None
        yield piece
        waiting = waiting[len(taken) :]


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a host file for new lines: after line `line`, indented by `indent`."""

    path: str
    line: int
    indent: int


def slots(path: str, tree: ast.Module) -> dict[str, list[Slot]]:
    """The places of a file, by what can stand there."""
    imports = [s.end_lineno or 0 for s in tree.body if isinstance(s, ast.Import | ast.ImportFrom)]
    after = [s for s in tree.body if (s.end_lineno or 0) >= max(imports, default=0) and isinstance(s, ast.stmt)]
    found = {"module": [Slot(path, s.end_lineno or 0, 0) for s in after], "class": [], "function": []}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            ends = [s for s in node.body if isinstance(s, FunctionNode)]
            found["class"] += [Slot(path, s.end_lineno or 0, s.col_offset) for s in ends]
        elif isinstance(node, ast.FunctionDef) and len(node.body) > 3:
            found["function"] += [Slot(path, s.end_lineno or 0, s.col_offset) for s in node.body[:-1]]
    return found


@dataclass(frozen=True, slots=True)
class Insertion:
    """Lines that go into a host file, with the spans that they hold (`start` counts within the lines)."""

    slot: Slot
    lines: tuple[str, ...]
    shape: Shape
    spans: tuple[Span, ...]


def insertion(piece: Piece, host: Mapping[str, dict[str, list[Slot]]], number: int, rng: random.Random) -> Insertion:
    """Find a random place for a piece; a method with a special name gets a class of its own."""
    text, kind, spans = piece.text, str(piece.place), piece.spans
    if kind == "class" and ("def __" in text or rng.random() < 0.5):
        decorated = f"class Copied{number}({piece.base}):\n" if piece.base else f"class Copied{number}:\n"
        text, kind = decorated + textwrap.indent(text, "    "), "module"
        spans = tuple(Span(s.original, s.original_start, s.original_end, s.start + 1, s.end + 1) for s in spans)
    path = rng.choice([path for path, places in host.items() if places[kind]])
    slot = rng.choice(host[path][kind])
    gap = {"module": 2, "class": 1, "function": 0}[kind]
    lines = [*[""] * gap, *textwrap.indent(text, " " * slot.indent).splitlines(), *[""] * gap]
    moved = tuple(Span(s.original, s.original_start, s.original_end, s.start + gap, s.end + gap) for s in spans)
    return Insertion(slot, tuple(lines), piece.shape, moved)


def insert(lines: Sequence[str], insertions: Iterable[Insertion]) -> tuple[list[str], list[tuple[Insertion, int]]]:
    """Put new lines into a file; returns the file and how far the first line of each insertion is from its top."""
    result, placed = list[str](), list[tuple[Insertion, int]]()
    done = 0
    for new in sorted(insertions, key=lambda i: i.slot.line):
        result += lines[done : new.slot.line]
        done = new.slot.line
        placed.append((new, len(result)))
        result += new.lines
    return [*result, *lines[done:]], placed


def _import_line(tree: ast.Module) -> int:
    """The line after which imports can stand: the docstring and the imports from `__future__` come first."""
    first = [s for s in tree.body[:1] if isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant)]
    future = [s for s in tree.body if isinstance(s, ast.ImportFrom) and s.module == "__future__"]
    return max((s.end_lineno or 0 for s in (*first, *future)), default=0)


def plant(source: Path, host: Path, work: Path, level: int, count: int, seed: int) -> list[Pair]:
    """Write `work/original` and `work/host`, the latter with `count` disguised functions; returns what is where."""
    rng = random.Random(f"{source.name}:{host.name}:{level}:{seed}")
    left, right = work / "original", work / "host"
    for folder, origin in ((left, source), (right, host)):
        shutil.rmtree(folder, ignore_errors=True)
        copy_python(origin, folder)
    package, trees = read_package(left), _hosts(right)
    bits = own_bits(left)

    def enough(path: str, nodes: Sequence[ast.stmt]) -> bool:
        first, last = nodes[0].lineno, max(n.end_lineno or n.lineno for n in nodes)
        return path in bits and bits[path].within(first, last) >= MIN_BITS

    # The same functions at every level, so that levels can be compared; and in an order in which one function more or
    # less that carries enough changes none of the others.
    chosen = sorted(eligible(package, enough), key=lambda o: sha256(f"{seed}:{o.path}:{o.start}".encode()).digest())
    places = {path: slots(path, tree) for path, tree in trees.items()}
    insertions = list[Insertion]()
    for number, piece in enumerate(pieces(package, chosen[:count], level, rng, enough)):
        new = insertion(piece, places, number, rng)
        head = Slot(new.slot.path, _import_line(trees[new.slot.path]), 0)
        insertions += [Insertion(head, piece.imports, piece.shape, ()), new]
    return with_siblings(package, left, list(_write(right, insertions)))


def _hosts(folder: Path) -> dict[str, ast.Module]:
    """Files with room: indented by blanks, with one statement a line where lines can be put in."""
    sources = {path: (folder / path).read_text(encoding="utf-8", errors="replace") for path in parse(folder)}
    trees = {path: ast.parse(text) for path, text in sources.items() if "\n\t" not in text}
    return {path: tree for path, tree in trees.items() if slots(path, tree)["module"] and _one_a_line(tree)}


def _one_a_line(tree: ast.Module) -> bool:
    blocks = (getattr(node, name, None) for node in ast.walk(tree) for name in ("body", "orelse", "finalbody"))
    return not any(
        (one.end_lineno or 0) >= other.lineno
        for block in blocks
        if isinstance(block, list)
        for one, other in pairwise(block)
    )


def _write(folder: Path, insertions: Sequence[Insertion]) -> Iterator[Pair]:
    for path in sorted({new.slot.path for new in insertions}):
        file = folder / path
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
        lines, placed = insert(lines, [new for new in insertions if new.slot.path == path])
        text = "\n".join(lines) + "\n"
        ast.parse(text)
        file.write_text(text, encoding="utf-8")
        for new, top in placed:
            for span in new.spans:
                here = Lines(path, span.start + top, span.end + top)
                there = Lines(span.original.path, span.original_start, span.original_end)
                yield Pair(there, here, span.original.name, new.shape)
