"""Two reports beside each other: which matches are new, gone, changed, or only in other lines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from clonescan.audit.baseline import plain
from clonescan.entities import Match, Place, Report

_Ends = tuple[tuple[str, str, str], ...]

UNCHANGED: Mapping[str, str] = MappingProxyType({})
"""New ids of repositories that have their old ones."""


@dataclass(frozen=True, slots=True)
class Change:
    """One match as it was and as it is."""

    old: Match
    new: Match


@dataclass(frozen=True, slots=True)
class Repositories:
    """How what was compared differs, by id: `renamed` are pairs of an old id and the new one that takes its place.

    `masked` and `unmasked` are packages of the background that no longer count, being compared themselves, or do again.
    """

    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    masked: tuple[str, ...] = ()
    unmasked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """What two reports do not have in common, best evidence first.

    `moved` are matches that only stand in other lines; `same` counts the matches that are as they were. `settings` are
    those that differ, "version" among them: then matches may differ for that reason alone, as they may where
    `repositories` are other ones.
    """

    new: tuple[Match, ...]
    gone: tuple[Match, ...]
    changed: tuple[Change, ...]
    moved: tuple[Change, ...]
    same: int
    settings: tuple[str, ...] = ()
    repositories: Repositories = field(default_factory=Repositories)


def compare(old: Report, new: Report) -> Difference:
    """Return how `new` differs from `old`; runners-up count as matches like any others.

    The same match is the one with the same id; if there is none, the one between the same two units, whatever their
    lines, the first such one with the first. A repository that has another id in the new report, such as a package in
    another version, is the one at the same place in the list, or of two audits the one of the same name.
    """
    renamed = _renamed(old, new)
    before = {match.id: match for match in old.matches}
    pairs = [Change(before.pop(match.id), match) for match in new.matches if match.id in before]
    known = {pair.new.id for pair in pairs}
    added = [match for match in new.matches if match.id not in known]
    waiting: dict[_Ends, list[Match]] = {}
    for match in _by_lines(before.values()):
        waiting.setdefault(_ends(match, renamed), []).append(match)
    for match in _by_lines(added):
        earlier = waiting.get(_ends(match, {}))
        if earlier:
            pairs.append(Change(earlier.pop(0), match))
    pairs.sort(key=lambda pair: _strongest(pair.new))
    taken = {pair.new.id for pair in pairs}, {pair.old.id for pair in pairs}
    changed = [pair for pair in pairs if _facts(pair.old) != _facts(pair.new)]
    alike = [pair for pair in pairs if _facts(pair.old) == _facts(pair.new)]
    moved = [pair for pair in alike if _lines(pair.old, renamed) != _lines(pair.new)]
    return Difference(
        new=tuple(match for match in new.matches if match.id not in taken[0]),
        gone=tuple(match for match in old.matches if match.id not in taken[1]),
        changed=tuple(changed),
        moved=tuple(moved),
        same=len(alike) - len(moved),
        settings=_settings(old, new),
        repositories=_repositories(old, new, renamed),
    )


def _renamed(old: Report, new: Report) -> Mapping[str, str]:
    """Return the new ids of the repositories that are called otherwise now."""
    before, after = ([repository.id for repository in report.repositories] for report in (old, new))
    if new.audit and old.audit:
        return {one: other for one in before for other in after if one != other and plain(one) == plain(other)}
    if len(before) != len(after):
        return {}
    return {a: b for a, b in zip(before, after, strict=True) if a not in after and b not in before}


def _ends(match: Match, renamed: Mapping[str, str]) -> _Ends:
    """Return the two units of a match, in an order that does not depend on that of the arguments."""
    return tuple(sorted(_end(place, renamed) for place in (match.left, match.right)))


def _end(place: Place, renamed: Mapping[str, str]) -> tuple[str, str, str]:
    return renamed.get(place.repository, place.repository), place.path, place.unit


def _lines(match: Match, renamed: Mapping[str, str] = UNCHANGED) -> list[tuple[str, str, str, int, int]]:
    return sorted((*_end(place, renamed), place.start_line, place.end_line) for place in (match.left, match.right))


def _by_lines(matches: Iterable[Match]) -> list[Match]:
    return sorted(matches, key=lambda match: (_lines(match), match.id))


def _strongest(match: Match) -> tuple[float, float, str]:
    return -match.net_bits, -match.evidence_bits, match.id


def _facts(match: Match) -> tuple[object, ...]:
    """Return what a reader judges a match by, bits as whole ones: they move a little with all else that is there.

    Numbers are rounded as a saved report states them first, so that one equals what was saved of it.
    """
    standing = match.standing.name if match.standing else None
    judged = (match.kind, match.clone_type, match.runner_up, match.common_origin, standing)
    bits = (round(round(number, 3)) for number in (match.evidence_bits, match.net_bits))
    return (*judged, round(round(match.similarity, 4), 2), *bits)


def _settings(old: Report, new: Report) -> tuple[str, ...]:
    before, after = _parameters(old), _parameters(new)
    differing = [key for key in sorted(before.keys() | after.keys()) if before.get(key) != after.get(key)]
    return (*(["version"] if old.tool != new.tool else []), *differing)


def _parameters(report: Report) -> dict[str, object]:
    """Return what a report depends on, of the background what does not depend on the repositories."""
    background = report.parameters.get("background")
    if not isinstance(background, dict):
        return dict(report.parameters)
    masked, packages = _masked(report), background.get("packages")
    whole = packages + len(masked) if isinstance(packages, int) else packages
    return {**report.parameters, "background": {**background, "masked": [], "packages": whole}}


def _masked(report: Report) -> list[str]:
    """Return the packages of the background that do not count, because they are compared themselves."""
    background = report.parameters.get("background")
    masked = background.get("masked") if isinstance(background, dict) else None
    return [name for name in masked if isinstance(name, str)] if isinstance(masked, list) else []


def _repositories(old: Report, new: Report, renamed: Mapping[str, str]) -> Repositories:
    """Return how the repositories differ; of audits only what is masked, as they name only those with matches."""
    before, after = ([row.id for row in report.repositories] for report in (old, new))
    masked, unmasked = _masked(new), _masked(old)
    whole = not old.audit and not new.audit
    return Repositories(
        added=tuple(name for name in after if whole and name not in before and name not in renamed.values()),
        gone=tuple(name for name in before if whole and name not in after and name not in renamed),
        renamed=tuple((name, renamed[name]) for name in before if name in renamed),
        masked=tuple(name for name in masked if name not in unmasked),
        unmasked=tuple(name for name in unmasked if name not in masked),
    )
