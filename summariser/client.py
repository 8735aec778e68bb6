"""`Summariser`: one document in, one brief out. The sync and the async driver of a dialogue."""

from __future__ import annotations

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self

from summariser import __version__, drafting, templates
from summariser.dialogue import Plan, dialogue
from summariser.errors import AnswerError, ConfigurationError
from summariser.grounding.verdicts import Policy
from summariser.settings import endpoint
from summariser_schemas import Brief, Document, PromptInfo, Provenance

if TYPE_CHECKING:
    from collections.abc import Callable

    from summariser.backend import Backend
    from summariser.dialogue import Answer, Finding, Round
    from summariser.exchange import Request, Usage
    from summariser.local import EmbeddedTransport
    from summariser.settings import Endpoint
    from summariser.store import RecordingTransport

__all__ = ["Summariser"]

Strategy = Literal["auto", "whole", "sentences"]
Mode = Literal["live", "record", "replay"]

PROMPT = ("brief", "v1")
"""Name and version of the prompt in use."""


class Summariser:
    """Makes briefs with one model.

    ``model`` is ``provider/model`` (``openai/…``, ``ollama/…``, ``local/…``); without one, the model of the provider whose
    key is in the environment, else the embedded model. ``base_url`` is the address of any OpenAI-compatible server.
    ``recordings`` is a folder that answers are written to (``mode="record"``) or read from (``mode="replay"``, which
    never touches the network). ``strategy`` says whether the model sees the whole document at once or one sentence at a
    time; ``auto`` decides by the model. ``policy`` says what becomes of a field that does not hold: ``strict`` asks
    again, then drops it; ``flag`` leaves it in the brief with its verdict; a `Policy` says it for each verdict.
    ``progress`` is called with a line of text for each step.

    Use it as a context manager, or call `close`, to free connections. One instance serves many documents and threads.

    Raises:
        ConfigurationError: unknown provider, missing key, or options that contradict one another.
    """

    def __init__(
        self,
        model: str | None = None,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        recordings: str | Path | None = None,
        mode: Mode | None = None,
        strategy: Strategy = "auto",
        policy: Policy | str = "strict",
        progress: Callable[[str], None] | None = None,
    ) -> None:
        if mode is None:
            mode = "live" if recordings is None else "replay"
        if (mode == "live") != (recordings is None):
            raise ConfigurationError(
                f"mode {mode!r} and recordings={recordings!r} do not go together: name a folder and 'record' or 'replay'"
            )
        self.endpoint: Endpoint = endpoint(model, base_url=base_url, api_key=api_key, replaying=mode == "replay")
        self.strategy: Literal["whole", "sentences"] = _strategy(strategy, self.endpoint)
        self.policy = Policy.named(policy) if isinstance(policy, str) else policy
        self._mode: Mode = mode
        self._recordings = None if recordings is None else Path(recordings)
        self._progress = progress or _silent
        self._backend: Backend | None = None
        self._lock = threading.Lock()

    def summarise(self, document: str | Document) -> Brief:
        """Make the brief of a document.

        Raises:
            InputError: the text is empty.
            BackendError: the model cannot be asked; see ``summariser.errors`` for the classes and what to do.
        """
        steps = dialogue(_document(document), self._plan())
        pool = ThreadPoolExecutor(self.endpoint.limits.concurrency)
        try:
            round_ = next(steps)
            while True:
                round_ = steps.send(self._answer_all(pool, round_))
        except StopIteration as stop:
            return self._brief(stop.value)
        finally:
            # What is not yet sent must not be sent after an error or Ctrl-C, and nobody waits for what is under way.
            pool.shutdown(wait=False, cancel_futures=True)

    async def asummarise(self, document: str | Document) -> Brief:
        """Like `summarise`, without blocking the event loop."""
        steps = dialogue(_document(document), self._plan())
        gate = asyncio.Semaphore(self.endpoint.limits.concurrency)
        try:
            round_ = next(steps)
            while True:
                round_ = steps.send(await self._aanswer_all(gate, round_))
        except StopIteration as stop:
            return self._brief(stop.value)

    def close(self) -> None:
        """Close the connections. The instance can be used again afterwards."""
        backend, self._backend = self._backend, None
        if backend is not None:
            backend.close()

    async def aclose(self) -> None:
        """Like `close`, from a coroutine."""
        backend, self._backend = self._backend, None
        if backend is not None:
            await backend.aclose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def _answer_all(self, pool: ThreadPoolExecutor, round_: Round) -> list[Answer]:
        backend = self._connect()

        def answer(request: Request) -> Answer:
            self._progress(request.purpose)
            try:
                return backend.complete(request)
            except AnswerError as error:
                return error

        return [future.result() for future in [pool.submit(answer, request) for request in round_]]

    async def _aanswer_all(self, gate: asyncio.Semaphore, round_: Round) -> list[Answer]:
        backend = self._connect()

        async def answer(request: Request) -> Answer:
            async with gate:
                self._progress(request.purpose)
                try:
                    return await backend.acomplete(request)
                except AnswerError as error:
                    return error

        tasks = [asyncio.ensure_future(answer(request)) for request in round_]
        try:
            return list(await asyncio.gather(*tasks))
        except BaseException:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            raise

    def _connect(self) -> Backend:
        with self._lock:
            if self._backend is None:
                from summariser.backend import Backend

                self._backend = Backend(self.endpoint, transport=self._transport())
            return self._backend

    def _transport(self) -> RecordingTransport | EmbeddedTransport | None:
        """What carries the requests: the network (None), the embedded model, or recordings in front of either."""
        if self._recordings is None:
            return self._embedded() if self.endpoint.provider == "local" else None
        from summariser.store import FolderStore, Network, RecordingTransport

        if self._mode == "replay":
            return RecordingTransport(FolderStore(self._recordings), mode="replay")
        inner = self._embedded if self.endpoint.provider == "local" else Network
        return RecordingTransport(FolderStore(self._recordings, create=True), mode="record", inner=inner)

    def _embedded(self) -> EmbeddedTransport:
        from summariser.local import EmbeddedTransport

        def fetched(done: int, total: int) -> None:
            self._progress(f"fetching {self.endpoint.model}: {done // 1_000_000:,} of {total // 1_000_000:,} MB")

        return EmbeddedTransport(self.endpoint.model, progress=fetched)

    def _plan(self) -> Plan:
        return Plan(
            prompt=templates.load(*PROMPT),
            strategy=self.strategy,
            context=self.endpoint.context,
            max_output=self.endpoint.max_output,
            policy=self.policy,
        )

    def _brief(self, finding: Finding) -> Brief:
        prompt = templates.load(*PROMPT)
        tally = finding.tally
        provenance = Provenance(
            model=self.endpoint.name,
            answered_by=tally.model,
            endpoint=self.endpoint.base_url,
            prompt=PromptInfo(name=prompt.name, version=prompt.version, sha256=prompt.sha256),
            schema_sha256=drafting.schema_digest(),
            strategy=self.strategy,
            input_tokens=tally.usage.input_tokens,
            output_tokens=tally.usage.output_tokens,
            cached_tokens=tally.usage.cached_tokens,
            cost_usd=_cost(self.endpoint, tally.model, tally.usage),
            requests=tally.requests,
            attempts=tally.attempts,
            seconds=round(tally.seconds, 3),
            version=__version__,
        )
        return Brief(
            document=finding.document,
            headline=finding.headline,
            summary=finding.summary,
            summary_evidence=finding.summary_evidence,
            rejected=finding.rejected,
            omitted=finding.omitted,
            provenance=provenance,
            **finding.sections,
        )


def _silent(_: str) -> None:
    """Tell nobody."""


def _document(document: str | Document) -> Document:
    return Document(text=document) if isinstance(document, str) else document


def _strategy(strategy: Strategy, endpoint: Endpoint) -> Literal["whole", "sentences"]:
    if strategy != "auto":
        return strategy
    # The embedded models are small: asked about a whole document they repeat parties and invent deadlines.
    return "sentences" if endpoint.provider == "local" else "whole"


def _cost(endpoint: Endpoint, model: str | None, usage: Usage) -> Decimal | None:
    """Dollars for the tokens used; None when the price or the usage is unknown, which is not zero."""
    if endpoint.provider == "local":
        return Decimal(0)
    if usage.input_tokens is None or usage.output_tokens is None or endpoint.price_id is None:
        return None
    from genai_prices import Usage as Priced
    from genai_prices import calc_price

    tokens = Priced(
        input_tokens=usage.input_tokens, output_tokens=usage.output_tokens, cache_read_tokens=usage.cached_tokens or 0
    )
    for name in (model, endpoint.model):
        try:
            return calc_price(tokens, model_ref=name or "", provider_id=endpoint.price_id).total_price
        except LookupError:
            continue
    return None
