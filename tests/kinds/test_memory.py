"""What a process has read before makes reading faster, and never changes what a file is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clonescan
from clonescan.fingerprint import encode
from clonescan.kinds.code import memory, recorder, walk
from clonescan.kinds.code.extract import walker
from kinds.snippets import read

FIXTURES = Path(clonescan.__file__).parents[1] / "fixtures"
SOURCES = [path.read_text(encoding="utf-8") for path in sorted(FIXTURES.rglob("*.py"))]

STATEMENTS = """
x = torch.nn.functional.linear(self.weight, input, bias=None)
y = input.reshape(self.size, x.shape[0] - 1, torch.float32)
input = [f(x, y, 3) for x in self.items if not self.done(x, 'bilinear')]
self.weight = lambda x: torch.stack([x, self.size, input], dim=0)
torch = self.reshape(input, torch.sum(x) + y * 2, keepdim=True)
del x[torch.arange(0, 10), input], self.items[y]
assert isinstance(input, (list, tuple)), f"{x}: {self.size} and {torch.e}"
return super(A, self).forward(x, input[0], *self.items, torch=torch)
if not torch.is_tensor(input) and self.weight.shape[0] > x: f(y, 1, 2)
a.b.c = None if True.real == x.y.z.w else self.b.c(a.b.d, print.x)
""".strip().splitlines()

_line = st.sampled_from(STATEMENTS)
_bodies = st.lists(_line, min_size=1, max_size=4)
_heads = st.sampled_from(
    [
        "def f(self, x, y=torch.float32(input, 0), *input):",
        "def f(self, x, y=torch.float32(input, 0), z=self.a.b.c):",
        "class A(B, torch.nn.Module, metaclass=f(input, 3, 'x')):",
        "@torch.jit.script(input, self.x)\ndef reshape(x):",
        "while self.weight(x) < 3:",
    ]
)
_blocks = st.tuples(_heads, _bodies).map(lambda pair: pair[0] + "".join(f"\n    {line}" for line in pair[1]))
_imports = st.sampled_from(["import torch", "from torch.nn import functional as x", "from . import torch", "x = = 3"])
_files = st.lists(st.one_of(_imports, _line, _blocks), max_size=8).map("\n".join)


def alone(source: str) -> bytes:
    """The fingerprint of a file that is the first one of its process."""
    walker.cache_clear()
    return encode(read(source))


@given(st.lists(_files, min_size=1, max_size=4))
@settings(max_examples=200, deadline=None)
def test_a_file_is_the_same_whatever_was_read_before_it(sources: list[str]) -> None:
    expected = [alone(source) for source in sources]
    walker.cache_clear()
    assert [encode(read(source)) for source in sources * 2] == expected * 2


def test_the_fixtures_are_the_same_in_any_order() -> None:
    expected = [alone(source) for source in SOURCES]
    assert [encode(read(source)) for source in SOURCES] == expected
    walker.cache_clear()
    assert [encode(read(source)) for source in reversed(SOURCES)] == expected[::-1]


@pytest.mark.parametrize(("module", "limit"), [(walk, "MAX_READINGS"), (recorder, "MAX_SHAPES")])
def test_what_is_forgotten_changes_nothing(module: object, limit: str, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = [alone(source) for source in SOURCES]
    monkeypatch.setattr(module, limit, 50)
    walker.cache_clear()
    assert [encode(read(source)) for source in SOURCES] == expected


def test_a_deep_statement_is_the_same_at_any_depth() -> None:
    """Where an expression is cut off depends on where it stands, so that one reading cannot serve both."""
    deep = f"x = {'f(' * 95}a.b{')' * 95}"
    nested = "".join(" " * n + "if a:\n" for n in range(12)) + " " * 12 + deep
    expected = [alone(deep), alone(nested)]
    walker.cache_clear()
    assert [encode(read(deep)), encode(read(nested)), encode(read(deep))] == [*expected, expected[0]]


def test_an_interrupted_reading_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    source = SOURCES[0]
    expected = alone(source)
    walker.cache_clear()

    def interrupted(self: recorder.Recorder) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(recorder.Recorder, "close", interrupted)
        with pytest.raises(KeyboardInterrupt):
            read(source)
    assert encode(read(source)) == expected


def test_long_and_torn_statements_are_not_remembered() -> None:
    known = memory.Memory()
    assert known.words(b"x = " + b"1, " * memory.MAX_TEXT) is None
    assert known.words("größe = f(x)".encode()) is None
    assert known.words(b"y = f(x, 0xfor)") == frozenset({b"y", b"f", b"x", b"xfor"})
