"""Words that turn a statement round: not, may, rose, fell. Six languages.

A phrase whose other words all stand in a sentence can still say the opposite of it. `faults` holds the small words of a
phrase against those of the part of the sentence that it retells.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise, repeat
from typing import TYPE_CHECKING, Literal

from summariser.grounding.verdicts import Fault
from summariser.grounding.words import content_word, content_words

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Cue", "Turn", "cues", "faults", "moves", "parts"]

Turn = Literal["not", "maybe", "up", "down"]
_Kind = Literal["turn", "side", "limit"]
_EVERY_KIND: frozenset[_Kind] = frozenset({"turn", "side", "limit"})

# Whole words, or beginnings of words where a star ends them. Chinese has no word boundaries.
_WORDS: dict[str, dict[Turn, str]] = {
    "en": {
        "not": "not never no nor neither none nobody nothing cannot without deny denies denied denying refuse* fail* "
        "lack* unable",
        "maybe": "may might could possibly perhaps maybe allegedly reportedly apparently supposedly likely unlikely "
        "alleged rumoured rumored whether",
        "up": "rise rises rose risen rising increas* grow grows grew grown growing growth climb* gain* jump* surg* soar* "
        "rall* up higher upward* doubl* tripl* expand* expansion rais* hik* boost* strengthen* widen* "
        "accelerat* rebound* upgrad* escalat*",
        "down": "fall falls fell fallen falling drop* declin* decreas* declining reduc* cut cuts cutting lower* shrink* "
        "shrank shrunk slump* plung* slid slide slides sliding slip* tumbl* sank sink* down downward* halv* contract* "
        "dwindl* weaken* narrow* slow* diminish* downgrad* shed sheds shedding lost loses losing",
    },
    "fr": {
        "not": "ne pas jamais aucun aucune sans ni non nie nié niée nient démen* refus* rejet*",
        "maybe": "peut peuvent pourra* pourrait pourraient peut-être éventuellement probablement possiblement présum* "
        "prétend*",
        "up": "haut* augment* hauss* progress* croissance croît croiss* accru* accroît* accroiss* grimp* bondi* relev* "
        "doubl* tripl* renforc* monté monte montent",
        "down": "bais* diminu* recul* chut* réduc* rédui* repli* dimin* fléch* abaiss* ralent* affaibl* plong* perd "
        "perdu perdent",
    },
    "de": {
        "not": "nicht nie niemals kein keine keinen keiner keinem keines ohne weder bestreit* bestritt* dementier* "
        "weiger* verweiger* ablehn* lehnt lehnte",
        "maybe": "könnte könnten dürfte dürften möglicherweise vielleicht wahrscheinlich womöglich eventuell angeblich "
        "mutmaßlich* mag mögen ob",
        "up": "stieg stiegen steig* gestiegen anstieg* erhöh* wuchs wuchsen wachs* gewachsen zunahm* zunehm* zugenommen "
        "kletter* zuleg* legte verdoppel* verdreifach* ausweit* ausbau* anheb* angehoben verstärk* höher*",
        "down": "sank sanken sink* gesunken fiel fielen fällt fallen gefallen rückgang* zurückging* zurückgegangen senk* "
        "gesenkt reduzier* verringer* abnahm* abnehm* abgenommen kürz* gekürzt schrumpf* halbier* nachgab* niedriger* "
        "verlor* einbr* abschwäch*",
    },
    "es": {
        "not": "no nunca jamás sin ningún ninguna ninguno ni negó niega niegan negaron rechaz* rehús* desmint* desmient*",
        "maybe": "puede pueden podría podrían podrá podrán quizá quizás acaso posiblemente probablemente "
        "presunt* supuest*",
        "up": "sube suben subió subieron subida* subir* aument* creci* crece crecen crecer* increment* alza* elev* "
        "dupli* tripli* repunt* ampli* reforz* refuerz* gan* mejor*",
        "down": "baja bajas bajan bajó bajaron bajar* caída* cae caen cayó cayeron caer* disminu* descen* desciend* "
        "redu* recort* retroce* desplom* pierd* perdi* ralenti* debilit*",
    },
    "ar": {
        "not": "لا لم لن ليس ليست ليسوا دون بدون غير نفى نفت نفي ينفي تنفي رفض رفضت يرفض ترفض",
        "maybe": "ربما يمكن يمكنها محتمل يحتمل لعل",
        "up": "ارتفع ارتفعت ارتفاع ارتفاعا يرتفع ترتفع زاد زادت زيادة يزيد تزيد ازداد ازدادت نما نمو صعد صعدت صعود تضاعف "
        "تضاعفت رفع رفعت",
        "down": "انخفض انخفضت انخفاض انخفاضا ينخفض تنخفض تراجع تراجعت تراجعا يتراجع هبط هبطت هبوط خفض خفضت خفضا تخفيض "
        "قلص قلصت تقليص نقص نقصت",
    },
    "zh": {
        "not": "不 没 沒 未 无 無 否认 否認 拒绝 拒絕 并非 並非 绝非",
        "maybe": "可能 也许 也許 或许 或許 恐怕 据称 據稱 涉嫌 或将 或將 是否",
        "up": "上升 上涨 上漲 增长 增長 增加 提高 提升 攀升 上调 上調 扩大 擴大 加强 加強 升至 涨 漲 翻倍",
        "down": "下降 下跌 减少 減少 降低 下滑 削减 削減 下调 下調 缩小 縮小 减弱 減弱 降至 跌 缩减 縮減 放缓",
    },
}
# What looks like one of them and is none.
_NOT_MEANT = re.compile(
    r"\bnot (?:just|only|merely)\b|\bor not(?=\s*(?:[.,;:)]|$))|(?-i:\bNo\.? ?\d+\b|\bno\. ?\d+\b)|\bno-?one's\b|"
    r"\bset up\b|\bmade up\b|"
    r"\bfail(?:s|ed|ing|ures?)?\b(?!\s+to\b)|"
    r"\b(?:shut|clamp|crack|step|track|broke|break)\w* down\b|"
    r"\bup to\b|\bfall (?:of )?(?:19|20)\d\d\b|(?-i:\b(?:of|in|last|next|since|by|until|\d{1,2}\.?) May\b|\bMay \d)|"
    r"\bne (?:(?!(?:pas|jamais|plus|rien|aucune?)\b)\w+ ){1,2}que\b|\bno s[oó]lo\b|\bnicht nur\b|"
    r"不仅|不僅|不但|不只|不断|不斷|不久|不少|不同|不过|不過|未来|未來|无论|無論|无人|無人|没收|沒收",
    re.IGNORECASE,
)
_MAY_BE_IDLE = frozenset("not no up down fall may nicht".split())
"""The words among those that turn a statement of which that pattern has some, beside "fail" and what stands between "ne" and
"que"."""
_NONE_OF = frozenset(
    "no none neither nobody aucun aucune kein keine keinen keiner keinem keines ningún ninguna ninguno".split()
)
"""Denials of who or what, which hold whatever the verb says."""
_LEFT = 6
"""Words before the first retold one in which a negation still belongs to it: "will not pay"."""
_REACH = 4
"""Words from a cue to the content word that it turns."""
_CLAUSE = re.compile(
    r"[,;:。，；、—–]|\s-\s|\b(?:while|whereas|but|although|though|when|tandis que|mais|während|aber|mientras|pero)\b|بينما|لكن"
)
_HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_LETTERS = re.compile(r"[^\W\d_]+")
_SPOKEN = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_WORD = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]|[^\W_\u3400-\u4dbf\u4e00-\u9fff]+(?:['’][^\W\d_]+)?")


@dataclass(frozen=True, slots=True)
class Cue:
    """A word that turns a statement, and its span."""

    turn: Turn
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class _Lexicon:
    """The word list of a language, for looking up one word at a time: whole words, and beginnings by their length."""

    whole: dict[str, Turn]
    begun: dict[int, dict[str, Turn]]


@lru_cache(maxsize=32768)
def _turn(word: str, language: str) -> Turn | None:
    """The turn that a word gives, in lower case; None for other words, and for languages without a word list."""
    lexicon = _lexicon(language)
    found = None if lexicon is None else lexicon.whole.get(word)
    if found is None and lexicon is not None:
        for length, beginnings in lexicon.begun.items():
            found = beginnings.get(word[:length])
            if found is not None:
                break
    if found is None and language == "ar" and len(word) > 2 and word[0] in "وف":
        return _turn(word[1:], language)
    if found is None and word.endswith("n't"):
        return "not"
    if found is None and "'" in word:  # French: "n'augmentera", "d'augmenter"
        return "not" if word.startswith("n'") and language == "fr" else _turn(word.partition("'")[2], language)
    return found


@lru_cache(maxsize=32768)
def _turn_of(word: str, language: str) -> Turn | None:
    """The turn that a word as it stands in a text gives."""
    return _turn(word.casefold().replace("\u2019", "'"), language)


@lru_cache(maxsize=8)
def _lexicon(language: str) -> _Lexicon | None:
    if language not in _WORDS:
        return None
    whole: dict[str, Turn] = {}
    begun: dict[int, dict[str, Turn]] = {}
    for turn, words in _WORDS[language].items():
        for word in words.split():
            if word.endswith("*"):
                begun.setdefault(len(word) - 1, {})[word[:-1]] = turn
            else:
                whole[word] = turn
    return _Lexicon(whole, begun)


@lru_cache(maxsize=1)
def _han_pattern() -> re.Pattern[str]:
    forms = sorted((w for words in _WORDS["zh"].values() for w in words.split()), key=len, reverse=True)
    return re.compile("|".join(forms))


@lru_cache(maxsize=2048)
def _kinds(text: str, language: str) -> frozenset[_Kind]:
    """Which kinds of words a text may have: those that turn what it says, that have an opposite, or that say it of all or of
    nothing else. Most texts have none.
    """
    if language not in _BY_LETTERS:
        return _EVERY_KIND
    return frozenset[_Kind]().union(*map(_kinds_of, text.split(), repeat(language)))


@lru_cache(maxsize=32768)
def _kinds_of(word: str, language: str) -> frozenset[_Kind]:
    """The kinds of which a word may be as it stands between spaces, with any signs."""
    found: set[_Kind] = set()
    low = word.casefold()
    for letters in _LETTERS.findall(low):
        if _turn(letters, language) is not None:
            found.add("turn")
        if _sides_of(letters, language):
            found.add("side")
        if any(pattern.search(letters) for pattern in (_ALL, _ONLY, _LIMITED)):
            found.add("limit")
    return frozenset({*found, "turn"} if "n't" in low.replace("\u2019", "'") else found)


def cues(text: str, *, language: str = "en") -> tuple[Cue, ...]:
    """The words of a text that turn what it says, in their order; none for a language without a word list."""
    return _cues(text, language) if "turn" in _kinds(text, language) else ()


@lru_cache(maxsize=4096)
def _cues(text: str, language: str) -> tuple[Cue, ...]:
    if language not in _WORDS:
        return ()
    found: list[Cue] = []
    pattern = _han_pattern() if language == "zh" else _SPOKEN
    for match in pattern.finditer(text):
        turn = _turn_of(match[0], language)
        if turn is not None:
            found.append(Cue(turn, match.start(), match.end(), match[0]))
    if language != "zh" and " que" not in (low := text.casefold()):
        said = [cue.text.casefold() for cue in found]
        if _MAY_BE_IDLE.isdisjoint(said) and "fail" not in low:
            return tuple(found)
    idle = [match.span() for match in _NOT_MEANT.finditer(text)]
    return tuple(cue for cue in found if not any(a <= cue.start and cue.end <= b for a, b in idle))


def faults(phrase: str, evidence: str, *, language: str = "en", voiced: bool = True) -> list[Fault]:
    """Say where a phrase turns what the evidence says: a negation, a doubt or a direction that only one of them has.

    ``voiced``: the phrase asserts an act, so that a "may" or "not" of the evidence must not be lost; where false (what a
    figure measures, or an act whose verb was already read) only what the phrase itself says is held against the evidence.
    """
    kinds, there = _kinds(phrase, language), cues(evidence, language=language)
    if not kinds and not there:
        return []
    said = _cues(phrase, language) if "turn" in kinds else ()
    limits = _limits(phrase, evidence) if "limit" in kinds else None
    if not said and limits is None and all(cue.turn in ("up", "down") for cue in there):
        return _antonyms(phrase, evidence, language)
    denied = any(cue.text.casefold() in _NONE_OF for cue in there)
    if not said and not denied and not (voiced and there):
        told = [] if limits is None else [Fault("contradicted", f"the sentence does not say {limits!r}")]
        return told + _antonyms(phrase, evidence, language)
    ours, theirs = _spoken(phrase, language), _spoken(evidence, language)
    found: list[Fault] = []
    for turn, name in (("not", "a denial"), ("maybe", "a doubt")):
        mine = [cue for cue in said if cue.turn == turn]
        same = [cue for cue in there if cue.turn == turn]
        if not mine and not same:
            continue
        retold = _retold(phrase, evidence, language)
        near = [cue for cue in same if retold[0] <= cue.start < retold[1]]
        stray = next((cue for cue in mine if ours.stray(cue, theirs)), None)
        missed = next((c for c in same if (voiced or c.text.casefold() in _NONE_OF) and theirs.missed(c, ours)), None)
        if len(mine) > len(same):
            instead = _short(evidence, retold)
            found.append(Fault("contradicted", f"{mine[-1].text!r} is {name} that the sentence has not", instead))
        elif stray is not None:
            found.append(
                Fault("contradicted", f"{stray.text!r} stands elsewhere in the sentence", _short(evidence, retold))
            )
        elif voiced and len(near) > len(mine):
            lost = near[len(mine)].text
            found.append(Fault("contradicted", f"the sentence says {lost!r}, and this does not", lost))
        elif missed is not None:
            found.append(Fault("contradicted", f"the sentence says {missed.text!r}, and this does not", missed.text))
    found += _antonyms(phrase, evidence, language)
    if limits is not None:
        instead = _short(evidence, _retold(phrase, evidence, language))
        found.append(Fault("contradicted", f"the sentence does not say {limits!r}", instead))
    return found + _directions(ours, theirs)


class _Spoken:
    """A phrase or sentence: its cues, and where its content words stand, counted in words."""

    def __init__(self, text: str, found: Sequence[Cue], language: str) -> None:
        self.text = text
        self.language = language
        self.cues = found

    @cached_property
    def keys(self) -> list[str | None]:
        """The content word that each word is; None for those that are none."""
        return [content_word(_with_next(self.text, word), self.language) for word in _WORD.finditer(self.text)]

    @cached_property
    def places(self) -> list[int]:
        """At which word each cue stands."""
        starts = [word.start() for word in _WORD.finditer(self.text)]
        return [max(0, bisect_right(starts, cue.start) - 1) for cue in self.cues]

    def beside(self, cue: Cue, *, left: bool) -> list[str]:
        """The nearest content word right of a cue, and left of it where asked for, no cue itself."""
        place = self.places[self.cues.index(cue)]
        # A denial turns the direction behind it: "has not fallen".
        taken = {p for p, c in zip(self.places, self.cues, strict=True) if left or c.turn in ("not", "maybe")}
        right = [
            k
            for i in range(place + 1, place + 1 + _REACH)
            if i < len(self.keys) and i not in taken and (k := self.keys[i])
        ]
        before = [
            k for i in range(place - 1, place - 1 - _REACH, -1) if i >= 0 and i not in taken and (k := self.keys[i])
        ]
        return right[:1] + (before[:1] if left else [])

    def where(self, key: str) -> list[int]:
        """Places of a content word."""
        return [place for place, own in enumerate(self.keys) if own == key]

    def stray(self, cue: Cue, other: _Spoken) -> bool:
        """Whether what follows a cue stands in the other text, and never with a cue of this turn before it."""
        same = [place for place, there in zip(other.places, other.cues, strict=True) if there.turn == cue.turn]
        spots = [spot for key in self.beside(cue, left=False) for spot in other.where(key)]
        return bool(spots) and not any(-1 <= spot - place <= _REACH + 1 for spot in spots for place in same)

    def missed(self, cue: Cue, other: _Spoken) -> bool:
        """Whether the other text has what follows a cue more often without a cue of this turn than this text has."""
        return any(other.bare(key, cue.turn) > self.bare(key, cue.turn) for key in self.beside(cue, left=False))

    def bare(self, key: str, turn: Turn) -> int:
        """How often a content word stands without a cue of this turn before it."""
        same = [place for place, cue in zip(self.places, self.cues, strict=True) if cue.turn == turn]
        return sum(not any(-1 <= spot - place <= _REACH + 1 for place in same) for spot in self.where(key))


def _with_next(text: str, word: re.Match[str]) -> str:
    """A word of a text; a Chinese character with the one behind it."""
    return text[word.start() : word.end() + 1] if word[0] >= "\u3400" and _HAN.match(word[0]) else word[0]


@lru_cache(maxsize=1024)
def _spoken(text: str, language: str) -> _Spoken:
    return _Spoken(text, cues(text, language=language), language)


_NOT_ONLY = re.compile(
    r"\bnot\s+(?:just|only|merely)\b|\bne\s+\w+\s+pas\s+que\b|\bnicht\s+nur\b|\bno\s+s[oó]lo\b|不仅|不僅|不只", re.I
)


# Words that say the opposite of each other, besides rising and falling; a star ends the beginning of words.
_OPPOSITES: dict[str, str] = {
    "en": "export* ~ import imports imported importing importer* | buy buys bought buying buyer* purchas* ~ sell sells sold "
    "selling seller* | won win wins winner* ~ lost lose loses loser* | borrow* ~ lend lends lent lender* | "
    "open opens opened opening ~ close closes closed closing | arrest* detain* ~ releas* freed | arriv* ~ depart* | "
    "accept* approv* ~ reject* | support supports supported ~ oppose* opposed | suspend* ~ resum* | "
    "start starts started begin begins began ~ end ends ended stop stops stopped | join joins joined ~ quit quits | "
    "legal ~ illegal | guilty convicted ~ innocent acquitted | ally allies ~ enemy enemies | north northern ~ south southern | "
    "eastern ~ western | maximum ~ minimum | best ~ worst | before ~ after | surplus* ~ deficit* | "
    "profit profits ~ loss losses "
    "| creditor* ~ debtor* | domestic ~ foreign | include* ~ exclude* | impose imposes imposed ~ lift lifts lifted "
    "| hired ~ fired "
    "| dead ~ alive | men ~ women | majority ~ minority | longest ~ shortest | largest biggest ~ smallest | first ~ last",
    "fr": "export* ~ import importe* importation* | achet* ~ vend* vente* | gagn* ~ perd perdu perdent | ouvert* ouvre* ~ "
    "ferme fermé* fermeture* | arrêté* ~ libéré* | accept* approuv* ~ rejet* refus* | suspend* ~ repren* repris* | "
    "excédent* ~ déficit* | bénéfice* ~ perte* | nord ~ sud | majorité* ~ minorité* | avant ~ après | embauch* ~ licenci*",
    "de": "export* ausfuhr* ~ import* einfuhr* | kauf* gekauft* ~ verkauf* | gewonnen gewann ~ verloren verlor | geöffnet* "
    "öffnet* ~ geschlossen* schließ* | festgenommen* verhaftet* ~ freigelassen* | angenommen* ~ abgelehnt* | überschuss* ~ "
    "defizit* | gewinn gewinne ~ verlust* | mehrheit* ~ minderheit* | begann begonnen ~ endete beendet | männer ~ frauen",
    "es": "export* ~ importó importa* importe* | compr* ~ vend* venta* | ganó ganan ~ perdió pierd* | abrió abre abiert* ~ "
    "cerró cierra cerrad* | detenid* detuv* ~ liberad* liberó | acept* aprob* ~ rechaz* | superávit ~ déficit | "
    "ganancia* beneficio* ~ pérdida* | norte ~ sur | mayoría ~ minoría | antes ~ después | contrat* ~ despid* | "
    "hombres ~ mujeres",
    "ar": "صادرات تصدير ~ واردات استيراد | شراء اشترت ~ بيع باعت | فتح فتحت ~ إغلاق أغلقت | اعتقال اعتقلت ~ إفراج أفرجت | "
    "قبول قبلت ~ رفض رفضت | فائض ~ عجز | ربح أرباح ~ خسارة خسائر | شمال ~ جنوب | أغلبية ~ أقلية",
    "zh": "出口 ~ 进口 | 买 ~ 卖 | 盈利 ~ 亏损 | 顺差 ~ 逆差 | 开放 ~ 关闭 | 逮捕 ~ 释放 | 接受 ~ 拒绝 | 支持 ~ 反对 | "
    "多数 ~ 少数 | 开始 ~ 结束 | 胜 ~ 败 | 北 ~ 南",
}


_BY_LETTERS = frozenset(
    language
    for language in _WORDS.keys() - {"ar", "zh"}
    if re.fullmatch(
        r"[^\W\d_]+(?:[\s*|~]+[^\W\d_]+)*[\s*]*", " ".join([*_WORDS[language].values(), _OPPOSITES[language]])
    )
)
"""Languages whose word lists have nothing but letters: whether a text has any of them shows in its runs of letters."""


@lru_cache(maxsize=8)
def _opposites(language: str) -> tuple[dict[str, tuple[int, ...]], dict[int, dict[str, tuple[int, ...]]]]:
    """The sides that whole words stand for, and those of beginnings by their length. A side's opposite is it ``^ 1``."""
    whole: dict[str, tuple[int, ...]] = {}
    begun: dict[int, dict[str, tuple[int, ...]]] = {}
    sides = [side for pair in _OPPOSITES.get(language, "").split("|") for side in pair.split("~")]
    for number, side in enumerate(sides):
        for form in side.split():
            bare = form.removesuffix("*")
            table = begun.setdefault(len(bare), {}) if form.endswith("*") else whole
            table[bare] = (*table.get(bare, ()), number)
    return whole, begun


