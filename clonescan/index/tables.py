"""The Parquet tables of an indexed repository, written and read by DuckDB."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from clonescan.fingerprint import Array, decode, encode
from clonescan.kinds.reading import Extracted

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FILES, UNITS, POSTINGS, FREQUENCIES = "files", "units", "postings", "frequencies"

COLUMNS = {
    FILES: {
        "number": "UINTEGER",
        "path": "VARCHAR",
        "kind": "VARCHAR",
        "blob_id": "VARCHAR",
        "mark": "VARCHAR",
        "fingerprint": "BLOB",
    },
    UNITS: {"unit": "UINTEGER", "file": "UINTEGER", "content": "UBIGINT"},
    POSTINGS: {"hash": "UBIGINT", "unit": "UINTEGER"},
    FREQUENCIES: {"hash": "UBIGINT", "units": "UINTEGER"},
}
"""Files with their fingerprints; the different units with the files that hold them and a hash of what they hold; by
hash the units that are found by it; by hash how many units hold what several do."""

_COMPRESSION = {FILES: "UNCOMPRESSED", UNITS: "ZSTD", POSTINGS: "UNCOMPRESSED", FREQUENCIES: "ZSTD"}
"""Hashes cannot be compressed, and each fingerprint is by itself, so that one is read without the others."""


@dataclass(frozen=True, eq=False)
class Tables:
    """The columns of all tables but that of the files."""

    units: Mapping[str, Array]
    postings: Mapping[str, Array]
    frequencies: Mapping[str, Array]


@contextmanager
def database(threads: int = 0) -> Iterator[DuckDBPyConnection]:
    """A database of this process alone, in memory."""
    import duckdb

    connection = duckdb.connect(":memory:", config={"threads": threads} if threads else {})
    try:
        connection.execute("SET enable_progress_bar = false")
        yield connection
    finally:
        connection.close()


def path(folder: Path, table: str) -> str:
    """The file of a table of an indexed repository."""
    return str(folder / f"{table}.parquet")


def write_tables(files: Sequence[Extracted], tables: Tables, folder: Path) -> None:
    """Write the tables of a repository into a folder."""
    with database() as connection:
        for name, columns in (
            (FILES, _file_columns(files)),
            (UNITS, tables.units),
            (POSTINGS, tables.postings),
            (FREQUENCIES, tables.frequencies),
        ):
            connection.register("columns", dict(columns))
            casts = ", ".join(f"{column}::{kind} AS {column}" for column, kind in COLUMNS[name].items())
            connection.execute(
                f"COPY (SELECT {casts} FROM columns) TO '{_quoted(path(folder, name))}' "
                f"(FORMAT parquet, COMPRESSION {_COMPRESSION[name]})"
            )
            connection.unregister("columns")


def seal(folder: Path) -> str:
    """A hash of the tables of a repository; "" if one is missing."""
    digest = blake2b(digest_size=16)
    for table in COLUMNS:
        try:
            with Path(path(folder, table)).open("rb") as file:
                while part := file.read(1 << 20):
                    digest.update(part)
        except OSError:
            return ""
    return digest.hexdigest()


def scanned(places: Sequence[Path], table: str) -> str:
    """A table of several repositories in SQL; its column `file_index` is the place of a row's repository."""
    listed = ", ".join(f"'{_quoted(path(place, table))}'" for place in places)
    return f"read_parquet([{listed}])"


def read_files(connection: DuckDBPyConnection, place: Path, numbers: Sequence[int] | None = None) -> list[Extracted]:
    """Files of a repository by their numbers, or all of them, in order.

    Raises ValueError or zlib.error if a fingerprint is damaged, duckdb.Error if the table is.
    """
    where = "" if numbers is None else "WHERE number IN (SELECT unnest(?::UINTEGER[]))"
    rows = connection.execute(
        f"SELECT path, kind, blob_id, mark, fingerprint FROM {scanned([place], FILES)} {where} ORDER BY number",
        [] if numbers is None else [list(numbers)],
    ).fetchall()
    return [
        Extracted(path, kind, blob_id, mark, decode(zlib.decompress(data))) for path, kind, blob_id, mark, data in rows
    ]


def _file_columns(files: Sequence[Extracted]) -> dict[str, Array]:
    columns = {name: _objects([getattr(file, name) for file in files]) for name in ("path", "kind", "blob_id", "mark")}
    prints = _objects([zlib.compress(encode(file.fingerprint), 1) for file in files])
    return {"number": np.arange(len(files), dtype=np.uint32), **columns, "fingerprint": prints}


def _objects(values: Sequence[str | bytes]) -> Array:
    found = np.empty(len(values), object)
    found[:] = values
    return found


def _quoted(text: str) -> str:
    return text.replace("'", "''")
