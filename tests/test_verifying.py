"""Claims held against a text: what gets in, what does not, and what is said of each field."""

from __future__ import annotations

import json
import re
from datetime import date
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from summariser import drafting, templates
from summariser.asking import Asked, claims_of
from summariser.errors import ConfigurationError, GroundingError, InputError
from summariser.exchange import Request
from summariser.grounding.claims import Claim
from summariser.grounding.leaks import Leaks
from summariser.grounding.verdicts import Policy
from summariser.verifying import Verification, prepare, salient, verify, verify_claims
from summariser_schemas import Brief, Document, Verdict
from tests.record import DOCUMENTS
from tests.test_recorded import replayed

TEXT = """Odran and Tessa AG reached a deal on Tuesday.
Odran's Industry Minister Li Dan said that Tessa AG promised to invest about $40 million in the Selane yard by 2027.
Exports of steel rose 5 per cent last year, while imports of coal fell 3 per cent.
The yard may close, and Odran will not pay the debts of 12 suppliers.
President Marta Vel met Envoy Jon Pir; Vel urged Norvia to free three sailors.
"""
PARTIES: list[dict[str, Any]] = [
    {"name": "Odran", "kind": "country", "evidence": [1]},
    {"name": "Tessa AG", "kind": "company", "evidence": [1]},
    {"name": "Li Dan", "kind": "person", "role": "Industry Minister", "affiliation": "Odran", "evidence": [2]},
    {"name": "Norvia", "kind": "country", "evidence": [5]},
    {"name": "Marta Vel", "kind": "person", "evidence": [5]},
    {"name": "Jon Pir", "kind": "person", "evidence": [5]},
]


def check(section: str, item: dict[str, Any], policy: Policy | str = "flag", text: str = TEXT) -> Verification:
    """Verify one item beside the parties."""
    document = Document(text=text, published=date(2025, 5, 16))
    brief = {"parties": PARTIES if text is TEXT else [], section: [item]}
    if section == "parties":
        brief = {"parties": [*(p for p in PARTIES if p["name"] != item["name"]), item]}
    return verify(document, brief, policy=policy)


def verdict(section: str, item: dict[str, Any], field: str) -> Verdict | None:
    """The verdict on a field of an item, None when the item is not in the brief."""
    found = check(section, item)
    for held in found.sections[section]:
        if section != "parties" or getattr(held, "name", None) == item["name"]:
            found_verdict: Verdict | None = held.verdicts.get(field)
            return found_verdict
    return None


def figure(quantity: Any, sentence: int = 2, measures: str = "investment in the Selane yard") -> dict[str, Any]:
    """A figure on a sentence of the text."""
    return {"evidence": [sentence], "quantity": quantity, "measures": measures}


def test_a_true_figure_is_exact() -> None:
    """The model's words stand in the sentence."""
    found = check("figures", figure("about $40 million"), policy="strict")
    (item,) = found.sections["figures"]
    assert item.verdicts["quantity"] == Verdict(verdict="exact")
    assert item.verdicts["measures"].verdict == "derived"
    assert found.rejected == []


@pytest.mark.parametrize(
    "wrong",
    [
        "about $41 million",
        "about $40 billion",
        "about €40 million",
        "40",
        "$4 million",
        "$400 million",
        "more than $40 million",
        "40 million pounds",
        {"text": "about $40 million", "value": "40000"},
        {"text": "about $40 million", "value": "40000000", "unit": "EUR"},
        {"text": "about $40 million", "low": "30000000", "high": "40000000"},
    ],
    ids=str,
)
def test_a_wrong_figure_beside_a_true_sentence_is_contradicted(wrong: Any) -> None:
    """A changed digit, scale word, currency, bound or value is contradicted by the number that stands there."""
    found = verdict("figures", figure(wrong), "quantity")
    assert found is not None
    assert (found.verdict, found.basis, found.flagged) == ("contradicted", "about $40 million", True)
    assert check("figures", figure(wrong), policy="strict").sections["figures"] == []


def test_a_flagged_figure_shows_the_number_of_the_text() -> None:
    """What stands in the brief is always read from its span; the model's words are kept beside it."""
    (item,) = check("figures", figure("about $41 million")).sections["figures"]
    assert str(item.quantity.value) == "40000000"
    assert item.verdicts["quantity"].said == "about $41 million"


def test_what_the_sentence_denies_is_no_figure() -> None:
    """ "Not just one snapshot" counts no snapshot."""
    text = "It is not just one snapshot in time, the envoy said."
    found = check("figures", figure("one snapshot", 1, "snapshot in time"), "strict", text)
    assert found.sections["figures"] == []


ACTS: dict[str, tuple[str, dict[str, Any], str]] = {
    "negation lost": (
        "commitments",
        {"by": ["Odran"], "action": "pay the debts of 12 suppliers", "status": "planned"},
        "4",
    ),
    "doubt lost": ("outcomes", {"by": [], "what": "The yard closed"}, "4"),
    "number": (
        "commitments",
        {"by": ["Tessa AG"], "action": "invest $50 million in the yard", "status": "pledged"},
        "2",
    ),
    "scale": (
        "commitments",
        {"by": ["Tessa AG"], "action": "invest $40 billion in the yard", "status": "pledged"},
        "2",
    ),
    "currency": (
        "commitments",
        {"by": ["Tessa AG"], "action": "invest €40 million in the yard", "status": "pledged"},
        "2",
    ),
    "name": ("commitments", {"by": ["Tessa AG"], "action": "invest in the Norvia yard", "status": "pledged"}, "2"),
    "direction": ("outcomes", {"by": [], "what": "Exports of steel fell 5 per cent"}, "3"),
    "direction of the other": ("outcomes", {"by": [], "what": "imports of coal rose 3 per cent"}, "3"),
    "year": (
        "commitments",
        {"by": ["Tessa AG"], "action": "invest in the Selane yard by 2028", "status": "pledged"},
        "2",
    ),
}


