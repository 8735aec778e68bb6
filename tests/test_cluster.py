"""Jobs on a real Ray cluster of three nodes on this machine: the same briefs, limits for all, nothing lost with a node."""

from __future__ import annotations

import json
import logging
import re
import threading
import time
from collections import Counter
from decimal import Decimal
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, cast

import pytest

from summariser import Summariser
from summariser.errors import AuthenticationError
from summariser.testing import Answer, ScriptedEndpoint, completion, documents, rate_limited, truthful
from summariser.testing.network import LOOPBACK, network_blocked
from summariser_schemas import Brief

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.ray,
    pytest.mark.skipif(find_spec("ray") is None, reason="needs the extra ray: python -m pip install -e '.[test,ray]'"),
    pytest.mark.filterwarnings("default"),  # Ray and pandas warn of one another
]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A head and two more nodes, of processes on this machine; nothing of it reaches beyond loopback or reports its use."""
    with pytest.MonkeyPatch.context() as environment, network_blocked(allow=[LOOPBACK]):
        environment.setenv("RAY_USAGE_STATS_ENABLED", "0")
        environment.setenv("RAY_AUTH_MODE", "disabled")  # else a token is written into the home folder
        environment.setenv("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")  # there Ray keeps to loopback
        import ray
        from ray._private import ray_constants
        from ray.cluster_utils import Cluster
        from ray.data import DataContext

        environment.setattr(ray_constants, "ENABLE_RAY_CLUSTER", False)  # likewise, if it was imported before
        node: dict[str, Any] = {"num_cpus": 1, "object_store_memory": 100 << 20}
        made = Cluster(initialize_head=True, head_node_args={**node, "include_dashboard": False})
        made.add_node(**node)
        made.add_node(**node)
        ray.init(address=made.address, log_to_driver=False, logging_level=logging.ERROR)
        DataContext.get_current().enable_progress_bars = False
        try:
            yield made
        finally:
            ray.shutdown()
            made.shutdown()


def timeless(brief: str | bytes) -> dict[str, Any]:
    """A brief but for how long it took."""
    known: dict[str, Any] = json.loads(brief)
    del known["provenance"]["seconds"]
    return known


def rows_in(out: Path) -> list[dict[str, Any]]:
    """The rows of an output."""
    from pyarrow.dataset import dataset

    return list(dataset(out, format="parquet", partitioning="hive").to_table().to_pylist())


def written(path: Path, number: int) -> Path:
    """A file of documents."""
    lines = [json.dumps(one.model_dump(mode="json") | {"desk": one.id}) for one in documents(number, short=True)]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_rows_are_what_one_machine_makes(cluster: Any, tmp_path: Path) -> None:
    """Briefs are the same byte for byte but for timing; what fails is a row with the class of its error, and no prompt."""
    import ray

    from summariser.cluster import summarise_dataset

    texts = list(documents(40, short=True))
    unlucky = texts[7].text.split()[0]

    def mostly(body: dict[str, Any]) -> Any:
        asked = json.dumps(body["messages"])
        return completion('{"unexpected": 1}') if unlucky in asked else truthful(body)

    (other,) = documents(1, short=True, start=99)
    given = [text.model_dump(mode="json") | {"desk": "north"} for text in texts] + [{"id": "x", "text": " "}]
    # Each has the endpoint to itself, its cache of prompts warm.
    with ScriptedEndpoint(mostly) as model, Summariser("m", base_url=model.url, price="1/10") as summariser:
        summariser.summarise(other)
        local = {result.id: result for result in summariser.batch(texts, job=tmp_path)}
    with ScriptedEndpoint(mostly, port=int(model.url.rpartition(":")[2].removesuffix("/v1"))):
        summariser.summarise(other)
        made = summarise_dataset(ray.data.from_items(given), summariser, in_flight=8, rows_per_block=16).take_all()
        summariser.close()
    rows = {row["id"]: row for row in made}
    assert len(made) == len(rows) == 41
    assert {row["desk"] for row in made} == {"north", None}
    failed = rows.pop("x")
    assert (failed["status"], failed["error_class"], failed["attempts"]) == ("failed", "InputError", 0)
    failed = rows.pop(texts[7].id or "")
    assert (failed["status"], failed["error_class"], failed["attempts"]) == ("failed", "SchemaError", 2)
    assert failed["cost_usd"] > 0
    assert failed["message"] == local[failed["id"]].message
    assert "[1]" not in failed["message"]
    for name, row in rows.items():
        brief = timeless(row["brief"])
        assert brief["document"].pop("extra") == {"desk": "north"}
        assert brief == timeless(local[name].content)
        assert row["cost_usd"] == Brief.model_validate_json(row["brief"]).provenance.cost_usd


PLEDGES = '''
from __future__ import annotations

from summariser.schema import BaseBrief, Field, Item, Mention, Quantity


class Pledge(Item):
    """Money that somebody gives."""

    purpose: str = Field(description="what it is for, in the words of the text")
    amount: Quantity = Field(description="shortest verbatim words with number and unit")
    giver: Mention | None = Field(default=None, description="who gives it")


class Aid(BaseBrief):
    """Who gives how much for what."""

    pledges: list[Pledge] = Field(default_factory=list, description="money given")
'''


def test_a_schema_of_ones_own_travels_to_the_workers(
    cluster: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its module is not there, nor its worked examples; the rows hold briefs of its class with what proves them."""
    from summariser.cluster import ClusterJob, read_files
    from summariser.kinds import schema_named

    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "pledged.py").write_text(PLEDGES, encoding="utf-8")
    (tmp_path / "examples.yaml").write_text(
        "- text: Maribel Lines gave 3 million crowns for tents.\n  answer:\n    pledges:\n"
        "      - {purpose: for tents, amount: 3 million crowns, giver: Maribel Lines, evidence: [1]}\n"
    )
    lines = [json.dumps({"id": f"d{n}", "text": f"Odran gave {n} million crowns for tents."}) for n in range(2, 8)]
    (tmp_path / "a.jsonl").write_text("\n".join(lines), encoding="utf-8")

    def answer(body: dict[str, Any]) -> str:
        assert "Maribel Lines" in json.dumps(body["messages"][:-1])
        said = re.findall(r"Odran gave (\d+ million crowns) for tents", body["messages"][-1]["content"])[0]
        told = {"text": f"Odran gave {said} for tents.", "evidence": [1]}
        pledge = {"purpose": "for tents", "amount": said, "giver": "Odran", "evidence": [1]}
        return json.dumps({"headline": "Odran gave for tents", "summary": [told], "pledges": [pledge]})

    schema = schema_named("pledged:Aid")
    with (
        ScriptedEndpoint(answer) as model,
        Summariser("m", schema=schema, examples=tmp_path / "examples.yaml", base_url=model.url) as summariser,
    ):
        ClusterJob(summariser, read_files([tmp_path / "a.jsonl"]), str(tmp_path / "out"), workers=2).run()
    rows = rows_in(tmp_path / "out")
    assert Counter(row["status"] for row in rows) == {"verified": 6}
    briefs: list[Any] = [schema.model_validate_json(row["brief"]) for row in rows]
    assert sorted(int(brief.pledges[0].amount.value) for brief in briefs) == [n * 1_000_000 for n in range(2, 8)]
    assert all(brief.pledges[0].giver.text == "Odran" for brief in briefs)


