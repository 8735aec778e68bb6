"""The engine of a batch job: documents through dialogues, many at a time, and out again in the order they came in."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Generic, Self, TypeAlias, cast

from summariser.asking import UNUSABLE
from summariser.backend import Backend
from summariser.batch.events import Events
from summariser.batch.folder import JobFolder
from summariser.batch.money import Purse
from summariser.batch.outcome import Breaker, identity_of, outcome_of, unexpected
from summariser.batch.parts import Parts
from summariser.batch.provider import ProviderBatches
from summariser.batch.reading import Reading
from summariser.batch.spool import Spool
from summariser.batch.transport import DOCUMENT, LedgerTransport, Working
from summariser.errors import (
    AnswerError,
    ConfigurationError,
    InputError,
    JobError,
    JobStoppedError,
    ReplayMissError,
    StoreError,
    SummariserError,
)
from summariser.exchange import Usage
from summariser.ledger import Ledger, Outcome
from summariser.pacing import Pacer
from summariser.readers import Damaged, Entry, as_row
from summariser.recipe import B
from summariser.version import __version__
from summariser.workers import Workers
from summariser_schemas import Brief
from summariser_schemas.document import whole_characters

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator
    from pathlib import Path

    from summariser.batch.provider import BatchApi
    from summariser.batch.transport import Sender
    from summariser.dialogue import Answer
    from summariser.exchange import Request
    from summariser.ledger import Finished, Status
    from summariser.readers import Item
    from summariser.recipe import Recipe

__all__ = ["Job", "Options", "Progress", "Result", "check_price"]

_PATIENCE = 3600.0
"""Seconds that one answer may spend waiting for the endpoint's limits: a job has time."""
_AHEAD = 4096
"""Documents that may be finished before the one they wait for, to come out in order."""
_HELD = 256
"""Of these, how many are held in memory; the others are read from the ledger again."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a job is run. None of it changes a brief.

    ``concurrency`` is the number of requests under way at once, at most; ``rpm`` and ``tpm`` are requests and tokens a
    minute, at most; ``budget`` is in dollars, for all runs of the job together. ``reground`` reads the answers that are in
    the ledger again, with the present verifier and policy, and asks for nothing. ``via`` has the first questions answered by
    the provider's batches. ``workers`` is the number of processes that read answers, this one among them, at most; without it,
    two, where there are two cores.
    """

    concurrency: int | None = None
    rpm: float | None = None
    tpm: float | None = None
    budget: Decimal | None = None
    reground: bool = False
    via: BatchApi | None = None
    workers: int | None = None

    def __post_init__(self) -> None:
        if self.reground and self.via is not None:
            raise ConfigurationError("to reground asks for nothing: leave out the provider's batches")
        for name in ("concurrency", "rpm", "tpm", "workers"):
            value = getattr(self, name)
            if value is not None and not value > 0:
                raise ConfigurationError(f"{name} is {value!r}: it must be more than 0")
        if self.budget is not None and not self.budget >= 0:
            raise ConfigurationError(f"the budget is {self.budget}: it must be dollars, 0 or more")


@dataclass(frozen=True, slots=True)
class Result(Generic[B]):
    """What became of one document. ``content`` is its brief as JSON when it is verified or flagged.

    A failed one has the class of its error, its message and the number of requests sent for it; ``row`` is its input, to be
    given as input again, as far as it could be read.
    """

    id: str
    status: Status
    content: bytes
    row: dict[str, Any] = field(default_factory=dict[str, Any])
    error_class: str | None = None
    message: str | None = None
    attempts: int = 0
    schema: type[B] = Brief  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType] # the default of B

    @property
    def brief(self) -> B | None:
        """The brief; None when the document failed."""
        return None if self.status == "failed" else self.schema.model_validate_json(self.content)


