"""The clone graph with flat facts, as the formats of graph tools can hold them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from clonescan.entities import Report
from clonescan.graph import clone_graph
from clonescan.report.escape import visible
from clonescan.report.json import rounded

if TYPE_CHECKING:
    import networkx  # type: ignore[import-untyped]


def flat_graph(report: Report) -> networkx.MultiGraph:
    """Return the clone graph with text, numbers and truth values alone.

    What is unknown is left out instead of None, and characters that cannot be printed, among them those that XML
    cannot hold, are written as escapes. There are no lists to begin with.
    """
    graph = clone_graph(rounded(report))
    for _, facts in graph.nodes(data=True):
        _flatten(facts)
    for _, _, facts in graph.edges(data=True):
        _flatten(facts)
    return graph


def _flatten(facts: dict[str, Any]) -> None:
    for key, value in list(facts.items()):
        if value is None:
            del facts[key]
        elif isinstance(value, str):
            facts[key] = visible(value)
