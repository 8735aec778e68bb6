"""The scripted endpoint: what comes over the wire, what goes wrong when it is told to, and what it counts."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import httpx2
import openai
import pytest

from summariser import Summariser
from summariser.testing import FAULTS, BatchScript, RateLimits, ScriptedEndpoint, documents, draft_of
from summariser.testing.limits import Bucket, duration
from summariser.testing.server import latency

if TYPE_CHECKING:
    from collections.abc import Sequence

    from summariser_schemas import Document


def body(number: int = 0, **more: Any) -> dict[str, Any]:
    """A request that is like no other."""
    return {"model": "scripted-1", "messages": [{"role": "user", "content": f"Number {number}."}], **more}


def ask(model: ScriptedEndpoint, *bodies: dict[str, Any], key: str = "k") -> list[httpx2.Response]:
    """The responses to some requests, one after the other."""
    with httpx2.Client(headers={"authorization": f"Bearer {key}"}) as client:
        return [client.post(f"{model.url}/chat/completions", json=body) for body in bodies]


def fates(model: ScriptedEndpoint, numbers: Sequence[int]) -> dict[int, int]:
    """The status that each request gets."""
    return {n: response.status_code for n, response in zip(numbers, ask(model, *map(body, numbers)), strict=True)}


# Documents


@pytest.mark.parametrize(("short", "items"), [(False, 16), (True, 5)])
def test_every_item_of_a_truthful_answer_grounds(short: bool, items: int) -> None:
    """Documents from the generator and answers from the endpoint make whole briefs with nothing rejected."""
    with ScriptedEndpoint() as model, Summariser("m", base_url=model.url) as summariser:
        briefs = [summariser.summarise(document) for document in documents(5, seed=7, short=short)]
    assert [(len(brief.items), len(brief.rejected), brief.status) for brief in briefs] == [(items, 0, "verified")] * 5
    assert model.counters.outcomes == {"200": 5}


def test_documents_are_the_same_wherever_one_begins() -> None:
    """The text with a given seed and place is always the same, and no two are alike."""
    many = list(documents(50, seed=3))
    assert list(documents(10, seed=3, start=40)) == many[40:]
    assert len({document.text for document in many}) == 50
    assert next(documents(seed=4)).text != many[0].text
    assert all(100 <= len(document.text.split()) <= 300 for document in many)


def test_a_text_from_elsewhere_gets_an_empty_draft() -> None:
    """Its first sentence is the headline, and there are no items."""
    draft = draft_of([(1, "The harbour reopened."), (2, "It rained.")])
    assert (draft["headline"], draft["parties"], draft["figures"]) == ("The harbour reopened.", [], [])


# What goes wrong


def test_faults_are_decided_by_the_seed_and_the_request_alone() -> None:
    """In another order, in another process or beside other requests, the same requests fail."""
    with ScriptedEndpoint(seed=5, faults={"500": 0.5}) as one, ScriptedEndpoint(seed=5, faults={"500": 0.5}) as other:
        first = fates(one, range(40))
        assert fates(other, list(reversed(range(40)))) == first
    with ScriptedEndpoint(seed=6, faults={"500": 0.5}) as third:
        assert fates(third, range(40)) != first
    assert 8 < Counter(first.values())[500] < 32


def test_a_request_that_failed_may_succeed_the_next_time() -> None:
    """A repetition is decided anew."""
    with ScriptedEndpoint(faults={"500": 0.5}) as model:
        assert {response.status_code for response in ask(model, *[body()] * 20)} == {200, 500}


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("wrong-key", 401, "invalid_api_key"),
        ("empty-account", 429, "insufficient_quota"),
        ("unknown-model", 404, "model_not_found"),
        ("rejected-schema", 400, None),
        ("429", 429, "rate_limit_exceeded"),
        ("too-long", 400, "context_length_exceeded"),
    ],
)
def test_errors_have_openais_shape(fault: str, status: int, code: str | None) -> None:
    """Status, code, message, parameter and type."""
    with ScriptedEndpoint(faults={fault: 1}) as model:
        (response,) = ask(model, body())
    assert (response.status_code, response.json()["error"]["code"]) == (status, code)
    assert set(response.json()["error"]) == {"message", "code", "param", "type"}


@pytest.mark.parametrize("fault", ["reset", "hang-up", "cut"])
def test_connections_break_when_they_are_told_to(fault: str) -> None:
    """Before an answer or in the middle of it; the client gets an error of the transport."""
    with ScriptedEndpoint(faults={fault: 1}) as model, pytest.raises(httpx2.TransportError):
        ask(model, body())
    assert model.counters.outcomes == {fault: 1}
    assert len(model.counters.paid) == (1 if fault == "cut" else 0)


@pytest.mark.parametrize("fault", FAULTS)
def test_every_fault_is_survived_by_the_server(fault: str) -> None:
    """Whatever goes wrong, the next request is answered, and nothing is left in flight."""
    count = 1 if fault == "slow" else 12
    with ScriptedEndpoint(faults={fault: 1 if fault == "slow" else 0.5}) as model, httpx2.Client() as client:
        outcomes = set[str]()
        for number in range(count):
            try:
                response = client.post(f"{model.url}/chat/completions", json=body(number), timeout=5)
                outcomes.add(str(response.status_code) + response.text)
            except httpx2.TransportError as error:
                outcomes.add(type(error).__name__)
    assert len(outcomes) >= (1 if fault == "slow" else 2)
    assert model.counters.outcomes["200"] + model.counters.outcomes[fault] == count
    assert model.counters.in_flight == 0


def test_a_fault_that_does_not_exist_is_refused() -> None:
    """The choices are named."""
    with pytest.raises(ValueError, match=r"no such fault: '42'; there are 429, 500"):
        ScriptedEndpoint(faults={"42": 1})


def test_a_script_that_fails_fails_the_test() -> None:
    """What a script raises comes out of the block."""

    def script(_: dict[str, Any]) -> str:
        raise RuntimeError("a mistake in the script")

    with pytest.raises(RuntimeError, match="a mistake"), ScriptedEndpoint(script) as model:
        assert ask(model, body())[0].status_code == 500


# Limits


def test_limits_are_enforced_and_reported() -> None:
    """Requests beyond the allowance get a 429 that says how long to wait; headers say where the limits stand."""
    with ScriptedEndpoint(limits=RateLimits(requests=60, tokens=60_000, burst=2)) as model:
        *good, over = ask(model, *map(body, range(3)))
    assert [response.headers["x-ratelimit-remaining-requests"] for response in good] == ["1", "0"]
    assert good[0].headers["x-ratelimit-limit-requests"] == "60"
    assert good[0].headers["x-ratelimit-limit-tokens"] == "60000"
    assert over.status_code == 429
    assert 0 < float(over.headers["retry-after"]) <= 1
    assert float(over.headers["retry-after-ms"]) == pytest.approx(1000 * float(over.headers["retry-after"]))


def test_tokens_are_limited_by_what_is_used_or_asked_for() -> None:
    """``asks`` counts the limit of tokens, as OpenAI does."""
    for weighs, expected in (("uses", [200, 200]), ("asks", [200, 429])):
        limits = RateLimits(tokens=1000, burst=60, weighs=weighs)  # type: ignore[arg-type]
        with ScriptedEndpoint(limits=limits) as model:
            responses = ask(model, body(1, max_tokens=900), body(2, max_tokens=900))
        assert [response.status_code for response in responses] == expected


def test_a_bucket_fills_up_steadily() -> None:
    """It is full at first, holds no more than its burst, and says exactly how long to wait."""
    bucket = Bucket(60, burst=2, now=0)
    assert bucket.wait(2, now=0) == 0
    bucket.take(2)
    assert bucket.wait(1, now=0.25) == 0.75
    assert bucket.wait(1, now=1) == 0
    assert (bucket.remaining, bucket.reset) == (1, 1)
    assert bucket.wait(5, now=100) == 0


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.12, "120ms"), (1.5, "1.5s"), (252.172, "4m12.172s"), (3600, "1h0m0s"), (7, "7s")]
)
def test_durations_are_written_as_openai_does(seconds: float, said: str) -> None:
    """Go's form."""
    assert duration(seconds) == said


