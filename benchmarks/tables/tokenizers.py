"""The section of RESULTS.md on tokenizers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from harness import cases
from harness.results import Row

from tables.markdown import Lines, table


def section(content: dict[str, Any], _results: Path) -> Lines:
    """What vocabularies.py measured."""
    of = {kind: [row for row in content["rows"] if row["kind"] == kind] for kind in _KINDS}
    packages = ", ".join(cases.PINNED[name] for name in cases.TOKENIZERS)
    unmatched = [row for row in of["pair"] if not row["matches"]]
    shares = sorted((row["shared"] / min(row["of"]), row["left"], row["right"]) for row in unmatched)
    return [
        "## Tokenizers",
        "",
        f"All {len({row['left'] for row in of['pair']}) + 1} tokenizer files of {packages}, one file a repository, "
        f"every pair by itself: {len(of['pair'])} pairs, {len(of['pair']) - len(unmatched)} with matches. Tokens that "
        "both have are counted exactly; net evidence is what no tokenizer of the background has.",
        "",
        *table(_HEAD, (_pair(row, match) for row in of["pair"] for match in row["matches"])),
        f"The other {len(unmatched)} pairs show nothing, though they share up to {shares[-1][0]:.0%} of the smaller "
        f"vocabulary ({shares[-1][1]} and {shares[-1][2]}), {shares[len(shares) // 2][0]:.0%} in the median.",
        "",
        "deepseek_tokenizer.json with five tokens added and a chat template whose variables and texts are changed:",
        "",
        *table(("case", "unit", "bits", "net", "similarity", "added"), (r for row in of["grown"] for r in _grown(row))),
        "One tokenizer in two formats:",
        "",
        *table(("formats", "unit", "similarity", "shared", "same ids"), map(_converted, of["converted"])),
        *table(
            ("from bytes to fingerprint", "MB", "tokens", "processor seconds"),
            ((r["file"], f"{r['bytes'] / 1e6:.1f}", f"{r['tokens']:,}", f"{r['cpu']:.2f}") for r in of["time"]),
        ),
        "A hundred variants of deepseek_tokenizer.json, fifty a repository "
        f"({of['hundred'][0]['bytes'] / 1e6:,.0f} MB of JSON):",
        "",
        *table(
            ("", "seconds", "processor seconds", "peak MB"),
            ((r["state"], f"{r['seconds']:.1f}", f"{r['cpu']:.1f}", f"{r['peak_bytes'] / 1e6:,.0f}")
             for r in of["hundred"]),
        ),
    ]  # fmt: skip


_KINDS = ("pair", "grown", "converted", "time", "hundred")
_HEAD = ("left", "right", "unit", "bits", "net", "similarity", "tokens in both", "same ids")


def _pair(row: Row, match: Row) -> tuple[str, ...]:
    return (row["left"], row["right"], match["unit"], f"{match['bits']:.0f}", f"{match['net']:.0f}",
            f"{match['similarity']:.2f}", *_counts(match))  # fmt: skip


def _counts(match: Row) -> tuple[str, str]:
    found = match.get("vocabulary") or match.get("merges")
    if not found:
        return "", ""
    return (f"{found['shared']:,} of {found['left']:,} and {found['right']:,}",
            f"{found['same_ids']:,}" if "same_ids" in found else "")  # fmt: skip


def _grown(row: Row) -> list[tuple[str, ...]]:
    return [
        (row["case"], match["unit"], f"{match['bits']:.0f}", f"{match['net']:.0f}", f"{match['similarity']:.2f}",
         "; ".join(f"{side}: {' '.join(tokens)}" for side, tokens in match.get("added", {}).items() if tokens)
         .replace("|", "\\|"))
        for match in row["matches"]
    ]  # fmt: skip


def _converted(row: Row) -> tuple[str, ...]:
    match = next(match for match in row["matches"] if match["unit"] == "vocabulary")
    return row["case"], match["unit"], f"{match['similarity']:.2f}", *_counts(match)