@dataclass
class Progress:
    """Where a job stands. ``read`` counts the documents that were read so far; ``total`` is known when all are."""

    started: float
    read: int = 0
    total: int | None = None
    expected: int | None = None
    """Documents that there are, where somebody counted them beforehand."""
    verified: int = 0
    flagged: int = 0
    failed: int = 0
    kept: int = 0
    """Documents that were finished in an earlier run."""
    remaining: int = 0
    """Documents that were read and not finished when the job stopped; there may be more that were not read."""
    same_id: int = 0
    """Documents with an id that one before them has too."""
    left_out: int = 0
    """Documents with a brief in the ledger that are not in the input, once all of that was read."""
    under_way: int = 0
    limited: int = 0
    """Responses with status 429 in this run."""
    answered: int = 0
    """Answers paid for in this run."""
    reused: int = 0
    """Answers taken from the ledger."""
    ambiguous: int = 0
    """Requests of this run that were sent and may have been answered."""
    recovered: int = 0
    """Requests that were under way when the run before was cut off; they may have been paid for."""
    usage: Usage = field(default_factory=Usage)
    spent: Decimal | None = None
    """Dollars, all runs of the job together; None when no price is known."""
    unpriced: int = 0
    """Answers whose price is not known, and that ``spent`` does not have."""
    waiting: float = 0.0
    """Seconds that the endpoint's limits close the gate for."""
    by_batch: int = 0
    """Answers of this run that came by the provider's batches; they are among ``answered``."""
    batches: int = 0
    """Batches of the job that are at the provider now."""
    trouble: str = ""
    """What the endpoint fails with while nothing succeeds, in words; empty when it does."""
    doing: str = ""
    """What is waited for before documents are worked on, in words; empty when they are."""

    @property
    def done(self) -> int:
        """Documents that are finished, one way or another."""
        return self.verified + self.flagged + self.failed


_Slot: TypeAlias = "asyncio.Future[Result[Any] | bytes | None]"
"""A document's place in the order: its result, or the identity it is filed under in the ledger, or None where the job
stopped before it was finished."""


