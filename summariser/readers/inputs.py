"""What was named on the command line -> the files it stands for, one at a time."""

from __future__ import annotations

import os
import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, replace
from difflib import get_close_matches
from glob import has_magic, iglob
from io import BufferedReader, BytesIO
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, cast

from summariser.errors import InputError
from summariser.readers.formats import is_known

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence
    from io import RawIOBase
    from typing import BinaryIO

    from summariser.readers.fetching import Fetcher

__all__ = [
    "STANDARD_INPUT",
    "STDIN",
    "Source",
    "check",
    "is_address",
    "opened",
    "passed_over",
    "printable",
    "sources",
]

STDIN = "-"
STANDARD_INPUT = "standard input"
_PACKED = (".gz", ".zst")
_OF_A_JOB = frozenset(
    "briefs.jsonl failures.jsonl summary.json events.jsonl job.db job.db-shm job.db-wal job.lock report.html".split()
)
_MEDIA_TYPES = {
    "text/html": ".html",
    "application/xhtml+xml": ".html",
    "application/pdf": ".pdf",
    "application/rss+xml": ".xml",
    "application/atom+xml": ".xml",
    "application/xml": ".xml",
    "text/xml": ".xml",
    "text/plain": ".txt",
    "text/markdown": ".md",
    "text/csv": ".csv",
    "text/tab-separated-values": ".tsv",
    "application/json": ".json",
    "application/jsonl": ".jsonl",
    "application/x-ndjson": ".jsonl",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
}
_BUFFER = 1 << 16
_SHOWN = 5
"""Endings that a message names."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file, page or standard input: its name for messages, and the id of the document it holds if it holds one."""

    name: str
    path: Path | None = None
    id: str | None = None
    url: str | None = None
    ending: str = ""
    """What the name ends in, compression aside, or what stands for the media type of a page: ``.csv``, ``.html``."""
    charset: str | None = None
    """The encoding that a web server named."""

    @property
    def given(self) -> str | None:
        """The name, where there is a file or a page: standard input names no source."""
        return None if self.path is None and self.url is None else self.name


def check(inputs: Sequence[str | Path], *, fetching: bool = False) -> None:
    """Refuse what names nothing, before any of it is read.

    Raises:
        InputError: nothing was named, a file or folder does not exist, a folder holds no file, a pattern matches nothing, ``-``
            comes twice, or a web address is named and ``fetching`` is not allowed.
    """
    if not inputs:
        raise InputError("no input: name files, folders or patterns, or - for standard input")
    if sum(str(given) == STDIN for given in inputs) > 1:
        raise InputError("- is named twice; standard input can be read only once")
    for given in inputs:
        if is_address(given):
            if not fetching:
                raise InputError(
                    f"{given}: is a web address, and nothing is fetched unasked: give --fetch (fetcher=Fetcher() from "
                    "Python)"
                )
            continue
        if str(given) == STDIN:
            continue
        if not _is_missing(given):
            if os.path.isdir(given) and next(sources([given]), None) is None:
                others = passed_over([given])
                why = others or "files whose names begin with a dot, and what a batch job left, are not read"
                raise InputError(f"{printable(str(given))}: this folder holds no file to read ({why})")
            continue
        if has_magic(str(given)):
            if next(iglob(str(given), recursive=True), None) is None:
                raise InputError(f"{printable(str(given))}: no file matches this pattern")
            continue
        raise _missing(Path(given))


def sources(inputs: Sequence[str | Path]) -> Iterator[Source]:
    """Every file that was named or that stands in a folder or matches a pattern, in order, each folder's sorted by name.

    Of a folder those are taken whose endings the readers know; what is named, or matches a pattern, whatever it is called. Files
    and folders whose name begins with a dot, and what a batch job left in its folder, are left out unless they are named
    themselves, be it for one folder (``job/failures.jsonl``) or many (``jobs/*/failures.jsonl``).
    """
    return (source for source, taken in _found(inputs) if taken)


