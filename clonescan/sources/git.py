"""A repository on a git server: a partial, shallow, bare clone in the cache, and its missing blobs in one batch."""

from __future__ import annotations

import json
import logging
import os
import re
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from clonescan.entities import Reach, Repository
from clonescan.errors import SourceError
from clonescan.settings import Settings
from clonescan.sources.address import GitAddress
from clonescan.sources.cache import cache_folder, locked
from clonescan.sources.command import GitFailed, environment, fetch, output
from clonescan.sources.credentials import credentials
from clonescan.sources.failures import NO_SUCH_OBJECT, WEAK_SERVER, source_error
from clonescan.sources.interface import Progress, no_progress
from clonescan.sources.links import permalink
from clonescan.sources.objects import Objects, init
from clonescan.sources.pointer import Pointer
from clonescan.sources.tree import CommitSnapshot

if TYPE_CHECKING:
    from clonescan.sources.lfs import Storage

log = logging.getLogger(__name__)

HEAD = "refs/clonescan/HEAD"
KEPT = "refs/clonescan/commits/"
ALL = ("+refs/heads/*:refs/clonescan/heads/*", "+refs/tags/*:refs/clonescan/tags/*")
PART = "--filter=blob:none"
ALL_DEPTH = "--depth=2147483647"
"""git's number for infinite. Unlike no depth at all it makes git stop at a server that cannot send parts: git 2.39
would else start itself over and over, to get from that server what a part does not hold."""


@dataclass(frozen=True, slots=True)
class Target:
    """What to read: a commit, the server's name for it if it has one, and a folder in it."""

    commit: str
    ref: str = ""
    subdir: str = ""


def open_git(address: GitAddress, settings: Settings, progress: Progress = no_progress) -> CommitSnapshot:
    """The snapshot of what `address` points at. Raises SourceError, and UsageError for a malformed token variable."""
    remote = Remote(address, settings, progress)
    target = remote.target()
    remote.ensure(target)
    repository = Repository(
        id=_short_name(address, target),
        source=address.source,
        commit=target.commit,
        link=permalink(address, target.commit, target.subdir),
    )
    objects = Objects(remote.store / "objects")
    try:
        listing = objects.listing(target.commit, target.subdir)
    except SourceError as error:
        raise SourceError(f"{error} of {address.source}") from None

    def missing(blob_ids: Sequence[str], to: Progress) -> Objects:
        remote.progress = to
        return remote.blobs(target, blob_ids)

    @cache
    def storage() -> Storage:
        from clonescan.sources.lfs import Storage  # a fifth of a second, which only pointers need

        return Storage(address, settings)

    def large(asks: Sequence[tuple[Pointer, Reach]], to: Progress) -> Callable[[Pointer, Reach], bytes | str]:
        storage().fetch(asks, to)
        return storage().content

    return CommitSnapshot(repository, objects, listing, settings.max_file_bytes, missing, large)


def _short_name(address: GitAddress, target: Target) -> str:
    if address.tree:
        return f"{address.name}@{address.tree}"
    return f"{address.name}@{address.ref}" if address.ref else address.name


