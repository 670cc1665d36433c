"""Two reports beside each other: what is new, gone, changed, or only elsewhere; and how that is shown."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from report.samples import HOSTILE, LEFT, RIGHT, example, match, reports, repository

from clonescan.diff import Change, Repositories, compare
from clonescan.entities import Match, Place, Report
from clonescan.report.diff import render, render_json
from clonescan.report.json import rounded


def _report(*matches: Match, **changes: Any) -> Report:
    return example(matches=matches, **changes)


def _unit(number: int, unit: str, line: int = 1) -> Match:
    return match(number, left=Place(LEFT, "a.py", unit, line, line + 5))


def test_by_id() -> None:
    old, new = _report(_unit(1, "f"), _unit(2, "g")), _report(_unit(1, "f"), _unit(3, "h"))
    found = compare(old, new)
    assert (found.new, found.gone, found.same) == ((_unit(3, "h"),), (_unit(2, "g"),), 1)
    assert not found.changed and not found.moved and not found.settings


def test_by_place_where_lines_moved_and_so_the_id() -> None:
    before, after = _unit(1, "f", 10), _unit(7, "f", 30)
    found = compare(_report(before), _report(after))
    assert found.moved == (Change(before, after),) and not (found.new or found.gone or found.changed)


def test_the_sides_may_have_changed_places() -> None:
    before = _unit(1, "f")
    after = replace(before, id="another", left=before.right, right=before.left)
    assert compare(_report(before), _report(after)).same == 1


def test_units_of_one_name_go_together_in_order() -> None:
    old = _report(_unit(1, "f", 10), _unit(2, "f", 50))
    new = _report(_unit(3, "f", 52), _unit(4, "f", 12), _unit(5, "f", 90))
    found = compare(old, new)
    assert {(pair.old.id[:2], pair.new.id[:2]) for pair in found.moved} == {("01", "04"), ("02", "03")}
    assert found.new == (_unit(5, "f", 90),)


def test_what_a_reader_judges_by_is_a_change() -> None:
    one = _unit(1, "f")
    differing: tuple[dict[str, Any], ...] = (
        {"clone_type": "partial"},
        {"similarity": 0.8},
        {"evidence_bits": 20.0},
        {"net_bits": 20.0},
        {"runner_up": True},
    )
    for changes in differing:
        found = compare(_report(one), _report(replace(one, **changes)))
        assert len(found.changed) == 1 and found.same == 0
    barely = replace(one, evidence_bits=one.evidence_bits + 0.01, expected_by_chance=0.5, features=())
    assert compare(_report(one), _report(barely)).same == 1


def test_a_package_in_another_version_is_the_same_repository() -> None:
    renamed = repository("bob/vision-kit 2")
    before = _unit(1, "f")
    after = replace(before, id="another", right=replace(before.right, repository=renamed.id))
    found = compare(_report(before), _report(after, repositories=(repository(), renamed)))
    assert len(found.moved) + found.same == 1 and not found.new and not found.gone


def test_settings_that_differ_are_named() -> None:
    found = compare(_report(), _report(parameters={"min_evidence": 5}, tool={"name": "clonescan", "version": "9"}))
    assert found.settings == ("version", "background", "exclude", "min_evidence")
    assert "differ in version, background, exclude, min_evidence" in render(found)


@settings(deadline=None, max_examples=80)
@given(reports(), reports())
def test_every_match_is_in_one_list(old: Report, new: Report) -> None:
    found = compare(old, new)
    pairs = [*found.changed, *found.moved]
    assert len(found.new) + len(pairs) + found.same == len(new.matches)
    assert len(found.gone) + len(pairs) + found.same == len(old.matches)
    back = compare(new, old)
    assert (set(map(_id, back.new)), set(map(_id, back.gone))) == (set(map(_id, found.gone)), set(map(_id, found.new)))


def _id(row: Match) -> str:
    return row.id


@pytest.mark.parametrize("numbers", [{"similarity": 0.595005}, {"evidence_bits": 20.5000004}, {"net_bits": 1.49999}])
def test_a_number_on_the_edge_of_rounding_is_no_change(numbers: dict[str, Any]) -> None:
    report = _report(replace(_unit(1, "f"), **numbers))
    assert compare(report, rounded(report)).same == 1


@settings(deadline=None, max_examples=80)
@given(reports())
def test_a_report_does_not_differ_from_itself(report: Report) -> None:
    found = compare(report, rounded(report))
    assert found.same == len(report.matches) and not (found.new or found.gone or found.changed or found.moved)


def test_text_says_what_happened_and_shows_nothing_unprintable() -> None:
    old = _report(_unit(1, "f"), _unit(2, "gone"), _unit(4, "x", 1))
    hostile = match(3, left=Place(LEFT, HOSTILE, HOSTILE, 1, 2))
    new = _report(replace(_unit(1, "f"), similarity=0.5), hostile, _unit(5, "x", 9))
    text = render(compare(old, new))
    assert "New  1 match" in text and "Gone  1 match" in text and "Changed  1 match" in text
    assert "similarity 0.94  →  312 bits, renamed, similarity 0.50" in " ".join(text.split()).replace("→", " → ")
    assert "0 matches as before, 1 new, 1 gone, 1 changed, 1 in other lines only." in text
    assert all(char.isprintable() or char == "\n" for char in text)
    assert max(map(len, text.split("\n"))) <= 80


def test_json_has_everything() -> None:
    found = compare(_report(_unit(1, "f")), _report(replace(_unit(1, "f"), similarity=0.5), match(3)))
    text = render_json(found)
    content = json.loads(text)
    assert text.isascii() and content["schema_version"] == "1"
    assert content["new"][0]["right"]["repository"] == RIGHT
    assert [content["changed"][0][when]["similarity"] for when in ("old", "new")] == [0.94, 0.5]


def test_a_repository_with_another_id_is_named_and_moves_nothing() -> None:
    before, after = _unit(1, "f"), _unit(9, "f")
    after = replace(after, right=replace(after.right, repository="copy"))
    moved = replace(after, left=replace(after.left, start_line=3, end_line=8))
    repositories = (repository(LEFT), repository("copy"))
    old = _report(before, repositories=(repository(LEFT), repository(RIGHT)))
    found = compare(old, _report(after, repositories=repositories))
    assert (found.same, found.moved, found.repositories) == (1, (), Repositories(renamed=((RIGHT, "copy"),)))
    assert f"copy stands where {RIGHT} stood." in render(found)
    assert compare(old, _report(moved, repositories=repositories)).moved == (Change(before, moved),)


def test_a_repository_that_came_or_went_is_named_and_not_the_background() -> None:
    def parameters(name: str, packages: int, *masked: str) -> dict[str, Any]:
        return {"background": {"name": name, "packages": packages, "masked": list(masked)}}

    two, three = (repository(LEFT), repository(RIGHT)), (repository(LEFT), repository(RIGHT), repository("timm"))
    old = _report(_unit(1, "f"), repositories=two, parameters=parameters("default", 39))
    new = _report(_unit(1, "f"), repositories=three, parameters=parameters("default", 38, "timm"))
    came, went = compare(old, new), compare(new, old)
    assert (came.settings, came.repositories) == ((), Repositories(added=("timm",), masked=("timm",)))
    assert (went.settings, went.repositories) == ((), Repositories(gone=("timm",), unmasked=("timm",)))
    text = " ".join(render(came).split())
    assert "Only the new report compares timm; bits may differ for that reason alone." in text
    assert "no longer counted in the background: timm" in text and "differ in background" not in text
    for other in (parameters("mine", 39), parameters("default", 40)):
        assert compare(old, replace(old, parameters=other)).settings == ("background",)
