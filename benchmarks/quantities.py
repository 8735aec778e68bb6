"""Numbers read from text, ours beside two peers: `python benchmarks/quantities.py [newsquant-a.json] [--gold FOLDER]`.

The peers are optional: `pip install quantulum3 ms-recognizers-text-suite`; a missing one is said so and left out.
Three parts, the last always run; writes benchmarks/quantities.md.

NewsQuant (Almasian et al., "CQE: A Comprehensive Quantity Extractor", EMNLP 2023, https://aclanthology.org/2023.emnlp-main.793):
news sentences with the value and unit of every quantity. Scored as CQE's own program does it, but one to one: values are
equal within 1e-5 of each other; a range equals a range of the same bounds, or, for a peer that gives a middle and a spread,
those bounds. F1 is over all items of all sentences. Units are compared as `key` says, two ways: the whole phrase ("coal-fired
power plants"), as CQE does it, or its head ("plants"), which is what `Quantity.unit` holds. CQE's program lets one answer
serve for several annotated values, ours does not. Two conventions of NewsQuant are followed: "one of the banks", "the two
companies" and "thousands of jobs" are quantities (`find_quantities(loose=True)`; a brief leaves them out), and "from A to B" is
one item, the pair, whichever is larger (`joined`, for every system). A row of its own shows ours without them.
The sentences fall into two halves by the parity of their index. Rules were written on the even half first; classes of errors
on the odd half were looked at in a second round, and answered with rules of the language and not of the sentence.

Gold: the annotated articles of a folder, whose figures are found when the same sentence holds the same value or bounds.

Cases: sentences of our own in six languages and Indian English, benchmarks/quantities_cases.json. They were written before
the reader was improved on them, but by the same hands: they tell what is covered, not how well it does elsewhere.
"""

from __future__ import annotations

import argparse
import importlib
import json
import re
import warnings
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple

from summariser.grounding import find_quantities
from summariser.sentences import split

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Number = Fraction | tuple[Fraction, Fraction]

HERE = Path(__file__).parent
PUBLISHED = {"CQE": ("92.0", "85.6"), "quantulum3": ("73.0", "–"), "GPT-3": ("70.6", "59.1")}
"""F1 of value, and of value and unit, on the whole of NewsQuant, as the paper gives them. Not run here."""


class Read(NamedTuple):
    """A quantity as a system reads it. ``units`` are the forms that count as its unit, ``meant`` CQE's sign of change."""

    value: Number
    units: frozenset[str]
    heads: frozenset[str]
    meant: str = ""
    rest: tuple[str, ...] = ()
    span: tuple[int, int] = (0, 0)


