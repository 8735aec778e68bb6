"""``summariser view``: briefs for people to look at, many at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from summariser.cli import options
from summariser.cli.app import app
from summariser.cli.terminal import (
    TEXT_WIDTH,
    WIDEST,
    coloured,
    encode_stdout,
    put,
    replacing,
    reported,
    say,
    terminal_width,
)
from summariser.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from summariser.views.results import Results
    from summariser_schemas import BaseBrief

_REPORT = "report.html"


@app.command(
    epilog="\b\nExamples:\n"
    "  summariser view job/                               job/report.html\n"
    "  summariser view briefs.jsonl --documents articles.jsonl -o report.html\n"
    "  summariser view briefs.jsonl --format markdown -o digest.md\n"
    "  summariser view briefs.jsonl --format text | less"
)
@reported()
def view(
    briefs: Annotated[
        Path, typer.Argument(metavar="BRIEFS", help="A file of briefs (JSON Lines), or the folder of a batch job.")
    ],
    documents: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Where the texts are, if not in the files that the briefs name: a file, folder or pattern, as for `batch`. "
            "May be given several times. A text is recognised by its digest.",
        ),
    ] = None,
    failures: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The job's failures (JSON Lines), to be listed too.")
    ] = None,
    style: Annotated[
        Literal["html", "markdown", "text"],
        typer.Option(
            "--format",
            "-f",
            help="html: one file that shows all of it beside the texts, needs no server and fetches nothing; markdown: a "
            "digest with footnotes to the sentences; text: for a terminal.",
        ),
    ] = "html",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help=f"Write to FILE; - is standard output. Without it html goes to {_REPORT} beside BRIEFS, the others to "
            "standard output.",
        ),
    ] = None,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Title of the html report.")] = None,
    schema: options.SchemaOf = None,
) -> None:
    """Show briefs: as an HTML report, as a Markdown digest or on the terminal."""
    from summariser.views.results import read_results
    from summariser.views.wording import counted

    results = read_results(briefs, documents=documents or (), failures=failures)
    kind = results.schema if schema is None else options.schema(schema)
    if output is None and style == "html":
        output = results.folder / _REPORT
    if output is not None and output.is_file():
        for given in (results.path, failures, *(documents or ())):
            if given is not None and output.samefile(given):
                raise InputError(f"--output {output} is one of the inputs; name another file")
    if output is None or str(output) == "-":
        encode_stdout(text=style == "text")
        for part in _parts(results, kind, style, title, stdout=True):
            put(part)
        return
    with replacing(output) as write:
        for part in _parts(results, kind, style, title, stdout=False):
            write(part)
    if results.missing:
        lost, named = len(results.missing), next(iter(results.missing.values()))
        say(
            f"{counted(lost, 'text')} not found ({named}{' and others' if lost > 1 else ''}): a job keeps no texts, and what it "
            "read is not there any more, or is another text now. Items are shown with their sentences alone; say with "
            "--documents where the texts are"
        )
    if style == "html":
        say(f"wrote {output}: open it in a browser")


def _parts(results: Results, kind: type[BaseBrief], style: str, title: str | None, *, stdout: bool) -> Iterator[str]:
    if style == "html":
        from summariser.views.html import html_parts

        yield from html_parts(
            results.briefs(kind), text_of=results.text_of, failures=results.failures, title=title or "Briefs"
        )
    elif style == "markdown":
        from summariser.views import as_digest

        yield as_digest(results.briefs(kind))
    else:
        from summariser.views import as_text

        width = min(terminal_width(), WIDEST) if stdout else TEXT_WIDTH
        colour = stdout and coloured()
        for number, brief in enumerate(results.briefs(kind)):
            rule = f"\n{'─' * width}\n\n" if number else ""
            yield rule + as_text(brief, width=width, colour=colour)