@pytest.mark.parametrize("case", ACTS)
def test_a_corrupted_act_does_not_get_out(case: str) -> None:
    """Negation, modality, direction, names, numbers and years of free text are held against the sentence."""
    section, fields, sentence = ACTS[case]
    found = check(section, {**fields, "evidence": [int(sentence)]}, policy="strict")
    assert found.sections[section] == []
    assert found.rejected
    (flagged,) = check(section, {**fields, "evidence": [int(sentence)]}).sections[section] or [None]
    assert flagged is None or flagged.flagged


@pytest.mark.parametrize(
    ("section", "fields", "sentence"),
    [
        ("commitments", {"by": ["Odran"], "action": "not pay the debts of 12 suppliers", "status": "planned"}, 4),
        (
            "commitments",
            {"by": ["Tessa AG"], "action": "invest about $40 million in the Selane yard", "status": "pledged"},
            2,
        ),
        ("outcomes", {"by": [], "what": "Exports of steel rose 5 per cent"}, 3),
        ("outcomes", {"by": [], "what": "imports of coal fell 3 per cent"}, 3),
        ("commitments", {"by": ["Norvia"], "to": ["Marta Vel"], "action": "free three sailors", "status": "sought"}, 5),
    ],
)
def test_the_true_act_gets_in(section: str, fields: dict[str, Any], sentence: int) -> None:
    """The uncorrupted claims hold under the strict policy."""
    found = check(section, {**fields, "evidence": [sentence]}, policy="strict")
    assert len(found.sections[section]) == 1
    assert found.rejected == []


def test_a_status_is_read_off_the_words() -> None:
    """A pledge called an agreement is a pledge; what the model said stays on record."""
    item = {"by": ["Tessa AG"], "action": "invest about $40 million", "status": "agreed", "evidence": [2]}
    (held,) = check("commitments", item, policy="strict").sections["commitments"]
    assert held.status == "pledged"
    assert held.verdicts["status"] == Verdict(verdict="derived", basis="'promised' in the sentence", said="agreed")


def test_the_actor_is_read_off_the_words() -> None:
    """Who reports an act does not perform it."""
    item = {"by": ["Li Dan"], "action": "invest about $40 million", "status": "pledged", "evidence": [2]}
    (held,) = check("commitments", item, policy="strict").sections["commitments"]
    assert held.by == ["tessa-ag"]
    assert held.verdicts["by"].said == "Li Dan"


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("by 2027", "exact"),
        ("by 2028", "contradicted"),
        ("some day", "absent"),
        ({"text": "by 2027", "end": "2026-12-31"}, "contradicted"),
    ],
    ids=str,
)
def test_times_are_held_against_the_sentence(due: Any, expected: str) -> None:
    """A deadline's words must stand there, and a given date must be what code resolves."""
    item = {"by": ["Tessa AG"], "action": "invest about $40 million", "status": "pledged", "evidence": [2], "due": due}
    found = verdict("commitments", item, "due")
    assert found is not None
    assert found.verdict == expected


def test_a_resolved_date_says_what_it_was_derived_from() -> None:
    """ "On Tuesday" needs the day of publication, and names it."""
    item = {"by": ["Odran", "Tessa AG"], "what": "reached a deal", "when": "on Tuesday", "evidence": [1]}
    (held,) = check("outcomes", item, policy="strict").sections["outcomes"]
    assert held.when.start == date(2025, 5, 13)
    assert "2025-05-16" in str(held.verdicts["when"].basis)


@pytest.mark.parametrize(
    ("source", "expected"),
    [("Li Dan", "exact"), ("Marta Vel", "contradicted"), ("the finance ministry", "contradicted")],
)
def test_who_said_it_is_held_against_the_sentence(source: str, expected: str) -> None:
    """The speaker stands in the evidence, and nobody else is given the word there."""
    text = '"Tessa AG promised to invest $40 million," Li Dan said. Marta Vel was there.'
    document = Document(text=text)
    parties: list[dict[str, Any]] = [{"name": n, "kind": "person", "evidence": []} for n in ("Li Dan", "Marta Vel")]
    parties.append({"name": "Tessa AG", "kind": "company", "evidence": []})
    item = {"evidence": [1], "quantity": "$40 million", "measures": "promised to invest", "attribution": source}
    (held,) = verify(document, {"parties": parties, "figures": [item]}).sections["figures"]
    assert held.verdicts["attribution"].verdict == expected


