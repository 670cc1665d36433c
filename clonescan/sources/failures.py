"""Turns what git wrote when it failed into one clear sentence that holds no credentials."""

from __future__ import annotations

import re
from collections.abc import Iterable

from clonescan.errors import SourceError

WEAK_SERVER = re.compile(
    r"unadvertised object|dumb http|does not support shallow|does not support --depth|filtering not supported", re.I
)
"""The server is there, but cannot send just a part of a repository."""

NO_SUCH_OBJECT = re.compile(r"not our ref|unadvertised object|couldn't find remote ref|bad object", re.I)

_SENTENCES = (
    (r"repository .* not found|not found\.?$|does not exist|not appear to be a git repository",
     "there is no such repository, or it is private: {name}"),
    (r"could not read (?:username|password)|terminal prompts disabled|authentication failed|permission denied"
     r"|returned error: 40[13]|HTTP 40[13]|invalid credentials|access denied|not allowed to",
     "authentication needed, or there is no such repository: {name} (set up a git credential helper{token})"),
    (r"could not resolve host", "the host cannot be found: {name}"),
    (r"host key verification failed", "ssh does not know the host yet: {name} (connect to it once by hand)"),
    (r"certificate|SSL", "the host's certificate is not trusted: {name}"),
    (r"failed to connect|couldn't connect|connection (?:refused|timed out|reset)|unreachable|unable to connect"
     r"|timed out|operation too slow|unable to access|early eof|hung up|rpc failed|closed by remote",
     "the host cannot be reached, or broke off: {name}"),
    (r"mismatched algorithms|object format", "its object ids are SHA-256, which is not supported: {name}"),
    (r"no space left", "the cache folder's disk is full; fetching stopped: {name}"),
)  # fmt: skip


def source_error(messages: str, name: str, secrets: Iterable[str] = (), token: str = "") -> SourceError:
    """The error for the user: `messages` is what git wrote, `token` the variable that could hold a token."""
    for pattern, sentence in _SENTENCES:
        if re.search(pattern, messages, re.I | re.M):
            hint = f" or {token}" if token else ""
            return SourceError(sentence.format(name=name, token=hint))
    lines = [line for line in messages.splitlines() if line.startswith(("fatal:", "error:"))] or ["git gave no reason"]
    return SourceError(f"git could not fetch {name}: {redacted(lines[0].partition(': ')[2] or lines[0], secrets)}")


def redacted(text: str, secrets: Iterable[str] = ()) -> str:
    """`text` on one line, without control characters, user parts of URLs, and the secrets that are known."""
    for secret in filter(None, secrets):
        text = text.replace(secret, "***")
    text = re.sub(r"(\w://)[^/@\s]+@", r"\1", text)
    return "".join(letter if letter.isprintable() else " " for letter in text).strip()
