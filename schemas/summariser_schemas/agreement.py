"""The brief of an agreement or a court ruling: who is bound to what, what was held, which sums and dates it names."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from summariser_schemas.brief import BaseBrief, Party
from summariser_schemas.grounded import Item, PartyRef, Quantity, When, Words

__all__ = ["Agreement", "Amount", "Deadline", "Holding", "Obligation"]


class Obligation(Item):
    """What a party has to do, may do or must not do, by the agreement or by order of the court."""

    obligation: str = Field(description="what it is, in the words of the text, with its 'shall', 'may' or 'must not'")
    force: Literal["must", "may", "must_not"] = Field(description="duty, right or prohibition")
    by: list[PartyRef] = Field(default_factory=list, description="who is bound or entitled")
    to: list[PartyRef] = Field(default_factory=list, description="who it is owed to")
    due: When | None = Field(default=None, description="deadline or date of performance, as worded")
    condition: Words | None = Field(default=None, description="what it depends on, as worded")


class Holding(Item):
    """What a court found or decided; not what a side argued, and not an order to do something."""

    holding: str = Field(description="what was held, a short clause in the words of the text")
    result: Literal["allowed", "dismissed", "found", "remanded"] = Field(
        description="a claim, motion or appeal allowed, or dismissed; a fact or a rule found; sent back to another court"
    )
    court: PartyRef | None = Field(default=None, description="the court that held it")
    basis: Words | None = Field(default=None, description="the article, section or case it rests on, as worded")


class Amount(Item):
    """A sum, rate, share or limit that the text fixes."""

    purpose: str = Field(description="what it is for, clear without the text")
    amount: Quantity = Field(description="shortest verbatim words with number and unit")


class Deadline(Item):
    """A date or a time that the text fixes: signing, entry into force, end, payment, appeal."""

    event: str = Field(description="what happens then, in the words of the text")
    time: When = Field(description="date or time, as worded")


class Agreement(BaseBrief):
    """An agreement, a contract, a treaty, or the judgment or order of a court; or the report of one.

    What the parties are bound to is an obligation, whether they agreed to it or a court ordered it. What a court found is a
    holding. What a side argued is neither.
    """

    parties: list[Party] = Field(
        default_factory=list, description="the parties bound, the court, and others named as acting"
    )
    obligations: list[Obligation] = Field(default_factory=list, description="duties, rights and prohibitions")
    holdings: list[Holding] = Field(default_factory=list, description="what the court found or decided")
    amounts: list[Amount] = Field(default_factory=list, description="sums, rates, shares and limits")
    deadlines: list[Deadline] = Field(default_factory=list, description="dates and times fixed")
