"""Files in Git LFS, over a real git server and an LFS server on loopback: what is asked for, and what goes wrong."""

from __future__ import annotations

import random
import struct
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from gitserver import GitServer, basic, commit_files
from lfsserver import Handler, Large, LfsServer, serve_lfs, whole

from clonescan.entities import PROBE, Entry, Reach, Skipped
from clonescan.kinds.cache import ExtractionCache
from clonescan.kinds.code.symbols import Symbols
from clonescan.kinds.reading import reader
from clonescan.settings import Settings
from clonescan.sources import Snapshot, download, open_source
from clonescan.sources.address import GitAddress
from clonescan.sources.interface import no_progress
from clonescan.sources.lfs import Storage
from clonescan.sources.pointer import Pointer

CHANCE = random.Random(20240601)
TOKENIZER = whole(CHANCE.randbytes(3_000_000))
HEADER = CHANCE.randbytes(300_000)
WEIGHTS = Large(struct.pack("<Q", len(HEADER)) + HEADER, 5_000_000_000, "5" * 64)
UNCLAIMED = whole(CHANCE.randbytes(100_000))


def _header_end(probe: bytes) -> int:
    return 8 + int(struct.unpack_from("<Q", probe)[0])


REACHES = {
    "tokenizer.json": Reach(64_000_000),
    "model.safetensors": Reach(50_000_000, head=True, enough=_header_end),
}


@pytest.fixture
def lfs(server: GitServer) -> Iterator[LfsServer]:
    """The LFS server of the git server's repositories."""
    with serve_lfs() as running:
        server.lfs = running
        yield running


def publish(tmp_path: Path, server: GitServer, lfs: LfsServer, *larges: tuple[str, Large]) -> str:
    """A repository at o/n of these files by path, all in LFS, and a plain one; returns its address."""
    files = {path: lfs.add(large) for path, large in larges}
    commit_files(tmp_path / "work", {**files, "train.py": b"x = 1\n"})
    server.publish(tmp_path / "work", "o/n.git")
    return f"{server.url}o/n"


def usual(tmp_path: Path, server: GitServer, lfs: LfsServer) -> str:
    """The address of a repository with a tokenizer, weights, and what nobody asks for."""
    return publish(
        *(tmp_path, server, lfs),
        ("tokenizer.json", TOKENIZER), ("model.safetensors", WEIGHTS), ("clip.mp4", UNCLAIMED),
    )  # fmt: skip


def read(snapshot: Snapshot, **reaches: Reach) -> dict[str, tuple[Entry, bytes | Skipped]]:
    """What the files of these paths hold, as far as `REACHES` or `reaches` go; dots are written as underscores."""
    wanted = REACHES | {path.replace("_", "."): reach for path, reach in reaches.items()}
    entries = [entry for entry in snapshot.entries() if entry.path in wanted]
    return {entry.path: (entry, content) for entry, content in snapshot.read(entries, reaches=wanted)}


def test_small_files_come_whole_and_of_large_ones_the_head(
    tmp_path: Path, server: GitServer, lfs: LfsServer, settings: Settings
) -> None:
    snapshot = open_source(usual(tmp_path, server, lfs), settings)
    found = read(snapshot)
    entry, content = found["tokenizer.json"]
    assert content == TOKENIZER.beginning and entry.size == TOKENIZER.size
    entry, content = found["model.safetensors"]
    assert content == WEIGHTS.beginning and entry.size == WEIGHTS.size
    assert snapshot.skipped() == ()
    assert sorted(lfs.requests) == sorted(
        [(f"/{TOKENIZER.oid}", ""), (f"/{WEIGHTS.oid}", f"bytes=0-{PROBE - 1}"),
         (f"/{WEIGHTS.oid}", f"bytes={PROBE}-{len(WEIGHTS.beginning) - 1}")]
    )  # fmt: skip
    assert lfs.bytes_sent == TOKENIZER.size + len(WEIGHTS.beginning)
    assert sorted(lfs.asked[0]) == sorted([TOKENIZER.oid, WEIGHTS.oid]) and len(lfs.asked) == 1


def test_a_warm_scan_fetches_nothing_and_offline_uses_what_is_there(
    tmp_path: Path, server: GitServer, lfs: LfsServer, settings: Settings
) -> None:
    address = usual(tmp_path, server, lfs)
    cold = read(open_source(address, settings))
    lfs.clear()
    assert read(open_source(address, settings)) == cold
    server.traffic.clear()
    assert read(open_source(address, replace(settings, offline=True))) == cold
    assert (lfs.asked, lfs.requests, server.traffic.requests) == ([], [], [])


