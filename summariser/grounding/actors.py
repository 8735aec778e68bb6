"""Who acts, who is asked, to whom something is promised and whose word it is, told by the words around them. English only."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from summariser.grounding import attribution, names, stance, states
from summariser.grounding.quantities.units import CODES
from summariser_schemas import Attribution, PartyRef

if TYPE_CHECKING:
    from collections.abc import Sequence

    from summariser.grounding.claims import Roster, Source
    from summariser_schemas import Party

__all__ = ["Actors"]

_OPENING = 60
"""Characters at the beginning of a sentence in which its subject may stand."""
# A name right behind one of these is no subject: "the chairman of Kmart", "during a summit with Odran".
_OBJECT_OF = re.compile(
    r"\b(?:of|with|in|at|for|from|to|by|on|into|against|near|under|over|through|towards?|across|via)"
    r"\s+(?:(?:the|its|their|his|her|a|an)\s+)?(?:[A-Z][\w.]*\s+){0,2}"
    r"(?:(?:nation|state|country|republic|island|city|town|province|company|firm|retailer|group|party|agency|government)\s+(?:of\s+)?){0,2}$"
)
_GOVERNMENT_OF = re.compile(r"\b(?:government|parliament|authorities|army|navy|armed forces)\s+of\s+(?:the\s+)?$")
_OWN_SUBJECT = re.compile(
    r"\b(?:and|but|while|whilst|after|before|when|where|that|because|as|although|though|since|if)\s+"
    r"(?:(?:the|a|an|his|her|their|its|some|many|all|two)\s+[a-z]|(?:they|he|she|it|there|this|these)\b)"
)
"""Where a clause with a subject of its own begins."""
_VERB_NEXT = re.compile(r"\s+(?:has|have|had|also|will|would|[a-z]+ed)\b")
_HELPING = re.compile(
    r"(?:\b(?:has|have|had|also|is|are|was|were|been|being|already|since|(?!family|ally|assembly|monopoly)[a-z]+ly|remains?|stands?|stays?|(?:begun|began|started|starts|continued|continues|resumed)"
    r"(?:\s+to)?)\s+)+$"
)
_OPENING_PHRASE = frozenset(
    "after before in with without unlike like according to under following despite as for at on by from besides amid during "
    "since while when against together along".split()
)
"""Words with which a phrase before the subject begins: "After talks with Odran,"."""
_CLAUSE_WORDS = frozenset("when after before that which who as while because where near if although and but".split())
_BODIES = (
    r"helicopters|aircraft|jets|planes|warships|ships|vessels|drones|soldiers|government|administration|authorities|parliament|"
    r"cabinet|military|army|navy|police|forces|troops|officials?|leaders?|diplomats?|negotiators?|ministry|leadership|delegations?"
)
_INSTITUTION = re.compile(
    r"(?:['’]s?)?\s+(?:(?:and|or)\s+[A-Z]\w+\s+)?(?:(?!rebel|opposition|ousted|former|captured|exiled|rival|enemy)[a-z]+\s+)?"
    rf"(?:{_BODIES}|envoys?|representatives?|ministers?|regime|board|management)\b"
)
"""What acts for whoever's name stands before it: "Odran's government closed it"."""
_STATEMENT = re.compile(
    r"^(?:Joint\s+)?(?:Press\s+)?(?:Statement|Remarks|Message|Letter|Address)\s+(?:from|by)\s+(.{4,60}?)(?:\s+(?:on|at|in|after|to|about|regarding)\b|$)"
)
"""A title that tells whose words the text is."""
_SHARED = re.compile(r"['’]s?\s+and\s+$")
_OF_OWN = re.compile(
    r"(?:['’]s?)?\s+(?:(?:own|new|interim|federal|central|national|local|military|naval|air|security|armed|border|top|senior)\s+){0,2}"
    rf"(?:{_BODIES}|party)\s*|"
    r"['’]s?\s+(?:(?:more than|nearly|about|over|almost|some)\s+)?(?:(?:new|additional|latest|initial|total|further)\s+)*"
    r"(?:(?:US|A|C)?[$€£¥][\d.,]+(?:\s+(?:thousand|million|billion|trillion))?(?:\s+(?:in\s+)?(?:aid|assistance|funding|loans?|"
    r"grants?|investment|package))?|funding|assistance|aid|contributions?|donations?|investments?|grants?)\s+"
)
"""What does its owner's will: "Odran's navy has", "Odran's $5 million will", "Tessa's investment will"."""
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
_BEFORE_JOINT = frozenset(
    "The the Text text of Full full and & Trilateral Bilateral Leaders Leaders’ Leaders' Quad US U.S U.S.".split()
)
_BY_WHOM = re.compile(r"\s+(?:of|by|from|between)\b")
_TOLD = re.compile(r"\s+(?:the\s+)?")
_COMMITMENT = re.compile(
    r"['’]s?\s+(?:[a-z-]+\s+){0,2}(?:commitment|pledge|intention|determination|resolve|readiness|willingness)\b"
)
_BINDING = re.compile(r"\b(?:requir|oblig|commit|bind|order|direct|instruct)\w*\s+(?:the\s+)?$")
_THE_COMPANY = re.compile(r"\b[Tt]he\s+(?:[A-Z]\w+-based\s+)?(?:company|firm|manufacturer)\s+$")
_SAYS_THAT = re.compile(
    r"(?:\s+(?:party|group|company|firm|government|ministry|agency|union|bank|team))?(?:\s+(?:has|have|had|also|\w+ly|(?:is|are|was|were)(?=\s+(?:also\s+)?\w+ing\b)))*"
    r"\s+(?:announc|sa(?:id|ys?)|promis|pledg|vow|agree|confirm|declar|decid|warn|claim|stat|stress|add|insist|signal)\w*"
    r"(?:\s+(?!(?:a|an|the|that)\b)\w+){0,3}?(?:\s+that)?\s+"
)
"""Between a party and "it": "Odran is also announcing that it will"."""
_SUCH_AID = re.compile(
    r"\W*(?:This|These|The|That)\s+(?:(?:new|additional|latest|critical|humanitarian|emergency|further|total|life-?saving)\s+)*"
    r"(?:assistance|funding|funds|aid|contributions?|package)\s+"
    r"(?:through\s+(?P<through>[^,;:]{2,60}?)\s+)?(?:(?:also|\w+ly)\s+)*"
)
"""The subject of a sentence about money that another has given."""
_ANNOUNCING = re.compile(r"\b(?:announc|pledg|provid|contribut|commit)(?:e|es|ed|s|ing|ting|ted)?\b")
_NOT_GIVEN = re.compile(
    r"\b(?:if|unless|ask\w*|urg\w*|call\w*|demand\w*|not|never|would|could|may|might|should|must)\b|n['’]t\b",
    re.IGNORECASE,
)
_BACK = 8
"""Sentences back in which the giver is looked for."""
_OFFICIAL = re.compile(
    r"\b(?:Department|Ministry|Government|Office|Embassy|Mission|President|Minister|Secretary|Cabinet|Parliament|Senate|Congress|"
    r"White House|Treasury|Agency|Administration|Council|Commission|Army|Navy|Forces|Police)\b"
)
"""Words of a source that speaks for a country."""
_MEDIA = re.compile(
    r"\b(?:Times|News|Post|Daily|Herald|Tribune|Journal|Press|Gazette|Guardian|Today|Weekly|Magazine|Radio|TV|Television|Network|"
    r"Media|Wire|Review|Blog|Observer|Mail|Star|Sun|Globe|Chronicle|Bulletin|Wikinews)\b"
)
_BYLINE = re.compile(r"(?:[A-Z][\w.'’-]*\s+){1,4}[A-Z][\w.'’-]*,(?:\s+(?:[A-Z][\w.'’-]*|of|for|the|and|to|on))+")
"""A first line that names who writes: "Li Dan, Secretary of State"."""
_FILE = re.compile(r"[/\\]|\.\w{1,5}$|^\S+@")
_OWN_WORD = re.compile(
    r"(?:['’]s?)?(?:\s*\([A-Z]+\)(?:['’]s?)?)?\s+(?:\w+\s+){0,2}(?:announcement|decision|pledge|promise|plan|vow|statement|commitment|intention|offer|claim|"
    r"proposal|warning)\s+that\s+$"
)
"""Between a party and "it": "Odran's announcement that it will"."""
_VOICING = re.compile(
    r"[:“”\"]|\b(?:sa(?:id|ys?|ying)|t(?:old|ells?|elling)|according|announc|stat(?:e[ds]?|ing|ement)|report|claim|warn|confirm|argu|"
    r"insist|wr(?:ote|ites?|iting|itten)|not(?:ed?|es|ing)\b|add(?:ed|s|ing)|explain|estimat|believ|think|thought|expect|predict|"
    r"forecast|promis|pledg|vow|agree|accus|alleg|den(?:y|ied|ies)|acknowledg|admit|testif|declar|reveal|disclos|suggest|stress|"
    r"emphasi|reiterat|call|urg|ask|demand|propos|offer|welcom|prais|critici|condemn|describ|cit(?:e[ds]?|ing)|quot|read|show|f(?:ind|ound)|"
    r"tweet|post|letter|survey|poll|stud(?:y|ies)|data|figures|spokes|comment|remark|repl(?:y|ied)|respond|hop|want|plan|intend|order|"
    r"rul(?:ed|es|ing)|decid|word|view|opinion|source|recall|underscor|underlin|highlight|thank|express|mention|put)"
)
"""Beginnings of words with which a sentence tells what somebody says, thinks or finds."""
_AGENT = re.compile(
    r"\bby\s+(?:(?:the|its|their)\s+)?(?:(?:country|nation|state|city|company)['’]s\s+)?(?:[A-Z][\w.]*\s+){0,2}(?:(?:government|parliament|president|authorities)\s+of\s+(?:the\s+)?)?$"
)
_SUFFIX = re.compile(r",?\s+(?:Jr|Sr)\.?,?\s+")
_OF = re.compile(r"\s+of\s+(?:the\s+)?")
_APPOSITION = re.compile(r",\s(?:[^,]{1,80}|represented by [^;:.]{1,200}),\s*$")
_COUNTERPART = re.compile(
    r"(?:\b(?:to|with|for)|^[a-z]+(?:\s+[a-z]+){0,3}(?<!\bin)(?<!\bat)(?<!\bof)(?<!\bon)(?<!\bby)(?<!\bfrom)(?<!\binto)(?<!\bnear)(?<!\band))\s+"
    r"(?:(?:the|government\s+of)\s+){0,2}(?:[A-Z][\w.]*\s+){0,3}$"
)
_MUTUAL = re.compile(
    r"(?:(?:has|have|also)\s+)*(?:(?:signed|reached|concluded|struck|sealed|negotiated|agreed|entered\s+into)\s+(?:[\w-]+\s+){0,6}?"
    r"(?:deal|agreement|accord|pact|treaty|memorandum|MOU|contract|partnership|declaration|compact|alliance)(?:\s+of\s+\w+)?|met|"
    r"held\s+(?:talks|a\s+meeting|discussions))\s+with\s+",
    re.IGNORECASE,
)
"""Acts that both sides do."""
_POSSESSIVE = re.compile(
    r"['’+/-]|\s+[A-Z]|\s+(?!(?:to|by|in|on|at|for|and|with|from|over|about|as|after|before)\b)[a-z]+"
)
_CALLED_ON = re.compile(r"^\w+\s+(?:up)?on\s+(?:the\s+)?$")
_LEADERS = ("leaders", "presidents", "ministers", "men", "women", "officials")
_PAIR_ANYWHERE = re.compile(
    rf"\b(?:the two|both)\s+(?P<who>{'|'.join(_LEADERS)}|countries|nations|states|governments|sides)\b", re.IGNORECASE
)
_PAIR = re.compile(_PAIR_ANYWHERE.pattern + r"\s+$", re.IGNORECASE)
_TWO = 2
_PRONOUN = re.compile(
    r"\b(?:he|she|it|they|who|the (?:company|firm|group|ministry|government|union|country|court))\b", re.I
)


