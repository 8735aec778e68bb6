"""What reading costs: processor time a document and memory, by format, beside a bare loop over ``json.loads``.

    python benchmarks/readers.py

Each format is read in a process of its own, from a file that is made first; memory is the most that process held, less what
it held before it read. Writes ``benchmarks/readers.md``.
"""

from __future__ import annotations

import csv
import gzip
import json
import multiprocessing
import random
import sys
import tempfile
import time
from pathlib import Path

SMALL, LARGE = 20_000, 200_000
"""Documents of the two corpora: memory that is the same for both does not depend on the corpus."""
_WORDS = "the harbour of Sarn reopened on Tuesday after a strike that lasted three weeks and it will hire forty".split()


def _rows(count: int) -> list[dict[str, str]]:
    draw = random.Random(7)
    return [
        {"id": str(n), "text": " ".join(draw.choices(_WORDS, k=60)) + ".", "published": "2025-02-11", "topic": "trade"}
        for n in range(count)
    ]


def _write(path: Path, count: int) -> None:
    rows = _rows(count)
    match path.suffixes[-1]:
        case ".csv":
            with path.open("w", encoding="utf-8", newline="") as file:
                table = csv.DictWriter(file, list(rows[0]))
                table.writeheader()
                table.writerows(rows)
        case ".parquet":
            import pyarrow
            import pyarrow.parquet

            pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows), path, row_group_size=10_000)
        case ".rss":
            items = "".join(f"<item><guid>{r['id']}</guid><description>{r['text']}</description></item>" for r in rows)
            path.write_text(f"<rss><channel><title>Sarn Post</title>{items}</channel></rss>", encoding="utf-8")
        case ".mbox":
            letters = (f"From a@b Tue Feb 11 09:00:00 2025\nFrom: a@b\nSubject: s\n\n{r['text']}\n\n" for r in rows)
            path.write_text("".join(letters), encoding="utf-8")
        case suffix:
            data = "".join(json.dumps(row) + "\n" for row in rows).encode()
            path.write_bytes(gzip.compress(data, 6) if suffix == ".gz" else data)


def _measure(path: str, how: str, results: multiprocessing.Queue[tuple[int, float, int]]) -> None:
    from summariser.readers import Entry, stream_documents
    from summariser_schemas import Document

    Document(text="warm")
    # The first document imports what the format needs.
    next(iter(stream_documents([path])))
    before = _most_held()
    begun = time.process_time()
    if how == "bare":
        with open(path, "rb") as file:
            count = sum(bool(json.loads(line)["text"]) for line in file)
    else:
        count = sum(isinstance(item, Entry) for item in stream_documents([path]))
    seconds = time.process_time() - begun
    results.put((count, seconds, _most_held() - before))


def _most_held() -> int:
    """The most memory this process held so far, in KiB. (Linux; ``getrusage`` would count in that of its parent.)"""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0])


def _measured(path: Path, how: str) -> tuple[int, float, int]:
    context = multiprocessing.get_context("spawn")
    results: multiprocessing.Queue[tuple[int, float, int]] = context.Queue()
    process = context.Process(target=_measure, args=(str(path), how, results))
    process.start()
    found = results.get()
    process.join()
    return found


def main() -> None:
    """Measure every format at both sizes and write the table."""
    lines: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in ("a.jsonl", "a.jsonl.gz", "a.csv", "a.parquet", "a.rss", "a.mbox"):
            ways = ("bare", "read") if name == "a.jsonl" else ("read",)
            path = Path(folder) / name
            for how in ways:
                costs: list[float] = []
                grown: list[float] = []
                for count in (SMALL, LARGE):
                    _write(path, count)
                    read, seconds, kilobytes = _measured(path, how)
                    if read != count:
                        sys.exit(f"{name}: {read} of {count} documents were read")
                    costs.append(seconds / count * 1e6)
                    grown.append(kilobytes / 1024)
                label = "`json.loads` alone" if how == "bare" else f"`{name.partition('.')[2]}`"
                lines.append(f"| {label} | {costs[1]:.0f} | {grown[0]:.1f} | {grown[1]:.1f} |")
                print(lines[-1], flush=True)
    table = "\n".join(
        [
            "# Reading documents",
            "",
            f"Documents of 60 words, {SMALL:,} and {LARGE:,} of them, one file; `python benchmarks/readers.py`. Memory is what",
            "the process came to hold beyond its most while importing and reading the first document.",
            "",
            f"| format | µs of processor time a document | MiB for {SMALL:,} | MiB for {LARGE:,} |",
            "| --- | --: | --: | --: |",
            *lines,
            "",
        ]
    )
    Path(__file__).with_suffix(".md").write_text(table, encoding="utf-8")


if __name__ == "__main__":
    main()
