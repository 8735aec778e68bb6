"""Where the clause of an act begins and ends."""

from __future__ import annotations

import pytest

from summariser.grounding.clauses import acts_of, agreed_in, apart, stitched, with_rest, with_subject


@pytest.mark.parametrize(
    ("sentence", "phrase", "whole"),
    [
        ("Odran closed two docks in Selane for good.", "closed two docks", "closed two docks in Selane for good"),
        ("Odran closed a dock, which cost jobs.", "closed a dock", "closed a dock"),
        ("Odran closed a dock and fined Tessa.", "closed a dock", "closed a dock"),
        ("Odran will close a dock and reduce debts.", "close a dock", "close a dock"),
        ("Odran fined Tessa AG, Brevo Bank, and Li Dan.", "fined Tessa AG", "fined Tessa AG, Brevo Bank, and Li Dan"),
        ("They met on May 3, 2026, in Selane.", "met on May", "met on May 3, 2026"),
        ("They want a durable, inclusive peace now.", "want a durable", "want a durable, inclusive peace now"),
        ("It rose to 63.7% of the vote.", "rose to 63.7", "rose to 63.7% of the vote"),
        ("They will reopen the yard, officials and unions said.", "reopen the yard", "reopen the yard"),
        ("They changed Order No. 4 of 2025.", "changed Order No", "changed Order No"),
        ("The dock that Odran closed is old.", "Odran closed", "Odran closed"),
        ("Odran met Selane on Monday and the board of Tessa met on Friday.", "met Selane", "met Selane on Monday"),
        (
            "It opened a shop, collecting 8 million euros from users.",
            "collected 8 million euros",
            "collected 8 million euros",
        ),
        ("Odran fined Tessa.", "sold ships", "sold ships"),
    ],
)
def test_a_phrase_goes_to_the_end_of_its_clause(sentence: str, phrase: str, whole: str) -> None:
    """Up to another verb, another clause, a pause that is no list's; as it is where that end is not known."""
    assert with_rest(sentence, phrase) == whole


def test_a_phrase_ends_where_another_begins() -> None:
    """Two acts of one sentence stay two."""
    sentence = "It gives food to Selane and shelter to Odran."
    assert with_rest(sentence, "gives food", ["shelter to Odran"]) == "gives food to Selane"


@pytest.mark.parametrize(
    ("sentence", "phrase", "told"),
    [
        ("On Monday, the results were announced.", "announced", "the results were announced"),
        ("Women and men have been held for years.", "held for years", "Women and men have been held for years"),
        ("It is true that 15,000 people marched.", "marched", "15,000 people marched"),
        ("They were announced.", "announced", "announced"),
        ("In Selane were found two bodies.", "found two bodies", "found two bodies"),
    ],
)
def test_what_an_act_is_told_of_is_named(sentence: str, phrase: str, told: str) -> None:
    """The words right before the verb, from where the clause begins; no pronoun and no preposition."""
    start = sentence.index(phrase)
    verb = next((sentence.index(w) for w in ("were ", "have ") if w in sentence), start)
    assert with_subject(sentence, phrase, verb) == told


@pytest.mark.parametrize(
    ("sentence", "acts"),
    [
        ("Odran has closed two docks.", ["has closed two docks"]),
        ("Odran will host the games.", ["will host the games"]),
        ("Odran, an island, slept.", []),
        ("It is true that they lost a seat.", ["lost a seat"]),
        ("It was a stroke he suffered in May.", []),
        ("Odran has called it \u201ca farce\u201d.", []),
    ],
)
def test_acts_stand_right_behind_who_acts(sentence: str, acts: list[str]) -> None:
    """From the verb behind a party or a pronoun on; nothing that lacks its object or ends in front of a quotation."""
    actors = [(0, 5)] if sentence.startswith("Odran") else []
    assert list(acts_of(sentence, actors)) == acts


@pytest.mark.parametrize(
    ("act", "acts"),
    [
        ("deepen cooperation and enhance security", ["deepen cooperation", "enhance security"]),
        ("reviewed and encouraged progress", ["reviewed and encouraged progress"]),
        ("buy food and fuel", ["buy food and fuel"]),
    ],
)
def test_two_acts_of_a_phrase_are_two(act: str, acts: list[str]) -> None:
    """Where "and" joins two verbs with what belongs to each."""
    assert apart(act) == acts


@pytest.mark.parametrize(
    ("act", "contents"),
    [
        ("signed a memorandum with Odran to share data", ["share data"]),
        ("reached a deal to end the strike at two docks", ["end the strike at two docks"]),
        ("signed a letter to the minister", []),
        ("agreed to share data", []),
    ],
)
def test_what_an_agreement_is_about_is_an_act(act: str, contents: list[str]) -> None:
    """To conclude an agreement is one act, and what was agreed another."""
    assert agreed_in(act) == contents


@pytest.mark.parametrize(
    ("sentence", "verb", "act", "word"),
    [
        ("Li will become chairman, while Wu, head of Odran, will leave.", "become", "become head of Odran", "head"),
        ("Odran closed two docks, and Norvia opened a port.", "closed", "closed a port", "port"),
        ("Odran closed two docks; Tessa will sell them.", "closed", "closed them and sell", "sell"),
        ("Odran closed, but did not sell, two docks.", "closed", "closed two docks", None),
        ("Odran closed two docks, and sold a port.", "closed", "closed docks and sold port", None),
        ("Odran, while it could, closed two docks.", "closed", "closed two docks", None),
    ],
)
def test_an_act_is_of_one_clause(sentence: str, verb: str, act: str, word: str | None) -> None:
    """What only another subject's clause has is not told of this one; objects behind an inserted verb are."""
    start = sentence.index(verb)
    assert stitched(sentence, (start, start + len(verb)), act) == word
