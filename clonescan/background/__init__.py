"""The ecosystem's background: finds and loads the one that a scan asks for."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from clonescan.background.store import Background, load
from clonescan.errors import BackgroundError
from clonescan.kinds import version

SHIPPED = Path(__file__).parent / "ecosystem.bin"


def open_background(name: str) -> Background:
    """The background that `Settings.background` names. Raises BackgroundError.

    "none" keeps the symbols of the shipped one, which the canonical form needs, and nothing else.
    """
    if name == "none":
        shipped = _load(SHIPPED)
        return Background(symbols=shipped.symbols, method=shipped.method)
    return _load(SHIPPED if name == "default" else Path(name))


@cache
def _load(path: Path) -> Background:
    found = load(path)
    if found.method != version(found.symbols):
        raise BackgroundError(
            f"The background file {path} was built by another version of the method or of a grammar; "
            "build it again with `clonescan background build`."
        )
    return found
