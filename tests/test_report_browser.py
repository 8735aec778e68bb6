"""The HTML report in a real browser: Debian's Chromium, or the one that CHROMIUM names."""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import pytest

from summariser.views.html import as_html
from summariser.views.notebook import as_html_fragment
from summariser.views.results import Failure
from summariser_schemas import BaseBrief, Document, DocumentInfo, Figure, Outcome, Part, Party, Quantity, Rejection
from summariser_schemas.earnings import Metric
from tests.briefs import SENTENCES, TEXT, brief_of, made_brief, sentence, with_everywhere

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator
    from playwright.sync_api import Page as Tab

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync"
).split()

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium: apt-get install chromium, or name one in CHROMIUM"),
    pytest.mark.skipif(find_spec("playwright") is None, reason="needs playwright: pip install 'summariser[browser]'"),
]


class Calls(BaseBrief):
    """Figures alone."""

    metrics: list[Metric]


ARABIC = "أعلنت وزارة التجارة أنها ستدفع 12 مليون دولار للصيادين قبل نهاية مارس."
FAILURE = Failure(
    id="f-1", error="RefusalError", message="the model declined", attempts=2, title="What no model would read"
)

PAYLOADS = [
    "<script>pwned('script')</script>",
    "<img src=x onerror=\"pwned('img')\">",
    "<svg onload=\"pwned('svg')\"><animate onbegin=\"pwned('animate')\" attributeName=x dur=1s></svg>",
    "</script><script>pwned('closed')</script>",
    "</style></title></textarea><script>pwned('escaped')</script>",
    "<!--<script>pwned('comment')</script>-->",
    "&lt;img src=x onerror=pwned('entity')&gt;",
    "&#60;img src=x onerror=pwned('number')&#62; &amp;lt;script&amp;gt;",
    "\"><img src=x onerror=pwned('attribute')>",
    "' onmouseover='pwned(1)' autofocus onfocus='pwned(2)",
    "javascript:pwned('url')",
    "<a href=\"javascript:pwned('link')\">x</a>",
    "<iframe srcdoc=\"<script>parent.pwned('frame')</script>\"></iframe>",
    "<details open ontoggle=\"pwned('toggle')\">x</details>",
    "<base href=//evil.example><link rel=stylesheet href=//evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=//evil.example'>",
    "<style>@import '//evil.example/x.css'; body { background: url(//evil.example/x.png) }</style>",
    "{{constructor.constructor(\"pwned('template')\")()}} ${pwned('literal')}",
    "\u202egpj.exe\u2066 \u2067<script>pwned('bidi')</script>\u2069",
    "\u2028pwned('line')\u2029//",
    "\u0000<scr\u0000ipt>pwned('nul')</script>\ud800",
    "__proto__",
    "constructor",
]
"""What runs when a page takes words for markup or code: `test_the_payloads_are_live` holds them to it."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests here."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Tab]]:
    """Show a page from a file; what goes wrong in it, and what it asks of the network, fails the test at its end."""
    contexts: list[Any] = []
    trouble: list[str] = []

    def shown(page: str, address: str = "", **options: Any) -> Tab:
        path = tmp_path / "report.html"
        path.write_text(page, encoding="utf-8")
        settings: dict[str, Any] = {"viewport": {"width": 1440, "height": 900}, **options}
        context = browser.new_context(**settings)
        contexts.append(context)
        tab = context.new_page()
        tab.set_default_timeout(10_000)
        tab.on("pageerror", lambda error: trouble.append(f"error: {error}"))
        tab.on("dialog", lambda dialog: trouble.append(f"dialog: {dialog.message}"))
        tab.on("console", lambda message: trouble.append(f"{message.type}: {message.text}"))
        tab.on(
            "request", lambda sent: trouble.append(f"request: {sent.url}") if not sent.url.startswith("file:") else None
        )
        tab.add_init_script("window.ran = []; window.pwned = (what) => window.ran.push(what)")
        tab.goto(path.as_uri() + address)
        tab.wait_for_selector("html[data-ready=all]", state="attached")
        return tab

    yield shown
    for context in contexts:
        context.close()
    assert trouble == []


def report(**changes: Any) -> str:
    """A report of three briefs, the last in Arabic, and a failure."""
    text = ARABIC
    whole = {"start": 0, "end": len(text), "text": text}
    info = DocumentInfo(id="ar", title="خبر", source="wire/ar.txt", language="ar", sha256=Document(text=text).sha256)
    start = text.index("12")
    quantity = Quantity(start=start, end=start + 8, text=text[start : start + 8], value=12, unit="USD")  # type: ignore[arg-type] # pyright: ignore
    arabic = made_brief(
        document=info,
        headline="الوزارة تدفع للصيادين",
        summary=text,
        summary_evidence=[whole],
        parties=[],
        commitments=[],
        outcomes=[],
        figures=[Figure(id="f1", quantity=quantity, measures="دعم للصيادين", evidence=[whole])],  # type: ignore[list-item] # pyright: ignore
        rejected=[],
    )
    other = made_brief(
        headline="Ostavia opens a port",
        parties=[Party(id="p1", name="Ostavia", kind="country", evidence=sentence(1))],
        commitments=[],
        outcomes=[Outcome(id="o1", by=["p1"], what="opened a port", evidence=sentence(1))],  # type: ignore[list-item] # pyright: ignore
        figures=[],
    )
    rejected = [
        Rejection(section="figures", said={"quantity": "45 boats"}, sentences=[5], reasons=["45 is not in sentence 5"])
    ]
    texts = {info.sha256: text}
    return as_html(
        [made_brief(rejected=rejected), other, arabic],
        text_of=lambda document: texts.get(document.sha256, TEXT),
        failures=[FAILURE],
        **changes,
    )


def headlines(tab: Tab) -> list[str]:
    """The documents in the list."""
    return tab.locator("[role=option] .headline").all_inner_texts()


def told(tab: Tab, count: str) -> None:
    """Wait until the page says that so many are shown."""
    from playwright.sync_api import expect

    expect(tab.locator("#count")).to_have_text(count)


def item(tab: Tab, words: str) -> Locator:
    """The item of the open brief that says this."""
    return tab.locator(".item", has_text=words)


def highlighted(tab: Tab) -> str:
    """The words of the text that are highlighted."""
    return "".join(tab.locator("#text mark.on").all_inner_texts())


def test_an_item_leads_to_its_sentence_and_back(show: Callable[..., Tab]) -> None:
    """Open, choose, click an item: its sentence is highlighted; click another sentence: its item is chosen."""
    tab = show(report())
    tab.get_by_text("Port Sarn reopens; Veldia promises its fishers relief").click()
    item(tab, "waive harbour fees").click()
    assert highlighted(tab) == SENTENCES[3]
    assert tab.locator(".current .proof blockquote").inner_text() == SENTENCES[3]
    tab.locator("#text mark", has_text="The harbour of Port Sarn reopened").click()
    assert highlighted(tab) == SENTENCES[1]
    assert "the harbour of Port Sarn reopened" in tab.locator(".current .item").inner_text()
    tab.locator("#text .word", has_text="More than 340").click()
    assert "boats damaged by the storm" in tab.locator(".current .item").inner_text()
    assert tab.locator("#text mark.on").first.is_visible()


def test_what_was_left_out_is_shown_with_its_reason(show: Callable[..., Tab]) -> None:
    """Rejected statements beside the sentences they cited, failures with error, message and attempts."""
    tab = show(report(), "#doc=1")
    item(tab, "45 is not in sentence 5").click()
    assert highlighted(tab) == SENTENCES[4]
    tab.locator("#tab-left-out").click()
    tab.locator("#left-out tr.row", has_text="the model declined").click()
    assert tab.locator(".failure").inner_text() == "RefusalError: the model declined (2 attempts)"


def test_what_was_not_read_is_shown(show: Callable[..., Tab]) -> None:
    """In the list by how many sentences, in the brief by which and why, among what was left out."""
    parts = [Part(first=1, last=2, start=0, end=9, status="unread", items=0, why="the model declined")]
    tab = show(as_html([made_brief(coverage=parts)]), "#doc=1")
    assert "2 sentences not read" in tab.locator("#doc-0").inner_text()
    assert tab.locator("#brief .unread").inner_text().endswith("1–2 (the model declined)")
    tab.locator("#tab-left-out").click()
    assert "2 sentences not read, " in tab.locator("#left-out tr.row").inner_text()


@pytest.mark.parametrize(
    ("fields", "found"),
    [
        pytest.param({"q": "OSTAVIA port"}, ["Ostavia opens a port"], id="search"),
        pytest.param({"q": '"port a"'}, [], id="phrase"),
        pytest.param({"party": "fishers league"}, ["Port Sarn"], id="party"),
        pytest.param({"party": "ost"}, ["Ostavia"], id="part of a party"),
        pytest.param({"kind": "party:person"}, ["Port Sarn"], id="kind of party"),
        pytest.param({"kind": "section:outcomes"}, ["Port Sarn", "Ostavia"], id="kind of item"),
        pytest.param({"status": "commitments:sought"}, ["Port Sarn"], id="status"),
        pytest.param({"status": "document:failed"}, ["What no model"], id="state"),
        pytest.param({"from": "2025-02-01", "to": "2025-02-28"}, ["Port Sarn", "Ostavia"], id="dates"),
        pytest.param({"unit": "=USD", "least": "1000000"}, ["Port Sarn"], id="amount"),
        pytest.param({"least": "10", "most": "20"}, ["الوزارة"], id="range"),
        pytest.param({"source": "wire/"}, ["الوزارة"], id="source"),
    ],
)
def test_filters_narrow_the_list(show: Callable[..., Tab], fields: dict[str, str], found: list[str]) -> None:
    """Only documents that have what was asked for stay; the number says how many."""
    tab = show(report())
    tab.locator("#more").evaluate("element => { element.open = true }")
    for field, value in fields.items():
        place = tab.locator(f"#{field}")
        place.select_option(value) if place.evaluate("e => e.tagName") == "SELECT" else place.fill(value)
    told(tab, f"{len(found)} of 4 documents")
    shown = headlines(tab)
    assert len(shown) == len(found)
    assert all(one.startswith(start) for one, start in zip(shown, found, strict=True))


def test_tables_across_documents(show: Callable[..., Tab]) -> None:
    """Parties by commitments, commitments with their dates, figures by amount; each row leads to its proof."""
    tab = show(report())
    tab.locator("#tab-parties-of-all").click()
    assert tab.locator("#parties-of-all tr.row").first.inner_text().split("\n")[0].startswith("Veldia")
    tab.locator("#parties-of-all tr.row").first.click()
    rows = tab.locator("#timeline tr.row").all_inner_texts()
    assert ["2025-03" in rows[0], "until 2026" in rows[1], len(rows)] == [True, True, 2]
    assert tab.locator("#timeline rect").count() == 1
    tab.locator("#tab-figures").click()
    tab.get_by_role("button", name="Clear all").click()
    told(tab, "4 figures")
    amounts = tab.locator("#figures tr.row td:nth-child(2)")
    assert amounts.all_inner_texts() == ["12,500,000 crown", "4,000,000 USD", "340 boat", "12 USD"]
    tab.locator("#figures th button", has_text="Amount").click()
    assert amounts.first.inner_text() == "12 USD"
    tab.locator("#figures tr.row", has_text="boats damaged").click()
    assert highlighted(tab) == SENTENCES[4]


def test_a_row_leads_to_its_item_where_it_can_be_seen(show: Callable[..., Tab]) -> None:
    """In a brief that is longer than the screen: the item has the focus, and it and its sentence are in view."""
    from playwright.sync_api import expect

    tab = show(report(), "#tab=figures", viewport={"width": 1440, "height": 560})
    tab.locator("#figures tr.row", has_text="boats damaged").click()
    chosen = item(tab, "boats damaged")
    expect(chosen).to_be_focused()
    expect(chosen).to_be_in_viewport()
    expect(tab.locator("#text mark.on").first).to_be_in_viewport()


def test_it_is_used_by_keyboard(show: Callable[..., Tab]) -> None:
    """Search, next document, next item, back and the views, without a mouse."""
    tab = show(report())
    tab.keyboard.press("/")
    tab.keyboard.type("port")
    told(tab, "2 of 4 documents")
    tab.keyboard.press("Escape")
    tab.keyboard.press("j")
    tab.wait_for_selector("#brief")
    tab.keyboard.press("n")
    assert highlighted(tab) == SENTENCES[2]
    tab.keyboard.press("n")
    assert "Orla Venn" in tab.locator(".current .item").inner_text()
    tab.keyboard.press("Enter")
    tab.keyboard.press("Escape")
    assert tab.locator("#brief").count() == 0
    tab.keyboard.press("4")
    assert tab.locator("#tab-figures").get_attribute("aria-selected") == "true"
    tab.keyboard.press("?")
    assert tab.locator("#help").is_visible()


def test_a_view_can_be_linked_to(show: Callable[..., Tab]) -> None:
    """The address holds what is shown; Back returns to what was shown before."""
    tab = show(report(), "#q=port&doc=1&item=4")
    tab.wait_for_selector("#text mark.on")
    assert highlighted(tab) == SENTENCES[3]
    assert tab.locator("#q").input_value() == "port"
    tab.locator("#tab-timeline").click()
    tab.go_back()
    tab.wait_for_selector("#brief", state="visible")
    tab.goto(tab.url.partition("#")[0] + "#tab=nowhere&doc=999&item=%3Cb%3E&unit=__proto__")
    assert tab.locator("#documents").is_visible()


def test_only_the_rows_that_are_seen_exist(show: Callable[..., Tab]) -> None:
    """A thousand documents make a few dozen elements, and the last can be reached."""
    tab = show(as_html([made_brief(headline=f"Number {n}") for n in range(1000)]))
    assert tab.locator("[role=option]").count() < 60
    tab.locator("#listbox").focus()
    tab.keyboard.press("End")
    tab.wait_for_selector("#detail[data-doc='999']")
    assert tab.locator("#brief h2").inner_text() == "Number 999"
    tab.locator("#tab-timeline").click()
    assert tab.locator("#timeline tr.row").count() < 60
    assert tab.locator("#timeline table").get_attribute("aria-rowcount") == "3001"


MEETING_ITEMS = "Decisions, actions, votes and statements: {}"


@pytest.mark.parametrize(
    ("kind", "tab", "fields", "count"),
    [
        pytest.param("meeting", "timeline", {}, MEETING_ITEMS.format(5), id="all"),
        pytest.param("meeting", "timeline", {"party": "Tavi"}, MEETING_ITEMS.format(1), id="party"),
        pytest.param("meeting", "timeline", {"status": "votes:carried"}, MEETING_ITEMS.format(1), id="status"),
        pytest.param("meeting", "timeline", {"q": "permit"}, MEETING_ITEMS.format(1), id="search"),
        pytest.param("meeting", "figures", {"least": "3"}, "1 figure", id="amount"),
        pytest.param("earnings", "figures", {"status": "metrics:up"}, "2 figures", id="direction"),
        pytest.param("earnings", "figures", {"kind": "section:guidance"}, "2 figures", id="section"),
        pytest.param("agreement", "parties-of-all", {"kind": "party:company"}, "1 party", id="parties"),
        pytest.param("agreement", "documents", {"status": "obligations:must_not"}, "1 of 1 document", id="documents"),
    ],
)  # fmt: skip
def test_briefs_of_any_kind_are_filtered(
    show: Callable[..., Tab], kind: str, tab: str, fields: dict[str, str], count: str
) -> None:
    """By what their fields are, and not by what their sections are called."""
    shown = show(as_html([brief_of(kind)]))
    shown.locator(f"#tab-{tab}").click()
    for field, value in fields.items():
        element = shown.locator(f"#{field}")
        (element.select_option if element.evaluate("e => e.localName") == "select" else element.fill)(value)
    told(shown, count)


def test_what_a_kind_of_brief_does_not_have_is_not_offered(show: Callable[..., Tab]) -> None:
    """No table of parties where there are none, no timeline where all items are numbers; keys count what is there."""
    found = brief_of("earnings")
    numbers = found.model_copy(update={"parties": [], "guidance": [], "events": []})
    tab = show(as_html([Calls.model_validate(numbers.model_dump(exclude={"parties", "guidance", "events"}))]))
    assert tab.locator("[role=tab]:visible").all_inner_texts() == ["Documents", "Figures", "Left out"]
    assert tab.locator("#party").is_hidden()
    tab.keyboard.press("2")
    told(tab, "4 figures")


def test_without_texts_the_sentences_stand_alone(show: Callable[..., Tab]) -> None:
    """They stand in their order, lead to the items and back, and the page says why there is no text."""
    tab = show(as_html([made_brief()]), "#doc=1")
    item(tab, "waive harbour fees").click()
    place = sentence(3)[0]
    assert tab.locator(".current blockquote").inner_text() == f"{SENTENCES[3]} {place.start}–{place.end}"
    assert "was not found" in tab.locator("#text").inner_text()
    assert tab.locator("#text mark.on").inner_text() == SENTENCES[3]
    tab.locator("#text mark", has_text=SENTENCES[2]).click()
    assert SENTENCES[2] in tab.locator(".current blockquote").first.inner_text()


def test_right_to_left_text_runs_right_to_left(show: Callable[..., Tab]) -> None:
    """Headline, item and text of an Arabic brief, and not the page around them."""
    tab = show(report(), "#doc=3&item=0")
    tab.wait_for_selector("#text mark.on")
    for selector in ("#brief h2", ".current .item", ".current blockquote", "#text article p"):
        assert tab.locator(selector).first.evaluate("e => getComputedStyle(e).direction") == "rtl"
    assert tab.locator("body").evaluate("e => getComputedStyle(e).direction") == "ltr"
    assert highlighted(tab) == ARABIC


def test_it_fits_a_phone(show: Callable[..., Tab]) -> None:
    """Nothing is wider than the screen; a document takes the list's place, and there is a way back."""
    tab = show(report(), viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True)
    fits = "() => document.documentElement.scrollWidth <= innerWidth"
    tab.get_by_text("Port Sarn reopens; Veldia").tap()
    item(tab, "waive harbour fees").tap()
    assert tab.locator(".current blockquote").inner_text() == SENTENCES[3]
    tab.locator(".current .jump").tap()
    assert highlighted(tab) == SENTENCES[3]
    assert tab.evaluate(fits)
    tab.get_by_role("button", name="All documents").tap()
    for view in ("parties-of-all", "timeline", "figures", "left-out"):
        tab.locator(f"#tab-{view}").tap()
        assert tab.evaluate(fits), view


