"""When the next request may go out: the provider's limits, one gate for all workers, and a concurrency that adapts."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from typing import TYPE_CHECKING

from summariser.ratelimits import Allowance, allowance, backoff, retry_after

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["Bucket", "Pacer"]

_AT_FIRST = 4
"""Requests at once before anything came back."""
_CUT = 0.6
"""What is left of the concurrency after the endpoint was overrun."""
_OVERRUN = frozenset({429, 500, 502, 503, 504, 529})
_MARGIN = 0.05
"""Seconds by which a wait that was asked for is exceeded: two clocks never agree to the last."""


class Bucket:
    """A limit of so much a second, with some of it saved up: ``level`` of at most ``capacity``."""

    def __init__(self, rate: float, capacity: float, now: float) -> None:
        self.rate = rate
        self.capacity = capacity
        self.level = capacity
        self._most = 0.0
        """The most that a response ever said is left."""
        self._at = now

    def wait(self, amount: float, now: float) -> float:
        """Seconds until ``amount`` may be taken; what is more than fits may be taken when it is full."""
        self.level = min(self.capacity, self.level + (now - self._at) * self.rate)
        self._at = now
        missing = min(amount, self.capacity) - self.level
        # A remainder of rounding must not send anybody round once more.
        return missing / self.rate if missing > 1e-6 else 0.0

    def take(self, amount: float) -> None:
        """Take it, or, when it is negative, put it back."""
        self.level = min(self.capacity, self.level - amount)

    def told(self, left: Allowance, under_way: float, now: float, *, age: float = 0.0) -> None:
        """Believe what a response says was left ``age`` seconds ago, less what is under way and may not be counted in it."""
        self.wait(0.0, now)
        self.rate, self.capacity = left.rate, left.limit
        # What has come back since is not told, and some endpoints save up less than the limit that they name.
        self._most = max(self._most, left.remaining)
        self.level = min(self.level, self._most, left.remaining + left.rate * age - under_way)


class Pacer:
    """Lets requests through, first come, first served.

    ``most`` is the number of requests under way at once; how many really are adapts: one more for each that went well
    until the endpoint is first overrun (429, 5xx, time out), then a cut by two fifths at each overrun and one more a round.
    ``rpm`` and ``tpm`` are requests and tokens a minute at most; what response headers say of the provider's own limits
    holds beside them. A 429 closes the gate for everybody, for as long as it asks. ``clock`` is monotonic, in seconds.
    ``gate`` is told when it closes, with the seconds, and with 0 when the first request passes it again.

    It belongs to one event loop.
    """

    def __init__(
        self,
        *,
        most: int,
        rpm: float | None = None,
        tpm: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
        gate: Callable[[float], None] = lambda _: None,
    ) -> None:
        self._most = most
        self._gate = gate
        self._gate_closed = False
        self._clock = clock
        self._wall = wall
        now = clock()
        # A second's worth may go out at once: a whole minute's would be twice the limit in the first minute.
        self._own_requests = None if rpm is None else Bucket(rpm / 60, max(1.0, rpm / 60), now)
        self._own_tokens = None if tpm is None else Bucket(tpm / 60, max(1.0, tpm / 60), now)
        self._their_requests: Bucket | None = None
        self._their_tokens: Bucket | None = None
        self.allowed = float(min(most, _AT_FIRST))
        """Requests at once, as adapted."""
        self.under_way = 0
        self.limited = 0
        """Responses with status 429."""
        self._tokens_under_way = 0.0
        self._starting = True
        self._cut_until = self._closed_until = float("-inf")
        self._in_a_row = 0
        self._waiting: deque[tuple[float, asyncio.Future[None]]] = deque()
        self._timer: asyncio.TimerHandle | None = None
        self._stopped: BaseException | None = None
        self._stopping = asyncio.Event()

    @property
    def closed_for(self) -> float:
        """Seconds until the gate opens again; 0 when it is open."""
        return max(0.0, self._closed_until - self._clock())

    async def admit(self, tokens: float) -> None:
        """Wait until a request of about so many tokens may go out. `left` must follow, whatever became of it.

        Raises:
            BaseException: what `stop` was given.
        """
        if self._stopped is not None:
            raise self._stopped
        if self.admits(tokens):
            return
        future = asyncio.get_running_loop().create_future()
        self._waiting.append((tokens, future))
        self._pump()
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and future.exception() is None:
                self.left(tokens)  # let in and given up at once
            raise

    async def opened(self) -> None:
        """Wait while the gate is closed: it may have closed on a request that was admitted and is not yet sent.

        Raises:
            BaseException: what `stop` was given.
        """
        while (wait := self.closed_for) and self._stopped is None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait)
        if self._stopped is not None:
            raise self._stopped
        self._pass()

    def admits(self, tokens: float) -> bool:
        """Let a request through if it may go out at once; then `left` must follow."""
        if self._stopped is not None or self._waiting or self._delay(tokens):
            return False
        self._enter(tokens)
        return True

    def left(
        self,
        tokens: float,
        *,
        used: float | None = None,
        status: int = 0,
        headers: Mapping[str, str] | None = None,
        seconds: float = 0.0,
    ) -> None:
        """A request came back. ``tokens`` is what `admit` was told, ``used`` what it took; ``status`` is 0 without a response,
        and -1 when none came in time; ``headers`` say what was left when the endpoint let the request in, ``seconds`` ago.
        """
        now = self._clock()
        self.under_way -= 1
        self._tokens_under_way -= tokens
        for bucket in (self._own_tokens, self._their_tokens):
            if bucket is not None and used is not None:
                bucket.take(used - tokens)
        if headers:
            self._learn(headers, now, seconds)
        if status in _OVERRUN or status == -1:
            self._overrun(status, headers or {}, now)
        elif status:
            self._in_a_row = 0
            self.allowed = min(float(self._most), self.allowed + (1 if self._starting else 1 / self.allowed))
        self._pump()

    def stop(self, error: BaseException) -> None:
        """Let nobody through any more: those who wait, and those who come, get ``error``."""
        self._stopped = error
        self._stopping.set()
        while self._waiting:
            _, future = self._waiting.popleft()
            if not future.done():
                future.set_exception(error)
        if self._timer is not None:
            self._timer.cancel()

    def _pass(self) -> None:
        if self._gate_closed:
            self._gate_closed = False
            self._gate(0.0)

    def _enter(self, tokens: float) -> None:
        self._pass()
        self.under_way += 1
        self._tokens_under_way += tokens
        for bucket, amount in self._buckets(tokens):
            bucket.take(amount)

    def _buckets(self, tokens: float) -> list[tuple[Bucket, float]]:
        pairs = (
            (self._own_requests, 1.0),
            (self._their_requests, 1.0),
            (self._own_tokens, tokens),
            (self._their_tokens, tokens),
        )
        return [(bucket, amount) for bucket, amount in pairs if bucket is not None]

    def _delay(self, tokens: float) -> float:
        """Seconds until a request may go out; infinite while too many are under way."""
        if self.under_way >= int(self.allowed):
            return float("inf")
        now = self._clock()
        waits = [bucket.wait(amount, now) for bucket, amount in self._buckets(tokens)]
        return max([0.0, self._closed_until - now, *waits])

    def _pump(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._waiting:
            tokens, future = self._waiting[0]
            if not future.done():
                delay = self._delay(tokens)
                if delay:
                    if delay < float("inf"):
                        self._timer = asyncio.get_running_loop().call_later(delay, self._pump)
                    return
                self._enter(tokens)
                future.set_result(None)
            self._waiting.popleft()

    def _learn(self, headers: Mapping[str, str], now: float, age: float) -> None:
        wall = self._wall()
        if left := allowance(headers, "requests", now=wall):
            if self._their_requests is None:
                self._their_requests = Bucket(left.rate, left.limit, now)
            self._their_requests.told(left, self.under_way, now, age=age)
        if left := allowance(headers, "tokens", now=wall):
            if self._their_tokens is None:
                self._their_tokens = Bucket(left.rate, left.limit, now)
            self._their_tokens.told(left, self._tokens_under_way, now, age=age)

    def _overrun(self, status: int, headers: Mapping[str, str], now: float) -> None:
        self._starting = False
        if now >= self._cut_until:  # those under way were sent before the cut, and say nothing new
            self.allowed = max(1.0, self.allowed * _CUT)
            self._cut_until = now + 1.0
        if status == 429:
            self.limited += 1
            self._in_a_row += 1
            asked_for = retry_after(headers, now=self._wall())
            wait = backoff(self._in_a_row, asked_for)
            self._closed_until = max(self._closed_until, now + wait + _MARGIN)
            if not self._gate_closed:
                self._gate_closed = True
                self._gate(wait)
