"""Provider batches against a real server on loopback: whatever comes back or does not, nothing is lost or paid twice."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, timedelta, timezone
from decimal import Decimal
from io import BytesIO, TextIOWrapper
from typing import TYPE_CHECKING, Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from summariser import Document, Summariser
from summariser.batch import BatchApi, Job, Options
from summariser.batch.spool import Spool
from summariser.cli import app
from summariser.costs import dollars
from summariser.errors import (
    AuthenticationError,
    BudgetError,
    ConfigurationError,
    InputError,
    JobError,
    JobStoppedError,
)
from summariser.exchange import Usage
from summariser.readers import Damaged, Entry, Place
from summariser.settings import endpoint
from summariser.store import Network
from summariser.testing import BatchScript, ScriptedEndpoint, completion, documents, failure, truthful
from summariser_schemas import Origin

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from summariser.batch import Progress, Result
    from summariser.readers import Item

QUICK = BatchApi(poll=0.01)
NUMBER = 12


class Ran:
    """A job that was run over some documents: what came of it, what it told, and what stopped it."""

    def __init__(
        self,
        model: ScriptedEndpoint,
        folder: Path,
        texts: Iterable[Document] | int = NUMBER,
        *,
        how: BatchApi = QUICK,
        told: Callable[[str, Job], None] | None = None,
        sender: type[Network] = Network,
        budget: str | None = None,
        key: str | None = None,
        price: str | None = "2/8",
        batch_price: str | None = "1/4",
    ) -> None:
        self.folder = folder
        self._texts = list(documents(texts, short=True)) if isinstance(texts, int) else list(texts)
        self._told = told
        self.lines: list[str] = []
        self.stop: Exception | None = None
        self.results: list[Result] = []
        with Summariser("m", base_url=model.url, api_key=key, price=price, batch_price=batch_price) as summariser:
            options = Options(budget=None if budget is None else Decimal(budget), via=how)
            self._job = Job(summariser.recipe, folder, sender, options, tell=self._tell)

    def _tell(self, line: str) -> None:
        self.lines.append(line)
        if self._told is not None:
            self._told(line, self._job)

    async def to_its_end(self) -> Ran:
        """Take all results."""
        items = [Entry(document, Place(document.id or "a text")) for document in self._texts]
        async with self._job as job:
            try:
                self.results = [result async for result in job.results(items)]
            except Exception as error:
                self.stop = error
            self.progress: Progress = job.progress
        return self

    @property
    def statuses(self) -> list[str]:
        """Of each document."""
        return [result.status for result in self.results]

    @property
    def batches(self) -> list[dict[str, Any]]:
        """What the summary says of the batches."""
        found: list[dict[str, Any]] = json.loads((self.folder / "summary.json").read_text(encoding="utf-8"))["batches"]
        return found


async def ran(model: ScriptedEndpoint, folder: Path, texts: Iterable[Document] | int = NUMBER, **options: Any) -> Ran:
    """Run a job over documents by the provider's batches."""
    return await Ran(model, folder, texts, **options).to_its_end()


async def test_the_first_questions_go_out_as_a_batch(tmp_path: Path) -> None:
    """All but one question come back by a batch, and the briefs are those of a job that asks directly."""
    with ScriptedEndpoint() as model:
        job = await ran(model, tmp_path / "a")
        assert model.counters.requests == 1
        with Summariser("m", base_url=model.url) as summariser:
            direct = list(summariser.batch(documents(NUMBER, short=True), job=tmp_path / "b"))
    assert job.batches == [{"batch": "batch_000001", "status": "completed", "requests": 11, "answered": 11}]
    assert not list((tmp_path / "a").glob("*.jsonl.partial"))
    unlike = {"provenance"}
    for one, other in zip(job.results, direct, strict=True):
        assert one.brief is not None
        assert other.brief is not None
        assert one.brief.model_dump(exclude=unlike) == other.brief.model_dump(exclude=unlike)


async def test_a_batch_is_paid_at_the_price_of_batches(tmp_path: Path) -> None:
    """Answers that came by a batch are counted at its price: in the job, in a brief, and when the job is opened again."""
    with ScriptedEndpoint() as model:
        job = await ran(model, tmp_path)
        again = await ran(model, tmp_path)
    costs = [result.brief.provenance.cost_usd for result in job.results if result.brief]
    known = [result.brief.provenance for result in job.results if result.brief]
    assert None not in costs
    full = [(p.input_tokens or 0) * Decimal(2) / 10**6 + (p.output_tokens or 0) * Decimal(8) / 10**6 for p in known]
    assert costs == [full[0], *(cost / 2 for cost in full[1:])]
    assert again.progress.spent == job.progress.spent == sum(cost for cost in costs if cost is not None)
    assert (job.progress.answered, job.progress.by_batch, again.progress.answered) == (NUMBER, NUMBER - 1, 0)


