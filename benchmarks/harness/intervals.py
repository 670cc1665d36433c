"""Where what was measured would lie in 95 of 100 cases."""

from __future__ import annotations

import math

Z = 1.96
"""Standard deviations on either side that hold 95 of 100 cases."""

Interval = tuple[float, float]


def of_share(right: int, every: int) -> Interval:
    """Of a share (Wilson, 1927: it holds close to 0 and 1, too)."""
    if not every:
        return 0.0, 1.0
    share, weight = right / every, Z * Z / every
    middle = (share + weight / 2) / (1 + weight)
    half = Z / (1 + weight) * math.sqrt(share * (1 - share) / every + weight / every / 4)
    return max(0.0, middle - half), min(1.0, middle + half)


def of_count(count: int) -> Interval:
    """Of the expectation behind a count (Byar's approximation of the Poisson interval)."""

    def bound(n: int, z: float) -> float:
        return n * (1 - 1 / (9 * n) + z / (3 * math.sqrt(n))) ** 3 if n else 0.0

    return bound(count, -Z), bound(count + 1, Z)
