"""The HTML report with 10,000 documents in headless Chromium: how long it takes to open and to filter.

    python benchmarks/view.py [--count 10000] [--runs 5]      writes benchmarks/view.md

Needs Chromium (Debian's package `chromium`) and `pip install 'summariser[browser]'`; with `pip install langextract` its viewer is
shown a hostile article too. The briefs are those of the repository's
recorded answers and, for variety, what code alone finds in the texts of `benchmarks/data`; every copy gets words and numbers of
its own, so that compression and interning gain little from their being copies.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import random
import re
import shutil
import statistics
import tempfile
import time
from datetime import date
from decimal import Decimal
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from summariser import Summariser
from summariser.verifying import prepare, verify
from summariser.views.html import html_parts
from summariser_schemas import Brief, Document, DocumentInfo

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page

ROOT = Path(__file__).parents[1]
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update "
    "--disable-sync"
).split()
OPEN_MS, FILTER_MS = 2000, 100
ACTIONS: dict[str, tuple[str, dict[str, str]]] = {
    "search, one word": ("documents", {"q": "climate"}),
    "search, three words": ("documents", {"q": "energy states will"}),
    "search, nothing found": ("documents", {"q": "zzzzqqq"}),
    "party": ("documents", {"party": "United States"}),
    "kind of party": ("documents", {"kind": "party:person"}),
    "status": ("documents", {"status": "commitments:planned"}),
    "verdict": ("documents", {"verdict": "derived"}),
    "dates": ("documents", {"from": "2022-01-01", "to": "2022-12-31"}),
    "amounts": ("documents", {"unit": "=USD", "least": "1000000", "most": "1000000000"}),
    "source": ("documents", {"source": "desk 17"}),
    "all cleared": ("documents", {}),
    "parties: status": ("parties-of-all", {"status": "commitments:agreed"}),
    "timeline: party": ("timeline", {"party": "United States"}),
    "timeline: search": ("timeline", {"q": "climate"}),
    "figures: search": ("figures", {"q": "million"}),
    "figures: amounts": ("figures", {"unit": "=%", "least": "10", "most": "50"}),
    "left out: search": ("left-out", {"q": "sanctions"}),
}


def originals() -> list[tuple[Brief, str]]:
    """Briefs with their texts: recorded answers of a real model, and what code finds in the benchmark's articles."""
    made: list[tuple[Brief, str]] = []
    recordings = ROOT / "tests" / "recordings"
    for name, path in (
        ("seed", next((ROOT / "seeds").glob("*.txt"))),
        *((p.stem, p) for p in (ROOT / "tests" / "articles").glob("*.txt")),
    ):
        text = path.read_text(encoding="utf-8")
        document = Document(text=text, id=name, source=path.name, published=date(2024, 1, 30))
        try:
            with Summariser("local/qwen2.5-coder-1.5b", recordings=recordings / name) as summariser:
                made.append((summariser.summarise(document), document.text))
        except Exception as error:  # recorded with other metadata: the others are enough
            print(f"no brief of {name}: {str(error)[:80]}")
    provenance = made[0][0].provenance
    for line in (ROOT / "benchmarks" / "data" / "articles.jsonl").read_text(encoding="utf-8").splitlines():
        article = json.loads(line)
        document = Document(
            text=article["text"], id=article["id"], title=article["title"], language=article["language"]
        )
        found = verify(document, found_by_code(document), policy="flag")
        info = DocumentInfo(**document.model_dump(exclude={"text"}), sha256=document.sha256)
        lead = prepare(document).evidence([1, 2])
        made.append(
            (
                Brief(
                    document=info,
                    headline=article["title"],
                    summary=" ".join(e.text for e in lead),
                    summary_evidence=lead,
                    **found.sections,
                    rejected=found.rejected,
                    omitted=found.omitted,
                    provenance=provenance,
                ),
                document.text,
            )
        )
    return made


_ACT = re.compile(r"\b(?:will|plans? to|pledged to|agreed to)\s+([a-z][^.;:,]{8,90})")


