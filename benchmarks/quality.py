"""Briefs by the embedded models beside LangExtract and a plain instructor call on the same weights, scored by one scorer.

    pip install langextract
    python benchmarks/quality.py GOLD... --record DIR        # asks the model; what DIR already has is not asked again
    python benchmarks/quality.py GOLD... --replay DIR        # asks nobody

GOLD are files or folders of gold (benchmarks/gold holds the seed article's). Every tool talks to the same embedded
server; every answer is kept in DIR. Writes benchmarks/quality.md. ``--only`` picks tools, ``--output`` another file.

LangExtract runs with its defaults (chunks of 1,000 characters, its strict JSON schema, its aligner), with a worked example of
the content of our own prompt's six, and an answer's length bounded at 4,096 tokens so that a model that repeats itself ends
some time. Names that it finds twice count once; a figure's value is read from its words by our reader; the sentence that it
aligned an extraction to is its evidence. instructor is one call for the whole text with a pydantic model of the same brief
that asks for quotes as evidence. Sampling is each tool's own default.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import httpx2
from pydantic import BaseModel, Field

from summariser import Summariser
from summariser.errors import StoreError
from summariser.evaluation import Cost, Gold, Made, Report, as_markdown, entries, evaluate, made_of, read_gold
from summariser.grounding import name_key, parse_quantity
from summariser.local import EmbeddedTransport
from summariser.sentences import split
from summariser.settings import EMBEDDED_MODEL, EMBEDDED_URL
from summariser.store import FolderStore, RecordingTransport
from summariser_schemas import CommitmentStatus, PartyKind
from summariser_schemas.grounded import Qualifier

if TYPE_CHECKING:
    from summariser.recipe import Strategy

HERE = Path(__file__).parent
Mode = Literal["record", "replay"]
Brief = dict[str, list[dict[str, Any]]]

MOST_TOKENS = 4096
MEANINGS = """\
party: a named actor that acts, speaks, commits itself, is committed to or is acted on: states, authorities, companies, \
organisations, groups, persons; by its fullest name without title. No place that is only a place, no substance, event, law, \
document or weapon, no unnamed source, no photo credit.
commitment: what a party will, or will not, do: agreed by two or more sides, pledged by one, planned or announced, offered \
on a condition, or sought of another that has not accepted. A wish that names no action is none.
outcome: something done, decided or come about that the text reports as a result. Several in one sentence are several. \
Background, opinions and what somebody merely said are none.
figure: a number that measures something, in digits or words, with its unit. No dates, clock times, ordinals or names."""


class Example(NamedTuple):
    """A sentence of the prompt's worked examples, and what is in it: section, words of the sentence, attributes."""

    text: str
    items: list[tuple[str, str, dict[str, str | list[str]]]]


