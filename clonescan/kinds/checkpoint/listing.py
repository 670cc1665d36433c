"""Reads a listing of tensors, `*.tensors.txt`: a line a tensor, its name and dimensions, braces as in a shell.

`layers.{0..31}.{q,k}_proj.weight 4096 4096` stands for 64 tensors. It is how the background knows the layouts that
everybody has, and how anybody can compare a checkpoint of a format that is not read, such as a pickle, without a risk:
`for name, value in state.items(): print(name, *value.shape)`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import product

from clonescan.kinds.checkpoint.tensors import MAX_NAME, MAX_TENSORS, Tensor, TensorMap, dimensions, tensor_map
from clonescan.kinds.interface import Unreadable

SUFFIX = ".tensors.txt"

_BRACES = re.compile(r"\{([^{}]*)\}")
_RANGE = re.compile(r"(\d{1,6})\.\.(\d{1,6})")


def read(data: bytes) -> TensorMap:
    """The tensor map of a listing; `#` begins a comment. Raises Unreadable."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        raise Unreadable("not UTF-8") from None
    return tensor_map(
        tensor for number, line in enumerate(text.split("\n"), 1) for tensor in _tensors(line.partition("#")[0], number)
    )


def _tensors(line: str, number: int) -> Iterator[Tensor]:
    if not (words := line.split()):
        return
    name, *dims = words
    if not all(dim.isascii() and dim.isdigit() and len(dim) < 20 for dim in dims):
        raise Unreadable(f"line {number} is no name with dimensions")
    shape = dimensions([int(dim) for dim in dims])
    for expanded in _expanded(name, number):
        yield Tensor(expanded, shape, line=number)


def _expanded(name: str, number: int) -> Iterator[str]:
    """All names that a name with braces stands for."""
    if len(name) > MAX_NAME:
        raise Unreadable(f"line {number} is too long")
    fixed, braces = _BRACES.split(name)[::2], _BRACES.findall(name)
    choices, total = [], 1
    for brace in braces:
        between = _RANGE.fullmatch(brace)
        found = [str(n) for n in range(int(between[1]), int(between[2]) + 1)] if between else brace.split(",")
        total *= len(found)
        choices.append(found)
        if total > MAX_TENSORS:
            raise Unreadable(f"line {number} stands for more than {MAX_TENSORS:,} tensors")
    for chosen in product(*choices):
        yield fixed[0] + "".join(part + rest for part, rest in zip(chosen, fixed[1:], strict=True))