@pytest.mark.parametrize(
    ("name", "role", "holds"),
    [
        ("Li Dan", "Industry Minister", True),
        ("Li Dan", "Finance Minister", False),
        ("Marta Vel", "President", True),
        ("Jon Pir", "President", False),
        ("Marta Vel", "Envoy", False),
        ("Jon Pir", "Envoy", True),
    ],
)
def test_a_role_belongs_to_the_name_beside_it(name: str, role: str, holds: bool) -> None:
    """Another person's office in the same sentence is none."""
    item = {"name": name, "kind": "person", "role": role, "evidence": []}
    found = verdict("parties", item, "role")
    assert found is not None
    assert found.verdict == ("exact" if holds else "absent")
    party = next(p for p in check("parties", item, "strict").sections["parties"] if p.name == name)
    assert party.role == (role if holds else None)


def test_an_alias_of_another_party_is_contradicted() -> None:
    """One party's name is no other name of a second."""
    item = {"name": "Marta Vel", "kind": "person", "aliases": ["Norvia"], "evidence": []}
    assert "Norvia" not in str(check("parties", item, "strict").sections["parties"][-2].aliases)
    found = verdict("parties", item, "aliases")
    assert found is not None
    assert found.verdict == "contradicted"


@pytest.mark.parametrize(
    ("name", "chosen", "kind"),
    [
        ("Tessa AG", "country", "company"),
        ("Ministry of Trade", "company", "government_body"),
        ("United Nations", "country", "intergovernmental"),
    ],
)
def test_a_kind_that_the_name_shows_is_not_the_models_choice(name: str, chosen: str, kind: str) -> None:
    """A legal form or a head noun decides; the model's word is kept beside it."""
    (party,) = verify(
        f"{name} opened an office.", {"parties": [{"name": name, "kind": chosen, "evidence": [1]}]}
    ).sections["parties"]
    assert (party.kind, party.verdicts["kind"].said) == (kind, chosen)


def test_evidence_that_stands_nowhere_proves_nothing() -> None:
    """An item whose quote is not in the text is rejected, under every policy."""
    item = {"evidence": ["Odran will pay all debts."], "by": ["Odran"], "action": "pay all debts", "status": "planned"}
    found = check("commitments", item)
    assert found.sections["commitments"] == []
    assert "not in the text" in found.rejected[0].reasons[0]


def test_evidence_may_be_quotes_spans_or_numbers() -> None:
    """All three lead to the same item."""
    quote = TEXT.splitlines()[1]
    start = TEXT.index(quote)
    forms: list[Any] = [
        [2],
        [quote.replace("'", "\u2019")],
        [{"start": start, "end": start + len(quote), "text": quote}],
    ]
    made = [check("figures", {**figure("about $40 million"), "evidence": e}).sections["figures"] for e in forms]
    assert made[0] == made[1] == made[2] != []


def test_policies_keep_flag_drop_and_fail() -> None:
    """A contradicted field stays unmarked, stays marked, goes, or fails the document."""
    wrong = figure("about $41 million")
    (kept,) = check("figures", wrong, Policy(contradicted="keep")).sections["figures"]
    assert not kept.flagged
    (flagged,) = check("figures", wrong, Policy(contradicted="flag")).sections["figures"]
    assert flagged.flagged
    assert check("figures", wrong, Policy(contradicted="drop")).sections["figures"] == []
    with pytest.raises(GroundingError, match=r"figures: 'about \$41 million' .* contradicted by 'about \$40 million'"):
        check("figures", wrong, Policy(contradicted="fail"))


def test_a_policy_that_does_not_exist_is_refused() -> None:
    """A wrong name or action says what there is."""
    with pytest.raises(ConfigurationError, match="strict or flag"):
        Policy.named("lax")
    with pytest.raises(ConfigurationError, match="keep, flag, drop, ask, fail"):
        Policy(absent="ignore")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def test_a_brief_of_another_shape_is_refused() -> None:
    """The message names the section and what was there."""
    with pytest.raises(InputError, match="'figures' must be a list of objects"):
        verify(TEXT, {"figures": "none"})


def test_a_status_put_right_does_not_hold() -> None:
    """Whoever verifies a brief learns that its status or actor is not what the words say."""
    item = {"by": ["Tessa AG"], "action": "invest about $40 million", "evidence": [2]}
    assert check("commitments", {**item, "status": "pledged"}).holds
    wrong = check("commitments", {**item, "status": "agreed"})
    assert not wrong.holds
    assert [(name, verdict.said) for _, name, verdict in wrong.corrected] == [("status", "agreed")]


@pytest.mark.parametrize("name", ["seed", "lula-roh-meeting", "pinochet-arrest"])
def test_verifying_a_brief_again_changes_nothing(name: str) -> None:
    """A brief of ours holds, item for item and field for field."""
    brief = replayed(name)
    again = verify(DOCUMENTS[name], brief, policy="strict")
    assert again.rejected == []
    for section, items in again.sections.items():
        strip = {"verdicts"}
        assert [i.model_dump(exclude=strip) for i in items] == [
            i.model_dump(exclude=strip) for i in getattr(brief, section)
        ]


def test_every_field_that_says_something_has_its_verdict() -> None:
    """No field of an item is in a brief without one, and none is flagged under the strict policy."""
    for item in replayed("seed").items:
        said = {
            n
            for n in type(item).model_fields
            if n not in ("id", "evidence", "mentions", "verdicts") and getattr(item, n)
        }
        assert set(item.verdicts) == said
        assert not item.flagged


