"""What is planted: valid Python, where the truth says, the same for the same seed, and enough of it to be told."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from disguise.own import own_bits
from disguise.plant import MIN_BITS, plant
from harness.scoring import Pair
from truth import prepared

FIXTURES = Path(__file__).parents[2] / "fixtures"
COUNT = 8


def planted(level: int, folder: Path) -> list[Pair]:
    """Functions of one fixture in another."""
    return plant(FIXTURES / "original", FIXTURES / "bystander", folder, level, COUNT, seed=1)


@pytest.mark.parametrize("level", [1, 2, 3, 4])
def test_the_truth_names_whole_statements(level: int, tmp_path: Path) -> None:
    """The lines of a copy are definitions or statements of the host, and those of its original hold what it must."""
    bits = own_bits(FIXTURES / "original")
    for pair in planted(level, tmp_path):
        tree = ast.parse((tmp_path / "host" / pair.right.path).read_text(encoding="utf-8"))
        starts = {line for node in ast.walk(tree) if isinstance(node, ast.stmt) for line in _first_lines(node)}
        ends = {node.end_lineno for node in ast.walk(tree) if isinstance(node, ast.stmt)}
        assert pair.right.start in starts
        assert pair.right.end in ends
        assert bits[pair.left.path].within(pair.left.start, pair.left.end) >= MIN_BITS


def _first_lines(node: ast.stmt) -> list[int]:
    decorators = getattr(node, "decorator_list", [])
    return [node.lineno, *(decorator.lineno for decorator in decorators)]


def test_the_same_seed_plants_the_same(tmp_path: Path) -> None:
    """Names, places and truth."""
    assert planted(4, tmp_path / "one") == planted(4, tmp_path / "two")
    for file in (tmp_path / "one").rglob("*.py"):
        other = tmp_path / "two" / file.relative_to(tmp_path / "one")
        assert file.read_bytes() == other.read_bytes()


def test_no_name_of_the_original_is_left(tmp_path: Path) -> None:
    """On every level the functions have other names."""
    for pair in planted(1, tmp_path):
        lines = (tmp_path / "host" / pair.right.path).read_text(encoding="utf-8").splitlines()
        name = pair.name.rpartition(".")[2]
        text = "\n".join(lines[pair.right.start - 1 : pair.right.end])
        assert name.startswith("__") or name == "forward" or f"def {name}(" not in text


def test_a_case_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second tool gets the folder of the first, and the same truth."""
    monkeypatch.setattr(prepared, "PINNED", {name: f"{name}==0" for name in ("original", "bystander")})

    def case() -> prepared.Case:
        return prepared.disguised(FIXTURES, tmp_path, "original:bystander", 4, COUNT, 1)

    first = case()
    marker = first.folder / "seen"
    marker.touch()
    assert case() == first
    assert marker.exists()
