"""What only a kind knows of a match, in words: tokenizers, configs, checkpoints; in 80 columns, escaped."""

from __future__ import annotations

from typing import Any

import pytest

from clonescan.explain import Explanation, Side
from clonescan.report import explain, text
from clonescan.report.interface import View
from report.samples import HOSTILE, LEFT, RIGHT, example, match

DETAIL: dict[str, Any] = {
    "vocabulary": {"left": 128_256, "right": 128_265, "shared": 128_256, "in_order": 128_256, "same_ids": 128_256},
    "base": {"repository": "meta/llama", "version": "3.1", "path": "tokenizer.json", "tokens": 128_000,
             "same_ids": 128_000},
    "added": {"both": [f"<|mark_{n}|>" for n in "abcdefghi"], "left": [], "right": ["<|own|>"]},
    "added_counts": {"both": 9, "left": 0, "right": 1},
    "parts": {"pre_tokenizer": "equal", "decoder": "different", "normalizer": "left"},
    "texts": [{"left": "You answer briefly.", "right": "You are a forester."}, {"left": None, "right": "The end."}],
}  # fmt: skip


def shown(detail: dict[str, Any], view: View = View(), kind: str = "tokenizer") -> tuple[str, str]:  # noqa: B008
    """A match with this detail in the report and explained."""
    one = match(kind=kind, detail=detail)
    sides = Side(one.left), Side(one.right)
    return text.render(example(matches=(one,)), view), explain.render(Explanation(one, *sides), view)


def plain(words: str) -> str:
    return " ".join(words.split())


def test_base_and_additions_are_told_apart() -> None:
    for words in map(plain, shown(DETAIL)):
        assert "128,256 of 128,256 and 128,265 tokens are in both, ids included" in words
        assert "128,000 of those 128,256, ids included, are also in meta/llama 3.1 (tokenizer.json)" in words
    brief, whole = map(plain, shown(DETAIL))
    assert "beyond it, 9 added tokens are in both: <|mark_a|>, <|mark_b|>, <|mark_c|>, <|mark_d|>, ..." in brief
    assert "in both 9 <|mark_a|> <|mark_b|>" in whole and "<|mark_i|>" in whole
    assert "right only 1 <|own|>" in whole
    assert "right only, 1 token: <|own|>" in brief and "left only," not in brief
    alone = {"added": {"left": [f"<|l{n}|>" for n in range(4)]}, "added_counts": {"left": 4}}
    assert "left only, 4 tokens: <|l0|>, <|l1|>, <|l2|>, ... decoder" in plain(shown({**DETAIL, **alone})[0])
    assert "decoder different; normalizer left only; pre tokenizer equal" in brief
    assert "pre tokenizer equal" in whole
    assert "You answer briefly. You are a forester. The end." in whole


def test_a_base_without_counts_is_named_without_counts() -> None:
    base = {"repository": "litellm", "version": "1.110", "path": "t.json"}
    for words in map(plain, shown({**DETAIL, "base": base})):
        assert "most of it is also in litellm 1.110 (t.json)" in words
        assert "beyond" not in words


def test_added_tokens_of_a_file_are_told_from_those_of_everybody() -> None:
    detail = {"named": {"left": 257, "right": 259, "shared": 257}, "added": {"both": ["<|own|>"]},
              "added_counts": {"both": 1}}  # fmt: skip
    words = plain(shown(detail)[0])
    assert "257 of 257 and 259 added tokens are in both" in words and "1 of these not everybody has: <|own|>" in words
    base = {"repository": "meta/llama", "version": "3.1", "path": "t.json", "tokens": 256, "same_ids": 256}
    words = plain(shown({**detail, "base": base})[0])
    assert "256 of those 257, ids included, are also in meta/llama 3.1 (t.json)" in words
    assert "beyond it, 1 added token is in both: <|own|>" in words


def test_shifted_ids_are_told_by_their_order() -> None:
    vocabulary = {"left": 32_000, "right": 32_768, "shared": 32_000, "in_order": 31_999, "same_ids": 3}
    assert "32,000 of 32,000 and 32,768 tokens are in both, 31,999 in the same order" in plain(
        shown({"vocabulary": vocabulary})[0]
    )


