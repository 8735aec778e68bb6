"""Times in words to calendar days. What the words and the publication date do not settle stays unresolved.

How the open cases are decided:
- A weekday without a hint lies in the week that ends with the publication day; the hint ``past=False`` (or "by" or "until")
  puts it into the week that begins with it. "Last Tuesday" and "next Tuesday" never are the publication day.
- A day or month without a year is the nearest one in the direction of the hint, the nearest of all without one.
- "Last week" is the calendar week before, Monday to Sunday; "the past week" the seven days up to the publication day.
- "By", "until", "the end of", "early" and "late" name a bound inside a period: the period itself is returned, whose last
  day is the latest that the words allow. "Since 2019" runs up to the publication day, or is open without one.
- "Before 2030" runs from the publication day to the last of 2029, and "after 2030" from the first of 2031, with no end; of
  what has been, and of events ("before the 2030 vote"), neither is resolved.
- "This Friday" is that of the publication day's week, Monday to Sunday, unless the hint says otherwise.
- Fiscal years, seasons, "every Tuesday" and times relative to another event ("a day after Friday's vote") are not resolved.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

from summariser.grounding.words import letters_of
from summariser_schemas import When

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from summariser_schemas import Precision

__all__ = ["calendar_dates", "find_dates", "is_absolute", "resolve"]

_DAY = timedelta(days=1)


class _Period(NamedTuple):
    start: date
    end: date | None
    precision: Precision


@dataclass(frozen=True)
class _Lexicon:
    """The words of one language. ``phrases`` maps relative times to their English form, which code understands."""

    language: str
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    phrases: Mapping[str, str] = field(default_factory=dict[str, str])
    last: str = r"(?!)"
    next: str = r"(?!)"
    this: str = r"(?!)"
    since: str = r"(?!)"
    forward: str = r"(?!)"
    before: str = r"(?!)"
    after: str = r"(?!)"
    to: str = r"[-\u2013\u2014]"
    both: str = r"(?!)"
    between: str = r"(?!)"
    quarter: str = r"(?!)"
    ordinals: Mapping[str, int] = field(default_factory=dict[str, int])
    short_months: Mapping[str, int] = field(default_factory=dict[str, int])


def _numbered(words: str, *, first: int = 1) -> dict[str, int]:
    """Number words; those joined by "/" share a number."""
    return {form.replace("_", " "): n for n, forms in enumerate(words.split(), first) for form in forms.split("/")}


_ENGLISH = _Lexicon(
    language="en",
    both=r"and",
    between=r"\bbetween\b",
    months=_numbered("january february march april may june july august september october november december"),
    short_months=_numbered("jan feb mar apr may jun jul aug sep/sept oct nov dec"),
    weekdays=_numbered("monday tuesday wednesday thursday friday saturday sunday", first=0),
    last=r"last|past|previous",
    next=r"next|coming|upcoming|following",
    this=r"this",
    since=r"\b(?:ever\s+)?since(?:\s+(?:the|early|late|at\s+least|then))*\s*$",
    forward=r"\b(?:by|until|till|before|no\s+later\s+than|starting|beginning|due|will|to)\b[\w\s]*$",
    before=r"(?<!\bno\s)(?<!\bnot\s)\b(?:before|prior\s+to|ahead\s+of|earlier\s+than)\s+(?:the\s+)?$",
    after=r"(?<!\bno\s)(?<!\bnot\s)\b(?:after|later\s+than)\s+(?:the\s+)?$",
    to=r"[-\u2013\u2014]|to|until|till|through",
    quarter=r"quarter",
    ordinals=_numbered("first/1st second/2nd third/3rd fourth/4th"),
)
_FRENCH = _Lexicon(
    language="fr",
    both=r"et",
    between=r"\bentre\b",
    months=_numbered(
        "janvier février/fevrier mars avril mai juin juillet août/aout septembre octobre novembre décembre/decembre"
    ),
    weekdays=_numbered("lundi mardi mercredi jeudi vendredi samedi dimanche", first=0),
    phrases={
        "avant-hier": "the day before yesterday",
        "hier": "yesterday",
        "aujourd'hui": "today",
        "ce matin": "today",
        "ce soir": "today",
        "après-demain": "the day after tomorrow",
        "demain": "tomorrow",
        "la semaine dernière": "last week",
        "la semaine passée": "last week",
        "cette semaine": "this week",
        "la semaine prochaine": "next week",
        "le mois dernier": "last month",
        "ce mois-ci": "this month",
        "le mois prochain": "next month",
        "l'année dernière": "last year",
        "l'an dernier": "last year",
        "cette année": "this year",
        "l'année prochaine": "next year",
        "l'an prochain": "next year",
    },
    last=r"dernier|passé",
    next=r"prochain",
    this=r"ce",
    since=r"\bdepuis(?:\s+(?:le|la))?\s*$",
    forward=r"\b(?:avant|jusqu'?\w*|d'ici)\b[\w\s]*$",
    before=r"\bavant\s+(?:le\s+)?$",
    after=r"\baprès\s+(?:le\s+)?$",
    to=r"[-\u2013\u2014]|au|à",
    quarter=r"trimestre",
    ordinals=_numbered("premier/1er deuxième/2e/second troisième/3e quatrième/4e"),
)
_GERMAN = _Lexicon(
    language="de",
    both=r"und",
    between=r"\bzwischen\b",
    months=_numbered("januar/jänner februar märz april mai juni juli august september oktober november dezember"),
    short_months=_numbered("jan feb mär apr mai jun jul aug sep/sept okt nov dez"),
    weekdays=_numbered("montag dienstag mittwoch donnerstag freitag samstag/sonnabend sonntag", first=0),
    phrases={
        "vorgestern": "the day before yesterday",
        "gestern": "yesterday",
        "heute": "today",
        "übermorgen": "the day after tomorrow",
        "letzte woche": "last week",
        "vergangene woche": "last week",
        "vorige woche": "last week",
        "diese woche": "this week",
        "nächste woche": "next week",
        "kommende woche": "next week",
        "letzten monat": "last month",
        "vergangenen monat": "last month",
        "diesen monat": "this month",
        "nächsten monat": "next month",
        "kommenden monat": "next month",
        "letztes jahr": "last year",
        "vergangenes jahr": "last year",
        "letzten jahr": "last year",
        "vergangenen jahr": "last year",
        "dieses jahr": "this year",
        "diesem jahr": "this year",
        "nächstes jahr": "next year",
        "nächsten jahr": "next year",
        "kommenden jahr": "next year",
        "kommendes jahr": "next year",
    },
    last=r"letzte[nrm]|vergangene[nrm]|vorige[nrm]",
    next=r"nächste[nrm]|kommende[nrm]",
    this=r"diese[nrm]",
    since=r"\bseit(?:\s+(?:dem|der))?\s*$",
    forward=r"\b(?:bis|vor|ab)\b[\w\s]*$",
    before=r"\bvor\s+(?:dem\s+)?$",
    after=r"\bnach\s+(?:dem\s+)?$",
    to=r"[-\u2013\u2014]|bis(?:\s+zum)?",
    quarter=r"quartal",
    ordinals=_numbered(
        "ersten/erstes/erste/1. zweiten/zweites/zweite/2. dritten/drittes/dritte/3. vierten/viertes/vierte/4."
    ),
)
_SPANISH = _Lexicon(
    language="es",
    both=r"y",
    between=r"\bentre\b",
    months=_numbered(
        "enero febrero marzo abril mayo junio julio agosto septiembre/setiembre octubre noviembre diciembre"
    ),
    weekdays=_numbered("lunes martes miércoles/miercoles jueves viernes sábado/sabado domingo", first=0),
    phrases={
        "anteayer": "the day before yesterday",
        "ayer": "yesterday",
        "hoy": "today",
        "mañana": "tomorrow",
        "la semana pasada": "last week",
        "esta semana": "this week",
        "la próxima semana": "next week",
        "la semana próxima": "next week",
        "el mes pasado": "last month",
        "este mes": "this month",
        "el próximo mes": "next month",
        "el mes próximo": "next month",
        "el año pasado": "last year",
        "este año": "this year",
        "el próximo año": "next year",
        "el año próximo": "next year",
    },
    last=r"pasado",
    next=r"próximo",
    this=r"este",
    since=r"\bdesde(?:\s+(?:el|la))?\s*$",
    forward=r"\b(?:hasta|antes)\b[\w\s]*$",
    before=r"\bantes\s+del?\s+$",
    after=r"\bdespués\s+del?\s+$",
    to=r"[-\u2013\u2014]|al|a",
    quarter=r"trimestre",
    ordinals=_numbered("primer segundo tercer cuarto"),
)
_ARABIC = _Lexicon(
    language="ar",
    months=_numbered(
        "يناير/كانون_الثاني فبراير/شباط مارس/آذار أبريل/نيسان/إبريل مايو/أيار يونيو/حزيران يوليو/تموز أغسطس/آب "
        "سبتمبر/أيلول أكتوبر/تشرين_الأول نوفمبر/تشرين_الثاني ديسمبر/كانون_الأول"
    ),
    weekdays=_numbered("الاثنين/الإثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد", first=0),
    phrases={
        "أمس": "yesterday",
        "اليوم": "today",
        "غدا": "tomorrow",
        "غدًا": "tomorrow",
        "الأسبوع الماضي": "last week",
        "هذا الأسبوع": "this week",
        "الأسبوع المقبل": "next week",
        "الأسبوع القادم": "next week",
        "الشهر الماضي": "last month",
        "هذا الشهر": "this month",
        "الشهر المقبل": "next month",
        "العام الماضي": "last year",
        "السنة الماضية": "last year",
        "هذا العام": "this year",
        "العام المقبل": "next year",
        "العام القادم": "next year",
    },
    last=r"الماضي",
    next=r"المقبل|القادم",
    since=r"منذ(?:\s+عام)?\s*$",
    forward=r"(?:بحلول|حتى|قبل)[\w\s]*$",
    to=r"[-\u2013\u2014]|إلى|حتى",
)
_CHINESE = _Lexicon(
    language="zh",
    months=_numbered("一月 二月 三月 四月 五月 六月 七月 八月 九月 十月 十一月 十二月"),
    weekdays={f"{week}{day}": n for week in ("星期", "周", "週", "礼拜") for n, day in enumerate("一二三四五六")}
    | {f"{week}{day}": 6 for week in ("星期", "周", "週", "礼拜") for day in "日天"},
    phrases={
        "前天": "the day before yesterday",
        "昨天": "yesterday",
        "昨日": "yesterday",
        "今天": "today",
        "今日": "today",
        "明天": "tomorrow",
        "后天": "the day after tomorrow",
        "上周": "last week",
        "上週": "last week",
        "本周": "this week",
        "下周": "next week",
        "上个月": "last month",
        "上月": "last month",
        "本月": "this month",
        "下个月": "next month",
        "去年": "last year",
        "今年": "this year",
        "明年": "next year",
    },
    since=r"自(?:从)?$",
    to=r"[-\u2013\u2014]|至|到",
)
_LEXICONS = {lexicon.language: lexicon for lexicon in (_ENGLISH, _FRENCH, _GERMAN, _SPANISH, _ARABIC, _CHINESE)}

_OTHER_EVENT = re.compile(
    r"\b(?:days?|weeks?|months?|years?|hours?|eve)\s+(?:after|before|following|prior|later|earlier|beginning|ending|to)\b"
    r"(?!\s+(?:yesterday|tomorrow))|\b(?:days?|weeks?|months?|years?)\s+from\b(?!\s+(?:now|today))|\b(?:weeks?|days?|eve)\s+of\b|\b(?:every|each)\b",
    re.IGNORECASE,
)
_NUMBERS = _numbered("a/an/one two three four five six seven eight nine ten eleven twelve")
_HAN_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")


@dataclass(frozen=True, slots=True)
class _Context:
    """What a reader may use: the publication day, where in time to look, and the language's words."""

    anchor: date | None
    past: bool | None
    words: _Lexicon


