"""An OpenAI-compatible server on loopback that does what it is told: fast, slow, limited, broken, always the same.

In a test it runs in a thread of the process; a benchmark runs it as a process of its own, so that its work is not counted
as the client's: ``python -m summariser.testing --latency 0.05 --fault 429=0.2`` prints its address and serves until
it is terminated, and its counters are at ``/_counters``.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import random
import signal
import socket
import struct
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

from summariser.testing.answers import (
    EMPTY_ACCOUNT,
    FAULTS,
    MODEL,
    WRONG_KEY,
    Answer,
    completion,
    failure,
    rate_limited,
    unknown_model,
    with_fault,
)
from summariser.testing.batches import Batches, BatchScript
from summariser.testing.counters import Counters, fingerprint_of
from summariser.testing.limits import Limiter, RateLimits
from summariser.testing.synthetic import truthful

__all__ = ["AskedOf", "Latency", "Script", "ScriptedEndpoint", "latency"]

Script = Sequence[Answer | str] | Callable[[dict[str, Any]], Answer | str]
"""What to answer: one after the other, the last for ever, or a function of the request's body. A text is a completion
that says it, its tokens counted."""
Latency = float | Callable[[random.Random], float]
"""Seconds before an answer, always the same or drawn from a distribution."""

_CHARACTERS_A_TOKEN = 4
_CACHED_FROM, _CACHED_BY = 1024, 128
"""Prompts are cached from that many tokens on, in steps of so many, as OpenAI does it."""
_GRACE = 0.05
"""Seconds during which requests that cross a 429 on the wire are not held against the client."""
_PIECES = 10
"""Pieces a slow body is sent in."""
_REMEMBERED = 100_000
"""Openings of prompts that the cache holds."""


@dataclass(frozen=True)
class AskedOf:
    """A request that came in. Header names are in lower case."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]