def test_a_longer_head_costs_what_is_missing(
    tmp_path: Path, server: GitServer, lfs: LfsServer, settings: Settings
) -> None:
    address = usual(tmp_path, server, lfs)
    read(open_source(address, settings), model_safetensors=Reach(10_000, head=True))
    lfs.clear()
    assert read(open_source(address, settings))["model.safetensors"][1] == WEIGHTS.beginning
    assert lfs.requests == [(f"/{WEIGHTS.oid}", f"bytes=10000-{len(WEIGHTS.beginning) - 1}")]


def test_sixty_megabytes_come_once_and_a_hundred_never(
    tmp_path: Path, server: GitServer, lfs: LfsServer, settings: Settings
) -> None:
    sixty = whole(random.Random(1).randbytes(60_000_000))
    hundred = Large(b"", 100_000_000, "1" * 64)
    address = publish(tmp_path, server, lfs, ("sixty.bin", sixty), ("hundred.bin", hundred))
    snapshot = open_source(address, settings)
    found = read(snapshot, sixty_bin=Reach(10**9), hundred_bin=Reach(10**9))
    assert found["sixty.bin"][1] == sixty.beginning
    assert found["hundred.bin"][1] == hundred.pointer
    assert snapshot.skipped() == (Skipped("hundred.bin", "in Git LFS: larger than 64 MB"),)
    assert lfs.bytes_sent == sixty.size and lfs.asked == [[sixty.oid]]


def test_equal_pointers_are_equal_and_their_text_is_something_else(
    tmp_path: Path, server: GitServer, lfs: LfsServer, settings: Settings
) -> None:
    address = publish(tmp_path, server, lfs, ("tokenizer.json", TOKENIZER), ("copy.json", TOKENIZER))
    found = read(open_source(address, settings), copy_json=REACHES["tokenizer.json"])
    ids = {path: entry.blob_id for path, (entry, _) in found.items()}
    assert ids["tokenizer.json"] == ids["copy.json"]
    assert len(lfs.requests) == 1
    folder, bare = (open_source(str(tmp_path / place), settings) for place in ("work", "served/o/n.git"))
    for local in (folder, bare):
        entry, content = read(local)["tokenizer.json"]
        assert content == TOKENIZER.pointer and entry.size == len(TOKENIZER.pointer)
        assert entry.blob_id != ids["tokenizer.json"]
        assert local.skipped() == ()
    assert read(folder)["tokenizer.json"][0].blob_id == read(bare)["tokenizer.json"][0].blob_id


Breaking = Callable[[LfsServer], None]


def _rows(change: Callable[[dict[str, Any]], None]) -> Breaking:
    def broken(lfs: LfsServer) -> None:
        lfs.row = lambda row: change(row) if row["oid"] == TOKENIZER.oid else None

    return broken


def _href(href: str) -> Breaking:
    return _rows(lambda row: row["actions"]["download"].update(href=href.format(oid=row["oid"])))


def _serve(serve: Callable[[Handler, Large], None]) -> Breaking:
    def broken(lfs: LfsServer) -> None:
        def one(handler: Any, large: Large) -> None:
            serve(handler, large) if large is TOKENIZER else handler.by_the_book(large)

        lfs.serve = one

    return broken


def _endless(handler: Handler, large: Large) -> None:
    handler.respond(200, iter(lambda: bytes(1 << 16), None))


def _no_http(handler: Handler, large: Large) -> None:
    handler.wfile.write(b"SSH-2.0\r\n\r\n")


def _redirect(target: str) -> Callable[[Handler, Large], None]:
    return lambda handler, large: handler.respond(302, [], {"Location": target, "Content-Length": "0"})


