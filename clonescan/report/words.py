"""The facts of a report in words, the same in every format that people read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields
from itertools import combinations, takewhile

from clonescan.entities import Match, Origin, Overlap, Place, Report, RepositoryRename
from clonescan.report.escape import visible
from clonescan.report.interface import background_packages
from clonescan.settings import Settings

SELDOM = 1e-6
"""Below this, how seldom says nothing more to a reader."""

CONSISTENT = 0.9
"""From here on a rename is listed among the consistent ones, if it was seen more than once."""

KNOWN = "known: what corresponds is known from elsewhere, too, and counts as no overlap"
"""What `share` says, in a sentence."""

MOST_REASONS = 4
"""How many reasons or languages are named before the others become a number."""


def counted(number: int, noun: str, plural: str = "") -> str:
    """Return "1 match", "1,200 matches"; the plural is the noun with an s unless given."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def bits(amount: float) -> str:
    """Return an amount of evidence, as exact as a reader needs it."""
    return f"{amount:,.0f}" if amount >= 100 else f"{amount:.1f}"


def evidence(match: Match) -> str:
    """Return gross evidence, and net where a common origin takes some away."""
    gross, net = bits(match.evidence_bits), bits(match.net_bits)
    return f"{gross} bits" if gross == net else f"{gross} bits, net {net}"


def strength(match: Match) -> str:
    """Return the same within a sentence."""
    gross, _, net = evidence(match).partition(", ")
    return f"{gross} of evidence" + (f", {net}" if net else "")


def chance(expected: float) -> str:
    """Return how many matches this strong chance alone brings, in words."""
    if expected < SELDOM:
        return "by chance less than once in a million such pairs"
    if expected < 0.5:
        return f"by chance about once in {float(f'{1 / expected:.2g}'):,.0f} such pairs"
    return f"by chance about {float(f'{expected:.2g}'):,.16g} in every such pair"


def alike(match: Match) -> str:
    """Return clone type and similarity."""
    return f"{match.clone_type}, similarity {match.similarity:.2f}" + (", runner-up" if match.runner_up else "")


def contained(match: Match) -> str:
    """Return how much of each side the other has, for a match of parts; "" for whole units, and for the lists of
    tokenizers: they are compared by a sample, and `details` says what was counted in all of them."""
    if match.clone_type != "partial" or match.detail.keys() & {"vocabulary", "merges"}:
        return ""
    return f"{match.containment.left:.0%} of the left and {match.containment.right:.0%} of the right correspond"


def crossing(row: Overlap) -> str:
    """Return how much of one repository another one has."""
    return f"{row.overlap:.1%} of {row.from_repository} has a counterpart in {row.to_repository}"


def origin(third: Origin) -> str:
    """Return where else both sides of a match are."""
    name = " ".join(part for part in (third.repository, third.version) if part)
    unit = f", `{visible(third.unit)}`" if third.unit else ""
    path = f" ({visible(third.path)})" if third.path else ""
    return f"both also in {visible(name)}{unit}{path}"


def lines(place: Place) -> str:
    """Return the lines of a place behind a colon, as terminals make them clickable."""
    return f":{place.start_line}-{place.end_line}"


def found_in(packages: int, total: int) -> str:
    """Return in how many packages of the background a feature occurs; "" without a background.

    Backgrounds keep what two hold: of what they do not know, one package may hold it.
    """
    if total == 0:
        return ""
    if packages == 0:
        return f"in at most one of the {total} packages"
    return f"in all {total} packages" if packages >= total else f"in {packages} of the {total} packages"


def background(report: Report) -> str:
    """Return where the weights come from."""
    packages = background_packages(report.parameters)
    if not packages:
        return "the scanned repositories alone"
    named = report.parameters["background"]
    words = f"the background {named.get('name', '')} of {counted(packages, 'package')}"
    masked = named.get("masked")
    return words + (f" without {', '.join(map(str, masked))}" if masked else "")


def hidden(report: Report) -> Iterator[str]:
    """Yield why a background that was asked for has no say."""
    named = report.parameters.get("background")
    masked = named.get("masked") if isinstance(named, Mapping) else None
    if masked and not background_packages(report.parameters):
        yield f"all packages of the background are in what is scanned: {', '.join(map(str, masked))}"


def index(report: Report) -> Iterator[str]:
    """Yield what there is to say of the index that third repositories were looked for in."""
    asked = report.parameters.get("index")
    if not isinstance(asked, Mapping):
        return
    number = asked.get("repositories")
    size = counted(number if isinstance(number, int) else 0, "repository", "repositories")
    yield f"common origins looked for in an index of {size}"
    if asked.get("left_out"):
        yield f"no third ones, but what is scanned or other versions of it: {', '.join(map(str, asked['left_out']))}"
    yield from map(str, asked.get("unasked", ()))


def settings(parameters: Mapping[str, object]) -> Iterator[str]:
    """Yield the settings that are not the default: they decide what a reader does not see."""
    default = Settings()
    for field in fields(Settings):
        value = parameters.get(field.name)
        if isinstance(value, list):
            value = tuple(value)
        if field.name not in ("background", "index") and value is not None and value != getattr(default, field.name):
            shown = ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)
            yield f"{field.name} = {shown}"


