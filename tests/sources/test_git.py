"""Remote repositories, over a real git server on loopback: what is transferred, what fails, what survives a crash."""

from __future__ import annotations

import logging
import multiprocessing
import os
import random
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from gitserver import GitServer, basic, commit_files, git, media_repository, rewrite_hosts

from clonescan.entities import Skipped
from clonescan.errors import SourceError, UsageError
from clonescan.scan import scan
from clonescan.settings import Settings
from clonescan.sources import Snapshot, open_source

FILES = {"LICENSE": b"Mozilla Public License Version 2.0", "model.py": b"x = 1\n", "src/deep/layer.py": b"y = 2\n"}
ROOT = Path(__file__).parents[2]


def python_files(snapshot: Snapshot) -> dict[str, bytes | Skipped]:
    """What `read` gives for the .py files, by path."""
    wanted = [entry for entry in snapshot.entries() if entry.path.endswith(".py")]
    return {entry.path: content for entry, content in snapshot.read(wanted)}


@pytest.fixture
def published(tmp_path: Path, server: GitServer) -> str:
    """A small repository at o/n; returns its commit."""
    commit = commit_files(tmp_path / "work", FILES)
    server.publish(tmp_path / "work", "o/n.git")
    return commit


def test_media_is_not_transferred_and_a_second_scan_transfers_nothing(
    tmp_path: Path, server: GitServer, settings: Settings
) -> None:
    commit = media_repository(tmp_path / "work")
    server.publish(tmp_path / "work", "o/media.git")
    snapshot = open_source(f"{server.url}o/media", settings)
    cold = python_files(snapshot)
    assert len(cold) == 50 and all(isinstance(content, bytes) for content in cold.values())
    assert snapshot.repository.commit == commit
    assert server.traffic.bytes_sent < 3_000_000
    assert sum("POST" in request for request in server.traffic.requests) <= 3
    server.traffic.clear()
    assert python_files(open_source(f"{server.url}o/media", settings)) == cold
    assert server.traffic.bytes_sent < 5_000
    server.traffic.clear()
    assert python_files(open_source(f"{server.url}o/media", replace(settings, offline=True))) == cold
    assert server.traffic.requests == []


def test_weights_in_the_repository_itself_are_told_by_their_ids(
    tmp_path: Path, server: GitServer, settings: Settings
) -> None:
    """They stay where they are, but for pointers to Git LFS, which the attributes name."""
    chance = random.Random(20251125)
    weights = {"pytorch_model.bin": chance.randbytes(3_000_000), "nets/a.pt": b"PK\3\4" + chance.randbytes(3_000_000)}
    large = b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"7" * 64 + b"\nsize 14483464192\n"
    for name, more in (("one", {}), ("two", {"nets/b.pth": chance.randbytes(3_000_000)})):
        files = {**weights, **more, "big/c.ckpt": large, "big/.gitattributes": b"*.ckpt filter=lfs -text\n"}
        commit_files(tmp_path / name, files)
        server.publish(tmp_path / name, f"o/{name}.git")
    report = scan([f"{server.url}o/one", f"{server.url}o/two"], settings)
    same = {(match.left.path, match.right.path): match.detail["same_weights"] for match in report.matches}
    assert same == {
        ("pytorch_model.bin", "pytorch_model.bin"): {"bytes": None},
        ("nets/a.pt", "nets/a.pt"): {"bytes": None},
        ("big/c.ckpt", "big/c.ckpt"): {"bytes": 14_483_464_192},
    }
    assert report.repositories[1].files == {"checkpoint": 4}
    assert server.traffic.bytes_sent < 100_000


def test_a_moved_branch_costs_what_changed(tmp_path: Path, server: GitServer, settings: Settings) -> None:
    work = tmp_path / "work"
    media_repository(work, media_bytes=2_000_000)
    bare = server.publish(work, "o/n.git")
    python_files(open_source(f"{server.url}o/n", settings))
    commit = commit_files(work, {"model/new.py": b"z = 3\n"})
    git("push", "--quiet", str(bare), "HEAD:main", cwd=work)
    server.traffic.clear()
    snapshot = open_source(f"{server.url}o/n", settings)
    assert python_files(snapshot)["model/new.py"] == b"z = 3\n"
    assert snapshot.repository.commit == commit
    assert server.traffic.bytes_sent < 20_000


