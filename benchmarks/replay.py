"""Recording and replaying a model's answers beside the tools there are for it: `python benchmarks/replay.py`.

Writes replay.md. Each tool runs in an environment of its own, made once under the temporary folder, with openai 3 and with
openai 2, as it comes, and where it has an option to look at bodies with that as well. A server on loopback gives the
answers to record and counts what reaches it while they are replayed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import multiprocessing
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
import venv
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
QUESTIONS = 16
WHERE = ("main thread", "thread pool", "asyncio", "processes")
ORDERS = ("in order", "shuffled")
CELLS = [f"{where}, {order}" for where in WHERE for order in ORDERS] + ["repeats", "unrecorded"]
SIZES = (400, 1_500, 10_000)
PARTS = ["cells", "times"]
TIMED = 50
"""Calls that are timed, spread evenly over the recordings."""
LIMIT = 90
"""Seconds of processor time for recording, before it is given up; more recordings than those are then not tried."""
PATIENCE = 1200
"""Seconds that a process may take."""
ASKED = "asked"
"""The file in which the server counts."""
PADDING = "The council of the harbour met again to talk about the berths. " * 70

KEY = "sk-live-0123456789abcdefghijkl"
SECRETS = {
    "key in a header": KEY,
    "key in a question and its answer": "sk-proj-ABCDEFGHIJ0123456789",
    "cookie": "session-5f1d7a0c2b",
    "organisation": "org-0123456789abcdefABCDEF01",
}
OPENAI = {"3": "openai==3.3.0", "2": "openai>=2,<3"}


@dataclass(frozen=True)
class Tool:
    """A tool as it is set up; ``package`` is None for ours."""

    label: str
    package: str | None
    setting: str
    timed_with: str = "3"


TOOLS = [
    Tool("summariser", None, ""),
    Tool("vcrpy", "vcrpy", ""),
    Tool("vcrpy, bodies matched", "vcrpy", "body"),
    Tool("pytest-recording, network blocked", "pytest-recording", "pytest"),
    Tool("cassetter", "cassetter", ""),
    Tool("cassetter, bodies matched", "cassetter", "body"),
    Tool("cendor-cassette", "cendor-cassette", ""),
    Tool("standin", "standin", "", timed_with="2"),
]


# ---- the model


class Model(ThreadingHTTPServer):
    """Answers each question with itself, and what was asked before with how often it was."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, scratch: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.counted = scratch / ASKED
        self.counted.write_text("0")
        self.asked = 0
        self.again = 0
        self.lock = threading.Lock()
        self.url = f"http://127.0.0.1:{self.server_address[1]}/v1"

    def answer(self, question: str) -> str:
        """What it says."""
        with self.lock:
            self.asked += 1
            self.counted.write_text(str(self.asked))
            if question.startswith("again"):
                self.again += 1
                return f"answer {self.again} to again"
        return said(question)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def _model(self) -> Model:
        assert isinstance(self.server, Model)
        return self.server

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        text = self._model.answer(body["messages"][-1]["content"])
        message = {"role": "assistant", "content": text}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        usage = {"prompt_tokens": 9, "completion_tokens": 9, "total_tokens": 18}
        completion = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "usage": usage}
        self._send({**completion, "choices": [choice]})

    def _send(self, body: object) -> None:
        content = json.dumps(body).encode()
        self.send_response(200)
        for name, value in {
            "content-type": "application/json",
            "content-length": str(len(content)),
            "set-cookie": f"id={SECRETS['cookie']}",
            "openai-organization": SECRETS["organisation"],
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name is the base class's
        pass


def said(question: str) -> str:
    """The right answer."""
    return f"answer to {question[:80]}"


# ---- in a tool's environment


class Bench:
    """A tool at work on one set of recordings."""

    def __init__(self, name: str, setting: str, path: str, url: str) -> None:
        self.name, self.setting, self.path, self.url = name, setting, path, url

    @contextlib.contextmanager
    def opened(self, mode: str) -> Generator[None]:
        """Whatever the tool needs around the calls."""
        record = mode == "record"
        if self.name == "vcrpy" and self.setting != "pytest":
            vcr: Any = import_module("vcr")

            more = ("body",) if self.setting == "body" else ()
            match_on = ("method", "scheme", "host", "port", "path", "query", *more)
            with vcr.use_cassette(f"{self.path}.yaml", record_mode="all" if record else "none", match_on=match_on):
                yield
        elif self.name == "cassetter":
            cassetter: Any = import_module("cassetter")

            fields: Any = ["method", "uri", "body"] if self.setting == "body" else None
            with cassetter.use_cassette(f"{self.path}.yaml", record_mode="all" if record else "none", match_on=fields):
                yield
        elif self.name == "cendor-cassette":
            cassette: Any = import_module("cendor.cassette")

            with cassette.using(f"{self.path}.json", mode="record" if record else "replay"):
                yield
        elif self.name == "standin":
            standin: Any = import_module("standin")

            with standin.use_cassette(f"{self.path}.json", mode="all" if record else "none"):
                yield
        else:
            yield

    def client(self, mode: Any, *, asynchronous: bool = False) -> Any:
        """A client of the openai package."""
        import openai

        kind = openai.AsyncOpenAI if asynchronous else openai.OpenAI
        client: Any = kind(base_url=self.url, api_key=KEY, max_retries=0, timeout=120)
        if self.name == "summariser":
            from summariser.testing import recorded_client

            return recorded_client(self.path, client, mode=mode)
        if self.name == "cendor-cassette":
            return import_module("cendor.core").instrument(client)
        return client

    def live(self) -> int:
        """How many requests have reached the server. It writes that down: a cassette would answer when it is asked."""
        return int((Path(self.path).parent / ASKED).read_text())


def asking(question: str) -> dict[str, Any]:
    """A request."""
    return {"model": "m", "temperature": 0, "messages": [{"role": "user", "content": question}]}


def heard(client: Any, question: str) -> str:
    """The answer, or what went wrong."""
    try:
        return str(client.chat.completions.create(**asking(question)).choices[0].message.content)
    except Exception as error:
        return f"error: {type(error).__name__}"


async def aheard(client: Any, question: str) -> str:
    """Likewise."""
    try:
        return str((await client.chat.completions.create(**asking(question))).choices[0].message.content)
    except Exception as error:
        return f"error: {type(error).__name__}"


def heard_all(bench: Bench, questions: list[str]) -> list[str]:
    """What a process of its own hears."""
    with bench.opened("replay"):
        client = bench.client("replay")
        return [heard(client, question) for question in questions]


def questions() -> list[str]:
    """What is asked."""
    return [f"question number {number}" for number in range(QUESTIONS)]


def cell(bench: Bench, name: str) -> dict[str, int]:
    """One cell of the table: how many answers are wrong, how many are errors, how many calls went out."""
    before = bench.live()
    if name == "repeats":
        asked, right = ["again"] * 3, [f"answer {number} to again" for number in (1, 2, 3)]
        answers = heard_all(bench, asked)
    elif name == "unrecorded":
        asked, right = ["never asked"] * 2, [""] * 2
        with bench.opened("replay"), ThreadPoolExecutor(1) as pool:
            client = bench.client("replay")
            answers = [heard(client, asked[0]), pool.submit(heard, client, asked[1]).result()]
        answers = ["" if answer.startswith("error") else answer for answer in answers]
    else:
        where, order = name.split(", ")
        asked = questions()
        if order == "shuffled":
            random.Random(7).shuffle(asked)
        right = [said(question) for question in asked]
        answers = answers_of(bench, where, asked)
    errors = sum(answer.startswith("error") for answer in answers)
    wrong = sum(a != b for a, b in zip(answers, right, strict=True)) - errors
    return {"asked": len(asked), "wrong": wrong, "errors": errors, "live": bench.live() - before}


def answers_of(bench: Bench, where: str, asked: list[str]) -> list[str]:
    """The answers to what is asked in one of `WHERE`."""
    if where == "processes":
        parts = [asked[at : at + 8] for at in range(0, len(asked), 8)]
        with multiprocessing.get_context("spawn").Pool(2) as pool:
            return [answer for part in pool.starmap(heard_all, [(bench, part) for part in parts]) for answer in part]
    if where == "main thread":
        return heard_all(bench, asked)
    with bench.opened("replay"):
        if where == "thread pool":
            client = bench.client("replay")
            with ThreadPoolExecutor(8) as threads:
                return list(threads.map(partial(heard, client), asked))

        async def ask_all() -> list[str]:
            client = bench.client("replay", asynchronous=True)
            return await asyncio.gather(*(aheard(client, question) for question in asked))

        return asyncio.run(ask_all())


def record(bench: Bench) -> None:
    """Record what the cells ask for."""
    with bench.opened("record"):
        client = bench.client("record")
        for question in [*questions(), "again", "again", "again", f"is {list(SECRETS.values())[1]} a key?"]:
            heard(client, question)


def record_many(bench: Bench, size: int) -> dict[str, Any]:
    """Record as many as that, or as many as the time allows; milliseconds a call at the beginning and at the end."""
    times: list[float] = []
    end = time.process_time() + LIMIT
    with bench.opened("record"):
        client = bench.client("record")
        for number in range(size):
            begun = time.process_time()
            heard(client, f"{number} {PADDING}")
            times.append(time.process_time() - begun)
            if time.process_time() > end:
                break
    return {"recorded": len(times), "first": 1000 * mean(times[20:120]), "last": 1000 * mean(times[-100:])}


def replay_many(bench: Bench, size: int) -> dict[str, Any]:
    """Milliseconds that a replayed call takes, and that opening the recordings takes."""
    begun = time.process_time()
    with bench.opened("replay"):
        client = bench.client("replay")
        first = heard(client, f"0 {PADDING}")
        opened = time.process_time() - begun
        times = []
        right = first == said(f"0 {PADDING}")
        for number in range(size // TIMED, size, size // TIMED):
            begun = time.process_time()
            answer = heard(client, f"{number} {PADDING}")
            times.append(time.process_time() - begun)
            right = right and answer == said(f"{number} {PADDING}")
    result = {"call": 1000 * median(times), "opened": opened, "right": right}
    return result | ({"transport": 1000 * own_transport(bench, size)} if bench.name == "summariser" else {})


def own_transport(bench: Bench, size: int) -> float:
    """Seconds a call takes in our transport alone, without the client above it."""
    import httpx2

    from summariser.store import FolderStore, RecordingTransport

    transport = RecordingTransport(FolderStore(bench.path), mode="replay")
    times = []
    for number in range(1, size, size // (4 * TIMED) or 1):
        request = httpx2.Request("POST", f"{bench.url}/chat/completions", json=asking(f"{number} {PADDING}"))
        begun = time.process_time()
        transport.handle_request(request).read()
        times.append(time.process_time() - begun)
    return median(times)


def client_alone() -> float:
    """Milliseconds a call takes in the openai client itself, over a transport that knows but one answer."""
    import httpx2
    import openai

    message = {"role": "assistant", "content": "x"}
    body = {"id": "c", "object": "chat.completion", "created": 1, "model": "m",
            "choices": [{"index": 0, "finish_reason": "stop", "message": message}]}  # fmt: skip
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, json=body))
    with openai.OpenAI(base_url="http://h/v1", api_key="k", http_client=httpx2.Client(transport=transport)) as client:
        times = []
        for number in range(4 * TIMED):
            begun = time.process_time()
            heard(client, f"{number} {PADDING}")
            times.append(time.process_time() - begun)
    return 1000 * median(times[5:])


def mean(times: list[float]) -> float:
    """The mean; 0 of nothing."""
    return sum(times) / len(times) if times else 0.0


def median(times: list[float]) -> float:
    """The middle one: a busy machine has outliers."""
    return sorted(times)[len(times) // 2]


def work(job: str, bench: Bench, *arguments: str) -> Any:
    """What the process in the tool's environment is to do."""
    if job == "cells":
        record(bench)
        return {name: cell(bench, name) for name in CELLS}
    if job == "cell":
        return cell(bench, arguments[0])
    if job == "record":
        return record(bench)
    if job == "record-many":
        return record_many(bench, int(arguments[0]))
    return replay_many(bench, int(arguments[0]))


# ---- pytest-recording runs within pytest alone

UNDER_PYTEST = """
import json, sys
import pytest
sys.path.insert(0, {here!r})
import replay

BENCH = replay.Bench("vcrpy", "pytest", {path!r}, {url!r})

@pytest.fixture(scope="module")
def vcr_cassette_dir():
    return {path!r}

@pytest.mark.default_cassette("all.yaml")
@pytest.mark.vcr
@pytest.mark.parametrize("job", {jobs!r}, ids=lambda job: "-".join(job))
def test_job(job):
    result = replay.work(job[0], BENCH, *job[1:])
    with open({out!r}, "a") as file:
        file.write(json.dumps([list(job), result]) + "\\n")
"""


# ---- the whole


def environment(tool: Tool, version: str, folder: Path) -> tuple[str, dict[str, str]]:
    """The Python of a tool's environment, made when it is not there, and its variables."""
    own = {"PYTHONPATH": os.pathsep.join([str(HERE.parent), str(HERE.parent / "schemas")])} if not tool.package else {}
    variables = {**os.environ, **own, "PYTHONDONTWRITEBYTECODE": ""}
    if not tool.package and version == "3":
        return sys.executable, variables
    where = folder / f"{tool.package or 'summariser'}-openai{version}"
    python = where / "bin" / "python"
    if not (where / "ready").exists():
        venv.create(where, with_pip=True, clear=True)
        # Ours asks for openai 3: for openai 2 it is put beside it by hand.
        packages = [OPENAI[version], *([tool.package] if tool.package else ["httpx2"])]
        packages += ["pytest"] if tool.setting == "pytest" else []
        command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *packages]
        subprocess.run(command, check=True, stdout=sys.stderr)
        (where / "ready").touch()
    return str(python), variables


def versions(python: str, tool: Tool) -> str:
    """What is installed."""
    names = [tool.package or "summariser", "openai"]
    code = (
        f"import importlib.metadata as m; print(' '.join(m.version(n) if n != 'summariser' else '' for n in {names}))"
    )
    return subprocess.run([python, "-c", code], capture_output=True, text=True, check=True).stdout.strip()


class FailedError(Exception):
    """A tool's process came to no end, or to a bad one."""


def worked(python: str, variables: dict[str, str], tool: Tool, job: str, *arguments: str) -> Any:
    """Let a tool's process do something."""
    name = tool.package or "summariser"
    command = [python, __file__, "--work", job, name, tool.setting, *arguments]
    try:
        done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise FailedError(f"not done in {PATIENCE} s") from None
    if done.returncode:
        raise FailedError((done.stderr.strip().splitlines() or ["?"])[-1][:200])
    return json.loads(done.stdout.strip().splitlines()[-1])


def under_pytest(
    python: str, variables: dict[str, str], jobs: Sequence[tuple[str, ...]], path: str, url: str, mode: str
) -> dict[tuple[str, ...], Any]:
    """Let jobs run as tests under pytest-recording."""
    out = Path(f"{path}.jsonl")
    out.unlink(missing_ok=True)
    test = Path(f"{path}_test.py")
    test.write_text(UNDER_PYTEST.format(here=str(HERE), path=path, url=url, jobs=list(jobs), out=str(out)))
    blocked = [] if mode == "all" else ["--block-network"]
    command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--record-mode={mode}", *blocked, str(test)]
    try:
        done = subprocess.run(command, env=variables, capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        raise FailedError(f"not done in {PATIENCE} s") from None
    lines = out.read_text().splitlines() if out.exists() else []
    if not lines:
        raise FailedError(done.stdout.strip().splitlines()[-1][:200])
    return {tuple(job): result for job, result in map(json.loads, lines)}


class Runner:
    """A tool with one version of openai."""

    def __init__(self, tool: Tool, version: str, environments: Path, scratch: Path, model: Model) -> None:
        self.tool, self.model, self.scratch = tool, model, scratch
        self.python, self.variables = environment(tool, version, environments)
        self.path = str(scratch / f"{re.sub(r'[^a-z]+', '-', tool.label)}-{version}")

    def cells(self) -> dict[str, dict[str, int]]:
        """The cells of the table."""
        if self.tool.setting != "pytest":
            return self._worked("cells")  # type: ignore[no-any-return] # JSON
        self._under_pytest([("record",)], "once")
        jobs = [("cell", name) for name in CELLS if not name.startswith("processes")]
        return {name: result for (_, name), result in self._under_pytest(jobs, "none").items()}

    def many(self, size: int) -> tuple[dict[str, Any], dict[str, Any]]:
        """What recording and replaying that many take."""
        self.path += f"-{size}"
        recorded = self._job("record-many", size, "once")
        if recorded["recorded"] < size:
            raise FailedError(f"{recorded['recorded']:,} recorded in {LIMIT} s")
        return recorded, self._job("replay-many", size, "none")

    def secrets(self) -> list[str]:
        """Which secrets are on the disk."""
        stem = Path(self.path).name
        files = [
            p for p in self.scratch.rglob("*") if p.is_file() and stem in str(p) and p.suffix in (".json", ".yaml")
        ]
        content = b"".join(path.read_bytes() for path in files)
        if not content:
            raise FailedError("recorded nothing: its recordings stay empty with this version of openai")
        return [name for name, secret in SECRETS.items() if secret.encode() in content]

    def _job(self, job: str, size: int, mode: str) -> Any:
        if self.tool.setting != "pytest":
            return self._worked(job, str(size))
        (result,) = self._under_pytest([(job, str(size))], mode).values()
        return result

    def _worked(self, job: str, *arguments: str) -> Any:
        return worked(self.python, self.variables, self.tool, job, self.path, self.model.url, *arguments)

    def _under_pytest(self, jobs: Sequence[tuple[str, ...]], mode: str) -> dict[tuple[str, ...], Any]:
        return under_pytest(self.python, self.variables, jobs, self.path, self.model.url, mode)


def row(label: str, cells: dict[str, dict[str, int]], secrets: list[str]) -> str:
    """A line of the first table."""
    shown = [_shown(cells.get(name)) for name in CELLS]
    return f"| {label} | {' | '.join(shown)} | {', '.join(secrets) or '**0**'} |"


def _shown(cell: dict[str, int] | None) -> str:
    if cell is None:
        return "–"
    numbers = f"{cell['wrong']} / {cell['live']}" + (f" / {cell['errors']} e" if cell["errors"] else "")
    return numbers if cell["wrong"] or cell["live"] or cell["errors"] else f"**{numbers}**"


def main() -> None:
    """Run the benchmark and write the table."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tool", help="only tools whose label starts so; lines are kept and the tables not written")
    parser.add_argument("--part", nargs="*", choices=PARTS, default=PARTS, help="likewise, of one table only")
    parser.add_argument("--anew", action="store_true", help="make the lines anew that are kept from an earlier run")
    parser.add_argument("--environments", type=Path, default=Path(tempfile.gettempdir()) / "summariser-replay")
    parser.add_argument("--kept", action="store_true", help="write the tables with the lines that are there")
    options = parser.parse_args()
    rows = Rows(options.environments / "rows", anew=options.anew, kept=options.kept)
    tools = [tool for tool in TOOLS if tool.label.startswith(options.tool or "")]
    with tempfile.TemporaryDirectory() as scratch, Model(Path(scratch)) as model:
        threading.Thread(target=model.serve_forever, daemon=True).start()

        def runner(tool: Tool, version: str) -> Runner:
            return Runner(tool, version, options.environments, Path(scratch), model)

        first = [
            rows.row(f"cells {tool.label} {version}", partial(cells, tool, version, runner))
            for version in (OPENAI if "cells" in options.part else ())
            for tool in tools
        ]
        second = [
            rows.row(f"times {tool.label}", partial(times, tool, runner))
            for tool in (tools if "times" in options.part else ())
        ]
        model.shutdown()
    if tools == TOOLS and len(options.part) == len(PARTS):
        (HERE / "replay.md").write_text(page(first, second, client_alone()), encoding="utf-8")


class Rows:
    """Lines of the tables, kept as they come: the whole takes its time, and may be done in parts."""

    def __init__(self, folder: Path, *, anew: bool, kept: bool) -> None:
        self.folder, self.anew, self.kept = folder, anew, kept
        folder.mkdir(parents=True, exist_ok=True)

    def row(self, name: str, made: Callable[[], str]) -> str:
        """A line, made when it is not there."""
        path = self.folder / f"{re.sub(r'[^a-z0-9]+', '-', name)}.txt"
        if self.kept and not path.exists():
            return f"| {name.removeprefix('cells ').removeprefix('times ')} | not run yet |"
        if self.anew or not path.exists():
            path.write_text(made(), encoding="utf-8")
        line = path.read_text(encoding="utf-8")
        print(line, flush=True)
        return line


def cells(tool: Tool, version: str, made: Callable[[Tool, str], Runner]) -> str:
    """The line of a tool in the first table."""
    runner = made(tool, version)
    label = f"{runner.tool.label} ({versions(runner.python, runner.tool)})"
    runner.model.again = 0
    try:
        return row(label, runner.cells(), runner.secrets())
    except FailedError as error:
        return f"| {label} | {error} |" + " |" * len(CELLS)


def times(tool: Tool, made: Callable[[Tool, str], Runner]) -> str:
    """The line of a tool in the second table."""
    calls, opened, steps = list[str](), list[str](), ["–"]
    for size in SIZES:
        runner = made(tool, tool.timed_with)
        try:
            recorded, replayed = runner.many(size)
        except FailedError as error:
            left = len(SIZES) - len(calls)
            calls += [str(error), *["–"] * (left - 1)]
            opened += ["–"] * left
            break
        own = f" ({replayed['transport']:.2f})" if "transport" in replayed else ""
        calls.append(f"{replayed['call']:.1f}{own}" + ("" if replayed["right"] else ", wrong answers"))
        opened.append(f"{replayed['opened']:.1f}")
        steps.append(f"{recorded['first']:.1f} → {recorded['last']:.1f}")
    return f"| {tool.label}, openai {tool.timed_with} | {' | '.join([*calls, *opened, steps[-1]])} |"


def page(first: list[str], second: list[str], alone: float) -> str:
    """The Markdown."""
    head = "| tool | " + " | ".join(CELLS) + " | secrets on disk |\n|---|" + "---|" * (len(CELLS) + 1)
    times = "| tool | " + " | ".join(f"{size:,}" for size in SIZES)
    times += " | " + " | ".join(f"open {size:,} (s)" for size in SIZES) + " | recording: first → last 100 |\n|---|"
    times += "---|" * (2 * len(SIZES) + 1)
    return f"""# Replaying a model's answers

Made by `python benchmarks/replay.py`. {QUESTIONS} questions are recorded in order through the openai client, and replayed.
A cell is wrong answers / calls that went out to the server although they should have been replayed, and, if there were any,
errors (e) instead of answers; bold is right. "repeats": one question asked three times, answered differently each time.
"unrecorded": two calls that were never recorded, one of them in a thread: both are to fail, and none to go out. Secrets: a
key in the header, a key in a question, a cookie, an organisation's id. The version after a tool's name is its own, then openai's.

{head}
{chr(10).join(first)}

– : there is no such way; pytest-recording works in pytest's own process. vcrpy and pytest-recording play each recording once, in
their default setting to whatever is asked at the same address.

## Milliseconds per replayed call

Median of {TIMED - 1} calls spread over the recordings, each question of {len(PADDING) + 20:,} characters. In brackets our
transport alone. The openai client itself takes {alone:.1f} ms of each call. Recording: milliseconds a call, among the first and
among the last hundred of the largest number that was recorded. All times but those by the clock are the process's own. Recording
that took longer than {LIMIT} s of processor time (60 s in lines that say so), or {PATIENCE:,} s by the clock, was given up,
and more recordings were then not tried. The machine has {os.cpu_count()} cores; the load on them, over the last quarter of an
hour, was {os.getloadavg()[2]:.0f}.

{times}
{chr(10).join(second)}
"""


if __name__ == "__main__":
    if "--work" in sys.argv:
        at = sys.argv.index("--work")
        job, name, setting, path, url, *rest = sys.argv[at + 1 :]
        print(json.dumps(work(job, Bench(name, setting, path, url), *rest)))
    else:
        main()
