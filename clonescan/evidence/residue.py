"""Names that one repository mentions and only the other defines: what a copy keeps of the place that it came from."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import permutations

from clonescan.background.store import Background
from clonescan.entities import Repository, Residue, What
from clonescan.evidence.naming import COMMON
from clonescan.evidence.vocabulary import Vocabulary, spelled, words
from clonescan.fingerprint import UNIT_KINDS, Fingerprint
from clonescan.kinds.mentions import BESIDE, CALLED, IMPORT, NEEDED, VALUE
from clonescan.match.corpus import File

FEWEST_WORDS: Mapping[What, int] = {"class": 2, "module": 2, "function": 3}
"""Words that a name needs to be no word of English or of the field: functions have the plainest names."""

SHORTEST_WORD = 3
"""Letters of a word that counts: models have names such as HRNet, ResNeXt and pvt_v2, which are the field's."""

KINDS: Mapping[str, What] = {"class": "class", "function": "function"}
"""Kinds of units that define a name."""

WHOLE = ("repository", "import", "path")
"""What is shown as it was mentioned; of others the part that is defined elsewhere is."""

DATA = (".json", ".yaml", ".yml", ".toml")
"""What ends like this is a file of data, of which a module has the name by chance."""

SHORTEST_TITLE = 4
"""Letters of a repository's or an owner's name that is looked for."""

_SPLIT = re.compile(r"[./:-]+")
_SUFFIX = re.compile(r"\.(?:py|ipynb|pyx|pyi|so|json|ya?ml|toml)$")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a name is defined; no line is line 1."""

    path: str
    line: int = 1


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text, import or value: its first place, and in how many files it stands."""

    what: str
    name: str
    path: str
    line: int
    files: int = 1


@dataclass
class Names:
    """What a repository defines and mentions.

    `defined` are names with what they are, each with its first place and how often it is defined; `modules` dotted
    module paths and all their ends; `tops` folders and modules that an import can begin with; `paths` all files
    without their suffix, and folders; `own` every identifier of its code; `titles` its own name, its owner's and its
    packages', in small letters; `needed` are the packages that it says it needs, likewise.
    """

    defined: dict[What, dict[str, Place]] = field(default_factory=lambda: {what: {} for what in FEWEST_WORDS})
    counts: Counter[str] = field(default_factory=Counter)
    types: dict[str, Place] = field(default_factory=dict)
    modules: dict[str, Place] = field(default_factory=dict)
    paths: set[str] = field(default_factory=set)
    tops: set[str] = field(default_factory=set)
    own: set[str] = field(default_factory=set)
    titles: dict[str, Place] = field(default_factory=dict)
    needed: set[str] = field(default_factory=set)
    slug: str = ""
    mentions: Sequence[Mention] = ()

    @cached_property
    def spelled(self) -> str:
        """The words of all its own names, as `spelled` writes them."""
        return spelled(self.own)


@dataclass(frozen=True, slots=True)
class Finding:
    """A mention that the other repository has a definition for; `ident` is the part of its name that says so."""

    what: What
    mention: Mention
    ident: str
    place: Place


def residue(
    files: Sequence[File],
    paths: Sequence[Sequence[str]],
    repositories: Sequence[Repository],
    background: Background,
    masked: frozenset[int],
) -> tuple[Residue, ...]:
    """The names that each repository mentions and only another one defines, for each pair, rarest first.

    `paths` are all files of each repository, `files` those that were compared. Without a background nothing tells the
    names that everybody has, and there are none.
    """
    if not background.packages:
        return ()
    vocabulary = Vocabulary(background, masked)
    known = [
        _names([file for file in files if file.repository == number], paths[number], repository)
        for number, repository in enumerate(repositories)
    ]
    rows: list[Residue] = []
    for left, right in sorted(permutations(range(len(known)), 2), key=lambda pair: (*sorted(pair), pair)):
        ends = repositories[left].id, repositories[right].id
        rows += sorted(_rows(known[left], known[right], ends, vocabulary), key=_order)
    return tuple(rows)


def _order(row: Residue) -> tuple[float, str, str, int]:
    return -row.rarity, row.name, row.path, row.line


def _names(files: Sequence[File], paths: Sequence[str], repository: Repository) -> Names:
    found = Names()
    for path in paths:
        bare = _SUFFIX.sub("", path)
        parts = bare.split("/")
        found.paths.update("/".join(parts[:length]) for length in range(1, len(parts) + 1))
        found.tops.update(parts)
        found.own.update(parts)
    for file in files:
        _define(file.path, file.fingerprint, found)
    for name in set().union(*(file.fingerprint.strings for file in files)):
        found.own.update(name.split("."))
    found.needed = {
        name.lower().replace("-", "_")
        for file in files if not file.mark
        for what, name, *_ in file.fingerprint.mentions if what == NEEDED
    }  # fmt: skip
    found.mentions = _mentions(files)
    found.types = {
        mention.name: Place(mention.path, mention.line)
        for mention in found.mentions
        if mention.what == VALUE and mention.path.endswith(".py")
    }
    _entitle(found, paths, repository)
    return found