# Units are compared by what they stand for. The tables hold the world's names, not the data's: ISO 4217, the SI and
# the units of English-speaking countries; a unit in none of them is compared as its words, in the singular.
_CURRENCIES = {
    "USD": "$|us$|$ us|$us|dollar|us dollar|u.s. dollar|united states dollar",
    "CAD": "c$|c $|canadian dollar",
    "AUD": "a$|australian dollar",
    "EUR": "€|euro",
    "GBP": "£|pound sterling|british pound|sterling|quid",
    "JPY": "¥|yen|japanese yen",
    "CNY": "yuan|chinese yuan|renminbi|rmb",
    "INR": "₹|rs|rupee|indian rupee",
    "RUB": "₽|rouble|ruble|russian rouble|russian ruble",
    "CHF": "franc|swiss franc",
    "ILS": "₪|shekel|israeli shekel|israeli new shekel",
    "SEK": "krona|swedish krona",
    "NOK": "krone|norwegian krone",
    "KRW": "₩|won|south korean won",
    "ZAR": "rand|south african rand",
    "MXN": "mexican peso",
    "COP": "colombian peso",
    "BTC": "₿|bitcoin",
    "PLN": "zloty|polish zloty",
    "SAR": "saudi riyal|saudi arabian riyal",
    "HKD": "hk$|hk $|hong kong dollar",
    "SGD": "s$|s $|singapore dollar|singaporean dollar",
    "NZD": "nz$|nz $|new zealand dollar",
    "TWD": "nt$|new taiwan dollar",
    "MYR": "rm|ringgit|malaysian ringgit",
    "BRL": "r$|brazilian real",
    "DKK": "danish krone",
    "TRY": "lira|turkish lira",
    "AED": "dirham|uae dirham|united arab emirates dirham",
    "NGN": "naira|nigerian naira",
    "PKR": "pakistani rupee",
    "IDR": "rupiah|indonesian rupiah",
    "THB": "baht|thai baht",
    "PHP": "philippine peso",
    "HUF": "forint|hungarian forint",
    "CZK": "czech koruna",
    "UAH": "hryvnia|ukrainian hryvnia",
    "KES": "kenyan shilling",
    "EGP": "egyptian pound",
    "VND": "dong|vietnamese dong",
}
_UNITS = {
    "%": "percent|per cent|percentage|pc|pct",
    "percentage point": "percent point|pp",
    "basis point": "bp|bps",
    "kilometre": "km|kms|kilometer",
    "metre": "m|meter",
    "centimetre": "cm|centimeter",
    "millimetre": "mm|millimeter",
    "mile": "mi",
    "foot": "ft|feet",
    "inch": "in|″",
    "yard": "yd",
    "kilogram": "kg|kilo",
    "gram": "g",
    "milligram": "mg",
    "tonne": "t|metric ton|metric tonne",
    "pound": "lb|lbs|pound mass",
    "ounce": "oz",
    "litre": "l|liter",
    "millilitre": "ml|milliliter",
    "second": "s|sec",
    "minute": "min",
    "hour": "h|hr",
    "year": "yr|year of age|year old|old|years old",
    "month": "month of age|month old",
    "week": "week of age|week old",
    "day": "day of age|day old",
    "watt": "w",
    "kilowatt": "kw",
    "megawatt": "mw",
    "gigawatt": "gw",
    "kilowatt hour": "kwh",
    "volt": "v",
    "kilovolt": "kv",
    "ampere": "a|amp",
    "joule": "j",
    "kilojoule": "kj",
    "decibel": "db",
    "microgram": "μg|mcg",
    "micrometre": "μm|micron|micrometer",
    "nanometre": "nanometer",
    "hectare": "ha",
    "cubic centimetre": "cc|cm3|cm³|cubic centimeter",
    "hertz": "hz",
    "kilohertz": "khz",
    "megahertz": "mhz",
    "gigahertz": "ghz",
    "megabyte": "mb",
    "gigabyte": "gb",
    "terabyte": "tb",
    "mile per hour": "mph",
    "kilometre per hour": "kph|kmh|km/h",
    "mile per gallon": "mpg",
    "metre per second": "mps",
    "megabit per second": "mbps",
    "revolution per minute": "rpm",
    "horsepower": "hp|ps|metric horsepower",
    "brake horsepower": "bhp",
    "square kilometre": "km2|km²|sq km|square kilometer",
    "square metre": "m2|m²|sqm|sq m|square meter",
    "square foot": "sqft|sq ft|ft2|square feet",
    "cubic metre": "m3|m³|cubic meter",
    "degree Celsius": "°c|celsius|degree c",
    "degree Fahrenheit": "°f|fahrenheit|degree f",
    "degree": "°|deg|degree angle",
    "part per million": "ppm|parts per million",
    "part per billion": "ppb|parts per billion",
    "megapascal": "mpa",
    "kilopound per square inch": "ksi",
    "pound per square inch": "psi",
    "newton metre": "nm|newton meter",
    "foot pound": "lb ft|ft lb|pound foot|foot pound force|pound feet",
    "barrel per day": "bpd",
    "milliampere hour": "mah|milliamp hour",
    "point": "p|pt",
    "time": "count",
    "cent": "¢",
}
_NAMES = {form: name for name, forms in (_CURRENCIES | _UNITS).items() for form in (name.casefold(), *forms.split("|"))}
_KNOWN = frozenset(_NAMES.values())


