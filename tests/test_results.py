"""A finished report is kept by all that it depends on: the same again where nothing changed, and only there."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

import clonescan
from clonescan.kinds.cache import Cache
from clonescan.report import FORMATS
from clonescan.report.interface import PLAIN
from clonescan.results import Result, scan
from clonescan.settings import Settings

FIXTURES = Path(clonescan.__file__).parents[1] / "fixtures"
BODY = (FIXTURES / "original" / "lumen" / "slicing.py").read_text(encoding="utf-8")


@pytest.fixture
def pair(tmp_path: Path) -> list[str]:
    """Two repositories of one file each, which is the same but for its first line."""
    sides = [tmp_path / name for name in ("one", "two")]
    for number, side in enumerate(sides):
        side.mkdir()
        (side / "model.py").write_text(f"SIDE = {number}\n{BODY}", encoding="utf-8")
    return [str(side) for side in sides]


@pytest.fixture
def kept(tmp_path: Path) -> Settings:
    """One process, and a cache of the test's own."""
    return Settings(cache_dir=tmp_path / "cache", jobs=1)


class Scan:
    """Scans, and says whether anything had to be compared for it."""

    def __init__(self) -> None:
        self.compared = False

    def __call__(self, sources: list[str], settings: Settings) -> Result:
        tasks: list[str] = []
        found = scan(sources, settings, lambda task, _done, _total: tasks.append(task))
        self.compared = "Matching" in tasks
        return found


def test_where_nothing_changed_every_format_is_the_same_and_nothing_is_compared(
    pair: list[str], kept: Settings
) -> None:
    run = Scan()
    first = run(pair, kept)
    assert run.compared and first.report.matches
    again = run(pair, kept)
    assert not run.compared
    assert again.report == first.report
    for render in (form.render for form in FORMATS.values()):
        assert again.shown(render, PLAIN) == first.shown(render, PLAIN) == render(first.report)


def test_the_same_bytes_with_and_without_a_cache(pair: list[str], kept: Settings, tmp_path: Path) -> None:
    run = Scan()
    written = {run(pair, kept).json for _ in range(2)}
    written.add(run(pair, Settings(cache_dir=tmp_path / "none", use_cache=False, jobs=1)).json)
    assert run.compared and len(written) == 1
    assert not (tmp_path / "none").exists()


def _edit(side: Path) -> None:
    text = (side / "model.py").read_text(encoding="utf-8")
    (side / "model.py").write_text(text.replace("to_patches", "to_windows"), encoding="utf-8")


def _touch_up(side: Path) -> None:
    """Another content of the same size and time."""
    before = (side / "model.py").stat()
    _edit(side)
    os.utime(side / "model.py", ns=(before.st_atime_ns, before.st_mtime_ns))


def _rename(side: Path) -> None:
    (side / "model.py").rename(side / "renamed.py")


def _add(side: Path) -> None:
    (side / "more.py").write_text(BODY, encoding="utf-8")


def _license(side: Path) -> None:
    (side / "LICENSE").write_bytes((FIXTURES / "original" / "LICENSE").read_bytes())


def _add_of_another_language(side: Path) -> None:
    (side / "main.rs").write_text("fn main() {}\n", encoding="utf-8")


def _link(side: Path) -> None:
    (side / "link.py").symlink_to(side / "model.py")


@pytest.mark.parametrize("change", [_edit, _touch_up, _rename, _add, _license, _add_of_another_language, _link])
def test_what_changed_is_compared_again_and_what_was_there_is_remembered(
    change: Callable[[Path], None], pair: list[str], kept: Settings, tmp_path: Path
) -> None:
    run = Scan()
    first = run(pair, kept)
    change(Path(pair[1]))
    second = run(pair, kept)
    assert run.compared and second.json != first.json
    fresh = run(pair, Settings(cache_dir=tmp_path / "other", jobs=1))
    assert run.compared and fresh.json == second.json == run(pair, kept).json
    assert not run.compared


@pytest.mark.parametrize(
    "setting",
    [
        {"exclude": ("model.py",)},
        {"min_evidence": 1e6},
        {"min_similarity": 1.0},
        {"background": "none"},
        {"max_chance": 0.5},
        {"include_runners_up": True},
        {"max_file_bytes": 10},
    ],
)
def test_another_setting_is_another_report(setting: dict[str, object], pair: list[str], kept: Settings) -> None:
    run = Scan()
    first = run(pair, kept)
    other = Settings(cache_dir=kept.cache_dir, jobs=1, **setting)  # type: ignore[arg-type]
    second = run(pair, other)
    assert run.compared and second.json != first.json
    assert run(pair, other).json == second.json and not run.compared


def test_the_number_of_processes_is_no_other_report(pair: list[str], kept: Settings) -> None:
    run = Scan()
    first = run(pair, kept)
    assert run(pair, Settings(cache_dir=kept.cache_dir, jobs=2)).json == first.json and not run.compared


def test_the_sides_swapped_are_another_report(pair: list[str], kept: Settings) -> None:
    run = Scan()
    run(pair, kept)
    swapped = run(pair[::-1], kept)
    assert run.compared and [one.id for one in swapped.report.repositories] == ["two", "one"]


def test_a_damaged_report_is_made_again(pair: list[str], kept: Settings) -> None:
    run = Scan()
    first = run(pair, kept)
    assert kept.cache_dir is not None
    (database,) = (kept.cache_dir / "reports").glob("*.sqlite")
    with sqlite3.connect(database) as connection:
        connection.execute("UPDATE extraction SET value = SUBSTR(value, 1, LENGTH(value) - 1) || X'00'")
    connection.close()
    assert run(pair, kept).json == first.json and run.compared
    database.write_bytes(b"no database")
    assert run(pair, kept).json == first.json and run.compared


def test_the_oldest_values_go_first(tmp_path: Path) -> None:
    keys = [str(number) for number in range(10)]
    with Cache(tmp_path, "some", most=500) as cache:
        for key in keys:
            cache.put([(key, bytes(92))])
        assert list(cache.get(keys)) == keys[5:]
        cache.put([("5", bytes(92)), ("new", bytes(92))])
        assert set(cache.get([*keys, "new"])) == {"5", "7", "8", "9", "new"}
        cache.put([("large", bytes(1000))])
        assert not cache.get([*keys, "new", "large"])
