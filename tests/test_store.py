"""The response store: what is filed under what, and that it comes back as it was."""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import pickle
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import httpx2
import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai.types.chat.completion_create_params import CompletionCreateParamsBase
from pydantic import BaseModel

from summariser.backend import Backend
from summariser.errors import ConfigurationError, ReplayMissError, StoreError
from summariser.exchange import Message, Reply, Request
from summariser.settings import SECONDS_HEADER, endpoint
from summariser.store import Asked, FolderStore, Network, Recorded, Recording, RecordingTransport, fingerprint
from summariser.testing import Answer, ScriptedEndpoint, completion, failure
from tests.scripted import Answering, Clock, record_failures

if TYPE_CHECKING:
    from pathlib import Path

KEY = "sk-live-1234567890abcdefghij"
URL = "http://h/v1/chat/completions"
BODY: dict[str, Any] = {"model": "m", "messages": [{"role": "user", "content": "Say seven."}], "temperature": 0}


def said(text: str, status: int = 200) -> Answer:
    """An answer with JSON in it."""
    return Answer(status, {"said": text})


def record(folder: Path, network: Answering) -> RecordingTransport:
    """A transport that records."""
    return RecordingTransport(FolderStore(folder, create=True), mode="record", inner=lambda: network)


def replay(folder: Path) -> RecordingTransport:
    """A transport that replays, and has no way out."""
    return RecordingTransport(FolderStore(folder), mode="replay")


def ask(transport: RecordingTransport, body: Any = BODY, url: str = URL, **headers: str) -> httpx2.Response:
    """Send one request."""
    response = transport.handle_request(httpx2.Request("POST", url, json=body, headers=headers))
    response.read()
    return response


def mark(body: Any, url: str = URL) -> str:
    """A request's fingerprint."""
    return fingerprint(Asked("POST", url, body))


# ---- fingerprints

LEAVES = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=12)
BODIES = st.dictionaries(st.text().map(lambda name: f"x{name}"), VALUES, min_size=1)


