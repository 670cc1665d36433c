"""One background of the made-up packages, built once."""

from __future__ import annotations

import pytest

from background.synthetic import LISTED, read
from clonescan.background.build import build
from clonescan.background.store import Background


@pytest.fixture(scope="session")
def small() -> Background:
    """Built in two processes."""
    return build(LISTED, read, 2)
