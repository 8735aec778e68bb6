"""Talking to a model endpoint: one request in, one answer that fits its draft out.

With ``batchclient`` this is the only module that knows openai, instructor and tenacity; importing it costs over a second, so
import it when a model is about to be asked. Every kind of trying again has one owner. Here: the transport (429, 5xx,
timeouts, broken connections; tenacity, with a wait that all requests of a `Backend` share), and finding out once what the
endpoint takes (JSON schema, tools, JSON, text; which parameters). The caller: answers that do not fit, and windows that are
too long.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import threading
import time
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypeVar, cast

import httpx2
import instructor
import openai
from instructor.v2.core.errors import IncompleteOutputException, InstructorError
from instructor.v2.core.registry import ModeHandlers, mode_registry
from pydantic import ValidationError
from pydantic_core import to_json
from tenacity import AsyncRetrying, RetryCallState, Retrying, retry_if_exception

from summariser.errors import (
    AnswerError,
    AuthenticationError,
    BackendError,
    BadRequestError,
    ContentFilterError,
    ContextLengthError,
    ForbiddenError,
    NetworkError,
    OverloadedError,
    ParseError,
    QuotaError,
    RateLimitError,
    RefusalError,
    ReplayMissError,
    SchemaError,
    SummariserError,
    TimeoutAmbiguousError,
    TruncatedError,
    UnknownModelError,
)
from summariser.exchange import Reply, Request, Usage, choice_of
from summariser.network import AsyncNetwork
from summariser.ratelimits import backoff, retry_after
from summariser.settings import EMBEDDED_URL, SECONDS_HEADER, masked
from summariser.tracing import RequestSpan
from summariser_schemas.document import whole_characters

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from types import TracebackType

    from pydantic import BaseModel

    from summariser.settings import Endpoint, LimitField

__all__ = ["Backend", "async_client", "translated"]

_SEED = 1
_CONNECT_TIMEOUT = 10.0
_PROBE_POLL = 0.02
"""Seconds between looks at whether another request has found out what the endpoint takes."""
_MOST_ADJUSTMENTS = 12
"""More changes of what is sent than any endpoint can call for."""
_SAID = 200
"""Characters of a provider's message that are passed on."""


class Backend:
    """Asks one endpoint. Threads and coroutines may share it; they then share waits and what it learns.

    ``transport`` is both halves of an httpx2 transport, for recordings and the embedded model; without one, the network.
    ``sleep``, ``asleep`` and ``clock`` (seconds, monotonic) are what it waits with; ``jitter`` returns 0 to 1.

    Use it as a context manager, or call `close` or `aclose`, to free connections.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        transport: httpx2.BaseTransport | None = None,
        sleep: Callable[[float], None] = time.sleep,
        asleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.endpoint = endpoint
        self._transport = transport
        self._sleep = sleep
        self._asleep = asleep
        # Whole: openai would put a path together with its base at every call.
        self._url = f"{endpoint.base_url.removesuffix('/')}/chat/completions"
        self._known = _Known(endpoint, clock, jitter)
        self._lock = threading.Lock()
        self._connection: openai.OpenAI | None = None
        self._aconnection: tuple[openai.AsyncOpenAI, asyncio.AbstractEventLoop] | None = None

    @property
    def proven(self) -> bool:
        """Whether an answer has shown that the endpoint takes requests as they are made now."""
        return self._known.proven

    def complete(self, request: Request) -> Reply:
        """Ask, and wait and ask again where waiting helps.

        Raises:
            AnswerError: the model answered, and the answer cannot be used; it carries the text and the tokens.
            BackendError: no answer can be had; see ``summariser.errors`` for the classes.
            StoreError: recordings cannot be read, written or do not hold the request.
        """
        turn = _Turn(self._known, request)
        client = self._connected()
        with turn:
            for attempt in Retrying(sleep=self._sleep, **turn.policy()):
                with attempt:
                    while delay := turn.delay():
                        self._sleep(delay)
                    body = turn.body()
                    try:
                        response = client.post(self._url, cast_to=httpx2.Response, content=body)
                    except Exception as error:
                        turn.failed(error)
                    return turn.settled(response)
        raise AssertionError("tenacity ends with an answer or an error")

    async def acomplete(self, request: Request) -> Reply:
        """Like `complete`, without blocking the event loop."""
        turn = _Turn(self._known, request)
        client = self._aconnected()
        with turn:
            async for attempt in AsyncRetrying(sleep=self._asleep, **turn.policy()):
                with attempt:
                    while delay := turn.delay():
                        await self._asleep(delay)
                    body = turn.body()
                    try:
                        response = await client.post(self._url, cast_to=httpx2.Response, content=body)
                    except Exception as error:
                        turn.failed(error)
                    return turn.settled(response)
        raise AssertionError("tenacity ends with an answer or an error")

    def close(self) -> None:
        """Close what `complete` opened. The backend can be used again afterwards."""
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    async def aclose(self) -> None:
        """Close what `complete` and `acomplete` opened."""
        self.close()
        with self._lock:
            connection, self._aconnection = self._aconnection, None
        if connection is not None:
            await connection[0].close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def _connected(self) -> openai.OpenAI:
        with self._lock:
            if self._connection is None:
                http = httpx2.Client(transport=self._transport, follow_redirects=True)
                self._connection = _own(openai.OpenAI(http_client=http, **_options(self.endpoint)), self.endpoint)
            return self._connection

    def _aconnected(self) -> openai.AsyncOpenAI:
        # Connections belong to the event loop they were opened in.
        loop = asyncio.get_running_loop()
        with self._lock:
            if self._aconnection is None or self._aconnection[1] is not loop:
                transport = AsyncNetwork() if self._transport is None else self._transport
                self._aconnection = async_client(self.endpoint, transport), loop
            return self._aconnection[0]


def async_client(endpoint: Endpoint, transport: object | None) -> openai.AsyncOpenAI:
    """The client of an endpoint over the asynchronous half of a transport; without one, over the network."""
    http = httpx2.AsyncClient(transport=cast("Any", transport), follow_redirects=True)
    return _own(openai.AsyncOpenAI(http_client=http, **_options(endpoint)), endpoint)


def _options(endpoint: Endpoint) -> dict[str, Any]:
    timeout = endpoint.limits.timeout
    return {
        "api_key": endpoint.key or "none",
        "base_url": endpoint.base_url,
        "max_retries": 0,
        "timeout": httpx2.Timeout(timeout, connect=min(timeout, _CONNECT_TIMEOUT)),
    }


_Client = TypeVar("_Client", openai.OpenAI, openai.AsyncOpenAI)


def _own(client: _Client, endpoint: Endpoint) -> _Client:
    """Keep the organisation and the project that openai reads from the environment from everybody else's servers."""
    if endpoint.provider != "openai":
        client.organization = client.project = None
    return client


