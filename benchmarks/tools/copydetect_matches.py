"""Writes what copydetect finds between two folders as pairs of line ranges, which its own report does not join.

`python benchmarks/tools/copydetect_matches.py LEFT RIGHT OUT.json --noise=25 --display=0.33`. It marks slices of
either file of a pair of files; a slice of one belongs to those slices of the other with which it shares fingerprints,
and their number is the weight.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer

Row = tuple[tuple[str, int, int], tuple[str, int, int], int]


def main(
    left: Path,
    right: Path,
    out: Path,
    noise: Annotated[int, typer.Option(help="Matching characters that count as copied.")] = 25,
    display: Annotated[float, typer.Option(help="Share of a file that must be copied.")] = 0.33,
) -> None:
    """Compare two folders of Python files."""
    from copydetect import CopyDetector

    detector = CopyDetector(
        test_dirs=[str(right)], ref_dirs=[str(left)], extensions=["py"], noise_t=noise, guarantee_t=noise,
        display_t=display, autoopen=False, silent=True,
    )  # fmt: skip
    detector.run()
    pairs = np.argwhere(detector.similarity_matrix[:, :, 0] > display)
    rows = [
        row
        for test, reference in pairs.tolist()
        for row in matches(
            detector.file_data[detector.ref_files[reference]], detector.file_data[detector.test_files[test]], noise
        )
    ]
    out.write_text(json.dumps(rows), encoding="utf-8")


def matches(left: Any, right: Any, noise: int) -> Iterator[Row]:
    """The pairs of slices of two files that share fingerprints."""
    from copydetect.utils import get_copied_slices

    common = left.hashes & right.hashes
    if not common:
        return
    places = [[(h, at) for h in common for at in side.hash_idx[h]] for side in (left, right)]
    slices = [get_copied_slices(np.array([at for _, at in side]), noise).astype(int) for side in places]
    holding = [
        Counter((h, bisect_right(cut[0].tolist(), at) - 1) for h, at in side)
        for cut, side in zip(slices, places, strict=True)
    ]
    by_hash: dict[int, list[int]] = {}
    for h, number in holding[1]:
        by_hash.setdefault(h, []).append(number)
    shared = Counter((one, other) for h, one in holding[0] for other in by_hash[h])
    for (one, other), weight in sorted(shared.items()):
        yield _lines(left, slices[0][:, one]), _lines(right, slices[1][:, other]), weight


def _lines(file: Any, ends: Any) -> tuple[str, int, int]:
    """A slice of the filtered code as lines of the file."""
    if len(file.offsets):
        at = np.clip(np.searchsorted(file.offsets[:, 0], ends), 0, len(file.offsets) - 1)
        ends = ends + file.offsets[at, 1]
    start, end = (file.raw_code.count("\n", 0, int(place)) + 1 for place in (ends[0], ends[1] - 1))
    return str(file.filename), start, end


if __name__ == "__main__":
    typer.run(main)
