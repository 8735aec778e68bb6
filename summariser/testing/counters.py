"""What came in at a scripted endpoint, counted."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

__all__ = ["Counters", "fingerprint_of"]


def fingerprint_of(content: bytes) -> int:
    """A number that stands for the bytes of a body."""
    return int.from_bytes(blake2b(content, digest_size=8).digest(), "big")


@dataclass
class Counters:
    """Requests for completions, by what became of them. Times are seconds since the endpoint was started."""

    requests: int = 0
    outcomes: Counter[str] = field(default_factory=Counter[str])
    """By name: "200", "429", "401" and other statuses, or the fault."""
    asked: dict[int, int] = field(default_factory=dict[int, int])
    """How often each body came in, by `fingerprint_of` it."""
    paid: dict[int, int] = field(default_factory=dict[int, int])
    """How often each body was accepted and its answer paid for, whether the answer arrived or not."""
    most_in_flight: int = 0
    in_flight: int = 0
    connections: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    early: int = 0
    """Requests that came in while a Retry-After was running, whoever had been told to wait, later than the grace."""
    early_same: int = 0
    """Of these, requests with the body whose 429 asked for the wait: unlike the others they cannot have been on the way."""
    first: float | None = None
    last: float = 0.0
    refused: float | None = None
    """When the first request came in that got no good answer."""

    @property
    def distinct(self) -> int:
        """Different bodies that came in."""
        return len(self.asked)

    @property
    def repaid(self) -> int:
        """Answers paid for beyond the first to each body."""
        return sum(self.paid.values()) - len(self.paid)

    def came_in(self, fingerprint: int, now: float) -> int:
        """Count a request; how often its body came in before."""
        self.requests += 1
        self.first = now if self.first is None else self.first
        self.last = now
        before = self.asked.get(fingerprint, 0)
        self.asked[fingerprint] = before + 1
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        return before

    def summary(self) -> dict[str, Any]:
        """The counts as JSON has them, without the single bodies."""
        kept = {name: value for name, value in vars(self).items() if name not in ("asked", "paid")}
        paid = sum(self.paid.values())
        return {**kept, "outcomes": dict(self.outcomes), "distinct": self.distinct, "paid": paid, "repaid": self.repaid}
