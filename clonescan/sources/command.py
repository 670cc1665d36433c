"""Runs git, over GitPython, in a git directory of our own and in an environment that no repository had a say in."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from clonescan.errors import SourceError
from clonescan.sources.interface import Progress, no_progress

if TYPE_CHECKING:
    from git import Git

os.environ.setdefault("GIT_PYTHON_REFRESH", "quiet")

CONFIG = {
    "core.fsmonitor": "false",
    "core.hooksPath": os.devnull,
    "fetch.negotiationAlgorithm": "default",
    "fetch.prune": "false",
    "fetch.pruneTags": "false",
    "fetch.recurseSubmodules": "false",
    "fetch.writeCommitGraph": "false",
    "gc.auto": "0",
    "http.lowSpeedLimit": "1",
    "http.lowSpeedTime": "60",
    "maintenance.auto": "false",
    "transfer.bundleURI": "false",
}
"""Over the user's own configuration: no hooks, no clean-up under a reader, no endless wait (60 s without a byte)."""

TRANSPORTS = "file:git:http:https:ssh"
"""What git may speak. Of these `address` only lets https, ssh and git through; the user's `insteadOf` decides more."""

_PROGRESS = re.compile(r"(?:remote: )?([A-Z][a-z]+ (?:objects|deltas)): +\d+% \((\d+)/(\d+)\)")
Config = Mapping[str, str]


class GitFailed(Exception):
    """git ended with an error; `str()` of it is what it wrote, which may hold anything and is not for users."""


def environment(git_dir: Path, objects: Path | None = None, config: Config | None = None) -> dict[str, str]:
    """What git is told by environment variables: its directory, the object store, and configuration.

    Configuration goes this way because the environment, unlike arguments and files, is nobody else's to read.
    """
    variables = {
        "GIT_ALLOW_PROTOCOL": TRANSPORTS,
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": "",
        "GIT_COMMON_DIR": str(git_dir),
        "GIT_DIR": str(git_dir),
        "GIT_INDEX_FILE": str(git_dir / "index"),
        "GIT_NAMESPACE": "",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OBJECT_DIRECTORY": str(objects or git_dir / "objects"),
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_TERMINAL_PROMPT": "0",
    }
    inherited = int(os.environ.get("GIT_CONFIG_COUNT") or 0)
    settings = {**CONFIG, **(config or {})}
    variables["GIT_CONFIG_COUNT"] = str(inherited + len(settings))
    for number, (key, value) in enumerate(settings.items(), inherited):
        variables[f"GIT_CONFIG_KEY_{number}"] = key
        variables[f"GIT_CONFIG_VALUE_{number}"] = value
    return variables


def output(git_dir: Path, arguments: Sequence[str], variables: Mapping[str, str]) -> bytes:
    """What `git <arguments>` prints. Raises GitFailed."""
    return output_and_warnings(git_dir, arguments, variables)[0]


def output_and_warnings(
    git_dir: Path, arguments: Sequence[str], variables: Mapping[str, str]
) -> tuple[bytes, str]:
    """What `git <arguments>` prints, and what it says beside that. Raises GitFailed."""
    options = {"with_extended_output": True, "with_exceptions": False, "stdout_as_string": False}
    status, printed, errors = _execute(git_dir, arguments, variables, strip_newline_in_stdout=False, **options)
    if status:
        raise GitFailed(errors)
    return printed, errors


def _execute(git_dir: Path, arguments: Sequence[str], variables: Mapping[str, str], **options: Any) -> Any:
    """What GitPython's `Git.execute` returns. Raises SourceError if there is no git."""
    from git import Git  # the workers, archives and packages do without
    from git.exc import GitCommandNotFound

    try:
        return Git(git_dir).execute([Git.GIT_PYTHON_GIT_EXECUTABLE, *arguments], env=variables, **options)
    except GitCommandNotFound:
        raise SourceError("git is not installed, or not to be found on the PATH") from None


def fetch(
    git_dir: Path,
    arguments: Sequence[str],
    variables: Mapping[str, str],
    *,
    lines: Sequence[str] = (),
    lock: int,
    progress: Progress = no_progress,
    task: str = "",
) -> str:
    """Run `git fetch <arguments>` with `lines` on its standard input, under the lock; returns its messages.

    Raises GitFailed.
    """
    always = ("--progress", "--no-tags", "--no-write-fetch-head", "--recurse-submodules=no", "--no-auto-maintenance")
    with tempfile.TemporaryFile() as standard_input:
        standard_input.write("".join(f"{line}\n" for line in lines).encode())
        standard_input.seek(0)
        command = "fetch", *always, *arguments
        process = _execute(git_dir, command, variables, istream=standard_input, as_process=True, pass_fds=(lock,))
        messages = _follow(process.stderr, progress, task)
        status = process.proc.wait()
    if status:
        raise GitFailed(messages)
    return messages


def _follow(stream: Any, progress: Progress, task: str) -> str:
    """Everything that git says but its progress, which is passed on."""
    said, rest = [], ""
    while chunk := stream.read1(65536):
        *lines, rest = re.split(r"[\r\n]", rest + chunk.decode("utf-8", "replace"))
        for line in lines:
            if step := _PROGRESS.match(line):
                progress(f"{task}: {step[1].lower()}", int(step[2]), int(step[3]))
            else:
                said.append(line)
    return "\n".join([*said, rest])


def interactive(git_dir: Path, variables: Mapping[str, str]) -> Git:
    """A Git whose long-running `cat-file` processes (its get_object_* methods) live in this environment."""
    from git import Git

    git = Git(git_dir)
    git.update_environment(**variables)
    return git
