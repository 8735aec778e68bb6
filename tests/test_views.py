"""What people see of a brief."""

from __future__ import annotations

import json
import re
import unicodedata
from decimal import Decimal
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from rich.cells import cell_len

import summariser
from summariser.views import MIN_WIDTH, as_digest, as_json, as_markdown, as_text, plain
from summariser.views.notebook import as_html_fragment
from summariser_schemas import (
    Brief,
    Figure,
    Omission,
    Outcome,
    Part,
    Party,
    PartyRef,
    Verdict,
    When,
)
from tests.briefs import HOSTILE, made_brief, quantity, sentence, with_everywhere

if TYPE_CHECKING:
    from collections.abc import Callable

EACH_VIEW: list[Any] = [
    pytest.param(as_text, id="text"),
    pytest.param(lambda brief: as_text(brief, width=120, colour=True), id="coloured text"),  # pyright: ignore
    pytest.param(as_markdown, id="markdown"),
]


def rendered(markdown: str) -> list[str]:
    """Give the text of every heading, paragraph and quotation as a Markdown reader shows it; fail on markup in it."""
    allowed = {"text", "strong_open", "strong_close", "softbreak"}
    shown: list[str] = []
    for token in MarkdownIt("commonmark", {"html": True}).parse(markdown):
        assert token.type not in {"html_block", "fence", "code_block"}, token
        if token.children:
            assert {child.type for child in token.children} <= allowed, token
            shown.append(
                "".join(child.content or " " for child in token.children if child.type in {"text", "softbreak"})
            )
    return shown


def controls(text: str) -> list[str]:
    """Give the characters that a terminal may act on, or that cannot be encoded."""
    return [each for each in text if unicodedata.category(each) in {"Cc", "Cs", "Zl", "Zp"} and each != "\n"]


def noted(markdown: str) -> str:
    """Markdown with its footnotes where they are referred to; other text as it is."""
    body, *notes = re.split(r"\n\n(?=\[\^[\d-]+\]:)", markdown)
    told = dict(note.removeprefix("[^").split("]: ", 1) for note in notes)
    return re.sub(r"\[\^([\d-]+)\]", lambda match: f" {told[match[1]]} ", body)


def squeezed(text: str) -> str:
    """Give the text without white space, so that wrapped and unwrapped texts compare."""
    return re.sub(r"\s+", "", text)


@pytest.mark.parametrize("view", EACH_VIEW)
def test_every_item_is_shown_with_its_proof_and_its_place(view: Callable[[Brief], str]) -> None:
    """Each item is followed by its sentence in quotation marks and that sentence's place in the document."""
    shown = squeezed(noted(re.sub(r"\x1b\[[\d;]*m", "", view(made_brief())))).replace("\\", "").replace("*", "")
    for body, number in (
        ("Orla Venn · person · minister for trade · for Veldia", 2),
        ("Fishers' League · organisation · also the League", 3),
        ("Veldia → pay 12.5 million crowns in relief", 2),
        ("Veldia → waive harbour fees", 3),
        ("the harbour of Port Sarn reopened", 1),
        ("More than 340: boats damaged by the storm", 4),
    ):
        after = shown[shown.rindex(squeezed(body)) :]
        proof = sentence(number)[0]
        quoted, place = after.index(squeezed(f"“{proof.text}”")), after.index(f"{proof.start}–{proof.end}")
        assert 0 < min(quoted, place) < max(quoted, place) < 700


@pytest.mark.parametrize(
    "line",
    [
        "pledged · to Fishers' League · due: by the end of March (2025-03) · condition: if the council approves the "
        "budget · according to the minister (Orla Venn)",
        "sought · asked by Fishers' League · due: until 2026",
        "when: on Monday (2025-02-10) · according to Veldian Maritime Office",
        "= 12,500,000, unit: crown",
        "= 4,000,000 to 6,000,000 USD · according to two port officials who asked not to be named",
        "Left out because it did not hold in the text: 1",
        "figures: 45 is not in sentence 3",
        "openai/gpt-small · 1,834 tokens in (1,024 cached), 412 out · $0.0012 · 1 request · 3.2 s",
    ],
)
@pytest.mark.parametrize("view", EACH_VIEW)
def test_the_qualifications_of_an_item_are_shown(view: Callable[[Brief], str], line: str) -> None:
    """Status, counterpart, date, condition, source, value, rejections and provenance are all there to read."""
    shown = re.sub(r"\x1b\[[\d;]*m", "", view(made_brief())).replace("\\", "")
    assert squeezed(line) in squeezed(shown)


