"""What was named on the command line -> the files it stands for, one at a time."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from glob import has_magic, iglob
from io import BufferedReader
from pathlib import Path
from typing import TYPE_CHECKING, cast

from summariser.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from io import RawIOBase
    from typing import BinaryIO

__all__ = ["STDIN", "Source", "check", "opened", "printable", "sources"]

STDIN = "-"
_BUFFER = 1 << 16


@dataclass(frozen=True, slots=True)
class Source:
    """One file, or standard input: its name for messages, and the id of the document it holds if it holds one."""

    name: str
    path: Path | None
    id: str | None

    @property
    def given(self) -> str | None:
        """The name, where there is a file: standard input names no source."""
        return None if self.path is None else self.name


def check(inputs: Sequence[str | Path]) -> None:
    """Refuse what names nothing, before any of it is read.

    Raises:
        InputError: nothing was named, a file or folder does not exist, a pattern matches nothing, or ``-`` comes twice.
    """
    if not inputs:
        raise InputError("no input: name files, folders or patterns, or - for standard input")
    if sum(str(given) == STDIN for given in inputs) > 1:
        raise InputError("- is named twice; standard input can be read only once")
    for given in inputs:
        if str(given) == STDIN or not _is_missing(given):
            continue
        if has_magic(str(given)):
            if next(iglob(str(given), recursive=True), None) is None:
                raise InputError(f"{printable(str(given))}: no file matches this pattern")
            continue
        raise _missing(Path(given))


def sources(inputs: Sequence[str | Path]) -> Iterator[Source]:
    """Every file that was named or that stands in a folder or matches a pattern, in order, each folder's sorted by name.

    Files and folders whose name begins with a dot are left out, unless they are named themselves.
    """
    for given in inputs:
        if str(given) == STDIN:
            yield Source("standard input", None, None)
        elif not has_magic(str(given)) or not _is_missing(given):
            yield from _beneath(Path(given))
        else:
            for match in sorted(iglob(str(given), recursive=True)):
                # "**" matches the files beneath a folder by themselves.
                if "**" not in str(given) or not os.path.isdir(match):
                    yield from _beneath(Path(match))


@contextmanager
def opened(source: Source, stdin: BinaryIO | None = None) -> Generator[BufferedReader]:
    """Open a source for reading; standard input is left open.

    Raises:
        InputError: it is missing or cannot be read.
    """
    if source.path is None:
        given = stdin or sys.stdin.buffer
        if isinstance(given, BufferedReader):
            yield given
            return
        # Anything with readinto serves as the raw stream, whatever its type says.
        wrapped: BufferedReader = BufferedReader(cast("RawIOBase", given), _BUFFER)
        try:
            yield wrapped
        finally:
            wrapped.detach()
        return
    with _open(source.path, source.name) as file:
        yield file


def printable(path: str) -> str:
    """Stand in for bytes of a file name that are not UTF-8: a lone surrogate cannot be written to JSON."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _beneath(path: Path) -> Iterator[Source]:
    """The file itself, or the files beneath the folder; their ids are their paths within it, without the ending."""
    if not os.path.isdir(path):
        yield Source(printable(str(path)), path, printable(path.stem))
        return
    for file in _walk(path):
        within = file.relative_to(path)
        yield Source(printable(str(file)), file, printable(within.with_name(within.stem).as_posix()))


def _walk(folder: Path) -> Iterator[Path]:
    """Files beneath a folder. Links to folders are not followed, so that a loop of them cannot trap us."""
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        yield folder  # opening it says what is wrong
        return
    for name in names:
        if name.startswith("."):
            continue
        path = folder / name
        if os.path.isdir(path):
            if not os.path.islink(path):
                yield from _walk(path)
        else:
            yield path


def _open(path: Path, name: str) -> BufferedReader:
    try:
        return open(path, "rb")
    except FileNotFoundError:
        raise _missing(path) from None
    except NotADirectoryError:
        raise _missing(path) from None
    except PermissionError:
        raise InputError(f"{name}: no permission to read it") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{name}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


def _is_missing(path: str | Path) -> bool:
    try:
        os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False  # opening it says what is wrong
    return False


def _missing(path: Path) -> InputError:
    name = printable(str(path))
    if os.path.isfile(path.parent):
        return InputError(f"{name}: {printable(str(path.parent))} is a file, not a directory")
    return InputError(f"{name}: no such file{_nearest(path)}")


def _nearest(path: Path) -> str:
    try:
        names = [entry.name for entry in os.scandir(path.parent) if entry.is_file()]
    except OSError:
        return f"; there is no directory {printable(str(path.parent))}"
    close = get_close_matches(path.name, names, n=1)
    return f"; did you mean {printable(str(path.parent / close[0]))}?" if close else ""
