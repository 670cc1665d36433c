"""The three questions that every kind of artifact answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from clonescan.entities import Reach
from clonescan.fingerprint import Fingerprint
from clonescan.kinds.code.symbols import Symbols


class Unreadable(Exception):
    """A file that cannot be compared; the message says why."""


class Foreign(Exception):
    """A file that a kind claims by its path and that its content shows to be something else: no loss to report."""


Digester = Callable[[str, bytes], bytes]
"""What makes of a file, by its path and bytes, all that `describe` and `correspond` look at again."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a match, as a kind looks at it once more: the file with its bytes and fingerprint, and the unit.

    `data` is the digest where the kind makes one. `blob_id` as in `Entry`; `size` is that of the whole file, None if it
    is not known.
    """

    path: str
    data: bytes
    fingerprint: Fingerprint
    unit: int
    blob_id: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Third:
    """A third place that holds what both sides of a match share; `side` is None where its file is not at hand."""

    repository: str
    version: str
    path: str
    side: Side | None = None


Measurer = Callable[[Side, Side], tuple[int, int, int] | bool | None]
"""What counts how much the left unit of a match holds, how much the right one, and how much of it both do; or tells
whether they say the same, where features hold all but some of their words."""

Namer = Callable[[Side, Side], Sequence[tuple[str, str, int]] | None]
"""What says which names of two matched units stand for each other, kept ones too, and how often; None where it cannot.
"""


class Kind(Protocol):
    """A kind of artifact; a module with these names is one.

    HANDED_ON: is what a third repository of a scan holds, too, no evidence between two? True for what is handed on as a
    whole by everybody who builds on it. Code is not: an original must not vanish because somebody else copied it, too.

    DIGEST: what `describe` and `correspond` are handed is what this makes of a file where reading it takes long: it is
    kept in the cache. None: they are handed the file.

    MEASURE: what counts what matched units share, where features are a sketch. It answers None, or is None, where they
    are all that is compared.

    NAMER: what says which names stand for each other where their places in aligned statements do not. None: they do.

    MISMATCH: what a bit that only one side has costs in the local score. With 0.1 a stretch counts while a tenth of its
    bits are shared, so that a copy edited line by line still stands out, and bits scattered over a long unit do not.
    """

    NAME: str
    HANDED_ON: bool
    DIGEST: Digester | None
    MEASURE: Measurer | None
    NAMER: Namer | None
    MISMATCH: float

    def claims(self, path: str, max_bytes: int) -> Reach | None:
        """Is this file yours, and how much of it do you read? By its path alone; `max_bytes` is the user's limit."""

    def glance(self, data: bytes) -> bool:
        """Can this content be yours? A quick look, so that most of what is not is never handed on."""

    def extract(self, path: str, data: bytes, symbols: Symbols) -> Fingerprint:
        """Which units and features does this file hold? Raises Unreadable, or Foreign if it is not yours after all."""

    def describe(self, path: str, data: bytes, found: Fingerprint, features: Sequence[int]) -> list[str]:
        """What do these features say, given by their places in `found.features`, in words that a reader recognises?

        `data` as in `Side`.
        """

    def correspond(self, left: Side, right: Side, third: Third | None) -> Mapping[str, Any]:
        """How do these two matched units correspond, beyond lines, names and features? JSON values, for `detail`.

        `third` also holds what they share, if such a place is known.
        """

    def lines(self, path: str, data: bytes, cell: int) -> list[str] | None:
        """The lines that places in this file, or in a notebook's cell, count; none in binary data. Raises Unreadable.

        None if there is no such cell.
        """

    def variant(self, path: str) -> str:
        """What of a path an extraction depends on; part of every cache key."""

    def version(self, symbols: Symbols) -> str:
        """What an extraction depends on beside the bytes; part of every cache key."""
