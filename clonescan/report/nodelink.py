"""The clone graph as node-link JSON, which networkx, D3 and others read."""

from __future__ import annotations

import json

from clonescan.entities import Report
from clonescan.report.flat import flat_graph
from clonescan.report.interface import PLAIN, View


def render(report: Report, _view: View = PLAIN) -> str:
    """Return the flat clone graph as ASCII JSON; `networkx.node_link_graph` reads it back equal (edges="edges")."""
    import networkx  # type: ignore[import-untyped]

    return json.dumps(networkx.node_link_data(flat_graph(report), edges="edges"), indent=1) + "\n"
