"""A package against itself, and against a copy in which every name is changed that a copier can change."""

from __future__ import annotations

from collections.abc import Iterator

from disguise.rename import rename_repository
from harness.cases import RENAMED
from harness.results import Options, Row

import clonescan


def renamed(options: Options) -> Iterator[Row]:
    """Overlap both ways, and how many of the changed names are recovered."""
    plain = options.sources / RENAMED
    copy = options.work / f"renamed-{RENAMED}-{options.seed}"
    names = {old: new for old, new in rename_repository(plain, copy, options.seed).items() if old != new}
    for title, other in (("itself", plain), ("renamed copy", copy)):
        report = clonescan.scan(str(plain), str(other), cache_dir=str(options.work / "cache"))
        found = {rename.left: rename.right for rename in report.renames}
        right = sum(found.get(old) == new for old, new in names.items())
        yield {
            "package": RENAMED,
            "against": title,
            "overlap": [row.overlap for row in report.overlap if row.kind == "all"],
            "matches": len(report.matches),
            "names": len(names) if other is copy else 0,
            "recovered": right / max(len(names), 1) if other is copy else None,
        }
