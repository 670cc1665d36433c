"""From matched units to what a report says of them: places, lines, renames, features, clone type, common origin."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import blake2b
from itertools import pairwise
from typing import Any

import numpy as np

from clonescan.background.store import Background
from clonescan.entities import CloneType, Containment, Feature, Match, Origin, Place, Rename, Repository
from clonescan.fingerprint import ANCHOR, NAME, NESTING, ORDER, STRUCTURE, UNIT_KINDS, Array
from clonescan.match.align import Alignment, align
from clonescan.match.corpus import Corpus, File
from clonescan.match.equal import equal_units
from clonescan.match.idioms import idioms
from clonescan.match.measured import Measures, Placed, Shares, named, shares
from clonescan.match.names import Names
from clonescan.match.origin import ORIGIN_SHARE, Shared, discount
from clonescan.match.overlap import Covered
from clonescan.match.pair import Matched
from clonescan.match.renames import Pairs, one_to_one
from clonescan.match.score import Scorer, Scores
from clonescan.match.shared import Rows, joined
from clonescan.match.thirds import Thirds
from clonescan.match.weights import rarest
from clonescan.segments import offsets
from clonescan.sources.blob import is_whole

LEAST_LISTED = 100
"""Millibits from which a feature is worth a line."""

LISTED_FEATURES = 12
"""Features listed with a match, the strongest first: enough to convince, few enough to read."""

_ROLES = {STRUCTURE: "structure", ANCHOR: "anchor", NAME: "name", ORDER: "order"}

Describe = Callable[[File, Sequence[int]], list[str]]
"""Words for features of a file, by their places in its fingerprint; what a kind knows is handed in."""

Correspond = Callable[[Placed, Placed, Origin | None, Placed | None], Mapping[str, Any]]
"""How two units correspond, given the third place that holds what they share, if one is known, and its unit if that is
in a repository of the scan; handed in likewise."""


@dataclass(frozen=True, eq=False)
class Evidence:
    """What findings are made from: the corpus with its names and scores, and the background with what is masked."""

    corpus: Corpus
    names: Names
    scorer: Scorer
    thirds: Thirds
    background: Background
    masked: frozenset[int]
    packages: Array
    repositories: Sequence[Repository]

    @cached_property
    def rarest(self) -> Array:
        """What the rarest thing in each feature is worth, in millibits."""
        return rarest(self.corpus, self.scorer.weights)


@dataclass(frozen=True, eq=False)
class Findings:
    """Matches with all that is found about them but the words of their features, which need the source.

    `shared`: what each shares, with the share `net` of its weight that no third place accounts for. The third place is
    a known unit of the background, in `origins`, or a unit of another repository of the scan, in `thirds`; -1 for none.
    `is_origin`: whether the latter holds so much that it is named. `names` are those in each other's place, by their
    numbers in `strings`.
    """

    matched: Matched
    shares: Shares
    aligned: Alignment
    names: Pairs
    strings: Sequence[str]
    types: Sequence[CloneType]
    shared: Rows
    net: Array
    origins: Array
    thirds: Array
    is_origin: Array


def findings(evidence: Evidence, matched: Matched, repositories: tuple[int, int], measures: Measures) -> Findings:
    """Everything about these matches between two repositories but the words of their features."""
    corpus, scorer = evidence.corpus, evidence.scorer
    left, right = matched.scores.left, matched.scores.right
    shared = joined([(batch.start, rows) for batch, rows in scorer.shared(left, right)])
    known = discount(
        evidence.background,
        Shared(
            places=offsets(np.bincount(shared.pair, minlength=len(matched))),
            features=corpus.features[shared.left],
            hashes=corpus.hashes,
            weights=scorer.structural,
            structural=np.isin(corpus.roles, (STRUCTURE, ANCHOR)),
        ),
        evidence.masked,
    )
    aligned = align(corpus, evidence.names, left, right, shared, scorer.weights)
    names, strings = named(corpus, evidence.names, matched.scores, aligned.names, measures)
    measured = shares(corpus, matched.scores, measures)
    types = _clone_types(corpus, matched.scores, measured, aligned)
    third = evidence.thirds.elsewhere(shared, len(matched), repositories)
    is_origin = third.share >= ORIGIN_SHARE
    estimated = np.where(is_origin[shared.pair], 1.0, known.left)  # what is at hand is counted and not estimated
    net = np.where(third.held, 0.0, estimated)
    return Findings(matched, measured, aligned, names, strings, types, shared, net, known.units, third.units, is_origin)


def matches(
    evidence: Evidence, found: Findings, wanted: Array, describe: Describe, correspond: Correspond
) -> Iterator[Match]:
    """The wanted ones of these findings as a report has them, numbers rounded as it states them."""
    scores, aligned, places = found.matched.scores, found.aligned, _Places(evidence)
    left, right = scores.left.tolist(), scores.right.tolist()
    similarity, evidence_bits = np.round(found.shares.similarity, 4).tolist(), (scores.evidence / 1000).tolist()
    weights = evidence.scorer.weights[evidence.corpus.features[found.shared.left]]
    net_bits = (np.rint(np.bincount(found.shared.pair, weights * found.net, len(scores))) / 1000).tolist()
    contained, covered = (
        list(zip(*np.round(sides, 4).tolist(), strict=True))
        for sides in ((found.shares.left, found.shares.right), aligned.covered)
    )
    chance = [float(f"{expected:.3g}") for expected in found.matched.chance.tolist()]
    runner_up, thirds = found.matched.runner_up.tolist(), found.thirds.tolist()
    renamed = _renames(found.names, found.strings, len(scores))
    features = _features(evidence, found.shared, wanted, describe)
    worth = evidence.scorer.weights, evidence.rarest
    common = idioms(evidence.corpus, (scores.left, scores.right), found.shared, worth, wanted)
    for number in np.flatnonzero(wanted).tolist():
        ours, theirs = places.of(left[number]), places.of(right[number])
        origin = _origin(evidence, found, places, number)
        third = evidence.corpus.place(thirds[number]) if _is_at_hand(found, number) else None
        yield Match(
            id=_identity(ours.key, theirs.key),
            kind=ours.file.kind,
            clone_type=found.types[number],
            similarity=similarity[number],
            containment=Containment(*contained[number]),
            evidence_bits=evidence_bits[number],
            net_bits=net_bits[number],
            expected_by_chance=chance[number],
            left=ours.place,
            right=theirs.place,
            lines=aligned.lines[number],
            common=common[number],
            renames=renamed[number],
            features=features[number],
            detail={
                "unit_kind": {"left": ours.unit_kind, "right": theirs.unit_kind},
                "statements_aligned": dict(zip(("left", "right"), covered[number], strict=True)),
                "identical_files": ours.file.blob_id == theirs.file.blob_id and is_whole(ours.file.blob_id),
                **correspond((ours.file, ours.local), (theirs.file, theirs.local), origin, third),
            },
            common_origin=origin,
            runner_up=runner_up[number],
        )


def covered(found: Findings, repositories: tuple[int, int]) -> tuple[Covered, Covered]:
    """What the matches that are no runners-up share, of each repository."""
    best = ~found.matched.runner_up
    scores, rows = found.matched.scores[best], best[found.shared.pair]
    counted = found.shares.counted[best]
    sides = (scores.left, found.shared.left, found.shares.left), (scores.right, found.shared.right, found.shares.right)
    left, right = (
        Covered(repository, units, second, shared[rows], found.net[rows], np.where(counted, share[best], np.nan))
        for repository, (units, shared, share), second in zip(repositories, sides, found.matched.second, strict=True)
    )
    return left, right


def _features(evidence: Evidence, shared: Rows, wanted: Array, describe: Describe) -> list[tuple[Feature, ...]]:
    """The strongest features of each wanted match in words; of two wordings the first in the alphabet."""
    corpus = evidence.corpus
    weights = evidence.scorer.weights[corpus.features[shared.left]]
    listed = np.flatnonzero((weights >= LEAST_LISTED) & wanted[shared.pair])
    listed = listed[np.lexsort((-weights[listed], shared.pair[listed]))]
    pair = shared.pair[listed]
    listed = listed[np.arange(len(pair)) - np.searchsorted(pair, pair) < LISTED_FEATURES]
    ours, theirs = _words(corpus, (shared.left[listed], shared.right[listed]), describe)
    numbers = corpus.features[shared.left[listed]]
    facts = (weights[listed] / 1000, evidence.packages[numbers], corpus.roles[numbers])
    feature = cache(Feature)  # the same ones come in many matches
    made = [
        feature(min(one, other), bits, packages, _ROLES[role])
        for one, other, bits, packages, role in zip(ours, theirs, *(fact.tolist() for fact in facts), strict=True)
    ]
    places = np.searchsorted(shared.pair[listed], np.arange(len(wanted) + 1)).tolist()
    return [
        tuple(sorted(made[low:high], key=lambda feature: (-feature.bits, feature.text)))
        for low, high in pairwise(places)
    ]


def _words(corpus: Corpus, sides: tuple[Array, Array], describe: Describe) -> tuple[list[str], list[str]]:
    """The words of features by their places in `corpus.features`, of each file at once and each feature once."""
    rows, index = np.unique(np.concatenate(sides), return_inverse=True)
    files = corpus.unit_file[corpus.owners[rows]]
    starts = np.flatnonzero(np.diff(files, prepend=-1)).tolist()
    words: list[str] = []
    for low, high in pairwise([*starts, len(rows)]):
        words += describe(corpus.files[files[low]], corpus.rows[rows[low:high]].tolist())
    ours, theirs = ([words[i] for i in side.tolist()] for side in np.split(index, 2))
    return ours, theirs


def _clone_types(corpus: Corpus, scores: Scores, shares: Shares, aligned: Alignment) -> list[CloneType]:
    classes = equal_units(corpus)
    same = aligned.exact & (classes[scores.left] == classes[scores.right])
    same &= shares.worded & (~shares.counted | (shares.similarity == 1))
    renamed = (scores.structural == scores.left_total) & (scores.structural == scores.right_total) & ~shares.counted
    renamed &= np.minimum(*aligned.covered) == 1
    nesting = equal_units(corpus, (NESTING,))
    renamed &= nesting[scores.left] == nesting[scores.right]
    partial = np.minimum(shares.left, shares.right) < 0.5
    types = np.select([same, renamed, partial], ["identical", "renamed", "partial"], "modified")
    found: list[CloneType] = types.tolist()
    return found


def _renames(pairs: Pairs, strings: Sequence[str], matches: int) -> list[tuple[Rename, ...]]:
    """The names that changed in each match, most frequent first."""
    kept = pairs[one_to_one(pairs, strings)]
    kept = kept[kept.left != kept.right]
    made = [
        Rename(strings[left], strings[right], count)
        for left, right, count in zip(kept.left.tolist(), kept.right.tolist(), kept.count.tolist(), strict=True)
    ]
    places = np.searchsorted(kept.group, np.arange(matches + 1)).tolist()
    return [tuple(made[low:high]) for low, high in pairwise(places)]


def _origin(evidence: Evidence, found: Findings, places: _Places, number: int) -> Origin | None:
    """The third place of a match: rather one whose files are at hand than one of the background."""
    if found.is_origin[number]:
        place = places.of(int(found.thirds[number])).place
        version = next(row.version for row in evidence.repositories if row.id == place.repository)
        return Origin(place.repository, version or "", place.path, place.unit)
    if found.origins[number] < 0:
        return None
    known = evidence.background.unit(int(found.origins[number]))
    package = evidence.background.packages[known.package]
    return Origin(package.name, package.version, known.path, known.unit)


def _is_at_hand(found: Findings, number: int) -> bool:
    """Whether the files of a third place can be looked at: not if the background alone knows it."""
    return bool(found.thirds[number] >= 0 and (found.is_origin[number] or found.origins[number] < 0))


@dataclass(frozen=True, slots=True)
class _Placed:
    """A unit as a place; `key` tells it from all others of a report."""

    place: Place
    file: File
    local: int
    unit_kind: str
    key: str


class _Places:
    """The places of units, each made once."""

    def __init__(self, evidence: Evidence) -> None:
        self.evidence = evidence
        self.known: dict[int, _Placed] = {}

    def of(self, unit: int) -> _Placed:
        """The place of a unit."""
        found = self.known.get(unit)
        if found is None:
            found = self.known[unit] = self._made(unit)
        return found

    def _made(self, unit: int) -> _Placed:
        file, local = self.evidence.corpus.place(unit)
        found = file.fingerprint
        repository = self.evidence.repositories[file.repository]
        cell, start, end = found.unit_cells.item(local), found.unit_starts.item(local), found.unit_ends.item(local)
        place = Place(
            repository=repository.id,
            path=f"{file.path}#cell-{cell}" if cell else file.path,
            unit=found.strings[found.unit_names.item(local)],
            start_line=start,
            end_line=end,
            link=_permalink(repository.link, file.path, start, end) if repository.link and not cell else None,
            marked=file.mark,
            blob_id=file.blob_id,
        )
        key = f"{place.repository}\0{place.path}\0{place.unit}\0{start}"
        return _Placed(place, file, local, UNIT_KINDS[found.unit_kinds.item(local)], key)


def _permalink(template: str, path: str, start: int, end: int) -> str:
    from urllib.parse import quote

    parts = {"{path}": quote(path), "{start}": str(start), "{end}": str(end)}
    for mark, value in parts.items():
        template = template.replace(mark, value)
    return template


def _identity(one: str, other: str) -> str:
    """An id that does not depend on the order of the sides."""
    text = "\0\0".join(sorted((one, other)))
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
