"""What a model claims, and what became of it."""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar, cast

from summariser.grounding import attribution, dates, names, quantities
from summariser.grounding.ordering import orders as find_orders
from summariser.grounding.words import content_words
from summariser_schemas import Evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from summariser.sentences import Sentence
    from summariser_schemas import Document, Party, Quantity, Span

__all__ = ["Claim", "Problem", "Roster", "Source"]

_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Claim:
    """An item as the model drafted it: field values as words, and the numbers of the sentences it cites.

    ``question`` is the index of the question it answers, for asking again.
    """

    section: str
    fields: dict[str, Any]
    sentences: tuple[int, ...]
    question: int = 0

    def said(self) -> str:
        """Return the model's words as compact JSON, without what is empty."""
        return json.dumps(
            {k: v for k, v in self.fields.items() if v not in (None, "", [])}, ensure_ascii=False, separators=(",", ":")
        )


@dataclass(frozen=True)
class Problem:
    """A claim, or a field of one, that does not hold.

    ``again``: worth asking about, because other words may hold; what is no item by its nature is not.
    """

    claim: Claim
    reasons: tuple[str, ...]
    again: bool = True


@dataclass(frozen=True)
class Source:
    """A document made ready for looking things up: its sentences, and what code finds in them."""

    document: Document
    sentences: Sequence[Sentence]
    language: str
    orders: Sequence[str | None] = field(default=())
    """For each sentence, why it gives orders to the model, or None."""

    @classmethod
    def of(cls, document: Document, sentences: Sequence[Sentence], language: str) -> Source:
        """Look for orders to the model among the sentences."""
        found = find_orders([s.text for s in sentences], paragraph_of=[s.paragraph for s in sentences])
        return cls(document, sentences, language, found)

    @cached_property
    def text(self) -> str:
        """The document's text."""
        return self.document.text

    def once(self, make: Callable[[Source], _Made]) -> _Made:
        """What ``make`` makes of the document, made at the first call: to be read, and left as it is."""
        if make not in self._made:
            self._made[make] = make(self)
        return cast("_Made", self._made[make])

    def usable(self, number: int) -> bool:
        """Whether sentence ``number`` exists and may serve as evidence."""
        return 1 <= number <= len(self.sentences) and not self.orders[number - 1]

    def sentence(self, number: int) -> Sentence:
        """Return the sentence with this number, counted from 1."""
        return self.sentences[number - 1]

    def sentence_at(self, offset: int) -> Sentence | None:
        """Return the sentence that a character of the document belongs to; None between sentences."""
        place = bisect_right(self._starts, offset) - 1
        return self.sentences[place] if place >= 0 and offset < self.sentences[place].end else None

    def sentences_of(self, spans: Iterable[Span]) -> list[Sentence]:
        """The sentences that some spans touch, each once."""
        found: dict[int, Sentence] = {}
        for span in spans:
            start, end = span.start, span.end
            place = max(0, bisect_right(self._starts, start) - 1)
            for sentence in self.sentences[place : bisect_left(self._starts, end, place)]:
                if sentence.end > start:
                    found[sentence.number] = sentence
        return list(found.values())

    def evidence(self, numbers: Iterable[int]) -> list[Evidence]:
        """Spans of the sentences, in the order of the text, each once."""
        known = self._evidence
        wanted = sorted(set(numbers))
        for number in wanted:
            if number not in known:
                known[number] = self._span_of(self.sentence(number))
        return [known[number] for number in wanted]

    def _span_of(self, sentence: Sentence) -> Evidence:
        place = {"start": sentence.start, "end": sentence.end}
        origin = self.document.origin
        if origin is None:
            return Evidence(**place, text=sentence.text)
        start, end = origin.within(sentence.start, sentence.end) or (None, None)
        page = origin.page(sentence.start)
        return Evidence(**place, text=sentence.text, page=page, source_start=start, source_end=end)

    def quantities_of(self, number: int) -> list[Quantity]:
        """Quantities in sentence ``number``, with spans in the sentence."""
        known = self._quantities
        if number not in known:
            known[number] = quantities.find_quantities(self.sentence(number).text, language=self.language)
        return known[number]

    def dates_of(self, number: int) -> list[tuple[int, int]]:
        """Spans of dates in sentence ``number``, counted from its beginning."""
        known = self._dates
        if number not in known:
            known[number] = dates.find_dates(self.sentence(number).text, language=self.language)
        return known[number]

    def quotation_at(self, offset: int) -> tuple[int, int] | None:
        """The span in quotation marks that a character of the document stands in; None outside of them."""
        for start, end in self.quotations:
            if start < offset < end:
                return start, end
        return None

    def places(self, name: str) -> list[tuple[int, int]]:
        """Every place in the usable part of the document where ``name`` stands."""
        known = self._places
        if name not in known:
            known[name] = [place for place in names.mentions(self.text, name) if self._usable_at(place[0])]
        return known[name]

    def _usable_at(self, offset: int) -> bool:
        sentence = self.sentence_at(offset)
        return sentence is not None and not self.orders[sentence.number - 1]

    def runs(self, length: int) -> frozenset[tuple[str, ...]]:
        """Every run of so many content words in the document."""
        known = self._runs
        if length not in known:
            words = content_words(self.text, language=self.language)
            known[length] = frozenset(tuple(words[i : i + length]) for i in range(len(words) - length + 1))
        return known[length]

    @cached_property
    def quotations(self) -> list[tuple[int, int]]:
        """What stands in quotation marks, marks included."""
        found: list[tuple[int, int]] = []
        for _, paragraph in groupby(self.sentences, lambda s: s.paragraph):
            same = list(paragraph)
            first, last = same[0].start, same[-1].end
            found += [(first + a, first + b) for a, b in attribution.quotations(self.text[first:last])]
        return found

    @cached_property
    def _made(self) -> dict[Callable[[Source], Any], Any]:
        return {}

    @cached_property
    def _evidence(self) -> dict[int, Evidence]:
        return {}

    @cached_property
    def _starts(self) -> list[int]:
        return [sentence.start for sentence in self.sentences]

    @cached_property
    def _places(self) -> dict[str, list[tuple[int, int]]]:
        return {}

    @cached_property
    def _runs(self) -> dict[int, frozenset[tuple[str, ...]]]:
        return {}

    @cached_property
    def _quantities(self) -> dict[int, list[Quantity]]:
        return {}

    @cached_property
    def _dates(self) -> dict[int, list[tuple[int, int]]]:
        return {}


