"""Brief schema to draft schema: what the model is asked for.

The brief is declared once, out of grounded types. A draft is what is left of it for the model to fill in: an evidence
list becomes sentence numbers, a quantity its verbatim words, a time its words, a reference to a party a name; spans, ids
and everything marked ``ByCode`` vanish. Three drafts follow from one declaration:

``whole``     every section at once, for models that can read a whole document
``overview``  only the prose: headline and summary
``notes``     one sentence at a time, for small models: sections that say in ``said_as`` how their items are spoken of are
              pooled into ``statements``, whose kind comes last, when the model has already written what happened
``acts``      one sentence at a time, where code can read how a sentence puts an act and who acts: only the acts, and what
              the numbers measure that code has found; with ``kinds``, which sorts the names that code has found
"""

from __future__ import annotations

import hashlib
import json
import types
from dataclasses import dataclass
from functools import cached_property, lru_cache, wraps
from inspect import cleandoc
from typing import TYPE_CHECKING, Annotated, Any, Literal, ParamSpec, Union, cast, get_args, get_origin
from weakref import WeakKeyDictionary

from pydantic import BaseModel, ConfigDict, Field, create_model
from pydantic.fields import FieldInfo

from summariser_schemas import Attribution, Brief, Evidence, Item, Mention, Party, PartyRef, Quantity, Told, When
from summariser_schemas.fields import asked, core_type, is_by_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = [
    "NO_ACTORS",
    "OTHER",
    "STATEMENTS",
    "Section",
    "acts",
    "draft_schema",
    "instructions",
    "kinds",
    "notes",
    "numbered",
    "outline",
    "overview",
    "reads_acts",
    "remade",
    "schema_digest",
    "sections",
    "statement_kinds",
    "told",
    "whole",
]

STATEMENTS = "statements"
"""The pooled section of `notes`."""
OTHER = "is only said or believed"
"""The kind of a statement that belongs to no section."""

_MOST_NOTES = 12
"""Entries of a kind that one sentence can have. Small models may repeat themselves without end; the grammar stops them."""

NO_ACTORS = ("place", "thing", "adjective", "part")
"""Kinds of names that are no parties."""

_MOST_ACTS = 8
"""Acts of one sentence."""
LONGEST_ACT = 200
"""Characters of an act, or of what a number measures."""

_DRAFT = ConfigDict(extra="forbid")
_NAMED = ConfigDict(extra="forbid", populate_by_name=True)
"""For drafts whose fields are called by words of the document."""
_WORDS = (Quantity, When, Attribution, PartyRef, Mention)


@dataclass(frozen=True)
class Section:
    """A list of items in a brief. ``prefix`` begins their ids: as much of the name as no other section shares."""

    name: str
    item: type[Item]
    prefix: str = ""
    description: str | None = None

    @cached_property
    def prose(self) -> str:
        """The field that says in words what the item is about: its first required string."""
        return next(f.name for f in asked(self.item) if f.core is str and f.required and not f.many)

    @cached_property
    def number(self) -> str | None:
        """The field with the number that the item is about: its first required quantity, where it has one."""
        return next((f.name for f in asked(self.item) if f.core is Quantity and f.required and not f.many), None)

    @cached_property
    def time(self) -> str:
        """The field that says when."""
        return next(n for n, i in self.item.model_fields.items() if core_type(i.annotation)[0] is When)


_Arguments = ParamSpec("_Arguments")
_MADE: WeakKeyDictionary[type[BaseModel], tuple[str, tuple[Any, ...], dict[str, Any]]] = WeakKeyDictionary()
"""How each draft that there is was made: by which function, of what."""


def _draft(
    maxsize: int,
) -> Callable[[Callable[_Arguments, type[BaseModel]]], Callable[_Arguments, type[BaseModel]]]:
    """Make each draft once, and know how it was made."""

    def decorated(make: Callable[_Arguments, type[BaseModel]]) -> Callable[_Arguments, type[BaseModel]]:
        @lru_cache(maxsize=maxsize)
        @wraps(make)
        def made(*args: Any, **kwargs: Any) -> type[BaseModel]:
            draft = make(*args, **kwargs)
            _MADE[draft] = make.__name__, args, kwargs
            return draft

        return cast("Callable[_Arguments, type[BaseModel]]", made)

    return decorated


def told(draft: type[BaseModel]) -> tuple[Any, ...]:
    """A draft in values that can be pickled, as the class itself cannot; `remade` makes it of them again."""
    return _MADE[draft]


def remade(told: tuple[Any, ...]) -> type[BaseModel]:
    """The draft that `told` told."""
    name, args, kwargs = told
    made: type[BaseModel] = globals()[name](*args, **kwargs)
    return made


@lru_cache(maxsize=16)
def sections(brief: type[BaseModel]) -> tuple[Section, ...]:
    """The sections of a brief: its lists of items, in the order of declaration."""
    found: dict[str, tuple[type[Item], str | None]] = {}
    for name, info in brief.model_fields.items():
        core, many = core_type(info.annotation)
        if many and isinstance(core, type) and issubclass(core, Item):
            found[name] = (core, info.description)
    return tuple(Section(name, item, _prefix(name, found), told) for name, (item, told) in found.items())


