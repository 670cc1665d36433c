"""For each file the file of the other repository that shares most with it: which of many equal units is meant."""

from __future__ import annotations

import numpy as np

from clonescan.fingerprint import Array
from clonescan.match.corpus import Corpus
from clonescan.match.equal import Side
from clonescan.match.judge import file_pairs
from clonescan.match.score import Scores
from clonescan.segments import distinct


def partners(corpus: Corpus, sides: tuple[Side, Side], scores: Scores) -> Array:
    """The partner of each file by number, or -1; of several that share as much the first.

    Files are copied as a whole more often than function by function, so that a function which thirty files have is from
    the one that the others are from.
    """
    files = len(corpus.files)
    keys, bits = np.empty(0, np.int64), np.empty(0, np.int64)
    for number, ours, theirs in file_pairs(sides, scores, np.arange(len(scores))):
        every = np.concatenate([keys, ours * files + theirs])
        weights = np.concatenate([bits, scores.evidence[number]])
        keys = distinct(every)
        bits = np.bincount(np.searchsorted(keys, every), weights, len(keys)).astype(np.int64)
    pairs = np.divmod(keys, max(1, files))
    found = np.full(files, -1)
    for mine, other in (pairs, pairs[::-1]):
        order = np.lexsort((other, -bits, mine))
        first = order[np.diff(mine[order], prepend=-1) != 0]
        found[mine[first]] = other[first]
    return found
