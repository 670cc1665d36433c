"""The clone graph in DOT, the language of graphviz, which need not be installed to write it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from clonescan.entities import Report
from clonescan.report.flat import flat_graph
from clonescan.report.interface import PLAIN, View

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "&": "&amp;"})
"""What graphviz reads inside a quoted label: backslash sequences and HTML entities; `<` only means itself there."""


def render(report: Report, _view: View = PLAIN) -> str:
    """Return the flat clone graph with repositories and files as clusters, units as nodes and matches as edges."""
    graph = flat_graph(report)
    inside: dict[str, list[str]] = {}
    for holder, held, facts in graph.edges(data=True):
        if facts["type"] == "contains":
            inside.setdefault(holder, []).append(held)
    lines = ["graph clonescan {", "  graph [compound=true, overlap=false, splines=true];", "  node [shape=box];"]
    for node, facts in graph.nodes(data=True):
        if facts["type"] == "repository":
            lines += _cluster(node, graph.nodes, inside)
    for left, right, key, facts in graph.edges(keys=True, data=True):
        if facts["type"] == "match":
            lines.append(f"  {_quoted(left)} -- {_quoted(right)} [{_edge(key, facts)}];")
    return "\n".join([*lines, "}"]) + "\n"


def _cluster(node: str, nodes: Mapping[str, Mapping[str, Any]], inside: Mapping[str, list[str]]) -> Iterator[str]:
    """Yield a repository or a file with what it holds; units are nodes and hold nothing."""
    facts, indent = nodes[node], {"repository": "  ", "file": "    ", "unit": "      "}[nodes[node]["type"]]
    if facts["type"] == "unit":
        label = f"{facts['label']}\n{facts['start_line']}-{facts['end_line']}"
        yield f"{indent}{_quoted(node)} [label={_label(label)}];"
        return
    yield f"{indent}subgraph {_quoted(f'cluster {node}')} {{"
    yield f"{indent}  label={_label(facts['label'])};"
    for held in inside.get(node, []):
        yield from _cluster(held, nodes, inside)
    yield f"{indent}}}"


def _edge(key: str, facts: Mapping[str, Any]) -> str:
    names = {"id": key, "kind": facts["kind"], "clone_type": facts["clone_type"]}
    texts = [f"{name}={_label(text)}" for name, text in names.items()]
    numbers = [f"{name}={facts[name]}" for name in ("similarity", "evidence_bits", "net_bits")]
    return ", ".join([*texts, *numbers, *(["style=dashed"] if facts["runner_up"] else [])])


def _label(text: str) -> str:
    return '"' + text.translate(_ESCAPES).replace("\n", "\\n") + '"'


def _quoted(name: str) -> str:
    """Return the name of a node, in which nothing but a quotation mark means anything; node names have none."""
    return f'"{name}"'
