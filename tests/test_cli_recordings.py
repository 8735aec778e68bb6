"""``summariser recordings`` and the options that record, refresh and check for drift."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from summariser import Document, Summariser
from summariser.cli import app
from summariser.store import FolderStore
from summariser.testing import ScriptedEndpoint, author, completion, documents

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

URL = "http://h/v1/chat/completions"
BODY = {"model": "m", "messages": [{"role": "user", "content": "Say seven."}]}


def run(*arguments: object) -> Result:
    """Run the command line."""
    return CliRunner().invoke(app, [str(argument) for argument in arguments])


def test_check_finds_nothing_in_a_good_folder(tmp_path: Path) -> None:
    """And says how much it has looked at."""
    author(tmp_path, BODY, [completion("seven")], url=URL)
    result = run("recordings", "check", tmp_path)
    assert (result.exit_code, result.stdout) == (0, "1 recordings checked, no problems found\n")


def test_check_names_what_it_finds(tmp_path: Path) -> None:
    """A line for each, and another exit code; the secret is not repeated."""
    recording = author(tmp_path, BODY, [completion("seven")], url=URL)
    path = FolderStore(tmp_path).path(recording.fingerprint)
    secret = "sk-live-0123456789abcdefghijkl"
    path.write_text(path.read_text().replace("seven.", secret).replace("Say", secret))
    result = run("recordings", "check", tmp_path)
    assert result.exit_code == 1
    assert f"{path}: secret: request.body.messages[0].content" in result.stdout
    assert secret not in result.stdout


def test_list_shows_each_recording(tmp_path: Path) -> None:
    """File, origin, statuses, model and question."""
    recording = author(tmp_path, BODY, [completion("seven")], url=URL)
    line = run("recordings", "list", tmp_path).stdout
    assert line.split() == [f"{recording.fingerprint[:16]}.json", "authored", "200", "m", "Say", "seven."]


@pytest.fixture
def job(tmp_path: Path) -> tuple[Path, list[Document], str]:
    """The folder of a job that is done, its documents, and the address of a model that is gone."""
    texts = list(documents(2))
    with ScriptedEndpoint() as model, Summariser("m", base_url=model.url) as summariser:

        async def work() -> None:
            async for result in summariser.abatch(texts, job=tmp_path / "job"):
                assert result.status != "failed"

        asyncio.run(work())
        return tmp_path / "job", texts, model.url


def test_promoted_answers_of_a_job_replay_without_it(job: tuple[Path, list[Document], str], tmp_path: Path) -> None:
    """Only those for the documents that were named."""
    folder, texts, url = job
    result = run("recordings", "promote", folder, tmp_path / "kept", "--id", texts[0].id)
    assert result.exit_code == 0, result.output
    assert str(texts[0].id) in result.stdout
    with Summariser("m", base_url=url, recordings=tmp_path / "kept") as summariser:
        assert summariser.summarise(texts[0]).document.id == texts[0].id
    assert run("recordings", "check", tmp_path / "kept").exit_code == 0


def test_promoting_what_the_job_does_not_have_is_an_error(
    job: tuple[Path, list[Document], str], tmp_path: Path
) -> None:
    """Named, and no folder is made."""
    result = run("recordings", "promote", job[0] / "job.db", tmp_path / "kept", "--id", "nobody")
    assert (result.exit_code, "'nobody'" in result.stderr) == (2, True)
    assert not (tmp_path / "kept").exists()
    assert run("recordings", "promote", tmp_path / "no.db", tmp_path / "kept", "--id", "x").exit_code == 2


def test_drift_is_reported_and_makes_the_command_fail(tmp_path: Path) -> None:
    """The brief that comes out is the recorded one."""
    article = tmp_path / "article.txt"
    (document,) = documents(1)
    article.write_text(document.text)
    kept = tmp_path / "kept"
    with ScriptedEndpoint() as model:
        options = ["-m", "m", "--base-url", model.url, "-f", "json", "-q"]
        first = run("brief", article, "--record", kept, *options)
        same = run("brief", article, "--check-drift", kept, *options)
        for path in kept.iterdir():
            path.write_text(path.read_text().replace('"scripted-1"', '"scripted-0"'))
        drifted = run("brief", article, "--check-drift", kept, *options)
        refreshed = run("brief", article, "--refresh", kept, *options)
    assert (first.exit_code, same.exit_code, refreshed.exit_code) == (0, 0, 0), first.output + same.output
    assert drifted.exit_code == 1
    assert "answered differently now" in drifted.stderr
    assert json.loads(drifted.stdout)["parties"] == json.loads(first.stdout)["parties"]
    assert all('"scripted-1"' in path.read_text() for path in kept.iterdir())
