"""The response store: every answer on disk before it is used, and answers from disk instead of from the network.

`RecordingTransport` stands below the model client, where a network transport would. It files each response under the
SHA-256 of what was asked (`fingerprint`) in a `ResponseStore`; `FolderStore` is a folder of readable JSON files.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import json
import os
import re
import tempfile
import threading
import time
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol, cast, get_args

import httpx2

from summariser.errors import ConfigurationError, ReplayMissError, StoreError
from summariser.settings import SECONDS_HEADER, masked

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator, Mapping

__all__ = [
    "Asked",
    "FolderStore",
    "Mode",
    "Network",
    "Recorded",
    "Recording",
    "RecordingTransport",
    "ResponseStore",
    "asked_of",
    "fingerprint",
    "kept_headers",
    "redact",
]

Mode = Literal["record", "replay"]
Encoding = Literal["json", "text", "base64"]

VERSION = 1
_DIGITS = 16
"""Hexadecimal digits of the fingerprint in a file's name."""
_NAME = re.compile(rf"[0-9a-f]{{{_DIGITS}}}\.json")

_ANSWERS_ALIKE = frozenset(
    {"user", "safety_identifier", "metadata", "store", "service_tier", "prompt_cache_key", "prompt_cache_retention"}
)
"""Fields of a body that say who asks, or how it is billed and cached. ``stream_options`` is not among them: it decides
whether the response has usage in it."""

