"""The text report: its order, its width, its words, and that hostile names stay harmless."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from clonescan.entities import Containment, Overlap, Place, Report, RepositoryRename, Skipped
from clonescan.report import View
from clonescan.report.html import Page
from clonescan.report.html import render as page
from clonescan.report.markdown import render as markdown
from clonescan.report.text import render
from report.samples import HOSTILE, LEFT, RIGHT, example, match, reports, repository

ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


@settings(deadline=None, max_examples=60)
@given(reports(), st.sampled_from([40, 80, 100, 120]), st.booleans())
def test_any_report_fits_and_shows_nothing_unprintable(report: Report, width: int, verbose: bool) -> None:
    text = render(report, View(width, verbose=verbose))
    assert max(cell_len(line) for line in text.split("\n")) <= width
    assert all(char.isprintable() or char == "\n" for char in text)
    assert text.endswith("\n")


@settings(deadline=None, max_examples=30)
@given(reports())
def test_colour_adds_styles_and_changes_no_word(report: Report) -> None:
    plain, coloured = render(report), render(report, View(colour=True))
    assert "\x1b" not in plain and "\x1b[1m" in coloured
    assert [line.rstrip() for line in ESCAPE.sub("", coloured).split("\n")] == plain.split("\n")


def test_sections_come_in_order() -> None:
    text = render(example())
    headings = ["clonescan 0.1.0", LEFT, "Overlap", "Names", "Matches", "In short"]
    places = [re.search(rf"^{re.escape(heading)}", text, re.MULTILINE) for heading in headings]
    starts = [found.start() for found in places if found]
    assert len(starts) == len(headings) and starts == sorted(starts)


def test_what_was_scanned() -> None:
    text = render(example())
    for words in (
        "weights from the background default of 17 packages",
        f"{LEFT}  commit 1a2b3c4d5e · licence Apache-2.0",
        "no licence found",
        "42 code files, 812 units",
        "skipped 3 files: syntax error (2), too large (1)",
        "not compared: shell (12), CUDA (3)",
    ):
        assert words in text
    assert "a.py: syntax error" not in text
    assert "a.py: syntax error" in render(example(), View(verbose=True))


def test_a_repository_that_cannot_be_compared_says_so() -> None:
    assert "nothing in it can be compared" in render(example(repositories=(repository(files={}), repository(RIGHT))))


def test_many_reasons_are_summed_up() -> None:
    skipped = tuple(Skipped(f"{number}.py", f"reason {number}") for number in range(9))
    text = render(example(repositories=(repository(skipped=skipped), repository(RIGHT))))
    assert "reason 3 (1), other (5)" in " ".join(text.split())


def test_settings_that_hide_something_are_stated() -> None:
    parameters = {"background": {"name": "default", "packages": 17}, "exclude": ["docs/**"], "min_evidence": 30.0}
    assert "Settings: min_evidence = 30.0; exclude = docs/**" in render(example(parameters=parameters))
    assert "Settings" not in render(example())
    masked = {"background": {"name": "default", "packages": 16, "masked": ["timm"]}}
    assert "background default of 16 packages without timm" in render(example(parameters=masked))
    assert "from the scanned repositories alone" in render(example(parameters={"background": {"name": "none"}}))
    away = {"background": {"name": "own.bin", "packages": 0, "masked": ["ours", "theirs"]}}
    said = "all packages of the background are in what is scanned: ours, theirs"
    report = example(parameters=away)
    assert f"repositories alone Background: {said}" in " ".join(render(report).split())
    assert said in markdown(report) and said in page(Page(report))


def test_a_match_shows_both_places_so_that_terminals_link_them() -> None:
    lines = render(example()).split("\n")
    assert "     encoder/resampler.py:88-151  Resampler.forward" in lines
    assert "     kit/sampler.py:90-160  Sampler.run" in lines
    assert "  1  312 bits  renamed, similarity 0.94  013f2a91c0e1" in lines
    assert "     by chance less than once in a million such pairs" in lines


def test_net_evidence_and_common_origin_are_shown_where_they_differ() -> None:
    first, second = example().matches
    apart = replace(second, left=Place(LEFT, "a.py", "f", 1, 2), right=Place(RIGHT, "b.py", "f", 1, 2))
    text = render(example(matches=(first, apart)))
    assert "120 bits, net 98.1" in text and "312 bits, net" not in text
    assert "both also in transformers 4.44.2, `LlamaAttention.forward`" in text


def test_overlap_is_shown_both_ways_and_per_kind_when_there_are_several() -> None:
    text = render(example())
    assert re.search(rf"{LEFT} +12.3% +20 of 812 +433 +411\n +in {RIGHT}", text)
    assert re.search(rf"{RIGHT} +61.2% +120 of 200 +433 +411\n +in {LEFT}", text)
    one = (*example().overlap, Overlap(LEFT, RIGHT, "code", 0.5, 1, 2, 3.0, 3.0))
    assert "50.0%" not in render(example(overlap=one))
    both = (*one, Overlap(LEFT, RIGHT, "config", 0.25, 1, 2, 3.0, 3.0))
    assert re.search(r"config +25.0%", render(example(overlap=both)))


def test_consistent_renames_come_first() -> None:
    text = render(example())
    assert text.index("Resampler  →  Sampler") < text.index("self_made  →  handmade")
    assert re.search(r"140 times +in 60% of places", text)


def test_lists_of_which_no_row_is_asked_for_are_counted_alone() -> None:
    lines = render(example(), View(top=0)).splitlines()
    names = next(number for number, line in enumerate(lines) if line.startswith("Names"))
    assert lines[names + 1] == "  and 2 more"


def test_top_limits_every_list_and_says_how_much_is_left() -> None:
    places = [(Place(LEFT, f"{n}.py", "f", 1, 2), Place(RIGHT, f"{n}.py", "f", 1, 2)) for n in range(1, 31)]
    matches = tuple(match(number, left=a, right=b) for number, (a, b) in enumerate(places, 1))
    renames = tuple(RepositoryRename(LEFT, RIGHT, f"old{number}", f"new{number}", 2, 1.0) for number in range(30))
    text = render(example(matches=matches, renames=renames), View(top=5))
    assert "5.py:1-2" in text and "6.py:1-2" not in text
    assert text.count("old") == 5
    assert text.count("and 25 more") == 2


def test_further_counterparts_of_a_unit_are_a_number() -> None:
    matches = tuple(match(number, left=Place(LEFT, f"{number}.py", "f", 1, 2)) for number in range(1, 4))
    text = render(example(matches=matches))
    assert "1.py:1-2" in text and "2.py:1-2" not in text
    assert "the right one also matches 2 other units" in text


def test_more_than_two_repositories_are_told_pair_by_pair() -> None:
    names = [LEFT, RIGHT, "eve/third"]
    matches = tuple(
        match(number, left=Place(left, "a.py", "f", 1, 2), right=Place(right, "b.py", "f", 1, 2))
        for number, (left, right) in enumerate(combinations(names, 2), 1)
    )
    text = render(example(repositories=tuple(map(repository, names)), matches=matches, overlap=()))
    for left, right in combinations(names, 2):
        assert f"{left} ↔ {right}\n" in text
        assert f"1 match between {left} and {right}" in " ".join(text.split())


def test_no_match_is_said_clearly() -> None:
    text = " ".join(render(example(matches=(), renames=(), overlap=())).split())
    assert f"No matches between {LEFT} and {RIGHT}: nothing corresponds beyond what everyone shares." in text


def test_a_runner_up_is_called_one_and_is_no_match_of_the_sum() -> None:
    text = render(example(matches=(match(1, runner_up=True),)))
    assert "similarity 0.94, runner-up" in text
    assert f"No matches between {LEFT}" in text


def test_a_partial_match_says_how_much_of_each_side() -> None:
    part = match(clone_type="partial", containment=Containment(0.31, 0.88))
    assert "31% of the left and 88% of the right correspond" in render(example(matches=(part,)))


def test_long_paths_lose_their_middle_and_keep_file_and_lines() -> None:
    place = Place(LEFT, "folder/" * 20 + "module.py", "a_rather_long_unit_name" * 3, 1000, 2000)
    line = next(line for line in render(example(matches=(match(left=place),))).split("\n") if "module.py" in line)
    assert "module.py:1000-2000" in line and "…" in line and len(line) <= 80


def test_marked_places_say_so() -> None:
    place = Place(LEFT, "third_party/x.py", "f", 1, 2, marked="vendored")
    assert "third_party/x.py:1-2  f (vendored)" in render(example(matches=(match(left=place),)))


def test_hostile_names_are_escaped_and_no_markup() -> None:
    place = Place(LEFT, HOSTILE, "[bold]f[/bold]", 1, 2)
    hostile = example(
        matches=(match(left=place, id="x\x1b[2J"),),
        repositories=(repository(skipped=(Skipped(HOSTILE, HOSTILE),)), repository(RIGHT, license=HOSTILE)),
        renames=(RepositoryRename(LEFT, RIGHT, HOSTILE, "[red]x[/red]", 1, 1.0),),
    )
    text = render(hostile, View(120, verbose=True))
    assert "\\x1b[2J" in text and "[bold]f[/bold]" in text and "[red]x[/red]" in text
    assert "\x1b" not in text and "\u202e" not in text and "\\u202e" in text
    coloured = render(hostile, View(120, colour=True, verbose=True))
    assert set(re.findall(r"\x1b.?", coloured)) == {"\x1b["} and "\x1b[2J" not in coloured


@pytest.mark.parametrize("changes", [{}, {"matches": ()}, {"matches": (match(runner_up=True),)}])
def test_words_are_neutral(changes: dict[str, object]) -> None:
    text = render(replace(example(), **changes)).lower()  # type: ignore[arg-type]
    assert not re.search(r"copie[ds]|copying|stolen|steal|plagiar|theft|suspicio|guilt|infring", text)


def test_no_kind_is_lost_among_stronger_matches() -> None:
    kinds = ["code", "code", "code", "config", "config"]
    places = [[Place(side, f"{number}.py", "f", 1, 2) for side in (LEFT, RIGHT)] for number in range(len(kinds))]
    rows = tuple(
        match(number, kind=kind, left=left, right=right)
        for number, (kind, (left, right)) in enumerate(zip(kinds, places, strict=True))
    )
    shown = render(example(matches=rows), View(top=2))
    assert shown.count(" code, ") == 2 and shown.count(" config, ") == 1
    assert "  4  " in shown and "and 2 more" in shown
