"""Draft items to items of a brief: every name, number, date and word looked up in the sentences cited."""

from __future__ import annotations

import re
from collections import Counter
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast

from summariser.grounding import attribution, dates, names, polarity, quantities, stance, words
from summariser.grounding.claims import Claim, Problem
from summariser.grounding.locate import locate
from summariser.grounding.verdicts import Fault, Part, Policy, flagged, worst
from summariser.grounding.words import content_words, stem, support
from summariser_schemas import Attribution, PartyRef, Quantity, Verdict, When
from summariser_schemas.fields import asked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from summariser.grounding.claims import Source
    from summariser.grounding.locate import Located
    from summariser.grounding.verdicts import Action
    from summariser_schemas import Item, Party

__all__ = ["Draft", "ItemGrounder", "Roster", "check_prose", "check_quantity", "check_when", "cited"]

STRICT = Policy()
_JUDGED = "chosen by the model: no single word of the text says it"

_OPENING = 60
"""Characters at the beginning of a sentence in which its subject may stand."""
LEAST_SUPPORT = 0.6
"""Least share of a phrase's content words that must stand in its evidence. The rest is grammar and abbreviation."""

_TIME = re.compile(
    r"\d|\b(?:since|after|before|during|until|till|when|while|once|later|earlier|soon|now|ago|early|late|recent\w*|previous\w*|"
    r"current\w*|today|tonight|yesterday|tomorrow|\w*day|weekend|week|month|year|decade|century|hour|minute|morning|afternoon|"
    r"evening|night|noon|midnight|spring|summer|autumn|fall|winter|quarter|end|january|february|march|april|may|june|july|"
    r"august|september|october|november|december|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|immediately|annual\w*|time)s?\b",
    re.IGNORECASE,
)
# A name right behind one of these is no subject: "the chairman of Kmart", "during a summit with Odran".
_OBJECT_OF = re.compile(
    r"\b(?:of|with|in|at|for|from|to|by|on|into|against|near|under|over|through|towards?|across|via)"
    r"\s+(?:(?:the|its|their|his|her|a|an)\s+)?(?:[A-Z][\w.]*\s+){0,2}$"
)
_DENIED = re.compile(r"(?:\bnot|n['’]t|\bnever)(?:\s+(?:just|only|merely|exactly))?\s+$", re.IGNORECASE)
_HELPING = re.compile(r"(?:\b(?:has|have|had|also|is|are|was|were|already|since)\s+)+$")
_COORDINATION = re.compile(r"\s*,?\s*(?:and|&|,)\s+(?:(?:the|its|their)\s+)?(?:[A-Z][\w.]*\s+){0,4}")
_TITLE = re.compile(r"\s+(?:[A-Z][\w.]*\s+){1,4}")
_AGENT = re.compile(r"\bby\s+(?:(?:the|its|their)\s+)?(?:[A-Z][\w.]*\s+){0,2}$")
_PRONOUN = re.compile(
    r"\b(?:he|she|it|they|who|the (?:company|firm|group|ministry|government|union|country|court))\b", re.I
)


class Draft(NamedTuple):
    """An item whose fields hold, before it has an id: field values in their final types, and the verdicts on them."""

    section: str
    fields: dict[str, Any]
    sentences: tuple[int, ...]
    verdicts: dict[str, Verdict]


class _Read(NamedTuple):
    """A claim as its sentence puts the act, and what that says of its fields.

    ``problem`` is what the sentence has against it, ``again`` whether other words might hold. ``status`` and ``by`` are
    the verdicts on what was read off the sentence, ``said_before`` the phrase before its own cue was taken off.
    """

    claim: Claim
    reading: stance.Reading | None = None
    problem: Fault | None = None
    again: bool = False
    status: Verdict | None = None
    by: Verdict | None = None
    said_before: str = ""


