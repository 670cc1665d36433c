"""The picture as SVG: repositories as discs, files and units in them, matches as lines, large families in colour."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from clonescan.entities import Match, Member, Report
from clonescan.report.escape import shorten, visible
from clonescan.report.layout import Layout, layout
from clonescan.report.picture.frame import Frame, frame
from clonescan.report.picture.labels import Label, labels
from clonescan.report.words import counted
from clonescan.summary import Group, groups, member

WIDTH, HEIGHT = 1600, 900
"""A slide of 16 to 9."""

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8b5cf6", "#a3301c")
"""Of the largest families: Okabe and Ito's, which colour-blind readers tell apart, and two more."""

GREY, DARK, FAINT = "#9aa3b2", "#1f2937", "#6b7280"
FONT = "Inter, 'Helvetica Neue', Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif"
BEND = 0.08
"""How far a line swings out, as a share of its length: two lines between the same files do not lie on each other."""

Families = Mapping[Member, int]


def draw(report: Report) -> str:
    """Return the clone graph as SVG: the same bytes for the same report; runners-up are left out."""
    matches = [match for match in report.matches if not match.runner_up]
    coloured = groups(report)[: len(COLOURS)]
    families = {unit: number for number, group in enumerate(coloured) for unit in group.family.members}
    placed = layout(report)
    page = frame(placed)
    svg = _canvas(report, matches)
    _discs(svg, placed, page)
    _matches(svg, placed, page, [match for match in matches if placed.holds(match)], families)
    _units(svg, placed, page, families)
    names = SubElement(svg, "g", {"text-anchor": "middle", "stroke": "white", "stroke-linejoin": "round"})
    for label in labels(placed, page):
        _label(names, label)
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


def _discs(svg: Element, placed: Layout, page: Frame) -> None:
    """Draw repositories and files, each file with its path as a title."""
    discs = SubElement(svg, "g")
    for circle in placed.repositories.values():
        _circle(discs, page.circle(circle), {"fill": "#f4f5f7", "stroke": "#c9d0db"})
    for (repository, path), circle in placed.files.items():
        disc = _circle(discs, page.circle(circle), {"fill": "#e3e7ed", "stroke": "#c9d0db", "stroke-width": "0.8"})
        SubElement(disc, "title").text = visible(f"{repository}: {path}")


def _matches(svg: Element, placed: Layout, page: Frame, matches: Sequence[Match], families: Families) -> None:
    """Draw a line a match, grey ones first, so that the large families are on top."""
    most = max((match.net_bits for match in matches), default=1.0) or 1.0
    faded, clear = (max(0.25, min(0.8, share / max(1, len(matches)))) for share in (60, 500))
    lines = SubElement(svg, "g", {"fill": "none", "stroke-linecap": "round"})
    for match in sorted(matches, key=lambda match: (-families.get(member(match.left), len(COLOURS)), match.id)):
        number = families.get(member(match.left))
        (x, y), (right, low) = (page.point(placed.units[member(side)]) for side in (match.left, match.right))
        middle = (x + right) / 2 - (low - y) * BEND, (y + low) / 2 + (right - x) * BEND
        facts = {
            "d": f"M{x:.1f},{y:.1f} Q{middle[0]:.1f},{middle[1]:.1f} {right:.1f},{low:.1f}",
            "stroke": GREY if number is None else COLOURS[number],
            "stroke-width": f"{0.8 + 3.2 * math.sqrt(max(0.0, match.net_bits) / most):.1f}",
            "opacity": f"{faded if number is None else clear:.2f}",
        }
        SubElement(lines, "path", facts)


def _units(svg: Element, placed: Layout, page: Frame, families: Families) -> None:
    dots = SubElement(svg, "g")
    for unit, at in placed.units.items():
        number = families.get(unit)
        place = (*page.point(at), page.dot)
        _circle(dots, place, {"fill": DARK if number is None else COLOURS[number]})


def _circle(parent: Element, circle: tuple[float, float, float], style: Mapping[str, str]) -> Element:
    x, y, radius = (f"{value:.1f}" for value in circle)
    return SubElement(parent, "circle", {"cx": x, "cy": y, "r": radius, **style})


def _label(names: Element, label: Label) -> None:
    style = {"font-weight": "bold", "fill": DARK} if label.heading else {"fill": "#3f4856"}
    place = {"x": f"{label.x:.1f}", "y": f"{label.y:.1f}", "font-size": f"{label.size:.0f}"}
    halo = {"stroke-width": f"{label.size / 4:.1f}", "paint-order": "stroke"}
    SubElement(names, "text", place | style | halo).text = label.text


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
