"""Does a project state where something is from? The unit, its file, or the project's documents may name the origin."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice, pairwise

from clonescan.entities import Attribution, Place, Repository
from clonescan.evidence.naming import (
    FIELD,
    Holder,
    Link,
    Naming,
    holder_key,
    holders,
    is_file,
    is_prose,
    links,
    naming,
    plain,
    top,
)
from clonescan.evidence.phrases import is_stated, thing_taken
from clonescan.evidence.remarks import Remark, remarks

LONGEST = 200
"""Characters of the line that is quoted."""

ABOVE = 2
"""Lines between a comment and the unit that it stands above: as many as PEP 8 leaves between two functions."""

MAX_PLACES = 100
"""Places of one name in one remark that are looked at."""

FILE_LINK = "file link"
"""How an origin is named by a link to the very file of theirs."""

_DOCUMENT = re.compile(
    r"(readme|notices?|citations?|authors|contributors|credits|acknowledge?ments|copyright|licen[cs]es?|copying"
    r"|(?:third|3rd)[-_ ]?party[\w -]*)([-_.][\w.-]*)?",
    re.I,
)
_FOLDERS = ("licenses", "licences", "third_party_licenses", "3rdparty_licenses")
"""Whatever is in them."""

_CREDITING = re.compile(
    r"(?:^|/)(?:notices?|authors|credits|acknowledge?ments|third[-_ ]?party|3rd[-_]?party|copyright|licen[cs]e|copying)"
    r"[^/]*$|(?:^|/)(?:third_party_|3rdparty_)?licen[cs]es/",
    re.I,
)
"""Documents that are there to name origins: to be named in one is enough."""

_CODE = re.compile(r"(?:>>> ?|\.\.\. ?|\$ ?|!)?(?:from\s+[\w.]+\s+import\b|import\s+\w|(?:uv )?pip\d? install)", re.I)
"""A line that uses a package instead of naming it."""

_CREDITS_HEADING = re.compile(
    r"^(?:#+|=+|\*\*)?\s*(?:\d+\.\s*)?[^\w]*(?:acknowledge?ments?|credits?|thanks|attributions?|third[- ]party|"
    r"code (?:credits|references))\b[^.]{0,40}$",
    re.I,
)
_BEGINS_WITH_LINK = ("http", "<http", "- http", "* http")
_HEADING = re.compile(r"#{1,6}\s")
_UNDERLINE = re.compile(r"[=~^-]{4,}$")
_TALKED_OF = re.compile(
    r"\b(?:see|issues?|bugs?|details?|docs?|documentation|more|install\w*|compatible|works? with|supports?|load\w*"
    r"|download\w*|weights?|checkpoints?|pre-?trained|wraps?|wrapper|usage|example|like|similar|unlike|workaround"
    r"|fix\w*|integrat\w*|used? (?:by|in|with))\b[^.]{0,60}$",
    re.I,
)
"""Words before a link that only leads somewhere."""


@dataclass(frozen=True)
class Said:
    """A remark with the repositories that it links to, and who its copyright lines name."""

    remark: Remark
    links: tuple[Link, ...]
    holders: tuple[Holder, ...]


def states(path: str) -> bool:
    """Whether a document of this path may state an origin: a README, NOTICE, licence and the like."""
    folder, _, name = path.lower().rpartition("/")
    is_named = bool(_DOCUMENT.fullmatch(name)) and not name.endswith((".py", ".json"))
    return is_named or folder.rpartition("/")[2] in _FOLDERS


class Attributions:
    """Finds where a project states origins; of `texts`, its files by path, documents and matched files are read."""

    def __init__(self, own: Repository, texts: Mapping[str, bytes]) -> None:
        """The names, addresses and copyright holders of the project itself, in `own.credits`, name no origin."""
        self._own = own
        self._texts = texts
        self.documents = [path for path in sorted(texts) if states(path)]
        self._said: dict[str, tuple[Said, ...]] = {}
        self._theirs: dict[tuple[str, str], tuple[Said, ...]] = {}
        self._namings: dict[tuple[str, str], Naming] = {}
        self._documented: dict[tuple[str, str], Attribution | None] = {}

    def of(self, ours: Place, origin: Repository, theirs: Place, their_file: bytes | None = None) -> Attribution | None:
        """Where the project names the origin of a place: at the unit, else in its file, else in a document.

        With `their_file`, the content of the origin's file, an origin that both files name counts as well, and so does
        the holder whom a copyright line of theirs names, or a repository of that holder.
        """
        path, _, cell = ours.path.partition("#cell-")
        said = self.said(path)
        known = self._naming(origin, theirs)
        other = self._said_of(origin, theirs, their_file)
        beside = [one for one in said if _is_beside(one.remark, ours, int(cell or 0))]
        beside.sort(key=lambda one: max(0, ours.start_line - one.remark.end))
        attribution = (
            _first(_named(beside, ours.path, known, theirs, beside=True))
            or _first(_named(said, path, known, theirs))
            or _first(_held(said, path, known, other, self._mine))
            or _first(_common(beside or said, path, other, self._mine))
            or _first(_common(said, path, other, self._mine))
            or _first(_owned(beside, path, other, self._mine))
            or _first(_owned(said, path, other, self._mine | known.holders))
        )
        return attribution or self._document(path, known, origin, theirs)

    def said(self, path: str) -> tuple[Said, ...]:
        """The remarks of a file of the project."""
        if path not in self._said:
            self._said[path] = _said(path, self._texts.get(path, b""))
        return self._said[path]

    def texts(self, path: str) -> Iterator[str]:
        """The text of a file, and of all documents."""
        for one in dict.fromkeys((path.partition("#cell-")[0], *self.documents)):
            yield self._texts.get(one, b"").decode("utf-8", "replace")

    @property
    def _mine(self) -> frozenset[str]:
        """Addresses and holders of the project itself."""
        if ("", "") not in self._namings:
            self._namings["", ""] = naming(self._own, Repository("", ""))
        mine = self._namings["", ""]
        return mine.addresses | mine.holders

    def _naming(self, origin: Repository, theirs: Place) -> Naming:
        key = origin.id, top(theirs)
        if key not in self._namings:
            self._namings[key] = naming(origin, self._own, key[1])
        return self._namings[key]

    def _said_of(self, origin: Repository, theirs: Place, content: bytes | None) -> tuple[Said, ...]:
        key = origin.id, theirs.path.partition("#")[0]
        if key not in self._theirs:
            self._theirs[key] = _said(key[1], content or b"")
        return self._theirs[key]

    def _document(self, path: str, known: Naming, origin: Repository, theirs: Place) -> Attribution | None:
        """The place in a document: one that is about this file or its folder goes first."""
        key = path.rpartition("/")[0], f"{origin.id} {top(theirs)}"
        if key not in self._documented:
            found = [row for document in self._near(key[0]) for row in self._in_document(document, known)]
            self._documented[key] = found[0] if found else None
        return self._documented[key]

    def _near(self, folder: str) -> list[str]:
        """The documents that speak for a folder: its own and those above it, and what is at the top, nearest first."""

        def speaks(document: str) -> bool:
            there = document.rpartition("/")[0]
            if not there or there.rpartition("/")[2].lower() in _FOLDERS or f"{folder}/".startswith(f"{there}/"):
                return True
            return "/" not in there and not _is_licence(document)

        found = [document for document in self.documents if speaks(document)]
        return sorted(found, key=lambda document: (-_shared(document.rpartition("/")[0], folder), document))

    def _in_document(self, path: str, known: Naming) -> Iterator[Attribution]:
        crediting = bool(_CREDITING.search(path))
        told = crediting
        for name, pattern in known.names if crediting else ():
            if pattern.search(path.rpartition("/")[2].replace("_", " ").replace(".", " ")):
                yield Attribution(path, 1, path.rpartition("/")[2], name, "licence file")
        for one in self.said(path):
            told = crediting or _is_told(one.remark, told)
            yield from _in_remark(one, path, known, None, beside=False, told=told)
            for holder in one.holders:
                if holder.key in known.holders:
                    yield _quoted(one.remark, path, holder.start, holder.written, "copyright holder")


def _is_told(remark: Remark, told: bool) -> bool:
    """Whether a paragraph stands below a heading such as "Acknowledgements", given whether the one before it does."""
    for before, line in pairwise(("", *remark.lines)):
        heading = before if _UNDERLINE.match(line) else line if _HEADING.match(line) else ""
        if heading:
            told = bool(_CREDITS_HEADING.match(heading))
    return told


def _is_licence(path: str) -> bool:
    return bool(re.match(r"licen[cs]e|copying", path.rpartition("/")[2], re.I))


def _shared(one: str, other: str) -> int:
    """How many folders two paths begin with alike."""
    count = 0
    for left, right in zip(one.split("/"), other.split("/"), strict=False):
        if left != right or not left:
            break
        count += 1
    return count


def _first(found: Iterator[Attribution]) -> Attribution | None:
    return next(found, None)


def _said(path: str, content: bytes) -> tuple[Said, ...]:
    return tuple(Said(one, links(one.text), holders("\n".join(one.lines))) for one in remarks(path, content))


def _is_beside(remark: Remark, place: Place, cell: int) -> bool:
    """Whether a remark is a unit's own: in it, or right above it. What is in a whole module is nobody's own."""
    if remark.cell != cell or place.unit.startswith("<"):
        return False
    return place.start_line - ABOVE - 1 <= remark.end and remark.start <= place.end_line


def _named(
    said: list[Said] | tuple[Said, ...], path: str, known: Naming, theirs: Place, beside: bool = False
) -> Iterator[Attribution]:
    for one in said:
        yield from _in_remark(one, path, known, theirs, beside, told=False)


def _in_remark(
    said: Said, path: str, known: Naming, theirs: Place | None, beside: bool, told: bool
) -> Iterator[Attribution]:
    """Where a remark names an origin. `beside`: is it the unit's own? `told`: is it there to state origins?

    A link to the very file says it by itself. So does one to the repository, beside the unit or in the file's header,
    and one to another file on a line of its own there, unless the words before it say that it leads elsewhere. A name
    needs the words that say so (see `phrases`), and who is named beside a link to another repository of theirs is named
    for that.
    """
    remark = said.remark
    for link in said.links:
        if link.address in known.addresses or plain(link.name) in known.plain_names - FIELD:
            very = theirs is not None and is_file(link, theirs.path)
            before = remark.text[max(0, link.start - LONGEST) : link.start]
            led = bool(_TALKED_OF.search(before)) or is_prose(link)
            sure = told or (very and not is_prose(link)) or ((beside or remark.is_header) and not led)
            sure = sure and (told or very or not link.path or _is_alone(remark, link))
            if sure or is_stated(remark.text, link.start, link.end):
                yield _quoted(remark, path, link.start, f"https://{link.address}", FILE_LINK if very else "link")
    for slug, pattern in known.slugs:
        for match in islice(pattern.finditer(remark.text), MAX_PLACES):
            if told or is_stated(remark.text, *match.span()):
                yield _quoted(remark, path, match.start(), slug, "name")
    for name, pattern in known.names:
        for match in islice(pattern.finditer(remark.text), MAX_PLACES):
            if _CODE.match(remark.lines[remark.line_at(match.start()) - remark.start]):
                continue
            if (told and plain(name) not in FIELD) or is_stated(remark.text, *match.span(), plain(name) in FIELD):
                yield _quoted(remark, path, match.start(), name, "name")
    others = {plain(link.owner) for link in said.links if link.address not in known.addresses}
    for key, person, pattern in known.persons:
        for match in islice(pattern.finditer(remark.text) if key not in others else (), MAX_PLACES):
            if is_stated(remark.text, *match.span()):
                yield _quoted(remark, path, match.start(), person, "author")


def _is_alone(remark: Remark, link: Link) -> bool:
    """Whether a line begins with a link."""
    return remark.lines[remark.line_at(link.start) - remark.start].startswith(_BEGINS_WITH_LINK)


def _held(
    said: tuple[Said, ...], path: str, known: Naming, other: tuple[Said, ...], mine: frozenset[str]
) -> Iterator[Attribution]:
    """Copyright lines that name a holder of the origin, or of its file."""
    theirs = known.holders | (_copyrighted(other) - mine)
    for one in said:
        for holder in one.holders:
            if holder.key in theirs:
                yield _quoted(one.remark, path, holder.start, holder.written, "copyright holder")


def _common(
    said: list[Said] | tuple[Said, ...], path: str, other: tuple[Said, ...], mine: frozenset[str]
) -> Iterator[Attribution]:
    """A third place that both files say they are from."""
    theirs = {source for one in other for source, _ in _sources(one)} - mine
    for one in said:
        for source, start in _sources(one):
            if source in theirs:
                yield _quoted(one.remark, path, start, f"{source}, which their file names, too", "common source")


def _owned(
    said: list[Said] | tuple[Said, ...], path: str, other: tuple[Said, ...], without: frozenset[str]
) -> Iterator[Attribution]:
    """A repository that ours says it is from, whose owner the copyright lines of their file name.

    Of the origin's own holder that says something beside a unit only: it has other repositories, too.
    """
    theirs = _copyrighted(other) - without
    for one in said:
        for link in one.links:
            if holder_key(link.owner) in theirs and is_stated(one.remark.text, link.start, link.end):
                names = f"https://{link.address}, whose owner their file names"
                yield _quoted(one.remark, path, link.start, names, "common source")


def _copyrighted(other: tuple[Said, ...]) -> frozenset[str]:
    """Who the copyright lines of a file's header name."""
    return frozenset(holder.key for one in other if one.remark.is_header for holder in one.holders)


def _sources(said: Said) -> Iterator[tuple[str, int]]:
    """What a remark says that something is from: repositories, and names behind "copied from"."""
    text = said.remark.text
    for link in said.links:
        before = text[max(0, link.start - LONGEST) : link.start]
        led = bool(_TALKED_OF.search(before)) or is_prose(link)
        if (link.path and not is_prose(link)) or not led or is_stated(text, link.start, link.end):
            yield link.address, link.start
    yield from thing_taken(text)


def _quoted(remark: Remark, path: str, offset: int, names: str, how: str) -> Attribution:
    line = remark.line_at(offset)
    file = path.partition("#")[0]
    return Attribution(
        path=f"{file}#cell-{remark.cell}" if remark.cell else file,
        line=line,
        text=remark.lines[line - remark.start][:LONGEST],
        names=names,
        how=how,
    )
