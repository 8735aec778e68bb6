"""Names in a text: where one stands, which ones there are, and which are the same."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from summariser.grounding.locating import folded, normalised

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = [
    "FIELDS",
    "abbreviates",
    "acronym_pairs",
    "is_common",
    "is_worded",
    "mentions",
    "name_key",
    "opens_sentence",
    "proper_names",
    "strip_titles",
]

_ARTICLE = re.compile(r"^the\s+", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['\u2019]s?$")
_DOTTED = re.compile(r"(?:[^\W\d_]\.){2,}")
_WORD = re.compile(r"[^\W\d_](?:\.(?:[^\W\d_]\.)+|[\w&]*(?:[.'\u2019-]\w[\w&]*)*)")
_SENTENCE_END = re.compile(r"[.!?:;\n\u2022]\s*[\"'\u201c\u2018\u00ab(\[]*\s*$|^\W*$")
_OPENING_MARKS = "\"'\u201c\u2018\u00ab("
_LONGEST_ACRONYM = 8

_TITLES = frozenset(
    """mr mrs ms miss mx dr prof professor sir dame lord lady baroness baron count president premier chancellor king queen
    prince princess emperor sultan emir sheikh pope cardinal archbishop bishop reverend rev father imam rabbi ayatollah
    ambassador senator sen representative rep congressman congresswoman governor gov mayor judge justice general gen colonel
    col major maj captain capt lieutenant lt sergeant sgt admiral adm commander marshal secretary minister undersecretary
    spokesman spokeswoman spokesperson chairman chairwoman chair director chief ceo cfo coach attorney speaker commissioner
    envoy adviser advisor officer counsellor councillor mp mep monsieur madame mme herr frau señor señora don doña""".split()
)
_TITLE_FORMS = _TITLES | {f"{title}s" for title in _TITLES} | {"secretaries"}
_TITLE_PARTS = frozenset(
    """vice prime deputy first former acting interim foreign defence defense finance interior national security executive
    managing associate assistant special senior chief attorney general brigadier lieutenant major high prosecutor secretary
    press lady crown""".split()
)
_TITLE_OF = re.compile(
    r"(?:secretary|minister)\s+of\s+(?:state|defen[cs]e|commerce|energy|labou?r|agriculture|education|transportation|"
    r"(?:the\s+)?(?:treasury|interior)|homeland\s+security|foreign\s+affairs|finance|health|justice)(?:\s+for\s+\w+)?\s+(?=[A-Z])",
    re.IGNORECASE,
)
# What ends like this is an institution or a place that bears a title in its name, and no person.
_NO_PERSON = frozenset(
    """department ministry office council court courts party league commission committee house assembly university college
    school hospital island islands county city airport motors electric mills dynamics atomics secretariat bank company
    corporation foundation institute agency association union street avenue hotel park cup prize medal administration services
    parliament senate congress federation authority board bureau police corps""".split()
)
# Institutions that take "for" or "on" into their name: "International Fund for Animal Welfare".
_TAKING_FOR = frozenset(
    """fund office commission organisation organization council committee centre centers centres center agency union association
    coalition conference institute board society alliance campaign network partnership court programme program foundation
    commissioner ministry department bureau""".split()
)
_INSTITUTIONS = _NO_PERSON | _TAKING_FOR
_OF_SOMETHING = _INSTITUTIONS | frozenset(
    """republic kingdom state states nations government board order bishop archbishop chamber union party church confederation
        commonwealth emirate sultanate academy museum province district municipality region front army bar knights sons doctors
        reporters friends people peoples faculty school college house masters directorate division
        secretariat inspectorate journal embassy mission force forces""".split()
)
"""Words of a longer name that something may be "of": "Democratic Party of Japan"."""
FIELDS = frozenset(
    """agriculture forestry fisheries fishery trade trades industry industries commerce labour labor energy transport
    transportation
    infrastructure tourism culture sport sports youth health education science sciences technology research innovation
    environment climate housing development urban rural communities planning investment finance economy economic social
    affairs welfare family families women children human humanitarian services law justice security defence defense works
    water mines mining minerals petroleum prevention control medicine narcotics enforcement communications media
    information food drug drugs immigration citizenship refugees cooperation reform employment pensions skills oceans
    oceanic atmospheric space aeronautics veterans customs border protection firearms tobacco explosives
    medicaid medicare population refugees migration regulations coordination""".split()
)
"""What ministries and offices are for, and share one name for: "Agriculture, Forestry and Fisheries"."""
_SHORTEST_ENDED = 4
"""Letters up to which an ending tells nothing: "Ned"."""
_CONNECTORS = frozenset(
    "of de du des del della di da dos das la le van von der den bin ibn al el arap ben ter ten zu abu".split()
)
_LISTING = _CONNECTORS | {"for"}
_CONTINUING = _CONNECTORS | {"for", "and"}
_CALENDAR = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday january february march april may june july august september
    october november december jan feb mar apr jun jul aug sep sept oct nov dec""".split()
)
_GIVEN_NAMES = frozenset("jan april may june august".split())
# Words that often open a sentence or a phrase. What a suffix tells is not listed.
_COMMON = frozenset(
    """the a an this that these those it its he his she her they their we our you your i my who what when where why how which
    there here another and but or nor so yet if as at by for from in into of off on onto out over to under up with
    without within after before since until while during through against among between about above across along around behind
    below beside beyond despite except inside near outside per than toward towards upon via not no all any both each
    every few many more most much other others own same several some such only just also even still then now once again
    ever never always often
    soon later earlier today tomorrow yesterday however therefore meanwhile moreover although because unless whether like is
    are was were be been am do does did has have had can could may might must shall should will would let please yes
    one two three four five six seven eight nine ten eleven twelve dozen hundred thousand million billion first second third
    last next former new old big large small high low long short good great best better worst major minor main key top annual
    average total overall current recent early late former local national international global federal public private
    official military economic political social financial legal foreign domestic
    number numbers amount amounts share shares cost costs rate rates price prices value values length age size level levels
    time times year years month months week weeks day days hour hours people person men women children deaths death killed
    dead victims sales sale profit profits loss losses revenue income growth increase rise fall drop cut cuts tax taxes
    tariff tariffs trade talks deal deals pact aid help support money funds fund loan loans debt budget plan plans bill law
    laws rule rules ban bans vote votes poll polls seat seats election elections war peace attack attacks fire fires flood
    floods storm storms jobs job workers staff troops police officials leaders members companies company firms firm banks
    bank government governments state states country countries city cities court courts party parties group groups report
    reports study data figures figure sources source experts critics lawmakers voters residents students schools school
    make makes made take takes took give gives gave get gets got go goes went come comes came say says said see sees saw
    keep kept hold held meet met pay pays paid buy sell sold send sent set put run build built bring brought lead led leave
    left lose lost win won begin began start stop end open close shut seek sought find found think tell told show shown cut
    provide reduce expand extend launch sign agree allow approve ban block boost call change continue cooperate create
    deliver ensure establish grant implement improve include invest join maintain offer pass pledge prevent promote protect
    publish raise release remove replace resume return review send share strengthen suspend visit withdraw work
    overdose exports imports oil gas energy food water health climate security weapons drug drugs
    le la les un une des de du et il elle ils elles ce cette ces dans en pour sur avec par au aux mais ou
    der die das ein eine und im in am auf mit von zu bei nach für über unter aus er sie es wir ich
    el los las unos unas y en con por para su sus se del al lo""".split()
)
_COMMON_ENDING = re.compile(r"(?:ed|ing|ly|tions?|sions?|ments?|ness|ities|ers|ists|ships?|isms?|tives|tors)$")
_NAMES_BY_ENDING = frozenset(
    """united beijing boeing nanjing chongqing wyoming reading hastings italy sicily kelly billy emily mohammed ahmed muhammed
    saeed fred ted jed clement rogers myers sanders anders flanders peters walters ling ming ying ping king
    deutschlands""".split()
)