class Job(Generic[B]):
    """A job in a folder (see `JobFolder`).

    ``inner`` makes what sends requests: the network, the embedded model, recordings. Use it as an asynchronous context
    manager; `results` may be called once. ``tell`` is called with a line of text for what is worth a line.

    Raises:
        JobLockedError: another process works on it.
        InputError: the folder cannot be made.
        StoreError: the ledger cannot be opened.
        ConfigurationError: a budget is given, and the price of the model is not known.
    """

    def __init__(
        self,
        recipe: Recipe[B],
        folder: str | Path,
        inner: Callable[[], Sender],
        options: Options | None = None,
        *,
        clock: Callable[[], float] = time.monotonic,
        tell: Callable[[str], None] | None = None,
    ) -> None:
        self.options = options or Options()
        self._recipe = recipe
        self.tell = tell
        check_price(recipe, self.options)
        self._clock = clock
        self._most = self.options.concurrency or recipe.endpoint.limits.batch_concurrency
        self.folder = JobFolder(folder)
        self._ledger = Ledger(self.folder.ledger)
        self._events = Events(self.folder.events, self._told)
        self._pacer = Pacer(most=self._most, rpm=self.options.rpm, tpm=self.options.tpm, gate=self._at_gate)
        self._purse = Purse(self.options.budget)
        self._transport = LedgerTransport(
            self._ledger,
            None if self.options.reground else inner,
            pacer=self._pacer,
            purse=self._purse,
            cost=recipe.cost,
        )
        self._purse.count_earlier_runs(
            self._ledger, recipe.cost, lambda body, batch: self._transport.most_of(body, batch=batch)
        )
        limits = replace(recipe.endpoint.limits, patience=_PATIENCE)
        self._backend = Backend(
            replace(recipe.endpoint, limits=limits), transport=cast("Any", self._transport), asleep=self._sleep
        )
        self._provider = None if self.options.via is None else self._batches(self.options.via, inner())
        self._left_open = (
            0 if self._provider is not None else sum(p.batch is not None for p in Parts(self._ledger).open())
        )
        self._halted: SummariserError | None = None
        """Why nothing more is asked, though answers that are there are still worked on."""
        self.workers = Workers(recipe, self.options.workers, self._told)
        """Who reads answers beside this process."""
        self._gate = asyncio.Semaphore(self._most)
        self._stopping = asyncio.Event()
        self.stopped_by: JobError | SummariserError | None = None
        """Why the job stopped before its end."""
        self._drains = True
        self._earlier = self._ledger.has_documents()
        """Whether an earlier run has finished documents."""
        self._reading: Reading | None = None
        self._breaker = Breaker()
        self._noting = True
        self._opened = time.time()
        self._unanswered = 0
        """Requests that were not sent, as nothing is when answers are read again, and that have no answer in the ledger."""
        self._progress = Progress(clock(), recovered=self._ledger.recovered)
        before = self._ledger.meta("asking")
        known: dict[str, str] = json.loads(before) if before else {}
        self.changed = {
            name: (known.get(name), value)
            for name, value in recipe.asking.items()
            if known and known.get(name) != value
        }
        """What decides the questions and is not as it was in the run before: the old and the new value, by name."""
        self._ledger.set_meta("asking", json.dumps(dict(recipe.asking)))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close connections and the ledger."""
        if self._reading is not None:
            self._reading.close()
        if self._provider is not None:
            await self._provider.aclose()
        await self.workers.aclose()
        await self._backend.aclose()
        await self._transport.aclose()
        self._events.close()
        self._ledger.close()

    @property
    def elapsed(self) -> float:
        """Seconds since the job was opened."""
        return self._clock() - self._progress.started

    @property
    def progress(self) -> Progress:
        """Where the job stands now."""
        known = self._progress
        known.limited = self._pacer.limited
        known.under_way = self._pacer.under_way
        known.answered = self._transport.answered
        known.reused = self._transport.reused
        known.ambiguous = self._transport.ambiguous
        known.usage = self._transport.usage
        known.batches = self._left_open
        if self._provider is not None:
            known.by_batch = self._provider.answered
            known.answered += known.by_batch
            known.usage += self._provider.usage
            known.batches = self._provider.open
            known.doing = self._provider.doing
        known.waiting = self._pacer.closed_for
        known.trouble = self._transport.trouble
        known.unpriced = self._purse.unknown
        known.spent = self._purse.spent if self._purse.spent or not self._purse.unknown else None
        return known

    def stop(self, error: SummariserError | None = None, *, drain: bool = True) -> None:
        """Send nothing more; finish what can be finished with the answers that are under way.

        Documents that an earlier run finished still come out, for which the rest of the input is read; not so without
        ``drain``.
        """
        if self.stopped_by is None:
            self.stopped_by = error or JobStoppedError("the job was stopped")
            self._events.write("stopped", error=type(self.stopped_by).__name__, message=str(self.stopped_by))
            self._drains = drain and self._earlier
            self._stopping.set()
            if not self._drains:
                if self._reading is not None:
                    self._reading.close()
            elif error is not None:
                self._told(f"stopped: {str(error).rstrip('.')}. Reading on for what was finished before")
            self._pacer.stop(JobStoppedError("the job was stopped before this request was sent"))

    async def results(self, items: Iterable[Item]) -> AsyncIterator[Result[B]]:
        """What became of each document, in the order of ``items``, and the files of the folder with it.

        Raises:
            SummariserError: when the job stopped early, after all that was finished came out: what stopped it.
        """
        self._begin()
        self._reading = reading = Reading(items)
        spool = None if self._provider is None else await self._by_batches(self._provider, reading)
        slots: asyncio.Queue[_Slot | None] = asyncio.Queue(_AHEAD)
        workers: set[asyncio.Task[None]] = set()
        feeder = asyncio.create_task(self._feed(reading if spool is None else iter(spool), slots, workers))
        try:
            with self.folder as folder:
                while (slot := await slots.get()) is not None:
                    found = await slot
                    if found is None:
                        self._progress.remaining += 1
                        continue
                    result: Result[B] = self._filed(found) if isinstance(found, bytes) else found
                    self._count(result)
                    folder.write(result)
                    yield result
                await self._transport.settled()
                if self._halted is not None:
                    self.stop(self._halted)
                if self._unanswered and not self._transport.reused + self._progress.kept:
                    self.stop(
                        JobError(
                            "no answer of this job is to what is asked now, so there is none to read again: give the model and "
                            "the options of the run that asked, or ask, without --reground (reground=True from Python)"
                        )
                    )
                read_all = self._progress.total is not None
                folder.whole = read_all and self._progress.read > 0 and self.stopped_by is None
                if read_all and self._noting:
                    self._progress.left_out = self._ledger.unread()
                folder.summarise(self._summary())
                self._end()
            if folder.stays:
                self._told(folder.stays)
        finally:
            tasks = [feeder, *workers]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            if spool is not None:
                spool.close()
        if self.stopped_by is not None:
            raise self.stopped_by

    # what is told

    def _told(self, line: str) -> None:
        if self.tell is not None:
            self.tell(line)

    def _at_gate(self, seconds: float) -> None:
        if seconds:
            self._events.write("gate closed", seconds=round(seconds, 3))
        else:
            self._events.write("gate opened")

    def _begin(self) -> None:
        how = self.options
        self._events.write(
            "started",
            **self._recipe.asking,
            version=__version__,
            concurrency=how.concurrency,
            rpm=how.rpm,
            tpm=how.tpm,
            budget_usd=None if how.budget is None else str(how.budget),
            via=None if how.via is None else "batch-api",
            reground=how.reground or None,
            ambiguous_from_before=self._progress.recovered or None,
            asked_again_because=list(self.changed) or None,
        )

    def _one_done(self, outcome: Outcome, working: Working) -> None:
        usage = sum((used for used, *_ in working.answers), Usage())
        cost = self._recipe.cost_of(working.answers)
        self._events.write(
            "document",
            id=outcome.id,
            status=outcome.status,
            error=json.loads(outcome.content)["class"] if outcome.status == "failed" else None,
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cost_usd=None if cost is None else str(cost),
            answers=len(working.answers),
            sent=working.sends,
        )

    def _end(self) -> None:
        known = self.progress
        self._events.write(
            "finished",
            documents=known.total,
            verified=known.verified,
            flagged=known.flagged,
            failed=known.failed,
            kept_from_before=known.kept,
            remaining=known.remaining,
            input_tokens=known.usage.input_tokens,
            output_tokens=known.usage.output_tokens,
            cost_usd_all_runs=None if known.spent is None else str(known.spent),
            seconds=round(self.elapsed, 3),
        )

    def _summary(self) -> dict[str, Any]:
        known, totals, stop = self.progress, self._ledger.totals(), self.stopped_by
        return {
            "finished": stop is None,
            "stopped_by": None if stop is None else {"class": type(stop).__name__, "message": str(stop)},
            "documents": known.total,
            "verified": known.verified,
            "flagged": known.flagged,
            "failed": known.failed,
            "remaining": known.remaining,
            "kept_from_before": known.kept,
            "same_id": known.same_id,
            "left_out": known.left_out,
            "asked_again_because": {name: {"was": old, "is": new} for name, (old, new) in self.changed.items()},
            "this_run": {
                "answers": known.answered,
                "by_batch": known.by_batch,
                "reused_answers": known.reused,
                "input_tokens": known.usage.input_tokens,
                "output_tokens": known.usage.output_tokens,
                "cached_tokens": known.usage.cached_tokens,
                "rate_limited": known.limited,
                "recovered_ambiguous": known.recovered,
                "seconds": round(self.elapsed, 3),
            },
            "all_runs": {
                "answers": totals.answered,
                "requests_sent": totals.sends,
                "rate_limited": totals.limited,
                "ambiguous": totals.ambiguous,
                "cost_usd": None if known.spent is None else str(known.spent),
                "answers_without_price": known.unpriced,
            },
            **({} if self._provider is None else {"batches": self._provider.told()}),
            **self._recipe.asking,
        }

    # by the provider's batches

    def _batches(self, how: BatchApi, sender: Sender) -> ProviderBatches:
        return ProviderBatches(
            how,
            recipe=self._recipe,
            ledger=self._ledger,
            transport=self._transport,
            backend=self._backend,
            purse=self._purse,
            folder=self.folder.folder,
            sender=sender,
            wait=self._sleep,
            tell=self._told,
            events=self._events,
        )

    async def _by_batches(self, provider: ProviderBatches, reading: Reading) -> Spool:
        """Have answered what batches answer; the items once more, for all the rest."""
        spool = Spool(self.folder.folder, reading)
        try:
            await provider.run(self._pending(spool.first()))
        except JobStoppedError:
            pass
        except Exception as error:
            told = error if isinstance(error, SummariserError) else unexpected(error)
            if provider.answered:
                self._halted, self._transport.closed = told, True
            else:
                self.stop(told)
        provider.doing = ""
        self._transport.reused = 0
        return spool

    async def _pending(self, reading: Iterator[list[Item]]) -> AsyncIterator[tuple[Entry, bytes]]:
        """The documents that are not finished, and their identities."""
        while (read := await asyncio.to_thread(next, reading, None)) is not None:
            for item in read:
                if self.stopped_by is not None:
                    raise JobStoppedError("the job was stopped")
                entry, identity = self._identified(item)
                if isinstance(entry, Entry) and self._done(identity) is None:
                    yield entry, identity

    # reading

    async def _feed(
        self, reading: Iterator[list[Item]], slots: asyncio.Queue[_Slot | None], workers: set[asyncio.Task[None]]
    ) -> None:
        loop = asyncio.get_running_loop()
        unowned: _Slot | None = None
        try:
            while (read := await self._next(reading, workers)) is not None:
                for given in read:
                    slot: _Slot = loop.create_future()
                    await slots.put(slot)
                    unowned = slot
                    self._progress.read += 1
                    item, identity = self._identified(given)
                    self._note(item)
                    if isinstance(item, Damaged):
                        result = _damaged(item)
                        self._events.write("document", id=result.id, status="failed", error=result.error_class)
                        slot.set_result(result)
                        continue
                    if (known := self._done(identity)) is not None:
                        # Not one that this run has finished, of an equal document.
                        self._progress.kept += known.at < self._opened
                        slot.set_result(identity)
                        continue
                    if self.stopped_by is None:
                        await self._gate.acquire()
                    if self.stopped_by is not None:
                        slot.set_result(None)
                        continue
                    held = slots.qsize() < _HELD
                    task = asyncio.create_task(self._work(slot, item, identity, held=held))
                    workers.add(task)
                    unowned = None
                    task.add_done_callback(workers.discard)
            if self.stopped_by is None or self._drains:
                self._progress.total = self._progress.read
        except Exception as error:
            # Whoever reads the inputs has told what is wrong with them; what was begun is still finished.
            self.stop(error if isinstance(error, SummariserError) else unexpected(error))
            if unowned is not None and not unowned.done():
                unowned.set_result(None)
        await slots.put(None)

    async def _next(self, reading: Iterator[list[Item]], workers: set[asyncio.Task[None]]) -> list[Item] | None:
        """The next few documents; None after the last."""
        try:
            return await asyncio.to_thread(next, reading, None)
        except Exception:
            await asyncio.gather(*workers, return_exceptions=True)  # whose requests a stop would hold back
            raise

    def _identified(self, item: Item) -> tuple[Item, bytes]:
        """An entry and its identity; one that can have none is damaged, as what cannot be read is."""
        if isinstance(item, Damaged):
            return item, b""
        try:
            return item, identity_of(item, self._recipe)
        except InputError as error:
            named = item.document.id
            return Damaged(error, item.place, None if named is None else whole_characters(named)), b""

    def _note(self, item: Item) -> None:
        """Note a document's id, and tell of the first that another has too: whoever joins by ids takes one for the other."""
        given, known = (item.document.id, item.document.name) if isinstance(item, Entry) else (item.id, item.id)
        if not known or not self._noting:
            return
        place = str(item.place)
        try:
            before = self._ledger.note(known, place)
        except StoreError as error:
            self._noting = False
            self._told(f"{error}; the job goes on, and does not tell which come twice")
            return
        if before is None or not given:
            return
        self._events.write("same id", id=given, place=place, first=before)
        if not self._progress.same_id:
            self._told(
                f"two documents have the id {given!r}: {before}; and {place}. Both are worked on, and each has its brief under "
                "that id; where briefs are joined by id, give each document one of its own"
            )
        self._progress.same_id += 1

    def _done(self, identity: bytes) -> Finished | None:
        """When and how a document was finished; None where it is to be worked on."""
        known = self._ledger.finished_as(identity)
        if known is None or known.status == "failed":
            return None
        return known if not self.options.reground or known.reading == self._recipe.reading else None

    def _filed(self, identity: bytes) -> Result[B]:
        outcome = self._ledger.outcome(identity)
        assert outcome is not None
        return Result(outcome.id, outcome.status, outcome.content, schema=self._recipe.schema)

    def _count(self, result: Result[Any]) -> None:
        counts = self._progress
        counts.verified += result.status == "verified"
        counts.flagged += result.status == "flagged"
        counts.failed += result.status == "failed"

    # working

    async def _work(self, slot: _Slot, entry: Entry, identity: bytes, *, held: bool) -> None:
        working = Working(identity)
        DOCUMENT.set(working)
        try:
            outcome = await outcome_of(entry, self._recipe, self._answer, working, self._stops, self.workers)
            if outcome is not None:
                await self._ledger.finished(identity, outcome)
                self._one_done(outcome, working)
                slot.set_result(self._result(outcome, entry) if held or outcome.status == "failed" else identity)
        except Exception as error:  # the ledger's, or nobody's that was foreseen: no document is lost without a word
            self.stop(error if isinstance(error, SummariserError) else unexpected(error))
        finally:
            self._gate.release()
            if not slot.done():
                slot.set_result(None)

    def _result(self, outcome: Outcome, entry: Entry) -> Result[B]:
        schema = self._recipe.schema
        if outcome.status != "failed":
            return Result(outcome.id, outcome.status, outcome.content, schema=schema)
        failure = json.loads(outcome.content)
        told = failure["class"], failure["message"], failure["attempts"]
        return Result(outcome.id, "failed", b"", as_row(entry), *told, schema=schema)

    async def _answer(self, request: Request) -> Answer:
        try:
            return await self._backend.acomplete(request)
        except UNUSABLE as error:
            return error
        except ReplayMissError as miss:
            if not self.options.reground:
                raise
            self._unanswered += 1
            # What the present verifier would ask anew is not asked: the answers that are there are all there is.
            return AnswerError(str(miss))

    async def _stops(self, error: Exception) -> bool:
        """Stop the job where an error calls for it; whether the document is left for the next run."""
        stop = self._breaker.judge(error, self._transport.answered + self._transport.reused)
        if stop is not None:
            self.stop(stop)
        return stop is error

    async def _sleep(self, seconds: float) -> None:
        """Wait, but not longer than the job goes on."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
            raise JobStoppedError("the job was stopped while waiting to send a request again")


def check_price(recipe: Recipe[Any], options: Options) -> None:
    """Refuse a budget where nobody knows what a request costs.

    Raises:
        ConfigurationError: a budget is given, and the price of the model is not known.
    """
    if options.budget is None:
        return
    if recipe.cost(Usage(1, 1), None) is None:
        raise ConfigurationError(
            f"a budget needs a price, and that of {recipe.endpoint.name} is not known: add --price INPUT/OUTPUT in "
            "dollars a million tokens (Summariser(price=…) from Python)"
        )
    if options.via and recipe.cost(Usage(1, 1), None, batch=True) is None:
        raise ConfigurationError(
            f"a budget needs a price, and that of batches is not known for {recipe.endpoint.name}: add --batch-price "
            "INPUT/OUTPUT in dollars a million tokens (Summariser(batch_price=…) from Python)"
        )


def _damaged(item: Damaged) -> Result[Any]:
    return Result(item.id or str(item.place), "failed", b"", as_row(item), type(item.error).__name__, str(item.error))
