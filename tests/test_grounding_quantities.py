"""Quantities read from text: values, bounds, units, qualifiers, and the numbers that are none."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summariser.grounding.quantities import find_quantities, parse_quantity, read_quantity

SINGLE = [
    ("Some 10 000 people fled.", "Some 10 000 people", "10000", "person", "about"),
    ("On May 10 200 people fled.", "200 people", "200", "person", "exact"),
    ("More than 6 million won the right to vote.", "More than 6 million", "6000000", None, "more_than"),
    ("It paid 6 million won to them.", "6 million won", "6000000", "KRW", "exact"),
    ("The port cost $320 million to build.", "$320 million", "320000000", "USD", "exact"),
    ("It paid US$1.5bn.", "US$1.5bn", "1500000000", "USD", "exact"),
    ("About 5m votes were cast.", "About 5m votes", "5000000", "vote", "about"),
    ("It sold 3m tonnes.", "3m tonnes", "3000000", "tonne", "exact"),
    ("Some 5m Syrian refugees fled.", "Some 5m Syrian refugees", "5000000", "refugee", "about"),
    ("The road is 12m wide.", "12m", "12", "metre", "exact"),
    ("They put up a 5m wall.", "5m", "5", "metre", "exact"),
    ("He swam 200m.", "200m", "200", "metre", "exact"),
    ("It paid A$7m in fines.", "A$7m", "7000000", "AUD", "exact"),
    ("A loan of €40 was made.", "€40", "40", "EUR", "exact"),
    ("It cost 12,34,567 rupees.", "12,34,567 rupees", "1234567", "INR", "exact"),
    ("A budget of 3 lakh crore rupees passed.", "3 lakh crore rupees", "3000000000000", "INR", "exact"),
    ("It lost 2 million pounds.", "2 million pounds", "2000000", "GBP", "exact"),
    ("The bear weighed 200 pounds.", "200 pounds", "200", "pound", "exact"),
    ("They owe 90 Swiss francs.", "90 Swiss francs", "90", "CHF", "exact"),
    ("Firms paid CHF 4 billion.", "CHF 4 billion", "4000000000", "CHF", "exact"),
    ("Support stood at 8.25%.", "8.25%", "8.25", "%", "exact"),
    ("Support stood at 8 per cent.", "8 per cent", "8", "%", "exact"),
    ("The tax fell by 3 percentage points.", "3 percentage points", "3", "percentage point", "change"),
    ("A cut of 25 basis points followed.", "25 basis points", "25", "basis point", "change"),
    ("Prices rose 4 percent.", "4 percent", "4", "%", "change"),
    ("Prices saw a 4% increase.", "4%", "4", "%", "change"),
    ("Prices rose to 4 percent.", "4 percent", "4", "%", "exact"),
    ("There were 40,000 flood victims.", "40,000 flood victims", "40000", "victim", "exact"),
    ("Some 3,000 people fled.", "Some 3,000 people", "3000", "person", "about"),
    ("An estimated 600 homes burned.", "An estimated 600 homes", "600", "home", "about"),
    ("It holds 90 litres or so.", "90 litres or so", "90", "litre", "about"),
    ("More than 70 ships sailed.", "More than 70 ships", "70", "ship", "more_than"),
    ("Fewer than 70 ships sailed.", "Fewer than 70 ships", "70", "ship", "less_than"),
    ("At least 70 ships sailed.", "At least 70 ships", "70", "ship", "at_least"),
    ("No more than 70 ships sailed.", "No more than 70 ships", "70", "ship", "at_most"),
    ("A class takes 30 or more.", "30 or more", "30", None, "at_least"),
    ("It drew 500+ guests.", "500+ guests", "500", "guest", "at_least"),
    ("Two dozen boats sank.", "Two dozen boats", "24", "boat", "exact"),
    ("A dozen boats sank.", "A dozen boats", "12", "boat", "exact"),
    ("Half a million children wait.", "Half a million children", "500000", "child", "exact"),
    ("One and a half million tonnes came.", "One and a half million tonnes", "1500000", "tonne", "exact"),
    ("It won two hundred and five thousand votes.", "two hundred and five thousand votes", "205000", "vote", "exact"),
    ("Twenty-five countries signed.", "Twenty-five countries", "25", "country", "exact"),
    ("Nearly two-thirds of voters agreed.", "Nearly two-thirds", str(Decimal(2) / 3), None, "about"),
    ("A quarter of the crop failed.", "A quarter", "0.25", None, "exact"),
    ("Closed after one armed robbery.", "one armed robbery", "1", "robbery", "exact"),
    ("A 34-year-old man ran.", "34-year-old", "34", "year", "exact"),
    ("Ana Ruden, 29, won.", "29", "29", "year", "exact"),
    ("It was a 26-hour trip.", "26-hour", "26", "hour", "exact"),
    ("A 12-member panel met.", "12-member", "12", "member", "exact"),
    ("It ran at 80 km/h.", "80 km/h", "80", "kilometre", "exact"),
    ("It covers 20 square miles.", "20 square miles", "20", "square mile", "exact"),
    ("It was -3 °C there.", "-3 °C", "-3", "degree Celsius", "exact"),
    ("Over 2000 people marched.", "Over 2000 people", "2000", "person", "more_than"),
    ("Five were hurt.", "Five", "5", None, "exact"),
    ("One in five pupils failed.", "One in five", "0.2", None, "exact"),
    ("A fee of PS2.7m was due.", "PS2.7m", "2700000", "GBP", "exact"),
    ("It was 12 C at noon.", "12 C", "12", "degree Celsius", "exact"),
    ("Her now-18 month-old son slept.", "18 month-old", "18", "month", "exact"),
    ("It fell in those three months.", "three months", "3", "month", "exact"),
    ("Two of Ruden's deputies left.", "Two of Ruden's deputies", "2", "deputy", "exact"),
    ("There are two gas-only options.", "two gas-only options", "2", "option", "exact"),
    ("Its 787 Dreamliner cost $5 million.", "$5 million", "5000000", "USD", "exact"),
]
RANGES = [
    ("Between 5m and 6m people fled.", "5m and 6m people", "5000000", "6000000", "person"),
    ("People aged 18 to 49 voted.", "18 to 49", "18", "49", "year"),
    ("It takes between 5 and 7 days.", "5 and 7 days", "5", "7", "day"),
    ("It will cost $3-5 billion.", "$3-5 billion", "3000000000", "5000000000", "USD"),
    ("It fell 10–20% short.", "10–20%", "10", "20", "%"),
    ("From $300 million to $1.2 billion was spent.", "$300 million to $1.2 billion", "300000000", "1200000000", "USD"),
    ("It seats four to five thousand people.", "four to five thousand people", "4000", "5000", "person"),
    ("It took two or three years.", "two or three years", "2", "3", "year"),
]
NONE = [
    "It made a profit of 5m.",
    "He won the 200m.",
    "They built 40m towers.",
    "G7 leaders flew in an F-16 and a Boeing 737.",
    "Under Resolution 2231 and Article 5, COVID-19 rules end.",
    "On 5 May 2024 at 10:30 a.m. they met; by 2030 it ends.",
    "On May 5, 2024, and in the 1990s, it snowed.",
    "It was the 4th time; the first talks failed.",
    "One of the two countries agreed.",
    "No one came, and the one who did left.",
    "See page 12, section 3 and No. 5.",
    "1. The parties agree.",
    "Odran beat Veloria 3-2.",
    "Call +44 20 7946 0958 or 555-010-9999.",
    "The second half was dull; it goes on 24/7.",
    "The 2015 elections were close, as in 1998.",
    "Version 1.2.3 runs 5G.",
    "The C5+1 states met at COP26 and COP 27.",
    "They want: 1) peace; 2) trade.",
    "Fortune 500 firms back the One Sea plan.",
]
LANGUAGES = [
    (
        "fr",
        "Plus de 3,4 milliards d’euros sont prévus.",
        "Plus de 3,4 milliards d’euros",
        "3400000000",
        "EUR",
        "more_than",
    ),
    ("fr", "Il coûte 1 234,5 € ici.", "1 234,5 €", "1234.5", "EUR", "exact"),
    ("fr", "Vingt-cinq députés ont voté.", "Vingt-cinq députés", "25", "député", "exact"),
    ("de", "Es kostet rund 3,4 Mrd. Euro.", "rund 3,4 Mrd. Euro", "3400000000", "EUR", "about"),
    ("de", "Es kostet 1.234,5 Euro.", "1.234,5 Euro", "1234.5", "EUR", "exact"),
    ("de", "Fünfundzwanzig Abgeordnete kamen.", "Fünfundzwanzig Abgeordnete", "25", "Abgeordnete", "exact"),
    ("es", "Son 12 millones de euros.", "12 millones de euros", "12000000", "EUR", "exact"),
    ("es", "Más de 5 por ciento votó.", "Más de 5 por ciento", "5", "%", "more_than"),
    ("zh", "投资约3.5亿美元。", "约3.5亿美元", "350000000", "USD", "about"),
    ("zh", "超过12万人参加。", "超过12万人", "120000", "人", "more_than"),
    ("zh", "增长百分之五。", "百分之五", "5", "%", "change"),
    ("zh", "五千三百名士兵", "五千三百名", "5300", "名", "exact"),
    ("ar", "دفع أكثر من ١٢ مليون دولار أمس", "أكثر من ١٢ مليون دولار", "12000000", "USD", "more_than"),
]


@pytest.mark.parametrize(("text", "span", "value", "unit", "qualifier"), SINGLE, ids=[s for _, s, *_ in SINGLE])
def test_a_number_is_read_with_unit_and_qualifier(
    text: str, span: str, value: str, unit: str | None, qualifier: str
) -> None:
    """One quantity is found, as a decimal in base units, with its unit and how it is meant."""
    found = [(q.text, q.value, q.unit, q.qualifier) for q in find_quantities(text)]
    assert found == [(span, Decimal(value), unit, qualifier)]


@pytest.mark.parametrize(("text", "span", "low", "high", "unit"), RANGES, ids=[s for _, s, *_ in RANGES])
def test_a_range_has_two_bounds(text: str, span: str, low: str, high: str, unit: str) -> None:
    """Two numbers with a connector are one quantity, and scale and unit belong to both."""
    found = [(q.text, q.value, q.low, q.high, q.unit, q.qualifier) for q in find_quantities(text)]
    assert found == [(span, None, Decimal(low), Decimal(high), unit, "range")]


@pytest.mark.parametrize("text", NONE)
def test_numbers_that_measure_nothing_are_left_out(text: str) -> None:
    """Dates, times, ordinals, names, labels, scores and pronouns are no quantities."""
    assert find_quantities(text) == []


@pytest.mark.parametrize(("language", "text", "span", "value", "unit", "qualifier"), LANGUAGES)
def test_other_languages_have_their_own_notation(
    language: str, text: str, span: str, value: str, unit: str, qualifier: str
) -> None:
    """Separators, scales, currencies and bounds are read in the text's language."""
    found = [(q.text, q.value, q.unit, q.qualifier) for q in find_quantities(text, language=language)]
    assert found == [(span, Decimal(value), unit, qualifier)]


