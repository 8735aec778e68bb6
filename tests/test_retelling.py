"""The free text of a brief in another language."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from summariser import templates
from summariser.dialogue import Finding, Plan, dialogue
from summariser.errors import ConfigurationError
from summariser.exchange import Reply, Request, Usage
from summariser.retelling import faults, wanted
from summariser_schemas import Document

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = "Tessa AG will invest 40 million euros by 2027. It did not pay Li Dan."
BRIEF: dict[str, Any] = {
    "headline": "Tessa AG will invest 40 million euros by 2027",
    "summary": [{"text": "Tessa AG will invest 40 million euros by 2027.", "evidence": [1]}],
    "parties": [{"evidence": [1], "name": "Tessa AG", "kind": "company"}],
    "commitments": [{"evidence": [1], "by": ["Tessa AG"], "action": "invest 40 million euros", "status": "planned"}],
    "outcomes": [],
    "figures": [],
}
GERMAN = {
    "Tessa AG will invest 40 million euros by 2027": "Tessa AG wird bis 2027 40 Millionen Euro investieren",
    TEXT: "Tessa AG wird bis 2027 40 Millionen Euro investieren. Sie bezahlte Li Dan nicht.",
    "invest 40 million euros": "40 Millionen Euro investieren",
}


def told(translate: Callable[[str], str]) -> tuple[Finding, list[Request]]:
    """The finding of the text in German, as translated."""
    plan = Plan(templates.load("brief", "v1"), "whole", context=32_000, max_output=4_000, output_language="de")
    steps = dialogue(Document(text=TEXT, language="en"), plan)
    asked: list[Request] = []
    try:
        round_ = next(steps)
        while True:
            asked += round_
            round_ = steps.send([_reply(request, translate) for request in round_])
    except StopIteration as stop:
        return stop.value, asked


def _reply(request: Request, translate: Callable[[str], str]) -> Reply:
    answer = BRIEF
    if request.purpose.startswith("into German"):
        listed = next(m for m in request.messages[3:] if m.role == "user").content.splitlines()[1:-1]
        answer = {number: translate(phrase) for number, _, phrase in (line.partition(". ") for line in listed)}
    return Reply(request.draft.model_validate(answer), json.dumps(answer), "test", Usage(100, 10, 50), 1, 0.5)


def test_free_text_is_told_in_another_language_and_evidence_stays() -> None:
    """Headline, summary and actions change; quotes, names and numbers are the document's."""
    finding, asked = told(GERMAN.__getitem__)
    assert finding.headline == GERMAN["Tessa AG will invest 40 million euros by 2027"]
    (commitment,) = finding.sections["commitments"]
    assert commitment.action == "40 Millionen Euro investieren"
    assert commitment.verdicts["action"].basis == "translated: 'invest 40 million euros'"
    assert commitment.evidence[0].text == "Tessa AG will invest 40 million euros by 2027."
    assert finding.tally.requests == len(asked) == 2


def test_a_translation_that_does_not_hold_does_not_get_out() -> None:
    """It is asked once more with the reason; then the phrase stays as it was, and is listed."""
    finding, asked = told(lambda phrase: GERMAN[phrase].replace("40", "50"))
    assert "numbers" in asked[-1].messages[-1].content
    assert finding.headline == "Tessa AG will invest 40 million euros by 2027"
    assert any("kept in 'en'" in r.reasons[0] for r in finding.rejected)
    assert len(asked) == 3


@pytest.mark.parametrize(
    ("phrase", "said", "holds"),
    [
        ("did not pay Li Dan", "bezahlte Li Dan nicht", True),
        ("did not pay Li Dan", "bezahlte Li Dan", False),
        ("did not pay Li Dan", "bezahlte Frau Odo nicht", False),
        ("paid 3.5 million euros", "zahlte 3,5 Millionen Euro", True),
        ("paid 3.5 million euros", "zahlte 3,5 Milliarden Euro", False),
        ("prices rose on Tuesday", "die Preise stiegen am Dienstag", True),
        ("prices rose on Tuesday", "die Preise fielen am Dienstag", False),
        ("prices rose on Tuesday", "die Preise stiegen", False),
        ("prices rose in the whole country", "prices rose in the whole country", False),
    ],
)
def test_a_translation_is_held_against_its_phrase(phrase: str, said: str, *, holds: bool) -> None:
    """Names, numbers, dates, "not" and the direction must be those of the phrase, in the language asked for."""
    assert (not faults(phrase, said, "en", "de")) == holds


def test_an_unknown_language_is_an_error() -> None:
    """The message names those there are."""
    assert wanted("pt-BR") == "pt"
    with pytest.raises(ConfigurationError, match=r"'klingon'.*fr, "):
        wanted("klingon")
