"""The brief of a news text: its parties, what they committed themselves to, what came out of it, and the figures.

The meanings are those of the annotation guide; the descriptions here are their one source for prompts and JSON schema.
"""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from summariser_schemas.document import DocumentInfo
from summariser_schemas.grounded import (
    Attribution,
    ByCode,
    Evidence,
    Item,
    Mention,
    PartyRef,
    Quantity,
    Span,
    Told,
    Value,
    When,
    Words,
)

__all__ = [
    "BaseBrief",
    "Brief",
    "Commitment",
    "CommitmentStatus",
    "Figure",
    "Omission",
    "Outcome",
    "Part",
    "Party",
    "PartyKind",
    "PromptInfo",
    "Provenance",
    "Rejection",
]


def _is_none(value: object) -> bool:
    return value is None


PartyKind = Literal["country", "government_body", "intergovernmental", "company", "organisation", "person", "group"]
CommitmentStatus = Literal["agreed", "pledged", "planned", "offered", "sought"]


class Party(Item):
    """A named actor that acts, speaks, commits itself, is committed to, or is acted on."""

    name: str = Field(description="fullest form in the text, without titles")
    aliases: list[str] = Field(
        default_factory=list,
        description="other forms in the text for the same actor, a capital that acts for its state too",
    )
    kind: PartyKind = Field(description="what sort of actor")
    role: str | None = Field(default=None, description="office or function, in the words of the text")
    affiliation: PartyRef | None = Field(default=None, description="the party it acts for, where the text says so")
    mentions: Annotated[list[Mention], ByCode()] = Field(
        default_factory=list, description="every place where the name or an alias stands"
    )


class Commitment(Item):
    """A statement that a party will, or will not, do something."""

    said_as: ClassVar[dict[str, dict[str, str]]] = {
        "was agreed by both sides": {"status": "agreed"},
        "was promised": {"status": "pledged"},
        "will be done": {"status": "planned"},
        "is offered on a condition": {"status": "offered"},
        "is asked for": {"status": "sought"},
    }

    by: list[PartyRef] = Field(default_factory=list, description="who has to perform it, where it is a named party")
    to: list[PartyRef] = Field(default_factory=list, description="counterpart or beneficiary; for sought, who asks")
    action: str = Field(description="short phrase that could follow 'will', in the words of the text")
    status: CommitmentStatus = Field(
        description="agreed by two or more sides, pledged by one, planned or announced, offered on a condition, "
        "or sought of another that has not accepted"
    )
    due: When | None = Field(default=None, description="deadline or date of performance, as worded")
    condition: Words | None = Field(default=None, description="what it depends on, as worded")
    attribution: Attribution | None = Field(
        default=None,
        description="whose word the text gives for it: a party's name or the text's description of a source",
    )


class Outcome(Item):
    """Something done, decided or come about, that the text reports as a result."""

    said_as: ClassVar[dict[str, dict[str, str]]] = {
        "was done": {},
        "happened": {},
        "was decided": {},
    }

    by: list[PartyRef] = Field(default_factory=list, description="who did it, where somebody did")
    what: str = Field(description="short clause in the past tense, in the words of the text")
    when: When | None = Field(default=None, description="time, as worded")
    attribution: Attribution | None = Field(default=None, description="whose word the text gives for it")
    fulfils: Annotated[str | None, ByCode()] = Field(
        default=None, description="id of the commitment that it carries out, where the brief has that too"
    )


class Figure(Item):
    """A number that measures something: money, a count, rate, share, age, duration or distance; no date or name."""

    quantity: Quantity = Field(description="shortest verbatim words with number and unit")
    measures: str = Field(description="what it measures, clear without the article")
    as_of: When | None = Field(default=None, description="the time it holds for, as worded")
    attribution: Attribution | None = Field(default=None, description="whose word the text gives for it")


class Rejection(BaseModel):
    """Something the model said that did not hold, and why. It is in no section of the brief."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    section: str = Field(description="the section it was meant for")
    said: dict[str, Any] = Field(description="the model's own words")
    sentences: list[int] = Field(default_factory=list, description="the sentences it cited, counted from 1")
    reasons: list[str] = Field(min_length=1, description="what did not hold")


class Omission(Span):
    """Something in the text that no item of the brief covers, where it first stands."""

    kind: Literal["amount", "percentage", "date", "party"] = Field(description="what was left out")


class Part(BaseModel):
    """A run of sentences of the document, and what came of asking about it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    first: int = Field(ge=1, description="number of its first sentence, counted from 1")
    last: int = Field(ge=1, description="number of its last sentence")
    start: int = Field(ge=0, description="first character")
    end: int = Field(ge=0, description="one past its last character")
    status: Literal["read", "unread", "withheld", "passed over"] = Field(
        description="read: shown to the model, and its answer used; unread: shown, and no whole answer came, though what one "
        "that was cut off held is in the brief; withheld: it gives orders to its reader and was not shown; passed over: a date "
        "line or a credit that says nothing"
    )
    items: int = Field(ge=0, description="items of the brief that rest on one of its sentences")
    why: str | None = Field(default=None, description="why it is unread, where that is known", exclude_if=_is_none)