@pytest.mark.parametrize("view", EACH_VIEW)
def test_ids_are_never_shown(view: Callable[[Brief], str]) -> None:
    """Parties and items appear under their names only, a party that is referred to and missing included."""
    ids = {"parties": [Party(id="idzz1", name="Veldia", kind="country", evidence=sentence(2))]}
    missing = Outcome(id="idzz2", by=[PartyRef("idzz1"), PartyRef("idzz3")], what="agreed", evidence=sentence(1))
    shown = view(made_brief(**ids, commitments=[], outcomes=[missing]))
    assert "idzz" not in shown
    assert "Veldia and unknown party" in shown


@pytest.mark.parametrize("width", [MIN_WIDTH, 80, 120])
def test_no_line_is_wider_than_asked(width: int) -> None:
    """Lines fit the terminal in columns, wide and right-to-left characters included, and none ends in white space."""
    long = "韩国与日本周二在东京举行会谈" * 6 + " שלום עולם " * 9 + "x" * 200
    for line in as_text(with_everywhere(long), width=width).splitlines():
        assert cell_len(line) <= width
        assert line == line.rstrip()


def test_plain_text_carries_no_styles() -> None:
    """Without colour there is no escape sequence at all, with colour taking the sequences out gives the same text."""
    brief = made_brief()
    coloured = as_text(brief, colour=True)
    assert "\x1b" not in as_text(brief)
    assert "\x1b[1m" in coloured
    assert re.sub(r"\x1b\[[\d;]*m", "", coloured) == as_text(brief)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_never_acts_on_the_terminal(hostile: str) -> None:
    """What a document or a model says is shown as it stands and drives nothing."""
    shown = as_text(with_everywhere(hostile), width=120)
    assert controls(shown) == []
    assert not re.search("[\u202a-\u202e\u2066-\u2069]", shown)
    expected = as_text(with_everywhere("zzz"), width=120).count("zzz")
    assert squeezed(shown).count(squeezed(plain(hostile))) == expected


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_never_acts_as_markdown(hostile: str) -> None:
    """A Markdown reader shows the words themselves: no markup, HTML, link or heading comes out of them."""
    shown = rendered(as_markdown(with_everywhere(hostile)))
    assert shown[0] == plain(hostile)
    expected = as_markdown(with_everywhere("zzz")).count("zzz")
    assert "".join(shown).count(plain(hostile)) == expected


ANY_TEXT = st.text(st.characters(codec=None) | st.sampled_from("*_`<>[]()#&\\~$-+.:1!\x1b\n \ud800"), max_size=40)


@given(ANY_TEXT)
def test_any_text_can_be_shown(text: str) -> None:
    """Whatever stands in the fields, no view raises, and no control character comes out."""
    brief = with_everywhere(text)
    assert controls(as_text(brief, width=40)) == []
    assert controls(as_markdown(brief)) == []
    assert Brief.model_validate_json(as_json(brief)).headline == text.encode("utf-16", "surrogatepass").decode(
        "utf-16", "replace"
    )


@given(ANY_TEXT)
def test_any_text_stays_itself_in_markdown(text: str) -> None:
    """A Markdown reader shows exactly the headline, and exactly the outcome, that the brief holds."""
    outcome = Outcome(id="o", what=text, evidence=sentence(1))
    brief = made_brief(headline=text, summary="", summary_evidence=[], parties=[], commitments=[], outcomes=[outcome])
    shown = rendered(as_markdown(brief))
    assert shown[:3] == [plain(text) or brief.document.id, "news/port-sarn.txt · 2025-02-11 · en", "Outcomes"]
    assert shown[3].startswith(plain(text))


