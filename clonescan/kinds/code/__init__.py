"""The code kind: which files are source code, what they hold, and what their features say."""

from __future__ import annotations

from hashlib import blake2b

from clonescan.fingerprint import Fingerprint
from clonescan.kinds.code.describe import describe
from clonescan.kinds.code.extract import METHOD, fingerprint
from clonescan.kinds.code.grammar import load_all
from clonescan.kinds.code.paths import grammar_of
from clonescan.kinds.code.source import parts
from clonescan.kinds.code.symbols import Symbols

NAME = "code"

__all__ = ["NAME", "claims", "describe", "extract", "version"]


def claims(path: str) -> bool:
    """Is this file source code in a language that there is a grammar for? By its path alone."""
    return grammar_of(path) is not None


def extract(path: str, data: bytes, symbols: Symbols) -> Fingerprint:
    """Which units and features does this file hold? Raises Unreadable."""
    grammar = grammar_of(path)
    assert grammar is not None, path
    return fingerprint(parts(path, data), grammar, symbols)


def version(symbols: Symbols) -> str:
    """What an extraction depends on beside the bytes: method, grammars, symbols."""
    grammars = ",".join(f"{grammar.name} {grammar.version} {grammar.digest}" for grammar in load_all())
    return blake2b(f"{METHOD}|{grammars}|{symbols.digest()}".encode(), digest_size=8).hexdigest()
