"""Draft items to items of a brief: every name, number, date and word looked up in the sentences cited."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from pydantic import ValidationError

from summariser.grounding import attribution, clauses, names, stance
from summariser.grounding.checks import check_measure, check_prose, check_quantity, check_when, check_words
from summariser.grounding.claims import Claim, Problem
from summariser.grounding.locating import locate
from summariser.grounding.verdicts import EXACT, Fault, Part, Policy, flagged, worst
from summariser_schemas import Attribution, ByCode, Mention, PartyRef, Quantity, Verbatim, Verdict, When
from summariser_schemas.fields import asked

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from summariser.grounding.claims import Roster, Source
    from summariser.grounding.verdicts import Action
    from summariser_schemas import Item, Party
    from summariser_schemas.fields import Asked

__all__ = ["Draft", "ItemGrounder", "cited", "unlike_its_class"]

STRICT = Policy()
_JUDGED = "chosen by the model: no single word of the text says it"
_BY_CHOICE = Verdict(verdict="derived", basis=_JUDGED)

_OPENING = 60
"""Characters at the beginning of a sentence in which its subject may stand."""
# A name right behind one of these is no subject: "the chairman of Kmart", "during a summit with Odran".
_OBJECT_OF = re.compile(
    r"\b(?:of|with|in|at|for|from|to|by|on|into|against|near|under|over|through|towards?|across|via)"
    r"\s+(?:(?:the|its|their|his|her|a|an)\s+)?(?:[A-Z][\w.]*\s+){0,2}"
    r"(?:(?:nation|state|country|republic|island|city|town|province|company|firm|retailer|group|party|agency|government)\s+(?:of\s+)?){0,2}$"
)
_OWN_SUBJECT = re.compile(
    r"\b(?:and|but|while|whilst|after|before|when|where|that|because|as|although|though|since|if)\s+"
    r"(?:(?:the|a|an|his|her|their|its|some|many|all|two)\s+[a-z]|(?:they|he|she|it|there|this|these)\b)"
)
"""Where a clause with a subject of its own begins."""
_VERB_NEXT = re.compile(r"\s+(?:has|have|had|also|will|would|[a-z]+ed)\b")
_HELPING = re.compile(
    r"(?:\b(?:has|have|had|also|is|are|was|were|been|being|already|since|(?:begun|began|started|starts|continued|continues|resumed)"
    r"(?:\s+to)?)\s+)+$"
)
_OPENING_PHRASE = frozenset(
    "after before in with without unlike like according to under following despite as for at on by from besides amid during "
    "since while when against together along".split()
)
"""Words with which a phrase before the subject begins: "After talks with Odran,"."""
_CLAUSE_WORDS = frozenset("when after before that which who as while because where near if although and but".split())
_INSTITUTION = re.compile(
    r"(?:['’]s?)?\s+(?:(?:and|or)\s+[A-Z]\w+\s+)?(?:[a-z]+\s+)?(?:helicopters|aircraft|jets|planes|warships|ships|vessels|drones|soldiers|government|administration|authorities|parliament|cabinet|military|army|navy|police|forces|troops|officials?|"
    r"leaders?|diplomats?|negotiators?|envoys?|representatives?|ministers?|ministry|leadership|delegations?|regime|board|management)\b"
)
"""What acts for whoever's name stands before it: "Odran's government closed it"."""
_JOINING = re.compile(r"(?:[,;]|\b(?:and|or|but|then|nor|also))\s*(?:\([ivx\da-h]{1,4}\)\s*)?$")
_ENTRY = re.compile(r"\s+(?:will|shall|would|agreed to|agrees to)\s+\((?:i|a|1)\)")
_INSERTED = re.compile(r"^\s*(?:\([^)]*\)|,[^,]{1,160},)")
_SUBJECT_OF = re.compile(r"\.?(?:,|\s+(?:\([^)]*\)\s+)?(?:(?:also|later|then|\w+ly)\s+)*([a-z]+)\b)")
_WITHOUT_VERB = re.compile(r"\s+(?:in|on|at|after|under|with|for|of|from|by|to)\b")
_TIME_WORDS = re.compile(
    r"\b(?:(?:on|in|last|this|late|early|next|since)\s+)*(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|April|May|"
    r"June|July|August|September|October|November|December|week|month|year|today|yesterday|tomorrow|\d{1,4})\b"
)
_COORDINATION = re.compile(r"\s*,?\s*(?:and|&|,)\s+(?:(?:the|its|their)\s+)?(?:[A-Z][\w.]*\s+){0,4}")
_AND = re.compile(r"\band\b|&")
_TITLE = re.compile(r"\s+(?:[A-Z][\w.]*\s+){1,4}")
_FIRST_PERSON = ("we", "i")
_WE = re.compile(r"\b(?:we|i)\b", re.IGNORECASE)
_NUMBERED = re.compile(r"\b([A-Z]\w+)\s+$")
"""A word before "I" of which it may be the number: "Phase I"."""
_FORMER = re.compile(r"\b(?:former|formerly|ex|retired|late|outgoing)\b", re.IGNORECASE)
_OF_ANOTHER = re.compile(r"['’]s?\s|\b(?:of|for|in|at|to|by|with|from|and|near|against)\b")
"""What makes the name behind it another's: "a friend of", "Tessa's"."""
_BE_BEFORE = re.compile(r"\b(?:is|are|was|were|been|being|be)\s+(?:(?:also|again|now|\w+ly)\s+)*$")
_WISHING = re.compile(
    r"\b(?:(?:hop|want|seek|plan|try|tri|aim|intend|continu)(?:e|es|s|ed|ing)?|sought|trying)\s+to\s+$", re.IGNORECASE
)
"""What stands before the verb of asking where somebody wishes to ask: "hopes to get Odran to close it"."""
_WE_BEFORE = re.compile(r"\b(we|i)\s+(?:(?:also|again|now|still|\w+ly)\s+)*$", re.IGNORECASE)
_WE_OF = re.compile(
    r"We,\s+(?:the\s+)?(?:[\w-]+\s+){0,3}?(?:leaders|heads|presidents|ministers|governments|representatives|chancellors|secretaries)\s+"
    r"(?:of\s+state(?:\s+and\s+(?:of\s+)?government)?\s+)?of\s+(?:the\s+)?",
    re.IGNORECASE,
)
"""How a joint statement begins: "We, the leaders of Odran and Selane,"."""
_JOINT = re.compile(
    r"\bJoint\s+(?:\w+\s+)?(?:Statement|Communiqu[eé]|Declaration)\b|\bJOINT\s+(?:STATEMENT|COMMUNIQU[EÉ]|DECLARATION)\b"
)
_ABOUT_ONE = re.compile(r"\b(?:issu|releas|publish|sign|adopt|welcom|hail|slam|reject)\w*\b", re.IGNORECASE)
"""What a headline about a joint statement has, and that of the statement itself has not."""
_DIRECT = re.compile(r"\s+(?:with\s+|to\s+)?(?:the\s+)?")
_TO_DO = re.compile(r"(?:,?\s+(?:on|last|this)\s+\w+)?\s+(?:to|that)\b")
_SIDES = re.compile(r"\b(?:the|both)\s+(?:two\s+)?(?:parties|sides|participants)\s+$", re.IGNORECASE)
_OPENING_SENTENCES = 2
_CUT_OFF = re.compile(r"\b(?:of|to|in|on|at|by|for|from|with|the|a|an|and|or|that)$", re.IGNORECASE)
_TIME_GAP = 2
"""Words that may stand between an act and its time."""
_TIME_LEAD = re.compile(
    r"\b(?:by|on|in|until|till|before|after|since|from|within|during|early|late|as\s+(?:of|at))\s+(?:the\s+)?$",
    re.IGNORECASE,
)
_HOLDING = re.compile(r"(?:since|as\s+(?:of|at))\b", re.IGNORECASE)
_PERIOD = re.compile(
    r"\b(?:(?:with)?in|over|during|for|by|until|throughout)\s+(?:the\s+)?(?:(?:next|coming|past|last|following|first|end\s+of)\s+)+"
    r"(?:the\s+|this\s+|next\s+)?(?:[\w-]+\s+){0,2}?(?:day|week|month|year|decade|hour|century|season)s?\b"
    r"|\bwithin\s+(?:[\w-]+\s+){1,2}?(?:day|week|month|year|hour)s?\b"
    r"|\bon\s+the\s+\d{1,2}(?:st|nd|rd|th)\b",
    re.IGNORECASE,
)
_SINCE = re.compile(r"^(?:Since|During|After|Before)\s+(?:the|its|their|his|her)\s+(?:[\w’'-]+\s+){0,2}[\w’'-]+(?=,)")
"""A time told by an event, at the head of a sentence: "Since the summit"."""
_OPENING_TIME = re.compile(r"\W*(?:(?:[A-Z][\w’'-]*|and|but|then)\s+)?", re.IGNORECASE)
_ARTICLE = re.compile(r"\b(?:the|an?|its|their|his|her|this|that)\s+$", re.IGNORECASE)
_NAMED_BY_YEAR = re.compile(r"\s+[A-Z]\w+")
_DEADLINE = re.compile(r"(?:by|until|till|before|within|over|through|in the (?:next|coming)|next)\b", re.IGNORECASE)
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
_JUST_SUBJECT = re.compile(r"(?:then\s+)?(?:the\s+)?(?:[\w.&’'-]+\s+){1,6}")
_VOICING = re.compile(
    r"[:“”\"]|\b(?:sa(?:id|ys?|ying)|t(?:old|ells?|elling)|according|announc|stat(?:e[ds]?|ing|ement)|report|claim|warn|confirm|argu|"
    r"insist|wr(?:ote|ites?|iting|itten)|not(?:ed?|es|ing)\b|add(?:ed|s|ing)|explain|estimat|believ|think|thought|expect|predict|"
    r"forecast|promis|pledg|vow|agree|accus|alleg|den(?:y|ied|ies)|acknowledg|admit|testif|declar|reveal|disclos|suggest|stress|"
    r"emphasi|reiterat|call|urg|ask|demand|propos|offer|welcom|prais|critici|condemn|describ|cit(?:e[ds]?|ing)|quot|read|show|f(?:ind|ound)|"
    r"tweet|post|letter|survey|poll|stud(?:y|ies)|data|figures|spokes|comment|remark|repl(?:y|ied)|respond|hop|want|plan|intend|order|"
    r"rul(?:ed|es|ing)|decid|word|view|opinion|source|recall|underscor|underlin|highlight|thank|express|mention|put)",
    re.IGNORECASE,
)
"""Beginnings of words with which a sentence tells what somebody says, thinks or finds."""
_QUALIFYING = re.compile(
    r"\b(?:shown|imposed|issued|announced|signed|agreed|made|given|held|adopted|approved|published|launched|established|"
    r"reached|founded|born|built|elected|passed|taken|started|begun|set|committed|dated|ending|starting|beginning|expected|due)\b"
    r"[^,;]*$"
)
"""A participle behind the act's verb, to which a time behind it belongs."""
_CLAUSE_END = re.compile(r"[.;:]|\b(?:and|but|while|that|which|who)\b")
_AGENT = re.compile(
    r"\bby\s+(?:(?:the|its|their)\s+)?(?:[A-Z][\w.]*\s+){0,2}(?:(?:government|parliament|president|authorities)\s+of\s+(?:the\s+)?)?$"
)
_APPOSITION = re.compile(r",\s[^,]{1,80},\s*$")
_COUNTERPART = re.compile(
    r"(?:\b(?:to|with|for)|^[a-z]+(?:\s+[a-z]+){0,3}(?<!\bin)(?<!\bat)(?<!\bof)(?<!\bon)(?<!\bby)(?<!\bfrom)(?<!\binto)(?<!\bnear)(?<!\band))\s+"
    r"(?:(?:the|government\s+of)\s+){0,2}(?:[A-Z][\w.]*\s+){0,3}$"
)
_POSSESSIVE = re.compile(
    r"['’+/-]|\s+[A-Z]|\s+(?!(?:to|by|in|on|at|for|and|with|from|over|about|as|after|before)\b)[a-z]+"
)
_NO_ACT = {
    "fr": frozenset("au aux du des dans sur avec chez par vers".split()),
    "es": frozenset("al del con por sobre desde hacia".split()),
    "de": frozenset("mit von vom zum zur im am bei beim nach aus".split()),
}
"""Words that begin no act, in languages whose sentences are not read."""
_SHORTEST_ACT_ZH = 4
"""Characters of a Chinese act: a verb alone says nothing."""
_CALLED_ON = re.compile(r"^\w+\s+(?:up)?on\s+(?:the\s+)?$")
_PASSIVE = re.compile(r"\b(?:is|are|was|were|been|being|be|get|got)\b.*\b(?:\w+ed|\w+en)\b|\bby\s+", re.IGNORECASE)
_LEADERS = ("leaders", "presidents", "ministers", "men", "women", "officials")
_PAIR_ANYWHERE = re.compile(
    rf"\b(?:the two|both)\s+(?P<who>{'|'.join(_LEADERS)}|countries|nations|states|governments|sides)\b", re.IGNORECASE
)
_PAIR = re.compile(_PAIR_ANYWHERE.pattern + r"\s+$", re.IGNORECASE)
_TWO = 2
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
        self.items = items
        self.kinds = kinds
        self.policy = policy
        self._figure: Quantity | None = None

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
        self._figure = None
        # Numbers first: what one measures is held against it.
        for field in _numbers_first(item):
            name, core, said = field.name, field.core, claim.fields.get(field.name)
            if said in (None, "", []):
                continue
            kept: list[Part] = []
            lost: list[Part] = []
            ask = False
            for part in self._parts(field, said, claim, sentences, read):
                found = part.verdict
                action = self.policy.action(found.verdict, section=claim.section, reason=part.reason, basis=found.basis)
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
        missing = [f.name for f in asked(item) if f.required and f.name not in fields]
        if missing:
            return None, [Problem(claim, tuple(f"{name!r} is missing" for name in missing), again=False)]
        time = _field_of(item, When)
        if time is not None and time not in fields and read.reading is not None:
            beside = self._time_beside(str(fields.get(_prose_field(item), "")), sentences, read)
            if beside is not None:
                fields[time], verdicts[time] = beside.value, beside.verdict
        elif time is not None and read.reading is not None and _holds(verdicts.get(time)):
            beside = self._time_beside(str(fields.get(_prose_field(item), "")), sentences, read, head=False)
            claimed: When = fields[time]
            if beside is not None and not _overlap(beside.value.text, claimed.text):
                fields[time], verdicts[time] = beside.value, beside.verdict.model_copy(update={"said": claimed.text})
        if time is not None and time not in fields and self._figure is not None and not item.said_as:
            held = self._held_at(self._figure, sentences)
            if held is not None:
                fields[time], verdicts[time] = held.value, held.verdict
        depends = _CONDITION_FIELD in item.model_fields and _CONDITION_FIELD not in fields
        if depends and (condition := self._condition(read, sentences)) is not None:
            fields[_CONDITION_FIELD] = condition
            verdicts[_CONDITION_FIELD] = Verdict(verdict="derived", basis=f"{condition!r} beside the act")
        whose = _field_of(item, Attribution)
        if whose is not None and whose not in fields:
            voiced = self._quoted(sentences, read) or self._voiced(sentences) or self._speaker(sentences, read)
            if voiced is not None:
                fields[whose] = voiced
                verdicts[whose] = Verdict(verdict="derived", basis=f"the verb of speech beside {voiced.text!r}")
        draft = Draft(claim.section, fields, sentences, verdicts)
        unlike = unlike_its_class(item, draft)
        return (draft, problems) if unlike is None else (None, [*problems, Problem(claim, (unlike,))])

    def _act(self, fault: Fault, claim: Claim) -> Action:
        return self.policy.action(fault.verdict, section=claim.section, reason=fault.reason, basis=fault.basis)

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
        if read.status is None and name == "status" and item.said_as:
            return [self._worded(str(said), sentences)]
        return [Part(said, read.status or _BY_CHOICE)]

    def _time_beside(self, phrase: str, sentences: Sequence[int], read: _Read, *, head: bool = True) -> Part | None:
        """The time that stands in an act's words, right beside them, in the rest of its clause, or at the sentence's ``head``.

        Where the model names none, or one of another act. A time that goes with another participle ("the duty imposed in
        May") is not the act's.
        """
        reading = read.reading
        past = reading is not None and reading.stance == "done"
        at_head: Part | None = None
        for number in sentences:
            text = self.source.sentence(number).text
            spot = locate(text, phrase, language=self.source.language)
            if spot is not None and spot.verdict != "elided":
                first, last = spot.start, spot.end
            elif reading is not None and reading.verb[1] <= len(text):
                first, last = reading.verb
            else:
                continue
            verb = 0 if reading is None else reading.verb[1]
            for start, end in self._times(number):
                words = text[start:end]
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
                aimed_at = _AIMED_AT.search(text[:start]) is not None or words.casefold().startswith("until")
                part = check_when(self.source, words, [number], past=None if past and aimed_at else past)
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

    def _times(self, number: int) -> list[tuple[int, int]]:
        """Spans of the dates in a sentence with the words that lead to them, and of periods: "within three years"."""
        text = self.source.sentence(number).text
        found: list[tuple[int, int]] = []
        for start, end in self.source.dates_of(number):
            if _NAMED_BY_YEAR.match(text, end) and _ARTICLE.search(text[:start]) and text[start:end].isdigit():
                continue  # "the 2004 Peace Prize"
            lead = _TIME_LEAD.search(text[:start])
            found.append((lead.start() if lead else start, end))
        if self.source.language == stance.LANGUAGE:
            spans = [match.span() for pattern in (_PERIOD, _SINCE) for match in pattern.finditer(text)]
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
            return Part(said, Verdict(verdict="derived", basis=_JUDGED))
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
        if self.source.language == "en" and _CUT_OFF.search(said):
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
            verbatim = check_words(self.source, said, sentences)
            if not verbatim.reason:
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
            if why := self._in_own_words(party, number):
                return Part(ref, Verdict(verdict="derived", basis=why))
            if self._near(party, number):
                basis = f"a pronoun, for the sentence before names {party.name!r}"
                return Part(ref, Verdict(verdict="derived", basis=basis))
        return Part(ref, Verdict(verdict="absent", said=name), f"the name {name!r} is not in the sentence")

    def _in_own_words(self, party: Party, number: int) -> str:
        """By what a sentence is about a party that it does not name: "we", a quotation, the other side; or nothing."""
        start, end = (sentence := self.source.sentence(number)).start, sentence.end
        for match in _WE.finditer(sentence.text):
            meant, why = self._spoken_for(match[0].casefold(), start + match.start())
            if party.name in meant:
                return f"{match[0]!r}: {why}"
        sides = self._sides if party.name in self._sides else []
        if any(self.roster.mentions(side, start, end) for side in map(self.roster.find, sides) if side is not None):
            return f"a side of the joint statement, as {' and '.join(sides)} are"
        voices = (self._quoting(offset) for offset in (start + 1, end - 1))
        return f"{party.name!r} is quoted" if any(v is not None and v.party == party.id for v in voices) else ""

    def _near(self, party: Party, number: int) -> bool:
        """Whether a sentence names the party, or has a pronoun for what the sentence before it names."""
        sentence = self.source.sentence(number)
        if self.roster.mentions(party, sentence.start, sentence.end):
            return True
        if _PAIR_ANYWHERE.search(sentence.text) and self.roster.mentions(party, 0, sentence.start):
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
        found = check_words(self.source, words, around)
        voiced = self._voiced(sentences)
        if voiced is not None and not self._same_voice(words, voiced):
            verdict = Verdict(verdict="contradicted", basis=voiced.text, said=words)
            return Part(voiced, verdict, f"{words!r} does not say so: the sentence gives it to {voiced.text!r}")
        if not found.reason and self.source.language == stance.LANGUAGE and not self._says(words, around):
            reason = f"the text does not say that it is {words!r} who says so"
            return Part(Attribution(text=words), Verdict(verdict="absent", said=words), reason)
        if found.reason:
            return Part(
                Attribution(text=words), found.verdict, f"the source {words!r} is not named beside the sentence"
            )
        return Part(self._named(found.value), found.verdict)

    def _says(self, words: str, around: Sequence[int]) -> bool:
        """Whether a sentence that names a source says anything of what somebody says, thinks or finds."""
        there = [self.source.sentence(n) for n in around]
        named = [s for s in there if words.casefold() in s.text.casefold()] or there
        return any(_VOICING.search(s.text) or self.source.quotation_at(s.start + 1) for s in named)

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
                return self._named(words)
        return None

    def _speaker(self, sentences: Sequence[int], read: _Read) -> Attribution | None:
        """The party right before a verb of speech that the act stands behind: "Li Dan said Odran had closed its port"."""
        for number in sentences:
            start = self.source.sentence(number).start
            found = self._speaking(start, self._place(number, read))
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

    def _speaking(self, start: int, end: int) -> Attribution | None:
        """The party that stands right before a verb of speech in a span of the document, the last of them."""
        for match in reversed(list(attribution.speeches(self.source.text[start:end], language=self.source.language))):
            found = self._speaker_at(start + match.start(), start)
            if found is not None:
                return found
        return None

    def _speaker_at(self, verb: int, start: int) -> Attribution | None:
        """The one party right before a verb of speech."""
        spoke = self._before(verb, start)
        party = self.roster.find(spoke[0]) if len(spoke) == 1 else None
        if party is None:
            return None
        a, b = self.roster.mentions(party, start, verb)[-1]
        return Attribution(text=self.source.text[a:b], party=PartyRef(party.id))

    def _quoted(self, sentences: Sequence[int], read: _Read) -> Attribution | None:
        """Who says what stands in a quotation of several sentences."""
        for number in sentences:
            found = self._quoting(self._place(number, read))
            if found is not None:
                return found
        return None

    def _quoting(self, offset: int) -> Attribution | None:
        """Who is named as the speaker of the quotation that an offset stands in, right before it or right behind it."""
        quotation = self.source.quotation_at(offset)
        first = None if quotation is None else self.source.sentence_at(quotation[0])
        last = None if quotation is None else self.source.sentence_at(quotation[1] - 1)
        if quotation is None or first is None or last is None or self.source.language != stance.LANGUAGE:
            return None
        start, end = quotation
        others = [place for place in self.source.quotations if place[0] < last.end and place[1] > first.start]
        before = max((b for _, b in others if b <= start), default=first.start)
        behind = min((a for a, _ in others if a >= end), default=last.end)
        words = attribution.quoted_by(self.source.text[end - 1 : behind])
        if words is not None:
            return self._named(words)
        lead = self.source.text[max(before, first.start) : start]
        verb = attribution.leads_to_quotation(lead)
        if verb is not None:
            return self._speaker_at(start - len(lead) + verb, start - len(lead))
        alone = not lead.strip() and not self.source.text[end : last.end].strip(" .,")
        if alone and start == first.start and first.number > 1:
            former = self.source.sentence(first.number - 1)  # “…,” said Li Dan. “We will …”
            said = next(
                (place for place in self.source.quotations if former.start <= place[0] < place[1] <= former.end), None
            )
            if said is not None and former.paragraph == first.paragraph:
                words = attribution.quoted_by(self.source.text[said[1] - 1 : former.end])
                return None if words is None else self._named(words)
        return None

    def _named(self, words: str) -> Attribution:
        party = self.roster.find(words)
        return Attribution(text=words, party=PartyRef(party.id) if party else None)

    def _spoken_for(self, pronoun: str, offset: int) -> tuple[list[str], str]:
        """Whom "I" or "we" at an offset stands for, and by what.

        In a quotation the speaker, and for "we" whom the speaker acts for; elsewhere those with whom a joint statement begins.
        """
        quotation = self.source.quotation_at(offset)
        if quotation is None:
            return (self._stating, "the statement is theirs") if pronoun == "we" else ([], "")
        before = _NUMBERED.search(self.source.text[quotation[0] + 1 : offset])
        if attribution.is_inner(self.source.text[slice(*quotation)], offset - quotation[0]) or (
            pronoun == "i" and before is not None and not names.is_common(before[1], listed=True)
        ):
            return [], ""
        voice = self._quoting(offset)
        speaker = None if voice is None else self._speaker_in(voice)
        if speaker is None or (pronoun == "i" and speaker.kind != "person"):
            return [], ""
        if pronoun == "i" or speaker.kind != "person":
            return [speaker.name], f"{speaker.name!r} speaks"
        if speaker.affiliation is None or _FORMER.search(speaker.role or ""):
            return [], ""
        employer = self.roster.by_id(speaker.affiliation)
        return [employer.name], f"{speaker.name!r} speaks, for {employer.name!r}"

    def _speaker_in(self, voice: Attribution) -> Party | None:
        """The party that the words for a source name: "Tessa chief executive Li Dan", and not "a friend of Li Dan"."""
        if voice.party is not None:
            return self.roster.by_id(voice.party)
        for party in self.roster.told_of(voice.text):
            for form in (party.name, *party.aliases):
                lead = voice.text.removesuffix(form)
                if lead != voice.text and party.kind == "person" and not _OF_ANOTHER.search(lead):
                    return party
        return None

    @cached_property
    def _stating(self) -> list[str]:
        """The parties that a joint statement names as its own: "We, the leaders of Odran, Selane and Norvia, met"."""
        for sentence in self.source.sentences if self.source.language == stance.LANGUAGE else ():
            opening = _WE_OF.match(sentence.text)
            if opening is not None and self.source.usable(sentence.number):
                start = sentence.start + opening.end()
                named = self.roster.between(start, sentence.end)
                return self._together(start, sentence.end) if named and named[0][0] == start else []
        return self._sides

    @cached_property
    def _sides(self) -> list[str]:
        """The two that a joint statement is by, as its first sentence or its title names them; nobody's elsewhere."""
        document = self.source.document
        title = document.title or document.text.lstrip().partition("\n")[0]
        if self.source.language != stance.LANGUAGE or not _JOINT.search(title) or _ABOUT_ONE.search(title):
            return []
        opening = [self.roster.named(s.start, s.end) for s in self.source.sentences[:_OPENING_SENTENCES]]
        for named in (*opening, self.roster.told_of(title)):
            sides = list(dict.fromkeys(party.name for party in named if party.kind != "person"))
            if len(sides) == _TWO:
                return sides
        return []

    def _before(self, end: int, low: int) -> list[str]:
        """The parties named right before an offset, or before what is put in between commas there."""
        direct, put_in = self._right_before(end, low), _APPOSITION.search(self.source.text[low:end])
        if direct or put_in is None:
            return direct
        # "Li Dan, the minister, said"; "a union, the UTL, said"
        start = low + put_in.start()
        stop = low + len(self.source.text[low:end].rstrip(", "))
        return (
            self._right_before(start, low) or [p.name for _, b, p in self.roster.between(start, stop) if b == stop][:1]
        )

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
            by = [p for p in self._agents(verb, sentence.end) if p in told]
            return (
                None if not by else Fault("contradicted", f"{by[0].name!r} did it, and is not whom it was done to", act)
            )
        direct = self._right_before(sentence.start + reading.group, sentence.start)
        for party in told:
            places = self.roster.mentions(party, sentence.start, sentence.end)
            behind = not act[:1].isupper() and party.name not in direct and not _PASSIVE.search(act)
            if behind and places and all(end <= verb for _, end in places) and _object_in(act, party):
                reason = f"the sentence names {party.name!r} before the act, and not as a part of it"
                return Fault("contradicted", reason, self.source.text[places[0][0] : verb].strip())
        return None

    def _agents(self, verb: int, end: int) -> list[Party]:
        """Who did what is told in the passive: the parties right behind "by"."""
        found: list[Party] = []
        for party in self.roster.parties:
            starts = [a for a, _ in self.roster.mentions(party, verb, end)]
            if any(
                _AGENT.search(self.source.text[max(verb, start - 60) : start]) and self._done_by(verb, start)
                for start in starts
            ):
                found.append(party)
        return found

    def _done_by(self, verb: int, start: int) -> bool:
        """Whether "by" before an offset goes with the verb: not in "was hurt when a ship owned by Odran sank"."""
        return not any(
            word.endswith((",", ";"))
            or word in _CLAUSE_WORDS
            or word == "run"
            or (word.islower() and stance.is_verb(word))
            for word in self.source.text[verb:start].split()[1:]
        )

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
        settled = status == "agreed" != target[1].get("status")
        where = "a joint statement" if settled else "the sentence"
        verdict = Verdict(verdict="derived", basis=f"{cue!r} in {where}", said=spoken)
        by = None
        asked, got = list(claim.fields.get("by") or ()), list(moved.fields.get("by") or ())
        if got and {names.name_key(str(n)) for n in asked} != {names.name_key(str(n)) for n in got}:
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
        fields["by"] = self._subjects(list(fields.get("by") or ()), reading, number)
        if "to" in new.model_fields and reading.stance == "sought":
            fields["to"] = self._askers(fields["by"], reading, number) or fields.get("to")
        elif "to" in new.model_fields and not fields.get("to"):
            fields["to"] = self._counterparts(phrase, fields["by"]) or self._promised(reading, number)
        if "status" in values and self._sides and (acting := fields["by"]) and set(acting) <= {*self._sides}:
            # What one side of a joint statement will do, both have settled.
            fields["status"] = "agreed" if values["status"] == "planned" else values["status"]
            fields["to"] = fields.get("to") or [side for side in self._sides if side not in acting]
        known = new.model_fields
        return Claim(section, {k: v for k, v in fields.items() if k in known}, claim.sentences, claim.question)

    def _subjects(self, by: list[str], reading: stance.Reading, number: int) -> list[str]:
        """Who performs the act: those right before the verb, else those of ``by`` that stand where a subject can."""
        sentence = self.source.sentence(number)
        verb = sentence.start + reading.verb[0]
        cue = verb if reading.cue is None else sentence.start + reading.cue[0]
        low, high = sentence.start, verb
        if reading.passive:
            agents = self._agents(verb, sentence.end)
            if agents:
                first = min(agents, key=lambda p: self.roster.mentions(p, verb, sentence.end)[0])
                return [first.name]
            # Without "by", whoever stands before the verb is whom it was done to.
            done_to = {*self._right_before(sentence.start + reading.group, low)}
            there = [
                p
                for p in self.roster.named(low, sentence.end)
                if self._stands_as_subject(p, low, sentence.end, passive=True)
            ]
            return [n for n in by if (p := self.roster.find(n)) is None or (p in there and p.name not in done_to)]
        if reading.stance == "sought" and cue < verb and _BE_BEFORE.search(self.source.text[low:cue]):
            lead = self.source.text[low:cue]  # "was asked by Odran to pay"
            return self._before(low + len(_HELPING.sub("", lead)), low)
        told_of = reading.stance in ("agreed", "pledged", "planned", "offered") and cue < verb
        # "Promised Odran to pay": whoever stands between is promised it.
        aside = told_of and self.source.text.startswith("to ", sentence.start + reading.group)
        direct = [] if aside else self._before(sentence.start + reading.group, low)
        if not direct and told_of:
            lead = self.source.text[low:cue]
            direct = self._before(cue - (len(lead) - len(_HELPING.sub("", lead))), low)
        if direct:
            return direct
        if reading.stance in ("done", "pledged") and (agents := self._agents(verb, sentence.end)):
            return [min(agents, key=lambda p: self.roster.mentions(p, verb, sentence.end)[0]).name]
        if reading.pronoun == "they" and number > 1 and set(by) == set(several := self._several(number - 1)):
            return several
        if reading.pronoun in _FIRST_PERSON:
            lead = self.source.text[low : sentence.start + reading.group - len(reading.pronoun) - 1]
            if reading.stance in ("pledged", "agreed", "offered") and not _WE.search(lead):
                return []  # "They promised that we would get two docks"
            if meant := self._meant(reading.pronoun, sentence.start + reading.group, number):
                return meant
        if cue < verb and reading.stance != "sought":
            lead = _HELPING.sub("", _WISHING.sub("", self.source.text[low:cue]))
            if (own := _WE_BEFORE.search(lead)) is not None:
                return self._spoken_for(own[1].casefold(), low + own.start(1))[0]
        if reading.pronoun is not None and by:
            return self._antecedents(by, reading.pronoun, (low, verb, sentence.end))
        if reading.pronoun is None and (both := self._both(sentence.start + reading.group, number)):
            return both
        if reading.pronoun is not None:
            return self._meant(reading.pronoun, sentence.start + reading.group, number)
        if reading.stance == "sought" and cue < verb:
            low = cue
        elif reading.stance == "pledged":
            high = min(verb, cue)
        there = [
            p for p in self.roster.named(low, high) if self._stands_as_subject(p, low, high, passive=reading.passive)
        ]
        if low == sentence.start:
            there = [p for p in there if self._acts_until(p, low, min(low + reading.group, cue))]
        kept = [name for name in by if (party := self.roster.find(name)) is None or party in there]
        if any(self.roster.find(name) for name in kept):
            return kept
        if reading.stance == "sought" and low > sentence.start and not there:
            # "Called on Odran to stop": whoever is called on is asked.
            places = [(a, p) for p in self.roster.parties for a, _ in self.roster.mentions(p, low, high)]
            there = [p for a, p in places if _CALLED_ON.search(self.source.text[low:a])]
        if reading.stance == "sought" and low > sentence.start and len(there) == 1:
            return [there[0].name]  # whoever stands between the asking and the act is asked: "urged Odran to stop"
        acting = [p for p in there if self._acts_before(p, low, high)]
        acting = acting or [p for p in there if len(there) == 1 and self._opens(p, low, high)]
        return [acting[0].name] if len(acting) == 1 else []

    def _acts_before(self, party: Party, low: int, high: int) -> bool:
        """Whether a verb follows the party's name: "Since May, Odran has closed one dock and fined two": it fined, too."""
        return any(
            _VERB_NEXT.match(self.source.text, end)
            and not _OWN_SUBJECT.search(self.source.text, end, high)
            and not _OBJECT_OF.search(self.source.text[max(low, start - 60) : start])
            for start, end in self.roster.mentions(party, low, high)
        )

    def _acts_until(self, party: Party, low: int, verb: int) -> bool:
        """Whether nothing between the party's name and a verb is the verb's own subject: "Odran said rebels burned it"."""
        text = self.source.text
        return any(
            _may_act(text[end:verb], person=party.kind == "person")
            and not _OBJECT_OF.search(text[max(low, start - 60) : start])
            for start, end in self.roster.mentions(party, low, verb)
        )

    def _right_before(self, end: int, low: int) -> list[str]:
        """The parties named right before an offset: "Odran", "Odran and Minister Li Dan"."""
        places = self.roster.between(low, end)
        subjects: list[str] = []
        joined = False
        while places:
            start, stop, party = places.pop()
            gap = self.source.text[stop:end]
            if subjects and not _COORDINATION.fullmatch(gap):
                if _TITLE.fullmatch(gap):
                    continue  # part of the title of the one behind it: "US Ambassador Li Dan"
                break
            if not subjects and gap.strip(" \n.)"):
                break
            if _OBJECT_OF.search(self.source.text[max(low, start - 60) : start]) and not subjects:
                return []
            if subjects and self._stands_apart(low, start, gap):
                break
            joined |= bool(subjects) and _AND.search(gap) is not None
            subjects.insert(0, party.name)
            end = start
        # "As leader of Odran, Li Dan resigned": a comma alone joins nobody.
        return subjects if joined else subjects[-1:]

    def _stands_apart(self, low: int, start: int, gap: str) -> bool:
        """Whether a party does not belong to those behind it: "After talks with Odran, Tessa and UTL", "hit Odran, and Tessa"."""
        lead = self.source.text[low:start]
        words = lead.split()
        if not words:
            return False
        if gap.lstrip().startswith(",") and "," not in lead and words[0].casefold() in _OPENING_PHRASE:
            return True
        verbs = stance.verbs_of(words)
        governed = _OBJECT_OF.search(lead) is not None or (verbs[-1:] == words[-1:] and bool(verbs))
        return governed and bool(verbs) and not any(attribution.speeches(" ".join(verbs[-1:])))

    def _opens(self, party: Party, low: int, high: int) -> bool:
        """Whether a sentence begins with the party, a title or two before its name, and no other subject follows."""
        start, end = min(self.roster.mentions(party, low, low + _OPENING), default=(None, low))
        return (
            start is not None
            and all(word[:1].isupper() or word in {"the", "a"} for word in self.source.text[low:start].split())
            and not _OWN_SUBJECT.search(self.source.text, end, high)
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

    def _meant(self, pronoun: str, behind: int, number: int) -> list[str]:
        """The one party that a pronoun right before an offset can stand for, where the model names none."""
        low = self.source.sentence(number).start
        before = low + len(self.source.text[low:behind].rstrip()) - len(pronoun)
        if pronoun in {"who", "which"}:
            return self._right_before(low + len(self.source.text[low:before].rstrip(", ")), low)
        if pronoun == "they" and number > 1:
            return self._several(number - 1)
        if pronoun in _FIRST_PERSON:
            return self._spoken_for(pronoun, before)[0]
        if pronoun not in {"he", "she", "it"}:
            return []
        spans = [(low, before)]
        if number > 1 and self.source.sentence(number - 1).paragraph <= self.source.sentence(number).paragraph:
            spans.append((self.source.sentence(number - 1).start, self.source.sentence(number - 1).end))
        for start, end in spans:
            there = [p for p in self.roster.named(start, end) if (p.kind == "person") == (pronoun != "it")]
            if there:
                return [there[0].name] if len(there) == 1 and self._heads(there[0], start, end) else []
        return []

    def _heads(self, party: Party, low: int, high: int) -> bool:
        """Whether a party is the subject of a verb: what a pronoun in the next sentence stands for."""
        text = self.source.text
        for start, end in self.roster.mentions(party, low, high):
            behind = _SUBJECT_OF.match(text, end)
            verb = behind is not None and (behind[1] is None or stance.is_verb(behind[1]))
            if verb and not _OBJECT_OF.search(text[max(low, start - 60) : start]):
                return True
        return False

    def _several(self, number: int) -> list[str]:
        """The parties, two at least, that a sentence names together before all others: "Odran and Selane agreed"."""
        sentence = self.source.sentence(number)
        named = self.roster.between(sentence.start, sentence.end)
        lead = self.source.text[sentence.start : named[0][0]].split() if named else []
        if "between" in lead or stance.verbs_of(lead):
            return []  # "Rebels attacked Odran and Norvia. They …"
        return self._together(sentence.start, sentence.end)

    def _together(self, low: int, high: int) -> list[str]:
        """The parties, two at least, that stand together before all others between two offsets."""
        together: list[str] = []
        end = low
        for start, stop, party in self.roster.between(low, high):
            if together and not _COORDINATION.fullmatch(self.source.text[end:start]):
                break
            together.append(party.name)
            end = stop
        return list(dict.fromkeys(together)) if len(set(together)) > 1 else []

    def _both(self, behind: int, number: int) -> list[str]:
        """Whom "the two leaders" or "both countries" right before an offset means: the only two that were named before."""
        start = self.source.sentence(number).start
        if self._sides and _SIDES.search(self.source.text[start:behind]):
            return self._sides
        pair = _PAIR.search(self.source.text[start:behind])
        if pair is None:
            return []
        persons = pair["who"] in _LEADERS
        named = self.roster.named(0, start)
        there = [
            p.name for p in named if (p.kind == "person" and p.role is not None if persons else p.kind == "country")
        ]
        return there if len(there) == _TWO else []

    def _stands_as_subject(self, party: Party, low: int, high: int, *, passive: bool) -> bool:
        for start, _ in self.roster.mentions(party, low, high):
            before = self.source.text[max(low, start - 60) : start]
            if not _OBJECT_OF.search(before) or (passive and _AGENT.search(before)):
                return True
        return False

    def _counterparts(self, act: str, by: Sequence[str]) -> list[str]:
        """Whom an act is done to or with, by its own words: "pay 40 million euros to the Delta Fund", "visit Odran"."""
        if act.islower():
            return []
        acting = {party.id for name in by if (party := self.roster.find(name))}
        found: dict[str, int] = {}
        for party in self.roster.parties:
            for form in (party.name, *party.aliases) if party.id not in acting else ():
                for start, end in names.mentions(act, form):
                    if _COUNTERPART.search(act[:start]) and not _POSSESSIVE.match(act, end):
                        found.setdefault(party.name, start)
        return sorted(found, key=found.__getitem__)

    def _promised(self, reading: stance.Reading, number: int) -> list[str]:
        """To whom something is promised, between the word for that and the act: "promised Odran to", "agreed with Odran to"."""
        if reading.cue is None or reading.cue[1] >= reading.verb[0]:
            return []
        low = self.source.sentence(number).start
        first, last = low + reading.cue[1], low + reading.verb[0]
        named = self.roster.between(first, last)
        direct = named and _DIRECT.fullmatch(self.source.text[first : named[0][0]])
        ahead = direct and _TO_DO.match(self.source.text[named[-1][1] : last])
        return list(dict.fromkeys(party.name for *_, party in named)) if ahead else []

    def _askers(self, by: Sequence[str], reading: stance.Reading, number: int) -> list[str]:
        """Who asks: whoever stands right before the verb of asking, or behind "by", or says what must be done."""
        sentence = self.source.sentence(number)
        asked = {party.id for name in by if (party := self.roster.find(name))}
        if reading.cue is not None:
            cue = sentence.start + reading.cue[0]
            lead = self.source.text[sentence.start : cue]
            if _BE_BEFORE.search(lead):  # "was urged by Odran to"
                return [p.name for p in self._agents(cue, sentence.start + reading.verb[0]) if p.id not in asked]
            lead = _HELPING.sub("", _WISHING.sub("", lead))
            own = _WE_BEFORE.search(lead)
            if own is not None:
                return self._spoken_for(own[1].casefold(), sentence.start + own.start(1))[0]
            direct = [self.roster.find(name) for name in self._before(sentence.start + len(lead), sentence.start)]
            near = [p.name for p in direct if p is not None and p.id not in asked]
            if near or not stance.is_opinion(sentence.text, reading):
                return near
        voice = self._quoting(sentence.start + reading.verb[0]) or self._voiced((number,))
        voice = voice or self._speaking(sentence.start, sentence.start + reading.group)
        if voice is None or voice.party is None or voice.party in asked:
            return []
        return [self.roster.by_id(voice.party).name]


def _holds(verdict: Verdict | None) -> bool:
    return verdict is not None and verdict.verdict in ("exact", "normalised", "derived")


def _overlap(one: str, other: str) -> bool:
    """Whether one time is a part of the other."""
    one, other = one.casefold(), other.casefold()
    return one in other or other in one


def _may_act(gap: str, *, person: bool) -> bool:
    """Whether what stands between a name and a verb leaves the name as the verb's subject."""
    institution = None if person else _INSTITUTION.match(gap)
    rest = gap[institution.end() :] if institution is not None else gap
    rest = _TIME_WORDS.sub("", _INSERTED.sub("", _HELPING.sub("", rest)))
    words = rest.split()
    if rest[:1] in {"'", "’"}:
        return False  # "Odran's rival closed it"
    if not words or _ENTRY.match(gap):
        return True  # "Odran will (i) close it and (ii) sell it"
    first = next((word for word in words if not word.endswith("ly") and word != "also"), "").strip(",.")
    acts = first.islower() and stance.is_verb(first)
    if _JOINING.search(rest):
        clause = not _CLAUSE_WORDS.isdisjoint(set(words[:-1]) - {"and", "but"}) or bool(_OWN_SUBJECT.search(rest))
        spoken = any(attribution.speeches(rest))
        return (acts and not spoken and not clause) or rest.lstrip().startswith((",", "("))
    return _WITHOUT_VERB.match(rest) is not None and not stance.verbs_of(words)


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
