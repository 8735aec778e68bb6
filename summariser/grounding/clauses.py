"""Where the clause of an act begins and ends: the words of the sentence that belong to an act and that a model left away.

English only, like the reading of acts. "designated two traders" of "has designated two traders and a bank for their part
in the coup, which …" says less than the sentence does; what follows up to the end of the clause is the sentence's own.
"""

from __future__ import annotations

import re
from string import ascii_letters
from typing import TYPE_CHECKING

from summariser.grounding.stance import is_verb
from summariser.grounding.words import content_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["acts_of", "agreed_in", "apart", "stitched", "with_rest", "with_subject"]

_MOST_ADDED = 16
"""Words by which a phrase grows at most."""
_WORD = re.compile(r"[^\W_]+(?:[-'’.,&][^\W_]+)*[’']?")
_ENDS = frozenset(
    """which who whose whom that while whilst when where after before because although though as if unless until since whether
    but said says saying according amid despite following including such""".split()
)
"""Words with which another clause begins, or what is only added to this one."""
_SPEAKER = re.compile(r",\s[^,;]*\b(?:said|says|told|announced|reported|stated|added)\b[^,;]*$")
"""Who said what a sentence tells, at its end: ", officials and unions said"."""
_JOINS = frozenset("and or".split())
_HELPING = frozenset("has have had will would is are was were been being be".split())
_FIRST_WORDS = 4
"""Words of a clause among which its verb is looked for."""
_BASE_FORMS = frozenset(
    """accelerate achieve address adopt advance allow arrange ban boost bring build buy combat complete conduct continue counter
    create deepen defend deliver develop encourage enforce enhance ensure establish expand facilitate foster fulfil fund give
    hire identify implement improve increase introduce invest invite keep launch lift lower maintain make modernize move open
    prevent produce promote protect provide pursue raise rebuild recognize reduce reinforce remove repair replace resolve resume
    return secure sell send sign simplify speed stabilize stop strengthen support suspend sustain take tackle train uphold
    withdraw""".split()
)
"""Verbs that seldom are nouns: behind "and" they begin another act."""
_PAUSE = re.compile(r"[,;:.](?:\s|$)|\b(?:which|who|whose|that|as|while|when|where|because|if)\b")
_HANGING = frozenset("than of to in on at by for from with the a an about nearly over".split())
_SIGNS = " \n$€£¥%"
"""What may stand between two words of a phrase, beside a comma of a list."""
_LISTED = re.compile(r",\s+(?:(?:and|or)\s+)?((?:[\w'’-]+\s+){0,3}?[\w'’-]+)(?:,|\s+(?:and|or)\b)")
"""An entry of a list that another one follows."""


def with_rest(sentence: str, phrase: str, others: Sequence[str] = ()) -> str:
    """The phrase with what follows it in its clause, up to where one of the ``others`` begins.

    As it is where its words, or all but the first of them ("collected" for "collecting"), do not stand so in the sentence.
    """
    start, first = sentence.find(phrase), ""
    if start < 0 and len(phrase.split()) > _FIRST_WORDS:
        first, rest = phrase.split(maxsplit=1)
        start = sentence.find(rest)
        first, phrase = first + " ", rest
    end = start + len(phrase)
    if start < 0 or sentence[end : end + 1].isalnum():
        return first + phrase
    said = _SPEAKER.search(sentence, end)
    starts = [at for other in others if other and (at := sentence.find(other)) >= end]
    stop = min([*starts, len(sentence) if said is None else said.start()])
    words = [m for m in _WORD.finditer(sentence) if m.end() > start]
    begun = sum(m.start() < end for m in words)
    last = whole = end
    for place in range(begun, len(words)):
        word = words[place]
        gap, low = sentence[last : word.start()], word[0].casefold()
        if gap.strip().startswith(".") or low in _HELPING or place - begun == _MOST_ADDED:
            # An abbreviation ("Order No. 4"), the verb of another clause, or too long: where to cut it nobody knows.
            return first + phrase
        listed = gap.strip(_SIGNS) == "," and _goes_on(sentence, last, words[max(0, place - 2) : place + 1])
        if (gap.strip(_SIGNS) and not listed) or low in _ENDS or word.start() >= stop or (first and is_verb(low)):
            break  # put otherwise than the sentence does, it may stand behind its own verb: "made a pledge made by"
        if low in _JOINS and _clause_follows(sentence, word.end(), words[place + 1 :], behind_comma=listed):
            break
        last = word.end() + (sentence[word.end() : word.end() + 1] == "%")
        whole = whole if low in _HANGING | _JOINS else last
    return first + sentence[start:whole]


