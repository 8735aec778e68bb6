"""Each kind of file becomes documents, and a damaged or hostile one an error that names it."""

from __future__ import annotations

import gzip
import json
import mailbox
import sys
from datetime import date, datetime, timedelta, timezone
from email.message import EmailMessage
from typing import TYPE_CHECKING

import pyarrow
import pyarrow.parquet
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from summariser.errors import ConfigurationError
from summariser.readers import Damaged, Entry, read_documents, stream_documents
from summariser_schemas import Origin
from tests.files import damage, docx, entries, entry, pdf, written

if TYPE_CHECKING:
    from pathlib import Path

BERLIN = timezone(timedelta(hours=1))


# Packed


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])).filter(lambda text: bool(text.strip())), min_size=1))
def test_what_is_packed_comes_back(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    """A file in gzip or zstd, or in several parts of either, is read as what was packed."""
    rows = [json.dumps({"text": text}).encode() + b"\n" for text in texts]
    for name, pack in (("a.jsonl.gz", gzip.compress), ("a.jsonl.zst", zstandard.compress)):
        path = written(tmp_path_factory.getbasetemp(), name, b"".join(pack(row) for row in rows))
        assert [found.document.text for found in entries(list(stream_documents([path])))] == texts


def test_the_ending_beneath_the_packing_counts(tmp_path: Path) -> None:
    """A packed file is read by the name it had, and told by its bytes where it has lost its ending."""
    path = written(tmp_path, "port.v2.md.gz", gzip.compress(b"# Port\n"))
    assert (entry(path).document.id, entry(path).document.text) == ("port.v2", "Port")
    assert entry(written(tmp_path, "port.txt", gzip.compress(b"# Port\n"))).document.text == "# Port\n"


@pytest.mark.parametrize("pack", [gzip.compress, zstandard.compress], ids=["gzip", "zstd"])
def test_a_packed_file_that_is_cut_off_is_damaged_from_there_on(tmp_path: Path, pack: type) -> None:
    """What stands before the end is read, and the loss is reported."""
    rows = b"".join(b'{"text": "%x"}\n' % (number**5) for number in range(20_000))
    packed: bytes = pack(rows)
    *before, last = stream_documents([written(tmp_path, "a.jsonl", packed[: len(packed) // 2])])
    assert len(before) > 1_000
    assert isinstance(last, Damaged)
    assert "is damaged or cut off" in str(last.error)


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        pytest.param("a.txt.gz", gzip.compress(bytes(65 << 20), 1), "is larger than 64 MiB", id="gzip bomb"),
        pytest.param("a.txt.zst", zstandard.compress(bytes(65 << 20)), "is larger than 64 MiB", id="zstd bomb"),
        pytest.param("a.jsonl.gz", gzip.compress(bytes(65 << 20), 1), "line 1: is longer than 64 MiB", id="long line"),
        pytest.param("a.gz", gzip.compress(gzip.compress(b"x")), "is packed twice", id="twice"),
        pytest.param("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1", "is an old Office document", id="doc"),
        pytest.param("a.bz2", b"BZh91AY", "is packed with bzip2", id="bzip2"),
        pytest.param("a.zip", docx("")[:2] + b"\x03\x04" + bytes(40), "is a damaged archive", id="zip"),
    ],
)
def test_what_no_reader_takes_is_refused(tmp_path: Path, name: str, data: bytes, said: str) -> None:
    """The error names the file and says what it is, and no more is unpacked than the limit."""
    assert f"{name}: {said}" in damage(written(tmp_path, name, data)) or f"{name}, {said}" in damage(tmp_path / name)


@pytest.mark.parametrize(
    ("name", "module", "extra", "data"),
    [
        ("a.pdf", "pypdfium2", "pdf", b"%PDF-1.4"),
        ("a.html", "trafilatura", "html", b"<html><p>x"),
        ("a.parquet", "pyarrow", "parquet", b"PAR1"),
        ("a.zst", "zstandard", "zstd", zstandard.compress(b"x")),
    ],
)
def test_a_missing_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, module: str, extra: str, data: bytes
) -> None:
    """A file that needs a library which is not there says how to install it, before any other is read, or when it is met."""
    monkeypatch.setitem(sys.modules, module, None)
    said = rf"needs {module} \(the extra '{extra}'\), which is not installed: python -m pip install .*'{module}>="
    file = written(tmp_path, name, data)
    with pytest.raises(ConfigurationError, match=rf"a\.\w+: .* {said}"):
        stream_documents([written(tmp_path, "b.txt", "x"), file])
    unnamed = stream_documents([written(tmp_path, "b.txt", "x"), file.rename(tmp_path / "unnamed")])
    next(unnamed)
    with pytest.raises(ConfigurationError, match=said):
        next(unnamed)


# PDF

SHORT = ["The harbour of Sarn reopened on Tuesday after a strike that lasted three", "weeks, the authority said."]


def test_a_pdf_keeps_its_pages(tmp_path: Path) -> None:
    """Lines are joined into paragraphs, and the place of each page in the text is known."""
    more = ["It will hire forty workers and keep all of them until the end of March, as", "the director said."]
    found = entry(written(tmp_path, "a.pdf", pdf([["Harbour reopens", *SHORT], more])))
    text = found.document.text
    assert text.split("\n\n") == ["Harbour reopens", " ".join(SHORT), " ".join(more)]
    origin = found.document.origin
    assert origin is not None
    assert [origin.page(text.index(word)) for word in ("Harbour", "weeks", "It will", "director")] == [1, 1, 2, 2]


def test_a_sentence_goes_on_across_pages(tmp_path: Path) -> None:
    """Heads, feet and page numbers that stand between its halves are left out."""
    halves = ["The harbour of Sarn reopened on Tuesday after a strike that", "lasted three weeks, the authority said."]
    pages = [
        ["Sarn Post 1", halves[0], "Page 1 of 3"],
        ["Sarn Post 2", halves[1], "2"],
        ["Sarn Post 3", "It hires.", "3"],
    ]
    found = entry(written(tmp_path, "a.pdf", pdf(pages)))
    assert found.document.text == " ".join(halves) + "\n\nIt hires."
    assert found.document.origin == Origin(pages=(0, len(halves[0]) + 1, len(" ".join(halves)) + 2))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(
            pdf([["x"]], trailer=f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -1 /O <{'00' * 32}> /U <{'11' * 32}> >>"),
            "is encrypted; save it without its password first",
            id="encrypted",
        ),
        pytest.param(pdf([["x"]])[:90], "is damaged or no PDF", id="cut off"),
        pytest.param(pdf([[], []]), "its 2 pages hold no text, so they are pictures", id="scanned"),
    ],
)
def test_a_pdf_without_readable_text_is_refused(tmp_path: Path, data: bytes, said: str) -> None:
    """The error says what to do about it."""
    assert said in damage(written(tmp_path, "a.pdf", data))


# Word


def _paragraph(*runs: str) -> str:
    return "<w:p>" + "".join(f'<w:r><w:t xml:space="preserve">{run}</w:t></w:r>' for run in runs) + "</w:p>"


def test_a_word_document_is_read_as_printed(tmp_path: Path) -> None:
    """Runs make paragraphs, cells rows; what was deleted in tracking is gone, and what was inserted is there."""
    deleted = '<w:del w:id="1"><w:r><w:delText>gone</w:delText></w:r></w:del><w:ins w:id="2"><w:r><w:t>there</w:t></w:r></w:ins>'
    row = "<w:tr>" + "".join(f"<w:tc>{_paragraph(cell)}</w:tc>" for cell in ("Port", "12 %")) + "</w:tr>"
    stop = '<w:pPr><w:tabs><w:tab w:val="left" w:pos="720"/></w:tabs></w:pPr>'
    stops = f"<w:p>{stop}<w:r><w:t>a</w:t><w:tab/><w:t>b</w:t></w:r></w:p>"
    body = _paragraph("The har", "bour &amp; port ", "reopened.") + f"<w:p>{deleted}</w:p><w:tbl>{row}</w:tbl>" + stops
    text = entry(written(tmp_path, "a.docx", docx(body))).document.text
    assert text.split("\n\n") == ["The harbour & port reopened.", "there", "Port | 12 %", "a\tb"]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(docx(_paragraph("a" * 30_000_000)), "a.docx: its text unpacks from", id="bomb"),
        pytest.param(
            docx(_paragraph("&a;"), before="<!DOCTYPE w [<!ENTITY a 'b'>]>"),
            "declares entities of its own",
            id="entities",
        ),
        pytest.param(docx("<w:p>"), "not well-formed XML (mismatched tag)", id="broken"),
        pytest.param(docx("<w:p/>"), "holds no text", id="empty"),
        pytest.param(docx(_paragraph("x"))[:200], "is a damaged archive", id="cut off"),
        pytest.param(docx("<w:p>" * 300), "nests more than 200 elements", id="deep"),
    ],
)
def test_a_hostile_word_document_is_refused(tmp_path: Path, data: bytes, said: str) -> None:
    """Nothing is unpacked or expanded that could fill the memory."""
    assert said in damage(written(tmp_path, "a.docx", data))