def test_a_rise_from_one_value_to_another_is_two_quantities() -> None:
    """Start and end of a change are values of their own and share the unit."""
    found = find_quantities("The rate rose from 5 to 7 per cent.")
    assert [(str(q.value), q.unit, q.qualifier) for q in found] == [("5", "%", "exact"), ("7", "%", "exact")]


def test_a_level_has_the_unit_of_the_change_that_leads_to_it() -> None:
    """The number that a change of points or money leads to is in points or money."""
    found = find_quantities("The index lost 162.31 points, or 2.14%, to fall to 7,425.81.")
    assert [q.unit for q in found] == ["point", "%", "point"]


def test_suspended_hyphens_share_the_unit_that_follows() -> None:
    """The unit behind the last hyphen belongs to all of them."""
    found = find_quantities("It comes with four-, five- and six-cylinder engines.")
    assert [(str(q.value), q.unit) for q in found] == [("4", "cylinder"), ("5", "cylinder"), ("6", "cylinder")]


def test_things_are_counted_behind_their_size() -> None:
    """A number before a size and a plural counts the things, not the size."""
    found = find_quantities("They sold eight million 250ml bottles.")
    assert [(str(q.value), q.unit) for q in found] == [("8000000", "bottle"), ("250", "millilitre")]


def test_other_money_in_brackets_does_not_hide_what_an_amount_is_per() -> None:
    """What stands behind the brackets belongs to both amounts."""
    found = find_quantities("The offer was C$6 (US$4.46) per share.")
    assert (found[0].unit, found[0].per) == ("CAD", "share")


