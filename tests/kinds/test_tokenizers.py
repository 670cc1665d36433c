"""Tokenizers: every format is read, one tokenizer is the same in all of them, and a template is a tree."""

from __future__ import annotations

import gzip
import json
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clonescan.fingerprint import NOTHING, Fingerprint
from clonescan.kinds import claims, tokenizer
from clonescan.kinds.code.symbols import Symbols
from clonescan.kinds.interface import Foreign, Side, Third
from clonescan.kinds.tokenizer.digest import digest
from clonescan.kinds.tokenizer.listing import bare, both, listing, pack, unpack
from kinds import tokenizers as made

MB = 1_000_000


def fingerprint(path: str, data: bytes) -> Fingerprint:
    """What a file holds."""
    return tokenizer.extract(path, data, Symbols())


def features(path: str, data: bytes, unit: str = "vocabulary") -> set[int]:
    """The features of a unit that can weigh something."""
    found = fingerprint(path, data)
    number = [found.strings[name] for name in found.unit_names].index(unit)
    held = found.features[found.feature_offsets[number] : found.feature_offsets[number + 1]]
    return set(found.hashes[held[found.roles[held] != NOTHING]].tolist())


def shared(one: set[int], other: set[int]) -> float:
    """The share of both that is in both."""
    return len(one & other) / len(one | other)


@pytest.mark.parametrize(
    "path",
    [
        "tokenizer.json", "a/anthropic_tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
        "added_tokens.json", "vocab.json", "merges.txt", "bert/vocab.txt", "tokenizer.model", "spiece.model",
        "mistral.model.v3", "qwen.tiktoken", "tekken_240911.json", "chat_template.jinja", "templates/chatml.jinja2",
        "bpe_simple_vocab_16e6.txt.gz", "9b5ad71b2ce5302211f9c61530b329a4922fc6a4", "o200k_base.tiktoken.gz",
    ],
)  # fmt: skip
def test_tokenizers_are_known_by_name(path: str) -> None:
    assert "tokenizer" in claims(path, MB)


@pytest.mark.parametrize("path", ["config.json", "model.py", "README.md", "data.txt", "tokenizer.py", "model.bin"])
def test_other_files_are_not_claimed(path: str) -> None:
    assert "tokenizer" not in claims(path, MB)


def test_a_large_tokenizer_is_read_and_a_large_template_is_not() -> None:
    """The user's limit is one for texts that people wrote."""
    assert tokenizer.claims("tokenizer.json", MB).limit >= 64 * MB  # type: ignore[union-attr]
    assert tokenizer.claims("chat.jinja", MB).limit == MB  # type: ignore[union-attr]


def vocabularies() -> dict[str, bytes]:
    """One byte-level vocabulary in the formats that hold such ones."""
    tokens = made.learned()
    words = {made.byte_level(token): number for number, token in enumerate(tokens)}
    return {
        "tokenizer.json": made.tokenizer_json({"type": "BPE", "vocab": words, "merges": []}),
        "word_level/tokenizer.json": made.tokenizer_json({"type": "WordLevel", "vocab": words}),
        "vocab.json": json.dumps(words).encode(),
        "vocab.txt": "\n".join(words).encode(),
        "base.tiktoken": made.tiktoken(tokens),
        "base.tiktoken.gz": gzip.compress(made.tiktoken(tokens)),
        "tokenizer.model": made.tiktoken(tokens),
        "9b5ad71b2ce5302211f9c61530b329a4922fc6a4": made.tiktoken(tokens),
        "tekken.json": made.tekken(tokens),
    }


@pytest.mark.parametrize("path", list(vocabularies()))
def test_a_byte_level_vocabulary_is_the_same_in_every_format(path: str) -> None:
    """Letters for bytes, base64 and ids that begin elsewhere are spelling."""
    whole = features("tokenizer.json", made.SOURCE.read_bytes())
    assert features(path, vocabularies()[path]) == whole
    assert len(whole) > 50


def test_a_sentencepiece_model_is_what_it_is_converted_to() -> None:
    """Also as Unigram; control and unknown pieces are added tokens there and here."""
    words = made.pieces(made.texts())
    model = made.sentencepiece([("<unk>", 2), ("<s>", 3), *((word, 1) for word in words)], rules=b"rules of folding")
    scored = [[word, -float(number)] for number, word in enumerate(["<unk>", "<s>", *words])]
    added = [{"id": 0, "content": "<unk>"}, {"id": 1, "content": "<s>"}]
    unigram = made.tokenizer_json(
        {"type": "Unigram", "vocab": scored},
        added_tokens=added,
        normalizer={"type": "Precompiled", "precompiled_charsmap": "cnVsZXMgb2YgZm9sZGluZw=="},
    )
    for unit in ("vocabulary", "added tokens", "pipeline"):
        assert features("spiece.model", model, unit) == features("tokenizer.json", unigram, unit)