def test_what_no_item_covers_is_listed() -> None:
    """Amounts, percentages, dates and names of the text that the brief leaves out, each where it first stands."""
    found = check("figures", figure("about $40 million"))
    assert {(o.kind, o.text) for o in found.omitted} >= {
        ("percentage", "5 per cent"),
        ("amount", "12 suppliers"),
        ("date", "Tuesday"),
    }
    assert "about $40 million" not in {o.text for o in found.omitted}
    assert all(TEXT[o.start : o.end] == o.text for o in found.omitted)
    assert ("party", "Norvia") in {(o.kind, o.text) for o in verify(TEXT, {"figures": []}).omitted}
    assert ("party", "Norvia") not in {(o.kind, o.text) for o in found.omitted}


def test_headline_and_summary_are_held_against_the_text() -> None:
    """Each sentence that the text does not say is told, with the reason; one that it says is not."""
    summary = "Exports of steel rose 5 per cent last year. Norvia bought the yard."
    found = verify(TEXT, {"figures": [], "headline": "Odran will pay the debts of 12 suppliers", "summary": summary})
    assert [(r.section, r.said["text"]) for r in found.rejected] == [
        ("headline", "Odran will pay the debts of 12 suppliers"),
        ("summary", "Norvia bought the yard."),
    ]
    assert not found.holds


@pytest.mark.parametrize("name", ["Acme", "Gazprom"])
def test_who_is_said_to_act_and_does_not_is_told(name: str) -> None:
    """A name that stands where no subject can, or nowhere, does not vanish in silence."""
    text = "Acme will open a plant. The board of Zeta met on 3 March and left."
    outcome = {"evidence": [2], "what": "met", "by": [name]}
    found = verify(text, {"parties": [{"name": "Acme", "kind": "company"}], "outcomes": [outcome]})
    assert [r.reasons for r in found.rejected] == [[f"the sentence does not say that {name!r} did it"]]


def test_an_affiliation_that_stands_nowhere_is_told() -> None:
    """Whom a party is said to act for is looked up even where the text never names it."""
    acme = {"name": "Acme", "kind": "company", "affiliation": "Gazprom"}
    (rejected,) = verify("Acme will open a plant.", {"parties": [acme]}).rejected
    assert rejected.said == {"name": "Acme", "affiliation": "Gazprom"}


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("Odran's Li Dan resigned.", True),
        ("Li Dan is the president of Odran.", True),
        ("Odran arrested Li Dan.", False),
        ("Li Dan criticised Odran.", False),
    ],
)
def test_whoever_is_acted_on_is_not_acted_for(text: str, holds: bool) -> None:
    """A verb between two names that is not one of holding office sets them apart."""
    parties = [{"name": "Odran", "kind": "country"}, {"name": "Li Dan", "kind": "person", "affiliation": "Odran"}]
    assert (not verify(text, {"parties": parties}).rejected) is holds


@pytest.mark.parametrize(
    ("text", "figure", "holds"),
    [
        ("Exports of Odran were $5 million and those of Norvia $7 million.", ("$7 million", "exports of Odran"), False),
        ("Exports of Odran were $5 million and those of Norvia $7 million.", ("$5 million", "exports of Odran"), True),
        ("Tessa has 500 workers and Brevo has 700 workers.", ("700 workers", "workers of Tessa"), False),
        ("Tessa lost $5 million in Odran and $7 million in Norvia.", ("$7 million", "loss of Tessa in Norvia"), True),
    ],
)
def test_a_number_is_of_whom_it_stands_with(text: str, figure: tuple[str, str], holds: bool) -> None:
    """A name that stands with another number of the sentence is not what this one measures."""
    quantity, measures = figure
    item = {"evidence": [1], "quantity": quantity, "measures": measures}
    assert verify(text, {"figures": [item]}, policy="strict").holds is holds


def test_a_source_is_somebody_who_says_something() -> None:
    """A name of the sentence is no source where nobody says, thinks or finds anything."""
    item = {"evidence": [1], "what": "closed two docks", "attribution": "Norvia"}
    told = verify("Odran closed two docks, Norvia said.", {"outcomes": [item]}, policy="strict")
    silent = verify("Odran closed two docks used by Norvia.", {"outcomes": [item]}, policy="strict")
    assert (told.holds, silent.holds) == (True, False)


def test_a_time_is_that_of_its_own_act() -> None:
    """The time of another act in the sentence gives way to the one beside the act."""
    text = "Tessa bought the yard in 2019 and sold it in 2024."
    item = {"evidence": [1], "what": "bought the yard", "when": "in 2024"}
    (outcome,) = verify(text, {"outcomes": [item]}).sections["outcomes"]
    assert (outcome.when.text, outcome.verdicts["when"].said) == ("in 2019", "in 2024")


def test_an_office_keeps_the_word_that_makes_it_another() -> None:
    """A former minister is no minister."""
    person = {"name": "Li Dan", "kind": "person", "role": "minister"}
    (party,) = verify("Former minister Li Dan left.", {"parties": [person]}).sections["parties"]
    assert party.role == "Former minister"


def test_a_field_that_is_not_checked_is_told() -> None:
    """What an item says beside the fields of its class is no part of what was verified."""
    acme = {"name": "Acme", "kind": "company", "where": "Paris"}
    (rejected,) = verify("Acme will open a plant.", {"parties": [acme]}).rejected
    assert rejected.reasons == ["'where' is no field of parties, and not checked"]


