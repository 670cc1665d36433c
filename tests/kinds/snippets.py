"""Short pieces of code for the tests, and what the code kind makes of them."""

from __future__ import annotations

from collections.abc import Iterable
from textwrap import dedent

import numpy as np

from clonescan.background import open_background
from clonescan.fingerprint import ANCHOR, NAME, ORDER, STRUCTURE, Fingerprint
from clonescan.kinds import code

SYMBOLS = open_background("none").symbols
"""What the shipped background knows to be everyone's."""

FREE = (NAME, ORDER)
STRUCTURAL = (STRUCTURE, ANCHOR)


def read(source: str | bytes, path: str = "model.py") -> Fingerprint:
    """The fingerprint of a file. Raises Unreadable."""
    data = dedent(source).encode() if isinstance(source, str) else source
    return code.extract(path, data, SYMBOLS)


def features(found: Fingerprint, roles: Iterable[int] = STRUCTURAL) -> set[int]:
    """The hashes of the features that the units of a file hold, of these roles."""
    held = np.unique(found.features)
    wanted = held[np.isin(found.roles[held], list(roles))]
    return set(found.hashes[wanted].tolist())


def structure(source: str | bytes) -> set[int]:
    """Structure and anchors of a piece of code: what no copier is free to change."""
    return features(read(source))


def units(found: Fingerprint) -> list[str]:
    """The names of the units of a file, in reading order."""
    return [found.strings[name] for name in found.unit_names]


def statements(found: Fingerprint) -> list[int]:
    """The hashes of the canonical statements of a file, in reading order."""
    hashes: list[int] = found.hashes[found.statement_shapes].tolist()
    return hashes
