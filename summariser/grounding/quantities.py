"""Numbers that measure something, read from text: value, bounds, unit and how they are meant. Decimals, never floats.

One reader goes over the tokens of a text and tries an amount at each: a currency, a number in digits or words, a scale, a
unit or counted noun. Two amounts with a connector make a range, the words around them the qualifier. What a language
calls these things is its `_Lexicon`; Chinese, which has no spaces, has patterns of its own.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple, cast

from summariser.grounding import dates
from summariser_schemas import Quantity

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from summariser_schemas import Qualifier

__all__ = ["find_quantities", "parse_quantity", "read_quantity"]


def find_quantities(text: str, *, language: str | None = None) -> list[Quantity]:
    """Every quantity of a text in its order; spans are offsets in ``text``.

    No quantities: calendar dates and clock times, years, ordinals, numbers in names (G7, F-16, Resolution 2231), numbers
    of pages and sections, "one of", "the two countries".
    """
    language = (language or "en")[:2]
    if language in ("zh", "ja"):
        return _find_chinese(text, language)
    return _Reader(text, _LEXICONS.get(language, _LEXICONS["en"]), language).quantities()


def read_quantity(text: str, start: int, end: int, *, language: str | None = None) -> Quantity | None:
    """The quantity that ``text[start:end]`` names, read with the words around it; None when it names none.

    The span of the result may be wider than the one given: "5" of "5 million people" is read as the whole.
    """
    overlapping = (q for q in find_quantities(text, language=language) if q.start < end and start < q.end)
    return max(overlapping, key=lambda q: min(q.end, end) - max(q.start, start), default=None)


def parse_quantity(words: str, *, language: str | None = None) -> Quantity | None:
    """Read words that are one quantity and nothing else, such as a table's cell; None when they are not one."""
    found = find_quantities(words, language=language)
    return found[0] if len(found) == 1 else None


@dataclass(frozen=True)
class _Lexicon:
    """What a language calls numbers, scales, units and bounds. All words in lower case."""

    numerals: re.Pattern[str]
    decimal_mark: Literal[".", ","]
    scales: Mapping[str, Decimal]
    percent: Iterable[str]
    points: Mapping[str, str]
    currencies: Mapping[str, str]
    measures: Mapping[str, str]
    before: Mapping[tuple[str, ...], Qualifier]
    after: Mapping[tuple[str, ...], Qualifier]
    to: frozenset[str]
    both: str
    between: frozenset[str]
    stops: frozenset[str]
    words: Callable[[_Reader, int], tuple[Decimal, int] | None]
    noun: Callable[[_Reader, int, Decimal], tuple[str, int] | None]
    links: frozenset[str] = frozenset()


class _Token(NamedTuple):
    kind: Literal["number", "word", "symbol"]
    text: str
    low: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Amount:
    """A number with what belongs to it; ``first`` and ``last`` are tokens, ``last`` exclusive."""

    value: Decimal
    first: int
    last: int
    unit: str | None = None
    scale: Decimal = Decimal(1)
    number: int = 0
    money: bool = False
    spelled: bool = False
    share: bool = False
    compound: bool = False
    counted: bool = False


_END = _Token("symbol", "", "", -1, -1)
_PLAIN_NUMERALS = re.compile(
    r"\d{1,3}(?:[,\u066c]\d{2,3})*[,\u066c]\d{3}(?!\d)(?:[.\u066b]\d+)?|\d{1,3}(?:['\u2019\u00a0\u202f\u2009]\d{3})+(?!\d)(?:[.\u066b]\d+)?|"
    r"\d+(?:[.\u066b]\d+)?|(?<![\w.])\.\d+"
)
_CONTINENTAL_NUMERALS = re.compile(
    r"\d{1,3}(?:\.\d{3})+(?!\d)(?:,\d+)?|\d{1,3}(?:['\u2019\u00a0\u202f\u2009 ]\d{3})+(?!\d)(?:,\d+)?|"
    r"\d+(?:,\d+)?(?!\d)(?:(?<!,\d)\.\d{1,2}(?![\d.]))?"
)
_WORDS = re.compile(r"(?i:(?:[dlnst]|qu)['\u2019](?=\w{2}))|(?:[^\W\d_]\.){2,}|[^\W\d_]+(?:['\u2019][^\W\d_]+)*")
_SYMBOL_CURRENCIES = {
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₹": "INR",
    "₩": "KRW",
    "₽": "RUB",
    "₺": "TRY",
    "₪": "ILS",
    "₦": "NGN",
    "฿": "THB",
    "₫": "VND",
    "₱": "PHP",
    "₴": "UAH",
}
_DOLLARS = {
    "us": "USD",
    "u.s.": "USD",
    "a": "AUD",
    "au": "AUD",
    "aud": "AUD",
    "c": "CAD",
    "ca": "CAD",
    "cdn": "CAD",
    "nz": "NZD",
    "hk": "HKD",
    "s": "SGD",
    "sg": "SGD",
    "nt": "TWD",
    "r": "BRL",
    "mx": "MXN",
    "j": "JMD",
    "z": "ZWL",
}
_CODES = frozenset(
    """USD EUR GBP JPY CNY RMB INR KRW RUB TRY ILS NGN CHF CAD AUD NZD HKD SGD TWD BRL MXN SEK NOK DKK PLN CZK HUF ZAR
    THB IDR MYR PHP VND SAR AED EGP KES UAH ARS CLP PKR BDT QAR KWD""".split()
)
_ONE = Decimal(1)
_THOUSAND, _MILLION, _BILLION, _TRILLION = (Decimal(10) ** n for n in (3, 6, 9, 12))
_GLUED_SCALES = {
    "m": _MILLION,
    "k": _THOUSAND,
    "b": _BILLION,
    "mn": _MILLION,
    "bn": _BILLION,
    "tn": _TRILLION,
    "mil": _MILLION,
}
_MASS_COUNTED = frozenset(
    """people users customers jobs homes households voters refugees children workers vehicles cars subscribers
    followers""".split()
)
_LARGEST_SCALE = Decimal(10) ** 13
_YEARS = (1000, 2199)
_LONGEST_NOUN_PHRASE = 5
_MASKED = re.compile(
    r"\b\d{1,2}[:.h]\d{2}(?:[:.]\d{2})?\s*(?:[ap]\.?m\b\.?|uhr\b|hrs?\b|gmt|utc)|\b\d{1,2}:\d{2}(?::\d{2})?\b|"
    r"\b\d{1,2}\s*(?:[ap]\.\s?m\b\.?|[ap]m\b|o['\u2019]clock|uhr\b)|"
    r"\b\d{3,4}\s*(?:hours\s+)?(?:gmt|utc|e[sd]t|p[sd]t|ces?t|bst|local\s+time)\b|"
    r"https?://\S+|www\.\S+|\S+@\S+\.\w+|"
    r"\+\d[\d\s().-]{6,}\d|\(\d{3}\)\s?\d{3}-\d{4}|\b\d{3}[-.]\d{3}[-.]\d{4}\b|\b1-8\d\d-[\w-]+|"
    r"\b\d+\.\d+\.\d+(?:\.\d+)*\b|\b24/7\b|\b9/11\b|\b\d+/\d+/\d+\b|(?:#|§+|№)\s?\d[\d.,]*",
    re.IGNORECASE,
)


def _bounds(**phrases: str) -> dict[tuple[str, ...], Qualifier]:
    """From qualifier="phrase|phrase" to {words of a phrase: qualifier}."""
    table = cast("dict[Qualifier, str]", phrases)
    return {tuple(phrase.split()): qualifier for qualifier, listed in table.items() for phrase in listed.split("|")}


def _forms(table: Mapping[str, str]) -> dict[str, str]:
    """From {canonical: "form form"} to {form: canonical}."""
    return {form.replace("_", " "): canonical for canonical, forms in table.items() for form in forms.split()}


