"""``summariser batch`` as a process: exit codes, what it says, and that it can be killed at any moment."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from summariser.readers import Entry, Place, as_row
from summariser.testing import ScriptedEndpoint, documents, failure
from tests.test_cli import ENVIRONMENT, run


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """Give a file of forty short documents."""
    path = tmp_path / "articles.jsonl"
    rows = [as_row(Entry(document, Place("x"))) for document in documents(40, short=True)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def batch(model: ScriptedEndpoint, *arguments: str | Path) -> subprocess.CompletedProcess[bytes]:
    """Run the command against this endpoint."""
    return run("batch", *arguments, "--base-url", model.url, "--model", "m")


def started(model: ScriptedEndpoint, *arguments: str | Path, stdin: int | None = None) -> subprocess.Popen[bytes]:
    """The command under way."""
    command = [
        sys.executable,
        "-m",
        "summariser",
        "batch",
        *map(str, arguments),
        "--base-url",
        model.url,
        "--model",
        "m",
    ]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT, stdin=stdin)


def ids(path: Path) -> list[str]:
    """Ids of the briefs in a file."""
    return [json.loads(line)["document"]["id"] for line in path.read_text(encoding="utf-8").splitlines()]


def until(met: Any, seconds: float = 60.0) -> None:
    """Wait for something to come true."""
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.01)


def test_a_job_that_goes_well_ends_with_0(articles: Path, tmp_path: Path) -> None:
    """Briefs, an empty file of failures, a summary, and a last line that says where they are."""
    with ScriptedEndpoint() as model:
        done = batch(model, articles, "--out", tmp_path / "job")
    assert done.returncode == 0, done.stderr.decode()
    assert len(ids(tmp_path / "job" / "briefs.jsonl")) == 40
    assert "40 of 40 done, 40 verified" in done.stderr.decode().splitlines()[-1]
    assert done.stdout == b""
    assert json.loads((tmp_path / "job" / "summary.json").read_text())["finished"] is True


def test_an_id_given_twice_and_a_shorter_input_are_told(articles: Path, tmp_path: Path) -> None:
    """Both are said on standard error, with the places; neither is a failure."""
    rows = articles.read_text().splitlines()[:3]
    articles.write_text("\n".join(rows))
    (tmp_path / "more.jsonl").write_text(rows[1].replace('"text": "', '"text": "Again. '))
    with ScriptedEndpoint() as model:
        done = batch(model, articles, tmp_path / "more.jsonl", "--out", tmp_path / "job")
        assert done.returncode == 0
        assert f": {articles}, line 2; and {tmp_path / 'more.jsonl'}, line 1." in done.stderr.decode()
        articles.write_text(rows[0])
        done = batch(model, articles, "--out", tmp_path / "job")
    assert done.returncode == 0
    assert "not in the input any more: 2 documents of earlier runs" in done.stderr.decode()


def test_quiet_says_nothing(articles: Path, tmp_path: Path) -> None:
    """With --quiet nothing is written but the files."""
    with ScriptedEndpoint() as model:
        done = batch(model, articles, "--out", tmp_path / "job", "--quiet")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_some_failed_is_3(articles: Path, tmp_path: Path) -> None:
    """A row that cannot be read fails alone, is counted, and the exit code says so."""
    with articles.open("a", encoding="utf-8") as file:
        file.write("{broken\n")
    with ScriptedEndpoint() as model:
        done = batch(model, articles, "--out", tmp_path / "job")
    assert done.returncode == 3
    assert b"1 of 41 documents failed" in done.stderr
    assert done.stderr.decode().splitlines()[-1].endswith("(InputError)")
    assert "; it is: " in done.stderr.decode().splitlines()[-1]
    assert "line 41" in (tmp_path / "job" / "failures.jsonl").read_text()


def test_one_document_that_fails_says_why(tmp_path: Path) -> None:
    """The reason stands in the closing line itself."""
    (tmp_path / "empty.txt").write_text("\n")
    with ScriptedEndpoint() as model:
        done = batch(model, tmp_path / "empty.txt", "--out", tmp_path / "job")
    assert done.returncode == 3
    assert "the document failed: " in done.stderr.decode().splitlines()[-1]
    assert "(InputError): " in done.stderr.decode()


def test_an_empty_folder_is_2(tmp_path: Path) -> None:
    """A folder without a file, or with hidden ones alone, is a mistake of the call: nothing is written."""
    (tmp_path / "news" / "more").mkdir(parents=True)
    (tmp_path / "news" / ".hidden.txt").write_text("Odran paid.")
    with ScriptedEndpoint() as model:
        done = batch(model, tmp_path / "news", "--out", tmp_path / "job")
    assert done.returncode == 2
    assert b"news: this folder holds no file to read" in done.stderr
    assert not (tmp_path / "job").exists()


def test_an_outage_is_told_once_and_well(articles: Path, tmp_path: Path) -> None:
    """The closing message ends each of its sentences once, and says once how to go on."""
    down = failure(503, "Try again later.", headers={"retry-after": "0.01"})
    with ScriptedEndpoint([down]) as model:
        done = batch(model, articles, "--out", tmp_path / "job")
    assert done.returncode == 4
    last = done.stderr.decode().splitlines()[-1]
    assert ".." not in last
    assert last.lower().count("the same command goes on") == 1


def test_a_wrong_key_is_4(articles: Path, tmp_path: Path) -> None:
    """The message says what stopped the job, what is left, and how to go on."""
    with ScriptedEndpoint(key="right") as model:
        done = batch(model, articles, "--out", tmp_path / "job")
        assert model.counters.requests <= 17
    assert done.returncode == 4
    assert "no key was given: set SUMMARISER_API_KEY or OPENAI_API_KEY, or name a variable" in done.stderr.decode()
    assert "(api_key= from Python)); 40 documents left, and the same command goes on with them" in done.stderr.decode()


def test_a_mistyped_model_takes_no_briefs_and_says_so(articles: Path, tmp_path: Path) -> None:
    """The files stay, be the model asked for or only its answers read again; what to do is said."""
    with ScriptedEndpoint(models=["m"]) as model:
        assert batch(model, articles, "--out", tmp_path / "job").returncode == 0
        for more in ((), ("--reground",)):
            done = run("batch", articles, "--out", tmp_path / "job", "--base-url", model.url, "--model", "n", *more)
            assert done.returncode == 4
            said = done.stderr.decode()
            assert "stay as an earlier run left them, with 40 briefs where this run has 0" in said
    assert said.rstrip().endswith("or ask, without --reground (reground=True from Python)")
    assert len(ids(tmp_path / "job" / "briefs.jsonl")) == 40


def test_poll_without_batches_is_refused(articles: Path, tmp_path: Path) -> None:
    """An option that would be without effect is a mistake of the call."""
    with ScriptedEndpoint() as model:
        done = batch(model, articles, "--out", tmp_path / "job", "--poll", "5")
        assert model.counters.requests == 0
    assert done.returncode == 2
    assert b"--poll says how --via batch-api waits" in done.stderr


def test_free_text_in_another_language_changes_what_a_job_asks(articles: Path, tmp_path: Path) -> None:
    """With --output-language the prose is asked for in that language, and a job made without it says what changed."""
    with ScriptedEndpoint() as model:
        batch(model, articles, "--out", tmp_path / "job")
        before = model.counters.requests
        done = batch(model, articles, "--out", tmp_path / "job", "--output-language", "fr")
        assert model.counters.requests > before
    assert b"output language is fr, and was" in done.stderr


def test_a_dry_run_sends_nothing(articles: Path, tmp_path: Path) -> None:
    """Requests, tokens, dollars and time are estimated; nothing is sent and nothing written."""
    with ScriptedEndpoint() as model:
        done = batch(model, articles, "--out", tmp_path / "job", "--dry-run", "--price", "1/2")
        assert model.counters.requests == 0
    assert done.returncode == 0
    told = done.stdout.decode()
    assert "documents   40\nrequests    40 to custom/m\n" in told
    assert "dollars     about $" in told
    assert not (tmp_path / "job").exists()


def test_a_dry_run_needs_no_key(articles: Path, tmp_path: Path) -> None:
    """Nothing is sent to the provider, and so nobody need have an account there."""
    done = run("batch", articles, "--out", tmp_path / "job", "--model", "openai/gpt-4.1-mini", "--dry-run")
    assert done.returncode == 0, done.stderr
    assert b"40 to openai/gpt-4.1-mini" in done.stdout


def test_what_makes_no_sense_is_2(articles: Path, tmp_path: Path) -> None:
    """A budget that is no amount, or none with a price, and an input that is not there are refused before anything is sent."""
    with ScriptedEndpoint() as model:
        for arguments in (
            ["--budget", "much"],
            ["--budget", "5"],
            ["--price", "x"],
            ["--record", "a", "--replay", "b"],
        ):
            done = batch(model, articles, "--out", tmp_path / "job", *arguments)
            assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
        assert batch(model, tmp_path / "nothing.jsonl", "--out", tmp_path / "job").returncode == 2
        assert b"is a file, and a job needs a folder" in batch(model, articles, "--out", articles).stderr
        assert model.counters.requests == 0


def test_killed_again_and_again_it_loses_and_repays_nothing(articles: Path, tmp_path: Path) -> None:
    """kill -9 at any moment: the same command goes on, and at most what was under way is paid for twice."""
    job = tmp_path / "job"
    with ScriptedEndpoint(latency=0.1) as model:
        for kill in range(3):
            running = started(model, articles, "--out", job, "--concurrency", "4")
            until(lambda wanted=(kill + 1) * 9: model.counters.requests >= wanted)
            running.kill()
            running.communicate()
        done = batch(model, articles, "--out", job)
        assert done.returncode == 0, done.stderr.decode()
        assert len(model.counters.paid) == 40
        assert model.counters.repaid <= 3 * 4
    assert ids(job / "briefs.jsonl") == [document.id for document in documents(40, short=True)]
    assert json.loads((job / "summary.json").read_text())["all_runs"]["ambiguous"] >= model.counters.repaid


def test_an_interrupt_finishes_what_is_under_way(articles: Path, tmp_path: Path) -> None:
    """Ctrl-C keeps what is paid for, says how to go on, and ends with 130."""
    job = tmp_path / "job"
    with ScriptedEndpoint(latency=0.2) as model:
        running = started(model, articles, "--out", job, "--concurrency", "4")
        until(lambda: model.counters.requests >= 6)
        running.send_signal(signal.SIGINT)
        _, told = running.communicate(timeout=60)
        assert running.returncode == 130
        assert b"finishing what is under way" in told
        assert b"the same command goes on" in told
        kept = len(ids(job / "briefs.jsonl"))
        assert kept == model.counters.requests
        assert batch(model, articles, "--out", job).returncode == 0
        assert model.counters.repaid == 0


def test_an_interrupt_does_not_wait_for_standard_input(articles: Path, tmp_path: Path) -> None:
    """Ctrl-C ends a job whose input stays open, in good order."""
    with ScriptedEndpoint() as model:
        running = started(model, "-", "--out", tmp_path / "job", stdin=subprocess.PIPE)
        assert running.stdin is not None
        running.stdin.write(articles.read_bytes().splitlines(keepends=True)[0])
        running.stdin.flush()
        until(lambda: model.counters.requests == 1)
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=60) == 130
        assert running.stderr is not None
        assert b"the rest of the input was not read" in running.stderr.read()
        running.communicate()
    assert len(ids(tmp_path / "job" / "briefs.jsonl")) == 1


def test_a_second_process_is_refused(articles: Path, tmp_path: Path) -> None:
    """Two processes never share a job by accident: the second says who has it."""
    with ScriptedEndpoint(latency=0.2) as model:
        running = started(model, articles, "--out", tmp_path / "job", "--concurrency", "1")
        until(lambda: model.counters.requests >= 1)
        second = batch(model, articles, "--out", tmp_path / "job")
        running.kill()
        running.communicate()
    assert second.returncode == 1
    assert f"process {running.pid} is working on the job" in second.stderr.decode()


def test_documents_come_from_standard_input(articles: Path, tmp_path: Path) -> None:
    """``-`` reads JSON Lines from a pipe."""
    with ScriptedEndpoint() as model:
        arguments = ("batch", "-", "--out", tmp_path / "job", "--base-url", model.url, "--model", "m")
        done = run(*arguments, given=articles.read_bytes())
    assert done.returncode == 0, done.stderr.decode()
    assert len(ids(tmp_path / "job" / "briefs.jsonl")) == 40
