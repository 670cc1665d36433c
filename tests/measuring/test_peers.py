"""What peers write is read as matches between the two folders, the original on the left."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from harness.packages import MissingPackage, fetch, unpack
from harness.scoring import Found, Lines
from tools import peers
from tools.peers import PEERS, MissingTool, Peer


def places(left: Path, right: Path) -> list[tuple[str, str]]:
    """A match within a folder, one across, and one across the other way round."""
    return [(f"{left}/a.py", f"{left}/b.py"), (f"{left}/a.py", f"{right}/c.py"), (f"{right}/d.py", f"{left}/b.py")]


def jscpd(rows: list[tuple[str, str]]) -> object:
    """A report of jscpd."""
    return {
        "duplicates": [
            {
                "kind": "similar",
                "similarity": 0.9,
                "tokens": 50,
                "firstFile": {"name": one, "start": 1, "end": 5},
                "secondFile": {"name": other, "start": 11, "end": 15},
            }
            for one, other in rows
        ]
    }


def pyscn(rows: list[tuple[str, str]]) -> object:
    """A report of pyscn."""

    def clone(path: str, start: int) -> object:
        return {"location": {"file_path": path, "start_line": start, "end_line": start + 4}, "size": 50}

    pairs = [{"clone1": clone(a, 1), "clone2": clone(b, 11), "similarity": 0.9, "type": 3} for a, b in rows]
    return {"clone": {"clone_pairs": pairs}}


@pytest.mark.parametrize(("tool", "report"), [("jscpd-0.8", jscpd), ("pyscn-0.65", pyscn)])
def test_matches_across_the_folders(tool: str, report: Any, tmp_path: Path) -> None:
    """Those within one folder are left out; the weight is the tool's score, with the size behind the point."""
    left, right = tmp_path / "left", tmp_path / "right"
    rows = PEERS[tool].read(report(places(left, right)))
    found = list(peers._across(rows, left, right))
    assert [(match.left, match.right) for match in found] == [
        (Lines("a.py", 1, 5), Lines("c.py", 11, 15)),
        (Lines("b.py", 11, 15), Lines("d.py", 1, 5)),
    ]
    assert all(match.weight == pytest.approx(0.90005) for match in found)


def python(script: str, report: str = "report.json") -> Peer:
    """A peer that is a line of Python."""

    def read(content: Any) -> Iterator[tuple[Lines, Lines, float, str]]:
        for left, right in content:
            yield Lines(left, 1, 2), Lines(right, 3, 4), 1.0, ""

    return Peer(Path(sys.executable).name, ("-c", script, "{left}", "{right}", "{out}"), report, read)


def test_a_peer_runs_as_a_program(tmp_path: Path) -> None:
    """It is told the folders, and its report is read."""
    script = (
        "import json, sys; l, r, o = sys.argv[1:]; json.dump([[l + '/a', r + '/b']], open(o + '/report.json', 'w'))"
    )
    found = python(script)(tmp_path / "l", tmp_path / "r")
    assert found == [Found(Lines("a", 1, 2), Lines("b", 3, 4), 1.0)]


def test_a_peer_that_does_not_end_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """None stands for that, which is not the same as no matches."""
    monkeypatch.setattr(peers, "TIMEOUT", 0.2)
    assert python("import time; time.sleep(60)")(tmp_path, tmp_path) is None


def test_a_missing_peer_is_named() -> None:
    """In one sentence that says how to get it."""
    with pytest.raises(MissingTool, match="no-such-tool is not installed; `pip install"):
        peers.find("no-such-tool")


def test_another_version_of_a_package_is_refused(tmp_path: Path) -> None:
    """What was prepared by hand must be what the results will say it is."""
    (tmp_path / "timm" / "timm-0.1.dist-info").mkdir(parents=True)
    with pytest.raises(MissingPackage, match="does not hold timm=="):
        fetch(["timm"], tmp_path)
    (tmp_path / "timm" / "timm-1.0.31.dist-info").mkdir()
    fetch(["timm"], tmp_path)


def test_a_wheel_stays_within_its_folder(tmp_path: Path) -> None:
    """Whatever the names in it say; only Python and metadata are kept."""
    from zipfile import ZipFile

    wheel = tmp_path / "odd-1.0-py3-none-any.whl"
    with ZipFile(wheel, "w") as archive:
        for name in ("odd/__init__.py", "../../escaped.py", "odd/weights.bin", "odd-1.0.dist-info/METADATA"):
            archive.writestr(name, "x = 1\n")
    unpack(wheel, tmp_path / "sources" / "odd")
    kept = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    folder = "sources/odd"
    assert kept == {
        wheel.name,
        *(f"{folder}/{n}" for n in ("odd/__init__.py", "escaped.py", "odd-1.0.dist-info/METADATA")),
    }
