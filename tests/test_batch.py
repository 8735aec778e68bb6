"""Batch jobs against a real server on loopback: nothing lost, nothing paid twice, stopped in good order."""

from __future__ import annotations

import asyncio
import json
import threading
import zlib
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import httpx2
import pytest

from summariser import Document, Summariser
from summariser.batch import Job, Options
from summariser.batch.money import Purse
from summariser.batch.transport import LedgerTransport
from summariser.costs import dollars
from summariser.errors import (
    AuthenticationError,
    BadRequestError,
    BudgetError,
    ConfigurationError,
    ForbiddenError,
    InputError,
    JobError,
    JobStoppedError,
    OutageError,
    QuotaError,
    ReplayMissError,
    StoreError,
    SummariserError,
    UnknownModelError,
)
from summariser.exchange import Usage
from summariser.ledger import Ledger
from summariser.pacing import Pacer
from summariser.readers import Damaged, Entry, Place, stream_documents
from summariser.recipe import Recipe
from summariser.settings import endpoint
from summariser.store import Network
from summariser.testing import Answer, RateLimits, ScriptedEndpoint, completion, documents, failure, page, truthful
from summariser_schemas import Brief

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from summariser.batch import Result
    from summariser.readers import Item


def made(
    model: ScriptedEndpoint, job: Path, number: int = 20, *, key: str | None = None, **options: Any
) -> list[Result]:
    """The results of a job over so many documents."""
    price = options.pop("price", None)
    policy = options.pop("policy", "strict")
    with Summariser("m", base_url=model.url, api_key=key, price=price, policy=policy) as summariser:
        return list(summariser.batch(documents(number, short=True), job=job, **options))


