"""Asking an endpoint: what is sent, what comes back, what goes wrong, and how long to wait."""

from __future__ import annotations

import asyncio
import inspect
import logging
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import httpx2
import instructor
import openai
import pytest
from pydantic import BaseModel, ConfigDict, Field

from summariser import errors
from summariser.backend import Backend, translated
from summariser.exchange import Message, Request, Usage
from summariser.settings import SECONDS_HEADER, Endpoint, Limits, endpoint
from summariser.testing import Answer, ScriptedEndpoint, completion, failure, page, tool_call
from tests.scripted import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from summariser.exchange import Reply

KEY = "sk-test-1234567890abcdefghij"
SECRET_PROMPT = "The minister of agriculture told parliament about her plans for barley."


class Point(BaseModel):
    """A point."""

    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=1)
    at: list[int] = Field(default_factory=list)
    title: str | None = None
    kind: Literal["a", "b"] = "a"


GOOD = '{"name":"x","at":[1,2],"title":null,"kind":"b"}'
REQUEST = Request(
    messages=(Message("system", "You make JSON."), Message("user", SECRET_PROMPT)),
    draft=Point,
    max_tokens=77,
    purpose="test",
)


class Asker:
    """A backend in a test: a clock that nobody waits for, and one call for both drivers."""

    def __init__(self, driver: str, model: str = "m", **limits: Any) -> None:
        self.driver, self.model, self.limits = driver, model, limits
        self.clock = Clock()

    def endpoint(self, url: str) -> Endpoint:
        """The endpoint at an address."""
        found = endpoint(self.model, base_url=url, api_key=KEY, environ={})
        return replace(found, limits=replace(found.limits, **self.limits))

    def backend(self, url: str, transport: httpx2.BaseTransport | None = None) -> Backend:
        """A backend for an address."""
        clock = self.clock
        return Backend(
            self.endpoint(url),
            transport=transport,
            sleep=clock.sleep,
            asleep=clock.asleep,
            clock=clock,
            jitter=lambda: 1.0,
        )

    def ask(self, backend: Backend, *requests: Request) -> list[Reply]:
        """The replies, asked for one after the other."""
        requests = requests or (REQUEST,)
        if self.driver == "sync":
            with backend:
                return [backend.complete(request) for request in requests]

        async def go() -> list[Reply]:
            async with backend:
                return [await backend.acomplete(request) for request in requests]

        return asyncio.run(go())


@pytest.fixture(params=["sync", "async"])
def asker(request: pytest.FixtureRequest) -> Asker:
    """Both drivers."""
    return Asker(request.param)


def modes(server: ScriptedEndpoint) -> list[str]:
    """How each request wanted its answer held to a form."""
    return [
        "tools" if "tools" in body else body.get("response_format", {"type": "text"})["type"] for body in server.bodies
    ]


# ---- an answer


def test_a_reply_has_the_draft_and_the_facts(asker: Asker) -> None:
    """The draft is of the class asked for; tokens, model and the answer as it came are with it."""
    with ScriptedEndpoint([completion(GOOD)]) as server:
        (reply,) = asker.ask(asker.backend(server.url))
    assert reply.draft == Point(name="x", at=[1, 2], kind="b")
    assert type(reply.draft) is Point
    assert (reply.text, reply.model, reply.attempts) == (GOOD, "scripted-1", 1)
    assert reply.usage == Usage(100, 20, 64)


def test_a_request_says_what_is_needed_and_no_more() -> None:
    """Messages untouched, no randomness, the schema in the form the endpoint enforces."""
    asker = Asker("sync")
    with ScriptedEndpoint([completion(GOOD)]) as server:
        asker.ask(asker.backend(server.url))
    (asked,) = server.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    schema = asked.body.pop("response_format")["json_schema"]
    assert asked.body == {
        "model": "m",
        "messages": [
            {"role": "system", "content": "You make JSON."},
            {"role": "user", "content": SECRET_PROMPT},
        ],
        "max_tokens": 77,
        "temperature": 0,
        "seed": 1,
    }
    assert schema["name"] == "Point"
    assert schema["schema"]["required"] == ["name"]
    assert list(schema["schema"]["properties"]) == ["name", "at", "title", "kind"]
    assert "strict" not in schema