def test_json_is_the_brief() -> None:
    """The JSON form holds everything, and with no indent it is one line."""
    brief = made_brief()
    assert Brief.model_validate_json(as_json(brief)) == brief
    assert json.loads(as_json(brief, indent=None)) == json.loads(as_json(brief))
    assert "\n" not in as_json(brief, indent=None)


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        pytest.param({"value": Decimal("5.20"), "unit": "%"}, "= 5.20 %", id="per cent"),
        pytest.param({"value": Decimal("3.2E+8"), "unit": "USD"}, "= 320,000,000 USD", id="money"),
        pytest.param(
            {"value": Decimal(12), "unit": "year", "qualifier": "at_least"}, "= at least 12, unit: year", id="bound"
        ),
        pytest.param({"value": Decimal("1E+999999")}, "= 1E+999999", id="huge exponent"),
        pytest.param({"low": Decimal(18), "high": Decimal(49), "qualifier": "range"}, "= 18 to 49", id="range"),
        pytest.param({}, None, id="unread"),
    ],
)
def test_a_figure_shows_what_was_read_from_its_words(fields: dict[str, Any], shown: str | None) -> None:
    """Number, unit and qualifier stand beneath the words they were read from."""
    figure = Figure(id="f", quantity=quantity("340", **fields), measures="boats", evidence=sentence(4))
    lines = as_text(made_brief(figures=[figure])).splitlines()
    beneath = lines[lines.index("  340: boats") + 1].strip()
    assert (beneath if shown else beneath[:10]) == (shown or "“More than")


@pytest.mark.parametrize(
    ("when", "shown"),
    [
        pytest.param(("2025-02-10", "2025-02-10", "day"), "then (2025-02-10)", id="day"),
        pytest.param(("2025-03-01", "2025-03-31", "month"), "then (2025-03)", id="month"),
        pytest.param(("2025-04-01", "2025-06-30", "quarter"), "then (2025 Q2)", id="quarter"),
        pytest.param(("2025-01-01", "2025-12-31", "year"), "then (2025)", id="year"),
        pytest.param(("2025-02-10", "2025-02-14", "range"), "then (2025-02-10 to 2025-02-14)", id="range"),
        pytest.param((None, "2025-02-14", "range"), "then (until 2025-02-14)", id="open start"),
        pytest.param((None, None, None), "then", id="unresolved"),
    ],
)
def test_a_resolved_date_follows_its_words(when: tuple[str | None, str | None, str | None], shown: str) -> None:
    """Dates are given as exactly as they are known, and never where they are not."""
    start, end, precision = when
    told = When.model_validate({"text": "then", "start": start, "end": end, "precision": precision})
    outcome = Outcome(id="o", what="x", when=told, evidence=sentence(1))
    assert f"    when: {shown}\n" in as_text(made_brief(outcomes=[outcome]))


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        pytest.param({"cost_usd": None}, "cost unknown", id="unknown cost"),
        pytest.param({"cost_usd": Decimal(0)}, "free", id="free"),
        pytest.param({"input_tokens": None, "output_tokens": None}, "tokens unknown", id="unknown tokens"),
        pytest.param({"requests": 1200}, "1,200 requests", id="requests"),
        pytest.param({"answered_by": "gpt-small-2025"}, "(answered by gpt-small-2025)", id="other model"),
    ],
)
def test_provenance_says_what_is_unknown(changes: dict[str, Any], shown: str) -> None:
    """An unknown cost or token count is called unknown, and never shown as nought."""
    made = made_brief().provenance.model_copy(update=changes)
    assert shown in as_text(made_brief(provenance=made), width=120).splitlines()[-1]


def test_a_flagged_field_is_marked_beside_its_item() -> None:
    """What a lenient policy lets through carries what contradicts it, in text and in Markdown."""
    verdict = Verdict(verdict="contradicted", basis="$40 million", said="$50 million", flagged=True)
    brief = made_brief()
    figure = brief.figures[0].model_copy(update={"verdicts": {"quantity": verdict}})
    brief = brief.model_copy(update={"figures": [figure, *brief.figures[1:]]})
    for view in (as_text, as_markdown):
        marked = "! quantity is contradicted by “$40 million” (said: “$50 million”)"
        assert squeezed(marked) in squeezed(plain_markdown(view(brief)))
    assert brief.status == "flagged"


def part(first: int, last: int, status: Any = "unread", why: str | None = None) -> Part:
    """Give a run of sentences, and what came of it."""
    return Part(first=first, last=last, start=0, end=0, status=status, items=0, why=why)


