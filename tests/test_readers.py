"""Files and standard input become documents, or one clear error."""

from __future__ import annotations

import io
import json
import os
import shlex
from contextlib import contextmanager
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summariser.errors import InputError
from summariser.readers import parse_published, passed_over, read_documents, stream_documents

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path


def test_a_document_is_named_after_its_file(tmp_path: Path) -> None:
    """The id is the file's stem, the source is the path as given, and what was told holds for the document."""
    path = tmp_path / "port.sarn.txt"
    path.write_bytes(b"The harbour reopened.\n")
    (document,) = read_documents([path], title="Harbour", published="2025-02-11", language="en")
    assert (document.id, document.source, document.text) == ("port.sarn", str(path), "The harbour reopened.\n")
    assert (document.title, document.published, document.language) == ("Harbour", date(2025, 2, 11), "en")


def test_documents_come_in_the_order_of_their_files(tmp_path: Path) -> None:
    """Every file becomes one document, in the order in which they were named."""
    paths = [tmp_path / name for name in ("b", "a", "c")]
    for path in paths:
        path.write_text(path.name)
    assert [document.text for document in read_documents(paths)] == ["b", "a", "c"]


def test_a_dash_is_standard_input() -> None:
    """Standard input has neither id nor source, so that its digest names it."""
    (document,) = read_documents(["-"], stdin=io.BytesIO(b"The harbour reopened."))
    assert (document.text, document.id, document.source) == ("The harbour reopened.", None, None)


@pytest.mark.parametrize(
    ("data", "text"),
    [
        pytest.param("Škoda ✓".encode(), "Škoda ✓", id="utf-8"),
        pytest.param("Škoda ✓".encode("utf-8-sig"), "Škoda ✓", id="utf-8 with mark"),
        pytest.param("\ufeffŠkoda ✓".encode("utf-16-le"), "Škoda ✓", id="utf-16 little-endian"),
        pytest.param("\ufeffŠkoda ✓".encode("utf-16-be"), "Škoda ✓", id="utf-16 big-endian"),
        pytest.param(b"one\r\ntwo\nthree\r", "one\ntwo\nthree\r", id="line ends"),
        pytest.param(b"  a\tb \n\n", "  a\tb \n\n", id="white space"),
        pytest.param("a\ufeffb".encode(), "a\ufeffb", id="mark within the text"),
    ],
)
def test_text_is_kept_as_it_is(data: bytes, text: str) -> None:
    """Only a mark at the start goes, and only a carriage return before a line feed."""
    assert read_documents(["-"], stdin=io.BytesIO(data))[0].text == text


@given(st.text(min_size=1).filter(lambda text: bool(text.strip()) and "\0" not in text and text[0] != "\ufeff"))
def test_any_text_comes_back(text: str) -> None:
    """A text that was written in UTF-16 or UTF-8 is read as itself, but for carriage returns before line feeds."""
    for data in (text.encode("utf-8-sig"), ("\ufeff" + text).encode("utf-16-be")):
        assert read_documents(["-"], stdin=io.BytesIO(data))[0].text == text.replace("\r\n", "\n")


@given(st.binary())
def test_any_bytes_are_read_or_refused_in_one_line(data: bytes) -> None:
    """No bytes lead to anything but a document or an error of one line."""
    try:
        shown = read_documents(["-"], stdin=io.BytesIO(data))[0].text
    except InputError as error:
        shown = str(error).removeprefix("standard input: ")
        data = b""
    assert shown.strip()
    assert not data or shown.encode("utf-8")
    assert data or len(shown.splitlines()) == 1


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(b"", "is empty", id="empty"),
        pytest.param(b"\xef\xbb\xbf", "is empty", id="mark only"),
        pytest.param(b" \r\n\t\n", "contains only white space", id="white space"),
        pytest.param(b"ok\nca\xe9f", "byte 0xe9 at offset 5 (line 2) is not UTF-8", id="latin-1"),
        pytest.param(b"\xef\xbb\xbfok\n\xff", "byte 0xff at offset 6 (line 2) is not UTF-8", id="latin-1 after mark"),
        pytest.param(b"\xff", "iconv -f latin1 -t utf-8 FILE > converted.txt", id="what to do"),
        pytest.param(b"cut \xe2\x82", "byte 0xe2 at offset 4 (line 1) is not UTF-8", id="cut off"),
        pytest.param(b"a\nb\0c", "byte 0x00 at offset 3 (line 2), so it is binary or damaged", id="binary"),
        pytest.param(b"\xff\xfea\0\n\0b", "byte 0x62 at offset 6 (line 2) is not UTF-16", id="cut off utf-16"),
    ],
)
def test_what_is_not_text_is_refused(data: bytes, said: str) -> None:
    """The error names the first bad byte, its offset in the file and its line, and what to do."""
    with pytest.raises(InputError) as caught:
        read_documents(["-"], stdin=io.BytesIO(data))
    assert said in str(caught.value)


