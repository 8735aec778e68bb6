"""What each mode asks, files and hands on; sequences, failures and streams as they were recorded."""

from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from summariser.errors import ReplayMissError
from summariser.store import Drift, FolderStore, RecordingTransport
from summariser.testing import Answer
from tests.scripted import Answering
from tests.test_store import BODY, URL, ask, mark, replay, said

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from summariser.store import Mode

OTHER: dict[str, Any] = {**BODY, "temperature": 1}


def transport(folder: Path, mode: Mode, *answers: Answer, repeats: bool = False) -> RecordingTransport:
    """A transport in front of scripted answers."""
    network = Answering(*answers)
    return RecordingTransport(FolderStore(folder, create=True), mode=mode, inner=lambda: network, repeats=repeats)


def played(folder: Path, times: int = 1) -> list[tuple[int, Any]]:
    """What a replay answers."""
    with replay(folder) as replaying:
        responses = [ask(replaying) for _ in range(times)]
    return [(response.status_code, response.json().get("said")) for response in responses]


# ---- live and refresh


def test_live_asks_and_keeps_nothing(tmp_path: Path) -> None:
    """The recordings are neither read nor written."""
    with transport(tmp_path, "record", said("seven")) as recording:
        ask(recording)
    before = [path.read_bytes() for path in tmp_path.iterdir()]
    with transport(tmp_path, "live", said("eight")) as live:
        assert [ask(live).json()["said"], ask(live, OTHER).json()["said"]] == ["eight", "eight"]
    assert [path.read_bytes() for path in tmp_path.iterdir()] == before


def test_refresh_asks_anew_and_once(tmp_path: Path) -> None:
    """The new answer takes the place of the old one, and is not paid for twice in a session."""
    with transport(tmp_path, "record", said("seven")) as recording:
        ask(recording)
    with transport(tmp_path, "refresh", said("eight"), said("nine")) as refreshing:
        assert [ask(refreshing).json()["said"] for _ in range(2)] == ["eight", "eight"]
    assert played(tmp_path, 2) == [(200, "eight"), (200, "eight")]


@pytest.mark.parametrize("answers", [[said("who?", 401)], [said("busy", 503), said("busy", 503)]], ids=["401", "503s"])
def test_a_failure_never_takes_the_place_of_an_answer(tmp_path: Path, answers: list[Answer]) -> None:
    """Refreshing with a wrong key, or at a bad hour, loses nothing."""
    with transport(tmp_path, "record", said("seven")) as recording:
        ask(recording)
    with transport(tmp_path, "refresh", *answers) as refreshing:
        assert [ask(refreshing).status_code for _ in answers] == [answer.status for answer in answers]
    assert played(tmp_path) == [(200, "seven")]


def test_failures_before_a_refreshed_answer_are_kept(tmp_path: Path) -> None:
    """They are part of the new story."""
    with transport(tmp_path, "record", said("seven")) as recording:
        ask(recording)
    with transport(tmp_path, "refresh", said("slow", 429), said("eight")) as refreshing:
        _ = [ask(refreshing) for _ in range(2)]
    assert played(tmp_path, 3) == [(429, "slow"), (200, "eight"), (200, "eight")]


def test_a_refresh_that_learns_nothing_changes_no_byte(tmp_path: Path) -> None:
    """Ids, times and counts of tokens are no news."""
    answers = [Answer(body={"id": f"c{n}", "created": n, "usage": {"n": n}, "said": 7}) for n in (1, 2)]
    for mode, answer in (("record", answers[0]), ("refresh", answers[1])):
        with transport(tmp_path, mode, answer) as session:  # type: ignore[arg-type] # two modes
            ask(session)
    (path,) = tmp_path.iterdir()
    assert json.loads(path.read_text())["responses"][0]["body"]["id"] == "c1"


# ---- verify


def drifts(folder: Path, *answers: Answer) -> tuple[list[int], list[Drift]]:
    """The statuses handed on in verify, and what is reported."""
    found: list[Drift] = []
    network = Answering(*answers)
    store = FolderStore(folder)
    with RecordingTransport(store, mode="verify", inner=lambda: network, on_drift=found.append) as verifying:
        return [ask(verifying).status_code for _ in answers], found


def test_verify_reports_what_is_answered_differently_and_changes_nothing(tmp_path: Path) -> None:
    """What follows rests on the recording, so that is what is handed on."""
    with transport(tmp_path, "record", said("seven")) as recording:
        ask(recording)
    statuses, found = drifts(tmp_path, said("eight"))
    assert statuses == [200]
    assert [drift.name for drift in found] == [mark(BODY)[:16]]
    assert "'seven' is recorded, 'eight' asked" in str(found[0])
    assert played(tmp_path) == [(200, "seven")]


def test_verify_has_nothing_to_report_when_only_ids_differ(tmp_path: Path) -> None:
    """They differ each time."""
    first, second = (Answer(body={"id": n, "choices": [{"text": "seven"}]}) for n in "ab")
    with transport(tmp_path, "record", first) as recording:
        ask(recording)
    assert drifts(tmp_path, second) == ([200], [])


def test_a_failure_is_no_drift(tmp_path: Path) -> None:
    """It says nothing about the answer, and whoever asks tries again."""
    with transport(tmp_path, "record", said("seven")) as recording:
        ask(recording)
    assert drifts(tmp_path, said("busy", 503), said("seven")) == ([503, 200], [])


def test_verify_does_not_ask_what_is_not_recorded(tmp_path: Path) -> None:
    """There is nothing to compare with."""
    with transport(tmp_path, "verify", said("seven")) as verifying, pytest.raises(ReplayMissError):
        ask(verifying)