def mentions(text: str, name: str) -> list[tuple[int, int]]:
    """Every place where a name stands, at word boundaries and whatever the typography; "China's" mentions "China".

    A name of several words is found in any case. One of capitals only ("US", "WHO") needs capitals, with or without full
    stops, and a single word needs its capital, so that no common word is taken for a name.
    """
    wanted = _wanted(name)
    if not wanted.forms:
        return []
    whole = normalised(text)
    places = [place for form in wanted.forms for place in whole.occurrences(form)]
    if len(wanted.forms) > 1 and len(places) > 1:
        places.sort(key=lambda place: (place[0], -place[1]))
    found: list[tuple[int, int]] = []
    for start, end in places:
        if (not found or start >= found[-1][1]) and (wanted.any_case or _same_case(text[start:end], wanted)):
            found.append((start, end))
    return found


class _Wanted(NamedTuple):
    """A name as it is looked for: whether it is one of capitals only, or stands in any case, and its folded forms."""

    capitals: bool
    any_case: bool
    forms: tuple[str, ...]


@lru_cache(maxsize=4096)
def _wanted(name: str) -> _Wanted:
    bare = _POSSESSIVE.sub("", _ARTICLE.sub("", name.strip()))
    letters = [c for c in bare if c.isalpha()]
    if not letters and not any(c.isdigit() for c in bare):
        return _Wanted(capitals=False, any_case=True, forms=())
    capitals = all(c.isupper() for c in letters) and len(letters) <= _LONGEST_ACRONYM
    forms = (folded(form).strip(" ,;:") for form in _spellings(bare, capitals=capitals))
    any_case = not capitals and (len(bare.split()) > 1 or not bare[:1].isupper())
    return _Wanted(capitals, any_case, tuple(forms))


