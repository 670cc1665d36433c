"""The index: time to add, size, and time and memory of a query, from ten thousand units to a million."""

from __future__ import annotations

import json
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from harness import process
from harness.cases import PINNED
from harness.results import Options, Row

from clonescan.background import open_background
from clonescan.comparison import reading
from clonescan.index import contents, open_index, related
from clonescan.index.add import writer
from clonescan.index.facts import key, method
from clonescan.index.folder import publish
from clonescan.kinds.held import Held
from clonescan.kinds.reading import Extracted, Reading
from clonescan.settings import Settings
from clonescan.sources import open_source
from clonescan.sources.interface import no_progress
from parts.relatives import Relative, packages, relatives

ASKED = ("torchtune", "litgpt")
"""What is audited beside the index, and is not in it."""

SIZES = (10_000, 30_000, 100_000, 300_000, 1_000_000)
"""Units of the index when it is asked; packages are added whole, so that it holds some more."""


def index(options: Options) -> Iterator[Row]:
    """Grow an index and ask it at each size."""
    folder = options.work / "index"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    yield from _grown(options, folder / "index")
    shutil.rmtree(folder)


def _grown(options: Options, place: Path) -> Iterator[Row]:
    """Real packages until there are none left, then variants of them."""
    names = [name for name in PINNED if name not in ASKED]
    settings = Settings(index=str(place), use_cache=False)
    asked = {name: _read(options.sources / name, settings) for name in ASKED}
    made: Iterator[Relative] | None = None
    features = 0
    for size in SIZES:
        if names:
            row = _added(options, names, place, size)
            features += row["features"]
            yield row
        if _units(place) < size:
            made = made or relatives(packages(contents(place).indexed))
            row = _written(place, settings, size, made)
            features += row["features"]
            yield row
        held = _size(place)
        yield {"kind": "size", **held, "features": features}
        for name, ours in asked.items():
            of = {"asked": name, "units": held["units"]}
            yield {"kind": "candidates", **of, **_candidates(ours, place, settings, options.runs)}
            yield {"kind": "audit", **of, **_audit(options.sources / name, place)}


def _read(source: Path, settings: Settings) -> Reading:
    with reading(open_background("default"), settings, no_progress) as files:
        return files.read(Held(open_source(str(source), settings), settings, no_progress))


def _added(options: Options, names: list[str], place: Path, size: int) -> Row:
    """Add packages, each by the command line in a process of its own, until there are so many units or no more."""
    before = contents(place).indexed if place.is_dir() else ()
    runs = []
    while names and _units(place) < size:
        source = str(options.sources / names.pop(0))
        runs.append(_run("index", "add", source, "--index", str(place), "--no-cache", "--quiet"))
    new = [entry for entry in contents(place).indexed if entry not in before]
    return {
        "kind": "add", "what": "packages", "repositories": len(new),
        "units": sum(entry.facts.repository.units for entry in new),
        "features": sum(_features(files) for files in packages(new).values()),
        "seconds": sum(run.seconds for run in runs), "cpu": sum(run.cpu for run in runs),
        "peak_bytes": max(run.peak_bytes for run in runs),
    }  # fmt: skip


def _features(files: Sequence[Extracted]) -> int:
    """The features of all units, each counted once a unit."""
    return sum(len(file.fingerprint.features) for file in files)


def _written(place: Path, settings: Settings, size: int, made: Iterator[Relative]) -> Row:
    """Put variants into the index as `add` does with what it has read, until there are so many units."""
    background = open_background("default")
    made_by = method(settings, background)
    units = before = _units(place)
    features, repositories, seconds, cpu = 0, 0, 0.0, 0.0
    while units < size:
        one = next(made)
        clock, processor = time.perf_counter(), time.process_time()
        publish(place, key(one.repository.source), writer(one.repository, one.files, "", made_by, background))
        seconds, cpu = seconds + time.perf_counter() - clock, cpu + time.process_time() - processor
        units, repositories, features = units + one.repository.units, repositories + 1, features + _features(one.files)
    return {
        "kind": "add", "what": "variants", "repositories": repositories, "units": units - before,
        "features": features, "seconds": seconds, "cpu": cpu, "peak_bytes": 0,
    }  # fmt: skip


def _units(place: Path) -> int:
    return sum(entry.facts.repository.units for entry in contents(place).indexed) if place.is_dir() else 0


def _size(place: Path) -> Row:
    """How much is in the index; `postings`: the features that something is found by, each once a unit."""
    found = contents(place).indexed
    files = [file for entry in found for file in entry.folder.iterdir()]
    return {
        "repositories": len(found),
        "units": sum(entry.facts.repository.units for entry in found),
        "postings": sum(entry.facts.postings for entry in found),
        "bytes": sum(file.stat().st_size for file in files),
    }


def _candidates(ours: Reading, place: Path, settings: Settings, runs: int) -> Row:
    """Opening the index and finding the files that may correspond, in this process, the median of some runs."""
    times = []
    for _ in range(runs):
        clock, processor = time.perf_counter(), time.process_time()
        found = related(open_index(place, settings), ours.files).related
        times.append((time.perf_counter() - clock, time.process_time() - processor))
    return {
        "seconds": median(clock for clock, _ in times), "cpu": median(processor for _, processor in times),
        "repositories": len(found), "files": sum(len(one.reading.files) for one in found),
    }  # fmt: skip


def _audit(source: Path, place: Path) -> Row:
    """An audit of a project beside the index, a whole process that keeps nothing."""
    out = place.with_suffix(".json")
    options = ("--index", str(place), "--no-cache", "--format", "json", "--out", str(out), "--quiet")
    done = _run("audit", str(source), *options)
    report = json.loads(out.read_text(encoding="utf-8"))
    return {"seconds": done.seconds, "cpu": done.cpu, "peak_bytes": done.peak_bytes, "matches": len(report["matches"])}


def _run(*arguments: str) -> process.Finished:
    """clonescan in a process of its own. What watches its memory takes a hundredth of one processor."""
    done = process.run([str(Path(sys.executable).with_name("clonescan")), *arguments], memory=True)
    if done.code not in (0, 1):
        raise RuntimeError(f"clonescan ended with exit code {done.code}")
    return done
