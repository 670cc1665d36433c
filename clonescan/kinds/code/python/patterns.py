"""Patterns of einsum and einops in Python: they are the products, permutations and reshapings that they spell out."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tree_sitter import Node

from clonescan.kinds.code.grammar import Grammar
from clonescan.kinds.code.literals import einsum
from clonescan.kinds.code.python.arrays import Arrays
from clonescan.kinds.code.shapes import PLACEHOLDER
from clonescan.kinds.code.symbols import Symbols

Axes = list[bytes]

_REST = b"..."
_TOKEN = re.compile(rb"\.\.\.|\w+|[()]")
_LETTER = re.compile(rb"\.\.\.|\w")
_MATRIX = [-2, -1]
_MOST = 12
"""Axes of a pattern that is read: nobody writes as many."""


class Patterns(Arrays):
    """Reads `einsum("ij,kj->ik", a, b)` as `a @ b.mT`, and `rearrange(x, "b (h d) -> h b d")` as its steps.

    `patterns` maps the shapes of patterns to their text.
    """

    def __init__(self, grammar: Grammar, symbols: Symbols) -> None:
        super().__init__(grammar, symbols)
        self.patterns: dict[int, bytes] = {}

    def literal(self, text: bytes, at: Node) -> int:
        """The shape of a string; patterns are remembered."""
        shape = super().literal(text, at)
        if b"->" in text:
            self.patterns[shape] = text
        return shape

    def respelled(self, name: bytes, values: list[int], at: Node) -> int | None:
        """The operations that a pattern spells out."""
        found = None
        if name == b"einsum" and len(values) == 3 and values[0] in self.patterns:
            found = self.product(self.patterns[values[0]], values[1], values[2], at)
        elif name == b"rearrange" and len(values) > 1 and values[1] in self.patterns:
            found = self.rearranged(self.patterns[values[1]], values[0], at)
        return super().respelled(name, values, at) if found is None else found

    def product(self, pattern: bytes, left: int, right: int, at: Node) -> int | None:
        """Two operands of which one axis is summed over: a product of matrices, with what else are axes of a batch."""
        terms = [axes(term) for term in re.split(rb",|->", pattern)]
        if len(terms) != 3 or any(len(set(term)) != len(term) or len(term) > _MOST for term in terms):
            return None
        one, other, result = terms
        shared = [axis for axis in one if axis in other and axis not in result]
        mine = [axis for axis in one if axis in result and axis not in other]
        theirs = [axis for axis in other if axis in result and axis not in one]
        batch = [axis for axis in result if axis in one and axis in other]
        wanted = len(shared) == len(mine) == len(theirs) == 1
        if not wanted or len(result) != len(batch) + 2 or not len(one) == len(other) == len(result):
            return None
        first = self.laid(left, one, batch + mine + shared, at)
        turned = other == batch + theirs + shared or other[:-2] != batch
        second = self.laid(right, other, batch + (theirs + shared if turned else shared + theirs), at)
        if first is None or second is None:
            return None
        second = self.turned(second, _MATRIX, at) if turned else second
        end = len(self.names)
        return self.laid(self.binary(b"@", first, second, at, end, end), batch + mine + theirs, result, at)

    def rearranged(self, pattern: bytes, array: int, at: Node) -> int | None:
        """Axes split, put in another order, and merged."""
        sides = [_TOKEN.findall(side) for side in pattern.split(b"->")]
        if len(sides) != 2 or any(_REST in side for side in sides) or max(map(len, sides)) > 3 * _MOST:
            return None
        before, after = ([token for token in side if token not in (b"(", b")", b"1")] for side in sides)
        if sorted(before) != sorted(after) or len(set(before)) != len(before):
            return None
        self.trace(einsum(pattern))
        if b"(" in sides[0] or b"1" in sides[0]:
            array = self.apply(self.symbol(b"reshape", at), [array, *[PLACEHOLDER] * len(before)], at)
        found = self.laid(array, before, after, at)
        if found is None or b"(" not in sides[1]:
            return found if found is None else self.with_axes(found, _ones(sides[1]), at)
        sizes = [self.integer(1, at) if size == b"1" else PLACEHOLDER for size in _grouped(sides[1])]
        return self.apply(self.symbol(b"reshape", at), [found, *sizes], at)

    def laid(self, array: int, axes: Axes, wanted: Axes, at: Node) -> int | None:
        """An array with its axes in this order; None where nothing says which they are."""
        if axes == wanted:
            return array
        if sorted(axes) != sorted(wanted):
            return None
        if axes[:-2] == wanted[:-2]:
            return self.turned(array, _MATRIX, at)
        if _REST in axes:
            return None
        return self.apply(self.symbol(b"permute", at), [array, *self.integers([*map(axes.index, wanted)], at)], at)

    def turned(self, array: int, places: Sequence[int], at: Node) -> int:
        """An array with two axes exchanged."""
        return self.apply(self.symbol(b"transpose", at), [array, *self.integers(places, at)], at)


def axes(term: bytes) -> Axes:
    """The axes of a term: words where blanks part them, as einops has it, else letters."""
    term = term.strip()
    return (_TOKEN if b" " in term else _LETTER).findall(term)


def _ones(side: Axes) -> list[int]:
    return [place for place, token in enumerate(side) if token == b"1"]


def _grouped(side: Axes) -> Axes:
    """One token for each axis of a side, the first of those in parentheses for all of them."""
    found: Axes = []
    inside, begun = False, False
    for token in side:
        if token == b"(":
            inside, begun = True, False
        elif token == b")":
            inside = False
        elif not inside or not begun:
            found.append(token)
            begun = inside
    return found