# ---- what an endpoint takes, and what all requests to it share


@dataclass(frozen=True, slots=True)
class _Habits:
    """How to ask an endpoint."""

    mode: instructor.Mode
    limit_field: LimitField
    temperature: bool
    seed: bool

    def others(self) -> Iterator[_Habits]:
        """All other ways to ask, the most similar first."""
        every = [_Habits(*values) for values in product(_LADDER, _LIMIT_FIELDS, (True, False), (True, False))]
        names = [f.name for f in fields(self)]
        every.sort(key=lambda habits: sum(getattr(habits, name) != getattr(self, name) for name in names))
        return iter(every[1:])


class _Known:
    """What the requests to an endpoint know of it and of each other: how to ask, and when not to."""

    def __init__(self, endpoint: Endpoint, clock: Callable[[], float], jitter: Callable[[], float]) -> None:
        self.endpoint = endpoint
        self.clock = clock
        self.jitter = jitter
        self.habits = _Habits(_LADDER[0], endpoint.limit_field, temperature=True, seed=endpoint.seed_field is not None)
        self.answered = False
        """Whether anything ever came back from the address."""
        self.proven = False
        """Whether an answer was JSON under the present habits."""
        self._prober: object = None
        self._closed_until = float("-inf")
        self._closed_by: RateLimitError | None = None
        self._lock = threading.Lock()

    def learn(self, tried: _Habits, better: _Habits) -> None:
        """Ask differently from now on, unless another request has learnt something meanwhile."""
        with self._lock:
            if self.habits == tried:
                self.proven = self.proven and better.mode == tried.mode
                self.habits = better

    def prove(self, habits: _Habits) -> None:
        """Remember that this way to ask brings JSON."""
        with self._lock:
            if not self.proven:
                self.habits, self.proven = habits, True

    def may_send(self, turn: object) -> bool:
        """Whether a request may go out now: until it is known what a server takes, one finds out for all."""
        with self._lock:
            if self.proven or self.endpoint.takes_schema or self._prober in (None, turn):
                self._prober = turn if not self.proven else None
                return True
            return False

    def done(self, turn: object) -> None:
        """A request has ended, well or not."""
        with self._lock:
            if self._prober is turn:
                self._prober = None

    def close_gate(self, seconds: float, error: RateLimitError) -> None:
        """Nobody sends for that long."""
        with self._lock:
            until = self.clock() + seconds
            if until > self._closed_until:
                self._closed_until, self._closed_by = until, error

    def gate(self) -> tuple[float, RateLimitError | None]:
        """Seconds until anybody may send, and the error that says why."""
        with self._lock:
            return max(0.0, self._closed_until - self.clock()), self._closed_by


class _AgainError(Exception):
    """Not an error: the same question, asked differently or answered elsewhere, at once."""


