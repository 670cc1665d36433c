"""What is new, gone and changed between two reports, for a terminal and for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import RenderableType
from rich.text import Text

from clonescan.diff import Change, Difference, Repositories
from clonescan.entities import Match
from clonescan.errors import UsageError
from clonescan.report.escape import visible
from clonescan.report.interface import PLAIN, View
from clonescan.report.places import place
from clonescan.report.style import FAINT, LEFT, NUMBER, RIGHT, heading, indented, more
from clonescan.report.terminal import printed
from clonescan.report.words import alike, counted, evidence

SCHEMA_VERSION = "1"
"""Of the JSON below, whose matches are those of the report's schema."""


def renderer(name: str) -> Callable[[Difference, View], str]:
    """Return the function that writes a difference as `name`; raises UsageError if there is none."""
    formats = {"text": render, "json": render_json}
    if name not in formats:
        raise UsageError(f'There is no format "{name}" of a difference; choose one of {", ".join(formats)}.')
    return formats[name]


def render(difference: Difference, view: View = PLAIN) -> str:
    """Return the difference as text of at most `view.width` columns."""
    return printed(_parts(difference, view), view)


def render_json(difference: Difference, _view: View = PLAIN) -> str:
    """Return the difference as ASCII JSON: `new` and `gone` hold matches, `changed` and `moved` pairs of them."""
    facts: dict[str, Any] = {"schema_version": SCHEMA_VERSION} | asdict(difference)
    return json.dumps(facts, indent=1) + "\n"


def _parts(difference: Difference, view: View) -> Iterator[RenderableType]:
    if difference.settings:
        names = visible(", ".join(difference.settings))
        yield Text(f"The reports differ in {names}; matches may differ for that reason alone.")
    yield from _repositories(difference.repositories)
    yield from _list("New", difference.new, view)
    yield from _list("Gone", difference.gone, view)
    yield from _changes(difference.changed, view)
    yield from heading("In short", "")
    yield indented(_summary(difference))


def _repositories(found: Repositories) -> Iterator[RenderableType]:
    for old, new in found.renamed:
        yield Text(visible(f"{new} stands where {old} stood."))
    for names, what in (
        (found.added, "Only the new report compares"),
        (found.gone, "Only the old report compares"),
        (found.masked, "Being compared itself, no longer counted in the background:"),
        (found.unmasked, "Not being compared any more, counted in the background again:"),
    ):
        if names:
            yield Text(visible(f"{what} {', '.join(names)}; bits may differ for that reason alone."))


def _summary(difference: Difference) -> str:
    facts = [f"{len(getattr(difference, name)):,} {name}" for name in ("new", "gone", "changed")]
    if difference.moved:
        facts.append(f"{len(difference.moved):,} in other lines only")
    return f"{counted(difference.same, 'match', 'matches')} as before, {', '.join(facts)}."


def _list(title: str, matches: Sequence[Match], view: View) -> Iterator[RenderableType]:
    if not matches:
        return
    yield from heading(title, counted(len(matches), "match", "matches"))
    for match in matches[: view.top]:
        yield Text()
        yield _facts(match, f"{evidence(match)}  ", f"{visible(match.kind)}, {alike(match)}")
        yield from _sides(match, view)
    yield from more(len(matches) - view.top)


def _changes(changes: Sequence[Change], view: View) -> Iterator[RenderableType]:
    if not changes:
        return
    yield from heading("Changed", counted(len(changes), "match", "matches"))
    for change in changes[: view.top]:
        before, now = (f"{evidence(match)}, {alike(match)}" for match in (change.old, change.new))
        yield Text()
        yield _facts(change.new, "", f"{before}  →  {now}")
        yield from _sides(change.new, view)
    yield from more(len(changes) - view.top)


def _facts(match: Match, strong: str, plain: str) -> RenderableType:
    return indented(Text.assemble((strong, NUMBER), f"{plain}  ", (visible(match.id), FAINT)))


def _sides(match: Match, view: View) -> Iterator[RenderableType]:
    for side, style in ((match.left, LEFT), (match.right, RIGHT)):
        yield indented(Text(visible(side.repository), FAINT), 4)
        yield indented(place(side, style, view.width - 6), 6)
