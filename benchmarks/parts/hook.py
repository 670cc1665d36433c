"""How long the hook of pre-commit and the script of the action take, in a repository of real size.

torchtune is the repository, beside the environment of attribution.py. Whole processes, as pre-commit and a job of
GitHub start them.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml
from harness import process
from harness.cases import HOOKED
from harness.process import Finished
from harness.results import Options, Row

from parts.attribution import checkout, environment
from parts.speed import summary

ROOT = Path(__file__).parents[2]
PROGRAM = Path(sys.executable).with_name("clonescan")


def hook(options: Options) -> Iterator[Row]:
    """Both programs in each state of the cache; see `_states`."""
    folder = options.work / "attribution"
    beside, source = environment(folder), checkout(HOOKED, folder)
    with tempfile.TemporaryDirectory() as name:
        bench = _Bench(Path(name), beside)
        bench.prepare(source)
        for program, start in (("hook", bench.hook), ("whole commit", bench.commit), ("action", bench.action)):
            for state, runs in _states(bench, start, options.runs):
                yield {"kind": "time", "program": program, "state": state, "file": bench.changed, **summary(runs)}


@dataclass(frozen=True)
class _Bench:
    """A git repository in a folder of its own, with the cache beside it."""

    folder: Path
    beside: Path

    @property
    def repository(self) -> Path:
        return self.folder / HOOKED

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    @property
    def changed(self) -> str:
        """The largest file of the package, which is the one that is changed."""
        files = (self.repository / HOOKED).rglob("*.py")
        return max(files, key=lambda path: (path.stat().st_size, path)).relative_to(self.repository).as_posix()

    def prepare(self, source: Path) -> None:
        shutil.copytree(source, self.repository)
        entry, *arguments = _manifest()["entry"].split()
        # Installed already: pre-commit would make an environment from a package index first, once.
        local = {**_manifest(), "language": "system", "entry": " ".join([str(PROGRAM), *arguments])}
        assert entry == PROGRAM.name
        config = {"repos": [{"repo": "local", "hooks": [local]}]}
        (self.repository / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), encoding="utf-8")
        # What is open already is no news, so that commits pass.
        (self.repository / ".clonescan.toml").write_text("[audit]\nfail_at = 1000.0\n", encoding="utf-8")
        self._git("init", "--quiet")
        self._git("add", "--all", "--force")
        self._git("commit", "--quiet", "--message", "All of it")
        subprocess.run([sys.executable, "-m", "pre_commit", "install"], cwd=self.repository, check=True,
                       capture_output=True)  # fmt: skip

    def edit(self) -> None:
        """Add a function to the file."""
        with (self.repository / self.changed).open("a", encoding="utf-8") as file:
            file.write(f"\n\ndef added_{time.time_ns()}(x):\n    return x\n")

    def hook(self) -> Finished:
        """What pre-commit starts."""
        arguments = _manifest()["entry"].split()[1:]
        return self._run([str(PROGRAM), *arguments, self.changed])

    def commit(self) -> Finished:
        """A commit of the file, pre-commit and git included."""
        self.edit()
        self._git("add", self.changed)
        return self._run(["git", "commit", "--quiet", "--message", "A change"])

    def action(self) -> Finished:
        """The script of the action: what changed since the commit before the last one."""
        names = ("RUNNER_TEMP", "GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")
        places = {name: str(self.folder / name.lower()) for name in names}
        Path(places["RUNNER_TEMP"]).mkdir(exist_ok=True)
        told = {"CLONESCAN": str(PROGRAM), "SINCE": "HEAD~1"}
        return self._run([str(ROOT / ".github" / "action" / "audit.sh")], places | told)

    def _run(self, command: list[str], more: Mapping[str, str] | None = None) -> Finished:
        done = process.run(command, cwd=self.repository, environ={**self._environ(), **(more or {})})
        if done.code:
            raise RuntimeError(f"{command[0]} ended with exit code {done.code}")
        return done

    def _git(self, *arguments: str) -> None:
        subprocess.run(["git", *arguments], cwd=self.repository, check=True, env=os.environ | self._environ())

    def _environ(self) -> dict[str, str]:
        names = {f"GIT_{who}_{what}": "bench" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
        return {**names, "CLONESCAN_CACHE_DIR": str(self.cache), "VIRTUAL_ENV": str(self.beside)}


def _manifest() -> dict[str, str]:
    (found,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    return dict(found)


def _states(bench: _Bench, start: Callable[[], Finished], runs: int) -> Iterator[tuple[str, list[Finished]]]:
    """Without any cache, once; then each `runs` times: a file that was just changed, and, but for commits, the same
    again.
    """
    bench.edit()
    shutil.rmtree(bench.cache, ignore_errors=True)
    yield "cold", [start()]
    edited, again = [], []
    for _ in range(runs):
        bench.edit()
        edited.append(start())
        again += [start()] if start != bench.commit else []
    yield "one file changed", edited
    if again:
        yield "the same again", again
