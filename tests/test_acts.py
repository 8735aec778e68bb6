"""Who did or will do what, when, to whom and on whose word, read off sentences for acts that a model only names."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from summariser.grounding.attribution import quotations
from summariser.grounding.claims import Claim
from summariser.verifying import prepare, verify_claims
from summariser_schemas import Document

NAMES = {"Odran": "country", "Norvia": "country", "Tessa": "company", "UTL": "organisation", "Li Dan": "person"}


def act(text: str, phrase: str) -> dict[str, Any]:
    """What is read off the last sentence for an act, names in place of ids."""
    source = prepare(Document(text=text, language="en", published=date(2026, 5, 20)))
    parties = [Claim("parties", {"name": n, "kind": kind}, (), 0) for n, kind in NAMES.items() if n in text]
    verified = verify_claims(source, [*parties, Claim("outcomes", {"what": phrase}, (len(source.sentences),), 0)])
    called = {party.id: party.name for party in verified.parties}
    (draft,) = verified.drafts
    read: dict[str, Any] = {
        "by": [called[r] for r in draft.fields.get("by", ())],
        "to": [called[r] for r in draft.fields.get("to", ())],
    }
    for name in ("when", "due", "attribution"):
        read[name] = draft.fields[name].text if draft.fields.get(name) else None
    return read


@pytest.mark.parametrize(
    ("text", "phrase", "by"),
    [
        ("Odran was fined in May.", "was fined", []),
        ("Odran was fined by the government of Norvia.", "was fined", ["Norvia"]),
        ("As leader of Tessa, Li Dan resigned.", "resigned", ["Li Dan"]),
        ("Odran, Norvia and Tessa closed two docks.", "closed two docks", ["Odran", "Norvia", "Tessa"]),
        ("A vote in the island state Odran led to riots.", "led to riots", []),
        ("Li Dan, the chairman, closed two docks.", "closed two docks", ["Li Dan"]),
        ("A union, the UTL, closed two docks.", "closed two docks", ["UTL"]),
        ("Odran fell ill and the parents were told, but they soon closed two docks.", "closed two docks", []),
        ("A pledge was made last week by Odran.", "made a pledge", ["Odran"]),
        ("Odran met Norvia. The two countries signed a treaty.", "signed a treaty", ["Odran", "Norvia"]),
        ("Odran and Norvia met. They signed a treaty.", "signed a treaty", ["Odran", "Norvia"]),
        ("Odran, Norvia and Tessa met. The two countries signed a treaty.", "signed a treaty", ["Odran", "Norvia"]),
        ("Odran met. The two countries signed a treaty.", "signed a treaty", []),
        ("Odran said rebels burned two ships.", "burned two ships", []),
        ("Odran owns the ship that struck two docks.", "struck two docks", []),
        ("Tessa's rival closed two docks.", "closed two docks", []),
        ("Tessa workers rejected the offer.", "rejected the offer", []),
        ("Odran's government closed two docks.", "closed two docks", ["Odran"]),
        ("Odran has opened a port and closed two docks.", "closed two docks", ["Odran"]),
        ("Odran helicopters have begun dropping food.", "dropping food", ["Odran"]),
        ("Norvia, Odran's ally, closed two docks.", "closed two docks", ["Norvia"]),
        ("With these fines, the Odran government has closed two docks.", "closed two docks", ["Odran"]),
        ("With these fines, the government of Odran has closed two docks.", "closed two docks", ["Odran"]),
        ("Tessa's $21 million will support two docks.", "support two docks", ["Tessa"]),
        ("Norvia hailed Odran's (ROK) announcement that it will build two docks.", "build two docks", ["Odran"]),
        ("Odran remains committed to building two docks.", "building two docks", ["Odran"]),
        ("Odran signed a treaty with Norvia.", "signed a treaty with Norvia", ["Odran", "Norvia"]),
        ("Odran closed two docks with Norvia.", "closed two docks with Norvia", ["Odran"]),
        (
            "Odran gave $5 million. Norvia announced $6 million. This assistance will support two docks.",
            "support two docks",
            ["Norvia"],
        ),
        (
            "Odran announced $6 million. This new funding through Tessa will support two docks.",
            "support two docks",
            ["Tessa"],
        ),
        ("In Odran, Tessa closed two docks.", "closed two docks", ["Tessa"]),
        ("Odran will pay $5 million and Norvia will pay $6 million.", "pay $6 million", ["Norvia"]),
        ("Norvia received Odran's $5 million and will build two docks.", "build two docks", ["Norvia"]),
        ("The pro-Odran party closed two docks.", "closed two docks", []),
        ("Odran, Norvia and Tessa will each pay $5 million.", "pay $5 million", ["Odran", "Norvia", "Tessa"]),
        ("Odran's rebel forces closed two docks.", "closed two docks", []),
        ("Odran signed a law that bans trade with Norvia.", "signed a law that bans trade with Norvia", ["Odran"]),
        ("Li Dan asked Odran for $5 million. This assistance will feed two towns.", "feed two towns", []),
        ("Norvia was promised by Odran that it will get two docks.", "get two docks", []),
        ("Li Dan, who left Tessa, founded a start-up. The firm will close two docks.", "close two docks", []),
        ("According to Odran, Norvia closed two docks.", "closed two docks", ["Norvia"]),
        ("Odran was asking Norvia to close two docks.", "close two docks", ["Norvia"]),
        ("Odran is calling on Norvia to close two docks.", "is calling on Norvia to close two docks", ["Norvia"]),
        ("Odran demanded that Norvia close two docks.", "close two docks", ["Norvia"]),
        ("Norvia was being asked by Odran to close two docks.", "close two docks", ["Norvia"]),
        ("Odran will (i) cut duties and (ii) close two docks.", "close two docks", ["Odran"]),
        ("The storm damaged two docks owned by Tessa.", "damaged two docks", []),
        ("Two sailors were killed when a ship owned by Tessa sank.", "were killed", []),
        ("After talks with Odran, Norvia and Tessa closed two docks.", "closed two docks", ["Norvia", "Tessa"]),
        ("Odran attacked Norvia, and Tessa closed its docks.", "closed its docks", ["Tessa"]),
        ("A man sued Li Dan. He won the case.", "won the case", []),
        ("Li Dan met reporters. He left the board.", "left the board", ["Li Dan"]),
        ("Rebels attacked Odran and Norvia. They killed ten soldiers.", "killed ten soldiers", []),
        ("Odran promised Norvia to build two docks.", "build two docks", ["Odran"]),
        ("Tessa was ordered by Odran to build two docks.", "build two docks", ["Tessa"]),
    ],
)
def test_who_acts(text: str, phrase: str, by: list[str]) -> None:
    """The subject and whoever else shares it; nobody for a passive without "by" or a clause with another subject."""
    assert act(text, phrase)["by"] == by


@pytest.mark.parametrize(
    ("text", "phrase", "when"),
    [
        ("On Monday Odran closed two docks.", "closed two docks", "On Monday"),
        ("Since the summit, Odran has closed a dock, fined Tessa, and left.", "fined Tessa", "Since the summit"),
        ("Odran closed two docks in the north on Tuesday.", "closed two docks", "on Tuesday"),
        ("Odran lifted the duties imposed in May 2025.", "lifted the duties", None),
        ("Odran ruled it from 1973 until 1990, gaining power.", "gaining power", None),
        ("On Monday, Odran said it had closed two docks last year.", "closed two docks", "last year"),
        ("Odran bought two docks and sold them in 2024.", "bought two docks", None),
        ("Odran closed two docks and plans to open them in 2027.", "closed two docks", None),
        ("Odran opened the 2004 Games.", "opened the Games", None),
    ],
)
def test_when_something_was_done(text: str, phrase: str, when: str | None) -> None:
    """The time at the head of the sentence or in the act's own clause; none that goes with another verb."""
    assert act(text, phrase)["when"] == when


