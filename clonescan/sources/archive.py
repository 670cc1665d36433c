"""A .zip, .whl or .tar.* file: its members are read in memory, nothing is unpacked to a path that it names."""

from __future__ import annotations

import bz2
import gzip
import lzma
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import IO, Any

from clonescan.entities import Entry, Reach, Repository, Skipped
from clonescan.errors import SourceError
from clonescan.evidence.licence import identify, stating
from clonescan.settings import Settings
from clonescan.sources.address import ARCHIVE_SUFFIXES, ArchiveAddress
from clonescan.sources.blob import identified
from clonescan.sources.interface import WHOLE, Contents, Progress, Reaches, no_progress
from clonescan.sources.names import shown, unfit
from clonescan.sources.regular import read_within, too_large
from clonescan.sources.tree import LICENCE_BYTES

BROKEN = (
    *(tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError),
    *(EOFError, OSError, NotImplementedError, ValueError, RuntimeError),
)
"""What the standard library raises for archives that are damaged, encrypted, or packed in a way it does not know."""

_COMPRESSIONS: tuple[tuple[bytes, Callable[..., Any]], ...] = (
    (b"\x1f\x8b", gzip.open),
    (b"BZh", bz2.open),
    (b"\xfd7zXZ\0", lzma.open),
)
_CHUNK = 1 << 20
_IN_MEMORY = 64 << 20


@dataclass(frozen=True, slots=True)
class Member:
    """A regular file of an archive: its path as stored, its stated size in bytes, and how to open it."""

    path: str
    size: int
    open: Callable[[], IO[bytes]]


def open_archive(address: ArchiveAddress, settings: Settings) -> ArchiveSnapshot:
    """The snapshot of an archive file. Raises SourceError if it is missing or broken, or unpacks to too much."""
    name = address.path.name
    for suffix in sorted(ARCHIVE_SUFFIXES, key=len, reverse=True):
        name = name.removesuffix(suffix)
    return read_archive(address.path, Repository(id=name, source=address.source), settings)


def read_archive(path: Path, repository: Repository, settings: Settings) -> ArchiveSnapshot:
    """The same for any archive file, under the name that is given. Raises SourceError."""
    if not path.is_file():
        raise SourceError(f"there is no such archive: {repository.source}")
    try:
        if path.suffix.lower() in (".zip", ".whl"):
            members, skipped = _zip_members(zipfile.ZipFile(path))
        else:
            members, skipped = _tar_members(_unpacked(path, settings.max_archive_bytes, repository.source))
    except BROKEN as error:
        reason = " ".join(str(error).split()) or type(error).__name__
        raise SourceError(f"the archive is broken: {repository.source}: {reason}") from None
    if path.suffix != ".whl":
        members, skipped = _without_top_folder(members, skipped)
    return ArchiveSnapshot(repository, members, skipped, settings)


class ArchiveSnapshot:
    """A Snapshot of an archive's members; their blob ids are known after reading."""

    def __init__(
        self, repository: Repository, members: Iterable[Member], skipped: Iterable[Skipped], settings: Settings
    ) -> None:
        """Of several members of one path the last counts, as it would after unpacking."""
        self._members = {member.path: member for member in members}
        self._skipped = tuple(sorted(skipped, key=lambda one: one.path))
        self._settings = settings
        self._read_bytes = 0
        self._sizes: dict[str, int] = {}
        self._repository = replace(repository, license=self._licence())

    @property
    def repository(self) -> Repository:
        """See Snapshot."""
        return self._repository

    def entries(self) -> tuple[Entry, ...]:
        """See Snapshot."""
        return tuple(Entry(path, size=self._members[path].size) for path in sorted(self._members))

    def skipped(self) -> tuple[Skipped, ...]:
        """See Snapshot."""
        return self._skipped

    def read(
        self, wanted: Sequence[Entry], progress: Progress = no_progress, reaches: Reaches = WHOLE
    ) -> Contents:
        """See Snapshot."""
        default = Reach(self._settings.max_file_bytes)
        for done, entry in enumerate(wanted):
            progress(f"reading {self._repository.id}", done, len(wanted))
            content = self._content(self._members[entry.path], reaches.get(entry.path, default))
            yield identified(entry, content), content
        progress(f"reading {self._repository.id}", len(wanted), len(wanted))

    def _content(self, member: Member, reach: Reach) -> bytes | Skipped:
        """The member's bytes. The stated size may lie, so that no more than the limit is ever unpacked.

        A member that is read again counts once.
        """
        if member.size > reach.limit and not reach.head:
            return Skipped(member.path, too_large(reach.limit))
        known = self._sizes.get(member.path, 0)
        if not known and self._read_bytes > self._settings.max_archive_bytes:
            return Skipped(member.path, f"the archive is {too_large(self._settings.max_archive_bytes)}")
        try:
            with member.open() as file:
                content = read_within(file, member.path, reach)
        except BROKEN as error:
            return Skipped(member.path, _why_unreadable(error))
        size = reach.limit if isinstance(content, Skipped) else len(content)
        self._sizes[member.path] = max(known, size)
        self._read_bytes += self._sizes[member.path] - known
        return content

    def _licence(self) -> str | None:
        near = [self._members[path] for path in stating(self._members)]
        contents = {member.path: self._content(member, Reach(LICENCE_BYTES)) for member in near}
        return identify({path: content for path, content in contents.items() if isinstance(content, bytes)})