def _clause_follows(sentence: str, end: int, words: Sequence[re.Match[str]], *, behind_comma: bool) -> bool:
    """Whether "and" joins another clause or another verb, and no noun. ``end`` is where the conjunction ends."""
    ahead = [m[0].casefold() for m in words[:_FIRST_WORDS]]
    if not ahead or ahead[0] in _ENDS | _NO_SUBJECT or not sentence[end : end + 1].isspace():
        return True
    if ahead[0] in _BASE_FORMS or any(map(is_verb, ahead if behind_comma else ahead[:1])):
        return True
    # "met on Monday and the group for capabilities met on Friday": the verb may stand far behind.
    clause = _PAUSE.split(sentence[end:], maxsplit=1)[0].casefold()
    return any(w in _HELPING or (is_verb(w) and not w.endswith(("ed", "ing"))) for w in _words(clause)[1:])


def _goes_on(sentence: str, comma: int, words: Sequence[re.Match[str]]) -> bool:
    """Whether a phrase goes on behind a comma: a list, a date, a town with its country. ``words`` stand around the comma."""
    *_, before, word = (m[0] for m in words)
    if word.isdigit() and len(word) == _YEAR and before.isdigit():
        return True  # "October 3, 2018"
    if word.casefold() in _JOINS or (word[0].isupper() and before[0].isupper()):
        return True
    if len(words) > 2 and words[0][0].casefold() in _ARTICLES and word.islower() and _ADJECTIVE.search(before):
        return True  # "a durable, inclusive solution"
    entry = _LISTED.match(sentence, comma)
    return entry is not None and not any(is_verb(w) or w in _ENDS for w in entry[1].casefold().split())


_YEAR = 4
_ADJECTIVE = re.compile(
    r"(?:able|ible|al|ive|ous|ic|ful|less|ary|ent|ant)$|^(?:new|strong|long|broad|free|open|safe|fair|large|small|joint)$"
)
_ARTICLES = frozenset("a an the its their his her our".split())
_LONGEST_SUBJECT = 12
"""Words of a subject at most."""
_CLAUSE_START = re.compile(
    r"(?:[;:()\[\]–—“”\"]\s*|,\s+)(?:(?:and|but|or|so|yet)\s+)?|\s-\s|^\W+"
    r"|\b(?:that|while|whilst|when|where|after|before|because|although|though|as|if|unless|until|since|whether|but)\s+",
    re.IGNORECASE,
)
_AND = re.compile(r"\b(?:and|or)\s+", re.IGNORECASE)
_NO_SUBJECT = frozenset(
    """he she it they we you i who which that this these those there to of in on at by for from with into as not also and
    or""".split()
)


def with_subject(sentence: str, phrase: str, group: int) -> str:
    """The phrase with what it is told of, where that stands right before the verb with its auxiliaries, at ``group``."""
    start = sentence.find(phrase)
    if start < group or not phrase:
        return phrase
    first = max((m.end() for m in _CLAUSE_START.finditer(sentence[:group])), default=0)
    for joint in _AND.finditer(sentence, first, group):
        if any(map(is_verb, _words(sentence[first : joint.start()]))):
            first = joint.end()
    subject = _words(sentence[first:group])
    if ", " in sentence[first:group]:
        return phrase  # "Odran's ally, closed two docks"
    if (
        not 0 < len(subject) <= _LONGEST_SUBJECT
        or {subject[0], subject[-1]} & _NO_SUBJECT
        or any(map(is_verb, subject))
    ):
        return phrase
    return sentence[first : start + len(phrase)]


def _words(text: str) -> list[str]:
    return [re.split(r"['’]", m[0].casefold())[0] for m in _WORD.finditer(text)]


_PRONOUNS = re.compile(r"\b(?:[Hh]e|[Ss]he|[Tt]hey|[Ww]e|I|who)\b")
_OPENS_CLAUSE = re.compile(
    r"(?:^\W*|[^\w\s]\s*|\b(?:that|and|or|but|until|when|after|before|because|if|as|said|says|where|while|although|though|since)\s+)$",
    re.IGNORECASE,
)
"""What a subject stands behind; "a stroke he suffered" tells of the stroke."""
_UNFINISHED = re.compile(r"\b(?:those|it|that|them|the|a|an|this)$")
_QUOTE_NEXT = re.compile(r"[\s,:]*[“\"«]")
_SKIPPED = frozenset("also now soon then already recently later again finally officially".split())


