"""Which request is which: everything that changes the answer, and nothing that does not."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import Any

from summariser.store.recording import Asked

__all__ = ["ANSWERS_ALIKE", "canonical", "digest", "fingerprint", "whole"]

ANSWERS_ALIKE = frozenset(
    {
        "metadata",
        "prompt_cache_key",
        "prompt_cache_options",
        "prompt_cache_retention",
        "safety_identifier",
        "service_tier",
        "store",
        "user",
    }
)
"""Fields of a body that say who asks, or how it is billed and cached. ``stream_options`` is not among them: it decides
whether the response has usage in it."""


def fingerprint(asked: Asked) -> str:
    """SHA-256, in hexadecimal, of everything in a request that changes the answer, and of nothing that does not.

    The order of keys, spacing, escapes and 1 for 1.0 make no difference; method, address and every other value do.
    Headers, and with them keys, are no part of it.
    """
    return digest(replace(asked, body=canonical(asked.body)))


def digest(asked: Asked) -> str:
    """The fingerprint of a request whose body is canonical already."""
    body: Any = asked.body
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name not in ANSWERS_ALIKE}
    text = json.dumps([asked.method, asked.url, body], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def whole(digits: str) -> int | float:
    """A number, as an integer when it is one."""
    number = float(digits)
    return int(number) if number.is_integer() else number


def canonical(value: Any) -> Any:
    """The same value with whole floats as integers."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [canonical(item) for item in value]
    if isinstance(value, dict):
        return {name: canonical(item) for name, item in value.items()}
    return value
