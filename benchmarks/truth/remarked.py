"""Finds the remarks of a package that say where something is from, without any of clonescan's own rules.

A remark is a line of a comment, a text or a Markdown file with words such as "adapted from", and something behind them
that looks like a name: a link, a capital letter, a possessive. In Markdown, so is a link below "Acknowledgements".
"""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

_TAKEN = re.compile(
    r"\b(?:adapted|adopted|borrowed|copied|cribbed|derived|extracted|forked|grabbed|inspired|lifted|modified|ported|pulled"
    r"|reproduced|rewritten|simplified|stolen|taken|translated|vendored|cop(?:y|ies)|port|modification)"
    r"\s+(?:\w+\s+){0,3}(?:from|by|of)\b"
    r"|\b(?:based|built) (?:up)?on\b|\bthis method follows\b|\b(?:credits?|courtesy|thanks|kudos)\b"
    r"|\b(?:reference|original|official)\W+(?:implementation|code|author)"
    r"|\b(?:implementation|code) (?:of|from)\s+(?=http)",
    re.I,
)
_NAMED = re.compile(r"https?://|@\w|(?<![.!?:] )(?<!^)\b[A-Z]\w+|'s\b")
_HEADING = re.compile(r"#{1,6}\s")
_CREDITS = re.compile(r"#{1,6}\s+.*(?:acknowledge?ment|credit|thanks)", re.I)
_LINK = re.compile(r"https?://")


@dataclass(frozen=True, slots=True)
class Remarked:
    """A line, with what follows it on the next one where its sentence goes on."""

    path: str
    line: int
    text: str


def remarked(folder: Path) -> Iterator[Remarked]:
    """All such lines of the Python and Markdown files of a folder, in the order of paths and lines."""
    for path in sorted([*folder.rglob("*.py"), *folder.rglob("*.md")]):
        if path.name.startswith("LICENSE"):
            continue
        name, text = path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8", errors="replace")
        lines = dict(enumerate(text.split("\n"), 1)) if path.suffix == ".md" else dict(_words(text))
        credited = set(_credited(lines)) if path.suffix == ".md" else set()
        for number, line in lines.items():
            found, following = _TAKEN.search(line), lines.get(number + 1, "")
            if number in credited or (found and _NAMED.search(f"{line[found.end() :]} {following}")):
                goes_on = found and not _NAMED.search(line[found.end() :])
                yield Remarked(name, number, f"{line} {following}" if goes_on else line)


def _words(text: str) -> Iterator[tuple[int, str]]:
    """The lines of the comments and of the texts of a Python file."""
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type in (tokenize.COMMENT, tokenize.STRING):
                for number, line in enumerate(token.string.split("\n"), token.start[0]):
                    yield number, line.strip().lstrip("#").strip()
    except (tokenize.TokenError, SyntaxError):
        return


def _credited(lines: dict[int, str]) -> Iterator[int]:
    """The lines with links below a heading that thanks somebody."""
    for number, line in lines.items():
        if _CREDITS.match(line):
            below = takewhile(lambda n: n in lines and not _HEADING.match(lines[n]), range(number + 1, max(lines) + 1))
            yield from (n for n in below if _LINK.search(lines[n]))
