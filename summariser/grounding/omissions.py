"""What the text has and the brief has not: amounts, percentages, dates and names that no item covers."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Literal

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
    about = _by_sentence(source, items)
    taken = sorted((m.start, m.end) for item in items if isinstance(item, Party) for m in item.mentions)
    everything = "\n".join(text for item in items for text in _told(item)).casefold()
    for sentence in source.sentences:
        if not source.usable(sentence.number) or is_credit(sentence.text):
            continue
        told = "\n".join(text for item in about.get(sentence.number, ()) for text in _told(item))
        spans = [
            (q.start, q.end)
            for item in about.get(sentence.number, ())
            for q in _values(item)
            if isinstance(q, Quantity)
        ]
        for omission in (
            *_numbers(source, sentence, spans, told),
            *_dates(source, sentence, told),
            *_names(source, sentence, taken, everything),
        ):
            found.setdefault((omission.kind, omission.text.casefold()), omission)
    return sorted(found.values(), key=lambda o: (o.start, o.end))


def _by_sentence(source: Source, items: Sequence[Item]) -> dict[int, list[Item]]:
    """The items that a sentence is evidence of, by its number."""
    about: dict[int, list[Item]] = {}
    for item in items:
        for sentence in source.sentences_of(item.evidence):
            about.setdefault(sentence.number, []).append(item)
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
    dated = source.dates_of(sentence.number)
    near = taken[bisect_left(taken, (sentence.start, 0)) : bisect_left(taken, (sentence.end, 0))]
    for a, b in names.proper_names(sentence.text, language=source.language):
        start, end = sentence.start + a, sentence.start + b
        name = sentence.text[a:b]
        if any(x < end and start < y for x, y in near) or any(x < b and a < y for x, y in dated):
            continue
        if _stands_folded(everything, name.casefold()):
            continue
        places = source.places(name)
        if places and not all(_PLACE.search(source.text[max(0, x - 20) : x]) for x, _ in places):
            yield Omission(start=start, end=end, text=name, kind="party")


def _told(item: Item) -> Iterator[str]:
    for value in _values(item):
        if isinstance(value, str):
            yield value
        elif isinstance(value, When):
            yield value.text


def _values(item: Item) -> Iterator[object]:
    for name in type(item).model_fields:
        if name not in ("id", "evidence", "verdicts", "mentions"):
            value = getattr(item, name)
            yield from value if isinstance(value, list) else [value]


def _stands(text: str, words: str) -> bool:
    return _stands_folded(text.casefold(), words.casefold())


def _stands_folded(text: str, words: str) -> bool:
    """The same for words in lower case: found first, their borders looked at afterwards."""
    at = text.find(words)
    while at >= 0:
        if not (text[at - 1 : at].isalnum() or text[at + len(words) : at + len(words) + 1].isalnum()):
            return True
        at = text.find(words, at + 1)
    return False