_SECRET_QUERY = re.compile(r"key|token|secret|sig|auth|code|password", re.IGNORECASE)
_KEPT_HEADERS = re.compile(r"content-type|retry-after(-ms)?|x-ratelimit-.+|x-should-retry|x-request-id", re.IGNORECASE)
_MOST_DIFFERENCES = 4
_EXCERPT = 24


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as it is filed: ``url`` without secrets, ``body`` as structure when it is JSON."""

    method: str
    url: str
    body: Any


@dataclass(frozen=True, slots=True)
class Recorded:
    """A response as it is filed. ``body`` is structure when ``encoding`` is ``json``; ``seconds`` is what it took."""

    status: int
    headers: Mapping[str, str]
    body: Any
    encoding: Encoding
    seconds: float

    def content(self) -> bytes:
        """The bytes to play."""
        if self.encoding == "json":
            return json.dumps(self.body, separators=(",", ":")).encode("ascii")
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

    def __str__(self) -> str:
        """Where it is, for messages."""
        ...


def fingerprint(asked: Asked) -> str:
    """SHA-256, in hexadecimal, of everything in a request that changes the answer, and of nothing that does not.

    The order of keys, spacing, escapes and 1 for 1.0 make no difference; method, address and every other value do.
    Headers, and with them keys, are no part of it.
    """
    return _digest(replace(asked, body=_canonical(asked.body)))


def redact(value: Any) -> Any:
    """The same value with everything masked, at any depth, that has the shape of a key."""
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, list):
        return [redact(item) for item in value]
    if isinstance(value, dict):
        return {redact(name): redact(item) for name, item in value.items()}
    return value


class FolderStore:
    """A folder with one readable JSON file per request, named by its fingerprint.

    Files are replaced in one step and flushed to the disk before anyone is told; several threads and processes may
    record into one folder.

    Raises:
        StoreError: there is no such folder (unless ``create``), or it holds a JSON file that is no recording.
    """

    def __init__(self, folder: str | Path, *, create: bool = False) -> None:
        self.folder = Path(folder)
        self._lock = threading.Lock()
        try:
            if create:
                self.folder.mkdir(parents=True, exist_ok=True)
            names = sorted(entry.name for entry in os.scandir(self.folder) if entry.name.endswith(".json"))
        except OSError as error:
            hint = "" if create else "; record into it first with mode='record' (--record)"
            raise StoreError(f"no folder of recordings at {str(folder)!r}: {error.strerror}{hint}") from error
        for name in names:
            if not _NAME.fullmatch(name) and not name.startswith("."):
                raise StoreError(f"{str(self.folder / name)!r} is not a recording: move it out of the folder")

    def __str__(self) -> str:
        return str(self.folder)

    def path(self, fingerprint: str) -> Path:
        """The file of a fingerprint."""
        return self.folder / f"{fingerprint[:_DIGITS]}.json"

    def get(self, fingerprint: str) -> Recording | None:
        """What is filed under a fingerprint.

        Raises:
            StoreError: the file is damaged or belongs to another request.
        """
        path = self.path(fingerprint)
        recording = _load(path)
        if recording is not None and recording.fingerprint != fingerprint:
            raise StoreError(f"{str(path)!r} holds the recording of another request: its name is not its fingerprint's")
        return recording

    def put(self, recording: Recording, *, append: bool) -> None:
        """File responses durably, after those that are there or in their place.

        Raises:
            StoreError: the folder cannot be written, or what is there is damaged.
        """
        with self._lock, _locked(self.folder):
            there = self.get(recording.fingerprint) if append else None
            responses = (*there.responses, *recording.responses) if there else recording.responses
            _save(self.path(recording.fingerprint), _dump(recording, responses))

    def recordings(self) -> Iterator[Recording]:
        """Everything in the folder, by name."""
        for path in sorted(self.folder.glob("*.json")):
            if _NAME.fullmatch(path.name) and (recording := _load(path)):
                yield recording


class RecordingTransport(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """A transport that records what an inner transport answers, or plays it back.

    ``record``: what has a good answer in the store is answered from there, so that nothing is paid for twice;
    everything else is asked, and is on disk before it is handed on. ``replay``: nothing but the store answers, in the
    recorded order, the last one for ever. ``inner`` makes the transport to record from, and is not called in replay.

    Raises:
        ConfigurationError: no such mode, or nothing to record from.
        ReplayMissError: (when asked, in replay) nothing is recorded for the request.
        StoreError: (when asked) the store cannot be read or written.
    """

    def __init__(
        self,
        store: ResponseStore,
        *,
        mode: Mode,
        inner: Callable[[], _Transport] | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        if mode not in get_args(Mode):
            raise ConfigurationError(f"no recording mode {mode!r}: expected 'record' or 'replay'")
        if mode == "record" and inner is None:
            raise ConfigurationError("mode 'record' needs a transport to record from")
        self._store = store
        self._mode = mode
        self._make = inner
        self._clock = clock
        self._lock = threading.Lock()
        self._played: dict[str, int] = {}
        """How many responses to a request this transport has played or recorded."""

    @cached_property
    def _inner(self) -> _Transport:
        assert self._make is not None
        return self._make()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer from the store, or record the inner transport's answer."""
        asked, mark = asked_of(request, request.read())
        if response := self._from_store(asked, mark):
            return response
        start = self._clock()
        response = self._inner.handle_request(request)
        try:
            response.read()
        finally:
            response.close()
        return self._record(asked, mark, response, self._clock() - start)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Like `handle_request`; what is flushed to the disk is flushed in a thread."""
        asked, mark = asked_of(request, await request.aread())
        if response := self._from_store(asked, mark):
            return response
        start = self._clock()
        response = await self._inner.handle_async_request(request)
        try:
            await response.aread()
        finally:
            await response.aclose()
        return await asyncio.to_thread(self._record, asked, mark, response, self._clock() - start)

    def close(self) -> None:
        """Close the inner transport, if one was made."""
        if "_inner" in self.__dict__:
            self._inner.close()

    async def aclose(self) -> None:
        """Like `close`, for the inner transport's asynchronous half."""
        if "_inner" in self.__dict__:
            await self._inner.aclose()

    def _from_store(self, asked: Asked, mark: str) -> httpx2.Response | None:
        recording = self._store.get(mark)
        if self._mode == "record":
            if recording is None or not _good(recording.responses[-1]):
                return None
            return _play(recording.responses[-1])
        if recording is None:
            raise _MissError(self._store, asked)
        with self._lock:
            turn = self._played.get(mark, 0)
            self._played[mark] = turn + 1
        return _play(recording.responses[min(turn, len(recording.responses) - 1)])

    def _record(self, asked: Asked, mark: str, response: httpx2.Response, seconds: float) -> httpx2.Response:
        recorded = _recorded(response, seconds)
        origin = {"kind": "recorded"}
        if server := response.headers.get("server"):
            origin["server"] = redact(server)
        with self._lock:
            # What an earlier run recorded here ended in a failure, or it would have been the answer: start afresh, so
            # that a replay does not fail where this run goes on.
            append = mark in self._played
            self._played[mark] = self._played.get(mark, 0) + 1
        self._store.put(Recording(mark, asked, (recorded,), origin), append=append)
        return httpx2.Response(
            response.status_code,
            headers=[*_forwarded(response), (SECONDS_HEADER, str(recorded.seconds))],
            content=response.content,
        )