@lru_cache(maxsize=32768)
def _sides_of(word: str, language: str) -> tuple[int, ...]:
    whole, begun = _opposites(language)
    found = whole.get(word, ())
    for length, table in begun.items():
        found += table.get(word[:length], ())
    if not found and language == "ar" and (prefix := _AR_PREFIX.match(word)) is not None:
        return _sides_of(word[prefix.end() :], language)
    return found


_AR_PREFIX = re.compile(r"(?:[وف]?(?:[بك]?ال|لل)|[وفبلك])(?=\w{3})")


@lru_cache(maxsize=1024)
def _sides(text: str, language: str) -> dict[int, str]:
    """Which sides of the pairs of opposites a text has, and by which words."""
    if language == "zh":
        return {sides[0]: word for word, sides in _opposites("zh")[0].items() if word in text}
    words = _SPOKEN.findall(text.casefold())
    return {side: word for word in words for side in _sides_of(word, language)}


def _antonyms(phrase: str, evidence: str, language: str) -> list[Fault]:
    """The words of a phrase that the sentence has not, where it has their opposite."""
    if "side" not in _kinds(phrase, language):
        return []
    said = _sides(phrase, language)
    there = _sides(evidence, language)
    for side, own in said.items():
        back = side ^ 1
        if side not in there and back in there and back not in said:
            told = f"{own!r} is the opposite of what the sentence says: {there[back]!r}"
            return [Fault("contradicted", told, there[back])]
    return []


