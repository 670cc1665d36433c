"""A git server on loopback, settings with a cache of their own, and an environment without the tester's own git."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from gitserver import GitServer, serve

from clonescan.settings import Settings


@pytest.fixture(autouse=True)
def own_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No configuration, helpers or tokens but those of the test; returns the global git configuration's path."""
    for name in ("CLONESCAN_TOKEN", "GITHUB_TOKEN", "GITLAB_TOKEN", "HF_TOKEN", "PIP_INDEX_URL", "GIT_ASKPASS"):
        monkeypatch.delenv(name, raising=False)
    config = tmp_path / "gitconfig"
    config.write_text("")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(config))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return config


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GitServer]:
    """A git server without repositories."""
    (tmp_path / "served").mkdir()
    with serve(tmp_path / "served") as running:
        yield running


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A cache of the test's own, and http to loopback."""
    return Settings(cache_dir=tmp_path / "cache", allow_http=True)