EXAMPLES = [
    Example(
        "Ms Lindqvist said on Friday that Norvia would pay 40 million euros to the Delta Fund by 2027.",
        [
            ("party", "Lindqvist", {"kind": "person"}),
            ("party", "Norvia", {"kind": "country"}),
            ("party", "Delta Fund", {"kind": "organisation"}),
            (
                "commitment",
                "pay 40 million euros to the Delta Fund",
                {
                    "by": ["Norvia"],
                    "to": ["Delta Fund"],
                    "status": "pledged",
                    "due": "by 2027",
                    "attribution": "Lindqvist",
                },
            ),
            ("figure", "40 million euros", {"measures": "payment of Norvia to the Delta Fund"}),
        ],
    ),
    Example(
        "On Monday the Aster Port Authority closed two warehouses, fined Maribel Lines and resumed its search for the "
        "missing ferry.",
        [
            ("party", "Aster Port Authority", {"kind": "government_body"}),
            ("party", "Maribel Lines", {"kind": "company"}),
            ("outcome", "closed two warehouses", {"by": ["Aster Port Authority"], "when": "On Monday"}),
            ("outcome", "fined Maribel Lines", {"by": ["Aster Port Authority"], "when": "On Monday"}),
            (
                "outcome",
                "resumed its search for the missing ferry",
                {"by": ["Aster Port Authority"], "when": "On Monday"},
            ),
            ("figure", "two warehouses", {"measures": "warehouses closed by the Aster Port Authority"}),
        ],
    ),
    Example(
        '"The lake has been neglected for years, and it matters to everyone who lives around it," a spokesman for Mayor '
        "Okoro told reporters.",
        [("party", "Okoro", {"kind": "person", "role": "Mayor"})],
    ),
    Example(
        "The union UTL hopes to persuade Education Minister Ana Duarte to keep 120 village schools open and to raise "
        "salaries.",
        [
            ("party", "UTL", {"kind": "organisation", "role": "union"}),
            ("party", "Ana Duarte", {"kind": "person", "role": "Education Minister"}),
            (
                "commitment",
                "keep 120 village schools open",
                {"by": ["Ana Duarte"], "to": ["UTL"], "status": "sought"},
            ),
            ("commitment", "raise salaries", {"by": ["Ana Duarte"], "to": ["UTL"], "status": "sought"}),
            ("figure", "120 village schools", {"measures": "village schools that UTL wants kept open"}),
        ],
    ),
    Example(
        "At least 23 people aged 60 to 85 died when Cyclone Tavi hit the Selane islands, and wheat prices rose 4 percent, "
        "the Red Cross said.",
        [
            ("party", "Red Cross", {"kind": "organisation"}),
            ("outcome", "At least 23 people aged 60 to 85 died", {"attribution": "Red Cross"}),
            ("outcome", "wheat prices rose 4 percent", {"attribution": "Red Cross"}),
            ("figure", "At least 23 people", {"measures": "people who died when Cyclone Tavi hit the Selane islands"}),
            ("figure", "60 to 85", {"measures": "age of the people who died"}),
            ("figure", "4 percent", {"measures": "rise of wheat prices"}),
        ],
    ),
    Example(
        "Tessa AG, whose chief executive Li Dan met union leaders in Vienna last week, will hold talks with Odran on 4 "
        "March.",
        [
            ("party", "Tessa AG", {"kind": "company"}),
            ("party", "Li Dan", {"kind": "person", "role": "chief executive"}),
            ("party", "Odran", {"kind": "country"}),
            ("outcome", "met union leaders in Vienna", {"by": ["Li Dan"], "when": "last week"}),
            (
                "commitment",
                "hold talks with Odran",
                {"by": ["Tessa AG", "Odran"], "status": "planned", "due": "on 4 March"},
            ),
        ],
    ),
]


# ---- the same server, recorded


