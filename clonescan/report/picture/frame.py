"""How the layout comes into the picture: turned into its units, as large as there is room for."""

from __future__ import annotations

from dataclasses import dataclass

from clonescan.report.layout import Layout
from clonescan.report.layout.circles import UNIT_RADIUS, Circle

LEFT, TOP, RIGHT, BOTTOM = 30.0, 52.0, 1570.0, 785.0
"""What is drawn lies between these, in units of the picture: names stand above it, the legend below."""

MOST = 4.0
"""Times that a layout is enlarged at most: one match of two files must not fill a slide."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A scale, and where the origin of the layout comes to lie."""

    scale: float
    x: float
    y: float

    def point(self, at: tuple[float, float]) -> tuple[float, float]:
        """A point of the layout in the picture."""
        return self.x + at[0] * self.scale, self.y + at[1] * self.scale

    def circle(self, circle: Circle) -> Circle:
        """A circle of the layout in the picture."""
        return (*self.point(circle[:2]), circle[2] * self.scale)

    @property
    def dot(self) -> float:
        """The radius of a unit, large enough to be seen."""
        return max(1.2, min(5.0, UNIT_RADIUS * 0.8 * self.scale))


def frame(layout: Layout) -> Frame:
    """Return the frame that holds all repositories in the middle of the picture."""
    circles = list(layout.repositories.values()) or [(0.0, 0.0, 1.0)]
    low = [min(circle[axis] - circle[2] for circle in circles) for axis in (0, 1)]
    high = [max(circle[axis] + circle[2] for circle in circles) for axis in (0, 1)]
    scale = min((RIGHT - LEFT) / max(1.0, high[0] - low[0]), (BOTTOM - TOP) / max(1.0, high[1] - low[1]), MOST)
    return Frame(
        scale, (LEFT + RIGHT) / 2 - (low[0] + high[0]) / 2 * scale, (TOP + BOTTOM) / 2 - (low[1] + high[1]) / 2 * scale
    )
