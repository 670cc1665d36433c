"""From the bytes of a source file to its fingerprint: a pure function of the bytes, the grammar and the symbols."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from functools import lru_cache
from threading import Lock

from clonescan.fingerprint import Fingerprint
from clonescan.kinds.code.grammar import Grammar
from clonescan.kinds.code.pack import Lines, pack
from clonescan.kinds.code.source import Part, is_generated
from clonescan.kinds.code.symbols import Symbols
from clonescan.kinds.code.walk import Walker

METHOD = "2"
"""Version of the canonical form; a change of any feature's hash needs a new one."""


_alone = Lock()


@lru_cache(maxsize=4)
def walker(grammar: Grammar, symbols: Symbols) -> Walker:
    """A walker for many files, one after the other, with the rewriting that the grammar asks for."""
    if grammar.rewriter is None:
        return Walker(grammar, symbols)
    made: Walker = importlib.import_module(grammar.rewriter).walker(grammar, symbols)
    return made


def fingerprint(parts: Sequence[Part], grammar: Grammar, symbols: Symbols) -> Fingerprint:
    """The fingerprint of a file given as its parts."""
    with _alone:
        try:
            return _fingerprint(parts, walker(grammar, symbols))
        except BaseException:  # whatever interrupted it may have left the walker's tables half written
            walker.cache_clear()
            raise


def _fingerprint(parts: Sequence[Part], reader: Walker) -> Fingerprint:
    base, bases, notes = 0, [], []
    reader.begin()
    for part in parts:
        if reader.read(part.text, base):
            where = f"cell {part.cell}: " if part.cell else ""
            notes.append(f"{where}syntax errors; what could be read around them is compared")
        bases.append(base)
        base += len(part.text)
    whole = b"".join(part.text for part in parts)
    mark = "generated" if is_generated(whole) else ""
    return pack(reader, Lines(whole, bases, [part.cell for part in parts]), tuple(notes), mark)
