"""The ledger: what is written down is there, whatever happens to the process."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import zlib
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summariser import ledger as ledgers
from summariser.errors import JobLockedError, StoreError
from summariser.exchange import Usage
from summariser.ledger import Exchange, Ledger, Outcome, Response

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'schemas'}"}
MARK, DOCUMENT = b"f" * 32, b"d" * 32
EXCHANGE = Exchange(MARK, DOCUMENT, "POST", "http://m/v1/chat/completions", b'{"model": "m"}')
ANSWER = b'{"choices": [{"message": {"content": "{}"}}]}'
RESPONSE = Response(200, {"content-type": "application/json"}, ANSWER, 1.5, Usage(10, 5, 2), "m-1")


@given(text=st.text(), request=st.binary(), tokens=st.tuples(*[st.none() | st.integers(0, 10**9)] * 3))
@settings(max_examples=25, deadline=None)
def test_a_response_comes_out_as_it_went_in(
    tmp_path_factory: pytest.TempPathFactory,
    text: str,
    request: bytes,
    tokens: tuple[int | None, int | None, int | None],
) -> None:
    """Body, headers, status, seconds, tokens and model of an answer are kept to the byte."""
    body = json.dumps({"choices": [{"message": {"content": text}}]}, ensure_ascii=False)
    kept = Response(200, {"retry-after": "é"}, body.encode(), 0.25, Usage(*tokens), None)

    async def write(ledger: Ledger) -> None:
        await ledger.sending(Exchange(MARK, None, "POST", "u", request))
        await ledger.answered(MARK, kept)

    with Ledger(tmp_path_factory.mktemp("job") / "job.db") as ledger:
        asyncio.run(write(ledger))
        assert ledger.response(MARK) == kept
        assert [(exchange.body, response) for exchange, response in ledger.exchanges()] == [(request, kept)]


async def test_what_is_no_success_answers_nothing(tmp_path: Path) -> None:
    """A refusal is kept for whoever looks, and the request may be sent again."""
    with Ledger(tmp_path / "job.db") as ledger:
        await ledger.sending(EXCHANGE)
        await ledger.answered(MARK, Response(500, {}, b"", 0.1, Usage()))
        assert ledger.response(MARK) is None
        await ledger.sending(EXCHANGE)
        await ledger.answered(MARK, RESPONSE)
        assert ledger.response(MARK) == RESPONSE
        assert ledger.totals().sends == 2


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"error": {"code": 502}}',
        b'{"choices": []}',
        b'{"choices": [{"message": null}]}',
        b"[" * 100_000,
    ],
)
async def test_a_success_that_is_no_completion_answers_nothing(tmp_path: Path, body: bytes) -> None:
    """It is as a refusal, also where an earlier version wrote it down as an answer."""
    with Ledger(tmp_path / "job.db") as ledger:
        await ledger.sending(EXCHANGE)
        await ledger.answered(MARK, replace(RESPONSE, body=body))
        assert ledger.totals().answered == 0
        await ledger.write("UPDATE exchanges SET state = 'answered'")
        assert ledger.response(MARK) is None
        assert list(ledger.exchanges()) == []


async def test_totals_add_up_over_runs(tmp_path: Path) -> None:
    """Tokens, requests and 429s of all runs are counted, by model."""
    for number in range(3):
        with Ledger(tmp_path / "job.db") as ledger:
            mark = bytes([number]) * 32
            await ledger.sending(Exchange(mark, None, "POST", "u", b""))
            await ledger.answered(mark, Response(429, {}, b"", 0.1, Usage()))
            await ledger.sending(Exchange(mark, None, "POST", "u", b""))
            await ledger.answered(mark, RESPONSE)
    with Ledger(tmp_path / "job.db") as ledger:
        totals = ledger.totals()
        assert list(ledger.unpriced()) == [("m-1", False, Usage(10, 5, 2), 3)]
    assert (totals.answered, totals.sends, totals.limited, totals.ambiguous) == (3, 6, 3, 0)
    assert totals.spent == 0


async def test_what_was_spent_adds_up_over_sends(tmp_path: Path) -> None:
    """An answer that is none, a request cut off on its way and the answer at last: each is counted, whatever comes after it."""
    with Ledger(tmp_path / "job.db") as ledger:
        await ledger.sending(EXCHANGE, Decimal(3))
        await ledger.answered(MARK, replace(RESPONSE, body=b"{}"), Decimal("0.5"))
        await ledger.sending(EXCHANGE, Decimal(3))
    with Ledger(tmp_path / "job.db") as ledger:
        assert ledger.totals().spent == Decimal("3.5")
        await ledger.sending(EXCHANGE, Decimal(3))
        await ledger.failed(MARK, ambiguous=True)
        await ledger.sending(EXCHANGE, Decimal(3))
        await ledger.answered(MARK, RESPONSE, Decimal("0.000000000001"))
        assert ledger.totals().spent == Decimal("6.500000000001")
        assert not list(ledger.unpriced())
        assert not list(ledger.uncounted())


async def test_what_is_not_written_down_can_be_counted_later(tmp_path: Path) -> None:
    """Answers without a price have their tokens, and what told none, or was lost, its request."""
    with Ledger(tmp_path / "job.db") as ledger:
        await ledger.sending(EXCHANGE)
        await ledger.failed(MARK, ambiguous=True)
        await ledger.sending(EXCHANGE)
        await ledger.answered(MARK, replace(RESPONSE, usage=Usage()))
        assert list(ledger.uncounted()) == [(EXCHANGE.body, False, 2)]
        assert list(ledger.unpriced()) == []
        assert ledger.totals().untold == 1


async def test_an_outcome_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    """A document has one outcome: the last."""
    with Ledger(tmp_path / "job.db") as ledger:
        await ledger.finished(DOCUMENT, Outcome("a", "failed", "1", b"{}"))
        await ledger.finished(DOCUMENT, Outcome("a", "verified", "2", b'{"x": 1}'))
        known = ledger.finished_as(DOCUMENT)
        assert known is not None
        assert known[:2] == ("verified", "2")
        assert ledger.outcome(DOCUMENT) == Outcome("a", "verified", "2", b'{"x": 1}')
        assert ledger.outcome(MARK) is None


async def test_requests_are_found_by_the_document_they_were_for(tmp_path: Path) -> None:
    """`exchanges` of an id are those that a document with it asked for first."""
    with Ledger(tmp_path / "job.db") as ledger:
        await ledger.finished(DOCUMENT, Outcome("a", "verified", "1", b"{}"))
        for mark, document in ((MARK, DOCUMENT), (b"g" * 32, None)):
            await ledger.sending(Exchange(mark, document, "POST", "u", b""))
            await ledger.answered(mark, RESPONSE)
        assert [exchange.fingerprint for exchange, _ in ledger.exchanges("a")] == [MARK]
        assert [exchange.fingerprint for exchange, _ in ledger.exchanges()] == [MARK, b"g" * 32]
        assert list(ledger.exchanges("b")) == []


def test_a_second_process_is_refused(tmp_path: Path) -> None:
    """Whoever has the job open keeps others out, and the message says which process it is."""
    with (
        Ledger(tmp_path / "job.db"),
        pytest.raises(JobLockedError, match=rf"process {os.getpid()} is working on the job"),
    ):
        Ledger(tmp_path / "job.db")
    Ledger(tmp_path / "job.db").close()


def test_a_killed_process_leaves_what_it_wrote_and_no_lock(tmp_path: Path) -> None:
    """After kill -9 between request and response the request is known, counted as ambiguous, and the job can be opened."""
    program = """
        import asyncio, os, signal, sys
        from summariser.exchange import Usage
        from summariser.ledger import Exchange, Ledger, Response
        async def main():
            ledger = Ledger(sys.argv[1])
            for number in range(2):
                await ledger.sending(Exchange(bytes([number]) * 32, None, "POST", "u", b"body"))
            await ledger.answered(bytes(32), Response(200, {}, b'{"choices": [{"message": {}}]}', 1.0, Usage(1, 1)))
            os.kill(os.getpid(), signal.SIGKILL)
        asyncio.run(main())
    """
    command = [sys.executable, "-c", textwrap.dedent(program), str(tmp_path / "job.db")]
    assert subprocess.run(command, env=ENVIRONMENT, check=False, timeout=60).returncode == -signal.SIGKILL
    with Ledger(tmp_path / "job.db") as ledger:
        assert ledger.recovered == 1
        assert ledger.response(bytes(32)) is not None
        assert ledger.response(bytes([1]) * 32) is None
        assert ledger.totals().ambiguous == 1
    with Ledger(tmp_path / "job.db") as ledger:
        assert ledger.recovered == 0


def test_a_file_that_is_no_ledger_is_named(tmp_path: Path) -> None:
    """Another file under the ledger's name is an error that names it, and is left as it is."""
    path = tmp_path / "job.db"
    path.write_text("a shopping list, and long enough to be taken for a header of something else entirely")
    with pytest.raises(StoreError, match=r"job\.db"):
        Ledger(path)
    assert path.read_text().startswith("a shopping list")


