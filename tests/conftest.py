"""Every test runs without network, loopback aside, and without the keys and folders of whoever runs it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from summariser.testing.network import LOOPBACK, network_blocked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest_plugins = ["pytester"]

_KEYS = ("_API_KEY", "_BASE_URL")


# The same examples everywhere, and no test that fails because a machine is busy.
settings.register_profile("suite", derandomize=True, deadline=None)
settings.load_profile("suite")


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


@pytest.fixture(autouse=True)
def _no_network(request: pytest.FixtureRequest) -> Iterator[None]:
    """Loopback only, in every thread; tests with weights may fetch them."""
    if request.node.get_closest_marker("weights"):
        yield
        return
    with network_blocked(allow=[LOOPBACK]) as block:
        yield
    assert not block.attempts


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
