"""``summariser verify``: a brief held against its text, without a model."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from summariser.cli import options
from summariser.cli.app import app
from summariser.cli.terminal import WIDEST, put, reported, terminal_width
from summariser.errors import InputError


@app.command(
    epilog="\b\nExamples:\n  summariser verify brief.json article.txt\n  summariser verify - article.txt --format json"
)
@reported()
def verify(
    brief: Annotated[
        str, typer.Argument(metavar="BRIEF", help="A brief in JSON, ours or another's; - for standard input.")
    ],
    file: Annotated[str, typer.Argument(metavar="FILE", help="The text that it is about.")],
    style: Annotated[
        Literal["text", "json"], typer.Option("--format", "-f", help="text: what does not hold; json: all verdicts.")
    ] = "text",
    published: options.Published = None,
    language: options.Language = None,
    schema: options.SchemaOf = None,
) -> None:
    """Hold a brief against its text, without a model. Exit code 1 when something in it does not hold."""
    from summariser import verifying
    from summariser.kinds import schema_of
    from summariser.readers import read_brief, read_documents
    from summariser.views import verification_as_json, verification_as_text

    if brief == file == "-":
        raise InputError("the brief and the text cannot both come from standard input; name a file for one of them")
    raw = read_brief(brief)
    documents = read_documents([file], published=published, language=language)
    if len(documents) != 1:
        raise InputError(
            f"{file}: holds {len(documents):,} documents, and a brief is of one; give a file with its text"
        )
    (document,) = documents
    found = verifying.verify(document, raw, schema=schema_of(raw) if schema is None else options.schema(schema))
    put(
        verification_as_json(found) + "\n"
        if style == "json"
        else verification_as_text(found, width=min(terminal_width(), WIDEST))
    )
    if not found.holds:
        raise typer.Exit(1)
