"""Keeps finished reports by all that they depend on: where nothing changed, the answer is the same."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import fields
from datetime import date
from functools import cached_property
from hashlib import blake2b
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING

from clonescan import background
from clonescan.audit import baseline
from clonescan.audit.policy import OPEN, Policy, judged
from clonescan.audit.scope import Scope
from clonescan.entities import Report
from clonescan.kinds import version
from clonescan.kinds.cache import ReportCache
from clonescan.kinds.code.symbols import Symbols
from clonescan.kinds.held import Held, opened
from clonescan.report.interface import Renderer, View
from clonescan.report.json import load, render, rounded, written
from clonescan.settings import Settings
from clonescan.sources.cache import cache_folder
from clonescan.sources.interface import Progress, no_progress

if TYPE_CHECKING:
    from clonescan.audit.others import Others
    from clonescan.audit.project import Project

DEFAULTS = Settings()

WITHOUT_EFFECT = frozenset({"cache_dir", "use_cache", "offline", "jobs", "allow_http"})
"""Settings that say how a scan is done and not what comes of it; any other one is part of the key."""

LIBRARIES = ("numpy", "rapidfuzz", "tree-sitter")
"""What computes and is not ours: another version may order or align what is equally good in another way."""


class Result:
    """A report and the same as JSON, either made of the other when somebody asks; `opened` are its repositories."""

    def __init__(self, report: Report | None = None, json: str = "", opened: Sequence[Held] = ()) -> None:
        self.opened = opened
        if report is not None:
            self.report = report
        if json:
            self.json = json

    @cached_property
    def report(self) -> Report:
        """The report, its numbers rounded as JSON states them."""
        return load(self.json)

    @cached_property
    def json(self) -> str:
        """The report, whose numbers are rounded, as JSON."""
        return written(self.report)

    def shown(self, renderer: Renderer, view: View) -> str:
        """The report as a renderer writes it."""
        return self.json if renderer is render else renderer(self.report, view)


def scan(sources: Sequence[str], settings: Settings = DEFAULTS, progress: Progress = no_progress) -> Result:
    """Compare every pair of these sources, or say again what came of it when they were the same.

    Raises UsageError, SourceError or BackgroundError.
    """
    with ReportCache(cache_folder(settings, "reports") if settings.use_cache else None) as cache:
        program = _program(settings)
        snapshots = opened(sources, settings, progress)
        key = _key(program, snapshots)
        for packed in cache.get([key]).values():
            return Result(json=zlib.decompress(packed).decode(), opened=snapshots)
        from clonescan.scan import compare  # loads what a known result does without

        found = Result(rounded(compare(snapshots, settings, progress)), opened=snapshots)
        if cache.connection and not any(snapshot.lost for snapshot in snapshots):
            # The licence of a remote repository may be known by now, and is part of the key.
            cache.put([(_key(program, snapshots), zlib.compress(found.json.encode(), 1))])
        return found


def audit(
    scope: Scope,
    policy: Policy,
    settings: Settings = DEFAULTS,
    progress: Progress = no_progress,
    today: date | None = None,
    update_baseline: bool = False,
) -> Result:
    """Compare a project with what the policy says, or say again what came of it when everything was the same.

    `today`, if not now, decides which allowances have expired. Raises UsageError, SourceError or BackgroundError.
    """
    known = baseline.chosen(policy.baseline, update_baseline, whole=not scope.since and scope.changed is None)
    report = _audited(scope, policy, settings, progress)
    found = judged(report, policy, known, today or date.today())
    if update_baseline and policy.baseline:
        current = baseline.baseline([row for row in found.matches if row.standing and row.standing.name in OPEN])
        baseline.write(current, policy.baseline)
        found = judged(report, policy, current, today or date.today())
    return Result(found)


def _audited(scope: Scope, policy: Policy, settings: Settings, progress: Progress) -> Report:
    """What an audit finds before the project's own policy is looked at."""
    from clonescan.audit.others import others
    from clonescan.audit.project import open_project

    with ReportCache(cache_folder(settings, "reports") if settings.use_cache else None) as cache:
        program = _program(settings)
        project = open_project(scope, policy.license, settings, progress)
        rest = others(project, policy, settings, progress)
        key = _audit_key(program, project, rest, policy)
        for packed in cache.get([key]).values():
            return load(zlib.decompress(packed).decode())
        from clonescan.audit.pipeline import audit as compare

        report = rounded(compare(project, rest, policy, settings, progress))
        if cache.connection and not project.compared.lost and not rest.lost:
            cache.put([(key, zlib.compress(written(report).encode(), 1))])
        return report


def _audit_key(program: str, project: Project, others: Others, policy: Policy) -> str:
    from clonescan.evidence.attribution import states

    documents = {path: _digest(text) for path, text in sorted(project.texts.some(states).items())}
    facts = program, project.own, project.compared.state, project.changes, documents, others.state, policy.internal
    return _digest(repr(facts).encode("utf-8", "surrogatepass"))


def _key(program: str, snapshots: Sequence[Held]) -> str:
    return _digest(repr((program, [snapshot.state for snapshot in snapshots])).encode("utf-8", "surrogatepass"))


def _program(settings: Settings) -> str:
    """All that a report depends on beside the repositories. Raises BackgroundError if there is no background file."""
    chosen = [(field.name, getattr(settings, field.name)) for field in fields(settings)]
    wanted = [(name, value) for name, value in chosen if name not in WITHOUT_EFFECT]
    libraries = [metadata.version(name) for name in LIBRARIES]
    beside = background.digest(settings.background), _index(settings)
    return repr((wanted, libraries, version(Symbols()), beside, _code()))


def _index(settings: Settings) -> str:
    """A hash of what is in the index that a scan asks. Raises UsageError if there is none."""
    if not settings.index:
        return ""
    from clonescan.index.folder import index_folder, state

    return state(index_folder(settings))


def _code() -> str:
    """A hash of clonescan itself, so that no change of it is ever answered with an older report."""
    folder = Path(__file__).parent
    parts = sorted(path for suffix in ("py", "toml") for path in folder.rglob(f"*.{suffix}"))
    return _digest(b"\0".join(path.read_bytes() for path in parts))


def _digest(data: bytes) -> str:
    return blake2b(data, digest_size=20).hexdigest()
