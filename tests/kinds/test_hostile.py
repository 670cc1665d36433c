"""Files that nobody would call source: each is read as far as it goes, or refused with a reason, and quickly."""

from __future__ import annotations

import codecs
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clonescan
from clonescan.entities import Skipped
from clonescan.fingerprint import Fingerprint, decode, encode
from clonescan.kinds import code
from clonescan.kinds.interface import Unreadable
from clonescan.scan import scan
from clonescan.settings import Settings
from kinds.snippets import features, read, statements, structure, units

FIXTURES = Path(clonescan.__file__).parents[1] / "fixtures"
SECONDS = 10
"""What one file may take here; each takes a tenth of it, and one that takes quadratic time takes minutes."""

GOOD = "def f(x):\n    y = g(x, 1, 2)\n    return h(y, 3, y)\n"
MANY = 20_000


def check(found: Fingerprint, path: str, data: bytes) -> None:
    """What is true of every fingerprint."""
    shapes, count = len(found.hashes), len(found.unit_names)
    assert len(found.feature_offsets) == len(found.statement_offsets) == count + 1
    assert found.feature_offsets[-1] == len(found.features) and found.statement_offsets[-1] == len(
        found.statement_shapes
    )
    assert (found.features < shapes).all() and (found.inner < shapes).all()
    assert (found.unit_starts >= 1).all() and (found.unit_starts <= found.unit_ends).all()
    assert (found.statement_starts >= 1).all() and (found.statement_starts <= found.statement_ends).all()
    owner = np.repeat(np.arange(shapes), np.diff(found.inner_offsets))
    assert (found.inner < owner).all() and (found.heights[found.inner] < found.heights[owner]).all()
    again = decode(encode(found))
    assert encode(again) == encode(found)
    assert len(code.describe(path, data, found, range(len(found.features)))) == len(found.features)


NESTED = {
    "parentheses": f"x = {'(' * MANY}1{')' * MANY}",
    "open parentheses": f"x = {'(' * MANY}",
    "open brackets of all kinds": "([{" * MANY,
    "closing braces": "}" * MANY,
    "lists": f"x = {'[' * MANY}{']' * MANY}",
    "dictionaries": f"x = {'{1:' * MANY}2{'}' * MANY}",
    "calls inside": f"x = {'f(' * MANY}{')' * MANY}",
    "calls behind": f"x = f{'()' * MANY}",
    "keywords": f"x = {'f(a=' * MANY}1{')' * MANY}",
    "keywords by place": f"import torch\nx = torch.sum(a, {'dim=1, ' * 20 * MANY})",
    "attributes": f"x = a{'.b' * MANY}",
    "imported attributes": f"import a\nx = a{'.b' * MANY}(1, 2)",
    "methods": f"x = a{'.b()' * MANY}",
    "subscripts": f"x = a{'[0]' * MANY}",
    "not": f"x = {'not ' * MANY}a",
    "minus": f"x = {'-' * MANY}1",
    "await": f"x = {'await ' * MANY}a",
    "power": f"x = {' ** '.join('a' * MANY)}",
    "comparisons": f"x = {' < '.join('a' * MANY)}",
    "sum": f"x = {' + '.join(['f(1)'] * 100_000)}",
    "conditionals": f"x = {'a if b else ' * MANY}c",
    "lambdas": f"x = {'lambda a: ' * MANY}a",
    "lambdas as defaults": f"x = {'lambda a=' * MANY}1{': a' * MANY}",
    "comprehensions": f"x = {'[' * 3000}a{' for a in b]' * 3000}",
    "f-strings": "x = " + "f'{" * 1000 + "1" + "}'" * 1000,
    "strings in a row": f"x = {repr('a') * MANY}",
    "chained targets": f"{'a = ' * MANY}1",
    "chained targets of a long value": f"{'a = ' * MANY}[{'g(b), ' * MANY}]",
    "a row of conditions": f"x = {' and '.join('a' * 4 * MANY)}",
    "a number of blanks in a text": f"x = '%{'0' * 4 * MANY}' % y",
    "new axes": f"x = y[{'None, ' * 4 * MANY}]",
    "annotations in a row": f"class A:\n def self(s):\n  0\n{'self.a:' * 2 * MANY}",
    "definitions behind blanks": f"{' ' * 4 * MANY}{'def a ' * MANY}",
    "functions in a function of many names": f"def f({', '.join(f'a{n}' for n in range(MANY))}):\n"
    + " def g(): h(1, 2, 3)\n" * MANY,
    "functions in a function of a long name": f"def {'a' * 5 * MANY}():\n" + " def f(): g(1, 2, 3)\n" * 5_000,
    "nested targets": f"{'(' * MANY}a{',)' * MANY} = b",
    "nested loop targets": f"for {'(' * MANY}a{',)' * MANY} in b: pass",
    "nested parameters": f"def f({'(' * MANY}a{',)' * MANY}): pass",
    "nested patterns": f"match x:\n  case {'[' * MANY}{']' * MANY}: pass",
    "nested statements in commas": f"{'(' * MANY}f(1, 2, 3),{')' * MANY}",
    "walrus": f"x = {'(a := ' * MANY}1{')' * MANY}",
    "decorators": "@f\n" * MANY + "def g(x): return h(x, 1, 2)",
    "elif": "if a == 1:\n  f(1, 2)\n" + "".join(f"elif a == {n}:\n  f(1, {n})\n" for n in range(MANY)),
    "commas": "f(1, 2), " * MANY + "g(2)",
    "semicolons": "f(1, 2);" * MANY,
    "dotted import": f"import {'.'.join('a' * MANY)} as b\nb.c(1)\n",
    "relative import": f"from {'.' * MANY} import a",
    "open string": "x = '''" + "abc\n" * MANY,
    "long name": "x" * 1_000_000 + " = 1",
    "long number": "x = " + "9" * 1_000_000,
    "odd numbers": "x = 1e999999999 + 1e400 + 0b2 + 09 + 1__0 + 1e + 0x + 1_000L + 0777",
} | {
    head.split()[0]: "".join(" " * n + head.format(n) + "\n" for n in range(1000)) + " " * 1000 + "f(1, 2, 3)\n"
    for head in ("def f{}(x):", "class A{}(B):", "if f(x, {}):", "for x in f({}):", "while x > {}:", "with f({}) as x:")
}


