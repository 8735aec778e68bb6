"""What a job leaves in its folder.

briefs.jsonl     the briefs, in the order of the input, a line each
failures.jsonl   the inputs that failed, with class, message and attempts: accepted as input again
summary.json     what the job came to
events.jsonl     what happened, as it happened (see `Events`)
job.db           the ledger, from which all of this can be made again
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Self

from pydantic_core import to_json

from summariser.errors import InputError
from summariser.readers import with_failure

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import TracebackType

    from summariser.batch.job import Result

__all__ = ["JobFolder", "writing"]

_FILES = ("briefs.jsonl", "failures.jsonl")


class JobFolder:
    """The folder of a job. Files are written under the name ``….partial`` and take their place when the block ends.

    So a file under its own name is never half-written. Those of a run that did not come to its end, and has fewer briefs
    than an earlier one, do not take the place of that one's: briefs are of one run, and the ledger has everything either way.

    Raises:
        InputError: the folder cannot be made or written.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self._files: dict[str, IO[bytes]] = {}
        self._written = dict.fromkeys(_FILES, 0)
        self.whole = False
        """Whether the run came to its end, with all of its input; set before the block ends."""
        self.stays = ""
        """What is left as an earlier run wrote it, in words; empty where nothing is."""
        if self.folder.is_file():
            raise InputError(f"{str(self.folder)!r} is a file, and a job needs a folder; name another with --out")
        with writing(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)

    @property
    def ledger(self) -> Path:
        """Where the ledger is."""
        return self.folder / "job.db"

    @property
    def events(self) -> Path:
        """Where the events are."""
        return self.folder / "events.jsonl"

    def __enter__(self) -> Self:
        with writing(self.folder):
            for name in _FILES:
                self._files[name] = (self.folder / f"{name}.partial").open("wb")
        return self

    def write(self, result: Result[Any]) -> None:
        """Write what became of the next document."""
        self._written["failures.jsonl" if result.status == "failed" else "briefs.jsonl"] += 1
        with writing(self.folder):
            if result.status == "failed":
                row = {"id": result.id} | result.row
                failed = with_failure(row, result.error_class or "", result.message or "", result.attempts)
                self._files["failures.jsonl"].write(to_json(failed) + b"\n")
            else:
                self._files["briefs.jsonl"].write(result.content + b"\n")

    def summarise(self, summary: dict[str, Any]) -> None:
        """Write the summary."""
        with writing(self.folder):
            draft = self.folder / "summary.json.partial"
            draft.write_bytes(to_json(summary, indent=1) + b"\n")
            draft.replace(self.folder / "summary.json")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with writing(self.folder):
            staying = () if self.whole else self._staying()
            for name, file in self._files.items():
                with file:
                    file.flush()
                    os.fsync(file.fileno())
                draft = self.folder / f"{name}.partial"
                if name in staying:
                    draft.unlink(missing_ok=True)
                else:
                    draft.replace(self.folder / name)

    def _staying(self) -> tuple[str, ...]:
        """The files that have more than this run."""
        before = {name: _lines(self.folder / name) for name in _FILES}
        if before["briefs.jsonl"] > self._written["briefs.jsonl"]:
            self.stays = (
                f"briefs.jsonl and failures.jsonl stay as an earlier run left them, with {before['briefs.jsonl']:,} briefs "
                f"where this run has {self._written['briefs.jsonl']:,}; job.db keeps what either made"
            )
            return _FILES
        if before["failures.jsonl"] > self._written["failures.jsonl"]:
            self.stays = (
                f"failures.jsonl stays as an earlier run left it, with {before['failures.jsonl']:,} inputs where this run has "
                f"{self._written['failures.jsonl']:,}"
            )
            return ("failures.jsonl",)
        return ()


def _lines(path: Path) -> int:
    if not path.exists():
        return 0
    with path.open("rb") as file:
        return sum(1 for _ in file)


@contextlib.contextmanager
def writing(folder: Path) -> Generator[None]:
    """Say which file or folder cannot be written."""
    try:
        yield
    except OSError as error:
        where = error.filename or folder
        raise InputError(f"the job's folder cannot be written: {str(where)!r}: {error.strerror}") from error