class _Turn:
    """One request on its way to an answer: counts, sums, and decides what to do after each response."""

    def __init__(self, known: _Known, request: Request) -> None:
        self._known = known
        self._endpoint = known.endpoint
        self._request = request
        self._form = _form(request.draft, known.endpoint.strict_schema)
        self._habits = known.habits
        self._elsewhere: Iterator[_Habits] | None = None
        self._miss: ReplayMissError | None = None
        self._sent = self._failed = self._limited = self._adjusted = 0
        self._waited = 0.0
        self._pause = 0.0
        self._hopeless = False
        self._usage = Usage()
        self._recorded: float | None = None
        self._started = known.clock()
        self._span = RequestSpan(known.endpoint, request)

    def __enter__(self) -> Self:
        self._span.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._span.__exit__(kind, error, trace)
        self._known.done(self)

    def policy(self) -> dict[str, Any]:
        """What tenacity needs to know."""
        return {
            "retry": retry_if_exception(self._worth_it),
            "wait": self._wait,
            "stop": self._enough,
            "reraise": True,
        }

    def delay(self) -> float:
        """Seconds to wait before looking again whether the request may go out; 0 is now.

        Raises:
            RateLimitError: the endpoint wants more patience than there is.
        """
        delay, closed_by = self._known.gate()
        if delay:
            self._spend(delay, closed_by)
            return delay + self._known.jitter() * min(1.0, delay / 10)
        if not self._known.may_send(self):
            return _PROBE_POLL
        if self._elsewhere is None:
            self._habits = self._known.habits
        return 0.0

    def body(self) -> bytes:
        """The request as it is sent now."""
        habits, request, endpoint = self._habits, self._request, self._endpoint
        self._sent += 1
        arguments: dict[str, Any] = {
            "model": endpoint.model,
            "messages": [{"role": message.role, "content": message.content} for message in request.messages],
            habits.limit_field: request.max_tokens,
        }
        if habits.temperature:
            arguments["temperature"] = 0
        if habits.seed and endpoint.seed_field is not None:
            arguments[endpoint.seed_field] = _SEED
        self._span.sent(arguments, self._sent)
        # What instructor calls a response model is our own business.
        _, body = _handlers(habits.mode).request_handler(cast("Any", self._form), arguments)
        return to_json(body)

    def settled(self, response: httpx2.Response) -> Reply:
        """The reply, or the error that says what next.

        Raises:
            _AgainError: ask again at once.
            SummariserError: what went wrong; `policy` knows whether to ask again after a wait.
        """
        parse = _handlers(self._habits.mode).response_parser
        outcome: _Answer | Exception = parse(response, response_model=cast("Any", self._form))
        if isinstance(outcome, Exception):
            self.failed(outcome)
        self._known.answered = True
        if outcome.seconds is not None:
            self._recorded = (self._recorded or 0.0) + outcome.seconds
        self._usage += outcome.usage
        self._span.answered(
            model=outcome.model,
            response_id=outcome.id,
            finish=outcome.finish,
            usage=self._usage,
            text=outcome.text,
            replayed=outcome.seconds is not None,
        )
        if outcome.is_json:
            self._known.prove(self._habits)
        if outcome.draft is None:
            error = self._answer_error(outcome)
            if outcome.ignores_form and not self._known.proven and (below := _below(self._habits.mode)):
                self._adjust(replace(self._habits, mode=below), error)
            raise error
        elapsed = self._known.clock() - self._started
        return Reply(
            draft=outcome.draft,
            text=outcome.text,
            model=outcome.model,
            usage=self._usage,
            attempts=self._sent,
            seconds=round(elapsed if self._recorded is None else self._recorded, 3),
        )

    def _worth_it(self, error: BaseException) -> bool:
        if isinstance(error, _AgainError):
            return True
        return isinstance(error, BackendError) and error.retry == "transport" and not self._hopeless

    def _wait(self, _: RetryCallState) -> float:
        return self._pause

    def _enough(self, state: RetryCallState) -> bool:
        error = state.outcome.exception() if state.outcome else None
        if isinstance(error, _AgainError):
            return False
        if self._failed >= self._endpoint.limits.attempts or self._waited + self._pause > self._patience:
            return True
        self._waited += self._pause
        return False

    @property
    def _patience(self) -> float:
        return self._endpoint.limits.patience

    def _spend(self, delay: float, closed_by: RateLimitError | None) -> None:
        if self._waited + delay > self._patience:
            self._hopeless = True
            raise RateLimitError(
                str(closed_by),
                status=closed_by.status if closed_by else 429,
                request_id=closed_by.request_id if closed_by else None,
                retry_after=delay,
            )
        self._waited += delay

    def failed(self, failure: Exception) -> NoReturn:
        """Raise what a failure means, after noting what is to be learnt from it; likewise `settled`."""
        error = translated(failure, self._endpoint, self._request)
        if isinstance(error, ReplayMissError):
            self._look_elsewhere(error)
        response = _response(failure)
        seconds = None if response is None else _seconds(response)
        if response is not None:
            self._known.answered = True
            if seconds is not None:
                self._recorded = (self._recorded or 0.0) + seconds
            if isinstance(error, BadRequestError | UnknownModelError | OverloadedError):
                self._learn(error, _said(response))
        self._note(error, replayed=seconds is not None)
        # The client's own errors hold the whole request, prompt included: they are not kept as the cause.
        raise error from None

    def _note(self, error: Exception, *, replayed: bool) -> None:
        """Count a failure and decide how long to wait after it."""
        if isinstance(error, RateLimitError):
            self._limited += 1
            asked_for = error.retry_after
            self._pause = self._backoff(self._limited) if asked_for is None else backoff(self._limited, asked_for)
            if not replayed:
                self._known.close_gate(self._pause, error)
                self._pause += self._known.jitter() * min(1.0, self._pause / 10)
        else:
            self._failed += 1
            asked_for = error.retry_after if isinstance(error, OverloadedError) else None
            self._pause = asked_for if asked_for is not None else self._backoff(self._failed)
            # A wrong address is no passing fault.
            self._hopeless = isinstance(error, _NobodyThereError) and not self._known.answered
        if replayed:
            self._pause = 0.0

    def _backoff(self, count: int) -> float:
        return backoff(count, None) * (0.5 + self._known.jitter() / 2)

    def _adjust(self, better: _Habits, error: BackendError) -> NoReturn:
        """Ask differently, here or from now on."""
        self._adjusted += 1
        if self._adjusted > _MOST_ADJUSTMENTS:
            raise error from None
        if self._elsewhere is None:
            self._known.learn(self._habits, better)
        else:
            self._habits = better
        raise _AgainError

    def _learn(self, error: BackendError, said: _Said) -> None:
        """Ask differently if the endpoint says that it is the way of asking that it refuses."""
        if error.status not in _REFUSING:
            return
        habits, words = self._habits, said.words
        if _refuses(words, habits.limit_field, _NOT_TAKEN):
            others = [name for name in _LIMIT_FIELDS if name != habits.limit_field]
            self._adjust(replace(habits, limit_field=others[0]), error)
        if habits.temperature and _refuses(words, "temperature", _NOT_THIS_VALUE):
            self._adjust(replace(habits, temperature=False), error)
        if habits.seed and _refuses(words, self._endpoint.seed_field or "seed", _NOT_THIS_VALUE):
            self._adjust(replace(habits, seed=False), error)
        of_the_mode = _MODE_WORDS[habits.mode].search(words)
        if of_the_mode and (error.status < 500 or _NOT_THIS_VALUE.search(words)) and (below := _below(habits.mode)):
            self._adjust(replace(habits, mode=below), error)

    def _look_elsewhere(self, miss: ReplayMissError) -> NoReturn:
        """Recordings may hold the answer under other habits, learnt in another order: look there before giving up."""
        self._sent -= 1
        if self._elsewhere is None:
            self._miss = miss
            self._elsewhere = self._habits.others()
        for habits in self._elsewhere:
            self._habits = habits
            raise _AgainError
        assert self._miss is not None
        raise self._miss from None

    def _answer_error(self, answer: _Answer) -> AnswerError:
        kind, what = answer.fault
        return kind(
            f"{_where(self._endpoint)}: {what}",
            text=answer.text,
            input_tokens=self._usage.input_tokens,
            output_tokens=self._usage.output_tokens,
            cached_tokens=self._usage.cached_tokens,
        )


