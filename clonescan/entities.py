"""The nouns of clonescan as small frozen dataclasses; imports nothing of the package."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

CloneType = Literal["identical", "renamed", "modified", "partial"]
What = Literal["module", "class", "function", "model type", "import", "path", "repository"]
StandingName = Literal["conflict", "unattributed", "attributed", "allowed", "internal"]
Verdict = Literal["permitted", "notice missing", "not permitted", "unknown"]
SCHEMA_VERSION = "1"


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a snapshot's tree.

    `blob_id` is git's id of the content (SHA-1 of ``blob <size>\\0<bytes>``, hex), or "" where it is only known
    after reading (a work tree). What is read comes with an id whose like is the same in bytes, too: git's own, or that
    with a prefix where the file is in Git LFS. `size` in bytes, None where the tree does not say.
    """

    path: str
    blob_id: str = ""
    size: int | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """How much of a file is read: at most `limit` bytes.

    A longer file is skipped, or with `head` its beginning is read: `enough` tells from the first PROBE bytes how many
    are needed, at most `limit` of them are read. With `pointer` it is only read whether the file is a pointer to Git
    LFS: of one that is none and not at hand, the blob id is enough.
    """

    limit: int
    head: bool = False
    enough: Callable[[bytes], int] | None = None
    pointer: bool = False