class _Rule(NamedTuple):
    """A pattern and its reader.

    ``loose``: holds only in words that are known to be a time. ``explicit``: written with digits or a month.
    """

    pattern: re.Pattern[str]
    read: Callable[[re.Match[str], _Context], _Period | None]
    loose: bool = False
    explicit: bool = True
    needs: frozenset[str] | None = None
    """Words of which a text must hold one for the rule to find anything, those of `_years_in` among them. None: always
    looked for."""
    core: str | int = 0
    """The group that the span is that of."""


class _Found(NamedTuple):
    start: int
    end: int
    match: re.Match[str]
    rule: _Rule


class _Worded(NamedTuple):
    """A time as worded, before it is resolved for a day: the times in it, and what the words around them make of them.

    ``ranges``: which of the times the next one ends. ``forward``: the lead looks ahead. ``ends``: no word follows.
    """

    found: tuple[_Found, ...]
    since: bool = False
    forward: bool = False
    bound: Literal["before", "after"] | None = None
    ranges: tuple[bool, ...] = ()
    ends: bool = True


def resolve(
    words: str, *, published: date | datetime | None, language: str | None = None, past: bool | None = None
) -> When:
    """Resolve a time as worded. ``past``: whether the sentence speaks of what lies before the publication.

    Returns:
        The words with the first and last day they stand for, or with none where that cannot be known: no time at all, or
        a relative one without ``published``.
    """
    anchor = published.date() if isinstance(published, datetime) else published
    try:
        period = _resolve(words, anchor, _lexicon(language), past)
    except (ValueError, OverflowError):
        # 31 February, or a day beyond the calendar: words, and no date.
        period = None
    if period is None:
        return When(text=words)
    return When(text=words, start=period.start, end=period.end, precision=period.precision)


