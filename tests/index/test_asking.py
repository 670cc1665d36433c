"""What an index is asked for is found, with the figures of a scan of both, and a damaged repository harms no other."""

from __future__ import annotations

import shutil
from dataclasses import replace
from itertools import chain
from pathlib import Path

import pytest
import rich
from disguise.rename import rename_repository
from match.samples import function

from clonescan.background import open_background
from clonescan.comparison import compared, counts, gathered, hidden
from clonescan.entities import Repository
from clonescan.errors import UsageError
from clonescan.index import contents, open_index, related
from clonescan.kinds.reading import Reading
from clonescan.match.findings import Evidence, Findings
from clonescan.match.measured import Measures
from clonescan.settings import Settings
from clonescan.sources import open_source

from .conftest import FIXTURES, added, module, read, repository

Figures = dict[tuple[str, str, str, str], tuple[int, int, float, bool]]


def figures(evidence: Evidence, found: Findings) -> Figures:
    """By the places of a match its evidence, its strength, and the chance matches to expect."""
    matched, corpus = found.matched, evidence.corpus
    scores = matched.scores
    rows = zip(
        *(column.tolist() for column in (scores.left, scores.right, scores.evidence, scores.strength)),
        matched.chance.tolist(),
        matched.runner_up.tolist(),
        strict=True,
    )
    made = {}
    for left, right, *facts in rows:
        places = [(file.path, f"{file.kind} {number}") for file, number in map(corpus.place, (left, right))]
        made[tuple(chain.from_iterable(places))] = tuple(facts)
    return made  # type: ignore[return-value]


def beside(ours: tuple[Repository, Reading], theirs: tuple[Repository, Reading]) -> Figures:
    """All matches of two readings, runners-up as well."""
    background = open_background("default")
    repositories, readings = [ours[0], theirs[0]], [ours[1], theirs[1]]
    masked = hidden(readings, repositories, background)
    evidence = gathered(readings, repositories, background, masked)
    return figures(evidence, compared(evidence, (0, 1), Settings(include_runners_up=True), Measures({}, {})).findings)


def own(source: str) -> tuple[Repository, Reading]:
    """A source as a scan has it."""
    settings = Settings(use_cache=False)
    snapshot, reading = open_source(source, settings), read(source)
    (counted,) = counts([snapshot], [reading])
    return counted, reading


def by_index(settings: Settings, ours: str, theirs: str) -> tuple[Figures, Figures, int]:
    """The matches of two sources by the index and by a scan, and how many files the index gave."""
    added(settings, theirs)
    (found,) = related(open_index(Path(settings.index), settings), read(ours).files).related
    by_index = beside(own(ours), (found.repository, found.reading))
    return by_index, beside(own(ours), own(theirs)), len(found.reading.files)


def test_every_kind_is_found_as_a_scan_finds_it(settings: Settings) -> None:
    asked, scanned, _ = by_index(settings, str(FIXTURES / "disguised"), str(FIXTURES / "original"))
    assert asked == scanned
    assert {place[1].partition(" ")[0] for place in asked} == {"code", "config", "tokenizer", "checkpoint"}


def test_a_part_of_a_package_has_the_figures_of_the_whole(tmp_path: Path, settings: Settings) -> None:
    """Four modules of rich, renamed, beside all of rich: most of it is not looked at, and no figure changes."""
    package = Path(rich.__file__).parent
    (tmp_path / "part").mkdir()
    for name in ("progress.py", "table.py", "markup.py", "align.py"):
        shutil.copy(package / name, tmp_path / "part")
    rename_repository(tmp_path / "part", tmp_path / "ours", 3)
    asked, scanned, files = by_index(settings, str(tmp_path / "ours"), str(package))
    best = {places for places, facts in scanned.items() if not facts[3]}
    assert len(best) > 100
    assert len(asked.keys() & best) >= 0.98 * len(best)
    assert all(asked[places] == scanned[places] for places in asked.keys() & scanned.keys())
    assert files < len(read(str(package)).files)


def test_nothing_is_found_where_nothing_is_shared(tmp_path: Path, settings: Settings) -> None:
    added(settings, repository(tmp_path / "one", a=module([1, 2, 3])))
    answer = related(open_index(Path(settings.index), settings), read(str(FIXTURES / "original")).files)
    assert answer.related == () and answer.unasked == ()


