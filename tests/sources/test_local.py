"""Local folders: what is listed, and that nothing of a hostile one runs or leads out of it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from gitserver import commit_files, git
from unprivileged import run_unprivileged

from clonescan.entities import Skipped
from clonescan.errors import SourceError
from clonescan.settings import Settings
from clonescan.sources import Snapshot, open_source

FILES = {"a.py": b"a = 1\n", "src/b.py": b"b = 2\n", ".gitignore": b"*.log\nbuild/\n"}


def contents(snapshot: Snapshot) -> dict[str, bytes | Skipped]:
    """Everything that `read` gives, by path."""
    return {entry.path: content for entry, content in snapshot.read(snapshot.entries())}


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A work tree with one commit."""
    commit_files(tmp_path / "tree", FILES)
    return tmp_path / "tree"


def test_an_unpacked_wheel_has_the_licence_of_its_metadata(tmp_path: Path, settings: Settings) -> None:
    """On disk, at a git ref, and from a git server, in whatever folder it lies."""
    files = {"m/a.py": b"a = 1\n", "m-1.dist-info/METADATA": b"Name: m\nLicense-Expression: mit\n\n"}
    commit_files(tmp_path / "top", files)
    commit_files(tmp_path / "below", {f"lib/{name}": content for name, content in files.items()})
    url = (tmp_path / "top").as_uri()
    for source in ("top", "top@HEAD", "below/lib", "below/lib@HEAD"):
        assert open_source(str(tmp_path / source), settings).repository.license == "MIT"
    for source in ("below", "below@HEAD"):
        assert open_source(str(tmp_path / source), settings).repository.license is None
    fetched = open_source(url, settings)
    assert len(list(fetched.read(()))) == 0 and fetched.repository.license == "MIT"


def test_the_files_on_disk_count(work: Path, settings: Settings) -> None:
    (work / "a.py").write_bytes(b"changed = 1\n")
    (work / "new.py").write_bytes(b"n = 1\n")
    (work / "src/b.py").unlink()
    (work / "x.log").write_bytes(b"ignored")
    snapshot = open_source(str(work), settings)
    assert contents(snapshot) == {"a.py": b"changed = 1\n", "new.py": b"n = 1\n", ".gitignore": FILES[".gitignore"]}
    assert snapshot.repository.commit == git("rev-parse", "HEAD", cwd=work)
    assert (snapshot.repository.id, snapshot.repository.link) == ("tree", None)


def test_blob_ids_are_those_of_git(work: Path, settings: Settings) -> None:
    snapshot = open_source(str(work), settings)
    assert {entry.blob_id for entry in snapshot.entries()} == {""}
    for entry, _content in snapshot.read(snapshot.entries()):
        assert entry.blob_id == git("hash-object", entry.path, cwd=work)
        assert entry.size == len(FILES[entry.path])


def test_tracked_files_count_though_ignored(work: Path, settings: Settings) -> None:
    commit_files(work, {"build/kept.py": b"k = 1\n"})
    (work / "build/dropped.py").write_bytes(b"d = 1\n")
    (work / ".git/info").mkdir(exist_ok=True)
    (work / ".git/info/exclude").write_text("own*\n")
    (work / "own.py").write_bytes(b"o = 1\n")
    paths = {entry.path for entry in open_source(str(work), settings).entries()}
    assert paths == {*FILES, "build/kept.py"}


def test_a_folder_within_a_repository(work: Path, settings: Settings) -> None:
    (work / "src/x.log").write_bytes(b"ignored")
    (work / "build").mkdir()
    (work / "build/out.py").write_bytes(b"o = 1\n")
    assert contents(open_source(str(work / "src"), settings)) == {"b.py": b"b = 2\n"}
    assert contents(open_source(f"{work}/src@main", settings)) == {"b.py": b"b = 2\n"}
    assert contents(open_source(str(work / "build"), settings)) == {"out.py": b"o = 1\n"}


def test_a_folder_without_git(tmp_path: Path, settings: Settings) -> None:
    folder = tmp_path / "plain"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep/x.py").write_bytes(b"x = 1\n")
    (folder / "LICENSE").write_text("Mozilla Public License, version 2.0")
    snapshot = open_source(str(folder), settings)
    assert [entry.path for entry in snapshot.entries()] == ["LICENSE", "deep/x.py"]
    assert (snapshot.repository.commit, snapshot.repository.license) == (None, "MPL-2.0")
    with pytest.raises(SourceError, match="not a git repository"):
        open_source(f"{folder}@main", settings)


