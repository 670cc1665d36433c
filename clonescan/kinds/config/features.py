"""The features of a config: values, what stands beside them, sections without their keys; and keys, as names."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby, pairwise

from clonescan.fingerprint import ANCHOR, NAME, ORDER, STRUCTURE, Fingerprint
from clonescan.kinds.builder import Builder
from clonescan.kinds.config import spelling
from clonescan.kinds.config.tree import Scalar
from clonescan.kinds.config.units import Leaf, Unit, Units

LEAST_SECTION = 3
"""Different values that make a section a feature of its own."""


def fingerprint(found: Units) -> Fingerprint:
    """The fingerprint of a file."""
    return Features(found).builder.fingerprint(found.notes)


class Features:
    """Builds the fingerprint of a file; `words` says of every shape what it stands for."""

    def __init__(self, found: Units) -> None:
        self.builder = Builder("config")
        self.words: dict[int, str] = {}
        for unit in found.units:
            self.unit(unit)

    def unit(self, unit: Unit) -> None:
        """One unit: a statement a leaf, in reading order."""
        builder = self.builder
        builder.unit(unit.name, unit.start, unit.end)
        values = [self.value(leaf) for leaf in unit.leaves]
        around, beside = self.sections(unit.leaves, values)
        for number, (leaf, value) in enumerate(zip(unit.leaves, values, strict=True)):
            self.hold(value)
            for part in self.parts(leaf, value):
                self.whole(part)
            for shape in around[number]:
                self.hold(shape)
            if number and not {(values[number - 1], value), (value, values[number - 1])} & beside:
                self.after(unit.leaves[number - 1], leaf, values[number - 1], value)
            self.named(leaf, value)
            builder.statement(builder.node(b"set", value, role=STRUCTURE), leaf.line, leaf.end, [".".join(leaf.path)])
            for scalar, text in zip(leaf.sample, leaf.sampled, strict=True):
                self.sampled(scalar, text)

    def value(self, leaf: Leaf) -> int:
        """A value without its key: one word, or a row of them."""
        if leaf.sample:
            inside = [self.word(text) for text in leaf.sampled]
            return self.say(self.builder.node(b"t:" + leaf.value.encode(), *inside), leaf.value)
        parts = [self.word(part) for part in leaf.parts]
        shape = self.builder.node(b"row", *parts) if leaf.is_row else parts[0]
        return self.say(shape, leaf.value)

    def parts(self, leaf: Leaf, value: int) -> Sequence[int]:
        """What is inside a value and tells something by itself. A row of numbers, such as the mean of three colours, is
        one decision: besides the row only its longest number counts, for the case that another one was changed.
        """
        if leaf.sample:
            return ()
        if leaf.is_row and all(spelling.sort(part) == "number" for part in leaf.parts):
            return (self.word(max(leaf.parts, key=lambda part: (len(part), part))),)
        return self.builder.shapes.inner[value]

    def word(self, text: str) -> int:
        """One value. A path or dotted name holds its last part, which stays when what is before it is renamed."""
        label, last = b"v:" + text.encode("utf-8", "replace"), spelling.last_name(text)
        if last is None:
            return self.say(self.builder.leaf(label), text)
        return self.say(self.builder.node(label, self.say(self.builder.leaf(b"v:" + last.encode()), last)), text)

    def sampled(self, scalar: Scalar, text: str) -> None:
        """A value of a table as a statement of its own."""
        shape = self.whole(self.word(text))
        self.builder.statement(self.builder.node(b"set", shape, role=STRUCTURE), scalar.line, scalar.end)

    def whole(self, word: int) -> int:
        """Hold a word and what is inside it."""
        for last in self.builder.shapes.inner[word]:
            self.hold(last)
        return self.hold(word)

    def key(self, key: str) -> int:
        """A key, in the one spelling. It holds its last words, which stay where sections are dissolved:
        `vision.patch_size` becomes `vision_patch_size`."""
        label, tail = b"k:" + key.encode(), _tail(key)
        builder = self.builder
        return self.say(builder.node(label, self.key(tail), role=NAME) if tail else builder.leaf(label, NAME), key)

    def pair_of(self, key: str, value: int, words: str) -> int:
        """A key with its value; it holds the last words of the key with the value."""
        tail = _tail(key)
        inside = self.pair_of(tail, value, words) if tail else value
        return self.say(self.builder.node(b"=", self.key(key), inside, role=NAME), f"{key}: {words}")

    def sections(self, leaves: Sequence[Leaf], values: Sequence[int]) -> tuple[list[list[int]], set[tuple[int, int]]]:
        """For each leaf what it ends: a value with the next one of its section and of the config, in an order that keys
        have no part in, and all values of a section and of the config as a set. And the pairs of values among these.

        Renamed and reordered keys leave both as they are; one value that was changed breaks two pairs.
        """
        found: list[list[int]] = [[] for _ in leaves]
        beside = set[tuple[int, int]]()
        hashes = self.builder.shapes.hash
        order = sorted(range(len(leaves)), key=lambda i: hashes[values[i]])
        together = [
            list(group)
            for _, group in groupby(sorted(order, key=lambda i: leaves[i].section), key=lambda i: leaves[i].section)
        ]
        for members in [order] if len(together) == 1 else [order, *together]:
            pairs = []
            for one, other in pairwise(members):
                if values[one] != values[other]:
                    pairs.append(self.pair(b"with", (leaves[one], leaves[other]), (values[one], values[other]), ANCHOR))
                    found[max(one, other)].append(pairs[-1])
                    beside.add((values[one], values[other]))
            held = list(dict.fromkeys(values[i] for i in members))
            if len(held) >= LEAST_SECTION:
                section = self.builder.node(b"section", *held, role=STRUCTURE, inside=tuple(pairs))
                found[max(members)].append(self.say(section, "all of " + ", ".join(self.words[kid] for kid in held)))
        return found, beside

    def after(self, before: Leaf, leaf: Leaf, value: int, other: int) -> None:
        """Values that follow each other, whatever sections they stand in: what is left where sections are dissolved.
        Those of a pair that counts already tell nothing more."""
        if value != other:
            self.hold(self.pair(b"then", (before, leaf), (value, other), ORDER))

    def pair(self, label: bytes, leaves: tuple[Leaf, Leaf], values: tuple[int, int], role: int) -> int:
        """Two values together."""
        shape = self.builder.node(label, *values, role=role)
        return self.say(shape, f"{leaves[0].value} {label.decode()} {leaves[1].value}")

    def named(self, leaf: Leaf, value: int) -> None:
        """Keys, and keys with their values: evidence where they were kept, no loss where they were changed."""
        builder, key, parent = self.builder, leaf.key, leaf.parent
        if not key:
            return
        pair = self.pair_of(key, value, leaf.value)
        while key:
            self.hold(self.key(key))
            self.hold(self.pair_of(key, value, leaf.value))
            key = _tail(key)
        if parent:
            self.hold(self.key(parent))
            inside = builder.node(b"in:" + parent.encode(), pair, role=NAME)
            self.hold(self.say(inside, f"{leaf.path[-2]}.{leaf.path[-1]}: {leaf.value}"))

    def hold(self, shape: int) -> int:
        """Note that the unit holds a shape."""
        return self.builder.hold(shape)

    def say(self, shape: int, words: str) -> int:
        """Note what a shape stands for."""
        self.words.setdefault(shape, words)
        return shape


@lru_cache(maxsize=1 << 14)
def _tail(key: str) -> str:
    """The last two words of a longer key, of two the last, of one none."""
    words = key.split("_")
    return "_".join(words[-2:] if len(words) > 2 else words[1:])
