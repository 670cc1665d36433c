"""Where a report goes: one format to the terminal or a file, several to a folder with a file each."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from clonescan.entities import Report
from clonescan.errors import UsageError
from clonescan.explain import both_sides
from clonescan.report import Renderer, View, chosen
from clonescan.report.terminal import check_writable, deliver, view, write
from clonescan.settings import Settings
from clonescan.sources.interface import Progress, Snapshot

Show = Callable[[Renderer, View], str]
"""A report as a renderer writes it."""


@dataclass(frozen=True, slots=True)
class Output:
    """What is to be written, and where; `path` is None for standard output."""

    render: Renderer
    path: Path | None = None


def outputs(formats: Sequence[str], out: str | None) -> list[Output]:
    """Return what `formats` and `out` ask for, before any work is done.

    One format is printed or goes to the file `out`; several go to the folder `out`, which is made if its parent is
    there. Raises UsageError for a format that is none, and for a place where nothing can be written.
    """
    wanted = [chosen(name) for name in dict.fromkeys(formats)]
    if len(wanted) == 1:
        if out is None:
            return [Output(wanted[0].render)]
        if out.endswith("/"):
            raise UsageError(f'"{out}" is the path of a folder; one format needs a file in it.')
        check_writable(Path(out))
        return [Output(wanted[0].render, Path(out))]
    if out is None:
        raise UsageError("Several formats need --out FOLDER, where each of them becomes a file.")
    folder = Path(out)
    if folder.exists() and not folder.is_dir():
        raise UsageError(f'"{out}" is no folder; several formats need one, where each of them becomes a file.')
    if not folder.is_dir():
        check_writable(folder)
    return [Output(format.render, folder / format.file_name) for format in wanted]


def check_apart(wanted: Sequence[Output], *beside: Path | None) -> None:
    """Raise UsageError if one of the files `beside` a report cannot be written, or would replace another one."""
    taken = {output.path.resolve() for output in wanted if output.path is not None}
    for place in (path for path in beside if path is not None):
        check_writable(place)
        if place.resolve() in taken:
            raise UsageError(f'"{place}" is to be written twice; name another file for one of the two.')
        taken.add(place.resolve())


def write_all(show: Show, wanted: Sequence[Output], environ: Mapping[str, str], top: int, verbose: bool) -> None:
    """Write or print a report in every way that is wanted; raises UsageError if it cannot."""
    for output in wanted:
        if output.path is not None and not output.path.parent.exists():
            _make_folder(output.path.parent)
        deliver(show, output.render, view(output.path, environ, top, verbose), output.path)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise UsageError(f'The folder "{folder}" cannot be made: {error.strerror}.') from error


def write_page(
    report: Report, settings: Settings, progress: Progress, path: Path, opened: Sequence[Snapshot] = ()
) -> None:
    """Write the report as an HTML page with the text of both sides of its matches, as far as it is there to read.

    `opened` as in `both_sides`. Raises UsageError if the page cannot be written.
    """
    from clonescan.report.html import Page, render

    sides = both_sides(report, settings, progress, opened)
    progress("Writing the page", 0, None)
    write(render(Page(report, sides)), path)
