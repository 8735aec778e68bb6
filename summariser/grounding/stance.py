"""How a sentence puts an act: done, promised, agreed, announced, offered, asked for, merely possible, or denied.

A pledge is not an agreement, and "will not pay" is not "will pay". The words that govern the act's verb decide, read
off the sentence by rule: the auxiliary before it, else the nearest verb that takes "to". English only: for other
languages `read` knows nothing and says so.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import takewhile
from typing import TYPE_CHECKING, Literal, NamedTuple

from summariser.grounding.hedges import hedged
from summariser.grounding.words import stem

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "LANGUAGE",
    "SAID",
    "Reading",
    "Stance",
    "acts_in",
    "is_adverb",
    "is_opinion",
    "is_verb",
    "read",
    "read_through",
    "verbs_of",
    "worded",
]

Stance = Literal["done", "agreed", "pledged", "planned", "offered", "sought", "possible", "reported"]

LANGUAGE = "en"
"""The language whose sentences can be read."""

SAID: dict[Stance, str] = {
    "done": "was done",
    "agreed": "was agreed by both sides",
    "pledged": "was promised",
    "planned": "will be done",
    "offered": "is offered on a condition",
    "sought": "is asked for",
}
"""The phrase of ``Item.said_as`` that each stance stands for; the others stand for no item."""

_TOKEN = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Verb forms and nouns that put what follows "to" (or "that … would") into a stance.
_CUES: dict[str, Stance] = {
    **dict.fromkeys(
        _set(
            "pledge pledges pledged pledging promise promises promised promising vow vows vowed vowing commit "
            "commits committed committing commitment undertake undertakes undertook undertaking guarantee "
            "guarantees guaranteed swore sworn assured assures"
        ),
        "pledged",
    ),
    **dict.fromkeys(
        _set("agree agrees agreed agreeing agreement accord deal pact treaty memorandum mou contract settled"), "agreed"
    ),
    **dict.fromkeys(
        _set(
            "plan plans planned planning intend intends intended intending intention scheduled due set decided "
            "decides decision going about announced announces announce expects expected preparing prepares "
            "prepared aims aim aimed poised slated determined resolved"
        ),
        "planned",
    ),
    **dict.fromkeys(
        _set(
            "hope hopes hoped hoping want wants wanted wanting urge urges urged urging ask asks asked asking call "
            "calls called calling seek seeks sought seeking request requests requested requesting demand demands "
            "demanded demanding appeal appeals appealed appealing press presses pressed pressing invite invites "
            "invited inviting persuade convince encourage encourages encouraged ordered orders order tell told "
            "pressure pressures pressuring pressured pushing pushed lobbied directed directs instructed instructs "
            "recommend recommends recommended get implored begged"
        ),
        "sought",
    ),
    **dict.fromkeys(
        _set("offer offers offered offering propose proposes proposed proposing ready willing willingness"), "offered"
    ),
}
_WISHES = _set(
    "hope hopes hoped hoping want wants wanted wanting seek seeks sought seeking looking looks try tries trying tried"
)
_FUTURE = _set("will shall 'll won't")
_CONDITIONAL = _set("would")
_POSSIBLE = _set("may might could can")
_REQUIRED = _set("must should")
_NEGATIONS = _set(
    "failed fails fail not never n't no without refuse refuses refused refusing deny denies denied denying decline declined "
    "declines"
)
_BOUND = _set("to itself themselves himself herself its their that not")
"""What stands behind "commit" where it is to bind oneself."""
_AIMED = _set("meant designed used")
_WITHOUT_OBJECT = _set("during in at on by last when as")
"""Words right behind a promise that leave open what was promised."""
_RESULTING = _set("resulting leading causing making bringing allowing enabling marking")
"""What follows from an act that is still to be done, and nobody promises."""
_ENABLING = _set("enable allow help permit let")
_GOING_ON = _set("continued began begun started managed helped proceeded served")
"""Verbs before "to" that say the act is being done, or was."""
_HAVE = _set("has have had having 've")
_BE = _set("is are was were been being be")
_REPORTING = _set(
    "said says say saying told tells added adds adding stated states stating noted notes noting reported reports "
    "reporting commented remarked explained explains insisted claimed claims argued wrote according emphasized "
    "emphasised emphasizing stressed stresses underscored underlined highlighted reiterated reiterates welcomed "
    "welcomes thanked praised commended congratulated hailed lauded recalled acknowledged recognizes recognises "
    "recognize recognise recognized recognised expressed expressing voiced echoed warned warns believed believes "
    "thought hoped described describes characterized characterised considered concurred alleged criticized criticised "
    "replied pleaded advocated regretted lamented mourned suggested suggests predicted predicts estimated estimates "
    "admitted conceded denounced welcome thank praise commend congratulate appreciate appreciates appreciated stress "
    "emphasize underscore underline reiterate acknowledge recall note deplore deplores deplored encouraged believing "
    "hoping recalling recognizing recognising welcoming reaffirming"
)
_BE_OR_HAVE = _BE | _HAVE
_AUXILIARIES = _FUTURE | _CONDITIONAL | _POSSIBLE | _REQUIRED | _HAVE | _BE | {"to", "not", "also", "do", "does", "did"}
_IRREGULAR_PAST = _set(
    "met held made gave took went came said told shut sent brought bought sold left won lost found paid "
    "got began begun broke built chose cut fell felt flew fought grew heard hit kept knew led let put ran "
    "rose saw sat spoke spent stood struck taught thought threw understood withdrew wrote became drew "
    "drove ate forgot froze hid hurt laid lay lent meant rode rang sang sank shook shot showed shown "
    "slept spread stole swam swore taken given gone done been seen known grown fallen risen begun beaten "
    "bought upheld withheld overcame undertook underwent foresaw rebuilt repaid rewrote resold misled "
    "arose awoke beat bent bet bit bled bred broadcast burst cast clung cost crept dove flung foretold ground knelt leapt learnt "
    "outgrew overran overspent oversaw pled proved quit rid reset rethought retook shone slew slung spun strode strove stuck "
    "strung stung trod undid underwrote wept withstood wrung upset outdid outbid spilt spoilt burnt dreamt "
    "overtook bore blew bound drank forbade forgave hung lit shed shrank slid sped sprang stung swept swung tore wore woke "
    "caught dealt dug fed fled overthrew sought set split wound were was did had"
)
_DETERMINERS = _set("the a an this that these those its his her their our no any some each every of")
_FINITE = _IRREGULAR_PAST | _AUXILIARIES
_WILL_OR_WOULD = _FUTURE | _CONDITIONAL
_MODAL = _WILL_OR_WOULD | _POSSIBLE | _REQUIRED
_TENSED = _WILL_OR_WOULD | _HAVE
_PARTICIPLES = _set("come become overcome run")
_NOMINAL = _set(
    "ability capacity opportunity opportunities chance chances way ways right rights need needs effort efforts attempt attempts "
    "bid failure time reason reasons power means tool tools potential"
)
"""Nouns with an infinitive that say what could be, or is tried."""
_ARTICLES = _set("the a an its their his her our")
_BEFORE_PARTICIPLES = _ARTICLES | _set(
    "as of with from by through toward towards without despite upon those anyone someone anything appear appears appeared seem "
    "seems seemed remain remains remained feel feels felt"
)
"""Words right before which a past form is no verb: "as set out in", "of unregulated fishing", "appears biased"."""
_NO_PAST = _set(
    "unauthorized unauthorised unprecedented unregulated unexpected uninterrupted unidentified undisclosed need "
    "feed seed speed breed weed deed greed indeed exceed proceed succeed hundred red bed united"
)
_BEFORE_GERUNDS = _set(
    "toward towards by through for after before from in with without at about despite upon while when"
)
_BEFORE_NOUNS = _set("the a an of its their his our in on at by with from")
_VERBLESS = _DETERMINERS | _BEFORE_NOUNS | _BEFORE_GERUNDS
"""What a phrase without a verb begins with."""
_STATIVE = _set(
    "making being having including continuing featuring recognizing recognising regarding concerning following involving meaning "
    "considering depending belonging containing consisting representing remaining leading working ongoing upcoming existing "
    "outstanding"
)
"""Participles that describe; they report nothing."""
_UNCHANGED = _set("cut hit hurt let put set shut split spread cost cast quit rid bet burst reset upset broadcast")
"""Verbs whose past looks like their base form."""
_PRONOUNS = _set("he she it they we i you who which")
# Nouns and adjectives among the cues: they govern "to <verb>" right behind them, and nothing further off.
_NOUNS = _set(
    "accord deal pact treaty agreement memorandum mou contract commitment intention willingness order orders call calls plan "
    "plans due set about going ready press"
)
_ADVERBS = _set("each both soon later then still now already since never again once")
_BETWEEN = _set(
    "each both not also never now soon then already since no longer often still always ever again later first"
)
"""What may stand between an auxiliary and its verb, adverbs in "ly" aside."""
_BESIDE_VERB = _AUXILIARIES | _ADVERBS
_NO_LEADS = _AUXILIARIES | _BETWEEN
_BEFORE_VERB = _HAVE | _FUTURE | _POSSIBLE | {"was", "were"}
_NO_SUBJECT = _PRONOUNS | {"that", "to"}
_LISTING = _set("and or then also but")
_ADVERB_GAP = 3
_CONSTANT = _set("the a an this these those its his her their our of in on at by with from for and or as")
"""Words of a phrase that are no verb of it."""
_OFFERS = _set("offer offers offered offering propose proposes proposed proposing")
_OFFERED_FREELY = _set(
    "condolences thanks congratulations sympathy sympathies prayers apology apologies regrets gratitude praise"
)
"""What is given by being offered."""
_STANDING = _set("charged indicted banned suspended detained jailed closed sanctioned")
"""Participles that with "is" tell of what came about: "is charged with"."""
_PLACED = _set(
    "located found based focused situated stationed owned known called named related linked tied aimed needed used"
)
"""Participles that say where or what something is, right behind its noun."""
_WHEN = _set("earlier later last this next year month week today yesterday")
_MEASURES = _set("a an about almost nearly more less over half two three four five six seven eight nine ten")
"""What stands behind "by" where it tells how much: "fell by half"."""
_HAPPENED = _set("up down dead unable able")
"""What with "was" tells of something that came about, without a participle."""
_SAID_TO = _set(
    "claim claims claimed believed reported said alleged thought known appear appears appeared seems seemed admitted"
)
"""Verbs before "to have" that tell what was done: "claims to have planted"."""
_REWARDS = _set("reward rewards amnesty ceasefire truce talks")
_AID = _set("assistance aid funding support grant grants package contribution contributions relief donation donations")
_MADE_UP_OF = _set("includes comprises consists provides totals")
_PLEDGES = _set("pledge pledges promise promises commitment commitments vow vows")
_AFFIRMING = _set(
    "emphasized emphasised emphasizing stressed stresses underscored underscores underlined reiterated reiterates reaffirmed "
    "reaffirms reaffirming affirmed affirms affirming highlighted restated expressed renewed renews confirmed"
)
_DEMANDING = re.compile(r"(?:demand|request|urg|propos|ask)(?:e?s|ed|ing)?$")
_PROGRESSING = _set("is are was were has have had been also now again")
_PHASES = _set("begin begins began begun start starts started continue continues continued resume resumes resumed")
"""Verbs that take an act in "ing" as their own: "has begun closing it"."""
_BESIDE_ING = _BESIDE_VERB | _PHASES
_STEADFAST = _set("continued continuing enduring unwavering ironclad steadfast lasting abiding")
_HELD_ON_TO = _set("support engagement cooperation assistance backing resolve aid")
_WEIGHED = _set("importance need value significance role that")
"""What is emphasised without being promised: "the importance of continued support"."""
_ASKING = _set(
    "urge urges urged urging demand demands demanded demanding request requests requested requesting seek seeks seeking sought"
)
_ASKING_FOR = _set(
    "call calls called calling ask asks asked asking appeal appeals appealed appealing push pushed pushing"
)
_NOT_ASKED_FOR = _set(
    "to that by refuge asylum shelter safety protection treatment help advice comfort office election re-election work"
)
_GIVEN = _set("made make makes gave announced")
"""Verbs with which a pledge is a pledge: "made a $5 million pledge"."""
_LEADS = 8
"""Words of a phrase among which its verb is looked for: "shares of both companies soared"."""
_INFINITIVE_REACH = 16
_CLAIMED = re.compile(
    r"^(?:(?:is|are|was|were)\s+)?(?:claim(?:s|ed)?|appears?|seems?|said|believed|alleged|reported)\s+to\s+have\s+"
)
_SUBJECTLESS = re.compile(r"^(?:and\s+|or\s+)?(?:to\s+)?(?:(?:will|would|shall)\s+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Reading:
    """How the sentence puts an act.

    ``verb`` is the character span of the act's verb in the sentence, ``cue`` that of the word that decides, where one
    does. ``negated``: the sentence denies the act and the phrase does not, or the other way round. ``asked``: who is
    asked stands between cue and verb ("urged China to stop"). ``passive``: whoever acts stands behind "by".
    """

    stance: Stance | None
    verb: tuple[int, int]
    cue: tuple[int, int] | None = None
    negated: bool = False
    passive: bool = False
    group: int = 0
    """Where the verb with its auxiliaries begins, in characters: right behind the subject."""
    pronoun: str | None = None
    """The personal pronoun that is the act's grammatical subject, where it is one."""


