"""Names that code finds by itself, for a model to sort, and the offices that stand before them. English."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from summariser.grounding import names
from summariser.sentences import is_credit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from summariser.grounding.claims import Source

__all__ = ["Candidate", "candidates", "office"]


class Candidate(NamedTuple):
    """A name that could be a party's, the sentence that has it first, and shorter forms of it that stand elsewhere."""

    name: str
    sentence: int
    short: tuple[tuple[str, int], ...] = ()


# "Fish and Wildlife Service", "Narcotics and Law Enforcement Affairs": one name, for its last word heads both parts.
_JOINT_HEADS = frozenset(
    "service services affairs department ministry commission administration office agency authority bureau council court "
    "committee institute union association fund bank corporation company co inc group act board centre center".split()
)
_JOINER = re.compile(r"\s+(?:and|&)\s+(?:the\s+)?")
_DEMONYM = re.compile(r"(?:[a-z]ans?|[a-z]ese|[a-z]ish|raqis?|[lmnr]is?|[a-z]ench|utch|wiss|eeks?)$")
_LONE = frozenset(
    "department ministry government state states council court committee commission parliament senate congress party parties "
    "vice prime deputy chief treasury interior defence defense national regional federal northern southern eastern western "
    "north south east west centre center union republic kingdom order announcement article section topics estimates act "
    "god christmas easter internet".split()
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
    rf"(?:\s+(?:of|for)\s+(?:the\s+)?[A-Z]\w+)?\s+)+)$"
)
_AFTER = re.compile(
    rf"^,\s+(?:who is\s+)?(?:the|a|an|its|their|his|her)?\s*(?P<office>(?:[\w'’-]+\s+){{0,4}}?{_OFFICE_WORDS}"
    rf"(?:\s+(?:of|for|at)\s+(?:the\s+)?(?:[A-Z][\w'’-]*\s?)+)?)\s*[,.;]"
)
_OFFICE_NEXT = re.compile(rf"\s+{_OFFICE_WORDS}\b", re.IGNORECASE)
_OFFICE_PARTS = frozenset(
    "vice prime deputy foreign defence defense finance interior national security trade health education energy justice "
    "industry press special senior chief homeland labour labor transport environment agriculture general attorney state".split()
)
_OFFICE_OF = re.compile(r"\b(?:secretary|minister|undersecretary)\s+of\s+(?:the\s+)?$", re.IGNORECASE)
_PORTFOLIO = re.compile(
    r"(?:state|defen[cs]e|commerce|energy|labou?r|agriculture|education|treasury|interior|justice|health|foreign affairs)\s+",
    re.I,
)
_SOME_OF = re.compile(r"([^\W\d_]+)\s+of\s+(?:the\s+)?")
_OWNED = re.compile(r"(?:(?<=\bPeople)['’]s\s|(?<=\bWomen)['’]s\s|(?<=\bChildren)['’]s\s|(?!['’]s\s).)+")
"""Up to a possessive, but for those that stand in names."""
_SPAN = 90


def candidates(source: Source) -> list[Candidate]:
    """The names in a document that may be those of actors, in their order, each once, short forms with the long one."""
    found: dict[str, tuple[str, int]] = {}
    for sentence in source.sentences:
        if not source.usable(sentence.number) or is_credit(sentence.text):
            continue
        for start, end in _joined(sentence.text, source.language):
            for first, last in _parts(sentence.text, start, end):
                name = names.strip_titles(sentence.text[first:last])
                if not _out_of_question(name, sentence.text, last):
                    found.setdefault(names.name_key(name), (name, sentence.number))
    return _gathered(found)


def _joined(text: str, language: str) -> Iterator[tuple[int, int]]:
    spans = names.proper_names(text, language=language)
    place = 0
    while place < len(spans):
        start, end = spans[place]
        while place + 1 < len(spans):
            following = spans[place + 1]
            last = text[following[0] : following[1]].split()[-1].casefold().strip(".")
            if not _JOINER.fullmatch(text[end : following[0]]) or last not in _JOINT_HEADS:
                break
            end = following[1]
            place += 1
        yield start, end
        place += 1


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
        opening = _SOME_OF.match(text[first:last]) if not text[:first].strip("“\"'‘ ") else None
        if opening is not None and opening[1].casefold() not in _INSTITUTIONS:
            first += opening.end()  # "Envoys of Odran": the first word has its capital from the sentence
        if last > first:
            yield first, last


def _out_of_question(name: str, text: str, end: int) -> bool:
    words = name.split()
    if not words or (len(words) == 1 and words[0].casefold().strip(".") in _LONE):
        return True
    # "The Malaysian navy": an adjective where a noun follows; "Japan agreed", "Iran and" are not, and may be "Kenyans said".
    following = re.match(r"\s+([a-z]+)", text[end:])
    return len(words) == 1 and bool(_DEMONYM.search(words[0])) and following is not None and _is_noun(following[1])


def _is_noun(word: str) -> bool:
    return word not in _FUNCTION_WORDS and not word.endswith(("ed", "s", "ing"))


def _gathered(found: dict[str, tuple[str, int]]) -> list[Candidate]:
    """Short forms under the one long form that they can stand for."""
    short: dict[str, list[tuple[str, int]]] = {}
    with_word: dict[str, list[str]] = {}
    for key in found:
        for word in dict.fromkeys(key.split()):
            with_word.setdefault(word, []).append(key)
    for key, place in found.items():
        words = key.split()
        near = with_word[words[0]] if words else []
        longer = [other for other in near if other != key and _stands_for(words, other.split())]
        if len(longer) == 1:
            short.setdefault(longer[0], []).append(place)
    under = {names.name_key(name) for places in short.values() for name, _ in places}
    return [
        Candidate(name, sentence, tuple(short.get(key, ())))
        for key, (name, sentence) in found.items()
        if key not in under
    ]


def _stands_for(short: list[str], long: list[str]) -> bool:
    return len(short) < len(long) and (long[-len(short) :] == short or long[: len(short)] == short)


def office(source: Source, name: str) -> str | None:
    """The office that the text gives right before or behind a name: "Industry Minister Li Dan", "Li Dan, head of Tessa"."""
    for start, end in source.places(name):
        sentence = source.sentence_at(start)
        if sentence is None:
            continue
        before = _BEFORE.search(source.text[max(sentence.start, start - _SPAN) : start])
        if before is not None:
            return before["office"].strip()
        after = _AFTER.match(source.text[end : min(sentence.end, end + _SPAN)])
        if after is not None:
            return after["office"].strip()
    return None
