"""The tools that the benchmark runs, each as a function from two folders to the matches that it reports."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from harness.scoring import Found, Lines
from truth.prepared import Case

import clonescan
from tools.peers import PEERS
from tools.variants import VARIANTS, Variant

CLONESCAN = ("clonescan", "clonescan-unmasked")
"""clonescan at its defaults, and with the packages that are compared left in the background."""

TOOLS = (*CLONESCAN, *PEERS)


def found_by(tool: str, case: Case, work: Path) -> list[Found] | None:
    """The matches between the folders of a case; None if the tool did not end in time.

    What a peer found is kept beside the case, since neither changes; clonescan runs each time.
    """
    if tool in CLONESCAN:
        return matches_of(VARIANTS["all of it" if tool == CLONESCAN[0] else "masking"], case, work)
    kept = case.folder / f"{tool}.json"
    command = _settings(tool)
    if kept.exists() and (content := json.loads(kept.read_text(encoding="utf-8")))["command"] == command:
        return _read(content["found"])
    found = PEERS[tool](case.left, case.right)
    rows = None if found is None else [asdict(match) for match in found]
    kept.write_text(json.dumps({"command": command, "found": rows}), encoding="utf-8")
    return found


def command(tool: str) -> str:
    """How a user would run a tool."""
    if tool in CLONESCAN:
        return "clonescan scan LEFT RIGHT"
    peer = PEERS[tool]
    script = ["python", f"benchmarks/tools/{peer.program}"] if peer.program.endswith(".py") else [peer.program]
    return " ".join([*script, *peer.arguments("LEFT", "RIGHT", "OUT")])


def matches_of(variant: Variant, case: Case, work: Path, kind: str = "code") -> list[Found]:
    """What clonescan reports of one kind in one form of its method."""
    report = variant.scan(case.left, case.right, work / "cache")
    return [_found(match) for match in report.matches if match.kind == kind]


def _settings(tool: str) -> list[str]:
    return [*PEERS[tool].arguments("LEFT", "RIGHT", "OUT"), PEERS[tool].settings]


def _read(rows: Sequence[Any] | None) -> list[Found] | None:
    if rows is None:
        return None
    return [Found(Lines(**row["left"]), Lines(**row["right"]), row["weight"], row["note"]) for row in rows]


def _found(match: clonescan.Match) -> Found:
    note = f"{match.clone_type} {match.similarity:.2f} {match.left.unit} = {match.right.unit}"
    return Found(_hull(match, 0), _hull(match, 2), match.evidence_bits, note)


def _hull(match: clonescan.Match, side: int) -> Lines:
    """From the first to the last aligned line of a side; the whole unit where nothing is aligned."""
    place = match.right if side else match.left
    starts = [block[side] for block in match.lines] or [place.start_line]
    ends = [block[side + 1] for block in match.lines] or [place.end_line]
    return Lines(place.path, min(starts), max(ends))
