"""The network as a transport: what comes back and what goes wrong, in the terms of httpx2."""

from __future__ import annotations

import gzip
import json
import socket
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from summariser.network import AsyncNetwork
from summariser.testing import Answer, ScriptedEndpoint

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

BODY = {"model": "m", "messages": []}


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    """A client over the network."""
    async with httpx2.AsyncClient(transport=AsyncNetwork(), timeout=httpx2.Timeout(5, read=0.2)) as client:
        yield client


async def post(client: httpx2.AsyncClient, answer: Answer) -> httpx2.Response:
    """The response to a request that is answered like this."""
    with ScriptedEndpoint([answer]) as model:
        return await client.post(f"{model.url}/chat/completions", json=BODY, headers={"x-asked": "yes"})


async def test_a_response_comes_whole_and_decoded(client: httpx2.AsyncClient) -> None:
    """Status, headers and a compressed body, over one connection for many requests."""
    packed = gzip.compress(json.dumps({"é": 1}).encode())
    answer = Answer(201, packed, {"content-encoding": "gzip", "x-told": "yes"})
    with ScriptedEndpoint([answer]) as model:
        for _ in range(3):
            response = await client.post(f"{model.url}/chat/completions", json=BODY, headers={"x-asked": "yes"})
            assert (response.status_code, response.headers["x-told"], response.json()) == (201, "yes", {"é": 1})
        assert model.counters.connections == 1
        assert [(asked.body, asked.headers["x-asked"]) for asked in model.asked] == [(BODY, "yes")] * 3


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (Answer(drop=True), httpx2.RemoteProtocolError),
        (Answer(reset=True), httpx2.ReadError),
        (Answer(body={"a": "b" * 100}, cut=0.5), httpx2.RemoteProtocolError),
        (Answer(body={}, delay=3), httpx2.ReadTimeout),
    ],
    ids=["hung up", "reset", "cut off", "late"],
)
async def test_a_failure_is_one_of_httpx2(
    client: httpx2.AsyncClient, answer: Answer, kind: type[httpx2.RequestError]
) -> None:
    """Whatever carried the request."""
    with pytest.raises(kind) as caught:
        await post(client, answer)
    assert caught.value.request.url.path == "/v1/chat/completions"


async def test_a_connection_that_cannot_be_made_is_told_apart(client: httpx2.AsyncClient) -> None:
    """Nothing was sent then, and nothing paid for."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with pytest.raises(httpx2.ConnectError):
            await client.post(f"http://127.0.0.1:{unused.getsockname()[1]}/v1", json=BODY)


async def test_redirects_and_cookies_are_left_to_the_client(client: httpx2.AsyncClient) -> None:
    """The transport follows and remembers nothing."""
    told: dict[str, Any] = {"location": "http://127.0.0.1:1/", "set-cookie": "a=b"}
    assert (await post(client, Answer(307, {}, told))).status_code == 307


async def test_proxies_of_the_environment_are_kept_to(
    client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Requests go to the proxy that is named for their address."""
    with ScriptedEndpoint([Answer(body={"by": "proxy"})]) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.removesuffix("/v1"))
        response = await client.post("http://127.0.0.2:9/v1/chat/completions", json=BODY)
    assert response.json() == {"by": "proxy"}
