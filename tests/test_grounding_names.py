"""Names in a text, what is the same name, and the words that a text supports."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summariser.grounding.names import acronym_pairs, mentions, name_key, proper_names, strip_titles
from summariser.grounding.words import content_words, stem, support

MENTIONS = [
    ("The US told us, and the U.S. left.", "US", ["US", "U.S."]),
    ("The U.N. met the UN.", "U.N.", ["U.N.", "UN"]),
    ("Those who met the WHO left.", "WHO", ["WHO"]),
    ("Apple sold an apple.", "Apple", ["Apple"]),
    ("Odran’s port; ODRAN; Odranian", "Odran", ["Odran", "ODRAN"]),
    ("the new\nveloria bank", "New Veloria Bank", ["new\nveloria bank"]),
    ("the United States", "The United States", ["United States"]),
    ("Société Générale", "Socie\u0301te\u0301 Ge\u0301ne\u0301rale", ["Société Générale"]),
    ("中国外交部表示", "外交部", ["外交部"]),
    ("nothing here", "Odran", []),
    ("nothing here", " ", []),
]
NAMES = [
    ("talks between Odran and Veloria", ["Odran", "Veloria"]),
    ("Odran will cut exports", ["Odran"]),
    ("Approved a ban on Ruden", ["Ruden"]),
    ("Overdose deaths a year in the United States", ["United States"]),
    ("Number of seats held by the Bank of the West", ["Bank of the West"]),
    ("met President Ana Ruden on Tuesday in New Veloria", ["Ana Ruden", "New Veloria"]),
    ("an iPhone by the ODC", ["iPhone", "ODC"]),
    ("It rained. They left. Prices fell.", []),
    ("Ruden's plan", ["Ruden"]),
    ("FACT SHEET: NEW RULES", []),
]
TITLES = [
    ("Odranian President Ana Ruden", "Ana Ruden"),
    ("Mr. Ruden", "Ruden"),
    ("U.S. Secretary of State Ana Ruden", "Ana Ruden"),
    ("Vice President Ana Ruden", "Ana Ruden"),
    ("National Security Advisor Ana Ruden", "Ana Ruden"),
    ("Veloria Bank Chief Executive Jo van der Ruden", "Jo van der Ruden"),
    ("the Justice Department", "Justice Department"),
    ("General Motors", "General Motors"),
    ("President of Veloria", "President of Veloria"),
    ("President", "President"),
    ("", ""),
]
KEYS = [
    ("the U.S.", "US"),
    ("Odran’s", "Odran"),
    ("President Ana Ruden", "ANA RUDEN"),
    ("Veloria-Odran Co.", "veloria odran co"),
    ("Ruden & Sons", "Ruden and Sons"),
]


@pytest.mark.parametrize(("text", "name", "expected"), MENTIONS)
def test_a_name_is_found_wherever_it_stands(text: str, name: str, expected: list[str]) -> None:
    """Mentions are whole words in any typography, and no common word is taken for a name."""
    assert [text[a:b] for a, b in mentions(text, name)] == expected


@pytest.mark.parametrize(("text", "expected"), NAMES)
def test_names_are_told_from_words(text: str, expected: list[str]) -> None:
    """Groups of capitalised words and acronyms are names; a common word that opens a sentence is none."""
    assert [text[a:b] for a, b in proper_names(text)] == expected


def test_german_nouns_are_no_names() -> None:
    """In German only acronyms and groups of several words are names."""
    text = "Die Partei SPD wählte Anna Ruden zur Kandidatin."
    assert [text[a:b] for a, b in proper_names(text, language="de")] == ["Partei SPD", "Anna Ruden"]


@pytest.mark.parametrize(("name", "expected"), TITLES)
def test_titles_are_taken_off_persons(name: str, expected: str) -> None:
    """A person loses title and office, an institution keeps its words."""
    assert strip_titles(name) == expected


@pytest.mark.parametrize(("one", "other"), KEYS)
def test_forms_of_one_name_share_a_key(one: str, other: str) -> None:
    """Case, titles, "the", punctuation and possessives do not matter."""
    assert name_key(one) == name_key(other) != ""


def test_different_names_have_different_keys() -> None:
    """Names that differ in a word are not the same."""
    assert len({name_key(n) for n in ("Odran", "North Odran", "Ana Ruden", "Jo Ruden")}) == 4


@pytest.mark.parametrize(
    ("text", "pair"),
    [
        ("The Bureau of Ports, Ships, and Docks (PSD) paid.", ("Bureau of Ports, Ships, and Docks", "PSD")),
        ("The UN Harbour Fund (UNHAR) paid.", ("UN Harbour Fund", "UNHAR")),
        ("It sued Selane Port & Dock Company (SPD).", ("Selane Port & Dock Company", "SPD")),
    ],
)
def test_acronyms_leave_out_what_names_can_do_without(text: str, pair: tuple[str, str]) -> None:
    """The office that a name begins with, its legal form; the letters of the body that it is one of stay."""
    assert acronym_pairs(text) == [pair]


def test_acronyms_are_paired_with_their_long_forms() -> None:
    """Initials prove a pair, in either order; a bracket that abbreviates nothing is none."""
    text = (
        "The Odran Port Authority (OPA), the Department of Sea (DoS), the Anti-Fraud League (AFL) and "
        "VTO (Veloria Trade Office) met (Reuters) in May (GMT)."
    )
    assert acronym_pairs(text) == [
        ("Odran Port Authority", "OPA"),
        ("Department of Sea", "DoS"),
        ("Anti-Fraud League", "AFL"),
        ("Veloria Trade Office", "VTO"),
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("meet", "met"),
        ("hold", "held"),
        ("agree", "agreed"),
        ("agree", "agrees"),
        ("cut", "cutting"),
        ("company", "companies"),
        ("shut", "shutting"),
        ("say", "said"),
        ("reduce", "reducing"),
        ("death", "deaths"),
        ("child", "children"),
        ("exceed", "exceeding"),
    ],
)
def test_forms_of_one_word_share_a_stem(one: str, other: str) -> None:
    """Inflected forms and irregular verbs of the news come down to one stem."""
    assert stem(one) == stem(other)


def test_stop_words_carry_no_content() -> None:
    """Content words are stems in the order of the text, without the grammar."""
    assert content_words("The leaders of it have met and held talks") == ["leader", "meet", "hold", "talk"]


@pytest.mark.parametrize(
    ("phrase", "share"),
    [
        ("hold talks in Odran", 1.0),
        ("negotiators shut 3 ports", 0.5),
        ("invented prose", 0.0),
        ("of the", 1.0),
        ("4 ports", 0.5),
    ],
)
def test_support_is_the_share_of_words_that_are_there(phrase: str, share: float) -> None:
    """Inflection does not matter, another number or word does."""
    assert support(phrase, "Odran's ports: negotiations and talks were held on 30 May.") == share


@given(st.text(max_size=60), st.text(max_size=12), st.sampled_from([None, "en", "de", "fr", "zh"]))
def test_any_text_can_be_searched(text: str, name: str, language: str | None) -> None:
    """Nothing raises, spans lie in the text, and support is a share."""
    spans = [*mentions(text, name), *proper_names(text, language=language)]
    assert all(0 <= a < b <= len(text) for a, b in spans)
    assert 0 <= support(name, text, language=language) <= 1
    assert isinstance(name_key(strip_titles(name)), str)
    assert all(long in text and short in text for long, short in acronym_pairs(text))


@given(st.lists(st.sampled_from(["Odran", "Veloria", "US", "the", "said", "-"]), max_size=10))
def test_a_mention_is_the_name_itself(words: list[str]) -> None:
    """Every place found reads as the name, and none is missed."""
    text = " ".join(words)
    assert [text[a:b] for a, b in mentions(text, "Odran")] == ["Odran"] * words.count("Odran")