def _prefix(name: str, names: Iterable[str]) -> str:
    others = [other for other in names if other != name]
    starts = (name[:length] for length in range(1, len(name)))
    return next((start for start in starts if not any(other.startswith(start) for other in others)), name)


@lru_cache(maxsize=16)
def reads_acts(brief: type[BaseModel]) -> bool:
    """Whether its sections are those of news: acts of parties, which code reads off English sentences (see `acts`)."""
    return sections(brief) == sections(Brief)


@lru_cache(maxsize=16)
def instructions(brief: type[BaseModel]) -> str:
    """What a brief's own docstring tells a model."""
    return cleandoc(brief.__doc__ or "")


@_draft(maxsize=16)
def whole(brief: type[BaseModel]) -> type[BaseModel]:
    """The draft of a whole brief, each item with the numbers of the sentences that say so."""
    fields = _prose_fields(brief)
    for section in sections(brief):
        listed: Any = Field(default_factory=list, description=section.description)
        fields[section.name] = (_many(_item(section.item, evidence=True)), listed)
    return create_model(f"{brief.__name__}Draft", __config__=_DRAFT, **fields)


@_draft(maxsize=16)
def overview(brief: type[BaseModel]) -> type[BaseModel]:
    """The draft of the prose alone."""
    return create_model(f"{brief.__name__}Overview", __config__=_DRAFT, **_prose_fields(brief))


@_draft(maxsize=256)
def notes(brief: type[BaseModel], numbers: tuple[str, ...] | None = None, *, parties: bool = True) -> type[BaseModel]:
    """The draft of what one sentence says: sections of names and numbers as they are, the others as statements.

    ``numbers`` are those that the sentence has, of which each quantity must be one: a small model invents amounts where an
    item needs one. None stands for any; without one, sections whose items need a number are left out. ``parties`` are left
    out where code finds them.
    """
    fields: dict[str, Any] = {}
    few: Any = Field(default_factory=list, max_length=_MOST_NOTES)
    sparing = reads_acts(brief)
    for section in sections(brief):
        if issubclass(section.item, Party) and not parties:
            continue
        if not (section.item.said_as and sparing):
            if numbers == () and any(f.core is Quantity and f.required for f in asked(section.item)):
                continue
            # A section that may be left out is left out where the last worked example has it empty.
            default: dict[str, Any] = {} if numbers is not None else {"default_factory": list}
            listed: Any = Field(max_length=_MOST_NOTES, description=section.description, **default)
            item = _item(section.item, evidence=False, sparing=sparing, numbers=numbers)
            fields[section.name] = (_many(item), listed)
        elif STATEMENTS not in fields:
            kinds: Any = Literal[tuple(statement_kinds(brief))]
            statement = create_model(
                "Statement",
                __config__=_DRAFT,
                by=(list[str], Field(description="who does it")),
                what=(str, Field(description="the act, in the words of the sentence")),
                when=(str | None, Field(default=None, description="its time, in the words of the sentence")),
                kind=(kinds, Field(description="how the sentence puts it")),
            )
            fields[STATEMENTS] = (_many(statement), few)
    return create_model(f"{brief.__name__}Notes", __config__=_DRAFT, **fields)


@lru_cache(maxsize=16)
def statement_kinds(brief: type[BaseModel]) -> dict[str, tuple[Section, dict[str, str]] | None]:
    """What each kind of statement stands for: a section and the fields that follow from the kind, or nothing."""
    kinds: dict[str, tuple[Section, dict[str, str]] | None] = {}
    for section in reversed(sections(brief)):
        for phrase, values in section.item.said_as.items():
            kinds[phrase] = (section, values)
    kinds[OTHER] = None
    return kinds


@_draft(maxsize=256)
def acts(numbers: tuple[str, ...]) -> type[BaseModel]:
    """The draft of what one sentence says, where code finds the rest: its acts, and what each of its numbers measures.

    ``measures`` has a field for each number, called by its words: a list in their order is one that small models confuse.
    """
    act: Any = Annotated[str, Field(max_length=LONGEST_ACT)]
    fields: dict[str, Any] = {"acts": (_many(act), Field(max_length=_MOST_ACTS))}
    if numbers:
        named: dict[str, Any] = {f"number_{n}": (act, Field(alias=words)) for n, words in enumerate(numbers)}
        fields["measures"] = (create_model("Measures", __config__=_NAMED, **named), ...)
    return create_model("Acts", __config__=_DRAFT, **fields)


