"""The document kind: a README, other texts and the package's own description, read for the names in them.

They hold no units: two texts are not compared. What they mention is evidence all the same (see `evidence/residue.py`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from clonescan.entities import Reach
from clonescan.fingerprint import Fingerprint
from clonescan.kinds.builder import Builder
from clonescan.kinds.code.source import to_utf8
from clonescan.kinds.code.symbols import Symbols
from clonescan.kinds.interface import Digester, Foreign, Measurer, Namer, Side, Third
from clonescan.kinds.mentions import TEXT_BYTES

NAME = "document"

HANDED_ON = False
DIGEST: Digester | None = None
MEASURE: Measurer | None = None
NAMER: Namer | None = None
MISMATCH = 0.1

__all__ = [
    "DIGEST", "HANDED_ON", "MEASURE", "MISMATCH", "NAME", "NAMER",
    "claims", "correspond", "describe", "extract", "glance", "lines", "variant", "version",
]  # fmt: skip

_ANYWHERE = re.compile(r"(readme|model[-_]?card)([-_.][\w.-]*)?", re.IGNORECASE)
_FOLDERS = re.compile(r"(docs?/)?(source/)?")
_TEXT = re.compile(r".+\.(md|markdown|rst)", re.IGNORECASE)
_PACKAGE = re.compile(r"pyproject\.toml|setup\.cfg|CITATION\.cff|requirements[\w.-]*\.txt", re.IGNORECASE)
_INSTALLED = re.compile(r"[^/]+\.(dist|egg)-info/")
_CODE = (".py", ".ipynb", ".json", ".yaml", ".yml")


def claims(path: str, max_bytes: int) -> Reach | None:
    """Is this a README, a text at the top or in `docs`, or what describes the package? Long ones to TEXT_BYTES."""
    folder, name = path[: path.rfind("/") + 1], path.rpartition("/")[2]
    if name.endswith(_CODE):
        return None
    near = _FOLDERS.fullmatch(folder) and (_TEXT.fullmatch(name) or _PACKAGE.fullmatch(name))
    described = _INSTALLED.fullmatch(folder) and name in ("METADATA", "PKG-INFO")
    if near or described or _ANYWHERE.fullmatch(name):
        return Reach(min(TEXT_BYTES, max_bytes), head=True)
    return None


def glance(data: bytes) -> bool:
    """Can this content be text?"""
    return b"\0" not in data


def extract(path: str, data: bytes, symbols: Symbols) -> Fingerprint:
    """A fingerprint without units, for what the file mentions. Raises Foreign if it is empty."""
    if not data.strip():
        raise Foreign
    return Builder(NAME).fingerprint()


def describe(path: str, data: bytes, found: Fingerprint, features: Sequence[int]) -> list[str]:
    """Nothing: there are no features."""
    return [""] * len(features)


def correspond(left: Side, right: Side, third: Third | None) -> Mapping[str, Any]:
    """Nothing: there are no units."""
    return {}


def lines(path: str, data: bytes, cell: int) -> list[str] | None:
    """The lines of a text. Raises Unreadable."""
    return None if cell else to_utf8(data).decode().split("\n")


def variant(path: str) -> str:
    """What a package needs is written differently in different files."""
    return path.rpartition("/")[2]


def version(symbols: Symbols) -> str:
    """Nothing of the background depends on it; a change of what is mentioned has its own version."""
    return ""
