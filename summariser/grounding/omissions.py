"""What the text has and the brief has not: amounts, percentages, dates and names that no item covers."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Literal, NamedTuple

from summariser.grounding import names
from summariser.sentences import is_credit
from summariser_schemas import Omission, Party, Quantity, When

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
        left: list[Omission] = []
        if source.quantities_of(sentence.number) or source.dates_of(sentence.number):
            told = "\n".join(item.words for item in here)
            spans = [span for item in here for span in item.numbers]
            left += [*_numbers(source, sentence, spans, told), *_dates(source, sentence, told)]
        left += _names(source, sentence, taken, everything)
        for omission in left:
            found.setdefault((omission.kind, omission.text.casefold()), omission)
    return sorted(found.values(), key=lambda o: (o.start, o.end))


_ASIDE = frozenset(("id", "evidence", "verdicts", "mentions"))
"""Fields of an item that do not say what it is about."""


class _Said(NamedTuple):
    """What an item repeats of the text: its words, in lower case, and the spans of its numbers."""

    words: str
    numbers: list[tuple[int, int]]

    @classmethod
    def of(cls, item: Item) -> _Said:
        words: list[str] = []
        numbers: list[tuple[int, int]] = []
        for name, value in vars(item).items():
            if value is None or name in _ASIDE:
                continue
            for one in value if isinstance(value, list) else (value,):
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


def _numbers(source: Source, sentence: Sentence, spans: list[tuple[int, int]], told: str) -> Iterator[Omission]:
    for quantity in source.quantities_of(sentence.number):
        start, end = sentence.start + quantity.start, sentence.start + quantity.end
        if not any(a < end and start < b for a, b in spans) and not _stands(told, quantity.text):
            kind: Literal["percentage", "amount"] = "percentage" if quantity.unit in _SHARES else "amount"
            yield Omission(start=start, end=end, text=quantity.text, kind=kind)


def _dates(source: Source, sentence: Sentence, told: str) -> Iterator[Omission]:
    for a, b in source.dates_of(sentence.number):
        text = sentence.text[a:b]
        if not _stands(told, text):
            yield Omission(start=sentence.start + a, end=sentence.start + b, text=text, kind="date")


def _names(source: Source, sentence: Sentence, taken: list[tuple[int, int]], everything: str) -> Iterator[Omission]:
    """Names that no party bears; ``taken`` are the parties' places, ``everything`` what the items say, in lower case."""
    found = names.proper_names(sentence.text, language=source.language)
    if not found:
        return
    dated = source.dates_of(sentence.number)
    near = taken[bisect_left(taken, (sentence.start, 0)) : bisect_left(taken, (sentence.end, 0))]
    for a, b in found:
        start, end = sentence.start + a, sentence.start + b
        name = sentence.text[a:b]
        if any(x < end and start < y for x, y in near) or any(x < b and a < y for x, y in dated):
            continue
        if _stands(everything, name):
            continue
        places = source.places(name)
        if places and not all(_PLACE.search(source.text[max(0, x - 20) : x]) for x, _ in places):
            yield Omission(start=start, end=end, text=name, kind="party")


def _stands(text: str, words: str) -> bool:
    """Whether words, whatever their case, stand as whole words in a text in lower case."""
    words = words.casefold()
    at = text.find(words)
    while at >= 0:
        if not (text[at - 1 : at].isalnum() or text[at + len(words) : at + len(words) + 1].isalnum()):
            return True
        at = text.find(words, at + 1)
    return False
