"""The HTML report as a file: what is in it, and in what form."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest

from summariser.errors import InputError
from summariser.views import as_json
from summariser.views.html import as_html
from summariser.views.results import Failure, read_results
from summariser_schemas import Brief, Document, DocumentInfo, Evidence, Outcome, Part, Party
from tests.briefs import DOCUMENT, HOSTILE, TEXT, brief_of, made_brief, sentence, with_everywhere

if TYPE_CHECKING:
    from pathlib import Path

FAILURE = Failure(id="f-1", error="RefusalError", message="the model declined", attempts=2, text="Nothing.")


class Page(HTMLParser):
    """The elements of a page with their attributes, and what its scripts hold."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.scripts: list[tuple[dict[str, str | None], str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep it."""
        self.elements.append((tag, dict(attrs)))
        if tag == "script":
            self.scripts.append((dict(attrs), ""))

    def handle_data(self, data: str) -> None:
        """Keep it where it belongs to a script."""
        if self.lasttag == "script" and self.scripts and not self.scripts[-1][1]:
            self.scripts[-1] = (self.scripts[-1][0], data)

    def data(self, name: str) -> Any:
        """The unpacked data of a block."""
        (packed,) = [text for attributes, text in self.scripts if attributes.get("id") == name]
        return json.loads(gzip.decompress(base64.b64decode(packed)))


def text_of(_: DocumentInfo) -> str:
    """The text of the made brief."""
    return TEXT


def test_nothing_of_a_brief_is_markup() -> None:
    """The page of hostile briefs has the same elements and attributes as that of harmless ones."""
    hostile = [with_everywhere(case.values[0]) for case in HOSTILE]  # type: ignore[arg-type] # pyright: ignore[reportArgumentType]
    harmless = [made_brief()] * len(hostile)
    failure = Failure(id="<b>", error="<i>", message="</script><script>", text="<!-- <script>")
    bad, good = Page(as_html(hostile, failures=[failure], title="<x>")), Page(as_html(harmless, failures=[FAILURE]))
    assert bad.elements == good.elements


