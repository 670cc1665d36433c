"""What an audit looks at: a project, or what changed in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from clonescan.errors import UsageError
from clonescan.sources.address import LocalAddress, parse

HERE = "."


@dataclass(frozen=True, slots=True)
class Scope:
    """The source of a project; of a change the commit `since`, or the files `changed`, None for all of the project."""

    source: str = HERE
    since: str = ""
    changed: tuple[Path, ...] | None = None

    @property
    def folder(self) -> Path:
        """Where the config file of the project lies: the project's folder, or the current one."""
        address = parse(self.source)
        return address.path if isinstance(address, LocalAddress) and not address.ref else Path.cwd()


def scope(arguments: Sequence[str], since: str = "", changed: bool = False) -> Scope:
    """What the arguments mean: a project, or with `changed` files of the one in the current folder.

    Raises UsageError.
    """
    if changed and since:
        raise UsageError("--changed names the files of a change, and --since looks for them: give one of the two.")
    if changed:
        return Scope(HERE, "", tuple(Path(argument) for argument in arguments))
    if len(arguments) > 1:
        raise UsageError("An audit is of one project; --against SOURCE says what else to compare with.")
    return Scope(arguments[0] if arguments else HERE, since)
