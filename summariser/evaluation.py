"""Briefs against gold: how much of what an annotator found in a document a brief has, and what else it has.

Items are paired one to one, best first, inside each section. Parties pair when a name or alias of one is a name or alias
of the other, after folding. Items with a quantity pair when they share a sentence of evidence and the value, or the
bounds, are equal. All others pair when they share a sentence of evidence and the token F1 of the content words of their
phrases is at least `SAME_PHRASE`. An item that the gold marks optional earns nothing when it is found and costs nothing
when it is missed. A document without a brief counts with all of its gold missed.

Sections and fields are those of the brief's schema, so briefs of a schema that users declare are scored likewise.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, cast, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model, model_validator

from summariser import drafting
from summariser.errors import InputError
from summariser.grounding import content_words, locate, mentions, name_key
from summariser.merging import similarity
from summariser.sentences import guess_language, split
from summariser_schemas import Attribution, Brief, Document, Party, PartyRef, Provenance, Quantity, When
from summariser_schemas.fields import asked
from summariser_schemas.grounded import Qualifier

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from summariser.drafting import Section
    from summariser.sentences import Sentence
    from summariser_schemas import Item
    from summariser_schemas.fields import Asked

__all__ = [
    "SAME_PHRASE",
    "Cost",
    "Entry",
    "Gold",
    "Interval",
    "Made",
    "Quote",
    "Report",
    "Scored",
    "SectionScore",
    "Tally",
    "as_json",
    "as_markdown",
    "as_text",
    "entries",
    "evaluate",
    "gold_form",
    "made_of",
    "read_briefs",
    "read_gold",
    "score",
]

SAME_PHRASE = 0.4
"""Token F1 of content words from which two phrases on one sentence tell of the same act."""
SAME_WORDS = 0.5
"""Token F1 from which two wordings of a time, an office or a source count as the same."""

_RESAMPLES = 1000
_TAIL = 0.025
_SEED = 1


# ---- the form of gold files: names instead of references, quoted sentences instead of offsets


class Quote(BaseModel):
    """Words of the text that prove an item; where several places have them, ``start`` says which is meant."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    text: str = Field(min_length=1)
    start: int | None = None
    end: int | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_words(cls, raw: Any) -> Any:
        return {"text": raw} if isinstance(raw, str) else raw


@dataclass(frozen=True)
class Entry:
    """An item in the form of gold files. ``fields`` holds those that were given, null ones included."""

    fields: Mapping[str, Any]
    evidence: tuple[Quote, ...] = ()
    optional: bool = False

    @cached_property
    def key(self) -> str:
        """The item as a line of text: decides between pairs that are equally good, whatever the order of the items."""
        return json.dumps([dict(self.fields), [q.text for q in self.evidence]], sort_keys=True, default=str)


Sections = Mapping[str, tuple[Entry, ...]]


@dataclass(frozen=True)
class Gold:
    """A document, and what an annotator found in it, by section."""

    id: str
    document: Document
    sections: Sections


@lru_cache(maxsize=16)
def _form(brief: type[BaseModel]) -> type[BaseModel]:
    """What a gold file says of a document, derived from the brief's schema."""
    form: dict[str, Any] = {
        section.name: (list[_item_form(section.item)], Field(default_factory=list))  # type: ignore[misc]
        for section in drafting.sections(brief)
    }
    return create_model("Gold", __config__=ConfigDict(extra="forbid"), **form)


def _item_form(item: type[Item]) -> Any:
    form: dict[str, Any] = {"evidence": (list[Quote], Field(default_factory=list)), "optional": (bool, False)}
    for part in asked(item):
        if part.core is Quantity:
            form |= {"text": (str, ...), "qualifier": (Qualifier | None, None)}
            form |= dict.fromkeys(("value", "low", "high"), (Decimal | None, None))
            form |= dict.fromkeys(("unit", "per"), (str | None, None))
            continue
        core: Any = str if part.core in (When, Attribution, PartyRef) else part.core
        shape: Any = (list[core] if part.many else core) | None
        form[part.name] = (core, Field(min_length=1)) if part.required and core is str else (shape, None)
    return create_model(f"Gold{item.__name__}", __config__=ConfigDict(extra="forbid"), **form)


