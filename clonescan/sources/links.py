"""Permalink templates: where a forge shows given lines of a file at a given commit."""

from __future__ import annotations

from urllib.parse import quote

from clonescan.sources.address import GitAddress


def permalink(address: GitAddress, commit: str, subdir: str = "") -> str | None:
    """A template with `{path}`, `{start}` and `{end}` for str.format, its path to be percent-encoded; None if none."""
    if not address.forge or not address.web:
        return None
    blob = "/-/blob/" if address.forge == "gitlab" else "/blob/"
    inside = quote(f"{subdir}/") if subdir else ""
    fixed = f"{address.web}{blob}{commit}/{inside}".replace("{", "{{").replace("}", "}}")
    lines = "#L{start}-{end}" if address.forge == "gitlab" else "#L{start}-L{end}"
    return f"{fixed}{{path}}{lines}"