@pytest.mark.parametrize(
    "detail",
    [
        {},
        {"vocabulary": None, "base": None, "added": None, "added_counts": None, "parts": None, "merges": None},
        {"vocabulary": {}, "base": {}, "added": {"both": 3}, "added_counts": {"both": "many"}, "parts": {"x": 1}},
        {"texts": [3, {"left": 1}]},
        {"vocabulary": [1], "added": {"both": [1, None]}, "added_counts": {"both": 2}, "parts": {"": None}},
        {"merges": {"left": 3}},
    ],
)
def test_keys_may_be_missing(detail: dict[str, Any]) -> None:
    for words in shown(detail):
        assert words.endswith("\n")


def test_nothing_of_a_stranger_reaches_the_terminal_unescaped() -> None:
    base = {"repository": HOSTILE, "version": HOSTILE, "path": HOSTILE, "tokens": 1, "same_ids": 1}
    detail = {**DETAIL, "base": base, "added": {side: [HOSTILE] * 3 for side in ("both", "left", "right")},
              "added_counts": dict.fromkeys(("both", "left", "right"), 3), "parts": {HOSTILE: "equal"},
              "texts": [{"left": HOSTILE, "right": HOSTILE}]}  # fmt: skip
    for words in shown(detail, View(width=80)):
        assert all(line.isprintable() for line in words.splitlines())
        assert max(map(len, words.splitlines())) <= 80
        assert LEFT in words and RIGHT in words


CONFIG: dict[str, Any] = {
    "counts": {"same": 1, "renamed": 2, "changed": 1, "right": 1},
    "entries": [
        {"relation": "same", "left": {"key": "a.lr", "value": "3", "line": 1},
         "right": {"key": "a.lr", "value": "3", "line": 2}},
        {"relation": "renamed", "left": {"key": "a.wide", "value": "1792", "line": 2},
         "right": {"key": "b.breadth", "value": "1792", "line": 9}},
        {"relation": "right", "left": None, "right": {"key": HOSTILE, "value": HOSTILE, "line": 3}},
    ],
}  # fmt: skip
CHECKPOINT: dict[str, Any] = {
    "tensors": {"left": 445, "right": 446, "corresponding": 440},
    "prefixes": [{"left": "encoder", "right": "backbone", "count": 120}, {"left": HOSTILE, "right": "x", "count": 1}],
    "tree": [{"left": "encoder.*.q.weight", "right": None, "shape": [96, 32], "dtype": "F32", "count": 24}],
    "same_weights": {"bytes": 14_000_000},
}


def test_values_that_differ_come_before_those_that_are_the_same() -> None:
    brief, whole = map(plain, shown(CONFIG, kind="config"))
    assert "values: 1 the same, 2 under another key, 1 changed, 1 right only" in brief
    assert whole.index("a.wide") < whole.rindex("right only") < whole.index("a.lr")
    assert "b.breadth" in whole


def test_tensors_renames_and_equal_weights_are_told() -> None:
    brief, whole = map(plain, shown(CHECKPOINT, kind="checkpoint"))
    for words in (brief, whole):
        assert "440 of 445 and 446 tensors correspond" in words
        assert "the same weights bit for bit, 14.0 MB" in words
    assert "encoder → backbone, " in brief and "encoder → backbone 120" in whole
    assert "encoder.*.q.weight 96 x 32 24 times" in whole


@pytest.mark.parametrize(("kind", "detail"), [("config", CONFIG), ("checkpoint", CHECKPOINT), ("config", {})])
def test_what_others_wrote_is_shown_within_the_width(kind: str, detail: dict[str, Any]) -> None:
    for words in shown(detail, kind=kind):
        assert "\x1b" not in words
        assert all(len(line) <= 80 for line in words.split("\n"))


@pytest.mark.parametrize("kind", ["config", "checkpoint"])
def test_details_of_another_form_are_left_out(kind: str) -> None:
    odd: dict[str, Any] = dict.fromkeys(("entries", "counts", "tensors", "prefixes", "tree", "same_weights"), 3)
    assert shown(odd, kind=kind) == shown({}, kind=kind)
