"""The transport that records what another one answers, or plays it back."""

from __future__ import annotations

import asyncio
import re
import sys
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Any, Protocol, cast, get_args

import httpx2

from summariser.errors import ConfigurationError
from summariser.settings import SECONDS_HEADER
from summariser.store.differences import Drift
from summariser.store.fingerprint import digest, whole
from summariser.store.recording import FAULTS, Asked, Fault, Mode, Recorded, ResponseStore, structure
from summariser.store.redaction import SECRET_QUERY, kept_headers, redact, redacted_body, secrets_of
from summariser.store.session import Session

__all__ = ["Network", "RecordingTransport", "Transport", "asked_of"]

_BOUNDARY = re.compile(r'^multipart/.*boundary="?([^";]+)')


class Transport(Protocol):
    """Both halves of a transport."""

    def handle_request(self, request: httpx2.Request, /) -> httpx2.Response:
        """Answer."""
        ...

    async def handle_async_request(self, request: httpx2.Request, /) -> httpx2.Response:
        """Answer."""
        ...

    def close(self) -> None:
        """Free connections."""
        ...

    async def aclose(self) -> None:
        """Free connections."""
        ...


class RecordingTransport(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """A transport for clients of httpx2 and of httpx that records what an inner transport answers, or plays it back.

    ``replay``: nothing but the store answers, in the recorded order, the last one for ever. ``record``: what has a good
    answer in the store is answered from there, so that nothing is paid for twice; everything else is asked, and is on disk
    before it is handed on. ``refresh``: everything is asked, and good answers take the place of those in the store.
    ``verify``: as ``replay``, and everything is asked as well: ``on_drift`` is told what is answered differently now. ``live``:
    everything is asked, and nothing filed. ``inner`` makes the transport to ask, and is not called in replay. ``repeats``:
    a request that comes again is asked again, and its answers become a sequence.

    Raises:
        ConfigurationError: no such mode, or nothing to record from.
        ReplayMissError: (when asked, in replay) nothing is recorded for the request.
        StoreError: (when asked) the store cannot be read or written.
    """

    def __init__(
        self,
        store: ResponseStore,
        *,
        mode: Mode,
        inner: Callable[[], Transport] | None = None,
        repeats: bool = False,
        on_drift: Callable[[Drift], None] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        if mode not in get_args(Mode):
            raise ConfigurationError(f"no recording mode {mode!r}: expected {', '.join(map(repr, get_args(Mode)))}")
        if mode != "replay" and inner is None:
            raise ConfigurationError(f"mode {mode!r} needs a transport to ask")
        self._session = Session(store, mode, repeats=repeats, on_drift=on_drift)
        self._mode = mode
        self._make = inner
        self._clock = clock

    @cached_property
    def _inner(self) -> Transport:
        assert self._make is not None
        return self._make()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer from the store, or record the inner transport's answer."""
        if self._mode == "live":
            return self._inner.handle_request(request)
        turn = _Turn(request, request.read())
        stored = self._session.stored(turn.asked, turn.mark)
        if stored is not None and (self._mode != "verify" or not stored.good):
            return turn.play(stored)
        start = self._clock()
        response = None
        try:
            response = self._inner.handle_request(request)
            for chunk in response.iter_bytes():
                turn.content += chunk
        except turn.library.TransportError as error:
            turn.error = error
        finally:
            if response is not None:
                response.close()
        return self._settle(turn, stored, response, self._clock() - start)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Like `handle_request`; what is flushed to the disk is flushed in a thread."""
        if self._mode == "live":
            return await self._inner.handle_async_request(request)
        turn = _Turn(request, await request.aread())
        stored = self._session.stored(turn.asked, turn.mark)
        if stored is not None and (self._mode != "verify" or not stored.good):
            return turn.play(stored)
        start = self._clock()
        response = None
        try:
            response = await self._inner.handle_async_request(request)
            async for chunk in response.aiter_bytes():
                turn.content += chunk
        except turn.library.TransportError as error:
            turn.error = error
        finally:
            if response is not None:
                await response.aclose()
        return await asyncio.to_thread(self._settle, turn, stored, response, self._clock() - start)

    def close(self) -> None:
        """Close the inner transport, if one was made."""
        if "_inner" in self.__dict__:
            self._inner.close()

    async def aclose(self) -> None:
        """Like `close`, for the inner transport's asynchronous half."""
        if "_inner" in self.__dict__:
            await self._inner.aclose()

    def _settle(
        self, turn: _Turn, stored: Recorded | None, response: httpx2.Response | None, seconds: float
    ) -> httpx2.Response:
        answered = turn.recorded(response, seconds)
        if stored is not None:
            if self._session.compare(turn.asked, turn.mark, stored, answered):
                return turn.play(stored)
        else:
            origin = {"kind": "recorded"}
            if response is not None and (server := response.headers.get("server")):
                origin["server"] = redact(server, turn.secrets)
            self._session.keep(turn.filed, turn.mark, answered, origin)
        if response is None:
            assert turn.error is not None
            raise turn.error
        return turn.response(response.status_code, _forwarded(response, answered), bytes(turn.content), turn.error)


class Network(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """The network, through the proxies of the environment: what recordings of a server are made from.

    Requests of httpx are sent by httpx, and those of httpx2 by httpx2.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._client: Any = None
        self._aclient: tuple[asyncio.AbstractEventLoop, Any] | None = None

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request."""
        with self._lock:
            if self._client is None:
                self._client = _library(request).Client()
            client = self._client
        return cast("httpx2.Response", client.send(request, stream=True))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request. Connections belong to the event loop they were opened in."""
        loop = asyncio.get_running_loop()
        with self._lock:
            if self._aclient is None or self._aclient[0] is not loop:
                self._aclient = loop, _library(request).AsyncClient()
            client = self._aclient[1]
        return cast("httpx2.Response", await client.send(request, stream=True))

    def close(self) -> None:
        """Close the connections of `handle_request`."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    async def aclose(self) -> None:
        """Close the connections of `handle_async_request`."""
        with self._lock:
            client, self._aclient = self._aclient, None
        if client is not None:
            await client[1].aclose()


class _Turn:
    """A request on its way, and what has come of it."""

    def __init__(self, request: httpx2.Request, content: bytes) -> None:
        self.library = _library(request)
        self.secrets = secrets_of(request.headers)
        self.asked, self.mark = asked_of(request, content)
        self.content = bytearray()
        self.error: Exception | None = None
        self._request = request

    @property
    def filed(self) -> Asked:
        """The request as it may be on the disk."""
        url, body = redact([self.asked.url, self.asked.body], self.secrets)
        return replace(self.asked, url=url, body=body)

    def recorded(self, response: httpx2.Response | None, seconds: float) -> Recorded:
        """What came of it, as it may be on the disk."""
        fault = None if self.error is None else _fault(self.error)
        seconds = round(seconds, 3)
        if response is None:
            return Recorded(0, {}, "", "text", seconds, fault)
        body, encoding = structure(bytes(self.content), media=response.headers.get("content-type", ""))
        headers = kept_headers(response.headers, self.secrets)
        body = redacted_body(body, encoding, self.secrets)
        return Recorded(response.status_code, headers, body, encoding, seconds, fault)

    def play(self, recorded: Recorded) -> httpx2.Response:
        """Let what is recorded happen again, at once.

        Raises:
            TransportError: the library's own, as recorded.
        """
        error = None if recorded.fault is None else self._happening(recorded, recorded.fault)
        if error is not None and (not recorded.status or recorded.fault == "ReadTimeout"):
            raise error
        headers = [*recorded.headers.items(), (SECONDS_HEADER, str(recorded.seconds))]
        return self.response(recorded.status, headers, recorded.content(), error)

    def response(
        self, status: int, headers: list[tuple[str, str]], content: bytes, error: Exception | None
    ) -> httpx2.Response:
        """A response of the library that asked, which may break off after its content."""
        body = {"content": content} if error is None else {"stream": _breaking(self.library)(content, error)}
        return cast("httpx2.Response", self.library.Response(status, headers=headers, **body))

    def _happening(self, recorded: Recorded, fault: Fault) -> Exception | None:
        if fault == "ReadTimeout" and recorded.status:
            patience = self._request.extensions.get("timeout", {}).get("read")
            if patience is None or patience >= recorded.seconds:
                return None
        error = getattr(self.library, fault)("as recorded", request=self._request)
        return cast("Exception", error)


def asked_of(request: httpx2.Request, content: bytes) -> tuple[Asked, str]:
    """A request as it is matched, and its fingerprint."""
    asked = Asked(request.method, _address(request.url), _question(request, content))
    return asked, digest(asked)


def _library(request: httpx2.Request) -> Any:
    """httpx2 or httpx, whichever a request is of."""
    return sys.modules[type(request).__module__.partition(".")[0]]


@lru_cache
def _breaking(library: Any) -> Any:
    """A body that breaks off with an error."""

    class Breaking(library.SyncByteStream, library.AsyncByteStream):  # type: ignore[misc] # one of two libraries
        def __init__(self, content: bytes, error: Exception) -> None:
            self._content = content
            self._error = error

        def __iter__(self) -> Iterator[bytes]:
            yield self._content
            raise self._error

        async def __aiter__(self) -> AsyncIterator[bytes]:
            yield self._content
            raise self._error

    return Breaking


def _fault(error: Exception) -> Fault:
    """The name that both libraries have for what happened."""
    for kind in type(error).__mro__:
        if kind.__name__ in FAULTS:
            return cast("Fault", kind.__name__)
    return "ReadError" if isinstance(error, OSError) else "RemoteProtocolError"


def _address(url: httpx2.URL) -> str:
    """Where a request goes, without secrets."""
    if url.userinfo or url.fragment:
        url = url.copy_with(username=None, password=None, fragment=None)
    if url.query:
        for name in [name for name in url.params if SECRET_QUERY.search(name)]:
            url = url.copy_remove_param(name)
    return str(url)


def _question(request: httpx2.Request, content: bytes) -> Any:
    """The body of a request in canonical form."""
    media = request.headers.get("content-type", "")
    if boundary := _BOUNDARY.search(media):
        content = content.replace(boundary[1].encode(), b"boundary")  # it is drawn anew each time
    return structure(content, parse_float=whole)[0]


def _forwarded(response: httpx2.Response, answered: Recorded) -> list[tuple[str, str]]:
    """The headers that still hold once the body is decoded and whole."""
    gone = ("content-encoding", "content-length", "transfer-encoding")
    kept = [(name, value) for name, value in response.headers.multi_items() if name.lower() not in gone]
    return [*kept, (SECONDS_HEADER, str(answered.seconds))]