@pytest.mark.parametrize(
    ("text", "phrase", "due", "to"),
    [
        (
            "Odran will pay 5 euros to Norvia within three years.",
            "pay 5 euros to Norvia",
            "within three years",
            ["Norvia"],
        ),
        ("Odran pledged in May to visit Norvia.", "visit Norvia", None, ["Norvia"]),
        ("Odran will meet envoys in Norvia.", "meet envoys in Norvia", None, []),
        ("Odran will lift Norvia's debts.", "lift Norvia's debts", None, []),
        ("Odran will mend what was broken on 3 May 2026.", "mend what was broken", None, []),
        ("Odran announced on 21 May 2026 that aid of 5 euros.", "announced aid of 5 euros", None, []),
        ("Odran pledged 5 euros by 2030.", "pledged 5 euros", "by 2030", []),
        ("Odran promised Norvia to build two docks.", "build two docks", None, ["Norvia"]),
        ("Odran agreed with Norvia to build two docks.", "build two docks", None, ["Norvia"]),
        ("Odran promised in Norvia to build two docks.", "build two docks", None, []),
    ],
)
def test_when_and_to_whom_something_will_be_done(text: str, phrase: str, due: str | None, to: list[str]) -> None:
    """A deadline lies ahead; the counterpart stands in the act's own words, and not as a place or an owner."""
    read = act(text, phrase)
    assert (read["due"], read["to"]) == (due, to)


