"""Make the recordings of tests/recordings anew, with the embedded model's real server: `python tests/record.py [NAME...]`.

Takes some minutes. Recordings that already answer a request are kept; delete a folder to ask everything again.
"""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from summariser import Document, Summariser
from tests import calls

HERE = Path(__file__).parent
RECORDINGS = HERE / "recordings"
MODEL = "local/qwen2.5-coder-1.5b"
SEED = next((HERE.parent / "seeds").glob("*.txt"))

DOCUMENTS: dict[str, Document] = {
    name: Document(id=name, text=path.read_text(encoding="utf-8"), published=published)
    for name, path, published in (
        ("seed", SEED, None),
        ("lula-roh-meeting", HERE / "articles/lula-roh-meeting.txt", date(2004, 11, 16)),
        ("pinochet-arrest", HERE / "articles/pinochet-arrest.txt", date(2005, 1, 6)),
        ("hostile", HERE / "articles/hostile.txt", None),
    )
}


CALLS = "calls"
"""The recordings of a brief of one's own, of a PDF, a page and a feed."""


def record_calls() -> None:
    """Record the command that `tests.calls` has files for."""
    with TemporaryDirectory() as folder:
        calls.set_out(Path(folder), HERE.parent / "README.md")
        command = [
            sys.executable,
            "-m",
            "summariser",
            *calls.COMMAND,
            *calls.MODEL,
            "--record",
            str(RECORDINGS / CALLS),
        ]
        subprocess.run(command, cwd=folder, check=True)


def main(names: list[str]) -> None:
    """Record the documents of these names, or all."""
    for name in names or (*DOCUMENTS, CALLS):
        if name == CALLS:
            record_calls()
            continue
        with Summariser(MODEL, recordings=RECORDINGS / name, mode="record", progress=print) as summariser:
            brief = summariser.summarise(DOCUMENTS[name])
        print(f"{name}: {brief.provenance.requests} requests, {brief.provenance.seconds} s")  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1:])
