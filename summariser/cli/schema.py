"""``summariser schema``: the JSON schemas."""

from __future__ import annotations

from typing import Annotated

import typer

from summariser.cli import options
from summariser.cli.app import app
from summariser.cli.terminal import put, reported
from summariser.errors import InputError

_FORMS = ("brief", "draft", "outline")


@app.command(
    epilog="\b\nExamples:\n"
    "  summariser schema\n"
    "  summariser schema draft\n"
    "  summariser schema meeting\n"
    "  summariser schema calls:EarningsCall outline"
)
@reported()
def schema(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KIND] [FORM]",
            help="KIND: news (which it is without this), meeting, earnings, agreement, or module:Class. FORM: brief, what "
            "comes out, for users; draft, what a model is asked for; outline, the same as the prompt puts it.",
        ),
    ] = None,
) -> None:
    """Print the JSON schema of a kind of brief, after checking that it can be one."""
    import json

    from summariser import drafting

    named = list(names or ())
    form = named.pop() if named and named[-1] in _FORMS else "brief"
    if len(named) > 1:
        raise InputError(f"{named[1]!r} is no form: name one of {', '.join(_FORMS)}")
    kind = options.schema(named[0] if named else None)
    if form == "outline":
        put(f"{drafting.instructions(kind)}\n\n{drafting.outline(drafting.whole(kind))}\n")
        return
    made = drafting.draft_schema(kind) if form == "draft" else kind.model_json_schema(mode="serialization")
    put(json.dumps(made, indent=2) + "\n")
