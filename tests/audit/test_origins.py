"""Which repository is named as the origin of a unit, and which others are said to hold it, too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from report.samples import match

from clonescan.audit.origins import best_origins
from clonescan.entities import Attribution, Match, Place, Standing

Range = tuple[int, int, int, int]
UNSTATED = Standing("unattributed")
STATED = Standing("attributed", attribution=Attribution("a.py", 1, "from b", "b", "name"))


def _held(
    number: int,
    repository: str,
    bits: float,
    lines: Sequence[Range] = ((88, 100, 1, 13),),
    standing: Standing = UNSTATED,
) -> Match:
    place = Place(repository, "x.py", "f", 1, 60)
    return match(number, right=place, evidence_bits=bits, lines=tuple(lines), standing=standing)


def _named(rows: Sequence[Match]) -> list[tuple[str, list[str]]]:
    return [
        (row.right.repository, [place.repository for place in row.standing.also])
        for row in best_origins(rows)
        if row.standing
    ]


def test_the_strongest_is_the_origin_and_who_holds_half_of_it_holds_it_too() -> None:
    rows = [_held(1, "idiom", 20.0), _held(2, "vendor", 60.0), _held(3, "origin", 100.0)]
    assert _named(rows) == [("origin", ["vendor"])]
    assert _named(rows[::-1]) == _named(rows)


def test_what_the_project_states_goes_before_what_is_stronger() -> None:
    rows = [_held(1, "stronger", 100.0), _held(2, "stated", 60.0, standing=STATED)]
    assert _named(rows) == [("stated", ["stronger"])]
    weak = [rows[0], _held(2, "stated", 40.0, standing=STATED)]
    assert _named(weak) == [("stronger", [])]


def test_another_part_of_a_unit_has_an_origin_of_its_own() -> None:
    rows = [_held(1, "one", 100.0), _held(2, "other", 30.0, [(120, 140, 1, 21)])]
    assert _named(rows) == [("one", []), ("other", [])]


def test_of_equals_the_one_that_is_not_vendored_is_the_origin() -> None:
    vendored = _held(1, "vendor", 100.0)
    vendored = replace(vendored, right=replace(vendored.right, marked="vendored"))
    assert _named([vendored, _held(2, "origin", 95.0)]) == [("origin", ["vendor"])]