def entries(raw: Mapping[str, Any], *, brief: type[BaseModel] = Brief) -> dict[str, tuple[Entry, ...]]:
    """Read what was found in a document, in the form of gold files.

    Raises:
        pydantic.ValidationError: it has another shape.
    """
    form = _form(brief).model_validate(dict(raw))
    return {
        section.name: tuple(
            Entry(
                {name: getattr(item, name) for name in sorted(item.model_fields_set - {"evidence", "optional"})},
                tuple(item.evidence),
                item.optional,
            )
            for item in getattr(form, section.name)
        )
        for section in drafting.sections(brief)
    }


def gold_form(brief: BaseModel) -> dict[str, list[dict[str, Any]]]:
    """A brief in the form of gold files."""
    sections = drafting.sections(type(brief))
    named = {p.id: p.name for s in sections for p in getattr(brief, s.name) if isinstance(p, Party)}
    return {s.name: [_as_gold(item, named) for item in getattr(brief, s.name)] for s in sections}


def _as_gold(item: Item, named: Mapping[str, str]) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for part in asked(type(item)):
        value = getattr(item, part.name)
        if isinstance(value, Quantity):
            said |= {k: getattr(value, k) for k in ("text", "value", "low", "high", "unit", "per", "qualifier")}
        elif isinstance(value, list):
            said[part.name] = [_plainly(one, named) for one in value]
        else:
            said[part.name] = _plainly(value, named)
    said["evidence"] = [{"text": e.text, "start": e.start, "end": e.end} for e in item.evidence]
    return said


def _plainly(value: Any, named: Mapping[str, str]) -> Any:
    if isinstance(value, PartyRef):
        return named.get(value, str(value))
    if isinstance(value, Attribution):
        return named.get(value.party, value.text) if value.party is not None else value.text
    return value.text if isinstance(value, When) else value


# ---- files