def passed_over(inputs: Sequence[str | Path]) -> str:
    """What `sources` leaves out of folders because no reader knows its ending, in words; empty where there is nothing."""
    others = Counter(source.ending for source, taken in _found(inputs) if not taken)
    if not others:
        return ""
    kinds = [f"{number:,} {ending or 'without an ending'}" for ending, number in others.most_common(_SHOWN)]
    more = " and others" if len(others) > _SHOWN else ""
    return (
        f"passed over, since no reader is for such files: {', '.join(kinds)}{more}; what "
        "holds text is read when it is named, or matches a pattern such as 'news/**/*'"
    )


def _found(inputs: Sequence[str | Path]) -> Iterator[tuple[Source, bool]]:
    """Every file, and whether it is taken."""
    for given in inputs:
        if str(given) == STDIN:
            yield Source(STANDARD_INPUT), True
        elif is_address(given):
            yield Source(str(given), url=str(given)), True
        elif not has_magic(str(given)) or not _is_missing(given):
            yield from _beneath(Path(given))
        else:
            by_name = not has_magic(os.path.basename(str(given)))
            for match in sorted(iglob(str(given), recursive=True)):
                # "**" matches the files beneath a folder by themselves.
                beneath_another = "**" in str(given) and os.path.isdir(match)
                if not beneath_another and (by_name or not _left_by_a_job(Path(match))):
                    yield from _beneath(Path(match))


@contextmanager
def opened(
    source: Source, stdin: BinaryIO | None = None, fetcher: Fetcher | None = None
) -> Generator[tuple[BufferedReader, Source]]:
    """Open a source for reading, and say what is known of it then; standard input is left open.

    Raises:
        InputError: it is missing or cannot be read.
    """
    if source.url is not None and fetcher is not None:
        page = fetcher.fetch(source.url)
        ending = _MEDIA_TYPES.get(page.media_type) or _ending(source.url.partition("?")[0])
        source = replace(source, url=page.url, ending=ending, charset=page.charset)
        yield BufferedReader(cast("RawIOBase", BytesIO(page.data)), _BUFFER), source
    elif source.path is not None:
        with _open(source.path, source.name) as file:
            yield file, source
    else:
        given = stdin or sys.stdin.buffer
        if isinstance(given, BufferedReader):
            yield given, source
            return
        # Anything with readinto serves as the raw stream, whatever its type says.
        wrapped: BufferedReader = BufferedReader(cast("RawIOBase", given), _BUFFER)
        try:
            yield wrapped, source
        finally:
            wrapped.detach()


def is_address(given: str | Path) -> bool:
    """Whether an input is the address of a page on the web."""
    return str(given)[:8].lower().startswith(("http://", "https://"))


def printable(path: str) -> str:
    """Stand in for bytes of a file name that are not UTF-8: a lone surrogate cannot be written to JSON."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _beneath(path: Path) -> Iterator[tuple[Source, bool]]:
    """The file itself, or the files beneath the folder; their ids are their paths within it, without the ending."""
    if not os.path.isdir(path):
        yield _file(path, path.name, str(path)), True
        return
    for file in _walk(path):
        source = _file(file, file.relative_to(path).as_posix(), str(file))
        # A folder among them is one that cannot be looked into: opening it says so.
        yield source, is_known(source.ending) or os.path.isdir(file)


def _file(path: Path, within: str, name: str) -> Source:
    stem = within
    for packed in _PACKED:
        stem = stem[: -len(packed)] if stem.lower().endswith(packed) else stem
    ending = _ending(stem)
    stem = stem[: -len(ending)] if ending else stem
    return Source(printable(name), path, printable(stem), ending=ending.lower())


def _ending(name: str) -> str:
    return PurePath(name).suffix


def _walk(folder: Path) -> Iterator[Path]:
    """Files beneath a folder, but for what a batch job has left there: its results are no input of the next run.

    Links to folders are not followed, so that a loop of them cannot trap us.
    """
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        yield folder  # opening it says what is wrong
        return
    for name in names:
        path = folder / name
        if name.startswith(".") or _left_by_a_job(path):
            continue
        if os.path.isdir(path):
            if not os.path.islink(path):
                yield from _walk(path)
        else:
            yield path


def _left_by_a_job(path: Path) -> bool:
    return path.name.removesuffix(".partial") in _OF_A_JOB and (path.parent / "job.lock").exists()


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