class Roster:
    """The brief's parties, found by any of their names."""

    def __init__(self, parties: Sequence[Party]) -> None:
        self.parties = parties
        self._by_key = {names.name_key(form): party for party in parties for form in (*party.aliases, party.name)}

    def find(self, name: str) -> Party | None:
        """Return the party that bears this name."""
        return self._by_key.get(names.name_key(name)) or self._by_key.get(names.name_key(names.strip_titles(name)))

    def mentions(self, party: Party, start: int, end: int) -> list[tuple[int, int]]:
        """Places of the party between two offsets of the document."""
        return [(m.start, m.end) for m in party.mentions if start <= m.start and m.end <= end]


def check_quantity(source: Source, said: Any, sentences: Sequence[int]) -> Part:
    """Read the number that ``said`` names from its span in one of the sentences.

    ``said`` is its words, or a mapping with ``text`` and any of ``value``, ``low``, ``high`` and ``unit``, which are held
    against what is read. A number that is not there is contradicted by the one that is.
    """
    given = cast("dict[str, Any]", said) if isinstance(said, dict) else {"text": said}
    words = str(given.get("text") or given.get("value") or "")
    there = [(n, q) for n in sentences for q in source.quantities_of(n)]
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
        if _DENIED.search(source.text[offset : found.start]):
            verdict = Verdict(verdict="contradicted", basis=source.text[offset : found.end][-60:])
            return Part(found, verdict, f"the sentence says that it is not {found.text!r}", again=False)
        wrong = _misread(source, words, given, found)
        if wrong is not None:
            return Part(found, Verdict(verdict="contradicted", basis=found.text, said=_said(given)), wrong)
        return Part(found, Verdict(verdict=_as_found(spot), said=None if _alike(words, found.text) else words))
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
    meant = quantities.parse_quantity(words, language=source.language)
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


def _is_measure(unit: str) -> bool:
    """Whether a unit is a currency or a share, which another word never stands for."""
    return not unit.isalpha() or (len(unit) == 3 and unit.isupper())


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
        if source.language == "en" and not _TIME.search(verbatim):
            return Part(None, Verdict(verdict="absent", said=words), f"{words!r} is no time")
        published = source.document.published
        when = dates.resolve(verbatim, published=published, language=source.language, past=past)
        for name in ("start", "end"):
            claimed, known = given.get(name), getattr(when, name)
            if claimed and str(claimed)[:10] != str(known):
                reason = f"{verbatim!r} does not {name} on {claimed}" + (
                    f" but on {known}" if known else ": it is unresolved"
                )
                return Part(when, Verdict(verdict="contradicted", basis=verbatim, said=str(claimed)), reason)
        if when.start is not None and dates.resolve(verbatim, published=None, language=source.language).start is None:
            return Part(when, Verdict(verdict="derived", basis=f"{verbatim!r}, published {published}"))
        return Part(when, Verdict(verdict=_as_found(spot)))
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
    evidence = "\n".join(s.text for s in spans)
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
    for quantity in quantities.find_quantities(prose, language=source.language):
        if not any(_same_amount(quantity, other, evidence) for other in there):
            nearest = max(there, key=lambda q: _likeness(quantity.text, q.text), default=None)
            found.append(
                Fault(
                    "absent" if nearest is None else "contradicted",
                    f"the number {quantity.text!r} is not in the sentence",
                    None if nearest is None else nearest.text,
                )
            )
    numbers = Counter(re.findall(r"\d+(?:[.,]\d+)*", evidence))
    found += [
        Fault("contradicted" if numbers else "absent", f"the number {n!r} is not in the sentence")
        for n, times in Counter(re.findall(r"\d+(?:[.,]\d+)*", prose)).items()
        if times > numbers[n]
    ]
    found += [
        Fault("contradicted" if there else "absent", f"{word!r} is not in the sentence")
        for word in words.measure_words(prose) - words.measure_words(evidence)
    ]
    if source.language in words.UNMARKED_NAMES:
        found += [
            Fault("absent", f"{word!r} is not in the sentence")
            for word in words.strangers(prose, evidence, language=source.language)
        ]
    for start, end in dates.find_dates(prose, language=source.language):
        if not _contains(evidence, prose[start:end], source.language):
            found.append(Fault("absent", f"the date {prose[start:end]!r} is not in the sentence"))
    found += turned
    if not found and support(prose, evidence, language=source.language) < LEAST_SUPPORT:
        missing = [w for w in content_words(prose, language=source.language) if support(w, evidence) == 0]
        absent = ", ".join(dict.fromkeys(missing)) or prose
        found.append(Fault("absent", f"these words are not in the sentence: {absent!r}"))
    return list({fault.reason: fault for fault in found}.values())


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