class _GoldFile(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: str = Field(min_length=1)
    text: str = Field(min_length=1)
    title: str | None = None
    published: Any = None
    source: str | None = None
    language: str | None = None
    gold: dict[str, Any]


def read_gold(paths: Iterable[str | Path], *, brief: type[BaseModel] = Brief) -> list[Gold]:
    """Read gold files, and all files named ``*.json`` in folders, in the order of their names.

    Raises:
        InputError: a file is missing, no gold, or contradicts its own text; the message names file and line.
    """
    files: list[Path] = []
    for path in map(Path, paths):
        found = sorted(path.glob("*.json")) if path.is_dir() else [path]
        if not found:
            raise InputError(f"{path}: no gold in this folder; gold files are named *.json")
        files += found
    if not files:
        raise InputError("no gold: name gold files or folders of them")
    golds: list[Gold] = []
    homes: dict[str, Path] = {}
    for file in files:
        gold = _gold_of(file, brief)
        if gold.id in homes:
            raise InputError(
                f"{file}: has the same id {gold.id!r} as {homes[gold.id]}; give each document one of its own"
            )
        homes[gold.id] = file
        golds.append(gold)
    return golds


def _gold_of(file: Path, brief: type[BaseModel]) -> Gold:
    text = _text_of(file)
    raw = _json_of(text, str(file))
    try:
        head = _GoldFile.model_validate(raw)
        title = None if head.title is None or head.text.startswith(head.title) else head.title
        document = Document(
            text=head.text,
            id=head.id,
            title=title,
            published=head.published,
            source=head.source,
            language=head.language,
        )
    except ValidationError as error:
        raise InputError(_what_is_wrong(str(file), text, error)) from None
    try:
        sections = entries(head.gold, brief=brief)
    except ValidationError as error:
        raise InputError(_what_is_wrong(str(file), text, error, "gold")) from None
    judge = _Judge(document)
    for section in drafting.sections(brief):
        for number, entry in enumerate(sections[section.name]):
            if (wrong := _unusable(section, entry, judge)) is not None:
                line = _line_of(text, ("gold", section.name, number))
                raise InputError(f"{file}, line {line}: gold.{section.name}.{number} {wrong}")
    return Gold(head.id, document, sections)


def _unusable(section: Section, entry: Entry, judge: _Judge) -> str | None:
    """Why an item of a gold file cannot be scored against."""
    if not issubclass(section.item, Party) and not entry.evidence:
        return "has no evidence; quote the sentence that says so"
    for quote in entry.evidence:
        if not judge.places(quote):
            return f"quotes as evidence what is not in the text: {quote.text[:60]!r}"
    if _has_quantity(section.item) and _bounds(entry) is None:
        return "has neither a value nor low and high"
    return None


@dataclass(frozen=True)
class Cost:
    """What a brief cost; None is unknown, which is not zero."""

    input_tokens: int | None = None
    cached_tokens: int | None = None
    """Part of ``input_tokens`` that came from a prompt cache."""
    output_tokens: int | None = None
    dollars: Decimal | None = None
    seconds: float | None = None

    @classmethod
    def of(cls, provenance: Provenance) -> Cost:
        """The cost that a brief names itself."""
        return cls(
            input_tokens=provenance.input_tokens,
            cached_tokens=provenance.cached_tokens,
            output_tokens=provenance.output_tokens,
            dollars=provenance.cost_usd,
            seconds=provenance.seconds,
        )


@dataclass(frozen=True)
class Made:
    """What came of a document: the sections of its brief, in the form of gold files, or the error instead."""

    id: str
    sections: Sections | None
    error: str | None = None
    cost: Cost = field(default_factory=Cost)
    sha256: str | None = None
    """Digest of the text that the brief is of, where it is known."""


def made_of(brief: Brief) -> Made:
    """A brief, ready to be scored."""
    sections = entries(gold_form(brief), brief=type(brief))
    return Made(brief.document.id, sections, cost=Cost.of(brief.provenance), sha256=brief.document.sha256)


def read_briefs(path: str | Path) -> list[Made]:
    """Read a file of briefs, one a line or a single one.

    A line is a brief, as ``summariser brief --format json`` writes it; or an object with an ``id`` and, under ``gold``,
    the sections in the form of gold files, for briefs that other tools made; or one with an ``id`` and an ``error``.

    Raises:
        InputError: the file is missing or holds something else; the message names file and line.
    """
    path = Path(path)
    text = _text_of(path)
    lines = [(n, line) for n, line in enumerate(text.split("\n"), 1) if line.strip()]
    try:
        whole = json.loads(text)
    except json.JSONDecodeError:
        return [_made_of_line(_json_of(line, str(path), n), line, f"{path}, line {n}") for n, line in lines]
    return [_made_of_line(whole, text, str(path))]


def _made_of_line(raw: Any, text: str, where: str) -> Made:
    told = cast("dict[str, Any]", raw) if isinstance(raw, dict) else {}
    try:
        if "provenance" in told:
            return made_of(Brief.model_validate_json(text))
        if isinstance(told.get("id"), str):
            if "error" in told:
                return Made(told["id"], None, error=str(told["error"]))
            if isinstance(told.get("gold"), dict):
                cost = told.get("cost")
                return Made(
                    told["id"], entries(told["gold"]), cost=_cost_of(cost) if isinstance(cost, dict) else Cost()
                )
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{where}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from None
    raise InputError(
        f"{where}: is no brief; a line is a brief in JSON, or an object with an id and its sections under gold"
    )


def _cost_of(raw: Any) -> Cost:
    return Cost(
        **{k: raw.get(k) for k in ("input_tokens", "cached_tokens", "output_tokens", "seconds")},
        dollars=None if raw.get("dollars") is None else Decimal(str(raw["dollars"])),
    )


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path}: is not UTF-8") from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None


def _json_of(text: str, file: str, first: int = 1) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        line = error.lineno + first - 1
        raise InputError(f"{file}, line {line}, column {error.colno}: not JSON ({error.msg})") from None


def _what_is_wrong(file: str, text: str, error: ValidationError, *within: str) -> str:
    first = error.errors()[0]
    path = (*within, *first["loc"])
    said = "" if first["type"] == "missing" else f", not {str(first['input'])[:40]!r}"
    return f"{file}, line {_line_of(text, path)}: {'.'.join(map(str, path)) or 'gold'}: {first['msg']}{said}"


_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = json.JSONDecoder()


