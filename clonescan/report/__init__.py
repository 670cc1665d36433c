"""The formats that a report can be written in; a new one is a new module and an entry here."""

from __future__ import annotations

from collections.abc import Mapping

from clonescan.errors import UsageError
from clonescan.report import csv, dot, gexf, graphml, json, markdown, nodelink, sarif, text
from clonescan.report.interface import Format, Renderer, View

__all__ = ["FORMATS", "Format", "Renderer", "View", "chosen"]

FORMATS: Mapping[str, Format] = {
    "text": Format(text.render, "report.txt"),
    "json": Format(json.render, "report.json"),
    "markdown": Format(markdown.render, "report.md"),
    "csv": Format(csv.render, "matches.csv"),
    "sarif": Format(sarif.render, "report.sarif"),
    "graphml": Format(graphml.render, "graph.graphml"),
    "gexf": Format(gexf.render, "graph.gexf"),
    "dot": Format(dot.render, "graph.dot"),
    "node-link": Format(nodelink.render, "graph.json"),
}


def chosen(name: str) -> Format:
    """Return the format `name`; raises UsageError if there is none."""
    if name not in FORMATS:
        raise UsageError(f'There is no format "{name}"; choose one of {", ".join(FORMATS)}.')
    return FORMATS[name]