_ALL = re.compile(
    r"\b(?:all|every|always|tous|toutes|toujours|alle[mnrs]?|jede[mnrs]?|immer|tod[oa]s|siempre|جميع)\b|所有|全部", re.I
)
"""Words that say of everything what the sentence may say of some."""
_ONLY = re.compile(r"\b(?:only|seulement|seule?s?|nur|s[oó]lo|solamente|únicamente|فقط)\b|仅|僅", re.I)
"""Words that say it of nothing else."""


_LIMITED = re.compile(r"^(?:just|merely|pas)$", re.I)
"""The words of "not only" that are none of those."""


_LIMITING = (
    *"all every alw only merely just tou tod seule nur jede immer siem sólo solo solam únic جميع فقط 所有 全部 仅 僅 只".split(),
    "ne ",
)
"""Letters of which those patterns need some, for most phrases have none."""


def _limits(phrase: str, evidence: str) -> str | None:
    """What a phrase says of all or of nothing else, where the sentence has no such word; or its "not only"."""
    low = phrase.casefold()
    for letters in _LIMITING:
        if letters in low:
            break
    else:
        return None
    for pattern in (_NOT_ONLY, _ALL, _ONLY):
        found = pattern.search(phrase)
        if found is not None and pattern.search(evidence) is None:
            return found[0]
    return None


