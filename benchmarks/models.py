"""The embedded models on the seed article, side by side: `python benchmarks/models.py [MODEL...]`.

Each model makes a brief of the seed article, one after another in processes of their own, and the brief is held against
the annotation by hand in benchmarks/gold. Fetches models that are missing. Writes benchmarks/models.md.

Pairing: parties by any name or alias; commitments and outcomes by a shared evidence sentence and a token F1 of at least
0.4; figures by a shared sentence and equal value or bounds. Items that the annotation marks optional count neither way.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

from summariser.grounding import name_key
from summariser.local import catalogue
from summariser.merging import similarity

HERE = Path(__file__).parent
SEED = next((HERE.parent / "seeds").glob("*.txt"))
GOLD: dict[str, Any] = json.loads((HERE / "gold" / "seed.json").read_text(encoding="utf-8"))
SECTIONS = ("parties", "commitments", "outcomes", "figures")


def brief_by(model: str) -> dict[str, Any]:
    """The brief that a model makes of the seed article, made by the command line."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "brief.json"
        command = [sys.executable, "-m", "summariser", "brief", str(SEED), "--model", f"local/{model}"]
        subprocess.run([*command, "--format", "json", "-o", str(out), "--quiet"], check=True)
        brief: dict[str, Any] = json.loads(out.read_text(encoding="utf-8"))
        return brief


def score(section: str, brief: dict[str, Any], text: str) -> tuple[int, int, int]:
    """Right ones, given ones and wanted ones."""
    gold, given = GOLD["gold"][section], brief[section]
    pairs = sorted(
        ((s, i, j) for i, a in enumerate(gold) for j, b in enumerate(given) if (s := _alike(section, a, b, text))),
        reverse=True,
    )
    paired: dict[int, int] = {}
    for _, i, j in pairs:
        if i not in paired and j not in paired.values():
            paired[i] = j
    optional = {i for i, item in enumerate(gold) if item.get("optional")}
    free = sum(i in optional for i in paired)
    return len(paired) - free, len(given) - free, len(gold) - len(optional)


def _alike(section: str, gold: dict[str, Any], item: dict[str, Any], text: str) -> float:
    if section == "parties":
        ours = {name_key(n) for n in (item["name"], *item["aliases"])}
        return float(bool(ours & {name_key(n) for n in (gold["name"], *gold.get("aliases", []))}))
    spans = [(text.find(quote), text.find(quote) + len(quote)) for quote in gold["evidence"]]
    if not any(a < e["end"] and e["start"] < b for a, b in spans for e in item["evidence"]):
        return 0.0
    if section == "figures":
        quantity = item["quantity"]
        return float(all(_number(gold.get(k)) == _number(quantity[k]) for k in ("value", "low", "high")))
    field = "action" if section == "commitments" else "what"
    close = similarity(gold[field], item[field])
    return close if close >= 0.4 else 0.0


def _number(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def main(names: list[str]) -> None:
    """Measure, print and write the table."""
    text = SEED.read_text(encoding="utf-8")
    heads = ["model", "MB", *(f"{s} P / R" for s in SECTIONS), "mean F1", "items", "rejected", "tokens out", "seconds"]
    rows = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    for weights in catalogue():
        if names and weights.name not in names:
            continue
        try:
            brief = brief_by(weights.name)
        except subprocess.CalledProcessError as error:
            rows.append(
                f"| {weights.name} | {weights.bytes // 1_000_000} |"
                + " – |" * (len(heads) - 3)
                + f" failed: exit {error.returncode} |"
            )
            continue
        cells: list[str] = []
        total = 0.0
        for section in SECTIONS:
            right, given, wanted = score(section, brief, text)
            precision, recall = right / given if given else 0.0, right / wanted if wanted else 0.0
            total += 2 * precision * recall / (precision + recall) if right else 0.0
            cells.append(f"{precision:.2f} / {recall:.2f}")
        count = sum(Counter({s: len(brief[s]) for s in SECTIONS}).values())
        told = brief["provenance"]
        rows.append(
            f"| {weights.name} | {weights.bytes // 1_000_000} | {' | '.join(cells)} | {total / 4:.2f} | {count} "
            f"| {len(brief['rejected'])} | {told['output_tokens']} | {told['seconds']:.0f} |"
        )
    about = (
        "`python benchmarks/models.py`: the seed article (322 words, 14 sentences), each model through the command line, "
        "held against an annotation by hand. One article says little about quality at large; it is what the default was "
        "chosen by. Seconds are those of the machine it ran on (2 cores), comparable within the table only."
    )
    page = "\n".join(["# The embedded models", "", about, "", *rows, ""])
    Path(__file__).with_suffix(".md").write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main(sys.argv[1:])