def test_a_command_to_convert_a_file_can_be_pasted(tmp_path: Path) -> None:
    """The name of the file is quoted for the shell."""
    path = tmp_path / "it's a file.txt"
    path.write_bytes(b"\xe9")
    with pytest.raises(InputError) as caught:
        read_documents([path])
    command = str(caught.value).partition("for instance: ")[2]
    assert shlex.split(command)[-3:] == [str(path), ">", "converted.txt"]


def test_a_folder_is_read_with_all_beneath_it(tmp_path: Path) -> None:
    """Files come sorted by name, hidden ones left out, and their ids are their paths within the folder."""
    for name in ("b.txt", "a/z.txt", "a/.hidden", ".git/config", "a/b/c.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    assert [document.id for document in read_documents([tmp_path])] == ["a/b/c", "a/z", "b"]


def test_of_a_folder_those_files_are_read_that_a_reader_is_for(tmp_path: Path) -> None:
    """Programs, pictures and what has no ending are passed over, and told by number; named, or by a pattern, they are read."""
    for name in ("a.txt", "b.JSONL.gz", "calls.py", "c/calls.py", "Makefile", "d.doc"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text('{"text": "x"}')
    assert [str(item.place) for item in stream_documents([tmp_path])] == [
        f"{tmp_path}/{name}" for name in ("a.txt", "b.JSONL.gz, line 1", "d.doc, line 1")
    ]
    assert "no reader is for such files: 2 .py, 1 without an ending;" in passed_over([tmp_path])
    assert passed_over([tmp_path / "a.txt", tmp_path / "calls.py", tmp_path / "*e"]) == ""
    assert len(read_documents([tmp_path / "calls.py", tmp_path / "**" / "*.py"])) == 3


def test_a_folder_without_a_file_to_read_says_what_is_there(tmp_path: Path) -> None:
    """It is an error that names the endings which were passed over."""
    (tmp_path / "calls.py").touch()
    with pytest.raises(InputError, match=r"holds no file to read \(passed over, .*: 1 \.py; "):
        read_documents([tmp_path])


def test_what_a_job_left_in_a_folder_is_no_input(tmp_path: Path) -> None:
    """Its files are left out with the folder that they are in, and nothing else there is."""
    for name in (
        "job.lock",
        "job.db",
        "briefs.jsonl",
        "failures.jsonl.partial",
        "summary.json",
        "events.jsonl",
        "report.html",
        "a.txt",
    ):
        (tmp_path / name).write_text(name)
    assert [document.id for document in read_documents([tmp_path])] == ["a"]
    assert [document.id for document in read_documents([tmp_path / "*"])] == ["a"]


def test_a_pattern_may_name_what_jobs_left(tmp_path: Path) -> None:
    """The failures of many jobs are read where the pattern names that file."""
    for job in ("one", "two"):
        (tmp_path / job).mkdir()
        (tmp_path / job / "job.lock").touch()
        (tmp_path / job / "failures.jsonl").write_text(json.dumps({"id": job, "text": "It rained."}) + "\n")
    assert [document.id for document in read_documents([tmp_path / "*" / "failures.jsonl"])] == ["one", "two"]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        pytest.param("harbor.txt", "no such file; did you mean {}/harbour.txt?", id="near"),
        pytest.param("quite-different", "no such file", id="far"),
        pytest.param("nowhere/harbour.txt", "no such file; there is no directory {}/nowhere", id="no directory"),
        pytest.param("harbour.txt/a", "{}/harbour.txt is a file, not a directory", id="through a file"),
    ],
)
def test_a_missing_file_is_refused(tmp_path: Path, name: str, said: str) -> None:
    """The error names the nearest file in that directory, if one is close."""
    (tmp_path / "harbour.txt").write_text("x")
    with pytest.raises(InputError) as caught:
        read_documents([tmp_path / name])
    assert str(caught.value) == f"{tmp_path / name}: {said.format(tmp_path)}"


