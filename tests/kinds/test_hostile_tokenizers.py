"""Tokenizers that nobody trained: refused with a reason, or read as far as they go, in bounded time and memory."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from base64 import b64encode
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clonescan.fingerprint import Fingerprint, decode, encode
from clonescan.kinds import tokenizer
from clonescan.kinds.code.symbols import Symbols
from clonescan.kinds.interface import Foreign, Unreadable
from clonescan.scan import scan
from clonescan.settings import Settings
from kinds import tokenizers as made

SECONDS = 10
"""What one file may take here; each takes a tenth of it, and one that takes quadratic time takes minutes."""

GOOD = made.SOURCE.read_bytes()
PIECES = made.sentencepiece([("<unk>", 2), *((piece, 1) for piece in made.pieces(made.texts()))])
FOREVER = b"\xff" * 9 + b"\x7f"
"""A number of 63 bits, as a length of a protobuf field."""


KEYS = [
    "model", "vocab", "merges", "added_tokens", "content", "id", "normalizer", "normalizers", "precompiled_charsmap",
    "decoder", "type", "chat_template", "name", "template", "added_tokens_decoder", "additional_special_tokens",
    "pad_token", "config", "default_vocab_size", "token_bytes", "pattern", "special_tokens", "token_str", "rank",
]  # fmt: skip


def read(path: str, data: bytes) -> Fingerprint:
    """What a file holds, in time."""
    started = time.process_time()
    try:
        return tokenizer.extract(path, data, Symbols())
    finally:
        assert time.process_time() - started < SECONDS


def deep(levels: int) -> bytes:
    return b'{"model":{"vocab":{"a":0}},"decoder":' + b'{"a":' * levels + b"1" + b"}" * levels + b"}"


@pytest.mark.parametrize(
    ("path", "data", "reason"),
    [
        ("tokenizer.json", GOOD[: len(GOOD) // 2], "no JSON"),
        ("tokenizer.json", GOOD.decode().encode("utf-16"), "no JSON"),
        ("tokenizer.json", b'{"model": {"vocab": {"\xff\xfe": 1}}}', "no JSON"),
        ("tokenizer.json", b'{"model": {"type": "BPE"}}', "no vocabulary"),
        ("tokenizer.json", b'{"model": {"vocab": {"a": 9223372036854775807}}}', "out of range"),
        ("tokenizer.json", deep(10_000), "no JSON"),
        ("tokenizer.json", deep(500), "levels deep"),
        ("tokenizer_config.json", b'{"a":' + b"[" * 900 + b"]" * 900 + b"}", "levels deep"),
        ("merges.txt", "a b\n".encode("utf-16") * 40, "not UTF-8"),
        ("a.tiktoken", made.tiktoken(made.learned()) + b"YQ== many\n", "no token with its rank"),
        ("tekken.json", b'{"config": {}, "vocab": [{"token_bytes": "%%%"}, {}]}', "not all of its tokens"),
        ("spiece.model", PIECES[:-3], "no SentencePiece model behind"),
        ("spiece.model", PIECES + b"\x0a" + FOREVER, "no SentencePiece model behind"),
        ("spiece.model", PIECES[:9], "neither a SentencePiece model nor"),
        ("tokenizer.model", bytes(1000), "neither a SentencePiece model nor"),
        ("my-tokenizer.model.v3", b"\x0a" + FOREVER + PIECES, "neither a SentencePiece model nor"),
        ("qwen.tiktoken", b"\x93garbage\xff\0" * 400, "nor a list of tokens with their ranks"),
        ("a.tiktoken", b"no base64 at all\n", "nor a list of tokens with their ranks"),
        ("bpe_vocab.txt.gz", gzip.compress(b"a b\n" * 40)[:-9], "ends too early"),
        ("bpe_vocab.txt.gz", b"\x1f\x8b" + b"no gzip" * 9, "damaged"),
        ("bpe_vocab.txt.gz", gzip.compress(b"\0" * 70_000_000, 1), "unpacks to more than 64 MB"),
        ("vocab.txt", b"".join(b"%x\n" % n for n in range(1_100_000)), "more than 1,000,000"),
        ("vocab.json", b'{"":0' + b"".join(b',"%x":1' % n for n in range(1_100_000)) + b"}", "more than 1,000,000"),
        ("a.tiktoken", b"".join(b"%s 0\n" % b64encode(b"%d" % n) for n in range(1_100_000)), "more than 1,000,000"),
        ("chat.jinja", b"{% for message in messages %}{{ message.content }}", "cannot be parsed"),
        ("chat.jinja", b"{% for message in messages %}{{ " + b"(" * 9_000 + b" message.content", "too deeply"),
        ("chat.jinja", b"{% if messages[0].content %}" * 400 + b"{% endif %}" * 400, "too deeply"),
        ("chat.jinja", b"{% if messages[0].content %}{{ " + b"9" * 9_000 + b" }}{% endif %}", "too long"),
        ("chat.jinja", b"{% if messages[0].content %}" + b"x" * 300_000 + b"{% endif %}", "more than 200,000"),
    ],
)
def test_what_is_broken_is_refused_with_its_reason(path: str, data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        read(path, data)


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("a.model", b"\x0a" + FOREVER),
        ("a.model", b"\x0a\x02\xff\xff" * 9),
        ("a.model", b"\x0a" * 100_000),
        ("a.model", b"no base64 at all\n"),
        ("a.model", bytes(1000)),
        ("tokenizer.json", b"[]"),
        ("vocab.json", b'{"a": {"b": 1}}'),
        ("added_tokens.json", b'{"a": "b"}'),
    ],
)
def test_what_is_something_else_is_passed_over(path: str, data: bytes) -> None:
    with pytest.raises(Foreign):
        read(path, data)


def test_of_keys_that_come_twice_the_last_one_counts_as_for_those_who_load_it() -> None:
    once = made.tokenizer_json({"vocab": {f"word{n}": n for n in range(99)}})
    twice = b'{"model": {"vocab": {"a": 0}},' + once[1:]
    found = read("tokenizer.json", twice)
    assert found.notes == ("holds keys that are given twice; the last of each counts",)
    assert encode(replace(found, notes=())) == encode(read("tokenizer.json", once))


def test_a_colon_in_a_text_is_no_key() -> None:
    texts = {'a":': 0, "b\u0022:": 1, 'c" :': 2, "d": '":":', "e": {"f": 3, "g": ["x", {"f": '"":'}]}}
    for ascii_only in (True, False):
        data = json.dumps(texts, ensure_ascii=ascii_only, indent=1).encode()
        assert read("tokenizer_config.json", data).notes == ()


def test_a_list_that_is_cut_off_in_a_rank_is_compared_and_noted() -> None:
    whole = made.tiktoken(made.learned())
    assert whole.endswith(b"\n") and not read("a.tiktoken", whole).notes
    (note,) = read("a.tiktoken", whole[:-2]).notes
    assert note.startswith("tokens of one rank")


def test_a_model_that_ends_with_a_piece_is_compared_and_noted() -> None:
    """Cut off between two pieces it is a good message, without the fields that come behind them."""
    whole = made.sentencepiece([("<unk>", 2), *((piece, 1) for piece in made.pieces(made.texts()))])
    fewer = made.sentencepiece([("<unk>", 2), *((piece, 1) for piece in made.pieces(made.texts())[:400])])
    cut = fewer[:-4]
    assert whole.startswith(cut)
    assert read("spiece.model", cut).notes[0].startswith("ends behind its pieces")
    assert not read("spiece.model", whole).notes


def test_a_template_that_cannot_be_parsed_is_a_note() -> None:
    """The rest of its file is read."""
    data = json.dumps({"chat_template": "{% for %}", "additional_special_tokens": ["<|fern|>"]}).encode()
    found = read("tokenizer_config.json", data)
    assert found.notes[0].startswith("a chat template cannot be parsed")
    assert "added tokens" in found.strings


def test_a_template_is_never_rendered(tmp_path: Path) -> None:
    """Neither loops that never end nor calls are run."""
    target = tmp_path / "touched"
    source = (
        "{% for message in messages %}{{ message.content }}{% endfor %}{% for n in range(10 ** 12) %}{% endfor %}"
        "{{ cycler.__init__.__globals__.os.system('touch " + str(target) + "') }}{% include '/etc/passwd' %}"
    )
    assert len(read("chat.jinja", source.encode()).unit_names) == 1
    assert not target.exists()


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("vocab.json", json.dumps({"a" * n: n for n in range(3_000)}).encode()),
        ("vocab.txt", b"x\n" * 900_000),
        ("merges.txt", b"a b\n" * 500_000),
        ("a.tiktoken", b"YQ== 0\n" * 500_000),
        ("spiece.model", made.sentencepiece([("same", 1)] * 100_000)),
        ("added_tokens.json", json.dumps({f"<{n}x{n}>": n for n in range(100_000)}).encode()),
        ("tokenizer_config.json", json.dumps({f"key{n}": f"odd value {n}" for n in range(100_000)}).encode()),
        ("chat.jinja", b"{% if messages[0].content %}" + b"{{ a.b.c }}" * 15_000 + b"{% endif %}"),
    ],
)
def test_many_of_one_thing_take_no_longer_than_many_things(path: str, data: bytes) -> None:
    try:
        assert len(read(path, data).unit_names) <= 2
    except (Foreign, Unreadable):  # a vocabulary of one letter says nothing
        assert len(set(data)) < 8


@given(st.binary(max_size=300), st.sampled_from(["tokenizer.json", "a.model", "a.tiktoken", "vocab.txt", "chat.jinja"]))
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes, path: str) -> None:
    try:
        found = read(path, data)
    except (Unreadable, Foreign):
        return
    assert encode(decode(encode(found))) == encode(found)


@given(st.integers(0, len(PIECES) - 1), st.binary(min_size=1, max_size=8))
@settings(max_examples=200, deadline=None)
def test_a_damaged_model_is_read_or_refused(place: int, damage: bytes) -> None:
    with suppress(Unreadable, Foreign):
        read("spiece.model", PIECES[:place] + damage + PIECES[place + len(damage) :])


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
        max_leaves=30,
    ),
    st.sampled_from(["tokenizer.json", "tokenizer_config.json", "tekken.json", "special_tokens_map.json"]),
)
@settings(max_examples=300, deadline=None)
def test_any_json_is_read_or_refused(document: object, path: str) -> None:
    """Values of all kinds under the keys that are looked at."""
    with suppress(Unreadable, Foreign):
        read(path, json.dumps(document).encode())


def test_a_scan_lists_what_it_skips(tmp_path: Path) -> None:
    """A broken tokenizer does not hide the ones beside it, and what is something else is not listed."""
    for name in ("one", "two"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "tokenizer.json").write_bytes(GOOD[:9_000])
        (folder / "spiece.model").write_bytes(PIECES[: len(PIECES) // 2])
        (folder / "qwen.tiktoken").write_bytes(b"\x93garbage\xff" * 400)
        (folder / "regression.model").write_bytes(b"tree\nversion=v3\nnum_class=1\n")
        (folder / "crf.model").write_bytes(b"\x0a\x02\xff\xfe" * 99)
        (folder / "base.tiktoken").write_bytes(made.tiktoken(made.learned()))
    report = scan([str(tmp_path / "one"), str(tmp_path / "two")], Settings(use_cache=False))
    assert [match.left.path for match in report.matches] == ["base.tiktoken"]
    reasons = {row.path: row.reason for row in report.repositories[0].skipped}
    assert sorted(reasons) == ["qwen.tiktoken", "spiece.model", "tokenizer.json"]
    assert reasons["tokenizer.json"].startswith("no JSON")
    assert reasons["spiece.model"].startswith("no SentencePiece model behind")
    assert reasons["qwen.tiktoken"].startswith("neither")


def test_what_one_kind_reads_another_does_not_list_as_skipped(tmp_path: Path) -> None:
    """Mistral's format is JSON with a section that looks like a config, and longer than any."""
    rows = [{"token_bytes": b64encode(token).decode(), "rank": rank} for rank, token in enumerate(made.learned() * 9)]
    config = {"pattern": "[ferns]+|.", "num_vocab_tokens": 9, "default_vocab_size": 5_000, "version": "v3"}
    data = json.dumps({"config": config, "vocab": rows, "special_tokens": []}).encode()
    assert len(data) > 256_000
    words = {made.byte_level(token): number for number, token in enumerate(made.learned())}
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "tekken_240718.json").write_bytes(data)
        (tmp_path / name / "encoder.json").write_text(json.dumps(words))
    report = scan([str(tmp_path / "one"), str(tmp_path / "two")], Settings(use_cache=False))
    assert report.repositories[0].files == {"tokenizer": 2}
    assert report.repositories[0].skipped == ()


def test_a_zip_of_zeros_takes_no_memory() -> None:
    """What unpacks to more than is read is not unpacked to its end."""
    bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
    data = b"".join(bomb.compress(b"\0" * 10_000_000) for _ in range(30)) + bomb.flush()
    with pytest.raises(Unreadable, match="unpacks"):
        read("merges.txt.gz", data)
