"""Briefs as flat tables: one row an item, with ids, spans and verdicts, for pandas, Polars, DuckDB and spreadsheets.

Every table has ``brief`` (the place in the input, counted from 1), which with ``item`` (the id within the brief) joins
them: ``commitments`` to its ``evidence`` and ``verdicts``, and through ``parties_of`` to ``parties``. Places are counted in
characters of the document, from 0.

Amounts come twice: ``value`` is a floating-point number to sort and sum, ``value_exact`` the decimal as it was read.

CSV: a spreadsheet takes a cell that starts with ``=``, ``+``, ``-`` or ``@`` for a formula, and a document may hold one.
Such a text, and one that starts with ``'``, a tab or a line break, gets a ``'`` in front; taking one leading ``'`` away gives
the text back. Numbers are written as they are. Parquet and SQLite hold all texts unchanged.
"""

from __future__ import annotations

import json
import math
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from importlib import import_module
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from summariser.drafting import sections
from summariser.errors import ConfigurationError, InputError
from summariser.version import installing
from summariser.views.wording import unread, without_surrogates
from summariser_schemas import Attribution, BaseBrief, Brief, Mention, Party, PartyRef, Quantity, VerdictName, When
from summariser_schemas.fields import asked

if TYPE_CHECKING:
    from collections.abc import Generator
    from decimal import Decimal

    from summariser.drafting import Section
    from summariser.views.results import Failure
    from summariser_schemas import Item

__all__ = ["TABLES", "Kind", "Table", "TableFormat", "as_cell", "export", "frames", "rows", "tables_of"]

TableFormat = Literal["parquet", "csv", "sqlite"]
Kind = Literal["text", "int", "real", "bool", "date"]
Row = dict[str, Any]

_BATCH = 20_000
"""Rows of a table that are written at once."""


@dataclass(frozen=True, slots=True)
class Table:
    """Name, columns and key of a table."""

    name: str
    columns: dict[str, Kind]
    key: tuple[str, ...]


def _table(name: str, key: str, columns: str) -> Table:
    typed: dict[str, Kind] = {}
    for column in columns.split():
        column_name, _, kind = column.partition(":")
        typed[column_name] = kind or "text"  # type: ignore[assignment]  # pyright: ignore[reportArgumentType] # checked by a test
    return Table(name, typed, tuple(key.split()))


_ITEM = "brief:int document item"
_MET = "verdict flagged:bool"
_WHEN = "{0}_text {0}_start:date {0}_end:date {0}_precision"

TABLES: tuple[Table, ...] = (
    _table(
        "documents",
        "brief",
        "brief:int document title published:date published_at source url place language sha256 headline summary status "
        "unread:int model answered_by endpoint prompt prompt_version prompt_sha256 strategy output_language "
        "input_tokens:int output_tokens:int cached_tokens:int second_look_tokens:int "
        "cost_usd:real cost_usd_exact requests:int attempts:int seconds:real version extra",
    ),
    _table("parties", "brief item", f"{_ITEM} name kind role affiliation aliases {_MET}"),
    _table(
        "commitments",
        "brief item",
        f"{_ITEM} by to action status {_WHEN.format('due')} condition attribution attribution_party {_MET}",
    ),
    _table(
        "outcomes", "brief item", f"{_ITEM} by what {_WHEN.format('when')} attribution attribution_party fulfils {_MET}"
    ),
    _table(
        "figures",
        "brief item",
        f"{_ITEM} text start:int end:int value:real low:real high:real value_exact low_exact high_exact scale:real unit per "
        f"qualifier measures {_WHEN.format('as_of')} attribution attribution_party {_MET}",
    ),
    _table("parties_of", "brief item field number", "brief:int document section item field number:int party name"),
    _table(
        "evidence",
        "brief section item number",
        "brief:int document section item number:int start:int end:int text page:int source_start:int source_end:int",
    ),
    _table("mentions", "brief item number", f"{_ITEM} number:int start:int end:int text"),
    _table(
        "verdicts", "brief section item field", "brief:int document section item field verdict basis said flagged:bool"
    ),
    _table("rejected", "brief number", "brief:int document number:int section said sentences reasons"),
    _table("omitted", "brief number", "brief:int document number:int kind start:int end:int text"),
    _table("failures", "number", "number:int document title source published class message attempts:int"),
)
"""The tables of the brief of a news text.

``unread`` of a document is how many of its sentences were not read, ``extra`` the other columns of its row as JSON.
``parties_of`` says which parties an item names in which field; ``aliases``, ``by``, ``to`` and ``reasons`` are joined by
"; " for reading, ``said`` and ``sentences`` are JSON. ``verdict`` of an item is the worst of its fields'."""


