"""Rows of JSON Lines and tables become documents, each by itself."""

from __future__ import annotations

import csv
import io
import json
import os
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summariser.errors import InputError
from summariser.readers import (
    Damaged,
    Entry,
    Place,
    as_row,
    count_documents,
    read_documents,
    stream_documents,
    with_failure,
)
from summariser_schemas import Origin

if TYPE_CHECKING:
    from pathlib import Path

    from summariser.readers import Item


def stream(data: bytes | str) -> list[Item]:
    """Read standard input."""
    return list(stream_documents(["-"], stdin=io.BytesIO(data.encode() if isinstance(data, str) else data)))


def entry(data: bytes | str) -> Entry:
    """Read the one document on standard input."""
    (item,) = stream(data)
    assert isinstance(item, Entry)
    return item


def file(folder: Path, name: str, data: bytes | str) -> Path:
    """Write a file."""
    path = folder / name
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def errors(items: list[Item]) -> list[str]:
    """What is wrong with those that are damaged."""
    return [str(item.error) for item in items if isinstance(item, Damaged)]


def test_the_columns_that_are_ours_make_the_document() -> None:
    """What a row says of its document is read, and the other columns are carried through."""
    row = {
        "id": 7,
        "text": "The harbour\r\nreopened.",
        "title": "Harbour",
        "published": "2025-02-11",
        "source": "Sarn Post",
        "url": "https://example.org/7",
        "language": "en-GB",
        "topic": {"main": "trade"},
    }
    found = entry(json.dumps(row))
    document = found.document
    assert (document.id, document.text, document.title) == ("7", "The harbour\r\nreopened.", "Harbour")
    assert (document.published, document.source) == (date(2025, 2, 11), "Sarn Post")
    assert (document.url, document.language) == ("https://example.org/7", "en")
    assert (document.origin, found.extra) == (Origin(place="standard input, line 1"), {"topic": {"main": "trade"}})


def test_a_damaged_line_is_damaged_alone(tmp_path: Path) -> None:
    """Each bad line is reported in its place, and the good ones around it are read."""
    path = file(
        tmp_path, "a.jsonl", b'{"text": "one"}\n{"text":\n\n[1]\n{"text": "\xff"}\n{"id": "x"}\n{"text": "two"}'
    )
    items = list(stream_documents([path]))
    assert [item.document.text for item in items if isinstance(item, Entry)] == ["one", "two"]
    assert [item.place for item in items] == [Place(str(path), "line", number) for number in (1, 2, 4, 5, 6, 7)]
    assert errors(items) == [
        f"{path}, line 2, column 1: not JSON (Expecting value)",
        f'{path}, line 4: is [1], not an object such as {{"text": "…"}}',
        f"{path}, line 5: byte 0xff is not UTF-8; JSON Lines are written in UTF-8",
        f"{path}, line 6: has no column text, which holds the document; its columns are 'id'",
    ]


@pytest.mark.parametrize(
    ("published", "meant"),
    [
        pytest.param("2024-01-30", date(2024, 1, 30), id="date"),
        pytest.param("2024-01-30T09:00:00Z", datetime(2024, 1, 30, 9, tzinfo=UTC), id="moment"),
        pytest.param("2024-01-30 09:00:00", date(2024, 1, 30), id="no zone"),
        pytest.param("Tue, 30 Jan 2024 09:00:00 +0000", datetime(2024, 1, 30, 9, tzinfo=UTC), id="e-mail"),
        pytest.param("", None, id="empty"),
        pytest.param(None, None, id="null"),
    ],
)
def test_dates_of_rows(published: str | None, meant: date | None) -> None:
    """A time without a zone, which most tables have, counts for its day."""
    assert entry(json.dumps({"text": "x", "published": published})).document.published == meant


@pytest.mark.parametrize(
    ("row", "said"),
    [
        pytest.param({"text": "x", "published": "soon"}, "'soon' is not a date", id="date"),
        pytest.param({"text": "x", "published": 1706605200}, "'1706605200' is not a date", id="epoch"),
        pytest.param({"text": "x", "language": "English"}, "language 'English' is not an ISO 639 code", id="language"),
        pytest.param({"text": ["x"]}, "column 'text': \"['x']\" is a list, not text", id="list"),
        pytest.param({"text": "x", "published": "9" * 20}, f"'{'9' * 20}' is not a date", id="year"),
        pytest.param({"text": " \n"}, "the column text is empty", id="empty"),
    ],
)
def test_a_row_that_makes_no_sense_is_damaged(row: dict[str, Any], said: str) -> None:
    """The error names the place and the value; the row's id and other columns come with it."""
    (item,) = stream(json.dumps({"id": "a", **row, "topic": "trade"}))
    assert isinstance(item, Damaged)
    assert str(item.error).startswith(f"standard input, line 1: {said}")
    assert (item.id, item.extra) == ("a", {"id": "a", **row, "topic": "trade"})