def test_it_prints_what_is_open(show: Callable[..., Tab]) -> None:
    """On paper every item carries its sentence, and lists and buttons are gone."""
    tab = show(report(), "#doc=1")
    tab.wait_for_selector("#brief")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    tab.emulate_media(media="print")
    assert tab.locator(".entry blockquote", has_text=SENTENCES[3]).first.is_visible()
    assert not tab.locator("#listbox").is_visible()
    assert not tab.locator("#filters").is_visible()


@pytest.mark.skipif(find_spec("axe_playwright_python") is None, reason="needs axe: pip install 'summariser[browser]'")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious(show: Callable[..., Tab], scheme: str) -> None:
    """In every view, in light and dark, and in the dialog."""
    from axe_playwright_python.sync_playwright import Axe

    tab = show(report(), "#doc=1&item=4", color_scheme=scheme, bypass_csp=True)
    tab.wait_for_selector("#text mark.on")
    found: dict[str, Any] = {}
    for view in ("documents", "parties-of-all", "timeline", "figures", "left-out", "help"):
        tab.locator(f"#tab-{view}" if view != "help" else "#help-button").click()
        for violation in Axe().run(tab).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                found[f"{view}: {violation['id']}"] = [node["html"][:200] for node in violation["nodes"][:3]]
    assert found == {}


