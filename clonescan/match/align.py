"""Lays two matched units beside each other: which statements correspond, on which lines, under which names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import LCSseq

from clonescan.fingerprint import Array
from clonescan.match.corpus import Corpus

Lines = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Alignment:
    """Aligned lines (left_start, left_end, right_start, right_end), and names that stand in each other's place.

    `exact`: both sides are the same statements under the same names. `covered`: share of the statements of each side
    that are aligned, in [0, 1].
    """

    lines: tuple[Lines, ...]
    names: Counter[tuple[str, str]]
    exact: bool
    covered: tuple[float, float]

    def turned(self) -> Alignment:
        """The same with the sides swapped."""
        return Alignment(
            lines=tuple(sorted((c, d, a, b) for a, b, c, d in self.lines)),
            names=Counter({(b, a): count for (a, b), count in self.names.items()}),
            exact=self.exact,
            covered=self.covered[::-1],
        )


def align(corpus: Corpus, left: int, right: int, weights: Array) -> Alignment:
    """Align the statements of two units: equal ones by their longest common subsequence, changed ones between by the
    evidence that they share. Of several such alignments it is the same one with the sides swapped.
    """
    ours, theirs = corpus.sequence(left).tolist(), corpus.sequence(right).tolist()
    if ours > theirs:
        return align(corpus, right, left, weights).turned()
    pairs = list(_equal(ours, theirs))
    names = _names(corpus, left, right, pairs)
    names.update(_around(corpus, left, right))
    together = pairs + list(_changed(corpus, left, right, weights, pairs, (len(ours), len(theirs))))
    together.sort()
    same = len(pairs) == len(ours) == len(theirs)
    return Alignment(
        lines=_lines(corpus, left, right, together),
        names=names,
        exact=same and all(a == b for a, b in names),
        covered=(
            len({a for a, _ in together}) / max(1, len(ours)),
            len({b for _, b in together}) / max(1, len(theirs)),
        ),
    )


def _equal(ours: Sequence[int], theirs: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Places of equal statements, in order on both sides."""
    for step in LCSseq.opcodes(ours, theirs):
        if step.tag == "equal":
            yield from zip(range(step.src_start, step.src_end), range(step.dest_start, step.dest_end), strict=True)


def _changed(
    corpus: Corpus, left: int, right: int, weights: Array, equal: Sequence[tuple[int, int]], sizes: tuple[int, int]
) -> Iterator[tuple[int, int]]:
    """Statements that share evidence though they differ, each left one with the right one that it shares most with."""
    _, ours, theirs = np.intersect1d(corpus.held(left), corpus.held(right), assume_unique=True, return_indices=True)
    bits = weights[corpus.held(left)[ours]]
    links = np.zeros(sizes, np.int64)
    np.add.at(links, (corpus.where(left)[ours], corpus.where(right)[theirs]), bits)
    for a, b in equal:
        links[a, :] = links[:, b] = 0
    for a in range(sizes[0]):
        b = int(links[a].argmax())
        if links[a, b] > 0 and links[:, b].argmax() == a:
            yield a, b


def _lines(corpus: Corpus, left: int, right: int, pairs: Sequence[tuple[int, int]]) -> tuple[Lines, ...]:
    """Lines of corresponding statements; runs that go on line by line on both sides are one range."""
    ours, theirs = _statement_lines(corpus, left), _statement_lines(corpus, right)
    merged: list[list[int]] = []
    for a, b in pairs:
        row = [*ours[a], *theirs[b]]
        if merged and 0 <= row[0] - merged[-1][1] <= 1 and 0 <= row[2] - merged[-1][3] <= 1:
            merged[-1][1], merged[-1][3] = max(merged[-1][1], row[1]), max(merged[-1][3], row[3])
        else:
            merged.append(row)
    return tuple((a, b, c, d) for a, b, c, d in merged)


def _statement_lines(corpus: Corpus, unit: int) -> list[tuple[int, int]]:
    file, local = corpus.place(unit)
    found = file.fingerprint
    low, high = found.statement_offsets[local], found.statement_offsets[local + 1]
    return list(zip(found.statement_starts[low:high].tolist(), found.statement_ends[low:high].tolist(), strict=True))


def _names(corpus: Corpus, left: int, right: int, pairs: Sequence[tuple[int, int]]) -> Counter[tuple[str, str]]:
    """Names in the same place of equal statements; a dotted name counts by its components, from the last."""
    ours, theirs = _statement_names(corpus, left), _statement_names(corpus, right)
    found: Counter[tuple[str, str]] = Counter()
    for a, b in pairs:
        if len(ours[a]) == len(theirs[b]):
            for one, other in zip(ours[a], theirs[b], strict=True):
                mine, yours = one.split("."), other.split(".")
                found.update((x, y) for x, y in zip(reversed(mine), reversed(yours), strict=False) if x and y)
    return found


def _around(corpus: Corpus, left: int, right: int) -> Iterator[tuple[str, str]]:
    """The names of what the units are in: a method's class."""
    ours, theirs = (_qualified(corpus, unit)[:-1] for unit in (left, right))
    return zip(reversed(ours), reversed(theirs), strict=False)


def _qualified(corpus: Corpus, unit: int) -> list[str]:
    file, local = corpus.place(unit)
    name: str = file.fingerprint.strings[file.fingerprint.unit_names[local]]
    return name.split(".")


def _statement_names(corpus: Corpus, unit: int) -> list[list[str]]:
    file, local = corpus.place(unit)
    found, strings = file.fingerprint, file.fingerprint.strings
    rows = []
    for statement in range(found.statement_offsets[local], found.statement_offsets[local + 1]):
        low, high = found.name_offsets[statement], found.name_offsets[statement + 1]
        rows.append([strings[i] for i in found.names[low:high]])
    return rows
