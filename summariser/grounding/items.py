"""Draft items to items of a brief: every name, number, date and word looked up in the sentences cited."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from summariser.grounding import attribution, dates, names, quantities, stance
from summariser.grounding.claims import Claim, Problem
from summariser.grounding.locate import locate
from summariser.grounding.words import content_words, support
from summariser_schemas import Attribution, Evidence, PartyRef, Quantity, When
from summariser_schemas.fields import core_type, is_by_code

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pydantic.fields import FieldInfo

    from summariser.grounding.claims import Source
    from summariser_schemas import Item, Party

__all__ = ["Draft", "ItemGrounder", "Roster", "check_prose", "cited", "ground_quantity", "ground_when"]

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
_COORDINATION = re.compile(r"\s*,?\s*(?:and|&|,)\s+(?:(?:the|its|their)\s+)?(?:[A-Z][\w.]*\s+){0,4}")
_TITLE = re.compile(r"\s+(?:[A-Z][\w.]*\s+){1,4}")
_AGENT = re.compile(r"\bby\s+(?:(?:the|its|their)\s+)?(?:[A-Z][\w.]*\s+){0,2}$")
_PRONOUN = re.compile(
    r"\b(?:he|she|it|they|who|the (?:company|firm|group|ministry|government|union|country|court))\b", re.I
)


class Draft(NamedTuple):
    """An item whose fields hold, before it has an id: field values in their final types."""

    section: str
    fields: dict[str, Any]
    sentences: tuple[int, ...]


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


def ground_quantity(source: Source, words: str, sentences: Sequence[int]) -> Quantity | str:
    """Read the number that ``words`` name, from its span in one of the sentences; a reason when there is none."""
    for number in sentences:
        sentence = source.sentence(number)
        spot = locate(source.text, words, language=source.language, within=(sentence.start, sentence.end))
        if spot is None or not sentence.start <= spot.start < sentence.end:
            continue
        begin, end = spot.start - sentence.start, spot.end - sentence.start
        for quantity in source.quantities_of(number):
            if quantity.start < end and begin < quantity.end:
                return quantity.model_copy(
                    update={"start": quantity.start + sentence.start, "end": quantity.end + sentence.start}
                )
        return f"{words!r} holds no number that measures something"
    return f"{words!r} is not in the sentence"


def ground_when(source: Source, words: str, sentences: Sequence[int], *, past: bool | None = None) -> When | str:
    """Find a time's words in the sentences and resolve them against the publication date."""
    for number in sentences:
        sentence = source.sentence(number)
        spot = locate(source.text, words, language=source.language, within=(sentence.start, sentence.end))
        if spot is None or not sentence.start <= spot.start < sentence.end:
            continue
        verbatim = source.text[spot.start : spot.end]
        if source.language == "en" and not _TIME.search(verbatim):
            return f"{words!r} is no time"
        return dates.resolve(verbatim, published=source.document.published, language=source.language, past=past)
    return f"the time {words!r} is not in the sentence"


def check_prose(source: Source, prose: str, sentences: Sequence[int], *, known: Roster | None = None) -> list[str]:
    """Say what in a free phrase does not stand in the sentences: names, numbers, dates, or most of its words.

    A party of ``known`` may be named by any of its names when the sentences mention it by another.
    """
    spans = [source.sentence(n) for n in sentences]
    evidence = "\n".join(s.text for s in spans)
    reasons: list[str] = []
    for start, end in names.proper_names(prose, language=source.language):
        name = prose[start:end]
        if names.mentions(evidence, name) or names.mentions(evidence.title(), name):
            continue
        party = known.find(name) if known is not None else None
        if party is None or known is None or not any(known.mentions(party, s.start, s.end) for s in spans):
            reasons.append(f"the name {name!r} is not in the sentence")
    there = [q for n in sentences for q in source.quantities_of(n)]
    for quantity in quantities.find_quantities(prose, language=source.language):
        if not any(_same_amount(quantity, other) for other in there):
            reasons.append(f"the number {quantity.text!r} is not in the sentence")
    numbers = set(re.findall(r"\d+(?:[.,]\d+)*", evidence))
    reasons += [
        f"the number {n!r} is not in the sentence" for n in re.findall(r"\d+(?:[.,]\d+)*", prose) if n not in numbers
    ]
    for start, end in dates.find_dates(prose, language=source.language):
        if locate(evidence, prose[start:end], language=source.language) is None:
            reasons.append(f"the date {prose[start:end]!r} is not in the sentence")
    if not reasons and support(prose, evidence, language=source.language) < LEAST_SUPPORT:
        missing = [w for w in content_words(prose, language=source.language) if support(w, evidence) == 0]
        reasons.append(f"these words are not in the sentence: {', '.join(dict.fromkeys(missing)) or prose!r}")
    return list(dict.fromkeys(reasons))


