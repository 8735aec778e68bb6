"""A brief with everything in it, and the same with hostile words in every field."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from summariser.kinds import KINDS, examples_of
from summariser.verifying import verify
from summariser_schemas import (
    Attribution,
    BaseBrief,
    Brief,
    Commitment,
    Document,
    DocumentInfo,
    Evidence,
    Figure,
    Omission,
    Outcome,
    Party,
    PartyRef,
    PromptInfo,
    Provenance,
    Quantity,
    Rejection,
    Verdict,
    When,
)

SENTENCES = (
    "Port Sarn reopens after nine days",
    "SARN, Veldia - The harbour of Port Sarn reopened on Monday after a storm closed it for nine days, the Veldian "
    "Maritime Office said.",
    "Orla Venn, the minister for trade, promised the Fishers' League that Veldia will pay 12.5 million crowns in "
    "relief by the end of March, if the council approves the budget.",
    "The League asked the ministry to waive harbour fees until 2026.",
    "More than 340 boats were damaged, and insurers paid out between $4 million and $6 million, according to two port "
    "officials who asked not to be named.",
)
TEXT = "\n".join(SENTENCES)
DOCUMENT = Document(text=TEXT, id="port-sarn", source="news/port-sarn.txt", published=date(2025, 2, 11), language="en")


def sentence(number: int) -> list[Evidence]:
    """Give the sentence with this number as evidence."""
    start = TEXT.index(SENTENCES[number])
    return [Evidence(start=start, end=start + len(SENTENCES[number]), text=SENTENCES[number])]


def quantity(text: str, **fields: Any) -> Quantity:
    """Give a quantity that stands where ``text`` does."""
    return Quantity(start=TEXT.index(text), end=TEXT.index(text) + len(text), text=text, **fields)


def brief_of(kind: str) -> BaseBrief:
    """Give the brief of a built-in kind that its first worked example tells."""
    schema = KINDS[kind]
    example = examples_of(schema)[0]
    document = Document(text=example.text, title=example.title, published=example.published, id=kind)
    answer: dict[str, Any] = dict(example.answer)
    headline, summary = answer.pop("headline"), " ".join(answer.pop("summary"))
    fields: dict[str, Any] = dict(verify(document, answer, schema=schema).sections)
    info = DocumentInfo(**document.model_dump(exclude={"text"}), sha256=document.sha256)
    return schema(document=info, headline=headline, summary=summary, provenance=made_brief().provenance, **fields)


def made_brief(**changes: Any) -> Brief:
    """Give a brief of the article above; ``changes`` replace whole fields."""
    veldia, venn, league = PartyRef("p1"), PartyRef("p2"), PartyRef("p3")
    fields: dict[str, Any] = {
        "document": DocumentInfo(**DOCUMENT.model_dump(exclude={"text"}), sha256=DOCUMENT.sha256),
        "headline": "Port Sarn reopens; Veldia promises its fishers relief",
        "summary": "The harbour of Port Sarn reopened after a storm had closed it for nine days. Veldia promised "
        "relief to the fishers, whose league asks for a waiver of harbour fees.",
        "summary_evidence": [*sentence(1), *sentence(2)],
        "parties": [
            Party(id="p1", name="Veldia", kind="country", evidence=sentence(2)),
            Party(
                id="p2",
                name="Orla Venn",
                kind="person",
                role="minister for trade",
                affiliation=veldia,
                evidence=sentence(2),
            ),
            Party(id="p3", name="Fishers' League", aliases=["the League"], kind="organisation", evidence=sentence(3)),
        ],
        "commitments": [
            Commitment(
                id="c1",
                by=[veldia],
                to=[league],
                action="pay 12.5 million crowns in relief",
                status="pledged",
                due=When(text="by the end of March", start=date(2025, 3, 1), end=date(2025, 3, 31), precision="month"),
                condition="if the council approves the budget",
                attribution=Attribution(text="the minister", party=venn),
                evidence=sentence(2),
            ),
            Commitment(
                id="c2",
                by=[veldia],
                to=[league],
                action="waive harbour fees",
                status="sought",
                due=When(text="until 2026"),
                evidence=sentence(3),
            ),
        ],
        "outcomes": [
            Outcome(
                id="o1",
                what="the harbour of Port Sarn reopened",
                when=When(text="on Monday", start=date(2025, 2, 10), end=date(2025, 2, 10), precision="day"),
                attribution=Attribution(text="Veldian Maritime Office"),
                evidence=sentence(1),
            ),
        ],
        "figures": [
            Figure(
                id="f1",
                quantity=quantity("12.5 million crowns", value=Decimal(12_500_000), unit="crown"),
                measures="relief that Veldia promised to fishers",
                evidence=sentence(2),
            ),
            Figure(
                id="f2",
                quantity=quantity("More than 340", value=Decimal(340), unit="boat", qualifier="more_than"),
                measures="boats damaged by the storm",
                evidence=sentence(4),
            ),
            Figure(
                id="f3",
                quantity=quantity(
                    "$4 million and $6 million",
                    low=Decimal(4_000_000),
                    high=Decimal(6_000_000),
                    unit="USD",
                    qualifier="range",
                ),
                measures="insurance paid for the storm",
                attribution=Attribution(text="two port officials who asked not to be named"),
                evidence=sentence(4),
            ),
        ],
        "rejected": [
            Rejection(section="figures", said={"number": "45"}, sentences=[3], reasons=["45 is not in sentence 3"])
        ],
        "provenance": Provenance(
            model="openai/gpt-small",
            endpoint="https://models.example/v1",
            prompt=PromptInfo(name="brief", version="1", sha256="0" * 64),
            schema_sha256="0" * 64,
            strategy="whole",
            input_tokens=1834,
            output_tokens=412,
            cached_tokens=1024,
            cost_usd=Decimal("0.00123"),
            requests=1,
            attempts=1,
            seconds=3.21,
            version="0.1.0",
        ),
    }
    return Brief(**fields | changes)


HOSTILE = [
    pytest.param("\x1b]0;owned\x07\x1b[31mred\x1b[2J", id="terminal escapes"),
    pytest.param("\x9b31m and \x90q", id="eight-bit escapes"),
    pytest.param("one\ntwo\r\nthree\u2028four\tfive", id="line ends"),
    pytest.param("[bold red]no[/bold red] [link=file:///x]y[/link] :smile: [/]", id="rich markup"),
    pytest.param("<script>alert(1)</script> &lt;b&gt; <!-- x", id="html"),
    pytest.param("**bold** _it_ `code` ![x](http://e.example/y.png) [a]: b ~~no~~", id="markdown"),
    pytest.param("# head", id="heading"),
    pytest.param("1. item", id="list"),
    pytest.param("> quote", id="quotation"),
    pytest.param("- item", id="bullet"),
    pytest.param("+ item", id="other bullet"),
    pytest.param("---", id="rule"),
    pytest.param("trailing \\", id="backslash"),
    pytest.param("lone \ud800 surrogate", id="surrogate"),
    pytest.param("abc\u202egnp.exe \u2066x", id="direction overrides"),
]


def with_everywhere(text: str) -> Brief:
    """Give a brief that holds the text in every free field of every kind of item."""
    start = Evidence(start=0, end=len(text), text=text)
    wrong = Verdict(verdict="contradicted", basis=text, said=text, flagged=True)
    told: dict[str, Any] = {"evidence": [start], "attribution": Attribution(text=text), "verdicts": {"by": wrong}}
    # A summary starts a paragraph, and an outcome without a doer the text of a bullet.
    when, by = When(text=text), PartyRef("p")
    return made_brief(
        document=DocumentInfo(id=text, title=text, source=text, language=text, sha256="0" * 64),
        headline=text,
        summary=text,
        summary_evidence=[start],
        parties=[Party(id="p", name=text, aliases=[text], kind="group", role=text, affiliation=by, evidence=[start])],
        commitments=[
            Commitment(id="c", by=[by], to=[by], action=text, status="agreed", due=when, condition=text, **told)
        ],
        outcomes=[Outcome(id="o", what=text, when=when, **told)],
        figures=[
            Figure(
                id="f",
                quantity=Quantity(start=0, end=1, text=text, value=Decimal(1), unit=text),
                measures=text,
                as_of=when,
                **told,
            )
        ],
        rejected=[Rejection(section=text, said={text: text}, reasons=[text])],
        omitted=[Omission(start=0, end=len(text), text=text, kind="party")],
    )
