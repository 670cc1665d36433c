"""An index as one file, to be handed on: facts and fingerprints alone, since the tables follow from these.

What is imported comes from strangers: nothing in it is a path that is written to, and every number is checked.
"""

from __future__ import annotations

import json
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from secrets import token_hex

from clonescan.background import open_background
from clonescan.errors import UsageError
from clonescan.fingerprint import check, decode, encode
from clonescan.index.add import Outcome, chosen_of, writer
from clonescan.index.facts import Facts, chosen, key, method, parsed
from clonescan.index.folder import Indexed, index_folder, publish
from clonescan.index.query import damaged, open_index
from clonescan.index.tables import database, read_files
from clonescan.kinds import KINDS
from clonescan.kinds.code.paths import MARKS
from clonescan.kinds.reading import Extracted, Reading, with_counts
from clonescan.settings import Settings
from clonescan.sources.archive import BROKEN
from clonescan.sources.names import unfit

_BLOB_ID = re.compile(r"([a-z]+:)*[0-9a-f]{40}([0-9a-f]{24})?")
_FACTS, _LIST, _PRINTS = "{}/repository.json", "{}/files.json", "{}/fingerprints"
_MISFITS = (ValueError, KeyError, TypeError, IndexError, OverflowError, RecursionError, struct.error)


def export(path: Path, names: Sequence[str], settings: Settings) -> tuple[str, ...]:
    """Write what is indexed, or only these by id or source, into a file; gives a sentence for each left out.

    Raises UsageError or BackgroundError.
    """
    import duckdb

    index = open_index(index_folder(settings), settings)
    wanted = chosen_of(index.indexed, names) if names else index.indexed
    left_out = [] if names else list(index.unasked)
    draft = path.with_name(f".{path.name}.{token_hex(8)}")
    try:
        with zipfile.ZipFile(draft, "x") as archive, database() as connection:
            for number, entry in enumerate(wanted):
                try:
                    files = read_files(connection, entry.folder)
                except (duckdb.Error, ValueError, zlib.error):
                    left_out.append(damaged(entry.facts.repository.source, "a table of it cannot be read"))
                else:
                    _pack(archive, number, entry, files)
        draft.replace(path)
    except OSError as error:
        raise UsageError(f'The export cannot be written to "{path}": {error.strerror}.') from None
    finally:
        draft.unlink(missing_ok=True)
    return tuple(left_out)


def bring_in(path: Path, settings: Settings) -> Iterator[Outcome]:
    """Add what an export holds, in the place of what there is of the same sources.

    Raises UsageError or BackgroundError.
    """
    background = open_background(chosen(settings))
    made_by = method(settings, background)
    try:
        archive = zipfile.ZipFile(path)
    except BROKEN as error:
        raise UsageError(f'"{path}" is no export of an index: {error}.') from None
    with archive:
        numbers = sorted(
            int(found[1]) for name in archive.namelist() if (found := re.fullmatch(r"(\d{1,7})/repository\.json", name))
        )
        if not numbers:
            raise UsageError(f'"{path}" is no export of an index: it holds no repository.')
        for number in dict.fromkeys(numbers):
            name = f"repository {number} of {path}"
            try:
                facts, files = _unpacked(archive, number, settings.max_archive_bytes)
            except (*BROKEN, *_MISFITS, UsageError) as error:
                yield Outcome(name, "failed", problem=f"{name} is broken: {' '.join(str(error).split())[:200]}")
                continue
            source = facts.repository.source
            if facts.method != made_by:
                problem = f"{source} was indexed by another version; add it by its source."
                yield Outcome(source, "failed", problem=problem)
                continue
            reading = Reading(tuple(files), facts.repository.not_compared, facts.repository.skipped)
            repository = with_counts(facts.repository, reading)
            write = writer(repository, files, "", made_by, background, imported=True)
            publish(index_folder(settings), key(source), write)
            yield Outcome(source, "added", repository)


def _pack(archive: zipfile.ZipFile, number: int, entry: Indexed, files: Sequence[Extracted]) -> None:
    prints = [encode(file.fingerprint) for file in files]
    rows = [
        [file.path, file.kind, file.blob_id, file.mark, len(data)] for file, data in zip(files, prints, strict=True)
    ]
    for name, content in (
        (_FACTS, json.dumps(asdict(entry.facts)).encode()),
        (_LIST, json.dumps(rows).encode()),
        (_PRINTS, b"".join(prints)),
    ):
        archive.writestr(zipfile.ZipInfo(name.format(number)), content, zipfile.ZIP_DEFLATED)


def _unpacked(archive: zipfile.ZipFile, number: int, limit: int) -> tuple[Facts, list[Extracted]]:
    """The facts and files of a repository in an export. Raises BROKEN, _MISFITS or UsageError."""
    facts = parsed(_content(archive, _FACTS.format(number), limit))
    rows = json.loads(_content(archive, _LIST.format(number), limit))
    data = _content(archive, _PRINTS.format(number), limit)
    files: list[Extracted] = []
    start = 0
    for path, kind, blob_id, mark, size in rows:
        if not isinstance(size, int) or size < 0:
            raise ValueError("a size is no number")
        files.append(_file(path, kind, blob_id, mark, data[start : start + size]))
        start += size
    if start != len(data) or len({(file.path, file.kind) for file in files}) < len(files):
        raise ValueError("its list of files is not that of its fingerprints")
    if not all(text.isprintable() for text in (facts.repository.id, facts.repository.source)):
        raise ValueError("its name cannot be printed")
    if not (facts.repository.link or "https://").startswith("https://"):
        raise ValueError("its links lead elsewhere")
    return facts, sorted(files, key=lambda file: (file.path, file.kind))


def _file(path: object, kind: object, blob_id: object, mark: object, data: bytes) -> Extracted:
    if not isinstance(path, str) or unfit(path.encode()):
        raise ValueError("a path in it leads elsewhere")
    if not isinstance(kind, str) or kind not in {known.NAME for known in KINDS}:
        raise ValueError("a kind of file is unknown")
    if not isinstance(blob_id, str) or not _BLOB_ID.fullmatch(blob_id) or not isinstance(mark, str):
        raise ValueError("a file has no id")
    if mark not in MARKS:
        raise ValueError("a mark of a file is unknown")
    found = decode(data)
    check(found)
    return Extracted(path, kind, blob_id, mark, replace(found, mark=found.mark if found.mark in MARKS else ""))


def _content(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """A member, of which no more than the limit is ever unpacked, whatever it says of its size."""
    with archive.open(name) as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ValueError(f"it unpacks to more than {limit:,} bytes")
    return content
