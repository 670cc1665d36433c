"""Keeps what was made, by all that it depends on: extractions, digests and reports, so that nothing is made twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from hashlib import blake2b
from pathlib import Path
from types import TracebackType
from typing import Self

_BATCH = 500  # SQLite allows 999 variables in a statement by default
_SEAL = 8  # bytes of a checksum in front of each value
_EVICT = """DELETE FROM extraction WHERE rowid IN (
    SELECT number FROM (
        SELECT rowid AS number, SUM(LENGTH(value)) OVER (ORDER BY rowid DESC) AS bytes FROM extraction
    ) WHERE bytes > ?
)"""  # replacing a row gives it the highest number


REPORT_BYTES = 200_000_000
"""Of finished reports so many bytes are kept, the newest: a hundred scans of the size of transformers."""


DIGEST_BYTES = 1_000_000_000
"""Of digests so many bytes are kept, the newest: three hundred tokenizers of 129,000 tokens."""


class Cache:
    """Bytes by key in one SQLite file, or nothing at all.

    SQLite's own locking and journal make it safe with several processes and after a kill; a file that cannot be used
    is a cache that misses.
    """

    def __init__(self, folder: Path | None, name: str, most: int | None = None) -> None:
        """`most`: the bytes beyond which the oldest values go."""
        self.connection: sqlite3.Connection | None = None
        self.most = most
        if folder is None:
            return
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self.connection = _open(folder / f"{name}.sqlite")
        except (OSError, sqlite3.Error):
            self.connection = None

    def __enter__(self) -> Self:
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
                rows = self.connection.execute(
                    f"SELECT key, CAST(value AS BLOB) FROM extraction WHERE key IN ({marks})", batch
                )
                found.update((key, kept) for key, value in rows if value[:_SEAL] == _seal(kept := value[_SEAL:]))
            except sqlite3.Error:
                return found
        return found

    def put(self, rows: Iterable[tuple[str, bytes]]) -> None:
        """Keep these; a cache that is busy for too long or full keeps nothing."""
        if self.connection is None:
            return
        sealed = ((key, _seal(value) + value) for key, value in rows)
        try:
            with self.connection:
                self.connection.executemany("INSERT OR REPLACE INTO extraction VALUES (?, ?)", sealed)
                if self.most is not None:
                    self.connection.execute(_EVICT, (self.most,))
        except sqlite3.Error:
            return


class ExtractionCache(Cache):
    """Encoded fingerprints."""

    def __init__(self, folder: Path | None) -> None:
        super().__init__(folder, "extractions")


class DigestCache(Cache):
    """What kinds look at again of files that take long to read."""

    def __init__(self, folder: Path | None) -> None:
        super().__init__(folder, "digests", DIGEST_BYTES)


class ReportCache(Cache):
    """Finished reports."""

    def __init__(self, folder: Path | None) -> None:
        super().__init__(folder, "reports", REPORT_BYTES)


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=30)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute("CREATE TABLE IF NOT EXISTS extraction (key TEXT PRIMARY KEY, value BLOB NOT NULL)")
    except sqlite3.OperationalError:  # somebody else is at it
        connection.close()
        raise
    except sqlite3.DatabaseError:  # it is no database
        connection.close()
        path.unlink(missing_ok=True)
        raise
    return connection


def _seal(value: bytes) -> bytes:
    """What tells a value that was damaged on the disk."""
    return blake2b(value, digest_size=_SEAL).digest()
