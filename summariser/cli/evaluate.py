"""``summariser eval``: briefs against gold, several models or files of briefs side by side."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

import typer

from summariser.cli import options
from summariser.cli.app import app
from summariser.cli.brief import stops_everything
from summariser.cli.terminal import Progress, complain, encode_stdout, put, replacing, reported
from summariser.errors import InputError, SummariserError

if TYPE_CHECKING:
    from summariser.client import Summariser
    from summariser.evaluation import Gold, Made, Report
    from summariser.recipe import Strategy
    from summariser_schemas import BaseBrief


@app.command(
    "eval",
    epilog="\b\nExamples:\n"
    "  summariser eval gold/ --model local/qwen2.5-coder-1.5b --model openai/gpt-4.1-mini\n"
    "  summariser eval gold/ --briefs ours.jsonl --briefs theirs.jsonl --format markdown\n"
    "  summariser eval gold/ --replay recordings/ --fail-under 0.6\n"
    "\n\b\nExit codes: 0 fine; 1 a model's mean F1 is below --fail-under, or no brief could be made; 2 the\n"
    "command, the gold or the configuration is wrong; 130 interrupted.",
)
@reported()
def evaluate(
    gold: Annotated[
        list[Path],
        typer.Argument(
            metavar="GOLD",
            show_default=False,
            help="Gold files, and folders of them (*.json): a text with what an annotator found in it.",
        ),
    ],
    model: Annotated[
        list[str] | None,
        typer.Option(
            "--model",
            "-m",
            metavar="NAME",
            help="provider/model to make the briefs with; repeat it to compare models. Without --model and --briefs, the "
            "same model as for summariser brief.",
        ),
    ] = None,
    briefs: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="Briefs made before, one a line as summariser brief --format json writes them; repeat it to compare files.",
        ),
    ] = None,
    strategy: Annotated[
        list[str] | None,
        typer.Option(
            metavar="HOW",
            help="auto, whole or sentences, as for summariser brief; repeat it to compare strategies.",
            show_default="auto",
        ),
    ] = None,
    record: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Keep every response in DIR. Excludes --replay.")
    ] = None,
    replay: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Take every response from DIR and ask no model. Excludes --record."),
    ] = None,
    style: Annotated[
        Literal["text", "json", "markdown"],
        typer.Option(
            "--format",
            "-f",
            help="text or markdown: one table; json: all of it, with the items made up and omitted in each document.",
        ),
    ] = "text",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to FILE, not to standard output.")
    ] = None,
    fail_under: Annotated[
        float | None,
        typer.Option(metavar="F", min=0, max=1, help="Exit code 1 when a mean F1 over the sections is below F."),
    ] = None,
    schema: options.Schema = None,
    examples: options.Examples = None,
    prompts: options.Prompts = None,
    base_url: options.BaseUrl = None,
    api_key_env: options.ApiKeyEnv = None,
    quiet: options.Quiet = False,
) -> None:
    """Score briefs against GOLD: F1 of each section, fields, grounding, made-up and omitted items, tokens, cost, time."""
    recordings, mode = options.recordings(record, replay)
    strategies = _strategies(strategy or ["auto"])
    from summariser import evaluation

    kind = options.schema(schema)
    golds = evaluation.read_gold(gold, brief=kind)
    reports = [
        evaluation.evaluate(str(file), golds, _briefs_in(file, golds, kind), brief=kind) for file in briefs or ()
    ]
    if model or not briefs:
        from summariser.client import Summariser

        key = options.key(api_key_env)
        models: list[str | None] = [*model] if model else [None]
        ways = list(product(models, strategies))
        progress = Progress(quiet=quiet, total=len(golds) * len(ways))
        for name, how in ways:
            with Summariser(
                name,
                schema=kind,
                examples=examples,
                prompts=prompts,
                base_url=base_url,
                api_key=key,
                recordings=recordings,
                mode=mode,
                strategy=how,
                progress=progress.step,
            ) as summariser:
                label = summariser.endpoint.name + (f" {how}" if len(strategies) > 1 else "")
                reports.append(evaluation.evaluate(label, golds, _briefs(summariser, golds, progress), brief=kind))
    _write(reports, style, output)
    if fail_under is not None:
        below = [report for report in reports if report.mean_f1 < fail_under]
        for report in below:
            complain(f"{report.name}: mean F1 {report.mean_f1:.3f} is below {fail_under}")
        if below:
            raise typer.Exit(1)
    if all(len(report.failed) == len(report.documents) for report in reports):
        complain("there is no brief of any document of the gold")
        raise typer.Exit(1)


def _strategies(named: list[str]) -> list[Strategy]:
    from summariser.recipe import Strategy

    known = get_args(Strategy)
    for name in named:
        if name not in known:
            raise InputError(f"--strategy {name}: there is no such strategy; there are {', '.join(known)}")
    return [how for name in named for how in known if how == name]


def _briefs_in(file: Path, golds: list[Gold], kind: type[BaseBrief]) -> list[Made]:
    """The briefs of a file; none of the gold's documents among theirs is a mistake, and no bad score."""
    from summariser.evaluation import read_briefs

    made = read_briefs(file, brief=kind)
    ids, texts = {gold.id for gold in golds}, {gold.document.sha256 for gold in golds}
    if made and not any(one.id in ids or one.sha256 in texts for one in made):
        raise InputError(
            f"{file}: none of these briefs is of a document of the gold, by text or by id (the first is of {made[0].id!r}, the "
            f"first of the gold is {golds[0].id!r}); name the gold of these documents"
        )
    return made


def _briefs(summariser: Summariser[Any], golds: list[Gold], progress: Progress) -> list[Made]:
    """A brief of each document; one that fails is told and counts as missing."""
    from summariser.evaluation import Made, made_of

    made: list[Made] = []
    for gold in golds:
        try:
            with progress.document(f"{summariser.endpoint.name}: {gold.id}"):
                made.append(made_of(summariser.summarise(gold.document)))
        except SummariserError as error:
            if stops_everything(error):
                raise
            complain(f"{gold.id}: {error}")
            made.append(Made(gold.id, None, error=str(error)))
    return made


def _write(reports: list[Report], style: Literal["text", "json", "markdown"], output: Path | None) -> None:
    from summariser import evaluation

    if style == "json":
        text = evaluation.as_json(reports) + "\n"
    else:
        text = evaluation.as_markdown(reports) if style == "markdown" else evaluation.as_text(reports)
    if output is None or str(output) == "-":
        encode_stdout(text=style == "text")
        put(text)
        return
    with replacing(output) as write:
        write(text)
