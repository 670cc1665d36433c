"""Keeps what was extracted, by content and method, so that a second scan parses nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType

_BATCH = 500  # SQLite allows 999 variables in a statement by default


class ExtractionCache:
    """Bytes by key in one SQLite file, or nothing at all.

    SQLite's own locking and journal make it safe with several processes and after a kill; a file that cannot be used
    is a cache that misses.
    """

    def __init__(self, folder: Path | None) -> None:
        self.connection: sqlite3.Connection | None = None
        if folder is None:
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.connection = _open(folder / "extractions.sqlite")
        except (OSError, sqlite3.Error):
            self.connection = None

    def __enter__(self) -> ExtractionCache:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.connection is not None:
            self.connection.close()

    def get(self, keys: Sequence[str]) -> dict[str, bytes]:
        """What is known of these keys."""
        found: dict[str, bytes] = {}
        if self.connection is None:
            return found
        for start in range(0, len(keys), _BATCH):
            batch = keys[start : start + _BATCH]
            marks = ",".join("?" * len(batch))
            try:
                rows = self.connection.execute(f"SELECT key, value FROM extraction WHERE key IN ({marks})", batch)
                found.update(rows)
            except sqlite3.Error:
                return found
        return found

    def put(self, rows: Iterable[tuple[str, bytes]]) -> None:
        """Keep these; a cache that is busy for too long or full keeps nothing."""
        if self.connection is None:
            return
        try:
            with self.connection:
                self.connection.executemany("INSERT OR REPLACE INTO extraction VALUES (?, ?)", rows)
        except sqlite3.Error:
            return


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=30)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("CREATE TABLE IF NOT EXISTS extraction (key TEXT PRIMARY KEY, value BLOB NOT NULL)")
    except sqlite3.DatabaseError:
        connection.close()
        path.unlink(missing_ok=True)
        raise
    return connection