def read(sentence: str, phrase: str, *, language: str = "en") -> Reading | None:
    """Find the act that ``phrase`` names in ``sentence`` and say how the sentence puts it.

    Returns None when the sentence does not hold the act's verb, or the language is not English.
    """
    return _read(sentence, phrase, _told(phrase)) if language == LANGUAGE else None


def _read(sentence: str, phrase: str, told: _Told) -> Reading | None:
    spoken = _spoken(sentence)
    matches, words, listed = spoken.matches, spoken.words, spoken.listed
    best: tuple[int, Stance | None, int | None, bool] | None = None
    found: tuple[int, Stance | None, int | None, bool]
    for place in _verbs_at(spoken.stems, told):
        word = words[place]
        if place and matches[place][0][0].isupper():
            continue  # a name: "in Beijing" is no gerund
        if word in _MADE_UP_OF and not _AID.isdisjoint(words):
            amounts = [w for w in words[place + 1 : place + 1 + _LEADS] if w[:1].isdigit()]
            best = (place, "pledged" if amounts else None, place, False)
            break  # "This assistance includes $5 million for …"
        if _only_present(word, told):
            best = (place, None, None, False)
            break
        if _deep_inside(told, spoken.stems[place], word):
            continue
        if word.isdigit() or (place and words[place - 1] in _BEFORE_NOUNS and not is_verb(word)):
            continue  # "55 billion in revenue", "the cost of"
        leads = spoken.stems[place] == _first(told)
        if word in _CONSTANT or is_adverb(word):
            found = (place, None, None, False)  # "was a member", "were in attendance": a state
        else:
            found = (place, *_stance(spoken, place, leads=leads))
        if best is None or found[1] is not None:
            best = found
        if found[1] is not None or (leads and place in listed and _is_base(word)):
            break  # "deliver rated goods" of a list: the second word is no act
    if best is None:
        return None
    place, stance, cue, passive = best
    if "whether" in words and _in_question(words, place) and "whether" not in phrase.casefold().split():
        stance = None
    first = _group(words, place)
    head = _first_listed(words, place, listed) if listed and _form(words[place]) == "ed" else place
    if stance in SAID and (
        hedged(sentence, matches, words, (first, place), cue)
        or (head != place and hedged(sentence, matches, words, (_group(words, head), head), cue))
    ):
        stance = None
    subject = words[first - 1] if first else ""
    if stance in ("planned", "offered") and not passive and _by_nobody(words, first, place):
        stance = None
    negated = spoken.denying and (_negated(words, place, cue) or _in_denial(words, place))
    if head != place:
        auxiliaries = words[max(0, _group(words, head) - 1) : head]
        ends_in_or = not {"or", "nor"}.isdisjoint(words[place - 1 : place + _LEADS])
        if ends_in_or or not {*_HAVE, "never"}.isdisjoint(auxiliaries):
            negated |= any(map(_is_negation, auxiliaries))
        if _stance(spoken, head, leads=True)[0] is None:
            stance = None
    return Reading(
        stance,
        matches[place].span(),
        cue=None if cue is None else matches[cue].span(),
        negated=negated != _denies(phrase, told, spoken.stems[place], words[place]),
        passive=passive,
        group=matches[first].start(),
        pronoun=subject if subject in _PRONOUNS else None,
    )


