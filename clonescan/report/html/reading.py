"""What a reader needs to judge the page and to make it again: chance, settings, commits, and the command."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

from clonescan.entities import Match, Report, Repository
from clonescan.errors import UsageError
from clonescan.report.words import background, hidden, index
from clonescan.settings import Settings
from clonescan.sources.address import GitAddress, parse

OPTIONS = {"min_similarity": "--min-similarity", "min_evidence": "--min-evidence", "exclude": "--exclude"}
"""Settings that the command states as an option with a value; the others it has as a switch, or not at all."""


@dataclass(frozen=True, slots=True)
class Chance:
    """Of the matches of a pair, how many chance alone would bring."""

    pair: str
    matches: int
    expected: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The facts below the explanations."""

    tool: str
    chances: list[Chance]
    repositories: tuple[Repository, ...]
    settings: list[tuple[str, str]]
    background: str
    command: str


def reading(report: Report) -> Reading:
    """Return what the numbers rest on."""
    return Reading(
        tool=f"{report.tool.get('name', 'clonescan')} {report.tool.get('version', '')}".strip(),
        chances=_chances(report),
        repositories=report.repositories,
        settings=_settings(report),
        background="; ".join([background(report), *hidden(report)]),
        command=_command(report),
    )


def _chances(report: Report) -> list[Chance]:
    """Return for each pair what chance brings: as many matches as strong as its weakest one."""
    pairs = defaultdict[tuple[str, str], list[Match]](list)
    for match in report.matches:
        pairs[match.left.repository, match.right.repository].append(match)
    return [
        Chance(f"{left} and {right}", len(matches), _amount(max(match.expected_by_chance for match in matches)))
        for (left, right), matches in pairs.items()
    ]


def _amount(expected: float) -> str:
    return "less than 0.01" if expected < 0.01 else f"about {float(f'{expected:.2g}'):,.16g}"


def _settings(report: Report) -> list[tuple[str, str]]:
    plain = {name: value for name, value in report.parameters.items() if not isinstance(value, dict)}
    told = [("index", "; ".join(index(report)))] if "index" in report.parameters else []
    return [*((name, _value(value)) for name, value in plain.items()), *told]


def _value(value: Any) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value)) or "none"
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)


def _command(report: Report) -> str:
    """Return the command that makes this page again; git repositories at the commits that were read."""
    default, parts = Settings(), ["clonescan", *_compared(report)]
    for field in fields(Settings):
        value = report.parameters.get(field.name)
        if field.name in OPTIONS and value not in (None, getattr(default, field.name), []):
            for single in value if isinstance(value, list | tuple) else [value]:
                parts += [OPTIONS[field.name], str(single)]
    if report.parameters.get("include_runners_up"):
        parts.append("--all")
    background = report.parameters.get("background")
    if isinstance(background, Mapping) and background.get("name") not in (None, default.background):
        parts += ["--background", str(background["name"])]
    asked = report.parameters.get("index")
    if isinstance(asked, Mapping):
        parts.append("--index" if asked.get("name") == "default" else f"--index={asked.get('name')}")
    return shlex.join([*parts, "--report", "report.html"])


def _compared(report: Report) -> Iterator[str]:
    """Yield the command and what it compares."""
    if report.audit is None:
        yield from ("scan", *map(_source, report.repositories))
        return
    yield from ("audit", _source(report.repositories[0]))
    asked = report.parameters.get("audit")
    asked = asked if isinstance(asked, Mapping) else {}
    for source in asked.get("against") or ():
        yield from ("--against", str(source))
    if asked.get("environment"):
        yield from ("--environment", str(asked["environment"]))
    if asked.get("index"):
        yield from ("--index", str(asked["index"]))
    if report.audit.since:
        yield from ("--since", report.audit.since)
    if asked.get("internal"):
        yield "--internal"


def _source(repository: Repository) -> str:
    try:
        address = parse(repository.source)
    except UsageError:
        return repository.source
    if not isinstance(address, GitAddress) or not repository.commit or address.tree:
        return repository.source
    return f"{repository.source.removesuffix(f'@{address.ref}')}@{repository.commit}"
