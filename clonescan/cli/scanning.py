"""The command that compares repositories."""

from __future__ import annotations

import gc
import os
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
    ThirdsIndex,
    Top,
    Verbose,
    storage,
)


def scan(
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="SOURCES", help="Two or more: a URL, a folder, an archive, pypi:NAME, hf:ORG/MODEL."),
    ] = None,
    formats: Formats = None,
    out: Out = None,
    page: Page = None,
    embed_source: EmbedSource = False,
    min_similarity: Annotated[
        float | None, typer.Option(metavar="SHARE", help="Hide matches below this similarity, 0 to 1.")
    ] = None,
    min_evidence: Annotated[float | None, typer.Option(metavar="BITS", help="Hide matches with less evidence.")] = None,
    top: Top = 20,
    runners_up: Annotated[
        bool, typer.Option("--all", help="Report the matches that a better one explains, too.")
    ] = False,
    fail_on: Annotated[
        str | None, typer.Option(metavar="OVERLAP", help="Exit 1 if an overlap is at least this: 0.3 or 30%.")
    ] = None,
    exclude: Exclude = None,
    background: Background = None,
    index: ThirdsIndex = None,
    jobs: Jobs = None,
    cache_dir: CacheDir = None,
    no_cache: NoCache = False,
    offline: Offline = False,
    config: Config = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Compare repositories: how much of each has a counterpart in the other, and where.

    Exit codes: 0 done; 1 --fail-on was reached; 2 wrong usage; 3 a repository could not be read.
    """
    from clonescan.configuration import resolve, share
    from clonescan.graph import highest_overlap
    from clonescan.report import progress, terminal
    from clonescan.report.output import check_apart, outputs, write_all, write_page
    from clonescan.report.words import crossing

    options = {
        "min_similarity": min_similarity,
        "min_evidence": min_evidence,
        "include_runners_up": runners_up or None,
        "exclude": exclude or None,
        "background": background,
        "index": index,
        "embed_source": embed_source or None,
        "jobs": jobs,
    }
    settings = resolve(options | storage(cache_dir, no_cache, offline), Path.cwd(), os.environ, config)
    threshold = None if fail_on is None else share(fail_on)
    wanted = outputs(formats or ["text"], out)
    check_apart(wanted, page)

    from clonescan.results import scan as compare

    gc.disable()  # what a scan makes lives to its end: looking for garbage is a tenth of the time and finds none
    with progress.shown(not quiet) as tell:
        result = compare(sources or [], settings, tell)
        if page is not None:
            write_page(result.report, settings, tell, page, result.opened)
    write_all(result.shown, wanted, os.environ, top, verbose)
    gc.freeze()  # nor at the end of the process
    highest = highest_overlap(result.report) if threshold is not None else None
    if threshold is None or highest is None or round(highest.overlap, 4) < threshold:
        return DONE
    terminal.tell(f"--fail-on {fail_on} is reached: {crossing(highest)}.")
    return CROSSED