def found_by_code(document: Document) -> dict[str, Any]:
    """Items as a model might claim them."""
    from summariser.grounding.candidates import candidates

    source = prepare(document)
    names = candidates(source)[:20]
    items: dict[str, Any] = {
        "parties": [{"name": c.name, "kind": "organisation", "evidence": [c.sentence]} for c in names],
        "commitments": [],
        "figures": [],
    }
    for sentence in source.sentences:
        by = [c.name for c in names if c.name in sentence.text[:60]][:1]
        for match in _ACT.finditer(sentence.text):
            act = {"action": match[1], "status": "planned", "by": by, "evidence": [sentence.number]}
            items["commitments"].append(act)
        for quantity in source.quantities_of(sentence.number):
            about = sentence.text[quantity.end :].strip(" ,.").split(",")[0][:60] or sentence.text[:40]
            items["figures"].append({"quantity": quantity.text, "measures": about, "evidence": [sentence.number]})
    return items


def copies(made: list[tuple[Brief, str]], count: int) -> Iterator[tuple[Brief, str]]:
    """Yield briefs with words, digits, names and dates of their own; every span still holds."""
    chance = random.Random(7)
    for number in range(count):
        brief, text = made[number % len(made)]
        text = re.sub(r"\d", lambda _: str(chance.randrange(10)), text)
        text = _salted(text, chance)
        raw = brief.model_dump(mode="json")
        _recut(raw, text)
        word = f"{number:x}"
        raw["document"] |= {"id": f"{raw['document']['id']}-{number}", "source": f"wire/desk {chance.randrange(40)}"}
        raw["document"] |= {"published": f"{2018 + number % 8}-{1 + number % 12:02}-{1 + number % 28:02}"}
        raw["headline"], raw["summary"] = f"{_salted(raw['headline'], chance)} {word}", _salted(raw["summary"], chance)
        for party in raw["parties"]:
            party["name"] += f" {chance.randrange(3000)}" if chance.random() < 0.3 else ""
        for section, field in (("commitments", "action"), ("outcomes", "what"), ("figures", "measures")):
            for item in raw[section]:
                item[field] = f"{_salted(item[field], chance)} {word}{chance.randrange(100)}"
                year = 2015 + number % 15
                when = {"text": "then", "start": f"{year}-03-01", "end": f"{year}-03-31", "precision": "month"}
                item[{"commitments": "due", "outcomes": "when", "figures": "as_of"}[section]] = when
        for figure in raw["figures"]:
            if figure["quantity"]["value"] is not None:
                scaled = Decimal(figure["quantity"]["value"]) * chance.randrange(1, 900) / 100
                figure["quantity"]["value"] = format(scaled, "f")
        yield Brief.model_validate(raw), text


def _salted(text: str, chance: random.Random) -> str:
    """The text with the letters of every fifth long word shuffled: as long as before, and like no other copy."""

    def shuffled(match: re.Match[str]) -> str:
        return "".join(chance.sample(match[0], len(match[0]))) if chance.random() < 0.2 else match[0]

    return re.sub(r"\b[a-z]{6,}\b", shuffled, text)


def _recut(value: Any, text: str) -> None:
    if isinstance(value, dict):
        if {"start", "end", "text"} <= value.keys() and isinstance(value["start"], int):
            value["text"] = text[value["start"] : value["end"]]
        for part in value.values():
            _recut(part, text)
    elif isinstance(value, list):
        for part in value:
            _recut(part, text)


_SET = """async ([tab, fields]) => {
  const painted = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const root = document.documentElement;
  document.getElementById("filters").reset();
  await new Promise((done) => setTimeout(done, 50));
  document.getElementById("tab-" + tab).click();
  await painted();
  for (const [id, value] of Object.entries(fields)) document.getElementById(id).value = value;
  const drawn = root.dataset.drawn, start = performance.now();
  document.getElementById("q").dispatchEvent(new Event("input", { bubbles: true }));
  while (root.dataset.drawn === drawn) await new Promise((done) => setTimeout(done));
  const script = performance.now() - start;
  await painted();
  return [script, performance.now() - start, document.getElementById("count").textContent];
}"""


