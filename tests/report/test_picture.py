"""The picture: everything of a report is in it, the same each time, names do not touch, and names are text."""

from __future__ import annotations

import math
import subprocess
import sys
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings

from clonescan.entities import Family, Member, Place, Report
from clonescan.errors import UsageError
from clonescan.report import picture
from clonescan.report.escape import visible
from clonescan.report.html import Page
from clonescan.report.html.content import content
from clonescan.report.json import rounded
from clonescan.report.layout import layout
from clonescan.report.picture.frame import frame
from clonescan.report.picture.labels import labels
from clonescan.report.picture.svg import COLOURS, WIDTH, draw
from report.samples import HOSTILE, LEFT, RIGHT, example, match, reports, repository

SVG = "{http://www.w3.org/2000/svg}"


def _many(files: int, units: int) -> Report:
    """A report with files whose order is turned round on the other side."""
    rows = [
        match(
            file * units + unit,
            left=Place(LEFT, f"a/{file:03}.py", f"f{unit}", 1, 2),
            right=Place(RIGHT, f"b/{(file * 7) % files:03}.py", f"g{unit}", 1, 2),
        )
        for file in range(files)
        for unit in range(units)
    ]
    family = Family("f", (Member(LEFT, "a/000.py", "f0"), Member(RIGHT, "b/000.py", "g0")))
    return example(matches=tuple(rows), families=(family,))


def _texts(drawing: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(drawing).iter(f"{SVG}text")]


def test_every_match_is_a_line_and_every_unit_a_point() -> None:
    drawing = ElementTree.fromstring(draw(_many(10, 3)))
    lines = [path for path in drawing.iter(f"{SVG}path") if "Q" in path.attrib["d"]]
    assert len(lines) == 30 and len(list(drawing.iter(f"{SVG}circle"))) == 60 + 20 + 2
    assert [path.attrib["stroke"] for path in lines].count(COLOURS[0]) == 1


def test_repositories_files_and_families_are_named() -> None:
    texts = _texts(draw(_many(10, 3)))
    assert {LEFT, RIGHT} <= set(texts)
    assert sum(text.endswith(".py") for text in texts) > 10
    assert "f0, 2 units" in texts
    assert texts[-1].startswith("30 matches: a line each")


def test_it_has_the_layout_of_the_page() -> None:
    """The same places up to one scale and one shift, whatever is drawn there."""
    report = _many(12, 2)
    data = content(Page(report))
    circles = [[float(one.attrib[key]) for key in ("cx", "cy")] for one in _circles(draw(report))]
    drawn = [*(row["circle"] for row in data["repositories"]), *(row["circle"] for row in data["files"])]
    drawn += [row["at"] for row in data["units"]]
    assert len(circles) == len(drawn)
    (x, y), (right, _) = circles[0], circles[1]
    scale = (right - x) / (drawn[1][0] - drawn[0][0])
    for at, place in zip(circles, drawn, strict=True):
        assert math.isclose(at[0] - x, (place[0] - drawn[0][0]) * scale, abs_tol=0.3)
        assert math.isclose(at[1] - y, (place[1] - drawn[0][1]) * scale, abs_tol=0.3)


def _circles(drawing: str) -> list[ElementTree.Element]:
    return list(ElementTree.fromstring(drawing).iter(f"{SVG}circle"))


@pytest.mark.parametrize("files", [1, 15, 300])
@pytest.mark.parametrize("repositories", [2, 3, 20])
def test_names_do_not_touch(files: int, repositories: int) -> None:
    names = [LEFT, RIGHT, *(f"other{number}" for number in range(repositories - 2))]
    report = _many(files, 1)
    placed = layout(example(repositories=tuple(map(repository, names)), matches=report.matches))
    found = labels(placed, frame(placed))
    assert {label.text for label in found if label.heading} == set(names)
    assert len(found) > len(names)
    for one, other in combinations([label.box for label in found], 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    for left, top, right, bottom in (label.box for label in found if label.heading):
        assert left >= 0 and right <= WIDTH and top >= 0 and bottom <= 832


def test_everything_lies_inside() -> None:
    for number in (1, 40):
        for circle in _circles(draw(_many(number, 2))):
            x, y, radius = (float(circle.attrib[key]) for key in ("cx", "cy", "r"))
            assert radius <= x <= WIDTH - radius and radius <= y <= 800 - radius


@settings(deadline=None, max_examples=60)
@given(reports())
def test_any_report_is_drawn_and_names_are_text(report: Report) -> None:
    drawing = draw(rounded(report))
    assert all(char.isprintable() or char == "\n" for char in drawing)
    tags = {element.tag.removeprefix(SVG) for element in ElementTree.fromstring(drawing).iter()}
    assert tags <= {"svg", "title", "desc", "rect", "g", "path", "circle", "text"}


@pytest.mark.parametrize("name", [HOSTILE, "<script>alert(1)</script>", '"onload="alert(1)', "</text></svg>"])
def test_hostile_names_are_text(name: str) -> None:
    report = example(
        repositories=(repository(name), repository(RIGHT)), matches=(match(left=Place(name, name, name, 1, 2)),)
    )
    drawing = ElementTree.fromstring(draw(report))
    assert not [element for element in drawing.iter() if "onload" in element.attrib or "script" in element.tag]
    assert any((element.text or "").startswith(visible(name)[:9]) for element in drawing.iter(f"{SVG}text"))


def test_the_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    code = "import sys; sys.path[:0] = sys.argv[1:]; from report.test_picture import _many\n"
    code += "from clonescan.report.picture.svg import draw; print(draw(_many(30, 3)))"
    tests = Path(__file__).parents[1]
    folders = [str(tests), str(tests.parent)]
    outputs = {
        subprocess.run(
            [sys.executable, "-c", code, *folders], env={"PYTHONHASHSEED": seed}, check=True, capture_output=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1


def test_png_is_one(tmp_path: Path) -> None:
    picture.save(example(), tmp_path / "graph.png")
    data = (tmp_path / "graph.png").read_bytes()
    assert data.startswith(b"\x89PNG\r\n") and (data[16:20], data[20:24]) == (b"\0\0\x0c\x80", b"\0\0\x07\x08")


def test_without_the_extra_there_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resvg_py", None)
    with pytest.raises(UsageError, match=r'needs the extra "picture": pip install'):
        picture.check(tmp_path / "graph.png")
    picture.check(tmp_path / "graph.svg")


@pytest.mark.parametrize("name", ["graph", "graph.pdf", "graph.svg.gz"])
def test_other_pictures_are_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"\.svg or a \.png file"):
        picture.check(tmp_path / name)
