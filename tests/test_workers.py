"""Workers: what they make is what is made here, and no document is lost with one."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from summariser import Brief, Document, Summariser, drafting, workers
from summariser.batch import Job, Options
from summariser.errors import AnswerError, ConfigurationError, InputError, SummariserError
from summariser.exchange import Reply, Request, Usage
from summariser.grounding.verdicts import Policy
from summariser.readers import Entry, Place
from summariser.recipe import Recipe
from summariser.settings import endpoint
from summariser.testing import ScriptedEndpoint, documents, truthful
from summariser.workers import Made, Worker, Workers, resumed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence
    from pathlib import Path

    from summariser.dialogue import Answer
    from summariser.recipe import Strategy

    Answering = Callable[[Request], Awaitable[Answer]]


def recipe(strategy: Strategy = "whole", **how: Any) -> Recipe[Any]:
    """A recipe for a model that is never asked."""
    return Recipe.of(
        endpoint("m", base_url="http://h/v1", api_key="sk-secret"), strategy=strategy, policy="strict", **how
    )


def reply(request: Request, text: str) -> Reply:
    """A model's answer."""
    return Reply(request.draft.model_validate_json(text), text, "m-1", Usage(10, 5), 1, 0.5)


def told(request: Request) -> str:
    """The perfect answer about one of the generated texts."""
    return truthful({"messages": [{"role": m.role, "content": m.content} for m in request.messages]})


async def truth(request: Request) -> Answer:
    """The perfect answer."""
    return reply(request, told(request))


def wrong_at_first() -> Answering:
    """A model that gets a figure wrong until it is told so."""
    asked: list[Request] = []

    async def answer(request: Request) -> Answer:
        asked.append(request)
        draft = json.loads(told(request))
        if len(asked) == 1:
            draft["figures"][0]["quantity"] = "7 million euros"
        return reply(request, json.dumps(draft))

    return answer


def here(made: Recipe[Any], document: Document, answer: Answering, **more: Any) -> Made:
    """What is made of a document in this process."""
    from summariser.driving import adrive

    return Made.of(asyncio.run(adrive(made.steps(document, **more), answer)))


