"""The NOTICE text that would settle an audit, with the licences as they stand in the origins."""

from __future__ import annotations

from collections.abc import Mapping

from clonescan.audit.policy import OPEN
from clonescan.audit.project import Texts
from clonescan.entities import Report, Repository
from clonescan.errors import ClonescanError
from clonescan.evidence.licence import is_text
from clonescan.evidence.notice import notice
from clonescan.settings import Settings
from clonescan.sources import open_source
from clonescan.sources.interface import Progress


def notices(report: Report, settings: Settings, progress: Progress) -> str:
    """Return what a NOTICE file says that settles the matches that are attributed, unattributed or in conflict.

    An origin that cannot be read any more is named without the text of its licence.
    """
    repositories = {repository.id: repository for repository in report.repositories}
    rows = [
        (match.left, repositories[match.right.repository], match.right, match.standing)
        for match in report.matches
        if match.standing and match.standing.name in (*OPEN, "attributed")
    ]
    origins = {origin.id: origin for _, origin, _, _ in rows}
    return notice(rows, _licences(origins, settings, progress))


def _licences(origins: Mapping[str, Repository], settings: Settings, progress: Progress) -> dict[str, str]:
    """The text of the licence of each repository that has one in a file of its own."""
    found = {}
    for name, origin in origins.items():
        try:
            texts = Texts(open_source(origin.source, settings, progress)).some(is_text)
        except ClonescanError:
            continue
        if texts:
            found[name] = texts[min(texts, key=lambda path: (path.count("/"), path))].decode("utf-8", "replace")
    return found
