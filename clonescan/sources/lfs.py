"""Gets what Git LFS pointers mean from the repository's own server: small files whole, of larger ones the head.

Git LFS's batch API with the basic transfer, without git-lfs and its filters. Only what a kind asked for is fetched.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from hashlib import sha256
from itertools import repeat
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from clonescan.entities import PROBE, Reach
from clonescan.settings import Settings
from clonescan.sources.address import GitAddress
from clonescan.sources.cache import cache_folder
from clonescan.sources.credentials import credentials
from clonescan.sources.download import Client, Failed, Refused, origin
from clonescan.sources.interface import Progress, no_progress
from clonescan.sources.pointer import Pointer
from clonescan.sources.regular import too_large

WHOLE_BYTES = 64_000_000
"""What is fetched of one file at most: above any tokenizer and any header of a checkpoint, below nearly all weights."""

ALL_BYTES = 2_000_000_000
"""What is fetched of one repository at most, as a clone of it would cost without its weights. Set by hand."""

BATCH = 100
"""Files asked for at once; git-lfs does the same."""

ANSWER_BYTES = 20_000
"""What the answer to a batch may say of each file: addresses that are signed take one or two thousand."""

CONNECTIONS = 4
FAILURES = 3
"""So many failures of a server, and nothing more is asked of it."""

_MEDIA_TYPE = "application/vnd.git-lfs+json"
Ask = tuple[Pointer, Reach]


@dataclass(frozen=True, slots=True)
class Action:
    """Where a file is to be had, and the headers to ask for it with."""

    href: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)


class Storage:
    """The large files of one repository, as far as the cache holds them or the server gives them."""

    def __init__(self, address: GitAddress, settings: Settings) -> None:
        """Nothing is fetched yet, but the cache folder is made. Raises UsageError."""
        base = address.url.rstrip("/")
        known = credentials(address)
        self._client = Client(origin(base), known.authorization, settings.allow_http)
        self._batch_url = f"{base.removesuffix('.git')}.git/info/lfs/objects/batch"
        self._folder = cache_folder(settings, "lfs")
        self._reasons: dict[str, str] = {}
        self._failures = 0
        self._left = ALL_BYTES
        self._closed = ""
        if settings.offline:
            self._closed = "not in the cache, and offline"
        elif urlsplit(base).scheme not in ("https", "http"):
            self._closed = "it is fetched over https only"

    def fetch(self, asks: Sequence[Ask], progress: Progress = no_progress) -> None:
        """Have these in the cache as far as they are to be had; what is not has a reason and is not asked for again."""
        wanted = [ask for ask in dict.fromkeys(map(_bounded, asks)) if self._wanted(*ask)]
        missing = [ask for ask in wanted if ask[0].oid not in self._reasons and not self._held(*ask)]
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            for start in range(0, len(missing), BATCH):
                chunk = missing[start : start + BATCH]
                actions = self._actions([found for found, _ in chunk])
                for done, _ in enumerate(pool.map(self._one, chunk, repeat(actions)), start + 1):
                    progress("fetching from Git LFS", done, len(missing))

    def content(self, found: Pointer, reach: Reach) -> bytes | str:
        """The bytes that `reach` asks for, or why there are none."""
        reach = _bounded((found, reach))[1]
        if not self._wanted(found, reach):
            return too_large(reach.limit)
        stop = self._stop(found, reach)
        content = next(filter(None, (_read(place, stop) for place in (self._whole(found), self._head(found)))), None)
        if content is None:
            return self._reasons.get(found.oid, "it could not be had")
        if stop == found.size and sha256(content).hexdigest() != found.oid:
            self._whole(found).unlink(missing_ok=True)
            return "what was kept of it is damaged"
        return content

    def _wanted(self, found: Pointer, reach: Reach) -> bool:
        return reach.head or found.size <= reach.limit

    def _stop(self, found: Pointer, reach: Reach) -> int:
        """How many bytes are needed, as far as what is there tells: the first PROBE until those say more."""
        most = min(found.size, reach.limit)
        if reach.enough is None or most <= PROBE:
            return most
        probe = _read(self._head(found), PROBE) or _read(self._whole(found), PROBE)
        return PROBE if probe is None else min(most, max(PROBE, reach.enough(probe)))

    def _held(self, found: Pointer, reach: Reach) -> bool:
        stop = self._stop(found, reach)
        return _length(self._whole(found)) >= stop or _length(self._head(found)) >= stop

    def _one(self, ask: Ask, actions: Mapping[str, Action | str]) -> None:
        """Get what is needed of one file into the cache, or note why not."""
        found, reach = ask
        action = actions.get(found.oid, "its server says nothing of it")
        try:
            if isinstance(action, str):
                raise Refused(action)
            if self._failures >= FAILURES:
                raise Refused(f"not asked for any more after {FAILURES} failures of its server")
            for _ in range(2):  # as far as PROBE, and as far as that says
                if not self._held(found, reach):
                    self._advance(found, action, self._stop(found, reach))
        except Refused as reason:
            self._failures += isinstance(reason, Failed)
            self._reasons[found.oid] = str(reason)

    def _advance(self, found: Pointer, action: Action, stop: int) -> None:
        """From what is there of a file to `stop`. Raises Refused."""
        if stop == found.size:
            content = self._get(found, action, 0, stop)
            if sha256(content).hexdigest() != found.oid:
                raise Refused("what its server sends is not what the pointer means")
            _keep(self._whole(found), content)
            self._head(found).unlink(missing_ok=True)
            return
        head = _read(self._head(found), _length(self._head(found))) or b""
        _keep(self._head(found), head + self._get(found, action, len(head), stop))

    def _get(self, found: Pointer, action: Action, start: int, stop: int) -> bytes:
        self._left -= stop - start
        if self._left < 0:
            raise Refused(f"more than {ALL_BYTES / 1e9:g} GB of this repository")
        whole = stop == found.size
        content = self._client.get(action.href, action.headers, start, stop + whole, whole=whole)
        if len(content) != stop - start:
            raise Refused("its server sends more or less than there is")
        return content

    def _actions(self, pointers: Sequence[Pointer]) -> dict[str, Action | str]:
        """For each file where it is to be had, or why it is not."""
        sizes = {found.oid: found.size for found in pointers}
        if self._closed:
            return dict.fromkeys(sizes, self._closed)
        objects = [{"oid": oid, "size": size} for oid, size in sizes.items()]
        body = {"operation": "download", "transfers": ["basic"], "objects": objects, "hash_algo": "sha256"}
        headers = {"Accept": _MEDIA_TYPE, "Content-Type": _MEDIA_TYPE}
        most = ANSWER_BYTES * (len(objects) + 1)
        try:
            return _parsed(self._client.post(self._batch_url, json.dumps(body).encode(), headers, most))
        except Refused as reason:
            self._failures += isinstance(reason, Failed)
            return dict.fromkeys(sizes, str(reason))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
            self._failures += 1
            return dict.fromkeys(sizes, "its server's answer is not that of Git LFS")

    def _whole(self, found: Pointer) -> Path:
        return self._folder / found.oid[:2] / found.oid

    def _head(self, found: Pointer) -> Path:
        return self._folder / found.oid[:2] / f"{found.oid}.head"


def _bounded(ask: Ask) -> Ask:
    found, reach = ask
    return found, replace(reach, limit=min(reach.limit, WHOLE_BYTES))


def _parsed(answer: bytes) -> dict[str, Action | str]:
    """The answer to a batch request (Git LFS, "Batch API"). Raises what a broken one leads to."""
    content: dict[str, Any] = json.loads(answer)
    if content.get("transfer", "basic") != "basic":
        return {str(row["oid"]): "its server sends it in no way that we know" for row in content["objects"]}
    return {str(row["oid"]): _action(row) for row in content["objects"]}


def _action(row: Mapping[str, Any]) -> Action | str:
    if "error" in row:
        code = row["error"].get("code")
        return f"its server answers {code}" if isinstance(code, int) else "its server has an error for it"
    download = row["actions"]["download"]
    headers = download.get("header") or {}
    if not all(isinstance(text, str) for text in (download["href"], *headers, *headers.values())):
        raise TypeError
    return Action(download["href"], headers)


def _length(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return -1


def _read(path: Path, size: int) -> bytes | None:
    """The first `size` bytes of a file; None if it has fewer, or is not there."""
    try:
        with path.open("rb") as file:
            content = file.read(size)
    except OSError:
        return None
    return content if len(content) == size else None


def _keep(path: Path, content: bytes) -> None:
    """Write a file of the cache, all at once for whoever looks."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=path.parent)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        Path(draft).replace(path)
    except OSError as error:
        raise Refused(f"the cache folder cannot be written: {error.strerror}") from None
