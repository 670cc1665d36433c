"""Which units are matched: one copy, several copies, parts of units, and of two candidates the better one."""

from __future__ import annotations

from pathlib import Path

import pytest

from clonescan.entities import Match
from clonescan.scan import scan
from clonescan.settings import Settings
from match.samples import IMPORTS, LEFT, RIGHT, Bench, define, fixture, function, lines, only, pairs, write

LONG = lines(5, 30)


def planted(match: Match, left: int, right: int, count: int) -> int:
    """Of `count` lines from `left` and `right` on, how many stand beside each other in a match."""
    beside = set()
    for a, b, c, d in match.lines:
        if b - a == d - c:
            beside |= set(zip(range(a, b + 1), range(c, d + 1), strict=True))
    return len(beside & {(left + number, right + number) for number in range(count)})


def test_a_copy_matches_its_original_alone(bench: Bench) -> None:
    """Its siblings on either side match nothing."""
    left = function("warp", 5) + function("fold", 6) + function("knead", 7)
    right = function("bend", 5, local="w") + function("press", 8) + function("stir", 9)
    match = only(bench.matches(left, right, min_similarity=0.3))
    assert pairs([match]) == {("warp", "bend")}
    assert planted(match, 4, 4, 16) == 16


def test_strangers_do_not_match(bench: Bench) -> None:
    assert not bench.matches(function("warp", 5), function("bend", 6))


def test_a_function_that_was_split_has_a_row_for_each_part(bench: Bench) -> None:
    found = bench.matches(define("warp", LONG), define("one", LONG[:15]) + define("two", LONG[15:]))
    assert pairs(found) == {("warp", "one"), ("warp", "two")}
    for match in found:
        assert match.containment.right > 0.95 and match.containment.left < 0.7


def test_functions_that_were_merged_have_a_row_each(bench: Bench) -> None:
    found = bench.matches(define("one", LONG[:15]) + define("two", LONG[15:]), define("warp", LONG))
    assert pairs(found) == {("one", "warp"), ("two", "warp")}


@pytest.mark.parametrize("changed", [False, True])
def test_an_original_with_three_copies_has_three_rows(bench: Bench, changed: bool) -> None:
    copies = ""
    for number in (1, 2, 4):
        body = lines(5, 20, f"u{number}_")
        more = [f"u{number}_{90 + number} = torch.roll(u{number}_1, {number + 50})"]
        copies += define(f"copy{number}", body[: 3 * number] + more * changed + body[3 * number :], f"u{number}_")
    found = bench.matches(function("warp", 5, 20), copies)
    assert pairs(found) == {("warp", "copy1"), ("warp", "copy2"), ("warp", "copy4")}
    assert len(found) == 3


def test_of_two_originals_the_nearer_one_explains_the_copy(bench: Bench) -> None:
    """The other one is a runner-up."""
    body = lines(5, 20)
    left = define("sibling", body[:12] + lines(7, 20)[12:]) + define("warp", body)
    right = function("bend", 5, 20, local="w")
    assert pairs(bench.matches(left, right)) == {("warp", "bend")}
    everything = bench.matches(left, right, include_runners_up=True)
    assert {(match.left.unit, match.runner_up) for match in everything} >= {("warp", False), ("sibling", True)}
    assert pairs([match for match in everything if not match.runner_up]) == {("warp", "bend")}


def test_of_two_siblings_each_has_its_copy(bench: Bench) -> None:
    """Though both are nearer to the better copy: it has its original, and the other copy would be left with none."""
    body = lines(5, 20)
    left = define("warp", body) + define("weft", [*body[:19], *lines(7, 20)[19:]])
    right = define("bend", body) + define("bow", [*body[:9], *lines(8, 20)[9:19], *lines(7, 20)[19:]])
    found = pairs(bench.matches(left, right))
    assert found >= {("warp", "bend"), ("weft", "bow")}


