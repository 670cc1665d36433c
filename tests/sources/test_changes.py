"""What changed since a commit: lines, files, and what is not committed."""

from __future__ import annotations

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
