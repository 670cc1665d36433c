"""The config kind: which files are configs, what they hold, and how two of them correspond."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from hashlib import blake2b
from importlib import metadata
from typing import Any

from clonescan.entities import PROBE, Reach
from clonescan.fingerprint import Fingerprint
from clonescan.kinds.code.describe import short
from clonescan.kinds.code.source import to_utf8
from clonescan.kinds.code.symbols import Symbols
from clonescan.kinds.config import correspondence, features, units
from clonescan.kinds.config.formats import python
from clonescan.kinds.config.paths import format_of
from clonescan.kinds.interface import Digester, Measurer, Namer, Side, Third

NAME = "config"

METHOD = "7"
"""Version of the canonical form; a change of any feature's hash needs a new one."""

PARSERS = ("tree-sitter-json", "tree-sitter-python", "tree-sitter-toml", "PyYAML")

HANDED_ON = False
DIGEST: Digester | None = None
MEASURE: Measurer | None = None
NAMER: Namer | None = None

MISMATCH = 0.25
"""Strangers who know one recipe share values here and there, a copy most of a section. Set by hand: between 0.15 and
0.3 the pairs of packages that are marked as tuned in benchmarks/cases.py lose next to no copy."""

__all__ = [
    "DIGEST", "HANDED_ON", "MEASURE", "MISMATCH", "NAME", "NAMER",
    "claims", "correspond", "describe", "extract", "glance", "lines", "variant", "version",
]  # fmt: skip


def claims(path: str, max_bytes: int) -> Reach | None:
    """Could this file be a config? By its path alone. Of long files the beginning is read: the rest is data."""
    form = format_of(path)
    if form is None:
        return None
    if form == "python":
        return Reach(max_bytes)
    return Reach(min(units.HEAD, max_bytes), head=True, enough=_enough)


def _enough(head: bytes) -> int:
    """How much is needed to see whether it is a config: of a list in JSON nothing more."""
    return PROBE if head.lstrip(b"\xef\xbb\xbf \t\r\n")[:2] in (b"[{", b"[[", b"[\n", b"[]") else units.HEAD


def glance(data: bytes) -> bool:
    """Can this content be a config? Most Python files are told apart by the words that they lack."""
    return not python.is_code(data) or python.glance(data)


def extract(path: str, data: bytes, symbols: Symbols) -> Fingerprint:
    """Which units and features does this file hold? Raises Unreadable, or Foreign if it is no config."""
    return features.fingerprint(units.read(path, data))


def describe(path: str, data: bytes, found: Fingerprint, places: Sequence[int]) -> list[str]:
    """What these features say: keys, values, and values that stand beside each other."""
    words = features.Features(_again(path, data)).words
    return [short(words.get(shape, "")) for shape in found.features[places].tolist()]


def correspond(left: Side, right: Side, third: Third | None) -> Mapping[str, Any]:
    """Which value of one side became which of the other: `entries`, and their `counts` by relation."""
    sides = (_again(side.path, side.data).units[side.unit] for side in (left, right))
    return correspondence.correspond(*sides)


@lru_cache(maxsize=256)
def _again(path: str, data: bytes) -> units.Units:
    """The units of a file with a match: it is looked at for the words of its features, and in each of its matches."""
    return units.read(path, data)


def lines(path: str, data: bytes, cell: int) -> list[str] | None:
    """The lines of a file. Raises Unreadable."""
    return None if cell else to_utf8(data).decode().split("\n")


def variant(path: str) -> str:
    """What of a path an extraction depends on: the format that its suffix tells."""
    return format_of(path) or ""


def version(symbols: Symbols) -> str:
    """What an extraction depends on beside the bytes: method and parsers."""
    parsers = ",".join(f"{name} {metadata.version(name)}" for name in PARSERS)
    return blake2b(f"{METHOD}|{parsers}".encode(), digest_size=8).hexdigest()