def is_absolute(words: str, *, language: str | None = None) -> bool:
    """Whether a time as worded stands for days that do not hang on the publication."""
    try:
        return _resolve(words, None, _lexicon(language), None) is not None
    except (ValueError, OverflowError):
        return False


def find_dates(text: str, *, language: str | None = None) -> list[tuple[int, int]]:
    """Spans of all times that name a day, week, month, quarter or year, relative ones included."""
    return [(found.start, found.end) for found in _found(text, _lexicon(language).language, loose=False)]


def calendar_dates(text: str, *, language: str | None = None) -> list[tuple[int, int]]:
    """Spans of the times written with a month, a quarter or a range of years, whose numbers measure nothing."""
    return [(f.start, f.end) for f in _found(text, _lexicon(language).language, loose=False) if f.rule.explicit]


def _lexicon(language: str | None) -> _Lexicon:
    return _LEXICONS.get((language or "en")[:2], _ENGLISH)


def _resolve(words: str, anchor: date | None, lexicon: _Lexicon, past: bool | None) -> _Period | None:
    worded = _worded(words, lexicon.language)
    if worded is None:
        return None
    found, since = worded.found, worded.since
    if past is None and worded.forward:
        past = False
    context = _Context(anchor, True if since else past, lexicon)
    period = found[0].rule.read(found[0].match, context)
    for before, after, is_range in zip(found, found[1:], worded.ranges, strict=False):
        other = after.rule.read(after.match, context)
        if is_range and other is not None and _year_of(after.match, context) and not _year_of(before.match, context):
            # In "5 May to 7 June 2024" the year belongs to both.
            period = before.rule.read(before.match, _Context(other.start, True, lexicon))
        if period is None or other is None:
            return None
        period = _join(period, other, is_range=is_range)
    if period is not None and worded.bound is not None:
        return _beyond(period, worded.bound, context) if worded.ends else None
    if since and period is not None and period.precision != "range":
        return _Period(period.start, anchor if anchor is not None and anchor >= period.start else None, "range")
    return period