class ScriptedEndpoint:
    """A model server in a thread, for as long as a ``with`` block lasts; clients go to ``url``.

    >>> with ScriptedEndpoint(latency=0.05, faults={"429": 0.2, "reset": 0.01}, limits=RateLimits(requests=600)) as model:
    ...     Summariser("m", base_url=model.url).summarise(text)  # doctest: +SKIP

    ``script`` says what good answers are; by default `truthful` ones about the texts of `documents`. ``faults`` are shares
    of requests that go wrong in a way that `FAULTS` names; a 429 among them asks for ``retry_after`` seconds. ``only_429``
    are two times in seconds since the first request, between which nothing is answered. ``key``, where given, must be sent;
    ``models``, where given, are the only ones there are; after ``credit`` answers the account is empty.

    Whether a request goes wrong and how long it takes is decided by ``seed``, its body and how often it came in before, so
    that order and concurrency change nothing.

    ``counters`` counts what came in; ``asked`` keeps the requests themselves, unless ``remember`` is off.
    """

    def __init__(
        self,
        script: Script = truthful,
        *,
        seed: int = 0,
        latency: Latency = 0.0,
        limits: RateLimits | None = None,
        faults: Mapping[str, float] | None = None,
        retry_after: float = 1.0,
        only_429: tuple[float, float] | None = None,
        key: str | None = None,
        models: Sequence[str] | None = None,
        credit: int | None = None,
        batches: BatchScript | None = None,
        port: int = 0,
        remember: bool = True,
    ) -> None:
        unknown = sorted(set(faults or {}) - set(FAULTS))
        if unknown:
            raise ValueError(f"no such fault: {', '.join(map(repr, unknown))}; there are {', '.join(FAULTS)}")
        self._script = script
        self._seed = seed
        self._latency = latency
        self._limits = limits
        self._faults = dict(faults or {})
        self._retry_after = retry_after
        self._only_429 = only_429
        self._key = key
        self._models = models
        self._credit = credit
        self._remember = remember
        self._turn = 0
        self._cached: set[int] = set()
        self._waits: dict[int, float] = {}
        self._wait: tuple[float, float] = (0.0, 0.0)
        self._started = 0.0
        self._limiter: Limiter | None = None
        self._broken: BaseException | None = None
        self.asked: list[AskedOf] = []
        self.counters = Counters()
        self.batches = Batches(batches or BatchScript(), self._good, seed=seed)
        self.loop = asyncio.new_event_loop()
        self._connections: set[_Connection] = set()
        self._socket = socket.create_server(("127.0.0.1", port), backlog=4096)
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/v1"
        self._thread: threading.Thread | None = None
        self._serving = threading.Event()

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """The bodies of the requests."""
        return [asked.body for asked in self.asked]

    def run(self) -> None:
        """Serve in this thread until `stop` is called."""
        asyncio.set_event_loop(self.loop)
        self._started = self.loop.time()
        if self._limits is not None:
            self._limiter = Limiter(self._limits, 0.0)
        server = self.loop.run_until_complete(
            self.loop.create_server(lambda: _Connection(self, self._connections), sock=self._socket)
        )
        self.loop.call_soon(self._serving.set)
        try:
            self.loop.run_forever()
        finally:
            server.close()
            for connection in list(self._connections):
                connection.close()
            self.loop.run_until_complete(asyncio.sleep(0))
            self.loop.close()

    def stop(self) -> None:
        """End `run`; from any thread."""
        self.loop.call_soon_threadsafe(self.loop.stop)

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.run, daemon=True, name="scripted endpoint")
        self._thread.start()
        self._serving.wait()  # a block that ends at once must not stop the loop before it runs
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.stop()
        if self._thread is not None:
            self._thread.join()
        if kind is None and self._broken is not None:
            raise self._broken

    # What is answered

    def respond(self, method: str, target: str, headers: dict[str, str], content: bytes) -> tuple[Answer, bool]:
        """The answer to a request, and whether it was one for a completion, which counts as in flight until it is sent."""
        parts = urlsplit(target)
        path = parts.path.removeprefix("/v1")
        if path == "/_counters":
            return Answer(body=self.counters.summary()), False
        if path == "/_reset":
            self.counters = Counters()
            return Answer(body={}), False
        if self._key is not None and headers.get("authorization") != f"Bearer {self._key}":
            if path.endswith("/chat/completions"):
                self._came_in(content)
                return self._counted("401", WRONG_KEY), True
            return WRONG_KEY, False
        if method == "POST" and path.endswith("/chat/completions"):
            try:
                body = json.loads(content)
            except ValueError:
                return failure(400, "We could not parse the JSON body of your request."), False
            if self._remember:
                self.asked.append(AskedOf(parts.path, headers, body))
            return self._complete(body, content), True
        if method == "GET" and path == "/models":
            data = [{"id": name, "object": "model", "created": 0, "owned_by": "scripted"} for name in self._names()]
            return Answer(body={"object": "list", "data": data}), False
        if method == "GET" and (name := path.removeprefix("/models/")) in self._names():
            return Answer(body={"id": name, "object": "model", "created": 0, "owned_by": "scripted"}), False
        found = self.batches.respond(method, path, dict(parse_qsl(parts.query)), headers, content)
        return found or failure(404, f"Invalid URL ({method} {parts.path})"), False

    def _names(self) -> Sequence[str]:
        return (MODEL,) if self._models is None else self._models

    def _now(self) -> float:
        return self.loop.time() - self._started

    def _came_in(self, content: bytes) -> tuple[int, int, float]:
        now = self._now()
        mark = fingerprint_of(content)
        before = self.counters.came_in(mark, now)
        told_at, until = self._wait
        if told_at + _GRACE < now < until:
            self.counters.early += 1
        if now < self._waits.pop(mark, 0.0):
            self.counters.early_same += 1
        return mark, before, now

    def _counted(self, outcome: str, answer: Answer) -> Answer:
        self.counters.outcomes[outcome] += 1
        if outcome != "200" and self.counters.refused is None:
            self.counters.refused = self._now()
        return answer

    def _complete(self, body: dict[str, Any], content: bytes) -> Answer:
        mark, before, now = self._came_in(content)
        if self._models is not None and body.get("model") not in self._models:
            return self._counted("404", unknown_model(body.get("model")))
        start, end = self._only_429 or (0.0, 0.0)
        if start <= now - (self.counters.first or 0.0) < end:
            return self._counted("429", self._held(mark, now, rate_limited(self._retry_after)))
        if self._credit is not None and sum(self.counters.paid.values()) >= self._credit:
            return self._counted("empty-account", EMPTY_ACCOUNT)
        chance = random.Random(f"{self._seed} {mark} {before}") if self._faults or callable(self._latency) else None
        fault = self._fault(chance) if chance is not None else None
        if fault == "429":
            return self._counted("429", self._held(mark, now, rate_limited(self._retry_after)))
        good = self._good(body)
        told: dict[str, str] = {}
        if self._limiter is not None:
            over = self._limiter.admit(self._weight(body, good), now)
            told = self._limiter.headers()
            if over is not None:
                what, wait = over
                return self._counted("429", self._held(mark, now, rate_limited(wait, what=what, headers=told)))
        answer = good if fault is None else with_fault(fault, good)
        if answer.status < 400 and not (answer.drop or answer.reset):
            self._pay(mark, good)
        if told:
            answer = replace(answer, headers={**told, **answer.headers})
        seconds = self._latency
        if callable(seconds):
            assert chance is not None
            seconds = seconds(chance)
        if not answer.delay and seconds:
            answer = replace(answer, delay=seconds)
        return self._counted(fault or ("drop" if answer.drop else str(answer.status)), answer)

    def _fault(self, chance: random.Random) -> str | None:
        fate = chance.random()
        for name, share in self._faults.items():
            if fate < share:
                return name
            fate -= share
        return None

    def _held(self, mark: int, now: float, answer: Answer) -> Answer:
        """Remember for how long nobody should ask."""
        until = now + float(answer.headers["retry-after"])
        self._waits[mark] = until
        if until > self._wait[1]:
            # Who is told while a wait is running cannot be blamed for not having heard of the longer one.
            self._wait = (self._wait[0] if now < self._wait[1] else now, until)
        return answer

    def _good(self, body: dict[str, Any]) -> Answer:
        try:
            if callable(self._script):
                said = self._script(body)
            else:
                said = self._script[min(self._turn, len(self._script) - 1)]
                self._turn += 1
        except Exception as error:
            self._broken = error
            return failure(500, f"the script failed: {error!r}", kind="server_error")
        if not isinstance(said, str):
            return said
        return completion(said, usage=self._usage(body, said))

    def _usage(self, body: dict[str, Any], text: str) -> dict[str, Any]:
        """Tokens by the length of the texts; an opening that came in before is cached."""
        contents = [str(message.get("content")) for message in body.get("messages", ())]
        opening = "".join(contents[:-1])
        asked = (len(opening) + len(contents[-1] if contents else "")) // _CHARACTERS_A_TOKEN
        tokens = len(opening) // _CHARACTERS_A_TOKEN
        cached = 0
        if tokens >= _CACHED_FROM:
            mark = hash(opening)
            if mark in self._cached:
                cached = tokens // _CACHED_BY * _CACHED_BY
            elif len(self._cached) < _REMEMBERED:
                self._cached.add(mark)
        said = len(text) // _CHARACTERS_A_TOKEN
        return {
            "prompt_tokens": asked,
            "completion_tokens": said,
            "total_tokens": asked + said,
            "prompt_tokens_details": {"cached_tokens": cached},
        }

    def _weight(self, body: dict[str, Any], good: Answer) -> float:
        assert self._limits is not None
        usage = good.body.get("usage", {}) if isinstance(good.body, dict) else {}
        prompt = usage.get("prompt_tokens", 0)
        if self._limits.weighs == "asks":
            return float(max(prompt, body.get("max_completion_tokens") or body.get("max_tokens") or 0))
        return float(prompt + usage.get("completion_tokens", 0))

    def _pay(self, mark: int, good: Answer) -> None:
        counters = self.counters
        counters.paid[mark] = counters.paid.get(mark, 0) + 1
        usage = good.body.get("usage") if isinstance(good.body, dict) else None
        if usage:
            counters.input_tokens += usage.get("prompt_tokens", 0)
            counters.output_tokens += usage.get("completion_tokens", 0)
            counters.cached_tokens += usage.get("prompt_tokens_details", {}).get("cached_tokens", 0)


