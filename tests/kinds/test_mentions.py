"""Mentions: names in strings, comments and imports with their places; linear time whatever the text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clonescan.kinds.mentions import BESIDE, IMPORT, MAX_MENTIONS, VALUE, WORD, mentions

SOURCE = '''"""Ported from `nimbus`, see nimbus.model.NimbusLayer.

import notme
"""
from ..deep.er import f  # nimbus_cache_dir
import os, sys.path
import torch as T
x = CamelCase(snake_case, "quoted_name") + 'it\\'s a/path.py'
model_type: str = "nimbusx"
'''
HOSTILE = {
    "triple quotes that never end": '"""\\' * 50_000,
    "quotes in quotes": "'\"\"\"" * 50_000,
    "one long string": '"' + "aB." * 60_000 + '"',
    "one long word": "'" + "a" * 200_000 + "'",
    "one long import": "import " + "a," * 100_000,
    "keys without values": ("model_type" + " " * 100) * 2000,
    "escapes": "'" + "\\\n" * 90_000,
    "dots": "from " + "." * 200_000,
    "binary": "\0" * 200_000,
}


def test_names_come_with_their_places() -> None:
    assert set(mentions("a.py", SOURCE.encode())) == {
        (BESIDE, "nimbus", 0, 1), (WORD, "nimbus.model.NimbusLayer.", 0, 1), (IMPORT, "..deep.er", 0, 5),
        (WORD, "nimbus_cache_dir", 0, 5), (IMPORT, "os", 0, 6), (IMPORT, "sys.path", 0, 6), (IMPORT, "torch", 0, 7),
        (WORD, "quoted_name", 0, 8), (WORD, "a/path.py", 0, 8), (VALUE, "nimbusx", 0, 9),
    }  # fmt: skip


def test_text_files_are_text_and_data_is_nothing() -> None:
    config = b'{"auto_map": {"AutoModel": "modeling_nimbus.NimbusModel"},\n"model_type": "nimbusx"}'
    assert set(mentions("config.json", config)) == {
        (WORD, "auto_map", 0, 1), (WORD, "AutoModel", 0, 1), (WORD, "modeling_nimbus.NimbusModel", 0, 1),
        (WORD, "model_type", 0, 2), (VALUE, "nimbusx", 0, 2),
    }  # fmt: skip
    assert mentions("vocab.json", b'"someName" ' * 30_000) == ()
    assert mentions("weights.bin", b"someName\0") == ()


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_no_text_takes_long(text: str) -> None:
    start = time.process_time()
    mentions("a.py", text.encode())
    assert time.process_time() - start < 5  # all are done in a fifth of a second; quadratic ones take minutes


def test_a_file_that_mentions_everything_is_cut_short() -> None:
    assert len(mentions("a.py", "\n".join(f"# some_name_{n}" for n in range(9000)).encode())) == MAX_MENTIONS


@given(st.text())
def test_any_text_is_read_and_lines_are_in_it(text: str) -> None:
    for _, name, cell, line in mentions("a.py", text.encode("utf-8", "replace")):
        assert name and cell == 0 and 1 <= line <= text.count("\n") + text.count("\r") + 1
