"""What the parts of the benchmark measured, as one JSON file a part, with how and where it was measured."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from pathlib import Path
from typing import Any

import clonescan

Row = dict[str, Any]
TOLD = (
    "clonescan",
    "jscpd",
    "pyscn",
    "copydetect",
    "tree-sitter",
    "tree-sitter-python",
    "numpy",
    "duckdb",
    "rapidfuzz",
)
"""The packages whose versions the results may depend on."""


@dataclass(frozen=True, slots=True)
class Options:
    """What one run of the benchmark is told; empty `pairs` and `tools` mean all of them."""

    sources: Path
    work: Path
    results: Path
    pairs: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    levels: tuple[int, ...] = (1, 2, 3, 4)
    count: int = 150
    seed: int = 1
    runs: int = 5

    def narrowed(self, pairs: tuple[str, ...]) -> list[str]:
        """Those of the pairs that this run is about."""
        return [pair for pair in pairs if not self.pairs or pair in self.pairs]


def write(options: Options, part: str, content: Mapping[str, Any]) -> None:
    """Keep what a part measured."""
    options.results.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"about": about(), **content}, indent=1)
    (options.results / f"{part}.json").write_text(text + "\n", encoding="utf-8")


def read(folder: Path, part: str) -> dict[str, Any] | None:
    """What a part measured in its last run; None if it never ran."""
    path = folder / f"{part}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def about() -> Row:
    """When, where and with what something was measured."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "command": _command(sys.argv[1:]),
        "commit": _commit(),
        "machine": ", ".join([_processor(), f"{os.cpu_count()} processors", _memory(), platform.system()]),
        "python": platform.python_version(),
        "versions": {name: found for name in TOLD if (found := _version(name))},
    }


def _command(arguments: Sequence[str]) -> str:
    """How this was started, without the folders, which say nothing about what was measured."""
    folders = ("--sources", "--work", "--results")
    kept = [
        argument
        for before, argument in pairwise(("", *arguments))
        if before not in folders and not argument.startswith(folders)
    ]
    return " ".join(["python", "benchmarks/bench.py", *kept])


def _version(name: str) -> str | None:
    if name == "clonescan":
        return clonescan.__version__
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _commit() -> str:
    """The commit of the checkout, with a plus sign if files of it are changed; "" outside of one."""
    here = Path(__file__).parents[2]

    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=here, capture_output=True, text=True).stdout.strip()

    changed = git("status", "--porcelain", "--untracked-files=no", "--", "clonescan", "grammars")
    return git("rev-parse", "--short=10", "HEAD") + ("+" if changed else "")


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    return next(
        (line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.processor()
    )


def _memory() -> str:
    return f"{os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES') / 2**30:.0f} GB of memory"