_ABBREVIATIONS = _forms(
    {
        "kilometre": "km kms",
        "metre": "m",
        "centimetre": "cm",
        "millimetre": "mm",
        "micrometre": "μm µm",
        "kilogram": "kg kgs",
        "gram": "g",
        "milligram": "mg",
        "tonne": "t",
        "litre": "l L",
        "millilitre": "ml mL",
        "hectare": "ha",
        "foot": "ft ′",
        "inch": "″",
        "pound": "lb lbs",
        "penny": "p",
        "ounce": "oz",
        "hour": "h hr hrs",
        "minute": "min mins",
        "second": "sec secs",
        "year": "yr yrs",
        "watt": "W",
        "kilowatt": "kW KW",
        "megawatt": "MW",
        "gigawatt": "GW",
        "kilowatt hour": "kWh KWh",
        "megawatt hour": "MWh",
        "gigawatt hour": "GWh",
        "terawatt hour": "TWh",
        "hertz": "Hz",
        "kilohertz": "kHz",
        "megahertz": "MHz",
        "gigahertz": "GHz Ghz",
        "kilobyte": "KB kB",
        "megabyte": "MB",
        "gigabyte": "GB",
        "terabyte": "TB",
        "mile per hour": "mph",
        "kilometre per hour": "km/h kph kmh",
        "mile per gallon": "mpg",
        "metre per second": "m/s",
        "horsepower": "hp HP bhp",
        "square kilometre": "km² km2",
        "square metre": "m² m2 sqm",
        "cubic metre": "m³ m3",
        "square foot": "sqft",
        "degree Celsius": "°C ℃",
        "degree Fahrenheit": "°F ℉",
        "degree": "°",
        "part per million": "ppm",
        "part per billion": "ppb",
        "megapascal": "MPa",
        "kilopascal": "kPa",
        "newton metre": "Nm",
        "volt": "V",
        "barrel per day": "bpd",
    }
)
_ENGLISH_MEASURES = _forms(
    {
        "kilometre": "kilometre kilometres kilometer kilometers",
        "metre": "metre metres meter meters",
        "centimetre": "centimetre centimetres centimeter centimeters",
        "millimetre": "millimetre millimetres millimeter millimeters",
        "mile": "mile miles",
        "yard": "yard yards",
        "foot": "foot feet",
        "inch": "inch inches",
        "kilogram": "kilogram kilograms kilo kilos kilogramme kilogrammes",
        "gram": "gram grams gramme grammes",
        "milligram": "milligram milligrams",
        "tonne": "tonne tonnes",
        "ton": "ton tons",
        "pound": "pound pounds",
        "ounce": "ounce ounces",
        "litre": "litre litres liter liters",
        "gallon": "gallon gallons",
        "barrel": "barrel barrels",
        "hectare": "hectare hectares",
        "acre": "acre acres",
        "second": "second seconds",
        "minute": "minute minutes",
        "hour": "hour hours",
        "day": "day days",
        "week": "week weeks",
        "fortnight": "fortnight fortnights",
        "month": "month months",
        "year": "year years",
        "decade": "decade decades",
        "century": "century centuries",
        "degree": "degree degrees",
        "megawatt": "megawatt megawatts",
        "gigawatt": "gigawatt gigawatts",
        "kilowatt": "kilowatt kilowatts",
        "knot": "knot knots kt",
        "point": "point points",
        "cent": "cent cents",
        "time": "times",
    }
)
_TIME_UNITS = frozenset("second minute hour day week fortnight month year decade century".split())
_ENGLISH_CURRENCIES = _forms(
    {
        "USD": "dollar dollars",
        "EUR": "euro euros",
        "JPY": "yen",
        "CNY": "yuan renminbi",
        "INR": "rupee rupees",
        "RUB": "rouble roubles ruble rubles",
        "CHF": "franc francs",
        "BRL": "reais",
        "ILS": "shekel shekels",
        "ZAR": "rand",
        "UAH": "hryvnia hryvnias",
        "PLN": "zloty zlotys",
        "NGN": "naira",
        "KRW": "won",
        "GBP": "sterling",
        "BTC": "bitcoin bitcoins",
    }
)
_NATIONAL_CURRENCIES = {
    "us": {"dollar": "USD"},
    "u.s.": {"dollar": "USD"},
    "american": {"dollar": "USD"},
    "canadian": {"dollar": "CAD"},
    "australian": {"dollar": "AUD"},
    "singapore": {"dollar": "SGD"},
    "taiwan": {"dollar": "TWD"},
    "swiss": {"franc": "CHF"},
    "cfa": {"franc": "XOF"},
    "mexican": {"peso": "MXN"},
    "argentine": {"peso": "ARS"},
    "chilean": {"peso": "CLP"},
    "colombian": {"peso": "COP"},
    "philippine": {"peso": "PHP"},
    "swedish": {"krona": "SEK", "kronor": "SEK", "crown": "SEK"},
    "norwegian": {"krone": "NOK", "kroner": "NOK", "crown": "NOK"},
    "danish": {"krone": "DKK", "kroner": "DKK", "crown": "DKK"},
    "czech": {"koruna": "CZK", "crown": "CZK"},
    "british": {"pound": "GBP"},
    "egyptian": {"pound": "EGP"},
    "turkish": {"lira": "TRY"},
    "south_african": {"rand": "ZAR"},
    "pakistani": {"rupee": "PKR"},
    "indian": {"rupee": "INR"},
    "saudi": {"riyal": "SAR"},
    "kuwaiti": {"dinar": "KWD"},
    "chinese": {"yuan": "CNY"},
    "japanese": {"yen": "JPY"},
    "korean": {"won": "KRW"},
    "kenyan": {"shilling": "KES"},
    "uae": {"dirham": "AED"},
}
_UNITS = {
    w: Decimal(n) for n, w in enumerate("zero one two three four five six seven eight nine ten eleven twelve".split())
} | {
    w: Decimal(n)
    for n, w in enumerate(["thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"], 13)
}
_TENS = {
    w: Decimal(n * 10)
    for n, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
}
_SMALL_SCALES = {"hundred": Decimal(100), "dozen": Decimal(12)}
_ENGLISH_SCALES = {
    "hundred": Decimal(100),
    "thousand": _THOUSAND,
    "million": _MILLION,
    "billion": _BILLION,
    "trillion": _TRILLION,
    "lakh": Decimal(100_000),
    "crore": Decimal(10_000_000),
    "mn": _MILLION,
    "mln": _MILLION,
    "bn": _BILLION,
    "bln": _BILLION,
    "trn": _TRILLION,
    "tn": _TRILLION,
    "dozen": Decimal(12),
    "hundreds": Decimal(100),
    "thousands": _THOUSAND,
    "millions": _MILLION,
    "billions": _BILLION,
    "lakhs": Decimal(100_000),
    "crores": Decimal(10_000_000),
}
_DENOMINATORS = {
    "half": 2,
    "third": 3,
    "quarter": 4,
    "fourth": 4,
    "fifth": 5,
    "sixth": 6,
    "seventh": 7,
    "eighth": 8,
    "ninth": 9,
    "tenth": 10,
}
_SHARE_GLYPHS = {"½": (1, 2), "¼": (1, 4), "¾": (3, 4), "⅓": (1, 3), "⅔": (2, 3), "⅕": (1, 5), "⅛": (1, 8)}
_WRITTEN_SHARES = frozenset(tuple(share.split("/")) for share in "1/2 1/3 2/3 1/4 3/4 1/5 2/5 3/5 4/5 1/10".split())

_ENGLISH_BEFORE = _bounds(
    more_than="more than|over|above|exceeding|in excess of|upwards of|upward of|greater than|well over|just over|higher than|"
    "slightly more than|better than|north of|larger than|longer than|older than|surpassing|topping|>",
    less_than="less than|fewer than|under|below|just under|well under|lower than|smaller than|shorter than|younger than|"
    "slightly less than|just below|well below|<",
    about="about|around|some|roughly|nearly|almost|approximately|approx|approx .|an estimated|estimated|close to|circa|nearing|"
    "approaching|virtually|~|≈",
    at_least="at least|no less than|no fewer than|not less than|not fewer than|a minimum of|minimum of|minimum|as few as|"
    "as little as|≥",
    at_most="at most|up to|no more than|not more than|a maximum of|maximum of|maximum|as many as|as much as|not exceeding|"
    "as high as|no higher than|≤",
)
_ENGLISH_AFTER = _bounds(
    at_least="or more|or higher|or above|or over|and above|and over|or older|and older|and up|or longer",
    at_most="or less|or fewer|or under|or below|or lower|or younger",
    about="or so|or thereabouts",
)
_ENGLISH_STOPS = frozenset(
    """a an the and or but nor of in on at by for from to with without into onto over under between among against
    during after before since until till through across per as than that which who whom whose when where while if
    because so is are was were be been being am has have had having do does did will would can could may might must
    shall should not no it its he she they we you i his her their our your my him them us this these those there
    here said says say told tells took take takes made make makes went go goes came come comes got get gets gave
    give gives found find left leave leaves reported according compared including about around more less fewer up
    down out off each every both either neither only just also then now ago later earlier today yesterday tomorrow
    respectively worldwide nationwide annually daily weekly monthly yearly abroad alone apiece altogether overall
    killed died injured wounded arrested detained dead missing displaced rose fell grew dropped increased decreased
    jumped climbed declined gained lost won beat voted remain remained became become seems like live lives work
    works want wants need needs showed shows including instead rather even still yet behind beside near
    toward towards inside outside beyond despite via amid along already how what why""".split()
)
_POINTERS = frozenset("the these those both other our their its his her your my all".split())
_CHANGING = frozenset(
    """rose rise rises risen rising fell fall falls fallen falling grew grow grows grown growing dropped drop drops
    dropping declined decline declines declining increased increase increases increasing decreased decrease
    decreases decreasing climbed climb climbs climbing jumped jump jumps jumping surged surge surges surging soared
    soar soaring slipped slip slips slid slide sliding plunged plunge plunging plummeted plummeting tumbled tumble
    tumbling shrank shrink shrinks shrunk shrinking gained gain gains gaining lost lose loses losing added add adds
    adding shed sheds shedding cut cuts cutting slashed slash slashing raised raise raises raising lowered lower
    lowering reduced reduce reduces reducing hiked hike advanced advances advance edged eased rallied expanded
    expand contracted contract widened narrowed strengthened weakened crashed sank sink dipped dip up down improved
    worsened moved rebounded retreated""".split()
)
# With money these have an object: "raised $5 million" and "lost $5 million" are amounts.
_TAKE_MONEY = frozenset(
    """gained gain gains gaining lost lose loses losing added add adds adding shed sheds shedding cut cuts cutting slashed slash
    slashing raised raise raises raising lowered reduced moved advanced advance""".split()
)
_CHANGES = frozenset(
    """increase decrease rise fall drop decline gain reduction cut jump surge hike growth loss improvement boost plunge
    slump advance discount expansion contraction""".split()
)
_DIFFERENCES = frozenset({"%", "percentage point", "basis point", "point"})
_LABELS = frozenset(
    """no nos number numbers article articles section sections chapter page pages paragraph paragraphs clause rule
    phase part title level tier category grade group class type version figure table appendix annex flight route
    highway interstate channel room gate platform resolution resolutions protocol amendment proposition prop bill
    form unit block lot model series season episode game round lap row seat week day year act law directive
    regulation order decree stage step step option question item line zone area district ward mark verse formula
    vision agenda horizon windows apollo boeing airbus top pier terminal sol case vol volume issue op opus psalm
    generation euro world studio""".split()
)
_COUNTED_COMPOUNDS = frozenset(
    """member nation country person man woman storey story seat bed room page state point game""".split()
)
_IRREGULAR = {
    "people": "person",
    "men": "man",
    "women": "woman",
    "children": "child",
    "feet": "foot",
    "teeth": "tooth",
    "mice": "mouse",
    "lives": "life",
    "wives": "wife",
    "knives": "knife",
    "halves": "half",
    "leaves": "leaf",
    "wolves": "wolf",
    "crises": "crisis",
    "analyses": "analysis",
    "bases": "base",
    "theses": "thesis",
    "viruses": "virus",
    "buses": "bus",
    "bonuses": "bonus",
    "campuses": "campus",
    "gases": "gas",
    "criteria": "criterion",
    "phenomena": "phenomenon",
    "police": "police officer",
    "personnel": "personnel",
    "staff": "staff",
    "troops": "troop",
    "aircraft": "aircraft",
    "cattle": "cattle",
    "sheep": "sheep",
    "fish": "fish",
    "species": "species",
    "series": "series",
    "spacecraft": "spacecraft",
    "offspring": "offspring",
    "persons": "person",
    "servicemen": "serviceman",
    "businessmen": "businessman",
    "policemen": "policeman",
    "firemen": "fireman",
    "fishermen": "fisherman",
    "gunmen": "gunman",
    "horsemen": "horseman",
    "movies": "movie",
    "cookies": "cookie",
    "ties": "tie",
    "pies": "pie",
    "headquarters": "headquarters",
    "means": "means",
    "shoes": "shoe",
}
_NO_PLURALS = frozenset(
    """as us this thus plus less across perhaps always besides versus yes news its his hers ours is was has""".split()
)


