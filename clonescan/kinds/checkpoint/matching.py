"""Lays two tensor maps beside each other: which tensor stands for which, and how their modules were renamed.

As GumTree does with syntax trees (Falleri et al. 2014): first the largest equal subtrees, wherever they stand; then
the modules around what was matched; then, within those, what is left, by shape and by name. Of several that are equal
the name tells which is which, or the order in the file; where neither does, it is said that the choice is open.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from heapq import nlargest
from itertools import product
from math import inf
from typing import Any

from rapidfuzz import fuzz, process

from clonescan.kinds.builder import Builder
from clonescan.kinds.checkpoint.tensors import TensorMap
from clonescan.kinds.checkpoint.tree import ANY, LEAST_TENSORS, Forest, Node, is_free, trunk

MAX_COMPARED = 250_000
"""Pairs of equal siblings up to which names are compared with each other; more of them correspond in order."""

ALIKE = 0.5
"""Modules of different forms correspond if so large a share of their tensors has the same shapes (Dice's index)."""

SIMILAR = 60.0
"""Tensors of different shapes correspond if their names are so similar, in percent (an embedding that was enlarged).
Of equal parts it is what a name must be to tell them apart."""

MAX_ROWS = 1_000
"""Rows and renames that are listed: a map of a hundred layers has some fifty rows."""

Key = Callable[[Node], Hashable]
Naming = Callable[[Node], str]
Pair = tuple[Node, Node]
Renamed = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Choice:
    """Pairs of nodes: those that something tells, and those that stand for each other as well as others would.

    `inside`: whether names beneath depend on how these are paired.
    """

    told: Sequence[Pair]
    guessed: Sequence[Pair] = ()
    inside: bool = False


Step = Callable[[Sequence[Node], Sequence[Node]], Iterable[Choice]]


def correspond(left: TensorMap, right: TensorMap) -> dict[str, Any]:
    """`tensors`, `prefixes` and `tree` of a match's detail. The same, but for the sides, with the sides swapped."""
    rows, renamed = _matched(left, right)
    rows.sort(key=lambda row: [(row[side] is None, row[side] or "") for side in ("left", "right")])
    renamed = [row for row in renamed if row["left"] != row["right"]]
    renamed.sort(key=lambda row: (-row["count"], row["left"], row["right"]))
    corresponding = sum(row["count"] for row in rows if row["left"] is not None and row["right"] is not None)
    return {
        "tensors": {"left": len(left.tensors), "right": len(right.tensors), "corresponding": corresponding},
        "prefixes": renamed[:MAX_ROWS],
        "tree": rows[:MAX_ROWS],
    }


def names(left: TensorMap, right: TensorMap) -> list[Renamed]:
    """Which names stand for each other, kept ones too, and for how many tensors; without those whose choice is open."""
    _, renamed = _matched(left, right)
    return sorted((row["left"], row["right"], row["count"]) for row in renamed if not row["ambiguous"])


def _matched(left: TensorMap, right: TensorMap) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The rows of `tree` and `prefixes`, these with kept names, unsorted."""
    turned = [tensor.name for tensor in right.tensors] < [tensor.name for tensor in left.tensors]
    forest = Forest(Builder("checkpoint"))
    (one, before), (other, behind) = (
        trunk(forest.tree(side)) for side in ((right, left) if turned else (left, right))
    )
    matching = _Matching(one, other, left.shaped and right.shaped)
    rows, renamed = _rows(matching), _prefixes(matching, before, behind)
    if turned:
        rows, renamed = map(_turned, rows), map(_turned, renamed)
    return list(rows), list(renamed)


def _turned(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "left": row["right"], "right": row["left"]}


class _Matching:
    """Pairs of nodes, one for one: `pairs` leads from those of the first tree, `taken` holds those of the second.

    Nothing tells those of the first in `open` from others that are equal; in `inside` are those of them whose names
    beneath depend on the choice.
    """

    def __init__(self, one: Node, other: Node, shaped: bool) -> None:
        self.roots = (one, other)
        self.pairs: dict[Node, Node] = {}
        self.taken: set[Node] = set()
        self.open: set[Node] = set()
        self.inside: set[Node] = set()
        self.keys: tuple[Key, ...] = (_shaped, _form) if shaped else (_form,)
        self._equal_subtrees()
        self._around()
        self._pair(one, other)
        self._inside()

    def _pair(self, one: Node, other: Node) -> bool:
        if one in self.pairs or other in self.taken:
            return False
        self.pairs[one] = other
        self.taken.add(other)
        return True

    def _choose(self, choice: Choice) -> list[Pair]:
        """Pair these; those that were free."""
        found = [pair for pair in (*choice.told, *choice.guessed) if self._pair(*pair)]
        guessed = {one for one, other in choice.guessed if self.pairs.get(one) is other}
        self.open |= guessed
        if choice.inside:
            self.inside |= guessed
        return found

    def is_open(self, node: Node) -> bool:
        """Whether nothing tells that this node, of the first tree, stands for its counterpart rather than another."""
        return node in self.open or any(above in self.inside for above in _around(node))

    def _equal_subtrees(self) -> None:
        """The largest equal subtrees, with all that they hold."""
        for key in self.keys:
            known: dict[Hashable, tuple[list[Node], list[Node]]] = defaultdict(lambda: ([], []))
            for side, root in enumerate(self.roots):
                for node in root.walk():
                    if node.leaves >= LEAST_TENSORS:
                        known[key(node)][side].append(node)
            both = [nodes for nodes in known.values() if nodes[0] and nodes[1]]
            for ours, theirs in sorted(both, key=lambda nodes: -nodes[0][0].leaves):
                mine = [node for node in ours if node not in self.pairs]
                yours = [node for node in theirs if node not in self.taken]
                self._same(_best(mine, yours, _path), key)

    def _same(self, choice: Choice, key: Key) -> None:
        """Pair equal nodes and what they hold."""
        pending = self._choose(choice)
        while pending:
            one, other = pending.pop()
            for inner in _by(key, *self._free(one, other)):
                pending += self._choose(inner)

    def _free(self, one: Node, other: Node) -> tuple[list[Node], list[Node]]:
        """The children of two nodes that have no counterpart yet."""
        ours = [child for child in one.children if child not in self.pairs]
        return ours, [child for child in other.children if child not in self.taken]

    def _around(self) -> None:
        """The modules around matched ones, those with most tensors in common first."""
        fresh = list(self.pairs.items())
        while fresh:
            votes: Counter[Pair] = Counter()
            for one, other in fresh:
                if one.parent and other.parent and one not in self.roots and other not in self.roots:
                    votes[one.parent, other.parent] += one.leaves
            fresh = [pair for pair, _ in votes.most_common() if self._pair(*pair)]

    def _inside(self) -> None:
        """What is left in modules that correspond: by shape, then form, then what they hold and how they are named."""
        steps: list[Step] = [*(partial(_by, key) for key in self.keys), _similar]
        pending = [self.roots]
        while pending:
            one, other = pending.pop()
            for step in steps:
                for choice in step(*self._free(one, other)):
                    self._choose(choice)
            pending += [(child, self.pairs[child]) for child in one.children if child in self.pairs]


def _around(node: Node) -> Iterator[Node]:
    """The modules that a node is in, from the innermost."""
    while node.parent is not None:
        node = node.parent
        yield node


def _name(node: Node) -> str:
    return node.name


def _path(node: Node) -> str:
    return node.path


def _shaped(node: Node) -> Hashable:
    return node.shaped, node.tensor is None


def _form(node: Node) -> Hashable:
    return node.form, node.tensor is None


def _by(key: Key, ours: Iterable[Node], theirs: Iterable[Node]) -> Iterator[Choice]:
    """Pairs of nodes with equal keys, of several the most alike in name."""
    known: dict[Hashable, tuple[list[Node], list[Node]]] = defaultdict(lambda: ([], []))
    for side, nodes in enumerate((ours, theirs)):
        for node in nodes:
            known[key(node)][side].append(node)
    for mine, yours in known.values():
        yield _best(mine, yours, _name)


def _best(ours: Sequence[Node], theirs: Sequence[Node], name: Naming) -> Choice:
    """One for one by name, equal ones first, then those that are most alike in theirs or in the names beneath.

    What is left goes by the order in both files; where that says nothing, either would do.
    """
    found, ours, theirs = _called_alike(ours, theirs, name)
    if not ours or not theirs:
        return Choice(found)
    if len(ours) == len(theirs) == 1 or len(ours) * len(theirs) > MAX_COMPARED:
        return _left(found, ours, theirs, list(zip(ours, theirs, strict=False)))
    alike = _alike(ours, theirs, name)
    told = [pair for pair in _distinct(alike) if alike[pair] >= SIMILAR]
    pairs = _greedy(
        ((-ratio, abs(one.count - other.count), *sorted((name(one), name(other)))), one, other)
        for (one, other), ratio in alike.items()
    )
    used = {node for pair in told for node in pair}
    ours, theirs = ([node for node in nodes if node not in used] for nodes in (ours, theirs))
    return _left(found + told, ours, theirs, [pair for pair in pairs if not used & {*pair}])


def _left(told: Sequence[Pair], ours: Sequence[Node], theirs: Sequence[Node], pairs: Sequence[Pair]) -> Choice:
    """What no name tells apart, in these pairs unless the order of the files says better."""
    if len(ours) == len(theirs) == 1:
        return Choice([*told, *pairs])
    places = [[node.place for node in nodes if node.place is not None] for nodes in (ours, theirs)]
    if len(ours) == len(theirs) == len(places[0]) == len(places[1]):
        sides = (sorted(nodes, key=lambda node: node.place or 0) for nodes in (ours, theirs))
        return Choice([*told, *zip(*sides, strict=True)])
    numbered = [pair for pair in pairs if all(map(_numbered, pair))]
    rest = [pair for pair in pairs if not all(map(_numbered, pair))]
    inside = any(len({_beneath(node) for node in nodes}) > 1 for nodes in (ours, theirs))
    return Choice([*told, *numbered], rest, inside)


def _alike(ours: Sequence[Node], theirs: Sequence[Node], name: Naming) -> dict[Pair, float]:
    """How alike nodes are in their names or in those beneath, whichever is more, in percent."""
    words = [name(node) for node in ours], [name(node) for node in theirs]
    ratios = process.cdist(*words, scorer=fuzz.ratio).tolist()
    held = {node: _beneath(node) for node in (*ours, *theirs)}
    return {
        (one, other): max(ratio, 200 * len(held[one] & held[other]) / max(1, len(held[one]) + len(held[other])))
        for one, row in zip(ours, ratios, strict=True)
        for other, ratio in zip(theirs, row, strict=True)
    }


def _beneath(node: Node) -> frozenset[str]:
    """The names beneath a node that a copier is free to change."""
    return frozenset(below.name for below in node.walk() if below is not node and is_free(below))


def _distinct(scores: Mapping[Pair, float]) -> list[Pair]:
    """Pairs that score more than any other one of either of their nodes."""
    best: dict[Node, list[float]] = defaultdict(lambda: [-inf, -inf])
    for pair, score in scores.items():
        for node in pair:
            best[node] = nlargest(2, [*best[node], score])
    return [
        pair
        for pair, score in scores.items()
        if all(score == best[node][0] > best[node][1] for node in pair)
    ]


def _greedy(ranked: Iterable[tuple[tuple[Any, ...], Node, Node]]) -> list[Pair]:
    """One for one, the pairs that rank lowest first; those that rank the same in the order given."""
    found: dict[Node, Node] = {}
    taken: set[Node] = set()
    for _, one, other in sorted(ranked, key=lambda row: row[0]):
        if one not in found and other not in taken:
            found[one] = other
            taken.add(other)
    return list(found.items())


def _called_alike(
    ours: Sequence[Node], theirs: Sequence[Node], name: Naming
) -> tuple[list[Pair], list[Node], list[Node]]:
    """Pairs of one name, and what is left on both sides."""
    known: dict[str, Node] = {}
    for node in theirs:
        known.setdefault(name(node), node)
    pairs = {node: other for node in ours if (other := known.pop(name(node), None))}
    used = set(pairs.values())
    return list(pairs.items()), [node for node in ours if node not in pairs], [n for n in theirs if n not in used]


def _similar(ours: Sequence[Node], theirs: Sequence[Node]) -> Iterator[Choice]:
    """Pairs of modules that hold much of the same, and of tensors and modules that are called much the same."""
    if len(ours) * len(theirs) > MAX_COMPARED:
        yield Choice(_called_alike(ours, theirs, _name)[0])
        return
    held = {node: _held(node) for node in (*ours, *theirs)}
    ranked: dict[Pair, tuple[float, float]] = {}
    for one, other in product(ours, theirs):
        ratio, share = fuzz.ratio(one.name, other.name), _dice(held[one], held[other])
        if (one.tensor is None) == (other.tensor is None) and (share >= ALIKE or ratio >= SIMILAR):
            ranked[one, other] = share, ratio
    pairs = _greedy(
        ((-share, -ratio, *sorted((one.name, other.name))), one, other)
        for (one, other), (share, ratio) in ranked.items()
    )
    shares, ratios = ({pair: score[number] for pair, score in ranked.items()} for number in (0, 1))
    told = {pair for pair in _distinct(shares) if shares[pair] >= ALIKE}
    told |= {pair for pair in _distinct(ratios) if ratios[pair] >= SIMILAR}
    yield Choice([pair for pair in pairs if pair in told], [pair for pair in pairs if pair not in told], inside=True)


def _held(node: Node) -> Counter[int]:
    """How many tensors of each form a module holds."""
    return Counter(leaf.form for leaf in _leaves(node)) if node.tensor is None else Counter()


def _dice(one: Counter[int], other: Counter[int]) -> float:
    return 2 * (one & other).total() / max(1, one.total() + other.total())


def _rows(matching: _Matching) -> Iterator[dict[str, Any]]:
    """A row a group of tensors that differ in layer numbers only; what has no counterpart is on one side alone."""
    used: Counter[Node] = Counter()
    told = _told(matching)
    for one in _leaves(matching.roots[0]):
        other = matching.pairs.get(one)
        both = min(_times(one), _times(other)) if other else 0
        if other and both:
            used[other] = both
            yield _row(one, other, both, not all(pair in told for pair in _named(matching, one)))
        if _times(one) > both:
            yield _row(one, None, _times(one) - both)
    for other in _leaves(matching.roots[1]):
        if _times(other) > used[other]:
            yield _row(None, other, _times(other) - used[other])


def _row(one: Node | None, other: Node | None, count: int, ambiguous: bool = False) -> dict[str, Any]:
    tensors = [node.tensor for node in (one, other) if node and node.tensor]
    shapes = {tensor.shape for tensor in tensors if tensor.shape is not None}
    dtypes = {tensor.dtype for tensor in tensors if tensor.dtype is not None}
    return {
        "left": one.path if one else None,
        "right": other.path if other else None,
        "shape": list(shapes.pop()) if len(shapes) == 1 else None,
        "dtype": dtypes.pop() if len(dtypes) == 1 else None,
        "count": count,
        "ambiguous": ambiguous,
    }


def _leaves(root: Node) -> Iterator[Node]:
    return (node for node in root.walk() if node.tensor is not None)


def _times(node: Node) -> int:
    """How many tensors a leaf stands for."""
    times, here = 1, node
    while True:
        times *= here.count
        if here.parent is None:
            return times
        here = here.parent


def _prefixes(matching: _Matching, before: str, behind: str) -> Iterator[dict[str, Any]]:
    """Components in each other's place with the number of tensors that each names; what wraps everything is one."""
    counts: Counter[tuple[str, str]] = Counter()
    told = _told(matching) | {(before, behind)}
    for one in _leaves(matching.roots[0]):
        leaf = matching.pairs.get(one)
        if leaf:
            count = min(_times(one), _times(leaf))
            for pair in (*_named(matching, one), (before, behind)):
                counts[pair] += count
    for (old, new), count in counts.items():
        if count:
            yield {"left": old, "right": new, "count": count, "ambiguous": (old, new) not in told}


def _named(matching: _Matching, one: Node) -> Iterator[tuple[str, str]]:
    """The names of a node and of the modules around it with those in their place, but for numbers of layers."""
    for here in (one, *_around(one)):
        other = matching.pairs.get(here) if here is not matching.roots[0] else None
        if other and not (_numbered(here) and _numbered(other)):
            yield here.name, other.name


def _told(matching: _Matching) -> set[tuple[str, str]]:
    """The names that something says stand for each other, in one place at least."""
    return {
        (one.name, other.name)
        for one, other in matching.pairs.items()
        if not (_numbered(one) and _numbered(other)) and not matching.is_open(one)
    }


def _numbered(node: Node) -> bool:
    return node.name == ANY or node.name.isdecimal()