_LOOP = """() => {
  const start = performance.now();
  let x = 0;
  for (let i = 0; i < 1e8; i++) x += i % 7;
  return performance.now() - start;
}"""


def measure(page: Page, url: str, runs: int) -> tuple[dict[str, list[float]], dict[str, str]]:
    """Open the report and filter it, ``runs`` times; milliseconds by what was done, and what the last run showed."""
    times: dict[str, list[float]] = {}
    shown: dict[str, str] = {}
    for _ in range(runs):
        times.setdefault("a loop of 100 million steps, for comparison", []).append(page.evaluate(_LOOP))
        page.goto("about:blank")
        begun = time.perf_counter()
        page.goto(url, wait_until="commit")
        page.wait_for_selector("html[data-ready]", state="attached", timeout=120_000)
        page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        times.setdefault("open: the list is there", []).append(1000 * (time.perf_counter() - begun))
        page.wait_for_selector("html[data-ready=all]", state="attached", timeout=120_000)
        times.setdefault("open: everything can be searched", []).append(1000 * (time.perf_counter() - begun))
        script, seen, count = page.evaluate(_SET, ["documents", {"q": "energy"}])
        times.setdefault("search at once, while the file still loads", []).append(seen)
        shown["search at once, while the file still loads"] = count
        page.wait_for_load_state("load", timeout=120_000)
        times.setdefault("open: the whole file is read", []).append(1000 * (time.perf_counter() - begun))
        page.wait_for_timeout(4000)
        for name, (tab, fields) in ACTIONS.items():
            script, seen, count = page.evaluate(_SET, [tab, fields])
            times.setdefault(name, []).append(seen)
            times.setdefault(f"{name} (script)", []).append(script)
            shown[name] = count
        page.evaluate(_SET, ["documents", {}])
        begun = time.perf_counter()
        page.evaluate(
            "() => { location.hash = 'doc=' + Math.ceil(0.9 * document.querySelector('[role=option]').ariaSetSize) }"
        )
        page.wait_for_selector("#brief", timeout=60_000)
        times.setdefault("open one document", []).append(1000 * (time.perf_counter() - begun))
    return times, shown


ACT = "The harbour of Port Sarn reopened"
HOSTILE = (
    f"{ACT} on Monday, said </script><script>ran.push('script')</script> the Veldian Office "
    "<img src=x onerror=\"ran.push('img')\"> after nine days."
)
"""A sentence of an article. It is also what a model that copies its evidence gives back."""


def hostile(page: Page, folder: Path, build: Callable[[list[str]], str]) -> tuple[str, str]:
    """What runs of a hostile article in a viewer's page, and how many of three documents it shows."""
    texts = [HOSTILE, *(f"{ACT} for number {n}." for n in (2, 3))]
    path = folder / "hostile.html"
    path.write_text(build(texts), encoding="utf-8")
    page.goto(path.as_uri())
    page.wait_for_timeout(1500)
    shown = page.content()
    ran = ", ".join(sorted(set(page.evaluate("ran")))) or "nothing"
    documents = page.locator("[role=option]").count() or sum(f"number {n}." in shown for n in (2, 3)) + 1
    return ran, f"{documents} of 3"


def our_page(texts: list[str]) -> str:
    """The report of briefs of these texts."""
    from summariser.views.html import as_html

    made: list[Brief] = []
    provenance = originals()[0][0].provenance
    for text in texts:
        document = Document(text=text)
        found = verify(document, {"outcomes": [{"what": ACT, "evidence": [1]}], "figures": []}, policy="flag")
        info = DocumentInfo(id="x", sha256=document.sha256)
        made.append(Brief(document=info, headline=text, summary=text, provenance=provenance, **found.sections))
    by_digest = {Document(text=text).sha256: text for text in texts}
    return as_html(made, text_of=lambda document: by_digest[document.sha256])