def most_common(counts: Counter[str]) -> str:
    """Return the most frequent names with their counts, the others as one number."""
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    shown = [f"{name} ({number:,})" for name, number in ordered[:MOST_REASONS]]
    rest = sum(number for _, number in ordered[MOST_REASONS:])
    return ", ".join(shown) + (f", other ({rest:,})" if rest else "")


def rename_order(row: RepositoryRename) -> tuple[bool, int, float, str, str]:
    """Return the key by which renames are sorted: consistent ones first, then the most frequent."""
    consistent = row.consistency >= CONSISTENT and row.count > 1
    return not consistent, -row.count, -row.consistency, row.left, row.right


def pairs(report: Report) -> Iterator[tuple[str, str]]:
    """Yield the ids of every two repositories that were compared, in the order of the arguments."""
    every = combinations([repository.id for repository in report.repositories], 2)
    yield from every if report.audit is None else takewhile(lambda pair: pair[0] == report.repositories[0].id, every)


def between(match: Match, left: str, right: str) -> bool:
    """Return whether a match joins these repositories."""
    return (match.left.repository, match.right.repository) == (left, right)


def sentence(report: Report, left: str, right: str, named: Callable[[str], str] = visible) -> str:
    """Return in one sentence what corresponds between two repositories; `named` makes their names safe to show."""
    matches = [match for match in report.matches if between(match, left, right) and not match.runner_up]
    names = f"{named(left)} and {named(right)}"
    empty = [named(repo.id) for repo in report.repositories if repo.id in (left, right) and not repo.units]
    if empty:
        return f"Nothing to compare between {names}: no code was read in {' and '.join(empty)}."
    if not matches and (report.parameters.get("min_evidence") or report.parameters.get("min_similarity")):
        return f"No matches between {names} that the settings above let through."
    if not matches:
        return f"No matches between {names}: nothing corresponds beyond what everyone shares."
    shares = {(row.from_repository, row.to_repository): row for row in report.overlap if row.kind == "all"}
    runners_up = sum(match.runner_up and between(match, left, right) for match in report.matches)
    words = counted(len(matches), "match", "matches")
    words += f" and {counted(runners_up, 'runner-up', 'runners-up')}" if runners_up else ""
    words += f" between {names}"
    words += f", the strongest with {strength(matches[0])}"
    common = sum(match.common_origin is not None for match in matches)
    if common:
        words += f", {common:,} of them with a known common origin"
    if (left, right) in shares and (right, left) in shares:
        there, back = shares[left, right], shares[right, left]
        if is_known(there) and is_known(back):
            words += "; all that corresponds is known from elsewhere"
        else:
            words += f"; {there.overlap:.1%} of the first has a counterpart in the second, and {back.overlap:.1%} the "
            words += "other way round"
    more = *elsewhere(report, left, right, named), *second(report, left, right, named)
    return words + "." + "".join(f" {said}" for said in more)


def share(row: Overlap) -> str:
    """Return how much of the one is in the other, or that all of that is known from elsewhere: then 0% says little."""
    return "known" if is_known(row) else f"{row.overlap:.1%}"


def is_known(row: Overlap) -> bool:
    """Return whether units correspond, and nothing in them that a third place does not hold, too."""
    return row.matched_units > 0 and bits(row.net_bits) == "0.0" != bits(row.evidence_bits)


def elsewhere(report: Report, left: str, right: str, named: Callable[[str], str] = visible) -> Iterator[str]:
    """Yield a sentence for each kind of which all that corresponds is known from elsewhere, and from where."""
    ends = [row for row in report.overlap if (row.from_repository, row.to_repository) == (left, right)]
    for row in ends:
        if row.kind == "all" or not is_known(row):
            continue
        of_pair = (match for match in report.matches if between(match, left, right) and not match.runner_up)
        matches = [match for match in of_pair if match.kind == row.kind]
        thirds = sorted({match.common_origin.repository for match in matches if match.common_origin})
        tokens = max(map(_tokens, matches), default=0)
        other = f"All that corresponds in {named(row.kind)} files is"
        both = f"{tokens:,} tokens are in both, and" if tokens else other
        yield f"{both} known from {' and '.join(map(named, thirds[:MOST_REASONS])) or 'elsewhere'}."


def _tokens(match: Match) -> int:
    """How many tokens two matched vocabularies share."""
    vocabulary = match.detail.get("vocabulary")
    shared = vocabulary.get("shared") if isinstance(vocabulary, Mapping) else None
    return shared if isinstance(shared, int) else 0


def second(report: Report, left: str, right: str, named: Callable[[str], str] = visible) -> Iterator[str]:
    """Yield a sentence on the units whose counterparts are all explained better by others, if there are any."""
    ends = {left, right}
    every = [row for row in report.overlap if row.kind == "all"]
    rows = [row for row in every if {row.from_repository, row.to_repository} == ends]
    told = [f"{counted(row.runners_up, 'unit')} of {named(row.from_repository)}" for row in rows if row.runners_up]
    if told:
        has = "has" if sum(row.runners_up for row in rows) == 1 else "have"
        where = "" if report.parameters.get("include_runners_up") else " (--all lists them)"
        yield f"{' and '.join(told)} {has} no match but runners-up{where}."
