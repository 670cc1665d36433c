"""Parses what people paste for a repository into a typed address; pure but for one question to the file system."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import unquote, urlsplit

from packaging.version import InvalidVersion, Version

from clonescan.errors import UsageError

Forge = Literal["github", "gitlab", "huggingface", ""]

FORGES: dict[str, Forge] = {"github.com": "github", "gitlab.com": "gitlab", "huggingface.co": "huggingface"}
ALIASES = {"www.github.com": "github.com", "www.gitlab.com": "gitlab.com", "hf.co": "huggingface.co"}
SSH_HOSTS = {"huggingface.co": "hf.co"}
PREFIXES = {"github": "github.com", "gitlab": "gitlab.com", "hf": "huggingface.co"}
ARCHIVE_SUFFIXES = (".zip", ".whl", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tar.xz")
FORMS = "expected OWNER/NAME, a git URL, hf:ORG/MODEL, pypi:NAME[==VERSION], a folder or an archive"

_PART = r"[A-Za-z0-9_.][\w.-]*"
_SCP = re.compile(r"(?:(?P<user>[\w.-]+)@)?(?P<host>[A-Za-z0-9][\w.-]*):(?P<path>[^:\s][^\s]*)")
_INSTALLED = re.compile(r"installed:(?P<name>[^@=\s]+)(?:==(?P<version>[^@\s]+))?(?:@(?P<environment>.+))?")
_PYPI = re.compile(r"pypi:\s*(?P<name>[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?)\s*(?:==\s*(?P<version>\S+))?")


@dataclass(frozen=True, slots=True)
class GitAddress:
    """A repository on a git server.

    `source` is what the user gave and `url` where to fetch from, both without credentials, which are `secret`
    ("user:password" or "user"). `ref` is a branch, tag or commit id; `tree` is "REF" or "REF/SUBDIR" of a `/tree/`
    link, which only the server's refs can split. `web` is the address of its pages, "" where it has none.
    """

    source: str
    url: str
    name: str
    forge: Forge = ""
    web: str = ""
    ref: str = ""
    tree: str = ""
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class LocalAddress:
    """A folder: a git work tree, a bare repository, or neither; `ref` only where the folder is a repository."""

    source: str
    path: Path
    ref: str = ""


@dataclass(frozen=True, slots=True)
class ArchiveAddress:
    """A .zip, .whl or .tar.* file."""

    source: str
    path: Path


@dataclass(frozen=True, slots=True)
class PypiAddress:
    """A package of the package index; `version` is "" for the newest."""

    source: str
    name: str
    version: str = ""


@dataclass(frozen=True, slots=True)
class InstalledAddress:
    """A package of a Python environment; `version` is "" for the one there, `environment` "" for the active one."""

    source: str
    name: str
    version: str = ""
    environment: str = ""


Address = GitAddress | LocalAddress | ArchiveAddress | PypiAddress | InstalledAddress


def parse(text: str, *, exists: Callable[[str], bool] | None = None, allow_http: bool = False) -> Address:
    """The address that `text` means; `exists` says whether a local path is there. Raises UsageError."""
    try:
        return _parse(text.strip(), exists or _on_disk, allow_http)
    except UsageError as error:
        raise UsageError(re.sub(r"//[^/\s]*@", "//", str(error))) from None


def _parse(text: str, exists: Callable[[str], bool], allow_http: bool) -> Address:
    if not text or not text.isprintable():
        raise UsageError(f"not a repository: {text!a}; {FORMS}")
    if text.startswith("-"):
        raise UsageError(f"a repository does not begin with a dash: {text}")
    scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*)://", text)
    if scheme:
        return _from_url(text, scheme[1].lower(), exists, allow_http)
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*::", text):
        raise UsageError(f"this transport is not supported: {text}; use https, ssh, git or a local path")
    return _from_prefix(text) or _from_path(text, exists) or _from_short(text) or _unknown(text)


def from_home(path: str) -> Path:
    """A path with `~` resolved; `~name` of a user who does not exist is a file of that name, as in a shell."""
    try:
        return Path(path).expanduser()
    except RuntimeError:
        return Path(path)


def _on_disk(path: str) -> bool:
    try:
        from_home(path).stat()
    except PermissionError:
        return True  # whoever reads it will be told
    except (OSError, ValueError):
        return False
    return True


def _unknown(text: str) -> Address:
    raise UsageError(f"neither an existing path nor a known form of repository: {text}; {FORMS}")


def _from_prefix(text: str) -> Address | None:
    if text.startswith("pypi:"):
        return _pypi(text)
    if text.startswith("installed:"):
        return _installed(text)
    prefix, colon, rest = text.partition(":")
    if colon and prefix in PREFIXES and not rest.startswith("/"):
        return _hosted(text, "https", PREFIXES[prefix], rest)
    return None


def _pypi(text: str) -> PypiAddress:
    found = _PYPI.fullmatch(text)
    if not found:
        raise UsageError(f"not a package of the index: {text}; expected pypi:NAME or pypi:NAME==VERSION")
    version = found["version"] or ""
    try:
        return PypiAddress(text, found["name"], version and str(Version(version)))
    except InvalidVersion:
        raise UsageError(f"not a version: {version} in {text}") from None


def _installed(text: str) -> InstalledAddress:
    found = _INSTALLED.fullmatch(text)
    if not found:
        raise UsageError(f"not an installed package: {text}; expected installed:NAME, with ==VERSION or @ENVIRONMENT")
    return InstalledAddress(text, found["name"], found["version"] or "", found["environment"] or "")


def _from_path(text: str, exists: Callable[[str], bool]) -> Address | None:
    for path, ref in _splits_at_ref(text):
        if exists(path):
            return _local(text, path, ref)
    path, _, ref = text.partition("@")
    if text.startswith(("/", "./", "../", "~")) or text in (".", "..") or text.endswith(ARCHIVE_SUFFIXES):
        return _local(text, path if ref else text, ref)
    return None


def _splits_at_ref(text: str) -> list[tuple[str, str]]:
    places = [match.start() for match in re.finditer("@", text) if 0 < match.start() < len(text) - 1]
    return [(text, ""), *((text[:at], text[at + 1 :]) for at in reversed(places))]


def _local(source: str, path: str, ref: str) -> LocalAddress | ArchiveAddress:
    place = from_home(path)
    if not path.lower().endswith(ARCHIVE_SUFFIXES) or place.is_dir():
        return LocalAddress(source, place, _checked_ref(ref))
    if ref:
        raise UsageError(f"an archive has no branches, tags or commits: {source}")
    return ArchiveAddress(source, place)


def _from_short(text: str) -> Address | None:
    head = text.partition("/")[0].lower()
    if ALIASES.get(head, head) in FORGES:
        return _from_url(f"https://{text}", "https", lambda _path: False, False)
    if re.fullmatch(rf"{_PART}/{_PART}(@.+)?", text):
        return _hosted(text, "https", "github.com", text)
    if re.match(r"[^/@:]+:[^/@]+@", text):
        raise UsageError("a URL with a user and a password begins with https://")
    found = _SCP.fullmatch(text)
    if not found or "/" not in found["path"]:
        return None
    host = ALIASES.get(found["host"].lower(), found["host"].lower())
    if host not in FORGES:
        return _generic(text, f"{found['user'] or 'git'}@{host}:", host, found["path"], "")
    return _hosted(text, "ssh", host, found["path"], user=found["user"] or "git")


def _from_url(text: str, scheme: str, exists: Callable[[str], bool], allow_http: bool) -> Address:
    if scheme == "file":
        return _from_file_url(text, exists)
    url = urlsplit(text)
    try:
        host, port = (url.hostname or "").lower(), url.port
    except ValueError:
        raise UsageError("not a URL: its port is no number") from None
    if not re.fullmatch(r"[a-z0-9]([a-z0-9.-]*)|[0-9a-f:]+", host):
        raise UsageError("not a URL of a repository: it names no host")
    secret, source = _without_secret(text, url.netloc)
    if scheme not in ("https", "ssh", "git") and not (scheme == "http" and allow_http and is_loopback(host)):
        raise UsageError(f"{scheme}:// is not supported: {source}; use https, ssh, git or a local path")
    host = ALIASES.get(host, host)
    path = url.path if scheme != "https" else unquote(url.path)
    if not path.isprintable():
        raise UsageError(f"not a repository: {source!a}; {FORMS}")
    if host in FORGES and port is None and scheme in ("https", "ssh"):
        user = secret.partition(":")[0] or "git"
        return _hosted(source, scheme, host, path, user=user, secret=secret if scheme == "https" else "")
    authority = f"[{host}]" if ":" in host else host
    authority += f":{port}" if port is not None else ""
    if scheme == "ssh":
        authority, secret = f"{secret.partition(':')[0] or 'git'}@{authority}", ""
    return _generic(source, f"{scheme}://{authority}/", authority, path, secret)


def _without_secret(text: str, netloc: str) -> tuple[str, str]:
    """(user and password, the URL without them and without a query, which may hold a token)."""
    text = re.split(r"[?#]", text, maxsplit=1)[0]
    userinfo, at, _host = netloc.rpartition("@")
    if not at:
        return "", text
    keep = userinfo.partition(":")[0] + "@" if text.lower().startswith("ssh:") else ""
    return unquote(userinfo), text.replace(f"{userinfo}@", keep, 1)


def _from_file_url(text: str, exists: Callable[[str], bool]) -> Address:
    url = urlsplit(text)
    if url.netloc not in ("", "localhost"):
        raise UsageError(f"a file:// URL names no other host: {text}")
    path = unquote(url.path)
    if not path.isprintable():
        raise UsageError(f"not a repository: {text!a}; {FORMS}")
    return _from_path(path, exists) or _unknown(text)


def is_loopback(host: str) -> bool:
    """Whether a host's name or address is this machine's own."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _hosted(source: str, scheme: str, host: str, path: str, *, user: str = "git", secret: str = "") -> GitAddress:
    """A repository of a forge whose paths are known: nothing but a repository, a tree or a commit is accepted."""
    forge = FORGES[host]
    name, ref, tree = _split_path(path)
    if not re.fullmatch(_name_pattern(forge), name):
        raise UsageError(f"not the address of a repository: {source}; expected https://{host}/OWNER/NAME[/tree/REF]")
    suffix = ".git" if forge == "gitlab" or scheme == "ssh" else ""
    base = f"ssh://{user}@{SSH_HOSTS.get(host, host)}/" if scheme == "ssh" else f"https://{host}/"
    return GitAddress(source, f"{base}{name}{suffix}", name, forge, f"https://{host}/{name}", ref, tree, secret)