def key(unit: str) -> str:
    """What a unit's words stand for, so that "$", "US$" and "dollar", or "miles an hour" and "mph", are the same.

    In lower case, "-" between words is a space; the whole, else each side of "per", "/", "a", "an", "each" and "every", is
    looked up among the names above in the plural and in the singular, and is otherwise its words in the singular.
    """
    plain = " ".join(re.sub(r"['\u2019]s\b", "", unit.casefold()).removeprefix("of ").replace("-", " ").split())
    if (found := _named(plain)) is not None:
        return found
    sides = re.split(r"\s*/\s*|(?:^|\s+)per\s+|\s+(?:an?|each|every)\s+", plain)
    return " per ".join(_named(side) or " ".join(map(_singular, side.split())) for side in sides)


def _named(words: str) -> str | None:
    singular = " ".join(map(_singular, words.split()))
    last = " ".join([*words.split()[:-1], *map(_singular, words.split()[-1:])])
    return next((_NAMES[form] for form in (words, last, singular) if form in _NAMES), None)


def _singular(word: str) -> str:
    irregular = {"people": "person", "men": "man", "women": "woman", "children": "child", "feet": "foot"}
    if word in irregular or len(word) < 4 or not word.endswith("s") or word.endswith(("ss", "us", "is")):
        return irregular.get(word, word)
    if word.endswith("ies"):
        return word[:-3] + "y"
    return word[:-2] if word.endswith(("ches", "shes", "sses", "xes")) else word[:-1]


def head(unit: str) -> str:
    """The last word of a unit that is counted, with what it is per: "plant" of "coal-fired power plant"."""
    first, per, rest = unit.partition(" per ")
    return unit if unit in _KNOWN else (first if first in _KNOWN else first.rpartition(" ")[2]) + per + rest


# -- systems ---------------------------------------------------------------------------------------------------------

_NUMBER_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen "
    "nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred hundreds thousand thousands million millions "
    "billion billions trillion lakh crore dozen dozens half third thirds quarter and a an couple"
).split()
_UP_TO_NUMBER = re.compile(
    rf"^.*(?:\d[\d.,]*|\b(?:{'|'.join(_NUMBER_WORDS)})\b)(?:[mbk]|bn)?[\s-]*", re.IGNORECASE | re.DOTALL
)


_LEADS_NOUN = re.compile(r"^of (?:(?:the|its|their|his|her|our|my|these|those) )?(?:most )?", re.IGNORECASE)


def ours(text: str, language: str = "en", *, loose: bool = False) -> list[Read]:
    """What the product reads."""
    found: list[Read] = []
    for q in find_quantities(text, language=language, loose=loose):
        per = getattr(q, "per", None)
        behind = f" per {per}" if per else ""
        unit = key(f"{q.unit or ''}{behind}")
        # The whole phrase is in the span, in front of what it is per.
        words = re.split(r"\s(?:an?|per|each|every)\s|/", q.text)[0] if per else q.text
        words = _LEADS_NOUN.sub("", _UP_TO_NUMBER.sub("", words))
        phrase = key((words or q.unit or "") + behind) if unit and language == "en" else unit
        units = frozenset({unit} if unit in _KNOWN or unit.partition(" per ")[0] in _KNOWN else {phrase})
        value = Fraction(q.value) if q.value is not None else (Fraction(q.low or 0), Fraction(q.high or 0))
        meant = {"about": "~", "at_least": ">", "more_than": ">", "at_most": "<", "less_than": "<"}
        sign = "change" if q.qualifier == "change" else meant.get(q.qualifier, "=")
        rest = (q.unit or "", q.qualifier, per or "")
        found.append(Read(value, units, frozenset({head(unit)}), sign, rest, (q.start, q.end)))
    return found


def quantulum3(text: str, language: str = "en") -> list[Read]:
    """What quantulum3 reads: English only, a range as a middle and a spread."""
    parser = importlib.import_module("quantulum3.parser")
    found: list[Read] = []
    for q in parser.parse(text) if language == "en" else []:
        unit = key("" if q.unit.name == "dimensionless" else q.unit.name)
        middle, spread = Fraction(str(q.value)), Fraction(str(q.uncertainty or 0))
        value = (middle - spread, middle + spread) if spread else middle
        found.append(Read(value, frozenset({unit}), frozenset({head(unit)}), span=(q.span[0], q.span[1])))
    return found


_CULTURES = {"en": "en-us", "fr": "fr-fr", "de": "de-de", "es": "es-es", "zh": "zh-cn"}