def test_a_newer_ledger_is_refused(tmp_path: Path) -> None:
    """A file of a later format is not touched."""
    Ledger(tmp_path / "job.db").close()
    with sqlite3.connect(tmp_path / "job.db") as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(StoreError, match="newer version"):
        Ledger(tmp_path / "job.db")


async def test_a_write_that_fails_is_told_to_whoever_waits(tmp_path: Path) -> None:
    """When the ledger cannot be written, nobody believes that it was, then or later."""
    with Ledger(tmp_path / "job.db") as ledger:
        with sqlite3.connect(tmp_path / "job.db") as db:
            db.execute("DROP TABLE exchanges")
        db.close()
        with pytest.raises(StoreError, match="cannot be written"):
            await ledger.sending(EXCHANGE)
        with pytest.raises(StoreError, match="cannot be written"):
            await ledger.finished(DOCUMENT, Outcome("a", "verified", "1", b"{}"))


async def test_a_value_that_the_file_cannot_hold_is_told_to_whoever_waits(tmp_path: Path) -> None:
    """What is no fault of the database stops nobody from hearing of it."""
    with Ledger(tmp_path / "job.db") as ledger:
        await ledger.sending(EXCHANGE)
        with pytest.raises(StoreError, match="cannot be written"):
            await ledger.answered(MARK, replace(RESPONSE, usage=Usage(10**30, 1)))


