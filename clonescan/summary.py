"""The clone graph as a whole: how its repositories stand to each other, its largest families, its hubs, its centre."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from clonescan.entities import Family, Match, Member, Place, Report


@dataclass(frozen=True, slots=True)
class Standing:
    """How one repository stands to the others: with how many of them it has matches, how many, of what net evidence."""

    repository: str
    neighbours: int
    units: int
    matches: int
    net_bits: float


@dataclass(frozen=True, slots=True)
class Group:
    """A clone family with its strongest match."""

    family: Family
    strongest: Match


@dataclass(frozen=True, slots=True)
class Hub:
    """A unit with several counterparts, in how many repositories, and the net evidence of its matches."""

    member: Member
    counterparts: int
    repositories: int
    net_bits: float


@dataclass(frozen=True, slots=True)
class Summary:
    """What there is to say about a clone graph in short; runners-up are in none of it.

    `groups` are the families, largest first, then the strongest; `hubs` the units with most counterparts first.
    `centre` is the repository that has matches with the most others, and of those the one with most net evidence; None
    with fewer than three repositories, or where several are alike.
    """

    standings: tuple[Standing, ...]
    groups: tuple[Group, ...]
    hubs: tuple[Hub, ...]
    centre: str | None


def summary(report: Report) -> Summary:
    """Return the clone graph of a report in short."""
    matches = [match for match in report.matches if not match.runner_up]
    standings = tuple(_standing(repository.id, matches) for repository in report.repositories)
    return Summary(standings, groups(report), _hubs(matches), _centre(standings))


def groups(report: Report) -> tuple[Group, ...]:
    """Return the families with their strongest matches, largest first, then the strongest."""
    family_of = {member: family for family in report.families for member in family.members}
    strongest: dict[str, Match] = {}
    for match in report.matches:
        family = family_of.get(member(match.left))
        if family and not match.runner_up and match.net_bits > _net(strongest.get(family.id)):
            strongest[family.id] = match
    found = [Group(family, strongest[family.id]) for family in report.families if family.id in strongest]
    return tuple(sorted(found, key=lambda row: (-len(row.family.members), -row.strongest.net_bits, row.family.id)))


def member(place: Place) -> Member:
    """Return which unit a place is of."""
    return Member(place.repository, place.path, place.unit)


def _net(match: Match | None) -> float:
    return match.net_bits if match else -1.0


def _standing(name: str, matches: Sequence[Match]) -> Standing:
    own = [match for match in matches if name in (match.left.repository, match.right.repository)]
    sides = [side for match in own for side in (match.left, match.right)]
    others = {side.repository for side in sides} - {name}
    units = {member(side) for side in sides if side.repository == name}
    return Standing(name, len(others), len(units), len(own), sum(match.net_bits for match in own))


def _hubs(matches: Iterable[Match]) -> tuple[Hub, ...]:
    counterparts: dict[Member, set[Member]] = {}
    net: dict[Member, float] = {}
    for match in matches:
        left, right = member(match.left), member(match.right)
        for one, other in ((left, right), (right, left)):
            counterparts.setdefault(one, set()).add(other)
            net[one] = net.get(one, 0.0) + match.net_bits
    found = [
        Hub(unit, len(others), len({other.repository for other in others}), net[unit])
        for unit, others in counterparts.items()
        if len(others) > 1
    ]
    return tuple(sorted(found, key=_hub_order))


def _hub_order(hub: Hub) -> tuple[int, float, str, str, str]:
    unit = hub.member
    return -hub.counterparts, -round(hub.net_bits, 3), unit.repository, unit.path, unit.unit


def _centre(standings: Sequence[Standing]) -> str | None:
    if len(standings) < 3:
        return None
    ranks = sorted(((row.neighbours, round(row.net_bits, 3)) for row in standings), reverse=True)
    if ranks[0] == ranks[1] or ranks[0][0] == 0:
        return None
    return next(row.repository for row in standings if (row.neighbours, round(row.net_bits, 3)) == ranks[0])
