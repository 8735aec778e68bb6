"""Names that code finds by itself, for a model to sort, and the offices that stand before them. English."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from summariser.grounding import names, states
from summariser.grounding.parties import is_between_states, kind_shown
from summariser.sentences import is_credit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from summariser.grounding.claims import Source
    from summariser_schemas import PartyKind

__all__ = ["Candidate", "candidates", "employer", "office"]


class Candidate(NamedTuple):
    """A name that could be a party's, the sentence that has it first, and shorter forms of it that stand elsewhere.

    ``kind`` is what the name itself or the words around it show it to be; None where a model has to say.
    """

    name: str
    sentence: int
    short: tuple[tuple[str, int], ...] = ()
    kind: PartyKind | None = None


# "Fish and Wildlife Service", "Narcotics and Law Enforcement Affairs": one name, for its last word heads both parts.
_JOINT_HEADS = frozenset(
    "service services affairs department ministry commission administration office agency authority bureau council court "
    "committee institute union association fund bank corporation company co inc group act board centre center".split()
)
_JOINER = re.compile(r"\s+(?:and|&)\s+(?:the\s+)?")
_DEMONYM = re.compile(r"(?:[a-z]ans?|[a-z]ese|[a-z]ish|raqis?|[lmnr]is?|[a-z]ench|utch|wiss|eeks?)$")
_LONE = frozenset(
    "department ministry government state states council court committee commission party parties "
    "vice prime deputy chief treasury interior defence defense national regional federal northern southern eastern western "
    "north south east west centre center union republic kingdom administration office summit design project order "
    "announcement article section topics estimates act agreement dialogue policy analysis operations signatories allies "
    "analysts damage rewards situation respect text follow together unit logic lifetime hemisphere administrator "
    "commissioner patients husbands families tribal tribes indigenous god christmas easter parliamentary presidential "
    "congressional internet jr sr qc sc mp pm am gmt utc est mr mrs ms dr however nevertheless meanwhile".split()
)
_FUNCTION_WORDS = frozenset(
    """and or but nor as at by for from in into of on onto out over to up with within without after before since until while
    during through against among between about will would shall should can could may might must have had do did not never
    also then now who whom which that where when than because if though although agree said told made took went gave came
    saw met sent won lost held kept left led began put set cut let hit""".split()
)
_INSTITUTIONS = frozenset(
    """bank bureau department republic university council ministry government house court kingdom state board union federation
    association office institute organisation organization league party church academy chamber society commonwealth
    confederation emirate sultanate city county college school museum order army bishop archbishop""".split()
)
"""First words of names with "of"."""
_OFFICE_WORDS = (
    r"(?:president|minister|chancellor|premier|king|queen|prince|princess|pope|governor|mayor|senator|ambassador|secretary|"
    r"chairman|chairwoman|chair|chief|director|head|leader|commissioner|spokesman|spokeswoman|spokesperson|judge|justice|general|"
    r"colonel|admiral|commander|executive|adviser|advisor|envoy|diplomat|coordinator|manager|founder|coach|editor|reporter|"
    r"correspondent|analyst|economist|professor|representative|officer|candidate|lawyer|attorney|prosecutor|CEO|MP)"
)
_TITLED = rf"(?i:{_OFFICE_WORDS})"
_BEFORE = re.compile(
    rf"(?:^|[\s“\"(])(?P<office>(?:(?:(?:[A-Z][\w.-]*|top|former|vice|deputy|senior|chief|prime|foreign|national)\s+){{0,5}}{_TITLED}"
    rf"(?:\s+(?:of|for|to)\s+(?:the\s+)?(?:United\s+)?[A-Z]\w+)?\s+)+)$"
)
_AFTER = re.compile(
    rf"^,\s+(?:who is\s+)?(?:the|a|an|its|their|his|her)?\s*(?P<office>(?:[\w.'’-]+\s+){{0,4}}?{_TITLED}"
    rf"(?:\s+and\s+(?:[\w-]+\s+){{0,2}}{_TITLED})?"
    rf"(?:\s+(?:of|for|at|to|in|on)\s+(?:the\s+)?[\w.&'’-]+(?:\s+(?!and\b|who\b|said\b|has\b|will\b)[\w.&'’-]*\w){{0,7}})?)"
    r"\s*(?:[,.;)—–]|$)"
)
# "the president of the Selane region, Li Dan"
_BEFORE_COMMA = re.compile(
    rf"(?:\b[Tt]he|\w['’]s?)\s+(?P<office>(?:(?!and\b|of\b|to\b|for\b|the\b|with\b|by\b)[\w-]+\s+){{0,3}}?{_TITLED}(?:\s+general)?"
    r"(?:\s+(?:of|for|at)\s+[^,;:]{2,60})?),\s+$"
)
_OFFICE_NEXT = re.compile(rf"\s+{_OFFICE_WORDS}\b", re.IGNORECASE)
_OFFICE_PARTS = frozenset(
    "financial operating vice prime deputy foreign defence defense finance interior national security trade health "
    "education energy justice "
    "industry press special senior chief presidential assistant associate acting executive homeland labour labor "
    "transport environment agriculture general attorney state asst civilian principal acquisition communications".split()
)
_OFFICE_OF = re.compile(r"\b(?:secretary|minister|undersecretary)\s+of\s+(?:the\s+)?$", re.IGNORECASE)
_PORTFOLIO = re.compile(
    r"(?:state|defen[cs]e|commerce|energy|labou?r|agriculture|education|treasury|interior|justice|health|foreign affairs|"
    r"war|air force|army|navy|homeland security|transportation|veterans affairs)\s+",
    re.I,
)
# "Special Envoy for Climate Li Dan", "Secretary for International Security and Nonproliferation Li Dan"
_OFFICE_FOR = re.compile(
    r"\b(?:(?:under)?secretary|minister|envoy|adviser|advisor|representative|coordinator|commissioner|director)\s+"
    r"(?:(?:for|of|on)\s+(?:the\s+)?(?:[A-Z][\w-]+,?\s+(?:and\s+)?){0,4})+$",
    re.IGNORECASE,
)
_FIELD = "|".join(sorted(names.FIELDS))
_LED_FIELDS = re.compile(
    rf"(?:(?:{_FIELD}|international|global|nonproliferation|public|european|eurasian|african|asian|pacific|near|eastern|"
    r"western|hemisphere|south|central|political|acquisition|air force|army|navy)\s+)*",
    re.IGNORECASE,
)
# "Ambassador to Odran Li Dan"
_POST = re.compile(
    r"\b(?:ambassador|envoy|representative|minister|president|leader)\s+(?:to|of|for)\s+(?:the\s+)?$", re.IGNORECASE
)
_POSTED = re.compile(r"((?:[A-Z][\w.]*\s+){1,3})(?=[A-Z]\w+\s+[A-Z])")
_GOVERNMENTS = re.compile(r"(?:Governments|Presidents|Leaders|Ministers)\s+of\s+(?:the\s+)?(?=[A-Z])")
_SOME_OF = re.compile(r"([^\W\d_]+)\s+of\s+(?:the\s+)?")
_OWNED = re.compile(r"(?:(?<=\bPeople)['’]s\s|(?<=\bWomen)['’]s\s|(?<=\bChildren)['’]s\s|(?!['’]s\s).)+")
"""Up to a possessive, but for those that stand in names."""
_SPAN = 90


def candidates(source: Source) -> list[Candidate]:
    """The names in a document that may be those of actors, in their order, each once, short forms with the long one."""
    found: dict[str, tuple[str, int]] = {}
    opening: list[str] = []
    running = [s for s in source.sentences if not _in_capitals(s.text)] or source.sentences
    for sentence in running:
        if not source.usable(sentence.number) or is_credit(sentence.text) or _CONTACT.match(sentence.text):
            continue
        addresses = [match.span() for match in _ADDRESS.finditer(sentence.text)]
        lead = sentence.text.partition(": ")[0]
        if lead != sentence.text and _in_capitals(lead.lstrip("-•* ")):
            addresses.append((0, len(lead)))  # "Odran Announces the Opening of Two Ports: Odran has opened …"
        for start, end in _joined(sentence.text, source.language):
            for first, last in _parts(sentence.text, start, end):
                last = _with_body(sentence.text, first, last)
                name = names.strip_titles(sentence.text[first:last])
                if any(a <= first and last <= b for a, b in addresses) or _in_title(name, sentence.text[:first]):
                    continue
                if not _out_of_question(name, sentence.text, last):
                    key = names.name_key(name)
                    if key not in found and " " in key and names.opens_sentence(sentence.text, first):
                        opening.append(key)
                    found.setdefault(key, (name, sentence.number))
    _without_first_words(found, opening)
    return [
        candidate._replace(
            kind=_kind(source, candidate.name), short=(*candidate.short, *_by_head(source, candidate, found))
        )
        for candidate in _gathered(found, [*names.acronym_pairs(source.text), *_IN_ANOTHER_SCRIPT.findall(source.text)])
        if not _is_thing(names.name_key(candidate.name))
        and not _only_opens(source, candidate.name)
        and not _only_describes(source, candidate.name)
        and not _abbreviates_no_name(source, candidate)
    ]


def _abbreviates_no_name(source: Source, candidate: Candidate) -> bool:
    """Whether a name is the acronym of common words: "artificial intelligence (AI)"."""
    if not candidate.name.isupper():
        return False
    before = (source.text[max(0, start - _SPAN) : start] for start, _ in source.places(candidate.name))
    return any(map(_SPELT_OUT_SMALL.search, before))


_SPELT_OUT_SMALL = re.compile(r"\b[a-z][a-z-]* \($")


_CONTACT = re.compile(r"(?:Follow|Like|Join) us\b|For (?:\w+ ){0,2}(?:inquiries|enquiries|information)\b")
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|\S*@\S+|\b\w*_\w+")
_SMALL = frozenset("a an the of in on at by for from to with and or as".split())
_SHORTEST_HEADING = 3
_TITLED_AS = re.compile(
    r"\b(?:Agreement|Accord|Act|Convention|Treaty|Protocol|Pact|Bill|Resolution|Declaration|Law|Code|Strategy|Initiative)\s+"
    r"(?:to|on|for|of|against|concerning|regarding|relating to)\s+(?:the\s+)?$"
)


def _in_capitals(text: str) -> bool:
    """Whether a line is a heading, with capitals throughout; what it names, the text below it names too."""
    words = text.split()
    if (
        len(words) < _SHORTEST_HEADING
        or text.rstrip("\"'”’) ").endswith((".", "!", "?", ";", ":", ","))
        or ", " in text
    ):
        return False
    return all(not word[0].islower() or word in _SMALL for word in words)


def _in_title(name: str, before: str) -> bool:
    """Whether a name only goes on with the title of a law or a treaty: "Agreement to Prevent Unregulated Fishing"."""
    return _TITLED_AS.search(before) is not None and not states.is_state(names.name_key(name))


# "Ivan Orlov (Иван Орлов)": in a text in Latin letters a name in others is the one before the bracket.
_IN_ANOTHER_SCRIPT = re.compile(
    r"\b([A-Z][\w.'’-]*(?: [A-Z][\w.'’-]*){0,5}) \(([^\W\da-zA-ZÀ-ɏ](?:[^\W\da-zA-ZÀ-ɏ]|[ .-])+)\)"
)
_HEADS_ALONE = ("Department", "Ministry", "Commission", "Committee", "Agency", "Company", "Bank", "Council", "Bureau")
_ALONE = re.compile(r"(?:\b[Tt]he|\b[Ii]ts)\s+$")
_NAMED_ON = re.compile(r"\s+(?:of|for|on)\b|\s+(?:and\s+)?[A-Z]")


def _by_head(source: Source, candidate: Candidate, found: Iterable[str]) -> Iterator[tuple[str, int]]:
    """What the text calls a body for short, where it can mean no other: "the Department"."""
    for head in _HEADS_ALONE:
        if head not in candidate.name.split() or sum(head.casefold() in key.split() for key in found) > 1 + len(
            candidate.short
        ):
            continue
        own = [
            place for form in (candidate.name, *(name for name, _ in candidate.short)) for place in source.places(form)
        ]
        alone = [
            (a, b)
            for a, b in source.places(head)
            if not _OFFICE_NEXT.match(source.text, b) and not any(c <= a and b <= d for c, d in own)
        ]
        if alone and all(
            _ALONE.search(source.text[max(0, a - 5) : a]) and not _NAMED_ON.match(source.text, b) for a, b in alone
        ):
            sentence = source.sentence_at(alone[0][0])
            if sentence is not None:
                yield head, sentence.number


_IN_LONGER = re.compile(r" [A-Z]\w")


def _alone(source: Source, name: str) -> list[tuple[int, int]]:
    """Where a name stands, but for where a longer one goes on: "Cobalt Board" says nothing of "Cobalt"."""
    return [(start, end) for start, end in source.places(name) if not _IN_LONGER.match(source.text, end)]


_APPOSED = re.compile(r"\s+(?!and\b|or\b|of\b|in\b|for\b|from\b|with\b)[a-z]+(?<!ed)(?<!s)\s+[A-Z]")
_BRANDED = re.compile(
    r"(?:\s+and\s+[A-Z][\w'’]*(?:\s[A-Z][\w'’]*)?)?(?:['’]s?)?\s+(?:brands?|products?|lines?|models?)\b"
)
_MODIFIED = re.compile(
    r"\s+(?:systems?|regime|scheme|session|prosecutors?|candidates?|supporters|retailer|dollars?|markets?|brands?|compan(?:y|ies)|firms?|maker|carrier|airline|cit(?:y|ies)|soil|citizens?|consumers?|"
    r"stocks?|stud(?:y|ies)|surveys?|history|waters|territory|subsidiary|woman|man|border|coast)\b"
)


def _only_describes(source: Source, name: str) -> bool:
    """Whether a name stands only before what it qualifies: a brand's products, a state's market or largest retailer."""
    places = _alone(source, name)
    return bool(places) and all(
        _BRANDED.match(source.text, end) or _MODIFIED.match(source.text, end) for _, end in places
    )


_PEOPLE = re.compile(r"(?:ives|[dt]ers|ors|ians|ists|ants|ents|ees|smen)$")
"""Endings of those who do or are something: "fugitives", "ministers"."""


def _without_first_words(found: dict[str, tuple[str, int]], opening: list[str]) -> None:
    """Take a common word off names that open a sentence where the text has the rest as a name: "Fugitives Ahmed"."""
    ends = {key.split()[-1] for key in found if " " in key and key not in opening}
    for key in opening:
        name, sentence = found[key]
        first, rest = key.split(maxsplit=1)
        if _PEOPLE.search(first) and names.is_common(first) and (rest in found or rest in ends):
            del found[key]
            found.setdefault(rest, (name.split(maxsplit=1)[1], sentence))


def _only_opens(source: Source, name: str) -> bool:
    """Whether a single word has its capital only from the beginning of a sentence, where it is a common word.

    So it is when the text has it without a capital more often than with one of its own.
    """
    if " " in name or name[1:].lower() != name[1:]:
        return False
    if names.is_common(name, listed=True):
        return True
    places = _alone(source, name) or source.places(name)
    own = sum(not names.opens_sentence(source.text, start) for start, _ in places)
    if not own and all(_APPOSED.match(source.text[end : end + _SPAN]) for _, end in places):
        return True  # "Discount retailer Tessa AG"
    if not own and names.is_common(name):
        return True
    small = name.lower()
    if small not in source.text:
        return False
    return len(re.findall(rf"\b{small}\b", source.text)) > own


_BODY = re.compile(
    r"\s+(?:government|army|navy|air force|military|armed forces|security forces|parliament|police|embassy)\b"
)
# What ends or begins like this is an event, a place, a law or a work, whoever made it.
_THINGS = frozenset(
    """dialogue ministerial summit conference programme program initiative act bill treaty agreement accord accords convention
    protocol plan route corridor strategy war wars festival games olympics cup championship prize award awards medal day week year
    bridge river sea ocean island islands lake mountain mountains mount street avenue square airport stadium hall tower park
    valley desert peninsula strait gulf bay hurricane cyclone typhoon storm flood earthquake constitution declaration charter
    resolution report review study survey index law code amendment pact framework hajj ramadan christmas easter thanksgiving
    roadmap outlook memorandum guidelines principles crisis attacks attack pandemic project pipeline road highway railway
    station plant
    statement partnership order announcement section topics article articles""".split()
)
_LEADING_THINGS = frozenset(
    "hurricane cyclone typhoon operation mount lake highway resolution article chapter tropical".split()
)


def _with_body(text: str, first: int, last: int) -> int:
    """The end of a name with the body behind an adjective of a state: "Norwegian government"."""
    body = _BODY.match(text, last)
    return body.end() if body and states.state_of_adjective(names.name_key(text[first:last])) else last


def _is_thing(key: str) -> bool:
    """Whether a name alone shows that it is no actor: an adjective, a region, an event, a law, half an office."""
    words = key.split()
    if is_between_states(key):
        return False
    if not words or states.is_region(key) or states.is_adjective(key) or set(words) <= _OFFICE_PARTS | {"president"}:
        return True
    if len(words) > 1 and all(states.is_state(word) or states.is_adjective(word) for word in words):
        return True  # "U.S.-Canada"
    if words[0] in ("member", "members") or key.endswith((" based", " made", " built", " aligned", " led", " backed")):
        return True
    thing = words[-1] in _THINGS or words[-1].removesuffix("s") in _THINGS or words[0] in _LEADING_THINGS
    return len(words) > 1 and (thing or _OF_THING.match(key) is not None)


_OF_THING = re.compile(rf"(?:\w+ )*(?:{'|'.join(sorted(_THINGS))})s? (?:of|on|for) ")


def _kind(source: Source, name: str) -> PartyKind | None:
    """What a name shows itself, or the office before it or the age behind it."""
    places = source.places(name)
    shown = kind_shown(source, name, places)
    if shown is not None:
        return shown[0]
    key = names.name_key(name)
    head = key.split()[-1] if key else ""
    if head == "group" and _BODY_OF_PEOPLE.search(key):
        return "organisation"
    if head in _ACTING_HEADS:
        return _ACTING_HEADS[head]
    body = _BODY_OF.match(key)
    if body is not None:
        return "government_body" if body[1] in _PUBLIC else "organisation"
    if head not in _JOINT_HEADS and len(key.split()) <= _LONGEST_PERSON and office(source, name, before=True):
        return "person"
    if any(_AGED.match(source.text[end : end + 8]) for _, end in places):
        return "person"
    return None


_BODY_OF_PEOPLE = re.compile(
    r"\b(?:working|steering|study|contact|advisory|expert|support|action|parliamentary) group$"
)
_PUBLIC = frozenset("ministry department municipality office commission committee council agency bureau court".split())
_BODY_OF = re.compile(
    r"(?:\w+ )*(fund|office|commission|organisation|organization|council|committee|centres?|centers?|agency|union|association|"
    r"coalition|institute|society|alliance|court|foundation|ministry|department|bureau|municipality|federation|league) "
    r"(?:for|of|on) "
)
_AGED = re.compile(r",\s+\d{1,2}\s*[,.]|\s+\(\d{1,2}\)")
_LONGEST_PERSON = 4
_ACTING_HEADS: dict[str, PartyKind] = {
    **dict.fromkeys(["military", "force", "forces"], "government_body"),
    **dict.fromkeys(["government", "agency", "authority", "bureau", "assembly", "administration"], "government_body"),
    **dict.fromkeys(
        ["party", "union", "council", "committee", "society", "league", "club", "centre", "center"], "organisation"
    ),
    **dict.fromkeys(["bank", "group", "holdings", "motors", "industries", "technologies", "company"], "company"),
}


def _joined(text: str, language: str) -> Iterator[tuple[int, int]]:
    spans = names.proper_names(text, language=language)
    place = 0
    while place < len(spans):
        start, end = spans[place]
        while place + 1 < len(spans):
            following = spans[place + 1]
            last = text[following[0] : following[1]].split()[-1].casefold().strip(".")
            more = text[slice(*following)]
            joined = (last in _JOINT_HEADS and " of " not in more) or _members(text[start:end], more)
            if not joined or not _JOINER.fullmatch(text[end : following[0]]):
                break
            end = following[1]
            place += 1
        yield start, end
        place += 1


_OF_MEMBERS = re.compile(
    r"(?:Union|Association|Society|Federation|Alliance|League|Network|Confederation|Order) of (?:\w+ )*\w+s"
)


def _members(name: str, following: str) -> bool:
    """Whether a name goes on with more of those it is an association of: "Union of Dockers and Sailors"."""
    return _OF_MEMBERS.fullmatch(name) is not None and " " not in following and following.endswith("s")


def _parts(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Owner and owned apart ("BBC's Rachel Harvey"), without the first words of an office that follows."""
    for match in _OWNED.finditer(text[start:end]):
        lead = len(match[0]) - len(match[0].lstrip("'’s ")) if match.start() else 0
        first, last = start + match.start() + lead, start + match.end()
        if _OFFICE_NEXT.match(text[last:]):
            words = text[first:last].split()
            while words and words[-1].casefold() in _OFFICE_PARTS:
                last = first + len(text[first:last].rstrip()) - len(words.pop())
                last = first + len(text[first:last].rstrip())
        if _OFFICE_OF.search(text[:first]) and (portfolio := _PORTFOLIO.match(text[first:last])):
            first += portfolio.end()
        if (posted := _POSTED.match(text[first:last])) is not None and _POST.search(text[:first]):
            first += _state_first(posted[1])
        first += plural.end() if (plural := _GOVERNMENTS.match(text[first:last])) is not None else 0
        fields = _LED_FIELDS.match(text[first:last]) if _OFFICE_FOR.search(text[:first]) else None
        first += fields.end() if fields is not None else 0
        opening = _SOME_OF.match(text[first:last]) if not text[:first].strip("“\"'‘ ") else None
        if opening is not None and opening[1].casefold() not in _INSTITUTIONS:
            first += opening.end()  # "Envoys of Odran": the first word has its capital from the sentence
        if (behind := _WITH_MEMBERS.search(text[first:last])) is not None:
            last = first + behind.start()  # "UTL Allies": those of UTL
        if last > first:
            yield first, last