def acts_of(sentence: str, actors: Iterable[tuple[int, int]]) -> Iterator[str]:
    """What the sentence tells of actors, given their spans, and of persons by pronouns: from each verb right behind one on."""
    pronouns = {m.end() for m in _PRONOUNS.finditer(sentence) if _OPENS_CLAUSE.search(sentence[: m.start()])}
    for end in sorted({end for _, end in actors} | pronouns):
        words = list(_WORD.finditer(sentence, end))
        place = 0
        while place < len(words) and words[place][0].casefold() in _SKIPPED | _HELPING:
            place += 1
        if place >= len(words) - 1 or sentence[end : words[place].start()].strip(" \n" + ascii_letters):
            continue
        verb = words[place][0]
        if verb.islower() and (place or is_verb(verb)):
            act = with_rest(sentence, sentence[words[0].start() : words[place + 1].end()])
            if not _UNFINISHED.search(act) and not _QUOTE_NEXT.match(sentence, sentence.find(act) + len(act)):
                yield act


_AND_DO = re.compile(r",?\s+and\s+(?:to\s+)?(?=(?P<verb>[a-z]+)\b)")
_LEAST_OF_ACT = 2
"""Words that each of two acts has at least, its verb included."""


def apart(act: str) -> list[str]:
    """The acts of a phrase that tells of two: "deepen cooperation and enhance security"."""
    for joint in _AND_DO.finditer(act):
        first, second = act[: joint.start()], act[joint.end() :]
        both = min(len(first.split()), len(second.split())) >= _LEAST_OF_ACT
        if both and joint["verb"] in _BASE_FORMS and first.rsplit(maxsplit=1)[-1].lower() not in _BASE_FORMS:
            return [first, *apart(second)]
    return [act]


_NEXT_CLAUSE = re.compile(
    r"(?:,\s+|\s)(?:while|whilst|whereas|although|though)\s+|,\s+(?:and|but|so|yet)\s+|;\s+(?:and\s+|but\s+)?",
    re.IGNORECASE,
)


def stitched(sentence: str, verb: tuple[int, int], act: str) -> str | None:
    """A word of an act that its sentence has only in another clause than the verb's: "become head of Odran" of "Li will become
    chairman, while Wu, head of Odran, will leave". None where there is none.
    """
    if act in sentence:
        return None
    edges = [m.start() for m in _NEXT_CLAUSE.finditer(sentence) if _has_own_subject(sentence[m.end() :])]
    if not edges:
        return None
    low = max((edge for edge in edges if edge <= verb[0]), default=0)
    high = min((edge for edge in edges if edge > verb[0]), default=len(sentence))
    here, elsewhere = (set(content_words(part)) for part in (sentence[low:high], sentence[:low] + sentence[high:]))
    return next((word for word in content_words(act) if word not in here and word in elsewhere), None)


def _has_own_subject(clause: str) -> bool:
    """Whether what follows a conjunction has a subject, and behind it a verb with an auxiliary or in the past."""
    words = [m[0] for m in _WORD.finditer(clause)][:_LONGEST_SUBJECT]
    low = [word.casefold() for word in words]
    if not low or low[0] in _HELPING or is_verb(low[0]):
        return False
    return any(w in _HELPING or (words[i].islower() and is_verb(w)) for i, w in enumerate(low[1:], 1))


_AGREEMENT = re.compile(
    r"\b(?:sign|reach|conclud|str[iu]|seal|enter)\w*\b.*?\b(?:agreement|memorandum|MOU|deal|treaty|pact|accord|contract)\b"
    r".*?\bto\s+(?P<act>(?!the\b|a\b|an\b|its\b|their\b)[a-z]+\s+\S.*)$",
    re.IGNORECASE | re.DOTALL,
)


def agreed_in(act: str) -> list[str]:
    """What an agreement is about, where an act is to conclude one: "signed a pact with Odran to share data"."""
    found = _AGREEMENT.search(act)
    return [] if found is None else [found["act"]]