def there(
    made: Recipe[Any], document: Document, answer: Answering, given: list[Sequence[Answer]] | None = None, **more: Any
) -> Made | None:
    """What a worker makes of it."""

    async def run() -> Made | None:
        worker = await Worker.started(made)
        try:
            how: dict[str, Any] = {"extra": {}, "paid": (), **more}
            return await worker.made(document, answer, [] if given is None else given, **how)
        finally:
            await worker.aclose()

    return asyncio.run(run())


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jobs that have a worker from their first answer on, whoever else has set up a tracer in this process."""
    monkeypatch.setattr(workers, "is_traced", lambda: False)
    monkeypatch.setattr(workers, "_LOOK", 0.0)
    monkeypatch.setattr(workers, "_BUSY", 0.0)


def test_a_worker_makes_the_same_brief() -> None:
    """Byte for byte, with the other columns of its row."""
    (document,) = documents(1)
    extra = {"desk": "Økonomi", "rank": 3}
    made = there(recipe(), document, truth, extra=extra)
    assert made == here(recipe(), document, truth, extra=extra)
    assert made is not None
    brief = Brief.model_validate_json(made.content)
    assert len(brief.items) == 16
    assert brief.document.extra == extra


def test_what_does_not_hold_is_asked_again_from_a_worker() -> None:
    """A dialogue of several rounds goes through as it does here."""
    (document,) = documents(1)
    given: list[Sequence[Answer]] = []
    made = there(recipe(), document, wrong_at_first(), given)
    assert len(given) == 2
    assert made == here(recipe(), document, wrong_at_first())


def test_a_sentence_at_a_time_goes_through_a_worker() -> None:
    """Drafts whose fields are called by the words of the text get there and back."""
    text = "Tessa AG and Odran promised on Monday to invest 40 million euros in two ports by 2027. Odran closed a dock."

    async def answer(request: Request) -> Answer:
        names = list(request.draft.model_json_schema()["properties"])
        if "acts" in names:
            numbers = request.draft.model_json_schema().get("$defs", {}).get("Measures", {}).get("properties", {})
            about = {"acts": ["invest 40 million euros in two ports", "closed a dock"]}
            return reply(request, json.dumps(about | ({"measures": dict.fromkeys(numbers, "sum")} if numbers else {})))
        if "headline" in names:
            return AnswerError("cut off", text="{", output_tokens=7)
        return reply(request, json.dumps(dict.fromkeys(names, "company")))

    document = Document(text=text)
    made = there(recipe("sentences"), document, answer)
    assert made == here(recipe("sentences"), document, answer)
    assert made is not None
    brief = Brief.model_validate_json(made.content)
    assert {party.name for party in brief.parties} >= {"Odran"}
    assert brief.figures


def test_costs_of_answers_that_came_by_a_batch_are_counted() -> None:
    """What was paid is told to the worker with the answers."""
    (document,) = documents(1)
    priced = recipe(price="1/2", batch_price="0.5/1")
    paid = [(Usage(1_000_000, 1_000_000), "m-1", True)]
    made = there(priced, document, truth, paid=paid)
    assert made == here(priced, document, truth, paid=paid)
    assert made is not None
    assert json.loads(made.content)["provenance"]["cost_usd"] == "1.5"


@pytest.mark.parametrize(
    ("text", "answer", "error"),
    [
        (" ", "{}", InputError),
        ("Odran closed two ports.", AnswerError("the answer fits no form", text="{", input_tokens=3), AnswerError),
    ],
)
def test_errors_of_a_dialogue_come_back_as_they_are(text: str, answer: Any, error: type[SummariserError]) -> None:
    """What goes wrong in a worker is raised here, in the same words."""

    async def answered(_: Request) -> Answer:
        assert isinstance(answer, AnswerError)
        return answer

    with pytest.raises(error) as first:
        here(recipe(), Document(text=text), answered)
    with pytest.raises(error) as second:
        there(recipe(), Document(text=text), answered)
    assert str(second.value) == str(first.value)
    assert vars(second.value) == vars(first.value)


def test_an_error_that_cannot_be_sent_happens_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that cannot say what went wrong leaves the document to this process."""
    schema = own_schema(tmp_path, monkeypatch, "raise OddError(lambda: 1)")
    given: list[Sequence[Answer]] = []
    assert there(recipe(schema=schema), Document(text=PAID), paid, given) is None
    assert len(given) == 1
    with pytest.raises(Exception, match="lambda"):
        here(recipe(schema=schema), Document(text=PAID), paid)


OWN = '''
from summariser.schema import BaseBrief, Field, Item
from pydantic import model_validator

class OddError(Exception):
    pass

class Deal(Item):
    """What was paid."""
    what: str = Field(description="what was paid")

class Deals(BaseBrief):
    """What was bought and sold."""
    deals: list[Deal]

    @model_validator(mode="after")
    def _noisy(self):
        {noise}
        return self
'''


PAID = "Tessa AG paid 40 million euros."


async def paid(request: Request) -> Answer:
    """The deal of that text."""
    deal = {"what": "paid 40 million euros", "evidence": [1]}
    summary = [{"text": PAID, "evidence": [1]}]
    return reply(request, json.dumps({"headline": PAID, "deals": [deal], "summary": summary}))


def own_schema(folder: Path, monkeypatch: pytest.MonkeyPatch, noise: str = "pass") -> type[Any]:
    """A user's own class of brief, in a module beside the program."""
    name = f"deals_of_{folder.name}"
    (folder / f"{name}.py").write_text(OWN.format(noise=noise), encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))
    made: type[Any] = __import__(name).Deals
    return made


