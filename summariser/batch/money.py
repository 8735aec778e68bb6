"""The money of a job: reserved before a request is sent, settled when its answer says what it took."""

from __future__ import annotations

import asyncio
from collections import deque
from decimal import Decimal
from typing import TYPE_CHECKING

from summariser.errors import BudgetError

if TYPE_CHECKING:
    from collections.abc import Callable

    from summariser.batch.transport import Cost
    from summariser.ledger import Ledger

__all__ = ["Purse"]


class Purse:
    """What a job may spend, and what it has spent, in dollars.

    ``budget`` holds for all runs of a job together; None is no limit. ``spent`` is a lower bound while ``unknown`` counts
    requests whose price or usage is not known. It belongs to one event loop.
    """

    def __init__(self, budget: Decimal | None) -> None:
        self.budget = budget
        self.spent = Decimal(0)
        self.reserved = Decimal(0)
        self.unknown = 0
        self._held = Decimal(0)
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def reserve(self, most: Decimal | None) -> Decimal:
        """Set aside what a request costs at most, waiting for others to settle where that may help; `settle` must follow.

        Raises:
            BudgetError: it could cost more than is left.
        """
        if self.budget is None or most is None:
            return Decimal(0)
        while not self.reserves(most):
            if self.reserved <= self._held:
                raise BudgetError(
                    f"the budget of ${self.budget:,f} is too small for the next request, which may cost ${most:,.4f}: "
                    f"${self.spent:,.4f} is spent. All briefs so far are kept; go on with a higher --budget"
                )
            future = asyncio.get_running_loop().create_future()
            self._waiting.append(future)
            await future
        return most

    def reserves(self, most: Decimal) -> bool:
        """Set it aside if it is there now; then `settle` must follow."""
        if self.budget is not None and self.spent + self.reserved + most > self.budget:
            return False
        self.reserved += most
        return True

    @property
    def left(self) -> Decimal | None:
        """What is neither spent nor set aside; None without a budget."""
        return None if self.budget is None else self.budget - self.spent - self.reserved

    def hold(self, most: Decimal) -> None:
        """Set aside what a batch costs at most, which may be for a day, so that nobody waits for it; `release` must follow."""
        self.reserved += most
        self._held += most

    def release(self, most: Decimal) -> None:
        """Put back what was held; what it came to is counted by itself."""
        self._held -= most
        self.settle(most, Decimal(0))

    def settle(self, reserved: Decimal, cost: Decimal | None, *, unknown: bool = False) -> None:
        """Put back what was set aside, and count what it came to: ``unknown`` when a request may have cost something that
        nobody can tell. What is not known, or None, is counted as all that was set aside.
        """
        self.reserved -= reserved
        if unknown or cost is None:
            self.unknown += 1
            self.spent += reserved
        else:
            self.spent += cost
        waiting, self._waiting = self._waiting, deque()
        for future in waiting:
            if not future.done():
                future.set_result(None)

    def count_earlier_runs(self, ledger: Ledger, cost: Cost, most_of: Callable[[bytes, bool], Decimal | None]) -> None:
        """Count what the runs before have spent. With a budget, what they may have spent and nothing is known of counts as the
        most it can have been, which ``most_of`` says for the body of a request, and whether it went by a batch.
        """
        totals = ledger.totals()
        self.count(totals.spent)
        self.unknown += totals.ambiguous + totals.untold
        for model, batch, usage, alike in ledger.unpriced():
            each = cost(usage, model, batch=batch)
            self.count(None if each is None else each * alike, alike)
        if self.budget is not None:
            for body, batch, times in ledger.uncounted():
                self.count((most_of(body, batch) or Decimal(0)) * times)

    def count(self, amount: Decimal | None, requests: int = 1) -> None:
        """Count what so many requests came to; None when that is not known."""
        if amount is None:
            self.unknown += requests
        else:
            self.spent += amount
