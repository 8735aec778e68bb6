"""The command line: parse, call, print, exit code.

Exit codes: 0 all went well; 1 a document or the whole job failed; 2 the command, an input or the configuration is
wrong; 130 interrupted; 141 the reader of standard output went away.

``--help`` has to answer at once, so nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import io
import os
import re
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from summariser import __version__
from summariser.errors import (
    AuthenticationError,
    ConfigurationError,
    InputError,
    QuotaError,
    ReplayMissError,
    StoreError,
    SummariserError,
    TemplateError,
    UnknownModelError,
    WeightsError,
)

if TYPE_CHECKING:
    from rich.status import Status

    from summariser_schemas import Brief, Document

__all__ = ["app", "main"]

Format = Literal["text", "json", "markdown"]

_INTERRUPTED, _PIPE_CLOSED = 130, 141

_OF_THE_JOB = (
    AuthenticationError,
    ConfigurationError,
    QuotaError,
    StoreError,
    TemplateError,
    UnknownModelError,
    WeightsError,
)

_TEXT_WIDTH = 80
_WIDEST = 120
"""Columns; longer lines are hard to read."""

app = typer.Typer(
    help="Typed briefs of news texts: the parties, their commitments, the outcomes and the figures, each item proved "
    "by the sentence it came from.",
    epilog="\b\nExamples:\n"
    "  summariser brief article.txt\n"
    "  summariser brief article.txt --published 2024-01-30 --format json -o brief.json\n"
    "  summariser brief news/*.txt --model openai/gpt-4o-mini --format json > briefs.jsonl\n"
    "  summariser models pull",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
models = typer.Typer(
    help="The models that run inside the process: which there are, fetching one, where its file lies.",
    epilog="\b\nExamples:\n  summariser models list\n  summariser models pull",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(models, name="models")


def main() -> None:
    """Run the command line and exit with its code."""
    app(prog_name="summariser")


@contextmanager
def _reported() -> Generator[None]:
    """Turn what can go wrong in a command into one line on standard error and an exit code."""
    try:
        yield
    except SummariserError as error:
        _complain(str(error))
        raise typer.Exit(2 if isinstance(error, InputError | ConfigurationError) else 1) from None
    except KeyboardInterrupt:
        _say("interrupted")
        # The interpreter would wait for the threads whose requests are under way. Files are closed by now.
        os._exit(_INTERRUPTED)
    except BrokenPipeError:
        # The interpreter flushes standard output once more when it ends, and would complain then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(_PIPE_CLOSED) from None


def _show_version(asked: bool) -> None:
    if asked:
        _put(f"summariser {__version__}\n")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and exit.")
    ] = False,
) -> None:
    """Take the options that stand before a command."""


@app.command(
    epilog="\b\nExamples:\n"
    "  summariser brief article.txt\n"
    "  curl -s https://example.org/a.txt | summariser brief - --published 2024-01-30\n"
    "  summariser brief news/*.txt --format json -o briefs.jsonl\n"
    "  summariser brief a.txt --base-url http://localhost:8000/v1 --model qwen2.5-7b\n"
    "  summariser brief a.txt --record recordings/    and later, offline:    --replay recordings/\n"
    "\n\b\nExit codes: 0 fine; 1 some or all documents failed; 2 the command, an input or the\n"
    "configuration is wrong; 130 interrupted."
)
@_reported()
def brief(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE",
            show_default=False,
            help="Plain text files in UTF-8, or in UTF-16 with a byte-order mark; - is standard input. All are read "
            "and checked before a model is asked.",
        ),
    ],
    style: Annotated[
        Format,
        typer.Option(
            "--format",
            "-f",
            help="text for reading, markdown, or json: one object for one file, JSON Lines (one object a line) for "
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
    published: Annotated[
        str | None,
        typer.Option(
            metavar="DATE",
            help="When the texts were published, as 2024-01-30 or 2024-01-30T09:00:00+01:00. Dates in words are "
            "resolved against it; without it 'Tuesday' stays words.",
        ),
    ] = None,
    title: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Title that the text does not itself contain; for one FILE only.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="ISO 639 code of the texts' language, such as en.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            "--model",
            "-m",
            metavar="NAME",
            help="provider/model, such as openai/gpt-4o-mini or ollama/qwen2.5.",
        ),
    ] = None,
    base_url: Annotated[
        str | None,
        typer.Option(metavar="URL", help="Address of a server that speaks OpenAI's protocol, up to and with /v1."),
    ] = None,
    api_key_env: Annotated[
        str | None,
        typer.Option(
            metavar="VARIABLE",
            help="Environment variable that holds the key, where it is not the provider's usual one. Keys are never "
            "given on the command line, where others can see them.",
        ),
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Keep every response in DIR. Excludes --replay."),
    ] = None,
    replay: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Take every response from DIR and ask no model. Excludes --record."),
    ] = None,
    strategy: Annotated[
        Literal["auto", "whole", "sentences"],
        typer.Option(
            help="Ask about the whole text at once, or sentence by sentence, which small models need; auto goes by the "
            "model."
        ),
    ] = "auto",
    policy: Annotated[
        Literal["strict", "flag"],
        typer.Option(
            help="What becomes of a field that does not hold in the text: strict asks once more and drops it, flag leaves it "
            "in the brief, marked."
        ),
    ] = "strict",
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress on standard error; errors only.")] = False,
) -> None:
    """Make a brief of each FILE."""
    from summariser.readers import read_documents

    if record is not None and replay is not None:
        raise InputError("--record and --replay exclude each other; give one of them")
    documents = read_documents(files, title=title, published=published, language=language)
    _refuse_overwriting(files, output)
    api_key = _key(api_key_env)

    from summariser.client import Summariser

    progress = _Progress(quiet=quiet, total=len(documents))
    failed = 0
    with (
        _sink(output, style, several=len(documents) > 1) as write,
        Summariser(
            model,
            base_url=base_url,
            api_key=api_key,
            recordings=record or replay,
            mode="record" if record else "replay" if replay else "live",
            strategy=strategy,
            policy=policy,
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
                if _stops_everything(error) or len(documents) == 1:
                    raise
                failed += 1
                _complain(f"{_name(document)}: {error}")
            else:
                write(made)
    if failed:
        _complain(f"{failed} of {len(documents)} documents failed")
        raise typer.Exit(1)


@app.command(
    epilog="\b\nExamples:\n  summariser verify brief.json article.txt\n  summariser verify - article.txt --format json"
)
@_reported()
def verify(
    brief: Annotated[
        str, typer.Argument(metavar="BRIEF", help="A brief in JSON, ours or another's; - for standard input.")
    ],
    file: Annotated[str, typer.Argument(metavar="FILE", help="The text that it is about.")],
    style: Annotated[
        Literal["text", "json"], typer.Option("--format", "-f", help="text: what does not hold; json: all verdicts.")
    ] = "text",
    published: Annotated[
        str | None, typer.Option(metavar="DATE", help="When the text was published, for dates in words.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="Language of the text; guessed without it.")
    ] = None,
) -> None:
    """Hold a brief against its text, without a model. Exit code 1 when something in it does not hold."""
    from summariser import verifying
    from summariser.readers import read_brief, read_documents
    from summariser.views import verification_as_json, verification_as_text

    if brief == file == "-":
        raise InputError("the brief and the text cannot both come from standard input; name a file for one of them")
    raw = read_brief(brief)
    (document,) = read_documents([file], published=published, language=language)
    found = verifying.verify(document, raw)
    _put(
        verification_as_json(found) + "\n"
        if style == "json"
        else verification_as_text(found, width=min(_terminal_width(), _WIDEST))
    )
    if not found.holds:
        raise typer.Exit(1)


@app.command(epilog="\b\nExamples:\n  summariser schema\n  summariser schema draft")
@_reported()
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
    _put(json.dumps(made, indent=2) + "\n")


@models.command("list", epilog="\b\nExamples:\n  summariser models list")
@_reported()
def list_models() -> None:
    """List the models that can run inside the process: name, size in megabytes, licence, and whether it is here."""
    from summariser import local

    rows = [("NAME", "MB", "LICENCE", "FETCHED")]
    for weights in local.catalogue():
        here = "yes" if local.where(weights.name) else "no"
        rows.append((weights.name, f"{weights.bytes / 1e6:,.0f}", weights.licence, here))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for name, size, licence, here in rows:
        _put(f"{name:{widths[0]}}  {size:>{widths[1]}}  {licence:{widths[2]}}  {here}\n")


@models.command(epilog="\b\nExamples:\n  summariser models pull\n  summariser models pull NAME")
@_reported()
def pull(
    name: Annotated[
        str | None, typer.Argument(help="A name from `models list`; the default model without one.")
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress on standard error; errors only.")] = False,
) -> None:
    """Fetch a model's file, verify its digest and print where it lies; nothing is fetched that is already here."""
    from summariser import local

    with _download(quiet=quiet) as progress:
        path = local.pull(name, progress=progress)
    _put(f"{path}\n")


