"""The clone graph as GEXF, the format of Gephi."""

from __future__ import annotations

from clonescan.entities import Report
from clonescan.report.flat import flat_graph
from clonescan.report.interface import PLAIN, View


def render(report: Report, _view: View = PLAIN) -> str:
    """Return the flat clone graph as GEXF 1.2, which `networkx.read_gexf` reads back equal but for two keys of edges.

    GEXF keeps the words for itself: `type` is called `relation`, and `id` is the key of the edge (a match's id).
    """
    from networkx.readwrite.gexf import GEXFWriter  # type: ignore[import-untyped]

    graph = flat_graph(report)
    for _, _, key, facts in graph.edges(keys=True, data=True):
        facts |= {"id": key, "relation": facts.pop("type")}
    writer = GEXFWriter(graph)
    writer.xml.remove(writer.xml.find("meta"))  # the date of today, which would make other bytes tomorrow
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + str(writer).rstrip() + "\n"