def reordered(value: Any) -> Any:
    """The same value with the keys of every object the other way round, and whole numbers as floats where exact."""
    if isinstance(value, dict):
        return {name: reordered(value[name]) for name in reversed(list(value))}
    if isinstance(value, list):
        return [reordered(item) for item in value]
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**53:
        return float(value)
    return value


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The paths to everything that has nothing inside."""
    if isinstance(value, dict) and value:
        return [leaf for name, inner in value.items() for leaf in leaves(inner, (*path, name))]
    if isinstance(value, list) and value:
        return [leaf for at, inner in enumerate(value) for leaf in leaves(inner, (*path, at))]
    return [path]


def changed(value: Any, path: tuple[Any, ...]) -> Any:
    """The value with one leaf replaced by another."""
    if not path:
        return "changed" if value != "changed" else "changed again"
    copy = value.copy()
    copy[path[0]] = changed(value[path[0]], path[1:])
    return copy


@settings(max_examples=60, deadline=None)
@given(BODIES)
def test_a_fingerprint_does_not_depend_on_representation(body: dict[str, Any]) -> None:
    """Order of keys, spacing, escapes and 1 for 1.0 are no part of a question."""
    spelled = json.loads(json.dumps(reordered(body), indent=3, ensure_ascii=False))
    assert mark(spelled) == mark(body)


@settings(max_examples=60, deadline=None)
@given(BODIES, st.data())
def test_a_fingerprint_depends_on_every_leaf(body: dict[str, Any], data: st.DataObject) -> None:
    """Whatever changes in a question, it is another question."""
    leaf = data.draw(st.sampled_from(leaves(body)))
    assert mark(changed(body, leaf)) != mark(body)


@pytest.mark.parametrize(
    ("one", "other"),
    [({"a": True}, {"a": 1}), ({"a": None}, {}), ({"a": "1"}, {"a": 1}), ({"a": "é"}, {"a": "e\u0301"})],
    ids=["true and 1", "null and nothing", "text and number", "composed and decomposed"],
)
def test_values_that_only_look_alike_differ(one: dict[str, Any], other: dict[str, Any]) -> None:
    """A model may answer differently to each."""
    assert mark(one) != mark(other)


SAME_ANSWER = {
    "metadata",
    "prompt_cache_key",
    "prompt_cache_options",
    "prompt_cache_retention",
    "safety_identifier",
    "service_tier",
    "store",
    "user",
}
EVERY_FIELD = [*sorted(CompletionCreateParamsBase.__annotations__), "stream", "reasoning", "seed_2", "top_k"]


@pytest.mark.parametrize("name", EVERY_FIELD)
def test_every_field_of_a_request_either_changes_the_answer_or_does_not(name: str) -> None:
    """Of all that the openai client can send, and of what it does not know, only who asks and how it is billed does not."""
    assert (mark({**BODY, name: "x"}) == mark({**BODY, name: "y"})) == (name in SAME_ANSWER)
    assert (mark({**BODY, name: "x"}) == mark({"model": "m", "messages": BODY["messages"], "temperature": 0})) == (
        name in SAME_ANSWER
    )


@pytest.mark.parametrize("name", sorted(SAME_ANSWER))
def test_the_same_names_count_within_the_question(name: str) -> None:
    """A tool may well have a parameter named so."""
    assert mark({**BODY, "tools": {name: "x"}}) != mark({**BODY, "tools": {name: "y"}})


OPTIONS: list[dict[str, Any]] = [
    {"timeout": 1.0},
    {"extra_headers": {"x-trace": "1"}},
    {"extra_headers": {"idempotency-key": "k"}},
    {"extra_headers": {"authorization": "Bearer other"}},
    {"user": "me"},
]


@pytest.mark.parametrize("options", OPTIONS, ids=lambda options: next(iter(options)))
def test_how_a_request_is_sent_is_no_part_of_it(tmp_path: Path, options: dict[str, Any]) -> None:
    """Another key, other headers, another patience, another client: the recording is found."""
    network = Answering(completion("seven"))
    for arguments, key, retries in (({}, "one", 0), (options, "two", 3)):
        http = httpx2.Client(transport=record(tmp_path, network))
        with openai.OpenAI(base_url="http://h/v1", api_key=key, max_retries=retries, http_client=http) as client:
            client.chat.completions.create(model="m", messages=[{"role": "user", "content": "x"}], **arguments)
    assert network.asked == 1


def test_the_address_is_part_of_the_question_and_its_secrets_are_not(tmp_path: Path) -> None:
    """The same model elsewhere is another model; a key in the address is nobody's business."""
    network = Answering(said("seven"))
    with record(tmp_path, network) as transport:
        ask(transport, url=f"http://user:{KEY}@h/v1/chat/completions?api-version=1&api_key={KEY}")
        ask(transport, url="http://h/v1/chat/completions?api-version=1")
        ask(transport, url="http://h/v1/chat/completions?api-version=2")
        ask(transport, url="http://other/v1/chat/completions?api-version=1")
    assert network.asked == 3


# ---- recording and replaying


def test_what_was_recorded_is_replayed(tmp_path: Path) -> None:
    """Status, body, the headers that count, and how long it took."""
    kept = {"content-type": "application/json", "x-ratelimit-remaining-tokens": "5", "retry-after": "1"}
    content = b'{"said": "\xe2\x9c\x93 \\ud83d"}'  # with half of a surrogate pair, which models do write
    with record(tmp_path, Answering(Answer(200, content, kept))) as transport:
        live = ask(transport)
    with replay(tmp_path) as transport:
        played = ask(transport)
    assert played.status_code == live.status_code
    assert played.json() == live.json() == {"said": "✓ \ud83d"}
    assert {name: played.headers[name] for name in kept} == kept
    assert played.headers[SECONDS_HEADER] == live.headers[SECONDS_HEADER]


@pytest.mark.parametrize("content", [b"<html>no JSON</html>", b"\xff\xfe\x00", b""], ids=["text", "bytes", "nothing"])
def test_what_is_no_json_is_replayed_as_it_was(tmp_path: Path, content: bytes) -> None:
    """Error pages are recorded, too."""
    with record(tmp_path, Answering(Answer(502, content))) as transport:
        ask(transport)
    with replay(tmp_path) as transport:
        assert (ask(transport).status_code, ask(transport).content) == (502, content)