def _line_of(text: str, path: Sequence[str | int]) -> int:
    """The line on which the value at a path of a JSON text begins, or the innermost one around it."""
    place = _skip(text, 0)
    for step in path:
        inner = next((start for name, start in _children(text, place) if name == step), None)
        if inner is None:
            break
        place = inner
    return text.count("\n", 0, place) + 1


def _children(text: str, place: int) -> Iterator[tuple[str | int, int]]:
    """Names and places of the values inside the JSON object or array at a place."""
    opening, index = text[place], 0
    if opening not in "{[":
        return
    place = _skip(text, place + 1)
    while text[place] not in "}]":
        name: str | int = index
        if opening == "{":
            name, place = _DECODER.raw_decode(text, place)
            place = _skip(text, _skip(text, place) + 1)
        yield name, place
        _, place = _DECODER.raw_decode(text, place)
        place = _skip(text, place)
        if text[place] == ",":
            place = _skip(text, place + 1)
        index += 1


def _skip(text: str, place: int) -> int:
    space = _SPACE.match(text, place)
    return space.end() if space is not None else place


# ---- scoring one document


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
    judge = _Judge(gold.document)
    paired = {s.name: _pairs(s, gold.sections[s.name], made.sections[s.name], judge) for s in sections}
    names = _Names.of(gold.sections, made.sections, paired, sections)
    scores = {
        s.name: _section_score(s, gold.sections[s.name], made.sections[s.name], paired[s.name], judge, names)
        for s in sections
    }
    return Scored(gold.id, scores, None, made.cost)


class _Judge:
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
        number = entry.fields.get("text") if _has_quantity(section.item) else None
        return number is None or any(locate(q.text, number, language=self.language) for q in entry.evidence)


def _pairs(section: Section, gold: Sequence[Entry], made: Sequence[Entry], judge: _Judge) -> dict[int, int]:
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
    if _has_quantity(section.item):
        bounds = _bounds(wanted)
        if bounds is None or bounds != _bounds(given):
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


def _has_quantity(item: type[Item]) -> bool:
    return any(part.core is Quantity for part in asked(item))


def _bounds(entry: Entry) -> tuple[Decimal | None, Decimal | None] | None:
    """A number's bounds; a plain one is its own upper and lower bound."""
    value, low, high = (entry.fields.get(name) for name in ("value", "low", "high"))
    if value is not None:
        return (value, value)
    return None if low is None and high is None else (low, high)


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
    judge: _Judge,
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
        if part.core is Quantity:
            for name in ("unit", "qualifier"):
                if name in gold.fields:
                    yield name, _same_unit(gold.fields[name], made.fields.get(name), language)
            continue
        if part.name == "aliases" or (part.name == section.prose and not _has_quantity(section.item)):
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
    if get_origin(part.core) is Literal or not (ours and theirs):
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


# ---- many documents


class Interval(NamedTuple):
    """A 95 % confidence interval, from the bootstrap over documents."""

    low: float
    high: float


