"""Lays matched units beside each other: which statements correspond, on which lines, under which names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import LCSseq

from clonescan.fingerprint import Array
from clonescan.match.corpus import Corpus
from clonescan.match.names import Names
from clonescan.match.renames import Pairs, counted
from clonescan.match.shared import Rows
from clonescan.segments import offsets, spread

Lines = tuple[int, int, int, int]


@dataclass(frozen=True, eq=False)
class Alignment:
    """For each match the aligned lines (left_start, left_end, right_start, right_end).

    `names`: those in each other's place. `exact`: both sides are the same statements under the same names. `covered`:
    share of the statements of each side that are aligned, in [0, 1].
    """

    lines: list[tuple[Lines, ...]]
    names: Pairs
    exact: Array
    covered: tuple[Array, Array]


@dataclass(frozen=True, eq=False)
class _Beside:
    """Statements that correspond, each the so-manyth of its unit: `ours` of one side of a match, `theirs`."""

    match: Array
    ours: Array
    theirs: Array


def align(corpus: Corpus, names: Names, left: Array, right: Array, shared: Rows, weights: Array) -> Alignment:
    """Align the statements of matched units: equal ones by their longest common subsequence, changed ones between by
    the evidence that they share. Of several such alignments it is the same one with the sides swapped: that of the
    smaller sequence of statements with the larger one.
    """
    turned, equal = _equal(corpus, left, right)
    ours, theirs = np.where(turned, right, left), np.where(turned, left, right)
    swap = turned[shared.pair]
    rows = Rows(shared.pair, np.where(swap, shared.right, shared.left), np.where(swap, shared.left, shared.right))
    changed = _changed(corpus, ours, theirs, rows, weights, equal)
    together = _Beside(*(np.r_[getattr(equal, name), getattr(changed, name)] for name in ("match", "ours", "theirs")))
    aligned = np.bincount(together.match, minlength=len(left))
    sizes = np.diff(corpus.statement_offsets)
    pairs = _names(corpus, names, ours, theirs, equal)
    renamed = np.bincount(pairs.group[pairs.left != pairs.right], minlength=len(left)) > 0
    whole = np.bincount(equal.match, minlength=len(left))
    swap = turned[pairs.group]
    return Alignment(
        lines=_lines(corpus, ours, theirs, together, turned),
        names=Pairs(
            pairs.group, np.where(swap, pairs.right, pairs.left), np.where(swap, pairs.left, pairs.right), pairs.count
        ),
        exact=(whole == sizes[left]) & (whole == sizes[right]) & ~renamed,
        covered=(aligned / np.maximum(1, sizes[left]), aligned / np.maximum(1, sizes[right])),
    )


def _equal(corpus: Corpus, left: Array, right: Array) -> tuple[Array, _Beside]:
    """Which matches are turned, so that ours is the smaller sequence; and equal statements, in order on both sides."""
    shapes, places = corpus.statement_shapes.tolist(), corpus.statement_offsets.tolist()
    turned = np.zeros(len(left), bool)
    runs: list[tuple[int, int, int, int]] = []
    for match, (one, other) in enumerate(zip(left.tolist(), right.tolist(), strict=True)):
        ours, theirs = shapes[places[one] : places[one + 1]], shapes[places[other] : places[other + 1]]
        if ours == theirs:
            runs.append((match, 0, 0, len(ours)))
            continue
        if ours > theirs:
            turned[match] = True
            ours, theirs = theirs, ours
        for step in LCSseq.opcodes(ours, theirs):
            if step.tag == "equal":
                runs.append((match, step.src_start, step.dest_start, step.src_end - step.src_start))
    matches, starts, others, counts = np.array(runs, np.int64).reshape(-1, 4).T
    run, place = spread(starts, counts)
    return turned, _Beside(matches[run], place, place + (others - starts)[run])


def _changed(corpus: Corpus, ours: Array, theirs: Array, shared: Rows, weights: Array, equal: _Beside) -> _Beside:
    """Statements that share evidence though they differ, each with the one that it shares most with, if both agree."""
    sizes = np.diff(corpus.statement_offsets)
    bases = offsets(sizes[ours])[:-1], offsets(sizes[theirs])[:-1]
    taken = [np.zeros(int(sizes[units].sum()), bool) for units in (ours, theirs)]
    taken[0][bases[0][equal.match] + equal.ours] = True
    taken[1][bases[1][equal.match] + equal.theirs] = True
    a = bases[0][shared.pair] + corpus.statements[shared.left]
    b = bases[1][shared.pair] + corpus.statements[shared.right]
    free = np.flatnonzero(~(taken[0][a] | taken[1][b]))
    bits = weights[corpus.features[shared.left[free]]]
    links = counted(shared.pair[free], a[free], b[free], bits)
    first = [
        _first(links.left, np.lexsort((links.right, -links.count, links.left))),
        _first(links.right, np.lexsort((links.left, -links.count, links.right))),
    ]
    mutual = links[first[0] & first[1]]
    return _Beside(mutual.group, mutual.left - bases[0][mutual.group], mutual.right - bases[1][mutual.group])


def _first(groups: Array, order: Array) -> Array:
    """Which rows come first in their group, in this order."""
    found = np.zeros(len(groups), bool)
    found[order[np.diff(groups[order], prepend=-1) != 0]] = True
    return found


def _lines(corpus: Corpus, ours: Array, theirs: Array, pairs: _Beside, turned: Array) -> list[tuple[Lines, ...]]:
    """Lines of corresponding statements; runs that go on line by line on both sides are one range."""
    order = np.lexsort((pairs.theirs, pairs.ours, pairs.match))
    match = pairs.match[order]
    columns = []
    for units, places in ((ours, pairs.ours), (theirs, pairs.theirs)):
        rows = corpus.statement_offsets[units[match]] + places[order]
        columns += [corpus.statement_starts[rows], corpus.statement_ends[rows]]
    table = list(zip(*(column.tolist() for column in columns), strict=True))
    ends = np.searchsorted(match, np.arange(len(ours)), "right").tolist()
    found: list[tuple[Lines, ...]] = []
    start = 0
    for end, turn in zip(ends, turned.tolist(), strict=True):
        merged = _merged(table[start:end])
        found.append(tuple(sorted((c, d, a, b) for a, b, c, d in merged) if turn else merged))
        start = end
    return found


def _merged(rows: list[Lines]) -> Iterator[Lines]:
    """Ranges of lines, those that overlap or go on line by line on both sides as one."""
    if not rows:
        return
    a, b, c, d = rows[0]
    for start, end, other_start, other_end in rows[1:]:
        if a - 1 <= end and start <= b + 1 and c - 1 <= other_end and other_start <= d + 1:
            a, b, c, d = min(a, start), max(b, end), min(c, other_start), max(d, other_end)
        else:
            yield a, b, c, d
            a, b, c, d = start, end, other_start, other_end
    yield a, b, c, d


def _names(corpus: Corpus, names: Names, ours: Array, theirs: Array, equal: _Beside) -> Pairs:
    """Names in the same place of equal statements, and of what the units are in: a method's class.

    A dotted name counts by its components, from the last. Behind the names that the shape has places for, a statement
    has those of the locals that it reads as their values.
    """
    rows = [corpus.statement_offsets[units[equal.match]] for units in (ours, theirs)]
    rows = [rows[0] + equal.ours, rows[1] + equal.theirs]
    counts = [np.diff(names.name_offsets)[side] for side in rows]
    row, place = spread(names.name_offsets[rows[0]], np.minimum(*counts))
    other = place + (names.name_offsets[rows[1]] - names.name_offsets[rows[0]])[row]
    once = counted(equal.match[row], names.names[place], names.names[other], np.ones(len(place), np.int64))
    around = Pairs(np.arange(len(ours)), names.units[ours], names.units[theirs], np.ones(len(ours), np.int64))
    parts = [_components(names, once, 0), _components(names, around, 1)]
    return counted(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _components(names: Names, pairs: Pairs, skipped: int) -> tuple[Array, Array, Array, Array]:
    """The components of pairs of dotted names, from the last one, without the first few."""
    starts, ends = names.part_offsets[:-1] + skipped, names.part_offsets[1:]
    sizes = np.maximum(ends - starts, 0)
    row, place = spread(starts[pairs.left], np.minimum(sizes[pairs.left], sizes[pairs.right]))
    left = names.parts[place]
    right = names.parts[place + (starts[pairs.right] - starts[pairs.left])[row]]
    held = (left > 0) & (right > 0)
    return pairs.group[row][held], left[held], right[held], pairs.count[row][held]
