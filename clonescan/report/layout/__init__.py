"""Where repositories, files and units of a report stand: one layout for the page and for the picture."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from clonescan.entities import Match, Member, Place, Report
from clonescan.report.layout.circles import Circle, arrange
from clonescan.summary import member

File = tuple[str, str]
"""A repository and a path in it."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Circles of repositories and of the files that have matches, and the centres of their units, in order.

    Files follow their repositories, units their files and lines, so that the place of each in its mapping numbers it.
    """

    repositories: Mapping[str, Circle]
    files: Mapping[File, Circle]
    units: Mapping[Member, tuple[float, float]]

    def holds(self, match: Match) -> bool:
        """Whether both sides are in repositories that the report names."""
        return {match.left.repository, match.right.repository} <= self.repositories.keys()


def layout(report: Report) -> Layout:
    """Return the layout of a report, the same for the same report."""
    order = {repository.id: number for number, repository in enumerate(report.repositories)}
    known = [match for match in report.matches if {match.left.repository, match.right.repository} <= order.keys()]
    lines = {}
    for place in sorted((side for match in known for side in (match.left, match.right)), key=_lines):
        lines[member(place)] = place.start_line
    files = sorted({(unit.repository, unit.path) for unit in lines}, key=lambda file: (order[file[0]], file[1]))
    numbers = {file: number for number, file in enumerate(files)}
    units = sorted(lines, key=lambda unit: (numbers[unit.repository, unit.path], lines[unit], unit.unit))
    links = Counter[tuple[int, int]]()
    for match in known:
        if not match.runner_up:
            ends = ((side.repository, side.path) for side in (match.left, match.right))
            left, right = (numbers[end] for end in ends)
            links[left, right] += match.net_bits  # type: ignore[assignment]
    found = arrange(
        len(order),
        [order[repository] for repository, _ in files],
        [numbers[unit.repository, unit.path] for unit in units],
        links,
    )
    return Layout(
        dict(zip(order, found.repositories, strict=True)),
        dict(zip(files, found.files, strict=True)),
        dict(zip(units, found.units, strict=True)),
    )


def _lines(place: Place) -> tuple[int, int]:
    return place.start_line, place.end_line
