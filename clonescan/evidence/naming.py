"""What an origin goes by: addresses, names and copyright holders; and the links and holders that a text has."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from clonescan.entities import Place, Repository

LEAST_NAME = 3
"""Letters of a name that is looked for: timm has four."""

COMMON = frozenset(
    {
        *("agent", "api", "app", "base", "bench", "bin", "build", "cli", "client", "code", "common", "config"),
        *("configs", "core", "data", "demo", "deploy", "dev", "docs", "eval", "examples", "helpers", "layers", "lib"),
        *("libs", "main", "misc", "model", "models", "nn", "ops", "package", "project", "python", "recipes", "scripts"),
        *("server", "shared", "site", "source", "src", "templates", "test", "testing", "tests", "tools"),
        *("torchlib", "train", "training", "util", "utils"),
    }
)
"""Names that are anybody's: who says "from utils" does not mean the package of that name."""

FIELD = frozenset(
    {
        *("accelerate", "attention", "datasets", "diffusers", "embeddings", "evaluate", "experts", "flash", "jax"),
        *("lightning", "mamba", "optimum", "tokenizers", "trainer", "transformer", "transformers", "vision"),
    }
)
"""Names that are words of the field, too: "based on transformers" may mean the architecture."""

FRAMEWORKS = frozenset(
    {
        *("jax", "keras", "numpy", "python", "pytorch", "scipy", "tensorflow", "torch"),
    }
)
"""Owners and teams that are called like a framework, which is what a text means by the name."""

ABBREVIATIONS = {"huggingface": ("HF",)}
"""Holders that texts of this field mostly call by an abbreviation."""

_FORGES = ("github.com", "gitlab.com", "codeberg.org", "bitbucket.org", "huggingface.co", "gist.github.com",
           "raw.githubusercontent.com", "hf.co", "gitee.com")  # fmt: skip
_NO_OWNERS = frozenset(
    {"docs", "spaces", "papers", "blog", "datasets", "models", "settings", "orgs", "sponsors", "features"}
)
_TALK = frozenset(
    {
        *("actions", "compare", "discussions", "graphs", "issue", "issues", "projects", "pull", "pulls", "releases"),
        *("stargazers", "wiki"),
    }
)
_TREES = ("blob", "raw", "src", "tree", "blame", "resolve")
_REFS = {"raw.githubusercontent.com": "github.com"}
"""Hosts whose links have the commit behind the repository, without a word that says what follows."""

_PROSE = (".md", ".rst", ".txt", ".html", ".pdf")
_HOSTS = "|".join(map(re.escape, _FORGES))
_URL = re.compile(rf"(?<![\w.-])(?:www\.)?({_HOSTS})[:/]([^\s<>\"'`)\]}},]{{3,400}})", re.I)
_TRIMMED = ".,;:!?*_`'\""

_COPYRIGHT = re.compile(
    r"(?:SPDX-FileCopyrightText:|\bcopyright(?:ed)?\b|\(c\)|©)(?:[\s:,.\u2013\u2014-]|\(c\)|©|\bby\b|\bcopyright\b|\b\d{4}\b|\bpresent\b){0,60}+"
    r"([^\n|]{2,160})",
    re.I,
)
"""The middle is short and each part of it taken for good (a possessive quantifier), so that no text takes long."""

_CUT = re.compile(
    r"all rights? reserved|licen[cs]ed|licen[cs]e\b|<|\(http|https?:|permission|this (?:file|source)|\.\s", re.I
)
_SPLIT = re.compile(r"\s*(?:,|;|&|/|\band\b|\bwith\b|\bet al\b)\s*", re.I)
_LEGAL = frozenset(
    {
        *(
            "com",
            "platforms",
            "affiliate",
            "affiliates",
            "ag",
            "all",
            "and",
            "author",
            "authors",
            "by",
            "c",
            "co",
            "community",
            "company",
        ),
        *("contributor", "contributors", "corp", "corporation", "developers", "development", "e", "eg", "for"),
        *(
            "foundation",
            "from",
            "future",
            "gmbh",
            "group",
            "holder",
            "holders",
            "i",
            "in",
            "inc",
            "incorporated",
            "its",
        ),
        *("limited", "llc", "ltd", "notice", "notices", "of", "original", "other", "others", "owner", "owners", "past"),
        *(
            "present",
            "project",
            "projects",
            "r",
            "reserved",
            "rights",
            "sa",
            "software",
            "team",
            "teams",
            "the",
            "this",
        ),
        *("to", "under"),
    }
)
_HUB = (
    r"(?:'s)? (?:model |dataset )?(?:hub|spaces?|tokens?|checkpoints?|models?|format|information|data|accelerate"
    r"|datasets?|diffusers|evaluate|optimum|peft|timm|tokenizers?|transformers|trl)\b"
)
"""Behind a holder's name: what is had from it that is no code, or another of its projects."""

