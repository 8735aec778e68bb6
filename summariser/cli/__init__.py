"""The command line: parse, call, print, exit code.

Exit codes: 0 all went well; 1 a document or the whole job failed; 2 the command, an input or the configuration is
wrong; 130 interrupted; 141 the reader of standard output went away.

``--help`` has to answer at once, so nothing heavy is imported before a command needs it.
Each module holds one command, or one family of them.
"""

from __future__ import annotations

from typing import Annotated

import typer

from summariser import __version__
from summariser.cli import batch, brief, evaluate, export, models, prompts, recordings, schema, verify, view
from summariser.cli.app import app
from summariser.cli.terminal import put

__all__ = [
    "app",
    "batch",
    "brief",
    "evaluate",
    "export",
    "main",
    "models",
    "prompts",
    "recordings",
    "schema",
    "verify",
    "view",
]


def main() -> None:
    """Run the command line and exit with its code."""
    app(prog_name="summariser")


def _show_version(asked: bool) -> None:
    if asked:
        put(f"summariser {__version__}\n")
        raise typer.Exit


@app.callback()
def _take_options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""
