"""The application that commands are added to."""

from __future__ import annotations

import typer

__all__ = ["app"]

app = typer.Typer(
    help="Typed briefs of news texts: the parties, their commitments, the outcomes and the figures, each item proved "
    "by the sentence it came from.",
    epilog="\b\nExamples:\n"
    "  summariser brief article.txt\n"
    "  summariser brief article.txt --published 2024-01-30 --format json -o brief.json\n"
    "  summariser brief news/*.txt --model openai/gpt-4o-mini --format json > briefs.jsonl\n"
    "  summariser view job/\n"
    "  summariser models pull",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
