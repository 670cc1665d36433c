"""The commands about the index of repositories."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from clonescan.cli.options import DONE, CacheDir, Config, Jobs, NoCache, Offline, OwnIndex, Quiet, a_file, storage

if TYPE_CHECKING:
    from clonescan.index import Outcome
    from clonescan.settings import Settings

app = typer.Typer(help="The index: repositories that a scan looks for common origins in.")

Names = Annotated[list[str] | None, typer.Argument(metavar="[NAMES]", help="Ids or sources, as `list` shows them.")]
Background = Annotated[str | None, typer.Option(metavar="default|PATH", help="What tells which features are rare.")]


@app.command("add")
def add(
    sources: Annotated[list[str] | None, typer.Argument(metavar="[SOURCES]", help="As `scan` takes them.")] = None,
    from_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Sources, one a line; `#` begins a comment.")
    ] = None,
    index: OwnIndex = None,
    background: Background = None,
    jobs: Jobs = None,
    cache_dir: CacheDir = None,
    no_cache: NoCache = False,
    offline: Offline = False,
    config: Config = None,
    quiet: Quiet = False,
) -> int:
    """Add repositories, or replace those that have changed; what is there and has not changed is passed over.

    Exit codes: 0 done; 2 wrong usage; 3 a repository could not be read.
    """
    from clonescan.errors import UsageError
    from clonescan.index import add as run
    from clonescan.index import listed
    from clonescan.report import progress

    wanted = [*(sources or []), *(listed(from_file) if from_file else [])]
    if not wanted:
        raise UsageError("Name sources to add, or a list of them with --from-file.")
    options = {"background": background, "jobs": jobs} | storage(cache_dir, no_cache, offline)
    settings = _settings(index, config, options)
    with progress.shown(not quiet) as tell:
        return _shown(run(wanted, settings, tell))


@app.command("update")
def update(
    names: Names = None,
    index: OwnIndex = None,
    background: Background = None,
    jobs: Jobs = None,
    cache_dir: CacheDir = None,
    no_cache: NoCache = False,
    offline: Offline = False,
    config: Config = None,
    quiet: Quiet = False,
) -> int:
    """Read the sources of all that is indexed, or of these, again; only what has changed or is outdated is made anew.

    Exit codes: 0 done; 2 wrong usage; 3 a repository could not be read.
    """
    from clonescan.index import update as run
    from clonescan.report import progress

    options = {"background": background, "jobs": jobs} | storage(cache_dir, no_cache, offline)
    settings = _settings(index, config, options)
    with progress.shown(not quiet) as tell:
        return _shown(run(names or [], settings, tell))


@app.command("list")
def list_(index: OwnIndex = None, background: Background = None, config: Config = None) -> int:
    """List what is indexed."""
    from clonescan.index import survey
    from clonescan.report import terminal
    from clonescan.report.index import render_list

    found = survey(_settings(index, config, {"background": background}))
    terminal.deliver(render_list, found, terminal.view(None, os.environ, 0), None)
    return DONE


@app.command("stats")
def stats(index: OwnIndex = None, background: Background = None, config: Config = None) -> int:
    """Show how much is indexed."""
    from clonescan.index import survey
    from clonescan.report import terminal
    from clonescan.report.index import render_stats

    found = survey(_settings(index, config, {"background": background}))
    terminal.deliver(render_stats, found, terminal.view(None, os.environ, 0), None)
    return DONE


@app.command("remove")
def remove(
    names: Annotated[list[str], typer.Argument(metavar="NAMES", help="Ids or sources, as `list` shows them.")],
    index: OwnIndex = None,
    config: Config = None,
) -> int:
    """Take repositories out of the index."""
    from clonescan.index import remove as run

    run(names, _settings(index, config, {}))
    return DONE


@app.command("export")
def export(
    out: Annotated[Path, typer.Argument(parser=a_file, metavar="FILE", help="Write them there.")],
    names: Names = None,
    index: OwnIndex = None,
    background: Background = None,
    config: Config = None,
) -> int:
    """Write what is indexed, or only these, into one file for `import`."""
    from clonescan.index import export as run
    from clonescan.report import terminal

    terminal.check_writable(out)
    for sentence in run(out, names or [], _settings(index, config, {"background": background})):
        terminal.show(f"left out   {sentence}\n")
    return DONE


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `export` wrote, here or elsewhere.")],
    index: OwnIndex = None,
    background: Background = None,
    config: Config = None,
) -> int:
    """Add what an exported index holds; it may come from a stranger.

    Exit codes: 0 done; 2 wrong usage; 3 something in it could not be added.
    """
    from clonescan.index import bring_in

    return _shown(bring_in(file, _settings(index, config, {"background": background})))


def _settings(index: str | None, config: Path | None, options: dict[str, object]) -> Settings:
    from clonescan.configuration import resolve

    return resolve(options | {"index": index}, Path.cwd(), os.environ, config)


def _shown(outcomes: Iterable[Outcome]) -> int:
    """Print what becomes of each source as soon as it is known, and return the exit code."""
    from clonescan.errors import SourceError
    from clonescan.report import terminal
    from clonescan.report.index import render_outcome

    code = DONE
    for outcome in outcomes:
        terminal.show(render_outcome(outcome))
        code = SourceError.exit_code if outcome.what == "failed" else code
    return code
