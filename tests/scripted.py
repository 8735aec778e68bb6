"""A transport that answers from a list, and a clock that moves when somebody waits. Servers: `summariser.testing`."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING

import httpx2

from summariser.store import FolderStore, RecordingTransport

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Canned", "Clock", "record_failures"]


class Canned(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Counts what gets through to it; answers from a list, the last one for ever."""

    def __init__(self, *answers: httpx2.Response) -> None:
        self.answers = list(answers)
        self.asked = 0

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer."""
        answer = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return httpx2.Response(answer.status_code, headers=answer.headers, content=answer.content)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer."""
        return self.handle_request(request)


def record_failures(folder: Path, count: int) -> None:
    """Record one request that fails, several times; to be run in a process of its own."""
    network = Canned(httpx2.Response(503, json={}))
    with RecordingTransport(FolderStore(folder), mode="record", inner=lambda: network) as transport:
        for _ in range(count):
            transport.handle_request(httpx2.Request("POST", "http://h/v1", json={}))


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
