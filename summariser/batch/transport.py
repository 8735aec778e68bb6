"""What every request of a job passes on its way: the ledger, the budget, the pace; and its answer on the way back."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

import httpx2

from summariser.errors import JobError, JobStoppedError, ReplayMissError, StoreError, SummariserError
from summariser.exchange import Usage
from summariser.ledger import Exchange, Response
from summariser.settings import SECONDS_HEADER
from summariser.store import asked_of, kept_headers, redact, secrets_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
    from pathlib import Path

__all__ = [
    "DOCUMENT",
    "CollectedError",
    "Cost",
    "Keeps",
    "LedgerTransport",
    "Loads",
    "Paces",
    "Pays",
    "Sender",
    "Working",
    "most_tokens",
    "reported",
]


@dataclass(slots=True)
class Working:
    """The document that is being worked on: its identity, how many requests were sent for it, and of each answer it got the
    tokens, the model, and whether it came by a batch of the provider.
    """

    identity: bytes
    sends: int = 0
    answers: list[tuple[Usage, str | None, bool]] = field(default_factory=list[tuple[Usage, str | None, bool]])


DOCUMENT: ContextVar[Working | None] = ContextVar("document", default=None)
"""For the ledger's rows to say what they were asked for."""

_BYTES_A_TOKEN = 3.0
"""Before anything is known: fewer than in any language's prose, so that the estimate is high."""
_ANSWER_AT_FIRST = 800.0
_IN_TROUBLE = 3
"""Failures in a row that are worth a word: one alone is tried again, and mostly goes well then."""
_NOTHING = Decimal(0)
_UNSENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)


class CollectedError(JobError):
    """No failure: the request is to go out with a batch of the provider, not by itself."""


class Cost(Protocol):
    """What tokens cost, as `Recipe.cost`."""

    def __call__(self, usage: Usage, model: str | None, /, *, batch: bool = False) -> Decimal | None:
        """Dollars; None when that is not known."""
        ...


class Sender(Protocol):
    """The asynchronous half of a transport."""

    async def handle_async_request(self, request: httpx2.Request, /) -> httpx2.Response:
        """Send a request."""
        ...

    async def aclose(self) -> None:
        """Free connections."""
        ...


class Keeps(Protocol):
    """What a transport needs of a `Ledger`."""

    @property
    def path(self) -> Path:
        """Where it is."""
        ...

    def response(self, fingerprint: bytes, /) -> Response | None:
        """As `Ledger.response`."""
        ...

    async def sending(self, exchange: Exchange, most: Decimal | None, /) -> None:
        """As `Ledger.sending`."""
        ...

    async def answered(self, fingerprint: bytes, response: Response, cost: Decimal | None, /) -> None:
        """As `Ledger.answered`."""
        ...

    async def failed(self, fingerprint: bytes, /, *, ambiguous: bool) -> None:
        """As `Ledger.failed`."""
        ...


class Paces(Protocol):
    """What a transport needs of a `Pacer`."""

    async def admit(self, tokens: float, /) -> None:
        """As `Pacer.admit`."""
        ...

    async def opened(self) -> None:
        """As `Pacer.opened`."""
        ...

    def left(
        self,
        tokens: float,
        /,
        *,
        used: float | None = None,
        status: int = 0,
        headers: Mapping[str, str] | None = None,
        seconds: float = 0.0,
    ) -> None:
        """As `Pacer.left`."""
        ...


class Pays(Protocol):
    """What a transport needs of a `Purse`."""

    @property
    def budget(self) -> Decimal | None:
        """Dollars; None is no limit."""
        ...

    async def reserve(self, most: Decimal | None, /) -> Decimal:
        """As `Purse.reserve`."""
        ...

    def settle(self, reserved: Decimal, cost: Decimal | None, /, *, unknown: bool = False) -> None:
        """As `Purse.settle`."""
        ...


@dataclass
class Loads:
    """How many tokens requests come to, learnt from those that were answered."""

    bytes_sent: int = 0
    input_tokens: int = 0
    answers: int = 0
    output_tokens: int = 0

    def learn(self, size: int, usage: Usage) -> None:
        """Remember what a request of so many bytes came to."""
        if usage.input_tokens and usage.output_tokens is not None:
            self.bytes_sent += size
            self.input_tokens += usage.input_tokens
            self.answers += 1
            self.output_tokens += usage.output_tokens

    def input(self, size: int) -> float:
        """Tokens of a request of so many bytes."""
        return size / (self.bytes_sent / self.input_tokens if self.input_tokens else _BYTES_A_TOKEN)

    def output(self, most: int | None) -> float:
        """Tokens of an answer that may have ``most``."""
        expected = self.output_tokens / self.answers if self.answers else _ANSWER_AT_FIRST
        return expected if most is None else min(expected, most)

    def at_most(self, size: int, most: int | None) -> Usage:
        """The most a request can come to: as if its bytes were dear, and the answer as long as it may be."""
        input_tokens = int(max(size / _BYTES_A_TOKEN, self.input(size) * 1.2))
        return Usage(input_tokens, most or int(self.output(None)), 0)