class Network(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """The network, through the proxies of the environment: what recordings of a server are made from."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._client: httpx2.Client | None = None
        self._aclient: tuple[asyncio.AbstractEventLoop, httpx2.AsyncClient] | None = None

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request."""
        with self._lock:
            if self._client is None:
                self._client = httpx2.Client()
            client = self._client
        return client.send(request, stream=True)

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request. Connections belong to the event loop they were opened in."""
        loop = asyncio.get_running_loop()
        with self._lock:
            if self._aclient is None or self._aclient[0] is not loop:
                self._aclient = loop, httpx2.AsyncClient()
            client = self._aclient[1]
        return await client.send(request, stream=True)

    def close(self) -> None:
        """Close the connections of `handle_request`."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    async def aclose(self) -> None:
        """Close the connections of `handle_async_request`."""
        with self._lock:
            client, self._aclient = self._aclient, None
        if client is not None:
            await client[1].aclose()


class _Transport(Protocol):
    def handle_request(self, request: httpx2.Request, /) -> httpx2.Response: ...
    async def handle_async_request(self, request: httpx2.Request, /) -> httpx2.Response: ...
    def close(self) -> None: ...
    async def aclose(self) -> None: ...


class _MissError(ReplayMissError):
    """Looks for the nearest recording when its message is read: a caller may have other ways to ask, and try many."""

    def __init__(self, store: ResponseStore, asked: Asked) -> None:
        super().__init__()
        self._store = store
        self._asked = asked

    @cached_property
    def _message(self) -> str:
        asked = replace(self._asked, body=redact(self._asked.body))
        what = asked.body.get("model") if isinstance(asked.body, dict) else None
        about = f"{asked.method} {asked.url}" + (f", model {what!r}" if what else "")
        how = "record it with mode='record' (--record FOLDER)"
        candidates = [(recording, _differences(recording.asked, asked)) for recording in self._store.recordings()]
        if not candidates:
            return f"nothing is recorded in {str(self._store)!r}, so not this request either ({about}): {how}"
        nearest, (_, differences) = min(candidates, key=lambda candidate: candidate[1][0])
        more = len(differences) - _MOST_DIFFERENCES
        shown = "; ".join(differences[:_MOST_DIFFERENCES]) + (f"; and {more} more" if more > 0 else "")
        return (
            f"nothing is recorded in {str(self._store)!r} for this request ({about}); the nearest recording is "
            f"{nearest.fingerprint[:_DIGITS]}.json and differs in {shown or 'what was redacted'}: {how}"
        )

    def __str__(self) -> str:
        return self._message

    def __reduce__(self) -> tuple[type[ReplayMissError], tuple[str]]:
        return ReplayMissError, (self._message,)


def asked_of(request: httpx2.Request, content: bytes) -> tuple[Asked, str]:
    """A request as it is filed, and its fingerprint."""
    url = request.url
    if url.userinfo or url.fragment:
        url = url.copy_with(username=None, password=None, fragment=None)
    if url.query:
        for name in [name for name in url.params if _SECRET_QUERY.search(name)]:
            url = url.copy_remove_param(name)
    asked = Asked(request.method, str(url), _structure(content, parse_float=_whole)[0])
    return asked, _digest(asked)


def _digest(asked: Asked) -> str:
    """The fingerprint of a request whose body is canonical."""
    body: Any = asked.body
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name not in _ANSWERS_ALIKE}
    canonical = json.dumps([asked.method, asked.url, body], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode("ascii")).hexdigest()


def _structure(content: bytes, *, parse_float: Callable[[str], Any] = float) -> tuple[Any, Encoding]:
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return base64.b64encode(content).decode("ascii"), "base64"
    try:
        return json.loads(text, parse_float=parse_float), "json"
    except ValueError:
        return text, "text"


def _whole(digits: str) -> int | float:
    """A number, as an integer when it is one."""
    number = float(digits)
    return int(number) if number.is_integer() else number


