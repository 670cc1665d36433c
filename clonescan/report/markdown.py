"""The report as Markdown that fits into a comment on an issue."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from clonescan.entities import Audit, Match, Overlap, Place, Report, Repository, Tally
from clonescan.report.escape import shorten, visible
from clonescan.report.interface import PLAIN, View
from clonescan.report.json import rounded
from clonescan.report.standing import MEANING, TITLES, facts, fails, groups, scope, verdict
from clonescan.report.words import (
    background,
    bits,
    chance,
    counted,
    evidence,
    hidden,
    index,
    lines,
    origin,
    pairs,
    rename_order,
    sentence,
    settings,
    share,
)

LONGEST = 65_536
"""Characters of a comment on GitHub and of its API; counted in UTF-16, which is never less."""

LONGEST_NAME = 100
"""Characters of one name: more do not fit into a cell of a table."""

_SAFE_LINK = re.compile(r"https://[A-Za-z0-9/._~%#=@+-]+")
_HEADERS = {
    "Overlap": ("of", "in", "kind", "overlap", "units", "bits", "net bits"),
    "Matches": ("id", "evidence", "alike", "left", "right", "by chance"),
    "By standing": ("standing", "matches", "files", "bits", "failing"),
    **dict.fromkeys(TITLES.values(), ("id", "evidence", "ours", "theirs", "standing")),
    "Names": ("name", "became", "times", "consistent", "between"),
}


@dataclass(frozen=True, slots=True)
class _Section:
    """A part with its rows, the most telling first; `top` of them are shown at most, None for all that fit."""

    title: str
    rows: Sequence[str]
    top: int | None = None


def render(report: Report, view: View = PLAIN) -> str:
    """Return the report as GitHub's Markdown of at most `LONGEST` characters.

    Everything that comes from a repository stands in code spans, where nothing means anything: no markup, no link, no
    mention of a user. Where the whole is too long, the parts get fewer rows, and say how many they leave out.
    """
    report = rounded(report)
    sections = list(_scanned(report, view) if report.audit is None else _audited(report, report.audit, view))
    longest = max(len(section.rows) for section in sections)
    while True:
        text = "\n\n".join([_title(report), *(_written(section, longest) for section in sections), _READING]) + "\n"
        if len(text.encode("utf-16-le")) // 2 <= LONGEST:
            return text
        longest //= 2


def _scanned(report: Report, view: View) -> Iterator[_Section]:
    kinds = {row.kind for row in report.overlap} - {"all"}
    yield _Section("", [f"- {sentence(report, *pair, _code)}" for pair in pairs(report)])
    yield _Section("Overlap", [_overlap(row) for row in report.overlap if row.kind == "all" or len(kinds) > 1])
    yield _Section("Matches", list(map(_match, report.matches)), view.top)
    yield _Section("Names", list(_names(report)), view.top)
    yield _Section("What was read", list(map(_repository, report.repositories)))


def _audited(report: Report, audit: Audit, view: View) -> Iterator[_Section]:
    """What fits a pull request: the verdict, the table by standing, and what is open; the rest is folded away."""
    yield _Section("", [f"**{verdict(report)}**", "", *(f"- {_code(note)}" for note in audit.notes)])
    yield _Section("By standing", [_tally(row) for row in audit.tally])
    for name, rows in groups(report):
        yield _Section(TITLES[name], [_stands(match, audit) for match in rows], view.top)
    left_out = [f"- left out: {_code(one.path)}: {_code(one.reason)}" for one in audit.left_out]
    read = [_repository(row) for row in report.repositories]
    yield _Section("What was read", [f"- {_code(scope(audit))}", *left_out, *read])


def _tally(row: Tally) -> str:
    amounts = (f"{row.matches:,}", f"{row.files:,}", bits(row.evidence_bits), f"{row.failing:,}")
    return _cells((f"{TITLES[row.standing]}: {MEANING[row.standing]}", *amounts))


def _stands(match: Match, audit: Audit) -> str:
    fail = " **fails**" if fails(match, audit) else ""
    said = "; ".join(map(_cell, list(facts(match))[1:]))
    sides = (_place(match.left), _place(match.right))
    return _cells((_cell(match.id), f"{evidence(match)}{fail}", *sides, said))


_READING = """\
<details><summary>How to read this</summary>

