"""A package of the Python package index: a wheel or else a source distribution, hash-checked, nothing of it run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from types import TracebackType
from urllib.parse import unquote, urlsplit

import requests
from packaging.utils import (
    InvalidSdistFilename,
    InvalidWheelFilename,
    canonicalize_name,
    parse_sdist_filename,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version
from pypi_simple import (
    ACCEPT_JSON_PREFERRED,
    DigestMismatchError,
    DistributionPackage,
    NoDigestsError,
    NoSuchProjectError,
    PyPISimple,
    UnsupportedContentTypeError,
    UnsupportedRepoVersionError,
)

from clonescan.entities import Repository
from clonescan.errors import SourceError
from clonescan.settings import Settings
from clonescan.sources.address import PypiAddress
from clonescan.sources.archive import ArchiveSnapshot, read_archive
from clonescan.sources.cache import cache_folder, locked
from clonescan.sources.interface import Progress, no_progress

DEFAULT_INDEX = "https://pypi.org/simple"
TIMEOUT = 60.0
"""Seconds without an answer."""

_NO_INDEX = (requests.RequestException, UnsupportedContentTypeError, UnsupportedRepoVersionError, ValueError)


@dataclass(frozen=True, slots=True)
class Choice:
    """A file of a package: its name, version, and whether it is a wheel."""

    filename: str
    version: Version
    wheel: bool


def open_pypi(address: PypiAddress, settings: Settings, progress: Progress = no_progress) -> ArchiveSnapshot:
    """The snapshot of a package, of its newest version unless one is named. Raises SourceError."""
    name = canonicalize_name(address.name)
    index, auth = _index()
    folder = cache_folder(settings, f"pypi/{sha256(index.encode()).hexdigest()[:16]}/{name}")
    if settings.offline:
        choice = _best(filter(None, (_choice(file.name) for file in folder.iterdir())), address, "in the cache")
    else:
        choice = _downloaded(address, index, auth, folder, progress)
    version = str(choice.version)
    repository = Repository(id=f"{name} {version}", source=address.source, version=version)
    return read_archive(folder / choice.filename, repository, settings)


def _index() -> tuple[str, tuple[str, str] | None]:
    """The index's address, and the user and password that it may hold, taken out of it."""
    given = os.environ.get("PIP_INDEX_URL") or DEFAULT_INDEX
    url = urlsplit(given)
    userinfo, _, host = url.netloc.rpartition("@")
    user, _, password = userinfo.partition(":")
    return url._replace(netloc=host).geturl(), (unquote(user), unquote(password)) if userinfo else None


def _downloaded(
    address: PypiAddress, index: str, auth: tuple[str, str] | None, folder: Path, progress: Progress
) -> Choice:
    """The chosen file, in the folder and with the hash that the index states. Raises SourceError."""
    try:
        with PyPISimple(index, auth=auth) as client:
            page = client.get_project_page(address.name, timeout=TIMEOUT, accept=ACCEPT_JSON_PREFERRED)
            offered = {choice: package for package in page.packages if (choice := _choice(package.filename))}
            usable = [choice for choice, package in offered.items() if address.version or not package.is_yanked]
            choice = _best(usable, address, f"on {urlsplit(index).hostname}", offered)
            with locked(folder / ".lock"):
                if not _is_verified(folder / choice.filename, offered[choice]):
                    _download(client, offered[choice], folder, progress)
            return choice
    except NoSuchProjectError:
        raise SourceError(f"there is no package {address.name} on {urlsplit(index).hostname}") from None
    except NoDigestsError:
        raise SourceError(f"the index states no hash for it, so it is not trusted: {address.source}") from None
    except DigestMismatchError:
        raise SourceError(f"its hash is not the one that the index states: {address.source}") from None
    except _NO_INDEX:
        raise SourceError(f"the package index {urlsplit(index).hostname} cannot be reached: {address.source}") from None


def _download(client: PyPISimple, package: DistributionPackage, folder: Path, progress: Progress) -> None:
    draft = folder / f".{package.filename}.part"
    client.download_package(package, draft, verify=True, timeout=TIMEOUT, progress=_reporting(package, progress))
    draft.replace(folder / package.filename)


def _is_verified(path: Path, package: DistributionPackage) -> bool:
    """Whether a file from an earlier run is the one that the index means now."""
    digest = package.digests.get("sha256")
    return bool(digest) and path.exists() and sha256(path.read_bytes()).hexdigest() == digest


def _choice(filename: str) -> Choice | None:
    try:
        if filename.endswith(".whl"):
            return Choice(filename, parse_wheel_filename(filename)[1], True)
        if filename.endswith((".tar.gz", ".zip")):
            return Choice(filename, parse_sdist_filename(filename)[1], False)
    except (InvalidWheelFilename, InvalidSdistFilename, InvalidVersion):
        pass
    return None


def _best(
    choices: Iterable[Choice],
    address: PypiAddress,
    where: str,
    offered: dict[Choice, DistributionPackage] | None = None,
) -> Choice:
    """The newest final version, or the newest at all if there are none, or the one asked for; a wheel if it has one.

    Of several wheels the platform-independent one, then the smallest. Raises SourceError if there is none.
    """
    wanted = Version(address.version) if address.version else None
    found = [choice for choice in choices if wanted is None or choice.version == wanted]
    if not found:
        raise SourceError(f"there is no wheel or source distribution of {address.source.strip()} {where}")
    version = max({choice.version for choice in found}, key=lambda one: (not one.is_prerelease, one))

    def rank(choice: Choice) -> tuple[bool, bool, int, str]:
        size = (offered[choice].size if offered else None) or 0
        return not choice.wheel, not choice.filename.endswith("-none-any.whl"), size, choice.filename

    return min((choice for choice in found if choice.version == version), key=rank)


class _Tracker:
    """Passes pypi-simple's progress on."""

    def __init__(self, task: str, total: int | None, progress: Progress) -> None:
        self._task, self._total, self._progress, self._done = task, total, progress, 0

    def __enter__(self) -> _Tracker:
        self.update(0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is held."""

    def update(self, increment: int) -> None:
        self._done += increment
        self._progress(self._task, self._done, self._total)


def _reporting(package: DistributionPackage, progress: Progress) -> Callable[[int | None], _Tracker]:
    return lambda total: _Tracker(f"fetching {package.filename}", total, progress)
