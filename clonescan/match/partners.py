"""For each file the file of the other repository that it is likeliest from: which of many equal units is meant."""

from __future__ import annotations

import re

import numpy as np

from clonescan.fingerprint import Array
from clonescan.match.corpus import Corpus
from clonescan.match.equal import Side
from clonescan.match.judge import file_pairs
from clonescan.match.score import Scores
from clonescan.segments import distinct

NAMED = 0.5
"""A file that shares half of what the best one shares is the partner if its path says so: siblings share most, too."""

_WORD = re.compile(r"[^\W_]+")


def partners(corpus: Corpus, sides: tuple[Side, Side], scores: Scores) -> Array:
    """The partner of each file by number, or -1: it shares most, or enough and has more words of the path.

    Files are copied as a whole more often than function by function, so that a function which thirty files have is from
    the one that the others are from.
    """
    ours, theirs, bits = _shared(corpus, sides, scores)
    words = [frozenset(_WORD.findall(file.path.lower())) for file in corpus.files]
    found = np.full(len(corpus.files), -1)
    for mine, other in ((ours, theirs), (theirs, ours)):
        most = np.zeros(len(corpus.files), np.int64)
        np.maximum.at(most, mine, bits)
        near = np.flatnonzero(bits >= NAMED * most[mine])
        pairs = zip(mine[near].tolist(), other[near].tolist(), strict=True)
        alike = np.array([len(words[one] & words[two]) for one, two in pairs], np.int64)
        order = np.lexsort((other[near], -bits[near], -alike, mine[near]))
        first = near[order[np.diff(mine[near][order], prepend=-1) != 0]]
        found[mine[first]] = other[first]
    return found


def _shared(corpus: Corpus, sides: tuple[Side, Side], scores: Scores) -> tuple[Array, Array, Array]:
    """Pairs of files with the evidence that all units of theirs share, those that equal units stand for included."""
    files = max(1, len(corpus.files))
    keys, bits = np.empty(0, np.int64), np.empty(0, np.int64)
    for number, ours, theirs in file_pairs(sides, scores, np.arange(len(scores))):
        every = np.concatenate([keys, ours * files + theirs])
        weights = np.concatenate([bits, scores.evidence[number]])
        keys = distinct(every)
        bits = np.bincount(np.searchsorted(keys, every), weights, len(keys)).astype(np.int64)
    return *np.divmod(keys, files), bits
