"""What every place that a repository can come from offers: a snapshot with a tree and a batch read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Protocol

from clonescan.entities import Entry, Reach, Repository, Skipped

Progress = Callable[[str, int, int | None], None]
"""Called as (what is being done, how much is done, of how much or None); may be called often."""


Contents = Iterator[tuple[Entry, bytes | Skipped]]
"""Each wanted file with its bytes, or the reason why it has none."""


Reaches = Mapping[str, Reach]
"""How much to read of the files of these paths; of all others what the settings allow, whole."""

WHOLE: Reaches = MappingProxyType({})


def no_progress(_task: str, _done: int, _total: int | None) -> None:
    """The progress callback of a caller who does not want any."""


class Snapshot(Protocol):
    """One state of one repository. Nothing of it is executed, and nothing outside it is followed."""

    @property
    def repository(self) -> Repository:
        """Who it is: id, source, commit, version, licence and link template filled in, the counts still empty.

        The licence of a remote repository is known after the first `read`, whose batch brings the files that tell it.
        """

    def entries(self) -> tuple[Entry, ...]:
        """Every regular file, sorted by path; paths are relative, with forward slashes, and within SUBDIR if given."""

    def skipped(self) -> tuple[Skipped, ...]:
        """What the tree holds that is no regular file: symbolic links, submodules, undecodable names.

        After a `read` also the files in Git LFS that were wanted and could not be had: what was read is their pointer.
        """

    def read(
        self, wanted: Sequence[Entry], progress: Progress = no_progress, reaches: Reaches = WHOLE
    ) -> Contents:
        """Yield each wanted file once, in the order asked for, with its bytes or the reason why not.

        The entries come back with blob id and size filled in, so go by their paths when looking one up. Where only a
        beginning was read and the content's own id is not known, the blob id is one of the beginning (`blob.is_whole`).
        Missing blobs are fetched in one batch first. Raises SourceError if the whole batch cannot be had.
        """