@dataclass(frozen=True)
class Report:
    """All documents of one model, prompt or tool."""

    name: str
    documents: tuple[Scored, ...]

    @property
    def failed(self) -> tuple[Scored, ...]:
        """The documents without a brief."""
        return tuple(d for d in self.documents if d.error is not None)

    @cached_property
    def sections(self) -> dict[str, Tally]:
        """The tally of each section, over all documents."""
        return _pooled(self.documents)

    @property
    def mean_f1(self) -> float:
        """Mean of the sections' F1, without sections that have neither gold nor items."""
        return _mean_f1(self.sections)

    @cached_property
    def intervals(self) -> dict[str, Interval]:
        """Of each section's ``precision``, ``recall`` and ``f1``, under ``section.measure``, and of ``mean_f1``.

        Documents are drawn with replacement, always the same ones. A single document tells nothing about others: there
        are no intervals then.
        """
        if len(self.documents) < 2:
            return {}
        chance = random.Random(_SEED)  # noqa: S311 # no secret
        drawn: dict[str, list[float]] = {}
        for _ in range(_RESAMPLES):
            tallies = _pooled(chance.choices(self.documents, k=len(self.documents)))
            drawn.setdefault("mean_f1", []).append(_mean_f1(tallies))
            for section, tally in tallies.items():
                for measure in ("precision", "recall", "f1"):
                    value = getattr(tally, measure)
                    if value is not None:
                        drawn.setdefault(f"{section}.{measure}", []).append(value)
        return {name: _between(values) for name, values in drawn.items()}

    @property
    def fields(self) -> dict[str, tuple[int, int]]:
        """Of the fields of paired items, under ``section.field``: how many agree, of how many."""
        right: Counter[str] = Counter()
        all_: Counter[str] = Counter()
        for document in self.documents:
            for section, scored in document.sections.items():
                for name, (agreeing, compared) in scored.fields.items():
                    right[f"{section}.{name}"] += agreeing
                    all_[f"{section}.{name}"] += compared
        order = list(self.sections)
        return {n: (right[n], all_[n]) for n in sorted(all_, key=lambda n: (order.index(n.partition(".")[0]), n))}

    @property
    def grounded(self) -> float | None:
        """Share of the briefs' items whose evidence stands in the text; None when there are no items."""
        scores = [s for d in self.documents for s in d.sections.values()]
        items = sum(s.items for s in scores)
        return sum(s.grounded for s in scores) / items if items else None

    @property
    def made_up(self) -> float | None:
        """Items a brief that pair with nothing in the gold; None when there are no briefs."""
        briefs = [d for d in self.documents if d.error is None]
        return sum(len(s.made_up) for d in briefs for s in d.sections.values()) / len(briefs) if briefs else None

    @property
    def omitted(self) -> float:
        """Items a document that the gold has and the brief has not."""
        return sum(len(s.omitted) for d in self.documents for s in d.sections.values()) / len(self.documents)

    def mean_cost(self, name: str) -> float | None:
        """Mean of a figure of `Cost` over the briefs; None when that of any of them is unknown."""
        values = [getattr(d.cost, name) for d in self.documents if d.error is None]
        return None if not values or None in values else float(sum(values) / len(values))

    @property
    def new_tokens(self) -> float | None:
        """Tokens a brief that came from no prompt cache: output, and input without what was cached."""
        parts = [self.mean_cost(name) for name in ("input_tokens", "output_tokens")]
        cached = self.mean_cost("cached_tokens") or 0.0
        return None if None in parts else sum(cast("list[float]", parts)) - cached


def evaluate(name: str, golds: Sequence[Gold], made: Iterable[Made], *, brief: type[BaseModel] = Brief) -> Report:
    """Score all documents of the gold; one that has no brief counts as failed. Briefs of other documents are ignored.

    A brief belongs to the gold with its text, else to that with its id.
    """
    by_text: dict[str, Made] = {}
    by_id: dict[str, Made] = {}
    for one in made:
        by_id[one.id] = one
        if one.sha256 is not None:
            by_text[one.sha256] = one
    found = (by_text.get(g.document.sha256) or by_id.get(g.id) or Made(g.id, None) for g in golds)
    return Report(name, tuple(score(g, m, brief=brief) for g, m in zip(golds, found, strict=True)))


def _pooled(documents: Iterable[Scored]) -> dict[str, Tally]:
    tallies: dict[str, Tally] = {}
    for document in documents:
        for name, scored in document.sections.items():
            tallies[name] = tallies.get(name, Tally()) + scored.tally
    return tallies


def _mean_f1(tallies: Mapping[str, Tally]) -> float:
    values = [tally.f1 for tally in tallies.values() if tally.f1 is not None]
    return sum(values) / len(values) if values else 0.0


def _between(values: list[float]) -> Interval:
    ordered = sorted(values)
    tail = int(len(ordered) * _TAIL)
    return Interval(ordered[tail], ordered[-1 - tail])


# ---- for reading


def as_text(reports: Sequence[Report]) -> str:
    """One table, a column a report, in aligned columns."""
    table = _table(reports)
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in table]
    return "\n".join([*lines, ""])


def as_markdown(reports: Sequence[Report]) -> str:
    """One table, a column a report, in Markdown."""
    head, *rows = [[cell.replace("|", "\\|") for cell in row] for row in _table(reports)]
    lines = [f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows)]
    return "\n".join([*lines, ""])


def as_json(reports: Sequence[Report]) -> str:
    """Everything, with the items that were made up and omitted, document by document."""
    return json.dumps({"reports": [_told(report) for report in reports]}, indent=2, ensure_ascii=False, default=str)


