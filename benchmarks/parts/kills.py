"""Ends `clonescan index add` by kill -9 ten times at random moments, and goes on: what is lost, what is answered."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from harness.process import Finished, run
from harness.results import Options, Row

from clonescan.errors import UsageError
from clonescan.index import contents

TIMES = 10
SHARE = 0.4
"""A run gets up to this share of the time that all of it takes: ten runs get far, and hardly to the end."""


KILLED = ("sb3", "open_clip_torch", "segmentation_models_pytorch", "vit_pytorch", "lavis", "accelerate", "trl",
          "mmengine", "flair", "peft", "darts", "datasets")  # fmt: skip
"""What is added: a dozen small packages."""

ASKED = "litgpt"
"""What both indexes are asked for."""


def kills(options: Options) -> Iterator[Row]:
    """Add the same packages without and with interruptions, and ask both indexes the same.

    Nothing is kept but the index, so that what a kill loses is read again. The moments are drawn evenly from a part of
    the time that adding all of it takes.
    """
    folder = options.work / "kills"
    sources, asked = [options.sources / name for name in KILLED], options.sources / ASKED
    whole, broken = folder / "whole", folder / "broken"
    for index in (whole, broken):
        shutil.rmtree(index, ignore_errors=True)
    straight = _finished(run(_adding(sources, whole)))
    moments = random.Random(options.seed)
    for number in range(1, TIMES + 1):
        seconds = moments.uniform(0, straight.seconds * SHARE)
        yield {"kind": "kill", "number": number, "after": seconds, "killed": _killed(sources, broken, seconds),
               **_state(broken)}  # fmt: skip
    last = _finished(run(_adding(sources, broken)))
    yield {
        "kind": "resumed", "kills": TIMES, "of": len(sources), "straight": straight.seconds, "last": last.seconds,
        "left_over": len([place for place in broken.iterdir() if place.name.startswith(".draft")]),
        "tables_equal": _tables(whole) == _tables(broken),
        "answers_equal": _audit(asked, whole) == _audit(asked, broken),
    }  # fmt: skip


def _program() -> str:
    return str(Path(sys.executable).with_name("clonescan"))


def _adding(sources: Sequence[Path], index: Path) -> list[str]:
    return [_program(), "index", "add", *map(str, sources), "--index", str(index), "--no-cache", "--quiet"]


def _killed(sources: Sequence[Path], index: Path, seconds: float) -> bool:
    """Start adding, and kill all of it after so many seconds, unless it has ended before."""
    with subprocess.Popen(_adding(sources, index), stdout=subprocess.DEVNULL, start_new_session=True) as child:
        time.sleep(seconds)
        running = child.poll() is None
        os.killpg(child.pid, signal.SIGKILL)
    return running


def _state(index: Path) -> Row:
    """What is in the index, and what was being written when it was left."""
    drafts = len([place for place in index.iterdir() if place.name.startswith(".draft")]) if index.is_dir() else 0
    try:
        found = contents(index)
    except UsageError:
        return {"repositories": 0, "damaged": 0, "drafts": drafts}
    return {"repositories": len(found.indexed), "damaged": len(found.damaged), "drafts": drafts}


def _tables(index: Path) -> dict[str, str]:
    """A hash of the tables of each repository."""
    return {entry.facts.repository.source: entry.facts.seal for entry in contents(index).indexed}


def _audit(asked: Path, index: Path) -> object:
    """All that an audit says but what the index is called."""
    out = index.with_suffix(".json")
    options = ["--index", str(index), "--no-cache", "--format", "json", "--out", str(out), "--quiet"]
    run([_program(), "audit", str(asked), *options])
    report = json.loads(out.read_text(encoding="utf-8"))
    return {name: value for name, value in report.items() if name not in ("parameters", "audit")}


def _finished(done: Finished) -> Finished:
    if done.code:
        raise RuntimeError(f"clonescan ended with exit code {done.code}")
    return done
