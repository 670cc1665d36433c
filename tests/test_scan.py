"""The whole pipeline: the same input gives the same output, left and right are but names, and renaming adds nothing."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from disguise.rename import rename_repository
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from kinds import tokenizers as made
from match.samples import FIXTURES, IMPORTS, fixture, function, write

import clonescan
from clonescan.entities import Match, Report, RepositoryRename
from clonescan.errors import UsageError
from clonescan.report.json import render
from clonescan.scan import scan
from clonescan.settings import Settings

ORIGINAL, DISGUISED, BYSTANDER = (str(FIXTURES / name) for name in ("original", "disguised", "bystander"))
PLAIN = Settings(use_cache=False, jobs=1)


@cache
def compared(*sources: str, **settings: Any) -> Report:
    """A scan that keeps nothing."""
    return scan(sources, replace(PLAIN, **settings))


def large(folder: Path) -> str:
    """A repository large enough for several processes to share the reading."""
    modules = ([function(f"f{number}", 100 * file + number) for number in range(20)] for file in range(18))
    files = {f"{number}.py": IMPORTS + "".join(functions) for number, functions in enumerate(modules)}
    source = write(folder / "large", {**files, **fixture("disguised")})
    assert sum(file.stat().st_size for file in Path(source).rglob("*.py")) > 600_000
    return source


def test_the_number_of_processes_changes_nothing(tmp_path: Path) -> None:
    """Byte for byte."""
    sources = [ORIGINAL, large(tmp_path)]
    one, two = (render(scan(sources, Settings(use_cache=False, jobs=jobs))) for jobs in (1, 2))
    assert one == two and json.loads(one)["matches"]


def test_neither_the_cache_nor_the_hash_seed_nor_the_process_changes_anything(tmp_path: Path) -> None:
    """Byte for byte, with a cold and a warm cache and with none."""
    printed = []
    for seed, cache_options in (("0", ["--no-cache"]), ("1", ["--cache-dir", "c"]), ("77", ["--cache-dir", "c"])):
        arguments = ["scan", ORIGINAL, DISGUISED, "--format", "json", "--all", *cache_options]
        environment = os.environ | {"PYTHONPATH": str(Path(clonescan.__file__).parents[1]), "PYTHONHASHSEED": seed}
        command = [sys.executable, "-m", "clonescan", *arguments]
        printed.append(subprocess.run(command, env=environment, cwd=tmp_path, check=True, capture_output=True).stdout)
    assert printed[0] == printed[1] == printed[2]
    assert len(json.loads(printed[0])["matches"]) > 30


def test_where_the_repositories_lie_changes_nothing(tmp_path: Path) -> None:
    """Copies elsewhere under the same names give the same report but for the sources."""
    elsewhere = [str(shutil.copytree(source, tmp_path / Path(source).name)) for source in (ORIGINAL, DISGUISED)]
    assert compared(*elsewhere).matches == compared(ORIGINAL, DISGUISED).matches


def turned_match(match: Match) -> Match:
    """A match seen from the other side."""
    return replace(
        match,
        left=match.right,
        right=match.left,
        containment=type(match.containment)(match.containment.right, match.containment.left),
        common=type(match.common)(match.common.right, match.common.left),
        lines=tuple(sorted((c, d, a, b) for a, b, c, d in match.lines)),
        renames=tuple(sorted((type(one)(one.right, one.left, one.count) for one in match.renames), key=str)),
        detail=turned(dict(match.detail)),
    )


def turned(value: Any) -> Any:
    """A value of `detail` seen from the other side, its lists in one order."""
    other = {"left": "right", "right": "left"}
    if isinstance(value, dict):
        return {other.get(key, key): turned(inner) for key, inner in value.items()}
    if isinstance(value, str):
        return other.get(value, value)
    return sorted(map(turned, value), key=in_order) if isinstance(value, list) else value


def in_order(value: Any) -> str:
    """What a list is sorted by, whatever the order of keys."""
    return json.dumps(value, sort_keys=True)


def settled(match: Match) -> Match:
    """A match with what has no order of its own in one order."""
    detail = turned(turned(dict(match.detail)))
    renames = tuple(sorted(match.renames, key=str))
    return replace(match, lines=tuple(sorted(match.lines)), renames=renames, detail=detail)


def turned_rename(row: RepositoryRename) -> RepositoryRename:
    """A rename seen from the other side."""
    return RepositoryRename(row.right_repository, row.left_repository, row.right, row.left, row.count, row.consistency)


@pytest.mark.parametrize("everything", [False, True])
@pytest.mark.parametrize("pair", [(ORIGINAL, DISGUISED), (ORIGINAL, BYSTANDER), (DISGUISED, BYSTANDER)])
def test_swapping_the_sides_swaps_the_report(pair: tuple[str, str], everything: bool) -> None:
    """Every match with every fact of it, the overlaps, the renames and the families."""
    assert_swapped(pair, everything)


def test_swapping_two_tokenizers_swaps_the_report(tmp_path: Path) -> None:
    """With other ids for the same added tokens, and tokens in another order."""
    assert_swapped(tokenizers(tmp_path), True)


@pytest.mark.parametrize(("text", "clone_type"), [("User: ", "identical"), ("Human: ", "renamed")])
def test_a_template_with_other_texts_is_not_identical(text: str, clone_type: str, tmp_path: Path) -> None:
    """However short they are: short ones are no evidence."""
    template = (
        "{% for message in messages %}{% if message.role == 'user' and not loop.first %}{{ 'User: ' + message.text }}"
        "{% elif loop.previtem.role != 'tool' %}{{ message.content | tojson }}{% endif %}{% endfor %}"
    )
    other = template.replace("User: ", text).replace("{% if", "{%- if")
    pairs = {"one": template, "other": other}
    sources = [write(tmp_path / name, {"chat_template.jinja": source}) for name, source in pairs.items()]
    [match] = compared(*sources).matches
    assert (match.clone_type, match.similarity) == (clone_type, 1.0)


def tokenizers(folder: Path) -> tuple[str, str]:
    """Two repositories with a tokenizer: some tokens of the second are others, some stand elsewhere."""
    trees = ["oak", "elm", "ash", "fir", "yew"]
    tokens = [token for token in made.learned() if token not in (b"left", b"right")]  # what is `turned` below
    other = [b"another %d" % number if number % 9 == 0 else token for number, token in enumerate(tokens)]
    sides = ("one", tokens, trees), ("two", other[50:] + other[:50], [*trees[::-1], "box"])
    for name, held, added in sides:
        words = {made.byte_level(token): number for number, token in enumerate(held)}
        rows = [{"content": f"<|{tree}|>", "id": len(held) + number} for number, tree in enumerate(added)]
        text = made.tokenizer_json({"type": "BPE", "vocab": words, "merges": []}, added_tokens=rows).decode()
        write(folder / name, {"tokenizer.json": text})
    return str(folder / "one"), str(folder / "two")


def test_similarity_of_vocabularies_is_counted_and_agrees_with_the_counts(tmp_path: Path) -> None:
    """In the match and in the overlap, and where matches below a similarity are hidden."""
    report = compared(*tokenizers(tmp_path))
    match = next(match for match in report.matches if match.left.unit == "vocabulary")
    found = match.detail["vocabulary"]
    left, right, shared = found["left"], found["right"], found["shared"]
    assert 0.7 < shared / left < 0.95 and left + 1 == right
    assert match.similarity == pytest.approx(shared / (left + right - shared), abs=1e-4)
    assert match.containment.left == pytest.approx(shared / left, abs=1e-4)
    assert match.containment.right == pytest.approx(shared / right, abs=1e-4)
    assert match.clone_type == "modified"
    for hidden, similarity in ((False, match.similarity - 0.01), (True, match.similarity + 0.01)):
        kept = compared(*tokenizers(tmp_path), min_similarity=similarity).matches
        assert hidden == (match.id not in {match.id for match in kept})


def test_overlap_of_vocabularies_is_counted(tmp_path: Path) -> None:
    """Of a repository that has nothing else it is what the other one holds of it."""
    words = [made.byte_level(token) for token in made.learned()]
    fewer = [word for number, word in enumerate(words) if number % 10]
    sides = [
        write(tmp_path / name, {"vocab.json": json.dumps({word: number for number, word in enumerate(held)})})
        for name, held in (("one", words), ("two", fewer))
    ]
    rows = {row.from_repository: row.overlap for row in compared(*sides).overlap if row.kind == "tokenizer"}
    assert rows["one"] == pytest.approx(len(fewer) / len(words)) and rows["two"] == 1


def assert_swapped(pair: tuple[str, str], everything: bool) -> None:
    """That a report is the other way round where the sides are."""
    forth = compared(*pair, include_runners_up=everything)
    back = compared(*pair[::-1], include_runners_up=everything)
    ours = {match.id: settled(match) for match in forth.matches}
    theirs = {match.id: settled(turned_match(match)) for match in back.matches}
    assert ours.keys() == theirs.keys()
    for key, match in ours.items():
        assert match == theirs[key]
    assert sorted(forth.overlap, key=str) == sorted(back.overlap, key=str)
    assert set(forth.renames) == set(map(turned_rename, back.renames))
    assert {frozenset(family.members) for family in forth.families} == {
        frozenset(family.members) for family in back.families
    }
    assert forth.repositories == back.repositories[::-1]


def test_three_repositories_give_three_pairs() -> None:
    report = compared(ORIGINAL, DISGUISED, BYSTANDER)
    names = [repository.id for repository in report.repositories]
    assert names == ["original", "disguised", "bystander"]
    directions = {(row.from_repository, row.to_repository) for row in report.overlap}
    assert directions == {(one, other) for one in names for other in names if one != other}
    order = {name: number for number, name in enumerate(names)}
    assert all(order[match.left.repository] < order[match.right.repository] for match in report.matches)
    assert all(order[row.left_repository] < order[row.right_repository] for row in report.renames)
    assert {(m.left.repository, m.right.repository) for m in report.matches} >= {("original", "disguised")}


def test_a_third_repository_leaves_the_pairs_matches_as_they_are() -> None:
    """It is a control: what two of them share is still theirs."""
    alone = {match.id for match in compared(ORIGINAL, DISGUISED).matches}
    beside = compared(ORIGINAL, DISGUISED, BYSTANDER).matches
    together = {m.id for m in beside if (m.left.repository, m.right.repository) == ("original", "disguised")}
    assert len(alone ^ together) <= len(alone) * 0.05


def test_the_same_repository_twice_is_told_apart_by_a_number() -> None:
    report = compared(ORIGINAL, ORIGINAL, ORIGINAL)
    assert [repository.id for repository in report.repositories] == ["original", "original (2)", "original (3)"]
    assert len({match.id for match in report.matches}) == len(report.matches)
    for row in report.overlap:
        if row.kind == "tokenizer":
            assert row.overlap == 0, "what a third repository has, too, is a base of all three"
        else:
            assert row.overlap == pytest.approx(1.0)
    assert len(report.overlap) == 3 * 2 * len({"all", "code", "checkpoint", "config", "tokenizer"})


def test_one_source_is_no_comparison() -> None:
    for sources in ([], [ORIGINAL]):
        with pytest.raises(UsageError, match="two or more"):
            scan(sources, PLAIN)


def test_repositories_without_anything_are_no_error(tmp_path: Path) -> None:
    """On one side or both."""
    empty = write(tmp_path / "empty", {"README.md": "Nothing."})
    for pair in ((empty, empty), (empty, ORIGINAL), (ORIGINAL, empty)):
        report = compared(*pair)
        assert not report.matches and not report.renames and not report.families
        assert all(row.overlap == 0 for row in report.overlap)


def test_families_hold_what_is_matched() -> None:
    report = compared(ORIGINAL, DISGUISED)
    members = [member for family in report.families for member in family.members]
    assert len(members) == len(set(members))
    matched = {(p.repository, p.path, p.unit) for match in report.matches for p in (match.left, match.right)}
    assert {(one.repository, one.path, one.unit) for one in members} == matched


@pytest.mark.parametrize("background", ["default", "none"])
def test_renaming_a_whole_repository_never_raises_evidence(tmp_path: Path, background: str) -> None:
    """Of no match, and of all of them together."""
    kept = write(tmp_path / "kept" / "copy", {path: f"# A copy.\n{text}" for path, text in fixture("original").items()})
    rename_repository(Path(kept), tmp_path / "renamed" / "copy", seed=3)
    before, after = (
        compared(kept, other, background=background) for other in (kept, str(tmp_path / "renamed" / "copy"))
    )
    bits = {(m.left.path, m.left.unit): m.evidence_bits for m in before.matches if m.left.unit == m.right.unit}
    for match in after.matches:
        assert match.evidence_bits <= bits[match.left.path, match.left.unit] + 1e-6
    assert 0 < sum(m.evidence_bits for m in after.matches) < sum(m.evidence_bits for m in before.matches)


names = st.lists(st.from_regex(r"q[a-z]{1,6}_[a-z]{0,3}", fullmatch=True), min_size=4, max_size=4, unique=True)


@given(names, st.integers(0, 50))
@hypothesis_settings(max_examples=12, deadline=None)
def test_renaming_never_raises_evidence(words: list[str], seed: int) -> None:
    """A copy under any names is as similar as one under the old ones, and shows no more."""
    source = IMPORTS + function("warp", seed) + function("fold", seed + 1)
    renamed = source
    for old, new in zip(("warp", "fold", "v1", "v0"), words, strict=True):
        renamed = renamed.replace(old, new)
    with tempfile.TemporaryDirectory() as folder:
        left = write(Path(folder, "left"), {"a.py": source})
        kept, changed = (
            scan([left, write(Path(folder, name), {"b.py": "# A copy.\n" + text})], PLAIN).matches
            for name, text in (("kept", source), ("changed", renamed))
        )
    before = {match.left.unit: match for match in kept if match.left.unit == match.right.unit}
    assert {match.left.unit for match in changed} == before.keys() == {"warp", "fold"}
    for match in changed:
        old_match = before[match.left.unit]
        assert match.evidence_bits <= old_match.evidence_bits
        assert match.similarity == old_match.similarity == 1.0
        assert match.containment == old_match.containment
