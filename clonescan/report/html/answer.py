"""The answer that the page begins with: a sentence a pair, overlap as heat maps, what is discounted, what is unread."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from clonescan.entities import Match, Overlap, Report, Repository, Skipped
from clonescan.report.words import bits, counted, elsewhere, is_known, second, share, strength

MOST_NAMED = 3
"""Repositories that a title names one by one."""

MOST_LISTED = 300
"""Unread files that are listed a repository; the reasons count all of them."""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Sentence:
    """What there is to say about one pair; `left` and `right` are numbers of repositories, `bits` sorts."""

    left: int
    right: int
    text: str
    matches: int
    bits: float


@dataclass(frozen=True, slots=True)
class Cell:
    """One direction of one pair: the share, its level from 0 to 10 for the colour, and what stands behind it.

    The level grows with the root of the share: most of what repositories share is a few percent of them.
    """

    share: str
    level: int
    bits: str
    explanation: str


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Overlap for one kind: a row a repository, a cell for each other one, None where they are the same."""

    kind: str
    rows: list[tuple[str, list[Cell | None]]]


@dataclass(frozen=True, slots=True)
class Unread:
    """What was not compared of one repository; `more` counts the files that are not listed."""

    repository: str
    reasons: list[tuple[str, int]]
    languages: list[tuple[str, int]]
    files: Sequence[Skipped]
    more: int


@dataclass(frozen=True, slots=True)
class Answer:
    """All of it."""

    title: str
    figures: list[tuple[str, str]]
    sentences: list[Sentence]
    silent: list[str]
    heat_maps: list[HeatMap]
    discounted: list[str]
    unread: list[Unread]


def answer(report: Report) -> Answer:
    """Return what the report says in short."""
    pairs = _by_pair(report)
    shares = {(row.from_repository, row.to_repository): row for row in report.overlap if row.kind == "all"}
    found = [
        _sentence(report, (left, right), pairs, shares)
        for left, right in combinations(range(len(report.repositories)), 2)
        if report.audit is None or left == 0
    ]
    said = sorted((row for row in found if row.matches), key=lambda row: (-row.bits, row.left, row.right))
    return Answer(
        title=_title([repository.id for repository in report.repositories], report.audit is not None),
        figures=_figures(report),
        sentences=said,
        silent=[row.text for row in found if not row.matches],
        heat_maps=_heat_maps(report),
        discounted=list(_discounted(report, shares)),
        unread=[_unread(row) for row in report.repositories if row.skipped or row.not_compared],
    )


def _title(names: Sequence[str], audited: bool) -> str:
    if audited:
        return f"Audit of {names[0]}"
    if len(names) > MOST_NAMED:
        return f"{len(names)} repositories compared"
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names) + " compared"


def _figures(report: Report) -> list[tuple[str, str]]:
    best = [match for match in report.matches if not match.runner_up]
    strongest = max(best, key=lambda match: match.net_bits, default=None)
    net = strongest and bits(strongest.net_bits) != bits(strongest.evidence_bits)
    files = {(place.repository, place.path) for match in best for place in (match.left, match.right)}
    unread = sum(len(repository.skipped) for repository in report.repositories)
    return [
        (f"{len(best):,}", "match" if len(best) == 1 else "matches"),
        (f"{len(files):,}", "file with matches" if len(files) == 1 else "files with matches"),
        (bits(strongest.net_bits if strongest else 0.0), f"{'net ' if net else ''}bits in the strongest"),
        (f"{len(report.families):,}", "clone family" if len(report.families) == 1 else "clone families"),
        (f"{unread:,}", "file not read" if unread == 1 else "files not read"),
    ]


def _by_pair(report: Report) -> Mapping[Pair, list[Match]]:
    found = defaultdict[Pair, list[Match]](list)
    for match in report.matches:
        if not match.runner_up:
            found[match.left.repository, match.right.repository].append(match)
    return found


def _sentence(
    report: Report, pair: tuple[int, int], pairs: Mapping[Pair, list[Match]], shares: Mapping[Pair, Overlap]
) -> Sentence:
    left, right = (report.repositories[number] for number in pair)
    matches = pairs.get((left.id, right.id), [])
    if not matches:
        return Sentence(*pair, _nothing(report, left, right), 0, 0.0)
    rows = [shares.get((left.id, right.id)), shares.get((right.id, left.id))]
    known = sorted((row for row in rows if row is not None), key=lambda row: -row.overlap)
    text = _shares(known) or f"{counted(len(matches), 'match', 'matches')} between {left.id} and {right.id}"
    if known and len(report.repositories) > 2:
        text += f"; {_peers(report, known[0], pairs)}"
    strongest = max(matches, key=lambda match: match.net_bits)
    text += f". The strongest of {counted(len(matches), 'match', 'matches')} holds {strength(strongest)}."
    more = *elsewhere(report, left.id, right.id, str), *second(report, left.id, right.id, str)
    text += "".join(f" {said}" for said in more)
    return Sentence(*pair, text, len(matches), max((row.net_bits for row in known), default=strongest.net_bits))