@pytest.mark.parametrize(
    ("text", "value", "low", "high", "unit"),
    [
        ("One of the oldest banks failed.", "1", None, None, "bank"),
        ("The two companies agreed.", "2", None, None, "company"),
        ("It cost hundreds of thousands of dollars.", None, "100000", "1000000", "USD"),
        ("Dozens of shops closed.", "12", None, None, "shop"),
    ],
)
def test_numbers_that_point_or_are_indefinite_are_read_on_request(
    text: str, value: str | None, low: str | None, high: str | None, unit: str
) -> None:
    """Read loosely, pronouns with a noun count, and orders of magnitude have bounds; else both are none."""
    (found,) = find_quantities(text, loose=True)
    assert (found.unit, *(None if n is None else str(n) for n in (found.value, found.low, found.high))) == (
        unit,
        value,
        low,
        high,
    )
    assert find_quantities(text) == []


def test_a_span_is_read_with_the_words_around_it() -> None:
    """A part of a quantity is read as the whole, and words without a number as none."""
    text = "They sent 5 million people home."
    whole = read_quantity(text, 10, 11)
    assert whole is not None
    assert (whole.value, whole.unit) == (Decimal(5_000_000), "person")
    assert read_quantity(text, 0, 4) is None


def test_words_that_are_not_one_quantity_do_not_parse() -> None:
    """One quantity parses; two or none do not."""
    assert (one := parse_quantity("$4 million")) is not None
    assert one.value == Decimal(4_000_000)
    assert parse_quantity("$4 and €5") is None
    assert parse_quantity("fourth") is None


