"""The code kind: which files are source code, what they hold, and what their features say."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

from clonescan.entities import Reach
from clonescan.fingerprint import Fingerprint
from clonescan.kinds.code.describe import describe
from clonescan.kinds.code.extract import METHOD, fingerprint
from clonescan.kinds.code.grammar import load_all
from clonescan.kinds.code.paths import grammar_of
from clonescan.kinds.code.source import parts
from clonescan.kinds.code.symbols import Symbols
from clonescan.kinds.interface import Digester, Measurer, Namer, Side, Third
from clonescan.sources.pointer import BEGINNING

NAME = "code"
HANDED_ON = False
DIGEST: Digester | None = None
MEASURE: Measurer | None = None
NAMER: Namer | None = None
MISMATCH = 0.1

__all__ = [
    "DIGEST", "HANDED_ON", "MEASURE", "MISMATCH", "NAME", "NAMER",
    "claims", "correspond", "describe", "extract", "glance", "lines", "variant", "version",
]  # fmt: skip


def claims(path: str, max_bytes: int) -> Reach | None:
    """Is this file source code in a language that there is a grammar for? By its path alone."""
    return Reach(max_bytes) if grammar_of(path) else None


def glance(data: bytes) -> bool:
    """Can this content be source code? Its path says it all, but where a pointer to Git LFS stands for the file."""
    return not data.startswith(BEGINNING)


def extract(path: str, data: bytes, symbols: Symbols) -> Fingerprint:
    """Which units and features does this file hold? Raises Unreadable."""
    grammar = grammar_of(path)
    assert grammar is not None, path
    return fingerprint(parts(path, data), grammar, symbols)


def correspond(left: Side, right: Side, third: Third | None) -> Mapping[str, Any]:
    """How do two units correspond? Lines and names say it."""
    return {}


def lines(path: str, data: bytes, cell: int) -> list[str] | None:
    """The lines of a file, or of a notebook's cell; None if there is no such cell. Raises Unreadable."""
    return next((part.text.decode().split("\n") for part in parts(path, data) if part.cell == cell), None)


def variant(path: str) -> str:
    """What of a path an extraction depends on: its suffix tells the language."""
    return path.rsplit(".", 1)[-1] if "." in path else path


def version(symbols: Symbols) -> str:
    """What an extraction depends on beside the bytes: method, grammars, symbols."""
    grammars = ",".join(f"{grammar.name} {grammar.version} {grammar.digest}" for grammar in load_all())
    return blake2b(f"{METHOD}|{grammars}|{symbols.digest()}".encode(), digest_size=8).hexdigest()
