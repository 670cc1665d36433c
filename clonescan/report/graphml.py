"""The clone graph as GraphML, for Gephi, yEd, networkx and their like."""

from __future__ import annotations

from typing import Any

from clonescan.entities import Report
from clonescan.graph import clone_graph
from clonescan.report.escape import visible
from clonescan.report.interface import PLAIN, View
from clonescan.report.json import rounded


def render(report: Report, _view: View = PLAIN) -> str:
    """Return the clone graph as GraphML; what is unknown is left out, unprintable characters are escaped."""
    import networkx  # type: ignore[import-untyped]

    graph = clone_graph(rounded(report))
    for _, facts in graph.nodes(data=True):
        _flatten(facts)
    for _, _, facts in graph.edges(data=True):
        _flatten(facts)
    return "\n".join(networkx.generate_graphml(graph)) + "\n"


def _flatten(facts: dict[str, Any]) -> None:
    """Keep what GraphML has types for: no None, and no character that XML cannot hold."""
    for key, value in list(facts.items()):
        if value is None:
            del facts[key]
        elif isinstance(value, str):
            facts[key] = visible(value)