def test_a_compressed_answer_is_filed_readable(tmp_path: Path) -> None:
    """What is on disk, and what is handed on, is what it says."""
    import gzip

    packed = Answer(200, gzip.compress(b'{"said": "seven"}'), {"content-encoding": "gzip"})
    with record(tmp_path, Answering(packed)) as transport:
        assert ask(transport).json() == {"said": "seven"}
    assert '"said": "seven"' in next(tmp_path.glob("*.json")).read_text()


def test_failures_are_replayed_in_order_and_the_last_answer_for_ever(tmp_path: Path) -> None:
    """A 429 before the 200 is part of the story."""
    with record(tmp_path, Answering(said("slow", 429), said("slow", 429), said("seven"))) as transport:
        recorded = [ask(transport).status_code for _ in range(3)]
    with replay(tmp_path) as transport:
        played = [ask(transport).status_code for _ in range(5)]
    assert recorded == [429, 429, 200]
    assert played == [429, 429, 200, 200, 200]


def test_a_good_answer_is_never_paid_for_twice(tmp_path: Path) -> None:
    """Recording again asks only for what is not there."""
    network = Answering(said("seven"))
    for _ in range(2):
        with record(tmp_path, network) as transport:
            assert [ask(transport).json()["said"] for _ in range(2)] == ["seven", "seven"]
    assert network.asked == 1


def test_an_earlier_runs_failure_gives_way_to_this_runs_answer(tmp_path: Path) -> None:
    """Else a wrong key, once recorded, would end every replay."""
    for answer in (said("who are you?", 401), said("seven")):
        with record(tmp_path, Answering(answer)) as transport:
            ask(transport)
    with replay(tmp_path) as transport:
        assert ask(transport).status_code == 200


def test_a_replay_makes_no_transport(tmp_path: Path) -> None:
    """There is nothing that could reach a network."""
    with record(tmp_path, Answering(said("seven"))) as transport:
        ask(transport)
    made: list[int] = []

    def make() -> Answering:
        made.append(1)
        return Answering(said("live"))

    with RecordingTransport(FolderStore(tmp_path), mode="replay", inner=make) as transport:
        assert ask(transport).json() == {"said": "seven"}
        with pytest.raises(ReplayMissError):
            ask(transport, {"model": "other"})
    assert made == []


def test_the_answer_is_on_disk_before_it_is_handed_on(tmp_path: Path) -> None:
    """When it cannot be written, it is not used."""
    folder = tmp_path / "recordings"
    with record(folder, Answering(said("seven"))) as transport:
        folder.rmdir()
        with pytest.raises((StoreError, OSError)):
            ask(transport)


def test_a_misspelt_mode_is_refused(tmp_path: Path) -> None:
    """It would otherwise be taken for the other one."""
    with pytest.raises(ConfigurationError, match="'recrod'"):
        RecordingTransport(FolderStore(tmp_path), mode="recrod")  # type: ignore[arg-type] # the point of the test


def test_recording_needs_something_to_record(tmp_path: Path) -> None:
    """No transport, no answers."""
    with pytest.raises(ConfigurationError, match="record"):
        RecordingTransport(FolderStore(tmp_path), mode="record")


# ---- the files


def test_a_recording_is_a_file_that_people_can_read(tmp_path: Path) -> None:
    """Named by its fingerprint; bodies are structure, indented, in their own order."""
    answer = Answer(200, {"é": [1]}, {"server": "scripted"})
    with record(tmp_path, Answering(answer)) as transport:
        ask(transport)
    (path,) = tmp_path.iterdir()
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert path.name == f"{mark(BODY)[:16]}.json"
    assert stored.pop("responses") == [
        {"status": 200, "headers": {"content-type": "application/json"}, "encoding": "json", "body": {"é": [1]},
         "seconds": pytest.approx(0, abs=1)}
    ]  # fmt: skip
    assert stored == {
        "version": 1,
        "fingerprint": mark(BODY),
        "origin": {"kind": "recorded", "server": "scripted"},
        "request": {"method": "POST", "url": URL, "body": BODY},
    }
    assert '"é"' in path.read_text(encoding="utf-8")


