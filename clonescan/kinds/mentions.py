"""Which names a file mentions without using them: in its imports, its strings and comments, and the values of configs.

Found with regular expressions, a second pass over bytes that are read anyway: what is wrong for one name in a thousand
does no harm, since a mention counts only if another repository defines just this name.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from clonescan.kinds.code.source import parts
from clonescan.kinds.interface import Unreadable

VERSION = "3"
"""Part of every cache key: another one for other mentions."""

TEXT_BYTES = 200_000
"""A longer file that is no code is data: vocabularies and annotations mention everything."""

MAX_MENTIONS = 3000
"""Mentions kept of a file: a file of transformers has forty."""

MAX_NAME = 120
SHORTEST = 6
"""A string that holds a compound name is longer, with its quotes."""

IMPORT, VALUE, WORD, BESIDE, NEEDED, CALLED = "import", "value", "word", "beside", "needed", "called"
"""What a mention is: an import's module; the value of a key that names a model or class; a compound name or path in a
string, comment or text; a word behind "from", "based on" or "install", or marked as code or title in a text, which can
only be the name of a repository; a package that this one says it needs; what a package says it is called itself."""

Mention = tuple[str, str, int, int]
"""What it is, the name, the notebook's cell (0: none), and the line."""

Names = dict[str, int]
"""Names with where they first stand."""

Spans = list[tuple[int, int]]

_TEXT = re.compile(
    r"#[^\n]*|"
    r'"""[^\\"]*+(?:(?:\\.|"(?!""))[^\\"]*+)*+"""|'
    r"'''[^\\']*+(?:(?:\\.|'(?!''))[^\\']*+)*+'''|"
    r'"[^"\\\n]*+(?:\\.[^"\\\n]*+)*+"|'
    r"'[^'\\\n]*+(?:\\.[^'\\\n]*+)*+'",
    re.S,
)
_WORD = re.compile(r"(?<![\w./-])(?<![^\s#]#)[A-Za-z_][a-z0-9]*+(?:[A-Z_]|[./-](?=[A-Za-z]))[\w./-]*+")
"""Not behind a # within a text: that is a place in a page."""

_IMPORT = re.compile(
    r"^[ \t]*+(?:from[ \t]++([.\w]++)[ \t]++import\b|import[ \t]++([\w.]++(?:[ \t]*+,[ \t]*+[\w.]++)*+))", re.M
)
_KEYS = ("model_type", "_target_")
_VALUE = re.compile(rf"""\b(?:{"|".join(_KEYS)})\b["']?\s*(?::\s*str\s*)?[:=]\s*["']?([A-Za-z][\w./-]*+)""")
_BESIDE = tuple(re.compile(rf"{phrase} [`'\"]?([A-Za-z][\w-]{{2,}}+)(?! import)") for phrase in ("rom", "ased on"))
"""They begin with letters ("from", "based on"), which the search then looks for first."""

_MARKED = re.compile(
    r"\binstall (?:-{1,2}[\w-]+ )*['\"]?([A-Za-z][\w-]{2,}+)|^#+ +`?([A-Za-z][\w-]{2,}+)`?[ \t]*[:\n]|"
    r"`([A-Za-z][\w-]{2,}+)`|^(?:[Nn]ame|title)[ \t]*[=:][ \t]*['\"]?([A-Za-z][\w-]{2,}+)",
    re.M,
)
"""What a text installs, has as a heading of one word, or marks as code; and what a package is called."""

_NEEDS = {
    "METADATA": re.compile(r"^Requires-Dist: *([\w.-]+)", re.M),
    "PKG-INFO": re.compile(r"^Requires-Dist: *([\w.-]+)", re.M),
    "setup.cfg": re.compile(r"^install_requires\s*=((?:\s+[^\n]*\n?)*)|^\[options\.extras_require\]\n([^\[]*)", re.M),
    "setup.py": re.compile(r"(?:require\w*|deps|dependencies)\s*=\s*[\[({]([^\[\](){}]*(?:\[[^\[\]]*\][^\[\](){}]*)*)"),
    "requirements.txt": re.compile(r"^([A-Za-z][^\n]*)", re.M),
}  # fmt: skip
"""Where a package says what it needs."""

_CALLED = {
    "METADATA": re.compile(r"^Name:[ \t]*([\w.-]+)", re.M),
    "PKG-INFO": re.compile(r"^Name:[ \t]*([\w.-]+)", re.M),
    "setup.cfg": re.compile(r"^name[ \t]*=[ \t]*([\w.-]+)", re.M),
    "setup.py": re.compile(r"\bname\s*=\s*['\"]([\w.-]+)['\"]"),
}
"""Where a package says what it is called."""

_FIRST = re.compile(r"[A-Za-z][\w.-]*")
_PACKAGE = re.compile(r"(?:^|[\"'\n,])[ \t]*([A-Za-z][\w.-]*)")


