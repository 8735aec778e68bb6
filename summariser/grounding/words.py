"""The words that carry a phrase's content, and how many of them a text supports."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import lru_cache

__all__ = [
    "SCALES",
    "UNMARKED_NAMES",
    "content_word",
    "content_words",
    "letters_of",
    "measure_words",
    "stem",
    "strangers",
    "support",
]

LEAST_SHARED = 5
"""Letters from which an equal beginning makes two stems the same word: "negotiator", "negotiations"."""

_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*(?:['\u2019][^\W\d_]+)?")
_PREFIXED = re.compile("^(?:[وف]?(?:[بك]?ال|لل)|[وفبلك](?=\\w{4}))")
"""Conjunction, preposition and article that Arabic writes as one word with the noun."""
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


_LETTERS, _ASCII_LETTERS = re.compile(r"[^\W\d_]+"), re.compile("[a-z]+")


@lru_cache(maxsize=2048)
def letters_of(text: str) -> frozenset[str]:
    """Every run of letters in a text, in lower case: what tells in one look whether any word of a list is there."""
    low = text.casefold()
    return frozenset((_ASCII_LETTERS if low.isascii() else _LETTERS).findall(low))


@lru_cache(maxsize=8192)
def stem(word: str) -> str:
    """The light stem of an English word: without plural, -ed, -ing and -ly; irregular verbs as their base form."""
    low = word.casefold()
    if not (low.isascii() and low.isalnum()):
        low = re.sub(r"['\u2019].*$", "", unicodedata.normalize("NFKC", word).casefold()) or low
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
    return list(_content_words(text, (language or "en")[:2]))


@lru_cache(maxsize=2048)
def _content_words(text: str, language: str) -> tuple[str, ...]:
    return tuple([part for word in _WORD.findall(text.replace("\u00ad", "")) for part in _stems(word, language)])


@lru_cache(maxsize=32768)
def _stems(word: str, language: str) -> tuple[str, ...]:
    """The stem of a word, none of a stop word, of one in Chinese or Japanese its pairs of characters."""
    low = word.casefold().replace("\u2019", "'")
    if _HAN.match(low):
        return tuple(low[i : i + 2] for i in range(max(1, len(low) - 1)))
    stops = _STOPS.get(language, _STOPS["en"])
    if low in stops or low.partition("'")[0] in stops:
        return ()
    return (stem(low) if language == "en" else _PREFIXED.sub("", low) if language == "ar" else _light(low),)


@lru_cache(maxsize=32768)
def content_word(word: str, language: str) -> str | None:
    """The stem of one word; None for a stop word."""
    return next(iter(content_words(word, language=language)), None)


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
    if there.issuperset(wanted):
        return 1.0
    if language == "ar":
        there |= {word[1:] for word in there if word[0] in "وف" and len(word) > 3}  # "and killed" has "killed"
    beginnings = {word[:LEAST_SHARED] for word in there if len(word) >= LEAST_SHARED and word.isalpha()}
    found = sum(
        word in there or (word.isalpha() and len(word) >= LEAST_SHARED and word[:LEAST_SHARED] in beginnings)
        for word in wanted
    )
    return found / len(wanted)


UNMARKED_NAMES = ("de", "ar", "zh")
"""Languages whose writing does not set names apart from nouns, or nothing from anything."""

_MEASURES: dict[str, str] = {
    "thousand": "thousand thousands mille milliers tausend mil ألف آلاف 千",
    "million": "million millions millionen mio millón millones مليون ملايين 百万 百萬",
    "billion": "billion billions bn milliard milliards milliarde milliarden mrd مليار مليارات 十亿 十億",
    "trillion": "trillion trillions tn billón billones تريليون 万亿 萬億 兆",
    "dollar": "$ dollar dollars dólar dólares دولار دولارات 美元",
    "euro": "€ euro euros يورو 欧元 歐元",
    "pound": "£ pound pounds sterling livre libra جنيه 英镑 英鎊",
    "yen": "¥ yen ين 日元",
    "yuan": "yuan renminbi يوان 人民币 人民幣",
    "%": "% percent per_cent pct prozent pour_cent por_ciento ٪ 百分之",
    "\u2030": "\u2030",
    "point": "percentage_point percentage_points prozentpunkt prozentpunkte punto_porcentual puntos_porcentuales 百分点 百分點",
    "basis": "basis_point basis_points basispunkte points_de_base puntos_básicos 基点 基點",
}
SCALES = frozenset("dozen hundred thousand million billion trillion".split())
"""Measures that say how many, and not of what."""
# What a number need not stand before: "hundreds of", "for years". In one language each, for "miles" is many in Spanish.
_PLURALS = {
    "en": "dozen: dozens | hundred: hundreds | second: seconds | minute: minutes | hour: hours | day: days | week: weeks | "
    "month: months | year: years | decade: decades | century: centuries | metre: metres meters | "
    "kilometre: kilometres kilometers | mile: miles | ton: tons tonnes | acre: acres | hectare: hectares | foot: feet",
    "fr": "dozen: dizaines douzaines | hundred: centaines | minute: minutes | hour: heures | day: jours | week: semaines | "
    "month: mois | year: ans années | decade: décennies | century: siècles | metre: mètres | kilometre: kilomètres | ton: tonnes",
    "de": "dozen: dutzende dutzenden | hundred: hunderte hunderten hunderter | thousand: tausende tausenden tausender | "
    "minute: minuten | hour: stunden | day: tage tagen | week: wochen | month: monate monaten | year: jahre jahren | "
    "decade: jahrzehnte jahrzehnten | century: jahrhunderte jahrhunderten | metre: metern | kilometre: kilometern | ton: tonnen",
    "es": "dozen: decenas docenas | hundred: cientos centenares | thousand: miles millares | minute: minutos | hour: horas | "
    "day: días | week: semanas | month: meses | year: años | decade: décadas | century: siglos | metre: metros | "
    "kilometre: kilómetros | ton: toneladas",
    "ar": "dozen: عشرات | hundred: مئات | minute: دقائق | hour: ساعات | day: أيام | week: أسابيع | month: أشهر شهور | "
    "year: سنوات أعوام | decade: عقود | century: قرون | metre: أمتار | kilometre: كيلومترات | mile: أميال | ton: أطنان",
    "zh": "kilometre: 公里 | mile: 英里 | ton: 吨 噸 | hour: 小时 小時",
}


@lru_cache(maxsize=len(_PLURALS) + 1)
def _measures_in(language: str) -> dict[str, str]:
    table = {form.replace("_", " "): name for name, forms in _MEASURES.items() for form in forms.split()}
    for entry in filter(None, _PLURALS.get(language, "").split("|")):
        name, _, forms = entry.partition(":")
        table |= dict.fromkeys(forms.split(), name.strip())
    return table


@lru_cache(maxsize=2)
def _han_measures(language: str) -> re.Pattern[str]:
    return re.compile("|".join(sorted((f for f in _measures_in(language) if _HAN.match(f)), key=len, reverse=True)))


_MEASURE_WORD = re.compile(r"[^\W\d_]+|[$€£¥%٪\u2030]")
_MOST_WORDS = 3
"""Words of the longest measure: "points de base"."""


@lru_cache(maxsize=4096)
def measure_words(text: str, *, language: str) -> Counter[str]:
    """How often a text names each scale, currency, share and unit in the plural: "$" and "dollars" are the same."""
    table = _measures_in(language)
    spoken = _MEASURE_WORD.findall(text.casefold())
    found: Counter[str] = Counter()
    place = 0
    while place < len(spoken):
        for length in range(min(_MOST_WORDS, len(spoken) - place), 0, -1):
            name = table.get(spoken[place] if length == 1 else " ".join(spoken[place : place + length]))
            if name is not None:
                found[name] += 1
                place += length
                break
        else:
            place += 1
    if _HAN.search(text):
        found.update(table[match[0]] for match in _han_measures(language).finditer(text))
    return found


def strangers(phrase: str, evidence: str, *, language: str) -> list[str]:
    """Words of a phrase that could be names, in a language of `UNMARKED_NAMES`, and that the evidence has not."""
    if language == "zh":
        there = set(content_words(evidence, language=language))
        lone = list(re.finditer(r"[\u3400-\u4dbf\u4e00-\u9fff]{2,}", phrase))
        return [
            m[0][i : i + 3]
            for m in lone
            for i in range(len(m[0]) - 2)
            if m[0][i : i + 2] not in there and m[0][i + 1 : i + 3] not in there
        ]
    if language == "de":
        own = [m[0] for m in _WORD.finditer(phrase) if m[0][0].isupper()]
    else:
        own = [m[0] for m in _WORD.finditer(phrase)]
    return [word for word in own if support(word, evidence, language=language) == 0]