def test_wordpiece_marks_what_goes_on_where_others_mark_what_begins() -> None:
    """`##ing` is `ing`, and `the` is ` the`."""
    texts = [text for text in made.texts() if " " not in text.strip()]
    marked = [text[1:] if text.startswith(" ") else f"##{text}" for text in texts]
    assert features("vocab.txt", "\n".join(marked).encode()) == features(
        "vocab.json", json.dumps({made.byte_level(text.encode()): n for n, text in enumerate(texts)}).encode()
    )


def test_special_tokens_of_wordpiece_are_the_same_whether_a_file_names_them_or_not() -> None:
    """A bare list does not, a tokenizer.json does; all of both corresponds."""
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "<s>"]
    texts = [text for text in made.texts() if " " not in text.strip()]
    marked = [text[1:] if text.startswith(" ") else f"##{text}" for text in texts]
    words = list(dict.fromkeys([*special, *marked]))
    rows = [{"content": token, "id": number} for number, token in enumerate(special)]
    model = {"type": "WordPiece", "vocab": {word: number for number, word in enumerate(words)}}
    files = {"vocab.txt": "\n".join(words).encode(), "tokenizer.json": made.tokenizer_json(model, added_tokens=rows)}
    left, right = (side(path, data, "vocabulary") for path, data in files.items())
    assert features("vocab.txt", files["vocab.txt"]) == features("tokenizer.json", files["tokenizer.json"])
    found = tokenizer.correspond(left, right, None)["vocabulary"]
    assert found["left"] == found["right"] == found["shared"] == found["same_ids"] == len(words)


def test_merges_are_the_same_as_texts_as_pairs_and_in_a_file_of_their_own() -> None:
    tokens = source = made.source()["model"]
    pairs = [merge if isinstance(merge, list) else merge.split(" ") for merge in source["merges"]]
    lines = [" ".join(pair) for pair in pairs]
    plain = made.tokenizer_json({**tokens, "merges": lines})
    listed = made.tokenizer_json({**tokens, "merges": pairs})
    text = "\n".join(["#version: 0.2", *lines]).encode()
    whole = features("tokenizer.json", plain, "merges")
    assert features("tokenizer.json", listed, "merges") == whole
    assert features("merges.txt", text, "merges") == whole
    assert features("bpe_simple_vocab_16e6.txt.gz", gzip.compress(text), "merges") == whole


def test_a_few_added_tokens_change_little() -> None:
    tokens = made.learned()
    grown = [*tokens[:300], b"brand", b"new words", b"between", *tokens[300:]]
    assert shared(features("a.tiktoken", made.tiktoken(tokens)), features("a.tiktoken", made.tiktoken(grown))) > 0.75


def test_the_order_of_a_vocabulary_is_half_of_it() -> None:
    """A shuffled vocabulary keeps its handfuls and loses its neighbours."""
    tokens = made.learned()
    mixed = Random(1).sample(tokens, len(tokens))
    found = shared(features("a.tiktoken", made.tiktoken(tokens)), features("a.tiktoken", made.tiktoken(mixed)))
    assert 0.2 < found < 0.6


@given(st.integers(0, 1000), st.integers(200, 800))
@settings(max_examples=20, deadline=None)
def test_strangers_that_share_half_of_their_words_share_next_to_nothing(seed: int, size: int) -> None:
    """Neither handfuls nor neighbours, whether the words come in a learned order or in that of the alphabet."""
    random = Random(seed)
    words = [f"w{number:x}" for number in random.sample(range(10**6), 2 * size)]
    one, other = (random.sample(words, int(1.4 * size)) for _ in range(2))
    for order in (list, sorted):
        found = [features("vocab.txt", "\n".join(order(side)).encode()) for side in (one, other)]
        assert len(found[0] & found[1]) <= 3


def added(names: list[str]) -> set[int]:
    rows = {name: number for number, name in enumerate(names)}
    return features("added_tokens.json", json.dumps(rows).encode(), "added tokens")