class Counted(httpx2.BaseTransport):
    """Passes requests on, and adds up the tokens that the answers name."""

    def __init__(self, inner: RecordingTransport) -> None:
        self._inner = inner
        self.tokens = [0, 0, 0]
        """In, of these cached, out."""

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Pass a request on."""
        response = self._inner.handle_request(request)
        response.read()
        if response.status_code == 200:
            usage = response.json().get("usage") or {}
            cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
            counts = (usage.get("prompt_tokens", 0), cached, usage.get("completion_tokens", 0))
            self.tokens = [total + count for total, count in zip(self.tokens, counts, strict=True)]
        return response

    def taken(self) -> Cost:
        """The tokens since the last time this was asked."""
        (given, cached, out), self.tokens = self.tokens, [0, 0, 0]
        return Cost(input_tokens=given, cached_tokens=cached, output_tokens=out, dollars=Decimal(0))


def connected(model: str, folder: Path, mode: Mode) -> tuple[Any, Counted]:
    """An openai client of the embedded server, and what counts its tokens."""
    import openai

    inner = None if mode == "replay" else lambda: EmbeddedTransport(model)
    counted = Counted(RecordingTransport(FolderStore(folder, create=mode == "record"), mode=mode, inner=inner))
    http = httpx2.Client(transport=counted, timeout=None)
    # Nothing is sent twice: an answer that takes long on a busy machine is waited for.
    client = openai.OpenAI(api_key="none", base_url=EMBEDDED_URL, http_client=http, timeout=None, max_retries=0)
    return client, counted


# ---- the tools

Tool = Callable[[Gold], Made]


def ours(model: str, strategy: Strategy, folder: Path, mode: Mode) -> Tool:
    """Our own briefs."""
    summariser = Summariser(f"local/{model}", recordings=folder, mode=mode, strategy=strategy)
    return lambda gold: replace(made_of(summariser.summarise(gold.document)), id=gold.id)


def langextract(model: str, folder: Path, mode: Mode) -> Tool:
    """LangExtract's extractions, as a brief."""
    import langextract as lx  # type: ignore[import-not-found, unused-ignore]  # pyright: ignore
    from langextract import data, factory  # type: ignore[import-not-found, unused-ignore]  # pyright: ignore
    from langextract.providers.openai import OpenAILanguageModel  # type: ignore[import-not-found, unused-ignore]  # pyright: ignore

    # One passage as long as its chunks, and its extractions in the order of the text, as it asks. Given as six short
    # examples, the same sentences made a small model terse and leaked into its answers.
    found_in_order = [
        data.Extraction(kind, words, attributes=more)
        for text, items in EXAMPLES
        for kind, words, more in sorted(items, key=lambda item: text.index(item[1]))
    ]
    examples = [data.ExampleData(" ".join(example.text for example in EXAMPLES), found_in_order)]
    config = factory.ModelConfig(
        model_id=model,
        provider="openai",
        provider_kwargs={"api_key": "none", "base_url": EMBEDDED_URL, "max_output_tokens": MOST_TOKENS},
    )
    language_model = factory.create_model(config, examples=examples, use_schema_constraints=True)
    assert isinstance(language_model, OpenAILanguageModel)
    language_model._client, counted = connected(model, folder, mode)

    def brief_of(gold: Gold) -> Made:
        found = lx.extract(
            gold.document.text,
            prompt_description=f"Extract from a news text, in the words of the text:\n{MEANINGS}",
            examples=examples,
            model=language_model,
            use_schema_constraints=False,  # the model has them already
            show_progress=False,
        )
        assert isinstance(found, data.AnnotatedDocument)
        return Made(gold.id, entries(_extracted(gold, found.extractions or [])), cost=counted.taken())

    return brief_of


def _extracted(gold: Gold, extractions: list[Any]) -> Brief:
    sentences = split(gold.document.text, language=gold.document.language)
    brief: Brief = {"parties": [], "commitments": [], "outcomes": [], "figures": []}
    seen: set[tuple[Any, ...]] = set()
    for one in extractions:
        kind, words, more = one.extraction_class, one.extraction_text, one.attributes or {}
        place = one.char_interval
        span = (place.start_pos, place.end_pos) if place is not None and place.start_pos is not None else None
        mark = (kind, name_key(words)) if kind == "party" else (kind, words, span)
        if mark in seen or not words:
            continue
        seen.add(mark)
        proof = [s for s in sentences if span is not None and span[0] < s.end and s.start < span[1]]
        item: dict[str, Any] = {"evidence": [{"text": s.text, "start": s.start, "end": s.end} for s in proof]}
        if kind == "party":
            told = {"name": words, "kind": _one_of(more, "kind", PartyKind), "role": _words(more.get("role"))}
            brief["parties"].append(item | told)
        elif kind == "commitment":
            told = {
                "action": words,
                "status": _one_of(more, "status", CommitmentStatus),
                "due": _words(more.get("due")),
            }
            about = {"by": _names(more.get("by")), "to": _names(more.get("to"))}
            brief["commitments"].append(item | told | about | {"attribution": _words(more.get("attribution"))})
        elif kind == "outcome":
            told = {"what": words, "by": _names(more.get("by")), "when": _words(more.get("when"))}
            brief["outcomes"].append(item | told | {"attribution": _words(more.get("attribution"))})
        elif kind == "figure":
            measured = {"measures": _words(more.get("measures")) or words}
            brief["figures"].append(item | _read(words, gold.document.language) | measured)
    return brief


