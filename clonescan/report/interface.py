"""What every report format offers: one function from the report, and how it is looked at, to text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from clonescan.entities import Report


@dataclass(frozen=True, slots=True)
class View:
    """How a person looks at a report; formats for machines ignore it.

    `width` in columns; `top` is how many rows of each kind are listed; `verbose` lists every skipped file.
    """

    width: int = 80
    colour: bool = False
    top: int = 20
    verbose: bool = False


PLAIN = View()
"""How a report looks in a file or a pipe."""


class Renderer(Protocol):
    """Returns the whole report as text that ends with a newline."""

    def __call__(self, report: Report, view: View = ..., /) -> str: ...


@dataclass(frozen=True, slots=True)
class Format:
    """A way to write a report, and how its file is called beside those of other formats."""

    render: Renderer
    file_name: str


def background_packages(parameters: Mapping[str, Any], kind: str = "code") -> int:
    """Return the number of packages that the weights of a kind come from; 0 without a background.

    Some are there for their tokenizers, configs and checkpoints alone.
    """
    background = parameters.get("background")
    if not isinstance(background, Mapping):
        return 0
    counts = [background.get(key) for key in ("packages", *(() if kind == "code" else ("packages_without_code",)))]
    return sum(count for count in counts if isinstance(count, int))
