"""The features of a config: values, what stands beside them, sections without their keys; and keys, as names."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise

from clonescan.fingerprint import ANCHOR, NAME, ORDER, STRUCTURE, Fingerprint
from clonescan.kinds.builder import Builder
from clonescan.kinds.config import spelling
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
        around = self.sections(unit.leaves, values)
        for number, (leaf, value) in enumerate(zip(unit.leaves, values, strict=True)):
            self.hold(value)
            for part in builder.shapes.inner[value]:
                self.hold(int(part))
                for last in builder.shapes.inner[int(part)]:
                    self.hold(int(last))
            for shape in around[number]:
                self.hold(shape)
            if number:
                self.after(unit.leaves[number - 1], leaf, values[number - 1], value)
            self.named(leaf, value)
            builder.statement(builder.node(b"set", value, role=STRUCTURE), leaf.line, leaf.end, [".".join(leaf.path)])

    def value(self, leaf: Leaf) -> int:
        """A value without its key: one word, or a row of them."""
        parts = [self.word(part) for part in leaf.parts]
        shape = self.builder.node(b"row", *parts) if leaf.is_row else parts[0]
        return self.say(shape, leaf.value)

    def word(self, text: str) -> int:
        """One value. A path or dotted name holds its last part, which stays when what is before it is renamed."""
        label, last = b"v:" + text.encode("utf-8", "replace"), spelling.last_name(text)
        if last is None:
            return self.say(self.builder.leaf(label), text)
        return self.say(self.builder.node(label, self.say(self.builder.leaf(b"v:" + last.encode()), last)), text)

    def key(self, key: str) -> int:
        """A key, in the one spelling."""
        return self.say(self.builder.leaf(b"k:" + key.encode(), NAME), key)

    def sections(self, leaves: Sequence[Leaf], values: Sequence[int]) -> list[list[int]]:
        """For each leaf what it ends: a value with the next one of its section, in an order that keys have no part in,
        and all values of a section as a set.

        Renamed and reordered keys leave both as they are; one value that was changed breaks two pairs.
        """
        found: list[list[int]] = [[] for _ in leaves]
        hashes = self.builder.shapes.hash
        order = sorted(range(len(leaves)), key=lambda i: (leaves[i].section, hashes[values[i]]))
        for _, group in groupby(order, key=lambda i: leaves[i].section):
            members = list(group)
            pairs = []
            for one, other in pairwise(members):
                if values[one] != values[other]:
                    pairs.append(self.pair(b"with", (leaves[one], leaves[other]), (values[one], values[other]), ANCHOR))
                    found[max(one, other)].append(pairs[-1])
            held = list(dict.fromkeys(values[i] for i in members))
            if len(held) >= LEAST_SECTION:
                section = self.builder.node(b"section", *held, role=STRUCTURE, inside=tuple(pairs))
                found[max(members)].append(self.say(section, "all of " + ", ".join(self.words[kid] for kid in held)))
        return found

    def after(self, before: Leaf, leaf: Leaf, value: int, other: int) -> None:
        """Values that follow each other, whatever sections they stand in: what is left where sections are dissolved."""
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
        name = self.hold(self.key(key))
        pair = builder.node(b"=", name, value, role=NAME)
        self.hold(self.say(pair, f"{leaf.path[-1]}: {leaf.value}"))
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
