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
from clonescan.evidence.naming import holders
from clonescan.kinds.config.formats.yaml import read as read_yaml
from clonescan.kinds.config.tree import Node, Scalar, Section

MOST = 20
"""Names, pages, authors and holders that are kept of a repository: more says nothing more."""

LONGEST = 300
"""Characters of one of them; a longer one is no name."""

READ_BYTES = 400_000
"""Read of one file: twice as much as a licence file is read of."""

_METADATA = ("METADATA", "PKG-INFO")
_PACKAGE = (*_METADATA, "pyproject.toml", "setup.cfg", "top_level.txt", "CITATION.cff", "AUTHORS", "AUTHORS.md")
_LEGAL = re.compile(r"(licen[cs]e|copying|notice|copyright)([-_. ][\w.-]*)?", re.I)
_HOLDER = re.compile(r"copyright\b.*\d{4}|(?:©|\(c\))\s*\d{4}|copyright\s+(?:\(c\)|©)", re.I)
_TEMPLATE = re.compile(r"[\[<{](?:yyyy|year|name)|copyright (?:owner|holder|notice|license)", re.I)
_AUTHOR = re.compile(r"[*-]?\s*[A-Z][\w.'-]+(?: [\w.'-]+){0,4}\s*(?:<[^>]*>)?$")
_MAIL = re.compile(r"\s*<[^>]*>")


def tells(path: str) -> bool:
    """Whether a file of this path says who a repository is: at its top, or in the metadata folder of a package."""
    folder, _, name = path.rpartition("/")
    near = folder.removesuffix("/licenses") if folder.endswith(".dist-info/licenses") else folder
    if near and not ("/" not in near and near.endswith((".dist-info", ".egg-info"))):
        return False
    return name in _PACKAGE or bool(_LEGAL.fullmatch(name))


def credits(files: Mapping[str, bytes]) -> Credits:
    """What these files (content by path) say; what cannot be read says nothing."""
    found: dict[str, dict[str, None]] = {name: {} for name in ("names", "urls", "authors", "holders")}
    for path, content in sorted(files.items()):
        for what, text in _said(path.rpartition("/")[2], content[:READ_BYTES].decode("utf-8", "replace")):
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
    elif name == "CITATION.cff":
        yield from _from_citation(text)
    elif name == "top_level.txt":
        yield from (("names", line) for line in text.split() if not line.startswith("_"))
    elif name.startswith("AUTHORS"):
        yield from (("authors", _MAIL.sub("", line).strip(" *-")) for line in text.splitlines() if _AUTHOR.match(line))
    else:
        lines = (line.strip(" \t#*/") for line in text.splitlines())
        yield from (("holders", line) for line in lines if _names_holder(line))


def _names_holder(line: str) -> bool:
    """Whether a line is a copyright line, and not one of a template or of whoever wrote the licence."""
    return bool(_HOLDER.search(line) and not _TEMPLATE.search(line) and holders(line))


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


def _from_citation(text: str) -> Iterator[tuple[str, str]]:
    """A citation file (https://citation-file-format.github.io): where the work is, and who wrote it."""
    for document in read_yaml(text.encode()).documents:
        yield from (
            ("urls", said) for key in ("repository-code", "repository", "url") if (said := _scalar(document.root, key))
        )
        authors = document.root.get("authors")
        for author in authors.values if isinstance(authors, Section) else ():
            names = (_scalar(author, key) for key in ("given-names", "family-names", "name"))
            yield "authors", " ".join(name for name in names if name)


def _scalar(node: Node, key: str) -> str:
    """The text under a key, "" where there is none."""
    value = node.get(key) if isinstance(node, Section) else None
    return value.text if isinstance(value, Scalar) else ""


def _from_setup(text: str) -> Iterator[tuple[str, str]]:
    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except ConfigError:
        return
    for key, what in (("name", "names"), ("url", "urls"), ("author", "authors")):
        yield what, parser.get("metadata", key, fallback="")