def test_equal_units_go_by_their_names(bench: Bench) -> None:
    """Of units that are the same, each one has its namesake."""
    left = function("a", 5) + function("b", 5)
    assert pairs(bench.matches(left, function("b", 5, local="w") + function("a", 5, local="u"))) == {
        ("a", "a"),
        ("b", "b"),
    }


def test_a_third_of_a_long_function_is_found_in_another(bench: Bench) -> None:
    """With the lines that it stands on, in the middle of both."""
    source, host = lines(5, 45), lines(8, 30)
    left = define("warp", source)
    right = define("press", host[:15] + source[15:30] + host[15:])
    match = only(bench.matches(left, right))
    assert match.clone_type == "partial"
    assert planted(match, 4 + 1 + 15, 4 + 1 + 15, 15) >= 13
    assert 0.2 < match.containment.left < 0.6 and 0.2 < match.containment.right < 0.6


def test_kinds_of_clones(bench: Bench, tmp_path: Path) -> None:
    """Identical, renamed, modified: as they were made."""
    body = lines(5, 20)
    changed = define("warp", [*body[:5], "v99 = torch.roll(v3, 77)", *body[6:]])
    commented = define("warp", body).replace("\n    v9", "  # so\n\n    v9")
    made = {
        "identical": define("warp", body),
        "renamed": function("bend", 5, 20, local="w"),
        "modified": changed,
    }
    for number, (kind, right) in enumerate(made.items()):
        assert only(Bench(tmp_path / str(number)).matches(define("warp", body), right)).clone_type == kind
    assert commented != define("warp", body)
    assert only(bench.matches(define("warp", body), commented)).clone_type == "identical"


BODY = lines(5, 8)
MORE = [f"    {line.replace('v', 'w')}" for line in lines(6, 3)]
AFTER = "w9 = torch.roll(v3, v4)"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ([*BODY, "if v2 > v3:", *MORE, f"    {AFTER}"], [*BODY, "if v2 > v3:", *MORE, AFTER]),
        ([*BODY, "if v2 > v3:", *MORE, AFTER], [*BODY, "if v2 <= v3:", *MORE, AFTER]),
        ([*BODY, "if v2:", *MORE, AFTER], [*BODY, "if not v2:", *MORE, AFTER]),
        ([*BODY, "for v9 in v2:", *MORE, f"    {AFTER}"], [*BODY, "for v9 in v2:", *MORE, AFTER]),
        ([*BODY, "while v2:", *MORE, AFTER], [*BODY, "while not v2:", *MORE, AFTER]),
        ([*BODY, "try:", *MORE, "finally:", f"    {AFTER}"], [*BODY, "try:", *MORE, "finally:", "    pass", AFTER]),
        ([*BODY, "if v2:", *MORE, "else:", f"    {AFTER}"], [*BODY, "if v2:", *MORE, AFTER]),
    ],
    ids=["branch", "order", "negation", "loop", "condition of a loop", "finally", "else"],
)
def test_what_stands_under_another_head_is_modified(
    bench: Bench, tmp_path: Path, one: list[str], other: list[str]
) -> None:
    left, right = define("warp", [*one, "w3 = v4"]), define("warp", [*other, "w3 = v4"])
    assert only(bench.matches(left, right)).clone_type == "modified"
    same = only(Bench(tmp_path / "same").matches(left, left.replace("w9", "u9")))
    assert same.clone_type in ("identical", "renamed")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            ["if v2 > v3:", "    return v4", AFTER],
            ["if v2 > v3:", "    return v4", "else:", f"    {AFTER}"],
        ),
        (
            ["if v2 > v3:", "    return v4", AFTER],
            ["if v2 <= v3:", f"    {AFTER}", "else:", "    return v4"],
        ),
        (
            ["if v2:", "    return v4", "if v3:", "    return v5", AFTER],
            ["if v2:", "    return v4", "elif v3:", "    return v5", "else:", f"    {AFTER}"],
        ),
        (
            ["if v2:", "    return v4", "elif v3:", f"    {AFTER}"],
            ["if v2:", "    return v4", "else:", "    if v3:", f"        {AFTER}"],
        ),
        (["w9 = v4 if v2 else v5"], ["if v2:", "    w9 = v4", "else:", "    w9 = v5"]),
        (["assert v2 > v3, v4", AFTER], ["if v2 <= v3:", "    raise AssertionError(v4)", AFTER]),
    ],
    ids=["early return", "early return, inverted", "several returns", "elif", "conditional", "assertion"],
)
def test_branches_are_one_however_they_are_nested(bench: Bench, one: list[str], other: list[str]) -> None:
    head = "def warp(v0, v1):\n    " + "\n    ".join(BODY) + "\n    "
    left, right = (head + "\n    ".join(branches) + "\n" for branches in (one, other))
    assert only(bench.matches(left, right)).clone_type == "identical"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = f(v9[:, :, 0])", "x = f(v9[:, :, :, 0])"),
        ("x = f(v9[..., 0, :])", "x = f(v9[..., 0])"),
        ("x = f(v9.reshape(v8, -1))", "x = f(v9.reshape(-1, v8))"),
        ("x = f(v9.data, 1)", "x = f(v9, 1)"),
        ("x = f(v9 * (v9 > 0))", "x = f(v9 * (v9 >= 1))"),
        ("for x in v9:\n        f(x, 1)", "for x in range(len(v9)):\n        f(x, 1)"),
        ("x = f(v9, 1)\n    f.train()\n    return x", "f.train()\n    x = f(v9, 1)\n    return x"),
    ],
)
def test_what_one_spelling_leaves_out_is_told_apart(bench: Bench, one: str, other: str) -> None:
    """It is as similar as can be, and neither identical nor renamed."""
    head = "def warp(v0, v1):\n    " + "\n    ".join(BODY) + "\n    "
    assert only(bench.matches(head + one + "\n", head + other + "\n")).clone_type == "modified"


