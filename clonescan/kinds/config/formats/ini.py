"""INI, line by line: the standard library's parser gives no positions.

The syntax is that of configparser: `[section]`, `key = value` or `key: value`, comments with `#` or `;`, and values
that go on in lines indented deeper. Sections may come several times, as in the network files of Darknet.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from clonescan.kinds.config.tree import BROKEN, Document, Read, Scalar, Section

_HEADER = re.compile(r"\[([^\]]+)\]\s*([#;].*)?")
_SIGN = re.compile(r"[=:]")
_COMMENT = re.compile(r"\s[#;]")
_KEY = re.compile(r"\w[\w .\-/]*")


def read(data: bytes) -> Read:
    """The one document of a file."""
    lines = data.decode("utf-8", "replace").split("\n")
    root = Section(1, max(1, len(lines)))
    section, broken = root, False
    for first, last, text in _joined(lines):
        header, sign = _HEADER.fullmatch(text), _SIGN.search(text)
        if header:
            section = Section(first, last)
            _add(root, header[1].strip(), section)
        elif sign and _KEY.fullmatch(key := text[: sign.start()].strip()):
            value = text[sign.end() :]
            comment = _COMMENT.search(value)
            section.put(key, _value(value[: comment.start()] if comment else value, first, last))
            section.end = last
        else:
            broken = True
    return Read([Document("<config>", root)], (BROKEN,) if broken else ())


def _joined(lines: list[str]) -> Iterator[tuple[int, int, str]]:
    """First line, last line and text of what lines say; those indented deeper belong to the one before."""
    first, last, held = 0, 0, list[str]()
    for number, line in enumerate(lines, 1):
        bare = line.strip()
        if not bare or bare[0] in "#;":
            continue
        if not held or line[0] not in " \t" or bare.startswith("["):
            if held:
                yield first, last, " ".join(held)
            first, held = number, []
        last = number
        held.append(bare)
    if held:
        yield first, last, " ".join(held)


def _add(root: Section, key: str, section: Section) -> None:
    """Add a section; those of one name are a row."""
    known = root.get(key)
    if isinstance(known, Section) and not known.keyed:
        known.put("", section)
    elif known is not None:
        rows = Section(known.line, section.end, keyed=False)
        rows.put("", known)
        rows.put("", section)
        root.put(key, rows)
    else:
        root.put(key, section)


def _value(text: str, line: int, end: int) -> Scalar | Section:
    """A value; one with commas is a row of values, as it would be in other formats."""
    text = text.strip()
    items = [item.strip() for item in text.split(",")]
    if len(items) < 2 or not all(items):
        return Scalar(text.strip("\"'"), line, end)
    row = Section(line, end, keyed=False)
    for item in items:
        row.put("", Scalar(item.strip("\"'"), line, end))
    return row
