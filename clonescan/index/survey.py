"""What is in an index, in rows and in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from clonescan.background import open_background
from clonescan.entities import Repository
from clonescan.index.facts import chosen, method
from clonescan.index.folder import contents, index_folder
from clonescan.settings import Settings


@dataclass(frozen=True, slots=True)
class Row:
    """An indexed repository, or the name of a damaged one's folder with the reason; `size` in bytes."""

    repository: Repository
    size: int
    postings: int = 0
    outdated: bool = False
    imported: bool = False
    damage: str = ""


@dataclass(frozen=True, slots=True)
class Survey:
    """An index: where it is, and its repositories by id and source."""

    folder: str
    rows: tuple[Row, ...] = field(default=())

    @property
    def files(self) -> Mapping[str, int]:
        """The files of each kind."""
        counts: Counter[str] = Counter()
        for row in self.rows:
            counts.update(row.repository.files)
        return dict(sorted(counts.items()))


def survey(settings: Settings) -> Survey:
    """Look at what is indexed. Raises UsageError if there is no index, or BackgroundError."""
    folder = index_folder(settings)
    found = contents(folder)
    wanted = method(settings, open_background(chosen(settings)))
    rows = []
    for entry in found.indexed:
        size = sum(file.stat().st_size for file in entry.folder.iterdir())
        facts = entry.facts
        rows.append(Row(facts.repository, size, facts.postings, facts.method != wanted, facts.imported))
    for place, reason in found.damaged:
        size = sum(file.stat().st_size for file in place.iterdir())
        rows.append(Row(Repository(place.name, place.name), size, damage=reason))
    return Survey(str(folder), tuple(sorted(rows, key=lambda row: (row.repository.id, row.repository.source))))
