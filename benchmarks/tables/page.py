"""The section of RESULTS.md on the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tables.markdown import Lines, table


def section(content: dict[str, Any], _results: Path) -> Lines:
    """What page.py measured."""
    rows = content["rows"]
    labels = [f"{row['repositories']} repositories, {row['matches']:,} matches" for row in rows]
    return [
        "## The page",
        "",
        *(f"- {label}: {row['page']}" for label, row in zip(labels, rows, strict=True)),
        "",
        "The twenty repositories are the models of transformers, dealt out to sixteen folders, and the other four "
        "packages. "
        "Headless Chromium, 1600 by 1000 pixels, the page opened from a file in a new tab; seconds from the start of "
        "navigation until everything was drawn, medians, and processor seconds of all of the browser's processes. "
        "Writing is processor time, the sources read from an open cache.",
        "",
        *table(
            ("", "MB", "writing", "opening", "slowest", "processor seconds"),
            (
                (label, f"{row['bytes'] / 1e6:.1f}", f"{row['writing']:.1f}", f"{row['opening']:.2f}",
                 f"{row['slowest']:.2f}", f"{row['cpu']:.2f}")
                for label, row in zip(labels, rows, strict=True)
            ),
        ),
        "Seconds from what a reader does until its effect was painted; a filter waits 0.08 s for more input.",
        "",
        *table(
            ("", *labels), ((name, *(f"{row['answers'][name]:.2f}" for row in rows)) for name in rows[0]["answers"])
        ),
    ]  # fmt: skip
