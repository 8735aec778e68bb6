"""One brief against its gold: which items go together, which of their fields agree, and what stands in the text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, get_origin

from summariser import drafting
from summariser.evaluation.form import Cost, Entry, bounds_of, number_of
from summariser.grounding import content_words, locate, mentions, name_key
from summariser.merging import similarity
from summariser.sentences import guess_language, split
from summariser_schemas import Attribution, Brief, Party, PartyRef
from summariser_schemas.fields import asked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pydantic import BaseModel

    from summariser.drafting import Section
    from summariser.evaluation.form import Gold, Made, Quote, Sections
    from summariser.sentences import Sentence
    from summariser_schemas import Document
    from summariser_schemas.fields import Asked

__all__ = ["SAME_PHRASE", "Judge", "Scored", "SectionScore", "Tally", "score"]

SAME_PHRASE = 0.4
"""Token F1 of content words from which two phrases on one sentence tell of the same act."""
SAME_WORDS = 0.5
"""Token F1 from which two wordings of a time, an office or a source count as the same."""


@dataclass(frozen=True)
class Tally:
    """Items that are right, items that were given, and items that were wanted; found optional ones are in none."""

    right: int = 0
    given: int = 0
    wanted: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.right + other.right, self.given + other.given, self.wanted + other.wanted)

    @property
    def precision(self) -> float | None:
        """Share of what was given that is right; None when nothing was."""
        return self.right / self.given if self.given else None

    @property
    def recall(self) -> float | None:
        """Share of what was wanted that is there; None when nothing was."""
        return self.right / self.wanted if self.wanted else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; None when nothing was given and nothing wanted."""
        both = self.given + self.wanted
        return 2 * self.right / both if both else None


