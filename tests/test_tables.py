"""Briefs as flat tables: what goes in comes out, and joins."""

from __future__ import annotations

import csv
import io
import sqlite3
from contextlib import closing
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summariser.errors import ConfigurationError, InputError
from summariser.views.results import Failure
from summariser.views.tables import TABLES, Kind, TableFormat, as_cell, export, frames, rows
from summariser_schemas import Figure, Omission, Outcome, Part, Party, Quantity, Verdict
from tests.briefs import HOSTILE, brief_of, made_brief, sentence, with_everywhere

if TYPE_CHECKING:
    from pathlib import Path

FAILURE = Failure(id="f-1", error="RefusalError", message="the model declined", attempts=2)
MADE = made_brief(omitted=[Omission(start=0, end=4, text="Port", kind="party")])
FORMATS = get_args(TableFormat)


def sqlite_of(folder: Path) -> sqlite3.Connection:
    """Export the made brief twice and a failure, and open the database."""
    export([MADE, MADE], folder, "sqlite", failures=[FAILURE])
    return sqlite3.connect(folder / "briefs.sqlite")


def test_frames_are_those_of_the_class_of_the_briefs() -> None:
    """Without being told."""
    assert "decisions" in frames(brief_of("meeting"))


def test_every_column_has_a_kind_that_exists() -> None:
    """The declarations of the tables are well formed: kinds, keys among the columns, names once."""
    for table in TABLES:
        assert set(table.columns.values()) <= set(get_args(Kind))
        assert set(table.key) <= set(table.columns)
    assert len({table.name for table in TABLES}) == len(TABLES)


def test_every_row_fits_its_table_and_has_a_key_of_its_own() -> None:
    """Nothing is lost to a column that is not declared, and keys are unique."""
    columns = {table.name: table for table in TABLES}
    met: set[tuple[Any, ...]] = set()
    for name, row in rows(MADE, 1):
        assert row.keys() <= columns[name].columns.keys(), name
        key = (name, *(row[part] for part in columns[name].key))
        assert key not in met
        met.add(key)
    assert {name for name, *_ in met} == set(columns) - {"mentions", "verdicts", "failures"}


@pytest.mark.parametrize("form", FORMATS)
def test_every_format_writes_every_table(tmp_path: Path, form: TableFormat) -> None:
    """The files are those that are returned, with nothing beside them, and they can be written again."""
    export([MADE], tmp_path / "out", form)
    files = export([MADE], tmp_path / "out", form, failures=[FAILURE])
    assert sorted((tmp_path / "out").iterdir()) == sorted(files)
    assert len(files) == (1 if form == "sqlite" else len(TABLES))


def test_tables_join(tmp_path: Path) -> None:
    """A commitment is found with its party's kind, its sentence and its document."""
    with closing(sqlite_of(tmp_path)) as database:
        found = database.execute(
            "SELECT d.document, p.name, p.kind, c.action, c.due_start, e.text FROM commitments c "
            "JOIN parties_of o ON o.brief = c.brief AND o.item = c.item AND o.field = 'by' "
            "JOIN parties p ON p.brief = o.brief AND p.item = o.party "
            "JOIN evidence e ON e.brief = c.brief AND e.item = c.item "
            "JOIN documents d ON d.brief = c.brief WHERE c.brief = 2 AND c.item = 'c1'"
        ).fetchall()
    assert found == [
        ("port-sarn", "Veldia", "country", "pay 12.5 million crowns in relief", "2025-03-01", sentence(2)[0].text)
    ]


def test_everything_of_a_brief_is_there(tmp_path: Path) -> None:
    """Each section has its rows, and what was rejected, omitted and failed too."""
    with closing(sqlite_of(tmp_path)) as database:
        counts = {t.name: database.execute(f'SELECT count(*) FROM "{t.name}"').fetchone()[0] for t in TABLES}
        said = database.execute("SELECT said, sentences, reasons FROM rejected").fetchone()
        failed = database.execute('SELECT document, "class", attempts FROM failures').fetchone()
    assert counts["documents"] == 2
    assert [counts[name] for name in ("parties", "commitments", "outcomes", "figures")] == [6, 4, 2, 6]
    assert said == ('{"number": "45"}', "[3]", "45 is not in sentence 3")
    assert failed == ("f-1", "RefusalError", 2)


def test_a_document_has_its_other_columns_and_what_was_not_read() -> None:
    """The columns of its row that are none of ours as JSON, and the sentences counted."""
    info = MADE.document.model_copy(update={"extra": {"desk": "Ökonomie", "rank": 3}})
    parts = [Part(first=1, last=3, start=0, end=0, status="unread", items=0)]
    (row,) = (row for name, row in rows(made_brief(document=info, coverage=parts), 1) if name == "documents")
    assert (row["extra"], row["unread"], row["status"]) == ('{"desk": "Ökonomie", "rank": 3}', 3, "flagged")
    (plain,) = (row for name, row in rows(MADE, 1) if name == "documents")
    assert (plain["extra"], plain["unread"]) == (None, 0)