@models.command(epilog="\b\nExamples:\n  summariser models where\n  summariser models where NAME")
@_reported()
def where(
    name: Annotated[
        str | None, typer.Argument(help="A name from `models list`; the default model without one.")
    ] = None,
) -> None:
    """Print where a model's file lies; exit code 1 when it has not been fetched."""
    from summariser import local

    path = local.where(name)
    if path is None:
        raise WeightsError(
            f"{name or 'the default model'} has not been fetched; run: summariser models pull {name or ''}"
        )
    _put(f"{path}\n")


def _refuse_overwriting(files: list[str], output: Path | None) -> None:
    if output is None or not output.is_file():
        return
    for file in files:
        if file != "-" and output.samefile(file):
            raise InputError(f"--output {output} is one of the inputs; name another file")


def _key(variable: str | None) -> str | None:
    if variable is None:
        return None
    # The value is not repeated: people do put the key itself here.
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", variable):
        raise ConfigurationError("--api-key-env does not name a variable; give the name of one that holds the key")
    key = os.environ.get(variable)
    if not key:
        raise ConfigurationError("the variable that --api-key-env names is not set or empty; export it first")
    return key


def _stops_everything(error: SummariserError) -> bool:
    """Whether the next document would fail alike."""
    return isinstance(error, _OF_THE_JOB) and not isinstance(error, ReplayMissError)