def test_who_asks_again_too_early_is_counted() -> None:
    """A request inside the wait it was told to keep is one; after it, it is none."""
    with ScriptedEndpoint(faults={"429": 1}, retry_after=30) as model:
        ask(model, body(1), body(1))
        ask(model, body(2))
    assert (model.counters.early_same, model.counters.outcomes) == (1, {"429": 3})


def test_an_account_can_run_empty_and_a_key_be_wrong() -> None:
    """After so many answers it is insufficient_quota; another key is a 401."""
    with ScriptedEndpoint(key="right", credit=2) as model:
        assert [r.status_code for r in ask(model, body(1), body(2), body(3), key="right")] == [200, 200, 429]
        assert ask(model, body(4), key="wrong")[0].status_code == 401
    assert model.counters.outcomes == {"200": 2, "empty-account": 1, "401": 1}


# Counting


def test_answers_paid_twice_are_counted() -> None:
    """By the bytes of the request."""
    with ScriptedEndpoint() as model:
        ask(model, body(1), body(2), body(1), body(1))
    assert (model.counters.requests, model.counters.distinct, model.counters.repaid) == (4, 2, 2)
    assert [len(asked.body["messages"]) for asked in model.asked] == [1, 1, 1, 1]


def test_an_opening_that_came_before_is_cached() -> None:
    """From 1,024 tokens on, and reported in the usage and in the counters."""
    messages = [{"role": "system", "content": "word " * 2000}, {"role": "user", "content": "Go."}]
    with ScriptedEndpoint() as model:
        first, second = ask(model, *[{"model": "m", "messages": messages}] * 2)
    assert first.json()["usage"]["prompt_tokens_details"]["cached_tokens"] == 0
    assert second.json()["usage"]["prompt_tokens_details"]["cached_tokens"] == 2432
    assert model.counters.cached_tokens == 2432


