"""The types a brief is made of, each tied to the text it came from.

Every grounded type has two projections: what the user gets (spans, values, dates, ids) and what the model is asked for
(sentence numbers, verbatim words, names). ``summariser.drafting`` derives the second from the first; ``ByCode`` marks
what the model is never asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, PlainSerializer
from pydantic_core import CoreSchema, core_schema

__all__ = [
    "Attribution",
    "ByCode",
    "Evidence",
    "Item",
    "Mention",
    "PartyRef",
    "Precision",
    "Qualifier",
    "Quantity",
    "Span",
    "Told",
    "Value",
    "Verbatim",
    "Verdict",
    "VerdictName",
    "When",
    "Words",
]

Qualifier = Literal["exact", "about", "at_least", "at_most", "more_than", "less_than", "range", "change"]
"""How a number is meant: as it stands, roughly, as a bound, as one of two bounds, or as a difference."""

Precision = Literal["day", "month", "quarter", "year", "range"]
"""How exactly a date is known."""


VerdictName = Literal["exact", "normalised", "derived", "contradicted", "absent"]
"""How a field stands to the text, from best to worst."""


class ByCode:
    """Marks a field that code fills in; the model is never asked for it."""


@dataclass(frozen=True, slots=True)
class Told:
    """Marks a string as prose of ``least`` to ``most`` sentences, drafted with the numbers of those they rest on."""

    least: int
    most: int


class Verbatim:
    """Marks a string that is the text's own words, and not a phrase made of them."""


Words = Annotated[str, Verbatim()]
"""The text's own words, letter by letter."""


def _plain(value: Decimal) -> str:
    return format(value, "f")


Value = Annotated[Decimal, PlainSerializer(_plain, return_type=str, when_used="json")]
"""A decimal that is written to JSON as a string of digits, never in scientific notation."""


def _is_none(value: object) -> bool:
    return value is None


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Span(_Model):
    """A stretch of the document: ``document.text[start:end] == text``, in characters (code points)."""

    start: int = Field(ge=0, description="first character, counted from 0")
    end: int = Field(ge=0, description="one past the last character")
    text: str = Field(description="the characters themselves")


class Evidence(Span):
    """A sentence, or a part of one, that proves an item.

    Where the text was taken out of a page or a file with pages, it says where in there the sentence stands.
    """

    page: Annotated[int | None, ByCode()] = Field(
        default=None, ge=1, description="page of the document it begins on, counted from 1", exclude_if=_is_none
    )
    source_start: Annotated[int | None, ByCode()] = Field(
        default=None,
        ge=0,
        description="first character in the source as it was decoded, where the text was taken out of markup",
        exclude_if=_is_none,
    )
    source_end: Annotated[int | None, ByCode()] = Field(
        default=None, ge=0, description="one past the last character in the source", exclude_if=_is_none
    )


class Mention(Span):
    """A place where a party is named, or any words of the text with the place where they stand."""


class PartyRef(str):
    """The id of a party of the same brief."""

    __slots__ = ()

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[PartyRef], handler: GetCoreSchemaHandler) -> CoreSchema:
        """Validate from a string, serialise as one."""
        return core_schema.no_info_after_validator_function(cls, core_schema.str_schema())


class Quantity(_Model):
    """A number that measures something, read by code from its span of the document.

    ``value`` counts in base units: "$320 million" is 320000000, with the scale 1000000 and the unit USD; ``value / scale``
    is the number as the text writes it. A range has ``low`` and ``high`` instead. "12 cases per 100,000 people" is 12, unit
    "case", per "100,000 people"; "80 km/h" is 80, unit "kilometre", per "hour". Units of measure and of time bear their
    English names in all languages, what else is counted bears the text's own noun.
    """

    start: int = Field(ge=0, description="first character of the span")
    end: int = Field(ge=0, description="one past its last character")
    text: str = Field(description="the shortest verbatim span with number and unit")
    value: Value | None = Field(default=None, description="in base units: '$320 million' is 320000000")
    low: Value | None = Field(default=None, description="lower bound of a range")
    high: Value | None = Field(default=None, description="upper bound of a range")
    scale: Value = Field(
        default=Decimal(1),
        description="what a word or letter multiplies the written number by: 1000000 in '$320 million', 12 in 'two dozen', "
        "else 1; of a range, that of its upper bound",
    )
    unit: str | None = Field(
        default=None,
        description="ISO 4217 code for money, '%' for per cent, 'percentage point', 'basis point', the English name of a unit "
        "of measure or time ('kilometre', 'year'), else the noun that is counted, singular",
    )
    per: str | None = Field(
        default=None, description="what the amount is for each of: 'barrel', 'hour', 'year', '100,000 people'"
    )
    qualifier: Qualifier = Field(default="exact", description="how the number is meant")


class When(_Model):
    """A time as the text words it, resolved by code where the publication date allows."""

    text: str = Field(description="the words of the text")
    start: date | None = Field(default=None, description="first day; null when it cannot be known")
    end: date | None = Field(default=None, description="last day, inclusive")
    precision: Precision | None = Field(default=None, description="null when unresolved")


class Attribution(_Model):
    """Whose word the text gives for an item."""

    text: str = Field(description="the party's name, or the text's own description of an unnamed source")
    party: PartyRef | None = Field(default=None, description="the party, where it is one of the brief's")


class Verdict(_Model):
    """What was found when a field of an item was held against the sentences that prove it.

    ``exact``: the model's words stand there. ``normalised``: they do, in other typography. ``derived``: computed by code,
    or told in other words whose names, numbers, dates and polarity all stand there; ``basis`` says from what.
    ``contradicted``: the text says otherwise; ``basis`` says what. ``absent``: the text does not say it.
    """

    verdict: VerdictName = Field(description="exact, normalised, derived, contradicted or absent")
    basis: str | None = Field(default=None, description="what it was derived from, or what contradicts it")
    said: str | None = Field(default=None, description="the model's own words, where the field now holds others")
    flagged: bool = Field(default=False, description="true where the policy lets it through and warns of it")


class Item(_Model):
    """One entry of a brief. ``said_as`` maps a plain description to the field values it stands for.

    Small models name what happened well and choose between sections badly; ``said_as`` lets them say "was promised" and
    lets code turn it into a commitment with status ``pledged``.
    """

    said_as: ClassVar[dict[str, dict[str, str]]] = {}

    id: Annotated[str, ByCode()] = Field(description="unique within the brief")
    evidence: list[Evidence] = Field(min_length=1, description="the sentences that say so")
    verdicts: Annotated[dict[str, Verdict], ByCode()] = Field(
        default_factory=dict, description="for each field that says something, how it stands to the text"
    )

    @property
    def flagged(self) -> bool:
        """Whether a field of it is flagged. The strict policy flags nothing: what does not hold is not in the brief."""
        return any(verdict.flagged for verdict in self.verdicts.values())
