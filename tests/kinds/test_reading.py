"""From a repository to what is compared: what the cache keeps, what is left out, and what is said of it."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

import clonescan
from clonescan.entities import Report, Skipped
from clonescan.fingerprint import Fingerprint
from clonescan.kinds import cache, code, tokenizer
from clonescan.kinds.cache import ExtractionCache
from clonescan.kinds.code.symbols import Symbols
from clonescan.kinds.held import Held
from clonescan.kinds.tokenizer.digest import digest
from clonescan.report.json import render
from clonescan.scan import scan
from clonescan.settings import Settings
from clonescan.sources import open_source
from clonescan.sources.interface import no_progress

ROOT = Path(clonescan.__file__).parents[1]
FIXTURES = ROOT / "fixtures"
BODY = (FIXTURES / "original" / "lumen" / "slicing.py").read_text(encoding="utf-8")


def repository(folder: Path, files: Mapping[str, str]) -> Path:
    """A folder with these files."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return folder


@pytest.fixture
def pair(tmp_path: Path) -> list[str]:
    """Two small repositories, the second with a copy of a file of the first."""
    one = repository(
        tmp_path / "one", {"model.py": BODY, "setup.py": "import setuptools\nsetuptools.setup(name='x')\n"}
    )
    two = repository(tmp_path / "two", {"pkg/copy.py": "# A copy.\n" + BODY})
    return [str(one), str(two)]


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that were parsed, in order."""
    paths: list[str] = []
    extract = code.extract

    def counting(path: str, data: bytes, symbols: Symbols) -> Fingerprint:
        paths.append(path)
        return extract(path, data, symbols)

    monkeypatch.setattr(code, "extract", counting)
    return paths


@pytest.fixture
def cached(tmp_path: Path) -> Settings:
    """One process, and a cache of the test's own."""
    return Settings(cache_dir=tmp_path / "cache", jobs=1)


def database(settings: Settings, room: str = "extractions") -> Path:
    """The one file that a cache is."""
    assert settings.cache_dir is not None
    (found,) = (settings.cache_dir / room).glob("*.sqlite")
    return found


def test_a_second_scan_parses_nothing(pair: list[str], cached: Settings, parsed: list[str]) -> None:
    first = scan(pair, cached)
    assert sorted(parsed) == ["model.py", "pkg/copy.py", "setup.py"]
    again = scan(pair, cached)
    assert len(parsed) == 3
    assert render(again) == render(first) and first.matches


def test_only_what_changed_is_parsed(pair: list[str], cached: Settings, parsed: list[str]) -> None:
    """Content counts, and neither the name nor the folder."""
    scan(pair, cached)
    Path(pair[0], "model.py").rename(Path(pair[0], "renamed.py"))
    Path(pair[0], "new.py").write_text("x = f(1, 2, 3)\n")
    scan(pair, cached)
    assert parsed[3:] == ["new.py"]