def test_openai_gets_its_strict_dialect() -> None:
    """Every property is required, nothing else is allowed, and no keyword is there that it refuses."""
    with ScriptedEndpoint([completion(GOOD)]) as server:
        at = replace(Asker("sync", "openai/m").endpoint(server.url), strict_schema=True)
        with Backend(at) as backend:
            backend.complete(REQUEST)
    schema = server.bodies[0]["response_format"]["json_schema"]
    assert schema["strict"] is True
    assert schema["schema"]["required"] == ["name", "at", "title", "kind"]
    assert schema["schema"]["additionalProperties"] is False
    assert schema["schema"]["properties"]["title"] == {"anyOf": [{"type": "string"}, {"type": "null"}]}
    assert schema["schema"]["properties"]["name"] == {"type": "string"}
    assert "default" not in str(schema)


def test_tokens_that_are_not_reported_are_unknown() -> None:
    """None, which is not zero."""
    asker = Asker("sync")
    with ScriptedEndpoint([completion(GOOD, usage=None)]) as server:
        (reply,) = asker.ask(asker.backend(server.url))
    assert reply.usage == Usage(None, None, None)


def test_the_time_taken_is_that_of_the_recording() -> None:
    """A response that says how long it took when it was recorded is taken at its word."""
    asker = Asker("sync")
    script = [
        failure(503, "busy", headers={SECONDS_HEADER: "0.25"}),
        completion(GOOD, headers={SECONDS_HEADER: "1.5"}),
    ]
    with ScriptedEndpoint(script) as server:
        (reply,) = asker.ask(asker.backend(server.url))
    assert reply.seconds == 1.75
    assert asker.clock.slept == [0.0]


def test_the_time_taken_includes_the_waits() -> None:
    """From the first request to the answer, by the clock."""
    asker = Asker("sync")
    with ScriptedEndpoint([failure(503, "busy"), completion(GOOD)]) as server:
        (reply,) = asker.ask(asker.backend(server.url))
    assert reply.seconds == 1.0


@pytest.mark.parametrize(
    "text",
    [
        f"```json\n{GOOD}\n```",
        f"Here you are:\n{GOOD}\nAnything else?",
        f'<think>maybe {{"name": "wrong", "at": [9,9,9,9,9,9,9,9,9,9,9,9]}}?</think>{GOOD}',
        f'[{{"no": 1}}] {{oops}} {GOOD}',
    ],
    ids=["fence", "prose", "thoughts", "rubble"],
)
def test_an_object_is_found_in_what_is_around_it(text: str) -> None:
    """Fences, prose and thoughts do not spoil an answer."""
    asker = Asker("sync")
    with ScriptedEndpoint([completion(text)]) as server:
        (reply,) = asker.ask(asker.backend(server.url))
    assert reply.draft == Point(name="x", at=[1, 2], kind="b")


def test_content_in_parts_is_put_together() -> None:
    """Some servers cut an answer into parts."""
    asker = Asker("sync")
    parts: Any = [{"type": "text", "text": GOOD[:10]}, {"type": "text", "text": GOOD[10:]}]
    with ScriptedEndpoint([completion(parts)]) as server:
        (reply,) = asker.ask(asker.backend(server.url))
    assert reply.text == GOOD


def test_instructor_prints_nothing(asker: Asker, caplog: pytest.LogCaptureFixture) -> None:
    """Failures are raised, not logged as well."""
    with caplog.at_level(logging.WARNING), ScriptedEndpoint([failure(400, "no"), completion("{}")]) as server:
        for _ in range(2):
            with pytest.raises(errors.BackendError):
                asker.ask(asker.backend(server.url))
    assert caplog.records == []