def test_what_a_schema_prints_does_not_come_between(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """A validator that prints in a worker prints where errors go."""
    schema = own_schema(tmp_path, monkeypatch, "print('checked')")
    document = Document(text=PAID)
    made = there(recipe(schema=schema), document, paid)
    captured = capfd.readouterr()
    assert "checked" in captured.err
    assert "checked" not in captured.out
    assert made == here(recipe(schema=schema), document, paid)


def test_a_worker_that_does_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who closes a job does not wait for a document that takes for ever."""
    schema = own_schema(tmp_path, monkeypatch, "__import__('time').sleep(300)")
    monkeypatch.setattr(workers, "_PATIENCE", 0.1)

    async def run() -> int | None:
        worker = await Worker.started(recipe(schema=schema))
        making = asyncio.create_task(worker.made(Document(text=PAID), paid, [], extra={}, paid=()))
        await asyncio.sleep(0.5)
        making.cancel()
        await worker.aclose()
        return worker.pid

    pid = asyncio.run(run())
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_the_key_does_not_get_to_a_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker asks nobody, and needs none."""
    sent: list[bytes] = []
    send = vars(Worker)["_send"]

    def sending(worker: Worker, frame: bytes) -> None:
        sent.append(frame)
        send(worker, frame)

    monkeypatch.setattr(Worker, "_send", sending)
    (document,) = documents(1)
    assert there(recipe(), document, truth) is not None
    assert len(sent) == 3
    assert not any(b"sk-secret" in one for one in sent)


@pytest.mark.usefixtures("eager")
def test_a_job_with_workers_makes_the_same_briefs(tmp_path: Path) -> None:
    """Whoever reads the answers, the files are the same but for the time that answers took."""
    found = []
    for most in (1, 3):
        with ScriptedEndpoint() as model, Summariser("m", base_url=model.url) as summariser:
            job = tmp_path / str(most)
            results = list(summariser.batch(documents(60, short=True), job=job, workers=most))
            assert [result.status for result in results] == ["verified"] * 60
            assert model.counters.requests == 60
        briefs = [json.loads(result.content) for result in results]
        for brief in briefs:
            brief["provenance"] |= {"seconds": 0, "endpoint": ""}
        found.append(briefs)
    assert found[0] == found[1]


@pytest.mark.usefixtures("eager")
def test_no_document_is_lost_with_a_worker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killed in the middle, a worker leaves its documents to this process, and what was answered is not asked again."""
    killed = threading.Event()
    asked = vars(Worker)["_asked"]

    async def asked_then_killed(worker: Worker, number: int, frame: bytes) -> Any:
        if number == 10:
            assert worker.pid is not None
            os.kill(worker.pid, signal.SIGKILL)
            killed.set()
        return await asked(worker, number, frame)

    monkeypatch.setattr(Worker, "_asked", asked_then_killed)

    def given(job: Job[Any]) -> Iterator[Entry]:
        late = time.monotonic() + 60
        for number, document in enumerate(documents(100, short=True)):
            while number == 20 and not job.workers.running:
                assert time.monotonic() < late
                time.sleep(0.01)
            yield Entry(document, Place("x"))

    async def run(model: ScriptedEndpoint) -> tuple[list[str], list[str]]:
        lines: list[str] = []
        with Summariser("m", base_url=model.url) as summariser:
            async with summariser.job(tmp_path, Options(workers=2)) as job:
                job.tell = lines.append
                return [result.status async for result in job.results(given(job))], lines

    with ScriptedEndpoint(latency=0.02) as model:
        statuses, lines = asyncio.run(run(model))
        assert model.counters.requests == 100
    assert killed.is_set()
    assert statuses == ["verified"] * 100
    assert any("a worker has ended" in line for line in lines)


def test_an_answer_is_read_by_whoever_is_ready_first() -> None:
    """Here one at a time, in their order; and where there is room, the first of those that belong there."""

    async def run() -> list[tuple[str, bool]]:
        turns, read = workers.Turns(), list[tuple[str, bool]]()
        worker = Worker(turns)

        async def reading(name: str, where: Worker | None) -> None:
            is_here = await turns.wait(where)
            read.append((name, is_here))
            if name == "first":  # reading takes its time, and meanwhile the worker has done something
                turns.room(worker)

        given = [("first", worker), ("only here", None), ("second", worker), ("third", worker)]
        await asyncio.gather(*(reading(name, where) for name, where in given))
        return sorted(read)

    assert asyncio.run(run()) == [("first", True), ("only here", True), ("second", False), ("third", True)]


@pytest.mark.usefixtures("eager")
def test_answers_that_wait_are_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether they are read here or there in the end, nothing is asked twice for it."""
    monkeypatch.setattr(workers, "_BEHIND", 0)
    with ScriptedEndpoint() as model, Summariser("m", base_url=model.url) as summariser:
        results = list(summariser.batch(documents(60, short=True), job=tmp_path, workers=2))
        assert [result.status for result in results] == ["verified"] * 60
        assert model.counters.requests == 60


def test_a_worker_that_cannot_import_the_schema_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module that only this process has is named."""
    schema = own_schema(tmp_path, monkeypatch)
    monkeypatch.setattr(sys, "path", [path for path in sys.path if path != str(tmp_path)])
    with pytest.raises(Exception, match=f"No module named '{schema.__module__}'"):
        there(recipe(schema=schema), Document(text="Tessa AG paid."), truth)


@pytest.mark.usefixtures("eager")
def test_a_schema_that_cannot_be_sent_is_read_here(tmp_path: Path) -> None:
    """A class inside a function, say: the job goes on in one process, and says so once."""

    class Private(Brief):
        """A brief of this function alone."""

    lines: list[str] = []

    async def run(model: ScriptedEndpoint) -> list[str]:
        with Summariser("m", base_url=model.url, schema=Private) as summariser:
            async with summariser.job(tmp_path, Options(workers=2)) as job:
                job.tell = lines.append
                given = (Entry(d, Place("x")) for d in documents(20, short=True))
                return [result.status async for result in job.results(given)]

    with ScriptedEndpoint() as model:
        assert asyncio.run(run(model)) == ["verified"] * 20
    assert [("no worker can be had" in line, "Private" in line) for line in lines] == [(True, True)]


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize(("most", "traced"), [(1, False), (2, True)])
def test_no_worker_is_started_where_there_is_to_be_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most: int, traced: bool
) -> None:
    """One is this process alone; and of a span in another process nobody would hear."""
    monkeypatch.setattr(workers, "is_traced", lambda: traced)
    monkeypatch.setattr(Worker, "started", None)  # whoever calls it fails
    with ScriptedEndpoint() as model, Summariser("m", base_url=model.url) as summariser:
        results = summariser.batch(documents(20, short=True), job=tmp_path, workers=most)
        assert [result.status for result in results] == ["verified"] * 20


@pytest.mark.parametrize(("cores", "most", "others"), [(64, None, 1), (2, None, 1), (1, None, 0), (2, 8, 7)])
def test_how_many_there_may_be(monkeypatch: pytest.MonkeyPatch, cores: int, most: int | None, others: int) -> None:
    """One beside this process where there is a core for it; or as many as somebody says."""

    async def run() -> int:
        return Workers(recipe(), most).most

    monkeypatch.setattr(workers, "_cores", lambda: cores)
    assert asyncio.run(run()) == others


def test_no_workers_are_refused() -> None:
    """Somebody must read."""
    with pytest.raises(ConfigurationError, match="workers is 0"):
        Options(workers=0)


def test_a_worker_ends_with_the_process_that_started_it() -> None:
    """It reads until the pipe is closed, whoever closes it."""
    program = "from summariser.workers import serve; serve()"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    with subprocess.Popen(
        [sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=environment
    ) as process:
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(30) == 0


@pytest.mark.parametrize(
    "draft",
    [
        drafting.whole(Brief),
        drafting.overview(Brief),
        drafting.notes(Brief, ("two",), parties=False),
        drafting.acts(("two", "3")),
        drafting.kinds(("Odran",), Brief),
        drafting.numbered(3),
    ],
    ids=lambda draft: draft.__name__,
)
def test_a_draft_is_made_again_of_what_is_told(draft: type[Any]) -> None:
    """It is the very class, as long as it is remembered."""
    assert drafting.remade(drafting.told(draft)) is draft


def test_a_dialogue_goes_on_where_another_process_left_it() -> None:
    """Of a dialogue whose first answers are known only the rest is asked."""
    (document,) = documents(1)
    given: list[Sequence[Answer]] = []
    made = recipe()
    answer = wrong_at_first()
    whole = there(made, document, answer, given)

    async def rest() -> Made:
        steps = resumed(made.steps(document), given[:1])
        (request,) = next(steps)
        assert "7 million euros" in request.messages[-1].content
        try:
            steps.send(given[1])
        except StopIteration as stop:
            return Made.of(stop.value)
        raise AssertionError

    assert asyncio.run(rest()) == whole


def test_policies_travel() -> None:
    """What becomes of what does not hold is decided in a worker as it is here."""
    (document,) = documents(1)

    async def answer(request: Request) -> Answer:
        draft = json.loads(told(request))
        draft["figures"][0]["quantity"] = "7 million euros"
        return reply(request, json.dumps(draft))

    strict = Recipe.of(
        endpoint("m", base_url="http://h/v1"), strategy="whole", policy=Policy(contradicted="drop", absent="drop")
    )
    assert there(strict, document, answer) == here(strict, document, answer)