def _mentions(files: Sequence[File]) -> list[Mention]:
    """What files mention that are neither vendored nor generated, each name once; what a relative import means depends
    on its file.
    """
    places: dict[tuple[str, str, str], list[tuple[str, int]]] = {}
    for file in files:
        for what, name, cell, line in () if file.mark else file.fingerprint.mentions:
            if what in (NEEDED, CALLED):
                continue
            key = what, name, file.path if name.startswith(".") else ""
            places.setdefault(key, []).append((_located(file.path, cell), line))
    return [Mention(what, name, *min(found), len(found)) for (what, name, _), found in places.items()]


def _located(path: str, cell: int) -> str:
    """A file, or a cell of a notebook, as matches name it."""
    return f"{path}#cell-{cell}" if cell else path


def _define(path: str, fingerprint: Fingerprint, found: Names) -> None:
    """Note what a file defines."""
    columns = fingerprint.unit_names, fingerprint.unit_kinds, fingerprint.unit_cells, fingerprint.unit_starts
    for number, kind, cell, line in zip(*(column.tolist() for column in columns), strict=True):
        place = Place(_located(path, cell), line)
        *outer, name = fingerprint.strings[number].split(".")
        for one in outer:
            if one not in found.defined["function"]:
                found.defined["class"].setdefault(one, place)
        what = KINDS.get(UNIT_KINDS[kind])
        if what:
            found.defined[what].setdefault(name, place)
            found.counts[name] += 1
    if path.endswith(".py"):
        parts = path.removesuffix(".py").removesuffix("/__init__").split("/")
        found.defined["module"].setdefault(parts[-1], Place(path))
        found.counts[parts[-1]] += 1
        for start in range(len(parts)):
            found.modules.setdefault(".".join(parts[start:]), Place(path))


def _entitle(found: Names, paths: Sequence[str], repository: Repository) -> None:
    """Note what a repository is called: as its address, its package's name, or its topmost packages say."""
    packages = {path.rpartition("/")[0] for path in paths if path.endswith("__init__.py")}
    for package in sorted(packages):
        if package and package.rpartition("/")[0] not in packages:
            found.titles.setdefault(package.rpartition("/")[2].lower(), Place(f"{package}/__init__.py"))
    name = repository.id.partition("@")[0].partition(" ")[0].lower()
    if "/" in name:
        found.slug = name
    if "/" in name or repository.version:
        for part in name.split("/"):
            found.titles.setdefault(part, Place(""))


def _rows(here: Names, there: Names, ends: tuple[str, str], vocabulary: Vocabulary) -> Iterator[Residue]:
    """The names that `here` mentions and only `there` defines.

    A name counts if it is too improbable to be met by chance among all that were looked at: so many mentions here, so
    many definitions there (Bonferroni), with the times that it stands in both. Whoever says that it needs the other as
    a package, or imports it as one that everybody knows, means that one: all its names lead there, and none is left
    over. What the other one has from a package that is needed here is that package's.
    """
    needed = here.needed | _used(here, vocabulary)
    if needed & {title.replace("-", "_") for title in there.titles.keys() - COMMON}:
        return
    vocabulary = vocabulary.beside(needed)
    findings: dict[tuple[What, str], list[Finding]] = {}
    text = "\n".join(mention.name for mention in here.mentions).lower()
    titles = {name for name in there.titles if name in text and _telling(name, here, vocabulary)}
    for mention in here.mentions:
        for finding in _found(mention, here, there, titles, vocabulary):
            findings.setdefault((finding.what, finding.ident), []).append(finding)
    tried = math.log2(max(1, len({mention.name for mention in here.mentions})))
    for (what, ident), found in sorted(findings.items()):
        first = min(found, key=lambda one: (one.mention.path, one.mention.line))
        often = max(1, there.counts[ident]) * sum(one.mention.files for one in found)
        rarity = vocabulary.bits(ident) - math.log2(often)
        defined = len(there.defined.get(what, there.modules))
        if what in ("repository", "import") or rarity > tried + math.log2(1 + defined):
            place, name = first.place, first.mention.name if what in WHOLE else ident
            yield Residue(
                *ends, name, what, first.mention.path, first.mention.line, place.path, place.line, max(0.0, rarity)
            )


def _used(here: Names, vocabulary: Vocabulary) -> set[str]:
    """The packages of the ecosystem that a repository imports and has not in it."""
    imported = (mention.name.partition(".")[0] for mention in here.mentions if mention.what == IMPORT)
    return {name.lower() for name in imported if name in vocabulary.modules and name not in here.tops}


