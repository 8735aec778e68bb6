"""The command line as a process: what it prints where, and its exit codes."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from summariser import __version__
from summariser.testing import Answer, ScriptedEndpoint, completion, failure
from summariser_schemas import Brief

if TYPE_CHECKING:
    from collections.abc import Generator

ROOT = Path(__file__).resolve().parents[1]
BARE = {name: value for name, value in os.environ.items() if not name.endswith("_API_KEY")}
ENVIRONMENT = BARE | {"PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'schemas'}", "COLUMNS": "100", "NO_COLOR": "1"}


def run(*arguments: str | Path, given: bytes = b"", python: tuple[str, ...] = ()) -> subprocess.CompletedProcess[bytes]:
    """Run ``summariser`` with these arguments, ``given`` on its standard input."""
    command = [sys.executable, *python, "-m", "summariser", *map(str, arguments)]
    return subprocess.run(command, input=given, capture_output=True, env=ENVIRONMENT, timeout=60, check=False)


@pytest.fixture
def article(tmp_path: Path) -> Path:
    """Give a file with a short text."""
    path = tmp_path / "article.txt"
    path.write_text("The harbour of Port Sarn reopened on Monday.\n")
    return path


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["brief", "--help"], ["models", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str]) -> None:
    """Help and version come at once, without the model clients, the schemas or rich being imported."""
    imports = run(*arguments, python=("-X", "importtime")).stderr.decode()
    packages = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in imports.splitlines()}
    assert "typer" in packages
    heavy = {"openai", "instructor", "httpx2", "rich", "jinja2", "dateparser", "xllamacpp", "summariser_schemas"}
    assert packages & heavy == set()


def test_version() -> None:
    """The version is that of the package."""
    assert run("--version").stdout.decode() == f"summariser {__version__}\n"


@pytest.mark.parametrize(
    "command", [[], ["brief"], ["eval"], ["schema"], ["models"]], ids=["all", "brief", "eval", "schema", "models"]
)
def test_help_ends_in_examples(command: list[str]) -> None:
    """Every command's help shows how it is used, one example a line, and offers no shell completion."""
    shown = run(*command, "--help").stdout.decode()
    assert f"\n  Examples:\n    summariser {' '.join(command)}" in shown
    assert "completion" not in shown


def test_schema_is_that_of_the_brief() -> None:
    """``schema`` prints what a brief's JSON looks like."""
    printed = run("schema").stdout
    assert json.loads(printed) == Brief.model_json_schema(mode="serialization")
    assert run("schema", "brief").stdout == printed


def test_schema_of_the_draft() -> None:
    """``schema draft`` prints what a model is asked for, which has no offsets."""
    draft = json.loads(run("schema", "draft").stdout)
    assert "headline" in draft["properties"]
    assert "provenance" not in draft["properties"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["missing.txt"], "missing.txt: no such file", id="no such file"),
        pytest.param(["ARTICLE", "missing.txt"], "missing.txt: no such file", id="one of two missing"),
        pytest.param(["-"], "standard input: is empty", id="empty input"),
        pytest.param(["ARTICLE", "--published", "soon"], "'soon' is not a date", id="bad date"),
        pytest.param(["ARTICLE", "ARTICLE", "--title", "x"], "a title was given for 2 inputs", id="title for two"),
        pytest.param(["ARTICLE", "--record", "a", "--replay", "b"], "exclude each other", id="record and replay"),
        pytest.param(["ARTICLE", "-o", "ARTICLE"], "is one of the inputs", id="output over input"),
        pytest.param(["ARTICLE", "--api-key-env", "NO_SUCH_VARIABLE_X"], "is not set", id="no such variable"),
        pytest.param(["ARTICLE", "--api-key-env", "sk-123"], "does not name a variable", id="key for a variable"),
    ],
)
def test_a_wrong_input_is_one_line_and_exit_code_2(article: Path, arguments: list[str], said: str) -> None:
    """What cannot be used is told in one line on standard error, with nothing on standard output."""
    done = run("brief", *(str(article) if argument == "ARTICLE" else argument for argument in arguments))
    assert (done.returncode, done.stdout) == (2, b"")
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("summariser: error: ")
    assert said in line


def test_a_key_is_never_repeated(article: Path) -> None:
    """Someone who gives the key itself does not find it in a log."""
    assert b"sk-123" not in run("brief", article, "--api-key-env", "sk-123").stderr


@pytest.mark.parametrize("arguments", [["nonsense"], ["brief"], ["brief", "a", "--format", "xml"], ["schema", "--x"]])
def test_a_wrong_command_is_exit_code_2(arguments: list[str]) -> None:
    """A command line that does not parse shows the usage, and no traceback."""
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.startswith(b"Usage: summariser")
    assert b"Traceback" not in done.stderr


