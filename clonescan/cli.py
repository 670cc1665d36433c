"""The command line: parses the arguments, calls the API, chooses a report."""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from typer.exceptions import TyperException

from clonescan import __version__
from clonescan.errors import ClonescanError, UsageError

if TYPE_CHECKING:
    from clonescan.entities import Report
    from clonescan.settings import Settings
    from clonescan.sources.interface import Progress

DONE, CROSSED, CRASHED, INTERRUPTED = 0, 1, 70, 130
"""Exit codes; those of errors are theirs. 70 is EX_SOFTWARE: a defect of ours is no threshold crossed."""

app = typer.Typer(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

background_app = typer.Typer(help="The ecosystem's document frequencies.")
app.add_typer(background_app, name="background")

Config = Annotated[Path | None, typer.Option(metavar="FILE", help="Settings, instead of .clonescan.toml.")]
CacheDir = Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where fetched objects and results are kept.")]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Keep nothing beyond this run.")]
Offline = Annotated[bool, typer.Option("--offline", help="Never touch the network.")]
Top = Annotated[int, typer.Option(min=0, metavar="N", help="How many rows of each kind to list.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]


def main() -> None:
    """Run the command line and exit with its code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code; what is wrong is one sentence on standard error."""
    try:
        return int(app(list(arguments), prog_name="clonescan", standalone_mode=False) or DONE)
    except ClonescanError as error:
        return _fail(str(error), error.exit_code)
    except TyperException as error:
        return _fail(error.format_message(), UsageError.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except Exception:
        traceback.print_exc()
        return CRASHED


def _fail(message: str, code: int) -> int:
    from clonescan.report.escape import visible

    print(f"clonescan: {visible(message)}", file=sys.stderr)
    return code


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"clonescan {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """Tells whether one machine-learning repository shares code with another, with evidence to check."""
    if context.invoked_subcommand is None:
        typer.echo(context.get_help())
        raise typer.Exit(UsageError.exit_code)


@app.command()
def scan(
    sources: Annotated[
        list[str] | None,
        typer.Argument(metavar="SOURCES", help="Two or more: a URL, a folder, an archive, pypi:NAME, hf:ORG/MODEL."),
    ] = None,
    format_name: Annotated[
        str, typer.Option("--format", metavar="text|json|graphml", help="How the report is written.")
    ] = "text",
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the report there.")] = None,
    page: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Write a page to look at there, too: report.html.")
    ] = None,
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
    exclude: Annotated[
        list[str] | None, typer.Option(metavar="GLOB", help="Leave these paths out; may be given again.")
    ] = None,
    background: Annotated[
        str | None, typer.Option(metavar="default|none|PATH", help="Where the weights come from.")
    ] = None,
    jobs: Annotated[int | None, typer.Option(metavar="N", help="Processes; 0 for one a processor.")] = None,
    cache_dir: CacheDir = None,
    no_cache: NoCache = False,
    offline: Offline = False,
    config: Config = None,
    quiet: Quiet = False,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="List every skipped file.")] = False,
) -> int:
    """Compare repositories: how much of each has a counterpart in the other, and where.

    Exit codes: 0 done; 1 --fail-on was reached; 2 wrong usage; 3 a repository could not be read.
    """
    from clonescan import report
    from clonescan.configuration import resolve, share
    from clonescan.graph import highest_overlap
    from clonescan.report import progress, terminal

    options = {
        "min_similarity": min_similarity,
        "min_evidence": min_evidence,
        "include_runners_up": runners_up or None,
        "exclude": exclude or None,
        "background": background,
        "jobs": jobs,
    }
    settings = resolve(options | _storage(cache_dir, no_cache, offline), Path.cwd(), os.environ, config)
    threshold = None if fail_on is None else share(fail_on)
    render = report.renderer(format_name)
    for file in (out, page):
        if file is not None:
            terminal.check_writable(file)

    from clonescan.scan import scan as compare

    gc.disable()  # what a scan makes lives to its end: looking for garbage is a tenth of the time and finds none
    with progress.shown(not quiet) as tell:
        result = compare(sources or [], settings, tell)
        if page is not None:
            _write_page(result, settings, tell, page)
    terminal.deliver(render, result, terminal.view(out, os.environ, top, verbose), out)
    return CROSSED if threshold is not None and highest_overlap(result) >= threshold else DONE


def _write_page(result: Report, settings: Settings, tell: Progress, file: Path) -> None:
    """Write the report as a page with the source of its matches."""
    from clonescan.explain import both_sides
    from clonescan.report import terminal
    from clonescan.report.html import Page, render

    sides = both_sides(result, settings, tell)
    tell("Writing the page", 0, None)
    terminal.write(render(Page(result, sides)), file)


@app.command()
def explain(
    report_file: Annotated[Path, typer.Argument(metavar="REPORT.json", help="What scan --format json wrote.")],
    match_id: Annotated[str, typer.Argument(metavar="MATCH_ID", help="Id of a match, or how it begins.")],
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the explanation there.")] = None,
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

    settings = resolve(_storage(cache_dir, no_cache, offline), Path.cwd(), os.environ, config)
    if out is not None:
        terminal.check_writable(out)
    report = read(report_file)
    with progress.shown(not quiet) as tell:
        explanation = read_both(report, match_id, settings, tell)
    terminal.deliver(render, explanation, terminal.view(out, os.environ, top), out)
    return DONE


@background_app.command("build")
def background_build(
    packages: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Sources, one a line; the list of the shipped one if not given.")
    ] = None,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Write the background there.")] = Path("background.bin"),
    jobs: Annotated[int | None, typer.Option(metavar="N", help="Processes; 0 for one a processor.")] = None,
    cache_dir: CacheDir = None,
    offline: Offline = False,
    config: Config = None,
) -> int:
    """Build a background from packages, without executing any of them."""
    from clonescan.background.packages import LIST, build_from
    from clonescan.background.store import save
    from clonescan.configuration import resolve
    from clonescan.report import terminal

    options = {"jobs": jobs} | _storage(cache_dir, False, offline)
    settings = resolve(options, Path.cwd(), os.environ, config)
    terminal.check_writable(out)
    save(build_from(packages or LIST, settings), out)
    return DONE


def _storage(cache_dir: Path | None, no_cache: bool, offline: bool) -> dict[str, object]:
    return {"cache_dir": cache_dir, "use_cache": False if no_cache else None, "offline": offline or None}