# Feeds

RSS = """<?xml version="1.0" encoding="iso-8859-1"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Sarn Post</title><language>sv-SE</language><image><title>Logo</title></image>
<item><title>Hamn &amp; kaj</title><link>https://example.org/1</link><guid>g1</guid><dc:creator>Ana Brix</dc:creator>
<pubDate>Tue, 11 Feb 2025 09:00:00 +0100</pubDate><description>Kort.</description>
<content:encoded><![CDATA[<p>Hamnen i Sarn&nbsp;\xf6ppnade.</p><script>x</script>
<p>40 <b>nya</b> jobb.</p>]]></content:encoded></item>
<item><title>Only a link</title><link>https://example.org/2</link></item>
<item><title>Third</title><pubDate>soon</pubDate><description>Text&nbsp;here</description></item>
</channel></rss>"""


def test_a_feed_holds_a_document_an_entry(tmp_path: Path) -> None:
    """Full content comes before the summary; title, date, publisher, address and language are the feed's."""
    path = written(tmp_path, "a.rss", RSS.encode("latin-1"))
    first, second, third = stream_documents([path])
    assert isinstance(first, Entry)
    document = first.document
    assert document.text == "Hamnen i Sarn öppnade.\n\n40 nya jobb."
    assert (document.id, document.title, document.url) == ("g1", "Hamn & kaj", "https://example.org/1")
    assert (document.source, document.language) == ("Sarn Post", "sv")
    assert document.published == datetime(2025, 2, 11, 9, tzinfo=BERLIN)
    assert (document.origin, first.extra) == (Origin(place=f"{path}, entry 1"), {"author": "Ana Brix"})
    assert isinstance(second, Damaged)
    assert (
        str(second.error)
        == f"{path}, entry 2: has no text of its own, only a title and a link; fetch the page it links to"
    )
    assert isinstance(third, Damaged)
    assert "entry 3: 'soon' is not a date" in str(third.error)