def tables_of(schema: type[BaseBrief]) -> tuple[Table, ...]:
    """The tables of a class of briefs: one a section, among those that all have."""
    built_in = {table.name: table for table in TABLES}
    news = {section.name: section for section in sections(Brief)}
    common = [table for table in TABLES if table.name not in news]
    own = [
        built_in[section.name] if section.item is getattr(news.get(section.name), "item", None) else _derived(section)
        for section in sections(schema)
    ]
    return (common[0], *own, *common[1:])


def _derived(section: Section) -> Table:
    columns = [_ITEM]
    for field in asked(section.item):
        name, start = field.name, "" if field.name == "quantity" else f"{field.name}_"
        if field.many or field.core is PartyRef:
            columns.append(name)
        elif field.core is Quantity:
            columns += [f"{start}{part}" for part in "text start:int end:int value:real low:real high:real".split()]
            columns += [f"{start}{part}" for part in "value_exact low_exact high_exact scale:real unit per".split()]
            columns.append(f"{start}qualifier")
        elif field.core is When:
            columns.append(_WHEN.format(name))
        elif field.core is Attribution:
            columns += [name, f"{name}_party"]
        elif field.core is Mention:
            columns += [name, f"{name}_start:int", f"{name}_end:int"]
        else:
            columns.append(f"{name}:bool" if field.core is bool else name)
    return _table(section.name, "brief item", " ".join((*columns, _MET)))


def rows(brief: BaseBrief, number: int) -> Iterator[tuple[str, Row]]:
    """Yield the rows of one brief, each with the name of its table; ``number`` is the brief's place, counted from 1."""
    key: Row = {"brief": number, "document": brief.document.id}
    yield "documents", key | _document(brief)
    yield from (
        ("evidence", row) for row in _evidence(key | {"section": "summary", "item": ""}, brief.summary_evidence)
    )
    names = {item.id: item.name for item in brief.items if isinstance(item, Party)}
    for section in (section.name for section in sections(type(brief))):
        for item in getattr(brief, section):
            yield section, key | {"item": item.id} | _item(item, names)
            place = key | {"section": section, "item": item.id}
            yield from (("evidence", row) for row in _evidence(place, item.evidence))
            yield from (("parties_of", place | row) for row in _parties_of(item, names))
            for field, verdict in item.verdicts.items():
                yield "verdicts", place | {"field": field} | verdict.model_dump()
            if isinstance(item, Party):
                for at, mention in enumerate(item.mentions, 1):
                    yield "mentions", key | {"item": item.id, "number": at} | mention.model_dump()
    for at, rejection in enumerate(brief.rejected, 1):
        said = json.dumps(rejection.said, ensure_ascii=False, default=str)
        told = {"said": said, "sentences": json.dumps(rejection.sentences), "reasons": "; ".join(rejection.reasons)}
        yield "rejected", key | {"number": at, "section": rejection.section} | told
    for at, omission in enumerate(brief.omitted, 1):
        yield "omitted", key | {"number": at} | omission.model_dump()


def frames(
    briefs: BaseBrief | Iterable[BaseBrief],
    *,
    failures: Iterable[Failure] = (),
    library: Literal["pandas", "polars"] = "pandas",
    schema: type[BaseBrief] | None = None,
) -> dict[str, Any]:
    """Return a data frame for every table of the schema (see `tables_of`), by its name.

    Without ``schema`` it is the class of the first brief, or that of news where there is none.

    Raises:
        ConfigurationError: the library, or for pandas pyarrow, is not installed.
    """
    several = iter([briefs] if isinstance(briefs, BaseBrief) else briefs)
    arrow = _arrow("data frames")
    if schema is None:
        first = next(several, None)
        schema = Brief if first is None else type(first)
        several = chain(() if first is None else (first,), several)
    tables = tables_of(schema)
    found: dict[str, list[Row]] = {table.name: [] for table in tables}
    for name, row in _all_rows(several, failures):
        found[name].append(row)
    made = {table.name: _arrow_table(arrow, table, found[table.name]) for table in tables}
    if library == "pandas":
        _imported("pandas", "data frames of pandas")
        return {name: table.to_pandas(date_as_object=False) for name, table in made.items()}
    polars = _imported("polars", "data frames of Polars")
    return {name: polars.from_arrow(table) for name, table in made.items()}