def test_openais_organisation_is_not_told_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the client reads from the environment goes to OpenAI alone."""
    monkeypatch.setenv("OPENAI_ORG_ID", "org-secret")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-secret")
    with ScriptedEndpoint([completion(GOOD)]) as server:
        for model in ("m", "openai/m"):
            asker = Asker("sync", model)
            asker.ask(asker.backend(server.url))
    told = [asked.headers.get("openai-organization") for asked in server.asked]
    assert told == [None, "org-secret"]


# ---- what an endpoint takes

REFUSES_SCHEMA = failure(400, "'response_format' of type 'json_schema' is not supported with this model")
REFUSES_TOOLS = failure(400, "This model does not support tools", code="unsupported")
REFUSES_JSON = failure(422, "response_format: unknown field")


@pytest.mark.parametrize(
    ("script", "tried"),
    [
        ([completion(GOOD)], ["json_schema"]),
        ([REFUSES_SCHEMA, tool_call(GOOD)], ["json_schema", "tools"]),
        ([failure(500, "failed to parse grammar"), tool_call(GOOD)], ["json_schema", "tools"]),
        ([failure(404, "No endpoints found that support tool use"), completion(GOOD)], None),
        ([completion("I think so."), tool_call(GOOD)], ["json_schema", "tools"]),
        ([completion(""), tool_call(GOOD)], ["json_schema", "tools"]),
        ([completion("Well, ", finish="length"), tool_call(GOOD)], ["json_schema", "tools"]),
        ([REFUSES_SCHEMA, completion(GOOD)], ["json_schema", "tools"]),
        ([REFUSES_SCHEMA, REFUSES_TOOLS, completion(GOOD)], ["json_schema", "tools", "json_object"]),
        (
            [REFUSES_SCHEMA, REFUSES_TOOLS, REFUSES_JSON, completion(f"Sure: {GOOD}")],
            ["json_schema", "tools", "json_object", "text"],
        ),
        ([completion("no"), completion("no"), completion("no"), completion(GOOD)], None),
    ],
    ids=[
        "takes schema", "refuses schema", "grammar fails", "no tool use", "ignores schema", "says nothing", "rambles",
        "json without a call", "json object", "text", "ignores everything",
    ],
)  # fmt: skip
def test_the_ladder_is_stepped_down_once_and_remembered(
    asker: Asker, script: list[Answer], tried: list[str] | None
) -> None:
    """Each refusal leads to the next mode, and the next request begins there."""
    if script[0].status == 404:  # it is tools that are refused, so get there first
        script, tried = [REFUSES_SCHEMA, *script], ["json_schema", "tools", "json_object"]
    tried = tried or ["json_schema", "tools", "json_object", "text"]
    with ScriptedEndpoint(script) as server:
        first, second = asker.ask(asker.backend(server.url), REQUEST, REQUEST)
    assert modes(server) == [*tried, tried[-1]]
    assert (first.attempts, second.attempts) == (len(tried), 1)
    assert first.draft == second.draft == Point(name="x", at=[1, 2], kind="b")


def test_what_was_paid_for_on_the_way_is_counted() -> None:
    """An answer that showed the mode to be ignored cost tokens, too."""
    asker = Asker("sync")
    with ScriptedEndpoint([completion("hm"), tool_call(GOOD)]) as server:
        (reply,) = asker.ask(asker.backend(server.url))
    assert reply.usage == Usage(200, 40, 128)


def test_prose_after_json_is_no_reason_to_step_down() -> None:
    """A server that has kept to the form once knows it; the dialogue deals with the lapse."""
    asker = Asker("sync")
    with ScriptedEndpoint([completion(GOOD), completion("I am tired.")]) as server:
        with pytest.raises(errors.ParseError):
            asker.ask(asker.backend(server.url), REQUEST, REQUEST)
        assert modes(server) == ["json_schema", "json_schema"]


def test_only_the_modes_that_need_it_add_to_the_messages() -> None:
    """The prompt has an outline of the form already; the schema is spelled out in text mode alone."""
    asker = Asker("sync")
    with ScriptedEndpoint([REFUSES_SCHEMA, REFUSES_TOOLS, REFUSES_JSON, completion(GOOD)]) as server:
        asker.ask(asker.backend(server.url))
    systems = [body["messages"][0]["content"] for body in server.bodies]
    assert systems[:2] == ["You make JSON."] * 2
    assert systems[2] == "You make JSON.\n\nAnswer with one JSON object."
    assert '"properties":{"name"' in systems[3]
    assert all(body["messages"][1:] == server.bodies[0]["messages"][1:] for body in server.bodies)


@pytest.mark.parametrize(
    ("model", "refusal", "gone", "there"),
    [
        ("m", failure(400, "Unsupported parameter: 'max_tokens' is not supported with this model. Use "
                           "'max_completion_tokens' instead."), "max_tokens", "max_completion_tokens"),
        ("openai/m", failure(422, "max_completion_tokens: Extra inputs are not permitted"),
         "max_completion_tokens", "max_tokens"),
        ("m", failure(400, "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) "
                           "value is supported.", param="temperature"), "temperature", "seed"),
        ("m", failure(400, 'Invalid JSON payload received. Unknown name "seed": Cannot find field.'),
         "seed", "temperature"),
        ("mistral/m", Answer(422, {"detail": [{"type": "extra_forbidden", "loc": ["body", "random_seed"],
                                               "msg": "Extra inputs are not permitted", "input": SECRET_PROMPT}]}),
         "random_seed", "temperature"),
    ],
    ids=["max_tokens", "max_completion_tokens", "temperature", "seed", "random_seed"],
)  # fmt: skip
def test_a_parameter_that_is_refused_is_left_out_from_then_on(
    asker: Asker, model: str, refusal: Answer, gone: str, there: str
) -> None:
    """One refusal teaches the backend; the mode stays what it was."""
    asker.model = model
    with ScriptedEndpoint([refusal, completion(GOOD)]) as server:
        asker.ask(asker.backend(server.url), REQUEST, REQUEST)
    assert gone in server.bodies[0]
    assert [gone in body for body in server.bodies[1:]] == [False, False]
    assert all(there in body for body in server.bodies[1:])
    assert modes(server) == ["json_schema"] * 3


def test_a_server_that_refuses_everything_is_left_alone() -> None:
    """There is an end to asking differently."""
    asker = Asker("sync")

    def refuse(body: dict[str, Any]) -> Answer:
        return failure(400, f"unsupported: {', '.join(body)}")

    with ScriptedEndpoint(refuse) as server:
        with pytest.raises(errors.BadRequestError, match="answered 400: unsupported"):
            asker.ask(asker.backend(server.url))
        assert len(server.asked) < 16


def test_one_request_finds_out_for_all() -> None:
    """While it is unknown what a server takes, the others wait for the first and then go where it got."""

    def answer(body: dict[str, Any]) -> Answer:
        return replace(completion(GOOD), delay=0.01) if "tools" in body else replace(REFUSES_SCHEMA, delay=0.03)

    with (
        ScriptedEndpoint(answer) as server,
        Asker("sync").backend(server.url) as backend,
        ThreadPoolExecutor(8) as pool,
    ):
        replies = list(pool.map(backend.complete, [REQUEST] * 8))
    assert modes(server) == ["json_schema"] + ["tools"] * 8
    assert sum(reply.attempts for reply in replies) == 9


# ---- what goes wrong

TOO_LONG = "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens."
TAXONOMY: dict[str, tuple[Answer, type[errors.BackendError], str]] = {
    "429": (failure(429, "Rate limit reached for requests"), errors.RateLimitError, "429: Rate limit reached"),
    "429 google": (
        Answer(429, [{"error": {"code": 429, "status": "RESOURCE_EXHAUSTED", "message": "You exceeded your current "
               "quota, please check your plan and billing details. Please retry in 7s."}}]),
        errors.RateLimitError, "429",
    ),
    "429 too large": (failure(429, "Request too large for gpt on tokens per min"), errors.ContextLengthError, ""),
    "quota": (failure(429, "You exceeded your current quota", code="insufficient_quota"), errors.QuotaError, "top it"),
    "402": (failure(402, "Insufficient Balance"), errors.QuotaError, "Insufficient Balance"),
    "credit": (failure(400, "Your credit balance is too low"), errors.QuotaError, ""),
    "403 credits": (failure(403, "Your team has used all available credits"), errors.QuotaError, ""),
    "401": (failure(401, f"Incorrect API key provided: {KEY}"), errors.AuthenticationError, "[redacted]"),
    "401 org": (failure(401, "org-abcdefghij0123456789ABCD has no access"), errors.AuthenticationError, "[redacted]"),
    "403": (failure(403, "Country not supported"), errors.ForbiddenError, "check what the key may use"),
    "403 moderated": (
        failure(403, "The model requires moderation. Your input was flagged for violence"),
        errors.ContentFilterError,
        "",
    ),
    "400 key": (Answer(400, [{"error": {"code": 400, "message": "API key not valid. Please pass a valid API key."}}]),
                errors.AuthenticationError, "check the key"),
    "404 openai": (failure(404, "The model `m` does not exist", code="model_not_found"),
                   errors.UnknownModelError, "`m`"),
    "404 ollama": (failure(404, 'model "m" not found, try pulling it first'), errors.UnknownModelError, "pulling"),
    "400 openrouter": (failure(400, "m is not a valid model ID"), errors.UnknownModelError, "valid model"),
    "404 fastapi": (Answer(404, {"detail": "Not Found"}), errors.UnknownModelError, "check the address"),
    "404 page": (page(404), errors.UnknownModelError, "no model server"),
    "501 page": (page(501), errors.UnknownModelError, "no model server"),
    "405": (Answer(405, {"detail": "Method Not Allowed"}), errors.UnknownModelError, "check the address"),
    "200 page": (page(), errors.UnknownModelError, "a web page"),
    "200 other": (Answer(200, {"hello": "world"}), errors.UnknownModelError, "no model server"),
    "200 text": (Answer(200, "ok"), errors.UnknownModelError, "no model server"),
    "200 empty choices": (Answer(200, {"choices": []}), errors.UnknownModelError, ""),
    "200 with 429": (Answer(200, {"error": {"code": 429, "message": "slow"}}), errors.RateLimitError, "429: slow"),
    "200 with 502": (Answer(200, {"error": {"code": 502, "message": "bad"}}), errors.OverloadedError, "502"),
    "context openai": (failure(400, TOO_LONG, code="context_length_exceeded"), errors.ContextLengthError, "8192"),
    "context llama.cpp": (
        Answer(400, {"error": {"code": 400, "type": "exceed_context_size_error",
                               "message": "the request exceeds the available context size, try increasing it"}}),
        errors.ContextLengthError, "available context size",
    ),
    "context vllm": (Answer(400, {"object": "error", "message": TOO_LONG, "code": 400}),
                     errors.ContextLengthError, "8192"),
    "context ollama": (failure(500, "the input length exceeds the context length"), errors.ContextLengthError, ""),
    "context google": (failure(400, "The input token count (1200000) exceeds the maximum number of tokens allowed"),
                       errors.ContextLengthError, ""),
    "413": (failure(413, "Payload"), errors.ContextLengthError, ""),
    "filter": (failure(400, "filtered", code="content_filter"), errors.ContentFilterError, ""),
    "400": (failure(400, "max_tokens is too large: 99"), errors.BadRequestError, "too large"),
    "418": (Answer(418, "short and stout"), errors.BadRequestError, "short and stout"),
    "408": (failure(408, "timeout"), errors.OverloadedError, "408"),
    "409": (failure(409, "conflict"), errors.OverloadedError, "409"),
    "500": (failure(500, "oops"), errors.OverloadedError, "500: oops"),
    "503 page": (page(503), errors.OverloadedError, "a web page"),
    "529": (failure(529, "Overloaded"), errors.OverloadedError, "529"),
    "hung up": (Answer(drop=True), errors.NetworkError, "broke"),
}  # fmt: skip


@pytest.mark.parametrize(("answer", "kind", "words"), TAXONOMY.values(), ids=TAXONOMY)
def test_every_failure_has_its_class(asker: Asker, answer: Answer, kind: type[errors.BackendError], words: str) -> None:
    """One line that names model and address and what the provider said, and never a key or the prompt."""
    asker.limits = {"attempts": 1, "patience": 0}
    with ScriptedEndpoint([answer]) as server:
        with pytest.raises(errors.BackendError) as caught:
            asker.ask(asker.backend(server.url))
        assert len(server.asked) == 1
    message = str(caught.value)
    assert isinstance(caught.value, kind), repr(caught.value)
    assert words in message
    assert server.url in message
    assert "custom/m" in message
    assert "\n" not in message
    assert KEY not in message
    assert "org-" not in message
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("answer", "kind", "text"),
    [
        (completion('{"name": "x', finish="length"), errors.TruncatedError, '{"name": "x'),
        (completion("I can't", finish="content_filter"), errors.ContentFilterError, "I can't"),
        (completion(None, refusal="I will not."), errors.RefusalError, "I will not."),
        (completion('{"at": [1]}'), errors.SchemaError, '{"at": [1]}'),
        (completion('{"name": "x", "kind": "c"}'), errors.SchemaError, '{"name": "x", "kind": "c"}'),
        (completion("[1, 2]"), errors.SchemaError, "[1, 2]"),
        (tool_call('{"name": 1}'), errors.SchemaError, '{"name": 1}'),
        (completion('{"at": [{"name": "inner"}, '), errors.ParseError, '{"at": [{"name": "inner"}, '),
    ],
    ids=["cut off", "filtered", "refused", "lacks a field", "wrong choice", "no object", "tool call", "broken"],
)
def test_an_answer_that_cannot_be_used_carries_its_text_and_its_tokens(
    asker: Asker, answer: Answer, kind: type[errors.AnswerError], text: str
) -> None:
    """It was paid for, and the dialogue needs it to ask again; the transport does not."""
    with ScriptedEndpoint([answer]) as server:
        with pytest.raises(kind) as caught:
            asker.ask(asker.backend(server.url))
        assert len(server.asked) == 1
    error = caught.value
    assert error.text == text
    assert (error.input_tokens, error.output_tokens, error.cached_tokens) == (100, 20, 64)


def test_text_that_is_no_json_in_any_mode_is_a_parse_error() -> None:
    """When every rung of the ladder brings prose, the prose is handed on with what it cost."""
    asker = Asker("sync")
    with ScriptedEndpoint([completion("Barley is a grain.")]) as server:
        with pytest.raises(errors.ParseError) as caught:
            asker.ask(asker.backend(server.url))
        assert len(server.asked) == 4
    assert (caught.value.text, caught.value.input_tokens) == ("Barley is a grain.", 400)


def test_a_misfit_is_described_without_its_values() -> None:
    """The places and the reasons, for asking again."""
    asker = Asker("sync")
    with (
        ScriptedEndpoint([completion('{"at": ["classified"], "kind": "c"}')]) as server,
        pytest.raises(errors.SchemaError, match=r"name: Field required; at\.0: .*; kind: ") as caught,
    ):
        asker.ask(asker.backend(server.url))
    assert "classified" not in str(caught.value)


def test_a_provider_that_repeats_the_prompt_is_not_quoted() -> None:
    """The prompt gets into no message."""
    asker = Asker("sync")
    with (
        ScriptedEndpoint([failure(400, f"bad input: {SECRET_PROMPT}")]) as server,
        pytest.raises(errors.BadRequestError, match="repeats the request") as caught,
    ):
        asker.ask(asker.backend(server.url))
    assert "barley" not in str(caught.value)


def test_a_long_message_is_shortened() -> None:
    """Two hundred characters of it are enough."""
    asker = Asker("sync")
    with ScriptedEndpoint([failure(400, "word " * 500)]) as server, pytest.raises(errors.BadRequestError) as caught:
        asker.ask(asker.backend(server.url))
    assert len(str(caught.value)) < 300


def test_a_failure_names_its_status_and_request() -> None:
    """What a provider's support asks for."""
    asker = Asker("sync")
    with (
        ScriptedEndpoint([failure(400, "no", headers={"x-request-id": "req_7"})]) as server,
        pytest.raises(errors.BadRequestError) as caught,
    ):
        asker.ask(asker.backend(server.url))
    assert (caught.value.status, caught.value.request_id) == (400, "req_7")