def _telling(title: str, here: Names, vocabulary: Vocabulary) -> bool:
    """Whether a repository's name is one that nobody else would use."""
    if len(title) < SHORTEST_TITLE or title in COMMON or title in here.titles:
        return False
    return all(map(vocabulary.unheard, words(title)))


def _found(
    mention: Mention, here: Names, there: Names, titles: set[str], vocabulary: Vocabulary
) -> Iterator[Finding]:
    if mention.what == IMPORT:
        yield from _imported(mention, here, there, vocabulary)
        return
    typed = mention.what == VALUE and mention.name in there.types and mention.name not in here.types
    parts = _parts(mention.name)
    path = _path(mention, parts, here, there, vocabulary) if len(parts) > 1 else None
    named = [path] if path else list(_named(mention, parts, here, there, vocabulary)) if mention.what != BESIDE else []
    if named:
        yield from named
    elif there.slug and there.slug in mention.name.lower() and there.slug != here.slug:
        yield Finding("repository", mention, there.slug, Place(""))
    elif title := _title(mention, parts, here, titles):
        yield Finding("repository", mention, title, there.titles[title])
    elif typed and mention.name not in here.own and not vocabulary.knows(mention.name):
        yield Finding("model type", mention, mention.name, there.types[mention.name])


def _title(mention: Mention, parts: Sequence[str], here: Names, titles: set[str]) -> str:
    """The repository's name that a mention is or has in it, or ""; what is made of names from here is not meant."""
    lower = mention.name.lower()
    if not any(title in lower for title in titles):
        return ""
    called = (lower,) if mention.what == BESIDE else (lower, *words(mention.name))
    found = next((name for name in called if name in titles), "")
    return "" if here.own.issuperset(parts) else found


def _imported(mention: Mention, here: Names, there: Names, vocabulary: Vocabulary) -> Iterator[Finding]:
    """An import that leads nowhere here."""
    name = mention.name.lstrip(".")
    dots = len(mention.name) - len(name)
    first = name.partition(".")[0]
    if not name or name not in there.modules:
        return
    if dots:
        folders = mention.path.partition("#")[0].split("/")
        target = "/".join([*folders[:-dots], *name.split(".")])
        if dots < len(folders) and target not in here.paths and not vocabulary.knows(name.rpartition(".")[2]):
            yield Finding("import", mention, name, there.modules[name])
    elif first not in here.tops and first not in vocabulary.modules and ("." in name or name in there.titles):
        yield Finding("import", mention, first, there.modules[name])


def _path(
    mention: Mention, parts: Sequence[str], here: Names, there: Names, vocabulary: Vocabulary
) -> Finding | None:
    """The path of a module, dotted or slashed, perhaps with a name in it."""
    for length in range(len(parts), 1, -1):
        path = ".".join(parts[:length])
        if path in there.modules:
            known = path in here.modules or all(map(vocabulary.knows, parts[:length]))
            return None if known else Finding("path", mention, path, there.modules[path])
    return None


def _named(
    mention: Mention, parts: Sequence[str], here: Names, there: Names, vocabulary: Vocabulary
) -> Iterator[Finding]:
    """The name of a module, class or function that is nobody else's.

    What is behind the name of a package of the ecosystem is that package's; a word by itself is no module, and a folder
    or file no class. A name that longer ones here or in the ecosystem are made of is the field's: who has a
    `PaliGemmaConfig` may speak of PaliGemma.
    """
    if len(parts) > 1 and parts[0] in vocabulary.modules and parts[0] not in there.titles:
        return
    dotted = "." in mention.name and not mention.name.endswith(DATA)
    filed = {part for segment in mention.name.split("/") if "." not in segment for part in _parts(segment)}
    slashed = filed if "/" in mention.name else set()
    for part in (part for part in parts if part not in here.own):
        for what, fewest in FEWEST_WORDS.items():
            place = there.defined[what].get(part) if (dotted if what == "module" else part not in slashed) else None
            if place and _long(part) >= fewest and not vocabulary.knows(part) and not _within(part, here, vocabulary):
                yield Finding(what, mention, part, place)
                break


def _within(name: str, here: Names, vocabulary: Vocabulary) -> bool:
    """Whether the words of a name stand in a row in a name of the repository or of the ecosystem."""
    row = spelled([name])
    return row in here.spelled or row in vocabulary.spelled


def _long(name: str) -> int:
    return sum(len(word) >= SHORTEST_WORD for word in words(name))


def _parts(name: str) -> list[str]:
    if name.isidentifier():
        return [name]
    return [part for part in _SPLIT.split(_SUFFIX.sub("", name)) if part]