def export(
    briefs: Iterable[BaseBrief],
    directory: str | Path,
    form: TableFormat,
    *,
    failures: Iterable[Failure] = (),
    schema: type[BaseBrief] = Brief,
) -> list[Path]:
    """Write the tables of briefs into a directory, and return the files: one a table, or ``briefs.sqlite`` with all.

    The files take their places when all are written; when something goes wrong none does.

    Raises:
        InputError: the directory cannot be written.
        ConfigurationError: Parquet was asked for, and pyarrow is not installed.
    """
    if form not in get_args(TableFormat):
        raise ConfigurationError(f"there is no table format {form!r}: choose one of {', '.join(get_args(TableFormat))}")
    folder = Path(directory)
    if folder.is_file():
        raise InputError(f"{str(folder)!r} is a file, and the tables need a folder; name another")
    tables = {table.name: table for table in tables_of(schema)}
    sink = {"parquet": _parquet, "csv": _csv, "sqlite": _sqlite}[form]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _replacing(folder) as draft, sink(draft, tables.values()) as write:
            waiting: dict[str, list[Row]] = {name: [] for name in tables}
            for name, row in _all_rows(briefs, failures):
                waiting[name].append(row)
                if len(waiting[name]) >= _BATCH:
                    write(tables[name], waiting[name])
                    waiting[name] = []
            for table in tables.values():
                write(table, waiting[table.name])
    except (OSError, sqlite3.Error) as error:
        raise InputError(f"{folder}: cannot be written: {getattr(error, 'strerror', None) or error}") from None
    names = ["briefs.sqlite"] if form == "sqlite" else [f"{name}.{form}" for name in tables]
    return [folder / name for name in names]


def _all_rows(briefs: Iterable[BaseBrief], failures: Iterable[Failure]) -> Iterator[tuple[str, Row]]:
    for number, brief in enumerate(briefs, 1):
        for name, row in rows(brief, number):
            yield name, without_surrogates(row)
    for number, failure in enumerate(failures, 1):
        told = {"title": failure.title, "source": failure.source, "published": failure.published}
        said = {"class": failure.error, "message": failure.message, "attempts": failure.attempts}
        yield "failures", without_surrogates({"number": number, "document": failure.id} | told | said)


def _document(brief: BaseBrief) -> Row:
    info, made = brief.document, brief.provenance
    published = info.published
    moment = published.isoformat() if isinstance(published, datetime) else None
    return {
        "title": info.title,
        "published": published.date() if isinstance(published, datetime) else published,
        "published_at": moment,
        "source": info.source,
        "url": info.url,
        "place": info.place,
        "language": info.language,
        "sha256": info.sha256,
        "headline": brief.headline,
        "summary": brief.summary,
        "status": brief.status,
        "unread": unread(brief),
        "extra": json.dumps(info.extra, ensure_ascii=False) if info.extra else None,
        "prompt": made.prompt.name,
        "prompt_version": made.prompt.version,
        "prompt_sha256": made.prompt.sha256,
        "cost_usd": _real(made.cost_usd),
        "cost_usd_exact": _exact(made.cost_usd),
        **made.model_dump(exclude={"prompt", "cost_usd", "schema_sha256", "examples_sha256"}),
    }


def _item(item: Item, names: dict[str, str]) -> Row:
    """The columns of an item's own table; a field that is a list of parties is given by their names."""
    row: Row = {"flagged": item.flagged}
    order = get_args(VerdictName)
    row["verdict"] = max((v.verdict for v in item.verdicts.values()), key=order.index, default=None)
    for name, value in item:
        if name in ("id", "evidence", "verdicts", "mentions"):
            continue
        if isinstance(value, list):
            row[name] = "; ".join(_listed(one, names) for one in value)
        elif isinstance(value, Attribution):
            row |= {name: value.text, f"{name}_party": value.party}
        elif isinstance(value, Quantity):
            start = "" if name == "quantity" else f"{name}_"
            told = value.model_dump(exclude={"value", "low", "high", "scale"})
            told |= {bound: _real(getattr(value, bound)) for bound in ("value", "low", "high", "scale")}
            told |= {f"{bound}_exact": _exact(getattr(value, bound)) for bound in ("value", "low", "high")}
            row |= {f"{start}{part}": said for part, said in told.items()}
        elif isinstance(value, When):
            row |= {f"{name}_{part}": getattr(value, part) for part in ("text", "start", "end", "precision")}
        elif isinstance(value, Mention):
            row |= {name: value.text, f"{name}_start": value.start, f"{name}_end": value.end}
        elif value is not None:
            row[name] = value
    return row


def _listed(value: Any, names: dict[str, str]) -> str:
    """An element of a list in words."""
    if isinstance(value, PartyRef):
        return names.get(str(value), str(value))
    return str(getattr(value, "text", value))


def _evidence(key: Row, evidence: Iterable[Any]) -> Iterator[Row]:
    for number, span in enumerate(evidence, 1):
        yield key | {"number": number} | span.model_dump()