class Actors:
    """Reads off the sentences of a source which of the parties found in it act and speak there."""

    def __init__(self, source: Source, roster: Roster) -> None:
        self.source = source
        self.roster = roster

    def settled_as(
        self, by: Sequence[str], reading: stance.Reading, number: int
    ) -> Literal["agreed", "pledged"] | None:
        """What makes more of a plan, where anything does: both sides of a joint statement have settled it; who says "we will", or
        issues a statement of "this assistance will", gives a promise.
        """
        if by and set(by) <= set(self.sides):
            return "agreed"
        sentence = self.source.sentence(number)
        subject = _SUCH_AID.fullmatch(self.source.text, sentence.start, sentence.start + reading.group)
        aid = subject is not None and bool(self._giver(number)[0])
        return "pledged" if aid or reading.pronoun in _FIRST_PERSON else None

    def other_sides(self, by: Sequence[str]) -> list[str]:
        """The other side of a joint statement, where those of one are to do something."""
        return [side for side in self.sides if side not in by] if by and set(by) <= set(self.sides) else []

    def in_own_words(self, party: Party, number: int) -> str:
        """By what a sentence is about a party that it does not name: "we", a quotation, the other side; or nothing."""
        start, end = (sentence := self.source.sentence(number)).start, sentence.end
        for match in _WE.finditer(sentence.text):
            meant, why = self._spoken_for(match[0].casefold(), start + match.start())
            if party.name in meant:
                return f"{match[0]!r}: {why}"
        sides = self.sides if party.name in self.sides else []
        if any(self.roster.mentions(side, start, end) for side in map(self.roster.find, sides) if side is not None):
            return f"a side of the joint statement, as {' and '.join(sides)} are"
        if (aid := _SUCH_AID.match(sentence.text)) is not None:
            giving, where = self._giver(number)
            if party.name in giving:
                return f"{aid[0].strip()!r}, which sentence {where} tells of"
        voices = (self.quoting(offset) for offset in (start + 1, end - 1))
        return f"{party.name!r} is quoted" if any(v is not None and v.party == party.id for v in voices) else ""

    def near(self, party: Party, number: int) -> bool:
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

    def says(self, words: str, around: Sequence[int]) -> bool:
        """Whether a sentence that names a source says anything of what somebody says, thinks or finds."""
        there = [self.source.sentence(n) for n in around]
        named = [s for s in there if words.casefold() in s.text.casefold()] or there
        # Patterns in lower case on text in lower case are twice as fast as those that ignore case.
        return any(_VOICING.search(s.text.casefold()) or self.source.quotation_at(s.start + 1) for s in named)

    def same_voice(self, words: str, voiced: Attribution) -> bool:
        """Whether words for a source mean the one that a sentence voices: one holds the other, or both name one party."""
        ours, theirs = names.name_key(words), names.name_key(voiced.text)
        if f" {ours} " in f" {theirs} " or f" {theirs} " in f" {ours} ":
            return True
        party = self.roster.find(words)
        return party is not None and voiced.party == party.id

    def voiced(self, sentences: Sequence[int]) -> Attribution | None:
        """The source that the sentence itself names with a verb of speech."""
        for number in sentences:
            words = attribution.voice(self.source.sentence(number).text, language=self.source.language)
            if words is not None:
                return self.attributed(words)
        return None

    def speaking(self, start: int, end: int) -> Attribution | None:
        """The party that stands right before a verb of speech in a span of the document, the last of them."""
        named = self.roster.between(start, end)
        if not named:
            return None
        spoken = attribution.speeches(self.source.text, named[0][1], end, language=self.source.language)
        for match in reversed(list(spoken)):
            found = self._speaker_at(match.start(), start)
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

    def quoting(self, offset: int) -> Attribution | None:
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
            return self.attributed(words)
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
                return None if words is None else self.attributed(words)
        return None

    def attributed(self, words: str) -> Attribution:
        """Words for a source, with the party that they name."""
        party = self.roster.find(words)
        return Attribution(text=words, party=PartyRef(party.id) if party else None)

    def _spoken_for(self, pronoun: str, offset: int) -> tuple[list[str], str]:
        """Whom "I" or "we" at an offset stands for, and by what.

        In a quotation the speaker, and for "we" whom the speaker acts for; elsewhere whose statement the document is.
        """
        quotation = self.source.quotation_at(offset)
        if quotation is None:
            sentence = self.source.sentence_at(offset)
            lead = "" if sentence is None else self.source.text[sentence.start : offset]
            if any(attribution.speeches(lead)) or lead.rstrip().endswith(":"):
                return [], ""  # "UTL said we will pay"
            return self._stating if pronoun == "we" else self._signing, "whose statement it is"
        before = _NUMBERED.search(self.source.text[quotation[0] + 1 : offset])
        if attribution.is_inner(self.source.text[slice(*quotation)], offset - quotation[0]) or (
            pronoun == "i" and before is not None and not names.is_common(before[1], listed=True)
        ):
            return [], ""
        voice = self.quoting(offset)
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
        """Whose statement the document is: the parties that a joint one names ("We, the leaders of Odran and Selane, met"), or
        the country or the body that the document's source is.
        """
        for sentence in self.source.sentences if self.source.language == stance.LANGUAGE else ():
            opening = _WE_OF.match(sentence.text)
            if opening is not None and self.source.usable(sentence.number):
                start = sentence.start + opening.end()
                named = self.roster.between(start, sentence.end)
                return self._together(start, sentence.end) if named and named[0][0] == start else []
        if self.sides:
            return self.sides
        issuing = [party for party in self._issuing if party.kind != "person"]
        return [party.name for party in sorted(issuing, key=lambda party: party.kind != "country")[:1]]

    @cached_property
    def _signing(self) -> list[str]:
        """The one person whose statement the document is, by its source or its first line: "Li Dan, Secretary of State"."""
        signing = {party.id: party.name for party in self._issuing if party.kind == "person"}
        first = self.source.sentences[0]
        if not signing and _BYLINE.fullmatch(first.text.strip()):
            opening = self.roster.between(first.start, first.end)
            signing = {p.id: p.name for start, _, p in opening if start == first.start and p.kind == "person"}
        return list(signing.values()) if len(signing) == 1 else []

    @cached_property
    def _issuing(self) -> list[Party]:
        """The parties that the document's source names; not what a file is called after."""
        if self.source.language != stance.LANGUAGE:
            return []
        given = self.source.document.source or ""
        given = "" if _FILE.search(given) else given
        by = _STATEMENT.search(self.source.document.title or "")
        given = f"{by[1]}, {given}" if by is not None else given
        if _MEDIA.search(given):
            return []
        named = self.roster.told_of(given)
        if _OFFICIAL.search(given) is None:
            return [party for party in named if party.kind != "country"]  # "China Daily" is not China
        state = states.land(names.name_key(given.partition(" ")[0]))
        lands = [p for p in self.roster.parties if p.kind == "country" and states.land(names.name_key(p.name)) == state]
        return lands + named

    @cached_property
    def sides(self) -> list[str]:
        """The two that a joint statement is by, as its first sentence or its title names them; nobody's elsewhere."""
        document = self.source.document
        title = document.title or document.text.lstrip().partition("\n")[0]
        joint = _JOINT.search(title) if self.source.language == stance.LANGUAGE else None
        if joint is None or _ABOUT_ONE.search(title):
            return []
        known = {
            word for party in self.roster.parties for form in (party.name, *party.aliases) for word in form.split()
        }
        if any(word.strip(",.:–-") not in known | _BEFORE_JOINT for word in title[: joint.start()].split()):
            return []  # "Odran Drafts Joint Statement"
        rest = title[joint.end() :]
        if _BY_WHOM.match(rest):
            by = [party.name for party in self.roster.told_of(rest) if party.kind != "person"]
            return by if len(by) == _TWO else []
        first = self.source.sentences[0]
        places = [place for place in self.roster.between(first.start, first.end) if place[2].kind != "person"]
        sides = list(dict.fromkeys(party.name for *_, party in places))
        if len(sides) != _TWO:
            return []
        last = next(start for start, _, party in places if party.name == sides[1])
        between = self.source.text[places[0][1] : last].split()
        return sides if "and" in between and not stance.verbs_of(between) else []

    def _before(self, end: int, low: int) -> list[str]:
        """The parties named right before an offset, or before what is put in between commas there."""
        direct = self.right_before(end, low)
        lead = "" if direct else self.source.text[low:end]
        if not lead.rstrip().endswith(",") or (put_in := _APPOSITION.search(lead)) is None:
            return direct
        # "Li Dan, the minister, said"; "a union, the UTL, said"
        start = low + put_in.start()
        stop = low + len(lead.rstrip(", "))
        return (
            self.right_before(start, low) or [p.name for _, b, p in self.roster.between(start, stop) if b == stop][:1]
        )

    def _by_own(self, end: int, low: int) -> list[str]:
        """The party whose institution or money stands right before an offset: "Odran's navy", "Tessa's $5 million"."""
        places = self.roster.between(low, end)
        if not places or places[-1][2].kind == "person":
            return []
        start, stop, party = places[-1]
        lead = self.source.text[low:start]
        others = (
            lead.endswith("-") or _SHARED.search(lead) or stance.verbs_of(lead.split()[-1:]) or _OBJECT_OF.search(lead)
        )
        return [] if others or _OF_OWN.fullmatch(self.source.text, stop, end) is None else [party.name]

    def _committed(self, reading: stance.Reading, low: int, high: int) -> list[str]:
        """Whose commitment somebody else tells of, or who is bound: "stressed Odran's commitment to", "requires Odran to"."""
        verb, group = low + reading.verb[1], low + reading.group
        text = self.source.text
        for start, stop, party in self.roster.between(low, high):
            told = start > verb and _TOLD.fullmatch(text, verb, start) and _COMMITMENT.match(text, stop)
            bound = stop <= group and text[stop:group].strip() in ("", "to") and _BINDING.search(text[low:start])
            if told or bound:
                return [party.name]
        return []

    def _described(self, behind: int, number: int) -> list[str]:
        """The company that "the company" right before an offset stands for: the only one named so far, and the sentence before
        is about it.
        """
        if number == 1 or _THE_COMPANY.search(self.source.text[self.source.sentence(number).start : behind]) is None:
            return []
        former = self.source.sentence(number - 1)
        named = [party for party in self.roster.named(0, behind) if party.kind == "company"]
        return [named[0].name] if len(named) == 1 and self._opens(named[0], former.start, former.end) else []

    def _giver(self, number: int) -> tuple[list[str], int]:
        """Who announced the money that a sentence only calls "this assistance", and in which sentence: the nearest before."""
        for earlier in range(number - 1, max(0, number - _BACK), -1):
            sentence = self.source.sentence(earlier)
            if _NOT_GIVEN.search(sentence.text):
                continue
            for match in _ANNOUNCING.finditer(sentence.text):
                money = (
                    q.start for q in self.source.quantities_of(earlier) if q.unit in CODES and q.start >= match.end()
                )
                if (amount := next(money, None)) is None or " that " in sentence.text[match.end() : amount]:
                    continue
                lead = _HELPING.sub("", sentence.text[: match.start()])
                own = _WE_BEFORE.search(lead)
                if own is not None:
                    return self._spoken_for(own[1].casefold(), sentence.start + own.start(1))[0], earlier
                if giving := self._before(sentence.start + len(lead), sentence.start):
                    return giving, earlier
        return [], 0

    def agents(self, verb: int, end: int) -> list[Party]:
        """Who did what is told in the passive: the parties right behind "by"."""
        text = self.source.text
        if text.find("by", verb, end) < 0:
            return []
        found = {
            party.id
            for start, _, party in self.roster.between(verb, end)
            if _AGENT.search(text[max(verb, start - 60) : start]) and self._done_by(verb, start)
        }
        return [party for party in self.roster.parties if party.id in found]

    def _agent(self, verb: int, end: int) -> list[str]:
        """The first of those behind "by"."""
        agents = self.agents(verb, end)
        return [min(agents, key=lambda p: self.roster.mentions(p, verb, end)[0]).name] if agents else []

    def _done_by(self, verb: int, start: int) -> bool:
        """Whether "by" before an offset goes with the verb: not in "was hurt when a ship owned by Odran sank"."""
        return not any(
            word.endswith((",", ";"))
            or word in _CLAUSE_WORDS
            or word == "run"
            or (word.islower() and stance.is_verb(word))
            for word in self.source.text[verb:start].split()[1:]
        )

    def subjects(self, by: list[str], reading: stance.Reading, number: int) -> list[str]:
        """Who performs the act: those right before the verb, else those of ``by`` that stand where a subject can."""
        if reading.passive:
            return self._doers(by, reading, number)
        if direct := self._direct(reading, number):
            return direct
        stood_for = self._stood_for(by, reading, number)
        return self._further_off(by, reading, number) if stood_for is None else stood_for

    def _spots(self, reading: stance.Reading, number: int) -> tuple[int, int, int]:
        """Where in the document the verb with its auxiliaries, the verb itself and the word that decides begin."""
        start = self.source.sentence(number).start
        verb = start + reading.verb[0]
        return start + reading.group, verb, verb if reading.cue is None else start + reading.cue[0]

    def _doers(self, by: list[str], reading: stance.Reading, number: int) -> list[str]:
        """Who did what is told in the passive: the first behind "by", else those of ``by`` that it was not done to."""
        sentence = self.source.sentence(number)
        verb = sentence.start + reading.verb[0]
        if agent := self._agent(verb, sentence.end):
            return agent
        done_to = {*self.right_before(sentence.start + reading.group, sentence.start)}
        there = [
            p
            for p in self.roster.named(sentence.start, sentence.end)
            if self._stands_as_subject(p, sentence.start, sentence.end, passive=True)
        ]
        return [n for n in by if (p := self.roster.find(n)) is None or (p in there and p.name not in done_to)]

    def _direct(self, reading: stance.Reading, number: int) -> list[str]:
        """Who is named right before the verb, or before the word that decides: "Odran promised Norvia to pay"."""
        sentence = self.source.sentence(number)
        low, (group, verb, cue) = sentence.start, self._spots(reading, number)
        if reading.stance == "sought" and cue < verb and self._is_asked(reading, low):
            return self._before(self._behind_subject(low, cue), low)  # "was asked by Odran to pay"
        if owner := self._committed(reading, low, sentence.end):
            return owner
        told_of = reading.stance in ("agreed", "pledged", "planned", "offered") and cue < verb
        # "Promised Odran to pay": whoever stands between is promised it.
        aside = told_of and self.source.text.startswith("to ", group)
        direct = [] if aside else self._before(group, low) or self._by_own(group, low)
        if not direct and told_of:
            direct = self._before(self._behind_subject(low, cue), low)
        if not direct and reading.stance in ("done", "pledged"):
            direct = self._agent(verb, sentence.end)
        return direct

    def _behind_subject(self, low: int, verb: int) -> int:
        """Where the auxiliaries before a verb begin, in a sentence that begins at ``low``."""
        return low + len(_HELPING.sub("", self.source.text[low:verb]))

    def _stood_for(self, by: list[str], reading: stance.Reading, number: int) -> list[str] | None:
        """Whom a pronoun or a description before the verb stands for; None where neither stands there."""
        sentence = self.source.sentence(number)
        low, (group, verb, cue) = sentence.start, self._spots(reading, number)
        if reading.pronoun == "they" and number > 1 and set(by) == set(several := self._several(number - 1)):
            return several
        if reading.pronoun in _FIRST_PERSON:
            lead = self.source.text[low : group - len(reading.pronoun) - 1]
            if reading.stance in ("pledged", "agreed", "offered") and not _WE.search(lead):
                return []  # "They promised that we would get two docks"
            if meant := self._meant(reading.pronoun, group, number):
                return meant
        if cue < verb and reading.stance != "sought":
            lead = _HELPING.sub("", _WISHING.sub("", self.source.text[low:cue]))
            if (own := _WE_BEFORE.search(lead)) is not None:
                return self._spoken_for(own[1].casefold(), low + own.start(1))[0]
        if reading.pronoun is not None:
            spans = low, verb, sentence.end
            return self._antecedents(by, reading.pronoun, spans) if by else self._meant(reading.pronoun, group, number)
        aid = _SUCH_AID.fullmatch(self.source.text, low, group) if reading.stance in ("planned", "pledged") else None
        if aid is not None and aid["through"]:
            through = self.roster.between(*aid.span("through"))
            alone = through and self.source.text[aid.start("through") : through[0][0]].strip() in ("", "the")
            return [through[0][2].name] if alone else []
        if aid is not None:
            return self._giver(number)[0]
        both = self._both(group, number)
        if reading.stance == "sought" and both and both == self.sides:
            return []  # "we call on the parties": others
        return both or self._described(group, number) or None

    def _further_off(self, by: list[str], reading: stance.Reading, number: int) -> list[str]:
        """Those of ``by`` that can be the subject though other words stand between, else the only one that can."""
        sentence = self.source.sentence(number)
        low, (group, verb, cue) = sentence.start, self._spots(reading, number)
        asked = reading.stance == "sought" and cue < verb
        if asked:
            low = cue
        high = min(verb, cue) if reading.stance == "pledged" else verb
        there = [p for p in self.roster.named(low, high) if self._stands_as_subject(p, low, high, passive=False)]
        if low == sentence.start:
            there = [p for p in there if self._acts_until(p, low, min(group, cue))]
        kept = [name for name in by if (party := self.roster.find(name)) is None or party in there]
        if any(self.roster.find(name) for name in kept):
            return kept
        if asked and low > sentence.start and not there:
            # "Called on Odran to stop": whoever is called on is asked.
            places = [(a, p) for p in self.roster.parties for a, _ in self.roster.mentions(p, low, high)]
            there = [p for a, p in places if _CALLED_ON.search(self.source.text[low:a])]
        if asked and low > sentence.start and len(there) == 1:
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

    def right_before(self, end: int, low: int) -> list[str]:
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
            if not subjects and gap.strip(" \n.)") and not _SUFFIX.fullmatch(gap):
                break
            lead = self.source.text[max(low, start - 60) : start]
            if (
                not subjects
                and places
                and places[-1][2].kind == "person"
                and _OF.fullmatch(self.source.text, places[-1][1], start)
            ):
                end = places[-1][1]
                continue  # "King Li Dan of Odran"
            if _OBJECT_OF.search(lead) and not subjects and not _GOVERNMENT_OF.search(lead):
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
            return self.right_before(low + len(self.source.text[low:before].rstrip(", ")), low)
        if pronoun == "they" and number > 1:
            return self._several(number - 1)
        if pronoun in _FIRST_PERSON:
            return self._spoken_for(pronoun, before)[0]
        for _, stop, party in reversed(self.roster.between(low, before)):
            if _OWN_WORD.fullmatch(self.source.text, stop, before):
                return [party.name]
            if (party.kind == "person") == (pronoun != "it") and _SAYS_THAT.fullmatch(self.source.text, stop, before):
                return [party.name]
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
        if self.sides and _SIDES.search(self.source.text[start:behind]):
            return self.sides
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

    def _is_asked(self, reading: stance.Reading, low: int) -> bool:
        """Whether the verb of asking is in the passive, "was urged by Odran to", of a sentence that begins at ``low``."""
        first, last = reading.cue or reading.verb
        cue = self.source.text[low + first : low + last]
        return not cue.endswith("ing") and _BE_BEFORE.search(self.source.text[low : low + first]) is not None

    def counterparts(self, act: str, by: Sequence[str]) -> list[str]:
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

    def partners(self, act: str, by: Sequence[str]) -> list[str]:
        """Who did it too, with whom it was done: "signed a treaty with Odran"; nobody where nobody is known to have done it."""
        signed = _MUTUAL.match(act) if by else None
        rest = "" if signed is None else act[signed.end() :]
        return [name for name in self.counterparts(act, by) if re.match(rf"(?:the\s+)?{re.escape(name)}\b", rest)]

    def promised(self, reading: stance.Reading, number: int) -> list[str]:
        """To whom something is promised, between the word for that and the act: "promised Odran to", "agreed with Odran to"."""
        if reading.cue is None or reading.cue[1] >= reading.verb[0]:
            return []
        low = self.source.sentence(number).start
        first, last = low + reading.cue[1], low + reading.verb[0]
        named = self.roster.between(first, last)
        direct = named and _DIRECT.fullmatch(self.source.text[first : named[0][0]])
        ahead = direct and _TO_DO.match(self.source.text[named[-1][1] : last])
        return list(dict.fromkeys(party.name for *_, party in named)) if ahead else []

    def askers(self, by: Sequence[str], reading: stance.Reading, number: int) -> list[str]:
        """Who asks: whoever stands right before the verb of asking, or behind "by", or says what must be done."""
        sentence = self.source.sentence(number)
        asked = {party.id for name in by if (party := self.roster.find(name))}
        if reading.cue is not None:
            cue = sentence.start + reading.cue[0]
            lead = self.source.text[sentence.start : cue]
            if self._is_asked(reading, sentence.start):
                return [p.name for p in self.agents(cue, sentence.start + reading.verb[0]) if p.id not in asked]
            lead = _HELPING.sub("", _WISHING.sub("", lead))
            own = _WE_BEFORE.search(lead)
            if own is not None:
                return self._spoken_for(own[1].casefold(), sentence.start + own.start(1))[0]
            direct = [self.roster.find(name) for name in self._before(sentence.start + len(lead), sentence.start)]
            near = [p.name for p in direct if p is not None and p.id not in asked]
            if near or not stance.is_opinion(sentence.text, reading):
                return near
        voice = self.quoting(sentence.start + reading.verb[0]) or self.voiced((number,))
        voice = voice or self.speaking(sentence.start, sentence.start + reading.group)
        if voice is None or voice.party is None or voice.party in asked:
            return []
        return [self.roster.by_id(voice.party).name]


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
    first = next((word for word in words if not stance.is_adverb(word) and word != "also"), "").strip(",.")
    acts = first.islower() and stance.is_verb(first)
    if _JOINING.search(rest):
        clause = not _CLAUSE_WORDS.isdisjoint(set(words[:-1]) - {"and", "but"}) or bool(_OWN_SUBJECT.search(rest))
        spoken = any(attribution.speeches(rest))
        return (acts and not spoken and not clause) or rest.lstrip().startswith((",", "("))
    return _WITHOUT_VERB.match(rest) is not None and not stance.verbs_of(words)