_DIRECTIONS: tuple[tuple[Turn, Turn], ...] = (("up", "down"), ("down", "up"))


def _directions(ours: _Spoken, theirs: _Spoken) -> list[Fault]:
    """The directions of a phrase that the sentence does not have, has the other way round, or has of something else."""
    found: list[Fault] = []
    for turn, back in _DIRECTIONS:
        mine = [cue for cue in ours.cues if cue.turn == turn]
        same = [cue for cue in theirs.cues if cue.turn == turn]
        opposite = [cue for cue in theirs.cues if cue.turn == back]
        if not mine:
            continue
        word = mine[0].text
        if not opposite:
            if not same:
                found.append(Fault("absent", f"{word!r} is not in the sentence, nor any word of this direction"))
            continue
        turned = len(mine) > len(same) and sum(cue.turn == back for cue in ours.cues) < len(opposite)
        astray = next((cue for cue in mine if _goes_the_other_way(cue, ours, theirs)), None)
        if turned or astray is not None or _of_another_clause(mine, same, opposite, ours, theirs):
            other = opposite[0].text
            told = f"{(astray or mine[0]).text!r} is the wrong direction: of this the sentence says {other!r}"
            found.append(Fault("contradicted", told, other))
    return found


def _goes_the_other_way(cue: Cue, ours: _Spoken, theirs: _Spoken) -> bool:
    """Whether what stands beside a direction in the phrase stands beside the opposite one in the sentence."""
    met: set[Turn] = set()
    moves = [(place, c) for place, c in zip(theirs.places, theirs.cues, strict=True) if c.turn in ("up", "down")]
    for key in ours.beside(cue, left=True):
        for spot in theirs.where(key):
            near = min(moves, key=lambda move: abs(move[0] - spot), default=None)
            if near is not None and abs(near[0] - spot) <= _REACH:
                met.add(near[1].turn)
    return bool(met) and cue.turn not in met


