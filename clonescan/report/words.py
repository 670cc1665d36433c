"""The facts of a report in words, the same in every format that people read."""

from __future__ import annotations

from clonescan.entities import Match, Origin, Place
from clonescan.report.escape import visible

SELDOM = 1e-6
"""Below this, how seldom says nothing more to a reader."""


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return "1 match", "1,200 matches"; the plural is the noun with an s unless given."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def bits(amount: float) -> str:
    """Return an amount of evidence, as exact as a reader needs it."""
    return f"{amount:,.0f}" if amount >= 100 else f"{amount:.1f}"


def evidence(match: Match) -> str:
    """Return gross evidence, and net where a common origin takes some away."""
    gross, net = bits(match.evidence_bits), bits(match.net_bits)
    return f"{gross} bits" if gross == net else f"{gross} bits, net {net}"


def chance(expected: float) -> str:
    """Return how many matches this strong chance alone brings, in words."""
    if expected < SELDOM:
        return "by chance less than once in a million such pairs"
    if expected < 0.5:
        return f"by chance about once in {float(f'{1 / expected:.2g}'):,.0f} such pairs"
    return f"by chance about {float(f'{expected:.2g}'):,.16g} in every such pair"


def alike(match: Match) -> str:
    """Return clone type and similarity."""
    return f"{match.clone_type}, similarity {match.similarity:.2f}" + (", runner-up" if match.runner_up else "")


def contained(match: Match) -> str:
    """Return how much of each side the other has, for a match of parts; "" for whole units."""
    if match.clone_type != "partial":
        return ""
    return f"{match.containment.left:.0%} of the left and {match.containment.right:.0%} of the right correspond"


def origin(third: Origin) -> str:
    """Return where else both sides of a match are."""
    name = " ".join(part for part in (third.repository, third.version) if part)
    unit = f", `{visible(third.unit)}`" if third.unit else ""
    path = f" ({visible(third.path)})" if third.path else ""
    return f"both also in {visible(name)}{unit}{path}"


def lines(place: Place) -> str:
    """Return the lines of a place behind a colon, as terminals make them clickable."""
    return f":{place.start_line}-{place.end_line}"


def found_in(packages: int, total: int) -> str:
    """Return in how many packages of the background a feature occurs; "" without a background."""
    if total == 0:
        return ""
    if packages == 0:
        return f"in none of the {total} packages"
    return f"in all {total} packages" if packages >= total else f"in {packages} of the {total} packages"