def _state_first(words: str) -> int:
    """The length of a state's name that some words begin with: "United States Li " to "Ambassador to the"."""
    ends = [match.end() for match in re.finditer(r"\s+", words)]
    return next((end for end in reversed(ends) if states.is_state(names.name_key(words[:end]))), 0)


_WITH_MEMBERS = re.compile(r"(?<=\w)\s+(?:Allies|Members?|Leaders|Partners|Officials|Member States)$")


_NO_NAME = re.compile(
    r".*-(?:based|made|built|aligned|led|backed|funded|owned|run|sponsored|occupied|controlled|held|trained|imposed)"
    r"|[RDIL]-[A-Z]{2}|.*\bI",
    re.DOTALL,
)
"""Adjectives made of a name, a party with a state ("D-NY"), and what a sentence's "I" follows."""


def _out_of_question(name: str, text: str, end: int) -> bool:
    words = name.split()
    if _NO_NAME.fullmatch(name):
        return True
    if not words or (len(words) == 1 and words[0].casefold().strip(".") in _LONE) or text[end : end + 1] == "$":
        return True
    # "The Malaysian navy": an adjective where a noun follows; "Japan agreed", "Iran and" are not, and may be "Kenyans said".
    following = re.match(r"\s+([a-z]+)", text[end:])
    if states.is_state(names.name_key(name)):
        return False
    return len(words) == 1 and bool(_DEMONYM.search(words[0])) and following is not None and _is_noun(following[1])