def langextract_page(texts: list[str]) -> str:
    """What langextract's visualize makes of the same."""
    from langextract import data, io, visualize  # type: ignore[import-not-found, unused-ignore] # pyright: ignore

    documents: list[Any] = []
    for text in texts:
        found = data.Extraction("outcome", text, char_interval=data.CharInterval(0, len(text)))
        documents.append(data.AnnotatedDocument(text=text, extractions=[found]))
    with tempfile.TemporaryDirectory() as folder:
        io.save_annotated_documents(iter(documents), output_dir=folder, output_name="x.jsonl", show_progress=False)
        page = visualize(str(Path(folder) / "x.jsonl"))
    return f"<!DOCTYPE html><meta charset=utf-8>{getattr(page, 'data', page)}"


def main() -> int:
    """Build, measure, write the table; exit code 1 when a limit is passed."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="keep the report here")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = asked.keep or Path(folder) / "report.html"
        begun = time.perf_counter()
        texts: dict[str, str] = {}
        characters = items = 0

        def briefs() -> Iterator[Brief]:
            nonlocal characters, items
            for brief, text in copies(originals(), asked.count):
                texts.clear()
                texts[brief.document.id] = text
                characters += len(text)
                items += len(brief.items)
                yield brief

        with path.open("w", encoding="utf-8") as stream:
            stream.writelines(html_parts(briefs(), text_of=lambda document: texts[document.id]))
        built = time.perf_counter() - begun
        size = path.stat().st_size
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            version = browser.version
            page = browser.new_page(viewport={"width": 1440, "height": 900})
            times, shown = measure(page, path.resolve().as_uri(), asked.runs)
            peers = {"summariser": our_page}
            if importlib.util.find_spec("langextract"):
                peers[f"langextract {metadata.version('langextract')}"] = langextract_page
            tab = browser.new_page()
            tab.add_init_script("window.ran = []")
            beside = {name: hostile(tab, Path(folder), build) for name, build in peers.items()}
            heap = page.evaluate("() => performance.memory ? performance.memory.usedJSHeapSize : 0")
            browser.close()
    rows = [
        "| what | median ms | fastest ms | slowest ms | of it script, median ms | limit ms | shown |",
        f"|{'---|' * 7}",
    ]
    failed: list[str] = []
    for name, measured in times.items():
        if name.endswith("(script)"):
            continue
        limit = (
            OPEN_MS
            if name.startswith(("open: the list", "open: everything"))
            else FILTER_MS
            if name in ACTIONS
            else None
        )
        median = statistics.median(measured)
        if limit is not None and median >= limit:
            failed.append(name)
        script = f"{statistics.median(times[f'{name} (script)']):.0f}" if f"{name} (script)" in times else ""
        spread = f"{median:.0f} | {min(measured):.0f} | {max(measured):.0f}"
        rows.append(f"| {name} | {spread} | {script} | {limit or ''} | {shown.get(name, '')} |")
    text = "\n".join(
        [
            "# The HTML report with many documents",
            "",
            f"`python benchmarks/view.py --count {asked.count} --runs {asked.runs}`: {asked.count:,} documents, "
            f"{characters / 1e6:.1f} million characters of text, {items:,} items; the file has {size / 1e6:.1f} MB and took "
            f"{built:.0f} s to make, briefs included. Chromium {version}, headless, 1440 × 900, {os.cpu_count()} cores "
            f"({platform.machine()}). JavaScript heap at the end: {heap / 1e6:.0f} MB.",
            "",
            "Times of a filter run from the event until the new rows are painted; those of opening from the navigation on.",
            "",
            *rows,
            "",
            "Three documents, the first of them hostile, in each viewer"
            + (":" if len(beside) > 1 else " (langextract is not installed here):"),
            "",
            "| viewer | what ran of the article | documents shown |",
            "|---|---|---|",
            *(f"| {name} | {ran} | {count} |" for name, (ran, count) in beside.items()),
            "",
        ]
    )
    print(text)
    if asked.count == parser.get_default("count"):
        Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")
    if failed:
        print(f"over the limit: {', '.join(failed)}")
    return int(bool(failed))


if __name__ == "__main__":
    raise SystemExit(main())
