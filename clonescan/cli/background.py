"""The commands about the ecosystem's document frequencies."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from clonescan.cli.options import DONE, CacheDir, Config, Jobs, Offline, a_file, storage

app = typer.Typer(help="The ecosystem's document frequencies.")


@app.command("build")
def build(
    packages: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Sources, one a line; the list of the shipped one if not given.")
    ] = None,
    out: Annotated[
        Path, typer.Option(parser=a_file, metavar="FILE", help="Write the background there.")
    ] = Path("background.bin"),
    jobs: Jobs = None,
    cache_dir: CacheDir = None,
    offline: Offline = False,
    config: Config = None,
) -> int:
    """Build a background from packages, without executing any of them."""
    from clonescan.background.packages import LIST, build_from
    from clonescan.background.store import save
    from clonescan.configuration import resolve
    from clonescan.report import terminal

    options = {"jobs": jobs} | storage(cache_dir, False, offline)
    settings = resolve(options, Path.cwd(), os.environ, config)
    terminal.check_writable(out)
    save(build_from(packages or LIST, settings), out)
    return DONE
