"""A headless Chromium for the tests of the page: skipped where there is none, but not where the checks must run."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from parts.browser import program, started
from playwright.sync_api import BrowserContext


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser; its absence skips a test, and fails it where CI is set."""
    found = program()
    if found:
        return found
    if os.environ.get("CI", "").lower() in ("1", "true"):
        pytest.fail("There is no Chromium: apt-get install chromium.")
    pytest.skip("There is no Chromium.")


@pytest.fixture(scope="session")
def browser(chromium: str) -> Iterator[BrowserContext]:
    """A browser with a new profile, for all tests of a run."""
    with started(chromium) as context:
        yield context