# ---- instructor: what a mode adds to a request, and how its answer is read


@dataclass(frozen=True, slots=True)
class _Form:
    """What an answer must look like: the draft, and its JSON schema, computed once."""

    name: str
    draft: type[BaseModel]
    schema: dict[str, Any]
    strict: bool


@lru_cache(maxsize=64)
def _form(draft: type[BaseModel], strict: bool) -> _Form:
    if strict:
        schema = _without(openai.pydantic_function_tool(draft)["function"].get("parameters", {}), _LOOSE)
    else:
        schema = _without(draft.model_json_schema(), _NOISE)
    return _Form(draft.__name__, draft, schema, strict)


_NOISE = frozenset({"title", "default"})
_LOOSE = _NOISE | {"minLength", "maxLength", "uniqueItems", "examples"}
"""Keywords that OpenAI's strict dialect refuses, or that only cost tokens."""


def _without(schema: dict[str, Any], keywords: frozenset[str]) -> dict[str, Any]:
    """The schema without some keywords; names of properties are no keywords."""
    kept: dict[str, Any] = {}
    for keyword, value in schema.items():
        if keyword in ("properties", "$defs"):
            kept[keyword] = {name: _without(part, keywords) for name, part in value.items()}
        elif keyword not in keywords:
            kept[keyword] = _without_any(value, keywords)
    return kept


def _without_any(value: Any, keywords: frozenset[str]) -> Any:
    if isinstance(value, dict):
        return _without(value, keywords)
    return [_without_any(item, keywords) for item in value] if isinstance(value, list) else value