def _same_amount(one: Quantity, other: Quantity) -> bool:
    if (one.value, one.low, one.high) != (other.value, other.low, other.high):
        return False
    money = {u for u in (one.unit, other.unit) if u and (u == "%" or (len(u) == 3 and u.isupper()))}
    return len(money) < 2


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
    ) -> None:
        self.source = source
        self.roster = roster
        self.items = items
        self.kinds = kinds

    def ground(self, claim: Claim) -> tuple[Draft | None, list[Problem]]:
        """Look up every field of a claim. A required field that does not hold fells the item, another only itself."""
        sentences, reasons = cited(self.source, claim)
        if not sentences:
            return None, [Problem(claim, tuple(reasons) or ("it names no sentence",))]
        reading: stance.Reading | None = None
        if self.items[claim.section].said_as:
            claim, reading, refusal = self._read_stance(claim, sentences)
            if refusal is not None:
                return None, [refusal]
        fields: dict[str, Any] = {}
        problems: list[Problem] = []
        for name, info in self.items[claim.section].model_fields.items():
            said = claim.fields.get(name)
            core, many = core_type(info.annotation)
            if is_by_code(info) or core is Evidence or said in (None, "", []):
                continue
            value, wrong = self._field(core, many, said, name, claim, sentences, reading)
            if wrong and value in (None, []) and info.is_required():
                # A number asked for where there is none will not be found by asking again.
                hopeless = core is Quantity and not any(self.source.quantities_of(n) for n in sentences)
                return None, [Problem(claim, tuple(wrong), again=not hopeless)]
            if wrong:
                partial = Claim(
                    claim.section,
                    {**_label(claim, self.items[claim.section]), name: said},
                    claim.sentences,
                    claim.question,
                )
                problems.append(Problem(partial, tuple(wrong), again=False))
            if value not in (None, []):
                fields[name] = value
        missing = [n for n, i in self.items[claim.section].model_fields.items() if _wanted(i) and n not in fields]
        if missing:
            return None, [Problem(claim, tuple(f"{name!r} is missing" for name in missing), again=False)]
        if "attribution" in self.items[claim.section].model_fields and "attribution" not in fields:
            voiced = self._voiced(sentences)
            if voiced is not None:
                fields["attribution"] = voiced
        return Draft(claim.section, fields, sentences), problems

    def _field(
        self,
        core: Any,
        many: bool,
        said: Any,
        name: str,
        claim: Claim,
        sentences: Sequence[int],
        reading: stance.Reading | None,
    ) -> tuple[Any, list[str]]:
        """A field's final value, None or [] where nothing holds, and what is wrong."""
        if core is Quantity:
            quantity = ground_quantity(self.source, str(said), sentences)
            return (None, [quantity]) if isinstance(quantity, str) else (quantity, [])
        if core is When:
            past = None if reading is None else reading.stance == "done"
            when = ground_when(self.source, str(said), sentences, past=past)
            return (None, [when]) if isinstance(when, str) else (when, [])
        if core is Attribution:
            return self._attribution(str(said), sentences)
        if core is PartyRef:
            refs, wrong = self._parties([said] if not many else said, sentences)
            return (refs, wrong) if many else (refs[0] if refs else None, wrong)
        if core is str and self.items[claim.section].model_fields[name].is_required():
            roster = self.roster if name == "measures" else None
            wrong = check_prose(self.source, str(said), sentences, known=roster)
            return (None if wrong else str(said).strip(), wrong)
        if core is str:
            words = _verbatim(self.source, str(said), sentences)
            return words, [] if words is not None else [f"{said!r} is not in the sentence"]
        return said, []

    def _parties(self, said: Sequence[str], sentences: Sequence[int]) -> tuple[list[PartyRef], list[str]]:
        refs: list[PartyRef] = []
        wrong: list[str] = []
        for name in said:
            party = self.roster.find(str(name))
            if party is None:
                wrong.append(f"{name!r} is none of the parties")
            elif not any(self._near(party, number) for number in sentences):
                wrong.append(f"the name {name!r} is not in the sentence")
            elif (ref := PartyRef(party.id)) not in refs:
                refs.append(ref)
        return refs, wrong

    def _near(self, party: Party, number: int) -> bool:
        """Whether a sentence names the party, or has a pronoun for what the sentence before it names."""
        sentence = self.source.sentence(number)
        if self.roster.mentions(party, sentence.start, sentence.end):
            return True
        if number == 1 or not _PRONOUN.search(sentence.text):
            return False
        before = self.source.sentence(number - 1)
        return bool(self.roster.mentions(party, before.start, before.end))

    def _attribution(self, said: str, sentences: Sequence[int]) -> tuple[Attribution | None, list[str]]:
        """Find the source's words in the sentences, or beside them in the same paragraph."""
        around = [
            n
            for number in sentences
            for n in (number, number - 1, number + 1)
            if self.source.usable(n) and self.source.sentence(n).paragraph == self.source.sentence(number).paragraph
        ]
        words = _verbatim(self.source, said, around)
        if words is None:
            return None, [f"the source {said!r} is not named beside the sentence"]
        party = self.roster.find(words)
        return Attribution(text=words, party=PartyRef(party.id) if party else None), []

    def _voiced(self, sentences: Sequence[int]) -> Attribution | None:
        """The source that the sentence itself names with a verb of speech."""
        for number in sentences:
            words = attribution.voice(self.source.sentence(number).text, language=self.source.language)
            if words is not None:
                party = self.roster.find(words)
                return Attribution(text=words, party=PartyRef(party.id) if party else None)
        return None

    def _read_stance(
        self, claim: Claim, sentences: Sequence[int]
    ) -> tuple[Claim, stance.Reading | None, Problem | None]:
        """Hold the claim's section, status, wording and actors against the way the sentence puts the act."""
        prose = _prose(self.items[claim.section])
        phrase = str(claim.fields.get(prose, "")).strip()
        for number in sentences:
            text = self.source.sentence(number).text
            said, reading = stance.read_through(text, phrase, language=self.source.language)
            if reading is None:
                continue
            if reading.negated:
                return claim, reading, Problem(claim, ("the sentence says the opposite",), again=False)
            if reading.stance is None:
                reason = f"the sentence does not say that {phrase!r} {_status(claim)}"
                return claim, reading, Problem(claim, (reason,), again=False)
            target = self.kinds.get(stance.SAID.get(reading.stance, ""))
            if target is None:
                return (
                    claim,
                    reading,
                    Problem(claim, (f"the sentence gives {phrase!r} only as {reading.stance}",), again=False),
                )
            return self._moved(claim, said, target, reading, number), reading, None
        if self.source.language == stance.LANGUAGE:
            return claim, None, Problem(claim, (f"the sentence holds no act {phrase!r}",))
        return claim, None, None

    def _moved(
        self, claim: Claim, phrase: str, target: tuple[str, dict[str, str]], reading: stance.Reading, number: int
    ) -> Claim:
        """The claim as the sentence puts it: its section and status, and only those actors that can be its subject."""
        section, values = target
        fields = dict(claim.fields)
        old, new = self.items[claim.section], self.items[section]
        fields.pop(_prose(old), None)
        fields[_prose(new)] = phrase
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


def _verbatim(source: Source, words: str, sentences: Sequence[int]) -> str | None:
    for number in sentences:
        sentence = source.sentence(number)
        spot = locate(source.text, words, language=source.language, within=(sentence.start, sentence.end))
        if spot is not None and sentence.start <= spot.start < sentence.end:
            return source.text[spot.start : spot.end]
    return None


def _prose(item: type[Item]) -> str:
    return next(
        n for n, i in item.model_fields.items() if i.annotation is str and i.is_required() and not is_by_code(i)
    )


def _field_of(item: type[Item], kind: type[Any]) -> str | None:
    return next((n for n, i in item.model_fields.items() if core_type(i.annotation)[0] is kind), None)


def _wanted(info: FieldInfo) -> bool:
    return info.is_required() and not is_by_code(info) and core_type(info.annotation)[0] is not Evidence


def _label(claim: Claim, item: type[Item]) -> dict[str, Any]:
    """The words by which a reader recognises the item that a lost field belonged to."""
    name = _field_of(item, Quantity) or _prose(item)
    return {name: claim.fields.get(name)}


def _status(claim: Claim) -> str:
    status = claim.fields.get("status")
    return f"is {status}" if status else "came about"
