"""Never run, only type-checked: what a caller sees, by mypy and by pyright. ``assert_type`` takes no Any for an answer."""

from __future__ import annotations

from typing import assert_type

from summariser import Summariser
from summariser.batch import Result
from summariser.schema import BaseBrief, Brief, Commitment, Field, Item, Quantity


class Metric(Item):
    """A figure that the company reports."""

    name: str = Field(description="what is measured")
    amount: Quantity = Field(description="shortest verbatim words with number and unit")


class EarningsCall(BaseBrief):
    """What a company said of its results."""

    metrics: list[Metric] = Field(default_factory=list, description="figures of the quarter")


def news() -> None:
    """Without a schema it is the brief of a news text."""
    summariser = Summariser("m", base_url="http://h/v1")
    assert_type(summariser, Summariser[Brief])
    brief = summariser.summarise("text")
    assert_type(brief, Brief)
    assert_type(brief.commitments, list[Commitment])
    for result in summariser.batch(["text"], job="job"):
        assert_type(result, Result[Brief])
        assert_type(result.brief, Brief | None)


def own() -> None:
    """A brief of one's own comes out as its own class."""
    with Summariser(schema=EarningsCall) as summariser:
        assert_type(summariser, Summariser[EarningsCall])
        brief = summariser.summarise("text")
        assert_type(brief, EarningsCall)
        assert_type(brief.metrics[0].amount, Quantity)
        for result in summariser.batch(["text"], job="job"):
            assert_type(result.brief, EarningsCall | None)


async def later() -> None:
    """Nothing changes for coroutines."""
    async with Summariser(schema=EarningsCall) as summariser:
        assert_type(await summariser.asummarise("text"), EarningsCall)
        async for result in summariser.abatch(["text"], job="job"):
            assert_type(result.brief, EarningsCall | None)
