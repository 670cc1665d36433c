"""Prepared cases, each made once: two folders to compare, and what corresponds between them.

A case lies in a folder of the work folder whose name holds the version of the code that made it, so that all tools and
all parts of the benchmark share it and a change of a disguise makes a new one.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from disguise.plant import copy_python, plant
from harness.cases import PINNED, sides
from harness.scoring import Lines, Pair

from clonescan.background import SHIPPED
from clonescan.match import weights
from truth import copied_from

MAKERS = ("disguise/*.py", "disguise/*.txt", "truth/copied_from.py", "parts/configs.py")
"""The files whose code decides what a case holds; what clonescan weighs decides which functions are planted."""


@dataclass(frozen=True, slots=True)
class Case:
    """Two folders, the pairs that are known to correspond, and numbers about how they came to be."""

    folder: Path
    left: Path
    right: Path
    pairs: tuple[Pair, ...] = ()
    facts: tuple[tuple[str, int], ...] = ()


@cache
def version() -> str:
    """A name for the code that makes cases."""
    folder = Path(__file__).parents[1]
    files = [file for pattern in MAKERS for file in sorted(folder.glob(pattern))]
    weighing = [Path(str(weights.__file__)), SHIPPED]
    return sha256(b"".join(file.read_bytes() for file in (*files, *weighing))).hexdigest()[:8]


def disguised(sources: Path, work: Path, pair: str, level: int, count: int, seed: int) -> Case:
    """Functions of the left package hidden in the right one."""
    left, right = sides(pair)

    def make(folder: Path) -> tuple[Sequence[Pair], dict[str, int]]:
        return plant(sources / left, sources / right, folder, level, count, seed), {}

    return _case(work / f"disguise-{name(pair)}-{level}-{count}-{seed}-{version()}", "original", "host", make)


def copied(sources: Path, work: Path, package: str) -> Case:
    """The two halves of a package whose comments say what was copied from where."""

    def make(folder: Path) -> tuple[Sequence[Pair], dict[str, int]]:
        split = copied_from.prepare(sources / package, folder)
        return split.pairs, {"named": split.named, "dropped": split.dropped, "unresolved": split.unresolved}

    return _case(work / f"copied-from-{PINNED[package]}-{version()}", "originals", "copies", make)


def plain(sources: Path, work: Path, pair: str) -> Case:
    """The Python files of two packages as they are."""
    left, right = sides(pair)

    def make(folder: Path) -> tuple[Sequence[Pair], dict[str, int]]:
        for name in (left, right):
            copy_python(sources / name, folder / name)
        return (), {}

    return _case(work / f"plain-{name(pair)}", left, right, make)


def made(
    work: Path, label: str, left: str, right: str, make: Callable[[Path], tuple[Sequence[Pair], dict[str, int]]]
) -> Case:
    """A case that another module makes, under the version of the code that makes cases."""
    return _case(work / f"{label}-{version()}", left, right, make)


def name(pair: str) -> str:
    return "-".join(PINNED[name] for name in sides(pair))


def _case(folder: Path, left: str, right: str, make: Callable[[Path], tuple[Sequence[Pair], dict[str, int]]]) -> Case:
    """The case in a folder; it is made in another one and moved, so that what is there is whole."""
    truth = folder / "truth.json"
    if not truth.exists():
        draft = folder.with_name(f"{folder.name}.part")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        pairs, facts = make(draft)
        content = {"pairs": [asdict(pair) for pair in pairs], "facts": facts}
        (draft / truth.name).write_text(json.dumps(content), encoding="utf-8")
        draft.rename(folder)
    content = json.loads(truth.read_text(encoding="utf-8"))
    pairs = tuple(_pair(row) for row in content["pairs"])
    return Case(folder, folder / left, folder / right, pairs, tuple(content["facts"].items()))


def _pair(row: dict[str, Any]) -> Pair:
    places = {key: Lines(**row[key]) for key in ("left", "right")}
    siblings = tuple(Lines(**sibling) for sibling in row["siblings"])
    return Pair(**places, name=row["name"], shape=row["shape"], siblings=siblings)
