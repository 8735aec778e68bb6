"""How the work on long documents grows: `python benchmarks/long.py TEXT...`.

Joins the texts and makes briefs of their first 5,000, 10,000, 20,000 and 40,000 words, in windows and sentence by sentence.
Answers come from a stand-in that repeats what the questions show, so that all the time is ours: splitting, finding names and
numbers, looking everything up, merging. Writes benchmarks/long.md.
"""

from __future__ import annotations

import json
import re
import sys
import time
from pathlib import Path
from typing import Any

from summariser import templates
from summariser.asking import Plan, Strategy
from summariser.dialogue import Finding, dialogue
from summariser.driving import drive
from summariser.exchange import Reply, Request, Usage
from summariser_schemas import Document
from summariser_schemas.fields import core_type

HERE = Path(__file__).parent
WORDS = (5_000, 10_000, 20_000, 40_000)
_KINDS = ("country", "person", "company", "government_body", "place", "thing", "organisation")
_NUMBERED = re.compile(r"^\[(\d+)\] (.*)$", re.MULTILINE)
_NAME = re.compile(r"(?<!^)\b[A-Z][a-z]+(?: [A-Z][a-z]+)+")
_AMOUNT = re.compile(r"\$?\d[\d,.]*\d(?: (?:million|billion|percent))?")


def answer(request: Request) -> Reply:
    """Repeat what a question shows, as an answer of its form."""
    if "Write only" in request.messages[-1].content:
        return Reply(request.draft.model_construct(), "{}", "stand-in", Usage(), attempts=1, seconds=0.0)
    shown = request.messages[-1].content
    fields = request.draft.model_fields
    if request.purpose == "names":
        said: dict[str, Any] = {info.alias or "": _KINDS[n % len(_KINDS)] for n, info in enumerate(fields.values())}
    elif "acts" in fields:
        sentence = re.sub(r"</?text>.*", "", shown)
        said = {
            "acts": [" ".join(part.split()[:14]) for part in re.split(", | and ", sentence) if part.count(" ") > 1][:4]
        }
        if (measures := fields.get("measures")) is not None and measures.annotation is not None:
            aliases = [info.alias or "" for info in core_type(measures.annotation)[0].model_fields.values()]
            said["measures"] = {alias: " ".join(sentence.split()[:3]) for alias in aliases}
    else:
        said = _whole([(int(number), text) for number, text in _NUMBERED.findall(shown)])
    return Reply(request.draft.model_validate(said), json.dumps(said), "stand-in", Usage(), attempts=1, seconds=0.0)


def _whole(sentences: list[tuple[int, str]]) -> dict[str, Any]:
    told = [{"text": text, "evidence": [number]} for number, text in sentences[:2]]
    named = [(number, name) for number, text in sentences for name in _NAME.findall(text)[:2]]
    amounts = [(number, found) for number, text in sentences for found in _AMOUNT.findall(text)[:2]]
    return {
        "headline": sentences[0][1],
        "summary": told,
        "parties": [{"evidence": [n], "name": name, "kind": _KINDS[n % 4]} for n, name in named],
        "commitments": [],
        "outcomes": [{"evidence": [n], "by": [], "what": " ".join(text.split()[:12])} for n, text in sentences],
        "figures": [{"evidence": [n], "quantity": found, "measures": found} for n, found in amounts],
    }


def measure(text: str, strategy: Strategy) -> tuple[Finding, int, float]:
    """The finding of a text, how many questions it took, and the seconds that were ours."""
    plan = Plan(templates.load("brief", "v1"), strategy, context=32_000, max_output=8_000)
    asked = 0

    def answers(round_: tuple[Request, ...]) -> list[Reply]:
        nonlocal asked
        asked += len(round_)
        return [answer(request) for request in round_]

    start = time.perf_counter()
    finding = drive(dialogue(Document(text=text, language="en"), plan), answers)
    return finding, asked, time.perf_counter() - start


def first_words(text: str, count: int) -> str:
    """The paragraphs of a text up to so many words."""
    kept: list[str] = []
    length = 0
    for paragraph in text.splitlines():
        if length >= count:
            break
        kept.append(paragraph)
        length += len(paragraph.split())
    return "\n".join(kept)


def main(paths: list[str]) -> None:
    """Measure, print and write the table."""
    text = "\n\n".join(Path(path).read_text(encoding="utf-8") for path in paths)
    rows = [
        "| words | asked | questions | parts read | items | seconds | ms a sentence |",
        "|---|---|---|---|---|---|---|",
    ]
    for strategy in ("whole", "sentences"):
        for words in WORDS:
            some = first_words(text, words)
            finding, asked, seconds = measure(some, strategy)
            sentences = finding.coverage[-1].last
            items = sum(map(len, finding.sections.values()))
            read = sum(part.last - part.first + 1 for part in finding.coverage if part.status == "read") / sentences
            cells = (f"{len(some.split()):,}", strategy, f"{asked:,}", f"{read:.1%}", f"{items:,}", f"{seconds:.1f}")
            rows.append(f"| {' | '.join(cells)} | {1000 * seconds / sentences:.1f} |")
            print(rows[-1], flush=True)
    told = (__doc__ or "").split("\n\n")[1].replace("\n", " ").replace("Writes benchmarks/long.md.", "").strip()
    table = f"# Long documents\n\n`python benchmarks/long.py TEXT...`. {told}\n\n" + "\n".join(rows) + "\n"
    (HERE / "long.md").write_text(table, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
