"""Names that code finds, and what they show themselves to be."""

from __future__ import annotations

import pytest

from summariser.grounding.candidates import candidates, employer, office
from summariser.verifying import prepare
from summariser_schemas import Document


def found(text: str) -> dict[str, str | None]:
    """The names in a text that could be actors, with what is known of them."""
    return {c.name: c.kind for c in candidates(prepare(Document(text=text, language="en")))}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("It met President Li Dan of the Republic of Kenya.", {"Li Dan": "person", "Republic of Kenya": "country"}),
        (
            "The Ministry of Agriculture, Forestry and Fisheries sued.",
            {"Ministry of Agriculture, Forestry and Fisheries": "government_body"},
        ),
        (
            "The International Fund for Animal Welfare sued Selane.",
            {"International Fund for Animal Welfare": "organisation", "Selane": None},
        ),
        ("The United Nations General Assembly met.", {"United Nations General Assembly": "intergovernmental"}),
        (
            "Ana Duarte, 42, and the Norwegian government agreed.",
            {"Ana Duarte": "person", "Norwegian government": "country"},
        ),
        ("They met in Central Asia at the Selane Summit on the Ports Act.", {}),
        ("Kenyans and Muslims marched.", {}),
        ("Selane, Okoro & Co. was sold.", {"Selane, Okoro & Co": "company"}),
        ("Ambassador to Kenya Li Dan spoke.", {"Li Dan": "person"}),
        ("They sued Ivan Orlov (Иван Орлов) and Li Dan (李丹).", {"Ivan Orlov": None, "Li Dan": None}),
        (
            "The Burmese met the Kenyan security forces and the Burmese military.",
            {"Kenyan security forces": "government_body", "Burmese military": "government_body"},
        ),
        ("Ambassador to the United States Li Dan spoke.", {"Li Dan": "person"}),
        ("Then Wilson To was elected, ahead of James Or.", {"Wilson To": None, "James Or": None}),
        (
            "Ana Rees leads the National Salt Intake study. It is in the Journal of Selane.",
            {"Ana Rees": None, "Journal of Selane": None},
        ),
        ("Much cobalt is mined, and cobalt is dear. They say Cobalt harms.", {}),
        ("Special Envoy for Climate Li Dan spoke.", {"Li Dan": "person"}),
        (
            "Secretary of the Air Force Li Dan wrote to Director of Navy Communications Ana Rees.",
            {"Li Dan": None, "Ana Rees": None},
        ),
        ("Write to OES-PA@odran.gov. It won. See https://odran.gov/Selane_News.", {}),
        ("Opening of Two Docks in Selane\n\nTessa AG opened them.", {"Tessa AG": "company"}),
        ("The Agreement to Prevent Unregulated Fishing on High Seas was signed by Norway.", {"Norway": "country"}),
        ("They use artificial intelligence (AI) from Tessa AG.", {"Tessa AG": "company"}),
        ("PRM-funded aid was cut by PRM.", {"PRM": None}),
        ("A bill was passed by Congress.", {"Congress": "government_body"}),
        (
            "Discount retailer Tessa AG won. It sells Odo Li and Ana Rees brands.",
            {"Tessa AG": "company"},
        ),
    ],
    ids=[
        "person of a state",
        "list of fields",
        "for",
        "title in a name",
        "age",
        "things",
        "peoples",
        "firm",
        "post",
        "other script",
        "forces of a state",
        "post of two words",
        "surname that joins elsewhere",
        "study and journal",
        "substance",
        "envoy",
        "offices without a comma",
        "addresses",
        "heading",
        "title of a treaty",
        "acronym of common words",
        "adjective made of a name",
        "parliament",
        "opening word",
    ],
)
def test_names_are_whole_and_show_what_they_are(text: str, names: dict[str, str | None]) -> None:
    """Actors are found under their whole name; regions, events, laws, peoples and common words are none."""
    assert found(text) == names
    assert not found(text).keys() & {"Central Asia", "Selane Summit", "Ports Act", "Kenyans", "Muslims", "Discount"}


def test_a_short_form_goes_with_the_name_it_is_short_for() -> None:
    """Acronyms in brackets, surnames, names without their legal form."""
    text = "The National Elections Committee (CNE) met Armando Odo of Tessa AG. Odo thanked the CNE. Tessa agreed."
    forms = {c.name: [name for name, _ in c.short] for c in candidates(prepare(Document(text=text, language="en")))}
    assert forms == {"National Elections Committee": ["CNE"], "Armando Odo": ["Odo"], "Tessa AG": ["Tessa"]}


def test_a_common_word_before_a_name_is_no_part_of_it() -> None:
    """Where the text has the name without it."""
    assert "Ahmed Odo" in found("Ahmed Odo fled. Fugitives Odo and Rees were charged.")
    assert "Fugitives Odo" not in found("Ahmed Odo fled. Fugitives Odo and Rees were charged.")


@pytest.mark.parametrize(
    ("text", "name", "role", "acts_for"),
    [
        ("Odran spoke. Kenyan President Li Dan and Kenya agreed.", "Li Dan", "Kenyan President", "Kenya"),
        ("Tessa AG lost. Li Dan, chairman of Tessa AG, left.", "Li Dan", "chairman of Tessa AG", "Tessa AG"),
        ("Kenya's top diplomat Li Dan spoke for Kenya.", "Li Dan", "top diplomat", "Kenya"),
        ("The UN's relief coordinator Li Dan spoke at the UN.", "Li Dan", "coordinator", "UN"),
        ("Ana Rees, the UN's chief of emergency relief, spoke.", "Ana Rees", "UN's chief of emergency relief", "UN"),
        ("The president of the Selane region, Li Dan, spoke.", "Li Dan", "president of the Selane region", "Selane"),
        ("The Kenyan navy spoke for Kenya.", "Kenyan navy", None, "Kenya"),
        ("Kenya's Justice Minister, Li Dan, spoke for Kenya.", "Li Dan", "Justice Minister", "Kenya"),
        (
            "The United Nations (UN) emergency relief coordinator Li Dan spoke.",
            "Li Dan",
            "coordinator",
            "United Nations",
        ),
        (
            "Li Dan, head of the UN mission in Kenya, spoke. The UN and Kenya met.",
            "Li Dan",
            "head of the UN mission in Kenya",
            "UN",
        ),
        ("Li Dan, ambassador to Kenya, spoke. Kenya met.", "Li Dan", "ambassador to Kenya", None),
        ("UTL officers Li Dan (李丹), Wu Bo and Ana Rees left. The UTL spoke.", "Ana Rees", None, "UTL"),
        ("Kenya's Office of Ports spoke for Kenya.", "Office of Ports", None, "Kenya"),
        ("Li Dan, a friend of Kenya, spoke.", "Li Dan", None, None),
    ],
)
def test_offices_and_whom_they_serve_are_read_off(text: str, name: str, role: str | None, acts_for: str | None) -> None:
    """The office beside a name, and whom the name, the office or an owner before it names."""
    source = prepare(Document(text=text, language="en"))
    person = " of " not in name and "navy" not in name
    assert office(source, name) == role
    assert employer(source, name, role, candidates(source), person=person) == acts_for


def test_a_body_is_found_under_the_head_of_its_name() -> None:
    """ "The Department" is the one department named; where two are, it is neither."""
    text = "The Department of Ports sued. The Department won."
    assert [c.short for c in candidates(prepare(Document(text=text, language="en")))] == [(("Department", 2),)]
    text += " The Department of Health did not."
    assert not any(c.short for c in candidates(prepare(Document(text=text, language="en"))))