@pytest.mark.parametrize("source", NESTED.values(), ids=NESTED)
def test_depth_and_length_are_no_danger(source: str) -> None:
    """Neither to the stack nor to the clock; and what stands in front of it and behind it counts."""
    start = time.perf_counter()
    data = (GOOD + "\n" + source + "\n").encode()
    found = read(data)
    assert time.perf_counter() - start < SECONDS
    assert features(read(GOOD)) <= features(found)
    check(found, "model.py", data)


def test_what_is_behind_a_deep_expression_counts() -> None:
    deep = f"x = {'(' * 500}f(y, 1, 2){')' * 500}\n"
    assert features(read(GOOD)) <= features(read(deep + GOOD))


def test_a_name_that_is_missing_is_looked_for_nowhere() -> None:
    source = "def f(x):\n    y = g(x, h(, 1)\n    if y:\n        =z = y.k((x * 2, 3), a.b)\n        w = [g(x, 1)]"
    assert read(source).notes


@pytest.mark.parametrize(
    "broken",
    ["def broken(:\n    x = = 3\n", "class A(:\n", "x = [1, 2\n\n", "return 3)\n", "<<<<<<< HEAD\n", "f(1,, 2) $ ?\n"],
)
def test_the_rest_of_a_file_with_a_syntax_error_counts(broken: str) -> None:
    other = "\ndef other(a):\n    for b in k(a, 4, 1):\n        a = l(b, 'bilinear', 2)\n    return a\n"
    found = read(other + broken + "\n" + GOOD)
    assert found.notes and "syntax error" in found.notes[0]
    assert features(read(other)) <= features(found)
    assert len(features(read(GOOD)) - features(found)) <= 2, "more than the line that an open bracket swallows"


