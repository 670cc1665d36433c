"""The commands about reports that a scan saved as JSON: they show, convert, draw and compare them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from clonescan.cli.options import (
    CROSSED,
    DONE,
    CacheDir,
    Config,
    Formats,
    NoCache,
    Offline,
    Out,
    Quiet,
    Saved,
    Top,
    Verbose,
    a_file,
    storage,
)


def explain(
    report_file: Saved,
    match_id: Annotated[str, typer.Argument(metavar="MATCH_ID", help="Id of a match, or how it begins.")],
    out: Annotated[
        Path | None, typer.Option(parser=a_file, metavar="FILE", help="Write the explanation there.")
    ] = None,
    top: Top = 20,
    cache_dir: CacheDir = None,
    no_cache: NoCache = False,
    offline: Offline = False,
    config: Config = None,
    quiet: Quiet = False,
) -> int:
    """Show one match: both sides next to each other, which names became which, and what the evidence is."""
    from clonescan.configuration import resolve
    from clonescan.explain import explain as read_both
    from clonescan.report import progress, terminal
    from clonescan.report.explain import render
    from clonescan.report.json import read

    settings = resolve(storage(cache_dir, no_cache, offline), Path.cwd(), os.environ, config)
    if out is not None:
        terminal.check_writable(out)
    report = read(report_file)
    with progress.shown(not quiet) as tell:
        explanation = read_both(report, match_id, settings, tell)
    terminal.deliver(render, explanation, terminal.view(out, os.environ, top), out)
    return DONE


def report(
    report_file: Saved,
    formats: Formats = None,
    out: Out = None,
    html: Annotated[
        Path | None, typer.Option(parser=a_file, metavar="FILE", help="Write the page there; reads the sources.")
    ] = None,
    top: Top = 20,
    cache_dir: CacheDir = None,
    no_cache: NoCache = False,
    offline: Offline = False,
    config: Config = None,
    quiet: Quiet = False,
    verbose: Verbose = False,
) -> int:
    """Write a saved report in other formats, without scanning again."""
    from clonescan.configuration import resolve
    from clonescan.report import progress
    from clonescan.report.json import read
    from clonescan.report.output import check_apart, outputs, write_all, write_page
    from clonescan.results import Result

    settings = resolve(storage(cache_dir, no_cache, offline), Path.cwd(), os.environ, config)
    wanted = outputs(formats or ["text"], out) if formats or out or html is None else []
    check_apart(wanted, html)
    saved = read(report_file)
    write_all(Result(saved).shown, wanted, os.environ, top, verbose)
    if html is not None:
        with progress.shown(not quiet) as tell:
            write_page(saved, settings, tell, html)
    return DONE


def graph(
    report_file: Saved,
    out: Annotated[
        Path | None, typer.Option(parser=a_file, metavar="FILE.svg|FILE.png", help="Draw the graph there.")
    ] = None,
    top: Top = 10,
) -> int:
    """Draw the clone graph of a saved report, and say in short what is in it: families, hubs, the centre."""
    from clonescan.report import graph as text
    from clonescan.report import picture, terminal
    from clonescan.report.json import read
    from clonescan.summary import summary

    if out is not None:
        picture.check(out)
    saved = read(report_file)
    if out is not None:
        picture.save(saved, out)
    terminal.deliver(text.render, summary(saved), terminal.view(None, os.environ, top), None)
    return DONE


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD.json", help="The earlier report.")],
    new: Annotated[Path, typer.Argument(metavar="NEW.json", help="The later report.")],
    format_name: Annotated[str, typer.Option("--format", metavar="text|json", help="How it is written.")] = "text",
    out: Annotated[Path | None, typer.Option(parser=a_file, metavar="FILE", help="Write it there.")] = None,
    fail_on_new: Annotated[bool, typer.Option("--fail-on-new", help="Exit 1 if there is a new match.")] = False,
    top: Top = 20,
) -> int:
    """Compare two reports: which matches are new, gone or changed.

    Exit codes: 0 done; 1 there is a new match and --fail-on-new was given; 2 wrong usage.
    """
    from clonescan.diff import compare
    from clonescan.report import terminal
    from clonescan.report.diff import renderer
    from clonescan.report.json import read

    render = renderer(format_name)
    if out is not None:
        terminal.check_writable(out)
    difference = compare(read(old), read(new))
    terminal.deliver(render, difference, terminal.view(out, os.environ, top), out)
    return CROSSED if fail_on_new and difference.new else DONE