def lines(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def summary(job: Path) -> dict[str, Any]:
    """What the job says it came to."""
    found: dict[str, Any] = json.loads((job / "summary.json").read_text(encoding="utf-8"))
    return found


async def _ended(job: Job[Any], items: Iterable[Item]) -> None:
    async with job:
        async for _ in job.results(items):
            pass


async def _stopped_after(job: Job[Any], number: int) -> None:
    """Run a job over four documents, and stop it when so many came out."""
    async with job:
        with suppress(JobStoppedError):
            async for _ in job.results(Entry(d, Place("x")) for d in documents(4, short=True)):
                number -= 1
                if not number:
                    job.stop()


def test_every_document_comes_out_once_in_order(tmp_path: Path) -> None:
    """Briefs stand in the order of the input, in results and in briefs.jsonl, however long each took."""
    with ScriptedEndpoint(latency=lambda chance: chance.random() * 0.05) as model:
        results = made(model, tmp_path, 50)
    ids = [document.id for document in documents(50, short=True)]
    assert [result.id for result in results] == ids
    briefs = [Brief.model_validate(line) for line in lines(tmp_path / "briefs.jsonl")]
    assert [brief.document.id for brief in briefs] == ids
    assert results[7].brief == briefs[7]
    assert all(len(brief.items) == 5 and not brief.rejected for brief in briefs)
    assert (tmp_path / "failures.jsonl").read_bytes() == b""
    assert not list(tmp_path.glob("*.partial"))


def test_the_same_call_again_asks_nothing_and_gives_the_same(tmp_path: Path) -> None:
    """A finished job costs nothing the second time, and its files are the same to the byte."""
    with ScriptedEndpoint() as model:
        made(model, tmp_path)
        before = (tmp_path / "briefs.jsonl").read_bytes()
        made(model, tmp_path)
        assert model.counters.requests == 20
    assert (tmp_path / "briefs.jsonl").read_bytes() == before


def test_a_row_more_costs_a_call_more(tmp_path: Path) -> None:
    """Of a job that grew only the new document is asked about."""
    with ScriptedEndpoint() as model:
        made(model, tmp_path, 20)
        made(model, tmp_path, 21)
        assert model.counters.requests == 21
    assert summary(tmp_path)["kept_from_before"] == 20


def test_documents_are_let_go_of(tmp_path: Path) -> None:
    """However many documents a job has, only those under way and the few that are read ahead are in memory."""
    held: WeakSet[Document] = WeakSet()
    most = 0

    def given() -> Iterator[Document]:
        nonlocal most
        for document in documents(200, short=True):
            held.add(document)
            most = max(most, len(held))
            yield document

    with ScriptedEndpoint() as model, Summariser("m", base_url=model.url) as summariser:
        for _ in range(2):  # asked, and all there already
            assert sum(1 for _ in summariser.batch(given(), job=tmp_path, concurrency=4)) == 200
    assert most <= 50


def test_halves_of_characters_stop_no_job(tmp_path: Path) -> None:
    """Half of a surrogate pair in a text, its id or another column becomes U+FFFD, in what is asked and in the brief."""
    (document,) = documents(1, short=True)
    row = {"id": "b", "text": document.text + " Odd \ud800.", "note": ["\udfff"], "n\ud800": 1}
    given = tmp_path / "rows.jsonl"
    given.write_text(json.dumps(row), encoding="utf-8")
    halves = Document(text=document.text + " \udc00.", id="a\ud83d")
    with ScriptedEndpoint() as model, Summariser("m", base_url=model.url) as summariser:
        results = list(summariser.batch([halves, *stream_documents([given])], job=tmp_path / "job"))
        assert "Odd \ufffd." in model.bodies[-1]["messages"][-1]["content"]
    assert [(result.id, result.status) for result in results] == [("a\ufffd", "verified"), ("b", "verified")]
    briefs = lines(tmp_path / "job" / "briefs.jsonl")
    assert briefs[1]["document"]["extra"] == {"note": ["\ufffd"], "n\ufffd": 1}


def test_half_of_a_character_in_an_answer_stops_no_job(tmp_path: Path) -> None:
    """Models do write them; what is said with one is no worse than any other word that the text does not have."""
    told = '"headline": "H", "summary": [{"text": "T.", "evidence": [1]}]'
    wrong = f'{{{told}, "figures": [{{"evidence": [1], "quantity": "\\ud83d 9", "measures": "losses"}}]}}'
    with ScriptedEndpoint([completion(wrong)]) as model:
        (result,) = made(model, tmp_path, 1)
    assert result.status == "verified", result


def test_identical_documents_are_asked_about_once(tmp_path: Path) -> None:
    """The same text under many ids costs one call, and each id has its brief."""
    (document,) = documents(1, short=True)
    copies = [document.model_copy(update={"id": f"copy {number}"}) for number in range(30)]
    with ScriptedEndpoint(latency=0.05) as model, Summariser("m", base_url=model.url) as summariser:
        results = list(summariser.batch(copies, job=tmp_path))
        assert model.counters.requests == 1
    assert [result.id for result in results] == [copy.id for copy in copies]
    assert {result.status for result in results} == {"verified"}


def test_only_what_an_earlier_run_finished_is_from_before(tmp_path: Path) -> None:
    """Of equal documents those that come when one of them is finished are none of an earlier run."""
    copies = list(documents(1, short=True)) * 20
    with ScriptedEndpoint() as model, Summariser("m", base_url=model.url) as summariser:
        for kept in (0, 20):
            list(summariser.batch(copies, job=tmp_path, concurrency=1))
            assert summary(tmp_path)["kept_from_before"] == kept


def test_an_id_that_comes_twice_is_told_and_loses_nothing(tmp_path: Path) -> None:
    """Two texts under one id have a brief each; the first such pair is told with both places, and every one is an event."""
    first, second, third = (d.model_copy(update={"id": "a"}) for d in documents(3, short=True))
    told: list[str] = []
    with ScriptedEndpoint() as model, Summariser("m", base_url=model.url) as summariser:
        job = summariser.job(tmp_path)
        job.tell = told.append
        texts = [Entry(d, Place("rows.jsonl", "line", n)) for n, d in enumerate((first, second, third), 1)]
        asyncio.run(_ended(job, texts))
    assert [line["document"]["sha256"] for line in lines(tmp_path / "briefs.jsonl")] == [
        t.document.sha256 for t in texts
    ]
    (line,) = told
    assert "the id 'a': rows.jsonl, line 1; and rows.jsonl, line 2" in line
    same = [event for event in lines(tmp_path / "events.jsonl") if event["event"] == "same id"]
    assert [(event["first"], event["place"]) for event in same] == [
        ("rows.jsonl, line 1", "rows.jsonl, line 2"),
        ("rows.jsonl, line 1", "rows.jsonl, line 3"),
    ]
    assert summary(tmp_path)["same_id"] == 2


def test_the_same_text_without_an_id_is_no_mistake(tmp_path: Path) -> None:
    """Where nobody gave an id, none was given twice."""
    (document,) = documents(1, short=True)
    with ScriptedEndpoint() as model, Summariser("m", base_url=model.url) as summariser:
        assert len(list(summariser.batch([document.text, document.text], job=tmp_path))) == 2
    assert summary(tmp_path)["same_id"] == 0


def test_an_input_that_got_shorter_is_told(tmp_path: Path) -> None:
    """Briefs of documents that are not in the input any more stay in the ledger, are counted, and come back with them."""
    with ScriptedEndpoint() as model:
        made(model, tmp_path, 5)
        whole = (tmp_path / "briefs.jsonl").read_bytes()
        made(model, tmp_path, 3)
        assert (summary(tmp_path)["left_out"], len(lines(tmp_path / "briefs.jsonl"))) == (2, 3)
        made(model, tmp_path, 5)
        assert model.counters.requests == 5
    assert summary(tmp_path)["left_out"] == 0
    assert (tmp_path / "briefs.jsonl").read_bytes() == whole


def test_another_model_asks_all_again_and_says_why(tmp_path: Path) -> None:
    """What decides the answers is part of what an answer is filed under."""
    with ScriptedEndpoint() as model:
        made(model, tmp_path, 5)
        with Summariser("n", base_url=model.url) as summariser:
            list(summariser.batch(documents(5, short=True), job=tmp_path))
        assert model.counters.requests == 10
    assert summary(tmp_path)["asked_again_because"] == {"model": {"was": "custom/m", "is": "custom/n"}}


def test_regrounding_asks_nothing(tmp_path: Path) -> None:
    """With another policy the answers that are there are read again, and no request is sent."""
    wrong = '{"figures": [{"evidence": [1], "quantity": "$99 billion", "measures": "losses"}]}'
    with ScriptedEndpoint([completion(wrong)]) as model:
        assert [result.status for result in made(model, tmp_path, 3)] == ["verified"] * 3
        asked = model.counters.requests
        results = made(model, tmp_path, 3, policy="flag", reground=True)
        assert model.counters.requests == asked
    assert summary(tmp_path)["this_run"]["answers"] == 0
    assert len(results) == 3


def test_what_cannot_be_read_fails_alone(tmp_path: Path) -> None:
    """A damaged row is a failure in its place, and the others come out."""
    first, second = documents(2, short=True)
    place = Place("a.jsonl", "line", 2)
    items: list[Item] = [
        Entry(first, place),
        Damaged(InputError("a.jsonl, line 2: not JSON"), place, id="x"),
        Entry(second, place),
    ]
    with ScriptedEndpoint() as model, Summariser("m", base_url=model.url) as summariser:
        results = list(summariser.batch(items, job=tmp_path))
    assert [result.status for result in results] == ["verified", "failed", "verified"]
    (failure,) = lines(tmp_path / "failures.jsonl")
    assert failure == {"id": "x", "class": "InputError", "message": "a.jsonl, line 2: not JSON", "attempts": 0}


def test_what_cannot_be_written_fails_alone(tmp_path: Path) -> None:
    """A document that no ledger can file, be it for its text or another column, is a failure in its place."""
    (document,) = documents(1, short=True)
    half = Document.model_construct(text="Half \ud800.", id="h\ud800")
    deep: list[Any] = []
    for _ in range(300):
        deep = [deep]
    items = [Entry(half, Place("a")), Entry(document, Place("b"), {"deep": deep}), Entry(document, Place("c"))]
    with ScriptedEndpoint() as model, Summariser("m", base_url=model.url) as summariser:
        results = list(summariser.batch(items, job=tmp_path))
    assert [(result.id, result.status) for result in results] == [
        ("h\ufffd", "failed"),
        (document.id, "failed"),
        (document.id, "verified"),
    ]
    assert results[1].message is not None
    assert results[1].message.startswith("b: its document or other columns cannot be written as JSON")


def test_a_ledger_that_cannot_be_read_stops_the_job(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A document that was on its way in then counts as remaining, and nobody waits for it."""

    def unreadable(*_: object) -> None:
        raise StoreError("the disk is gone")

    monkeypatch.setattr(Ledger, "finished_as", unreadable)
    with ScriptedEndpoint() as model, pytest.raises(StoreError, match="the disk is gone"):
        made(model, tmp_path, 1)
    assert summary(tmp_path)["remaining"] == 1


def test_failures_are_accepted_as_input(tmp_path: Path) -> None:
    """What failed has its reason beside it, and the file can be given to another job as it is."""

    def refusing(body: dict[str, Any]) -> Any:
        return completion('{"unexpected": 1}') if broken else truthful(body)

    broken = True
    with ScriptedEndpoint(refusing) as model, Summariser("m", base_url=model.url) as summariser:
        entries = [Entry(document, Place("x"), {"desk": "north"}) for document in documents(3, short=True)]
        assert {result.status for result in summariser.batch(entries, job=tmp_path / "one")} == {"failed"}
        failure = lines(tmp_path / "one" / "failures.jsonl")[0]
        assert (failure["class"], failure["attempts"], failure["desk"]) == ("SchemaError", 2, "north")
        broken = False
        again = stream_documents([str(tmp_path / "one" / "failures.jsonl")])
        assert {result.status for result in summariser.batch(again, job=tmp_path / "two")} == {"verified"}
    assert lines(tmp_path / "two" / "briefs.jsonl")[0]["document"]["extra"] == {"desk": "north"}


def test_faults_on_the_way_lose_nothing(tmp_path: Path) -> None:
    """429s, 5xx and broken connections are waited for and asked again: every document is verified."""
    faults = {"429": 0.2, "500": 0.05, "hang-up": 0.05}
    with ScriptedEndpoint(faults=faults, retry_after=0.05, seed=3) as model:
        results = made(model, tmp_path, 60)
        assert Counter(result.status for result in results) == {"verified": 60}
        assert model.counters.early_same == 0
        assert model.counters.repaid == 0
    assert summary(tmp_path)["all_runs"]["rate_limited"] == model.counters.outcomes["429"]


@pytest.mark.parametrize(
    ("server", "key", "error"),
    [
        ({"key": "right"}, "wrong", AuthenticationError),
        ({"credit": 0}, None, QuotaError),
        ({"models": ["other"]}, None, UnknownModelError),
        ({"faults": {"rejected-schema": 1.0}}, None, BadRequestError),
    ],
    ids=["key", "account", "model", "schema"],
)
def test_what_every_document_would_run_into_stops_the_job(
    tmp_path: Path, server: dict[str, Any], key: str | None, error: type[Exception]
) -> None:
    """A wrong key, an empty account, an unknown model or a refused schema: one round of calls, and a clear error."""
    with ScriptedEndpoint(latency=0.02, **server) as model:
        with pytest.raises(error):
            made(model, tmp_path, 50, key=key, concurrency=4)
        assert model.counters.requests <= 5
    told = summary(tmp_path)
    assert (told["finished"], told["stopped_by"]["class"], told["verified"]) == (False, error.__name__, 0)


def test_a_job_that_stops_at_once_reads_no_more(tmp_path: Path) -> None:
    """Where no earlier run has finished anything, a wrong key is told before the rest of a large input is read."""
    read = 0

    def given() -> Iterator[Document]:
        nonlocal read
        for document in documents(5000, short=True):
            read += 1
            yield document

    with ScriptedEndpoint(key="right") as model, Summariser("m", base_url=model.url, api_key="wrong") as summariser:
        with pytest.raises(AuthenticationError):
            list(summariser.batch(given(), job=tmp_path, concurrency=4))
        assert 0 < read < 100
    assert summary(tmp_path)["documents"] is None


def test_one_document_that_is_forbidden_stops_no_job(tmp_path: Path) -> None:
    """A firewall that refuses one text (403) is no wrong key, once others were answered; refused from the first it is one."""

    def firewall(body: dict[str, Any]) -> Any:
        return failure(403, "Request blocked") if "Quibbleton" in str(body) else truthful(body)

    texts = [
        "Norvia paid 5 million euros to Odran.",
        "Quibbleton paid 5 million euros to Odran.",
        "Odran built 5 hospitals.",
    ]
    with ScriptedEndpoint(firewall) as model, Summariser("m", base_url=model.url) as summariser:
        results = list(summariser.batch(texts, job=tmp_path / "a", concurrency=1))
        assert [result.error_class for result in results] == [None, "ForbiddenError", None]
        with pytest.raises(ForbiddenError):
            list(summariser.batch(reversed(texts[:2]), job=tmp_path / "b", concurrency=1))


def test_what_is_finished_is_kept_when_the_account_runs_empty(tmp_path: Path) -> None:
    """The briefs so far are in the folder, and with a filled account the same call makes the others only."""
    with ScriptedEndpoint(credit=12) as model:
        with pytest.raises(QuotaError):
            made(model, tmp_path, 20, concurrency=3)
        assert len(lines(tmp_path / "briefs.jsonl")) == 12
    with ScriptedEndpoint(port=int(model.url.rpartition(":")[2].removesuffix("/v1"))) as model:
        assert len(made(model, tmp_path, 20)) == 20
        assert model.counters.requests == 8
    assert len(lines(tmp_path / "briefs.jsonl")) == 20


def test_a_rerun_that_stops_at_once_loses_no_brief(tmp_path: Path) -> None:
    """What was finished before comes out although nothing new may be sent."""
    with ScriptedEndpoint(key="right") as model:
        made(model, tmp_path, 10, key="right")
        with pytest.raises(AuthenticationError):
            made(model, tmp_path, 12, key="wrong")
    assert len(lines(tmp_path / "briefs.jsonl")) == 10


def _of_no_use(job: Path, case: str) -> None:
    """A run that leaves fewer briefs than were there, and was not meant to."""
    with ScriptedEndpoint(models=["m"]) as model, Summariser("n", base_url=model.url) as summariser:
        if case == "model":
            with pytest.raises(UnknownModelError):
                list(summariser.batch(documents(10, short=True), job=job))
        elif case == "reground":
            with pytest.raises(JobError, match="no answer of this job is to what is asked now"):
                list(summariser.batch(documents(10, short=True), job=job, reground=True))
        else:
            list(summariser.batch([], job=job))


@pytest.mark.parametrize("case", ["model", "reground", "empty"])
def test_a_run_that_comes_to_nothing_leaves_the_briefs_of_the_one_before(tmp_path: Path, case: str) -> None:
    """A mistyped model, answers of another model, an input without documents: the files of the run before stay."""
    with ScriptedEndpoint() as model:
        made(model, tmp_path, 10)
    before = (tmp_path / "briefs.jsonl").read_bytes()
    _of_no_use(tmp_path, case)
    assert (tmp_path / "briefs.jsonl").read_bytes() == before
    assert (tmp_path / "failures.jsonl").read_bytes() == b""
    assert not list(tmp_path.glob("*.partial"))


def test_briefs_are_of_one_model(tmp_path: Path) -> None:
    """A run with another model takes the place of the one before as a whole, once it has as many briefs."""
    told: list[str] = []
    with ScriptedEndpoint() as model:
        made(model, tmp_path, 4)
        for most, models in ((2, {"custom/m"}), (4, {"custom/n"})):
            with Summariser("n", base_url=model.url) as summariser:
                job = summariser.job(tmp_path, Options(concurrency=1))
                job.tell = told.append
                asyncio.run(_stopped_after(job, most))
            briefs = lines(tmp_path / "briefs.jsonl")
            assert ({brief["provenance"]["model"] for brief in briefs}, len(briefs)) == (models, 4)
    (line,) = told
    assert "with 4 briefs where this run has" in line


def test_what_is_no_completion_is_asked_for_again(tmp_path: Path) -> None:
    """A page, or an error with status 200, is kept for no answer: once the server is well the same command goes on."""
    ill = True

    def script(body: dict[str, Any]) -> Any:
        return page() if ill else truthful(body)

    with ScriptedEndpoint(script) as model:
        with pytest.raises(UnknownModelError):
            made(model, tmp_path, 2)
        ill = False
        assert [result.status for result in made(model, tmp_path, 2)] == ["verified", "verified"]


def test_a_key_that_is_told_back_stays_off_the_disk(tmp_path: Path) -> None:
    """Whatever its shape, in a refusal and in a page that takes the place of an answer."""
    key = "a key without a shape"

    def script(body: dict[str, Any]) -> Any:
        return failure(400, f"What is {key}?") if "Quibbleton" in str(body) else Answer(200, f"<p>{key}")

    with ScriptedEndpoint(script) as model, Summariser("m", base_url=model.url, api_key=key) as summariser:
        for text in ("Ada Wren will leave Quibbleton on Monday.", "Ada Wren will leave Ostrava on Monday."):
            with pytest.raises((BadRequestError, UnknownModelError)):
                list(summariser.batch([text], job=tmp_path))
    with Ledger(tmp_path / "job.db") as ledger:
        kept = [zlib.decompress(body).decode() for (body,) in ledger.rows("SELECT response FROM exchanges")]
    assert len(kept) == 2
    assert all("[redacted]" in body and key not in body for body in kept)


def test_more_tokens_from_the_cache_than_there_were_lose_no_answer(tmp_path: Path) -> None:
    """Such a usage is priced as if all had come from the cache, at the price of a list too."""
    usage = {"prompt_tokens": 10, "completion_tokens": 5, "prompt_tokens_details": {"cached_tokens": 64}}

    def script(body: dict[str, Any]) -> Any:
        return completion(truthful(body), usage=usage)

    with ScriptedEndpoint(script) as model:
        made(model, tmp_path, 2, price="1/1/0.5")
    assert Decimal(summary(tmp_path)["all_runs"]["cost_usd"]) == Decimal("0.00002")
    listed = endpoint("openai/gpt-4.1-mini", api_key="k")
    assert dollars(listed, None, Usage(10, 5, 64)) == dollars(listed, None, Usage(10, 5, 10))


@pytest.mark.parametrize("tokens", [10**30, 1e400])
def test_an_absurd_usage_is_none(tokens: float) -> None:
    """No request has so many tokens: the endpoint is taken to have told nothing."""
    assert Usage.reported({"prompt_tokens": tokens, "completion_tokens": 5}) == Usage(None, 5)


def test_a_budget_holds_where_no_tokens_are_told(tmp_path: Path) -> None:
    """What was set aside for an answer counts as spent, in this run and for the next."""

    def script(body: dict[str, Any]) -> Any:
        return completion(truthful(body), usage=None)

    with ScriptedEndpoint(script) as model:
        for _ in range(2):
            with pytest.raises(BudgetError):
                made(model, tmp_path, 200, budget="0.3", price="1/10")
            assert 0 < model.counters.requests < 50
            spent = Decimal(summary(tmp_path)["all_runs"]["cost_usd"])
            assert Decimal("0.2") < spent <= Decimal("0.3")
        asked = model.counters.requests
        with pytest.raises(BudgetError):
            made(model, tmp_path, 200, budget="0.3", price="1/10")
        assert model.counters.requests == asked


@pytest.mark.parametrize("budget", [None, "1"])
async def test_what_may_have_been_paid_for_is_not_forgotten(tmp_path: Path, budget: str | None) -> None:
    """A request that may have been answered counts as the most it can have cost in later runs too, also one of a run without
    a budget.
    """

    class Broken(Network):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            raise RuntimeError(request.url)

    async def spent(budget: str | None, number: int) -> Decimal | None:
        options = Options(budget=None if budget is None else Decimal(budget))
        with Summariser("m", base_url="http://localhost:1/v1", price="1/10") as summariser:
            job = Job(summariser.recipe, tmp_path, Broken, options)
        await _ended(job, [Entry(document, Place("x")) for document in documents(number, short=True)])
        return job.progress.spent

    await spent(budget, 2)
    before = await spent("1", 0)
    after = await spent("1", 1)
    assert before is not None
    assert after is not None
    assert 0 < before < after < 2 * before


def _dear(body: dict[str, Any]) -> Any:
    """An answer whose tokens are cheaper alone than together with another's."""
    answer = completion(truthful(body), usage={"prompt_tokens": 150_000, "completion_tokens": 10})
    return replace(answer, body={**answer.body, "model": "gemini-2.5-pro"})


@pytest.mark.parametrize("strategy", ["whole", "sentences"])
async def test_a_price_with_steps_is_summed_over_requests(tmp_path: Path, strategy: Any) -> None:
    """However many tokens its requests have together, a brief costs what each of them does, and opening a job again changes
    nothing of that.
    """
    spent: list[Decimal | None] = []
    with ScriptedEndpoint(_dear) as model:
        asked = replace(endpoint("m", base_url=model.url, api_key="k"), price_id="google")
        recipe = Recipe.of(asked, strategy=strategy, policy="strict")
        for _ in range(2):
            job = Job(recipe, tmp_path, Network)
            await _ended(job, [Entry(document, Place("x")) for document in documents(3, short=True)])
            spent.append(job.progress.spent)
        each = (150_000 * Decimal("1.25") + 10 * 10) / 10**6
        assert spent == [model.counters.requests * each] * 2
    told = [brief["provenance"] for brief in lines(tmp_path / "briefs.jsonl")]
    assert [Decimal(one["cost_usd"]) for one in told] == [one["requests"] * each for one in told]


async def test_a_request_that_is_given_up_under_way_may_have_been_paid_for(tmp_path: Path) -> None:
    """It is counted at once, and not once more by the next run."""
    under_way = asyncio.Event()

    class Silent(Network):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            under_way.set()
            await asyncio.sleep(60)
            return httpx2.Response(200, request=request)

    def cost(usage: Usage, model: str | None, *, batch: bool = False) -> Decimal | None:
        return Decimal("0.1")

    with Ledger(tmp_path / "job.db") as ledger:
        purse = Purse(Decimal(1))
        sender = LedgerTransport(ledger, Silent, pacer=Pacer(most=1), purse=purse, cost=cost)
        task = asyncio.create_task(sender.handle_async_request(httpx2.Request("POST", "http://m/v1", json={})))
        await under_way.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await sender.aclose()
        assert (purse.spent, purse.reserved) == (Decimal("0.1"), Decimal(0))
    with Ledger(tmp_path / "job.db") as ledger:
        assert (ledger.recovered, ledger.totals().ambiguous) == (0, 1)
        assert ledger.totals().spent == Decimal("0.1")


async def test_what_was_never_sent_is_not_perhaps_paid_for(tmp_path: Path) -> None:
    """A recording that is not there, an error before sending: the next run counts nothing as under way."""

    class Missing(Network):
        async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
            raise ReplayMissError("nothing is recorded")

    with Summariser("m", base_url="http://localhost:1/v1") as summariser:
        job = Job(summariser.recipe, tmp_path, Missing)
    await _ended(job, [Entry(document, Place("x")) for document in documents(3, short=True)])
    with Ledger(tmp_path / "job.db") as ledger:
        assert (ledger.recovered, ledger.totals().ambiguous) == (0, 0)


def test_an_endpoint_that_is_gone_stops_the_job(tmp_path: Path) -> None:
    """When nobody answers, the job does not try its way through all documents."""
    # A port that was just given back may be given to somebody else, or connect to itself; nobody is ever on this one.
    with (
        Summariser("m", base_url="http://127.0.0.1:1/v1") as summariser,
        pytest.raises(OutageError, match=r"in a row got no answer.*[^.]\. Go on when the endpoint is back"),
    ):
        list(summariser.batch(documents(200, short=True), job=tmp_path))
    assert summary(tmp_path)["failed"] < 100


def test_a_budget_is_never_exceeded(tmp_path: Path) -> None:
    """Every request is paid for out of what is left, and the job stops cleanly before it is not enough."""
    with ScriptedEndpoint() as model:
        with pytest.raises(BudgetError, match="go on with a higher --budget"):
            made(model, tmp_path, 200, budget="0.25", price="1/10")
        counters = model.counters
        cost = (counters.input_tokens + 10 * counters.output_tokens) / Decimal(1_000_000)
        assert Decimal("0.10") < cost <= Decimal("0.25")
        done = len(lines(tmp_path / "briefs.jsonl"))
        assert 0 < done < 200
        assert Decimal(summary(tmp_path)["all_runs"]["cost_usd"]) == cost
        assert len(made(model, tmp_path, 200, price="1/10")) == 200
        assert counters.repaid == 0


def test_a_budget_too_small_for_one_request_says_so(tmp_path: Path) -> None:
    """What the request may cost is told, and nothing is said to be used up."""
    with (
        ScriptedEndpoint() as model,
        pytest.raises(
            BudgetError, match=r"the budget of \$0\.001 is too small for the next request, which may cost \$0\.\d"
        ),
    ):
        made(model, tmp_path, 1, budget="0.001", price="1/10")


async def test_an_outage_is_told_while_it_lasts(tmp_path: Path) -> None:
    """What the endpoint fails with is told until an answer comes."""
    told: list[str] = []

    def script(body: dict[str, Any]) -> Any:
        told.append(job.progress.trouble)
        return truthful(body) if len(told) > 4 else failure(503, "Try again later.", headers={"retry-after": "0.01"})

    items = [Entry(document, Place("x")) for document in documents(1, short=True)]
    with ScriptedEndpoint(script) as model, Summariser("m", base_url=model.url) as summariser:
        async with summariser.job(tmp_path) as job:
            assert [result.status async for result in job.results(items)] == ["verified"]
            assert job.progress.trouble == ""
    assert told == ["", "", "", "the endpoint answers 503", "the endpoint answers 503"]


def test_a_budget_without_a_price_is_refused(tmp_path: Path) -> None:
    """What a model costs must be known before a budget can be kept."""
    with (
        Summariser("m", base_url="http://localhost:1/v1") as summariser,
        pytest.raises(ConfigurationError, match=r"--price.*Summariser\(price=…\)"),
    ):
        summariser.batch(documents(1), job=tmp_path, budget=1)


def test_limits_of_the_provider_are_kept(tmp_path: Path) -> None:
    """With a limit in the headers no request is answered with 429."""
    with ScriptedEndpoint(limits=RateLimits(requests=1200)) as model:
        assert len(made(model, tmp_path, 60)) == 60
        assert model.counters.outcomes["429"] == 0


def test_whoever_stops_taking_results_stops_the_job(tmp_path: Path) -> None:
    """A loop that is left asks nothing more; what was under way is kept, and the job can be taken up."""
    with ScriptedEndpoint(latency=0.01) as model, Summariser("m", base_url=model.url) as summariser:
        for _ in summariser.batch(documents(500, short=True), job=tmp_path, concurrency=4):
            break
        assert model.counters.requests < 500
        assert len(list(summariser.batch(documents(30, short=True), job=tmp_path))) == 30
        assert model.counters.repaid == 0


@pytest.mark.parametrize("via", ["live", "batch-api"])
def test_an_iterator_that_raises_is_told_as_such(tmp_path: Path, via: Any) -> None:
    """The error is the cause of the one that stops the job, and what came before it is worked on, or left to the next run."""
    trouble = KeyError("no such column")

    def given() -> Iterator[Document]:
        yield from documents(5, short=True)
        raise trouble

    with (
        ScriptedEndpoint() as model,
        Summariser("m", base_url=model.url) as summariser,
        pytest.raises(InputError, match="the iterator of documents raised KeyError: 'no such column'") as caught,
    ):
        list(summariser.batch(given(), job=tmp_path, concurrency=1, via=via))
    assert caught.value.__cause__ is trouble
    told = summary(tmp_path)
    assert (told["verified"], told["remaining"]) == ((5, 0) if via == "live" else (0, 5))
    assert told["stopped_by"]["class"] == "InputError"


def test_a_fault_of_ours_has_its_cause(tmp_path: Path) -> None:
    """Who reports one can say where it arose."""
    with ScriptedEndpoint() as model, Summariser("m", base_url=model.url) as summariser:
        job = summariser.job(tmp_path)
        with pytest.raises(SummariserError, match=r"a fault in summariser.*ZeroDivisionError") as caught:
            asyncio.run(_ended(job, (Entry(d, Place(str(1 // 0))) for d in documents(1))))
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_a_fault_after_the_answer_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No document goes missing without a word: whatever is raised on its way stops the job."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Job, "_one_done", broken)
    with ScriptedEndpoint() as model, pytest.raises(SummariserError, match="a fault in summariser"):
        made(model, tmp_path, 1)


async def test_async_results_are_the_same(tmp_path: Path) -> None:
    """`abatch` is `batch` in the running event loop."""
    with ScriptedEndpoint() as model:
        async with Summariser("m", base_url=model.url) as summariser:
            found = [result async for result in summariser.abatch(documents(5, short=True), job=tmp_path / "a")]
            assert [result.content for result in found] == [
                result.content for result in summariser.batch(documents(5, short=True), job=tmp_path / "a")
            ]


async def test_a_job_that_is_stopped_finishes_what_is_under_way(tmp_path: Path) -> None:
    """After `stop` the answers under way become briefs, and nothing more is sent."""
    with ScriptedEndpoint(latency=0.05) as model:
        async with Summariser("m", base_url=model.url) as summariser, summariser.job(tmp_path, Options(3)) as job:
            results = job.results(Entry(document, Place("x")) for document in documents(100, short=True))
            first = await anext(results)
            job.stop()
            with pytest.raises(JobStoppedError):
                _ = [result async for result in results]
            assert first.status == "verified"
            assert job.progress.done == model.counters.requests
            assert job.progress.done < 100


async def test_documents_are_worked_on_as_they_come(tmp_path: Path) -> None:
    """A result comes out before the source has its next document, and a stop does not wait for one."""
    waits = threading.Event()

    def given() -> Iterator[Item]:
        yield Entry(next(iter(documents(1))), Place("x"))
        waits.wait()

    with ScriptedEndpoint() as model:
        async with Summariser("m", base_url=model.url) as summariser, summariser.job(tmp_path) as job:
            results = job.results(given())
            assert (await anext(results)).status == "verified"
            job.stop()
            with pytest.raises(JobStoppedError):
                await anext(results)
    waits.set()


def test_a_text_alone_is_enough(tmp_path: Path) -> None:
    """Strings and documents without an id are named by their digest; an empty one fails alone."""
    (document,) = documents(1, short=True)
    with ScriptedEndpoint() as model, Summariser("m", base_url=model.url) as summariser:
        results = list(summariser.batch([document.text, Document(text=" ")], job=tmp_path))
    assert [(result.id, result.status) for result in results] == [
        (document.sha256[:12], "verified"),
        (Document(text=" ").sha256[:12], "failed"),
    ]
    assert results[1].error_class == "InputError"


@pytest.mark.parametrize(
    "given", ["article.txt", b"article", Path("article.txt"), Document(text="Tessa paid."), {"a": "b"}, None]
)
async def test_what_is_no_list_of_documents_is_refused(tmp_path: Path, given: Any) -> None:
    """A text is not taken for its characters, nor a document for its fields: nothing is asked, and no folder is made."""
    with Summariser("m", base_url="http://localhost:1/v1") as summariser:
        with pytest.raises(InputError, match=rf"a {type(given).__name__}|the {type(given).__name__} .*pass \[text\]"):
            summariser.batch(given, job=tmp_path / "job")
        with pytest.raises(InputError, match="pass \\[text\\] for one text"):
            await anext(summariser.abatch(given, job=tmp_path / "job"))
    assert not (tmp_path / "job").exists()


@pytest.mark.parametrize("given", [Path("article.txt"), None, b"text"])
async def test_what_is_no_document_is_named(tmp_path: Path, given: Any) -> None:
    """The message says of which type it is, and what to pass."""
    with ScriptedEndpoint() as model, Summariser("m", base_url=model.url) as summariser:
        with pytest.raises(InputError, match=f"not (a|the) {type(given).__name__}.*pass the text itself"):
            summariser.summarise(given)
        with pytest.raises(InputError, match="pass the text itself"):
            await summariser.asummarise(given)
        with pytest.raises(InputError, match="pass the text itself"):
            list(summariser.batch([given], job=tmp_path))


@pytest.mark.parametrize("options", [{"concurrency": 0}, {"rpm": -1}, {"tpm": 0}, {"budget": -1}, {"budget": "abc"}])
def test_options_that_make_no_sense_are_refused(tmp_path: Path, options: dict[str, Any]) -> None:
    """The message names the option and its value."""
    with (
        Summariser("m", base_url="http://localhost:1/v1", price="1/1") as summariser,
        pytest.raises(ConfigurationError, match=next(iter(options))),
    ):
        summariser.batch(documents(1), job=tmp_path, **options)


def test_a_batch_that_nobody_takes_results_of_keeps_no_lock(tmp_path: Path) -> None:
    """A job begins when its first result is taken: until then another may have the folder."""
    with ScriptedEndpoint() as model, Summariser("m", base_url=model.url) as summariser:
        unused = summariser.batch(documents(2), job=tmp_path)
        assert len(list(summariser.batch(documents(2), job=tmp_path))) == 2
        assert len(list(unused)) == 2


async def test_a_stop_keeps_every_answer_that_is_under_way(tmp_path: Path) -> None:
    """Also those of a document with several questions of which others were not sent yet: none is paid for twice."""
    asked = list(documents(3))
    with ScriptedEndpoint(latency=0.3) as model:
        summariser = Summariser("m", base_url=model.url, strategy="sentences")
        items: list[Item] = [Entry(document, Place("here")) for document in asked]
        with suppress(JobStoppedError):
            async with summariser.job(tmp_path, Options(concurrency=4)) as job:
                running = asyncio.create_task(_all(job, items))
                while model.counters.requests < 4:
                    await asyncio.sleep(0.01)
                job.stop()
                await running
        sent = model.counters.requests
        with Ledger(tmp_path / "job.db") as ledger:
            assert (ledger.recovered, ledger.totals().answered) == (0, sent)
        assert len([r async for r in summariser.abatch(asked, job=tmp_path)]) == 3
        assert model.counters.repaid == 0


async def _all(job: Job[Any], items: list[Item]) -> list[Result[Any]]:
    return [result async for result in job.results(items)]