def _is_noun(word: str) -> bool:
    return word not in _FUNCTION_WORDS and not word.endswith(("ed", "s", "ing"))


def _gathered(found: dict[str, tuple[str, int]], acronyms: list[tuple[str, str]]) -> list[Candidate]:
    """Short forms and acronyms under the one long form that they can stand for."""
    short: dict[str, list[tuple[str, int]]] = {}
    with_word: dict[str, list[str]] = {}
    for key in found:
        for word in dict.fromkeys(key.split()):
            with_word.setdefault(word, []).append(key)
    order = {key: place for place, key in enumerate(found)}
    spelt_out = {names.name_key(brief): names.name_key(long) for long, brief in acronyms}
    for key, place in found.items():
        words = key.split()
        near = [other for other in (with_word[words[0]] if words else []) if other != key]
        # "Bush" is the last word of "George W. Bush" before it is the first one of "Bush Administration".
        if states.is_state(key):
            near = [other for other in near if set(other.split()[len(words) :]) <= _GENERIC]
        longer = [other for other in near if other.split()[-len(words) :] == words and f"of {key}" not in other]
        longer = longer or [
            other for other in near if _shortened(words, other.split()) and not states.is_adjective(key)
        ]
        if spelt_out.get(key) in found:
            longer = [spelt_out[key]]
        if len(longer) > 1:
            # The one named before it: whoever writes "Tessa" has told which.
            longer = [other for other in longer if order[other] < order[key]]
        if len(longer) == 1 and longer[0] != key:
            short.setdefault(longer[0], []).append(place)
    under = {names.name_key(name) for places in short.values() for name, _ in places}
    return [
        Candidate(name, sentence, tuple(short.get(key, ())))
        for key, (name, sentence) in found.items()
        if key not in under
    ]


