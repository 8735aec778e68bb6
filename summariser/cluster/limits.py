"""The limits of a job on many machines: one actor holds pace, budget and breaker for all workers.

Workers ask it for requests in groups, as many as came together while the last group was asked for, so that it has less to
do for each the more there are; and they report what came back in groups as well. What a worker holds when nothing is heard
of it any more counts as sent: its money as spent, its place as free.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, TypeVar
from uuid import uuid4

from summariser import errors
from summariser.batch.money import Purse
from summariser.batch.outcome import Breaker
from summariser.errors import JobError, JobStoppedError, SummariserError
from summariser.pacing import Pacer

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

__all__ = ["Controller", "Share", "Standing", "Stop"]

_SILENCE = 30.0
"""Seconds without a word after which a worker is taken to be gone."""
_HEARTBEAT = 2.0
_GROUPING = 0.002
"""Seconds for which requests are gathered before they are asked for together."""
_GROUP = 256
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a job stopped: the class of the error and its message, which is all that travels."""

    error_class: str
    message: str

    @classmethod
    def of(cls, error: SummariserError) -> Stop:
        """The reason that is an error."""
        return cls(type(error).__name__, str(error))

    def error(self) -> SummariserError:
        """The error again."""
        kind: Any = getattr(errors, self.error_class, JobError)
        made: SummariserError = kind(self.message)
        return made


@dataclass(frozen=True, slots=True)
class Returned:
    """A request that came back, as `Pacer.left` has it."""

    tokens: float
    used: float | None
    status: int
    headers: Mapping[str, str] | None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Settled:
    """Money that was set aside and what it came to, as `Purse.settle` has it."""

    reserved: Decimal
    cost: Decimal | None
    unknown: bool


@dataclass(frozen=True, slots=True)
class Finished:
    """A document that has come to its end; of a failed one its id, and why."""

    status: str
    input_tokens: int
    output_tokens: int
    failure: tuple[str, str] | None = None


@dataclass(slots=True)
class Report:
    """What a worker has to tell."""

    returned: list[Returned] = field(default_factory=list[Returned])
    settled: list[Settled] = field(default_factory=list[Settled])
    finished: list[Finished] = field(default_factory=list[Finished])

    def __bool__(self) -> bool:
        return bool(self.returned or self.settled or self.finished)


@dataclass(slots=True)
class Standing:
    """Where a job stands. ``workers`` are those that are heard of; ``failure`` is the first that was heard of: id, and why."""

    documents: Counter[str] = field(default_factory=Counter[str])
    input_tokens: int = 0
    output_tokens: int = 0
    answered: int = 0
    limited: int = 0
    under_way: int = 0
    waiting: float = 0.0
    spent: Decimal = _NOTHING
    reserved: Decimal = _NOTHING
    unpriced: int = 0
    workers: int = 0
    lost_workers: int = 0
    failure: tuple[str, str] | None = None
    stop: Stop | None = None


@dataclass(slots=True)
class _Held:
    """What a worker holds."""

    heard: float
    tokens: Counter[float] = field(default_factory=Counter[float])
    reserved: Decimal = _NOTHING