def test_what_was_not_read_is_said_with_the_reason() -> None:
    """By its sentences, adjoining ones as one run; a brief of a document that was not read whole is flagged."""
    made = made_brief().provenance
    declined = f"{made.model} at {made.endpoint}: the model declined"
    parts = [
        part(1, 8, why=declined),
        part(9, 9, why=declined),
        part(10, 12, "read"),
        part(13, 13),
        part(14, 14, "withheld"),
    ]
    brief = made_brief(coverage=[*parts, part(15, 16, why=declined)])
    for view in (as_text, as_markdown, as_html_fragment):
        told = "Not read, 12 sentences of the document: 1–9, 15–16 (the model declined); 13"
        assert squeezed(told) in squeezed(plain_markdown(view(brief)))
        assert "Not read" not in view(made_brief(coverage=parts[2:3]))
    assert brief.status == "flagged"
    assert made_brief(coverage=[part(1, 3, "read"), part(4, 4, "withheld")]).status == "verified"


def test_a_brief_without_a_headline_is_headed_by_its_document() -> None:
    """By its title, or its id."""
    info = made_brief().document
    brief = made_brief(headline=" ", document=info.model_copy(update={"title": "Harbour news"}))
    assert as_text(brief).startswith("Harbour news\n")
    untitled = made_brief(headline="", document=info.model_copy(update={"title": None, "id": "n7"}))
    assert as_markdown(untitled).startswith("# n7\n")


def plain_markdown(text: str) -> str:
    """Markdown without its escapes."""
    return re.sub(r"\\(.)", r"\1", text)


def test_what_is_omitted_is_named_and_counted() -> None:
    """The first dozen by their words, the others by number."""
    omitted = [Omission(start=n, end=n + 2, text=f"{n:02} tons", kind="amount") for n in range(15)]
    brief = made_brief(omitted=omitted)
    for view in (as_text, as_markdown):
        shown = squeezed(plain_markdown(view(brief)))
        assert squeezed("covered by no item: “00 tons”, “01 tons”") in shown
        assert squeezed("“11 tons” and 3 more") in shown
        assert squeezed("12 tons") not in shown


def test_a_sentence_is_quoted_once_in_markdown() -> None:
    """Items that rest on one sentence share its footnote."""
    shown = as_markdown(made_brief())
    proof = sentence(2)[0]
    assert shown.count(f"{proof.start}–{proof.end}: “") == 1
    assert shown.count("[^2]") > 3


def test_a_digest_holds_every_brief_with_footnotes_of_its_own() -> None:
    """Headings stand one level lower, notes are numbered by brief, and the beginning counts and adds up."""
    free = made_brief().provenance.model_copy(update={"cost_usd": None})
    shown = as_digest([made_brief(), made_brief(headline="The other one", provenance=free)])
    counted = "6 parties, 4 commitments, 2 outcomes, 6 figures; $0.0012, and an unknown cost for 1"
    assert shown.startswith(f"# 2 briefs\n\n{counted}\n")
    assert "\n## The other one\n" in shown
    references, definitions = set(re.findall(r"\[\^(\d-\d+)\](?!:)", shown)), re.findall(r"\[\^(\d-\d+)\]:", shown)
    assert references == set(definitions)
    assert len(definitions) == len(set(definitions))


def test_a_digest_of_unknown_costs_says_so_once() -> None:
    """Without a figure that would be none."""
    free = made_brief().provenance.model_copy(update={"cost_usd": None})
    assert "6 figures; cost unknown\n" in as_digest([made_brief(provenance=free)] * 2)


def test_a_notebook_shows_a_brief() -> None:
    """Once summariser is imported, a brief has both forms that notebooks ask for."""
    assert summariser.Brief is type(made_brief())
    brief: Any = made_brief()
    assert "<b>Veldia</b>" in brief._repr_html_()
    assert brief._repr_markdown_() == as_markdown(brief)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_text_never_acts_in_a_notebook(hostile: str) -> None:
    """A browser's parser finds no element and no attribute but ours, whatever the fields hold."""
    met: set[str] = set()

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            met.update((tag, *(name for name, _ in attrs)))

    Reader().feed(as_html_fragment(with_everywhere(hostile)))
    assert met <= set("div h3 h4 details summary blockquote bdi b span ul li dir style".split())
