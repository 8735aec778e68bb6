"""Workers: processes that carry dialogues beside the one that asks.

Asking is waiting, and one process waits for hundreds of answers; reading them is computing, and Python computes one thing at a
time. Where that takes most of the time, workers do it on the cores to spare. They do nothing else: every question is asked
here, and written down here.

    here                                   there
    the recipe                        ->
                                      <-   None, or why it cannot be followed there
    n, a document                     ->
                                      <-   n, its questions
    n, their answers                  ->
                                      <-   n, more questions, or what was made, or what went wrong, or None: not here
    n, None: nobody waits any more    ->

Each is a pickle, with its length before it. When a worker ends, its dialogues go on here: the same document and the same
answers give the same brief.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import pickle
import signal
import sys
import time
from collections import deque
from dataclasses import replace
from functools import partial
from itertools import count
from struct import Struct
from subprocess import PIPE
from typing import TYPE_CHECKING, Any, BinaryIO, Literal, NamedTuple, cast

from summariser import drafting
from summariser.driving import answered
from summariser.exchange import Message, Reply, Request
from summariser.tracing import is_traced

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

    from summariser.dialogue import Answer, Round
    from summariser.driving import Steps, T
    from summariser.exchange import Usage
    from summariser.recipe import Recipe
    from summariser_schemas import BaseBrief, Document

__all__ = ["ALLOCATIONS", "Made", "Turns", "Worker", "Workers", "resumed"]

ALLOCATIONS = 20_000
"""Objects that a job makes between two looks for cycles: Python's 700 are three a document, and find next to nothing."""
_LENGTH = Struct("!Q")
_BEHIND = 8
"""Things at a worker from which on answers wait here, for whoever is ready first: it takes one for each thing that it has
done, documents to begin among them. With no more than so many there at any time, jobs took a tenth longer.
"""
_LOOK = 1.0
"""Seconds between two looks at how much of the time reading takes here."""
_BUSY = 0.5
"""The part of it from which another worker pays: each takes a second to start, and 80 MB."""
_MOST = 2
"""Processes that read answers where nobody says how many: a job stays under 300 MB, of which each takes about 90, and in a
container there may be fewer cores than it seems. One that asks keeps three at work.
"""
_PATIENCE = 5.0
"""Seconds that a worker has to end."""


class Made(NamedTuple):
    """What came of a document: its brief as JSON."""

    status: Literal["verified", "flagged"]
    content: bytes

    @classmethod
    def of(cls, brief: BaseBrief) -> Made:
        """The brief, written."""
        return cls(brief.status, brief.model_dump_json().encode())


def resumed(steps: Steps[T], given: Sequence[Sequence[Answer]]) -> Steps[T]:
    """A dialogue that begins after the answers that were given to the same one before."""
    try:
        round_ = next(steps)
        for answers in given:
            round_ = steps.send(answers)
        while True:
            round_ = steps.send((yield round_))
    except StopIteration as stop:
        made: T = stop.value
        return made


