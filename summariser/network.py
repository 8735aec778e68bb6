"""The network as a transport for event loops.

httpx2 looks through all its connections at every request; with many under way aiohttp takes half the CPU
(benchmarks/batch.md). It comes with instructor.
"""

from __future__ import annotations

import asyncio
from functools import lru_cache
from typing import TYPE_CHECKING

import httpx2

if TYPE_CHECKING:
    import aiohttp

__all__ = ["AsyncNetwork"]


class AsyncNetwork(httpx2.AsyncBaseTransport):
    """The network, over aiohttp; over httpx2 where the environment names proxies. Responses are read whole."""

    def __init__(self) -> None:
        self._client: tuple[asyncio.AbstractEventLoop, httpx2.AsyncClient | _Session] | None = None

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request. Connections belong to the event loop they were opened in."""
        loop = asyncio.get_running_loop()
        if self._client is None or self._client[0] is not loop:
            self._client = loop, httpx2.AsyncClient() if _has_proxies() else _Session()
        return await self._client[1].send(request)

    async def aclose(self) -> None:
        """Close the connections."""
        client, self._client = self._client, None
        if client is not None:
            await client[1].aclose()


def _has_proxies() -> bool:
    """Whether the environment names proxies: httpx2 knows all their kinds."""
    from urllib.request import getproxies

    return any(getproxies().get(scheme) for scheme in ("http", "https", "all"))


class _Session:
    """aiohttp's connections, for requests and responses of httpx2."""

    def __init__(self) -> None:
        import aiohttp

        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, ssl=httpx2.create_ssl_context()),
            # httpx2 does these.
            auto_decompress=False,
            cookie_jar=aiohttp.DummyCookieJar(),
        )

    async def send(self, request: httpx2.Request) -> httpx2.Response:
        import aiohttp
        from yarl import URL

        waits = request.extensions.get("timeout", {})
        try:
            async with self._session.request(
                request.method,
                URL(str(request.url), encoded=True),
                data=await request.aread() or None,
                headers=request.headers.multi_items(),
                allow_redirects=False,
                timeout=_timeout(waits.get("connect"), waits.get("read")),
            ) as response:
                content = await response.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _translated(error)(str(error) or type(error).__name__, request=request) from error
        return httpx2.Response(response.status, headers=response.raw_headers, content=content, request=request)

    async def aclose(self) -> None:
        await self._session.close()


@lru_cache(maxsize=16)
def _timeout(connect: float | None, read: float | None) -> aiohttp.ClientTimeout:
    import aiohttp

    return aiohttp.ClientTimeout(total=None, sock_connect=connect, sock_read=read)


def _translated(error: Exception) -> type[httpx2.RequestError]:
    """The class of httpx2 that means the same."""
    import aiohttp

    kinds: tuple[tuple[type[Exception], type[httpx2.RequestError]], ...] = (
        (aiohttp.ConnectionTimeoutError, httpx2.ConnectTimeout),
        (TimeoutError, httpx2.ReadTimeout),
        (aiohttp.ClientConnectorError, httpx2.ConnectError),
        (aiohttp.InvalidURL, httpx2.UnsupportedProtocol),
        (aiohttp.ServerDisconnectedError, httpx2.RemoteProtocolError),
        (aiohttp.ClientPayloadError, httpx2.RemoteProtocolError),
        (aiohttp.ClientResponseError, httpx2.RemoteProtocolError),
    )
    return next((ours for theirs, ours in kinds if isinstance(error, theirs)), httpx2.ReadError)