def test_dates_are_read_as_they_were_when_the_brief_was_made() -> None:
    """The date of publication in the brief serves where the document has none; one that is no date is refused."""
    when = {"text": "on 3 March", "start": "2027-03-03", "end": "2027-03-03", "precision": "day"}
    brief = {"outcomes": [{"evidence": [1], "what": "met", "when": when}]}
    assert verify("The board met on 3 March.", {**brief, "document": {"published": "2027-04-06"}}).holds
    with pytest.raises(InputError, match=r"document\.published of the brief is 'soon'"):
        verify("The board met on 3 March.", {**brief, "document": {"published": "soon"}})


# Leaks


DRAFTS: dict[str, type[BaseModel]] = {
    "notes": drafting.notes(Brief),
    "whole": drafting.whole(Brief),
    "overview": drafting.overview(Brief),
    "acts": drafting.acts(()),
}


def _examples() -> list[Any]:
    """The worked examples of the prompts: kind of question, the text shown, and the answer given."""
    prompt = templates.load("brief", "v1")
    found: list[Any] = []
    for kind, draft in DRAFTS.items():
        turns = prompt.question(kind, outline=drafting.outline(draft)).prefix()
        pairs = [(a.content, b.content) for a, b in pairwise(turns) if (a.role, b.role) == ("user", "assistant")]
        found += [
            pytest.param(kind, user, json.loads(answer), id=f"{kind} {n}") for n, (user, answer) in enumerate(pairs, 1)
        ]
    return found


@pytest.mark.parametrize(("kind", "shown", "answer"), _examples())
def test_the_worked_examples_hold(kind: str, shown: str, answer: dict[str, Any]) -> None:
    """What the prompt shows as right passes our own verifier, every item of it."""
    inside = re.search(r"<text[^>]*>(.*)</text", shown, re.DOTALL)
    assert inside
    several = kind in ("whole", "overview")
    lines = inside[1].strip().splitlines()
    text = "\n".join(re.sub(r"^\[\d+\]\s+", "", line) for line in lines) if several else inside[1]
    source = prepare(Document(text=text, language="en"))
    numbers = tuple(shown.partition("numbers: ")[2].split("; ")) if kind == "acts" and "numbers: " in shown else ()
    draft = drafting.acts(numbers) if kind == "acts" else DRAFTS[kind]
    question = templates.load("brief", "v1").question(kind, outline="")
    asked = Asked(question, Request((), draft, 1, kind), tuple(s.number for s in source.sentences), numbers)
    claims = claims_of(asked, draft.model_validate(answer), 0, source, Brief)
    assert claims or not any(answer.values())
    assert [(p.claim.fields, p.reasons) for p in verify_claims(source, claims).problems] == []


def test_an_item_of_a_worked_example_is_named_as_a_leak() -> None:
    """A name, number or run of words that only the prompt has is said to come from there, and is not asked again."""
    from summariser.grounding.claims import Claim

    leaks = Leaks(
        "Norvia would pay 40 million euros to the Delta Fund by 2027. The Authority resumed its search for the ferry."
    )
    source = prepare(Document(text="Odran closed a yard on Monday. It had 12 workers."))
    claims = [
        Claim("commitments", {"by": ["Norvia"], "action": "pay", "status": "pledged"}, (1,)),
        Claim("figures", {"quantity": "40 million euros", "measures": "payment"}, (2,)),
        Claim("outcomes", {"by": [], "what": "resumed its search for the ferry"}, (1,)),
        Claim("outcomes", {"by": [], "what": "was praised by everybody"}, (1,)),
    ]
    problems = verify_claims(source, claims, leaks=leaks).problems
    told = [p.reasons[0] for p in problems]
    assert [r.startswith("leak: ") for r in told] == [True, True, True, False]
    assert not any(p.again for p in problems[:3])


# Six languages

TRUE: dict[str, tuple[str, dict[str, Any]]] = {
    "en": (
        "The ministry said on 3 May 2024 that Tessa AG will invest 40 million euros in Selane.",
        {"quantity": "40 million euros", "measures": "invest in Selane", "as_of": "on 3 May 2024"},
    ),
    "fr": (
        "Le ministère a annoncé le 3 mai 2024 que Tessa SA investira 40 millions d'euros à Selane.",
        {"quantity": "40 millions d'euros", "measures": "investira à Selane", "as_of": "le 3 mai 2024"},
    ),
    "de": (
        "Das Ministerium teilte am 3. Mai 2024 mit, dass die Tessa AG 40 Millionen Euro in Selane investiert.",
        {"quantity": "40 Millionen Euro", "measures": "in Selane investiert", "as_of": "am 3. Mai 2024"},
    ),
    "es": (
        "El ministerio anunció el 3 de mayo de 2024 que Tessa SA invertirá 40 millones de euros en Selane.",
        {"quantity": "40 millones de euros", "measures": "invertirá en Selane", "as_of": "el 3 de mayo de 2024"},
    ),
    "ar": (
        "أعلنت الوزارة في 3 مايو 2024 أن شركة تيسا ستستثمر 40 مليون يورو في سيلان.",
        {"quantity": "40 مليون يورو", "measures": "ستستثمر في سيلان", "as_of": "في 3 مايو 2024"},
    ),
    "zh": (
        "该部2024年5月3日宣布，泰萨公司将在塞兰投资4000万欧元。",
        {"quantity": "4000万欧元", "measures": "在塞兰投资", "as_of": "2024年5月3日"},
    ),
}
SCALES = {
    "en": [("million", "billion"), ("euros", "dollars")],
    "fr": [("millions", "milliards"), ("euros", "dollars")],
    "de": [("Millionen", "Milliarden"), ("Euro", "Dollar")],
    "es": [("millones", "miles de millones"), ("euros", "dólares")],
    "ar": [("مليون", "مليار"), ("يورو", "دولار")],
    "zh": [("万", "亿"), ("欧元", "美元")],
}
NEGATED = {
    "en": "will not invest in Selane",
    "fr": "n'investira pas à Selane",
    "de": "nicht in Selane investiert",
    "es": "no invertirá en Selane",
    "ar": "لن ستستثمر في سيلان",
    "zh": "不在塞兰投资",
}