def test_a_ledger_of_the_format_before_keeps_its_money(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its answers can be priced by their tokens, and what told none, or was lost, by its request."""
    with monkeypatch.context() as before:
        before.setattr("summariser.ledger._MIGRATIONS", vars(ledgers)["_MIGRATIONS"][:2])
        before.setattr(Ledger, "_recover", int)  # nothing was under way
        Ledger(tmp_path / "job.db").close()
    rows = [("answered", 0, 10), ("answered", 1, None), ("failed", 1, None), ("refused", 0, None), ("sent", 0, None)]
    with contextlib.closing(sqlite3.connect(tmp_path / "job.db")) as db, db:
        for number, (state, ambiguous, tokens) in enumerate(rows):
            db.execute(
                "INSERT INTO exchanges (fingerprint, method, url, request, state, sends, ambiguous, input_tokens, output_tokens, "
                "sent_at) VALUES (?, 'POST', 'u', ?, ?, 1, ?, ?, 5, 0)",
                (bytes([number]), zlib.compress(state.encode()), state, ambiguous, tokens),
            )
    with Ledger(tmp_path / "job.db") as ledger:
        assert list(ledger.unpriced()) == [(None, False, Usage(10, 5), 1)]
        assert sorted(ledger.uncounted()) == [(b"answered", False, 2), (b"failed", False, 1), (b"sent", False, 1)]
        assert ledger.totals().spent == 0


async def test_ids_are_noted_for_one_run(tmp_path: Path) -> None:
    """An id that comes again is told with its first place; the next run begins anew and knows what is not there."""
    with Ledger(tmp_path / "job.db") as ledger:
        assert ledger.note("a", "x.txt") is None
        assert ledger.note("b", "y.txt") is None
        assert ledger.note("a", "z.txt") == "x.txt"
        for identity, name, status in ((b"1", "a", "verified"), (b"2", "a", "flagged"), (b"3", "c", "failed")):
            await ledger.finished(identity, Outcome(name, status, "1", b"{}"))  # type: ignore[arg-type]
        assert ledger.unread() == 0
    with Ledger(tmp_path / "job.db") as ledger:
        assert ledger.unread() == 1
        assert ledger.note("a", "z.txt") is None
        assert ledger.unread() == 0
