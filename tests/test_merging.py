"""Findings from all over a document to one brief."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summariser import merging
from summariser.grounding import name_key, states
from summariser.grounding.claims import Claim
from summariser.verifying import Verified, prepare, verify_claims
from summariser_schemas import Brief, Document


def found(text: str, *claims: tuple[str, dict[str, Any], int]) -> Verified:
    """What holds of claims, each a section, its fields and the sentence it cites."""
    source = prepare(Document(text=text, language="en", published=date(2024, 2, 2)))
    return verify_claims(source, [Claim(section, fields, (number,)) for section, fields, number in claims])


def party(name: str, kind: str, number: int = 1) -> tuple[str, dict[str, Any], int]:
    """A claim of a party."""
    return "parties", {"name": name, "kind": kind}, number


@pytest.mark.parametrize(
    ("text", "claims", "names"),
    [
        (
            "President Li Dan met Ana Duarte. Li spoke first; Duarte agreed.",
            [("Li Dan", "person"), ("Li", "person"), ("Ana Duarte", "person"), ("Duarte", "person")],
            [["Li Dan", "Li"], ["Ana Duarte", "Duarte"]],
        ),
        (
            "The Aster Port Authority (APA) sued Maribel Lines. APA won.",
            [("Aster Port Authority", "organisation"), ("APA", "organisation"), ("Maribel Lines", "company")],
            [["Aster Port Authority", "APA"], ["Maribel Lines"]],
        ),
        (
            "The United States and Britain signed. America will pay, Downing Street said. The United Kingdom was glad.",
            [
                ("United States", "country"),
                ("America", "country"),
                ("Britain", "country"),
                ("United Kingdom", "country"),
                ("Downing Street", "government_body"),
            ],
            [["United States", "America"], ["United Kingdom", "Britain", "Downing Street"]],
        ),
        (
            "The Kremlin objected. The Russian Federation and Russia are one.",
            [("Kremlin", "government_body"), ("Russian Federation", "country"), ("Russia", "country")],
            [["Russian Federation", "Kremlin", "Russia"]],
        ),
        (
            "The Republic of Korea met the Democratic People's Republic of Korea. South Korea left.",
            [
                ("Republic of Korea", "country"),
                ("Democratic People's Republic of Korea", "country"),
                ("South Korea", "country"),
            ],
            [["Republic of Korea", "South Korea"], ["Democratic People's Republic of Korea"]],
        ),
        (
            "Tessa Holdings bought Norvia Corp. Tessa AG was sold. Norvia agreed.",
            [("Tessa Holdings", "company"), ("Tessa AG", "company"), ("Norvia Corp", "company"), ("Norvia", "company")],
            [["Tessa Holdings"], ["Norvia Corp", "Norvia"], ["Tessa AG"]],
        ),
        (
            "Tom Rees and Ana Rees came. Rees spoke.",
            [("Tom Rees", "person"), ("Ana Rees", "person"), ("Rees", "person")],
            [["Tom Rees"], ["Ana Rees"], ["Rees"]],
        ),
        (
            "Selane, Okoro & Co. was sold. Selane fell. Selane Holdings is new.",
            [("Selane, Okoro & Co", "company"), ("Selane", "company"), ("Selane Holdings", "company")],
            [["Selane, Okoro & Co", "Selane"], ["Selane Holdings"]],
        ),
        (
            "Washington will pay. Nobody else has said so.",
            [("Washington", "country")],
            [["Washington"]],
        ),
        (
            "The Department of Ports paid. The Ports Department was glad, and the Health Ministry was not.",
            [(name, "government_body") for name in ("Department of Ports", "Ports Department", "Health Ministry")],
            [["Department of Ports", "Ports Department"], ["Health Ministry"]],
        ),
    ],
    ids=[
        "surnames",
        "acronym",
        "state names",
        "seat of government",
        "two Koreas",
        "legal form",
        "ambiguous",
        "named before",
        "capital",
        "ministry",
    ],
)
def test_a_party_has_all_its_names(text: str, claims: list[tuple[str, str]], names: list[list[str]]) -> None:
    """Names of one party are gathered under the fullest of them; a name that fits two parties belongs to none."""
    merged = found(text, *(party(name, kind, _where(text, name)) for name, kind in claims))
    assert [[p.name, *p.aliases] for p in merged.parties] == names


def _where(text: str, name: str) -> int:
    return next(s.number for s in prepare(Document(text=text)).sentences if name in s.text)


ODRAN = party("Odran", "country")


def act(section: str, words: str, number: int, **fields: Any) -> tuple[str, dict[str, Any], int]:
    """A claim of an act."""
    return section, {("action" if section == "commitments" else "what"): words, **fields}, number


def test_an_act_told_with_and_without_who_acts_is_one_item() -> None:
    """Whoever acts, named in one phrase and not in the other, makes no second act."""
    acts = [
        ("outcomes", {"what": what, "by": ["Tessa"]}, 1)
        for what in ("Tessa closed two docks", "closed two docks in Selane")
    ]
    assert len(found("Tessa closed two docks in Selane for good.", party("Tessa", "company"), *acts).drafts) == 1


@pytest.mark.parametrize(
    ("short", "long", "same"),
    [
        ("UN", "United Nations", True),
        ("Tessa", "Tessa AG", True),
        ("Sydney", "Sydney Herald", False),
        ("UN", "Universal Norvia Fund", False),
    ],
)
def test_what_is_short_for_a_name(short: str, long: str, *, same: bool) -> None:
    """Its acronym, its name without the legal form; not its first word."""
    assert merging.is_short_for(short, long) is same


def test_an_act_told_again_elsewhere_is_one_item() -> None:
    """A headline and the sentence that repeats it are both its evidence."""
    text = "Odran will reopen its Selane shipyard\nOdran will reopen the Selane shipyard in May.\nIt rained."
    merged = found(
        text,
        ODRAN,
        act("commitments", "reopen its Selane shipyard", 1, status="planned"),
        act("commitments", "reopen the Selane shipyard", 2, status="planned"),
    )
    (commitment,) = merged.drafts
    assert commitment.sentences == (1, 2)
    assert commitment.fields["due"].text == "in May"


@pytest.mark.parametrize(
    "second",
    [
        "Norvia closed the Selane shipyard.",
        "Odran closed the Selane shipyard in 2021.",
        "Odran closed 3 Selane shipyard docks.",
    ],
    ids=["actor", "time", "number"],
)
def test_acts_that_differ_stay_apart(second: str) -> None:
    """Another actor, time or number is another act, however alike the words."""
    text = f"Odran closed the Selane shipyard docks in 2019. {second}"
    merged = found(
        text,
        ODRAN,
        party("Norvia", "country", 2),
        act("outcomes", "closed the Selane shipyard docks", 1),
        act("outcomes", second.partition(" ")[2].rstrip("."), 2),
    )
    assert len(merged.drafts) == 2


def test_an_outcome_points_to_the_commitment_that_it_carries_out() -> None:
    """What was promised and then done; another act is none, nor one that was not done."""
    text = "Odran pledged to close the Selane docks. On Monday Odran closed the Selane docks. Odran fined Tessa AG."
    merged = found(
        text,
        ODRAN,
        act("commitments", "close the Selane docks", 1, status="pledged"),
        act("outcomes", "closed the Selane docks", 2),
        act("outcomes", "fined Tessa AG", 3),
    )
    sections = merged.sections(prepare(Document(text=text)), Brief)
    assert [o.fulfils for o in sections["outcomes"]] == [sections["commitments"][0].id, None]


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(6)))
def test_the_order_of_claims_makes_no_difference(order: list[int]) -> None:
    """Ids and items are the same in whatever order the answers came."""
    text = "Odran closed the docks, fined Tessa AG and sued Li Dan. Odran will reopen the docks. Dan will pay."
    claims = [
        ODRAN,
        party("Tessa AG", "company"),
        party("Li Dan", "person"),
        act("outcomes", "closed the docks", 1),
        act("outcomes", "fined Tessa AG", 1),
        act("commitments", "reopen the docks", 2, status="planned"),
    ]
    source = prepare(Document(text=text))
    assert found(text, *(claims[i] for i in order)).sections(source, Brief) == found(text, *claims).sections(
        source, Brief
    )


def test_similarity_is_that_of_content_words() -> None:
    """Stop words and forms of a word do not count."""
    assert merging.similarity("closed the docks", "closing docks") == 1.0
    assert merging.similarity("closed the docks", "opened the harbour") == 0.0


@pytest.mark.parametrize(
    ("name", "other", "same"),
    [
        ("U.S.", "United States of America", True),
        ("Government of the Republic of Kenya", "Kenya", True),
        ("Kenyan government", "Kenya", True),
        ("Republic of the Congo", "Democratic Republic of the Congo", False),
        ("Republic of China", "People's Republic of China", False),
        ("South Africa", "Africa", False),
    ],
)
def test_names_of_states_are_known(name: str, other: str, *, same: bool) -> None:
    """Short, formal and abbreviated names are one state's; states whose names hold one another are not."""
    assert (states.land(name_key(name)) == states.land(name_key(other))) == same


def test_adjectives_and_regions_are_no_states() -> None:
    """Neither "Kenyans" nor "Central Asia" is a party."""
    assert states.is_adjective("kenyans")
    assert states.is_adjective("southern african")
    assert states.is_region("central asia")
    assert not states.is_region("south africa")