async def test_the_price_of_a_batch_is_never_guessed(tmp_path: Path) -> None:
    """Where only the ordinary price is told, what came by a batch is unknown."""
    with ScriptedEndpoint() as model:
        job = await ran(model, tmp_path, batch_price=None)
        with pytest.raises(ConfigurationError, match="--batch-price"):
            Ran(model, tmp_path / "b", budget="5", batch_price=None)
    assert job.progress.unpriced == NUMBER - 1
    assert job.results[1].brief
    assert job.results[1].brief.provenance.cost_usd is None


def test_list_prices_of_batches_are_the_providers() -> None:
    """OpenAI's batches cost half; where no price of batches is listed, it is unknown."""
    usage = Usage(1_000_000, 1_000_000)
    listed = endpoint("openai/gpt-4.1-mini", api_key="k")
    ordinary, batch = dollars(listed, None, usage), dollars(listed, None, usage, batch=True)
    assert ordinary is not None
    assert batch == ordinary / 2
    assert dollars(endpoint("deepseek/deepseek-chat", api_key="k"), None, usage) is not None
    assert dollars(endpoint("deepseek/deepseek-chat", api_key="k"), None, usage, batch=True) is None


async def test_a_job_that_was_stopped_takes_its_batch_up_again(tmp_path: Path) -> None:
    """Stopped while it waits, the same call goes on waiting for the same batch."""

    def stop(_: str, job: Job) -> None:
        job.stop()

    with ScriptedEndpoint(batches=BatchScript(polls=3)) as model:
        first = await ran(model, tmp_path, told=stop)
        second = await ran(model, tmp_path)
        assert len(model.batches.all) == 1
    assert isinstance(first.stop, JobStoppedError)
    assert (first.statuses, first.progress.remaining, first.progress.batches) == ([], NUMBER, 1)
    assert second.statuses == ["verified"] * NUMBER
    assert second.progress.answered == second.progress.by_batch == NUMBER - 1