def test_amounts_are_numbers_and_stay_exact() -> None:
    """``value`` sorts; ``value_exact`` has every digit; what no floating-point number holds is null and exact all the same."""
    values = [Decimal("0.1"), Decimal("12345678901234567890.5"), Decimal("1E+999999")]
    figures = [
        Figure(id=f"f{n}", quantity=Quantity(start=0, end=1, text="P", value=v), measures="x", evidence=sentence(1))
        for n, v in enumerate(values)
    ]
    found = [row for name, row in rows(made_brief(figures=figures), 1) if name == "figures"]
    assert [row["value"] for row in found] == [0.1, 12345678901234567890.5, None]
    assert [Decimal(row["value_exact"]) for row in found] == values


def test_an_items_verdict_is_the_worst_of_its_fields() -> None:
    """And each field's own is in a table of its own."""
    verdicts = {"what": Verdict(verdict="derived", basis="b"), "by": Verdict(verdict="contradicted", flagged=True)}
    outcome = Outcome(id="o1", what="x", evidence=sentence(1), verdicts=verdicts)
    found = list(rows(made_brief(outcomes=[outcome]), 1))
    (row,) = [row for name, row in found if name == "outcomes"]
    assert (row["verdict"], row["flagged"]) == ("contradicted", True)
    assert {row["field"]: row["verdict"] for name, row in found if name == "verdicts"} == {
        "what": "derived",
        "by": "contradicted",
    }


@given(
    st.text(st.characters(codec="utf-8"), max_size=20)
    | st.sampled_from(["=1+1", "'=x", "+a", "-", "@x", "\t", "\r\n", "'"])
)
def test_a_cell_is_no_formula_and_gives_its_text_back(text: str) -> None:
    """No text begins with what a spreadsheet takes for a formula, and one leading quote taken away is the text."""
    cell = next(csv.reader(io.StringIO(f"{as_cell(text)},x\r\n", newline="")))[0]
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))
    assert cell.removeprefix("'") == text


def test_numbers_and_what_is_missing_in_csv() -> None:
    """Numbers are never guarded, a missing value differs from an empty text."""
    assert [as_cell(value) for value in (-1.5, 3, True, date(2025, 3, 1), None, "")] == [
        "-1.5",
        "3",
        "true",
        "2025-03-01",
        "",
        '""',
    ]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("hostile", HOSTILE)
def test_any_text_can_be_exported(tmp_path: Path, form: TableFormat, hostile: str) -> None:
    """Line ends, quotes, surrogates and controls go into every format."""
    assert export([with_everywhere(hostile)], tmp_path, form)


def test_ids_that_are_used_twice_are_exported_as_they_are(tmp_path: Path) -> None:
    """A brief from elsewhere need not keep our rules."""
    twice = [Party(id="p1", name=name, kind="country", evidence=sentence(2)) for name in ("A", "B")]
    assert export([made_brief(parties=twice)], tmp_path, "sqlite")


def test_nothing_half_written_stays(tmp_path: Path) -> None:
    """When a brief cannot be read, files that were there stay as they were and no others come."""
    (tmp_path / "parties.csv").write_text("old")

    def briefs() -> Any:
        yield MADE
        raise InputError("line 2: is no brief")

    with pytest.raises(InputError, match="line 2"):
        export(briefs(), tmp_path, "csv")
    assert [path.name for path in tmp_path.iterdir()] == ["parties.csv"]
    assert (tmp_path / "parties.csv").read_text() == "old"


def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    """A file stands where the folder should."""
    (tmp_path / "x").write_text("")
    with pytest.raises(InputError, match="is a file, and the tables need a folder"):
        export([MADE], tmp_path / "x", "csv")


def test_a_format_that_does_not_exist_is_said(tmp_path: Path) -> None:
    """With those that do."""
    with pytest.raises(ConfigurationError, match="parquet, csv, sqlite"):
        export([MADE], tmp_path, "xlsx")  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_briefs_become_data_frames(library: Any) -> None:
    """One frame a table, from one brief or many, with types that sort and sum."""
    pytest.importorskip(library)
    found = frames([MADE, MADE], failures=[FAILURE], library=library)
    assert list(found) == [table.name for table in TABLES]
    assert found["figures"].shape[0] == 6
    assert found["figures"]["value"].sum() == 2 * (12_500_000 + 340)
    assert frames(MADE, library=library)["commitments"]["action"].to_list()[1] == "waive harbour fees"


def test_parquet_and_csv_open_in_duckdb_and_polars(tmp_path: Path) -> None:
    """Both read the types as they were written, and join."""
    duckdb, polars = pytest.importorskip("duckdb"), pytest.importorskip("polars")
    export([MADE], tmp_path, "parquet")
    export([MADE], tmp_path, "csv")
    for form in ("parquet", "csv"):
        query = f"SELECT max(value), min(due_start) FROM '{tmp_path}/figures.{form}', '{tmp_path}/commitments.{form}'"
        assert duckdb.sql(query).fetchall() == [(12_500_000.0, date(2025, 3, 1))]
    frame = polars.read_csv(tmp_path / "commitments.csv", try_parse_dates=True)
    assert frame["due_start"].to_list() == [date(2025, 3, 1), None]
