"""What a third repository of a scan holds, too, is no evidence of a tokenizer, and still is of code."""

from __future__ import annotations

import shutil
from pathlib import Path

from kinds import tokenizers as made

from clonescan.entities import Match, Report
from clonescan.scan import scan
from clonescan.settings import Settings

FERN = {f"<|fern_{name}|>": number for number, name in enumerate(["root", "stem", "leaf", "seed", "moss"], 5_000)}
CODE = Path(__file__).parents[1] / "fixtures/original/lumen/slicing.py"


def repository(folder: Path, added: dict[str, int]) -> str:
    """A repository with the tokenizer of the fixtures, these tokens added, and some code."""
    folder.mkdir()
    words = {made.byte_level(token): number for number, token in enumerate(made.learned())}
    rows = [{"content": name, "id": number} for name, number in added.items()]
    model = {"type": "BPE", "vocab": words, "merges": made.source()["model"]["merges"]}
    (folder / "tokenizer.json").write_bytes(made.tokenizer_json(model, added_tokens=rows))
    shutil.copy(CODE, folder)
    return str(folder)


def compared(*folders: str) -> Report:
    return scan(list(folders), Settings(use_cache=False))


def between(report: Report, unit: str) -> Match:
    """The match of a unit in the first two repositories."""
    first, second = (repository.id for repository in report.repositories[:2])
    found = (m for m in report.matches if (m.left.repository, m.right.repository, m.left.unit) == (first, second, unit))
    return next(found)


def test_a_base_in_a_third_repository_takes_its_part_off_the_net_evidence(tmp_path: Path) -> None:
    one, two = (repository(tmp_path / name, FERN) for name in ("one", "two"))
    third = repository(tmp_path / "three", {"<|oak|>": 5_000})
    alone, with_third = compared(one, two), compared(one, two, third)
    for unit in ("vocabulary", "merges"):
        before, after = between(alone, unit), between(with_third, unit)
        assert before.net_bits == before.evidence_bits == after.evidence_bits > 100
        assert before.common_origin is None
        assert after.net_bits == 0
        assert after.common_origin is not None
        assert (after.common_origin.repository, after.common_origin.path) == ("three", "tokenizer.json")
    vocabulary = between(with_third, "vocabulary").detail
    assert vocabulary["base"]["repository"] == "three"
    assert vocabulary["base"]["tokens"] == vocabulary["base"]["same_ids"] == len(made.learned())
    assert vocabulary["added"]["both"] == [*FERN]


def test_what_two_alone_added_remains(tmp_path: Path) -> None:
    one, two = (repository(tmp_path / name, {**FERN, "<|oak|>": 6_000}) for name in ("one", "two"))
    third = repository(tmp_path / "three", {"<|oak|>": 5_000})
    match = between(compared(one, two, third), "added tokens")
    assert 0 < match.net_bits < match.evidence_bits
    assert match.detail["added"]["both"] == [*FERN]


def test_code_does_not_vanish_because_a_third_one_copied_it_too(tmp_path: Path) -> None:
    folders = [repository(tmp_path / name, {}) for name in ("one", "two", "three")]
    match = between(compared(*folders), "slice_image")
    assert match.net_bits == match.evidence_bits > 0


def test_overlap_counts_net_evidence(tmp_path: Path) -> None:
    one, two = (repository(tmp_path / name, FERN) for name in ("one", "two"))
    third = repository(tmp_path / "three", {})
    rows = {(r.from_repository, r.to_repository): r for r in compared(one, two, third).overlap if r.kind == "tokenizer"}
    assert rows["one", "three"].net_bits == 0 < rows["one", "three"].evidence_bits
    assert 0 < rows["one", "two"].net_bits < rows["one", "two"].evidence_bits
