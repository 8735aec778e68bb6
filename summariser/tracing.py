"""OpenTelemetry spans: one a document, one a model request, the latter by the conventions for generative AI.

https://opentelemetry.io/docs/specs/semconv/gen-ai/gen-ai-spans/ as of version 1.41, where ``gen_ai.system`` has become
``gen_ai.provider.name``. Whoever sets a tracer provider has imported ``opentelemetry.trace``; before that nothing is imported
or measured here.
No text leaves by a span unless ``OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`` says so (``true`` or ``span_only``).
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from summariser.version import __version__

if TYPE_CHECKING:
    from collections.abc import Generator, Mapping
    from types import TracebackType

    from summariser.exchange import Request, Usage
    from summariser.settings import Endpoint
    from summariser_schemas import Document

__all__ = ["CAPTURE", "RequestSpan", "document_span", "is_traced", "untraced"]

CAPTURE = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
_CAPTURED = frozenset({"true", "span_only", "span_and_event"})
_CONVENTIONAL = {"mistral": "mistral_ai", "gemini": "gcp.gemini", "xai": "x_ai"}
"""Providers that the conventions name otherwise than we do."""

_UNTRACED: ContextVar[bool] = ContextVar("untraced", default=False)


@contextlib.contextmanager
def untraced() -> Generator[None]:
    """Trace nothing: requests are made here and not sent."""
    token = _UNTRACED.set(True)
    try:
        yield
    finally:
        _UNTRACED.reset(token)


def is_traced() -> bool:
    """Whether somebody has set up a tracer that spans go to."""
    trace = sys.modules.get("opentelemetry.trace")
    nobody = ("ProxyTracerProvider", "NoOpTracerProvider")
    return trace is not None and not _UNTRACED.get() and type(trace.get_tracer_provider()).__name__ not in nobody


class _Span:
    """A span that is the current one while the block runs; nothing at all where nobody listens."""

    def __init__(self) -> None:
        self._span: Any = None
        self._scope: Any = None

    def start(self, name: str, kind: str, attributes: Mapping[str, Any]) -> None:
        """Begin, where somebody listens."""
        trace = sys.modules.get("opentelemetry.trace")
        if trace is None or _UNTRACED.get():
            return
        tracer = trace.get_tracer("summariser", __version__)
        span = tracer.start_span(name, kind=trace.SpanKind[kind], attributes=attributes)
        if span.is_recording():
            self._span = span
            self._scope = trace.use_span(span, record_exception=False, set_status_on_exception=False)
            self._scope.__enter__()

    def set(self, **attributes: Any) -> None:
        """Set attributes; what is not known is left out."""
        if self._span is not None:
            self._span.set_attributes({name: value for name, value in attributes.items() if value is not None})

    def end(self, error: BaseException | None) -> None:
        """End, well or with an error."""
        if self._span is None:
            return
        if error is not None:
            # The class alone: messages may repeat what was asked, and an exception's arguments hold it whole.
            trace = sys.modules["opentelemetry.trace"]
            self._span.set_attribute("error.type", type(error).__name__)
            self._span.set_status(trace.StatusCode.ERROR)
        self._scope.__exit__(None, None, None)
        self._span.end()
        self._span = None


class RequestSpan(_Span):
    """One request to a model, with all the waiting and sending again until it is answered."""

    def __init__(self, endpoint: Endpoint, request: Request) -> None:
        super().__init__()
        self._endpoint = endpoint
        self._request = request

    def __enter__(self) -> RequestSpan:
        if "opentelemetry.trace" in sys.modules:
            self._begin()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.end(error)

    def _begin(self) -> None:
        endpoint, address = self._endpoint, urlsplit(self._endpoint.base_url)
        attributes: dict[str, Any] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": _CONVENTIONAL.get(endpoint.provider, endpoint.provider),
            "gen_ai.request.model": endpoint.model,
            "gen_ai.output.type": "json",
            "summariser.purpose": self._request.purpose,
        }
        if endpoint.provider != "local" and address.hostname:
            attributes["server.address"] = address.hostname
            attributes["server.port"] = address.port or (443 if address.scheme == "https" else 80)
        kind = "INTERNAL" if endpoint.provider == "local" else "CLIENT"
        self.start(f"chat {endpoint.model}", kind, attributes)
        if self._span is not None and _captures():
            parts = [(message.role, [_part(message.content)]) for message in self._request.messages]
            self.set(
                **{
                    "gen_ai.system_instructions": _json([part for role, (part,) in parts if role == "system"]),
                    "gen_ai.input.messages": _json(
                        [{"role": role, "parts": told} for role, told in parts if role != "system"]
                    ),
                }
            )

    def sent(self, arguments: Mapping[str, Any], attempts: int) -> None:
        """The request goes out, for the so-manieth time."""
        if self._span is not None:
            self.set(
                **{
                    "gen_ai.request.max_tokens": arguments.get("max_completion_tokens") or arguments.get("max_tokens"),
                    "gen_ai.request.temperature": arguments.get("temperature"),
                    "gen_ai.request.seed": arguments.get("seed") or arguments.get("random_seed"),
                    "summariser.attempts": attempts,
                }
            )

    def answered(
        self, *, model: str | None, response_id: str | None, finish: str | None, usage: Usage, text: str, replayed: bool
    ) -> None:
        """An answer came, from the endpoint or from a ledger or recordings."""
        if self._span is None:
            return
        self.set(
            **{
                "gen_ai.response.model": model,
                "gen_ai.response.id": response_id,
                "gen_ai.response.finish_reasons": None if finish is None else [finish],
                "gen_ai.usage.input_tokens": usage.input_tokens,
                "gen_ai.usage.output_tokens": usage.output_tokens,
                "gen_ai.usage.cache_read.input_tokens": usage.cached_tokens,
                "summariser.replayed": replayed or None,
            }
        )
        if _captures():
            answer = {"role": "assistant", "parts": [_part(text)], "finish_reason": finish or ""}
            self.set(**{"gen_ai.output.messages": _json([answer])})


class _DocumentSpan(_Span):
    def told(self, brief: Any) -> None:
        """The brief that the document ended as."""
        if self._span is not None:
            known = brief.provenance
            self.set(
                **{
                    "summariser.status": brief.status,
                    "summariser.items": len(brief.items),
                    "summariser.rejected": len(brief.rejected),
                    "summariser.requests": known.requests,
                    "summariser.input_tokens": known.input_tokens,
                    "summariser.output_tokens": known.output_tokens,
                    "summariser.cost_usd": None if known.cost_usd is None else float(known.cost_usd),
                    "summariser.prompt": f"{known.prompt.name}/{known.prompt.version}",
                }
            )


@contextlib.contextmanager
def document_span(document: Document) -> Generator[_DocumentSpan]:
    """One document on its way to a brief; the requests for it are its children."""
    span = _DocumentSpan()
    if "opentelemetry.trace" in sys.modules:
        attributes = {"summariser.document.id": document.name}
        span.start("summarise", "INTERNAL", attributes)
    try:
        yield span
    except BaseException as error:
        span.end(error)
        raise
    span.end(None)


def _captures() -> bool:
    return os.environ.get(CAPTURE, "").strip().casefold() in _CAPTURED


def _part(text: str) -> dict[str, str]:
    return {"type": "text", "content": text}


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