@lru_cache(maxsize=1024)
def _worded(words: str, language: str) -> _Worded | None:
    """A time as worded, or None for what is no time or one of another event. Asked again for each day and hint."""
    lexicon = _LEXICONS[language]
    found = _found(words, language, loose=True)
    if not found or (lexicon is _ENGLISH and _OTHER_EVENT.search(words)):
        return None
    lead = words[: found[0].start].casefold()
    since = lexicon is _CHINESE and "以来" in words
    ranges = tuple(_ranges(words[one.end : other.start], lead, lexicon) for one, other in pairwise(found))
    if not lead:
        return _Worded(found, since=since, ranges=ranges)
    return _Worded(
        found,
        since=since or re.search(lexicon.since, lead) is not None,
        forward=re.search(lexicon.forward, lead) is not None,
        bound=_bound(lead, lexicon),
        ranges=ranges,
        ends=not words[found[-1].end :].strip(" .,;)"),
    )


def _ranges(between: str, lead: str, lexicon: _Lexicon) -> bool:
    """Whether the words between two times make a range of them."""
    gap = between.strip().casefold()
    listed = re.fullmatch(lexicon.both, gap) is not None and re.search(lexicon.between, lead) is not None
    return listed or re.fullmatch(rf"(?:{lexicon.to})(?:\s+the)?", gap) is not None


def _bound(lead: str, lexicon: _Lexicon) -> Literal["before", "after"] | None:
    """Whether the words in front of a time exclude it."""
    if re.search(lexicon.before, lead):
        return "before"
    return "after" if re.search(lexicon.after, lead) else None


def _beyond(period: _Period, bound: Literal["before", "after"], context: _Context) -> _Period | None:
    """What lies ahead, and before or after a period."""
    if context.past or period.end is None:
        return None
    if bound == "after":
        return _Period(period.end + _DAY, None, "range")
    last = period.start - _DAY
    return _Period(context.anchor, last, "range") if context.anchor is not None and context.anchor <= last else None


def _join(first: _Period, second: _Period, *, is_range: bool) -> _Period | None:
    """Two times named together: a range from one to the other, or a day and the period it lies in."""
    if first.end is None or second.end is None:
        return None
    if is_range:
        return _Period(first.start, second.end, "range") if first.start <= second.start else None
    if second.start <= first.start and first.end <= second.end:
        return first
    if first.start <= second.start and second.end <= first.end:
        return second
    return None


@lru_cache(maxsize=1024)
def _found(text: str, language: str, *, loose: bool) -> tuple[_Found, ...]:
    """Times in a text, leftmost first, of several that start together the longest."""
    needed = (_needs(language) & letters_of(text)) | _years_in(text)
    candidates: list[_Found] = []
    for rule in _rules_for(needed, language):
        if loose or not rule.loose:
            candidates += [_Found(*m.span(rule.core), m, rule) for m in rule.pattern.finditer(text)]
    if len(candidates) < 2:
        return tuple(candidates)
    candidates.sort(key=lambda f: (f.start, -f.end))
    chosen: list[_Found] = []
    for candidate in candidates:
        if not chosen or candidate.start >= chosen[-1].end:
            chosen.append(candidate)
    return tuple(chosen)


_YEARS = re.compile(r"\d\d{3,}(?:(?P<dash>\s*[-\u2013\u2014])|(?P<plural>['\u2019]?[sS\u017f]))?")
_TRIGGERS = re.compile(r"[^\W\d_]+")
_YEARS_ONLY = frozenset({"0000"})
_YEARS_BEHIND_DAYS = frozenset({"/0000"})
_YEARS_DASHED = frozenset({"0000-"})
_DECADES = frozenset({"0000s"})
_TWO_YEARS = frozenset({"0000 0000"})


def _years_in(text: str) -> frozenset[str]:
    """Stand-ins, among a text's words, for four digits in a row and for what a rule must find beside them."""
    years: frozenset[str] = frozenset()
    for match in _YEARS.finditer(text):
        years |= _YEARS_ONLY if not years else _TWO_YEARS
        if text[match.start() - 1 : match.start()] in ("/", "."):
            years |= _YEARS_BEHIND_DAYS
        if match.lastgroup is not None:
            years |= _YEARS_DASHED if match.lastgroup == "dash" else _DECADES
    return years


def _any_of(*words: str) -> str:
    longest_first = sorted(words, key=len, reverse=True)
    return "|".join(re.escape(w).replace(r"\ ", r"\s+").replace("'", "['\u2019]") for w in longest_first) or r"(?!)"


@lru_cache(maxsize=len(_LEXICONS))
def _rules(language: str) -> list[_Rule]:
    lexicon = _LEXICONS[language]
    rules = _chinese_rules(lexicon) if lexicon is _CHINESE else _calendar_rules(lexicon)
    if lexicon is _ENGLISH:
        rules += _english_rules()
    if lexicon.phrases:
        edges = ("", "") if lexicon is _CHINESE else (_OPEN, _CLOSE)
        phrase = rf"{edges[0]}(?P<phrase>{_any_of(*lexicon.phrases)}){edges[1]}"
        needs = None if lexicon is _CHINESE else _words_of(*lexicon.phrases)
        rules.append(_rule(phrase, _read_phrase, explicit=False, needs=needs))
    return rules


