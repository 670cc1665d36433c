"""Progress bars on standard error, for somebody who waits at a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

from clonescan.report.escape import visible
from clonescan.sources.interface import Progress, no_progress


@contextmanager
def shown(enabled: bool) -> Iterator[Progress]:
    """Yield a progress callback that draws bars on standard error while the block runs, if that is a terminal."""
    if not enabled or not sys.stderr.isatty():
        yield no_progress
        return
    description = TextColumn("{task.description}", markup=False)
    columns = (description, BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, int] = {}

        def advance(task: str, done: int, total: int | None) -> None:
            name = visible(task)
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=total)
            bars.update(tasks[name], completed=done, total=total)  # type: ignore[arg-type]

        yield advance