@contextmanager
def without_privileges() -> Generator[None]:
    """Run as nobody where the tests run as root, who may read everything."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.skipif(os.name == "nt", reason="there are no file modes")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    """The error says that permission is what is missing."""
    path = tmp_path / "secret.txt"
    path.write_text("x")
    path.chmod(0)
    with without_privileges(), pytest.raises(InputError, match=r"secret\.txt: no permission to read it"):
        read_documents([path])


def test_one_bad_file_stops_all(tmp_path: Path) -> None:
    """No document is handed out when any of the inputs cannot be used."""
    good, bad = tmp_path / "good", tmp_path / "bad"
    good.write_text("x")
    bad.write_bytes(b"")
    with pytest.raises(InputError, match="bad: is empty"):
        read_documents([good, bad])


@pytest.mark.skipif(os.name == "nt", reason="file names are UTF-16 there")
def test_a_name_that_is_not_utf8_can_be_written_to_json(tmp_path: Path) -> None:
    """Bytes of a file's name that are not UTF-8 are replaced in id and source."""
    path = os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")
    with open(path, "w", encoding="utf-8") as file:
        file.write("x")
    (document,) = read_documents([path])
    assert document.id == "caf\ufffd"
    assert "caf\ufffd.txt" in document.model_dump_json()


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        pytest.param("2024-01-30", date(2024, 1, 30), id="date"),
        pytest.param("2024-01-30T09:00:00Z", datetime(2024, 1, 30, 9, tzinfo=UTC), id="time"),
        pytest.param(" 2024-01-30 09:00+00:00 ", datetime(2024, 1, 30, 9, tzinfo=UTC), id="spaces"),
    ],
)
def test_published_is_an_iso_date(text: str, meant: date | datetime) -> None:
    """A date stays a date, and a date with time and zone keeps them."""
    assert parse_published(text) == meant
    assert type(parse_published(text)) is type(meant)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param("yesterday", "'yesterday' is not a date; write it as 2024-01-30", id="words"),
        pytest.param("30/01/2024", "'30/01/2024' is not a date", id="other order"),
        pytest.param("2024-02-30", "is not a date (day is out of range for month)", id="no such day"),
        pytest.param("2024-01-30T09:00", "has a time and no zone; add one (Z or +01:00)", id="no zone"),
        pytest.param("", "'' is not a date", id="empty"),
    ],
)
def test_a_bad_publication_date_is_refused(text: str, said: str) -> None:
    """The error repeats what was given and shows the form that is wanted."""
    with pytest.raises(InputError) as caught:
        parse_published(text)
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("paths", "told", "said"),
    [
        pytest.param([], {}, "no input", id="nothing"),
        pytest.param(["-", "-"], {}, "- is named twice", id="standard input twice"),
        pytest.param(["a", "b"], {"title": "x"}, "a title was given for 2 inputs", id="one title for two"),
        pytest.param(["-"], {"language": "English"}, "language 'English' is not an ISO 639 code", id="language"),
    ],
)
def test_arguments_are_checked_before_any_file(paths: list[str], told: dict[str, Any], said: str) -> None:
    """What makes no sense is refused, whatever the files hold."""
    with pytest.raises(InputError, match=said):
        read_documents(paths, stdin=io.BytesIO(b"x"), **told)
