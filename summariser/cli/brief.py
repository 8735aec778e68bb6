"""``summariser brief``: a brief of each document."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from summariser.cli import options
from summariser.cli.app import app
from summariser.cli.terminal import (
    TEXT_WIDTH,
    WIDEST,
    Progress,
    coloured,
    complain,
    encode_stdout,
    put,
    replacing,
    reported,
    terminal_width,
)
from summariser.errors import (
    OF_THE_JOB,
    InputError,
    ReplayMissError,
    SummariserError,
)

if TYPE_CHECKING:
    from summariser_schemas import BaseBrief, Document

Format = Literal["text", "json", "markdown"]


@app.command(
    epilog="\b\nExamples:\n"
    "  summariser brief article.txt\n"
    "  curl -s https://example.org/a.txt | summariser brief - --published 2024-01-30\n"
    "  summariser brief news/*.txt --format json -o briefs.jsonl\n"
    "  summariser brief report.pdf page.html feed.rss\n"
    "  summariser brief minutes.docx --schema meeting    or a class of your own:    --schema calls:EarningsCall\n"
    "  summariser brief a.txt --base-url http://localhost:8000/v1 --model qwen2.5-7b\n"
    "  summariser brief a.txt --record recordings/    and later, offline:    --replay recordings/\n"
    "\n\b\nExit codes: 0 fine; 1 some or all documents failed, or an answer has drifted; 2 the command, an input or the\n"
    "configuration is wrong; 130 interrupted."
)
@reported()
def brief(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE",
            show_default=False,
            help="Texts, Markdown, HTML, PDF, DOCX, e-mail, RSS and Atom, JSON Lines, CSV or Parquet, packed or not; "
            "folders and patterns; - is standard input. All are read and checked before a model is asked.",
        ),
    ],
    style: Annotated[
        Format,
        typer.Option(
            "--format",
            "-f",
            help="text for reading, markdown, or json: one object for one document, JSON Lines (one object a line) for "
            "several.",
        ),
    ] = "text",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write to FILE, not to standard output: in one step when the job ends, and not at all when no brief "
            "came out.",
        ),
    ] = None,
    published: options.Published = None,
    title: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Title that the text does not itself contain; for one FILE only.")
    ] = None,
    language: options.Language = None,
    encoding: options.Encoding = None,
    fetch: options.Fetch = False,
    schema: options.Schema = None,
    examples: options.Examples = None,
    prompts: options.Prompts = None,
    model: options.Model = None,
    base_url: options.BaseUrl = None,
    api_key_env: options.ApiKeyEnv = None,
    record: options.Record = None,
    replay: options.Replay = None,
    refresh: options.Refresh = None,
    check_drift: options.CheckDrift = None,
    strategy: options.Strategy = "auto",
    policy: options.Policy = "strict",
    output_language: options.OutputLanguage = None,
    second_look: options.SecondLook = False,
    quiet: options.Quiet = False,
) -> None:
    """Make a brief of each document in each FILE."""
    from summariser.readers import passed_over, read_documents

    kind = options.schema(schema)
    recordings, mode = options.recordings(record, replay, refresh, check_drift)
    documents = read_documents(
        files,
        title=title,
        published=published,
        language=language,
        encoding=encoding,
        fetcher=options.fetcher(fetch),
    )
    _refuse_overwriting(files, output)
    api_key = options.key(api_key_env)

    from summariser.client import Summariser

    progress = Progress(quiet=quiet, total=len(documents))
    if others := passed_over(files):
        progress.note(others)
    failed = 0
    with (
        sink(output, style, several=len(documents) > 1) as write,
        Summariser(
            model,
            schema=kind,
            examples=examples,
            prompts=prompts,
            base_url=base_url,
            api_key=api_key,
            recordings=recordings,
            mode=mode,
            strategy=strategy,
            policy=policy,
            output_language=output_language,
            second_look=second_look,
            progress=progress.step,
        ) as summariser,
    ):
        if model is None:
            progress.note(f"using {summariser.endpoint.name}: {summariser.endpoint.chosen_by}")
        for document in documents:
            try:
                with progress.document(_name(document)):
                    made = summariser.summarise(document)
            except SummariserError as error:
                if stops_everything(error) or len(documents) == 1:
                    raise
                failed += 1
                complain(f"{_name(document)}: {error}")
            else:
                write(made)
        drifts = summariser.drifts
    for drift in drifts:
        complain(str(drift))
    if failed:
        complain(f"{failed} of {len(documents)} documents failed")
    if failed or drifts:
        raise typer.Exit(1)


def _refuse_overwriting(files: list[str], output: Path | None) -> None:
    if output is None or not output.is_file():
        return
    for file in files:
        if file != "-" and os.path.exists(file) and output.samefile(file):
            raise InputError(f"--output {output} is one of the inputs; name another file")


def stops_everything(error: SummariserError) -> bool:
    """Whether the next document would fail alike."""
    return isinstance(error, OF_THE_JOB) and not isinstance(error, ReplayMissError)


def _name(document: Document) -> str:
    place = None if document.origin is None else document.origin.place
    return place or document.source or "standard input"


@contextmanager
def sink(output: Path | None, style: Format, *, several: bool) -> Generator[Callable[[BaseBrief], None]]:
    """Yield what writes one brief, to standard output at once or to a file that is replaced in one step at the end."""
    if output is None or str(output) == "-":
        encode_stdout(text=style == "text")
        yield _writer(put, style, several=several, width=min(terminal_width(), WIDEST), colour=coloured())
        return
    with replacing(output) as put_there:
        yield _writer(put_there, style, several=several, width=TEXT_WIDTH, colour=False)


def _writer(
    put: Callable[[str], None], style: Format, *, several: bool, width: int, colour: bool
) -> Callable[[BaseBrief], None]:
    from summariser.views import as_json, as_markdown, as_text

    written = 0

    def write(brief: BaseBrief) -> None:
        nonlocal written
        written += 1
        if style == "json":
            put(as_json(brief, indent=None if several else 2) + "\n")
            return
        if style == "markdown":
            text, rule = as_markdown(brief, number=written if several else None), "\n"
        else:
            text, rule = as_text(brief, width=width, colour=colour), f"\n{'─' * width}\n\n"
        put(text if written == 1 else rule + text)

    return write