def test_commits_of_work_trees_bare_repositories_and_linked_work_trees(
    tmp_path: Path, work: Path, settings: Settings
) -> None:
    first = git("rev-parse", "HEAD", cwd=work)
    git("tag", "--annotate", "--message", "one", "v1", cwd=work)
    commit_files(work, {"later.py": b"l = 1\n"})
    git("pack-refs", "--all", cwd=work)
    git("worktree", "add", "--quiet", "-b", "side/branch", str(tmp_path / "linked"), "v1", cwd=work)
    git("clone", "--quiet", "--bare", str(work), str(tmp_path / "bare.git"), cwd=tmp_path)
    git("clone", "--quiet", "--shared", str(work), str(tmp_path / "clone"), cwd=tmp_path)
    for form in ("tree@v1", f"tree@{first}", f"tree@{first[:8]}", "tree@side/branch", "bare.git@v1", "linked",
                 "linked@v1", "clone@v1", "clone@origin/side/branch", "clone@side/branch"):  # fmt: skip
        snapshot = open_source(str(tmp_path / form), settings)
        assert snapshot.repository.commit == first, form
        assert contents(snapshot) == FILES, form
    assert "later.py" in contents(open_source(str(tmp_path / "bare.git"), settings))
    assert open_source(f"file://{tmp_path}/bare.git@v1", settings).repository.id == "bare@v1"


@pytest.mark.parametrize(
    ("form", "sentence"),
    [("./gone", "no such folder"), ("{work}@gone", "no branch, tag or commit gone"), ("{empty}@HEAD", "HEAD"),
     ("{work}/a.py", "neither a folder nor an archive"), ("{bare}", "empty")],
)  # fmt: skip
def test_failures(form: str, sentence: str, tmp_path: Path, work: Path, settings: Settings) -> None:
    for name, option in (("empty", "--quiet"), ("bare", "--bare")):
        (tmp_path / name).mkdir()
        git("init", "--quiet", option, cwd=tmp_path / name)
    with pytest.raises(SourceError, match=sentence):
        open_source(form.format(work=work, empty=tmp_path / "empty", bare=tmp_path / "bare"), settings)
    assert open_source(str(tmp_path / "empty"), settings).entries() == ()


def test_nothing_of_a_hostile_repository_runs(tmp_path: Path, work: Path, settings: Settings) -> None:
    trap = tmp_path / "trap.sh"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    nested = work / "nested"
    commit_files(nested, {"n.py": b"n = 1\n"})
    (work / ".gitattributes").write_text("*.py filter=evil diff=evil\n")
    commit_files(work / "other", {})
    for repository in (work, nested):
        for key in ("core.fsmonitor", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process",
                    "diff.external", "diff.evil.textconv", "core.pager", "core.sshCommand", "credential.helper",
                    "remote.origin.uploadpack", "uploadpack.packObjectsHook", "core.gitProxy"):  # fmt: skip
            git("config", key, str(trap), cwd=repository)
        git("config", "remote.origin.promisor", "true", cwd=repository)
        git("config", "remote.origin.url", f"ext::{trap}", cwd=repository)
        for hook in ("post-checkout", "reference-transaction", "post-index-change", "fsmonitor-watchman"):
            (repository / ".git/hooks").mkdir(exist_ok=True)
            shutil.copy(trap, repository / ".git/hooks" / hook)
    blob = git("rev-parse", "HEAD:a.py", cwd=work)
    (work / ".git/objects" / blob[:2] / blob[2:]).unlink()
    for form in (str(work), f"{work}@main", str(work / ".git"), str(nested), str(work / "src")):
        snapshot = open_source(form, settings)
        read = contents(snapshot)
        if form.endswith(("@main", ".git")):
            assert read["a.py"] == Skipped("a.py", "its content is not in the repository")
    assert not (tmp_path / "sprung").exists()
    assert Skipped("nested", "a git repository of its own") in open_source(str(work), settings).skipped()
    subprocess.run(["git", "status"], cwd=work, check=False, capture_output=True)
    assert (tmp_path / "sprung").exists(), "the trap itself does not work"


def test_links_and_pipes_are_not_followed(tmp_path: Path, work: Path, settings: Settings) -> None:
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/b.py").write_text("secret = 1\n")
    (work / "link.py").symlink_to(tmp_path / "secret/b.py")
    (work / "folder").symlink_to(tmp_path / "secret")
    os.mkfifo(work / "pipe.py")
    shutil.rmtree(work / "src")
    (work / "src").symlink_to(tmp_path / "secret")
    snapshot = open_source(str(work), settings)
    assert [entry.path for entry in snapshot.entries()] == [".gitignore", "a.py"]
    skipped = {one.path: one.reason for one in snapshot.skipped()}
    assert skipped["link.py"] == skipped["folder"] == skipped["src"] == "symbolic link"
    assert skipped["src/b.py"] == "behind a symbolic link"


