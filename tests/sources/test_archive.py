"""Archives: hostile names, links, bombs and damage, without anything being written to disk."""

from __future__ import annotations

import io
import stat
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from clonescan.entities import Skipped
from clonescan.errors import SourceError
from clonescan.settings import Settings
from clonescan.sources import Snapshot, open_source

FILES = {"m-1/a.py": b"a = 1\n", "m-1/src/b.py": b"b = 2\n", "m-1/LICENSE": b"Mozilla Public License, version 2.0"}
STRIPPED = {path.removeprefix("m-1/"): content for path, content in FILES.items()}


def contents(snapshot: Snapshot) -> dict[str, bytes | Skipped]:
    """Everything that `read` gives, by path, asked for in reverse order."""
    return {entry.path: content for entry, content in snapshot.read(snapshot.entries()[::-1])}


def write_zip(path: Path, files: Mapping[str, bytes]) -> Path:
    """A compressed zip file."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def write_tar(path: Path, files: Mapping[str, bytes], *others: tarfile.TarInfo) -> Path:
    """A tar file, compressed as its name says."""
    mode = {"gz": "w:gz", "tgz": "w:gz", "bz2": "w:bz2", "xz": "w:xz", "tar": "w"}[path.suffix[1:]]
    with tarfile.open(path, mode) as archive:  # type: ignore[call-overload]
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        for info in others:
            archive.addfile(info)
    return path


def special(name: str, kind: bytes, target: str = "") -> tarfile.TarInfo:
    """A tar member that is no file."""
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


@pytest.mark.parametrize("name", ["m.zip", "m.tar", "m.tar.gz", "m.tgz", "m.tar.bz2", "m.tar.xz"])
def test_every_format_is_read_and_its_top_folder_dropped(name: str, tmp_path: Path, settings: Settings) -> None:
    path = write_zip(tmp_path / name, FILES) if name.endswith("zip") else write_tar(tmp_path / name, FILES)
    snapshot = open_source(str(path), settings)
    assert contents(snapshot) == STRIPPED
    assert [entry.size for entry in snapshot.entries()] == [35, 6, 6]
    repository = snapshot.repository
    assert (repository.id, repository.source, repository.license) == ("m", str(path), "MPL-2.0")
    assert (repository.commit, repository.link) == (None, None)
    [(entry, _content)] = [found for found in snapshot.read(snapshot.entries()) if found[0].path == "a.py"]
    assert entry.blob_id == "1337a530cbc1bd7d20aee2d80f1f174a9182417d"


def test_a_wheel_keeps_its_folders(tmp_path: Path, settings: Settings) -> None:
    files = {"m/a.py": b"a = 1\n", "m-1.dist-info/METADATA": b"Name: m\nLicense-Expression: mit\n\n"}
    snapshot = open_source(str(write_zip(tmp_path / "m-1-py3-none-any.whl", files)), settings)
    assert contents(snapshot) == files
    assert snapshot.repository.license == "MIT"


def test_members_that_lead_out_or_are_no_files(tmp_path: Path, settings: Settings) -> None:
    evil = {"../up.py": b"x", "/abs.py": b"x", "m/../../up.py": b"x", "m/good.py": b"x = 1\n"}
    others = (
        special("m/link.py", tarfile.SYMTYPE, "/etc/passwd"),
        special("m/hard.py", tarfile.LNKTYPE, "../../etc/passwd"),
        special("m/pipe", tarfile.FIFOTYPE),
        special("m/tty", tarfile.CHRTYPE),
    )
    snapshot = open_source(str(write_tar(tmp_path / "e.tar.gz", evil, *others)), settings)
    assert contents(snapshot) == {"good.py": b"x = 1\n"}
    assert {one.path for one in snapshot.skipped()} == {
        "../up.py", "/abs.py", "../../up.py", "link.py", "hard.py", "pipe", "tty"
    }  # fmt: skip
    path = write_zip(tmp_path / "e.zip", {name: content for name, content in evil.items() if name[0] != "/"})
    with zipfile.ZipFile(path, "a") as archive:
        link = zipfile.ZipInfo("m/link.py")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    snapshot = open_source(str(path), settings)
    assert contents(snapshot) == {"good.py": b"x = 1\n"}
    assert Skipped("link.py", "symbolic link") in snapshot.skipped()
    assert {path.name for path in tmp_path.iterdir()} == {"e.tar.gz", "e.zip", "gitconfig"}


@pytest.mark.parametrize("name", ["bomb.zip", "bomb.tar.gz"])
def test_bombs(name: str, tmp_path: Path, settings: Settings) -> None:
    files = {f"m/{n}.py": bytes(3_000_000) for n in range(5)} | {"m/big.py": bytes(9_000_000)}
    path = write_zip(tmp_path / name, files) if name.endswith("zip") else write_tar(tmp_path / name, files)
    assert path.stat().st_size < 100_000
    small = replace(settings, max_archive_bytes=8_000_000, max_file_bytes=4_000_000)
    if name.endswith("gz"):
        with pytest.raises(SourceError, match="larger than 8 MB"):
            open_source(str(path), small)
        return
    snapshot = open_source(str(path), small)
    for _ in range(2):
        read = contents(snapshot)
        assert read["big.py"] == Skipped("big.py", "larger than 4 MB")
        assert sum(isinstance(content, bytes) for content in read.values()) == 3


def test_a_zip_that_lies_about_its_sizes(tmp_path: Path, settings: Settings) -> None:
    path = write_zip(tmp_path / "lie.zip", {"a.py": bytes(5_000_000)})
    content = path.read_bytes()
    path.write_bytes(content.replace((5_000_000).to_bytes(4, "little"), (50).to_bytes(4, "little")))
    [read] = contents(open_source(str(path), settings)).values()
    assert isinstance(read, Skipped) or len(read) <= 50


def test_damage_and_encryption(tmp_path: Path, settings: Settings) -> None:
    path = write_zip(tmp_path / "d.zip", {"a.py": b"a = 1\n" * 50, "b.py": b"b = 1\n"})
    with zipfile.ZipFile(path) as archive:
        offset = archive.getinfo("a.py").header_offset + 34
    content = bytearray(path.read_bytes())
    content[offset + 2] ^= 0xFF
    path.write_bytes(content)
    read = contents(open_source(str(path), settings))
    assert read == {"a.py": Skipped("a.py", "damaged"), "b.py": b"b = 1\n"}
    encrypted = bytearray(write_zip(tmp_path / "e.zip", {"a.py": b"a = 1\n"}).read_bytes())
    encrypted[encrypted.index(b"PK\x01\x02") + 8] |= 1
    (tmp_path / "e.zip").write_bytes(encrypted)
    snapshot = open_source(str(tmp_path / "e.zip"), settings)
    assert snapshot.skipped() == (Skipped("a.py", "encrypted"),)


@pytest.mark.parametrize("name", ["x.zip", "x.whl", "x.tar.gz", "x.tar"])
@pytest.mark.parametrize("cut", [0, 10, 300])
def test_broken_archives(name: str, cut: int, tmp_path: Path, settings: Settings) -> None:
    path = tmp_path / name
    files = {f"m/{n}.py": bytes(range(256)) * 40 for n in range(3)}
    _ = write_zip(path, files) if name[-3:] in ("zip", "whl") else write_tar(path, files)
    path.write_bytes(path.read_bytes()[:cut])
    with pytest.raises(SourceError, match="archive is broken") as caught:
        open_source(str(path), settings)
    assert str(caught.value).isprintable()


def test_a_tar_that_ends_in_a_zip_is_a_tar(tmp_path: Path, settings: Settings) -> None:
    inner = write_zip(tmp_path / "inner.zip", {"in.py": b"i = 1\n"}).read_bytes()
    snapshot = open_source(str(write_tar(tmp_path / "m.tar", {"a.py": b"a = 1\n", "z.zip": inner})), settings)
    assert contents(snapshot) == {"a.py": b"a = 1\n", "z.zip": inner}


def test_a_missing_archive(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(SourceError, match="no such archive"):
        open_source(str(tmp_path / "gone.zip"), settings)


def test_names_that_are_no_text(tmp_path: Path, settings: Settings) -> None:
    path = write_tar(tmp_path / "n.tar.gz", {"m/caf\udce9.py": b"", "m/ok.py": b"", "m/line\nfeed.py": b""})
    snapshot = open_source(str(path), settings)
    assert [entry.path for entry in snapshot.entries()] == ["line\nfeed.py", "ok.py"]
    assert snapshot.skipped() == (Skipped("caf\\xe9.py", "its name is not UTF-8"),)
