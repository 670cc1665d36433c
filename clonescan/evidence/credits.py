"""What a repository is known by and who is to be named for it, as its metadata and licence files say."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from configparser import ConfigParser
from configparser import Error as ConfigError
from email.parser import HeaderParser
from typing import Any

from clonescan.entities import Credits

MOST = 20
"""Names, pages, authors and holders that are kept of a repository: more says nothing more."""

LONGEST = 300
"""Characters of one of them; a longer one is no name."""

_METADATA = ("METADATA", "PKG-INFO")
_LEGAL = re.compile(r"(licen[cs]e|copying|notice|copyright)([-_. ][\w.-]*)?", re.I)
_HOLDER = re.compile(r"copyright\b.*\d{4}|(?:©|\(c\))\s*\d{4}|copyright\s+(?:\(c\)|©)", re.I)
_TEMPLATE = re.compile(r"[\[<{](?:yyyy|year|name)|copyright (?:owner|holder|notice|license)", re.I)
_MAIL = re.compile(r"\s*<[^>]*>")


def tells(path: str) -> bool:
    """Whether a file of this path says who a repository is: at its top, or in the metadata folder of a package."""
    folder, _, name = path.rpartition("/")
    near = folder.removesuffix("/licenses") if folder.endswith(".dist-info/licenses") else folder
    if near and not ("/" not in near and near.endswith((".dist-info", ".egg-info"))):
        return False
    return name in (*_METADATA, "pyproject.toml", "setup.cfg") or bool(_LEGAL.fullmatch(name))


def credits(files: Mapping[str, bytes]) -> Credits:
    """What these files (content by path) say; what cannot be read says nothing."""
    found: dict[str, dict[str, None]] = {name: {} for name in ("names", "urls", "authors", "holders")}
    for path, content in sorted(files.items()):
        for what, text in _said(path.rpartition("/")[2], content.decode("utf-8", "replace")):
            plain = " ".join(text.split())
            if plain and len(plain) <= LONGEST:
                found[what][plain] = None
    return Credits(**{what: tuple(texts)[:MOST] for what, texts in found.items()})


def _said(name: str, text: str) -> Iterator[tuple[str, str]]:
    if name in _METADATA:
        yield from _from_metadata(text)
    elif name == "pyproject.toml":
        yield from _from_pyproject(text)
    elif name == "setup.cfg":
        yield from _from_setup(text)
    else:
        lines = (line.strip(" \t#*/") for line in text.splitlines())
        yield from (("holders", line) for line in lines if _HOLDER.search(line) and not _TEMPLATE.search(line))


def _from_metadata(text: str) -> Iterator[tuple[str, str]]:
    headers = HeaderParser().parsestr(text)
    for key, value in headers.items():
        match key.lower():
            case "name":
                yield "names", str(value)
            case "home-page":
                yield "urls", str(value)
            case "project-url":
                yield "urls", str(value).rpartition(",")[2]
            case "author" | "maintainer":
                yield "authors", str(value)
            case "author-email" | "maintainer-email":
                yield from (("authors", _MAIL.sub("", one)) for one in str(value).split(",") if "<" in one)


def _from_pyproject(text: str) -> Iterator[tuple[str, str]]:
    try:
        document: dict[str, Any] = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    tool = document.get("tool")
    for project in (document.get("project"), tool.get("poetry") if isinstance(tool, dict) else None):
        if isinstance(project, dict):
            yield "names", str(project.get("name", ""))
            urls = project.get("urls")
            yield from (("urls", str(url)) for url in (urls.values() if isinstance(urls, dict) else ()))
            yield from (("urls", str(project[key])) for key in ("homepage", "repository") if key in project)
            authors = project.get("authors")
            for author in authors if isinstance(authors, list) else ():
                name = author.get("name", "") if isinstance(author, dict) else author
                yield "authors", _MAIL.sub("", str(name))


def _from_setup(text: str) -> Iterator[tuple[str, str]]:
    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except ConfigError:
        return
    for key, what in (("name", "names"), ("url", "urls"), ("author", "authors")):
        yield what, parser.get("metadata", key, fallback="")