class ItemGrounder:
    """Grounds claims of items, whatever their class, against a source and the parties found in it.

    ``kinds`` maps what is said of an act ("was promised") to the section it belongs to and the field values that follow.
    """

    def __init__(
        self,
        source: Source,
        roster: Roster,
        items: Mapping[str, type[Item]],
        kinds: Mapping[str, tuple[str, dict[str, str]]],
        policy: Policy = STRICT,
    ) -> None:
        self.source = source
        self.roster = roster
        self.items = items
        self.kinds = kinds
        self.policy = policy

    def ground(self, claim: Claim) -> tuple[Draft | None, list[Problem]]:
        """Look up every field of a claim. A required field that does not hold fells the item, another only itself.

        Raises:
            GroundingError: a field does not hold, and the policy says to fail.
        """
        sentences, reasons = cited(self.source, claim)
        if not sentences:
            return None, [Problem(claim, tuple(reasons) or ("it names no sentence",))]
        read = self._read_stance(claim, sentences) if self.items[claim.section].said_as else _Read(claim)
        if read.problem is not None:
            action = self._act(read.problem, claim)
            if action not in ("keep", "flag"):
                return None, [Problem(claim, (read.problem.reason,), again=read.again and action == "ask")]
        claim, item = read.claim, self.items[read.claim.section]
        fields: dict[str, Any] = {}
        verdicts: dict[str, Verdict] = {}
        problems: list[Problem] = []
        for field in asked(item):
            name, core, said = field.name, field.core, claim.fields.get(field.name)
            if said in (None, "", []):
                continue
            kept: list[Part] = []
            lost: list[Part] = []
            ask = False
            for part in self._parts(core, said, name, claim, sentences, read):
                action = self._act(Fault(part.verdict.verdict, part.reason, part.verdict.basis), claim)
                if action in ("keep", "flag") and part.value is not None:
                    kept.append(flagged(part) if action == "flag" else part)
                else:
                    lost.append(part)
                    ask |= part.again and action in ("ask", "flag")
            if lost and not kept and field.required:
                # A number asked for where there is none will not be found by asking again.
                hopeless = core is Quantity and not any(self.source.quantities_of(n) for n in sentences)
                return None, [Problem(claim, _reasons(lost), again=ask and not hopeless)]
            if lost:
                partial = {**_label(claim, item), name: said}
                problems.append(
                    Problem(
                        Claim(claim.section, partial, claim.sentences, claim.question),
                        _reasons(lost),
                        again=False,
                    )
                )
            if kept:
                fields[name] = [p.value for p in kept] if field.many else kept[0].value
                verdicts[name] = worst([p.verdict for p in kept])
        missing = [f.name for f in asked(item) if f.required and f.name not in fields]
        if missing:
            return None, [Problem(claim, tuple(f"{name!r} is missing" for name in missing), again=False)]
        if "attribution" in item.model_fields and "attribution" not in fields:
            voiced = self._voiced(sentences)
            if voiced is not None:
                fields["attribution"] = voiced
                verdicts["attribution"] = Verdict(verdict="derived", basis=f"the verb of speech beside {voiced.text!r}")
        return Draft(claim.section, fields, sentences, verdicts), problems

    def _act(self, fault: Fault, claim: Claim) -> Action:
        return self.policy.action(fault.verdict, section=claim.section, reason=fault.reason, basis=fault.basis)

    def _parts(
        self, core: Any, said: Any, name: str, claim: Claim, sentences: Sequence[int], read: _Read
    ) -> list[Part]:
        """A field, or each element of a list, held against the sentences."""
        if core is Quantity:
            return [check_quantity(self.source, said, sentences)]
        if core is When:
            past = None if read.reading is None else read.reading.stance == "done"
            return [check_when(self.source, said, sentences, past=past)]
        if core is Attribution:
            return [self._attribution(said, sentences)]
        if core is PartyRef:
            names_said = said if isinstance(said, list) else [said]
            parts = [self._party(str(n), sentences) for n in names_said]
            known = list({p.value: p for p in parts if p.value is not None}.values())
            if read.by is not None and name == "by":
                known = [p._replace(verdict=read.by) if p.reason == "" else p for p in known]
            return known + [p for p in parts if p.value is None]
        if core is str and name == _prose_field(self.items[claim.section]):
            return [self._prose_part(str(said).strip(), name, sentences, read)]
        if core is str:
            return [_words(self.source, str(said), sentences)]
        return [Part(said, read.status or Verdict(verdict="derived", basis=_JUDGED))]

    def _prose_part(self, said: str, name: str, sentences: Sequence[int], read: _Read) -> Part:
        """A free phrase. ``measures`` may name a party otherwise than the sentence does; it says what a number is of."""
        if read.problem is not None:
            problem = read.problem
            return Part(said, Verdict(verdict=problem.verdict, basis=problem.basis), problem.reason)
        spoken = read.said_before or None
        measure = name == "measures"
        faults = check_prose(
            self.source,
            said,
            sentences,
            known=self.roster if measure else None,
            voiced=read.reading is None and not measure,
        )
        if not faults:
            verbatim = _words(self.source, said, sentences)
            if not verbatim.reason:
                return Part(said, verbatim.verdict.model_copy(update={"said": spoken}))
            basis = "the words of " + ", ".join(f"sentence {n}" for n in sentences)
            return Part(said, Verdict(verdict="derived", basis=basis, said=spoken))
        found = worst([Verdict(verdict=f.verdict, basis=f.basis) for f in faults])
        return Part(said, found, "; ".join(f.reason for f in faults))

    def _party(self, name: str, sentences: Sequence[int]) -> Part:
        party = self.roster.find(name)
        if party is None:
            return Part(None, Verdict(verdict="absent", said=name), f"{name!r} is none of the parties")
        ref = PartyRef(party.id)
        for number in sentences:
            sentence = self.source.sentence(number)
            places = self.roster.mentions(party, sentence.start, sentence.end)
            if places:
                own = {names.name_key(self.source.text[a:b]) for a, b in places}
                if names.name_key(name) in own:
                    return Part(ref, Verdict(verdict="exact"))
                a, b = places[0]
                return Part(ref, Verdict(verdict="derived", basis=f"{self.source.text[a:b]!r} in the sentence"))
        for number in sentences:
            if self._near(party, number):
                basis = f"a pronoun, for the sentence before names {party.name!r}"
                return Part(ref, Verdict(verdict="derived", basis=basis))
        return Part(ref, Verdict(verdict="absent", said=name), f"the name {name!r} is not in the sentence")

    def _near(self, party: Party, number: int) -> bool:
        """Whether a sentence names the party, or has a pronoun for what the sentence before it names."""
        sentence = self.source.sentence(number)
        if self.roster.mentions(party, sentence.start, sentence.end):
            return True
        if number == 1 or not _PRONOUN.search(sentence.text):
            return False
        before = self.source.sentence(number - 1)
        return bool(self.roster.mentions(party, before.start, before.end))

    def _attribution(self, said: Any, sentences: Sequence[int]) -> Part:
        """Find the source's words in the sentences, or beside them in the same paragraph."""
        words = str(cast("dict[str, Any]", said).get("text", "") if isinstance(said, dict) else said)
        around = [
            n
            for number in sentences
            for n in (number, number - 1, number + 1)
            if self.source.usable(n) and self.source.sentence(n).paragraph == self.source.sentence(number).paragraph
        ]
        found = _words(self.source, words, around)
        voiced = self._voiced(sentences)
        if voiced is not None and not self._same_voice(words, voiced):
            verdict = Verdict(verdict="contradicted", basis=voiced.text, said=words)
            return Part(voiced, verdict, f"{words!r} does not say so: the sentence gives it to {voiced.text!r}")
        if found.reason:
            return Part(
                Attribution(text=words), found.verdict, f"the source {words!r} is not named beside the sentence"
            )
        party = self.roster.find(found.value)
        return Part(Attribution(text=found.value, party=PartyRef(party.id) if party else None), found.verdict)

    def _same_voice(self, words: str, voiced: Attribution) -> bool:
        ours, theirs = names.name_key(words), names.name_key(voiced.text)
        if f" {ours} " in f" {theirs} " or f" {theirs} " in f" {ours} ":
            return True
        party = self.roster.find(words)
        return party is not None and voiced.party == party.id

    def _voiced(self, sentences: Sequence[int]) -> Attribution | None:
        """The source that the sentence itself names with a verb of speech."""
        for number in sentences:
            words = attribution.voice(self.source.sentence(number).text, language=self.source.language)
            if words is not None:
                party = self.roster.find(words)
                return Attribution(text=words, party=PartyRef(party.id) if party else None)
        return None

    def _read_stance(self, claim: Claim, sentences: Sequence[int]) -> _Read:
        """Hold the claim's section, status, wording and actors against the way the sentence puts the act."""
        phrase = str(claim.fields.get(_prose_field(self.items[claim.section]), "")).strip()
        for number in sentences:
            text = self.source.sentence(number).text
            said, reading = stance.read_through(text, phrase, language=self.source.language)
            if reading is None:
                continue
            cue = text[slice(*(reading.cue or reading.verb))]
            if reading.negated:
                return _Read(claim, reading, Fault("contradicted", "the sentence says the opposite", cue))
            if reading.stance is None:
                reason = f"the sentence does not say that {phrase!r} {_status(claim)}"
                return _Read(claim, reading, Fault("absent", reason))
            target = self.kinds.get(stance.SAID.get(reading.stance, ""))
            if target is None:
                reason = f"the sentence gives {phrase!r} only as {reading.stance}"
                return _Read(claim, reading, Fault("contradicted", reason, cue))
            return self._as_put(claim, said, target, reading, number, cue)
        if self.source.language == stance.LANGUAGE:
            return _Read(claim, problem=Fault("absent", f"the sentence holds no act {phrase!r}"), again=True)
        return _Read(claim)

    def _as_put(
        self,
        claim: Claim,
        said: str,
        target: tuple[str, dict[str, str]],
        reading: stance.Reading,
        number: int,
        cue: str,
    ) -> _Read:
        """The claim as the sentence puts it, with what was put right."""
        moved = self._moved(claim, said, target, reading, number)
        before, status = claim.fields.get("status"), moved.fields.get("status")
        spoken = str(before or claim.section) if status != before or moved.section != claim.section else None
        verdict = Verdict(verdict="derived", basis=f"{cue!r} in the sentence", said=spoken)
        by = None
        asked, got = list(claim.fields.get("by") or ()), list(moved.fields.get("by") or ())
        if got and {names.name_key(str(n)) for n in asked} != {names.name_key(str(n)) for n in got}:
            by = Verdict(verdict="derived", basis=f"the subject of {cue!r}", said=", ".join(map(str, asked)) or None)
        original = str(claim.fields.get(_prose_field(self.items[claim.section]), "")).strip()
        return _Read(moved, reading, status=verdict, by=by, said_before=original if said != original else "")

    def _moved(
        self, claim: Claim, phrase: str, target: tuple[str, dict[str, str]], reading: stance.Reading, number: int
    ) -> Claim:
        """The claim as the sentence puts it: its section and status, and only those actors that can be its subject."""
        section, values = target
        fields = dict(claim.fields)
        old, new = self.items[claim.section], self.items[section]
        fields.pop(_prose_field(old), None)
        fields[_prose_field(new)] = phrase
        if section != claim.section:
            time_old, time_new = _field_of(old, When), _field_of(new, When)
            if time_old and time_new:
                fields[time_new] = fields.pop(time_old, None)
        fields.update(values)
        fields["by"] = self._subjects(list(fields.get("by") or ()), reading, number)
        if reading.stance == "sought" and not fields.get("to"):
            fields["to"] = self._askers(fields["by"], reading, number)
        known = new.model_fields
        return Claim(section, {k: v for k, v in fields.items() if k in known}, claim.sentences, claim.question)

    def _subjects(self, by: list[str], reading: stance.Reading, number: int) -> list[str]:
        """Who performs the act: those right before the verb, else those of ``by`` that stand where a subject can."""
        sentence = self.source.sentence(number)
        verb = sentence.start + reading.verb[0]
        cue = verb if reading.cue is None else sentence.start + reading.cue[0]
        low, high = sentence.start, verb
        if reading.passive:
            high = sentence.end
        else:
            direct = self._right_before(sentence.start + reading.group, low)
            if not direct and reading.stance in ("agreed", "pledged", "planned", "offered") and cue < verb:
                lead = self.source.text[low:cue]
                direct = self._right_before(cue - (len(lead) - len(_HELPING.sub("", lead))), low)
            if direct:
                return direct
            if reading.pronoun is not None:
                return self._antecedents(by, reading.pronoun, (low, verb, sentence.end))
            if reading.stance == "sought" and cue < verb:
                low = cue
            elif reading.stance == "pledged":
                high = min(verb, cue)
        there = [p for p in self.roster.parties if self._stands_as_subject(p, low, high, passive=reading.passive)]
        kept = [name for name in by if (party := self.roster.find(name)) is None or party in there]
        if any(self.roster.find(name) for name in kept):
            return kept
        if reading.stance == "sought" and low > sentence.start and len(there) == 1:
            return [there[0].name]  # whoever stands between the asking and the act is asked: "urged Odran to stop"
        return [there[0].name] if by and len(there) == 1 and self._opens(there[0], low) else []

    def _right_before(self, end: int, low: int) -> list[str]:
        """The parties named right before an offset: "Odran", "Odran and Minister Li Dan"."""
        places = sorted(
            ((a, b, p) for p in self.roster.parties for a, b in self.roster.mentions(p, low, end)), key=lambda x: x[:2]
        )
        subjects: list[str] = []
        while places:
            start, stop, party = places.pop()
            gap = self.source.text[stop:end]
            if subjects and not _COORDINATION.fullmatch(gap):
                if _TITLE.fullmatch(gap):
                    continue  # part of the title of the one behind it: "US Ambassador Li Dan"
                break
            if not subjects and gap.strip():
                break
            if _OBJECT_OF.search(self.source.text[max(low, start - 60) : start]) and not subjects:
                return []
            subjects.insert(0, party.name)
            end = start
        return subjects

    def _opens(self, party: Party, low: int) -> bool:
        """Whether a sentence begins with the party, a title or two before its name."""
        start = min((start for start, _ in self.roster.mentions(party, low, low + _OPENING)), default=None)
        return start is not None and all(
            word[:1].isupper() or word in {"the", "a"} for word in self.source.text[low:start].split()
        )

    def _antecedents(self, by: list[str], pronoun: str, sentence: tuple[int, int, int]) -> list[str]:
        """The one of ``by`` that a pronoun can stand for: a person for "he", and nobody named only behind the verb.

        ``sentence`` is its start, its verb and its end.
        """
        low, verb, high = sentence
        chosen: list[str] = []
        for name in by:
            party = self.roster.find(name)
            if party is None or (pronoun in {"he", "she"}) != (party.kind == "person"):
                continue
            if not self.roster.mentions(party, low, high) or self._stands_as_subject(party, low, verb, passive=False):
                chosen.append(name)
        return chosen if len(chosen) == 1 else []

    def _stands_as_subject(self, party: Party, low: int, high: int, *, passive: bool) -> bool:
        for start, _ in self.roster.mentions(party, low, high):
            before = self.source.text[max(low, start - 60) : start]
            if not _OBJECT_OF.search(before) or (passive and _AGENT.search(before)):
                return True
        return False

    def _askers(self, by: Sequence[str], reading: stance.Reading, number: int) -> list[str]:
        """Who asks: the one party that stands before the verb of asking."""
        if reading.cue is None:
            return []
        sentence = self.source.sentence(number)
        asked = {party.id for name in by if (party := self.roster.find(name))}
        there = [
            p for p in self.roster.parties if self.roster.mentions(p, sentence.start, sentence.start + reading.cue[0])
        ]
        there = [p for p in there if p.id not in asked]
        return [there[0].name] if len(there) == 1 else []