def _shortened(short: list[str], long: list[str]) -> bool:
    """Whether a name is the beginning of another: a given name, or all but the legal form and the like."""
    rest = long[len(short) :]
    firm = bool(rest) and (set(rest) <= _GENERIC or ("and" in rest and rest[-1] in _GENERIC))
    return bool(rest) and long[: len(short)] == short and (len(long) == 2 or firm)


_GENERIC = frozenset(
    """corp corporation inc incorporated ltd limited co company plc llc lp ag gmbh se sa nv bv group holdings holding party
    motors airlines airways bank union university""".split()
)


def office(source: Source, name: str, *, before: bool = False) -> str | None:
    """The office that the text gives right before or behind a name: "Industry Minister Li Dan", "Li Dan, head of Tessa".

    ``before``: only right before it.
    """
    for start, end in source.places(name):
        sentence = source.sentence_at(start)
        if sentence is None:
            continue
        before_name = source.text[max(sentence.start, start - _SPAN) : start]
        lead = _BEFORE.search(before_name) or _BEFORE_COMMA.search(before_name)
        if lead is not None:
            return lead["office"].strip()
        after = _AFTER.match(source.text[end : min(sentence.end, end + _SPAN)].rstrip())
        if after is not None and not before:
            return after["office"].strip()
    return None


