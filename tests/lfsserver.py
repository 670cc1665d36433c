"""A Git LFS server on loopback: answers to batches, and a storage with ranges that counts what it sends."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

CHUNK = 1 << 16


@dataclass(frozen=True)
class Large:
    """A file of `size` bytes: its beginning, then zeros; `oid` as the pointer has it."""

    beginning: bytes
    size: int
    oid: str

    @property
    def pointer(self) -> bytes:
        """What stands in the repository for it."""
        return f"version https://git-lfs.github.com/spec/v1\noid sha256:{self.oid}\nsize {self.size}\n".encode()

    def part(self, start: int, stop: int) -> Iterator[bytes]:
        """Its bytes from `start` to `stop`, a chunk at a time."""
        while start < stop:
            chunk = self.beginning[start : min(stop, start + CHUNK)] or bytes(min(stop, start + CHUNK) - start)
            yield chunk
            start += len(chunk)


def whole(content: bytes) -> Large:
    """A file of exactly this content."""
    return Large(content, len(content), sha256(content).hexdigest())


@dataclass
class LfsServer:
    """A storage at `url`; change its behaviour through the fields.

    `row` may change an object's row of the batch answer, `answer` replaces the answer as a whole. `serve` sends a
    file in another way than by the book. `requests` holds the path and Range of each request to the storage, `asked`
    the oids of each batch, `seen` the headers of both.
    """

    port: int = 0
    files: dict[str, Large] = field(default_factory=dict)
    row: Callable[[dict[str, Any]], None] = lambda row: None
    answer: tuple[int, dict[str, str], bytes] | None = None
    serve: Callable[[BaseHTTPRequestHandler, Large], None] | None = None
    asked: list[list[str]] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    seen: list[dict[str, str]] = field(default_factory=list)
    bytes_sent: int = 0

    @property
    def url(self) -> str:
        """The address that files hang from, with a slash behind it."""
        return f"http://127.0.0.1:{self.port}/"

    def add(self, large: Large) -> bytes:
        """Keep a file; returns its pointer."""
        self.files[large.oid] = large
        return large.pointer

    def clear(self) -> None:
        """Start counting anew."""
        self.asked.clear()
        self.requests.clear()
        self.seen.clear()
        self.bytes_sent = 0

    def batch(self, body: bytes) -> tuple[int, dict[str, str], bytes]:
        """The answer to a batch request."""
        asked = json.loads(body)
        assert asked["operation"] == "download" and asked["transfers"] == ["basic"]
        self.asked.append([one["oid"] for one in asked["objects"]])
        if self.answer:
            return self.answer
        rows = []
        for one in asked["objects"]:
            row: dict[str, Any] = {"oid": one["oid"], "size": one["size"]}
            if one["oid"] in self.files:
                download = {"href": self.url + one["oid"], "header": {"X-Signature": one["oid"][:8]}}
                row["actions"] = {"download": download}
            else:
                row["error"] = {"code": 404, "message": "\x1b[31mno such object"}
            self.row(row)
            rows.append(row)
        content = json.dumps({"transfer": "basic", "objects": rows}).encode()
        return 200, {"Content-Type": "application/vnd.git-lfs+json"}, content


class _Storage(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http

    def log_message(self, format: str, *args: object) -> None:
        """Tests are quiet."""

    def do_GET(self) -> None:
        state = self.server.state
        state.requests.append((self.path, self.headers.get("Range", "")))
        state.seen.append(dict(self.headers.items()))
        large = state.files.get(self.path.rpartition("/")[2])
        if not large:
            self.respond(404, [b"no\n"])
        elif state.serve:
            state.serve(self, large)
        else:
            self.by_the_book(large)

    def by_the_book(self, large: Large) -> None:
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if not asked:
            self.respond(200, large.part(0, large.size), {"Content-Length": str(large.size)})
            return
        start, stop = int(asked[1]), min(int(asked[2]) + 1, large.size)
        headers = {"Content-Range": f"bytes {start}-{stop - 1}/{large.size}", "Content-Length": str(stop - start)}
        self.respond(206, large.part(start, stop), headers)

    def respond(self, status: int, chunks: Any, headers: dict[str, str] | None = None, pause: float = 0) -> None:
        """Send an answer, and close the connection if its length is not known."""
        self.send_response(status)
        for name, value in (headers or {"Connection": "close"}).items():
            self.send_header(name, value)
        self.end_headers()
        try:
            for chunk in chunks:
                self.wfile.write(chunk)
                self.server.state.bytes_sent += len(chunk)
                time.sleep(pause)
        except OSError:
            self.close_connection = True


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    state: LfsServer

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that has had enough is no news."""


Handler = _Storage


@contextmanager
def serve_lfs() -> Iterator[LfsServer]:
    """A storage without files on a free loopback port, while the context lasts."""
    http = _Http(("127.0.0.1", 0), _Storage)
    http.state = LfsServer(http.server_address[1])
    threading.Thread(target=http.serve_forever, daemon=True).start()
    try:
        yield http.state
    finally:
        http.shutdown()
        http.server_close()
