"""Truth from the comments in transformers that say which function was copied from where.

`# Copied from transformers.models.bert.modeling_bert.BertLayer with Bert->Roberta` stands above a class or a function.
A copied class counts as one pair for each method that both sides have. The models are split in two folders so that
originals lie in one and copies in the other; pairs with both ends on one side drop out. Many originals are near copies
of one another: a match with a sibling of the named one is right.
"""

from __future__ import annotations

import ast
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from disguise.levels import MIN_LINES
from disguise.names import own_names, parse
from disguise.package import Package
from disguise.siblings import with_siblings
from harness.scoring import Lines, Pair

COMMENT = re.compile(r"^\s*# Copied from (transformers\.[\w.]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Split:
    """Pairs across two folders, and how many pairs the comments name altogether."""

    pairs: tuple[Pair, ...]
    named: int
    dropped: int
    unresolved: int


Definitions = dict[str, ast.FunctionDef | ast.ClassDef]


def definitions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    """Classes, functions and methods by qualified name."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield prefix + node.name, node
        if isinstance(node, ast.ClassDef):
            yield from definitions(node, f"{prefix}{node.name}.")
        elif isinstance(node, ast.If | ast.Try):
            yield from definitions(node, prefix)


def lines(path: str, node: ast.FunctionDef | ast.ClassDef) -> Lines:
    """A definition's lines, decorators included."""
    return Lines(path, min([node.lineno, *(d.lineno for d in node.decorator_list)]), node.end_lineno or node.lineno)


def find(dotted: str, known: Mapping[str, Definitions]) -> tuple[str, str] | None:
    """The file and the qualified name behind a dotted path."""
    parts = dotted.split(".")
    for cut in range(len(parts) - 1, 0, -1):
        for path in ("/".join(parts[:cut]) + ".py", "/".join(parts[:cut]) + "/__init__.py"):
            if path in known and ".".join(parts[cut:]) in known[path]:
                return path, ".".join(parts[cut:])
    return None


def copies(folder: Path, known: Mapping[str, Definitions]) -> Iterator[tuple[Pair, ...] | None]:
    """The pairs that each comment names; None for a comment whose original does not exist (any more)."""
    for path, defined in known.items():
        text = (folder / path).read_text(encoding="utf-8").splitlines()
        starts = {lines(path, node).start: name for name, node in defined.items()}
        for number, line in enumerate(text, start=1):
            if not (comment := COMMENT.match(line)):
                continue
            below = next((n for n in range(number + 1, len(text) + 1) if not text[n - 1].lstrip().startswith("#")), 0)
            origin = find(comment[1], known)
            if origin and below in starts:
                yield tuple(_pairs(known, origin, (path, starts[below])))
            else:
                yield None


def _pairs(known: Mapping[str, Definitions], origin: tuple[str, str], copy: tuple[str, str]) -> Iterator[Pair]:
    left, right = known[origin[0]][origin[1]], known[copy[0]][copy[1]]
    if isinstance(left, ast.ClassDef) and isinstance(right, ast.ClassDef):
        methods = {m.name for m in left.body if isinstance(m, ast.FunctionDef)}
        for method in right.body:
            if isinstance(method, ast.FunctionDef) and method.name in methods:
                names = (f"{origin[1]}.{method.name}", f"{copy[1]}.{method.name}")
                yield from _pairs(known, (origin[0], names[0]), (copy[0], names[1]))
    elif isinstance(left, ast.FunctionDef) and isinstance(right, ast.FunctionDef):
        pair = Pair(lines(origin[0], left), lines(copy[0], right), f"{origin[1]} -> {copy[1]}")
        if min(pair.left.end - pair.left.start, pair.right.end - pair.right.start) + 1 >= MIN_LINES:
            yield pair


def model(path: str) -> str:
    """What is moved as a whole: a model's folder; everything outside `models/` stays with the originals."""
    parts = PurePosixPath(path).parts
    return "/".join(parts[:3]) if len(parts) > 3 and parts[1] == "models" else ""


def divide(pairs: list[Pair]) -> set[str]:
    """The models that go to the side of the copies, so that as many pairs as possible cross (local search)."""
    edges = Counter((model(p.left.path), model(p.right.path)) for p in pairs)
    models = sorted({m for edge in edges for m in edge if m})
    made = Counter[str]()
    for (_, copy), count in edges.items():
        made[copy] += count
    right = {m for m in models if made[m]}

    def crossing(side: set[str]) -> int:
        return sum(count for (left, copy), count in edges.items() if left not in side and copy in side)

    best, improved = crossing(right), True
    while improved:
        improved = False
        for name in models:
            changed = right ^ {name}
            if (now := crossing(changed)) > best:
                right, best, improved = changed, now, True
    return right


def prepare(source: Path, work: Path) -> Split:
    """Write `work/originals` and `work/copies`, and return the pairs between them."""
    shutil.rmtree(work, ignore_errors=True)
    known = {path: dict(definitions(tree)) for path, tree in parse(source).items()}
    found = list(copies(source, known))
    # A copied class and a copied method of it name the same lines twice.
    pairs = list(dict.fromkeys(p for named in found if named for p in named))
    right = divide(pairs)
    for path in known:
        place = work / ("copies" if model(path) in right else "originals") / path
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source / path, place)
    kept = [p for p in pairs if model(p.left.path) not in right and model(p.right.path) in right]
    originals = work / "originals"
    kept = with_siblings(own_names(Package(parse(originals), {})), originals, kept)
    return Split(tuple(kept), len(pairs), len(pairs) - len(kept), found.count(None))
