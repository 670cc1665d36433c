"""The clone graph as GraphML, for Gephi, yEd, networkx and their like."""

from __future__ import annotations

from clonescan.entities import Report
from clonescan.report.flat import flat_graph
from clonescan.report.interface import PLAIN, View


def render(report: Report, _view: View = PLAIN) -> str:
    """Return the flat clone graph as GraphML; `networkx.read_graphml` reads it back equal."""
    import networkx  # type: ignore[import-untyped]

    return "\n".join(networkx.generate_graphml(flat_graph(report))) + "\n"
