"""The form of gold files: what is in a document, with names instead of references and quotes instead of offsets."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, create_model, model_validator

from summariser import drafting
from summariser_schemas import (
    Attribution,
    BaseBrief,
    Brief,
    Document,
    Mention,
    Party,
    PartyRef,
    Provenance,
    Quantity,
    When,
)
from summariser_schemas.fields import asked
from summariser_schemas.grounded import Qualifier

if TYPE_CHECKING:
    from summariser_schemas import Item

__all__ = [
    "Cost",
    "Entry",
    "Gold",
    "Made",
    "Quote",
    "Sections",
    "bounds_of",
    "entries",
    "gold_form",
    "made_of",
    "number_of",
]


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
        if part.name == number_of(item):
            form |= {"text": (str, ...), "qualifier": (Qualifier | None, None)}
            form |= dict.fromkeys(("value", "low", "high"), (Decimal | None, None))
            form |= dict.fromkeys(("unit", "per"), (str | None, None))
            continue
        core: Any = str if part.core in (When, Attribution, PartyRef, Mention, Quantity) else part.core
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
        if isinstance(value, Quantity) and part.name == number_of(type(item)):
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
    return value.text if isinstance(value, When | Mention | Quantity) else value


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


def made_of(brief: BaseBrief) -> Made:
    """A brief, ready to be scored."""
    sections = entries(gold_form(brief), brief=type(brief))
    return Made(brief.document.id, sections, cost=Cost.of(brief.provenance), sha256=brief.document.sha256)


def number_of(item: type[Item]) -> str | None:
    """The field with the number that items of this type are about; others stand in gold files by their words."""
    return next((part.name for part in asked(item) if part.core is Quantity and part.required), None)


def bounds_of(entry: Entry) -> tuple[Decimal | None, Decimal | None] | None:
    """A number's bounds; a plain one is its own upper and lower bound."""
    value, low, high = (entry.fields.get(name) for name in ("value", "low", "high"))
    if value is not None:
        return (value, value)
    return None if low is None and high is None else (low, high)