A match is two places that correspond. What that means is for a person to decide: a match has no direction.
*Bits* are evidence: what both sides share, weighed by how rare it is; *net bits* leave out what a known third place
holds as well. *By chance* is how often two unrelated repositories of these sizes would show a match this strong.
*Overlap* is the share of the one's distinctive evidence that has a counterpart in the other; where all that corresponds
is known from elsewhere, it says *known*.

</details>"""


def _title(report: Report) -> str:
    tool = f"{report.tool.get('name', 'clonescan')} {report.tool.get('version', '')}".strip()
    told = [tool, f"weights from {background(report)}", *hidden(report), *index(report), *settings(report.parameters)]
    heading = f"Audit of {_code(report.repositories[0].id)}" if report.audit else "What corresponds"
    return f"## {heading}\n\n{', '.join(map(_code, told))}"


def _written(section: _Section, longest: int) -> str:
    shown = section.rows[: longest if section.top is None else min(longest, section.top)]
    parts = [f"### {section.title}\n"] if section.title else []
    if section.title in _HEADERS and shown:
        header = _HEADERS[section.title]
        parts += [_cells(header), _cells("---" for _ in header)]
    parts += shown
    left_out = len(section.rows) - len(shown)
    if left_out or not section.rows:
        parts += ["", f"and {left_out:,} more" if left_out else "none"]
    return "\n".join(parts)


def _overlap(row: Overlap) -> str:
    """Return a row of a table."""
    units = f"{row.matched_units:,} of {row.units:,}"
    amounts = (share(row), units, bits(row.evidence_bits), bits(row.net_bits))
    return _cells((_cell(row.from_repository), _cell(row.to_repository), _cell(row.kind), *amounts))


def _match(match: Match) -> str:
    runner_up = ", runner-up" if match.runner_up else ""
    third = f"; {_cell(origin(match.common_origin))}" if match.common_origin else ""
    alike = f"{_cell(match.kind)}, {match.clone_type}, {match.similarity:.2f}{runner_up}{third}"
    sides = (_place(match.left), _place(match.right))
    return _cells((_cell(match.id), evidence(match), alike, *sides, chance(match.expected_by_chance)))


def _place(place: Place) -> str:
    where = _cell(shorten(visible(place.path), LONGEST_NAME) + lines(place))
    linked = f"[{where}](<{place.link}>)" if place.link and _SAFE_LINK.fullmatch(place.link) else where
    mark = f" ({_cell(place.marked)})" if place.marked else ""
    return f"{_cell(place.repository)}<br>{linked}<br>{_cell(place.unit)}{mark}"


def _names(report: Report) -> Iterator[str]:
    """Yield the rows of the rename map, those of one pair behind those of the other, as the report has them."""
    for (left, right), rows in groupby(report.renames, lambda row: (row.left_repository, row.right_repository)):
        for row in sorted(rows, key=rename_order):
            between = f"{_cell(left)} → {_cell(right)}"
            yield _cells((_cell(row.left), _cell(row.right), f"{row.count:,}", f"{row.consistency:.0%}", between))


def _repository(repository: Repository) -> str:
    facts = [
        f"version {_code(repository.version)}" if repository.version else "",
        f"commit {_code(repository.commit)}" if repository.commit else "",
        f"licence {_code(repository.license)}" if repository.license else "no licence found",
        *(f"{number:,} of {_code(kind)}" for kind, number in sorted(repository.files.items())[:9]),
        counted(repository.units, "unit"),
        f"{counted(len(repository.skipped), 'file')} skipped" if repository.skipped else "",
    ]
    return f"- {_code(repository.id)}, {_code(repository.source)}: {', '.join(fact for fact in facts if fact)}"


def _cells(cells: Iterator[str] | Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _cell(text: str) -> str:
    """Return text as a code span inside a table, whose bars must not be taken for the end of a cell."""
    return _code(text).replace("|", "\\|")


def _code(text: str) -> str:
    """Return text as a code span, with a fence longer than any inside it (CommonMark 6.1)."""
    shown = shorten(visible(text), LONGEST_NAME)
    if not shown.strip():
        return "(no name)"
    fence = "`" * (1 + max(map(len, re.findall("`+", shown)), default=0))
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"
