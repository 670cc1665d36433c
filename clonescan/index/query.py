"""Finds the indexed files that may correspond with something of ours: a join on rare features; nothing is parsed."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from clonescan.background import open_background
from clonescan.entities import Repository
from clonescan.fingerprint import Array
from clonescan.index.facts import Facts, chosen, method
from clonescan.index.folder import Indexed, contents
from clonescan.index.postings import searched
from clonescan.index.tables import COLUMNS, FILES, FREQUENCIES, POSTINGS, UNITS, database, read_files, scanned
from clonescan.kinds.reading import Extracted, Reading
from clonescan.match.candidates import KEEP
from clonescan.match.judge import judge
from clonescan.match.score import MOST_STRENGTH
from clonescan.segments import distinct, offsets, within
from clonescan.settings import Settings
from clonescan.sources.blob import is_whole
from clonescan.whole import Whole

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

COMMON = 1_000
"""A feature that more units of the index hold finds nothing: it would pair each of ours with all of those."""

LEAST = 4_000
"""Millibits of rare features that two units must share. No match has less strength than this (see `judge`)."""

MOST = 100
"""Units of all repositories together that are kept for each of ours, the strongest first."""

CANDIDATES = f"""
WITH held AS (
    SELECT repository, hash, unit FROM postings WHERE hash IN (SELECT hash FROM ours)
), rare AS (
    SELECT hash FROM held GROUP BY hash HAVING COUNT(*) <= {COMMON}
), pairs AS (
    SELECT held.repository, ours.unit AS ours, held.unit AS theirs, SUM(ours.bits) AS bits
    FROM held JOIN rare ON held.hash = rare.hash JOIN ours ON held.hash = ours.hash
    GROUP BY held.repository, ours.unit, held.unit HAVING SUM(ours.bits) >= {LEAST}
), ranked AS (
    SELECT repository, theirs, bits,
        ROW_NUMBER() OVER (PARTITION BY repository, ours ORDER BY bits DESC, theirs) AS forth,
        ROW_NUMBER() OVER (PARTITION BY repository, theirs ORDER BY bits DESC, ours) AS back,
        ROW_NUMBER() OVER (PARTITION BY ours ORDER BY bits DESC, repository, theirs) AS place
    FROM pairs
)
SELECT repository, theirs, MAX(bits) AS bits FROM ranked
WHERE place <= {MOST} AND (forth <= {KEEP} OR back <= {KEEP}) GROUP BY repository, theirs
"""
"""Units of the index that may correspond with one of ours, and the bits that they share at most. Sums are of integers,
and every order is total."""

Bar = Callable[[Facts], float]
"""The millibits of rare features that a unit of a repository must share before any of it is read."""

LeaveOut = Callable[[Repository, float], bool]
"""Whether an indexed repository is left out, given the share of its different units that equal those of one of ours."""


@dataclass(frozen=True, eq=False)
class Related:
    """An indexed repository with those of its files that may correspond with something of ours.

    `same`: the largest share of its different units that equal units of one repository of ours.
    """

    repository: Repository
    reading: Reading
    same: float


@dataclass(frozen=True, eq=False)
class Answer:
    """What an index holds of something, what was left out, and a sentence for each repository that was not asked."""

    related: tuple[Related, ...] = ()
    left_out: tuple[Repository, ...] = ()
    unasked: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Index:
    """An open index: the repositories in it that can be asked, and a sentence for each other one."""

    indexed: tuple[Indexed, ...]
    unasked: tuple[str, ...]
    settings: Settings = field(repr=False)


def open_index(folder: Path, settings: Settings) -> Index:
    """The repositories of an index. Raises UsageError if there is no such index, BackgroundError."""
    found = contents(folder)
    wanted = method(settings, open_background(chosen(settings)))
    current = tuple(entry for entry in found.indexed if entry.facts.method == wanted)
    outdated = [entry.facts.repository.id for entry in found.indexed if entry.facts.method != wanted]
    return Index(
        current,
        (
            *(f"{name} was indexed by another version; `clonescan index update` makes it anew." for name in outdated),
            *(damaged(place.name, reason) for place, reason in found.damaged),
        ),
        settings,
    )


def related(index: Index, files: Sequence[Extracted], leave_out: LeaveOut | None = None) -> Answer:
    """The repositories of an index that hold something like these files, those with most of it first.

    A repository of which no unit can reach what a match takes is passed over, unless a file of it is the same as one of
    ours. Of those that are left out nothing more is read. What is damaged, or was removed meanwhile, is told of.
    """
    found = searched(files, open_background(chosen(index.settings)))
    telling = distinct(found.corpus.unit_file[found.first[found.units]]).tolist()
    blobs = {files[number].blob_id for number in telling if is_whole(files[number].blob_id)}
    asked = {"hash": found.hashes, "unit": found.units, "bits": found.bits}
    limit = index.settings.max_chance / max(1, len(index.indexed))

    def bar(facts: Facts) -> float:
        return judge((len(found.first), facts.differ), limit).bar / MOST_STRENGTH

    return _asked(index, asked, blobs, [found.classes], bar, leave_out)


def shared_with(index: Index, readings: Sequence[Reading], leave_out: LeaveOut) -> Answer:
    """The repositories of an index that hold something that two or more of these readings hold, likewise."""
    background = open_background(chosen(index.settings))
    found = [searched(reading.files, background) for reading in readings]
    hashes = np.concatenate([one.hashes for one in found])
    numbers = np.repeat(np.arange(len(found)), [len(one.hashes) for one in found])
    pairs = np.unique(np.stack([hashes, numbers.astype(np.uint64)]), axis=1)[0]
    several = pairs[1:][pairs[1:] == pairs[:-1]]
    bases = offsets(np.array([len(one.first) for one in found], np.int64))[:-1]
    units = np.concatenate([one.units + base for one, base in zip(found, bases, strict=True)])
    rows = np.flatnonzero(np.isin(hashes, several))
    asked = {"hash": hashes[rows], "unit": units[rows], "bits": np.concatenate([one.bits for one in found])[rows]}
    return _asked(index, asked, set(), [one.classes for one in found], lambda _: LEAST, leave_out)


def _asked(
    index: Index,
    ours: dict[str, Array],
    blobs: set[str],
    contents: Sequence[Array],
    bar: Bar,
    leave_out: LeaveOut | None,
) -> Answer:
    """`contents`: for each repository of ours hashes of what its units hold."""
    if not index.indexed or not len(ours["hash"]):
        return Answer(unasked=index.unasked)
    with database(index.settings.jobs) as connection:
        connection.register("ours", ours)
        connection.execute("CREATE TEMP TABLE blobs AS SELECT unnest(?::VARCHAR[]) AS blob_id", [sorted(blobs)])
        return _Query(connection, index, [distinct(one) for one in contents], bar, leave_out).answer()


class _Query:
    """One question to an index."""

    def __init__(
        self,
        connection: DuckDBPyConnection,
        index: Index,
        contents: Sequence[Array],
        bar: Bar,
        leave_out: LeaveOut | None,
    ) -> None:
        self.connection = connection
        self.indexed = index.indexed
        self.unasked = list(index.unasked)
        self.bar = bar
        self.leave_out = leave_out
        self.left_out: list[Repository] = []
        self.contents = contents

    def answer(self) -> Answer:
        """What the index holds of what is asked for."""
        import duckdb

        found: list[tuple[int, Related]] = []
        for entry, units, best in self._candidates():
            try:
                one = self._related(entry, units, best)
            except (duckdb.Error, ValueError, zlib.error) as error:
                self.unasked.append(_unreadable(entry, error))
            else:
                found += [(len(units), one)] if one else []
        found.sort(key=lambda row: (-row[0], row[1].repository.id, row[1].repository.source))
        left_out = sorted(self.left_out, key=lambda repository: (repository.id, repository.source))
        return Answer(tuple(one for _, one in found), tuple(left_out), tuple(self.unasked))

    def _candidates(self) -> list[tuple[Indexed, Array, int]]:
        """The repositories with units that may correspond with ours, these, and the most that one of them shares."""
        import duckdb

        try:
            rows = self._rows()
        except duckdb.Error:
            self.indexed = tuple(entry for entry in self.indexed if self._is_sound(entry))
            if not self.indexed:
                return []
            rows = self._rows()
        order = np.lexsort((rows["theirs"], rows["repository"]))
        repository, theirs = rows["repository"][order].astype(np.int64), rows["theirs"][order].astype(np.int64)
        starts = np.flatnonzero(np.diff(repository, prepend=-1))
        if not len(starts):
            return []
        parts, best = np.split(theirs, starts[1:]), np.maximum.reduceat(rows["bits"][order], starts)
        return [
            (self.indexed[number], part, int(bits))
            for number, part, bits in zip(repository[starts].tolist(), parts, best.tolist(), strict=True)
        ]

    def _rows(self) -> dict[str, Array]:
        places = [entry.folder for entry in self.indexed]
        self.connection.execute(
            "CREATE OR REPLACE TEMP VIEW postings AS "
            f"SELECT file_index AS repository, hash, unit FROM {scanned(places, POSTINGS)}"
        )
        rows: dict[str, Array] = self.connection.execute(CANDIDATES).fetchnumpy()
        return rows

    def _is_sound(self, entry: Indexed) -> bool:
        """Whether the table that all repositories are asked by can be read."""
        import duckdb

        try:
            self._columns(entry, POSTINGS)
        except duckdb.Error as error:
            self.unasked.append(_unreadable(entry, error))
            return False
        return True

    def _related(self, entry: Indexed, theirs: Array, best: int) -> Related | None:
        """An indexed repository by the units in it that may correspond with ours; None if it is left out."""
        facts = entry.facts
        where = f"{scanned([entry.folder], FILES)} WHERE blob_id IN (SELECT blob_id FROM blobs)"
        twins = self.connection.execute(f"SELECT number FROM {where}").fetchnumpy()["number"]
        if best < self.bar(facts) and not len(twins):
            return None
        units = self._columns(entry, UNITS)
        first = np.unique(units["unit"], return_index=True)[1]
        content = units["content"][first]
        same = max(int(within(content, known).sum()) for known in self.contents) / max(1, facts.differ)
        if self.leave_out and self.leave_out(facts.repository, same):
            self.left_out.append(facts.repository)
            return None
        numbers = distinct(np.r_[units["file"][within(units["unit"], theirs)], twins])
        several = self._columns(entry, FREQUENCIES)
        files = tuple(read_files(self.connection, entry.folder, numbers.tolist()))
        counts = several["hash"], several["units"].astype(np.int64)
        whole = Whole(facts.repository.units, facts.differ, *counts, frozenset(facts.holds))
        reading = Reading(files, facts.repository.not_compared, facts.repository.skipped, whole)
        return Related(facts.repository, reading, same)

    def _columns(self, entry: Indexed, table: str) -> dict[str, Array]:
        columns = ", ".join(COLUMNS[table])
        found: dict[str, Array] = self.connection.execute(
            f"SELECT {columns} FROM {scanned([entry.folder], table)}"
        ).fetchnumpy()
        return found


def _unreadable(entry: Indexed, error: Exception) -> str:
    source = entry.facts.repository.source
    if not entry.folder.is_dir():
        return f"{source} was removed from the index or replaced in it meanwhile."
    return damaged(source, "a table of it cannot be read" if str(error) else type(error).__name__)


def damaged(name: str, reason: str) -> str:
    """What is said of an indexed repository that cannot be read."""
    return f"{name} is damaged in the index: {reason}; add it again, or remove it."