def test_a_second_scan_of_a_commit_parses_nothing(pair: list[str], cached: Settings, parsed: list[str]) -> None:
    git = ["git", "-C", pair[0], "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "a"]):
        subprocess.run([*git, *arguments], check=True)
    commit = [f"{pair[0]}@HEAD", pair[1]]
    first = scan(commit, cached)
    assert render(scan(commit, cached)) == render(first) and first.repositories[0].commit
    assert len(parsed) == 3


def test_the_same_content_is_parsed_once(tmp_path: Path, parsed: list[str]) -> None:
    files = {f"copy{number}.py": BODY for number in range(5)}
    sides = [str(repository(tmp_path / name, files)) for name in ("one", "two")]
    scan(sides, Settings(cache_dir=tmp_path / "cache", jobs=1))
    assert len(parsed) == 1


def test_a_verdict_is_the_same_from_a_digest_and_from_the_file(tmp_path: Path, cached: Settings) -> None:
    """Whether it is in the cache, was lost there, or there is no cache."""
    sides = [str(FIXTURES / name) for name in ("original", "disguised")]
    first = render(scan(sides, cached))
    assert '"kind":"tokenizer"' in first
    assert render(scan(sides, cached)) == first
    with sqlite3.connect(database(cached, "digests")) as connection:
        assert connection.execute("DELETE FROM extraction").rowcount > 1
    assert render(scan(sides, cached)) == first
    assert render(scan(sides, Settings(use_cache=False, jobs=1))) == first


def test_digests_that_are_too_many_are_made_again(cached: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest ones go, and the report is the same."""
    sides = [str(FIXTURES / name) for name in ("original", "disguised")]
    first = render(scan(sides, cached))
    whole = database(cached, "digests").stat().st_size
    monkeypatch.setattr(cache, "DIGEST_BYTES", 20_000)
    small = replace(cached, cache_dir=cached.cache_dir / "small" if cached.cache_dir else None)
    assert render(scan(sides, small)) == first
    with sqlite3.connect(database(small, "digests")) as connection:
        (kept,) = connection.execute("SELECT SUM(LENGTH(value)) FROM extraction").fetchone()
    assert 0 < kept <= 20_000 < whole


def test_a_tokenizer_is_read_once_even_if_nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    def counting(path: str, data: bytes) -> bytes:
        read.append(path)
        return digest(path, data)

    monkeypatch.setattr(tokenizer, "DIGEST", counting)
    report = scan([str(FIXTURES / name) for name in ("original", "disguised")], Settings(use_cache=False, jobs=1))
    assert any("vocabulary" in match.detail for match in report.matches)
    assert len(read) == len(set(read)) == sum(one.files["tokenizer"] for one in report.repositories)


def test_what_is_too_much_for_the_memory_is_read_again_if_it_is_the_same(tmp_path: Path) -> None:
    paths = [tmp_path / name for name in ("a.model", "b.model", "c.model")]
    for number, path in enumerate(paths):
        path.write_bytes(b"%d" % number)
        os.truncate(path, 60_000_000)
    held = Held(open_source(str(tmp_path), Settings()), Settings(), no_progress)
    paths[2].write_bytes(b"another")
    contents = {entry.path: content for entry, content in held.read(held.entries())}
    assert [len(contents[path.name]) for path in paths[:2]] == [60_000_000] * 2  # type: ignore[arg-type]
    assert contents["c.model"] == Skipped("c.model", "changed while it was read") and held.lost


def test_without_a_cache_nothing_is_kept(pair: list[str], tmp_path: Path, parsed: list[str]) -> None:
    settings = Settings(cache_dir=tmp_path / "cache", jobs=1, use_cache=False)
    for _ in range(2):
        scan(pair, settings)
    assert len(parsed) == 6
    assert not (tmp_path / "cache").exists()


def test_a_file_that_is_refused_is_refused_again(tmp_path: Path, cached: Settings) -> None:
    """The reason comes from the cache, too."""
    one = repository(tmp_path / "one", {"a.py": "\0" * 100, "b.py": "x = = 1\n"})
    reports = [scan([str(one), str(one)], cached) for _ in range(2)]
    assert reports[0] == reports[1]
    assert [skipped.path for skipped in reports[0].repositories[0].skipped] == ["a.py", "b.py"]


def _garbage(path: Path) -> None:
    path.write_bytes(b"no database at all " * 1000)


def _truncated(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:5000])


def _scrambled(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096:] = bytes(255 - byte for byte in data[4096:])
    path.write_bytes(data)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _other_table(path: Path) -> None:
    path.unlink()
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE extraction (other INTEGER)")


def _values(change: str) -> Callable[[Path], None]:
    def spoil(path: Path) -> None:
        connection = sqlite3.connect(path)
        with connection:
            connection.execute(f"UPDATE extraction SET value = {change}")
        connection.close()

    return spoil


SPOILED: dict[str, Callable[[Path], None]] = {
    "garbage": _garbage,
    "truncated": _truncated,
    "scrambled": _scrambled,
    "a folder": _folder,
    "another table": _other_table,
    "no bytes": _values("x''"),
    "short rows": _values("substr(value, 1, length(value) / 2)"),
    "long rows": _values("CAST(value || x'00' AS BLOB)"),
    "text": _values("'R nothing'"),
    "numbers": _values("3"),
    "other bytes": _values("CAST(substr(value, 1, length(value) - 3) || x'ffffff' AS BLOB)"),
    "other kind": _values("x'52'"),
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_a_spoiled_cache_is_a_miss(
    pair: list[str], cached: Settings, parsed: list[str], spoil: Callable[[Path], None]
) -> None:
    first = scan(pair, cached)
    path = database(cached)
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    spoil(path)
    assert render(scan(pair, cached)) == render(first)
    assert len(parsed) == 6


def test_a_cache_that_was_garbage_works_again(pair: list[str], cached: Settings, parsed: list[str]) -> None:
    scan(pair, cached)
    _garbage(database(cached))
    for _ in range(3):
        scan(pair, cached)
    assert len(parsed) <= 9


def test_a_cache_folder_that_cannot_be_used_is_a_miss(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with ExtractionCache(tmp_path / "file" / "cache") as cache:
        cache.put([("key", b"value")])
        assert cache.get(["key"]) == {}


def test_what_is_put_is_got(tmp_path: Path) -> None:
    """By this process and the next, however many keys are asked for at once."""
    rows = {f"key {number}": bytes([number % 256]) * number for number in range(1200)}
    for _ in range(2):
        with ExtractionCache(tmp_path) as cache:
            cache.put(rows.items())
            assert cache.get([*rows, "unknown"]) == rows
    with ExtractionCache(tmp_path) as cache:
        cache.put([("key 1", b"new")])
        assert cache.get(["key 0", "key 1"]) == {"key 0": b"", "key 1": b"new"}


def test_a_cache_that_is_busy_is_left_alone(tmp_path: Path) -> None:
    """One that another process writes to is not taken for a broken one."""
    with ExtractionCache(tmp_path) as cache:
        cache.put([("key", b"value")])
        code = (
            "import sys, pathlib\nfrom clonescan.kinds.cache import ExtractionCache\n"
            "with ExtractionCache(pathlib.Path(sys.argv[1])) as cache:\n"
            "    for n in range(200):\n        cache.put([(f'{sys.argv[2]} {n}', bytes(1000))])\n"
            "    print(len(cache.get([f'{sys.argv[2]} {n}' for n in range(200)])))\n"
        )
        writers = [_python("-c", code, str(tmp_path), str(number)) for number in range(4)]
        assert [writer.communicate(timeout=60)[0] for writer in writers] == ["200\n"] * 4
        assert cache.get(["key"]) == {"key": b"value"}
        assert len(cache.get([f"{number} {n}" for number in range(4) for n in range(200)])) == 800


def test_two_scans_at_once_agree_and_leave_a_whole_cache(pair: list[str], cached: Settings, parsed: list[str]) -> None:
    arguments = ["-m", "clonescan", "scan", *pair, "--format", "json", "--jobs", "1"]
    running = [_python(*arguments, "--cache-dir", str(cached.cache_dir)) for _ in range(3)]
    printed = [process.communicate(timeout=100)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0, 0]
    assert len(set(printed)) == 1
    assert printed[0].rstrip("\n") == render(scan(pair, cached)).rstrip("\n")
    assert not parsed


def _python(*arguments: str) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen([sys.executable, *arguments], env=environment, stdout=subprocess.PIPE, text=True)


# What is compared


def compared(tmp_path: Path, files: Mapping[str, str], **settings: object) -> Report:
    """A scan of these files against a repository with one copy."""
    one = repository(tmp_path / "one", files)
    two = repository(tmp_path / "two", {"copy.py": BODY})
    return scan([str(one), str(two)], Settings(use_cache=False, jobs=1, **settings))  # type: ignore[arg-type]


def test_languages_that_are_not_compared_are_counted_and_named(tmp_path: Path) -> None:
    files = {"a.py": BODY, "k.cu": "", "k.cuh": "", "deep/run.sh": "", "x.cpp": "", "README.md": "", "data.bin": ""}
    found = compared(tmp_path, files).repositories[0]
    assert found.not_compared == {"C++": 1, "CUDA": 2, "Shell": 1}
    assert found.files == {"code": 1} and not found.skipped


def test_python_goes_by_many_names(tmp_path: Path) -> None:
    files = {"a.py": BODY, "b.pyi": BODY, "c.pyw": BODY, "d.ipynb": '{"cells": []}', "e.txt": BODY, "py": BODY}
    assert compared(tmp_path, files).repositories[0].files == {"code": 4}


@pytest.mark.parametrize(
    ("globs", "kept"),
    [
        ((), ["a.py", "lib/a_test.py", "lib/b.py", "tests/a.py"]),
        (("tests/",), ["a.py", "lib/a_test.py", "lib/b.py"]),
        (("*_test.py",), ["a.py", "lib/b.py", "tests/a.py"]),
        (("/a.py",), ["lib/a_test.py", "lib/b.py", "tests/a.py"]),
        (("**/b.py", "tests/**"), ["a.py", "lib/a_test.py"]),
        (("lib/*", "!lib/b.py"), ["a.py", "lib/b.py", "tests/a.py"]),
        (("*.py",), []),
    ],
)
def test_globs_exclude(tmp_path: Path, globs: tuple[str, ...], kept: list[str]) -> None:
    """In the syntax of .gitignore; what is left out is in no match."""
    names = ["a.py", "lib/a_test.py", "lib/b.py", "tests/a.py"]
    files = {name: f"# {number}\n{BODY}" for number, name in enumerate(names)}
    report = compared(tmp_path, {**files, "tests/k.cu": ""}, exclude=globs, include_runners_up=True)
    assert report.repositories[0].files == ({"code": len(kept)} if kept else {})
    assert {match.left.path for match in report.matches} <= set(kept)
    assert bool(report.matches) == bool(kept and "*.py" not in globs)
    assert ("CUDA" in report.repositories[0].not_compared) == (not any("tests" in glob for glob in globs))
    assert report.parameters["exclude"] == list(globs)


@pytest.mark.parametrize(
    ("path", "text", "mark"),
    [
        ("model.py", BODY, ""),
        ("third_party/model.py", BODY, "vendored"),
        ("a/vendor/b/model.py", BODY, "vendored"),
        ("env/lib/site-packages/x/model.py", BODY, "vendored"),
        ("build/lib/model.py", BODY, "generated"),
        ("model_pb2.py", BODY, "generated"),
        ("model.py", "# Generated by the compiler. DO NOT EDIT!\n" + BODY, "generated"),
        ("builder/model.py", BODY, ""),
        ("vendors.py", BODY, ""),
    ],
)
def test_what_others_or_programs_wrote_is_compared_and_marked(tmp_path: Path, path: str, text: str, mark: str) -> None:
    matches = compared(tmp_path, {path: text}).matches
    assert matches
    assert {match.left.marked for match in matches} == {mark}
    assert {match.right.marked for match in matches} == {""}


def test_a_repository_without_code_is_no_error(tmp_path: Path) -> None:
    report = compared(tmp_path, {"README.md": "# Nothing"})
    assert not report.matches and report.repositories[0].files == {} and report.repositories[0].units == 0
    assert all(row.overlap == 0 for row in report.overlap)
