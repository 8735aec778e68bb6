"""What stays off the disk, and what `check` finds there."""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summariser.store import Finding, FolderStore, RecordingTransport, check, redact
from summariser.store.redaction import REDACTED, leaks, redacted_body, streamed
from summariser.testing import Answer
from tests.scripted import Answering
from tests.test_store import BODY, KEY, ask, mark, record, replay, said

if TYPE_CHECKING:
    from pathlib import Path

SECRETS = [
    KEY,
    "sk-proj-abcdefghijkl0123456789",
    "gsk_abcdefghijklmnop0123",
    "ghp_abcdefghijklmnop0123",
    "github_pat_abcdefghijklmnop0123",
    "glpat-abcdefghijklmnop0123",
    "xoxb-1234567890-abcdefghij",
    "AIzaSyA0123456789abcdefghijklmno",
    "AKIAIOSFODNN7EXAMPLE",
    "eyJhbGciOiJI.eyJzdWIiOiIx.SflKxwRJSMeK",
    "org-abcdefghij0123456789ABCD",
    "-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----",
]


@pytest.mark.parametrize("secret", SECRETS, ids=lambda secret: secret[:6])
def test_what_has_the_shape_of_a_key_is_masked_anywhere(secret: str) -> None:
    """In texts, in lists and in names; and what is left has none."""
    value = {"a": [f"it is {secret}, is it?"], secret: 1}
    masked = redact(value)
    assert masked == {"a": [f"it is {REDACTED}, is it?"], REDACTED: 1}
    assert list(leaks(value))
    assert not list(leaks(masked))


@pytest.mark.parametrize("text", ["a sk-eleton key", "the org-chart", "Bearer of news", "task-force-2024-report-final"])
def test_words_are_no_keys(text: str) -> None:
    """A text about keys stays as it is."""
    assert redact(text) == text


def test_what_is_called_a_key_is_masked_whatever_its_shape() -> None:
    """But not what a schema says of a field of that name."""
    schema = {"properties": {"password": {"type": "string"}}}
    assert redact({"api_key": "hunter2", "headers": {"Authorization": "x"}, "s": schema}) == {
        "api_key": REDACTED,
        "headers": {"Authorization": REDACTED},
        "s": schema,
    }


@pytest.mark.parametrize("header", ["authorization", "api-key", "x-api-key", "openai-organization", "cookie"])
def test_what_a_request_is_sent_with_is_masked_by_its_value(tmp_path: Path, header: str) -> None:
    """A key of no known shape, when the server repeats it or the question holds it; and the answer is found again."""
    secret = "correct.horse.battery"
    body = {**BODY, "messages": [{"role": "user", "content": f"is {secret} safe?"}]}
    answer = Answer(401, {"error": f"no such key: {secret}"}, {"x-request-id": secret})
    with record(tmp_path, Answering(answer)) as transport:
        ask(transport, body, **{header: f"Bearer {secret}" if header == "authorization" else secret})
    assert secret not in next(tmp_path.iterdir()).read_text()
    with replay(tmp_path) as transport:
        assert ask(transport, body).json() == {"error": f"no such key: {REDACTED}"}


def test_two_questions_that_look_alike_without_their_secrets_stay_two(tmp_path: Path) -> None:
    """What is matched is what was sent, and not what is on the disk."""
    bodies = [{**BODY, "messages": [{"role": "user", "content": f"{KEY}{n}"}]} for n in "12"]
    with record(tmp_path, Answering(said("one"), said("two"))) as transport:
        _ = [ask(transport, body) for body in bodies]
    with replay(tmp_path) as transport:
        assert [ask(transport, body).json()["said"] for body in reversed(bodies)] == ["two", "one"]


PIECES = st.lists(st.integers(0, 60), max_size=6)


@settings(deadline=None)
@given(PIECES, st.sampled_from(SECRETS[:4]))
def test_a_key_that_is_streamed_in_pieces_is_masked(cuts: list[int], secret: str) -> None:
    """However it is cut, no part of it is left, and the rest of the text is."""
    text = f"The key is {secret} indeed."
    ends = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    events = [
        {"data": {"choices": [{"index": 0, "delta": {"content": text[a:b]}}]}} for a, b in itertools.pairwise(ends)
    ]
    masked = redacted_body(events, "events")
    assert streamed(masked) == {"data.choices.0.delta.content": f"The key is {REDACTED} indeed."}


# ---- check


def kinds(folder: Path) -> list[tuple[str, str]]:
    """What is found where."""
    return [(finding.path.name, finding.kind) for finding in check(FolderStore(folder))]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A recording without fault."""
    with record(tmp_path, Answering(said("seven"))) as transport:
        ask(transport)
    return tmp_path / f"{mark(BODY)[:16]}.json"


def test_a_good_folder_has_nothing_to_find(path: Path) -> None:
    """Also when something in it was redacted."""
    with record(path.parent, Answering(said(KEY))) as transport:
        ask(transport, {**BODY, "x": KEY})
    assert kinds(path.parent) == []


def edited(path: Path, **changes: Any) -> None:
    """Change what a file says."""
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


def test_a_secret_is_found_and_not_repeated(path: Path) -> None:
    """The finding says where it is."""
    edited(path, note={"x": [f"{KEY}"]})
    (finding,) = check(FolderStore(path.parent))
    assert (finding.kind, finding.what.split()[0]) == ("secret", "note.x[0]")
    assert KEY not in str(finding)


def test_a_damaged_file_is_found(path: Path) -> None:
    """And the others are still looked at."""
    path.write_text("{")
    assert kinds(path.parent) == [(path.name, "damaged")]


def test_a_file_that_nothing_finds_is_stale(path: Path) -> None:
    """Renamed by hand, its request edited, or left behind by a process that was killed."""
    copy = path.with_name("0" * 16 + ".json")
    copy.write_bytes(path.read_bytes())
    edited(path, request={"method": "POST", "url": "http://h/v1/chat/completions", "body": {"model": "n"}})
    (path.parent / f".{path.stem}.x.tmp").write_text("{")
    assert sorted(kinds(path.parent)) == sorted(
        [(f".{path.stem}.x.tmp", "stale"), (copy.name, "stale"), (path.name, "stale")]
    )


def test_a_finding_is_one_line() -> None:
    """For terminals and logs."""
    from pathlib import Path

    assert str(Finding(Path("a.json"), "stale", "so it is")) == "a.json: stale: so it is"


def test_no_secret_passes_through_a_recording_transport_of_any_mode(tmp_path: Path) -> None:
    """Refreshing redacts as recording does."""
    network = Answering(said(KEY))
    store = FolderStore(tmp_path)
    with RecordingTransport(store, mode="refresh", inner=lambda: network, repeats=True) as transport:
        ask(transport, {**BODY, "x": KEY}, authorization=f"Bearer {KEY}")
    assert KEY not in "".join(path.read_text() for path in tmp_path.iterdir())
