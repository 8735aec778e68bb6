"""What is filed: a request, the responses to it, and the bodies of both as structure."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from summariser.store.differences import Drift

__all__ = [
    "FAULTS",
    "Asked",
    "Encoding",
    "Fault",
    "Mode",
    "Recorded",
    "Recording",
    "ResponseStore",
    "structure",
]

Mode = Literal["live", "record", "replay", "refresh", "verify"]
Encoding = Literal["json", "events", "text", "base64"]
Fault = Literal[
    "CloseError",
    "ConnectError",
    "ConnectTimeout",
    "PoolTimeout",
    "ProxyError",
    "ReadError",
    "ReadTimeout",
    "RemoteProtocolError",
    "WriteError",
    "WriteTimeout",
]
FAULTS: frozenset[str] = frozenset(Fault.__args__)  # type: ignore[attr-defined] # a Literal has them
"""How a transport fails: names of exceptions that httpx and httpx2 share."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it is filed: ``url`` without secrets, ``body`` as structure when it is JSON."""

    method: str
    url: str
    body: Any


@dataclass(frozen=True, slots=True)
class Recorded:
    """A response as it is filed. ``body`` is structure when ``encoding`` is ``json`` or ``events``."""

    status: int
    """0 when there was none: the connection failed."""
    headers: Mapping[str, str]
    body: Any
    encoding: Encoding
    seconds: float
    """What it took."""
    fault: Fault | None = None
    """How the transport failed after ``body``. A ``ReadTimeout`` with a status is a slow answer: it comes to whoever
    waits longer than ``seconds``."""

    @property
    def good(self) -> bool:
        """Whether it is an answer, and not a failure that is worth asking again."""
        return self.fault is None and 200 <= self.status < 300

    def content(self) -> bytes:
        """The bytes to play."""
        if self.encoding == "json":
            return _compact(self.body).encode("ascii")
        if self.encoding == "events":
            return "".join(map(_event_text, self.body)).encode("utf-8", "surrogatepass")
        if self.encoding == "text":
            return str(self.body).encode()
        return base64.b64decode(self.body)


@dataclass(frozen=True, slots=True)
class Recording:
    """One request and the responses to it, in the order they came."""

    fingerprint: str
    asked: Asked
    responses: tuple[Recorded, ...]
    origin: Mapping[str, str] = field(default_factory=lambda: {"kind": "recorded"})
    """``kind`` is ``recorded`` or ``authored``; ``server`` is what the server calls itself."""


class ResponseStore(Protocol):
    """Where responses are kept."""

    def get(self, fingerprint: str) -> Recording | None:
        """What is filed under a fingerprint."""
        ...

    def put(self, recording: Recording, *, append: bool) -> None:
        """File responses durably, after those that are there or in their place."""
        ...

    def recordings(self) -> Iterator[Recording]:
        """Everything that is filed, in a fixed order."""
        ...

    def drifted(self, drift: Drift) -> None:
        """In mode ``verify``: told what is answered differently now."""
        ...

    @property
    def advice(self) -> str:
        """How to record what is missing, for messages."""
        ...

    def __str__(self) -> str:
        """Where it is, for messages."""
        ...


def structure(content: bytes, *, media: str = "", parse_float: Callable[[str], Any] = float) -> tuple[Any, Encoding]:
    """A body as structure, and how to make it bytes again; ``media`` is its content type.

    A stream of server-sent events is a list with one object per event. What is neither that nor JSON stays text, and what
    is no text is base64.
    """
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return base64.b64encode(content).decode("ascii"), "base64"
    if media.startswith("text/event-stream"):
        return _events(text), "events"
    try:
        return json.loads(text, parse_float=parse_float), "json"
    except ValueError:
        return text, "text"


def _compact(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def _events(text: str) -> list[dict[str, Any]]:
    """Server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html), without comments."""
    *whole, rest = text.replace("\r\n", "\n").replace("\r", "\n").split("\n\n")
    events = [event for block in whole if (event := _event(block))]
    if rest.strip("\n"):
        events.append({"unfinished": rest})
    return events


def _event(block: str) -> dict[str, Any]:
    event: dict[str, Any] = {}
    for line in block.split("\n"):
        name, _, value = line.partition(":")
        if name:
            value = value.removeprefix(" ")
            event[name] = f"{event[name]}\n{value}" if name in event else value
    if "data" in event:
        try:
            data = json.loads(event["data"])
        except ValueError:
            data = None
        if isinstance(data, dict | list):
            event["data"] = data
    return event


def _event_text(event: dict[str, Any]) -> str:
    if "unfinished" in event:
        return str(event["unfinished"])
    lines = []
    for name, value in event.items():
        text = value if isinstance(value, str) else _compact(value)
        lines += [f"{name}: {line}\n" for line in text.split("\n")]
    return "".join(lines) + "\n"