def _singular(word: str) -> str | None:
    """The singular of an English noun in the plural; None for what does not look like one."""
    low = word.casefold()
    if low in _IRREGULAR:
        return _IRREGULAR[low]
    if len(low) < 3 or not low.endswith("s") or low.endswith(("ss", "us", "is")) or low in _NO_PLURALS:
        return None
    stem = word if not word.isupper() else low
    if low.endswith("ies") and len(low) > 4:
        return stem[:-3] + "y"
    if low.endswith(("sses", "xes", "ches", "shes", "zzes", "oes")):
        return stem[:-2]
    return stem[:-1]


def _english_number(reader: _Reader, place: int) -> tuple[Decimal, int] | None:
    """A number in words at a token: its value and the token behind it."""
    first = reader.at(place).low
    if first in ("a", "an"):
        scale = _ENGLISH_SCALES.get(reader.at(place + 1).low)
        return (
            None
            if scale is None or reader.at(place + 1).low.endswith("s")
            else _compound(reader, place + 1, Decimal(1))
        )
    if first in _UNITS or first in _TENS:
        return _compound(reader, place, None)
    return None


def _compound(reader: _Reader, place: int, leading: Decimal | None) -> tuple[Decimal, int] | None:
    """Number words up to a trillion: "two hundred and five thousand". ``leading`` is a number said before the scale."""
    total, group, at = Decimal(0), leading, place
    last = "start"
    while True:
        token = reader.at(at)
        step = at + 1
        if (
            token.low == "-"
            and reader.glued(at)
            and reader.glued(at + 1)
            and last == "tens"
            and reader.at(at + 1).low in _UNITS
        ):
            at += 1
            continue
        if (
            token.low == "and"
            and last in ("hundred", "scale")
            and (reader.at(at + 1).low in _UNITS or reader.at(at + 1).low in _TENS)
        ):
            behind = reader.at(at + 2).low
            # "a million and two people" is one number, "a thousand and two hundred" too, "a hundred and one died" as well.
            if last == "hundred" or behind in _ENGLISH_SCALES:
                at += 1
                continue
            break
        if token.low in _TENS and last in ("start", "hundred", "scale"):
            group, last = (group or 0) + _TENS[token.low], "tens"
        elif token.low in _UNITS and (
            last in ("start", "hundred", "scale") or (last == "tens" and 0 < _UNITS[token.low] < 10)
        ):
            group, last = (group or 0) + _UNITS[token.low], "units"
        elif token.low in _SMALL_SCALES and group is not None and last != "scale":
            group, last = group * _SMALL_SCALES[token.low], "hundred" if token.low == "hundred" else "dozen"
        elif token.low in ("thousand", "million", "billion", "trillion", "lakh", "crore") and group is not None:
            total, group, last = total + group * _ENGLISH_SCALES[token.low], None, "scale"
        else:
            break
        at = step
        if last == "dozen":
            break
    if at == place:
        return None
    return total + (group or 0), at


def _english_noun(reader: _Reader, place: int, value: Decimal) -> tuple[str, int] | None:
    """What is counted, singular, and the token behind it: the first plural of the words that follow, or a single noun."""
    words: list[tuple[str, int]] = []
    at = place
    while len(words) < _LONGEST_NOUN_PHRASE:
        token = reader.at(at)
        if token.text in ("-", "\u2010", "\u2011") and words and reader.glued(at) and reader.glued(at + 1):
            at += 1
            words.pop()
            continue
        filler = token.low in ("more", "additional", "other", "or")
        if token.kind != "word" or (token.low in _ENGLISH_STOPS and not (filler and at == place)) or reader.masked(at):
            break
        if value == 1 and words and token.low.endswith(("ed", "ing")):
            break
        if not filler:
            words.append((token.text, at + 1))
        at += 1
    for word, behind in words:
        bare = re.sub(r"['\u2019]s?$", "", word)
        if value == 1 and bare == word:
            continue
        singular = _singular(bare)
        if singular is not None:
            return singular if not word.isupper() else singular.casefold(), behind
    if value == 1 and words and not any(re.search(r"['\u2019]", word) for word, _ in words):
        head, behind = words[-1] if len(words) < _LONGEST_NOUN_PHRASE else words[0]
        return (head.casefold() if head.isupper() else head), behind
    return None


def _first_noun(reader: _Reader, place: int, value: Decimal) -> tuple[str, int] | None:  # noqa: ARG001 -- a noun reader
    """The word that follows, where nouns come before their adjectives."""
    if reader.at(place).low in reader.lexicon.links and reader.at(place - 1).low in reader.lexicon.scales:
        place += 1
    token = reader.at(place)
    if token.kind != "word" or len(token.text) < 3 or token.low in reader.lexicon.stops or reader.masked(place):
        return None
    word = token.text
    if reader.language == "ar":
        return word, place + 1
    if word.endswith("eaux"):
        word = word[:-1]
    elif reader.language == "es" and word.endswith(("dades", "iones", "ores", "tades", "ales", "íses")):
        word = word[:-2].replace("ion", "ión") if word.endswith("iones") else word[:-2]
    elif word.endswith("s") and not word.endswith(("ss", "mois", "pays")):
        word = word[:-1]
    return word, place + 1


def _german_noun(reader: _Reader, place: int, value: Decimal) -> tuple[str, int] | None:  # noqa: ARG001 -- a noun reader
    """The first word with a capital, behind adjectives."""
    for at in range(place, place + 3):
        token = reader.at(at)
        if token.kind != "word" or token.low in reader.lexicon.stops or reader.masked(at):
            return None
        if token.text[0].isupper():
            return _GERMAN_NOUNS.get(token.low, token.text), at + 1
    return None


def _library_number(reader: _Reader, place: int) -> tuple[Decimal, int] | None:
    """A number in words by text2num, over the longest run of tokens that it can read."""
    from text_to_num import text2num

    token = reader.at(place)
    vague = reader.lexicon.scales.get(token.low, _ONE) >= _MILLION or token.low in (
        "cientos",
        "miles",
        "milliers",
        "centaines",
    )
    if token.kind != "word" or token.low in reader.lexicon.stops or vague:
        return None
    best: tuple[Decimal, int] | None = None
    for behind in range(place + 1, min(place + 7, len(reader.tokens)) + 1):
        if reader.at(behind - 1).kind == "number":
            break
        words = reader.text[token.start : reader.at(behind - 1).end]
        try:
            value = text2num(words.casefold(), reader.language)
        except ValueError:
            if behind > place + 2:
                break
            continue
        best = Decimal(value), behind
    return best


