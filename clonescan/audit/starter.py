"""Writes a first config file for an audit, with comments that say what can stand in it."""

from __future__ import annotations

from pathlib import Path

from clonescan.configuration import CONFIG_FILE
from clonescan.errors import UsageError

STARTER_FILE = Path(__file__).with_name("starter.toml")


def start(folder: Path) -> str:
    """Write the config file of a project, and return what was done; raises UsageError if there is one already."""
    path = folder / CONFIG_FILE
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(STARTER_FILE.read_text("utf-8"))
    except FileExistsError:
        raise UsageError(f'There is a "{path}" already; it is left as it is.') from None
    except OSError as error:
        raise UsageError(f'"{path}" cannot be written: {error.strerror}.') from error
    return f'Wrote "{path}". What it says is what happens without it: change what you need.'