class Roster:
    """The brief's parties, found by any of their names."""

    def __init__(self, parties: Sequence[Party]) -> None:
        self.parties = parties
        self._by_key = {names.name_key(form): party for party in parties for form in (*party.aliases, party.name)}
        self._own = {party.id: sorted((m.start, m.end) for m in party.mentions) for party in parties}
        places = [(start, end, party.id) for party in parties for start, end in self._own[party.id]]
        self._places = sorted(places)
        self._by_id = {party.id: party for party in parties}
        self._order = {party.id: place for place, party in enumerate(parties)}

    def find(self, name: str) -> Party | None:
        """Return the party that bears this name."""
        return self._by_key.get(names.name_key(name)) or self._by_key.get(names.name_key(names.strip_titles(name)))

    def by_id(self, ref: str) -> Party:
        """The party with an id."""
        return self._by_id[ref]

    @cached_property
    def _heads(self) -> list[tuple[str, str, str]]:
        forms = ((form, party.id) for party in self.parties for form in (party.name, *party.aliases))
        return [(form.casefold().split()[0], form, ref) for form, ref in forms]

    def told_of(self, words: str) -> list[Party]:
        """The parties that some words name, in the order of the roster."""
        low = words.casefold()
        told = {ref for head, form, ref in self._heads if head in low and names.mentions(words, form)}
        return [party for party in self.parties if party.id in told]

    def mentions(self, party: Party, start: int, end: int) -> list[tuple[int, int]]:
        """Places of the party between two offsets of the document."""
        own = self._own[party.id]
        return [place for place in own[bisect_left(own, (start, 0)) : bisect_left(own, (end, 0))] if place[1] <= end]

    def between(self, start: int, end: int) -> list[tuple[int, int, Party]]:
        """Every place where a party is named between two offsets of the document."""
        low, high = bisect_left(self._places, (start, 0, "")), bisect_left(self._places, (end, 0, ""))
        return [(a, b, self._by_id[ref]) for a, b, ref in self._places[low:high] if b <= end]

    def named(self, start: int, end: int) -> list[Party]:
        """The parties that are named between two offsets of the document, in the order of the roster."""
        there = {party.id for _, _, party in self.between(start, end)}
        return [self._by_id[ref] for ref in sorted(there, key=self._order.__getitem__)]
