"""What the features of a source file say, in the words of its source."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from clonescan.fingerprint import NAME, Fingerprint
from clonescan.kinds.code.shapes import label_hash
from clonescan.kinds.code.source import parts

MAX_LENGTH = 100
"""Characters of a feature that are shown; what is cut off ends in an ellipsis."""


def describe(path: str, data: bytes, found: Fingerprint, features: Sequence[int]) -> list[str]:
    """The source text of features, given by their places in `found.features`, or the name that each stands for."""
    text = b"".join(part.text for part in parts(path, data))
    shapes = found.features[features]
    starts, ends = found.feature_starts[features], found.feature_ends[features]
    hashes, nowhere = found.hashes[shapes], (starts == ends) & (found.roles[shapes] == NAME)
    names = _names(found) if nowhere.any() else {}
    return [
        names.get(number, "") if unplaced else short(text[start:end].decode("utf-8", "replace"))
        for start, end, number, unplaced in zip(
            starts.tolist(), ends.tolist(), hashes.tolist(), nowhere.tolist(), strict=True
        )
    ]


def _names(found: Fingerprint) -> dict[int, str]:
    """The names of a file by the hash of their feature."""
    components = {part for name in found.strings for part in name.split(".")}
    return {_name_hash(part): part for part in components}


@lru_cache(maxsize=100_000)
def _name_hash(name: str) -> int:
    """The hash of a name's feature; the same names come in most files."""
    return label_hash(b"name:" + name.encode())


def short(text: str) -> str:
    """Text on one line, of a length that fits in a row of a report."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_LENGTH else line[: MAX_LENGTH - 1] + "…"
