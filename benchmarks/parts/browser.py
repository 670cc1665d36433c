"""A headless Chromium that asks nothing of the network, for measuring and testing the page."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, sync_playwright

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SIZE = {"width": 1600, "height": 1000}


def program() -> str | None:
    """The path of the browser, or None if there is none."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@contextmanager
def started(path: str) -> Iterator[BrowserContext]:
    """A browser with a new profile."""
    with tempfile.TemporaryDirectory() as profile, sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            Path(profile), executable_path=path, headless=True, args=list(FLAGS), viewport=SIZE  # type: ignore[arg-type]
        )
        context.set_default_timeout(10_000)
        yield context
        context.close()
