"""Runs programs to measure them: time, processor time and peak memory, all processes that they start included."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

WATCH = 0.05
"""Seconds between two looks at the memory of a process tree: far below the seconds for which a peak lasts."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A run of a program; `cpu` and `peak_bytes` count its children, too. Not `ended`: it was stopped by the time-out.

    `peak_bytes` is 0 unless it was asked for. It adds up the resident memory of all processes, so that a page which
    several share counts for each: an upper bound.
    """

    seconds: float
    cpu: float
    peak_bytes: int
    ended: bool
    code: int


def run(
    command: Sequence[str],
    timeout: float | None = None,
    cwd: Path | None = None,
    environ: Mapping[str, str] | None = None,
    output: Path | None = None,
    memory: bool = False,
) -> Finished:
    """Run a program to its end or to the time-out, its standard output written to a file if one is given.

    Watching `memory` takes processor time itself: do not take times from such a run.
    """
    environment = {**os.environ, **(environ or {})}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program does not compile itself at each start
    before, started = _children(), time.perf_counter()
    with (output or Path(os.devnull)).open("wb") as sink:
        child = subprocess.Popen(
            command, cwd=cwd, stdout=sink, stderr=subprocess.DEVNULL, start_new_session=True, env=environment
        )
        try:
            peak = _watched(child, timeout) if memory else 0
            code, ended = child.wait(timeout), True
        except subprocess.TimeoutExpired:
            code, ended, peak = -1, False, 0
        finally:
            # The group is the child's own: whatever it started and left behind ends with it.
            with suppress(ProcessLookupError):
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
    return Finished(time.perf_counter() - started, _children() - before, peak, ended, code)


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _watched(child: subprocess.Popen[bytes], timeout: float | None) -> int:
    """The highest sum of resident memory over the tree of a process, until it ends. Raises TimeoutExpired."""
    import psutil

    root, peak, started = psutil.Process(child.pid), 0, time.perf_counter()
    while child.poll() is None:
        total = 0
        with suppress(psutil.NoSuchProcess):
            for process in (root, *root.children(recursive=True)):
                with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                    total += process.memory_info().rss
        peak = max(peak, total)
        if timeout is not None and time.perf_counter() - started > timeout:
            raise subprocess.TimeoutExpired(child.args, timeout)
        time.sleep(WATCH)
    return peak