@lru_cache(maxsize=1)
def mentions(path: str, data: bytes) -> tuple[Mention, ...]:
    """What a file mentions, each name once, in the order of its lines. Kept for the next kind that reads the file."""
    found: dict[tuple[str, str], Mention] = {}
    try:
        for cell, text, code in _texts(path, data):
            spans = [match.span() for match in _TEXT.finditer(text)] if code else [(0, len(text))]
            ends = [match.start() for match in re.finditer("\n", text)]
            marked = () if code else ((BESIDE, _marked(path, text)),)
            found_here = (WORD, _words(text, spans)), (IMPORT, _imports(text, spans)), *_phrases(text), *marked
            for kind, names in (*found_here, (NEEDED, _needed(path, text)), (CALLED, _called(path, text))):
                for name, place in names.items():
                    if len(name) <= MAX_NAME:
                        found.setdefault((kind, name), (kind, name, cell, bisect_right(ends, place - 1) + 1))
    except Unreadable:
        pass
    return tuple(sorted(found.values(), key=lambda mention: mention[2:])[:MAX_MENTIONS])


def _texts(path: str, data: bytes) -> Iterator[tuple[int, str, bool]]:
    """The texts of a file with their cell, and whether they are code."""
    if path.endswith((".py", ".ipynb")):
        yield from ((part.cell, part.text.decode("utf-8", "replace"), True) for part in parts(path, data))
    elif len(data) <= TEXT_BYTES and b"\0" not in data:
        yield 0, data.decode("utf-8", "replace"), False


def _words(text: str, spans: Spans) -> Names:
    """Compound names and paths with where they first stand; what is all capitals is an abbreviation or a constant."""
    found: Names = {}
    for start, end in spans:
        if end - start > SHORTEST:
            for name in _WORD.findall(text, start, end):
                if name not in found and not name.isupper():
                    found[name] = text.index(name, start)
    return found


def _imports(text: str, spans: Spans) -> Names:
    """The modules of import statements, but not of those in texts."""
    found: Names = {}
    starts = [start for start, _ in spans]
    for match in _at(text, {text.rfind("\n", 0, place) + 1 for place in _places(text, "import")}, _IMPORT):
        before = bisect_right(starts, match.start()) - 1
        if before < 0 or spans[before][1] <= match.start():
            for module in (match[1] or match[2]).split(","):
                found.setdefault(module.strip(), match.end())
    return found


def _phrases(text: str) -> Iterator[tuple[str, Names]]:
    values = list(_at(text, {place for key in _KEYS for place in _places(text, key)}, _VALUE))
    yield VALUE, {match[1]: match.start(1) for match in reversed(values)}
    for pattern in _BESIDE:
        yield BESIDE, {match[1]: match.start(1) for match in reversed(list(pattern.finditer(text)))}


def _marked(path: str, text: str) -> Names:
    """Single words that a text says are names, if it is one for people."""
    if path.endswith((".json", ".yaml", ".yml")):
        return {}
    found = [(match[match.lastindex or 0], match.start(match.lastindex or 0)) for match in _MARKED.finditer(text)]
    return dict(reversed(found))


def _needed(path: str, text: str) -> Names:
    """The packages that a package says it needs."""
    name = path.rpartition("/")[2]
    if name == "pyproject.toml":
        return {found[0]: text.find(found[0]) for one in _of_project(text) if (found := _FIRST.match(one))}
    pattern = _NEEDS.get("requirements.txt" if name.startswith("requirements") else name)
    lists = [(match[match.lastindex or 0], match.start()) for match in pattern.finditer(text)] if pattern else []
    return {match[1]: start for listed, start in reversed(lists) for match in _PACKAGE.finditer(listed)}


def _called(path: str, text: str) -> Names:
    """What a package is called, as its metadata say."""
    name = path.rpartition("/")[2]
    if name == "pyproject.toml":
        return {called: text.find(called) for called in _names(text)}
    found = _CALLED[name].search(text) if name in _CALLED else None
    return {found[1]: found.start(1)} if found else {}


def _names(text: str) -> Iterator[str]:
    """The name in a pyproject.toml, or Poetry's."""
    try:
        document: Any = tomllib.loads(text)
        tables = document.get("project", {}), document.get("tool", {}).get("poetry", {})
        yield from (table["name"] for table in tables if type(table.get("name")) is str)
    except (tomllib.TOMLDecodeError, RecursionError, AttributeError):
        return


def _of_project(text: str) -> Iterator[str]:
    """The requirements in a pyproject.toml: the project's own, those of its extras and groups, and Poetry's."""
    try:
        document: Any = tomllib.loads(text)
        project, poetry = document.get("project", {}), document.get("tool", {}).get("poetry", {})
        extras = *project.get("optional-dependencies", {}).values(), *document.get("dependency-groups", {}).values()
        groups = poetry, *poetry.get("group", {}).values()
        yield from (one for listed in (project.get("dependencies", ()), *extras) for one in listed if type(one) is str)
        yield from (name for group in groups for name in group.get("dependencies", {}))
    except (tomllib.TOMLDecodeError, RecursionError, AttributeError, TypeError):
        return


def _places(text: str, word: str) -> Iterator[int]:
    """Where a word stands; searching for a text is many times faster than for a pattern that begins otherwise."""
    return (match.start() for match in re.finditer(word, text))


def _at(text: str, places: Iterable[int], pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """What `finditer` finds of a pattern that matches at none but these places."""
    end = 0
    for place in sorted(places):
        match = pattern.match(text, place) if place >= end else None
        if match:
            end = match.end()
            yield match
