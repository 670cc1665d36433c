"""The whole pipeline on the fixtures: the disguised copy is seen through, the bystander is left in peace."""

from __future__ import annotations

import ast
import shutil
import tomllib
from functools import cache
from pathlib import Path

import pytest
from disguise.rename import rename_repository

from clonescan.entities import Match, Report
from clonescan.kinds import tokenizer
from clonescan.kinds.code.symbols import Symbols
from clonescan.scan import scan
from clonescan.settings import Settings

FIXTURES = Path(__file__).parents[1] / "fixtures"
Key = tuple[str, str, str, str]


def compare(left: Path, right: Path, background: str = "default") -> Report:
    """A scan that keeps nothing beyond itself."""
    return scan([str(left), str(right)], Settings(use_cache=False, background=background))


@cache
def disguised() -> Report:
    """The original against its disguised copy."""
    return compare(FIXTURES / "original", FIXTURES / "disguised")


def key(match: Match) -> Key:
    """Which units a match joins."""
    return match.left.path, match.left.unit, match.right.path, match.right.unit


def truth(small: bool, kind: str | None = None) -> set[Key]:
    """The known pairs of one kind or of all, with or without those that hold too little to be found."""
    pairs = tomllib.loads((FIXTURES / "TRUTH.toml").read_text(encoding="utf-8"))["pair"]
    return {
        (p["original"]["path"], p["original"]["unit"], p["disguised"]["path"], p["disguised"]["unit"])
        for p in pairs
        if (small or not p.get("small", False)) and kind in (None, p.get("kind", "code"))
    }


def test_every_known_pair_exists() -> None:
    """The truth names units that are there, so that a typo in it cannot pass for a miss."""
    for original, unit, copy, other in truth(small=True, kind="code"):
        for folder, path, name in (("original", original, unit), ("disguised", copy, other)):
            file = FIXTURES / folder / path.partition("#")[0]
            if tokenizer.claims(path, file.stat().st_size):
                assert name in tokenizer.extract(path, file.read_bytes(), Symbols()).strings, name
                continue
            text = file.read_text(encoding="utf-8")
            name = name.removesuffix(" defaults")
            whole = name in ("<module>", "<config>")
            assert whole or f"def {name.rpartition('.')[2]}(" in text or f"class {name}" in text, name


def test_every_tensor_of_the_renamed_map_is_found() -> None:
    """An index without shapes matches a header with them; what cannot be told apart is no reason to lose a tensor."""
    [pair] = truth(small=False, kind="checkpoint")
    [match] = [match for match in disguised().matches if match.kind == "checkpoint"]
    assert key(match) == pair
    assert match.detail["tensors"] == {"left": 445, "right": 445, "corresponding": 445}
    renamed = {(row["left"], row["right"]) for row in match.detail["prefixes"]}
    assert {("vision", "eye"), ("layers", "steps"), ("attention", "mix"), ("query_gain", "boost")} <= renamed


def test_the_copied_units_are_found() -> None:
    """Of the pairs that hold something, 0.93 are found: the bar for code that was cut up as well as renamed."""
    wanted = truth(small=False)
    missed = wanted - {key(match) for match in disguised().matches}
    assert len(missed) <= len(wanted) * 0.07, sorted(missed)


def test_what_is_found_was_copied() -> None:
    """Matches beside the truth are few, and weak: they carry a fiftieth of the evidence."""
    known = truth(small=True)
    matches = disguised().matches
    beside = [match for match in matches if key(match) not in known]
    assert len(beside) <= len(matches) * 0.15, [key(match) for match in beside]
    assert sum(m.evidence_bits for m in beside) <= sum(m.evidence_bits for m in matches) * 0.03


def test_a_file_copied_bit_for_bit_is_identical() -> None:
    """All its units match themselves."""
    units = {m.left.unit: m for m in disguised().matches if m.left.path == "lumen/bpe.py"}
    for unit in ("BytePairs.__init__", "BytePairs.encode", "BytePairs.decode", "learn"):
        assert units[unit].clone_type == "identical"
        assert units[unit].right.path == "brightpair/bytepairs.py"
        assert units[unit].right.unit == unit


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("LumenConfig", "Options"),
        ("best_grid", "choose_layout"),
        ("sincos_grid", "wave_map"),
        ("logits", "scores"),
    ],
)
def test_the_rename_map_says_what_became_what(old: str, new: str) -> None:
    """Names that the copier changed everywhere are in the map of the pair."""
    assert (old, new) in {(rename.left, rename.right) for rename in disguised().renames}