def test_a_file_swapped_for_a_link_or_a_pipe_after_listing(tmp_path: Path, work: Path, settings: Settings) -> None:
    snapshot = open_source(str(work), settings)
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/b.py").write_text("secret = 1\n")
    shutil.rmtree(work / "src")
    (work / "src").symlink_to(tmp_path / "secret")
    (work / "a.py").unlink()
    os.mkfifo(work / "a.py")
    read = contents(snapshot)
    assert isinstance(read["src/b.py"], Skipped)
    assert read["a.py"] == Skipped("a.py", "not a regular file")


def test_large_files_and_odd_names(work: Path, settings: Settings) -> None:
    (work / "big.py").write_bytes(b"#" * 101)
    (work / "line\nfeed.py").write_bytes(b"n = 1\n")
    (work / "-rf.py").write_bytes(b"r = 1\n")
    Path(os.fsdecode(os.fsencode(work) + b"/caf\xe9.py")).write_bytes(b"c = 1\n")
    snapshot = open_source(str(work), replace(settings, max_file_bytes=100))
    read = contents(snapshot)
    assert read["big.py"] == Skipped("big.py", "larger than 0.0001 MB")
    assert read["line\nfeed.py"] == b"n = 1\n" and read["-rf.py"] == b"r = 1\n"
    assert snapshot.skipped() == (Skipped("caf\\xe9.py", "its name is not UTF-8"),)


def test_a_broken_pointer_and_foreign_formats(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "lost").mkdir()
    (tmp_path / "lost/.git").write_text("gitdir: ../gone\n")
    with pytest.raises(SourceError, match=r"not where its \.git file says"):
        open_source(str(tmp_path / "lost"), settings)
    (tmp_path / "other").mkdir()
    git("init", "--quiet", "--object-format=sha256", cwd=tmp_path / "other")
    with pytest.raises(SourceError, match="SHA-256"):
        open_source(str(tmp_path / "other"), settings)


def test_the_environment_of_a_git_hook_changes_nothing(
    work: Path, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = contents(open_source(f"{work}@main", settings))
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "elsewhere"))
    assert contents(open_source(f"{work}@main", settings)) == contents(open_source(str(work), settings)) == expected


@pytest.mark.parametrize("committed", [False, True], ids=["folder", "work tree"])
@pytest.mark.parametrize("inside", ["", "/inner"], ids=["top", "folder in it"])
def test_a_folder_that_nobody_may_list_is_skipped(tmp_path: Path, committed: bool, inside: str) -> None:
    files = {"inner/a.py": b"a = 1\n", "inner/sub dir/b.py": b"b = 2\n", "inner/open/c.py": b"c = 3\n"}
    for name, content in files.items():
        (tmp_path / "tree" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "tree" / name).write_bytes(content)
    if committed:
        commit_files(tmp_path / "tree", files)
    closed = tmp_path / "tree/inner/sub dir"
    closed.chmod(0)
    try:
        source = f"tree{inside}"
        done = run_unprivileged("scan", source, source, "--format", "json", "--no-cache", cwd=tmp_path)
        shown = run_unprivileged("scan", source, source, "--no-cache", cwd=tmp_path)
    finally:
        closed.chmod(0o755)
    repository = json.loads(done.stdout)["repositories"][0]
    path = closed.relative_to(tmp_path / source).as_posix()
    assert (done.returncode, done.stderr) == (0, "")
    assert repository["skipped"] == [{"path": path, "reason": "a folder that cannot be read: Permission denied"}]
    assert repository["files"] == {"code": 2}
    assert "a folder that cannot be read: Permission denied" in shown.stdout


@pytest.mark.parametrize("mode", [0o000, 0o111, 0o444])
@pytest.mark.parametrize("source", ["tree", "./tree/src", "tree/src"])
def test_a_repository_that_nobody_may_read_is_told_in_a_sentence(work: Path, mode: int, source: str) -> None:
    closed = work.parent / source if mode == 0o111 else work
    closed.chmod(mode)
    try:
        done = run_unprivileged("scan", source, source, "--no-cache", cwd=work.parent)
    finally:
        closed.chmod(0o755)
    assert done.returncode == 3 and done.stdout == ""
    assert done.stderr.startswith("clonescan: the folder cannot be ") and done.stderr.count("\n") == 1
    assert f": {source}" in done.stderr