def _name_pattern(forge: Forge) -> str:
    if forge == "huggingface":
        return rf"(?:(?:datasets|spaces)/{_PART}/|{_PART}/)?{_PART}"
    return rf"{_PART}(?:/{_PART})+" if forge == "gitlab" else rf"{_PART}/{_PART}"


def _generic(source: str, base: str, host: str, path: str, secret: str) -> GitAddress:
    """A repository of any other host: its path is left as it is, but for `/tree/` links, `/-/tree/` ones and @REF."""
    if path.lower().endswith(ARCHIVE_SUFFIXES):
        raise UsageError(f"an archive has to be downloaded first: {source}")
    name, ref, tree = _split_path(path, keep_git=True)
    if not name or name.startswith("-") or "/-" in name:
        raise UsageError(f"not the address of a repository: {source}")
    scp = base.endswith(":")
    url = f"{base}{'/' if scp and path.startswith('/') else ''}{name}"
    short = "/".join(name.removesuffix(".git").split("/")[-2:])
    gitlab = "/-/tree/" in path or host.startswith("gitlab.")
    web = f"https://{host.rpartition('@')[2]}/{name.removesuffix('.git')}" if gitlab else ""
    return GitAddress(source, url, short, "gitlab" if gitlab else "", web, ref, tree, secret)


def _split_path(path: str, keep_git: bool = False) -> tuple[str, str, str]:
    """(name, ref, tree) of a URL's path."""
    path = path.strip("/")
    linked = re.fullmatch(r"(?P<name>[^@]+?)(?:/-)?/(?P<kind>tree|commit)/(?P<rest>.+)", path)
    name, _, ref = (linked["name"], "", "") if linked else path.partition("@")
    if not linked and "@" in path and not ref:
        raise UsageError(f"there is no branch, tag or commit behind the @ of {path}")
    tree = linked["rest"].strip("/") if linked and linked["kind"] == "tree" else ""
    ref = linked["rest"] if linked and linked["kind"] == "commit" else ref
    name = name.rstrip("/")
    if tree.startswith("-") or ".." in tree.split("/"):
        raise UsageError(f"not the name of a branch, tag or commit: {tree}")
    return name if keep_git else name.removesuffix(".git"), _checked_ref(ref), tree


def _checked_ref(ref: str) -> str:
    """`ref`, if it could be one by git's rules. Raises UsageError."""
    if ref.startswith("-") or re.search(r"[\s~^:?*\[\\]|\.\.|@\{|//", ref):
        raise UsageError(f"not the name of a branch, tag or commit: {ref}")
    return ref
