"""Packages, from a tiny index on loopback that speaks PEP 691."""

from __future__ import annotations

import io
import json
import tarfile
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from clonescan.errors import SourceError
from clonescan.settings import Settings
from clonescan.sources import open_source

METADATA = b"Metadata-Version: 2.4\nName: toy\nLicense-Expression: Apache-2.0\n\n"


@dataclass
class Index:
    """Projects with their files; `facts` are added to what the index says of a file."""

    files: dict[str, bytes] = field(default_factory=dict)
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    requests: list[str] = field(default_factory=list)
    authorizations: set[str] = field(default_factory=set)
    port: int = 0

    @property
    def url(self) -> str:
        """For PIP_INDEX_URL."""
        return f"http://127.0.0.1:{self.port}/simple"

    def add(self, filename: str, **facts: Any) -> None:
        """A wheel or source distribution of that name, which holds its name."""
        marker = filename.encode()
        if filename.endswith(".whl"):
            buffer = io.BytesIO()
            with zipfile.ZipFile(buffer, "w") as archive:
                archive.writestr("toy/marker.py", marker)
                archive.writestr("toy-1.dist-info/METADATA", METADATA)
        else:
            buffer = io.BytesIO()
            with tarfile.open(fileobj=buffer, mode="w:gz") as packed:
                info = tarfile.TarInfo(f"{filename.removesuffix('.tar.gz')}/toy/marker.py")
                info.size = len(marker)
                packed.addfile(info, io.BytesIO(marker))
        self.files[filename] = buffer.getvalue()
        self.facts[filename] = facts

    def page(self) -> dict[str, Any]:
        """The page of the project."""
        files = [
            {"filename": name, "url": f"/files/{name}", "hashes": {"sha256": sha256(content).hexdigest()},
             "size": len(content), **self.facts[name]}
            for name, content in self.files.items()
        ]  # fmt: skip
        return {"meta": {"api-version": "1.1"}, "name": "toy", "versions": [], "files": files}


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    """A running index, and the environment that names it."""
    state = Index()

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Tests are quiet."""

        def do_GET(self) -> None:
            state.requests.append(self.path)
            state.authorizations.add(self.headers.get("Authorization", ""))
            name = self.path.rpartition("/")[2]
            if self.path == "/simple/toy/":
                self.answer(200, "application/vnd.pypi.simple.v1+json", json.dumps(state.page()).encode())
            elif name in state.files:
                self.answer(200, "application/octet-stream", state.files[name])
            else:
                self.answer(404, "text/plain", b"")

        def answer(self, status: int, kind: str, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.port = http.server_address[1]
    threading.Thread(target=http.serve_forever, daemon=True).start()
    monkeypatch.setenv("PIP_INDEX_URL", state.url)
    yield state
    http.shutdown()
    http.server_close()


def marker(text: str, settings: Settings) -> tuple[str, str | None, str]:
    """(id, version, file that was chosen) of a package."""
    snapshot = open_source(text, settings)
    [content] = [content for entry, content in snapshot.read(snapshot.entries()) if entry.path == "toy/marker.py"]
    assert isinstance(content, bytes)
    return snapshot.repository.id, snapshot.repository.version, content.decode()


def test_the_newest_final_version_and_its_smallest_pure_wheel(index: Index, settings: Settings) -> None:
    for name in ("toy-1.9.tar.gz", "toy-1.10-cp311-cp311-win32.whl", "toy-1.10-py3-none-any.whl", "toy-1.10.tar.gz",
                 "toy-2.0rc1-py3-none-any.whl", "toy-1.11.exe", "no version"):  # fmt: skip
        index.add(name)
    index.add("toy-1.12.tar.gz", yanked="broken")
    assert marker("pypi:Toy", settings) == ("toy 1.10", "1.10", "toy-1.10-py3-none-any.whl")
    assert marker("pypi:toy==1.9", settings) == ("toy 1.9", "1.9", "toy-1.9.tar.gz")
    assert marker("pypi:toy==1.12", settings)[2] == "toy-1.12.tar.gz"
    assert marker("pypi:toy==2.0.0rc1", settings)[2] == "toy-2.0rc1-py3-none-any.whl"
    assert open_source("pypi:toy", settings).repository.license == "Apache-2.0"


def test_only_prereleases(index: Index, settings: Settings) -> None:
    index.add("toy-2.0rc1.tar.gz")
    index.add("toy-2.0rc2.tar.gz")
    assert marker("pypi:toy", settings)[1] == "2.0rc2"


def test_a_file_is_fetched_once_and_then_offline(index: Index, settings: Settings) -> None:
    index.add("toy-1-py3-none-any.whl")
    first = marker("pypi:toy", settings)
    assert marker("pypi:toy", settings) == first
    assert index.requests == ["/simple/toy/", "/files/toy-1-py3-none-any.whl", "/simple/toy/"]
    index.requests.clear()
    offline = replace(settings, offline=True)
    assert marker("pypi:toy", offline) == first
    with pytest.raises(SourceError, match="in the cache"):
        open_source("pypi:toy==2", offline)
    assert index.requests == []


def test_a_file_that_changed_on_disk_is_fetched_again(index: Index, settings: Settings, tmp_path: Path) -> None:
    index.add("toy-1-py3-none-any.whl")
    first = marker("pypi:toy", settings)
    [kept] = (tmp_path / "cache").rglob("*.whl")
    kept.write_bytes(b"something else")
    assert marker("pypi:toy", settings) == first


def test_hashes_are_demanded_and_checked(index: Index, settings: Settings, tmp_path: Path) -> None:
    index.add("toy-1-py3-none-any.whl", hashes={"sha256": "0" * 64})
    with pytest.raises(SourceError, match="hash is not the one"):
        open_source("pypi:toy", settings)
    index.add("toy-1-py3-none-any.whl", hashes={})
    with pytest.raises(SourceError, match="states no hash"):
        open_source("pypi:toy", settings)
    assert not list((tmp_path / "cache").rglob("*.whl*"))


def test_failures(index: Index, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    index.add("toy-1.tar.gz")
    with pytest.raises(SourceError, match="there is no package nothing"):
        open_source("pypi:nothing", settings)
    with pytest.raises(SourceError, match="pypi:toy==7"):
        open_source("pypi:toy==7", settings)
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:1/simple")
    with pytest.raises(SourceError, match="cannot be reached"):
        open_source("pypi:toy", settings)


def test_credentials_of_the_index_are_used_and_not_told(
    index: Index, settings: Settings, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    index.add("toy-1.tar.gz")
    monkeypatch.setenv("PIP_INDEX_URL", f"http://me:hush@127.0.0.1:{index.port}/simple")
    assert marker("pypi:toy", settings)[1] == "1"
    assert any(one.startswith("Basic ") for one in index.authorizations)
    with pytest.raises(SourceError) as caught:
        open_source("pypi:nothing", settings)
    assert "hush" not in str(caught.value) + "".join(str(path) for path in tmp_path.rglob("*"))