def acts_in(sentence: str) -> Iterator[Reading]:
    """The readings of all words of an English sentence that may be an act's verb, as far as it puts the act in any of `SAID`."""
    starts = {match.start() for match in _spoken(sentence).matches}
    tokens, words, stems = _told(sentence)
    for place, match in enumerate(_TOKEN.finditer(sentence)):
        if match.start() in starts:
            told = _Told(tokens[place:], words[place:], stems[place:])
            reading = _read(sentence, sentence[match.start() :], told)
            if reading is not None and reading.stance in SAID:
                yield reading


def is_opinion(sentence: str, reading: Reading) -> bool:
    """Whether an act is somebody's view of the world where it stands in quotation marks; a promise is none."""
    cue = sentence[slice(*(reading.cue or reading.verb))]
    return reading.stance == "done" or cue.casefold() in _REQUIRED


_WITH_RELATIVE = _set("who whom whose which where those")
_QUANTIFIERS = _set("about over nearly around some more up under almost least")
_RELATIVES = _set("that this these those there")
"""Subjects that stand for a thing said before."""
_LIFELESS = _set(
    "deal agreement purchase move plan project programme program law bill measure measures visit ruling decision change "
    "changes tax investment report vote election budget system contract merger acquisition sale strike storm study act rule "
    "rules effort efforts initiative pact treaty reform reforms result results policy funds funding aid money grant loan cut cuts"
)
"""Subjects that promise nothing, whatever they will do."""
_INTO = _set("into in")
_OF_ITSELF = _set("cost mean amount total exceed equal result contain consist depend")


def _by_nobody(words: list[str], first: int, place: int) -> bool:
    """Whether what "will" happen is no party's doing: "the deal will lead to", "will have 55 shops", "will cost"."""
    following = words[place + 1] if place + 1 < len(words) else ""
    if following in _INTO and words[place + 2 : place + 3] in (["force"], ["effect"], ["operation"]):
        return True
    if words[place] in _OF_ITSELF or (words[place] == "have" and following[:1].isdigit()):
        return True
    if first and words[first - 1] in _LISTING:
        # "The deal is to cost 11 and will lead to": the subject stands before the first of the verbs.
        first = next((i for i in range(1, first) if words[i] in _AUXILIARIES), first)
    subject = words[first - 1] if first else ""
    return (
        subject in _LIFELESS or subject in _RELATIVES or subject.isdigit()
    )  # "2005 will mark", "a line that will help"


_MARKER = re.compile(r"\((i{1,3}|iv|vi{0,3}|ix|x|[a-h]|\d{1,2})\)")
"""The marks of a list's entries: "will (i) cut duties and (ii) remove them"."""
_MARKED = re.compile(r"\((?:i{1,3}|iv|vi{0,3}|ix|x|[a-h]|\d{1,2})\)\s*$")