def test_an_error_drives_no_terminal() -> None:
    """Control characters of a file's name do not reach the terminal."""
    assert b"\x1b" not in run("brief", "\x1b[31mred\n.txt").stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device")
def test_a_full_disk_is_one_line() -> None:
    """Output that cannot be written is an error, and not a silent loss."""
    command = [sys.executable, "-m", "summariser", "schema"]
    with open("/dev/full", "wb") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=ENVIRONMENT, timeout=60, check=False)
    assert done.returncode == 2
    assert done.stderr == b"summariser: error: standard output cannot be written: No space left on device\n"


@pytest.mark.skipif(os.name == "nt", reason="pipes break otherwise there")
def test_a_closed_pipe_is_quiet() -> None:
    """When nobody reads any more, the command ends without a word."""
    reader, writer = os.pipe()
    os.close(reader)
    with open(writer, "wb") as closed:
        command = [sys.executable, "-m", "summariser", "schema"]
        done = subprocess.run(command, stdout=closed, stderr=subprocess.PIPE, env=ENVIRONMENT, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (141, b"")


DRAFT = {
    "headline": "Port Sarn reopened",
    "summary": "The harbour of Port Sarn reopened on Monday.",
    "parties": [{"name": "Port Sarn", "kind": "organisation", "evidence": [1]}],
    "commitments": [],
    "outcomes": [{"by": ["Port Sarn"], "what": "The harbour reopened", "evidence": [1]}],
    "figures": [],
}


class Model:
    """A running model server: the options that name it, and the requests it has got."""

    def __init__(self, server: ScriptedEndpoint) -> None:
        self.options = ("--base-url", server.url, "--model", "small", "--strategy", "whole")
        self.asked = server.asked


def answer(body: dict[str, Any]) -> Answer:
    """Answer with the draft above, refuse what says REFUSE, deny what says DENY, and never answer WAIT."""
    asked = json.dumps(body)
    if "REFUSE" in asked:
        return failure(400, "no", code="x")
    if "DENY" in asked:
        return failure(401, "no", code="x")
    return replace(completion(json.dumps(DRAFT)), delay=30 if "WAIT" in asked else 0)


@contextmanager
def serving() -> Generator[Model]:
    """Run a model server on loopback for as long as the block lasts."""
    with ScriptedEndpoint(answer) as server:
        yield Model(server)


@pytest.fixture
def model() -> Generator[Model]:
    """Give a running model server."""
    with serving() as running:
        yield running


def written(path: Path, text: str) -> Path:
    """Write a file and give its path."""
    path.write_text(text)
    return path


def test_one_file_is_one_json_object(article: Path, model: Model) -> None:
    """``--format json`` prints a brief that reads back, about that file."""
    done = run("brief", article, "--format", "json", *model.options)
    assert (done.returncode, done.stderr.decode()) == (0, f"summariser: {article}\n")
    brief = Brief.model_validate_json(done.stdout)
    assert (brief.document.id, brief.document.source) == ("article", str(article))
    assert [item.what for item in brief.outcomes] == ["The harbour reopened"]
    assert done.stdout.count(b"\n") > 20


def test_text_is_for_reading(article: Path, model: Model) -> None:
    """Without options the brief is printed for people, in no colours when it goes to a pipe."""
    done = run("brief", article, *model.options)
    assert done.stdout.decode().startswith(f"Port Sarn reopened\n{article}")
    assert "“The harbour of Port Sarn reopened on Monday.” 0–44" in done.stdout.decode()
    assert b"\x1b" not in done.stdout + done.stderr


def test_standard_input_is_a_document(model: Model) -> None:
    """``-`` reads the text from standard input, and ``--published`` holds for it."""
    text = b"The harbour of Port Sarn reopened on Monday."
    done = run("brief", "-", "--published", "2025-02-11", "-f", "json", "--quiet", *model.options, given=text)
    assert (done.returncode, done.stderr) == (0, b"")
    assert str(Brief.model_validate_json(done.stdout).document.published) == "2025-02-11"


def test_several_files_are_json_lines(article: Path, model: Model) -> None:
    """Several briefs are printed one object a line, in the order of the files."""
    other = written(article.with_name("b.txt"), "The harbour of Port Sarn reopened.")
    done = run("brief", other, article, "--format", "json", *model.options)
    ids = [Brief.model_validate_json(line).document.id for line in done.stdout.splitlines()]
    assert (done.returncode, ids) == (0, ["b", "article"])


def test_a_file_of_several_documents_gives_a_brief_of_each(article: Path, model: Model) -> None:
    """Rows, feeds and pages are inputs like any text, and each brief says where its document stood."""
    text = "The harbour of Port Sarn reopened on Monday."
    rows = written(article.with_name("a.jsonl"), "".join(json.dumps({"id": n, "text": text}) + "\n" for n in "ab"))
    feed = written(
        article.with_name("a.rss"), f"<rss><channel><item><description>{text}</description></item></channel></rss>"
    )
    done = run("brief", rows, feed, "--format", "json", "--quiet", *model.options)
    assert (done.returncode, done.stderr) == (0, b"")
    places = [Brief.model_validate_json(line).document.place for line in done.stdout.splitlines()]
    assert places == [f"{rows}, line 1", f"{rows}, line 2", f"{feed}, entry 1"]


def test_an_address_is_refused_unless_fetching_is_allowed(model: Model) -> None:
    """The message names the option, and with it this machine's own addresses are refused all the same."""
    done = run("brief", "http://127.0.0.1:9/a.html", *model.options)
    assert (done.returncode, b"give --fetch" in done.stderr) == (2, True)
    done = run("brief", "http://127.0.0.1:9/a.html", "--fetch", *model.options)
    assert (done.returncode, b"not on the open internet" in done.stderr) == (2, True)
    assert model.asked == []


def test_a_document_that_fails_does_not_stop_the_others(article: Path, model: Model) -> None:
    """The other briefs come out, the error names the document, and the exit code is 1."""
    bad = written(article.with_name("bad.txt"), "REFUSE this text.")
    last = written(article.with_name("last.txt"), "The harbour of Port Sarn reopened.")
    done = run("brief", article, bad, last, "-q", "-f", "json", *model.options)
    assert [json.loads(line)["document"]["id"] for line in done.stdout.splitlines()] == ["article", "last"]
    error, total = done.stderr.decode().splitlines()
    assert done.returncode == 1
    assert error.startswith(f"summariser: error: {bad}: ")
    assert total == "summariser: error: 1 of 3 documents failed"


def test_a_wrong_key_stops_everything(article: Path, model: Model) -> None:
    """An error that every document would meet is told once, and no further request is sent."""
    denied = [written(article.with_name(f"{number}.txt"), "DENY this text.") for number in range(3)]
    done = run("brief", *denied, "-q", *model.options)
    assert (done.returncode, done.stdout, len(model.asked)) == (1, b"", 1)
    assert done.stderr.startswith(b"summariser: error: ")
    assert done.stderr.count(b"\n") == 1


def test_no_model_is_asked_when_an_input_is_bad(article: Path, model: Model) -> None:
    """All inputs are checked first, so that nothing is paid for a job that cannot finish."""
    assert run("brief", article, article.with_name("missing.txt"), *model.options).returncode == 2
    assert run("brief", article, "-o", article.parent / "missing" / "x", *model.options).returncode == 2
    assert model.asked == []


def test_output_takes_the_place_of_a_file_in_one_step(article: Path, model: Model) -> None:
    """The file holds what standard output would, keeps its mode, and nothing is left beside it."""
    output = written(article.with_name("out.md"), "old")
    output.chmod(0o640)
    done = run("brief", article, "-f", "markdown", "-o", output, *model.options)
    assert (done.returncode, done.stdout) == (0, b"")
    assert output.read_text().startswith("# Port Sarn reopened\n")
    assert output.stat().st_mode & 0o777 == 0o640
    assert sorted(path.name for path in article.parent.iterdir()) == ["article.txt", "out.md"]


def test_output_stays_as_it_was_when_no_brief_came_out(article: Path, model: Model) -> None:
    """A failed job leaves an earlier result alone."""
    output = written(article.with_name("out.txt"), "old")
    bad = written(article.with_name("bad.txt"), "REFUSE this text.")
    assert run("brief", bad, "-o", output, *model.options).returncode == 1
    assert output.read_text() == "old"
    assert sorted(path.name for path in article.parent.iterdir()) == ["article.txt", "bad.txt", "out.txt"]


def test_a_recording_replays_without_the_model(article: Path, tmp_path: Path) -> None:
    """What was recorded gives the same brief again when the server is gone."""
    with serving() as model:
        first = run("brief", article, "-f", "json", "--record", tmp_path / "kept", *model.options)
    again = run("brief", article, "-f", "json", "--replay", tmp_path / "kept", *model.options)
    assert (first.returncode, again.returncode) == (0, 0)
    assert again.stdout == first.stdout


@pytest.mark.skipif(os.name == "nt", reason="signals are POSIX")
def test_an_interrupt_is_one_line_and_keeps_what_is_done(article: Path, model: Model) -> None:
    """Control-C ends the job with exit code 130, and the briefs that are done are in the output file."""
    output, slow = article.with_name("out.jsonl"), written(article.with_name("slow.txt"), "WAIT for it.")
    arguments = ("brief", str(article), str(slow), "-q", "-f", "json", "-o", str(output))
    command = [sys.executable, "-m", "summariser", *arguments, *model.options]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, env=ENVIRONMENT)
    while len(model.asked) < 2 and process.poll() is None:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=20)
    assert (process.returncode, errors) == (130, b"summariser: interrupted\n")
    assert [json.loads(line)["document"]["id"] for line in output.read_text().splitlines()] == ["article"]


