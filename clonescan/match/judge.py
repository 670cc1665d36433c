"""What makes a candidate a match: its strength against a bar, which is lower between files that correspond."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from clonescan.fingerprint import Array
from clonescan.match.chance import bar, expected, surprise
from clonescan.match.corpus import Corpus
from clonescan.match.equal import Side
from clonescan.match.score import Scores
from clonescan.match.shared import LEFT, RIGHT
from clonescan.segments import batches, distinct, spread, within

FLOOR = 8_000
"""Below so many millibits nothing can be told, however small the repositories are."""

NEAR_FLOOR = 6_000
"""The same between files that are known to be related."""

SURE = 1e-3
"""Expected chance matches below which a unit may match several: what may be chance is reported once."""

NEAR_CHANCE = 0.05
"""Chance matches allowed between two files that correspond: there are many such pairs of files."""

NEAR_SAME = 0.8
LEAST = 3_000
"""Units that are so similar and share so many millibits correspond, even if what they hold is common, where the files
are related: a function may have been copied into one that has nothing else to do with its own."""

NEAR_FILES = 10_000
"""Units that stand in so many pairs of files, a hundred on each side, say of no two of them that they correspond."""


@dataclass(frozen=True, eq=False)
class Judge:
    """Judges the candidates of two repositories with so many pairs of units.

    `bar` is what a match takes, in millibits, and `sure` what it takes to be no coincidence at all: a coincidence with
    one unit is one with all of its siblings. `near` has an entry for each candidate: where it stands in files that
    correspond, the number of pairs of units in them, else 0; `related` says whether these are (see `corresponding`).
    """

    pairs: int
    bar: int
    sure: int
    near: Array
    related: Array

    def __getitem__(self, chosen: Array) -> Judge:
        return replace(self, near=self.near[chosen], related=self.related[chosen])

    def accepts(self, scores: Scores) -> Array:
        """Whether each is strong enough for where it stands, or all but the same as what stands there."""
        near = self.near > 0
        floor = np.where(self.related, NEAR_FLOOR, FLOOR)
        lower = np.minimum(self.bar, np.maximum(floor, bar(NEAR_CHANCE, self.near)))
        # A name alone, such as a class's, tells less.
        least = np.where(self.related & (scores.structural > 0), LEAST, FLOOR)
        same = near & (scores.evidence >= least) & (scores.similarity >= NEAR_SAME)
        found: Array = (scores.strength >= np.where(near, lower, self.bar)) | same
        return found

    def is_sure(self, scores: Scores) -> Array:
        """Whether each is no coincidence; files that correspond are none."""
        found: Array = (self.near > 0) | (scores.strength >= self.sure)
        return found

    def is_everywhere(self, scores: Scores) -> Array:
        """Whether each holds for all units that equal its own: what differs much may be one coincidence."""
        found: Array = (scores.strength >= self.sure) | ((self.near > 0) & (scores.similarity >= NEAR_SAME))
        return found

    def chance(self, scores: Scores) -> Array:
        """Expected chance matches as strong; between files that correspond, among their units only."""
        return expected(scores.strength, np.where(self.near > 0, self.near, self.pairs))


def hopeful(most: Scores) -> Array:
    """Which of these a judge of any repositories accepts somewhere, if no local score is higher."""
    found: Array = (most.strength >= NEAR_FLOOR) | ((most.evidence >= LEAST) & (most.similarity >= NEAR_SAME))
    return found


def judge(sizes: tuple[int, int], limit: float) -> Judge:
    """A judge of no candidates yet between two repositories of so many different units.

    `limit`: chance matches let through for a thousand units of the smaller side.
    """
    pairs = sizes[0] * sizes[1]
    least = max(FLOOR, int(bar(limit * min(sizes) / 1000, pairs)))
    return Judge(max(1, pairs), least, max(least, int(bar(SURE, pairs))), np.zeros(0, np.int64), np.zeros(0, bool))


def corresponding(
    corpus: Corpus, sides: tuple[Side, Side], scores: Scores, totals: Array, judge: Judge
) -> tuple[Array, Array]:
    """The pairs of files that a match beyond chance connects, ascending, as left * number of files + right; and those
    of them that are related: in both files it is several units that have such matches, or one that is most of the file.
    Several that are beyond chance only together connect files, too, and relate them.

    `totals`: what each unit of the corpus holds, in millibits.
    """
    sure = np.flatnonzero(scores.strength >= judge.sure)
    files, units = len(corpus.files), max(1, corpus.units)
    rows = [(number, ours * files + theirs) for number, ours, theirs in file_pairs(sides, scores, sure)]
    number, keys = np.concatenate([np.empty((2, 0), np.int64), *rows], axis=1)
    known, place = np.unique(keys, return_inverse=True)
    summed = together(corpus, sides, scores)
    related, held = np.ones(len(known), bool), np.bincount(corpus.unit_file, totals, files)
    for side, file in zip((LEFT, RIGHT), np.divmod(keys, max(1, files)), strict=True):
        unit = scores.units(side)[number]
        several = np.bincount(distinct(place * units + unit) // units, minlength=len(known)) > 1
        mostly = np.bincount(place[2 * totals[unit] >= held[file]], minlength=len(known)) > 0
        related &= several | mostly
    return np.union1d(known, summed), np.union1d(known[related], summed)


def together(corpus: Corpus, sides: tuple[Side, Side], scores: Scores) -> Array:
    """The pairs of files of which several units match so that all of them together are beyond chance, ascending.

    Karlin and Altschul (1993), "Applications and statistics for multiple high-scoring segments": how surprising they
    are adds up. Each unit counts once, with what it matches best in the other file and what matches it best; the
    strongest does not, since one copied function tells little of what is beside it.
    """
    files, units = len(corpus.files), np.bincount(corpus.unit_file, minlength=len(corpus.files))
    some = np.flatnonzero(scores.strength >= NEAR_FLOOR)
    rows = [(number, ours * files + theirs) for number, ours, theirs in file_pairs(sides, scores, some)]
    number, keys = np.concatenate([np.empty((2, 0), np.int64), *rows], axis=1)
    strength = scores.strength[number]
    best = np.ones(len(number), bool)
    for side in (LEFT, RIGHT):
        unit = scores.units(side)[number]
        order = np.lexsort((number, -strength, unit, keys))
        ahead = (np.diff(keys[order], prepend=-1) != 0) | (np.diff(unit[order], prepend=-1) != 0)
        best[order] &= ahead
    known, place = np.unique(keys[best], return_inverse=True)
    ours, theirs = np.divmod(known, max(1, files))
    bits = np.maximum(0, surprise(strength[best], (units[ours] * units[theirs])[place]))
    strongest = np.zeros(len(known))
    np.maximum.at(strongest, place, bits)
    others = np.bincount(place, bits, len(known)) - strongest
    pairs = math.prod(len(np.unique(corpus.unit_file[side.members])) for side in sides)
    found: Array = known[others >= math.log2(max(1, pairs) / SURE)]
    return found


def near(corpus: Corpus, sides: tuple[Side, Side], scores: Scores, known: Array) -> Array:
    """For each candidate the pairs of units in the smallest two corresponding files that hold it, or 0."""
    files = len(corpus.files)
    units = np.bincount(corpus.unit_file, minlength=files)
    most = np.iinfo(np.int64).max
    found = np.full(len(scores), most)
    for number, ours, theirs in file_pairs(sides, scores, np.arange(len(scores))):
        here = within(ours * files + theirs, known)
        np.minimum.at(found, number[here], units[ours[here]] * units[theirs[here]])
    return np.where(found == most, 0, found)


def file_pairs(sides: tuple[Side, Side], scores: Scores, chosen: Array) -> Iterator[tuple[Array, Array, Array]]:
    """For each of the chosen candidates every pair of files that it stands in, as (candidate, file, file)."""
    left, right = sides
    widths = right.file_counts[scores.right]
    counts = left.file_counts[scores.left] * widths
    chosen = chosen[counts[chosen] <= NEAR_FILES]
    for batch in batches(counts[chosen]):
        which = chosen[batch]
        segment, place = spread(np.zeros(len(which), np.int64), counts[which])
        number = which[segment]
        ours, theirs = np.divmod(place, widths[number])
        yield (
            number,
            left.files[left.file_starts[scores.left[number]] + ours],
            right.files[right.file_starts[scores.right[number]] + theirs],
        )
