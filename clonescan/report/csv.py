"""The matches as CSV, a row for each, for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from clonescan.entities import Match, Place, Report, Standing
from clonescan.report.escape import visible
from clonescan.report.interface import PLAIN, View
from clonescan.report.json import rounded
from clonescan.report.standing import stated
from clonescan.report.words import origin

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "'")  # noqa: RUF001 - the wide ones are meant
"""How text begins that a spreadsheet may run (OWASP, CSV injection), and the mark that keeps it from doing so."""

_PLACE = ("repository", "path", "unit", "start_line", "end_line", "link")
COLUMNS = (
    *("id", "kind", "clone_type", "runner_up", "similarity", "left_containment", "right_containment"),
    *("evidence_bits", "net_bits", "expected_by_chance", "common_origin", "family", "renames"),
    *(f"{side}_{fact}" for side in ("left", "right") for fact in _PLACE),
    *("standing", "reason", "attribution", "their_license", "our_license", "in_baseline", "also_in"),
)


def render(report: Report, _view: View = PLAIN) -> str:
    """Return a header and a row a match, best evidence first, as RFC 4180 has it but for plain line feeds.

    Text that a spreadsheet could take for a formula has an apostrophe before it, and so has text that begins with an
    apostrophe: take one away, and there is what was written.
    """
    report = rounded(report)
    families = {(row.repository, row.path, row.unit): family.id for family in report.families for row in family.members}
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for match in report.matches:
        left = match.left
        family = families.get((left.repository, left.path, left.unit), "")
        writer.writerow([_cell(value) for value in _row(match, "" if match.runner_up else family)])
    return file.getvalue()


def _row(match: Match, family: str) -> Iterator[str | int | float]:
    yield from (match.id, match.kind, match.clone_type, str(match.runner_up).lower(), match.similarity)
    yield from (match.containment.left, match.containment.right)
    yield from (match.evidence_bits, match.net_bits, match.expected_by_chance)
    yield origin(match.common_origin) if match.common_origin else ""
    yield family
    yield ", ".join(f"{rename.left} → {rename.right} ({rename.count})" for rename in match.renames)
    yield from _place(match.left)
    yield from _place(match.right)
    yield from _standing(match.standing)


def _standing(standing: Standing | None) -> Iterator[str]:
    """Yield how a match stands, of an audit; nothing for a match of a scan."""
    if standing is None:
        yield from [""] * 7
        return
    yield from (standing.name, standing.reason, stated(standing))
    yield from (standing.their_license or "", standing.our_license or "", str(standing.known).lower())
    yield ", ".join(dict.fromkeys(place.repository for place in standing.also))


def _place(place: Place) -> Iterator[str | int]:
    yield from (place.repository, place.path, place.unit, place.start_line, place.end_line, place.link or "")


def _cell(value: str | int | float) -> str | int | float:
    if not isinstance(value, str):
        return value
    text = visible(value)
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text
