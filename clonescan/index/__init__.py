"""The persistent index of repositories: what they hold as tables, and the search for what corresponds with ours."""

from __future__ import annotations

from clonescan.index.add import Outcome, add, update
from clonescan.index.folder import contents, index_folder, remove
from clonescan.index.query import Answer, Index, Related, open_index, related

__all__ = [
    "Answer",
    "Index",
    "Outcome",
    "Related",
    "add",
    "contents",
    "index_folder",
    "open_index",
    "related",
    "remove",
    "update",
]
