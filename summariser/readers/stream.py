"""Inputs of any kind -> a stream of documents, the damaged ones reported each by itself."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from summariser.errors import InputError
from summariser.readers import extras
from summariser.readers.decoding import decoded, known_codec, whole
from summariser.readers.formats import UNPACKING_ERRORS, is_of_several, reader_of, unpacked
from summariser.readers.inputs import STANDARD_INPUT, STDIN, Source, check, opened, printable, sources
from summariser.readers.items import Damaged, Place
from summariser.readers.told import Told, parse_published

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime
    from typing import BinaryIO

    from summariser.readers.fetching import Fetcher
    from summariser.readers.items import Item
    from summariser_schemas import Document

__all__ = ["InputFile", "count_documents", "input_files", "read_brief", "read_documents", "stream_documents"]


def stream_documents(
    inputs: Iterable[str | Path],
    *,
    title: str | None = None,
    published: str | date | datetime | None = None,
    language: str | None = None,
    encoding: str | None = None,
    stdin: BinaryIO | None = None,
    fetcher: Fetcher | None = None,
) -> Iterator[Item]:
    """Read documents one at a time, in order; what cannot be read is a `Damaged` item in its place, and the rest goes on.

    An input is a file, a folder (all beneath it whose ending a reader knows, sorted by name, names with a leading dot left out;
    `passed_over` tells of the rest), a pattern such as ``news/**/*.jsonl``, ``-`` for standard input, or with a ``fetcher`` the
    address of a page. What a file holds is told by its ending, else by its first bytes; gzip and zstd are unpacked on the way.
    No more is held in memory than one document and, of tables, one batch of rows.

    ``title``, ``published`` (an ISO date, or a date and time with its zone) and ``language`` (ISO 639 code) hold for the
    documents that do not themselves say; they come before what is only found in a page. ``encoding`` is that of the files
    that do not declare theirs.

    Raises:
        InputError: at once, not in the midst of the stream: an input does not exist, or an argument makes no sense.
        ConfigurationError: a file needs an extra that is not installed: at once where its ending says so, in the midst of the
            stream where only its first bytes do.
    """
    inputs = list(inputs)
    check(inputs, fetching=fetcher is not None)
    extras.check(sources(inputs))
    told = _told(title, published, language, encoding)
    return _items(inputs, told, stdin, fetcher)


def count_documents(inputs: Iterable[str | Path]) -> int | None:
    """How many documents there are, without reading what they say; None where that cannot be told beforehand.

    Lines of JSON Lines and files of one document can be counted; tables and feeds, and what is compressed or comes through
    a pipe, cannot.
    """
    found = 0
    for source in sources(list(inputs)):
        several = is_of_several(source)
        # What a second reader takes from a pipe is lost to the first.
        if source.path is None or several is None or not source.path.is_file():
            return None
        if not several:
            found += 1
            continue
        try:
            with source.path.open("rb") as file:
                found += sum(1 for line in file if not line.isspace())
        except OSError:
            return None
    return found


@dataclass(frozen=True, slots=True)
class InputFile:
    """One file of a stream of documents, to be read elsewhere: iterating over it reads it."""

    source: Source
    told: Told

    def __iter__(self) -> Iterator[Item]:
        return _items_of(self.source, self.told)


def input_files(
    inputs: Iterable[str | Path],
    *,
    published: str | date | datetime | None = None,
    language: str | None = None,
    encoding: str | None = None,
) -> Iterator[InputFile]:
    """The files that `stream_documents` would read, one after another, for many readers side by side.

    They read from wherever they are, as long as the paths lead to the same files.

    Raises:
        InputError: at once: an input does not exist, an argument makes no sense, or it is standard input.
        ConfigurationError: likewise, where a file needs an extra that is not installed.
    """
    inputs = list(inputs)
    check(inputs)
    extras.check(sources(inputs))
    if any(str(given) == STDIN for given in inputs):
        raise InputError("standard input can be read in one place only: name files, folders or patterns")
    told = _told(None, published, language, encoding)
    return (
        InputFile(replace(source, path=source.path.absolute()) if source.path else source, told)
        for source in sources(inputs)
    )


def read_documents(
    inputs: Iterable[str | Path],
    *,
    title: str | None = None,
    published: str | date | datetime | None = None,
    language: str | None = None,
    encoding: str | None = None,
    stdin: BinaryIO | None = None,
    fetcher: Fetcher | None = None,
) -> list[Document]:
    """Read and check every document before any is worked on, so that nothing is paid for a job that cannot finish.

    Inputs and arguments are those of `stream_documents`, but that a ``title`` is for one input only. The document of a
    file is named after it: its id is the file's stem, or its path within the folder that was named, without the ending;
    its source the path as given. One from standard input has neither.

    Raises:
        InputError: an input cannot be used.
        ConfigurationError: a file needs an extra that is not installed.
    """
    inputs = list(inputs)
    if title is not None and len(inputs) > 1:
        raise InputError(f"a title was given for {len(inputs)} inputs; give it with one input only")
    documents: list[Document] = []
    for item in stream_documents(
        inputs, title=title, published=published, language=language, encoding=encoding, stdin=stdin, fetcher=fetcher
    ):
        if isinstance(item, Damaged):
            raise item.error
        documents.append(item.document)
    if not documents:
        raise InputError(f"no document in {', '.join(printable(str(given)) for given in inputs)}")
    return documents


def read_brief(path: str | Path, *, stdin: BinaryIO | None = None) -> dict[str, Any]:
    """Read a brief in JSON; ``-`` stands for standard input.

    Raises:
        InputError: it is missing, not readable or no JSON object; the message names file, line and column.
    """
    check([path])
    given = Source(STANDARD_INPUT) if str(path) == STDIN else Source(printable(str(path)), Path(path))
    with opened(given, stdin) as (stream, source):
        text = decoded(whole(stream, source.name), name=source.name)
    try:
        brief = json.loads(text)
    except json.JSONDecodeError as error:
        where = f"{source.name}, line {error.lineno}, column {error.colno}"
        if error.msg == "Extra data":
            raise InputError(f"{where}: something follows the brief; give one brief a file") from None
        raise InputError(f"{where}: not JSON ({error.msg})") from None
    if not isinstance(brief, dict):
        raise InputError(
            f"{source.name}: a brief is a JSON object, and this is {str(brief)[:40]!r}; give one brief a file"
        )
    return cast("dict[str, Any]", brief)


def _told(
    title: str | None, published: str | date | datetime | None, language: str | None, encoding: str | None
) -> Told:
    if language is not None and not re.fullmatch(r"[a-z]{2,3}", language):
        raise InputError(f"language {language!r} is not an ISO 639 code; give two letters such as en")
    if encoding is not None:
        try:
            encoding = known_codec(encoding)
        except LookupError:
            raise InputError(f"encoding {encoding!r} is not known; give one such as windows-1251") from None
    return Told(title, parse_published(published) if isinstance(published, str) else published, language, encoding)


def _items(inputs: Sequence[str | Path], told: Told, stdin: BinaryIO | None, fetcher: Fetcher | None) -> Iterator[Item]:
    for source in sources(inputs):
        yield from _items_of(source, told, stdin, fetcher)


def _items_of(
    source: Source, told: Told, stdin: BinaryIO | None = None, fetcher: Fetcher | None = None
) -> Iterator[Item]:
    try:
        with opened(source, stdin, fetcher) as (packed, known), unpacked(packed, source.name) as stream:
            yield from reader_of(stream, known)(stream, known, told)
    except InputError as error:
        yield Damaged(error, Place(source.name))
    except UNPACKING_ERRORS as error:
        reason = getattr(error, "strerror", None) or error
        yield Damaged(
            InputError(f"{source.name}: is damaged or cut off ({reason}); what stands before was read"),
            Place(source.name),
        )