def _spellings(name: str, *, capitals: bool) -> Iterator[str]:
    """A name, and for an acronym its form with or without full stops."""
    yield name
    if _DOTTED.fullmatch(name if name.endswith(".") else name + "."):
        yield name.replace(".", "")
    elif capitals and name.isalpha() and 1 < len(name) <= 5:
        yield "".join(f"{letter}." for letter in name)


def _same_case(found: str, wanted: _Wanted) -> bool:
    if wanted.capitals:
        return all(c.isupper() for c in found if c.isalpha())
    return not next((c for c in found if c.isalnum()), "").islower()


def is_worded(text: str, words: str) -> bool:
    """Whether words stand in a text as they are, with no letter, digit or underscore on either side."""
    at = text.find(words)
    while at >= 0:
        beside = text[max(0, at - 1) : at] + text[at + len(words) : at + len(words) + 1]
        if not any(char.isalnum() or char == "_" for char in beside):
            return True
        at = text.find(words, at + 1)
    return False


def proper_names(text: str, *, language: str | None = None) -> list[tuple[int, int]]:
    """Spans of the names in a text: groups of words with capitals, joined by "of the" and the like, without titles.

    A word that merely opens a sentence is none when it is a common word. In German, where every noun has a capital, only
    acronyms and groups of several words count. Scripts without capitals have none.
    """
    return list(_proper_names(text, language))


@lru_cache(maxsize=2048)
def _proper_names(text: str, language: str | None) -> tuple[tuple[int, int], ...]:
    if text.islower() or (text.isupper() and " " in text.strip()):
        return ()
    first = next((place for place, char in enumerate(text) if char.isupper()), None)
    if first is None:
        return ()
    # Behind the capital that opens a sentence, most have no other that a name could go on with.
    lone = text[first + 1 :].islower() and not text[:first].strip(_OPENING_MARKS)
    only = _WORD.match(text, first) if lone else None
    words = list(_WORD.finditer(text)) if only is None else [only]
    spans: list[tuple[int, int]] = []
    group: list[re.Match[str]] = []
    for place, word in enumerate(words):
        said = word[0]
        if not group and said.islower():
            continue
        capitalised = _is_capitalised(said)
        if not group and not capitalised:
            continue
        if (
            group
            and not _continues(text, group[-1], word)
            and not (_lists_fields(text, group, word) or _firm(text, group[-1], word))
        ):
            spans += _name_of(text, group, language)
            group = []
        low = said.casefold()
        bare = low.rstrip(".")
        dated = bare in _CALENDAR and not (low in _GIVEN_NAMES and _surname_follows(text, words, place))
        title = (
            bare in _TITLE_FORMS
            and not (group and group[-1][0].casefold() in _CONNECTORS)
            and not _heads(text, words, place)
        )
        named = capitalised and not dated and not title
        if named or (group and low in _JOINERS and _leads_on(text, words, place, group)):
            group.append(word)
        elif group:
            spans += _name_of(text, group, language)
            group = []
    return (*spans, *_name_of(text, group, language))