@pytest.mark.parametrize(
    ("break_it", "reason"),
    [
        (_rows(lambda row: row.pop("actions")), "the answer"),
        (_rows(lambda row: row.update(error={"code": 410, "message": "\x1b[31mgone"})), "its server answers 410"),
        (_rows(lambda row: row.update(error={"code": "none"})), "its server has an error for it"),
        (_rows(lambda row: row.update(oid="0" * 64)), "its server says nothing of it"),
        (_rows(lambda row: row["actions"]["download"].update(header={"X": "a\r\nY: b"})), "broke off"),
        (_rows(lambda row: row["actions"]["download"].update(header={"X": 3})), "the answer"),
        (_href("http://no-such-host.invalid/{oid}"), "an address that is not https"),
        (_href("file:///etc/passwd"), "an address that is not https"),
        (_href("https://user:word@no-such-host.invalid/{oid}"), "an address that is not https"),
        (_href("https://127.0.0.1:9/{oid}"), "a private network"),
        (_href("https://10.1.2.3/{oid}"), "a private network"),
        (_href("https://[::ffff:169.254.169.254]/latest"), "a private network"),
        (_href("https://[::1]:99999/x"), "broke off"),
        (_href("https://no-such-host.invalid/{oid}"), "does not answer"),
        (_serve(lambda handler, large: handler.respond(500, [b"\x1b[31m"])), "its server answers 500"),
        (_serve(lambda handler, large: handler.respond(200, [bytes(large.size)])), "is not what the pointer means"),
        (_serve(lambda handler, large: handler.respond(200, [large.beginning, b"!"])), "sends more or less"),
        (_serve(lambda handler, large: handler.respond(200, [large.beginning[:-1]])), "sends more or less"),
        (_serve(_endless), "sends more or less"),
        (_serve(_no_http), "broke off"),
        (_serve(_redirect("http://no-such-host.invalid/x")), "an address that is not https"),
        (_serve(_redirect("https://192.168.0.1/x")), "a private network"),
        (_serve(lambda handler, large: _redirect(handler.path)(handler, large)), "from one address to the next"),
    ],
)
def test_what_cannot_be_had_leaves_the_pointer_and_a_reason(
    tmp_path: Path, server: GitServer, lfs: LfsServer, settings: Settings, break_it: Breaking, reason: str
) -> None:
    address = usual(tmp_path, server, lfs)
    break_it(lfs)
    snapshot = open_source(address, settings)
    found = read(snapshot)
    entry, content = found["tokenizer.json"]
    assert content == TOKENIZER.pointer and entry.size == len(TOKENIZER.pointer)
    reasons = {skipped.path: skipped.reason for skipped in snapshot.skipped()}
    if reason == "the answer":
        assert set(reasons.values()) == {"in Git LFS: its server's answer is not that of Git LFS"} and len(reasons) == 2
    else:
        assert found["model.safetensors"][1] == WEIGHTS.beginning
        assert list(reasons) == ["tokenizer.json"] and reason in reasons["tokenizer.json"]
    assert all(text.isprintable() for text in reasons.values())
    assert lfs.bytes_sent < 8_000_000
    lfs.row, lfs.serve = (lambda row: None), None
    assert read(open_source(address, settings))["tokenizer.json"][1] == TOKENIZER.beginning


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ((200, {}, b"{"), "not that of Git LFS"),
        ((200, {}, b"[" * 30_000), "not that of Git LFS"),
        ((200, {}, b'{"objects": [' + b" " * 9_000_000 + b"]}"), "not that of Git LFS"),
        ((200, {}, b'{"objects": {"oid": 1}}'), "not that of Git LFS"),
        ((200, {}, b'{"transfer": "tus", "objects": []}'), "says nothing of it"),
        ((403, {}, b"no"), "its server answers 403"),
        ((302, {"Location": "https://no-such-host.invalid/"}, b""), "on to another host"),
    ],
)
def test_a_batch_that_fails_fails_for_all(
    tmp_path: Path, server: GitServer, lfs: LfsServer, settings: Settings,
    answer: tuple[int, dict[str, str], bytes], reason: str,
) -> None:  # fmt: skip
    address = usual(tmp_path, server, lfs)
    lfs.answer = answer
    snapshot = open_source(address, settings)
    assert read(snapshot)["model.safetensors"][1] == WEIGHTS.pointer
    assert [reason in skipped.reason for skipped in snapshot.skipped()] == [True, True]


def test_a_server_that_ignores_ranges_is_left_where_the_head_ends(
    tmp_path: Path, server: GitServer, lfs: LfsServer, settings: Settings
) -> None:
    address = usual(tmp_path, server, lfs)
    lfs.serve = lambda handler, large: handler.respond(200, large.part(0, large.size))  # type: ignore[attr-defined]
    assert read(open_source(address, settings))["model.safetensors"][1] == WEIGHTS.beginning
    assert lfs.bytes_sent < 40_000_000  # what was under way in buffers, of 5 GB


def test_another_part_than_asked_for_is_refused(
    tmp_path: Path, server: GitServer, lfs: LfsServer, settings: Settings
) -> None:
    address = usual(tmp_path, server, lfs)
    headers = {"Content-Range": "bytes 7-99/5000000000", "Content-Length": "93"}
    lfs.serve = lambda handler, large: handler.respond(206, [bytes(93)], headers)  # type: ignore[attr-defined]
    snapshot = open_source(address, settings)
    assert read(snapshot)["model.safetensors"][1] == WEIGHTS.pointer
    assert "another part" in snapshot.skipped()[0].reason


