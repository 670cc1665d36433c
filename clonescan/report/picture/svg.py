"""The picture as SVG: bands and segments on a ring, matches across it, the largest families in colour."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from clonescan.entities import Match, Member, Report
from clonescan.report.escape import shorten, visible
from clonescan.report.picture.labels import Label, labels
from clonescan.report.picture.ring import Ring, Segment, ring
from clonescan.report.words import counted
from clonescan.summary import Group, groups, member

WIDTH, HEIGHT = 1600, 900
"""A slide of 16 to 9."""

CENTRE = (800.0, 415.0)
RADIUS = 345.0
BAND, FILES = 14.0, 10.0
"""How thick the ring of repositories is, and that of files inside it."""

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8b5cf6", "#a3301c")
"""Of the largest families: Okabe and Ito's, which colour-blind readers tell apart, and two more."""

GREY, DARK, FAINT = "#9aa3b2", "#1f2937", "#6b7280"
FONT = "Inter, 'Helvetica Neue', Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
LABEL_GAP = 44.0
"""Between the ring and the names beside it, for the lines that lead to them."""


def draw(report: Report) -> str:
    """Return the clone graph as SVG: the same bytes for the same report; runners-up are left out."""
    matches = [match for match in report.matches if not match.runner_up]
    coloured = groups(report)[: len(COLOURS)]
    families = {unit: number for number, group in enumerate(coloured) for unit in group.family.members}
    placed = ring(report, matches)
    svg = _canvas(report, matches)
    _matches(svg, placed, matches, families)
    _ring(svg, placed, families)
    for label in labels(placed, CENTRE[1], RADIUS):
        _label(svg, label)
    _legend(svg, coloured, len(report.families), len(matches))
    indent(svg, " ")
    return tostring(svg, encoding="unicode") + "\n"


def _canvas(report: Report, matches: Sequence[Match]) -> Element:
    names = ", ".join(visible(repository.id) for repository in report.repositories)
    view = f"0 0 {WIDTH} {HEIGHT}"
    size = {"width": str(WIDTH), "height": str(HEIGHT), "viewBox": view, "font-family": FONT}
    svg = Element("svg", {"xmlns": "http://www.w3.org/2000/svg", "role": "img"} | size)
    SubElement(svg, "title").text = f"Clone graph of {names}"
    SubElement(svg, "desc").text = f"{counted(len(matches), 'match', 'matches')} between units of these repositories."
    SubElement(svg, "rect", {"width": "100%", "height": "100%", "fill": "white"})
    return svg


def _matches(svg: Element, placed: Ring, matches: Sequence[Match], families: Mapping[Member, int]) -> None:
    """Draw a line a match, grey ones first, so that the large families are on top."""
    most = max((match.net_bits for match in matches), default=1.0) or 1.0
    faded = max(0.25, min(0.8, 60 / max(1, len(matches))))
    lines = SubElement(svg, "g", {"fill": "none", "stroke-linecap": "round"})
    inside = [match for match in matches if member(match.left) in placed.units and member(match.right) in placed.units]
    for match in sorted(inside, key=lambda match: (-families.get(member(match.left), len(COLOURS)), match.id)):
        number = families.get(member(match.left))
        start, end = (_at(placed.units[member(side)], RADIUS - FILES - 4) for side in (match.left, match.right))
        facts = {
            "d": f"M{start} Q{_point(*CENTRE)} {end}",
            "stroke": GREY if number is None else COLOURS[number],
            "stroke-width": f"{0.8 + 3.2 * math.sqrt(max(0.0, match.net_bits) / most):.1f}",
            "opacity": f"{faded if number is None else max(0.55, faded):.2f}",
        }
        SubElement(lines, "path", facts)


def _ring(svg: Element, placed: Ring, families: Mapping[Member, int]) -> None:
    bands = SubElement(svg, "g", {"fill": "none"})
    for band in placed.bands:
        _arc(bands, band, RADIUS + BAND / 2 + 2, BAND, DARK)
    for file in placed.files:
        arc = _arc(bands, file, RADIUS - FILES / 2, FILES, "#c9d0db")
        SubElement(arc, "title").text = visible(f"{file.repository}: {file.path}")
    dots = SubElement(svg, "g")
    radius = f"{max(1.2, min(3.5, 300 / max(1, len(placed.units)))):.1f}"
    for unit, angle in sorted(placed.units.items(), key=lambda item: (item[1], item[0].path)):
        number = families.get(unit)
        x, y = _at(angle, RADIUS - FILES / 2).split(",")
        SubElement(dots, "circle", {"cx": x, "cy": y, "r": radius, "fill": DARK if number is None else COLOURS[number]})


def _arc(parent: Element, part: Segment, radius: float, thickness: float, colour: str) -> Element:
    large = int(part.end - part.start > math.pi)
    path = f"M{_at(part.start, radius)} A{radius:.0f},{radius:.0f} 0 {large} 1 {_at(part.end, radius)}"
    return SubElement(parent, "path", {"d": path, "stroke": colour, "stroke-width": f"{thickness:.0f}"})


def _label(svg: Element, label: Label) -> None:
    side = -1 if label.left else 1
    edge = RADIUS + BAND + 4
    x, anchor = CENTRE[0] + side * (RADIUS + BAND + LABEL_GAP), "end" if label.left else "start"
    style = {"font-size": "24", "font-weight": "bold"} if label.heading else {"font-size": "14"}
    place = {"x": f"{x:.0f}", "y": f"{label.y + (8 if label.heading else 5):.1f}", "text-anchor": anchor, "fill": DARK}
    SubElement(svg, "text", place | style).text = label.text
    if not label.heading or label.alone:
        bend = _point(CENTRE[0] + side * (edge + 22), label.y)
        path = f"M{_at(label.angle, edge)} L{bend} L{_point(x - side * 5, label.y)}"
        SubElement(svg, "path", {"d": path, "fill": "none", "stroke": GREY, "stroke-width": "0.8"})


def _legend(svg: Element, coloured: Sequence[Group], families: int, matches: int) -> None:
    legend = SubElement(svg, "g", {"fill": DARK, "font-size": "14"})
    for number, group in enumerate(coloured):
        x, y = 60 + number % 4 * 375, 832 + number // 4 * 24
        box = {"x": str(x), "y": str(y - 11), "width": "22", "height": "12", "rx": "3", "fill": COLOURS[number]}
        SubElement(legend, "rect", box)
        name = shorten(visible(group.strongest.left.unit), 28)
        text = f"{name}, {counted(len(group.family.members), 'unit')}"
        SubElement(legend, "text", {"x": str(x + 30), "y": str(y)}).text = text
    rest = families - len(coloured)
    grey = f", grey the other {rest:,}" if rest > 0 else ""
    colours = f" Colours are the largest families of units{grey}." if coloured else ""
    words = f"{counted(matches, 'match', 'matches')}: a line each, the wider the more evidence.{colours}"
    SubElement(legend, "text", {"x": "60", "y": "886", "fill": FAINT}).text = words


def _at(angle: float, radius: float) -> str:
    return _point(CENTRE[0] + radius * math.cos(angle), CENTRE[1] + radius * math.sin(angle))


def _point(x: float, y: float) -> str:
    return f"{x:.1f},{y:.1f}"