def _heads(text: str, words: list[re.Match[str]], place: int) -> bool:
    """Whether a title opens the name of an institution: "General Assembly", "Justice Department"."""
    last = words[place]
    for word in words[place + 1 : place + 5]:
        if text[last.end() : word.start()] != " " or not _is_capitalised(word[0]):
            break
        if word[0].casefold() in _NO_PERSON:
            return True
        last = word
    return False


def _is_titled(text: str, words: list[re.Match[str]], place: int) -> bool:
    before = words[place - 1] if place else None
    return (
        before is not None
        and text[before.end() : words[place].start()] == " "
        and before[0].casefold().rstrip(".") in _TITLE_FORMS
    )


_FIRM_END = re.compile(
    r"(?:[A-Z][\w'’-]*,?\s+)?(?:&\s+(?:Co|Company|Sons|Partners)\b|Inc\b|Ltd\b|LLC\b|LLP\b|PLC\b|Corp\b)"
)


def _firm(text: str, before: re.Match[str], word: re.Match[str]) -> bool:
    """Whether a comma stands in the name of a firm: "Sears, Roebuck & Co.", "Tessa, Inc."."""
    return text[before.end() : word.start()] == ", " and _FIRM_END.match(text, word.start()) is not None


_LAST_FIELD = re.compile(r"and\s+(\w+)")


def _lists_fields(text: str, group: list[re.Match[str]], word: re.Match[str]) -> bool:
    """Whether a comma goes on with what a ministry is for: "Ministry of Agriculture, Forestry, and Fisheries"."""
    if text[group[-1].end() : word.start()] != ", ":
        return False
    last = _LAST_FIELD.match(text, word.start())
    field = last[1] if last is not None else word[0]
    return (
        field[0].isupper()
        and field.casefold() in FIELDS
        and group[-1][0].casefold() in FIELDS
        and any(w[0].casefold() in _LISTING for w in group)
    )


def _surname_follows(text: str, words: list[re.Match[str]], place: int) -> bool:
    """Whether a word that could be a month is a given name: "Jan Egeland"."""
    following = words[place + 1] if place + 1 < len(words) else None
    return (
        following is not None
        and text[words[place].end() : following.start()] == " "
        and _is_capitalised(following[0])
        and following[0].casefold() not in _CALENDAR
    )


def _is_capitalised(word: str) -> bool:
    return word[0].isupper() or (not word.islower() and word[0].isalpha() and any(c.isupper() for c in word[1:]))


def _continues(text: str, before: re.Match[str], word: re.Match[str]) -> bool:
    gap = text[before.end() : word.start()]
    return gap in (" ", "\u00a0", " & ", "-", "\n") or (gap == ". " and len(before[0]) <= 2)


_JOINERS = _CONNECTORS | {"the", "and", "for", "on"}


def _leads_on(text: str, words: list[re.Match[str]], place: int, group: list[re.Match[str]]) -> bool:
    """Whether a connector joins two parts of a name: "Bank of the West", not "China and the world"."""
    low, before = words[place][0].casefold(), group[-1][0].casefold()
    following = words[place + 1] if place + 1 < len(words) else None
    capital = following is not None and _is_capitalised(following[0]) and _continues(text, words[place], following)
    if low == "the":
        return (before in _CONNECTORS or before in ("for", "on")) and capital
    if low == "and":
        # "Trade and Industry" are one ministry's; "the ministry of trade and Tessa" are two parties.
        return before in FIELDS and capital and following is not None and following[0].casefold() in FIELDS
    if low in ("for", "on"):
        return before in _TAKING_FOR and following is not None and (capital or following[0] == "the")
    if low == "of" and _is_titled(text, words, words.index(group[0])):
        return False  # "President Li Dan of the Republic of Odran": a person and a state
    if low == "of" and len(group) > 1 and not any(word[0].casefold() in _OF_SOMETHING for word in group):
        return False  # "Armando Odo of Tessa AG"
    for ahead in words[place + 1 : place + 3]:
        if not _continues(text, words[place], words[place + 1]):
            return False
        if _is_capitalised(ahead[0]):
            return ahead[0].casefold() not in _CALENDAR
        if (low := ahead[0].casefold()) not in _CONNECTORS and low != "the":
            return False
    return False