def test_atom_is_read_with_its_xhtml(tmp_path: Path) -> None:
    """The words of neighbouring paragraphs stay apart, and what looks like a tag in the text stays text."""
    content = '<div xmlns="http://www.w3.org/1999/xhtml"><p>One <b>wo</b>rd &lt;b&gt;</p><p>two</p></div>'
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>Sarn Post</title><entry><id>urn:1</id><title>T</title>'
        '<link rel="self" href="https://example.org/self"/><link href="https://example.org/1"/>'
        f'<updated>2025-02-11T09:00:00+01:00</updated><content type="xhtml">{content}</content></entry></feed>'
    )
    document = entry(written(tmp_path, "feed.xml", feed)).document
    assert document.text == "One word <b>\n\ntwo"
    assert (document.id, document.title, document.url) == ("urn:1", "T", "https://example.org/1")
    assert document.published == datetime(2025, 2, 11, 9, tzinfo=BERLIN)


def test_entries_come_before_the_feed_breaks(tmp_path: Path) -> None:
    """A feed that is cut off gives what stands before, and names line and column."""
    path = written(tmp_path, "a.rss", "<rss><channel><item><description>One</description></item><item><descr")
    first, second = stream_documents([path])
    assert isinstance(first, Entry)
    assert isinstance(second, Damaged)
    assert f"{path}, line 1, column" in str(second.error)
    assert "not well-formed XML" in str(second.error)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(
            '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><rss>&b;</rss>', "declares entities", id="laughs"
        ),
        pytest.param(
            '<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss>&a;</rss>', "declares entities", id="file"
        ),
        pytest.param("<rss>" + "<a>" * 1_000, "nests more than 200 elements", id="deep"),
        pytest.param("<note>hello</note>", "is XML with the root 'note', neither RSS nor Atom", id="other"),
        pytest.param("", "not well-formed XML (no element found)", id="empty"),
    ],
)
def test_hostile_xml_is_refused(tmp_path: Path, data: str, said: str) -> None:
    """No entity is expanded and no other file is read."""
    assert said in damage(written(tmp_path, "a.xml", data))