class PromptInfo(BaseModel):
    """Which prompt was used."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    version: str
    sha256: str = Field(description="digest of the prompt's files")


class Provenance(BaseModel):
    """How the brief came about."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    model: str = Field(description="as asked for: provider/model")
    answered_by: str | None = Field(default=None, description="the model the endpoint says it used")
    endpoint: str
    prompt: PromptInfo
    examples_sha256: str | None = Field(
        default=None, description="digest of the worked examples that came with the schema", exclude_if=_is_none
    )
    schema_sha256: str = Field(description="digest of the brief's JSON schema")
    strategy: Literal["whole", "sentences"] = Field(
        description="asked about the whole document, or sentence by sentence"
    )
    output_language: str | None = Field(
        default=None, description="language asked for the free text; null for that of the document"
    )
    input_tokens: int | None = Field(default=None, description="null when the endpoint reports none")
    output_tokens: int | None = None
    cached_tokens: int | None = Field(default=None, description="part of input_tokens served from the provider's cache")
    second_look_tokens: int = Field(default=0, description="part of both that asking for what was left out took")
    cost_usd: Value | None = Field(default=None, description="null when the price is unknown")
    requests: int = Field(description="questions asked of the model")
    attempts: int = Field(description="requests sent, those repeated after an error included")
    seconds: float = Field(description="time spent waiting for the model, summed over the requests")
    version: str = Field(description="version of summariser")


class BaseBrief(BaseModel):
    """What every brief has: of what document it is, headline and summary, what was left out, and how it came about.

    A brief of your own is a class of this one whose fields are its sections, each a list of a class of `Item`::

        class EarningsCall(BaseBrief):
            metrics: list[Metric] = Field(default_factory=list, description="figures of the quarter reported on")

    Docstrings and descriptions are what a model is told. Everything in a brief was looked up in the document; what did
    not hold is under ``rejected``.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    document: Annotated[DocumentInfo, ByCode()]
    headline: str = Field(description="one line that says what happened")
    summary: Annotated[str, Told(2, 4)] = Field(description="two to four sentences")
    summary_evidence: Annotated[list[Evidence], ByCode()] = Field(
        default_factory=list, description="the sentences that headline and summary rest on"
    )
    rejected: Annotated[list[Rejection], ByCode()] = Field(default_factory=list)
    omitted: Annotated[list[Omission], ByCode()] = Field(
        default_factory=list, description="amounts, percentages, dates and names in the text that no item covers"
    )
    coverage: Annotated[list[Part], ByCode()] = Field(
        default_factory=list, description="every sentence of the document, in runs that were asked about alike"
    )
    provenance: Annotated[Provenance, ByCode()]

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        """Put the sections where a reader looks for them: between the summary and what was left out."""
        super().__pydantic_init_subclass__(**kwargs)
        last = [name for name in _LAST if name in cls.__pydantic_fields__]
        own = [name for name in cls.__pydantic_fields__ if name not in last]
        cls.__pydantic_fields__ = {name: cls.__pydantic_fields__[name] for name in (*own, *last)}
        cls.model_rebuild(force=True, raise_errors=False)

    @property
    def items(self) -> list[Item]:
        """All entries of all sections."""
        sections = (getattr(self, name) for name in type(self).model_fields)
        return [item for section in sections if isinstance(section, list) for item in section if isinstance(item, Item)]

    @property
    def status(self) -> Literal["verified", "flagged"]:
        """``flagged`` when part of the document was not read, or a field of an item is flagged, as a lenient policy has it."""
        unread = any(part.status == "unread" for part in self.coverage)
        return "flagged" if unread or any(item.flagged for item in self.items) else "verified"

    def party(self, ref: str) -> Party:
        """Return the party with this id.

        Raises:
            KeyError: no party of this brief has it.
        """
        for party in self.items:
            if isinstance(party, Party) and party.id == ref:
                return party
        raise KeyError(ref)


_LAST = ("rejected", "omitted", "coverage", "provenance")


class Brief(BaseBrief):
    """A typed brief of a news text. Everything in it was looked up in it; what did not hold is under ``rejected``."""

    parties: list[Party] = Field(default_factory=list)
    commitments: list[Commitment] = Field(default_factory=list)
    outcomes: list[Outcome] = Field(default_factory=list)
    figures: list[Figure] = Field(default_factory=list)
