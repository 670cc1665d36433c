"""A repository that takes part in a comparison, all of it or those of its files that matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from clonescan.entities import Repository
from clonescan.kinds.reading import Extracted
from clonescan.match.corpus import Whole


@dataclass(frozen=True, eq=False)
class Party:
    """A repository that is compared, with its files.

    Where these are only some of them, `whole` says what the others hold, and `holds` which packages of the background
    the repository is or has in it.
    """

    repository: Repository
    files: Sequence[Extracted]
    whole: Whole | None = None
    holds: frozenset[str] = frozenset()