# E-mail


def _message(text: str | None = "The harbour reopened.\nIt hires.\n", *, html: str | None = None) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Ana Brix <ana@example.org>"
    message["To"] = "desk@example.org"
    message["Subject"] = "Häfen: wieder offen"
    message["Date"] = "Tue, 11 Feb 2025 09:00:00 +0100"
    message["Message-ID"] = "<m1@example.org>"
    if text is not None:
        message.set_content(text, charset="iso-8859-1")
    if html is not None:
        message.set_content(html, subtype="html")
    return message


def test_a_message_is_read(tmp_path: Path) -> None:
    """Subject, date and id are the message's, and attachments are named."""
    message = _message("Café reopened.\n")
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="release.pdf")
    path = written(tmp_path, "a.eml", message.as_bytes())
    found = entry(path)
    document = found.document
    assert (document.text, document.title, document.id) == ("Café reopened.\n", "Häfen: wieder offen", "m1@example.org")
    assert (document.published, document.source) == (datetime(2025, 2, 11, 9, tzinfo=BERLIN), str(path))
    sender = {"from": "Ana Brix <ana@example.org>", "to": "desk@example.org"}
    assert found.extra == {**sender, "attachments": ["release.pdf"]}


def test_a_message_in_html_is_read(tmp_path: Path) -> None:
    """Its tags are gone, and its paragraphs stay apart."""
    html = "<style>p {}</style><p>The <b>har</b>bour&nbsp;reopened.<p>It hires."
    assert entry(written(tmp_path, "a.eml", _message(None, html=html).as_bytes())).document.text == (
        "The harbour reopened.\n\nIt hires."
    )


def test_a_mailbox_comes_back(tmp_path: Path) -> None:
    """Each message is a document, lines that begin with "From " in it included."""
    texts = ["One.\n\nFrom here on.\n", "Two.\n", "Three.\n"]
    box = mailbox.mbox(tmp_path / "a.mbox")
    for text in texts:
        box.add(_message(text))
    box.close()
    found = entries(list(stream_documents([tmp_path / "a.mbox"])))
    assert [one.document.text.strip() for one in found] == [text.strip() for text in texts]
    assert [str(one.place) for one in found] == [f"{tmp_path / 'a.mbox'}, message {number}" for number in (1, 2, 3)]


def test_a_damaged_message_is_damaged_alone(tmp_path: Path) -> None:
    """The others of its mailbox are read."""
    good = "From a@b Tue Feb 11 09:00:00 2025\nFrom: a@b\nSubject: s\n\nText.\n\n"
    bad = "From a@b Tue Feb 11 09:00:00 2025\nFrom: a@b\nDate: soon\n\nText.\n\n"
    items = list(stream_documents([written(tmp_path, "a.mbox", good + bad + good)]))
    assert [isinstance(item, Entry) for item in items] == [True, False, True]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        pytest.param(
            b"From: a@b\n"
            + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(3_000)),
            "nests too many parts",
            id="deep",
        ),
        pytest.param(b"From: a@b\n\n \n", "its text is empty", id="empty"),
        pytest.param(b"just text\n", "has no headers", id="no headers"),
        pytest.param(
            b"From: a@b\nContent-Type: image/png\nContent-Transfer-Encoding: base64\n\nAAAA\n",
            "has no text",
            id="picture",
        ),
    ],
)
def test_a_hostile_message_is_refused(tmp_path: Path, data: bytes, said: str) -> None:
    """The error names the file."""
    assert said in damage(written(tmp_path, "a.eml", data))


