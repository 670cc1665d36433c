"""Settings: which layer wins, and what is said about a key or value that is wrong."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path
from typing import Any

import pytest

from clonescan.configuration import NOT_FROM_A_FILE, from_keywords, resolve, share
from clonescan.errors import UsageError
from clonescan.settings import Settings


def test_without_anything_the_defaults_hold(tmp_path: Path) -> None:
    assert resolve({}, tmp_path, {}) == Settings()


def test_later_layers_win(tmp_path: Path) -> None:
    (tmp_path / ".clonescan.toml").write_text(
        'min-similarity = 0.1\nmin_evidence = 10\nexclude = ["docs/**"]\njobs = 1\n'
    )
    environ = {"CLONESCAN_MIN_EVIDENCE": "20", "CLONESCAN_JOBS": "2"}
    settings = resolve({"jobs": 3, "offline": None}, tmp_path, environ)
    assert (settings.min_similarity, settings.min_evidence, settings.jobs) == (0.1, 20.0, 3)
    assert settings.exclude == ("docs/**",)


def test_own_file_wins_over_pyproject_and_config_over_both(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.clonescan]\njobs = 1\n")
    assert resolve({}, tmp_path, {}).jobs == 1
    (tmp_path / ".clonescan.toml").write_text("jobs = 2\n")
    assert resolve({}, tmp_path, {}).jobs == 2
    (tmp_path / "other.toml").write_text("jobs = 3\n")
    assert resolve({}, tmp_path, {}, Path("other.toml")).jobs == 3


def test_other_tools_in_pyproject_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool.ruff]\nline-length = 120\n")
    assert resolve({}, tmp_path, {}) == Settings()


@pytest.mark.parametrize("field", dataclasses.fields(Settings), ids=lambda field: field.name)
def test_every_field_can_be_set_from_the_environment(tmp_path: Path, field: dataclasses.Field[object]) -> None:
    text, value = {
        "float": ("0.25", 0.25),
        "int": ("7", 7),
        "bool": ("no", False) if field.default else ("1", True),
        "str": ("none", "none") if field.default else ("default", "default"),
        "Path | None": ("cache", tmp_path / "cache"),
        "tuple[str, ...]": (os.pathsep.join(["a/**", "b"]), ("a/**", "b")),
    }[str(field.type)]
    assert value != field.default
    settings = resolve({}, tmp_path, {f"CLONESCAN_{field.name.upper()}": text})
    changes: dict[str, Any] = {field.name: value}
    assert settings == dataclasses.replace(Settings(), **changes)


@pytest.mark.parametrize(("text", "value"), [("true", True), ("YES", True), ("on", True), ("0", False), ("Off", False)])
def test_switches_in_the_environment(tmp_path: Path, text: str, value: bool) -> None:
    assert resolve({}, tmp_path, {"CLONESCAN_OFFLINE": text}).offline is value


def test_a_relative_background_starts_from_the_file_that_names_it(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "c.toml").write_text('background = "mine.db"\n')
    assert resolve({}, tmp_path, {}, Path("sub/c.toml")).background == str(tmp_path / "sub" / "mine.db")


def test_credentials_are_no_settings(tmp_path: Path) -> None:
    assert resolve({}, tmp_path, {"CLONESCAN_TOKEN": "secret", "CLONESCAN_HF_TOKEN": "secret"}) == Settings()


@pytest.mark.parametrize("key", sorted(NOT_FROM_A_FILE))
def test_a_file_may_not_set_what_concerns_the_machine(tmp_path: Path, key: str) -> None:
    (tmp_path / ".clonescan.toml").write_text(f'{key} = "x"\n')
    with pytest.raises(UsageError, match=rf'"{key}" cannot be set in ".clonescan.toml"'):
        resolve({}, tmp_path, {})


@pytest.mark.parametrize(
    ("file", "environ", "options", "words"),
    [
        ("min_similarty = 1", {}, {}, ['"min_similarty"', '".clonescan.toml"', '"min_similarity"']),
        ("", {"CLONESCAN_JOBSS": "1"}, {}, ['"jobss"', "environment", '"jobs"']),
        ("", {}, {"qqqq": 1}, ['"qqqq"', "options", "max_file_bytes"]),
        ('min_similarity = "high"', {}, {}, ["min_similarity", ".clonescan.toml", "a number", "'high'"]),
        ("min_similarity = true", {}, {}, ["min_similarity", "a number"]),
        ("min_similarity = nan", {}, {}, ["min_similarity", "from 0 to 1"]),
        ("jobs = 1.5", {}, {}, ["jobs", "a whole number"]),
        ("offline = 1", {}, {}, ["offline", "true or false"]),
        ('exclude = "docs"', {}, {}, ["exclude", "a list of texts"]),
        ("exclude = [1]", {}, {}, ["exclude", "a list of texts"]),
        ("background = ''", {}, {}, ["background", "a text"]),
        ("", {"CLONESCAN_JOBS": "many"}, {}, ["jobs", "environment", "'many'"]),
        ("", {"CLONESCAN_OFFLINE": "maybe"}, {}, ["offline", "environment", "'maybe'"]),
        ("", {}, {"min_similarity": 1.5}, ["min_similarity", "options", "from 0 to 1"]),
        ("", {}, {"min_evidence": -1.0}, ["min_evidence", "at least 0"]),
        ("", {}, {"jobs": -1}, ["jobs", "from 0"]),
        ("max_file_bytes = 0", {}, {}, ["max_file_bytes", "at least 1"]),
        ("jobs = [", {}, {}, [".clonescan.toml", "cannot be read"]),
    ],
)
def test_what_is_wrong_is_named(
    tmp_path: Path, file: str, environ: dict[str, str], options: dict[str, object], words: list[str]
) -> None:
    (tmp_path / ".clonescan.toml").write_text(file)
    with pytest.raises(UsageError) as raised:
        resolve(options, tmp_path, environ)
    assert "\n" not in str(raised.value).rstrip()
    assert [word for word in words if word not in str(raised.value)] == []


def test_a_missing_config_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r'There is no config file "gone.toml"'):
        resolve({}, tmp_path, {}, Path("gone.toml"))


def test_a_tool_entry_that_is_no_table_is_refused(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text("[tool]\nclonescan = 3\n")
    with pytest.raises(UsageError, match="must be a table"):
        resolve({}, tmp_path, {})


def test_keywords_of_the_api_are_checked_alike() -> None:
    assert from_keywords({"jobs": 2, "exclude": ["a"], "allow_http": True}) == Settings(
        jobs=2, exclude=("a",), allow_http=True
    )
    with pytest.raises(UsageError, match='"job" in the call'):
        from_keywords({"job": 2})


@pytest.mark.parametrize(("text", "value"), [("0.3", 0.3), ("30%", 0.3), (" 100 % ", 1.0), ("0", 0.0), ("1", 1.0)])
def test_shares_are_numbers_or_percentages(text: str, value: float) -> None:
    assert share(text) == pytest.approx(value)


@pytest.mark.parametrize("text", ["", "%", "30", "-0.1", "101%", "nan", "a third"])
def test_other_shares_are_refused(text: str) -> None:
    with pytest.raises(UsageError, match="A share is a number from 0 to 1"):
        share(text)