class Controller:
    """The actor. ``most`` is the number of requests under way at once, ``spent`` what earlier runs have cost."""

    def __init__(
        self,
        *,
        most: int,
        rpm: float | None = None,
        tpm: float | None = None,
        budget: Decimal | None = None,
        spent: Decimal = _NOTHING,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pacer = Pacer(most=most, rpm=rpm, tpm=tpm)
        self._purse = Purse(budget)
        self._purse.count(spent)
        self._breaker = Breaker()
        self._clock = clock
        self._workers: dict[str, _Held] = {}
        self._known = Standing()

    async def admit(self, worker: str, tokens: list[float]) -> int | Stop:
        """Wait until the first of some requests may go out; how many of them may, then and at once."""
        held = self._heard(worker)
        try:
            await self._pacer.admit(tokens[0])
        except JobStoppedError:
            return self._stopped()
        count = 1
        while count < len(tokens) and self._pacer.admits(tokens[count]):
            count += 1
        held.tokens.update(tokens[:count])
        return count

    async def reserve(self, worker: str, amounts: list[Decimal]) -> int | Stop:
        """Wait until the first of some amounts can be set aside; how many of them are, then and at once."""
        held = self._heard(worker)
        try:
            await self._purse.reserve(amounts[0])
        except SummariserError as error:
            self._stop(error)
            return self._stopped()
        count = 1
        while count < len(amounts) and self._purse.reserves(amounts[count]):
            count += 1
        held.reserved += sum(amounts[:count], _NOTHING)
        return count

    async def report(self, worker: str, report: Report) -> tuple[Stop | None, float]:
        """Hear what a worker has to tell, if only that it is there; why the job stopped, if it did, and the seconds for which
        nobody may send.
        """
        held = self._heard(worker)
        for back in report.returned:
            # A worker that was silent for long and is there after all has had its requests counted as gone.
            if held.tokens[back.tokens] > 0:
                held.tokens[back.tokens] -= 1
                self._pacer.left(
                    back.tokens, used=back.used, status=back.status, headers=back.headers, seconds=back.seconds
                )
            self._known.answered += 200 <= back.status < 300
        for money in report.settled:
            reserved = min(money.reserved, held.reserved)
            held.reserved -= reserved
            self._purse.settle(reserved, money.cost, unknown=money.unknown)
        for one in report.finished:
            self._known.documents[one.status] += 1
            self._known.failure = self._known.failure or one.failure
            self._known.input_tokens += one.input_tokens
            self._known.output_tokens += one.output_tokens
        self._look_for_the_lost()
        return self._known.stop, self._pacer.closed_for

    async def judge(self, worker: str, failure: Stop) -> tuple[bool, Stop | None]:
        """Whether a failure ends the job by itself, so that its document is left for the next run; and why it stopped."""
        self._heard(worker)
        error = failure.error()
        stop = self._breaker.judge(error, self._known.answered)
        if stop is not None:
            self._stop(stop)
        return stop is error, self._known.stop

    async def stop(self, reason: Stop) -> None:
        """Send nothing more."""
        self._stop(reason.error())

    async def standing(self) -> Standing:
        """Where the job stands."""
        self._look_for_the_lost()
        known, purse, pacer = self._known, self._purse, self._pacer
        known.spent, known.reserved, known.unpriced = purse.spent, purse.reserved, purse.unknown
        known.limited, known.under_way, known.waiting = pacer.limited, pacer.under_way, pacer.closed_for
        known.workers = len(self._workers)
        return known

    def _heard(self, worker: str) -> _Held:
        held = self._workers.setdefault(worker, _Held(self._clock()))
        held.heard = self._clock()
        return held

    def _look_for_the_lost(self) -> None:
        until = self._clock() - _SILENCE
        for worker in [worker for worker, held in self._workers.items() if held.heard < until]:
            held = self._workers.pop(worker)
            self._known.lost_workers += 1
            for tokens in held.tokens.elements():
                self._pacer.left(tokens)
            self._purse.settle(held.reserved, _NOTHING, unknown=bool(held.reserved))

    def _stop(self, error: SummariserError) -> None:
        if self._known.stop is None:
            self._known.stop = Stop.of(error)
            self._pacer.stop(JobStoppedError("the job was stopped before this request was sent"))

    def _stopped(self) -> Stop:
        assert self._known.stop is not None
        return self._known.stop


_T = TypeVar("_T")


class _Line(Generic[_T]):
    """Those who wait for leave, asked for in groups; who has got it and is gone meanwhile gives it back."""

    def __init__(self, ask: Callable[[list[_T]], Awaitable[int]], give_back: Callable[[_T], None]) -> None:
        self._ask = ask
        self._give_back = give_back
        self._waiting: deque[tuple[_T, asyncio.Future[None]]] = deque()
        self._asking: asyncio.Task[None] | None = None

    async def wait(self, wish: _T) -> None:
        """Wait for leave."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((wish, future))
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._run())
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled() and future.exception() is None:
                self._give_back(wish)
            raise

    async def _run(self) -> None:
        await asyncio.sleep(_GROUPING)
        while self._waiting:
            group = list(islice(self._waiting, _GROUP))
            try:
                granted = await self._ask([wish for wish, _ in group])
            except Exception as error:
                while self._waiting:
                    _, future = self._waiting.popleft()
                    if not future.done():
                        future.set_exception(error)
                return
            for wish, future in group[:granted]:
                self._waiting.popleft()
                if future.done():
                    self._give_back(wish)
                else:
                    future.set_result(None)


class Share:
    """A worker's part in the limits: to a transport it is both `Pacer` and `Purse`.

    ``controller`` is the handle of the actor. It belongs to one event loop.
    """

    def __init__(self, controller: Any, budget: Decimal | None) -> None:
        self.budget = budget
        self.stopped_by: Stop | None = None
        """Why the job stopped, as far as this worker has heard."""
        self._controller = controller
        self._worker = uuid4().hex
        self._report = Report()
        self._news = asyncio.Event()
        self._stopping = asyncio.Event()
        self._closed_until = float("-inf")
        self._reporter: asyncio.Task[None] | None = None
        self._requests = _Line[float](self._admit, lambda tokens: self.left(tokens, used=0.0))
        self._money = _Line[Decimal](self._reserve, lambda amount: self.settle(amount, _NOTHING))

    # what a pacer and a purse can do

    async def admit(self, tokens: float) -> None:
        """As `Pacer.admit`."""
        self._check()
        await self._requests.wait(tokens)

    def left(
        self,
        tokens: float,
        *,
        used: float | None = None,
        status: int = 0,
        headers: Mapping[str, str] | None = None,
        seconds: float = 0.0,
    ) -> None:
        """As `Pacer.left`."""
        self._report.returned.append(Returned(tokens, used, status, dict(headers) if headers else None, seconds))
        self._tell()

    async def opened(self) -> None:
        """As `Pacer.opened`, as far as this worker has heard."""
        while (wait := self._closed_until - time.monotonic()) > 0:
            await self.sleep(wait)
        self._check()

    async def reserve(self, most: Decimal | None) -> Decimal:
        """As `Purse.reserve`; without a budget nothing is set aside."""
        self._check()
        if self.budget is None or most is None:
            return _NOTHING
        await self._money.wait(most)
        return most

    def settle(self, reserved: Decimal, cost: Decimal | None, *, unknown: bool = False) -> None:
        """As `Purse.settle`."""
        self._report.settled.append(Settled(reserved, cost, unknown))
        self._tell()

    # what a worker needs besides

    async def stopped(self, error: Exception) -> bool:
        """Tell the controller of a failure; whether it ends the job by itself."""
        if not Breaker.concerns(error):
            return False
        try:
            ended, stop = await self._controller.judge.remote(self._worker, Stop(type(error).__name__, str(error)))
        except Exception as lost:
            raise self._without_controller(lost) from lost
        self._hear(stop)
        return bool(ended)

    def finished(self, row: Mapping[str, Any]) -> None:
        """Tell of a document that has come to its end, by its row."""
        failure = (row["id"], f"{row['message']} ({row['error_class']})") if row["status"] == "failed" else None
        tokens = row.get("input_tokens") or 0, row.get("output_tokens") or 0
        self._report.finished.append(Finished(row["status"], *tokens, failure))
        self._tell()

    async def sleep(self, seconds: float) -> None:
        """Wait, but not longer than the job goes on."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
            raise JobStoppedError("the job was stopped while waiting to send a request again")

    def begin(self) -> None:
        """Let the controller hear of this worker, from now on to its end."""
        if self._reporter is None:
            self._reporter = asyncio.create_task(self._keep_reporting())

    def _check(self) -> None:
        if self.stopped_by is not None:
            raise JobStoppedError("the job was stopped before this request was sent")

    async def _admit(self, tokens: list[float]) -> int:
        return self._granted(await self._controller.admit.remote(self._worker, tokens))

    async def _reserve(self, amounts: list[Decimal]) -> int:
        return self._granted(await self._controller.reserve.remote(self._worker, amounts))

    def _granted(self, answer: int | Stop) -> int:
        if isinstance(answer, Stop):
            self._hear(answer)
            self._check()
            return 0
        return answer

    def _tell(self) -> None:
        self._news.set()

    async def _keep_reporting(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._news.wait(), _HEARTBEAT)
                await asyncio.sleep(_GROUPING)
            self._news.clear()
            report, self._report = self._report, Report()
            try:
                stop, closed_for = await self._controller.report.remote(self._worker, report)
                self._hear(stop)
                self._closed_until = time.monotonic() + closed_for
            except Exception as lost:
                self._without_controller(lost)
                return

    def _hear(self, stop: Stop | None) -> None:
        if stop is not None and self.stopped_by is None:
            self.stopped_by = stop
            self._stopping.set()

    def _without_controller(self, error: Exception) -> JobStoppedError:
        self._hear(Stop("JobError", f"the actor that holds the job's limits is gone ({type(error).__name__})"))
        return JobStoppedError("the job was stopped: the actor that holds its limits is gone")
