"""Hands tokens to git: from a pasted URL or the environment, by environment-borne configuration, to one host only."""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from clonescan.errors import UsageError
from clonescan.sources.address import GitAddress

VARIABLE = "CLONESCAN_TOKEN"
"""Holds HOST=TOKEN, several with commas between them; the host is named so that no other ever sees the token."""

HOST_VARIABLES = {"github.com": "GITHUB_TOKEN", "gitlab.com": "GITLAB_TOKEN", "huggingface.co": "HF_TOKEN"}


USERS = {"github.com": "x-access-token"}
"""The user name that goes with a token; other hosts take "oauth2", or any."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """Configuration that makes git authenticate, the texts that must not be shown, and the variable to ask for."""

    config: dict[str, str] = field(repr=False)
    secrets: tuple[str, ...] = field(repr=False)
    variable: str

    @property
    def authorization(self) -> str:
        """The value of the Authorization header, for the same host only; "" if git is left to ask a helper."""
        headers = (value for key, value in self.config.items() if key.endswith(".extraHeader"))
        return next(headers, "").removeprefix("Authorization: ")


def credentials(address: GitAddress) -> Credentials:
    """What is known for the host of `address`. Raises UsageError if CLONESCAN_TOKEN has another form."""
    url = urlsplit(address.url)
    if url.scheme not in ("http", "https"):
        return Credentials({}, (), "")
    host = url.netloc
    variable = HOST_VARIABLES.get(host, VARIABLE)
    user, colon, password = address.secret.partition(":")
    token = _named_tokens().get(host) or (os.environ.get(variable, "").strip() if variable != VARIABLE else "")
    base = f"{url.scheme}://{host}/"
    if colon:
        return Credentials(_header(base, user, password), (address.secret, password, user), variable)
    if user:
        return Credentials({f"credential.{base}.username": user}, (user,), variable)
    if token:
        return Credentials(_header(base, USERS.get(host, "oauth2"), token), (token,), variable)
    return Credentials({}, (), variable)


def _header(base: str, user: str, password: str) -> dict[str, str]:
    encoded = base64.b64encode(f"{user}:{password}".encode()).decode()
    return {f"http.{base}.extraHeader": f"Authorization: Basic {encoded}"}


def _named_tokens() -> dict[str, str]:
    pairs = [pair.strip().partition("=") for pair in os.environ.get(VARIABLE, "").split(",") if pair.strip()]
    if any(not host or not token for host, _, token in pairs):
        raise UsageError(f"{VARIABLE} has the form HOST=TOKEN, several with commas between them")
    return {host.strip(): token.strip() for host, _, token in pairs}
