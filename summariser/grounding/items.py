"""Draft items to items of a brief: every name, number, date and word looked up in the sentences cited."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast, get_args, get_origin

from pydantic import ValidationError

from summariser.grounding import attribution, clauses, names, stance
from summariser.grounding.actors import Actors
from summariser.grounding.checks import check_measure, check_prose, check_quantity, check_when, check_words, find_words
from summariser.grounding.claims import Claim, Problem
from summariser.grounding.locating import locate
from summariser.grounding.verdicts import BY_CHOICE, EXACT, STANDING, Fault, Part, Policy, flagged, worst
from summariser.grounding.words import letters_of
from summariser_schemas import Attribution, ByCode, Mention, PartyRef, Quantity, Verbatim, Verdict, When
from summariser_schemas.fields import asked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from summariser.grounding.claims import Roster, Source
    from summariser.grounding.verdicts import Action
    from summariser_schemas import Item, Party, VerdictName
    from summariser_schemas.fields import Asked

__all__ = ["Draft", "ItemGrounder", "cited", "unlike_its_class"]

STRICT = Policy()

_CUT_OFF = re.compile(r"\b(?:of|to|in|on|at|by|for|from|with|the|a|an|and|or|that)$", re.IGNORECASE)
_LONGEST_CUT_OFF = 4
_TIME_GAP = 2
"""Words that may stand between an act and its time."""
_TIME_LEAD = re.compile(
    r"\b(?:by|on|in|until|till|before|after|since|from|within|during|early|late|as\s+(?:of|at))\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_LONGEST_LEAD = 3
"""Words of "as of the"."""
_HOLDING = re.compile(r"(?:since|as\s+(?:of|at))\b", re.IGNORECASE)
_PERIOD = re.compile(
    r"\b(?:(?:with)?in|over|during|for|by|until|throughout)\s+(?:the\s+)?(?:(?:next|coming|past|last|following|first|end\s+of)\s+)+"
    r"(?:the\s+|this\s+|next\s+)?(?:[\w-]+\s+){0,2}?(?:day|week|month|year|decade|hour|century|season)s?\b"
    r"|\bwithin\s+(?:[\w-]+\s+){1,2}?(?:day|week|month|year|hour)s?\b"
    r"|\bon\s+the\s+\d{1,2}(?:st|nd|rd|th)\b",
    re.IGNORECASE,
)
_IN_PERIODS = frozenset(
    """day days week weeks month months year years decade decades hour hours century centurys season seasons st nd rd
    th""".split()
)
"""Runs of letters of which every period has one."""
_SINCE = re.compile(r"(?:Since|During|After|Before)\s+(?:the|its|their|his|her)\s+(?:[\w’'-]+\s+){0,2}[\w’'-]+(?=,)")
"""A time told by an event, at the head of a sentence: "Since the summit"."""
_OPENING_TIME = re.compile(r"\W*(?:(?:[A-Z][\w’'-]*|and|but|then)\s+)?", re.IGNORECASE)
_ARTICLE = re.compile(r"\b(?:the|an?|its|their|his|her|this|that)\s+$", re.IGNORECASE)
_NAMED_BY_YEAR = re.compile(r"\s+[A-Z]\w+")
_DEADLINE = re.compile(r"(?:by|until|till|before|within|over|through|in the (?:next|coming)|next)\b", re.IGNORECASE)
_OFFSET = re.compile(r"\b(?:not|no|or|days?|weeks?|months?|years?|hours?|shortly|just|soon|long)\s+$", re.IGNORECASE)
_BOUND = re.compile(r"(?:before|after)\b", re.IGNORECASE)
_GONE_BY = re.compile(r"(?:since|after|during)\b", re.IGNORECASE)
_OTHER_CLAUSE = re.compile(
    r"[;:]|\b(?:while|whilst|that|which|who|whose|where|when|after|before|because|although|as|if|unless|until)\b"
    r"|,\s+(?:and|but)\b|,\s+\w+ing\b|\band\s+(?:has|have|had|is|are|was|were|will|would|to)\b"
)
_AND_WORD = re.compile(r"\band\s+(?:\w+ly\s+)?([a-z]+)\b")
_AIMED_AT = re.compile(r"\b(?:for|to|until)\s+(?:the\s+)?$", re.IGNORECASE)
_CONDITION_FIELD = "condition"
_IF_BEHIND = re.compile(
    r"\b(?<!as )(?<!even )(?<!ask )(?<!asked )(?<!see )(?<!know )(?<!decide )"
    r"(?:only\s+)?(?:if|unless|provided\s+that|on\s+condition\s+that)\s[^,;.]+"
)
_IF_AT_HEAD = re.compile(r"((?:If|Unless|Provided\s+that)\s[^,;.]+),\s*")
_IN_CONDITIONS = frozenset(("if", "unless", "provided", "condition"))
_JUST_SUBJECT = re.compile(r"(?:then\s+)?(?:the\s+)?(?:[\w.&’'-]+\s+){1,6}")
_QUALIFYING = re.compile(
    r"\b(?:shown|imposed|issued|announced|signed|agreed|made|given|held|adopted|approved|published|launched|established|"
    r"reached|founded|born|built|elected|passed|taken|started|begun|set|committed|dated|ending|starting|beginning|expected|due)\b"
    r"[^,;]*$"
)
"""A participle behind the act's verb, to which a time behind it belongs."""
_CLAUSE_END = re.compile(r"[.;:]|\b(?:and|but|while|that|which|who)\b")
_NO_ACT = {
    "fr": frozenset("au aux du des dans sur avec chez par vers".split()),
    "es": frozenset("al del con por sobre desde hacia".split()),
    "de": frozenset("mit von vom zum zur im am bei beim nach aus".split()),
}
"""Words that begin no act, in languages whose sentences are not read."""
_SHORTEST_ACT_ZH = 4
"""Characters of a Chinese act: a verb alone says nothing."""
_PASSIVE = re.compile(r"\b(?:is|are|was|were|been|being|be|get|got)\b.*\b(?:\w+ed|\w+en)\b|\bby\s+", re.IGNORECASE)


