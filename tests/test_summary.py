"""The clone graph in short: standings, families by size, hubs, the centre; and how that is shown."""

from __future__ import annotations

from hypothesis import given, settings
from report.samples import HOSTILE, LEFT, RIGHT, example, match, reports, repository

from clonescan.entities import Match, Member, Place, Report
from clonescan.graph import families
from clonescan.report.graph import render
from clonescan.report.interface import View
from clonescan.summary import summary

THIRD = "eve/third"


def _between(number: int, left: tuple[str, str], right: tuple[str, str], net: float, runner_up: bool = False) -> Match:
    ends = {"left": Place(left[0], "a.py", left[1], 1, 2), "right": Place(right[0], "a.py", right[1], 1, 2)}
    return match(number, net_bits=net, runner_up=runner_up, **ends)


def _report(*matches: Match) -> Report:
    repositories = (repository(LEFT), repository(RIGHT), repository(THIRD))
    return example(repositories=repositories, matches=matches, families=families(matches))


STAR = _report(
    _between(1, (LEFT, "f"), (RIGHT, "g"), 50.0),
    _between(2, (LEFT, "f"), (THIRD, "h"), 40.0),
    _between(3, (LEFT, "x"), (RIGHT, "y"), 90.0),
    _between(4, (LEFT, "x"), (THIRD, "h"), 90.0, runner_up=True),
)


def test_who_shares_how_much_with_whom() -> None:
    found = [(row.neighbours, row.units, row.matches, row.net_bits) for row in summary(STAR).standings]
    assert found == [(2, 2, 3, 180.0), (1, 2, 2, 140.0), (1, 1, 1, 40.0)]


def test_the_centre_is_what_most_of_the_others_share_with() -> None:
    assert summary(STAR).centre == LEFT
    assert "The centre is ada/encoder" in render(summary(STAR))


def test_there_is_no_centre_of_two_nor_where_several_are_alike() -> None:
    assert summary(example()).centre is None
    assert summary(_report(_between(1, (LEFT, "f"), (RIGHT, "g"), 50.0))).centre is None
    assert summary(_report()).centre is None
    assert "Two repositories have no centre." in render(summary(example()))
    assert "There are no matches" in render(summary(_report()))


def test_families_come_largest_first_with_their_strongest_match() -> None:
    found = [(len(group.family.members), group.strongest.net_bits) for group in summary(STAR).groups]
    assert found == [(3, 50.0), (2, 90.0)]


def test_hubs_are_units_with_several_counterparts() -> None:
    [hub] = summary(STAR).hubs
    assert hub.member == Member(LEFT, "a.py", "f")
    assert (hub.counterparts, hub.repositories, hub.net_bits) == (2, 2, 90.0)


def test_text_lists_as_many_as_asked_for() -> None:
    text = render(summary(STAR), View(top=1))
    assert "3 units  f ↔ g" in text and "in 3 repositories, up to 50.0 net bits" in text and "and 1 more" in text


@settings(deadline=None, max_examples=60)
@given(reports())
def test_any_report_has_one_and_shows_nothing_unprintable(report: Report) -> None:
    found = summary(report)
    text = render(found)
    assert all(char.isprintable() or char == "\n" for char in text)
    assert sum(row.matches for row in found.standings) <= 2 * len(report.matches)


def test_hostile_names_are_visible() -> None:
    report = _report(_between(1, (LEFT, HOSTILE), (RIGHT, HOSTILE), 5.0))
    assert "\\x1b[31mr" in render(summary(report))