ENCODED = {
    "tabs": GOOD.replace("    ", "\t").encode(),
    "CRLF": GOOD.replace("\n", "\r\n").encode(),
    "CR": GOOD.replace("\n", "\r").encode(),
    "BOM": codecs.BOM_UTF8 + GOOD.encode(),
    "UTF-16, little end first": codecs.BOM_UTF16_LE + GOOD.encode("utf-16-le"),
    "UTF-16, big end first": codecs.BOM_UTF16_BE + GOOD.encode("utf-16-be"),
    "Latin-1 with a coding line": "# -*- coding: latin-1 -*-\n# größe\n".encode("latin-1") + GOOD.encode(),
    "Latin-1 without one": "# größe\n".encode("latin-1") + GOOD.encode(),
    "Cyrillic": "# coding=cp1251\n# размер\n".encode("cp1251") + GOOD.encode(),
    "a coding line that lies": "# coding: utf-8\n# größe\n".encode("latin-1") + GOOD.encode(),
    "no charset": b"# coding: idna\n# \xff\n" + GOOD.encode(),
    "an unknown coding": b"# coding: no-such-thing\n# \xff\n" + GOOD.encode(),
    "zlib": b"# coding: zlib\n# \xff\n" + GOOD.encode(),
    "rot13": b"# coding: rot13\n# \xff\n" + GOOD.encode(),
    "bz2 in the second line": b"#!/usr/bin/python\n# coding: bz2\n# \xff\n" + GOOD.encode(),
    "punycode": b"# coding: punycode\n# \xff\n" + GOOD.encode(),
    "unicode_escape": b"# coding: unicode_escape\n# \xff \\N{nothing} \\x\n" + GOOD.encode(),
    "mbcs": b"# coding: mbcs\n# \xff\n" + GOOD.encode(),
    "a null byte": b"# \0\n" + GOOD.encode(),
    "form feeds": GOOD.replace("return", "\f\n    return").encode(),
    "no last line break": GOOD.strip().encode(),
    "a shebang": b"#!/usr/bin/env python\n" + GOOD.encode(),
}


@pytest.mark.parametrize("data", ENCODED.values(), ids=ENCODED)
def test_the_same_code_in_any_encoding(data: bytes) -> None:
    found = read(data)
    assert statements(found) == statements(read(GOOD))
    assert features(found) == features(read(GOOD))
    check(found, "model.py", data)


def test_names_are_read_in_the_encoding_of_the_file() -> None:
    source = "größe = f(x, 1, 2)\n"
    for data in (source.encode(), source.encode("latin-1"), codecs.BOM_UTF16_LE + source.encode("utf-16-le")):
        assert "größe" in read(data).strings


def test_lines_are_counted_in_any_line_ends() -> None:
    for end in ("\n", "\r\n", "\r"):
        found = read(("\n\n" + GOOD).replace("\n", end).encode())
        assert (found.unit_starts.tolist(), found.unit_ends.tolist()) == ([3], [5])


@pytest.mark.parametrize("data", [b"\x7fELF\0\0\0\1" * 100, bytes(1000), b"PK\3\4" + bytes(50), b"\0"])
def test_binary_data_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(Unreadable, match="binary"):
        read(data)


@pytest.mark.parametrize(
    "data", [b"", b"\n", b"\r", b"# nothing\n", b'"""Only a docstring."""', b"pass", b"\\\n", b"\f"]
)
def test_an_empty_file_holds_no_units(data: bytes) -> None:
    assert not units(read(data)) and not read(data).notes


def test_a_file_that_is_too_large_is_skipped_with_a_reason(tmp_path: Path) -> None:
    """The rest of the repository is compared."""
    for side in ("one", "two"):
        (tmp_path / side).mkdir()
        (tmp_path / side / "model.py").write_text(GOOD)
        (tmp_path / side / "table.py").write_text("x = [1, 2, 3]\n" * 700_000)
    report = scan([str(tmp_path / "one"), str(tmp_path / "two")], Settings(use_cache=False, jobs=1))
    for repository in report.repositories:
        (skipped,) = repository.skipped
        assert skipped.path == "table.py" and "4" in skipped.reason and "MB" in skipped.reason
        assert repository.files == {"code": 1}
    small = Settings(use_cache=False, jobs=1, max_file_bytes=10)
    paths = [one.path for one in scan([str(tmp_path / "one"), str(tmp_path / "two")], small).repositories[0].skipped]
    assert paths == ["model.py", "table.py"]


