"""The checkpoint kind: tensor maps and pointers to weights, read from headers, indexes and listings alone.

Weights are never read. A pickle is a program, so files that hold one are never parsed: they are the same bit for bit,
or nothing is said of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from typing import Any

from clonescan.entities import Reach
from clonescan.fingerprint import Fingerprint
from clonescan.kinds.checkpoint import extract as extraction
from clonescan.kinds.checkpoint import gguf, index, listing, matching, safetensors
from clonescan.kinds.checkpoint.tensors import HEADER_LIMIT, TensorMap
from clonescan.kinds.code.symbols import Symbols
from clonescan.kinds.interface import Digester, Foreign, Measurer, Namer, Side, Third, Unreadable
from clonescan.sources.blob import is_whole
from clonescan.sources.pointer import POINTER_BYTES, pointer, stands_for

NAME = "checkpoint"

HANDED_ON = False
DIGEST: Digester | None = None
MISMATCH = 0.1

__all__ = [
    "DIGEST", "HANDED_ON", "MEASURE", "MISMATCH", "NAME", "NAMER",
    "claims", "correspond", "describe", "extract", "glance", "lines", "variant", "version",
]  # fmt: skip

READERS: Mapping[str, Callable[[bytes], TensorMap]] = {
    ".safetensors": safetensors.read,
    ".gguf": gguf.read,
    ".safetensors.index.json": index.read,
    ".bin.index.json": index.read,
    listing.SUFFIX: listing.read,
}
"""What reads a tensor map, by the end of the path."""

OPAQUE = (".bin", ".pt", ".pth", ".ckpt", ".h5", ".onnx", ".msgpack")
"""Weights in formats that are not read."""

MAGIC = {".bin": (b"PK\3\4", b"\x80"), ".pt": (b"PK\3\4", b"\x80"), ".pth": (b"PK\3\4", b"\x80"),
         ".ckpt": (b"PK\3\4", b"\x80"), ".h5": (b"\x89HDF",)}  # fmt: skip
"""How weights begin in formats whose suffix others use as well: a zip archive or a pickle of PyTorch, HDF5."""

_WEIGHTS = re.compile(r"model|weights|adapter|checkpoint|optimizer|lora|embedding", re.IGNORECASE)
"""What files of weights are called."""


def claims(path: str, max_bytes: int) -> Reach | None:
    """Is this file a checkpoint? By the end of its path alone."""
    suffix = _suffix(path)
    if suffix == ".safetensors":
        return Reach(safetensors.PREFIX + HEADER_LIMIT, head=True, enough=safetensors.enough)
    if suffix == ".gguf":
        return Reach(gguf.READ, head=True, enough=gguf.enough)
    if suffix in OPAQUE:
        return Reach(POINTER_BYTES, head=True, pointer=_says_weights(path))
    return Reach(max(max_bytes, HEADER_LIMIT)) if suffix else None


def glance(data: bytes) -> bool:
    """Can this content be a checkpoint? Its path says it all."""
    return bool(data)


def extract(path: str, data: bytes, symbols: Symbols) -> Fingerprint:
    """Which units and features does this file hold? Raises Unreadable or Foreign."""
    return _extracted(path, data, symbols).fingerprint()


def _extracted(path: str, data: bytes, symbols: Symbols) -> extraction.Extraction:
    pointed = pointer(data)
    if pointed:
        return extraction.weights(pointed)
    unread = stands_for(data)
    if unread:
        return extraction.opaque(unread)
    suffix = _suffix(path)
    if suffix in READERS:
        return extraction.tensors(READERS[suffix](data), symbols)
    if not data.startswith(MAGIC.get(suffix, (b"",))):
        raise Foreign
    return extraction.opaque(sha256(data).hexdigest())


def describe(path: str, data: bytes, found: Fingerprint, features: Sequence[int]) -> list[str]:
    """What the features at these places of `found.features` say; none where the file has become another meanwhile."""
    try:
        words = _extracted(path, data, Symbols()).words
    except (Unreadable, Foreign):
        return [""] * len(features)
    return [words.get(value, "") for value in found.hashes[found.features[features]].tolist()]


def correspond(left: Side, right: Side, third: Third | None) -> Mapping[str, Any]:
    """Which tensors correspond, which modules were renamed, and whether the weights are the same bit for bit."""
    maps = [_map(side) for side in (left, right)]
    found = matching.correspond(maps[0], maps[1]) if maps[0] and maps[1] else {}
    return {**found, "same_weights": _same(left, right)}


def measure(left: Side, right: Side) -> tuple[int, int, int] | None:
    """How many tensors each side has, and how many correspond, where one side alone knows their shapes."""
    one, other = _map(left), _map(right)
    if one is None or other is None or one.shaped == other.shaped:
        return None
    found = matching.correspond(one, other)["tensors"]
    return found["left"], found["right"], found["corresponding"]


MEASURE: Measurer | None = measure


def names(left: Side, right: Side) -> Sequence[tuple[str, str, int]] | None:
    """Which components of tensors' names stand for each other; None for what is no map."""
    one, other = _map(left), _map(right)
    return matching.names(one, other) if one and other else None


NAMER: Namer | None = names


def _map(side: Side) -> TensorMap | None:
    """The tensor map of a side, if it holds one."""
    suffix = _suffix(side.path)
    if suffix not in READERS or pointer(side.data):
        return None
    try:
        return READERS[suffix](side.data)
    except Unreadable:
        return None


def _same(left: Side, right: Side) -> dict[str, int | None] | None:
    """The size of the weights, if they are the same on both sides; None for it where they were not fetched. That of an
    index is not."""
    pointers = [pointer(side.data) for side in (left, right)]
    if pointers[0] and pointers[1]:
        return {"bytes": pointers[0].size} if pointers[0].oid == pointers[1].oid else None
    same = left.blob_id == right.blob_id and is_whole(left.blob_id)
    weights = _suffix(left.path) in (".safetensors", ".gguf", *OPAQUE)
    known = left.size is not None or stands_for(left.data) is not None
    return {"bytes": left.size} if same and weights and known else None


def lines(path: str, data: bytes, cell: int) -> list[str] | None:
    """The lines of an index, a listing or a pointer; none in weights."""
    if cell:
        return None
    text = pointer(data) or _suffix(path) not in (".safetensors", ".gguf", *OPAQUE)
    return data.decode("utf-8", "replace").split("\n") if text else []


def variant(path: str) -> str:
    """What of a path an extraction depends on: which format its end tells, and whether its name says that it has it."""
    return _suffix(path) if _says_weights(path) else f"{_suffix(path)} by its content"


def _says_weights(path: str) -> bool:
    """Whether the path alone says that a file holds weights: others name their files `.bin`, too."""
    return _suffix(path) != ".bin" or bool(_WEIGHTS.search(path.rpartition("/")[2]))


def _suffix(path: str) -> str:
    """Which format the end of a path tells, "" for none."""
    lower = path.lower()
    return max((suffix for suffix in (*READERS, *OPAQUE) if lower.endswith(suffix)), key=len, default="")


def version(symbols: Symbols) -> str:
    """What an extraction depends on beside the bytes: the method, and which names are everyone's."""
    return f"{extraction.METHOD} {symbols.digest()}"