def test_what_the_snapshot_says(server: GitServer, settings: Settings, published: str, own_environment: Path) -> None:
    rewrite_hosts(own_environment, server, "github.com", "gitlab.com", "huggingface.co")
    snapshot = open_source("https://github.com/o/n", settings)
    assert [entry.path for entry in snapshot.entries()] == sorted(FILES)
    assert python_files(snapshot) == {path: FILES[path] for path in ("model.py", "src/deep/layer.py")}
    repository = snapshot.repository
    assert (repository.id, repository.source, repository.commit) == ("o/n", "https://github.com/o/n", published)
    assert repository.license == "MPL-2.0"
    assert repository.link == f"https://github.com/o/n/blob/{published}/{{path}}#L{{start}}-L{{end}}"
    other = open_source("gitlab:o/n@main", settings).repository
    assert other.link == f"https://gitlab.com/o/n/-/blob/{published}/{{path}}#L{{start}}-{{end}}"
    hugging = open_source("hf:o/n", settings).repository
    assert hugging.link == f"https://huggingface.co/o/n/blob/{published}/{{path}}#L{{start}}-L{{end}}"


def test_refs_and_subfolders(
    tmp_path: Path, server: GitServer, settings: Settings, published: str, own_environment: Path
) -> None:
    work = tmp_path / "work"
    git("checkout", "--quiet", "-b", "feature/src", cwd=work)
    newer = commit_files(work, {"src/deep/more {x}.py": b"more = 1\n"})
    git("tag", "--annotate", "--message", "one", "v1", published, cwd=work)
    git("push", "--quiet", str(tmp_path / "served/o/n.git"), "feature/src", "v1", cwd=work)
    rewrite_hosts(own_environment, server, "github.com")
    git("push", "--quiet", str(tmp_path / "served/o/n.git"), "HEAD:refs/pull/1/head", cwd=work)
    for ref, commit in (("@refs/pull/1/head", newer), ("@v1", published),
                        ("@feature/src", newer), (f"@{newer}", newer), (f"@{newer[:9]}", newer),
                        ("/tree/feature/src", newer), (f"/commit/{published}", published)):  # fmt: skip
        snapshot = open_source(f"https://github.com/o/n{ref}", settings)
        assert snapshot.repository.commit == commit, ref
        assert python_files(snapshot)["model.py"] == b"x = 1\n"
    snapshot = open_source("https://github.com/o/n/tree/feature/src/src/deep", settings)
    assert python_files(snapshot) == {"layer.py": b"y = 2\n", "more {x}.py": b"more = 1\n"}
    assert snapshot.repository.link == f"https://github.com/o/n/blob/{newer}/src/deep/{{path}}#L{{start}}-L{{end}}"
    assert snapshot.repository.license == "MPL-2.0"
    assert snapshot.repository.id == "o/n@feature/src/src/deep"
    by_commit = open_source(f"https://github.com/o/n/tree/{newer}/src", settings)
    assert [entry.path for entry in by_commit.entries()] == ["deep/layer.py", "deep/more {x}.py"]


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ("{url}o/none", "no such repository"),
        ("{url}o/n@gone", "no branch, tag or commit gone"),
        ("{url}o/n@" + "1" * 40, "no branch, tag or commit 1111"),
        ("{url}o/n@abcdef1", "no branch, tag or commit abcdef1"),
        ("{url}o/n/tree/main/gone", "no folder gone"),
        ("{url}o/n/tree/gone/src", "no branch, tag or commit gone/src"),
        ("{url}o/empty", "repository is empty"),
        ("{url}o/unborn", "no default branch"),
        ("http://127.0.0.1:1/o/n", "cannot be reached"),
        ("https://no-such-host.invalid/o/n", "host cannot be found"),
    ],
)
def test_each_failure_is_one_sentence(
    form: str, sentence: str, tmp_path: Path, server: GitServer, settings: Settings, published: str
) -> None:
    (tmp_path / "bare").mkdir()
    git("init", "--quiet", cwd=tmp_path / "bare")
    server.publish(tmp_path / "bare", "o/empty.git")
    git("symbolic-ref", "HEAD", "refs/heads/none", cwd=server.publish(tmp_path / "work", "o/unborn.git"))
    with pytest.raises(SourceError, match=sentence) as caught:
        open_source(form.format(url=server.url), settings)
    assert str(caught.value).isprintable() and caught.value.exit_code == 3


def test_a_private_repository(server: GitServer, settings: Settings, published: str) -> None:
    server.password = "oauth2:hush-hush"
    with pytest.raises(SourceError, match=r"authentication needed, or there is no such repository.*CLONESCAN_TOKEN"):
        open_source(f"{server.url}o/n", settings)


