"""The embedded models on the seed article, side by side: `python benchmarks/models.py [MODEL...]`.

Each model makes a brief of the seed article, one after another in processes of their own, and `summariser.evaluation` holds
the brief against the annotation by hand in benchmarks/gold. Fetches models that are missing. Writes benchmarks/models.md.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from summariser.evaluation import Made, Report, evaluate, made_of, read_gold
from summariser.local import catalogue
from summariser_schemas import Brief

HERE = Path(__file__).parent
SEED = next((HERE.parent / "seeds").glob("*.txt"))
GOLD = read_gold([HERE / "gold" / "seed.json"])
ABOUT = """\
`python benchmarks/models.py`: the seed article (322 words, 14 sentences), each model through the command line, held \
against an annotation by hand. One article says little about quality at large; it is what the default was chosen by. \
Seconds are those of the machine it ran on (2 cores), comparable within the table only."""


def brief_by(model: str) -> Brief:
    """The brief that a model makes of the seed article, made by the command line."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "brief.json"
        command = [sys.executable, "-m", "summariser", "brief", str(SEED), "--model", f"local/{model}"]
        subprocess.run([*command, "--format", "json", "-o", str(out), "--quiet"], check=True)
        return Brief.model_validate_json(out.read_bytes())


def row(report: Report, size: int, rejected: int) -> str:
    """A model's line in the table."""
    if report.failed:
        return f"| {report.name} | {size} |" + " – |" * 8 + f" failed: {report.failed[0].error} |"
    cells = [f"{tally.precision or 0:.2f} / {tally.recall or 0:.2f}" for tally in report.sections.values()]
    items = sum(score.items for score in report.documents[0].sections.values())
    cells += [f"{report.mean_f1:.2f}", str(items), str(rejected)]
    cells += [f"{report.mean_cost(name) or 0:.0f}" for name in ("output_tokens", "seconds")]
    return f"| {report.name} | {size} | {' | '.join(cells)} |"


def main(names: list[str]) -> None:
    """Measure, print and write the table."""
    sections = [f"{section} P / R" for section in GOLD[0].sections]
    heads = ["model", "MB", *sections, "mean F1", "items", "rejected", "tokens out", "seconds"]
    rows = [f"| {' | '.join(heads)} |", "|" + "---|" * len(heads)]
    for weights in catalogue():
        if names and weights.name not in names:
            continue
        rejected = 0
        try:
            brief = brief_by(weights.name)
            made, rejected = made_of(brief), len(brief.rejected)
        except subprocess.CalledProcessError as error:
            made = Made(GOLD[0].id, None, error=f"exit {error.returncode}")
        rows.append(row(evaluate(weights.name, GOLD, [made]), weights.bytes // 1_000_000, rejected))
    page = "\n".join(["# The embedded models", "", ABOUT, "", *rows, ""])
    Path(__file__).with_suffix(".md").write_text(page, encoding="utf-8")
    print(page)


if __name__ == "__main__":
    main(sys.argv[1:])
