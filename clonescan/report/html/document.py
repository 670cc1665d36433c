"""The page as text: the template filled, style and script inside it, and a policy that allows these two alone."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from clonescan.report.escape import visible
from clonescan.report.html.answer import answer
from clonescan.report.html.content import KINDS, content
from clonescan.report.html.names import name_tables
from clonescan.report.html.page import Page
from clonescan.report.html.reading import reading
from clonescan.report.html.residue import residue
from clonescan.report.html.standing import standings
from clonescan.report.json import rounded
from clonescan.report.words import bits, counted

STYLES = ("base.css", "answer.css", "graph.css", "match.css", "print.css")
SCRIPTS = (
    *("page.js", "filters.js", "drawing.js", "graph.js", "list.js"),
    *("code.js", "details.js", "match.js", "start.js"),
)
"""In the order in which they use each other; together they are one script."""

MOST_MATCHES = 10_000
"""The strongest that a page holds: twice what it must stay usable with, and no browser opens one of 180 MB."""

_JSON_ESCAPES = {ord(char): f"\\u{ord(char):04x}" for char in "<>&\u2028\u2029"}
"""What could end the script element that holds the JSON, or a line of JavaScript."""


def render(page: Page) -> str:
    """Return the page as one HTML document: the same bytes for the same report and sources."""
    report = rounded(page.report)
    shown = replace(report, matches=report.matches[:MOST_MATCHES])
    style, script = _joined(STYLES), f'"use strict";\n(() => {{\n{_joined(SCRIPTS)}}})();\n'
    data = content(Page(shown, page.sides))
    return _environment().get_template("page.html").render(
        policy=_policy(style, script),
        style=Markup(style),
        script=Markup(script),
        data=Markup(embedded(data)),
        answer=answer(report),
        names=name_tables(shown),
        residue=residue(report),
        standing=standings(report),
        reading=reading(report),
        kinds=data["kinds"],
        colours={kind: KINDS.index(kind) if kind in KINDS else "other" for kind in data["kinds"]},
        types=[name for name in CLONE_TYPES if any(match.clone_type == name for match in report.matches)],
        repositories=[repository.id for repository in report.repositories],
        matches=len(report.matches),
        shown=len(shown.matches),
    ) + "\n"  # fmt: skip


CLONE_TYPES = ("identical", "renamed", "modified", "partial")


def embedded(data: Any) -> str:
    """Return data as JSON for a script element: visible text only, and nothing that HTML would take for its end."""
    return json.dumps(_visible(data), ensure_ascii=False, separators=(",", ":")).translate(_JSON_ESCAPES)


def _visible(data: Any) -> Any:
    """Return data with all its texts as people see them; see `clonescan.report.escape`."""
    if isinstance(data, str):
        return visible(data)
    if isinstance(data, Mapping):
        return {visible(str(key)): _visible(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_visible(value) for value in data]
    return data


def _shown(value: Any) -> Any:
    """Return what an expression of the template shows: a text as people see it, markup of our own as it is."""
    return visible(value) if type(value) is str else value


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("clonescan.report.html"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"bits": bits, "counted": counted}
    return environment


def _joined(names: tuple[str, ...]) -> str:
    folder = files("clonescan.report.html") / "assets"
    return "".join((folder / name).read_text("utf-8") for name in names)


def _policy(style: str, script: str) -> str:
    """Return the Content-Security-Policy: this style and script and nothing else, and no way to make markup of text."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src {_hash(style)}",
            f"script-src {_hash(script)}",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        )
    )


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
