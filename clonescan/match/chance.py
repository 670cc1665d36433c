"""How many matches as strong as this one two unrelated repositories would show."""

from __future__ import annotations

import math

import numpy as np

from clonescan.fingerprint import Array

LAMBDA = 0.6
"""Each bit of strength makes a chance match rarer by 2 to the power of this.

Set by hand, with the next one: between 7 and 16 bits hardly fewer matches are expected than benchmarks/chance.py
counts between unrelated packages."""

LOG2_KAPPA = -14.9
"""Of all pairs of units only these many are independent chances, as log2."""

LEAST = 2.0**-300
"""Fewer chance matches than this are no longer told apart from none."""


def expected(strength: Array, pairs: Array | int) -> Array:
    """Expected number of chance matches of at least these strengths (millibits) among so many pairs of units.

    Karlin and Altschul (1990): what unrelated sequences share has an exponential tail. BLAST calls it the E-value.
    """
    exponent = np.log2(np.maximum(1, pairs)) + LOG2_KAPPA - LAMBDA * strength / 1000
    found: Array = np.exp2(np.clip(exponent, math.log2(LEAST), 100.0))
    return found


def surprise(strength: Array, pairs: Array | int) -> Array:
    """How many bits below one the chance matches stay that are expected of these strengths; 0 bits is one of them."""
    return -np.log2(expected(strength, pairs))


def bar(limit: float, pairs: Array | int) -> Array:
    """The strength in millibits at which at most `limit` chance matches are expected."""
    bits = np.log2(np.maximum(1, pairs)) + LOG2_KAPPA - math.log2(max(limit, LEAST))
    found: Array = np.ceil(1000 * bits / LAMBDA).astype(np.int64)
    return found
