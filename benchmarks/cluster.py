"""Jobs on a Ray cluster: `python benchmarks/cluster.py` writes benchmarks/cluster.md.

The same requests go to the scripted endpoint, which is a process of its own, from 1, 2 and 4 workers of `summarise_dataset`
and from as many of `ray.data.llm`'s HTTP processor, in the same run and on the same Ray instance. What is told is documents
a second from the first answer to the last: starting actors and importing take their time once.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")

import ray
import ray.data
from ray.data import DataContext
from ray.data.llm import HttpRequestProcessorConfig, build_processor

from summariser import Summariser
from summariser.cluster import summarise_dataset
from summariser.dialogue import dialogue
from summariser.testing import documents

REPORT = Path(__file__).with_suffix(".md")
BLOCK = 64
IN_FLIGHT = 64
PEERS_BATCH = 16
"""A quarter of its block: it has four batches under way at once, and in each one request."""


class Endpoint:
    """The scripted endpoint as a process."""

    def __init__(self, latency: float) -> None:
        command = [sys.executable, "-m", "summariser.testing", "--latency", str(latency)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()

    def ask(self, what: str) -> dict[str, Any]:
        """Its counters, or begin to count anew."""
        with urllib.request.urlopen(f"{self.url}/{what}") as response:
            return dict(json.load(response))

    def rate(self) -> tuple[float, int]:
        """Requests a second since it counted anew, and the most that were in flight."""
        known = self.ask("_counters")
        return known["requests"] / max(1e-9, known["last"] - known["first"]), known["most_in_flight"]

    def close(self) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()


def rows(number: int) -> list[dict[str, Any]]:
    """The documents."""
    return [document.model_dump(mode="json") for document in documents(number)]


def ours(endpoint: Endpoint, number: int, workers: int) -> tuple[float, int]:
    """Documents a second, and the most that were in flight."""
    with Summariser("scripted-1", base_url=endpoint.url) as summariser:
        made = summarise_dataset(
            ray.data.from_items(rows(number), override_num_blocks=8 * workers),
            summariser,
            concurrency=workers,
            in_flight=IN_FLIGHT,
            rows_per_block=BLOCK,
        )
        endpoint.ask("_reset")
        found = made.take_all()
    assert len(found) == number
    assert all(row["status"] == "verified" for row in found)
    return endpoint.rate()


def theirs(endpoint: Endpoint, number: int, workers: int) -> tuple[float, int]:
    """The same questions by the HTTP processor."""
    bodies = questions(number)
    config = HttpRequestProcessorConfig(
        url=f"{endpoint.url}/chat/completions", batch_size=PEERS_BATCH, concurrency=workers, qps=None
    )
    processor = build_processor(config, preprocess=payload, postprocess=response)
    made = processor(ray.data.from_items([{"body": body} for body in bodies], override_num_blocks=workers))
    endpoint.ask("_reset")
    assert len(made.take_all()) == number
    return endpoint.rate()


def payload(row: dict[str, Any]) -> dict[str, Any]:
    """The body of a request."""
    return {"payload": json.loads(row["body"])}


def response(row: dict[str, Any]) -> dict[str, Any]:
    """What came back."""
    answer: dict[str, Any] = row["http_response"]
    return answer


def questions(number: int) -> list[str]:
    """The first request about each document, as it is sent."""
    plan = Summariser("scripted-1", base_url="http://localhost:1/v1").recipe.plan
    made: list[str] = []
    for document in documents(number):
        (request,) = next(dialogue(document, plan))
        messages = [{"role": message.role, "content": message.content} for message in request.messages]
        made.append(json.dumps({"model": "scripted-1", "messages": messages, "max_tokens": request.max_tokens}))
    return made


def main() -> None:
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, default=600, help="for each worker of ours")
    parser.add_argument("--latency", type=float, default=1.0)
    parser.add_argument("--workers", type=int, nargs="+", default=[1, 2, 4])
    options = parser.parse_args()
    ray.init(address="local", num_cpus=6, include_dashboard=False, log_to_driver=False, logging_level=logging.ERROR)
    DataContext.get_current().enable_progress_bars = False
    endpoint = Endpoint(options.latency)
    lines: list[str] = []
    try:
        for workers in options.workers:
            rate, most = ours(endpoint, options.documents * workers, workers)
            peer, peer_most = theirs(endpoint, BLOCK * workers, workers)
            times = rate / peer
            lines.append(
                f"| {workers} | {rate:.1f} | {rate / workers:.1f} | {most} | {peer:.1f} | {peer / workers:.1f} | {peer_most} "
                f"| {times:.1f} | {'kept' if times >= 5 else '**missed**'} |"
            )
            sys.stdout.write(lines[-1] + "\n")
            sys.stdout.flush()
    finally:
        endpoint.close()
        ray.shutdown()
    REPORT.write_text(
        f"""# Jobs on a Ray cluster

`python benchmarks/cluster.py`: one Ray instance on {os.cpu_count()} cores, the scripted endpoint on loopback as a process of
its own, an answer after {options.latency:g} s. Ours: `summarise_dataset`, {IN_FLIGHT} requests in flight a worker, blocks of
{BLOCK} documents, {options.documents} documents a worker; reads, asks, verifies. Theirs: `ray.data.llm`'s HTTP processor (ray
{ray.__version__}), a block of {BLOCK} documents for each worker in batches of {PEERS_BATCH},
the same first questions; asks. Documents a second from the first request to the last,
so that starting up is left out. Limit: 5 times its throughput with as many workers.

| workers | ours, documents/s | a worker | most in flight | ray.data.llm, requests/s | a worker | most in flight | times | limit |
|--:|--:|--:|--:|--:|--:|--:|--:|---|
{chr(10).join(lines)}

All workers share the machine's {os.cpu_count()} cores with the endpoint here: where a row of ours does not scale, they are what
ran out. Ray Data hands blocks to the peer's workers as they become free, so that some may have had none.
""",
        encoding="utf-8",
    )


if __name__ == "__main__":
    main()
