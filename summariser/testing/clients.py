"""Recorded answers for any client of the openai package."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, overload

from summariser.errors import ReplayMissError, StoreError
from summariser.store import FolderStore, Network, RecordingTransport
from summariser.store.differences import MissError

if TYPE_CHECKING:
    import httpx2
    import openai

    from summariser.store import Drift, Mode, ResponseStore

    _Client = TypeVar("_Client", bound=openai.OpenAI | openai.AsyncOpenAI)

__all__ = ["RecordingDriftWarning", "recorded_client"]


class RecordingDriftWarning(UserWarning):
    """The endpoint answers differently than it is recorded."""


@overload
def recorded_client(
    recordings: str | Path | ResponseStore,
    *,
    mode: Mode = "replay",
    waits: bool = False,
    on_drift: Callable[[Drift], None] | None = None,
) -> openai.OpenAI: ...
@overload
def recorded_client(
    recordings: str | Path | ResponseStore,
    client: _Client | type[_Client],
    *,
    mode: Mode = "replay",
    waits: bool = False,
    on_drift: Callable[[Drift], None] | None = None,
) -> _Client: ...
def recorded_client(
    recordings: str | Path | ResponseStore,
    client: Any = None,
    *,
    mode: Mode = "replay",
    waits: bool = False,
    on_drift: Callable[[Drift], None] | None = None,
) -> Any:
    """A client like ``client`` whose answers come from ``recordings``, a folder, or are kept there.

    ``client`` is a client of the openai package, from version 2 on, synchronous or not, or its class: ``openai.OpenAI``
    where it is left out. In ``replay`` it needs no key and never reaches the network; a request that was not recorded is a
    `summariser.errors.ReplayMissError`, at once and without retries, that names the nearest recording and what differs.
    ``record`` asks for what is missing, ``refresh`` for everything anew, ``verify`` for everything as well, calling
    ``on_drift`` (a `RecordingDriftWarning` by default) where the answer is another one; ``live`` keeps nothing. A request
    that is sent again is another one, and is played in the order it was recorded in. Streams are recorded whole.

    Recorded failures happen again, and the client tries again as it did; ``waits``, as long as it was told to.

    Raises:
        StoreError: there is no such folder, or it holds something else.
    """
    import openai

    client = client or openai.OpenAI
    kind = client if isinstance(client, type) else type(client)
    if isinstance(recordings, str | Path):
        recordings = FolderStore(recordings, create=mode in ("record", "refresh"))
    transport = _client_transport(openai.OpenAIError)(
        recordings, mode=mode, inner=Network, repeats=True, on_drift=on_drift or _warn
    )
    transport.hurries = mode == "replay" and not waits
    # These make clients of the library that this version of openai speaks through: httpx, or from 3 on httpx2.
    asynchronous = issubclass(kind, openai.AsyncOpenAI)
    http = (openai.DefaultAsyncHttpxClient if asynchronous else openai.DefaultHttpxClient)(transport=transport)
    if client is not kind:
        return client.with_options(http_client=http)
    key = {} if mode != "replay" or os.environ.get("OPENAI_API_KEY") else {"api_key": "none"}
    return kind(http_client=http, **key)


def _client_transport(root: type[Exception]) -> Any:
    """The transport below a client that passes on nothing but its own errors, of the class ``root``, without retries."""

    def own(error: StoreError) -> Any:
        kind = ReplayMissError if isinstance(error, MissError) else StoreError
        made: Any = type(kind.__name__, (type(error), root), {"__module__": kind.__module__})
        return made(error.store, error.asked) if isinstance(error, MissError) else made(str(error))

    class ClientTransport(RecordingTransport):
        hurries = False

        def handle_request(self, request: httpx2.Request) -> httpx2.Response:
            try:
                return self._hurried(super().handle_request(request))
            except StoreError as error:
                raise own(error) from None

        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            try:
                return self._hurried(await super().handle_async_request(request))
            except StoreError as error:
                raise own(error) from None

        def _hurried(self, response: httpx2.Response) -> httpx2.Response:
            if self.hurries and response.status_code >= 400:
                response.headers["retry-after-ms"] = "1"  # openai looks at this one first
            return response

    return ClientTransport


def _warn(drift: Drift) -> None:
    warnings.warn(str(drift), RecordingDriftWarning, stacklevel=2)
