"""The ring of a picture: repositories as bands, files as segments of them, units as points, so that few lines cross.

Angles are in radians, clockwise from the right, as the y axis of SVG has it. Hierarchies on a ring with edges across
it are due to Holten, "Hierarchical Edge Bundles" (2006); the order is by barycentres (Sugiyama et al., 1981).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from clonescan.entities import Match, Member, Report
from clonescan.summary import member

GAP = math.radians(5)
"""Between two repositories, and no more than a fifth of the ring for all gaps together."""

SWEEPS = 8
"""How often the order is improved; the fixtures and packages with 900 matches change no more after five."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of the ring; `weight` is the net evidence of the matches that begin or end in it."""

    repository: str
    path: str
    start: float
    end: float
    weight: float = 0.0

    @property
    def middle(self) -> float:
        return (self.start + self.end) / 2


@dataclass(frozen=True, slots=True)
class Ring:
    """Where everything is: bands in the order of the arguments, the segments of their files, the angles of units."""

    bands: tuple[Segment, ...]
    files: tuple[Segment, ...]
    units: dict[Member, float] = field(default_factory=dict)


@dataclass(slots=True)
class _Band:
    """A repository while its files are put in order; `files` are lists of units."""

    repository: str
    start: float
    end: float
    files: list[list[Member]]


def ring(report: Report, matches: Sequence[Match]) -> Ring:
    """Return the ring of a report, the same for the same report."""
    across: dict[Member, list[tuple[Member, float]]] = {}
    for match in matches:
        left, right = member(match.left), member(match.right)
        across.setdefault(left, []).append((right, match.net_bits))
        across.setdefault(right, []).append((left, match.net_bits))
    bands = _bands([repository.id for repository in report.repositories], across)
    angles: dict[Member, float] = {}
    for band in bands:
        _place(band, angles)
    for _ in range(SWEEPS):
        for band in bands:
            _untangle(band, across, angles)
            _place(band, angles)
    files = (segment for band in bands for segment in _segments(band, across))
    return Ring(tuple(Segment(band.repository, "", band.start, band.end) for band in bands), tuple(files), angles)


def _bands(names: Sequence[str], units: Iterable[Member]) -> list[_Band]:
    """Share out the ring, by the square root of how many units have a match: a large one must not crowd out the others.

    Two repositories face each other in equal parts, the first one on the left.
    """
    files: dict[str, dict[str, list[Member]]] = {name: {} for name in names}
    for unit in sorted(units, key=lambda unit: (unit.path, unit.unit)):
        if unit.repository in files:
            files[unit.repository].setdefault(unit.path, []).append(unit)
    sizes = [math.sqrt(1 + sum(map(len, files[name].values()))) for name in names]
    if len(names) == 2:
        sizes = [1.0, 1.0]
    gap = min(GAP, 2 * math.pi / 5 / max(1, len(names)))
    scale = (2 * math.pi - gap * len(names)) / max(1.0, sum(sizes))
    start = math.pi - sizes[0] * scale / 2 if sizes else 0.0
    bands = []
    for name, size in zip(names, sizes, strict=True):
        bands.append(_Band(name, start, start + size * scale, list(files[name].values())))
        start += size * scale + gap
    return bands


def _slots(band: _Band) -> tuple[float, list[float]]:
    """Return the angle of one unit, and where each file begins; an empty slot stands between two files."""
    slots = sum(len(units) + 1 for units in band.files)
    slot = (band.end - band.start) / max(1, slots)
    starts, used = [], 0
    for units in band.files:
        starts.append(band.start + used * slot)
        used += len(units) + 1
    return slot, starts


def _place(band: _Band, angles: dict[Member, float]) -> None:
    slot, starts = _slots(band)
    for start, units in zip(starts, band.files, strict=True):
        for number, unit in enumerate(units):
            angles[unit] = start + (number + 1) * slot


def _segments(band: _Band, across: dict[Member, list[tuple[Member, float]]]) -> Iterable[Segment]:
    slot, starts = _slots(band)
    for start, units in zip(starts, band.files, strict=True):
        weight = sum(bits for unit in units for _, bits in across[unit])
        end = start + (len(units) + 0.6) * slot
        yield Segment(band.repository, units[0].path, start + slot * 0.4, end, round(weight, 3))


def _untangle(band: _Band, across: dict[Member, list[tuple[Member, float]]], angles: dict[Member, float]) -> None:
    """Sort files, and units within them, against the order of their counterparts round the ring."""
    middle = (band.start + band.end) / 2
    far = {
        unit: [((angles[other] - middle) % (2 * math.pi), bits) for other, bits in across[unit] if other in angles]
        for units in band.files
        for unit in units
    }

    def key(units: Sequence[Member]) -> tuple[float, str, str]:
        pulls = [pull for unit in units for pull in far[unit]]
        mean = sum(angle * bits for angle, bits in pulls) / max(1e-9, sum(bits for _, bits in pulls))
        return -round(mean, 6), units[0].path, units[0].unit

    for units in band.files:
        units.sort(key=lambda unit: key([unit]))
    band.files.sort(key=key)