_A_NUMBER = re.compile(r"\.?\s?\d")


def _plain(sentence: str, match: re.Match[str]) -> str:
    """A word in lower case, a genitive with its apostrophe; the "no" of a number is none that denies."""
    if match.start() and match[0] in {"May", "Will"}:
        return match[0]  # the month, the man: no auxiliary
    word = match[0].casefold().replace("’", "'")
    if word.endswith("s"):
        return word + "'" if sentence.startswith(("’", "'"), match.end()) else word
    return "number" if word == "no" and _A_NUMBER.match(sentence, match.end()) else word


def _plain_words(text: str, matches: list[re.Match[str]]) -> list[str]:
    """The words of a text as `_plain` gives them, most texts having nothing that it looks for."""
    words = [match[0].casefold() for match in matches]
    if "'" in text or "’" in text or "May" in text or "Will" in text or "no" in words:
        return [_plain(text, match) for match in matches]
    return words


def _deep_inside(told: _Told, key: str, word: str) -> bool:
    """Whether a past form only belongs to what an infinitive of the phrase is about: "work to deliver advanced ships"."""
    at = told.stems.index(key)
    if at < 2:
        return False
    said = told.words
    if not _WITH_RELATIVE.isdisjoint(said[1:at]):
        return True  # "be with the families who are suffering"
    return word.endswith("ed") and "to" in said[: at - 1] and said[at - 1] not in _BE_OR_HAVE


def _only_present(word: str, told: _Told) -> bool:
    """Whether the sentence puts in the present what the phrase tells in another form: "follows" for "followed"."""
    if not word.endswith("s") or word.endswith("ss"):
        return False
    return told.stems[0] == stem(word) and told.tokens[0].casefold() != word


def _denies(phrase: str, told: _Told, key: str, verb: str) -> bool:
    """Whether a phrase denies its own act, whose verb is ``verb`` with the stem ``key``."""
    if not _denying(phrase, told.words):
        return False
    said = _plain_words(phrase, list(_TOKEN.finditer(phrase)))
    before = next((said[:i] for i, w in enumerate(said) if stem(w) == key), said)
    return any(map(_is_negation, before)) or any(w in _DENYING and w != verb for w in said)


class _Spoken(NamedTuple):
    """A sentence as words, which of them stand behind a comma or a conjunction, and which begin an entry of a marked list.

    ``headline``: no full stop ends the sentence, so that it may do without a finite verb. ``denying``: some word denies.
    """

    matches: list[re.Match[str]]
    words: list[str]
    stems: list[str]
    listed: set[int]
    marked: set[int]
    headline: bool
    denying: bool
    stances: dict[tuple[int, bool], tuple[Stance | None, int | None, bool]]
    """What `_stance` has said of it so far."""


_COMMA = re.compile(r"[,;]\s*(?=[^\W_])")


@lru_cache(maxsize=512)
def _spoken(sentence: str) -> _Spoken:
    matches = list(_TOKEN.finditer(sentence))
    marked: set[int] = set()
    if "(" in sentence and (markers := {m.start(1) for m in _MARKER.finditer(sentence)}):
        matches = [m for m in matches if m.start() not in markers]
        marked = {i for i, m in enumerate(matches) if _MARKED.search(sentence[max(0, m.start() - 8) : m.start()])}
    words = _plain_words(sentence, matches)
    listed = marked | {i for i, word in enumerate(words[:-1], 1) if word in _LISTING}
    if "," in sentence or ";" in sentence:
        behind = {m.end() for m in _COMMA.finditer(sentence)}
        listed |= {i for i, m in enumerate(matches) if i and m.start() in behind}
    headline = not sentence.rstrip("\"'”’) ").endswith((".", "!", "?", ";", ":"))
    return _Spoken(matches, words, list(map(stem, words)), listed, marked, headline, _denying(sentence, words), {})


class _Told(NamedTuple):
    """The words of a phrase: as they stand, in lower case with straight apostrophes, and their stems."""

    tokens: list[str]
    words: list[str]
    stems: list[str]


@lru_cache(maxsize=1024)
def _told(phrase: str) -> _Told:
    tokens = _TOKEN.findall(phrase)
    words = [word.casefold() for word in tokens]
    if "’" in phrase:
        words = [word.replace("’", "'") for word in words]
    return _Told(tokens, words, list(map(stem, words)))


def _verbs_at(stems: list[str], told: _Told) -> Iterator[int]:
    """Where in the sentence the phrase's verb may stand: for each of its first words, the place that most of it follows."""
    spoken = told.words
    leads = [key for word, key in zip(spoken, told.stems, strict=True) if word not in _NO_LEADS][:_LEADS]
    if len(spoken) > 1 and spoken[0] in _HAVE and not is_verb(spoken[1]):
        leads = [told.stems[0], *leads[: _LEADS - 1]]  # "had a news conference"
    finite = list(map(stem, _finite(spoken)))
    for own in [*finite[:1], *leads, *finite[1:]]:
        times = stems.count(own)
        if times == 1:
            yield stems.index(own)
        elif times:
            at = [i for i, key in enumerate(stems) if key == own]
            ends = [*at[1:], len(stems)]  # where the verb comes again, another act begins
            reach = {i: stems[i : min(i + len(spoken) + 6, end)] for i, end in zip(at, ends, strict=True)}
            wanted = set(told.stems)
            yield max(at, key=lambda i: (len(wanted.intersection(reach[i])), -i))


_NO_ADVERBS = _set(
    "apply supply reply rely comply fly multiply ally imply rally tally bully sully family assembly monopoly anomaly july italy "
    "butterfly"
)
"""Verbs and nouns that end as adverbs do."""


def is_adverb(word: str) -> bool:
    """Whether a word in lower case has the form of an adverb."""
    return word.endswith("ly") and word not in _NO_ADVERBS


def _finite(spoken: list[str]) -> list[str]:
    """The verb behind the first auxiliary of a phrase, however long its subject is: "complaints about … have surfaced".

    Twice: what is looked for before all other words ("elections can be held"), and what after them.
    """
    if _BEFORE_VERB.isdisjoint(spoken):
        return []
    first = next(i for i, word in enumerate(spoken) if word in _BEFORE_VERB)
    if not first or spoken[first - 1] in _NO_SUBJECT:
        return []
    verb = [
        word for word in spoken[first + 1 : first + 1 + _ADVERB_GAP] if word not in _AUXILIARIES and not is_adverb(word)
    ][:1]
    return [*verb, *verb] if spoken[first] in _POSSIBLE else ["", *verb]