class Dying(Network):
    """Before each request and after each response, what a process that dies there leaves behind."""

    folder: Path
    images: list[tuple[str, Path]]

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request."""
        await request.aread()
        self._image(f"before {request.method} {request.url.path}")
        response = await super().handle_async_request(request)
        await response.aread()
        self._image(f"after {request.method} {request.url.path}")
        return httpx2.Response(response.status_code, headers=response.headers, content=response.content)

    def _image(self, when: str) -> None:
        place = self.folder.with_name(f"image{len(self.images)}")
        shutil.copytree(self.folder, place)
        self.images.append((when, place))


async def test_a_job_that_is_killed_anywhere_makes_no_second_batch(tmp_path: Path) -> None:
    """From what a kill leaves at any moment after the upload, the same call ends with all briefs and the one batch."""

    class Here(Dying):
        folder = tmp_path / "job"
        images: list[tuple[str, Path]] = []  # noqa: RUF012 -- of this test alone

    with ScriptedEndpoint() as model:
        await ran(model, tmp_path / "job", 4, sender=Here)
        whens = [when for when, _ in Here.images]
        first = whens.index("before POST /v1/batches")
        assert "after POST /v1/batches" in whens
        for when, image in Here.images[first:]:
            again = await ran(model, image, 4)
            assert again.statuses == ["verified"] * 4, when
            assert len(model.batches.all) == 1, when
        assert model.counters.requests == 1


async def test_a_lost_response_to_the_create_call_pays_once(tmp_path: Path) -> None:
    """The batch that was made is found by what it carries."""
    with ScriptedEndpoint(batches=BatchScript(lost=1)) as model:
        job = await ran(model, tmp_path)
        (batch,) = model.batches.all
    assert set(batch["metadata"]) == {"summariser_part"}
    assert job.statuses == ["verified"] * NUMBER


async def test_an_expired_batch_is_harvested_and_the_rest_submitted_again(tmp_path: Path) -> None:
    """What was answered is kept, and what was not goes into a second batch; only the first question is asked directly."""
    with ScriptedEndpoint(batches=BatchScript(expires_after=9)) as model:
        job = await ran(model, tmp_path, 16, how=BatchApi(poll=0.01, few=3))
        submitted = [len(model.batches.lines(batch["id"])) for batch in reversed(model.batches.all)]
        assert model.counters.requests == 1
    assert submitted == [15, 6]
    assert [batch["answered"] for batch in job.batches] == [9, 6]
    assert job.batches[0]["not_done"] == 6
    assert any("6 go out with another batch" in line for line in job.lines)
    assert job.statuses == ["verified"] * 16


async def test_what_is_missing_is_reported_and_asked_directly(tmp_path: Path) -> None:
    """Submitted and returned are compared: what did not come, came twice, or was never asked for is counted and told."""
    with ScriptedEndpoint(batches=BatchScript(missing=0.3, strays=2, twice=1, blank=True)) as model:
        job = await ran(model, tmp_path)
        asked = model.counters.requests - 1
    (batch,) = job.batches
    assert asked == batch["missing"] > 0
    assert (batch["answered"] + asked, batch["unknown"], batch["twice"]) == (NUMBER - 1, 2, 1)
    assert job.statuses == ["verified"] * NUMBER


async def test_one_bad_request_spoils_no_other(tmp_path: Path) -> None:
    """A request that the endpoint refuses fails its document alone."""
    texts = list(documents(NUMBER, short=True))
    texts[5] = Document(text="Ada Wren will leave Quibbleton on Monday.")

    def script(body: dict[str, Any]) -> Any:
        return failure(400, "This prompt is flawed.") if "Quibbleton" in str(body) else truthful(body)

    with ScriptedEndpoint(script) as model:
        job = await ran(model, tmp_path, texts)
    assert job.statuses == ["failed" if n == 5 else "verified" for n in range(NUMBER)]
    assert job.results[5].error_class == "BadRequestError"
    assert job.batches[0]["refused"] == 1


async def test_answers_of_no_use_are_asked_for_again_directly(tmp_path: Path) -> None:
    """What came by a batch and is no brief gets its second question at once, not with another batch."""
    with ScriptedEndpoint(batches=BatchScript(failing=0.3, fault="prose")) as model:
        job = await ran(model, tmp_path)
        assert 1 < model.counters.requests < NUMBER
        assert len(model.batches.all) == 1
    assert job.statuses == ["verified"] * NUMBER


async def test_what_is_no_completion_is_asked_for_directly(tmp_path: Path) -> None:
    """A page that came by a batch with status 200 is no answer, and the same question is asked by itself."""
    with ScriptedEndpoint(batches=BatchScript(failing=0.3, fault="page")) as model:
        job = await ran(model, tmp_path)
        assert 1 < model.counters.requests < NUMBER
    assert job.statuses == ["verified"] * NUMBER
    assert job.batches[0]["refused"] == model.counters.requests - 1


async def test_answers_by_batch_that_tell_no_tokens_count_as_the_most(tmp_path: Path) -> None:
    """With a budget they are no gift, in this run and for the next."""
    with ScriptedEndpoint(lambda body: completion(truthful(body), usage=None)) as model:
        job = await ran(model, tmp_path, budget="5", price="20/20", batch_price="10/10")
        again = await ran(model, tmp_path, budget="5", price="20/20", batch_price="10/10")
    assert job.statuses == ["verified"] * NUMBER
    assert job.progress.spent is not None
    assert again.progress.spent == job.progress.spent > Decimal("0.5")
    assert again.progress.unpriced == job.progress.unpriced == NUMBER


async def test_what_fails_on_the_providers_side_goes_out_again_and_then_directly(tmp_path: Path) -> None:
    """No request goes into more batches than there are rounds."""
    with ScriptedEndpoint(batches=BatchScript(failing=1.0, fault="500")) as model:
        job = await ran(model, tmp_path, how=BatchApi(poll=0.01, few=2, rounds=2))
        assert len(model.batches.all) == 2
        assert model.counters.requests == NUMBER
    assert job.statuses == ["verified"] * NUMBER


async def test_parts_keep_to_the_limits_of_a_batch(tmp_path: Path) -> None:
    """Neither requests nor bytes of a batch are more than may be."""
    with ScriptedEndpoint() as model:
        await ran(model, tmp_path / "requests", how=BatchApi(poll=0.01, requests=4))
        sizes = [len(model.batches.lines(batch["id"])) for batch in reversed(model.batches.all)]
        (line, *_) = model.batches.lines(model.batches.all[0]["id"])
    assert sizes == [4, 4, 3]
    with ScriptedEndpoint() as model:
        most = 2 * len(json.dumps(line)) + 200
        await ran(model, tmp_path / "bytes", how=BatchApi(poll=0.01, size=most))
        assert all(0 < len(model.batches.lines(batch["id"])) <= 2 for batch in model.batches.all)


async def test_a_full_queue_is_waited_for(tmp_path: Path) -> None:
    """A batch that is too much for the provider's queue goes out later, or in smaller parts."""
    with ScriptedEndpoint(batches=BatchScript(queue=4, polls=2)) as model:
        job = await ran(model, tmp_path)
        assert model.counters.requests == 1
    assert job.statuses == ["verified"] * NUMBER


