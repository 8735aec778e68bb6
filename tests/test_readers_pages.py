"""Text that was taken out of markup leads back to the characters it stands for."""

from __future__ import annotations

import html
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summariser import verify
from summariser.readers.origins import Squeezed, aligned, page_characters, same_but_line_ends, visible_text
from summariser.sentences import split
from tests.files import damage, entry, pdf, written

if TYPE_CHECKING:
    from summariser_schemas import Document

SEED = next((Path(__file__).parent.parent / "seeds").glob("*.txt")).read_text(encoding="utf-8")

PAGE = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Harbour reopens | Sarn Post</title>
<meta property="og:site_name" content="Sarn Post"><meta property="article:published_time" content="2025-02-11T09:00:00Z">
<link rel="canonical" href="https://example.org/7"></head><body><nav><a href="/">Home</a><a href="/n">News</a></nav>
<article><h1>Harbour reopens</h1>
<p>The <b>harbour</b> of Sarn &amp; Velm reopened on Tuesday after a strike that lasted&nbsp;three weeks, the port
authority said in a statement.</p>
<p>It will hire 40 workers by March, said Ana Brix, its director. &ldquo;We keep our word&rdquo;, she told
<a href="https://example.org/x?a=1&amp;b=2" title="a > b">reporters</a> at the quay on Wednesday morning.</p></article>
<footer>Copyright 1999 Sarn Post</footer></body></html>"""


def squeezed(text: str) -> str:
    """A text without white space."""
    return "".join(text.split())


def test_a_page_is_read(tmp_path: Path) -> None:
    """Main text, title, date, publisher and address are found; what surrounds them is left out."""
    document = entry(written(tmp_path, "a.html", PAGE)).document
    assert document.text.split("\n\n")[:2] == [
        "Harbour reopens",
        "The harbour of Sarn & Velm reopened on Tuesday after a strike that lasted three weeks, the port authority said in a "
        "statement.",
    ]
    assert "Home" not in document.text
    assert "Copyright" not in document.text
    assert (str(document.published), document.source, document.url) == (
        "2025-02-11",
        "Sarn Post",
        "https://example.org/7",
    )


def test_what_was_told_comes_before_what_a_page_seems_to_say(tmp_path: Path) -> None:
    """A date that was only found is a guess beside one that the user gives."""
    document = entry(written(tmp_path, "a.html", PAGE), published="2024-01-30", title="Port").document
    assert (str(document.published), document.title) == ("2024-01-30", "Port")


def test_a_date_is_never_invented(tmp_path: Path) -> None:
    """The year of a copyright line dates no article."""
    page = PAGE.replace('<meta property="article:published_time" content="2025-02-11T09:00:00Z">', "")
    assert entry(written(tmp_path, "a.html", page)).document.published is None


@pytest.mark.parametrize(
    ("page", "said"),
    [
        pytest.param("<html><body></body></html>", "no main text was found", id="empty"),
        pytest.param("", "no main text was found", id="nothing"),
        pytest.param("<div>" * 50_000 + "x", "a.html: ", id="deep"),
    ],
)
def test_a_page_without_text_is_refused(tmp_path: Path, page: str, said: str) -> None:
    """The error says what to do instead."""
    assert said in damage(written(tmp_path, "a.html", page))


def leads_back(document: Document, raw: str) -> None:
    """Hold every sentence against the stretch of the source that its evidence would name."""
    origin = document.origin
    assert origin is not None
    sentences = split(document.text)
    assert sentences
    for sentence in sentences:
        place = origin.within(sentence.start, sentence.end)
        assert place is not None, sentence
        shown = visible_text(raw[slice(*place)])
        assert squeezed(shown) == squeezed(sentence.text)


def test_sentences_of_a_page_lead_back_to_it(tmp_path: Path) -> None:
    """Tags and entities aside, what stands at a sentence's place in the page is the sentence."""
    leads_back(entry(written(tmp_path, "a.html", PAGE)).document, PAGE)


def test_sentences_of_a_real_article_lead_back_to_its_page(tmp_path: Path) -> None:
    """However its page is laid out: line ends, entities and links within sentences."""
    paragraphs = [html.escape(line) for line in SEED.splitlines() if line.strip()]
    marked = [
        re.sub(r"\b(the|said) (\w+)", r'\1\n  <a href="/\2"><em>\2</em></a>', paragraph) for paragraph in paragraphs
    ]
    page = "<html><body><article>" + "".join(f"<p>{one}</p>\r\n" for one in marked) + "</article></body></html>"
    leads_back(entry(written(tmp_path, "a.html", page)).document, page)