def _first(told: _Told) -> str:
    """The stem of the first word of a phrase that is no auxiliary and no adverb."""
    for word, key in zip(told.words, told.stems, strict=True):
        if word not in _AUXILIARIES and not is_adverb(word):
            return key
    return ""


def _stance(spoken: _Spoken, place: int, *, leads: bool) -> tuple[Stance | None, int | None, bool]:
    """Stance, index of the deciding word, passive or not. ``leads``: the phrase begins with the word."""
    known = spoken.stances
    if (place, leads) not in known:
        known[place, leads] = _stance_at(spoken, place, leads=leads)
    return known[place, leads]


def _stance_at(spoken: _Spoken, place: int, *, leads: bool) -> tuple[Stance | None, int | None, bool]:
    words, listed = spoken.words, spoken.listed
    word = words[place]
    if word in _AFFIRMING and _holds_on(words, place):
        return "pledged", place, False
    if word in _REPORTING:
        return "reported", place, False
    following = words[place + 1] if place + 1 < len(words) else ""
    if following == "that" and word in {"agreed", "determined"} and _MODAL.isdisjoint(words[place:]):
        return "done", place, False  # what two hold in common binds neither
    if _CUES.get(word) in ("pledged", "agreed") and word.endswith(("ed", "es", "ing")) and not _is_crime(words, place):
        if following in _WITHOUT_OBJECT and _CUES[word] == "pledged":
            return None, None, False  # "as I promised during my campaign"
        return _CUES[word], place, False
    before = place - 1
    passive = False
    # Step over adverbs and "be"/"have" between the auxiliary and the verb: "will soon be closed", "has been shut".
    seen_have = seen_be = False
    steps = 0
    while before >= 0 and steps <= _ADVERB_GAP:
        left = words[before]
        if left in _BE:
            seen_be = True
        elif left in _HAVE:
            seen_have = True
        elif not (is_adverb(left) or left in _BETWEEN):
            break
        steps += 1
        before -= 1
    left = words[before] if before >= 0 else ""
    past_form = (word.endswith("ed") and word not in _NO_PAST) or word in _IRREGULAR_PAST
    if past_form and (left in _BEFORE_PARTICIPLES or (following == "that" and word == "provided")):
        return None, None, False  # "the proposed deal", "as set out in", "provided that"
    if seen_be and past_form:
        passive = True
    elif seen_be and not word.endswith("ing") and left in _MODAL:
        return None, None, False  # "will be national assets": a state
    if left in _FUTURE or left.endswith(("'ll", "won't")):
        return _promised(words, before, "planned"), before, passive
    if left in _CONDITIONAL or left.endswith("'d"):
        default: Stance = "offered" if "if" in words else "planned"
        return _promised(words, before, default), before, passive
    if left in _REQUIRED:
        if passive and "by" not in words[place + 1 : place + 1 + _LEADS] and _REPORTING.isdisjoint(words[:before]):
            return "possible", before, passive  # "should be sent to": nobody is asked
        return "sought", before, passive
    if left in _POSSIBLE:
        return "possible", before, passive
    if left == "to" and seen_have and past_form and before and words[before - 1] in _SAID_TO:
        return "done", None, passive
    if left == "to":
        return (*_infinitive(words, before, headline=spoken.headline), passive)
    behind = words[place + 1 : place + 1 + 3 * _LEADS]
    if not passive and _asks_for(word, following):
        return "sought", place, passive
    if word.startswith("announc") and not passive and not _AID.isdisjoint(behind) and any(map(str.isdigit, behind)):
        return "pledged", place, passive  # "announces $5 million in aid"
    offered = word in _OFFERS and not passive and following not in _OFFERED_FREELY
    promised = word.startswith("offer") and (any(map(str.isdigit, behind)) or not _REWARDS.isdisjoint(behind))
    if offered and (promised or following.endswith("ing")):
        return "offered", place, passive
    standing = word in _STANDING
    alone = place not in listed or _BE_OR_HAVE.isdisjoint(words[:place])
    if past_form and not (seen_be or seen_have or word in _GIVEN) and alone and _only_qualifies(words, place):
        return None, None, passive  # "companies owned by", "staff located in": a clause put short
    if past_form and seen_be and not seen_have and words[before + 1] in {"is", "are"} and not standing:
        return None, None, passive  # "is considered": a state of affairs, nothing that came about
    if word in _GIVEN and not _PLEDGES.isdisjoint(words[max(0, place - 2) : place + 2 + _ADVERB_GAP]):
        return "pledged", place, passive
    if (seen_have and (past_form or word in _PARTICIPLES)) or (
        past_form and not (seen_be and words[before + 1] in {"be", "being"})
    ):
        return "done", None, passive
    if seen_be and words[before + 1] in {"was", "were"}:
        # "were members" is a state, "was up 22 percent" none.
        return ("done" if word.endswith("ing") or word in _HAPPENED else None), None, False
    if word.endswith("ing") and not seen_be and place and words[place - 1] in _PHASES:
        return _stance(spoken, place - 1, leads=leads)
    if word.endswith("ing") and (left in _DETERMINERS or left.endswith(("'s", "'")) or word in _STATIVE):
        return None, None, passive  # "the meeting of", "making it the leading cause": nothing that came about
    if word.endswith("ing") and left in _BEFORE_GERUNDS and (before < 1 or words[before - 1] not in _CUES):
        return None, None, passive  # "in accepting the prize": how or when, not what
    head = _first_listed(words, place, listed) if word.endswith("ing") and not seen_be else place
    if head != place:  # "considered closing docks and burning ships"
        return _stance(spoken, head, leads=leads)
    if word.endswith("ing") and not seen_be and _is_gerund(words, place, listed, leads=leads, headline=spoken.headline):
        return None, None, passive
    if word.endswith("ing"):
        stance, cue = _nearest_cue(words, place)
        if word in _RESULTING and (stance is not None or not _WILL_OR_WOULD.isdisjoint(words[:place])):
            return None, None, passive
        if stance is None:
            ahead = not seen_be and any(w in _WILL_OR_WOULD for w in words[:place])
            stance = "planned" if ahead else "done"
        return stance, cue, passive
    # A base form in a list: "to cut A, close B and sell C", "will cut A and close B".
    for index in range(place - 1, -1, -1) if place in listed else ():
        if words[index] == "including" or words[index : index + 2] == ["such", "as"]:
            break  # "supplies such as fuel and spare parts"
        if words[index] in _FUTURE:
            return _promised(words, index, "planned"), index, passive
        if words[index] in _CONDITIONAL:
            return _promised(words, index, "planned"), index, passive
        if words[index] == "to" and words[index + 1] not in _DETERMINERS:
            return (*_infinitive(words, index, headline=spoken.headline), passive)
        if words[index] in _UNCHANGED:
            continue
        past = words[index] in _IRREGULAR_PAST or (words[index].endswith("ed") and words[index] not in _CUES)
        if past and not spoken.marked:
            break
    if not passive and "that" in words[max(1, place - _INFINITIVE_REACH) : place]:
        that = place - 1 - words[place - 1 :: -1].index("that")
        noun = that > 1 and words[that - 2] in _DETERMINERS  # "the demand that": what is said of it stands elsewhere
        if _DEMANDING.match(words[that - 1]) and not noun and not word.endswith(("s", "ed", "ing")):
            return "sought", that - 1, passive  # "demanded that Odran close it"
    return None, None, passive


