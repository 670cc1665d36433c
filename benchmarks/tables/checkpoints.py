"""The section of RESULTS.md on checkpoints."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness.results import Row

from tables.markdown import Lines, table


def section(content: dict[str, Any], _results: Path) -> Lines:
    """What checkpoints.py measured."""
    of: dict[str, list[Row]] = {}
    for row in content["rows"]:
        of.setdefault(row["kind"], []).append(row)
    renamed = (
        (str(r["seed"]), f"{r['bits']:.1f}", f"{r['corresponding']} of {r['left']}", str(r["right_place"]),
         str(r["equal_siblings"]), f"{r['mapped']} of {r['names']}", str(r["right_names"]), str(r["report_names"]))
        for r in of["renamed"]
    )  # fmt: skip
    head = ("seed", "bits", "tensors that correspond", "in their place", "equal siblings", "names mapped", "right",
            "in the report's map")  # fmt: skip
    times = (
        (f"{r['tensors']:,}", f"{r['header_bytes'] / 1e6:.2f}",
         *(f"{r[key]:.3f}" for key in ("parsing", "extraction", "correspondence", "scan")))
        for r in of["time"]
    )  # fmt: skip
    return [
        "## Checkpoints",
        "",
        f"The tensor map of {of['renamed'][0]['map']} against itself with every module renamed. *Equal siblings*: "
        "queries, keys and values have one shape and one place, so that nothing tells which one became which.",
        "",
        *table(head, renamed),
        *_architectures(of),
        "Processor seconds, medians: bare parsing of the header's JSON, extraction of one map, correspondence of two, "
        "and a scan of two repositories with such a map each.",
        "",
        *table(("tensors", "header MB", "parsing", "extraction", "correspondence", "scan"), times),
    ]


def _architectures(of: dict[str, list[Row]]) -> Lines:
    """What real architectures show: each with its renamed copy, and all with each other."""
    if "pairs" not in of:
        return [f"Architectures: {of['skipped'][0]['reason']}.", ""]
    copies, pairs = of["copies"][0], of["pairs"][0]
    missed = [row["map"] for row in copies["rows"] if not row["found"]]
    whole = sum(row["found"] and row["corresponding"] == row["tensors"] for row in copies["rows"])
    body = (
        (r["left"], r["right"], f"{r['bits']:.1f}", f"{r['net']:.1f}", f"{r['chance']:.2g}",
         f"{r['corresponding_tensors']} of {r['left_tensors']} and {r['right_tensors']}", r["origin"] or "")
        for r in pairs["shown"]
    )  # fmt: skip
    return [
        f"Of {copies['maps']} real architectures {copies['found']} match their renamed copy, {whole} of them with all "
        f"tensors{'; not found: ' + ', '.join(missed) if missed else ''}. Against each other, {pairs['pairs']:,} "
        f"pairs, {len(pairs['shown'])} show something:",
        "",
        *table(("left", "right", "bits", "net", "by chance", "tensors that correspond", "also in"), body),
    ]