def test_a_node_that_dies_costs_no_document(cluster: Any, tmp_path: Path) -> None:
    """Its documents are begun again on the others, of which few are paid for twice; and the same job again asks nothing."""
    import ray._private.state

    from summariser.cluster import ClusterJob, read_files

    lines = written(tmp_path / "a.jsonl", 240)
    out = tmp_path / "out"
    killed = threading.Event()

    def answer(body: dict[str, Any]) -> Answer | str:
        held = model.counters.requests > 60 and not killed.is_set()  # so that no job is over before its node dies
        return rate_limited(0.5) if held else truthful(body)

    with ScriptedEndpoint(answer, latency=0.5) as model, Summariser("m", base_url=model.url) as summariser:

        def job(num_cpus: float = 0.0) -> ClusterJob:
            files = read_files([lines])
            return ClusterJob(summariser, files, str(out), workers=2, num_cpus=num_cpus, rows_per_block=20)

        def kill() -> None:
            while model.counters.requests < 60:
                time.sleep(0.05)
            lost = None
            while lost is None:  # a worker may still be starting
                time.sleep(0.05)
                actors: dict[str, Any] = cast("Any", ray._private.state.actors())
                workers = {
                    actor["Address"]["NodeID"]
                    for actor in actors.values()
                    if actor["ActorClassName"].startswith("MapWorker") and actor["State"] == "ALIVE"
                }
                lost = next((node for node in cluster.worker_nodes if node.node_id in workers), None)
            cluster.remove_node(lost, allow_graceful=False)
            killed.set()

        killer = threading.Thread(target=kill, daemon=True)
        killer.start()
        job(0.6).run()  # no two workers fit on one node, so that they are not both on the head, which must live
        assert killed.is_set()
        assert len(cluster.worker_nodes) == 1
        asked, paid = model.counters.requests, sum(model.counters.paid.values())
        assert Counter(row["id"] for row in rows_in(out)) == Counter(one.id for one in documents(240))
        assert {row["desk"] for row in rows_in(out)} == {one.id for one in documents(240)}
        assert paid - 240 <= 120
        assert not list(out.rglob("*.partial"))

        again = job()
        again.run()
        assert again.kept == 240
        assert model.counters.requests == asked
        assert len(rows_in(out)) == 240


