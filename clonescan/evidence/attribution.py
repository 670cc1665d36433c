"""Does a project state where something is from? The file itself and its documents may name the origin."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from clonescan.entities import Attribution, Place, Repository
from clonescan.evidence.remarks import Remark, remarks

LONGEST = 200
"""Characters of the line that is quoted."""

LEAST_NAME = 3
"""Letters of a name that is looked for; shorter ones are words of everybody."""

_DOCUMENT = re.compile(
    r"(readme|notice|citation|authors|credits|acknowledge?ments|third[-_ ]?party[\w -]*|copyright|licen[cs]e|copying)"
    r"([-_.][\w.-]*)?",
    re.I,
)
_FOLDERS = ("licenses", "licences", "third_party_licenses")
"""Whatever is in them."""

_CREDITING = re.compile(r"(notice|credits|acknowledge?ments|third[-_ ]?party|copyright)", re.I)
"""Documents that are there to name origins: to be named in one is enough."""

_TAKEN = re.compile(
    r"\b(adapt(?:ed|ion|ation)|adopted|based (?:up)?on|borrow\w*|cop(?:ied|y of)|copyright|credits?|courtesy|deriv\w+"
    r"|extracted|fork\w*|inspired|modif(?:ied|ies|ication)|originally|origin|port(?:ed| of)|portions|re-?implement\w*"
    r"|taken|thanks|vendored|acknowledge\w*|buil(?:ds?|t) (?:up)?on|(?:code|implementation|lifted) from|source:)",
    re.I,
)
"""What people write where they say that something is from somewhere: beside a name that could stand there otherwise."""

_URL = re.compile(
    r"(?:https?://|git@|ssh://)?(?:www\.)?([\w.-]+\.[a-z]{2,}[/:][\w.-]+/[\w.-]+?)(?:\.git)?(?=[/#?)\]>\s\"'`,;]|$)"
)
_YEARS = re.compile(r"copyright|\(c\)|©|all rights reserved|\d{4}(?:\s*[-,–]\s*(?:\d{4}|present))?|[.,]", re.I)  # noqa: RUF001


@dataclass(frozen=True, slots=True)
class _Sign:
    """Something that an origin is recognised by; `sure` if nothing else is meant by it."""

    pattern: re.Pattern[str]
    names: str
    how: str
    sure: bool


def states(path: str) -> bool:
    """Whether a document of this path may state an origin: a README, NOTICE, licence and the like."""
    folder, _, name = path.lower().rpartition("/")
    return bool(_DOCUMENT.fullmatch(name)) or folder.rpartition("/")[2] in _FOLDERS


class Attributions:
    """Finds where a project states origins; of `texts`, its files by path, documents and matched files are read."""

    def __init__(self, own: Repository, texts: Mapping[str, bytes]) -> None:
        """The names and copyright holders of the project itself, in `own.credits`, name no origin."""
        self._own = own
        self._texts = texts
        self._documents = [path for path in sorted(texts) if states(path)]
        self._remarks: dict[str, tuple[Remark, ...]] = {}
        self._signs: dict[str, list[_Sign]] = {}
        self._found: dict[tuple[str, str], list[Attribution]] = {}

    def of(self, ours: Place, origin: Repository, theirs: Place) -> Attribution | None:
        """The line that names the origin of a place of ours: in the unit, else in its file, else in a document."""
        path = ours.path.partition("#cell-")[0]
        stated = self._stated(path, origin)
        inside = [one for one in stated if ours.start_line <= one.line <= ours.end_line]
        if inside or stated:
            return (inside or stated)[0]
        named = [one for document in self._documents for one in self._stated(document, origin)]
        about = [one for one in named if path.rpartition("/")[2] in one.text]
        return next(iter([*about, *named]), None)

    def texts(self, path: str) -> Iterator[str]:
        """The text of a file, and of all documents."""
        for one in dict.fromkeys((path.partition("#cell-")[0], *self._documents)):
            yield self._texts.get(one, b"").decode("utf-8", "replace")

    def _stated(self, path: str, origin: Repository) -> list[Attribution]:
        """All lines of a file that name an origin, the surest first."""
        if (path, origin.id) not in self._found:
            signs = self._signs.setdefault(origin.id, list(_signs(origin, self._own)))
            trust = True if _CREDITING.match(path.rpartition("/")[2]) else None if not states(path) else False
            found = [row for remark in self._remarks_of(path) for row in _in(remark, path, signs, trust)]
            self._found[path, origin.id] = found
        return self._found[path, origin.id]

    def _remarks_of(self, path: str) -> tuple[Remark, ...]:
        if path not in self._remarks:
            self._remarks[path] = remarks(path, self._texts.get(path, b""))
        return self._remarks[path]


def _in(remark: Remark, path: str, signs: Sequence[_Sign], trust: bool | None) -> Iterator[Attribution]:
    """The signs in a remark. `trust`: is naming an origin enough in this file, or not, or None if a sure sign is?"""
    text = remark.text
    for sign in signs:
        for match in sign.pattern.finditer(text):
            near = text[max(0, match.start() - LONGEST) : match.end() + LONGEST // 2]
            if trust or (sign.sure and trust is None) or _TAKEN.search(near):
                line = remark.line_at(match.start())
                quoted = remark.lines[line - remark.start][:LONGEST]
                yield Attribution(path, line, quoted, sign.names, sign.how)
                break


def _signs(origin: Repository, own: Repository) -> Iterator[_Sign]:
    """What this origin is recognised by, the surest first."""
    credits, mine = origin.credits, own.credits
    pages = dict.fromkeys(found[1].lower() for url in (*credits.urls, origin.source) if (found := _URL.search(url)))
    own_pages = {found[1].lower() for url in mine.urls if (found := _URL.search(url))}
    for page in pages:
        if page not in own_pages:
            pattern = re.escape(page).replace("/", "[/:]") + r"(?![\w-])"
            yield _Sign(re.compile(pattern, re.I), f"https://{page}", "link", "/" in page and len(page) > LEAST_NAME)
    own_holders = {_holder(text).lower() for text in (*mine.holders, *mine.authors)}
    for text in (*credits.holders, *credits.authors):
        holder = _holder(text)
        if len(holder) > LEAST_NAME and holder.lower() not in own_holders:
            pattern = r"\W+".join(map(re.escape, re.findall(r"\w+", holder)))
            yield _Sign(re.compile(rf"(?<!\w){pattern}(?!\w)", re.I), holder, "copyright holder", False)
    own_names = {name.lower() for name in (*mine.names, own.id)}
    slugs = [page.rpartition("/")[2] for page in pages]
    for name in dict.fromkeys((*credits.names, origin.id.split(" ")[0].rpartition("/")[2], *slugs)):
        if len(name) >= LEAST_NAME and name.lower() not in own_names:
            pattern = r"[-_. ]?".join(map(re.escape, re.split(r"[-_. ]", name)))
            yield _Sign(re.compile(rf"(?<![\w/-]){pattern}(?![\w-])", re.I), name, "name", False)


def _holder(text: str) -> str:
    """Who a copyright line names, without years and formulas."""
    return " ".join(_YEARS.sub(" ", text).split()).removeprefix("by ").strip(" -–")  # noqa: RUF001
