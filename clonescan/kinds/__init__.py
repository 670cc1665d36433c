"""The kinds of artifact that are compared."""

from __future__ import annotations

from clonescan.kinds import code
from clonescan.kinds.code.symbols import Symbols
from clonescan.kinds.interface import Kind

KINDS: tuple[Kind, ...] = (code,)


def claimed(path: str) -> bool:
    """Whether any kind compares this file."""
    return any(kind.claims(path) for kind in KINDS)


def kind_of(path: str) -> Kind:
    """The first kind that compares this file. Raises StopIteration if none does."""
    return next(kind for kind in KINDS if kind.claims(path))


def version(symbols: Symbols) -> str:
    """What all extractions depend on beside the bytes."""
    return " ".join(kind.version(symbols) for kind in KINDS)
