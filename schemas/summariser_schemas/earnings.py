"""The brief of an earnings release: metrics with their periods and changes, and what the company expects."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from summariser_schemas.brief import BaseBrief, Party
from summariser_schemas.grounded import Attribution, Item, Quantity, When, Words

__all__ = ["EarningsRelease", "Event", "Guidance", "Metric"]


class Metric(Item):
    """A result that the company reports for a time that has passed: revenue, profit, margin, cash, orders, customers."""

    metric: str = Field(description="what is measured, with segment or region, in the words of the text")
    amount: Quantity = Field(description="the figure itself: shortest verbatim words with number and unit")
    period: When | None = Field(default=None, description="the time it is for, or the day it holds at, as worded")
    change: Quantity | None = Field(
        default=None, description="by how much it differs from the time before: the number as worded"
    )
    direction: Literal["up", "down", "flat"] | None = Field(
        default=None, description="which way it went, where the text says so"
    )
    compared_with: Words | None = Field(default=None, description="what the change is measured against, as worded")


class Guidance(Item):
    """A figure that the company expects for a time to come."""

    metric: str = Field(description="what is expected, in the words of the text")
    amount: Quantity = Field(description="the figure or the range: shortest verbatim words with number and unit")
    period: When | None = Field(default=None, description="the time it is for, as worded")
    move: Literal["raised", "lowered", "confirmed", "new"] | None = Field(
        default=None, description="how it stands to what was expected before, where the text says so"
    )


class Event(Item):
    """Something else that the company did or decided: a dividend, a purchase, a closure, an appointment."""

    event: str = Field(description="what happened or was decided, a short clause in the words of the text")
    when: When | None = Field(default=None, description="its time, as worded")
    amount: Quantity | None = Field(default=None, description="the sum that is named for it")
    attribution: Attribution | None = Field(default=None, description="whose word the text gives for it")


class EarningsRelease(BaseBrief):
    """A company's release of its results, or the report of one.

    Metrics are for times that have passed, guidance for times to come. The figure of the year before, given only to compare,
    is no metric of its own. Each figure of a list is an entry of its own.
    """

    parties: list[Party] = Field(
        default_factory=list, description="the company, its parts, buyers, sellers and the persons who speak for it"
    )
    metrics: list[Metric] = Field(default_factory=list, description="results reported")
    guidance: list[Guidance] = Field(default_factory=list, description="what is expected")
    events: list[Event] = Field(default_factory=list, description="what else was done or decided")
