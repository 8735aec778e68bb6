"""The block on the network."""

from __future__ import annotations

import asyncio
import socket
import threading
from typing import TYPE_CHECKING

import httpx2
import pytest

from summariser.testing import NetworkBlockedError, network_blocked

if TYPE_CHECKING:
    from collections.abc import Callable

ELSEWHERE = "203.0.113.1"  # an address for documentation


def by_httpx2() -> None:
    """Ask over HTTP."""
    httpx2.get(f"http://{ELSEWHERE}/", trust_env=False)


def by_name() -> None:
    """Ask for the address of a name."""
    socket.getaddrinfo("example.org", 80)


def by_datagram() -> None:
    """Send without a connection."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"x", (ELSEWHERE, 9))


def by_number() -> None:
    """Connect without an exception."""
    with socket.socket() as sender:
        sender.connect_ex((ELSEWHERE, 9))


def by_asyncio() -> None:
    """Connect from a coroutine."""
    asyncio.run(asyncio.wait_for(asyncio.open_connection(ELSEWHERE, 9), 1))


@pytest.mark.parametrize("call", [by_httpx2, by_name, by_datagram, by_number, by_asyncio])
def test_nothing_gets_out_by_any_way(call: Callable[[], None]) -> None:
    """Whoever tries is told so."""
    with network_blocked() as block, pytest.raises(NetworkBlockedError):
        call()
    assert block.attempts


def test_nothing_gets_out_in_any_thread() -> None:
    """And when whatever tried has swallowed the error, it was noted all the same."""

    def swallow() -> None:
        with pytest.raises(NetworkBlockedError):
            by_number()

    with network_blocked() as block:
        thread = threading.Thread(target=swallow)
        thread.start()
        thread.join()
    assert block.attempts == [ELSEWHERE]


def test_what_is_allowed_gets_through() -> None:
    """Loopback by its one name, other hosts by theirs; event loops and sockets of the file system need no leave."""
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with network_blocked(), pytest.raises(NetworkBlockedError):
            client.connect(server.getsockname())
        with network_blocked(allow=["localhost"]) as block:
            client.connect(server.getsockname())
    with network_blocked():
        asyncio.run(asyncio.sleep(0))
    assert block.attempts == []
