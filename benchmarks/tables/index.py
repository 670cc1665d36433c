"""The sections of RESULTS.md on the index: how it grows, and kill -9."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import Any

from harness.results import Row
from parts.relatives import UNITS

from tables import pictures
from tables.markdown import Lines, table

Content = dict[str, Any]


def growth(content: Content, results: Path) -> Lines:
    """What growth.py measured."""
    of = {kind: [row for row in content["rows"] if row["kind"] == kind]
          for kind in ("add", "size", "candidates", "audit")}  # fmt: skip
    queries = [*of["candidates"], *of["audit"]]
    pictures.growth(sorted(queries, key=lambda row: row["units"]), results / "index.png")
    pairs = zip(of["candidates"], of["audit"], strict=True)
    real = [row for row in of["add"] if row["what"] == "packages"]
    return [
        "## The index",
        "",
        f"The {sum(row['repositories'] for row in real)} other packages of this benchmark are added one by one, then "
        "variants of them: repositories of about "
        f"{UNITS:,} units each, a run of files of a package. A variant keeps each feature that two or more of the "
        "packages hold, and has other hashes for those that only its own package holds. So what everybody writes grows "
        "with the index, as among real repositories, and what is a repository's own stays so; which common features "
        "stand together is the package's, so that a query meets more of them than among strangers. Variants are not "
        "parsed: their fingerprints are made and written as `clonescan index add` does after reading, in one process. "
        "A package is added by a process of its own that keeps nothing, and its times hold start and parsing.",
        "",
        *table(
            ("added", "repositories", "units", "seconds", "processor seconds", "units a second", "peak MB"),
            map(_add, of["add"]),
        ),
        *table(
            ("units", "repositories", "features, each once a unit", "searched by", "MB on disk", "bytes a unit"),
            (
                (f"{r['units']:,}", f"{r['repositories']:,}", f"{r['features']:,}", f"{r['postings']:,}",
                 f"{r['bytes'] / 1e6:,.0f}", f"{r['bytes'] / r['units']:,.0f}")
                for r in of["size"]
            ),
        ),
        "A query: opening the index and finding the files that may correspond in a process that has read the project; "
        "the whole `clonescan audit PROJECT --index INDEX --no-cache`, which starts, parses the project, asks, "
        "compares with each repository that has such files, and writes JSON.",
        "",
        *table(
            ("audited", "units", "found: repositories", "files", "seconds to find", "whole: seconds",
             "processor seconds", "peak MB", "matches"),
            (_query(candidates, audit) for candidates, audit in pairs),
        ),
        *_slopes(of["audit"], of["size"]),
        f"![time over units of the index]({results.name}/index.png)",
        "",
    ]  # fmt: skip


def kills(content: Content, _results: Path) -> Lines:
    """What kills.py measured."""
    rows = [row for row in content["rows"] if row["kind"] == "kill"]
    last = next(row for row in content["rows"] if row["kind"] == "resumed")
    same = "the tables of both are the same byte for byte" if last["tables_equal"] else "THEIR TABLES DIFFER"
    answers = "the same answer" if last["answers_equal"] else "ANOTHER ANSWER"
    return [
        "### kill -9 while repositories are added",
        "",
        f"`clonescan index add` of {last['of']} packages without a cache, killed with all its workers "
        f"{last['kills']} times at random moments and started again, beside an index that was never interrupted: "
        f"{same}, and an audit beside it gives {answers}. Uninterrupted it takes {last['straight']:.1f} seconds, the "
        f"last run {last['last']:.1f}; {last['left_over']} unfinished folders are left over. A kill loses the "
        "repository that is being read or written, never one that is there.",
        "",
        *table(
            ("run", "killed after seconds", "repositories there", "of them damaged", "unfinished folders"),
            (
                (f"{r['number']}", f"{r['after']:.2f}" if r["killed"] else "ended", f"{r['repositories']}",
                 f"{r['damaged']}", f"{r['drafts']}")
                for r in rows
            ),
        ),
    ]  # fmt: skip


def _add(row: Row) -> tuple[str, ...]:
    peak = f"{row['peak_bytes'] / 1e6:,.0f}" if row["peak_bytes"] else ""
    return (row["what"], f"{row['repositories']:,}", f"{row['units']:,}", f"{row['seconds']:.1f}",
            f"{row['cpu']:.1f}", f"{row['units'] / row['seconds']:,.0f}", peak)  # fmt: skip


def _query(found: Row, audit: Row) -> tuple[str, ...]:
    return (
        found["asked"], f"{found['units']:,}", f"{found['repositories']:,}", f"{found['files']:,}",
        f"{found['seconds']:.2f}", f"{audit['seconds']:.1f}", f"{audit['cpu']:.1f}",
        f"{audit['peak_bytes'] / 1e6:,.0f}", f"{audit['matches']:,}",
    )  # fmt: skip


def _slopes(audits: list[Row], sizes: list[Row]) -> Lines:
    """How much longer a query takes at the end than at the beginning."""
    grown = sizes[-1]["units"] / sizes[0]["units"]
    words = []
    for name, rows in groupby(sorted(audits, key=lambda row: (row["asked"], row["units"])), key=lambda r: r["asked"]):
        every = list(rows)
        words.append(f"{name} {every[-1]['cpu'] / every[0]['cpu']:.1f} times")
    return [f"In an index {grown:.0f} times as large a whole query takes {' and '.join(words)} as long.", ""]
