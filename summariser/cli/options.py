"""Options that several commands have, each declared once."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from summariser.errors import ConfigurationError, InputError

if TYPE_CHECKING:
    from summariser.readers.fetching import Fetcher
    from summariser.store import FolderStore, Mode
    from summariser_schemas import BaseBrief

__all__ = [
    "ApiKeyEnv",
    "BaseUrl",
    "CheckDrift",
    "Encoding",
    "Examples",
    "Fetch",
    "Language",
    "Model",
    "OutputLanguage",
    "Policy",
    "Prompts",
    "Published",
    "Quiet",
    "Record",
    "Refresh",
    "Replay",
    "Schema",
    "SchemaOf",
    "SecondLook",
    "Strategy",
    "fetcher",
    "key",
    "recordings",
    "schema",
]

Schema = Annotated[
    str | None,
    typer.Option(
        metavar="KIND",
        help="What to make of the texts: news (which it is without this), meeting, earnings, agreement, or a class of your own "
        "as module:Class.",
    ),
]
SchemaOf = Annotated[
    str | None,
    typer.Option(
        metavar="KIND",
        help="What the briefs are of, where that is a class of your own: module:Class. The built-in kinds are known by their "
        "sections.",
    ),
]
Examples = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE", help="Worked examples for the schema, in YAML, JSON or TOML. They must hold in their own texts."
    ),
]
Prompts = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR",
        help="Prompts of your own, laid out as summariser prompts list shows them; the newest version is used.",
    ),
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
Encoding = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="Encoding of the files that do not declare theirs, such as windows-1251. Without it they are UTF-8, or "
        "windows-1252 where they read as such.",
    ),
]
Fetch = Annotated[
    bool,
    typer.Option(
        "--fetch",
        help="Take web addresses as inputs too and fetch them. robots.txt is honoured, private addresses are refused.",
    ),
]
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
Refresh = Annotated[
    Path | None, typer.Option(metavar="DIR", help="Ask for everything anew and put it in the place of what is in DIR.")
]
CheckDrift = Annotated[
    Path | None,
    typer.Option(
        metavar="DIR", help="Take every answer from DIR, ask as well, and report what is answered differently."
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress on standard error; errors only.")]


def schema(name: str | None) -> type[BaseBrief]:
    """The class of brief that `Schema` names; a module is looked for in the current folder too.

    Raises:
        ConfigurationError: there is no such kind, module or class, or it cannot be a brief.
    """
    import sys

    from summariser.kinds import schema_named

    if name is not None and ":" in name and "" not in sys.path:
        sys.path.insert(0, "")
    return schema_named(name or "news")


def fetcher(fetch: bool) -> Fetcher | None:
    """What fetches pages, where `Fetch` allows it."""
    if not fetch:
        return None
    from summariser.readers.fetching import Fetcher

    return Fetcher()


def recordings(
    record: Path | None, replay: Path | None, refresh: Path | None = None, check_drift: Path | None = None
) -> tuple[FolderStore | None, Mode]:
    """The folder of recordings and what to do with it.

    Raises:
        InputError: more than one of the options is given.
        StoreError: there is no such folder.
    """
    modes: dict[Mode, Path | None] = {"record": record, "replay": replay, "refresh": refresh, "verify": check_drift}
    given: list[tuple[Path, Mode]] = [(folder, mode) for mode, folder in modes.items() if folder is not None]
    if len(given) > 1:
        raise InputError("--record, --replay, --refresh and --check-drift exclude each other; give one of them")
    if not given:
        return None, "live"
    from summariser.store import FolderStore

    ((folder, mode),) = given
    return FolderStore(folder, create=mode in ("record", "refresh"), advice=f"--record {folder}"), mode


def key(variable: str | None) -> str | None:
    """The key in the variable that `ApiKeyEnv` names; None when it names none.

    Raises:
        ConfigurationError: it is no variable's name, or the variable is empty or holds what is no key.
    """
    from summariser.settings import usable_key

    if variable is None:
        return None
    # The value is not repeated: people do put the key itself here.
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", variable):
        raise ConfigurationError("--api-key-env does not name a variable; give the name of one that holds the key")
    key = usable_key(os.environ.get(variable, ""), "the variable that --api-key-env names")
    if not key:
        raise ConfigurationError("the variable that --api-key-env names is not set or empty; export it first")
    return key