_EARS = "<script>window.ran = []; window.pwned = (what) => window.ran.push(what)</script>"


def heard(tab: Tab, fragments: list[str]) -> set[str]:
    """What runs when each of these is the body of a page without a policy."""
    ran: set[str] = set()
    for fragment in fragments:
        tab.set_content(f"{_EARS}<div>{fragment}</div>")
        tab.evaluate("() => { for (const e of document.querySelectorAll('details')) e.open = true; }")
        tab.wait_for_timeout(30)
        ran.update(tab.evaluate("ran"))
    return ran


def test_the_payloads_are_live(browser: Browser) -> None:
    """A page that takes them for markup runs them: the next tests could fail."""
    tab = browser.new_page()
    ran = heard(tab, PAYLOADS[:7])
    tab.close()
    assert {"script", "img", "svg", "closed"} <= ran


def test_hostile_words_stay_words_in_a_notebook(browser: Browser) -> None:
    """The fragment that a notebook shows runs nothing, though a notebook has no policy of ours."""
    tab = browser.new_page()
    ran = heard(tab, [as_html_fragment(with_everywhere(payload)) for payload in PAYLOADS])
    tab.close()
    assert ran == set()


def test_hostile_words_stay_words(show: Callable[..., Tab]) -> None:
    """Every field of every brief, every text and every failure holds a payload: nothing runs, nothing becomes an element."""
    briefs = [with_everywhere(payload) for payload in PAYLOADS]
    texts = {b.headline: f"{b.headline}\n\n{b.headline}" for b in briefs}
    names = ("id", "error", "message", "title", "source", "published", "language", "text")
    failures = [Failure(**dict.fromkeys(names, payload)) for payload in PAYLOADS]  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] # attempts is no text
    found = iter(texts.values())
    page = as_html(briefs, text_of=lambda _: next(found), failures=failures, title="".join(PAYLOADS))
    tab = show(page)
    for doc in range(len(PAYLOADS) * 2):
        tab.evaluate(f"() => {{ location.hash = 'doc={doc + 1}' }}")
        tab.wait_for_selector(f"#detail[data-doc='{doc}']")
        tab.evaluate("async () => { for (const item of document.querySelectorAll('.item, #text mark')) item.click(); }")
        assert tab.evaluate(_STRANGERS) == [], PAYLOADS[doc % len(PAYLOADS)]
    for view in ("parties-of-all", "timeline", "figures", "left-out", "documents"):
        tab.locator(f"#tab-{view}").click()
        assert tab.evaluate(_STRANGERS) == [], view
    for field in ("q", "party", "source"):
        tab.locator("#more").evaluate("element => { element.open = true }")
        for payload in PAYLOADS[:4]:
            tab.locator(f"#{field}").fill(payload)
    tab.wait_for_timeout(300)
    assert tab.evaluate("ran") == []
    assert tab.evaluate("({}).polluted === undefined")


_STRANGERS = """() => {
  const ours = new Set(`a article bdi blockquote body br button caption datalist dd details dialog div dl dt form h1 h2 h3 head
    header html i input kbd label li line main mark meta nav noscript optgroup option output p rect script section select span
    strong style summary svg table tbody td text th thead title tr ul`.split(/\\s+/));
  const active = (a) => a.name.startsWith("on") || (["href", "src", "action"].includes(a.name) && a.value !== "#main");
  const strange = [...document.querySelectorAll("*")].filter((e) => !ours.has(e.localName) || [...e.attributes].some(active));
  const scripts = [...document.scripts].filter((s) => !s.type).length;
  const bidi = /[\\u202a-\\u202e\\u2066-\\u2069]/.test(document.body.textContent);
  const found = [...strange.map((e) => e.outerHTML.slice(0, 200)), ...window.ran];
  return scripts === 1 && !bidi ? found : [...found, scripts, bidi];
}"""