def cited(source: Source, claim: Claim) -> tuple[tuple[int, ...], list[str]]:
    """The sentences of a claim that may serve as evidence, and what is wrong with the others."""
    reasons: list[str] = []
    good: list[int] = []
    for number in dict.fromkeys(claim.sentences):
        if not 1 <= number <= len(source.sentences):
            reasons.append(f"there is no sentence {number}")
        elif (order := source.orders[number - 1]) is not None:
            reasons.append(f"sentence {number} gives orders to its reader ({order}) and proves nothing")
        else:
            good.append(number)
    return tuple(good), reasons


def _spot(source: Source, words: str, number: int) -> Located | None:
    """Where words stand in a sentence, offsets in the document."""
    sentence = source.sentence(number)
    spot = locate(source.text, words, language=source.language, within=(sentence.start, sentence.end))
    here = spot is not None and spot.verdict != "elided" and sentence.start <= spot.start < sentence.end
    return spot if here else None


def _words(source: Source, words: str, sentences: Sequence[int]) -> Part:
    """Words that must stand in one of the sentences: as they stand there."""
    for number in sentences:
        spot = _spot(source, words, number)
        if spot is not None:
            verbatim = source.text[spot.start : spot.end]
            return Part(verbatim, Verdict(verdict=_as_found(spot), said=None if _alike(words, verbatim) else words))
    return Part(words, Verdict(verdict="absent", said=words), f"{words!r} is not in the sentence")


def _as_found(spot: Located) -> Literal["exact", "normalised"]:
    return "exact" if spot.verdict == "exact" else "normalised"


def _alike(one: str, other: str) -> bool:
    return " ".join(one.split()) == " ".join(other.split())


def _contains(evidence: str, words: str, language: str | None = None) -> bool:
    spot = locate(evidence, words, language=language)
    return spot is not None and spot.verdict != "elided"  # what is left out may be a "not"


def _prose_field(item: type[Item]) -> str:
    return next(field.name for field in asked(item) if field.core is str and field.required and not field.many)


def _field_of(item: type[Item], kind: type[Any]) -> str | None:
    return next((field.name for field in asked(item) if field.core is kind), None)


def _reasons(parts: Iterable[Part]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(p.reason or f"{p.verdict.verdict}: {p.verdict.basis}" for p in parts))


def _label(claim: Claim, item: type[Item]) -> dict[str, Any]:
    """The words by which a reader recognises the item that a lost field belonged to."""
    name = _field_of(item, Quantity) or _prose_field(item)
    return {name: claim.fields.get(name)}


def _status(claim: Claim) -> str:
    status = claim.fields.get("status")
    return f"is {status}" if status else "came about"
