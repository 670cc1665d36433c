"""The names in a picture: those of all repositories, and of as many files as have room for theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from clonescan.report.escape import shorten, visible
from clonescan.report.layout import Layout
from clonescan.report.picture.frame import Frame

FILE, REPOSITORY = 13.0, 22.0
"""Sizes of type."""

WIDEST = 0.62
"""Of a letter, as a share of its size, on the average of a name in the widest of the usual fonts."""

LONGEST_FILE, LONGEST_REPOSITORY = 30, 34
MOST_FILES = 40
"""Files that are named at most, the largest ones: more names would cover the lines."""

EDGES = 6.0, 1594.0
"""Names stay between these."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Label:
    """A name above a point, in the middle of its line."""

    text: str
    x: float
    y: float
    size: float
    heading: bool = False

    @property
    def box(self) -> Box:
        """Left, top, right and bottom of what it covers."""
        half = len(self.text) * self.size * WIDEST * (1.06 if self.heading else 1.0) / 2
        return self.x - half, self.y - self.size, self.x + half, self.y + self.size * 0.3

    def inside(self) -> Label:
        """The same, moved so that it does not leave the picture."""
        left, _, right, _ = self.box
        shift = max(EDGES[0] - left, 0.0) or min(EDGES[1] - right, 0.0)
        return Label(self.text, self.x + shift, self.y, self.size, self.heading)


def labels(layout: Layout, frame: Frame) -> list[Label]:
    """Return the names that are written; no name of a file touches another name."""
    found = list(_repositories(layout, frame))
    files = sorted(layout.files.items(), key=lambda item: (-item[1][2], item[0]))
    for (_, path), circle in files[:MOST_FILES]:
        x, y, radius = frame.circle(circle)
        text = shorten(visible(path.rsplit("/", 1)[-1]), LONGEST_FILE)
        above = Label(text, x, y - radius - 4, FILE)
        below = Label(text, x, y + radius + FILE, FILE)
        free = next((label for label in (above, below) if not _touches(label, found)), None)
        if free:
            found.append(free)
    return found


def _repositories(layout: Layout, frame: Frame) -> Iterator[Label]:
    """Each above its disc, or where another name is already, further up or inside."""
    placed: list[Label] = []
    for name, circle in layout.repositories.items():
        x, y, radius = frame.circle(circle)
        text = shorten(visible(name), LONGEST_REPOSITORY)
        tries = [y - radius - 8 - step * 26 for step in (0, 1, 2, -1.6, -2.6, -3.6)]
        options = [Label(text, x, at, REPOSITORY, True).inside() for at in tries]
        placed.append(next((label for label in options if not _touches(label, placed)), options[0]))
        yield placed[-1]


def _touches(label: Label, others: list[Label]) -> bool:
    left, top, right, bottom = label.box
    return any(
        left < other.box[2] and other.box[0] < right and top < other.box[3] and other.box[1] < bottom
        for other in others
    )
