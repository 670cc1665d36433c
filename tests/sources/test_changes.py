"""What changed since a commit: lines, files, and what is not committed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest
from gitserver import commit_files, git

from clonescan.errors import UsageError
from clonescan.kinds.held import Held
from clonescan.settings import Settings
from clonescan.sources import no_progress, open_source
from clonescan.sources.changes import Changes, changes_since

LINES = "".join(f"x{number} = {number}\n" for number in range(1, 10))


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A work tree with two files, in one commit."""
    commit_files(tmp_path / "work", {"a.py": LINES.encode(), "b.py": LINES.encode()})
    return tmp_path / "work"


def _since(folder: Path, ref: str) -> Changes:
    settings = Settings(use_cache=False)
    return changes_since(folder, ref, Held(open_source(str(folder), settings), settings, no_progress))


def test_lines_that_are_new_other_or_gone(work: Path) -> None:
    text = LINES.replace("x3 = 3\n", "x3 = 33\n").replace("x6 = 6\n", "") + "y = 1\nz = 2\n"
    (work / "a.py").write_text(text)
    changes = _since(work, "HEAD")
    assert changes.lines == {"a.py": (range(3, 4), range(6, 7), range(9, 11))}
    assert changes.since == git("rev-parse", "HEAD", cwd=work)
    assert changes.touch("a.py", [(1, 3)]) and changes.touch("a.py", [(5, 5), (10, 20)])
    assert not changes.touch("a.py", [(1, 2), (4, 5), (11, 90)]) and not changes.touch("b.py", [(1, 9)])


def test_a_new_file_counts_with_all_lines_whether_committed_or_not(work: Path) -> None:
    before = git("rev-parse", "HEAD", cwd=work)
    commit_files(work, {"sub/c.py": b"c = 1\n"})
    (work / "d.py").write_text("d = 1\n")
    assert _since(work, before).lines == {"d.py": None, "sub/c.py": None}
    assert _since(work, "HEAD").lines == {"d.py": None}
    assert _since(work / "sub", before).lines == {"c.py": None}


def test_refs_by_name_and_by_steps_and_where_the_branches_parted(work: Path) -> None:
    git("branch", "side", cwd=work)
    commit_files(work, {"a.py": b"a = 1\n"})
    commit_files(work, {"b.py": b"b = 1\n"})
    assert set(_since(work, "HEAD~1").lines) == {"b.py"} == set(_since(work, "main^").lines)
    git("checkout", "--quiet", "side", cwd=work)
    commit_files(work, {"c.py": b"c = 1\n"})
    assert set(_since(work, "main").lines) == {"c.py"}


@pytest.mark.parametrize("ref", ["nowhere", "HEAD~99", "--output=x", "HEAD^{/x}", ""])
def test_a_ref_that_is_none_is_one_sentence(ref: str, work: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no branch, tag or commit"):
        _since(work, ref)
    (tmp_path / "plain").mkdir()
    with pytest.raises(UsageError, match="is not in a git repository"):
        _since(tmp_path / "plain", "HEAD")


def test_nothing_that_a_repository_configures_runs(work: Path, tmp_path: Path) -> None:
    ran = tmp_path / "ran"
    (work / "run.sh").write_text(f"#!/bin/sh\ntouch {ran}\ncat\n")
    (work / "run.sh").chmod(0o755)
    for key in ("core.fsmonitor", "diff.external", "filter.x.clean", "diff.x.textconv"):
        git("config", key, str(work / "run.sh"), cwd=work)
    (work / ".gitattributes").write_text("*.py filter=x diff=x\n")
    (work / "a.py").write_text("a = 1\n")
    assert "a.py" in _since(work, "HEAD").lines
    assert not ran.exists()


def test_a_huge_rewrite_counts_from_its_first_to_its_last_line(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("clonescan.sources.changes.MOST_COMPARED", 10)
    lines = LINES.splitlines(keepends=True)
    (work / "a.py").write_text("".join([*lines[:2], *lines[2:7][::-1], *lines[7:]]))
    assert _since(work, "HEAD").lines == {"a.py": (range(3, 8),)}


def _checkpoint(name: str, size: int = 4_000_000, weights: bytes = b"\0") -> bytes:
    header = json.dumps({name: {"dtype": "U8", "shape": [size], "data_offsets": [0, size]}}).encode()
    return len(header).to_bytes(8, "little") + header + weights * size


def _pointer(content: bytes) -> bytes:
    told = f"oid sha256:{hashlib.sha256(content).hexdigest()}\nsize {len(content)}\n"
    return f"version https://git-lfs.github.com/spec/v1\n{told}".encode()


def test_checkpoints_that_are_read_in_part_have_changed_where_their_heads_have(work: Path) -> None:
    names = ("small", "large", "other", "grown")
    files = {f"{name}.safetensors": _checkpoint("a.weight", 100 if name == "small" else 4_000_000) for name in names}
    commit_files(work, files)
    assert _since(work, "HEAD").lines == {}
    (work / "other.safetensors").write_bytes(_checkpoint("b.weight"))
    (work / "grown.safetensors").write_bytes(_checkpoint("a.weight") + b"\0")
    assert _since(work, "HEAD").lines == {"other.safetensors": None, "grown.safetensors": None}


def test_what_is_in_lfs_has_changed_where_it_is_not_what_the_pointer_says(work: Path) -> None:
    contents = {f"{name}.safetensors": _checkpoint("a.weight") for name in ("fetched", "pointer", "other")}
    contents["text.json"] = b'{"hidden_size": 8}\n'
    commit_files(work, {path: _pointer(content) for path, content in contents.items()})
    for path, content in contents.items():
        if path != "pointer.safetensors":
            (work / path).write_bytes(content)
    assert _since(work, "HEAD").lines == {}
    (work / "other.safetensors").write_bytes(_checkpoint("a.weight", weights=b"\1"))
    (work / "text.json").write_bytes(b'{"hidden_size": 9}\n')
    assert _since(work, "HEAD").lines.keys() == {"other.safetensors", "text.json"}
