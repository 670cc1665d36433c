"""What is added is there whole, once, and as new as its source, whatever happens meanwhile."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import clonescan
from clonescan.errors import UsageError
from clonescan.index import add, contents, listed, open_index, related, survey, update
from clonescan.index.add import remove
from clonescan.settings import Settings

from .conftest import FIXTURES, added, module, read, repository


def names(settings: Settings) -> list[str]:
    return [row.repository.id for row in survey(settings).rows]


def test_what_is_added_is_listed_with_its_facts(settings: Settings) -> None:
    (outcome,) = added(settings, str(FIXTURES / "original"))
    (row,) = survey(settings).rows
    assert outcome.what == "added" and outcome.repository == row.repository
    assert row.repository.source == str(FIXTURES / "original")
    assert row.repository.units > 50 and {"code", "config", "tokenizer"} <= row.repository.files.keys()
    assert row.postings > 100 and not (row.outdated or row.imported or row.damage)


def test_what_has_not_changed_is_passed_over(tmp_path: Path, settings: Settings) -> None:
    one = repository(tmp_path / "one", a=module([1, 2]), b=module([3]))
    two = repository(tmp_path / "two", a=module([4]))
    assert [outcome.what for outcome in added(settings, one, two, one)] == ["added", "added"]
    (tmp_path / "two/a.py").write_text(module([5]))
    assert [outcome.what for outcome in added(settings, one, two)] == ["unchanged", "replaced"]
    assert [outcome.what for outcome in update([], settings)] == ["unchanged", "unchanged"]
    assert len(contents(Path(settings.index)).indexed) == 2


def test_a_known_file_is_not_parsed_again(tmp_path: Path, settings: Settings) -> None:
    """Nothing is kept but the index, and still only the new file is parsed."""
    one = repository(tmp_path / "one", a=module([1]), b=module([2]), c=module([3]))
    parsed: list[int] = []

    def progress(task: str, done: int, total: int | None) -> None:
        if task == "Parsing":
            parsed.append(done)

    list(add([one], settings, progress))
    assert parsed == [3]
    (tmp_path / "one/d.py").write_text(module([4]))
    parsed.clear()
    (outcome,) = add([one], settings, progress)
    assert outcome.what == "replaced" and outcome.repository and outcome.repository.files == {"code": 4}
    assert parsed == [4], "three were known, one batch was parsed"


def test_a_source_that_fails_leaves_the_others_and_what_was_there(tmp_path: Path, settings: Settings) -> None:
    one = repository(tmp_path / "one", a=module([1]))
    added(settings, one)
    (tmp_path / "one/a.py").unlink()
    (tmp_path / "one").rmdir()
    two = repository(tmp_path / "two", a=module([2]))
    failed, fine = added(settings, one, two)
    assert failed.what == "failed" and "one" in failed.problem and fine.what == "added"
    assert names(settings) == ["one", "two"]


def test_a_list_names_sources(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("# first\n\n./one  # beside\nowner/name#x\npypi:timm==1.0.9\n")
    assert listed(tmp_path / "list.txt") == [str(tmp_path / "one"), "owner/name#x", "pypi:timm==1.0.9"]
    with pytest.raises(UsageError, match="cannot be read"):
        listed(tmp_path / "none.txt")


def test_removing(tmp_path: Path, settings: Settings) -> None:
    sources = [repository(tmp_path / name / "same", a=module([number])) for number, name in enumerate("abc", 1)]
    added(settings, *sources)
    with pytest.raises(UsageError, match="Several repositories"):
        remove(["same"], settings)
    remove(sources[:2], settings)
    remove(["same"], settings)
    assert names(settings) == []
    with pytest.raises(UsageError, match="Nothing in the index goes by same"):
        remove(["same"], settings)


def test_what_another_version_indexed_is_not_asked_and_made_anew(tmp_path: Path, settings: Settings) -> None:
    one = repository(tmp_path / "one", a=module([1]))
    added(settings, one)
    (entry,) = contents(Path(settings.index)).indexed
    facts = entry.folder / "repository.json"
    facts.write_text(facts.read_text().replace(entry.facts.method, "0 older"))
    answer = related(open_index(Path(settings.index), settings), read(one).files)
    assert answer.related == () and "another version" in answer.unasked[0] and "one" in answer.unasked[0]
    assert survey(settings).rows[0].outdated
    assert [outcome.what for outcome in update([], settings)] == ["replaced"]
    assert len(related(open_index(Path(settings.index), settings), read(one).files).related) == 1


def start(settings: Settings, *sources: str) -> subprocess.Popen[bytes]:
    """The command that adds, as a process."""
    return subprocess.Popen(
        [sys.executable, "-m", "clonescan", "index", "add", *sources, "--index", settings.index, "--no-cache"],
        env=os.environ | {"PYTHONPATH": str(Path(clonescan.__file__).parents[1]), "CLONESCAN_JOBS": "1"},
        stdout=subprocess.DEVNULL,
    )


def answers(settings: Settings, source: str) -> list[tuple[str, list[str], int]]:
    """What an index says of a source."""
    found = related(open_index(Path(settings.index), settings), read(source).files)
    assert found.unasked == ()
    rows = ((one.repository, [file.path for file in one.reading.files]) for one in found.related)
    return [(repository.id, paths, repository.units) for repository, paths in rows]


def test_two_processes_add_at_once(tmp_path: Path, settings: Settings) -> None:
    sources = [repository(tmp_path / f"r{number}", a=module(range(number, number + 3))) for number in range(8)]
    both = [start(settings, *order) for order in (sources, sources[::-1])]
    assert [one.wait(60) for one in both] == [0, 0]
    assert names(settings) == [f"r{number}" for number in range(8)]
    assert len([place for place in Path(settings.index).iterdir() if place.is_dir()]) == 8


def test_kill_9_leaves_whole_repositories_only(tmp_path: Path, settings: Settings) -> None:
    """Killed three times at random moments, then run to its end: as if nothing had happened."""
    every = range(12)
    sources = [repository(tmp_path / f"r{number}", a=module(range(12 * number, 12 * number + 12))) for number in every]
    folder, random_ = Path(settings.index), random.Random(5)
    for done in (1, 4, 7):
        adding = start(settings, *sources)
        while adding.poll() is None and (not folder.is_dir() or len(contents(folder).indexed) < done):
            time.sleep(0.01)
        time.sleep(random_.random() * 0.05)
        adding.send_signal(signal.SIGKILL)
        assert adding.wait() == -signal.SIGKILL
        found = contents(folder)
        assert found.damaged == ()
        assert all(entry.facts.repository.units == 12 for entry in found.indexed)
    outcomes = added(settings, *sources)
    assert {outcome.what for outcome in outcomes[:7]} == {"unchanged"}
    assert not [place for place in folder.iterdir() if place.name.startswith(".draft")]
    whole = Settings(index=str(tmp_path / "whole"), use_cache=False, jobs=1)
    added(whole, *sources)
    assert answers(settings, sources[4]) == answers(whole, sources[4]) != []