class LedgerTransport(httpx2.AsyncBaseTransport):
    """Answers from the ledger what it has; sends the rest, at the pace and within the budget, and keeps it.

    Identical requests that are under way together are sent once. With no ``inner`` nothing is sent, and what the ledger has
    not is a `ReplayMissError`. While ``collect`` is set, what the ledger has not is handed to it instead of being sent; once
    ``closed`` is set, it is not sent either.
    """

    def __init__(
        self,
        ledger: Keeps,
        inner: Callable[[], Sender] | None,
        *,
        pacer: Paces,
        purse: Pays,
        cost: Cost,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self._ledger = ledger
        self._make = inner
        self._inner: Sender | None = None
        self._pacer = pacer
        self._purse = purse
        self._cost = cost
        self._clock = clock
        self._under_way: dict[bytes, asyncio.Task[httpx2.Response]] = {}
        self.loads = Loads()
        self.answered = self.reused = self.ambiguous = 0
        self.usage = Usage()
        self.collect: Callable[[Exchange], None] | None = None
        self.closed = False
        self._failing = ""
        self._failed_in_a_row = 0

    def most_of(self, body: bytes, *, batch: bool = False) -> Decimal | None:
        """Dollars that a request can cost; None when no price is known."""
        return self._cost(self.loads.at_most(len(body), most_tokens(json.loads(body))), None, batch=batch)

    @property
    def trouble(self) -> str:
        """What the endpoint fails with while nothing succeeds, in words; empty when it does."""
        return self._failing if self._failed_in_a_row >= _IN_TROUBLE else ""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a request.

        Raises:
            ReplayMissError: nothing is sent, and the ledger does not have it.
            CollectedError: it was handed to ``collect``.
            JobError: nothing is sent any more.
            StoreError: the ledger cannot be written; then the request was not sent, or its answer is handed to nobody.
        """
        content = await request.aread()
        asked, mark = asked_of(request, content)
        fingerprint = bytes.fromhex(mark)
        while True:
            if kept := self._ledger.response(fingerprint):
                self.reused += 1
                return self._handed_on(kept)
            other = self._under_way.get(fingerprint)
            if other is None:
                break
            await asyncio.wait([other])
        if self._make is None:
            raise ReplayMissError(
                f"the ledger {str(self._ledger.path)!r} has no answer to this request, and none is asked for"
            )
        if self.closed:
            raise JobStoppedError("the job was stopped before this request was sent")
        working = DOCUMENT.get()
        exchange = Exchange(fingerprint, working.identity if working else None, asked.method, asked.url, content)
        if self.collect is not None:
            self.collect(exchange)
            raise CollectedError("the request goes out with a batch")
        left = asyncio.Event()
        carrying = asyncio.create_task(self._sent(request, exchange, most_tokens(asked.body), left))
        self._under_way[fingerprint] = carrying
        carrying.add_done_callback(partial(self._arrived, fingerprint))
        try:
            return await asyncio.shield(carrying)
        except asyncio.CancelledError:
            # Nobody waits for it any more. What has left is paid for: its answer is kept for the next run.
            if not left.is_set():
                carrying.cancel()
                await asyncio.wait([carrying])
            raise

    def _arrived(self, fingerprint: bytes, carried: asyncio.Task[httpx2.Response]) -> None:
        del self._under_way[fingerprint]
        if not carried.cancelled():
            carried.exception()  # told to whoever still waits

    async def settled(self) -> None:
        """Wait for the answers that are under way, whoever gave up waiting for them."""
        await asyncio.gather(*self._under_way.values(), return_exceptions=True)

    async def aclose(self) -> None:
        """Give up what is still under way, and close the inner transport, if one was made."""
        for carrying in self._under_way.values():
            carrying.cancel()
        await self.settled()
        inner, self._inner = self._inner, None
        if inner is not None:
            await inner.aclose()

    async def _sent(
        self, request: httpx2.Request, exchange: Exchange, most: int | None, left: asyncio.Event
    ) -> httpx2.Response:
        size = len(exchange.body)
        tokens = self.loads.input(size) + self.loads.output(most)
        reserved = await self._purse.reserve(self._at_most(size, most))
        try:
            await self._pacer.admit(tokens)
        except BaseException:
            self._purse.settle(reserved, _NOTHING)
            raise
        try:
            await self._ledger.sending(exchange, reserved or None)
            await self._pacer.opened()
            if (working := DOCUMENT.get()) is not None:
                working.sends += 1
            left.set()
            response, seconds = await self._answer(request)
        except BaseException as error:
            sent = left.is_set() and _may_have_arrived(error)
            self._purse.settle(reserved, _NOTHING, unknown=sent)
            timed_out = isinstance(error, httpx2.TimeoutException)
            self._pacer.left(tokens, used=None if sent else 0.0, status=-1 if timed_out else 0)
            if isinstance(error, httpx2.TransportError):
                self._fails("the endpoint does not answer in time" if timed_out else "no connection to the endpoint")
            self.ambiguous += sent
            # Where that cannot be written, the next request is not sent; of this one it is told what it met.
            with contextlib.suppress(StoreError):
                await self._ledger.failed(exchange.fingerprint, ambiguous=sent)
            raise
        kept = _kept(response, seconds, secrets_of(request.headers))
        usage = kept.usage
        used = (usage.input_tokens or 0) + (usage.output_tokens or 0)
        good = kept.good
        paid = good or usage.input_tokens is not None
        self._pacer.left(
            tokens,
            used=used if usage.input_tokens or not paid else None,
            status=kept.status,
            headers=kept.headers,
            seconds=seconds,
        )
        cost = self._cost(usage, kept.model) if paid else _NOTHING
        try:
            await self._ledger.answered(exchange.fingerprint, kept, (reserved or None) if cost is None else cost)
        finally:
            self._purse.settle(reserved, cost)
        if kept.status >= 500:
            self._fails(f"the endpoint answers {kept.status}")
        elif kept.status < 300 and not good:
            self._fails(f"the endpoint answers {kept.status} with no completion")
        self.usage += usage
        if good:
            self._failed_in_a_row = 0
            self.answered += 1
            self.loads.learn(size, usage)
        if good:
            return self._handed_on(kept)
        if paid and (working := DOCUMENT.get()) is not None:
            working.answers.append((usage, kept.model, False))
        # Of a failure it is not said how long it took: to the backend that means it was recorded, and nobody need wait.
        return httpx2.Response(kept.status, headers=dict(kept.headers), content=kept.body)

    def _fails(self, how: str) -> None:
        self._failing = how
        self._failed_in_a_row += 1

    def _handed_on(self, kept: Response) -> httpx2.Response:
        if (working := DOCUMENT.get()) is not None:
            working.answers.append((kept.usage, kept.model, kept.batch))
        return _played(kept)

    async def _answer(self, request: httpx2.Request) -> tuple[httpx2.Response, float]:
        if self._inner is None:
            assert self._make is not None
            self._inner = self._make()
        start = self._clock()
        response = await self._inner.handle_async_request(request)
        try:
            await response.aread()
        finally:
            await response.aclose()
        return response, round(self._clock() - start, 3)

    def _at_most(self, size: int, most: int | None) -> Decimal | None:
        """What a request can cost."""
        return None if self._purse.budget is None else self._cost(self.loads.at_most(size, most), None)


def _may_have_arrived(error: BaseException) -> bool:
    """Whether a request that was handed on and met an error may have reached the endpoint."""
    if isinstance(error, StoreError):  # recordings that cannot be written are met on the way back
        return not isinstance(error, ReplayMissError)
    return not isinstance(error, (*_UNSENT, SummariserError))


def _kept(response: httpx2.Response, seconds: float, secrets: Collection[str]) -> Response:
    content = response.content
    usage: Usage = Usage()
    model: str | None = None
    if 200 <= response.status_code < 300:
        with contextlib.suppress(ValueError, RecursionError):
            usage, model = reported(json.loads(content))
    headers = kept_headers(response.headers, secrets)
    kept = Response(response.status_code, headers, content, seconds, usage, model)
    # Providers repeat keys and organisations in their complaints.
    return kept if kept.good else replace(kept, body=redact(response.text, secrets).encode())


def reported(payload: Any) -> tuple[Usage, str | None]:
    """The tokens and the model that a completion tells."""
    if not isinstance(payload, dict):
        return Usage(), None
    model = payload.get("model")
    return Usage.reported(payload.get("usage")), model if isinstance(model, str) else None


def _played(kept: Response) -> httpx2.Response:
    headers = {**kept.headers, SECONDS_HEADER: str(kept.seconds)}
    return httpx2.Response(kept.status, headers=headers, content=kept.body)


def most_tokens(body: Any) -> int | None:
    """The tokens that an answer to a request may have."""
    if not isinstance(body, dict):
        return None
    most = body.get("max_completion_tokens") or body.get("max_tokens")
    return most if isinstance(most, int) else None