@dataclass(frozen=True)
class SectionScore:
    """One section of one document."""

    tally: Tally
    items: int = 0
    """Items of the brief, optional ones included."""
    grounded: int = 0
    """Those whose evidence stands in the text."""
    fields: Mapping[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    """Of the fields of paired items: how many agree, of how many."""
    made_up: tuple[Entry, ...] = ()
    """Items of the brief that pair with none of the gold's."""
    omitted: tuple[Entry, ...] = ()
    """Items of the gold that pair with none of the brief's, without the optional ones."""


@dataclass(frozen=True)
class Scored:
    """One document's brief against its gold."""

    id: str
    sections: Mapping[str, SectionScore]
    error: str | None = None
    cost: Cost = field(default_factory=Cost)


def score(gold: Gold, made: Made, *, brief: type[BaseModel] = Brief) -> Scored:
    """Hold what came of a document against its gold."""
    sections = drafting.sections(brief)
    if made.sections is None:
        missed = {s.name: tuple(e for e in gold.sections[s.name] if not e.optional) for s in sections}
        empty = {name: SectionScore(Tally(wanted=len(all_)), omitted=all_) for name, all_ in missed.items()}
        return Scored(gold.id, empty, made.error or "no brief", made.cost)
    judge = Judge(gold.document)
    paired = {s.name: _pairs(s, gold.sections[s.name], made.sections[s.name], judge) for s in sections}
    names = _Names.of(gold.sections, made.sections, paired, sections)
    scores = {
        s.name: _section_score(s, gold.sections[s.name], made.sections[s.name], paired[s.name], judge, names)
        for s in sections
    }
    return Scored(gold.id, scores, None, made.cost)


class Judge:
    """The gold's text: where quotes stand in it, whoever says so."""

    def __init__(self, document: Document) -> None:
        self.text = document.text
        self.language = (document.language or guess_language(document.text)).partition("-")[0]
        self._sentences: list[Sentence] = split(self.text, language=self.language)

    def places(self, quote: Quote) -> list[tuple[int, int]]:
        """Every place where the words of a quote stand; the one that it names, where it names one rightly."""
        if quote.start is not None and quote.start >= 0 and self.text.startswith(quote.text, quote.start):
            return [(quote.start, quote.start + len(quote.text))]
        found = locate(self.text, quote.text, language=self.language)
        if found is None:
            return []
        if found.parts:
            return list(found.parts)
        words = re.escape(self.text[found.start : found.end])
        return [match.span() for match in re.finditer(words, self.text)]

    def sentences(self, entry: Entry) -> frozenset[int]:
        """Numbers of the sentences that an item's evidence stands in."""
        spans = [span for quote in entry.evidence for span in self.places(quote)]
        return frozenset(s.number for s in self._sentences if any(a < s.end and s.start < b for a, b in spans))

    def grounds(self, section: Section, entry: Entry) -> bool:
        """Whether the evidence of an item stands in the text, and a party's name or a figure's number with it."""
        if not all(self.places(quote) for quote in entry.evidence):
            return False
        if issubclass(section.item, Party):
            return bool(mentions(self.text, str(entry.fields.get("name") or "")))
        if not entry.evidence:
            return False
        number = entry.fields.get("text") if number_of(section.item) else None
        return number is None or any(locate(q.text, number, language=self.language) for q in entry.evidence)


def _pairs(section: Section, gold: Sequence[Entry], made: Sequence[Entry], judge: Judge) -> dict[int, int]:
    """Pair one to one, best first. Of equally good pairs the one with a required item comes first, then by their words."""
    places = {id(entry): judge.sentences(entry) for entry in (*gold, *made)}
    ranked: list[tuple[tuple[float, ...], str, str, int, int]] = []
    for i, wanted in enumerate(gold):
        for j, given in enumerate(made):
            alike = _alike(section, wanted, given, places[id(wanted)], places[id(given)], judge.language)
            if alike is not None:
                worst_first = tuple(-part for part in (*alike, not wanted.optional))
                ranked.append((worst_first, wanted.key, given.key, i, j))
    paired: dict[int, int] = {}
    taken: set[int] = set()
    for *_, i, j in sorted(ranked):
        if i not in paired and j not in taken:
            paired[i] = j
            taken.add(j)
    return paired


def _alike(
    section: Section, wanted: Entry, given: Entry, here: frozenset[int], there: frozenset[int], language: str
) -> tuple[float, ...] | None:
    """How well two items go together, best is highest; None when they do not."""
    if issubclass(section.item, Party):
        ours, theirs = _keys(wanted), _keys(given)
        # One shared name is as good as several: a wanted party comes before an optional one that has the name too.
        return (not wanted.optional, len(ours & theirs) / len(ours | theirs)) if ours & theirs else None
    if not here & there:
        return None
    near = len(here & there) / len(here | there)
    one, two = (str(e.fields.get(section.prose) or "") for e in (wanted, given))
    close = _similar(one, two, language)
    if number_of(section.item):
        bounds = bounds_of(wanted)
        if bounds is None or bounds != bounds_of(given):
            return None
        same = [
            _fold(wanted.fields.get(name)) == _fold(given.fields.get(name)) for name in ("unit", "qualifier", "text")
        ]
        return (near, sum(same), close)
    return (close, near) if close >= SAME_PHRASE else None


def _similar(one: str, other: str, language: str) -> float:
    return 1.0 if one.casefold() == other.casefold() else similarity(one, other, language=language)


def _fold(value: Any) -> str:
    return " ".join(str(value or "").casefold().split())


def _keys(party: Entry) -> frozenset[str]:
    names = (party.fields.get("name"), *(party.fields.get("aliases") or ()))
    return frozenset(key for name in names if name and (key := name_key(name)))


class _Names:
    """Who is meant by a name in gold and brief: an item of the gold where there is one, else the folded name."""

    def __init__(self, gold: Mapping[str, int], made: Mapping[str, int]) -> None:
        self._gold = gold
        self._made = made

    @classmethod
    def of(
        cls, gold: Sections, made: Sections, paired: Mapping[str, Mapping[int, int]], sections: Iterable[Section]
    ) -> _Names:
        """Learn the names of a document's parties."""
        ours: dict[str, int] = {}
        theirs: dict[str, int] = {}
        for section in sections:
            if issubclass(section.item, Party):
                for i, party in enumerate(gold[section.name]):
                    ours.update(dict.fromkeys(_keys(party), i))
                    if (j := paired[section.name].get(i)) is not None:
                        theirs.update(dict.fromkeys(_keys(made[section.name][j]), i))
        return cls(ours, theirs)

    def in_gold(self, name: str) -> int | str:
        """Who a name of the gold means."""
        key = name_key(name)
        return self._gold.get(key, key)

    def in_brief(self, name: str) -> int | str:
        """Who a name of the brief means."""
        key = name_key(name)
        return self._made.get(key, self._gold.get(key, key))


def _section_score(
    section: Section,
    gold: Sequence[Entry],
    made: Sequence[Entry],
    paired: Mapping[int, int],
    judge: Judge,
    names: _Names,
) -> SectionScore:
    free = sum(gold[i].optional for i in paired)
    fields: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for i, j in paired.items():
        if not gold[i].optional:
            for name, agrees in _compared(section, gold[i], made[j], names, judge.language):
                fields[name] += 1
                right[name] += agrees
    taken = set(paired.values())
    return SectionScore(
        tally=Tally(len(paired) - free, len(made) - free, sum(not e.optional for e in gold)),
        items=len(made),
        grounded=sum(judge.grounds(section, entry) for entry in made),
        fields={name: (right[name], fields[name]) for name in sorted(fields)},
        made_up=tuple(entry for j, entry in enumerate(made) if j not in taken),
        omitted=tuple(entry for i, entry in enumerate(gold) if i not in paired and not entry.optional),
    )


def _compared(section: Section, gold: Entry, made: Entry, names: _Names, language: str) -> Iterator[tuple[str, bool]]:
    """The fields on which gold or brief says something, and whether they agree. How items pair is not compared again."""
    for part in asked(section.item):
        if part.name == number_of(section.item):
            for name in ("unit", "qualifier"):
                if name in gold.fields:
                    yield name, _same_unit(gold.fields[name], made.fields.get(name), language)
            continue
        if part.name == "aliases" or (part.name == section.prose and not number_of(section.item)):
            if part.name == "name":
                yield "name", name_key(gold.fields["name"]) == name_key(made.fields["name"])
            continue
        ours, theirs = gold.fields.get(part.name), made.fields.get(part.name)
        if ours or theirs:
            least = SAME_PHRASE if part.name == section.prose else SAME_WORDS
            yield part.name, _agree(part, ours, theirs, names, language, least)


def _agree(part: Asked, ours: Any, theirs: Any, names: _Names, language: str, least: float) -> bool:
    if part.core is PartyRef:
        wanted, given = (value if isinstance(value, list) else [value] if value else [] for value in (ours, theirs))
        return {names.in_gold(n) for n in wanted} == {names.in_brief(n) for n in given}
    if get_origin(part.core) is Literal or part.core is bool or not (ours and theirs):
        return bool(ours == theirs)
    if part.core is Attribution and names.in_gold(ours) == names.in_brief(theirs):
        return True
    if _similar(str(ours), str(theirs), language) >= least:
        return True
    # "May" is a month here and a stop word elsewhere.
    left, right = (Counter(_fold(value).split()) for value in (ours, theirs))
    return 2 * (left & right).total() >= least * (left.total() + right.total())


def _same_unit(one: Any, other: Any, language: str) -> bool:
    if _fold(one) == _fold(other):
        return True
    if not one or not other:
        return False
    words = content_words(str(one), language=language)
    return bool(words) and words == content_words(str(other), language=language)
