"""The kinds of artifact that are compared."""

from __future__ import annotations

from collections.abc import Sequence

from clonescan.entities import Reach
from clonescan.kinds import checkpoint, code, config, document, tokenizer
from clonescan.kinds.code.symbols import Symbols
from clonescan.kinds.interface import Kind

KINDS: tuple[Kind, ...] = (code, config, tokenizer, checkpoint, document)
MISMATCHES = {kind.NAME: kind.MISMATCH for kind in KINDS}
_BY_NAME = {kind.NAME: kind for kind in KINDS}


def named(name: str) -> Kind:
    """The kind of this name. Raises KeyError if there is none."""
    return _BY_NAME[name]


def claims(path: str, max_bytes: int) -> dict[str, Reach]:
    """The kinds that compare this file, by name, with how much of it each one reads."""
    found = ((kind.NAME, kind.claims(path, max_bytes)) for kind in KINDS)
    return {name: reach for name, reach in found if reach}


def widest(reaches: Sequence[Reach]) -> Reach:
    """What is read of a file that several kinds compare; each is handed what it asked for."""
    return max(reaches, key=lambda reach: (not reach.head, reach.limit))


def version(symbols: Symbols) -> str:
    """What all extractions depend on beside the bytes."""
    return " ".join(filter(None, (kind.version(symbols) for kind in KINDS)))
