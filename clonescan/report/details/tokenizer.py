"""The details of a tokenizer match: what is shared, its base, what was added, and how the parts correspond."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from clonescan.report.details.values import Detail, number, part, rows, texts
from clonescan.report.escape import shorten, visible
from clonescan.report.interface import View
from clonescan.report.style import FAINT, LEFT, NUMBER, RIGHT, heading, indented, listed
from clonescan.report.words import counted

NAMED = 4
"""Tokens that a sentence names."""

NAMED_ALONE = 3
"""The same of those that one side alone has."""

MOST = 100
"""Tokens of each side that a report lists at most."""

LONGEST = 40
"""Characters of a token that are shown."""

_SIDES = {"both": "in both", "left": "left only", "right": "right only"}
_SAME = {"equal": "equal", "similar": "similar", "different": "different", "left": "left only", "right": "right only"}


def sentences(detail: Detail) -> Iterator[str]:
    """What is shared, the base, and what both have beyond it."""
    for key, noun in (("vocabulary", "tokens"), ("named", "added tokens"), ("merges", "merges")):
        if part(detail, key):
            yield _shared(part(detail, key), noun)
    base = part(detail, "base")
    if base:
        yield _base(detail)
    tokens, count = texts(part(detail, "added"), "both"), number(part(detail, "added_counts"), "both")
    if count:
        where = "beyond it, " if "tokens" in base else ""
        said = f"{where}{counted(count, 'added token')} {'is' if count == 1 else 'are'} in both"
        of_these = f"{count:,} of these not everybody has"
        yield f"{of_these if part(detail, 'named') and not where else said}: {_some(tokens)}"
    for side in ("left", "right"):
        alone = number(part(detail, "added_counts"), side)
        if alone:
            yield f"{_SIDES[side]}, {counted(alone, 'token')}: {_some(texts(part(detail, 'added'), side), NAMED_ALONE)}"
    if part(detail, "parts"):
        yield "; ".join(f"{_name(name)} {_how(how)}" for name, how in sorted(part(detail, "parts").items()))


def sections(detail: Detail, view: View) -> Iterator[RenderableType]:
    """The sentences, then the added tokens of each side, the parts, and the texts that are not the same."""
    found = list(sentences({**detail, "added_counts": None, "parts": None}))
    if found:
        yield from heading("Shared", "counted in both files")
        yield from (indented(line) for line in found)
    counts = part(detail, "added_counts")
    if any(number(counts, side) for side in _SIDES):
        beyond = "tokens" in part(detail, "base")
        yield from heading("Tokens", "beyond the base" if beyond else "added, or on one side only")
        yield indented(_tokens(part(detail, "added"), counts, view))
    parts = part(detail, "parts")
    if parts:
        yield from heading("Parts", "")
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
        for name, how in sorted(parts.items())[: view.top]:
            table.add_row(_name(name), Text(_how(how), FAINT))
        yield from listed(table, len(parts) - view.top)
    changed = rows(detail, "texts")
    if changed:
        yield from heading("Texts", "that are not the same, left → right")
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
        width = (view.width - 6) // 2
        for row in changed[: view.top]:
            left, right = (shorten(visible(str(row.get(side) or "")), width) for side in ("left", "right"))
            table.add_row(Text(left, LEFT), Text(right, RIGHT))
        yield from listed(table, len(changed) - view.top)


def _shared(found: Detail, noun: str) -> str:
    left, right, both = (number(found, key) for key in ("left", "right", "shared"))
    whole = f"{left:,}" if left == right else f"{left:,} and {right:,}"
    words = f"{both:,} of {whole} {noun} are in both"
    if "same_ids" in found and number(found, "same_ids") * 2 > both:
        ids = number(found, "same_ids")
        return f"{words}, ids included" if ids == both else f"{words}, {ids:,} with the same ids"
    return f"{words}, {number(found, 'in_order'):,} in the same order" if "in_order" in found else words


def _base(detail: Detail) -> str:
    base, both = part(detail, "base"), number(part(detail, "vocabulary") or part(detail, "named"), "shared")
    name = " ".join(str(base[key]) for key in ("repository", "version") if base.get(key))
    place = f"{visible(name)} ({visible(str(base.get('path', '')))})"
    if "tokens" not in base:
        return f"most of it is also in {place}"
    tokens, ids = number(base, "tokens"), number(base, "same_ids")
    with_ids = ", ids included," if ids == tokens else f", {ids:,} with the same ids," if ids * 2 > tokens else ""
    return f"{tokens:,} of those {both:,}{with_ids} are also in {place}"


def _some(tokens: list[str], most: int = NAMED) -> str:
    """The first few of some tokens."""
    shown = ", ".join(shorten(visible(token), LONGEST) for token in tokens[:most])
    return shown + (", ..." if len(tokens) > most else "")


def _tokens(added: Detail, counts: Detail, view: View) -> Table:
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for side, words in _SIDES.items():
        if number(counts, side):
            tokens = texts(added, side)
            shown = "  ".join(shorten(visible(token), LONGEST) for token in tokens[: view.top])
            rest = "  ..." if len(tokens) > view.top or number(counts, side) > len(tokens) >= MOST else ""
            table.add_row(words, Text(f"{number(counts, side):,}", NUMBER), Text(shown + rest))
    return table


def _name(part_name: str) -> str:
    return shorten(visible(part_name.replace("_", " ")), LONGEST)


def _how(how: object) -> str:
    return _SAME.get(str(how), "")
