"""The words that carry a phrase's content, and how many of them a text supports."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

__all__ = ["content_words", "stem", "support"]

LEAST_SHARED = 5
"""Letters from which an equal beginning makes two stems the same word: "negotiator", "negotiations"."""

_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*(?:['\u2019][^\W\d_]+)?")
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\u3040-\u30ff]")

_STOP_WORDS = {
    "en": """a an the and or but nor so yet if as at by for from in into of off on onto out over to under up with within
    without after before since until while during through against among between about above across along around behind
    below beside beyond near per than toward towards upon via not no is are was were be been being am do does did done
    doing has have had having can could may might must shall should will would it its he him his she her hers they them
    their theirs we us our ours you your yours i me my mine who whom whose which that this these those there here then now
    also just only even still such some any all both each every either neither other others another same own more most
    much many few several very too what when where why how because however therefore although though whether like s t""",
    "fr": """le la les un une des de du d l et ou mais donc or ni car à au aux en dans par pour sur sous avec sans que qui
    quoi dont où ce cet cette ces son sa ses leur leurs il elle ils elles on nous vous je tu se s y ne pas plus est sont
    était étaient été être a ont avait avaient avoir sera seront""",
    "de": """der die das den dem des ein eine einen einem einer eines und oder aber denn in im an am auf bei mit von vom zu
    zum zur nach seit für gegen über unter aus durch um ist sind war waren sein wird werden wurde wurden hat haben hatte
    hatten als wie dass daß sich nicht auch noch nur er sie es wir ihr ich ihre ihren seine seinen""",
    "es": """el la los las un una unos unas y e o u de del a al en con por para sin sobre entre que quien cual es son era
    eran fue fueron ser ha han había haber será serán como más menos su sus se lo le les no ya muy este esta estos estas""",
    "ar": "في من على إلى عن مع أن إن كان كانت هذا هذه التي الذي و أو قد لا ما بعد قبل منذ خلال حتى بين",
}
_STOPS = {language: frozenset(words.split()) for language, words in _STOP_WORDS.items()}

# Irregular forms of verbs and nouns that news uses, each line led by the form they share.
_IRREGULAR_FORMS = """
become became | begin began begun | bid | bind bound | break broke broken | bring brought | build built | burn burnt | buy bought
catch caught | choose chose chosen | come came | cut | deal dealt | die dying dies | draw drew drawn | drive drove driven
fall fell fallen | feed fed | feel felt | fight fought | find found | flee fled | fly flew flown flight | forbid forbade forbidden
forget forgot forgotten | freeze froze frozen | get got gotten | give gave given | go went gone | grow grew grown | hang hung
hear heard | hide hid hidden | hit | hold held | hurt | keep kept | know knew known | lay laid | lead led | leave left
lend lent | let | lie lay lain | lose lost loss | make made | mean meant | meet met | pay paid | put | quit | read
ride rode ridden
rise rose risen | run ran | say said | see saw seen | seek sought | sell sold sale | send sent | set | shake shook shaken
shoot shot | show shown | shrink shrank shrunk | shut | sink sank sunk | sit sat | speak spoke spoken | spend spent
spread | stand stood | steal stole stolen | strike struck stricken | swear swore sworn | take took taken | teach taught
tell told | think thought | throw threw thrown | understand understood | uphold upheld | wear wore worn | win won
withdraw withdrew withdrawn withdrawal | withhold withheld | write wrote written | overthrow overthrew overthrown
man men | woman women | child children | person people persons | foot feet | life lives | crisis crises
tie tied ties tying | agree agreed | disagree disagreed | free freed | guarantee guaranteed | decree decreed
 use used using uses
"""
_ROOTS = {
    form: forms.split()[0]
    for line in _IRREGULAR_FORMS.strip().splitlines()
    for forms in line.split("|")
    for form in forms.split()
}


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """The light stem of an English word: without plural, -ed, -ing and -ly; irregular verbs as their base form."""
    low = re.sub(r"['\u2019].*$", "", unicodedata.normalize("NFKC", word).casefold()) or word.casefold()
    root = _ROOTS.get(low)
    if root is not None or not low.isascii() or not low.isalpha() or len(low) < 4:
        return root or low
    for ending, kept in (
        ("ies", "y"),
        ("ied", "y"),
        ("sses", "ss"),
        ("ches", "ch"),
        ("shes", "sh"),
        ("xes", "x"),
        ("oes", "o"),
    ):
        if low.endswith(ending) and len(low) > len(ending) + 1:
            return _without_e(low[: -len(ending)] + kept)
    if low.endswith("s") and not low.endswith(("ss", "us", "is")):
        low = low[:-1]
        if low in _ROOTS:
            return _ROOTS[low]
    if low.endswith("eed"):
        return low
    for ending in ("ing", "ed", "ly"):
        if low.endswith(ending) and len(low) - len(ending) >= 3 and re.search(r"[aeiouy]", low[: -len(ending)]):
            low = low[: -len(ending)]
            if len(low) > 3 and low[-1] == low[-2] and low[-1] not in "lsz":
                low = low[:-1]
            return _ROOTS.get(low) or _ROOTS.get(low + "e") or _without_e(low)
    return _without_e(low)


def _without_e(word: str) -> str:
    return word[:-1] if word.endswith("e") and not word.endswith("ee") and len(word) > 3 else word


def content_words(text: str, *, language: str | None = None) -> list[str]:
    """The stems of a text's words in their order, without stop words; in Chinese and Japanese, its pairs of characters."""
    language = (language or "en")[:2]
    stops = _STOPS.get(language, _STOPS["en"])
    words: list[str] = []
    for match in _WORD.finditer(text.replace("\u00ad", "")):
        low = match[0].casefold().replace("\u2019", "'")
        if _HAN.match(low):
            words += [low[i : i + 2] for i in range(max(1, len(low) - 1))]
        elif low not in stops and re.sub(r"'.*", "", low) not in stops:
            words.append(stem(low) if language == "en" else _light(low))
    return words


def _light(word: str) -> str:
    """A word without the ending of its plural or case, for languages whose stems are not taken further."""
    bare = word.partition("'")[2] if word[1:2] == "'" else word
    return bare.rstrip("s") if len(bare) > 4 else bare


def support(phrase: str, evidence: str, *, language: str | None = None) -> float:
    """The share of a phrase's content words that the evidence has, from 0 to 1; 1 for a phrase without any.

    A word is there when its stem is, or one with the same first letters. Numbers have to be the same.
    """
    wanted = content_words(phrase, language=language)
    if not wanted:
        return 1.0
    there = set(content_words(evidence, language=language))
    beginnings = {word[:LEAST_SHARED] for word in there if len(word) >= LEAST_SHARED and word.isalpha()}
    found = sum(
        word in there or (word.isalpha() and len(word) >= LEAST_SHARED and word[:LEAST_SHARED] in beginnings)
        for word in wanted
    )
    return found / len(wanted)