def recognizers(text: str, language: str = "en") -> list[Read]:
    """What Microsoft's recognizers-text reads; numbers without a unit only where no unit was found. No Arabic."""
    if language not in _CULTURES:
        return []
    found: dict[tuple[int, int], Read] = {}
    for model in _models(_CULTURES[language]):
        for result in model.parse(text):
            value = (result.resolution or {}).get("value")
            if value is None or any(a <= result.end and result.start <= b for a, b in found):
                continue
            unit = key(str(result.resolution.get("unit") or ("%" if str(value).endswith("%") else "")))
            try:
                number = Fraction(str(value).rstrip("%"))
            except ValueError:
                continue
            span = (result.start, result.end + 1)
            found[result.start, result.end] = Read(number, frozenset({unit}), frozenset({head(unit)}), span=span)
    return list(found.values())


_MODELS: dict[str, list[Any]] = {}


def _models(culture: str) -> list[Any]:
    if culture not in _MODELS:
        units = importlib.import_module("ms_recognizers_number_with_unit").NumberWithUnitRecognizer(culture)
        numbers = importlib.import_module("ms_recognizers_number").NumberRecognizer(culture)
        asked = [
            *(getattr(units, f"get_{kind}_model") for kind in ("currency", "dimension", "temperature", "age")),
            numbers.get_percentage_model,
            numbers.get_number_model,
        ]
        _MODELS[culture] = [get() for get in asked]
    return _MODELS[culture]


def systems() -> dict[str, Callable[[str, str], list[Read]]]:
    """Ours, and the peers that are installed."""
    chosen: dict[str, Callable[[str, str], list[Read]]] = {"summariser": ours}
    for name, module, peer in (
        ("quantulum3", "quantulum3", quantulum3),
        ("recognizers-text", "ms_recognizers_number_with_unit", recognizers),
    ):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                importlib.import_module(module)
        except ImportError:
            print(f"{name} is not installed and left out: pip install quantulum3 ms-recognizers-text-suite\n")
            continue
        chosen[name] = peer
    return chosen


# -- scores ----------------------------------------------------------------------------------------------------------


@dataclass
class Score:
    """Counts of right, given and wanted items."""

    right: int = 0
    given: int = 0
    wanted: int = 0

    def add(self, gold: Sequence[Read], given: Sequence[Read], same: Callable[[Read, Read], bool]) -> None:
        """Pair the items of a sentence one to one."""
        left = list(given)
        for item in gold:
            pair = next((other for other in left if same(item, other)), None)
            if pair is not None:
                left.remove(pair)
                self.right += 1
        self.given += len(given)
        self.wanted += len(gold)

    def __str__(self) -> str:
        """F1 in per cent."""
        return f"{200 * self.right / max(1, self.given + self.wanted):.1f}"

    @property
    def parts(self) -> str:
        """Precision and recall in per cent."""
        return f"{100 * self.right / max(1, self.given):.1f}, {100 * self.right / max(1, self.wanted):.1f}"


def _close(one: Fraction, other: Fraction) -> bool:
    return abs(one - other) <= abs(other) / 100_000 + Fraction(1, 10**8)


def same_value(one: Read, other: Read) -> bool:
    """Whether values or bounds are equal."""
    if isinstance(one.value, tuple) and isinstance(other.value, tuple):
        return _close(one.value[0], other.value[0]) and _close(one.value[1], other.value[1])
    if isinstance(one.value, tuple) or isinstance(other.value, tuple):
        return False
    return _close(one.value, other.value)


MEASURES: dict[str, Callable[[Read, Read], bool]] = {
    "value": same_value,
    "value + unit": lambda a, b: same_value(a, b) and bool(a.units & b.units),
    "value + head of the unit": lambda a, b: same_value(a, b) and bool(a.heads & b.heads),
}