_ARABIC_NUMBERS = {
    form: Decimal(n)
    for n, forms in enumerate(
        ["ثلاثة/ثلاث", "أربعة/أربع", "خمسة/خمس", "ستة/ست", "سبعة/سبع", "ثمانية/ثماني", "تسعة/تسع", "عشرة/عشر"], 3
    )
    for form in forms.split("/")
} | {
    "مليونين": 2 * _MILLION,
    "مليوني": 2 * _MILLION,
    "مليارين": 2 * _BILLION,
    "ملياري": 2 * _BILLION,
    "ألفين": 2 * _THOUSAND,
}


def _arabic_number(reader: _Reader, place: int) -> tuple[Decimal, int] | None:
    value = _ARABIC_NUMBERS.get(reader.at(place).low)
    return None if value is None else (value, place + 1)


_GERMAN_NOUNS = {
    "jahre": "Jahr",
    "jahren": "Jahr",
    "monate": "Monat",
    "monaten": "Monat",
    "tage": "Tag",
    "tagen": "Tag",
    "wochen": "Woche",
    "stunden": "Stunde",
    "minuten": "Minute",
    "menschen": "Mensch",
    "personen": "Person",
    "sitze": "Sitz",
    "sitzen": "Sitz",
    "stimmen": "Stimme",
    "kinder": "Kind",
    "kindern": "Kind",
    "länder": "Land",
    "ländern": "Land",
    "tonnen": "Tonne",
}


_ENGLISH = _Lexicon(
    numerals=_PLAIN_NUMERALS,
    decimal_mark=".",
    scales=_ENGLISH_SCALES,
    percent=frozenset({"percent", "pct", "per cent", "%", "\u066a"}),
    points=_forms(
        {
            "percentage point": "percentage_point percentage_points percentage-point percentage-points pp",
            "basis point": "basis_point basis_points basis-point basis-points bps bp",
        }
    ),
    currencies=_ENGLISH_CURRENCIES,
    measures=_ENGLISH_MEASURES,
    before=_ENGLISH_BEFORE,
    after=_ENGLISH_AFTER,
    to=frozenset({"to"}),
    both="and",
    between=frozenset({"between"}),
    stops=_ENGLISH_STOPS,
    words=_english_number,
    noun=_english_noun,
)
_FRENCH = _Lexicon(
    links=frozenset({"de", "d'"}),
    numerals=_CONTINENTAL_NUMERALS,
    decimal_mark=",",
    scales={
        "mille": _THOUSAND,
        **dict.fromkeys(("million", "millions"), _MILLION),
        **dict.fromkeys(("milliard", "milliards", "md", "mds"), _BILLION),
        **dict.fromkeys(("billion", "billions"), _TRILLION),
    },
    percent=frozenset({"%", "pour cent", "pourcent"}),
    points=_forms({"percentage point": "points_de_pourcentage point_de_pourcentage", "basis point": "points_de_base"}),
    currencies=_forms(
        {"EUR": "euro euros", "USD": "dollar dollars", "GBP": "livres_sterling", "CHF": "francs_suisses", "JPY": "yens"}
    ),
    measures=_forms(
        {
            "kilomètre": "kilomètre kilomètres",
            "mètre": "mètre mètres",
            "heure": "heure heures",
            "jour": "jour jours",
            "semaine": "semaine semaines",
            "mois": "mois",
            "an": "an ans",
            "année": "année années",
            "tonne": "tonne tonnes",
        }
    ),
    before=_bounds(
        more_than="plus de|plus d'|au-delà de",
        less_than="moins de|moins d'",
        about="environ|près de|autour de|quelque|presque|à peu près",
        at_least="au moins",
        at_most="au plus|au maximum|jusqu'à",
    ),
    after=_bounds(about="environ", at_least="ou plus|au moins", at_most="ou moins|au maximum"),
    to=frozenset({"à"}),
    both="et",
    between=frozenset({"entre"}),
    stops=frozenset(
        """le la les un une des de du d l et ou à au aux en dans par pour sur avec sans que qui dont est sont ont a été sera
        seront était étaient contre selon depuis après avant mais ne pas plus ce cette ces son sa ses leur leurs il elle ils
        elles on se s y""".split()
    ),
    words=_library_number,
    noun=_first_noun,
)
_GERMAN = _Lexicon(
    numerals=_CONTINENTAL_NUMERALS,
    decimal_mark=",",
    scales={
        "tausend": _THOUSAND,
        "tsd": _THOUSAND,
        **dict.fromkeys(("million", "millionen", "mio", "mill"), _MILLION),
        **dict.fromkeys(("milliarde", "milliarden", "mrd"), _BILLION),
        **dict.fromkeys(("billion", "billionen", "bio"), _TRILLION),
    },
    percent=frozenset({"%", "prozent", "v.h."}),
    points=_forms(
        {"percentage point": "prozentpunkt prozentpunkte prozentpunkten", "basis point": "basispunkte basispunkten"}
    ),
    currencies=_forms({"EUR": "euro euros", "USD": "dollar us-dollar", "GBP": "pfund", "CHF": "franken", "JPY": "yen"}),
    measures=_forms({"Kilometer": "kilometer kilometern", "Meter": "meter metern"}),
    before=_bounds(
        more_than="mehr als|über",
        less_than="weniger als|unter|knapp unter",
        about="rund|etwa|ungefähr|circa|ca|ca .|fast|knapp|gut|nahezu|beinahe",
        at_least="mindestens|wenigstens|zumindest",
        at_most="höchstens|maximal|bis zu",
    ),
    after=_bounds(at_least="oder mehr", at_most="oder weniger"),
    to=frozenset({"bis"}),
    both="und",
    between=frozenset({"zwischen"}),
    stops=frozenset(
        """der die das den dem des ein eine einen einem einer eines und oder in im an am auf bei mit von vom zu zum zur nach seit
        für gegen über unter aus durch um ist sind war waren wird werden wurde wurden hat haben hatte hatten als wie dass sich
        nicht auch noch nur er sie es wir ihr seiner
        ihrer seine ihre dieser jener""".split()
    ),
    words=_library_number,
    noun=_german_noun,
)
_SPANISH = _Lexicon(
    links=frozenset({"de", "d'"}),
    numerals=_CONTINENTAL_NUMERALS,
    decimal_mark=",",
    scales={
        "mil": _THOUSAND,
        **dict.fromkeys(("millón", "millones"), _MILLION),
        **dict.fromkeys(("billón", "billones"), _TRILLION),
    },
    percent=frozenset({"%", "por ciento"}),
    points=_forms({"percentage point": "puntos_porcentuales punto_porcentual", "basis point": "puntos_básicos"}),
    currencies=_forms(
        {"EUR": "euro euros", "USD": "dólar dólares dolares", "GBP": "libras_esterlinas", "JPY": "yenes"}
    ),
    measures=_forms({"kilómetro": "kilómetro kilómetros", "metro": "metro metros", "mes": "mes meses", "vez": "veces"}),
    before=_bounds(
        more_than="más de|mas de|por encima de",
        less_than="menos de|por debajo de",
        about="unos|unas|cerca de|alrededor de|aproximadamente|casi|en torno a",
        at_least="al menos|por lo menos|como mínimo",
        at_most="hasta|como máximo|a lo sumo",
    ),
    after=_bounds(at_least="o más", at_most="o menos"),
    to=frozenset({"a"}),
    both="y",
    between=frozenset({"entre"}),
    stops=frozenset(
        """el la los las un una unos unas y o u de del al a en con por para sin sobre entre que quien es son era eran fue fueron
        ha han había será serán como más menos su sus se lo no ya muy este esta estos estas contra según desde hasta""".split()
    ),
    words=_library_number,
    noun=_first_noun,
)
_ARABIC = _Lexicon(
    numerals=_PLAIN_NUMERALS,
    decimal_mark=".",
    scales={
        **dict.fromkeys(("ألف", "آلاف", "الف"), _THOUSAND),
        **dict.fromkeys(("مليون", "ملايين", "مليونا"), _MILLION),
        **dict.fromkeys(("مليار", "مليارات", "بليون"), _BILLION),
        **dict.fromkeys(("تريليون", "تريليونات"), _TRILLION),
    },
    percent=frozenset({"%", "\u066a", "بالمئة", "بالمائة", "في المئة", "في المائة"}),
    points={},
    currencies=_forms(
        {"USD": "دولار دولارات دولارا دولارًا", "EUR": "يورو", "GBP": "جنيه_إسترليني", "SAR": "ريال_سعودي"}
    ),
    measures={},
    before=_bounds(
        more_than="أكثر من|ما يزيد عن|ما يزيد على",
        less_than="أقل من",
        about="نحو|حوالي|قرابة|ما يقرب من|ما يقارب",
        at_least="ما لا يقل عن|على الأقل",
        at_most="ما لا يزيد عن|حتى|ما يصل إلى",
    ),
    after=_bounds(at_least="على الأقل", about="تقريبا"),
    to=frozenset({"إلى"}),
    both="و",
    between=frozenset({"بين"}),
    stops=frozenset(
        "في من على إلى عن مع أن إن كان كانت هذا هذه التي الذي و أو قد لا ما بعد قبل منذ خلال حتى بين حول ونصف".split()
    ),
    words=_arabic_number,
    noun=_first_noun,
)
_LEXICONS = {"en": _ENGLISH, "fr": _FRENCH, "de": _GERMAN, "es": _SPANISH, "ar": _ARABIC}


