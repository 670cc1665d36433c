"""Reads a stretch of a file over https from an address that a stranger gave: bounded in bytes, time and reach."""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookiejar import DefaultCookiePolicy
from typing import TypeVar
from urllib.parse import urljoin, urlsplit

import requests

from clonescan.sources.address import is_loopback

TIMEOUT = 30.0
"""Seconds without an answer or a byte, and what a request may take beside its bytes."""

SLOWEST = 100_000
"""Bytes a second that are waited for: 64 MB then take eleven minutes at most. Set by hand."""

REDIRECTS = 3
"""Hops to where a file lies: a forge needs one, to its storage."""

_CHUNK = 1 << 16
_RANGE = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)")
_OURS = frozenset({"host", "range", "accept-encoding", "content-length", "transfer-encoding", "connection"})
"""Headers that say how we read, which nobody else decides."""

Result = TypeVar("Result")


class Refused(Exception):
    """A file that is not to be had; the message says why, in words of ours."""


class Failed(Refused):
    """The server does not answer as it should: others of its files are no better off."""


@dataclass(frozen=True, slots=True)
class Client:
    """Reads from `home` (scheme and host), the server that the user named, and where that server sends it.

    `authorization` is the header for `home`; no other host ever sees it. Other hosts are spoken to over https and if
    their addresses are public; with `loopback`, over http on this machine as well. A name that leads elsewhere on a
    second look gains nothing, since its host has no certificate for it.
    """

    home: str
    authorization: str = field(default="", repr=False)
    loopback: bool = False
    _session: requests.Session = field(default_factory=lambda: _without_cookies(), repr=False)

    def post(self, url: str, body: bytes, headers: Mapping[str, str], most: int) -> bytes:
        """What `home` answers, at most `most` bytes. Raises Refused."""
        return within(TIMEOUT, lambda: self._read("POST", url, headers, 0, most, body))

    def get(self, url: str, headers: Mapping[str, str], start: int, stop: int, *, whole: bool = False) -> bytes:
        """The bytes from `start` to `stop`, fewer if the file ends before; `whole` asks for it without a range.

        Raises Refused.
        """
        own = {name: value for name, value in headers.items() if name.lower() not in _OURS}
        if not whole:
            own["Range"] = f"bytes={start}-{stop - 1}"
        return within(TIMEOUT + (stop - start) / SLOWEST, lambda: self._read("GET", url, own, start, stop, None))

    def _read(
        self, method: str, url: str, headers: Mapping[str, str], start: int, stop: int, body: bytes | None
    ) -> bytes:
        deadline = time.monotonic() + TIMEOUT + (stop - start) / SLOWEST
        try:
            with self._answer(method, url, headers, body) as response:
                if "Range" in headers and response.status_code == 206:
                    given = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
                    if not given or int(given[1]) != start:
                        raise Failed("its server sends another part than the one asked for")
                    stop, start = stop - start, 0
                return _content(response, stop, deadline)[start:]
        except Refused:
            raise
        except requests.exceptions.SSLError:
            raise Failed("its server's certificate is not trusted") from None
        except (requests.RequestException, OSError, ValueError):
            raise Failed("its server does not answer, or broke off") from None
        except Exception as error:  # urllib3 and http.client have their own, which requests wraps on its own reads only
            raise Failed(f"its server breaks the protocol ({type(error).__name__})") from None

    def _answer(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> requests.Response:
        """The response at the end of the redirects; what was meant for one host goes to no other."""
        for _ in range(REDIRECTS + 1):
            self._check(url)
            response = self._session.request(
                *(method, url),
                headers={"Accept-Encoding": "identity", **self._own(url), **headers},
                data=body,
                stream=True,
                timeout=TIMEOUT,
                allow_redirects=False,
                auth=lambda prepared: prepared,  # or requests would look for a password in ~/.netrc
            )
            if response.status_code in (200, 206):
                return response
            response.close()
            location = response.headers.get("Location")
            if not response.is_redirect or not location:
                kind = Failed if response.status_code >= 500 or response.status_code == 429 else Refused
                raise kind(f"its server answers {response.status_code}")
            target = urljoin(url, location)
            if origin(target) != origin(url):
                headers = {name: value for name, value in headers.items() if name == "Range"}
                if method == "POST":
                    raise Failed("its server sends the question on to another host")
            url = target
        raise Refused("its server sends from one address to the next")

    def _own(self, url: str) -> dict[str, str]:
        return {"Authorization": self.authorization} if self.authorization and origin(url) == self.home else {}

    def _check(self, url: str) -> None:
        """Raises Refused unless this is an address that a stranger may send us to."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if origin(url) == self.home or (self.loopback and parts.scheme == "http" and is_loopback(host)):
            return
        if parts.scheme != "https" or not host or "@" in parts.netloc:
            raise Refused("it lies at an address that is not https")
        if not _is_public(host, parts.port or 443, bool(requests.utils.get_environ_proxies(url))):
            raise Refused("it lies at an address of a private network")


def _without_cookies() -> requests.Session:
    session = requests.Session()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
    return session


def origin(url: str) -> str:
    """Scheme, host and port of a URL. Raises ValueError for a port that is none."""
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    return f"{parts.scheme}://{(parts.hostname or '').lower()}:{port}"


def within(seconds: float, work: Callable[[], Result]) -> Result:
    """What `work` returns or raises, if it ends in time; what does not is left to itself. Raises Failed.

    A server that sends a byte now and then holds up any read, and a name server any look-up: only leaving them helps.
    """
    done: list[Result] = []
    wrong: list[Exception] = []

    def run() -> None:
        try:
            done.append(work())
        except Exception as error:
            wrong.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(seconds)
    if wrong:
        raise wrong[0]
    if not done:
        raise Failed("its server is too slow")
    return done[0]


def _content(response: requests.Response, most: int, deadline: float) -> bytes:
    parts, size = [], 0
    while size < most and (part := response.raw.read1(min(_CHUNK, most - size), decode_content=False)):
        parts.append(part)
        size += len(part)
        if time.monotonic() > deadline:
            raise Failed("its server is too slow")
    return b"".join(parts)


def _is_public(host: str, port: int, proxied: bool) -> bool:
    """Whether all addresses of a host are on the internet; names that a proxy looks up are its own business."""
    try:
        addresses = [host] if proxied else [str(found[4][0]) for found in socket.getaddrinfo(host, port)]
    except OSError:
        return True  # there is nothing to connect to
    for text in addresses:
        try:
            address = ipaddress.ip_address(text.partition("%")[0])
        except ValueError:
            continue
        mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
        if not (mapped or address).is_global or (mapped or address).is_multicast:
            return False
    return True
