"""Writes the text for a NOTICE file: each origin with its licence, its copyright lines, and what was taken from it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from clonescan.entities import Place, Repository, Standing

Row = tuple[Place, Repository, Place, Standing]
"""A place of the project, the origin, the place in the origin, and how that stands."""

_RULE = "-" * 72


def notice(rows: Iterable[Row], licences: Mapping[str, str]) -> str:
    """Return the text; `licences`: the text of the licence of each origin by its id, as far as it is at hand.

    Each licence's text stands there once, behind the origins. Control characters are left out.
    """
    by_origin: dict[str, list[Row]] = {}
    for row in rows:
        by_origin.setdefault(row[1].id, []).append(row)
    parts = ["This project contains material from the following works.\n"] if by_origin else []
    parts += ["\n".join(_origin(by_origin[name])) for name in sorted(by_origin)]
    texts: dict[str, list[str]] = {}
    for name in sorted(by_origin):
        if name in licences:
            texts.setdefault(_plain(licences[name]).strip(), []).append(name)
    parts += [f"{_RULE}\nLicence of {', '.join(names)}\n{_RULE}\n\n{text}\n" for text, names in texts.items()]
    return "\n".join(parts)


def _origin(rows: list[Row]) -> Iterator[str]:
    origin = rows[0][1]
    yield _plain(origin.id)
    urls = [*origin.credits.urls, *([origin.source] if "://" in origin.source else [])]
    yield from (f"  {_plain(url)}" for url in urls[:1])
    found = sorted({standing.their_license or "unknown" for *_, standing in rows})
    yield f"  Licence: {_plain(', '.join(found))}"
    yield from (f"  {_plain(line)}" for line in origin.credits.holders)
    yield "  Parts of:"
    for theirs, ours in sorted({(theirs.path, ours.path) for ours, _, theirs, _ in rows}, key=lambda pair: pair[::-1]):
        yield f"    {_plain(ours)}  (from {_plain(theirs)})"
    yield ""


def _plain(text: str) -> str:
    return "".join(char for char in text if char.isprintable() or char == "\n")
