"""The command that audits a project of one's own."""

from __future__ import annotations

import gc
import os
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from clonescan.cli.options import (
    CROSSED,
    DONE,
    Background,
    CacheDir,
    Config,
    EmbedSource,
    Exclude,
    Formats,
    Jobs,
    NoCache,
    Offline,
    Out,
    Page,
    Quiet,
    Top,
    Verbose,
    a_file,
    storage,
)


def audit(
    paths: Annotated[
        list[str] | None,
        typer.Argument(metavar="[PROJECT]", help="The project: a folder, or anything that scan takes; . if not given."),
    ] = None,
    against: Annotated[
        list[str] | None,
        typer.Option(metavar="SOURCE", help="Compare with this, not with installed packages; may be given again."),
    ] = None,
    environment: Annotated[
        str | None, typer.Option(metavar="PATH", help="Compare with the packages of this Python environment.")
    ] = None,
    index: Annotated[
        str | None, typer.Option(metavar="PATH|default", help="Compare with this index, not with installed packages.")
    ] = None,
    since: Annotated[
        str, typer.Option(metavar="REF", help="Only matches that touch lines changed since this commit or branch.")
    ] = "",
    changed: Annotated[
        bool, typer.Option("--changed", help="The arguments are changed files of the project here, nothing else.")
    ] = False,
    fail_at: Annotated[
        float | None, typer.Option(metavar="BITS", help="Evidence from which what is open fails the audit.")
    ] = None,
    internal: Annotated[
        bool, typer.Option("--internal", help="Find what the project has twice in itself, too.")
    ] = False,
    license: Annotated[
        str | None, typer.Option(metavar="SPDX", help="The project's licence, in place of what its files state.")
    ] = None,
    baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="What is in there is no news and does not fail the audit.")
    ] = None,
    update_baseline: Annotated[
        bool, typer.Option("--update-baseline", help="Write all that is open now to the baseline.")
    ] = False,
    notice: Annotated[
        Path | None,
        typer.Option(parser=a_file, metavar="FILE", help="Write the NOTICE text that would settle it there."),
    ] = None,
    init: Annotated[bool, typer.Option("--init", help="Write a .clonescan.toml with comments, and stop.")] = False,
    formats: Formats = None,
    out: Out = None,
    page: Page = None,
    embed_source: EmbedSource = False,
    top: Top = 20,
    exclude: Exclude = None,
    background: Background = None,
    jobs: Jobs = None,
    cache_dir: CacheDir = None,
    no_cache: NoCache = False,
    offline: Offline = False,
    config: Config = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Audit a project: what of it is elsewhere, under which licence, and whether it says so.

    Exit codes: 0 done; 1 something is unattributed or in conflict at --fail-at bits or more, neither allowed nor in the
    baseline; 2 wrong usage; 3 a repository could not be read.
    """
    from clonescan.audit.policy import fails
    from clonescan.audit.scope import scope
    from clonescan.configuration import policy, resolve
    from clonescan.report import progress, terminal
    from clonescan.report.output import check_apart, outputs, write_all, write_page

    project = scope(paths or [], since, changed)
    if init:
        from clonescan.audit.starter import start

        terminal.show(f"{start(project.folder)}\n")
        return DONE
    options = {"exclude": exclude or None, "background": background, "embed_source": embed_source or None, "jobs": jobs}
    stored = storage(cache_dir, no_cache, offline)
    settings = resolve(options | stored, Path.cwd(), os.environ, config, project.folder)
    asked = {
        "against": against or None,
        "environment": environment,
        "index": index,
        "fail_at": fail_at,
        "internal": internal or None,
        "license": license,
        "baseline": baseline,
    }
    chosen = policy(asked, Path.cwd(), project.folder, config)
    wanted = outputs(formats or ["text"], out)
    check_apart(wanted, page, notice)

    from clonescan.audit.notices import notices
    from clonescan.results import audit as compare

    gc.disable()  # as for a scan
    with progress.shown(not quiet) as tell:
        result = compare(project, chosen, settings, tell, date.today(), update_baseline)
        if page is not None:
            write_page(result.report, settings, tell, page)
        if notice is not None:
            terminal.write(notices(result.report, settings, tell), notice)
    write_all(result.shown, wanted, os.environ, top, verbose)
    return CROSSED if fails(result.report) else DONE