@lru_cache(maxsize=len(_LEXICONS))
def _needs(language: str) -> frozenset[str]:
    """All words that rules need."""
    return frozenset().union(*(rule.needs or () for rule in _rules(language)))


@lru_cache(maxsize=1024)
def _rules_for(needed: frozenset[str], language: str) -> list[_Rule]:
    """The rules that may find something in a text that has just these of the words that rules need."""
    return [rule for rule in _rules(language) if rule.needs is None or not rule.needs.isdisjoint(needed)]


_OPEN, _CLOSE = r"(?<![\w$€£])", r"(?!\w)"
_WHOLE_YEAR = r"(?P<year>[12]\d{3})(?![\d%]|[.,]\d)"
_TO = r"\s*(?:[-\u2013\u2014]|to|and|au|et|bis|und|al|y)\s*"
_NTH = r"(?:st|nd|rd|th|er|\.)?"
_OF = r"(?:of\s+|de\s+|du\s+|del\s+|عام\s+)?"
# "1500 men" names no year, "2019 and 2021" names two.
_NO_NOUN = r"(?!\s+(?!(?:and|or|to|until|till|through|et|ou|au|und|bis|y|al)\b)(?-i:[a-z]))"
_BEFORE_MONTH = (
    r"(?:in|by|since|until|till|of|from|to|through|before|after|during|this|last|next|early|late|mid|end|"
    r"en|fin|début|depuis|dès|im|ende|anfang|mitte|bis|seit|desde|hasta|في|منذ|شهر)"
)
_BEFORE_YEAR = (
    r"(?:in|by|since|until|till|of|from|to|before|after|during|through|early|late|mid|end|years?|fiscal|between|and|the|"
    r"en|fin|depuis|im|jahr|seit|bis|ende|desde|hasta|año|de|عام|سنة|منذ)"
)


def _rule(
    source: str,
    read: Callable[[re.Match[str], _Context], _Period | None],
    *,
    loose: bool = False,
    explicit: bool = True,
    needs: frozenset[str] | None = None,
) -> _Rule:
    pattern = re.compile(source, re.IGNORECASE)
    return _Rule(pattern, read, loose, explicit, needs, "core" if "core" in pattern.groupindex else 0)


def _words_of(*forms: str) -> frozenset[str]:
    """The first words of some phrases, for `_Rule.needs`."""
    return frozenset(match[0] for form in forms if (match := _TRIGGERS.search(form.casefold())))


def _calendar_rules(lexicon: _Lexicon) -> list[_Rule]:
    """Days, months, quarters, years and weekdays in a language that puts spaces between words."""
    full = rf"(?P<month>{_any_of(*lexicon.months)})"
    # A full stop behind "Mar" is its own, behind "March" it ends the sentence.
    short = rf"|{_any_of(*lexicon.short_months)}" if lexicon.short_months else ""
    month = rf"(?P<month>(?P<whole>{_any_of(*lexicon.months)}){short})(?(whole)|\.?)"
    day, days = rf"(?P<day>\d{{1,2}}){_NTH}", rf"(?P<day>\d{{1,2}}){_NTH}{_TO}(?P<last_day>\d{{1,2}}){_NTH}"
    year, named = rf"(?:,?\s+{_OF}{_WHOLE_YEAR})", r"(?:,?\s+(?:of\s+)?(?P<named>last|this|next)\s+year)"
    ordinal = rf"(?P<ordinal>{_any_of(*lexicon.ordinals)})"
    months = _words_of(*lexicon.months, *lexicon.short_months)
    capital = r"(?!(?-i:may|march|august)\b)" if lexicon is _ENGLISH else ""
    way, way_behind = (
        rf"(?:(?P<last>{lexicon.last})|(?P<next>{lexicon.next}))",
        rf"(?:\s+(?:{lexicon.last}|{lexicon.next}))",
    )
    return [
        _rule(rf"{_OPEN}(?P<year>\d{{4}})-(?P<number>\d{{2}})-(?P<day>\d{{2}})(?!\d)", _read_day, needs=_YEARS_DASHED),
        _rule(
            rf"{_OPEN}(?P<a>\d{{1,2}})(?P<mark>[/.])(?P<b>\d{{1,2}})(?P=mark)(?P<year>\d{{4}}){_CLOSE}",
            _read_numeric,
            needs=_YEARS_BEHIND_DAYS,
        ),
        _rule(
            rf"{_OPEN}(?:{days}|{day})\s+{_OF}{month}(?:{year}|{named})?{_CLOSE}".replace("?P<day>", "?P<first>", 1),
            _read_day,
            needs=months,
        ),
        _rule(
            rf"{_OPEN}{capital}{month}\s+(?:{days}|{day})(?:{year}|{named})?{_CLOSE}".replace(
                "?P<day>", "?P<first>", 1
            ),
            _read_day,
            needs=months,
        ),
        _rule(rf"{_OPEN}{month}(?:{year}|{named}){_CLOSE}", _read_month, needs=months),
        _rule(rf"{_OPEN}{_BEFORE_MONTH}\b[\s-]+(?P<core>{capital}{full}){_CLOSE}", _read_month, needs=months),
        _rule(rf"{_OPEN}(?:{way}\s+)?{capital}{full}{_CLOSE}", _read_month, loose=True, needs=months),
        _rule(
            rf"{_OPEN}(?P<from>(?:1[5-9]|20)\d{{2}})\s*(?:{lexicon.to})\s*"
            rf"(?P<until>(?:1[5-9]|20)\d{{2}}|(?<=[-\u2013\u2014/])\d{{2}})(?!%|[.,]\d){_CLOSE}",
            _read_years,
            needs=_YEARS_DASHED | _TWO_YEARS,
        ),
        _rule(
            rf"(?:{lexicon.between})\s+(?P<core>(?P<from>(?:1[5-9]|20)\d{{2}})\s+{lexicon.both}\s+"
            rf"(?P<until>(?:1[5-9]|20)\d{{2}}))(?!%|[.,]\d){_CLOSE}",
            _read_years,
            needs=_TWO_YEARS,
        ),
        _rule(rf"{_OPEN}(?P<decade>[12]\d{{2}}0)['\u2019]?s{_CLOSE}", _read_decade, needs=_DECADES),
        _rule(
            rf"{_OPEN}{_BEFORE_YEAR}[\s-]+(?P<core>{_WHOLE_YEAR}){_CLOSE}",
            _read_year,
            explicit=False,
            needs=_YEARS_ONLY,
        ),
        _rule(rf"{_OPEN}{_WHOLE_YEAR}{_CLOSE}{_NO_NOUN}", _read_year, loose=True, needs=_YEARS_ONLY),
        _rule(
            rf"{_OPEN}[QT](?P<number>[1-4])(?:[\s/-]*{_OF}{_WHOLE_YEAR})?{_CLOSE}",
            _read_quarter,
            needs=frozenset({"q", "t"}),
        ),
        _rule(
            rf"{_OPEN}{ordinal}[\s-]+{lexicon.quarter}(?:{year}|{named})?{_CLOSE}",
            _read_quarter,
            needs=_words_of(lexicon.quarter),
        ),
        _rule(
            rf"{_OPEN}(?:(?:(?P<last>{lexicon.last})|(?P<next>{lexicon.next})|(?P<this>{lexicon.this}))\s+)?(?P<weekday>{_any_of(*lexicon.weekdays)})"
            rf"(?P<behind>{way_behind})?{_CLOSE}",
            _read_weekday,
            explicit=False,
            needs=_words_of(*lexicon.weekdays),
        ),
    ]