PROBE = 4096
"""Bytes that tell how long the beginning is that is needed: one page of a disk, one packet or three of a network."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file that could not be compared, or only in part, and why, in one short sentence."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Credits:
    """What a repository is known by, and who is to be named for it, in its own words; empty in a scan.

    `names`: package and project names; `urls`: its pages; `authors`: people and groups; `holders`: the copyright lines
    of its licence files.
    """

    names: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    holders: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Repository:
    """One scanned repository, as the report names it.

    `id` is short and unique in a report ("owner/name", a folder's name, "timm 1.0.9"); `source` is what the user
    gave, without credentials; `commit` is the full hex id or None; `link` is a permalink template with `{path}`,
    `{start}` and `{end}`, or None where its host has none. `files` counts compared files by kind, `not_compared`
    the others by language.
    """

    id: str
    source: str
    commit: str | None = None
    version: str | None = None
    license: str | None = None
    link: str | None = None
    files: Mapping[str, int] = field(default_factory=dict)
    not_compared: Mapping[str, int] = field(default_factory=dict)
    units: int = 0
    skipped: tuple[Skipped, ...] = ()
    credits: Credits = field(default_factory=Credits)


@dataclass(frozen=True, slots=True)
class Place:
    """A unit in a repository; lines are 1-based and inclusive.

    `path` of a notebook cell is "nb.ipynb#cell-3" (cells from 1) and its lines count within the cell.
    `link` is a permalink, None where the host has none. `marked` says "vendored" or "generated", else "". `blob_id` is
    that of the file as it was compared (see Entry), "" in a report that does not say it.
    """

    repository: str
    path: str
    unit: str
    start_line: int
    end_line: int
    link: str | None = None
    marked: str = ""
    blob_id: str = ""


@dataclass(frozen=True, slots=True)
class Rename:
    """One name became another, `count` times inside a match."""

    left: str
    right: str
    count: int


@dataclass(frozen=True, slots=True)
class Feature:
    """A feature both sides share: readable text, its weight in bits, and in how many packages it occurs."""

    text: str
    bits: float
    packages: int
    kind: Literal["structure", "anchor", "name", "order"]


@dataclass(frozen=True, slots=True)
class Origin:
    """A third place that holds what both sides of a match share."""

    repository: str
    version: str
    path: str
    unit: str


@dataclass(frozen=True, slots=True)
class Containment:
    """Share of each side's weighted structure and anchors that the other side has, each in [0, 1]."""

    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Common:
    """Ranges of lines (first, last) of each side that hold only what half of the ecosystem's packages hold."""

    left: tuple[tuple[int, int], ...] = ()
    right: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Attribution:
    """A line of ours that states an origin: what of the origin it `names`, and `how` ("url", "package", ...)."""

    path: str
    line: int
    text: str
    names: str
    how: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How a match of an audited project stands.

    `reason` in one sentence: of the licences, or of whoever allowed it. `verdict`: do the licences, as far as the table
    of `evidence/compatibility.py` reaches, permit what is done? `asks`: what their licence asks for ("copyright
    notice", ...), `missing`: what of it the project lacks, `source`: where that is written. `expires`: the last day of
    an allowance, ISO 8601. `known`: is it in the baseline? `also`: other places that hold the same as the right side.
    """

    name: StandingName
    reason: str = ""
    attribution: Attribution | None = None
    our_license: str | None = None
    their_license: str | None = None
    verdict: Verdict = "unknown"
    asks: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    source: str = ""
    expires: str | None = None
    known: bool = False
    also: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """Two units that correspond, with everything a reader needs to judge it.

    `lines` are aligned ranges (left_start, left_end, right_start, right_end); `expected_by_chance` is how many
    matches this strong two unrelated repositories of these sizes would show. `common`: the lines in which the evidence
    does not lie.
    """

    id: str
    kind: str
    clone_type: CloneType
    similarity: float
    containment: Containment
    evidence_bits: float
    net_bits: float
    expected_by_chance: float
    left: Place
    right: Place
    lines: tuple[tuple[int, int, int, int], ...] = ()
    renames: tuple[Rename, ...] = ()
    features: tuple[Feature, ...] = ()
    detail: Mapping[str, Any] = field(default_factory=dict)
    common_origin: Origin | None = None
    runner_up: bool = False
    standing: Standing | None = None
    common: Common = field(default_factory=Common)


@dataclass(frozen=True, slots=True)
class RepositoryRename:
    """A name of one repository that became another in the other.

    `consistency` in (0, 1]: the share of all counterparts of either name that this pair is.
    """

    left_repository: str
    right_repository: str
    left: str
    right: str
    count: int
    consistency: float


@dataclass(frozen=True, slots=True)
class Overlap:
    """Share of `from_repository`'s distinctive evidence that has a counterpart in `to_repository`, in [0, 1].

    `units` counts the units with distinctive evidence, `matched_units` those of them that are matched, `runners_up`
    those whose counterparts are all explained better by others.
    """

    from_repository: str
    to_repository: str
    kind: str
    overlap: float
    matched_units: int
    units: int
    evidence_bits: float
    net_bits: float
    runners_up: int = 0


@dataclass(frozen=True, slots=True)
class Member:
    """One unit of a clone family."""

    repository: str
    path: str
    unit: str


@dataclass(frozen=True, slots=True)
class Family:
    """A connected set of units in the clone graph."""

    id: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Residue:
    """A name that `repository` mentions at `path` and `line`, and that only `other` defines.

    `defined_path` is "" where the name is that of `other` itself; `rarity` in bits.
    """

    repository: str
    other: str
    name: str
    what: What
    path: str
    line: int
    defined_path: str
    defined_line: int
    rarity: float


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The text of a place that a match names, its lines joined by "\\n"; lines are 1-based and inclusive."""

    repository: str
    path: str
    start_line: int
    end_line: int
    text: str


@dataclass(frozen=True, slots=True)
class Tally:
    """The matches of one standing: how many, in how many files of the project, and how many of them fail the audit."""

    standing: StandingName
    matches: int
    files: int
    evidence_bits: float
    failing: int


@dataclass(frozen=True, slots=True)
class Audit:
    """What an audit says beyond a scan; the project is the first repository of the report.

    `against`: what the project was compared with, in words; `compared`: the ids of all of it, matches or not.
    `left_out`: what of it was not compared, and why. `since`: the commit whose changes alone were looked at.
    `fail_at`: the bits from which an unattributed or conflicting match fails. `notes`: what else the reader must
    know, such as allowances that have expired. `tally`: in order of importance.
    """

    against: str
    compared: tuple[str, ...]
    left_out: tuple[Skipped, ...]
    since: str | None
    fail_at: float
    notes: tuple[str, ...]
    tally: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """The result of a scan or an audit: the output contract of the JSON report, as data.

    Of an audit the first repository is the project, and the others are those that it has matches with. `excerpts` is
    empty unless they were asked for (`--embed-source`).
    """

    tool: Mapping[str, str]
    parameters: Mapping[str, Any]
    repositories: tuple[Repository, ...]
    overlap: tuple[Overlap, ...]
    matches: tuple[Match, ...]
    renames: tuple[RepositoryRename, ...]
    families: tuple[Family, ...]
    residue: tuple[Residue, ...] = ()
    excerpts: tuple[Excerpt, ...] = ()
    audit: Audit | None = None
    schema_version: str = SCHEMA_VERSION
