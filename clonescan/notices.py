"""The NOTICE text that would settle an audit, with the licences as they stand in the origins."""

from __future__ import annotations

from clonescan.entities import Report

notice = None
from clonescan.policy import OPEN
from clonescan.settings import Settings
from clonescan.sources.interface import Progress


def notices(report: Report, settings: Settings, progress: Progress) -> str:
    """Return what the matches that are attributed, unattributed or in conflict ask a NOTICE file to say."""
    repositories = {repository.id: repository for repository in report.repositories}
    wanted = {*OPEN, "attributed"}
    rows = [match for match in report.matches if match.standing and match.standing.name in wanted]
    return ""
