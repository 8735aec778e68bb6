"""A field's words held against the sentences that are cited for it: numbers, times, verbatim words, free phrases."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, cast

from summariser.grounding import dates, names, polarity, quantities, words
from summariser.grounding.locating import Located, locate
from summariser.grounding.verdicts import EXACT, Fault, Part
from summariser.grounding.words import content_words, letters_of, stem, support
from summariser_schemas import Quantity, Verdict, When

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from summariser.grounding.claims import Roster, Source
    from summariser.sentences import Sentence

__all__ = ["check_measure", "check_prose", "check_quantity", "check_when", "check_words", "find_words"]

LEAST_SUPPORT = 0.6
"""Least share of a phrase's content words that must stand in its evidence. The rest is grammar and abbreviation."""

_TIME = re.compile(
    r"\b(?:since|after|before|during|until|till|when|while|once|later|earlier|soon|now|ago|early|late|recent\w*|previous\w*|"
    r"current\w*|today|tonight|yesterday|tomorrow|\w*day|weekend|week|month|year|decade|century|hour|minute|morning|afternoon|"
    r"evening|night|noon|midnight|spring|summer|autumn|fall|winter|quarter|end|january|february|march|april|may|june|july|"
    r"august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|immediately|annual\w*|time)s?\b",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*")
_GENERIC = re.compile(
    r"\b(?:age|group|time|period|number|amount|length|share|rate|size|level|total|duration|count|sum|quantity|proportion|"
    r"percentage|value)s?\b",
    re.IGNORECASE,
)
"""Words that say what sort of number it is, which the number says too."""
_DENIALS = frozenset(("not", "never", "t"))
_DENIED = re.compile(r"(?:\bnot|n['’]t|\bnever)(?:\s+(?:just|only|merely|exactly))?\s+$", re.IGNORECASE)


def check_quantity(source: Source, said: Any, sentences: Sequence[int]) -> Part:
    """Read the number that ``said`` names from its span in one of the sentences.

    ``said`` is its words, or a mapping with ``text`` and any of ``value``, ``low``, ``high`` and ``unit``, which are held
    against what is read. A number that is not there is contradicted by the one that is.
    """
    given = cast("dict[str, Any]", said) if isinstance(said, dict) else {"text": said}
    words = str(given.get("text") or given.get("value") or "")
    for number in sentences:
        spot = _spot(source, words, number)
        if spot is None:
            continue
        offset = source.sentence(number).start
        overlapping = [
            q for q in source.quantities_of(number) if q.start + offset < spot.end and spot.start < q.end + offset
        ]
        if not overlapping:
            continue
        found = overlapping[0].model_copy(
            update={"start": overlapping[0].start + offset, "end": overlapping[0].end + offset}
        )
        denials = not _DENIALS.isdisjoint(letters_of(source.sentence(number).text))
        if denials and _DENIED.search(source.text[offset : found.start]):
            verdict = Verdict(verdict="contradicted", basis=source.text[offset : found.end][-60:])
            return Part(found, verdict, f"the sentence says that it is not {found.text!r}", again=False)
        wrong = _misread(source, words, given, found)
        if wrong is not None:
            return Part(found, Verdict(verdict="contradicted", basis=found.text, said=_said(given)), wrong)
        return Part(found, _as_found(spot, None if _alike(words, found.text) else words))
    there = [(n, q) for n in sentences for q in source.quantities_of(n)]
    nameless = quantities.parse_quantity(words, language=source.language) is None and not re.search(r"\d", words)
    if not there or nameless:
        where = "holds no number that measures something" if nameless else "is not in the sentence"
        return Part(None, Verdict(verdict="absent", said=words), f"{words!r} {where}")
    number, nearest = max(there, key=lambda place: _likeness(words, place[1].text))
    offset = source.sentence(number).start
    instead = nearest.model_copy(update={"start": nearest.start + offset, "end": nearest.end + offset})
    verdict = Verdict(verdict="contradicted", basis=nearest.text, said=words)
    return Part(instead, verdict, f"{words!r} is not in the sentence, which has {nearest.text!r}")


def _misread(source: Source, words: str, given: Mapping[str, Any], found: Quantity) -> str | None:
    """Why the number meant is another than the one read, where it is."""
    meant = None if words == found.text else quantities.parse_quantity(words, language=source.language)
    if meant is not None and _bounds(meant) != _bounds(found):
        return f"{words!r} is {_digits(meant)}, and the sentence has {found.text!r}"
    for name in ("value", "low", "high"):
        claimed = _decimal(given.get(name))
        if claimed is not None and claimed != getattr(found, name):
            return f"{name} {given[name]} is not that of {found.text!r}, which is {_digits(found)}"
    unit = given.get("unit")
    if unit and found.unit and str(unit) not in _ANYBODY and not _same_unit(str(unit), found.unit):
        return f"the unit {unit!r} is not that of {found.text!r}, which is {found.unit!r}"
    return None


_ANYBODY = frozenset({"person", "people"})
"""Units that stand for whoever is counted: 700 asylum seekers are 700 persons."""


def _bounds(quantity: Quantity) -> tuple[Decimal | None, Decimal | None, Decimal | None]:
    return quantity.value, quantity.low, quantity.high


def _decimal(value: Any) -> Decimal | None:
    if value in (None, ""):
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return Decimal("NaN")  # equal to nothing: what is no number is not the one read


def _digits(quantity: Quantity) -> str:
    numbers = [n for n in (quantity.value, quantity.low, quantity.high) if n is not None]
    return " to ".join(format(n, "f") for n in numbers) + (f" {quantity.unit}" if quantity.unit else "")


def _same_unit(one: str, other: str) -> bool:
    if _is_measure(one) or _is_measure(other):
        return one == other
    return stem(one) == stem(other) or stem(one.split()[-1]) == stem(other.split()[-1])


_FIXED = frozenset(
    "second minute hour day week month year decade century metre kilometre centimetre millimetre mile foot inch yard hectare "
    "acre gram kilogram tonne ton pound ounce litre gallon barrel watt kilowatt megawatt gigawatt volt degree".split()
)
"""Units of time, length, weight and the like."""


def _is_measure(unit: str) -> bool:
    """Whether a unit is a currency, a share or one of measurement, which another word never stands for."""
    return not unit.isalpha() or (len(unit) == 3 and unit.isupper()) or unit in _FIXED


def _said(given: Mapping[str, Any]) -> str:
    rest = [f"{k} {v}" for k, v in given.items() if k in ("value", "low", "high", "unit") and v not in (None, "")]
    return ", ".join([str(given.get("text") or ""), *rest]).strip(", ")


def _likeness(words: str, other: str) -> tuple[int, int]:
    """How much two numbers look alike: digits, and words, they share."""
    ours, theirs = Counter(re.findall(r"\d", words)), Counter(re.findall(r"\d", other))
    mine, yours = set(words.casefold().split()), set(other.casefold().split())
    return (ours & theirs).total(), len(mine & yours)


def check_when(source: Source, said: Any, sentences: Sequence[int], *, past: bool | None = None) -> Part:
    """Find a time's words in the sentences and resolve them against the publication date.

    ``said`` is its words, or a mapping with ``text`` and any of ``start`` and ``end``, which are held against what code
    resolves.
    """
    given = cast("dict[str, Any]", said) if isinstance(said, dict) else {"text": said}
    words = str(given.get("text") or "")
    for number in sentences:
        spot = _spot(source, words, number)
        if spot is None:
            continue
        verbatim = source.text[spot.start : spot.end]
        if source.language == "en" and not (_DIGIT.search(verbatim) or _TIME.search(verbatim)):
            return Part(None, Verdict(verdict="absent", said=words), f"{words!r} is no time")
        published = source.document.published
        when = dates.resolve(verbatim, published=published, language=source.language, past=past)
        for name in ("start", "end"):
            claimed = given.get(name)
            if claimed and str(claimed)[:10] != str(known := getattr(when, name)):
                reason = f"{verbatim!r} does not {name} on {claimed}" + (
                    f" but on {known}" if known else ": it is unresolved"
                )
                return Part(when, Verdict(verdict="contradicted", basis=verbatim, said=str(claimed)), reason)
        if when.start is not None and not dates.is_absolute(verbatim, language=source.language):
            return Part(when, Verdict(verdict="derived", basis=f"{verbatim!r}, published {published}"))
        return Part(when, _as_found(spot))
    others = [source.sentence(n).text[a:b] for n in sentences if source.usable(n) for a, b in source.dates_of(n)]
    if others and (re.search(r"\d", words) or dates.find_dates(words, language=source.language)):
        verdict = Verdict(verdict="contradicted", basis=others[0], said=words)
        return Part(When(text=words), verdict, f"the time {words!r} is not in the sentence, which has {others[0]!r}")
    return Part(When(text=words), Verdict(verdict="absent", said=words), f"the time {words!r} is not in the sentence")


def check_prose(
    source: Source, prose: str, sentences: Sequence[int], *, known: Roster | None = None, voiced: bool = True
) -> list[Fault]:
    """Say what in a free phrase does not stand in the sentences: names, numbers, dates, what turns it, or most of its words.

    A party of ``known`` may be named by any of its names when the sentences mention it by another. ``voiced`` as in
    `polarity.faults`.
    """
    spans = [source.sentence(n) for n in sentences]
    evidence = "\n".join([s.text for s in spans])
    turned = polarity.faults(prose, evidence, language=source.language, voiced=voiced)
    if _contains(evidence, prose):
        return turned
    found: list[Fault] = []
    for start, end in names.proper_names(prose, language=source.language):
        name = prose[start:end]
        if names.mentions(evidence, name) or names.mentions(evidence.title(), name):
            continue
        party = known.find(name) if known is not None else None
        if party is None or known is None or not any(known.mentions(party, s.start, s.end) for s in spans):
            found.append(Fault("absent", f"the name {name!r} is not in the sentence"))
    there = [q for n in sentences for q in source.quantities_of(n)]
    own = quantities.find_quantities(prose, language=source.language)
    for quantity in own:
        same = [other for other in there if _same_amount(quantity, other, evidence)]
        if len(same) == 1:
            found += _misplaced(source, prose, quantity, sentences, same[0])
        if not same:
            nearest = max(there, key=lambda q: _likeness(quantity.text, q.text), default=None)
            found.append(
                Fault(
                    "absent" if nearest is None else "contradicted",
                    f"the number {quantity.text!r} is not in the sentence",
                    None if nearest is None else nearest.text,
                )
            )
    if told := _DIGITS.findall(prose):
        numbers = Counter(_DIGITS.findall(evidence))
        found += [
            Fault("contradicted" if numbers else "absent", f"the number {n!r} is not in the sentence")
            for n, times in Counter(told).items()
            if times > numbers[n]
        ]
    found += [
        Fault("contradicted" if there else "absent", f"{word!r} is not in the sentence")
        for word in _unmeasured(source, prose, own, spans)
    ]
    found += _indefinite(source, prose, evidence)
    if source.language in words.UNMARKED_NAMES:
        found += [
            Fault("absent", f"{word!r} is not in the sentence")
            for word in words.strangers(prose, evidence, language=source.language)
        ]
    for start, end in dates.find_dates(prose, language=source.language):
        if not _contains(evidence, prose[start:end], source.language):
            found.append(Fault("absent", f"the date {prose[start:end]!r} is not in the sentence"))
    found += turned
    if not found and support(_GENERIC.sub("", prose), evidence, language=source.language) < LEAST_SUPPORT:
        missing = [w for w in content_words(prose, language=source.language) if support(w, evidence) == 0]
        absent = ", ".join(dict.fromkeys(missing)) or prose
        found.append(Fault("absent", f"these words are not in the sentence: {absent!r}"))
    return list({fault.reason: fault for fault in found}.values())


_TO_AND_FROM = {
    "en": "to from by",
    "de": "auf von um",
    "fr": "à de",
    "es": "a de hasta desde",
}
"""What leads to the end, the beginning and the size of a change."""


def _misplaced(source: Source, prose: str, own: Quantity, sentences: Sequence[int], other: Quantity) -> list[Fault]:
    """Why a number that stands in a sentence stands there in another place: as the other end of a change, or of another thing."""
    number = next(n for n in sentences if other in source.quantities_of(n))
    text, language = source.sentence(number).text, source.language
    found: list[Fault] = []
    here, there = (
        polarity.moves(prose, own.start, own.end, language),
        polarity.moves(text, other.start, other.end, language),
    )
    if here is not None and there is not None:
        if here != there:
            told = f"the sentence does not say {here!r} of {other.text!r}, but {there!r}"
            found.append(Fault("contradicted", told, there))
        leads = _TO_AND_FROM.get(language, "").split()
        lead, given = _word_before(prose, own.start), _word_before(text, other.start)
        if lead != given and lead in leads and given in leads:
            found.append(
                Fault("contradicted", f"the sentence has {given!r} before {other.text!r}, not {lead!r}", other.text)
            )
    return found or _of_another(source, prose[: own.start] + prose[own.end :], number, other)


def check_measure(source: Source, measures: str, sentences: Sequence[int], quantity: Quantity) -> list[Fault]:
    """Say what in the words for what a number measures belongs to another number of its sentence.

    ``quantity`` is the one that `check_quantity` read, with offsets in the document.
    """
    for number in sentences:
        offset = source.sentence(number).start
        for other in source.quantities_of(number):
            if other.start + offset == quantity.start:
                return _of_another(source, measures, number, other)
    return []


def _of_another(source: Source, phrase: str, number: int, other: Quantity) -> list[Fault]:
    """Why a number is said to measure what another one of its sentence measures: "12 died" where 12 were hurt and 300 died."""
    text, language = source.sentence(number).text, source.language
    numbers = source.quantities_of(number)
    if len(numbers) < 2:
        return []
    parts = polarity.parts(text)
    home = [part for part in parts if part[0] <= other.start < part[1]]
    away = [part for part in parts if part not in home and any(part[0] <= q.start < part[1] for q in numbers)]
    if not home or not away:
        return []
    if (stranger := _named_elsewhere(text, phrase, home[0], away, other, language)) is not None:
        told = f"the sentence does not say {stranger!r} of {other.text!r}"
        return [Fault("contradicted", told, other.text)]
    said = set(content_words(_GENERIC.sub("", phrase), language=language))
    said -= {stem(q.unit) for q in numbers if q.unit} | {stem(w) for w in (other.unit or "").split()}
    mine, theirs = (_predicates(text, part, numbers, source, number) for part in (home, away))
    if mine - theirs and not said & mine and said & (theirs - mine):
        wrong = ", ".join(sorted(said & (theirs - mine)))
        return [Fault("contradicted", f"the sentence does not say {wrong!r} of {other.text!r}", other.text)]
    return []


_PLACE_LEAD = re.compile(r"\b(?:in|at|near|on|by|to|for|during|since)\s+(?:the\s+)?$", re.IGNORECASE)


def _named_elsewhere(
    text: str,
    phrase: str,
    home: tuple[int, int],
    away: Sequence[tuple[int, int]],
    other: Quantity,
    language: str,
) -> str | None:
    """A name of the phrase that stands with another number, where this one has a name before it: "… and those of Odran 7"."""
    lead = text[home[0] : other.start]
    if phrase.strip(" .") in text or all(
        _PLACE_LEAD.search(lead[:start]) for start, _ in names.proper_names(lead, language=language)
    ):
        return None
    for start, end in names.proper_names(phrase, language=language):
        name = phrase[start:end]
        elsewhere = any(names.mentions(text[a:b], name) for a, b in away)
        if elsewhere and not names.mentions(text[slice(*home)], name):
            return name
    return None


def _predicates(
    text: str, parts: Sequence[tuple[int, int]], numbers: Sequence[Quantity], source: Source, number: int
) -> set[str]:
    """The words of parts of a sentence that are no numbers, times or names."""
    taken = [(q.start, q.end) for q in numbers] + source.dates_of(number)
    taken += names.proper_names(text, language=source.language)
    found: set[str] = set()
    for start, end in parts:
        place = start
        for a, b in sorted((a, b) for a, b in taken if a < end and start < b):
            found |= set(content_words(text[place:a], language=source.language))
            place = max(place, b)
        found |= set(content_words(text[place:end], language=source.language))
    return found


def _word_before(text: str, place: int) -> str:
    words = text[:place].split()
    return words[-1].casefold() if words else ""


def _unmeasured(source: Source, prose: str, own: Sequence[Quantity], spans: Sequence[Sentence]) -> list[str]:
    """Scales, currencies and units that a phrase names outside its numbers more often than the sentences do.

    A scale inside a number of the sentence counts for no other: "thousands of shops" is not in "hundreds of shops and 5
    thousand homes".
    """
    language = source.language
    said = words.measure_words(_without(prose, own), language=language)
    if not said:
        return []
    whole, bare = Counter[str](), Counter[str]()
    for sentence in spans:
        numbers = source.quantities_of(sentence.number)
        whole += words.measure_words(sentence.text, language=language)
        bare += words.measure_words(_without(sentence.text, numbers), language=language)
    return [word for word, times in said.items() if times > (bare if word in words.SCALES else whole)[word]]


_INDEFINITE = re.compile(r"\b(?:dozens|tens|hundreds|thousands|millions|billions)\s+of\b", re.IGNORECASE)


def _indefinite(source: Source, prose: str, evidence: str) -> list[Fault]:
    """Orders of magnitude of other things: "thousands of factories" where the sentence has thousands of shops. English only."""
    if source.language != "en" or _INDEFINITE.search(prose) is None:
        return []
    there = quantities.find_quantities(evidence, loose=True)
    return [
        Fault("contradicted" if there else "absent", f"the sentence has not {own.text!r}")
        for own in quantities.find_quantities(prose, loose=True)
        if _INDEFINITE.search(own.text)
        and not any(
            _bounds(own) == _bounds(q) and (not own.unit or not q.unit or _same_unit(own.unit, q.unit)) for q in there
        )
    ]


def _without(text: str, numbers: Sequence[Quantity]) -> str:
    for quantity in reversed(numbers):
        text = f"{text[: quantity.start]} . {text[quantity.end :]}"
    return text


def _same_amount(one: Quantity, other: Quantity, evidence: str) -> bool:
    """Whether a phrase's number is one of the sentence's: value, bounds, unit, and which side of a bound."""
    if _bounds(one) != _bounds(other):
        return False
    if {one.qualifier, other.qualifier} in _OPPOSITES:
        return False
    if one.unit is None:
        return other.unit is None or not _is_measure(other.unit)  # "40 million" of what, where the text has dollars
    if other.unit is None or _same_unit(one.unit, other.unit):
        return True
    # What is counted may be worded otherwise, as long as the word is the text's: "23 people died", "23 dead people".
    return not _is_measure(one.unit) and not _is_measure(other.unit) and support(one.unit, evidence) == 1


_OPPOSITES = tuple({a, b} for a in ("more_than", "at_least") for b in ("less_than", "at_most"))


def _spot(source: Source, words: str, number: int) -> Located | None:
    """Where words stand in a sentence, offsets in the document."""
    sentence = source.sentence(number)
    spot = locate(source.text, words, language=source.language, within=(sentence.start, sentence.end))
    here = spot is not None and spot.verdict != "elided" and sentence.start <= spot.start < sentence.end
    return spot if here else None


def check_words(source: Source, words: str, sentences: Sequence[int]) -> Part:
    """Words that must stand in one of the sentences: as they stand there."""
    found = find_words(source, words, sentences)
    return found or Part(words, Verdict(verdict="absent", said=words), f"{words!r} is not in the sentence")


def find_words(source: Source, words: str, sentences: Sequence[int]) -> Part | None:
    """The same, and None for words that stand in none."""
    for number in sentences:
        spot = _spot(source, words, number)
        if spot is not None:
            verbatim = source.text[spot.start : spot.end]
            return Part(verbatim, _as_found(spot, None if _alike(words, verbatim) else words))
    return None


def _as_found(spot: Located, said: str | None = None) -> Verdict:
    if spot.verdict == "exact":
        return EXACT if said is None else Verdict(verdict="exact", said=said)
    return Verdict(verdict="normalised", said=said)


def _alike(one: str, other: str) -> bool:
    return one == other or " ".join(one.split()) == " ".join(other.split())


def _contains(evidence: str, words: str, language: str | None = None) -> bool:
    plain = words.isascii() and evidence.isascii() and "\n" not in evidence
    if plain and not letters_of(words) <= letters_of(evidence):
        return False
    spot = locate(evidence, words, language=language)
    return spot is not None and spot.verdict != "elided"  # what is left out may be a "not"
