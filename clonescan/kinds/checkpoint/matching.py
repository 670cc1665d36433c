"""Lays two tensor maps beside each other: which tensor stands for which, and how their modules were renamed.

As GumTree does with syntax trees (Falleri et al. 2014): first the largest equal subtrees, wherever they stand; then
the modules around what was matched; then, within those, what is left, by shape and by name.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import partial
from itertools import product
from typing import Any

from rapidfuzz import fuzz, process

from clonescan.kinds.builder import Builder
from clonescan.kinds.checkpoint.tensors import TensorMap
from clonescan.kinds.checkpoint.tree import ANY, LEAST_TENSORS, Forest, Node, trunk

MAX_COMPARED = 250_000
"""Pairs of equal siblings up to which names are compared with each other; more of them correspond in order."""

ALIKE = 0.5
"""Modules of different forms correspond if so large a share of their tensors has the same shapes (Dice's index)."""

SIMILAR = 60.0
"""Tensors of different shapes correspond if their names are so similar, in percent (an embedding that was enlarged)."""

MAX_ROWS = 1_000
"""Rows and renames that are listed: a map of a hundred layers has some fifty rows."""

Key = Callable[[Node], Hashable]
Naming = Callable[[Node], str]
Pair = tuple[Node, Node]
Step = Callable[[Sequence[Node], Sequence[Node]], Iterable[Pair]]


def correspond(left: TensorMap, right: TensorMap) -> dict[str, Any]:
    """`tensors`, `prefixes` and `tree` of a match's detail. The same, but for the sides, with the sides swapped."""
    turned = [tensor.name for tensor in right.tensors] < [tensor.name for tensor in left.tensors]
    forest = Forest(Builder("checkpoint"))
    (one, before), (other, behind) = (
        trunk(forest.tree(side)) for side in ((right, left) if turned else (left, right))
    )
    matching = _Matching(one, other, left.shaped and right.shaped)
    rows = [_turned(row) if turned else row for row in _rows(matching)]
    rows.sort(key=lambda row: [(row[side] is None, row[side] or "") for side in ("left", "right")])
    renamed = [_turned(row) if turned else row for row in _prefixes(matching, before, behind)]
    renamed.sort(key=lambda row: (-row["count"], row["left"], row["right"]))
    corresponding = sum(row["count"] for row in rows if row["left"] is not None and row["right"] is not None)
    return {
        "tensors": {"left": len(left.tensors), "right": len(right.tensors), "corresponding": corresponding},
        "prefixes": renamed[:MAX_ROWS],
        "tree": rows[:MAX_ROWS],
    }


def _turned(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "left": row["right"], "right": row["left"]}


class _Matching:
    """Pairs of nodes, one for one: `pairs` leads from those of the first tree, `taken` holds those of the second."""

    def __init__(self, one: Node, other: Node, shaped: bool) -> None:
        self.roots = (one, other)
        self.pairs: dict[Node, Node] = {}
        self.taken: set[Node] = set()
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
                for one, other in _best(mine, yours, _path):
                    self._same(one, other, key)

    def _same(self, one: Node, other: Node, key: Key) -> None:
        """Pair equal nodes and what they hold."""
        pending = [(one, other)]
        while pending:
            one, other = pending.pop()
            if self._pair(one, other):
                pending += _by(key, one.children, other.children)

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
                ours = [child for child in one.children if child not in self.pairs]
                theirs = [child for child in other.children if child not in self.taken]
                for pair in step(ours, theirs):
                    self._pair(*pair)
            pending += [(child, self.pairs[child]) for child in one.children if child in self.pairs]


def _name(node: Node) -> str:
    return node.name


def _path(node: Node) -> str:
    return node.path


def _shaped(node: Node) -> Hashable:
    return node.shaped, node.tensor is None


def _form(node: Node) -> Hashable:
    return node.form, node.tensor is None


def _by(key: Key, ours: Iterable[Node], theirs: Iterable[Node]) -> Iterator[Pair]:
    """Pairs of nodes with equal keys, of several the most alike in name."""
    known: dict[Hashable, tuple[list[Node], list[Node]]] = defaultdict(lambda: ([], []))
    for side, nodes in enumerate((ours, theirs)):
        for node in nodes:
            known[key(node)][side].append(node)
    for mine, yours in known.values():
        yield from _best(mine, yours, _name)


def _best(ours: Sequence[Node], theirs: Sequence[Node], name: Naming) -> list[Pair]:
    """One for one by name, equal ones first, then the most similar; too many of them in order."""
    found, ours, theirs = _called_alike(ours, theirs, name)
    if len(ours) * len(theirs) > MAX_COMPARED or len(ours) == len(theirs) == 1:
        return found + list(zip(ours, theirs, strict=False))
    words = [name(node) for node in ours], [name(node) for node in theirs]
    ratios = process.cdist(*words, scorer=fuzz.ratio).tolist()
    return found + _greedy(
        ((-ratio, abs(one.count - other.count), *sorted((name(one), name(other)))), one, other)
        for one, row in zip(ours, ratios, strict=True)
        for other, ratio in zip(theirs, row, strict=True)
    )


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


def _similar(ours: Sequence[Node], theirs: Sequence[Node]) -> list[Pair]:
    """Pairs of modules that hold much of the same, and of tensors and modules that are called much the same."""
    if len(ours) * len(theirs) > MAX_COMPARED:
        return _called_alike(ours, theirs, _name)[0]
    held = {node: _held(node) for node in (*ours, *theirs)}
    ranked = []
    for one, other in product(ours, theirs):
        ratio, share = fuzz.ratio(one.name, other.name), _dice(held[one], held[other])
        if (one.tensor is None) == (other.tensor is None) and (share >= ALIKE or ratio >= SIMILAR):
            ranked.append(((-share, -ratio, *sorted((one.name, other.name))), one, other))
    return _greedy(ranked)


def _held(node: Node) -> Counter[int]:
    """How many tensors of each form a module holds."""
    return Counter(leaf.form for leaf in _leaves(node)) if node.tensor is None else Counter()


def _dice(one: Counter[int], other: Counter[int]) -> float:
    return 2 * (one & other).total() / max(1, one.total() + other.total())


def _rows(matching: _Matching) -> Iterator[dict[str, Any]]:
    """A row a group of tensors that differ in layer numbers only; what has no counterpart is on one side alone."""
    used: Counter[Node] = Counter()
    for one in _leaves(matching.roots[0]):
        other = matching.pairs.get(one)
        both = min(_times(one), _times(other)) if other else 0
        if other and both:
            used[other] = both
            yield _row(one, other, both)
        if _times(one) > both:
            yield _row(one, None, _times(one) - both)
    for other in _leaves(matching.roots[1]):
        if _times(other) > used[other]:
            yield _row(None, other, _times(other) - used[other])


def _row(one: Node | None, other: Node | None, count: int) -> dict[str, Any]:
    tensors = [node.tensor for node in (one, other) if node and node.tensor]
    shapes = {tensor.shape for tensor in tensors if tensor.shape is not None}
    dtypes = {tensor.dtype for tensor in tensors if tensor.dtype is not None}
    return {
        "left": one.path if one else None,
        "right": other.path if other else None,
        "shape": list(shapes.pop()) if len(shapes) == 1 else None,
        "dtype": dtypes.pop() if len(dtypes) == 1 else None,
        "count": count,
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
    """Renamed components with the number of tensors that each names; what wraps everything is one."""
    counts: Counter[tuple[str, str]] = Counter()
    for one in _leaves(matching.roots[0]):
        leaf = matching.pairs.get(one)
        count = min(_times(one), _times(leaf)) if leaf else 0
        here: Node | None = one if leaf else None
        while here is not None and here is not matching.roots[0]:
            other = matching.pairs.get(here)
            if other and here.name != other.name and not (_numbered(here) and _numbered(other)):
                counts[here.name, other.name] += count
            here = here.parent
        if before != behind:
            counts[before, behind] += count
    for (old, new), count in counts.items():
        if count:
            yield {"left": old, "right": new, "count": count}


def _numbered(node: Node) -> bool:
    return node.name == ANY or node.name.isdecimal()
