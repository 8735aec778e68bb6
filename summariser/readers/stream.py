"""Inputs of any kind -> a stream of documents, the damaged ones reported each by itself."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, cast

from summariser.errors import InputError
from summariser.readers.decoding import decoded, whole
from summariser.readers.inputs import STDIN, Source, check, opened, printable, sources
from summariser.readers.items import Damaged, Place
from summariser.readers.told import Told, parse_published

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date, datetime
    from io import BufferedReader
    from pathlib import Path
    from typing import BinaryIO

    from summariser.readers.items import Item
    from summariser_schemas import Document

    Reader = Callable[[BufferedReader, Source, Told], Iterator[Item]]

__all__ = ["read_brief", "read_documents", "stream_documents"]

_JSON_OBJECT = re.compile(rb'\s*\{\s*"')


def stream_documents(
    inputs: Iterable[str | Path],
    *,
    title: str | None = None,
    published: str | date | datetime | None = None,
    language: str | None = None,
    stdin: BinaryIO | None = None,
) -> Iterator[Item]:
    """Read documents one at a time, in order; what cannot be read is a `Damaged` item in its place, and the rest goes on.

    An input is a file, a folder (read with all beneath it, sorted by name, names with a leading dot left out), a pattern
    such as ``news/**/*.jsonl``, or ``-`` for standard input. What a file holds is told by its ending, else by its first
    bytes. No more is held in memory than one document and, of tables, one batch of rows.

    ``title``, ``published`` (an ISO date, or a date and time with its zone) and ``language`` (ISO 639 code) hold for the
    documents that do not themselves say.

    Raises:
        InputError: at once, not in the midst of the stream: an input does not exist, or an argument makes no sense.
    """
    inputs = list(inputs)
    check(inputs)
    told = _told(title, published, language)
    return _items(inputs, told, stdin)


def read_documents(
    inputs: Iterable[str | Path],
    *,
    title: str | None = None,
    published: str | date | datetime | None = None,
    language: str | None = None,
    stdin: BinaryIO | None = None,
) -> list[Document]:
    """Read and check every document before any is worked on, so that nothing is paid for a job that cannot finish.

    Inputs and arguments are those of `stream_documents`, but that a ``title`` is for one input only. The document of a
    file is named after it: its id is the file's stem, or its path within the folder that was named, without the ending;
    its source the path as given. One from standard input has neither.

    Raises:
        InputError: an input cannot be used.
    """
    inputs = list(inputs)
    if title is not None and len(inputs) > 1:
        raise InputError(f"a title was given for {len(inputs)} inputs; give it with one input only")
    documents: list[Document] = []
    for item in stream_documents(inputs, title=title, published=published, language=language, stdin=stdin):
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
    (source,) = [Source("standard input", None, None)] if str(path) == STDIN else sources([path])
    with opened(source, stdin) as stream:
        text = decoded(whole(stream, source.name), name=source.name)
    try:
        brief = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{source.name}, line {error.lineno}, column {error.colno}: not JSON ({error.msg})") from None
    if not isinstance(brief, dict):
        raise InputError(
            f"{source.name}: a brief is a JSON object, and this is {str(brief)[:40]!r}; give one brief a file"
        )
    return cast("dict[str, Any]", brief)


def _told(title: str | None, published: str | date | datetime | None, language: str | None) -> Told:
    if language is not None and not re.fullmatch(r"[a-z]{2,3}", language):
        raise InputError(f"language {language!r} is not an ISO 639 code; give two letters such as en")
    return Told(title, parse_published(published) if isinstance(published, str) else published, language)


def _items(inputs: Sequence[str | Path], told: Told, stdin: BinaryIO | None) -> Iterator[Item]:
    for source in sources(inputs):
        try:
            with opened(source, stdin) as stream:
                yield from _reader(stream, source)(stream, source, told)
        except InputError as error:
            yield Damaged(error, Place(source.name))
        except OSError as error:
            yield Damaged(InputError(f"{source.name}: cannot be read: {error.strerror or error}"), Place(source.name))


def _reader(stream: BufferedReader, source: Source) -> Reader:
    """Who reads this file: told by its ending, else by its first bytes."""
    from summariser.readers.plain import text_items
    from summariser.readers.rows import csv_items, json_items, jsonl_items

    ending = "" if source.path is None else source.path.suffix.lower()
    by_ending: dict[str, Reader] = {
        ".jsonl": jsonl_items,
        ".ndjson": jsonl_items,
        ".json": json_items,
        ".csv": csv_items,
        ".tsv": csv_items,
        ".txt": text_items,
    }
    head = stream.peek()
    if ending in by_ending:
        return by_ending[ending]
    return jsonl_items if _JSON_OBJECT.match(head) else text_items
