"""Tells configs from data by their content: records, tables and rows of numbers are data, however few or many."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from clonescan.kinds.config import spelling
from clonescan.kinds.config.tree import MAX_DEPTH, Node, Scalar, Section

RECORDS = 24
"""Sections of one form in a row that are records: no pipeline or list of losses has so many."""

TABLE = 48
"""Plain values under keys that are a table if they are of one sort: a thousand names of classes are one value of a
config, and a hundred options of a command line are a hundred."""

ROW = 8
"""Plain values in a row up to which each counts by itself: layers of stages, means of colours."""

SAME_FORM = 0.8
"""Share of records that have a key in common."""

SAME_SORT = 0.9
"""Share of the values of a table that are numbers, or that are texts."""

BULK = 0.75
"""Share of all values that lies in records and nested rows, from which a file is data with a head."""

_SCHEMAS = frozenset(
    ("openapi", "swagger", "$schema", "$defs", "lockfileVersion", "bomFormat", "nbformat", "weight_map", "added_tokens")
)
"""Keys at the top that say what a file is: an interface, a lock file, a notebook, a map of weights."""


def is_data(root: Section) -> bool:
    """Whether a document is data: a sequence, one of the known schemas, or mostly records and nested rows."""
    if not root.keyed or table(root) or any(key in _SCHEMAS for key, _ in root.entries):
        return True
    total, bulk = _weigh(root, 0, {})
    return bulk >= BULK * total


def size(root: Section) -> int:
    """The values of a document, those behind an alias counted wherever it stands."""
    return _weigh(root, 0, {})[0]


def _weigh(node: Node, depth: int, known: dict[int, tuple[int, int]]) -> tuple[int, int]:
    """The values inside a node, and those of them that are bulk; each section is looked at once, also if in itself."""
    if isinstance(node, Scalar) or depth >= MAX_DEPTH:
        return 1, 0
    if id(node) not in known:
        known[id(node)] = 0, 0
        parts = [_weigh(child, depth + 1, known) for child in node.values]
        total = sum(size for size, _ in parts)
        sections = [child for child in node.values if isinstance(child, Section)]
        nested = not node.keyed and len(sections) > ROW and not any(child.keyed for child in sections)
        if nested or _are_records(sections):
            bulk = total - sum(isinstance(child, Scalar) for child in node.values)
        else:
            bulk = sum(bulk for _, bulk in parts)
        known[id(node)] = total, bulk
    return known[id(node)]


def _are_records(sections: list[Section]) -> bool:
    """Whether sections are many and of one form: most have a key that most others have as well."""
    if len(sections) < RECORDS:
        return False
    keys = Counter(key for section in sections for key, _ in section.entries if key)
    return not keys or max(keys.values()) >= SAME_FORM * len(sections)


def table(section: Section) -> Sequence[Scalar]:
    """The values of a section that is one of many plain values, or of records, in reading order; none if it is not."""
    if len(section) < (TABLE if section.keyed else ROW + 1):
        return ()
    rows = [node for node in section.values if isinstance(node, Section)]
    if rows and not (len(rows) == len(section) and _are_records(rows)):
        return ()
    if section.keyed and not rows and not _of_one_sort(section):
        return ()
    return [node for part in (section, *rows) for node in part.values if isinstance(node, Scalar)]


def _of_one_sort(section: Section) -> bool:
    """Whether the plain values of a section are all numbers or all texts, but for a few."""
    sorts = Counter(spelling.sort(node.text) for node in section.values if isinstance(node, Scalar))
    return max(sorts["number"], sorts["text"]) >= SAME_SORT * len(section)