def _is_crime(words: list[str], place: int) -> bool:
    """Whether "commit" is to do wrong, and not to bind oneself: "committed crimes", "were committed in May"."""
    following = words[place + 1] if place + 1 < len(words) else ""
    return words[place].startswith("commit") and following not in _BOUND and not following[:1].isdigit()


def _asks_for(word: str, following: str) -> bool:
    """Whether a verb asks for what is named right behind it: "urged calm", "called for an inquiry", not "sought asylum"."""
    if word in _ASKING_FOR:
        return following == "for"
    return word in _ASKING and following not in _NOT_ASKED_FOR


def _holds_on(words: list[str], place: int) -> bool:
    """Whether a verb of emphasis stands before what somebody stands by: "reaffirmed its commitment", "continued support"."""
    for index in range(place + 1, min(len(words), place + 1 + _LEADS)):
        if words[index] in _WEIGHED:
            return False
        if words[index] in _PLEDGES:
            return words[index + 1 : index + 2] == ["to"]
        if words[index] in _HELD_ON_TO and not _STEADFAST.isdisjoint(words[max(place, index - _ADVERB_GAP) : index]):
            return True
    return False


def _first_listed(words: list[str], place: int, listed: set[int]) -> int:
    """The first of the verbs in one form that one is listed with: "has not closed docks, burned ships or killed sailors"."""
    at = place
    while _group(words, at) in listed or at in listed:
        before = range(at - 1, max(-1, at - 1 - _LEADS), -1)
        clause = takewhile(lambda i: words[i] not in _OTHER_CLAUSES, before)
        earlier = next((i for i in clause if _form(words[i]) == _form(words[place]) and is_verb(words[i])), None)
        if earlier is None or _in_relative(words, earlier, listed):
            return place
        at = earlier
    return at


def _in_relative(words: list[str], place: int, listed: set[int]) -> bool:
    """Whether a verb stands in a clause put in between: "Odran, which had not paid, closed"."""
    for index in range(place - 1, -1, -1):
        if words[index] in _OTHER_CLAUSES:
            return index in listed or index == 0
        if index in listed:
            return False
    return False


def _is_base(word: str) -> bool:
    return not _form(word) and is_verb(word) and word not in _QUANTIFIERS


def _form(word: str) -> str:
    return "ing" if word.endswith("ing") else "ed" if word.endswith("ed") or word in _IRREGULAR_PAST else ""


_OTHER_CLAUSES = _set("that which who whose when while because if but although after before since as")


def _is_gerund(words: list[str], place: int, listed: set[int], *, leads: bool, headline: bool) -> bool:
    """Whether a form in "ing" without "be" reports nothing: "commercial fishing", "vital to saving lives and reducing costs"."""
    if place and words[place - 1] in {"on", "for"}:
        return _nearest_cue(words, place)[0] is None  # "agreed on cutting duties"
    if place in listed:
        return False
    if not leads or (place == 0 and headline):
        return True  # "Strengthening our docks"
    # "a union representing dockers" says which; "with its candidate winning half" tells what came about.
    near = range(max(0, place - _INFINITIVE_REACH), place)
    return place > 0 and not any(words[i] == "with" and (i in listed or i == 0) for i in near)


def _only_qualifies(words: list[str], place: int) -> bool:
    """Whether a past form right behind a noun is a participle that only says which: "the company owned by Tessa"."""
    ahead = place + 1
    while ahead < len(words) and (words[ahead] in _WHEN or is_adverb(words[ahead])):
        ahead += 1
    following, behind = [*words[ahead : ahead + 2], "", ""][:2]
    if following == "by":
        return not (behind[:1].isdigit() or behind in _MEASURES)
    return words[place] in _PLACED and following in _BEFORE_NOUNS | {"to", "near", "between"}


def _group(words: list[str], place: int) -> int:
    """Index of the first word of the verb with its auxiliaries and adverbs."""
    index = place
    beside = _BESIDE_ING if words[place].endswith("ing") else _BESIDE_VERB
    while index > 0 and (words[index - 1] in beside or is_adverb(words[index - 1])):
        index -= 1
    return index


def _promised(words: list[str], before: int, default: Stance) -> Stance:
    """Stance of "will" and "would": a promise or an agreement where such a verb stands before it."""
    for index in range(before - 1, -1, -1):
        cue = None if words[index] in _NOUNS else _CUES.get(words[index])
        if cue in ("pledged", "agreed", "offered"):
            return cue
        if cue == "sought" and words[index] not in {
            "told",
            "tell",
            "order",
            "orders",
            "ordered",
            "call",
            "called",
            "calls",
        }:
            return cue
    return default


_ABLE = _set("enough too able unable likely unlikely")
_GOVERNING = _CUES.keys() | _WISHES | _OFFERS | _AIMED | _ENABLING | _GOING_ON | _FUTURE | {"working"}
"""What decides how an infinitive behind it is meant."""