def _english_rules() -> list[_Rule]:
    count = rf"(?P<count>\d{{1,4}}|{_any_of(*_NUMBERS)})"
    unit = r"(?P<unit>day|week|month|year|decade)(?P<plural>s)?\b"
    half = r"(?:H(?P<number>[12])|(?P<ordinal>first|second)\s+half)"
    return [
        _rule(
            rf"{_OPEN}(?:fiscal\s+(?:year\s+)?[12]\d{{3}}|FY\s?\d{{2,4}}){_CLOSE}",
            _read_nothing,
            needs=frozenset({"fiscal", "fy"}),
        ),
        _rule(
            rf"{_OPEN}{half}[\s/]+(?:of\s+)?(?:{_WHOLE_YEAR}|(?P<named>last|this|next)\s+year){_CLOSE}",
            _read_half,
            needs=frozenset({"half", "h"}),
        ),
        _rule(
            r"\b(?:(?:the\s+)?day\s+(?:before\s+yesterday|after\s+tomorrow)|today|tonight|this\s+(?:morning|afternoon|evening)|"
            r"yesterday|last\s+night|tomorrow|(?:last|this|next|the\s+(?:previous|coming|current))\s+"
            r"(?:week(?:end)?|month|quarter|year)|(?:the|over\s+the|at\s+the)\s+weekend)\b",
            _read_relative,
            explicit=False,
            needs=frozenset(
                "day today tonight morning afternoon evening yesterday night tomorrow week weekend month quarter year".split()
            ),
        ),
        _rule(
            rf"\b(?P<the>(?:the|this|these)\s+)?(?P<way>past|last|next|coming)\s+(?:{count}\s+)?{unit}",
            _read_rolling,
            explicit=False,
            needs=frozenset({"past", "last", "next", "coming"}),
        ),
        _rule(
            rf"\b{count}\s+{unit}\s+(?P<way>ago|from\s+(?:now|today))\b",
            _read_ago,
            explicit=False,
            needs=frozenset({"ago", "from"}),
        ),
        _rule(
            rf"\bwithin\s+(?:the\s+next\s+)?{count}\s+{unit}",
            _read_within,
            loose=True,
            explicit=False,
            needs=frozenset({"within"}),
        ),
    ]