def test_what_is_refused_is_told_and_does_not_hide_the_rest(tmp_path: Path) -> None:
    for side in ("one", "two"):
        (tmp_path / side).mkdir()
        (tmp_path / side / "model.py").write_text(GOOD)
        (tmp_path / side / "weights.py").write_bytes(bytes(1000))
        (tmp_path / side / "broken.py").write_text(GOOD + "x = = 3\n")
        (tmp_path / side / "notes.ipynb").write_text("no notebook")
    report = scan([str(tmp_path / "one"), str(tmp_path / "two")], Settings(use_cache=False, jobs=1))
    reasons = {one.path: one.reason for one in report.repositories[0].skipped}
    assert sorted(reasons) == ["broken.py", "notes.ipynb", "weights.py"]
    assert "binary" in reasons["weights.py"] and "notebook" in reasons["notes.ipynb"]
    assert report.repositories[0].files == {"code": 2}
    assert all(isinstance(one, Skipped) for one in report.repositories[0].skipped)


# Notebooks


def notebook(*cells: Any, version: int = 4) -> bytes:
    """A notebook; strings are code cells, anything else is a cell as it is."""
    key = "source" if version == 4 else "input"
    made = [{"cell_type": "code", key: cell} if isinstance(cell, (str, list)) else cell for cell in cells]
    return json.dumps({"cells": made} if version == 4 else {"worksheets": [{"cells": made}]}).encode()


@pytest.mark.parametrize("version", [3, 4])
@pytest.mark.parametrize("lines", [False, True])
def test_a_notebook_is_read_cell_by_cell(version: int, lines: bool) -> None:
    """Places are the cell, counted from 1 with the ones that hold text, and the line in it."""
    source: Any = ("# %%\n\n" + GOOD).splitlines(keepends=True) if lines else "# %%\n\n" + GOOD
    text = {"cell_type": "markdown", "source": "# Title\ndef not_code(x): return 1, 2, 3"}
    data = notebook("import torch", text, source, version=version)
    found = read(data, "a/play.ipynb")
    assert units(found) == ["f"]
    assert found.unit_cells.tolist() == [3]
    assert (found.unit_starts.tolist(), found.unit_ends.tolist()) == ([3], [5])
    assert features(found) == features(read(GOOD))
    check(found, "a/play.ipynb", data)


def test_a_name_that_a_later_cell_sets_again_is_no_constant() -> None:
    use = "def f(x):\n    return g(x, RATE, 31)"
    once, twice = read(notebook("RATE = 77", use), "a.ipynb"), read(notebook("RATE = 77", "RATE = 5", use), "a.ipynb")
    plain = read(notebook(use.replace("RATE", "77")), "a.ipynb")
    assert statements(once)[-1] == statements(plain)[-1] != statements(twice)[-1]


def test_what_one_cell_imports_the_next_one_knows() -> None:
    apart = read(notebook("import torch.nn as N", "y = N.Linear(8, 9)"), "play.ipynb")
    assert features(apart) == features(read("from torch import nn\ny = nn.Linear(8, 9)"))


@pytest.mark.parametrize(
    "magic",
    [
        "%matplotlib inline\n",
        "!pip install torch\n",
        "  %load_ext autoreload\n",
        "?torch.nn\n",
        "torch.nn?\n",
        "%%time\n",
        "%%capture out\n",
    ],
)
def test_magics_are_dropped_and_lines_stay(magic: str) -> None:
    found = read(notebook(magic + GOOD), "play.ipynb")
    assert not found.notes
    assert features(found) == features(read(GOOD))
    assert found.unit_starts.tolist() == [2]


def test_a_cell_in_another_language_is_no_code() -> None:
    assert not units(read(notebook("%%bash\n" + GOOD, "%%html\n<p>"), "play.ipynb"))


def test_a_syntax_error_is_told_with_its_cell() -> None:
    found = read(notebook(GOOD, "x = = 3"), "play.ipynb")
    assert [note.partition(":")[0] for note in found.notes] == ["cell 2"]
    assert features(read(GOOD)) <= features(found)


