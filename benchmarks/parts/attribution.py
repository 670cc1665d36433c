"""Audits real packages beside an environment: how matches stand, and which remarks on origins are understood.

Every match and remark has been judged by a person who read both sides; judged.toml holds that, and what has not been
judged is shown as such.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from email import message_from_bytes
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from harness.cases import AUDITED, INSTALLED, PINNED
from harness.packages import MissingPackage, download
from harness.results import Options, Row
from truth.remarked import Remarked, remarked

import clonescan
from clonescan.entities import Credits, Match, Place, Report, Repository
from clonescan.evidence.attribution import Attributions
from clonescan.evidence.credits import credits, tells

JUDGED = Path(__file__).parents[1] / "truth" / "judged.toml"

Key = tuple[str, ...]


def attribution(options: Options) -> Iterator[Row]:
    """An audit of each package, its matches, and its remarks."""
    folder = options.work / "attribution"
    beside = environment(folder)
    for name in AUDITED:
        project = checkout(name, folder)
        report = clonescan.audit(str(project), environment=str(beside), cache_dir=folder / "cache")
        yield {"kind": "audit", "project": name, **_tally(report)}
        yield from ({"kind": "match", "project": name, **_match(name, match)} for match in report.matches)
        yield from _remarks(name, project, report)


def environment(folder: Path) -> Path:
    """A virtual environment with the packages that are compared with, and nothing else. Raises MissingPackage."""
    place = folder / "-".join(["environment", *INSTALLED])
    if not place.exists():
        draft = folder / "environment.part"
        subprocess.run([sys.executable, "-m", "venv", "--clear", "--without-pip", str(draft)], check=True)
        options = ["--quiet", "--no-deps", "--no-compile", "--only-binary", ":all:", "--ignore-requires-python"]
        command = [sys.executable, "-m", "pip", "--python", str(draft / "bin" / "python"), "install", *options]
        done = subprocess.run([*command, *INSTALLED], capture_output=True, text=True)
        if done.returncode:
            raise MissingPackage(f"{' '.join(INSTALLED)} cannot be installed: {done.stderr.strip()[-200:]}")
        draft.rename(place)
    return place


def checkout(name: str, folder: Path) -> Path:
    """A wheel's files with its README and LICENSE at the top, as in the repository. Raises MissingPackage."""
    place = folder / PINNED[name] / name
    if not place.exists():
        draft = place.with_name(f"{name}.part")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(parents=True)
        with ZipFile(download(PINNED[name], draft)) as wheel:
            wheel.extractall(draft / name)  # keeps every member below the folder, whatever its name says
        top = draft / name
        info = next(top.glob("*.dist-info"))
        readme = message_from_bytes((info / "METADATA").read_bytes()).get_payload(decode=True)
        (top / "README.md").write_bytes(readme if isinstance(readme, bytes) else b"")
        for licence in info.glob("licenses/LICEN*"):
            shutil.copy(licence, top / "LICENSE")
        top.rename(place)
        shutil.rmtree(draft)
    return place


def _tally(report: Report) -> Row:
    assert report.audit is not None
    standings = Counter(match.standing.name for match in report.matches if match.standing)
    failing = sum(row.failing for row in report.audit.tally)
    return {"against": list(report.audit.compared), "matches": len(report.matches), "failing": failing,
            "licence": report.repositories[0].license, "standings": dict(sorted(standings.items()))}  # fmt: skip


def _match(project: str, match: Match) -> Row:
    assert match.standing is not None
    left, right = (f"{place.path} {place.unit}" for place in (match.left, match.right))
    verdict = _judged("match").get((project, left, right), {"verdict": "not judged", "why": ""})
    told = match.standing.attribution
    return {
        "left": left, "right": right, "origin": match.right.repository, "type": match.clone_type,
        "bits": match.evidence_bits, "chance": match.expected_by_chance, "similarity": match.similarity,
        "standing": match.standing.name, "licences": match.standing.verdict, "told": asdict(told) if told else None,
        "verdict": verdict["verdict"], "why": verdict["why"],
    }  # fmt: skip


def _remarks(project: str, folder: Path, report: Report) -> Iterator[Row]:
    """Every remark that the files hold, those with the same words as one; see `_remark`."""
    texts = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    told = credits({path: content for path, content in texts.items() if tells(path)})
    attributions = Attributions(Repository(project, str(folder), credits=told), texts)
    found: dict[str, list[Remarked]] = defaultdict(list)
    for remark in remarked(folder):
        found[remark.text].append(remark)
    for text, places in found.items():
        judged = _of_remark(project, text)
        row = {"kind": "remark", "project": project, "text": text, "places": [f"{p.path}:{p.line}" for p in places]}
        if judged is None or "none" in judged:
            yield {**row, "origin": None, "none": judged["none"] if judged else "not judged"}
        else:
            yield {**row, **_remark(judged, places, report, attributions)}


def _remark(judged: Row, places: Sequence[Remarked], report: Report, attributions: Attributions) -> Row:
    """Is a remark understood as naming its origin? If something of that origin matched there, that is to say.

    `told`: the matches of the audit that are said to be attributed by it; `matched`: all in its files from that origin.
    """
    installed = next((one for one in INSTALLED if one.startswith(f"{judged['origin']}==")), "")
    origin = _origin(judged, report)
    understood = [place for place in places if _is_understood(attributions, place, origin)]
    files = {place.path for place in places}
    matched = [m for m in report.matches if m.left.path in files and m.right.repository == origin.id]
    told = [m for m in report.matches if any(_is_from(m, place) for place in places)]
    return {
        "origin": judged["origin"], "why": judged.get("why", ""), "understood": len(understood),
        "installed": bool(installed), "matched": len(matched), "told": len(told),
    }  # fmt: skip


def _origin(judged: Row, report: Report) -> Repository:
    """The repository of the audit that is named, or one that goes by this name and address."""
    installed = (one for one in report.repositories[1:] if one.id.split(" ")[0] == judged["origin"])
    named = Credits(names=(judged["origin"],), urls=(judged["url"],))
    return next(installed, Repository(judged["origin"], judged["url"], credits=named))


def _is_understood(attributions: Attributions, place: Remarked, origin: Repository) -> bool:
    """Whether a match at a remark, or for a README anywhere, would be told to be attributed by it."""
    document = place.path.endswith(".md")
    ours = Place("", "" if document else place.path, "f", place.line, place.line + 1)
    found = attributions.of(ours, origin, Place(origin.id, f"{origin.id}/f.py", "f", 1, 2))
    return found is not None and found.path == place.path and abs(found.line - place.line) <= 2


def _is_from(match: Match, place: Remarked) -> bool:
    told = match.standing.attribution if match.standing else None
    return told is not None and told.path == place.path and abs(told.line - place.line) <= 2


def _of_remark(project: str, text: str) -> Row | None:
    entries = (row for (of, start), row in _judged("remark").items() if of == project and start in text)
    return next(entries, None)


@cache
def _judged(kind: str) -> Mapping[Key, dict[str, Any]]:
    """What was judged, matches by project and both sides, remarks by project and words."""
    keys = {"match": ("project", "left", "right"), "remark": ("project", "text")}[kind]
    content = tomllib.loads(JUDGED.read_text(encoding="utf-8"))
    return {tuple(row[key] for key in keys): row for row in content[kind]}
