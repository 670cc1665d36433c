"""The tokenizer kind: vocabularies, merges, pipelines, added tokens and chat templates, whatever their format."""

from __future__ import annotations

from collections.abc import Sequence

from clonescan.entities import Reach
from clonescan.fingerprint import Fingerprint
from clonescan.kinds.code.symbols import Symbols
from clonescan.kinds.interface import Digester, Measurer, Namer
from clonescan.kinds.tokenizer.compare import correspond, measure
from clonescan.kinds.tokenizer.digest import digest, undigested
from clonescan.kinds.tokenizer.extract import METHOD, fingerprint
from clonescan.kinds.tokenizer.formats import LIMIT, TEMPLATE, reader_of
from clonescan.sources.pointer import BEGINNING

NAME = "tokenizer"
HANDED_ON = True
DIGEST: Digester | None = digest
MEASURE: Measurer | None = measure
NAMER: Namer | None = None
MISMATCH = 0.1

__all__ = [
    "DIGEST", "HANDED_ON", "MEASURE", "MISMATCH", "NAME", "NAMER",
    "claims", "correspond", "describe", "extract", "glance", "lines", "variant", "version",
]  # fmt: skip


def claims(path: str, max_bytes: int) -> Reach | None:
    """Is this file a tokenizer or a part of one? By its name alone; templates are texts and have the user's limit."""
    if reader_of(path) is None:
        return None
    return Reach(max_bytes if TEMPLATE.search(path) else max(LIMIT, max_bytes))


def glance(data: bytes) -> bool:
    """Can this content be a tokenizer? Its name says most; nothing and a pointer to a file elsewhere are none."""
    return bool(data) and not data.startswith(BEGINNING)


def extract(path: str, data: bytes, symbols: Symbols) -> Fingerprint:
    """Which units and features does this file hold? Raises Unreadable, or Foreign if it is no tokenizer."""
    return fingerprint(path, data)


def describe(path: str, data: bytes, found: Fingerprint, features: Sequence[int]) -> list[str]:
    """What these features say: tokens, merges, texts."""
    known = undigested(data).words
    return [known.get(shape, "") for shape in found.features[list(features)].tolist()]


def lines(path: str, data: bytes, cell: int) -> list[str] | None:
    """The lines of a template; what is a list of a hundred thousand tokens is shown by its details instead."""
    if cell:
        return None
    return data.decode("utf-8", "replace").split("\n") if TEMPLATE.search(path) else []


def variant(path: str) -> str:
    """What of a path an extraction depends on: its name tells the format."""
    return path.rsplit("/", 1)[-1]


def version(symbols: Symbols) -> str:
    """What an extraction depends on beside the bytes."""
    return METHOD