def _figures(language: str, **changes: Any) -> Verification:
    text, item = TRUE[language]
    brief = {"figures": [{"evidence": [1], **item, **changes}]}
    return verify(Document(text=text, language=language), brief, policy="strict")


@pytest.mark.parametrize("language", TRUE)
def test_a_true_claim_holds_in_six_languages(language: str) -> None:
    """Number, measure and time hold, and nothing is flagged."""
    found = _figures(language)
    (item,) = found.sections["figures"]
    assert str(item.quantity.value) == "40000000"
    assert item.quantity.unit == "EUR"
    assert found.rejected == []


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(sorted(TRUE)), st.sampled_from(["quantity", "as_of"]), st.data())
def test_a_changed_digit_is_never_accepted(language: str, field: str, data: st.DataObject) -> None:
    """Whatever digit of whatever number is changed, the field does not get out."""
    said = TRUE[language][1][field]
    place = data.draw(st.sampled_from([i for i, c in enumerate(said) if c.isdigit()]))
    digit = data.draw(st.sampled_from([d for d in "0123456789" if d != said[place]]))
    found = _figures(language, **{field: said[:place] + digit + said[place + 1 :]})
    held = found.sections["figures"]
    assert not held if field == "quantity" else held[0].as_of is None
    assert found.rejected


@pytest.mark.parametrize(("language", "old", "new"), [(lang, a, b) for lang, pairs in SCALES.items() for a, b in pairs])
def test_a_changed_scale_or_currency_is_never_accepted(language: str, old: str, new: str) -> None:
    """ "Million" for "billion", euros for dollars: contradicted in each language."""
    said = TRUE[language][1]["quantity"]
    assert old in said
    assert _figures(language, quantity=said.replace(old, new)).sections["figures"] == []


PLEDGED = {
    "en": ("Odran promised to free 40 sailors.", "Odran", "free 40 sailors"),
    "fr": ("L'Odranie a promis de libérer 40 marins.", "Odranie", "libérer 40 marins"),
    "de": ("Odranien hat versprochen, 40 Matrosen freizulassen.", "Odranien", "40 Matrosen freizulassen"),
    "es": ("Odrania prometió liberar a 40 marineros.", "Odrania", "liberar a 40 marineros"),
    "ar": ("تعهدت أودران بالإفراج عن 40 بحارا.", "أودران", "الإفراج عن 40 بحارا"),
    "zh": ("奥德兰承诺释放40名水手。", "奥德兰", "释放40名水手"),
}


@pytest.mark.parametrize("language", PLEDGED)
@pytest.mark.parametrize("status", ["pledged", "agreed", "sought"])
def test_a_pledge_is_a_pledge_in_six_languages(language: str, status: str) -> None:
    """The word of promising decides the status, whatever the model says."""
    text, name, action = PLEDGED[language]
    brief = {
        "parties": [{"name": name, "kind": "country", "evidence": [1]}],
        "commitments": [{"by": [name], "action": action, "status": status, "evidence": [1]}],
    }
    (held,) = verify(Document(text=text, language=language), brief, policy="strict").sections["commitments"]
    assert held.status == "pledged"
    assert held.verdicts["status"].said == (None if status == "pledged" else status)


@pytest.mark.parametrize("language", NEGATED)
def test_an_added_negation_is_never_accepted(language: str) -> None:
    """What the sentence does not deny cannot be denied."""
    assert _figures(language, measures=NEGATED[language]).sections["figures"] == []


TOKENS: dict[str, dict[str, list[tuple[str, str]]]] = {
    "en": {
        "measures": [("Selane", "Norvane"), ("invest", "divest"), ("invest in", "never invest in")],
        "as_of": [("May", "June")],
    },
    "fr": {"measures": [("Selane", "Norvane"), ("investira", "n'investira pas")], "as_of": [("mai", "juin")]},
    "de": {"measures": [("Selane", "Norvane"), ("in Selane", "nicht in Selane")], "as_of": [("Mai", "Juni")]},
    "es": {"measures": [("Selane", "Norvane"), ("invertirá", "no invertirá")], "as_of": [("mayo", "junio")]},
    "ar": {"measures": [("سيلان", "نورفان"), ("ستستثمر", "لن ستستثمر")], "as_of": [("مايو", "يونيو")]},
    "zh": {"measures": [("塞兰", "诺凡"), ("在塞兰", "不在塞兰")], "as_of": [("5月", "6月")]},
}


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(TRUE)), st.data())
def test_corrupting_one_checked_token_of_a_true_claim_is_never_accepted(language: str, data: st.DataObject) -> None:
    """A digit, scale, currency, name, month or negation changed: the field does not get out, whichever it is."""
    changes = [("quantity", old, new) for old, new in SCALES[language]]
    changes += [(field, old, new) for field, pairs in TOKENS[language].items() for old, new in pairs]
    said = TRUE[language][1]
    changes += [
        (field, said[field], f"{said[field][:i]}{digit}{said[field][i + 1 :]}")
        for field in ("quantity", "as_of")
        for i, char in enumerate(said[field])
        if char.isdigit()
        for digit in "0123456789"
        if digit != char
    ]
    field, old, new = data.draw(st.sampled_from(changes))
    found = _figures(language, **{field: said[field].replace(old, new, 1)})
    held = found.sections["figures"]
    assert found.rejected
    assert not held or (field == "as_of" and held[0].as_of is None)


