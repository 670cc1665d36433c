"""Both sides of matches in a short form: which lines stand next to each other, and every shown line once a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from clonescan.entities import Match
from clonescan.explain import Side
from clonescan.report.explain import Row, cut, rows
from clonescan.report.html.highlight import highlight

MOST_ROWS = 400
"""Rows of one match that are shown: a long class; what is longer is a copied file, and its beginning tells that."""

SOURCE_BUDGET = 2_500_000
"""Characters of source in one page, the strongest matches first, so that it stays a file that one sends."""

GONE = "Its source is no longer at hand."

Segment = list[int]
"""[left, right, count, aligned]: so many rows from these lines on, 0 for a side without lines; [count] for hidden."""


class Sources:
    """The lines that the page shows, each once, and how many characters may still be added."""

    def __init__(self) -> None:
        self.lines: dict[tuple[str, str], dict[int, str]] = {}
        self.left = SOURCE_BUDGET

    def add(self, side: Side, numbers: Sequence[int]) -> None:
        """Remember these lines of a side; binary data has none."""
        if not numbers:
            return
        known = self.lines.setdefault((side.place.repository, side.place.path), {})
        for number in numbers:
            if number not in known:
                known[number] = cut(side.lines[number - side.place.start_line])
                self.left -= len(known[number]) + 12

    def problem(self, side: Side | None) -> str:
        """Return why a side has no text, or ""."""
        return GONE if side is None else side.problem

    def blocks(self, files: Mapping[tuple[str, str], int]) -> dict[str, list[list[object]]]:
        """Return the lines by file number, as blocks [first line, texts, styles]."""
        return {
            str(files[file]): [
                [first, [line.text for line in lines], [line.styles for line in lines]]
                for first, lines in self._highlighted(file[1], self.lines[file])
            ]
            for file in sorted(self.lines, key=lambda file: files[file])
        }

    def _highlighted(self, path: str, known: Mapping[int, str]) -> Iterator[tuple[int, list]]:  # type: ignore[type-arg]
        for run in _runs(sorted(known)):
            yield run.start, highlight(path, [known[number] for number in run])


def segments(match: Match, left: Side | None, right: Side | None, sources: Sources) -> list[Segment]:
    """Return which lines stand next to each other, and remember them; nothing if no side has text or room is out."""
    sides = [side for side in (left, right) if side is not None and side.lines]
    if not sides or sources.left <= 0:
        return []
    if left is not None and right is not None and left.lines and right.lines:
        shown = rows(match, left, right)
    elif left in sides:
        shown = [Row(number, None) for number in _numbers(sides[0])]
    else:
        shown = [Row(None, number) for number in _numbers(sides[0])]
    cut = shown[:MOST_ROWS]
    rest = sum(row.hidden or 1 for row in shown[MOST_ROWS:])
    if left is not None:
        sources.add(left, [row.left for row in cut if row.left is not None])
    if right is not None:
        sources.add(right, [row.right for row in cut if row.right is not None])
    return [*_joined(cut), *([[rest]] if rest else [])]


def _numbers(side: Side) -> range:
    return range(side.place.start_line, side.place.start_line + len(side.lines))


def _joined(shown: Sequence[Row]) -> list[Segment]:
    """Return rows as segments: neighbours that go on by one line on the same sides are one."""
    found: list[Segment] = []
    for row in shown:
        last = found[-1] if found else []
        if row.hidden:
            found.append([row.hidden])
        elif len(last) == 4 and _continues(last, row):
            last[2] += 1
        else:
            found.append([row.left or 0, row.right or 0, 1, int(row.aligned)])
    return found


def _continues(last: Segment, row: Row) -> bool:
    left, right, count, aligned = last
    follows = (left + count if left else 0, right + count if right else 0)
    return follows == (row.left or 0, row.right or 0) and bool(aligned) == row.aligned


def _runs(numbers: Sequence[int]) -> Iterator[range]:
    breaks = [place for place, (one, other) in enumerate(pairwise(numbers), 1) if other != one + 1]
    for start, end in pairwise([0, *breaks, len(numbers)]):
        yield range(numbers[start], numbers[end - 1] + 1)
