"""Repositories to index, and an index of the test's own."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest
from match.samples import function, write

from clonescan.background import open_background
from clonescan.comparison import reading
from clonescan.index import Outcome, add
from clonescan.kinds.held import Held
from clonescan.kinds.reading import Reading
from clonescan.settings import Settings
from clonescan.sources import open_source
from clonescan.sources.interface import no_progress

FIXTURES = Path(__file__).parents[2] / "fixtures"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """An empty index, and nothing kept beside it."""
    return Settings(index=str(tmp_path / "index"), use_cache=False, jobs=1)


def module(seeds: Iterable[int], local: str = "v", name: str = "f") -> str:
    """A file of functions made up from these seeds."""
    return "import torch\n\n\n" + "".join(function(f"{name}_{seed}", seed, local=local) for seed in seeds)


def repository(folder: Path, **files: str) -> str:
    """A folder with these Python files; gives its path."""
    return write(folder, {f"{name}.py": text for name, text in files.items()})


def added(settings: Settings, *sources: str) -> list[Outcome]:
    """What became of sources that were added."""
    return list(add(sources, settings))


def read(source: str) -> Reading:
    """What a scan reads of a source."""
    settings = Settings(use_cache=False, jobs=1)
    with reading(open_background("default"), settings, no_progress) as files:
        return files.read(Held(open_source(source, settings), settings, no_progress))