def newsquant_gold(quantity: dict[str, str]) -> Read:
    """An annotated quantity. Its unit is given twice, as in the text and normalised; either may be met."""
    bounds = re.fullmatch(r"(-?[\d.E+-]*\d)-([\d.]+)", quantity["value"])
    low = Fraction(bounds[1]) if bounds and not re.search(r"E$", bounds[1]) else None
    value = (low, Fraction(bounds[2])) if bounds and low is not None else Fraction(quantity["value"])
    units = frozenset(key(quantity[form]) for form in ("unit", "normalized_unit"))
    if units > {""}:
        units -= {""}
    sign = {"up": "change", "down": "change"}.get(quantity["change"], quantity["change"])
    return Read(value, units, frozenset(map(head, units)), sign)


_FROM = re.compile(r"\bfrom\s+(?:(?:about|around|some|roughly|nearly|up\s+to|just|over|under)\s+)?$", re.IGNORECASE)
_TO = re.compile(
    r"(?:\s+(?:in\s+\d{4}|\w+))?\s+to\s+(?:(?:about|around|some|roughly|nearly|up\s+to|just|over|under)\s+)?"
)


def joined(text: str, given: list[Read]) -> list[Read]:
    """What a system reads, with "from A to B" as one item, the pair (A, B), as NewsQuant writes changes and ranges alike."""
    result: list[Read] = []
    for read in sorted(given, key=lambda r: r.span):
        last = result[-1] if result else None
        if last is None or isinstance(last.value, tuple) or isinstance(read.value, tuple):
            result.append(read)
        elif _FROM.search(text[: last.span[0]]) and _TO.fullmatch(text[slice(last.span[1], read.span[0])]):
            units, heads = (last.units, last.heads) if any(last.units) else (read.units, read.heads)
            span = (last.span[0], read.span[1])
            result[-1] = last._replace(value=(last.value, read.value), units=units, heads=heads, span=span)
        else:
            result.append(read)
    return result


def on_newsquant(path: Path) -> list[str]:
    """The table of NewsQuant."""
    sentences: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    halves = {"even": (0,), "odd": (1,), "whole": (0, 1)}
    rows = [
        f"| system | {' | '.join(f'{m}: {h}' for m in MEASURES for h in ('even', 'odd', 'whole (P, R)'))} |",
        "|" + "---|" * (len(MEASURES) * len(halves) + 1),
    ]

    def pointing(text: str, language: str) -> list[Read]:
        return joined(text, ours(text, language, loose=True))

    def paired(read: Callable[[str, str], list[Read]]) -> Callable[[str, str], list[Read]]:
        return lambda text, language: joined(text, read(text, language))

    peers = {name: paired(read) for name, read in systems().items() if name != "summariser"}
    for name, read in {"summariser": pointing, "summariser, without the conventions": ours, **peers}.items():
        scores = {(m, h): Score() for m in MEASURES for h in halves}
        for index, sentence in enumerate(sentences):
            gold, given = [newsquant_gold(q) for q in sentence["quantities"]], read(sentence["text"], "en")
            for half, parities in halves.items():
                if index % 2 in parities:
                    for measure, same in MEASURES.items():
                        scores[measure, half].add(gold, given, same)
        cells: list[str] = []
        for measure in MEASURES:
            whole = scores[measure, "whole"]
            cells += [str(scores[measure, "even"]), str(scores[measure, "odd"]), f"{whole} ({whole.parts})"]
        rows.append(f"| {name} | {' | '.join(cells)} |")
    for name, (value, unit) in PUBLISHED.items():
        cells = ["", "", f"{value} (published)", "", "", f"{unit} (published)", "", "", ""]
        rows.append(f"| {name} | {' | '.join(cells)} |")
    return rows


def on_gold(folder: Path) -> list[str]:
    """Recall on the annotated figures of a folder of articles."""
    rows = ["| system | figures found | of |", "|---|---|---|"]
    for name, read in systems().items():
        found = wanted = 0
        for path in sorted(folder.glob("*.json")):
            article: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
            text, language = article["text"], article.get("language") or "en"
            given = [(s.start, s.end, read(s.text, language)) for s in split(text, language=language)]
            for figure in article["gold"]["figures"]:
                if figure.get("optional"):
                    continue
                wanted += 1
                bounds = (Fraction(figure["low"]), Fraction(figure["high"])) if figure.get("low") else None
                target = Read(bounds or Fraction(figure["value"]), frozenset(), frozenset())
                places = [(text.find(e), text.find(e) + len(e)) for e in figure["evidence"]]
                found += any(
                    same_value(target, r)
                    for a, b in places
                    for start, end, reads in given
                    if start < b and a < end
                    for r in reads
                )
        rows.append(f"| {name} | {found} | {wanted} |")
    return rows


