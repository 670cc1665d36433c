"""The persistent index of repositories: what they hold as tables, and the search for what corresponds with ours."""

from __future__ import annotations

from clonescan.index.add import Outcome, add, listed, remove, update
from clonescan.index.folder import contents, index_folder
from clonescan.index.query import Answer, Index, Related, open_index, related, shared_with
from clonescan.index.survey import Survey, survey
from clonescan.index.transfer import bring_in, export

__all__ = [
    "Answer",
    "Index",
    "Outcome",
    "Related",
    "Survey",
    "add",
    "bring_in",
    "contents",
    "export",
    "index_folder",
    "listed",
    "open_index",
    "related",
    "remove",
    "shared_with",
    "survey",
    "update",
]