class Workers:
    """The workers of a job: none at first, up to ``most`` with this process counted, each started when this one reads answers
    more than half of its time. Without ``most``, one beside it, where there are two cores.
    """

    def __init__(self, recipe: Recipe[Any], most: int | None = None, tell: Callable[[str], None] | None = None) -> None:
        self._recipe = recipe
        # A frozen program is no Python that could be started once more.
        self.most = 0 if getattr(sys, "frozen", False) else (most or min(_cores(), _MOST)) - 1
        """How many there may be."""
        self._tell = tell or _silent
        self.running: list[Worker] = []
        """Those that there are."""
        self._starting: asyncio.Task[None] | None = None
        self._closing = False
        self._turns = Turns()
        self._busy = 0.0
        self._looked = time.perf_counter()

    def free(self) -> Worker | None:
        """The worker that has the least to do; None where there is none."""
        if not self.running or is_traced():
            return None
        return min(self.running, key=lambda worker: worker.behind)

    def watched(self, steps: Steps[T]) -> Steps[T]:
        """A dialogue that is carried here; how much it computes decides whether there are to be more workers."""
        answers: Any = None
        while True:
            start = time.perf_counter()
            try:
                round_ = steps.send(answers)
            except StopIteration as stop:
                made: T = stop.value
                return made
            finally:
                self._computed(start, time.perf_counter())
            answers = yield round_

    def in_turn(self, answer: Callable[[Request], Awaitable[Answer]]) -> Callable[[Request], Awaitable[Answer]]:
        """The same answers, each when it is its turn to be read here."""

        async def answered(request: Request) -> Answer:
            come = await answer(request)
            await self._turns.wait()
            return come

        return answered

    def _computed(self, start: float, end: float) -> None:
        self._busy += end - start
        if end - self._looked < _LOOK:
            return
        busy, self._busy, self._looked = self._busy / (end - self._looked), 0.0, end
        # What another process did would be missing from a trace.
        if busy > _BUSY and len(self.running) < self.most and self._starting is None and not is_traced():
            self._starting = asyncio.create_task(self._start())

    async def _start(self) -> None:
        try:
            worker = await Worker.started(self._recipe, self._turns)
        except (OSError, NotImplementedError, _EndedError) as error:
            self.most = 0
            self._tell(
                f"no worker can be had, and this process reads all answers: {str(error) or type(error).__name__}"
            )
        else:
            self.running.append(worker)
            worker.ended.add_done_callback(partial(self._ended, worker))
        self._starting = None

    def _ended(self, worker: Worker, _: asyncio.Future[None]) -> None:
        self.running.remove(worker)
        if not self._closing:
            self.most -= 1  # what it has met, another would meet
            self._tell("a worker has ended; what it had is read by the others")

    async def aclose(self) -> None:
        """End them."""
        self._closing = True
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.gather(self._starting, return_exceptions=True)
        await asyncio.gather(*(worker.aclose() for worker in self.running))


class Turns:
    """Answers that wait to be read, first come, first served: each here, or where its dialogue is, when there is room sooner.

    Here, one is read at a time, and between two it is seen what has come in: a 429 that waits behind forty answers that are
    read would come too late for what is sent meanwhile.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[asyncio.Future[bool], Worker | None]] = deque()
        self._goes_on = False

    async def wait(self, worker: Worker | None = None) -> bool:
        """Wait for one's turn; whether it is here. ``worker`` is where the dialogue is, if not here."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[bool] = loop.create_future()
        self._waiting.append((future, worker))
        if not self._goes_on:
            self._goes_on = True
            loop.call_soon(self._next)
        return await future

    def room(self, worker: Worker) -> None:
        """A worker has done one of the things that it had to do, and takes one for it."""
        for future, where in self._waiting:
            if where is worker and not future.done():
                future.set_result(False)
                return

    def _next(self) -> None:
        while self._waiting:
            future, _ = self._waiting.popleft()
            if not future.done():
                future.set_result(True)
                asyncio.get_running_loop().call_soon(self._next)  # after what waited for this has been computed
                return
        self._goes_on = False


class _EndedError(Exception):
    """A worker has ended, or cannot do what is asked of it."""