def test_only_the_reports_own_script_may_run() -> None:
    """The policy names one script and one style by their digests, and allows nothing else, nor does the page name any."""
    page = as_html([made_brief()], text_of=text_of)
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    scripts = [(text, kind) for attributes, text in Page(page).scripts if (kind := attributes.get("type")) is None]
    assert len(scripts) == 1
    digest = base64.b64encode(hashlib.sha256(scripts[0][0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy[1]
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    attributes = {(name, value) for _, given in Page(page).elements for name, value in given.items()}
    assert {value for name, value in attributes if name in ("src", "href", "action", "data")} == {"#main"}
    assert not {name for name, _ in attributes if name.startswith("on") or name == "style"}
    assert not re.search(r"url\(|@import", page[page.index("<style>") : page.index("</style>")])


def test_the_script_builds_elements_only() -> None:
    """Nothing in it turns words into markup or code, and nothing in it ends a script element early."""
    script = next(text for attributes, text in Page(as_html([])).scripts if not attributes)
    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|Function\(|fetch\(|</script|<!--", script
    )


def test_the_same_briefs_give_the_same_page() -> None:
    """No clock and no chance: byte for byte."""
    assert as_html([made_brief()], text_of=text_of) == as_html([made_brief()], text_of=text_of)


@pytest.mark.parametrize("before", ["", "😀 𝒳 ", "é\u0301 "], ids=["plain", "beyond the basic plane", "combining"])
def test_places_are_counted_as_browsers_count(before: str) -> None:
    """Cut out of the UTF-16 text, every span gives its words."""
    text = before + TEXT
    shifted = [Evidence(start=e.start + len(before), end=e.end + len(before), text=e.text) for e in sentence(2)]
    party = Party(id="p1", name="Veldia", kind="country", evidence=shifted)
    brief = made_brief(summary_evidence=shifted, parties=[party], commitments=[], outcomes=[], figures=[], rejected=[])
    details = Page(as_html([brief], text_of=lambda _: text)).data("block-0")[0]
    units = details["text"].encode("utf-16-le")
    ((start, end),) = details["sections"][0]["entries"][0]["evidence"]
    assert units[2 * start : 2 * end].decode("utf-16-le") == shifted[0].text


def test_without_its_text_a_brief_shows_its_sentences() -> None:
    """Evidence then carries its words and its place; so it does where the text has other words there."""
    for text in (None, TEXT[1:]):
        details = Page(as_html([made_brief()], text_of=lambda _, text=text: text)).data("block-0")[0]  # type: ignore[misc] # pyright: ignore
        spans = details["sections"][0]["entries"][0]["evidence"]
        assert spans == [[None, s.start, s.text, f"{s.start}–{s.end}"] for s in sentence(2)]


def test_failures_are_documents_that_failed() -> None:
    """They are listed with their reason, and shown with attempts and text."""
    page = Page(as_html([made_brief()], failures=[FAILURE]))
    documents = page.data("index")["documents"]
    assert documents["state"] == [0, 2]
    assert documents["message"][1] == "RefusalError: the model declined"
    assert page.data("block-0")[1] == {
        "text": "Nothing.",
        "origin": "",
        "failure": ["RefusalError", "the model declined", 2],
    }


def test_what_was_not_read_is_in_the_list_and_the_brief() -> None:
    """Counted in the one, told in the other; and a brief without headline has its document's id in the list."""
    parts = [Part(first=1, last=2, start=0, end=9, status="unread", items=0, why="the model declined")]
    info = made_brief().document.model_copy(update={"id": "n7", "title": None})
    page = Page(as_html([made_brief(headline="", document=info, coverage=parts)]))
    listed = page.data("index")["documents"]
    assert (listed["headline"], listed["unread"], listed["state"]) == (["n7"], [2], [1])
    assert page.data("block-0")[0]["unread"].endswith("1–2 (the model declined)")


def test_parties_with_one_name_are_one_party() -> None:
    """Case, "the" and an alias that means one party only do not make two; the same alias of persons does."""

    def brief_of(*parties: tuple[str, list[str], str]) -> Any:
        made = [
            Party.model_validate({"id": str(n), "name": name, "aliases": also, "kind": kind, "evidence": sentence(2)})
            for n, (name, also, kind) in enumerate(parties)
        ]
        outcome = [Outcome(id="o", by=["0"], what="x", evidence=sentence(1))]  # type: ignore[list-item] # pyright: ignore
        return made_brief(parties=made, outcomes=outcome, commitments=[], figures=[])

    briefs = [
        brief_of(("United States", ["U.S."], "country"), ("Orla Venn", ["Venn"], "person")),
        brief_of(("the United States", [], "country"), ("Venn", [], "person")),
        brief_of(("U.S.", [], "country")),
    ]
    data = Page(as_html(briefs)).data("items")
    names = [data["parties"]["name"][number] for number in data["items"]["by"]]
    assert names == ["United States"] * 3
    assert data["documents"]["parties_counts"] == [2, 2, 1]
    assert len(set(data["documents"]["parties"])) == 3


def test_what_a_field_is_to_the_report_follows_from_its_type() -> None:
    """Of a meeting as of news: choices are statuses, quantities rows of figures, owners and speakers parties."""
    page = Page(as_html([brief_of("meeting")]))
    listed, data = page.data("index"), page.data("items")
    items, numbers = data["items"], data["numbers"]
    assert listed["sections"] == [["decisions", False], ["actions", False], ["votes", False], ["statements", False]]
    assert listed["documents"]["counts"] == [[2, 1, 1, 1]]
    assert [listed["statuses"][code][1] for code in items["status"]] == ["adopted", "postponed", "", "carried", ""]
    assert [(numbers["words"][n], label) for n, label in enumerate(numbers["label"])] == [
        ("7 votes", "ayes"), ("2", "noes"), ("one abstention", "abstentions")
    ]  # fmt: skip
    names = [data["parties"]["name"][number] for number in items["by"]]
    assert names == ["Jon Tavi", "Water Authority", "Ruta Okoro"]  # the second stands in the sentence of the vote
    assert items["more"][0] == "subject to the permit of the Water Authority"


def test_an_item_without_a_field_for_parties_belongs_to_those_in_its_sentence() -> None:
    """So figures about a party are found, whoever said them."""
    data = Page(as_html([brief_of("earnings")])).data("items")
    first = data["items"]["by"][: data["items"]["by_counts"][0]]
    assert [data["parties"]["name"][number] for number in first] == ["Tessa AG"]


def test_large_reports_come_in_blocks() -> None:
    """A document's details lie in the block of its number."""
    page = Page(as_html([made_brief(headline=f"Number {n}") for n in range(70)]))
    assert page.data("index")["block"] == 32
    assert [len(page.data(f"block-{n}")) for n in range(3)] == [32, 32, 6]


def test_texts_are_recognised_by_their_digest(tmp_path: Path) -> None:
    """Given anywhere among the documents, or where the brief says it came from, and not by a name alone."""
    (tmp_path / "briefs.jsonl").write_text(as_json(made_brief(), indent=None) + "\n", encoding="utf-8")
    (tmp_path / "all.jsonl").write_text(json.dumps({"text": "x"}) + "\n" + json.dumps({"text": TEXT}), encoding="utf-8")
    given = read_results(tmp_path / "briefs.jsonl", documents=[tmp_path / "all.jsonl"])
    info = made_brief().document
    assert given.text_of(info) == TEXT
    alone = read_results(tmp_path / "briefs.jsonl")
    assert alone.text_of(info) is None
    (tmp_path / "news").mkdir()
    (tmp_path / "news" / "port-sarn.txt").write_text(TEXT, encoding="utf-8")
    assert read_results(tmp_path / "briefs.jsonl").text_of(info) == TEXT
    (tmp_path / "news" / "port-sarn.txt").write_text(TEXT + " More.", encoding="utf-8")
    assert read_results(tmp_path / "briefs.jsonl").text_of(info) is None


def test_texts_are_found_in_the_file_that_their_rows_are_of(tmp_path: Path) -> None:
    """Though they name another source, and from any folder: that of the briefs, and the one above."""
    folder = tmp_path / "job"
    folder.mkdir()
    (folder / "briefs.jsonl").write_text("")
    (tmp_path / "all.jsonl").write_text(json.dumps({"text": TEXT}), encoding="utf-8")
    info = DocumentInfo(id="x", source="Reuters", place="all.jsonl, line 1", sha256=DOCUMENT.sha256)
    assert read_results(folder).text_of(info) == TEXT
    (tmp_path / "all.jsonl").unlink()
    gone = read_results(folder)
    assert gone.text_of(info) is None
    assert gone.missing == {DOCUMENT.sha256: "all.jsonl"}


def test_a_source_that_is_no_file_is_not_read(tmp_path: Path) -> None:
    """A brief that names a device, a folder or an address gets no text, and nothing hangs."""
    (tmp_path / "briefs.jsonl").write_text("")
    results = read_results(tmp_path / "briefs.jsonl")
    for source in ("/dev/zero", "/", "https://example.org/a.txt", "a\0b", "x" * 5000):
        info = DocumentInfo(id="x", source=source, sha256=Document(text=source).sha256)
        assert results.text_of(info) is None


def test_a_jobs_folder_is_read_whole(tmp_path: Path) -> None:
    """Briefs, failures and, where they are kept, documents."""
    (tmp_path / "briefs.jsonl").write_text(as_json(made_brief(), indent=None) + "\n", encoding="utf-8")
    row = {"id": "f-1", "class": "RefusalError", "message": "the model declined", "attempts": 2, "text": "Nothing."}
    (tmp_path / "failures.jsonl").write_text(json.dumps(row) + "\n", encoding="utf-8")
    (tmp_path / "documents.jsonl").write_text(json.dumps({"text": TEXT}), encoding="utf-8")
    results = read_results(tmp_path)
    assert list(results.briefs()) == [made_brief()]
    assert list(results.failures) == [FAILURE]
    assert results.text_of(DOCUMENT_INFO) == TEXT


def test_the_output_of_a_job_on_a_cluster_is_read_whole(tmp_path: Path) -> None:
    """Briefs from the Parquet of both statuses, and the failures; a file that is of something else is named."""
    from pyarrow import table
    from pyarrow.parquet import write_table

    def write(status: str, **columns: list[Any]) -> None:
        (tmp_path / f"status={status}").mkdir(exist_ok=True)
        write_table(table(columns), tmp_path / f"status={status}" / "run-000001.parquet")

    brief = as_json(made_brief(), indent=None)
    write("verified", id=["x"], brief=[brief], desk=["north"])
    write("flagged", id=["y"], brief=[brief])
    write("failed", id=["f-1"], error_class=["RefusalError"], message=["the model declined"], attempts=[2])
    results = read_results(tmp_path)
    assert list(results.briefs()) == [made_brief()] * 2
    assert [(one.id, one.error, one.message, one.attempts) for one in results.failures] == [
        ("f-1", "RefusalError", "the model declined", 2)
    ]
    write("flagged", id=["y"], brief=["{}"])
    with pytest.raises(InputError, match=r"run-000001\.parquet, row 1: is no brief: document: Field required"):
        list(results.briefs())
    write("verified", id=["x"])
    with pytest.raises(InputError, match=r"run-000001\.parquet: has no column 'brief'"):
        list(results.briefs())


DOCUMENT_INFO = DocumentInfo(id="x", sha256=DOCUMENT.sha256)


def test_one_brief_in_json_is_read_too(tmp_path: Path) -> None:
    """As `summariser brief --format json` writes it: an object over many lines."""
    (tmp_path / "brief.json").write_text(as_json(made_brief()), encoding="utf-8")
    assert list(read_results(tmp_path / "brief.json").briefs()) == [made_brief()]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        pytest.param("{,", "line 2: is no brief: Invalid JSON", id="not JSON"),
        pytest.param("{}", "line 2: is no brief: document: Field required", id="not a brief"),
    ],
)
def test_a_line_that_is_no_brief_is_named(tmp_path: Path, line: str, message: str) -> None:
    """File, line and what is wrong."""
    path = tmp_path / "briefs.jsonl"
    path.write_text(as_json(made_brief(), indent=None) + "\n" + line + "\n", encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(f"{path}, {message}")):
        list(read_results(path).briefs())


def test_a_brief_of_another_kind_says_how_to_name_it(tmp_path: Path) -> None:
    """A built-in kind by its name; what else looks like a brief is one of the user's own classes."""
    path = tmp_path / "briefs.jsonl"
    path.write_text(as_json(brief_of("meeting"), indent=None))
    with pytest.raises(InputError, match="it is one of the kind 'meeting': name that"):
        list(read_results(path).briefs(Brief))
    path.write_text(as_json(brief_of("meeting"), indent=None).replace('"decisions"', '"rulings"'))
    with pytest.raises(InputError, match=r"another kind, name that \(--schema module:Class"):
        list(read_results(path).briefs())


@pytest.mark.parametrize("line", ["[]", "{", "{}"], ids=["a list", "not JSON", "another object"])
def test_a_line_that_is_no_failure_is_named(tmp_path: Path, line: str) -> None:
    """File and line."""
    (tmp_path / "briefs.jsonl").write_text("")
    path = tmp_path / "failures.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(f"{path}, line 1")):
        read_results(tmp_path)


def test_what_is_no_results_is_said(tmp_path: Path) -> None:
    """A folder without briefs and a file that is not there."""
    with pytest.raises(InputError, match=r"has no briefs\.jsonl"):
        read_results(tmp_path)
    with pytest.raises(InputError, match="no such file"):
        read_results(tmp_path / "x.jsonl")


def test_a_job_cut_off_before_its_results_says_how_it_goes_on(tmp_path: Path) -> None:
    """The folder has a file under a draft's name only."""
    (tmp_path / "briefs.jsonl.partial").write_text("")
    with pytest.raises(InputError, match=r"cut off .* start the same batch again"):
        read_results(tmp_path)