class _Reader:
    """Reads the quantities of one text, token by token."""

    def __init__(self, text: str, lexicon: _Lexicon, language: str) -> None:
        self.text = text
        self.lexicon = lexicon
        self.language = language
        self.tokens = _tokens(text, lexicon.numerals)
        masks = [m.span() for m in _MASKED.finditer(text)]
        masks += dates.calendar_dates(text, language=language)
        self._masked = {
            i for i, t in enumerate(self.tokens) if any(t.start < end and start < t.end for start, end in masks)
        }

    def at(self, place: int) -> _Token:
        """The token at a place; an empty one outside the text."""
        return self.tokens[place] if 0 <= place < len(self.tokens) else _END

    def glued(self, place: int) -> bool:
        """Whether nothing stands between the token at a place and the one before it."""
        return 0 < place < len(self.tokens) and self.tokens[place].start == self.tokens[place - 1].end

    def masked(self, place: int) -> bool:
        """Whether the token is part of a date, a time, an address or a telephone number."""
        return place in self._masked

    def quantities(self) -> list[Quantity]:
        """All quantities in order, none overlapping another."""
        found: list[Quantity] = []
        place = 0
        while place < len(self.tokens):
            read = None if self.masked(place) else self._quantity(place)
            if read is None:
                place += 1
                continue
            quantity, place = read
            found.append(quantity)
        return found

    def _quantity(self, place: int) -> tuple[Quantity, int] | None:
        amount = self._amount(place)
        if amount is None:
            return None
        amount = self._proportion(amount)
        ranged = self._range(amount)
        if ranged is None and self._is_score(amount.last):
            return None
        if ranged is None and amount.unit is None and self.at(amount.last).low in self.lexicon.to:
            # "From 5 to 7 per cent": the unit belongs to both.
            upper = self._upper(amount.last + 1, dashed=False)
            amount = amount if upper is None else replace(amount, unit=upper.unit)
        high = None
        if ranged is not None:
            amount, high = ranged
        behind = high or amount
        unit, last = amount.unit or behind.unit, behind.last
        plus = self.at(last).text == "+" and self.glued(last)
        last += plus
        if unit is None and not amount.share and (high is not None or not behind.compound):
            counted = self.lexicon.noun(self, last, Decimal(2) if high else amount.value)
            if counted is not None:
                unit, last = counted
                amount = replace(amount, counted=True)
            elif self._is_age(amount, last):
                unit = "year"
            elif self._bound_after(last)[1] > last:
                beyond = self.lexicon.noun(self, self._bound_after(last)[1], Decimal(2))
                unit = None if beyond is None else beyond[0]
        qualifier, first = self._bound_before(amount.first, unit)
        following, last = self._bound_after(last)
        if plus:
            following = "at_least"
        if not self._measures(amount, high, unit=unit, bound=qualifier or following):
            return None
        if high is not None:
            qualifier = "range"
        elif qualifier is None or (following is not None and qualifier == "about"):
            qualifier = following or qualifier
        if qualifier is None and self._changes(amount, unit, last):
            qualifier = "change"
        start, end = self.tokens[first].start, self.tokens[last - 1].end
        quantity = Quantity(
            start=start,
            end=end,
            text=self.text[start:end],
            value=None if high else amount.value,
            low=amount.value if high else None,
            high=high.value if high else None,
            unit=unit,
            qualifier=qualifier or "exact",
        )
        return quantity, last

    def _amount(self, place: int) -> _Amount | None:
        """A currency, a number, its scale and its unit, beginning at a token."""
        currency, at = self._currency_before(place)
        sign = _ONE
        if self.at(at).text in ("-", "\u2212") and self.glued(at + 1) and self.at(at + 1).kind == "number":
            if self.glued(at) and self.at(at - 1).kind != "symbol":
                return None
            sign, at = -_ONE, at + 1
        elif self.at(at).text in ("-", "\u2212") and self.at(at + 1).text in _SYMBOL_CURRENCIES and currency is None:
            inner = self._amount(at + 1) if not self.glued(at) and self.glued(at + 1) else None
            return None if inner is None else replace(inner, first=place, value=-inner.value)
        if currency is not None and self.masked(at):
            return None
        number = self._number(at, money=currency is not None)
        if number is None:
            return None
        amount = replace(number, value=number.value * sign, first=place, unit=currency, money=currency is not None)
        amount = self._scaled(amount)
        if amount.unit is None:
            amount = self._with_unit(amount)
        elif self.at(amount.last).low == "dollars" and amount.unit == "USD":
            amount = replace(amount, last=amount.last + 1)
        return None if self._is_name(amount) else amount

    def _currency_before(self, place: int) -> tuple[str | None, int]:
        token, following = self.at(place), self.at(place + 1)
        if token.text in _SYMBOL_CURRENCIES:
            code = "CNY" if token.text == "¥" and self.language == "zh" else _SYMBOL_CURRENCIES[token.text]
            if token.text == "$" and following.text in ("US", "AU", "CA", "NZ") and self.glued(place + 1):
                return _DOLLARS[following.low], place + 2
            return code, place + 1
        if token.kind != "word":
            return None, place
        if following.text == "$" and token.text.upper() == token.text and token.low in _DOLLARS:
            return _DOLLARS[token.low], place + 2
        if token.text in _CODES and following.kind == "number":
            return "CNY" if token.text == "RMB" else token.text, place + 1
        if token.text in ("Rs", "Rs.") and (following.kind == "number" or following.text == "."):
            return "INR", place + 1 + (following.text == ".")
        return None, place

    def _number(self, place: int, *, money: bool) -> _Amount | None:
        token = self.at(place)
        if self.masked(place):
            return None
        if token.kind == "number":
            if not money and self._continues_a_name(place):
                return None
            value = _decimal(token.text, self.lexicon.decimal_mark)
            return None if value is None else self._mixed(_Amount(value, place, place + 1, number=place))
        if token.low in _SHARE_GLYPHS:
            numerator, denominator = _SHARE_GLYPHS[token.low]
            return _Amount(Decimal(numerator) / denominator, place, place + 1, number=place, share=True)
        if self.lexicon is _ENGLISH:
            share = self._share(place)
            if share is not None:
                return share
        if token.kind != "word" or (
            self.glued(place) and self.at(place - 1).text in ("-", "\u2010", "\u2011", "'", "\u2019")
        ):
            return None
        spelled = self.lexicon.words(self, place)
        if spelled is None:
            return None
        value, last = spelled
        scale = self.lexicon.scales.get(self.at(last - 1).low, _ONE)
        return self._mixed(_Amount(value, place, last, scale=scale, number=place, spelled=True))

    def _continues_a_name(self, place: int) -> bool:
        """Whether digits belong to what stands before them without a space: G7, F-16, COVID-19, 3-2."""
        before = self.at(place - 1)
        if not self.glued(place):
            return False
        if self.language == "ar" and before.text in ("و", "ب", "ل", "بـ"):
            return False
        if before.kind in ("word", "number") or before.text in "./:_#+":
            return before.text != "." or self.glued(place - 1)
        hyphen = before.text in "-\u2010\u2011\u2013\u2212"
        return hyphen and self.glued(place - 1) and self.at(place - 2).kind != "symbol"

    def _mixed(self, amount: _Amount) -> _Amount:
        """Add a fraction behind a whole number: 5½, 2 1/2, two and a half; or read the digits as one: 2/3."""
        at = amount.last
        token = self.at(at)
        if token.low in _SHARE_GLYPHS:
            numerator, denominator = _SHARE_GLYPHS[token.low]
            return replace(amount, value=amount.value + Decimal(numerator) / denominator, last=at + 1)
        if token.text == "/" and (self.at(at - 1).text, self.at(at + 1).text) in _WRITTEN_SHARES and self.glued(at + 1):
            share = amount.value / Decimal(self.at(at + 1).text)
            return replace(amount, value=share, last=at + 2, share=True)
        written = token.text, self.at(at + 2).text
        if self.at(at + 1).text == "/" and written in _WRITTEN_SHARES and not self.glued(at) and at == amount.first + 1:
            return replace(amount, value=amount.value + Decimal(written[0]) / Decimal(written[1]), last=at + 3)
        if [self.at(at + n).low for n in range(3)] == ["and", "a", "half"]:
            return replace(amount, value=amount.value + Decimal("0.5"), last=at + 3)
        return amount

    def _share(self, place: int) -> _Amount | None:
        """A fraction in English words: a third of, two-thirds, half the, half a million."""
        token, following = self.at(place), self.at(place + 1)
        before = self.at(place - 1).low
        if token.low == "half" and not (self.glued(place) and before == "-"):
            hyphened = following.text == "-" and self.glued(place + 1)
            if (
                before
                in {
                    "first",
                    "second",
                    "other",
                    "latter",
                    "top",
                    "bottom",
                    "last",
                    "final",
                    "better",
                    "this",
                    "each",
                    "and",
                }
                or hyphened
            ):
                return None
            if following.low in ("a", "an"):
                return _Amount(Decimal("0.5"), place, place + 2, number=place, spelled=True)
            led = before in {
                "by",
                "than",
                "about",
                "nearly",
                "almost",
                "over",
                "roughly",
                "around",
                "in",
                "to",
                "least",
            }
            if following.low in {"of", "the", "its", "their", "his", "her", "all", "that", "those", "our"} or led:
                return _Amount(Decimal("0.5"), place, place + 1, number=place, spelled=True, share=True)
            return None
        numerator = _ONE if token.low in ("a", "an") else _UNITS.get(token.low)
        if numerator is None or numerator == 0 or (self.glued(place) and before == "-"):
            return None
        at = place + 1
        if self.at(at).text == "-" and self.glued(at) and self.glued(at + 1):
            at += 1
        named = self.at(at).low
        denominator = _DENOMINATORS.get(named if numerator == 1 else named.removesuffix("s"))
        if denominator is None or (numerator != 1 and not named.endswith("s")):
            return None
        behind = self.at(at + 1).low
        bare = token.low in ("a", "an") and before not in {
            "by",
            "than",
            "about",
            "nearly",
            "almost",
            "over",
            "roughly",
            "around",
        }
        if (
            (bare or named.startswith("quarter"))
            and at == place + 1
            and behind not in ("of", "more", "less", "higher", "lower")
        ):
            return None
        return _Amount(numerator / denominator, place, at + 1, number=place, spelled=True, share=True)

    def _scaled(self, amount: _Amount) -> _Amount:
        """Multiply by the scale words behind a number, and by m, bn and k where they are glued to money."""
        at, scale = amount.last, _ONE
        while not self.masked(at) and scale < _LARGEST_SCALE:
            hyphened = self.at(at).text == "-" and self.glued(at) and self.glued(at + 1)
            token = self.at(at + hyphened)
            factor = self.lexicon.scales.get(token.low) if token.kind == "word" else None
            if factor is None and token.low in _GLUED_SCALES and self.glued(at) and not hyphened and scale == 1:
                factor = _GLUED_SCALES[token.low] if self._takes_letter(amount, at) else None
            if factor is None or (amount.spelled and hyphened):
                break
            scale *= factor
            at += 1 + hyphened
            if (
                token.low in ("mrd", "mio", "bn", "tsd", "md", "approx")
                and self.at(at).text == "."
                and self.at(at + 1).kind == "word"
            ):
                at += 1
        value = amount.value * scale
        if scale > 1:
            value = _without_zeros(value)
        return replace(amount, value=value, scale=amount.scale * scale, last=at, share=amount.share and scale == 1)

    def _takes_letter(self, amount: _Amount, at: int) -> bool:
        letters = self.at(at).low
        following = self.at(at + 1)
        counted = following.low in _MASS_COUNTED or following.low in self.lexicon.currencies
        return (
            amount.money
            or len(letters) > 1
            or counted
            or following.text in _SYMBOL_CURRENCIES
            or following.text in _CODES
        )

    def _with_unit(self, amount: _Amount) -> _Amount:
        """Read per cent, a currency or a unit of measure behind a number, also joined to it by a hyphen."""
        at = amount.last
        hyphened = self.at(at).text in ("-", "\u2010", "\u2011") and self.glued(at) and self.glued(at + 1)
        at += hyphened
        if amount.scale >= _MILLION and self.at(at).low in self.lexicon.links:
            at += 1
        if self.masked(at):
            return amount
        for length in (3, 2, 1):
            first, last = self.at(at), self.at(at + length - 1)
            if last is _END or any(self.masked(at + n) for n in range(length)):
                continue
            raw = " ".join(self.text[first.start : last.end].split())
            low = raw.casefold()
            if low in self.lexicon.percent or (raw == "pc" and self.glued(at)):
                return replace(amount, unit="%", last=at + length, compound=hyphened)
            if low in self.lexicon.points:
                return replace(amount, unit=self.lexicon.points[low], last=at + length, compound=hyphened)
            currency = self._currency_behind(raw, at, length, amount)
            if currency is not None:
                return replace(amount, unit=currency, last=at + length, money=True, compound=hyphened)
            measure = self._measure(raw, at, length)
            if measure is not None:
                return self._rate(replace(amount, unit=measure, last=at + length, compound=hyphened))
        if hyphened and self.lexicon is _ENGLISH and self.at(at).low in _COUNTED_COMPOUNDS:
            return replace(amount, unit=self.at(at).low, last=at + 1, compound=True)
        return amount

    def _currency_behind(self, raw: str, at: int, length: int, amount: _Amount) -> str | None:
        low = raw.casefold()
        if length == 1:
            if raw in _SYMBOL_CURRENCIES and self.at(at + 1).kind != "number":
                return _SYMBOL_CURRENCIES[raw]
            if raw in _CODES:
                return "CNY" if raw == "RMB" else raw
            if low in ("pound", "pounds") and self.lexicon is _ENGLISH:
                sterling = amount.scale >= _MILLION and self.at(at + 1).low != "of"
                return "GBP" if sterling else None
            if low == "won" and amount.scale == 1:
                return None
            return self.lexicon.currencies.get(low)
        if low in self.lexicon.currencies:
            return self.lexicon.currencies[low]
        if self.lexicon is not _ENGLISH:
            return None
        *adjective, noun = low.split()
        nation, noun = " ".join(adjective), noun.removesuffix("s")
        if low in ("pounds sterling", "pound sterling"):
            return "GBP"
        if noun == "dollar" and nation in ("hong kong", "new zealand"):
            return "HKD" if nation == "hong kong" else "NZD"
        return _NATIONAL_CURRENCIES.get(nation, {}).get(noun)

    def _measure(self, raw: str, at: int, length: int) -> str | None:
        if raw in _ABBREVIATIONS and (len(raw) > 1 or self.glued(at) or raw in "mW" or not raw.isalpha()):
            return _ABBREVIATIONS[raw]
        low = raw.casefold()
        if length == 1:
            return self.lexicon.measures.get(low)
        if self.lexicon is not _ENGLISH or length != 2:
            return None
        kind, _, name = low.partition(" ")
        measure = _ENGLISH_MEASURES.get(name) or _ABBREVIATIONS.get(name)
        if kind in ("square", "sq", "cubic", "nautical", "metric") and measure is not None:
            return f"{'square' if kind == 'sq' else kind} {measure}"
        if kind in ("degree", "degrees") and name in ("celsius", "c", "fahrenheit", "f"):
            return "degree Celsius" if name[0] == "c" else "degree Fahrenheit"
        return None

    def _rate(self, amount: _Amount) -> _Amount:
        """Make speeds and consumption one unit, and take "old" into an age."""
        at, unit = amount.last, amount.unit or ""
        over = self.at(at + 1).low
        if (
            unit in ("mile", "kilometre", "metre")
            and self.at(at).low in ("per", "an")
            and over in ("hour", "second", "gallon")
        ):
            return replace(amount, unit=f"{unit} per {over}", last=at + 2)
        if unit in ("year", "month", "week", "day") and self.lexicon is _ENGLISH:
            hyphened = self.at(at).text == "-" and self.glued(at)
            if self.at(at + hyphened).low in ("old", "olds"):
                return replace(amount, last=at + hyphened + 1, compound=True)
        return amount

    def _proportion(self, amount: _Amount) -> _Amount:
        """Read "one in three" and "nine out of ten" as a share."""
        words = [self.at(amount.last + n).low for n in range(2)]
        at = amount.last + (2 if words == ["out", "of"] else 1)
        if self.lexicon is not _ENGLISH or (words[0] != "in" and at == amount.last + 1) or amount.unit or amount.share:
            return amount
        whole = self._amount(at)
        if whole is None or whole.unit or whole.share or not amount.value < whole.value <= 1000:
            return amount
        # "Three in 12 months" is no share.
        return replace(amount, value=amount.value / whole.value, last=whole.last, share=True, spelled=True)

    def _range(self, low: _Amount) -> tuple[_Amount, _Amount] | None:
        """Both bounds where a second amount follows: "18 to 49", "between 5 and 7", "$3-5 billion"."""
        if low.share and low.scale == 1 and not low.money and self.at(low.last).text != "-":
            return None
        token = self.at(low.last)
        dashed = token.text in ("-", "\u2010", "\u2011", "\u2012", "\u2013", "\u2014", "~")
        between = self.at(low.first - 1).low in self.lexicon.between
        spoken = token.low in self.lexicon.to and not self._rises(low.first)
        either = token.low == "or"
        if not (dashed or spoken or either or (between and token.low == self.lexicon.both)):
            return None
        high = self._upper(low.last + 1, dashed=dashed)
        if high is None or (dashed and low.spelled != high.spelled):
            return None
        if (
            low.scale == 1
            and high.scale > 1
            and low.value < high.value / high.scale
            and (low.unit is None or low.money)
        ):
            low = replace(low, value=low.value * high.scale, scale=high.scale)
        if low.value >= high.value or (either and high.value - low.value > max(_ONE, low.value / 2)):
            return None
        if (
            low.unit is not None
            and high.unit is None
            and not (low.money and (dashed or between or low.scale == high.scale))
        ):
            return None
        if low.unit is not None and high.unit is not None and low.unit != high.unit:
            return None
        return replace(low, unit=low.unit or high.unit), replace(high, unit=low.unit or high.unit)

    def _upper(self, place: int, *, dashed: bool) -> _Amount | None:
        """The second amount of a range; behind a dash, digits are a bound and no name."""
        if self.masked(place):
            return None
        if dashed and self.at(place).kind == "number" and not self.masked(place):
            value = _decimal(self.at(place).text, self.lexicon.decimal_mark)
            if value is None:
                return None
            scaled = self._scaled(_Amount(value, place, place + 1, number=place, money=self._is_money(place - 2)))
            return self._with_unit(scaled)
        return self._amount(place)

    def _is_money(self, place: int) -> bool:
        return any(self.at(at).text in _SYMBOL_CURRENCIES for at in (place - 1, place - 2))

    def _is_score(self, place: int) -> bool:
        """Whether a dash and another number follow that make no range: 3-2."""
        dashed = (
            self.at(place).text in ("-", "\u2010", "\u2011", "\u2013") and self.glued(place) and self.glued(place + 1)
        )
        return dashed and self.at(place + 1).kind == "number"

    def _rises(self, first: int) -> bool:
        """Whether the words before an amount tell of a change from it: "rose from 5 to 7", "up 8% to 320"."""
        words = [self.at(at).low for at in range(max(0, first - 4), first)]
        return any(w in _CHANGING for w in words) or (
            len(words) > 0 and "from" in words[-1:] and any(w in _CHANGES for w in words)
        )

    def _is_name(self, amount: _Amount) -> bool:
        """Whether what is glued to the digits makes them a name or an ordinal: 4th, 5G, 1990s, 737-sized, No. 5."""
        after = self.at(amount.last)
        if after.kind == "word" and self.glued(amount.last) and after.low not in _SHARE_GLYPHS:
            return True
        if after.text in ("-", "\u2010", "\u2011") and self.glued(amount.last) and self.glued(amount.last + 1):
            following = self.at(amount.last + 1)
            if following.kind == "word" and following.low not in ("plus", *self.lexicon.to) and amount.unit is None:
                return True
        if (
            self.at(amount.last).text in (":", "/")
            and self.glued(amount.last + 1)
            and self.at(amount.last + 1).kind == "number"
        ):
            return amount.unit is None
        return False

    def _is_age(self, amount: _Amount, last: int) -> bool:
        before = self.at(amount.first - 1)
        if before.low in ("aged", "age", "ages", "âgé", "âgée", "âgés"):
            return True
        named = (
            before.text == ","
            and self.at(amount.first - 2).text[:1].isupper()
            and self.at(amount.first - 2).kind == "word"
        )
        closed = self.at(last).text in (",", ".", ";", ")") and not amount.spelled
        return (
            named
            and closed
            and 1 <= amount.value <= 115
            and amount.value == int(amount.value)
            and self.at(last + 1).kind != "number"
        )

    def _bound_before(self, first: int, unit: str | None) -> tuple[Qualifier | None, int]:
        """The qualifier in the words before an amount, and where it begins. "Up to about 5" is an upper bound."""
        found: Qualifier | None = None
        while True:
            for length in (4, 3, 2, 1):
                if first - length < 0:
                    continue
                words = tuple(self.at(at).low for at in range(first - length, first))
                qualifier = self.lexicon.before.get(words)
                # "Over three years" is a period more often than a bound.
                period = words == ("over",) and unit in _TIME_UNITS
                reached = words == ("up", "to") and self._is_reached(first - length - 1)
                if qualifier is not None and not period and not reached:
                    break
            else:
                return found, first
            first -= length
            found = qualifier if found in (None, "about") else found

    def _is_reached(self, place: int) -> bool:
        """Whether "up to" tells where something went: "climbed back up to 5"."""
        before = self.at(place).low
        return before in _CHANGING or before in {"back", "went", "going", "goes", "way"}

    def _bound_after(self, last: int) -> tuple[Qualifier | None, int]:
        if self.at(last).text == "-" and self.at(last + 1).low == "plus" and self.glued(last + 1):
            return "at_least", last + 2
        for length in (3, 2, 1):
            qualifier = self.lexicon.after.get(tuple(self.at(at).low for at in range(last, last + length)))
            if qualifier is not None:
                return qualifier, last + length
        return None, last

    def _measures(self, amount: _Amount, high: _Amount | None, *, unit: str | None, bound: Qualifier | None) -> bool:
        """Whether a number measures something, and is no year, label, list number or pronoun."""
        if amount.money or (unit is not None and not amount.counted):
            return not (self.lexicon is _ENGLISH and amount.spelled and self._points_back(amount, unit))
        before, last = self.at(amount.first - 1), (high or amount).last
        if self._is_label(amount.first - 1, counted=amount.counted) or self._is_list_number(amount, last):
            return False
        if high is not None:
            dashed = self.at(amount.last).text in "-\u2010\u2011\u2013"
            return unit is not None or not dashed or before.low in ("aged", "age", "ages")
        if self._is_year(amount, bound):
            return False
        if amount.spelled and self.lexicon is _ENGLISH:
            if amount.share or amount.scale > 1 or amount.value >= 20:
                return True
            if self._points_back(amount, unit):
                return False
            if amount.counted or bound is not None:
                return not (amount.value == 1 and not amount.counted)
            return amount.value > 1 and (
                self.at(last).low in {"of", "were", "have", "are", "had", "others", "died"} or before.low == "by"
            )
        if amount.spelled:
            return amount.value > 1 and (amount.counted or amount.value >= 10)
        if self._is_german_ordinal(amount):
            return False
        if self.language == "de" or amount.scale > 1 or bound is not None:
            return before.low not in _LABELS
        return not self._follows_a_name(before, counted=amount.counted, digits=self.at(amount.number).text)

    def _is_german_ordinal(self, amount: _Amount) -> bool:
        """Whether a full stop makes digits an ordinal: "das 65. Lebensjahr", not "von 550. Sie"."""
        led = self.at(amount.first - 1).low in {
            "das",
            "der",
            "die",
            "den",
            "dem",
            "des",
            "am",
            "zum",
            "im",
            "vom",
            "beim",
        }
        return self.language == "de" and not amount.spelled and self.at(amount.last).text == "." and led

    def _follows_a_name(self, before: _Token, *, counted: bool, digits: str) -> bool:
        """Whether a capital before a bare number makes it part of a name: "Fortune 500", not "Blast Kills 12 People"."""
        if before.kind != "word" or before.text == before.low or before.low in self.lexicon.stops:
            return False
        return not (counted and (before.low.endswith(("s", "ed", "day")) or not digits.isdigit()))

    def _points_back(self, amount: _Amount, unit: str | None) -> bool:
        """Whether a number word only refers to what is known: "the two countries", "one of", "the first three"."""
        before, after = self.at(amount.first - 1).low, self.at(amount.last).low
        if amount.value > 12 or amount.scale > 1 or amount.share or amount.money:
            return False
        named = self.at(amount.number).text == "One" and self.at(amount.first - 1).kind == "word"
        if named or before in _POINTERS or (before in {"first", "last", "final", "top"} and unit not in _TIME_UNITS):
            return True
        return amount.value == 1 and (
            after == "of" or before in {"no", "any", "every", "each", "this", "that", "only", "number", "some"}
        )

    def _is_label(self, place: int, *, counted: bool) -> bool:
        before = self.at(place)
        if before.text == ".":
            return self.at(place - 1).low in (
                "no",
                "nos",
                "art",
                "sec",
                "vol",
                "fig",
                "p",
                "pp",
                "nr",
            )
        return before.low in _LABELS and (not counted or before.text[:1].isupper() or before.low == "top")

    def _is_list_number(self, amount: _Amount, last: int) -> bool:
        """Whether a number stands alone in brackets or opens a line with a full stop or a bracket behind it."""
        if amount.spelled or amount.scale != 1:
            return False
        before, after = self.at(amount.first - 1).text, self.at(last).text
        if (before, after) in (("(", ")"), ("[", "]")):
            return True
        if after == ")" and self.glued(last):
            return "(" not in self.text[: self.tokens[last].start].rpartition("\n")[2].rpartition(")")[2]
        opened = self.text[: self.tokens[amount.first].start].rpartition("\n")[2].strip() == "" or before == ";"
        following = self.at(last + 1).text
        return opened and after == "." and (following[:1].isupper() or following in _SYMBOL_CURRENCIES)

    def _is_year(self, amount: _Amount, bound: Qualifier | None) -> bool:
        """Whether four digits are a year: "2024", "the 2015 elections", and not "1500 troops" or "over 2000 people"."""
        digits = self.at(amount.number).text
        if amount.spelled or amount.scale > 1 or len(digits) != 4 or not digits.isdigit():
            return False
        if not _YEARS[0] <= int(digits) <= _YEARS[1]:
            return False
        recent = 1900 <= int(digits) <= 2099
        if bound is not None and (amount.counted or not recent):
            return False
        following = self.at(amount.last).low
        return not amount.counted or (recent and following not in _IRREGULAR and following not in _MASS_COUNTED)

    def _changes(self, amount: _Amount, unit: str | None, last: int) -> bool:
        """Whether the amount is a difference: rose by 5, up 22 percent, an increase of $3, a 5% cut."""
        if self.lexicon is not _ENGLISH:
            return False
        before = [self.at(amount.first - n).low for n in (1, 2, 3)]
        if before[0] == "of" and before[1] in _CHANGES:
            return True
        differs = unit in _DIFFERENCES or amount.money
        if before[0] == "by" and (before[1] in _CHANGING or before[2] in _CHANGING or self._rises(amount.first)):
            return True
        if not differs:
            return False
        changing = _CHANGING - _TAKE_MONEY if amount.money else _CHANGING
        if before[0] in changing or (before[1] in changing and before[0].endswith(("ly", "another"))):
            return True
        after = [self.at(last + n).low for n in (0, 1)]
        if after[0] in ("higher", "lower"):
            return True
        return unit == "%" and (
            after[0] in _CHANGES or (after[1] in _CHANGES and self.at(last).kind == "word" and after[0] != "of")
        )