def test_recording_the_same_again_changes_no_byte(tmp_path: Path) -> None:
    """A second run leaves a clean working tree."""
    network = Answering(said("seven"))
    with record(tmp_path, network) as transport:
        ask(transport)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    with record(tmp_path, network) as transport:
        ask(transport)
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_no_key_is_on_the_disk(tmp_path: Path) -> None:
    """Not from headers, addresses, questions or answers; and what is asked still finds its answer."""
    body = {"model": "m", "messages": [{"role": "user", "content": f"my key is {KEY}"}]}
    answer = Answer(
        401,
        {"error": {"message": f"Incorrect API key: {KEY} of org-abcdefghij0123456789ABCD"}},
        {"set-cookie": "session=s3cr3t", "openai-organization": "org-s3cr3t", "x-request-id": "r"},
    )
    with record(tmp_path, Answering(answer)) as transport:
        ask(transport, body, url=f"http://u:{KEY}@h/v1/chat/completions?key={KEY}", authorization=f"Bearer {KEY}")
    on_disk = "".join(path.read_text() for path in tmp_path.rglob("*"))
    assert "[redacted]" in on_disk
    for secret in (KEY, "s3cr3t", "org-abc"):
        assert secret not in on_disk
    with replay(tmp_path) as transport:
        assert ask(transport, body).status_code == 401


@pytest.mark.parametrize(
    "content",
    [
        "", "{", "[]", "{}", '{"version": 1}', '{"version": 2}', "\udcff",
        '{"version": 1, "fingerprint": "%s", "origin": {}, "request": {"method": "POST", "url": "u", "body": 1}, '
        '"responses": []}',
        '{"version": 1, "fingerprint": "0", "origin": {}, "request": {"method": "POST", "url": "u", "body": 1}, '
        '"responses": [{"status": 200, "headers": {}, "encoding": "json", "body": 1, "seconds": 1}]}',
    ],
    ids=["empty", "cut off", "list", "object", "no more than a version", "later version", "not UTF-8", "no response",
         "another's"],
)  # fmt: skip
def test_a_damaged_file_is_named(tmp_path: Path, content: str) -> None:
    """It is never taken for a recording, nor for none."""
    path = tmp_path / f"{mark(BODY)[:16]}.json"
    path.write_bytes(content.replace("%s", mark(BODY)).encode(errors="surrogateescape"))
    with replay(tmp_path) as transport, pytest.raises(StoreError, match=path.name) as caught:
        ask(transport)
    assert not isinstance(caught.value, ReplayMissError)


