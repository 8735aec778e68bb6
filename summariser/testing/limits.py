"""Requests and tokens per minute as OpenAI limits and reports them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["RateLimits"]


@dataclass(frozen=True)
class RateLimits:
    """What an endpoint allows a minute; None is no limit.

    Allowances fill up steadily (a token bucket) to ``burst`` seconds' worth, and are full at first. A request weighs the
    tokens that it ``uses``, prompt and answer, or what it ``asks`` for: the greater of its prompt and its limit of tokens,
    as OpenAI documents it.
    """

    requests: float | None = None
    tokens: float | None = None
    burst: float = 60.0
    weighs: Literal["uses", "asks"] = "uses"


class Bucket:
    """An allowance that fills up steadily."""

    def __init__(self, a_minute: float, burst: float, now: float) -> None:
        self.limit = a_minute
        self._rate = a_minute / 60
        self._most = max(1.0, self._rate * burst)
        self._level = self._most
        self._at = now

    def wait(self, amount: float, now: float) -> float:
        """Seconds until that much may be taken; more than fits is let through when all is there."""
        self._level = min(self._most, self._level + (now - self._at) * self._rate)
        self._at = now
        return max(0.0, (min(amount, self._most) - self._level) / self._rate)

    def take(self, amount: float) -> None:
        """Take it."""
        self._level -= amount

    @property
    def remaining(self) -> int:
        """What may be taken now."""
        return max(0, int(self._level))

    @property
    def reset(self) -> float:
        """Seconds until all is there again."""
        return (self._most - self._level) / self._rate


class Limiter:
    """Holds requests to the limits, and says in headers where they stand."""

    def __init__(self, limits: RateLimits, now: float) -> None:
        rates = {"requests": limits.requests, "tokens": limits.tokens}
        self.buckets = {name: Bucket(rate, limits.burst, now) for name, rate in rates.items() if rate is not None}

    def admit(self, tokens: float, now: float) -> tuple[str, float] | None:
        """Let a request through, or say which limit holds it back and for how many seconds. Who is refused takes nothing."""
        amounts = {"requests": 1.0, "tokens": tokens}
        waits = {name: bucket.wait(amounts[name], now) for name, bucket in self.buckets.items()}
        name = max(waits, key=lambda name: waits[name])
        if waits[name] > 0:
            return name, waits[name]
        for kind, bucket in self.buckets.items():
            bucket.take(amounts[kind])
        return None

    def headers(self) -> dict[str, str]:
        """The ``x-ratelimit-*`` headers of a response."""
        told: dict[str, str] = {}
        for name, bucket in self.buckets.items():
            told[f"x-ratelimit-limit-{name}"] = f"{bucket.limit:.0f}"
            told[f"x-ratelimit-remaining-{name}"] = str(bucket.remaining)
            told[f"x-ratelimit-reset-{name}"] = duration(bucket.reset)
        return told


def duration(seconds: float) -> str:
    """A duration in Go's form, as in OpenAI's headers: ``120ms``, ``4m12.172s``, ``23h18m29.144s``."""
    if seconds < 1:
        return f"{round(seconds * 1000)}ms"
    minutes, rest = divmod(round(seconds, 3), 60)
    hours, minutes = divmod(int(minutes), 60)
    said = f"{hours}h" if hours else ""
    return said + (f"{minutes}m" if hours or minutes else "") + f"{rest:.3f}".rstrip("0").rstrip(".") + "s"
