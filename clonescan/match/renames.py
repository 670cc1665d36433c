"""Rename maps: which name became which, one name for one name, in a match or between two repositories."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from clonescan.entities import Rename

Pairs = Mapping[tuple[str, str], int]


def one_to_one(pairs: Pairs) -> dict[tuple[str, str], int]:
    """The pairs of a greedy one-to-one mapping, most frequent first; names that stayed take part."""
    taken_left: set[str] = set()
    taken_right: set[str] = set()
    kept: dict[tuple[str, str], int] = {}
    for (left, right), count in sorted(pairs.items(), key=_order):
        if left not in taken_left and right not in taken_right:
            taken_left.add(left)
            taken_right.add(right)
            kept[left, right] = count
    return kept


def renames(pairs: Pairs) -> tuple[Rename, ...]:
    """The names that changed, most frequent first."""
    kept = one_to_one(pairs)
    return tuple(Rename(left, right, count) for (left, right), count in kept.items() if left != right)


def consistency(pairs: Pairs) -> dict[tuple[str, str], float]:
    """For each pair the share that it has of all counterparts of either of its names, in (0, 1]."""
    lefts: Counter[str] = Counter()
    rights: Counter[str] = Counter()
    for (left, right), count in pairs.items():
        lefts[left] += count
        rights[right] += count
    return {
        (left, right): count / (lefts[left] + rights[right] - count) for (left, right), count in pairs.items() if count
    }


def _order(item: tuple[tuple[str, str], int]) -> tuple[int, list[str], tuple[str, str]]:
    """Most frequent first; then by the two names, whichever side they stand on."""
    (left, right), count = item
    return -count, sorted((left, right)), (left, right)