_AUTHORS_OF_LICENCES = frozenset({"freesoftwarefoundation", "creativecommons", "apachesoftwarefoundation"})
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Link:
    """A link to a repository: where it stands in a text, and to what of it: the `path` of a file, "" for all."""

    start: int
    end: int
    host: str
    owner: str
    name: str
    path: str

    @property
    def address(self) -> str:
        """Which repository, in small letters."""
        return f"{self.host}/{self.owner}/{self.name}".lower()


@dataclass(frozen=True, slots=True)
class Holder:
    """Who a copyright line names: where, as written, and as letters and digits alone."""

    start: int
    written: str
    key: str


@dataclass(frozen=True, slots=True)
class Naming:
    """What an origin goes by.

    `addresses` as Link has them; `slugs` such as "owner/name" and `names` with the patterns that find them;
    `holders` as Holder has keys, `persons` as (key, as written, pattern that finds them in prose).
    """

    addresses: frozenset[str]
    plain_names: frozenset[str]
    holders: frozenset[str]
    slugs: tuple[tuple[str, re.Pattern[str]], ...]
    names: tuple[tuple[str, re.Pattern[str]], ...]
    persons: tuple[tuple[str, str, re.Pattern[str]], ...]


def naming(origin: Repository, own: Repository, package: str = "") -> Naming:
    """What an origin goes by, without what the project itself goes by: its own name attributes nothing.

    `package` is the top folder of what is matched, by which it is imported.
    """
    addresses = dict.fromkeys(_addresses(origin))
    mine = set(_addresses(own))
    slugs = [address.split("/", 1)[1] for address in addresses if address not in mine]
    mine_plain = {plain(name) for name in _names(own, mine)}
    names = [name for name in dict.fromkeys((*_names(origin, addresses), package)) if plain(name) not in mine_plain]
    own_keys = keys(own)
    known = {key: written for key, written in keys(origin).items() if key not in own_keys}
    telling = [name for name in names if plain(name) not in COMMON and len(plain(name)) >= LEAST_NAME]
    return Naming(
        addresses=frozenset(addresses) - mine,
        plain_names=frozenset(plain(name) for name in telling),
        holders=frozenset(known),
        slugs=tuple((slug, re.compile(rf"(?<![\w./-]){re.escape(slug)}(?![\w-])", re.I)) for slug in slugs),
        names=tuple((name, _pattern(name)) for name in telling),
        persons=tuple(_persons(known, {plain(address.split("/")[1]) for address in addresses})),
    )


def links(text: str) -> tuple[Link, ...]:
    """The links to repositories in a text, but for those to their issues and the like."""
    found = []
    for match in _URL.finditer(text):
        link = _link(match.start(), match.end(), match[1].lower(), match[2].rstrip(_TRIMMED))
        if link:
            found.append(link)
    return tuple(found)


def holders(text: str) -> tuple[Holder, ...]:
    """Who the copyright lines of a text name, each as far as its line goes."""
    found = []
    for match in _COPYRIGHT.finditer(text):
        cut = _CUT.search(match[1])
        named = match[1][: cut.start()] if cut else match[1]
        every = [(one.strip(" .-\u2013"), holder_key(one)) for one in _SPLIT.split(named)]
        found += [Holder(match.start(), written, key) for written, key in every if key]
    return tuple(found)


def holder_key(written: str) -> str:
    """Letters and digits of who is named, without "The", "Inc.", "team", years and the like; "" for nobody."""
    kept = [word for word in _WORD.findall(re.sub(r"\s*<[^>]*>|\([^)]*\)", "", written).lower()) if word not in _LEGAL]
    key = "".join(word for word in kept if not word.isdigit())
    return key if len(key) > LEAST_NAME and len(kept) <= 6 and key not in _AUTHORS_OF_LICENCES else ""