def test_a_split_function_has_a_row_for_each_half() -> None:
    """Both halves lead back to the same original, and to other lines of it."""
    halves = [
        m for m in disguised().matches if m.left.unit == "Resampler.forward" and m.right.path.endswith("bridge.py")
    ]
    assert {m.right.unit for m in halves} == {"Bridge.forward", "lay_out"}


def test_a_merged_function_has_a_row_for_each_part() -> None:
    """One function leads back to the two that it was made of."""
    parts = {m.left.unit for m in disguised().matches if m.right.unit == "shape_scores"}
    assert parts >= {"filter_logits", "discourage_repeats"}


def test_the_disguised_config_says_what_became_of_each_value() -> None:
    """In another format, under other keys and in sections of other names."""
    match = next(m for m in disguised().matches if m.left.path == "configs/lumen-base.yaml")
    rows = {
        row["left"]["key"]: (row["relation"], row["right"] and row["right"]["key"])
        for row in match.detail["entries"]
        if row["left"]
    }
    assert match.right.path == "settings/main.json"
    assert rows["model.hidden_size"] == ("renamed", "net.hidden_size")
    assert rows["model.vision.slice_edge"] == ("renamed", "net.eye.tile")
    assert rows["model.resampler.num_queries"] == ("renamed", "net.bridge_probes")
    assert rows["data.shards"] == ("renamed", "feed.sources")
    assert rows["optimizer.lr"] == ("renamed", "optim.step_size")
    assert rows["schedule.steps"] == ("changed", "pace.steps")
    assert rows["keep"] == ("left", None)


@pytest.mark.parametrize("side", ["original", "disguised"])
def test_the_bystander_shows_almost_nothing(side: str) -> None:
    """What two repositories of one field share is no evidence between them."""
    report = compare(FIXTURES / side, FIXTURES / "bystander")
    weakest = sorted(m.evidence_bits for m in disguised().matches if key(m) in truth(small=False))
    assert all(overlap.overlap < 0.05 for overlap in report.overlap)
    assert all(match.evidence_bits < weakest[len(weakest) // 2] for match in report.matches)
    assert all(match.expected_by_chance > 1e-3 for match in report.matches)


def test_swapping_the_sides_swaps_the_report() -> None:
    """Left and right are nothing but names."""
    swapped = compare(FIXTURES / "disguised", FIXTURES / "original")
    turned = {(m.right.path, m.right.unit, m.left.path, m.left.unit, m.evidence_bits) for m in swapped.matches}
    assert turned == {(*key(m), m.evidence_bits) for m in disguised().matches}


def copied(target: Path, *, comments: bool = False) -> Path:
    """A copy of the original as Python prints it, on request with a comment before every line that can have one."""
    shutil.copytree(FIXTURES / "original", target)
    for file in target.rglob("*.py"):
        lines = ast.unparse(ast.parse(file.read_text(encoding="utf-8"))).splitlines()
        noise = ["# not what it seems" if comments and number % 3 == 0 else "" for number in range(len(lines))]
        file.write_text(
            "\n".join(f"{line}  {comment}".rstrip() for line, comment in zip(lines, noise, strict=True)) + "\n"
        )
    return target


def strengths(report: Report) -> list[tuple[str, float, float, float]]:
    """Similarity and containment of every match, by the unit on the left."""
    return sorted((m.left.unit, m.similarity, m.containment.left, m.containment.right) for m in report.matches)


def test_comments_change_nothing(tmp_path: Path) -> None:
    """The same code with comments gives the same report."""
    plain = compare(FIXTURES / "original", copied(tmp_path / "plain" / "copy"))
    noisy = compare(FIXTURES / "original", copied(tmp_path / "noisy" / "copy", comments=True))
    assert strengths(plain) == strengths(noisy)


@pytest.mark.parametrize("background", ["default", "none"])
def test_renaming_leaves_similarity_and_containment(tmp_path: Path, background: str) -> None:
    """A copy with every name changed is as similar as one with none changed.

    What is too small to be told without its names, in a file that is no longer the same, may go unreported.
    """
    plain = copied(tmp_path / "plain" / "copy")
    rename_repository(FIXTURES / "original", tmp_path / "renamed" / "copy", seed=1)
    before = strengths(compare(FIXTURES / "original", plain, background=background))
    after = strengths(compare(FIXTURES / "original", tmp_path / "renamed" / "copy", background=background))
    assert set(after) <= set(before)
    assert len(after) >= 0.8 * len(before)
