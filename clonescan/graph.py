"""The clone graph: repositories, files and units as nodes, containment and matches as edges; and its families."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import quote

from clonescan.entities import Family, Match, Member, Overlap, Place, Report

if TYPE_CHECKING:
    import networkx  # type: ignore[import-untyped]


_Key = tuple[str, str, str]
"""Path, repository and name of a unit, by which members are sorted."""


def clone_graph(report: Report) -> networkx.MultiGraph:
    """Return every repository of the report, and the files and units that matches name, as one graph.

    Nodes carry `type` (repository, file, unit) and `label`; edges carry `type` (contains, match), the edge of a match
    has the match's id as its key. Node ids read `REPOSITORY:PATH#UNIT`, percent-encoded.
    """
    import networkx

    graph = networkx.MultiGraph()
    for repository in report.repositories:
        graph.add_node(
            quote(repository.id, safe="/", errors="surrogatepass"),
            type="repository",
            label=repository.id,
            source=repository.source,
            commit=repository.commit,
            version=repository.version,
            license=repository.license,
            units=repository.units,
        )
    for match in report.matches:
        _add_match(graph, match, _add_place(graph, match.left), _add_place(graph, match.right))
    return graph


def families(matches: Iterable[Match]) -> tuple[Family, ...]:
    """Return the connected sets of matched units, largest first; runners-up connect nothing."""
    sets: dict[_Key, list[_Key]] = {}
    for match in matches:
        if not match.runner_up:
            larger, smaller = (sets.setdefault(key, [key]) for key in (_key(match.left), _key(match.right)))
            if larger is smaller:
                continue
            if len(larger) < len(smaller):
                larger, smaller = smaller, larger
            larger += smaller
            sets.update(dict.fromkeys(smaller, larger))
    found = [sorted(keys) for keys in {id(keys): keys for keys in sets.values()}.values() if len(keys) > 1]
    return tuple(_family(keys) for keys in sorted(found, key=lambda keys: (-len(keys), keys)))


def highest_overlap(report: Report) -> Overlap | None:
    """Return the largest overlap of any pair in either direction, of all kinds together; None if there is no pair."""
    return max((row for row in report.overlap if row.kind == "all"), key=lambda row: row.overlap, default=None)


def _add_match(graph: networkx.MultiGraph, match: Match, left: str, right: str) -> None:
    origin = match.common_origin
    graph.add_edge(
        left,
        right,
        key=quote(match.id, errors="surrogatepass"),
        type="match",
        kind=match.kind,
        clone_type=match.clone_type,
        similarity=match.similarity,
        evidence_bits=match.evidence_bits,
        net_bits=match.net_bits,
        expected_by_chance=match.expected_by_chance,
        left_lines=f"{match.left.start_line}-{match.left.end_line}",
        right_lines=f"{match.right.start_line}-{match.right.end_line}",
        common_origin=f"{origin.repository} {origin.version}, {origin.path}, {origin.unit}" if origin else None,
        runner_up=match.runner_up,
        standing=match.standing.name if match.standing else None,
    )


def _add_place(graph: networkx.MultiGraph, place: Place) -> str:
    """Add a unit, its file, and the two edges that hold them, once; return the unit's node id."""
    repository, path, unit = (
        quote(part, safe="/", errors="surrogatepass") for part in (place.repository, place.path, place.unit)
    )
    file_id, unit_id = f"{repository}:{path}", f"{repository}:{path}#{unit}"
    facts = {"repository": place.repository, "path": place.path, "marked": place.marked}
    if repository not in graph:
        graph.add_node(repository, type="repository", label=place.repository)
    if file_id not in graph:
        graph.add_node(file_id, type="file", label=place.path, **facts)
        graph.add_edge(repository, file_id, key=f"contains {file_id}", type="contains")
    if unit_id not in graph:
        lines = {"start_line": place.start_line, "end_line": place.end_line, "link": place.link}
        graph.add_node(unit_id, type="unit", label=place.unit, **facts, **lines)
        graph.add_edge(file_id, unit_id, key=f"contains {unit_id}", type="contains")
    node = graph.nodes[unit_id]
    node["start_line"] = min(node["start_line"], place.start_line)
    node["end_line"] = max(node["end_line"], place.end_line)
    return unit_id


def _key(place: Place) -> _Key:
    return place.path, place.repository, place.unit


def _family(keys: list[_Key]) -> Family:
    members = tuple(Member(repository, path, unit) for path, repository, unit in keys)
    text = "\n".join(repr((member.repository, member.path, member.unit)) for member in members)
    return Family(hashlib.sha256(text.encode()).hexdigest()[:12], members)
