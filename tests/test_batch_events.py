"""The events of a job, as an operator reads them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from summariser import Document, Summariser
from summariser.batch import BatchApi, Options
from summariser.batch.events import Events
from summariser.errors import AuthenticationError
from summariser.testing import ScriptedEndpoint, documents

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def _events(job: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (job / "events.jsonl").read_text(encoding="utf-8").splitlines()]


def _run(model: ScriptedEndpoint, job: Path, texts: Iterable[Document], **options: Any) -> None:
    with Summariser("m", base_url=model.url, api_key="k", price="2/8") as summariser:
        list(summariser.batch(texts, job=job, **options))


def test_a_run_is_told_from_its_start_to_its_end(tmp_path: Path) -> None:
    """A run has a first line, a line a document with tokens and dollars, and a last line that sums up."""
    with ScriptedEndpoint() as model:
        _run(model, tmp_path, documents(3, short=True))
    first, *middle, last = _events(tmp_path)
    assert (first["event"], first["model"]) == ("started", "custom/m")
    assert [event["event"] for event in middle] == ["document"] * 3
    assert all(event["input_tokens"] and event["cost_usd"] and event["status"] == "verified" for event in middle)
    assert (last["event"], last["verified"], last["documents"]) == ("finished", 3, 3)


def test_runs_add_to_the_file_and_a_line_that_was_cut_off_is_closed(tmp_path: Path) -> None:
    """A second run goes on below the first, even where that one died in a line."""
    with ScriptedEndpoint() as model:
        _run(model, tmp_path, documents(1, short=True))
        with (tmp_path / "events.jsonl").open("a") as file:
            file.write('{"event": "docum')
        _run(model, tmp_path, documents(2, short=True))
    lines = (tmp_path / "events.jsonl").read_text().splitlines()
    assert lines.count('{"event": "docum') == 1
    assert sum(line.endswith("}") and json.loads(line)["event"] == "finished" for line in lines) == 2


def test_what_stops_a_run_is_told_without_the_key(tmp_path: Path) -> None:
    """A wrong key is an event with the error's class; the key is nowhere."""
    with (
        ScriptedEndpoint(key="other") as model,
        Summariser("m", base_url=model.url, api_key="sk-secret-secret") as summariser,
        pytest.raises(AuthenticationError),
    ):
        list(summariser.batch(documents(2, short=True), job=tmp_path))
    (stopped,) = [event for event in _events(tmp_path) if event["event"] == "stopped"]
    assert stopped["error"] == "AuthenticationError"
    assert "sk-secret-secret" not in (tmp_path / "events.jsonl").read_text()


def test_the_gate_is_told_once_closed_and_once_opened(tmp_path: Path) -> None:
    """A 429 closes the gate for all, with the seconds; the next request that passes opens it."""
    with ScriptedEndpoint(faults={"429": 0.5}, retry_after=0.05) as model:
        _run(model, tmp_path, documents(6, short=True))
    told = [event["event"] for event in _events(tmp_path) if event["event"].startswith("gate")]
    assert told
    assert told == ["gate closed", "gate opened"] * (len(told) // 2)


async def test_batches_of_the_provider_are_told(tmp_path: Path) -> None:
    """A batch is told when the provider has it, and when it has ended, with what became of its requests."""
    with ScriptedEndpoint() as model, Summariser("m", base_url=model.url) as summariser:
        async with summariser.job(tmp_path, Options(via=BatchApi(poll=0.01))) as job:
            from summariser.readers import Entry, Place

            async for _ in job.results([Entry(d, Place("x")) for d in documents(5, short=True)]):
                pass
    created, finished = (event for event in _events(tmp_path) if event["event"].startswith("batch"))
    assert (created["event"], finished["event"]) == ("batch created", "batch finished")
    assert created["batch"] == finished["batch"]
    assert (finished["status"], finished["answered"]) == ("completed", created["requests"])


def test_no_text_is_in_the_events(tmp_path: Path) -> None:
    """Of a document there is its id and its numbers, and no word."""
    with ScriptedEndpoint() as model:
        _run(model, tmp_path, [Document(id="a", text="Zanzibar Holdings agreed to pay $3 million to Alpha.")])
    assert "Zanzibar" not in (tmp_path / "events.jsonl").read_text()


def test_events_that_cannot_be_written_are_told_once(tmp_path: Path) -> None:
    """The job goes on without its events, and says so once."""
    told: list[str] = []
    events = Events(tmp_path / "no" / "events.jsonl", told.append)
    events.write("started")
    events.write("finished")
    events.close()
    assert len(told) == 1
    assert "events.jsonl" in told[0]
