"""Truth from attribution comments: files of one framework that were ported from files of another.

A file counts as a port of another if a comment in it links to that file, or names it as a dotted path, or if its
header credits Hugging Face and the other package has the same file (`bart/modeling.py`, `bart/modeling_bart.py`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from harness.scoring import Found

LINK = re.compile(r"github\.com/[\w.-]+/[\w.-]+/(?:blob|tree)/[\w.-]+/([\w./-]+\.py)")
DOTTED = re.compile(r"[Cc]opied from (\w+(?:\.\w+)+)")
ROLES = {
    "modeling.py": "modeling_{}.py",
    "tokenizer.py": "tokenization_{}.py",
    "image_processing.py": "image_processing_{}.py",
}
CREDIT = re.compile(r"hugging ?face", re.IGNORECASE)
HEADER_LINES = 20


@dataclass(frozen=True, slots=True)
class Port:
    """A file and the files that it names as its origin."""

    path: str
    origins: tuple[str, ...]


def ports(port: Path, original: Path) -> list[Port]:
    """The files of `port` that name files of `original`."""
    known = {p.relative_to(original).as_posix() for p in original.rglob("*.py")}
    found = []
    for file in sorted(port.rglob("*.py")):
        text, path = file.read_text(encoding="utf-8", errors="replace"), file.relative_to(port).as_posix()
        origins = sorted({*_linked(text), *_dotted(text), *_credited(path, text)} & known)
        if origins and file.name != "__init__.py":
            found.append(Port(path, tuple(origins)))
    return found


def _linked(text: str) -> Iterator[str]:
    for path in LINK.findall(text):
        yield path.removeprefix("src/")


def _dotted(text: str) -> Iterator[str]:
    for dotted in DOTTED.findall(text):
        parts = dotted.split(".")
        yield from ("/".join(parts[:cut]) + ".py" for cut in range(1, len(parts)))


def _credited(path: str, text: str) -> Iterator[str]:
    pure = PurePosixPath(path)
    if pure.name in ROLES and CREDIT.search("\n".join(text.splitlines()[:HEADER_LINES])):
        name = pure.parent.name
        yield f"transformers/models/{name}/{ROLES[pure.name].format(name)}"


def ranks(known: Iterable[Port], matches: Iterable[Found]) -> dict[Port, int | None]:
    """For each port the rank of its best origin among the files that it matches, by the sum of the matches' weights.

    `matches` have the original on the left and the port on the right. None: the origin is not among them.
    """
    weight = defaultdict[str, defaultdict[str, float]](lambda: defaultdict(float))
    for match in matches:
        weight[match.right.path][match.left.path] += match.weight
    result = dict[Port, int | None]()
    for port in known:
        order = sorted(weight[port.path], key=lambda path: (-weight[port.path][path], path))
        result[port] = min((order.index(o) + 1 for o in port.origins if o in order), default=None)
    return result