def test_evidence_points_into_the_page(tmp_path: Path) -> None:
    """Where a page or a file with pages was read, evidence says where in it the sentence stands."""
    brief = {
        "figures": [{"evidence": ["It will hire 40 workers by March"], "quantity": "40 workers", "measures": "workers"}]
    }
    (figure,) = verify(entry(written(tmp_path, "a.html", PAGE)).document, brief).items
    (evidence,) = figure.evidence
    assert evidence.page is None
    assert PAGE[evidence.source_start : evidence.source_end].startswith(
        "It will hire 40 workers by March, said Ana Brix"
    )
    (figure,) = verify(
        entry(written(tmp_path, "a.pdf", pdf([["Harbour"], ["It will hire 40 workers by March."]]))).document, brief
    ).items
    (evidence,) = figure.evidence
    assert (evidence.page, evidence.source_start) == (2, None)
    assert evidence.model_dump(mode="json") == {"start": 9, "end": 42, "text": evidence.text, "page": 2}


words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1, max_size=8)
paragraphs = st.lists(st.lists(words, min_size=1, max_size=8), min_size=1, max_size=5)


@given(paragraphs, st.randoms(use_true_random=False))
def test_any_stretch_of_words_leads_back(text: list[list[str]], random: object) -> None:
    """Whatever the words, and whatever tags, entities and white space part them in the page."""
    choose = random.choice  # type: ignore[attr-defined]  # pyright: ignore
    between = [" ", "\n  ", " <b> ", "<i> </i>", "&nbsp;", " <!-- > -->", '<a title="x>y"> ', "<script>a<b</script> "]
    page = "".join(f"<p>{''.join(html.escape(word) + choose(between) for word in line)}</p>" for line in text)
    plain = visible_text(page)
    origin = aligned(plain, Squeezed.of(page_characters(page)))
    places = [match.span() for match in re.finditer(r"\S+", plain)]
    for first in range(len(places)):
        start, end = places[first][0], places[choose(range(first, len(places)))][1]
        place = origin.within(start, end)
        assert place is not None
        assert squeezed(visible_text(page[slice(*place)])) == squeezed(plain[start:end])


@given(st.text(alphabet="ab<>/!-'\"&;#x= \n", max_size=200))
def test_any_page_is_scanned(page: str) -> None:
    """Pieces of a page come in order, none beyond its end, and those as long as their place are what stands there."""
    before = 0
    for text, start, end in page_characters(page):
        assert before <= start <= end <= len(page)
        assert len(text) != end - start or text == page[start:end]
        before = end


@given(st.text(alphabet="ab \r\n", max_size=50))
def test_line_ends_lead_back(raw: str) -> None:
    """A text whose carriage returns were dropped leads back to the file that has them."""
    text = raw.replace("\r\n", "\n")
    origin = same_but_line_ends(raw)
    assert (origin is None) == (raw == text)
    for start in range(len(text) if origin else 0):
        for end in range(start + 1, len(text) + 1):
            place = origin.within(start, end) if origin else None
            assert place is not None
            assert raw[slice(*place)].replace("\r\n", "\n") == text[start:end]


MARKDOWN = """---
title: "Port: open"
date: 2025-02-11
lang: sv
---
# Harbour **reopens**

The *harbour* of [Sarn](https://example.org/a_b "x") re\\*opened &amp; hired `40`
workers. <b>It</b> did.

* one
* two ![logo](a.png)

| Port | Share |
|------|-------|
| Sarn | 12 %  |
"""


def test_markdown_is_read_without_its_marks(tmp_path: Path) -> None:
    """Front matter tells title, date and language; words lead back to the file."""
    path = written(tmp_path, "a.md", MARKDOWN)
    document = entry(path).document
    assert document.text.split("\n\n") == [
        "Harbour reopens",
        "The harbour of Sarn re*opened & hired 40 workers. It did.",
        "one",
        "two",
        "Port | Share",
        "Sarn | 12 %",
    ]
    assert (document.title, str(document.published), document.language) == ("Port: open", "2025-02-11", "sv")
    origin = document.origin
    assert origin is not None
    for word, there in (
        ("harbour", "harbour"),
        ("re*opened", r"re\*opened"),
        ("&", "&amp;"),
        ("40", "40"),
        ("12 %", "12 %"),
    ):
        at = document.text.index(word)
        place = origin.within(at, at + len(word))
        assert place is not None
        assert MARKDOWN[slice(*place)] == there
