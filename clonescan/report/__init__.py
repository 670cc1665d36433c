"""The formats that a report can be written in; a new one is a new module and an entry here."""

from __future__ import annotations

from collections.abc import Mapping

from clonescan.errors import UsageError
from clonescan.report import graphml, json, text
from clonescan.report.interface import Renderer, View

__all__ = ["FORMATS", "Renderer", "View", "renderer"]

FORMATS: Mapping[str, Renderer] = {"text": text.render, "json": json.render, "graphml": graphml.render}


def renderer(name: str) -> Renderer:
    """Return the function that writes the format `name`; raises UsageError if there is none."""
    if name not in FORMATS:
        raise UsageError(f'There is no format "{name}"; choose one of {", ".join(FORMATS)}.')
    return FORMATS[name]
