"""Installed packages: what is read of them, and that neither their metadata nor their RECORD leads anywhere else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sitepackages import environment, install

from clonescan.entities import Skipped
from clonescan.errors import SourceError, UsageError
from clonescan.settings import Settings
from clonescan.sources import Snapshot, open_source
from clonescan.sources.environment import Environment
from clonescan.sources.installed import distributions

MIT = (
    'Permission is hereby granted, free of charge, to any person obtaining a copy of this software. The above '
    'copyright notice and this permission notice shall be included. THE SOFTWARE IS PROVIDED "AS IS".'
)


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The packages of the active environment: none."""
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "env"))
    return environment(tmp_path / "env")


def _read(snapshot: Snapshot) -> dict[str, bytes | Skipped]:
    return {entry.path: content for entry, content in snapshot.read(snapshot.entries())}


def test_a_package_has_the_files_of_its_record_its_version_and_its_licence(site: Path, settings: Settings) -> None:
    install(site, "Some-Models", {"some_models/a.py": "a = 1\n"}, "2.1", "License-Expression: Apache-2.0\n")
    (site / "some_models/stray.py").write_text("b = 2\n")
    snapshot = open_source("installed:some_models", settings)
    repository = snapshot.repository
    assert (repository.id, repository.version, repository.license) == ("some-models 2.1", "2.1", "Apache-2.0")
    content = _read(snapshot)
    assert content["some_models/a.py"] == b"a = 1\n" and "some_models/stray.py" not in content
    assert open_source(f"installed:some-models==2.1@{site.parents[2]}", settings).entries() == snapshot.entries()


@pytest.mark.parametrize(
    ("more", "licence", "expected"),
    [
        ("License-Expression: MIT OR Apache-2.0\n", "", "MIT OR Apache-2.0"),
        ("License: BSD-3-Clause\n", "", "BSD-3-Clause"),
        ("Classifier: License :: OSI Approved :: MIT License\n", "", "MIT"),
        ("", MIT, "MIT"),
        ("License: see the file\n", "all rights reserved", None),
    ],
)
def test_where_the_licence_is_stated(
    more: str, licence: str, expected: str | None, site: Path, settings: Settings
) -> None:
    install(site, "models", {"models.py": "a = 1\n"}, more=more, licence=licence)
    assert open_source("installed:models", settings).repository.license == expected


@pytest.mark.parametrize(
    ("source", "error", "sentence"),
    [
        ("installed:nothing", SourceError, "nothing is not installed in"),
        ("installed:models==2.0", SourceError, "of models 1.0 is installed"),
        ("installed:", UsageError, "expected installed:NAME"),
        ("installed:models@/nowhere", SourceError, "no packages are installed there"),
    ],
)
def test_failures_are_one_sentence(
    source: str, error: type[Exception], sentence: str, site: Path, settings: Settings
) -> None:
    install(site, "models", {"models.py": "a = 1\n"})
    with pytest.raises(error, match=sentence):
        open_source(source, settings)


def test_a_record_leads_nowhere_else(site: Path, tmp_path: Path, settings: Settings) -> None:
    secret = tmp_path / "secret.py"
    secret.write_text("SECRET = 1\n")
    (site / "pkg").mkdir()
    (site / "pkg/link.py").symlink_to(secret)
    (site / "linked").symlink_to(tmp_path)
    os.mkfifo(site / "pkg/pipe.py")
    (site / "pkg/good.py").write_text("good = 1\n")
    up = os.path.relpath(secret, site)
    rows = ["pkg/good.py", "pkg/link.py", "linked/secret.py", "pkg/pipe.py", up, str(secret), "pkg/gone.py", "pkg"]
    rows += ["pkg/../../secret.py", "pkg//good.py", "\x00pkg/nul.py", '"unclosed', "", ",,,"]
    install(site, "pkg", {}, record="\n".join(rows))
    snapshot = open_source("installed:pkg", settings)
    code = {path: data for path, data in _read(snapshot).items() if path.endswith(".py")}
    assert code == {"pkg/good.py": b"good = 1\n"}
    reasons = {one.path: one.reason for one in snapshot.skipped()}
    assert reasons["pkg/link.py"] == "symbolic link" and reasons["linked/secret.py"] == "behind a symbolic link"
    assert reasons[up] == "its name leads out of the tree" and reasons[str(secret)] == "its name is an absolute path"
    assert "SECRET" not in str(_read(snapshot))


def test_a_file_beyond_the_limit_is_skipped_with_its_reason(site: Path) -> None:
    install(site, "models", {"models/large.py": "a = 1\n" * 100, "models/small.py": "b = 1\n"})
    content = _read(open_source("installed:models", Settings(max_file_bytes=100)))
    assert content["models/large.py"] == Skipped("models/large.py", "larger than 0.0001 MB")
    assert content["models/small.py"] == b"b = 1\n"


@pytest.mark.parametrize(
    "metadata",
    [b"", b"\xff\xfe\x00", b"Name: \x1b[31mred\n", b"Name: a b\nVersion: 1 2\n", b"Version: 3\n\nName: later\n"],
)
def test_broken_metadata_falls_back_on_the_name_of_its_folder(metadata: bytes, site: Path, settings: Settings) -> None:
    info = install(site, "models", {"models.py": "a = 1\n"})
    (info / "METADATA").write_bytes(metadata)
    assert open_source("installed:models", settings).repository.id.startswith("models ")


def test_all_packages_of_an_environment_the_first_of_two_with_one_name(tmp_path: Path) -> None:
    first, second = environment(tmp_path / "first"), environment(tmp_path / "second")
    install(first, "b", {"b.py": "1\n"}, "2.0")
    install(second, "B", {"b.py": "2\n"}, "1.0")
    info = install(second, "a", {"a.py": "3\n"})
    (info / "RECORD").unlink()
    found = distributions(Environment(tmp_path, (first, second), ""))
    assert [(one.id, one.record is None) for one in found] == [("a 1.0", True), ("b 2.0", False)]
    before = found[1].digest
    with (first / "b-2.0.dist-info/RECORD").open("a") as file:
        file.write("b/new.py,,\n")
    assert distributions(Environment(tmp_path, (first,), ""))[0].digest != before
