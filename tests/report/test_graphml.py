"""GraphML: networkx reads back the graph that was written, whatever the names are."""

from __future__ import annotations

import io
from typing import Any

import networkx  # type: ignore[import-untyped]
from hypothesis import given, settings

from clonescan.entities import Place, Report
from clonescan.graph import clone_graph
from clonescan.report.escape import visible
from clonescan.report.graphml import render
from clonescan.report.json import rounded
from report.samples import HOSTILE, LEFT, example, match, reports


def _read(text: str) -> networkx.MultiGraph:
    return networkx.read_graphml(io.BytesIO(text.encode()), force_multigraph=True)


def _flat(facts: dict[str, Any]) -> dict[str, Any]:
    return {
        key: visible(value) if isinstance(value, str) else value for key, value in facts.items() if value is not None
    }


@settings(deadline=None, max_examples=60)
@given(reports())
def test_what_was_written_is_read_back(report: Report) -> None:
    graph, back = clone_graph(rounded(report)), _read(render(report))
    assert dict(back.nodes(data=True)) == {node: _flat(facts) for node, facts in graph.nodes(data=True)}
    edges = {key: ({left, right}, _flat(facts)) for left, right, key, facts in graph.edges(data=True, keys=True)}
    assert {key: ({left, right}, facts) for left, right, key, facts in back.edges(data=True, keys=True)} == edges


def test_matches_and_containment_are_there() -> None:
    back = _read(render(example()))
    types = sorted(facts["type"] for _, facts in back.nodes(data=True))
    assert types == ["file", "file", "repository", "repository", "unit", "unit"]
    unit = f"{LEFT}:encoder/resampler.py#Resampler.forward"
    assert back.nodes[unit]["label"] == "Resampler.forward"
    found = [facts for _, _, facts in back.edges(data=True) if facts["type"] == "match"]
    assert [facts["evidence_bits"] for facts in found] == [312.44, 120.2]
    assert "common_origin" not in found[0]
    assert found[1]["common_origin"].startswith("transformers 4.44.2")


def test_hostile_names_stay_valid_xml() -> None:
    place = Place(LEFT, HOSTILE, HOSTILE, 1, 2)
    text = render(example(matches=(match(left=place),)))
    assert all(char.isprintable() or char == "\n" for char in text)
    assert visible(HOSTILE) in {facts["label"] for _, facts in _read(text).nodes(data=True)}