def employer(
    source: Source, name: str, role: str | None, found: Sequence[Candidate], *, person: bool = False
) -> str | None:
    """Whom a person or a body acts for, where its name, its office or an owner right before it names that party.

    "Odranian President", "chairman of Tessa", "Odran's top diplomat Li Dan", "UTL lawyer Li Dan", "Odranian navy", "UTL officers
    Li Dan and Wu Bo". A body has no ``role``, and a ``person`` may have none.
    """
    own = {names.name_key(name)}
    every = sorted({form for c in found for form in (c.name, *(short for short, _ in c.short))}, key=len, reverse=True)
    forms = [form for form in every if names.name_key(form) not in own]
    offices = [] if role is None else [role]
    for start, _ in source.places(name):
        sentence = source.sentence_at(start)
        lead = source.text[sentence.start : start] if sentence is not None else ""
        owned = _LISTED_STAFF.search(lead) if person or role is not None else _OWNED_BY.search(lead)
        form = next((f for f in forms if owned is not None and owned["owner"].endswith(f)), None)
        if form is not None:
            return form
    if person and role is None:
        return None  # "Jordan Rees" is not Jordan's
    for start, end in source.places(name) if role is not None else ():
        sentence = source.sentence_at(start)
        lead = source.text[max(sentence.start, start - _SPAN) : start] if sentence is not None else ""
        owner = _OWNER.search(lead)
        before = owner["owner"] if owner is not None and _OFFICE_NEXT.search(owner["office"]) else ""
        if role is not None and lead.rstrip().endswith(role):
            before = before or _DESCRIBING.sub("", lead.rstrip().removesuffix(role)).rstrip()
        form = next((f for f in forms if before.endswith(f)), None)
        if form is not None:
            return form
        behind = None if sentence is None else _AFTER.match(source.text[end : min(sentence.end, end + _SPAN)].rstrip())
        offices += [] if behind is None else [behind["office"]]
    for office_held in offices:
        form = _named_in(office_held, forms)
        if form is not None:
            return form
    first = names.name_key((name if role is None else role).split()[0])
    state = states.state_of_adjective(first) or (states.land(first) if states.is_state(first) else None)
    body = next((match for office_held in offices if (match := _OF_STATE.search(office_held))), None)
    if state is None and body is not None:
        state = states.state_of_adjective(names.name_key(body["state"]))
    return next((f for f in forms if state is not None and states.land(names.name_key(f)) == state), None)


