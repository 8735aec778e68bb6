"""English, Indian English included: its words for numbers, units and bounds, and how its nouns stand."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING

from summariser.grounding.quantities.lexicon import (
    BILLION,
    MILLION,
    THOUSAND,
    TRILLION,
    Fraction,
    Lexicon,
    bounds,
    phrases,
)
from summariser.grounding.quantities.units import forms

if TYPE_CHECKING:
    from summariser.grounding.quantities.tokens import Token, Tokens

__all__ = [
    "CHANGES",
    "CHANGING",
    "INDEFINITE",
    "IRREGULAR",
    "LEXICON",
    "NATIONAL_CURRENCIES",
    "TAKE_MONEY",
    "UNITS",
    "counts_in_compound",
    "singular",
]

_MEASURES = forms(
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
        "degree Celsius": "degc",
        "degree Fahrenheit": "degf",
        "night": "night nights",
        "quarter": "quarters",
        "kilowatt hour": "kilowatt_hour kilowatt_hours kilowatt-hour kilowatt-hours",
        "megawatt hour": "megawatt_hour megawatt_hours megawatt-hour megawatt-hours",
        "gigawatt hour": "gigawatt_hour gigawatt_hours gigawatt-hour gigawatt-hours",
        "terawatt hour": "terawatt_hour terawatt_hours terawatt-hour terawatt-hours",
        "watt": "watt watts",
        "kilowatt": "kilowatt kilowatts",
        "megawatt": "megawatt megawatts",
        "gigawatt": "gigawatt gigawatts",
        "terawatt": "terawatt terawatts",
        "volt": "volt volts",
        "hertz": "hertz",
        "megahertz": "megahertz",
        "gigahertz": "gigahertz",
        "megabyte": "megabyte megabytes",
        "gigabyte": "gigabyte gigabytes",
        "terabyte": "terabyte terabytes",
        "millilitre": "millilitre millilitres milliliter milliliters",
        "micrometre": "micrometre micrometres micrometer micrometers micron microns",
        "nanometre": "nanometre nanometres nanometer nanometers",
        "microgram": "microgram micrograms",
        "horsepower": "horsepower",
        "brake horsepower": "brake_horsepower",
        "foot pound": "foot-pound foot-pounds pound-foot pound-feet",
        "calorie": "calorie calories",
        "kilocalorie": "kilocalorie kilocalories",
        "decibel": "decibel decibels",
        "carat": "carat carats",
        "part per million": "parts_per_million part_per_million",
        "part per billion": "parts_per_billion part_per_billion",
        "knot": "knot knots kt",
        "point": "point points",
        "cent": "cent cents",
        "penny": "pence penny pennies",
        "paisa": "paisa paise",
        "megapixel": "megapixel megapixels",
        "time": "times",
    }
)
_CURRENCIES = forms(
    {
        "USD": "dollar dollars buck bucks",
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
        "GBP": "sterling quid",
        "BTC": "bitcoin bitcoins",
        "TRY": "lira liras",
        "BDT": "taka",
        "THB": "baht",
        "VND": "dong",
        "IDR": "rupiah",
        "MYR": "ringgit",
        "KZT": "tenge",
        "HUF": "forint forints",
        "GHS": "cedi cedis",
    }
)
NATIONAL_CURRENCIES = {
    "us": {"dollar": "USD"},
    "u.s.": {"dollar": "USD"},
    "united states": {"dollar": "USD"},
    "american": {"dollar": "USD"},
    "canadian": {"dollar": "CAD"},
    "australian": {"dollar": "AUD"},
    "hong kong": {"dollar": "HKD"},
    "new zealand": {"dollar": "NZD"},
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
    "lebanese": {"pound": "LBP"},
    "syrian": {"pound": "SYP"},
    "sudanese": {"pound": "SDG"},
    "egyptian": {"pound": "EGP"},
    "turkish": {"lira": "TRY"},
    "south african": {"rand": "ZAR"},
    "pakistani": {"rupee": "PKR"},
    "indian": {"rupee": "INR"},
    "saudi": {"riyal": "SAR"},
    "sri lankan": {"rupee": "LKR"},
    "nepalese": {"rupee": "NPR"},
    "qatari": {"riyal": "QAR"},
    "iranian": {"rial": "IRR"},
    "iraqi": {"dinar": "IQD"},
    "kuwaiti": {"dinar": "KWD"},
    "jordanian": {"dinar": "JOD"},
    "moroccan": {"dirham": "MAD"},
    "brazilian": {"real": "BRL"},
    "chinese": {"yuan": "CNY"},
    "japanese": {"yen": "JPY"},
    "korean": {"won": "KRW"},
    "kenyan": {"shilling": "KES"},
    "ugandan": {"shilling": "UGX"},
    "tanzanian": {"shilling": "TZS"},
    "nigerian": {"naira": "NGN"},
    "icelandic": {"krona": "ISK", "kronur": "ISK"},
    "hungarian": {"forint": "HUF"},
    "polish": {"zloty": "PLN"},
    "uae": {"dirham": "AED"},
}
"""What an adjective makes of the name of a currency."""

UNITS = {
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
_SCALES = {
    "hundred": Decimal(100),
    "thousand": THOUSAND,
    "million": MILLION,
    "billion": BILLION,
    "trillion": TRILLION,
    "lakh": Decimal(100_000),
    "crore": Decimal(10_000_000),
    "mn": MILLION,
    "mln": MILLION,
    "bn": BILLION,
    "bln": BILLION,
    "trn": TRILLION,
    "tn": TRILLION,
    "dozen": Decimal(12),
    "hundreds": Decimal(100),
    "thousands": THOUSAND,
    "millions": MILLION,
    "billions": BILLION,
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
INDEFINITE = {
    "dozens": Decimal(12),
    "tens": Decimal(10),
    "hundreds": Decimal(100),
    "thousands": THOUSAND,
    "millions": MILLION,
    "billions": BILLION,
}
"""Plurals that stand for no number but an order of magnitude, by its lower end."""
_BEFORE = bounds(
    more_than="more than|over|above|exceeding|in excess of|upwards of|upward of|greater than|well over|just over|higher than|"
    "slightly more than|better than|north of|larger than|longer than|older than|surpassing|topping|>",
    less_than="sub -|less than|fewer than|under|below|just under|well under|lower than|smaller than|shorter than|younger than|"
    "slightly less than|just below|well below|<",
    about="about|around|some|roughly|nearly|almost|approximately|approx|approx .|an estimated|estimated|close to|circa|nearing|"
    "approaching|virtually|just short of|just shy of|in the region of|a little over|~|≈",
    at_least="at least|no less than|no fewer than|not less than|not fewer than|a minimum of|minimum of|minimum|as few as|"
    "as little as|at the very least|≥",
    at_most="at most|up to|no more than|not more than|a maximum of|maximum of|maximum|as many as|as much as|not exceeding|"
    "as high as|no higher than|≤",
)
_AFTER = bounds(
    at_least="or more|or higher|or above|or over|and above|and over|or older|and older|and up|or longer",
    at_most="or less|or fewer|or under|or below|or lower|or younger",
    about="or so|or thereabouts",
)
_STOPS = frozenset(
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
CHANGING = frozenset(
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
TAKE_MONEY = frozenset(
    """gained gain gains gaining lost lose loses losing added add adds adding shed sheds shedding cut cuts cutting slashed slash
    slashing raised raise raises raising lowered reduced moved advanced advance""".split()
)
CHANGES = frozenset(
    """increase decrease rise fall drop decline gain reduction cut jump surge hike growth loss improvement boost plunge
    slump advance discount expansion contraction""".split()
)
_LABELS = frozenset(
    """no nos number numbers article articles section sections chapter page pages paragraph paragraphs clause rule
    phase part title level tier category grade group class type version figure table appendix annex flight route
    highway interstate channel room gate platform resolution resolutions protocol amendment proposition prop bill
    form unit block lot model series season episode game round lap row seat week day year act law directive
    regulation order decree stage step step option question item line zone area district ward mark verse formula
    vision agenda horizon windows apollo boeing airbus top pier terminal sol case vol volume issue op opus psalm
    generation euro world studio""".split()
)
IRREGULAR = {
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
_LONGEST_PHRASE = 5
_NOT_COUNTED = frozenset("way plus odd size scale class based all none ever ish faced time".split())
_NO_PLURALS = frozenset(
    """as us this thus plus less across perhaps always besides versus yes news its his hers ours is was has""".split()
)


def singular(word: str) -> str | None:
    """The singular of an English noun in the plural; None for what does not look like one."""
    low = word.casefold()
    if low in IRREGULAR:
        return IRREGULAR[low]
    if len(low) < 3 or not low.endswith("s") or low.endswith(("ss", "us", "is")) or low in _NO_PLURALS:
        return None
    stem = word if not word.isupper() else low
    if low.endswith("ies") and len(low) > 4:
        return stem[:-3] + "y"
    if low.endswith(("sses", "xes", "ches", "shes", "zzes", "oes")):
        return stem[:-2]
    return stem[:-1]


def counts_in_compound(token: Token) -> bool:
    """Whether a word that a hyphen joins to a number is what is counted: "12-member", not "three-pronged" or "two-way"."""
    ending = token.low.endswith(("ed", "ing", "fold", "something", "somethings", "style", "er", "strong"))
    kept = token.low in (
        "member",
        "seater",
        "letter",
        "layer",
        "player",
        "chapter",
        "number",
        "quarter",
        "cylinder",
        "paper",
    )
    plain = token.kind == "word" and token.text == token.low and len(token.low) > 2
    return plain and (kept or not ending) and token.low not in _STOPS and token.low not in _NOT_COUNTED


def _number(tokens: Tokens, place: int) -> tuple[Decimal, int] | None:
    """A number in words at a token: its value and the token behind it."""
    first = tokens.at(place).low
    if first in ("a", "an"):
        scale = tokens.at(place + 1).low
        return _compound(tokens, place + 1, Decimal(1)) if scale in _SCALES and not scale.endswith("s") else None
    return _compound(tokens, place, None) if first in UNITS or first in _TENS else None


def _compound(tokens: Tokens, place: int, leading: Decimal | None) -> tuple[Decimal, int] | None:
    """Number words up to a trillion: "two hundred and five thousand". ``leading`` is a number said before the scale."""
    total, group, at = Decimal(0), leading, place
    last = "start"
    while last != "dozen":
        low = tokens.at(at).low
        following = tokens.at(at + 1).low
        if last == "tens" and tokens.hyphened(at) and following in UNITS:
            at += 1
            continue
        if low == "and" and last in ("hundred", "scale") and (following in UNITS or following in _TENS):
            # "A hundred and one died" is one number; of "a million and two people" only "a million" is.
            if last == "scale" and tokens.at(at + 2).low not in _SCALES:
                break
            at += 1
            continue
        if low in _TENS and last in ("start", "hundred", "scale"):
            group, last = (group or 0) + _TENS[low], "tens"
        elif low in UNITS and (last in ("start", "hundred", "scale") or (last == "tens" and 0 < UNITS[low] < 10)):
            group, last = (group or 0) + UNITS[low], "units"
        elif low in _SMALL_SCALES and group is not None and last != "scale":
            group, last = group * _SMALL_SCALES[low], low
        elif low in _GREAT_SCALES and group is not None:
            total, group, last = total + group * _SCALES[low], None, "scale"
        else:
            break
        at += 1
    return None if at == place else (total + (group or 0), at)


def _fraction(tokens: Tokens, place: int) -> Fraction | None:
    """A fraction: a third of, two-thirds, half the, half a million, a quarter point."""
    token, before = tokens.at(place), tokens.at(place - 1).low
    if tokens.glued(place) and before == "-":
        return None
    if token.low == "half":
        return _half(tokens, place)
    numerator = Decimal(1) if token.low in ("a", "an") else UNITS.get(token.low)
    if not numerator:
        return None
    at = place + 1 + tokens.hyphened(place + 1)
    named, behind = tokens.at(at).low, tokens.at(at + 1).low
    denominator = _DENOMINATORS.get(named if numerator == 1 else named.removesuffix("s"))
    if denominator is None or (numerator != 1 and not named.endswith("s")):
        return None
    value = numerator / denominator
    if named.startswith("quarter") and tokens.at(at + 1 + tokens.hyphened(at + 1)).low in (
        "point",
        "percentage",
        "mile",
    ):
        return Fraction(value, at + 1 + tokens.hyphened(at + 1), share=False)
    bare = token.low in ("a", "an") and before not in _LEADS_SHARE
    if at == place + 1 and (bare or named.startswith("quarter")) and behind not in _AFTER_SHARE:
        return None
    if behind == "of" and tokens.at(at + 2).low in ("a", "an") and tokens.at(at + 3).low in _SHARED_UNITS:
        # "A quarter of a percentage point": of a unit, not of a whole.
        return Fraction(value, at + 3, share=False)
    return Fraction(value, at + 1, share=True)


def _half(tokens: Tokens, place: int) -> Fraction | None:
    before, following = tokens.at(place - 1).low, tokens.at(place + 1)
    joined = tokens.hyphened(place + 1)
    behind = tokens.at(place + 1 + joined).low
    if (
        behind in ("point", "percentage", "mile", "million", "billion", "trillion", "hour", "dozen")
        and before not in _PARTS
    ):
        return Fraction(_HALF, place + 1 + joined, share=False)
    if before in _PARTS or joined:
        return None
    if following.low in ("a", "an"):
        return Fraction(_HALF, place + 2, share=False)
    if following.low in _AFTER_HALF or before in _LEADS_HALF:
        return Fraction(_HALF, place + 1, share=True)
    return None


def _noun(tokens: Tokens, place: int, value: Decimal) -> tuple[str, int] | None:
    """What is counted, singular, and the token behind it: the first plural of the words that follow, or a single noun."""
    words: list[tuple[str, int]] = []
    at = place
    if tokens.at(at).low == "of" and (tokens.at(at + 1).low in _OF_WHICH or _owns(tokens.at(at + 1))):
        # "Six of the world's ports", "two of Johnson's deputies"; and of what there is one.
        at += 1 + (tokens.at(at + 1).low in _OF_WHICH)
        at += tokens.at(at).low in _SUPERLATIVES
        value = max(value, Decimal(2))
    first = at
    while len(words) < _LONGEST_PHRASE:
        token = tokens.at(at)
        if words and tokens.hyphened(at):
            at += 2
            words[-1] = tokens.at(at - 1).text, at
            continue
        filler = at == first and token.low in _FILLERS
        if token.kind != "word" or tokens.masked(at):
            break
        if token.low in _STOPS and not filler and not _qualifies(tokens, at):
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
        one = singular(bare)
        if one is not None:
            return one.casefold() if word.isupper() else one, behind
    if value == 1 and words and not any(re.search(r"['\u2019]", word) for word, _ in words):
        head, behind = words[-1] if len(words) < _LONGEST_PHRASE else words[0]
        return (head.casefold() if head.isupper() else head), behind
    return None


def _owns(token: Token) -> bool:
    """Whether a word is a name in the genitive: "Johnson's"."""
    return token.text[:1].isupper() and token.low.endswith(("'s", "s'"))


def _qualifies(tokens: Tokens, at: int) -> bool:
    """Whether a participle belongs to the noun behind it: "4,000 displaced households", not "40 injured Tuesday"."""
    following = tokens.at(at + 1)
    return tokens.at(at).low in _PARTICIPLES and following.low not in _STOPS and singular(following.text) is not None


_PARTICIPLES = frozenset("displaced injured wounded detained dead missing lost arrested abroad".split())
_FILLERS = frozenset("more fewer less additional other or".split())
_SUPERLATIVES = frozenset(("most", "more"))
_OF_WHICH = frozenset("the its their those these his her our my".split())
_GREAT_SCALES = frozenset(("thousand", "million", "billion", "trillion", "lakh", "crore"))
_HALF = Decimal("0.5")
_PARTS = frozenset("first second other latter top bottom last final better this each and".split())
_LEADS_HALF = frozenset("by than about nearly almost over roughly around in to least".split())
_LEADS_SHARE = frozenset("by than about nearly almost over roughly around".split())
_AFTER_HALF = frozenset("of the its their his her all that those our".split())
_AFTER_SHARE = frozenset("of more less higher lower".split())
_SHARED_UNITS = frozenset("percentage percent point mile million billion cent second".split())

LEXICON = Lexicon(
    language="en",
    decimal_mark=".",
    scales=_SCALES,
    ratios={
        **dict.fromkeys(("percent", "pct", "per cent", "%", "\u066a"), "%"),
        **forms(
            {
                "percentage point": "percentage_point percentage_points percentage-point percentage-points pp percent_point "
                "percent_points",
                "basis point": "basis_point basis_points basis-point basis-points bps bp",
            }
        ),
    },
    currencies=_CURRENCIES,
    measures=_MEASURES,
    before=_BEFORE,
    after=_AFTER,
    to=frozenset({"to"}),
    both="and",
    between=frozenset({"between"}),
    stops=_STOPS,
    words=_number,
    fraction=_fraction,
    noun=_noun,
    since=frozenset({"from"}),
    minus=frozenset({"minus"}),
    numerals=frozenset(
        {"half", "minus", *UNITS, *_TENS, *_SCALES, *_DENOMINATORS, *(f"{word}s" for word in _DENOMINATORS)}
    ),
    starts=frozenset({"a", "an", "half", "minus", *UNITS, *_TENS, *"½¼¾⅓⅔⅕⅛"}),
    per=phrases("per|for every|for each|out of every|in every|/"),
    each=phrases("a|an|each|every"),
    rates={
        "annually": "year",
        "yearly": "year",
        "monthly": "month",
        "weekly": "week",
        "daily": "day",
        "hourly": "hour",
    },
    and_half=phrases("and a half|- and - a - half"),
    abbreviated=frozenset({"bn", "mn", "approx"}),
    labels=_LABELS,
    changing=CHANGING,
    by=frozenset({"by"}),
)