def test_special_tokens_of_everybody_weigh_nothing_and_numbered_ones_are_one() -> None:
    reserved = [f"<|reserved_special_token_{number}|>" for number in range(250)]
    assert added(["<s>", "</s>", "[PAD]", "<|im_start|>", "<image>", *reserved]) == set()
    assert len(added([*(f"<|fern_{number}|>" for number in range(250)), "<|moss|>"])) == 2


def test_added_tokens_are_the_same_wherever_they_are_declared() -> None:
    names = {"<|fern|>": 7, "<|moss|>": 8}
    rows = [{"content": name, "id": number} for name, number in names.items()]
    files = {
        "added_tokens.json": json.dumps(names),
        "special_tokens_map.json": json.dumps({"additional_special_tokens": [*names]}),
        "tokenizer_config.json": json.dumps({"added_tokens_decoder": {str(row["id"]): row for row in rows}}),
        "tokenizer.json": json.dumps({"added_tokens": rows, "model": {"vocab": {"a": 0}}}),
    }
    found = [features(path, text.encode(), "added tokens") for path, text in files.items()]
    assert all(side == found[0] for side in found)
    assert len(found[0]) == 2


TEMPLATE = """{% set state = namespace(seen=false) %}
{% for message in messages %}{% if message['role'] == 'system' %}{% set state.seen = true %}
{{ '<|fern|>' + message['content'] | trim }}{% elif message.tool_calls is defined and not loop.last %}
{{ message.content | indent(3) + 'The fern answers slowly and with care.' }}{% endif %}{% endfor %}"""


def template(source: str) -> set[int]:
    return features("chat_template.jinja", source.encode(), "chat template")


def test_names_spacing_and_spelling_of_a_template_do_not_matter() -> None:
    reworded = """
      {%- set here = namespace(met=false) %}{% for turn in messages -%}
      {% if turn.role == "system" %}{% set here.met = true %}<|fern|>{{ turn.content|trim }}
      {% elif turn['tool_calls'] is defined and not loop.last %}
        {{- turn.content | indent(3) ~ "The fern answers slowly and with care." -}}
      {% endif %} {% endfor %}"""
    assert template(reworded) == template(TEMPLATE)
    inside = json.dumps({"chat_template": reworded}).encode()
    assert features("tokenizer_config.json", inside, "chat template") == template(TEMPLATE)


def test_wording_of_a_template_is_a_feature_and_no_part_of_the_tree() -> None:
    other = template(TEMPLATE.replace("slowly and with care", "at once and in verse"))
    assert len(template(TEMPLATE) ^ other) == 2
    assert len(template(TEMPLATE) & other) > 10


def test_texts_of_a_template_that_changed_are_named_left_and_right() -> None:
    """Also those that one side alone has; renamed variables and spacing change none."""
    other = TEMPLATE.replace("slowly and with care", "at once").replace("<|fern|>", "<|moss|>")
    other = other.replace("message[", "turn[").replace("message.", "turn.").replace("for message", "for turn")
    other = other.replace("{% endif %}{% endfor %}", "{% endif %}{% endfor %}\nThe end.")
    rows: list[dict[str, str | None]] = [
        {"left": "<|fern|>", "right": "<|moss|>"},
        {"left": "The fern answers slowly and with care.", "right": "The fern answers at once."},
        {"left": None, "right": "The end."},
    ]
    left = side("chat_template.jinja", TEMPLATE.encode(), "chat template")
    named = [{"name": "plain", "template": other}, {"name": "tool", "template": TEMPLATE}]
    config = json.dumps({"chat_template": named})
    right = side("tokenizer_config.json", config.encode(), "chat template plain")
    found = tokenizer.correspond(left, right, None)
    assert found == {"parts": {"chat_template": "similar"}, "texts": rows}
    turned = [{"left": row.get("right"), "right": row.get("left")} for row in rows]
    assert tokenizer.correspond(right, left, None)["texts"] == turned
    same = side("tokenizer_config.json", config.encode(), "chat template tool")
    assert tokenizer.correspond(left, same, None) == {"parts": {"chat_template": "equal"}, "texts": []}


