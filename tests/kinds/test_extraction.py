"""Extraction is a function of a file alone, and leaves the process as it was."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import clonescan
from clonescan.kinds.reading import Work, extract_batch
from kinds.snippets import SYMBOLS

FIXTURES = Path(clonescan.__file__).parents[1] / "fixtures"
WORK = [Work("code", path.name, path.read_bytes()) for path in sorted(FIXTURES.rglob("*.py"))]
ALONE = [extract_batch(SYMBOLS, [item])[0] for item in WORK]


@given(st.permutations(range(len(WORK))))
@settings(max_examples=10, deadline=None)
def test_a_file_is_the_same_whatever_was_read_before_it(order: list[int]) -> None:
    assert extract_batch(SYMBOLS, [WORK[place] for place in order]) == [ALONE[place] for place in order]


@pytest.mark.parametrize("enabled", [True, False])
def test_the_collector_is_as_it_was(enabled: bool) -> None:
    before = gc.isenabled()
    try:
        (gc.enable if enabled else gc.disable)()
        extract_batch(SYMBOLS, [*WORK[:1], Work("code", "broken.py", b"\0" * 100)])
        assert gc.isenabled() == enabled
    finally:
        (gc.enable if before else gc.disable)()


def test_extraction_leaves_no_cycles() -> None:
    """That is why it can do without the collector."""
    gc.collect()
    extract_batch(SYMBOLS, WORK)
    assert gc.collect() == 0
