"""A job by the provider's batches, which cost less and take up to a day: the same job by another road.

The first questions about all documents are made as they are for sending, collected in the ledger, and go out in parts, a
batch each. Answers are put down in the ledger like those to single requests; the ordinary job, run afterwards over the same
input, finds them there, and asks for what is missing and what did not hold.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import tempfile
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

from summariser.batch.folder import writing
from summariser.batch.parts import Part, Parts
from summariser.batch.transport import DOCUMENT, CollectedError, Working, reported
from summariser.batchclient import BatchClient
from summariser.dialogue import dialogue
from summariser.errors import (
    BackendError,
    BudgetError,
    ConfigurationError,
    JobError,
    SummariserError,
    UnknownModelError,
)
from summariser.exchange import Usage
from summariser.ledger import Response
from summariser.store import redact, secrets_of
from summariser.tracing import untraced

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Generator
    from pathlib import Path

    from summariser.backend import Backend
    from summariser.batch.events import Events
    from summariser.batch.money import Purse
    from summariser.batch.transport import LedgerTransport, Sender
    from summariser.batchclient import Batch
    from summariser.ledger import Exchange, Ledger
    from summariser.readers import Entry
    from summariser.recipe import Recipe

__all__ = ["BatchApi", "ProviderBatches"]

_TRIES = 3
"""Documents asked about at once, and by themselves, to find out what the endpoint takes."""
_FIRST_LOOK = 12
"""The first look comes after that part of the longest wait."""
_SLOWER = 1.5
_LATE_LOOKS = 3
"""Looks at a batch that has ended and owes a file."""
_AT_ONCE = 500
"""Lines of answers that are written down together."""
_NOTHING = Decimal(0)
_QUEUE_FULL = "token_limit_exceeded"
"""The provider's code for a batch that is refused because too much is in its queue; it may be made later."""
_MOST_REFUSALS = 24
"""Halved that often, the largest batch is a single request; waits included, a quarter of an hour."""
_WORTH_ANOTHER = frozenset({408, 409, 425, 429})


@dataclass(frozen=True, slots=True)
class BatchApi:
    """How a job uses the provider's batches.

    A batch has at most ``requests`` and ``size`` bytes. It is looked at every ``poll`` seconds at most, sooner at first.
    What came back unanswered goes into another batch when it is more than ``few``, and no request into more than ``rounds``
    batches; the rest is asked by itself.
    """

    requests: int = 50_000
    size: int = 200_000_000
    poll: float = 60.0
    few: int = 50
    rounds: int = 3

    def __post_init__(self) -> None:
        for name in ("requests", "size", "poll", "rounds"):
            if not getattr(self, name) > 0:
                raise ConfigurationError(
                    f"{name} of provider batches is {getattr(self, name)!r}: it must be more than 0"
                )


@dataclass
class _Harvest:
    """What became of a part's requests."""

    answered: int = 0
    refused: int = 0
    """Answered with an error that another batch would not mend."""
    not_done: int = 0
    """Expired, cancelled, or failed on the provider's side."""
    missing: int = 0
    """Submitted, and nothing returned."""
    unknown: int = 0
    """Returned, and never submitted with this batch."""
    twice: int = 0
    """Returned more than once."""
    unreadable: int = 0
    """Lines that are no result."""