class Draft(NamedTuple):
    """An item whose fields hold, before it has an id: field values in their final types, and the verdicts on them."""

    section: str
    fields: dict[str, Any]
    sentences: tuple[int, ...]
    verdicts: dict[str, Verdict]


class _Read(NamedTuple):
    """A claim as its sentence puts the act, and what that says of its fields.

    ``problem`` is what the sentence has against it, ``again`` whether other words might hold. ``status`` and ``by`` are
    the verdicts on what was read off the sentence, ``said_before`` the phrase before its own cue was taken off, ``dropped``
    who was said to act and stands where no subject can.
    """

    claim: Claim
    reading: stance.Reading | None = None
    problem: Fault | None = None
    again: bool = False
    status: Verdict | None = None
    by: Verdict | None = None
    said_before: str = ""
    dropped: tuple[str, ...] = ()


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
        self.actors = Actors(source, roster)
        self.items = items
        self.kinds = kinds
        self.policy = policy
        self._figure: Quantity | None = None
        self._times_of: dict[int, list[tuple[int, int]]] = {}

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
            action = self._act(claim, *read.problem)
            if action not in ("keep", "flag"):
                return None, [Problem(claim, (read.problem.reason,), again=read.again and action == "ask")]
        claim, item = read.claim, self.items[read.claim.section]
        fields: dict[str, Any] = {}
        verdicts: dict[str, Verdict] = {}
        problems: list[Problem] = []
        self._figure = None
        # Numbers first: what one measures is held against it.
        for field in _numbers_first(item):
            name, core, said = field.name, field.core, claim.fields.get(field.name)
            if said is None or said in ("", []):
                continue
            kept: list[Part] = []
            lost: list[Part] = []
            ask = False
            for part in self._parts(field, said, claim, sentences, read):
                found = part.verdict
                action = (
                    "keep" if found.verdict in STANDING else self._act(claim, found.verdict, part.reason, found.basis)
                )
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
                verdicts[name] = kept[0].verdict if len(kept) == 1 else worst([p.verdict for p in kept])
                if core is Quantity and field.required:
                    self._figure = kept[0].value
        if read.dropped:
            partial = {**_label(claim, item), "by": list(read.dropped)}
            reason = f"the sentence does not say that {', '.join(map(repr, read.dropped))} did it"
            if claim.section == "commitments":
                reason = reason.removesuffix("did it") + "is to do it"
            problems.append(
                Problem(Claim(claim.section, partial, claim.sentences, claim.question), (reason,), again=False)
            )
        missing = [name for name in _required(item) if name not in fields]
        if missing:
            return None, [Problem(claim, tuple(f"{name!r} is missing" for name in missing), again=False)]
        time = _field_of(item, When)
        if time is not None and time not in fields and read.reading is not None:
            beside = self._time_beside(str(fields.get(_prose_field(item), "")), sentences, read)
            if beside is not None:
                fields[time], verdicts[time] = beside.value, beside.verdict
        elif time is not None and read.reading is not None and _holds(verdicts.get(time)):
            claimed: When = fields[time]
            if self._names_another(claimed, sentences):
                beside = self._time_beside(str(fields.get(_prose_field(item), "")), sentences, read, head=False)
                if beside is not None and not _overlap(beside.value.text, claimed.text):
                    fields[time], verdicts[time] = (
                        beside.value,
                        beside.verdict.model_copy(update={"said": claimed.text}),
                    )
        if time is not None and time not in fields and self._figure is not None and not item.said_as:
            held = self._held_at(self._figure, sentences)
            if held is not None:
                fields[time], verdicts[time] = held.value, held.verdict
        depends = _CONDITION_FIELD in _names_of(item) and _CONDITION_FIELD not in fields
        if depends and (condition := self._condition(read, sentences)) is not None:
            fields[_CONDITION_FIELD] = condition
            verdicts[_CONDITION_FIELD] = Verdict(verdict="derived", basis=f"{condition!r} beside the act")
        whose = _field_of(item, Attribution)
        if whose is not None and whose not in fields:
            voiced = self._quoted(sentences, read) or self.actors.voiced(sentences) or self._speaker(sentences, read)
            if voiced is not None:
                fields[whose] = voiced
                verdicts[whose] = Verdict(verdict="derived", basis=f"the verb of speech beside {voiced.text!r}")
        draft = Draft(claim.section, fields, sentences, verdicts)
        unlike = unlike_its_class(item, draft)
        return (draft, problems) if unlike is None else (None, [*problems, Problem(claim, (unlike,))])

    def _act(self, claim: Claim, verdict: VerdictName, reason: str, basis: str | None) -> Action:
        return self.policy.action(verdict, section=claim.section, reason=reason, basis=basis)

    def _parts(self, field: Asked, said: Any, claim: Claim, sentences: Sequence[int], read: _Read) -> list[Part]:
        """A field, or each element of a list, held against the sentences."""
        if field.many and isinstance(said, list) and field.core is not PartyRef:
            return [part for one in said for part in self._parts(field, one, claim, sentences, read)]
        core, name, item = field.core, field.name, self.items[claim.section]
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
                known = [p._replace(verdict=_joined(read.by, p.verdict)) if p.reason == "" else p for p in known]
            return known + [p for p in parts if p.value is None]
        if core is Mention:
            return [self._mention(said, sentences)]
        if core is str and field.verbatim:
            return [check_words(self.source, str(said), sentences)]
        if core is str:
            own = read if name == _prose_field(item) else _Read(claim)
            return [
                self._prose_part(
                    str(said).strip(), sentences, own, measures=name == _prose_field(item) and _counts(item)
                )
            ]
        by_words = read.status is None and name == "status" and item.said_as
        part = self._worded(str(said), sentences) if by_words else Part(said, read.status or BY_CHOICE)
        if get_origin(core) is Literal and part.value not in get_args(core):
            reason = f"{name} {said!r} is none of {', '.join(map(str, get_args(core)))}"
            return [Part(None, Verdict(verdict="absent", said=str(said)), reason)]
        return [part]

    def _time_beside(self, phrase: str, sentences: Sequence[int], read: _Read, *, head: bool = True) -> Part | None:
        """The time that stands in an act's words, right beside them, in the rest of its clause, or at the sentence's ``head``.

        Where the model names none, or one of another act. A time that goes with another participle ("the duty imposed in
        May") is not the act's.
        """
        reading = read.reading
        past = reading is not None and reading.stance == "done"
        at_head: Part | None = None
        for number in sentences:
            times = self._times(number)
            if not times:
                continue
            text = self.source.sentence(number).text
            spot = locate(text, phrase, language=self.source.language)
            if spot is not None and spot.verdict != "elided":
                first, last = spot.start, spot.end
            elif reading is not None and reading.verb[1] <= len(text):
                first, last = reading.verb
            else:
                continue
            verb = 0 if reading is None else reading.verb[1]
            for start, end in times:
                words = text[start:end]
                if _BOUND.match(words) and _OFFSET.search(text[:start]):
                    continue  # "not before 2030", "two weeks before 1 July"
                if not past and (_GONE_BY.match(words) or end <= first):
                    continue  # "pledged in November to pay": the time of the pledge
                if reading is not None and reading.cue == reading.verb and not _DEADLINE.match(words):
                    continue  # "announced $5 million today": that of the announcement
                between = text[last:start] if start >= last else text[end:first]
                inside = end > first and start < last
                gap = 0 if end <= first else _TIME_GAP
                beside = len(between.split()) <= gap and not _CLAUSE_END.search(between)
                leading = (
                    head
                    and end <= first
                    and _OPENING_TIME.fullmatch(text[:start]) is not None
                    and (text[end : end + 1] == "," or not _OTHER_CLAUSE.search(between))
                )
                leading = leading and not any(attribution.speeches(text[end:first], language=self.source.language))
                rest = start >= last and not _OTHER_CLAUSE.search(between)
                rest = rest and not any(stance.is_verb(m[1]) for m in _AND_WORD.finditer(between))
                if not (inside or beside or leading or rest) or _QUALIFYING.search(text[max(first, verb) : start]):
                    continue
                aimed_at = past and (words.casefold().startswith("until") or _AIMED_AT.search(text[:start]) is not None)
                part = check_when(self.source, words, [number], past=None if aimed_at else past)
                if part.value is not None and not part.reason and not (not past and self._over(part.value)):
                    basis = part.verdict.basis or f"{words!r} beside the act"
                    found = part._replace(verdict=Verdict(verdict="derived", basis=basis))
                    if inside or beside or rest:
                        return found
                    at_head = at_head or found
        return at_head

    def _condition(self, read: _Read, sentences: Sequence[int]) -> str | None:
        """What an act that is still to be done depends on, by the words of its sentence: "unless Odran pays"."""
        if read.reading is None or read.reading.stance in ("done", "sought"):
            return None
        for number in sentences:
            text = self.source.sentence(number).text
            if _IN_CONDITIONS.isdisjoint(letters_of(text)):
                continue
            behind = _IF_BEHIND.search(text, min(read.reading.verb[1], len(text)))
            head = _IF_AT_HEAD.match(text)
            if behind is not None and not _OTHER_CLAUSE.search(text, read.reading.verb[1], behind.start()):
                return behind[0].strip()
            if (
                head is not None
                and head.end() <= read.reading.group
                and _JUST_SUBJECT.fullmatch(text, head.end(), read.reading.group)
            ):
                return head[1].strip()
        return None

    def _held_at(self, figure: Quantity, sentences: Sequence[int]) -> Part | None:
        """The time that a number holds for, where its clause says so: "6 million have fled since 2015", "as of Friday"."""
        for number in sentences if self.source.language == stance.LANGUAGE else ():
            sentence = self.source.sentence(number)
            for start, end in self._times(number):
                words = sentence.text[start:end]
                if _HOLDING.match(words) is None:
                    continue
                low, high = sorted((figure.start - sentence.start, start))
                if ";" in sentence.text[max(low, 0) : high]:
                    continue
                part = check_when(self.source, words, [number], past=True)
                if part.value is not None and not part.reason:
                    return part._replace(verdict=Verdict(verdict="derived", basis=f"{words!r} beside the number"))
        return None

    def _names_another(self, when: When, sentences: Sequence[int]) -> bool:
        """Whether the sentences have a time that is no part of one."""
        for number in sentences:
            text = self.source.sentence(number).text
            for start, end in self._times(number):
                if not _overlap(text[start:end], when.text):
                    return True
        return False

    def _times(self, number: int) -> list[tuple[int, int]]:
        """Spans of the dates in a sentence with the words that lead to them, and of periods: "within three years"."""
        known = self._times_of
        if number not in known:
            known[number] = self._find_times(number)
        return known[number]

    def _find_times(self, number: int) -> list[tuple[int, int]]:
        text = self.source.sentence(number).text
        found: list[tuple[int, int]] = []
        for start, end in self.source.dates_of(number):
            if _NAMED_BY_YEAR.match(text, end) and _ARTICLE.search(text[:start]) and text[start:end].isdigit():
                continue  # "the 2004 Peace Prize"
            lead = _TIME_LEAD.search(text, _last_words(text, start, _LONGEST_LEAD), start)
            found.append((lead.start() if lead else start, end))
        if self.source.language == stance.LANGUAGE:
            periods = () if _IN_PERIODS.isdisjoint(letters_of(text)) else _PERIOD.finditer(text)
            spans = [match.span() for match in (*periods, _SINCE.match(text)) if match is not None]
            found += [(a, b) for a, b in spans if all(b <= c or d <= a for c, d in found)]
        return sorted(found)

    def _over(self, when: When) -> bool:
        """Whether a time had passed when the document was published."""
        published = self.source.document.published
        return when.end is not None and published is not None and str(when.end) < str(published)[:10]

    def _worded(self, said: str, sentences: Sequence[int]) -> Part:
        """A status in a language whose sentences are not read: held against the words that a pledge or a demand takes."""
        found: dict[stance.Stance, str] = {}
        for number in sentences:
            found.update(stance.worded(self.source.sentence(number).text, language=self.source.language))
        own = next((word for status, word in found.items() if status == said), None)
        if own is not None:
            return Part(said, Verdict(verdict="derived", basis=f"{own!r} in the sentence"))
        if not found:
            return Part(said, BY_CHOICE)
        status, word = next(iter(found.items()))
        if len(found) == 1:
            return Part(status, Verdict(verdict="derived", basis=f"{word!r} in the sentence", said=said))
        verdict = Verdict(verdict="contradicted", basis=", ".join(found.values()), said=said)
        return Part(said, verdict, f"the sentence does not say that this is {said}: it has {verdict.basis!r}")

    def _mention(self, said: Any, sentences: Sequence[int]) -> Part:
        """Words of the text with their place in it."""
        words = str(cast("dict[str, Any]", said).get("text", "") if isinstance(said, dict) else said)
        part = check_words(self.source, words, sentences)
        if part.reason:
            return part._replace(value=None)
        start = next(
            at
            for number in sentences
            if (at := self.source.text.find(part.value, (s := self.source.sentence(number)).start, s.end)) >= 0
        )
        return part._replace(value=Mention(start=start, end=start + len(part.value), text=part.value))

    def _prose_part(self, said: str, sentences: Sequence[int], read: _Read, *, measures: bool) -> Part:
        """A free phrase. One that ``measures`` may name a party otherwise than the sentence does: it says what a number is of."""
        if read.problem is not None:
            problem = read.problem
            return Part(said, Verdict(verdict=problem.verdict, basis=problem.basis), problem.reason)
        if self.source.language == "en" and _CUT_OFF.search(said, max(0, len(said) - _LONGEST_CUT_OFF)):
            return Part(None, Verdict(verdict="absent", said=said), f"{said!r} breaks off", again=False)
        spoken = read.said_before or None
        faults = check_prose(
            self.source,
            said,
            sentences,
            known=self.roster if measures else None,
            voiced=read.reading is None and not measures,
        )
        if measures and self._figure is not None and not faults:
            faults = check_measure(self.source, said, sentences, self._figure)
        if not faults:
            verbatim = find_words(self.source, said, sentences)
            if verbatim is not None:
                verdict = verbatim.verdict
                return Part(said, verdict if verdict.said == spoken else verdict.model_copy(update={"said": spoken}))
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
                    return Part(ref, EXACT)
                a, b = places[0]
                return Part(ref, Verdict(verdict="derived", basis=f"{self.source.text[a:b]!r} in the sentence"))
        for number in sentences:
            if why := self.actors.in_own_words(party, number):
                return Part(ref, Verdict(verdict="derived", basis=why))
            if self.actors.near(party, number):
                basis = f"a pronoun, for the sentence before names {party.name!r}"
                return Part(ref, Verdict(verdict="derived", basis=basis))
        return Part(ref, Verdict(verdict="absent", said=name), f"the name {name!r} is not in the sentence")

    def _attribution(self, said: Any, sentences: Sequence[int]) -> Part:
        """Find the source's words in the sentences, or beside them in the same paragraph."""
        words = str(cast("dict[str, Any]", said).get("text", "") if isinstance(said, dict) else said)
        around = [
            n
            for number in sentences
            for n in (number, number - 1, number + 1)
            if self.source.usable(n) and self.source.sentence(n).paragraph == self.source.sentence(number).paragraph
        ]
        found = check_words(self.source, words, around)
        voiced = self.actors.voiced(sentences)
        if voiced is not None and not self.actors.same_voice(words, voiced):
            verdict = Verdict(verdict="contradicted", basis=voiced.text, said=words)
            return Part(voiced, verdict, f"{words!r} does not say so: the sentence gives it to {voiced.text!r}")
        if not found.reason and self.source.language == stance.LANGUAGE and not self.actors.says(words, around):
            reason = f"the text does not say that it is {words!r} who says so"
            return Part(Attribution(text=words), Verdict(verdict="absent", said=words), reason)
        if found.reason:
            return Part(
                Attribution(text=words), found.verdict, f"the source {words!r} is not named beside the sentence"
            )
        return Part(self.actors.attributed(found.value), found.verdict)

    def _speaker(self, sentences: Sequence[int], read: _Read) -> Attribution | None:
        """The party right before a verb of speech that the act stands behind: "Li Dan said Odran had closed its port"."""
        for number in sentences:
            start = self.source.sentence(number).start
            found = self.actors.speaking(start, self._place(number, read))
            if found is not None:
                return found
        return None

    def _place(self, number: int, read: _Read) -> int:
        """Where a sentence has what a claim is about: the act, or the number."""
        sentence = self.source.sentence(number)
        if read.reading is not None:
            return sentence.start + read.reading.group
        if self._figure is not None and self._figure.start < sentence.end:
            return max(sentence.start, self._figure.start)
        return sentence.start

    def _quoted(self, sentences: Sequence[int], read: _Read) -> Attribution | None:
        """Who says what stands in a quotation of several sentences."""
        for number in sentences if self.source.quotations else ():
            found = self.actors.quoting(self._place(number, read))
            if found is not None:
                return found
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
            swapped = self._swapped(phrase, said, reading, number)
            if swapped is not None:
                return _Read(claim, reading, swapped)
            if (word := clauses.stitched(text, reading.verb, said)) is not None:
                reason = f"the sentence has {word!r} in another clause than {text[slice(*reading.verb)]!r}"
                return _Read(claim, reading, Fault("contradicted", reason, text[reading.verb[0] :][:60]))
            if reading.negated:
                return _Read(claim, reading, Fault("contradicted", "the sentence says the opposite", cue))
            if reading.stance is None:
                reason = f"the sentence does not say that {phrase!r} {_status(claim)}"
                return _Read(claim, reading, Fault("absent", reason))
            if stance.is_opinion(text, reading) and self.source.quotation_at(
                self.source.sentence(number).start + reading.verb[0]
            ):
                # What somebody says of the world is no report of it; a promise in quotation marks is one all the same.
                return _Read(claim, reading, Fault("absent", f"the sentence only quotes somebody for {phrase!r}"))
            target = self.kinds.get(stance.SAID.get(reading.stance, ""))
            if target is None:
                reason = f"the sentence gives {phrase!r} only as {reading.stance}"
                return _Read(claim, reading, Fault("contradicted", reason, cue))
            return self._as_put(claim, said, target, reading, number, cue)
        if self.source.language == stance.LANGUAGE:
            return _Read(claim, problem=Fault("absent", f"the sentence holds no act {phrase!r}"), again=True)
        cut = self.source.language == "zh" and len(phrase) < _SHORTEST_ACT_ZH
        if cut or phrase.casefold().partition(" ")[0] in _NO_ACT.get(self.source.language, ()):
            return _Read(claim, problem=Fault("absent", f"{phrase!r} is no act"))
        return _Read(claim)

    def _swapped(self, phrase: str, act: str, reading: stance.Reading, number: int) -> Fault | None:
        """Why the phrase gives a party another part than the sentence: acting for being acted upon, or the other way round."""
        sentence = self.source.sentence(number)
        verb = sentence.start + reading.verb[0]
        if act.islower():
            return None  # and so names nobody
        told = self.roster.told_of(act)
        if not told:
            return None
        if reading.passive:
            if _PASSIVE.search(phrase):
                return None
            by = [p for p in self.actors.agents(verb, sentence.end) if p in told]
            return (
                None if not by else Fault("contradicted", f"{by[0].name!r} did it, and is not whom it was done to", act)
            )
        direct = self.actors.right_before(sentence.start + reading.group, sentence.start)
        for party in told:
            places = self.roster.mentions(party, sentence.start, sentence.end)
            behind = not act[:1].isupper() and party.name not in direct and not _PASSIVE.search(act)
            if behind and places and all(end <= verb for _, end in places) and _object_in(act, party):
                reason = f"the sentence names {party.name!r} before the act, and not as a part of it"
                return Fault("contradicted", reason, self.source.text[places[0][0] : verb].strip())
        return None

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
        prose = _prose_field(self.items[moved.section])
        if "by" not in claim.fields and reading.stance == "done" and not moved.fields.get("by"):
            told = clauses.with_subject(self.source.sentence(number).text, said, reading.group)
            moved = replace(moved, fields={**moved.fields, prose: told})
        before, status = claim.fields.get("status"), moved.fields.get("status")
        spoken = str(before or claim.section) if status != before or moved.section != claim.section else None
        settled = status if "status" in target[1] and status != target[1]["status"] else None
        how = "of all sides" if settled == "agreed" else "as a promise" if settled else "in the sentence"
        verdict = Verdict(verdict="derived", basis=f"{cue!r} {how}", said=spoken)
        by = None
        asked, got = list(claim.fields.get("by") or ()), list(moved.fields.get("by") or ())
        if got and got != asked and {names.name_key(str(n)) for n in asked} != {names.name_key(str(n)) for n in got}:
            by = Verdict(verdict="derived", basis=f"the subject of {cue!r}", said=", ".join(map(str, asked)) or None)
        original = str(claim.fields.get(_prose_field(self.items[claim.section]), "")).strip()
        dropped = () if got else tuple(map(str, asked))
        return _Read(
            moved, reading, status=verdict, by=by, said_before=original if said != original else "", dropped=dropped
        )

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
        fields["by"] = self.actors.subjects(list(fields.get("by") or ()), reading, number)
        known = _names_of(new)
        if "to" not in known:
            fields["by"] += self.actors.partners(phrase, fields["by"])
        if "to" in known and reading.stance == "sought":
            fields["to"] = self.actors.askers(fields["by"], reading, number) or fields.get("to")
        elif "to" in known and not fields.get("to"):
            fields["to"] = self.actors.counterparts(phrase, fields["by"]) or self.actors.promised(reading, number)
        if values.get("status") == "planned":
            fields["status"] = self.actors.settled_as(fields["by"], reading, number) or "planned"
        if "status" in values and (others := self.actors.other_sides(fields["by"])):
            fields["to"] = fields.get("to") or others
        return Claim(section, {k: v for k, v in fields.items() if k in known}, claim.sentences, claim.question)


