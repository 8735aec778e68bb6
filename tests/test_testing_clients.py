"""Recorded answers for any client of the openai package, and recordings that no endpoint gave."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import openai
import pytest

from summariser.errors import ConfigurationError, ReplayMissError
from summariser.store import FolderStore
from summariser.testing import (
    Answer,
    BatchScript,
    RecordingDriftWarning,
    ScriptedEndpoint,
    author,
    author_faults,
    completion,
    network_blocked,
    rate_limited,
    recorded_client,
)

if TYPE_CHECKING:
    from pathlib import Path

NUMBERS = [*range(12), 3, 3]
URL = "http://h/v1"


def echo(body: dict[str, Any]) -> Answer:
    """Say what was said, in pieces when it is to be streamed."""
    text = f"you said {body['messages'][-1]['content']}"
    if not body.get("stream"):
        return completion(text)
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 0, "model": "m"}
    chunks = [{**chunk, "choices": [{"index": 0, "delta": {"content": f"{word} "}}]} for word in text.split()]
    events = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in chunks)
    return Answer(body=f"{events}data: [DONE]\n\n", headers={"content-type": "text/event-stream"})


def question(number: object) -> dict[str, Any]:
    """A request."""
    return {"model": "m", "messages": [{"role": "user", "content": str(number)}]}


def say(client: Any, number: object) -> Any:
    """Ask."""
    return client.chat.completions.create(**question(number)).choices[0].message.content


async def asay(client: Any, number: object) -> Any:
    """Ask."""
    return (await client.chat.completions.create(**question(number))).choices[0].message.content


def stream(client: openai.OpenAI, number: object) -> str:
    """Ask for a stream."""
    chunks = client.chat.completions.create(**question(number), stream=True)
    return "".join(chunk.choices[0].delta.content or "" for chunk in chunks if chunk.choices)


async def astream(client: openai.AsyncOpenAI, number: object) -> str:
    """Ask for a stream."""
    chunks = await client.chat.completions.create(**question(number), stream=True)
    return "".join([chunk.choices[0].delta.content or "" async for chunk in chunks if chunk.choices])


def replay_all(folder: Path, url: str, numbers: list[int]) -> list[Any]:
    """What a process of its own hears."""
    with network_blocked():
        client = recorded_client(folder, openai.OpenAI(base_url=url, api_key="k"))
        return [say(client, number) for number in numbers]


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A folder of answers to `NUMBERS`, whole and streamed, and the address of a server that is gone."""
    folder = tmp_path_factory.mktemp("recordings")
    with ScriptedEndpoint(echo) as server, openai.OpenAI(base_url=server.url, api_key="k") as mine:
        client = recorded_client(folder, mine, mode="record")
        for number in NUMBERS:
            say(client, number)
        stream(client, "streamed")
        client.close()
    return folder, server.url