@pytest.mark.parametrize(
    ("text", "phrase", "attribution"),
    [
        ("Li Dan said Odran closed two docks.", "closed two docks", "Li Dan"),
        ("Li Dan, the minister, said Odran closed two docks.", "closed two docks", "Li Dan"),
        ("Odran closed two docks and said it was sorry.", "closed two docks", None),
        ("He also said Odran closed two docks.", "closed two docks", None),
        ("Odran closed two docks, but Norvia said on Monday that it was sorry.", "closed two docks", None),
        ("“This is good,” said Li Dan as Odran closed two docks.", "closed two docks", "Li Dan"),
        ("Odran closed two docks according to plan.", "closed two docks", None),
        ("Li Dan said Norvia announced Odran closed two docks.", "closed two docks", "Norvia"),
        ("Odran, with Norvia, announced today in Selane, it closed a dock.", "closed a dock", "Odran"),
    ],
)
def test_whose_word_it_is(text: str, phrase: str, attribution: str | None) -> None:
    """The party before a verb of speech that the act stands behind; for a pronoun nobody is guessed."""
    assert act(text, phrase)["attribution"] == attribution


@pytest.mark.parametrize(
    ("text", "as_of"),
    [
        ("Some 6 million people have fled Odran since 2015.", "since 2015"),
        ("Tessa had sold 6 million shares as of 3 May 2026.", "as of 3 May 2026"),
        ("Odran fined Tessa 6 million euros in May.", None),
        ("Odran was poor since 2015; Norvia has 6 million cars.", None),
    ],
)
def test_what_time_a_number_holds_for(text: str, as_of: str | None) -> None:
    """A time from which, or as of which, something is counted; not the time of an act."""
    source = prepare(Document(text=text, language="en", published=date(2026, 5, 20)))
    (quantity,) = source.quantities_of(1)
    fields = {"quantity": quantity.text, "measures": quantity.text}
    (draft,) = verify_claims(source, [Claim("figures", fields, (1,), 0)]).drafts
    found = draft.fields.get("as_of")
    assert (found.text if found else None) == as_of


def first_person(text: str, phrase: str, number: int) -> tuple[list[str], str | None]:
    """Who is to do what a sentence says, and on whose word, where Li Dan acts for Tessa."""
    source = prepare(Document(text=text, language="en", published=date(2026, 5, 20)))
    parties = [Claim("parties", {"name": n, "kind": kind}, (), 0) for n, kind in NAMES.items() if n in text]
    parties += [Claim("parties", {"name": "Li Dan", "kind": "person", "role": "head", "affiliation": "Tessa"}, (1,), 0)]
    verified = verify_claims(source, [*parties, Claim("commitments", {"action": phrase}, (number,), 0)])
    called = {party.id: party.name for party in verified.parties}
    (draft,) = verified.drafts
    voice = draft.fields.get("attribution")
    return [called[r] for r in draft.fields.get("by", ())], voice.text if voice else None


HEAD = "Li Dan, head of Tessa, met reporters."