def test_where_nothing_listens_it_is_said_at_once(asker: Asker) -> None:
    """A wrong address is no passing fault: there is no point in waiting for it."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
        with pytest.raises(errors.NetworkError, match=f"nothing answers at {url}.*is the server running"):
            asker.ask(asker.backend(url))
    assert asker.clock.slept == []


def test_no_answer_in_time_is_ambiguous(asker: Asker) -> None:
    """The request was sent, and may have been paid for."""
    asker.limits = {"attempts": 1, "timeout": 0.05}
    with (
        ScriptedEndpoint([Answer(delay=0.3, drop=True)]) as server,
        pytest.raises(errors.TimeoutAmbiguousError, match=r"no answer in 0\.05 seconds"),
    ):
        asker.ask(asker.backend(server.url))


def subclasses(kind: type[Exception]) -> list[type[Any]]:
    """All classes derived from one."""
    return [derived for child in kind.__subclasses__() for derived in (child, *subclasses(child))]


def openai_errors() -> Iterator[Exception]:
    """One of every class of exception that openai has."""
    request = httpx2.Request("POST", "http://h/v1")
    response = httpx2.Response(400, request=request, json={"error": {"message": "no"}})
    values: dict[str, Any] = {
        "request": request, "response": response, "body": None, "message": "m", "completion": type("C", (), {"usage": 0})(),
        "unsent_messages": [], "symbol": "s",
    }  # fmt: skip
    kinds: list[Any] = [openai.OpenAIError, *subclasses(openai.OpenAIError)]
    for kind in kinds:
        takes = inspect.signature(kind.__init__).parameters
        yield kind(**{name: value for name, value in values.items() if name in takes})


def foreign_errors() -> list[Exception]:
    """Everything that openai, httpx2 and instructor raise."""
    request = httpx2.Request("POST", "http://h/v1")
    found = list(openai_errors())
    found.extend(kind("m", request=request) for kind in subclasses(httpx2.RequestError))
    found.append(httpx2.InvalidURL("m"))
    from instructor.v2.core import errors as theirs

    found.append(theirs.IncompleteOutputException())
    found.append(theirs.InstructorError("m"))
    return found


@pytest.mark.parametrize(
    "error", foreign_errors(), ids=lambda error: f"{type(error).__module__}.{type(error).__name__}"
)
def test_no_foreign_error_gets_out(error: Exception) -> None:
    """Each class of the libraries below has a translation."""
    at = Asker("sync").endpoint("http://h/v1")
    assert isinstance(translated(error, at), errors.BackendError)


def test_the_list_of_openais_errors_is_not_empty() -> None:
    """The test above has something to go through."""
    kinds = {type(error) for error in openai_errors()}
    assert {openai.APIConnectionError, openai.RateLimitError, openai.LengthFinishReasonError} <= kinds


@pytest.mark.parametrize("ours", [errors.ReplayMissError("gone"), errors.WeightsError("no file"), RuntimeError("bug")])
def test_what_a_transport_raises_on_purpose_gets_through(asker: Asker, ours: Exception) -> None:
    """Errors of this package and mistakes in a program reach the caller as they are, and are not tried again."""
    calls: list[int] = []

    def handle(_: httpx2.Request) -> httpx2.Response:
        calls.append(1)
        raise ours

    with pytest.raises(type(ours), match=str(ours)) as caught:
        asker.ask(asker.backend("http://h/v1", httpx2.MockTransport(handle)))
    assert caught.value is ours
    assert sum(asker.clock.slept) == 0
    assert len(calls) == (32 if isinstance(ours, errors.ReplayMissError) else 1)


# ---- waiting

BUSY = failure(429, "slow down", headers={"retry-after": "3"})
DATES = {"date": "Mon, 23 Nov 2026 10:00:00 GMT", "retry-after": "Mon, 23 Nov 2026 10:00:09 GMT"}


@pytest.mark.parametrize(
    ("headers", "message", "wait"),
    [
        ({"retry-after": "3"}, "slow", 3),
        ({"retry-after": "0.5"}, "slow", 0.5),
        (DATES, "slow", 9),
        ({"retry-after-ms": "250", "retry-after": "1"}, "slow", 0.25),
        ({"x-ratelimit-reset-requests": "1m2s", "x-ratelimit-remaining-requests": "0",
          "x-ratelimit-reset-tokens": "6m0s", "x-ratelimit-remaining-tokens": "100"}, "slow", 62),
        ({"x-ratelimit-reset-tokens": "120ms", "x-ratelimit-reset-requests": "7"}, "slow", 7),
        ({"date": DATES["date"], "x-ratelimit-reset": "1795428008"}, "slow", 8),
        ({"date": DATES["date"], "x-ratelimit-reset": "1795428005000"}, "slow", 5),
        ({}, "Please try again in 7.5s.", 7.5),
        ({}, "slow", 1),
        ({"retry-after": "soon"}, "slow", 1),
        ({"retry-after": "nan"}, "slow", 1),
    ],
    ids=["seconds", "fraction", "date", "milliseconds", "used-up limit", "any limit", "epoch", "epoch in ms", "words",
         "nothing said", "nonsense", "not a number"],
)  # fmt: skip
def test_a_429_is_waited_for_as_long_as_it_asks(
    asker: Asker, headers: dict[str, str], message: str, wait: float
) -> None:
    """In whatever way the provider puts it; a little longer, never shorter."""
    with ScriptedEndpoint([failure(429, message, headers=headers), completion(GOOD)]) as server:
        (reply,) = asker.ask(asker.backend(server.url))
    assert reply.attempts == 2
    assert wait <= sum(asker.clock.slept) <= wait + min(1, wait / 10)


def test_waits_for_429_use_up_no_attempt(asker: Asker) -> None:
    """Twenty of them and an answer are an answer."""
    asker.limits = {"attempts": 1}
    with ScriptedEndpoint([BUSY] * 20 + [completion(GOOD)]) as server:
        (reply,) = asker.ask(asker.backend(server.url))
    assert reply.attempts == 21


def test_patience_ends(asker: Asker) -> None:
    """The last error is raised when the next wait would be one too long, and not after it."""
    asker.limits = {"patience": 10}
    with ScriptedEndpoint([BUSY]) as server:
        with pytest.raises(errors.RateLimitError) as caught:
            asker.ask(asker.backend(server.url))
        assert len(server.asked) == 4
    assert caught.value.retry_after == 3
    assert sum(asker.clock.slept) <= 10


@pytest.mark.parametrize("answer", [failure(500, "oops"), Answer(drop=True)], ids=["500", "hung up"])
def test_attempts_are_spent_with_growing_waits(asker: Asker, answer: Answer) -> None:
    """Five requests, four waits that double, then the error."""
    with ScriptedEndpoint([answer]) as server:
        with pytest.raises((errors.OverloadedError, errors.NetworkError)):
            asker.ask(asker.backend(server.url))
        assert len(server.asked) == 5
    assert asker.clock.slept == [1, 2, 4, 8]


def test_a_503_may_ask_for_a_wait() -> None:
    """Retry-After counts there as well."""
    asker = Asker("sync")
    with ScriptedEndpoint([failure(503, "busy", headers={"retry-after": "7"}), completion(GOOD)]) as server:
        asker.ask(asker.backend(server.url))
    assert asker.clock.slept == [7]


@pytest.mark.parametrize("name", ["401", "quota", "404 openai", "400", "context openai", "200 page"])
def test_what_waiting_does_not_help_is_not_waited_for(asker: Asker, name: str) -> None:
    """One request, no wait."""
    with ScriptedEndpoint([TAXONOMY[name][0]]) as server:
        with pytest.raises(TAXONOMY[name][1]):
            asker.ask(asker.backend(server.url))
        assert len(server.asked) == 1
    assert asker.clock.slept == []


def test_one_429_holds_all_requests_back() -> None:
    """Nobody sends before the time is up, whoever it was that was told."""
    asker = Asker("sync")
    early: list[float] = []
    until: list[float] = []
    told = threading.Event()

    def answer(_: dict[str, Any]) -> Answer:
        if not told.is_set():
            until.append(asker.clock() + 30)
            told.set()
            return failure(429, "slow", headers={"retry-after": "30"})
        if asker.clock() < until[0]:
            early.append(asker.clock())
        return completion(GOOD)

    with ScriptedEndpoint(answer) as server, asker.backend(server.url) as backend, ThreadPoolExecutor(8) as pool:
        first = pool.submit(backend.complete, REQUEST)
        told.wait(5)
        others = [pool.submit(backend.complete, REQUEST) for _ in range(20)]
        attempts = [first.result().attempts, *(other.result().attempts for other in others)]
    assert early == []
    assert attempts == [2] + [1] * 20


def test_who_would_wait_too_long_is_told_without_asking() -> None:
    """A wait beyond all patience is an error for everybody, not one request each."""
    asker = Asker("sync")
    with ScriptedEndpoint([failure(429, "daily limit", headers={"retry-after": "9000"})]) as server:
        with asker.backend(server.url) as backend:
            for _ in range(3):
                with pytest.raises(errors.RateLimitError, match="daily limit") as caught:
                    backend.complete(REQUEST)
                assert caught.value.retry_after == 9000
        assert len(server.asked) == 1


# ---- use


def test_a_backend_serves_threads_and_event_loops() -> None:
    """One after the other and together; each loop has connections of its own."""
    with ScriptedEndpoint([completion(GOOD)]) as server, Asker("sync").backend(server.url) as backend:

        async def several() -> list[Reply]:
            async with backend:
                return await asyncio.gather(*(backend.acomplete(REQUEST) for _ in range(5)))

        assert len(asyncio.run(several())) == len(asyncio.run(several())) == 5
        assert backend.complete(REQUEST).text == GOOD


def test_a_schema_is_computed_once() -> None:
    """It takes longer than all the rest of a call."""
    computed: list[int] = []

    class Counted(Point):
        @classmethod
        def model_json_schema(cls, *args: Any, **kwargs: Any) -> dict[str, Any]:
            computed.append(1)
            return super().model_json_schema(*args, **kwargs)

    asker = Asker("sync")
    request = replace(REQUEST, draft=Counted)
    with ScriptedEndpoint([completion(GOOD)]) as server:
        asker.ask(asker.backend(server.url), request, request, request)
    assert len(computed) == 1


def test_instructors_own_modes_stay_as_they_are() -> None:
    """Ours are filed under a provider of their own, so that instructor can be used beside them."""
    from instructor.v2.core.registry import mode_registry

    theirs: Callable[..., Any] = mode_registry.get_handlers(
        instructor.Provider.OPENAI, instructor.Mode.JSON
    ).request_handler
    assert theirs.__module__.startswith("instructor")


def test_limits_are_those_of_the_endpoint() -> None:
    """A backend has no settings of its own."""
    assert Asker("sync", attempts=2).endpoint("http://h/v1").limits == Limits(attempts=2)