def _tokens(text: str, numerals: re.Pattern[str]) -> list[_Token]:
    tokens: list[_Token] = []
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        match = numerals.match(text, place)
        kind: Literal["number", "word", "symbol"] = "number"
        if match is None:
            match, kind = _WORDS.match(text, place), "word"
        if match is None:
            tokens.append(_Token("symbol", text[place], text[place], place, place + 1))
            place += 1
            continue
        low = match[0].casefold().replace("\u2019", "'")
        tokens.append(_Token(kind, match[0], low, place, match.end()))
        place = match.end()
    return tokens


def _decimal(digits: str, mark: str) -> Decimal | None:
    """The value of digits with separators; None for what is no number in any notation."""
    plain = re.sub(r"['\u2019\u00a0\u202f\u2009\u066c ]", "", digits).replace("\u066b", ".")
    if mark == ",":
        if re.fullmatch(r"\d{1,3}(?:\.\d{3})+(?:,\d+)?", plain):
            plain = plain.replace(".", "")
        plain = plain.replace(",", ".")
    else:
        plain = plain.replace(",", "")
    try:
        return Decimal(unicodedata.normalize("NFKC", plain))
    except InvalidOperation:
        return None


def _without_zeros(value: Decimal) -> Decimal:
    """A whole number without the zeros that a scale left behind its point: 3500000000, not 3500000000.0."""
    return Decimal(int(value)) if value == value.to_integral_value() else value