@pytest.mark.parametrize(
    ("text", "number", "read"),
    [
        (f"{HEAD} “We will build two docks,” said Li Dan.", 2, (["Tessa"], "Li Dan")),
        (f"{HEAD} “I will build two docks,” said Li Dan.", 2, (["Li Dan"], "Li Dan")),
        (f'{HEAD} "We have met. We will build two docks," said Li Dan.', 2, (["Tessa"], "Li Dan")),
        (f"{HEAD} “We have met,” said Li Dan. “We will build two docks.”", 3, (["Tessa"], "Li Dan")),
        (f"{HEAD} We will build two docks.", 2, ([], None)),
        (f"{HEAD} “We pledge to build two docks,” said Li Dan.", 2, (["Tessa"], "Li Dan")),
        (f"{HEAD} “They promised us we would build two docks,” said Li Dan.", 2, ([], "Li Dan")),
        (f"{HEAD} “We have met,” said Li Dan. “We will build two docks,” a rival tweeted.", 3, ([], "a rival")),
        (f"{HEAD} “We will build two docks,” said a friend of Li Dan.", 2, ([], "a friend of Li Dan")),
        (f"{HEAD} “We will build two docks,” said a Tessa worker.", 2, ([], "a Tessa worker")),
        (f"{HEAD} “He told me, ‘We will build two docks,’” said Li Dan.", 2, ([], "Li Dan")),
        (f"{HEAD} “We met,” said the UTL, and “we will build two docks,” said Li Dan.", 2, (["Tessa"], "Li Dan")),
        ("We, the workers of Odran and Norvia, met Li Dan of Tessa. We will build two docks.", 2, ([], None)),
        (f"{HEAD} “We will build two docks,” said a visitor.", 2, ([], "a visitor")),
        ("We, the leaders of Odran and Norvia, met with Li Dan of Tessa. We will build two docks.", 2,
         (["Odran", "Norvia"], None)),
    ],
)  # fmt: skip
def test_who_the_first_person_is(text: str, number: int, read: tuple[list[str], str | None]) -> None:
    """In a quotation the speaker, or whom the speaker acts for; in a joint statement those who make it; else nobody."""
    assert first_person(text, "build two docks", number) == read


@pytest.mark.parametrize(
    ("paragraph", "quoted"),
    [
        ("He said “yes” and «no».", ["“yes”", "«no»"]),
        ('"Yes," he said. "It is late."', ['"Yes,"', '"It is late."']),
        ("„Ja“, sagte er.", ["„Ja“"]),
        ("“It goes on", ["“It goes on"]),
        ("and ends.” He left.", ["and ends.”"]),
        ('A 5" nail and 3" of cloth', []),
    ],
)
def test_what_stands_in_quotation_marks(paragraph: str, quoted: list[str]) -> None:
    """Pairs of marks; a quotation may come from the paragraph before, or go on in the next."""
    assert [paragraph[start:end] for start, end in quotations(paragraph)] == quoted


@pytest.mark.parametrize(
    ("text", "to"),
    [
        ("Odran urged Norvia to close two docks.", ["Odran"]),
        ("In Odran, Li Dan has urged Norvia to close two docks.", ["Li Dan"]),
        ("Li Dan said that Norvia must close two docks.", ["Li Dan"]),
        ("“We urge Norvia to close two docks,” said the UTL.", ["UTL"]),
        ("We urge Norvia to close two docks.", []),
        ("Norvia was urged by Odran to close two docks.", ["Odran"]),
        ("Critics of Odran urged Norvia to close two docks.", []),
        ("Li Dan said bishops had urged Norvia to close two docks.", []),
        ("Odran hopes to get Norvia to close two docks.", ["Odran"]),
    ],
)
def test_who_asks(text: str, to: list[str]) -> None:
    """Whoever stands before the verb of asking, or on whose word something must be done."""
    assert act(text, "close two docks")["to"] == to


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("Odran will close two docks unless Norvia pays.", "unless Norvia pays"),
        ("Odran will close two docks in May if Norvia does not pay, it said.", "if Norvia does not pay"),
        ("If Norvia pays, Odran will close two docks.", "If Norvia pays"),
        ("Odran will close two docks even if Norvia pays.", None),
        ("Odran will close two docks while it looks if Norvia pays.", None),
        ("Odran will close two docks.", None),
    ],
)
def test_what_an_act_depends_on(text: str, condition: str | None) -> None:
    """A condition behind the act or at the head of its sentence comes with it, in the words of the text."""
    source = prepare(Document(text=text, language="en"))
    parties = [Claim("parties", {"name": n, "kind": "country"}, (), 0) for n in ("Odran", "Norvia") if n in text]
    verified = verify_claims(source, [*parties, Claim("commitments", {"action": "close two docks"}, (1,), 0)])
    (draft,) = verified.drafts
    assert draft.fields.get("condition") == condition


