"""``summariser models``: the models that run inside the process."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Annotated

import typer

from summariser.cli import options
from summariser.cli.app import app
from summariser.cli.terminal import put, renewable, reported, say
from summariser.errors import WeightsError

models = typer.Typer(
    help="The models that run inside the process: which there are, fetching one, where its file lies.",
    epilog="\b\nExamples:\n  summariser models list\n  summariser models pull",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(models, name="models")


@models.command("list", epilog="\b\nExamples:\n  summariser models list")
@reported()
def list_models() -> None:
    """List the models that can run inside the process: name, size in megabytes, licence, and whether it is here."""
    from summariser import local

    rows = [("NAME", "MB", "LICENCE", "FETCHED")]
    for weights in local.catalogue():
        here = "yes" if local.where(weights.name) else "no"
        rows.append((weights.name, f"{weights.bytes / 1e6:,.0f}", weights.licence, here))
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    for name, size, licence, here in rows:
        put(f"{name:{widths[0]}}  {size:>{widths[1]}}  {licence:{widths[2]}}  {here}\n")


@models.command(epilog="\b\nExamples:\n  summariser models pull\n  summariser models pull NAME")
@reported()
def pull(
    name: Annotated[
        str | None, typer.Argument(help="A name from `models list`; the default model without one.")
    ] = None,
    quiet: options.Quiet = False,
) -> None:
    """Fetch a model's file, verify its digest and print where it lies; nothing is fetched that is already here."""
    from summariser import local

    with download(quiet=quiet) as progress:
        path = local.pull(name, progress=progress)
    put(f"{path}\n")


@models.command(epilog="\b\nExamples:\n  summariser models where\n  summariser models where NAME")
@reported()
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
    put(f"{path}\n")


@contextmanager
def download(*, quiet: bool) -> Generator[Callable[[int, int], None]]:
    """Yield what is told the bytes fetched and the bytes there are: a bar on a terminal, a line a tenth elsewhere."""
    if quiet or not renewable():
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
            say(f"fetched {done / 1e6:,.0f} of {total / 1e6:,.0f} MB")
        told = max(told, tenth)

    return tell