def _parties_of(item: Item, names: dict[str, str]) -> Iterator[Row]:
    for field, value in item:
        refs = value if isinstance(value, list) else [value.party] if isinstance(value, Attribution) else [value]
        for number, ref in enumerate((ref for ref in refs if isinstance(ref, PartyRef)), 1):
            yield {"field": field, "number": number, "party": str(ref), "name": names.get(ref)}


def _real(value: Decimal | None) -> float | None:
    if value is None:
        return None
    real = float(value)
    return real if math.isfinite(real) else None


def _exact(value: Decimal | None) -> str | None:
    # An exponent of a million must not become a million digits.
    return None if value is None else f"{value:f}" if abs(value.adjusted()) < 100 else str(value)


# Sinks


@contextmanager
def _replacing(folder: Path) -> Generator[Path]:
    """Yield a folder beside the files to be, which take their places when the block ends well."""
    import shutil
    import tempfile

    draft = Path(tempfile.mkdtemp(prefix=".export-", dir=folder))
    try:
        yield draft
        for path in sorted(draft.iterdir()):
            os.replace(path, folder / path.name)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


Write = Callable[[Table, list[Row]], None]


@contextmanager
def _csv(folder: Path, tables: Iterable[Table]) -> Generator[Write]:
    from contextlib import ExitStack

    with ExitStack() as stack:
        streams = {
            table.name: stack.enter_context((folder / f"{table.name}.csv").open("w", encoding="utf-8", newline=""))
            for table in tables
        }
        for table in tables:
            streams[table.name].write(",".join(f'"{name}"' for name in table.columns) + "\r\n")

        def write(table: Table, found: list[Row]) -> None:
            for row in found:
                streams[table.name].write(",".join(as_cell(row.get(name)) for name in table.columns) + "\r\n")

        yield write


_FORMULA = tuple("=+-@\t\r\n'＝＋－＠")


def as_cell(value: Any) -> str:
    """A cell by RFC 4180: texts in quotation marks always, so that what is missing differs from an empty text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    guard = "'" if text.startswith(_FORMULA) else ""
    return f'"{guard}{text.replace(chr(34), chr(34) * 2)}"'


_SQL = {"text": "TEXT", "int": "INTEGER", "real": "REAL", "bool": "INTEGER", "date": "TEXT"}


@contextmanager
def _sqlite(folder: Path, tables: Iterable[Table]) -> Generator[Write]:
    connection = sqlite3.connect(folder / "briefs.sqlite")
    try:
        for table in tables:
            columns = [f'"{name}" {_SQL[kind]}' for name, kind in table.columns.items()]
            connection.execute(f'CREATE TABLE "{table.name}" ({", ".join(columns)})')

        def write(table: Table, found: list[Row]) -> None:
            marks = ", ".join("?" * len(table.columns))
            values = ([_sql(row.get(name)) for name in table.columns] for row in found)
            connection.executemany(f'INSERT INTO "{table.name}" VALUES ({marks})', values)  # noqa: S608 # our own names

        yield write
        for table in tables:
            # Not a primary key: a brief from elsewhere may use an id twice, and is exported as it is.
            key = ", ".join(f'"{name}"' for name in table.key)
            connection.execute(f'CREATE INDEX "{table.name} by key" ON "{table.name}" ({key})')
        connection.commit()
    finally:
        connection.close()


def _sql(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


@contextmanager
def _parquet(folder: Path, _: Iterable[Table]) -> Generator[Write]:
    arrow = _arrow("Parquet")
    parquet = import_module("pyarrow.parquet")
    writers: dict[str, Any] = {}
    try:

        def write(table: Table, found: list[Row]) -> None:
            made = _arrow_table(arrow, table, found)
            if table.name not in writers:
                writers[table.name] = parquet.ParquetWriter(folder / f"{table.name}.parquet", made.schema)
            writers[table.name].write_table(made)

        yield write
    finally:
        for writer in writers.values():
            writer.close()


def _arrow_table(arrow: Any, table: Table, found: list[Row]) -> Any:
    types = {
        "text": arrow.string(),
        "int": arrow.int64(),
        "real": arrow.float64(),
        "bool": arrow.bool_(),
        "date": arrow.date32(),
    }
    schema = arrow.schema([(name, types[kind]) for name, kind in table.columns.items()])
    return arrow.table({name: [row.get(name) for row in found] for name in table.columns}, schema=schema)


def _arrow(what: str) -> Any:
    return _imported("pyarrow", what, installing("parquet"))


def _imported(name: str, what: str, install: str | None = None) -> Any:
    try:
        return import_module(name)
    except ImportError:
        raise ConfigurationError(
            f"{what}: {name} is not installed; run: {install or f'python -m pip install {name}'}"
        ) from None
