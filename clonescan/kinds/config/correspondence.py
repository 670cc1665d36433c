"""How the values of two matched configs correspond: same, renamed, moved, changed, or only on one side."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from typing import Any

from rapidfuzz import fuzz

from clonescan.kinds.config import spelling
from clonescan.kinds.config.units import Leaf, Unit

RELATIONS = ("same", "renamed", "moved", "changed", "left", "right")

WINDOW = 2
"""Values before and after one that are its neighbourhood: most sections hold five to ten."""

CROWD = 2_500
"""Pairs of equal values up to which all are tried: of fifty times `true` on both sides none tells which is which."""

LIKELY = 0.75
"""What speaks for a rename of a value that everybody has: neighbours, section and likeness of keys, each up to 1."""

MAX_TEXT = 200
"""Characters of a value that are listed."""

_COMMON = frozenset({"true", "false", "null", *(str(number) for number in range(-1, 11)), "[]", "{}"})


def correspond(left: Unit, right: Unit) -> Mapping[str, Any]:
    """The entries in order of the left side, then what only the right side has; and how many of each relation."""
    found = _Pairs(left.leaves, right.leaves)
    pairs, sections = found.found, _counterparts(found.sections)
    taken = set(pairs.values())
    entries = [
        *(_entry(leaf, right.leaves[pairs[i]] if i in pairs else None, sections) for i, leaf in enumerate(left.leaves)),
        *(_entry(None, leaf, sections) for i, leaf in enumerate(right.leaves) if i not in taken),
    ]
    counts = Counter(entry["relation"] for entry in entries)
    return {"entries": entries, "counts": {relation: counts[relation] for relation in RELATIONS if counts[relation]}}


def _counterparts(sections: Counter[tuple[int, int]]) -> set[tuple[int, int]]:
    """Which section of one side is which of the other, one to one, those first that share most values."""
    found, ours, theirs = set[tuple[int, int]](), set[int](), set[int]()
    for one, other in sorted(sections, key=lambda pair: (-sections[pair], abs(pair[0] - pair[1]), sorted(pair))):
        if one not in ours and other not in theirs:
            found.add((one, other))
            ours.add(one)
            theirs.add(other)
    return found


def _entry(left: Leaf | None, right: Leaf | None, sections: set[tuple[int, int]]) -> dict[str, Any]:
    """A pair; what stands as deep in a section that only has another name is no more moved than that is."""
    if left is None or right is None:
        relation = "left" if left else "right"
    elif left.value != right.value:
        relation = "changed"
    elif _steps(left) == _steps(right):
        relation = "same"
    else:
        here = (left.section, right.section) in sections and len(left.path) == len(right.path)
        relation = "moved" if left.key == right.key and not here else "renamed"
    return {"relation": relation, "left": _side(left), "right": _side(right)}


def _side(leaf: Leaf | None) -> dict[str, Any] | None:
    if leaf is None:
        return None
    text = leaf.text if len(leaf.text) <= MAX_TEXT else leaf.text[: MAX_TEXT - 1] + "…"
    return {"key": ".".join(leaf.path), "value": text, "line": leaf.line}


def _steps(leaf: Leaf) -> tuple[str, ...]:
    return tuple(spelling.key(step) for step in leaf.path)


class _Pairs:
    """Pairs the leaves of two sides one to one, the surest first; the same with the sides swapped."""

    def __init__(self, left: Sequence[Leaf], right: Sequence[Leaf]) -> None:
        self.left, self.right = left, right
        self.found: dict[int, int] = {}
        self.free = set(range(len(left))), set(range(len(right)))
        self.full = [[spelling.full_key(leaf.path) for leaf in side] for side in (left, right)]
        self.around = [_neighbours(side) for side in (left, right)]
        self.sections: Counter[tuple[int, int]] = Counter()
        self.alike(lambda leaf: (_steps(leaf), leaf.value))
        self.alike(lambda leaf: (spelling.full_key(leaf.path), leaf.value))
        self.alike(_steps)
        self.tables()
        self.best(lambda leaf: (leaf.key, leaf.value), least=0.0)
        self.best(lambda leaf: leaf.value, least=LIKELY)
        self.best(lambda leaf: leaf.key, least=1.0)

    def alike(self, of: Callable[[Leaf], Hashable]) -> None:
        """Pair leaves that are the same in this respect, the first with the first."""
        for ours, theirs in self.groups(of):
            for one, other in zip(ours, theirs, strict=False):
                self.take(one, other)

    def tables(self) -> None:
        """Pair tables of which half of the samples is the same, those first that share most."""
        sides = [
            {number: set(leaves[number].sampled) for number in sorted(free) if leaves[number].sample}
            for leaves, free in zip((self.left, self.right), self.free, strict=True)
        ]
        if len(sides[0]) * len(sides[1]) > CROWD:
            return
        rows = [
            (-len(ours & theirs), abs(one - other), min(one, other), max(one, other), one, other)
            for one, ours in sides[0].items()
            for other, theirs in sides[1].items()
            if 2 * len(ours & theirs) >= max(len(ours), len(theirs))
        ]
        for *_, one, other in sorted(rows):
            if one in self.free[0] and other in self.free[1]:
                self.take(one, other)

    def best(self, of: Callable[[Leaf], Hashable], least: float) -> None:
        """Pair leaves that are the same in this respect and not by their full key, by what speaks for each pair."""
        rows = []
        for ours, theirs in self.groups(of):
            if len(ours) * len(theirs) > CROWD:
                continue
            for one in ours:
                for other in theirs:
                    score = self.score(one, other)
                    if score >= least or (of(self.left[one]) == self.left[one].value and self.is_telling(one)):
                        keys = sorted((self.full[0][one], self.full[1][other]))
                        rows.append((-score, abs(one - other), keys, min(one, other), max(one, other), one, other))
        for *_, one, other in sorted(rows):
            if one in self.free[0] and other in self.free[1]:
                self.take(one, other)

    def is_telling(self, one: int) -> bool:
        """Whether a value alone tells where it comes from."""
        return self.left[one].value not in _COMMON

    def score(self, one: int, other: int) -> float:
        """What speaks for a pair: equal neighbours, corresponding sections, and keys that look alike; 0 to 3."""
        near = sum((self.around[0][one] & self.around[1][other]).values()) / (2 * WINDOW)
        together = self.sections[self.left[one].section, self.right[other].section] > 0
        return near + together + fuzz.ratio(self.full[0][one], self.full[1][other]) / 100

    def groups(self, of: Callable[[Leaf], Hashable]) -> Iterable[tuple[list[int], list[int]]]:
        """The free leaves of both sides that are the same in this respect."""
        sides: list[dict[Hashable, list[int]]] = []
        for leaves, free in zip((self.left, self.right), self.free, strict=True):
            held = defaultdict[Hashable, list[int]](list)
            for number in sorted(free):
                held[of(leaves[number])].append(number)
            sides.append(held)
        return [(ours, sides[1][key]) for key, ours in sides[0].items() if key in sides[1]]

    def take(self, one: int, other: int) -> None:
        """Make a pair."""
        self.found[one] = other
        self.free[0].discard(one)
        self.free[1].discard(other)
        self.sections[self.left[one].section, self.right[other].section] += 1


def _neighbours(leaves: Sequence[Leaf]) -> list[Counter[str]]:
    """The values around each leaf."""
    values = [leaf.value for leaf in leaves]
    return [Counter(values[max(0, i - WINDOW) : i] + values[i + 1 : i + 1 + WINDOW]) for i in range(len(values))]
