"""Prints how many bytes a git server sends for a repository of 50 MB of media and 1 MB of code, cold and warm.

    python benchmarks/parts/transfer.py

The server is git http-backend on loopback. Cold: nothing in the cache; warm: a second scan of the same commit.
"""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from gitserver import git, media_repository, serve  # noqa: E402

from clonescan.settings import Settings  # noqa: E402
from clonescan.sources import open_source  # noqa: E402


def main() -> None:
    """Build the repository, serve it, read its code twice."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "served").mkdir()
        media_repository(folder / "work")
        settings = Settings(cache_dir=folder / "cache", allow_http=True)
        with serve(folder / "served") as server:
            bare = server.publish(folder / "work", "owner/media.git")
            stored = sum(path.stat().st_size for path in (bare / "objects").rglob("*") if path.is_file())
            print(f"the repository: {stored:,} bytes, {git('rev-list', '--count', 'HEAD', cwd=bare)} commits")
            for run in ("cold", "warm"):
                server.traffic.clear()
                start = time.perf_counter()
                snapshot = open_source(f"{server.url}owner/media", settings)
                wanted = [entry for entry in snapshot.entries() if entry.path.endswith(".py")]
                read = sum(len(content) for _, content in snapshot.read(wanted) if isinstance(content, bytes))
                seconds = time.perf_counter() - start
                print(f"{run}: {server.traffic.bytes_sent:,} bytes sent in {len(server.traffic.requests)} requests, "
                      f"{read:,} bytes of code read, {seconds:.2f} s")  # fmt: skip


if __name__ == "__main__":
    main()