def test_another_template_is_another_tree() -> None:
    other = "{% for m in messages %}{% if loop.first %}{{ bos_token }}{% endif %}{{ m.role }}: {{ m.content }}"
    other += "{% endfor %}"
    assert shared(template(TEMPLATE), template(other)) < 0.2


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("page.jinja", b"{% for m in menu %}<li>{{ m.role }}</li>{% endfor %}"),
        ("vocab.txt", b"These are some words of prose.\n" * 40),
        ("vocab.json", b'{"classes": ["cat", "dog"]}'),
        ("regression.model", b"tree\nversion=v3\nnum_class=1\n"),
        ("tokenizer_config.json", b"{}"),
        ("da39a3ee5e6b4b0d3255bfef95601890afd80709", b"ref: refs/heads/main\n"),
    ],
)
def test_what_only_has_the_name_is_passed_over(path: str, data: bytes) -> None:
    with pytest.raises(Foreign):
        fingerprint(path, data)


def side(path: str, data: bytes, unit: str) -> Side:
    found = fingerprint(path, data)
    return Side(path, digest(path, data), found, [found.strings[name] for name in found.unit_names].index(unit))


def with_added(names: dict[str, int], tokens: list[bytes]) -> bytes:
    words = {made.byte_level(token): number for number, token in enumerate(tokens)}
    rows = [{"content": name, "id": number} for name, number in names.items()]
    return made.tokenizer_json({"type": "BPE", "vocab": words, "merges": []}, added_tokens=rows)


def test_the_verdict_tells_the_base_from_what_was_added() -> None:
    """Nine tokens that two have and the base has not are what is reported, ids of the base included."""
    tokens = made.learned()
    trees = ["oak", "elm", "ash", "fir", "yew", "box", "bay", "may", "nut"]
    nine = {f"<|{name}|>": len(tokens) + number for number, name in enumerate(trees)}
    left = side("tokenizer.json", with_added(nine, tokens), "vocabulary")
    right = side("tokenizer.json", with_added({**nine, "<|own|>": len(tokens) + 9}, tokens), "vocabulary")
    base = side("base.tiktoken", made.tiktoken(tokens), "vocabulary")
    found = tokenizer.correspond(left, right, Third("c", "1.0", "base.tiktoken", base))
    count = len(tokens)
    assert found["vocabulary"] == {
        "left": count + 9, "right": count + 10, "shared": count + 9, "in_order": count + 9, "same_ids": count + 9,
    }  # fmt: skip
    assert found["base"] == {
        "repository": "c", "version": "1.0", "path": "base.tiktoken", "tokens": count, "same_ids": count,
    }  # fmt: skip
    assert found["added"] == {"both": [*nine], "left": [], "right": ["<|own|>"]}
    assert found["added_counts"] == {"both": 9, "left": 0, "right": 1}


def test_a_base_that_the_background_alone_knows_is_named_without_counts() -> None:
    tokens = made.learned()
    left = right = side("tokenizer.json", with_added({"<|oak|>": len(tokens)}, tokens), "vocabulary")
    found = tokenizer.correspond(left, right, Third("mistral-common", "1.13", "tekken.json"))
    assert found["base"] == {"repository": "mistral-common", "version": "1.13", "path": "tekken.json"}
    assert found["added"]["both"] == ["<|oak|>"]


def named_tokens(*names: str) -> Side:
    """A file that adds these."""
    rows = {name: number for number, name in enumerate(names)}
    return side("added_tokens.json", json.dumps(rows).encode(), "added tokens")


def test_numbered_tokens_are_counted_one_by_one() -> None:
    """Where only numbers differ none is on both sides; what has more of them has the rest."""
    eight = [f"<|fern_{number}|>" for number in range(8)]
    others = [f"<|fern_{number}|>" for number in range(8, 16)]
    found = tokenizer.correspond(named_tokens(*eight), named_tokens(*others), None)
    assert found["named"] == {"left": 8, "right": 8, "shared": 0}
    assert found["added_counts"] == {"both": 0, "left": 8, "right": 8}
    assert found["added"] == {"both": [], "left": ["<|fern_#|> (8)"], "right": ["<|fern_#|> (8)"]}
    found = tokenizer.correspond(named_tokens(*eight), named_tokens(*eight, others[-1], "<|moss|>"), None)
    assert found["added"] == {"both": ["<|fern_#|> (8)"], "left": [], "right": ["<|fern_15|>", "<|moss|>"]}
    assert found["added_counts"] == {"both": 8, "left": 0, "right": 2}