def _why_unreadable(error: Exception) -> str:
    if "password" in str(error) or "encrypted" in str(error):
        return "encrypted"
    return "packed in a way that is not supported" if isinstance(error, NotImplementedError) else "damaged"


def _zip_members(archive: zipfile.ZipFile) -> tuple[list[Member], list[Skipped]]:
    members, skipped = [], []
    for info in archive.infolist():
        mode = info.external_attr >> 16
        name = info.filename.encode("utf-8", "surrogateescape")
        irregular = bool(stat.S_IFMT(mode)) and not stat.S_ISREG(mode)
        reason = unfit(name) or ("symbolic link" if stat.S_ISLNK(mode) else "not a regular file" if irregular else "")
        if info.is_dir():
            continue
        if reason:
            skipped.append(Skipped(shown(name), reason))
        elif info.flag_bits & 1:
            skipped.append(Skipped(shown(name), "encrypted"))
        else:
            members.append(Member(info.filename, info.file_size, partial(archive.open, info)))
    return members, skipped


def _unpacked(path: Path, limit: int, source: str) -> IO[bytes]:
    """The tar stream itself in an unnamed temporary file, so that members can be read in any order."""
    packed = path.open("rb")
    magic = packed.read(6)
    packed.seek(0)
    stream = next((unpack(packed) for start, unpack in _COMPRESSIONS if magic.startswith(start)), packed)
    plain = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
    with packed, stream:
        while chunk := stream.read(_CHUNK):
            plain.write(chunk)
            if plain.tell() > limit:
                raise SourceError(f"the archive, unpacked, is {too_large(limit)}: {source}")
    plain.seek(0)
    return plain


def _tar_members(file: IO[bytes]) -> tuple[list[Member], list[Skipped]]:
    archive = tarfile.open(fileobj=file, mode="r:", encoding="utf-8", errors="surrogateescape")  # noqa: SIM115
    members, skipped = [], []
    for info in archive.getmembers():
        name = info.name.encode("utf-8", "surrogateescape")
        irregular = "link" if info.issym() or info.islnk() else "" if info.isreg() else "not a regular file"
        reason = unfit(name) or irregular
        if info.isdir():
            continue
        if reason:
            skipped.append(Skipped(shown(name), reason))
        else:
            members.append(Member(info.name, info.size, partial(_tar_member, archive, info)))
    return members, skipped


def _tar_member(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes]:
    file = archive.extractfile(info)
    if file is None:
        raise tarfile.ReadError("no regular file")
    return file


def _without_top_folder(members: list[Member], skipped: list[Skipped]) -> tuple[list[Member], list[Skipped]]:
    """What most archives have: one folder around everything."""
    tops = {member.path.partition("/")[0] for member in members}
    if len(tops) != 1 or any("/" not in member.path for member in members):
        return members, skipped
    top = f"{tops.pop()}/"
    bare = [replace(member, path=member.path.removeprefix(top)) for member in members]
    return bare, [replace(one, path=one.path.removeprefix(top)) for one in skipped]