_NUMBERISH = st.text(alphabet="019 .,-–$€%'½²٥万亿百/:()+mkn", max_size=30)


@given(
    st.one_of(st.text(max_size=60), _NUMBERISH),
    st.sampled_from([None, "en", "fr", "de", "es", "zh", "ja", "ar", "xx"]),
    st.booleans(),
)
def test_spans_slice_to_their_text(text: str, language: str | None, loose: bool) -> None:
    """Nothing raises, spans are in order and apart, and each slices to its text."""
    last = 0
    for quantity in find_quantities(text, language=language, loose=loose):
        assert text[quantity.start : quantity.end] == quantity.text
        assert quantity.start >= last
        assert (quantity.value is None) == (quantity.low is not None)
        last = quantity.end


@given(st.integers(1, 10**12), st.sampled_from(["", " million", " billion"]))
def test_digits_keep_their_value(number: int, scale: str) -> None:
    """A number with separators and a scale is read to the last digit."""
    (found,) = find_quantities(f"Odran paid ${number:,}{scale} for it.")
    factor = {"": 1, " million": 10**6, " billion": 10**9}[scale]
    assert found.value == Decimal(number) * factor


CASES = Path(__file__).resolve().parents[1] / "benchmarks" / "quantities_cases.json"
CUT = [
    *((str(case["language"]), str(case["text"])) for case in json.loads(CASES.read_text(encoding="utf-8"))),
    ("fr", "qui s'élève à 105 km/h environ"),
]


@pytest.mark.parametrize("language", sorted({language for language, _ in CUT}))
def test_a_text_may_break_off_anywhere(language: str) -> None:
    """Wherever a sentence is cut, what is found in the rest stands there, word for word."""
    for text in (text for known, text in CUT if known == language):
        for end in range(len(text) + 1):
            for found in find_quantities(text[:end], language=language):
                assert text[found.start : found.end] == found.text
                assert found.end <= end