def _named_in(office_held: str, forms: Sequence[str]) -> str | None:
    """The first party that an office names, the longest of its forms: not the place of it, nor whom it deals with."""
    places = [
        (spot.start(), -len(form), form)
        for form in forms
        for spot in re.finditer(rf"\b{re.escape(form)}\b", office_held)
    ]
    return next((form for start, _, form in sorted(places) if not _ELSEWHERE.search(office_held[:start])), None)


_OWNED_BY = re.compile(r"(?P<owner>[A-Z][\w.&-]*(?:\s+(?:of|the|for|and|[A-Z][\w.&-]*)){0,9})['’]s?\s+$")
"""Right before a body's name: "the U.S. Department of the Treasury's "."""
_LISTED_STAFF = re.compile(
    r"(?P<owner>[A-Z][\w.&-]*(?:\s+[A-Z][\w.&-]*){0,4})(?:\s+[a-z]+)?\s+(?:officers|officials|members|executives|employees|agents|directors|"
    r"lawyers|ministers|commanders|spies)\s+(?:(?:[A-Z][\w.'’-]*|\([^)]*\)|and)(?:,\s*|\s+))*$"
)
"""Before one of several that are named together: "GRU officers Li Dan, Wu Bo and "."""
_ELSEWHERE = re.compile(r"\b(?:in|to|on|near|with|against|from)\s+(?:the\s+)?$")
_DESCRIBING = re.compile(
    r"(?:\s*\([A-Z][A-Z.]*\))?\s+(?:(?!(?:of|in|at|by|to|for|and|or|the|a|an|as|with|from)\b)[a-z-]+(?<!ed)\s+){0,3}$"
)
"""What may stand between a party and the office held for it: "the United Nations (UN) emergency relief coordinator"."""
_OF_STATE = re.compile(
    r"\b(?:of|for)\s+(?:the\s+)?(?P<state>[A-Z]\w+)\s+(?:armed forces|air force|military|army|navy|government|parliament|police|"
    r"embassy|ministry|cabinet|senate|delegation|mission|coast guard|foreign ministry|defen[cs]e ministry|presidency)\b"
)
_OWNER = re.compile(
    r"(?P<owner>[A-Z][\w.&-]*(?:\s+[A-Z][\w.&-]*){0,4})['’]s?(?P<office>\s+(?:(?!to\b|by\b|with\b|from\b)[\w-]+,?\s+){1,5})$"
)