async def test_identical_requests_are_batched_once(tmp_path: Path) -> None:
    """Documents with the same text share a line of the batch."""
    one, other = documents(2, short=True)
    with ScriptedEndpoint() as model:
        job = await ran(model, tmp_path, [one, *[other.model_copy(update={"id": f"copy {n}"}) for n in range(5)]])
        assert job.batches[0]["requests"] == 1
    assert job.statuses == ["verified"] * 6


async def test_only_what_is_new_is_submitted(tmp_path: Path) -> None:
    """A job that grew makes a batch of what it does not have."""
    with ScriptedEndpoint() as model:
        await ran(model, tmp_path, 5)
        await ran(model, tmp_path, 9)
        sizes = [len(model.batches.lines(batch["id"])) for batch in reversed(model.batches.all)]
    assert sizes == [4, 3]


async def test_what_the_endpoint_takes_is_found_out_first(tmp_path: Path) -> None:
    """What the first answer taught is how the requests of the batch are made."""

    def script(body: dict[str, Any]) -> Any:
        if "temperature" in body:
            return failure(400, "Unsupported parameter: 'temperature' is not supported.", param="temperature")
        return truthful(body)

    with ScriptedEndpoint(script) as model:
        job = await ran(model, tmp_path)
        assert model.counters.requests == 2
    assert job.batches[0]["answered"] == NUMBER - 1


async def test_a_wrong_key_stops_before_anything_is_uploaded(tmp_path: Path) -> None:
    """One call says so, and the error is that of any job."""
    with ScriptedEndpoint(key="right") as model:
        job = await ran(model, tmp_path, key="wrong")
        assert model.counters.requests == 1
        assert model.batches.all == []
    assert isinstance(job.stop, AuthenticationError)


async def test_a_budget_holds_for_batches(tmp_path: Path) -> None:
    """No batch is made that could cost more than is left; what came is worked on, and a higher budget goes on."""
    with ScriptedEndpoint() as model:
        job = await ran(model, tmp_path, budget="0.3", price="20/20", batch_price="10/10")
        assert isinstance(job.stop, BudgetError)
        assert job.progress.spent is not None
        assert 0 < job.progress.spent <= Decimal("0.3")
        assert 1 < job.progress.done < NUMBER
        asked = model.counters.requests
        rest = await ran(model, tmp_path, budget="5", price="20/20", batch_price="10/10")
        assert model.counters.requests == asked + 1 == 2
    assert rest.statuses == ["verified"] * NUMBER


async def test_what_a_batch_may_cost_is_waited_for_by_nobody(tmp_path: Path) -> None:
    """With the budget set aside for a batch that is under way, a job that grew takes the batch up and ends."""

    def stop(_: str, job: Job) -> None:
        job.stop()

    with ScriptedEndpoint(batches=BatchScript(polls=3)) as model:
        texts = list(documents(4, short=True))
        await ran(model, tmp_path, texts[1:], budget="0.4", told=stop, price="20/20", batch_price="10/10")
        job = await ran(model, tmp_path, texts, budget="0.4", price="20/20", batch_price="10/10")
    assert job.progress.done >= 2


async def test_a_queue_that_stays_full_stops_the_job(tmp_path: Path) -> None:
    """The provider's reason is told, and nothing is asked directly."""
    with ScriptedEndpoint(batches=BatchScript(queue=0)) as model:
        job = await ran(model, tmp_path, 3)
        assert model.counters.requests == 1
    assert "Enqueued token limit" in str(job.stop)


async def test_a_batch_that_is_refused_stops_the_job(tmp_path: Path) -> None:
    """The reason is told, and nothing is asked directly at twice the price."""
    with ScriptedEndpoint(batches=BatchScript(rejected="the model has no batches")) as model:
        job = await ran(model, tmp_path)
        assert model.counters.requests == 1
    assert isinstance(job.stop, JobError)
    assert "the model has no batches" in str(job.stop)


async def test_a_batch_that_is_cancelled_stops_the_job(tmp_path: Path) -> None:
    """Whoever cancelled it did not mean to pay the double for it."""
    with ScriptedEndpoint(batches=BatchScript(polls=100)) as model:

        def cancel(line: str, _: Job) -> None:
            name = line.partition(":")[0]
            if "are with" in line:
                httpx2.post(f"{model.url}/batches/{name}/cancel")

        job = await ran(model, tmp_path, told=cancel)
        assert model.counters.requests == 1
    assert "was cancelled" in str(job.stop)