ACT = "Odran denied that it had shelled the port. Tessa AG was sued by Norvia in 2019 and acquired by Odran in 2021. "
TOLD = {
    "en": (
        "Profit fell to $2 million from $5 million, while revenue rose 8 percent. Only two of the five banks failed, and none "
        "of the insurers did. At least 12 people died and more than 300 were injured. It is unclear whether the mine will "
        "close. Norvia suspended exports to Odran. Thousands of shops closed for months, and hundreds of factories for years."
    ),
    "fr": "Les ventes ont bondi de 12 % tandis que les coûts ont chuté de 3 %. Le chômage a baissé, "
    "mais n'a pas reculé à Selane.",
    "de": "Odran bestritt, dass Soldaten die Grenze überschritten haben; 20 Menschen wurden verletzt, 3 starben.",
    "es": "El ministro negó que el banco haya perdido dinero; las exportaciones subieron un 4 % y "
    "las importaciones bajaron un 9 %.",
    "ar": "ارتفعت الصادرات بنسبة 7 في المئة، ولم توقع الحكومة الاتفاق.",
    "zh": "公司否认将裁员，但承认今年亏损12亿元，去年盈利3亿元。",
}


@pytest.mark.parametrize(
    ("language", "phrase", "sentence"),
    [
        ("en", "profit fell to $5 million", 1),
        ("en", "profit fell from $2 million", 1),
        ("en", "profit fell 8 percent", 1),
        ("en", "revenue fell 8 percent", 1),
        ("en", "the insurers failed", 2),
        ("en", "all five banks failed", 2),
        ("en", "300 people died", 3),
        ("en", "12 people were injured", 3),
        ("en", "the mine will close", 4),
        ("en", "suspended imports to Odran", 5),
        ("en", "thousands of factories closed", 6),
        ("en", "factories closed for weeks", 6),
        ("fr", "les ventes ont bondi de 3 %", 1),
        ("fr", "les ventes ont bondi de 12 points", 1),
        ("fr", "le chômage n'a pas baissé", 2),
        ("de", "Soldaten haben die Grenze überschritten", 1),
        ("de", "20 Menschen starben", 1),
        ("es", "el banco ha perdido dinero", 1),
        ("es", "las exportaciones subieron un 9 %", 1),
        ("ar", "انخفضت الصادرات بنسبة 7 في المئة", 1),
        ("ar", "توقع الحكومة الاتفاق", 1),
        ("zh", "公司将裁员", 1),
        ("zh", "去年盈利12亿元", 1),
    ],
)
def test_true_words_in_a_false_order_do_not_get_out(language: str, phrase: str, sentence: int) -> None:
    """Every word stands in the sentence, or nearly, and the phrase says what it does not say."""
    document = Document(text=TOLD[language], language=language)
    brief = {"outcomes": [{"by": [], "what": phrase, "evidence": [sentence]}]}
    assert verify(document, brief, policy="strict").sections["outcomes"] == []


@pytest.mark.parametrize(
    ("language", "phrase", "sentence"),
    [
        ("en", "profit fell to $2 million", 1),
        ("en", "two of the five banks failed", 2),
        ("en", "more than 300 were injured", 3),
        ("en", "suspended exports to Odran", 5),
        ("fr", "les coûts ont chuté de 3 %", 1),
        ("de", "20 Menschen wurden verletzt", 1),
        ("es", "las exportaciones subieron un 4 %", 1),
        ("ar", "ارتفعت الصادرات بنسبة 7 في المئة", 1),
        ("zh", "今年亏损12亿元", 1),
    ],
)
def test_the_same_words_in_their_own_order_do(language: str, phrase: str, sentence: int) -> None:
    """What the sentence says gets in."""
    document = Document(text=TOLD[language], language=language)
    brief = {"outcomes": [{"by": [], "what": phrase, "evidence": [sentence]}]}
    assert len(verify(document, brief, policy="strict").sections["outcomes"]) == 1


@pytest.mark.parametrize(
    ("by", "what", "sentence", "holds"),
    [
        ("Odran", "shelled the port", 1, False),
        ("Odran", "denied that it had shelled the port", 1, True),
        ("Norvia", "sued Tessa AG", 2, True),
        ("Tessa AG", "sued Norvia", 2, False),
    ],
)
def test_who_did_what_to_whom_is_read_off_the_sentence(by: str, what: str, sentence: int, holds: bool) -> None:
    """A denied act did not come about, and in the passive whoever stands behind "by" acted."""
    parties = [{"name": n, "kind": "country", "evidence": [1, 2]} for n in ("Odran", "Norvia", "Tessa AG")]
    brief = {"parties": parties, "outcomes": [{"by": [by], "what": what, "evidence": [sentence]}]}
    assert bool(verify(ACT, brief, policy="strict").sections["outcomes"]) is holds


