"""The terminal: how wide and colourful it is, text for it, and files instead of it."""

from __future__ import annotations

import io
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeVar

from rich.console import Console, RenderableType

from clonescan.errors import UsageError
from clonescan.report.escape import visible
from clonescan.report.interface import View

Facts = TypeVar("Facts")

PLAIN_WIDTH = 80
WIDEST = 120
NARROWEST = 40


def view(out: Path | None, environ: Mapping[str, str], top: int, verbose: bool = False) -> View:
    """Return how a report looks in a file or pipe, 80 plain columns, or on a terminal, in its own width and colour."""
    if out is not None or sys.stdout is None or not sys.stdout.isatty():
        return View(PLAIN_WIDTH, False, top, verbose)
    columns = shutil.get_terminal_size((PLAIN_WIDTH, 24)).columns
    colour = not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"
    return View(max(NARROWEST, min(columns, WIDEST)), colour, top, verbose)


def deliver(render: Callable[[Facts, View], str], facts: Facts, view: View, out: Path | None) -> None:
    """Write what `render` makes of `facts` to the file `out`, or print it; raises UsageError if it cannot."""
    text = render(facts, view)
    if out is None:
        show(text)
    else:
        write(text, out)


def printed(parts: Iterable[RenderableType], view: View) -> str:
    """Return what rich makes of `parts`, without trailing blanks; nothing in them is taken for markup."""
    console = Console(
        file=io.StringIO(),
        width=view.width,
        force_terminal=view.colour,
        color_system="standard" if view.colour else None,
        legacy_windows=False,
        markup=False,
        emoji=False,
        highlight=False,
        _environ={},
    )
    with console.capture() as capture:
        for part in parts:
            console.print(part, overflow="fold")
    return "\n".join(line.rstrip() for line in capture.get().split("\n"))


def show(text: str) -> None:
    """Print `text`; a reader that went away early (`| head`) is no error. Raises UsageError if it cannot be printed."""
    if sys.stdout is None:
        raise UsageError("The report cannot be printed: standard output is closed.")
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        let_go()
    except OSError as error:
        let_go()
        raise UsageError(f"The report cannot be printed: {error.strerror}.") from error


def let_go() -> None:
    """Leave standard output, so that the flush at exit has somewhere to go."""
    sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115


def tell(sentence: str) -> None:
    """Say something beside the report, on standard error."""
    print(f"clonescan: {visible(sentence)}", file=sys.stderr)


def check_writable(path: Path) -> None:
    """Raise UsageError if no file can be written at `path`, before any work is done."""
    if path.is_dir():
        raise UsageError(f'"{path}" is a folder; a report needs the name of a file.')
    if not path.absolute().parent.is_dir():
        raise UsageError(f'The folder "{path.absolute().parent}" for the report does not exist.')


def write(content: str | bytes, path: Path) -> None:
    """Write text or bytes so that there is the old file or the whole new one; raises UsageError if it cannot."""
    check_writable(path)
    try:
        data = content.encode() if isinstance(content, str) else content
        if path.exists() and not path.is_file():
            path.write_bytes(data)
        else:
            _replace(data, path)
    except OSError as error:
        raise UsageError(f'The report cannot be written to "{path}": {error.strerror}.') from error


def _replace(data: bytes, path: Path) -> None:
    handle, name = tempfile.mkstemp(dir=path.absolute().parent, prefix=f".{path.name}.")
    temporary = Path(name)
    try:
        with open(handle, "wb") as file:  # noqa: PTH123 - an open descriptor
            file.write(data)
        temporary.chmod(path.stat().st_mode if path.exists() else 0o666 & ~_umask())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