def _name(document: Document) -> str:
    return document.source or "standard input"


@contextmanager
def _sink(output: Path | None, style: Format, *, several: bool) -> Generator[Callable[[Brief], None]]:
    """Yield what writes one brief, to standard output at once or to a file that is replaced in one step at the end."""
    if output is None or str(output) == "-":
        _encode_stdout(style)
        terminal = sys.stdout.isatty()
        width = min(_terminal_width(), _WIDEST)
        colour = terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        yield _writer(_put, style, several=several, width=width, colour=colour)
        return
    with _replacing(output) as put:
        yield _writer(put, style, several=several, width=_TEXT_WIDTH, colour=False)


def _writer(
    put: Callable[[str], None], style: Format, *, several: bool, width: int, colour: bool
) -> Callable[[Brief], None]:
    from summariser.views import as_json, as_markdown, as_text

    first = True

    def write(brief: Brief) -> None:
        nonlocal first
        if style == "json":
            put(as_json(brief, indent=None if several else 2) + "\n")
            return
        text = as_markdown(brief) if style == "markdown" else as_text(brief, width=width, colour=colour)
        rule = "\n" if style == "markdown" else f"\n{'─' * width}\n\n"
        put(text if first else rule + text)
        first = False

    return write


@contextmanager
def _replacing(path: Path) -> Generator[Callable[[str], None]]:
    """Yield what writes to a file beside ``path``, which takes its place at the end, if anything was written to it.

    A device or a pipe cannot be replaced and is written to directly.
    """
    special = path.exists() and not path.is_file()
    target = path if special else path.resolve()
    draft = target if special else target.with_name(f".{target.name}.{os.getpid()}.tmp")
    written = False

    def put(text: str) -> None:
        nonlocal written
        with _named(path):
            stream.write(text)
            stream.flush()
        written = True

    with _named(path):
        stream = draft.open("w" if special else "x", encoding="utf-8", newline="\n")
    try:
        with stream:
            yield put
    finally:
        if not special:
            with _named(path):
                if written:
                    if target.exists():
                        draft.chmod(target.stat().st_mode)
                    draft.replace(target)
                else:
                    draft.unlink()


@contextmanager
def _named(path: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(f"--output {path}: cannot be written: {error.strerror}") from None


def _encode_stdout(style: Format) -> None:
    # CliRunner and notebooks put streams of other kinds here.
    if isinstance(sys.stdout, io.TextIOWrapper):
        if style == "text":
            sys.stdout.reconfigure(errors="replace")
        else:
            sys.stdout.reconfigure(encoding="utf-8", newline="\n")


def _terminal_width() -> int:
    import shutil

    return shutil.get_terminal_size((_TEXT_WIDTH, 24)).columns


def _put(text: str) -> None:
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InputError(f"standard output cannot be written: {error.strerror}") from None


def _complain(message: str) -> None:
    _say(f"error: {message}")


def _say(message: str) -> None:
    from summariser.views import plain

    sys.stderr.write(f"summariser: {plain(message)}\n")
    sys.stderr.flush()


class _Progress:
    """What is being done: one line that renews itself on a terminal, a line a document elsewhere, or nothing."""

    def __init__(self, *, quiet: bool, total: int) -> None:
        self._quiet = quiet
        self._total = total
        self._begun = 0
        self._label = ""
        self._status: Status | None = None

    def note(self, message: str) -> None:
        """Say something that stays."""
        if not self._quiet:
            _say(message)

    @contextmanager
    def document(self, name: str) -> Generator[None]:
        """Show that this document is being worked on, until the block ends."""
        self._begun += 1
        self._label = f"{name} ({self._begun} of {self._total})" if self._total > 1 else name
        if self._quiet or not _renewable():
            self.note(self._label)
            yield
            return
        from rich.console import Console
        from rich.status import Status

        with Status("", console=Console(stderr=True)) as self._status:
            self.step("")
            try:
                yield
            finally:
                self._status = None

    def step(self, message: str) -> None:
        """Show a step within a document; only where the line can renew itself."""
        status = self._status  # steps are told from several threads, and may come late
        if status is not None:
            from rich.text import Text

            from summariser.views import plain

            status.update(Text(plain(f"{self._label} {message}"), overflow="ellipsis", no_wrap=True))


def _renewable() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


@contextmanager
def _download(*, quiet: bool) -> Generator[Callable[[int, int], None]]:
    """Yield what is told the bytes fetched and the bytes there are: a bar on a terminal, a line a tenth elsewhere."""
    if quiet or not _renewable():
        yield _tenths(quiet=quiet)
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

    columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _tenths(*, quiet: bool) -> Callable[[int, int], None]:
    told = -1

    def tell(done: int, total: int) -> None:
        nonlocal told
        tenth = 10 * done // total if total else 0
        if tenth > told and not quiet:
            _say(f"fetched {done / 1e6:,.0f} of {total / 1e6:,.0f} MB")
        told = max(told, tenth)

    return tell