@pytest.mark.parametrize("numbers", [NUMBERS, NUMBERS[::-1]], ids=["in order", "shuffled"])
@pytest.mark.parametrize("where", ["main thread", "thread pool", "asyncio", "processes"])
def test_a_replay_is_right_wherever_it_runs(recorded: tuple[Path, str], numbers: list[int], where: str) -> None:
    """Each question gets its own answer, with the network blocked."""
    folder, url = recorded
    client = recorded_client(folder, openai.OpenAI(base_url=url, api_key="k"))
    with network_blocked():
        if where == "thread pool":
            with ThreadPoolExecutor(8) as pool:
                heard = list(pool.map(partial(say, client), numbers))
        elif where == "asyncio":

            async def all_of_them() -> list[Any]:
                async with recorded_client(folder, openai.AsyncOpenAI(base_url=url, api_key="k")) as aclient:
                    return await asyncio.gather(*(asay(aclient, number) for number in numbers))

            heard = asyncio.run(all_of_them())
        elif where == "processes":
            halves = [(folder, url, numbers[::2]), (folder, url, numbers[1::2])]
            with multiprocessing.get_context("spawn").Pool(2) as processes:
                even, odd = processes.starmap(replay_all, halves)
            heard = [even[at // 2] if at % 2 == 0 else odd[at // 2] for at in range(len(numbers))]
        else:
            heard = [say(client, number) for number in numbers]
    assert heard == [f"you said {number}" for number in numbers]


def test_streams_are_replayed(recorded: tuple[Path, str]) -> None:
    """By clients of both kinds."""
    folder, url = recorded
    assert stream(recorded_client(folder, openai.OpenAI(base_url=url, api_key="k")), "streamed") == "you said streamed "
    aclient = recorded_client(folder, openai.AsyncOpenAI(base_url=url, api_key="k"))
    assert asyncio.run(astream(aclient, "streamed")) == "you said streamed "


def test_a_class_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A replay needs no key."""
    monkeypatch.setenv("OPENAI_BASE_URL", URL)
    author(tmp_path, question(1), [completion("one")], url=f"{URL}/chat/completions")
    assert say(recorded_client(tmp_path), 1) == "one"
    assert asyncio.run(asay(recorded_client(tmp_path, openai.AsyncOpenAI), 1)) == "one"


def test_a_miss_is_raised_at_once_and_as_what_it_is(recorded: tuple[Path, str]) -> None:
    """Not wrapped in an error of the connection, nor tried again."""
    folder, url = recorded
    client = recorded_client(folder, openai.OpenAI(base_url=url, api_key="k", max_retries=5))
    with pytest.raises(ReplayMissError, match=r"differs in messages\[0\]\.content") as caught:
        say(client, "nothing")
    assert isinstance(caught.value, openai.OpenAIError)


def test_a_recorded_failure_is_tried_again_by_the_client_itself(tmp_path: Path) -> None:
    """As it was when it happened; nobody waits for what was waited for."""
    answers = [rate_limited(3600), completion("one")]
    author(tmp_path, question(1), answers, url=f"{URL}/chat/completions")
    client = recorded_client(tmp_path, openai.OpenAI(base_url=URL, api_key="k", max_retries=1))
    assert say(client, 1) == "one"
    with pytest.raises(openai.RateLimitError):
        say(recorded_client(tmp_path, openai.OpenAI(base_url=URL, api_key="k", max_retries=0)), 1)


def test_drift_is_a_warning(recorded: tuple[Path, str], tmp_path: Path) -> None:
    """In mode verify, which hands on what is recorded."""
    with ScriptedEndpoint([completion("one"), completion("two")]) as server:
        mine = openai.OpenAI(base_url=server.url, api_key="k")
        with recorded_client(tmp_path, mine, mode="record") as client:
            say(client, 1)
        with recorded_client(tmp_path, mine, mode="verify") as client, pytest.warns(RecordingDriftWarning, match="two"):
            assert say(client, 1) == "one"


def batched(client: openai.OpenAI) -> list[str]:
    """The states of a provider batch, and what comes out of it."""
    line = {"custom_id": "1", "method": "POST", "url": "/v1/chat/completions", "body": question("batched")}
    file = client.files.create(file=("in.jsonl", json.dumps(line).encode()), purpose="batch")
    batch = client.batches.create(input_file_id=file.id, endpoint="/v1/chat/completions", completion_window="24h")
    states = [client.batches.retrieve(batch.id) for _ in range(2)]
    return [*(state.status for state in states), client.files.content(str(states[-1].output_file_id)).text.strip()]


def test_a_provider_batch_is_recorded_from_upload_to_download(tmp_path: Path) -> None:
    """The same question about its state is answered differently as it goes on."""
    with ScriptedEndpoint(echo, batches=BatchScript(polls=2)) as server:
        mine = openai.OpenAI(base_url=server.url, api_key="k")
        with mine, recorded_client(tmp_path, mine, mode="record") as client:
            live = batched(client)
    assert live[:2] == ["in_progress", "completed"]
    assert "you said batched" in live[2]
    again = batched(recorded_client(tmp_path, mine))
    assert [*again[:2], json.loads(again[2])] == [*live[:2], json.loads(live[2])]


# ---- faults


FAULTS = {"429": 0.2, "503": 0.2, "cut": 0.2, "slow": 0.2, "malformed": 0.1, "refusal": 0.1}


def test_faults_are_authored_by_a_seed(recorded: tuple[Path, str], tmp_path: Path) -> None:
    """The same seed gives the same files, which say that no endpoint gave them."""
    folder, _ = recorded
    count = author_faults(folder, tmp_path / "a", faults=FAULTS, seed=1)
    assert count == author_faults(folder, tmp_path / "b", faults=FAULTS, seed=1) > 0
    first, second = ({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in "ab")
    assert first == second
    author_faults(folder, tmp_path / "c", faults=FAULTS, seed=2)
    assert first != {p.name: p.read_bytes() for p in (tmp_path / "c").iterdir()}
    kinds = [json.loads(content)["origin"]["kind"] for content in first.values()]
    assert kinds.count("authored") == count


@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ("429", openai.RateLimitError),
        ("503", openai.InternalServerError),
        ("reset", openai.APIConnectionError),
        ("cut", openai.APIConnectionError),
        ("slow", openai.APITimeoutError),
        ("too-long", openai.BadRequestError),
    ],
)
def test_a_fault_is_what_a_client_makes_of_it(
    recorded: tuple[Path, str], tmp_path: Path, fault: str, error: type[Exception]
) -> None:
    """And behind it comes the answer, for whoever asks again."""
    folder, url = recorded
    author_faults(folder, tmp_path, faults={fault: 1.0})
    client = recorded_client(tmp_path, openai.OpenAI(base_url=url, api_key="k", max_retries=0))
    with pytest.raises(error):
        say(client, 5)
    assert say(client, 5) == "you said 5"


def test_answers_that_cannot_be_used_are_authored_too(recorded: tuple[Path, str], tmp_path: Path) -> None:
    """A refusal is an answer of its own."""
    folder, url = recorded
    author_faults(folder, tmp_path, faults={"refusal": 1.0})
    client = recorded_client(tmp_path, openai.OpenAI(base_url=url, api_key="k"))
    assert client.chat.completions.create(**question(5)).choices[0].message.refusal


@pytest.mark.parametrize("faults", [{"no such": 0.5}, {"429": 1.5}, {"429": -0.1}])
def test_faults_that_make_no_sense_are_refused(tmp_path: Path, faults: dict[str, float]) -> None:
    """Before anything is written."""
    with pytest.raises(ConfigurationError):
        author_faults(tmp_path, tmp_path / "new", faults=faults)
    assert not (tmp_path / "new").exists()


def test_an_authored_recording_is_one_of_the_folder(tmp_path: Path) -> None:
    """Number spelled otherwise or not."""
    recording = author(tmp_path, {**question(1), "temperature": 1.0}, [completion("x")], url=f"{URL}/chat/completions")
    assert next(iter(FolderStore(tmp_path).recordings())).fingerprint == recording.fingerprint
    assert cast("dict[str, Any]", recording.asked.body)["temperature"] == 1
