"""Code to match: functions made up from a seed, next to the code of the fixtures."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from random import Random

import clonescan
from clonescan.entities import Match, Report
from clonescan.scan import scan
from clonescan.settings import Settings

FIXTURES = Path(clonescan.__file__).parents[1] / "fixtures"
LEFT, RIGHT = "left.py", "right.py"
IMPORTS = "import torch\n\n\n"
_OPERATIONS = ("cat", "stack", "sum", "mean", "where", "zeros", "ones", "arange", "max", "clamp", "exp", "sqrt", "abs")
_SIGNS = ("+", "-", "*", "/", "@", "**")


def lines(seed: int, length: int, name: str = "v") -> list[str]:
    """A body of so many statements over the locals `name`0, `name`1, ...; the first two are its parameters."""
    random = Random(seed)

    def expression(known: int, depth: int) -> str:
        parts = [expression(known, depth - 1) for _ in range(random.randint(1, 3))] if depth else []
        form = random.randrange(4)
        if not parts:
            return random.choice((f"{name}{random.randrange(known)}", f"{random.randrange(5, 9999) / 100}"))
        if form == 0:
            return f"({f' {random.choice(_SIGNS)} '.join(parts)})"
        if form == 1:
            return f"{name}{random.randrange(known)}[{', '.join(parts)}, {random.randrange(4)}:]"
        return f"torch.{random.choice(_OPERATIONS)}({', '.join(parts)})"

    return [f"{name}{number + 2} = {expression(number + 2, 3)}" for number in range(length)]


def define(name: str, body: list[str], local: str = "v") -> str:
    """A function with this body."""
    last = body[-1].split(" = ")[0]
    return f"def {name}({local}0, {local}1):\n" + "".join(f"    {line}\n" for line in body) + f"    return {last}\n\n\n"


def function(name: str, seed: int, length: int = 14, local: str = "v") -> str:
    """A whole function made up from a seed."""
    return define(name, lines(seed, length, local), local)


@cache
def fixture(name: str) -> dict[str, str]:
    """The files of one of the small repositories written for the tests."""
    files = sorted((FIXTURES / name).rglob("*.py"))
    return {f"{name}/{file.name}": file.read_text(encoding="utf-8") for file in files}


def write(folder: Path, files: Mapping[str, str]) -> str:
    """A folder with these files; gives its path."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return str(folder)


class Bench:
    """Two repositories in a folder, and what a scan finds between them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def report(self, left: Mapping[str, str], right: Mapping[str, str], **settings: object) -> Report:
        """Compare two repositories of these files; each has unrelated code of its own besides."""
        sources = [
            write(self.folder / "left", {**left, **fixture("original")}),
            write(self.folder / "right", {**right, **fixture("bystander")}),
        ]
        return scan(sources, Settings(use_cache=False, jobs=1, **settings))  # type: ignore[arg-type]

    def matches(self, left: str, right: str, **settings: object) -> list[Match]:
        """The matches that one more file on each side has."""
        report = self.report({LEFT: IMPORTS + left}, {RIGHT: IMPORTS + right}, **settings)
        return [match for match in report.matches if match.left.path == LEFT or match.right.path == RIGHT]


def pairs(matches: list[Match]) -> set[tuple[str, str]]:
    """Which units are matched."""
    return {(match.left.unit, match.right.unit) for match in matches}


def only(matches: list[Match]) -> Match:
    """The one match that there is."""
    (match,) = matches
    return match
