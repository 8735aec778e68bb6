"""Files of many documents, a row each: JSON Lines, JSON, CSV and TSV."""

from __future__ import annotations

import csv
import json
from typing import TYPE_CHECKING, Any, cast

from pydantic import ValidationError

from summariser.errors import InputError
from summariser.readers.decoding import decoded, lines, whole
from summariser.readers.inputs import Source
from summariser.readers.items import Damaged, Entry, Place
from summariser.readers.told import Told, fit, known_date, known_language, said
from summariser_schemas import Document, Origin
from summariser_schemas.document import whole_characters

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from io import BufferedReader

    from summariser.readers.items import Item

__all__ = [
    "COLUMNS",
    "as_item",
    "as_row",
    "column_names",
    "csv_items",
    "json_items",
    "jsonl_items",
    "of_row",
    "with_failure",
]

COLUMNS = ("id", "text", "title", "published", "source", "url", "language")
"""The columns that are ours; the others are carried through."""
_FAILURE = ("class", "message", "attempts")
"""What a job's failures have beside the columns of their input: they can be given as input again."""
_OWN = "own_columns"
"""Holds the columns of such an input that are called as one of these, or as this."""

_LONGEST_FIELD = 64 << 20


def jsonl_items(stream: BufferedReader, source: Source, told: Told) -> Iterator[Item]:
    """One document a line; a line that is none is damaged by itself. Blank lines are passed over."""
    for number, line in enumerate(lines(stream, source.name, told.encoding), 1):
        if line.isspace():
            continue
        place = Place(source.name, "line", number)
        try:
            record = _record(line, place)
        except InputError as error:
            yield Damaged(error, place)
            continue
        yield as_item(record, place, source, told)


def json_items(stream: BufferedReader, source: Source, told: Told) -> Iterator[Item]:
    """One document, or a list of them. The file is read as a whole: corpora are better kept as JSON Lines."""
    text = decoded(whole(stream, source.name), name=source.name, encoding=told.encoding)
    try:
        found: Any = json.loads(text)
    except json.JSONDecodeError as error:
        raise InputError(f"{source.name}, line {error.lineno}, column {error.colno}: not JSON ({error.msg})") from None
    except (RecursionError, ValueError) as error:
        raise InputError(f"{source.name}: not JSON that can be read ({error})") from None
    records: list[Any] = found if isinstance(found, list) else [found]
    several = isinstance(found, list)
    for number, record in enumerate(records, 1):
        place = Place(source.name, "entry", number) if several else Place(source.name)
        if isinstance(record, dict):
            yield as_item(cast("dict[str, Any]", record), place, source, told)
        else:
            yield Damaged(_no_object(place, record), place)


def csv_items(stream: BufferedReader, source: Source, told: Told) -> Iterator[Item]:
    """One document a row under a header; the delimiter is a comma, semicolon, tab or bar, as in the header."""
    # Python's own limit is 128 KiB, less than a long report. It can only be set for the whole process.
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_FIELD))
    texts = (line.decode("utf-8", "surrogateescape") for line in lines(stream, source.name, told.encoding))
    first = next(texts, "")
    delimiter = max(",;\t|", key=lambda mark: (first.count(mark), mark == ","))
    rows = csv.reader(_chain(first, texts), delimiter=delimiter, strict=True)
    header: list[str] | None = None
    number = 0
    while True:
        number += 1
        place = Place(source.name, "row", number)
        try:
            row = next(rows, None)
        except csv.Error as error:
            # Where a quote is not closed, no one knows where the next row begins.
            raise InputError(
                f"{place} (line {rows.line_num}): not CSV ({error}); check its quotes. Nothing after it was read"
            ) from None
        if row is None:
            break
        if not row:
            continue
        if header is None:
            header = column_names(row, str(place))
            continue
        yield _csv_item(header, row, place, source, told)
    if header is None:
        raise InputError(f"{source.name}: is empty; a header with a column text is needed")


def as_item(record: Mapping[str, Any], place: Place, source: Source, told: Told) -> Item:
    """The document of a row, or what is wrong with it."""
    record = _without_failure(record)
    try:
        columns = _fit_columns(record)
    except InputError as error:
        known = record.get("id")
        identity = whole_characters(known) if isinstance(known, str) else None
        return Damaged(InputError(f"{place}: {error}"), place, identity)
    extra = {name: value for name, value in columns.items() if name not in COLUMNS}
    origin = _restored(extra.get("origin"))
    if origin is not None:
        del extra["origin"]
    elif place.within is not None:
        origin = Origin(place=str(place))
    identity = None
    try:
        identity = said(record, "id")
        document = _document(record, identity, origin, source, told)
    except InputError as error:
        return Damaged(InputError(f"{place}: {error}"), place, identity, columns)
    return Entry(document, place, extra)


def of_row(record: Mapping[str, Any]) -> Item:
    """The document of a row of somebody's own table, which stands in no file that is known."""
    return as_item(record, Place("a row"), Source("a row"), Told())


