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
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from harness.scoring import Lines, Pair
from rapidfuzz import process
from rapidfuzz.distance import Indel

from disguise.package import Package

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


def siblings(
    originals: Sequence[Lines], known: Mapping[str, Stream], candidates: Sequence[Lines]
) -> list[tuple[Lines, ...]]:
    """For each original, the candidates that nobody could tell from it."""
    wanted = [known[o.path].cut(o.start, o.end) for o in originals]
    texts = [known[c.path].cut(c.start, c.end) for c in candidates]
    alike = process.cdist(
        wanted, texts, scorer=Indel.normalized_similarity, score_cutoff=ALIKE, workers=-1, dtype=np.float32
    )
    containing = Containment(texts)
    result = []
    for original, text, row in zip(originals, wanted, alike, strict=True):
        found = set(np.flatnonzero(row >= ALIKE).tolist()) | containing.of(text)
        result.append(tuple(candidates[i] for i in sorted(found) if candidates[i] != original))
    return result


class Containment:
    """Finds the texts that hold most of another, or of which another holds most."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.sizes = [len(runs(text)) for text in texts]
        self.places = defaultdict[str, list[int]](list)
        for number, text in enumerate(texts):
            for run in runs(text):
                self.places[run].append(number)

    def of(self, text: str) -> set[int]:
        """The numbers of those texts; very short ones hold or are held by chance and are left out."""
        own = runs(text)
        shared = Counter(number for run in own for number in self.places.get(run, ()))
        smaller = {number: min(len(own), self.sizes[number]) for number in shared}
        return {n for n, count in shared.items() if smaller[n] >= 3 * RUN and count >= ALIKE * smaller[n]}


def with_siblings(package: Package, folder: Path, pairs: Sequence[Pair]) -> list[Pair]:
    """The pairs with the siblings of their originals, and of the functions inside these."""
    known = streams(folder, package.trees, Alphabet(foreign_names(package)))
    everything = units(package.trees)
    inside = defaultdict[str, list[Lines]](list)
    for unit in everything:
        inside[unit.path].append(unit)
    parts = [[pair.left, *(u for u in inside[pair.left.path] if u.within(pair.left))] for pair in pairs]
    distinct = list(dict.fromkeys(part for group in parts for part in group))
    found = dict(zip(distinct, siblings(distinct, known, everything), strict=True))
    return [
        replace(pair, siblings=tuple(s for part in group for s in found[part] if not s.overlaps(pair.left)))
        for pair, group in zip(pairs, parts, strict=True)
    ]