@pytest.mark.parametrize(
    ("quantity", "measures"), [("12 people", "people injured"), ("more than 300", "people who died")]
)
def test_a_number_does_not_measure_what_another_one_does(quantity: str, measures: str) -> None:
    """Two numbers of a sentence are not exchanged."""
    brief = {"figures": [{"quantity": quantity, "measures": measures, "evidence": [3]}]}
    assert verify(TOLD["en"], brief, policy="strict").sections["figures"] == []


@pytest.mark.parametrize(
    ("name", "holds"),
    [("armée française", True), ("OTAN", True), ("La cérémonie de transfert", False), ("drapeau afghan", False)],
)
def test_a_description_is_no_party_in_a_romance_language(name: str, holds: bool) -> None:
    """Without a capital but that of an article, only what is headed by a body names somebody."""
    text = "La cérémonie de transfert a eu lieu. L'armée française et l'OTAN ont remplacé le drapeau afghan."
    party = {"name": name, "kind": "organisation", "evidence": [1, 2]}
    found = verify(Document(text=text, language="fr"), {"parties": [party]}).sections["parties"]
    assert bool(found) == holds


@pytest.mark.parametrize(
    ("language", "text", "name"),
    [
        ("es", "Nuestro amor por Selane no acaba, dijo Odran.", "Nuestro amor por Selane"),
        ("fr", "Selane, Odran et Norvie ont signé.", "Selane, Odran et Norvie"),
        ("de", "Vor allem bemängelt wird die Missachtung von Regeln.", "Vor allem bemängelt wird"),
    ],
)
def test_a_piece_of_a_sentence_is_no_party(language: str, text: str, name: str) -> None:
    """What begins with an owner, a list, German without a capital at its end."""
    brief = {"parties": [{"name": name, "kind": "organisation", "evidence": [1]}]}
    assert verify(Document(text=text, language=language), brief, policy="strict").sections["parties"] == []


def test_a_chinese_verb_alone_is_no_act() -> None:
    """ "Passed" says nothing of what was passed."""
    document = Document(text="大会通过了关于港口的决议。", language="zh")
    acts = [{"what": what, "evidence": [1]} for what in ("通过", "通过了关于港口的决议")]
    (kept,) = verify(document, {"outcomes": acts}, policy="strict").sections["outcomes"]
    assert kept.what == "通过了关于港口的决议"


@pytest.mark.parametrize(
    ("document", "brief", "named"),
    [
        ("Tessa AG paid.", "not json", "json.loads"),
        ("Tessa AG paid.", None, "NoneType"),
        (None, {"parties": []}, "NoneType"),
    ],
)
def test_what_is_no_brief_or_no_document_is_refused(document: Any, brief: Any, named: str) -> None:
    """The message names the type that was given, and what to pass."""
    with pytest.raises(InputError, match=named):
        verify(document, brief)


@pytest.mark.parametrize(
    ("last", "kept"),
    [
        ("It has deals with Brevo, Cobalt and Tessa.", ["Tessa", "Odran", "Brevo", "Cobalt"]),
        ("It has deals with Brevo and Cobalt.", ["Tessa", "Odran"]),
    ],
)
def test_companies_named_in_passing_stay_with_those_they_are_listed_with(last: str, kept: list[str]) -> None:
    """One that is named once and does nothing does not matter; in a list with one that matters it does."""
    source = prepare(
        Document(text=f"Odran met. Tessa met. Odran paid Tessa. It rained. All was well. {last}", language="en")
    )
    names = {"Tessa": "company", "Odran": "country", "Brevo": "company", "Cobalt": "company"}
    claims = [
        Claim("parties", {"name": name, "kind": kind}, (), 0) for name, kind in names.items() if name in source.text
    ]
    found = salient(source, verify_claims(source, claims), claims)
    assert {claim.fields["name"] for claim in found} == set(kept)


@pytest.mark.parametrize("policy", ["flag", "strict"])
@pytest.mark.parametrize("status", ["not sought", ["pledged"], {"is": "pledged"}])
def test_a_value_that_is_no_choice_of_its_field_is_rejected(status: Any, policy: str) -> None:
    """Where no words of the text say it better, it is told which choices there are."""
    document = Document(text="Tessa AG versprach Hilfe, die bis 2027 kommen soll.", language="de")
    said = {"by": ["Tessa AG"], "action": "versprach Hilfe", "status": status, "evidence": [1]}
    verified = verify(document, {"commitments": [said]}, policy=policy)
    assert verified.items == [] or verified.items[0].status == "pledged"  # type: ignore[attr-defined]
    other = {"by": ["Odran"], "action": "neue Zölle", "status": status, "evidence": [1]}
    verified = verify(Document(text="Odran: neue Zölle.", language="de"), {"commitments": [other]}, policy=policy)
    assert verified.items == []
    assert any("is none of agreed, pledged" in reason for r in verified.rejected for reason in r.reasons)
