"""The command line: parses the arguments, calls the API, chooses a report."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Sequence
from typing import Annotated

import typer
from typer.exceptions import TyperException

from clonescan import __version__
from clonescan.cli import auditing, background, index, saved, scanning
from clonescan.cli.options import DONE, with_default_index
from clonescan.errors import ClonescanError, UsageError

CRASHED, INTERRUPTED = 70, 130
"""Exit codes beside those of commands and errors. 70 is EX_SOFTWARE: a defect of ours is no threshold crossed."""

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""Errors of a disk that has no room for a user, wherever they come up."""

app = typer.Typer(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for command in (scanning.scan, auditing.audit, saved.explain, saved.report, saved.graph, saved.diff):
    app.command()(command)
app.add_typer(background.app, name="background")
app.add_typer(index.app, name="index")



def main() -> None:
    """Run the command line and exit with its code."""
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: PTH123, SIM115 - closed by whoever started us
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run the command line and return its exit code; what is wrong is one sentence on standard error."""
    try:
        return int(app(with_default_index(arguments), prog_name="clonescan", standalone_mode=False) or DONE)
    except ClonescanError as error:
        return _fail(str(error), error.exit_code)
    except TyperException as error:
        return _fail(error.format_message(), UsageError.exit_code)
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except Exception as error:
        if isinstance(error, OSError) and error.errno in FULL:
            from clonescan.report.terminal import let_go

            let_go()
            return _fail(f"Nothing more can be written: {error.strerror}.", UsageError.exit_code)
        traceback.print_exc()
        return CRASHED


def _fail(message: str, code: int) -> int:
    from clonescan.report.terminal import tell

    tell(message)
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
