"""What the features of a source file say, in the words of its source."""

from __future__ import annotations

from collections.abc import Sequence

from clonescan.fingerprint import NAME, Fingerprint
from clonescan.kinds.code.shapes import label_hash
from clonescan.kinds.code.source import parts

MAX_LENGTH = 100
"""Characters of a feature that are shown; what is cut off ends in an ellipsis."""


def describe(path: str, data: bytes, found: Fingerprint, features: Sequence[int]) -> list[str]:
    """The source text of features, given by their places in `found.features`, or the name that each stands for."""
    text = b"".join(part.text for part in parts(path, data))
    names: dict[int, str] | None = None
    described = []
    for feature in features:
        start, end = int(found.feature_starts[feature]), int(found.feature_ends[feature])
        shape = found.features[feature]
        if start == end and found.roles[shape] == NAME:
            names = _names(found) if names is None else names
            described.append(names.get(int(found.hashes[shape]), ""))
        else:
            described.append(_short(text[start:end].decode("utf-8", "replace")))
    return described


def _names(found: Fingerprint) -> dict[int, str]:
    """The names of a file by the hash of their feature."""
    components = {part for name in found.strings for part in name.split(".")}
    return {label_hash(b"name:" + part.encode()): part for part in components}


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= MAX_LENGTH else line[: MAX_LENGTH - 1] + "…"