def _read(words: str, language: str | None) -> dict[str, Any]:
    quantity = parse_quantity(words, language=language)
    if quantity is None:
        return {"text": words}
    return {"text": words, **{k: getattr(quantity, k) for k in ("value", "low", "high", "unit", "qualifier")}}


def _words(value: Any) -> str | None:
    return (", ".join(map(str, value)) if isinstance(value, list) else str(value)) if value else None


def _names(value: Any) -> list[str]:
    return [str(name) for name in (value if isinstance(value, list) else [value]) if name]


def _one_of(more: dict[str, Any], name: str, choices: Any) -> str | None:
    value = more.get(name)
    return value if value in choices.__args__ else None


class PlainParty(BaseModel):
    """A named actor that acts, speaks, commits itself, is committed to or is acted on."""

    name: str = Field(description="fullest form in the text, without titles")
    aliases: list[str] = Field(description="other forms in the text for the same actor")
    kind: PartyKind
    role: str | None
    affiliation: str | None = Field(description="the party it acts for")


class PlainCommitment(BaseModel):
    """A statement that a party will, or will not, do something."""

    by: list[str] = Field(description="who has to perform it")
    to: list[str] = Field(description="counterpart or beneficiary; for sought, who asks")
    action: str = Field(description="short phrase that could follow 'will'")
    status: CommitmentStatus
    due: str | None = Field(description="deadline or date of performance, as worded")
    condition: str | None = Field(description="what it depends on")
    attribution: str | None = Field(description="whose word the text gives for it")
    evidence: list[str] = Field(description="the sentences that say so, quoted word for word")


class PlainOutcome(BaseModel):
    """Something done, decided or come about, that the text reports as a result."""

    by: list[str] = Field(description="who did it, where somebody did")
    what: str = Field(description="short clause in the past tense")
    when: str | None = Field(description="time, as worded")
    attribution: str | None = Field(description="whose word the text gives for it")
    evidence: list[str] = Field(description="the sentences that say so, quoted word for word")


class PlainFigure(BaseModel):
    """A number that measures something; no date or name."""

    text: str = Field(description="shortest verbatim words with number and unit")
    value: Decimal | None = Field(description="in base units: $320 million is 320000000; null for a range")
    low: Decimal | None = Field(description="lower bound of a range")
    high: Decimal | None = Field(description="upper bound of a range")
    unit: str | None = Field(description="ISO 4217 code for money, % for per cent, else the noun counted, singular")
    qualifier: Qualifier
    measures: str = Field(description="what it measures, clear without the article")
    attribution: str | None = Field(description="whose word the text gives for it")
    evidence: list[str] = Field(description="the sentences that say so, quoted word for word")


class PlainBrief(BaseModel):
    """The brief of a news text."""

    parties: list[PlainParty]
    commitments: list[PlainCommitment]
    outcomes: list[PlainOutcome]
    figures: list[PlainFigure]


def plain_instructor(model: str, folder: Path, mode: Mode) -> Tool:
    """One call of instructor for the whole text."""
    import instructor

    client, counted = connected(model, folder, mode)
    asking = instructor.from_openai(client, mode=instructor.Mode.JSON_SCHEMA)

    def brief_of(gold: Gold) -> Made:
        brief = asking.chat.completions.create(
            model=model,
            response_model=PlainBrief,
            max_tokens=MOST_TOKENS,
            max_retries=1,  # one attempt: a small model that ran on to the bound does so again
            messages=[
                {"role": "system", "content": f"Extract a brief of the news text as JSON.\n{MEANINGS}"},
                {"role": "user", "content": gold.document.text},
            ],
        )
        sections = brief.model_dump()
        for items in sections.values():
            for item in items:
                item["evidence"] = [quote for quote in item.get("evidence", ()) if quote.strip()]
        parties = [party for party in sections["parties"] if party["name"]]
        acts = [item for item in sections["commitments"] if item["action"]]
        done = [item for item in sections["outcomes"] if item["what"]]
        numbers = [item for item in sections["figures"] if item["text"] and item["measures"]]
        told = {"parties": parties, "commitments": acts, "outcomes": done, "figures": numbers}
        return Made(gold.id, entries(told), cost=counted.taken())

    return brief_of


