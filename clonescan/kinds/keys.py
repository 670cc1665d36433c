"""The keys of extractions in the cache: all that an extraction depends on."""

from __future__ import annotations

from clonescan.kinds import KINDS, named
from clonescan.kinds.code.symbols import Symbols
from clonescan.kinds.mentions import VERSION

FORM = "3"
"""Part of every cache key: another one where the same features come with other reasons, or in another form."""

DIGESTS = "digests"
"""The room of the cache where digests are: of this run alone if nothing is kept, so that no file is read twice."""


class Keys:
    """The keys for one set of symbols."""

    def __init__(self, symbols: Symbols) -> None:
        self._versions = {kind.NAME: f"{kind.version(symbols)} {VERSION} {FORM}" for kind in KINDS}

    def extraction(self, kind: str, path: str, blob_id: str) -> str:
        """The key of a file as one kind compares it."""
        return f"{self._versions[kind]} {kind} {named(kind).variant(path)} {blob_id}"


def digest_key(key: str) -> str:
    """The key of the digest that belongs to an extraction."""
    return f"{key} digest"
