"""Batch jobs under fire: `python benchmarks/batch.py all`, or one of kill, breaker, limits, pace, speed, memory.

Each part runs `summariser batch` as a process against the scripted endpoint, which is another process and counts what comes
in; peers get the same requests in the same run. Results go to the parts of benchmarks/batch.md. The plain openai loop and
instructor run in this environment. curator and langextract need others (`python -m venv C && C/bin/pip install
bespokelabs-curator`), named with --curator C/bin/python and --langextract L/bin/python, and are left out without.
curator sends telemetry to PostHog unless TELEMETRY_ENABLED=false is set, and fetches a price list and a tokenizer at start;
here all three are kept from it.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from summariser import templates
from summariser.asking import Plan
from summariser.dialogue import dialogue
from summariser.testing import documents

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator, Sequence

HERE = Path(__file__).parent
REPORT = HERE / "batch.md"
PEERS = str(HERE / "batch_peers.py")


# The endpoint, and processes that use it


class Endpoint:
    """The scripted endpoint as a process."""

    def __init__(self, *options: str, program: Sequence[str] = ("-m", "summariser.testing")) -> None:
        self._process = subprocess.Popen([sys.executable, *program, *options], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()

    def counters(self) -> dict[str, Any]:
        """What came in so far."""
        with urllib.request.urlopen(f"{self.url}/_counters") as response:
            return dict(json.load(response))

    def __enter__(self) -> Endpoint:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.terminate()
        self._process.wait()


@dataclass(frozen=True)
class Done:
    """A process that has ended."""

    code: int
    seconds: float
    cpu: float
    """Seconds of user and system time, of the process and those it started."""
    peak: float
    """MB of resident memory, likewise."""
    errors: str


def run(command: Sequence[str], *, environment: dict[str, str] | None = None, limit: float = 3600) -> Done:
    """Run a process to its end, or kill it."""
    with tempfile.TemporaryFile("w+") as errors:
        start = time.monotonic()
        process = subprocess.Popen(
            list(command), stdout=subprocess.DEVNULL, stderr=errors, env={**os.environ, **(environment or {})}
        )
        peak, resident = 0.0, Resident(process.pid)
        while True:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            if pid:
                break
            peak = max(peak, resident.now())
            if time.monotonic() - start > limit:
                process.kill()
            time.sleep(0.01)
        process.returncode = os.waitstatus_to_exitcode(status)
        seconds = time.monotonic() - start
        errors.seek(0)
        return Done(process.returncode, seconds, usage.ru_utime + usage.ru_stime, peak, errors.read()[-2000:])


class Resident:
    """The resident memory of a process and those it started."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._all = [pid]
        self._look = 0.0

    def now(self) -> float:
        """MB; what several of them share is counted for each. Which there are is looked up twice a second."""
        if time.monotonic() >= self._look:
            self._look = time.monotonic() + 0.5
            self._all = [self._pid, *(pid for pid, parent in self._parents() if parent == self._pid)]
        pages = 0
        for pid in self._all:
            with contextlib.suppress(OSError, IndexError):
                pages += int(Path(f"/proc/{pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 1e6

    @staticmethod
    def _parents() -> Iterator[tuple[int, int]]:
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError, IndexError):
                yield int(stat.parent.name), int(stat.read_text().rpartition(")")[2].split()[1])


KEY = {"SUMMARISER_BENCHMARK_KEY": "sk-wrong"}


def ours(given: Path, out: Path, url: str, *options: str) -> list[str]:
    """The command line of a job."""
    at = ("--base-url", url, "--model", "scripted-1", "--api-key-env", "SUMMARISER_BENCHMARK_KEY")
    return [sys.executable, "-m", "summariser", "batch", str(given), "--out", str(out), *at, "--quiet", *options]


def peer(python: str, name: str, url: str, given: Path, out: Path, concurrency: int) -> list[str]:
    """The command line of a peer."""
    return [python, PEERS, name, url, str(given), str(out), str(concurrency)]


def curators_world(python: str | None, folder: Path) -> dict[str, str]:
    """An environment in which curator phones nobody: no telemetry, no price list, a tokenizer that litellm brings."""
    assert python is not None
    tokenizers = next(
        Path(python).parent.parent.glob("lib/python3*/site-packages/litellm/litellm_core_utils/tokenizers")
    )
    return {
        "HOME": str(folder),
        "OPENAI_API_KEY": "sk-wrong",
        "TELEMETRY_ENABLED": "false",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "TIKTOKEN_CACHE_DIR": str(tokenizers),
        "HF_HUB_OFFLINE": "1",
        "CURATOR_DISABLE_RICH_DISPLAY": "1",
        "CURATOR_CACHE_DIR": str(folder / "curator"),
    }


# What is asked


def write_documents(path: Path, number: int, *, short: bool = False) -> Path:
    """The input of a job."""
    with path.open("w", encoding="utf-8") as file:
        for document in documents(number, short=short):
            file.write(document.model_dump_json(exclude_none=True) + "\n")
    return path


def write_rows(path: Path, number: int) -> Path:
    """The input of the peers: the same documents, with the messages that we send."""
    plan = Plan(prompt=templates.load("brief", "v1"), strategy="whole", context=128_000, max_output=8_000)
    with path.open("w", encoding="utf-8") as file:
        for document in documents(number):
            (request,) = next(dialogue(document, plan))
            messages = [{"role": message.role, "content": message.content} for message in request.messages]
            file.write(json.dumps({"id": document.id, "text": document.text, "messages": messages}) + "\n")
    return path


def lines(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a JSONL file, one at a time, for it may be larger than the memory; none when it is not there."""
    if path.exists():
        with path.open("rb") as file:
            yield from map(json.loads, file)


def ids(path: Path) -> list[str]:
    """The documents of a job's briefs, or of a peer's output, in their order."""
    return [str(row["id"] if "id" in row else row["document"]["id"]) for row in lines(path)]


def table(head: str, *rows: Sequence[object]) -> str:
    """A Markdown table."""
    columns = head.split(" | ")
    body = ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join([f"| {head} |", "|" + "---|" * len(columns), *body])


def verdict(held: bool) -> str:
    """Whether a limit was kept."""
    return "kept" if held else "**missed**"


@contextlib.contextmanager
def scratch() -> Generator[Path]:
    """A folder for the files of one part."""
    folder = Path(tempfile.mkdtemp(prefix="summariser-benchmark-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


# The parts


def kill(options: argparse.Namespace) -> str:
    """SIGKILL at random moments, over and over, then to the end."""
    kills, number, concurrency = options.kills, options.documents or 3000, 40
    chance = random.Random(options.seed)
    with scratch() as folder, Endpoint("--latency", "lognormal:0.05,0.3") as endpoint:
        given, out = write_documents(folder / "in.jsonl", number), folder / "job"
        command = ours(given, out, endpoint.url, "--concurrency", str(concurrency))
        most, before = 0, 0
        killed = 0
        for _ in range(kills):
            process = subprocess.Popen(command, env={**os.environ, **KEY}, stderr=subprocess.DEVNULL)
            asked = endpoint.counters()["requests"]
            with contextlib.suppress(subprocess.TimeoutExpired):
                # Now and then while it starts, mostly while it works.
                if chance.random() < 0.9:
                    while process.poll() is None and endpoint.counters()["requests"] == asked:
                        time.sleep(0.02)
                process.wait(chance.uniform(0.05, 0.8 * number / kills / options.rate))
            if process.poll() is not None:
                break
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed += 1
            repaid = endpoint.counters()["repaid"]
            most, before = max(most, repaid - before), repaid
        last = run(command, environment=KEY)
        counted = endpoint.counters()
        found, failed = ids(out / "briefs.jsonl"), sum(1 for _ in lines(out / "failures.jsonl"))
        ambiguous = json.loads((out / "summary.json").read_text())["all_runs"]["ambiguous"]
        most = max(most, counted["repaid"] - before)
        expected = [document.id for document in documents(number)]
        rows: list[Sequence[object]] = [
            ("documents lost", len(set(expected) - set(found)), 0, verdict(set(expected) <= set(found))),
            ("documents doubled", len(found) - len(set(found)), 0, verdict(len(found) == len(set(found)))),
            ("briefs in the order of the input", found == expected, True, verdict(found == expected)),
            ("documents failed", failed, 0, verdict(not failed)),
            ("exit code of the last run", last.code, 0, verdict(last.code == 0)),
            (
                "calls paid for again, all kills together",
                counted["repaid"],
                f"{concurrency * killed} in flight",
                verdict(counted["repaid"] <= concurrency * killed),
            ),
            ("calls that the job counts as ambiguous", ambiguous, "no fewer", verdict(ambiguous >= counted["repaid"])),
            ("most paid for again after one kill", most, concurrency, verdict(most <= concurrency)),
        ]
    text = f"{number:,} documents, {concurrency} requests in flight, {killed} times SIGKILL at a random moment.\n\n"
    text += table("what | measured | limit | ", *rows)
    return text + _curator_killed(options, concurrency)


def _curator_killed(options: argparse.Namespace, concurrency: int) -> str:
    """The same for curator, killed once."""
    if not options.curator:
        return ""
    number = min(options.documents or 3000, 1000)
    with scratch() as folder, Endpoint("--latency", "lognormal:0.05,0.3") as endpoint:
        given, out = write_rows(folder / "in.jsonl", number), folder / "out.jsonl"
        command = peer(options.curator, "curator", endpoint.url, given, out, concurrency)
        environment = {**os.environ, **curators_world(options.curator, folder)}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(command, env=environment, **quiet)  # type: ignore[call-overload]
        while process.poll() is None and endpoint.counters()["requests"] < number // 2:
            time.sleep(0.02)
        process.kill()
        process.wait()
        run(command, environment=curators_world(options.curator, folder))
        counted = endpoint.counters()
        found = ids(out)
    return (
        f"\n\ncurator 0.1.31, {number:,} rows, {concurrency} in flight, killed once half-way: {counted['repaid']} calls paid for "
        f"again, {number - len(set(found))} rows lost."
    )


def breaker(options: argparse.Namespace) -> str:
    """What cannot succeed: how many calls and seconds until a job stops."""
    concurrency, number = 20, 50
    cases = {
        "wrong key": ("--key", "sk-right"),
        "empty account after 10 answers": ("--credit", "10"),
        "unknown model": ("--fault", "unknown-model=1"),
        "rejected schema": ("--fault", "rejected-schema=1"),
    }
    rows: list[Sequence[object]] = []
    with scratch() as folder:
        given = write_documents(folder / "in.jsonl", number)
        for case, how in cases.items():
            with Endpoint("--latency", "0.05", *how) as endpoint:
                done = run(
                    ours(given, folder / case, endpoint.url, "--concurrency", str(concurrency)),
                    environment=KEY,
                    limit=120,
                )
                counted = endpoint.counters()
            wasted = counted["requests"] - counted["outcomes"].get("200", 0)
            took = counted["last"] - counted["refused"]
            kept = done.code == 4 and wasted <= concurrency + 1 and took < 1
            said = done.errors.strip().splitlines()[-1] if done.errors.strip() else ""
            rows.append(("summariser", case, wasted, f"{took:.2f}", done.code, _shortened(said), verdict(kept)))
        if options.curator:
            rows_in = write_rows(folder / "rows.jsonl", number)
            for case in ("wrong key", "empty account after 10 answers"):
                with Endpoint("--latency", "0.05", *cases[case]) as endpoint:
                    home = folder / f"curator {case}"
                    command = peer(options.curator, "curator", endpoint.url, rows_in, folder / "o.jsonl", concurrency)
                    done = run(command, environment=curators_world(options.curator, home), limit=120)
                    counted = endpoint.counters()
                wasted = counted["requests"] - counted["outcomes"].get("200", 0)
                took = counted["last"] - counted["refused"]
                rows.append(("curator", case, wasted, f"{took:.2f}", done.code, "", ""))
    head = "program | case | calls in vain | s from the first of them to the last call | exit code | last line it prints | limit"
    return (
        f"{number} rows, {concurrency} in flight. Limit: {concurrency + 1} calls in vain, 1 s, exit code 4.\n\n"
        + table(head, *rows)
    )


def _shortened(text: str) -> str:
    text = re.sub(r"http://127\.0\.0\.1:\d+", "http://…", text).replace("|", "/")
    return text if len(text) <= 140 else text[:139] + "…"


def limits(options: argparse.Namespace) -> str:
    """429s with Retry-After, at random and nothing but them."""
    concurrency = 40
    rows: list[Sequence[object]] = []
    cases = {
        "20 % random 429, Retry-After 1 s": (300, ("--fault", "429=0.2", "--retry-after", "1")),
        "60 s of nothing but 429, Retry-After 5 s": (50, ("--only-429", "0:60", "--retry-after", "5")),
    }
    with scratch() as folder:
        for case, (number, how) in cases.items():
            given, rows_in = write_documents(folder / "in.jsonl", number), write_rows(folder / "rows.jsonl", number)
            programs: dict[str, tuple[list[str], dict[str, str], Path]] = {}
            out = folder / f"job {case[:4]}"
            programs["summariser"] = ([], KEY, out / "briefs.jsonl")
            programs["openai loop"] = ([], {}, folder / "openai.jsonl")
            if options.curator:
                programs["curator"] = ([], curators_world(options.curator, folder / case[:4]), folder / "curator.jsonl")
            for name, (_, environment, target) in programs.items():
                with Endpoint("--latency", "0.05", *how) as endpoint:
                    if name == "summariser":
                        command = ours(given, out, endpoint.url, "--concurrency", str(concurrency))
                    else:
                        python = options.curator if name == "curator" else sys.executable
                        command = peer(python, name.split()[0], endpoint.url, rows_in, target, concurrency)
                    done = run(command, environment=environment, limit=400)
                    counted = endpoint.counters()
                found = len(set(ids(target)))
                kept = verdict(found == number and not counted["early"]) if name == "summariser" else ""
                tried = counted["outcomes"].get("429", 0)
                early = f"{counted['early']} ({counted['early_same']})"
                rows.append((name, case, f"{found} of {number}", tried, early, f"{done.seconds:.0f}", kept))
    head = "program | case | rows answered | 429s | sent inside the wait (same request) | s | limit"
    note = (
        f"{concurrency} in flight. Limit: every row, nothing sent inside the wait. Inside the wait is what comes in later than "
        "0.05 s after a 429 was sent and before the time it asked for is over, whoever it was told; in brackets those that "
        "repeat the very request that was told to wait."
    )
    return note + "\n\n" + table(head, *rows)


def pace(options: argparse.Namespace) -> str:
    """How much of what is allowed is used, and how often more than that is tried."""
    rows: list[Sequence[object]] = []
    tokens = 2650
    rate = options.rate
    cases = {
        "requests a minute, from headers": (("--rpm", f"{60 * rate:g}"), ()),
        "tokens a minute, from headers": (("--tpm", f"{60 * rate * tokens:g}"), ()),
        "requests a minute, --rpm": ((), ("--rpm", f"{60 * rate:g}")),
    }
    with scratch() as folder:
        number = int(rate * options.seconds)
        given = write_documents(folder / "in.jsonl", number)
        for case, (how, own) in cases.items():
            with Endpoint("--latency", "lognormal:0.3,0.3", "--burst", "1", *how) as endpoint:
                done = run(
                    ours(given, folder / case, endpoint.url, "--concurrency", "100", *own), environment=KEY, limit=900
                )
                counted = endpoint.counters()
            took = counted["last"] - counted["first"]
            answered = counted["outcomes"].get("200", 0)
            used = counted["input_tokens"] + counted["output_tokens"]
            allowed = rate * (took + 1) * (tokens if "tokens" in case else 1)
            share = (used if "tokens" in case else answered) / allowed
            refused = counted["outcomes"].get("429", 0) / counted["requests"]
            kept = share >= 0.97 and refused < 0.005 and done.code == 0
            rows.append((case, answered, f"{took:.0f}", f"{share:.1%}", f"{refused:.2%}", verdict(kept)))
    head = "limit by | answered | s | share of the allowed rate used | answered 429 | limit"
    note = (
        f"{rate:g} documents a second allowed (or the tokens they come to), one second's worth saved up at most, answers take "
        "0.3 s. Limit: 97 % used, under 0.5 % answered 429."
    )
    return note + "\n\n" + table(head, *rows)


def speed(options: argparse.Namespace) -> str:
    """CPU a document and documents a second, beside others who get the same answers."""
    few, many = options.few, options.documents or 2000
    concurrency = 100
    rows: list[Sequence[object]] = []
    with scratch() as folder:
        sizes = {number: write_documents(folder / f"in{number}.jsonl", number) for number in (few, many)}
        given = {number: write_rows(folder / f"rows{number}.jsonl", number) for number in (few, many)}
        # langextract sends about 9 KB and is slow: fewer will do.
        names = ["summariser", "openai", "instructor"]
        names += ["curator"] if options.curator else []
        names += ["langextract"] if options.langextract else []
        for name in names:
            took: dict[int, Done] = {}
            for number in (few, many):
                best: Done | None = None
                for turn in range(options.repeat):
                    program = (PEERS, "serve") if name == "langextract" else ("-m", "summariser.testing")
                    how = () if name == "langextract" else ("--latency", "0.05")
                    with Endpoint(*how, program=program) as endpoint:
                        target = folder / f"{name}{number}-{turn}"
                        if name == "summariser":
                            command = ours(sizes[number], target, endpoint.url, "--concurrency", str(concurrency))
                            environment = KEY
                            target = target / "briefs.jsonl"
                        else:
                            python = {"curator": options.curator, "langextract": options.langextract}.get(name)
                            command = peer(
                                python or sys.executable, name, endpoint.url, given[number], target, concurrency
                            )
                            environment = (
                                curators_world(python, folder / f"{turn}{number}") if name == "curator" else {}
                            )
                        done = run(command, environment=environment)
                    if done.code or len(ids(target)) != number:
                        raise SystemExit(f"{name} ended with {done.code}: {done.errors}")
                    if best is None or done.cpu < best.cpu:
                        best = done
                assert best is not None
                took[number] = best
            cpu = (took[many].cpu - took[few].cpu) / (many - few) * 1000
            rate = (many - few) / (took[many].seconds - took[few].seconds)
            rows.append((NAMES[name], f"{cpu:.1f}", f"{rate:.0f}", f"{took[many].peak:.0f}", WHAT[name]))
    cpus = {str(row[0]): float(str(row[1])) for row in rows}
    rates = {str(row[0]): float(str(row[2])) for row in rows}
    busy = min(rates.values()) <= 0
    if busy:
        rows = [(*row[:2], "–", *row[3:]) for row in rows]
    own = NAMES["summariser"]
    others = [NAMES[name] for name in ("openai", "curator") if NAMES[name] in rates]
    judged = [
        f"CPU a document against instructor alone: {cpus[own] / cpus[NAMES['instructor']]:.2f} (limit 3 ms to 8.5 ms: 0.35): "
        + verdict(cpus[own] / cpus[NAMES["instructor"]] <= 0.35),
        "documents a second: not told, other work on the machine took longer than the difference"
        if busy
        else f"documents a second above {' and '.join(others)}: "
        + verdict(all(rates[own] > rates[name] for name in others)),
    ]
    note = (
        f"{concurrency} in flight, 50 ms latency, answers with 16 items; steady state: what {many:,} documents cost more than "
        f"{few:,}, the cheapest of {options.repeat} runs each. CPU and memory are those of the client's process and of those "
        "it started."
    )
    head = "program | CPU ms a document | documents/s | peak MB | what it does"
    return note + "\n\n" + table(head, *rows) + "\n\n" + "\n".join(f"- {line}" for line in judged)


NAMES = {
    "summariser": "summariser batch",
    "openai": "openai 3.3.0, plain loop",
    "instructor": "instructor 1.17.0 alone",
    "curator": "curator 0.1.31",
    "langextract": "langextract",
}
WHAT = {
    "summariser": "reads, asks, verifies 16 items, keeps every request and answer, writes briefs in order",
    "openai": "asks, writes the answer",
    "instructor": "asks, validates the answer against a class",
    "curator": "asks, keeps answers",
    "langextract": "asks (its own prompt), aligns extractions with the text",
}


def memory(options: argparse.Namespace) -> str:
    """Resident memory over a long job of short documents, and over going on with it when it is finished."""
    number = 1_000_000 if options.full else options.documents or 20_000
    parts: list[str] = []
    with scratch() as folder, Endpoint() as endpoint:
        given = write_documents(folder / "in.jsonl", number, short=True)
        command = ours(given, folder / "job", endpoint.url, "--concurrency", "100")
        rows: list[Sequence[object]] = []
        for name in ("all asked", "all there already"):
            process = subprocess.Popen(command, env={**os.environ, **KEY}, stderr=subprocess.DEVNULL)
            # What is loaded before the first brief is no growth: of a job that is finished it takes most of the time.
            while process.poll() is None and not _has_begun(folder / "job"):
                time.sleep(0.02)
            seen: list[tuple[float, float]] = []
            start = time.monotonic()
            resident = Resident(process.pid)
            while process.poll() is None:
                if size := resident.now():
                    seen.append((time.monotonic() - start, size))
                time.sleep(0.02)
            early = max(size for at, size in seen if at <= seen[-1][0] * 0.3)
            peak = max(size for _, size in seen)
            tenths = [max((s for at, s in seen if at <= seen[-1][0] * n / 10), default=0.0) for n in (1, 3, 5, 7, 10)]
            flat = peak <= early * 1.15
            shown = ", ".join(f"{size:.0f}" for size in tenths)
            kept = peak < 300 and flat and process.returncode == 0
            rows.append((name, f"{seen[-1][0]:.0f}", shown, f"{peak:.0f}", verdict(kept)))
        whole = len(ids(folder / "job" / "briefs.jsonl")) == number
        size = (folder / "job" / "job.db").stat().st_size / number
        head = "run | s | highest so far at 10, 30, 50, 70, 100 % of the time, MB | peak MB | limit"
        parts.append(table(head, *rows))
        parts.append(f"Every brief is there: {whole}. The ledger takes {size / 1000:.1f} kB a document.")
    full = " (--full)" if options.full else ""
    note = (
        f"{number:,} short documents{full}, 100 in flight, no latency; from the first brief on, all processes of the job "
        "together. Limit: under 300 MB, and flat: 15 % above the first 30 %."
    )
    return "\n\n".join([note, *parts])


def _has_begun(job: Path) -> bool:
    """Whether a job has written briefs in this run."""
    with contextlib.suppress(OSError):
        return (job / "briefs.jsonl.partial").stat().st_size > 0
    return False


TITLES = {
    "kill": "Killed at any moment",
    "breaker": "What cannot succeed",
    "limits": "Rate limits",
    "pace": "Pace",
    "speed": "Speed",
    "memory": "Memory",
}
RUNS = {"kill": kill, "breaker": breaker, "limits": limits, "pace": pace, "speed": speed, "memory": memory}


def report(part: str, text: str) -> None:
    """Put the result of a part into the report, in the place of the one before."""
    old = REPORT.read_text(encoding="utf-8") if REPORT.exists() else ""
    sections = {
        title: body.strip() for title, body in re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", old, re.DOTALL | re.MULTILINE)
    }
    sections[TITLES[part]] = f"`python benchmarks/batch.py {part}`: {text}"
    known = [title for title in TITLES.values() if title in sections]
    version = ".".join(map(str, sys.version_info[:3]))
    head = f"# Batch jobs\n\nAgainst the scripted endpoint on loopback, on {os.cpu_count()} cores, Python {version}."
    REPORT.write_text(
        "\n\n".join([head, *(f"## {title}\n\n{sections[title]}" for title in known)]) + "\n", encoding="utf-8"
    )


def main() -> int:
    """Run a part, or all of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("part", choices=[*RUNS, "all"])
    parser.add_argument("--documents", type=int, help="how many, where the part has not a number of its own")
    parser.add_argument("--few", type=int, default=400, help="speed: the smaller job, whose cost is taken off")
    parser.add_argument("--repeat", type=int, default=2, help="speed: runs of each, of which the cheapest counts")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rate", type=float, default=15.0, help="documents a second that this machine surely manages")
    parser.add_argument("--seconds", type=float, default=70.0, help="pace: how long each case takes")
    parser.add_argument("--full", action="store_true", help="memory: 1,000,000 documents")
    parser.add_argument("--curator", help="a Python that has bespokelabs-curator")
    parser.add_argument("--langextract", help="a Python that has langextract[openai]")
    options = parser.parse_args()
    missed = False
    for part in RUNS if options.part == "all" else [options.part]:
        text = RUNS[part](options)
        report(part, text)
        print(f"## {TITLES[part]}\n\n{text}\n", flush=True)
        missed |= "**missed**" in text
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main())
