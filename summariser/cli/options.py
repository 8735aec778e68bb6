"""Options that several commands have, each declared once."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Annotated, Literal

import typer

from summariser.errors import ConfigurationError

__all__ = [
    "ApiKeyEnv",
    "BaseUrl",
    "Language",
    "Model",
    "OutputLanguage",
    "Policy",
    "Published",
    "Quiet",
    "Record",
    "Replay",
    "SecondLook",
    "Strategy",
    "key",
]

Model = Annotated[
    str | None,
    typer.Option("--model", "-m", metavar="NAME", help="provider/model, such as openai/gpt-4o-mini or ollama/qwen2.5."),
]
BaseUrl = Annotated[
    str | None,
    typer.Option(metavar="URL", help="Address of a server that speaks OpenAI's protocol, up to and with /v1."),
]
ApiKeyEnv = Annotated[
    str | None,
    typer.Option(
        metavar="VARIABLE",
        help="Environment variable that holds the key, where it is not the provider's usual one. Keys are never "
        "given on the command line, where others can see them.",
    ),
]
Published = Annotated[
    str | None,
    typer.Option(
        metavar="DATE",
        help="When the texts were published, as 2024-01-30 or 2024-01-30T09:00:00+01:00. Dates in words are "
        "resolved against it; without it 'Tuesday' stays words.",
    ),
]
Language = Annotated[str | None, typer.Option(metavar="CODE", help="ISO 639 code of the texts' language, such as en.")]
Record = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Keep every response in DIR. Excludes --replay."),
]
Replay = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Take every response from DIR and ask no model. Excludes --record."),
]
Strategy = Annotated[
    Literal["auto", "whole", "sentences"],
    typer.Option(
        help="Ask about the whole text at once, or sentence by sentence, which small models need; auto goes by the model."
    ),
]
OutputLanguage = Annotated[
    str | None,
    typer.Option(
        metavar="CODE",
        help="Language to write headline, summary and other free text in, such as fr; evidence, names, amounts and times "
        "stay as the text has them.",
    ),
]
SecondLook = Annotated[
    bool,
    typer.Option(
        "--second-look",
        help="Ask once more for the amounts, dates and names that no item covers, until that adds nothing. Costs tokens.",
    ),
]
Policy = Annotated[
    Literal["strict", "flag"],
    typer.Option(
        help="What becomes of a field that does not hold in the text: strict asks once more and drops it, flag leaves it "
        "in the brief, marked."
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on standard error; errors only.")]


def key(variable: str | None) -> str | None:
    """The key in the variable that `ApiKeyEnv` names; None when it names none.

    Raises:
        ConfigurationError: it is no variable's name, or the variable is empty.
    """
    if variable is None:
        return None
    # The value is not repeated: people do put the key itself here.
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", variable):
        raise ConfigurationError("--api-key-env does not name a variable; give the name of one that holds the key")
    key = os.environ.get(variable)
    if not key:
        raise ConfigurationError("the variable that --api-key-env names is not set or empty; export it first")
    return key