def _of_another_clause(mine: list[Cue], same: list[Cue], opposite: list[Cue], ours: _Spoken, theirs: _Spoken) -> bool:
    """Whether a phrase with one direction is about what the sentence says of the other."""
    if not same or not opposite or len({cue.turn for cue in ours.cues if cue.turn in ("up", "down")}) != 1:
        return False
    language = ours.language
    own = set(content_words(ours.text, language=language))
    own -= {word for cue in mine for word in content_words(cue.text, language=language)}
    clauses = _clauses(theirs.text)
    here = _words_of(theirs.text, [_clause_at(clauses, cue.start) for cue in same], language)
    there = _words_of(theirs.text, [_clause_at(clauses, cue.start) for cue in opposite], language)
    return bool(own & (there - here)) and not own & (here - there)


_PART = re.compile(
    rf"{_CLAUSE.pattern}|\b(?:and|or|et|ou|und|oder|y|o)\b|(?<=[\u4e00-\u9fff])[和及与]",
)


@lru_cache(maxsize=1024)
def parts(text: str) -> tuple[tuple[int, int], ...]:
    """The parts of a sentence between commas and conjunctions."""
    edges = [0, *(match.start() for match in _PART.finditer(text)), len(text)]
    return tuple((a, b) for a, b in pairwise(edges) if b > a)