class _Connection(asyncio.Protocol):
    """HTTP/1.1 with bodies of known or chunked length: all that clients of model servers speak, at little cost."""

    _transport: asyncio.Transport

    def __init__(self, endpoint: ScriptedEndpoint, connections: set[_Connection]) -> None:
        self._endpoint = endpoint
        self._connections = connections
        self._buffer = bytearray()
        self._busy = False
        self._head: tuple[str, str, dict[str, str]] | None = None
        self._later: asyncio.TimerHandle | None = None
        self._counted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._connections.add(self)
        self._endpoint.counters.connections += 1

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 -- the protocol's signature
        self._connections.discard(self)
        if self._later is not None:
            self._later.cancel()
        self._done()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        self._next()

    def close(self) -> None:
        """Hang up."""
        self._transport.abort()

    def _next(self) -> None:
        """Take the next request, if it is all there and the last one is answered."""
        if self._busy or (content := self._read()) is None:
            return
        assert self._head is not None
        (method, target, headers), self._head = self._head, None
        self._busy = True
        answer, self._counted = self._endpoint.respond(method, target, headers, content)
        if answer.delay:
            self._later = self._endpoint.loop.call_later(answer.delay, self._send, answer)
        else:
            self._send(answer)

    def _read(self) -> bytes | None:
        buffer = self._buffer
        if self._head is None:
            end = buffer.find(b"\r\n\r\n")
            if end < 0:
                return None
            first, *lines = buffer[:end].decode("latin-1").split("\r\n")
            method, target, _ = first.split(" ", 2)
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            del buffer[: end + 4]
            self._head = method, target, headers
            if headers.get("expect", "").lower() == "100-continue":
                self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        headers = self._head[2]
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return self._read_chunks()
        length = int(headers.get("content-length", 0))
        if len(buffer) < length:
            return None
        content = bytes(buffer[:length])
        del buffer[:length]
        return content

    def _read_chunks(self) -> bytes | None:
        parts, at = list[bytes](), 0
        while (end := self._buffer.find(b"\r\n", at)) >= 0:
            length = int(bytes(self._buffer[at:end]).split(b";")[0], 16)
            if len(self._buffer) < end + 4 + length:
                return None
            parts.append(bytes(self._buffer[end + 2 : end + 2 + length]))
            at = end + 4 + length
            if length == 0:
                del self._buffer[:at]
                return b"".join(parts)
        return None

    def _send(self, answer: Answer) -> None:
        self._later = None
        if answer.drop or answer.reset:
            if answer.reset:
                # Lingering for no time at all makes the system send RST instead of FIN.
                with contextlib.suppress(OSError):
                    self._transport.get_extra_info("socket").setsockopt(
                        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
                    )
            self._transport.abort() if answer.reset else self._transport.close()
            return
        content = answer.content()
        lines = [f"HTTP/1.1 {answer.status} {_reason(answer.status)}"]
        headers = {"content-type": "application/json", "content-length": str(len(content)), **answer.headers}
        lines += [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        if answer.cut is not None:
            self._transport.write(head + content[: int(len(content) * answer.cut)])
            self._transport.close()
        elif answer.slow:
            self._transport.write(head)
            size = max(1, -(-len(content) // _PIECES))
            self._trickle([content[at : at + size] for at in range(0, len(content), size)], answer.slow / _PIECES)
        else:
            self._transport.write(head + content)
            self._finish()

    def _trickle(self, pieces: list[bytes], pause: float) -> None:
        if not pieces:
            self._finish()
            return
        self._transport.write(pieces[0])
        self._later = self._endpoint.loop.call_later(pause, self._trickle, pieces[1:], pause)

    def _finish(self) -> None:
        self._done()
        self._busy = False
        if self._buffer:
            self._next()

    def _done(self) -> None:
        if self._counted:
            self._endpoint.counters.in_flight -= 1
            self._counted = False


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"


def latency(said: str) -> Latency:
    """Read a latency: ``0.05``, ``uniform:0.02,0.1``, ``exponential:0.05`` (mean) or ``lognormal:0.05,0.5`` (median, sigma).

    Raises:
        ValueError: it is none of these.
    """
    import math

    name, colon, rest = said.partition(":")
    if not colon:
        return float(said)
    numbers = [float(number) for number in rest.split(",")]
    match name, numbers:
        case "uniform", [low, high]:
            return lambda chance: chance.uniform(low, high)
        case "exponential", [mean]:
            return lambda chance: chance.expovariate(1 / mean)
        case "lognormal", [median, sigma]:
            return lambda chance: chance.lognormvariate(math.log(median), sigma)
        case _:
            raise ValueError(
                f"no latency: {said!r}; expected seconds, uniform:a,b, exponential:mean or lognormal:median,sigma"
            )


def _share(said: str) -> tuple[str, float]:
    name, _, share = said.partition("=")
    return name, float(share or 1)


def _span(said: str) -> tuple[float, float]:
    start, _, end = said.partition(":")
    return float(start), float(end)


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve as a process of its own."""
    parser = argparse.ArgumentParser(prog="python -m summariser.testing", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 is any that is free")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--latency", type=latency, default=0.0, help=latency.__doc__)
    parser.add_argument("--rpm", type=float, help="requests a minute")
    parser.add_argument("--tpm", type=float, help="tokens a minute")
    parser.add_argument("--burst", type=float, default=60.0, help="seconds' worth of an allowance that can be saved up")
    parser.add_argument("--weighs", choices=["uses", "asks"], default="uses", help="what a request counts for in --tpm")
    parser.add_argument(
        "--fault", type=_share, action="append", default=[], metavar="NAME=SHARE", help=", ".join(FAULTS)
    )
    parser.add_argument("--retry-after", type=float, default=1.0, help="seconds that a scripted 429 asks for")
    parser.add_argument("--only-429", type=_span, metavar="FROM:TO", help="seconds in which nothing is answered")
    parser.add_argument("--key", help="the key that must be sent")
    parser.add_argument("--credit", type=int, help="answers until the account is empty")
    parser.add_argument("--polls", type=int, default=1, help="how often a batch is looked up before it ends")
    options = parser.parse_args(arguments)
    endpoint = ScriptedEndpoint(
        seed=options.seed,
        latency=options.latency,
        limits=RateLimits(options.rpm, options.tpm, options.burst, options.weighs)
        if options.rpm or options.tpm
        else None,
        faults=dict(options.fault),
        retry_after=options.retry_after,
        only_429=options.only_429,
        key=options.key,
        credit=options.credit,
        batches=BatchScript(polls=options.polls),
        port=options.port,
        remember=False,
    )
    for name in (signal.SIGINT, signal.SIGTERM):
        endpoint.loop.add_signal_handler(name, endpoint.loop.stop)
    sys.stdout.write(f"{endpoint.url}\n")
    sys.stdout.flush()
    endpoint.run()
    return 0
