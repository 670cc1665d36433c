"""What only a kind knows of a match, in words: one module a kind, each with the same two functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from rich.console import RenderableType

from clonescan.entities import Match
from clonescan.report.details import checkpoint, config, tokenizer
from clonescan.report.details.values import Detail
from clonescan.report.interface import View


class Details(Protocol):
    """A module with these functions puts the `detail` of one kind into words; keys may be missing, as in old reports.
    """

    def sentences(self, detail: Detail) -> Iterator[str]:
        """What stands with a match in the text report: few short sentences, escaped."""

    def sections(self, detail: Detail, view: View) -> Iterator[RenderableType]:
        """What stands in the explanation of a match: headed sections, escaped."""


KINDS: Mapping[str, Details] = {"config": config, "tokenizer": tokenizer, "checkpoint": checkpoint}


def sentences(match: Match) -> Iterator[str]:
    """The sentences on a match of any kind."""
    if match.kind in KINDS:
        yield from KINDS[match.kind].sentences(match.detail)


def sections(match: Match, view: View) -> Iterator[RenderableType]:
    """The sections on a match of any kind."""
    if match.kind in KINDS:
        yield from KINDS[match.kind].sections(match.detail, view)