def test_a_process_of_its_own_prints_its_address_and_shows_its_counters() -> None:
    """The same server as a program, for measuring clients."""
    command = [
        sys.executable,
        "-m",
        "summariser.testing",
        "--seed",
        "1",
        "--fault",
        "500=1",
        "--latency",
        "uniform:0,0.001",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        assert httpx2.post(f"{url}/chat/completions", json=body()).status_code == 500
        counted = httpx2.get(f"{url}/_counters").json()
        process.terminate()
    assert (process.returncode, counted["outcomes"], counted["requests"]) == (0, {"500": 1}, 1)


@pytest.mark.parametrize("said", ["fast", "normal:1,2", "uniform:1"])
def test_a_latency_that_cannot_be_read_is_refused(said: str) -> None:
    """Seconds or a distribution."""
    with pytest.raises(ValueError, match=said.partition(":")[0]):
        latency(said)


def test_the_models_are_listed() -> None:
    """What openai's client expects."""
    with ScriptedEndpoint(models=["a", "b"]) as model:
        with openai.OpenAI(base_url=model.url, api_key="k") as client:
            assert [found.id for found in client.models.list()] == ["a", "b"]
        assert ask(model, body())[0].json()["error"]["code"] == "model_not_found"


# Provider batches


def lines(documents_: Sequence[Document]) -> bytes:
    """The input of a batch."""
    return b"".join(
        json.dumps(
            {
                "custom_id": document.id,
                "method": "POST",
                "url": "/v1/chat/completions",
                "body": body(int(document.id or 0)),
            }
        ).encode()
        + b"\n"
        for document in documents_
    )


class Batch:
    """A batch of twenty requests made with openai's client."""

    def __init__(self, model: ScriptedEndpoint) -> None:
        self.client = openai.OpenAI(base_url=model.url, api_key="k", max_retries=0)
        self.file = self.client.files.create(file=("in.jsonl", lines(list(documents(20)))), purpose="batch")

    def create(self) -> openai.types.Batch:
        """Create it."""
        return self.client.batches.create(
            input_file_id=self.file.id, endpoint="/v1/chat/completions", completion_window="24h", metadata={"job": "x"}
        )

    def results(self, file: str | None) -> dict[str, Any]:
        """The lines of a file by id."""
        if file is None:
            return {}
        found = [json.loads(line) for line in self.client.files.content(file).text.splitlines()]
        return {line["custom_id"]: line for line in found}


def test_a_batch_is_answered_after_some_polls() -> None:
    """Uploaded, created, polled, downloaded: every line once, in another order."""
    with ScriptedEndpoint(batches=BatchScript(polls=2)) as model:
        batch = Batch(model)
        created = batch.create()
        states = [batch.client.batches.retrieve(created.id) for _ in range(2)]
        results = batch.results(states[-1].output_file_id)
        batch.client.close()
    assert [created.status, *(state.status for state in states)] == ["validating", "in_progress", "completed"]
    assert sorted(results) == [f"{n:07}" for n in range(20)] != list(results)
    assert all(line["response"]["body"]["choices"] for line in results.values())
    assert states[-1].error_file_id is None


def test_an_expired_batch_keeps_what_it_has() -> None:
    """Answers so far in the output, the rest in the errors file with its code."""
    with ScriptedEndpoint(batches=BatchScript(expires_after=12)) as model:
        batch = Batch(model)
        state = batch.client.batches.retrieve(batch.create().id)
        output, errors = batch.results(state.output_file_id), batch.results(state.error_file_id)
        batch.client.close()
    assert (state.status, len(output), len(errors)) == ("expired", 12, 8)
    assert {line["error"]["code"] for line in errors.values()} == {"batch_expired"}


def test_lines_fail_and_go_missing() -> None:
    """Failures are in the errors file; what is missing is nowhere."""
    with ScriptedEndpoint(seed=1, batches=BatchScript(missing=0.2, failing=0.3)) as model:
        batch = Batch(model)
        state = batch.client.batches.retrieve(batch.create().id)
        output, errors = batch.results(state.output_file_id), batch.results(state.error_file_id)
        batch.client.close()
    assert 0 < len(output) + len(errors) < 20
    assert {line["response"]["status_code"] for line in errors.values()} == {500}


def test_the_response_to_a_creation_can_get_lost() -> None:
    """The batch is there all the same, and can be found in the list."""
    with ScriptedEndpoint(batches=BatchScript(lost=1)) as model:
        batch = Batch(model)
        with pytest.raises(openai.APIConnectionError):
            batch.create()
        (found,) = batch.client.batches.list()
        batch.client.close()
    assert (found.input_file_id, found.metadata) == (batch.file.id, {"job": "x"})


def test_a_batch_can_be_cancelled_or_rejected() -> None:
    """Cancelling takes a poll; a rejected one has failed at once and says why."""
    with ScriptedEndpoint(batches=BatchScript(polls=9)) as model:
        batch = Batch(model)
        assert batch.client.batches.cancel(batch.create().id).status == "cancelling"
        (listed,) = batch.client.batches.list()
        assert batch.client.batches.retrieve(listed.id).status == "cancelled"
        batch.client.close()
    with ScriptedEndpoint(batches=BatchScript(rejected="too many tokens are enqueued")) as model:
        batch = Batch(model)
        failed = batch.create()
        batch.client.close()
    assert failed.status == "failed"
    assert failed.errors is not None
    assert "enqueued" in str(failed.errors)


def test_an_output_may_be_forbidden_at_first() -> None:
    """As providers do right after a batch is completed."""
    with ScriptedEndpoint(batches=BatchScript(forbidden=1)) as model:
        batch = Batch(model)
        state = batch.client.batches.retrieve(batch.create().id)
        with pytest.raises(openai.PermissionDeniedError):
            batch.results(state.output_file_id)
        assert len(batch.results(state.output_file_id)) == 20
        batch.client.close()
