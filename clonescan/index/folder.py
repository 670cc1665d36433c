"""The folder of an index: a folder for each repository, that appears there whole or not at all."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from secrets import token_hex

from platformdirs import user_data_path

from clonescan.errors import UsageError
from clonescan.index.facts import Facts, read_facts
from clonescan.settings import Settings

_ENTRY = re.compile(r"(?P<key>[0-9a-f]{16})\.(?P<turn>[0-9]{6})")
_DRAFT = ".draft-"
_LOCK = ".writing"


@dataclass(frozen=True, slots=True)
class Indexed:
    """An indexed repository: the folder of its tables, and what is known of it."""

    folder: Path
    facts: Facts


@dataclass(frozen=True, slots=True)
class Contents:
    """The repositories of an index by the names of their folders; and those that cannot be read, with the reason."""

    indexed: tuple[Indexed, ...]
    damaged: tuple[tuple[Path, str], ...]


def index_folder(settings: Settings) -> Path:
    """Where the index is that these settings name."""
    own = settings.index in ("", "default")
    return user_data_path("clonescan", appauthor=False) / "index" if own else Path(settings.index)


def contents(folder: Path) -> Contents:
    """Everything in an index. Raises UsageError if there is none."""
    if not is_index(folder):
        raise UsageError(f"There is no index at {folder}; `clonescan index add` makes one.")
    indexed: list[Indexed] = []
    damaged: list[tuple[Path, str]] = []
    for place in _newest(folder).values():
        try:
            indexed.append(Indexed(place, read_facts(place)))
        except FileNotFoundError:
            if place.is_dir():
                damaged.append((place, "it lacks its facts"))
        except (OSError, UsageError) as error:
            damaged.append((place, str(error)))
    return Contents(tuple(indexed), tuple(damaged))


def is_index(folder: Path) -> bool:
    """Whether a folder holds an index, or nothing: something else's files are none."""
    try:
        names = {place.name for place in folder.iterdir()}
    except OSError:
        return False
    return not names or _LOCK in names or any(map(_ENTRY.fullmatch, names))


def state(folder: Path) -> str:
    """A hash of what an index holds. Raises UsageError if there is none."""
    found = contents(folder)
    rows = [(entry.folder.name, entry.facts.state, entry.folder.stat().st_mtime_ns) for entry in found.indexed]
    return blake2b(repr((rows, found.damaged)).encode(), digest_size=16).hexdigest()


def publish(folder: Path, key: str, write: Callable[[Path], None]) -> Path:
    """Put what `write` makes in an empty folder into the index, in the place of what has this key.

    It is renamed into place when it is complete, so that it is there whole or not at all, whatever ends this process
    and whoever else adds. Raises UsageError if the index cannot be written.
    """
    with _writing(folder) as draft:
        write(draft)
        while True:
            last = _newest(folder).get(key)
            target = folder / f"{key}.{_turn(last) + 1 if last else 1:06}"
            try:
                draft.rename(target)
            except OSError as error:  # another process was faster
                if error.errno not in (errno.ENOTEMPTY, errno.EEXIST):
                    raise
            else:
                break
        _drop([place for place in _places(folder, key) if _turn(place) < _turn(target)])
    return target


def drop(folder: Path, places: Sequence[Path]) -> None:
    """Take repositories out of the index. Raises UsageError if it cannot be written."""
    with _writing(folder):
        for place in places:
            _drop(_places(folder, place.name.partition(".")[0]))


@contextmanager
def _writing(folder: Path) -> Iterator[Path]:
    """An empty folder in the index to write into, gone at the end if it was not renamed.

    Whoever writes holds the lock together with all others who do. Who can have it alone knows that nobody writes, and
    that all drafts are of processes that have ended.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = os.open(folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise UsageError(f"The index cannot be written: {folder}: {error.strerror}.") from None
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            for left in folder.glob(f"{_DRAFT}*"):
                shutil.rmtree(left, ignore_errors=True)
        fcntl.flock(lock, fcntl.LOCK_SH)
        draft = _new(folder)
        try:
            yield draft
        finally:
            shutil.rmtree(draft, ignore_errors=True)
    except OSError as error:
        raise UsageError(f"The index cannot be written: {folder}: {error.strerror or error}.") from None
    finally:
        os.close(lock)


def _new(folder: Path) -> Path:
    draft = folder / f"{_DRAFT}{token_hex(8)}"
    draft.mkdir()
    return draft


def _newest(folder: Path) -> dict[str, Path]:
    """By key the newest folder of each repository. Raises UsageError."""
    try:
        places = sorted(place for place in folder.iterdir() if _ENTRY.fullmatch(place.name))
    except OSError:
        raise UsageError(f"There is no index at {folder}; `clonescan index add` makes one.") from None
    return {place.name.partition(".")[0]: place for place in places}


def _places(folder: Path, key: str) -> list[Path]:
    """The folders of one repository, the oldest first: what replaced one is the last to go."""
    return sorted(place for place in folder.glob(f"{key}.*") if _ENTRY.fullmatch(place.name))


def _turn(place: Path) -> int:
    return int(place.name.partition(".")[2])


def _drop(places: Sequence[Path]) -> None:
    """Remove folders, each at once for everybody who looks."""
    for place in places:
        gone = _new(place.parent) / place.name
        with suppress(FileNotFoundError):  # another process was faster
            place.rename(gone)
        shutil.rmtree(gone.parent, ignore_errors=True)
