"""The data that the page's script works with: the graph with its places, the matches, and the source of both sides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clonescan.entities import Feature, Match, Member, Place, Report
from clonescan.report.html.page import Page
from clonescan.report.html.sides import Sources, segments
from clonescan.report.interface import background_packages
from clonescan.report.layout import layout
from clonescan.report.standing import facts
from clonescan.report.words import alike, bits, chance, contained, evidence, found_in, origin
from clonescan.summary import member

FAMILY_COLOURS = 8
"""Families with a colour of their own, the largest ones of three or more units: as many as an eye tells apart."""

KINDS = ("code", "config", "tokenizer", "checkpoint")

MOST_ENTRIES = 300
"""Rows of a config's or checkpoint's table that a match brings along."""


def content(page: Page) -> dict[str, Any]:
    """Return everything that the script needs, as plain data."""
    report = page.report
    placed = layout(report)
    order = {repository: number for number, repository in enumerate(placed.repositories)}
    files = {file: number for number, file in enumerate(placed.files)}
    units = {unit: number for number, unit in enumerate(placed.units)}
    matches = [match for match in report.matches if placed.holds(match)]
    marked = {(side.repository, side.path): side.marked for match in matches for side in (match.left, match.right)}
    families = _families(report)
    sources = Sources()
    rows = [_match(match, page, units, sources) for match in matches]
    return {
        "repositories": [
            {"id": repository.id, "circle": circle, "units": repository.units}
            for repository, circle in zip(report.repositories, placed.repositories.values(), strict=True)
        ],
        "files": [
            {"repository": order[file[0]], "path": file[1], "circle": circle, "marked": marked[file]}
            for file, circle in placed.files.items()
        ],
        "units": [
            {"file": files[unit.repository, unit.path], "name": unit.unit, "at": at, "family": families.get(unit, -1)}
            for unit, at in placed.units.items()
        ],
        "families": [len(family.members) for family in report.families],
        "coloured": sum(len(family.members) > 2 for family in report.families[:FAMILY_COLOURS]),
        "kinds": _kinds(report),
        "matches": rows,
        "sources": sources.blocks(files),
    }


def _kinds(report: Report) -> list[str]:
    """Return the kinds of the matches in the order of their colours, so that a kind looks alike in every page."""
    found = {match.kind for match in report.matches}
    return [kind for kind in KINDS if kind in found] + sorted(found - set(KINDS))


def _families(report: Report) -> dict[Member, int]:
    """Return the number of each unit's family, the largest family first."""
    return {unit: number for number, family in enumerate(report.families) for unit in family.members}


def _match(match: Match, page: Page, units: Mapping[Member, int], sources: Sources) -> dict[str, Any]:
    packages = background_packages(page.report.parameters, match.kind)
    left, right = page.sides.get(match.id, (None, None))
    return {
        "id": match.id,
        "kind": match.kind,
        "type": match.clone_type,
        "bits": match.net_bits,
        "evidence": evidence(match),
        "chance": chance(match.expected_by_chance),
        "alike": alike(match),
        "contained": contained(match),
        "origin": origin(match.common_origin) if match.common_origin else "",
        "standing": list(facts(match)),
        "kept": round(match.net_bits / match.evidence_bits, 3) if match.evidence_bits else 1,
        "places": [_place(match.left, units), _place(match.right, units)],
        "problems": [sources.problem(side) for side in (left, right)],
        "segments": segments(match, left, right, sources),
        "common": [match.common.left, match.common.right] if match.kind == "code" else [(), ()],
        "renames": [[rename.left, rename.right, rename.count] for rename in match.renames],
        "features": [
            _feature(feature, packages)
            for feature in sorted(match.features, key=lambda feature: (-feature.bits, feature.text))
        ],
        "detail": {key: _cut(value) for key, value in match.detail.items() if key not in _NOT_SHOWN},
        "more": {key: _rest(value) for key, value in match.detail.items() if _rest(value)},
    }


def _feature(feature: Feature, packages: int) -> list[Any]:
    """Return a feature as text, bits, where else it is, and whether half of the background's packages hold it."""
    common = feature.packages * 2 >= packages > 0
    return [feature.text, bits(feature.bits), found_in(feature.packages, packages), common]


_NOT_SHOWN = {"identical_files", "unit_kind", "statements_aligned"}
"""What the words above say already."""


def _cut(value: Any) -> Any:
    return value[:MOST_ENTRIES] if isinstance(value, list | tuple) else value


def _rest(value: Any) -> int:
    """Return how many rows of a table `_cut` leaves out."""
    return max(0, len(value) - MOST_ENTRIES) if isinstance(value, list | tuple) else 0


def _place(place: Place, units: Mapping[Member, int]) -> dict[str, Any]:
    return {
        "unit": units[member(place)],
        "lines": [place.start_line, place.end_line],
        "link": safe_link(place.link),
    }


def safe_link(link: str | None) -> str:
    """Return a permalink that a page may lead to: https and nothing else; "" for any other."""
    return link if link and link.startswith("https://") and link.isprintable() else ""
