"""Finds the functions of a package that are near copies of a given one, independently of clonescan.

Functions become streams of tokens in which every name that is the package's own is the same token. Two are siblings if
their streams are alike to 0.8 (rapidfuzz's normalised indel similarity), or if one holds 0.8 of the other's runs of
eight tokens.
"""

from __future__ import annotations

import ast
import builtins
import io
import keyword
import tokenize
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from names import Package
from rapidfuzz import process
from rapidfuzz.distance import Indel
from scoring import Lines

ALIKE = 0.8
RUN = 8
SKIPPED = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}


@dataclass(slots=True)
class Alphabet:
    """One character for each token, so that streams are strings; names outside `foreign` share a character."""

    foreign: frozenset[str]
    characters: dict[str, str] = field(default_factory=dict)

    def character(self, token: tokenize.TokenInfo) -> str:
        """The character of a token."""
        text = token.string
        if token.type == tokenize.NAME and not keyword.iskeyword(text) and text not in self.foreign:
            text = "a name"
        return self.characters.setdefault(text, chr(0xE000 + len(self.characters)))


@dataclass(frozen=True, slots=True)
class Stream:
    """A file's tokens as a string, and the line of each."""

    text: str
    lines: Sequence[int]

    def cut(self, start: int, end: int) -> str:
        """The tokens of some lines."""
        return self.text[bisect_left(self.lines, start) : bisect_left(self.lines, end + 1)]


def foreign_names(package: Package) -> frozenset[str]:
    """Names that tell something: those that are used in a package without being its own."""
    nodes = [n for tree in package.trees.values() for n in ast.walk(tree)]
    used = {n.attr for n in nodes if isinstance(n, ast.Attribute)}
    used |= {n.arg for n in nodes if isinstance(n, ast.keyword) and n.arg}
    return frozenset((used | set(dir(builtins))) - package.self_attributes - package.keywords)


def stream(source: str, alphabet: Alphabet) -> Stream:
    """A file as a stream: without layout, comments and docstrings; empty where Python cannot tokenise it."""
    text, lines, before = list[str](), list[int](), tokenize.NEWLINE
    try:
        for token in tokenize.generate_tokens(io.StringIO(source).readline):
            docstring = token.type == tokenize.STRING and before in SKIPPED
            if token.type not in SKIPPED and not docstring:
                text.append(alphabet.character(token))
                lines.append(token.start[0])
            before = token.type if token.type != tokenize.OP or token.string not in "([{," else tokenize.OP
    except (tokenize.TokenError, SyntaxError):
        return Stream("", ())
    return Stream("".join(text), lines)


def streams(folder: Path, paths: Iterable[str], alphabet: Alphabet) -> dict[str, Stream]:
    """The streams of several files."""
    return {path: stream((folder / path).read_text(encoding="utf-8", errors="replace"), alphabet) for path in paths}


def units(trees: Mapping[str, ast.Module]) -> list[Lines]:
    """The lines of every function, method and inner function of a package."""
    return [
        Lines(path, min([f.lineno, *(d.lineno for d in f.decorator_list)]), f.end_lineno or f.lineno)
        for path, tree in trees.items()
        for f in ast.walk(tree)
        if isinstance(f, ast.FunctionDef)
    ]


def runs(text: str) -> frozenset[str]:
    """All runs of eight tokens."""
    return frozenset(text[i : i + RUN] for i in range(len(text) - RUN + 1))


def likeness(left: str, right: str) -> float:
    """How alike two streams are, or how much of the one is within the other, whichever is more."""
    alike = Indel.normalized_similarity(left, right)
    first, second = runs(left), runs(right)
    within = len(first & second) / min(len(first), len(second)) if first and second else 0.0
    return max(alike, within)


def siblings(
    originals: Sequence[Lines], known: Mapping[str, Stream], candidates: Sequence[Lines]
) -> list[tuple[Lines, ...]]:
    """For each original, the candidates that nobody could tell from it."""
    wanted = [known[o.path].cut(o.start, o.end) for o in originals]
    texts = [known[c.path].cut(c.start, c.end) for c in candidates]
    alike = process.cdist(wanted, texts, scorer=Indel.normalized_similarity, score_cutoff=ALIKE, workers=-1)
    all_runs = [runs(text) for text in texts]
    result = []
    for original, text, row in zip(originals, wanted, alike, strict=True):
        own = runs(text)
        found = [
            candidate
            for candidate, likely, theirs in zip(candidates, row, all_runs, strict=True)
            if candidate != original and (likely >= ALIKE or _within(own, theirs))
        ]
        result.append(tuple(found))
    return result


def _within(first: frozenset[str], second: frozenset[str]) -> bool:
    smaller = min(len(first), len(second))
    return smaller >= 3 * RUN and len(first & second) >= ALIKE * smaller
