"""Spans of documents and requests, as an exporter gets them."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, StatusCode

from summariser import Summariser
from summariser.errors import AuthenticationError
from summariser.testing import ScriptedEndpoint, documents
from summariser.tracing import CAPTURE, is_traced, untraced

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from opentelemetry.sdk.trace import ReadableSpan


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """What was exported; a provider can be set once a process, so it is put in for the length of a test."""
    provider, exporter = TracerProvider(), InMemorySpanExporter()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", provider)
    yield exporter
    provider.shutdown()


def _by_name(spans: InMemorySpanExporter, name: str) -> list[ReadableSpan]:
    return [span for span in spans.get_finished_spans() if span.name.startswith(name)]


def _summarise(*, key: str = "good") -> None:
    with ScriptedEndpoint(key="good") as model, Summariser("m", base_url=model.url, api_key=key) as summariser:
        summariser.summarise(next(iter(documents(1))))


def test_a_request_is_a_span_of_the_conventions_under_its_documents(spans: InMemorySpanExporter) -> None:
    """Operation, provider, model, tokens and finish reason are attributes of a client span below the document's."""
    _summarise()
    (document,) = _by_name(spans, "summarise")
    requests = _by_name(spans, "chat m")
    assert requests
    told = requests[0].attributes or {}
    assert requests[0].kind is SpanKind.CLIENT
    assert told["gen_ai.operation.name"] == "chat"
    assert told["gen_ai.request.model"] == "m"
    assert told["gen_ai.response.finish_reasons"] == ("stop",)
    assert told["gen_ai.usage.input_tokens"]
    assert told["server.address"] == "127.0.0.1"
    assert document.context is not None
    assert all(r.parent is not None and r.parent.span_id == document.context.span_id for r in requests)
    assert (document.attributes or {})["summariser.status"] == "verified"


def test_no_text_is_in_a_span(spans: InMemorySpanExporter) -> None:
    """Without being asked for, no word of document, prompt or answer is exported."""
    _summarise()
    (document,) = documents(1)
    exported = "".join(span.to_json() for span in spans.get_finished_spans())
    assert "messages" not in exported
    assert document.text[:30] not in exported


def test_content_is_exported_when_the_conventional_variable_says_so(
    spans: InMemorySpanExporter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Messages go out in the conventions' form, the system's apart."""
    monkeypatch.setenv(CAPTURE, "span_only")
    _summarise()
    told = _by_name(spans, "chat m")[0].attributes or {}
    messages = json.loads(str(told["gen_ai.input.messages"]))
    assert {message["role"] for message in messages} <= {"user", "assistant"}
    assert json.loads(str(told["gen_ai.output.messages"]))[0]["finish_reason"] == "stop"
    assert "gen_ai.system_instructions" in told


def test_an_error_is_named_by_its_class(spans: InMemorySpanExporter) -> None:
    """``error.type`` is the class in ``summariser.errors``, of the request's span and of the document's."""
    with pytest.raises(AuthenticationError):
        _summarise(key="bad")
    for name in ("chat", "summarise"):
        (span, *_) = _by_name(spans, name)
        assert (span.attributes or {})["error.type"] == "AuthenticationError"
        assert span.status.status_code is StatusCode.ERROR
        assert not span.events


def test_documents_of_a_job_have_spans_of_their_own(spans: InMemorySpanExporter, tmp_path: Path) -> None:
    """Each document of a job is the parent of its own requests."""
    with ScriptedEndpoint() as model, Summariser("m", base_url=model.url) as summariser:
        list(summariser.batch(documents(3), job=tmp_path / "job"))
    ids = {span.context.span_id for span in _by_name(spans, "summarise") if span.context}
    parents = {span.parent.span_id for span in _by_name(spans, "chat") if span.parent}
    assert len(ids) == 3
    assert parents == ids


def test_nothing_is_imported_where_nobody_traces() -> None:
    """Making a brief does not import OpenTelemetry, installed or not."""
    program = (
        "import sys\n"
        "from summariser import Summariser\n"
        "from summariser.testing import ScriptedEndpoint, documents\n"
        "with ScriptedEndpoint() as model, Summariser('m', base_url=model.url) as summariser:\n"
        "    summariser.summarise(next(iter(documents(1))))\n"
        "print([name for name in sys.modules if name.startswith('opentelemetry')])\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_somebody_listens_where_a_provider_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """That the API was imported is not enough."""
    monkeypatch.setattr(trace, "_TRACER_PROVIDER", None)
    assert not is_traced()


@pytest.mark.usefixtures("spans")
def test_nobody_listens_where_tracing_is_off() -> None:
    """Requests that are made and not sent are not traced, whoever would listen."""
    assert is_traced()
    with untraced():
        assert not is_traced()
