"""``summariser export``: briefs as flat tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from summariser.cli import options
from summariser.cli.app import app
from summariser.cli.terminal import put, reported


@app.command(
    epilog="\b\nExamples:\n"
    "  summariser export briefs.jsonl tables/ --to csv\n"
    "  summariser export job/ tables/ --to parquet        pip install 'summariser[parquet]'\n"
    "  summariser export job/ . --to sqlite && sqlite3 briefs.sqlite .schema"
)
@reported()
def export(
    briefs: Annotated[
        Path, typer.Argument(metavar="BRIEFS", help="A file of briefs (JSON Lines), or the folder of a batch job.")
    ],
    directory: Annotated[Path, typer.Argument(metavar="DIR", help="Where the tables go; made if it is not there.")],
    to: Annotated[
        Literal["parquet", "csv", "sqlite"],
        typer.Option(
            "--to",
            help="parquet and csv: a file a table; sqlite: one file. In csv, texts that a spreadsheet would take for a formula "
            "get a ' in front.",
        ),
    ],
    failures: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The job's failures (JSON Lines), as a table too.")
    ] = None,
    schema: options.SchemaOf = None,
) -> None:
    """Write briefs as flat tables, one a section, that join by brief and item; print the files."""
    from summariser.views.results import read_results
    from summariser.views.tables import export as write

    results = read_results(briefs, failures=failures)
    kind = results.schema if schema is None else options.schema(schema)
    for path in write(results.briefs(kind), directory, to, failures=results.failures, schema=kind):
        put(f"{path}\n")
