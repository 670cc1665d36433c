"""How the matches of an audit stand, in words: the same in every format that people read."""

from __future__ import annotations

from collections.abc import Iterator

from clonescan.audit.policy import ORDER, failing
from clonescan.entities import Audit, Match, Report, Standing, StandingName
from clonescan.report.words import bits, counted

MEANING: dict[StandingName, str] = {
    "conflict": "a licence does not permit it, or asks for what is missing",
    "unattributed": "nothing here says where it is from",
    "attributed": "the project says where it is from",
    "allowed": "the config file gives a reason",
    "internal": "the project has it twice",
}
"""What each standing says of a match."""

TITLES: dict[StandingName, str] = {
    "conflict": "Licence conflict",
    "unattributed": "Unattributed",
    "attributed": "Attributed",
    "allowed": "Allowed",
    "internal": "Internal",
}

MOST_ALSO = 3
"""Other places of a match that are named one by one."""


def groups(report: Report) -> Iterator[tuple[StandingName, list[Match]]]:
    """Yield the matches of each standing that there is, the most important standing first, then the strongest match."""
    for name in ORDER:
        found = [match for match in report.matches if match.standing and match.standing.name == name]
        if found:
            yield name, sorted(found, key=lambda match: (-match.evidence_bits, match.id))


def stated(standing: Standing) -> str:
    """Return where the project names the origin, and what of it; "" if it does nowhere."""
    found = standing.attribution
    return f"attributed at {found.path}:{found.line}, which names {found.names} ({found.how})" if found else ""


def licences(standing: Standing) -> str:
    """Return both licences."""
    return f"theirs {standing.their_license or 'unknown'}, ours {standing.our_license or 'unknown'}"


def also(standing: Standing) -> str:
    """Return which other repositories hold the same; "" if none does."""
    names = list(dict.fromkeys(place.repository for place in standing.also))
    rest = len(names) - MOST_ALSO
    return ", ".join(names[:MOST_ALSO]) + (f" and {counted(rest, 'other')}" if rest > 0 else "")


def remark(standing: Standing) -> str:
    """Return what was decided about a match before; "" if nothing."""
    if standing.expires:
        return f"allowed until {standing.expires}"
    return "in the baseline" if standing.known else ""


def facts(match: Match) -> Iterator[str]:
    """Yield how a match of an audit stands, a line a fact; nothing for a match of a scan."""
    standing = match.standing
    if standing is None:
        return
    yield f"{TITLES[standing.name]}: {MEANING[standing.name]}"
    if standing.name != "internal":
        yield f"licences: {licences(standing)}"
    for words in (stated(standing), standing.reason, asked(standing), remark(standing)):
        if words:
            yield words
    if standing.also:
        yield f"also in {also(standing)}"


def asked(standing: Standing) -> str:
    """Return what of what their licence asks for is missing, and where it is written; "" if nothing is."""
    if not standing.missing:
        return ""
    return f"missing: {', '.join(standing.missing)}" + (f" ({standing.source})" if standing.source else "")


def fails(match: Match, audit: Audit) -> bool:
    """Return whether a match makes the audit fail."""
    return failing(match, audit.fail_at)


def verdict(report: Report) -> str:
    """Return in one sentence what came of an audit."""
    assert report.audit is not None
    failed = sum(row.failing for row in report.audit.tally)
    beyond = f"at {bits(report.audit.fail_at)} bits or more"
    if failed:
        noun = counted(failed, "match", "matches")
        return f"The audit fails: {noun} unattributed or in conflict {beyond}, neither allowed nor in the baseline."
    if not report.matches:
        return "The audit passes: nothing corresponds beyond what everyone shares."
    return f"The audit passes: nothing {beyond} is unattributed or in conflict that is not allowed or in the baseline."


def scope(audit: Audit) -> str:
    """Return what was compared with what."""
    part = f"what changed since {audit.since[:10]} with " if audit.since else ""
    return f"compared {part}{audit.against}"