# Verifying

FIGURE = {"evidence": ["It cost $40 million."], "quantity": "$40 million", "measures": "cost"}


def verified(tmp_path: Path, figure: dict[str, Any], *more: str) -> subprocess.CompletedProcess[bytes]:
    """Run ``summariser verify`` on a brief with one figure."""
    (tmp_path / "article.txt").write_text("Odran built a bridge. It cost $40 million. It opened on 3 May 2024.\n")
    (tmp_path / "brief.json").write_text(json.dumps({"figures": [figure]}))
    return run("verify", tmp_path / "brief.json", tmp_path / "article.txt", *more)


def test_a_brief_is_held_against_one_document(tmp_path: Path) -> None:
    """A file with several documents is refused."""
    (tmp_path / "brief.json").write_text("{}")
    (tmp_path / "articles.jsonl").write_text('{"text": "One."}\n{"text": "Two."}\n')
    done = run("verify", tmp_path / "brief.json", tmp_path / "articles.jsonl")
    assert done.returncode == 2
    assert "articles.jsonl: holds 2 documents, and a brief is of one" in done.stderr.decode()


def test_a_brief_that_holds_is_verified(tmp_path: Path) -> None:
    """Exit code 0, the verdicts counted, and what no item covers named."""
    done = verified(tmp_path, FIGURE)
    assert done.returncode == 0
    assert b"1 item with 2 exact fields; 0 rejected" in done.stdout
    assert "“3 May 2024”".encode() in done.stdout