class ProviderBatches:
    """The batches of a job. ``wait`` sleeps for so many seconds, and raises `JobStoppedError` when the job is stopped."""

    def __init__(
        self,
        how: BatchApi,
        *,
        recipe: Recipe[Any],
        ledger: Ledger,
        transport: LedgerTransport,
        backend: Backend,
        purse: Purse,
        folder: Path,
        sender: Sender,
        wait: Callable[[float], Awaitable[None]],
        tell: Callable[[str], None],
        events: Events,
    ) -> None:
        self._how = how
        self._recipe = recipe
        self._transport = transport
        self._backend = backend
        self._purse = purse
        self._folder = folder
        self._sender = sender
        self._wait = wait
        self._tell = tell
        self._events = events
        self._ledger = ledger
        self._parts = Parts(ledger)
        self._secrets = secrets_of({"api-key": recipe.endpoint.key or ""})
        self._client = BatchClient(recipe.endpoint, transport=sender, sleep=wait, pause=min(1.0, how.poll))
        self._most = how.requests
        self._queue_full = False
        self._refusals = 0
        """Batches in a row for which the provider's queue was too full."""
        self._taken: dict[bytes, Exchange] = {}
        self._late: dict[int, int] = {}
        self._done: dict[int, int] = {}
        self.doing = ""
        """What is waited for, in words."""
        self.answered = 0
        """Answers that came by batches in this run."""
        self.usage = Usage()
        """Their tokens."""
        self.open = 0
        """Batches that are at the provider."""

    async def aclose(self) -> None:
        """Free connections. Batches go on at the provider."""
        await self._client.aclose()

    def told(self) -> list[dict[str, Any]]:
        """All batches of the job, for its summary."""
        return [
            {"batch": part.batch, "status": part.status, "requests": part.requests, **json.loads(part.counts or "{}")}
            for part in self._parts.all()
        ]

    async def run(self, documents: AsyncIterator[tuple[Entry, bytes]]) -> None:
        """Have the first questions about documents answered, as far as batches answer them; each comes with its identity.

        Raises:
            JobStoppedError: the job was stopped; the batches go on at the provider.
            BudgetError: what is left of the budget is less than the next request may cost.
            JobError: a batch was refused, cancelled, or is unknown to the provider.
            BackendError: the endpoint refuses, or cannot be reached.
        """
        await self._parts.unplan()
        for part in self._parts.open():
            if part.most is None and self._purse.budget is not None:  # made when there was none
                most = sum((self._at_most(request) or _NOTHING for request in self._parts.bodies(part)), _NOTHING)
                part = await self._parts.advance(part, most=most)
            self._purse.hold(part.most or _NOTHING)
            self.open += part.batch is not None
        read = tried = 0
        async for entry, identity in documents:
            read += 1
            self.doing = f"collecting the questions about document {read:,}"
            if not self._backend.proven and tried < _TRIES:
                tried += await self._try(entry, identity)
            await self._ask(entry, identity)
            if len(self._taken) >= _AT_ONCE:
                await self._put_down()
        await self._put_down()
        await self._carry()
        self.doing = ""

    # collecting

    async def _try(self, entry: Entry, identity: bytes) -> bool:
        """Ask one question by itself, so that a wrong key, a model that is not there, or a schema that is not taken comes out
        before thousands of requests are made in vain; whether it was asked.
        """
        for request in self._first_questions(entry, identity)[:1]:
            try:
                await self._backend.acomplete(request)
            except BackendError as error:
                if error.retry in ("never", "transport"):
                    raise
            except BudgetError:
                if not self.open:
                    raise
            return True
        return False

    async def _ask(self, entry: Entry, identity: bytes) -> None:
        self._transport.collect = self._take
        try:
            with untraced():
                for request in self._first_questions(entry, identity):
                    try:
                        await self._backend.acomplete(request)
                    except CollectedError:
                        continue
                    except BackendError:
                        continue  # the ledger has an answer, of no use: it is told when its document is worked on
        finally:
            self._transport.collect = None

    def _first_questions(self, entry: Entry, identity: bytes) -> tuple[Any, ...]:
        DOCUMENT.set(Working(identity))
        try:
            return next(dialogue(entry.document, self._recipe.plan))
        except SummariserError:
            return ()  # likewise

    def _take(self, exchange: Exchange) -> None:
        self._taken[exchange.fingerprint] = exchange

    async def _put_down(self) -> None:
        await self._parts.collect(list(self._taken.values()))
        self._taken.clear()

    # submitting

    async def _carry(self) -> None:
        pause = self._how.poll / _FIRST_LOOK
        while True:
            if await self._submit() and not self._refusals:
                pause = self._how.poll / _FIRST_LOOK
            under_way = self._parts.open()
            if not under_way:
                return
            self.doing = self._awaited(under_way)
            await self._wait(pause)
            pause = min(pause * _SLOWER, self._how.poll)
            for part in under_way:
                await self._look(part)

    def _awaited(self, parts: list[Part]) -> str:
        done, requests = sum(self._done.get(part.number, 0) for part in parts), sum(part.requests for part in parts)
        which = f"{parts[0].batch} ({parts[0].status})" if len(parts) == 1 else f"{len(parts):,} batches"
        return f"waiting for {which}: {done:,} of {requests:,} requests done"

    async def _submit(self) -> int:
        """Make the batches that can be made now; how many."""
        made = 0
        for left in self._parts.open():
            if left.batch is None:  # the job was cut off between uploading its file and hearing of it
                await self._create(left)
                made += 1
        while not (self._queue_full and self._parts.open()):
            self._queue_full = False
            part = await self._parts.plan(self._most, self._how.size, self._at_most, self._purse.left)
            if part is None:
                break
            self._purse.hold(part.most or _NOTHING)
            await self._create(await self._upload(part))
            made += 1
        waiting = self._parts.collected
        if waiting and not self._parts.open():
            raise BudgetError(
                f"the budget of ${self._purse.budget or 0:,f} is too small: ${self._purse.spent:,.4f} is spent, and none of the "
                f"{waiting:,} requests left is sure to fit in. All briefs so far are kept; go on with a higher --budget"
            )
        return made

    def _at_most(self, request: bytes) -> Decimal | None:
        return self._transport.most_of(request, batch=True)

    async def _upload(self, part: Part) -> Part:
        self.doing = f"uploading {part.requests:,} requests"
        with self._scratch() as file:
            await asyncio.to_thread(file.writelines, self._parts.lines(part))
            name = await self._client.upload(file, f"{part.id}.jsonl")
        return await self._parts.advance(part, state="uploaded", file=name)

    async def _create(self, part: Part) -> None:
        self.doing = f"submitting {part.requests:,} requests"
        unsure, file = part.state == "creating", part.file
        assert file is not None
        part = await self._parts.advance(part, state="creating")
        batch = await self._client.create(file, part.id, unsure=unsure)
        await self._parts.advance(part, state="running", batch=batch.id, status=batch.status)
        self.open += 1
        self._events.write("batch created", batch=batch.id, requests=part.requests)
        self._tell(f"{batch.id}: {part.requests:,} requests are with {self._recipe.endpoint.name}")

    # waiting, and what comes back

    async def _look(self, part: Part) -> None:
        assert part.batch is not None
        try:
            batch = await self._client.look(part.batch)
        except UnknownModelError as error:
            raise JobError(
                f"{self._recipe.endpoint.name} does not know {part.batch} any more, which has {part.requests:,} requests of this "
                f"job ({error}). Is it another account's? Without --via batch-api they are asked by themselves"
            ) from None
        part = await self._parts.advance(part, status=batch.status)
        self._done[part.number] = batch.completed + batch.failed
        if not batch.ended:
            return
        if batch.completed and batch.output_file is None and self._late.get(part.number, 0) < _LATE_LOOKS:
            self._late[part.number] = self._late.get(part.number, 0) + 1
            return
        await self._harvest(part, batch)

    async def _harvest(self, part: Part, batch: Batch) -> None:
        found = _Harvest()
        seen = set[bytes]()
        for file in (batch.output_file, batch.error_file):
            if file is not None:
                await self._take_in(part, file, found, seen)
        open_ = self._parts.unanswered(part)
        found.missing = max(0, part.requests - len(seen))
        if batch.status == "failed" and any(code == _QUEUE_FULL for code, _ in batch.errors):
            # It may go out when another has ended; where there is none, it may be too much by itself.
            self._refusals += 1
            self._queue_full = len(self._parts.open()) > 1
            self._most = self._most if self._queue_full else max(1, part.requests // 2)
            await self._end(part, batch, found, open_, again=True, counted=False)
            if self._refusals > _MOST_REFUSALS:
                raise self._refusal(part, batch, found.answered, open_)
            return
        refused = batch.status in ("failed", "cancelled")
        again = refused or (open_ > self._how.few and self._parts.rounds(part) + 1 < self._how.rounds)
        await self._end(part, batch, found, open_, again=again, counted=not refused)
        if refused:
            raise self._refusal(part, batch, found.answered, open_)

    def _refusal(self, part: Part, batch: Batch, answered: int, left: int) -> JobError:
        name = self._recipe.endpoint.name
        if batch.status == "cancelled":
            return JobError(
                f"{batch.id} was cancelled at {name}; {answered:,} answers are kept. The same command submits the other {left:,} "
                "requests again, and without --via batch-api they are asked by themselves"
            )
        why = "; ".join(redact(message, self._secrets) for _, message in batch.errors[:3]) or "no reason is told"
        return JobError(f"{name} refuses {batch.id}, a batch of {part.requests:,} requests: {why}")

    async def _end(
        self, part: Part, batch: Batch, found: _Harvest, open_: int, *, again: bool, counted: bool = True
    ) -> None:
        await self._parts.end(
            part, {name: count for name, count in vars(found).items() if count}, again=again, counted=counted
        )
        self.open -= 1
        self._purse.release(part.most or _NOTHING)
        if batch.status != "failed":
            self._queue_full, self._refusals = False, 0
        told = [f"{found.answered:,} of {part.requests:,} answered"]
        told += [
            f"{count:,} {words}"
            for count, words in (
                (found.refused, "refused"),
                (found.not_done, "not done"),
                (found.missing, "missing"),
                (found.unknown, "that were never asked"),
                (found.twice, "that came twice"),
                (found.unreadable, "that cannot be read"),
            )
            if count
        ]
        if open_:
            told.append(f"{open_:,} go {'out with another batch' if again else 'out by themselves'}")
        self._events.write(
            "batch finished", batch=batch.id, status=batch.status, requests=part.requests, **vars(found), left=open_
        )
        self._tell(f"{batch.id} {batch.status}: {', '.join(told)}")

    async def _take_in(self, part: Part, file: str, found: _Harvest, seen: set[bytes]) -> None:
        self.doing = f"fetching the answers of {part.batch}"
        with self._scratch() as lines:
            await self._client.download(file, lines)
            lines.seek(0)
            while some := list(islice(lines, _AT_ONCE)):
                await asyncio.gather(*[write for line in some if (write := self._result(part, line, found, seen))])

    @contextlib.contextmanager
    def _scratch(self) -> Generator[IO[bytes]]:
        """A file that is gone when the process is."""
        with writing(self._folder), tempfile.TemporaryFile(dir=self._folder) as file:
            yield file

    def _result(self, part: Part, line: bytes, found: _Harvest, seen: set[bytes]) -> Awaitable[None] | None:
        """Count a line of what came back; what is to be written down of it."""
        if line.isspace():
            return None
        try:
            told = json.loads(line)
            name, response = told["custom_id"], told.get("response")
            status = response["status_code"] if response else None
            body = response.get("body") if response else None
        except (ValueError, KeyError, TypeError, AttributeError):
            found.unreadable += 1
            return None
        fingerprint = _fingerprint(name)
        state = self._parts.state(part, fingerprint) if fingerprint else None
        if fingerprint is None or state is None:
            found.unknown += 1
            return None
        if fingerprint in seen:
            found.twice += 1
            return None
        seen.add(fingerprint)
        if state == "answered":  # written down before the job was cut off, or asked by itself meanwhile
            found.answered += 1
            return None
        if not isinstance(status, int) or status >= 500 or status in _WORTH_ANOTHER:
            found.not_done += 1
            return None
        return self._kept(fingerprint, status, body, found)

    def _kept(self, fingerprint: bytes, status: int, body: Any, found: _Harvest) -> Awaitable[None]:
        headers = {"content-type": "application/json"}
        usage, model = reported(body) if 200 <= status < 300 else (Usage(), None)
        content = json.dumps(body, separators=(",", ":")).encode()
        kept = Response(status, headers, content, 0.0, usage, model, batch=True)
        good = kept.good
        if good:
            found.answered += 1
            self.answered += 1
        else:
            found.refused += 1
            kept = replace(kept, body=json.dumps(redact(body, self._secrets)).encode())
        self.usage += usage
        cost: Decimal | None = _NOTHING
        if good or usage.input_tokens is not None:
            cost = self._recipe.cost(usage, model, batch=True)
            self._purse.count(cost)
        if cost is None and self._purse.budget is not None:
            cost = self._transport.most_of(self._parts.body(fingerprint), batch=True)
            self._purse.count(cost, 0)
        return self._ledger.answered(fingerprint, kept, cost)


def _fingerprint(name: Any) -> bytes | None:
    try:
        return bytes.fromhex(name) if isinstance(name, str) else None
    except ValueError:
        return None
