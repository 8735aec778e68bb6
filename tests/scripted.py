"""A model server that says what a test tells it to, and a clock that moves when somebody waits.

``with ScriptedServer([failure(429, "slow down"), completion('{"a": 1}')]) as server:`` listens on ``server.url`` and
answers in that order, the last answer for ever; a function from the request's body to an answer does as well.
``server.asked`` is what came in.
"""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

import httpx2

from summariser.store import FolderStore, RecordingTransport

if TYPE_CHECKING:
    from pathlib import Path

__all__ = [
    "Answer",
    "AskedOf",
    "Canned",
    "Clock",
    "ScriptedServer",
    "completion",
    "failure",
    "page",
    "record_failures",
    "tool_call",
]


@dataclass(frozen=True)
class Answer:
    """A response: ``body`` is sent as JSON unless it is text or bytes; ``drop`` hangs up instead."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    delay: float = 0.0
    drop: bool = False

    def content(self) -> bytes:
        """The bytes to send."""
        if isinstance(self.body, bytes):
            return self.body
        return (self.body if isinstance(self.body, str) else json.dumps(self.body)).encode()


@dataclass(frozen=True)
class AskedOf:
    """A request that came in. Header names are in lower case."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


Script = Sequence[Answer] | Callable[[dict[str, Any]], Answer]

USAGE = {"prompt_tokens": 100, "completion_tokens": 20, "prompt_tokens_details": {"cached_tokens": 64}}


def completion(
    text: str | None,
    *,
    finish: str = "stop",
    usage: dict[str, Any] | None = USAGE,
    headers: dict[str, str] | None = None,
    **message: Any,
) -> Answer:
    """A chat completion; ``message`` adds fields to its message."""
    body: dict[str, Any] = {
        "id": "1",
        "object": "chat.completion",
        "model": "scripted-1",
        "choices": [
            {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text, **message}}
        ],
    }
    if usage is not None:
        body["usage"] = usage
    return Answer(body=body, headers=headers or {})


def tool_call(arguments: str) -> Answer:
    """A chat completion that calls a tool."""
    call = {"id": "c", "type": "function", "function": {"name": "f", "arguments": arguments}}
    return completion(None, finish="tool_calls", tool_calls=[call])


def failure(
    status: int,
    message: str,
    *,
    code: str | None = None,
    param: str | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    """An error in OpenAI's shape."""
    error = {"message": message, "code": code, "param": param, "type": "invalid_request_error"}
    return Answer(status, {"error": error}, headers or {})


def page(status: int = 200) -> Answer:
    """A web page."""
    return Answer(status, "<!doctype html><html><body>Welcome</body></html>", {"content-type": "text/html"})


class ScriptedServer:
    """Answers from a script, on loopback, in threads of its own."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._lock = threading.Lock()
        self.asked: list[AskedOf] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                content = self.rfile.read(int(self.headers["content-length"]))
                answer = server._answer(self.path, {k.lower(): v for k, v in self.headers.items()}, json.loads(content))
                time.sleep(answer.delay)
                if answer.drop:
                    self.close_connection = True
                    return
                self.send_response_only(answer.status)  # no date of its own
                sent = answer.content()
                headers = {"content-type": "application/json", "content-length": str(len(sent))} | answer.headers
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(sent)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name is the base class's
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def _answer(self, path: str, headers: dict[str, str], body: dict[str, Any]) -> Answer:
        with self._lock:
            turn = len(self.asked)
            self.asked.append(AskedOf(path, headers, body))
        if callable(self._script):
            return self._script(body)
        return self._script[min(turn, len(self._script) - 1)]

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """The bodies of the requests."""
        return [asked.body for asked in self.asked]

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.005,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


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
