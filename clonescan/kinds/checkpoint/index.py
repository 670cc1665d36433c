"""Reads the index of a sharded checkpoint: JSON whose `weight_map` says which file holds which tensor."""

from __future__ import annotations

import re

from clonescan.kinds.checkpoint.tensors import Tensor, TensorMap, parsed, tensor_map
from clonescan.kinds.interface import Unreadable

_STRING = re.compile(rb'"((?:[^"\\\n]|\\.)*)"([ \t]*:)?|\n')


def read(data: bytes) -> TensorMap:
    """The tensor map of an index: names alone. Raises Unreadable."""
    names = parsed(data).get("weight_map")
    if not isinstance(names, dict):
        raise Unreadable("no weight_map in it")
    lines = _lines(data)
    return tensor_map(Tensor(name, line=lines.get(name, 1)) for name in names)


def _lines(data: bytes) -> dict[str, int]:
    """The line that each key stands on, from 1; of keys written with escapes none."""
    found: dict[str, int] = {}
    line = 1
    for match in _STRING.finditer(data):
        if match[1] is None:
            line += 1
        elif match[2]:
            found[match[1].decode("utf-8", "replace")] = line
    return found
