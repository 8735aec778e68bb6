"""Quotes looked up in a text: exact offsets whatever the typography, and never a near miss."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from summariser.grounding.locating import locate

TYPOGRAPHY = [
    ("He said “we agree” today", '"we agree"', "“we agree”"),
    ("It is Veloria’s plan", "Veloria's plan", "Veloria’s plan"),
    ("prices rose — again — in May", "rose - again - in", "rose — again — in"),
    ("prices rose—again", "rose -- again", "rose—again"),
    ("they met —twice— there", "met -twice- there", "met —twice— there"),
    ("a 10–20 split", "10-20 split", "10–20 split"),
    ("cost 5\u00a0million\u2009tonnes", "5 million tonnes", "5\u00a0million\u2009tonnes"),
    ("the two\n  ministers\r\nmet", "the two ministers met", "the two\n  ministers\r\nmet"),
    ("an agree-\nment in law", "agreement", "agree-\nment"),
    ("a long-\nterm loan", "long-term loan", "long-\nterm loan"),
    ("the soft\u00adware firm", "software firm", "soft\u00adware firm"),
    ("the soft\u200bware firm", "software firm", "soft\u200bware firm"),
    ("THE ODRAN PACT holds", "the Odran pact", "THE ODRAN PACT"),
    ("on the Hauptstraße now", "hauptstrasse", "Hauptstraße"),
    ("the café shut", "cafe\u0301 shut", "café shut"),
    ("the cafe\u0301 shut", "café shut", "cafe\u0301 shut"),
    ("a ﬁnal oﬀer", "final offer", "ﬁnal oﬀer"),
    ("price of １２ yen", "12 yen", "１２ yen"),
    ("\u1112\u1161\u11ab국 정부", "한국 정부", "\u1112\u1161\u11ab국 정부"),
    ("une hausse de 5 % en mai", "5% en mai", "5 % en mai"),
    ("il dit « jamais » deux fois", '"jamais" deux', "« jamais » deux"),
    ("il dit « jamais » deux fois", 'dit " jamais " deux', "dit « jamais » deux"),
    ("TALKS ON TECHN-\nOLOGY", "talks on technology", "TALKS ON TECHN-\nOLOGY"),
    ("Selane, 8.6. – Die Wahl", "8.6. \u200b– \u200bDie", "8.6. – Die"),
    ("Rain fell, then snow", "rain fell.", "Rain fell"),
    ("they met… then left", "met... then", "met… then"),
    ("CO₂ and 3 km² of land", "CO2 and 3 km2", "CO₂ and 3 km²"),
    ("fell to −3 °C there", "-3 °C", "−3 °C"),
    ("双方同意\n削减关税。", "双方同意削减关税", "双方同意\n削减关税"),
]
ABSENT = [
    ("cost $13 million", "$3 million"),
    ("cost 13 million", "3 million"),
    ("rose 4.5 points", "4"),
    ("rose 4.5 points", "5 points"),
    ("some 100,000 fled", "100"),
    ("some 100,000 fled", "000 fled"),
    ("some 1\u202f234 fled", "234 fled"),
    ("the Iranian envoy", "Iran"),
    ("grew 1.5 percent", "grew 15 percent"),
    ("grew 15 percent", "grew 1.5 percent"),
    ("fell to -3 degrees", "3 degrees"),
    ("rose to 3 degrees", "-3 degrees"),
    ("between 10-20 people", "1020 people"),
    ("about 10² cells", "102 cells"),
    ("about 10² cells", "10"),
    ("about 102 cells", "10² cells"),
    ("paid $5 million", "paid €5 million"),
    ("paid A$5 million", "$5 million"),
    ("paid $5 million", "paid $5 billion"),
    ("rose 5 percent", "fell 5 percent"),
    ("they can't stop", "they can"),
    ("the right to re-sign", "the right to resign"),
    ("the café shut", "the cafe shut"),
    ("the cafe\u0301 shut", "the cafe shut"),
    ("a ﬁnal offer", "inal offer"),
    ("on 12/05/2024", "12"),
    ("at 10:30", "30"),
    ("共有13亿人", "13"),
    ("共有13亿人", "3亿人"),
    ("rain", ""),
    ("rain", " … "),
]


@pytest.mark.parametrize(("text", "quote", "expected"), TYPOGRAPHY, ids=[q for _, q, _ in TYPOGRAPHY])
def test_typography_makes_no_difference(text: str, quote: str, expected: str) -> None:
    """A quote is found however its typography differs, and its span is of the original characters."""
    found = locate(text, quote)
    assert found is not None
    assert (text[found.start : found.end], found.verdict) == (expected, "normalised")


@pytest.mark.parametrize(("text", "quote"), ABSENT, ids=[f"{q!r} in {t!r}" for t, q in ABSENT])
def test_other_words_are_not_found(text: str, quote: str) -> None:
    """A part of a word or number, or a quote that differs in one digit, sign, currency or word, is nowhere."""
    assert locate(text, quote) is None


def test_a_verbatim_quote_is_exact() -> None:
    """The same characters are exact, also where an earlier place differs in case."""
    found = locate("us and the US", "US")
    assert found is not None
    assert (found.start, found.end, found.verdict) == (11, 13, "exact")


def test_a_place_inside_the_bounds_wins() -> None:
    """Of several places the one inside the bounds is taken, and the first of the text where none is."""
    text = "Odran paid. Veloria paid. Odran paid."
    assert [f.start for within in (None, (12, 37), (12, 25)) if (f := locate(text, "paid", within=within))] == [
        6,
        20,
        20,
    ]
    assert (found := locate(text, "Odran", within=(12, 25))) is not None
    assert found.start == 0


def test_a_space_groups_digits_where_the_language_does() -> None:
    """With a plain space between thousands, a number is whole in French and two numbers in English."""
    text = "soit 12 300 habitants"
    assert locate(text, "300 habitants", language="fr") is None
    assert locate(text, "300 habitants", language="en") is not None


@pytest.mark.parametrize("mark", ["...", "…", "[…]", "(...)"])
def test_an_ellipsis_joins_parts(mark: str) -> None:
    """Parts around an ellipsis are found in order, each with its own span."""
    text = "Odran said on Monday that it will close its two mines by 2030."
    found = locate(text, f"Odran said {mark} it will close its {mark} mines.")
    assert found is not None
    assert found.verdict == "elided"
    assert [text[a:b] for a, b in found.parts] == ["Odran said", "it will close its", "mines"]
    assert (found.start, found.end) == (found.parts[0][0], found.parts[-1][1])


@pytest.mark.parametrize(
    "quote",
    ["will close … Odran said", "Odran said … will open", "Odran said … Veloria"],
    ids=["wrong order", "absent part", "other paragraph"],
)
def test_an_ellipsis_does_not_bend_the_text(quote: str) -> None:
    """Parts out of order, absent, or in another paragraph are no quote."""
    assert locate("Odran said it will close.\n\nVeloria agreed.", quote) is None


_WORDS = st.lists(
    st.text(alphabet="aßéİﬁn\u0301\u00ad1２½²KΣς中三万한ل", min_size=1, max_size=6), min_size=1, max_size=8
)
_GAPS = st.sampled_from([" ", "\n", "\u00a0", "  ", ", ", " — ", ". "])


@given(_WORDS, st.data())
def test_a_slice_between_tokens_is_found(words: list[str], data: st.DataObject) -> None:
    """Any run of whole tokens of a text is found in it, and the span is the words it claims to be."""
    words = [
        w for w in words if any(c.isalnum() for c in w) and not unicodedata.combining(w[0]) and w[0] not in "\u00ad½²"
    ]
    assume(words)
    gap = data.draw(_GAPS)
    text = gap.join(words)
    first = data.draw(st.integers(0, len(words) - 1))
    last = data.draw(st.integers(first, len(words) - 1))
    # Next to a digit a gap may group a number, and Chinese scales next to digits make one.
    assume(not any(c.isnumeric() for w in words for c in w) or (first, last) == (0, len(words) - 1))
    quote = gap.join(words[first : last + 1])
    found = locate(text, quote)
    assert found is not None
    again = locate(text[found.start : found.end], quote)
    assert again is not None
    assert again.start == 0


_ODD = st.text("ab1 -\n\ue000.'\u2026")


@given(st.text(max_size=80) | _ODD, st.text(max_size=20) | _ODD)
def test_any_strings_can_be_compared(text: str, quote: str) -> None:
    """Nothing raises, and every span lies inside the text."""
    found = locate(text, quote)
    assert found is None or 0 <= found.start < found.end <= len(text)


@given(st.decimals(min_value=0, max_value=10**9, places=2), st.integers(0, 20), st.integers(1, 9))
def test_one_changed_digit_is_nowhere(number: object, place: int, step: int) -> None:
    """A quote whose figure differs in one digit is not found."""
    digits = f"{number:,}"
    text = f"Odran pledged ${digits} million to the port."
    spots = [i for i, c in enumerate(digits) if c.isdigit()]
    spot = spots[place % len(spots)]
    changed = digits[:spot] + str((int(digits[spot]) + step) % 10) + digits[spot + 1 :]
    assert locate(text, f"${digits} million") is not None
    assert locate(text, f"${changed} million") is None