def _schema_mode(form: _Form) -> dict[str, Any]:
    schema: dict[str, Any] = {"name": form.name, "schema": form.schema}
    return {"response_format": {"type": "json_schema", "json_schema": schema | _strictly(form)}}


def _tools_mode(form: _Form) -> dict[str, Any]:
    function: dict[str, Any] = {"name": form.name, "parameters": form.schema}
    return {
        "tools": [{"type": "function", "function": function | _strictly(form)}],
        "tool_choice": {"type": "function", "function": {"name": form.name}},
    }


def _json_mode(_: _Form) -> dict[str, Any]:
    return {"response_format": {"type": "json_object"}}


def _text_mode(_: _Form) -> dict[str, Any]:
    return {}


def _strictly(form: _Form) -> dict[str, Any]:
    return {"strict": True} if form.strict else {}


_ADDED: dict[instructor.Mode, Callable[[_Form], dict[str, Any]]] = {
    instructor.Mode.JSON_SCHEMA: _schema_mode,
    instructor.Mode.TOOLS: _tools_mode,
    instructor.Mode.JSON: _json_mode,
    instructor.Mode.MD_JSON: _text_mode,
}
_LADDER = tuple(_ADDED)
_LIMIT_FIELDS: tuple[LimitField, ...] = ("max_tokens", "max_completion_tokens")


def _told(mode: instructor.Mode, form: _Form) -> str | None:
    """What the messages must say in a mode, beside the prompt."""
    if mode is instructor.Mode.JSON:
        return "Answer with one JSON object."  # OpenAI refuses this mode unless some message has the word in it
    if mode is instructor.Mode.MD_JSON:
        schema = json.dumps(form.schema, ensure_ascii=False, separators=(",", ":"))
        return f"Answer with one JSON object that fits this JSON schema, and with nothing else:\n{schema}"
    return None


def _register(mode: instructor.Mode) -> None:
    """Teach instructor our way of a mode: its own computes schemas at every call, and puts them into the messages.

    Its loop around the two is not run: it makes one attempt, and takes 0.5 ms to look for validators and tokens in it.
    """

    def ask(response_model: _Form, kwargs: dict[str, Any]) -> tuple[_Form, dict[str, Any]]:
        told = _told(mode, response_model)
        messages = _with_system(kwargs["messages"], told) if told else kwargs["messages"]
        return response_model, {**kwargs, "messages": messages, **_ADDED[mode](response_model)}

    def read(response: httpx2.Response, response_model: _Form, **_: Any) -> _Answer | Exception:
        return _read(response, response_model.draft)

    def ask_again(kwargs: dict[str, Any], **_: Any) -> dict[str, Any]:
        return kwargs  # never called: there is one attempt

    mode_registry.register(
        instructor.Provider.UNKNOWN,
        mode,
        request_handler=cast("Any", ask),
        reask_handler=cast("Any", ask_again),
        response_parser=cast("Any", read),
    )


for _mode in _LADDER:
    _register(_mode)


def _handlers(mode: instructor.Mode) -> ModeHandlers:
    return mode_registry.get_handlers(instructor.Provider.UNKNOWN, mode)


def _below(mode: instructor.Mode) -> instructor.Mode | None:
    rung = _LADDER.index(mode) + 1
    return _LADDER[rung] if rung < len(_LADDER) else None


def _with_system(messages: list[dict[str, str]], told: str) -> list[dict[str, str]]:
    """The messages with a sentence more at the end of the first, so that the prefix of all requests stays the same."""
    if messages and messages[0]["role"] == "system":
        return [{"role": "system", "content": f"{messages[0]['content']}\n\n{told}"}, *messages[1:]]
    return [{"role": "system", "content": told}, *messages]


# ---- reading an answer


@dataclass(frozen=True, slots=True)
class _Answer:
    """What an answer says, whether it can be used or not."""

    text: str
    usage: Usage
    model: str | None
    seconds: float | None
    id: str | None
    finish: str | None
    draft: BaseModel | None = None
    fault: tuple[type[AnswerError], str] = (ParseError, "no answer")
    """What is wrong when there is no draft."""
    is_json: bool = False
    ignores_form: bool = False
    """Whether it looks as if the endpoint had not heard of the form asked for."""


class _RefusedError(Exception):
    """A response with status 200 that is no completion."""

    def __init__(self, response: httpx2.Response) -> None:
        super().__init__()
        self.response = response


