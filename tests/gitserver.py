"""A real git server on loopback: git http-backend behind a small threaded CGI bridge that counts what it sends."""

from __future__ import annotations

import base64
import os
import random
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

from lfsserver import LfsServer

IDENTITY = ("-c", "user.name=Tester", "-c", "user.email=tester@example.org", "-c", "init.defaultBranch=main")


def git(*arguments: str, cwd: Path) -> str:
    """Run git as the author of a test repository; returns its output."""
    done = subprocess.run(["git", *IDENTITY, *arguments], cwd=cwd, check=True, capture_output=True)
    return done.stdout.decode().strip()


def commit_files(folder: Path, files: Mapping[str, bytes], message: str = "files") -> str:
    """Write `files` into the work tree `folder` (made a repository if it is none), commit; returns the commit id."""
    folder.mkdir(parents=True, exist_ok=True)
    if not (folder / ".git").exists():
        git("init", "--quiet", cwd=folder)
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    git("add", "--all", "--force", ".", cwd=folder)
    git("commit", "--quiet", "--allow-empty", "--message", message, cwd=folder)
    return git("rev-parse", "HEAD", cwd=folder)


def media_repository(folder: Path, media_bytes: int = 50_000_000, code_bytes: int = 1_000_000) -> str:
    """A repository of incompressible media and of code, over two commits; returns the commit id of its tip."""
    chance = random.Random(20240530)
    commit_files(folder, {"media/old.gif": chance.randbytes(media_bytes // 10)})
    (folder / "media/old.gif").unlink()
    files = {f"media/clip{n}.mp4": chance.randbytes(media_bytes // 10) for n in range(10)}
    for n in range(50):
        lines, size = [f"def function_{n}(x):"], 0
        while size < code_bytes // 50:
            lines.append(f"    x = x * {chance.random()} + {chance.randrange(10**9)}")
            size += len(lines[-1]) + 1
        files[f"model/part{n}.py"] = "\n".join([*lines, "    return x", ""]).encode()
    return commit_files(folder, files)


@dataclass
class Traffic:
    """What the server saw: one line a request, and the bytes of all bodies and headers it sent."""

    requests: list[str] = field(default_factory=list)
    authorizations: list[str] = field(default_factory=list)
    bytes_sent: int = 0

    def clear(self) -> None:
        """Start counting anew."""
        self.requests.clear()
        self.authorizations.clear()
        self.bytes_sent = 0


@dataclass
class GitServer:
    """A running server: repositories are the folders below `root`; change its behaviour through the fields.

    `password` ("user:token") makes every repository private; `version_2` False hides protocol 2; `dumb` serves plain
    files only; `hold` is waited for before a pack is sent, and `holding` set when that begins; `lfs` answers for the
    large files of all repositories.
    """

    root: Path
    port: int = 0
    password: str | None = None
    version_2: bool = True
    dumb: bool = False
    hold: threading.Event | None = None
    lfs: LfsServer | None = None
    holding: threading.Event = field(default_factory=threading.Event)
    traffic: Traffic = field(default_factory=Traffic)

    @property
    def url(self) -> str:
        """The address that repositories hang from, with a slash behind it."""
        return f"http://127.0.0.1:{self.port}/"

    def publish(self, work_tree: Path, name: str, **config: str) -> Path:
        """Put a bare clone of `work_tree` at `name`; filters are on unless `config` says otherwise."""
        bare = self.root / name
        bare.parent.mkdir(parents=True, exist_ok=True)
        git("clone", "--quiet", "--bare", str(work_tree), str(bare), cwd=self.root)
        for key, value in {"uploadpack_allowFilter": "true", **config}.items():
            git("config", key.replace("_", ".", 1), value, cwd=bare)
        git("update-server-info", cwd=bare)
        return bare


class _Bridge(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Http

    def log_message(self, format: str, *args: object) -> None:
        """Tests are quiet."""

    def do_GET(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        if self.headers.get("Transfer-Encoding") != "chunked":
            self._answer(self.rfile.read(int(self.headers.get("Content-Length", 0))))
            return
        parts = []
        while size := int(self.rfile.readline(), 16):
            parts.append(self.rfile.read(size))
            self.rfile.readline()
        self.rfile.readline()
        self._answer(b"".join(parts))

    def _answer(self, body: bytes) -> None:
        state = self.server.state
        state.traffic.requests.append(f"{self.command} {self.path}")
        state.traffic.authorizations.append(self.headers.get("Authorization", ""))
        if state.password and self.headers.get("Authorization") != basic(state.password):
            self._send(401, {"WWW-Authenticate": 'Basic realm="tests"'}, b"no\n")
        elif state.lfs and self.path.endswith(".git/info/lfs/objects/batch"):
            self._send(*state.lfs.batch(body))
        elif state.dumb:
            self._send_file()
        else:
            if state.hold and self.path.endswith("git-upload-pack") and b"fetch" in body:
                state.holding.set()
                state.hold.wait(60)
            self._send_cgi(body)

    def _send_file(self) -> None:
        path = self.server.state.root / unquote(urlsplit(self.path).path).lstrip("/")
        if path.is_file():
            self._send(200, {"Content-Type": "text/plain"}, path.read_bytes())
        else:
            self._send(404, {}, b"")

    def _send_cgi(self, body: bytes) -> None:
        url = urlsplit(self.path)
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith("GIT_")},
            "GIT_PROJECT_ROOT": str(self.server.state.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "REQUEST_METHOD": self.command,
            "PATH_INFO": unquote(url.path),
            "QUERY_STRING": url.query,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", "") if self.server.state.version_2 else "",
            "REMOTE_ADDR": "127.0.0.1",
        }
        done = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True, check=False)
        head, _, content = done.stdout.partition(b"\r\n\r\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if line)
        self._send(int(headers.pop("Status", "200").split()[0]), headers, content)

    def _send(self, status: int, headers: Mapping[str, str], content: bytes) -> None:
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(content)))
        self.server.state.traffic.bytes_sent += sum(map(len, vars(self)["_headers_buffer"])) + len(content)
        self.end_headers()
        self.wfile.write(content)


class _Http(ThreadingHTTPServer):
    daemon_threads = True
    state: GitServer

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that was killed is no news."""


def basic(password: str) -> str:
    """The Authorization header of "user:token"."""
    return "Basic " + base64.b64encode(password.encode()).decode()


@contextmanager
def serve(root: Path) -> Iterator[GitServer]:
    """A git server for the repositories below `root`, on a free loopback port, while the context lasts."""
    http = _Http(("127.0.0.1", 0), _Bridge)
    http.state = GitServer(root, http.server_address[1])
    threading.Thread(target=http.serve_forever, daemon=True).start()
    try:
        yield http.state
    finally:
        if http.state.hold:
            http.state.hold.set()
        http.shutdown()
        http.server_close()


def rewrite_hosts(config: Path, server: GitServer, *hosts: str) -> None:
    """Write a global git configuration in which `https://<host>/` leads to the server, for GIT_CONFIG_GLOBAL."""
    lines = [f'[url "{server.url}"]', *(f"\tinsteadOf = https://{host}/" for host in hosts), ""]
    config.write_text("\n".join(lines))