def _holds(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.verdict in ("exact", "normalised", "derived")


def _last_words(text: str, place: int, many: int) -> int:
    """Where so many words before a place begin, or the space in front of them."""
    parts = text[:place].rsplit(None, many)
    return len(parts[0]) if len(parts) > many else 0


def _overlap(one: str, other: str) -> bool:
    """Whether one time is a part of the other."""
    one, other = one.casefold(), other.casefold()
    return one in other or other in one


def unlike_its_class(item: type[Item], draft: Draft) -> str | None:
    """Why a draft is none of its class by checks that whoever declared the class has added; None where there are none."""
    if not _has_own_checks(item):
        return None
    try:
        item.model_validate({**draft.fields, "id": "0", "evidence": [{"start": 0, "end": 1, "text": "."}]})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        return f"{'.'.join(map(str, first['loc'])) or item.__name__}: {first['msg']}"
    return None


@cache
def _has_own_checks(item: type[Item]) -> bool:
    decorated = item.__pydantic_decorators__
    marked = any(not isinstance(mark, _MARKS) for f in asked(item) for mark in item.model_fields[f.name].metadata)
    return marked or bool(decorated.field_validators or decorated.validators or decorated.model_validators)


_MARKS = (ByCode, Verbatim)


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


def _object_in(act: str, party: Party) -> bool:
    """Whether an act is done to the party itself, and not to what is the party's: "pay Odran", not "lift Odran's ban"."""
    for form in (party.name, *party.aliases):
        for start, end in names.mentions(act, form):
            if start and not re.match(
                r"['\u2019]|\s+[a-z]+(?:s|ed|ing)?\b(?<!\bto)(?<!\bby)(?<!\bin)(?<!\bon)", act[end:]
            ):
                return True
    return False


def _joined(by: Verdict, named: Verdict) -> Verdict:
    """The verdict on an actor read off the sentence, with what its name there was derived from."""
    return by if named.verdict != "derived" else by.model_copy(update={"basis": f"{by.basis}; {named.basis}"})


@cache
def _numbers_first(item: type[Item]) -> list[Asked]:
    return sorted(asked(item), key=lambda field: field.core is not Quantity)


@cache
def _required(item: type[Item]) -> list[str]:
    return [field.name for field in asked(item) if field.required]


@cache
def _names_of(item: type[Item]) -> frozenset[str]:
    return frozenset(item.model_fields)


@cache
def _prose_field(item: type[Item]) -> str:
    return next(field.name for field in asked(item) if field.core is str and field.required and not field.many)


@cache
def _counts(item: type[Item]) -> bool:
    """Whether an item is about a number: one that it cannot do without."""
    return any(field.core is Quantity and field.required and not field.many for field in asked(item))


@cache
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
