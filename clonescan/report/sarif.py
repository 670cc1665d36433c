"""The matches of the first repository as SARIF 2.1.0, as GitHub's code scanning and editors read it.

Code scanning shows results in the files of one repository: the first one of the scan. Matches between others are left
out, and so is what is beyond the limits; the file says how many those are.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from clonescan.audit.policy import OPEN, ORDER
from clonescan.entities import Match, Place, Report, Repository, StandingName
from clonescan.report.escape import shorten, visible
from clonescan.report.interface import PLAIN, View
from clonescan.report.json import rounded
from clonescan.report.standing import MEANING, TITLES, fails
from clonescan.report.standing import facts as standing_facts
from clonescan.report.words import SELDOM, alike, chance, contained, counted, evidence, lines, origin

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

MOST_RESULTS = 5_000
"""How many results of a run GitHub takes in; it refuses a run with more than 25,000."""

LONGEST_NAME = 200
"""Characters of one name in a message: GitHub shows the first 1,000 or so of a message."""

ROOT = "%SRCROOT%"
"""The base of the first repository's paths: its root, wherever it was checked out; the name that CodeQL gives it."""

_CELL = re.compile(r"(?P<notebook>.+\.ipynb)#cell-[0-9]+", re.DOTALL)
_MEANING = {
    "identical": "The same but for layout and comments (Type-1).",
    "renamed": "The same in structure, with other names or other texts (Type-2).",
    "modified": "More than half of each side corresponds (Type-3).",
    "partial": "Less than half of at least one side corresponds.",
}
_HELP = (
    "A match is two places that correspond more than unrelated work would by chance. It has no direction and is no "
    "judgement: both sides may come from a third place, or from each other, with or without permission. Read both "
    "sides, the licences and the history before concluding anything. Evidence is in bits: what both sides share, "
    "weighed by how rare it is in the ecosystem."
)
_AUDIT_HELP = (
    "The audit compares a project with what it may have code from. Say in the file, the README or a NOTICE where it is "
    "from and keep the notices that its licence asks for; or give a reason in .clonescan.toml. This is no legal advice."
)
_LEVELS: dict[StandingName, str] = {
    "conflict": "error",
    "unattributed": "warning",
    "attributed": "none",
    "allowed": "note",
    "internal": "none",
}
"""What fails an audit is an error or a warning; what is as it should be is no problem at all."""

_ESCAPES = str.maketrans({"\\": "\\\\", "[": "\\[", "]": "\\]", "{": "{{", "}": "}}"})
"""What SARIF gives a meaning in messages: links (3.11.6) and placeholders (3.11.5)."""


def render(report: Report, _view: View = PLAIN) -> str:
    """Return one run as ASCII JSON, the strongest results first."""
    report = rounded(report)
    first = report.repositories[0].id if report.repositories else ""
    matches = [match for match in report.matches if first in (match.left.repository, match.right.repository)]
    shown = matches[:MOST_RESULTS]
    marks = _fingerprints(matches, first)
    run = {
        "tool": {"driver": _driver(report, shown)},
        "automationDetails": {"id": "clonescan/"},
        "originalUriBaseIds": {name: _base(row) for name, row in _bases(report).items()},
        "invocations": [_invocation(report, len(matches), len(shown))],
        "columnKind": "unicodeCodePoints",
        "results": [_result(report, match, first) | {"partialFingerprints": marks[match.id]} for match in shown],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, indent=1) + "\n"


def _driver(report: Report, matches: Sequence[Match]) -> dict[str, Any]:
    standings = {match.standing.name for match in matches if match.standing}
    kinds = sorted({(match.kind, match.clone_type) for match in matches if not match.standing})
    rules = [_standing_rule(name) for name in ORDER if name in standings]
    version = visible(report.tool.get("version", ""))
    return {"name": "clonescan", "version": version, "rules": [*rules, *(_rule(*of_kind) for of_kind in kinds)]}


def _standing_rule(name: StandingName) -> dict[str, Any]:
    meaning = f"{TITLES[name]}: {MEANING[name]}."
    severity = {"conflict": "error", "unattributed": "warning"}.get(name, "recommendation")
    return {
        "id": f"audit/{name}",
        "name": "".join(word.title() for word in TITLES[name].split()),
        "shortDescription": {"text": f"{TITLES[name]} match"},
        "fullDescription": {"text": meaning},
        "help": {"text": f"{meaning} {_AUDIT_HELP}", "markdown": f"**{meaning}** {_AUDIT_HELP}"},
        "defaultConfiguration": {"level": _LEVELS[name]},
        "properties": {"tags": ["provenance", "licence"], "problem.severity": severity},
    }


def _rule(kind: str, clone_type: str) -> dict[str, Any]:
    meaning = _MEANING[clone_type]
    return {
        "id": _rule_id(kind, clone_type),
        "name": "".join(re.findall("[A-Za-z0-9]+", f"{clone_type.title()} {kind.title()}")),
        "shortDescription": {"text": f"Matching {_escaped(kind)}, {clone_type}"},
        "fullDescription": {"text": f"A place in another repository corresponds. {meaning}"},
        "help": {"text": f"{meaning} {_HELP}", "markdown": f"**{meaning}** {_HELP}"},
        "defaultConfiguration": {"level": "note"},
        "properties": {"tags": ["clone", "provenance"], "problem.severity": "recommendation"},
    }


def _rule_id(kind: str, clone_type: str) -> str:
    return f"{quote(kind, safe='', errors='surrogatepass')}/{clone_type}"


def _bases(report: Report) -> dict[str, Repository]:
    names = [ROOT, *(f"REPOSITORY{number}" for number in range(2, len(report.repositories) + 1))]
    return dict(zip(names, report.repositories, strict=False))


