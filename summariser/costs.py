"""What tokens cost. Unknown is unknown, never nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from summariser.errors import ConfigurationError

if TYPE_CHECKING:
    from summariser.exchange import Usage
    from summariser.settings import Endpoint

__all__ = ["Price", "amount", "dollars"]

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """Dollars a million tokens. ``cached`` is for input that comes from the provider's cache; as ``input`` without it."""

    input: Decimal
    output: Decimal
    cached: Decimal | None = None

    @classmethod
    def read(cls, text: str) -> Price:
        """A price as users write it: ``INPUT/OUTPUT`` or ``INPUT/OUTPUT/CACHED``, such as ``0.40/1.60``.

        Raises:
            ConfigurationError: it is written otherwise.
        """
        try:
            parts = [Decimal(part) for part in re.sub(r"[\s$]", "", text).split("/")]
        except InvalidOperation:
            parts = []
        if len(parts) not in (2, 3) or not all(part.is_finite() and part >= 0 for part in parts):
            raise ConfigurationError(
                f"the price {text!r} cannot be read: write dollars a million tokens as INPUT/OUTPUT, such as 0.40/1.60"
            )
        return cls(*parts)

    def of(self, usage: Usage) -> Decimal:
        """Dollars for a usage whose tokens are known."""
        assert usage.input_tokens is not None
        assert usage.output_tokens is not None
        cached = _cached(usage)
        fresh = usage.input_tokens - cached
        again = self.input if self.cached is None else self.cached
        return (fresh * self.input + cached * again + usage.output_tokens * self.output) / _MILLION


def amount(dollars: Decimal | float | str) -> Decimal:
    """A budget as users write it: ``5.00``, ``$5``.

    Raises:
        ConfigurationError: it is written otherwise.
    """
    try:
        found = Decimal(str(dollars).strip().removeprefix("$"))
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise ConfigurationError(f"the budget {dollars!r} is no amount of dollars; write it as 5.00")
    return found


def _cached(usage: Usage) -> int:
    """Some endpoints report more tokens from the cache than there were."""
    return min(usage.cached_tokens or 0, usage.input_tokens or 0)


def dollars(
    endpoint: Endpoint, model: str | None, usage: Usage, price: Price | None = None, *, batch: bool = False
) -> Decimal | None:
    """Dollars for the tokens used; None when the price or the usage is unknown, which is not nothing.

    ``price`` goes before the list price of ``model``, the one that answered, or else of the one that was asked. With
    ``batch`` it is the price in the provider's batches, which is never guessed from the ordinary one.
    """
    if endpoint.provider == "local":
        return Decimal(0)
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    if price is not None:
        return price.of(usage)
    if endpoint.price_id is None:
        return None
    from genai_prices import Usage as Priced
    from genai_prices import calc_price

    tokens = Priced(
        input_tokens=usage.input_tokens, output_tokens=usage.output_tokens, cache_read_tokens=_cached(usage)
    )
    for name in (model, endpoint.model):
        try:
            listed = calc_price(tokens, model_ref=name or "", provider_id=endpoint.price_id)
            if not batch:
                return listed.total_price
            in_batches = calc_price(
                tokens, model_ref=name or "", provider_id=endpoint.price_id, price_context={"processing": "batch"}
            )
        except (LookupError, ValueError, ArithmeticError):  # not listed, or a usage that no price is made for
            continue
        # Where no price in batches is listed, the ordinary one comes back.
        return None if in_batches.model_price == listed.model_price else in_batches.total_price
    return None
