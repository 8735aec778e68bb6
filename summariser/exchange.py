"""What the dialogue asks of a model, and what comes back: plain values, no I/O."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from summariser_schemas.document import whole_characters

if TYPE_CHECKING:
    from pydantic import BaseModel

__all__ = ["Message", "Reply", "Request", "Usage", "choice_of", "is_completion"]


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Request:
    """A question. ``draft`` is the model the answer must fit; its JSON schema is computed once per class."""

    messages: tuple[Message, ...]
    draft: type[BaseModel]
    max_tokens: int
    purpose: str
    """For progress and logs: ``"overview"``, ``"sentence 3"``."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the endpoint reports them; ``None`` where it reports nothing, which is not zero."""

    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None

    @classmethod
    def reported(cls, usage: Any) -> Usage:
        """The ``usage`` of a completion, in OpenAI's form or DeepSeek's."""
        if not isinstance(usage, dict):
            return cls()
        details = usage.get("prompt_tokens_details")
        cached = details.get("cached_tokens") if isinstance(details, dict) else usage.get("prompt_cache_hit_tokens")
        return cls(_count(usage.get("prompt_tokens")), _count(usage.get("completion_tokens")), _count(cached))

    def __add__(self, other: Usage) -> Usage:
        """Sum; unknown and known is known, so that a total is a lower bound, and unknown only when all are."""

        def total(left: int | None, right: int | None) -> int | None:
            return right if left is None else left if right is None else left + right

        return Usage(
            total(self.input_tokens, other.input_tokens),
            total(self.output_tokens, other.output_tokens),
            total(self.cached_tokens, other.cached_tokens),
        )


_MOST_TOKENS = 10**9
"""Of one request: whoever reports more reports nothing."""


def _count(value: Any) -> int | None:
    known = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= _MOST_TOKENS
    return int(value) if known else None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that fits the draft."""

    draft: BaseModel
    text: str
    """The answer as it came, for asking again."""
    model: str | None
    """The model the endpoint says it used."""
    usage: Usage
    attempts: int
    """Requests sent for this one answer."""
    seconds: float
    """Time from the first request to the answer, waits included; as recorded when replayed."""


def choice_of(payload: Any) -> tuple[dict[str, Any], str]:
    """The first choice of a completion, and the text of its message: the arguments of a tool call, or the content, which some
    servers cut into parts.

    Raises:
        ValueError: it is no completion.
    """
    try:
        choice = payload["choices"][0]
        choice.get("finish_reason")
        choice["message"].get("refusal")
        return choice, whole_characters(_text(choice["message"]))
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ValueError("no completion") from error


def is_completion(body: bytes) -> bool:
    """Whether the body of a response is a completion, whatever it says; a web page, say, or an error with status 200, is none."""
    try:
        choice_of(json.loads(body))
    except (ValueError, RecursionError):
        return False
    return True


def _text(message: dict[str, Any]) -> str:
    calls = message.get("tool_calls")
    if calls:
        arguments = calls[0]["function"]["arguments"]
        return arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    content = message.get("content")
    if isinstance(content, list):
        return "".join(part.get("text") or "" for part in content if isinstance(part, dict))
    return content or ""
