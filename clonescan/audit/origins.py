"""Which of all repositories that hold a unit of ours is named as its origin; the others hold it, too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace

from clonescan.entities import Match, Place
from clonescan.evidence.attribution import FILE_LINK

ALIKE = 0.9
"""Origins with so much of the strongest one's evidence are as strong: what is masked for each moves it so far."""

STATED = 0.5
"""An origin that the project itself names is the origin if it has so much of the strongest one's evidence."""

COVERED = 0.5
"""A match with so much of its lines in a stronger match of the same unit is another place of that one."""

HELD = 0.5
"""A place with so much of a match's evidence holds it, too; one with less has an idiom of it."""


def best_origins(matches: Iterable[Match]) -> tuple[Match, ...]:
    """One match for each part of each unit of ours (the left side), with the other places in its standing's `also`.

    A unit that was taken from a well-known package matches all that took it from there as well, and every version. The
    origin is the one that the project states, then one that is neither vendored nor generated, then the one that holds
    most of the whole file of ours, since files are taken over as a whole, then most of the project; of its files the
    one that the project names, then the one that holds most of ours.
    """
    every = list(matches)
    of_file: dict[tuple[str, str], float] = defaultdict(float)
    of_files: dict[tuple[str, str, str], dict[Place, float]] = defaultdict(dict)
    of_project: dict[str, float] = defaultdict(float)
    of_unit: dict[tuple[str, Place], list[Match]] = defaultdict(list)
    for match in every:
        of_file[match.left.path, match.right.repository] += match.evidence_bits
        held = of_files[_files(match)]
        held[match.left] = max(match.evidence_bits, held.get(match.left, 0.0))
        of_project[match.right.repository] += match.evidence_bits
        of_unit[match.kind, match.left].append(match)

    def origin(rows: Sequence[Match]) -> Match:
        most = max(match.evidence_bits for match in rows)
        likely = [match for match in rows if match.evidence_bits >= most * (STATED if _is_stated(match) else ALIKE)]
        likely = [match for match in likely if _is_stated(match)] or likely
        likely = [match for match in likely if not match.right.marked] or likely
        held = {match.id: of_file[match.left.path, match.right.repository] for match in likely}
        likely = [match for match in likely if held[match.id] >= ALIKE * max(held.values())]
        first = min(likely, key=lambda match: (-round(of_project[match.right.repository], 3), *_strongest(match)))
        there = [match for match in likely if match.right.repository == first.right.repository]
        there = [match for match in there if _is_of_file(match) or match.evidence_bits >= ALIKE * first.evidence_bits]
        of_theirs = {match.id: sum(of_files[_files(match)].values()) for match in there}
        return min(there, key=lambda match: (not _is_of_file(match), -of_theirs[match.id], *_strongest(match)))

    found = []
    for rows in of_unit.values():
        first = origin(rows)
        found += _parts([first, *sorted((row for row in rows if row is not first), key=_strongest)])
    return tuple(sorted(found, key=_strongest))


def _files(match: Match) -> tuple[str, str, str]:
    return match.left.path, match.right.repository, match.right.path


def _is_of_file(match: Match) -> bool:
    """Whether the project names the very file of theirs."""
    return bool(match.standing and match.standing.attribution and match.standing.attribution.how == FILE_LINK)


def _is_stated(match: Match) -> bool:
    return bool(match.standing and match.standing.attribution)


def _strongest(match: Match) -> tuple[float, float, str]:
    return -match.evidence_bits, -match.net_bits, match.id


def _parts(rows: Sequence[Match]) -> list[Match]:
    """Those of the matches of one unit that explain a part of it first, each with the places that do so again."""
    kept: list[tuple[Match, set[int], list[Place]]] = []
    for match in rows:
        lines = _lines(match)
        same = max(kept, key=lambda one: len(one[1] & lines), default=None)
        if same and len(same[1] & lines) >= COVERED * len(lines):
            if match.evidence_bits >= HELD * same[0].evidence_bits:
                same[2].append(match.right)
        else:
            kept.append((match, lines, []))
    return [_with_also(match, also) for match, _, also in kept]


def _with_also(match: Match, also: Sequence[Place]) -> Match:
    """The match with the other repositories that hold it, each by its first place."""
    places = {place.repository: place for place in reversed(also) if place.repository != match.right.repository}
    assert match.standing is not None
    ordered = tuple(dict.fromkeys(places[place.repository] for place in also if place.repository in places))
    return replace(match, standing=replace(match.standing, also=ordered))


def _lines(match: Match) -> set[int]:
    """The lines of ours that correspond."""
    ranges = [(row[0], row[1]) for row in match.lines] or [(match.left.start_line, match.left.end_line)]
    return {line for first, last in ranges for line in range(first, last + 1)}
