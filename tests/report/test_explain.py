"""One match side by side: what stands next to what, which names are marked, and in which words the evidence is."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len

from clonescan.entities import Feature, Place, Rename
from clonescan.explain import Explanation, Side
from clonescan.report import View
from clonescan.report.explain import CONTEXT, LONGEST_LINE, Row, cut, render, rows
from report.samples import HOSTILE, LEFT, RIGHT, match

BACKGROUND = {"background": {"name": "default", "packages": 17}}


def _side(repository: str, text: str, start: int = 1) -> Side:
    lines = tuple(text.split("\n"))
    return Side(Place(repository, "x.py", "f", start, start + len(lines) - 1), lines)


def _explanation(left: Side, right: Side, **changes: Any) -> Explanation:
    return Explanation(match(left=left.place, right=right.place, **changes), left, right, BACKGROUND)


EXAMPLE = _explanation(
    _side(LEFT, "    def pad(self, grid_size):\n        # left only\n        return F.pad(grid_size)", 88),
    _side(RIGHT, "def fill(self, extent):\n    return F.pad(extent)", 7),
    lines=((88, 88, 7, 7), (90, 90, 8, 8)),
    renames=(Rename("pad", "fill", 1), Rename("grid_size", "extent", 2)),
)


def test_aligned_lines_stand_next_to_each_other() -> None:
    lines = render(EXAMPLE).split("\n")
    assert any(re.fullmatch(r"88 +def pad\(self, grid_size\): += 7 +def fill\(self, extent\):", line) for line in lines)
    assert any(re.fullmatch(r"89 +# left only", line) for line in lines)
    assert any(re.fullmatch(r"90 +return F.pad\(grid_size\) += 8 +return F.pad\(extent\)", line) for line in lines)


def test_renamed_names_look_alike_on_both_sides_and_in_the_legend() -> None:
    text = render(EXAMPLE, View(100, colour=True))
    styles = {name: set(re.findall(rf"\x1b\[([0-9;]+)m{name}\x1b", text)) for name in ("grid_size", "extent", "fill")}
    assert styles["grid_size"] == styles["extent"] and len(styles["extent"]) == 1
    assert styles["fill"].isdisjoint(styles["extent"])
    assert re.search(r"grid_size +→ +extent +2 times", render(EXAMPLE))


def test_names_inside_other_names_are_not_marked() -> None:
    text = render(
        _explanation(
            _side(LEFT, "xs = x"), _side(RIGHT, "ys = y"), lines=((1, 1, 1, 1),), renames=(Rename("x", "y", 1),)
        ),
        View(100, colour=True),
    )
    assert "xs = \x1b[1;35mx\x1b" in text


def test_the_evidence_is_in_words_and_strongest_first() -> None:
    text = render(EXAMPLE)
    first, second = (
        text.index("einsum('hw,d->hwd', ...)  in at most one of the 17 packages"),
        text.index("F.pad  in 14 of the 17"),
    )
    assert first < second
    assert re.search(r"12\.4 bits  einsum", text)
    without = render(Explanation(EXAMPLE.match, EXAMPLE.left, EXAMPLE.right, {}))
    assert "packages" not in without and "background" not in without


def test_a_very_long_line_is_cut_on_both_sides() -> None:
    """A vocabulary on one line says nothing more at its end; a shorter line beside it is shown whole."""
    words = [json.dumps({f"{word}{number}": number for number in range(9_000)}) for word in ("token", "piece")]
    explanation = _explanation(_side(LEFT, words[0]), _side(RIGHT, words[1]), lines=((1, 1, 1, 1),), renames=())
    for width in (60, 80, 120):
        text = render(explanation, View(width))
        assert len(text.splitlines()) < 60 and "token0" in text and "piece0" in text and "token8999" not in text
        assert f"{len(words[0]) - LONGEST_LINE:,} more" in text
    assert len(cut("x" * (LONGEST_LINE + 1))) > LONGEST_LINE and cut("x" * LONGEST_LINE) == "x" * LONGEST_LINE


def test_an_aligned_line_with_nothing_beside_it_has_a_sign_of_its_own() -> None:
    sides = _side(LEFT, "first = one\nfirst = two"), _side(RIGHT, "first = one")
    text = render(_explanation(*sides, lines=((1, 2, 1, 1),), renames=()))
    [alone] = [line for line in text.splitlines() if "two" in line]
    [beside] = [line for line in text.splitlines() if "first = one" in line]
    assert alone.split() == ["2", "first", "=", "two", "│"] and beside.count("=") == 3


def test_packages_without_code_are_counted_for_the_kinds_that_they_hold() -> None:
    parameters = {"background": {"name": "default", "packages": 17, "packages_without_code": 5}}
    for kind, total in (("code", 17), ("config", 22), ("tokenizer", 22), ("checkpoint", 22)):
        explanation = _explanation(EXAMPLE.left, EXAMPLE.right, kind=kind)
        assert f"of the {total} packages" in render(replace(explanation, parameters=parameters))


def test_top_limits_names_and_features() -> None:
    features = tuple(Feature(f"feature{number}", 1.0, 2, "anchor") for number in range(9))
    text = render(_explanation(EXAMPLE.left, EXAMPLE.right, features=features), View(top=1))
    assert text.count("feature") == 1 and "and 8 more" in text and "and 1 more" in text


@pytest.mark.parametrize("width", [60, 80, 120])
def test_a_side_that_cannot_be_read_says_why_and_the_rest_is_shown(width: int) -> None:
    gone = Side(EXAMPLE.left.place, problem="ada/encoder is not what it was.")
    text = render(Explanation(EXAMPLE.match, gone, EXAMPLE.right, BACKGROUND), View(width))
    assert "ada/encoder is not what it was." in text
    assert "return F.pad(extent)" in text and "einsum" in text and "grid_size" in text


def test_a_narrow_terminal_shows_one_side_after_the_other() -> None:
    text = render(EXAMPLE, View(60))
    assert text.index("return F.pad(grid_size)") < text.index("def fill")


def test_reordered_blocks_stay_aligned_and_no_line_is_lost() -> None:
    left, right = _side(LEFT, "\n".join("abcdef")), _side(RIGHT, "\n".join("defabcxyz"))
    found = rows(match(lines=((1, 3, 4, 6), (4, 6, 1, 3))), left, right)
    assert [(row.left, row.right) for row in found if row.aligned] == [(1, 4), (2, 5), (3, 6), (4, 1), (5, 2), (6, 3)]
    assert [row.right for row in found if not row.aligned] == [7, 8, 9]


def test_in_aligned_ranges_of_unequal_length_the_lines_that_are_alike_stand_together() -> None:
    longer = _side(LEFT, "gate = full(size)\nproject = randn(size)\nside = int(root)\nreturn side")
    shorter = _side(RIGHT, "valve = full(width)\nedge = int(root)\nreturn edge")
    names = (Rename("side", "edge", 2), Rename("gate", "valve", 1), Rename("size", "width", 2))
    found = rows(match(lines=((1, 4, 1, 3),), renames=names), longer, shorter)
    assert [(row.left, row.right) for row in found] == [(1, 1), (2, None), (3, 2), (4, 3)]
    back = tuple(Rename(name.right, name.left, name.count) for name in names)
    turned = rows(match(lines=((1, 3, 1, 4),), renames=back), shorter, longer)
    assert [(row.right, row.left) for row in turned] == [(1, 1), (2, None), (3, 2), (4, 3)]


def test_a_line_with_two_statements_moves_nothing_that_follows_it() -> None:
    left = _side(LEFT, "wide = Linear(a) if a else Same()\nattend = Attention(a)\nnorm = Norm(a)")
    right = _side(RIGHT, "if b:\n    lift = Same()\nelse:\n    lift = Linear(b)\nlook = Attention(b)\nln = Norm(b)")
    found = rows(match(lines=((1, 1, 1, 2), (1, 3, 4, 6))), left, right)
    assert [(row.left, row.right) for row in found][-3:] == [(None, 4), (2, 5), (3, 6)]
    assert [row.left for row in found if row.left] == [1, 2, 3]
    assert [row.right for row in found if row.right] == [1, 2, 3, 4, 5, 6]


def test_long_stretches_that_are_not_aligned_are_cut_short() -> None:
    left, right = _side(LEFT, "\n".join("x" * 100)), _side(RIGHT, "y")
    found = rows(match(lines=((100, 100, 1, 1),)), left, right)
    assert found[CONTEXT] == Row(hidden=99 - 2 * CONTEXT)
    assert len(found) == 2 * CONTEXT + 2
    whole = rows(match(lines=()), left, right)
    assert len(whole) == 100


_ranges = st.tuples(*[st.integers(1, 30)] * 4)


@settings(deadline=None, max_examples=200)
@given(
    st.lists(st.text(max_size=100).map(lambda text: text.replace("\n", "")), min_size=1, max_size=20),
    st.lists(st.text(max_size=100).map(lambda text: text.replace("\n", "")), min_size=1, max_size=20),
    st.lists(_ranges, max_size=4),
    st.sampled_from([60, 80, 100, 120]),
)
def test_any_alignment_fits_and_shows_nothing_unprintable(
    left: list[str], right: list[str], ranges: list[tuple[int, int, int, int]], width: int
) -> None:
    explanation = _explanation(
        _side(LEFT, "\n".join([HOSTILE, *left])), _side(RIGHT, "\n".join([*right, HOSTILE])), lines=tuple(ranges)
    )
    text = render(explanation, View(width))
    assert max(cell_len(line) for line in text.split("\n")) <= width
    assert all(char.isprintable() or char == "\n" for char in text)
    shown = rows(explanation.match, explanation.left, explanation.right)
    hidden = sum(row.hidden for row in shown)
    lefts = {row.left for row in shown} - {None}
    assert lefts == set(range(1, len(explanation.left.lines) + 1)) or hidden


def test_ranges_beyond_the_text_do_no_harm() -> None:
    huge = match(lines=((1, 10**12, 1, 10**12),))
    assert len(rows(huge, _side(LEFT, "a\nb"), _side(RIGHT, "c"))) == 2
