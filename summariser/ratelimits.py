"""What a response says of the provider's limits: how long to wait, how much is allowed, how much is left."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["Allowance", "allowance", "backoff", "retry_after"]

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)", re.IGNORECASE)
_WAIT_IN_WORDS = re.compile(r"(?:try again|retry) (?:in|after) ((?:\d+(?:\.\d+)?\s*(?:ms|s|m|h|d)\s*)+)", re.IGNORECASE)
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def retry_after(headers: Mapping[str, str], message: str = "", *, now: float) -> float | None:
    """Seconds that a response asks to wait, in whatever way it says so; None when it does not.

    ``headers`` has names in lower case or does not mind; ``message`` is the provider's own, which may name the wait;
    ``now`` is in seconds since 1970.
    """
    now = _moment(headers.get("date")) or now
    if (milliseconds := _number(headers.get("retry-after-ms"))) is not None:
        return milliseconds / 1000
    if value := headers.get("retry-after"):
        seconds = _number(value)
        if seconds is not None:
            return seconds
        if (moment := _moment(value)) is not None:
            return max(0.0, moment - now)
    if (seconds := _reset(headers, now)) is not None:
        return seconds
    words = _WAIT_IN_WORDS.search(message)
    return _duration(words[1]) if words else None


def _reset(headers: Mapping[str, str], now: float) -> float | None:
    """When the limits that are used up are reset; all of them where it is not said which are."""
    waits: list[tuple[bool, float]] = []
    for suffix in ("", "-requests", "-tokens"):
        seconds = _until(headers.get(f"x-ratelimit-reset{suffix}"), now)
        if seconds is not None:
            waits.append((_number(headers.get(f"x-ratelimit-remaining{suffix}")) == 0, seconds))
    used_up = [seconds for empty, seconds in waits if empty]
    return max(used_up or [seconds for _, seconds in waits], default=None)


def _until(value: str | None, now: float) -> float | None:
    """Seconds until a reset, which is a number, a duration such as ``1m30s``, or a moment."""
    if not value:
        return None
    seconds = _number(value)
    if seconds is None:
        return _duration(value)
    if seconds > 1e9:  # a moment, in seconds or milliseconds, and not a duration
        return max(0.0, (seconds / 1000 if seconds > 1e11 else seconds) - now)
    return seconds


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a limit: ``limit`` and ``remaining`` in requests or tokens, ``rate`` in those a second."""

    limit: float
    remaining: float
    rate: float


_MINUTE = 60.0


def allowance(headers: Mapping[str, str], of: Literal["requests", "tokens"], *, now: float) -> Allowance | None:
    """What a response says is left of the limit of requests or of tokens; None when it says nothing.

    OpenAI's and Groq's headers name the time until the limit is whole again, so what is used up and that time give the
    rate at which it comes back, whether the limit is one of a minute or of a day
    (https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers). It is never more than the limit a minute:
    some endpoints tell the limit of a minute and what is left of a second.
    """
    limit = _number(headers.get(f"x-ratelimit-limit-{of}"))
    remaining = _number(headers.get(f"x-ratelimit-remaining-{of}"))
    if not limit or remaining is None:
        return None
    seconds = _until(headers.get(f"x-ratelimit-reset-{of}"), now)
    used = limit - remaining
    a_second = limit / _MINUTE
    return Allowance(limit, remaining, min(a_second, used / seconds) if seconds and used > 0 else a_second)


def _number(value: str | None) -> float | None:
    try:
        number = float(value or "")
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None


def _moment(value: str | None) -> float | None:
    try:
        return parsedate_to_datetime(value or "").timestamp()
    except ValueError:
        return None


def _duration(value: str) -> float | None:
    parts = _DURATION.findall(value)
    return sum(float(number) * _UNITS[unit.lower()] for number, unit in parts) if parts else None


_LONGEST_BACKOFF = 60.0
_NO_TIME = 0.5
"""Seconds of a wait that is none: an endpoint that asks for it again and again would be asked for ever."""
_BELIEVED = 3
"""429 in a row that may ask for no time."""


def backoff(count: int, asked_for: float | None) -> float:
    """Seconds to wait after so many 429 in a row: as asked for, but ever longer where no time at all is asked for."""
    if asked_for is None:
        return min(_LONGEST_BACKOFF, 2.0 ** min(count - 1, 6))
    if asked_for >= _NO_TIME or count <= _BELIEVED:
        return asked_for
    return min(_LONGEST_BACKOFF, 2.0 ** min(count - 1 - _BELIEVED, 6))