def _name_of(text: str, group: list[re.Match[str]], language: str | None) -> list[tuple[int, int]]:
    """The span of a group without the common words that open a sentence and the connectors at its end."""
    if not group:
        return []
    words = list(group)
    while words and words[-1][0].casefold() in _TRAILING and not _is_surname(text, words):
        words.pop()
    if words and opens_sentence(text, words[0].start()) and is_common(words[0][0]) and not _opens_name(words):
        words = words[1:]
        while words and words[0][0].casefold() in _JOINERS:
            words = words[1:]
    if not words or (len(words) == 1 and words[0][0] in ("I", "A", "O")):
        return []
    if language == "de" and len(words) == 1 and not _is_acronym(words[0][0]):
        return []
    if words[0][0].casefold() == "the":
        words = words[1:]
    if not words:
        return []
    last = words[-1]
    end = last.end() - (2 if last[0].endswith(("'s", "\u2019s")) else 0)
    return [(words[0].start(), end)]


_TRAILING = _JOINERS | frozenset(
    "in at by from to as after before when while but or if he she it they his her this that these".split()
)
"""Words that end no name: those that join, and those that open what follows where a full stop is missing: "Li Dan In the
north, …"."""
_BEHIND_NAME = re.compile(
    r"\s*(?:$|[.,;:)(?!]|(?:of|from|for|was|is|were|are|has|had|have|who|said|says|told|will|would|and|did)\b)"
)


def _is_surname(text: str, words: list[re.Match[str]]) -> bool:
    """Whether a small word with a capital ends a name: "Li To of Tessa", not "Li Dan In the north"."""
    said = words[-1][0]
    return len(words) > 1 and said[0].isupper() and bool(_BEHIND_NAME.match(text, words[-1].end()))


_OPENING_NAMES = frozenset("national international federal central royal supreme global general united public".split())


def _opens_name(words: list[re.Match[str]]) -> bool:
    """Whether a common word at the beginning of a sentence belongs to the name behind it."""
    low = words[0][0].casefold()
    following = words[1][0].casefold() if len(words) > 1 else ""
    return (low in _TAKING_FOR and following in ("for", "of")) or (
        low in _OPENING_NAMES and words[-1][0].casefold() in _INSTITUTIONS
    )


def opens_sentence(text: str, place: int) -> bool:
    """Whether a sentence, a quotation or an entry of a list begins here."""
    if place > 1 and text[place - 1] == " " and text[place - 2].isalnum():
        return False
    return _SENTENCE_END.search(text[max(0, place - 12) : place]) is not None


def _is_acronym(word: str) -> bool:
    if not word.isupper():
        return False
    letters = [c for c in word if c.isalpha()]
    return len(letters) > 1 and all(c.isupper() for c in letters)


def is_common(word: str, *, listed: bool = False) -> bool:
    """Whether a word with a capital is likely a common word that opens a sentence; ``listed``: surely, whatever its ending."""
    low = word.casefold().replace("\u2019", "'").partition("'")[0]
    if _is_acronym(word) or low in _NAMES_BY_ENDING:
        return False
    if listed:
        return low in _COMMON
    return low in _COMMON or (len(low) > _SHORTEST_ENDED and bool(_COMMON_ENDING.search(low))) or "-" in low


def strip_titles(name: str) -> str:
    """A name without "the", titles, and the office before it: "Chinese President Xi Jinping" is "Xi Jinping".

    What is no person keeps its words: "Justice Department", "General Motors", "President of Kenya".
    """
    bare = _ARTICLE.sub("", " ".join(name.split()))
    words = bare.split()
    if not words or words[-1].casefold() in _NO_PERSON:
        return bare
    low = [word.casefold() for word in words]
    office = None
    for match in _TITLE_OF.finditer(bare) if "of" in low else ():
        office = match
    if office is not None:
        return bare[office.end() :]
    behind = 0
    for place, word in enumerate(low[:-1]):
        if word.rstrip(".,") in _TITLES and place <= behind + 5:
            behind = place + 1
    if not behind:
        return bare
    rest = words[behind:]
    while len(rest) > 1 and rest[0].casefold() in _TITLE_PARTS:
        rest = rest[1:]
    if rest[0].casefold() in _CONTINUING or not all(_is_namely(w) for w in rest):
        return bare
    return " ".join(rest)


