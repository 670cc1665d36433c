"""Which indexed repositories are copies, forks or other versions of what is scanned: no third ones."""

from __future__ import annotations

import re
from collections.abc import Sequence

from clonescan.entities import Repository
from clonescan.index.add import normal

SAME_SHARE = 0.5
"""A repository of which more units equal those of a scanned one is a copy, a fork or another version of it."""

_FILE = re.compile(r"-v?\d.*|@.*| .*|\.git$")
"""What stands behind a project's name in that of an archive or a wheel, of a folder at a commit, of a package."""


def is_copy(indexed: Repository, same: float, scanned: Sequence[Repository]) -> bool:
    """Whether an indexed repository, `same` of whose units one of these holds, is one of them in some version."""
    return same > SAME_SHARE or any(
        normal(one.source) == indexed.source or _project(one.id) == _project(indexed.id) for one in scanned
    )


def _project(name: str) -> str:
    """The name of a project, without owner and version."""
    return re.sub(r"[-_.]+", "-", _FILE.sub("", name.rpartition("/")[2]).lower())
