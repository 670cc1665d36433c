"""The clone graph as a picture for a paper or a slide: SVG, or PNG where the extra for it is installed."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType

from clonescan.entities import Report
from clonescan.errors import UsageError
from clonescan.report.picture.svg import draw
from clonescan.report.terminal import check_writable, write

PNG_ZOOM = 2
"""Pixels for a unit of the drawing: 3,200 by 1,800, sharp on a slide in full screen."""


def check(path: Path) -> None:
    """Raise UsageError, before any work is done, if no picture can be written at `path`."""
    check_writable(path)
    if path.suffix not in (".svg", ".png"):
        raise UsageError(f'A picture is an .svg or a .png file, and "{path.name}" is neither.')
    if path.suffix == ".png":
        _png_library()


def save(report: Report, path: Path) -> None:
    """Draw the clone graph of `report` to `path`; raises UsageError if it cannot."""
    drawing = draw(report)
    if path.suffix == ".png":
        write(png(drawing), path)
    else:
        write(drawing, path)


def _png_library() -> ModuleType:
    try:
        return import_module("resvg_py")
    except ImportError as error:
        raise UsageError(
            'A .png needs the extra "picture": pip install "clonescan[picture]"; an .svg needs nothing.'
        ) from error


def png(drawing: str) -> bytes:
    """Return an SVG as PNG, with the fonts of this machine; raises UsageError if the extra is not installed."""
    return bytes(_png_library().svg_to_bytes(svg_string=drawing, zoom=PNG_ZOOM))