def everything_kept(folder: Path) -> bytes:
    """Names and contents of all files below a folder."""
    return b"\n".join(os.fsencode(path) + (path.read_bytes() if path.is_file() else b"") for path in folder.rglob("*"))


def test_credentials_of_a_url_are_used_and_kept_nowhere(
    server: GitServer, settings: Settings, published: str, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    caplog.set_level(logging.DEBUG)
    server.password = "me:hush-hush"
    url = f"http://me:hush-hush@127.0.0.1:{server.port}/o/n"
    seen: list[str] = []
    snapshot = open_source(url, settings, lambda task, _done, _total: seen.append(task))
    assert python_files(snapshot)["model.py"] == b"x = 1\n"
    server.password = "me:changed"
    with pytest.raises(SourceError, match="authentication needed") as caught:
        open_source(f"{url}@other", settings)
    kept = everything_kept(tmp_path / "cache")
    told = repr(snapshot.repository) + str(caught.value) + repr(caught.value.__context__) + caplog.text + "".join(seen)
    for secret in ("hush-hush", basic("me:hush-hush").removeprefix("Basic ")):
        assert secret.encode() not in kept
        assert secret not in told


def test_a_token_goes_to_its_host_only(
    server: GitServer, settings: Settings, published: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "not-for-you")
    monkeypatch.setenv("CLONESCAN_TOKEN", "example.org=nor-this")
    open_source(f"{server.url}o/n", settings)
    assert set(server.traffic.authorizations) == {""}
    server.password = "oauth2:hush-hush"
    monkeypatch.setenv("CLONESCAN_TOKEN", f"example.org=nor-this, 127.0.0.1:{server.port}=hush-hush")
    assert open_source(f"{server.url}o/n@main", settings).repository.commit == published
    assert basic("oauth2:hush-hush") in server.traffic.authorizations
    monkeypatch.setenv("CLONESCAN_TOKEN", "hush-hush")
    with pytest.raises(UsageError, match="HOST=TOKEN") as caught:
        open_source(f"{server.url}o/n", settings)
    assert "hush" not in str(caught.value)


def test_a_credential_helper_is_asked(
    server: GitServer, settings: Settings, published: str, own_environment: Path
) -> None:
    server.password = "me:from-helper"
    own_environment.write_text('[credential]\n\thelper = "!f() { echo username=me; echo password=from-helper; }; f"\n')
    assert open_source(f"{server.url}o/n", settings).repository.commit == published


def test_a_server_that_cannot_filter(tmp_path: Path, server: GitServer, settings: Settings,
                                     caplog: pytest.LogCaptureFixture) -> None:  # fmt: skip
    caplog.set_level(logging.INFO, "clonescan")
    commit_files(tmp_path / "work", FILES)
    server.publish(tmp_path / "work", "o/n.git", uploadpack_allowFilter="false")
    assert python_files(open_source(f"{server.url}o/n", settings))["model.py"] == b"x = 1\n"
    assert "cannot filter" in caplog.text
    assert len(server.traffic.requests) == 3


@pytest.mark.parametrize("weakness", ["version 0", "dumb"])
@pytest.mark.parametrize("ref", ["", "@main", "@v1", "@COMMIT", "@SHORT"])
def test_a_server_that_gives_whole_branches_only(
    weakness: str, ref: str, tmp_path: Path, server: GitServer, settings: Settings, published: str
) -> None:
    work = tmp_path / "work"
    git("tag", "--annotate", "--message", "one", "v1", cwd=work)
    newer = commit_files(work, {"new.py": b"z = 3\n"})
    server.publish(work, "o/weak.git")
    server.version_2, server.dumb = False, weakness == "dumb"
    form = ref.replace("COMMIT", published).replace("SHORT", published[:10])
    for _time in range(2):
        snapshot = open_source(f"{server.url}o/weak.git{form}", settings)
        assert snapshot.repository.commit == (newer if ref in ("", "@main") else published)
        assert python_files(snapshot)["src/deep/layer.py"] == b"y = 2\n"


def test_offline_without_a_cache(server: GitServer, settings: Settings, published: str) -> None:
    for form in ("o/n", "o/n@main", f"o/n@{published}", "o/n@abcdef12"):
        with pytest.raises(SourceError, match=r"not in the cache, and offline|no branch, tag or commit"):
            open_source(f"{server.url}{form}", replace(settings, offline=True))
    assert server.traffic.requests == []


def test_no_cache_leaves_nothing(server: GitServer, published: str, tmp_path: Path) -> None:
    code = f"""
import os
from clonescan.settings import Settings
from clonescan.sources import open_source
from clonescan.sources.cache import scratch_folder
snapshot = open_source({server.url + "o/n"!r}, Settings(use_cache=False, allow_http=True))
assert len(list(snapshot.read(snapshot.entries()))) == 3
print(scratch_folder())
"""
    folder = run_python(code, {"XDG_CACHE_HOME": str(tmp_path / "xdg"), "TMPDIR": str(tmp_path)}).stdout.strip()
    assert Path(folder).parent == tmp_path and not Path(folder).exists()
    assert not (tmp_path / "xdg").exists()


def run_python(code: str, variables: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run Python code that can import clonescan; its output as text."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    return subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)


def scan_in_process(url: str, settings: Settings, results: multiprocessing.Queue[int]) -> None:
    """What a second clonescan does."""
    contents = python_files(open_source(url, settings))
    results.put(sum(isinstance(content, bytes) for content in contents.values()))


def test_several_processes_at_once(tmp_path: Path, server: GitServer, settings: Settings) -> None:
    media_repository(tmp_path / "work", media_bytes=1_000_000)
    server.publish(tmp_path / "work", "o/n.git")
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[int] = context.Queue()
    arguments = (f"{server.url}o/n", settings, results)
    processes = [context.Process(target=scan_in_process, args=arguments) for _ in range(4)]
    for process in processes:
        process.start()
    assert [results.get(timeout=60) for _ in processes] == [50] * 4
    for process in processes:
        process.join(60)
    assert server.traffic.bytes_sent < 1_000_000
    store = next((tmp_path / "cache/git").glob("*.git"))
    assert len(list(store.glob("objects/pack/*.pack"))) == 2


def test_a_killed_fetch_leaves_the_cache_usable(
    server: GitServer, settings: Settings, published: str, tmp_path: Path
) -> None:
    server.hold = threading.Event()
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[int] = context.Queue()
    process = context.Process(target=scan_in_process, args=(f"{server.url}o/n", settings, results))
    process.start()
    assert server.holding.wait(60) and process.pid
    os.kill(process.pid, signal.SIGKILL)
    process.join(60)
    store = next((tmp_path / "cache/git").glob("*.git"))
    (store / "shallow.lock").write_text("")
    (store / "refs/clonescan").mkdir(exist_ok=True)
    (store / "refs/clonescan/HEAD.lock").write_text("")
    (store / "objects/pack/tmp_pack_x").write_bytes(b"half")
    server.hold.set()
    assert python_files(open_source(f"{server.url}o/n", settings))["model.py"] == b"x = 1\n"
    assert not list(store.rglob("*.lock")) and not list(store.rglob("tmp_*"))


def test_what_is_no_file_is_listed_and_large_files_are_skipped(
    tmp_path: Path, server: GitServer, settings: Settings
) -> None:
    work = tmp_path / "work"
    commit_files(work, {"big.py": b"#" * 3_000, "small.py": b"", "line\nfeed.py": b"n = 1\n"})
    (work / "link.py").symlink_to("/etc/passwd")
    Path(os.fsdecode(os.fsencode(work) + b"/caf\xe9.py")).write_bytes(b"c = 1\n")
    git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},module", cwd=work)
    commit_files_without_removal(work)
    server.publish(work, "o/n.git")
    snapshot = open_source(f"{server.url}o/n", replace(settings, max_file_bytes=2_000))
    assert {(one.path, one.reason) for one in snapshot.skipped()} == {
        ("link.py", "symbolic link"), ("module", "submodule"), ("caf\\xe9.py", "its name is not UTF-8")
    }  # fmt: skip
    assert python_files(snapshot) == {
        "big.py": Skipped("big.py", "larger than 0.002 MB"), "small.py": b"", "line\nfeed.py": b"n = 1\n"
    }  # fmt: skip


def commit_files_without_removal(work: Path) -> None:
    """Commit the index together with the new files, keeping entries that have no file."""
    git("add", "--ignore-removal", ".", cwd=work)
    git("commit", "--quiet", "--message", "odd files", cwd=work)


def test_hooks_and_helpers_of_the_server_side_names_do_not_run(
    server: GitServer, settings: Settings, published: str, own_environment: Path, tmp_path: Path
) -> None:
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "reference-transaction").write_text(f"#!/bin/sh\ntouch {tmp_path}/ran\n")
    (hooks / "reference-transaction").chmod(0o755)
    own_environment.write_text(f"[core]\n\thooksPath = {hooks}\n")
    open_source(f"{server.url}o/n", settings)
    assert not (tmp_path / "ran").exists()
