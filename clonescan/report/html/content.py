"""The data that the page's script works with: the graph with its places, the matches, and the source of both sides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from clonescan.entities import Feature, Match, Place, Report
from clonescan.report.html.layout import arrange
from clonescan.report.html.page import Page
from clonescan.report.html.sides import Sources, segments
from clonescan.report.interface import background_packages
from clonescan.report.standing import facts
from clonescan.report.words import alike, bits, chance, contained, evidence, found_in, origin

FAMILY_COLOURS = 8
"""Families with a colour of their own, the largest ones of three or more units: as many as an eye tells apart."""

KINDS = ("code", "config", "tokenizer", "checkpoint")

MOST_ENTRIES = 300
"""Rows of a config's or checkpoint's table that a match brings along."""

_File = tuple[str, str]
_Unit = tuple[str, str, str]


def content(page: Page) -> dict[str, Any]:
    """Return everything that the script needs, as plain data."""
    report = page.report
    order = {repository.id: number for number, repository in enumerate(report.repositories)}
    places = [place for match in report.matches for place in (match.left, match.right) if place.repository in order]
    units = {_unit(place): place for place in sorted(places, key=lambda place: (place.start_line, place.end_line))}
    files = {_file(place): place for place in places}
    file_numbers = _numbered(files, lambda file: (order[file[0]], file[1]))
    unit_numbers = _numbered(units, lambda unit: (file_numbers[unit[:2]], units[unit].start_line, unit[2]))
    matches = [match for match in report.matches if {match.left.repository, match.right.repository} <= order.keys()]
    layout = arrange(
        len(order),
        [order[repository] for repository, _ in file_numbers],
        [file_numbers[unit[:2]] for unit in unit_numbers],
        _links(matches, file_numbers),
    )
    families = _families(report)
    sources = Sources()
    packages = background_packages(report.parameters)
    rows = [_match(match, page, unit_numbers, sources, packages) for match in matches]
    return {
        "repositories": [
            {"id": repository.id, "circle": circle, "units": repository.units}
            for repository, circle in zip(report.repositories, layout.repositories, strict=True)
        ],
        "files": [
            {"repository": order[file[0]], "path": file[1], "circle": circle, "marked": files[file].marked}
            for file, circle in zip(file_numbers, layout.files, strict=True)
        ],
        "units": [
            {"file": file_numbers[unit[:2]], "name": unit[2], "at": at, "family": families.get(unit, -1)}
            for unit, at in zip(unit_numbers, layout.units, strict=True)
        ],
        "families": [len(family.members) for family in report.families],
        "coloured": sum(len(family.members) > 2 for family in report.families[:FAMILY_COLOURS]),
        "kinds": _kinds(report),
        "matches": rows,
        "sources": sources.blocks(file_numbers),
    }


def _kinds(report: Report) -> list[str]:
    """Return the kinds of the matches in the order of their colours, so that a kind looks alike in every page."""
    found = {match.kind for match in report.matches}
    return [kind for kind in KINDS if kind in found] + sorted(found - set(KINDS))


def _numbered(keys: Mapping[Any, Place], order: Any) -> dict[Any, int]:
    return {key: number for number, key in enumerate(sorted(keys, key=order))}


def _file(place: Place) -> _File:
    return place.repository, place.path


def _unit(place: Place) -> _Unit:
    return place.repository, place.path, place.unit


def _families(report: Report) -> dict[_Unit, int]:
    """Return the number of each unit's family, the largest family first."""
    return {
        (member.repository, member.path, member.unit): number
        for number, family in enumerate(report.families)
        for member in family.members
    }


def _links(matches: Sequence[Match], files: Mapping[_File, int]) -> Mapping[tuple[int, int], float]:
    """Return the evidence between files, of all matches that are no runners-up."""
    found = Counter[tuple[int, int]]()
    for match in matches:
        if not match.runner_up:
            found[files[_file(match.left)], files[_file(match.right)]] += match.net_bits  # type: ignore[assignment]
    return found


def _match(
    match: Match, page: Page, units: Mapping[_Unit, int], sources: Sources, packages: int
) -> dict[str, Any]:
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


def _place(place: Place, units: Mapping[_Unit, int]) -> dict[str, Any]:
    return {
        "unit": units[_unit(place)],
        "lines": [place.start_line, place.end_line],
        "link": safe_link(place.link),
    }


def safe_link(link: str | None) -> str:
    """Return a permalink that a page may lead to: https and nothing else; "" for any other."""
    return link if link and link.startswith("https://") and link.isprintable() else ""
