"""Pages to test with: the fixtures' scan, one with every kind of match, and one where everything is hostile."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, is_dataclass, replace
from itertools import combinations
from pathlib import Path
from typing import Any

from clonescan.entities import (
    Family,
    Feature,
    Match,
    Member,
    Origin,
    Overlap,
    Place,
    Rename,
    Report,
    RepositoryRename,
    Skipped,
)
from clonescan.explain import Side, both_sides
from clonescan.report.html import Page
from clonescan.scan import scan
from clonescan.settings import Settings
from report.samples import LEFT, RIGHT, example, match, repository

FIXTURES = Path(__file__).parents[2] / "fixtures"

THIRD = "eve/other"
CONFIG = {
    "entries": [
        {"relation": "same", "left": _entry, "right": _entry}
        if relation == "same"
        else {
            "relation": relation,
            "left": None if relation == "right" else {"key": f"model.{relation}.old", "value": "1152", "line": 2},
            "right": None if relation == "left" else {"key": f"net.{relation}.new", "value": "1153", "line": 3},
        }
        for relation in ("same", "renamed", "changed", "moved", "left", "right")
        for _entry in [{"key": "model.vision.width", "value": "1152", "line": 12}]
    ],
    "counts": {"same": 1, "renamed": 1, "changed": 1, "moved": 1, "left": 1, "right": 1},
}
TOKENIZER = {
    "vocabulary": {"left": 128256, "right": 128265, "shared": 128256, "same_ids": 128250},
    "merges": {"left": 280147, "right": 280147, "shared": 280147, "in_order": 280147},
    "base": {"repository": "llama", "version": "3", "path": "tokenizer.json", "tokens": 128000, "same_ids": 128000},
    "added": {"both": ["<|slice|>"], "left": [], "right": ["<image>", "</image>"]},
    "added_counts": {"both": 1, "left": 0, "right": 9},
    "parts": {"normalizer": "equal", "chat_template": "different"},
    "texts": [{"left": "You answer briefly.", "right": "In <b>verse</b>."}, {"left": None, "right": "The end."}],
}
CHECKPOINT = {
    "tensors": {"left": 741, "right": 741, "corresponding": 740},
    "prefixes": [{"left": "encoder", "right": "backbone", "count": 120}],
    "tree": [
        {
            "left": f"encoder.layers.*.attn.{name}.weight",
            "right": f"backbone.layers.*.attn.{name}.weight",
            "shape": [4096, 4096],
            "dtype": "BF16",
            "count": 32,
        }
        for name in ("q_proj", "k_proj")
    ]
    + [{"left": "head.weight", "right": None, "shape": None, "dtype": None, "count": 1}],
    "same_weights": {"bytes": 123456},
}


def fixtures(cache: Path) -> Page:
    """Return the page of a scan of the fixtures."""
    settings = Settings(cache_dir=cache, jobs=1)
    report = scan([str(FIXTURES / name) for name in ("original", "disguised", "bystander")], settings)
    return Page(report, both_sides(report, settings))


def side(place: Place, text: str) -> Side:
    """Return a side whose lines begin with those of `text` and go on to the end of the place."""
    lines = text.split("\n")
    return Side(place, tuple((lines + ["pass"] * 1000)[: place.end_line - place.start_line + 1]))


LEFT_CODE = "def pad(self, grid_size):\n    # left only\n    return F.pad(grid_size, 0, 'left')\n"
RIGHT_CODE = "def fill(self, extent):\n    return F.pad(extent, 0, 'right')\n"


def _match(number: int, kind: str, clone_type: str, bits: float, **changes: Any) -> Match:
    left = Place(LEFT, f"src/{kind}{number}.py", f"{kind}_left_{number}", 88, 90, "https://example.org/x#L88")
    right = Place(RIGHT, f"kit/{kind}{number}.py", f"{kind}_right_{number}", 7, 8, "javascript:alert(1)")
    facts: dict[str, Any] = {"left": left, "right": right, "lines": ((88, 88, 7, 7), (90, 90, 8, 8)), "renames": ()}
    return match(
        number, kind=kind, clone_type=clone_type, evidence_bits=bits, net_bits=bits, **(facts | changes)
    )


def kinds() -> Page:
    """Return a page with a match of every kind and type, one of them from a common origin, one without source."""
    origin = Origin("transformers", "4.44.2", "models/llama/modeling_llama.py", "LlamaAttention.forward")
    elsewhere = Place(THIRD, "eve.py", "lonely", 1, 2, None, "vendored")
    renames = (Rename("pad", "fill", 1), Rename("grid_size", "extent", 2))
    features = (Feature("F.pad", 1.2, 14, "anchor"), Feature("return F.pad(grid_size, 0", 12.4, 0, "structure"))
    matches = (
        _match(1, "code", "renamed", 300.0, renames=renames, features=features),
        _match(2, "code", "identical", 200.0),
        _match(3, "config", "modified", 100.0, detail=CONFIG),
        _match(4, "tokenizer", "partial", 50.0, detail=TOKENIZER),
        _match(5, "checkpoint", "modified", 25.0, detail=CHECKPOINT),
        replace(_match(6, "code", "modified", 40.0, right=elsewhere), net_bits=10.0, common_origin=origin),
    )
    report = example(
        repositories=(repository(), repository(RIGHT, skipped=()), repository(THIRD, skipped=())),
        matches=matches,
        renames=(RepositoryRename(LEFT, RIGHT, "grid_size", "extent", 2, 1.0),),
        overlap=tuple(
            Overlap(*ends, kind, 0.1 * number, number, 10, 100.0, 90.0)
            for kind in ("all", "code", "config")
            for number, ends in enumerate(((LEFT, RIGHT), (RIGHT, LEFT), (LEFT, THIRD), (THIRD, LEFT)), 1)
        ),
        families=tuple(
            Family(f"f{row.id}", tuple(Member(p.repository, p.path, p.unit) for p in (row.left, row.right)))
            for row in matches
        ),
    )
    sides = {row.id: (side(row.left, LEFT_CODE), side(row.right, RIGHT_CODE)) for row in matches[:5]}
    return Page(report, {**sides, matches[5].id: (None, Side(elsewhere, problem="eve.py has changed."))})


HOSTILE = (
    "<script>window.pwned=1</script>",
    "</script><script>window.pwned=2</script>",
    "<!--<script>",
    "]]><img src=x onerror=window.pwned=3>",
    "\"onload=\"window.pwned=4",
    "' onmouseover='window.pwned=5",
    "{{7*7}}{%raw%}${7*7}<%=7*7%>",
    "javascript:window.pwned=6",
    "\x00\x07\x1b[31mred\x1b[0m\x9b",
    "\u202egnp.exe\u2066\u200f",
    "line\u2028separator\u2029",
    "\ud800lone &amp; &lt;b&gt; `tick` \\",
    "</title></style></textarea><svg onload=window.pwned=7>",
)


def hostile() -> Page:
    """Return a page in which every text of the report and of the sources is hostile, each in turn."""
    page = kinds()
    texts = _Texts()
    report = _spoiled(page.report, texts)
    skipped = (Skipped(*HOSTILE[:2]),)
    report = replace(report, repositories=tuple(replace(row, skipped=skipped) for row in report.repositories))
    left, right = " ".join(HOSTILE), f"x = '''{HOSTILE[1]}'''"
    sides = {row.id: (side(row.left, left), side(row.right, right)) for row in report.matches}
    return Page(report, sides)


class _Texts:
    """Hostile texts, the same one for the same text, so that what belongs together stays together."""

    def __init__(self) -> None:
        self.known: dict[str, str] = {}

    def __call__(self, text: str) -> str:
        number = len(self.known)
        return self.known.setdefault(text, f"{HOSTILE[number % len(HOSTILE)]} {number}")


_KEPT = {"kind", "clone_type", "schema_version", "relation", "marked"}


def _spoiled(value: Any, texts: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return texts(value)
    if isinstance(value, dict):
        return {key: entry if key in _KEPT else _spoiled(entry, texts) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_spoiled(entry, texts) for entry in value)
    if is_dataclass(value) and not isinstance(value, type):
        entries = {field.name: getattr(value, field.name) for field in fields(value)}
        made = {name: entry if name in _KEPT else _spoiled(entry, texts) for name, entry in entries.items()}
        return replace(value, **made)
    return value


def large(repositories: int = 20, matches: int = 5_000) -> Page:
    """Return a page of many repositories and matches, each repository with some forty files."""
    names = [f"owner/repository-{number}" for number in range(repositories)]

    def place(owner: int, number: int) -> Place:
        return Place(names[owner], f"package/module_{number % 41}.py", f"function_{number % 307}", 10, 12)

    pairs = [*combinations(range(repositories), 2)]
    rows = tuple(
        match(
            number,
            id=f"{number:012x}",
            evidence_bits=8 + number % 200.0,
            net_bits=8 + number % 200.0,
            left=place(pairs[number % len(pairs)][0], number),
            right=place(pairs[number % len(pairs)][1], number * 7),
            lines=((10, 12, 10, 12),),
        )
        for number in range(matches)
    )
    report: Report = example(
        repositories=tuple(repository(name, skipped=()) for name in names),
        matches=rows,
        overlap=(),
        families=(),
        renames=(RepositoryRename(names[0], names[1], "a", "b", 2, 1.0),),
    )
    sides = {row.id: (side(row.left, LEFT_CODE), side(row.right, RIGHT_CODE)) for row in rows}
    return Page(report, sides)