def _read(response: httpx2.Response, draft: type[BaseModel]) -> _Answer | _RefusedError:
    try:
        payload = response.json()
        choice, text = choice_of(payload)
    except (ValueError, RecursionError):
        return _RefusedError(response)
    finish, refusal = choice.get("finish_reason"), choice["message"].get("refusal")
    answer = _Answer(
        text,
        Usage.reported(payload.get("usage")),
        _name(payload.get("model")),
        _seconds(response),
        _name(payload.get("id")),
        _name(finish),
    )
    if refusal:
        said = _shortened(str(refusal))
        return replace(answer, text=str(refusal), fault=(RefusalError, f"the model declined: {said}"))
    if finish == "content_filter":
        return replace(answer, fault=(ContentFilterError, "the provider's filter withheld the answer"))
    if finish == "length":
        what = f"the answer was cut off at its limit of tokens, after {len(text)} characters"
        begun = _begins_well(text)
        return replace(answer, fault=(TruncatedError, what), is_json=begun, ignores_form=not begun)
    return _validated(answer, draft)


def _begins_well(text: str) -> bool:
    return text.lstrip().startswith(("{", "```"))


def _validated(answer: _Answer, draft: type[BaseModel]) -> _Answer:
    try:
        return replace(answer, draft=draft.model_validate_json(answer.text), is_json=True)
    except ValidationError as error:
        if not _is_syntax(error):
            return replace(answer, fault=(SchemaError, _misfit(error)), is_json=True)
    found = _dug_out(answer.text)
    if found is None:
        what = "the answer is not JSON" if answer.text.strip() else "the answer is empty"
        return replace(answer, fault=(ParseError, what), ignores_form=not _begins_well(answer.text))
    try:
        whole = whole_characters(json.dumps(found, ensure_ascii=False))
        return replace(answer, draft=draft.model_validate_json(whole), is_json=True)
    except ValidationError as error:
        return replace(answer, fault=(SchemaError, _misfit(error)), is_json=True)


def _dug_out(text: str) -> dict[str, Any] | None:
    """The largest JSON object in a text: models think aloud, greet, and put code fences around it.

    An object that begins well and then breaks is the answer, broken; what is inside it is not looked for.
    """
    text = text.rpartition("</think>")[2]
    decoder = json.JSONDecoder(strict=False)
    best: tuple[int, dict[str, Any] | None] = 0, None
    at = text.find("{")
    for _ in range(_MOST_BRACES):
        if at < 0:
            break
        try:
            found, end = decoder.raw_decode(text, at)
        except json.JSONDecodeError as error:
            if text[at + 1 : error.pos].strip():
                return None
            end = at + 1
        except RecursionError:
            return None
        else:
            if end - at > best[0]:
                best = end - at, found
        at = text.find("{", end)
    return best[1]


_MOST_BRACES = 100
"""Places to look for an object in; what has more is not an answer."""


def _is_syntax(error: ValidationError) -> bool:
    return any(part["type"] == "json_invalid" for part in error.errors(include_url=False, include_context=False))


def _misfit(error: ValidationError) -> str:
    """Where the answer does not fit, without its values."""
    parts = error.errors(include_url=False, include_context=False, include_input=False)
    shown = [f"{'.'.join(str(step) for step in part['loc']) or 'the whole'}: {part['msg']}" for part in parts[:3]]
    more = f"; and {len(parts) - 3} more" if len(parts) > 3 else ""
    return f"the answer does not fit its form: {'; '.join(shown)}{more}"