# ---- running and reporting


def run(name: str, tool: Tool, golds: list[Gold], file: Path) -> Report:
    """Make all briefs; the time that each took is kept in a file, so that a replay tells that of the recording."""
    known: dict[str, float] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    made: list[Made] = []
    for gold in golds:
        begun = time.perf_counter()
        try:
            one = tool(gold)
        except Exception as error:  # whatever a tool raises, its document counts as one without a brief
            if _unrecorded(error):
                raise
            one = Made(gold.id, None, error=f"{type(error).__name__}: {str(error)[:200]}")
        took = time.perf_counter() - begun
        if gold.id not in known and one.error is None:
            known[gold.id] = round(took, 1)
            file.write_text(json.dumps(known, indent=1), encoding="utf-8")
        print(f"{name}: {gold.id} {took:.0f} s {one.error or ''}", file=sys.stderr, flush=True)
        made.append(replace(one, cost=replace(one.cost, seconds=known.get(gold.id))))
    return evaluate(name, golds, made)


def _unrecorded(error: BaseException | None) -> bool:
    """Whether the recordings are to blame, which is no fault of the tool's."""
    while error is not None:
        if isinstance(error, StoreError):
            return True
        error = error.__cause__ or error.__context__
    return False


def main() -> None:
    """Measure and write the table."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("gold", nargs="+", type=Path, help="gold files or folders of them")
    where = options.add_mutually_exclusive_group(required=True)
    where.add_argument("--record", type=Path, metavar="DIR")
    where.add_argument("--replay", type=Path, metavar="DIR")
    options.add_argument("--only", nargs="+", metavar="TOOL", help="names of columns, or the beginnings of some")
    options.add_argument("--output", type=Path, default=Path(__file__).with_suffix(".md"))
    given = options.parse_args()
    mode: Mode = "record" if given.record else "replay"
    root: Path = given.record or given.replay
    golds = read_gold(given.gold)
    big, small = EMBEDDED_MODEL, "qwen2.5-coder-0.5b"
    tools: dict[str, tuple[str, Callable[[Path], Tool]]] = {
        f"summariser, {big}": ("ours", lambda f: ours(big, "auto", f, mode)),
        "LangExtract, same weights": ("langextract", lambda f: langextract(big, f, mode)),
        "instructor, same weights": ("instructor", lambda f: plain_instructor(big, f, mode)),
        f"summariser --strategy whole, {big}": ("ours-whole", lambda f: ours(big, "whole", f, mode)),
        f"summariser, {small}": ("ours-small", lambda f: ours(small, "auto", f, mode)),
    }
    reports: list[Report] = []
    for name, (short, make) in tools.items():
        if given.only and not any(name.startswith(wanted) or short == wanted for wanted in given.only):
            continue
        folder = root / short
        root.mkdir(parents=True, exist_ok=True)
        reports.append(run(name, make(folder), golds, root / f"{short}.seconds.json"))
    page = _page(reports, golds)
    given.output.write_text(page, encoding="utf-8")
    print(page)


def _page(reports: list[Report], golds: list[Gold]) -> str:
    words = sum(len(gold.document.text.split()) for gold in golds)
    about = (
        f"`python benchmarks/quality.py GOLD --record DIR`: {len(golds)} annotated articles, {words} words. F1 with its 95 % "
        "interval (bootstrap over articles), then precision / recall. Made up: items that pair with none of the "
        "annotation's. Costs are means an article. Seconds are those of the machine it ran on, comparable within the "
        "table only, and only as far as the machine was as busy for each. How the peers were run stands at the top of the "
        "program. Our rules were made with the annotated articles of this project in view: expect less elsewhere."
    )
    return "\n".join(["# Quality of briefs", "", about, "", as_markdown(reports)])


if __name__ == "__main__":
    main()