def test_a_foreign_json_file_is_named(tmp_path: Path) -> None:
    """A folder of something else is not taken for recordings; a README beside them is welcome."""
    (tmp_path / "README.md").write_text("These are recordings.")
    FolderStore(tmp_path)
    (tmp_path / "package.json").write_text("{}")
    with pytest.raises(StoreError, match=r"package\.json"):
        FolderStore(tmp_path)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Replaying from nowhere is a mistake; recording makes the folder."""
    with pytest.raises(StoreError, match="nowhere"):
        FolderStore(tmp_path / "nowhere")
    assert FolderStore(tmp_path / "new" / "folder", create=True).folder.is_dir()


# ---- misses


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({**BODY, "model": "n"}, ["model ('m' is recorded, 'n' asked)"]),
        ({**BODY, "messages": [{"role": "user", "content": "Say eight."}]},
         ["messages[0].content (from character 4", "'Say seven.'", "'Say eight.'"]),
        ({**BODY, "response_format": {"type": "json_object"}}, ["response_format (not in the recording)"]),
        ({"model": "m", "messages": BODY["messages"]}, ["temperature (only in the recording)"]),
        ({**BODY, "messages": [*BODY["messages"], {"role": "user", "content": "Now."}]},
         ["messages (1 recorded, 2 asked)"]),
        ({**BODY, "temperature": 0.5}, ["temperature (0 is recorded, 0.5 asked)"]),
    ],
    ids=["model", "prompt", "added", "left out", "longer", "number"],
)  # fmt: skip
def test_a_miss_names_the_nearest_recording_and_what_differs(
    tmp_path: Path, body: dict[str, Any], words: list[str]
) -> None:
    """So that one sees whether the prompt, the schema or the model has changed, and how to record it."""
    with record(tmp_path, Answering(said("seven"))) as transport:
        ask(transport)
        ask(transport, {"model": "z", "messages": [{"role": "user", "content": "Something else altogether."}]})
    with replay(tmp_path) as transport, pytest.raises(ReplayMissError) as caught:
        ask(transport, body)
    message = str(caught.value)
    assert f"{mark(BODY)[:16]}.json" in message
    assert message.endswith("record it with mode='record'")
    assert "\n" not in message
    for word in words:
        assert word in message, message


def test_a_miss_points_out_words_and_not_the_digest_of_a_text(tmp_path: Path) -> None:
    """What differs first in a prompt is the tag around its text, and says nothing; it is told where all else is the same."""

    def asking(digest: str, text: str) -> dict[str, Any]:
        content = f"Read it.\n<text-{digest}>\n{text}\n</text-{digest}>"
        return {"model": "m", "messages": [{"role": "user", "content": content}]}

    with record(tmp_path, Answering(said("seven"))) as transport:
        ask(transport, asking("20b289a7", "Odran paid."))
    for digest, text, shown in (("11c0ffee", "Odran sold.", "Odran sold."), ("11c0ffee", "Odran paid.", "11c0ffee")):
        with replay(tmp_path) as transport, pytest.raises(ReplayMissError, match=shown):
            ask(transport, asking(digest, text))


def test_a_miss_at_another_address_says_so(tmp_path: Path) -> None:
    """The same question to another server was never answered."""
    with record(tmp_path, Answering(said("seven"))) as transport:
        ask(transport)
    with replay(tmp_path) as transport, pytest.raises(ReplayMissError, match=r"the address \(http://h/v1"):
        ask(transport, url="http://localhost:1/v1/chat/completions")


def test_a_miss_in_an_empty_folder_is_a_miss(tmp_path: Path) -> None:
    """There is no nearest one to name."""
    with replay(tmp_path) as transport, pytest.raises(ReplayMissError, match="nothing is recorded"):
        ask(transport)


def test_a_miss_survives_a_change_of_process(tmp_path: Path) -> None:
    """Its message goes with it."""
    with replay(tmp_path) as transport, pytest.raises(ReplayMissError) as caught:
        ask(transport)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert type(copy) is ReplayMissError
    assert str(copy) == str(caught.value)


# ---- below the real client


class Number(BaseModel):
    """A number."""

    number: int


def question(number: int) -> Request:
    """A request whose answer is its number."""
    return Request((Message("user", f"Say {number}."),), Number, 10, f"number {number}")


def answer(body: dict[str, Any]) -> Answer:
    """Say the number that is asked for, in tools mode alone."""
    if "tools" not in body:
        return failure(400, "response_format is not supported")
    return completion(json.dumps({"number": int(body["messages"][-1]["content"].split()[1].rstrip("."))}))


def backend(url: str, store: FolderStore, *, live: bool) -> Backend:
    """A backend that records, or one that replays."""
    clock = Clock()
    transport = RecordingTransport(
        store,
        mode="record" if live else "replay",
        inner=lambda: Network() if live else pytest.fail("a replay wants to reach the network"),
    )
    at = endpoint("m", base_url=url, api_key=KEY, environ={})
    return Backend(at, transport=transport, sleep=clock.sleep, asleep=clock.asleep, clock=clock)


NUMBERS = list(range(24))


@pytest.fixture
def recorded(tmp_path: Path) -> tuple[str, FolderStore, list[Reply]]:
    """Two dozen answers, the mode found out on the way; the server is gone."""
    store = FolderStore(tmp_path)
    with (
        ScriptedEndpoint(answer) as server,
        backend(server.url, store, live=True) as live,
        ThreadPoolExecutor(8) as pool,
    ):
        replies = list(pool.map(live.complete, map(question, NUMBERS)))
    return server.url, store, replies


@pytest.mark.parametrize("numbers", [NUMBERS, NUMBERS[::-1], NUMBERS[7:] * 2], ids=["as asked", "reversed", "repeated"])
def test_a_replay_is_right_in_threads_and_in_any_order(
    recorded: tuple[str, FolderStore, list[Reply]], numbers: list[int]
) -> None:
    """Each question gets its own answer, whoever asks first and finds out the mode."""
    url, store, _ = recorded
    with backend(url, store, live=False) as replaying, ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(replaying.complete, map(question, numbers)))
    assert [reply.draft for reply in replies] == [Number(number=number) for number in numbers]


def test_a_replay_is_right_under_asyncio(recorded: tuple[str, FolderStore, list[Reply]]) -> None:
    """What threads recorded, coroutines can play."""
    url, store, _ = recorded

    async def play() -> list[Reply]:
        async with backend(url, store, live=False) as replaying:
            return await asyncio.gather(*(replaying.acomplete(question(number)) for number in reversed(NUMBERS)))

    assert [reply.draft for reply in asyncio.run(play())] == [Number(number=n) for n in reversed(NUMBERS)]


def test_coroutines_can_record_too(tmp_path: Path) -> None:
    """In one event loop after the other."""
    store = FolderStore(tmp_path)

    async def ask_all(live: Backend, numbers: list[int]) -> list[Reply]:
        async with live:
            return await asyncio.gather(*(live.acomplete(question(number)) for number in numbers))

    with ScriptedEndpoint(answer) as server:
        live = backend(server.url, store, live=True)
        for numbers in (NUMBERS[:9], NUMBERS[9:]):
            assert [reply.draft for reply in asyncio.run(ask_all(live, numbers))] == [Number(number=n) for n in numbers]
        assert len(list(tmp_path.glob("*.json"))) == len(server.asked) == len(NUMBERS) + 1


def test_a_reply_is_the_same_when_replayed(recorded: tuple[str, FolderStore, list[Reply]]) -> None:
    """Text, tokens, attempts and the time it took, to the last digit."""
    url, store, replies = recorded
    with backend(url, store, live=False) as replaying:
        played = [replaying.complete(question(number)) for number in NUMBERS]
    assert played == replies


def test_a_miss_reaches_the_caller_as_what_it_is(recorded: tuple[str, FolderStore, list[Reply]]) -> None:
    """Through httpx2, openai, instructor and tenacity; the other ways to ask are looked up, and none is waited for."""
    url, store, _ = recorded
    with backend(url, store, live=False) as replaying:
        with pytest.raises(ReplayMissError, match=r"nearest recording is [0-9a-f]{16}\.json and differs in"):
            replaying.complete(question(99))
        assert replaying.complete(question(3)).draft == Number(number=3)


def test_the_key_of_a_client_is_nowhere_on_the_disk(recorded: tuple[str, FolderStore, list[Reply]]) -> None:
    """It goes over the wire in a header, and headers of requests are not filed."""
    _, store, replies = recorded
    files = list(store.folder.rglob("*"))
    assert len(files) == len(replies) + 1
    assert all(KEY not in path.read_text() for path in files)


def test_processes_can_record_into_one_folder(tmp_path: Path) -> None:
    """No file is ever half of one and half of another's."""
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=record_failures, args=(tmp_path, 20)) for _ in "ab"]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
        assert process.exitcode == 0
    (path,) = tmp_path.iterdir()
    assert 20 <= len(json.loads(path.read_text())["responses"]) <= 40


def test_an_authored_recording_can_be_filed(tmp_path: Path) -> None:
    """Faults can be written by hand, and replayed like those that happened."""
    asked = Asked("POST", URL, BODY)
    responses = (Recorded(429, {"retry-after": "9"}, {"error": "slow"}, "json", 0.0),)
    store = FolderStore(tmp_path)
    store.put(Recording(fingerprint(asked), asked, responses, {"kind": "authored"}), append=False)
    assert list(store.recordings()) == [store.get(mark(BODY))]
    with replay(tmp_path) as transport:
        assert (ask(transport).status_code, ask(transport).headers["retry-after"]) == (429, "9")
