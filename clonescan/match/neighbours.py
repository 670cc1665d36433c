"""Finds pairs of units that candidates overlook: small and common ones of one form in files that correspond."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from clonescan.fingerprint import ANCHOR, NESTING, ORDER, STRUCTURE, Array
from clonescan.match.corpus import Corpus
from clonescan.match.equal import Side, equal_units, mixed
from clonescan.match.names import Names
from clonescan.segments import batches, distinct, offsets, spread

CROWD = 30
"""A form that more units of a file have is not known by where it stands, and would pair all of them with all."""


@dataclass(frozen=True, eq=False)
class _Forms:
    """The units of one side by file: their forms, and the first units of their sets of equal ones."""

    starts: Array
    counts: Array
    forms: Array
    first: Array


def neighbours(corpus: Corpus, names: Names, sides: tuple[Side, Side], files: Array) -> tuple[Array, Array]:
    """Units of one form and name in files that correspond, as ascending pairs; `files` as `judge.corresponding` has
    them.

    A function of one common line shares no rare feature with its copy. It is known by where it stands.
    """
    forms = _forms(corpus, names)
    left, right = (_by_file(corpus, side, forms) for side in sides)
    ours, theirs = np.divmod(files, max(1, len(corpus.files)))
    keys = [np.empty(0, np.int64)]
    for batch in batches(left.counts[ours] + right.counts[theirs]):
        pair, units = spread(left.starts[ours[batch]], left.counts[ours[batch]])
        other_pair, others = spread(right.starts[theirs[batch]], right.counts[theirs[batch]])
        wanted, known = pair * corpus.units + left.forms[units], other_pair * corpus.units + right.forms[others]
        order = np.argsort(known, kind="stable")
        low, often = _found(wanted, known[order])
        _, mine = _found(wanted, np.sort(wanted))
        row, place = spread(low, np.where((mine <= CROWD) & (often <= CROWD), often, 0))
        keys.append(distinct(left.first[units[row]] * corpus.units + right.first[others[order[place]]]))
    found, other = np.divmod(distinct(np.concatenate(keys)), max(1, corpus.units))
    return found, other


def _found(wanted: Array, ordered: Array) -> tuple[Array, Array]:
    """Where values stand in an ascending array, and how often."""
    low = np.searchsorted(ordered, wanted, "left")
    return low, np.searchsorted(ordered, wanted, "right") - low


def _forms(corpus: Corpus, names: Names) -> Array:
    """A number for each unit, the same for units that hold the same but for names, and are called the same."""
    called = names.parts[names.part_offsets[names.units]]
    keys = mixed([equal_units(corpus, (STRUCTURE, ANCHOR, ORDER, NESTING)), called])
    found: Array = np.unique(keys, return_inverse=True)[1]
    return found


def _by_file(corpus: Corpus, side: Side, forms: Array) -> _Forms:
    first = np.repeat(side.first, side.counts[side.first])
    order = np.argsort(corpus.unit_file[side.members], kind="stable")
    counts = np.bincount(corpus.unit_file[side.members], minlength=len(corpus.files))
    return _Forms(offsets(counts)[:-1], counts, forms[side.members[order]], first[order])
