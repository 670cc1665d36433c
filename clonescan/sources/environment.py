"""Finds the Python environment that somebody works in, and where its packages lie; no Python of it is started."""

from __future__ import annotations

import re
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from clonescan.entities import Reach
from clonescan.errors import SourceError
from clonescan.sources.address import from_home
from clonescan.sources.regular import read_beneath

PROJECT_FOLDERS = (".venv", "venv")
"""Where uv, Poetry, PDM and the documentation of Python put a project's environment."""

_SITES = ("lib/python3*/site-packages", "lib64/python3*/site-packages", "lib/python3*/dist-packages")
_CONFIG_BYTES = 100_000


@dataclass(frozen=True, slots=True)
class Environment:
    """A Python environment: its folder, the folders of its packages, and in words how it was found."""

    folder: Path
    sites: tuple[Path, ...]
    found: str


def environment(given: str, environ: Mapping[str, str], project: Path | None = None) -> Environment:
    """The environment at `given`, or the one that is active, or that of the project, or the first that there is.

    `given` is the folder of an environment, its python, or a folder of packages. Starting its python to ask it would
    run its `sitecustomize` and `.pth` files, so its layout is read. Raises SourceError if there is none.
    """
    for folder, found in _places(given, environ, project):
        sites = _sites(folder)
        if sites:
            return Environment(folder, sites, found)
    raise SourceError(
        f"no packages are installed there: {given}" if given else "there is no Python environment to compare with"
    )


def _places(given: str, environ: Mapping[str, str], project: Path | None) -> Iterator[tuple[Path, str]]:
    if given:
        place = from_home(given)
        yield (_of_python(place) if place.is_file() else place.absolute()), "the given environment"
        return
    for variable in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        if environ.get(variable):
            yield Path(environ[variable]), f"the active environment ({variable})"
    for name in PROJECT_FOLDERS if project else ():
        if project and (project / name / "pyvenv.cfg").is_file():
            yield (project / name).absolute(), f"the project's environment in {name}"
    for name in ("python", "python3"):
        python = shutil.which(name, path=environ.get("PATH", ""))
        if python:
            yield _of_python(Path(python)), f"the environment of the {name} on the PATH"
    yield Path(sys.prefix), "the environment that clonescan is installed in"


def _of_python(python: Path) -> Path:
    """The environment of an interpreter: that of a virtual one is where its link lies, not where it leads."""
    here = python.absolute().parent.parent
    return here if (here / "pyvenv.cfg").is_file() else python.resolve().parent.parent


def _sites(folder: Path) -> tuple[Path, ...]:
    """The folders of packages of an environment, and of the one below if it lets that through."""
    if folder.name in ("site-packages", "dist-packages") and folder.is_dir():
        return (folder,)
    found = [site for pattern in _SITES for site in sorted(folder.glob(pattern))]
    config = read_beneath(folder, "pyvenv.cfg", Reach(_CONFIG_BYTES)) if (folder / "pyvenv.cfg").is_file() else b""
    text = config.decode("utf-8", "replace") if isinstance(config, bytes) else ""
    home = re.search(r"^home\s*=\s*(.+)$", text, re.M)
    if home and re.search(r"^include-system-site-packages\s*=\s*true", text, re.M | re.I):
        below = Path(home[1].strip()).parent
        found += [site for pattern in _SITES for site in sorted(below.glob(pattern))]
    return tuple({site.resolve(): site for site in found if site.is_dir()}.values())