def _chinese_rules(lexicon: _Lexicon) -> list[_Rule]:
    year = r"(?P<year>(?:\d|[〇零一二三四五六七八九]){4})年"
    month = r"(?:(?P<number>\d{1,2})月|(?P<month>十[一二]月|[一二三四五六七八九十]月))"
    return [
        _rule(r"(?<!\d)(?P<year>\d{4})-(?P<number>\d{2})-(?P<day>\d{2})(?!\d)", _read_day),
        _rule(rf"(?<!\d){year}\s*{month}(?:\s*(?P<day>\d{{1,2}})\s*[日号號])", _read_day),
        _rule(rf"(?<!\d){year}\s*{month}", _read_month),
        _rule(rf"(?<!\d){year}第?(?P<ordinal>[一二三四1-4])季度?", _read_quarter),
        _rule(rf"(?<!\d){year}", _read_year),
        _rule(rf"(?<!\d){month}\s*(?P<day>\d{{1,2}})\s*[日号號]", _read_day),
        _rule(rf"(?<!\d){month}(?!\d)", _read_month),
        _rule(
            rf"(?:(?P<last>上)|(?P<next>下)|本|这)?(?P<weekday>{_any_of(*lexicon.weekdays)})(?P<behind>(?!))?",
            _read_weekday,
            explicit=False,
        ),
    ]


def _group(match: re.Match[str], name: str) -> str | None:
    """A group's words in lower case, or None where the pattern has no such group or it took no part."""
    found = match[name] if name in match.re.groupindex else None
    if found is None:
        return None
    low = found.casefold().replace("\u2019", "'")
    return low if low.isalnum() else re.sub(r"\s+", " ", low)


def _year_of(match: re.Match[str], context: _Context) -> int | None:
    """The year that the words name; None where they name none."""
    digits = _group(match, "year")
    if digits is not None:
        return int(digits.translate(_HAN_DIGITS))
    named = _group(match, "named")
    if named is not None and context.anchor is not None:
        return context.anchor.year + {"last": -1, "this": 0, "next": 1}[named]
    return None


def _month_of(match: re.Match[str], context: _Context) -> int:
    number = _group(match, "number")
    if number is not None:
        return int(number)
    name = _group(match, "month") or ""
    return context.words.months.get(name) or context.words.short_months[name]


def _month(year: int, month: int) -> _Period:
    return _Period(date(year, month, 1), date(year, month, monthrange(year, month)[1]), "month")


def _quarter(year: int, quarter: int) -> _Period:
    return _Period(_month(year, quarter * 3 - 2).start, _month(year, quarter * 3).end, "quarter")


def _year(year: int) -> _Period:
    return _Period(date(year, 1, 1), date(year, 12, 31), "year")


def _day(day: date) -> _Period:
    return _Period(day, day, "day")


def _recurring(match: re.Match[str], context: _Context, of_year: Callable[[int], _Period]) -> _Period | None:
    """A day, month or quarter: of the year that the words name, else the nearest in the direction of the hint."""
    year = _year_of(match, context)
    if year is not None:
        return of_year(year)
    if context.anchor is None or _group(match, "named") is not None:
        return None
    past = context.past
    if _group(match, "last") is not None or _group(match, "next") is not None:
        past = _group(match, "last") is not None
    try:
        candidates = [of_year(context.anchor.year + offset) for offset in (0, -1, 1)]
    except ValueError:
        candidates = _leap_days(of_year, context.anchor.year)
    return _nearest(candidates, context.anchor, past)


def _leap_days(of_year: Callable[[int], _Period], year: int) -> list[_Period]:
    """A period that not every year has, in the years around one, of which eight reach the next 29 February."""
    candidates: list[_Period] = []
    for offset in sorted(range(-8, 9), key=abs):
        try:
            candidates.append(of_year(year + offset))
        except ValueError:
            continue
    return candidates


def _nearest(candidates: list[_Period], anchor: date, past: bool | None) -> _Period | None:
    def distance(period: _Period) -> tuple[timedelta, bool]:
        behind = anchor - (period.end or period.start)
        return max(behind, period.start - anchor, timedelta(0)), period.start > anchor

    if past is True:
        candidates = [p for p in candidates if p.start <= anchor]
    elif past is False:
        candidates = [p for p in candidates if (p.end or p.start) >= anchor]
    return min(candidates, key=distance, default=None)


def _read_nothing(match: re.Match[str], context: _Context) -> None:  # noqa: ARG001 -- a reader
    return None


def _read_day(match: re.Match[str], context: _Context) -> _Period | None:
    month = _month_of(match, context)
    first = int(_group(match, "first") or _group(match, "day") or 0)
    last = int(_group(match, "last_day") or first)

    def of_year(year: int) -> _Period:
        days = date(year, month, first), date(year, month, last)
        return _Period(*days, "range" if last > first else "day")

    return _recurring(match, context, of_year) if last >= first else None


def _read_numeric(match: re.Match[str], context: _Context) -> _Period | None:
    one, two, year = int(match["a"]), int(match["b"]), int(match["year"])
    if one == two or one > 12 or context.words is not _ENGLISH or match["mark"] == ".":
        return _day(date(year, two, one))
    # 3/4/2024 is March in the United States and April elsewhere.
    return _day(date(year, one, two)) if two > 12 else None


def _read_month(match: re.Match[str], context: _Context) -> _Period | None:
    month = _month_of(match, context)
    return _recurring(match, context, lambda year: _month(year, month))


def _read_quarter(match: re.Match[str], context: _Context) -> _Period | None:
    ordinal = _group(match, "ordinal") or ""
    han = ordinal.translate(_HAN_DIGITS)
    number = int(_group(match, "number") or context.words.ordinals.get(ordinal) or han)
    return _recurring(match, context, lambda year: _quarter(year, number))