def test_a_brief_that_does_not_hold_is_told_why(tmp_path: Path) -> None:
    """Exit code 1, and the words of the text beside the wrong ones."""
    done = verified(tmp_path, {**FIGURE, "quantity": "$50 million"})
    assert done.returncode == 1
    assert "quantity is contradicted by “$40 million” (said: “$50 million”)" in " ".join(done.stdout.decode().split())


def test_verdicts_come_as_json(tmp_path: Path) -> None:
    """``--format json`` has every verdict."""
    found = json.loads(verified(tmp_path, FIGURE, "--format", "json").stdout)
    assert found["figures"][0]["verdicts"]["quantity"]["verdict"] == "exact"
    assert found["rejected"] == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("{", "brief.json, line 1, column 2: not JSON"),
        ("[]", "brief.json: a brief is a JSON object"),
        ('{"figures": 3}', "'figures'"),
    ],
)
def test_a_brief_that_cannot_be_read_is_one_line(tmp_path: Path, content: str, said: str) -> None:
    """No JSON, no object, no list: each says what was wrong, where, and exits with 2."""
    (tmp_path / "article.txt").write_text("It cost $40 million.\n")
    (tmp_path / "brief.json").write_text(content)
    done = run("verify", tmp_path / "brief.json", tmp_path / "article.txt")
    assert (done.returncode, done.stdout) == (2, b"")
    assert said in done.stderr.decode()
    assert done.stderr.count(b"\n") == 1


def test_a_brief_of_another_text_does_not_hold(tmp_path: Path) -> None:
    """The digest that it names is compared with the text's, even where every item stands in both."""
    text = "Odran built a bridge. It cost $40 million. It opened on 3 May 2024.\n"
    (tmp_path / "article.txt").write_text(text)
    for sha256, code in ((hashlib.sha256(text.encode()).hexdigest(), 0), ("0" * 64, 1)):
        (tmp_path / "brief.json").write_text(json.dumps({"figures": [FIGURE], "document": {"sha256": sha256}}))
        done = run("verify", tmp_path / "brief.json", tmp_path / "article.txt")
        assert done.returncode == code
        assert (b"digest of another text" in done.stdout) == bool(code)


def test_what_has_no_section_of_a_brief_is_refused(tmp_path: Path) -> None:
    """Nothing was verified there, so that nothing can hold."""
    (tmp_path / "article.txt").write_text("It cost $40 million.\n")
    (tmp_path / "brief.json").write_text('{"decisions": []}')
    done = run("verify", tmp_path / "brief.json", tmp_path / "article.txt")
    assert done.returncode == 2
    assert b"none of the sections parties, commitments, outcomes, figures, but 'decisions'" in done.stderr


def test_a_policy_that_does_not_exist_is_refused(article: Path) -> None:
    """The choices are named."""
    done = run("brief", article, "--policy", "lax")
    assert done.returncode == 2
    assert b"'strict', 'flag'" in done.stderr