def test_reserved_tokens_beyond_those_of_a_base_are_counted() -> None:
    """Ten of each side, of which a third place has four."""
    ten = [f"<|reserved_special_token_{number}|>" for number in range(10)]
    third = Third("c", "1.0", "added_tokens.json", named_tokens(*ten[:4]))
    found = tokenizer.correspond(named_tokens(*ten), named_tokens(*ten), third)
    assert found["named"]["shared"] == 10 and found["base"]["tokens"] == found["base"]["same_ids"] == 4
    assert found["added"]["both"] == ["<|reserved_special_token_#|> (6)"] and found["added_counts"]["both"] == 6
    alone = tokenizer.correspond(named_tokens(*ten, "<|moss|>"), named_tokens(*ten, "<|moss|>"), None)
    assert alone["named"]["shared"] == 11 and alone["added"]["both"] == ["<|moss|>"]


def test_more_numbered_tokens_than_are_looked_at_are_not_counted_wrongly() -> None:
    many = [f"<|fern_{number}|>" for number in range(6_000)]
    found = tokenizer.correspond(named_tokens("<|moss|>"), named_tokens("<|moss|>", *many), None)
    assert found["added_counts"]["right"] == 6_000 and found["added"]["right"] == ["<|fern_#|> (5,000 or more)"]


def test_a_third_that_shares_little_is_no_base() -> None:
    tokens = made.learned()
    left = side("a.tiktoken", made.tiktoken(tokens), "vocabulary")
    third = Third("c", "", "b.tiktoken", side("b.tiktoken", made.tiktoken(tokens[:400]), "vocabulary"))
    assert tokenizer.correspond(left, left, third)["base"] is None


def test_merges_in_another_order_are_counted() -> None:
    lines = [f"{left} {right}" for left in "abcdef" for right in "ghijkl"]
    swapped = lines[18:] + lines[:18]
    left, right = (side("merges.txt", "\n".join(rows).encode(), "merges") for rows in (lines, swapped))
    assert tokenizer.correspond(left, right, None)["merges"] == {"left": 36, "right": 36, "shared": 36, "in_order": 34}


def test_parts_are_compared_one_by_one() -> None:
    model = {"vocab": {"a": 0}}
    split = {"type": "Split", "pattern": {"Regex": "[ferns]+|.{4}"}, "behavior": "Isolated", "invert": False}
    one = made.tokenizer_json(model, decoder={"type": "ByteLevel"}, pre_tokenizer=split, normalizer={"type": "NFC"})
    two = made.tokenizer_json(model, decoder={"type": "ByteLevel"}, pre_tokenizer={**split, "invert": True})
    left, right = (side("tokenizer.json", data, "pipeline") for data in (one, two))
    found = tokenizer.correspond(left, right, None)
    assert found["parts"] == {"decoder": "equal", "pre_tokenizer": "similar", "normalizer": "left"}


def test_a_component_of_millions_of_words_is_told_apart_by_its_first() -> None:
    """All of them would take hours."""

    def made_of(word: str) -> Side:
        rows = " ".join(f"{word}{number}" for number in range(2_000_000))
        return side("tokenizer.json", made.tokenizer_json({"type": "BPE", "vocab": {}}, normalizer=rows), "pipeline")

    found = tokenizer.correspond(made_of("fern"), made_of("moss"), None)
    assert found["parts"] == {"normalizer": "different"}


def test_words_say_what_is_shared() -> None:
    data = made.SOURCE.read_bytes()
    found = fingerprint("tokenizer.json", data)
    words = tokenizer.describe("tokenizer.json", digest("tokenizer.json", data), found, range(len(found.features)))
    assert all(words)
    assert any(text.startswith("tokens ") and " then " in text for text in words)
    assert any(text.startswith("merges ") for text in words)
    assert "token <|thumbnail|>" in words


@given(st.lists(st.binary(max_size=2), unique=True), st.lists(st.binary(max_size=2), unique=True))
def test_what_two_lists_have_in_common(left: list[bytes], right: list[bytes]) -> None:
    ours, theirs = both(*(listing((item, place) for place, item in enumerate(side)) for side in (left, right)))
    assert [left[place] for place in ours.tolist()] == [item for item in left if item in right]
    assert [right[place] for place in theirs.tolist()] == [item for item in left if item in right]


@given(st.dictionaries(st.binary(max_size=3), st.integers(-1, 2**31 - 1)))
def test_a_list_is_read_back_as_it_was(rows: dict[bytes, int]) -> None:
    found = unpack(pack(listing(rows.items())))
    assert list(found) == list(rows) and found.numbers.tolist() == list(rows.values())
    ours, theirs = both(found, bare(listing(rows.items())))
    assert ours.tolist() == theirs.tolist() == [*range(len(rows))]