@pytest.mark.parametrize("merged", ["(b h) n d", "b (h n) d"])
def test_which_axes_are_merged_is_told_apart(bench: Bench, merged: str) -> None:
    head = "from einops import rearrange\n\n\ndef warp(v0, v1):\n    " + "\n    ".join(BODY)
    left, right = (f"{head}\n    return rearrange(v5, 'b h n d -> {to}')\n" for to in ("b h (n d)", merged))
    assert only(bench.matches(left, right)).clone_type == "modified"


def test_a_renamed_copy_is_as_similar_as_an_identical_one(bench: Bench, tmp_path: Path) -> None:
    """Names that were kept add evidence; those that were changed cost nothing."""
    kept = only(bench.matches(function("warp", 5), "# Differs.\n" + function("warp", 5)))
    changed = only(Bench(tmp_path / "other").matches(function("warp", 5), function("bend", 5, local="w")))
    assert (kept.similarity, kept.containment) == (changed.similarity, changed.containment)
    assert kept.similarity == 1.0
    assert kept.evidence_bits > changed.evidence_bits
    assert kept.expected_by_chance <= changed.expected_by_chance < 1e-9


def test_renames_are_one_to_one(bench: Bench) -> None:
    """A name that is split in two stands for the more frequent one, and no name for two."""
    body = lines(5, 20, "w")
    right = define(
        "bend", [line.replace("w3", "other") if number > 14 else line for number, line in enumerate(body)], "w"
    )
    match = only(bench.matches(function("warp", 5, 20), right))
    names = {rename.left: rename.right for rename in match.renames}
    assert len(names) == len(match.renames) == len(set(names.values()))
    assert names["warp"] == "bend" and names["v0"] == "w0" and names["v9"] == "w9" and names["v3"] == "w3"
    assert all(rename.count > 0 for rename in match.renames)