def _shares(rows: Sequence[Overlap]) -> str:
    """Return how many units of the side that is held more have a counterpart, and of the other."""
    if not rows:
        return ""
    first = rows[0]
    units = f"{first.matched_units:,} of {counted(first.units, 'distinctive unit')} of {first.from_repository}"
    text = f"{units} {'has' if first.matched_units == 1 else 'have'} a counterpart in {first.to_repository}"
    if len(rows) > 1:
        text += f", and {rows[1].matched_units:,} of {rows[1].units:,} the other way round"
    return text


def _peers(report: Report, row: Overlap, pairs: Mapping[Pair, list[Match]]) -> str:
    """Return how many of the other repositories share anything with the side that is held more."""
    ends = {row.from_repository, row.to_repository}
    others = [repository.id for repository in report.repositories if repository.id not in ends]
    subject = row.from_repository
    sharing = sum(bool(pairs.get((subject, other)) or pairs.get((other, subject))) for other in others)
    if len(others) == 1:
        return f"{others[0]}, the other one scanned, shares {'some' if sharing else 'nothing'} with {subject}"
    if sharing == len(others):
        return f"all of the {sharing} others scanned share some with it"
    return f"{sharing or 'none'} of the {len(others)} others scanned {'shares' if sharing < 2 else 'share'} any with it"


def _nothing(report: Report, left: Repository, right: Repository) -> str:
    empty = [repository.id for repository in (left, right) if not repository.units]
    if empty:
        return f"Nothing to compare between {left.id} and {right.id}: nothing was read in {' and '.join(empty)}."
    if report.parameters.get("min_evidence") or report.parameters.get("min_similarity"):
        return f"No matches between {left.id} and {right.id} that the settings let through."
    return f"No matches between {left.id} and {right.id}: nothing corresponds beyond what everyone shares."


def _heat_maps(report: Report) -> list[HeatMap]:
    """Return one heat map for all kinds together and, where there are several, one for each."""
    kinds = [kind for kind in dict.fromkeys(row.kind for row in report.overlap) if kind != "all"]
    names = [repository.id for repository in report.repositories]
    rows = {(row.kind, row.from_repository, row.to_repository): row for row in report.overlap}
    return [
        HeatMap(kind, [(one, [_cell(rows.get((kind, one, other)), one == other) for other in names]) for one in names])
        for kind in ("all", *(sorted(kinds) if len(kinds) > 1 else ()))
    ]


def _cell(row: Overlap | None, same: bool) -> Cell | None:
    if same:
        return None
    if row is None:
        return Cell("-", 0, "", "not compared")
    units = f"{row.matched_units:,} of {counted(row.units, 'unit')}"
    net = "" if bits(row.net_bits) == bits(row.evidence_bits) else "net "
    said = share(row)
    said = "<0.1%" if said == "0.0%" and row.matched_units else said
    units += ", all of it known from elsewhere" if is_known(row) else ""
    return Cell(said, math.ceil(10 * math.sqrt(row.overlap)), f"{bits(row.net_bits)} {net}bits", units)


def _discounted(report: Report, shares: Mapping[Pair, Overlap]) -> list[str]:
    """Return what evidence does not count because a third place holds it too, and where that place is."""
    texts = []
    for (left, right), matches in _by_pair(report).items():
        row = shares.get((left, right))
        taken = sum(match.evidence_bits - match.net_bits for match in matches)
        third = Counter(match.common_origin.repository for match in matches if match.common_origin)
        if taken < 0.05 and not third:
            continue
        named = ", ".join(f"{name} ({number:,})" for name, number in sorted(third.items(), key=lambda n: (-n[1], n[0])))
        whole = sum(match.evidence_bits for match in matches)
        texts.append(
            f"{left} and {right}: {bits(taken)} of {bits(whole)} bits, summed over all matches"
            + (f"; also in {named}" if named else "")
            + (f". Overlap counts {bits(row.net_bits)} of {bits(row.evidence_bits)} bits." if row else ".")
        )
    return texts


def _unread(repository: Repository) -> Unread:
    reasons = Counter(file.reason for file in repository.skipped)
    return Unread(
        repository.id,
        sorted(reasons.items(), key=lambda item: (-item[1], item[0])),
        sorted(repository.not_compared.items(), key=lambda item: (-item[1], item[0])),
        repository.skipped[:MOST_LISTED],
        max(0, len(repository.skipped) - MOST_LISTED),
    )
