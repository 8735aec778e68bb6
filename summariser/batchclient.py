"""The provider's batches over the wire: files up and down, batches made, looked up and found again.

The protocol is OpenAI's: ``POST /files`` (JSON Lines, purpose ``batch``), ``POST /batches``, ``GET /batches/{id}``,
``GET /files/{id}/content``. Beside ``backend``, whose client and errors it uses.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any, Final, TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, wait_exponential

from summariser.backend import async_client, translated
from summariser.errors import BackendError, ConfigurationError, StoreError, UnknownModelError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from summariser.settings import Endpoint

__all__ = ["ENDED", "METADATA", "PATH", "Batch", "BatchClient"]

PATH: Final = "/v1/chat/completions"
"""What the requests of a batch are for, as their lines and the batch itself name it, wherever the server is."""
METADATA = "summariser_part"
"""Under this name a batch carries the id that its maker gave it."""
ENDED = frozenset({"completed", "failed", "expired", "cancelled"})

_ATTEMPTS = 60
"""With waits of up to a minute, the better part of an hour."""
_LATE_ATTEMPTS = 9
"""For a file that may not be there yet: some minutes."""
_LONGEST_PAUSE = 60.0
_LISTED = 100
_NOT_THERE_YET = frozenset({403, 404})
"""Just after a batch has ended, its files may be forbidden or missing for a while."""

_Result = TypeVar("_Result")


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as the provider reports it. Files that there are none of are None, whatever the provider writes for that."""

    id: str
    status: str
    output_file: str | None = None
    error_file: str | None = None
    completed: int = 0
    failed: int = 0
    errors: tuple[tuple[str, str], ...] = field(default=())
    """Code and message of what was wrong with the batch as a whole."""

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status in ENDED


class BatchClient:
    """Batches of one endpoint, in one event loop. ``transport`` carries the requests; ``sleep`` is what it waits with.

    Each call is tried again while the endpoint is overloaded, limits the rate or cannot be reached, with longer and longer
    pauses of ``pause`` seconds at first.

    Every method raises `BackendError` when the endpoint refuses or stays out of reach; see ``summariser.errors``.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        transport: object,
        sleep: Callable[[float], Awaitable[None]],
        pause: float = 1.0,
    ) -> None:
        self._endpoint = endpoint
        self._sleep = sleep
        self._pauses = wait_exponential(multiplier=pause, max=_LONGEST_PAUSE)
        self._client = async_client(endpoint, transport)

    async def aclose(self) -> None:
        """Free connections."""
        await self._client.close()

    async def upload(self, file: IO[bytes], name: str) -> str:
        """Upload a file of requests under a name, read as it is sent; the provider's id of it.

        Raises:
            ConfigurationError: the endpoint has no batches.
        """

        async def once() -> str:
            file.seek(0)
            return (await self._client.files.create(file=(name, file), purpose="batch")).id

        try:
            return await self._patiently(once)
        except UnknownModelError as error:
            raise ConfigurationError(
                f"{self._endpoint.name} at {self._endpoint.base_url} takes no provider batches ({error}): leave out "
                "--via batch-api"
            ) from None

    async def create(self, file: str, part: str, *, unsure: bool) -> Batch:
        """Make a batch of an uploaded file. ``part`` is the maker's id of it.

        Where an earlier try may have made it and its response was lost (``unsure``, or a try of this call), it is looked for
        first, so that nothing is paid for twice.
        """

        async def once() -> Batch:
            nonlocal unsure
            if unsure and (made := await self._find(file, part)) is not None:
                return made
            unsure = True
            return _batch(
                await self._client.batches.create(
                    input_file_id=file, endpoint=PATH, completion_window="24h", metadata={METADATA: part}
                )
            )

        return await self._patiently(once)

    async def look(self, batch: str) -> Batch:
        """Where a batch stands."""

        async def once() -> Batch:
            return _batch(await self._client.batches.retrieve(batch))

        return await self._patiently(once)

    async def download(self, file: str, to: IO[bytes]) -> None:
        """Write the content of a file into another, as it comes."""

        async def once() -> None:
            to.seek(0)
            to.truncate()
            async with self._client.files.with_streaming_response.content(file) as response:
                async for piece in response.iter_bytes(1 << 16):
                    try:
                        to.write(piece)
                    except OSError as error:  # which must not pass for a broken connection
                        raise StoreError(f"the answers of a batch cannot be written: {error.strerror}") from error

        await self._patiently(once, maybe_late=True)

    async def _find(self, file: str, part: str) -> Batch | None:
        async for found in await self._client.batches.list(limit=_LISTED):
            if (found.metadata or {}).get(METADATA) == part or found.input_file_id == file:
                return _batch(found)
        return None

    async def _patiently(self, call: Callable[[], Awaitable[_Result]], *, maybe_late: bool = False) -> _Result:
        def passing(error: BaseException) -> bool:
            if not isinstance(error, BackendError):
                return False
            return error.retry == "transport" or (maybe_late and error.status in _NOT_THERE_YET)

        def enough(state: RetryCallState) -> bool:
            error = state.outcome.exception() if state.outcome else None
            late = isinstance(error, BackendError) and error.status in _NOT_THERE_YET
            return stop_after_attempt(_LATE_ATTEMPTS if late else _ATTEMPTS)(state)

        async for attempt in AsyncRetrying(
            sleep=self._sleep, retry=retry_if_exception(passing), wait=self._pause, stop=enough, reraise=True
        ):
            with attempt:
                try:
                    return await call()
                except Exception as error:
                    raise translated(error, self._endpoint) from None
        raise AssertionError("tenacity ends with a result or an error")

    def _pause(self, state: RetryCallState) -> float:
        error = state.outcome.exception() if state.outcome else None
        asked_for = getattr(error, "retry_after", None)
        return float(self._pauses(state) if asked_for is None else asked_for)


def _batch(told: Any) -> Batch:
    counts, errors = told.request_counts, told.errors
    return Batch(
        told.id,
        told.status,
        # An empty text stands for no file at some providers.
        told.output_file_id or None,
        told.error_file_id or None,
        (counts.completed or 0) if counts else 0,
        (counts.failed or 0) if counts else 0,
        tuple((error.code or "", error.message or "") for error in (errors.data or ())) if errors else (),
    )
