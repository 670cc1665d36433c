"""The three questions that every kind of artifact answers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from clonescan.fingerprint import Fingerprint
from clonescan.kinds.code.symbols import Symbols


class Unreadable(Exception):
    """A file that cannot be compared; the message says why."""


class Kind(Protocol):
    """A kind of artifact; a module with these names is one."""

    NAME: str

    def claims(self, path: str) -> bool:
        """Is this file yours? By its path alone."""

    def extract(self, path: str, data: bytes, symbols: Symbols) -> Fingerprint:
        """Which units and features does this file hold? Raises Unreadable."""

    def describe(self, path: str, data: bytes, found: Fingerprint, features: Sequence[int]) -> list[str]:
        """What do these features say, given by their places in `found.features`, in words that a reader recognises?"""

    def version(self, symbols: Symbols) -> str:
        """What an extraction depends on beside the bytes; part of every cache key."""
