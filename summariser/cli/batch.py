"""``summariser batch``: briefs of any number of documents, as a job that can be cut off and goes on."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import sys
from io import UnsupportedOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, BinaryIO, Literal

import typer

from summariser.cli import options
from summariser.cli.app import app
from summariser.cli.terminal import (
    INTERRUPTED,
    LOGGED,
    SOME_FAILED,
    STOPPED,
    complain,
    consumed,
    failures,
    put,
    renewable,
    reported,
    say,
)
from summariser.errors import ConfigurationError, JobStoppedError, SummariserError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

    from summariser.batch import Job, Progress, Result
    from summariser.batch.estimate import Estimate
    from summariser.batch.folder import JobFolder
    from summariser.readers import Item

_UNSENT = "of a dry run"
"""Instead of a key, where nothing is sent."""
_REDRAWN = 0.2
"""Seconds between two looks at the job on a terminal."""


@app.command(
    epilog="\b\nExamples:\n"
    "  summariser batch news/ --out job/\n"
    "  summariser batch articles.jsonl --out job/ --model openai/gpt-4.1-mini --budget 5.00\n"
    "  summariser batch articles.jsonl --out job/ --model openai/gpt-4.1-mini --dry-run\n"
    "  summariser batch job/failures.jsonl --out second-try/\n"
    "  summariser batch articles.jsonl --out job/ --model openai/gpt-4.1-mini --via batch-api\n"
    "  summariser batch articles.jsonl --out job/ --reground --policy flag\n"
    "  summariser batch 'archive/*.parquet' --out briefs/ --engine ray --address auto\n"
    "\n\b\nIn DIR: briefs.jsonl (in the order of the input), failures.jsonl (fit to be given\n"
    "as input), summary.json, and job.db, from which the same command goes on.\n"
    "With --engine ray: status=…/*.parquet and _summary.json, from which likewise.\n"
    "\n\b\nExit codes: 0 all verified or flagged; 1 another process works on the job; 2 the\n"
    "command, an input or the configuration is wrong; 3 some documents failed; 4 the job\n"
    "was stopped (budget, wrong key, empty account, unknown model, outage); 130\n"
    "interrupted."
)
@reported()
def batch(
    inputs: Annotated[
        list[str],
        typer.Argument(
            metavar="INPUT",
            show_default=False,
            help="Files, folders, patterns, or - for standard input: JSON Lines, CSV and Parquet with the columns id, text, "
            "title, published, source, url and language (others are carried through), or what summariser brief reads.",
        ),
    ],
    out: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="DIR", show_default=False, help="Folder of the job; made when missing."),
    ],
    published: options.Published = None,
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
    strategy: options.Strategy = "auto",
    policy: options.Policy = "strict",
    output_language: options.OutputLanguage = None,
    second_look: options.SecondLook = False,
    concurrency: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Requests under way at once, at most; how many really are adapts to the endpoint."
        ),
    ] = None,
    rpm: Annotated[
        float | None,
        typer.Option(metavar="N", help="Requests a minute, at most. The provider's own limits are kept in any case."),
    ] = None,
    tpm: Annotated[float | None, typer.Option(metavar="N", help="Tokens a minute, at most.")] = None,
    budget: Annotated[
        str | None,
        typer.Option(metavar="DOLLARS", help="What all runs of the job together may cost, at most; it stops before."),
    ] = None,
    price: Annotated[
        str | None,
        typer.Option(
            metavar="IN/OUT",
            help="Dollars a million tokens in and out, such as 0.40/1.60, where there is no list price.",
        ),
    ] = None,
    batch_price: Annotated[
        str | None,
        typer.Option(metavar="IN/OUT", help="Likewise in the provider's batches; it is never guessed from the other."),
    ] = None,
    via: Annotated[
        Literal["live", "batch-api"],
        typer.Option(
            help="batch-api has the first questions answered by the provider's batches, cheaper and within a day; what is "
            "missing then, or did not hold, is asked directly."
        ),
    ] = "live",
    poll: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS", help="With --via batch-api: the longest wait between two looks; 60 when not given."
        ),
    ] = None,
    reground: Annotated[
        bool,
        typer.Option(
            "--reground",
            help="Read the answers of the job again, with the present verifier and policy; ask for nothing.",
        ),
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Make the requests, send none, and say what the job will come to.")
    ] = False,
    engine: Annotated[
        Literal["local", "ray"],
        typer.Option(help="local: this process; ray: the workers of a Ray cluster, which leave Parquet in DIR."),
    ] = "local",
    address: Annotated[
        str | None,
        typer.Option(
            metavar="ADDRESS", help="With --engine ray: the cluster, as ray.init takes it; else this machine."
        ),
    ] = None,
    workers: Annotated[
        int | None,
        typer.Option(
            metavar="N",
            min=1,
            help="Processes that read answers, this one among them, at most; two, where they are needed and there are "
            "two cores, when not given; one asks fast enough for three. With --engine ray: workers on the cluster; as many as "
            "fit when not given.",
        ),
    ] = None,
    quiet: options.Quiet = False,
) -> None:
    """Make briefs of any number of documents. Killed, or out of money, the same command goes on."""
    from summariser.batch import BatchApi, Options
    from summariser.client import Summariser
    from summariser.costs import amount
    from summariser.readers import passed_over, stream_documents

    kind = options.schema(schema)
    recordings, mode = options.recordings(record, replay)
    by = None if via == "live" else BatchApi() if poll is None else BatchApi(poll=poll)
    how = Options(concurrency, rpm, tpm, None if budget is None else amount(budget), reground, by, workers)
    if by is None and poll is not None:
        raise ConfigurationError("--poll says how --via batch-api waits: add that, or leave it out")
    if engine == "local" and address is not None:
        raise ConfigurationError("--address says where --engine ray runs: add that, or leave it out")
    if engine == "ray" and fetch:
        raise ConfigurationError("--engine ray reads files only: leave out --fetch, or read the pages into files first")
    items = stream_documents(
        inputs,
        published=published,
        language=language,
        encoding=encoding,
        stdin=_standard_input() if "-" in inputs else None,
        fetcher=options.fetcher(fetch),
    )
    if not quiet and (others := passed_over(inputs)):
        say(others)
    with Summariser(
        model,
        schema=kind,
        examples=examples,
        prompts=prompts,
        base_url=base_url,
        api_key=_UNSENT if dry_run else options.key(api_key_env),
        recordings=recordings,
        mode=mode,
        strategy=strategy,
        policy=policy,
        output_language=output_language,
        second_look=second_look,
        price=price,
        batch_price=batch_price,
    ) as summariser:
        if model is None and not quiet:
            say(f"using {summariser.endpoint.name}: {summariser.endpoint.chosen_by}")
        if dry_run:
            from summariser.batch.estimate import estimate

            put(_told(estimate(summariser.recipe, items, how), summariser.endpoint.name, job_is_live=by is None))
            return
        if engine == "ray":
            from summariser.cli import cluster

            code = cluster.run(
                summariser,
                inputs,
                out,
                how,
                address=address,
                workers=workers,
                published=published,
                language=language,
                encoding=encoding,
                quiet=quiet,
            )
            if code:
                raise typer.Exit(code)
            return
        job = summariser.job(out, how)
        with _collecting_rarely():
            code = asyncio.run(_run(job, items, inputs, quiet=quiet))
    if code:
        raise typer.Exit(code)


def _standard_input() -> BinaryIO:
    """A reader of its own: whoever leaves while a thread waits for `sys.stdin` finds that locked, and Python dies of it."""
    try:
        return open(sys.stdin.fileno(), "rb", closefd=False)
    except UnsupportedOperation:  # no file stands behind it
        return sys.stdin.buffer


@contextlib.contextmanager
def _collecting_rarely() -> Generator[None]:
    """Let the garbage collector leave alone what is loaded by now, and look less often: 0.5 ms of CPU a document."""
    from summariser.workers import ALLOCATIONS

    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(ALLOCATIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


async def _run(job: Job[Any], items: Iterator[Item], inputs: list[str], *, quiet: bool) -> int:
    async with job:
        if not quiet:
            for line in _at_first(job):
                say(line)
            job.tell = say
        watching = asyncio.create_task(_watch(job, inputs, quiet=quiet))
        stop: SummariserError | None = None
        failed: Result[Any] | None = None
        try:
            with _interruptible(job, drains="-" not in inputs):
                async for result in job.results(items):
                    failed = failed or (result if result.status == "failed" else None)
        except SummariserError as error:
            if job.stopped_by is not error:
                raise
            stop = error
        finally:
            watching.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watching
        known = job.progress
        if not quiet:
            for line in _at_last(known, job.folder):
                say(line)
            say(f"{_line(known, job)}: {job.folder.folder}")
    if stop is None:
        if failed is not None:
            why = f"{failed.message} ({failed.error_class})"
            complain(failures(known.failed, known.done, job.folder.folder / "failures.jsonl", failed.id, why))
        return SOME_FAILED if known.failed else 0
    if type(stop) is ConfigurationError:  # of this machine: no provider stopped the job
        raise ConfigurationError(f"{stop}. The same command then goes on")
    interrupted = type(stop) is JobStoppedError
    if known.batches and job.options.via is not None:
        say(f"at the provider: {known.batches:,} of its batches; the same command takes up what comes of them")
    from summariser.views.wording import counted

    if not interrupted and known.total is not None and not known.remaining:
        complain(str(stop))
        return STOPPED
    total = known.expected if known.total is None else known.total
    left = "the rest of the input was not read" if total is None else f"{counted(total - known.done, 'document')} left"
    complain(
        f"{'interrupted' if interrupted else str(stop).rstrip('.')}; {left}, and the same command goes on with them"
    )
    return INTERRUPTED if interrupted else STOPPED


def _at_first(job: Job[Any]) -> Iterator[str]:
    from summariser.views.wording import counted

    for name, (old, new) in job.changed.items():
        yield f"{name} is {new}, and was {old} in the run before: what was asked with that is asked again"
    if job.progress.recovered:
        yield (
            f"under way when the run before was cut off: {counted(job.progress.recovered, 'request')}, perhaps paid for, "
            "and sent again"
        )
    if job.options.via is None and job.progress.batches:
        yield (
            f"still at the provider: {job.progress.batches:,} of its batches; what they have is asked directly now, "
            "and may be paid twice. With --via batch-api they are waited for"
        )


def _at_last(known: Progress, folder: JobFolder) -> Iterator[str]:
    from summariser.views.wording import counted

    if known.same_id > 1:
        yield f"{known.same_id:,} documents have an id that one before them has: {folder.events} names them"
    if known.left_out:
        yield (
            f"not in the input any more: {counted(known.left_out, 'document')} of earlier runs"
            f"{'' if folder.stays else ', and so not in briefs.jsonl'}; what was made of them stays in job.db, and comes back "
            "when they do"
        )


@contextlib.contextmanager
def _interruptible(job: Job[Any], *, drains: bool) -> Generator[None]:
    """Let Ctrl-C stop the job in good order, and a second one at once."""
    loop = asyncio.get_running_loop()

    def stop() -> None:
        loop.remove_signal_handler(signal.SIGINT)
        say("finishing what is under way; press Ctrl-C again to leave at once (nothing is lost)")
        job.stop(drain=drains)

    try:
        loop.add_signal_handler(signal.SIGINT, stop)
    except NotImplementedError:  # Windows
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)


async def _watch(job: Job[Any], inputs: list[str], *, quiet: bool) -> None:
    """Show where the job stands: a line that renews itself on a terminal, a line now and then elsewhere."""
    if quiet:
        return
    from summariser.readers import count_documents

    job.progress.expected = await asyncio.to_thread(count_documents, inputs)
    if not renewable():
        while True:
            await asyncio.sleep(LOGGED)
            say(_line(job.progress, job))
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    with Live(Text(""), console=Console(file=sys.stderr), auto_refresh=False, transient=True) as live:
        while True:
            live.update(Text(_line(job.progress, job), overflow="ellipsis", no_wrap=True), refresh=True)
            await asyncio.sleep(_REDRAWN)


def _line(known: Progress, job: Job[Any]) -> str:
    seconds = max(1e-9, job.elapsed)
    new = max(0, known.done - known.kept)
    total = known.total if known.total is not None else known.expected
    parts = [f"{known.done:,}" + (f" of {total:,}" if total is not None else "") + " done"]
    parts += [
        f"{count:,} {word}"
        for word, count in (
            ("verified", known.verified),
            ("flagged", known.flagged),
            ("failed", known.failed),
            ("from before", known.kept),
        )
        if count
    ]
    if known.doing:
        parts.append(known.doing)
    parts.append(f"{new / seconds:.1f}/s")
    used = known.usage
    parts += consumed(used.input_tokens, used.output_tokens, known.spent, known.unpriced, known.limited)
    if known.trouble and job.stopped_by is None:
        parts.append(known.trouble)
    if known.waiting:
        parts.append(f"waiting {known.waiting:.0f} s for the endpoint's limit")
    goes_well = (known.answered or known.reused) and not known.trouble
    if total and new and goes_well and job.stopped_by is None and known.done < total:
        parts.append(f"{_duration((total - known.done) * seconds / new)} left")
    return ", ".join(parts)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _told(made: Estimate, name: str, *, job_is_live: bool) -> str:
    def dollars(amount: Any) -> str:
        return "not known (add --price)" if amount is None else f"${amount:,.2f}"

    rows = [
        ("documents", f"{made.documents:,}" + (f", and {made.damaged:,} that cannot be used" if made.damaged else "")),
        ("requests", f"{made.requests:,} to {name}"),
        ("tokens in", f"about {made.input_tokens:,}"),
        ("tokens out", f"about {made.output_tokens:,}, at most {made.most_output_tokens:,}"),
        (
            "dollars",
            f"about {dollars(made.cost)}, at most {dollars(made.most_cost)}"
            if made.cost is not None
            else dollars(None),
        ),
        (
            "time",
            "not known: the embedded model is as fast as its machine; on two cores 300 words take it half a minute to a minute"
            if made.seconds is None
            else f"about {_duration(made.seconds)}"
            if job_is_live
            else f"up to {_duration(made.seconds)} a batch",
        ),
    ]
    width = max(len(label) for label, _ in rows)
    note = "Nothing was sent. Questions that are asked again come on top, what the provider caches comes off.\n"
    return "".join(f"{label:{width}}  {value}\n" for label, value in rows) + note