@pytest.mark.parametrize(
    ("title", "sentence", "read"),
    [
        ("Joint Statement of Odran and Norvia", "Odran will close two docks.", (["Odran"], ["Norvia"], "agreed")),
        ("Joint Statement on Trade", "Both sides will close two docks.", (["Odran", "Norvia"], [], "agreed")),
        ("Joint Statement by UTL", "Odran will close two docks.", (["Odran"], [], "planned")),
        ("Odran and Norvia Issue Joint Statement", "Odran will close two docks.", (["Odran"], [], "planned")),
        ("Odran Meets Norvia", "Odran will close two docks.", (["Odran"], [], "planned")),
        ("Odran Meets Norvia", "Odran and Norvia will close two docks.", (["Odran", "Norvia"], [], "planned")),
        ("Joint Statement on Trade", "Tessa will close two docks.", (["Tessa"], [], "planned")),
    ],
)
def test_what_a_side_of_a_joint_statement_will_do_is_agreed(
    title: str, sentence: str, read: tuple[list[str], list[str], str]
) -> None:
    """The statement's sides stand in its first sentence; what others will do, or a report of it tells, is only planned."""
    text = f"The Government of Odran and the Government of Norvia met in Selane. {sentence}"
    source = prepare(Document(text=text, title=title, language="en", published=date(2026, 5, 20)))
    parties = [Claim("parties", {"name": n, "kind": kind}, (), 0) for n, kind in NAMES.items() if n in text]
    verified = verify_claims(source, [*parties, Claim("commitments", {"action": "close two docks"}, (2,), 0)])
    called = {party.id: party.name for party in verified.parties}
    (draft,) = verified.drafts
    by, to = ([called[r] for r in draft.fields.get(name) or ()] for name in ("by", "to"))
    assert (by, to, draft.fields["status"]) == read


@pytest.mark.parametrize(
    ("source", "sentence", "by", "status"),
    [
        ("Odran Ministry of Ports, Li Dan, Minister", "We will close two docks.", ["Odran"], "pledged"),
        ("Odran Ministry of Ports, Li Dan, Minister", "I will close two docks.", ["Li Dan"], "pledged"),
        ("Odran Ministry of Ports", "“We will close two docks,” she said.", [], "pledged"),
        ("news/Odran.txt", "We will close two docks.", [], "pledged"),
        ("Odran Times", "We will close two docks.", [], "pledged"),
        ("Odran Ministry of Ports", "UTL said we will close two docks.", [], "pledged"),
        (None, "We will close two docks.", [], "pledged"),
    ],
)
def test_whose_statement_the_document_is(source: str | None, sentence: str, by: list[str], status: str) -> None:
    """Outside quotations "we" is the country or body that the document's source names, and gives its word; "I" the person."""
    text = f"Odran thanked Li Dan in Selane. {sentence}"
    known = prepare(Document(text=text, source=source, language="en", published=date(2026, 5, 20)))
    parties = [Claim("parties", {"name": n, "kind": kind}, (), 0) for n, kind in NAMES.items() if n in text]
    verified = verify_claims(known, [*parties, Claim("commitments", {"action": "close two docks"}, (2,), 0)])
    called = {party.id: party.name for party in verified.parties}
    (draft,) = verified.drafts
    assert ([called[r] for r in draft.fields.get("by") or ()], draft.fields["status"]) == (by, status)
