"""The options and exit codes that several commands share."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import typer

from clonescan.errors import UsageError

DONE, CROSSED = 0, 1
"""Exit codes of commands; 1 means that something the user asked to be told of is so."""


def a_file(text: str | Path) -> Path:
    """The path of a file to be written; raises UsageError if it is written as that of a folder."""
    if str(text).endswith("/"):
        raise UsageError(f'"{text}" is the path of a folder; name a file in it.')
    return Path(text)


Config = Annotated[Path | None, typer.Option(metavar="FILE", help="Settings, instead of .clonescan.toml.")]
CacheDir = Annotated[Path | None, typer.Option(metavar="FOLDER", help="Where fetched objects and results are kept.")]
NoCache = Annotated[bool, typer.Option("--no-cache", help="Keep nothing beyond this run.")]
Offline = Annotated[bool, typer.Option("--offline", help="Never touch the network.")]
Formats = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        metavar="NAME",
        help="text, json, markdown, csv, sarif, graphml, gexf, dot or node-link; may be given again.",
    ),
]
Out = Annotated[str | None, typer.Option(metavar="FILE|FOLDER", help="Write there; a folder for several formats.")]
Page = Annotated[
    Path | None,
    typer.Option("--report", parser=a_file, metavar="FILE", help="Write a page to look at there, too: report.html."),
]
EmbedSource = Annotated[
    bool, typer.Option("--embed-source", help="Keep the text of both sides of every match in the JSON.")
]
Exclude = Annotated[list[str] | None, typer.Option(metavar="GLOB", help="Leave these paths out; may be given again.")]
Background = Annotated[str | None, typer.Option(metavar="default|none|PATH", help="Where the weights come from.")]
Jobs = Annotated[int | None, typer.Option(metavar="N", help="Processes; 0 for one a processor.")]
Saved = Annotated[Path, typer.Argument(metavar="REPORT.json", help="What scan --format json wrote.")]
ThirdsIndex = Annotated[
    str | None,
    typer.Option("--index", metavar="[FOLDER]", help="Look for common origins in the index, the user's or this one."),
]
OwnIndex = Annotated[
    str | None, typer.Option("--index", metavar="FOLDER", help="The index to use instead of the user's own.")
]
Top = Annotated[int, typer.Option(min=0, metavar="N", help="How many rows of each kind to list.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="List every skipped file.")]


def with_default_index(arguments: Sequence[str]) -> list[str]:
    """The arguments with `--index` that nothing follows meaning the user's own index; typer asks for a value."""
    return [
        f"{argument}=default" if argument == "--index" and (not after or after.startswith("-")) else argument
        for argument, after in pairwise([*arguments, ""])
    ]


def storage(cache_dir: Path | None, no_cache: bool, offline: bool) -> dict[str, object]:
    """Return the settings that say what may be kept and fetched."""
    return {"cache_dir": cache_dir, "use_cache": False if no_cache else None, "offline": offline or None}
