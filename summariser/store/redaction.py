"""What must not be on the disk: keys, tokens, cookies and the ids of organisations."""

from __future__ import annotations

import copy
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from summariser.settings import KEY_SHAPED, masked
from summariser.store.recording import Encoding

__all__ = ["REDACTED", "SECRET_QUERY", "kept_headers", "leaks", "redact", "redacted_body", "secrets_of", "streamed"]

REDACTED = "[redacted]"

_KEPT_HEADERS = re.compile(r"content-type|retry-after(-ms)?|x-ratelimit-.+|x-should-retry|x-request-id", re.IGNORECASE)
_SECRET_HEADERS = re.compile(
    r"(proxy-)?authorization|cookie|(x-)?(goog-)?(api-)?key|api_?key|x-auth-token|openai-(organization|project)",
    re.IGNORECASE,
)
SECRET_QUERY = re.compile(r"key|token|secret|sig|auth|code|password", re.IGNORECASE)
"""Parameters of an address that are none of its business."""
_SECRET_FIELD = re.compile(
    r"(x[-_])?api[-_]?key|(access|refresh|auth|session)[-_]?token|client[-_]?secret|authorization|password|cookie",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"(bearer|basic|token|api-key)\s+", re.IGNORECASE)
_SHORTEST = 8
"""Characters of a secret. A shorter one ("none", "test") would black out innocent words."""

_Path = tuple[Any, ...]


def redact(value: Any, secrets: Collection[str] = ()) -> Any:
    """The same value with everything masked, at any depth, that has the shape or the name of a key.

    ``secrets`` are masked wherever they stand, whatever their shape.
    """
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, REDACTED)
        return masked(value)
    if isinstance(value, list):
        return [redact(item, secrets) for item in value]
    if isinstance(value, dict):
        return {
            redact(name, secrets): REDACTED if _named_secret(name, item) else redact(item, secrets)
            for name, item in value.items()
        }
    return value


def redacted_body(body: Any, encoding: Encoding, secrets: Collection[str] = ()) -> Any:
    """`redact` for the body of a response. In a stream of events a key may be spread over the pieces of a text."""
    return _redacted_events(body, secrets) if encoding == "events" else redact(body, secrets)


def streamed(events: list[dict[str, Any]]) -> dict[str, str]:
    """What a stream of events says in all, by place: how it was cut into pieces makes no difference."""
    return {
        ".".join(map(str, path)): "".join(str(holder[name]) for holder, name in pieces)
        for path, pieces in _pieces(events).items()
    }


def secrets_of(headers: Mapping[str, str]) -> tuple[str, ...]:
    """The secrets among the headers of a request: they must not come back in an answer, either."""
    values = (_SCHEME.sub("", value, count=1) for name, value in headers.items() if _SECRET_HEADERS.fullmatch(name))
    return tuple(value for value in values if len(value) >= _SHORTEST)


def kept_headers(headers: Mapping[str, str], secrets: Collection[str] = ()) -> dict[str, str]:
    """The headers of a response that count when it is replayed; all others stay off the disk."""
    return {name.lower(): redact(value, secrets) for name, value in headers.items() if _KEPT_HEADERS.fullmatch(name)}


def leaks(value: Any, where: str = "") -> Iterator[str]:
    """The places in a value where something has the shape or the name of a key; what it is, is not repeated."""
    if isinstance(value, str):
        if masked(value) != value:
            yield where
    elif isinstance(value, list):
        for at, item in enumerate(value):
            yield from leaks(item, f"{where}[{at}]")
    elif isinstance(value, dict):
        for name, item in value.items():
            place = f"{where}.{masked(name)}" if where else masked(name)
            if masked(name) != name or (_named_secret(name, item) and item != REDACTED):
                yield place
            else:
                yield from leaks(item, place)


def _redacted_events(events: list[dict[str, Any]], secrets: Collection[str] = ()) -> list[dict[str, Any]]:
    events = copy.deepcopy(events)
    for pieces in _pieces(events).values():
        text = "".join(holder[name] for holder, name in pieces)
        patterns = [KEY_SHAPED, *(re.compile(re.escape(secret)) for secret in secrets)]
        spans = [found.span() for pattern in patterns for found in pattern.finditer(text)]
        end = 0
        for holder, name in pieces if spans else ():
            start, end = end, end + len(holder[name])
            holder[name] = _without(spans, text, start, end)
    return [redact(event, secrets) for event in events]


def _named_secret(name: str, value: Any) -> bool:
    return isinstance(value, str) and bool(value) and _SECRET_FIELD.fullmatch(name) is not None


def _pieces(events: list[dict[str, Any]]) -> dict[_Path, list[tuple[Any, Any]]]:
    """The texts of a stream by place, each as what holds it and where."""
    found: dict[_Path, list[tuple[Any, Any]]] = {}

    def walk(holder: Any, path: _Path) -> None:
        for name, value in holder.items() if isinstance(holder, dict) else enumerate(holder):
            if isinstance(value, str):
                found.setdefault((*path, name), []).append((holder, name))
            elif isinstance(value, dict):
                walk(value, (*path, value.get("index", name) if isinstance(name, int) else name))
            elif isinstance(value, list):
                walk(value, (*path, name))

    for event in events:
        walk(event, ())
    return found


def _without(spans: list[tuple[int, int]], text: str, start: int, end: int) -> str:
    """The piece of a text from ``start`` to ``end``, where what the spans cover is masked once, where it begins."""
    kept = []
    for at in range(start, end):
        if any(first == at for first, _ in spans):
            kept.append(REDACTED)
        if not any(first <= at < last for first, last in spans):
            kept.append(text[at])
    return "".join(kept)