def test_a_wrong_key_stops_all_workers(cluster: Any, tmp_path: Path) -> None:
    """One round of calls, a clear error, and nothing is written that is not so."""
    from summariser.batch import Options
    from summariser.cluster import ClusterJob, read_files

    lines = written(tmp_path / "a.jsonl", 100)
    with (
        ScriptedEndpoint(key="right", latency=0.05) as model,
        Summariser("m", base_url=model.url, api_key="wrong-key") as summariser,
    ):
        job = ClusterJob(
            summariser, read_files([lines]), str(tmp_path / "out"), Options(concurrency=6), workers=2, rows_per_block=10
        )
        with pytest.raises(AuthenticationError):
            job.run()
        assert 1 <= model.counters.requests <= 6
    told = (tmp_path / "out" / "_summary.json").read_text(encoding="utf-8")
    assert json.loads(told)["stopped_by"]["class"] == "AuthenticationError"
    assert "wrong-key" not in told
    assert not list((tmp_path / "out").rglob("*.parquet"))


# The limits by themselves, without a cluster around them


class Handle:
    """Stands for the handle of an actor that lives in this process."""

    def __init__(self, actor: Any) -> None:
        self.actor = actor
        self.calls = 0

    def __getattr__(self, name: str) -> Any:
        """The method, as Ray has it."""

        class Method:
            @staticmethod
            async def remote(*arguments: Any) -> Any:
                self.calls += 1
                return await getattr(self.actor, name)(*arguments)

        return Method


async def test_requests_are_asked_for_in_groups() -> None:
    """A hundred requests of one moment cost the actor one call."""
    import asyncio

    from summariser.cluster.limits import Controller, Report, Returned, Share

    controller = Controller(most=1000)
    for _ in range(100):  # each answer lets one more be under way
        await controller.admit("first", [1.0])
        await controller.report("first", Report([Returned(1.0, 1.0, 200, None)]))
    handle = Handle(controller)
    share = Share(handle, None)
    await asyncio.gather(*(share.admit(10.0) for _ in range(100)))
    assert handle.calls == 1
    assert (await controller.standing()).under_way == 100


async def test_a_lost_worker_gives_its_places_back_and_its_money_counts_as_spent() -> None:
    """What nobody can tell any more is taken to have been sent."""
    from summariser.cluster.limits import Controller, Report, Share

    now = 0.0
    controller = Controller(most=4, budget=Decimal(10), clock=lambda: now)
    lost = Share(Handle(controller), Decimal(10))
    await lost.reserve(Decimal(3))
    await lost.admit(10.0)
    assert (await controller.standing()).under_way == 1
    now = 60.0
    await controller.report("another", Report())
    known = await controller.standing()
    assert (known.under_way, known.spent, known.reserved, known.lost_workers) == (0, Decimal(3), Decimal(0), 1)


async def test_the_first_failure_is_heard_of() -> None:
    """Its id and its reason are there for the closing line, whatever fails after it."""
    import asyncio

    from summariser.cluster.limits import Controller, Share

    controller = Controller(most=1)
    share = Share(Handle(controller), None)
    share.begin()
    for name in ("a", "b"):
        share.finished(
            {"id": name, "status": "failed", "error_class": "InputError", "message": f"{name}.txt: is empty"}
        )
    share.finished({"id": "c", "status": "verified", "input_tokens": 7, "output_tokens": None})
    while (await controller.standing()).documents.total() < 3:
        await asyncio.sleep(0.001)
    known = await controller.standing()
    assert (known.failure, known.input_tokens) == (("a", "a.txt: is empty (InputError)"), 7)


async def test_a_budget_is_one_for_all() -> None:
    """Of what two workers want together only so much is set aside as there is; then the job stops, for both."""
    from summariser.cluster.limits import Controller, Share
    from summariser.errors import JobStoppedError

    controller = Controller(most=4, budget=Decimal(5), spent=Decimal(1))
    one, other = (Share(Handle(controller), Decimal(5)) for _ in range(2))
    for share in (one, other):
        share.begin()
        await share.reserve(Decimal(2))
        share.settle(Decimal(2), Decimal(2))
    with pytest.raises(JobStoppedError):
        await one.reserve(Decimal(2))
    known = await controller.standing()
    assert known.stop is not None
    assert known.stop.error_class == "BudgetError"
    assert known.spent == 5
    with pytest.raises(JobStoppedError):
        await other.sleep(60)