def test_a_local_that_is_read_as_its_value_has_its_name_in_the_map(bench: Bench, tmp_path: Path) -> None:
    """Where one side has no such local, the other names are those of their places all the same."""
    body = lines(5, 20, "w")
    steps = [*body[:8], "mid = torch.roll(w1 * w2, 31)", "w70 = torch.stack([w3, mid, w2])", *body[8:]]
    other = [*body[:8], "crop = torch.roll(w1 * w2, 31)", "w70 = torch.stack([w3, crop, w2])", *body[8:]]
    inlined = [*body[:8], "w70 = torch.stack([w3, torch.roll(w1 * w2, 31), w2])", *body[8:]]
    match = only(bench.matches(define("warp", steps, "w"), define("bend", other, "w")))
    assert {(rename.left, rename.right) for rename in match.renames} == {("warp", "bend"), ("mid", "crop")}
    match = only(Bench(tmp_path / "other").matches(define("warp", steps, "w"), define("bend", inlined, "w")))
    assert {(rename.left, rename.right) for rename in match.renames} == {("warp", "bend")}


def test_names_that_stayed_are_no_renames(bench: Bench) -> None:
    match = only(bench.matches(function("warp", 5), function("bend", 5)))
    assert [(rename.left, rename.right) for rename in match.renames] == [("warp", "bend")]


def test_the_pairs_renames_go_over_all_matches(bench: Bench) -> None:
    left = IMPORTS + function("warp", 5) + function("fold", 6)
    right = IMPORTS + function("bend", 5, local="w") + function("press", 6, local="w")
    renames = bench.report({LEFT: left}, {RIGHT: right}).renames
    known = {rename.left: rename for rename in renames}
    assert known["warp"].right == "bend" and known["fold"].right == "press"
    assert known["v1"].right == "w1" and known["v1"].count > 5 and known["v1"].consistency == 1.0
    assert len({rename.right for rename in renames}) == len(known) == len(renames)


def test_identical_files_are_known_whatever_they_hold(tmp_path: Path) -> None:
    """Even a function that says little matches its own, and that of the same path where several files are equal."""
    small = "def scale(x, y):\n    return F(x + y * 17.25, 1, y)\n"
    body = small + IMPORTS + function("warp", 5)
    left = write(tmp_path / "left", {"a/one.py": body, "b/two.py": body, **fixture("original")})
    right = write(tmp_path / "right", {"a/two.py": body, "b/two.py": body, **fixture("bystander")})
    matches = [m for m in scan([left, right], Settings(use_cache=False, jobs=1)).matches if m.detail["identical_files"]]
    assert {match.clone_type for match in matches} == {"identical"}
    found = {(match.left.path, match.left.unit, match.right.path, match.right.unit) for match in matches}
    assert ("b/two.py", "warp", "b/two.py", "warp") in found and ("b/two.py", "scale", "b/two.py", "scale") in found
    assert {path for path, *_ in found} == {"a/one.py", "b/two.py"}
    assert ("b/two.py", "warp", "a/two.py", "warp") not in found


def test_matches_come_best_first_with_ids_of_their_own() -> None:
    folders = [str(Path(__file__).parents[2] / "fixtures" / name) for name in ("original", "disguised")]
    matches = scan(folders, Settings(use_cache=False, jobs=1, include_runners_up=True)).matches
    assert len({match.id for match in matches}) == len(matches) > 30
    bits = [match.net_bits for match in matches]
    assert bits == sorted(bits, reverse=True)
    for match in matches:
        assert 0 <= match.similarity <= min(match.containment.left, match.containment.right) + 1e-9 <= 1 + 1e-9
        assert 0 <= match.net_bits <= match.evidence_bits + 1e-9
        assert match.features and match.expected_by_chance >= 0
        for a, b, c, d in match.lines:
            assert match.left.start_line <= a <= b <= match.left.end_line
            assert match.right.start_line <= c <= d <= match.right.end_line


def test_thresholds_hide_matches(bench: Bench) -> None:
    body = lines(5, 20)
    left, right = define("warp", body), define("bend", body[:10] + lines(8, 20)[10:])
    match = only(bench.matches(left, right))
    assert bench.matches(left, right, min_similarity=match.similarity + 0.01) == []
    assert bench.matches(left, right, min_evidence=match.evidence_bits + 0.01) == []
    assert bench.matches(left, right, min_similarity=match.similarity - 0.01, min_evidence=match.evidence_bits - 1)
