"""The baseline of an audit: what was there when it was written, so that only what came since makes an audit fail."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from clonescan.entities import Match
from clonescan.errors import UsageError

VERSION = 1

GROWN = 1.5
"""A match with half as much evidence again as the baseline states is a new one: more was taken over."""


@dataclass(frozen=True, slots=True)
class Known:
    """One match of a baseline: the unit of ours, and the names of all origins that held it, without versions.

    Lines are left out, so that code may move; versions are, so that packages may be updated.
    """

    kind: str
    path: str
    unit: str
    origins: tuple[str, ...]
    bits: float


@dataclass(frozen=True, slots=True)
class Baseline:
    """All matches that are no news."""

    entries: tuple[Known, ...]

    def known(self, matches: Iterable[Match]) -> frozenset[str]:
        """The ids of those matches that are in the baseline; each entry stands for one match."""
        waiting: dict[tuple[str, str, str], list[Known]] = {}
        for entry in self.entries:
            waiting.setdefault((entry.kind, entry.path, entry.unit), []).append(entry)
        found = set()
        for match in sorted(matches, key=lambda match: (match.evidence_bits, match.id)):
            here = waiting.get((match.kind, match.left.path, match.left.unit), [])
            fitting = [entry for entry in here if _is(entry, match)]
            if fitting:
                here.remove(fitting[0])
                found.add(match.id)
        return frozenset(found)


def _is(entry: Known, match: Match) -> bool:
    return not set(entry.origins).isdisjoint(_origins(match)) and match.evidence_bits <= GROWN * entry.bits


def _origins(match: Match) -> tuple[str, ...]:
    also = match.standing.also if match.standing else ()
    return tuple(sorted({plain(place.repository) for place in (match.right, *also)}))


def plain(repository: str) -> str:
    """The name of a repository without the version that a package has behind it."""
    return repository.split(" ")[0]


def baseline(matches: Sequence[Match]) -> Baseline:
    """The baseline in which these matches are."""
    entries = [
        Known(match.kind, match.left.path, match.left.unit, _origins(match), round(match.evidence_bits, 1))
        for match in matches
    ]
    return Baseline(tuple(sorted(entries, key=lambda one: (one.path, one.unit, one.kind, one.origins, one.bits))))


def chosen(path: Path | None, update: bool, whole: bool) -> Baseline | None:
    """The baseline that an audit goes by, None if there is none, or if it is to be written by this one.

    `whole`: is all of the project audited? Raises UsageError if the baseline cannot be had, or not be updated.
    """
    if not update:
        return read(path) if path else None
    if path is None:
        raise UsageError("--update-baseline needs --baseline FILE, where the baseline is written.")
    if not whole:
        raise UsageError("A baseline holds all of a project: update it without --since and --changed.")
    return None


def write(known: Baseline, path: Path) -> None:
    """Write a baseline to a file; raises UsageError if it cannot."""
    try:
        path.write_text(written(known), "utf-8")
    except OSError as error:
        raise UsageError(f'The baseline "{path}" cannot be written: {error.strerror}.') from error


def written(known: Baseline) -> str:
    """The baseline as JSON, an entry a line, so that two branches' changes to it seldom meet."""
    rows = [
        json.dumps(
            {"path": one.path, "unit": one.unit, "kind": one.kind, "origins": one.origins, "bits": one.bits},
        )
        for one in known.entries
    ]
    body = ",\n".join(f"  {row}" for row in rows)
    return f'{{"clonescan_baseline": {VERSION}, "matches": [\n{body}\n]}}\n'


def read(path: Path) -> Baseline:
    """The baseline in a file. Raises UsageError if there is none, or it is something else."""
    try:
        content = json.loads(path.read_text("utf-8"))
        if content["clonescan_baseline"] != VERSION:
            raise UsageError(f'The baseline "{path}" is of version {content["clonescan_baseline"]!r}, not {VERSION}.')
        return Baseline(tuple(map(_entry, content["matches"])))
    except OSError as error:
        raise UsageError(f'The baseline "{path}" cannot be read: {error.strerror}.') from error
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UsageError(f'"{path}" is no baseline that clonescan wrote.') from None


def _entry(row: dict[str, object]) -> Known:
    kind, path, unit, origins, bits = (row[name] for name in ("kind", "path", "unit", "origins", "bits"))
    if not isinstance(origins, list) or not isinstance(bits, int | float):
        raise TypeError
    if not all(isinstance(text, str) for text in (kind, path, unit, *origins)):
        raise TypeError
    return Known(str(kind), str(path), str(unit), tuple(origins), float(bits))