def test_what_holds_most_comes_first_and_what_is_left_out_is_not_read(tmp_path: Path, settings: Settings) -> None:
    ours = repository(tmp_path / "ours", a=module(range(6)))
    added(settings, repository(tmp_path / "few", a=module([1, 50], "w")))
    added(settings, repository(tmp_path / "most", a=module([0, 1, 2, 3], "w"), b="def greet(name):\n    print(name)\n"))
    index = open_index(Path(settings.index), settings)
    first, second = related(index, read(ours).files).related
    assert [one.repository.id for one in (first, second)] == ["most", "few"]
    assert [file.path for file in first.reading.files] == ["a.py"]
    assert first.repository.units == 5
    answer = related(index, read(ours).files, lambda repository, same: repository.id == "most")
    assert [one.repository.id for one in answer.related] == ["few"]
    assert [one.id for one in answer.left_out] == ["most"]


def test_what_cannot_reach_a_match_is_passed_over_but_the_same_file(tmp_path: Path, settings: Settings) -> None:
    """The fewer matches chance may bring, the more a unit has to share; a file that is the same is always looked at."""
    small = "import torch\n\n\n" + function("small", 1, length=2)
    ours = repository(tmp_path / "ours", a=module(range(20, 40)), b=small)
    added(settings, repository(tmp_path / "renamed", a=function("tiny", 1, length=2, local="w")))
    added(settings, repository(tmp_path / "same", a=module(range(50, 60)), b=small))
    for most, names in ((1.0, {"renamed", "same"}), (1e-30, {"same"})):
        index = open_index(Path(settings.index), replace(settings, max_chance=most))
        assert {one.repository.id for one in related(index, read(ours).files).related} == names


@pytest.mark.parametrize("table", ["postings", "units", "files", "frequencies"])
@pytest.mark.parametrize("damage", ["gone", "cut", "overwritten"])
def test_a_damaged_repository_is_told_of_and_harms_no_other(
    tmp_path: Path, settings: Settings, table: str, damage: str
) -> None:
    ours = repository(tmp_path / "ours", a=module(range(8)))
    added(settings, *(repository(tmp_path / name, a=module(range(8), "w")) for name in ("broken", "sound")))
    found = contents(Path(settings.index)).indexed
    (broken,) = (entry for entry in found if entry.facts.repository.id == "broken")
    path = broken.folder / f"{table}.parquet"
    data = path.read_bytes()
    if damage == "gone":
        path.unlink()
    else:
        path.write_bytes(data[: len(data) // 2] if damage == "cut" else b"\xff" * len(data))
    answer = related(open_index(Path(settings.index), settings), read(ours).files)
    assert [one.repository.id for one in answer.related] == ["sound"]
    (said,) = answer.unasked
    assert str(tmp_path / "broken") in said and "damaged" in said
    assert [outcome.what for outcome in added(settings, str(tmp_path / "broken"))] == ["replaced"]
    assert len(related(open_index(Path(settings.index), settings), read(ours).files).related) == 2


def test_damaged_facts_are_told_of(tmp_path: Path, settings: Settings) -> None:
    (outcome,) = added(settings, repository(tmp_path / "one", a=module([1])))
    assert outcome.what == "added"
    (entry,) = contents(Path(settings.index)).indexed
    for text in ("", "{", "[]", "{}", '{"method": 1}', "\x00", "[" * 100_000):
        (entry.folder / "repository.json").write_text(text)
        index = open_index(Path(settings.index), settings)
        assert index.indexed == () and "damaged" in index.unasked[0]


def test_there_is_no_index(settings: Settings) -> None:
    with pytest.raises(UsageError, match="There is no index"):
        open_index(Path(settings.index), settings)


def test_a_folder_of_something_else_is_no_index_and_an_empty_one_is(tmp_path: Path, settings: Settings) -> None:
    ordinary = repository(tmp_path / "ordinary", a=module([1]))
    with pytest.raises(UsageError, match=r"There is no index at .*ordinary"):
        contents(Path(ordinary))
    Path(settings.index).mkdir()
    assert contents(Path(settings.index)).indexed == ()
    (outcome,) = added(settings, ordinary)
    assert outcome.what == "added" and len(contents(Path(settings.index)).indexed) == 1
