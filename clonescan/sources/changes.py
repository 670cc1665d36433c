"""What changed in a work tree since a commit, line by line, read from the object store and from the files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from clonescan.entities import Entry, Reach, Skipped
from clonescan.errors import SourceError, UsageError
from clonescan.sources.blob import is_whole, of_git
from clonescan.sources.gitdir import GitDir, enclosing
from clonescan.sources.interface import Snapshot
from clonescan.sources.objects import Objects
from clonescan.sources.pointer import POINTER_BYTES, pointer
from clonescan.sources.regular import opened_beneath

MOST_COMPARED = 400_000_000
"""Pairs of lines beyond which a file counts as changed from its first changed line to its last: the comparison takes a
bit of memory for each."""

Lines = tuple[range, ...]
"""Changed lines, 1-based."""


@dataclass(frozen=True, slots=True)
class Changes:
    """The changed files of a project with their changed lines, None for all of them; `since`: the commit before."""

    lines: Mapping[str, Lines | None]
    since: str | None = None

    def touch(self, path: str, ranges: Sequence[tuple[int, int]]) -> bool:
        """Whether a line of these ranges (first, last) of a file changed."""
        if path not in self.lines:
            return False
        changed = self.lines[path]
        if changed is None:
            return True
        return any(first < lines.stop and lines.start <= last for first, last in ranges for lines in changed)


def changes_since(folder: Path, ref: str, snapshot: Snapshot) -> Changes:
    """What of the files of `folder` differs from the last commit that its HEAD and `ref` have in common.

    What is not committed counts as changed. `snapshot` is that folder, its files known by content. Raises UsageError if
    there is no such commit, SourceError if it cannot be read.
    """
    repository = enclosing(folder.resolve())
    if repository is None or repository.work_tree is None:
        raise UsageError(f"{folder} is not in a git repository, so that nothing tells what changed since {ref}.")
    objects = Objects(repository.objects)
    before, head = _commit(repository, objects, ref), repository.commit(objects, "HEAD")
    if before is None:
        raise UsageError(f'There is no branch, tag or commit "{ref}" here; a shallow clone may lack it.')
    common = (objects.merge_base(before, head) if head else None) or before
    inside = folder.resolve().relative_to(repository.work_tree).as_posix()
    try:
        listing = objects.listing(common, "" if inside == "." else inside)
        old = {entry.path: entry.blob_id for entry in listing.entries}
    except SourceError:
        if inside == ".":
            raise
        old = {}  # the folder is new
    differing = [one for one in snapshot.entries() if one.blob_id and of_git(one.blob_id) != old.get(one.path)]
    lines: dict[str, Lines | None] = {}
    for entry, content in snapshot.read(differing):
        if entry.path in old and _is_same(objects, old[entry.path], folder, entry, content):
            continue
        whole = entry.path in old and is_whole(entry.blob_id)
        before_it = objects.content(old[entry.path]) if whole else None
        lines[entry.path] = None if before_it is None or isinstance(content, Skipped) else _changed(before_it, content)
    return Changes(lines, common)


def _is_same(objects: Objects, before: str, folder: Path, entry: Entry, content: bytes | Skipped) -> bool:
    """Whether a file has not changed though its id differs: only its head was read, or git has a pointer for it."""
    size = objects.size(before)
    if size is None or isinstance(content, Skipped):
        return False
    if size == entry.size and not is_whole(entry.blob_id):
        return objects.content(before, Reach(len(content), head=True)) == content
    stored = pointer(objects.content(before) or b"") if size < POINTER_BYTES else None
    return stored is not None and stored.size == entry.size and stored.oid == _sha256(folder, entry.path)


def _sha256(folder: Path, path: str) -> str:
    """The SHA-256 of a file, hex; "" where it cannot be read."""
    try:
        with opened_beneath(folder, path) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() if file else ""
    except OSError:
        return ""


def _commit(repository: GitDir, objects: Objects, ref: str) -> str | None:
    """The commit of a name as `GitDir.commit` knows it, or of an ancestor of it: `HEAD~3`, `main^`."""
    spelled = re.fullmatch(r"(?P<name>[^~^]+)(?P<steps>[~^0-9]*)", ref)
    found = repository.commit(objects, spelled["name"]) if spelled else None
    return objects.ancestor(found, spelled["steps"]) if found and spelled and spelled["steps"] else found


def _changed(old: bytes, new: bytes) -> Lines:
    """The lines of `new` that are not in `old`, and those before which lines are gone."""
    from rapidfuzz.distance import Levenshtein

    before, after = old.splitlines(), new.splitlines()
    start = _alike(before, after)
    end = _alike(before[start:][::-1], after[start:][::-1])
    middle = before[start : len(before) - end], after[start : len(after) - end]
    if len(middle[0]) * len(middle[1]) > MOST_COMPARED:
        return (range(start + 1, len(after) - end + 1),)
    return tuple(
        range(start + step.dest_start + 1, start + max(step.dest_end, step.dest_start + 1) + 1)
        for step in Levenshtein.opcodes(*middle)
        if step.tag != "equal"
    )


def _alike(one: Sequence[bytes], other: Sequence[bytes]) -> int:
    """How many lines are the same from the beginning on."""
    pairs = zip(one, other, strict=False)
    return next((number for number, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))