def _is_namely(word: str) -> bool:
    return word.casefold() in _CONNECTORS or not word[0].islower()


_GENITIVE = re.compile(r"'s?(?=\s|$)")
_BETWEEN_WORDS = re.compile(r"[^\w]+|_")


@lru_cache(maxsize=8192)
def name_key(name: str) -> str:
    """What names of one party share: lower case, without titles, "the", punctuation and possessives."""
    plain = unicodedata.normalize("NFKC", name).replace("\u2019", "'")
    plain = _GENITIVE.sub("", strip_titles(plain))
    plain = plain.casefold().replace("&", " and ").replace(".", "").replace("'", "")
    words = _BETWEEN_WORDS.sub(" ", plain).split()
    return " ".join(words[1:] if len(words) > 1 and words[0] == "the" else words)


_IN_BRACKETS = re.compile(r"\(\s*[\"'\u201c\u2018]?(?:the\s+)?([^\W\d_][\w.&-]{1,9})[\"'\u201d\u2019]?\s*\)")
_LONG_IN_BRACKETS = re.compile(r"\b([A-Z][A-Z&]{1,9})\s*\(\s*(?:the\s+)?([A-Z][^()]{4,80}?)\s*\)")
_LEAST_TRANSLATED = 2
_OFFICE_OF = re.compile(r"\b(?:Bureau|Office|Department|Ministry|Directorate)\s+(?:of|for)\s+(?:the\s+)?$")
"""What the name of an office begins with and its acronym leaves out."""
_OFFICE_SPAN = 30
_LEFT_OUT = frozenset("company corporation group agency organisation organization".split())
"""Words of a name that its acronym may do without."""
_SKIPPED = _CONNECTORS | frozenset("the and for on in to und für y e et des".split())


def acronym_pairs(text: str) -> list[tuple[str, str]]:
    """Long and short form of every name that the text abbreviates: "World Health Organization (WHO)"."""
    pairs: list[tuple[str, str]] = []
    if "(" not in text:
        return pairs
    for match in _IN_BRACKETS.finditer(text):
        short = match[1]
        if sum(c.isupper() for c in short) < 2:
            continue
        before = list(re.finditer(r"[\w'\u2019.&-]+", text[max(0, match.start() - 160) : match.start()]))
        offset = max(0, match.start() - 160)
        for count in range(1, min(len(before), len(short) + 6) + 1):
            words = before[-count:]
            if words[0][0][0].isupper() and abbreviates(short, [w[0] for w in words], translated=True):
                start = offset + words[0].start()
                office = _OFFICE_OF.search(text, max(0, start - _OFFICE_SPAN), start)
                pairs.append((text[office.start() if office else start : offset + words[-1].end()], short))
                break
    for match in _LONG_IN_BRACKETS.finditer(text):
        if abbreviates(match[1], re.findall(r"[\w'\u2019.&-]+", match[2]), translated=True):
            pairs.append((match[2], match[1]))
    return list(dict.fromkeys(pairs))


def abbreviates(short: str, words: Sequence[str], *, translated: bool = False) -> bool:
    """Whether an acronym is the initials of some words, with or without the small ones; a hyphen begins a word too.

    ``translated``: in another order too, as in "National Elections Committee (CNE)".
    """
    letters = re.sub(r"[^\w]", "", short).casefold()
    parts = [
        part for word in words for part in (word.split(".") if _DOTTED.fullmatch(word) else word.split("-")) if part
    ]
    parts = [part for part in parts if part[0].isalnum()] or [""]  # "&" stands for no letter
    every = "".join(part[:1] for part in parts).casefold()
    large = "".join(part[:1] for part in parts if part.casefold() not in _SKIPPED).casefold()
    if translated and len(letters) > _LEAST_TRANSLATED:
        if sorted(letters) == sorted(large):
            return True
        first, last = parts[0].casefold(), parts[-1].casefold()
        if last in _LEFT_OUT and letters == large[:-1]:
            return True  # as EADS stands for one Space Company, and UNICEF for a UN Fund
        if parts[0].isupper() and len(parts) > 1 and 1 < len(first) < len(letters) and letters.startswith(first):
            return True
    return letters in (every, large) or (letters.endswith("s") and letters[:-1] in (every, large) and short[-1] == "s")
