"""The graph formats: what they are read with gets back the flat clone graph, whatever the names are."""

from __future__ import annotations

import io
import json
from typing import Any
from xml.etree import ElementTree

import networkx  # type: ignore[import-untyped]
import pydot
import pytest
from hypothesis import given, settings

from clonescan.entities import Place, Report
from clonescan.graph import clone_graph
from clonescan.report import dot, gexf, graphml, nodelink
from clonescan.report.escape import visible
from clonescan.report.flat import flat_graph
from clonescan.report.json import rounded
from report.samples import HOSTILE, LEFT, RIGHT, example, match, reports

Edges = dict[str, tuple[set[str], dict[str, Any]]]


def _edges(graph: networkx.MultiGraph) -> Edges:
    return {key: ({left, right}, dict(facts)) for left, right, key, facts in graph.edges(data=True, keys=True)}


def _gexf_edges(graph: networkx.MultiGraph) -> Edges:
    """The flattening that the module states: `type` becomes `relation`, and the key is the `id`."""
    return {
        key: (ends, {"relation" if name == "type" else name: fact for name, fact in facts.items()} | {"id": key})
        for key, (ends, facts) in _edges(graph).items()
    }


def _read_gexf(text: str) -> networkx.MultiGraph:
    return networkx.MultiGraph(networkx.read_gexf(io.BytesIO(text.encode())))


def test_flat_is_the_clone_graph_without_none_and_with_escapes() -> None:
    report = example(matches=(match(left=Place(LEFT, HOSTILE, HOSTILE, 1, 2)),))
    graph, flat = clone_graph(rounded(report)), flat_graph(report)
    assert set(graph) == set(flat)
    for node, facts in graph.nodes(data=True):
        assert flat.nodes[node] == {
            key: visible(value) if isinstance(value, str) else value
            for key, value in facts.items()
            if value is not None
        }
    assert all(isinstance(fact, str | int | float) for _, facts in flat.nodes(data=True) for fact in facts.values())


@settings(deadline=None, max_examples=40)
@given(reports())
def test_graphml_is_read_back_equal(report: Report) -> None:
    graph = flat_graph(report)
    back = networkx.read_graphml(io.BytesIO(graphml.render(report).encode()), force_multigraph=True)
    assert dict(back.nodes(data=True)) == dict(graph.nodes(data=True))
    assert _edges(back) == _edges(graph)


@settings(deadline=None, max_examples=40)
@given(reports())
def test_gexf_is_read_back_equal(report: Report) -> None:
    graph, text = flat_graph(report), gexf.render(report)
    nodes = {element.get("id") for element in ElementTree.fromstring(text).iter("{http://www.gexf.net/1.2draft}node")}
    assert nodes == set(graph)
    back = _read_gexf(text)
    assert dict(back.nodes(data=True)) == dict(graph.nodes(data=True))
    found = {facts["id"]: ({left, right}, facts) for left, right, facts in back.edges(data=True)}
    assert found == _gexf_edges(graph)


@settings(deadline=None, max_examples=40)
@given(reports())
def test_node_link_is_read_back_equal(report: Report) -> None:
    text = nodelink.render(report)
    back = networkx.node_link_graph(json.loads(text), edges="edges")
    assert text.isascii()
    assert networkx.utils.graphs_equal(back, flat_graph(report))


def test_gexf_has_no_date() -> None:
    assert "lastmodified" not in gexf.render(example())


@pytest.mark.parametrize("name", [HOSTILE, 'a"; b -- c; "', "\\", "\\N&lt;&amp;", "<b>x</b>", "漢字", "{a|b}"])
def test_dot_says_what_the_graph_says(name: str) -> None:
    """A parser of DOT finds the same nodes, labels and edges; pydot leaves labels as they are written."""
    report = example(matches=(match(1, left=Place(LEFT, name, name, 1, 2)), match(2)))
    [parsed] = pydot.graph_from_dot_data(dot.render(report)) or []
    nodes = _dot_nodes(parsed)
    units = {node: facts for node, facts in flat_graph(report).nodes(data=True) if facts["type"] == "unit"}
    assert {node: _shown(label) for node, label in nodes.items()} == {
        node: f"{facts['label']}\n{facts['start_line']}-{facts['end_line']}" for node, facts in units.items()
    }
    ends = {
        (str(edge.get_source()).strip('"'), str(edge.get_destination()).strip('"')) for edge in parsed.get_edges()
    }
    assert ends == {
        (left, right) for left, right, facts in flat_graph(report).edges(data=True) if facts["type"] == "match"
    }


def _dot_nodes(graph: pydot.Graph) -> dict[str, str]:
    found = {
        node.get_name().strip('"'): node.get("label")
        for node in graph.get_nodes()
        if node.get_name() not in ("node", "graph") and node.get("label")
    }
    for inner in graph.get_subgraphs():
        found |= _dot_nodes(inner)
    return found


def _shown(label: str) -> str:
    """What graphviz shows for a quoted label: escapes and entities resolved."""
    text, escapes = "", iter(label[1:-1])
    for char in escapes:
        if char == "\\":
            following = next(escapes)
            text += "\n" if following == "n" else following
        else:
            text += char
    return text.replace("&amp;", "&")


def test_dot_marks_repositories_files_and_runners_up() -> None:
    text = dot.render(example(matches=(match(1), match(2, runner_up=True))))
    assert f'subgraph "cluster {RIGHT}:kit/sampler.py" {{' in text
    assert text.count("style=dashed") == 1
