"""What the text has and the brief has not: amounts, percentages, dates and names that no item covers."""

from __future__ import annotations

import re
from functools import cache
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
    everything = "\n".join(item.words for item in said)
    taken = [(m.start, m.end) for item in items if isinstance(item, Party) for m in item.mentions]
    for sentence in source.sentences:
        if not source.usable(sentence.number) or is_credit(sentence.text):
            continue
        start, end = sentence.start, sentence.end
        about = [item for item in said if any(a < end and start < b for a, b in item.evidence)]
        told = "\n".join(item.words for item in about)
        spans = [span for item in about for span in item.numbers]
        for omission in (
            *_numbers(source, sentence, spans, told),
            *_dates(source, sentence, told),
            *_names(source, sentence, taken, everything),
        ):
            found.setdefault((omission.kind, omission.text.casefold()), omission)
    return sorted(found.values(), key=lambda o: (o.start, o.end))


class _Said(NamedTuple):
    """What an item repeats of the text: its words in lower case, and the spans of its evidence and of its numbers."""

    words: str
    evidence: list[tuple[int, int]]
    numbers: list[tuple[int, int]]

    @classmethod
    def of(cls, item: Item) -> _Said:
        values = list(_values(item))
        words = [v.text if isinstance(v, When) else v for v in values if isinstance(v, When | str)]
        return cls(
            "\n".join(words).casefold(),
            [(e.start, e.end) for e in item.evidence],
            [(v.start, v.end) for v in values if isinstance(v, Quantity)],
        )


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
    dated = source.dates_of(sentence.number)
    for a, b in names.proper_names(sentence.text, language=source.language):
        start, end = sentence.start + a, sentence.start + b
        name = sentence.text[a:b]
        covered = any(x < end and start < y for x, y in taken) or _stands(everything, name)
        if covered or any(x < b and a < y for x, y in dated):
            continue
        places = source.places(name)
        if places and not all(_PLACE.search(source.text[max(0, x - 20) : x]) for x, _ in places):
            yield Omission(start=start, end=end, text=name, kind="party")


def _values(item: Item) -> Iterator[object]:
    for name in _fields(type(item)):
        value = getattr(item, name)
        if isinstance(value, list):
            yield from value
        elif value is not None:
            yield value


@cache
def _fields(kind: type[Item]) -> tuple[str, ...]:
    return tuple(name for name in kind.model_fields if name not in ("id", "evidence", "verdicts", "mentions"))


def _stands(text: str, words: str) -> bool:
    """Whether words, whatever their case, stand as whole words in a text in lower case."""
    words = words.casefold()
    place = text.find(words)
    while place >= 0:
        end = place + len(words)
        if not (text[place - 1 : place].isalnum() or text[end : end + 1].isalnum()):
            return True
        place = text.find(words, place + 1)
    return False
