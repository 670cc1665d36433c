"""Takes values out of the `detail` of a match, whose keys depend on the kind and on the version that wrote it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Detail = Mapping[str, Any]


def part(detail: Detail, key: str) -> Detail:
    """A part of a detail, empty if there is none."""
    found = detail.get(key)
    return found if isinstance(found, Mapping) else {}


def number(detail: Detail, key: str) -> int:
    """A number, 0 if there is none."""
    found = detail.get(key)
    return found if isinstance(found, int) else 0


def texts(detail: Detail, key: str) -> list[str]:
    """A list of texts, empty if there is none."""
    found = detail.get(key)
    return [text for text in found if isinstance(text, str)] if isinstance(found, list | tuple) else []


def rows(detail: Detail, key: str) -> list[Detail]:
    """A list of objects, empty if there is none."""
    found = detail.get(key)
    return [row for row in found if isinstance(row, Mapping)] if isinstance(found, list | tuple) else []
