"""How many matches as strong as this one two unrelated repositories would show."""

from __future__ import annotations

import math

LAMBDA = 0.68
"""Each bit of strength makes a chance match rarer by 2 to the power of this; benchmarks/chance.py fits it."""

LOG2_KAPPA = -14.3
"""Of all pairs of units only these many are independent chances, as log2; the same fit."""

LEAST = 2.0**-300
"""Fewer chance matches than this are no longer told apart from none."""


def expected(strength: int, pairs: int) -> float:
    """Expected number of chance matches of at least this strength (millibits) among so many pairs of units.

    Karlin and Altschul (1990): what unrelated sequences share has an exponential tail. BLAST calls it the E-value.
    """
    exponent = math.log2(max(1, pairs)) + LOG2_KAPPA - LAMBDA * strength / 1000
    return math.pow(2.0, max(math.log2(LEAST), min(exponent, 100.0)))


def bar(limit: float, pairs: int) -> int:
    """The strength in millibits at which at most `limit` chance matches are expected."""
    return math.ceil(1000 * (math.log2(max(1, pairs)) + LOG2_KAPPA - math.log2(max(limit, LEAST))) / LAMBDA)
