"""What is known of an indexed repository as a whole, as JSON beside its tables."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from pathlib import Path

from clonescan import background
from clonescan.background.store import Background
from clonescan.entities import Repository
from clonescan.errors import UsageError
from clonescan.kinds import version
from clonescan.kinds.mentions import VERSION
from clonescan.report.json import decoded
from clonescan.settings import Settings

FORMAT = "1"
"""Of the tables; another one makes all that is indexed outdated."""

_FILE = "repository.json"


@dataclass(frozen=True, slots=True)
class Facts:
    """A repository as it was indexed.

    `method`: by what version of everything its fingerprints were made. `state`: a hash of all that was read, "" if
    something was missing. `differ`: how many of its units differ in what they hold; `postings`: the features that it
    is searched by, each counted once a unit. `holds`: packages of the background that it is or has in it.
    `seal`: a hash of its tables, for when it is added again. `imported`: somebody else made it.
    """

    method: str
    state: str
    repository: Repository
    differ: int
    postings: int
    holds: tuple[str, ...]
    seal: str
    imported: bool = False


def method(settings: Settings, known: Background) -> str:
    """What the fingerprints and the choice of features depend on. Raises BackgroundError."""
    return f"{FORMAT} {version(known.symbols)} {VERSION} {background.digest(chosen(settings))[:16]}"


def chosen(settings: Settings) -> str:
    """The background that tells which features are worth searching by: without one, the shipped one still does."""
    return "default" if settings.background == "none" else settings.background


def key(source: str) -> str:
    """The name under which a source stands in an index."""
    return blake2b(source.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


def write_facts(facts: Facts, folder: Path) -> None:
    """Write what is known of a repository."""
    (folder / _FILE).write_text(json.dumps(asdict(facts)), encoding="utf-8")


def read_facts(folder: Path) -> Facts:
    """What is known of a repository. Raises FileNotFoundError, OSError, or UsageError if it is damaged."""
    return parsed((folder / _FILE).read_bytes())


def parsed(text: bytes) -> Facts:
    """The facts that a text says. Raises UsageError if it says something else."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        raise UsageError("its facts are no JSON") from None
    found = decoded(Facts, content)
    repository = found.repository
    if min(found.differ, found.postings, repository.units, *repository.files.values(), 0) < 0:
        raise UsageError("a number in its facts is negative")
    return replace(found, repository=replace(repository, files=dict(sorted(repository.files.items()))))