def _infinitive(words: list[str], to: int, *, headline: bool) -> tuple[Stance | None, int | None]:
    """Stance of "to <verb>": the nearest word on the left that takes an infinitive."""
    if to > 0 and words[to - 1] in {"is", "are"}:
        return "planned", to - 1
    if not _ABLE.isdisjoint(words[max(0, to - 4) : to]):
        return None, None  # "enough to justify it", "unlikely to change": nobody does so
    if to > 0 and words[to - 1] in _NOMINAL:
        return "possible", to - 1
    if to > 0 and words[to - 1] in _HAVE:
        return ("done" if words[to - 1] == "had" else None), to - 1
    # "intend to lease docks …, as well as to build ships": the first infinitive may be long.
    reach = _INFINITIVE_REACH * (2 if to > 0 and (words[to - 1] in _LISTING or words[to - 1] == "as") else 1)
    for index in range(to - 1, max(-1, to - 1 - reach), -1):
        word = words[index]
        if word not in _GOVERNING:
            continue
        if word == "working" and index >= to - 1 - _ADVERB_GAP:
            return "planned", index  # "is working with Tessa to build a dock"
        if word in _WISHES and index == to - 1:
            outer = _nearest_cue(words, index)[0]
            return (outer if outer in ("pledged", "agreed") else "possible"), index
        if word in _OFFERS and words[index + 1].endswith("ing"):
            return None, None  # "proposed launching talks to settle it": what for
        if word in _CUES and not _is_crime(words, index) and not _is_noun_of(words, index):
            return _CUES[word], index
        if word in _AIMED:
            return None, None  # "a campaign meant to suppress dissent"
        if word in _ENABLING and index and words[index - 1] in _FUTURE:
            return "planned", index
        if word in _GOING_ON and index >= to - 2:
            return "done", index
        if word in _FUTURE:
            break
    if to <= _LEADS and words[0][:1].isdigit() and not any(map(is_verb, words[:to])):
        return "planned", to  # an entry of a budget: "$3 million to mend the docks"
    # A headline: "Odran to reopen shipyard". Nothing but the subject stands before "to".
    if headline and not any(
        w in _IRREGULAR_PAST or w in _AUXILIARIES or w in _REPORTING or w in _WISHES or w.endswith("ed")
        for w in words[:to]
    ):
        return "planned", to
    return None, None


def _is_noun_of(words: list[str], index: int) -> bool:
    """Whether a cue is a noun and no infinitive follows it: "delivers on promises"."""
    following = words[index + 1 : index + 2]
    return index > 0 and words[index] in _PLEDGES and words[index - 1] in _BEFORE_NOUNS and following != ["to"]


def _nearest_cue(words: list[str], place: int) -> tuple[Stance | None, int | None]:
    for index in range(place - 1, -1, -1):
        word = words[index]
        if word in _CUES and word not in _NOUNS and not (_is_crime(words, index) or _is_noun_of(words, index)):
            return _CUES[word], index
    return None, None


_DENYING = _set("deny denies denied denying denial denials refute refutes refuted dispute disputes disputed")
_ENDS_DENIAL = _set("but while whereas although though however")


def _in_denial(words: list[str], place: int) -> bool:
    """Whether an act is what somebody denies: "denied that it had shelled the port"."""
    before = words[:place]
    denial = max((i for i, word in enumerate(before) if word in _DENYING), default=None)
    return denial is not None and _ENDS_DENIAL.isdisjoint(before[denial:])


def _in_question(words: list[str], place: int) -> bool:
    """Whether an act is only asked about: "it is unclear whether they will sign"."""
    before = words[:place]
    asked = max((i for i, word in enumerate(before) if word == "whether"), default=None)
    return asked is not None and _ENDS_DENIAL.isdisjoint(before[asked:])


_DENIALS = _NEGATIONS | {"neither", "nor"}
_DENIALS_OR_DENYING = _DENIALS | _DENYING


def _is_negation(word: str) -> bool:
    return word in _DENIALS or word.endswith("n't")


def _denying(text: str, words: list[str]) -> bool:
    """Whether any word of a text denies something, or says that somebody does; ``words`` are in lower case."""
    contracted = "'" in text or "’" in text
    return not _DENIALS_OR_DENYING.isdisjoint(words) or (contracted and any(w.endswith("n't") for w in words))


def _negated(words: list[str], place: int, cue: int | None) -> bool:
    near = words[max(0, place - _ADVERB_GAP) : place]
    if cue is not None:
        near += words[max(0, cue - 2) : cue + 2]
    return any(map(_is_negation, near))


def read_through(sentence: str, phrase: str, *, language: str = "en") -> tuple[str, Reading | None]:
    """Like `read`, for phrases that begin with their own cue: "pledged in May to cut costs" is read as "cut costs".

    Returns the phrase without what is not part of the act, and the reading.
    """
    bare = _SUBJECTLESS.sub("", phrase, count=1)
    if language != LANGUAGE:
        return bare, None
    bare = _unled(_CLAIMED.sub("", bare, count=1) if "have" in bare else bare)
    words = bare.split()
    if words and (words[0].casefold() in _STATIVE or _is_state(words) or _is_fragment(words)):
        found = read(sentence, bare)
        return bare, found and replace(found, stance=None)
    outer: tuple[str, Reading | None] | None = None
    while len(words) > 1 and words[0].casefold() in _PROGRESSING:
        words = words[1:]  # "is calling on Odran to"
    if words and words[0].casefold() in _CUES:
        tails = [i for i, word in enumerate(words) if word == "to" and i + 1 < len(words) and words[i + 1].islower()]
        for index in tails:
            following = words[index + 1]
            if following in _DETERMINERS or (following.endswith("s") and not following.endswith("ss")):
                continue  # "agreed on a way to elections", "offered a reward for news leading to the arrest of …"
            denied = words[index - 1].casefold() if words[index - 1].casefold() in {"not", "never"} else ""
            tail = " ".join([*([denied] if denied else []), *words[index + 1 :]])
            reading = read(sentence, tail)
            if reading is not None and reading.stance in SAID:
                return tail, reading
            if reading is not None and reading.stance is not None and outer is None:
                outer = tail, reading  # "hope to get Odran to cooperate": what is hoped for stands further in
    reading = read(sentence, bare)
    if outer is not None and (reading is None or reading.stance not in SAID):
        return outer
    if reading is None:
        return bare, None
    if reading.stance == "reported":
        modal = next((i for i, w in enumerate(words[1:], 1) if w.casefold() in _TENSED), None)
        inner = " ".join(words[modal + 1 :]) if modal is not None else ""
        told = read(sentence, inner) if inner else None
        if told is not None and told.stance in SAID:
            return inner, told  # "noted that Odran will convene a meeting": what will be done
    verb = stem(sentence[slice(*reading.verb)])
    headed = reading.stance == "planned" and bare[:1].isupper()  # "Odran to reopen its docks"
    if not headed and _is_noun_phrase(bare, verb):
        return bare, replace(reading, stance=None)
    act = bare if reading.passive else _without_subject(bare, verb, done=reading.stance == "done")
    again = read(sentence, act) if act != bare else None
    # What is left must read the same by itself: whoever looks at the item next has only that.
    return (act, again) if again is not None and again.stance == reading.stance else (bare, reading)