def plain(name: str) -> str:
    """A name's letters and digits in small letters: `open-clip`, `open_clip` and `OpenCLIP` are one."""
    return "".join(_WORD.findall(name.lower()))


def is_file(link: Link, path: str) -> bool:
    """Whether a link leads to this very file, as far as its folders are the same here and there."""
    there, here = link.path.split("/"), path.partition("#")[0].split("/")
    if not link.path or there[-1].lower() != here[-1].lower():
        return False
    return len(there) == 1 or len(here) == 1 or there[-2].lower() == here[-2].lower()


def top(place: Place) -> str:
    """The package that a place is in."""
    parts = [part for part in place.path.split("/") if part not in ("src", "lib", "python")]
    return parts[0] if len(parts) > 1 and "." not in parts[0] else ""


def _link(start: int, end: int, host: str, rest: str) -> Link | None:
    if host not in _FORGES:
        return None
    parts = [part for part in rest.split("#")[0].split("?")[0].split("/") if part]
    if len(parts) < 2 or parts[0].lower() in _NO_OWNERS:
        return None
    if host == "hf.co":
        host = "huggingface.co"
    owner, name, *more = parts
    more = more[1:] if more[:1] == ["-"] else more  # gitlab
    if more and more[0].lower() in _TALK:
        return None
    if host in _REFS:
        more = ["raw", *more]
    path = "/".join(more[2:]) if more and more[0] in _TREES else ""
    if "." not in path.rpartition("/")[2]:
        path = ""  # a folder
    host = _REFS.get(host, host)
    return Link(start, end, host, owner, name.removesuffix(".git"), path)


def is_prose(link: Link) -> bool:
    """Whether a link leads to a text that explains something."""
    return link.path.lower().endswith(_PROSE)


def _addresses(repository: Repository) -> Iterator[str]:
    for url in (*repository.credits.urls, repository.source, (repository.link or "").partition("{")[0]):
        yield from (link.address for link in links(url))


def _names(repository: Repository, addresses: Iterable[str]) -> Iterator[str]:
    short = repository.id.partition("@")[0].partition(" ")[0].rpartition("/")[2]
    for name in (*repository.credits.names, short, *(address.rpartition("/")[2] for address in addresses)):
        yield name
        yield re.sub(r"[-_](?:torch|pytorch|python|py)$|^(?:python|py)[-_]", "", name)


def keys(repository: Repository) -> dict[str, str]:
    """Holders, authors, and owners of a repository's addresses as written, by their keys."""
    found = {holder.key: holder.written for line in repository.credits.holders for holder in holders(line)}
    for author in repository.credits.authors:
        for one in _SPLIT.split(re.sub(r"\([^)]*\)| with the help.*", "", author)):
            found.setdefault(holder_key(one), one.strip())
    for address in _addresses(repository):
        found.setdefault(holder_key(address.split("/")[1]), address.split("/")[1])
    found.pop("", None)
    return found


def _pattern(name: str) -> re.Pattern[str]:
    """Finds a name however its words are joined, but not as a part of a path, an import or a requirement."""
    words = re.findall(r"[A-Za-z]+|\d+", name)
    return re.compile(
        rf"(?<![\w/.@=-])(?<!import ){'[-_. ]?'.join(words)}(?![\w-]| import\b|==|>=|\.(?:org|io|ai|com)\b)", re.I
    )


def _persons(keys: dict[str, str], owners: set[str]) -> Iterator[tuple[str, str, re.Pattern[str]]]:
    """Those of whom prose can only mean them: names of several words, and owners of addresses."""
    for key, written in sorted(keys.items()):
        words = [word for word in _WORD.findall(written) if word.lower() not in _LEGAL and not word.isdigit()]
        if (len(words) > 1 or key in owners) and key not in COMMON | FRAMEWORKS:
            joined = r"[-_. ]?".join(map(re.escape, words))
            yield key, written, re.compile(rf"(?<![\w/.@-]){joined}(?![\w/-]|{_HUB})", re.I)
        for short in ABBREVIATIONS.get(key, ()):
            yield key, written, re.compile(rf"(?<![\w/.@-]){short}(?![\w/-]|{_HUB})")
