"""What happens in a job, as it happens: a line of JSON each, for ``tail -f`` and whatever collects logs.

started             a run begins: model, prompt and the rest of what decides the questions, limits, budget
document            one is finished: id, status, tokens, dollars, requests; of a failure the class of the error
same id             a document has an id that one before it has: the id, and where both stand
gate closed         the endpoint asked for a wait of so many seconds (429), and nobody sends
gate opened         somebody sends again
batch created       a batch is with the provider: its id, how many requests
batch finished      it has ended: its status, and what became of the requests
stopped             why the run ended early
finished            the run ended: how many documents of each status, tokens, dollars

Neither texts nor keys are in it, and no provider's messages but the one that stopped a run.
"""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any, Literal

from pydantic_core import to_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["Event", "Events"]

Event = Literal[
    "started",
    "document",
    "same id",
    "gate closed",
    "gate opened",
    "batch created",
    "batch finished",
    "stopped",
    "finished",
]


class Events:
    """The file of a job's events; runs add to it. What cannot be written is told once, and the job goes on without."""

    def __init__(self, path: Path, tell: Callable[[str], None]) -> None:
        self._path = path
        self._tell = tell
        self._file: IO[bytes] | None = None
        self._broken = False

    def write(self, event: Event, **facts: Any) -> None:
        """Add an event; facts that are None are left out."""
        if self._broken:
            return
        known = {name: fact for name, fact in facts.items() if fact is not None}
        line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event} | known
        try:
            if self._file is None:
                self._file = self._opened()
            self._file.write(to_json(line) + b"\n")
        except OSError as error:
            self._broken = True
            self._tell(f"{str(self._path)!r} cannot be written: {error.strerror}; the job goes on without its events")

    def _opened(self) -> IO[bytes]:
        file = self._path.open("a+b", buffering=0)
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":  # a run was cut off in a line
                file.write(b"\n")
        return file

    def close(self) -> None:
        """Close the file."""
        file, self._file = self._file, None
        if file is not None:
            file.close()