class Remote:
    """A server's repository and what the cache holds of it.

    There are up to two stores: a partial one, and a whole one for a server that cannot send parts. Once the whole
    one was needed it stays in use.
    """

    def __init__(self, address: GitAddress, settings: Settings, progress: Progress) -> None:
        """Nothing is fetched yet, but the cache folder is made. Raises UsageError."""
        self.progress = progress
        self._address = address
        self._offline = settings.offline
        self._credentials = credentials(address)
        key = sha256(address.url.encode()).hexdigest()[:32]
        self._folder = cache_folder(settings, "git")
        self._partial, self._whole = self._folder / f"{key}.git", self._folder / f"{key}.whole.git"
        self.store = self._whole if self._whole.exists() else self._partial

    def target(self) -> Target:
        """What the address points at now, or when offline did when last seen. Raises SourceError."""
        address = self._address
        if not address.ref and not address.tree:
            return Target(self._head(), "HEAD")
        start, _, subdir = (address.ref or address.tree).partition("/")
        if re.fullmatch("[0-9a-f]{40}", start):
            return Target(start, subdir=subdir)
        refs = self._refs(address.ref)
        found = _named(refs, address.ref) if address.ref else _longest(refs, address.tree)
        return found or self._by_id(address.ref or address.tree)

    def ensure(self, target: Target) -> None:
        """Have the commit and its trees in the store. Raises SourceError."""
        if self._has(target.commit):
            return
        if self._offline:
            raise self._not_cached(f"commit {target.commit[:12]}")
        try:
            with self._writing():
                if not self._has(target.commit):
                    self._fetch("--depth=1", *self._part(), "origin", f"{target.commit}:{KEPT}{target.commit}")
        except GitFailed as failure:
            if not WEAK_SERVER.search(str(failure)):
                raise self._told(failure) from None
            self._fetch_whole(target)

    def blobs(self, target: Target, blob_ids: Sequence[str]) -> Objects:
        """The store, with these blobs in it if the server has them. Raises SourceError."""
        if self._offline:
            raise self._not_cached("what is to be read")
        try:
            with self._writing():
                here = Objects(self.store / "objects")
                missing = [blob_id for blob_id in blob_ids if here.size(blob_id) is None]
                if missing:
                    self._fetch(PART, "--stdin", "origin", lines=missing, negotiation="noop")
        except GitFailed as failure:
            if not WEAK_SERVER.search(str(failure)):
                raise self._told(failure) from None
            self._fetch_whole(target)
        return Objects(self.store / "objects")

    def _head(self) -> str:
        """The commit of the server's HEAD. With the last one in the store, an unchanged one costs no object."""
        if self._offline:
            return self._known_head()
        try:
            with self._writing():
                depth = () if self._value(HEAD) else ("--depth=1",)
                self._fetch(*depth, *self._part(), "origin", f"+HEAD:{HEAD}")
        except GitFailed as failure:
            if "couldn't find remote ref" in str(failure):
                what = "it has no default branch: name one with @REF" if self._refs() else "the repository is empty"
                raise SourceError(f"{what}: {self._address.source}") from None
            if not WEAK_SERVER.search(str(failure)):
                raise self._told(failure) from None
            self._fetch_whole(Target("", "HEAD"))
        return self._known_head()

    def _known_head(self) -> str:
        commit = self._value(HEAD)
        if not commit:
            raise self._not_cached("its default branch")
        return commit

    def _fetch_whole(self, target: Target) -> None:
        """Into the other store, by ref and with everything in it: as shallow as the server can."""
        log.info("%s cannot send a part of a repository: fetching all of it", self._address.source)
        self.store = self._whole
        if target.commit and self._has(target.commit):
            return
        specs = ALL if not target.ref else (f"+{target.ref}:{HEAD if target.ref == 'HEAD' else KEPT + target.commit}",)
        try:
            with self._writing():
                try:
                    self._fetch(*(("--depth=1",) if target.ref else ()), "origin", *specs)
                except GitFailed as failure:
                    if not WEAK_SERVER.search(str(failure)):
                        raise
                    self._fetch("origin", *specs)
        except GitFailed as failure:
            raise self._told(failure) from None
        if target.commit and not self._has(target.commit):
            raise self._no_such(target.commit)

    def _refs(self, name: str = "") -> Mapping[str, str]:
        """The server's branches and tags with their commits, or what "refs/..." names; remembered for offline runs."""
        memory = self.store / "clonescan-refs.json"
        before = json.loads(memory.read_bytes()) if memory.exists() else {}
        if self._offline:
            return dict(before)
        self._create()
        try:
            which = ("origin", name) if name.startswith("refs/") else ("--heads", "--tags", "origin")
            printed = output(self.store, ("ls-remote", *which), self._environment())
        except GitFailed as failure:
            raise self._told(failure) from None
        refs = {}
        for line in printed.decode("utf-8", "replace").splitlines():
            commit, _, ref = line.partition("\t")
            refs[ref.removesuffix("^{}")] = commit
        _replace_file(memory, json.dumps(before | refs).encode())
        return refs

    def _by_id(self, wanted: str) -> Target:
        """A short commit id in front of `wanted`, with an optional folder behind it."""
        short, _, subdir = wanted.partition("/")
        if not re.fullmatch("[0-9a-f]{4,39}", short):
            raise self._no_such(wanted)
        known = Objects(self.store / "objects").commit(short) if self.store.exists() else None
        if not known and self._offline:
            raise self._not_cached(f"commit {short}")
        commit = known or self._lengthened(short)
        if not commit:
            raise self._no_such(short)
        return Target(commit, subdir=subdir)

    def _lengthened(self, short: str) -> str | None:
        """The full id of a short one, from all commits without their trees, in a store that is thrown away."""
        with tempfile.TemporaryDirectory(dir=self._folder) as folder, locked(Path(folder) / "lock") as lock:
            store = Path(folder) / "commits.git"
            _create_store(store, self._address.url, partial=True)
            arguments = (ALL_DEPTH, "--filter=tree:0", "origin", *ALL)
            task = f"looking for {short} in {self._address.name}"
            try:
                fetch(store, arguments, self._environment(store), lock=lock, progress=self.progress, task=task)
                return Objects(store / "objects").commit(short)
            except GitFailed as failure:
                if not WEAK_SERVER.search(str(failure)):
                    raise self._told(failure) from None
        self._fetch_whole(Target(""))
        return Objects(self.store / "objects").commit(short)

    def _has(self, commit: str) -> bool:
        return self.store.exists() and Objects(self.store / "objects").size(commit) is not None

    def _value(self, ref: str) -> str | None:
        if not self.store.exists():
            return None
        try:
            arguments = ("rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
            return output(self.store, arguments, self._environment()).decode().strip()
        except GitFailed:
            return None

    def _part(self) -> tuple[str, ...]:
        return (PART,) if self.store == self._partial else ()

    def _fetch(self, *arguments: str, lines: Sequence[str] = (), negotiation: str = "default") -> None:
        variables = self._environment(extra={"fetch.negotiationAlgorithm": negotiation})
        task = f"fetching {self._address.name}"
        self.progress(task, 0, None)
        said = fetch(self.store, arguments, variables, lines=lines, lock=self._lock, progress=self.progress, task=task)
        if "filtering not recognized" in said:
            log.info("%s cannot filter: it sent everything", self._address.source)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """Alone with the store, and rid of what a killed process left in it."""
        self._create()
        with locked(self.store.with_suffix(".lock")) as self._lock:
            for stale in (*self.store.rglob("*.lock"), *self.store.glob("objects/**/tmp_*")):
                stale.unlink(missing_ok=True)
            yield

    def _create(self) -> None:
        if not self.store.exists():
            _create_store(self.store, self._address.url, partial=self.store == self._partial)

    def _environment(self, store: Path | None = None, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        return environment(store or self.store, config={**self._credentials.config, **(extra or {})})

    def _not_cached(self, what: str) -> SourceError:
        return SourceError(f"not in the cache, and offline: {what} of {self._address.source}")

    def _no_such(self, ref: str) -> SourceError:
        return SourceError(f"there is no branch, tag or commit {ref} in {self._address.source}")

    def _told(self, failure: GitFailed) -> SourceError:
        if NO_SUCH_OBJECT.search(str(failure)):
            return self._no_such(self._address.ref or self._address.tree or "HEAD")
        known = self._credentials
        return source_error(str(failure), self._address.source, known.secrets, known.variable)


def _named(refs: Mapping[str, str], name: str) -> Target | None:
    """A branch before a tag of the same name, as `git clone --branch` has it."""
    for ref in (f"refs/heads/{name}", f"refs/tags/{name}", name):
        if ref in refs:
            return Target(refs[ref], ref)
    return None


def _longest(refs: Mapping[str, str], tree: str) -> Target | None:
    """The longest beginning of "REF/SUBDIR" that is a ref; the rest is a folder."""
    parts = tree.split("/")
    for length in range(len(parts), 0, -1):
        found = _named(refs, "/".join(parts[:length]))
        if found:
            return Target(found.commit, found.ref, "/".join(parts[length:]))
    return None


def _create_store(store: Path, url: str, *, partial: bool) -> None:
    """Make an empty bare repository with `url` as its origin, all at once for whoever looks."""
    with tempfile.TemporaryDirectory(dir=store.parent) as folder:
        draft = Path(folder) / "draft.git"
        init(draft)
        config = {"remote.origin.url": url}
        if partial:
            config |= {"remote.origin.promisor": "true", "remote.origin.partialclonefilter": "blob:none"}
        for key, value in config.items():
            output(draft, ("config", key, value), environment(draft))
        try:
            draft.rename(store)
        except OSError:
            if not store.exists():
                raise


def _replace_file(path: Path, content: bytes) -> None:
    descriptor, draft = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    Path(draft).replace(path)
