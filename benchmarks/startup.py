"""How long `summariser --help` and `import summariser` take: `python benchmarks/startup.py`.

Each is a process of its own, run in turn with a bare interpreter; medians go to benchmarks/startup.md.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from pathlib import Path

RUNS = 15
CASES: dict[str, tuple[list[str], float | None]] = {
    "python -c pass": ([sys.executable, "-c", "pass"], None),
    "import summariser": ([sys.executable, "-c", "import summariser"], 0.3),
    "from summariser import Summariser": ([sys.executable, "-c", "from summariser import Summariser"], None),
    "summariser --help": ([sys.executable, "-m", "summariser", "--help"], 0.4),
    "import openai (for comparison)": ([sys.executable, "-c", "import openai"], None),
}


def seconds(command: list[str]) -> float:
    """Wall time of one run."""
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def main() -> int:
    """Measure, print and write the table; exit code 1 when a limit is passed."""
    times: dict[str, list[float]] = {name: [] for name in CASES}
    for name, (command, _) in CASES.items():
        seconds(command)  # byte code is written by the first run
        times[name].clear()
    for _ in range(RUNS):
        for name, (command, _) in CASES.items():
            times[name].append(seconds(command))
    bare = statistics.median(times["python -c pass"])
    rows = ["| command | median s | fastest s | times a bare interpreter | limit s |", "|---|---|---|---|---|"]
    failed = False
    for name, (_, limit) in CASES.items():
        median = statistics.median(times[name])
        failed |= limit is not None and median >= limit
        shown = "" if limit is None else f"{limit}"
        rows.append(f"| `{name}` | {median:.3f} | {min(times[name]):.3f} | {median / bare:.1f} | {shown} |")
    version = ".".join(map(str, sys.version_info[:3]))
    text = "\n".join(
        ["# Start-up time", "", f"`python benchmarks/startup.py`, {RUNS} runs each, Python {version}.", "", *rows, ""]
    )
    Path(__file__).with_suffix(".md").write_text(text, encoding="utf-8")
    print(text)
    return int(failed)


if __name__ == "__main__":
    raise SystemExit(main())
