"""What the text has and the brief has not: amounts, percentages, dates and names that no item covers."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias, cast

from summariser.grounding import names
from summariser.sentences import is_credit
from summariser_schemas import Omission, Party, Quantity, When

if TYPE_CHECKING:
    from collections.abc import Sequence

    from summariser.grounding.claims import Source
    from summariser.sentences import Sentence
    from summariser_schemas import Item

__all__ = ["omissions"]

_SHARES = frozenset({"%", "percentage point", "basis point", "‰"})
_PLACE = re.compile(
    r"\b(?:in|at|near|outside|around|across|throughout|off|from|à|en|dans|nach|aus|bei)\s+(?:the\s+|(?:north|south|east|west)ern\s+)?$",
    re.IGNORECASE,
)


def omissions(source: Source, items: Sequence[Item]) -> list[Omission]:
    """List what no item covers, in the order of the text, each once, where it first stands.

    A number is covered by a figure with its span, or by an item that cites its sentence and repeats it; a date likewise; a
    name by the party that bears it, or by any item that repeats it. A name that stands only as a place is none.
    """
    found: dict[tuple[str, str], Omission] = {}
    said = [_Said.of(item) for item in items]
    about = _by_sentence(source, items, said)
    taken = sorted((m.start, m.end) for item in items if isinstance(item, Party) for m in item.mentions)
    everything = "\n".join(item.words for item in said)
    for sentence in source.sentences:
        if not source.usable(sentence.number) or is_credit(sentence.text):
            continue
        here = about.get(sentence.number, ())
        for kind, start, end, text in _measures(source, sentence, here) + _names(source, sentence, taken, everything):
            key = kind, text.casefold()
            if key not in found:
                found[key] = Omission(start=start, end=end, text=text, kind=kind)
    return sorted(found.values(), key=lambda o: (o.start, o.end))


_Left: TypeAlias = "tuple[Literal['percentage', 'amount', 'date', 'party'], int, int, str]"
"""What is left out: its kind, its place in the document, and its words."""


_NOT_SAID = frozenset(("id", "evidence", "verdicts", "mentions"))


class _Said(NamedTuple):
    """What an item repeats of the text: its words, in lower case, and the spans of its numbers."""

    words: str
    numbers: list[tuple[int, int]]

    @classmethod
    def of(cls, item: Item) -> _Said:
        words: list[str] = []
        numbers: list[tuple[int, int]] = []
        for name, value in vars(item).items():
            if value is None or name in _NOT_SAID:
                continue
            for one in cast("list[object]", value) if isinstance(value, list) else (value,):
                if isinstance(one, str):
                    words.append(one)
                elif isinstance(one, When):
                    words.append(one.text)
                elif isinstance(one, Quantity):
                    numbers.append((one.start, one.end))
        return cls("\n".join(words).casefold(), numbers)


def _by_sentence(source: Source, items: Sequence[Item], said: Sequence[_Said]) -> dict[int, list[_Said]]:
    """The items that a sentence is evidence of, by its number."""
    about: dict[int, list[_Said]] = {}
    for item, words in zip(items, said, strict=True):
        for sentence in source.sentences_of(item.evidence):
            about.setdefault(sentence.number, []).append(words)
    return about


def _measures(source: Source, sentence: Sentence, about: Sequence[_Said]) -> list[_Left]:
    """Numbers and dates that the items ``about`` their sentence do not have."""
    quantities, dates = source.quantities_of(sentence.number), source.dates_of(sentence.number)
    if not (quantities or dates):
        return []
    left: list[_Left] = []
    told = "\n".join([item.words for item in about])
    spans = [span for item in about for span in item.numbers]
    for quantity in quantities:
        start, end = sentence.start + quantity.start, sentence.start + quantity.end
        if not _meets(spans, start, end) and not _stands(told, quantity.text):
            left.append(("percentage" if quantity.unit in _SHARES else "amount", start, end, quantity.text))
    for a, b in dates:
        text = sentence.text[a:b]
        if not _stands(told, text):
            left.append(("date", sentence.start + a, sentence.start + b, text))
    return left


def _names(source: Source, sentence: Sentence, taken: list[tuple[int, int]], everything: str) -> list[_Left]:
    """Names that no party bears; ``taken`` are the parties' places, ``everything`` what the items say, in lower case."""
    known = taken[bisect_left(taken, (sentence.start, 0)) : bisect_left(taken, (sentence.end, 0))]
    known += [(sentence.start + a, sentence.start + b) for a, b in source.dates_of(sentence.number)]
    if not _may_name(source, sentence, known):
        return []
    left: list[_Left] = []
    for a, b in names.proper_names(sentence.text, language=source.language):
        start, end = sentence.start + a, sentence.start + b
        name = sentence.text[a:b]
        if _meets(known, start, end) or _stands(everything, name):
            continue
        places = source.places(name)
        if places and not all(_PLACE.search(source.text[max(0, x - 20) : x]) for x, _ in places):
            left.append(("party", start, end, name))
    return left


def _may_name(source: Source, sentence: Sentence, known: list[tuple[int, int]]) -> bool:
    """Whether a sentence has a capital outside of its parties and dates, other than that of a common word that opens it.

    Every name has one, and in most sentences all names are known: these need not be read for names.
    """
    done, rest = sentence.start, ""
    for start, end in sorted(known):
        rest += source.text[done:start]
        done = max(done, end)
    rest += source.text[done : sentence.end]
    if rest.islower():
        return False
    opening = sentence.text.partition(" ")[0]
    return not (rest[1:].islower() and opening.isalpha() and names.is_common(opening))


def _meets(places: list[tuple[int, int]], start: int, end: int) -> bool:
    """Whether any of some places has a part of another."""
    return any(a < end and start < b for a, b in places)


def _stands(text: str, words: str) -> bool:
    """Whether words, whatever their case, stand as whole words in a text in lower case."""
    words = words.casefold()
    at = text.find(words)
    while at >= 0:
        if not (text[at - 1 : at].isalnum() or text[at + len(words) : at + len(words) + 1].isalnum()):
            return True
        at = text.find(words, at + 1)
    return False
