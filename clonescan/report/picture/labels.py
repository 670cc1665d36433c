"""The names beside the ring of a picture: which ones fit, and where they stand without touching."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from clonescan.report.escape import shorten, visible
from clonescan.report.picture.ring import Ring, Segment

TOP, BOTTOM = 30.0, 800.0
"""Between these, names are written, in units of the drawing."""

LINE, HEADING_LINE = 21.0, 36.0
"""What a file's name and a repository's name need in height."""

FARTHEST = 45.0
"""How far a name may be moved from the height where it belongs, so that its line does not run across the ring."""

LONGEST_FILE, LONGEST_REPOSITORY = 44, 30
"""Characters that fit beside the ring, in the widest of the usual fonts."""


@dataclass(frozen=True, slots=True)
class Label:
    """A name at a height on the left or the right; `angle` is where on the ring it belongs.

    Names with the same `group` are of one repository and stand together, groups from small to large. A line leads from
    the ring to each name but those of repositories, unless there is no other name of them.
    """

    text: str
    left: bool
    y: float
    angle: float
    group: float
    heading: bool = False
    alone: bool = False

    @property
    def height(self) -> float:
        return HEADING_LINE if self.heading else LINE


def labels(ring: Ring, centre: float, radius: float) -> list[Label]:
    """Return the names of all repositories, and of the weightiest files as far as there is room near their places.

    A repository's name stands where the middle of its band is, and on the other side, too, if names of its files do.
    """
    bands = {band.repository: band for band in ring.bands}
    columns: dict[bool, list[Label]] = {True: [], False: []}
    named: set[tuple[str, bool]] = set()
    for band in ring.bands:
        left = _is_left(band.middle)
        columns[left].append(_heading(ring, band, left, centre, radius))
        named.add((band.repository, left))
    for file in sorted(ring.files, key=lambda file: (-file.weight, file.repository, file.path)):
        band, left = bands[file.repository], _is_left(file.middle)
        height, text = centre + radius * math.sin(file.middle), shorten(visible(file.path), LONGEST_FILE)
        longer = [*columns[left], Label(text, left, height, file.middle, _top(band, left))]
        if (file.repository, left) not in named:
            longer.append(_heading(ring, band, left, centre, radius))
        if _fits(longer):
            columns[left] = longer
            named.add((file.repository, left))
    return [row for column in columns.values() for row in spread(column)]


def _is_left(angle: float) -> bool:
    return math.cos(angle) < 0


def _top(band: Segment, left: bool) -> float:
    """Return the sine of the highest point that a band has on a side."""
    steps = (band.start + (band.end - band.start) * step / 60 for step in range(61))
    return min((round(math.sin(angle), 6) for angle in steps if _is_left(angle) is left), default=math.sin(band.middle))


def _heading(ring: Ring, band: Segment, left: bool, centre: float, radius: float) -> Label:
    """Return a repository's name, to stand above those of its files, or beside the middle of a band without any."""
    top = _top(band, left)
    text = shorten(visible(band.repository), LONGEST_REPOSITORY)
    alone = all(file.repository != band.repository for file in ring.files)
    height = centre + radius * (math.sin(band.middle) if alone else top) - (0 if alone else LINE)
    return Label(text, left, height, band.middle, top, True, alone)


def _fits(column: Sequence[Label]) -> bool:
    wanted = sorted(column, key=_order)
    if sum(row.height for row in wanted) > BOTTOM - TOP:
        return False
    return all(
        row.heading or abs(row.y - placed.y) <= FARTHEST for row, placed in zip(wanted, spread(column), strict=True)
    )


def _order(row: Label) -> tuple[float, bool, float, str]:
    return row.group, not row.heading, row.y, row.text


def spread(column: Sequence[Label]) -> list[Label]:
    """Return the names of one side from top to bottom, each as near to where it belongs as the others let it be."""
    rows = sorted(column, key=_order)
    places: list[float] = []
    for number, row in enumerate(rows):
        least = places[-1] + (rows[number - 1].height + row.height) / 2 if places else TOP + row.height / 2
        places.append(max(least, row.y))
    most = BOTTOM
    for number in range(len(rows) - 1, -1, -1):
        places[number] = min(places[number], most - rows[number].height / 2)
        most = places[number] - rows[number].height / 2
    return [replace(row, y=y) for row, y in zip(rows, places, strict=True)]
