"""Every test runs without network, loopback aside, and without the keys and folders of whoever runs it."""

from __future__ import annotations

import ipaddress
import os
import socket
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

_KEYS = ("_API_KEY", "_BASE_URL")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--weights``."""
    parser.addoption("--weights", action="store_true", help="run the tests that need the embedded model's weights")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Skip what needs weights unless they are asked for."""
    if config.getoption("--weights"):
        return
    skip = pytest.mark.skip(reason="needs the embedded model's weights: run with --weights")
    for item in items:
        if item.get_closest_marker("weights"):
            item.add_marker(skip)


class NetworkBlockedError(AssertionError):
    """A test tried to leave the machine."""


def _local(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket
    host = str(address[0])
    if host in ("localhost", ""):
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loopback only, in every thread; tests with weights may fetch them."""
    if request.node.get_closest_marker("weights"):
        return
    connect, connect_ex, getaddrinfo = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guard(address: Any) -> None:
        if not _local(address):
            raise NetworkBlockedError(f"a test tried to reach {address!r}")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        guard(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        guard(address)
        return connect_ex(self, address)

    def guarded_getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host is not None:
            guard((host.decode() if isinstance(host, bytes) else host, 0))
        return getaddrinfo(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_getaddrinfo)


@pytest.fixture(autouse=True)
def _own_environment(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No provider's key, no proxy, and a cache folder of the test's own."""
    for name in list(os.environ):
        if name.endswith(_KEYS) or name.startswith("SUMMARISER_") or name.casefold().endswith("_proxy"):
            if name == "SUMMARISER_MODELS" and request.node.get_closest_marker("weights"):
                continue
            monkeypatch.delenv(name)
    if not request.node.get_closest_marker("weights"):
        monkeypatch.setenv("SUMMARISER_MODELS", str(tmp_path / "models"))