def _table(reports: Sequence[Report]) -> list[list[str]]:
    rows: list[list[str]] = [["", *(r.name for r in reports)]]
    rows.append(["documents", *(str(len(r.documents)) for r in reports)])
    rows.append(["failed", *(str(len(r.failed)) for r in reports)])
    for section in dict.fromkeys(name for r in reports for name in r.sections):
        rows.append([f"{section} F1", *(_f1_cell(r, section) for r in reports)])
        rows.append([f"{section} P / R", *(_precision_cell(r.sections[section]) for r in reports)])
    rows.append(["mean F1", *(f"{r.mean_f1:.2f}{_range(r.intervals.get('mean_f1'))}" for r in reports)])
    rows.append(["grounded", *("–" if r.grounded is None else f"{r.grounded:.1%}" for r in reports)])
    rows.append(["made up a brief", *(_number(r.made_up, 1) for r in reports)])
    rows.append(["omitted a document", *(_number(r.omitted, 1) for r in reports)])
    for name in dict.fromkeys(name for r in reports for name in r.fields):
        rows.append([f"{name} right", *(_share(r.fields.get(name)) for r in reports)])
    for label, cost in (("tokens in", "input_tokens"), ("of these cached", "cached_tokens"), ("out", "output_tokens")):
        rows.append([label, *(_number(r.mean_cost(cost), 0) for r in reports)])
    rows.append(["uncached in + out", *(_number(r.new_tokens, 0) for r in reports)])
    rows.append(["dollars", *(_dollars(r.mean_cost("dollars")) for r in reports)])
    rows.append(["seconds", *(_number(r.mean_cost("seconds"), 1) for r in reports)])
    return rows


def _f1_cell(report: Report, section: str) -> str:
    f1 = report.sections[section].f1
    return "–" if f1 is None else f"{f1:.2f}{_range(report.intervals.get(f'{section}.f1'))}"


def _precision_cell(tally: Tally) -> str:
    return f"{_number(tally.precision, 2)} / {_number(tally.recall, 2)}"


def _range(interval: Interval | None) -> str:
    return "" if interval is None else f" ({interval.low:.2f}–{interval.high:.2f})"


def _number(value: float | None, places: int) -> str:
    return "–" if value is None else f"{value:,.{places}f}"


def _dollars(value: float | None) -> str:
    return "–" if value is None else f"{value:.6f}".rstrip("0").rstrip(".")


def _share(counts: tuple[int, int] | None) -> str:
    return "–" if counts is None else f"{counts[0] / counts[1]:.2f} ({counts[0]} of {counts[1]})"


def _told(report: Report) -> dict[str, Any]:
    intervals = report.intervals
    costs = ("input_tokens", "cached_tokens", "output_tokens", "dollars", "seconds")
    return {
        "name": report.name,
        "documents": len(report.documents),
        "failed": {d.id: d.error for d in report.failed},
        "sections": {
            name: _tally_told(tally)
            | {f"{m}_interval": intervals.get(f"{name}.{m}") for m in ("precision", "recall", "f1")}
            for name, tally in report.sections.items()
        },
        "mean_f1": report.mean_f1,
        "mean_f1_interval": intervals.get("mean_f1"),
        "grounded": report.grounded,
        "made_up_per_brief": report.made_up,
        "omitted_per_document": report.omitted,
        "fields": {name: {"right": right, "of": of} for name, (right, of) in report.fields.items()},
        "per_brief": {name: report.mean_cost(name) for name in costs} | {"new_tokens": report.new_tokens},
        "by_document": [
            {
                "id": document.id,
                "error": document.error,
                "sections": {
                    name: _tally_told(scored.tally)
                    | {
                        "items": scored.items,
                        "grounded": scored.grounded,
                        "made_up": [dict(entry.fields) for entry in scored.made_up],
                        "omitted": [dict(entry.fields) for entry in scored.omitted],
                    }
                    for name, scored in document.sections.items()
                },
            }
            for document in report.documents
        ],
    }


def _tally_told(tally: Tally) -> dict[str, Any]:
    return {
        "right": tally.right,
        "given": tally.given,
        "wanted": tally.wanted,
        "precision": tally.precision,
        "recall": tally.recall,
        "f1": tally.f1,
    }
