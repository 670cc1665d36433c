"""Names: which of an untrusted tree's files are fit to be passed on, how others are shown, and which come twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator


def unfit(name: bytes) -> str:
    """Why a file of this name is left out, or "" if nothing is wrong with it."""
    try:
        parts = name.decode().split("/")
    except UnicodeDecodeError:
        return "its name is not UTF-8"
    if parts[0] == "":
        return "its name is an absolute path"
    if any(part in ("", ".", "..") for part in parts) or "\0" in name.decode():
        return "its name leads out of the tree"
    return ""


def shown(name: bytes) -> str:
    """The name as text; bytes that are no UTF-8 become `\\xNN`."""
    return name.decode("utf-8", "backslashreplace")


def numbered(names: Iterable[str]) -> Iterator[str]:
    """The names of repositories; one that comes again gets a number, so that a report tells them apart."""
    seen: Counter[str] = Counter()
    for name in names:
        seen[name] += 1
        yield name if seen[name] == 1 else f"{name} ({seen[name]})"