async def test_a_file_that_is_not_there_yet_is_fetched_again(tmp_path: Path) -> None:
    """A download that is forbidden just after the batch has ended is no wrong key."""
    with ScriptedEndpoint(batches=BatchScript(forbidden=2)) as model:
        job = await ran(model, tmp_path)
        assert model.counters.requests == 1
    assert job.statuses == ["verified"] * NUMBER


class Overloaded(Network):
    """An endpoint that does what it is asked about files and batches, and says of each first call that it could not."""

    asked: set[tuple[str, str]]

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request."""
        response = await super().handle_async_request(request)
        call = request.method, request.url.path
        if request.url.path.endswith("/chat/completions") or call in self.asked:
            return response
        self.asked.add(call)
        await response.aread()
        return httpx2.Response(503, json={"error": {"message": "Overloaded"}})


async def test_overload_is_waited_out_and_pays_for_nothing_twice(tmp_path: Path) -> None:
    """A 5xx is asked again, and after one to the create call the batch is looked for first."""

    class Here(Overloaded):
        asked: set[tuple[str, str]] = set()  # noqa: RUF012 -- of this test alone

    with ScriptedEndpoint() as model:
        job = await ran(model, tmp_path, sender=Here)
        assert len(model.batches.all) == 1
    assert {("POST", "/v1/files"), ("POST", "/v1/batches")} < Here.asked
    assert job.statuses == ["verified"] * NUMBER


class Without(Network):
    """An endpoint that knows no batches."""

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request."""
        if not request.url.path.endswith("/chat/completions"):
            return httpx2.Response(404, json={"error": {"message": "Not Found"}})
        return await super().handle_async_request(request)


async def test_an_endpoint_without_batches_is_told(tmp_path: Path) -> None:
    """It is said what to leave out."""
    with ScriptedEndpoint() as model:
        job = await ran(model, tmp_path, sender=Without)
    assert isinstance(job.stop, ConfigurationError)
    assert "--via batch-api" in str(job.stop)


def test_batches_need_a_provider(tmp_path: Path) -> None:
    """The embedded model and recordings have none, and to reground asks for nothing."""
    with pytest.raises(ConfigurationError, match="embedded model"):
        Summariser("local/x").job(tmp_path, Options(via=QUICK))
    with pytest.raises(ConfigurationError, match="recordings"):
        Summariser("m", base_url="http://m/v1", recordings=tmp_path).job(tmp_path, Options(via=QUICK))
    with pytest.raises(ConfigurationError, match="reground"):
        Options(reground=True, via=QUICK)


def test_the_command_takes_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What can be read only once is kept until the batches have come back."""
    rows = b"".join(json.dumps({"id": d.id, "text": d.text}).encode() + b"\n" for d in documents(3, short=True))
    monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(rows)))
    with ScriptedEndpoint() as model:
        arguments = ["batch", "-", "--out", str(tmp_path), "--model", "m", "--base-url", model.url]
        result = CliRunner().invoke(app, [*arguments, "--via", "batch-api", "--poll", "0.01"], input=rows)
    assert result.exit_code == 0, result.output
    assert len((tmp_path / "briefs.jsonl").read_bytes().splitlines()) == 3


@given(
    text=st.text(min_size=1),
    published=st.none()
    | st.dates()
    | st.datetimes(timezones=st.sampled_from([None, UTC, timezone(timedelta(hours=-5))])),
    extra=st.dictionaries(st.text(), st.none() | st.integers() | st.text() | st.lists(st.booleans())),
    place=st.builds(Place, st.text(), st.sampled_from([None, "line"]), st.none() | st.integers()),
)
def test_a_spool_gives_back_what_it_was_given(
    tmp_path_factory: pytest.TempPathFactory, text: str, published: Any, extra: dict[str, Any], place: Place
) -> None:
    """Items come again as they were, read so far or not."""
    entry = Entry(Document(text=text, published=published, url="u", origin=Origin(pages=(1, 2))), place, extra)
    damaged = Damaged(InputError(text), place, "x", extra)
    read: list[list[Item]] = [[entry, damaged], [entry]]
    spool = Spool(tmp_path_factory.getbasetemp(), iter(read))
    assert next(spool.first()) == [entry, damaged]
    (again, broken), (last,) = spool
    spool.close()
    assert (again, last) == (entry, entry)
    assert isinstance(broken, Damaged)
    assert (str(broken.error), broken.place, broken.id, broken.extra) == (text, place, "x", extra)
