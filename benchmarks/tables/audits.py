"""The sections of RESULTS.md on audits: how matches stand, which remarks are understood, and what a hook takes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from harness.cases import HOOKED, INSTALLED, PINNED
from harness.results import Row

from tables.markdown import Lines, table

_VERDICTS = {
    "copy": "common origin", "place": "common origin, another place is nearer", "idiom": "idiom",
    "imposed": "what an interface asks for", "wrong": "wrong", "not judged": "not judged",
}  # fmt: skip
_LONGEST = 90
"""Characters of a remark that are shown."""


def section(content: dict[str, Any], _results: Path) -> Lines:
    """What attribution.py measured."""
    of: dict[str, list[Row]] = {}
    for row in content["rows"]:
        of.setdefault(row["kind"], []).append(row)
    return [
        "## Audits",
        "",
        f"Each package audited beside an environment with {_listed(INSTALLED)}: a wheel's files, README and LICENSE at "
        "the top. *Attributed, notice missing* counts as a licence conflict. *Failing*: 30 bits or more.",
        "",
        *table(_HEAD, (_audit(row, of["match"]) for row in of["audit"])),
        "Every match, judged by reading both sides (judged.toml):",
        "",
        *table(("verdict", "all matches", "the first twenty of each", "30 bits or more"), _verdicts(of["match"])),
        *table(("in", "bits", "ours", "theirs", "standing, told by", "verdict", "why"), map(_match, of["match"])),
        *_remarks(of["remark"]),
    ]


_HEAD = ("package", "matches", "attributed", "attributed, notice missing", "other conflicts", "unattributed", "failing")


def _audit(row: Row, matches: Iterable[Row]) -> tuple[str, ...]:
    mine = [match for match in matches if match["project"] == row["project"]]
    told = Counter(match["standing"] for match in mine if match["told"])
    untold = Counter(match["standing"] for match in mine if not match["told"])
    return (PINNED[row["project"]], str(row["matches"]), str(told["attributed"]), str(told["conflict"]),
            str(untold["conflict"]), str(untold["unattributed"]), str(row["failing"]))  # fmt: skip


def _verdicts(matches: Sequence[Row]) -> Iterable[tuple[str, ...]]:
    projects = dict.fromkeys(match["project"] for match in matches)
    first = [row for name in projects for row in [match for match in matches if match["project"] == name][:20]]
    groups = (matches, first, [match for match in matches if match["bits"] >= 30])
    counts = [Counter(match["verdict"] for match in group) for group in groups]
    for verdict, words in _VERDICTS.items():
        if any(count[verdict] for count in counts):
            yield (words, *(f"{count[verdict]} of {len(group)}" for count, group in zip(counts, groups, strict=True)))


def _match(row: Row) -> tuple[str, ...]:
    told = row["told"]
    standing = "attributed" if told else row["standing"]
    place = f", {told['how']} at {told['path'].rpartition('/')[2]}:{told['line']}" if told else ""
    sides = (f"`{row[side].replace(' ', '` `')}`" for side in ("left", "right"))
    return (row["project"], f"{row['bits']:.0f}", *sides, f"{standing}{place}", _VERDICTS[row["verdict"]], row["why"])


def _remarks(rows: Sequence[Row]) -> Lines:
    naming = [row for row in rows if row["origin"]]
    places = sum(len(row["places"]) for row in naming)
    understood = sum(row["understood"] for row in naming)
    return [
        f"Their Python and Markdown files have {len(rows)} different remarks with words such as \"adapted from\", "
        f"found by a rule of the benchmark's own; {len(naming)} of them, at {places} places, name code of others. "
        f"Would a match there be said to be attributed by it? At {understood} of the {places}. What became of them:",
        "",
        *table(("in", "at", "remark", "names", "understood", "matches that it attributes"), map(_naming, naming)),
        "The other remarks name no code of others:",
        "",
        *table(("in", "at", "remark", "names"),
               ((row["project"], _places(row), _short(row), row["none"]) for row in rows if not row["origin"])),
    ]  # fmt: skip


def _naming(row: Row) -> tuple[str, ...]:
    if row["told"]:
        became = f"{row['told']}"
    elif not row["installed"]:
        became = "none: the origin is not in the environment"
    else:
        became = "none: another remark is nearer" if row["matched"] else "none: nothing there matches"
    why = f"; {row['why']}" if row["why"] else ""
    return (row["project"], _places(row), _short(row), row["origin"],
            f"{row['understood']} of {len(row['places'])}", f"{became}{why}")  # fmt: skip


def _places(row: Row) -> str:
    more = len(row["places"]) - 1
    return f"`{row['places'][0]}`" + (f" and {more} more" if more else "")


def _short(row: Row) -> str:
    """A remark's words as code, which no sign in them can end."""
    text = " ".join(row["text"].replace("`", "'").replace("|", "/").split())
    return f"`{text[:_LONGEST]}{'...' if len(text) > _LONGEST else ''}`"


def _listed(requirements: Sequence[str]) -> str:
    names = [requirement.replace("==", " ") for requirement in requirements]
    return f"{', '.join(names[:-1])} and {names[-1]}"


def hook_section(content: dict[str, Any], _results: Path) -> Lines:
    """What hook.py measured."""
    rows = content["rows"]
    body = (
        (row["program"], row["state"], f"{row['seconds']:.1f}", f"{row['fastest']:.1f} to {row['slowest']:.1f}",
         f"{row['cpu']:.1f}")
        for row in rows
    )  # fmt: skip
    return [
        "## Hook and action",
        "",
        f"{PINNED[HOOKED]} as a git repository beside the same environment; the file that is changed is "
        f"`{rows[0]['file']}`, its largest. *Hook*: what pre-commit starts, for that file. *Whole commit*: with git "
        "and pre-commit around it. *Action*: the script of the action, for all since the commit before the last. Whole "
        f"processes; medians of {max(len(row['runs']) for row in rows)} runs; cold, which reads the environment first, "
        "one.",
        "",
        *table(("program", "state", "seconds", "range", "processor seconds"), body),
    ]
