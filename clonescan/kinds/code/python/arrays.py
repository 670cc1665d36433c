"""Arrays in Python: one spelling for what the array libraries offer under several."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tree_sitter import Node

from clonescan.fingerprint import NOTHING
from clonescan.kinds.code.grammar import Grammar
from clonescan.kinds.code.python.texts import Texts
from clonescan.kinds.code.shapes import CALL, PLACEHOLDER
from clonescan.kinds.code.symbols import Symbols

MAX_AXES = 16
"""Indices of one subscript that are looked through for new axes: arrays have at most a handful."""

_APPLIED = frozenset(
    b"range arange square sqrt str len size dim permute transpose t reshape einsum rearrange".split()
    + b"neg logical_not clamp_max get masked_fill where linear addmm baddbmm type max min zeros ones empty".split()
)  # what `apply` looks at
_ADDED = (b"addmm", b"baddbmm")
_SAME = (b"is", b"==")
_COUNTED = (b"range", b"arange")
_EXTREMES = {b"max": (b"amax", b"argmax"), b"min": (b"amin", b"argmin")}
_FILLED = {b"zeros": b"zeros_like", b"ones": b"ones_like", b"empty": b"empty_like"}
_ITEMS = (b"values", b"indices")
_TURNED = {b"T": (0, 1), b"mT": (-2, -1)}  # of a matrix; of more axes, nobody is meant to write `T` any more
_CHANGED = re.compile(rb"\.[a-z]\w*[a-z0-9]_\(")
_NEW = (b"None", b"newaxis")
_STRETCH = re.compile(rb"(?::\d|(-?\d):)")


class Arrays(Texts):
    """Visits what is done with arrays.

    `roots` maps shapes of `sqrt(x)` to what is under it, `sizes` those of `x.shape` to `x`, `axes` those of
    `x.shape[i]` to `x` and `i`, `kinds` those of `type(x)` to `x`, and `extremes` those of `x.max(dim=1)` to the
    operation and what it is given.
    """

    def __init__(self, grammar: Grammar, symbols: Symbols) -> None:
        super().__init__(grammar, symbols)
        self.roots: dict[int, int] = {}
        self.sizes: dict[int, int] = {}
        self.axes: dict[int, tuple[int, int]] = {}
        self.kinds: dict[int, int] = {}
        self.extremes: dict[int, tuple[bytes, list[int]]] = {}

    def binary(self, sign: bytes, left: int, right: int, at: Node, mark: int, middle: int) -> int:
        """`x / sqrt(y)` is `x * rsqrt(y)`, `1 / sqrt(y)` is `rsqrt(y)`, and `type(x) is T` is `isinstance(x, T)`."""
        if left in self.kinds and right not in self.kinds and sign in _SAME:
            return self.apply(self.symbol(b"isinstance", at), [self.kinds[left], right], at)
        if sign == b"/" and right in self.roots:
            inverse = self.apply(self.symbol(b"rsqrt", at), [self.roots[right]], at)
            is_one = left == self.index.get((b"num:1",))
            return inverse if is_one else self.binary(b"*", left, inverse, at, mark, middle)
        return super().binary(sign, left, right, at, mark, middle)

    def synonym(self, name: bytes) -> bytes:
        """`x.add_(y)` is `x.add(y)`: what is done in place has the same value."""
        return super().synonym(name[:-1] if is_in_place(name) else name)

    def member(self, name: bytes, target: int, last: Node, at: Node) -> int:
        """`x.mT` is `x.transpose(-2, -1)`, and `x.data` is `x` where it is changed in place."""
        if name == b"data" and _CHANGED.match(self.source, last.end_byte):
            return target
        if name in _TURNED:
            return self.apply(self.symbol(b"transpose", at), [target, *self.integers(_TURNED[name], at)], at)
        if name in _ITEMS and self.shapes.keys[target][0] == CALL:
            return self.item(target, self.integer(_ITEMS.index(name), at), at)
        shape = super().member(name, target, last, at)
        if name == b"shape":
            self.sizes[shape] = target
        return shape

    def size(self, sizes: int, place: int, at: Node) -> int:
        """`x.shape[i]`."""
        shape = self.node((b"[]", sizes, place), at)
        self.axes[shape] = self.sizes.get(sizes, sizes), place
        return shape

    def subscript(self, node: Node, depth: int) -> int:
        """`a[i, j]`; `a[:, None]` is `a.unsqueeze(1)`."""
        kids = node.named_children
        if any(self.source.find(word, node.start_byte, node.end_byte) >= 0 for word in _NEW):
            axes = self.new_axes([kid for kid in kids[1:] if kid.kind_id not in self.noise])
            if axes:
                shape = self.visit(kids[0], depth + 1)
                return self.with_axes(shape, axes, node)
        parts = [self.visit(kids[0], depth + 1), *self.indices(kids[1:], node, depth + 1)]
        return self.item(parts[0], parts[1], node) if len(parts) == 2 else self.node((b"[]", *parts), node)

    def item(self, row: int, place: int, at: Node) -> int:
        """`a[i]`; `x.max(dim=1)[1]` is `x.argmax(dim=1)`."""
        if row in self.extremes:
            name, values = self.extremes[row]
            for operation, known in zip(_EXTREMES[name], (0, 1), strict=True):
                if place == self.index.get((b"num:%d" % known,)):
                    return super().apply(self.symbol(operation, at), values, at)
        return self.size(row, place, at) if row in self.sizes else self.node((b"[]", row, place), at)

    def with_axes(self, shape: int, axes: Sequence[int], at: Node) -> int:
        """An array with axes of length one put in."""
        for axis in axes:
            shape = self.apply(self.symbol(b"unsqueeze", at), [shape, self.integer(axis, at)], at)
        return shape

    def indices(self, kids: list[Node], at: Node, depth: int) -> list[int]:
        """The shapes of indices; `x[:, :, 1]` is `x[..., 1]`, and `x[1, :]` is `x[1]`."""
        kids = [kid for kid in kids if kid.kind_id not in self.noise]
        whole = 0
        while whole < len(kids) - 1 and kids[whole].type == "slice" and self.text(kids[whole]) == b":":
            whole += 1
        if whole < 2:
            counted = any(kid.type == "ellipsis" for kid in kids)
            while len(kids) > 1 and not counted and kids[-1].type == "slice" and self.text(kids[-1]) == b":":
                kids = kids[:-1]
            return self.visit_all(kids, depth)
        self.trace(b"[:]%d" % whole)
        return [self.leaf(b"t:ellipsis", at, NOTHING), *self.visit_all(kids[whole:], depth)]

    def new_axes(self, indices: list[Node]) -> list[int]:
        """Where an index puts axes of length one, if it does nothing else; behind `...` counted from the last."""
        axes: list[int] = []
        if len(indices) > MAX_AXES:
            return axes
        texts = [b"None" if self.path(index) == b"numpy.newaxis" else self.text(index) for index in indices]
        for place, text in enumerate(texts):
            if text == b"None":
                kept = [other for other in texts[place:] if other != b"None"]
                axes.append(-1 - len(kept) if b"..." in texts[:place] else place)
            elif text not in (b":", b"..."):
                return []
        return axes

    def stretch(self, node: Node) -> tuple[Node, int]:
        """A row without the `[:2]` or `[-2:]` behind it, and which of its members then comes first."""
        kids = node.named_children
        if node.type != "subscript" or len(kids) != 2 or kids[1].type != "slice":
            return node, 0
        found = _STRETCH.fullmatch(self.text(kids[1]))
        return (kids[0], int(found[1] or 0)) if found else (node, 0)

    def apply(self, callee: int, values: list[int], at: Node) -> int:
        """A call whose operation has a second spelling in the common array libraries takes the first."""
        name = self.paths.get(callee)
        if name in _APPLIED:
            found = self.respelled(name, values, at)
            if found is not None:
                return found
        shape = super().apply(callee, values, at)
        if name in _EXTREMES and self.is_along_axis(values):
            self.extremes[shape] = name, values
        elif name in _APPLIED and len(values) == 1:
            if name == b"sqrt":
                self.roots[shape] = values[0]
            elif name == b"len":
                self.lengths[shape] = values[0]
            elif name == b"str":
                self.texts[shape] = (values[0],)
            elif name == b"type":
                self.kinds[shape] = values[0]
        return shape

    def is_along_axis(self, values: Sequence[int]) -> bool:
        """Whether these are an array and an axis, as `max` takes them where it gives values and indices."""
        labels = [self.keywords[value] for value in values if value in self.keywords]
        axis, kept = self.index.get((b"kw:dim",)), self.index.get((b"kw:keepdim",))
        return axis in labels and len(values) == 1 + len(labels) and all(label in (axis, kept) for label in labels)

    def respelled(self, name: bytes, values: list[int], at: Node) -> int | None:
        """The first spelling of a call; None where it has it already."""
        first, *rest = values or (-1,)
        if name in _COUNTED:
            from_zero = rest and first == self.index.get((b"num:0",))
            if from_zero and rest[0] not in self.keywords and all(value in self.keywords for value in rest[1:]):
                return super().apply(self.symbol(name, at), rest, at)  # `range(0, n)` is `range(n)`
        elif name == b"square" and not rest:
            return self.node((b"**", first, self.value(b"2", at)), at)
        elif name == b"size" and len(rest) < 2:
            sizes = self.member(b"shape", first, at, at)
            return self.size(sizes, rest[0], at) if rest else sizes
        elif name == b"dim" and not rest:
            return self.member(b"ndim", first, at, at)
        elif name == b"len" and not rest and first in self.sizes:
            return self.member(b"ndim", self.sizes[first], at, at)
        elif name == b"neg" and not rest:
            return self.node((b"u-", first), at)
        elif name == b"logical_not" and not rest:
            return self.node((b"u~", first), at)
        elif name == b"clamp_max" and len(rest) == 1:
            return self.apply(self.symbol(b"clamp", at), [first, self.labelled(b"max", rest[0], at)], at)
        elif name == b"get" and len(rest) == 2 and rest[1] == self.index.get((b"t:none",)):
            return super().apply(self.symbol(name, at), [first, rest[0]], at)
        elif name == b"reshape":
            return self.reshaped(values, at)
        elif name == b"t" and not rest:
            return super().apply(self.symbol(b"transpose", at), [first, *self.integers((0, 1), at)], at)
        elif name == b"permute" or name == b"transpose":
            turned = name == b"transpose" and values and not rest  # numpy's `x.transpose()`
            return self.moved(name, first, self.integers((0, 1), at) if turned else rest, at)
        elif name in _FILLED and first in self.sizes:
            return self.alike(_FILLED[name], self.sizes[first], rest, at)
        elif name == b"type" and len(rest) == 1:
            return self.unchanged(self.symbol(b"to", at), values, at)
        elif name == b"masked_fill" and len(rest) == 2:
            return self.chosen(rest[0], rest[1], first, at)
        elif name == b"where" and len(rest) == 2:
            return self.chosen(first, rest[0], rest[1], at)
        else:
            return self.multiplied(name, values, at)
        return None

    def alike(self, name: bytes, array: int, options: Sequence[int], at: Node) -> int:
        """`zeros(x.shape, dtype=x.dtype)` is `zeros_like(x)`."""
        keys = self.shapes.keys
        own = [(b".", self.index.get((b"sym:" + field,)), array) for field in (b"dtype", b"device")]
        kept = [kw for kw in options if kw not in self.keywords or keys[int(keys[kw][-1])] not in own]
        return super().apply(self.symbol(name, at), [array, *kept], at)

    def chosen(self, condition: int, value: int, other: int, at: Node) -> int:
        """`where(c, a, b)`; what is masked is chosen, and the condition is positive."""
        label, *inner = self.shapes.keys[condition]
        if condition in self.opposite or label == b"u~":
            condition = self.opposite[condition] if condition in self.opposite else int(inner[0])
            value, other = other, value
        return super().apply(self.symbol(b"where", at), [condition, value, other], at)

    def multiplied(self, name: bytes, values: list[int], at: Node) -> int | None:
        """`linear(x, w, b)` is `x @ w.T + b`, and `addmm(b, x, w)` is `b + x @ w`; None for another call."""
        end = len(self.names)
        if name == b"linear" and len(values) > 1:
            bias = [value for value in values[2:] if self.keywords.get(value) == self.index.get((b"kw:bias",), -1)]
            if len(bias) != len(values) - 2:
                return None
            turned = self.member(b"T", values[1], at, at)
            product = self.binary(b"@", values[0], turned, at, end, end)
            return self.binary(b"+", product, int(self.shapes.keys[bias[0]][2]), at, end, end) if bias else product
        if name not in _ADDED or len(values) != 3:
            return None
        return self.binary(b"+", values[0], self.binary(b"@", values[1], values[2], at, end, end), at, end, end)

    def reshaped(self, values: list[int], at: Node) -> int | None:
        """`x.reshape(x.shape[0], -1)` is `x.flatten(1)`, and `x.reshape(1, -1)` is `x[None]`.

        Otherwise -1, which is what is left over, is a size like those that have a name.
        """
        array, *sizes = values
        if not sizes:
            return None
        rest, one = self.index.get((b"num:-1",)), self.index.get((b"num:1",))
        if len(sizes) == 2 and sizes[1] == rest and self.axes.get(sizes[0]) == (array, self.index.get((b"num:0",))):
            start = self.labelled(b"start_dim", self.integer(1, at), at)
            return super().apply(self.symbol(b"flatten", at), [array, start], at)
        if sizes == [rest]:
            return super().apply(self.symbol(b"flatten", at), [array], at)
        if sizes.count(rest or -1) == 1 and all(size in (rest, one) for size in sizes):
            self.trace(b"rows%d" % len(sizes))
            return self.with_axes(array, [place for place, size in enumerate(sizes) if size == one], at)
        others = [PLACEHOLDER if size == rest or size in self.axes else size for size in sizes]
        if others != sizes:
            self.trace(b"reshape" + b",".join(b"%d" % self.shapes.hash[size] for size in sizes))
        return super().apply(self.symbol(b"reshape", at), [array, *others], at)

    def moved(self, name: bytes, array: int, places: Sequence[int], at: Node) -> int | None:
        """`x.permute(0, 2, 1)` and `x.transpose(2, 1)` are `x.transpose(1, 2)`; numpy's may be of all axes."""
        known = self.small()
        axes = [known[place] for place in places if place in known]
        if len(axes) != len(places) or len(axes) < 2:
            return None
        if name == b"permute" or len(axes) > 2:
            changed = [place for place, axis in enumerate(axes) if place != axis]
            name, axes = (b"transpose", changed) if len(changed) == 2 else (b"permute", axes)
        axes = sorted(axes) if name == b"transpose" else axes
        return super().apply(self.symbol(name, at), [array, *self.integers(axes, at)], at)

    def integers(self, values: Sequence[int], at: Node) -> list[int]:
        """The shapes of whole numbers."""
        return [self.integer(value, at) for value in values]

    def integer(self, value: int, at: Node) -> int:
        """The shape of a whole number."""
        return self.value(b"%d" % value, at)


def is_in_place(name: bytes) -> bool:
    """Whether a method is called like those that change their array."""
    return name[-1:] == b"_" and name[-2:] != b"__" and len(name) > 2
