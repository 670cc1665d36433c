"""Markdown: it fits into a comment, says what the text report says, and shows hostile names as text."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from markdown_it import MarkdownIt
from markdown_it.token import Token

from clonescan.entities import Place, Report
from clonescan.report import View
from clonescan.report.escape import shorten, visible
from clonescan.report.markdown import LONGEST, LONGEST_NAME, render
from report.samples import HOSTILE, LEFT, RIGHT, audits, example, match, reports, repository

OWN_MARKUP = {"<br>", "<details><summary>How to read this</summary>\n", "</details>\n"}
NAMES = [
    HOSTILE,
    "<script>alert(1)</script>",
    '"onload=alert(1)',
    "{{7*7}}",
    "a|b|c",
    "\\|",
    "`",
    "``x`",
    " ` ",
    "![x](https://evil.example/x.png)",
    "@everyone #1",
    "https://evil.example",
    "- [ ] x\n# y",
    "&lt;b&gt;",
]


def _tokens(text: str) -> list[Token]:
    """Every token, as a renderer with tables and bare links sees them."""
    parsed = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    return [token for block in parsed for token in (block, *(block.children or []))]


def _shown(name: str) -> str:
    return shorten(visible(name), LONGEST_NAME)


@pytest.mark.parametrize("name", NAMES)
def test_hostile_names_are_text_in_code_spans(name: str) -> None:
    place = Place(name, "a.py", name, 1, 2, 'https://example.org/"><script>')
    report = example(repositories=(repository(name), repository(RIGHT)), matches=(match(left=place, kind=name),))
    tokens = _tokens(render(report))
    assert {token.content for token in tokens if token.type in ("html_inline", "html_block")} <= OWN_MARKUP
    assert [token for token in tokens if token.type in ("link_open", "image", "fence", "hr", "checkbox")] == []
    spans = [token.content for token in tokens if token.type == "code_inline"]
    assert spans.count(_shown(name)) >= 4
    text = "".join(token.content for token in tokens if token.type == "text")
    assert "evil" not in text and "7*7" not in text and "onload" not in text and "everyone" not in text


@settings(deadline=None, max_examples=40)
@given(reports())
def test_any_report_fits_and_has_no_markup_but_ours(report: Report) -> None:
    text = render(report)
    assert len(text.encode("utf-16-le")) // 2 <= LONGEST
    assert all(char.isprintable() or char == "\n" for char in text)
    tokens = _tokens(text)
    assert {token.content for token in tokens if token.type in ("html_inline", "html_block")} <= OWN_MARKUP
    rows = [token for token in tokens if token.type == "tr_open"]
    cells = [token for token in tokens if token.type in ("td_open", "th_open")]
    widths = {"overlap": 7, "matches": 6, "names": 5}
    kinds = {row.kind for row in report.overlap} - {"all"}
    listed = [row for row in report.overlap if row.kind == "all" or len(kinds) > 1]
    counts = {"overlap": len(listed), "matches": min(20, len(report.matches)), "names": min(20, len(report.renames))}
    assert len(rows) == sum(count + 1 for count in counts.values() if count)
    assert len(cells) == sum((count + 1) * widths[name] for name, count in counts.items() if count)


@settings(deadline=None, max_examples=30)
@given(audits())
def test_any_audit_fits_and_has_no_markup_but_ours(report: Report) -> None:
    text = render(report)
    assert len(text.encode("utf-16-le")) // 2 <= LONGEST
    assert all(char.isprintable() or char == "\n" for char in text)
    assert {token.content for token in _tokens(text) if token.type in ("html_inline", "html_block")} <= OWN_MARKUP


def test_it_says_what_the_text_report_says() -> None:
    text = render(example())
    assert f"2 matches between `{LEFT}` and `{RIGHT}`, the strongest with 312 bits of evidence" in text
    assert "12.3% of the first has a counterpart in the second" in text
    assert "| `self_made` | `handmade` | 140 | 60% |" in text
    assert "312 bits" in text and "120 bits, net 98.1" in text and "`both also in transformers 4.44.2" in text
    assert "3 files skipped" in text


def test_links_are_those_of_hosts() -> None:
    good = Place(LEFT, "a.py", "f", 1, 2, "https://example.org/blob/1a2b/a%20b.py#L1-L2")
    bad = Place(RIGHT, "b.py", "g", 1, 2, "javascript:alert(1)")
    tokens = _tokens(render(example(matches=(match(left=good, right=bad),))))
    assert [token.attrs["href"] for token in tokens if token.type == "link_open"] == [good.link]


def test_a_large_report_says_what_it_leaves_out() -> None:
    names = [f"{number}{'漢🦉' * 60}" for number in range(20)]
    place = Place(names[0], "x" * 300, "y" * 300, 1, 2)
    rows = tuple(replace(match(1), id=f"{number:012x}", left=place) for number in range(5000))
    report = example(repositories=tuple(map(repository, names)), matches=rows)
    text = render(report, View(top=5000))
    assert LONGEST / 3 < len(text.encode("utf-16-le")) // 2 <= LONGEST
    assert "more" in text and text.endswith("</details>\n")


def test_top_decides_how_many_are_listed() -> None:
    text = render(example(), View(top=1))
    assert text.count("and 1 more") == 2