# ---- the same again


def test_a_repeated_request_is_asked_again_and_played_in_order(tmp_path: Path) -> None:
    """With ``repeats`` its answers are a sequence, which a later session goes on with."""
    for times, answers in ((2, ["one", "two"]), (3, ["three"])):
        with transport(tmp_path, "record", *map(said, answers), repeats=True) as recording:
            heard = [ask(recording).json()["said"] for _ in range(times)]
    assert heard == ["one", "two", "three"]
    assert played(tmp_path, 4) == [(200, "one"), (200, "two"), (200, "three"), (200, "three")]


def test_a_sequence_that_ended_in_failure_keeps_its_answers(tmp_path: Path) -> None:
    """The failure gives way to the answer that comes after it."""
    with transport(tmp_path, "record", said("one"), said("busy", 503), repeats=True) as recording:
        _ = [ask(recording) for _ in range(2)]
    with transport(tmp_path, "record", said("two"), repeats=True) as recording:
        assert [ask(recording).json()["said"] for _ in range(2)] == ["one", "two"]
    assert played(tmp_path, 2) == [(200, "one"), (200, "two")]


# ---- failures of the transport


class Half(httpx2.SyncByteStream, httpx2.AsyncByteStream):
    """A body that breaks off."""

    def __init__(self, content: bytes, error: Exception) -> None:
        self.content, self.error = content, error

    def __iter__(self) -> Iterator[bytes]:
        yield self.content
        raise self.error

    async def __aiter__(self) -> AsyncIterator[bytes]:
        yield self.content
        raise self.error


class Broken(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Fails, before or after half an answer."""

    def __init__(self, error: type[httpx2.TransportError], content: bytes | None = None) -> None:
        self.error, self.content = error, content

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Fail."""
        error = self.error("secret details", request=request)
        if self.content is None:
            raise error
        return httpx2.Response(200, headers={"content-type": "text/event-stream"}, stream=Half(self.content, error))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Fail."""
        return self.handle_request(request)


@pytest.mark.parametrize("error", [httpx2.ConnectError, httpx2.ReadTimeout, httpx2.RemoteProtocolError])
def test_a_connection_that_fails_fails_again(tmp_path: Path, error: type[httpx2.TransportError]) -> None:
    """A timeout before the answer is part of the story; its details stay off the disk."""
    recording = RecordingTransport(FolderStore(tmp_path), mode="record", inner=lambda: Broken(error))
    with pytest.raises(error, match="secret"):
        ask(recording)
    assert "secret" not in next(tmp_path.iterdir()).read_text()
    with replay(tmp_path) as replaying, pytest.raises(error, match="as recorded"):
        ask(replaying)


def test_an_answer_that_breaks_off_breaks_off_again(tmp_path: Path) -> None:
    """After as much of it as came, for those who read it as it comes."""
    half = b'data: {"a": 1}\n\ndata: {"b'

    def inner() -> Broken:
        return Broken(httpx2.ReadError, half)

    live = httpx2.Client(transport=RecordingTransport(FolderStore(tmp_path), mode="record", inner=inner))
    for client in (live, httpx2.Client(transport=replay(tmp_path))):
        heard = b""
        with client, client.stream("POST", URL, json=BODY) as response, contextlib.suppress(httpx2.ReadError):
            for chunk in response.iter_bytes():
                heard += chunk
            pytest.fail("it came to a good end")
        assert heard.replace(b" ", b"") == half.replace(b" ", b"")


def test_coroutines_record_and_replay_failures_too(tmp_path: Path) -> None:
    """Each in its own way of waiting."""

    async def fail(transport: RecordingTransport) -> None:
        async with httpx2.AsyncClient(transport=transport) as client:
            await client.post(URL, json=BODY)

    for session in (
        RecordingTransport(FolderStore(tmp_path), mode="record", inner=lambda: Broken(httpx2.ReadTimeout)),
        replay(tmp_path),
    ):
        with pytest.raises(httpx2.ReadTimeout):
            asyncio.run(fail(session))


# ---- bodies


def test_a_stream_is_filed_as_its_events(tmp_path: Path) -> None:
    """One object an event, and it is the same stream when it is played."""
    content = 'event: delta\ndata: {"said": "✓"}\n\n: still there\n\ndata: two\ndata: lines\n\ndata: [DONE]\n\n'
    answer = Answer(200, content, {"content-type": "text/event-stream; charset=utf-8"})
    with transport(tmp_path, "record", answer) as recording:
        ask(recording)
    (path,) = tmp_path.iterdir()
    assert json.loads(path.read_text())["responses"][0]["body"] == [
        {"event": "delta", "data": {"said": "✓"}},
        {"data": "two\nlines"},
        {"data": "[DONE]"},
    ]
    with replay(tmp_path) as replaying:
        lines = ask(replaying).text.splitlines()
    assert lines[:2] == ["event: delta", 'data: {"said":"\\u2713"}']
    assert lines[3:] == ["data: two", "data: lines", "", "data: [DONE]", ""]


def test_the_boundary_of_a_form_is_no_part_of_the_question(tmp_path: Path) -> None:
    """It is drawn anew each time a file is sent, such as that of a batch."""
    filed: list[int] = []
    for purpose in ("batch", "batch", "user_data"):
        with httpx2.Client(transport=transport(tmp_path, "record", said("seven"))) as client:
            client.post("http://h/v1/files", files={"file": ("a.jsonl", b'{"a": 1}\n')}, data={"purpose": purpose})
        filed.append(len(list(tmp_path.iterdir())))
    assert filed == [1, 1, 2]