@given(st.binary(max_size=300))
def test_any_bytes_are_a_message_or_refused(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    """No bytes lead to anything but a document or an error."""
    path = written(tmp_path_factory.getbasetemp(), "any.eml", b"From: a@b\nMIME-Version: 1.0\n" + data)
    assert len(list(stream_documents([path]))) == 1


# Parquet


def test_parquet_comes_back(tmp_path: Path) -> None:
    """Rows of several groups are read in order, dates as dates, other columns in a form that JSON can hold."""
    texts = [f"text {number}" for number in range(1_000)]
    day = date(2025, 2, 11)
    table = pyarrow.table(
        {"Text": texts, "id": range(1_000), "published": [day] * 1_000, "seen": [datetime(2025, 2, 12, 9)] * 1_000}  # noqa: DTZ001
    )
    path = tmp_path / "a.parquet"
    pyarrow.parquet.write_table(table, path, row_group_size=300)
    found = entries(list(stream_documents([path])))
    assert [one.document.text for one in found] == texts
    assert (found[7].document.id, found[7].document.published) == ("7", day)
    assert (found[7].extra, str(found[7].place)) == ({"seen": "2025-02-12T09:00:00"}, f"{path}, row 8")
    packed = written(tmp_path, "b.parquet.gz", gzip.compress(path.read_bytes()))
    assert [document.text for document in read_documents([packed])] == texts


def test_damaged_parquet_is_refused(tmp_path: Path) -> None:
    """A missing column is named, and so is a file that is none."""
    path = tmp_path / "a.parquet"
    pyarrow.parquet.write_table(pyarrow.table({"body": ["x"]}), path)
    assert "has no column text, which holds the documents; its columns are 'body'" in damage(path)
    assert "is damaged or no Parquet" in damage(written(tmp_path, "b.parquet", path.read_bytes()[:-9]))


# Encodings


@pytest.mark.parametrize(
    ("name", "data", "text"),
    [
        pytest.param("a.txt", "Le président a dit que la réforme est là.".encode("cp1252"), "là.", id="windows-1252"),
        pytest.param("a.txt", "The port — worth €3 million — was sold to the state.".encode("cp1252"), "€3", id="euro"),
        pytest.param("a.txt", "Škoda sold the port.".encode("utf-16-le"), "Škoda", id="utf-16 without mark"),
        pytest.param("a.txt", "\ufeffŠkoda".encode("utf-32-le"), "Škoda", id="utf-32"),
        pytest.param("a.csv", "text\nLe président a dit que la réforme est là.\n".encode("cp1252"), "là.", id="csv"),
        pytest.param(
            "a.html", '<meta charset="koi8-r"><p>Порт открыт</p>'.encode("koi8-r"), "Порт открыт", id="declared"
        ),
    ],
)
def test_encodings_are_told(tmp_path: Path, name: str, data: bytes, text: str) -> None:
    """Marks, declarations and what plainly is windows-1252 are read as what they are."""
    assert text in entry(written(tmp_path, name, data)).document.text


@pytest.mark.parametrize("codec", ["cp1251", "koi8-r", "cp1250", "iso8859-2", "mac-roman", "gb18030", "cp1254"])
def test_an_encoding_is_never_guessed_wrong(tmp_path: Path, codec: str) -> None:
    """What is neither UTF-8 nor plainly windows-1252 is refused, and read once its encoding is named."""
    text = {
        "cp1250": "Prezydent ogłosił, że umowa wejdzie w życie, a port w Gdańsku będzie otwarty.",
        "iso8859-2": "Prezydent ogłosił, że umowa wejdzie w życie, a port w Gdańsku będzie otwarty.",
        "mac-roman": "The port — worth €3 million — was sold to the state, the minister said.",
        "gb18030": "国务院总理在北京会见了外国代表团，双方达成协议。",
        "cp1254": "Cumhurbaşkanı anlaşmanın önümüzdeki ay yürürlüğe gireceğini açıkladı.",
    }.get(codec, "Президент заявил, что договор будет подписан в Москве.")
    path = written(tmp_path, "a.txt", text.encode(codec))
    assert "is not UTF-8; name its encoding" in damage(path)
    assert entry(path, encoding=codec).document.text == text
    rows = written(tmp_path, "a.jsonl", json.dumps({"text": text}, ensure_ascii=False).encode(codec))
    assert entry(rows, encoding=codec).document.text == text