@pytest.mark.parametrize("depth", [101, 300, 900])
@pytest.mark.parametrize("column", ["text", "tree"])
def test_a_row_that_is_nested_too_deep_is_damaged(column: str, depth: int) -> None:
    """However deep, it is damaged alone; what no brief could carry is not kept of it."""
    deep = f"{'[' * depth}{']' * depth}"
    bad, good = stream(f'{{"id": "a", "text": "x", "{column}": {deep}}}\n{{"text": "y"}}')
    assert isinstance(bad, Damaged)
    assert str(bad.error).startswith(f"standard input, line 1: column '{column}' is nested more than 100 deep")
    assert (bad.id, bad.extra) == ("a", {})
    assert isinstance(good, Entry)


def test_halves_of_characters_in_bytes_become_whole() -> None:
    """Surrogates written as bytes, as some databases export them, are no more of a fault than escaped ones."""
    found = entry(b'{"text": "x", "note \xed\xa0\xbd": ["\xed\xa0\xbd"]}')
    assert found.extra == {"note \ufffd": ["\ufffd"]}


def test_a_header_that_is_not_utf_8_is_made_whole(tmp_path: Path) -> None:
    """The columns are carried under names that can be written, in messages too."""
    good, bad = stream_documents([file(tmp_path, "a.csv", b"text,caf\x81\nx,1\ny,\x81\n")])
    assert isinstance(good, Entry)
    assert good.extra == {"caf\ufffd": "1"}
    assert errors([bad]) == [
        f"{tmp_path / 'a.csv'}, row 3: byte 0x81 in the column caf\ufffd is not UTF-8; convert the file first"
    ]


def test_failures_of_a_job_are_input_again() -> None:
    """Class, message and attempts are those of the failure and no columns of the document's."""
    first = entry('{"id": "a", "text": "one", "published": "2024-01-30", "topic": "trade"}')
    failure = {"class": "RefusalError", "message": "declined", "attempts": 2, **as_row(first)}
    second = entry("\n" + json.dumps(failure))
    assert (second.document, second.extra) == (first.document, first.extra)


@pytest.mark.parametrize(
    "own",
    [
        {"class": "5b"},
        {"class": "5b", "message": "hello", "attempts": 3},
        {"own_columns": {"class": "5b"}, "attempts": [1]},
        {"attempts": json.loads("[" * 100 + "]" * 100)},
    ],
    ids=["one", "all", "nested", "deep"],
)
@pytest.mark.parametrize("kind", ["RefusalError", "StopIteration"])
def test_columns_that_are_called_as_those_of_a_failure_come_back(own: dict[str, Any], kind: str) -> None:
    """They are the document's, be it read for the first time or from the failures of a job, however often it fails."""
    first = entry(json.dumps({"id": "a", "text": "one", **own}))
    assert first.extra == own
    again = first
    for _ in range(2):
        failure = with_failure(as_row(again), kind, "declined", 2)
        assert (failure["class"], failure["message"], failure["attempts"]) == (kind, "declined", 2)
        again = entry(json.dumps(failure))
        assert (again.document, again.extra) == (first.document, first.extra)


def test_the_failure_of_a_file_does_not_make_us_read_it(tmp_path: Path) -> None:
    """A row can name a file as one that failed; whoever wants it read gives it as an input."""
    path = file(tmp_path, "a.txt", b"")
    (item,) = stream_documents([path])
    failure = {"class": "InputError", "message": "empty", "attempts": 0, **as_row(item)}
    path.write_text("mended")
    assert errors(stream(json.dumps(failure))) == [
        f"standard input, line 1: tells of {path}, which could not be read; mend that file and give it as an input itself"
    ]


def test_a_damaged_row_can_be_mended() -> None:
    """What is written of it has all of its columns, as they stood."""
    (item,) = stream('{"id": "a", "text": "one", "published": "soon", "topic": "trade"}')
    assert as_row(item) == {"id": "a", "text": "one", "published": "soon", "topic": "trade"}


def test_what_was_told_holds_where_a_row_does_not_say() -> None:
    """A row's own date and language come before those given for all."""
    data = b'{"text": "a", "published": "2020-01-01"}\n{"text": "b", "language": "fr"}'
    one, two = read_documents(["-"], published="2024-01-30", language="en", stdin=io.BytesIO(data))
    assert (one.published, one.language) == (date(2020, 1, 1), "en")
    assert (two.published, two.language) == (date(2024, 1, 30), "fr")