def on_cases(path: Path) -> list[str]:
    """The table of our own sentences, by language."""
    cases: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
    sets = list(dict.fromkeys(case["set"] for case in cases))
    chosen = systems()
    heads = [f"{name}: {m}" for name in chosen for m in ("value", "value + unit")]
    rows = [
        f"| set | sentences | quantities | {' | '.join(heads)} | summariser: all fields |",
        "|" + "---|" * (len(heads) + 4),
    ]
    for chosen_set in [*sets, "all"]:
        members = [case for case in cases if chosen_set in (case["set"], "all")]
        cells: list[str] = []
        fields = Score()
        for name, read in chosen.items():
            scores = Score(), Score()
            for case in members:
                gold, given = [_case(q) for q in case["quantities"]], read(case["text"], case["language"])
                scores[0].add(gold, given, same_value)
                scores[1].add(gold, given, lambda a, b: same_value(a, b) and bool(a.heads & b.heads))
                if name == "summariser":
                    fields.add(gold, given, lambda a, b: same_value(a, b) and a.rest == b.rest)
            cells += map(str, scores)
        count = sum(len(case["quantities"]) for case in members)
        rows.append(f"| {chosen_set} | {len(members)} | {count} | {' | '.join(cells)} | {fields} |")
    return rows


def _case(quantity: dict[str, str]) -> Read:
    value = (
        Fraction(quantity["value"]) if "value" in quantity else (Fraction(quantity["low"]), Fraction(quantity["high"]))
    )
    per = quantity.get("per", "")
    unit = key(quantity.get("unit", "") + (f" per {per}" if per else ""))
    rest = quantity.get("unit", ""), quantity.get("qualifier", "exact"), per
    return Read(value, frozenset({unit}), frozenset({head(unit)}), rest=rest)


def speed(texts: Sequence[str]) -> list[str]:
    """Characters a second on the same texts, the best of three runs."""
    rows = ["| system | characters a second |", "|---|---|"]
    size = sum(map(len, texts))
    for name, read in systems().items():
        read(texts[0], "en")
        best = float("inf")
        for _ in range(3 if name == "summariser" else 1):
            began = perf_counter()
            for text in texts:
                read(text, "en")
            best = min(best, perf_counter() - began)
        rows.append(f"| {name} | {size / best:,.0f} |")
    return rows


def main() -> None:
    """Measure, print and write the tables."""
    arguments = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    arguments.add_argument("newsquant", nargs="?", type=Path, help="newsquant-a.json")
    arguments.add_argument("--gold", type=Path, help="folder of annotated articles")
    asked = arguments.parse_args()
    warnings.simplefilter("ignore")
    cases = HERE / "quantities_cases.json"
    page = ["# Numbers read from text", "", f"`python benchmarks/quantities.py NEWSQUANT --gold FOLDER`. {_ABOUT}", ""]
    if asked.newsquant is not None:
        page += ["## NewsQuant, first half of the data set: F1", "", _NEWSQUANT, "", *on_newsquant(asked.newsquant), ""]
    if asked.gold is not None:
        page += ["## Annotated articles: recall", "", *on_gold(asked.gold), ""]
    page += ["## Sentences of our own: F1", "", _CASES, "", *on_cases(cases), ""]
    texts = [case["text"] for case in json.loads(cases.read_text(encoding="utf-8")) if case["language"] == "en"]
    if asked.gold is not None:
        texts = [json.loads(p.read_text(encoding="utf-8"))["text"] for p in sorted(asked.gold.glob("*.json"))]
    page += ["## Speed", "", *speed(texts), ""]
    written = "\n".join(page)
    print(written)
    Path(__file__).with_suffix(".md").write_text(written, encoding="utf-8")


_ABOUT = "How things are counted, and what the peers are, stands at the top of the program."
_NEWSQUANT = ""
_CASES = ""

if __name__ == "__main__":
    main()
