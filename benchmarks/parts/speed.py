"""How long a scan takes, beside jscpd on the same two folders: cold, warm, one file changed, and by size.

Whole processes, started like a user starts them, in turns, so that what else the machine does falls on both alike.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from statistics import median

from harness import process
from harness.cases import COPIED_FROM
from harness.process import Finished
from harness.results import Options, Row
from tools.peers import PEERS
from tree_sitter import Language, Parser
from truth import prepared
from truth.prepared import Case

from clonescan.background import open_background
from clonescan.kinds.reading import Work, extract_batch
from clonescan.scan import scan
from clonescan.settings import Settings

SHARES = (8, 4, 2, 1)
"""Every eighth file, every fourth, every other one, all of them."""

PEER = "jscpd-0.8"


def speed(options: Options) -> Iterator[Row]:
    """All measurements, on the copied-from split."""
    case = prepared.copied(options.sources, options.work, COPIED_FROM)
    size = {"bytes": sum(len(text) for _, text in _files(case)), "files": len(_files(case))}
    yield {"kind": "size", **size}
    yield from _in_turns(case, options.runs)
    yield {"kind": "parsing", **_parsing(case)}
    for share in SHARES:
        yield {"kind": "scaling", **_scaled(case, share, max(1, options.runs // 2))}


def _files(case: Case) -> list[tuple[str, bytes]]:
    folders = (case.left, case.right)
    return [(path.name, path.read_bytes()) for folder in folders for path in sorted(folder.rglob("*.py"))]


def _in_turns(case: Case, runs: int) -> Iterator[Row]:
    """Each state of clonescan and the peer, `runs` times in turns, then once more to see its memory."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        left, right = (_copy(side, folder / side.name) for side in (case.left, case.right))
        changed = max(right.rglob("*.py"), key=lambda path: path.stat().st_size)

        def again(memory: bool) -> Finished:
            return clonescan(left, right, folder, memory)

        def cold(memory: bool) -> Finished:
            shutil.rmtree(folder / "cache", ignore_errors=True)
            return again(memory)

        def one_changed(memory: bool) -> Finished:
            with changed.open("a", encoding="utf-8") as file:
                file.write(f"\n\ndef added_{time.time_ns()}(x):\n    return x\n")
            return again(memory)

        def peer(memory: bool) -> Finished:
            return process.run(PEERS[PEER].command(left, right, folder), memory=memory)

        # In this order: a warm run needs the cache of the cold one before it.
        states: dict[str, Callable[[bool], Finished]] = {
            "cold": cold, "warm": again, "one file changed": one_changed, PEER: peer
        }  # fmt: skip
        measured = {state: list[Finished]() for state in states}
        for _ in range(runs):
            for state, start in states.items():
                measured[state].append(start(False))
        for state, start in states.items():
            yield {"kind": "time", "state": state, **summary(measured[state]), "peak_bytes": start(True).peak_bytes}


def _copy(source: Path, target: Path) -> Path:
    shutil.copytree(source, target)
    return target


def clonescan(left: Path, right: Path, folder: Path, memory: bool = False) -> Finished:
    """Scan two folders in a process of its own, with a cache in `folder`."""
    program = Path(sys.executable).with_name("clonescan")
    options = [
        "--format",
        "json",
        "--out",
        str(folder / "report.json"),
        "--cache-dir",
        str(folder / "cache"),
        "--quiet",
    ]
    done = process.run([str(program), "scan", str(left), str(right), *options], memory=memory)
    if done.code:
        raise RuntimeError(f"clonescan ended with exit code {done.code}")
    return done


def summary(runs: list[Finished]) -> Row:
    seconds = sorted(run.seconds for run in runs)
    return {
        "seconds": median(seconds),
        "fastest": seconds[0],
        "slowest": seconds[-1],
        "cpu": median(run.cpu for run in runs),
        "runs": [asdict(run) for run in runs],
    }


def _parsing(case: Case) -> Row:
    """Processor time of bare tree-sitter parsing, and of extraction, of the same files in one process."""
    import tree_sitter_python

    files = [Work("code", path, text) for path, text in _files(case)]
    parser = Parser(Language(tree_sitter_python.language()))
    symbols = open_background("default").symbols
    # Loads the grammar and its queries, which happens once for any number of files.
    extract_batch(symbols, files[:1])
    started = time.process_time()
    for file in files:
        parser.parse(file.data)
    bare = time.process_time() - started
    extract_batch(symbols, files)
    return {"bare": bare, "extraction": time.process_time() - started - bare}


def _scaled(case: Case, share: int, runs: int) -> Row:
    """A cold scan of a part of the files of either side, and how much of it comes after reading."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        size = sum(_part(side, folder / side.name, share) for side in (case.left, case.right))
        left, right = folder / case.left.name, folder / case.right.name
        seconds = []
        for _ in range(runs):
            shutil.rmtree(folder / "cache", ignore_errors=True)
            seconds.append(clonescan(left, right, folder).seconds)
        return {"share": share, "bytes": size, "seconds": median(seconds), "matching": _matching(left, right, folder)}


def _part(source: Path, target: Path, share: int) -> int:
    """Copy every n-th file of a folder; returns their bytes."""
    size = 0
    for path in sorted(source.rglob("*.py"))[::share]:
        place = target / path.relative_to(source)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
        size += place.stat().st_size
    return size


def _matching(left: Path, right: Path, folder: Path) -> float:
    """The seconds after the last file is read, weighing and describing included, of a scan in this process."""
    started: list[float] = []

    def progress(task: str, _done: int, _total: int | None) -> None:
        if task == "Matching" and not started:
            started.append(time.perf_counter())

    scan([str(left), str(right)], Settings(cache_dir=folder / "cache"), progress)
    return time.perf_counter() - started[0]
