"""The third repositories of a scan: those of an index that hold what the scanned ones share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from clonescan.entities import Repository
from clonescan.kinds.reading import Reading
from clonescan.settings import Settings
from clonescan.sources.names import numbered


@dataclass(frozen=True, slots=True)
class Thirds:
    """Third repositories with those of their files that matter, and what a report says of the index."""

    repositories: Sequence[Repository] = ()
    readings: Sequence[Reading] = ()
    parameters: dict[str, object] = field(default_factory=dict)


def indexed(readings: Sequence[Reading], repositories: Sequence[Repository], settings: Settings) -> Thirds:
    """The repositories of an index that hold what two of the scanned ones share, and are no copies of any of them.

    Raises UsageError if there is no index.
    """
    from clonescan.index import index_folder, open_index, shared_with
    from clonescan.index.copies import is_copy

    index = open_index(index_folder(settings), settings)
    answer = shared_with(index, readings, lambda repository, same: is_copy(repository, same, repositories))
    facts: dict[str, object] = {
        "name": settings.index,
        "repositories": len(index.indexed),
        "left_out": [repository.id for repository in answer.left_out],
        "unasked": list(answer.unasked),
    }
    names = numbered(one.repository.id for one in answer.related)
    named = [replace(one.repository, id=name) for one, name in zip(answer.related, names, strict=True)]
    return Thirds(named, [one.reading for one in answer.related], {"index": facts})
