"""The bench that matches are tried on."""

from __future__ import annotations

from pathlib import Path

import pytest

from match.samples import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """Two repositories to fill."""
    return Bench(tmp_path)