def _base(repository: Repository) -> dict[str, Any]:
    """Return who a base is; where it was checked out is for the reader of the file to know, and for nobody else."""
    source = repository.source if "://" in repository.source else ""
    facts = (repository.id, source, f"commit {repository.commit}" if repository.commit else "")
    return {"description": {"text": _escaped(", ".join(fact for fact in facts if fact))}}


def _invocation(report: Report, matches: int, shown: int) -> dict[str, Any]:
    notes = []
    if shown < matches:
        notes.append(f"The strongest {shown:,} of {matches:,} matches are in this file.")
    if len(report.matches) > matches:
        others = counted(len(report.matches) - matches, "match", "matches")
        notes.append(f"{others} between other repositories than the first are not in this file.")
    notifications = [{"level": "note", "message": {"text": note}} for note in notes]
    return {"executionSuccessful": True, "toolExecutionNotifications": notifications}


def _result(report: Report, match: Match, first: str) -> dict[str, Any]:
    own, other = _ends(match, first)
    return {
        "ruleId": f"audit/{match.standing.name}" if match.standing else _rule_id(match.kind, match.clone_type),
        **_state(report, match),
        "message": {"text": _message(match, own, other)},
        "locations": [_location(report, own)],
        "relatedLocations": [_location(report, other) | {"id": 1, "message": {"text": _named(other)}}],
        "properties": _properties(match),
    }


def _ends(match: Match, first: str) -> tuple[Place, Place]:
    """Return the side in the first repository, and the other one."""
    return (match.left, match.right) if match.left.repository == first else (match.right, match.left)


def _fingerprints(matches: Sequence[Match], first: str) -> dict[str, dict[str, str]]:
    """Return by match id what stays the same when code moves to other lines: the names of the two units.

    Several matches between units of these names are numbered by their lines, as GitHub numbers equal lines.
    """
    count: Counter[str] = Counter()
    found = {}
    for match in sorted(matches, key=lambda row: (*(end.start_line for end in _ends(row, first)), row.id)):
        own, other = _ends(match, first)
        names = (match.kind, own.path, own.unit, other.repository, other.path, other.unit)
        digest = sha256(repr(names).encode()).hexdigest()[:16]
        count[digest] += 1
        mark = f"{digest}:{count[digest]}"
        found[match.id] = {"clonescan/v1": mark, "primaryLocationLineHash": mark}
    return found


def _state(report: Report, match: Match) -> dict[str, Any]:
    """Return how much a result matters; what was decided about before is suppressed (3.27.23)."""
    standing = match.standing
    if standing is None or report.audit is None:
        return {"level": _level(match)}
    level = _LEVELS[standing.name] if fails(match, report.audit) or standing.name not in OPEN else "note"
    facts: dict[str, Any] = {"kind": "informational" if level == "none" else "fail", "level": level}
    reason = standing.reason if standing.name == "allowed" else "in the baseline" if standing.known else ""
    if reason:
        facts["suppressions"] = [{"kind": "external", "status": "accepted", "justification": visible(reason)}]
    return facts


def _level(match: Match) -> str:
    """Return "warning" where neither chance nor a known third place explains a match, else "note"."""
    explained = match.expected_by_chance >= SELDOM or match.common_origin or match.runner_up
    return "note" if explained else "warning"


def _message(match: Match, own: Place, other: Place) -> str:
    facts = [f"{_escaped(match.kind)}, {alike(match)}", evidence(match), chance(match.expected_by_chance)]
    if contained(match):
        facts.append(contained(match))
    if match.common_origin:
        facts.append(_escaped(origin(match.common_origin)))
    facts += map(_escaped, standing_facts(match))
    link = f" ({_escaped(other.link)})" if other.link else ""
    return f"{_named(own)} corresponds to [{_named(other)}](1){link}: {'; '.join(facts)}."


def _named(place: Place) -> str:
    where = _escaped(place.path) + lines(place)
    return f"{_escaped(place.unit)} in {_escaped(place.repository)}, {where}"


def _location(report: Report, place: Place) -> dict[str, Any]:
    """Return where a place is; a notebook's cell has lines of its own, and stands at the beginning of its notebook."""
    cell = _CELL.fullmatch(place.path)
    base = next((name for name, row in _bases(report).items() if row.id == place.repository), None)
    artifact = {"uri": uri(cell["notebook"] if cell else place.path)} | ({"uriBaseId": base} if base else {})
    region = {"startLine": 1} if cell else {"startLine": place.start_line, "endLine": place.end_line}
    names = {"name": visible(place.unit), "fullyQualifiedName": visible(f"{place.path}#{place.unit}")}
    return {"physicalLocation": {"artifactLocation": artifact, "region": region}, "logicalLocations": [names]}


def uri(path: str) -> str:
    """Return a path as a URI reference that stays inside its base: %-encoded, no empty parts, nothing that leads up."""
    parts = [quote(part, safe="", errors="surrogatepass") for part in path.split("/") if part]
    return "/".join(part.replace(".", "%2E") if part in (".", "..") else part for part in parts)


def _properties(match: Match) -> dict[str, Any]:
    return {
        "similarity": match.similarity,
        "containment": {"left": match.containment.left, "right": match.containment.right},
        "evidence_bits": match.evidence_bits,
        "net_bits": match.net_bits,
        "expected_by_chance": match.expected_by_chance,
        "runner_up": match.runner_up,
        **({"standing": match.standing.name} if match.standing else {}),
        "renames": [
            {"left": visible(rename.left), "right": visible(rename.right), "count": rename.count}
            for rename in match.renames
        ],
    }


def _escaped(text: str) -> str:
    return shorten(visible(text), LONGEST_NAME).translate(_ESCAPES)
