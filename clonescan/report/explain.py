"""One match side by side: aligned lines next to each other, renamed names marked, the evidence listed in words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from rapidfuzz import fuzz
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from clonescan.entities import Match, Rename
from clonescan.explain import Explanation, Side
from clonescan.report.details import sections, values
from clonescan.report.escape import shorten, visible
from clonescan.report.interface import PLAIN, View, background_packages
from clonescan.report.standing import facts
from clonescan.report.style import FAINT, HEADING, LEFT, NUMBER, RIGHT, heading, indented, listed
from clonescan.report.terminal import printed
from clonescan.report.words import alike, bits, chance, contained, counted, evidence, found_in, lines, origin

NAME_STYLES = tuple(
    f"bold {extra}{colour}" for extra in ("", "underline ") for colour in ("magenta", "green", "cyan", "red", "blue")
)
NARROWEST_PAIR = 80
"""Below this many columns the two sides stand one below the other."""

UNNAMED = "a part of the syntax tree"
"""How a feature is called whose text could not be read."""

MOST_COMPARED = 10_000
"""Pairs of lines that are compared to bring two ranges of unequal length together; longer ones stand as they come."""

LONGEST_LINE = 300
"""Characters of a line that are shown: a whole vocabulary may stand on one."""

CONTEXT = 3
"""Lines that are shown at each end of a longer stretch that is not aligned."""


_WORD = re.compile(r"\w+")
_BREAKS = (re.compile(r"[(\[{]| "), re.compile(r"(?=\.)"))
"""Where a long line of code is broken: rather behind a bracket or blank than before a dot."""


@dataclass(frozen=True, slots=True)
class Row:
    """Line numbers that stand next to each other; `hidden` counts the rows that a row of dots stands for."""

    left: int | None = None
    right: int | None = None
    aligned: bool = False
    hidden: int = 0


def render(explanation: Explanation, view: View = PLAIN) -> str:
    """Return the explanation as text of at most `view.width` columns."""
    match = explanation.match
    total = background_packages(explanation.parameters, match.kind)
    shown = (
        _facts(match),
        _sides(explanation, view),
        sections(match, view),
        _names(match, view),
        _features(match, total, view),
    )
    return printed((part for section in shown for part in section), view)


def _facts(match: Match) -> Iterator[RenderableType]:
    yield Text.assemble(("Match ", HEADING), (visible(match.id), HEADING), f"  {visible(match.kind)}, {alike(match)}")
    yield indented(Text.assemble((evidence(match), NUMBER), f", {chance(match.expected_by_chance)}"))
    if contained(match):
        yield indented(contained(match))
    if match.common_origin:
        yield indented(origin(match.common_origin))
    yield from (indented(visible(line)) for line in facts(match))
    for place, style in ((match.left, LEFT), (match.right, RIGHT)):
        if place.link:
            yield indented(Text(visible(place.link), style))


def _sides(explanation: Explanation, view: View) -> Iterator[RenderableType]:
    left, right, match = explanation.left, explanation.right, explanation.match
    yield Text()
    if left.lines and right.lines and view.width >= NARROWEST_PAIR:
        yield _pair(left, right, rows(match, left, right), match.renames, view.width)
        return
    for side, style, names in (
        (left, LEFT, [rename.left for rename in match.renames]),
        (right, RIGHT, [rename.right for rename in match.renames]),
    ):
        yield from _title(side, style, view.width)
        yield from _alone(side, names) if side.lines else [indented(visible(side.problem))] if side.problem else []
        yield Text()


def rows(match: Match, left: Side, right: Side) -> list[Row]:
    """Return which lines stand next to each other: those of `match.lines` do, the others fill the gaps in order."""
    found: list[Row] = []
    aligned = [range(start, end + 1) for _, _, start, end in match.lines]
    free = {number for number in _numbers(right) if not any(number in lines for lines in aligned)}
    following, shown = left.place.start_line, set[int]()
    similarity = _similarity(match, left, right)
    for start, end, right_start, right_end in sorted(match.lines):
        before = _run_before(right_start, free)
        free -= set(before)
        found += _gap([number for number in _numbers(left) if following <= number < start], before)
        lefts = [number for number in _numbers(left) if start <= number <= end]
        rights = [number for number in _numbers(right) if right_start <= number <= right_end]
        pairs = _beside(lefts, rights, similarity)
        found += [Row(a, b, aligned=True) for a, b in _once(pairs, following, shown)]
        following, shown = max(following, start, end + 1), shown | {*rights}
    last = [number for number in _numbers(left) if number >= following]
    return found + _gap(last, sorted(free), collapse=bool(match.lines))


def _once(
    pairs: Sequence[tuple[int | None, int | None]], following: int, shown: set[int]
) -> Iterator[tuple[int | None, int | None]]:
    """Pairs without the lines that are shown already: the left ones before `following`, and these right ones.

    A line with two statements may stand beside two ranges.
    """
    for one, other in pairs:
        fresh = None if one is None or one < following else one, None if other in shown else other
        if fresh != (None, None):
            yield fresh


def _similarity(match: Match, left: Side, right: Side) -> Callable[[int, int], float]:
    """Return how alike two lines are, from 0 to 100, where renamed names are the same."""
    names = {rename.left: rename.right for rename in match.renames}

    def similarity(one: int, other: int) -> float:
        ours, theirs = left.lines[one - left.place.start_line], right.lines[other - right.place.start_line]
        renamed = _WORD.sub(lambda word: names.get(word[0], word[0]), ours.strip())
        return fuzz.ratio(renamed, theirs.strip())

    return similarity


def _beside(
    lefts: Sequence[int], rights: Sequence[int], similarity: Callable[[int, int], float]
) -> list[tuple[int | None, int | None]]:
    """Return aligned lines as pairs in order; where one side has more, those stay alone that are least alike."""
    if len(lefts) == len(rights) or not lefts or not rights or len(lefts) * len(rights) > MOST_COMPARED:
        return [*zip_longest(lefts, rights)]
    if len(lefts) < len(rights):
        return [(a, b) for b, a in _beside(rights, lefts, lambda b, a: similarity(a, b))]
    alone = len(lefts) - len(rights)
    best = {(len(rights), spare): 0.0 for spare in range(alone + 1)}
    for at in range(len(rights) - 1, -1, -1):
        for spare in range(alone, -1, -1):
            paired = similarity(lefts[at + spare], rights[at]) + best[at + 1, spare]
            best[at, spare] = max(paired, best.get((at, spare + 1), 0.0))
    found: list[tuple[int | None, int | None]] = []
    spare = 0
    for at, right in enumerate(rights):
        while spare < alone and best[at, spare] == best[at, spare + 1]:
            found.append((lefts[at + spare], None))
            spare += 1
        found.append((lefts[at + spare], right))
    return found + [(left, None) for left in lefts[len(rights) + spare :]]


def _numbers(side: Side) -> range:
    return range(side.place.start_line, side.place.start_line + len(side.lines))


def _run_before(start: int, free: set[int]) -> list[int]:
    """Return the numbers in `free` that lead up to `start` without a break."""
    first = start
    while first - 1 in free:
        first -= 1
    return list(range(first, start))


def _gap(lefts: Sequence[int], rights: Sequence[int], collapse: bool = True) -> list[Row]:
    gap = [Row(a, b) for a, b in zip_longest(lefts, rights)]
    hidden = len(gap) - 2 * CONTEXT
    if not collapse or hidden < 2:
        return gap
    return [*gap[:CONTEXT], Row(hidden=hidden), *gap[-CONTEXT:]]


def _pair(left: Side, right: Side, shown: list[Row], renames: Sequence[Rename], width: int) -> Table:
    digits = len(str(max(_numbers(left)[-1], _numbers(right)[-1])))
    column = (width - 2 * digits - 5) // 2
    table = Table.grid()
    for size in (digits + 1, column, 3, digits + 1, column):
        table.add_column(width=size, overflow="fold")
    for titles in zip(_title(left, LEFT, column), _title(right, RIGHT, column), strict=True):
        table.add_row("", titles[0], "", "", titles[1])
    table.add_row()
    texts = _texts(left, [rename.left for rename in renames]), _texts(right, [rename.right for rename in renames])
    for row in shown:
        if row.hidden:
            table.add_row("", Text(f"… {counted(row.hidden, 'line')} not aligned", FAINT))
            continue
        numbers = (row.left, row.right)
        cells = [_cells(number, text, row.aligned, column) for number, text in zip(numbers, texts, strict=True)]
        sign = "" if not row.aligned else " =" if None not in numbers else " │"  # corresponds to a line further up
        table.add_row(*cells[0], Text(sign, FAINT), *cells[1])
    return table


def _cells(number: int | None, texts: dict[int, Text], aligned: bool, width: int) -> tuple[Text, Text]:
    if number is None:
        return Text(), Text()
    text = texts[number] if aligned else Text(texts[number].plain, FAINT)
    return Text(str(number), FAINT), _folded(text, width)


def _folded(text: Text, width: int) -> Text:
    """Break a line of code where a reader would, the rest of it further in."""
    hanging = " " * min(_indentation(text) + 4, width // 2)
    parts: list[Text] = []
    while len(text) > width:
        cut = _cut(text.plain, _indentation(text) + 1, width)
        part, text = text[:cut], Text(hanging) + text[cut:]
        part.rstrip()
        parts.append(part)
    return Text("\n").join([*parts, text])


def _indentation(text: Text) -> int:
    return len(text.plain) - len(text.plain.lstrip(" "))


def _cut(line: str, least: int, width: int) -> int:
    """Return where to break: the last good place behind `least`; a blank at the very end may stand outside."""
    for pattern in _BREAKS:
        ends = [found.end() for found in pattern.finditer(line, 0, width + 1)]
        fitting = [end for end in ends if end > least and len(line[:end].rstrip()) <= width]
        if fitting:
            return fitting[-1]
    return width


def _title(side: Side, style: str, width: int) -> Iterator[Text]:
    where = lines(side.place)
    yield Text(shorten(visible(side.place.repository), width - 1), HEADING)
    yield Text(shorten(visible(side.place.path), width - 1 - len(where)) + where, style)
    yield Text(shorten(visible(side.place.unit), width - 1))


def _alone(side: Side, names: Sequence[str]) -> Iterator[RenderableType]:
    table = Table.grid(padding=(0, 1, 0, 0))
    for number, text in _texts(side, names).items():
        table.add_row(Text(str(number), FAINT, justify="right"), text)
    yield table


def _texts(side: Side, names: Sequence[str]) -> dict[int, Text]:
    """Return the lines by number, common indentation removed, each of `names` in the style of its rename."""
    expanded = [line.expandtabs(4) for line in side.lines]
    margin = min((len(line) - len(line.lstrip(" ")) for line in expanded if line.strip()), default=0)
    return {
        number: _marked(visible(cut(line[margin:].rstrip())), names)
        for number, line in zip(_numbers(side), expanded, strict=True)
    }


def cut(line: str) -> str:
    """Return the beginning of a line that nobody reads to its end, and how much more of it there is."""
    rest = len(line) - LONGEST_LINE
    return f"{line[:LONGEST_LINE]} … {counted(rest, 'more character')}" if rest > 0 else line


def _marked(line: str, names: Sequence[str]) -> Text:
    text = Text(line)
    for number, name in enumerate(names):
        for found in re.finditer(rf"(?<!\w){re.escape(visible(name))}(?!\w)", line):
            text.stylize(_style(number), found.start(), found.end())
    return text


def _style(number: int) -> str:
    return NAME_STYLES[number % len(NAME_STYLES)]


def _names(match: Match, view: View) -> Iterator[RenderableType]:
    if not match.renames or values.rows(match.detail, "prefixes"):  # these tell more of the same map
        return
    yield from heading("Names", "left → right")
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    width = (view.width - 22) // 2
    for number, rename in enumerate(match.renames[: view.top]):
        left, right = (Text(visible(shorten(name, width)), _style(number)) for name in (rename.left, rename.right))
        table.add_row(left, Text("→", FAINT), right, Text(counted(rename.count, "time"), justify="right"))
    yield from listed(table, len(match.renames) - view.top)


def _features(match: Match, total: int, view: View) -> Iterator[RenderableType]:
    if not match.features:
        return
    where_else = ", and where else it occurs in the background" if total else ""
    yield from heading("Evidence", f"what both sides share{where_else}")
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    strongest = sorted(match.features, key=lambda feature: (-feature.bits, feature.text))
    for feature in strongest[: view.top]:
        where = found_in(feature.packages, total)
        text = Text.assemble(visible(feature.text) or UNNAMED, (f"  {where}" if where else "", FAINT))
        table.add_row(Text(f"{bits(feature.bits)} bits", NUMBER), text)
    yield from listed(table, len(strongest) - view.top)