def _read_half(match: re.Match[str], context: _Context) -> _Period | None:
    second = "2" in (_group(match, "number") or "") or _group(match, "ordinal") == "second"
    first_month = 7 if second else 1
    return _recurring(
        match, context, lambda year: _Period(date(year, first_month, 1), _month(year, first_month + 5).end, "range")
    )


def _read_years(match: re.Match[str], context: _Context) -> _Period | None:  # noqa: ARG001 -- a reader
    first, last = match["from"], match["until"]
    last = first[:2] + last if len(last) == 2 else last
    return _Period(date(int(first), 1, 1), date(int(last), 12, 31), "range") if first < last else None


def _read_decade(match: re.Match[str], context: _Context) -> _Period | None:  # noqa: ARG001 -- a reader
    first = int(match["decade"])
    return _Period(date(first, 1, 1), date(first + 9, 12, 31), "range")


def _read_year(match: re.Match[str], context: _Context) -> _Period | None:
    year = _year_of(match, context)
    return None if year is None else _year(year)


def _read_weekday(match: re.Match[str], context: _Context) -> _Period | None:
    if context.anchor is None:
        return None
    weekday = context.words.weekdays[_group(match, "weekday") or ""]
    behind = (_group(match, "behind") or "").strip()
    last = _group(match, "last") is not None or bool(behind and re.fullmatch(context.words.last, behind))
    following = _group(match, "next") is not None or (bool(behind) and not last)
    if following or (context.past is False and not last):
        first = context.anchor + _DAY if following else context.anchor
        return _day(first + timedelta(days=(weekday - first.weekday()) % 7))
    if _group(match, "this") is not None and context.past is None and not behind:
        return _day(context.anchor + timedelta(days=weekday - context.anchor.weekday()))
    latest = context.anchor - _DAY if last else context.anchor
    return _day(latest - timedelta(days=(latest.weekday() - weekday) % 7))


def _read_phrase(match: re.Match[str], context: _Context) -> _Period | None:
    said = _group(match, "phrase") or ""
    return _relative(context.words.phrases[said], context)


def _read_relative(match: re.Match[str], context: _Context) -> _Period | None:
    return _relative(" ".join(match[0].casefold().split()), context)


def _relative(words: str, context: _Context) -> _Period | None:
    """A time relative to the publication day, in English."""
    anchor = context.anchor
    if anchor is None:
        return None
    for ending, offset in (
        ("before yesterday", -2),
        ("after tomorrow", 2),
        ("yesterday", -1),
        ("last night", -1),
        ("tomorrow", 1),
    ):
        if words.endswith(ending):
            return _day(anchor + timedelta(days=offset))
    way, unit = words.split()[-2:] if " " in words else ("this", words)
    offset = {"last": -1, "previous": -1, "next": 1, "coming": 1}.get(way, 0)
    monday = anchor - timedelta(days=anchor.weekday()) + timedelta(weeks=offset)
    if unit == "week":
        return _Period(monday, monday + timedelta(days=6), "range")
    if unit == "weekend":
        if way == "the" and context.past is not False and anchor.weekday() < 5:
            monday -= timedelta(weeks=1)
        return _Period(monday + timedelta(days=5), monday + timedelta(days=6), "range")
    if unit == "month":
        moved = _shifted(anchor.replace(day=1), months=offset)
        return _month(moved.year, moved.month)
    if unit == "quarter":
        moved = _shifted(anchor.replace(day=1), months=3 * offset)
        return _quarter(moved.year, (moved.month + 2) // 3)
    if unit == "year":
        return _year(anchor.year + offset)
    return _day(anchor)


def _shifted(day: date, *, months: int) -> date:
    """The same day some months away, or the last of that month."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _moved(day: date, count: int, unit: str) -> date:
    if unit in ("day", "week"):
        return day + timedelta(days=count * (7 if unit == "week" else 1))
    return _shifted(day, months=count * {"month": 1, "year": 12, "decade": 120}[unit])


def _count(match: re.Match[str]) -> int:
    said = _group(match, "count") or "1"
    return _NUMBERS.get(said) or int(said)


def _read_rolling(match: re.Match[str], context: _Context) -> _Period | None:
    if context.anchor is None or (match["count"] is None and match["plural"] is not None):
        return None
    count, unit = _count(match), match["unit"].casefold()
    if match["way"].casefold() in ("past", "last"):
        return _Period(_moved(context.anchor, -count, unit) + _DAY, context.anchor, "range")
    return _Period(context.anchor, _moved(context.anchor, count, unit), "range")


def _read_ago(match: re.Match[str], context: _Context) -> _Period | None:
    if context.anchor is None:
        return None
    unit = match["unit"].casefold()
    day = _moved(context.anchor, _count(match) * (-1 if match["way"].casefold() == "ago" else 1), unit)
    if unit == "day":
        return _day(day)
    if unit == "week":
        monday = day - timedelta(days=day.weekday())
        return _Period(monday, monday + timedelta(days=6), "range")
    if unit == "decade":
        return None
    return _month(day.year, day.month) if unit == "month" else _year(day.year)


def _read_within(match: re.Match[str], context: _Context) -> _Period | None:
    if context.anchor is None:
        return None
    return _Period(context.anchor, _moved(context.anchor, _count(match), match["unit"].casefold()), "range")
