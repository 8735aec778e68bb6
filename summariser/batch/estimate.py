"""What a job will come to, from the requests it would send; nothing is sent."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from summariser.asking import rough_tokens
from summariser.dialogue import dialogue
from summariser.errors import SummariserError
from summariser.exchange import Usage
from summariser.readers import Damaged

if TYPE_CHECKING:
    from collections.abc import Iterable

    from summariser.batch.job import Options
    from summariser.readers import Item
    from summariser.recipe import Recipe

__all__ = ["Estimate", "estimate"]

_ANSWER_SHARE = 1.5
"""Tokens of an answer for each of the document: a brief says most things twice, once as itself and once as numbers."""
_TOKENS_A_SECOND = 50.0
_SECONDS_TO_BEGIN = 1.0
_A_BATCH = 24 * 3600.0
"""What a provider gives itself for a batch; most end far sooner."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a job will come to. Questions that are asked again are not in it; they come to some per cent more."""

    documents: int
    damaged: int
    requests: int
    input_tokens: int
    output_tokens: int
    """As answers usually are."""
    most_output_tokens: int
    """If every answer were as long as it may be."""
    cost: Decimal | None
    """Dollars; None when no price is known. Caches of the provider make it less."""
    most_cost: Decimal | None
    seconds: float | None
    """At the limits given, and a usual speed of a provider; None for the embedded model, which is as fast as its machine."""


def estimate(recipe: Recipe[Any], items: Iterable[Item], options: Options) -> Estimate:
    """Render the first questions about every document and add up what they come to."""
    documents = damaged = requests = read = written = most = 0
    cost: Decimal | None = Decimal(0)
    most_cost: Decimal | None = Decimal(0)
    batch = options.via is not None
    for item in items:
        if isinstance(item, Damaged):
            damaged += 1
            continue
        try:
            asked = next(dialogue(item.document, recipe.plan))
        except SummariserError:
            damaged += 1
            continue
        documents += 1
        requests += len(asked)
        share = _ANSWER_SHARE * rough_tokens(item.document.text) / len(asked)
        for request in asked:
            size = sum(rough_tokens(message.content) for message in request.messages)
            answer = int(min(share, request.max_tokens))
            read += size
            written += answer
            most += request.max_tokens
            # Each by itself: a price may have steps.
            cost = _sum(cost, recipe.cost(Usage(size, answer), None, batch=batch))
            most_cost = _sum(most_cost, recipe.cost(Usage(size, request.max_tokens), None, batch=batch))
    return Estimate(
        documents,
        damaged,
        requests,
        read,
        written,
        most,
        cost,
        most_cost,
        _A_BATCH if options.via else _seconds(recipe, options, requests, read, written),
    )


def _sum(left: Decimal | None, right: Decimal | None) -> Decimal | None:
    return None if left is None or right is None else left + right


def _seconds(recipe: Recipe[Any], options: Options, requests: int, read: int, written: int) -> float | None:
    if recipe.endpoint.provider == "local":
        return None
    at_once = options.concurrency or recipe.endpoint.limits.batch_concurrency
    return max(
        (requests * _SECONDS_TO_BEGIN + written / _TOKENS_A_SECOND) / max(1, min(at_once, requests)),
        requests / options.rpm * 60 if options.rpm else 0.0,
        (read + written) / options.tpm * 60 if options.tpm else 0.0,
    )