_HAN = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "兩": 2}
_HAN_STEPS = {"十": 10, "百": 100, "千": 1000}
_HAN_SCALES = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8, "兆": 10**12}
_HAN_CURRENCIES = {
    "美元": "USD",
    "美金": "USD",
    "人民币": "CNY",
    "人民幣": "CNY",
    "元人民币": "CNY",
    "欧元": "EUR",
    "歐元": "EUR",
    "日元": "JPY",
    "日圆": "JPY",
    "円": "JPY",
    "英镑": "GBP",
    "英鎊": "GBP",
    "港元": "HKD",
    "港币": "HKD",
    "韩元": "KRW",
    "卢布": "RUB",
    "新台币": "TWD",
    "元": "CNY",
}
_HAN_COUNTED = (
    "公里 千米 平方公里 平方米 公顷 公斤 吨 米 小时 分钟 秒 个月 個月 星期 周 天 日 年 岁 歲 人次 人 名 位 个国家 个 個 "
    "家 国 艘 架 辆 枚 次 起 项 件 户 所 座 处 份 票 席 桶 千瓦时 千瓦 度 倍 世纪".split()
)
_HAN_NUMERAL = r"(?:\d(?:[\d,]*\d)?(?:\.\d+)?|[〇零一二三四五六七八九十百千两兩]+(?:点[〇零一二三四五六七八九]+)?)"
_HAN_AMOUNT = rf"{_HAN_NUMERAL}(?:[多余餘几]?[十百千]?[万萬亿億兆]{{1,3}}(?:{_HAN_NUMERAL}[万萬]?)?)?"