@_draft(maxsize=256)
def kinds(names: tuple[str, ...], brief: type[BaseModel]) -> type[BaseModel]:
    """The draft that sorts names: a field for each, called by it, with a kind of party or one of `NO_ACTORS`."""
    party = next(section.item for section in sections(brief) if issubclass(section.item, Party))
    choices: Any = Literal[(*get_args(core_type(party.model_fields["kind"].annotation)[0]), *NO_ACTORS)]
    fields: dict[str, Any] = {f"name_{n}": (choices, Field(alias=name)) for n, name in enumerate(names)}
    return create_model("Kinds", __config__=_NAMED, **fields)


@_draft(maxsize=64)
def numbered(count: int) -> type[BaseModel]:
    """The draft of as many phrases, called by their numbers."""
    fields: dict[str, Any] = {f"phrase_{n}": (str, Field(alias=str(n + 1))) for n in range(count)}
    return create_model("Phrases", __config__=_NAMED, **fields)


def draft_schema(brief: type[BaseModel] = Brief) -> dict[str, Any]:
    """JSON schema of the draft of a whole brief."""
    return whole(brief).model_json_schema()


@lru_cache(maxsize=256)
def outline(draft: type[BaseModel]) -> str:
    """A compact description of a draft for the prompt: one line a field, its choices and what it means."""
    lines: list[str] = []

    def describe(model: type[BaseModel], indent: str) -> None:
        for name, info in model.model_fields.items():
            core, many = core_type(info.annotation)
            optional = "" if info.is_required() or many else "?"
            meaning = f": {info.description}" if info.description else ""
            if isinstance(core, type) and issubclass(core, BaseModel):
                doc = cleandoc(core.__doc__ or "").replace("\n", " ")
                told = ". ".join(part for part in (info.description, doc) if part)
                lines.append(f"{indent}{name} [{{…}}]{': ' + told if told else ''}")
                describe(core, indent + "  ")
                continue
            choices = (
                " | ".join(get_args(core)) if get_origin(core) is Literal else "true | false" if core is bool else ""
            )
            shape = f" ({choices})" if choices else ""
            lines.append(f"{indent}{name}{optional}{' [..]' if many else ''}{shape}{meaning}")

    describe(draft, "")
    return "\n".join(lines)


def _prose_fields(brief: type[BaseModel]) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    for name, info in brief.model_fields.items():
        if is_by_code(info) or info.annotation is not str:
            continue
        told = next((mark for mark in info.metadata if isinstance(mark, Told)), None)
        if told is None:
            fields[name] = (str, Field(description=info.description))
        else:
            many = Field(description=info.description, min_length=1, max_length=told.most)
            fields[name] = (_many(_told_sentence()), many)
    return fields


def _many(item: type[BaseModel]) -> Any:
    """The type of a list of a class that is made at run time, which no checker can name."""
    return list.__class_getitem__(item)


@lru_cache(maxsize=1)
def _told_sentence() -> type[BaseModel]:
    return create_model(
        "ToldSentence",
        __config__=_DRAFT,
        text=(str, Field(description="one sentence")),
        evidence=(list[int], Field(min_length=1, description="numbers of the sentences that say so")),
    )


@lru_cache(maxsize=256)
def _item(
    item: type[Item], *, evidence: bool, sparing: bool = True, numbers: tuple[str, ...] | None = None
) -> type[BaseModel]:
    """Draft of an item. Without evidence it is the draft of what a single sentence can say; ``sparing`` leaves out what an
    item can do without, words aside; of ``numbers`` each quantity must be one.
    """
    fields: dict[str, Any] = {}
    for name, info in item.model_fields.items():
        core, many = core_type(info.annotation)
        if is_by_code(info):
            continue
        if core is Evidence:
            if evidence:
                fields[name] = (list[int], Field(min_length=1, description="numbers of the sentences that say so"))
            continue
        if not evidence and sparing and not info.is_required() and (core is not str or many):
            continue
        if core is Quantity and numbers == ():
            continue
        fields[name] = (_drafted(info.annotation, numbers), _copy(info))
    return create_model(item.__name__, __config__=_DRAFT, __doc__=item.__doc__, **fields)


def _copy(info: FieldInfo) -> Any:
    if info.is_required():
        return Field(description=info.description)
    if info.default_factory is not None:
        return Field(default_factory=cast("Any", info.default_factory), description=info.description)
    return Field(default=info.default, description=info.description)


def _drafted(annotation: Any, numbers: tuple[str, ...] | None = None) -> Any:
    """The draft form of a field's type: grounded types become their words, a quantity one of ``numbers`` where they are known."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return _drafted(get_args(annotation)[0], numbers)
    if origin is list:
        return _many(_drafted(get_args(annotation)[0], numbers))
    if origin in (Union, types.UnionType):
        return Union[tuple(_drafted(part, numbers) for part in get_args(annotation))]  # noqa: UP007 -- not a literal union
    if annotation is Quantity and numbers:
        return Literal[numbers]
    return str if annotation in _WORDS else annotation


@lru_cache(maxsize=16)
def schema_digest(brief: type[BaseModel] = Brief) -> str:
    """SHA-256 of the brief's JSON schema, in hexadecimal."""
    canonical = json.dumps(brief.model_json_schema(mode="serialization"), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
