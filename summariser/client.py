"""`Summariser`: one document in, one brief out; or many, as a job. Sync and async."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, Literal, Self, cast

from summariser import kinds
from summariser.asking import UNUSABLE
from summariser.driving import adrive, drive
from summariser.errors import ConfigurationError, InputError, SummariserError
from summariser.recipe import B, Recipe
from summariser.settings import endpoint
from summariser.tracing import document_span
from summariser_schemas import Document

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence
    from decimal import Decimal

    from summariser.backend import Backend
    from summariser.batch import Job, Options, Result
    from summariser.batch.transport import Sender
    from summariser.costs import Price
    from summariser.dialogue import Answer, Round
    from summariser.examples import Example
    from summariser.exchange import Request
    from summariser.grounding.verdicts import Policy
    from summariser.local import EmbeddedTransport
    from summariser.readers import Item
    from summariser.recipe import Strategy
    from summariser.settings import Endpoint
    from summariser.store import Drift, Mode, RecordingTransport, ResponseStore, Transport

__all__ = ["Summariser"]

Via = Literal["live", "batch-api"]

_SHOWN = 60
"""Characters of a value that a message repeats."""


class Summariser(Generic[B]):
    """Makes briefs with one model.

    ``schema`` is the class of brief: `Brief`, that of a news text, without one; see `summariser.schema` for those of your own
    and `summariser.kinds.KINDS` for the built-in ones. ``examples`` are worked ones for it, or a JSON or TOML file of
    them. ``prompts`` is a folder of prompts of your own, laid out as ``<name>/<version>/<kind of question>.j2``.
    ``model`` is ``provider/model`` (``openai/…``, ``ollama/…``, ``local/…``); without one, the model of the provider whose
    key is in the environment, else the embedded model. ``base_url`` is the address of any OpenAI-compatible server.
    ``recordings`` is a folder (or another store) that answers are read from: ``mode="replay"``, the default with
    recordings, never touches the network; ``"record"`` asks for what is not there and keeps it; ``"refresh"`` asks for
    everything anew; ``"verify"`` replays and asks as well, and `drifts` says what is answered differently now; ``"live"``
    leaves the recordings alone. ``strategy`` says whether the model sees the whole document at once or one sentence at a
    time; ``auto`` decides by the model. ``policy`` says what becomes of a field that does not hold: ``strict`` asks
    again, then drops it; ``flag`` leaves it in the brief with its verdict; a `Policy` says it for each verdict.
    ``output_language`` is the ISO 639-1 code of a language for headline, summary and the other free text; evidence, names,
    amounts and times stay as the document has them.
    ``second_look`` asks once more for amounts, dates and names that no item covers, until that adds nothing that holds.
    ``price`` is what tokens cost where there is no list price, in dollars a million, such as ``0.40/1.60`` for in and out,
    and ``batch_price`` what they cost in the provider's batches.
    ``progress`` is called with a line of text for each step.

    Use it as a context manager, or call `close`, to free connections. One instance serves many documents and threads.

    Raises:
        ConfigurationError: unknown provider, missing key, or options that contradict one another.
        DeclarationError: the schema cannot be a brief, or an example does not hold in its own text.
        TemplateError: a prompt file is missing, broken or has a variable that does not exist.
    """

    def __init__(
        self,
        model: str | None = None,
        *,
        schema: type[B] | None = None,
        examples: str | Path | Sequence[Example] | None = None,
        prompts: str | Path | None = None,
        base_url: str | None = None,
        api_key: str | None = None,
        recordings: str | Path | ResponseStore | None = None,
        mode: Mode | None = None,
        strategy: Strategy = "auto",
        policy: Policy | str = "strict",
        output_language: str | None = None,
        second_look: bool = False,
        price: Price | str | None = None,
        batch_price: Price | str | None = None,
        progress: Callable[[str], None] | None = None,
    ) -> None:
        if mode is None:
            mode = "live" if recordings is None else "replay"
        if recordings is None and mode != "live":
            raise ConfigurationError(f"mode {mode!r} needs recordings: name a folder")
        self.endpoint: Endpoint = endpoint(model, base_url=base_url, api_key=api_key, replaying=mode == "replay")
        self.recipe = Recipe[B].of(
            self.endpoint,
            strategy=strategy,
            policy=policy,
            price=price,
            batch_price=batch_price,
            output_language=output_language,
            second_look=second_look,
            schema=schema,
            examples=kinds.examples_in(examples) if isinstance(examples, str | Path) else examples,
            prompts=None if prompts is None else str(prompts),
        )
        self._mode: Mode = mode
        self._recordings = Path(recordings) if isinstance(recordings, str) else recordings
        self._drifts: list[Drift] = []
        self._progress = progress or _silent
        self._backend: Backend | None = None
        self._lock = threading.Lock()

    def summarise(self, document: str | Document) -> B:
        """Make the brief of a document.

        Raises:
            InputError: the text is empty, or it is neither text nor document.
            BackendError: the model cannot be asked; see ``summariser.errors`` for the classes and what to do.
        """
        pool = ThreadPoolExecutor(self.endpoint.limits.concurrency)
        try:
            known = _document(document)
            with document_span(known) as span:
                brief = drive(self.recipe.steps(known), lambda round_: self._answer_all(pool, round_))
                span.told(brief)
                return brief
        finally:
            # What is not yet sent must not be sent after an error or Ctrl-C, and nobody waits for what is under way.
            pool.shutdown(wait=False, cancel_futures=True)

    async def asummarise(self, document: str | Document) -> B:
        """Like `summarise`, without blocking the event loop."""
        backend = self._connect()
        gate = asyncio.Semaphore(self.endpoint.limits.concurrency)

        async def answer(request: Request) -> Answer:
            async with gate:
                self._progress(request.purpose)
                try:
                    return await backend.acomplete(request)
                except UNUSABLE as error:
                    return error

        known = _document(document)
        with document_span(known) as span:
            brief = await adrive(self.recipe.steps(known), answer)
            span.told(brief)
            return brief

    @property
    def drifts(self) -> tuple[Drift, ...]:
        """In mode ``verify``: the recordings that the model answers differently now, as far as it was asked."""
        return tuple(self._drifts)

    def batch(
        self,
        documents: Iterable[str | Document | Item],
        *,
        job: str | Path,
        concurrency: int | None = None,
        rpm: float | None = None,
        tpm: float | None = None,
        budget: Decimal | float | str | None = None,
        reground: bool = False,
        via: Via = "live",
        workers: int | None = None,
    ) -> Iterator[Result[B]]:
        """Make the briefs of any number of documents, and keep everything in the folder ``job``.

        Results come in the order of ``documents``, which are read as they are needed; each ends as exactly one of
        ``verified``, ``flagged`` and ``failed``. Killed at any moment, the same call goes on: what was answered is not
        asked again. ``concurrency`` is the most requests under way at once, ``rpm`` and ``tpm`` the most requests and tokens
        a minute, ``budget`` the most dollars that all runs of the job together may cost. ``reground`` reads the answers
        again that the job has, with the present verifier and policy, and asks for nothing. ``via="batch-api"`` has the first
        questions answered by the provider's batches, at their price and within a day; only what is missing then, or did
        not hold, is asked directly. ``workers`` is how many processes read answers, this one among them, at most; without it,
        two where they are needed and there are two cores. One process asks fast enough for three.

        Raises:
            InputError: ``documents`` is one text, document or path, or holds what is neither text nor document.
            JobLockedError: another process works on the job (when the first result is taken).
            SummariserError: after all that was finished came out: what stopped the job (`BudgetError`, a wrong key …).
        """
        from summariser.batch import threaded
        from summariser.batch.job import check_price

        items = _items(documents)
        options = self._options(concurrency, rpm, tpm, budget, reground=reground, via=via, workers=workers)
        self._check(options)  # now, and not when the first result is taken
        check_price(self.recipe, options)
        return threaded(lambda: self.job(job, options), items)

    async def abatch(
        self,
        documents: Iterable[str | Document | Item],
        *,
        job: str | Path,
        concurrency: int | None = None,
        rpm: float | None = None,
        tpm: float | None = None,
        budget: Decimal | float | str | None = None,
        reground: bool = False,
        via: Via = "live",
        workers: int | None = None,
    ) -> AsyncIterator[Result[B]]:
        """Like `batch`, in the running event loop."""
        items = _items(documents)
        options = self._options(concurrency, rpm, tpm, budget, reground=reground, via=via, workers=workers)
        async with self.job(job, options) as running:
            async for result in running.results(items):
                yield result

    def job(self, folder: str | Path, options: Options | None = None) -> Job[B]:
        """The job in a folder, for those who want to watch it or to stop it; `batch` and `abatch` run one to its end."""
        from summariser.batch import Job

        if options is not None:
            self._check(options)
        return Job(self.recipe, folder, self.sender, options)

    def sender(self) -> Sender:
        """What carries requests for a job: the network, the embedded model, or recordings in front of either."""
        from summariser.network import AsyncNetwork

        return self._transport() or AsyncNetwork()

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

    def __getstate__(self) -> dict[str, Any]:
        # In another process it opens connections of its own, and tells nobody there what it does.
        return self.__dict__ | {"_backend": None, "_lock": None, "_progress": _silent, "recipe": replace(self.recipe)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state | {"_lock": threading.Lock()})

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    def _options(
        self,
        concurrency: int | None,
        rpm: float | None,
        tpm: float | None,
        budget: Decimal | float | str | None,
        *,
        reground: bool,
        via: Via,
        workers: int | None,
    ) -> Options:
        from summariser.batch import BatchApi, Options
        from summariser.costs import amount

        dollars = None if budget is None else amount(budget)
        by = BatchApi() if via == "batch-api" else None
        return Options(concurrency, rpm, tpm, dollars, reground, by, workers)

    def _check(self, options: Options) -> None:
        """Refuse what contradicts the model or the recordings, before a job is begun."""
        if options.via is not None and self.endpoint.provider == "local":
            raise ConfigurationError("the embedded model has no provider batches: leave out --via batch-api")
        if options.via is not None and self._recordings is not None and self._mode != "live":
            raise ConfigurationError(
                f"recordings ({str(self._recordings)!r}) and provider batches do not go together: leave out one of them"
            )

    def _answer_all(self, pool: ThreadPoolExecutor, round_: Round) -> list[Answer]:
        backend = self._connect()

        def answer(request: Request) -> Answer:
            self._progress(request.purpose)
            try:
                return backend.complete(request)
            except UNUSABLE as error:
                return error

        # Each in a copy of the context, so that a request's span is a child of its document's.
        futures = [pool.submit(copy_context().run, answer, request) for request in round_]
        return [future.result() for future in futures]

    def _connect(self) -> Backend:
        with self._lock:
            if self._backend is None:
                from summariser.backend import Backend

                self._backend = Backend(self.endpoint, transport=self._transport())
            return self._backend

    def _transport(self) -> RecordingTransport | EmbeddedTransport | None:
        """What carries the requests: the network (None), the embedded model, or recordings in front of either."""
        if self._recordings is None or self._mode == "live":
            return self._embedded() if self.endpoint.provider == "local" else None
        from summariser.store import FolderStore, Network, RecordingTransport

        store = self._recordings
        if isinstance(store, Path):
            store = FolderStore(store, create=self._mode in ("record", "refresh"))
        inner: Callable[[], Transport] = self._embedded if self.endpoint.provider == "local" else Network
        return RecordingTransport(store, mode=self._mode, inner=inner, on_drift=self._drifts.append)

    def _embedded(self) -> EmbeddedTransport:
        from summariser.local import EmbeddedTransport

        def fetched(done: int, total: int) -> None:
            self._progress(f"fetching {self.endpoint.model}: {done // 1_000_000:,} of {total // 1_000_000:,} MB")

        return EmbeddedTransport(self.endpoint.model, progress=fetched)


def _silent(_: str) -> None:
    """Tell nobody."""


def _items(documents: Iterable[str | Document | Item]) -> Iterator[Item]:
    """What a job works on. A text alone is an iterable too, of its characters, and each would be paid for."""
    from summariser.readers import Damaged, Entry

    given = cast("object", documents)
    if isinstance(given, str | bytes | bytearray | Mapping | Document | Entry | Damaged) or not isinstance(
        given, Iterable
    ):
        raise InputError(
            f"batch takes a list, or another iterable, of documents, and was given {_named(given)}: pass [text] for one text, "
            "stream_documents(['article.txt']) of summariser.readers for files and folders"
        )
    return map(_item, _given(documents), count(1))


def _given(documents: Iterable[str | Document | Item]) -> Iterator[str | Document | Item]:
    """The documents; an error of the caller's iterator is told as such."""
    try:
        for document in documents:  # noqa: UP028 -- a generator of the caller's is the caller's to close
            yield document
    except SummariserError:
        raise
    except Exception as error:
        raise InputError(
            f"the iterator of documents raised {type(error).__name__}: {error}; what it gave before that was read. Mend it, and "
            "the same call goes on"
        ) from error


def _item(document: str | Document | Item, number: int) -> Item:
    from summariser.readers import Damaged, Entry, Place

    if isinstance(document, Entry | Damaged):
        return document
    return Entry(_document(document), Place(f"document {number}"))


def _document(document: str | Document) -> Document:
    given = cast("object", document)
    if isinstance(given, Document):
        return given
    if isinstance(given, str):
        return Document(text=given)
    raise InputError(
        f"a document is a text (str) or a Document, not {_named(given)}: pass the text itself, or read files with "
        "read_documents(['article.txt']) of summariser.readers"
    )


def _named(given: object) -> str:
    """A value in a message: its type, and the value where it is short."""
    shown = repr(given) if isinstance(given, str | bytes | Path) else ""
    kind = type(given).__name__
    return f"the {kind} {shown}" if 0 < len(shown) <= _SHOWN else f"a {kind}"