def _canonical(value: Any) -> Any:
    """The same value with whole floats as integers."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_canonical(item) for item in value]
    if isinstance(value, dict):
        return {name: _canonical(item) for name, item in value.items()}
    return value


def _recorded(response: httpx2.Response, seconds: float) -> Recorded:
    body, encoding = _structure(response.content)
    return Recorded(response.status_code, kept_headers(response), redact(body), encoding, round(seconds, 3))


def kept_headers(response: httpx2.Response) -> dict[str, str]:
    """The headers that are kept with a response: those that tell how to read it and how long to wait."""
    return {name.lower(): redact(value) for name, value in response.headers.items() if _KEPT_HEADERS.fullmatch(name)}


def _forwarded(response: httpx2.Response) -> list[tuple[str, str]]:
    """The headers that still hold once the body is decoded and whole."""
    gone = ("content-encoding", "content-length", "transfer-encoding")
    return [(name, value) for name, value in response.headers.multi_items() if name.lower() not in gone]


def _play(recorded: Recorded) -> httpx2.Response:
    headers = {**recorded.headers, SECONDS_HEADER: str(recorded.seconds)}
    return httpx2.Response(recorded.status, headers=headers, content=recorded.content())


def _good(recorded: Recorded) -> bool:
    return 200 <= recorded.status < 300


def _dump(recording: Recording, responses: tuple[Recorded, ...]) -> bytes:
    stored = {
        "version": VERSION,
        "fingerprint": recording.fingerprint,
        "origin": dict(recording.origin),
        "request": {
            "method": recording.asked.method,
            "url": recording.asked.url,
            "body": redact(recording.asked.body),
        },
        "responses": [
            {
                "status": recorded.status,
                "headers": dict(recorded.headers),
                "encoding": recorded.encoding,
                "body": recorded.body,
                "seconds": recorded.seconds,
            }
            for recorded in responses
        ],
    }
    # Keys are not sorted: the properties of a JSON schema have a meaningful order, and so has what a model writes.
    try:
        return json.dumps(stored, indent=1, ensure_ascii=False).encode() + b"\n"
    except UnicodeEncodeError:  # half of a surrogate pair, which models do write
        return json.dumps(stored, indent=1).encode() + b"\n"


def _load(path: Path) -> Recording | None:
    try:
        with path.open(encoding="utf-8") as file:
            stored = json.load(file)
        if stored["version"] != VERSION:
            raise StoreError(
                f"{str(path)!r} is a recording of version {stored['version']!r}, and this is version {VERSION}: "
                "record it again"
            )
        request = stored["request"]
        responses = tuple(
            Recorded(
                int(response["status"]),
                {str(name): str(value) for name, value in response["headers"].items()},
                response["body"],
                _encoding(response["encoding"]),
                float(response["seconds"]),
            )
            for response in stored["responses"]
        )
        if not responses:
            raise ValueError("it has no response")
        asked = Asked(str(request["method"]), str(request["url"]), request["body"])
        return Recording(str(stored["fingerprint"]), asked, responses, dict(stored["origin"]))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"cannot read {str(path)!r}: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(f"{str(path)!r} is damaged or no recording ({error!r}): delete it and record again") from error


def _encoding(name: str) -> Encoding:
    if name in get_args(Encoding):
        return cast("Encoding", name)
    raise ValueError(f"no such encoding: {name!r}")


def _save(path: Path, content: bytes) -> None:
    """Replace a file in one step, with its bytes on the disk."""
    try:
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.stem}.", suffix=".tmp")
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.chmod(temporary, 0o644)
            os.replace(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(temporary)
            raise
    except OSError as error:
        raise StoreError(f"cannot write {str(path)!r}: {error.strerror}") from error
    _flush_names(path.parent)


def _flush_names(folder: Path) -> None:
    """Put the folder's list of names on the disk, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def _locked(folder: Path) -> Generator[None]:
    """Keep other processes from changing files in the folder, where the system has such locks."""
    try:
        import fcntl
    except ImportError:  # Windows: two processes that record the same request at once keep one of the responses
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _differences(recorded: Asked, asked: Asked) -> tuple[tuple[int, int], list[str]]:
    """How far apart two requests are, and in which fields."""
    found: list[tuple[str, int]] = []
    if recorded.method != asked.method or recorded.url != asked.url:
        found.append((f"the address ({recorded.url} is recorded, {asked.url} asked)", 1_000_000))
    _compare(recorded.body, asked.body, "", found)
    return (len(found), sum(weight for _, weight in found)), [text for text, _ in found]


def _compare(old: Any, new: Any, where: str, found: list[tuple[str, int]]) -> None:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in [*new, *(name for name in old if name not in new)]:
            if not where and name in _ANSWERS_ALIKE:
                continue
            path = f"{where}.{name}" if where else name
            if name not in old:
                found.append((f"{path} (not in the recording)", 1000))
            elif name not in new:
                found.append((f"{path} (only in the recording)", 1000))
            else:
                _compare(old[name], new[name], path, found)
    elif isinstance(old, list) and isinstance(new, list):
        if len(old) != len(new):
            found.append((f"{where} ({len(old)} recorded, {len(new)} asked)", 10_000))
        for number, (one, other) in enumerate(zip(old, new, strict=False)):
            _compare(one, other, f"{where}[{number}]", found)
    elif isinstance(old, str) and isinstance(new, str):
        if old != new:
            at = _agreement(old, new)
            place = f"from character {at}: " if at else ""
            excerpts = f"{_excerpt(old, at)} is recorded, {_excerpt(new, at)} asked"
            found.append((f"{where} ({place}{excerpts})", max(len(old), len(new)) - at))
    elif _canonical(old) != _canonical(new) or isinstance(old, bool) != isinstance(new, bool):
        found.append((f"{where} ({_short(old)} is recorded, {_short(new)} asked)", 10))


def _agreement(one: str, other: str) -> int:
    """How many characters two texts have in common at their beginnings."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _excerpt(text: str, at: int) -> str:
    start = max(0, at - _EXCERPT // 3)
    return repr(("…" if start else "") + text[start : at + _EXCERPT] + ("…" if at + _EXCERPT < len(text) else ""))


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 2 * _EXCERPT else text[: 2 * _EXCERPT] + "…"