def test_one_row_is_read_at_a_time() -> None:
    """The first of a million rows comes before most of the others are read."""

    class Endless(io.RawIOBase):
        given = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            row = b'{"text": "one"}\n'
            size = len(buffer) // len(row) * len(row)
            buffer[:size] = row * (size // len(row))
            self.given += size
            return size

    endless = Endless()
    items = stream_documents(["-"], stdin=io.BufferedReader(endless))
    for _ in range(100):
        assert isinstance(next(items), Entry)
    assert endless.given < 1 << 20


texts = st.text(st.characters(exclude_categories=["Cs"])).filter(lambda text: bool(text.strip()))


@given(st.lists(st.fixed_dictionaries({"id": texts, "text": texts, "title": texts, "topic": texts}), min_size=1))
def test_json_lines_come_back(rows: list[dict[str, str]]) -> None:
    """Whatever text stands in a row is the document's, character for character."""
    items = stream("".join(json.dumps(row, ensure_ascii=len(row["id"]) % 2 == 0) + "\n" for row in rows))
    assert [_columns(item) for item in items] == rows


@given(st.lists(st.fixed_dictionaries({"id": texts, "text": texts, "title": texts, "topic": texts}), min_size=1))
def test_tables_come_back(tmp_path_factory: pytest.TempPathFactory, rows: list[dict[str, str]]) -> None:
    """Whatever text stands in a cell is the document's, character for character, under every delimiter."""
    for delimiter in ",;\t|":
        written = io.StringIO()
        table = csv.DictWriter(written, list(rows[0]), delimiter=delimiter, quoting=csv.QUOTE_ALL)
        table.writeheader()
        table.writerows(rows)
        path = file(tmp_path_factory.getbasetemp(), "any.csv", written.getvalue())
        assert [_columns(item) for item in stream_documents([path])] == rows


def _columns(item: Item) -> dict[str, Any]:
    assert isinstance(item, Entry), item
    document = item.document
    return {"id": document.id, "text": document.text, "title": document.title, **item.extra}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param("", "is empty; a header with a column text is needed", id="empty"),
        pytest.param("id,body\n1,x\n", "row 1: has no column text", id="no text"),
        pytest.param("text,id,id\nx,1,2\n", "row 1: has the column 'id' twice", id="twice"),
        pytest.param("text,id\nx\n", "row 2: has 1 columns where the header has 2; check its quotes", id="short row"),
        pytest.param('text\n"x\n', "row 2 (line 2): not CSV (unexpected end of data); check its quotes", id="quotes"),
        pytest.param(b"text\ncaf\xe9\n", "row 2: byte 0xe9 in the column text is not UTF-8", id="latin-1"),
    ],
)
def test_a_bad_table_is_refused(tmp_path: Path, data: bytes | str, said: str) -> None:
    """The error names the row, the header being row 1."""
    (error,) = errors(list(stream_documents([file(tmp_path, "a.csv", data)])))
    assert said in error


def test_a_table_in_utf_16_is_read(tmp_path: Path) -> None:
    """Spreadsheets save Unicode text as UTF-16 with tabs."""
    path = file(tmp_path, "a.tsv", "\ufeffTitle\tText\r\nŠkoda\tone ✓\r\n".encode("utf-16-le"))
    (document,) = read_documents([path])
    assert (document.title, document.text, document.source) == ("Škoda", "one ✓", str(path))


def test_json_holds_a_document_or_a_list(tmp_path: Path) -> None:
    """Entries of a list are counted from 1."""
    path = file(tmp_path, "a.json", '[{"text": "one"}, 2, {"text": "two"}]')
    items = list(stream_documents([path]))
    assert [str(item.place) for item in items] == [f"{path}, entry {number}" for number in (1, 2, 3)]
    assert errors(items) == [f'{path}, entry 2: is 2, not an object such as {{"text": "…"}}']


def test_a_missing_input_is_refused_before_any_is_read(tmp_path: Path) -> None:
    """A mistyped name stops the job at its start and is no damaged input."""
    file(tmp_path, "a.jsonl", "")
    with pytest.raises(InputError, match=r"no such file; did you mean .*a\.jsonl"):
        stream_documents([tmp_path / "a.json"])
    with pytest.raises(InputError, match="no file matches this pattern"):
        stream_documents([tmp_path / "*.csv"])


def test_a_pattern_is_read_in_order(tmp_path: Path) -> None:
    """Files that match come sorted by name."""
    for name in ("b.txt", "a.txt", "c.md"):
        file(tmp_path, name, name)
    assert [document.id for document in read_documents([tmp_path / "*.txt"])] == ["a", "b"]


def test_documents_are_counted_beforehand_where_that_is_cheap(tmp_path: Path) -> None:
    """Lines of JSON Lines and single texts are counted; a table or a pipe is not, and nothing is said then."""
    (tmp_path / "a.jsonl").write_text('{"text": "x"}\n\n{"text": "y"}\n')
    (tmp_path / "b.txt").write_text("A text.")
    assert count_documents([tmp_path]) == 3
    (tmp_path / "c.csv").write_text("id,text\n1,x\n")
    assert count_documents([tmp_path]) is None
    assert count_documents(["-"]) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_pipe_is_not_counted(tmp_path: Path) -> None:
    """Who counted its lines would take them from whoever reads them."""
    os.mkfifo(tmp_path / "a.jsonl")
    assert count_documents([tmp_path / "a.jsonl"]) is None