def test_the_pairs_place_in_a_report_is_cell_and_line(tmp_path: Path) -> None:
    body = (FIXTURES / "original" / "lumen" / "slicing.py").read_text()
    for side in ("one", "two"):
        (tmp_path / side).mkdir()
    (tmp_path / "one" / "play.ipynb").write_bytes(notebook("import math", "# so\n" + body))
    (tmp_path / "two" / "model.py").write_text(body)
    report = scan([str(tmp_path / "one"), str(tmp_path / "two")], Settings(use_cache=False, jobs=1))
    assert report.matches
    for match in report.matches:
        assert match.left.path == "play.ipynb#cell-2" and match.right.path == "model.py"
        assert match.left.start_line == match.right.start_line + 1


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"[]",
        b"3",
        b'"cells"',
        b"null",
        b"{}",
        b'{"cells": 3}',
        b'{"cells": [3]}',
        b'{"cells": {"a": 1}}',
        b'{"worksheets": []}',
        b'{"cells": [{"cell_type": "code", "source": 3}]}',
        b'{"cells": [{"cell_type": "code", "source": [1, 2]}]}',
        b'{"cells": [{"cell_type": "code", "source": null}]}',
        b"[" * 100_000,
        b"\xff\xfe\xfd",
        b"9" * 10_000,
    ],
)
def test_a_broken_notebook_is_refused_with_a_reason(data: bytes) -> None:
    with pytest.raises(Unreadable, match="notebook"):
        read(data, "play.ipynb")


def test_an_empty_notebook_holds_no_units() -> None:
    for data in (notebook(), notebook(""), notebook("%%time"), notebook("%%"), notebook({}), notebook("\ud800")):
        assert not units(read(data, "play.ipynb"))


# Fuzzing

SOURCES = [path.read_bytes() for path in sorted((FIXTURES / "original").rglob("*.py"))]
_pieces = st.binary(max_size=4) | st.sampled_from(
    [b"(", b"'''", b'"', b"f'{", b"{", b"}", b"\n", b"\t", b":", b"\\", b"@"]
)
_edits = st.lists(st.tuples(st.integers(0, 2**16), st.integers(0, 40), _pieces), min_size=1, max_size=8)


def survives(path: str, data: bytes) -> None:
    """Reading raises nothing but Unreadable, and what is read makes sense."""
    try:
        found = read(data, path)
    except Unreadable as reason:
        assert str(reason)
        return
    check(found, path, data)


@given(st.binary(max_size=400), st.sampled_from(["model.py", "play.ipynb"]))
@settings(max_examples=150, deadline=None)
def test_random_bytes_are_survived(data: bytes, path: str) -> None:
    survives(path, data)


@given(st.text(max_size=200))
@settings(max_examples=100, deadline=None)
def test_random_text_is_survived(text: str) -> None:
    survives("model.py", text.encode("utf-8", "surrogatepass"))
    survives("play.ipynb", notebook(text.encode("utf-8", "replace").decode()))


@given(st.sampled_from(SOURCES), _edits)
@settings(max_examples=150, deadline=None)
def test_mutated_source_is_survived(source: bytes, edits: list[tuple[int, int, bytes]]) -> None:
    for place, length, piece in edits:
        place %= len(source) + 1
        source = source[:place] + piece + source[place + length :]
    survives("model.py", source)


WORDS = """
def class if elif else for in while try except finally with as import from lambda not and or is return yield await
async print exec del global pass match case f(x) x.y x[0] ( ) [ ] { } : , ; = += := == -> * ** @ . ... f'{x}' f'{}' f'{'
'''a''' ''' 1 0x 1e 0777 'a - `x` >>
"""
_tokens = st.sampled_from([*WORDS.split(), "\n", "\n    ", "\n        ", "except A, b:"])


@given(st.lists(_tokens, max_size=40).map(" ".join))
@settings(max_examples=250, deadline=None)
def test_words_of_python_in_any_order_are_survived(source: str) -> None:
    survives("model.py", source.encode())


@given(st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)))
@settings(max_examples=80, deadline=None)
def test_a_notebook_with_weird_types_is_survived(value: Any) -> None:
    for cell in ({"cell_type": "code", "source": value}, {"cell_type": value, "source": "x"}, value):
        survives("play.ipynb", json.dumps({"cells": [cell], "nbformat": value}).encode())
        survives("play.ipynb", json.dumps({"worksheets": value, "cells_": cell}).encode())


def test_structure_of_a_good_file_is_not_empty() -> None:
    """What the others compare with says something."""
    assert len(structure(GOOD)) > 4