def moves(text: str, start: int, end: int, language: str) -> str | None:
    """The word of rising or falling nearest to what stands from ``start`` to ``end``, in its clause: "up" or "down"."""
    low, high = _clause_at(_clauses(text), start)
    there = [cue for cue in cues(text, language=language) if cue.turn in ("up", "down") and low <= cue.start < high]
    nearest = min(there, key=lambda cue: (cue.start >= end, abs(cue.start - start)), default=None)
    return None if nearest is None else nearest.turn


@lru_cache(maxsize=1024)
def _clauses(text: str) -> tuple[tuple[int, int], ...]:
    edges = [0, *(match.start() for match in _CLAUSE.finditer(text)), len(text)]
    return tuple((a, b) for a, b in pairwise(edges) if b > a)


def _clause_at(clauses: Sequence[tuple[int, int]], place: int) -> tuple[int, int]:
    return next((c for c in clauses if c[0] <= place < c[1]), clauses[-1])


def _words_of(text: str, spans: list[tuple[int, int]], language: str) -> set[str]:
    return {word for a, b in spans for word in content_words(text[a:b], language=language)}


def _retold(phrase: str, evidence: str, language: str) -> tuple[int, int]:
    """The stretch of the evidence that has most of the phrase's content words in the least room, with what leads to it."""
    wanted = set(content_words(phrase, language=language))
    words = list(_WORD.finditer(evidence))
    hits: list[tuple[int, str]] = []
    for place, word in enumerate(words):
        shared = content_word(_with_next(evidence, word), language)
        if shared in wanted:
            hits.append((place, shared))
    if not hits:
        return 0, len(evidence)
    best = (0, 0, 0)
    score = -1.0
    for i, (first, _) in enumerate(hits):
        seen: set[str] = set()
        for last, key in hits[i:]:
            seen.add(key)
            value = len(seen) - 0.15 * (last - first + 1 - len(seen))
            if value > score:
                score, best = value, (first, last, len(seen))
    first, last, _ = best
    begin = words[max(0, first - _LEFT)].start()
    for match in _CLAUSE.finditer(evidence, begin, words[first].start()):
        begin = match.end()
    return begin, words[last].end()


def _short(text: str, span: tuple[int, int]) -> str:
    return " ".join(text[span[0] : span[1]].split())
