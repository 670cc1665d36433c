"""The packages that are installed in a Python environment: what their RECORD lists, read where it lies."""

from __future__ import annotations

import csv
import io
import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.parser import HeaderParser
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from urllib.parse import unquote, urlsplit

from packaging.utils import canonicalize_name

from clonescan.entities import Reach, Repository
from clonescan.errors import SourceError
from clonescan.settings import Settings
from clonescan.sources.address import InstalledAddress
from clonescan.sources.environment import Environment, environment
from clonescan.sources.folder import FolderSnapshot
from clonescan.sources.regular import read_beneath
from clonescan.sources.tree import LICENCE_BYTES

RECORD_BYTES = 50_000_000
"""The longest list of files that is read: torch's, of 14,000 files, has 2 MB."""

_COMPILED = (".pyc", ".pyo")
_FOLDER = re.compile(r"(?P<name>[^-]+)-(?P<version>[^-]+)\.dist-info")


@dataclass(frozen=True)
class Distribution:
    """One installed package: its metadata folder `info` in the folder `site`, and what that says.

    `name` and `version` as its metadata has them. Nothing of it is trusted: it may be missing, broken, or lie.
    """

    site: Path
    info: str
    name: str
    version: str

    @property
    def key(self) -> str:
        """The name as packages are compared by."""
        return str(canonicalize_name(self.name))

    @property
    def id(self) -> str:
        """The name and version, as a report has them."""
        return f"{self.key} {self.version}"

    @cached_property
    def record(self) -> bytes | None:
        """The list of its files; None if there is none, or none that can be read."""
        return self.read("RECORD", RECORD_BYTES)

    @cached_property
    def origin(self) -> tuple[str, bool]:
        """The local folder that it was installed from, "" for none, and whether it is used there (PEP 610)."""
        try:
            facts = json.loads(self.read("direct_url.json", LICENCE_BYTES) or b"{}")
            url = urlsplit(facts["url"])
            editable = bool(facts.get("dir_info", {}).get("editable"))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return "", False
        return (unquote(url.path) if url.scheme == "file" else ""), editable

    @property
    def digest(self) -> str:
        """What tells this state of the package from any other: name, version and the list of its files."""
        return sha256(b"\0".join([self.name.encode(), self.version.encode(), self.record or b""])).hexdigest()

    def read(self, name: str, limit: int) -> bytes | None:
        """A file of its metadata; None if there is none that can be read."""
        content = read_beneath(self.site, f"{self.info}/{name}", Reach(limit))
        return content if isinstance(content, bytes) else None

    def paths(self) -> tuple[str, ...]:
        """What the record lists, but for compiled files; paths may lead anywhere."""
        text = (self.record or b"").decode("utf-8", "surrogateescape").replace("\0", "")
        try:
            rows = [row[0] for row in csv.reader(io.StringIO(text, newline="")) if row and row[0]]
        except csv.Error:
            return ()
        return tuple(path for path in dict.fromkeys(rows) if not path.endswith(_COMPILED))


def distributions(found: Environment) -> tuple[Distribution, ...]:
    """The packages of an environment, sorted by name; of one that is there twice, the one that Python would import."""
    packages: dict[str, Distribution] = {}
    for site in found.sites:
        for info in sorted(place.name for place in site.glob("*.dist-info")):
            package = _distribution(site, info)
            packages.setdefault(package.key, package)
    return tuple(packages[key] for key in sorted(packages))


def _distribution(site: Path, info: str) -> Distribution:
    """The package of a metadata folder, by its metadata, or by the folder's name where that says nothing."""
    content = read_beneath(site, f"{info}/METADATA", Reach(LICENCE_BYTES))
    text = content.decode("utf-8", "replace") if isinstance(content, bytes) else ""
    headers = HeaderParser().parsestr(text)
    named = _FOLDER.fullmatch(info)
    name = _line(headers.get("Name")) or (named["name"] if named else info.removesuffix(".dist-info"))
    return Distribution(site, info, name, _line(headers.get("Version")) or (named["version"] if named else ""))


def _line(value: object) -> str:
    """A header's value, if it is one printable line without blanks: a name or a version."""
    text = str(value or "").strip()
    return text if text.isprintable() and " " not in text else ""


def open_installed(address: InstalledAddress, settings: Settings) -> FolderSnapshot:
    """The installed package of this name. Raises SourceError if there is none, or another version of it."""
    found = environment(address.environment, os.environ, Path.cwd())
    wanted = canonicalize_name(address.name)
    package = next((one for one in distributions(found) if one.key == wanted), None)
    if package is None:
        raise SourceError(f"{address.name} is not installed in {found.folder}")
    if address.version and package.version != address.version:
        raise SourceError(f"of {address.name} {package.version} is installed in {found.folder}: {address.source}")
    return installed(package, address.source, settings)


def installed(package: Distribution, source: str, settings: Settings) -> FolderSnapshot:
    """The files of an installed package; paths are those below the folder of packages, as in its wheel.

    Its metadata folder tells its licence; a package of it has licences of others besides.
    """
    known = Repository(id=package.id, source=source, version=package.version or None)
    names = {os.fsencode(path) for path in package.paths()}
    inside = f"{package.info}/"

    def telling(paths: Sequence[str]) -> list[str]:
        return [path for path in paths if path.startswith(inside)]

    return FolderSnapshot(known, package.site, names, telling, settings.max_file_bytes)
