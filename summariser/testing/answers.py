"""What a model server can answer: completions, errors in OpenAI's shape, and every way in which an answer goes wrong."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

__all__ = ["FAULTS", "Answer", "completion", "failure", "page", "rate_limited", "tool_call", "with_fault"]

MODEL = "scripted-1"
"""The model that answers say they come from."""
USAGE = {"prompt_tokens": 100, "completion_tokens": 20, "prompt_tokens_details": {"cached_tokens": 64}}


@dataclass(frozen=True)
class Answer:
    """A response, and how it gets onto the wire.

    ``body`` is sent as JSON unless it is text or bytes. ``delay`` is seconds before the first byte, ``slow`` seconds over
    which the body is spread. ``drop`` closes the connection instead of answering and ``reset`` breaks it (TCP RST);
    ``cut`` sends that share of the body and then closes.
    """

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict[str, str])
    delay: float = 0.0
    slow: float = 0.0
    cut: float | None = None
    drop: bool = False
    reset: bool = False

    def content(self) -> bytes:
        """The bytes of the body."""
        if isinstance(self.body, bytes):
            return self.body
        text = self.body if isinstance(self.body, str) else json.dumps(self.body, separators=(",", ":"))
        return text.encode()


def completion(
    text: str | None,
    *,
    finish: str = "stop",
    usage: dict[str, Any] | None = USAGE,
    headers: dict[str, str] | None = None,
    **message: Any,
) -> Answer:
    """A chat completion; ``message`` adds fields to its message."""
    said = {"role": "assistant", "content": text, **message}
    body: dict[str, Any] = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": MODEL,
        "choices": [{"index": 0, "finish_reason": finish, "message": said}],
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
    kind: str = "invalid_request_error",
    headers: dict[str, str] | None = None,
) -> Answer:
    """An error in OpenAI's shape."""
    error = {"message": message, "code": code, "param": param, "type": kind}
    return Answer(status, {"error": error}, headers or {})


def page(status: int = 200) -> Answer:
    """A web page, as proxies and captive portals send."""
    return Answer(status, "<!doctype html><html><body>Welcome</body></html>", {"content-type": "text/html"})


def rate_limited(
    retry_after: float | None = 1.0, *, what: str = "requests", headers: dict[str, str] | None = None
) -> Answer:
    """A 429 that asks to wait that many seconds, or does not say how long."""
    told = headers or {}
    said = f"Rate limit reached for {MODEL} on {what} per min."
    if retry_after is not None:
        milliseconds = math.ceil(retry_after * 1000)
        told = {"retry-after-ms": str(milliseconds), "retry-after": f"{milliseconds / 1000:g}", **told}
        said += f" Please try again in {retry_after:g}s."
    return failure(429, said, code="rate_limit_exceeded", kind=what, headers=told)


WRONG_KEY = failure(
    401, "Incorrect API key provided. You can find your API key in your settings.", code="invalid_api_key"
)
EMPTY_ACCOUNT = failure(
    429,
    "You exceeded your current quota, please check your plan and billing details.",
    code="insufficient_quota",
    kind="insufficient_quota",
)
REJECTED_SCHEMA = failure(
    400,
    "Invalid schema for response_format 'Draft': In context=(), 'additionalProperties' is required to be supplied and to "
    "be false.",
    param="response_format",
)


def unknown_model(model: object) -> Answer:
    """The 404 for a model that is not there."""
    return failure(404, f"The model `{model}` does not exist or you do not have access to it.", code="model_not_found")


def _with_text(answer: Answer, text: str | None, *, finish: str | None = None, **message: Any) -> Answer:
    """A completion that says something else, for the same tokens."""
    (choice, *_) = answer.body["choices"]
    said = {**choice["message"], "content": text, **message}
    choice = {**choice, "finish_reason": finish or choice["finish_reason"], "message": said}
    return replace(answer, body={**answer.body, "choices": [choice]})


def _half(answer: Answer) -> str:
    text = answer.body["choices"][0]["message"]["content"] or ""
    return text[: len(text) // 2]


_SLOW = 1.0
"""Seconds that a slow body takes."""

FAULTS: dict[str, Callable[[Answer], Answer]] = {
    "429": lambda _: rate_limited(),
    "500": lambda _: failure(500, "The server had an error while processing your request.", kind="server_error"),
    "502": lambda _: page(502),
    "503": lambda _: failure(503, "The engine is currently overloaded, please try again later.", kind="server_error"),
    "529": lambda _: failure(529, "Overloaded", kind="overloaded_error"),
    "reset": lambda _: Answer(reset=True),
    "hang-up": lambda _: Answer(drop=True),
    "cut": lambda good: replace(good, cut=0.5),
    "slow": lambda good: replace(good, slow=_SLOW),
    "page": lambda _: page(),
    "empty": lambda good: _with_text(good, ""),
    "prose": lambda good: _with_text(good, "Here is what I think of it."),
    "malformed": lambda good: _with_text(good, _half(good)),
    "truncated": lambda good: _with_text(good, _half(good), finish="length"),
    "wrong-schema": lambda good: _with_text(good, '{"unexpected":true}'),
    "refusal": lambda good: _with_text(good, None, refusal="I'm sorry, I can't help with that."),
    "content-filter": lambda good: _with_text(good, "", finish="content_filter"),
    "too-long": lambda _: failure(
        400,
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 9000 tokens.",
        code="context_length_exceeded",
        param="messages",
    ),
    "wrong-key": lambda _: WRONG_KEY,
    "empty-account": lambda _: EMPTY_ACCOUNT,
    "unknown-model": lambda _: unknown_model(MODEL),
    "rejected-schema": lambda _: REJECTED_SCHEMA,
}
"""Everything that can go wrong by name: what becomes of a good answer."""


def with_fault(name: str, good: Answer, *, retry_after: float = 1.0) -> Answer:
    """What becomes of a good answer when it goes wrong in the way that is named; a 429 asks for a wait.

    Raises:
        KeyError: no such fault.
    """
    return rate_limited(retry_after) if name == "429" else FAULTS[name](good)