def as_row(item: Item) -> dict[str, Any]:
    """The row, fit for JSON, that reads back as this entry: its document's columns, and the others.

    That of a damaged row has the columns as they stood, to be mended; that of a damaged file names it under ``input``.
    Such a file is not read on a row's word: who sends us rows shall not choose files of ours.
    """
    if isinstance(item, Entry):
        return {**item.extra, **item.document.model_dump(mode="json", exclude_none=True)}
    if item.place.unit is None and not item.extra:
        return {"input": item.place.name}
    return {**item.extra, **({} if item.id is None else {"id": item.id})}


def with_failure(row: Mapping[str, Any], kind: str, message: str, attempts: int) -> dict[str, Any]:
    """A row and what became of it, which reads back as the row."""
    failure: dict[str, Any] = dict(zip(_FAILURE, (kind, message, attempts), strict=True))
    own = {name: row[name] for name in (*_FAILURE, _OWN) if name in row}
    others = {name: value for name, value in row.items() if name not in own}
    return others | failure | ({_OWN: own} if own or not _is_failure(failure) else {})


def _without_failure(row: Mapping[str, Any]) -> Mapping[str, Any]:
    if not _is_failure(row):
        return row
    own = row.get(_OWN)
    restored: dict[str, Any] = cast("dict[str, Any]", own) if isinstance(own, dict) else {}
    return {name: value for name, value in row.items() if name not in (*_FAILURE, _OWN)} | restored


def _is_failure(row: Mapping[str, Any]) -> bool:
    """Whether a row was written by `with_failure`, and does not just have columns that are called alike."""
    if any(name not in row for name in _FAILURE):
        return False
    kind, message, attempts = (row[name] for name in _FAILURE)
    told = isinstance(kind, str) and isinstance(message, str) and str(attempts).isdecimal()
    return told and (isinstance(row.get(_OWN), dict) or str(kind).endswith("Error"))


def _fit_columns(record: Mapping[str, Any]) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name, value in record.items():
        fit_name = whole_characters(str(name))
        try:
            columns[fit_name] = fit(value)
        except InputError as error:
            raise InputError(f"column {fit_name!r} {error}") from None
    return columns


def _document(
    record: Mapping[str, Any], identity: str | None, origin: Origin | None, source: Source, told: Told
) -> Document:
    text = said(record, "text")
    if text is None or not text.strip():
        raise InputError(_textless(record))
    published, language = record.get("published"), record.get("language")
    return Document(
        text=text,
        id=identity,
        title=said(record, "title") or told.title,
        published=(known_date(published) if published is not None else None) or told.published,
        source=said(record, "source") or source.given,
        url=said(record, "url"),
        language=known_language(language) if language else told.language,
        origin=origin,
    )


def _restored(column: Any) -> Origin | None:
    """The origin that `as_row` wrote; None where the column is missing, or the user's own."""
    try:
        return Origin.model_validate(column) if column and isinstance(column, dict) else None
    except ValidationError:
        return None


def _textless(record: Mapping[str, Any]) -> str:
    if "text" in record:
        return "the column text is empty; there is nothing to summarise"
    if isinstance(named := record.get("input"), str):
        return f"tells of {named}, which could not be read; mend that file and give it as an input itself"
    there = ", ".join(repr(name) for name in list(record)[:8]) or "none"
    return f"has no column text, which holds the document; its columns are {there}"


def _record(line: bytes, place: Place) -> dict[str, Any]:
    try:
        record: Any = json.loads(line)
    except json.JSONDecodeError as error:
        raise InputError(f"{place}, column {error.colno}: not JSON ({error.msg})") from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"{place}: byte 0x{line[error.start]:02x} is not UTF-8; JSON Lines are written in UTF-8"
        ) from None
    except (RecursionError, ValueError) as error:
        raise InputError(f"{place}: not JSON that can be read ({error})") from None
    if not isinstance(record, dict):
        raise _no_object(place, record)
    return cast("dict[str, Any]", record)


def _no_object(place: Place, record: Any) -> InputError:
    try:
        shown = json.dumps(record)[:40]
    except RecursionError:
        shown = "a list of lists"
    return InputError(f'{place}: is {shown}, not an object such as {{"text": "…"}}')


def _chain(first: str, rest: Iterator[str]) -> Iterator[str]:
    if first:
        yield first
    yield from rest


def column_names(header: list[str], where: str) -> list[str]:
    """The names of a table's columns, ours in lower case.

    Raises:
        InputError: there is no column text, or a column comes twice.
    """
    names = [whole_characters(name.strip()) for name in header]
    names = [low if (low := name.casefold()) in COLUMNS else name for name in names]
    if "text" not in names:
        raise InputError(
            f"{where}: has no column text, which holds the documents; its columns are {', '.join(map(repr, names[:8]))}"
        )
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise InputError(f"{where}: has the column {twice!r} twice")
    return names


def _csv_item(header: list[str], row: list[str], place: Place, source: Source, told: Told) -> Item:
    if len(row) != len(header):
        return Damaged(
            InputError(f"{place}: has {len(row)} columns where the header has {len(header)}; check its quotes"), place
        )
    for name, value in zip(header, row, strict=True):
        try:
            value.encode()
        except UnicodeEncodeError as error:
            byte = ord(value[error.start]) & 0xFF
            return Damaged(
                InputError(f"{place}: byte 0x{byte:02x} in the column {name} is not UTF-8; convert the file first"),
                place,
            )
    return as_item(dict(zip(header, row, strict=True)), place, source, told)
