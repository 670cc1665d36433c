"""Source lines with what pygments takes their parts for, in a form short enough to send a thousand matches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import PurePosixPath

from pygments.lexer import Lexer  # type: ignore[import-untyped]
from pygments.lexers import (  # type: ignore[import-untyped]
    IniLexer,
    JsonLexer,
    PythonLexer,
    TOMLLexer,
    YamlLexer,
)
from pygments.token import Comment, Keyword, Name, Number, String, _TokenType  # type: ignore[import-untyped]

from clonescan.report.escape import visible

LONGEST_LINE = 2_000
"""Characters of a line that are shown; what is longer is data and nobody reads it to its end."""

LEXERS: dict[str, type[Lexer]] = {
    ".py": PythonLexer,
    ".ipynb": PythonLexer,
    ".json": JsonLexer,
    ".yaml": YamlLexer,
    ".yml": YamlLexer,
    ".toml": TOMLLexer,
    ".cfg": IniLexer,
    ".ini": IniLexer,
}
"""By suffix, and only what is compared: of pygments' five hundred lexers some are slow on hostile text."""

PLAIN = "_"
_STYLES = (
    (Comment, "c"),
    (String.Doc, "c"),
    (String, "s"),
    (Number, "m"),
    (Keyword, "k"),
    (Name.Decorator, "d"),
    (Name.Function, "f"),
    (Name.Class, "f"),
    (Name.Builtin, "b"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is shown, and its styles as runs of a letter and a length, such as "_4k3"; the rest is plain."""

    text: str
    styles: str


def highlight(path: str, lines: Sequence[str]) -> list[Line]:
    """Return consecutive lines of a file highlighted; tabs are four columns, and nothing in a line is invisible."""
    shown = [_shown(line) for line in lines]
    lexer = LEXERS.get(PurePosixPath(path.partition("#cell-")[0]).suffix.lower())
    if lexer is None:
        return [Line(line, "") for line in shown]
    found: list[list[tuple[str, int]]] = [[] for _ in shown]
    number = 0
    for _, kind, value in lexer().get_tokens_unprocessed("\n".join(shown)):
        style = _style(kind)
        for piece in value.splitlines(keepends=True):
            found[number].append((style, len(piece.rstrip("\n"))))
            number += piece.endswith("\n")
    return [Line(line, _runs(styles)) for line, styles in zip(shown, found, strict=True)]


def _shown(line: str) -> str:
    text = visible(line.expandtabs(4).rstrip())
    return text if len(text) <= LONGEST_LINE else text[: LONGEST_LINE - 1] + "…"


@cache
def _style(kind: _TokenType) -> str:
    return next((letter for token, letter in _STYLES if kind in token), PLAIN)


def _runs(styles: Iterable[tuple[str, int]]) -> str:
    runs = [(style, sum(length for _, length in run)) for style, run in groupby(styles, key=lambda item: item[0])]
    while runs and runs[-1][0] == PLAIN:
        runs.pop()
    return "".join(f"{style}{length}" for style, length in runs if length)