class Worker(asyncio.SubprocessProtocol):
    """One process that carries dialogues, seen from here."""

    def __init__(self, turns: Turns) -> None:
        loop = asyncio.get_running_loop()
        self._turns = turns
        self.ended: asyncio.Future[None] = loop.create_future()
        self.behind = 0
        """Things that it was given to read, and has not read yet."""
        self._transport: asyncio.SubprocessTransport | None = None
        self._come = bytearray()
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._numbers = count(1)

    @classmethod
    async def started(cls, recipe: Recipe[Any], turns: Turns | None = None) -> Worker:
        """A worker that follows a recipe. ``turns`` are those of the answers that wait to be read.

        Raises:
            OSError: none can be started.
            _EndedError: it cannot follow this recipe, whose class of brief it cannot import, say.
        """
        # The key stays here.
        told = replace(recipe, endpoint=replace(recipe.endpoint, key=None))
        first = _frame((0, (told, dict(recipe.asking))))
        # The path as it is here, whatever has been done to it.
        program = f"import sys; sys.path[:] = {sys.path!r}; from summariser.workers import serve; serve()"
        # Away from the terminal, whose Ctrl-C is for this process: it finishes what is under way.
        _, worker = await asyncio.get_running_loop().subprocess_exec(
            partial(cls, turns or Turns()),
            sys.executable,
            "-c",
            program,
            stdin=PIPE,
            stdout=PIPE,
            stderr=None,
            start_new_session=True,
        )
        try:
            if (wrong := await worker._asked(0, first)) is not None:
                raise _EndedError(wrong)
        except BaseException:
            await worker._killed()
            raise
        return worker

    @property
    def pid(self) -> int | None:
        """The number of its process."""
        return None if self._transport is None else self._transport.get_pid()

    async def made(
        self,
        document: Document,
        answer: Callable[[Request], Awaitable[Answer]],
        given: list[Sequence[Answer]],
        *,
        extra: Mapping[str, Any],
        paid: Sequence[tuple[Usage, str | None, bool]],
    ) -> Made | None:
        """What comes of a document, as `Recipe.steps` has it; None where it is this process's turn to carry it: the answers up
        to then are in ``given``.
        """
        number = next(self._numbers)
        come: Any = None
        try:
            come = await self._asked(number, _frame((number, (document, dict(extra)))))
            while isinstance(come, list):
                answers = await answered(_round_of(come), answer)
                given.append(answers)
                if self.behind >= _BEHIND and await self._turns.wait(self):
                    return None
                come = await self._asked(number, _frame((number, ([_packed(one) for one in answers], list(paid)))))
        except _EndedError:
            come = None
        finally:
            if not isinstance(come, Made | Exception):
                with contextlib.suppress(_EndedError):
                    self._send(_frame((number, None)))
        if isinstance(come, Exception):
            raise come
        if come is None:
            await self._turns.wait()
        return cast("Made | None", come)

    async def aclose(self) -> None:
        """End it, when it has done what it was given."""
        if (pipe := self._pipe()) is not None:
            pipe.close()
        try:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self.ended), _PATIENCE)
        finally:
            await self._killed()

    async def _killed(self) -> None:
        if self._transport is not None:
            self._transport.close()
        await self.ended

    async def _asked(self, number: int, frame: bytes) -> Any:
        """What the worker says to a frame."""
        future = self._waiting[number] = asyncio.get_running_loop().create_future()
        try:
            self._send(frame)
            self.behind += 1
            return await future
        finally:
            del self._waiting[number]

    def _send(self, frame: bytes) -> None:
        if (pipe := self._pipe()) is None:
            raise _EndedError("it has ended")
        pipe.write(frame)

    def _pipe(self) -> asyncio.WriteTransport | None:
        pipe = None if self._transport is None else self._transport.get_pipe_transport(0)
        return None if self.ended.done() else cast("asyncio.WriteTransport | None", pipe)

    # what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """It runs."""
        self._transport = cast("asyncio.SubprocessTransport", transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:  # noqa: ARG002 -- asyncio's
        """Some of what it says has come."""
        come = self._come
        come += data
        at = 0
        while len(come) - at >= _LENGTH.size:
            end = at + _LENGTH.size + _LENGTH.unpack_from(come, at)[0]
            if len(come) < end:
                break
            number, value = pickle.loads(bytes(come[at + _LENGTH.size : end]))  # noqa: S301 -- our own process's
            at = end
            self.behind -= 1
            self._turns.room(self)
            future = self._waiting.get(number)
            if future is not None and not future.done():
                future.set_result(value)
        del come[:at]

    def process_exited(self) -> None:
        """It is no more."""
        if self._transport is not None:
            self._transport.close()
        if not self.ended.done():
            self.ended.set_result(None)
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(_EndedError("it has ended"))


def _silent(_: str) -> None:
    """Tell nobody."""


def _cores() -> int:
    """The cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _frame(value: Any) -> bytes:
    try:
        content = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    except Exception as error:  # which has many names
        raise _EndedError(f"this cannot be sent to another process: {error}") from error
    return _LENGTH.pack(len(content)) + content


def _packed(answer: Answer) -> Any:
    """An answer in values that can be pickled; its draft is of a class that was made here."""
    if not isinstance(answer, Reply):
        return answer
    return replace(answer, draft=cast("Any", answer.draft.model_dump_json(by_alias=True)))


def _unpacked(packed: Any, request: Request) -> Answer:
    if not isinstance(packed, Reply):
        return cast("Answer", packed)
    return replace(packed, draft=request.draft.model_validate_json(cast("Any", packed.draft)))


def _told(round_: Round) -> list[Any]:
    """Questions in values that can be pickled."""
    return [
        ([(m.role, m.content) for m in r.messages], drafting.told(r.draft), r.max_tokens, r.purpose) for r in round_
    ]


def _round_of(told: list[Any]) -> Round:
    return tuple(
        Request(tuple(Message(*message) for message in messages), drafting.remade(draft), most, purpose)
        for messages, draft, most, purpose in told
    )


# ---- the other side


def serve() -> None:
    """Carry dialogues, for the process that has started this one, until it closes the pipe or ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a validator of the user's prints must not come between.
    told = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    try:
        _serve(sys.stdin.buffer, told)
    except BrokenPipeError:  # nobody is there any more
        os._exit(0)


def _serve(given: BinaryIO, told: BinaryIO) -> None:
    def tell(number: int, value: Any) -> None:
        told.write(_frame((number, value)))
        told.flush()

    coming = _coming(given)
    try:
        _, (recipe, asking) = next(coming)
        known = dict(recipe.asking)
    except StopIteration:
        return
    except Exception as error:
        tell(0, f"{type(error).__name__}: {error}")
        return
    if known != asking:
        tell(0, "it finds other prompts or another schema")
        return
    tell(0, None)
    gc.freeze()
    gc.set_threshold(ALLOCATIONS)
    dialogues: dict[int, _Dialogue] = {}
    for number, value in coming:
        dialogue = dialogues.pop(number, None)
        if value is None:
            continue
        dialogue = dialogue or _Dialogue(recipe, *value)
        come = dialogue.come(None if dialogue.round is None else value)
        if isinstance(come, list):
            dialogues[number] = dialogue
        try:
            tell(number, come)
        except _EndedError:  # an error that cannot be sent happens again where it can be told
            tell(number, None)


def _coming(given: BinaryIO) -> Iterator[tuple[int, Any]]:
    while head := given.read(_LENGTH.size):
        content = given.read(_LENGTH.unpack(head)[0])
        yield pickle.loads(content)  # noqa: S301 -- from the process that started this one


class _Dialogue:
    """A dialogue that is carried here."""

    def __init__(self, recipe: Recipe[Any], document: Document, extra: dict[str, Any]) -> None:
        self._paid: list[tuple[Usage, str | None, bool]] = []
        self._steps = recipe.steps(document, extra=extra, paid=self._paid)
        self.round: Round | None = None

    def come(self, given: tuple[list[Any], list[Any]] | None) -> list[Any] | Made | Exception:
        """What comes of the answers that were given: more questions, the brief, or what went wrong."""
        try:
            if given is None:
                self.round = next(self._steps)
            else:
                packed, self._paid[:] = given
                answers = [_unpacked(one, r) for one, r in zip(packed, self.round or (), strict=True)]
                self.round = self._steps.send(answers)
        except StopIteration as stop:
            return Made.of(stop.value)
        except Exception as error:
            return error
        return _told(self.round)