def _name(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _seconds(response: httpx2.Response) -> float | None:
    """How long the response took when it was recorded."""
    value = response.headers.get(SECONDS_HEADER)
    return None if value is None else float(value)


# ---- translation: everything that can go wrong, into summariser.errors


class _NobodyThereError(NetworkError):
    """No connection could be made at all."""


@dataclass(frozen=True, slots=True)
class _Said:
    """A provider's error, whatever shape it came in."""

    message: str
    words: str
    """Message, code, type and parameter, in lower case."""
    code: str
    page: bool
    """Whether it is a web page."""


_REFUSING = frozenset({400, 404, 415, 422, 500, 501})

_NOT_TAKEN = re.compile(
    r"unsupported|not support|unknown|unrecogni[sz]ed|unexpected|\bextra\b|not permitted|not allowed"
)
_NOT_THIS_VALUE = re.compile(_NOT_TAKEN.pattern + r"|only the default|must be|invalid|deprecated|not implemented|fail")

_MODE_WORDS = {
    instructor.Mode.JSON_SCHEMA: re.compile(
        r"response_format|json[_ ]schema|structured[_ ]output|grammar|guided|\bschema|requested parameters"
    ),
    instructor.Mode.TOOLS: re.compile(r"\btools?\b|tool_choice|\bfunctions?\b|grammar|\bschema|requested parameters"),
    instructor.Mode.JSON: re.compile(r"response_format|json_object|json[_ ]mode|grammar|requested parameters"),
    instructor.Mode.MD_JSON: re.compile(r"(?!)"),
}

_TOO_LONG = re.compile(
    r"context_length_exceeded|exceed_context_size|context[_ ](length|window|size)|maximum (model|prompt) length"
    r"|(prompt|input|request) (is|was)? ?too (long|large)|too many (input )?tokens|reduce the length"
    r"|input token count|inputs?` tokens \+|exceeds? the maximum number of tokens"
)
_EMPTY_CODE = re.compile(r"insufficient_(quota|balance|funds)|billing|payment_required|credit|hard_limit")
_EMPTY_WORDS = re.compile(
    r"insufficient[_ ](quota|balance|funds|credit)|exceeded your current quota|billing (hard limit|details|not active)"
    r"|account is not active|payment required|credit balance|\bcredits\b|credit limit|spending limit|top up"
)
_BAD_KEY = re.compile(r"api[_ ]key[_ ](not[_ ]valid|invalid)|(invalid|incorrect|missing|no)[_ ]api[_ ]key")
_NO_SUCH_MODEL = re.compile(
    r"model_not_found|model_decommissioned|unknown model|invalid model|no such model|not a valid model"
    r"|models? .{0,80}(not found|does not exist|not exist|not available|is not supported|decommissioned)"
    r"|(not found|does not exist).{0,20}\bmodel\b"
)
_FILTERED = re.compile(
    r"content_filter|content_policy|content management policy|responsible ?ai|safety system|\binput was flagged\b|"
    r"\brequires moderation\b"
)


def translated(error: Exception, endpoint: Endpoint, request: Request | None = None) -> Exception:
    """What an exception of the client, of httpx2 or of instructor means, in terms of ``summariser.errors``.

    What is already in those terms, raised by a transport, stays as it is, and so does what is nobody's answer: a mistake
    in a program.
    """
    if own := _own_error(error):
        return own
    where = _where(endpoint)
    response = _response(error)
    if response is not None:
        return _refusal(response, endpoint, request)
    if isinstance(error, openai.LengthFinishReasonError | IncompleteOutputException):
        return TruncatedError(f"{where}: the answer was cut off at its limit of tokens")
    if isinstance(error, openai.ContentFilterFinishReasonError):
        return ContentFilterError(f"{where}: the provider's filter withheld the answer")
    if isinstance(error, openai.APITimeoutError | httpx2.TimeoutException):
        return _timeout(error, endpoint)
    if isinstance(error, openai.APIConnectionError | httpx2.RequestError | httpx2.StreamError | OSError):
        return _connection(error, endpoint)
    if isinstance(error, openai.WebSocketConnectionClosedError | openai.WebSocketQueueFullError):
        return NetworkError(f"{where}: the connection broke")
    if isinstance(error, httpx2.InvalidURL | openai.OpenAIError | InstructorError):
        return BadRequestError(f"{where}: the request could not be made: {_cleaned(str(error), endpoint)}")
    return error


def _own_error(error: BaseException | None) -> SummariserError | None:
    """An error of ours that the client or instructor has wrapped."""
    while error is not None:
        if isinstance(error, SummariserError):
            return error
        error = error.__cause__
    return None


def _timeout(error: Exception, endpoint: Endpoint) -> BackendError:
    cause = error.__cause__ or error
    if isinstance(cause, httpx2.ConnectTimeout):
        return NetworkError(f"{_where(endpoint)}: no connection in {_CONNECT_TIMEOUT:g} seconds: is the address right?")
    if isinstance(cause, httpx2.PoolTimeout):
        return NetworkError(f"{_where(endpoint)}: no connection became free in {endpoint.limits.timeout:g} seconds")
    return TimeoutAmbiguousError(f"{_where(endpoint)}: sent, and no answer in {endpoint.limits.timeout:g} seconds")


def _connection(error: Exception, endpoint: Endpoint) -> Exception:
    cause = error.__cause__ if isinstance(error.__cause__, Exception) else error
    said = _cleaned(str(cause), endpoint)
    if isinstance(cause, httpx2.ConnectError):
        return _NobodyThereError(
            f"nothing answers at {endpoint.base_url} ({endpoint.name}; {said}): is the server running?"
        )
    if isinstance(cause, httpx2.UnsupportedProtocol | httpx2.TooManyRedirects):
        return UnknownModelError(f"{_where(endpoint)}: no model server there ({said}): check --base-url")
    if isinstance(cause, httpx2.HTTPError | httpx2.StreamError | OSError | openai.APIConnectionError):
        return NetworkError(f"{_where(endpoint)}: the connection broke ({said or type(cause).__name__})")
    return cause


def _refusal(response: httpx2.Response, endpoint: Endpoint, request: Request | None) -> BackendError:
    """The error that a response means which is no completion."""
    said = _said(response)
    status = response.status_code
    if status < 300:
        # Some gateways answer 200 and put the status of the error inside.
        status = int(said.code) if said.code.isdecimal() and 400 <= int(said.code) < 600 else status
    shown = "a web page" if said.page else _cleaned(said.message, endpoint, request)
    text = f"{_where(endpoint)} answered {status}" + (f": {shown}" if shown else "")
    facts: dict[str, Any] = {"status": status, "request_id": response.headers.get("x-request-id")}
    kind = _kind(status, said)
    if kind is RateLimitError or kind is OverloadedError:
        return kind(text, retry_after=retry_after(response.headers, said.message, now=time.time()), **facts)
    hint = _HINTS.get(kind)
    if issubclass(kind, AuthenticationError) and endpoint.key is None:
        variables = f"set {' or '.join(endpoint.key_variables)}, or " if endpoint.key_variables else ""
        hint = f"no key was given: {variables}name a variable that holds one with --api-key-env (api_key= from Python)"
    if hint:
        text = f"{text} ({hint})"
    if kind is UnknownModelError and (said.page or not _NO_SUCH_MODEL.search(said.words)):
        text = f"{_where(endpoint)} is no model server (it answered {status}{f': {shown}' if shown else ''}): check the address"
        text += "" if endpoint.base_url.endswith("/v1") else "; most end in /v1"
    return kind(text, **facts)


_HINTS: dict[type[BackendError], str] = {
    AuthenticationError: "check the key",
    ForbiddenError: "check what the key may use; where other documents are answered, something refuses this one",
    QuotaError: "the account is empty or at its limit: top it up, or name another model",
}


def _kind(status: int, said: _Said) -> type[BackendError]:
    """The class of an error, by its status and its words; the order of the questions matters."""
    words = said.words
    too_long = not said.page and _TOO_LONG.search(words) is not None
    if status == 413 or (too_long and status in (400, 422, 429, 500)):
        return ContextLengthError
    if status == 402 or (status in (400, 403, 429) and _is_empty_account(said)):
        return QuotaError
    if status == 429:
        return RateLimitError
    if status == 403:
        return ContentFilterError if _FILTERED.search(words) else ForbiddenError
    if status == 401 or (status == 400 and _BAD_KEY.search(words)):
        return AuthenticationError
    if status == 501 and said.page:
        return UnknownModelError  # a web server that knows no POST; it will not learn it
    if status in (408, 409, 425) or status >= 500:
        return OverloadedError
    if _FILTERED.search(words):
        return ContentFilterError
    if status in (404, 405, 410) or status < 400 or said.page or _NO_SUCH_MODEL.search(words):
        return UnknownModelError
    return BadRequestError


def _is_empty_account(said: _Said) -> bool:
    if _EMPTY_CODE.search(said.code):
        return True
    # Google words its limits per minute like OpenAI an empty account.
    return "resource_exhausted" not in said.words and _EMPTY_WORDS.search(said.words) is not None


def _said(response: httpx2.Response) -> _Said:
    text = response.text
    try:
        body = response.json()
    except ValueError:
        page = "html" in response.headers.get("content-type", "") or text.lstrip().startswith("<")
        return _Said("" if page else text, "" if page else text.lower(), "", page)
    if isinstance(body, list) and body:
        body = body[0]
    inner = body.get("error", body) if isinstance(body, dict) else body
    if not isinstance(inner, dict):
        return _Said(str(inner), str(inner).lower(), "", page=False)
    message = inner.get("message") or inner.get("detail") or inner.get("error") or ""
    message = message if isinstance(message, str) else _flat(message)
    code = str(inner.get("code") or inner.get("type") or "")
    more = [str(inner.get(name) or "") for name in ("code", "type", "param", "status")]
    return _Said(message, " ".join([message, *more]).lower(), code.lower(), page=False)


def _flat(detail: Any) -> str:
    """The complaints of a validating server in one line, without the input that it repeats."""
    if isinstance(detail, list):
        return "; ".join(_flat(part) for part in detail)
    if isinstance(detail, dict):
        place = detail.get("loc")
        steps = ".".join(str(step) for step in place) + ": " if isinstance(place, list) else ""
        return steps + str(detail.get("msg") or detail.get("message") or "")
    return str(detail)


def _refuses(words: str, name: str, refusal: re.Pattern[str]) -> bool:
    return re.search(rf"\b{name}\b", words) is not None and refusal.search(words) is not None


def _response(error: Exception) -> httpx2.Response | None:
    response = getattr(error, "response", None)
    return response if isinstance(response, httpx2.Response) else None


def _where(endpoint: Endpoint) -> str:
    return endpoint.name if endpoint.base_url == EMBEDDED_URL else f"{endpoint.name} at {endpoint.base_url}"


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _SAID else text[: _SAID - 1] + "…"


def _cleaned(text: str, endpoint: Endpoint, request: Request | None = None) -> str:
    """A provider's message, short, on one line, without keys and without what it repeats of the request."""
    if endpoint.key:
        text = text.replace(endpoint.key, "[redacted]")
    text = _shortened(masked(text))
    if request is not None and _repeats(text, request):
        return "a message that repeats the request"
    return text


_REPEATED = 40
"""Characters in a row that are no coincidence."""


def _repeats(text: str, request: Request) -> bool:
    windows = [text[at : at + _REPEATED] for at in range(0, len(text) - _REPEATED + 1, _REPEATED // 8)]
    contents = [" ".join(message.content.split()) for message in request.messages]
    return any(window in content for window in windows for content in contents)
