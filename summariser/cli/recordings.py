"""``summariser recordings``: folders of recorded answers."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from summariser.cli.app import app
from summariser.cli.terminal import put, reported
from summariser.errors import InputError

recordings = typer.Typer(
    help="Folders of recorded answers: what is in one, whether it may be committed, and filling one from a job.",
    epilog="\b\nExamples:\n"
    "  summariser recordings check tests/recordings\n"
    "  summariser recordings promote job/job.db --id article-17 tests/recordings",
    no_args_is_help=True,
    rich_markup_mode=None,
)
app.add_typer(recordings, name="recordings")

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="The folder of recordings.")]


@recordings.command(
    epilog="\b\nExamples:\n  summariser recordings check tests/recordings\n"
    "\n\b\nExit codes: 0 nothing found; 1 something found, or no such folder."
)
@reported()
def check(folders: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Folders of recordings.")]) -> None:
    """Look for secrets, damaged files, and files that are never replayed: a line for each, without the secret."""
    from summariser.store import FolderStore
    from summariser.store import check as look

    found = checked = 0
    for folder in folders:
        store = FolderStore(folder)
        checked += len(store.paths())
        for finding in look(store):
            put(f"{finding}\n")
            found += 1
    put(f"{checked} recordings checked, {found or 'no'} problem{'s' * (found != 1)} found\n")
    if found:
        raise typer.Exit(1)


@recordings.command("list", epilog="\b\nExamples:\n  summariser recordings list tests/recordings")
@reported()
def list_recordings(folder: Folder) -> None:
    """List the recordings: file, origin, statuses, model, and how the question ends."""
    from summariser.store import FolderStore
    from summariser.views import plain

    for recording in FolderStore(folder).recordings():
        statuses = ",".join(str(recorded.fault or recorded.status) for recorded in recording.responses)
        body = recording.asked.body if isinstance(recording.asked.body, dict) else {}
        origin, model = recording.origin.get("kind", "?"), body.get("model") or recording.asked.url
        put(plain(f"{recording.fingerprint[:16]}.json  {origin}  {statuses}  {model}  {_end(body)}") + "\n")


@recordings.command(
    epilog="\b\nExamples:\n"
    "  summariser recordings promote job/job.db --id article-17 --id article-30 tests/recordings\n"
    "  pytest        # replays them"
)
@reported()
def promote(
    job: Annotated[Path, typer.Argument(metavar="JOB.db", help="The ledger of a job, or the folder that it is in.")],
    folder: Folder,
    ids: Annotated[
        list[str], typer.Option("--id", metavar="ID", help="A document of the job; several are named one by one.")
    ],
) -> None:
    """Make recordings of the answers that a job got for some of its documents."""
    from summariser.ledger import Ledger
    from summariser.store import FolderStore, filed
    from summariser.store import promote as copy

    path = job / "job.db" if job.is_dir() else job
    if not path.is_file():
        raise InputError(f"{path}: no such file; name the ledger of a job")
    with Ledger(path) as ledger:
        found = {name: [filed(*exchange) for exchange in ledger.exchanges(name)] for name in ids}
    if missing := [name for name, exchanges in found.items() if not exchanges]:
        raise InputError(f"{job} has no answers for a document with the id {missing[0]!r}")
    into = FolderStore(folder, create=True)
    for name, exchanges in found.items():
        put(f"{name}: {copy(exchanges, into)} recordings\n")


def _end(body: dict[str, object]) -> str:
    messages = body.get("messages")
    last = messages[-1] if isinstance(messages, list) and messages else {}
    content = last.get("content") if isinstance(last, dict) else None
    text = " ".join(content.split()) if isinstance(content, str) else ""
    return text if len(text) <= 60 else "…" + text[-59:]
