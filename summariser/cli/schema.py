"""``summariser schema``: the JSON schemas."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from summariser.cli.app import app
from summariser.cli.terminal import put, reported


@app.command(epilog="\b\nExamples:\n  summariser schema\n  summariser schema draft")
@reported()
def schema(
    which: Annotated[
        Literal["brief", "draft"],
        typer.Argument(help="brief: what comes out, for users; draft: what a model is asked for."),
    ] = "brief",
) -> None:
    """Print a JSON schema."""
    import json

    if which == "draft":
        from summariser.drafting import draft_schema

        made = draft_schema()
    else:
        from summariser_schemas import Brief

        made = Brief.model_json_schema(mode="serialization")
    put(json.dumps(made, indent=2) + "\n")