@lru_cache(maxsize=1)
def _chinese_pattern() -> re.Pattern[str]:
    currencies = "|".join(sorted(_HAN_CURRENCIES, key=len, reverse=True))
    counted = "|".join(sorted(_HAN_COUNTED, key=len, reverse=True))
    return re.compile(
        r"(?P<before>超过|超過|逾|多于|高于|不少于|不低于|至少|最少|不超过|至多|最多|不到|少于|低于|不足|"
        r"大约|大約|约|約|近|将近|接近)?"
        rf"(?P<share>百分之|千分之|(?P<denominator>[二三四五六七八九十两])分之)?(?P<prefix>[$€£¥￥]|US\$)?"
        rf"(?P<low>{_HAN_AMOUNT})(?P<percent_low>[%％])?"
        rf"(?:(?:至|到|[-\u2013\u2014~\uff5e])(?P<high>{_HAN_AMOUNT}))?(?P<some>[多余餘])?"
        rf"(?P<unit>个百分点|個百分點|[%％]|{currencies}|{counted})?(?P<after>以上|以下|左右|上下)?"
    )


_HAN_BEFORE: dict[str, Qualifier] = {
    **dict.fromkeys(("超过", "超過", "逾", "多于", "高于"), "more_than"),
    **dict.fromkeys(("不少于", "不低于", "至少", "最少"), "at_least"),
    **dict.fromkeys(("不超过", "至多", "最多"), "at_most"),
    **dict.fromkeys(("不到", "少于", "低于", "不足"), "less_than"),
    **dict.fromkeys(("大约", "大約", "约", "約", "近", "将近", "接近"), "about"),
}
_HAN_AFTER: dict[str, Qualifier] = {"以上": "at_least", "以下": "at_most", "左右": "about", "上下": "about"}


def _find_chinese(text: str, language: str) -> list[Quantity]:
    found: list[Quantity] = []
    masks = [m.span() for m in _MASKED.finditer(text)] + dates.calendar_dates(text, language=language)
    for match in _chinese_pattern().finditer(text):
        begin, end = match.span("low")
        if any(begin < stop and start < end for start, stop in masks):
            continue
        quantity = _read_chinese(text, match)
        if quantity is not None:
            found.append(quantity)
    return found


def _read_chinese(text: str, match: re.Match[str]) -> Quantity | None:
    low, high = _han_value(match["low"]), _han_value(match["high"]) if match["high"] else None
    before, after = text[max(0, match.start("low") - 1) : match.start("low")], text[match.end() : match.end() + 1]
    if (
        low is None
        or before == "第"
        or (before.isascii() and before.isalnum())
        or (after.isascii() and after.isalnum())
    ):
        return None
    unit = match["unit"]
    scaled = any(c in _HAN_SCALES for c in match["low"])
    bare = unit is None and match["share"] is None and match["prefix"] is None and not scaled
    # A lone 一 or 三 is part of a word more often than a number.
    if bare and (not match["low"][0].isdigit() or re.fullmatch(r"(?:1[5-9]|20)\d\d", match["low"])):
        return None
    if high is not None and low < high and match["high"][-1:] in _HAN_SCALES and not scaled:
        low *= _HAN_SCALES[match["high"][-1]]
    if match["share"] is not None:
        if match["denominator"] is not None:
            low, unit = low / (_han_value(match["denominator"]) or 1), None
        else:
            low, unit = (low / 10 if match["share"] == "千分之" else low), "%"
    elif unit in ("%", "％") or match["percent_low"]:
        unit = "%"
    elif unit in ("个百分点", "個百分點"):
        unit = "percentage point"
    elif match["prefix"] is not None:
        unit = {"$": "USD", "US$": "USD", "€": "EUR", "£": "GBP"}.get(match["prefix"], "CNY")
    elif unit is not None:
        unit = _HAN_CURRENCIES.get(unit, unit)
    qualifier = _HAN_BEFORE.get(match["before"] or "") or _HAN_AFTER.get(match["after"] or "")
    if qualifier is None and (match["some"] or any(c in "多余餘" for c in match["low"])):
        qualifier = "more_than"
    ranged = high is not None and low < high
    return Quantity(
        start=match.start(),
        end=match.end(),
        text=match[0],
        value=None if ranged else low,
        low=low if ranged else None,
        high=high if ranged else None,
        unit=unit,
        qualifier="range" if ranged else qualifier or "exact",
    )


def _han_value(numeral: str) -> Decimal | None:
    """The value of a numeral in Chinese or other digits, with scales: 三百二十, 1.5亿, 12万."""
    total, section, digits = Decimal(0), Decimal(0), ""
    pending: Decimal | None = None
    for char in re.sub(r"[,多余餘几]", "", numeral.replace("点", ".")):
        if char in ".0123456789" or char.isdecimal():
            digits += char
            continue
        if digits:
            try:
                pending, digits = Decimal(digits), ""
            except InvalidOperation:
                return None
        if char in _HAN:
            # 二〇二四: digits one by one.
            pending = Decimal(_HAN[char]) if pending is None or pending == 0 else pending * 10 + _HAN[char]
        elif char in _HAN_STEPS:
            section += (_ONE if pending is None else pending) * _HAN_STEPS[char]
            pending = None
        elif char in _HAN_SCALES:
            # 三千万亿: a scale above 万 multiplies all that was read, 万 only what stands right before it.
            group = section + (pending or 0) or (_ONE if not total else Decimal(0))
            total = total + group * _HAN_SCALES[char] if char in "万萬" else (total + group) * _HAN_SCALES[char]
            section, pending = Decimal(0), None
    if digits:
        try:
            pending = Decimal(digits)
        except InvalidOperation:
            return None
    value = total + section + (pending or 0)
    return _without_zeros(value)
