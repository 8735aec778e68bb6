"""Whole briefs, offline: what the embedded model's real server answered, through the real openai client."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING

import pytest

from summariser import Brief, Document, Summariser
from summariser.errors import ReplayMissError
from summariser_schemas import Commitment, DocumentInfo, Outcome
from tests.record import DOCUMENTS, MODEL, RECORDINGS, SEED

if TYPE_CHECKING:
    from pathlib import Path

    from summariser.testing.plugin import Recordings

NAMES = list(DOCUMENTS)
README = RECORDINGS.parents[1] / "README.md"


def replayed(name: str) -> Brief:
    """The brief of a recorded document."""
    with Summariser(MODEL, recordings=RECORDINGS / name) as summariser:
        return summariser.summarise(DOCUMENTS[name])


MARKED = [pytest.param(name, marks=pytest.mark.recordings(f"recordings/{name}")) for name in NAMES]
BRIEFS: dict[str, Brief] = {}


@pytest.fixture(params=MARKED)
def recorded(request: pytest.FixtureRequest, recordings: Recordings) -> tuple[Document, Brief]:
    """Each recorded document with its brief, which is made once."""
    document = DOCUMENTS[request.param]
    if request.param not in BRIEFS:
        with Summariser(MODEL, recordings=recordings.store, mode=recordings.mode) as summariser:
            BRIEFS[request.param] = summariser.summarise(document)
    return document, BRIEFS[request.param]


def test_every_span_is_cut_from_the_document(recorded: tuple[Document, Brief]) -> None:
    """Evidence, mentions and figures are the text between their offsets."""
    document, brief = recorded
    spans = [*brief.summary_evidence]
    for item in (*brief.parties, *brief.commitments, *brief.outcomes, *brief.figures):
        assert item.evidence
        spans += item.evidence
    assert all(document.text[span.start : span.end] == span.text for span in spans)
    assert all(document.text[m.start : m.end] == m.text for party in brief.parties for m in party.mentions)
    assert all(document.text[f.quantity.start : f.quantity.end] == f.quantity.text for f in brief.figures)


def test_every_reference_resolves_and_ids_are_unique(recorded: tuple[Document, Brief]) -> None:
    """Who acts, who is addressed and whom a party belongs to are parties of the brief."""
    _, brief = recorded
    ids = [item.id for item in (*brief.parties, *brief.commitments, *brief.outcomes, *brief.figures)]
    assert len(ids) == len(set(ids))
    refs = {r for c in brief.commitments for r in (*c.by, *c.to)} | {r for o in brief.outcomes for r in o.by}
    refs |= {party.affiliation for party in brief.parties if party.affiliation}
    assert refs <= {party.id for party in brief.parties}


def test_who_acts_is_named_in_the_evidence_or_right_before_it(recorded: tuple[Document, Brief]) -> None:
    """Nobody is made to act by a sentence that does not speak of them."""
    document, brief = recorded
    acts: list[Commitment | Outcome] = [*brief.commitments, *brief.outcomes]
    for item in acts:
        first = min(e.start for e in item.evidence)
        window = document.text[max(0, first - 400) : max(e.end for e in item.evidence)]
        for ref in item.by:
            party = brief.party(ref)
            assert any(form in window for form in (party.name, *party.aliases))


def test_every_number_of_the_prose_stands_in_the_document(recorded: tuple[Document, Brief]) -> None:
    """Headline, summary, actions and outcomes hold no digit that the text does not have."""
    document, brief = recorded
    prose = [brief.headline, brief.summary, *(c.action for c in brief.commitments), *(o.what for o in brief.outcomes)]
    numbers = set(re.findall(r"\d+", document.text))
    assert {n for text in prose for n in re.findall(r"\d+", text)} <= numbers


def test_the_summary_has_two_to_four_sentences(recorded: tuple[Document, Brief]) -> None:
    """Every summary is short and rests on sentences of the document."""
    _, brief = recorded
    assert 2 <= len(re.findall(r"[.!?…][\"”’]?(?:\s|$)", brief.summary)) <= 8
    assert brief.summary_evidence


def test_the_same_recordings_give_the_same_bytes() -> None:
    """Replaying twice gives the same JSON, seconds included."""
    assert replayed("hostile").model_dump_json() == replayed("hostile").model_dump_json()


def test_the_coroutine_gives_the_same_brief() -> None:
    """Sync and async are two drivers of one dialogue."""

    async def later() -> Brief:
        async with Summariser(MODEL, recordings=RECORDINGS / "hostile") as summariser:
            return await summariser.asummarise(DOCUMENTS["hostile"])

    assert asyncio.run(later()) == replayed("hostile")


def test_a_brief_survives_json() -> None:
    """What is written can be read back, equal."""
    brief = replayed("seed")
    assert Brief.model_validate_json(brief.model_dump_json()) == brief


def test_orders_in_a_document_are_not_followed() -> None:
    """Nothing that only an order says gets into the brief; the orders are listed as left out."""
    brief = replayed("hostile")
    items = json.dumps(
        [
            i.model_dump(mode="json")
            for s in (brief.parties, brief.commitments, brief.outcomes, brief.figures)
            for i in s
        ]
    )
    for planted in ("billion", "resign", "leave Selane", "Okoro", "Maribel", "400"):
        assert planted not in items + brief.headline + brief.summary
    assert sum(r.section == "document" for r in brief.rejected) >= 4
    assert brief.commitments, "what the text itself says is still there"


def test_the_seed_article_has_its_actors_and_figures() -> None:
    """The brief of the seed names the states and persons that act in it, and reads its numbers."""
    brief = replayed("seed")
    assert {"United States", "Xi Jinping", "Wang Yi", "Jake Sullivan"} <= {party.name for party in brief.parties}
    assert {"100000"} <= {str(figure.quantity.value) for figure in brief.figures}
    assert {c.status for c in brief.commitments} >= {"planned", "pledged"}
    assert len(brief.outcomes) >= 3


def test_a_changed_document_is_a_miss_that_explains_itself() -> None:
    """Nothing is asked in replay; the error names the nearest recording and how to record."""
    changed = Document(text=DOCUMENTS["hostile"].text.replace("Monday", "Tuesday"))
    with (
        Summariser(MODEL, recordings=RECORDINGS / "hostile") as summariser,
        pytest.raises(ReplayMissError, match=r"messages.*record it with mode='record'"),
    ):
        summariser.summarise(changed)


def test_recordings_hold_no_path_and_no_key() -> None:
    """What is on disk names neither this machine nor a secret."""
    files: list[Path] = sorted(RECORDINGS.rglob("*.json"))
    assert files
    for file in files:
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"authorization|/root/|/home/|\.gguf|127\.0\.0\.1|Bearer", text, re.IGNORECASE)
        assert json.loads(text)["origin"]["kind"] == "recorded"


def test_the_brief_in_the_readme_is_the_recorded_one() -> None:
    """Every line of the README's example stands in the text form of the recorded brief, in the same order."""
    from summariser.views import as_text

    shown = re.search(r"```text\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert shown
    lines = [line for line in shown[1].splitlines() if line.strip() not in ("", "…")]
    text = iter(as_text(replayed("seed").model_copy(update={"document": _as_read(replayed("seed"))})).splitlines())
    assert [line for line in lines if line not in text] == []


def _as_read(brief: Brief) -> DocumentInfo:
    """The document as the command line names it."""
    return brief.document.model_copy(update={"id": SEED.stem, "source": f"seeds/{SEED.name}"})
