"""A way to a scripted endpoint from any address, and a clock that moves when somebody waits."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

import httpx2

from summariser.store import FolderStore, RecordingTransport
from summariser.testing import Answer, ScriptedEndpoint

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Answering", "Clock", "record_failures"]


class Answering(httpx2.HTTPTransport, httpx2.AsyncBaseTransport):
    """The network, with a scripted endpoint as its proxy: it gives its answers, the last one for ever, to any address."""

    def __init__(self, *answers: Answer) -> None:
        self.model = ScriptedEndpoint(answers)
        super().__init__(proxy=self.model.url.removesuffix("/v1"))
        self.model.__enter__()

    @property
    def asked(self) -> int:
        """How many requests got through to it."""
        return len(self.model.asked)

    def close(self) -> None:
        """Hang up, and end the endpoint."""
        super().close()
        self.model.__exit__(None)


def record_failures(folder: Path, count: int) -> None:
    """Record one request that fails, several times; to be run in a process of its own."""
    network = Answering(Answer(503, {}))
    with RecordingTransport(FolderStore(folder), mode="record", inner=lambda: network) as transport:
        for _ in range(count):
            transport.handle_request(httpx2.Request("POST", "http://h/v1/chat/completions", json={}))


class Clock:
    """Time that passes only when somebody waits; ``slept`` is what was waited, in order."""

    def __init__(self) -> None:
        self._now = 1000.0
        self._lock = threading.Lock()
        self.slept: list[float] = []

    def __call__(self) -> float:
        """Seconds."""
        return self._now

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        with self._lock:
            self._now += seconds
            self.slept.append(seconds)
        time.sleep(0.001)

    async def asleep(self, seconds: float) -> None:
        """Let time pass, for coroutines."""
        self.sleep(seconds)
        await asyncio.sleep(0)
