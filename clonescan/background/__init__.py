"""The ecosystem's background: finds and loads the one that a scan asks for."""

from __future__ import annotations

from functools import cache
from hashlib import blake2b
from pathlib import Path

from clonescan.background.store import Background, load, read
from clonescan.errors import BackgroundError
from clonescan.kinds import version

SHIPPED = Path(__file__).parent / "ecosystem.bin"


def open_background(name: str) -> Background:
    """The background that `Settings.background` names. Raises BackgroundError.

    "none" keeps the symbols of the shipped one, which the canonical form needs, and nothing else.
    """
    found = _load(_path(name), digest(name))
    return Background(symbols=found.symbols, method=found.method) if name == "none" else found


def digest(name: str) -> str:
    """A hash of the file that this background comes from. Raises BackgroundError."""
    return blake2b(read(_path(name)), digest_size=16).hexdigest()


def _path(name: str) -> Path:
    return SHIPPED if name in ("default", "none") else Path(name)


@cache
def _load(path: Path, _digest: str) -> Background:
    found = load(path)
    if found.method != version(found.symbols):
        raise BackgroundError(
            f"The background file {path} was built by another version of the method or of a grammar; "
            "build it again with `clonescan background build`."
        )
    return found