def test_slow_servers_are_left_after_a_few_files(
    tmp_path: Path, server: GitServer, lfs: LfsServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(download, "TIMEOUT", 0.5)
    files = [(f"{n}.json", whole(bytes([n]) * 1000)) for n in range(30)]
    address = publish(tmp_path, server, lfs, *files)
    lfs.serve = lambda handler, large: handler.respond(200, (b"x" for _ in range(1000)), pause=0.1)  # type: ignore[attr-defined]
    snapshot, reach = open_source(address, settings), Reach(5000)
    start = time.monotonic()
    found = read(snapshot, **{f"{n}_json": reach for n in range(30)})
    assert time.monotonic() - start < 10
    assert len(lfs.requests) <= 8
    assert all(found[path][1] == large.pointer for path, large in files)
    reasons = {skipped.reason for skipped in snapshot.skipped()}
    assert reasons == {
        "in Git LFS: its server is too slow", "in Git LFS: not asked for any more after 3 failures of its server",
    }  # fmt: skip


def test_credentials_go_to_the_host_they_are_for_and_signatures_to_theirs(
    tmp_path: Path, server: GitServer, lfs: LfsServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.password = "oauth2:s3cret"
    monkeypatch.setenv("CLONESCAN_TOKEN", f"127.0.0.1:{server.port}=s3cret")
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login ann password other\n")
    address = usual(tmp_path, server, lfs)
    assert read(open_source(address, settings))["tokenizer.json"][1] == TOKENIZER.beginning
    assert basic("oauth2:s3cret") in server.traffic.authorizations
    assert all("Authorization" not in headers for headers in lfs.seen)
    assert {headers["X-Signature"] for headers in lfs.seen} == {TOKENIZER.oid[:8], WEIGHTS.oid[:8]}


def test_headers_do_not_follow_a_redirect_to_another_host(
    tmp_path: Path, server: GitServer, lfs: LfsServer, settings: Settings
) -> None:
    address = usual(tmp_path, server, lfs)
    with serve_lfs() as elsewhere:
        elsewhere.files = lfs.files
        lfs.serve = lambda handler, large: _redirect(elsewhere.url + large.oid)(handler, large)  # type: ignore[arg-type]
        found = read(open_source(address, settings))
        assert found["tokenizer.json"][1] == TOKENIZER.beginning
        assert found["model.safetensors"][1] == WEIGHTS.beginning
        assert all("X-Signature" not in headers for headers in elsewhere.seen) and elsewhere.seen


def test_offline_and_other_transports_ask_nobody(
    tmp_path: Path, server: GitServer, lfs: LfsServer, settings: Settings
) -> None:
    address = usual(tmp_path, server, lfs)
    lfs.answer = (503, {}, b"")
    read(open_source(address, settings))
    lfs.clear()
    snapshot = open_source(address, replace(settings, offline=True))
    assert read(snapshot)["tokenizer.json"][1] == TOKENIZER.pointer
    assert {skipped.reason for skipped in snapshot.skipped()} == {"in Git LFS: not in the cache, and offline"}
    ask = Pointer(TOKENIZER.oid, TOKENIZER.size), REACHES["tokenizer.json"]
    storage = Storage(GitAddress("source", "ssh://git@example.org/o/n.git", "o/n"), settings)
    storage.fetch([ask])
    assert storage.content(*ask) == "it is fetched over https only"
    assert lfs.asked == [] and lfs.requests == []


def test_what_was_damaged_in_the_cache_is_noticed(
    tmp_path: Path, server: GitServer, lfs: LfsServer, settings: Settings
) -> None:
    address = usual(tmp_path, server, lfs)
    read(open_source(address, settings))
    [kept] = (tmp_path / "cache/lfs").glob(f"*/{TOKENIZER.oid}")
    kept.write_bytes(bytes(TOKENIZER.size))
    snapshot = open_source(address, settings)
    assert read(snapshot)["tokenizer.json"][1] == TOKENIZER.pointer
    assert snapshot.skipped()[0].reason == "in Git LFS: what was kept of it is damaged"
    assert read(open_source(address, settings))["tokenizer.json"][1] == TOKENIZER.beginning


def test_source_code_in_lfs_is_compared_and_its_pointer_is_not_code(
    tmp_path: Path, server: GitServer, lfs: LfsServer, settings: Settings
) -> None:
    code = whole(b"def f(x):\n    return x.reshape(3, -1).permute(1, 0) + 17\n")
    address = publish(tmp_path, server, lfs, ("hidden.py", code), ("clip.mp4", UNCLAIMED))
    lfs.files.pop(code.oid)
    for times in range(2):
        with ExtractionCache(tmp_path / "cache") as cache, reader(Symbols(), settings, cache, no_progress) as files:
            found = files.read(open_source(address, settings))
        assert [file.path for file in found.files] == ["hidden.py", "train.py"][1 - times :]
        reasons = {skipped.path: skipped.reason for skipped in found.skipped}
        assert reasons == ({} if times else {"hidden.py": "in Git LFS: its server answers 404"})
        lfs.add(code)
    assert all(UNCLAIMED.oid not in asked for asked in lfs.asked)
