"""What the commands have in common: what goes to the terminal and to files, progress, errors and exit codes."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from summariser.errors import ConfigurationError, InputError, SummariserError

if TYPE_CHECKING:
    from decimal import Decimal

    from rich.status import Status

__all__ = [
    "INTERRUPTED",
    "LOGGED",
    "SOME_FAILED",
    "STOPPED",
    "TEXT_WIDTH",
    "WIDEST",
    "Progress",
    "coloured",
    "complain",
    "consumed",
    "encode_stdout",
    "failures",
    "put",
    "renewable",
    "replacing",
    "reported",
    "say",
    "terminal_width",
]

INTERRUPTED, _PIPE_CLOSED = 130, 141
SOME_FAILED, STOPPED = 3, 4
"""Exit codes of a job, on this machine or on a cluster."""
LOGGED = 10.0
"""Seconds between two lines about where a job stands, where none can renew itself."""

TEXT_WIDTH = 80
WIDEST = 120
"""Columns; longer lines are hard to read."""


@contextmanager
def reported() -> Generator[None]:
    """Turn what can go wrong in a command into one line on standard error and an exit code."""
    try:
        yield
    except SummariserError as error:
        complain(str(error))
        raise typer.Exit(2 if isinstance(error, InputError | ConfigurationError) else 1) from None
    except KeyboardInterrupt:
        say("interrupted")
        # The interpreter would wait for the threads whose requests are under way. Files are closed by now.
        os._exit(INTERRUPTED)
    except BrokenPipeError:
        # The interpreter flushes standard output once more when it ends, and would complain then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(_PIPE_CLOSED) from None


@contextmanager
def replacing(path: Path) -> Generator[Callable[[str], None]]:
    """Yield what writes to a file beside ``path``, which takes its place at the end, if anything was written to it.

    A device or a pipe cannot be replaced and is written to directly.
    """
    special = path.exists() and not path.is_file()
    target = path if special else path.resolve()
    draft = target if special else target.with_name(f".{target.name}.{os.getpid()}.tmp")
    written = False

    def write(text: str) -> None:
        nonlocal written
        with _named(path):
            stream.write(text)
            stream.flush()
        written = True

    with _named(path):
        stream = draft.open("w" if special else "x", encoding="utf-8", newline="\n")
    try:
        with stream:
            yield write
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


def consumed(
    input_tokens: int | None, output_tokens: int | None, spent: Decimal | None, unpriced: int, limited: int
) -> Iterator[str]:
    """What a job has taken so far, as parts of its line: tokens, dollars, answers that told it to wait."""
    if input_tokens is not None:
        yield f"{input_tokens:,} tokens in, {output_tokens or 0:,} out"
    if spent is not None:
        yield f"${spent:,.4f}" + (" and more that is not known" if unpriced else "")
    elif unpriced:
        yield "price unknown"
    if limited:
        yield f"{limited:,} × 429"


def failures(failed: int, total: int, where: object, first: str, why: str) -> str:
    """That documents failed, and why: the reason of the ``first`` one, as the others mostly have the same."""
    if total == 1:
        return f"the document failed: {why}: {where}"
    which = "it is" if failed == 1 else f"the first is {first}"
    return f"{failed:,} of {total:,} documents failed: {where}; {which}: {why}"


def encode_stdout(*, text: bool) -> None:
    """Make standard output take what is written to it: any characters in text for reading, exact UTF-8 otherwise."""
    # CliRunner and notebooks put streams of other kinds here.
    if isinstance(sys.stdout, io.TextIOWrapper):
        if text:
            sys.stdout.reconfigure(errors="replace")
        else:
            sys.stdout.reconfigure(encoding="utf-8", newline="\n")


def terminal_width() -> int:
    """Columns of the terminal."""
    import shutil

    return shutil.get_terminal_size((TEXT_WIDTH, 24)).columns


def coloured() -> bool:
    """Whether standard output takes colours: a terminal does, unless its user says otherwise."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def put(text: str) -> None:
    """Write to standard output, at once.

    Raises:
        InputError: it cannot be written.
    """
    try:
        sys.stdout.write(text)
        sys.stdout.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise InputError(f"standard output cannot be written: {error.strerror}") from None


def complain(message: str) -> None:
    """Say on standard error what went wrong."""
    say(f"error: {message}")


def say(message: str) -> None:
    """Say a line on standard error, without control characters."""
    from summariser.views import plain

    sys.stderr.write(f"summariser: {plain(message)}\n")
    sys.stderr.flush()


class Progress:
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
            say(message)

    @contextmanager
    def document(self, name: str) -> Generator[None]:
        """Show that this document is being worked on, until the block ends."""
        self._begun += 1
        self._label = f"{name} ({self._begun} of {self._total})" if self._total > 1 else name
        if self._quiet or not renewable():
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


def renewable() -> bool:
    """Whether a line on standard error can renew itself."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
