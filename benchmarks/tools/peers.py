"""The tools that a user would pick instead, each run as its own program on two folders.

All of them look for clones in everything they are given; what they report within one folder is left out, and the rest
is turned into matches with the original on the left. The weight that ranks a match is the tool's own score.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from harness import process
from harness.scoring import Found, Lines

TIMEOUT = 300.0
"""Seconds that a peer may take on one pair; it is reported as stopped after that."""

MANY = 1_000_000
"""More tokens or characters than any match here has, to put a second score behind the decimal point of the first."""


class MissingTool(Exception):
    """A peer is not installed; the message is one sentence."""


@dataclass(frozen=True, slots=True)
class Peer:
    """A peer at one setting: the program, its options, and how to read what it wrote.

    `{left}`, `{right}` and `{out}` in an option are the two folders and the folder for what the program writes.
    """

    program: str
    options: tuple[str, ...]
    report: str
    read: Callable[[Any], Iterator[tuple[Lines, Lines, float, str]]]
    settings: str = ""

    def arguments(self, left: str, right: str, out: str) -> list[str]:
        """The options of a run."""
        return [option.format(left=left, right=right, out=out) for option in self.options]

    def command(self, left: Path, right: Path, out: Path) -> list[str]:
        """What is run. Raises MissingTool."""
        return [*find(self.program), *self.arguments(str(left), str(right), str(out))]

    def __call__(self, left: Path, right: Path) -> list[Found] | None:
        """The matches between two folders, None if it did not end in time. Raises MissingTool."""
        folders = left.resolve(), right.resolve()
        with tempfile.TemporaryDirectory() as name:
            out = Path(name)
            (out / "settings.toml").write_text(self.settings, encoding="utf-8")
            command = self.command(*folders, out)
            # pyscn reports through its exit code that there are clones, so only the report tells whether it worked.
            if not process.run(command, TIMEOUT, cwd=out).ended:
                return None
            content = json.loads((out / self.report).read_text(encoding="utf-8"))
        return list(_across(self.read(content), *folders))


def find(name: str) -> list[str]:
    """A program beside this Python or on the path; a file of this folder is run by this Python. Raises MissingTool."""
    if name.endswith(".py"):
        if not find_spec("copydetect"):
            raise MissingTool("copydetect is not installed; `pip install 'clonescan[bench]'` brings it.")
        return [sys.executable, str(Path(__file__).with_name(name))]
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if not found:
        raise MissingTool(f"{name} is not installed; `pip install 'clonescan[bench]'` brings it.")
    return [found]


def _across(rows: Iterator[tuple[Lines, Lines, float, str]], left: Path, right: Path) -> Iterator[Found]:
    """The rows that join the two folders, with the paths relative to these."""
    for one, other, weight, note in rows:
        for first, second in ((one, other), (other, one)):
            ours, theirs = Path(first.path), Path(second.path)
            if ours.is_relative_to(left) and theirs.is_relative_to(right):
                paths = str(ours.relative_to(left)), str(theirs.relative_to(right))
                yield Found(
                    Lines(paths[0], first.start, first.end), Lines(paths[1], second.start, second.end), weight, note
                )


def _jscpd(report: Any) -> Iterator[tuple[Lines, Lines, float, str]]:
    """Its score is the similarity, 1 for token clones; the longer one is the stronger among equals."""
    for row in report["duplicates"]:
        places = [
            Lines(row[side]["name"], row[side]["start"], row[side]["end"]) for side in ("firstFile", "secondFile")
        ]
        weight = row.get("similarity", 1.0) + row["tokens"] / MANY
        yield places[0], places[1], weight, f"{row['kind']} {row.get('method', '')}".strip()


def _pyscn(report: Any) -> Iterator[tuple[Lines, Lines, float, str]]:
    """Its score is the similarity; the larger one is the stronger among equals."""
    for row in report["clone"]["clone_pairs"] or ():
        clones = row["clone1"], row["clone2"]
        places = [
            Lines(clone["location"]["file_path"], clone["location"]["start_line"], clone["location"]["end_line"])
            for clone in clones
        ]
        weight = row["similarity"] + min(clone["size"] for clone in clones) / MANY
        yield places[0], places[1], weight, f"type {row['type']}"


def _copydetect(report: Any) -> Iterator[tuple[Lines, Lines, float, str]]:
    for left, right, weight in report:
        yield Lines(*left), Lines(*right), weight, ""


def _jscpd_at(*options: str) -> Peer:
    """jscpd with nothing left out for its size, and not for what git ignores: prepared cases may lie anywhere."""
    fair = ("--format=python", "--max-size=10mb", "--no-gitignore", "--absolute")
    quiet = ("--reporters=json", "--output={out}", "--silent", "--no-tips")
    return Peer("jscpd", (*options, *fair, *quiet, "{left}", "{right}"), "jscpd-report.json", _jscpd)


def _pyscn_at(*settings: str) -> Peer:
    """pyscn with all kinds of clones, and nothing left out for its place (an empty list means its own) or its size."""
    everything = (
        "[analysis]",
        'exclude_patterns = ["**/__pycache__/**"]',
        "[clones]",
        'enabled_clone_types = ["type1", "type2", "type3", "type4"]',
        "max_edit_distance = 10000",
        "max_results = 0",
        f"timeout_seconds = {TIMEOUT:.0f}",
    )
    options = ("analyze", "--json", "--select=clones", "--no-open", "--config={out}/settings.toml")
    files = ("--output={out}/report.json", "{left}", "{right}")
    return Peer("pyscn", (*options, *files), "report.json", _pyscn, "\n".join((*everything, *settings)) + "\n")


def _copydetect_at(*options: str) -> Peer:
    command = ("{left}", "{right}", "{out}/report.json", *options)
    return Peer("copydetect_matches.py", command, "report.json", _copydetect)


PEERS = {
    "jscpd-0.8": _jscpd_at("--similarity=0.8"),
    "jscpd-loosest": _jscpd_at(
        "--similarity=0.5", "--max-gap-lines=10", "--ignore-identifiers=blind", "--ignore-literals",
        "--ignore-annotations",
    ),
    "pyscn-0.65": _pyscn_at("similarity_threshold = 0.65"),
    "pyscn-loosest": _pyscn_at(
        "similarity_threshold = 0.5", "type4_threshold = 0.5", "min_lines = 5", "min_nodes = 10",
        "ignore_literals = true", "ignore_identifiers = true",
    ),
    "copydetect-default": _copydetect_at("--noise=25", "--display=0.33"),
    "copydetect-loosest": _copydetect_at("--noise=25", "--display=0"),
}  # fmt: skip
"""Each peer at two settings: the usual one, and the one that finds most."""

FAST = ("jscpd-0.8", "jscpd-loosest")
"""The peers that end within seconds on every pair, and therefore run on all of them."""