def _is_fragment(words: list[str]) -> bool:
    """Whether a phrase has no verb: "the director of the Red Cross", "in attendance", "with its candidate"."""
    if words[0].casefold().strip(",.;:") not in _VERBLESS:
        return False
    low = [word.casefold().strip(",.;:") for word in words[1:]]
    return not any(w in _FINITE or (w.endswith("ed") and w not in _NO_PAST) for w in low)


def _is_state(words: list[str]) -> bool:
    """Whether a phrase says how something is: "are concerned that …", "is the leading cause"."""
    place = 1 if len(words) > 1 and words[0].casefold() in {"it", "this", "that", "there", "he", "she", "they"} else 0
    if words[place].casefold() not in {"is", "are", "am"}:
        return False
    following = next((w.casefold().strip(",.;") for w in words[place + 1 :] if not is_adverb(w)), "")
    return not (
        following.endswith("ing") or following in {"being", "to", "not", "expected", "set", "due"} or following in _CUES
    )


def _unled(phrase: str) -> str:
    """A phrase without what stands before its own cue: "had also planned to pay" is "planned to pay"."""
    words = phrase.split()
    for place, word in enumerate(words[:_ADVERB_GAP]):
        low = word.casefold()
        if low in _CUES and "to" in words[place + 1 :]:
            return " ".join(words[place:])
        if low not in _LED_BY and not is_adverb(low):
            break
    return phrase


_LED_BY = _HAVE | _set("also instead now then already since later again")


def _is_noun_phrase(phrase: str, verb: str) -> bool:
    """Whether the act's verb, given by its stem, only belongs to a noun of the phrase: "the need to respect borders"."""
    told = _told(phrase)
    place = told.stems.index(verb) if verb in told.stems else 0
    if place < 1 or told.words[place - 1] != "to":
        return False
    return not any(is_verb(word.casefold()) for word in told.tokens[: place - 1])


def is_verb(word: str) -> bool:
    """Whether a word in lower case has the form of a finite verb or a participle."""
    return word in _FINITE or word in _CUES or word.endswith(("ed", "ing"))


def verbs_of(words: Iterable[str]) -> list[str]:
    """Those of some words, as they stand in a text, that are no names and have the form of a verb."""
    return [word for word in words if word.islower() and is_verb(word)]


def _without_subject(phrase: str, verb: str, *, done: bool) -> str:
    """The phrase from its verb on, where what it has before is what the sentence has before: "Odran will pay" is "pay".

    ``verb`` is the stem of its verb, ``done`` whether the sentence says that the act was done.
    """
    told = _told(phrase)
    place = told.stems.index(verb) if verb in told.stems else 0
    if not place:
        return phrase
    spoken = list(_TOKEN.finditer(phrase))
    before = [m.group().casefold() for m in spoken[:place]]
    place = next((i for i, word in enumerate(before) if _is_negation(word)), place)
    if not place:
        return phrase
    lead = phrase[: spoken[place].start()].strip()
    auxiliaries = _AUXILIARIES.issuperset(before[:place])
    # A subject of its own ("shares of both companies soared") says who or what, where no party does.
    if auxiliaries or (not done and lead[:1].isupper() and not _is_negation(spoken[place - 1].group())):
        return phrase[spoken[place].start() :]
    return phrase


# Beginnings of words that put an act into a stance, for languages whose sentences are not read further.
_WORDED: dict[str, dict[Stance, str]] = {
    "fr": {
        "agreed": "convenu convienn accord entendus entendues",
        "pledged": "promis promet promett promesse engage engagé engagement garanti",
        "offered": "propos offre offert offri prêt",
        "sought": "demand réclam exig appell appel exhort souhait invit",
        "planned": "prévoi prévu prévo va vont compte envisag annonc",
    },
    "de": {
        "agreed": "vereinbar einig geeinigt abkommen übereinkunft",
        "pledged": "verspr versproch zugesagt zusage verpflicht garantier gelob",
        "offered": "bot bieten bietet angebot angeboten vorschlag vorgeschlagen schlug bereit",
        "sought": "forder gefordert verlang bat baten bitt gebeten appell aufgerufen drängt",
        "planned": "plan geplant will wollen wird werden beabsichtig kündig angekündigt",
    },
    "es": {
        "agreed": "acord acuerd pact convin",
        "pledged": "prometi promet promes compromet comprometi compromiso garantiz",
        "offered": "ofreci ofrec ofert propus propon propuest dispuest",
        "sought": "pid pidi pidió exig solicit reclam instó instar llamó urgió",
        "planned": "planea prevé prevén previst anunci va van hará",
    },
    "ar": {
        "agreed": "اتفق اتفاق",
        "pledged": "تعهد وعد التزم",
        "offered": "عرض اقترح",
        "sought": "طالب دعا حث طلب",
        "planned": "سوف يعتزم تعتزم خطة أعلن",
    },
    "zh": {
        "agreed": "同意 达成 達成 协议 協議 商定",
        "pledged": "承诺 承諾 保证 保證",
        "offered": "提议 提議 愿意 願意",
        "sought": "要求 呼吁 呼籲 号召 號召 敦促 请求 請求 希望",
        "planned": "计划 計劃 将 將 拟 擬 宣布",
    },
}


def worded(sentence: str, *, language: str) -> dict[Stance, str]:
    """The stances that a sentence has words for, with the word; empty for English, which `read` reads, and where no word
    list is. A plan is named only where nothing firmer or weaker is: "will" goes with a promise too.
    """
    found: dict[Stance, str] = {}
    words = [sentence] if language == "zh" else _TOKEN.findall(sentence)
    for stance, beginnings in _WORDED.get(language, {}).items():
        for beginning in beginnings.split():
            hit = next((w for w in words if _begins(w.casefold(), beginning, language)), None)
            if hit is not None:
                found.setdefault(stance, beginning if language == "zh" else hit)
                break
    if len(found) > 1:
        found.pop("planned", None)
    return found


def _begins(word: str, beginning: str, language: str) -> bool:
    if language == "zh":
        return beginning in word
    if language == "ar":
        return beginning in word[: len(beginning) + 2]  # clitics stand before
    return word == beginning if len(beginning) <= _SHORT else word.startswith(beginning)


_SHORT = 3
"""Letters up to which a word of `_WORDED` stands by itself: "va", "bot"."""
